//! Reports from real input: the pilot beside its golden files, and figures as they were known.

mod as_known;
mod difference;
mod difference_refused;
mod disclosure;
mod forms;
mod frozen;
mod packages;
pub mod pilot;
mod quality;
mod registers;
mod saved;
mod versions;

use serde_json::Value;

/// One figure of a report's part: `antal` of the row that has these values, at the level `urval`, both sexes.
pub fn antal(report: &Value, part: &str, values: &[(&str, &str)]) -> i64 {
    let parts = report["parts"].as_array().unwrap();
    let rows = parts.iter().find(|p| p["id"] == part).unwrap()["rows"].as_array().unwrap();
    let wanted = |row: &&Value| {
        row["level"] == "urval" && row["kon"] == "samtliga" && values.iter().all(|(name, value)| row[*name] == *value)
    };
    let found: Vec<&Value> = rows.iter().filter(wanted).collect();
    let [row] = found.as_slice() else { panic!("{} rows of {part} have {values:?}", found.len()) };
    row["antal"].as_i64().unwrap()
}
