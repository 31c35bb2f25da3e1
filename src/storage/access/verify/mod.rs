//! The proof: every chain of the access log is read from its first row to its last, every seal made anew, every
//! signature held against what it signed.
//!
//! **Lives here:** what is found (`finding`), one chain at a time (`rows`), signatures (`signatures`), and the
//! look-up tables that extracts go by (`tables`). Rows are read a page at a time: memory does not grow with the log.
//! Rows that are written meanwhile are left to the next time.

mod finding;
mod rows;
mod signatures;
mod tables;

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

pub use finding::{Fault, Finding};

use super::heads::newest;
use super::seal::Sealer;
use super::{Kind, sequence_of};
use crate::storage::cases;
use crate::storage::dialect::Link;
use crate::storage::error::StorageError;
use crate::storage::schema::access_chains;
use crate::storage::vault::Vault;

/// This many findings are named; all are counted.
const NAMED: usize = 1000;

/// What was checked, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Rows read.
    pub rows: i64,
    /// Chains.
    pub chains: i64,
    /// Rows that signed heads, whose signatures were held against what they signed.
    pub signatures: i64,
    /// Rows from before there were chains, under the seal of the first.
    pub unchained: i64,
    /// Queries that were forgotten.
    pub forgotten: i64,
    /// When the oldest row was written, in microseconds.
    pub from: Option<i64>,
    /// When the newest row was written, in microseconds.
    pub to: Option<i64>,
    /// The newest row of each chain: sequence and hash, to be kept where the database can't reach.
    pub heads: Vec<(i64, i64, String)>,
    /// How many findings there are.
    pub found: usize,
    /// The first of them.
    pub findings: Vec<Finding>,
}

impl Verified {
    fn add(&mut self, finding: Finding) {
        self.found += 1;
        if self.findings.len() < NAMED {
            self.findings.push(finding);
        }
    }
}

/// A head that somebody kept elsewhere: chain, sequence, and the beginning of the hash in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The chain's number.
    pub chain: i64,
    /// The sequence.
    pub sequence: i64,
    /// The hash, or how it begins.
    pub hash: String,
}

/// A chain as it is registered.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = access_chains)]
struct ChainRow {
    number: i64,
    id: Vec<u8>,
    key_id: String,
    began: i64,
}

/// What is going on: done and to do, in rows.
pub type Progress<'a> = &'a mut dyn FnMut(i64, i64);

/// Verifies all chains, signatures and look-up tables, and that `kept` heads are still there.
///
/// # Errors
/// When the database fails; what is wrong with the log is no error but a finding.
pub fn verify(
    link: &mut Link<'_>,
    vault: &Vault,
    kept: &[Kept],
    progress: Progress<'_>,
) -> Result<Verified, StorageError> {
    let mut told = Verified::default();
    // What is written from here on is left to the next time.
    let newest = newest(link)?;
    let chains: Vec<ChainRow> =
        each!(link, c => access_chains::table.order(access_chains::number).select(ChainRow::as_select()).load(c))?;
    let total = newest.values().flatten().map(|entry| sequence_of(*entry)).sum();
    rows::of_no_chain(link, &chains, &mut told)?;
    if chains.is_empty() && cases::count(link)? > 0 {
        let text =
            "there are cases and not one chain: all of the log is gone, or nothing was written since rows are sealed";
        told.add(Finding::log(Fault::MissingChain, text));
    }
    let mut forgettings = 0;
    let mut pairs = tables::Tally::new(&newest);
    let sealers = sealers(&chains, vault, &mut told);
    for chain in &chains {
        told.chains += 1;
        let (Some(last), Some(sealer)) = (newest.get(&chain.number).copied().flatten(), sealers.get(&chain.key_id))
        else {
            if !newest.get(&chain.number).is_some_and(Option::is_some) {
                told.add(Finding::chain(Fault::CutOff, chain.number, "none of its rows is left"));
            }
            continue;
        };
        let mut seen = rows::Seen { told: &mut told, pairs: &mut pairs, forgettings: &mut forgettings, total };
        rows::of_chain(link, chain, sealer, last, &mut seen, progress)?;
    }
    if told.forgotten > forgettings {
        let more = told.forgotten - forgettings;
        told.add(Finding::log(Fault::Forgotten, format!("{more} queries are gone that the log does not tell of")));
    }
    signatures::unfounded(link, &chains, &newest, &mut told)?;
    for head in kept {
        signatures::kept(link, head, &mut told)?;
    }
    pairs.compare(link, &newest, &mut told)?;
    Ok(told)
}

/// The keys of the chains. A chain whose master key isn't here can't be verified, which is told.
fn sealers(chains: &[ChainRow], vault: &Vault, told: &mut Verified) -> HashMap<String, Sealer> {
    let ids: BTreeMap<&str, i64> = chains.iter().rev().map(|chain| (chain.key_id.as_str(), chain.number)).collect();
    let mut sealers = HashMap::new();
    for (id, first) in ids {
        match vault.audit_secret(id).as_ref().and_then(Sealer::new) {
            Some(sealer) => drop(sealers.insert(id.to_owned(), sealer)),
            None => {
                let text = format!("master key {id}, which seals it and maybe others, is not configured");
                told.add(Finding::chain(Fault::KeyMissing, first, text));
            }
        }
    }
    sealers
}

/// Whether a row is one by which heads were signed.
fn signs(kind: &str) -> bool {
    kind == Kind::Heads.code()
}
