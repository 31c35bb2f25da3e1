//! `/register-extracts`: everything that is kept about a person, for the person (registerutdrag).
//!
//! By the API, cases within the caller's reach; the whole by `sus extract`. Never here: the number itself, which whoever asks
//! has already, and which no answer to a POST holds.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use super::answer::{private, reading, scope};
use super::endpoint::{Answer, Content, Endpoint, Verb, caller};
use super::extract::{body, json as read_json};
use super::openapi::privacy as bodies;
use super::problem::{Kind, Problem};
use super::registrations::entry;
use crate::app::App;
use crate::auth::policy::Action;
use crate::domain::case::Case;
use crate::domain::finding::Findings;
use crate::domain::journal::Entry;
use crate::domain::person::IdentityNumber;
use crate::domain::shape;
use crate::domain::transition::Settings;
use crate::registrations::fields::Fields;
use crate::registrations::view::CaseView;
use crate::registrations::wire::{self, Reading};

/// What can be put right, in Swedish and English.
const RECTIFICATION: [&str; 2] = [
    "Uppgifter rättas av handläggaren vid den myndighet som registrerade dem: datum, steg, svar, kommun, samtycke och kontor \
     genom en rättelse (POST /v1/cases/{id}/corrections), fel person genom att ärendet markeras som felregistrerat. Ingenting \
     skrivs över: rättelsen läggs till och det som gällde före framgår av registreringarna. Samtycket kan återkallas när som helst.",
    "Data is put right by the handläggare at the agency that registered it: dates, steps, answers, kommun, consent and offices \
     by a correction (POST /v1/cases/{id}/corrections), a wrong person by marking the case as felregistrering. Nothing is \
     overwritten: the correction is added, and what stood before is seen among the registrations. The consent can be withdrawn any day.",
];

/// What is kept of a person beside the cases, in Swedish and English.
const BESIDE: [&str; 2] = [
    "Utöver ärendena sparas personnumret krypterat under en egen nyckel, ett nyckelat sökvärde av det, kvitton på anrop i högst sju \
     dagar och en logg över vem som har läst uppgifterna. Namn sparas aldrig.",
    "Beside the cases, the personnummer is kept encrypted under a key of its own, a keyed value to find it by, receipts of requests for \
     seven days at most, and a log of who has read the data. Names are never kept.",
];

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[Endpoint {
    id: "create_register_extract",
    verb: Verb::Post,
    path: "/register-extracts",
    action: Action::RegisterExtract,
    tag: "cases",
    summary: "Registerutdrag / Register extract",
    about: "Allt som sparas om en person i ärenden inom räckhåll, med varje registrering som den gjordes, och hur uppgifter rättas. \
            Skrivs i åtkomstloggen. Hela utdraget, över alla kontor, görs med kommandot sus extract. / Everything kept about a \
            person in cases within reach, with each registration as it was made, and how data is put right. Written in the access \
            log. The whole extract, over all offices, is made by the command sus extract.",
    query: &[],
    headers: &[],
    takes: &[Content { media: "application/json", schema: "RegisterExtractRequest", example: bodies::request }],
    gives: &[Answer {
        status: 200,
        about: "Utdraget. / The extract.",
        content: &[Content { media: "application/json", schema: "RegisterExtract", example: bodies::extract }],
        headers: &[],
    }],
    problems: &[400, 406, 413, 415, 422, 503],
    route: |route| route.to(create_register_extract),
}];

/// The extract of some cases.
#[must_use]
pub fn told(
    cases: &[(Case, Vec<Entry>)],
    elsewhere: bool,
    now: DateTime<Utc>,
    settings: &Settings,
    today: NaiveDate,
) -> Value {
    let cases: Vec<Value> = cases
        .iter()
        .map(|(case, entries)| {
            let entries: Vec<Value> = entries.iter().map(entry).collect();
            let birth = case.birth;
            json!({"case": CaseView::of(case, settings, today), "birthDate": birth, "entries": entries})
        })
        .collect();
    json!({
        "madeAt": now, "cases": cases, "openCaseElsewhere": elsewhere,
        "beside": {"sv": BESIDE[0], "en": BESIDE[1]},
        "rectification": {"sv": RECTIFICATION[0], "en": RECTIFICATION[1]},
    })
}

async fn create_register_extract(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let value = read_json(&body(payload, app.config.limits.body_bytes).await?)?;
    let number = number(&value, app.service.reading()).map_err(|f| Problem::new(Kind::Regelbrott).errors(&f))?;
    let scope = scope(&app, &request, &caller, Action::RegisterExtract);
    let (found, elsewhere) =
        reading(&app, scope, caller, move |reader, link, app| reader.by_identity(link, &app.service.vault, &number))
            .await?;
    let cases: Vec<(Case, Vec<Entry>)> = found.into_iter().map(|f| (f.case, f.entries)).collect();
    private(&told(&cases, elsewhere, app.now(), &app.service.settings, app.service.today()))
}

fn number(value: &Value, reading: Reading) -> Result<IdentityNumber, Findings> {
    let mut findings = Findings::default();
    let Some(mut fields) = Fields::of(value, "", &mut findings) else { return Err(findings) };
    fields.required("personnummer", shape::IDENTITY_NUMBER, &mut findings);
    let text: Option<&str> = fields.text("personnummer", &mut findings);
    let number = text.and_then(|text| wire::identity_number(text, "/personnummer", reading, &mut findings));
    fields.finish(&mut findings);
    number.filter(|_| !findings.has_errors()).ok_or(findings)
}
