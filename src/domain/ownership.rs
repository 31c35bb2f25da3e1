//! Who owns a registration, and when the other agency may make it on the owner's behalf.

use super::case::{Case, Step};
use super::code::AgreementId;
use super::finding::{Allowed, Finding, Findings};
use super::organisation::{LocalAgreement, OfficePair};
use super::rule::Rule;
use super::step::{self, Agency, StepKind};
use super::transition::Facts;

/// The allowed next steps of a case with their owners.
#[must_use]
pub fn next_steps(from: Option<StepKind>) -> Vec<(StepKind, Agency)> {
    step::next(from).map(|t| (t.to, t.owner)).collect()
}

/// Whether the table allows the step at `index`; says what it would allow.
pub fn allowed_transition(case: &Case, index: usize, pointer: &str, findings: &mut Findings) -> Option<Agency> {
    let from = case.before(index).map(|s| s.kind);
    let owner = step::owner(from, case.steps[index].kind);
    if owner.is_none() {
        let ended = from.is_some_and(StepKind::is_ending);
        let finding = if ended {
            Finding::new(Rule::ArendetAvslutat, pointer)
        } else {
            Finding::new(Rule::OvergangEjTillaten, pointer).allowed(Allowed::Steps(next_steps(from)))
        };
        findings.push(finding);
    }
    owner
}

/// Whether the caller's agency may make a registration that `owner` owns. Returns the agreement that was used.
pub fn check(
    owner: Agency,
    step: StepKind,
    offices: &OfficePair,
    day: chrono::NaiveDate,
    agreement: Option<&AgreementId>,
    facts: &Facts<'_>,
    findings: &mut Findings,
) -> Option<AgreementId> {
    let agency = facts.by.agency;
    if agency == owner {
        // An agreement given where none is needed is not carried: nothing was done on anybody's behalf.
        return None;
    }
    let valid: Vec<&LocalAgreement> = facts.organisation.agreements_for(agency, step, offices, day).collect();
    let Some(given) = agreement else {
        findings.push(Finding::new(Rule::FelMyndighet, "").allowed(Allowed::Agency(owner)));
        return None;
    };
    if valid.iter().any(|a| &a.id == given) {
        findings.push(Finding::new(Rule::ForAnnansRakning, "/onBehalfOf").allowed(Allowed::Agency(owner)));
        return Some(given.clone());
    }
    let ids = valid.iter().map(|a| a.id.to_string()).collect();
    findings.push(Finding::new(Rule::OverenskommelseGallerInte, "/onBehalfOf").allowed(Allowed::Values(ids)));
    findings.push(Finding::new(Rule::FelMyndighet, "").allowed(Allowed::Agency(owner)));
    None
}

/// The agency that owned the registration of the step at `index`.
#[must_use]
pub fn owner_of(case: &Case, index: usize) -> Agency {
    let from = case.before(index).map(|s| s.kind);
    step::owner(from, case.steps[index].kind).unwrap_or(case.steps[index].agency)
}

/// What was registered on the other's behalf is still covered by its agreement, where it was before: that is about a step,
/// a day and two offices.
pub fn agreements_cover(before: &Case, after: &Case, facts: &Facts<'_>, pointer: &str, findings: &mut Findings) {
    let covers = |case: &Case, step: &Step, agreement: &AgreementId| {
        let pair = case.offices_on(step.date);
        facts.organisation.agreements_for(step.agency, step.kind, pair, step.date).any(|a| a.id == *agreement)
    };
    let no_more = |step: &&Step| {
        let stood = before.index_of(step.registration).map(|at| &before.steps[at]);
        let pairs = step.agreement.as_ref().zip(stood);
        pairs.is_some_and(|(agreement, stood)| covers(before, stood, agreement) && !covers(after, step, agreement))
    };
    if after.steps.iter().any(|step| no_more(&step)) {
        let finding = Finding::new(Rule::OverenskommelseGallerInte, pointer);
        findings.push(finding.allowed(Allowed::Values(Vec::new())));
    }
}
