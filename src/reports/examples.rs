//! Hand-made examples of the definitions that are easy to get wrong.

use chrono::DateTime;

use crate::domain::answers::{Answer, Question};
use crate::domain::case::{Case, IdentityState, OfficePeriod};
use crate::domain::code::Position;
use crate::domain::person::Sex;
use crate::domain::step::StepKind::{self, Afi, Ali, Avbrutet, Avslutat, Begaran, Gk, PlaneradAfi, PlaneradAli};

use super::arbitrary::{answered, case, date, organisation, pair};
use super::disclosure::{Grant, Policy};
use super::report::{Figure, Report};
use super::request::{Geography, Lang, Request};
use super::{Facts, pull, render};

fn report(cases: &[Case], from: &str, to: &str, geography: &str) -> Report {
    let facts = Facts::build((1..).zip(cases), Position(7)).unwrap();
    let request = Request::parse("baspaket", from, to, geography).unwrap();
    let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    pull(&facts, &organisation(), &request, at, Lang::Sv, Grant::all(Policy::Exact)).unwrap()
}

/// The figures of the row of a part with these codes (the part's order, kon last) on level urval.
fn figures(report: &Report, part: &str, codes: &[&str]) -> Vec<Figure> {
    on_level(report, part, codes, "urval")
}

fn on_level(report: &Report, part: &str, codes: &[&str], level: &str) -> Vec<Figure> {
    let part = report.parts.iter().find(|p| p.id == part).unwrap();
    let here = |r: &&super::report::Row| r.level == level && r.codes.iter().eq(codes);
    part.rows.iter().find(here).unwrap().figures.clone()
}

fn whole(cases: &[Case], part: &str, codes: &[&str]) -> Vec<Figure> {
    figures(&report(cases, "2016-01-01", "2016-12-31", "riket"), part, codes)
}

fn days(mean: f64, n: u64) -> Vec<Figure> {
    vec![Figure::Number(mean), Figure::Number(mean), Figure::Count(n)]
}

const NONE: [Figure; 3] = [Figure::NotApplicable, Figure::NotApplicable, Figure::Count(0)];

#[test]
fn a_wait_runs_over_several_waiting_steps_and_stands_under_the_last() {
    let steps = [
        (Begaran, "2016-01-01"),
        (Gk, "2016-01-11"),
        (PlaneradAfi, "2016-01-21"),
        (PlaneradAli, "2016-02-01"),
        (Ali, "2016-02-10"),
        (PlaneradAfi, "2016-03-01"),
        (Avslutat, "2016-03-06"),
    ];
    let cases = [case(&steps)];
    assert_eq!(whole(&cases, "tid_vantan", &["begaran", "aktivitet", "samtliga"]), days(10.0, 1));
    assert_eq!(whole(&cases, "tid_vantan", &["planerad_ali", "aktivitet", "kvinna"]), days(20.0, 1));
    assert_eq!(whole(&cases, "tid_vantan", &["planerad_afi", "aktivitet", "samtliga"]), NONE);
    assert_eq!(whole(&cases, "tid_vantan", &["planerad_afi", "avslut", "samtliga"]), days(5.0, 1));
}

#[test]
fn to_which_insats_is_the_first_that_started_by_the_last_day() {
    let steps = [
        (Begaran, "2016-01-01"),
        (Gk, "2016-01-11"),
        (PlaneradAfi, "2016-01-21"),
        (Ali, "2016-04-01"),
        (Afi, "2016-05-01"),
    ];
    let cases = [case(&steps)];
    let until = |to: &str, insats: &str| {
        figures(&report(&cases, "2016-01-01", to, "riket"), "till_insats", &[insats, "samtliga"])
    };
    let one = vec![Figure::Count(1), Figure::Number(1.0)];
    assert_eq!(until("2016-03-31", "ingen"), one);
    assert_eq!(until("2016-04-01", "ali"), one);
    assert_eq!(until("2016-12-31", "ali"), one);
    assert_eq!(until("2016-12-31", "afi"), [Figure::Count(0), Figure::Number(0.0)]);
    assert_eq!(until("2016-01-20", "ingen"), [Figure::Count(0), Figure::NotApplicable]);
}

#[test]
fn one_outcome_a_case_the_first_that_fits() {
    let bool = |q, yes| (q, Answer::Bool(yes));
    let no =
        [Question::Arbetar, Question::Studerar, Question::Program, Question::OppetArbetslos, Question::FortsattHosFk];
    let nothing: Vec<_> = no.iter().map(|q| bool(*q, false)).collect();
    let with = |more: Vec<(Question, Answer)>| [nothing.clone(), more].concat();
    let types = |t: &[&'static str]| (Question::Arbetstyper, Answer::Codes(t.to_vec()));
    let all_yes: Vec<_> = no.iter().map(|q| bool(*q, true)).collect();
    for (utfall, answers) in [
        ("arbete_ej_subventionerat", [all_yes.clone(), vec![types(&["subventionerat", "ej_subventionerat"])]].concat()),
        ("arbete_subventionerat", [all_yes.clone(), vec![types(&["subventionerat"])]].concat()),
        ("arbete_typ_saknas", all_yes.clone()),
        ("arbete_typ_saknas", vec![bool(Question::Arbetar, true)]),
        ("studier", [all_yes.clone(), vec![bool(Question::Arbetar, false)]].concat()),
        ("program", with(vec![bool(Question::Program, true), bool(Question::FortsattHosFk, true)])),
        ("oppet_arbetslos", with(vec![bool(Question::OppetArbetslos, true), bool(Question::FortsattHosFk, true)])),
        ("fortsatt_fk", vec![bool(Question::FortsattHosFk, true)]),
        ("uppgift_saknas", nothing[1..].to_vec()),
        ("uppgift_saknas", vec![]),
        ("annat", nothing.clone()),
    ] {
        let mut ended = case(&[
            (Begaran, "2016-01-01"),
            (Gk, "2016-01-11"),
            (PlaneradAfi, "2016-01-21"),
            (Afi, "2016-02-01"),
            (PlaneradAli, "2016-03-01"),
            (Avslutat, "2016-04-01"),
        ]);
        answered(&mut ended, 5, &answers);
        // The last activity decides: a plan after it changes nothing.
        let figures = whole(&[ended], "utfall_insats", &["afi", utfall, "samtliga"]);
        assert_eq!(figures, [Figure::Count(1), Figure::Number(1.0)], "{utfall}");
    }
    let mut broken = case(&[
        (Begaran, "2016-01-01"),
        (Gk, "2016-01-11"),
        (PlaneradAfi, "2016-01-21"),
        (Ali, "2016-02-01"),
        (Avbrutet, "2016-04-01"),
    ]);
    answered(&mut broken, 4, &all_yes);
    assert_eq!(whole(&[broken], "utfall_insats", &["ali", "avbrutet", "kvinna"])[0], Figure::Count(1));
}

#[test]
fn who_moves_is_counted_at_both_offices_and_once_in_total() {
    let mut moved = case(&[
        (Begaran, "2016-01-01"),
        (Gk, "2016-01-11"),
        (PlaneradAfi, "2016-01-21"),
        (Afi, "2016-02-01"),
        (Ali, "2016-09-01"),
    ]);
    moved.offices.push(OfficePeriod {
        from: date("2016-06-01"),
        offices: pair("FK-1", "AF-1"),
        ..moved.offices[0].clone()
    });
    let cases = [moved];
    let at = |geography: &str, insats: &str| {
        let report = report(&cases, "2016-01-01", "2016-08-31", geography);
        let figures = figures(&report, "aktiva", &[insats, "samtliga"]);
        (figures[0], figures[1])
    };
    assert_eq!(at("fk-kontor:FK-0", "afi"), (Figure::Count(0), Figure::Count(1)));
    assert_eq!(at("fk-kontor:FK-1", "afi"), (Figure::Count(1), Figure::Count(1)));
    assert_eq!(at("fk-omrade:FK-O0", "samtliga"), (Figure::Count(1), Figure::Count(1)));
    // A group of offices needs both: AF-1 is listed, FK-1 is not.
    assert_eq!(at("styrgrupp:par", "samtliga"), (Figure::Count(0), Figure::Count(1)));
    let year = report(&cases, "2016-01-01", "2016-12-31", "riket");
    assert_eq!(figures(&year, "aktiva", &["samtliga", "kvinna"]), [Figure::Count(1), Figure::Count(1)]);
    assert_eq!(figures(&year, "aktiva", &["afi", "kvinna"]), [Figure::Count(0), Figure::Count(1)]);
    assert_eq!(figures(&year, "nya_insats", &["samtliga", "kvinna"]), [Figure::Count(1)]);
}

#[test]
fn both_days_of_a_period_are_included_and_the_day_of_the_next_step_is_its_own() {
    let steps = [
        (Begaran, "2016-01-01"),
        (Gk, "2016-01-11"),
        (PlaneradAfi, "2016-01-21"),
        (Afi, "2016-02-01"),
        (Avslutat, "2016-03-01"),
    ];
    let cases = [case(&steps)];
    let active = |from: &str, to: &str| figures(&report(&cases, from, to, "riket"), "aktiva", &["afi", "kvinna"]);
    let (none, ended, now) = (
        [Figure::Count(0), Figure::Count(0)],
        [Figure::Count(0), Figure::Count(1)],
        [Figure::Count(1), Figure::Count(1)],
    );
    assert_eq!(active("2016-01-01", "2016-01-31"), none);
    assert_eq!(active("2016-01-01", "2016-02-01"), now);
    assert_eq!(active("2016-02-29", "2016-02-29"), now);
    assert_eq!(active("2016-02-29", "2016-03-01"), ended);
    assert_eq!(active("2016-03-01", "2016-03-31"), none);
    let left = |from: &str, to: &str| figures(&report(&cases, from, to, "riket"), "tid_insats", &["afi", "kvinna"])[2];
    assert_eq!(left("2016-03-01", "2016-03-01"), Figure::Count(1));
    assert_eq!(left("2016-02-01", "2016-02-29"), Figure::Count(0));
}

#[test]
fn gk_that_was_never_held_has_a_time_in_the_cooperation_but_none_from_gk() {
    let cases = [case(&[(Begaran, "2016-01-01"), (Avslutat, "2016-01-31")])];
    assert_eq!(whole(&cases, "tid_samarbete", &["begaran", "nej", "samtliga"]), days(30.0, 1));
    assert_eq!(whole(&cases, "tid_samarbete", &["gk", "samtliga", "samtliga"]), NONE);
    assert_eq!(whole(&cases, "tid_per_steg", &["gk", "nej", "samtliga"]), days(0.0, 1));
    assert_eq!(whole(&cases, "tid_per_steg", &["samtliga", "samtliga", "kvinna"]), days(30.0, 1));
}

#[test]
fn felregistrering_and_anonymous_cases_stand_outside_every_figure() {
    let steps: [(StepKind, &str); 2] = [(Begaran, "2016-01-01"), (Gk, "2016-01-11")];
    let (mut wrong, mut anonymous, mut removed) = (case(&steps), case(&steps), case(&steps));
    wrong.felregistrering = true;
    anonymous.identity = IdentityState::Anonymous;
    anonymous.municipality = None;
    removed.identity = IdentityState::Removed;
    removed.sex = Sex::Man;
    let cases = [wrong, anonymous, removed];
    let year = report(&cases, "2016-01-01", "2016-12-31", "fk-kontor:FK-0");
    assert_eq!(figures(&year, "nya_gk", &["uppgift_saknas", "samtliga"]), [Figure::Count(1)]);
    assert_eq!(figures(&year, "nya_gk", &["samtliga", "man"]), [Figure::Count(1)]);
    assert_eq!(year.anonymous, Figure::Count(1));
    assert_eq!(report(&cases, "2015-01-01", "2015-12-31", "riket").anonymous, Figure::Count(0));
    assert_eq!(report(&cases, "2016-01-01", "2016-12-31", "lan:21").anonymous, Figure::Count(0));
}

#[test]
fn the_level_lan_stands_only_where_all_kommuner_served_lie_in_one() {
    let mut elsewhere = case(&[(Begaran, "2016-01-01"), (Gk, "2016-01-11")]);
    elsewhere.offices[0].offices = pair("FK-1", "AF-1");
    let cases = [elsewhere];
    let levels = |geography: &str| {
        let report = report(&cases, "2016-01-01", "2016-12-31", geography);
        let mut levels: Vec<String> = report.parts[0].rows.iter().map(|r| r.level.clone()).collect();
        levels.dedup();
        levels.join(" ")
    };
    assert_eq!(levels("riket"), "urval riket");
    assert_eq!(levels("lan:21"), "urval lan:21 riket");
    assert_eq!(levels("fk-kontor:FK-0"), "urval lan:21 riket");
    assert_eq!(levels("fk-kontor:FK-2"), "urval riket");
    assert_eq!(levels("styrgrupp:kom"), "urval riket");
    let office = report(&cases, "2016-01-01", "2016-12-31", "fk-kontor:FK-0");
    let everyone = ["samtliga", "samtliga"];
    assert_eq!(on_level(&office, "nya_gk", &everyone, "urval"), [Figure::Count(0)]);
    assert_eq!(on_level(&office, "nya_gk", &everyone, "lan:21"), [Figure::Count(1)]);
}

#[test]
fn an_office_counts_itself_and_on_request_those_that_it_took_over() {
    let at = |fk: &str| {
        let mut case = case(&[(Begaran, "2016-01-01"), (Gk, "2016-01-11")]);
        case.offices[0].offices = pair(fk, "AF-0");
        case
    };
    let cases = [at("FK-0"), at("FK-1"), at("FK-2"), at("FK-2")];
    let held = |geography: &str| {
        let report = report(&cases, "2016-01-01", "2016-12-31", geography);
        on_level(&report, "nya_gk", &["samtliga", "samtliga"], "urval")[0]
    };
    for (geography, expected) in [
        ("fk-kontor:FK-2", 2),
        ("fk-kontor-med-foregangare:FK-0", 1),
        ("fk-kontor-med-foregangare:FK-1", 2),
        ("fk-kontor-med-foregangare:FK-2", 4),
        ("af-kontor-med-foregangare:AF-2", 4),
    ] {
        assert_eq!(held(geography), Figure::Count(expected), "{geography}");
        assert_eq!(Geography::parse(geography).unwrap().to_string(), geography);
    }
}

#[test]
fn every_error_of_a_request_is_told_at_once() {
    let errors = Request::parse("baspaketet", "2016-13-01", "2016-1-1", "stad:Gävle").unwrap_err();
    let codes: Vec<&str> = errors.iter().map(super::request::RequestError::code).collect();
    assert_eq!(codes, ["rapport_okand", "datum_ogiltigt", "datum_ogiltigt", "geografi_form"]);
    let errors = Request::parse("baspaket", "2016-02-01", "2016-01-31", "riket").unwrap_err();
    assert_eq!(errors[0].code(), "period_omvand");
    let request = Request::parse("baspaket", "2016-01-01", "2016-01-31", "fk-kontor:AF-0").unwrap();
    let unknown = request.geography.resolve(&organisation()).unwrap_err();
    assert_eq!(unknown.allowed(), ["fk-kontor:FK-0", "fk-kontor:FK-1", "fk-kontor:FK-2"]);
}

#[test]
fn the_answer_has_the_agreed_shape_as_json_and_csv() {
    let mut left = case(&[(Begaran, "2016-10-03"), (Gk, "2016-10-12"), (PlaneradAfi, "2016-10-27")]);
    answered(&mut left, 0, &[(Question::InitieradAv, Answer::Code("FK"))]);
    let report = report(&[left], "2016-10-01", "2016-12-31", "styrgrupp:par");
    let json: serde_json::Value = serde_json::from_str(&render::json::render(&report).unwrap()).unwrap();
    assert_eq!(json["period"], serde_json::json!({"from": "2016-10-01", "to": "2016-12-31"}));
    assert_eq!(json["geography"], serde_json::json!({"code": "styrgrupp:par", "name": "Grupp par"}));
    assert_eq!(json["asOf"], "2027-01-15T08:00:00Z");
    assert_eq!((json["countedTo"].as_i64(), json["disclosure"].as_str()), (Some(7), Some("exact")));
    let utfall = &json["parts"][1];
    assert_eq!(utfall["dimensions"], serde_json::json!(["utfall", "kon"]));
    assert_eq!(utfall["measures"], serde_json::json!(["antal", "andel"]));
    assert_eq!(
        utfall["rows"][2].to_string(),
        r#"{"utfall":"planerad_afi","kon":"samtliga","level":"urval","antal":1,"andel":1.0}"#
    );
    assert_eq!(
        json["parts"][3]["rows"][3].to_string(),
        r#"{"insats":"afi","kon":"kvinna","level":"urval","dagarMedel":null,"dagarMedian":null,"n":0,"status":"not_applicable"}"#
    );
    let csv = String::from_utf8(render::csv::render(&report, render::csv::Options::default()).unwrap()).unwrap();
    let mut lines = csv.lines();
    assert_eq!(
        lines.next().unwrap(),
        "part,initieradAv,kon,utfall,steg,gkHallen,insats,vantan,slut,fran,level,antal,andel,dagarMedel,dagarMedian,n,distinkta,status,disclosure,disclosureVersion"
    );
    assert_eq!(lines.next().unwrap(), "nya_gk,FK,kvinna,,,,,,,,urval,1,,,,,,,exact,");
    assert!(csv.contains("tid_insats,,kvinna,,,,afi,,,,urval,,,,,0,,not_applicable,exact,"));
    let text = render::table::render(&report);
    assert!(text.contains("2. Utfall av gemensam kartläggning"));
    assert!(text.contains("100,0\u{a0}%"));
    assert!(text.lines().all(|line| line == line.trim_end()));
}
