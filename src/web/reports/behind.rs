//! `/rapporter/datakvalitet/arenden`: the cases behind a figure of data quality, for those who may read them.
//!
//! Never here: what the figure counts ([`quality`]), and who is within whose reach
//! ([`find`](crate::registrations::find)).

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::question::{address, lang, pairs};
use super::refused::Refused;
use super::show::{asked, sent};
use crate::app::App;
use crate::app::reporting::{granted_now, in_turn};
use crate::auth::policy::Action;
use crate::domain::code::OfficeCode;
use crate::domain::organisation::Organisation;
use crate::domain::step::StepKind;
use crate::reports::Request;
use crate::reports::catalogue::{Definition, catalogue};
use crate::reports::cube::SAMTLIGA;
use crate::reports::follow::{Counted, FollowError, State};
use crate::reports::quality::{self, Behind, BehindError, Cell, ENHET, Part};
use crate::reports::render::words::shown as figure;
use crate::reports::report::Unit;
use crate::storage::cases::CaseRow;
use crate::web::door::{Visit, enter, to};
use crate::web::page::Frame;
use crate::web::texts::reports::ReportTexts;
use crate::web::texts::{Language, number};

const ON_A_PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "reports/behind.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    t: &'static ReportTexts,
    back: String,
    part: String,
    row: String,
    place: String,
    from: String,
    to: String,
    figure: String,
    found: String,
    items: Vec<Item>,
    number: i64,
    last: i64,
    previous: String,
    next: String,
}

struct Item {
    link: String,
    case: String,
    what: String,
    day: String,
    since: String,
    step: String,
    offices: String,
}

/// Where the cases behind a figure of a part are: the figure's row is told by its codes.
pub fn cases_address(question: &[(String, String)], part: &str, codes: &[(&str, &str)]) -> String {
    let codes: Vec<(&str, &str)> = codes.iter().copied().filter(|(_, code)| *code != SAMTLIGA).collect();
    // A row of a split is a selection of its code.
    let kept = question.iter().filter(|(name, _)| name != "split" && !codes.iter().any(|(of, _)| of == name));
    let pairs: Vec<(String, String)> = kept
        .cloned()
        .chain([("part".to_owned(), part.to_owned())])
        .chain(codes.iter().map(|(name, code)| ((*name).to_owned(), (*code).to_owned())))
        .collect();
    address("/rapporter/datakvalitet/arenden", &pairs)
}

/// `GET /rapporter/datakvalitet/arenden`
pub async fn show(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let visit = match enter(&app, &request, Action::ListReportCases).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let Some(definition) = catalogue().report(quality::ID) else { return visit.not_found() };
    let mut sent = sent(&request);
    let number = sent.iter().find(|(name, _)| name == "sida").and_then(|(_, text)| text.parse().ok()).unwrap_or(1);
    sent.retain(|(name, _)| name != "sida");
    let asked = asked(&visit, quality::ID, sent.clone());
    let Some(cell) = cell(&sent) else { return visit.not_found() };
    let state = asked.state(&[]);
    let Some(wanted) = asked.request else {
        // The page of the report says what is wrong with the question.
        return to(&address("/rapporter/datakvalitet", &sent));
    };
    let (behind, own) = match found(&visit, &wanted, &cell, asked.counted).await {
        Ok(Some(found)) => found,
        Ok(None) => return visit.not_found(),
        Err(refused) => {
            return match refused.of_question(visit.frame.language) {
                Ok(_) => to(&report_address(&wanted, &state)),
                Err(refused) => refused.answer(&visit),
            };
        }
    };
    let page_number: i64 = i64::clamp(number, 1, 1_000_000);
    let numbers: Vec<i64> = behind.counted.iter().map(|counted| counted.case).collect();
    let read = visit.reading(Action::ListReportCases, move |reader, link, _| {
        reader.of_these(link, &numbers, page_number, ON_A_PAGE)
    });
    match read.await {
        Ok((rows, total)) => {
            let back = report_address(&wanted, &state);
            let told = Told { definition, wanted: &wanted, back, cell: &cell, behind: &behind, own, sent: &sent };
            visit.answer(StatusCode::OK, &told.page(&visit, &rows, page_number, total))
        }
        Err(answer) => answer,
    }
}

/// Where the report is that the figure stands in, in the state that it was asked of.
fn report_address(wanted: &Request, state: &[(String, String)]) -> String {
    let question: Vec<(String, String)> = pairs(wanted).into_iter().chain(state.iter().cloned()).collect();
    address("/rapporter/datakvalitet", &question)
}

/// Which row of which part; `None` when there is none such.
fn cell(sent: &[(String, String)]) -> Option<Cell> {
    let one = |name: &str| sent.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str());
    let part = Part::named(one("part")?)?;
    let code = one(part.axis().name).unwrap_or(SAMTLIGA).to_owned();
    Some(Cell { part, code, unit: one(ENHET).unwrap_or(SAMTLIGA).to_owned() })
}

/// What is behind the figure, and the name of the place; `None` when there is no such figure.
async fn found(
    visit: &Visit,
    wanted: &Request,
    cell: &Cell,
    counted: Counted,
) -> Result<Option<(Behind, String)>, Refused> {
    let (caller, wanted, cell) = (Arc::clone(&visit.caller), wanted.clone(), cell.clone());
    in_turn(&visit.app, move |app| {
        let service = &app.service;
        let policy = granted_now(app, &caller, &wanted, counted)?.own;
        let State { facts, organisation, as_of } =
            app.reports.state(&service.db, &service.registers, counted, &*service.clock)?;
        let place = wanted.geography.resolve(&organisation).map(|place| place.name).unwrap_or_default();
        match quality::behind(&facts, &organisation, &wanted, &cell, as_of, policy) {
            Ok(behind) => Ok(Some((behind, place))),
            Err(BehindError::Pull(error)) => Err(Refused::Follow(FollowError::Pull(error))),
            Err(BehindError::Code(_) | BehindError::Unit(_)) => Ok(None),
        }
    })
    .await
}

/// What the page is made from.
struct Told<'a> {
    definition: &'a Definition,
    wanted: &'a Request,
    back: String,
    cell: &'a Cell,
    behind: &'a Behind,
    own: String,
    sent: &'a [(String, String)],
}

impl Told<'_> {
    fn page(&self, visit: &Visit, rows: &[(usize, CaseRow)], page_number: i64, total: i64) -> Page {
        let (language, t) = (visit.frame.language, ReportTexts::of(visit.frame.language));
        let last = ((total + ON_A_PAGE - 1) / ON_A_PAGE).max(1);
        let at = |page: i64| {
            let sent = self.sent.iter().cloned().chain([("sida".to_owned(), page.to_string())]);
            address("/rapporter/datakvalitet/arenden", &sent.collect::<Vec<_>>())
        };
        let part = self.definition.part(self.cell.part.form().id);
        let title = part.map_or(String::new(), |part| format!("{}. {}", part.number, part.title.get(lang(language))));
        let found = if total == 1 { t.count_one } else { t.count_many };
        Page {
            frame: visit.frame.clone(),
            t,
            back: self.back.clone(),
            part: title,
            row: self.row(language, &visit.organisation),
            place: self.own.clone(),
            from: self.wanted.period.from().to_string(),
            to: self.wanted.period.to().to_string(),
            figure: figure(Unit::Count, self.behind.figure),
            found: format!("{} {found}", number(total)),
            items: rows.iter().filter_map(|(at, row)| self.item(*at, row, visit)).collect(),
            number: page_number,
            last,
            previous: if page_number > 1 { at((page_number - 1).min(last)) } else { String::new() },
            next: if page_number < last { at(page_number + 1) } else { String::new() },
        }
    }

    /// The row that the figure stands in, in words.
    fn row(&self, language: Language, organisation: &Organisation) -> String {
        let (part, axis) = (self.cell.part.form().id, self.cell.part.axis().name);
        let label =
            |dimension: &str, code: &str| self.definition.label(part, dimension, code, lang(language)).to_owned();
        let unit = match OfficeCode::parse(&self.cell.unit).ok().and_then(|code| organisation.offices.get(&code)) {
            Some(office) => office.name.clone(),
            None => label(ENHET, &self.cell.unit),
        };
        format!("{}, {unit}", label(axis, &self.cell.code))
    }

    fn item(&self, at: usize, row: &CaseRow, visit: &Visit) -> Option<Item> {
        let language = visit.frame.language;
        let counted = self.behind.counted.get(at)?;
        let office = |code: &str| {
            let known = OfficeCode::parse(code).ok().and_then(|code| visit.organisation.offices.get(&code));
            known.map_or_else(|| code.to_owned(), |office| office.name.clone())
        };
        let step = |code: &str| {
            let kind = StepKind::from_code(code);
            kind.map(|kind| language.pick(kind.label_sv(), kind.label_en()).to_owned())
        };
        let correction = |code: &str| self.definition.label("rattelser", "rattelse", code, lang(language)).to_owned();
        Some(Item {
            link: format!("/arenden/{}", row.case_id()),
            case: row.case_id().to_string(),
            what: step(counted.what).unwrap_or_else(|| correction(counted.what)),
            day: counted.date.to_string(),
            since: if counted.since == counted.date { String::new() } else { counted.since.to_string() },
            step: step(&row.step).unwrap_or_default(),
            offices: format!("{}, {}", office(&row.fk_office), office(&row.af_office)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_split_is_a_selection_of_its_code() {
        let question = [("from", "2016-10-01"), ("split", "alder"), ("kon", "man,kvinna")];
        let question = question.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let codes = [("drojsmal", "11_"), (ENHET, "FK-GAVLE"), ("kon", "man"), ("alder", SAMTLIGA)];
        assert_eq!(
            cases_address(&question, "aktualitet", &codes),
            "/rapporter/datakvalitet/arenden?from=2016-10-01&part=aktualitet&drojsmal=11_&enhet=FK-GAVLE&kon=man"
        );
    }
}
