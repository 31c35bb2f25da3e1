//! The bodies of register extracts: their schemas and examples.

use serde_json::{Value, json};

use super::schemas::{closed, date, instant, list, object, reference, text};

/// Their schemas.
#[must_use]
pub fn schemas() -> Value {
    let both = || object(json!({"sv": text(), "en": text()}), &["sv", "en"]);
    let mut birth = date();
    birth["type"] = json!(["string", "null"]);
    json!({
        "RegisterExtractRequest": closed(json!({"personnummer": text()}), &["personnummer"]),
        "RegisterExtract": object(json!({
            "madeAt": instant(),
            "cases": list(object(json!({
                "case": reference("Case"), "birthDate": birth, "entries": list(reference("Entry")),
            }), &["case", "entries"])),
            "openCaseElsewhere": {"type": "boolean"}, "beside": both(), "rectification": both(),
        }), &["madeAt", "cases", "openCaseElsewhere", "beside", "rectification"]),
    })
}

/// What is sent.
#[must_use]
pub fn request() -> Value {
    json!({"personnummer": "198503129804"})
}

/// What comes back.
#[must_use]
pub fn extract() -> Value {
    json!({
        "madeAt": "2026-11-23T10:00:00Z", "cases": [], "openCaseElsewhere": false,
        "beside": {"sv": "Utöver ärendena sparas …", "en": "Beside the cases …"},
        "rectification": {"sv": "Uppgifter rättas av …", "en": "Data is put right by …"},
    })
}
