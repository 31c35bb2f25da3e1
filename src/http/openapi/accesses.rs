//! The bodies about who has read what: their schemas and examples.

use serde_json::{Value, json};

use super::list_of;
use super::schemas::{closed, codes, date, flag, instant, integer, list, object, page, reference, text, uuid};
use crate::registrations::spot_checks::Flag;
use crate::storage::access::Kind;

/// Their schemas.
#[must_use]
pub fn schemas() -> Value {
    let null_or_text = || json!({"type": ["string", "null"]});
    let kinds = || codes(Kind::ALL.iter().map(|kind| kind.code()));
    let named = || {
        object(
            json!({"code": codes(Flag::ALL.iter().map(|f| f.code())), "sv": text(), "en": text()}),
            &["code", "sv", "en"],
        )
    };
    let with = |mut page: Value, more: Value, required: &[&str]| {
        for (name, schema) in more.as_object().into_iter().flatten() {
            page["properties"][name] = schema.clone();
        }
        if let Some(all) = page["required"].as_array_mut() {
            all.extend(required.iter().map(|name| json!(name)));
        }
        page
    };
    json!({
        "Access": object(json!({
            "at": instant(), "kind": kinds(), "action": text(), "agency": null_or_text(), "client": text(),
            "handler": null_or_text(), "cases": list(uuid()), "askedForPerson": flag(), "everyCase": flag(),
        }), &["at", "kind", "action", "client", "cases", "askedForPerson"]),
        "AccessList": page(reference("Access")),
        "AccessSearch": closed(json!({"personnummer": text()}), &["personnummer"]),
        "PersonAccessList": with(page(reference("Access")), json!({"casesElsewhere": flag()}), &["casesElsewhere"]),
        "SpotCheck": object(json!({
            "id": text(), "at": instant(), "handler": text(), "client": text(), "kind": kinds(), "action": text(),
            "cases": list(uuid()), "counted": integer(), "flags": list(named()),
        }), &["id", "at", "handler", "client", "kind", "action", "cases", "counted", "flags"]),
        "SpotCheckList": with(page(reference("SpotCheck")), json!({
            "from": date(), "to": date(), "handlers": integer(), "drawnFrom": integer(),
        }), &["from", "to", "handlers", "drawnFrom"]),
    })
}

const CASE: &str = "0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b12";

fn access() -> Value {
    json!({"at": "2016-10-12T09:30:00Z", "kind": "read", "action": "get_case", "agency": "AF", "client": "af-web",
           "handler": "af-h-201", "cases": [CASE], "askedForPerson": false})
}

/// Who has read a case.
#[must_use]
pub fn case_accesses() -> Value {
    list_of(&format!("/v1/cases/{CASE}/accesses"), access())
}

/// A question for a person.
#[must_use]
pub fn search() -> Value {
    json!({"personnummer": "198503129804"})
}

/// Who has read about a person.
#[must_use]
pub fn person_accesses() -> Value {
    let mut list = list_of("/v1/access-searches", access());
    list["casesElsewhere"] = json!(false);
    list
}

/// A spot check.
#[must_use]
pub fn spot_checks() -> Value {
    let (sv, en) = Flag::Hours.labels();
    let mut list = list_of(
        "/v1/accesses",
        json!({"id": "1-42", "at": "2016-10-12T21:30:00Z", "handler": "fk-h-017", "client": "fk-web", "kind": "read",
               "action": "get_case", "cases": [CASE], "counted": 1,
               "flags": [{"code": Flag::Hours.code(), "sv": sv, "en": en}]}),
    );
    list["from"] = json!("2016-10-01");
    list["to"] = json!("2016-10-31");
    list["handlers"] = json!(2);
    list["drawnFrom"] = json!(1);
    list
}
