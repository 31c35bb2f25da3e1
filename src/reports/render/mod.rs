//! A report in the forms it may take.
//!
//! **Lives here:** one file a form, each made from [`Report`](super::Report) alone, so that all show the same figures:
//! for machines [`json`], [`csv`], [`parquet`], [`json_stat`], [`px`]; for people [`table`], [`xlsx`], [`html`], and the
//! charts [`svg`] and [`png`]. What they share: [`words`] and numbers, [`tidy`] rows, the [`grid`] of a part, its
//! [`cube`], its [`chart`].
//! **Never here:** how figures are counted or protected, and which form is wanted.

pub mod chart;
pub mod csv;
pub mod cube;
pub mod form;
pub mod grid;
pub mod html;
pub mod json;
pub mod json_stat;
pub mod markup;
pub mod parquet;
pub mod png;
pub mod px;
pub mod svg;
pub mod table;
pub mod tidy;
pub mod words;
pub mod xlsx;

#[cfg(test)]
mod any_report;
#[cfg(test)]
mod forms;

pub use form::{Form, Options, RenderError, render};
