//! The rules of corrections. Nothing is overwritten: a correction supersedes, belongs to the agency that owned
//! the registration, and re-runs every rule on the whole chain.
//!
//! Never here: what a correction does to a case; that is the fold in [`case`](super::case).

use super::answers::Question;
use super::case::{Case, IdentityState};
use super::code::{AgreementId, RegistrationId};
use super::command::{Correction, CorrectionKind, Request};
use super::finding::{Allowed, Finding, Findings};
use super::rule::Rule;
use super::step::{self, Agency, StepKind};
use super::transition::{self, Facts};
use super::{consent, dates, offices, ownership, questions};

/// Whether the correction may be made at all: it is the agency's, and its registration stands. `None` where there is
/// nothing to correct, so that the rules of the result have nothing to look at; else the agreement by which it is
/// made, when it is on the other's behalf.
pub fn check(
    case: &Case,
    correction: &Correction,
    request: &Request,
    facts: &Facts<'_>,
    findings: &mut Findings,
) -> Option<Option<AgreementId>> {
    let kind = &correction.kind;
    if case.felregistrering && !matches!(kind, CorrectionKind::UndoFelregistrering) {
        findings.add(Rule::ArendetFelregistrerat, "");
    }
    match kind {
        CorrectionKind::Undo { registration } => {
            let index = standing_step(case, *registration, findings)?;
            let agreement = owned(case, index, kind, request, facts, findings);
            last_step_only(case, index, findings)?;
            Some(agreement)
        }
        CorrectionKind::Move { registration, .. } | CorrectionKind::Replace { registration, .. } => {
            let index = standing_step(case, *registration, findings)?;
            not_a_withdrawal(case, *registration, findings);
            Some(owned(case, index, kind, request, facts, findings))
        }
        CorrectionKind::Answers { registration, answers, withdrawn } => {
            let index = standing_step(case, *registration, findings)?;
            if answers.get(Question::Orsak).is_some() || withdrawn.contains(&Question::Orsak) {
                not_a_withdrawal(case, *registration, findings);
            }
            Some(owned(case, index, kind, request, facts, findings))
        }
        CorrectionKind::Municipality { municipality, .. } => {
            if case.identity != IdentityState::Named {
                findings.add(Rule::AnonymMedUppgifter, "/municipality");
            }
            offices::check_municipality(municipality, case.begun(), "/municipality", findings);
            Some(owned(case, 0, kind, request, facts, findings))
        }
        CorrectionKind::Consent(corrected) => {
            if case.identity == IdentityState::Anonymous {
                findings.add(Rule::AnonymMedUppgifter, "/consent");
            }
            consent::check(corrected, case.birth, consent::last_day(case), facts, findings);
            Some(owned(case, 0, kind, request, facts, findings))
        }
        CorrectionKind::OfficeChange { .. } => office_change(case, kind, request, facts, findings),
        CorrectionKind::Felregistrering { replaced_by } => {
            if *replaced_by == Some(case.id) {
                findings.add(Rule::ErsattareSammaArende, "/replacedBy");
            } else if facts.replacement_unknown {
                findings.add(Rule::ErsattareOkand, "/replacedBy");
            }
            Some(None)
        }
        CorrectionKind::UndoFelregistrering => {
            if !case.felregistrering {
                findings.add(Rule::FelregistreringFinnsInte, "");
                return None;
            }
            if facts.reference_taken {
                findings.add(Rule::ReferensUpptagen, "");
            }
            Some(None)
        }
    }
}

/// The correction with, beside each insats it chooses, the version of the definition that was shown.
#[must_use]
pub fn with_versions(correction: &Correction, case: &Case, facts: &Facts<'_>) -> Correction {
    let mut correction = correction.clone();
    if let CorrectionKind::Answers { registration, answers, .. }
    | CorrectionKind::Replace { registration, answers: Some(answers), .. } = &mut correction.kind
        && let Some(index) = case.index_of(*registration)
    {
        *answers = transition::with_versions(answers, case.steps[index].date, facts);
    }
    correction
}

/// The step stands in the chain. A registration that was undone or superseded is told from one never seen.
pub fn standing_step(case: &Case, registration: RegistrationId, findings: &mut Findings) -> Option<usize> {
    let index = case.index_of(registration);
    if index.is_none() {
        let by_withdrawal = case.withdrawal.iter().flat_map(|w| &w.superseded).any(|s| s.registration == registration);
        let superseded = by_withdrawal || case.undone.contains(&registration);
        let rule = if superseded { Rule::RegistreringErsatt } else { Rule::RegistreringOkand };
        findings.add(rule, "/registration");
    }
    index
}

fn last_step_only(case: &Case, index: usize, findings: &mut Findings) -> Option<()> {
    if index == 0 {
        findings.add(Rule::BegaranAngrasInte, "/registration");
        return None;
    }
    if index + 1 != case.steps.len() {
        let last = Allowed::Values(vec![case.current().registration.to_string()]);
        findings.push(Finding::new(Rule::AngraBaraSista, "/registration").allowed(last));
        return None;
    }
    Some(())
}

fn not_a_withdrawal(case: &Case, registration: RegistrationId, findings: &mut Findings) {
    if case.withdrawal.as_ref().is_some_and(|w| w.registration == registration) {
        findings.add(Rule::RattelseAterkallelse, "/registration");
    }
}

/// A correction belongs to the agency that owned the registration, or to one that an agreement lets act for it – that
/// covers the registration as it stood and as it becomes. A withdrawal could be recorded by either, so either may undo
/// it; its answers are the owner's.
fn owned(
    case: &Case,
    index: usize,
    kind: &CorrectionKind,
    request: &Request,
    facts: &Facts<'_>,
    findings: &mut Findings,
) -> Option<AgreementId> {
    let step = &case.steps[index];
    let owner = ownership::owner_of(case, index);
    let by_either = case.is_withdrawal(step) && !matches!(kind, CorrectionKind::Answers { .. });
    if facts.by.agency == owner || by_either {
        return None;
    }
    if let Some(given) = &request.agreement {
        let becomes = match kind {
            CorrectionKind::Move { date, .. } => (step.kind, *date),
            CorrectionKind::Replace { step: kind, .. } => (*kind, step.date),
            _ => (step.kind, step.date),
        };
        let covers = |id: &AgreementId| {
            [(step.kind, step.date), becomes].into_iter().all(|(kind, day)| {
                let pair = case.offices_on(day);
                facts.organisation.agreements_for(facts.by.agency, kind, pair, day).any(|a| a.id == *id)
            })
        };
        if covers(given) {
            findings.push(Finding::new(Rule::ForAnnansRakning, "/onBehalfOf").allowed(Allowed::Agency(owner)));
            return Some(given.clone());
        }
        let covering = facts.organisation.agreements.keys().filter(|id| covers(id)).map(ToString::to_string);
        let finding = Finding::new(Rule::OverenskommelseGallerInte, "/onBehalfOf");
        findings.push(finding.allowed(Allowed::Values(covering.collect())));
    }
    findings.push(Finding::new(Rule::RattelseFelMyndighet, "").allowed(Allowed::Agency(owner)));
    None
}

/// Either agency of the case may change offices, so either may put a change right; the request's are FK's.
fn office_change(
    case: &Case,
    kind: &CorrectionKind,
    request: &Request,
    facts: &Facts<'_>,
    findings: &mut Findings,
) -> Option<Option<AgreementId>> {
    let CorrectionKind::OfficeChange { registration, date, offices: pair } = kind else { return None };
    let Some(place) = case.offices.iter().position(|p| p.registration == *registration) else {
        findings.add(Rule::RegistreringOkand, "/registration");
        return None;
    };
    let period = &case.offices[place];
    match date {
        // The offices of the request begin with the request: move that instead.
        Some(_) if place == 0 => {
            let finding = Finding::new(Rule::FaltOkant, "/date");
            findings.push(finding.allowed(Allowed::Values(vec!["offices".to_owned()])));
        }
        Some(date) => offices::check_change_day(case, *date, facts, findings),
        None => {}
    }
    if let Some(pair) = pair {
        offices::check_pair(pair, facts, findings);
    }
    // Both offices are valid on the day, also where only the day is put right. Those of the request are looked at
    // with its step.
    if place > 0 {
        let mut of_day = Findings::default();
        let day = date.unwrap_or(period.from);
        offices::check_valid_on(pair.as_ref().unwrap_or(&period.offices), day, facts, &mut of_day);
        if pair.is_none() {
            // Only the day was sent.
            of_day.0.iter_mut().for_each(|finding| finding.pointer = "/date".to_owned());
        }
        findings.append(of_day);
        return Some(None);
    }
    Some(owned(case, 0, kind, request, facts, findings))
}

/// The whole chain as corrected keeps every rule, and is not the chain that stood. What it broke before and the
/// correction leaves as it stands is no reason to refuse it, see [`leave_what_stood`].
pub fn check_result(before: &Case, after: &Case, correction: &Correction, facts: &Facts<'_>, findings: &mut Findings) {
    let kind = &correction.kind;
    if unchanged(before, after) {
        findings.add(Rule::RattelseUtanAndring, "");
    }
    if matches!(kind, CorrectionKind::Felregistrering { .. }) {
        return;
    }
    let target = match kind {
        CorrectionKind::Move { registration, .. }
        | CorrectionKind::Replace { registration, .. }
        | CorrectionKind::Answers { registration, .. } => after.index_of(*registration),
        _ => None,
    };
    let mut found = Findings::default();
    for index in 0..after.steps.len() {
        let mut of_step = Findings::default();
        check_chain(after, index, target, kind, facts, &mut of_step);
        leave_what_stood(before, after, index, facts, &mut of_step);
        found.append(of_step);
    }
    ownership::agreements_cover(before, after, facts, sent_at(kind), &mut found);
    offices::notice_of_correction(kind, before, after, &mut found);
    if matches!(kind, CorrectionKind::Move { .. }) && target == Some(0) {
        request_moved(before, after, facts, &mut found);
    }
    for mut finding in found.0 {
        if !points_into(kind, &finding.pointer) {
            finding.pointer = sent_at(kind).to_owned();
        }
        let said = findings.0.iter().any(|f| f.rule == finding.rule && f.pointer == finding.pointer);
        if !said {
            findings.push(finding);
        }
    }
    if let CorrectionKind::OfficeChange { registration, date: Some(_), .. } = kind {
        offices::check_taken_along(before, after, *registration, facts, findings);
    }
    if after.is_open() && !before.is_open() && facts.other_open_case {
        findings.add(Rule::OppetArendeFinns, "");
    }
    // Nobody could be told any more that this person has an open case.
    let unknown_whose = before.identity == IdentityState::Removed || before.protected;
    if after.is_open() && !before.is_open() && unknown_whose {
        findings.add(Rule::RedanAnonym, "");
    }
}

/// Takes away what a step broke already, in what is left as it stands. It was right when it was registered: registers
/// and limits have changed since, or the case other offices, from a day before it. Who puts something else right has
/// not done that, could not mend it, and would never get anything put right in that case.
pub fn leave_what_stood(before: &Case, after: &Case, index: usize, facts: &Facts<'_>, findings: &mut Findings) {
    let step = &after.steps[index];
    if before.withdrawal.iter().flat_map(|withdrawal| &withdrawal.superseded).any(|superseded| superseded == step) {
        // It comes back as it was, with a withdrawal that never was. The step before it may have become another since.
        findings.0.retain(|finding| !matches!(finding.rule, Rule::KontorInteGiltigt | Rule::InsatsOkand));
        return;
    }
    let Some(place) = before.index_of(step.registration).filter(|_| !findings.0.is_empty()) else { return };
    let stood = &before.steps[place];
    let mut broken = Findings::default();
    transition::check_step(before, place, facts, &mut broken);
    let pairs = [before.offices_on(stood.date), after.offices_on(step.date)];
    findings.0.retain(|finding| {
        // What is said of an office doesn't name it.
        if finding.rule == Rule::KontorInteGiltigt && pairs[0] != pairs[1] {
            return true;
        }
        let about = finding.pointer.strip_prefix("/answers/").and_then(|at| at.split('/').next());
        let same = match about.and_then(Question::from_code) {
            Some(question) => stood.answers.get(question) == step.answers.get(question),
            None => (stood.kind, stood.date) == (step.kind, step.date),
        };
        !same || !broken.0.contains(finding)
    });
}

/// The rules of one step of the corrected chain. What a moved or replaced step breaks together with its neighbours is
/// said once, at that step, with what both neighbours leave free.
fn check_chain(
    after: &Case,
    index: usize,
    target: Option<usize>,
    kind: &CorrectionKind,
    facts: &Facts<'_>,
    findings: &mut Findings,
) {
    let is_target = target == Some(index);
    let follows = index > 0 && target == Some(index - 1);
    match kind {
        CorrectionKind::Move { .. } if is_target => {
            dates::check_moved(after, index, facts, findings);
            questions::check_moved(after, index, facts, findings);
        }
        CorrectionKind::Move { .. } if follows => {
            dates::check_beside_moved(after, index, facts, findings);
            questions::check(after, index, facts, findings);
        }
        CorrectionKind::Replace { .. } if is_target => {
            if fits_between(after, index, findings) {
                questions::check(after, index, facts, findings);
            }
            dates::check(after, index, "/date", facts, findings);
        }
        CorrectionKind::Replace { .. } if follows => {
            if fits_between(after, index - 1, &mut Findings::default()) {
                questions::check(after, index, facts, findings);
            }
            dates::check(after, index, "/date", facts, findings);
        }
        _ => transition::check_step(after, index, facts, findings),
    }
}

/// A step that was another step is one that both its neighbours allow.
fn fits_between(after: &Case, index: usize, findings: &mut Findings) -> bool {
    let from = after.before(index).map(|s| s.kind);
    let next = after.steps.get(index + 1).map(|s| s.kind);
    let fitting: Vec<(StepKind, Agency)> = ownership::next_steps(from)
        .into_iter()
        .filter(|(kind, _)| next.is_none_or(|next| step::owner(Some(*kind), next).is_some()))
        .collect();
    let fits = fitting.iter().any(|(kind, _)| *kind == after.steps[index].kind);
    if !fits {
        findings.push(Finding::new(Rule::OvergangEjTillaten, "/step").allowed(Allowed::Steps(fitting)));
    }
    fits
}

/// A moved request has its consent before it, its kommun on its day, and changes of offices after it.
fn request_moved(before: &Case, after: &Case, facts: &Facts<'_>, findings: &mut Findings) {
    let begun = after.begun();
    if let Some(consent) = after.consent.as_ref().filter(|c| c.obtained_on > begun) {
        let finding = Finding::new(Rule::SamtyckeEfterBegaran, "/date");
        findings.push(finding.allowed(Allowed::DateFrom(consent.obtained_on)));
    }
    if let Some(code) = &after.municipality {
        offices::check_municipality(code, begun, "/date", findings);
    }
    let changes = after.offices[1..].iter().map(|period| period.from);
    if let Some(change) = changes.min().filter(|from| *from < begun) {
        findings.push(Finding::new(Rule::KontorsbyteDatum, "/date").allowed(Allowed::DateTo(change)));
    }
    offices::check_taken_along(before, after, after.steps[0].registration, facts, findings);
    consent::notice_of_age(after, 0, facts, findings);
}

/// Where in the correction the value stands that a broken rule of another step is about.
const fn sent_at(kind: &CorrectionKind) -> &'static str {
    match kind {
        CorrectionKind::Undo { .. } => "/registration",
        CorrectionKind::Move { .. } | CorrectionKind::OfficeChange { date: Some(_), offices: None, .. } => "/date",
        CorrectionKind::Replace { .. } => "/step",
        CorrectionKind::Answers { .. } => "/answers",
        CorrectionKind::Municipality { .. } => "/municipality",
        CorrectionKind::Consent(_) => "/consent",
        CorrectionKind::OfficeChange { .. } => "/offices",
        CorrectionKind::Felregistrering { .. } | CorrectionKind::UndoFelregistrering => "",
    }
}

/// Whether a pointer of a step's own rules points at something that the correction has.
fn points_into(kind: &CorrectionKind, pointer: &str) -> bool {
    match kind {
        CorrectionKind::Move { .. } => pointer == "/date",
        CorrectionKind::Replace { answers, .. } => {
            pointer == "/step" || answers.is_some() && pointer.starts_with("/answers/")
        }
        CorrectionKind::Answers { .. } => pointer.starts_with("/answers/"),
        _ => false,
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
