//! `/changes`: what happened, in commit order, without identity. A follower keeps its position and skips nothing.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::DateTime;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::private;
use super::endpoint::{Answer, Content, Endpoint, Parameter, Verb};
use super::extract::Query;
use super::openapi::{LIMIT, examples};
use super::problem::{Kind, Problem};
use super::report_question::finish_positions;
use crate::app::App;
use crate::auth::policy::Action;
use crate::domain::finding::Allowed;
use crate::domain::shape;
use crate::storage::StorageError;
use crate::storage::cases::day_of;
use crate::storage::changes::{self, Change};

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[Endpoint {
    id: "list_changes",
    verb: Verb::Get,
    path: "/changes",
    action: Action::ListChanges,
    tag: "changes",
    summary: "Ändringar / Changes",
    about: "Vad som hänt efter en position, i den ordning det blev känt, utan identitet. Fortsätt från next; inget \
            hoppas över. / What happened after a position, in the order in which it became known, without identity. \
            Go on from next; nothing is skipped.",
    query: &[
        Parameter {
            name: "after",
            about: "Position att fortsätta efter; 0 från början. / Position to go on after; 0 from the start.",
            kind: "integer",
            example: "186",
        },
        LIMIT,
    ],
    headers: &[],
    takes: &[],
    gives: &[Answer {
        status: 200,
        about: "Ändringarna. / The changes.",
        content: &[Content { media: "application/json", schema: "ChangeList", example: examples::changes }],
        headers: &[],
    }],
    problems: &[400, 406, 503],
    route: |route| route.to(list_changes),
}];

async fn list_changes(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request);
    let after = query.number("after", 0, i64::MAX, shape::POSITION);
    let limit = query.page().limit;
    finish_positions(&app, &mut query, &[("after", after)]).await?;
    let after = after.unwrap_or(0);
    let read = web::block(move || {
        let mut connection = app.service.db.read()?;
        let mut link = connection.link();
        // The head first: what is read after it may be newer, never older.
        let head = changes::head(&mut link)?;
        Ok::<_, StorageError>((head, changes::after(&mut link, after, limit)?))
    });
    let (head, found) = read.await.map_err(|_| Problem::new(Kind::Upptagen))??;
    if after > head {
        query.refuse("after", Allowed::Values(vec![format!("0–{head}")]));
        return Err(query.problem());
    }
    let last = found.last().map_or(after, |c| c.position);
    let link = |from: i64| json!({"href": format!("/v1/changes?after={from}&limit={limit}")});
    private(&json!({
        "items": found.iter().map(change).collect::<Vec<Value>>(),
        "_meta": {"after": after, "limit": limit, "last": last, "head": head.max(last)},
        "_links": {"self": link(after), "first": link(0), "next": link(last)},
    }))
}

fn change(change: &Change) -> Value {
    let id = |bytes: &Option<Vec<u8>>| bytes.as_deref().and_then(|b| Uuid::from_slice(b).ok()).map(|u| u.to_string());
    json!({
        "position": change.position,
        "knownFrom": change.known_from.and_then(DateTime::from_timestamp_micros),
        "kind": change.subject,
        "case": id(&change.case),
        "registration": id(&change.registration),
        "step": change.step,
        "date": change.date.map(day_of),
        "agency": change.agency,
    })
}
