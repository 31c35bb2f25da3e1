//! Every report as a plain loop over cases: what the columns are held against. Nothing is shared with them but codes,
//! times and who belongs to a selection.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::domain::case::Case;
use crate::domain::organisation::Organisation;
use crate::domain::transition::Settings;

use super::baspaket::Measures;
use super::cube::SAMTLIGA;
use super::plain::{Asked, RowCodes as Codes, What, each_cell};
use super::report::{Figure, Report};
use super::request::Request;

/// The figures so far of a row.
#[derive(Default)]
struct Cell {
    count: u64,
    days: Vec<i64>,
    distinct: BTreeSet<usize>,
}

/// Every row of the report, by part, level and codes.
pub(super) fn check(report: &Report, request: &Request, organisation: &Organisation, cases: &[Case]) {
    let form = request.form().unwrap();
    let levels = request.geography.resolve(organisation).unwrap().levels;
    let settings = Settings::default();
    let asked = Asked { request, organisation, levels: &levels, as_of: report.as_of, settings: &settings };
    let mut cells: BTreeMap<(&'static str, String, Codes), Cell> = BTreeMap::new();
    for (number, case) in cases.iter().enumerate() {
        each_cell(&asked, case, |level, part, codes, what| {
            let cell = cells.entry((part, levels[level].code.clone(), codes)).or_default();
            match what {
                What::One => cell.count += 1,
                What::Days(days) => cell.days.push(days),
                What::Distinct => _ = cell.distinct.insert(number),
            }
        });
    }
    let nothing = Cell::default();
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
                Measures::Count => vec![Figure::Count(cell.count + cell.distinct.len() as u64)],
                Measures::Share(over) => {
                    let mut whole = row.codes.clone();
                    whole[part.dimensions.iter().position(|d| d.name == over).unwrap()] = Cow::Borrowed(SAMTLIGA);
                    vec![Figure::Count(cell.count), Figure::share(cell.count, of(&whole).count)]
                }
                Measures::Stock => {
                    vec![Figure::Count(cell.count), Figure::Count(cell.distinct.len() as u64)]
                }
                Measures::Spread => spread(&cell.days),
                Measures::Days => {
                    let all = spread(&cell.days);
                    [0, 1, 6].map(|at| all[at]).to_vec()
                }
            };
            assert_eq!(row.figures, expected, "{} {:?} {}", part.id, row.codes, row.level);
        }
    }
}

fn spread(days: &[i64]) -> Vec<Figure> {
    let mut days = days.to_vec();
    days.sort_unstable();
    let n = days.len();
    let mean = (n > 0).then(|| days.iter().sum::<i64>() as f64 / n as f64);
    let median = (n > 0).then(|| (days[(n - 1) / 2] + days[n / 2]) as f64 / 2.0);
    let nearest = |percent: usize| (n > 0).then(|| days[((n * percent).div_ceil(100)).max(1) - 1] as f64);
    let mut figures = vec![Figure::number(mean), Figure::number(median)];
    figures.extend([10, 25, 75, 90].map(|percent| Figure::number(nearest(percent))));
    figures.push(Figure::Count(n as u64));
    figures
}
