//! Other offices, other handläggare, and the agency's own number of the case.

use std::collections::BTreeSet;

use super::super::context::Context;
use super::super::lists;
use super::super::sheet::{Part, Sheet};
use super::super::typed::Typed;
use super::super::words::Words;
use super::Stop;
use crate::domain::case::{Case, IdentityState};
use crate::domain::code::OfficeCode;
use crate::domain::organisation::{OfficePair, Organisation};
use crate::domain::step::Agency;
use crate::web::form::{Field, Kind};

/// `fk` or `af`, as fields are named.
const fn name(agency: Agency) -> &'static str {
    match agency {
        Agency::Fk => "fk",
        Agency::Af => "af",
    }
}

/// The two fields that choose offices; near ones of each agency first.
pub fn reaching(
    organisation: &Organisation,
    near: &BTreeSet<OfficeCode>,
    near_label: &str,
    standing: Option<&OfficePair>,
    day: chrono::NaiveDate,
    words: &Words,
) -> [Field; 2] {
    Agency::ALL.map(|agency| {
        let stands = standing.map(|pair| pair.of(agency));
        let groups = lists::offices(organisation, agency, near, near_label, stands, day, words);
        let label = match agency {
            Agency::Fk => words.t.office_fk,
            Agency::Af => words.t.office_af,
        };
        let field = Field::new(format!("offices.{}", name(agency)), label, Kind::Select(groups)).required();
        match stands {
            Some(code) => field.holding(code.as_str()),
            None => field,
        }
    })
}

/// The offices that share kommuner with these, these among them.
pub fn near(organisation: &Organisation, pair: &OfficePair) -> BTreeSet<OfficeCode> {
    let own = BTreeSet::from([pair.fk.clone(), pair.af.clone()]);
    let both = Agency::ALL.into_iter().flat_map(|agency| lists::partners(organisation, &own, agency));
    both.chain(own.clone()).collect()
}

fn day(context: &Context, hint: String) -> Field {
    let last = context.today.max(context.case.begun());
    Field::new("date", context.words.t.from_day, Kind::Line("date"))
        .holding(last.to_string())
        .hint(hint)
        .attribute("min", context.case.begun().to_string())
        .attribute("max", last.to_string())
        .required()
}

/// Other offices from a day on.
pub fn offices(context: &Context, typed: Option<&Typed>) -> Result<Sheet, Stop> {
    let (case, words, t) = (&context.case, context.words, context.words.t);
    context.felregistrerad()?;
    let present = case.present_offices();
    let near = near(&context.organisation, present);
    let offices = reaching(&context.organisation, &near, t.near_offices, Some(present), context.today, &words);
    let handlers = Agency::ALL.map(|agency| {
        let code = typed.and_then(|typed| typed.one(&format!("offices.{}", name(agency))));
        let chosen = code.and_then(|code| OfficeCode::parse(code).ok());
        let office = chosen.as_ref().unwrap_or(present.of(agency));
        let groups = lists::handlers(&context.organisation, office, context.today, None, t.as_it_follows);
        let label = format!("{} ({})", t.new_handler, agency.name());
        Field::new(format!("handlers.{}", name(agency)), label, Kind::Select(groups))
    });
    let mut who = Part::new(t.handlers, handlers);
    who.text.push(t.handlers_at_change.to_owned());
    let date = day(context, format!("{} {}.", t.change_day, case.begun()));
    Ok(Sheet {
        title: t.offices_title.to_owned(),
        lead: vec![t.offices_lead.to_owned()],
        parts: vec![Part::new(t.offices_part, offices.into_iter().chain([date])), who],
        button: t.offices_button,
        again: t.update_lists,
        ..Sheet::default()
    })
}

/// Other handläggare from a day on.
pub fn handlers(context: &Context) -> Result<Sheet, Stop> {
    let (case, t) = (&context.case, context.words.t);
    context.felregistrerad()?;
    let mut hidden = Vec::new();
    let fields = Agency::ALL.map(|agency| {
        let standing = case.present_handler(agency);
        let office = case.present_offices().of(agency);
        let groups = lists::handlers(&context.organisation, office, context.today, standing, t.nobody);
        if let Some(id) = standing {
            hidden.push((if agency == Agency::Fk { "stod.fk" } else { "stod.af" }, id.to_string()));
        }
        let label = format!("{} {}", t.handler_at, lists::office_name(&context.organisation, office));
        let field = Field::new(name(agency), label, Kind::Select(groups));
        match standing {
            Some(id) => field.holding(id.as_str()),
            None => field,
        }
    });
    let date = day(context, format!("{} {}.", t.change_day, case.begun()));
    // One's own agency's first: that is what is handed over most.
    let mut fields = fields.to_vec();
    if context.agency == Agency::Af {
        fields.reverse();
    }
    Ok(Sheet {
        title: t.handlers_title.to_owned(),
        lead: vec![t.handlers_lead.to_owned()],
        parts: vec![Part::new("", fields.into_iter().chain([date]))],
        hidden,
        button: t.handlers_button,
        ..Sheet::default()
    })
}

/// The agency's own number.
pub fn reference(context: &Context) -> Result<Sheet, Stop> {
    let t = context.words.t;
    context.felregistrerad()?;
    named(&context.case, context)?;
    let field = Field::new("caseReference", t.reference, Kind::Line("text"))
        .hint(t.reference_hint)
        .attribute("autocomplete", "off")
        .required();
    Ok(Sheet {
        title: t.reference_title.to_owned(),
        lead: vec![t.reference_lead.to_owned()],
        parts: vec![Part::new("", [field])],
        button: t.save,
        ..Sheet::default()
    })
}

/// Why a case without identity takes no part in what is about identity.
pub fn named(case: &Case, context: &Context) -> Result<(), Stop> {
    let t = context.words.t;
    if case.identity == IdentityState::Named {
        return Ok(());
    }
    Err(Stop { title: t.no_identity_title, text: t.no_identity_why.to_owned() })
}
