//! Who is calling, and what they may do.
//!
//! **Lives here:** the one function through which tokens enter ([`caller`](caller::caller)), the check of tokens
//! ([`tokens`]) with the keys of their issuers ([`keys`]), what an issuer's words mean ([`mapping`]), the file that pins
//! issuers ([`mod@file`]), people who log in ([`login`]) and their [`sessions`], the development issuer ([`development`]), and
//! the one table of permissions ([`policy`]).
//!
//! **Never here:** HTTP towards callers, the clock. The order towards a caller is: who (401), role and assignment
//! (403, or 404 where even existence is not the caller's to know), the shape of the body, the domain's rules (422).

pub mod binding;
pub mod caller;
pub mod development;
pub mod equal;
pub mod fetch;
pub mod file;
pub mod keeper;
pub mod keys;
pub mod login;
pub mod mapping;
pub mod policy;
pub mod sealed;
mod seen;
pub mod sessions;
pub mod tokens;

pub use caller::{AuthError, Caller, caller};
pub use equal::same_secret;
pub use policy::{Action, Decision, Object, may};
