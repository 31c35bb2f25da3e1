//! Cells with dimensions, and what a cell may hold.
//!
//! Lives here: adding into the cell of each code, and reading any combination of codes and totals. Never here: what is
//! counted.

/// A dimension of a part: its name and codes as on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    /// Name, such as `utfall`.
    pub name: &'static str,
    /// The codes that have cells of their own.
    pub codes: &'static [&'static str],
    /// Whether `samtliga` follows as the sum of the codes. Where a total is no sum (distinct cases), or there is
    /// none, this is false and the total, if any, is one of the codes.
    pub summed: bool,
}

/// The value of a total.
pub const SAMTLIGA: &str = "samtliga";

impl Axis {
    /// Every code that has rows, `samtliga` last.
    pub fn values(self) -> impl Iterator<Item = &'static str> {
        self.codes.iter().copied().chain(self.summed.then_some(SAMTLIGA))
    }

    /// How many there are of [`values`](Self::values).
    #[must_use]
    pub const fn size(self) -> usize {
        self.codes.len() + self.summed as usize
    }
}

/// What can be put together.
pub trait Merge: Default {
    /// Adds the other to this one.
    fn merge(&mut self, other: &Self);
    /// Takes away what was added: the other is part of this one.
    fn take_away(&mut self, other: &Self);
}

/// A count, and the sum of the record keys of those counted, which the noise of
/// [`disclosure`](super::disclosure) follows from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Tally {
    /// How many.
    pub n: u64,
    /// The sum of their record keys.
    pub key: u64,
}

impl Tally {
    /// Counts one more, by the [record key](super::Facts::record_key) of its case.
    #[inline]
    pub fn add(&mut self, record_key: u32) {
        self.n += 1;
        self.key = self.key.wrapping_add(u64::from(record_key));
    }
}

impl Merge for Tally {
    fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.key = self.key.wrapping_add(other.key);
    }

    fn take_away(&mut self, other: &Self) {
        self.n -= other.n;
        self.key = self.key.wrapping_sub(other.key);
    }
}

/// Whole days as a histogram: exact mean and median in one pass.
#[derive(Debug, Clone, Default)]
pub struct Durations {
    bins: Vec<u32>,
    /// The sum of the record keys of those counted.
    pub key: u64,
}

impl Durations {
    /// Adds one observation of a case with this record key. One bin is all that is touched; number and sum are read
    /// from the bins afterwards.
    #[inline]
    pub fn add(&mut self, days: i32, record_key: u32) {
        self.key = self.key.wrapping_add(u64::from(record_key));
        // Chains increase strictly, so a length is never negative.
        let days = usize::try_from(days).unwrap_or(0);
        if days >= self.bins.len() {
            self.grow(days);
        }
        self.bins[days] += 1;
    }

    #[cold]
    fn grow(&mut self, days: usize) {
        self.bins.resize((days + 1).next_power_of_two(), 0);
    }

    /// How many observations.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.bins.iter().map(|count| u64::from(*count)).sum()
    }

    /// How many, with their record keys.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally { n: self.n(), key: self.key }
    }

    /// The mean; `None` without observations.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        let n = self.n();
        let sum: u64 = (0..).zip(&self.bins).map(|(days, count)| days * u64::from(*count)).sum();
        (n > 0).then(|| sum as f64 / n as f64)
    }

    /// The median; of an even number the mean of the middle two; `None` without observations.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        let n = self.n();
        let [lower, upper] = self.nths([n.checked_sub(1)? / 2, n / 2]);
        Some((lower? + upper?) as f64 / 2.0)
    }

    /// Percentiles by nearest rank, the lowest first: the smallest observation that at least so many per cent are not
    /// above; `None` without observations.
    #[must_use]
    pub fn percentiles<const N: usize>(&self, percents: [u64; N]) -> [Option<f64>; N] {
        let n = self.n();
        self.nths(percents.map(|percent| (n * percent).div_ceil(100).max(1) - 1)).map(|days| days.map(|d| d as f64))
    }

    /// The observations with so many others before them in order, the fewest first; `None` where there aren't so many.
    fn nths<const N: usize>(&self, below: [u64; N]) -> [Option<usize>; N] {
        debug_assert!(below.is_sorted(), "the walk goes one way");
        let (mut seen, mut days) = (0, 0);
        below.map(|below| {
            while seen <= below {
                seen += u64::from(*self.bins.get(days)?);
                days += 1;
            }
            Some(days - 1)
        })
    }
}

impl Merge for Durations {
    fn merge(&mut self, other: &Self) {
        self.key = self.key.wrapping_add(other.key);
        if other.bins.len() > self.bins.len() {
            self.bins.resize(other.bins.len(), 0);
        }
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            *bin += more;
        }
    }

    fn take_away(&mut self, other: &Self) {
        self.key = self.key.wrapping_sub(other.key);
        self.bins.iter_mut().zip(&other.bins).for_each(|(bin, less)| *bin -= less);
    }
}

/// Cells along some axes; the last axis varies fastest.
#[derive(Debug, Clone)]
pub struct Cube<T> {
    axes: &'static [Axis],
    cells: Vec<T>,
}

impl<T: Merge + Clone> Cube<T> {
    /// Empty cells.
    #[must_use]
    pub fn new(axes: &'static [Axis]) -> Self {
        Self { axes, cells: vec![T::default(); axes.iter().map(|a| a.codes.len()).product()] }
    }

    /// Adds the cells of another one with the same axes.
    pub fn merge(&mut self, other: &Self) {
        self.cells.iter_mut().zip(&other.cells).for_each(|(cell, more)| cell.merge(more));
    }

    /// Takes away the cells of another one with the same axes, which are part of these.
    pub fn take_away(&mut self, other: &Self) {
        self.cells.iter_mut().zip(&other.cells).for_each(|(cell, less)| cell.take_away(less));
    }

    /// Its axes.
    #[must_use]
    pub const fn axes(&self) -> &'static [Axis] {
        self.axes
    }

    /// The cell of one code on each axis.
    #[inline]
    pub fn cell<const N: usize>(&mut self, codes: [usize; N]) -> &mut T {
        let mut at = 0;
        for (axis, code) in self.axes.iter().zip(codes) {
            at = at * axis.codes.len() + code;
        }
        &mut self.cells[at]
    }

    /// The total of all cells that agree with `codes`; a code past the last stands for `samtliga`.
    #[must_use]
    pub fn total(&self, codes: &[usize]) -> T {
        let mut total = T::default();
        self.add(&mut total, codes, 0, 0);
        total
    }

    fn add(&self, total: &mut T, codes: &[usize], axis: usize, at: usize) {
        let Some(this) = self.axes.get(axis) else {
            return total.merge(&self.cells[at]);
        };
        let n = this.codes.len();
        let wanted = codes.get(axis).copied().unwrap_or(n);
        let range = if wanted < n { wanted..wanted + 1 } else { 0..n };
        for code in range {
            self.add(total, codes, axis + 1, at * n + code);
        }
    }

    /// Every combination of codes and totals, in the order of the axes.
    pub fn combinations(&self) -> impl Iterator<Item = Vec<usize>> + use<T> {
        let axes = self.axes;
        let count: usize = axes.iter().map(|a| a.size()).product();
        (0..count).map(move |mut number| {
            let mut codes = vec![0; axes.len()];
            for (code, axis) in codes.iter_mut().zip(axes).rev() {
                *code = number % axis.size();
                number /= axis.size();
            }
            codes
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_is_the_mean_of_the_middle_two() {
        let mut days = Durations::default();
        assert_eq!((days.mean(), days.median()), (None, None));
        for d in [10, 1, 3, 40] {
            days.add(d, 1);
        }
        assert_eq!((days.mean(), days.median(), days.n()), (Some(13.5), Some(6.5), 4));
        days.add(0, 7);
        assert_eq!(days.tally(), Tally { n: 5, key: 11 });
        assert_eq!(days.median(), Some(3.0));
        // 0, 1, 3, 10, 40
        assert_eq!(days.percentiles([10, 25, 50, 75, 90]), [0.0, 1.0, 3.0, 10.0, 40.0].map(Some));
        assert_eq!(days.percentiles([100]), [Some(40.0)]);
        assert_eq!(Durations::default().percentiles([50]), [None]);
    }

    #[test]
    fn a_code_past_the_last_is_the_total() {
        const AXES: &[Axis] = &[
            Axis { name: "a", codes: &["x", "y"], summed: true },
            Axis { name: "b", codes: &["p", "q", "r"], summed: false },
        ];
        let mut cube = Cube::<Tally>::new(AXES);
        cube.cell([0, 2]).merge(&Tally { n: 3, key: 10 });
        cube.cell([1, 2]).merge(&Tally { n: 4, key: 1 });
        let total = |codes: [usize; 2]| cube.total(&codes);
        assert_eq!((total([0, 2]), total([2, 0])), (Tally { n: 3, key: 10 }, Tally::default()));
        assert_eq!(total([2, 2]), Tally { n: 7, key: 11 });
        assert_eq!(cube.combinations().count(), 9);
    }
}
