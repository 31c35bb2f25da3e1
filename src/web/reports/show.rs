//! `/rapporter/{report}`: a report as a page – its controls, where things stand, every part as diagram and table, and
//! where to go on from there.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::controls::{self, Controls, Makings};
use super::download::Files;
use super::figures::{Behind, Section, ordered, section, without_echo};
use super::freeze::freeze_address;
use super::packages::{Known, known};
use super::places;
use super::question::{Asked, Surroundings, Wrong, address, lang, read};
use super::refused::Refused;
use super::summary::{self, KeyFigure};
use crate::app::App;
use crate::app::reporting::{granted_now, in_turn, pulled};
use crate::auth::policy::{Action, role_allows};
use crate::reports::catalogue::{Definition, catalogue};
use crate::reports::forms;
use crate::reports::quality;
use crate::reports::render::words;
use crate::reports::report::{Part, Report, Unit, instant as exact};
use crate::reports::{Geography, Request};
use crate::web::door::{Visit, enter, to};
use crate::web::form::{Field, Kind};
use crate::web::page::Frame;
use crate::web::texts::frozen::FrozenTexts;
use crate::web::texts::reports::{ReportTexts, question};
use crate::web::texts::{instant, number};

#[derive(Template)]
#[template(path = "reports/report.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    t: &'static ReportTexts,
    title: String,
    lead: &'static str,
    definition: String,
    path: String,
    controls: Controls,
    waits: bool,
    told: Option<Told>,
}

/// A report that was pulled.
struct Told {
    place: String,
    /// On each sheet of paper.
    of: String,
    from: String,
    to: String,
    /// Of whom; empty where nothing is selected.
    selection: String,
    as_of: String,
    as_of_exact: String,
    counted_to: String,
    protection: String,
    anonymous: String,
    /// Where the same is as it is now, when this is an earlier state.
    now: String,
    levels: Vec<String>,
    figures: Vec<KeyFigure>,
    package: String,
    sections: Vec<Section>,
    /// What the form for what changed since carries: the question, and the state that it is asked of.
    question: Vec<(String, String)>,
    since: Field,
    permanent: String,
    freeze: String,
    frozen_texts: &'static FrozenTexts,
    files: Vec<(String, String)>,
    ways: Vec<(&'static str, String)>,
    notes: Vec<String>,
}

/// What an address said, as pairs; nothing where it can't be read.
pub fn sent(request: &HttpRequest) -> Vec<(String, String)> {
    web::Query::<Vec<(String, String)>>::from_query(request.query_string())
        .map(web::Query::into_inner)
        .unwrap_or_default()
}

/// The question of an address, by whom it is asked.
pub fn asked(visit: &Visit, report: &str, sent: Vec<(String, String)>) -> Asked {
    let today = visit.app.service.today();
    let geography = places::usual(&visit.caller, &visit.organisation, today);
    read(report, sent, &Surroundings { today, geography: &geography, language: visit.frame.language })
}

/// `GET /rapporter/{report}`
pub async fn show(app: web::Data<App>, request: HttpRequest, report: web::Path<String>) -> HttpResponse {
    let visit = match enter(&app, &request, Action::GetReport).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let Some(definition) = catalogue().report(&report) else { return visit.not_found() };
    let sent = sent(&request);
    let asked = asked(&visit, &definition.id, sent.clone());
    if let Some(elsewhere) = plainer(&request, &asked, &sent) {
        return to(&elsewhere);
    }
    let packages = match known(&visit).await {
        Ok(packages) => packages.of_report(&definition.id),
        Err(error) => return Refused::Storage(error).answer(&visit),
    };
    let mut wrong = asked.wrong.clone();
    if !packages.has(asked.package) {
        let text = ReportTexts::of(visit.frame.language).no_package_here.to_owned();
        wrong.push(Wrong { field: "package".to_owned(), text });
    }
    if !wrong.is_empty() {
        wrong.extend(asked.beyond(&visit).await);
    }
    let mut told = None;
    if let Some(wanted) = asked.request.as_ref().filter(|_| wrong.is_empty()) {
        match figures(&visit, wanted, &asked).await {
            Ok(report) => told = Some(Told::of(&visit, wanted, &asked, &packages, report)),
            Err(refused) => match refused.of_question(&asked, &visit) {
                Ok(more) => wrong.extend(more),
                Err(refused) => return refused.answer(&visit),
            },
        }
    }
    page(&visit, definition, &asked, &packages, wrong, told)
}

/// The same question at an address that says it once: buttons and boxes make longer ones.
fn plainer(request: &HttpRequest, asked: &Asked, sent: &[(String, String)]) -> Option<String> {
    let wanted = asked.request.as_ref()?;
    let twice = |at: usize| sent[..at].iter().any(|(name, _)| *name == sent[at].0);
    let untidy = (0..sent.len()).any(|at| sent[at].1.is_empty() || sent[at].0 == "period" || twice(at));
    let kept = ["asOf", "countedTo", "package", "tabell", "lang"];
    let kept = kept.iter().filter_map(|name| Some(((*name).to_owned(), asked.fields.one(name)?.to_owned())));
    let pairs: Vec<(String, String)> = wanted.pairs().into_iter().chain(kept).collect();
    untidy.then(|| address(request.path(), &pairs))
}

async fn figures(visit: &Visit, wanted: &Request, asked: &Asked) -> Result<Report, Refused> {
    let (caller, wanted, counted) = (Arc::clone(&visit.caller), wanted.clone(), asked.counted);
    let lang = lang(visit.frame.language);
    in_turn(&visit.app, move |app| {
        let grant = granted_now(app, &caller, &wanted, counted)?;
        Ok(pulled(app, &wanted, counted, (lang, grant))?)
    })
    .await
}

fn page(
    visit: &Visit,
    definition: &Definition,
    asked: &Asked,
    packages: &Known,
    wrong: Vec<Wrong>,
    told: Option<Told>,
) -> HttpResponse {
    let (language, t) = (visit.frame.language, ReportTexts::of(visit.frame.language));
    let today = visit.app.service.today();
    let Some(form) = forms::report(&definition.id) else { return visit.not_found() };
    let makings = Makings {
        language,
        places: places::groups(t, &visit.caller, &visit.organisation, today),
        packages: packages.choices(&visit.organisation),
        form,
        organisation: &visit.organisation,
    };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let page = Page {
        frame: visit.frame.clone(),
        t,
        title: definition.title.get(lang(language)).to_owned(),
        lead: question(&definition.id, language),
        definition: definition.definition.get(lang(language)).to_owned(),
        path: format!("/rapporter/{}", definition.id),
        waits: wrong.is_empty() && told.is_none(),
        controls: controls::of(makings, asked, &wrong),
        told,
    };
    visit.answer(status, &page)
}

/// How figures are protected, in words.
pub fn protection(t: &ReportTexts, report: &Report) -> String {
    let word = |code: &str| match code {
        "exact" => t.exact,
        "threshold" => t.threshold,
        _ => t.cell_key,
    };
    let mut all = vec![word(report.disclosure).to_owned()];
    let others = report.levels.iter().filter(|level| level.disclosure != report.disclosure);
    all.extend(others.map(|level| format!("{}: {}", level.name, word(level.disclosure).to_lowercase())));
    all.join("; ")
}

impl Told {
    fn of(visit: &Visit, wanted: &Request, asked: &Asked, packages: &Known, report: Report) -> Self {
        let t = ReportTexts::of(visit.frame.language);
        let mut report = without_echo(report);
        let question = wanted.pairs();
        let state = [("asOf", exact(report.as_of)), ("countedTo", report.counted_to.to_string())];
        let state = state.map(|(name, value)| (name.to_owned(), value));
        let fixed: Vec<(String, String)> = question.iter().cloned().chain(state).collect();
        let kept = |name: &str| asked.fields.one(name).map(|value| (name.to_owned(), value.to_owned()));
        let shown = |pairs: &[(String, String)]| -> Vec<(String, String)> {
            pairs.iter().cloned().chain(kept("package")).chain(kept("tabell")).collect()
        };
        let path = format!("/rapporter/{}", report.report);
        let (first, package) = packages.first(asked.package, wanted);
        report.parts = ordered(std::mem::take(&mut report.parts), &first);
        // Frozen in the order in which it is seen.
        let parts = report.parts.iter().map(|part| part.id.to_owned());
        let own_order: Vec<String> = if first.is_empty() { Vec::new() } else { parts.collect() };
        let files = Files { path: format!("{path}/hamta"), question: fixed.clone() };
        let cases = |part: &Part, codes: &[(&str, &str)]| super::behind::cases_address(&fixed, part.id, codes);
        let seen = report.report == quality::ID && role_allows(&visit.caller, Action::ListReportCases);
        let behind: Behind<'_> = if seen { Some(&cases) } else { None };
        let sections =
            report.parts.iter().map(|part| section(t, &report, part, asked.by_sex, behind, files.of_part(part.id)));
        let sections = sections.collect();
        let (levels, figures) = summary::of(t, &report);
        let earlier = asked.counted.as_of.is_some() || asked.counted.counted_to.is_some();
        Self {
            place: report.geography.1.clone(),
            of: on_paper(&report),
            from: report.period.0.to_string(),
            to: report.period.1.to_string(),
            selection: words::selection(&report.selections),
            as_of: instant(report.as_of),
            as_of_exact: exact(report.as_of),
            counted_to: number(report.counted_to),
            protection: protection(t, &report),
            anonymous: words::shown(Unit::Count, report.anonymous),
            now: if earlier { address(&path, &shown(&question)) } else { String::new() },
            levels,
            figures,
            package,
            sections,
            since: Field::new("sedan", t.since_day, Kind::Line("date")).required(),
            permanent: address(&path, &shown(&fixed)),
            freeze: freeze_address(&report.report, &fixed, &own_order),
            frozen_texts: FrozenTexts::of(visit.frame.language),
            files: files.of_all(),
            ways: ways(t, wanted, &asked.state(&[])),
            question: question.into_iter().chain(asked.state(&[])).collect(),
            notes: report.footnotes,
        }
    }
}

/// What a part is of, where it may lie on a table by itself.
pub fn on_paper(report: &Report) -> String {
    format!("{}. {}", report.title, words::about(report))
}

/// Where to go on, with the same period and place, as known in the same state.
fn ways(t: &ReportTexts, wanted: &Request, state: &[(String, String)]) -> Vec<(&'static str, String)> {
    let there = |request: &Request| {
        let pairs: Vec<(String, String)> = request.pairs().into_iter().chain(state.iter().cloned()).collect();
        address(&format!("/rapporter/{}", request.report), &pairs)
    };
    let mut ways = Vec::new();
    if wanted.every.is_none() {
        let quarterly = Request { every: Some(crate::reports::times::Every::Quarter), ..wanted.clone() };
        ways.push((t.trend, there(&quarterly)));
    }
    for (report, text) in [("baspaket", t.baspaket), ("flaskhalsar", t.bottlenecks), (quality::ID, t.quality)] {
        if wanted.report != report {
            ways.push((text, there(&Request::plain(report, wanted.period, wanted.geography.clone()))));
        }
    }
    ways
}

/// The steering group that a report is about.
pub fn group(wanted: &Request) -> Option<String> {
    match &wanted.geography {
        Geography::Styrgrupp(code) => Some(code.to_string()),
        _ => None,
    }
}
