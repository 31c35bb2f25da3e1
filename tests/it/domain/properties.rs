//! What holds for every sequence of commands, sensible or not.

use chrono::{DateTime, Days, NaiveDate, Utc};
use proptest::prelude::*;
use sus::domain::answers::{Answer, AnswerKind, Answers, QUESTIONS, Question, is_asked};
use sus::domain::case::{Case, IdentityState};
use sus::domain::code::{
    AgreementId, CaseId, CaseReference, HandlerId, InsatsCode, MunicipalityCode, Position, RegistrationId,
};
use sus::domain::command::{
    Command, Correction, CorrectionKind, HandlerChange, NewStep, Participant, Reason, Registrar,
};
use sus::domain::dates::{earlier, end_of_swedish_day, later, swedish_day};
use sus::domain::journal::Entry;
use sus::domain::ownership::{next_steps, owner_of};
use sus::domain::person::Sex;
use sus::domain::step::{Agency, StepKind, owner};
use sus::domain::transition::Decision;
use uuid::Uuid;

use super::check::with_ids;
use super::desk::{Desk, day, noon, opening, pair, register};

/// Chance, from which a command is made that has something to do with the case at hand.
#[derive(Debug, Clone)]
struct Seed {
    what: u8,
    pick: usize,
    other: usize,
    /// Days from the latest step, or any date there is.
    date: Result<i64, NaiveDate>,
    rightful: bool,
    agreement: usize,
    /// Days that pass before it.
    pass: u64,
    answers: Vec<(usize, usize)>,
}

fn any_date() -> impl Strategy<Value = NaiveDate> {
    let first = NaiveDate::MIN.signed_duration_since(NaiveDate::default()).num_days();
    let last = NaiveDate::MAX.signed_duration_since(NaiveDate::default()).num_days();
    prop_oneof![
        Just(NaiveDate::MIN),
        Just(NaiveDate::MAX),
        (first..=last).prop_map(|days| {
            let by = Days::new(days.unsigned_abs());
            let epoch = NaiveDate::default();
            if days < 0 { epoch.checked_sub_days(by) } else { epoch.checked_add_days(by) }.unwrap()
        }),
    ]
}

fn seed() -> impl Strategy<Value = Seed> {
    let date = prop_oneof![9 => (-5_i64..60).prop_map(Ok), 1 => any_date().prop_map(Err)];
    let answers = proptest::collection::vec((0..QUESTIONS.len(), 0..9_usize), 0..4);
    (0..24_u8, 0..9_usize, 0..9_usize, date, proptest::bool::weighted(0.8), 0..4_usize, 0..40_u64, answers).prop_map(
        |(what, pick, other, date, rightful, agreement, pass, answers)| Seed {
            what,
            pick,
            other,
            date,
            rightful,
            agreement,
            pass,
            answers,
        },
    )
}

/// The history of one case, with the day it is.
struct History {
    desk: Desk,
    today: NaiveDate,
    journal: Vec<Entry>,
    case: Option<Case>,
}

impl History {
    fn new() -> Self {
        Self { desk: Desk::new(), today: day("2016-10-03"), journal: Vec::new(), case: None }
    }

    fn ask(&self, command: Command, agency: Agency, agreement: Option<AgreementId>) -> Option<Decision> {
        let before = self.case.clone();
        let answer = self.desk.ask(self.case.as_ref(), command, agency, self.today, agreement);
        assert_eq!(self.case, before, "deciding changes nothing");
        match answer {
            Ok(decision) => {
                assert!(!decision.notices.has_errors());
                Some(decision)
            }
            Err(findings) => {
                assert!(findings.has_errors());
                None
            }
        }
    }

    /// Writes a decision in the journal; the replayed case is the decided one.
    fn write(&mut self, decision: Decision, agency: Agency) {
        let number = self.journal.len() + 1;
        let entry = Entry {
            id: RegistrationId(Uuid::from_u128((1 << 100) + number as u128)),
            position: Position(i64::try_from(number).unwrap()),
            known_from: noon(self.today),
            by: Registrar { agency, client: sus::domain::code::ClientId::parse("desk").unwrap(), handler: None },
            agreement: decision.agreement,
            event: decision.event,
        };
        let decided = with_ids(decision.case, &entry);
        self.journal.push(entry);
        let identity = if self.anonymous() { IdentityState::Anonymous } else { IdentityState::Named };
        let replayed = Case::replay(decided.id, identity, &self.journal).unwrap();
        assert_eq!(replayed, decided);
        sound(&replayed);
        self.case = Some(replayed);
    }

    fn anonymous(&self) -> bool {
        matches!(&self.journal[0].event, sus::domain::journal::Event::Step { opened: Some(o), .. } if o.anonymous)
    }
}

/// What holds for every case that was accepted.
fn sound(case: &Case) {
    assert!(case.steps.windows(2).all(|w| w[0].date < w[1].date), "each step is dated after the one before");
    for (index, step) in case.steps.iter().enumerate() {
        let from = case.before(index).map(|s| s.kind);
        assert!(owner(from, step.kind).is_some(), "{from:?} → {}", step.kind);
        assert!(!step.kind.is_ending() || index + 1 == case.steps.len(), "only the last step is an ending");
        assert!(case.birth.is_none_or(|birth| step.date >= birth));
        for meeting in step.answers.dates(Question::Moten) {
            assert!(step.kind == StepKind::Gk || *meeting < step.date);
        }
        if case.identity == IdentityState::Anonymous {
            assert!(step.answers.0.keys().all(|q| q.allowed_when_anonymous()));
        }
        assert_eq!(case.step_on(step.date).map(|s| s.registration), Some(step.registration));
    }
    let days: i64 = (0..case.steps.len()).filter_map(|index| case.days(index)).sum();
    assert_eq!(days, (case.current().date - case.begun()).num_days(), "lengths sum to the whole");
    assert!(case.offices[1..].windows(2).all(|w| w[0].from <= w[1].from));
    assert!(case.offices[1..].iter().all(|p| p.from >= case.begun()), "no change of office before the request");
    if case.identity == IdentityState::Anonymous {
        assert_eq!((case.birth, &case.municipality, &case.consent, &case.withdrawal), (None, &None, &None, &None));
    } else {
        assert!(case.consent.as_ref().is_some_and(|c| c.obtained_on <= case.begun()));
    }
}

fn some_answers(picked: &[(usize, usize)], around: NaiveDate) -> Answers {
    let mut answers = Answers::default();
    for (question, choice) in picked {
        let row = &QUESTIONS[*question];
        let answer = match row.kind {
            AnswerKind::Bool => Answer::Bool(choice % 2 == 0),
            AnswerKind::Code(choices) => Answer::Code(choices[choice % choices.len()].code),
            AnswerKind::Codes(choices) => Answer::Codes(choices.iter().take(*choice).map(|c| c.code).collect()),
            AnswerKind::Percent => Answer::Percent(50),
            AnswerKind::OrganisationNumber => Answer::OrganisationNumber("2021005521".into()),
            AnswerKind::InsatsCode => {
                let code = ["21-afi-01", "21-ali-01", "2181-afi-01", "no-such"][choice % 4];
                Answer::Insats(InsatsCode::parse(code).unwrap(), None)
            }
            AnswerKind::Dates => Answer::Dates((1..=*choice as u64).rev().map(|n| earlier(around, n)).collect()),
        };
        answers.0.insert(row.question, answer);
    }
    answers
}

/// Mostly a step that may be next, and rarely an ending.
fn step_of(seed: &Seed, next: &[(StepKind, Agency)]) -> StepKind {
    let going_on: Vec<StepKind> = next.iter().map(|(step, _)| *step).filter(|step| !step.is_ending()).collect();
    match seed.what {
        0 => StepKind::ALL[seed.pick],
        1 if !next.is_empty() => next[seed.pick % next.len()].0,
        _ if going_on.is_empty() => StepKind::Avbrutet,
        _ => going_on[seed.pick % going_on.len()],
    }
}

/// The command that a seed is, for the case at hand, and the agency that sends it.
fn command(seed: &Seed, history: &History) -> (Command, Agency, Option<AgreementId>) {
    let today = history.today;
    let latest = history.case.as_ref().map_or(today, |c| c.current().date);
    let date = match seed.date {
        Ok(days) if days < 0 => earlier(latest, days.unsigned_abs()),
        Ok(days) => later(latest, days.unsigned_abs()),
        Err(date) => date,
    };
    let answers = some_answers(&seed.answers, date);
    let agreement = ["gavle-af-for-fk", "sandviken-fk-for-af"].get(seed.agreement);
    let agreement = agreement.map(|id| AgreementId::parse(id).unwrap());
    let Some(case) = &history.case else {
        let mut opening = opening(date);
        if seed.pick == 0 {
            opening.participant = Participant::Anonymous(Sex::Man);
            (opening.consent, opening.municipality) = (None, None);
        }
        let new = NewStep { step: StepKind::Begaran, date, answers, opening: Some(opening) };
        return (Command::Register(Box::new(new)), Agency::Fk, agreement);
    };
    let index = seed.pick % case.steps.len();
    let registration = case.steps[index].registration;
    let correct =
        |kind| Command::Correct(Box::new(Correction { kind, reason: Reason { code: "fel".to_owned(), text: None } }));
    let next = next_steps(Some(case.current().kind));
    let offices = [pair("FK-GAVLE", "AF-GAVLE"), pair("FK-SANDVIKEN", "AF-SANDVIKEN"), pair("FK-GAVLE", "AF-HOFORS")];
    let offices = offices[seed.other % 3].clone();
    let mut rightful = owner_of(case, index);
    let command = match seed.what {
        0..=9 => {
            let step = step_of(seed, &next);
            let from = Some(case.current().kind);
            rightful = owner(from, step).unwrap_or(Agency::Fk);
            // Mostly a step of today with answers that belong there, so that histories grow.
            let date = if seed.other < 6 { today } else { date };
            let mut answers = some_answers(&seed.answers, date);
            if seed.other < 6 {
                answers.0.retain(|question, _| is_asked(question.row(), from, step));
            }
            Command::Register(Box::new(NewStep { step, date, answers, opening: None }))
        }
        10 => Command::Answer { registration, answers },
        11 | 12 => Command::ChangeOffices { date: date.min(today), offices, handlers: HandlerChange::default() },
        13 => {
            let fk = [None, Some(None), Some(HandlerId::parse("fk-h-017").ok())][seed.pick % 3].clone();
            Command::ChangeHandlers { date, handlers: HandlerChange { fk, af: None } }
        }
        14 if seed.other < 3 => Command::WithdrawConsent { date },
        14 => Command::Answer { registration, answers: some_answers(&seed.answers[..seed.answers.len().min(1)], date) },
        15 if seed.other == 0 => Command::Protect { date },
        15 => Command::AddReference { reference: CaseReference::parse(&format!("R-{}", seed.pick)).unwrap() },
        16 => correct(CorrectionKind::Undo { registration: case.current().registration }),
        17 => correct(CorrectionKind::Move { registration, date }),
        18 => {
            let here = case.steps[index].date;
            let date =
                if seed.pick.is_multiple_of(2) { later(here, seed.pass / 2) } else { earlier(here, seed.pass / 2) };
            correct(CorrectionKind::Move { registration, date })
        }
        19 => {
            let step = StepKind::ALL[seed.other];
            let answers = (seed.agreement > 1).then_some(answers);
            correct(CorrectionKind::Replace { registration, step, answers })
        }
        20 => {
            let withdrawn = vec![QUESTIONS[seed.other].question];
            correct(CorrectionKind::Answers { registration, answers, withdrawn })
        }
        21 => {
            let registration = case.offices[seed.pick % case.offices.len()].registration;
            let date = seed.pick.is_multiple_of(2).then_some(date);
            correct(CorrectionKind::OfficeChange { registration, date, offices: Some(offices) })
        }
        22 => {
            let municipality = MunicipalityCode::parse(["2180", "2181", "0180", "9999"][seed.pick % 4]).unwrap();
            correct(CorrectionKind::Municipality { municipality, district: None })
        }
        _ if case.felregistrering => correct(CorrectionKind::UndoFelregistrering),
        _ if seed.pick == 0 && seed.other < 3 => correct(CorrectionKind::Felregistrering { replaced_by: None }),
        _ => {
            let mut consent = opening(date).consent.unwrap();
            consent.obtained_on = date;
            correct(CorrectionKind::Consent(consent))
        }
    };
    let agency = if seed.rightful { rightful } else { rightful.other() };
    (command, agency, agreement)
}

/// What can be taken back gives what was before.
fn taken_back(before: &Case, after: &History, command: &Command) {
    let case = after.case.as_ref().unwrap();
    let correct =
        |kind| Command::Correct(Box::new(Correction { kind, reason: Reason { code: "fel".to_owned(), text: None } }));
    let back = match command {
        Command::Register(_) | Command::WithdrawConsent { .. } => {
            correct(CorrectionKind::Undo { registration: case.current().registration })
        }
        Command::Correct(correction) => match &correction.kind {
            CorrectionKind::Move { registration, .. } => {
                let index = before.index_of(*registration).unwrap();
                let date = before.steps[index].date;
                correct(CorrectionKind::Move { registration: *registration, date })
            }
            CorrectionKind::Felregistrering { .. } => correct(CorrectionKind::UndoFelregistrering),
            _ => return,
        },
        _ => return,
    };
    let Command::Correct(correction) = &back else { return };
    let index = match &correction.kind {
        CorrectionKind::Move { registration, .. } => case.index_of(*registration).unwrap(),
        _ => case.steps.len() - 1,
    };
    let decision = after.ask(back.clone(), owner_of(case, index), None);
    // Whose it is can't be known any more, nor whether that person has another open case.
    let gone = (case.protected || case.identity == IdentityState::Removed) && before.is_open() && !case.is_open();
    assert_eq!(decision.is_none(), gone, "taking back {command:?} by {back:?}");
    let Some(undone) = decision.map(|decision| decision.case) else { return };
    assert_eq!((&undone.steps, &undone.offices), (&before.steps, &before.offices), "{command:?}");
    assert_eq!((undone.felregistrering, &undone.withdrawal), (before.felregistrering, &before.withdrawal));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_history_keeps_what_holds_and_what_can_be_taken_back_is(seeds in proptest::collection::vec(seed(), 1..80)) {
        let mut history = History::new();
        for seed in &seeds {
            let (command, agency, agreement) = command(seed, &history);
            let asked = history.case.clone();
            let Some(decision) = history.ask(command.clone(), agency, agreement) else {
                history.today = later(history.today, seed.pass / 4);
                continue;
            };
            history.write(decision, agency);
            if let Some(before) = &asked {
                taken_back(before, &history, &command);
            }
            history.today = later(history.today, seed.pass);
        }
    }

    #[test]
    fn every_date_there_is_gets_an_answer(first in any_date(), second in any_date(), today in any_date()) {
        let history = History { today, ..History::new() };
        let mut case = history.desk.case(&[(StepKind::Begaran, "2016-10-03"), (StepKind::Gk, "2016-10-12")]);
        case.id = CaseId(Uuid::from_u128(1));
        let gk = case.steps[1].registration;
        let correct = |kind| {
            Command::Correct(Box::new(Correction { kind, reason: Reason { code: "fel".to_owned(), text: None } }))
        };
        let mut moved = case.clone();
        (moved.steps[0].date, moved.steps[1].date) = (first, second);
        let mut consent = opening(first).consent.unwrap();
        consent.obtained_on = second;
        let mut answers = Answers::default();
        answers.0.insert(Question::Moten, Answer::Dates(vec![first, second]));
        for agency in Agency::ALL {
            for case in [None, Some(&case), Some(&moved)] {
                for command in [
                    register(StepKind::Begaran, first),
                    register(StepKind::PlaneradAli, first),
                    Command::Answer { registration: gk, answers: answers.clone() },
                    Command::ChangeOffices {
                        date: first,
                        offices: pair("FK-GAVLE", "AF-HOFORS"),
                        handlers: HandlerChange::default(),
                    },
                    Command::ChangeHandlers { date: first, handlers: HandlerChange::default() },
                    Command::WithdrawConsent { date: first },
                    Command::Protect { date: first },
                    correct(CorrectionKind::Undo { registration: gk }),
                    correct(CorrectionKind::Move { registration: gk, date: first }),
                    correct(CorrectionKind::Replace { registration: gk, step: StepKind::Avslutat, answers: None }),
                    correct(CorrectionKind::Consent(consent.clone())),
                ] {
                    if let Ok(decision) = history.desk.ask(case, command, agency, today, None) {
                        let _ = sus::domain::due::next(&decision.case, &history.desk.settings);
                    }
                }
            }
        }
    }
}

#[test]
fn the_first_and_the_last_instant_have_a_day() {
    assert_eq!(swedish_day(DateTime::<Utc>::MIN_UTC).to_string(), DateTime::<Utc>::MIN_UTC.date_naive().to_string());
    assert_eq!(swedish_day(DateTime::<Utc>::MAX_UTC), DateTime::<Utc>::MAX_UTC.date_naive());
}

#[test]
fn a_day_ends_in_its_last_microsecond_also_where_the_clocks_change_and_where_the_calendar_ends() {
    for date in ["2016-03-27", "2016-10-30", "2016-10-12"] {
        let end = end_of_swedish_day(day(date));
        assert_eq!(swedish_day(end), day(date));
        assert_eq!(swedish_day(end + chrono::TimeDelta::microseconds(1)), later(day(date), 1));
    }
    for end in [NaiveDate::MIN, NaiveDate::MAX] {
        let _ = end_of_swedish_day(end);
    }
}

#[test]
fn the_day_turns_at_midnight_in_sweden() {
    for (instant, expected) in [
        ("2016-10-12T21:59:59Z", "2016-10-12"),
        ("2016-10-12T22:00:00Z", "2016-10-13"),
        ("2016-12-12T22:59:59Z", "2016-12-12"),
        ("2016-12-12T23:00:00Z", "2016-12-13"),
    ] {
        let instant: DateTime<Utc> = instant.parse().unwrap();
        assert_eq!(swedish_day(instant), day(expected), "{instant}");
    }
}
