//! Pulling a report: the request against the register, one pass a level, texts from the catalogue, disclosure.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use polars::prelude::{PolarsError, PolarsResult};

use crate::domain::organisation::Organisation;

use super::baspaket::{ANONYMOUS, Form};
use super::catalogue::{Text, variable_labels};
use super::classes::Recent;
use super::counting::{self, Question};
use super::cube::{Axis, SAMTLIGA, Tally};
use super::disclosure::{Grant, Policy, disclose};
use super::facts::Facts;
use super::forms::ReportForm;
use super::kept::level_rows;
use super::quality::{self, Offices, Units};
use super::report::{Dimension, Part, Report, Row};
use super::request::{Lang, MOST_ROWS, Period, Request, RequestError};
use super::selection::{Level, Resolved, Selection};
use super::split::Split;
use super::tally::Pass;
use super::times::{self, Time};
use super::variables::Origin;

/// Why there is no report.
#[derive(Debug)]
pub enum PullError {
    /// The request is wrong.
    Request(Vec<RequestError>),
    /// The columns can't be read.
    Columns(PolarsError),
}

impl fmt::Display for PullError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(errors) => {
                for (i, error) in errors.iter().enumerate() {
                    write!(f, "{}{}", if i > 0 { " " } else { "" }, error.en())?;
                }
                Ok(())
            }
            Self::Columns(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PullError {}

impl From<PolarsError> for PullError {
    fn from(error: PolarsError) -> Self {
        Self::Columns(error)
    }
}

/// Which places a report shows: those that it is split by, and the offices of `datakvalitet`. What is registered may decide
/// on them, so two states of a report that are to stand beside each other have those of both.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    splits: Vec<Split>,
    offices: Option<Offices>,
}

impl Shown {
    /// The places of one state. Where cases are is told only to those who see figures as counted.
    ///
    /// # Errors
    /// When the columns can't be read.
    pub(super) fn of(
        facts: &Facts,
        (organisation, geography): (&Organisation, &Resolved),
        request: &Request,
        grant: Grant,
    ) -> Result<Self, PullError> {
        let urval = geography.levels.first().map_or(&Selection::All, |level| &level.selection);
        let quality = request.report == quality::ID;
        let named = request.splits.iter().any(|variable| variable.row().origin == Origin::Place) || quality;
        let exact = grant.own == Policy::Exact;
        let places = if named && exact { facts.places_now()? } else { Vec::new() };
        let of = exact.then_some(&places[..]);
        let splits = request.splits.iter();
        let splits = splits.map(|variable| Split::new(*variable, of, organisation, urval, &request.choices));
        Ok(Self {
            splits: splits.collect(),
            offices: quality.then(|| Offices::new(&places, organisation, urval, request.period)),
        })
    }

    /// The places of two states of a report, named as in this one where both have them.
    pub(super) fn and(&self, other: &Self) -> Self {
        Self {
            splits: self.splits.iter().zip(&other.splits).map(|(own, others)| own.and(others)).collect(),
            offices: self.offices.as_ref().zip(other.offices.as_ref()).map(|(own, others)| own.and(others)),
        }
    }
}

/// The report that `request` asks for, as `grant` lets it be shown. `as_of` is the instant for which `facts` were
/// built.
///
/// # Errors
/// When the report or the geography is unknown, or the columns can't be read.
pub fn pull(
    facts: &Facts,
    organisation: &Organisation,
    request: &Request,
    as_of: DateTime<Utc>,
    lang: Lang,
    grant: Grant,
) -> Result<Report, PullError> {
    let wrong: Vec<RequestError> =
        request.definition().err().into_iter().chain(request.unknown(organisation)).collect();
    if !wrong.is_empty() {
        return Err(PullError::Request(wrong));
    }
    let geography = request.geography.resolve(organisation).map_err(|error| PullError::Request(vec![error]))?;
    let by = (organisation, &geography);
    let shown = Shown::of(facts, by, request, grant)?;
    pull_shown(facts, by, request, as_of, (lang, grant), &shown)
}

/// The same of a geography that was resolved already, with the places of `shown`, which are those of this state and perhaps of others.
///
/// # Errors
/// As [`pull`].
pub(super) fn pull_shown(
    facts: &Facts,
    (organisation, geography): (&Organisation, &Resolved),
    request: &Request,
    as_of: DateTime<Utc>,
    (lang, grant): (Lang, Grant),
    shown: &Shown,
) -> Result<Report, PullError> {
    let definition = request.definition().map_err(|error| PullError::Request(vec![error]))?;
    let form = request
        .form()
        .ok_or_else(|| PullError::Request(vec![RequestError::ReportUnknown { given: request.report.clone() }]))?;
    let splits = &shown.splits;
    let whole = vec![request.period];
    let cut = request.every.map_or(whole, |every| every.periods(request.period));
    let months = |part: &Form| part.months > 0 && request.every.is_none();
    let until = |part: &Form| times::months_until(request.period.to(), part.months);
    // The parts by the times that they tell of; most often all tell of the period.
    let mut timed: Vec<(Vec<Period>, Vec<usize>)> = vec![(cut, Vec::new())];
    for (at, part) in form.parts.iter().enumerate().filter(|(_, part)| request.wants(part.id)) {
        if months(part) {
            timed.push((until(part), vec![at]));
        } else {
            timed[0].1.push(at);
        }
    }
    let units = shown.offices.as_ref().map(|offices| Units::new(facts, offices));
    within_bounds(form, splits, units.as_ref(), (geography.levels.len(), request.every.is_some()), &timed)?;
    let free = !request.choices.is_empty() || !request.splits.is_empty();
    let whole_baspaket = form.id == "baspaket" && !free;
    let mut classes = Recent::new(facts, organisation, &request.choices, splits);
    let mut rows: Vec<Vec<Row>> = vec![Vec::new(); form.parts.len()];
    let mut anonymous = Tally::default();
    for (at, level) in geography.levels.iter().enumerate() {
        let policy = grant.of(&level.code);
        if level.code == "urval" {
            anonymous = Pass::new(facts, request.period, &level.selection).anonymous()?;
        }
        // Riket as the selection stands beside riket, and a län beside itself: the same figures.
        let alike = |other: &&Level| other.selection == level.selection && grant.of(&other.code) == policy;
        if let Some(same) = geography.levels[..at].iter().find(alike) {
            rows.iter_mut().for_each(|part| again(part, same, level));
            continue;
        }
        for (periods, places) in &timed {
            let wanted: Vec<&Form> = places.iter().map(|place| &form.parts[*place]).collect();
            let mut counted = |period: Period| {
                if whole_baspaket {
                    return level_rows(facts, period, level, policy);
                }
                let (choices, classes) = (&request.choices, &*classes.of(form.last_day(period, as_of))?);
                let measured = times::measured_on(period, as_of);
                let question = Question { facts, organisation, period, measured, choices, splits, classes };
                let (all, mut rows) = match &units {
                    Some(units) => (form.parts.iter().collect(), quality::rows(&question, units, level, policy)?),
                    None => (wanted.clone(), counting::rows(&question, form.id, &wanted, level, policy)?),
                };
                all.into_iter().zip(&mut rows).for_each(|(form, rows)| without_own(form, splits, rows));
                Ok(Arc::new(rows))
            };
            let told: Vec<_> = periods.iter().map(|period| counted(*period)).collect::<PolarsResult<_>>()?;
            for (at, place) in places.iter().enumerate() {
                let at = if whole_baspaket || units.is_some() { *place } else { at };
                let of_part: Vec<&[Row]> = told.iter().map(|parts| &*parts[at]).collect();
                if let [only] = of_part.as_slice()
                    && !(request.every.is_some() || months(&form.parts[*place]))
                {
                    rows[*place].extend_from_slice(only);
                } else {
                    beside(&of_part, periods, &mut rows[*place]);
                }
            }
        }
    }
    let texts = |all: &[Text]| all.iter().map(|t| t.get(lang).to_owned()).collect::<Vec<_>>();
    let split_dimensions: Vec<Dimension> =
        splits.iter().map(|split| split.dimension(variable_labels(split.variable, lang), lang)).collect();
    let parts = form.parts.iter().enumerate().zip(rows).zip(&definition.parts);
    let parts = parts.filter(|(((_, form), _), _)| request.wants(form.id)).map(|(((place, form), rows), texts_of)| {
        let own = form.axes.iter().map(|axis| {
            let labelled = definition.dimension(form.id, axis.name, lang);
            match &units {
                Some(units) if axis.name == quality::ENHET => units.dimension(labelled),
                _ => labelled,
            }
        });
        let more = splits.iter().zip(&split_dimensions).filter(|(split, _)| form.splits(split.variable));
        let more = more.map(|(_, dimension)| dimension.clone());
        let times = timed.iter().find(|(_, places)| places.contains(&place)).map_or(&[][..], |(all, _)| all);
        let time = (request.every.is_some() || months(form)).then(|| times::dimension(times, lang));
        Part {
            id: form.id,
            number: texts_of.number,
            title: texts_of.title.get(lang).to_owned(),
            definition: texts_of.definition.get(lang).to_owned(),
            footnotes: texts(&texts_of.footnotes),
            chart: texts_of.chart.clone(),
            dimensions: own.chain(more).chain(time).collect(),
            measures: form.measures.names().iter().map(|name| definition.measure(name, lang)).collect(),
            rows,
        }
    });
    let unfinished = unfinished(request.period, as_of, lang);
    let footnotes = unfinished.into_iter().chain(texts(&definition.footnotes)).collect();
    let report = Report {
        report: definition.id.clone(),
        version: definition.version,
        lang: if lang == Lang::Sv { "sv" } else { "en" },
        title: definition.title.get(lang).to_owned(),
        period: (request.period.from(), request.period.to()),
        levels: geography.levels.iter().map(|level| level.named(geography.name.get(lang), lang)).collect(),
        geography: (geography.code.clone(), geography.name.get(lang).to_owned()),
        as_of,
        counted_to: facts.counted_to().0,
        disclosure: "",
        disclosure_version: None,
        anonymous: grant.own.count(anonymous),
        selections: request.selections(organisation, lang),
        footnotes,
        parts: parts.collect(),
    };
    let live = Grant::all(Policy::CellKey);
    let live = if grant.withholds() {
        Some(pull_shown(facts, (organisation, geography), request, as_of, (lang, live), shown)?)
    } else {
        None
    };
    Ok(disclose(report, grant, live.as_ref(), lang))
}

/// That a period wasn't over, so that nobody takes what hasn't happened yet for something that didn't.
fn unfinished(period: Period, as_of: DateTime<Utc>, lang: Lang) -> Option<String> {
    let day = times::measured_on(period, as_of);
    (day < period.to()).then(|| match lang {
        Lang::Sv => {
            format!(
                "Perioden slutar efter den dag siffrorna är kända på, {day}: vad som registreras senare ingår inte."
            )
        }
        Lang::En => format!(
            "The period ends after the day the figures are known on, {day}: what is registered later isn't in them."
        ),
    })
}

/// The rows of a part at several times, those of a cell beside each other.
fn beside(of_part: &[&[Row]], periods: &[Period], rows: &mut Vec<Row>) {
    let codes: Vec<String> = periods.iter().map(|period| Time::of(period.from(), period.to()).code).collect();
    for cell in 0..of_part.first().map_or(0, |rows| rows.len()) {
        for (all, code) in of_part.iter().zip(&codes) {
            let mut row = all[cell].clone();
            row.codes.push(code.clone().into());
            rows.push(row);
        }
    }
}

/// Refuses a table that nobody could read.
fn within_bounds(
    form: &ReportForm,
    splits: &[Split],
    units: Option<&Units>,
    (levels, every): (usize, bool),
    timed: &[(Vec<Period>, Vec<usize>)],
) -> Result<(), PullError> {
    let block: usize = splits.iter().map(|split| split.codes.len() + 1).product();
    let size = |axis: &Axis| units.filter(|_| axis.name == quality::ENHET).map_or(axis.size(), Units::len);
    let of_part = |part: &Form| part.axes.iter().map(size).product::<usize>();
    let of_all = |places: &[usize]| places.iter().map(|place| of_part(&form.parts[*place])).sum::<usize>();
    let rows = timed.iter().map(|(times, places)| of_all(places) * times.len()).sum::<usize>() * block * levels;
    if rows > MOST_ROWS {
        let by = if !splits.is_empty() {
            "split"
        } else if every {
            "every"
        } else {
            "part"
        };
        return Err(PullError::Request(vec![RequestError::TooManyRows { rows, by }]));
    }
    Ok(())
}

/// Leaves out the splits that a part isn't split by, its rows being their values already.
fn without_own(form: &Form, splits: &[Split], rows: &mut Vec<Row>) {
    if form.id == ANONYMOUS {
        return;
    }
    // From the last on, so that the places of those before stay.
    for (place, _) in splits.iter().enumerate().rev().filter(|(_, split)| !form.splits(split.variable)) {
        let at = form.axes.len() + place;
        rows.retain(|row| row.codes[at] == SAMTLIGA);
        rows.iter_mut().for_each(|row| drop(row.codes.remove(at)));
    }
}

/// Puts the rows of one level to those of a part once more, on another.
fn again(part: &mut Vec<Row>, same: &Level, level: &Level) {
    let rows: Vec<Row> = part.iter().filter(|row| row.level == same.code).map(|row| on(level, row)).collect();
    part.extend(rows);
}

/// The same row on another level.
fn on(level: &Level, row: &Row) -> Row {
    Row { level: level.code.clone(), ..row.clone() }
}
