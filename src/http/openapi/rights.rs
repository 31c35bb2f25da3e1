//! The bodies about assignments: their schemas and examples.

use serde_json::{Value, json};

use super::list_of;
use super::schemas::{closed, codes, date, object, page, reference, text};
use crate::domain::assignments::ASSIGNABLE;
use crate::domain::organisation::Role;

/// Their schemas.
#[must_use]
pub fn schemas() -> Value {
    let role = || codes(ASSIGNABLE.map(Role::code));
    json!({
        "NewAssignment": closed(json!({"handler": text(), "name": text(), "office": text(), "role": role(),
            "validFrom": date(), "validTo": date()}), &["handler", "office", "role", "validFrom"]),
        "NewAssignmentEnding": closed(json!({"handler": text(), "office": text(), "role": role(), "lastDay": date()}),
            &["handler", "office", "role", "lastDay"]),
        "NewAssignmentReview": closed(json!({"handler": text(), "office": text(), "role": role()}),
            &["handler", "office", "role"]),
        "Assignment": object(json!({"handler": text(), "name": text(), "agency": codes(["FK", "AF"]), "office": text(),
            "role": text(), "validFrom": date(), "validTo": date(), "confirmedOn": date(), "confirmedBy": text(),
            "reviewDue": date()}), &["handler"]),
        "AssignmentList": page(reference("Assignment")),
    })
}

/// An assignment.
#[must_use]
pub fn assignment() -> Value {
    json!({"handler": "fk-h-017", "name": "Anna Berg", "agency": "FK", "office": "FK-GAVLE", "role": "deltagaransvarig",
        "validFrom": "2016-10-12", "confirmedOn": "2016-10-12", "confirmedBy": "fk-i-001", "reviewDue": "2017-10-12"})
}

/// A page of them.
#[must_use]
pub fn assignments() -> Value {
    list_of("/v1/assignments", assignment())
}

/// One to be given.
#[must_use]
pub fn new_assignment() -> Value {
    json!({"handler": "fk-h-017", "name": "Anna Berg", "office": "FK-GAVLE", "role": "deltagaransvarig",
        "validFrom": "2016-10-12"})
}

/// One to be ended.
#[must_use]
pub fn new_ending() -> Value {
    json!({"handler": "fk-h-017", "office": "FK-GAVLE", "role": "deltagaransvarig", "lastDay": "2016-12-31"})
}

/// One to be confirmed.
#[must_use]
pub fn new_review() -> Value {
    json!({"handler": "fk-h-017", "office": "FK-GAVLE", "role": "deltagaransvarig"})
}
