//! The service about itself: `/api-info`, the API's document, and health (outside `/v1`).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::answer::{cacheable, cacheable_text};
use super::endpoint::{Answer, Content, Endpoint, Verb};
use super::openapi::{self, PAGED};
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::auth::keys::Standing;
use crate::auth::policy::Action;
use crate::storage::{StorageError, changes};

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "get_api_info",
        verb: Verb::Get,
        path: "/api-info",
        action: Action::GetApiInfo,
        tag: "service",
        summary: "Om API:et / About the API",
        about: "Namn, version, dokumentation och status enligt den nationella REST API-profilen. / \
                Name, version, documentation and status by the national REST API profile.",
        query: &[],
        headers: &["If-None-Match"],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Om API:et. / About the API.",
            content: &[Content { media: "application/json", schema: "ApiInfo", example: api_info }],
            headers: PAGED,
        }],
        problems: &[406],
        route: |route| route.to(get_api_info),
    },
    Endpoint {
        id: "get_openapi_json",
        verb: Verb::Get,
        path: "/openapi.json",
        action: Action::GetOpenapi,
        tag: "service",
        summary: "API-beskrivning, JSON / The API's document, JSON",
        about: "Den här beskrivningen som JSON. / This document as JSON.",
        query: &[],
        headers: &["If-None-Match"],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Beskrivningen. / The document.",
            content: &[Content { media: "application/json", schema: "OpenApi", example: document_example }],
            headers: PAGED,
        }],
        problems: &[406],
        route: |route| route.to(get_openapi_json),
    },
    Endpoint {
        id: "get_openapi_yaml",
        verb: Verb::Get,
        path: "/openapi.yaml",
        action: Action::GetOpenapi,
        tag: "service",
        summary: "API-beskrivning, YAML / The API's document, YAML",
        about: "Den här beskrivningen som YAML. / This document as YAML.",
        query: &[],
        headers: &["If-None-Match"],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Beskrivningen. / The document.",
            content: &[Content { media: "application/yaml", schema: "OpenApi", example: document_example }],
            headers: PAGED,
        }],
        problems: &[406],
        route: |route| route.to(get_openapi_yaml),
    },
];

fn api_info() -> Value {
    json!({
        "apiName": "sus",
        "apiVersion": openapi::VERSION,
        "apiReleased": openapi::RELEASED,
        "apiDocumentation": "/v1/openapi.json",
        "apiStatus": "active",
    })
}

fn document_example() -> Value {
    json!({"openapi": "3.1.0", "info": {"title": openapi::TITLE, "version": openapi::VERSION}})
}

async fn get_api_info(request: HttpRequest) -> Result<HttpResponse, Problem> {
    cacheable(&request, &api_info())
}

async fn get_openapi_json(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let text = openapi::json().map_err(|_| Problem::new(Kind::InterntFel))?;
    Ok(cacheable_text(&request, "application/json", text))
}

async fn get_openapi_yaml(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let text = openapi::yaml().map_err(|_| Problem::new(Kind::InterntFel))?;
    Ok(cacheable_text(&request, "application/yaml", text))
}

/// The process runs.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "live"}))
}

/// The database answers, tokens can be checked, and the service is not on its way down.
pub async fn ready(app: web::Data<App>) -> HttpResponse {
    if !app.service.is_writing() && !app.is_stopping() {
        return HttpResponse::ServiceUnavailable().json(json!({"status": "writer"}));
    }
    if app.is_stopping() {
        return HttpResponse::ServiceUnavailable().json(json!({"status": "stopping"}));
    }
    // Without any key that works no token can be checked; with old ones it can, for a while.
    let keys = app.verifier.standing(app.now());
    if keys == Some(Standing::Missing) {
        return HttpResponse::ServiceUnavailable().json(json!({"status": "keys"}));
    }
    let asked = web::block(move || {
        let mut connection = app.service.db.read()?;
        changes::head(&mut connection.link())
    });
    match asked.await {
        Ok(Ok(position)) => {
            HttpResponse::Ok().json(json!({"status": "ready", "position": position, "keys": keys.map(Standing::code)}))
        }
        Ok(Err(error)) => not_ready(&error),
        Err(_) => HttpResponse::ServiceUnavailable().json(json!({"status": "busy"})),
    }
}

fn not_ready(error: &StorageError) -> HttpResponse {
    log::warn!("not ready: {error}");
    HttpResponse::ServiceUnavailable().json(json!({"status": "database"}))
}
