//! Every report as a plain loop over cases: what the columns are held against. Nothing is shared with them but codes,
//! times and who belongs to a selection.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::domain::case::Case;
use crate::domain::organisation::Organisation;
use crate::domain::transition::Settings;

use super::baspaket::Measures;
use super::cube::{Merge, SAMTLIGA, Tally};
use super::disclosure::{Policy, Whose};
use super::plain::{Asked, RowCodes as Codes, What, each_cell};
use super::report::{Figure, Report};
use super::request::Request;

/// The figures so far of a row, each with the record keys of those counted.
#[derive(Default)]
struct Cell {
    count: Tally,
    days: Vec<i64>,
    of_days: Tally,
    distinct: BTreeSet<usize>,
}

/// Every row of the report as a policy shows it, by part, level and codes; a case is known to `record` by its place.
pub(super) fn check(
    report: &Report,
    request: &Request,
    organisation: &Organisation,
    cases: &[Case],
    policy: Policy,
    record: impl Fn(usize) -> u32,
) {
    let form = request.form().unwrap();
    let levels = request.geography.resolve(organisation).unwrap().levels;
    let settings = Settings::default();
    let asked = Asked { request, organisation, levels: &levels, as_of: report.as_of, settings: &settings };
    let mut cells: BTreeMap<(&'static str, String, Codes), Cell> = BTreeMap::new();
    for (number, case) in cases.iter().enumerate() {
        each_cell(&asked, case, |level, part, codes, what| {
            let cell = cells.entry((part, levels[level].code.clone(), codes)).or_default();
            match what {
                What::One => cell.count.add(record(number)),
                What::Days(days) => {
                    cell.days.push(days);
                    cell.of_days.add(record(number));
                }
                What::Distinct => _ = cell.distinct.insert(number),
            }
        });
    }
    let nothing = Cell::default();
    let distinct = |cell: &Cell| {
        let mut all = Tally::default();
        cell.distinct.iter().for_each(|number| all.add(record(*number)));
        all
    };
    for (part, form) in report.parts.iter().zip(form.parts) {
        let combinations: usize = part.dimensions.iter().map(|d| d.codes.len()).product();
        assert_eq!(part.rows.len(), combinations * levels.len(), "{}", part.id);
        for row in &part.rows {
            let of = |codes: &Codes| cells.get(&(part.id, row.level.clone(), codes.clone())).unwrap_or(&nothing);
            let cell = of(&row.codes);
            let level = levels.iter().find(|level| level.code == row.level).unwrap();
            let expected = match form.measures {
                _ if part.id == "andel_anonyma" && level.selection.is_by_municipality() => {
                    vec![Figure::NotApplicable; 2]
                }
                // Where a case may be seen several times and is to be counted once, it is seen as distinct.
                Measures::Count => {
                    let mut all = distinct(cell);
                    all.merge(&cell.count);
                    vec![policy.count(all)]
                }
                Measures::Share(over) => {
                    let mut whole = row.codes.clone();
                    whole[part.dimensions.iter().position(|d| d.name == over).unwrap()] = Cow::Borrowed(SAMTLIGA);
                    vec![policy.count(cell.count), policy.share(cell.count, of(&whole).count)]
                }
                Measures::Stock => vec![policy.count(cell.count), policy.count(distinct(cell))],
                Measures::Spread => spread(cell, policy),
                Measures::Days => {
                    let all = spread(cell, policy);
                    [0, 1, 6].map(|at| all[at]).to_vec()
                }
            };
            assert_eq!(row.figures, expected, "{} {:?} {}", part.id, row.codes, row.level);
        }
    }
}

fn spread(cell: &Cell, policy: Policy) -> Vec<Figure> {
    let mut days = cell.days.clone();
    days.sort_unstable();
    let n = days.len();
    let mean = (n > 0).then(|| days.iter().sum::<i64>() as f64 / n as f64);
    let median = (n > 0).then(|| (days[(n - 1) / 2] + days[n / 2]) as f64 / 2.0);
    let nearest = |percent: usize| (n > 0).then(|| days[((n * percent).div_ceil(100)).max(1) - 1] as f64);
    let of = Whose { mean, cell: cell.of_days };
    let mut figures: Vec<Figure> = [mean, median].map(|figure| policy.of_days(figure, of)).to_vec();
    figures.extend([10, 25, 75, 90].map(|percent| policy.percentile(percent as u64, nearest(percent), of)));
    figures.push(policy.count(cell.of_days));
    figures
}
