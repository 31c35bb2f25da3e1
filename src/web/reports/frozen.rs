//! `/rapporter/frysta`: the frozen reports, each as a page and as files.
//!
//! Never here: freezing one ([`super::freeze`]).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::download::{Files, named_form};
use super::figures::{Section, section, without_echo};
use super::places;
use super::question::{address, lang};
use super::refused::Refused;
use super::show::{asked, on_paper, protection};
use super::summary::{self, KeyFigure};
use crate::app::App;
use crate::app::freezing::{self, told};
use crate::app::report_file::made;
use crate::app::reporting::in_turn;
use crate::auth::policy::Action;
use crate::domain::code::HandlerId;
use crate::reports::Report;
use crate::reports::catalogue::catalogue;
use crate::reports::render::words::{selection, shown};
use crate::reports::render::{Options, RenderError};
use crate::reports::report::{Unit, instant as exact};
use crate::storage::cases::day_of;
use crate::storage::kept::{self, FrozenHead};
use crate::web::door::{Visit, enter, to};
use crate::web::page::{Frame, query};
use crate::web::paging::{self, Paging};
use crate::web::texts::frozen::FrozenTexts;
use crate::web::texts::reports::ReportTexts;
use crate::web::texts::{Language, instant, number};
use crate::web::visitor::in_database;

/// Where they are.
pub const PATH: &str = "/rapporter/frysta";

/// A page of the list.
const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "reports/frozen_list.html", config = "src/web/askama.toml")]
struct ListPage {
    frame: Frame,
    t: &'static FrozenTexts,
    r: &'static ReportTexts,
    rows: Vec<Row>,
    paging: Paging,
}

struct Row {
    address: String,
    name: String,
    report: String,
    place: String,
    period: String,
    selection: String,
    at: String,
    by: String,
}

#[derive(Template)]
#[template(path = "reports/frozen.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    t: &'static FrozenTexts,
    r: &'static ReportTexts,
    /// In the language that it was frozen in.
    own: &'static ReportTexts,
    lang: &'static str,
    done: bool,
    path: String,
    by_sex: bool,
    name: String,
    title: String,
    place: String,
    of: String,
    from: String,
    to: String,
    selection: String,
    at: String,
    by: String,
    as_of: String,
    as_of_exact: String,
    counted_to: String,
    protection: String,
    anonymous: String,
    now: String,
    files: Vec<(String, String)>,
    levels: Vec<String>,
    figures: Vec<KeyFigure>,
    sections: Vec<Section>,
    notes: Vec<String>,
}

fn at(micros: i64) -> String {
    DateTime::<Utc>::from_timestamp_micros(micros).map(instant).unwrap_or_default()
}

/// Who froze it: the name at work, or what else there is.
fn by(visit: &Visit, head: &FrozenHead) -> String {
    let id = head.handler.as_deref().and_then(|id| HandlerId::parse(id).ok());
    let known = id.as_ref().and_then(|id| visit.organisation.handlers.get(id));
    let name = known.map_or_else(|| head.handler.clone(), |person| Some(person.name.clone()));
    name.unwrap_or_else(|| FrozenTexts::of(visit.frame.language).by_nobody.to_owned())
}

/// The question that it was asked by, as pairs of the address of its page, which shows all parts; the place and the period
/// alone, where the rest isn't known.
fn question(head: &FrozenHead) -> Vec<(String, String)> {
    let kept = head.question.as_deref().and_then(|kept| serde_urlencoded::from_str::<Vec<(String, String)>>(kept).ok());
    let plain = || {
        let (from, to) = (day_of(head.first_day).to_string(), day_of(head.last_day).to_string());
        [("from", from), ("to", to), ("geography", head.geography.clone())]
            .map(|(name, text)| (name.to_owned(), text))
            .into()
    };
    let mut all = kept.unwrap_or_else(plain);
    all.retain(|(name, _)| name != "part");
    all
}

/// Of whom it is, in words.
fn chosen(visit: &Visit, head: &FrozenHead) -> String {
    let asked = asked(visit, &head.report, question(head));
    let chosen = asked.request.map(|request| request.selections(&visit.organisation, lang(visit.frame.language)));
    selection(&chosen.unwrap_or_default())
}

/// What a place is called; its code where the registers don't know it any more.
pub fn place(visit: &Visit, geography: &str) -> String {
    let t = ReportTexts::of(visit.frame.language);
    let groups = places::groups(t, &visit.caller, &visit.organisation, visit.app.service.today());
    let mut choices = groups.into_iter().flat_map(|group| group.choices);
    choices.find(|choice| choice.value == geography).map_or_else(|| geography.to_owned(), |choice| choice.text)
}

/// `GET /rapporter/frysta`
pub async fn list(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let visit = match enter(&app, &request, Action::ListFrozenReports).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let asked = query(&request);
    let rows = i64::try_from(ROWS).unwrap_or(i64::MAX);
    let wanted = i64::try_from(paging::number(&asked)).unwrap_or(i64::MAX);
    let read = in_database(move || {
        let mut connection = app.service.db.read()?;
        let mut link = connection.link();
        let (page, total) = kept::frozen_page(&mut link, (wanted - 1).saturating_mul(rows), rows)?;
        if !page.is_empty() || total == 0 {
            return Ok((page, total));
        }
        // Beyond the last page the last is shown.
        kept::frozen_page(&mut link, (total - 1) / rows * rows, rows)
    });
    let (heads, total) = match read.await {
        Ok(read) => read,
        Err(error) => return Refused::Storage(error).answer(&visit),
    };
    let language = visit.frame.language;
    let row = |head: FrozenHead| Row {
        address: format!("{PATH}/{}", freezing::id(&head)),
        report: catalogue()
            .report(&head.report)
            .map_or_else(|| head.report.clone(), |d| d.title.get(lang(language)).to_owned()),
        place: place(&visit, &head.geography),
        period: format!("{} – {}", day_of(head.first_day), day_of(head.last_day)),
        selection: chosen(&visit, &head),
        at: at(head.frozen_at),
        by: by(&visit, &head),
        name: head.name,
    };
    let page = ListPage {
        frame: visit.frame.clone(),
        t: FrozenTexts::of(language),
        r: ReportTexts::of(language),
        rows: heads.into_iter().map(row).collect(),
        paging: Paging::of(PATH, &asked, usize::try_from(total).unwrap_or(usize::MAX), ROWS),
    };
    visit.answer(StatusCode::OK, &page)
}

/// The frozen report of an address.
async fn found(visit: &Visit, id: &str) -> Result<(FrozenHead, Report), HttpResponse> {
    let Ok(id) = Uuid::parse_str(id) else { return Err(visit.not_found()) };
    let app = visit.app.clone();
    let read = in_database(move || freezing::frozen(&app, id)).await;
    read.map_err(|error| Refused::Storage(error).answer(visit))?.ok_or_else(|| visit.not_found())
}

/// `GET /rapporter/frysta/{id}`
pub async fn show(app: web::Data<App>, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    let visit = match enter(&app, &request, Action::GetFrozenReport).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let (head, report) = match found(&visit, &id).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let said = query(&request);
    let by_sex = said.get("tabell").is_some_and(|table| table == "kon");
    let (language, done) = (visit.frame.language, said.contains_key("klart"));
    let own = ReportTexts::of(Language::from_code(&head.lang).unwrap_or(language));
    let report = without_echo(report);
    let files = Files { path: format!("{PATH}/{}/hamta", freezing::id(&head)), question: Vec::new() };
    let sections = report.parts.iter().map(|part| section(own, &report, part, by_sex, None, files.of_part(part.id)));
    let sections = sections.collect();
    let (levels, figures) = summary::of(own, &report);
    let page = Page {
        t: FrozenTexts::of(language),
        r: ReportTexts::of(language),
        own,
        lang: report.lang,
        done,
        path: format!("{PATH}/{}", freezing::id(&head)),
        by_sex,
        title: report.title.clone(),
        place: report.geography.1.clone(),
        of: on_paper(&report),
        from: report.period.0.to_string(),
        to: report.period.1.to_string(),
        selection: selection(&report.selections),
        at: at(head.frozen_at),
        by: by(&visit, &head),
        as_of: instant(report.as_of),
        as_of_exact: exact(report.as_of),
        counted_to: number(report.counted_to),
        protection: protection(ReportTexts::of(language), &report),
        anonymous: shown(Unit::Count, report.anonymous),
        now: address(&format!("/rapporter/{}", report.report), &question(&head)),
        files: files.of_all(),
        levels,
        figures,
        sections,
        notes: report.footnotes,
        name: head.name,
        frame: visit.frame.clone(),
    };
    visit.answer(StatusCode::OK, &page)
}

/// `GET /rapporter/frysta/{id}/hamta`. What can't be made leads back to the page.
pub async fn file(app: web::Data<App>, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    let visit = match enter(&app, &request, Action::GetFrozenReport).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let (head, report) = match found(&visit, &id).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let asked = query(&request);
    let page = || to(&format!("{PATH}/{}", freezing::id(&head)));
    let Some(form) = named_form(&asked) else { return page() };
    let parts: Vec<String> = asked.get("part").into_iter().cloned().collect();
    if parts.iter().any(|id| report.parts.iter().all(|part| part.id != id)) {
        return visit.not_found();
    }
    let told = told(&head);
    let making =
        in_turn(&app, move |_| match made(report, &parts, (form, Options::default()), None, Some(("frozen", &told))) {
            Ok(made) => Ok(Some(made)),
            Err(RenderError::Failed(why)) => Err(Refused::Failed(why)),
            Err(RenderError::OnePart(_) | RenderError::NoPart(_)) => Ok(None),
        });
    match making.await {
        Ok(Some(made)) => made.saved(),
        Ok(None) => page(),
        Err(refused) => refused.answer(&visit),
    }
}
