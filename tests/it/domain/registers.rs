//! What was right when it was registered, when the registers have changed since.

use sus::domain::answers::{Answer, Answers, Question};
use sus::domain::code::{OfficeCode, RegistrationId};
use sus::domain::command::{Command, Correction, CorrectionKind, Reason};
use sus::domain::organisation::{OfficePair, Validity};
use sus::domain::rule::Rule;
use sus::domain::step::{Agency, StepKind};
use sus::domain::transition::PROVISIONAL;
use uuid::Uuid;

use super::desk::{Desk, day, register};

fn correct(kind: CorrectionKind) -> Command {
    Command::Correct(Box::new(Correction { kind, reason: Reason { code: "fel".to_owned(), text: None } }))
}

#[test]
fn an_office_that_was_closed_afterwards_refuses_what_is_dated_anew_and_nothing_else() {
    let mut desk = Desk::new();
    let mut case = desk.case(&[(StepKind::Begaran, "2016-10-03"), (StepKind::Gk, "2016-10-12")]);
    for (step, id) in case.steps.iter_mut().zip(1..) {
        step.registration = RegistrationId(Uuid::from_u128(id));
    }
    let office = desk.organisation.offices.get_mut(&OfficeCode::parse("AF-GAVLE").unwrap()).unwrap();
    office.validity = Validity { to: Some(day("2016-10-10")), ..office.validity };
    let [request, gk] = [0, 1].map(|index: usize| case.steps[index].registration);
    let today = day("2016-10-20");
    let ask = |command| desk.ask(Some(&case), command, Agency::Fk, today, None);
    let mut answers = Answers::default();
    answers.0.insert(Question::Utbildning, Answer::Code("gymnasium"));
    let mut meetings = Answers::default();
    meetings.0.insert(Question::Moten, Answer::Dates(vec![day("2016-10-12")]));

    assert!(ask(Command::Answer { registration: request, answers: answers.clone() }).is_ok());
    assert!(ask(Command::Answer { registration: gk, answers: meetings }).is_ok());
    assert!(ask(correct(CorrectionKind::Move { registration: request, date: day("2016-10-04") })).is_ok());
    let withdrawn = Vec::new();
    assert!(ask(correct(CorrectionKind::Answers { registration: request, answers, withdrawn })).is_ok());
    assert!(ask(correct(CorrectionKind::Undo { registration: gk })).is_ok());
    for dated in [
        correct(CorrectionKind::Move { registration: gk, date: day("2016-10-13") }),
        register(StepKind::PlaneradAfi, day("2016-10-19")),
    ] {
        assert!(ask(dated).unwrap_err().contains(Rule::KontorInteGiltigt));
    }
}

#[test]
fn an_office_that_is_put_right_to_another_closed_one_is_refused_whatever_was_closed_before() {
    let mut desk = Desk::new();
    let mut case = desk.case(&[(StepKind::Begaran, "2016-10-03"), (StepKind::Gk, "2016-10-12")]);
    let request = RegistrationId(Uuid::from_u128(1));
    (case.steps[0].registration, case.offices[0].registration) = (request, request);
    for code in ["AF-GAVLE", "AF-SANDVIKEN"] {
        let office = desk.organisation.offices.get_mut(&OfficeCode::parse(code).unwrap()).unwrap();
        office.validity = Validity { to: Some(day("2016-10-10")), ..office.validity };
    }
    let offices = OfficePair { af: OfficeCode::parse("AF-SANDVIKEN").unwrap(), ..case.offices[0].offices.clone() };
    let change = CorrectionKind::OfficeChange { registration: request, date: None, offices: Some(offices) };
    let told = desk.ask(Some(&case), correct(change), Agency::Fk, day("2016-10-20"), None);
    assert!(told.unwrap_err().contains(Rule::KontorInteGiltigt));
}

#[test]
fn a_withdrawal_that_never_was_is_undone_also_where_an_office_has_closed_since() {
    let mut desk = Desk::new();
    let steps = [(StepKind::Begaran, "2016-10-03"), (StepKind::Gk, "2016-10-12")];
    let mut case = desk.case(&steps);
    for (step, id) in case.steps.iter_mut().zip(1..) {
        step.registration = RegistrationId(Uuid::from_u128(id));
    }
    let today = day("2016-10-20");
    let withdrawal = Command::WithdrawConsent { date: day("2016-10-05") };
    let mut case = desk.ask(Some(&case), withdrawal, Agency::Fk, today, None).unwrap().case;
    let registration = RegistrationId(Uuid::from_u128(3));
    let id = case.id;
    case.adopt(PROVISIONAL, registration, id);
    let office = desk.organisation.offices.get_mut(&OfficeCode::parse("AF-GAVLE").unwrap()).unwrap();
    office.validity = Validity { to: Some(day("2016-10-10")), ..office.validity };
    let undone = desk.ask(Some(&case), correct(CorrectionKind::Undo { registration }), Agency::Fk, today, None);
    assert_eq!(undone.unwrap().case.steps.len(), steps.len());
}
