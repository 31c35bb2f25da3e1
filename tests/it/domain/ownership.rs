//! Who owns a registration, and who owned one that is to be corrected.

use sus::domain::code::AgreementId;
use sus::domain::ownership::{next_steps, owner_of};
use sus::domain::rule::Rule;
use sus::domain::step::{Agency, StepKind};

use super::desk::{Desk, day, register};

use StepKind::{Afi, Avslutat, Begaran, Gk, PlaneradAfi};

const WAY: [(StepKind, &str); 5] = [
    (Begaran, "2016-10-03"),
    (Gk, "2016-10-12"),
    (PlaneradAfi, "2016-10-20"),
    (Afi, "2016-11-14"),
    (PlaneradAfi, "2017-02-01"),
];

#[test]
fn fk_owns_up_to_the_planned_insats_after_gk_and_then_af() {
    let case = Desk::new().case(&WAY);
    let owners: Vec<Agency> = (0..5).map(|index| owner_of(&case, index)).collect();
    assert_eq!(owners, [Agency::Fk, Agency::Fk, Agency::Fk, Agency::Af, Agency::Af]);
}

#[test]
fn what_was_registered_on_behalf_still_belongs_to_its_owner() {
    let desk = Desk::new();
    let case = desk.case(&WAY[..1]);
    let agreement = Some(AgreementId::parse("gavle-af-for-fk").unwrap());
    let gk = desk.ask(Some(&case), register(Gk, day("2016-10-12")), Agency::Af, day("2016-10-12"), agreement.clone());
    let decision = gk.unwrap();
    assert_eq!(decision.agreement, agreement);
    assert!(decision.notices.contains(Rule::ForAnnansRakning));
    assert_eq!(decision.case.steps[1].agency, Agency::Af);
    assert_eq!(decision.case.steps[1].agreement, agreement);
    assert_eq!(owner_of(&decision.case, 1), Agency::Fk);
}

#[test]
fn an_agreement_ends_after_its_last_day() {
    let desk = Desk::new();
    let agreement = || Some(AgreementId::parse("gavle-af-for-fk").unwrap());
    for (date, accepted) in [("2017-12-31", true), ("2018-01-01", false)] {
        let answer = desk.ask(None, register(Begaran, day(date)), Agency::Af, day(date), agreement());
        assert_eq!(answer.is_ok(), accepted, "{date}");
    }
}

#[test]
fn nothing_but_a_request_begins_a_case_and_nothing_follows_an_ending() {
    assert_eq!(next_steps(None), [(Begaran, Agency::Fk)]);
    assert!(next_steps(Some(Avslutat)).is_empty());
}
