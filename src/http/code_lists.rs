//! `/code-lists`: every code with its Swedish and English label, from the domain's own tables.

use std::sync::OnceLock;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::accesses::KINDS;
use super::answer::{cacheable, list};
use super::endpoint::{Answer, Content, Endpoint, Verb};
use super::extract::Query;
use super::openapi::{PAGED, PAGING};
use super::problem::{Kind, Problem};
use crate::auth::policy::Action;
use crate::domain::answers::{AnswerKind, Choice, QUESTIONS};
use crate::domain::command::CorrectionKind;
use crate::domain::geography;
use crate::domain::organisation::Role;
use crate::domain::step::{Agency, Form, StepKind, next};
use crate::registrations::spot_checks::Flag;
use crate::reports::difference;

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "list_code_lists",
        verb: Verb::Get,
        path: "/code-lists",
        action: Action::ListCodeLists,
        tag: "code-lists",
        summary: "Alla kodlistor / All code lists",
        about: "Vilka kodlistor som finns. / Which code lists there are.",
        query: PAGING,
        headers: &["If-None-Match"],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Kodlistorna utan sina koder. / The code lists without their codes.",
            content: &[Content { media: "application/json", schema: "CodeListList", example: list_example }],
            headers: PAGED,
        }],
        problems: &[400, 406],
        route: |route| route.to(list_code_lists),
    },
    Endpoint {
        id: "get_code_list",
        verb: Verb::Get,
        path: "/code-lists/{id}",
        action: Action::GetCodeList,
        tag: "code-lists",
        summary: "En kodlista / One code list",
        about: "En kodlista med alla koder och deras benämningar på svenska och engelska. / \
                One code list with all codes and their Swedish and English labels.",
        query: &[],
        headers: &["If-None-Match"],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Kodlistan. / The code list.",
            content: &[Content { media: "application/json", schema: "CodeList", example }],
            headers: PAGED,
        }],
        problems: &[404, 406],
        route: |route| route.to(get_code_list),
    },
];

/// One list.
struct CodeList {
    id: String,
    sv: &'static str,
    en: &'static str,
    codes: Vec<Value>,
}

impl CodeList {
    fn new(id: &str, sv: &'static str, en: &'static str, codes: impl Iterator<Item = Value>) -> Self {
        Self { id: id.to_owned(), sv, en, codes: codes.collect() }
    }

    fn head(&self) -> Value {
        json!({"id": self.id, "sv": self.sv, "en": self.en, "count": self.codes.len(),
               "link": format!("/v1/code-lists/{}", self.id)})
    }

    fn whole(&self) -> Value {
        json!({"id": self.id, "sv": self.sv, "en": self.en, "codes": self.codes})
    }
}

fn code(code: &str, sv: &str, en: &str) -> Value {
    json!({"code": code, "sv": sv, "en": en})
}

fn choices(all: &'static [Choice]) -> impl Iterator<Item = Value> {
    all.iter().map(|c| code(c.code, c.sv, c.en))
}

/// Every list once, made at the first question for one.
fn all() -> &'static [CodeList] {
    static ALL: OnceLock<Vec<CodeList>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut lists = vec![
            CodeList::new("steps", "Steg", "Steps", StepKind::ALL.into_iter().map(step)),
            CodeList::new("agencies", "Myndigheter", "Agencies", Agency::ALL.into_iter().map(agency)),
            CodeList::new("roles", "Roller", "Roles", Role::ALL.into_iter().map(role)),
            CodeList::new("identity-states", "Identitet", "Identity states", IDENTITY.iter().map(labelled)),
            CodeList::new("case-statuses", "Ärendestatus", "Case statuses", STATUSES.iter().map(labelled)),
            CodeList::new("sexes", "Kön", "Sexes", SEXES.iter().map(labelled)),
            CodeList::new("corrections", "Rättelser", "Corrections", CORRECTIONS.iter().map(labelled)),
            CodeList::new("difference-causes", "Orsaker till ändrade siffror", "Causes of changed figures", causes()),
            CodeList::new("access-kinds", "Slag av åtkomst", "Kinds of access", KINDS.iter().map(labelled)),
            CodeList::new("access-flags", "Anmärkningar vid stickprov", "Flags of spot checks", flags()),
            CodeList::new("questions", "Frågor", "Questions", QUESTIONS.iter().map(question)),
            CodeList::new("municipalities", "Kommuner", "Municipalities", municipalities()),
            CodeList::new("counties", "Län", "Counties", counties()),
        ];
        for row in QUESTIONS {
            if let AnswerKind::Code(all) | AnswerKind::Codes(all) = row.kind {
                lists.push(CodeList::new(&list_id(row.code), row.sv, row.en, choices(all)));
            }
        }
        lists
    })
}

/// A question's name as an address: lower case with hyphens.
fn list_id(name: &str) -> String {
    name.chars().fold(String::new(), |mut out, c| {
        if c.is_ascii_uppercase() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
        out
    })
}

fn flags() -> impl Iterator<Item = Value> {
    Flag::ALL.iter().map(|flag| {
        let (sv, en) = flag.labels();
        code(flag.code(), sv, en)
    })
}

type Labelled = (&'static str, &'static str, &'static str);

fn labelled((id, sv, en): &Labelled) -> Value {
    code(id, sv, en)
}

const IDENTITY: &[Labelled] = &[
    ("named", "Namngiven", "Named"),
    ("anonymous", "Anonym", "Anonymous"),
    ("removed", "Gallrad identitet", "Identity removed"),
];
const STATUSES: &[Labelled] = &[
    ("open", "Pågår", "Open"),
    ("ended", "Avslutat", "Ended"),
    ("felregistrering", "Felregistrering", "Registered in error"),
];
const SEXES: &[Labelled] = &[("kvinna", "Kvinna", "Woman"), ("man", "Man", "Man")];
/// In the order of [`CorrectionKind::CODES`]; a test says so.
const CORRECTIONS: &[Labelled] = &[
    ("undo", "Ångra sista steget", "Undo the last step"),
    ("move", "Flytta ett steg till annat datum", "Move a step to another date"),
    ("replace", "Ersätt ett steg med ett annat", "Replace a step by another"),
    ("answers", "Rätta svar", "Correct answers"),
    ("municipality", "Rätta kommun", "Correct the municipality"),
    ("consent", "Rätta samtycke", "Correct the consent"),
    ("office_change", "Rätta kontorsbyte", "Correct an office change"),
    ("felregistrering", "Markera som felregistrering", "Mark as registered in error"),
    ("undo_felregistrering", "Häv felregistrering", "Undo registered in error"),
];
const _: () = assert!(CORRECTIONS.len() == CorrectionKind::CODES.len());

fn causes() -> impl Iterator<Item = Value> {
    let causes = difference::texts().causes.iter();
    causes.map(|c| json!({"code": c.code, "sv": c.label.sv, "en": c.label.en, "definition": c.definition}))
}

fn step(kind: StepKind) -> Value {
    let form = match kind.form() {
        Form::Waiting => "waiting",
        Form::Activity => "activity",
        Form::Ending => "ending",
    };
    let following: Vec<Value> =
        next(Some(kind)).map(|t| json!({"step": t.to.code(), "owner": t.owner.code()})).collect();
    json!({"code": kind.code(), "sv": kind.label_sv(), "en": kind.label_en(), "form": form, "next": following})
}

fn agency(agency: Agency) -> Value {
    code(agency.code(), agency.name(), agency.name())
}

fn role(role: Role) -> Value {
    let (sv, en) = role.names();
    code(role.code(), sv, en)
}

fn question(row: &crate::domain::answers::QuestionRow) -> Value {
    let (kind, list) = match row.kind {
        AnswerKind::Bool => ("boolean", None),
        AnswerKind::Code(_) => ("code", Some(list_id(row.code))),
        AnswerKind::Codes(_) => ("codes", Some(list_id(row.code))),
        AnswerKind::Percent => ("percent", None),
        AnswerKind::OrganisationNumber => ("organisationNumber", None),
        AnswerKind::InsatsCode => ("insats", None),
        AnswerKind::Dates => ("dates", None),
    };
    let mut value = json!({"code": row.code, "sv": row.sv, "en": row.en, "kind": kind, "expected": row.expected});
    if let Some(base) = row.only_if {
        value["onlyIf"] = json!(base.code());
    }
    if let Some(list) = list {
        value["codeList"] = json!(format!("/v1/code-lists/{list}"));
    }
    value
}

fn municipalities() -> impl Iterator<Item = Value> {
    geography::municipalities().iter().map(|m| {
        json!({"code": m.code.as_str(), "sv": m.name, "en": m.name, "validFrom": m.validity.from, "validTo": m.validity.to})
    })
}

fn counties() -> impl Iterator<Item = Value> {
    geography::counties().iter().map(|c| {
        json!({"code": c.code.as_str(), "sv": c.name, "en": c.name, "validFrom": c.validity.from, "validTo": c.validity.to})
    })
}

fn example() -> Value {
    all().iter().find(|l| l.id == "sexes").map_or(Value::Null, CodeList::whole)
}

fn list_example() -> Value {
    super::openapi::list_of("/v1/code-lists", all()[0].head())
}

async fn list_code_lists(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request);
    let page = query.page();
    query.finish()?;
    let items = page.cut(all().iter().map(CodeList::head).collect());
    cacheable(&request, &list("/v1/code-lists", &query, page, all().len() as i64, items))
}

async fn get_code_list(request: HttpRequest, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let found = all().iter().find(|l| l.id == *id).ok_or_else(|| Problem::new(Kind::FinnsInte))?;
    cacheable(&request, &found.whole())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corrections_are_those_of_the_domain() {
        assert!(CORRECTIONS.iter().map(|c| c.0).eq(CorrectionKind::CODES));
    }

    #[test]
    fn no_two_lists_share_an_id() {
        let mut ids: Vec<&str> = all().iter().map(|l| l.id.as_str()).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
