//! Tokens whose signature was found right lately, so that a machine client's thousand requests with one token cost one
//! check of the signature. Times are checked at every use; what is kept is a hash of the token, never the token.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::tokens::Claims;

/// At most this many tokens are kept; beyond it all are forgotten, and checked anew.
const MOST: usize = 4096;

/// The tokens.
#[derive(Default)]
pub struct Seen(Mutex<HashMap<[u8; 32], Claims>>);

impl Seen {
    /// The hash under which a token is kept.
    #[must_use]
    pub fn hash(token: &str) -> [u8; 32] {
        Sha256::digest(token.as_bytes()).into()
    }

    /// The claims of a token whose signature was right.
    #[must_use]
    pub fn get(&self, hash: &[u8; 32]) -> Option<Claims> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
    }

    /// Keeps a token whose signature, issuer and audience were right.
    pub fn keep(&self, hash: [u8; 32], claims: &Claims) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST {
            seen.clear();
        }
        seen.insert(hash, claims.clone());
    }
}
