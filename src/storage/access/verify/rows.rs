//! One chain: its rows in their order, each seal made anew from the row and the hash of the row before.
//!
//! A row whose seal is wrong is held against other places, so that what was moved is told from what was altered.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;

use super::finding::{Fault, Finding};
use super::signatures::{self, hex};
use super::tables::Tally;
use super::{ChainRow, Progress, Verified, signs};
use crate::storage::access::seal::{Sealer, forgot_rightly, forgotten};
use crate::storage::access::{CHAIN, Kind, Row, chain_of, entry_at, unchained};
use crate::storage::dialect::Link;
use crate::storage::error::StorageError;
use crate::storage::schema::access_log;

/// This many rows are read at a time.
const PAGE: i64 = 1000;
/// So far a row can have been moved and still be recognised at once.
const SHIFTS: std::ops::RangeInclusive<i64> = -16..=16;
/// Of the rows of a chain that are wrong, this many are held against each other's places.
const SUSPECTS: usize = 48;

/// What one chain adds to.
pub(super) struct Seen<'a> {
    pub told: &'a mut Verified,
    pub pairs: &'a mut Tally,
    /// Queries that the log says were forgotten.
    pub forgettings: &'a mut i64,
    /// Rows to be read in all.
    pub total: i64,
}

/// A row whose seal is wrong where it stands.
struct Suspect {
    row: Row,
    /// The hash of the row that stands before it.
    before: Vec<u8>,
}

/// Where reading the chain has come to.
struct Walk<'a> {
    chain: &'a ChainRow,
    sealer: &'a Sealer,
    before: Vec<u8>,
    /// The row before is missing, so its hash is, too.
    after_gap: bool,
    next: i64,
    /// How far the rows stand from where they were sealed.
    shift: i64,
    suspects: Vec<Suspect>,
}

/// Reads a chain up to `last`.
pub(super) fn of_chain(
    link: &mut Link<'_>,
    chain: &ChainRow,
    sealer: &Sealer,
    last: i64,
    seen: &mut Seen<'_>,
    progress: Progress<'_>,
) -> Result<(), StorageError> {
    let genesis = sealer.genesis(chain.number, &chain.id, chain.began).to_vec();
    let mut walk = Walk { chain, sealer, before: genesis, after_gap: false, next: 1, shift: 0, suspects: Vec::new() };
    let mut after = chain.number * CHAIN - 1;
    loop {
        let page: Vec<Row> = each!(link, c => access_log::table
            .filter(access_log::entry.gt(after))
            .filter(access_log::entry.le(last))
            .order(access_log::entry)
            .limit(PAGE)
            .select(Row::as_select())
            .load(c))?;
        let Some(newest) = page.last() else { break };
        after = newest.entry;
        for row in page {
            seen.count(&row);
            let whole = walk.step(row.clone(), seen.told);
            if whole && signs(&row.kind) {
                signatures::check(link, &row, seen.told)?;
            }
            if whole && row.kind == Kind::Seal.code() {
                let (rows, digest) = unchained::digest(link, sealer)?;
                seen.told.unchained = seen.told.unchained.max(row.counted);
                if rows != row.counted || digest != row.cases {
                    let text =
                        format!("the rows from before there were chains, {} then, are not as they were", row.counted);
                    seen.told.add(Finding::row(Fault::Unchained, row.chain(), row.sequence(), text));
                }
            }
        }
        progress(seen.told.rows, seen.total);
    }
    seen.told.heads.push((chain.number, walk.next - 1, hex(&walk.before)));
    walk.judge(seen.told);
    Ok(())
}

impl Seen<'_> {
    fn count(&mut self, row: &Row) {
        let told = &mut *self.told;
        told.rows += 1;
        told.from = Some(told.from.map_or(row.at, |from| from.min(row.at)));
        told.to = Some(told.to.map_or(row.at, |to| to.max(row.at)));
        told.forgotten += i64::from(forgotten(row).next().is_some());
        if row.kind == Kind::Forgetting.code() {
            *self.forgettings += row.counted;
        }
        if !forgot_rightly(row) {
            let text = "a field was taken away that may not be, or its salt was left";
            told.add(Finding::row(Fault::Forgotten, row.chain(), row.sequence(), text));
        }
        self.pairs.note(row);
    }
}

impl Walk<'_> {
    /// Whether the row is as it was sealed, where it was sealed.
    fn step(&mut self, row: Row, told: &mut Verified) -> bool {
        let (number, sequence) = (self.chain.number, row.sequence());
        if sequence > self.next {
            let (first, last) = (self.next, sequence - 1);
            let gone =
                if first == last { "it is gone".to_owned() } else { format!("it and all up to row {last} are gone") };
            told.add(Finding::row(Fault::Removed, number, first, gone));
            self.after_gap = true;
        }
        self.next = sequence + 1;
        let before = std::mem::replace(&mut self.before, row.hash.clone());
        if std::mem::take(&mut self.after_gap) {
            // What it was sealed to is gone: only the rows from the next on can be verified.
            return false;
        }
        if self.fits(&before, &row, sequence - self.shift) {
            return self.shift == 0;
        }
        let shifted = SHIFTS.into_iter().find(|by| self.fits(&before, &row, sequence - by));
        if let Some(by) = shifted {
            let text = match by - self.shift {
                0 => return false,
                more if more > 0 => {
                    format!("from here on rows stand {more} later than they were sealed: so many were put in before")
                }
                less => format!(
                    "from here on rows stand {} earlier than they were sealed: so many were removed before",
                    -less
                ),
            };
            self.shift = by;
            told.add(Finding::row(Fault::Moved, number, sequence, text));
            return false;
        }
        self.suspects.push(Suspect { row, before });
        if self.suspects.len() > SUSPECTS * 4 {
            self.judge(told);
        }
        false
    }

    /// Whether the row was sealed at that place, after a row of that hash.
    fn fits(&self, before: &[u8], row: &Row, sequence: i64) -> bool {
        if sequence < 1 {
            return false;
        }
        let own = row.sequence() == sequence;
        let at = if own { None } else { Some(Row { entry: entry_at(self.chain.number, sequence), ..row.clone() }) };
        self.sealer.row(before, at.as_ref().unwrap_or(row))[..] == row.hash[..]
    }

    /// Tells rows that were moved, and those that merely follow one that was, from those that were altered.
    fn judge(&mut self, told: &mut Verified) {
        let suspects = std::mem::take(&mut self.suspects);
        let few = suspects.len() <= SUSPECTS;
        let hashes: Vec<&[u8]> = suspects.iter().flat_map(|s| [&s.row.hash[..], &s.before[..]]).collect();
        let places: BTreeSet<i64> = suspects.iter().map(|s| s.row.sequence()).collect();
        let altered: BTreeSet<i64> = suspects
            .iter()
            .filter(|s| !few || !places.iter().any(|p| hashes.iter().any(|before| self.fits(before, &s.row, *p))))
            .map(|s| s.row.sequence())
            .collect();
        for Suspect { row, .. } in &suspects {
            let (number, sequence) = (self.chain.number, row.sequence());
            let right = few && hashes.iter().any(|before| self.fits(before, row, sequence));
            if altered.contains(&sequence) {
                let text = if altered.contains(&(sequence - 1)) {
                    "it was altered or put in, or can't be told from it, since the row before was"
                } else {
                    "it was altered or put in"
                };
                told.add(Finding::row(Fault::Altered, number, sequence, text));
            } else if !right {
                let from = places.iter().find(|p| hashes.iter().any(|before| self.fits(before, row, **p)));
                let text = from.map_or_else(String::new, |from| format!("it was sealed as row {from}"));
                told.add(Finding::row(Fault::Moved, number, sequence, text));
            }
        }
    }
}

#[derive(QueryableByName)]
struct Stray {
    #[diesel(sql_type = BigInt)]
    entry: i64,
}

/// Rows that stand in no chain that there is.
pub(super) fn of_no_chain(link: &mut Link<'_>, chains: &[ChainRow], told: &mut Verified) -> Result<(), StorageError> {
    // From one chain to the next by the key, so that the table is not read.
    let known: BTreeSet<i64> = chains.iter().map(|chain| chain.number).collect();
    let mut from = i64::MIN;
    loop {
        let sql = format!("SELECT entry FROM access_log WHERE entry >= {from} ORDER BY entry LIMIT 1");
        let found: Vec<Stray> = each!(link, c => sql_query(&sql).load(c))?;
        let Some(Stray { entry }) = found.into_iter().next() else { return Ok(()) };
        let chain = chain_of(entry);
        if !known.contains(&chain) {
            told.add(Finding::chain(Fault::MissingChain, chain, "rows stand in it, and the chain itself is not there"));
        }
        from = (chain + 1) * CHAIN;
    }
}
