//! Properties of every figure on random cases: columns = plain loop, following the log = building anew, and the
//! identities that the figures promise.

use chrono::{DateTime, Days, Utc};
use proptest::prelude::*;

use crate::domain::case::{Case, IdentityState, OfficePeriod};
use crate::domain::code::{CaseId, Position};
use crate::domain::step::StepKind;

use super::arbitrary::{any_case, case, date, geography, organisation, pair, period};
use super::disclosure::{Grant, Policy};
use super::forms::{self, ReportForm};
use super::oracle;
use super::report::{Figure, Report, Row};
use super::request::{Geography, Lang, MOST_ROWS, Period, Request, RequestError};
use super::split::Choice;
use super::times::Every;
use super::variables::Variable;
use super::{Facts, PullError, plain, pull};

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn pulled(facts: &Facts, geography: &Geography, period: Period) -> Report {
    pulled_as(facts, geography, period, Policy::Exact)
}

fn pulled_as(facts: &Facts, geography: &Geography, period: Period, policy: Policy) -> Report {
    let request = Request::plain("baspaket", period, geography.clone());
    pull(facts, &organisation(), &request, at(), Lang::Sv, Grant::all(policy)).unwrap()
}

/// The record keys, which noise follows from, are a case's own.
fn identified(at: usize, case: Case) -> Case {
    Case { id: CaseId(uuid::Uuid::from_u128(at as u128)), ..case }
}

fn built(cases: &[Case]) -> Facts {
    Facts::build((1..).zip(cases), Position(cases.len() as i64)).unwrap()
}

/// The facts of these cases where some were others before, and some came later.
fn followed(cases: &[Case]) -> Facts {
    let (now, later) = cases.split_at(cases.len() * 3 / 4);
    let mut before: Vec<Case> = now.to_vec();
    let others = before.len() / 3;
    before[..others].reverse();
    before.iter_mut().zip(now).for_each(|(before, now)| before.id = now.id);
    let changed = (1..).zip(&now[..others]).chain((now.len() as i64 + 1..).zip(later));
    let changed: Vec<(i64, Case)> = changed.map(|(key, case)| (key, case.clone())).collect();
    built(&before).apply(&changed, Position(cases.len() as i64)).unwrap()
}

/// Every row of every part and level is what the plain loop says.
fn check(report: &Report, cases: &[Case], geography: &Geography, period: Period) {
    let resolved = geography.resolve(&organisation()).unwrap();
    let levels: Vec<_> = resolved.levels.iter().map(|level| plain::baspaket(cases, period, level)).collect();
    for (i, part) in report.parts.iter().enumerate() {
        let expected: Vec<&Row> = levels.iter().flat_map(|level| &level[i]).collect();
        for (row, expected) in part.rows.iter().zip(&expected) {
            assert_eq!(row, *expected, "{}", part.id);
        }
        assert_eq!(part.rows.len(), expected.len(), "{}", part.id);
    }
    let urval = &resolved.levels[0].selection;
    assert_eq!(report.anonymous, Figure::Count(plain::anonymous(cases, period, urval)));
}

fn everything() -> Period {
    Period::new("2015-01-01".parse().unwrap(), "2026-12-31".parse().unwrap()).unwrap()
}

/// The period, often with its edges on days when something happened, or on the day before: there the definitions are
/// easiest to get wrong.
fn on_edges(period: Period, cases: &[Case], random: usize) -> Period {
    let happened = |case: &Case| {
        case.steps.iter().map(|s| s.date).chain(case.offices[1..].iter().map(|o| o.from)).collect::<Vec<_>>()
    };
    let days: Vec<_> = cases.iter().flat_map(happened).flat_map(|day| [day, day - Days::new(1)]).collect();
    let some = |at: usize| days.get(at % days.len().max(1)).copied();
    let from = some(random).filter(|_| !random.is_multiple_of(3)).unwrap_or(period.from());
    let to = some(random / 7).filter(|_| random % 5 > 1).unwrap_or(period.to());
    Period::new(from.min(to), to.max(from)).unwrap()
}

/// A request with up to two selections and two splits that the report takes, chosen by chance.
pub(super) fn asked(form: &ReportForm, period: Period, geography: Geography, chance: [u8; 8]) -> Request {
    let mut request = Request { version: Some(form.version), ..Request::plain(form.id, period, geography) };
    let codes_of = |variable: Variable, chance: u8| match variable {
        Variable::FkKontor => vec!["FK-0".to_owned(), "FK-2".to_owned()],
        Variable::AfKontor => vec!["AF-1".to_owned()],
        Variable::Verksamhetsomrade => vec!["FK-O0".to_owned()],
        Variable::Marknadsomrade => vec!["AF-O1".to_owned()],
        Variable::Kommun => vec!["2180".to_owned(), "uppgift_saknas".to_owned()],
        other => {
            let codes = other.row().codes.iter().enumerate();
            let some = codes.filter(|(i, _)| (chance >> (i % 8)) & 1 == 1 || *i == usize::from(chance) % 3);
            some.map(|(_, code)| (*code).to_owned()).collect()
        }
    };
    let selectable: Vec<Variable> = form.selectable().collect();
    let wanted = usize::from(chance[0] % 3);
    for i in 0..wanted {
        let variable = selectable[usize::from(chance[1 + i]) % selectable.len()];
        if !request.choices.iter().any(|c| c.variable == variable) {
            request.choices.push(Choice { variable, codes: codes_of(variable, chance[3 + i]) });
        }
    }
    let missing = form.requires.filter(|v| !request.choices.iter().any(|c| c.variable == *v));
    if let Some(variable) = missing {
        request.choices.push(Choice { variable, codes: codes_of(variable, chance[5]) });
    }
    // Months of many years are more rows than are answered.
    let months = (period.to() - period.from()).num_days() / 30;
    request.every = match chance[7] % 4 {
        0 if months < 24 => Some(Every::Month),
        1 if months < 48 => Some(Every::Quarter),
        2 => Some(Every::Year),
        _ => None,
    };
    let splittable: Vec<Variable> = form.splittable().collect();
    for i in 0..usize::from(chance[5] % 3) {
        let variable = splittable[usize::from(chance[6 + i]) % splittable.len()];
        if !request.splits.contains(&variable) {
            request.splits.push(variable);
        }
    }
    request
}

/// An anonymous case that changes office on the day after the period is open on the period's last day, at its first
/// office.
#[test]
fn an_anonymous_case_is_open_until_its_ending_whatever_its_office() {
    let mut case = case(&[(StepKind::Begaran, "2016-02-01"), (StepKind::Avslutat, "2016-09-01")]);
    case.identity = IdentityState::Anonymous;
    let moved = OfficePeriod { from: date("2016-07-01"), offices: pair("FK-1", "AF-0"), ..case.offices[0].clone() };
    case.offices.push(moved);
    let cases = [case];
    for last in ["2016-06-29", "2016-06-30", "2016-07-01", "2016-08-31", "2016-09-01"] {
        let period = Period::new(date("2016-01-01"), date(last)).unwrap();
        for geography in ["fk-kontor:FK-0", "fk-kontor:FK-1", "riket"] {
            let request = Request::plain("status", period, Geography::parse(geography).unwrap());
            let grant = Grant::all(Policy::Exact);
            let report = pull(&built(&cases), &organisation(), &request, at(), Lang::Sv, grant).unwrap();
            oracle::check(&report, &request, &organisation(), &cases, Policy::Exact, |_| 0);
        }
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn columns_say_what_a_plain_loop_says(
        cases in prop::collection::vec(any_case(), 0..60),
        geography in geography(), period in period(), edge in 0_usize..10_000,
    ) {
        let period = on_edges(period, &cases, edge);
        check(&pulled(&built(&cases), &geography, period), &cases, &geography, period);
    }

    #[test]
    fn every_report_selected_split_and_cut_says_what_a_plain_loop_says(
        cases in prop::collection::vec(any_case(), 0..60),
        geography in geography(), period in period(), edge in 0_usize..10_000,
        chosen in prop::collection::vec(any::<[u8; 8]>(), forms::REPORTS.len()), whole in any::<bool>(),
    ) {
        let mut cases = cases;
        (1..).zip(&mut cases).for_each(|(number, case)| case.id = CaseId(uuid::Uuid::from_u128(number)));
        // Half of the time everything that ever happened is counted, so that the rare is met.
        let period = if whole { everything() } else { on_edges(period, &cases, edge) };
        let facts = if edge % 2 == 0 { built(&cases) } else { followed(&cases) };
        for (form, chosen) in forms::REPORTS.iter().zip(chosen) {
            let request = asked(form, period, geography.clone(), chosen);
            // Noise follows from who is counted, so it is held against those whom the plain loop counts.
            let policy = if chosen[0] % 2 == 0 { Policy::Exact } else { Policy::CellKey };
            match pull(&facts, &organisation(), &request, at(), Lang::Sv, Grant::all(policy)) {
                Ok(report) => {
                    let record = |number: usize| facts.keyed.by.of(cases[number].id);
                    oracle::check(&report, &request, &organisation(), &cases, policy, record);
                    let only = &report.parts[usize::from(chosen[4]) % report.parts.len()];
                    let request = Request { parts: vec![only.id.to_owned()], ..request };
                    let alone = pull(&facts, &organisation(), &request, at(), Lang::Sv, Grant::all(policy)).unwrap();
                    prop_assert_eq!(&alone.parts[..], std::slice::from_ref(only), "a part alone is as among others");
                }
                Err(PullError::Request(errors)) => {
                    let too_many = matches!(errors[..], [RequestError::TooManyRows { rows, .. }] if rows > MOST_ROWS);
                    prop_assert!(too_many);
                }
                Err(PullError::Columns(error)) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn following_the_log_is_building_anew(
        before in prop::collection::vec(any_case(), 0..30),
        changes in prop::collection::vec(prop::collection::btree_map(0_usize..40, any_case(), 1..8), 1..4),
        geography in geography(),
        period in period(),
    ) {
        let mut cases: Vec<Case> = before.into_iter().enumerate().map(|(at, case)| identified(at, case)).collect();
        let mut facts = built(&cases);
        for (i, change) in changes.into_iter().enumerate() {
            let mut changed = Vec::new();
            for (at, case) in change {
                let at = at.min(cases.len());
                let case = identified(at, case);
                if at == cases.len() {
                    cases.push(case.clone());
                } else {
                    cases[at] = case.clone();
                }
                changed.retain(|(key, _)| *key != at as i64 + 1);
                changed.push((at as i64 + 1, case));
            }
            // Pulled in between, so that what is kept would be seen if it outlived the change.
            for policy in [Policy::Exact, Policy::CellKey] {
                pulled_as(&facts, &geography, period, policy);
            }
            facts = facts.apply(&changed, Position(1000 + i as i64)).unwrap();
        }
        check(&pulled(&facts, &geography, period), &cases, &geography, period);
        let noisy = |facts: &Facts| pulled_as(facts, &geography, period, Policy::CellKey).parts;
        prop_assert_eq!(noisy(&facts), noisy(&built(&cases)));
        prop_assert!(facts.counted_to() > Position(999));
        // Also which places are shown: none that cases were at before.
        for (report, splits) in [("status", vec![Variable::FkKontor]), ("deltagare-bakgrund", vec![Variable::AfKontor, Variable::Marknadsomrade]), ("datakvalitet", vec![])] {
            let request = Request { splits, ..Request::plain(report, period, geography.clone()) };
            let of = |facts| pull(facts, &organisation(), &request, at(), Lang::Sv, Grant::all(Policy::Exact)).unwrap().parts;
            prop_assert_eq!(of(&facts), of(&built(&cases)), "{}", report);
        }
        prop_assert_eq!(facts.cases(), cases.len());
        for whole in [facts.compacted().unwrap(), facts.tidied().unwrap()] {
            prop_assert_eq!(pulled(&whole, &geography, period), pulled(&facts, &geography, period));
            prop_assert_eq!(noisy(&whole), noisy(&facts));
        }
    }

    #[test]
    fn the_identities_hold(
        cases in prop::collection::vec(any_case(), 0..60),
        geography in geography(), period in period(), edge in 0_usize..10_000,
    ) {
        let period = on_edges(period, &cases, edge);
        let report = pulled(&built(&cases), &geography, period);
        let rows = |part: &str| &report.parts.iter().find(|p| p.id == part).unwrap().rows;
        for level in ["urval", "riket"] {
            for kon in ["kvinna", "man", "samtliga"] {
                let here = |part: &str| {
                    let rows = rows(part).iter().filter(|r| r.level == level && has(part, r, "kon", kon));
                    rows.cloned().collect::<Vec<_>>()
                };
                let all: f64 = without_total("utfall_gk", &here("utfall_gk"), "utfall").iter().map(|r| float(r.figures[1])).sum();
                let left = total("utfall_gk", &here("utfall_gk"), "utfall");
                prop_assert!(left == 0 || (all - 1.0).abs() < 1e-9);
                for held in ["ja", "nej", "samtliga"] {
                    let of = |part: &str| {
                        here(part).into_iter().filter(|r| has(part, r, "gkHallen", held)).collect::<Vec<_>>()
                    };
                    let steps = without_total("tid_per_steg", &of("tid_per_steg"), "steg");
                    let sum: f64 = steps.iter().map(|r| float(r.figures[0])).sum();
                    let whole = of("tid_samarbete").into_iter().find(|r| has("tid_samarbete", r, "fran", "begaran")).unwrap();
                    prop_assert!((sum - float(whole.figures[0])).abs() < 1e-6);
                }
                let kinds: u64 = without_total("nya_insats", &here("nya_insats"), "insats").iter().map(|r| int(r.figures[0])).sum();
                prop_assert!(total("nya_insats", &here("nya_insats"), "insats") <= kinds);
                let active = here("aktiva");
                let stock: u64 = without_total("aktiva", &active, "insats").iter().map(|r| int(r.figures[0])).sum();
                prop_assert_eq!(stock, total("aktiva", &active, "insats"));
                prop_assert!(active.iter().all(|r| int(r.figures[0]) <= int(r.figures[1])));
                prop_assert_eq!(total("till_insats", &here("till_insats"), "insats"), left);
            }
        }
        for part in ["nya_gk", "utfall_gk", "till_insats", "nya_insats", "aktiva", "utfall_insats"] {
            for both in rows(part).chunks(3) {
                let sum = int(both[0].figures[0]) + int(both[1].figures[0]);
                prop_assert_eq!(sum, int(both[2].figures[0]), "women and men are everyone in {}", part);
            }
        }
    }
}

fn has(part: &str, row: &Row, dimension: &str, code: &str) -> bool {
    let axes = super::baspaket::PARTS.iter().find(|form| form.id == part).unwrap().axes;
    row.codes[axes.iter().position(|axis| axis.name == dimension).unwrap()] == code
}

fn without_total(part: &str, rows: &[Row], dimension: &str) -> Vec<Row> {
    rows.iter().filter(|r| !has(part, r, dimension, "samtliga")).cloned().collect()
}

fn total(part: &str, rows: &[Row], dimension: &str) -> u64 {
    int(rows.iter().find(|r| has(part, r, dimension, "samtliga")).unwrap().figures[0])
}

fn int(figure: Figure) -> u64 {
    if let Figure::Count(n) = figure { n } else { panic!("{figure:?} is no count") }
}

fn float(figure: Figure) -> f64 {
    if let Figure::Number(x) = figure { x } else { 0.0 }
}
