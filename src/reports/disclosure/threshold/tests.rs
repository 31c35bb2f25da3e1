//! Attacks on what is withheld: nothing of it can be worked out, by equations or by bounds, on random reports.

use chrono::{DateTime, NaiveDate};
use proptest::prelude::*;

use super::tables::{self, Table};
use crate::domain::case::Case;
use crate::domain::code::{CaseId, Position};
use crate::domain::step::StepKind;
use crate::reports::arbitrary::{any_case, case, geography, organisation};
use crate::reports::disclosure::{Grant, Policy, THRESHOLD, cell_key};
use crate::reports::report::{Figure, Report, Row};
use crate::reports::request::{Geography, Lang, Period, Request};
use crate::reports::{Facts, pull};

/// As counted, withheld, and as everyone may pull it live.
fn reports(report: &str, cases: &[Case], geography: &Geography, months: u32) -> [Report; 3] {
    let mut cases = cases.to_vec();
    for (case, id) in cases.iter_mut().zip(1..) {
        case.id = CaseId(uuid::Uuid::from_u128(id));
    }
    let facts = Facts::build((1..).zip(&cases), Position(1)).unwrap();
    let from: NaiveDate = "2016-07-01".parse().unwrap();
    let period = Period::new(from, from + chrono::Months::new(months) - chrono::Days::new(1)).unwrap();
    let request = Request::plain(report, period, geography.clone());
    [Policy::Exact, Policy::Threshold, Policy::CellKey].map(|policy| {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        pull(&facts, &organisation(), &request, at, Lang::Sv, Grant::all(policy)).unwrap()
    })
}

#[test]
fn a_level_that_is_shown_as_counted_stays_so_beside_one_that_withholds() {
    let cases: Vec<Case> = ["2016-08-01", "2016-08-02", "2016-08-03"]
        .map(|day| case(&[(StepKind::Begaran, "2016-07-01"), (StepKind::Gk, day)]))
        .to_vec();
    let facts = Facts::build((1..).zip(&cases), Position(1)).unwrap();
    let request = Request::parse("baspaket", "2016-07-01", "2016-09-30", "fk-kontor:FK-0").unwrap();
    let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let grant = Grant { own: Policy::Exact, beside: Policy::Threshold };
    let report = pull(&facts, &organisation(), &request, at, Lang::Sv, grant).unwrap();
    let told = |level: &str| {
        let here = |r: &&Row| r.level == level && r.codes.iter().all(|c| c == "samtliga");
        report.parts[0].rows.iter().find(here).unwrap().figures[0]
    };
    assert_eq!((told("urval"), told("riket")), (Figure::Count(3), Figure::Withheld));
    let anyone = pull(&facts, &organisation(), &request, at, Lang::Sv, Grant::all(Policy::Threshold)).unwrap();
    let rows = anyone.parts.iter().flat_map(|part| &part.rows);
    assert!(rows.flat_map(|row| &row.figures).all(|f| !matches!(f, Figure::Count(1..))));
}

/// Cells, each with its factor.
type Cells = Vec<(usize, i64)>;

/// The cells that a level's figures are sums of, as an attacker knows them, with what is shown and what is not.
struct Attack {
    cells: usize,
    /// Cells with their factors, whose sum is nothing: what is known of the same count in several parts, whatever is shown.
    alike: Vec<Cells>,
    /// Cells, and their sum that is shown.
    shown: Vec<(Cells, i64)>,
    /// Cells, and the least and the most that their sum can be by what is shown of it live.
    live: Vec<(Vec<usize>, i64, i64)>,
    withheld: Vec<(Vec<usize>, i64)>,
}

/// The least and the most of a count that is shown so with noise.
fn span(shown: u64) -> (i64, i64) {
    let counts = (shown.saturating_sub(5)..shown + 5).filter(|count| cell_key::live().unwrap().allows(*count, shown));
    let counts: Vec<i64> = counts.map(|count| count as i64).collect();
    (counts[0], counts[counts.len() - 1])
}

fn attack(exact: &Report, shown: &Report, live: &Report, level: &str) -> Attack {
    let tables: Vec<Table> = tables::of(exact, level);
    let mut attack = Attack { cells: 0, alike: Vec::new(), shown: Vec::new(), live: Vec::new(), withheld: Vec::new() };
    let mut shared: Vec<(usize, Vec<usize>, i64)> = Vec::new();
    for table in &tables {
        let first = attack.cells;
        attack.cells += table.cells.len();
        for (line, value) in table.lines.iter().zip(table.values()).filter(|(line, _)| !line.places.is_empty()) {
            let members: Vec<usize> = (0..table.cells.len()).filter(|c| line.members[*c]).map(|c| first + c).collect();
            let told: Vec<bool> = line
                .places
                .iter()
                .map(|p| shown.parts[p.part].rows[p.row].figures[p.measure] != Figure::Withheld)
                .collect();
            assert!(told.iter().all(|t| *t == told[0]), "the same count is shown everywhere or nowhere");
            for place in &line.places {
                let Figure::Count(n) = live.parts[place.part].rows[place.row].figures[place.measure] else { continue };
                let (least, most) = span(n);
                attack.live.push((members.clone(), least, most));
            }
            if told[0] {
                attack.shown.push((members.iter().map(|c| (*c, 1)).collect(), value));
            } else {
                attack.withheld.push((members.clone(), value));
            }
            if let Some(count) = line.shared {
                if let Some((_, other, of)) = shared.iter().find(|(known, ..)| *known == count) {
                    let both = members.iter().map(|c| (*c, 1)).chain(other.iter().map(|c| (*c, -1)));
                    // They are not the same where a case has changed offices on the way: whoever thinks so works out what isn't.
                    if value == *of {
                        attack.alike.push(both.collect());
                    }
                } else {
                    shared.push((count, members, value));
                }
            }
        }
    }
    attack
}

const PRIME: i64 = 2_147_483_647;

fn inverse(n: i64) -> i64 {
    let (mut power, mut base, mut left) = (1, n.rem_euclid(PRIME), PRIME - 2);
    while left > 0 {
        if left % 2 == 1 {
            power = power * base % PRIME;
        }
        base = base * base % PRIME;
        left /= 2;
    }
    power
}

/// What is left of a sum of cells when every equation that helps has been taken from it; nothing means worked out.
fn reduced(mut row: Vec<i64>, basis: &[(usize, Vec<i64>)]) -> Vec<i64> {
    for (pivot, other) in basis {
        let factor = row[*pivot];
        if factor != 0 {
            row.iter_mut().zip(other).for_each(|(a, b)| *a = (*a - factor * b % PRIME).rem_euclid(PRIME));
        }
    }
    row
}

fn no_equations_tell(attack: &Attack) {
    let mut basis: Vec<(usize, Vec<i64>)> = Vec::new();
    let row = |cells: &[(usize, i64)]| {
        let mut row = vec![0; attack.cells];
        cells.iter().for_each(|(at, n)| row[*at] = (row[*at] + n).rem_euclid(PRIME));
        row
    };
    for cells in attack.alike.iter().chain(attack.shown.iter().map(|(cells, _)| cells)) {
        let mut left = reduced(row(cells), &basis);
        if let Some(pivot) = left.iter().position(|n| *n != 0) {
            let scale = inverse(left[pivot]);
            left.iter_mut().for_each(|n| *n = *n * scale % PRIME);
            basis.push((pivot, left));
        }
    }
    for (cells, value) in &attack.withheld {
        let cells: Vec<(usize, i64)> = cells.iter().map(|c| (*c, 1)).collect();
        assert!(reduced(row(&cells), &basis).iter().any(|n| *n != 0), "{value} is told by sums");
    }
}

/// The least and the most that each withheld sum can be, drawn tighter by all that is known of the same counts and all that
/// is shown live, and by what is frozen or without it, until nothing moves.
fn bounds(attack: &Attack, is_frozen: bool) -> Vec<(i64, i64)> {
    let mut bounds = vec![(0_i64, 1_000_000_i64); attack.cells];
    let alike = attack.alike.iter().map(|cells| (cells.clone(), 0, 0));
    let frozen = attack.shown.iter().filter(|_| is_frozen).map(|(cells, sum)| (cells.clone(), *sum, *sum));
    let live = attack.live.iter().map(|(cells, least, most)| (cells.iter().map(|c| (*c, 1)).collect(), *least, *most));
    let told: Vec<(Cells, i64, i64)> = alike.chain(frozen).chain(live).collect();
    for _ in 0..20 {
        for (cells, least, most) in &told {
            for (at, n) in cells {
                let others = |least: bool| -> i64 {
                    let rest = cells.iter().filter(|(other, _)| other != at);
                    rest.map(|(c, m)| m * if (*m > 0) == least { bounds[*c].0 } else { bounds[*c].1 }).sum()
                };
                let (least, most) = (least - others(false), most - others(true));
                let (least, most) = if *n > 0 { (least, most) } else { (-most, -least) };
                bounds[*at] = (bounds[*at].0.max(least), bounds[*at].1.min(most));
            }
        }
    }
    let sum = |cells: &[usize], of: fn((i64, i64)) -> i64| cells.iter().map(|c| of(bounds[*c])).sum::<i64>();
    let all = attack.withheld.iter().map(|(cells, _)| {
        let live = attack.live.iter().filter(|(same, ..)| same == cells);
        let of = (sum(cells, |b| b.0), sum(cells, |b| b.1));
        live.fold(of, |(from, to), (_, least, most)| (from.max(*least), to.min(*most)))
    });
    all.collect()
}

/// Nothing is told that the same report live doesn't tell without it: some counts of tiny reports are, where the noise of the
/// same count's parts in several tables has bounds that meet in one number.
fn no_bounds_tell(attack: &Attack) {
    let (live, both) = (bounds(attack, false), bounds(attack, true));
    for (((least, most), (least_live, most_live)), (_, value)) in both.into_iter().zip(live).zip(&attack.withheld) {
        assert!(least < most || least_live == most_live, "{value} is told by bounds");
    }
}

/// No figure of 1–4 is shown, nor what is made of one.
fn nothing_small_is_shown(exact: &Report, shown: &Report) {
    for (part, open) in shown.parts.iter().zip(&exact.parts) {
        for (row, open) in part.rows.iter().zip(&open.rows) {
            let mut hidden = false;
            for (figure, measure) in row.figures.iter().zip(&part.measures) {
                assert!(!matches!(figure, Figure::Count(1..THRESHOLD)), "{} {:?} {:?}", part.id, row, measure.name);
                hidden |= *figure == Figure::Withheld;
            }
            let made = row.figures.iter().zip(&open.figures);
            assert!(
                !hidden || part.id == "aktiva" || made.clone().all(|(f, _)| !matches!(f, Figure::Number(_))) || {
                    // A share may be withheld for its whole alone.
                    matches!(row.figures[0], Figure::Count(_)) && row.figures[1] == Figure::Withheld
                }
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_withheld_can_be_worked_out(
        cases in prop::collection::vec(any_case(), 0..200), geography in geography(), months in 1_u32..13,
    ) {
        let [exact, shown, live] = reports("baspaket", &cases, &geography, months);
        nothing_small_is_shown(&exact, &shown);
        for level in &shown.levels {
            let attack = attack(&exact, &shown, &live, &level.code);
            no_equations_tell(&attack);
            no_bounds_tell(&attack);
        }
    }

    #[test]
    fn nothing_withheld_in_the_status_can_be_worked_out_from_its_other_parts(
        cases in prop::collection::vec(any_case(), 0..200), geography in geography(), months in 1_u32..13,
    ) {
        let [exact, shown, live] = reports("status", &cases, &geography, months);
        for level in &shown.levels {
            let mut attack = attack(&exact, &shown, &live, &level.code);
            // Of what is withheld whole, since it isn't known how it hangs together, much may be known that is not small.
            attack.withheld.retain(|(_, value)| (1..THRESHOLD as i64).contains(value));
            no_equations_tell(&attack);
            no_bounds_tell(&attack);
        }
    }

    #[test]
    fn what_flows_tell_of_a_count_is_true(
        cases in prop::collection::vec(any_case(), 0..200), geography in geography(), months in 1_u32..13,
    ) {
        let [exact, shown, _] = reports("baspaket", &cases, &geography, months);
        for level in &shown.levels {
            for table in tables::of(&exact, &level.code) {
                for (line, value) in table.lines.iter().zip(table.values()) {
                    let (least, most) = line.between;
                    prop_assert!((least..=most).contains(&value), "{value} of {least}–{most}");
                }
            }
        }
    }
}
