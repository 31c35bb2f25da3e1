//! Who is calling, and what they may do.
//!
//! **Lives here:** the one function through which tokens enter ([`caller`](caller::caller)), the check of tokens
//! and the development issuer ([`tokens`]), and the one table of permissions ([`policy`]).
//!
//! **Never here:** HTTP, the database, the clock. The order towards a caller is: who (401), role and assignment
//! (403, or 404 where even existence is not the caller's to know), the shape of the body, the domain's rules (422).

pub mod binding;
pub mod caller;
pub mod equal;
pub mod policy;
mod seen;
pub mod tokens;

pub use caller::{AuthError, Caller, caller};
pub use equal::same_secret;
pub use policy::{Action, Decision, Object, may};
