//! `datakvalitet` as a plain loop over cases, straight from the definitions: what the columns are held against. Shares
//! nothing with them but codes, who belongs to a selection, and which day is measured.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::domain::answers::Question;
use crate::domain::case::{Case, IdentityState, Step};
use crate::domain::dates::swedish_day;
use crate::domain::organisation::Organisation;
use crate::domain::step::{Agency, StepKind};
use crate::reports::cube::SAMTLIGA;
use crate::reports::plain::codes_of;
use crate::reports::report::{Figure, Report};
use crate::reports::request::{Period, Request};
use crate::reports::selection::{Level, Selection};
use crate::reports::times::Time;

use super::parts::PARTS;

/// Something that a part counts of a case.
pub(super) struct Seen {
    pub(super) part: &'static str,
    /// The codes of the own dimension; `samtliga` only where that is no sum.
    pub(super) codes: Vec<&'static str>,
    pub(super) whose: Vec<Agency>,
    /// The case's places on this day are those of what is counted.
    pub(super) place: NaiveDate,
    /// The day that is told of it.
    pub(super) date: NaiveDate,
    pub(super) what: &'static str,
}

/// Every row of every part and level is what the loop says.
pub(in crate::reports) fn check(
    report: &Report,
    request: &Request,
    as_of: DateTime<Utc>,
    all: &Organisation,
    cases: &[Case],
) {
    let levels = request.geography.resolve(all).unwrap().levels;
    let of_period = |period: Period| {
        let request = Request { period, every: None, ..request.clone() };
        counted(&request, as_of, all, cases, &levels)
    };
    // Times stand beside each other as the last dimension.
    let times = request.every.map(|every| every.periods(request.period));
    let times: Option<BTreeMap<String, Cells>> = times.map(|times| {
        times.into_iter().map(|period| (Time::of(period.from(), period.to()).code, of_period(period))).collect()
    });
    let whole = of_period(request.period);
    for (part, form) in report.parts.iter().zip(&PARTS) {
        let combinations: usize = part.dimensions.iter().map(|d| d.codes.len()).product();
        assert_eq!(part.rows.len(), combinations * levels.len(), "{}", part.id);
        for row in &part.rows {
            let mut codes: Vec<String> = row.codes.iter().map(ToString::to_string).collect();
            let cells = times.as_ref().map_or(&whole, |times| &times[&codes.pop().unwrap()]);
            let count = |codes: Vec<String>| cells.get(&(form.id, row.level.clone(), codes)).copied().unwrap_or(0);
            let mut total = codes.clone();
            total[0] = SAMTLIGA.to_owned();
            let (n, of) = (count(codes), count(total));
            let level = levels.iter().find(|level| level.code == row.level).unwrap();
            let by_kommun = matches!(level.selection, Selection::Municipalities(_) | Selection::County(_));
            let expected = match form.id {
                "andel_anonyma" if by_kommun => [Figure::NotApplicable; 2],
                _ => [Figure::Count(n), Figure::share(n, of)],
            };
            assert_eq!(row.figures, expected, "{} {:?} {}", part.id, row.codes, row.level);
        }
    }
}

/// Part, level and codes.
type Cells = BTreeMap<(&'static str, String, Vec<String>), u64>;

fn counted(request: &Request, as_of: DateTime<Utc>, all: &Organisation, cases: &[Case], levels: &[Level]) -> Cells {
    let mut cells = Cells::new();
    for case in cases {
        for seen in seen(case, request, as_of) {
            for level in levels.iter().filter(|level| includes(&level.selection, case, seen.place)) {
                for codes in combinations(&seen, case, request, all) {
                    *cells.entry((seen.part, level.code.clone(), codes)).or_default() += 1;
                }
            }
        }
    }
    cells
}

pub(super) fn includes(selection: &Selection, case: &Case, day: NaiveDate) -> bool {
    let offices = case.offices_on(day);
    selection.includes(&offices.fk, &offices.af, case.municipality.as_ref())
}

/// The rows that something is counted in.
pub(super) fn combinations(seen: &Seen, case: &Case, request: &Request, all: &Organisation) -> Vec<Vec<String>> {
    let with_total = |mut codes: Vec<String>| {
        codes.push(SAMTLIGA.to_owned());
        codes
    };
    let own: Vec<String> = seen.codes.iter().map(ToString::to_string).collect();
    let summed = PARTS.iter().find(|form| form.id == seen.part).unwrap().axes[0].summed;
    let offices = case.offices_on(seen.place);
    let units = seen.whose.iter().flat_map(|agency| [agency.code().to_owned(), offices.of(*agency).to_string()]);
    let sex = vec![case.sex.code().to_owned()];
    let mut axes = vec![if summed { with_total(own) } else { own }, with_total(units.collect()), with_total(sex)];
    for variable in &request.splits {
        axes.push(with_total(codes_of(*variable, case, seen.place, request.period, all)));
    }
    axes.iter().fold(vec![Vec::new()], |shorter, codes| {
        let longer = |start: &Vec<String>| {
            codes.iter().map(|code| start.iter().chain([code]).cloned().collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        shorter.iter().flat_map(longer).collect()
    })
}

/// Everything that the report counts of a case, those not chosen left out.
pub(super) fn seen(case: &Case, request: &Request, as_of: DateTime<Utc>) -> Vec<Seen> {
    if case.felregistrering {
        return Vec::new();
    }
    let mut all = Vec::new();
    request_made(case, request, &mut all);
    if case.identity != IdentityState::Anonymous {
        case.steps.iter().enumerate().for_each(|(i, step)| registered(case, i, step, request, &mut all));
        corrected(case, request, &mut all);
        under_way(case, request, as_of, &mut all);
    }
    all.retain(|seen| {
        let codes =
            |variable| codes_of(variable, case, seen.place, request.period, &super::super::arbitrary::organisation());
        request.choices.iter().all(|choice| codes(choice.variable).iter().any(|code| choice.codes.contains(code)))
    });
    all
}

fn request_made(case: &Case, request: &Request, all: &mut Vec<Seen>) {
    let day = case.begun();
    if request.period.contains(day) {
        let anonymous = case.identity == IdentityState::Anonymous;
        let code = if anonymous { "anonymt" } else { "ej_anonymt" };
        let whose = Agency::ALL.to_vec();
        all.push(Seen { part: "andel_anonyma", codes: vec![code], whose, place: day, date: day, what: "begaran" });
    }
}

fn registered(case: &Case, at: usize, step: &Step, request: &Request, all: &mut Vec<Seen>) {
    if !request.period.contains(step.date) {
        return;
    }
    let mut add = |part, code| {
        let (whose, what) = (vec![step.agency], step.kind.code());
        all.push(Seen { part, codes: vec![code], whose, place: step.date, date: step.date, what });
    };
    let known = swedish_day(step.known_from);
    let days_late = (0..).find(|days| step.date + Days::new(*days) >= known);
    add(
        "aktualitet",
        match days_late {
            _ if known < step.date => "i_forvag",
            Some(0) => "0",
            Some(1..=3) => "1_3",
            Some(4..=6) => "4_6",
            Some(7..=10) => "7_10",
            _ => "11_",
        },
    );
    add("for_annans_rakning", if step.agreement.is_some() { "annans" } else { "egen" });
    let after_gk = at > 0 && case.steps[at - 1].kind == StepKind::Gk;
    if after_gk || [StepKind::Begaran, StepKind::Avslutat, StepKind::Avbrutet].contains(&step.kind) {
        let missing = case.missing_answers().iter().any(|(_, q)| missing_at(case, at, *q));
        add("saknade_svar", if missing { "saknas" } else { "fullstandiga" });
    }
}

/// Whether a question that is missing somewhere in the case is so at this step: asked there, and not answered.
fn missing_at(case: &Case, at: usize, question: Question) -> bool {
    let step = &case.steps[at];
    let from = at.checked_sub(1).map(|before| case.steps[before].kind);
    step.answers.missing(from, step.kind).any(|q| q == question)
}

fn corrected(case: &Case, request: &Request, all: &mut Vec<Seen>) {
    for made in &case.corrections {
        let day = swedish_day(made.known_from);
        if request.period.contains(day) {
            let (codes, whose) = (vec![made.kind], vec![made.agency]);
            all.push(Seen { part: "rattelser", codes, whose, place: day, date: day, what: made.kind });
        }
    }
}

fn under_way(case: &Case, request: &Request, as_of: DateTime<Utc>, all: &mut Vec<Seen>) {
    let on = request.period.to().min(swedish_day(as_of));
    let Some(step) = case.step_on(on).filter(|step| !step.kind.is_ending()) else { return };
    // The case as it was while the step was the latest: then the next was due.
    let mut then = case.clone();
    then.steps.retain(|s| s.date <= step.date);
    let due = crate::domain::due::next(&then, &crate::domain::transition::Settings::default()).unwrap();
    let mut add =
        |part, codes, whose| all.push(Seen { part, codes, whose, place: on, date: on, what: step.kind.code() });
    let codes = match (on > due.on, step.kind.code()) {
        (true, "afi" | "ali") => vec!["ja", "uppfoljning", SAMTLIGA],
        (true, _) => vec!["ja", "registrering", SAMTLIGA],
        (false, _) => vec!["nej", SAMTLIGA],
    };
    add("forsenade", codes, vec![due.owner]);
    let mut codes = Vec::new();
    for (days, code) in [(0, "over_0"), (7, "over_7"), (30, "over_30"), (90, "over_90")] {
        codes.extend((on > due.on + Days::new(days)).then_some(code));
    }
    codes.push(SAMTLIGA);
    add("vantar", codes, vec![due.owner.other()]);
    let known = [
        ("kommun", case.municipality.is_some()),
        ("fodelsedatum", case.birth.is_some()),
        ("handlaggare_fk", case.present_handler(Agency::Fk).is_some()),
        ("handlaggare_af", case.present_handler(Agency::Af).is_some()),
        ("alla_svar", case.missing_answers().is_empty()),
        (SAMTLIGA, true),
    ];
    let codes = known.into_iter().filter_map(|(code, known)| known.then_some(code)).collect();
    add("tackning", codes, Agency::ALL.to_vec());
}
