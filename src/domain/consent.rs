//! The rules of consent and identity: obtained before anything is registered, withdrawn any day, and what an
//! anonymous case may not carry.

use chrono::{Months, NaiveDate};

use super::case::{Case, IdentityState};
use super::command::{Consent, Opening, Participant};
use super::dates::later;
use super::finding::{Allowed, Finding, Findings};
use super::rule::Rule;
use super::transition::Facts;

/// The rules of a request's participant, consent and kommun.
pub fn check_opening(
    opening: &Opening,
    day: NaiveDate,
    facts: &Facts<'_>,
    findings: &mut Findings,
) {
    match &opening.participant {
        Participant::Named(_) => named(opening, day, facts, findings),
        Participant::Anonymous(_) => anonymous(opening, findings),
    }
}

fn named(opening: &Opening, day: NaiveDate, facts: &Facts<'_>, findings: &mut Findings) {
    match &opening.consent {
        None => findings.add(Rule::SamtyckeSaknas, "/consent"),
        Some(consent) => check(consent, day, facts, findings),
    }
    match &opening.municipality {
        None => findings.add(Rule::KommunSaknas, "/municipality"),
        Some(code) => super::offices::check_municipality(code, day, "/municipality", findings),
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

/// The consent was obtained before the request was sent and before anything was registered, at an office of the
/// agency that obtained it.
pub fn check(consent: &Consent, request: NaiveDate, facts: &Facts<'_>, findings: &mut Findings) {
    let last = request.min(facts.today);
    if consent.obtained_on > last {
        let finding = Finding::new(Rule::SamtyckeEfterBegaran, "/consent/obtainedOn");
        findings.push(finding.allowed(Allowed::DateTo(last)));
    }
    let office = facts.organisation.offices.get(&consent.office);
    if office.is_none_or(|o| o.agency != consent.obtained_by) {
        let finding = Finding::new(Rule::SamtyckeKontor, "/consent/office");
        findings.push(finding.allowed(Allowed::Agency(consent.obtained_by)));
    }
    if let Some(months) = facts.settings.consent_months
        && consent
            .obtained_on
            .checked_add_months(Months::new(months))
            .is_some_and(|end| end < request)
    {
        let finding = Finding::new(Rule::SamtyckeGammalt, "/consent/obtainedOn");
        findings.push(finding.allowed(Allowed::Values(vec![format!("{months} mån")])));
    }
}

/// The day of `avbrutet` when consent is withdrawn on `date`: that day, or the next if a step stands on it.
#[must_use]
pub fn ending_of_withdrawal(case: &Case, date: NaiveDate) -> NaiveDate {
    if case.steps.iter().any(|s| s.date == date) {
        later(date, 1)
    } else {
        date
    }
}

/// The rules of a withdrawal: there is a consent, the case had not ended by that day, and the day has come.
pub fn check_withdrawal(case: &Case, date: NaiveDate, facts: &Facts<'_>, findings: &mut Findings) {
    if case.felregistrering {
        findings.add(Rule::ArendetFelregistrerat, "");
    }
    if case.identity == IdentityState::Anonymous {
        findings.add(Rule::AterkallelseUtanSamtycke, "");
        return;
    }
    if case
        .ending()
        .is_some_and(|end| end.date <= date || case.withdrawal.is_some())
    {
        findings.add(Rule::ArendetAvslutat, "");
    }
    // Before the request there was nothing to break off: the request should then not have been made.
    let first = case.begun();
    if date < first || date > facts.today {
        let allowed = Allowed::DateBetween(first, facts.today.max(first));
        findings.push(Finding::new(Rule::AterkallelseDatum, "/date").allowed(allowed));
    }
}
