//! The rules of corrections. Nothing is overwritten: a correction supersedes, belongs to the agency that owned
//! the registration, and re-runs every rule on the whole chain.

use super::case::{Case, IdentityState};
use super::code::{AgreementId, RegistrationId};
use super::command::{Correction, CorrectionKind, Request};
use super::finding::{Allowed, Finding, Findings};
use super::rule::Rule;
use super::step::{Agency, StepKind};
use super::transition::{Facts, check_step};
use super::{consent, offices, ownership};

/// Whether the correction may be made at all: it is the agency's, its registration stands, something changes.
/// Returns the agreement by which it was made, when it was on the other's behalf.
pub fn check(
    case: &Case,
    correction: &Correction,
    request: &Request,
    facts: &Facts<'_>,
    findings: &mut Findings,
) -> Option<AgreementId> {
    let kind = &correction.kind;
    if case.felregistrering && !matches!(kind, CorrectionKind::UndoFelregistrering) {
        findings.add(Rule::ArendetFelregistrerat, "");
    }
    match kind {
        CorrectionKind::Undo { registration } => {
            let index = standing_step(case, *registration, findings)?;
            last_step_only(case, index, findings);
            owned(case, index, request, facts, findings)
        }
        CorrectionKind::Move { registration, .. }
        | CorrectionKind::Replace { registration, .. } => {
            let index = standing_step(case, *registration, findings)?;
            not_a_withdrawal(case, *registration, findings);
            begaran_stays(case, index, kind, findings);
            owned(case, index, request, facts, findings)
        }
        CorrectionKind::Answers { registration, .. } => {
            let index = standing_step(case, *registration, findings)?;
            owned(case, index, request, facts, findings)
        }
        CorrectionKind::Municipality { municipality, .. } => {
            if case.identity != IdentityState::Named {
                findings.add(Rule::AnonymMedUppgifter, "/municipality");
            }
            offices::check_municipality(municipality, case.begun(), "/municipality", findings);
            owned(case, 0, request, facts, findings)
        }
        CorrectionKind::Consent(corrected) => {
            if case.identity == IdentityState::Anonymous {
                findings.add(Rule::AnonymMedUppgifter, "/consent");
            }
            consent::check(corrected, case.begun(), facts, findings);
            owned(case, 0, request, facts, findings)
        }
        CorrectionKind::OfficeChange {
            registration,
            date,
            offices: pair,
        } => {
            office_change(case, *registration, *date, facts, findings);
            if let Some(pair) = pair {
                offices::check_pair(pair, facts, findings);
                let period = case
                    .offices
                    .iter()
                    .find(|p| p.registration == *registration)?;
                offices::check_valid_on(pair, date.unwrap_or(period.from), facts, findings);
            }
            None
        }
        CorrectionKind::Felregistrering { .. } => None,
        CorrectionKind::UndoFelregistrering => {
            if !case.felregistrering {
                findings.add(Rule::FelregistreringFinnsInte, "");
            }
            None
        }
    }
}

/// The step stands in the chain. A registration that was undone or superseded is told from one never seen only
/// where the case still knows it.
fn standing_step(
    case: &Case,
    registration: RegistrationId,
    findings: &mut Findings,
) -> Option<usize> {
    let index = case.index_of(registration);
    if index.is_none() {
        let superseded = case
            .withdrawal
            .as_ref()
            .is_some_and(|w| w.superseded.iter().any(|s| s.registration == registration));
        let rule = if superseded {
            Rule::RegistreringErsatt
        } else {
            Rule::RegistreringOkand
        };
        findings.add(rule, "/registration");
    }
    index
}

fn last_step_only(case: &Case, index: usize, findings: &mut Findings) {
    if index == 0 {
        findings.add(Rule::BegaranAngrasInte, "/registration");
    } else if index + 1 != case.steps.len() {
        let last = Allowed::Values(vec![case.current().registration.to_string()]);
        findings.push(Finding::new(Rule::AngraBaraSista, "/registration").allowed(last));
    }
}

fn not_a_withdrawal(case: &Case, registration: RegistrationId, findings: &mut Findings) {
    if case
        .withdrawal
        .as_ref()
        .is_some_and(|w| w.registration == registration)
    {
        findings.add(Rule::RattelseAterkallelse, "/registration");
    }
}

fn begaran_stays(case: &Case, index: usize, kind: &CorrectionKind, findings: &mut Findings) {
    if let CorrectionKind::Replace { step, .. } = kind
        && (index == 0) != (*step == StepKind::Begaran)
    {
        let allowed = Allowed::Steps(ownership::next_steps(case.before(index).map(|s| s.kind)));
        findings.push(Finding::new(Rule::OvergangEjTillaten, "/step").allowed(allowed));
    }
}

/// A correction belongs to the agency that owned the registration, or to one that an agreement lets act for it.
/// A withdrawal could be recorded by either, so either may undo it.
fn owned(
    case: &Case,
    index: usize,
    request: &Request,
    facts: &Facts<'_>,
    findings: &mut Findings,
) -> Option<AgreementId> {
    let step = &case.steps[index];
    let owner = ownership::owner_of(case, index);
    let by_either = case
        .withdrawal
        .as_ref()
        .is_some_and(|w| w.registration == step.registration);
    if facts.by.agency == owner || by_either {
        return None;
    }
    let Some(given) = &request.agreement else {
        findings.push(Finding::new(Rule::RattelseFelMyndighet, "").allowed(Allowed::Agency(owner)));
        return None;
    };
    let pair = case.offices_on(step.date);
    ownership::check(
        owner,
        step.kind,
        pair,
        step.date,
        Some(given),
        facts,
        findings,
    )
}

fn office_change(
    case: &Case,
    registration: RegistrationId,
    date: Option<chrono::NaiveDate>,
    facts: &Facts<'_>,
    findings: &mut Findings,
) {
    let Some(place) = case
        .offices
        .iter()
        .position(|p| p.registration == registration)
    else {
        findings.add(Rule::RegistreringOkand, "/registration");
        return;
    };
    match date {
        // The offices of the request begin with the request: move that instead.
        Some(_) if place == 0 => {
            let finding = Finding::new(Rule::FaltOkant, "/date");
            findings.push(finding.allowed(Allowed::Values(vec!["offices".to_owned()])));
        }
        Some(date) => offices::check_change_day(case, date, facts, findings),
        None => {}
    }
    // Either agency of the case may change offices, so either may put a change right; the request's are FK's.
    if place == 0 && facts.by.agency != Agency::Fk {
        findings.push(
            Finding::new(Rule::RattelseFelMyndighet, "").allowed(Allowed::Agency(Agency::Fk)),
        );
    }
}

/// The whole chain as corrected keeps every rule, and is not the chain that stood.
pub fn check_result(
    before: &Case,
    after: &Case,
    correction: &Correction,
    facts: &Facts<'_>,
    findings: &mut Findings,
) {
    if unchanged(before, after) {
        findings.add(Rule::RattelseUtanAndring, "");
    }
    if matches!(correction.kind, CorrectionKind::Felregistrering { .. }) {
        return;
    }
    for index in 0..after.steps.len() {
        check_step(after, index, facts, findings);
    }
    // The consent was obtained before the request, also where the request is moved.
    if let (CorrectionKind::Move { .. }, Some(given)) = (&correction.kind, &after.consent)
        && after.begun() != before.begun()
    {
        consent::check(given, after.begun(), facts, findings);
    }
    if after.is_open() && !before.is_open() && facts.other_open_case {
        findings.add(Rule::OppetArendeFinns, "");
    }
}

fn unchanged(before: &Case, after: &Case) -> bool {
    before.steps == after.steps
        && before.offices == after.offices
        && before.municipality == after.municipality
        && before.district == after.district
        && before.consent == after.consent
        && before.felregistrering == after.felregistrering
}
