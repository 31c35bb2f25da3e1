//! What a case contributes to the figures: rows of a few kinds, each with its place, its day and a packed key.
//!
//! Lives here: the definitions of the fixed reports that don't depend on period or geography. Never here: counting.
//! An anonymous case gives rows of its own kind only; a felregistrering gives none.

use chrono::{Datelike, NaiveDate};

use crate::domain::answers::Question;
use crate::domain::case::{Case, IdentityState};
use crate::domain::dates::swedish_day;
use crate::domain::due::day_after;
use crate::domain::organisation::OfficePair;
use crate::domain::step::{Agency, Form, StepKind};
use crate::domain::transition::Settings;

use super::places::Places;
use super::quality::{correction, due_on, registration};
use super::spent;
use super::variables::{UTFALL_GK, utfall};

/// A kind of row, kept in a frame of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// GK entered. Key: initierad av.
    GkEntered,
    /// GK left. Key: utfall, first insats started. More: its day.
    GkLeft,
    /// Case ended. Key: GK held, last insats, outcome, how it ended. More: days in each step kind.
    Ended,
    /// Days at a place in afi or ali, from `day` to the day before `more`. Key: which, [`ENTERED`], [`FIRST`] and [`ALONE`].
    Spell,
    /// Days at a place in an anonymous case, its ending day included, from `day` to the day before `more`. Key: 0,
    /// [`ENTERED`] and [`CLOSING`].
    Anonymous,
    /// Days at a place in any step, from `day` to the day before `more`; an ending has no days. Key: kind of step,
    /// [`ENTERED`] and [`SEVERAL`], and above them how it was registered and when the next was due.
    Step,
    /// Any step left. Key: from, to, [`JOINED`]. More: days.
    Left,
    /// A wait of several steps left. Key: last waiting step, the step to. More: days.
    Wait,
    /// A correction made. Key: kind, agency.
    Correction,
}

/// The row is the step's first: the step was entered on its day.
pub(super) const ENTERED: usize = 1;
/// The case has other rows of the same kind of step.
pub(super) const SEVERAL: usize = 2;
/// The row is the case's first of this insats: it is entered for the first time on its day.
pub(super) const FIRST: usize = 2;

/// The case has no other row of its kind: it is counted once without remembering that it was.
pub(super) const ALONE: usize = 8;

/// The step was not all of the wait that ended with it: that has a row of its own.
pub(super) const JOINED: u32 = 1 << 12;

/// The row's last day is that of the case's ending, on which it is no longer open.
pub(super) const CLOSING: usize = 4;

/// How many kinds of row there are.
pub(super) const KINDS: usize = Kind::ALL.len();

impl Kind {
    pub(super) const ALL: [Self; 9] = [
        Self::GkEntered,
        Self::GkLeft,
        Self::Ended,
        Self::Spell,
        Self::Anonymous,
        Self::Step,
        Self::Left,
        Self::Wait,
        Self::Correction,
    ];

    /// The columns beside case, place, day and key.
    pub(super) const fn more(self) -> &'static [&'static str] {
        match self {
            Self::GkEntered | Self::Correction => &[],
            Self::GkLeft => &["insats_day"],
            Self::Ended => &["begaran", "gk", "planerad_afi", "planerad_ali", "afi", "ali"],
            Self::Left | Self::Wait => &["days"],
            Self::Spell | Self::Anonymous | Self::Step => &["to"],
        }
    }

    /// Whether rows last, until the day that is their only other column.
    pub(super) const fn lasts(self) -> bool {
        matches!(self, Self::Spell | Self::Anonymous | Self::Step)
    }
}

/// A key: small numbers side by side, four bits each, the lowest first; sex is always the lowest.
pub(super) const fn key<const N: usize>(parts: [usize; N]) -> u32 {
    let mut packed = 0;
    let mut i = 0;
    while i < N {
        packed |= (parts[i] as u32) << (4 * i);
        i += 1;
    }
    packed
}

/// The part of a key at a place.
#[inline]
pub(super) const fn part(key: u32, at: usize) -> usize {
    ((key >> (4 * at)) & 15) as usize
}

/// No day: after every day.
pub(super) const NEVER: i32 = i32::MAX;

/// Days since 1970-01-01.
pub(super) fn day(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - 719_163
}

/// The rows of one kind as columns.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) kind: Kind,
    pub(super) case: Vec<u32>,
    pub(super) place: Vec<u32>,
    pub(super) day: Vec<i32>,
    pub(super) key: Vec<u32>,
    pub(super) more: Vec<Vec<i32>>,
}

impl Rows {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            case: Vec::new(),
            place: Vec::new(),
            day: Vec::new(),
            key: Vec::new(),
            more: vec![Vec::new(); kind.more().len()],
        }
    }

    pub(super) fn push(&mut self, case: u32, place: u32, day: i32, key: u32, more: &[i32]) {
        self.case.push(case);
        self.place.push(place);
        self.day.push(day);
        self.key.push(key);
        for (column, value) in self.more.iter_mut().zip(more) {
            column.push(*value);
        }
    }
}

/// The rows of many cases, a kind each.
#[derive(Debug, Clone)]
pub(super) struct Observations(pub(super) [Rows; KINDS]);

impl Default for Observations {
    fn default() -> Self {
        Self(Kind::ALL.map(Rows::new))
    }
}

impl Observations {
    /// Adds what a case contributes, under its number.
    pub(super) fn observe(&mut self, number: u32, case: &Case, places: &mut Places, settings: &Settings) {
        if case.felregistrering || case.steps.is_empty() {
            return;
        }
        let mut at =
            Observer { case, number, places, place: None, sex: usize::from(case.sex.code() == "man"), rows: self };
        if case.identity == IdentityState::Anonymous {
            let end = case.ending().map_or(NEVER, |s| day(s.date) + 1);
            at.spells(Kind::Anonymous, case.begun(), end, 0, [0, if end == NEVER { 0 } else { CLOSING }]);
            return;
        }
        at.gk();
        at.insatser();
        at.stays(settings);
        at.ended();
        at.corrections();
    }
}

/// One case on its way into the rows.
struct Observer<'a> {
    case: &'a Case,
    number: u32,
    places: &'a mut Places,
    /// The place found last.
    place: Option<(&'a OfficePair, u32)>,
    sex: usize,
    rows: &'a mut Observations,
}

impl Observer<'_> {
    fn push(&mut self, kind: Kind, date: NaiveDate, key: u32, more: &[i32]) {
        let offices = self.case.offices_on(date);
        // Most cases have one pair of offices, so the place found last is nearly always the one.
        let place = match self.place {
            Some((of, place)) if std::ptr::eq(of, offices) => place,
            _ => self.places.number(&offices.fk, &offices.af, self.case.municipality.as_ref()),
        };
        self.place = Some((offices, place));
        self.rows.0[kind as usize].push(self.number, place, day(date), key, more);
    }

    /// The days on which days from `from` to the day before `to` begin at another place.
    fn starts(case: &Case, from: NaiveDate, to: i32) -> impl Iterator<Item = NaiveDate> {
        let others = case.offices.windows(2).filter(|both| both[0].from != both[1].from).map(|both| both[1].from);
        std::iter::once(from).chain(others.filter(move |change| *change > from && day(*change) < to))
    }

    /// Days from `from` to the day before `to`, cut where an office changes; the first row is marked with `first`, the last
    /// with `last`.
    fn spells(&mut self, kind: Kind, from: NaiveDate, to: i32, code: usize, [first, last]: [usize; 2]) {
        let mut starts = Self::starts(self.case, from, to).peekable();
        while let Some(start) = starts.next() {
            let next = starts.peek().map(|next| day(*next));
            let first = if start == from { ENTERED | first } else { 0 };
            let last = if next.is_none() { last } else { 0 };
            self.push(kind, start, key([self.sex, code, first | last]), &[next.unwrap_or(to)]);
        }
    }

    fn gk(&mut self) {
        let case = self.case;
        let Some(at) = case.steps.iter().position(|s| s.kind == StepKind::Gk) else { return };
        let initiated = match case.steps[0].answers.code(Question::InitieradAv) {
            Some("FK") => 0,
            Some("AF") => 1,
            _ => 2,
        };
        self.push(Kind::GkEntered, case.steps[at].date, key([self.sex, initiated]), &[]);
        if let Some(next) = case.steps.get(at + 1) {
            let code = utfall(next);
            let utfall = UTFALL_GK.iter().position(|c| *c == code).unwrap_or_default();
            let first = case.steps[at..].iter().find(|s| s.kind.is_insats());
            let (insats, insats_day) =
                first.map_or((2, NEVER), |s| (usize::from(s.kind == StepKind::Ali), day(s.date)));
            self.push(Kind::GkLeft, next.date, key([self.sex, utfall, insats]), &[insats_day]);
        }
    }

    /// Every step's days at its places, and every transition.
    fn stays(&mut self, settings: &Settings) {
        let case = self.case;
        let end = |i: usize| match case.steps.get(i + 1) {
            Some(next) => day(next.date),
            None if case.steps[i].kind.is_ending() => day(case.steps[i].date),
            None => NEVER,
        };
        let mut rows = [0; StepKind::ALL.len()];
        for (i, step) in case.steps.iter().enumerate() {
            rows[step.kind as usize] += Self::starts(case, step.date, end(i)).count();
        }
        let mut waiting_since = case.begun();
        for (i, step) in case.steps.iter().enumerate() {
            let (how, due) = (registration(case, i), day_after(case, i, settings).map(day));
            let several = if rows[step.kind as usize] > 1 { SEVERAL } else { 0 };
            let mut starts = Self::starts(case, step.date, end(i)).peekable();
            while let Some(start) = starts.next() {
                let flags = several | if start == step.date { ENTERED } else { 0 };
                let to = starts.peek().map_or(end(i), |next| day(*next));
                let key = key([self.sex, step.kind as usize, flags]) | how | due_on(due, day(start));
                self.push(Kind::Step, start, key, &[to]);
            }
            if i == 0 || case.steps[i - 1].kind.form() != Form::Waiting {
                waiting_since = step.date;
            }
            // Nothing follows upon an ending by the rules; where it does, the ending was no stay.
            if let Some(next) = case.steps.get(i + 1).filter(|_| !step.kind.is_ending()) {
                let since = |date| day(next.date) - day(date);
                let key = key([self.sex, step.kind as usize, next.kind as usize]);
                if spent::WAITS.contains(&spent::of(key)) && waiting_since != step.date {
                    self.push(Kind::Wait, next.date, key, &[since(waiting_since)]);
                    self.push(Kind::Left, next.date, key | JOINED, &[since(step.date)]);
                } else {
                    self.push(Kind::Left, next.date, key, &[since(step.date)]);
                }
            }
        }
    }

    /// Days in afi and ali.
    fn insatser(&mut self) {
        let steps = &self.case.steps;
        let insatser = || {
            let insatser = steps.iter().enumerate().filter(|(_, step)| step.kind.is_insats());
            insatser.map(|(i, step)| (step, steps.get(i + 1).map_or(NEVER, |next| day(next.date))))
        };
        let rows: usize = insatser().map(|(step, to)| Self::starts(self.case, step.date, to).count()).sum();
        let alone = if rows == 1 { ALONE } else { 0 };
        let mut entered = [false; 2];
        for (step, to) in insatser() {
            let which = usize::from(step.kind == StepKind::Ali);
            let first = if entered[which] { 0 } else { FIRST };
            entered[which] = true;
            self.spells(Kind::Spell, step.date, to, which, [first | alone, 0]);
        }
    }

    fn corrections(&mut self) {
        let case = self.case;
        for made in &case.corrections {
            let key = key([self.sex, correction(made), usize::from(made.agency == Agency::Af)]);
            self.push(Kind::Correction, swedish_day(made.known_from), key, &[]);
        }
    }

    fn ended(&mut self) {
        let case = self.case;
        let Some(ending) = case.ending() else { return };
        let mut days = [0; 6];
        for pair in case.steps.windows(2) {
            // The six steps that last come first in StepKind, in this order.
            if let Some(total) = days.get_mut(pair[0].kind as usize) {
                *total += day(pair[1].date) - day(pair[0].date);
            }
        }
        let held = case.steps.iter().any(|s| s.kind == StepKind::Gk);
        let last = case.steps.iter().rev().find(|s| s.kind.form() == Form::Activity);
        let last = match last.map(|s| s.kind) {
            Some(StepKind::Afi) => 0,
            Some(StepKind::Ali) => 1,
            _ => 2,
        };
        // Konsultativt stöd, avslutat, avbrutet: the last three of StepKind.
        let how = ending.kind as usize - StepKind::KonsultativtStod as usize;
        let key = key([self.sex, usize::from(!held), last, outcome(ending), how]);
        self.push(Kind::Ended, ending.date, key, &days);
    }
}

/// One outcome a case, the first that fits, as the place in the list of part 10.
fn outcome(ending: &crate::domain::case::Step) -> usize {
    let answers = &ending.answers;
    if ending.kind == StepKind::Avbrutet {
        return 0;
    }
    let yes = |question| answers.yes(question) == Some(true);
    if yes(Question::Arbetar) {
        let types = answers.codes(Question::Arbetstyper).unwrap_or_default();
        return match (types.contains(&"ej_subventionerat"), types.contains(&"subventionerat")) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 3,
        };
    }
    let rest = [Question::Studerar, Question::Program, Question::OppetArbetslos, Question::FortsattHosFk];
    if let Some(first) = rest.into_iter().position(yes) {
        return 4 + first;
    }
    let unanswered = |question| answers.yes(question).is_none();
    if unanswered(Question::Arbetar) || rest.into_iter().any(unanswered) { 8 } else { 9 }
}
