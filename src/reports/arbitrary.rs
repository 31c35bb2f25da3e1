//! Random cases for tests: walks over the table of transitions, with answers, changes of office and identities of
//! every kind. Not every rule is kept – only what the figures rely on: order of dates and order of steps.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate};
use proptest::prelude::*;
use uuid::Uuid;

use crate::domain::answers::{Answer, Answers, FORMAN, FORTSATT, INITIERAD_AV, Question, TID, UTBILDNING};
use crate::domain::case::{Case, IdentityState, OfficePeriod, Step};
use crate::domain::code::{
    AreaCode, CaseId, MunicipalityCode, OfficeCode, Position, RegistrationId, SteeringGroupCode,
};
use crate::domain::organisation::{Area, Members, Office, OfficePair, Organisation, SteeringGroup, Validity};
use crate::domain::person::Sex;
use crate::domain::step::{self, Agency, StepKind};

use super::quality::vary;
use super::request::{Geography, Period};

pub(super) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn pair(fk: &str, af: &str) -> OfficePair {
    OfficePair { fk: OfficeCode::parse(fk).unwrap(), af: OfficeCode::parse(af).unwrap() }
}

/// A named woman's case in Gävle, of these steps without answers.
pub(super) fn case(steps: &[(StepKind, &str)]) -> Case {
    let known_from = DateTime::from_timestamp(0, 0).unwrap();
    let steps: Vec<Step> = steps
        .iter()
        .map(|(kind, day)| Step {
            registration: RegistrationId(Uuid::nil()),
            kind: *kind,
            date: date(day),
            answers: Answers::default(),
            agency: Agency::Fk,
            agreement: None,
            known_from,
        })
        .collect();
    let from = steps[0].date;
    Case {
        id: CaseId(Uuid::nil()),
        version: 1,
        identity: IdentityState::Named,
        sex: Sex::Kvinna,
        birth: None,
        municipality: Some(MunicipalityCode::parse("2180").unwrap()),
        district: None,
        steps,
        offices: vec![OfficePeriod { registration: RegistrationId(Uuid::nil()), from, offices: pair("FK-0", "AF-0") }],
        handlers: Vec::new(),
        consent: None,
        references: Vec::new(),
        withdrawal: None,
        protected: false,
        coarsened: false,
        felregistrering: false,
        replaced_by: None,
        last_known_from: known_from,
        last_position: Position(1),
        corrections: Vec::new(),
        undone: Vec::new(),
    }
}

pub(super) fn answered(case: &mut Case, step: usize, answers: &[(Question, Answer)]) {
    case.steps[step].answers = Answers(answers.iter().cloned().collect::<BTreeMap<_, _>>());
}

const KOMMUNER: [&str; 5] = ["2180", "2181", "2101", "0180", "2023"];

/// Three offices of each agency, two areas, and a group of each kind.
pub(super) fn organisation() -> Organisation {
    let validity = Validity { from: date("2000-01-01"), to: None };
    let mut all = Organisation::default();
    for agency in Agency::ALL {
        for (i, served) in [&KOMMUNER[..2], &KOMMUNER[..3], &KOMMUNER[2..]].into_iter().enumerate() {
            let code = OfficeCode::parse(&format!("{agency}-{i}")).unwrap();
            let area = AreaCode::parse(&format!("{agency}-O{}", i / 2)).unwrap();
            all.areas.insert(area.clone(), Area { code: area.clone(), agency, name: format!("Område {area}") });
            let municipalities = served.iter().map(|k| MunicipalityCode::parse(k).unwrap()).collect();
            let name = format!("Kontor {code}");
            // The first was taken over by the second, and that by the third.
            let successor = OfficeCode::parse(&format!("{agency}-{}", i + 1)).ok().filter(|_| i < 2);
            let office = Office { code: code.clone(), agency, area, name, municipalities, validity, successor };
            all.offices.insert(code, office);
        }
    }
    let offices = ["FK-0", "AF-0", "AF-1"].map(|c| OfficeCode::parse(c).unwrap()).to_vec();
    let kommuner = ["2180", "0180"].map(|c| MunicipalityCode::parse(c).unwrap()).to_vec();
    for (code, members) in [("par", Members::Offices(offices)), ("kom", Members::Municipalities(kommuner))] {
        let code = SteeringGroupCode::parse(code).unwrap();
        let name = format!("Grupp {code}");
        all.steering_groups.insert(code.clone(), SteeringGroup { code, name, members, valid_from: validity.from });
    }
    all
}

pub(super) fn geography() -> impl Strategy<Value = Geography> {
    prop::sample::select(vec![
        "riket",
        "lan:21",
        "kommun:2180",
        "fk-omrade:FK-O0",
        "af-omrade:AF-O1",
        "fk-kontor:FK-1",
        "af-kontor:AF-2",
        "fk-kontor-med-foregangare:FK-1",
        "styrgrupp:par",
        "styrgrupp:kom",
    ])
    .prop_map(|text| Geography::parse(text).unwrap())
}

pub(super) fn period() -> impl Strategy<Value = Period> {
    (0_u64..900, 0_u64..500).prop_map(|(start, length)| {
        let from = date("2015-10-01") + Days::new(start);
        Period::new(from, from + Days::new(length)).unwrap()
    })
}

/// Random numbers of a case; everything is read from them, so that shrinking stays simple.
#[derive(Debug, Clone)]
struct Seed {
    start: u64,
    gaps: Vec<u64>,
    choices: Vec<usize>,
    answers: Vec<u8>,
    who: (u8, u8, usize, u8),
    offices: Vec<(u64, usize, usize)>,
}

pub(super) fn any_case() -> impl Strategy<Value = Case> {
    let seed = (
        0_u64..800,
        prop::collection::vec(1_u64..120, 9),
        prop::collection::vec(0_usize..60, 9),
        prop::collection::vec(any::<u8>(), 60),
        (any::<u8>(), any::<u8>(), 0_usize..6, any::<u8>()),
        prop::collection::vec((0_u64..500, 0_usize..3, 0_usize..3), 1..4),
    );
    seed.prop_map(|(start, gaps, choices, answers, who, offices)| {
        grown(&Seed { start, gaps, choices, answers, who, offices })
    })
}

fn grown(seed: &Seed) -> Case {
    let begun = date("2016-01-01") + Days::new(seed.start);
    let mut at = case(&[(StepKind::Begaran, "2016-01-01")]);
    at.steps[0].date = begun;
    let mut day = begun;
    for (gap, choice) in seed.gaps.iter().zip(&seed.choices) {
        let from = at.current().kind;
        let next: Vec<_> = step::next(Some(from)).collect();
        // Ten of sixty choices stop the walk, so that open cases of every length are met.
        if next.is_empty() || *choice >= 50 {
            break;
        }
        // Endings are chosen seldom, else hardly any walk would reach an insats and leave it again.
        let staying: Vec<_> = next.iter().filter(|t| !t.to.is_ending()).copied().collect();
        let pool = if choice % 5 > 0 { staying } else { next };
        day = day + Days::new(*gap);
        let mut step = at.steps[0].clone();
        step.kind = pool[choice / 5 % pool.len()].to;
        step.date = day;
        step.answers = Answers::default();
        at.steps.push(step);
    }
    at.offices.clear();
    for (i, (after, fk, af)) in seed.offices.iter().enumerate() {
        let from = begun + Days::new(if i == 0 { 0 } else { *after });
        let offices = pair(&format!("FK-{fk}"), &format!("AF-{af}"));
        at.offices.push(OfficePeriod { registration: RegistrationId(Uuid::nil()), from, offices });
    }
    at.offices[1..].sort_by_key(|p| p.from);
    let (sex, identity, kommun, wrong) = seed.who;
    at.sex = Sex::ALL[usize::from(sex % 2)];
    at.municipality = KOMMUNER.get(kommun).map(|k| MunicipalityCode::parse(k).unwrap());
    at.felregistrering = wrong % 12 == 0;
    at.identity = match identity % 10 {
        0 => IdentityState::Anonymous,
        1 => IdentityState::Removed,
        _ => IdentityState::Named,
    };
    if at.identity == IdentityState::Anonymous {
        at.municipality = None;
    } else {
        answer(&mut at, &seed.answers);
    }
    vary(&mut at, &seed.answers[40..]);
    at
}

/// Benefits, unanswered one time of four.
fn benefits(random: u8) -> Option<Answer> {
    let chosen = FORMAN[..8].iter().enumerate().filter(|(i, _)| (random >> i) & 1 == 1 && random.is_multiple_of(3));
    let codes: Vec<&'static str> = chosen.map(|(_, choice)| choice.code).collect();
    (!random.is_multiple_of(4)).then_some(Answer::Codes(if codes.is_empty() && random.is_multiple_of(2) {
        vec!["ingen"]
    } else {
        codes
    }))
}

/// Yes, no, or no answer.
fn perhaps(question: Question, random: u8) -> Option<(Question, Answer)> {
    (!random.is_multiple_of(5)).then_some((question, Answer::Bool(random % 5 > 2)))
}

fn before(case: &mut Case, random: &[u8]) {
    case.birth = (!random[0].is_multiple_of(6)).then(|| date("1940-01-01") + Days::new(u64::from(random[1]) * 110));
    let yes_no = [
        Question::Anstalld,
        Question::EgetForetag,
        Question::InskrivenAf,
        Question::Arbetar,
        Question::Studerar,
        Question::Program,
    ];
    let mut given: Vec<(Question, Answer)> =
        yes_no.into_iter().zip(&random[2..]).filter_map(|(question, random)| perhaps(question, *random)).collect();
    given.extend(benefits(random[8]).map(|answer| (Question::Formaner, answer)));
    given.extend(
        TID.get(usize::from(random[9] % 10)).map(|c| (Question::TidOffentligForsorjning, Answer::Code(c.code))),
    );
    given.extend(UTBILDNING.get(usize::from(random[10] % 8)).map(|c| (Question::Utbildning, Answer::Code(c.code))));
    for (question, random) in [(Question::Arbetsandel, random[11]), (Question::Studieandel, random[12])] {
        given.extend((!random.is_multiple_of(4)).then_some((question, Answer::Percent(random % 100 + 1))));
    }
    given.extend(INITIERAD_AV.get(usize::from(random[13] % 3)).map(|c| (Question::InitieradAv, Answer::Code(c.code))));
    answered(case, 0, &given);
}

fn answer(case: &mut Case, random: &[u8]) {
    before(case, &random[10..]);
    let last = case.steps.len() - 1;
    let mut given = Vec::new();
    if let Some(choice) = FORTSATT.get(usize::from(random[1] % 8)) {
        given.push((Question::FortsattHandlaggning, Answer::Code(choice.code)));
    }
    let five =
        [Question::Arbetar, Question::Studerar, Question::Program, Question::OppetArbetslos, Question::FortsattHosFk];
    for (question, random) in five.into_iter().zip(&random[2..]) {
        if random % 8 > 0 {
            given.push((question, Answer::Bool(random % 8 > 5)));
        }
    }
    let types: [&[&'static str]; 4] =
        [&[], &["subventionerat"], &["ej_subventionerat"], &["subventionerat", "ej_subventionerat"]];
    if let Some(types) = types.get(usize::from(random[7] % 5)) {
        given.push((Question::Arbetstyper, Answer::Codes(types.to_vec())));
    }
    given.extend(benefits(random[24]).map(|answer| (Question::Formaner, answer)));
    for (question, random) in [(Question::Arbetsandel, random[25]), (Question::Studieandel, random[26])] {
        given.extend((!random.is_multiple_of(4)).then_some((question, Answer::Percent(random % 100 + 1))));
    }
    if last > 0 && case.current().kind == StepKind::Avslutat {
        answered(case, last, &given);
    }
}
