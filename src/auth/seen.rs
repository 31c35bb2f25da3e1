//! Tokens whose signature was found right lately, so that a machine client's thousand requests with one token cost one
//! check of the signature. Times, the binding and whether the key still stands are checked at every use; what is kept
//! is a hash of the token, never the token.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::binding::Binding;
use super::caller::Caller;
use super::tokens::Times;

/// At most this many tokens are kept; beyond it all are forgotten, and checked anew.
const MOST: usize = 4096;

/// What is known of a token.
#[derive(Clone)]
pub struct Token {
    /// Whose.
    pub issuer: usize,
    /// Id and thumbprint of the key that signed it.
    pub key: (String, String),
    /// From and until when.
    pub times: Times,
    /// The certificate that it is for.
    pub binding: Binding,
    /// Who calls with it.
    pub caller: Arc<Caller>,
}

/// The tokens.
#[derive(Default)]
pub struct Seen(Mutex<HashMap<[u8; 32], Token>>);

impl Seen {
    /// The hash under which a token is kept.
    #[must_use]
    pub fn hash(token: &str) -> [u8; 32] {
        Sha256::digest(token.as_bytes()).into()
    }

    /// A token whose signature was right.
    #[must_use]
    pub fn get(&self, hash: &[u8; 32]) -> Option<Token> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
    }

    /// Keeps a token whose signature, issuer and audience were right.
    pub fn keep(&self, hash: [u8; 32], token: Token) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST {
            seen.clear();
        }
        seen.insert(hash, token);
    }
}
