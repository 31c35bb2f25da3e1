//! One pass over the columns for each part of a report, by any selections and splits. The whole baspaket of everyone is
//! counted faster, in [`super::tally`].
//!
//! Lives here: what each part counts, in columns (the baspaket's in `baspaket`, cases under way in `stock`, waiting
//! in `waits`); the same as a plain loop is in [`super::plain`] and `oracle`. Never here: codes ([`super::forms`]) and
//! what a row is (`observations`).

mod baspaket;
mod once;
mod stock;
mod waits;

use polars::prelude::PolarsResult;

use crate::domain::organisation::Organisation;

use super::abreast;
use super::baspaket::{Active, Form, Measures};
use super::cube::{Durations, Merge, Tally};
use super::disclosure::Policy;
use super::facts::Facts;
use super::grid::{Grid, GridAxis};
use super::observations::{ENTERED, Kind, day, part};
use super::report::Row;
use super::request::Period;
use super::selection::Level;
use super::split::{Cells, Choice, Filter, Split, place_chosen, states};
use super::tally::{MANY, Pass};
use super::variables::{CHANGE, CHANGES, CONTINUES, Origin, Variable};

/// What is counted, and by what.
pub(super) struct Question<'a> {
    pub(super) facts: &'a Facts,
    pub(super) organisation: &'a Organisation,
    pub(super) period: Period,
    pub(super) choices: &'a [Choice],
    pub(super) splits: &'a [Split],
}

/// The rows of these parts of a report on one level. Parts are counted beside each other where that pays.
pub(super) fn rows(
    question: &Question<'_>,
    report: &str,
    parts: &[&Form],
    level: &Level,
    policy: Policy,
) -> PolarsResult<Vec<Vec<Row>>> {
    let count = Count::new(question, level, policy)?;
    let one = |part: &&Form| count.part(report, part, &level.code, policy);
    if question.facts.rows() < MANY { parts.iter().map(one).collect() } else { abreast::each(parts, one) }
}

/// One row of the columns.
struct At {
    key: u32,
    day: i32,
    profile: [u64; 2],
    /// Number of the case.
    case: u32,
}

impl At {
    /// A field of the profile that starts at `shift` of the second word.
    fn after(&self, shift: u32, width: u32) -> u64 {
        (self.profile[1] >> shift) & ((1 << width) - 1)
    }

    /// The bits of a variable.
    fn bits(&self, variable: Variable) -> u64 {
        match variable.row().origin {
            Origin::Case { word, shift } => (self.profile[word] >> shift) & ((1 << variable.row().codes.len()) - 1),
            Origin::Place | Origin::LastDay => 0,
        }
    }

    fn one(&self, variable: Variable) -> usize {
        self.bits(variable).trailing_zeros() as usize
    }
}

struct Count<'a> {
    pass: Pass<'a>,
    facts: &'a Facts,
    period: Period,
    filter: Filter,
    cells: Cells,
    axes: Vec<GridAxis>,
    states: Vec<u8>,
    from: i32,
    to: i32,
}

/// GK held; avslutat: parts of the key of an ended case.
const HELD: usize = 0;
const AVSLUTAT: usize = 1;

impl<'a> Count<'a> {
    fn new(question: &Question<'a>, level: &Level, policy: Policy) -> PolarsResult<Self> {
        let facts = question.facts;
        let mut pass = Pass::new(facts, question.period, &level.selection).under(policy);
        if question.choices.iter().any(|c| c.variable.row().origin == Origin::Place) {
            pass.only(|place| place_chosen(place, question.choices, question.organisation));
        }
        let (filter, cells) =
            (Filter::new(question.choices), Cells::new(question.splits, facts, question.organisation));
        let states =
            if filter.needs_states() || cells.needs_states() { states(facts, question.period)? } else { Vec::new() };
        let axes = question.splits.iter().map(Split::axis).collect();
        let (from, to) = (day(question.period.from()), day(question.period.to()));
        Ok(Self { pass, facts, period: question.period, filter, cells, axes, states, from, to })
    }

    /// Goes through the rows of a kind that begin in `from..=to`; `see` puts the places of a part's cells.
    fn each(&self, kind: Kind, from: i32, to: i32, see: impl FnMut(&At, &[i32], &[usize])) -> PolarsResult<()> {
        self.each_where(kind, from, to, |_, _| true, see)
    }

    /// The same of those that are wanted by their key and the first of the columns that only their kind has. Variables
    /// are looked up for these alone, which is most of the time where all rows since the beginning are gone through.
    fn each_where(
        &self,
        kind: Kind,
        from: i32,
        to: i32,
        wanted: impl Fn(u32, i32) -> bool,
        mut see: impl FnMut(&At, &[i32], &[usize]),
    ) -> PolarsResult<()> {
        let mut offsets = Vec::new();
        let mut more = Vec::new();
        for view in self.pass.views(kind, from, to)? {
            let columns = &view.columns;
            let first = columns.more.first();
            view.each_placed(|place, i| {
                if !wanted(columns.key[i], first.map_or(0, |column| column[i])) {
                    return;
                }
                let case = columns.case[i];
                let profile = self.facts.profiles.of(case);
                let state = || self.states.get(case as usize).copied().unwrap_or(u8::MAX);
                if !self.filter.lets(profile, state) {
                    return;
                }
                self.cells.of(profile, place, state, &mut offsets);
                more.clear();
                more.extend(columns.more.iter().map(|column| column[i]));
                see(&At { key: columns.key[i], day: columns.day[i], profile, case }, &more, &offsets);
            });
        }
        Ok(())
    }

    fn grid<T: Merge + Clone>(&self, form: &Form) -> Grid<T> {
        let own = form.axes.iter().map(GridAxis::from);
        Grid::new(own.chain(self.axes.iter().cloned()).collect())
    }

    fn part(&self, report: &str, form: &Form, level: &str, policy: Policy) -> PolarsResult<Vec<Row>> {
        Ok(match form.measures {
            Measures::Stock => stock(&self.stock(form)?.with_totals(), level, policy),
            Measures::Days => days(&self.lengths(form)?.with_totals(), level, policy),
            Measures::Spread => spread(&self.lengths(form)?.with_totals(), level, policy),
            Measures::Count => counts(&self.counted(report, form)?.with_totals(), None, level, policy),
            Measures::Share(over) => counts(&self.counted(report, form)?.with_totals(), Some(over), level, policy),
        })
    }

    /// Counts rows of a kind dated in the period; `put` gives the cells of the part's own axes but for sex.
    fn count(&self, form: &Form, kind: Kind, put: impl Fn(&At, &mut Vec<usize>)) -> PolarsResult<Grid<Tally>> {
        self.count_more(form, kind, |at, _, own| put(at, own))
    }

    /// The same with the columns that only this kind has.
    fn count_more(
        &self,
        form: &Form,
        kind: Kind,
        put: impl Fn(&At, &[i32], &mut Vec<usize>),
    ) -> PolarsResult<Grid<Tally>> {
        let mut grid = self.grid::<Tally>(form);
        let mut own = Vec::new();
        self.each(kind, self.from, self.to, |at, more, offsets| {
            own.clear();
            put(at, more, &mut own);
            let record = self.pass.record_of(at.case);
            for cell in &own {
                let cell = (cell * 2 + part(at.key, 0)) * self.cells.block;
                offsets.iter().for_each(|offset| grid.cells[cell + offset].add(record));
            }
        })?;
        Ok(grid)
    }

    fn counted(&self, report: &str, form: &Form) -> PolarsResult<Grid<Tally>> {
        let ended = |at: &At| part(at.key, 4) == AVSLUTAT;
        let of_mapped = |at: &At| ended(at) && part(at.key, 1) == HELD;
        match (report, form.id) {
            ("baspaket", _) => self.baspaket_counts(form),
            (_, "vantar_tid") => self.waiting_bands(form),
            (_, "avslutade_insatser") => self.count(form, Kind::Left, |at, put| {
                put.extend(part(at.key, 1).checked_sub(4).filter(|which| *which < 2));
            }),
            ("status", "sysselsattning") => self.count(form, Kind::Ended, |at, put| {
                put.extend(ended(at).then(|| at.one(Variable::SysselsattningEfter)));
            }),
            (_, "fortsatt") => self.count(form, Kind::GkLeft, |at, put| {
                let utfall = part(at.key, 1);
                // Joint support stands after the two kinds that it joins.
                put.push(if utfall < 2 { utfall } else { utfall + 1 });
                put.extend((utfall < 2).then_some(2));
                put.push(9);
            }),
            (_, "efter") => self.count(form, Kind::Ended, |at, put| {
                put.extend(of_mapped(at).then(|| at.one(Variable::SysselsattningEfter)));
            }),
            (_, "forandring") => self.count(form, Kind::Ended, |at, put| {
                if of_mapped(at) {
                    let changed = at.after(CHANGE, 4);
                    put.extend((0..CHANGES.len()).filter(|bit| changed & (1 << bit) != 0));
                    put.extend((changed != 0).then_some(CHANGES.len()));
                    put.push(CHANGES.len() + 1);
                }
            }),
            (_, "fortsatt_fk") => self.count(form, Kind::Ended, |at, put| {
                if of_mapped(at) {
                    put.push(at.after(CONTINUES, 3).trailing_zeros() as usize * 3 + part(at.key, 2));
                }
            }),
            (_, "sysselsattning") => self.count(form, Kind::Ended, |at, put| {
                if of_mapped(at) {
                    let before = occupation_before(at);
                    put.push(before * 5 + at.one(Variable::SysselsattningEfter));
                }
            }),
            (_, "forman") => self.count(form, Kind::Ended, |at, put| {
                if of_mapped(at) {
                    let (before, after) = (at.bits(Variable::FormanFore), at.bits(Variable::FormanEfter));
                    for (tid, held) in [before, after, before & after].into_iter().enumerate() {
                        put.extend((0..10).filter(|bit| held & (1 << bit) != 0).map(|bit| bit * 3 + tid));
                        put.push(10 * 3 + tid);
                    }
                }
            }),
            (_, "forman_efter") => self.count(form, Kind::Ended, |at, put| {
                if of_mapped(at) {
                    let after = at.bits(Variable::FormanEfter);
                    put.extend((0..10).filter(|bit| after & (1 << bit) != 0));
                    put.push(10);
                }
            }),
            (_, "floden") => self.count(form, Kind::Left, |at, put| put.push(part(at.key, 1) * 9 + part(at.key, 2))),
            // The background: a part a variable.
            (_, name) => {
                let Some(variable) = Variable::from_name(name) else { return Ok(self.grid(form)) };
                self.count(form, Kind::Step, |at, put| {
                    if part(at.key, 1) == 0 && part(at.key, 2) & ENTERED != 0 {
                        let bits = at.bits(variable);
                        put.extend((0..variable.row().codes.len()).filter(|bit| bits & (1 << bit) != 0));
                        put.extend(variable.row().several.then_some(variable.row().codes.len()));
                    }
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
        put: impl Fn(&At, &[i32], &mut Vec<(usize, i32)>),
    ) -> PolarsResult<Grid<Durations>> {
        self.durations_where(form, kind, |_| true, put)
    }

    /// The same of the rows that are wanted by their key.
    fn durations_where(
        &self,
        form: &Form,
        kind: Kind,
        wanted: impl Fn(u32) -> bool,
        put: impl Fn(&At, &[i32], &mut Vec<(usize, i32)>),
    ) -> PolarsResult<Grid<Durations>> {
        let mut grid = self.grid::<Durations>(form);
        let mut own = Vec::new();
        self.each_where(
            kind,
            self.from,
            self.to,
            |key, _| wanted(key),
            |at, more, offsets| {
                own.clear();
                put(at, more, &mut own);
                let record = self.pass.record_of(at.case);
                for (cell, days) in &own {
                    let cell = (cell * 2 + part(at.key, 0)) * self.cells.block;
                    offsets.iter().for_each(|offset| grid.cells[cell + offset].add(*days, record));
                }
            },
        )?;
        Ok(grid)
    }

    fn lengths(&self, form: &Form) -> PolarsResult<Grid<Durations>> {
        match form.id {
            "steg" => self.durations(form, Kind::Left, |at, more, put| put.push((part(at.key, 1), more[0]))),
            "samarbete" => {
                self.durations(form, Kind::Ended, |at, more, put| put.push((part(at.key, 1), more.iter().sum())))
            }
            "vantetid" | "utveckling" => self.waits(form),
            "vantar" => self.waiting(form),
            _ => self.baspaket_lengths(form),
        }
    }
}

/// Place in [`super::variables::SYSSELSATTNING`] of what was before, from its two variables.
fn occupation_before(at: &At) -> usize {
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
