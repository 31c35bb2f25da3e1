//! The schemas of bodies. Codes and questions come from the domain's tables, so that a new one shows by itself.

use serde_json::{Map, Value, json};

use crate::domain::answers::{AnswerKind, Choice, QUESTIONS};
use crate::domain::command::CorrectionKind;
use crate::domain::step::StepKind;

/// Every schema by its name.
#[must_use]
pub fn all() -> Value {
    let mut all = Map::new();
    for part in [
        requests(),
        answers_given(),
        registers(),
        service(),
        super::kept::schemas(),
        super::rights::schemas(),
        super::privacy::schemas(),
        super::accesses::schemas(),
    ] {
        if let Value::Object(part) = part {
            all.extend(part);
        }
    }
    Value::Object(all)
}

pub(super) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

pub(super) fn text() -> Value {
    json!({"type": "string"})
}

pub(super) fn date() -> Value {
    json!({"type": "string", "format": "date"})
}

pub(super) fn instant() -> Value {
    json!({"type": "string", "format": "date-time"})
}

pub(super) fn uuid() -> Value {
    json!({"type": "string", "format": "uuid"})
}

pub(super) fn integer() -> Value {
    json!({"type": "integer", "format": "int64"})
}

pub(super) fn flag() -> Value {
    json!({"type": "boolean"})
}

pub(super) fn codes<'a>(all: impl IntoIterator<Item = &'a str>) -> Value {
    json!({"type": "string", "enum": all.into_iter().collect::<Vec<_>>()})
}

pub(super) fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

pub(super) fn object(properties: Value, required: &[&str]) -> Value {
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// What is sent: nothing beside these fields is taken.
pub(super) fn closed(properties: Value, required: &[&str]) -> Value {
    let mut schema = object(properties, required);
    schema["additionalProperties"] = json!(false);
    schema
}

fn steps() -> Value {
    codes(StepKind::ALL.iter().map(|s| s.code()))
}

fn agency() -> Value {
    codes(["FK", "AF"])
}

fn pair() -> Value {
    object(json!({"fk": text(), "af": text()}), &[])
}

fn choice(all: &[Choice]) -> Value {
    codes(all.iter().map(|c| c.code))
}

fn answers() -> Value {
    let mut properties = Map::new();
    for row in QUESTIONS {
        let mut schema = match row.kind {
            AnswerKind::Bool => flag(),
            AnswerKind::Code(all) => choice(all),
            AnswerKind::Codes(all) => list(choice(all)),
            AnswerKind::Percent => json!({"type": "integer", "minimum": 1, "maximum": 100}),
            AnswerKind::OrganisationNumber => json!({"type": "string", "pattern": "^[0-9]{10}$"}),
            AnswerKind::InsatsCode => text(),
            AnswerKind::Dates => list(date()),
        };
        schema["description"] = json!(format!("{} / {}", row.sv, row.en));
        properties.insert(row.code.to_owned(), schema);
    }
    closed(Value::Object(properties), &[])
}

fn requests() -> Value {
    let common = |mut own: Value| {
        own["clientReference"] = text();
        own["onBehalfOf"] = text();
        own["caseVersion"] = integer();
        own
    };
    let mut replaced_by = uuid();
    replaced_by["description"] = json!(
        "Med felregistrering: ärendet som gäller i stället, ett annat som anroparen får se. / \
         With felregistrering: the case that stands instead, another one that the caller may see."
    );
    json!({
        "Answers": answers(),
        "Participant": {"description": "personnummer, eller anonymous med kön. / personnummer, or anonymous with sex.", "oneOf": [
            closed(json!({"personnummer": text()}), &["personnummer"]),
            closed(json!({"anonymous": closed(json!({"sex": codes(["kvinna", "man"])}), &["sex"])}), &["anonymous"]),
        ]},
        "Consent": closed(json!({"obtainedOn": date(), "obtainedBy": agency(), "office": text(), "form": text()}),
                          &["obtainedOn", "obtainedBy", "office", "form"]),
        "Registration": closed(json!({
            "clientReference": text(), "case": uuid(), "caseReference": text(), "caseOf": text(), "caseVersion": integer(),
            "step": steps(), "date": date(), "participant": reference("Participant"), "offices": pair(),
            "municipality": text(), "district": text(), "handlers": pair(), "consent": reference("Consent"),
            "onBehalfOf": text(), "answers": reference("Answers"),
        }), &["step", "date"]),
        "RegistrationBody": {"oneOf": [reference("Registration"), list(reference("Registration"))]},
        "Correction": object(common(json!({
            "kind": codes(CorrectionKind::CODES), "registration": uuid(), "date": date(), "step": steps(),
            "answers": reference("Answers"), "municipality": text(), "district": text(), "offices": pair(),
            "consent": reference("Consent"), "replacedBy": replaced_by,
            "reason": closed(json!({"code": text(), "text": text()}), &["code"]),
        })), &["kind", "reason"]),
        "OfficeChange": object(common(json!({"date": date(), "offices": pair(), "handlers": pair()})), &["date", "offices"]),
        "HandlerChange": object(common(json!({"date": date(), "fk": {"type": ["string", "null"]}, "af": {"type": ["string", "null"]}})), &["date"]),
        "LateAnswers": object(common(json!({"registration": uuid(), "answers": reference("Answers")})), &["registration", "answers"]),
        "Dated": object(common(json!({"date": date()})), &["date"]),
        "Reference": object(common(json!({"caseReference": text()})), &["caseReference"]),
        // As in every body, null is the same as not given.
        "CaseSearch": closed(json!({
            "personnummer": {"type": ["string", "null"]}, "caseReference": {"type": ["string", "null"]},
        }), &[]),
    })
}

const REGISTERED_AT: &str = "Positionen som en rapport eller lista ska ha nått för att allt ska vara med (atLeast). Saknas \
    där inget är registrerat: vid prövning, eller när allt avvisats. / The position that a report or list must have reached \
    to include all of it (atLeast). Left out where nothing is registered: at a dry run, or when all was refused.";

/// One of these members, or the two days of a period.
fn allowed() -> Value {
    let about = "Vad som vore rätt: dagar (from, to), steg med sin ägare, en myndighet, värden, eller en form i ord på båda \
                 språken. / What would be right: days (from, to), steps with their owner, an agency, values, or a shape in \
                 words of both languages.";
    let step = object(json!({"step": steps(), "owner": agency()}), &["step", "owner"]);
    let mut schema = object(
        json!({"from": date(), "to": date(), "steps": list(step), "agency": agency(), "values": list(text()),
               "shape": object(json!({"sv": text(), "en": text()}), &["sv", "en"])}),
        &[],
    );
    schema["description"] = json!(about);
    schema
}

fn answers_given() -> Value {
    let state = object(
        json!({
            "id": uuid(), "link": text(), "version": integer(), "status": codes(["open", "ended", "felregistrering"]),
            "identity": codes(["named", "anonymous", "removed"]), "step": steps(), "stepDate": date(), "offices": pair(),
            "handlers": pair(), "next": {"oneOf": [reference("Next"), {"type": "null"}]},
        }),
        &["version", "status", "step", "stepDate", "offices"],
    );
    let mut registered_at = integer();
    registered_at["description"] = json!(REGISTERED_AT);
    let registered = json!({
        "registration": uuid(), "position": registered_at.clone(), "repeated": flag(), "knownFrom": instant(),
        "case": reference("CaseState"), "notices": list(reference("Finding")), "dryRun": flag(),
    });
    let mut item = registered.clone();
    item["index"] = integer();
    item["status"] = integer();
    item["clientReference"] = text();
    item["findings"] = list(reference("Finding"));
    json!({
        "Finding": object(json!({
            "code": text(), "ruleVersion": integer(), "severity": codes(["error", "notice"]), "index": integer(),
            "pointer": text(), "sv": text(), "en": text(), "allowed": reference("Allowed"), "link": text(),
        }), &["code", "ruleVersion", "severity", "pointer", "sv", "en", "link"]),
        "Allowed": allowed(),
        "Problem": object(json!({
            "type": text(), "title": text(), "titleEn": text(), "status": integer(), "detail": text(), "detailEn": text(),
            "instance": text(), "errors": list(reference("Finding")),
        }), &["type", "title", "status", "detail", "instance"]),
        // Of a single registration it is a problem as any other.
        "RefusedBatch": object(json!({
            "type": text(), "title": text(), "titleEn": text(), "status": integer(), "detail": text(), "detailEn": text(),
            "instance": text(), "errors": list(reference("Finding")), "items": list(reference("BatchItem")),
            "atomic": flag(), "dryRun": flag(), "_meta": {"type": "object"},
        }), &["type", "title", "status", "detail", "instance"]),
        "Next": object(json!({"owner": agency(), "due": date(), "overdue": flag(),
            "steps": list(object(json!({"step": steps(), "owner": agency()}), &["step", "owner"]))}), &["owner", "due", "overdue", "steps"]),
        "CaseState": state,
        "Registered": object(registered, &["knownFrom", "case", "notices"]),
        "BatchItem": object(item, &["index", "status"]),
        "BatchResult": object(json!({"items": list(reference("BatchItem")), "atomic": flag(), "dryRun": flag(),
            "position": registered_at, "_meta": {"type": "object"}}), &["items", "atomic", "dryRun"]),
        "Entry": object(json!({
            "registration": uuid(), "kind": text(), "position": integer(), "knownFrom": instant(), "agency": agency(),
            "client": text(), "registeredBy": text(), "onBehalfOf": text(), "step": steps(), "date": date(),
            "ending": date(), "answers": reference("Answers"), "offices": pair(), "corrects": uuid(), "correction": text(),
            "reason": {"type": "object"}, "case": {"type": "object"},
        }), &["registration", "kind", "position", "knownFrom", "agency"]),
        "Case": object(json!({
            "id": uuid(), "version": integer(), "status": text(), "identity": text(),
            "participant": object(json!({"personnummer": {"type": "string", "description": "Maskerat / Masked"}}), &[]),
            "sex": codes(["kvinna", "man"]), "municipality": text(), "district": text(), "step": steps(), "stepDate": date(),
            "offices": pair(), "handlers": pair(), "next": reference("Next"),
            "steps": list(object(json!({"registration": uuid(), "step": steps(), "date": date(), "days": integer(),
                "agency": agency(), "onBehalfOf": text(), "knownFrom": instant(), "answers": reference("Answers"),
                "insatsVersion": integer(), "missing": list(text())}), &["registration", "step", "date"])),
            "officeChanges": list(json!({"type": "object"})), "consent": reference("Consent"), "consentWithdrawn": date(),
            "references": list(json!({"type": "object"})), "corrections": integer(), "replacedBy": uuid(), "position": integer(),
        }), &["id", "version", "status", "identity", "sex", "step", "stepDate", "steps", "position"]),
        "CaseRow": case_row(),
        "ReportCaseList": report_case_list(),
        "CaseList": page(reference("CaseRow")),
        "SearchResult": object(json!({"items": list(reference("CaseRow")), "openCaseElsewhere": flag()}), &["items", "openCaseElsewhere"]),
        "History": object(json!({"asOf": instant(), "countedTo": integer(), "case": reference("Case"),
            "entries": list(reference("Entry"))}), &["asOf", "countedTo", "case", "entries"]),
        "ChangeList": object(json!({"items": list(object(json!({"position": integer(), "knownFrom": {"type": ["string", "null"], "format": "date-time"},
            "kind": text(), "case": {"type": ["string", "null"]}, "registration": {"type": ["string", "null"]},
            "step": {"type": ["string", "null"]}, "date": {"type": ["string", "null"], "format": "date"},
            "agency": {"type": ["string", "null"]}}), &["position", "kind"])), "_meta": {"type": "object"}, "_links": {"type": "object"}}),
            &["items", "_meta", "_links"]),
    })
}

fn case_row() -> Value {
    object(
        json!({
            "id": uuid(), "version": integer(), "status": text(), "identity": text(), "sex": text(), "step": steps(),
            "stepDate": date(), "nextOwner": {"type": ["string", "null"]}, "due": {"type": ["string", "null"], "format": "date"},
            "overdue": flag(), "missingAnswers": integer(), "offices": pair(), "handlers": {"type": "object"}, "link": text(),
        }),
        &["id", "version", "status", "step", "stepDate"],
    )
}

/// The reports, with what each takes, and how any is asked for.
fn report_list() -> Value {
    let texts = || object(json!({"sv": text(), "en": text()}), &["sv", "en"]);
    let register = || json!({"type": ["string", "null"]});
    let variable = json!({"name": text(), "number": integer(), "sv": text(), "en": text(), "codes": list(text()),
        "labels": list(object(json!({"code": text(), "sv": text(), "en": text()}), &["code", "sv", "en"])),
        "register": register(), "several": flag()});
    let refused = json!({"name": text(), "as": codes(["selection", "split"]), "sv": text(), "en": text()});
    let variables = json!({
        "selections": list(object(variable, &["name", "number", "sv", "en", "codes", "labels", "several"])),
        "splits": list(text()), "requires": {"type": ["string", "null"]},
        "refused": list(object(refused, &["name", "as", "sv", "en"])),
    });
    let parameter = json!({"name": text(), "sv": text(), "en": text(), "type": text(), "example": text(),
        "required": flag(), "values": list(text())});
    let question = json!({
        "parameters": list(object(parameter, &["name", "sv", "en", "type", "example", "required"])),
        "geographies": list(object(json!({"form": text(), "register": register()}), &["form"])),
        "formats": list(object(json!({"format": text(), "media": text(), "onePart": flag()}), &["format", "media", "onePart"])),
        "mostSplits": integer(), "mostRows": integer(),
    });
    let item = json!({"id": text(), "version": integer(), "title": texts(), "link": text(), "versions": list(integer()),
        "every": list(text()), "variables": object(variables, &["selections", "splits", "requires", "refused"])});
    let mut list = page(object(item, &["id", "version", "title"]));
    list["properties"]["question"] =
        object(question, &["parameters", "geographies", "formats", "mostSplits", "mostRows"]);
    list
}

/// A list of cases, each with what was counted of it, and the figure that they stand behind.
fn report_case_list() -> Value {
    let mut row = case_row();
    row["properties"]["counted"] =
        object(json!({"what": text(), "date": date(), "since": date()}), &["what", "date", "since"]);
    let mut list = page(row);
    list["properties"]["figure"] = json!({"type": ["integer", "null"]});
    list["properties"]["disclosure"] = codes(["exact", "threshold", "cell-key"]);
    list["properties"]["disclosureVersion"] = text();
    list["properties"]["asOf"] = instant();
    list["properties"]["countedTo"] = integer();
    list
}

pub(super) fn page(items: Value) -> Value {
    object(
        json!({
            "items": list(items),
            "_meta": object(json!({"page": integer(), "limit": integer(), "totalItems": integer(), "totalPages": integer()}),
                            &["page", "limit", "totalItems", "totalPages"]),
            "_links": {"type": "object", "additionalProperties": object(json!({"href": text()}), &["href"])},
        }),
        &["items", "_meta", "_links"],
    )
}

fn registers() -> Value {
    let place = || {
        object(
            json!({"code": text(), "name": text(), "lan": text(), "validFrom": date(), "validTo": date(), "successor": text()}),
            &["code", "name"],
        )
    };
    let assignment = object(
        json!({"office": text(), "role": text(), "validFrom": date(), "validTo": date(), "confirmedOn": date(),
            "confirmedBy": text()}),
        &["office", "role"],
    );
    json!({
        "OfficeList": page(object(json!({"code": text(), "agency": agency(), "area": text(), "name": text(),
            "municipalities": list(text()), "validFrom": date(), "validTo": date(), "successor": text()}), &["code", "agency", "area", "name"])),
        "AreaList": page(object(json!({"code": text(), "agency": agency(), "name": text()}), &["code", "agency", "name"])),
        "MunicipalityList": page(place()),
        "CountyList": page(place()),
        "SteeringGroupList": page(object(json!({"code": text(), "name": text(), "offices": list(text()),
            "municipalities": list(text()), "validFrom": date()}), &["code", "name"])),
        "HandlerList": page(object(json!({"id": text(), "agency": agency(), "name": text(), "assignments": list(assignment)}), &["id", "agency", "name"])),
        "LocalAgreementList": page(object(json!({"id": text(), "fk": text(), "af": text(), "agency": agency(),
            "steps": list(steps()), "validFrom": date(), "validTo": date()}), &["id", "fk", "af", "agency", "steps"])),
        "InsatsDefinitionList": page(object(json!({"code": text(), "version": integer(), "kind": codes(["afi", "ali"]), "lan": text(),
            "municipality": text(), "text": text(), "examples": list(text()), "validFrom": date(), "validTo": date()}), &["code", "kind", "text"])),
    })
}

fn service() -> Value {
    let labelled = json!({"code": text(), "sv": text(), "en": text()});
    json!({
        "Rule": object(json!({"code": text(), "ruleVersion": integer(), "ruleSet": integer(), "severity": text(), "sv": text(),
            "en": text(), "example": text(), "link": text()}), &["code", "ruleVersion", "severity", "sv", "en"]),
        "RuleList": page(reference("Rule")),
        "CodeList": object(json!({"id": text(), "sv": text(), "en": text(), "codes": list(object(labelled, &["code", "sv", "en"]))}), &["id", "codes"]),
        "CodeListList": page(object(json!({"id": text(), "sv": text(), "en": text(), "count": integer(), "link": text()}), &["id", "link"])),
        "ApiInfo": object(json!({"apiName": text(), "apiVersion": text(), "apiReleased": date(), "apiDocumentation": text(),
            "apiStatus": codes(["active", "deprecated", "retired"])}), &["apiName", "apiVersion", "apiReleased", "apiDocumentation", "apiStatus"]),
        "ReportList": report_list(),
        "Report": object(json!({
            "report": text(), "version": integer(), "period": object(json!({"from": date(), "to": date()}), &["from", "to"]),
            "geography": object(json!({"code": text(), "name": text()}), &["code", "name"]), "asOf": instant(),
            "countedTo": integer(),
            "selections": list(object(json!({"variable": text(), "label": text(),
                "codes": list(object(json!({"code": text(), "label": text()}), &["code", "label"]))}), &["variable", "codes"])),
            "disclosure": codes(["exact", "threshold", "cell-key"]), "disclosureVersion": text(),
            "parts": list(object(json!({"id": text(), "number": integer(), "title": text(), "definition": text(),
                "dimensions": list(text()), "measures": list(text()), "rows": list(json!({"type": "object"}))}), &["id", "rows"])),
        }), &["report", "version", "period", "geography", "asOf", "countedTo", "disclosure", "parts"]),
        "ExportTableList": page(object(json!({"name": text(), "file": text(), "key": list(text()), "sv": text(), "en": text(),
            "columns": list(object(json!({"name": text(), "type": text(), "nullable": flag(), "unit": text(), "sv": text(),
                "en": text(), "codes": list(reference("ExportCode")), "source": text()}), &["name", "type", "nullable", "sv", "en", "source"])),
            "link": text()}), &["name", "file", "key", "sv", "en", "columns", "link"])),
        "ExportCode": object(json!({"code": text(), "sv": text(), "en": text()}), &["code", "sv", "en"]),
        "Csv": {"type": "string", "description": "RFC 4180, UTF-8"},
        "Page": {"type": "string", "description": "HTML eller SVG, UTF-8 / HTML or SVG, UTF-8"},
        "JsonStat": object(json!({"version": codes(["2.0"]), "class": codes(["dataset", "collection"]), "label": text(),
            "source": text(), "updated": instant(), "note": list(text()), "id": list(text()), "size": list(integer()),
            "role": {"type": "object"}, "dimension": {"type": "object"}, "value": list(json!({"type": ["number", "null"]})),
            "status": {"type": "object"}, "link": {"type": "object"}, "extension": {"type": "object"}}),
            &["version", "class", "label"]),
        "Px": {"type": "string", "description": "PX, AXIS-VERSION 2013, UTF-8"},
        "File": {"type": "string", "format": "binary", "description": "Fil / File"},
        "OpenApi": {"type": "object", "description": "OpenAPI 3.1"},
    })
}
