//! The rules of offices and handläggare: they exist, belong to the right agency, and are in office that day.

use chrono::NaiveDate;

use super::case::{Case, HandlerGiven};
use super::code::{HandlerId, MunicipalityCode, OfficeCode, RegistrationId};
use super::command::{CorrectionKind, HandlerChange, Handlers};
use super::finding::{Allowed, Finding, Findings};
use super::geography;
use super::organisation::{OfficePair, Role};
use super::rule::Rule;
use super::step::Agency;
use super::transition::Facts;

const fn name(agency: Agency) -> &'static str {
    match agency {
        Agency::Fk => "fk",
        Agency::Af => "af",
    }
}

/// Where the handläggare of an agency stands in what was sent.
#[must_use]
pub fn handler_pointer(agency: Agency) -> String {
    format!("/handlers/{}", name(agency))
}

/// Both offices exist and belong to the agency under whose name they were given.
pub fn check_pair(offices: &OfficePair, facts: &Facts<'_>, findings: &mut Findings) {
    for agency in Agency::ALL {
        let pointer = format!("/offices/{}", name(agency));
        check_office(offices.of(agency), agency, &pointer, facts, findings);
    }
}

fn check_office(code: &OfficeCode, agency: Agency, pointer: &str, facts: &Facts<'_>, findings: &mut Findings) {
    match facts.organisation.offices.get(code) {
        None => findings.add(Rule::KontorOkant, pointer),
        Some(office) if office.agency != agency => {
            findings.push(Finding::new(Rule::KontorFelMyndighet, pointer).allowed(Allowed::Agency(agency)));
        }
        Some(_) => {}
    }
}

/// Handläggare given with a request.
pub fn check_handlers(
    handlers: &Handlers,
    offices: &OfficePair,
    day: NaiveDate,
    facts: &Facts<'_>,
    findings: &mut Findings,
) {
    for agency in Agency::ALL {
        if let Some(id) = handlers.of(agency) {
            check_handler(id, agency, offices.of(agency), day, facts, findings);
        }
    }
}

/// Handläggare given with a change.
pub fn check_change(
    change: &HandlerChange,
    offices: &OfficePair,
    day: NaiveDate,
    facts: &Facts<'_>,
    findings: &mut Findings,
) {
    for agency in Agency::ALL {
        if let Some(Some(id)) = change.of(agency) {
            check_handler(id, agency, offices.of(agency), day, facts, findings);
        }
    }
}

fn check_handler(
    id: &HandlerId,
    agency: Agency,
    office: &OfficeCode,
    day: NaiveDate,
    facts: &Facts<'_>,
    findings: &mut Findings,
) {
    let pointer = handler_pointer(agency);
    match facts.organisation.handlers.get(id) {
        None => findings.add(Rule::HandlaggareOkand, pointer),
        Some(handler) if handler.agency != agency => {
            findings.push(Finding::new(Rule::HandlaggareFelMyndighet, pointer).allowed(Allowed::Agency(agency)));
        }
        Some(handler) if !handler.has_assignment(Role::Deltagaransvarig, office, day) => {
            findings.add(Rule::HandlaggareUtanUppdrag, pointer);
        }
        Some(_) => {}
    }
}

/// Handläggare given with a request or a change that is dated otherwise have their assignment on its new day, too, where they
/// had it on the old one: one whose assignment has been taken back since had none then, either.
pub fn check_taken_along(
    before: &Case,
    after: &Case,
    registration: RegistrationId,
    facts: &Facts<'_>,
    findings: &mut Findings,
) {
    let given_with = |case: &Case, agency| {
        let mut given =
            case.handlers.iter().filter(|given| (given.registration, given.agency) == (registration, agency));
        let given = given.next()?;
        let stands = case.handler_on(agency, given.from).is_some_and(|id| Some(id) == given.handler.as_ref());
        stands.then(|| given.clone())
    };
    let covered = |given: &HandlerGiven| {
        let handler = given.handler.as_ref().and_then(|id| facts.organisation.handlers.get(id));
        handler.is_some_and(|handler| handler.has_assignment(Role::Deltagaransvarig, &given.office, given.from))
    };
    let no_more = |agency: &Agency| {
        let given = given_with(before, *agency).zip(given_with(after, *agency));
        given.is_some_and(|(old, new)| covered(&old) && !covered(&new))
    };
    if Agency::ALL.iter().any(no_more) {
        findings.add(Rule::HandlaggareUtanUppdrag, "/date");
    }
}

/// Says whose handläggare, of a day and of the present, is none any more, the office being another, unless it was asked for.
pub fn notice_cleared(cases: [&Case; 2], day: NaiveDate, asked: &HandlerChange, at: &str, findings: &mut Findings) {
    for agency in Agency::ALL.into_iter().filter(|agency| asked.of(*agency) != Some(&None)) {
        let [before, after] = cases.map(|case| [day, NaiveDate::MAX].map(|day| case.handler_on(agency, day).is_some()));
        if before.into_iter().zip(after).any(|(before, after)| before && !after) {
            findings.add(Rule::HandlaggareRensad, format!("{at}/{}", name(agency)));
        }
    }
}

/// The same where a change of offices was put right.
pub fn notice_of_correction(kind: &CorrectionKind, before: &Case, after: &Case, findings: &mut Findings) {
    if let CorrectionKind::OfficeChange { .. } = kind {
        notice_cleared([before, after], NaiveDate::MAX, &HandlerChange::default(), "/offices", findings);
    }
}

/// The kommun has its code on the day of the request.
pub fn check_municipality(code: &MunicipalityCode, day: NaiveDate, pointer: &str, findings: &mut Findings) {
    if !geography::is_known_on(code, day) {
        findings.add(Rule::KommunOkand, pointer);
    }
}

/// A change of office or handläggare is dated from the request to today.
pub fn check_change_day(case: &Case, day: NaiveDate, facts: &Facts<'_>, findings: &mut Findings) {
    let (first, last) = (case.begun(), facts.today.max(case.begun()));
    if day < first || day > last {
        let allowed = Allowed::DateBetween(first, last);
        findings.push(Finding::new(Rule::KontorsbyteDatum, "/date").allowed(allowed));
    }
}

/// Offices that a case comes to are valid on the days of the steps that they become those of.
pub fn check_steps_taken_along(
    [before, after]: [&Case; 2],
    offices: &OfficePair,
    facts: &Facts<'_>,
    findings: &mut Findings,
) {
    for agency in Agency::ALL {
        let code = offices.of(agency);
        let Some(office) = facts.organisation.offices.get(code) else { continue };
        let is_new = |day| after.offices_on(day).of(agency) == code && before.offices_on(day).of(agency) != code;
        let mut steps = after.steps.iter().filter(|step| !after.is_withdrawal(step));
        if steps.any(|step| is_new(step.date) && !office.validity.contains(step.date)) {
            let pointer = format!("/offices/{}", name(agency));
            let finding = Finding::new(Rule::KontorInteGiltigt, pointer).allowed(Allowed::within(office.validity));
            if !findings.0.contains(&finding) {
                findings.push(finding);
            }
        }
    }
}

/// Both offices of a change are valid on its day.
pub fn check_valid_on(offices: &OfficePair, day: NaiveDate, facts: &Facts<'_>, findings: &mut Findings) {
    for agency in Agency::ALL {
        let Some(office) = facts.organisation.offices.get(offices.of(agency)) else { continue };
        if !office.validity.contains(day) {
            let pointer = format!("/offices/{}", name(agency));
            findings.push(Finding::new(Rule::KontorInteGiltigt, pointer).allowed(Allowed::within(office.validity)));
        }
    }
}
