//! Signatures: the heads that a row signed are those that are kept beside it, and each is still in its chain.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;

use super::finding::{Fault, Finding};
use super::{ChainRow, Kept, Verified};
use crate::storage::access::heads::{Head, digest, signed_by};
use crate::storage::access::{Row, chain_of, count, entry_at, sequence_of};
use crate::storage::dialect::Link;
use crate::storage::error::StorageError;
use crate::storage::schema::access_log;

/// Holds what a row signed against what is there.
pub(super) fn check(link: &mut Link<'_>, signer: &Row, told: &mut Verified) -> Result<(), StorageError> {
    told.signatures += 1;
    let heads = signed_by(link, signer.entry)?;
    if digest(&heads) != signer.cases || count(heads.len()) != signer.counted {
        let text = "the heads that it signed were changed or removed";
        told.add(Finding::row(Fault::WrongSignature, signer.chain(), signer.sequence(), text));
        return Ok(());
    }
    let entries: Vec<i64> = heads.iter().map(|head| entry_at(head.chain, head.sequence)).collect();
    let mut found: BTreeMap<i64, Vec<u8>> = BTreeMap::new();
    for some in entries.chunks(500) {
        let rows: Vec<(i64, Vec<u8>)> = each!(link, c => access_log::table
            .filter(access_log::entry.eq_any(some))
            .select((access_log::entry, access_log::hash))
            .load(c))?;
        found.extend(rows);
    }
    for Head { chain, sequence, hash, .. } in heads {
        let by = format!("row {} of chain {}", signer.sequence(), signer.chain());
        match found.get(&entry_at(chain, sequence)) {
            Some(there) if *there == hash => {}
            Some(_) => {
                let text = format!("it is not the row that {by} signed");
                told.add(Finding::row(Fault::WrongSignature, chain, sequence, text));
            }
            None => told.add(Finding::row(Fault::CutOff, chain, sequence, format!("it is gone; {by} signed it"))),
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Signer {
    #[diesel(sql_type = BigInt)]
    signer: i64,
}

/// Heads that were signed by rows that aren't there, and chains that are signed and aren't there.
pub(super) fn unfounded(
    link: &mut Link<'_>,
    chains: &[ChainRow],
    newest: &BTreeMap<i64, Option<i64>>,
    told: &mut Verified,
) -> Result<(), StorageError> {
    const SIGNERS: &str = "SELECT DISTINCT signer FROM access_heads h \
        WHERE NOT EXISTS (SELECT 1 FROM access_log l WHERE l.entry = h.signer) ORDER BY signer LIMIT 1000";
    const CHAINS: &str = "SELECT DISTINCT chain AS signer FROM access_heads ORDER BY 1";
    let gone: Vec<Signer> = each!(link, c => sql_query(SIGNERS).load(c))?;
    for Signer { signer } in gone {
        let (chain, sequence) = (chain_of(signer), sequence_of(signer));
        if newest.get(&chain).copied().flatten().is_some_and(|last| last > signer) {
            continue; // A row between others is missing, which is told where it is missing.
        }
        told.add(Finding::row(Fault::CutOff, chain, sequence, "it is gone, and signed heads that are still there"));
    }
    let known: BTreeSet<i64> = chains.iter().map(|chain| chain.number).collect();
    let signed: Vec<Signer> = each!(link, c => sql_query(CHAINS).load(c))?;
    for Signer { signer: chain } in signed.into_iter().filter(|row| !known.contains(&row.signer)) {
        told.add(Finding::chain(Fault::MissingChain, chain, "it was signed, and is not there"));
    }
    Ok(())
}

/// Whether a head that was kept elsewhere is still there.
pub(super) fn kept(link: &mut Link<'_>, head: &Kept, told: &mut Verified) -> Result<(), StorageError> {
    let entry = entry_at(head.chain, head.sequence);
    let hash: Option<Vec<u8>> =
        each!(link, c => access_log::table.find(entry).select(access_log::hash).first(c).optional())?;
    match hash.map(|hash| hex(&hash)) {
        Some(hash) if !head.hash.is_empty() && hash.starts_with(&head.hash) => {}
        Some(_) => {
            let text = "it is not the row whose hash was kept";
            told.add(Finding::row(Fault::WrongSignature, head.chain, head.sequence, text));
        }
        None => told.add(Finding::row(Fault::CutOff, head.chain, head.sequence, "it is gone; its hash was kept")),
    }
    Ok(())
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
