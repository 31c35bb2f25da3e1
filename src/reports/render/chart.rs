//! What the chart of a part shows: urval beside län beside riket, one measure, one dimension along the bars.
//!
//! Lives here: which measure, which codes, and the words that tell the same. Never here: lines and colours ([`svg`](super::svg)).

use super::cube::{Axis, Cube};
use super::words::{shown, words};
use crate::reports::baspaket::Measures;
use crate::reports::cube::SAMTLIGA;
use crate::reports::forms;
use crate::reports::quality::ENHET;
use crate::reports::report::{Figure, Measure, Part, Report, Unit};
use crate::reports::times::TIME;

/// More bars than this are left to the table.
const MOST: usize = 60;
/// More bars side by side than this can't be told apart.
const MOST_BESIDE: usize = 4;
/// Dimensions of every part of their report, which no chart tells of that it leaves them out.
const ALWAYS: [&str; 2] = ["kon", ENHET];

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
    /// What runs along the bars where that is two dimensions, and the others where they are no total, such as `Räknat från:
    /// Begäran`.
    pub fixed: Vec<String>,
    /// Dimensions of the table that the chart leaves out.
    pub also: Vec<String>,
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

/// Which dimensions are drawn, by their places.
#[derive(Debug, Default)]
struct Drawn {
    /// Along the bars: one, or two of which the second runs within each code of the first.
    along: Vec<usize>,
    /// Beside each other.
    beside: Option<usize>,
}

impl Drawn {
    fn has(&self, dimension: usize) -> bool {
        self.along.contains(&dimension) || self.beside == Some(dimension)
    }
}

/// What decides on what is drawn.
struct Choice<'c, 'a> {
    part: &'c Part,
    dimensions: &'c [Axis<'a>],
    timed: Option<usize>,
    /// The dimension that shares are of: its codes together are the whole.
    shared: Option<usize>,
    /// Dimensions that the part is split by.
    splits: Vec<usize>,
}

impl<'c, 'a> Choice<'c, 'a> {
    fn new(report: &Report, part: &'c Part, dimensions: &'c [Axis<'a>]) -> Self {
        let form = forms::version(&report.report, Some(report.version));
        let form = form.and_then(|form| form.parts.iter().find(|own| own.id == part.id));
        let place = |name: &str| part.dimensions.iter().position(|dimension| dimension.name == name);
        let own = |name: &str| name == TIME || form.is_none_or(|form| form.axes.iter().any(|axis| axis.name == name));
        let shared = form.and_then(|form| if let Measures::Share(over) = form.measures { place(over) } else { None });
        let splits = (0..dimensions.len()).filter(|at| !own(part.dimensions[*at].name)).collect();
        Self { part, dimensions, timed: place(TIME), shared, splits }
    }

    fn codes(&self, dimension: usize) -> Vec<usize> {
        self.dimensions.get(dimension).map_or(vec![0], |axis| split(axis).0)
    }

    /// Which dimensions tell a measure: a share along what it is of, and those without a total where there is room for
    /// them. `None` where what shares are of has no room: each bar would be the whole.
    fn drawn(&self, unit: Unit) -> Option<Drawn> {
        // Times along the bars, else the longest dimension; the first of those that are equally long. Shares of data
        // quality are told for all agencies and offices together: along those, a bar would be the whole of each.
        let open = |at: &usize| self.dimensions[*at].name != ENHET && !self.splits.contains(at);
        let own = (0..self.dimensions.len()).filter(open);
        let longest = own.max_by_key(|at| (self.codes(*at).len(), usize::MAX - at));
        let shared = self.shared.filter(|_| unit == Unit::Share);
        let grouped = self.part.chart == "grouped-bar";
        let mut drawn = Drawn { along: self.timed.or(longest).into_iter().collect(), beside: None };
        let without_total =
            |at: &usize| open(at) && split(&self.dimensions[*at]).1.is_none() && self.codes(*at).len() > 1;
        let fits = |drawn: &Drawn, at: &usize| {
            !drawn.has(*at) && self.dimensions[*at].name != ENHET && (2..=MOST_BESIDE).contains(&self.codes(*at).len())
        };
        // What must be drawn comes first, then what was asked for, then what the part wants.
        let all = || 0..self.dimensions.len();
        let wanted = shared.into_iter().chain(all().filter(without_total)).chain(self.splits.iter().copied());
        for dimension in wanted {
            if drawn.has(dimension) {
                continue;
            }
            let pairs =
                drawn.along.first().filter(|_| drawn.along.len() == 1).is_some_and(|along| {
                    (2..=MOST).contains(&(self.codes(*along).len() * self.codes(dimension).len()))
                });
            if drawn.beside.is_none() && fits(&drawn, &dimension) {
                drawn.beside = Some(dimension);
            } else if pairs {
                // What a share is of within each code of the other, so that they make a whole; but each code through time.
                let inner = shared == Some(dimension) && self.timed.is_none();
                drawn.along.insert(usize::from(inner), dimension);
            }
        }
        if shared.is_some_and(|shared| !drawn.has(shared)) {
            return None;
        }
        if drawn.beside.is_none() && drawn.along.len() == 1 {
            drawn.beside = match (self.timed, grouped) {
                (Some(_), _) => all().find(|at| fits(&drawn, at)),
                (None, true) => all().rev().find(|at| fits(&drawn, at)),
                (None, false) => None,
            };
        }
        Some(drawn)
    }
}

impl<'a> Chart<'a> {
    /// The chart of a part: shares where it has them and there is room, else means of days, else counts. `None` without
    /// any figure.
    #[must_use]
    pub fn new(report: &'a Report, part: &'a Part) -> Option<Self> {
        let cube = Cube::new(report, part);
        let count = part.dimensions.len();
        let dimensions = cube.axes.get(..count)?;
        let level = cube.axes.get(count)?;
        let choice = Choice::new(report, part, dimensions);
        let of = |unit| part.measures.iter().position(|m: &Measure| m.unit == unit);
        let stack = part.chart == "stacked-bar" && choice.timed.is_none();
        let first = if stack { [Unit::Days, Unit::Share] } else { [Unit::Share, Unit::Days] };
        let told = |at: usize| Some((at, choice.drawn(part.measures.get(at)?.unit)?));
        let (chosen, drawn) = first.into_iter().filter_map(of).chain([0]).find_map(told)?;
        let measure = part.measures.get(chosen)?;
        let labels = |dimension: usize, codes: &[usize]| -> Vec<String> {
            let all = dimensions.get(dimension).map_or(&[][..], |axis| &axis.codes);
            codes.iter().filter_map(|code| all.get(*code)).map(|(_, label)| label.clone()).collect()
        };
        // Each bar is at these codes of the dimensions along.
        let mut bars: Vec<(Vec<usize>, String)> = vec![(Vec::new(), String::new())];
        for dimension in &drawn.along {
            let codes = choice.codes(*dimension);
            let named: Vec<(usize, String)> = codes.iter().copied().zip(labels(*dimension, &codes)).collect();
            let further = |(at, name): &(Vec<usize>, String)| -> Vec<(Vec<usize>, String)> {
                let joined = |label: &String| if name.is_empty() { label.clone() } else { format!("{name}, {label}") };
                named.iter().map(|(code, label)| ([&at[..], &[*code]].concat(), joined(label))).collect()
            };
            bars = bars.iter().flat_map(further).collect();
        }
        let cut = bars.len() > MOST;
        bars.truncate(MOST);
        let mut categories: Vec<String> = bars.iter().map(|(_, name)| name.clone()).collect();
        if drawn.along.is_empty() {
            categories = vec![part.title.clone()];
        }
        let pieces = drawn.beside.map_or(vec![0], |dimension| choice.codes(dimension));
        let series = drawn.beside.map_or(vec![String::new()], |dimension| labels(dimension, &pieces));
        let mut place: Vec<usize> = dimensions.iter().map(|axis| split(axis).1.unwrap_or(0)).collect();
        let (mut fixed, mut also) = (Vec::new(), Vec::new());
        if let [outer, inner] = *drawn.along {
            fixed.push(format!("{} – {}", dimensions[outer].label, dimensions[inner].label));
        }
        for (at, axis) in dimensions.iter().enumerate().filter(|(at, _)| !drawn.has(*at)) {
            match split(axis) {
                (_, None) => fixed.extend(axis.codes.first().map(|(_, label)| format!("{}: {label}", axis.label))),
                (others, _) if others.len() > 1 && (choice.splits.contains(&at) || !ALWAYS.contains(&axis.name)) => {
                    also.push(axis.label.clone());
                }
                _ => {}
            }
        }
        let at = |place: &[usize], level_at: usize| -> Figure {
            let mut cell = 0;
            for (axis, code) in cube.axes.iter().zip(place.iter().chain([&level_at, &chosen, &0])) {
                cell = cell * axis.codes.len() + code;
            }
            cube.figures.get(cell).copied().unwrap_or(Figure::NotApplicable)
        };
        let total_at = drawn.along.first().and_then(|i| dimensions.get(*i)).and_then(|axis| split(axis).1);
        let totals = (0..level.codes.len()).map(|l| total_at.map(|_| at(&place, l))).collect();
        let mut figures = Vec::new();
        for level_at in 0..level.codes.len() {
            let mut of_level = Vec::new();
            for (codes, _) in &bars {
                let mut beside_each_other = Vec::new();
                for piece in &pieces {
                    let along = drawn.along.iter().zip(codes);
                    for (dimension, code) in along.chain(drawn.beside.iter().map(|beside| (beside, piece))) {
                        if let Some(slot) = place.get_mut(*dimension) {
                            *slot = *code;
                        }
                    }
                    beside_each_other.push(at(&place, level_at));
                }
                of_level.push(beside_each_other);
            }
            figures.push(of_level);
        }
        let stacked = stack && drawn.along.len() == 1 && drawn.beside.is_none();
        let levels = level.codes.iter().map(|(_, name)| name.clone()).collect();
        let own_scales = measure.unit == Unit::Count && level.codes.len() > 1;
        Some(Self { stacked, measure, levels, categories, series, fixed, also, figures, totals, own_scales, cut })
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

    /// What the table shows beside the chart.
    #[must_use]
    pub fn left_out(&self, report: &Report) -> Option<String> {
        (!self.also.is_empty()).then(|| format!("{} {}.", words(report).also, self.also.join(", ")))
    }

    /// What the chart shows, and every value, in words.
    #[must_use]
    pub fn told(&self, report: &Report, part: &Part) -> String {
        let mut text = format!("{}. {}", part.definition.trim_end_matches('.'), self.measure.label);
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
        text += &self.left_out(report).map(|also| format!(" {also}")).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::code::Position;
    use crate::reports::arbitrary::organisation;
    use crate::reports::disclosure::{Grant, Policy};
    use crate::reports::times::Every;
    use crate::reports::{Facts, Geography, Lang, Period, Request, pull};

    /// Each bar of a share that is not drawn along what it is of is 100 %.
    #[test]
    fn a_share_is_drawn_along_what_it_is_of_and_what_is_left_out_is_said() {
        let facts = Facts::build(Vec::<(i64, crate::domain::case::Case)>::new(), Position(1)).unwrap();
        let period = Period::new("2016-01-01".parse().unwrap(), "2020-12-31".parse().unwrap()).unwrap();
        let mut shares = 0;
        for form in forms::REPORTS {
            let plain = Request::plain(form.id, period, Geography::Riket);
            let mut asked = vec![plain.clone(), Request { every: Some(Every::Year), ..plain.clone() }];
            asked.push(Request { every: Some(Every::Quarter), ..plain.clone() });
            asked.extend(form.splittable().map(|variable| Request { splits: vec![variable], ..plain.clone() }));
            for part in form.parts {
                for request in asked.iter().map(|r| Request { parts: vec![part.id.to_owned()], ..r.clone() }) {
                    let (at, grant) = (chrono::DateTime::UNIX_EPOCH, Grant::all(Policy::Exact));
                    let pulled = pull(&facts, &organisation(), &request, at, Lang::Sv, grant);
                    // From each step to each by kommun is more than is answered.
                    let Ok(report) = pulled else { continue };
                    let told = &report.parts[0];
                    let Some(chart) = Chart::new(&report, told) else { continue };
                    let drawn: Vec<&String> = chart.categories.iter().chain(&chart.series).collect();
                    let has = |name: &str| {
                        let dimension = told.dimensions.iter().find(|dimension| dimension.name == name).unwrap();
                        let codes = dimension.codes.iter().filter(|code| code.code != SAMTLIGA);
                        codes.clone().count() < 2
                            || codes.clone().all(|code| drawn.iter().any(|label| label.contains(&code.label)))
                    };
                    if let (Measures::Share(over), Unit::Share) = (part.measures, chart.measure.unit) {
                        shares += 1;
                        assert!(has(over), "{} {} {:?}: {drawn:?}", form.id, part.id, request.splits);
                    }
                    for dimension in told.dimensions.iter().filter(|dimension| !ALWAYS.contains(&dimension.name)) {
                        let left_out = chart.also.contains(&dimension.label)
                            || chart.fixed.iter().any(|fixed| fixed.starts_with(&dimension.label));
                        assert!(has(dimension.name) || left_out, "{} {}: {}", form.id, part.id, dimension.name);
                    }
                    assert_eq!(chart.categories.len() * chart.series.len(), chart.figures[0].iter().flatten().count());
                }
            }
        }
        assert!(shares > 100, "{shares}");
    }
}
