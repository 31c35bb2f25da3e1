//! Who is calling, held against a provider that nobody here wrote: machines by their tokens, people in a browser, and the
//! file that pins issuers as the program reads it.

mod browser;
mod machine;
mod serving;
mod sessions;
