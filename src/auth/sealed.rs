//! What a browser keeps for the service without being able to read or change it: an attempt to log in, in a cookie.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

const NONCE: usize = 24;
/// What is sealed here can be opened nowhere else.
const PURPOSE: &[u8] = b"sus login 1";

/// Seals bytes under a key and a nonce that is never used again.
#[must_use]
pub fn seal(key: &[u8; 32], nonce: [u8; NONCE], bytes: &[u8]) -> Option<String> {
    let cipher = XChaCha20Poly1305::new(key.into());
    let sealed = cipher.encrypt(XNonce::from_slice(&nonce), Payload { msg: bytes, aad: PURPOSE }).ok()?;
    Some(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
}

/// What [`seal`] sealed; `None` when it was changed or sealed under another key.
#[must_use]
pub fn open(key: &[u8; 32], text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() > NONCE)?;
    let (nonce, sealed) = bytes.split_at(NONCE);
    let cipher = XChaCha20Poly1305::new(key.into());
    cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: PURPOSE }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_is_opened_unchanged_or_not_at_all() {
        let sealed = seal(&[1; 32], [2; NONCE], b"attempt").unwrap();
        assert_eq!(open(&[1; 32], &sealed).unwrap(), b"attempt");
        assert_eq!(open(&[2; 32], &sealed), None);
        let mut changed = sealed.clone().into_bytes();
        changed[40] = if changed[40] == b'A' { b'B' } else { b'A' };
        assert_eq!(open(&[1; 32], std::str::from_utf8(&changed).unwrap()), None);
        for nonsense in ["", "AAAA", "å", &sealed[..30]] {
            assert_eq!(open(&[1; 32], nonsense), None, "{nonsense}");
        }
    }
}
