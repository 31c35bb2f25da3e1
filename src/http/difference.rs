//! `/reports/{report}/difference`: what changed in a report between two instants, and why. Comparing is the reports'
//! room; here the question is read, and the entries behind it are shown to those who may read their cases.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;

use super::answer::{list, private, reading, scope};
use super::endpoint::{Answer, Content, Endpoint, Parameter, Verb, caller};
use super::extract::Query;
use super::openapi::{COUNTED_TO, LIMIT, PAGE, kept};
use super::problem::{Kind, Problem};
use super::report_question::{
    EVERY, FROM, GEOGRAPHY, LANG, PACKAGE, PART, Rest, TO, VERSION, every, finish, lang, parts, question, refused,
    version,
};
use super::report_variables::{self, VARIABLES_AND_SPLIT, with_variables};
use super::reports::{named, readable};
use crate::app::App;
use crate::app::reporting::{granted_now, in_turn, only};
use crate::auth::Caller;
use crate::auth::policy::{Action, role_allows};
use crate::domain::code::CaseId;
use crate::domain::finding::Allowed;
use crate::domain::shape;
use crate::reports::Request;
use crate::reports::catalogue::catalogue;
use crate::reports::difference::{Behind, Between, Difference};
use crate::reports::follow::Counted;
use crate::reports::render::Form;

const fn parameter(name: &'static str, about: &'static str, kind: &'static str, example: &'static str) -> Parameter {
    Parameter { name, about, kind, example }
}

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[Endpoint {
    id: "get_report_difference",
    verb: Verb::Get,
    path: "/reports/{report}/difference",
    action: Action::GetReportDifference,
    tag: "reports",
    summary: "Varför siffror ändrats / Why figures changed",
    about: "Rapporten som känd vid två tidpunkter: vad varje siffra var och är, och för antal varför, så att orsakerna \
            summerar till ändringen. Den som får läsa ärendena ser också registreringarna bakom urvalets ändringar. / The \
            report as known on two instants: what each figure was and is, and for counts why, so that the causes add \
            up to the change. Whoever may read the cases sees the registrations behind the changes of the selection too.",
    query: &with_variables::<15, { 15 + VARIABLES_AND_SPLIT }>([
        FROM,
        TO,
        EVERY,
        VERSION,
        GEOGRAPHY,
        parameter(
            "asOf",
            "Den tidigare tidpunkten; ett datum är dagens slut. asOf eller countedTo krävs. / The earlier instant; a date is the end of the day. asOf or countedTo is required.",
            "string",
            "2016-12-31",
        ),
        COUNTED_TO,
        parameter(
            "and",
            "Den senare tidpunkten; förval nu. / The later instant; now is the default.",
            "string",
            "2017-06-30",
        ),
        parameter(
            "andCountedTo",
            "Det senare till och med positionen. / The later up to the position.",
            "integer",
            "186",
        ),
        PART,
        PACKAGE,
        parameter("changed", "Bara rader som ändrats. / Only rows that changed.", "boolean", "true"),
        LANG,
        PAGE,
        LIMIT,
    ]),
    headers: &[],
    takes: &[],
    gives: &[Answer {
        status: 200,
        about: "Skillnaden; entries saknas för den som inte får läsa ärenden. / The difference; entries is left out for \
                those who may not read cases.",
        content: &[Content { media: "application/json", schema: "Difference", example: kept::difference }],
        headers: &[],
    }],
    problems: &[400, 404, 406, 503],
    route: |route| route.to(get_report_difference),
}];

async fn get_report_difference(
    app: web::Data<App>,
    request: HttpRequest,
    report: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let report = catalogue().report(&report).ok_or_else(|| Problem::new(Kind::FinnsInte))?.id.clone();
    let mut query = Query::of(&request);
    let (period, geography) = question(&mut query);
    let (since, from) = (query.as_of(), query.counted_to());
    if query.text("asOf").is_none() && query.text("countedTo").is_none() {
        query.missing("asOf", shape::INSTANT_OR_DATE);
    }
    let (until, to) = (query.instant("and"), query.number("andCountedTo", 0, i64::MAX, shape::POSITION));
    if since.zip(until).is_some_and(|(since, until)| since > until) {
        query.refuse("and", Allowed::Shape(shape::INSTANT_NOT_BEFORE));
    }
    let every = every(&mut query);
    let version = version(&mut query, &report);
    let mut wanted = Request { version, ..readable(&report, period, geography) };
    report_variables::read(&mut query, &mut wanted);
    let parts = parts(&mut query, (&report, version), Form::Json);
    let (changed_only, lang, page) = (query.flag("changed"), lang(&mut query), query.page());
    let positions = vec![("countedTo", from), ("andCountedTo", to)];
    let rest = Rest { wanted: wanted.clone(), positions, package: parts.package(), unit: None };
    finish(&app, &mut query, &rest).await?;
    wanted.every = every;
    let state = |as_of, counted_to| Counted { as_of, counted_to, at_least: None };
    let between = Between { earlier: state(since, from), later: state(until, to) };
    let lang = lang.unwrap_or_default();
    let asking = Arc::clone(&caller);
    let comparing = in_turn(&app, move |app| {
        let service = &app.service;
        let parts = named(app, parts, &rest)?;
        let shown = (lang, granted_now(app, &asking, &wanted, between)?);
        let wanted = only(wanted, &parts);
        let found = app.reports.difference(&service.db, &service.registers, &wanted, between, &*service.clock, shown);
        found.map_err(|e| refused(app, e, &rest))
    });
    let (difference, behind) = comparing.await?;
    let mut told = difference.told(lang, changed_only);
    // Roles that see no personal data are told figures only.
    if role_allows(&caller, Action::ListCases) {
        let (items, total) = shown(&app, &request, caller, &difference, behind, page).await?;
        let path = format!("/v1/reports/{}/difference", difference.report.report);
        told["entries"] = Value::Object(list(&path, &query, page, total, items));
    }
    private(&told)
}

/// A page of the entries whose cases the caller may read; which cases it shows is in the access log before it leaves.
async fn shown(
    app: &web::Data<App>,
    request: &HttpRequest,
    caller: Arc<Caller>,
    difference: &Difference,
    behind: Vec<Behind>,
    page: super::extract::Page,
) -> Result<(Vec<Value>, i64), Problem> {
    let scope = scope(app, request, &caller, Action::GetReportDifference);
    let read = reading(app, scope, caller, move |reader, _, _| {
        let within: Vec<Behind> = behind.into_iter().filter(|b| reader.may_read(&b.offices)).collect();
        let total = within.len() as i64;
        let shown = page.cut(within);
        let cases: BTreeSet<CaseId> = shown.iter().map(|b| b.case).collect();
        reader.showing(&cases.into_iter().collect::<Vec<_>>());
        Ok((shown, total))
    });
    let (shown, total) = read.await?;
    Ok((shown.iter().map(|b| difference.behind(b)).collect(), total))
}
