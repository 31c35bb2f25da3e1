//! Properties on random cases: following the log is building anew, and behind each figure stand as many as it says.

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use crate::domain::case::Case;
use crate::domain::code::Position;
use crate::domain::transition::Settings;
use crate::reports::arbitrary::{any_case, geography, organisation, period};
use crate::reports::disclosure::{Grant, Policy};
use crate::reports::oracle;
use crate::reports::plain::{Asked, each_observed};
use crate::reports::report::Figure;
use crate::reports::request::{Lang, Request};
use crate::reports::split::Choice;
use crate::reports::variables::Variable;
use crate::reports::{Facts, pull};

use super::behind::{Cell, behind};
use super::parts::{ID, Part};

/// Late enough for everything, or within what random cases do, so that states are measured before the last day.
fn as_of(early: bool) -> DateTime<Utc> {
    let late = if early { "2016-11-30T12:00:00Z" } else { "2027-01-15T12:00:00Z" };
    late.parse().unwrap()
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn built(cases: &[Case]) -> Facts {
    Facts::build((1..).zip(cases), Position(cases.len() as i64)).unwrap()
}

proptest! {
    #![proptest_config(config(30))]

    #[test]
    fn following_the_log_tells_the_same_quality(
        before in prop::collection::vec(any_case(), 0..30),
        changes in prop::collection::vec(prop::collection::btree_map(0_usize..40, any_case(), 1..8), 1..4),
        geography in geography(), period in period(), early in any::<bool>(),
    ) {
        let mut cases = before;
        let mut facts = built(&cases);
        for change in changes {
            let mut changed = Vec::new();
            for (at, case) in change {
                let at = at.min(cases.len());
                if at == cases.len() {
                    cases.push(case.clone());
                } else {
                    cases[at] = case.clone();
                }
                changed.retain(|(key, _)| *key != at as i64 + 1);
                changed.push((at as i64 + 1, case));
            }
            facts = facts.apply(&changed, Position(1000)).unwrap();
        }
        let request = Request::plain(ID, period, geography);
        let shown = |facts: &Facts| {
            pull(facts, &organisation(), &request, as_of(early), Lang::Sv, Grant::all(Policy::Exact)).unwrap()
        };
        oracle::check(&shown(&facts), &request, &organisation(), &cases, Policy::Exact, |_| 0);
        prop_assert_eq!(shown(&facts.compacted().unwrap()), shown(&facts));
    }

    #[test]
    fn behind_each_figure_stand_as_many_as_it_says(
        cases in prop::collection::vec(any_case(), 0..40),
        geography in geography(), period in period(), early in any::<bool>(),
        sex in prop::sample::select(vec!["kvinna", "man", "samtliga"]), noisy in any::<bool>(),
    ) {
        let facts = built(&cases);
        let policy = if noisy { Policy::CellKey } else { Policy::Exact };
        let plain = Request::plain(ID, period, geography);
        let report = pull(&facts, &organisation(), &plain, as_of(early), Lang::Sv, Grant::all(policy)).unwrap();
        let mut request = plain.clone();
        if sex != "samtliga" {
            request.choices.push(Choice { variable: Variable::Kon, codes: vec![sex.to_owned()] });
        }
        let (register, settings) = (organisation(), Settings::default());
        let levels = plain.geography.resolve(&register).unwrap().levels;
        let (levels, as_known) = (&levels[..1], as_of(early));
        let asked = Asked { request: &request, organisation: &register, levels, as_of: as_known, settings: &settings };
        let mut seen = Vec::new();
        for (key, case) in (1..).zip(&cases) {
            each_observed(&asked, case, |observed, _, codes| {
                seen.push((observed.part(), codes, (key, observed.day())));
            });
        }
        for part in Part::ALL {
            let rows = &report.parts[part as usize].rows;
            for row in rows.iter().filter(|row| row.level == "urval" && row.codes[2] == sex) {
                let cell = Cell { part, code: row.codes[0].to_string(), unit: row.codes[1].to_string() };
                let told = behind(&facts, &organisation(), &request, &cell, as_of(early), policy).unwrap();
                prop_assert_eq!(told.figure, row.figures[0], "{} {:?}", part.form().id, row.codes);
                if told.figure == Figure::NotApplicable {
                    prop_assert!(told.counted.is_empty());
                    continue;
                }
                if !noisy {
                    prop_assert_eq!(Figure::Count(told.counted.len() as u64), told.figure);
                }
                // They are those that the plain loop counts in that cell.
                let of_cell = seen.iter().filter(|(id, codes, _)| *id == part.form().id && *codes == row.codes);
                let mut expected: Vec<_> = of_cell.map(|(.., counted)| *counted).collect();
                let mut found: Vec<_> = told.counted.iter().map(|c| (c.case, c.date)).collect();
                prop_assert!(told.counted.is_sorted());
                found.sort_unstable();
                expected.sort_unstable();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
