//! Hand-made examples of the definitions that are easy to get wrong.

use chrono::{DateTime, Utc};

use crate::domain::answers::{Answer, Question};
use crate::domain::case::{Case, IdentityState, Made, OfficePeriod};
use crate::domain::code::{AgreementId, HandlerId, Position};
use crate::domain::step::Agency;
use crate::domain::step::StepKind::{Afi, Avslutat, Begaran, Gk, PlaneradAfi};
use crate::reports::arbitrary::{case, date, organisation, pair};
use crate::reports::disclosure::{Grant, Policy};
use crate::reports::report::{Figure, Report};
use crate::reports::request::{Lang, Request};
use crate::reports::{Facts, pull};

use super::arbitrary::noon;
use super::parts::ID;

fn known(day: &str) -> DateTime<Utc> {
    noon(date(day))
}

fn report_on(cases: &[Case], to: &str, geography: &str, as_of: &str) -> Report {
    let facts = Facts::build((1..).zip(cases), Position(7)).unwrap();
    let request = Request::parse(ID, "2016-01-01", to, geography).unwrap();
    pull(&facts, &organisation(), &request, known(as_of), Lang::Sv, Grant::all(Policy::Exact)).unwrap()
}

fn report(cases: &[Case], geography: &str) -> Report {
    report_on(cases, "2016-12-31", geography, "2026-11-21")
}

/// The figures of a part on the level `urval`, of both sexes.
fn figures(report: &Report, part: &str, code: &str, unit: &str) -> Vec<Figure> {
    let part = report.parts.iter().find(|p| p.id == part).unwrap();
    let row = part.rows.iter().find(|r| r.level == "urval" && r.codes == [code, unit, "samtliga"]);
    row.unwrap_or_else(|| panic!("no row {code} {unit}")).figures.clone()
}

fn number(report: &Report, part: &str, code: &str, unit: &str) -> u64 {
    let Figure::Count(n) = figures(report, part, code, unit)[0] else { panic!("no count") };
    n
}

#[test]
fn lateness_is_counted_in_days_and_banded_on_the_day() {
    for (registered, band) in [
        ("2016-02-09", "i_forvag"),
        ("2016-02-10", "0"),
        ("2016-02-11", "1_3"),
        ("2016-02-13", "1_3"),
        ("2016-02-14", "4_6"),
        ("2016-02-17", "7_10"),
        ("2016-02-20", "7_10"),
        ("2016-02-21", "11_"),
        ("2018-01-01", "11_"),
    ] {
        let mut one = case(&[(Begaran, "2016-02-10")]);
        one.steps[0].known_from = known(registered);
        let report = report(&[one], "riket");
        assert_eq!(figures(&report, "aktualitet", band, "FK"), [Figure::Count(1), Figure::Number(1.0)], "{registered}");
        assert_eq!(number(&report, "aktualitet", "samtliga", "samtliga"), 1);
        assert_eq!(figures(&report, "aktualitet", band, "AF"), [Figure::Count(0), Figure::NotApplicable]);
    }
    // The day is Sweden's: half past eleven in the evening is the next day there.
    let mut late = case(&[(Begaran, "2016-02-10")]);
    late.steps[0].known_from = "2016-02-10T23:30:00Z".parse().unwrap();
    assert_eq!(number(&report(&[late], "riket"), "aktualitet", "1_3", "FK"), 1);
}

#[test]
fn a_registration_on_behalf_stands_under_who_made_it() {
    let mut made = case(&[(Begaran, "2016-02-10"), (Gk, "2016-02-20")]);
    made.steps[1].agency = Agency::Af;
    made.steps[1].agreement = Some(AgreementId::parse("lok-1").unwrap());
    let report = report(&[made], "fk-kontor:FK-0");
    let of = |code, unit| number(&report, "for_annans_rakning", code, unit);
    assert_eq!((of("annans", "AF"), of("annans", "AF-0"), of("annans", "FK")), (1, 1, 0));
    assert_eq!((of("egen", "FK-0"), of("egen", "AF"), of("samtliga", "samtliga")), (1, 0, 2));
}

#[test]
fn answers_are_missing_only_where_some_are_expected() {
    let steps = [(Begaran, "2016-02-10"), (Gk, "2016-02-20"), (PlaneradAfi, "2016-03-01"), (Afi, "2016-04-01")];
    let mut asked = case(&steps);
    for (question, answer) in [
        (Question::FortsattHandlaggning, Answer::Code("gemensamt_stod")),
        (Question::Moten, Answer::Dates(vec![date("2016-02-20")])),
        (Question::Specialister, Answer::Codes(Vec::new())),
    ] {
        asked.steps[2].answers.0.insert(question, answer);
    }
    let report = report(&[asked], "riket");
    let of = |code| number(&report, "saknade_svar", code, "FK");
    // Neither GK nor the start of an insats asks for anything that must be answered.
    assert_eq!((of("saknas"), of("fullstandiga"), of("samtliga")), (1, 1, 2));
}

#[test]
fn overdue_is_from_the_day_after_the_due_day_and_waiting_by_more_than_so_many() {
    // A request is due after 28 days: on 2016-03-09.
    let cases = [case(&[(Begaran, "2016-02-10")])];
    let on = |to: &str| {
        let report = report_on(&cases, to, "fk-kontor:FK-0", "2026-11-21");
        let waits = ["over_0", "over_7", "over_30", "over_90", "samtliga"];
        let waits = waits.map(|code| number(&report, "vantar", code, "AF-0"));
        assert_eq!(number(&report, "vantar", "samtliga", "FK"), 0, "FK owns the next step");
        (number(&report, "forsenade", "ja", "FK-0"), waits)
    };
    assert_eq!(on("2016-03-09"), (0, [0, 0, 0, 0, 1]));
    assert_eq!(on("2016-03-10"), (1, [1, 0, 0, 0, 1]));
    assert_eq!(on("2016-03-16"), (1, [1, 0, 0, 0, 1]));
    assert_eq!(on("2016-03-17"), (1, [1, 1, 0, 0, 1]));
    assert_eq!(on("2016-04-09"), (1, [1, 1, 1, 0, 1]));
    assert_eq!(on("2016-06-08"), (1, [1, 1, 1, 1, 1]));
    assert_eq!(on("2016-06-07"), (1, [1, 1, 1, 0, 1]));
}

#[test]
fn a_follow_up_is_told_from_a_registration_that_is_late() {
    let steps = [(Begaran, "2016-02-10"), (Gk, "2016-02-20"), (PlaneradAfi, "2016-03-01"), (Afi, "2016-04-01")];
    let cases = [case(&steps), case(&steps[..3])];
    let report = report(&cases, "riket");
    let of = |code| number(&report, "forsenade", code, "AF");
    assert_eq!((of("ja"), of("registrering"), of("uppfoljning"), of("nej"), of("samtliga")), (2, 1, 1, 0, 2));
    assert_eq!(number(&report, "vantar", "over_90", "FK"), 2);
}

#[test]
fn nobody_is_overdue_in_the_future_nor_after_the_end() {
    let open = [case(&[(Begaran, "2016-02-10")])];
    let before = report_on(&open, "2016-12-31", "riket", "2016-03-09");
    assert_eq!((number(&before, "forsenade", "ja", "FK"), number(&before, "forsenade", "nej", "FK")), (0, 1));
    let after = report_on(&open, "2016-12-31", "riket", "2016-03-10");
    assert_eq!(number(&after, "forsenade", "ja", "FK"), 1);
    let ended = [case(&[(Begaran, "2016-02-10"), (Avslutat, "2016-12-31")])];
    assert_eq!(number(&report(&ended, "riket"), "forsenade", "samtliga", "samtliga"), 0);
    assert_eq!(number(&report_on(&ended, "2016-12-30", "riket", "2026-11-21"), "forsenade", "ja", "FK"), 1);
}

#[test]
fn a_change_of_office_moves_what_is_overdue_and_not_what_was_registered() {
    let mut moved = case(&[(Begaran, "2016-02-10")]);
    moved.offices.push(OfficePeriod {
        from: date("2016-11-01"),
        offices: pair("FK-1", "AF-0"),
        ..moved.offices[0].clone()
    });
    let report = report(&[moved], "af-kontor:AF-0");
    assert_eq!((number(&report, "forsenade", "ja", "FK-1"), number(&report, "forsenade", "ja", "FK-0")), (1, 0));
    assert_eq!(number(&report, "vantar", "over_90", "AF-0"), 1);
    assert_eq!(number(&report, "aktualitet", "samtliga", "FK-0"), 1);
    assert_eq!(number(&report, "aktualitet", "samtliga", "FK-1"), 0);
}

#[test]
fn a_correction_is_counted_on_the_day_it_was_made_and_under_who_made_it() {
    let mut corrected = case(&[(Begaran, "2015-02-10"), (Gk, "2015-02-20")]);
    corrected.corrections = vec![
        Made { kind: "move", agency: Agency::Af, known_from: known("2016-05-01") },
        Made { kind: "undo", agency: Agency::Fk, known_from: known("2017-01-01") },
    ];
    let mut wrong = corrected.clone();
    wrong.felregistrering = true;
    let report = report(&[corrected, wrong], "riket");
    let of = |code, unit| number(&report, "rattelser", code, unit);
    assert_eq!((of("move", "AF"), of("undo", "FK"), of("samtliga", "samtliga")), (1, 0, 1));
    assert_eq!(number(&report, "aktualitet", "samtliga", "samtliga"), 0, "nothing is dated in the period");
}

#[test]
fn anonymous_cases_are_in_their_part_and_in_no_other() {
    let named = case(&[(Begaran, "2016-02-10")]);
    let mut anonymous = named.clone();
    anonymous.identity = IdentityState::Anonymous;
    anonymous.municipality = None;
    let cases = [named, anonymous];
    let office = report(&cases, "fk-kontor:FK-0");
    for unit in ["FK", "FK-0", "AF", "AF-0", "samtliga"] {
        let told = figures(&office, "andel_anonyma", "anonymt", unit);
        assert_eq!(told, [Figure::Count(1), Figure::Number(0.5)], "{unit}");
    }
    assert_eq!(number(&office, "aktualitet", "samtliga", "samtliga"), 1);
    assert_eq!(number(&office, "forsenade", "samtliga", "samtliga"), 1);
    let county = report(&cases, "lan:21");
    assert_eq!(figures(&county, "andel_anonyma", "anonymt", "samtliga"), [Figure::NotApplicable; 2]);
}

#[test]
fn coverage_is_of_cases_under_way() {
    let mut known = case(&[(Begaran, "2016-02-10")]);
    known.give_handler(known.steps[0].registration, known.begun(), Agency::Fk, HandlerId::parse("h-1").ok());
    known.birth = Some(date("1980-01-01"));
    let mut unknown = case(&[(Begaran, "2016-02-10")]);
    unknown.municipality = None;
    let ended = case(&[(Begaran, "2016-02-10"), (Avslutat, "2016-03-10")]);
    let report = report(&[known, unknown, ended], "fk-kontor:FK-0");
    let of = |code, unit| number(&report, "tackning", code, unit);
    assert_eq!((of("samtliga", "FK-0"), of("samtliga", "AF-0"), of("samtliga", "samtliga")), (2, 2, 2));
    assert_eq!((of("kommun", "FK"), of("fodelsedatum", "FK"), of("alla_svar", "FK")), (1, 1, 0));
    assert_eq!((of("handlaggare_fk", "AF-0"), of("handlaggare_af", "AF-0")), (1, 0));
}

#[test]
fn silent_offices_stand_with_zero_and_the_country_has_agencies_only() {
    let cases = [case(&[(Begaran, "2016-02-10")])];
    let units = |geography: &str| {
        let report = report(&cases, geography);
        let dimension = report.parts[0].dimensions.iter().find(|d| d.name == "enhet").unwrap();
        dimension.codes.iter().map(|c| c.code.to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(units("riket"), "FK AF samtliga");
    // FK-1 belongs to the area and has registered nothing; AF-0 is where the cases are.
    assert_eq!(units("fk-omrade:FK-O0"), "FK FK-0 FK-1 AF AF-0 samtliga");
    assert_eq!(units("styrgrupp:par"), "FK FK-0 AF AF-0 AF-1 samtliga");
}
