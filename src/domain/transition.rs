//! THE door: every change of a case passes [`decide`], which answers with an event and notices, or with *all*
//! that is wrong.
//!
//! The way of deciding is the same for all commands: make the case as it would be, then let every rule look at
//! it. So a correction re-runs the same rules on the whole chain as the registrations it corrects.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::answers::{Answer, Answers, Question};
use super::case::{Case, IdentityState};
use super::code::{AgreementId, CaseId, Position, RegistrationId};
use super::command::{Command, CorrectionKind, HandlerChange, NewStep, Participant, Registrar, Request};
use super::finding::{Allowed, Finding, Findings};
use super::journal::{Entry, Event, Opened};
use super::organisation::{OfficePair, Organisation};
use super::step::{self, Agency, StepKind};
use super::{consent, correction, dates, offices, ownership, questions, rule::Rule};

/// What can be set without changing what the rules mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Waiting steps may be dated this many days ahead.
    pub waiting_days_ahead: u64,
    /// A registration more than this many days after its event is late.
    pub late_after_days: i64,
    /// Next registration due this many days after the request.
    pub due_after_begaran: u64,
    /// … after GK's only meeting.
    pub due_after_gk: u64,
    /// … after a planned insats.
    pub due_after_planned: u64,
    /// Follow-up of an insats.
    pub follow_up: u64,
    /// Follow-up of an insats with aktivitetsersättning.
    pub follow_up_aktivitetsersattning: u64,
    /// Longest age of a consent in months; older gives a notice.
    pub consent_months: Option<u32>,
    /// Whether a withdrawn consent takes the identity with it.
    pub withdrawal_removes: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            waiting_days_ahead: 31,
            late_after_days: 10,
            due_after_begaran: 28,
            due_after_gk: 14,
            due_after_planned: 28,
            follow_up: 90,
            follow_up_aktivitetsersattning: 365,
            consent_months: None,
            withdrawal_removes: false,
        }
    }
}

/// What the rules need to know beside the case.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The registers.
    pub organisation: &'a Organisation,
    /// Lead times and limits.
    pub settings: &'a Settings,
    /// Who registers.
    pub by: &'a Registrar,
    /// The instant from which it is known.
    pub known_from: DateTime<Utc>,
    /// The Swedish day of that instant.
    pub today: NaiveDate,
    /// The person has an open case other than this one.
    pub other_open_case: bool,
    /// The agency uses the given case reference for another case.
    pub reference_taken: bool,
    /// The case that a felregistrering names as standing instead isn't there, or isn't the registrar's to know of.
    pub replacement_unknown: bool,
}

/// What is to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The event.
    pub event: Event,
    /// The agreement by which it was made, when it was on the other's behalf.
    pub agreement: Option<AgreementId>,
    /// Things worth saying that stop nothing.
    pub notices: Findings,
    /// The case as it then is. Its entry has no id and position yet.
    pub case: Case,
}

/// Decides a request about a case, or about no case yet.
///
/// # Errors
/// All findings, notices among them, when at least one rule is broken.
pub fn decide(case: Option<(&Case, CaseId)>, request: &Request, facts: &Facts<'_>) -> Result<Decision, Findings> {
    let mut findings = Findings::default();
    let candidate = match (case, &request.command) {
        (None, Command::Register(new)) => open(new, request, facts, &mut findings),
        (None, _) => {
            findings.add(Rule::ArendeOkant, "");
            None
        }
        (Some((case, _)), command) => {
            if case.last_known_from > facts.known_from {
                let earliest = Allowed::Values(vec![case.last_known_from.to_rfc3339()]);
                findings.push(Finding::new(Rule::KandFranFaller, "/recordedAt").allowed(earliest));
            }
            on_case(case, command, request, facts, &mut findings)
        }
    };
    match candidate {
        Some((event, agreement, case)) if !findings.has_errors() => {
            Ok(Decision { event, agreement, notices: findings, case })
        }
        _ => Err(findings),
    }
}

type Candidate = Option<(Event, Option<AgreementId>, Case)>;

fn on_case(case: &Case, command: &Command, request: &Request, facts: &Facts<'_>, findings: &mut Findings) -> Candidate {
    match command {
        Command::Register(new) => step(case, new, request, facts, findings),
        Command::Answer { registration, answers } => {
            late_answers(case, *registration, answers, request, facts, findings)
        }
        Command::ChangeOffices { date, offices, handlers } => {
            change_offices(case, *date, offices, handlers, facts, findings)
        }
        Command::ChangeHandlers { date, handlers } => {
            not_felregistrerat(case, findings);
            consent::check_handlers(case, handlers, findings);
            offices::check_change_day(case, *date, facts, findings);
            offices::check_change(handlers, case.offices_on(*date), *date, facts, findings);
            finish(case, Event::Handlers { date: *date, handlers: handlers.clone() }, None, facts)
        }
        Command::WithdrawConsent { date } => {
            consent::check_withdrawal(case, *date, facts, findings);
            let ending = consent::ending_of_withdrawal(case, *date);
            let (event, agreement, after) = finish(case, Event::Withdrawal { date: *date, ending }, None, facts)?;
            late(&after, after.steps.len() - 1, facts, findings);
            Some((event, agreement, after))
        }
        Command::Protect { date } => {
            consent::check_protection(case, *date, facts, findings);
            finish(case, protection_of(case, *date), None, facts)
        }
        Command::RemoveIdentity { date } => {
            consent::check_identity(case, findings);
            finish(case, Event::Removal { date: *date }, None, facts)
        }
        Command::Coarsen { date } => {
            consent::check_coarsening(case, findings);
            finish(case, Event::Coarsening { date: *date }, None, facts)
        }
        Command::AddReference { reference } => {
            not_felregistrerat(case, findings);
            if case.identity != IdentityState::Named {
                findings.add(Rule::AnonymMedUppgifter, "/caseReference");
            }
            let given_already = case.references.iter().any(|(a, r)| *a == facts.by.agency && r == reference);
            if facts.reference_taken || given_already {
                findings.add(Rule::ReferensUpptagen, "/caseReference");
            }
            let event = Event::Reference { agency: facts.by.agency, reference: Some(reference.clone()) };
            finish(case, event, None, facts)
        }
        Command::Correct(correct) => {
            consent::check_reason(case, correct, findings);
            if let CorrectionKind::Answers { answers, .. } | CorrectionKind::Replace { answers: Some(answers), .. } =
                &correct.kind
            {
                consent::check_answers(case, answers, findings);
            }
            let agreement = correction::check(case, correct, request, facts, findings)?;
            let correct = Box::new(correction::with_versions(correct, case, facts));
            let (event, agreement, after) = finish(case, Event::Correction(correct.clone()), agreement, facts)?;
            correction::check_result(case, &after, &correct, facts, findings);
            Some((event, agreement, after))
        }
    }
}

/// What protection is to a case. One whose consent was withdrawn never becomes an anonymous one, so its identity is taken
/// away, and it counts as before.
#[must_use]
pub fn protection_of(case: &Case, date: NaiveDate) -> Event {
    if case.withdrawal.is_some() { Event::Removal { date } } else { Event::Protection { date } }
}

fn not_felregistrerat(case: &Case, findings: &mut Findings) {
    if case.felregistrering {
        findings.add(Rule::ArendetFelregistrerat, "");
    }
}

/// The id that a decided registration has in [`Decision::case`] until it gets its own by [`Case::adopt`].
pub const PROVISIONAL: RegistrationId = RegistrationId(Uuid::nil());

/// The entry that an event would be, without id and position: those are given when it is written.
fn provisional(event: Event, agreement: Option<AgreementId>, facts: &Facts<'_>) -> Entry {
    Entry {
        id: PROVISIONAL,
        position: Position(0),
        known_from: facts.known_from,
        by: facts.by.clone(),
        agreement,
        event,
    }
}

fn finish(case: &Case, event: Event, agreement: Option<AgreementId>, facts: &Facts<'_>) -> Candidate {
    let mut after = case.clone();
    let entry = provisional(event, agreement, facts);
    after.apply(&entry);
    Some((entry.event, entry.agreement, after))
}

/// A request: opens a case.
fn open(new: &NewStep, request: &Request, facts: &Facts<'_>, findings: &mut Findings) -> Candidate {
    let Some(opening) = new.opening.as_ref().filter(|_| new.step == StepKind::Begaran) else {
        let allowed = Allowed::Steps(ownership::next_steps(None));
        findings.push(Finding::new(Rule::ForstaStegBegaran, "/step").allowed(allowed));
        return None;
    };
    if facts.other_open_case {
        findings.add(Rule::OppetArendeFinns, "/participant");
    }
    if facts.reference_taken {
        findings.add(Rule::ReferensUpptagen, "/caseReference");
    }
    offices::check_pair(&opening.offices, facts, findings);
    offices::check_handlers(&opening.handlers, &opening.offices, new.date, facts, findings);
    consent::check_opening(opening, new.date, facts, findings);
    let agreement = ownership::check(
        Agency::Fk,
        StepKind::Begaran,
        &opening.offices,
        new.date,
        request.agreement.as_ref(),
        facts,
        findings,
    );
    let event = Event::Step {
        kind: StepKind::Begaran,
        date: new.date,
        answers: with_versions(&new.answers, new.date, facts),
        opened: Some(Box::new(Opened::of(opening))),
    };
    let identity = match opening.participant {
        Participant::Named(_) => IdentityState::Named,
        Participant::Anonymous(_) => IdentityState::Anonymous,
    };
    let entry = provisional(event, agreement, facts);
    let mut case = Case::begin(CaseId(Uuid::nil()), identity, &entry)?;
    case.references.extend(opening.reference.iter().map(|r| (facts.by.agency, r.clone())));
    check_step(&case, 0, facts, findings);
    notices(&case, 0, facts, findings);
    Some((entry.event, entry.agreement, case))
}

/// Keeps, with a chosen insats, the version of its definition that was valid and shown.
pub fn with_versions(given: &Answers, day: NaiveDate, facts: &Facts<'_>) -> Answers {
    let mut answers = given.clone();
    if let Some(Answer::Insats(code, version)) = answers.0.get_mut(&Question::Insats) {
        *version = facts.organisation.insats_on(code, day).map(|d| d.version);
    }
    answers
}

/// A further step.
fn step(case: &Case, new: &NewStep, request: &Request, facts: &Facts<'_>, findings: &mut Findings) -> Candidate {
    not_felregistrerat(case, findings);
    let event = Event::Step {
        kind: new.step,
        date: new.date,
        answers: with_versions(&new.answers, new.date, facts),
        opened: None,
    };
    let (event, _, mut after) = finish(case, event, None, facts)?;
    let index = after.steps.len() - 1;
    let owner = ownership::allowed_transition(&after, index, "/step", findings);
    let agreement = owner.and_then(|owner| {
        let pair = after.offices_on(new.date);
        ownership::check(owner, new.step, pair, new.date, request.agreement.as_ref(), facts, findings)
    });
    after.steps[index].agreement.clone_from(&agreement);
    dates::check(&after, index, "/date", facts, findings);
    // Where the step itself is not possible, its questions would only confuse.
    if owner.is_some() {
        questions::check(&after, index, facts, findings);
    }
    notices(&after, index, facts, findings);
    Some((event, agreement, after))
}

/// Every rule that a step of a chain must keep, whoever registers it.
pub fn check_step(case: &Case, index: usize, facts: &Facts<'_>, findings: &mut Findings) {
    if ownership::allowed_transition(case, index, "/step", findings).is_some() {
        questions::check(case, index, facts, findings);
    }
    dates::check(case, index, "/date", facts, findings);
}

/// A step registered long after its day.
fn late(case: &Case, index: usize, facts: &Facts<'_>, findings: &mut Findings) {
    if (facts.today - case.steps[index].date).num_days() > facts.settings.late_after_days {
        let days = Allowed::Values(vec![facts.settings.late_after_days.to_string()]);
        findings.push(Finding::new(Rule::SenRegistrering, "/date").allowed(days));
    }
}

fn notices(case: &Case, index: usize, facts: &Facts<'_>, findings: &mut Findings) {
    let step = &case.steps[index];
    late(case, index, facts, findings);
    consent::notice_of_age(case, index, facts, findings);
    if step.kind == StepKind::Gk
        && case
            .before(index)
            .is_some_and(|b| b.kind == StepKind::Begaran && (1..7).contains(&(step.date - b.date).num_days()))
    {
        findings.add(Rule::BegaranSentTillAf, "/date");
    }
    if step::owner(case.before(index).map(|s| s.kind), step.kind).is_none() {
        return;
    }
    let missing: Vec<String> = case
        .missing_answers()
        .into_iter()
        .filter(|(registration, _)| *registration == step.registration)
        .map(|(_, question)| question.code().to_owned())
        .collect();
    if !missing.is_empty() {
        findings.push(Finding::new(Rule::SvarSaknas, "/answers").allowed(Allowed::Values(missing)));
    }
}

fn late_answers(
    case: &Case,
    registration: RegistrationId,
    answers: &Answers,
    request: &Request,
    facts: &Facts<'_>,
    findings: &mut Findings,
) -> Candidate {
    let index = correction::standing_step(case, registration, findings)?;
    not_felregistrerat(case, findings);
    let step = &case.steps[index];
    let owner = ownership::owner_of(case, index);
    let pair = case.offices_on(step.date);
    let agreement = ownership::check(owner, step.kind, pair, step.date, request.agreement.as_ref(), facts, findings);
    questions::check_late(case, index, answers, findings);
    consent::check_answers(case, answers, findings);
    let answers = with_versions(answers, step.date, facts);
    let (event, _, after) = finish(case, Event::Answers { registration, answers }, None, facts)?;
    let mut of_step = Findings::default();
    questions::check(&after, index, facts, &mut of_step);
    dates::check(&after, index, "/date", facts, &mut of_step);
    correction::leave_what_stood(case, &after, index, facts, &mut of_step);
    findings.append(of_step);
    Some((event, agreement, after))
}

/// Other offices from a day on; the changed agency's handläggare is cleared unless given.
fn change_offices(
    case: &Case,
    date: NaiveDate,
    pair: &OfficePair,
    handlers: &HandlerChange,
    facts: &Facts<'_>,
    findings: &mut Findings,
) -> Candidate {
    not_felregistrerat(case, findings);
    consent::check_handlers(case, handlers, findings);
    let before = case.offices_on(date);
    if before == pair {
        findings.add(Rule::KontorsbyteUtanAndring, "/offices");
    }
    offices::check_pair(pair, facts, findings);
    offices::check_change_day(case, date, facts, findings);
    offices::check_valid_on(pair, date, facts, findings);
    offices::check_change(handlers, pair, date, facts, findings);
    let event = Event::Offices { date, offices: pair.clone(), handlers: handlers.clone() };
    let (event, agreement, after) = finish(case, event, None, facts)?;
    offices::check_steps_taken_along([case, &after], pair, facts, findings);
    ownership::agreements_cover(case, &after, facts, "/offices", findings);
    offices::notice_cleared([case, &after], date, handlers, "/handlers", findings);
    Some((event, agreement, after))
}
