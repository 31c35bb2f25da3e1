//! What SQLite leaves of rows that moved: when it puts a page together anew, a copy of what went to another page stays
//! in the page's unused middle. `secure_delete` overwrites what is deleted, not what moved, so such a copy would outlive
//! its row. After something was erased, the unused middle of every page is filled with zeros: some pages at a time,
//! between two transactions of the writer.
//!
//! That it is to be done is kept in the file itself (`user_version`, a number that each erasure raises and the end of a
//! pass sets to 0), in the transaction that erases, so it is taken up wherever it broke off.
//!
//! Never here: PostgreSQL, whose vacuum takes back the space of deleted rows.

use std::ops::Range;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};

use super::dialect::Link;
use super::error::StorageError;

/// So many pages are looked at in one transaction: a part of a millisecond.
const PIECE: i64 = 64;

/// From so many pages on, the first byte of a page that holds the rest of a long row may be that of another sort of
/// page: 128 GiB, a size to be on PostgreSQL with.
const MOST: i64 = 1 << 25;

/// Notes, in the transaction that erases, that pages are to be looked at.
///
/// # Errors
/// When the database fails.
pub(super) fn erased(link: &mut Link<'_>) -> Result<(), StorageError> {
    let Some(before) = generation(link)? else { return Ok(()) };
    link.run(&format!("PRAGMA user_version = {}", before % i64::from(i32::MAX) + 1))
}

/// Looks at all pages at once.
///
/// # Errors
/// When the database fails.
pub(super) fn overwrite(link: &mut Link<'_>) -> Result<(), StorageError> {
    let mut pass = Pass { generation: generation(link)?.unwrap_or_default(), next: 1 };
    while pass.go_on(link)? {}
    Ok(())
}

/// A pass over all pages.
#[derive(Debug, Clone, Copy)]
pub struct Pass {
    /// Up to which erasure it has looked at every page when it ends.
    generation: i64,
    next: i64,
}

impl Pass {
    /// The pass that is to be made, if something was erased since the last.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pending(link: &mut Link<'_>) -> Result<Option<Self>, StorageError> {
        let generation = generation(link)?.filter(|generation| *generation != 0);
        Ok(generation.map(|generation| Self { generation, next: 1 }))
    }

    /// Looks at the next pages; says whether there are more.
    ///
    /// # Errors
    /// When the database fails; then it is tried again with the same pages.
    pub fn go_on(&mut self, link: &mut Link<'_>) -> Result<bool, StorageError> {
        let (from, until) = (self.next, self.next + PIECE - 1);
        let generation = self.generation;
        let newest = link.written(|link| -> Result<Option<i64>, StorageError> {
            let last = number(link, "page_count")?;
            if last >= MOST {
                log::error!("a file of 128 GiB or more is not overwritten where rows moved away: use PostgreSQL");
            } else {
                clear(link, from, until)?;
                if until < last {
                    return Ok(None);
                }
            }
            let newest = number(link, "user_version")?;
            if newest == generation && newest != 0 {
                link.run("PRAGMA user_version = 0")?;
            }
            Ok(Some(newest))
        })?;
        match newest {
            None => self.next = until + 1,
            Some(newest) if newest == generation || newest == 0 => return Ok(false),
            // Something was erased meanwhile.
            Some(newest) => *self = Self { generation: newest, next: 1 },
        }
        Ok(true)
    }
}

/// The number that erasures raise; `None` where it isn't SQLite.
fn generation(link: &mut Link<'_>) -> Result<Option<i64>, StorageError> {
    if link.has_one_writer() { number(link, "user_version").map(Some) } else { Ok(None) }
}

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn number(link: &mut Link<'_>, pragma: &str) -> Result<i64, StorageError> {
    let Link::Sqlite(c) = link else { return Ok(0) };
    let told: Told = diesel::sql_query(format!("SELECT {pragma} AS number FROM pragma_{pragma}")).get_result(*c)?;
    Ok(told.number)
}

#[derive(QueryableByName)]
struct Page {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Binary)]
    bytes: Vec<u8>,
}

/// Fills the unused middle of these pages with zeros.
fn clear(link: &mut Link<'_>, from: i64, until: i64) -> Result<(), StorageError> {
    let Link::Sqlite(c) = link else { return Ok(()) };
    // Page by page: the table of pages knows no ranges.
    let pages: Vec<Page> = diesel::sql_query(
        "WITH RECURSIVE some(n) AS (VALUES(?) UNION ALL SELECT n + 1 FROM some WHERE n < ?) \
         SELECT pgno AS number, data AS bytes FROM some CROSS JOIN sqlite_dbpage ON pgno = n",
    )
    .bind::<BigInt, _>(from)
    .bind::<BigInt, _>(until)
    .load(*c)?;
    for Page { number, mut bytes } in pages {
        let unused = unused(&bytes, number == 1).and_then(|range| bytes.get_mut(range));
        let Some(left) = unused.filter(|unused| unused.iter().any(|byte| *byte != 0)) else { continue };
        left.fill(0);
        diesel::sql_query("UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?")
            .bind::<Binary, _>(bytes)
            .bind::<BigInt, _>(number)
            .execute(*c)?;
    }
    Ok(())
}

/// Where a page of a b-tree holds nothing: between the pointers to its cells and the first cell. `None` for pages of
/// another sort. (SQLite's file format, section 1.6.)
fn unused(page: &[u8], first: bool) -> Option<Range<usize>> {
    let header = if first { 100 } else { 0 };
    let two = |at: usize| Some(usize::from(u16::from_be_bytes([*page.get(at)?, *page.get(at + 1)?])));
    let length = match page.get(header)? {
        2 | 5 => 12,
        10 | 13 => 8,
        _ => return None,
    };
    let pointers = header + length;
    let start = pointers + 2 * two(header + 3)?;
    let end = match two(header + 5)? {
        0 => 65_536,
        end => end,
    };
    let is_cell = |at: usize| two(at).is_some_and(|cell| end <= cell && cell < page.len());
    (start <= end && end <= page.len() && (pointers..start).step_by(2).all(is_cell)).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use diesel::connection::SimpleConnection;
    use diesel::sqlite::SqliteConnection;

    use super::*;

    #[derive(QueryableByName, PartialEq, Eq, Debug)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = Binary)]
        key: Vec<u8>,
        #[diesel(sql_type = Binary)]
        text: Vec<u8>,
    }

    fn pages(c: &mut SqliteConnection) -> Vec<Page> {
        diesel::sql_query("SELECT pgno AS number, data AS bytes FROM sqlite_dbpage").load(c).unwrap()
    }

    /// How many pages hold something in their unused middle.
    fn dirty(c: &mut SqliteConnection) -> usize {
        let holds = |page: &&Page| {
            let unused = unused(&page.bytes, page.number == 1).map_or(&[][..], |range| &page.bytes[range]);
            unused.iter().any(|byte| *byte != 0)
        };
        pages(c).iter().filter(holds).count()
    }

    fn rows(c: &mut SqliteConnection) -> Vec<Row> {
        diesel::sql_query("SELECT id, key, text FROM t ORDER BY id").load(c).unwrap()
    }

    /// How often one of these keys, which are eight bytes four times, stands in a page.
    fn found(c: &mut SqliteConnection, keys: &HashSet<Vec<u8>>) -> usize {
        let of = |page: &Page| page.bytes.windows(32).filter(|at| at[..8] == at[8..16] && keys.contains(*at)).count();
        pages(c).iter().map(of).sum()
    }

    /// Rows whose keys come in no order, so that pages are split and put together anew, some long ones among them, and
    /// with some of them deleted again, whose keys are returned.
    fn mixed(c: &mut SqliteConnection) -> HashSet<Vec<u8>> {
        c.batch_execute(
            "PRAGMA secure_delete = ON; CREATE TABLE t (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, text BLOB); \
             BEGIN",
        )
        .unwrap();
        let mut gone = HashSet::new();
        for id in 1..2_000_i64 {
            let scattered = (id as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let key: Vec<u8> = scattered.to_be_bytes().repeat(4);
            let text = vec![b'x'; (scattered >> 32) as usize % 200 + if id % 97 == 0 { 20_000 } else { 0 }];
            diesel::sql_query("INSERT INTO t VALUES (?, ?, ?)")
                .bind::<BigInt, _>(id)
                .bind::<Binary, _>(&key)
                .bind::<Binary, _>(text)
                .execute(c)
                .unwrap();
            if id % 3 == 0 {
                gone.insert(key);
            }
        }
        c.batch_execute("DELETE FROM t WHERE id % 3 = 0; COMMIT").unwrap();
        gone
    }

    #[test]
    fn no_copy_of_what_was_erased_is_left_and_no_row_is_touched() {
        let mut c = SqliteConnection::establish(":memory:").unwrap();
        let gone = mixed(&mut c);
        let before = rows(&mut c);
        assert!(found(&mut c, &gone) > 0, "SQLite leaves copies, or there would be nothing to do");
        overwrite(&mut Link::Sqlite(&mut c)).unwrap();
        assert_eq!((found(&mut c, &gone), dirty(&mut c)), (0, 0));
        assert_eq!(rows(&mut c), before);
        let whole: Vec<Told> = diesel::sql_query("SELECT integrity_check = 'ok' AS number FROM pragma_integrity_check")
            .load(&mut c)
            .unwrap();
        assert_eq!(whole.iter().map(|told| told.number).collect::<Vec<_>>(), [1]);
        // What comes afterwards finds its pages as it left them.
        c.batch_execute("INSERT INTO t SELECT id + 10000, randomblob(32), text FROM t").unwrap();
        assert_eq!(rows(&mut c).len(), 2 * before.len());
    }

    #[test]
    fn a_pass_is_made_once_an_erasure_and_begins_anew_for_what_is_erased_meanwhile() {
        let mut c = SqliteConnection::establish(":memory:").unwrap();
        mixed(&mut c);
        let mut link = Link::Sqlite(&mut c);
        assert!(Pass::pending(&mut link).unwrap().is_none());
        erased(&mut link).unwrap();
        let mut pass = Pass::pending(&mut link).unwrap().unwrap();
        assert!(pass.go_on(&mut link).unwrap(), "there are more pages than are looked at at once");
        erased(&mut link).unwrap();
        let mut pieces = 1;
        while pass.go_on(&mut link).unwrap() {
            pieces += 1;
        }
        let pages = number(&mut link, "page_count").unwrap();
        assert_eq!(pieces + 1, 2 * (pages + PIECE - 1).div_euclid(PIECE), "all pages twice");
        assert!(Pass::pending(&mut link).unwrap().is_none());
    }

    #[test]
    fn only_pages_of_rows_have_an_unused_middle() {
        let page = |kind: u8, cells: &[u16], start: u16| {
            let mut page = vec![0; 512];
            page[0] = kind;
            page[3..5].copy_from_slice(&(cells.len() as u16).to_be_bytes());
            page[5..7].copy_from_slice(&start.to_be_bytes());
            let pointers = if kind < 8 { 12 } else { 8 };
            for (at, cell) in cells.iter().enumerate() {
                page[pointers + 2 * at..][..2].copy_from_slice(&cell.to_be_bytes());
            }
            page
        };
        for (kind, cells, start, expected) in [
            (13, &[400, 300][..], 300, Some(12..300)),
            (10, &[300], 300, Some(10..300)),
            (5, &[300], 300, Some(14..300)),
            (2, &[], 512, Some(12..512)),
            (0, &[300], 300, None),
            // Nothing that only looks like one is touched.
            (13, &[200], 300, None),
            (13, &[600], 300, None),
            (13, &[300], 600, None),
            (13, &[300], 9, None),
        ] {
            assert_eq!(unused(&page(kind, cells, start), false), expected, "{kind} {cells:?} {start}");
        }
        assert_eq!(unused(&[], true), None);
        assert_eq!(unused(&[13, 0, 0, 255, 255, 1, 1], false), None);
    }
}
