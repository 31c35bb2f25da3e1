//! Chance that spreads evenly, so that a history of any size and seed lands on its targets.
//!
//! Lives here: number sequences and the tables they are read against. Never here: mathematical functions whose last
//! digit differs between machines; plus and times give the same everywhere.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Numbers in 0..1 that fill the interval evenly in every stretch: each is the one before plus an irrational step.
///
/// Independent draws of a year's durations would miss the year's mean by several per cent at small volumes; these
/// miss it by a few tenths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Even {
    at: f64,
    step: f64,
}

/// Fractions of square roots of primes: no two sequences move together.
const STEPS: [f64; 12] = [
    0.618_033_988_749_894_9, // (√5 − 1) / 2
    0.414_213_562_373_095_1,
    0.732_050_807_568_877_2,
    0.645_751_311_064_590_7,
    0.316_624_790_355_399_8,
    0.605_551_275_463_989_1,
    0.123_105_625_617_660_6,
    0.358_898_943_540_673_6,
    0.795_831_523_312_719_2,
    0.385_164_807_134_504,
    0.567_764_362_830_021_5,
    0.082_762_530_298_219_4,
];

impl Even {
    /// The `n`th sequence (0–11), beginning at `at`.
    pub fn new(n: usize, at: f64) -> Self {
        Self { at, step: STEPS[n % STEPS.len()] }
    }

    /// The next number.
    pub fn next(&mut self) -> f64 {
        self.at += self.step;
        if self.at >= 1.0 {
            self.at -= 1.0;
        }
        self.at
    }

    /// Whether the next one falls below `share`.
    pub fn below(&mut self, share: f64) -> bool {
        self.next() < share
    }
}

/// The value at `u` (0..1) of a table of equally spaced quantiles, straight lines between.
pub(super) fn quantile(table: &[f64], u: f64) -> f64 {
    let place = u * (table.len() - 1) as f64;
    let below = (place as usize).min(table.len() - 2);
    let part = place - below as f64;
    table[below] + (table[below + 1] - table[below]) * part
}

/// Where a sequence begins; given by the seed.
pub(super) fn start(rng: &mut ChaCha8Rng) -> f64 {
    rng.random::<f64>()
}
