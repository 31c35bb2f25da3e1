//! What is due next, by whom, by when.

use sus::domain::answers::{Answer, Question};
use sus::domain::case::Case;
use sus::domain::due::{Due, basis, next};
use sus::domain::step::{Agency, StepKind};
use sus::domain::transition::Settings;

use super::desk::{Desk, day};

use StepKind::{Afi, Ali, Avslutat, Begaran, Gk, PlaneradAfi, PlaneradAli};

const WAY: [(StepKind, &str); 5] = [
    (Begaran, "2016-10-03"),
    (Gk, "2016-10-12"),
    (PlaneradAfi, "2016-10-20"),
    (Afi, "2016-11-14"),
    (Avslutat, "2017-02-01"),
];

fn due(case: &Case) -> Option<(Agency, String)> {
    next(case, &Settings::default()).map(|Due { owner, on, .. }| (owner, on.to_string()))
}

#[test]
fn each_step_has_its_lead_time_and_owner() {
    let desk = Desk::new();
    let expected = [
        Some((Agency::Fk, "2016-10-31")),
        Some((Agency::Fk, "2016-10-26")),
        Some((Agency::Af, "2016-11-17")),
        Some((Agency::Af, "2017-02-12")),
        None,
    ];
    for (count, expected) in expected.into_iter().enumerate() {
        let case = desk.case(&WAY[..=count]);
        assert_eq!(due(&case), expected.map(|(agency, on)| (agency, on.to_owned())), "after {count}");
    }
    let ali = desk.case(&[WAY[0], WAY[1], (PlaneradAli, "2016-10-20"), (Ali, "2016-11-14")]);
    assert_eq!(due(&ali), Some((Agency::Af, "2017-02-12".to_owned())));
}

#[test]
fn the_steps_that_may_be_next_come_with_it() {
    let due = next(&Desk::new().case(&WAY[..1]), &Settings::default()).unwrap();
    assert_eq!(due.steps, [(Gk, Agency::Fk), (Avslutat, Agency::Fk), (StepKind::Avbrutet, Agency::Fk)]);
}

#[test]
fn it_is_overdue_from_the_day_after() {
    let due = next(&Desk::new().case(&WAY[..1]), &Settings::default()).unwrap();
    assert!(!due.is_overdue(day("2016-10-31")));
    assert!(due.is_overdue(day("2016-11-01")));
}

#[test]
fn meetings_booked_with_gk_decide_when_it_is_left() {
    let mut case = Desk::new().case(&WAY[..2]);
    let book = |case: &mut Case, days: &[&str]| {
        let days = days.iter().map(|d| day(d)).collect();
        case.steps[1].answers.0.insert(Question::Moten, Answer::Dates(days));
    };
    book(&mut case, &[]);
    assert_eq!(due(&case).unwrap().1, "2016-10-26", "no meeting: as if it were the day of GK");
    book(&mut case, &["2016-10-14"]);
    assert_eq!(due(&case).unwrap().1, "2016-10-28", "one meeting: fourteen days after it");
    book(&mut case, &["2016-10-14", "2016-10-25"]);
    assert_eq!(due(&case).unwrap().1, "2016-10-26", "several: the day after the last");
}

#[test]
fn aktivitetsersattning_among_others_gives_a_year() {
    let mut case = Desk::new().case(&WAY[..4]);
    let codes = Answer::Codes(vec!["sjukpenning", "aktivitetsersattning"]);
    case.steps[0].answers.0.insert(Question::Formaner, codes);
    assert_eq!(due(&case).unwrap().1, "2017-11-14");
}

#[test]
fn nothing_is_due_in_a_case_registered_in_error() {
    let mut case = Desk::new().case(&WAY[..2]);
    case.felregistrering = true;
    assert_eq!(due(&case), None);
}

#[test]
fn lead_times_are_settings() {
    let settings = Settings { due_after_begaran: 7, ..Settings::default() };
    let due = next(&Desk::new().case(&WAY[..1]), &settings).unwrap();
    assert_eq!(due.on, day("2016-10-10"));
}

#[test]
fn what_due_days_rest_on_tells_every_lead_time() {
    let usual = Settings::default();
    let others = [
        Settings { due_after_begaran: 1, ..usual.clone() },
        Settings { due_after_gk: 1, ..usual.clone() },
        Settings { due_after_planned: 1, ..usual.clone() },
        Settings { follow_up: 1, ..usual.clone() },
        Settings { follow_up_aktivitetsersattning: 1, ..usual.clone() },
    ];
    assert!(others.iter().all(|other| basis(other) != basis(&usual)));
    // What decides only whether something may be registered is no part of it.
    assert_eq!(basis(&Settings { waiting_days_ahead: 1, consent_months: Some(1), ..usual.clone() }), basis(&usual));
}
