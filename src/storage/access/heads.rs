//! Each process signs the newest rows of all chains, as a row of its own chain: so a chain can't lose its tail, or be
//! gone as a whole, without another chain knowing better.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable};
use sha2::{Digest, Sha256};

use super::chain::Chain;
use super::{Entry, Kind, chain_of, count, entry_at, sequence_of};
use crate::chance::Chance;
use crate::storage::dialect::Link;
use crate::storage::error::StorageError;
use crate::storage::schema::{access_heads, access_log};

/// How often heads are signed, in microseconds: once a minute.
pub const SIGN_EVERY: i64 = 60_000_000;

/// The newest row of a chain, as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = access_heads, treat_none_as_default_value = false)]
pub struct Head {
    /// The row that signed it.
    pub signer: i64,
    /// Which chain.
    pub chain: i64,
    /// The newest sequence.
    pub sequence: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// What the signing row keeps of the heads it signs.
#[must_use]
pub fn digest(heads: &[Head]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for head in heads {
        hash.update(head.chain.to_be_bytes());
        hash.update(head.sequence.to_be_bytes());
        hash.update(&head.hash);
    }
    hash.finalize().to_vec()
}

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = BigInt)]
    chain: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    entry: Option<i64>,
}

/// The newest entry of each chain, `None` where a chain has no row; by number.
///
/// # Errors
/// When the database fails.
pub fn newest(link: &mut Link<'_>) -> Result<BTreeMap<i64, Option<i64>>, StorageError> {
    const SQL: &str = "SELECT c.number AS chain, (SELECT max(l.entry) FROM access_log l \
        WHERE l.entry > c.number * 1099511627776 AND l.entry < (c.number + 1) * 1099511627776) AS entry \
        FROM access_chains c";
    let rows: Vec<Newest> = each!(link, c => sql_query(SQL).load(c))?;
    Ok(rows.into_iter().map(|row| (row.chain, row.entry)).collect())
}

impl Chain {
    /// Whether a minute has passed since heads were last signed.
    #[must_use]
    pub const fn is_due(&self, now: i64) -> bool {
        now - self.place.signed_at >= SIGN_EVERY
    }

    /// The newest row as `sus verify-audit --head` takes it; `None` before the first.
    #[must_use]
    pub fn head(&self) -> Option<String> {
        let hash: String = self.place.hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        self.place.number.map(|number| format!("{number}:{}:{hash}", self.place.sequence))
    }

    /// Whether rows of this chain stand that nobody has signed.
    #[must_use]
    pub const fn is_unsigned(&self) -> bool {
        self.place.unsigned
    }

    /// Signs the newest rows of all chains that have grown since they were last signed. A chain that came to its end
    /// is signed by another once, and then no more. Whether there was anything to sign.
    ///
    /// # Errors
    /// When the database fails; then the transaction is to be rolled back.
    pub fn sign(&mut self, link: &mut Link<'_>, now: i64, chance: &mut dyn Chance) -> Result<bool, StorageError> {
        self.place.signed_at = now;
        let mut grown = Vec::new();
        for (chain, entry) in newest(link)? {
            let Some(entry) = entry else { continue };
            let sequence = sequence_of(entry);
            let own = Some(chain) == self.place.number;
            let known = match self.signed.get(&chain) {
                Some(signed) => *signed == sequence,
                None => !own && signed_by_another(link, chain, sequence)?,
            };
            if known || own && !self.place.unsigned {
                self.signed.insert(chain, sequence);
            } else {
                grown.push(entry);
            }
        }
        if grown.is_empty() {
            return Ok(false);
        }
        let mut heads: Vec<Head> = Vec::with_capacity(grown.len());
        for some in grown.chunks(500) {
            let found: Vec<(i64, Vec<u8>)> = each!(link, c => access_log::table
                .filter(access_log::entry.eq_any(some))
                .order(access_log::entry)
                .select((access_log::entry, access_log::hash))
                .load(c))?;
            heads.extend(found.into_iter().map(|(entry, hash)| Head {
                signer: 0,
                chain: chain_of(entry),
                sequence: sequence_of(entry),
                hash,
            }));
        }
        self.append(link, vec![Entry::own(now, Kind::Heads, digest(&heads), count(heads.len()))], now, chance)?;
        let signer = entry_at(self.place.number.unwrap_or_default(), self.place.sequence);
        for head in &mut heads {
            head.signer = signer;
            self.signed.insert(head.chain, head.sequence);
        }
        insert_rows!(link, access_heads::table, heads);
        self.place.unsigned = false;
        Ok(true)
    }
}

fn signed_by_another(link: &mut Link<'_>, chain: i64, sequence: i64) -> Result<bool, StorageError> {
    let signers: Vec<i64> = each!(link, c => access_heads::table
        .filter(access_heads::chain.eq(chain))
        .filter(access_heads::sequence.eq(sequence))
        .select(access_heads::signer)
        .load(c))?;
    Ok(signers.into_iter().any(|signer| chain_of(signer) != chain))
}

/// What a row signed, in the order in which it signed it.
///
/// # Errors
/// When the database fails.
pub fn signed_by(link: &mut Link<'_>, signer: i64) -> Result<Vec<Head>, StorageError> {
    Ok(each!(link, c => access_heads::table
        .filter(access_heads::signer.eq(signer))
        .order(access_heads::chain)
        .select(Head::as_select())
        .load(c))?)
}
