//! The published figures of the real system, as data, and how a made-up history compares with them.
//!
//! Lives here: the targets and the plain counting of import lines. Never here: how lines are made, or the reports of
//! the service (they count the same things in their own way, and can be held against this).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate};
use serde_json::Value;

/// What was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Joint mappings held: cases whose GK is dated in the year.
    GkHeld,
    /// Cases that entered afi or ali for the first time of its kind in the year (baspaket part 8, samtliga).
    NewInInsats,
    /// Mean days from request to end, of cases that ended in the year (baspaket part 6).
    MeanDays,
    /// Of the cases that left GK in the year, the share that had started an insats by its end (baspaket part 7).
    ShareToInsats,
    /// Women's share of joint mappings held.
    ShareWomen,
}

impl Measure {
    /// All, in the order of the table.
    pub const ALL: [Self; 5] = [Self::GkHeld, Self::NewInInsats, Self::MeanDays, Self::ShareToInsats, Self::ShareWomen];

    /// Short name for tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GkHeld => "gk held",
            Self::NewInInsats => "new in insats",
            Self::MeanDays => "mean days",
            Self::ShareToInsats => "share to insats",
            Self::ShareWomen => "share women",
        }
    }

    /// Whether the figure grows with the volume.
    #[must_use]
    pub const fn is_count(self) -> bool {
        matches!(self, Self::GkHeld | Self::NewInInsats)
    }
}

/// One published figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// The calendar year.
    pub year: i32,
    /// Of what.
    pub measure: Measure,
    /// The figure.
    pub value: f64,
}

const fn target(year: i32, measure: Measure, value: f64) -> Target {
    Target { year, measure, value }
}

/// The published figures. For 2018 the later one (8 638; first published as 8 306). "About 9 000 a year" for 2021–22
/// and "61–62 per cent women" are taken at their middle.
pub const TARGETS: [Target; 18] = [
    target(2016, Measure::GkHeld, 10_678.0),
    target(2017, Measure::GkHeld, 10_010.0),
    target(2018, Measure::GkHeld, 8_638.0),
    target(2019, Measure::GkHeld, 8_662.0),
    target(2021, Measure::GkHeld, 9_000.0),
    target(2022, Measure::GkHeld, 9_000.0),
    target(2016, Measure::NewInInsats, 9_829.0),
    target(2017, Measure::NewInInsats, 10_301.0),
    target(2016, Measure::MeanDays, 277.0),
    target(2017, Measure::MeanDays, 362.0),
    target(2021, Measure::ShareToInsats, 0.70),
    target(2022, Measure::ShareToInsats, 0.71),
    target(2016, Measure::ShareWomen, 0.615),
    target(2017, Measure::ShareWomen, 0.615),
    target(2018, Measure::ShareWomen, 0.615),
    target(2019, Measure::ShareWomen, 0.615),
    target(2021, Measure::ShareWomen, 0.615),
    target(2022, Measure::ShareWomen, 0.615),
];

/// One line of the comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// The calendar year.
    pub year: i32,
    /// Of what.
    pub measure: Measure,
    /// The published figure; `None` where none is known.
    pub target: Option<f64>,
    /// The published figure at this volume.
    pub scaled_target: Option<f64>,
    /// What the lines say.
    pub outcome: f64,
}

impl Row {
    /// How far the outcome is from the target, as a share of the target.
    #[must_use]
    pub fn deviation(&self) -> Option<f64> {
        self.scaled_target.map(|t| self.outcome / t - 1.0)
    }
}

#[derive(Debug, Default, Clone, Copy)]
struct Year {
    gk: u64,
    women: u64,
    new_in_insats: u64,
    left_gk: u64,
    to_insats: u64,
    ended: u64,
    days: i64,
}

#[derive(Debug, Default)]
struct Case {
    woman: bool,
    request: Option<NaiveDate>,
    gk: Option<NaiveDate>,
    left_gk: Option<NaiveDate>,
    afi: Option<NaiveDate>,
    ali: Option<NaiveDate>,
    end: Option<NaiveDate>,
}

/// Counts lines as they go by; a few numbers a year are all that is kept.
#[derive(Debug, Default)]
pub struct Tally {
    years: BTreeMap<i32, Year>,
    case: Case,
    /// Cases seen, anonymous ones among them.
    pub cases: u64,
    /// Anonymous cases; they stand outside every other figure.
    pub anonymous: u64,
    /// Named cases without an end among the lines.
    pub open: u64,
    /// Lines seen.
    pub lines: u64,
}

impl Tally {
    /// Counts one line. The lines of a case stand together, its request first.
    pub fn add(&mut self, line: &Value) {
        self.lines += 1;
        let Some(date) = line["date"].as_str().and_then(|d| d.parse::<NaiveDate>().ok()) else { return };
        if line["kind"] == "consent_withdrawal" {
            self.case.end = Some(date);
        }
        let Some(step) = line["step"].as_str() else { return };
        if step == "begaran" {
            self.finish_case();
            self.cases += 1;
            match line["participant"]["personnummer"].as_str() {
                Some(number) => {
                    let ninth = number.as_bytes().get(10).copied().unwrap_or_default();
                    self.case = Case { woman: ninth.is_multiple_of(2), request: Some(date), ..Case::default() };
                }
                None => self.anonymous += 1,
            }
            return;
        }
        let case = &mut self.case;
        if case.gk.is_some() && case.left_gk.is_none() {
            case.left_gk = Some(date);
        }
        match step {
            "gk" => case.gk = Some(date),
            "afi" => case.afi = case.afi.or(Some(date)),
            "ali" => case.ali = case.ali.or(Some(date)),
            "avslutat" | "avbrutet" | "konsultativt_stod" => case.end = Some(date),
            _ => {}
        }
    }

    fn finish_case(&mut self) {
        let case = std::mem::take(&mut self.case);
        let Some(request) = case.request else { return };
        if let Some(gk) = case.gk {
            self.year(gk).gk += 1;
            self.year(gk).women += u64::from(case.woman);
        }
        let mut entered: Vec<NaiveDate> = [case.afi, case.ali].into_iter().flatten().collect();
        entered.sort_unstable();
        if let Some(left) = case.left_gk {
            self.year(left).left_gk += 1;
            self.year(left).to_insats += u64::from(entered.first().is_some_and(|d| d.year() == left.year()));
        }
        entered.dedup_by_key(|d| d.year());
        for date in entered {
            self.year(date).new_in_insats += 1;
        }
        match case.end {
            Some(end) => {
                self.year(end).ended += 1;
                self.year(end).days += (end - request).num_days();
            }
            None => self.open += 1,
        }
    }

    fn year(&mut self, date: NaiveDate) -> &mut Year {
        self.years.entry(date.year()).or_default()
    }

    /// The comparison, by measure and year; `factor` is the volume as a share of the full size.
    #[must_use]
    pub fn rows(mut self, factor: f64) -> (Vec<Row>, Self) {
        self.finish_case();
        let mut rows = Vec::new();
        for measure in Measure::ALL {
            for (&year, counts) in &self.years {
                let target = TARGETS.iter().find(|t| t.year == year && t.measure == measure).map(|t| t.value);
                let scale = if measure.is_count() { factor } else { 1.0 };
                let scaled_target = target.map(|t| t * scale);
                rows.push(Row { year, measure, target, scaled_target, outcome: counts.outcome(measure) });
            }
        }
        (rows, self)
    }
}

impl Year {
    #[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
    fn outcome(&self, measure: Measure) -> f64 {
        let share = |part: u64, of: u64| if of == 0 { 0.0 } else { part as f64 / of as f64 };
        match measure {
            Measure::GkHeld => self.gk as f64,
            Measure::NewInInsats => self.new_in_insats as f64,
            Measure::MeanDays if self.ended == 0 => 0.0,
            Measure::MeanDays => self.days as f64 / self.ended as f64,
            Measure::ShareToInsats => share(self.to_insats, self.left_gk),
            Measure::ShareWomen => share(self.women, self.gk),
        }
    }
}

/// Counts the lines and compares.
pub fn compare(lines: impl Iterator<Item = Value>, factor: f64) -> Vec<Row> {
    let mut tally = Tally::default();
    lines.for_each(|line| tally.add(&line));
    tally.rows(factor).0
}

/// The comparison as an aligned table; years without a published figure say so.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<16} {:>4} {:>10} {:>12} {:>10} {:>8}\n",
        "measure", "year", "published", "at this size", "outcome", "differs"
    );
    for row in rows {
        let digits = if row.measure.is_count() {
            0
        } else if row.measure == Measure::MeanDays {
            1
        } else {
            3
        };
        let figure = |value: Option<f64>, digits: usize| value.map_or("none".to_owned(), |v| format!("{v:.digits$}"));
        let differs = row.deviation().map_or("–".to_owned(), |d| format!("{:+.1} %", d * 100.0));
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "{:<16} {:>4} {:>10} {:>12} {:>10} {:>8}",
            row.measure.name(),
            row.year,
            figure(row.target, digits),
            figure(row.scaled_target, if row.measure.is_count() { 1 } else { digits }),
            figure(Some(row.outcome), digits),
            differs,
        );
    }
    text
}
