//! Which policy protects a report, by who asks for what: one pure table, beside that of [`auth::policy`]. Its whole
//! printout is a committed file that a test compares.
//!
//! * `systemforvaltare` runs the service and has its database: **exact**. So has the command line.
//! * `system`, an agency's own system, counts as assigned to all its agency's offices, and every case has one of them:
//!   it reads every case, so **exact** figures tell it nothing that it couldn't count itself. What such a client shows
//!   its own users is the agency's to protect.
//! * `deltagaransvarig` reads the cases of the offices of the own assignments: **exact** for a report of such an office,
//!   but not for the län and the country that stand beside it.
//! * Everyone else, and everything else: **cell-key**, since what is chosen freely, as two periods one day apart, undoes
//!   any withholding. Steering groups have no role of their own yet; whoever pulls reports for one is among these.
//!
//! A frozen report is read by everyone, so what it holds doesn't depend on who froze it ([`frozen`]): **threshold** for
//! the selection of a report with fixed tables over a whole month, quarter or year, and **cell-key** for the levels
//! beside it, since a län less its other kommuner would tell what a kommun withholds. Of the same days only one length
//! of period and one division of the country is published so, and of a place only one report and one state (`asOf` and
//! `countedTo`): a quarter less two of its months tells the third, two reports of the same cases withhold different figures
//! of them, and two states one registration apart tell that registration. Steering groups that have an office or a kommun
//! in common are one place, by the registers that each report was made with. What is frozen beside it, and everything else,
//! is **cell-key**: so what is protected how depends on what was frozen first. Whoever may see exact figures asks for the
//! report by the `asOf` and `countedTo` of the frozen one.
//!
//! [`auth::policy`]: crate::auth::policy

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};

use crate::auth::Caller;
use crate::auth::policy::{Reach, reach};
use crate::domain::organisation::{Organisation, Role};
use crate::reports::follow::Counted;
use crate::reports::quality;
use crate::reports::request::{Geography, Period, Request};
use crate::reports::selection::Selection;

/// How figures are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    /// With noise that follows from who is counted.
    CellKey,
    /// Small counts withheld, and others that would tell them.
    Threshold,
    /// As counted.
    Exact,
}

impl Policy {
    /// All, the most protective first.
    pub const ALL: [Self; 3] = [Self::CellKey, Self::Threshold, Self::Exact];

    /// The name in the answer.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Threshold => "threshold",
            Self::CellKey => "cell-key",
        }
    }

    /// The policy of a name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }

    /// Which version of the noise, where there is noise.
    #[must_use]
    pub const fn version(self) -> Option<&'static str> {
        match self {
            Self::Exact | Self::Threshold => None,
            Self::CellKey => Some(super::record_keys::LIVE),
        }
    }
}

/// The policies of one report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grant {
    /// Of the selection, `urval`.
    pub own: Policy,
    /// Of the levels that stand beside it.
    pub beside: Policy,
}

impl Grant {
    /// One policy for all levels.
    #[must_use]
    pub const fn all(policy: Policy) -> Self {
        Self { own: policy, beside: policy }
    }

    /// Whether small counts are withheld on any level.
    #[must_use]
    pub fn withholds(self) -> bool {
        [self.own, self.beside].contains(&Policy::Threshold)
    }

    /// That of a level.
    #[must_use]
    pub fn of(self, level: &str) -> Policy {
        if level == "urval" { self.own } else { self.beside }
    }
}

/// THE table: the policies of the report that `caller` asks for, by the register as it is `today`.
#[must_use]
pub fn grant(caller: &Caller, request: &Request, organisation: &Organisation, today: NaiveDate) -> Grant {
    if caller.has(Role::Systemforvaltare) || caller.has(Role::System) {
        return Grant::all(Policy::Exact);
    }
    let own = match (&request.geography, reach(caller, organisation, today)) {
        (Geography::Kontor(_, office), Reach::Offices(offices)) if offices.contains(office) => Policy::Exact,
        _ => Policy::CellKey,
    };
    Grant { own, beside: Policy::CellKey }
}

/// A report that is frozen, as far as it matters to what is frozen beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Which report.
    pub report: String,
    /// By which version of its definitions.
    pub version: u32,
    /// Its period.
    pub period: Period,
    /// Its geography.
    pub geography: Geography,
    /// Who that was, by the registers that were known with it; `None` where they no more tell.
    pub place: Option<Selection>,
    /// As known on.
    pub as_of: DateTime<Utc>,
    /// Up to which registration it counts.
    pub counted_to: i64,
}

/// Who a geography is, by a register.
#[must_use]
pub fn place(geography: &Geography, organisation: &Organisation) -> Option<Selection> {
    let resolved = geography.resolve(organisation).ok()?;
    resolved.levels.into_iter().next().map(|urval| urval.selection)
}

/// The policies of a report that is being frozen, whoever freezes it, beside those that are frozen `already`, by the
/// register that is known with it.
#[must_use]
pub fn frozen(request: &Request, counted: Counted, already: &[Published], organisation: &Organisation) -> Grant {
    let withholds = |report: &str, period: Period| has_fixed_tables(report) && is_whole(period);
    let overlaps = |period: Period| period.from() <= request.period.to() && request.period.from() <= period.to();
    let version = request.definition().ok().map(|definition| definition.version);
    let own = place(&request.geography, organisation);
    // What nobody knows any more may have anything in common with what is known.
    let share =
        |other: &Published| own.as_ref().zip(other.place.as_ref()).is_none_or(|(own, other)| own.may_share(other));
    let alike = |other: &Published| {
        other.geography == request.geography
            && other.report == request.report
            // Two definitions of one thing can differ by a single person.
            && Some(other.version) == version
            && counted.as_of == Some(other.as_of)
            && counted.counted_to == Some(other.counted_to)
    };
    let tells_on = |other: &Published| {
        withholds(&other.report, other.period)
            && overlaps(other.period)
            && (other.period != request.period
                || division(&other.geography) != division(&request.geography)
                || (share(other) && !alike(other)))
    };
    let free = !request.choices.is_empty() || !request.splits.is_empty() || request.every.is_some();
    if free || !withholds(&request.report, request.period) || already.iter().any(tells_on) {
        return Grant::all(Policy::CellKey);
    }
    match request.geography {
        // Both its levels are the same figures.
        Geography::Riket => Grant::all(Policy::Threshold),
        _ => Grant { own: Policy::Threshold, beside: Policy::CellKey },
    }
}

/// By what a geography divides the country; places of one division don't overlap.
fn division(geography: &Geography) -> String {
    geography.to_string().split(':').next().unwrap_or_default().to_owned()
}

/// Whether a report's tables are the same for all, and of the period alone. Those of participants are chosen by
/// variables, those of bottlenecks tell of other months too, and those of data quality may count a case several times in
/// a cell, so that withholding 1–4 would protect nobody.
fn has_fixed_tables(report: &str) -> bool {
    !report.starts_with("deltagare-") && !["flaskhalsar", quality::ID].contains(&report)
}

/// Whether a period is one whole month, quarter or year.
#[must_use]
pub fn is_whole(period: Period) -> bool {
    let (from, to) = (period.from(), period.to());
    let Some(after) = to.checked_add_days(Days::new(1)) else { return false };
    let months = (after.year() - from.year()) * 12 + after.month() as i32 - from.month() as i32;
    let at_edges = from.day() == 1 && after.day() == 1;
    at_edges && (months == 1 || (months == 3 && from.month0() % 3 == 0) || (months == 12 && from.month0() == 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_days_by_another_report_or_version_of_the_definitions_are_noisy() {
        let period = Period::new("2016-10-01".parse().unwrap(), "2016-10-31".parse().unwrap()).unwrap();
        let request = Request::plain("baspaket", period, Geography::Riket);
        let as_of = "2017-01-01T00:00:00Z".parse().unwrap();
        let counted = Counted { as_of: Some(as_of), counted_to: Some(7), at_least: None };
        let of = |report: &str, version| {
            let report = report.to_owned();
            let place = Some(Selection::All);
            Published { report, version, period, geography: Geography::Riket, place, as_of, counted_to: 7 }
        };
        let beside = |other| frozen(&request, counted, &[other], &Organisation::default());
        assert_eq!(beside(of("baspaket", 1)), Grant::all(Policy::Threshold));
        assert_eq!(beside(of("baspaket", 2)), Grant::all(Policy::CellKey));
        assert_eq!(
            beside(of("status", 1)),
            Grant::all(Policy::CellKey),
            "it withholds other figures of the same cases"
        );
        assert_eq!(beside(of("deltagare-tider", 1)), Grant::all(Policy::Threshold), "that has noise");
    }

    #[test]
    fn only_whole_months_quarters_and_years_are_whole() {
        let whole = |from: &str, to: &str| is_whole(Period::new(from.parse().unwrap(), to.parse().unwrap()).unwrap());
        assert!(whole("2016-02-01", "2016-02-29") && whole("2016-12-01", "2016-12-31"));
        assert!(whole("2016-10-01", "2016-12-31") && whole("2016-01-01", "2016-12-31"));
        assert!(!whole("2016-02-01", "2016-02-28") && !whole("2016-02-02", "2016-02-29"));
        assert!(!whole("2016-02-01", "2016-04-30") && !whole("2016-07-01", "2017-06-30"));
        assert!(!whole("2016-01-01", "2016-06-30") && !whole("2016-01-01", "2017-12-31"));
    }
}
