//! What is known beside the chain: who it is about, offices and handläggare in time, the consent, and what is worth
//! noticing.

use chrono::{Months, NaiveDate};

use super::words::{Words, filled};
use crate::domain::age;
use crate::domain::case::{Case, IdentityState};
use crate::domain::due;
use crate::domain::person::IdentityNumber;
use crate::domain::step::Agency;
use crate::domain::transition::Settings;

/// A name with its value, both in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    pub name: &'static str,
    pub value: String,
}

/// Offices and handläggare from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Staffed {
    pub from: NaiveDate,
    pub fk_office: String,
    pub fk_handler: String,
    pub af_office: String,
    pub af_handler: String,
    pub is_present: bool,
}

/// Who the case is about, as far as may be shown.
pub(super) fn participant(case: &Case, number: Option<&IdentityNumber>, words: &Words<'_>) -> Vec<Fact> {
    let t = words.t;
    let mut facts = Vec::new();
    let mut add = |name, value: String| facts.push(Fact { name, value });
    add(
        t.personnummer,
        match (case.identity, number) {
            (IdentityState::Anonymous, _) => t.anonymous_case.to_owned(),
            (IdentityState::Removed, _) | (_, None) => t.identity_removed.to_owned(),
            (IdentityState::Named, Some(number)) => number.masked(),
        },
    );
    add(t.sex, words.sex(case.sex).to_owned());
    if let Some(birth) = case.birth {
        add(t.age_at_request, band(age::band(birth, case.begun()), words));
    }
    if let Some(code) = &case.municipality {
        let kommun = words.municipality(code);
        let shown = case.district.as_ref().map_or_else(|| kommun.clone(), |district| format!("{kommun}, {district}"));
        add(t.municipality, shown);
    }
    for (agency, reference) in &case.references {
        let name = match agency {
            Agency::Fk => t.number_at_fk,
            Agency::Af => t.number_at_af,
        };
        add(name, reference.to_string());
    }
    add(t.requested_on, case.begun().to_string());
    facts
}

/// An age band of the reports: `30–39 år`.
fn band(place: usize, words: &Words<'_>) -> String {
    let lower = place.checked_sub(1).and_then(|below| age::BANDS.get(below));
    let upper = age::BANDS.get(place);
    let years = match (lower, upper) {
        (Some(lower), Some(upper)) => format!("{lower}–{}", upper - 1),
        (Some(lower), None) => return filled(words.t.years_or_older, &[("n", &lower.to_string())]),
        (None, Some(upper)) => return filled(words.t.years_or_younger, &[("n", &(upper - 1).to_string())]),
        (None, None) => String::new(),
    };
    filled(words.t.years, &[("n", &years)])
}

/// Offices and handläggare as they were and are, newest first.
pub(super) fn staffed(case: &Case, words: &Words<'_>) -> Vec<Staffed> {
    let days = case.offices.iter().map(|period| period.from).chain(case.handlers.iter().map(|given| given.from));
    let mut days: Vec<NaiveDate> = days.map(|day| day.max(case.begun())).collect();
    days.sort_unstable();
    days.dedup();
    let last = days.last().copied();
    let row = |day: NaiveDate| {
        let offices = case.offices_on(day);
        Staffed {
            from: day,
            fk_office: words.office(&offices.fk),
            fk_handler: words.handler_or_none(case.handler_on(Agency::Fk, day)),
            af_office: words.office(&offices.af),
            af_handler: words.handler_or_none(case.handler_on(Agency::Af, day)),
            is_present: Some(day) == last,
        }
    };
    days.into_iter().rev().map(row).collect()
}

/// The consent, in facts; nothing where there is none.
pub(super) fn consent(case: &Case, words: &Words<'_>) -> Vec<Fact> {
    let t = words.t;
    let mut facts = Vec::new();
    if let Some(consent) = &case.consent {
        let by = format!("{}, {}", consent.obtained_by.name(), words.office(&consent.office));
        facts.push(Fact { name: t.obtained_on, value: consent.obtained_on.to_string() });
        facts.push(Fact { name: t.obtained_by, value: by });
        facts.push(Fact { name: t.consent_form, value: consent.form.to_string() });
    }
    if let Some(withdrawal) = &case.withdrawal {
        facts.push(Fact { name: t.withdrawn_on, value: withdrawal.date.to_string() });
    }
    facts
}

/// What is worth noticing.
pub(super) fn notices(case: &Case, settings: &Settings, words: &Words<'_>) -> Vec<String> {
    let t = words.t;
    let mut notices = Vec::new();
    if case.felregistrering {
        notices.push(t.notice_felregistrering.to_owned());
    }
    match case.identity {
        IdentityState::Anonymous => notices.push(t.notice_anonymous.to_owned()),
        IdentityState::Removed => notices.push(t.notice_removed.to_owned()),
        IdentityState::Named => {}
    }
    if let Some(due) = due::next(case, settings) {
        let distance = words.distance(due.on);
        if distance.over {
            notices.push(filled(t.notice_overdue, &[("late", &distance.text), ("owner", due.owner.name())]));
        }
        for agency in Agency::ALL.into_iter().filter(|agency| case.present_handler(*agency).is_none()) {
            notices.push(filled(t.notice_no_handler, &[("agency", agency.name())]));
        }
        let offices = case.present_offices();
        for code in [&offices.fk, &offices.af] {
            let closed = words.organisation.offices.get(code).filter(|office| !office.validity.contains(words.today));
            if closed.is_some() {
                notices.push(filled(t.notice_office_closed, &[("office", &words.office(code))]));
            }
        }
        if let Some((months, day)) = consent_ended(case, settings).filter(|(_, day)| *day < words.today) {
            notices.push(filled(t.notice_old_consent, &[("months", &months.to_string()), ("day", &day.to_string())]));
        }
    }
    let missing = case.missing_answers().len();
    if missing > 0 && !case.felregistrering {
        notices.push(words.answers_missing(i64::try_from(missing).unwrap_or(i64::MAX)) + ".");
    }
    if case.steps.iter().any(|step| step.agreement.is_some()) {
        notices.push(t.notice_on_behalf.to_owned());
    }
    notices
}

/// The longest age that a consent may have, where one is set, and the day when this one reached it.
fn consent_ended(case: &Case, settings: &Settings) -> Option<(u32, NaiveDate)> {
    let months = settings.consent_months?;
    let end = case.consent.as_ref()?.obtained_on.checked_add_months(Months::new(months))?;
    Some((months, end))
}
