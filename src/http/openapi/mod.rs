//! The API's document, made from the list of endpoints that serve; committed as `openapi/v1.json` and compared in a
//! test. It follows the national REST API profile: Swedish and English, an example for every body, errors only as
//! problem details, `traceparent` on every operation.
//!
//! Never here: an operation by name; those stand in the files of their resources.

pub mod accesses;
pub mod examples;
pub mod kept;
pub mod privacy;
pub mod rights;
pub mod schemas;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use super::endpoint::{Content, Endpoint, Parameter, Verb};
use super::problem::{Kind, MEDIA_TYPE};

/// The API's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// When that version was released.
pub const RELEASED: &str = "2026-11-21";
/// What the API is called.
pub const TITLE: &str = "SUS: uppföljning av samverkan inom rehabiliteringsområdet";

/// `page`.
pub const PAGE: Parameter =
    Parameter { name: "page", about: "Sida, från 1. / Page, from 1.", kind: "integer", example: "1" };
/// `limit`.
pub const LIMIT: Parameter = Parameter {
    name: "limit",
    about: "Antal per sida, 1–100; förval 20. / How many on each page, 1–100; default 20.",
    kind: "integer",
    example: "20",
};
/// `asOf`.
pub const AS_OF: Parameter = Parameter {
    name: "asOf",
    about: "Som känt vid tidpunkten; ett datum är dagens slut. / As known on the instant; a date is the end of the day.",
    kind: "string",
    example: "2016-12-31",
};
/// `countedTo`.
pub const COUNTED_TO: Parameter = Parameter {
    name: "countedTo",
    about: "Till och med positionen. / Up to the position.",
    kind: "integer",
    example: "186",
};
/// The headers of every answer.
const EVERYWHERE: &[&str] = &["traceparent", "RateLimit", "RateLimit-Policy"];
/// What every list takes.
pub const PAGING: &[Parameter] = &[PAGE, LIMIT];
/// The headers of what may be cached.
pub const PAGED: &[&str] = &["ETag", "Cache-Control"];

/// A list with one item, as examples show it.
#[must_use]
pub fn list_of(path: &str, item: Value) -> Value {
    let link = json!({"href": format!("{path}?page=1&limit=20")});
    json!({
        "items": [item],
        "_meta": {"page": 1, "limit": 20, "totalItems": 1, "totalPages": 1},
        "_links": {"self": link, "first": link, "last": link},
    })
}

/// The document as JSON.
///
/// # Errors
/// When it can't be made; a test makes it.
pub fn json() -> Result<String, serde_json::Error> {
    static TEXT: OnceLock<String> = OnceLock::new();
    if let Some(text) = TEXT.get() {
        return Ok(text.clone());
    }
    let text = document()?.to_pretty_json()? + "\n";
    Ok(TEXT.get_or_init(|| text).clone())
}

/// The document as YAML.
///
/// # Errors
/// When it can't be made; a test makes it.
pub fn yaml() -> Result<String, String> {
    static TEXT: OnceLock<String> = OnceLock::new();
    if let Some(text) = TEXT.get() {
        return Ok(text.clone());
    }
    let text = document().map_err(|e| e.to_string())?.to_yaml().map_err(|e| e.to_string())?;
    Ok(TEXT.get_or_init(|| text).clone())
}

/// The document.
///
/// # Errors
/// When it is no OpenAPI document; a test makes it.
pub fn document() -> Result<OpenApi, serde_json::Error> {
    let mut paths = Map::new();
    for endpoint in super::endpoints() {
        let item = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        let verb = match endpoint.verb {
            Verb::Get => "get",
            Verb::Post => "post",
            Verb::Put => "put",
            Verb::Delete => "delete",
        };
        item[verb] = operation(&endpoint);
    }
    serde_json::from_value(json!({
        "openapi": "3.1.0",
        "info": info(),
        "externalDocs": {"description": "Handbok och ordlista / Handbook and glossary", "url": "https://example.org/sus/docs"},
        "servers": [{"url": "https://sus.example.org/sus/v1", "description": "Adressen sätts vid driften / Set where it runs"}],
        "tags": tags(),
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "responses": problems(),
            "securitySchemes": {"bearer": {
                "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": "OAuth 2.0-åtkomst (RFC 9068) med myndighet och roller. / OAuth 2.0 access token (RFC 9068) with agency and roles.",
            }},
        },
    }))
}

fn info() -> Value {
    json!({
        "title": TITLE,
        "version": VERSION,
        "description": DESCRIPTION,
        "termsOfService": "https://example.org/sus/villkor",
        "contact": {"name": "SUS systemförvaltning", "url": "https://example.org/sus/kontakt", "email": "sus@example.org"},
        "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/sv/"},
        "x-sla": {
            "availability": "99,5 % vardagar 06–20 / 99.5 % on weekdays 06–20",
            "responseTime": "95 % av svaren inom 300 ms / 95 % of answers within 300 ms",
            "support": "Vardagar 08–16 / Weekdays 08–16",
        },
    })
}

const DESCRIPTION: &str = "\
Myndigheterna registrerar varje steg i samarbetet, från begäran om gemensam kartläggning till avslut; alla regler prövas \
och alla fynd sägs på en gång; styrgrupper hämtar alltid färska rapporter.

**Kända begränsningar.** Innehåll upp till 16 MiB och 10 000 registreringar per anrop. Listor visar högst 100 per sida. \
Personnummer står aldrig i en adress och aldrig i ett svar på en POST: sökning på personnummer är därför \
POST /case-searches (MOG.03, RES.02). Anrop räknas per klient och person, per slag och minut; RateLimit säger vad som är \
kvar och Retry-After när det går igen. Ett upprepat anrop med samma Idempotency-Key får samma svar i sju dagar.

The agencies register every step of the cooperation, from the request for joint mapping to the ending; every rule is tried \
and all findings are told at once; steering groups pull reports that are always fresh.

**Known limits.** Bodies up to 16 MiB and 10 000 registrations a request. Lists show at most 100 a page. A personnummer never \
stands in an address and never in an answer to a POST: searching by personnummer is therefore POST /case-searches \
(MOG.03, RES.02). Requests are counted per client and person, per kind and minute; RateLimit tells what is left and \
Retry-After when to come back. A repeated request with the same Idempotency-Key gets the same answer for seven days.";

fn tags() -> Value {
    json!([
        {"name": "registrations", "description": "Registreringar / Registrations"},
        {"name": "cases", "description": "Ärenden / Cases"},
        {"name": "accesses", "description": "Åtkomst / Access"},
        {"name": "changes", "description": "Ändringsflöde / Change feed"},
        {"name": "registers", "description": "Organisationsregister / Organisation registers"},
        {"name": "reports", "description": "Rapporter / Reports"},
        {"name": "rights", "description": "Uppdrag / Assignments"},
        {"name": "exports", "description": "Export / Export"},
        {"name": "rules", "description": "Regler / Rules"},
        {"name": "code-lists", "description": "Kodlistor / Code lists"},
        {"name": "service", "description": "Om tjänsten / About the service"},
    ])
}

fn operation(endpoint: &Endpoint) -> Value {
    let mut operation = json!({
        "tags": [endpoint.tag],
        "summary": endpoint.summary,
        "description": endpoint.about,
        "operationId": endpoint.id,
        "parameters": parameters(endpoint),
        "responses": responses(endpoint),
    });
    if !endpoint.takes.is_empty() {
        operation["requestBody"] = json!({
            "description": "Det som skickas. / What is sent.", "required": true, "content": content(endpoint.takes),
        });
    }
    operation["security"] = if endpoint.action.is_public() { json!([]) } else { json!([{"bearer": []}]) };
    operation
}

fn parameters(endpoint: &Endpoint) -> Vec<Value> {
    let mut all = Vec::new();
    for name in endpoint.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        let uuid = name == "id" && endpoint.tag != "code-lists";
        let schema = if uuid { json!({"type": "string", "format": "uuid"}) } else { json!({"type": "string"}) };
        let about = "Vilken, med tjänstens id eller kod; aldrig ett personnummer. / Which, by the service's id or code; never a personnummer.";
        all.push(json!({"name": name, "in": "path", "required": true, "description": about, "schema": schema}));
    }
    for parameter in endpoint.query {
        let (kind, format) = match parameter.kind {
            "date" => ("string", Some("date")),
            other => (other, None),
        };
        let schema = match format {
            // Empty is the same as not given, as forms in browsers send it.
            Some(format) => json!({"anyOf": [{"type": kind, "format": format}, {"type": kind, "maxLength": 0}]}),
            None => json!({"type": kind}),
        };
        let example = match kind {
            "string" => json!(parameter.example),
            _ => parameter.example.parse().unwrap_or(Value::Null),
        };
        all.push(json!({"name": parameter.name, "in": "query", "required": false, "description": parameter.about,
                        "schema": schema, "example": example}));
    }
    for name in endpoint.headers.iter().chain(&["traceparent"]) {
        let (about, example) = header(name);
        all.push(json!({"name": name, "in": "header", "required": *name == "If-Match", "description": about,
                        "schema": {"type": "string"}, "example": example}));
    }
    all
}

/// What a header means, and what it looks like.
fn header(name: &str) -> (&'static str, &'static str) {
    match name {
        "If-Match" => (
            "ETag som den lästes: 428 när den saknas, 412 när det lästa ändrats. / \
             The ETag as it was read: 428 when missing, 412 when what was read has changed.",
            "\"3\"",
        ),
        "Idempotency-Key" => (
            "Klientens nyckel för anropet: samma nyckel och innehåll får samma svar igen; annat innehåll 422. \
             Det som avvisades rättas under samma nyckel. / \
             The client's key of the request: same key and content get the same answer again; other content 422. What was \
             refused is mended under the same key.",
            "\"0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b10\"",
        ),
        "If-None-Match" => (
            "ETag från ett tidigare svar: 304 när inget ändrats. / ETag of an earlier answer: 304 when nothing changed.",
            "\"8d1f0c6a9b2e4f7713a5c0d2\"",
        ),
        "Location" => (
            "Adressen till det nya. / Address of what is new.",
            "/v1/registrations/0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b11",
        ),
        "ETag" => ("Svarets version. / Version of the answer.", "\"3\""),
        "Content-Disposition" => (
            "Filens namn: rapport, del, geografi, period. / Name of the file: report, part, geography, period.",
            "attachment; filename=\"baspaket_utfall_gk_styrgrupp-gavleborg_2016-10-01_2016-12-31.px\"",
        ),
        "Sus-As-Of" => ("Rapportens asOf. / The report's asOf.", "2026-11-21T10:00:00Z"),
        "Sus-Counted-To" => ("Rapportens countedTo. / The report's countedTo.", "186"),
        "Sus-Disclosure" => ("Rapportens röjandeskydd. / The report's disclosure control.", "exact"),
        "Sus-Export" => (
            "Exportens namn: tabeller med samma namn hör ihop. / Name of the export: tables of the same name belong together.",
            "05f2f1d9697ed9fe",
        ),
        "RateLimit" => (
            "Hur många anrop (r) som är kvar, och efter hur många sekunder (t) kvoten är hel igen. / \
             How many requests (r) are left, and after how many seconds (t) the quota is whole again.",
            "\"reads\";r=11999;t=1",
        ),
        "RateLimit-Policy" => {
            ("Kvoten: q anrop per w sekunder. / The quota: q requests in w seconds.", "\"reads\";q=12000;w=60")
        }
        "Retry-After" => ("Sekunder till nästa försök. / Seconds until the next try.", "1"),
        "Vary" => ("Formen väljs av Accept. / The form is chosen by Accept.", "Accept"),
        "Cache-Control" => {
            ("Hur länge svaret får sparas. / How long the answer may be kept.", "max-age=300, must-revalidate")
        }
        _ => (
            "W3C Trace Context; tas emot och lämnas tillbaka. / W3C Trace Context; taken and given back.",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ),
    }
}

fn content(all: &[Content]) -> Value {
    let mut content = Map::new();
    for one in all {
        let reference = format!("#/components/schemas/{}", one.schema);
        content.insert(
            one.media.to_owned(),
            json!({"schema": {"$ref": reference}, "examples": {"exempel": {"summary": "Exempel / Example", "value": (one.example)()}}}),
        );
    }
    Value::Object(content)
}

fn headers(names: &[&str]) -> Value {
    let mut all = Map::new();
    for name in names.iter().chain(EVERYWHERE) {
        all.insert((*name).to_owned(), json!({"description": header(name).0, "schema": {"type": "string"}}));
    }
    Value::Object(all)
}

fn responses(endpoint: &Endpoint) -> Value {
    let mut all = Map::new();
    for answer in endpoint.gives {
        all.insert(
            answer.status.to_string(),
            json!({"description": answer.about, "headers": headers(answer.headers), "content": content(answer.content)}),
        );
    }
    if endpoint.headers.contains(&"If-None-Match") {
        all.insert(
            "304".to_owned(),
            json!({"description": "Inget har ändrats. / Nothing has changed.", "headers": headers(PAGED)}),
        );
    }
    let mut problems: Vec<u16> = endpoint.problems.to_vec();
    problems.extend([405, 414, 429, 431, 500, 503]);
    if !endpoint.takes.is_empty() {
        problems.extend([408, 413]);
    }
    if !endpoint.action.is_public() {
        problems.extend([401, 403]);
    }
    problems.sort_unstable();
    problems.dedup();
    for status in problems {
        let told = match all.remove(&status.to_string()) {
            // The same status says no in two ways: of the whole, or of each item.
            Some(mut answer) => {
                if let (Some(both), Value::Object(content)) =
                    (answer["content"].as_object_mut(), problem(status)["content"].take())
                {
                    both.extend(content);
                }
                answer
            }
            None => json!({"$ref": format!("#/components/responses/Problem{status}")}),
        };
        all.insert(status.to_string(), told);
    }
    Value::Object(all)
}

/// The answers that say no, once for all operations.
fn problems() -> Value {
    let statuses: BTreeSet<u16> = Kind::ALL.iter().map(|k| k.status()).collect();
    statuses.into_iter().map(|status| (format!("Problem{status}"), problem(status))).collect::<Map<_, _>>().into()
}

/// The problems of a status code, with an example of each kind.
fn problem(status: u16) -> Value {
    let kinds: Vec<Kind> = Kind::ALL.iter().copied().filter(|k| k.status() == status).collect();
    let titles: Vec<String> = kinds.iter().map(|k| format!("{} / {}", k.titles().0, k.titles().1)).collect();
    let mut examples = Map::new();
    for kind in &kinds {
        let name = kind.type_uri().rsplit(':').next().unwrap_or_default().to_owned();
        examples.insert(name, json!({"summary": kind.titles().0, "value": examples::problem(*kind)}));
    }
    json!({
        "description": titles.join("; ") + ".",
        "headers": headers(if matches!(status, 429 | 503) { &["Retry-After"] } else { &[] }),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    })
}
