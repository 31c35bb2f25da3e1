//! What the chart of a part shows: urval beside län beside riket, one measure, one dimension along the bars.
//!
//! Lives here: which measure, which codes, and the words that tell the same. Never here: lines and colours ([`svg`](super::svg)).

use super::cube::{Axis, Cube};
use super::words::{shown, words};
use crate::reports::cube::SAMTLIGA;
use crate::reports::quality::ENHET;
use crate::reports::report::{Figure, Measure, Part, Report, Unit};
use crate::reports::times::TIME;

/// More bars than this are left to the table.
const MOST: usize = 60;
/// More bars side by side than this can't be told apart.
const MOST_BESIDE: usize = 4;

/// A chart.
#[derive(Debug)]
pub struct Chart<'a> {
    /// Whether the bars of a level are stacked on each other.
    pub stacked: bool,
    /// What is shown.
    pub measure: &'a Measure,
    /// Names of the levels.
    pub levels: Vec<String>,
    /// Labels along the bars: one line each, or the pieces of a stack.
    pub categories: Vec<String>,
    /// Labels of the bars beside each other in each category; one without a name where there is one bar.
    pub series: Vec<String>,
    /// The other dimensions where they are no total, such as `Räknat från: Begäran`.
    pub fixed: Vec<String>,
    /// By level, category and series.
    pub figures: Vec<Vec<Vec<Figure>>>,
    /// The total of each level, where a stack has one.
    pub totals: Vec<Option<Figure>>,
    /// Counts of riket would leave those of the selection invisible, so there each level has its own scale.
    pub own_scales: bool,
    /// Not all codes are shown.
    pub cut: bool,
}

/// The codes of an axis that are no total, and where the total is.
fn split(axis: &Axis<'_>) -> (Vec<usize>, Option<usize>) {
    let total = axis.codes.iter().position(|(code, _)| code == SAMTLIGA);
    let mut others: Vec<usize> = (0..axis.codes.len()).filter(|i| Some(*i) != total).collect();
    if others.is_empty() {
        others.extend(total);
    }
    (others, total)
}

impl<'a> Chart<'a> {
    /// The chart of a part: shares where it has them, else means of days, else counts. `None` without any figure.
    #[must_use]
    pub fn new(report: &'a Report, part: &'a Part) -> Option<Self> {
        let of = |unit| part.measures.iter().position(|m: &Measure| m.unit == unit);
        let timed = part.dimensions.iter().position(|dimension| dimension.name == TIME);
        let stacked = part.chart == "stacked-bar" && timed.is_none();
        let chosen = if stacked { of(Unit::Days).or(of(Unit::Share)) } else { of(Unit::Share).or(of(Unit::Days)) };
        let chosen = chosen.unwrap_or(0);
        let measure = part.measures.get(chosen)?;
        let cube = Cube::new(report, part);
        let count = part.dimensions.len();
        let dimensions = cube.axes.get(..count)?;
        let level = cube.axes.get(count)?;
        // Times along the bars, else the longest dimension; the first of those that are equally long. Shares of data quality
        // are told for all agencies and offices together: along those, a bar would be the whole of each.
        let shared_out = dimensions.iter().enumerate().filter(|(_, axis)| axis.name != ENHET);
        let longest = shared_out.max_by_key(|(i, axis)| (split(axis).0.len(), usize::MAX - i));
        let along = timed.or(longest.map(|(i, _)| i));
        let fits = |axis: &Axis<'_>| axis.name != ENHET && (2..=MOST_BESIDE).contains(&split(axis).0.len());
        let others = |i: &usize| Some(*i) != along && dimensions.get(*i).is_some_and(fits);
        let beside = match (timed, part.chart.as_str()) {
            (Some(_), _) => (0..count).find(others),
            (None, "grouped-bar") => (0..count).rev().find(others),
            (None, _) => None,
        };
        let labels = |axis: &Axis<'_>, codes: &[usize]| -> Vec<String> {
            codes.iter().filter_map(|i| axis.codes.get(*i)).map(|(_, label)| label.clone()).collect()
        };
        let mut codes = along.and_then(|i| dimensions.get(i)).map_or(vec![0], |axis| split(axis).0);
        let cut = codes.len() > MOST;
        codes.truncate(MOST);
        let categories = along.and_then(|i| dimensions.get(i)).map_or(vec![part.title.clone()], |a| labels(a, &codes));
        let pieces = beside.and_then(|i| dimensions.get(i)).map_or(vec![0], |axis| split(axis).0);
        let series = beside.and_then(|i| dimensions.get(i)).map_or(vec![String::new()], |axis| labels(axis, &pieces));
        let mut place: Vec<usize> = dimensions.iter().map(|axis| split(axis).1.unwrap_or(0)).collect();
        let others = (0..count).filter(|i| Some(*i) != along && Some(*i) != beside);
        let fixed = others
            .filter_map(|i| dimensions.get(i).filter(|axis| split(axis).1.is_none()))
            .filter_map(|axis| axis.codes.first().map(|(_, label)| format!("{}: {label}", axis.label)))
            .collect();
        let at = |place: &[usize], level_at: usize| -> Figure {
            let mut cell = 0;
            for (axis, code) in cube.axes.iter().zip(place.iter().chain([&level_at, &chosen, &0])) {
                cell = cell * axis.codes.len() + code;
            }
            cube.figures.get(cell).copied().unwrap_or(Figure::NotApplicable)
        };
        let total_at = along.and_then(|i| dimensions.get(i)).and_then(|axis| split(axis).1);
        let totals = (0..level.codes.len()).map(|l| total_at.map(|_| at(&place, l))).collect();
        let mut figures = Vec::new();
        for level_at in 0..level.codes.len() {
            let mut of_level = Vec::new();
            for code in &codes {
                let mut beside_each_other = Vec::new();
                for piece in &pieces {
                    for (dimension, code) in [(along, code), (beside, piece)] {
                        if let Some(slot) = dimension.and_then(|i| place.get_mut(i)) {
                            *slot = *code;
                        }
                    }
                    beside_each_other.push(at(&place, level_at));
                }
                of_level.push(beside_each_other);
            }
            figures.push(of_level);
        }
        let levels = level.codes.iter().map(|(_, name)| name.clone()).collect();
        let own_scales = measure.unit == Unit::Count && level.codes.len() > 1;
        Some(Self { stacked, measure, levels, categories, series, fixed, figures, totals, own_scales, cut })
    }

    /// The largest value of a level, or of all levels where they share a scale.
    #[must_use]
    pub fn largest(&self, level: usize) -> f64 {
        let of = |categories: &Vec<Vec<Figure>>| -> f64 {
            if self.stacked {
                return categories.iter().flatten().map(|figure| value(*figure)).sum();
            }
            categories.iter().flatten().map(|figure| value(*figure)).fold(0.0, f64::max)
        };
        if self.own_scales {
            return self.figures.get(level).map_or(0.0, of);
        }
        self.figures.iter().map(of).fold(0.0, f64::max)
    }

    /// What the chart shows, and every value, in words.
    #[must_use]
    pub fn told(&self, report: &Report, part: &Part) -> String {
        let mut text = format!("{}. {}", part.definition, self.measure.label);
        for fixed in &self.fixed {
            text += &format!(", {fixed}");
        }
        text.push('.');
        for (name, categories) in self.levels.iter().zip(&self.figures) {
            text += &format!(" {name}: ");
            let mut values = Vec::new();
            for (category, figures) in self.categories.iter().zip(categories) {
                for (series, figure) in self.series.iter().zip(figures) {
                    let of = if series.is_empty() { String::new() } else { format!(", {series}") };
                    values.push(format!("{category}{of} {}", shown(self.measure.unit, *figure)));
                }
            }
            text += &format!("{}.", values.join("; "));
        }
        if self.cut {
            text += &format!(" {}", words(report).not_drawn);
        }
        text
    }
}

/// How long a bar is.
#[must_use]
pub fn value(figure: Figure) -> f64 {
    match figure {
        Figure::Count(n) => n as f64,
        Figure::Number(x) if x.is_finite() && x > 0.0 => x,
        _ => 0.0,
    }
}
