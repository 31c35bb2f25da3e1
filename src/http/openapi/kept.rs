//! The bodies about reports that are kept, put together and compared: their schemas and examples.

use serde_json::{Value, json};

use super::list_of;
use super::schemas::{closed, codes, date, instant, integer, list, object, page, reference, text, uuid};

/// Their schemas.
#[must_use]
pub fn schemas() -> Value {
    let moment = || object(json!({"asOf": instant(), "countedTo": integer()}), &["asOf", "countedTo"]);
    let null_or_text = || json!({"type": ["string", "null"]});
    let who = || object(json!({"client": text(), "agency": null_or_text(), "handler": null_or_text()}), &["client"]);
    let named = || object(json!({"code": text(), "name": text()}), &["code", "name"]);
    let level = || {
        let all = json!({"code": text(), "name": text(), "disclosure": text(), "disclosureVersion": text()});
        object(all, &["code", "name", "disclosure"])
    };
    json!({
        "Change": object(json!({
            "before": {"type": ["number", "null"]}, "after": {"type": ["number", "null"]},
            "change": {"type": ["number", "null"]}, "status": text(),
            "causes": {"type": "object", "additionalProperties": integer(),
                "description": "Bara för antal: orsakerna, som summerar till ändringen. / Counts only: the causes, which add up to the change."},
        }), &["before", "after", "change"]),
        "DifferenceEntry": object(json!({
            "case": uuid(), "link": text(), "registration": uuid(), "position": integer(), "cause": text(),
            "changes": list(json!({"type": "object"})),
        }), &["case", "link", "registration", "position", "cause", "changes"]),
        "NewFrozenReport": closed(json!({
            "name": text(), "report": text(), "from": date(), "to": date(), "geography": text(), "asOf": text(),
            "countedTo": integer(), "atLeast": integer(), "lang": codes(["sv", "en"]), "parts": list(text()), "split": list(text()), "every": codes(["month", "quarter", "year"]), "version": integer(),
            "selections": {"type": "object", "additionalProperties": list(text())},
        }), &["name", "report", "from", "to"]),
        "FrozenReport": object(json!({
            "id": uuid(), "name": text(), "frozenAt": instant(), "frozenBy": who(), "report": text(), "version": integer(),
            "lang": text(), "geography": text(), "period": object(json!({"from": date(), "to": date()}), &["from", "to"]),
            "asOf": instant(), "countedTo": integer(), "question": {"type": ["string", "null"]}, "link": text(),
        }), &["id", "name", "frozenAt", "frozenBy", "report", "version", "period", "geography", "asOf", "countedTo", "link"]),
        "FrozenReportList": page(reference("FrozenReport")),
        "NewReportPackage": closed(json!({"name": text(), "steeringGroup": text(), "report": text(), "parts": list(text())}),
                                   &["name", "report", "parts"]),
        "ReportPackage": object(json!({
            "id": uuid(), "version": integer(), "name": text(), "steeringGroup": {"type": ["string", "null"]},
            "report": text(), "parts": list(text()), "changedAt": instant(), "changedBy": who(), "link": text(),
        }), &["id", "version", "name", "report", "parts", "link"]),
        "ReportPackageList": page(reference("ReportPackage")),
        "Difference": object(json!({
            "report": text(), "version": integer(), "period": object(json!({"from": date(), "to": date()}), &["from", "to"]),
            "geography": named(), "earlier": moment(), "later": moment(), "disclosure": text(), "levels": list(level()),
            "causes": list(object(json!({"code": text(), "label": text(), "definition": text()}), &["code", "label"])),
            "footnotes": list(text()), "anonymous": reference("Change"), "anonymised": {"type": ["integer", "null"]},
            "parts": list(object(json!({"id": text(), "number": integer(), "title": text(), "dimensions": list(text()),
                "measures": list(text()), "rows": list(json!({"type": "object"}))}), &["id", "rows"])),
            "entries": page(reference("DifferenceEntry")),
        }), &["report", "version", "period", "geography", "earlier", "later", "disclosure", "causes", "parts"]),
    })
}

/// A difference: one row, with the entry behind it.
#[must_use]
pub fn difference() -> Value {
    let case = "0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b12";
    let link = json!({"href": "/v1/reports/baspaket/difference?page=1&limit=20"});
    let change = json!({"before": 32, "after": 33, "change": 1, "causes": {"sen_registrering": 1}});
    json!({
        "report": "baspaket", "version": 1, "period": {"from": "2016-10-01", "to": "2016-12-31"},
        "geography": {"code": "styrgrupp:gavleborg", "name": "Gävleborg"},
        "earlier": {"asOf": "2016-12-31T22:59:59.999999Z", "countedTo": 186},
        "later": {"asOf": "2026-11-21T10:00:00Z", "countedTo": 186}, "disclosure": "exact",
        "levels": [{"code": "urval", "name": "Gävleborg", "disclosure": "exact"}],
        "causes": [{"code": "sen_registrering", "label": "Sen registrering", "definition":
            "Ett steg som hade inträffat vid den tidigare tidpunkten men registrerades efter den."}],
        "footnotes": [], "anonymous": {"before": 0, "after": 0, "change": 0, "causes": {}}, "anonymised": 0,
        "parts": [{"id": "nya_gk", "number": 1, "title": "Nya deltagare i gemensam kartläggning",
            "dimensions": ["initieradAv", "kon"], "measures": ["antal"],
            "rows": [{"initieradAv": "samtliga", "kon": "samtliga", "level": "urval", "antal": change}]}],
        "entries": {
            "items": [{"case": case, "link": format!("/v1/cases/{case}"),
                "registration": "0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b11", "position": 185, "cause": "sen_registrering",
                "changes": [{"part": "nya_gk", "initieradAv": "samtliga", "kon": "samtliga", "measure": "antal", "change": 1}]}],
            "_meta": {"page": 1, "limit": 20, "totalItems": 1, "totalPages": 1},
            "_links": {"self": link, "first": link, "last": link},
        },
    })
}

const FROZEN: &str = "0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b14";
const PACKAGE: &str = "0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b13";

/// A report to be frozen.
#[must_use]
pub fn new_frozen_report() -> Value {
    json!({"name": "Styrgruppens möte 2017-01-20", "report": "baspaket", "from": "2016-10-01", "to": "2016-12-31",
           "geography": "styrgrupp:gavleborg"})
}

/// A frozen report, without its figures.
#[must_use]
pub fn frozen_report() -> Value {
    json!({
        "id": FROZEN, "name": "Styrgruppens möte 2017-01-20", "frozenAt": "2017-01-20T09:00:00Z",
        "frozenBy": {"client": "fk-web", "agency": "FK", "handler": "fk-s-001"}, "report": "baspaket", "version": 1,
        "lang": "sv", "geography": "styrgrupp:gavleborg", "period": {"from": "2016-10-01", "to": "2016-12-31"},
        "asOf": "2017-01-20T09:00:00Z", "countedTo": 186,
        "question": "from=2016-10-01&to=2016-12-31&geography=styrgrupp%3Agavleborg&version=1",
        "link": format!("/v1/frozen-reports/{FROZEN}"),
    })
}

/// The frozen reports.
#[must_use]
pub fn frozen_reports() -> Value {
    list_of("/v1/frozen-reports", frozen_report())
}

/// A package to be made.
#[must_use]
pub fn new_package() -> Value {
    json!({"name": "Det vi följer", "steeringGroup": "gavleborg", "report": "baspaket", "parts": ["utfall_gk", "nya_gk"]})
}

/// A package.
#[must_use]
pub fn package() -> Value {
    json!({
        "id": PACKAGE, "version": 1, "name": "Det vi följer", "steeringGroup": "gavleborg", "report": "baspaket",
        "parts": ["utfall_gk", "nya_gk"], "changedAt": "2017-01-20T09:00:00Z",
        "changedBy": {"client": "fk-web", "agency": "FK", "handler": "fk-s-001"},
        "link": format!("/v1/report-packages/{PACKAGE}"),
    })
}

/// The packages.
#[must_use]
pub fn packages() -> Value {
    list_of("/v1/report-packages", package())
}
