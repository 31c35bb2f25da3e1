//! Which figures of a report are sums of which: its tables of cells, and the lines that are shown of them.
//!
//! Lives here: the parts of the baspaket as they hang together – the same count in several parts, distinct cases that
//! are no sums. A part of another report is taken as it looks: `samtliga` is the sum, unless the figures say otherwise;
//! then all of them are withheld where one is.

use crate::reports::baspaket::PARTS;
use crate::reports::cube::SAMTLIGA;
use crate::reports::report::{Dimension, Figure, Part, Report, Row, Unit};

/// Where a figure stands in the report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) part: usize,
    pub(super) row: usize,
    pub(super) measure: usize,
}

/// A figure: the sum of some cells, in one or more places.
#[derive(Debug)]
pub(super) struct Line {
    /// Which cells, by their number.
    pub(super) members: Vec<bool>,
    pub(super) places: Vec<Place>,
    /// The count that it shares with a line of another table.
    pub(super) shared: Option<usize>,
    /// The least and the most that it can be, by what other parts tell of the same cases.
    pub(super) between: (i64, i64),
    /// 1, and one more for each axis that it sums over.
    pub(super) sums: i64,
    masks: Vec<u32>,
}

/// Cells along axes, the last varying fastest, and what is shown of them.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) sizes: Vec<usize>,
    pub(super) cells: Vec<i64>,
    pub(super) lines: Vec<Line>,
}

/// Nothing is told of a count elsewhere.
const ANY: (i64, i64) = (0, i64::MAX);

impl Table {
    fn new(sizes: Vec<usize>) -> Self {
        let cells = vec![0; sizes.iter().product()];
        Self { sizes, cells, lines: Vec::new() }
    }

    /// The value of each line.
    pub(super) fn values(&self) -> Vec<i64> {
        let value = |line: &Line| line.members.iter().zip(&self.cells).filter(|(m, _)| **m).map(|(_, n)| n).sum();
        self.lines.iter().map(value).collect()
    }

    /// Shows the sum of the codes that each mask has.
    fn show(&mut self, masks: &[u32], place: Place) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.masks == masks) {
            line.places.push(place);
            return;
        }
        let member = |mut cell: usize| {
            let axes = self.sizes.iter().zip(masks).rev();
            axes.fold(true, |all, (size, mask)| {
                let code = cell % size;
                cell /= size;
                all && mask & (1 << code) != 0
            })
        };
        let members = (0..self.cells.len()).map(member).collect();
        let sums = 1 + masks.iter().filter(|mask| mask.count_ones() > 1).count() as i64;
        let (places, masks) = (vec![place], masks.to_vec());
        self.lines.push(Line { members, places, shared: None, between: ANY, sums, masks });
    }

    /// A sum that may be shown nowhere, and lies between these: it is found by its masks.
    fn limit(&mut self, masks: &[u32], between: (i64, i64)) {
        if self.is_opaque() {
            return;
        }
        self.show(masks, Place { part: usize::MAX, row: 0, measure: 0 });
        if let Some(line) = self.lines.iter_mut().find(|line| line.masks == masks) {
            line.places.retain(|place| place.part != usize::MAX);
            line.between = between;
        }
    }

    /// Says that the lines of each sex of a code of a part are a count that other tables have too.
    fn share_rows(&mut self, rows: &[(usize, &Row)], code: &str, count: usize) {
        for line in &mut self.lines {
            let of = line.places.iter().find_map(|place| rows.iter().find(|(at, _)| *at == place.row));
            let Some((_, row)) = of.filter(|(_, row)| row.codes[0] == code) else { continue };
            if let Some(sex) = KON.iter().position(|sex| row.codes[1] == *sex) {
                line.shared = Some(count + sex);
            }
        }
    }

    /// Whether it isn't known how its figures hang together: they are withheld all or none.
    pub(super) fn is_opaque(&self) -> bool {
        self.sizes == [0]
    }

    /// Says that the lines of each sex with these masks are a count that other tables have too.
    fn share(&mut self, masks: &[u32], count: usize) {
        for line in &mut self.lines {
            if let Some((sex @ (1 | 2), rest)) = line.masks.split_last()
                && rest == masks
            {
                line.shared = Some(count + *sex as usize - 1);
            }
        }
    }
}

/// Counts that several parts of the baspaket have: entered GK, left GK, ended without GK; of each two sexes.
const ENTERED: usize = 0;
const LEFT: usize = 2;
const ENDED: usize = 4;

/// And of the status: ended as planned, broken off, ended with consultative support, all there are.
const OUT: usize = 0;
const OFF: usize = 2;
const ADVISED: usize = 4;
const THERE: usize = 6;

fn count(row: &Row, measure: usize) -> i64 {
    match row.figures.get(measure) {
        Some(Figure::Count(n)) => i64::try_from(*n).unwrap_or(i64::MAX / 4),
        _ => 0,
    }
}

/// The tables of a level; every level of a report has the same.
pub(super) fn of(report: &Report, level: &str) -> Vec<Table> {
    let mut all = Vec::new();
    for (number, part) in report.parts.iter().enumerate() {
        let rows: Vec<(usize, &Row)> = part.rows.iter().enumerate().filter(|(_, row)| row.level == level).collect();
        let known = PARTS.iter().any(|form| report.report == "baspaket" && form.id == part.id);
        match part.id {
            "tid_per_steg" if known => ended(&mut all, number, part, &rows, 0),
            "tid_samarbete" if known => ended(&mut all, number, part, &rows, 1),
            "nya_insats" if known => all.push(distinct(number, &rows, None, 0)),
            "aktiva" if known => all.push(distinct(number, &rows, Some(0), 1)),
            _ => plain(&mut all, report, number, &rows),
        }
    }
    if ["baspaket", "status"].contains(&report.report.as_str()) {
        flows(&mut all, report, level);
    }
    all
}

/// What is known of flows, whatever is shown of them: whoever was in an insats in the period and isn't at its end has left it,
/// and whoever ended, having had GK, ended from GK, from a wait after it, or had an insats. At an office it need not be so,
/// where cases have changed offices on the way; where it is, it is taken for known.
fn flows(all: &mut [Table], report: &Report, level: &str) {
    let part = |id: &str| report.parts.iter().position(|part| part.id == id);
    let value = |id: &str, codes: &[&str], measure: &str| {
        let part = &report.parts[part(id)?];
        let measure = part.measures.iter().position(|m| m.name == measure)?;
        let row = part.rows.iter().find(|row| row.level == level && row.codes.iter().eq(codes))?;
        Some(count(row, measure))
    };
    let of = |place: &Place, id: &str, codes: &[&str]| {
        Some(place.part) == part(id) && report.parts[place.part].rows[place.row].codes.iter().eq(codes)
    };
    let status = report.report == "status";
    let (stays, leavings) = if status { ("lage", "avslutade_insatser") } else { ("aktiva", "tid_insats") };
    for (at, sex) in KON.iter().enumerate() {
        for insats in ["afi", "ali"] {
            let known = ["distinkta", "antal"].map(|measure| value(stays, &[insats, sex], measure));
            let [Some(there), Some(now)] = known else { continue };
            let left = value(leavings, &[insats, sex], if status { "antal" } else { "n" }).unwrap_or(0);
            let lines = all.iter_mut().flat_map(|table| &mut table.lines);
            for line in lines.filter(|line| line.places.iter().any(|p| of(p, leavings, &[insats, sex]))) {
                line.between.0 = (there - now).min(left);
            }
        }
        let ended = value("tid_samarbete", &["begaran", "ja", sex], "n");
        let from_gk = ENDINGS.iter().filter_map(|ending| value("utfall_gk", &[ending, sex], "antal")).sum::<i64>();
        let waits = ["planerad_afi", "planerad_ali"].map(|wait| value("tid_vantan", &[wait, "avslut", sex], "n"));
        let after_insats = value("utfall_insats", &[SAMTLIGA, SAMTLIGA, sex], "antal");
        let (Some(ended), [Some(afi), Some(ali)], Some(after_insats)) = (ended, waits, after_insats) else { continue };
        // The rest ended from a wait before any insats, and not more than waits did.
        let rest = ended - from_gk - after_insats;
        let spare = afi + ali - rest;
        let holds = rest >= 0 && spare >= 0;
        let between = |n: i64, fewer: i64, more: i64| if holds { (n - fewer, n + more) } else { ANY };
        let codes = part("utfall_gk").map(|part| &report.parts[part].dimensions[0].codes).into_iter().flatten();
        let codes: Vec<String> = codes.map(|code| code.code.to_string()).collect();
        let endings = ENDINGS.iter().map(|ending| mask(&codes, ending)).fold(0, |all, one| all | one);
        for table in all.iter_mut() {
            let is = |line: &Line, id: &str, codes: &[&str]| line.places.iter().any(|place| of(place, id, codes));
            for line in &mut table.lines {
                if is(line, "utfall_insats", &[SAMTLIGA, SAMTLIGA, sex]) {
                    line.between = between(after_insats, spare, rest);
                }
                if is(line, "tid_samarbete", &["begaran", "ja", sex]) {
                    line.between = between(ended, rest, spare);
                }
            }
            if table.lines.iter().any(|line| is(line, "utfall_gk", &[SAMTLIGA, sex])) {
                table.limit(&[endings, 1 << at], between(from_gk, spare, rest));
            }
            if table.lines.iter().any(|line| is(line, "tid_vantan", &[SAMTLIGA, "avslut", sex])) {
                table.limit(&[0b110, 0b10, 1 << at], between(afi + ali, spare, i64::MAX - afi - ali));
            }
        }
    }
}

/// The outcomes of GK that end the cooperation.
const ENDINGS: [&str; 6] = ["konsultativt_stod", "endast_af", "endast_fk", "ingen", "uppgift_saknas", "avbrutet"];

/// The mask of a code: its own bit, all of them for a total.
fn mask(codes: &[impl AsRef<str>], code: &str) -> u32 {
    codes.iter().position(|c| c.as_ref() == code).map_or((1 << codes.len().min(31)) - 1, |at| 1 << at.min(31))
}

/// The most codes of a dimension, and the most exchanges of a table, that are looked through.
const CODES: usize = 30;
const EXCHANGES: usize = 20_000;

/// A table for each count, with sums over every dimension that has a total.
fn plain(all: &mut Vec<Table>, report: &Report, number: usize, rows: &[(usize, &Row)]) {
    let part = &report.parts[number];
    let codes = |dimension: &Dimension| -> Vec<String> {
        dimension.codes.iter().map(|c| c.code.to_string()).filter(|c| c != SAMTLIGA).collect()
    };
    let axes: Vec<Vec<String>> = part.dimensions.iter().map(codes).collect();
    let counts = part.measures.iter().enumerate().filter(|(_, measure)| measure.unit == Unit::Count);
    for (measure, _) in counts {
        let steps: usize = axes.iter().map(|codes| codes.len() * (codes.len() + 1) / 2).product();
        let looked_through = axes.iter().all(|codes| codes.len() <= CODES) && steps * 2 <= EXCHANGES;
        let sums = looked_through
            && report.levels.iter().all(|level| {
                let here: Vec<(usize, &Row)> =
                    part.rows.iter().enumerate().filter(|(_, row)| row.level == level.code).collect();
                summed(number, &axes, &here, measure).1
            });
        let mut table = if sums { summed(number, &axes, rows, measure).0 } else { opaque(number, rows, measure) };
        if report.report == "baspaket" {
            match part.id {
                "nya_gk" => table.share(&[0b111], ENTERED),
                "utfall_gk" => table.share(&[0xff], LEFT),
                "till_insats" => table.share(&[0b111], LEFT),
                "tid_insats" => table.share(&[0b001], LEFT),
                "tid_vantan" => {
                    table.share(&[0b001, 0b01], ENTERED);
                    table.share(&[0b001, 0b10], ENDED);
                }
                _ => {}
            }
        }
        if report.report == "status" {
            match part.id {
                // An ending is no stay: it is there once. And all there are is told alike both ways.
                "lage" => {
                    [("avslutat", OUT), ("avbrutet", OFF), ("konsultativt_stod", ADVISED), (SAMTLIGA, THERE)]
                        .iter()
                        .for_each(|(code, of)| table.share_rows(rows, code, *of));
                }
                "sysselsattning" => table.share_rows(rows, SAMTLIGA, OUT),
                _ => {}
            }
        }
        all.push(table);
    }
}

/// A table of sums, and whether the figures are the sums that they look like.
fn summed(number: usize, axes: &[Vec<String>], rows: &[(usize, &Row)], measure: usize) -> (Table, bool) {
    let mut table = Table::new(axes.iter().map(Vec::len).collect());
    for (place, row) in rows {
        let masks: Vec<u32> = axes.iter().zip(&row.codes).map(|(codes, code)| mask(codes, code)).collect();
        table.show(&masks, Place { part: number, row: *place, measure });
        if row.codes.iter().all(|code| code != SAMTLIGA) {
            let at = axes.iter().zip(&masks).fold(0, |at, (c, mask)| at * c.len() + mask.trailing_zeros() as usize);
            if let Some(cell) = table.cells.get_mut(at) {
                *cell = count(row, measure);
            }
        }
    }
    let told = |line: &Line, value: i64| {
        let mut rows = line.places.iter().filter_map(|place| rows.iter().find(|(at, _)| *at == place.row));
        rows.all(|(_, row)| count(row, measure) == value)
    };
    let sums = table.values().into_iter().zip(&table.lines).all(|(value, line)| told(line, value));
    (table, sums)
}

/// Figures of which it isn't known how they hang together: all are withheld where one is.
fn opaque(number: usize, rows: &[(usize, &Row)], measure: usize) -> Table {
    let mut table = Table::new(vec![0]);
    table.cells = rows.iter().map(|(_, row)| count(row, measure)).collect();
    for (at, (row, _)) in rows.iter().enumerate() {
        let members = (0..rows.len()).map(|cell| cell == at).collect();
        let places = vec![Place { part: number, row: *row, measure }];
        table.lines.push(Line { members, places, shared: None, between: ANY, sums: 1, masks: Vec::new() });
    }
    table
}

const KON: [&str; 2] = ["kvinna", "man"];

/// Ended cases, by whether GK was held: the same in every step, and in the time from the request; from GK those with GK.
fn ended(all: &mut Vec<Table>, number: usize, part: &Part, rows: &[(usize, &Row)], of: usize) {
    if of == 0 {
        all.push(Table::new(vec![2, 2]));
    }
    let Some(table) = all.iter_mut().find(|table| table.sizes == [2, 2]) else { return };
    let Some(measure) = part.measures.iter().position(|m| m.unit == Unit::Count) else { return };
    for (row_number, row) in rows {
        let held = match (row.codes[0].as_ref(), row.codes[1].as_ref()) {
            ("gk", "nej") if of == 1 => continue,
            ("gk", _) if of == 1 => 1,
            (_, code) => mask(&["ja", "nej"], code),
        };
        let sex = mask(&KON, &row.codes[2]);
        table.show(&[held, sex], Place { part: number, row: *row_number, measure });
        if of == 0 && held.count_ones() == 1 && sex.count_ones() == 1 {
            table.cells[(held.trailing_zeros() * 2 + sex.trailing_zeros()) as usize] = count(row, measure);
        }
    }
    table.share(&[0b10], ENDED);
}

/// Cases of afi, ali and either, some of them in stock. Cells are who was in afi only, ali only or both, and in stock
/// in which: one possible division of the counts is as good as the true one, which isn't shown.
fn distinct(number: usize, rows: &[(usize, &Row)], stock: Option<usize>, measure: usize) -> Table {
    let mut table = Table::new(vec![7, 2]);
    for (at, row) in rows {
        let (insats, sex) = (row.codes[0].as_ref(), mask(&KON, &row.codes[1]));
        let pick = |masks: [u32; 3]| masks[["afi", "ali"].iter().position(|c| *c == insats).unwrap_or(2)];
        let any = pick([0b111_0011, 0b111_1100, 0b111_1111]);
        table.show(&[any, sex], Place { part: number, row: *at, measure });
        if let Some(stock) = stock {
            let now = pick([0b001_0001, 0b010_0100, 0b011_0101]);
            table.show(&[now, sex], Place { part: number, row: *at, measure: stock });
        }
    }
    for (sex, code) in KON.iter().enumerate() {
        let of = |insats: &str, measure: usize| {
            let row = rows.iter().find(|(_, row)| row.codes[0] == insats && row.codes[1] == *code);
            row.map_or(0, |(_, row)| count(row, measure))
        };
        let (afi, ali, either) = (of("afi", measure), of("ali", measure), of(SAMTLIGA, measure));
        let (only_afi, only_ali, both) = (either - ali, either - afi, afi + ali - either);
        let (in_afi, in_ali) = stock.map_or((0, 0), |stock| (of("afi", stock), of("ali", stock)));
        let (afi_now, ali_now) = (in_afi.min(only_afi), in_ali.min(only_ali));
        let (both_afi, both_ali) = (in_afi - afi_now, in_ali - ali_now);
        let rest = both - both_afi - both_ali;
        let cells = [afi_now, only_afi - afi_now, ali_now, only_ali - ali_now, both_afi, both_ali, rest];
        cells.into_iter().enumerate().for_each(|(at, n)| table.cells[at * 2 + sex] = n);
    }
    table
}

/// Whether the whole that a row's share is a share of is withheld: some row that agrees with it but for totals.
pub(super) fn hidden_whole(part: &Part, row: &Row, hidden: &[bool]) -> bool {
    let whole = |other: &Row| {
        let mut codes = row.codes.iter().zip(&other.codes).take(row.codes.len() - 1);
        let sex = row.codes.last() == other.codes.last();
        other.level == row.level && sex && codes.all(|(own, other)| own == other || other == SAMTLIGA)
    };
    part.rows.iter().zip(hidden).any(|(other, hidden)| *hidden && whole(other))
}
