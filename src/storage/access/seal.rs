//! How a row is sealed: a salted hash of each field, and a keyed hash over those, the row's place and the hash of the
//! row before. A field can later go away with its salt, its salted hash staying; without the key nobody can seal anew.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Row, chain_of, sequence_of};
use crate::chance::Chance;

/// The fields that are sealed, in this order. A new one goes last.
pub const FIELDS: usize = 9;
/// The place of the query among them: the one that may be forgotten.
pub const QUERY: usize = 5;
/// Bytes of one salt.
pub const SALT: usize = 16;
/// Bytes of a hash.
pub const HASH: usize = 32;

/// The key that the log of one master key is sealed with.
#[derive(Clone)]
pub struct Sealer(Hmac<Sha256>);

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// From the secret of a master key.
    #[must_use]
    pub fn new(secret: &Zeroizing<[u8; 32]>) -> Option<Self> {
        <Hmac<Sha256> as Mac>::new_from_slice(&**secret).ok().map(Self)
    }

    fn keyed(&self, parts: &[&[u8]]) -> [u8; HASH] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// What the first row of a chain is sealed to.
    #[must_use]
    pub fn genesis(&self, number: i64, id: &[u8], began: i64) -> [u8; HASH] {
        self.keyed(&[b"chain", &number.to_be_bytes(), &began.to_be_bytes(), id])
    }

    /// What seals a row to the one whose hash is given.
    #[must_use]
    pub fn row(&self, before: &[u8], row: &Row) -> [u8; HASH] {
        let mut fields = [0; FIELDS * HASH];
        for (place, hash) in fields.chunks_exact_mut(HASH).enumerate() {
            hash.copy_from_slice(&field_hash(row, place));
        }
        let (chain, sequence) = (chain_of(row.entry), sequence_of(row.entry));
        self.keyed(&[b"row", before, &chain.to_be_bytes(), &sequence.to_be_bytes(), &row.at.to_be_bytes(), &fields])
    }

    /// A keyed hash over many parts, for what was written before there were chains.
    #[must_use]
    pub fn stream(&self, label: &[u8]) -> Stream {
        let mut mac = self.0.clone();
        mac.update(label);
        Stream(mac)
    }
}

/// A keyed hash that is made bit by bit.
pub struct Stream(Hmac<Sha256>);

impl Stream {
    /// Adds a part, told apart from its neighbours by its length; nothing is another part than an empty one.
    pub fn add(&mut self, part: Option<&[u8]>) {
        self.0.update(&part.map_or(u64::MAX, |p| p.len() as u64).to_be_bytes());
        self.0.update(part.unwrap_or_default());
    }

    /// The hash.
    #[must_use]
    pub fn end(self) -> Vec<u8> {
        self.0.finalize().into_bytes().to_vec()
    }
}

/// New salts for a row.
pub fn salts(chance: &mut dyn Chance) -> Vec<u8> {
    let mut salts = vec![0; FIELDS * SALT];
    chance.fill(&mut salts);
    salts
}

/// The salted hash of one field; for a forgotten one the hash that was kept.
fn field_hash(row: &Row, place: usize) -> [u8; HASH] {
    if let Some(kept) = forgotten(row).find(|(at, _)| *at == place).and_then(|(_, hash)| hash.try_into().ok()) {
        return kept;
    }
    let salt = row.salts.get(place * SALT..(place + 1) * SALT).unwrap_or_default();
    let counted = row.counted.to_be_bytes();
    let value: Option<&[u8]> = match place {
        0 => Some(row.kind.as_bytes()),
        1 => Some(row.client.as_bytes()),
        2 => row.agency.as_deref().map(str::as_bytes),
        3 => row.handler.as_deref().map(str::as_bytes),
        4 => Some(row.action.as_bytes()),
        QUERY => row.query.as_deref(),
        6 => Some(&row.cases),
        7 => Some(&counted),
        _ => row.trace.as_deref().map(str::as_bytes),
    };
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update([u8::try_from(place).unwrap_or(u8::MAX), u8::from(value.is_some())]);
    hash.update(value.unwrap_or_default());
    hash.finalize().into()
}

/// The fields that were forgotten, with their salted hashes.
pub fn forgotten(row: &Row) -> impl Iterator<Item = (usize, &[u8])> {
    let kept = row.erased.as_deref().unwrap_or_default();
    kept.chunks_exact(1 + HASH).map(|one| (usize::from(one[0]), &one[1..]))
}

/// Whether a row's forgotten fields are really gone, and are such as may be forgotten.
#[must_use]
pub fn forgot_rightly(row: &Row) -> bool {
    let Some(kept) = &row.erased else { return true };
    let salt_gone = row.salts.get(QUERY * SALT..(QUERY + 1) * SALT) == Some(&[0; SALT][..]);
    kept.len() == 1 + HASH && usize::from(kept[0]) == QUERY && row.query.is_none() && salt_gone
}

/// Forgets the query of a row: the value and its salt go, their hash stays.
pub fn forget(row: &mut Row) {
    let mut kept = vec![u8::try_from(QUERY).unwrap_or_default()];
    kept.extend(field_hash(row, QUERY));
    row.query = None;
    if let Some(salt) = row.salts.get_mut(QUERY * SALT..(QUERY + 1) * SALT) {
        salt.fill(0);
    }
    row.erased = Some(kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Generator;

    fn row() -> Row {
        Row {
            entry: super::super::entry_at(1, 1),
            at: 5,
            kind: "search".to_owned(),
            client: "fk-web".to_owned(),
            agency: Some("FK".to_owned()),
            handler: None,
            action: "create_case_search".to_owned(),
            query: Some(vec![7; 16]),
            cases: Vec::new(),
            counted: 0,
            trace: Some(String::new()),
            salts: salts(&mut Generator::seeded(1)),
            erased: None,
            hash: Vec::new(),
        }
    }

    #[test]
    fn every_field_and_its_absence_is_sealed_and_a_query_can_be_forgotten() {
        let sealer = Sealer::new(&Zeroizing::new([1; 32])).unwrap_or_else(|| unreachable!("any key"));
        let sealed = sealer.row(&[0; 32], &row());
        let mut others: Vec<Row> = vec![row(); 11];
        others[0].at = 6;
        others[1].kind = "read".to_owned();
        others[2].client = "fk-wex".to_owned();
        others[3].agency = None;
        others[4].handler = Some(String::new());
        others[5].action.clear();
        others[6].query = None;
        others[7].cases.push(0);
        others[8].counted = 1;
        others[9].trace = None;
        others[10].entry += 1;
        for other in &others {
            assert_ne!(sealer.row(&[0; 32], other), sealed, "{other:?}");
        }
        assert_ne!(sealer.row(&[1; 32], &row()), sealed);
        let mut forgotten = row();
        forget(&mut forgotten);
        assert_eq!((forgotten.query.as_ref(), forgot_rightly(&forgotten)), (None, true));
        assert_eq!(sealer.row(&[0; 32], &forgotten), sealed);
        let mut kept_salt = forgotten.clone();
        kept_salt.salts = row().salts;
        assert!(!forgot_rightly(&kept_salt));
    }
}
