//! `/rapporter/{report}/andringar`: what changed in a report since the last meeting, and why; with the registrations
//! behind it for those who may read their cases.
//!
//! Never here: how causes are found ([`difference`](crate::reports::difference)).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::question::{Asked, Wrong, address, lang};
use super::refused::Refused;
use super::show::{asked, sent};
use crate::app::App;
use crate::app::reporting::{granted_now, in_turn};
use crate::auth::policy::{Action, role_allows};
use crate::domain::code::CaseId;
use crate::domain::dates::swedish_day;
use crate::registrations::fields::parse_known;
use crate::reports::catalogue::catalogue;
use crate::reports::cube::SAMTLIGA;
use crate::reports::difference::{Behind, Between, Cause, Change, ChangedPart, Difference, Key, texts};
use crate::reports::follow::Counted;
use crate::reports::render::markup;
use crate::reports::render::words::{self, decimal, shown};
use crate::reports::report::{Figure, Measure, Unit};
use crate::reports::{Report, Request};
use crate::web::door::{Visit, enter};
use crate::web::form::{Field, Kind, Mistake, mistakes};
use crate::web::page::Frame;
use crate::web::texts::reports::ReportTexts;
use crate::web::texts::{Language, instant, number};

/// This many of the registrations behind are shown; the rest are in the API.
const MOST_BEHIND: usize = 100;

#[derive(Template)]
#[template(path = "reports/changes.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    t: &'static ReportTexts,
    title: String,
    report: String,
    path: String,
    back: String,
    question: Vec<(String, String)>,
    since: Field,
    mistakes: Vec<Mistake>,
    told: Option<Told>,
}

struct Told {
    /// Place, period and selection.
    about: String,
    earlier: (String, String),
    later: (String, String),
    parts: Vec<PartChanges>,
    anonymised: String,
    causes: Vec<(String, String)>,
    notes: Vec<String>,
    /// What is behind, for those who may see it; `None` for others.
    behind: Option<Vec<Entry>>,
    behind_left: usize,
}

struct PartChanges {
    anchor: String,
    title: String,
    rows: Vec<Row>,
}

struct Row {
    label: String,
    measure: String,
    was: String,
    is: String,
    change: String,
    causes: Vec<String>,
}

struct Entry {
    link: String,
    case: String,
    cause: String,
    changes: Vec<String>,
}

/// `GET /rapporter/{report}/andringar`
pub async fn show(app: web::Data<App>, request: HttpRequest, report: web::Path<String>) -> HttpResponse {
    let visit = match enter(&app, &request, Action::GetReportDifference).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let Some(definition) = catalogue().report(&report) else { return visit.not_found() };
    let asked = asked(&visit, &definition.id, sent(&request));
    let mut wrong = asked.wrong.clone();
    let t = ReportTexts::of(visit.frame.language);
    let since = asked.fields.one("sedan").and_then(parse_known);
    // Whoever hasn't been asked for the day yet has nothing wrong.
    let answered = asked.fields.iter().any(|(name, _)| name == "sedan");
    if since.is_none() && answered {
        wrong.push(Wrong { field: "sedan".to_owned(), text: t.since_missing.to_owned() });
    }
    // Since today is since now, as in every question of a day.
    if since.is_some_and(|since| swedish_day(since) > app.service.today()) {
        wrong.push(Wrong { field: "sedan".to_owned(), text: t.since_ahead.to_owned() });
    }
    if !wrong.is_empty() {
        wrong.extend(asked.beyond(&visit).await);
    }
    let title = definition.title.get(lang(visit.frame.language)).to_owned();
    let mut told = None;
    if let (Some(wanted), Some(since), true) = (&asked.request, since, wrong.is_empty()) {
        let earlier = Counted { as_of: Some(since), ..Counted::default() };
        match compared(&visit, wanted, Between { earlier, later: asked.counted }).await {
            Ok(found) => match behind(&visit, found).await {
                Ok(shown) => told = Some(shown),
                Err(answer) => return answer,
            },
            Err(refused) => match refused.of_question(&asked, &visit) {
                Ok(more) => wrong.extend(more),
                Err(refused) => return refused.answer(&visit),
            },
        }
    }
    page(&visit, &asked, (definition.id.as_str(), title), wrong, told)
}

async fn compared(visit: &Visit, wanted: &Request, between: Between) -> Result<(Difference, Vec<Behind>), Refused> {
    let (caller, wanted, lang) = (Arc::clone(&visit.caller), wanted.clone(), lang(visit.frame.language));
    in_turn(&visit.app, move |app| {
        let service = &app.service;
        let shown = (lang, granted_now(app, &caller, &wanted, between)?);
        Ok(app.reports.difference(&service.db, &service.registers, &wanted, between, &*service.clock, shown)?)
    })
    .await
}

/// The changes, with what is behind them where that may be seen: which cases it shows is in the access log first.
async fn behind(visit: &Visit, (difference, all): (Difference, Vec<Behind>)) -> Result<Told, HttpResponse> {
    let language = visit.frame.language;
    if !role_allows(&visit.caller, Action::ListCases) {
        return Ok(Told::of(&difference, language, None));
    }
    let read = visit.reading(Action::GetReportDifference, move |reader, _, _| {
        let mut within: Vec<Behind> = all.into_iter().filter(|behind| reader.may_read(&behind.offices)).collect();
        let left = within.len().saturating_sub(MOST_BEHIND);
        within.truncate(MOST_BEHIND);
        let cases: BTreeSet<CaseId> = within.iter().map(|behind| behind.case).collect();
        reader.showing(&cases.into_iter().collect::<Vec<_>>());
        Ok((within, left))
    });
    let shown = read.await?;
    Ok(Told::of(&difference, language, Some(shown)))
}

fn page(
    visit: &Visit,
    asked: &Asked,
    (report, title): (&str, String),
    wrong: Vec<Wrong>,
    told: Option<Told>,
) -> HttpResponse {
    let t = ReportTexts::of(visit.frame.language);
    let mut question = asked.request.as_ref().map(Request::pairs).unwrap_or_default();
    question.extend(asked.state(&wrong));
    let mut since = Field::new("sedan", t.since_day, Kind::Line("date")).required().filled(Some(&asked.fields));
    let mut whole = Vec::new();
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    for Wrong { field, text } in wrong {
        if field == "sedan" { since.errors.push(text) } else { whole.push(text) }
    }
    let path = format!("/rapporter/{report}");
    let page = Page {
        frame: visit.frame.clone(),
        t,
        title: if told.is_some() { format!("{} {}", t.changes, since.value()) } else { t.since.to_owned() },
        report: title,
        back: address(&path, &question),
        path: format!("{path}/andringar"),
        question,
        mistakes: mistakes(whole, [&since]),
        since,
        told,
    };
    visit.answer(status, &page)
}

/// `+3` or `−3`.
fn signed(n: i64) -> String {
    if n > 0 { format!("+{}", number(n)) } else { number(n) }
}

/// How much a figure changed, as people read it.
fn changed(t: &ReportTexts, unit: Unit, change: &Change) -> String {
    match (unit, change.change()) {
        (Unit::Count, Figure::Number(x)) => signed(x as i64),
        (Unit::Share, Figure::Number(x)) => {
            // A share that goes from a half to a third has lost 17 of its hundred parts, not 17 per cent.
            format!("{}{}\u{a0}{}", if x > 0.0 { "+" } else { "" }, decimal(x * 100.0), t.points)
        }
        (Unit::Days, Figure::Number(x)) => format!("{}{}", if x > 0.0 { "+" } else { "" }, decimal(x)),
        (_, figure) => shown(unit, figure),
    }
}

fn cause(cause: Cause, language: Language) -> String {
    let words = texts().causes.iter().find(|words| words.code == cause.code());
    words.map_or_else(|| cause.code().to_owned(), |words| words.label.get(lang(language)).to_owned())
}

/// What a row of a part is of, in words: of all, where it is of one sex's no more than of the other's; `None` for the rows of
/// one sex.
fn label(t: &ReportTexts, part: &ChangedPart, codes: &[Cow<'static, str>]) -> Option<String> {
    let all = part.part.dimensions.iter().zip(codes);
    if all.clone().any(|(dimension, code)| dimension.name == "kon" && code != SAMTLIGA) {
        return None;
    }
    let labels = all.filter(|(dimension, _)| dimension.name != "kon");
    let labels: Vec<&str> = labels.map(|(dimension, code)| dimension.label(code)).collect();
    Some(if labels.is_empty() { t.all_rows.to_owned() } else { labels.join(", ") })
}

/// A figure that changed, of these rows.
fn row(language: Language, label: String, measure: &Measure, change: &Change) -> Option<Row> {
    (change.before != change.after).then(|| Row {
        label,
        measure: measure.label.clone(),
        was: shown(measure.unit, change.before),
        is: shown(measure.unit, change.after),
        change: changed(ReportTexts::of(language), measure.unit, change),
        causes: change.causes.iter().map(|(of, n)| format!("{} {}", cause(*of, language), signed(*n))).collect(),
    })
}

/// The rows of the selection that changed, of all and not of one sex.
fn rows(part: &ChangedPart, language: Language) -> Vec<Row> {
    let t = ReportTexts::of(language);
    let of_selection = part.rows.iter().filter(|row| row.level == "urval");
    let labelled = of_selection.filter_map(|row| Some((label(t, part, &row.codes)?, row)));
    let all = labelled.flat_map(|(label, of)| {
        let figures = part.part.measures.iter().zip(&of.figures);
        figures.filter_map(move |(measure, change)| row(language, label.clone(), measure, change))
    });
    all.collect()
}

/// The anonymous cases, which stand outside every part, where they changed.
fn anonymous(difference: &Difference, language: Language) -> Option<PartChanges> {
    let t = ReportTexts::of(language);
    let measure = Measure { name: "anonymous", label: t.one_measure.to_owned(), unit: Unit::Count };
    let row = row(language, t.all_rows.to_owned(), &measure, &difference.anonymous)?;
    Some(PartChanges { anchor: "anonyma-utanfor".to_owned(), title: t.anonymous.to_owned(), rows: vec![row] })
}

impl Told {
    fn of(difference: &Difference, language: Language, behind: Option<(Vec<Behind>, usize)>) -> Self {
        let (report, of) = (&difference.report, lang(language));
        let moment = |moment: crate::reports::difference::Moment| (instant(moment.as_of), number(moment.counted_to));
        let parts = difference.parts.iter().map(|part| PartChanges {
            anchor: markup::id(part.part.id),
            title: format!("{}. {}", part.part.number, part.part.title),
            rows: rows(part, language),
        });
        let noisy = report.levels.iter().any(|level| level.disclosure_version.is_some());
        let notes = texts().footnotes.iter().chain(texts().with_noise.iter().filter(|_| noisy));
        let left = behind.as_ref().map_or(0, |(_, left)| *left);
        Self {
            about: about(report),
            earlier: moment(difference.earlier),
            later: moment(difference.later),
            parts: parts.filter(|part| !part.rows.is_empty()).chain(anonymous(difference, language)).collect(),
            anonymised: shown(Unit::Count, difference.anonymised),
            causes: texts()
                .causes
                .iter()
                .map(|words| (words.label.get(of).to_owned(), words.definition.get(of).to_owned()))
                .collect(),
            notes: notes.map(|note| note.get(of).to_owned()).chain(report.footnotes.iter().cloned()).collect(),
            behind: behind.map(|(all, _)| all.iter().map(|behind| entry(difference, behind, language)).collect()),
            behind_left: left,
        }
    }
}

/// Place, period, and the whole selection.
fn about(report: &Report) -> String {
    let (place, selection) = (&report.geography.1, words::selection(&report.selections));
    let told = [format!("{place}, {}", words::days(report)), selection];
    told.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
}

fn entry(difference: &Difference, behind: &Behind, language: Language) -> Entry {
    let t = ReportTexts::of(language);
    let changes = behind.changes.iter().filter_map(|(key, n)| {
        if *key == Key::anonymous() {
            return Some(format!("{}: {}", t.anonymous, signed(*n)));
        }
        let part = difference.parts.iter().find(|part| part.part.id == key.part)?;
        let label = label(t, part, &key.codes)?;
        let counts = part.part.measures.iter().filter(|measure| measure.unit == Unit::Count);
        let measure = counts.clone().find(|measure| measure.name == key.measure).filter(|_| counts.count() > 1);
        let measure = measure.map(|measure| format!(", {}", measure.label.to_lowercase()));
        Some(format!("{}. {label}{}: {}", part.part.number, measure.unwrap_or_default(), signed(*n)))
    });
    Entry {
        link: format!("/arenden/{}", behind.case),
        case: behind.case.to_string(),
        cause: cause(behind.cause, language),
        changes: changes.collect(),
    }
}
