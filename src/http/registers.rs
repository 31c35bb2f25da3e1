//! The organisation registers: offices, areas, kommuner, län, steering groups, handläggare, local agreements and
//! definitions of insatser. Read here; loaded from a file. One way for all: only the source of the items differs.

use actix_web::{HttpRequest, HttpResponse, Route, web};
use serde_json::{Value, json};

use super::answer::{list, revalidated};
use super::endpoint::{Answer, Content, Endpoint, Parameter, Verb};
use super::extract::Query;
use super::openapi::{LIMIT, PAGE, PAGED, examples};
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::auth::policy::Action;
use crate::domain::geography;
use crate::domain::organisation::Validity;
use crate::organisation::to_json;

const VALID_ON: Parameter = Parameter {
    name: "validOn",
    about: "Bara det som gäller den dagen. / Only what is valid on that day.",
    kind: "date",
    example: "2016-10-12",
};
const AGENCY: Parameter =
    Parameter { name: "agency", about: "FK eller AF. / FK or AF.", kind: "string", example: "FK" };
const QUERY: &[Parameter] = &[VALID_ON, PAGE, LIMIT];
const AGENCY_QUERY: &[Parameter] = &[AGENCY, VALID_ON, PAGE, LIMIT];

/// One register: its operation, path, right, texts, schema, example, query and where its items come from.
macro_rules! register {
    ($id:ident, $path:literal, $action:ident, $schema:literal, $example:expr, $query:expr, $summary:literal, $about:literal, $items:expr) => {{
        async fn $id(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
            serve(app, request, concat!("/v1", $path), $items).await
        }
        let route: fn(Route) -> Route = |route| route.to($id);
        Endpoint {
            id: stringify!($id),
            verb: Verb::Get,
            path: $path,
            action: Action::$action,
            tag: "registers",
            summary: $summary,
            about: $about,
            query: $query,
            headers: &["If-None-Match"],
            takes: &[],
            gives: &[Answer {
                status: 200,
                about: "En sida av registret. / One page of the register.",
                content: &[Content { media: "application/json", schema: $schema, example: $example }],
                headers: PAGED,
            }],
            problems: &[400, 406, 503],
            route,
        }
    }};
}

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[
    register!(
        list_offices,
        "/offices",
        ListOffices,
        "OfficeList",
        examples::offices,
        AGENCY_QUERY,
        "Kontor / Offices",
        "Kontoren med område, kommuner, giltighet och efterträdare. / The offices with area, kommuner, validity and successor.",
        Source::Organisation("offices")
    ),
    register!(
        list_areas,
        "/areas",
        ListAreas,
        "AreaList",
        examples::areas,
        &[AGENCY, PAGE, LIMIT],
        "Områden / Areas",
        "Verksamhetsområden (FK) och marknadsområden (AF). / Areas of each agency.",
        Source::Organisation("areas")
    ),
    register!(
        list_municipalities,
        "/municipalities",
        ListMunicipalities,
        "MunicipalityList",
        examples::municipalities,
        QUERY,
        "Kommuner / Municipalities",
        "Kommunerna med SCB:s koder och när de gällt. / The municipalities by SCB's codes and when they were valid.",
        Source::Municipalities
    ),
    register!(
        list_counties,
        "/counties",
        ListCounties,
        "CountyList",
        examples::counties,
        QUERY,
        "Län / Counties",
        "Länen med SCB:s koder och när de gällt. / The counties by SCB's codes and when they were valid.",
        Source::Counties
    ),
    register!(
        list_steering_groups,
        "/steering-groups",
        ListSteeringGroups,
        "SteeringGroupList",
        examples::steering_groups,
        &[PAGE, LIMIT],
        "Styrgrupper / Steering groups",
        "Styrgrupperna med sina kontor eller kommuner. / The steering groups with their offices or municipalities.",
        Source::Organisation("steeringGroups")
    ),
    register!(
        list_handlers,
        "/handlers",
        ListHandlers,
        "HandlerList",
        examples::handlers,
        &[AGENCY, PAGE, LIMIT],
        "Handläggare / Handläggare",
        "Handläggarna och deras uppdrag. / The handläggare and their assignments.",
        Source::Organisation("handlers")
    ),
    register!(
        list_local_agreements,
        "/local-agreements",
        ListLocalAgreements,
        "LocalAgreementList",
        examples::agreements,
        QUERY,
        "Lokala överenskommelser / Local agreements",
        "Vilken myndighet som får registrera vad åt den andra, var och när. / \
         Which agency may register what for the other, where and when.",
        Source::Organisation("localAgreements")
    ),
    register!(
        list_insats_definitions,
        "/insats-definitions",
        ListInsatsDefinitions,
        "InsatsDefinitionList",
        examples::insats_definitions,
        QUERY,
        "Definitioner av insatser / Definitions of insatser",
        "Vad som räknas som arbetsförberedande och arbetslivsinriktat, per län med lokala tillägg, i alla versioner. / \
         What counts as work-preparing and work-oriented, per county with local additions, in all versions.",
        Source::Organisation("insatsDefinitions")
    ),
];

/// Where the items of a register come from.
#[derive(Clone, Copy)]
enum Source {
    Organisation(&'static str),
    Municipalities,
    Counties,
}

async fn serve(
    app: web::Data<App>,
    request: HttpRequest,
    path: &'static str,
    source: Source,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request);
    let page = query.page();
    let valid_on = query.date("validOn").map(|d| d.to_string());
    let agency = query.choice("agency", &["FK", "AF"], |t| Some(t.to_owned()).filter(|t| t == "FK" || t == "AF"));
    query.finish()?;
    let mut items = match source {
        Source::Organisation(kind) => organisation(app, kind).await?,
        Source::Municipalities => geography::municipalities().iter().map(municipality).collect(),
        Source::Counties => geography::counties().iter().map(county).collect(),
    };
    items.retain(|item| {
        agency.as_deref().is_none_or(|a| item["agency"] == a)
            && valid_on.as_deref().is_none_or(|day| is_valid_on(item, day))
    });
    let total = items.len() as i64;
    let body = list(path, &query, page, total, page.cut(items));
    // Handläggare have names, and the token decides: nobody on the way keeps it.
    let bytes = serde_json::to_vec(&body).map_err(|_| Problem::new(Kind::InterntFel))?;
    Ok(revalidated(&request, "application/json", bytes))
}

/// Dates as text sort as dates.
fn is_valid_on(item: &Value, day: &str) -> bool {
    item["validFrom"].as_str().is_none_or(|from| from <= day) && item["validTo"].as_str().is_none_or(|to| day <= to)
}

async fn organisation(app: web::Data<App>, kind: &'static str) -> Result<Vec<Value>, Problem> {
    let read = web::block(move || app.service.organisation());
    let (_, organisation) = read.await.map_err(|_| Problem::new(Kind::Upptagen))??;
    let mut whole = to_json(&organisation);
    match whole[kind].take() {
        Value::Array(items) => Ok(items),
        _ => Ok(Vec::new()),
    }
}

fn municipality(m: &geography::Municipality) -> Value {
    place(
        m.code.as_str(),
        &m.name,
        &m.validity,
        Some(m.code.county().as_str()),
        m.successor.as_ref().map(|s| s.as_str()),
    )
}

fn county(c: &geography::County) -> Value {
    place(c.code.as_str(), &c.name, &c.validity, None, c.successor.as_ref().map(|s| s.as_str()))
}

fn place(code: &str, name: &str, validity: &Validity, lan: Option<&str>, successor: Option<&str>) -> Value {
    let mut value = json!({"code": code, "name": name, "validFrom": validity.from});
    if let Some(lan) = lan {
        value["lan"] = json!(lan);
    }
    if let Some(to) = validity.to {
        value["validTo"] = json!(to);
    }
    if let Some(successor) = successor {
        value["successor"] = json!(successor);
    }
    value
}
