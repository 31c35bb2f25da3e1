//! The register as an organisation file.
//!
//! Never here: what may be shown to whom.

use serde_json::{Map, Value, json};

use crate::domain::organisation::{
    Assignment, Handler, InsatsDefinition, LocalAgreement, Members, Office, Organisation, SteeringGroup, Validity,
};

/// The whole register; reading it again gives the same.
#[must_use]
pub fn to_json(organisation: &Organisation) -> Value {
    let areas = organisation
        .areas
        .values()
        .map(|a| json!({"code": a.code.as_str(), "agency": a.agency.code(), "name": a.name}));
    json!({
        "areas": areas.collect::<Vec<_>>(),
        "offices": organisation.offices.values().map(office).collect::<Vec<_>>(),
        "steeringGroups": organisation.steering_groups.values().map(steering_group).collect::<Vec<_>>(),
        "handlers": organisation.handlers.values().map(handler).collect::<Vec<_>>(),
        "localAgreements": organisation.agreements.values().map(agreement).collect::<Vec<_>>(),
        "insatsDefinitions": organisation.insatser.values().flat_map(|v| insatser(v)).collect::<Vec<_>>(),
    })
}

/// Fields in the order given; those without a value are left out.
fn object<const N: usize>(fields: [(&str, Option<Value>); N], validity: Option<&Validity>) -> Value {
    let mut map: Map<String, Value> = fields.into_iter().filter_map(|(k, v)| Some((k.to_owned(), v?))).collect();
    if let Some(validity) = validity {
        map.insert("validFrom".to_owned(), json!(validity.from));
        if let Some(to) = validity.to {
            map.insert("validTo".to_owned(), json!(to));
        }
    }
    Value::Object(map)
}

fn text(value: impl AsRef<str>) -> Option<Value> {
    Some(Value::from(value.as_ref()))
}

fn texts<'a>(values: impl Iterator<Item = &'a str>) -> Option<Value> {
    Some(values.collect())
}

fn office(o: &Office) -> Value {
    object(
        [
            ("code", text(o.code.as_str())),
            ("agency", text(o.agency.code())),
            ("area", text(o.area.as_str())),
            ("name", text(&o.name)),
            ("municipalities", texts(o.municipalities.iter().map(|m| m.as_str()))),
            ("successor", o.successor.as_ref().and_then(|s| text(s.as_str()))),
        ],
        Some(&o.validity),
    )
}

fn steering_group(g: &SteeringGroup) -> Value {
    let (offices, kommuner) = match &g.members {
        Members::Offices(codes) => (texts(codes.iter().map(|c| c.as_str())), None),
        Members::Municipalities(codes) => (None, texts(codes.iter().map(|c| c.as_str()))),
    };
    object(
        [
            ("code", text(g.code.as_str())),
            ("name", text(&g.name)),
            ("offices", offices),
            ("municipalities", kommuner),
            ("validFrom", Some(json!(g.valid_from))),
        ],
        None,
    )
}

fn handler(h: &Handler) -> Value {
    object(
        [
            ("id", text(h.id.as_str())),
            ("agency", text(h.agency.code())),
            ("name", text(&h.name)),
            ("assignments", Some(h.assignments.iter().map(assignment).collect())),
        ],
        None,
    )
}

fn assignment(a: &Assignment) -> Value {
    let confirmed = a.confirmed.as_ref();
    object(
        [
            ("office", text(a.office.as_str())),
            ("role", text(a.role.code())),
            ("confirmedOn", confirmed.map(|c| json!(c.on))),
            ("confirmedBy", confirmed.and_then(|c| text(&c.by))),
        ],
        Some(&a.validity),
    )
}

fn agreement(a: &LocalAgreement) -> Value {
    object(
        [
            ("id", text(a.id.as_str())),
            ("fk", text(a.fk.as_str())),
            ("af", text(a.af.as_str())),
            ("agency", text(a.agency.code())),
            ("steps", texts(a.steps.iter().map(|s| s.code()))),
        ],
        Some(&a.validity),
    )
}

/// The version is written only where a code has more than one, or its only one is not the first.
fn insatser(versions: &[InsatsDefinition]) -> impl Iterator<Item = Value> + '_ {
    let numbered = versions.len() > 1 || versions.iter().any(|v| v.version != 1);
    versions.iter().map(move |d| {
        object(
            [
                ("code", text(d.code.as_str())),
                ("version", numbered.then(|| json!(d.version))),
                ("kind", text(d.kind.code())),
                ("lan", text(d.county.as_str())),
                ("municipality", d.municipality.as_ref().and_then(|m| text(m.as_str()))),
                ("text", text(&d.text)),
                ("examples", texts(d.examples.iter().map(String::as_str))),
            ],
            Some(&d.validity),
        )
    })
}
