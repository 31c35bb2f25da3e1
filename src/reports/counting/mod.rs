//! The parts of reports by any selections and splits, in passes over the columns. The whole baspaket of everyone is counted
//! faster, in [`super::tally`]. In which cells of the splits a row falls is worked out before ([`super::classes`]).
//!
//! Lives here: how parts are divided between the processors and put together, and going through rows. What each part counts
//! of them stands in `parts` (the baspaket's in `baspaket`, cases under way in `stock`, waiting in `waits`), who is counted
//! once in `once`, and what it comes to in `counted`; the same as a plain loop is in [`super::plain`] and `oracle`.
//! Never here: codes ([`super::forms`]) and what a row is (`observations`).

mod baspaket;
mod counted;
mod once;
mod parts;
mod stock;
mod waits;

use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use polars::prelude::PolarsResult;

use crate::domain::organisation::Organisation;

use super::abreast;
use super::baspaket::{ANONYMOUS, Form, Measures};
use super::classes::{Classes, CountedIn, RowCells};
use super::cube::{Durations, Merge, Tally};
use super::disclosure::Policy;
use super::facts::Facts;
use super::frame::{Columns, When};
use super::grid::{Grid, GridAxis};
use super::observations::{Kind, day, part};
use super::profiles::Profiles;
use super::report::Row;
use super::request::Period;
use super::selection::{Level, Selection};
use super::split::{Choice, Split, place_chosen};
use super::tally::{MANY, Pass, Share};
use super::variables::{Origin, Variable};

use baspaket::Pair;
use counted::Counted;
pub(super) use counted::counts;
use parts::BACKGROUND;
use waits::waits;

/// What is counted, and by what.
pub(super) struct Question<'a> {
    pub(super) facts: &'a Facts,
    pub(super) organisation: &'a Organisation,
    pub(super) period: Period,
    /// On which states are measured, where a part has those of a day that was known.
    pub(super) measured: NaiveDate,
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
        into: CountedIn::Splits,
        from: day(question.period.from()),
        to: day(question.period.to()),
        measured: day(question.measured),
    };
    let rows = question.facts.rows();
    let groups: Vec<Group<'_>> = together(report, parts).into_iter().map(|at| count.group(&at, parts)).collect();
    let pieces = groups.iter().flat_map(|group| group.shares(rows).into_iter().map(move |share| (group, share)));
    let mut pieces: Vec<(&Group<'_>, Share)> = pieces.collect();
    // Those that can't be divided first, so that nobody waits for them at the end.
    pieces.sort_by_key(|(group, _)| group.divisible);
    let counted = abreast::each_if(rows >= MANY, &pieces, |(group, share)| {
        Count { share: *share, into: group.into, ..count }.parts(report, &group.forms)
    })?;
    let mut of_parts: Vec<Option<(Counted, CountedIn)>> = parts.iter().map(|_| None).collect();
    for ((group, _), counted) in pieces.iter().zip(counted) {
        for (at, more) in group.at.iter().zip(counted) {
            match &mut of_parts[*at] {
                Some((all, _)) => all.merge(&more),
                none => *none = Some((more, group.into)),
            }
        }
    }
    // Each is taken once.
    let of_parts: Vec<_> = parts.iter().zip(of_parts).map(|(form, counted)| (form, Mutex::new(counted))).collect();
    abreast::each_if(rows >= MANY, &of_parts, |(form, counted)| {
        let counted = counted.lock().unwrap_or_else(PoisonError::into_inner).take();
        let rows = |(counted, into)| Counted::rows(counted, &Count { into, ..count }, form, &level.code, policy);
        Ok(counted.map(rows).unwrap_or_default())
    })
}

/// Parts that are counted at once.
struct Group<'a> {
    /// Where they stand among the parts.
    at: Vec<usize>,
    forms: Vec<&'a Form>,
    into: CountedIn,
    /// Whether shares of the rows are counted beside each other.
    divisible: bool,
}

/// More histograms of days than so many are not made once more for each processor: some kilobytes each.
const HISTOGRAMS: usize = if cfg!(test) { 60 } else { 4_000 };

impl Group<'_> {
    fn shares(&self, rows: usize) -> Vec<Share> {
        if self.divisible { Share::all(rows) } else { vec![Share::WHOLE] }
    }
}

/// Which parts are counted at once, since it is the same rows that are gone through.
fn together(report: &str, parts: &[&Form]) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let with = |other: &usize| match Pair::of(part.id) {
            Some((pair, true)) => Pair::of(parts[*other].id) == Some((pair, false)),
            _ => report == BACKGROUND,
        };
        match all.iter_mut().find(|group| group.iter().any(with)) {
            Some(group) => group.push(at),
            None => all.push(vec![at]),
        }
    }
    all
}

/// How many cells a part has for its own axes.
fn own_cells(form: &Form) -> usize {
    form.axes.iter().map(|axis| axis.codes.len()).product()
}

/// Whether shares of a part's rows can be counted apart: not where a case counts once however many rows it has, nor where
/// what is counted depends on other rows of the case.
fn divisible(form: &Form) -> bool {
    form.measures != Measures::Stock && !["nya_insats", "vantar", "vantar_tid"].contains(&form.id)
}

/// One row of the columns; each is read when it is asked for.
struct At<'a> {
    row: usize,
    columns: &'a Columns<'a>,
    profiles: &'a Profiles,
}

impl At<'_> {
    #[inline]
    fn key(&self) -> u32 {
        self.columns.key[self.row]
    }

    #[inline]
    fn day(&self) -> i32 {
        self.columns.day[self.row]
    }

    /// Number of the case.
    #[inline]
    fn case(&self) -> u32 {
        self.columns.case[self.row]
    }

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

    /// What the case is selected and split by.
    #[inline]
    fn profile(&self) -> [u64; 2] {
        self.profiles.of(self.case())
    }

    /// A field of the profile that starts at `shift` of the second word.
    fn after(&self, shift: u32, width: u32) -> u64 {
        (self.profile()[1] >> shift) & ((1 << width) - 1)
    }

    /// The bits of a variable.
    fn bits(&self, variable: Variable) -> u64 {
        match variable.row().origin {
            Origin::Case { word, shift } => (self.profile()[word] >> shift) & ((1 << variable.row().codes.len()) - 1),
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
    /// And in which cells they are counted.
    into: CountedIn,
    from: i32,
    to: i32,
    measured: i32,
}

/// GK held; avslutat: parts of the key of an ended case.
const HELD: usize = 0;
const AVSLUTAT: usize = 1;

impl<'a> Count<'a> {
    /// The period's own.
    const fn dated(&self) -> When {
        When::Dated(self.from, self.to)
    }

    /// What lasts in the period, or begins in it.
    const fn lasting(&self) -> When {
        When::Lasting { from: self.from, by: self.to }
    }

    /// Goes through the rows of a kind that are asked for and wanted.
    fn each_where(
        &self,
        kind: Kind,
        when: When,
        wanted: impl Fn(&At<'_>) -> bool,
        mut see: impl FnMut(&At<'_>, RowCells<'a>),
    ) -> PolarsResult<()> {
        let (classes, into, profiles) = (self.classes, self.into, &*self.facts.profiles);
        for view in self.pass.views_of(kind, when, self.share)? {
            let columns = &view.columns;
            view.each_with(
                |place| classes.of_place(place, into),
                |of_place, row| {
                    let at = At { row, columns, profiles };
                    if wanted(&at)
                        && let Some(cells) = classes.of(at.case(), of_place)
                    {
                        see(&at, cells);
                    }
                },
            );
        }
        Ok(())
    }

    /// How these parts are counted.
    fn group<'p>(&self, at: &[usize], parts: &[&'p Form]) -> Group<'p> {
        let forms: Vec<&Form> = at.iter().map(|at| parts[*at]).collect();
        let apart = forms.iter().all(|form| divisible(form));
        // Who is counted once in a cell is not so in the sum of several.
        let into = if apart || self.classes.are_by_case() { self.classes.quicker } else { CountedIn::Splits };
        let days = |form: &&&Form| matches!(form.measures, Measures::Days | Measures::Spread);
        let histograms =
            forms.iter().filter(days).map(|form| own_cells(form)).sum::<usize>() * self.classes.block(into);
        Group { at: at.to_vec(), forms, into, divisible: apart && histograms <= HISTOGRAMS }
    }

    /// How many cells stand beside each other for one code of a part's own axes.
    const fn block(&self) -> usize {
        self.classes.block(self.into)
    }

    /// Cells to count a part in.
    fn cells<T: Merge + Clone>(&self, form: &Form) -> Vec<T> {
        vec![T::default(); own_cells(form) * self.block()]
    }

    /// What was counted in them, by the part's own axes and the splits.
    fn grid<T: Merge + Clone>(&self, form: &Form, cells: Vec<T>) -> Grid<T> {
        let own = form.axes.iter().map(GridAxis::from);
        if form.id == ANONYMOUS {
            return Grid { axes: own.collect(), cells };
        }
        Grid { axes: own.chain(self.axes.iter().cloned()).collect(), cells: self.classes.shared_out(cells, self.into) }
    }

    /// These parts, which are counted at once where their report has them so.
    fn parts(&self, report: &str, forms: &[&Form]) -> PolarsResult<Vec<Counted>> {
        if report == BACKGROUND {
            return Ok(self.background(forms)?.into_iter().map(Counted::Tallies).collect());
        }
        if let Some((pair, _)) = forms.first().and_then(|form| Pair::of(form.id)) {
            // One of them may be wanted alone.
            let mut both = self.both(pair)?.map(|days| Some(Counted::Lengths(days)));
            let of = |form: &&Form| both[usize::from(Pair::of(form.id)?.1)].take();
            return Ok(forms.iter().filter_map(of).collect());
        }
        forms.iter().map(|form| self.part(report, form)).collect()
    }

    fn part(&self, report: &str, form: &Form) -> PolarsResult<Counted> {
        Ok(match form.measures {
            Measures::Stock => Counted::Stock(self.stock(form)?),
            Measures::Days | Measures::Spread => Counted::Lengths(self.lengths(form)?),
            Measures::Count | Measures::Share(_) => Counted::Tallies(self.counted(report, form)?),
        })
    }

    /// Counts rows of a kind dated in the period; `put` gives the cells of the part's own axes but for sex.
    fn count(&self, form: &Form, kind: Kind, put: impl Fn(&At<'_>, &mut Vec<usize>)) -> PolarsResult<Vec<Tally>> {
        self.count_where(form, kind, |_| true, put)
    }

    /// The same of the rows that are wanted by their key.
    fn count_where(
        &self,
        form: &Form,
        kind: Kind,
        wanted: impl Fn(u32) -> bool,
        put: impl Fn(&At<'_>, &mut Vec<usize>),
    ) -> PolarsResult<Vec<Tally>> {
        let mut all = self.cells::<Tally>(form);
        let mut own = Vec::new();
        self.each_where(
            kind,
            self.dated(),
            |at| wanted(at.key()),
            |at, cells| {
                own.clear();
                put(at, &mut own);
                let record = self.pass.record_of(at.case());
                for cell in &own {
                    let cell = (cell * 2 + part(at.key(), 0)) * self.block();
                    cells.each(|offset| all[cell + offset].add(record));
                }
            },
        )?;
        Ok(all)
    }

    /// Days of the rows of a kind that are dated in the period and wanted by their key: one observation each, of the days
    /// that `days` gives with the cell of the part's own axes but for sex.
    fn durations(
        &self,
        form: &Form,
        kind: Kind,
        wanted: impl Fn(u32) -> bool,
        days: impl Fn(&At<'_>) -> (usize, i32),
    ) -> PolarsResult<Vec<Durations>> {
        let mut all = self.cells::<Durations>(form);
        let wanted = |at: &At<'_>| wanted(at.key());
        self.each_where(kind, self.dated(), wanted, |at, cells| {
            let ((own, days), record) = (days(at), self.pass.record_of(at.case()));
            let first = (own * 2 + part(at.key(), 0)) * self.block();
            cells.each(|cell| all[first + cell].add(days, record));
        })?;
        Ok(all)
    }

    fn lengths(&self, form: &Form) -> PolarsResult<Vec<Durations>> {
        let in_step = |at: &At<'_>| (part(at.key(), 1), at.more(0));
        match form.id {
            "steg" => self.durations(form, Kind::Left, |_| true, in_step),
            "vantetid" | "utveckling" => self.durations(form, Kind::Left, |key| waits(part(key, 1)), in_step),
            "samarbete" => self.durations(form, Kind::Ended, |_| true, |at| (part(at.key(), 1), at.more_in_all())),
            "vantar" => self.waiting(form),
            // Those of the baspaket are counted two at a time.
            _ => Ok(self.cells(form)),
        }
    }
}
