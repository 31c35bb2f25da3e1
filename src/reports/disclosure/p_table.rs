//! The p-table: how much noise a count gets for each cell key, made from a few parameters.
//!
//! Lives here: making it, and what every table must be: no noise on zero, none that makes a count negative, and none
//! on the average – exactly, not nearly. Never here: where cell keys come from (`cell_key`).
//!
//! # Why figures are rounded to every third
//! Noise of a cell follows from who is in it, so two figures that differ show for certain that the sets differ. Plain
//! noise therefore tells an attacker who compares two tables that differ by one person nearly everything: the figures
//! differ five times of six. Where noise only ever leads to every third number, they differ two times of five, and the
//! noise is smaller as well (variance 1.3 on the average). The attack test states both.

use std::collections::HashMap;
use std::fmt;

/// Counts with a row of their own; beyond them the last [`REUSED`] rows are used again, as in ONS's packages.
pub const ROWS: usize = 750;
/// How many rows are used again.
pub const REUSED: usize = 250;

/// What a table is made from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameters {
    /// Disclosed counts are multiples of this (beyond [`ROWS`], that far apart).
    pub base: usize,
    /// The least disclosed count beside zero.
    pub minimum: usize,
    /// The most that a count changes.
    pub largest: usize,
    /// The variance of the noise; where rounding alone has more, or the rest allows less, the nearest there is.
    pub variance: f64,
    /// How many cell keys there are.
    pub keys: u32,
}

/// Those of the policy `cell-key`.
pub const LIVE: Parameters = Parameters { base: 3, minimum: 3, largest: 3, variance: 0.0, keys: 3072 };

/// Why there is no table of some parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterError {
    /// A parameter is out of its range.
    Range,
    /// The keys can't be shared out without bias: they are to be a multiple of the base.
    Keys,
    /// A count has no disclosed count within reach on one of its sides.
    Reach(usize),
}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range => f.write_str("a parameter of the p-table is out of range"),
            Self::Keys => f.write_str("the number of cell keys is no multiple of the base"),
            Self::Reach(count) => write!(f, "the largest noise is too small for the count {count}"),
        }
    }
}

impl std::error::Error for ParameterError {}

/// A row: each noise with the first cell key that no longer has it, ascending.
type Noises = Vec<(i32, u32)>;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PTable {
    rows: Vec<Noises>,
    keys: u32,
}

impl PTable {
    /// The table of some parameters.
    ///
    /// # Errors
    /// When they don't go together.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let Parameters { base, largest, variance, keys, .. } = parameters;
        if !(1..=REUSED / 2).contains(&base) || largest > REUSED / 2 || !(0.0..=1e4).contains(&variance) {
            return Err(ParameterError::Range);
        }
        if keys == 0 || !(keys as usize).is_multiple_of(base) {
            return Err(ParameterError::Keys);
        }
        let disclosed = disclosed(parameters);
        // Most counts have the same noises as the one some rows before.
        let mut made: HashMap<Vec<i32>, Noises> = HashMap::new();
        let mut rows = Vec::with_capacity(ROWS);
        for count in 1..=ROWS {
            let noises = within(count, &disclosed, largest).ok_or(ParameterError::Reach(count))?;
            let row = made.entry(noises).or_insert_with_key(|noises| row(noises, variance, keys));
            rows.push(row.clone());
        }
        Ok(Self { rows, keys })
    }

    /// How many cell keys there are.
    #[must_use]
    pub const fn keys(&self) -> u32 {
        self.keys
    }

    /// The count with the noise of a cell key. Zero stays zero.
    #[must_use]
    pub fn disclosed(&self, count: u64, cell_key: u32) -> u64 {
        let noises = row_of(count).and_then(|row| self.rows.get(row));
        let noise = noises.and_then(|row| row.iter().find(|(_, end)| cell_key < *end)).map_or(0, |(noise, _)| *noise);
        count.saturating_add_signed(noise.into())
    }

    /// Whether a count is disclosed so for some cell key: all that a disclosed count tells of it.
    #[must_use]
    pub fn allows(&self, count: u64, disclosed: u64) -> bool {
        let noises = row_of(count).and_then(|row| self.rows.get(row)).map_or(&[][..], Vec::as_slice);
        if noises.is_empty() {
            return disclosed == count;
        }
        noises.iter().any(|(noise, _)| count.saturating_add_signed(i64::from(*noise)) == disclosed)
    }

    /// The table as ranges of cell keys: count, first and last key, noise.
    pub fn ranges(&self) -> impl Iterator<Item = (usize, u32, u32, i32)> {
        self.rows.iter().zip(1..).flat_map(|(row, count)| {
            let starts = std::iter::once(0).chain(row.iter().map(|(_, end)| *end));
            row.iter().zip(starts).map(move |((noise, end), start)| (count, start, end - 1, *noise))
        })
    }
}

/// Which row is a count's; none is zero's.
fn row_of(count: u64) -> Option<usize> {
    let below = usize::try_from(count.checked_sub(1)?).ok()?;
    Some(if below < ROWS { below } else { ROWS - REUSED + below % REUSED })
}

/// Which counts are ever disclosed, up to well beyond the rows. Where rows are used again, so are these: one gap there
/// is wider when the base does not divide their number.
fn disclosed(parameters: Parameters) -> Vec<usize> {
    let Parameters { base, minimum, .. } = parameters;
    let again = (ROWS - REUSED + 1).next_multiple_of(base);
    let mut all = vec![0];
    all.extend((1..).map(|i| i * base).take_while(|n| *n < again).filter(|n| *n >= minimum));
    for start in [again, again + REUSED] {
        all.extend((0..).map(|i| start + i * base).take_while(|n| n + base <= start + REUSED));
    }
    all
}

/// The noises that lead from a count to what may be disclosed; `None` where there is none on one of its sides.
fn within(count: usize, disclosed: &[usize], largest: usize) -> Option<Vec<i32>> {
    let near = disclosed.iter().filter(|d| d.abs_diff(count) <= largest);
    let noises: Vec<i32> = near.map(|d| *d as i32 - count as i32).collect();
    (noises.first()? <= &0 && noises.last()? >= &0).then_some(noises)
}

/// Noises, each with its share of the keys.
fn row(noises: &[i32], variance: f64, keys: u32) -> Noises {
    let down = noises.iter().rfind(|n| **n <= 0).copied().unwrap_or_default();
    let up = noises.iter().find(|n| **n >= 0).copied().unwrap_or_default();
    let of = |noise: i32| noises.iter().position(|n| *n == noise).unwrap_or_default();
    let mut shares = vec![0.0; noises.len()];
    let gap = f64::from(up - down);
    if gap == 0.0 {
        shares[of(up)] = 1.0;
    } else {
        shares[of(down)] = f64::from(up) / gap;
        shares[of(up)] = f64::from(-down) / gap;
    }
    if spread(noises, &shares) < variance {
        shares = spread_out(noises, variance);
    }
    let mut whole = whole_keys(noises, &shares, keys);
    let mut end = 0;
    whole.iter_mut().for_each(|keys| {
        end += *keys;
        *keys = end;
    });
    let ends = std::iter::once(0).chain(whole.iter().copied());
    let taken = noises.iter().zip(&whole).zip(ends).filter(|((_, end), start)| *end > start);
    taken.map(|((noise, end), _)| (*noise, *end)).collect()
}

fn mean(noises: &[i32], shares: &[f64]) -> f64 {
    noises.iter().zip(shares).map(|(n, s)| f64::from(*n) * s).sum()
}

fn spread(noises: &[i32], shares: &[f64]) -> f64 {
    noises.iter().zip(shares).map(|(n, s)| f64::from(n * n) * s).sum()
}

/// The distribution without bias, of this variance if there is one, that says least beyond that (greatest entropy).
fn spread_out(noises: &[i32], variance: f64) -> Vec<f64> {
    let (mut narrow, mut wide) = (-8.0, 8.0);
    for _ in 0..50 {
        let middle = f64::midpoint(narrow, wide);
        let shares = unbiased(noises, middle);
        if spread(noises, &shares) < variance { narrow = middle } else { wide = middle }
    }
    unbiased(noises, f64::midpoint(narrow, wide))
}

/// Shares that fall with the square of the noise by `width`, tilted until their mean is none.
fn unbiased(noises: &[i32], width: f64) -> Vec<f64> {
    let shares = |tilt: f64| {
        let weights: Vec<f64> = noises.iter().map(|n| tilt * f64::from(*n) + width * f64::from(n * n)).collect();
        let most = weights.iter().copied().fold(f64::MIN, f64::max);
        let weights: Vec<f64> = weights.iter().map(|w| (w - most).exp()).collect();
        let all: f64 = weights.iter().sum();
        weights.iter().map(|w| w / all).collect::<Vec<f64>>()
    };
    let (mut low, mut high) = (-2000.0, 2000.0);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if mean(noises, &shares(middle)) < 0.0 { low = middle } else { high = middle }
    }
    shares(f64::midpoint(low, high))
}

/// The shares as whole numbers of keys, still without any bias.
fn whole_keys(noises: &[i32], shares: &[f64], keys: u32) -> Vec<u32> {
    let mut whole: Vec<u32> = shares.iter().map(|share| (share * f64::from(keys)).round() as u32).collect();
    let middle = noises.iter().position(|n| *n >= 0).unwrap_or_default();
    let given: u32 = whole.iter().sum();
    whole[middle] = (whole[middle] + keys).saturating_sub(given);
    // What is left is a bias of few keys: each is moved one noise up or down, where there are most.
    let bias = |whole: &[u32]| -> i64 { noises.iter().zip(whole).map(|(n, k)| i64::from(*n) * i64::from(*k)).sum() };
    for _ in 0..keys {
        let left = bias(&whole);
        let moves = (0..noises.len().saturating_sub(1)).filter_map(|low| {
            let (from, to) = if left < 0 { (low, low + 1) } else { (low + 1, low) };
            let step = i64::from(noises[to] - noises[from]);
            (whole[from] > 0 && step.abs() <= left.abs()).then_some((whole[from], from, to))
        });
        let Some((_, from, to)) = moves.max().filter(|_| left != 0) else { break };
        whole[from] -= 1;
        whole[to] += 1;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Parameters = Parameters { base: 1, minimum: 3, largest: 6, variance: 2.5, keys: 4096 };

    fn tables() -> Vec<(Parameters, PTable)> {
        let fives = Parameters { base: 5, minimum: 10, largest: 10, variance: 6.0, keys: 2560 };
        [LIVE, PLAIN, fives].map(|p| (p, PTable::new(p).unwrap())).to_vec()
    }

    #[test]
    fn every_row_shares_out_all_keys_without_bias_and_makes_no_count_negative() {
        for (parameters, table) in tables() {
            for (row, count) in table.rows.iter().zip(1_i64..) {
                let mut start = 0;
                let (mut bias, mut variance) = (0, 0.0);
                for (noise, end) in row {
                    let keys = i64::from(end - start);
                    let shown = count + i64::from(*noise);
                    assert!(keys > 0 && shown >= 0, "{count}: {row:?}");
                    assert!(shown == 0 || shown >= parameters.minimum as i64, "{count}: {row:?}");
                    assert!(noise.unsigned_abs() as usize <= parameters.largest, "{count}: {row:?}");
                    bias += keys * i64::from(*noise);
                    variance += f64::from(noise * noise) * keys as f64 / f64::from(parameters.keys);
                    start = *end;
                }
                assert_eq!((start, bias), (parameters.keys, 0), "{count}: {row:?}");
                if parameters.base == 1 && count > 12 {
                    assert!((variance - parameters.variance).abs() < 0.05, "{count}: {variance}");
                }
            }
        }
    }

    #[test]
    fn zero_stays_zero_and_the_noise_goes_on_beyond_the_rows() {
        for (parameters, table) in tables() {
            let largest = parameters.largest as u64;
            for key in 0..table.keys() {
                assert_eq!(table.disclosed(0, key), 0);
                for count in [749, 750, 751, 752, 1000, 1001, 98_765, u64::MAX / 2] {
                    assert!(table.disclosed(count, key).abs_diff(count) <= largest);
                }
            }
        }
    }

    #[test]
    fn what_a_count_may_be_disclosed_as_is_what_some_key_makes_of_it() {
        for (_, table) in tables() {
            for count in [0, 1, 2, 3, 4, 7, 750, 751, 1001] {
                let ever: Vec<u64> = (0..table.keys()).map(|key| table.disclosed(count, key)).collect();
                for disclosed in count.saturating_sub(130)..count + 130 {
                    assert_eq!(table.allows(count, disclosed), ever.contains(&disclosed), "{count} as {disclosed}");
                }
            }
        }
    }

    #[test]
    fn live_figures_lie_three_apart_at_the_least_also_where_rows_are_used_again() {
        let table = PTable::new(LIVE).unwrap();
        let shown: std::collections::BTreeSet<u64> =
            (0..2000).flat_map(|n| [0, LIVE.keys - 1].map(|key| table.disclosed(n, key))).collect();
        let shown: Vec<u64> = shown.into_iter().collect();
        assert!(shown.windows(2).all(|pair| matches!(pair[1] - pair[0], 3 | 4)), "{shown:?}");
        assert!(shown.iter().filter(|n| **n <= ROWS as u64 - 3).all(|n| n.is_multiple_of(3)), "{shown:?}");
    }

    #[test]
    fn parameters_that_do_not_go_together_are_refused() {
        let refused = |p: Parameters| PTable::new(p).unwrap_err();
        assert_eq!(refused(Parameters { base: 0, ..LIVE }), ParameterError::Range);
        assert_eq!(refused(Parameters { keys: 1000, ..LIVE }), ParameterError::Keys);
        assert_eq!(refused(Parameters { largest: 1, ..LIVE }), ParameterError::Reach(1));
        assert_eq!(refused(Parameters { variance: f64::NAN, ..LIVE }), ParameterError::Range);
    }
}
