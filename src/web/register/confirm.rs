//! Said twice: what takes away for good is tried first, and what would come of it is shown before it is done.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::cases::{KEY, drawn, outcome};
use super::context::Context;
use super::posting::{new_key, try_out};
use super::sheet::Sheet;
use super::typed::Typed;
use super::which::Which;
use crate::domain::case::Case;
use crate::domain::code::CaseId;
use crate::registrations::job::Post;
use crate::registrations::wire::Item;
use crate::web::door::Visit;

/// The hidden field of the second form.
pub const CONFIRMED: &str = "bekraftat";

/// Tries it, and asks once more.
///
/// # Errors
/// The answer to give when the case can't be read now.
pub async fn ask(
    visit: &Visit,
    id: CaseId,
    which: &Which,
    typed: &Typed,
    item: Item,
    version: i64,
) -> Result<HttpResponse, HttpResponse> {
    let after = match try_out(visit, which.action(), Post::new(Ok(item), Vec::new()), Some(version)).await {
        Ok(done) => done.case,
        Err(handed) => return outcome(visit, id, which, typed, version, handed).await,
    };
    let context = Context::read(visit, which.action(), id).await?.ok_or_else(|| visit.not_found())?;
    let t = context.words.t;
    let (title, button) = match which {
        Which::Withdraw => (t.withdraw_sure, t.withdraw_button),
        _ => (t.protect_sure, t.protect_button),
    };
    let mut hidden = vec![(CONFIRMED, "ja".to_owned()), (KEY, new_key(visit))];
    hidden.extend(typed.one("date").map(|date| ("date", date.to_owned())));
    let warning = match which {
        Which::Withdraw => withdrawn(&context, &after),
        _ => vec![t.protect_removes.to_owned(), t.protect_counts.to_owned(), t.protect_all.to_owned()],
    };
    let sheet = Sheet {
        title: title.to_owned(),
        lead: vec![format!("{} {}.", t.dated, typed.one("date").unwrap_or("–"))],
        warning,
        hidden,
        button,
        takes_away: true,
        ..Sheet::default()
    };
    Ok(drawn(visit, &context, which, sheet, Vec::new(), None, StatusCode::OK))
}

/// What becomes of the chain.
fn withdrawn(context: &Context, after: &Case) -> Vec<String> {
    let t = context.words.t;
    let mut said = vec![format!("{} {}.", t.withdraw_ends_on, after.current().date)];
    for step in after.withdrawal.iter().flat_map(|withdrawal| &withdrawal.superseded) {
        said.push(format!("{} {} {}.", t.withdraw_takes, context.words.step(step.kind), step.date));
    }
    if context.settings.withdrawal_removes {
        said.push(t.withdraw_removes.to_owned());
    }
    said.push(t.withdraw_new.to_owned());
    said
}
