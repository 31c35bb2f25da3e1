//! `GET /arenden`: the own cases, an office's or a colleague's, most urgent first.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::asked::{Asked, ON_A_PAGE, STATES, Time, Whose};
use super::rows::{self, Row};
use super::words::{Words, filled};
use crate::app::App;
use crate::auth::policy::Action;
use crate::domain::code::OfficeCode;
use crate::domain::step::{Agency, StepKind};
use crate::registrations::find::Reader;
use crate::registrations::worklist::Worklist;
use crate::storage::cases::OPEN;
use crate::storage::lists::{Counts, state_code};
use crate::web::door::enter;
use crate::web::form::{Choice, Field, Group, Kind};
use crate::web::page::{Frame, query};
use crate::web::paging::Paging;
use crate::web::texts::cases::CaseTexts;
use crate::web::texts::number;

#[derive(Template)]
#[template(path = "cases/list.html", config = "src/web/askama.toml")]
struct ListPage {
    frame: Frame,
    t: &'static CaseTexts,
    list: List,
    paging: Paging,
}

/// What the page shows.
struct List {
    heading: String,
    counts: Vec<Count>,
    fields: Vec<Field>,
    is_chosen: bool,
    summary: String,
    open: bool,
    /// Whether the cases are several people's.
    several: bool,
    /// Whether they are at several offices of the reader's.
    offices: bool,
    col_other: String,
    rows: Vec<Row>,
    total: i64,
    empty: Option<Empty>,
}

/// How many there are of a kind, with the way to them.
struct Count {
    text: String,
    number: String,
    address: String,
    here: bool,
    /// The class it is drawn by.
    class: &'static str,
}

/// What to do where there is nothing to see.
struct Empty {
    text: &'static str,
    ways: Vec<Way>,
}

struct Way {
    address: String,
    text: &'static str,
}

/// `GET /arenden`
pub async fn show(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let visit = match enter(&app, &request, Action::ListCases).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let query = query(&request);
    let mut asked = Asked::of(&query, &visit.caller);
    let language = visit.frame.language;
    let read = visit.reading(Action::ListCases, move |reader, link, _| {
        let own = reader.own_offices();
        asked.office = asked.office.filter(|office| own.contains(office));
        let filter = asked.filter(reader.caller, reader.today);
        let found = reader.worklist(link, filter, asked.page, ON_A_PAGE)?;
        let words = Words::of(language, &reader.organisation, reader.today);
        Ok(made(&found, &asked, &own, reader, &words))
    });
    match read.await {
        Ok(list) => {
            let (total, rows) = (usize::try_from(list.total).unwrap_or(0), usize::try_from(ON_A_PAGE).unwrap_or(1));
            let paging = Paging::of("/arenden", &query, total, rows);
            let page = ListPage { t: CaseTexts::of(language), frame: visit.frame.clone(), list, paging };
            visit.answer(StatusCode::OK, &page)
        }
        Err(answer) => answer,
    }
}

fn made(found: &Worklist, asked: &Asked, own: &[OfficeCode], reader: &Reader<'_>, words: &Words<'_>) -> List {
    let agency = reader.caller.agency.unwrap_or(Agency::Fk);
    let row = |row| {
        let row: &crate::storage::cases::CaseRow = row;
        rows::row(row, found.references.get(&row.number).map(String::as_str), agency, words)
    };
    List {
        heading: match &asked.whose {
            Whose::Mine => words.t.my_cases.to_owned(),
            Whose::Everyones => words.t.office_cases.to_owned(),
            Whose::Colleagues(id) => filled(words.t.colleague_cases, &[("name", &words.handler(id))]),
        },
        counts: counts(&found.counts, asked, agency, words),
        fields: fields(asked, own, agency, reader, words),
        is_chosen: !asked.is_all_open() || asked.office.is_some(),
        summary: summary(found, asked, words),
        open: asked.state == OPEN,
        several: asked.whose != Whose::Mine,
        offices: own.len() > 1,
        col_other: filled(words.t.col_other, &[("agency", agency.other().name())]),
        rows: found.rows.iter().map(row).collect(),
        total: found.total,
        empty: found.rows.is_empty().then(|| empty(found.total, asked, own, words)),
    }
}

/// The counts of the same people and offices, each a way to its cases.
fn counts(found: &Counts, asked: &Asked, agency: Agency, words: &Words<'_>) -> Vec<Count> {
    let all = asked.all_open();
    let t = words.t;
    let other = filled(t.count_other, &[("agency", agency.other().name())]);
    let kinds = [
        (t.count_open.to_owned(), found.open, all.clone(), ""),
        (t.count_overdue.to_owned(), found.overdue, Asked { time: Some(Time::Overdue), ..all.clone() }, "late"),
        (t.count_soon.to_owned(), found.soon, Asked { time: Some(Time::Soon), ..all.clone() }, ""),
        (other, found.other, Asked { waiting: Some(true), ..all.clone() }, ""),
        (t.count_missing.to_owned(), found.missing, Asked { missing: true, ..all }, ""),
    ];
    let here = asked.at_page(1);
    let count = |(text, count, way, class): (String, i64, Asked, &'static str)| Count {
        text,
        number: number(count),
        address: way.address(),
        here: way == here,
        class: if count > 0 { class } else { "" },
    };
    kinds.into_iter().map(count).collect()
}

fn select(name: &str, label: &str, groups: Vec<Group>, value: String) -> Field {
    Field::new(name, label, Kind::Select(groups)).holding(value)
}

fn plain(choices: Vec<Choice>) -> Vec<Group> {
    vec![Group { label: String::new(), choices }]
}

fn fields(asked: &Asked, own: &[OfficeCode], agency: Agency, reader: &Reader<'_>, words: &Words<'_>) -> Vec<Field> {
    let t = words.t;
    let mut fields = vec![whose(asked, reader, words)];
    if own.len() > 1 {
        let mut choices = vec![Choice::new("", t.all_offices)];
        choices.extend(own.iter().map(|office| Choice::new(office.to_string(), words.office(office))));
        let value = asked.office.as_ref().map(ToString::to_string).unwrap_or_default();
        fields.push(select("office", t.office, plain(choices), value));
    }
    let states = STATES.map(|state| Choice::new(state_code(state), rows::status(state, words)));
    fields.push(select("status", t.status, plain(states.into()), state_code(asked.state).to_owned()));
    let mut steps = vec![Choice::new("", t.all_steps)];
    steps.extend(StepKind::ALL.map(|step| Choice::new(step.code(), words.step(step))));
    let step = asked.step.map_or("", StepKind::code).to_owned();
    fields.push(select("step", t.step, plain(steps), step));
    let turns = vec![
        Choice::new("", t.both_agencies),
        Choice::new("false", agency.name()),
        Choice::new("true", agency.other().name()),
    ];
    let turn = asked.waiting.map(|other| other.to_string()).unwrap_or_default();
    fields.push(select("waiting", t.turn, plain(turns), turn));
    let times = vec![
        Choice::new("", t.any_time),
        Choice::new(Time::Overdue.code(), t.overdue),
        Choice::new(Time::Soon.code(), t.soon),
    ];
    fields.push(select("due", t.time, plain(times), asked.time.map_or("", Time::code).to_owned()));
    let answers = vec![Choice::new("", t.any_answers), Choice::new("true", t.only_missing)];
    let missing = if asked.missing { "true" } else { "" };
    fields.push(select("missing", t.answers, plain(answers), missing.to_owned()));
    fields
}

/// Oneself, everybody, or a colleague at the own offices. Who is named in the address and works there no more stays.
fn whose(asked: &Asked, reader: &Reader<'_>, words: &Words<'_>) -> Field {
    let t = words.t;
    let mut first = Vec::new();
    if reader.caller.handler.is_some() {
        first.push(Choice::new("me", t.mine));
    }
    first.push(Choice::new("all", t.everyone));
    let mut colleagues: Vec<Choice> =
        reader.colleagues().into_iter().map(|person| Choice::new(person.id.to_string(), person.name.clone())).collect();
    let value = match &asked.whose {
        Whose::Mine => "me".to_owned(),
        Whose::Everyones => "all".to_owned(),
        Whose::Colleagues(id) => {
            if !colleagues.iter().any(|choice| choice.value == id.as_str()) {
                colleagues.push(Choice::new(id.to_string(), words.handler(id)));
            }
            id.to_string()
        }
    };
    let mut groups = plain(first);
    if !colleagues.is_empty() {
        groups.push(Group { label: t.colleagues.to_owned(), choices: colleagues });
    }
    select("handler", t.whose, groups, value)
}

fn summary(found: &Worklist, asked: &Asked, words: &Words<'_>) -> String {
    let t = words.t;
    let many = if found.total == 1 { t.found_one } else { t.found };
    let told = filled(many, &[("n", &number(found.total))]);
    let order = if asked.state == OPEN { t.most_urgent_first } else { t.in_order_of_request };
    format!("{told}. {order}.")
}

fn empty(total: i64, asked: &Asked, own: &[OfficeCode], words: &Words<'_>) -> Empty {
    let t = words.t;
    let way = |address: &str, text| Way { address: address.to_owned(), text };
    let (search, new) = (way("/sok", t.search), way("/arenden/ny", t.new_request));
    if own.is_empty() {
        return Empty { text: t.no_offices, ways: Vec::new() };
    }
    if total > 0 {
        return Empty {
            text: t.empty_page,
            ways: vec![Way { address: asked.at_page(1).address(), text: t.first_page }],
        };
    }
    if !asked.is_all_open() || asked.office.is_some() {
        let cleared = Asked { office: None, ..asked.all_open() };
        return Empty { text: t.empty_filter, ways: vec![Way { address: cleared.address(), text: t.clear }] };
    }
    let office = way("/arenden?handler=all", t.see_office);
    match asked.whose {
        Whose::Mine => Empty { text: t.empty_mine, ways: vec![office, search, new] },
        Whose::Everyones => Empty { text: t.empty_office, ways: vec![search, new] },
        Whose::Colleagues(_) => Empty { text: t.empty_colleague, ways: vec![office, way("/arenden", t.my_cases)] },
    }
}
