//! The POSTs under `/cases/{id}`: corrections, office changes, handläggare, late answers, withdrawn consents,
//! protected identities and references. One way for all: only the kind of body differs.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, Route, web};
use serde_json::json;

use super::answer::{reading, scope};
use super::endpoint::{Answer, Content, Endpoint, Verb, caller};
use super::extract::{Query, body, idempotency_key, if_match, json};
use super::openapi::examples;
use super::posting::{Asked, render_one, submit};
use super::problem::{Kind, Problem};
use super::registrations::DRY_RUN;
use crate::app::App;
use crate::auth::Caller;
use crate::auth::policy::Action;
use crate::domain::code::CaseId;
use crate::registrations::job::Post;
use crate::registrations::wire;

const GIVES: &[Answer] = &[
    Answer {
        status: 201,
        about: "Registrerat, med ärendets nya läge. / Registered, with the new state of the case.",
        content: &[Content { media: "application/json", schema: "Registered", example: examples::registered }],
        headers: &["Location", "ETag"],
    },
    Answer {
        status: 200,
        about: "En prövning (dryRun), eller redan registrerat under samma clientReference. / \
                A dry run, or registered already under the same clientReference.",
        content: &[Content { media: "application/json", schema: "Registered", example: examples::registered }],
        headers: &[],
    },
];

/// One operation: its name, path, right, texts, schema, example and kind.
macro_rules! case_post {
    ($id:ident, $path:literal, $action:ident, $summary:literal, $about:literal, $schema:literal, $example:expr, $kind:ident) => {{
        async fn $id(
            app: web::Data<App>,
            request: HttpRequest,
            id: web::Path<String>,
            payload: web::Payload,
        ) -> Result<HttpResponse, Problem> {
            create(app, request, id.into_inner(), payload, Action::$action, wire::Kind::$kind).await
        }
        let route: fn(Route) -> Route = |route| route.to($id);
        Endpoint {
            id: stringify!($id),
            verb: Verb::Post,
            path: $path,
            action: Action::$action,
            tag: "cases",
            summary: $summary,
            about: $about,
            query: &[DRY_RUN],
            headers: &["If-Match", "Idempotency-Key"],
            takes: &[Content { media: "application/json", schema: $schema, example: $example }],
            gives: GIVES,
            problems: &[400, 404, 406, 410, 412, 413, 415, 422, 428, 503],
            route,
        }
    }};
}

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[
    case_post!(
        create_correction,
        "/cases/{id}/corrections",
        CorrectCase,
        "Rätta / Correct",
        "Rättar: inget skrivs över, rättelsen läggs till med sitt skäl och alla regler prövas på hela kedjan. / \
         Corrects: nothing is overwritten, the correction is added with its reason and every rule is tried on the whole chain.",
        "Correction",
        examples::correction,
        Correction
    ),
    case_post!(
        create_office_change,
        "/cases/{id}/office-changes",
        ChangeOffices,
        "Byt kontor / Change offices",
        "Byter kontor från en dag; båda kontoren anges. / Changes offices from a day on; both are stated.",
        "OfficeChange",
        examples::office_change,
        OfficeChange
    ),
    case_post!(
        create_handler_change,
        "/cases/{id}/handlers",
        ChangeHandlers,
        "Byt handläggare / Change handläggare",
        "Byter ansvarig handläggare från en dag; null tar bort. / Changes the responsible handläggare from a day on; null clears.",
        "HandlerChange",
        examples::handler_change,
        Handlers
    ),
    case_post!(
        create_answers,
        "/cases/{id}/answers",
        AnswerLate,
        "Svara i efterhand / Answer late",
        "Besvarar frågor som aldrig besvarats; det är ingen rättelse. / Answers questions never answered; that is no correction.",
        "LateAnswers",
        examples::late_answers,
        Answers
    ),
    case_post!(
        create_consent_withdrawal,
        "/cases/{id}/consent-withdrawals",
        WithdrawConsent,
        "Återkalla samtycke / Withdraw the consent",
        "Deltagaren har återkallat samtycket: samarbetet avbryts den dagen, och steg daterade senare ersätts. / \
         The participant withdrew the consent: the cooperation is broken off that day, and steps dated later are superseded.",
        "Dated",
        examples::dated,
        ConsentWithdrawal
    ),
    case_post!(
        create_protection,
        "/cases/{id}/protections",
        ProtectIdentity,
        "Skydda identitet / Protect the identity",
        "Deltagaren har fått skyddad identitet: identiteten tas bort och kommer aldrig tillbaka. / \
         The participant got a protected identity: the identity is taken away and never comes back.",
        "Dated",
        examples::dated,
        Protection
    ),
    case_post!(
        create_reference,
        "/cases/{id}/references",
        AddReference,
        "Lägg till ärendereferens / Add a case reference",
        "Lägger till myndighetens eget ärendenummer. / Adds the agency's own number of the case.",
        "Reference",
        examples::reference,
        Reference
    ),
];

/// That the case is there for the caller, which goes before all that is wrong with the body. Of a body that can be read
/// the writer says so itself, so only one that can't is worth a look of its own.
async fn known(
    app: &web::Data<App>,
    request: &HttpRequest,
    caller: &Arc<Caller>,
    action: Action,
    case: CaseId,
) -> Result<(), Problem> {
    let scope = scope(app, request, caller, action);
    let there = reading(app, scope, Arc::clone(caller), move |reader, link, _| reader.reaches(link, action, case));
    if there.await? { Ok(()) } else { Err(Problem::new(Kind::FinnsInte)) }
}

async fn create(
    app: web::Data<App>,
    request: HttpRequest,
    id: String,
    payload: web::Payload,
    action: Action,
    kind: wire::Kind,
) -> Result<HttpResponse, Problem> {
    let caller = caller(&request)?;
    let case = wire::case_id(&id).ok_or_else(|| Problem::new(Kind::FinnsInte))?;
    let mut query = Query::of(&request);
    let dry_run = query.flag("dryRun");
    query.finish()?;
    let version = if_match(&request)?;
    let key = idempotency_key(&request, app.service.today())?;
    let read = body(payload, app.config.limits.body_bytes).await.and_then(|bytes| json(&bytes));
    let read = read.map(|value| (wire::on_case(&value, kind, case, app.service.reading()), value));
    if !matches!(read, Ok((Ok(_), _))) {
        known(&app, &request, &caller, action, case).await?;
    }
    let (item, value) = read?;
    // A client reference stands for what was sent of a case, however its id was written and whether or not it was tried before.
    let fingerprint = app.service.fingerprint(&json!([action.code(), case.to_string(), value]));
    let idempotency = key.map(|key| (key, app.service.fingerprint(&json!([fingerprint, dry_run]))));
    let post = Post::new(item, fingerprint);
    let asked = Asked { caller, action, atomic: true, dry_run, if_match: Some(version), idempotency };
    submit(&app, &request, asked, vec![post], render_one(&app, &request)).await
}
