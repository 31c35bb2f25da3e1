//! `/rapporter/datakvalitet/arenden`: the cases behind a figure of data quality, for those who may read them.
//!
//! Never here: what the figure counts ([`quality`]), and who is within whose reach
//! ([`find`](crate::registrations::find)).

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::question::{address, lang};
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
use crate::reports::render::words::{selection, shown as figure};
use crate::reports::report::Unit;
use crate::reports::variables::Variable;
use crate::storage::cases::CaseRow;
use crate::web::door::{Visit, enter, to};
use crate::web::page::{Frame, query};
use crate::web::paging::{self, Paging};
use crate::web::texts::reports::ReportTexts;
use crate::web::texts::{Language, number};

const ON_A_PAGE: usize = 50;

/// Where they are.
const PATH: &str = "/rapporter/datakvalitet/arenden";

/// Before the name of a variable: its code in the figure's row, where the report is split by it. So the way back knows the
/// report's own selections.
const OF_ROW: &str = "rad-";

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
    /// Of whom; empty where nothing is selected.
    selection: String,
    figure: String,
    found: String,
    items: Vec<Item>,
    /// How many there are, whether this page has any or not.
    paging: Paging,
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
    let codes = codes.iter().filter(|(_, code)| *code != SAMTLIGA).map(|(name, code)| {
        let own = cell_names(part).contains(name);
        (if own { (*name).to_owned() } else { format!("{OF_ROW}{name}") }, (*code).to_owned())
    });
    let part = ("part".to_owned(), part.to_owned());
    address(PATH, &question.iter().cloned().chain([part]).chain(codes).collect::<Vec<_>>())
}

/// The names of what a part's own dimensions are told by.
fn cell_names(part: &str) -> [&'static str; 2] {
    [Part::named(part).map_or("", |part| part.axis().name), ENHET]
}

/// The question that the figure answers: a row of a split is a selection of its code.
fn of_row(sent: &[(String, String)]) -> Vec<(String, String)> {
    // Only variables have codes in a row; the place and the period are the report's.
    let variable = |name: &str| Variable::from_name(name.strip_prefix(OF_ROW)?).map(|variable| variable.row().name);
    let of_row = sent.iter().filter_map(|(name, code)| Some((variable(name)?.to_owned(), code.clone())));
    let of_row: Vec<(String, String)> = of_row.collect();
    let own = |name: &String| name != "split" && !name.starts_with(OF_ROW) && of_row.iter().all(|(of, _)| of != name);
    sent.iter().filter(|(name, _)| own(name)).chain(&of_row).cloned().collect()
}

/// `GET /rapporter/datakvalitet/arenden`
pub async fn show(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let visit = match enter(&app, &request, Action::ListReportCases).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let Some(definition) = catalogue().report(quality::ID) else { return visit.not_found() };
    let mut sent = sent(&request);
    let number = paging::number(&query(&request));
    sent.retain(|(name, _)| name != "page");
    let Some(cell) = cell(&sent) else { return visit.not_found() };
    // The report that the figure stands in, in the state that it was asked of.
    let report: Vec<_> = sent.iter().filter(|(name, _)| !name.starts_with(OF_ROW)).cloned().collect();
    let report = asked(&visit, quality::ID, report);
    let question = report.request.as_ref().map(Request::pairs).unwrap_or_default();
    let question: Vec<(String, String)> = question.into_iter().chain(report.state(&[])).collect();
    let back = address("/rapporter/datakvalitet", &question);
    let asked = asked(&visit, quality::ID, of_row(&sent));
    if report.request.is_none() {
        // The page of the report says what is wrong with the question.
        return to(&address("/rapporter/datakvalitet", &sent));
    }
    let Some(wanted) = asked.request else { return visit.not_found() };
    let (behind, own) = match found(&visit, &wanted, &cell, asked.counted).await {
        Ok(Some(found)) => found,
        Ok(None) => return visit.not_found(),
        Err(refused) if refused.is_of_question() => return to(&back),
        Err(refused) => return refused.answer(&visit),
    };
    let numbers: Vec<i64> = behind.counted.iter().map(|counted| counted.case).collect();
    let read = visit.reading(Action::ListReportCases, move |reader, link, _| {
        let mut page = |number: usize| {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            reader.of_these(link, &numbers, number, ON_A_PAGE as i64)
        };
        let (rows, total) = page(number)?;
        // Beyond the last page the last is shown.
        if rows.is_empty() && total > 0 { page((total as usize).div_ceil(ON_A_PAGE)) } else { Ok((rows, total)) }
    });
    match read.await {
        Ok((rows, total)) => {
            let total = usize::try_from(total).unwrap_or(usize::MAX);
            let others: BTreeMap<String, String> =
                sent.into_iter().chain([("page".to_owned(), number.to_string())]).collect();
            let paging = Paging::of(PATH, &others, total, ON_A_PAGE);
            let told = Told { definition, wanted: &wanted, back, cell: &cell, behind: &behind, own };
            visit.answer(StatusCode::OK, &told.page(&visit, &rows, paging))
        }
        Err(answer) => answer,
    }
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
    let lang = lang(visit.frame.language);
    in_turn(&visit.app, move |app| {
        let service = &app.service;
        let policy = granted_now(app, &caller, &wanted, counted)?.own;
        let State { facts, organisation, as_of } =
            app.reports.state(&service.db, &service.registers, counted, &*service.clock)?;
        let place =
            wanted.geography.resolve(&organisation).map(|place| place.name.get(lang).to_owned()).unwrap_or_default();
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
}

impl Told<'_> {
    fn page(&self, visit: &Visit, rows: &[(usize, CaseRow)], paging: Paging) -> Page {
        let (language, t) = (visit.frame.language, ReportTexts::of(visit.frame.language));
        let part = self.definition.part(self.cell.part.form().id);
        let title = part.map_or(String::new(), |part| format!("{}. {}", part.number, part.title.get(lang(language))));
        let found = if paging.total == 1 { t.count_one } else { t.count_many };
        Page {
            frame: visit.frame.clone(),
            t,
            back: self.back.clone(),
            part: title,
            row: self.row(language, &visit.organisation),
            place: self.own.clone(),
            from: self.wanted.period.from().to_string(),
            to: self.wanted.period.to().to_string(),
            selection: selection(&self.wanted.selections(&visit.organisation, lang(language))),
            figure: figure(Unit::Count, self.behind.figure),
            found: format!("{} {found}", number(paging.total as i64)),
            items: rows.iter().filter_map(|(at, row)| self.item(*at, row, visit)).collect(),
            paging,
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
    fn a_row_of_a_split_is_a_selection_of_its_code_and_the_way_back_knows_what_was_selected_before() {
        let question = [("from", "2016-10-01"), ("split", "alder"), ("kon", "man,kvinna")];
        let question = question.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let codes = [("drojsmal", "11_"), (ENHET, "FK-GAVLE"), ("kon", "man"), ("alder", SAMTLIGA)];
        let told = cases_address(&question, "aktualitet", &codes);
        assert_eq!(
            told,
            "/rapporter/datakvalitet/arenden?from=2016-10-01&split=alder&kon=man%2Ckvinna&part=aktualitet&drojsmal=11_\
             &enhet=FK-GAVLE&rad-kon=man"
        );
        let (_, sent) = told.split_once('?').unwrap();
        let counted = of_row(&serde_urlencoded::from_str::<Vec<(String, String)>>(sent).unwrap());
        let counted: Vec<String> = counted.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(counted, ["from=2016-10-01", "part=aktualitet", "drojsmal=11_", "enhet=FK-GAVLE", "kon=man"]);
    }
}
