//! Some parts of a report, in an order of one's own: what a package of a steering group says.

use super::catalogue::catalogue;
use super::report::Report;

/// The ids of a report's parts, in their order; none when there is no such report.
#[must_use]
pub fn ids(report: &str) -> Vec<&'static str> {
    let definition = catalogue().report(report);
    definition.map(|d| d.parts.iter().map(|part| part.id.as_str()).collect()).unwrap_or_default()
}

/// The report with these parts in this order. A part that the report doesn't have (any more) is passed over.
#[must_use]
pub fn limited(mut report: Report, wanted: &[String]) -> Report {
    let mut parts = Vec::with_capacity(wanted.len());
    for id in wanted {
        if let Some(at) = report.parts.iter().position(|part| part.id == id) {
            parts.push(report.parts.remove(at));
        }
    }
    report.parts = parts;
    report
}
