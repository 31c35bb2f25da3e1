//! One pass over the columns for each part of a report, by any selections and splits. The whole baspaket of everyone is
//! counted faster, in [`super::tally`]. In which cells of the splits a row falls is worked out before ([`super::classes`]).
//!
//! Lives here: what each part counts, in columns (the baspaket's in `baspaket`, cases under way in `stock`, waiting
//! in `waits`); the same as a plain loop is in [`super::plain`] and `oracle`. Never here: codes ([`super::forms`]) and
//! what a row is (`observations`).

mod baspaket;
mod once;
mod stock;
mod waits;

use std::sync::{Mutex, PoisonError};

use polars::prelude::PolarsResult;

use crate::domain::organisation::Organisation;

use super::abreast;
use super::baspaket::{Active, Form, Measures};
use super::classes::{Classes, RowCells};
use super::cube::{Durations, Merge, Tally};
use super::disclosure::Policy;
use super::facts::Facts;
use super::frame::Columns;
use super::grid::{Grid, GridAxis};
use super::observations::{ENTERED, Kind, day, part};
use super::profiles::Profiles;
use super::report::Row;
use super::request::Period;
use super::selection::{Level, Selection};
use super::split::{Choice, Split, place_chosen};
use super::tally::{MANY, Pass, Share};
use super::variables::{CHANGE, CHANGES, CONTINUES, Origin, Variable};

/// What is counted, and by what.
pub(super) struct Question<'a> {
    pub(super) facts: &'a Facts,
    pub(super) organisation: &'a Organisation,
    pub(super) period: Period,
    pub(super) choices: &'a [Choice],
    pub(super) splits: &'a [Split],
    /// Those of the choices and splits.
    pub(super) classes: &'a Classes,
}

impl<'a> Question<'a> {
    /// A pass over the rows of a selection at the places chosen.
    pub(super) fn pass(&self, selection: &Selection) -> Pass<'a> {
        let mut pass = Pass::new(self.facts, self.period, selection);
        if self.choices.iter().any(|c| c.variable.row().origin == Origin::Place) {
            pass.only(|place| place_chosen(place, self.choices, self.organisation));
        }
        pass
    }
}

/// The rows of these parts of a report on one level. Parts, and shares of the larger ones, are counted beside each other
/// where that pays.
pub(super) fn rows(
    question: &Question<'_>,
    report: &str,
    parts: &[&Form],
    level: &Level,
    policy: Policy,
) -> PolarsResult<Vec<Vec<Row>>> {
    let pass = question.pass(&level.selection).under(policy);
    let axes: Vec<GridAxis> = question.splits.iter().map(Split::axis).collect();
    let count = Count {
        pass: &pass,
        facts: question.facts,
        period: question.period,
        classes: question.classes,
        axes: &axes,
        share: Share::WHOLE,
        from: day(question.period.from()),
        to: day(question.period.to()),
    };
    if question.facts.rows() < MANY {
        return parts.iter().map(|form| Ok(count.part(report, form)?.rows(form, &level.code, policy))).collect();
    }
    let mut pieces: Vec<(usize, Share)> = Vec::new();
    for (at, form) in parts.iter().enumerate() {
        let shares = if divisible(form) { Share::all(question.facts.rows()) } else { vec![Share::WHOLE] };
        pieces.extend(shares.into_iter().map(|share| (at, share)));
    }
    // Those that can't be divided first, so that nobody waits for them at the end.
    pieces.sort_by_key(|(at, _)| divisible(parts[*at]));
    let counted = abreast::each(&pieces, |(at, share)| Count { share: *share, ..count }.part(report, parts[*at]))?;
    let mut of_parts: Vec<Option<Counted>> = parts.iter().map(|_| None).collect();
    for ((at, _), counted) in pieces.iter().zip(counted) {
        match &mut of_parts[*at] {
            Some(before) => before.merge(&counted),
            none => *none = Some(counted),
        }
    }
    // Each is taken once.
    let of_parts: Vec<_> = parts.iter().zip(of_parts).map(|(form, counted)| (form, Mutex::new(counted))).collect();
    abreast::each(&of_parts, |(form, counted)| {
        let counted = counted.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(counted.map(|counted| counted.rows(form, &level.code, policy)).unwrap_or_default())
    })
}

/// Whether shares of a part's rows can be counted apart: not where a case counts once however many rows it has, nor where
/// what is counted depends on other rows of the case.
fn divisible(form: &Form) -> bool {
    form.measures != Measures::Stock && !["nya_insats", "vantar", "vantar_tid"].contains(&form.id)
}

/// What was counted of a part, or of a share of it.
enum Counted {
    Tallies(Grid<Tally>),
    Lengths(Grid<Durations>),
    Stock(Grid<Active>),
}

impl Counted {
    fn merge(&mut self, other: &Self) {
        match (self, other) {
            (Self::Tallies(all), Self::Tallies(more)) => all.merge(more),
            (Self::Lengths(all), Self::Lengths(more)) => all.merge(more),
            (Self::Stock(all), Self::Stock(more)) => all.merge(more),
            // Shares of a part are of one sort.
            _ => {}
        }
    }

    fn rows(self, form: &Form, level: &str, policy: Policy) -> Vec<Row> {
        match (self, form.measures) {
            (Self::Tallies(grid), Measures::Share(over)) => counts(&grid.with_totals(), Some(over), level, policy),
            (Self::Tallies(grid), _) => counts(&grid.with_totals(), None, level, policy),
            (Self::Lengths(grid), Measures::Spread) => spread(&grid.with_totals(), level, policy),
            (Self::Lengths(grid), _) => days(&grid.with_totals(), level, policy),
            (Self::Stock(grid), _) => stock(&grid.with_totals(), level, policy),
        }
    }
}

/// One row of the columns.
struct At<'a> {
    key: u32,
    day: i32,
    /// Number of the case.
    case: u32,
    row: usize,
    columns: &'a Columns<'a>,
    profiles: &'a Profiles,
}

impl At<'_> {
    /// What stands in a column that only this kind has.
    #[inline]
    fn more(&self, column: usize) -> i32 {
        self.columns.more[column][self.row]
    }

    /// What all of those add up to.
    #[inline]
    fn more_in_all(&self) -> i32 {
        self.columns.more.iter().map(|column| column[self.row]).sum()
    }

    /// A field of the profile that starts at `shift` of the second word.
    fn after(&self, shift: u32, width: u32) -> u64 {
        (self.profiles.of(self.case)[1] >> shift) & ((1 << width) - 1)
    }

    /// The bits of a variable.
    fn bits(&self, variable: Variable) -> u64 {
        match variable.row().origin {
            Origin::Case { word, shift } => {
                (self.profiles.of(self.case)[word] >> shift) & ((1 << variable.row().codes.len()) - 1)
            }
            Origin::Place | Origin::LastDay => 0,
        }
    }

    fn one(&self, variable: Variable) -> usize {
        self.bits(variable).trailing_zeros() as usize
    }
}

#[derive(Clone, Copy)]
struct Count<'a> {
    pass: &'a Pass<'a>,
    facts: &'a Facts,
    period: Period,
    classes: &'a Classes,
    axes: &'a [GridAxis],
    /// Which rows are gone through.
    share: Share,
    from: i32,
    to: i32,
}

/// GK held; avslutat: parts of the key of an ended case.
const HELD: usize = 0;
const AVSLUTAT: usize = 1;

impl<'a> Count<'a> {
    /// Goes through the rows of a kind that begin in `from..=to` and are wanted by their key and the first of the columns
    /// that only their kind has.
    fn each_where(
        &self,
        kind: Kind,
        from: i32,
        to: i32,
        wanted: impl Fn(u32, i32) -> bool,
        mut see: impl FnMut(&At<'_>, RowCells<'_>),
    ) -> PolarsResult<()> {
        let (classes, profiles) = (self.classes, &*self.facts.profiles);
        for view in self.pass.views_of(kind, from, to, self.share)? {
            let columns = &view.columns;
            let first = columns.more.first();
            view.each_with(
                |place| classes.of_place(place),
                |of_place, row| {
                    let (key, day, case) = (columns.key[row], columns.day[row], columns.case[row]);
                    if wanted(key, first.map_or(0, |column| column[row]))
                        && let Some(cells) = classes.of(case, of_place)
                    {
                        see(&At { key, day, case, row, columns, profiles }, cells);
                    }
                },
            );
        }
        Ok(())
    }

    fn grid<T: Merge + Clone>(&self, form: &Form) -> Grid<T> {
        let own = form.axes.iter().map(GridAxis::from);
        Grid::new(own.chain(self.axes.iter().cloned()).collect())
    }

    fn part(&self, report: &str, form: &Form) -> PolarsResult<Counted> {
        Ok(match form.measures {
            Measures::Stock => Counted::Stock(self.stock(form)?),
            Measures::Days | Measures::Spread => Counted::Lengths(self.lengths(form)?),
            Measures::Count | Measures::Share(_) => Counted::Tallies(self.counted(report, form)?),
        })
    }

    /// Counts rows of a kind dated in the period; `put` gives the cells of the part's own axes but for sex.
    fn count(&self, form: &Form, kind: Kind, put: impl Fn(&At<'_>, &mut Vec<usize>)) -> PolarsResult<Grid<Tally>> {
        self.count_where(form, kind, |_| true, put)
    }

    /// The same of the rows that are wanted by their key.
    fn count_where(
        &self,
        form: &Form,
        kind: Kind,
        wanted: impl Fn(u32) -> bool,
        put: impl Fn(&At<'_>, &mut Vec<usize>),
    ) -> PolarsResult<Grid<Tally>> {
        let mut grid = self.grid::<Tally>(form);
        let mut own = Vec::new();
        self.each_where(
            kind,
            self.from,
            self.to,
            |key, _| wanted(key),
            |at, cells| {
                own.clear();
                put(at, &mut own);
                let record = self.pass.record_of(at.case);
                for cell in &own {
                    let cell = (cell * 2 + part(at.key, 0)) * self.classes.block;
                    cells.each(|offset| grid.cells[cell + offset].add(record));
                }
            },
        )?;
        Ok(grid)
    }

    fn counted(&self, report: &str, form: &Form) -> PolarsResult<Grid<Tally>> {
        let ended = |key| part(key, 4) == AVSLUTAT;
        let mapped = |key| ended(key) && part(key, 1) == HELD;
        match (report, form.id) {
            ("baspaket", _) => self.baspaket_counts(form),
            (_, "vantar_tid") => self.waiting_bands(form),
            (_, "avslutade_insatser") => self.count(form, Kind::Left, |at, put| {
                put.extend(part(at.key, 1).checked_sub(4).filter(|which| *which < 2));
            }),
            ("status", "sysselsattning") => self.count_where(form, Kind::Ended, ended, |at, put| {
                put.push(at.one(Variable::SysselsattningEfter));
            }),
            (_, "fortsatt") => self.count(form, Kind::GkLeft, |at, put| {
                let utfall = part(at.key, 1);
                // Joint support stands after the two kinds that it joins.
                put.push(if utfall < 2 { utfall } else { utfall + 1 });
                put.extend((utfall < 2).then_some(2));
                put.push(9);
            }),
            (_, "efter") => self.count_where(form, Kind::Ended, mapped, |at, put| {
                put.push(at.one(Variable::SysselsattningEfter));
            }),
            (_, "forandring") => self.count_where(form, Kind::Ended, mapped, |at, put| {
                let changed = at.after(CHANGE, 4);
                put.extend((0..CHANGES.len()).filter(|bit| changed & (1 << bit) != 0));
                put.extend((changed != 0).then_some(CHANGES.len()));
                put.push(CHANGES.len() + 1);
            }),
            (_, "fortsatt_fk") => self.count_where(form, Kind::Ended, mapped, |at, put| {
                put.push(at.after(CONTINUES, 3).trailing_zeros() as usize * 3 + part(at.key, 2));
            }),
            (_, "sysselsattning") => self.count_where(form, Kind::Ended, mapped, |at, put| {
                put.push(occupation_before(at) * 5 + at.one(Variable::SysselsattningEfter));
            }),
            (_, "forman") => self.count_where(form, Kind::Ended, mapped, |at, put| {
                let (before, after) = (at.bits(Variable::FormanFore), at.bits(Variable::FormanEfter));
                for (tid, held) in [before, after, before & after].into_iter().enumerate() {
                    put.extend((0..10).filter(|bit| held & (1 << bit) != 0).map(|bit| bit * 3 + tid));
                    put.push(10 * 3 + tid);
                }
            }),
            (_, "forman_efter") => self.count_where(form, Kind::Ended, mapped, |at, put| {
                let after = at.bits(Variable::FormanEfter);
                put.extend((0..10).filter(|bit| after & (1 << bit) != 0));
                put.push(10);
            }),
            (_, "floden") => self.count(form, Kind::Left, |at, put| put.push(part(at.key, 1) * 9 + part(at.key, 2))),
            // The background: a part a variable.
            (_, name) => {
                let Some(variable) = Variable::from_name(name) else { return Ok(self.grid(form)) };
                let requested = |key| part(key, 1) == 0 && part(key, 2) & ENTERED != 0;
                self.count_where(form, Kind::Step, requested, |at, put| {
                    let bits = at.bits(variable);
                    put.extend((0..variable.row().codes.len()).filter(|bit| bits & (1 << bit) != 0));
                    put.extend(variable.row().several.then_some(variable.row().codes.len()));
                })
            }
        }
    }

    /// Days of a kind of row that are dated in the period; `put` gives the cells of the part's own axes but for sex,
    /// with their days.
    fn durations(
        &self,
        form: &Form,
        kind: Kind,
        put: impl Fn(&At<'_>, &mut Vec<(usize, i32)>),
    ) -> PolarsResult<Grid<Durations>> {
        self.durations_where(form, kind, |_| true, put)
    }

    /// The same of the rows that are wanted by their key.
    fn durations_where(
        &self,
        form: &Form,
        kind: Kind,
        wanted: impl Fn(u32) -> bool,
        put: impl Fn(&At<'_>, &mut Vec<(usize, i32)>),
    ) -> PolarsResult<Grid<Durations>> {
        let mut grid = self.grid::<Durations>(form);
        let mut own = Vec::new();
        self.each_where(
            kind,
            self.from,
            self.to,
            |key, _| wanted(key),
            |at, cells| {
                own.clear();
                put(at, &mut own);
                let record = self.pass.record_of(at.case);
                for (cell, days) in &own {
                    let cell = (cell * 2 + part(at.key, 0)) * self.classes.block;
                    cells.each(|offset| grid.cells[cell + offset].add(*days, record));
                }
            },
        )?;
        Ok(grid)
    }

    fn lengths(&self, form: &Form) -> PolarsResult<Grid<Durations>> {
        match form.id {
            "steg" => self.durations(form, Kind::Left, |at, put| put.push((part(at.key, 1), at.more(0)))),
            "samarbete" => self.durations(form, Kind::Ended, |at, put| put.push((part(at.key, 1), at.more_in_all()))),
            "vantetid" | "utveckling" => self.waits(form),
            "vantar" => self.waiting(form),
            _ => self.baspaket_lengths(form),
        }
    }
}

/// Place in [`super::variables::SYSSELSATTNING`] of what was before, from its two variables.
fn occupation_before(at: &At<'_>) -> usize {
    match (at.one(Variable::ArbetarFore), at.one(Variable::StuderarFore)) {
        (0, 1) => 0,
        (1, 0) => 1,
        (0, 0) => 2,
        (1, 1) => 3,
        _ => 4,
    }
}

pub(super) fn counts(grid: &Grid<Tally>, share_over: Option<&str>, level: &str, policy: Policy) -> Vec<Row> {
    grid.rows(level, |place, count| {
        let mut figures = vec![policy.count(*count)];
        figures.extend(share_over.map(|over| policy.share(*count, *grid.whole(place, over))));
        figures
    })
}

fn stock(grid: &Grid<Active>, level: &str, policy: Policy) -> Vec<Row> {
    grid.rows(level, |_, active| vec![policy.count(active.stock), policy.count(active.distinct)])
}

fn days(grid: &Grid<Durations>, level: &str, policy: Policy) -> Vec<Row> {
    grid.rows(level, |_, days| policy.days(days))
}

fn spread(grid: &Grid<Durations>, level: &str, policy: Policy) -> Vec<Row> {
    grid.rows(level, |_, days| {
        // The percentiles stand between the median and n.
        let mut figures = policy.days(days);
        let n = figures.pop();
        figures.extend([10, 25, 75, 90].map(|percent| policy.of_days(days.percentile(percent), days.tally())));
        figures.extend(n);
        figures
    })
}
