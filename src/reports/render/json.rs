//! JSON for machines: plain numbers, unrounded; a missing value is null beside a status.

use crate::reports::report::Report;

/// The report as JSON.
///
/// # Errors
/// When a figure can't be written, which no count, share or mean is.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    serde_json::to_string(report)
}
