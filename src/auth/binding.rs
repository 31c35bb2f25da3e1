//! The certificate that a client's connection was made with, for tokens that are bound to one (RFC 8705).
//!
//! Never here: how connections are made, or which tokens are bound.

/// The SHA-256 of the client's certificate (DER), as it stands in the connection's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientCertificate(pub [u8; 32]);
