//! The rules of consent and identity: obtained before anything is registered, withdrawn any day, and what an
//! anonymous case may not carry.

use chrono::{Months, NaiveDate};

use super::answers::Answers;
use super::case::{Case, IdentityState};
use super::command::{Consent, Correction, HandlerChange, Opening, Participant};
use super::dates::{self, later, swedish_day};
use super::finding::{Allowed, Finding, Findings};
use super::offices;
use super::rule::Rule;
use super::step::Agency;
use super::transition::Facts;

/// The rules of a request's participant, consent and kommun.
pub fn check_opening(opening: &Opening, day: NaiveDate, facts: &Facts<'_>, findings: &mut Findings) {
    match &opening.participant {
        Participant::Named(number) => named(opening, number.birth_date(), day, facts, findings),
        Participant::Anonymous(_) => anonymous(opening, findings),
    }
}

fn named(opening: &Opening, birth: Option<NaiveDate>, day: NaiveDate, facts: &Facts<'_>, findings: &mut Findings) {
    match &opening.consent {
        None => findings.add(Rule::SamtyckeSaknas, "/consent"),
        Some(consent) => check(consent, birth, day.min(facts.today), facts, findings),
    }
    match &opening.municipality {
        None => findings.add(Rule::KommunSaknas, "/municipality"),
        Some(code) => offices::check_municipality(code, day, "/municipality", findings),
    }
}

fn anonymous(opening: &Opening, findings: &mut Findings) {
    let carried = [
        (opening.consent.is_some(), "/consent"),
        (opening.municipality.is_some(), "/municipality"),
        (opening.district.is_some(), "/district"),
        (opening.reference.is_some(), "/caseReference"),
    ];
    for (_, pointer) in carried.into_iter().filter(|(given, _)| *given) {
        findings.add(Rule::AnonymMedUppgifter, pointer);
    }
}

/// Whether an identity was taken away, or what no figure needs: nothing of it comes anew.
fn is_stripped(case: &Case) -> bool {
    case.identity == IdentityState::Removed || case.coarsened
}

/// Handläggare are gone with an identity that was taken away, and none comes anew.
pub fn check_handlers(case: &Case, handlers: &HandlerChange, findings: &mut Findings) {
    for agency in Agency::ALL.into_iter().filter(|_| is_stripped(case)) {
        if matches!(handlers.of(agency), Some(Some(_))) {
            findings.add(Rule::AnonymMedUppgifter, offices::handler_pointer(agency));
        }
    }
}

/// So is free text.
pub fn check_reason(case: &Case, correction: &Correction, findings: &mut Findings) {
    if is_stripped(case) && correction.reason.text.is_some() {
        findings.add(Rule::AnonymMedUppgifter, "/reason/text");
    }
}

/// And the employer and the definition of an insats, of a case that is coarsened.
pub fn check_answers(case: &Case, given: &Answers, findings: &mut Findings) {
    for question in Answers::COARSENED.into_iter().filter(|question| case.coarsened && given.get(*question).is_some()) {
        findings.add(Rule::AnonymMedUppgifter, format!("/answers/{}", question.code()));
    }
}

/// There is an identity to take away.
pub fn check_identity(case: &Case, findings: &mut Findings) {
    if case.identity != IdentityState::Named {
        findings.add(Rule::RedanAnonym, "");
    }
}

/// Nobody works with the case any more, and its identity is gone.
pub fn check_coarsening(case: &Case, findings: &mut Findings) {
    if case.identity == IdentityState::Named {
        findings.add(Rule::AnonymMedUppgifter, "");
    }
    if case.is_open() {
        findings.add(Rule::OppetArendeFinns, "");
    }
}

/// A protected identity: the case has one, and the day lies between the person's birth and today.
pub fn check_protection(case: &Case, date: NaiveDate, facts: &Facts<'_>, findings: &mut Findings) {
    check_identity(case, findings);
    if date > facts.today {
        findings.push(Finding::new(Rule::DatumFramtid, "/date").allowed(Allowed::DateTo(facts.today)));
    }
    dates::check_birth(case.birth, date, "/date", findings);
}

/// The consent was obtained before the request was sent and before anything was registered – so by `last` – at an
/// office of the agency that obtained it, when that office was open.
pub fn check(consent: &Consent, birth: Option<NaiveDate>, last: NaiveDate, facts: &Facts<'_>, findings: &mut Findings) {
    if consent.obtained_on > last {
        let finding = Finding::new(Rule::SamtyckeEfterBegaran, "/consent/obtainedOn");
        findings.push(finding.allowed(Allowed::DateTo(last)));
    }
    dates::check_birth(birth, consent.obtained_on, "/consent/obtainedOn", findings);
    match facts.organisation.offices.get(&consent.office).filter(|o| o.agency == consent.obtained_by) {
        None => {
            let finding = Finding::new(Rule::SamtyckeKontor, "/consent/office");
            findings.push(finding.allowed(Allowed::Agency(consent.obtained_by)));
        }
        Some(office) if !office.validity.contains(consent.obtained_on) => {
            let finding = Finding::new(Rule::KontorInteGiltigt, "/consent/obtainedOn");
            findings.push(finding.allowed(Allowed::within(office.validity)));
        }
        Some(_) => {}
    }
}

/// The last day on which the consent of a case can have been obtained: that of the request, and of its registration.
#[must_use]
pub fn last_day(case: &Case) -> NaiveDate {
    case.begun().min(swedish_day(case.steps[0].known_from))
}

/// A consent may have got a maximum age; older gives a notice, at every step, never an automatic end.
pub fn notice_of_age(case: &Case, index: usize, facts: &Facts<'_>, findings: &mut Findings) {
    let (Some(consent), Some(months)) = (&case.consent, facts.settings.consent_months) else { return };
    let end = consent.obtained_on.checked_add_months(Months::new(months));
    if end.is_some_and(|end| end < case.steps[index].date) {
        let pointer = if index == 0 { "/consent/obtainedOn" } else { "/date" };
        let age = Allowed::Values(vec![months.to_string()]);
        findings.push(Finding::new(Rule::SamtyckeGammalt, pointer).allowed(age));
    }
}

/// The day of `avbrutet` when consent is withdrawn on `date`: that day, or the next if a step stands on it.
#[must_use]
pub fn ending_of_withdrawal(case: &Case, date: NaiveDate) -> NaiveDate {
    if case.steps.iter().any(|s| s.date == date) { later(date, 1) } else { date }
}

/// The rules of a withdrawal: there is a consent, the case had not ended by that day, and the day has come.
pub fn check_withdrawal(case: &Case, date: NaiveDate, facts: &Facts<'_>, findings: &mut Findings) {
    if case.felregistrering {
        findings.add(Rule::ArendetFelregistrerat, "");
    }
    if case.identity == IdentityState::Anonymous {
        findings.add(Rule::AterkallelseUtanSamtycke, "");
    }
    if case.ending().is_some_and(|end| end.date <= date || case.withdrawal.is_some()) {
        findings.add(Rule::ArendetAvslutat, "");
    }
    // Before the request there was nothing to break off: the request should then not have been made. One dated ahead
    // can be withdrawn on its day, or marked as felregistrering at once.
    let first = case.begun();
    if date < first || date > facts.today {
        let last = Some(facts.today).filter(|today| *today >= first);
        findings.push(Finding::new(Rule::AterkallelseDatum, "/date").allowed(Allowed::dates(Some(first), last)));
    }
}
