//! A consent that was withdrawn, and an identity that is protected: both take away for good, so both say what happens and
//! are said twice.

use super::super::context::Context;
use super::super::sheet::{Part, Sheet};
use super::Stop;
use super::change::named;
use crate::domain::case::IdentityState;
use crate::web::form::{Field, Kind};

fn day(context: &Context, label: &str, hint: &str, first: chrono::NaiveDate) -> Field {
    Field::new("date", label, Kind::Line("date"))
        .holding(context.today.to_string())
        .hint(hint)
        .attribute("min", first.to_string())
        .attribute("max", context.today.to_string())
        .required()
}

/// The participant withdrew the consent.
pub fn withdraw(context: &Context) -> Result<Sheet, Stop> {
    let (case, t) = (&context.case, context.words.t);
    context.felregistrerad()?;
    if case.identity == IdentityState::Anonymous {
        return Err(Stop { title: t.no_consent_title, text: t.no_consent_why.to_owned() });
    }
    if case.withdrawal.is_some() {
        return Err(Stop { title: t.withdrawn_title, text: t.withdrawn_why.to_owned() });
    }
    let mut warning = vec![t.withdraw_ends.to_owned(), t.withdraw_supersedes.to_owned()];
    if context.settings.withdrawal_removes {
        warning.push(t.withdraw_removes.to_owned());
    }
    Ok(Sheet {
        title: t.withdraw_title.to_owned(),
        lead: vec![t.withdraw_lead.to_owned()],
        warning,
        parts: vec![Part::new("", [day(context, t.withdraw_day, t.withdraw_hint, case.begun())])],
        button: t.go_on,
        ..Sheet::default()
    })
}

/// The participant got a protected identity.
pub fn protect(context: &Context) -> Result<Sheet, Stop> {
    let (case, t) = (&context.case, context.words.t);
    named(case, context)?;
    let first = case.birth.unwrap_or_else(|| case.begun());
    Ok(Sheet {
        title: t.protect_title.to_owned(),
        lead: vec![t.protect_lead.to_owned()],
        warning: vec![t.protect_removes.to_owned(), t.protect_counts.to_owned(), t.protect_all.to_owned()],
        parts: vec![Part::new("", [day(context, t.protect_day, t.protect_hint, first)])],
        button: t.go_on,
        ..Sheet::default()
    })
}
