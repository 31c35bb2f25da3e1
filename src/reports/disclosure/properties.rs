//! Properties of figures with noise on random cases: the same cases have the same figure in every part, level and
//! report, each level by its own policy, zero stays zero, and days are of at least five.

use std::collections::HashMap;

use chrono::DateTime;
use proptest::prelude::*;

use super::{Grant, Policy, THRESHOLD};
use crate::domain::case::Case;
use crate::domain::code::{CaseId, Position};
use crate::reports::arbitrary::{any_case, geography, organisation, period};
use crate::reports::forms::REPORTS;
use crate::reports::properties::asked;
use crate::reports::report::{Figure, Report, Row, Unit};
use crate::reports::request::{Geography, Lang, Period, Request};
use crate::reports::{Facts, pull};

fn facts(cases: &[Case]) -> Facts {
    let with_id = |(id, case): (u128, &Case)| Case { id: CaseId(uuid::Uuid::from_u128(id)), ..case.clone() };
    Facts::build((1..).zip((1..).zip(cases).map(with_id)), Position(1)).unwrap()
}

fn pulled(facts: &Facts, geography: &Geography, period: Period, policy: Policy) -> Report {
    let request = Request::plain("baspaket", period, geography.clone());
    let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    pull(facts, &organisation(), &request, at, Lang::Sv, Grant::all(policy)).unwrap()
}

fn figure(report: &Report, level: &str, part: &str, codes: &[&str], measure: usize) -> Figure {
    let part = report.parts.iter().find(|p| p.id == part).unwrap();
    part.rows.iter().find(|r| r.level == level && r.codes.iter().eq(codes)).unwrap().figures[measure]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_cases_have_the_same_figure_whatever_the_table(
        cases in prop::collection::vec(any_case(), 0..120), geography in geography(), period in period(),
    ) {
        let facts = facts(&cases);
        let shown = pulled(&facts, &geography, period, Policy::CellKey);
        for level in &shown.levels {
            let of = |part: &str, codes: &[&str], measure| figure(&shown, &level.code, part, codes, measure);
            for kon in ["kvinna", "man", "samtliga"] {
                let left = of("utfall_gk", &["samtliga", kon], 0);
                prop_assert_eq!(left, of("till_insats", &["samtliga", kon], 0));
                prop_assert_eq!(left, of("tid_insats", &["gk", kon], 2));
                let entered = of("nya_gk", &["samtliga", kon], 0);
                prop_assert_eq!(entered, of("tid_vantan", &["begaran", "aktivitet", kon], 2));
                for held in ["ja", "nej", "samtliga"] {
                    let ended = of("tid_samarbete", &["begaran", held, kon], 2);
                    for step in ["begaran", "gk", "afi", "samtliga"] {
                        prop_assert_eq!(ended, of("tid_per_steg", &[step, held, kon], 2));
                    }
                }
                prop_assert_eq!(of("tid_samarbete", &["begaran", "nej", kon], 2), of("tid_vantan", &["begaran", "avslut", kon], 2));
            }
        }
        // Columns built in another order, and by following the log, are of the same cases.
        let half = cases.len() / 2;
        let with_id = |(id, case): (u128, &Case)| Case { id: CaseId(uuid::Uuid::from_u128(id)), ..case.clone() };
        let all: Vec<(i64, Case)> = (1..).zip((1..).zip(&cases).map(with_id)).collect();
        let begun = Facts::build(all[half..].iter().map(|(key, case)| (*key, case)), Position(1)).unwrap();
        let followed = begun.apply(&all[..half], Position(1)).unwrap();
        prop_assert_eq!(&pulled(&followed, &geography, period, Policy::CellKey).parts, &shown.parts);
        prop_assert_eq!(&pulled(&followed.compacted().unwrap(), &geography, period, Policy::CellKey).parts, &shown.parts);
    }

    #[test]
    fn each_level_is_protected_by_its_own_policy_whatever_stands_beside(
        cases in prop::collection::vec(any_case(), 0..60), geography in geography(), period in period(),
        chosen in prop::collection::vec(any::<[u8; 8]>(), REPORTS.len()),
    ) {
        // Each of its own columns, so that rows which are kept of one policy would be seen if another had them.
        let [noisy, open, mixed] = [(); 3].map(|()| facts(&cases));
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let plain = REPORTS.iter().map(|form| Request::plain(form.id, period, geography.clone()));
        let free = REPORTS.iter().zip(chosen).map(|(form, chosen)| asked(form, period, geography.clone(), chosen));
        for request in plain.chain(free) {
            let pulled = |facts, grant| pull(facts, &organisation(), &request, at, Lang::Sv, grant);
            let (noise, exact) = (Grant::all(Policy::CellKey), Grant::all(Policy::Exact));
            let (Ok(noise), Ok(exact)) = (pulled(&noisy, noise), pulled(&open, exact)) else {
                // A report that demands a selection, or too many rows.
                continue;
            };
            for (own, beside, own_as, beside_as) in [
                (Policy::Exact, Policy::CellKey, &exact, &noise),
                (Policy::CellKey, Policy::Exact, &noise, &exact),
            ] {
                let shown = pulled(&mixed, Grant { own, beside }).unwrap();
                prop_assert_eq!(&shown.anonymous, &own_as.anonymous);
                for ((shown, own_as), beside_as) in shown.parts.iter().zip(&own_as.parts).zip(&beside_as.parts) {
                    prop_assert_eq!(shown.rows.len(), own_as.rows.len());
                    let beside: HashMap<_, _> = beside_as.rows.iter().map(|row| ((&row.level, &row.codes), row)).collect();
                    for (row, own) in shown.rows.iter().zip(&own_as.rows) {
                        // Where the selection's cases are is told to whoever sees its figures as counted.
                        let beside = beside.get(&(&row.level, &row.codes)).copied().unwrap_or(row);
                        prop_assert_eq!(row, if row.level == "urval" { own } else { beside });
                    }
                }
            }
        }
    }

    #[test]
    fn which_rows_there_are_tells_nothing_of_the_cases_where_figures_have_noise(
        cases in prop::collection::vec(any_case(), 1..60), geography in geography(), period in period(),
        chosen in prop::collection::vec(any::<[u8; 8]>(), REPORTS.len()),
    ) {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let (none, some) = (facts(&[]), facts(&cases));
        let plain = REPORTS.iter().map(|form| Request::plain(form.id, period, geography.clone()));
        let free = REPORTS.iter().zip(chosen).map(|(form, chosen)| asked(form, period, geography.clone(), chosen));
        for request in plain.chain(free) {
            let rows = |facts| {
                let report = pull(facts, &organisation(), &request, at, Lang::Sv, Grant::all(Policy::CellKey)).ok()?;
                let named = |row: Row| (row.level, row.codes);
                Some(report.parts.into_iter().map(|part| part.rows.into_iter().map(named).collect()).collect::<Vec<Vec<_>>>())
            };
            prop_assert_eq!(rows(&none), rows(&some), "{:?}", request);
        }
    }

    #[test]
    fn noise_leaves_zero_alone_and_days_are_of_at_least_five(
        cases in prop::collection::vec(any_case(), 0..120), geography in geography(), period in period(),
    ) {
        let facts = facts(&cases);
        let [shown, exact] = [Policy::CellKey, Policy::Exact].map(|p| pulled(&facts, &geography, period, p));
        for (shown, exact) in shown.parts.iter().zip(&exact.parts) {
            for (row, open) in shown.rows.iter().zip(&exact.rows) {
                for ((measure, figure), counted) in shown.measures.iter().zip(&row.figures).zip(&open.figures) {
                    match (measure.unit, figure, counted) {
                        (Unit::Count, Figure::Count(n), Figure::Count(counted)) => {
                            prop_assert!(n.abs_diff(*counted) <= 3 && (*counted > 0 || *n == 0));
                        }
                        (Unit::Share, Figure::Number(share), _) => prop_assert!((0.0..=1.0).contains(share)),
                        (Unit::Days, Figure::Number(days), _) => {
                            let Some(Figure::Count(n)) = open.figures.last() else { panic!("{open:?}") };
                            prop_assert!(days.fract() == 0.0 && *n >= THRESHOLD);
                        }
                        (Unit::Share | Unit::Days, Figure::NotApplicable | Figure::Withheld, _) => {}
                        other => panic!("{other:?}"),
                    }
                }
            }
        }
    }
}
