//! Withholding: counts of 1–4, and as many more as it takes that none of them can be worked out.
//!
//! Lives here: choosing what else is withheld. Never here: which figures are sums of which ([`tables`]).
//!
//! Whatever is withheld has a witness: another report that agrees with every figure shown – sums over every dimension, the
//! same count in several parts, a level within a larger one, what the flows of a part tell of another – and has another value
//! there. So no arithmetic on those relations pins it. Witnesses are looked for among exchanges: a case more here and one less
//! there, so that the sums that are shown stay as they are. The exchange that withholds least is taken.
//!
//! A witness is not a set of cases: relations of the process that no table here knows may still tell a count here and
//! there, and two reports of neighbouring months what went from one to the other. Of 32 frozen reports of 6 000 cases an
//! integer programme with all the relations of the process pinned no count of 1–4 from a report alone, and one from a report
//! beside the same one live.
//!
//! Whoever reads such a report can pull the same one with noise, and noise has its bounds: a count shown live as 3 is one to
//! five. So a witness agrees with every figure of that, too; where there is none, all of the table is withheld, and the live
//! figures are what is known. Those tell a count where the bounds of its parts, in all the tables that have it, meet in one
//! number: of 209 212 counts of 1–4 in 1 500 baspaket of up to 200 random cases, 118 in 11 of them, with nothing frozen
//! (`bounds` in the tests; none more with what is frozen). What *other* live tables tell of a cell, as the sums of its parts
//! by age, is not gone into: a guess is drawn tighter by them, as it is without anything frozen.

mod tables;

#[cfg(test)]
mod tests;

use super::{Grant, Policy, THRESHOLD, cell_key};
use crate::reports::report::{Figure, Report, Unit};
use tables::{Line, Table};

/// An exchange in one table: what it adds to cells, and what that adds to lines and to counts shared with other tables.
#[derive(Debug)]
struct Exchange {
    cells: Vec<(usize, i64)>,
    lines: Vec<(usize, i64)>,
    shared: Vec<(usize, i64)>,
}

/// One exchange in each of some tables; of a table whose figures hang together nobody knows how, all of it.
type Chosen = Vec<(usize, Option<usize>)>;

/// Every exchange along the axes of a table: on each axis one code alone, or one against another.
fn exchanges(table: &Table) -> Vec<Exchange> {
    let mut all: Vec<Vec<(usize, i64)>> = vec![vec![(0, 1)]];
    for &size in &table.sizes {
        let alone = (0..size).map(|a| vec![(a, 1)]);
        let against = (0..size).flat_map(|a| (a + 1..size).map(move |b| vec![(a, 1), (b, -1)]));
        let along: Vec<Vec<(usize, i64)>> = alone.chain(against).collect();
        let longer = |cells: &Vec<(usize, i64)>, step: &Vec<(usize, i64)>| {
            let each = cells.iter().flat_map(|(at, n)| step.iter().map(move |(a, m)| (at * size + a, n * m)));
            each.collect()
        };
        all = all.iter().flat_map(|cells| along.iter().map(move |step| longer(cells, step))).collect();
    }
    let with_sign = all.into_iter().flat_map(|cells| {
        let opposite = cells.iter().map(|(at, n)| (*at, -n)).collect();
        [cells, opposite]
    });
    with_sign.map(|cells| exchange(table, cells)).collect()
}

fn exchange(table: &Table, cells: Vec<(usize, i64)>) -> Exchange {
    let added = |line: &Line| cells.iter().filter(|(at, _)| line.members[*at]).map(|(_, n)| n).sum::<i64>();
    let changed = |(i, line): (usize, &Line)| Some((i, added(line))).filter(|(_, n)| *n != 0);
    let lines: Vec<(usize, i64)> = table.lines.iter().enumerate().filter_map(changed).collect();
    let mut shared: Vec<(usize, i64)> =
        lines.iter().filter_map(|(i, n)| table.lines[*i].shared.map(|count| (count, *n))).collect();
    shared.sort_unstable();
    Exchange { cells, lines, shared }
}

/// The tables of one level under way.
struct Level<'a> {
    tables: &'a [Table],
    exchanges: &'a [Vec<Exchange>],
    /// The least and the most of each line, by the other levels.
    bounds: &'a [Vec<(i64, i64)>],
    values: Vec<Vec<i64>>,
    /// Each line as it is shown live, with noise, wherever it stands.
    live: Vec<Vec<Vec<u64>>>,
    withheld: Vec<Vec<bool>>,
}

impl Level<'_> {
    fn run(&mut self) {
        let is_shown = |line: &Line| !line.places.is_empty();
        let mut safe: Vec<Vec<bool>> =
            self.tables.iter().map(|table| table.lines.iter().map(|line| !is_shown(line)).collect()).collect();
        for table in 0..self.tables.len() {
            for line in 0..self.tables[table].lines.len() {
                if !self.withheld[table][line] || safe[table][line] {
                    continue;
                }
                if self.tables[table].is_opaque() {
                    self.withheld[table].fill(true);
                    break;
                }
                let found = self.cheapest(table, line, true).or_else(|| self.cheapest(table, line, false));
                for (table, exchange) in found.unwrap_or_default() {
                    let Some(exchange) = exchange else {
                        self.withheld[table].fill(true);
                        continue;
                    };
                    for (line, _) in &self.exchanges[table][exchange].lines {
                        self.withheld[table][*line] = true;
                        safe[table][*line] = true;
                    }
                }
                if !safe[table][line] {
                    // No witness: then nothing of the table is shown, nor of those that share a count with it.
                    self.give_up(table);
                }
            }
        }
    }

    fn give_up(&mut self, table: usize) {
        let counts = |table: usize| self.tables[table].lines.iter().filter_map(|line| line.shared);
        let near: Vec<usize> = (0..self.tables.len())
            .filter(|other| *other == table || counts(*other).any(|count| counts(table).any(|own| own == count)))
            .collect();
        near.into_iter().for_each(|other| self.withheld[other].fill(true));
    }

    /// The exchanges, one a table, that change a line and withhold least beyond what is withheld. A table of which nothing is
    /// known is withheld instead.
    fn cheapest(&self, table: usize, line: usize, bounded: bool) -> Option<Chosen> {
        let mut best: Option<(i64, Chosen)> = None;
        for (number, exchange) in self.exchanges[table].iter().enumerate() {
            if !exchange.lines.iter().any(|(changed, _)| *changed == line) {
                continue;
            }
            let Some(mut cost) = self.cost(table, exchange, bounded) else { continue };
            if best.as_ref().is_some_and(|(least, _)| *least <= cost) {
                continue;
            }
            let mut all = vec![(table, Some(number))];
            let matched = (0..self.tables.len()).filter(|other| *other != table).all(|other| {
                let holds = |count: &usize| self.tables[other].lines.iter().any(|line| line.shared == Some(*count));
                let wanted: Vec<(usize, i64)> =
                    exchange.shared.iter().filter(|(count, _)| holds(count)).copied().collect();
                if wanted.is_empty() {
                    return true;
                }
                if self.tables[other].is_opaque() {
                    cost += (0..self.values[other].len()).map(|line| self.weight(other, line)).sum::<i64>();
                    all.push((other, None));
                    return true;
                }
                let alike = self.exchanges[other].iter().enumerate().filter(|(_, e)| e.shared == wanted);
                let least = alike.filter_map(|(i, e)| Some((self.cost(other, e, bounded)?, i))).min();
                let Some((more, exchange)) = least else { return false };
                cost += more;
                all.push((other, Some(exchange)));
                true
            });
            if matched && best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, all));
            }
        }
        best.map(|(_, all)| all)
    }

    /// What it costs to withhold a line; nothing where it is withheld already.
    fn weight(&self, table: usize, line: usize) -> i64 {
        // Sums are of more use than parts, and a zero that is withheld may be known to be one.
        let weight = |value: i64| if value == 0 { 40 } else { 20 + i64::from(value.ilog2()) };
        let told = !self.withheld[table][line];
        i64::from(told) * weight(self.values[table][line]) * self.tables[table].lines[line].sums
    }

    /// Whether a line could be so much, by what is shown of it live and by what other parts tell.
    fn agrees(&self, table: usize, line: usize, value: i64) -> bool {
        let (least, most) = self.tables[table].lines[line].between;
        if !(least..=most).contains(&value) {
            return false;
        }
        if self.tables[table].lines[line].places.is_empty() {
            return true;
        }
        let (Some(noise), Ok(value)) = (cell_key::live(), u64::try_from(value)) else { return false };
        let shown = &self.live[table][line];
        !shown.is_empty() && shown.iter().all(|shown| noise.allows(value, *shown))
    }

    /// What an exchange withholds more; `None` when it can't be, since a count would be negative or beyond its bounds.
    fn cost(&self, table: usize, exchange: &Exchange, bounded: bool) -> Option<i64> {
        let possible = exchange.cells.iter().all(|(at, n)| self.tables[table].cells[*at] + n >= 0);
        let within = |(line, n): &(usize, i64)| {
            let (least, most) = self.bounds[table][*line];
            (least..=most).contains(&(self.values[table][*line] + n))
        };
        let live = |(line, n): &(usize, i64)| self.agrees(table, *line, self.values[table][*line] + n);
        if !possible || (bounded && !exchange.lines.iter().all(within)) || !exchange.lines.iter().all(live) {
            return None;
        }
        Some(exchange.lines.iter().map(|(line, _)| self.weight(table, *line)).sum())
    }
}

/// Withholds in a report of figures as counted, on the levels whose policy it is.
pub(super) fn withhold(report: &mut Report, live: Option<&Report>, grant: Grant) {
    if grant.own == Policy::Threshold && matches!(report.anonymous, Figure::Count(1..THRESHOLD)) {
        report.anonymous = Figure::Withheld;
    }
    let codes: Vec<String> = report.levels.iter().map(|level| level.code.clone()).collect();
    let levels: Vec<Vec<Table>> = codes.iter().map(|level| tables::of(report, level)).collect();
    let values = |tables: &[Table]| tables.iter().map(Table::values).collect::<Vec<_>>();
    let all: Vec<Vec<Vec<i64>>> = levels.iter().map(|tables| values(tables)).collect();
    let Some(first) = levels.first() else { return };
    let exchanges: Vec<Vec<Exchange>> = first.iter().map(exchanges).collect();
    for (at, tables) in levels.iter().enumerate().filter(|(at, _)| grant.of(&codes[*at]) == Policy::Threshold) {
        // Levels that say the same have the same withheld: what bounds the largest of them bounds all.
        let same = all.iter().rposition(|values| *values == all[at]).unwrap_or(at);
        let bounds = bounds(&all, same, &codes);
        // What is shown nowhere is withheld everywhere.
        let small = |(line, n): (&Line, &i64)| line.places.is_empty() || (1..THRESHOLD as i64).contains(n);
        let small = |(table, values): (&Table, &Vec<i64>)| table.lines.iter().zip(values).map(small).collect();
        let withheld = levels[same].iter().zip(&all[at]).map(small).collect();
        let values = all[at].clone();
        let live = levels[same].iter().map(|table| shown_live(table, live)).collect();
        let tables_of_level = &levels[same];
        let mut level =
            Level { tables: tables_of_level, exchanges: &exchanges, bounds: &bounds, values, live, withheld };
        level.run();
        for (table, withheld) in tables.iter().zip(&level.withheld) {
            for (line, _) in table.lines.iter().zip(withheld).filter(|(_, withheld)| **withheld) {
                for place in &line.places {
                    report.parts[place.part].rows[place.row].figures[place.measure] = Figure::Withheld;
                }
            }
        }
    }
    follow(report);
}

/// Each line of a table as it is shown live.
fn shown_live(table: &Table, live: Option<&Report>) -> Vec<Vec<u64>> {
    let shown = |place: &tables::Place| match live?.parts[place.part].rows[place.row].figures[place.measure] {
        Figure::Count(n) => Some(n),
        _ => None,
    };
    table.lines.iter().map(|line| line.places.iter().filter_map(shown).collect()).collect()
}

/// The least and the most of each line of a level: nothing is more than in the country, nor, where everything seems to
/// be within the län, than in that. Levels alike in everything are one and bound each other not at all.
fn bounds(all: &[Vec<Vec<i64>>], at: usize, codes: &[String]) -> Vec<Vec<(i64, i64)>> {
    let pairs = |a: &[Vec<i64>], b: &[Vec<i64>]| a.iter().flatten().zip(b.iter().flatten()).all(|(a, b)| a <= b);
    let rank = |level: usize| (codes[level] != "urval") as usize + (codes[level] == "riket") as usize;
    let others = (0..all.len()).filter(|other| all[*other] != all[at]).collect::<Vec<_>>();
    let bound = |table: usize, line: usize| {
        let of = |level: &usize| all[*level][table][line];
        let within = others.iter().filter(|other| rank(**other) < rank(at) && pairs(&all[**other], &all[at])).map(of);
        let around = others.iter().filter(|other| rank(**other) > rank(at) && pairs(&all[at], &all[**other])).map(of);
        (within.max().unwrap_or(0), around.min().unwrap_or(i64::MAX))
    };
    all[at].iter().enumerate().map(|(t, lines)| (0..lines.len()).map(|l| bound(t, l)).collect()).collect()
}

/// What is made of counts that are withheld is withheld too.
fn follow(report: &mut Report) {
    for part in &mut report.parts {
        let counts: Vec<usize> = (0..part.measures.len()).filter(|m| part.measures[*m].unit == Unit::Count).collect();
        let hidden: Vec<bool> =
            part.rows.iter().map(|row| counts.iter().any(|m| row.figures.get(*m) == Some(&Figure::Withheld))).collect();
        let wholes: Vec<bool> = part.rows.iter().map(|row| tables::hidden_whole(part, row, &hidden)).collect();
        for ((row, hidden), whole) in part.rows.iter_mut().zip(&hidden).zip(wholes) {
            for (measure, figure) in part.measures.iter().zip(&mut row.figures) {
                let made_of = match measure.unit {
                    Unit::Count => false,
                    Unit::Share => *hidden || whole,
                    Unit::Days => *hidden,
                };
                if made_of {
                    *figure = Figure::Withheld;
                }
            }
        }
    }
}
