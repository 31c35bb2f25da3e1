//! `/rules`: what every code of an answer that says no means. The `link` of each finding points here.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::answer::{cacheable, list};
use super::endpoint::{Answer, Content, Endpoint, Verb};
use super::extract::Query;
use super::openapi::{PAGED, PAGING};
use super::problem::{Kind, Problem};
use crate::auth::policy::Action;
use crate::domain::rule::{RULE_SET, RULES, Rule, RuleRow};

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "list_rules",
        verb: Verb::Get,
        path: "/rules",
        action: Action::ListRules,
        tag: "rules",
        summary: "Alla regler / All rules",
        about: "Regelkatalogen: varje regel med kod, version, allvar, text på svenska och engelska och ett exempel. / \
                The rule catalogue: each rule with code, version, severity, Swedish and English text and an example.",
        query: PAGING,
        headers: &["If-None-Match"],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Reglerna. / The rules.",
            content: &[Content { media: "application/json", schema: "RuleList", example: list_example }],
            headers: PAGED,
        }],
        problems: &[400, 406],
        route: |route| route.to(list_rules),
    },
    Endpoint {
        id: "get_rule",
        verb: Verb::Get,
        path: "/rules/{code}",
        action: Action::GetRule,
        tag: "rules",
        summary: "En regel / One rule",
        about: "En regel med sin kod. / One rule by its code.",
        query: &[],
        headers: &["If-None-Match"],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Regeln. / The rule.",
            content: &[Content { media: "application/json", schema: "Rule", example }],
            headers: PAGED,
        }],
        problems: &[404, 406],
        route: |route| route.to(get_rule),
    },
];

fn rule(row: &RuleRow) -> Value {
    json!({
        "code": row.code, "ruleVersion": row.version, "ruleSet": RULE_SET, "severity": row.severity.code(),
        "sv": row.sv, "en": row.en, "example": row.example, "link": format!("/v1/rules/{}", row.code),
    })
}

fn example() -> Value {
    rule(Rule::GkPlaneradSammaDag.row())
}

fn list_example() -> Value {
    super::openapi::list_of("/v1/rules", example())
}

async fn list_rules(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request);
    let page = query.page();
    query.finish()?;
    let items = page.cut(RULES.iter().map(rule).collect());
    cacheable(&request, &list("/v1/rules", &query, page, RULES.len() as i64, items))
}

async fn get_rule(request: HttpRequest, code: web::Path<String>) -> Result<HttpResponse, Problem> {
    let found = Rule::from_code(&code).ok_or_else(|| Problem::new(Kind::FinnsInte))?;
    cacheable(&request, &rule(found.row()))
}
