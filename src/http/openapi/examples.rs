//! What bodies look like. The only numbers in them are ones that nobody has (birth number 980).

use serde_json::{Value, json};

use super::list_of;
use crate::domain::finding::{Allowed, Finding};
use crate::domain::rule::Rule;
use crate::domain::step::{Agency, StepKind};
use crate::http::problem::Kind;
use crate::registrations::view::FindingView;

const CASE: &str = "0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b10";
const REGISTRATION: &str = "0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b11";
const TRACE: &str = "urn:sus:trace:0af7651916cd43dd8448eb211c80319c";

/// A request that opens a case.
#[must_use]
pub fn registration() -> Value {
    json!({
        "clientReference": "fk-2016-0001-1", "caseReference": "FK-2016-0001", "step": "begaran", "date": "2016-10-03",
        "participant": {"personnummer": "198503129804"},
        "offices": {"fk": "FK-GAVLE", "af": "AF-GAVLE"}, "municipality": "2180",
        "handlers": {"fk": "fk-h-017", "af": "af-h-201"},
        "consent": {"obtainedOn": "2016-09-26", "obtainedBy": "FK", "office": "FK-GAVLE", "form": "gk-affk-1"},
        "answers": {"initieradAv": "FK", "anstalld": false, "formaner": ["sjukpenning"]},
    })
}

/// A further step.
#[must_use]
pub fn step() -> Value {
    json!({"clientReference": "fk-2016-0001-2", "caseReference": "FK-2016-0001", "step": "gk", "date": "2016-10-12"})
}

fn state() -> Value {
    json!({
        "id": CASE, "link": format!("/v1/cases/{CASE}"), "version": 2, "status": "open", "identity": "named",
        "step": "gk", "stepDate": "2016-10-12", "offices": {"fk": "FK-GAVLE", "af": "AF-GAVLE"},
        "handlers": {"fk": "fk-h-017", "af": "af-h-201"},
        "next": {"owner": "FK", "due": "2016-10-26", "overdue": false,
                 "steps": [{"step": "planerad_afi", "owner": "FK"}, {"step": "avslutat", "owner": "FK"}]},
    })
}

/// A registration that was made.
#[must_use]
pub fn registered() -> Value {
    json!({"registration": REGISTRATION, "position": 187, "repeated": false, "knownFrom": "2016-10-12T13:05:00Z",
           "case": state(), "notices": [], "dryRun": false})
}

/// A batch, one item right and one wrong.
#[must_use]
pub fn batch() -> Value {
    let mut right = registered();
    right["index"] = json!(0);
    right["status"] = json!(201);
    right["clientReference"] = json!("fk-2016-0001-2");
    json!({
        "items": [right, {"index": 1, "status": 422, "clientReference": "fk-2016-0001-3", "findings": [finding(Some(1))]}],
        "atomic": false, "dryRun": false, "position": 187, "_meta": {"totalItems": 2, "refused": 1},
    })
}

/// An atomic batch of one item that is refused.
#[must_use]
pub fn refused_batch() -> Value {
    let (title, title_en) = Kind::Regelbrott.titles();
    json!({
        "type": Kind::Regelbrott.type_uri(), "title": title, "titleEn": title_en, "status": 422, "detail": title,
        "detailEn": title_en, "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c", "errors": [finding(Some(0))],
        "items": [{"index": 0, "status": 422, "clientReference": "fk-2016-0001-3", "findings": [finding(Some(0))]}],
        "atomic": true, "dryRun": false, "_meta": {"totalItems": 1, "refused": 1},
    })
}

fn finding(index: Option<usize>) -> Value {
    let mut finding = Finding::new(Rule::GkPlaneradSammaDag, "/date");
    finding.allowed = chrono::NaiveDate::from_ymd_opt(2016, 10, 13).map(Allowed::DateFrom);
    finding.index = index;
    json!(FindingView::from(&finding))
}

/// One registration as it was made.
#[must_use]
pub fn entry() -> Value {
    json!({"registration": REGISTRATION, "kind": "step", "position": 187, "knownFrom": "2016-10-12T13:05:00Z", "agency": "FK",
           "client": "fk-system", "registeredBy": "fk-h-017", "step": "gk", "date": "2016-10-12", "answers": {},
           "case": {"id": CASE, "link": format!("/v1/cases/{CASE}")}})
}

/// A case.
#[must_use]
pub fn case() -> Value {
    let mut case = state();
    if let Some(fields) = case.as_object_mut() {
        // The link is for where the case itself isn't.
        fields.remove("link");
    }
    case["participant"] = json!({"personnummer": "1985••••-••••"});
    case["sex"] = json!("kvinna");
    case["municipality"] = json!("2180");
    case["steps"] = json!([
        {"registration": CASE, "step": "begaran", "date": "2016-10-03", "days": 9, "agency": "FK",
         "knownFrom": "2016-10-03T08:00:00Z", "answers": {"initieradAv": "FK"}, "missing": ["utbildning"]},
        {"registration": REGISTRATION, "step": "gk", "date": "2016-10-12", "agency": "FK",
         "knownFrom": "2016-10-12T13:05:00Z", "answers": {}, "missing": []},
    ]);
    case["officeChanges"] = json!([]);
    case["references"] = json!([{"agency": "FK", "caseReference": "FK-2016-0001"}]);
    case["corrections"] = json!(0);
    case["position"] = json!(187);
    case
}

fn row() -> Value {
    json!({"id": CASE, "version": 2, "status": "open", "identity": "named", "sex": "kvinna", "step": "gk",
           "stepDate": "2016-10-12", "nextOwner": "FK", "due": "2016-10-26", "overdue": false, "missingAnswers": 1,
           "offices": {"fk": "FK-GAVLE", "af": "AF-GAVLE"}, "handlers": {"fk": "fk-h-017", "af": "af-h-201"},
           "link": format!("/v1/cases/{CASE}")})
}

/// A list of cases.
#[must_use]
pub fn case_list() -> Value {
    list_of("/v1/cases", row())
}

/// A list of the cases behind a figure.
#[must_use]
pub fn report_case_list() -> Value {
    let mut row = row();
    row["counted"] = json!({"what": "gk", "date": "2016-10-12", "since": "2016-10-12"});
    let mut list = list_of("/v1/reports/datakvalitet/cases", row);
    list["figure"] = json!(1);
    list["disclosure"] = json!("exact");
    list["asOf"] = json!("2016-12-31T22:59:59.999999Z");
    list["countedTo"] = json!(187);
    list
}

/// A case as it was known.
#[must_use]
pub fn history() -> Value {
    json!({"asOf": "2016-10-31T22:59:59.999999Z", "countedTo": 187, "case": case(), "entries": [entry()]})
}

/// A search.
#[must_use]
pub fn search() -> Value {
    json!({"personnummer": "198503129804"})
}

/// What was found.
#[must_use]
pub fn search_result() -> Value {
    json!({"items": [row()], "openCaseElsewhere": false})
}

/// A correction.
#[must_use]
pub fn correction() -> Value {
    json!({"kind": "move", "registration": REGISTRATION, "date": "2016-10-11", "reason": {"code": "fel_datum"}})
}

/// A change of office.
#[must_use]
pub fn office_change() -> Value {
    json!({"date": "2016-11-01", "offices": {"fk": "FK-GAVLE", "af": "AF-SANDVIKEN"}, "handlers": {"af": "af-h-305"}})
}

/// A change of handläggare.
#[must_use]
pub fn handler_change() -> Value {
    json!({"date": "2016-11-01", "af": "af-h-202"})
}

/// Late answers.
#[must_use]
pub fn late_answers() -> Value {
    json!({"registration": REGISTRATION, "answers": {"utbildning": "gymnasium"}})
}

/// A day.
#[must_use]
pub fn dated() -> Value {
    json!({"date": "2016-11-20"})
}

/// A reference.
#[must_use]
pub fn reference() -> Value {
    json!({"caseReference": "AF-2016-0077"})
}

/// Changes.
#[must_use]
pub fn changes() -> Value {
    json!({
        "items": [{"position": 187, "knownFrom": "2016-10-12T13:05:00Z", "kind": "step", "case": CASE,
                   "registration": REGISTRATION, "step": "gk", "date": "2016-10-12", "agency": "FK"}],
        "_meta": {"after": 186, "limit": 20, "last": 187, "head": 187},
        "_links": {"self": {"href": "/v1/changes?after=186&limit=20"}, "first": {"href": "/v1/changes?after=0&limit=20"},
                   "next": {"href": "/v1/changes?after=187&limit=20"}},
    })
}

/// Offices.
#[must_use]
pub fn offices() -> Value {
    list_of(
        "/v1/offices",
        json!({"code": "FK-GAVLE", "agency": "FK", "area": "FK-MITT", "name": "Gävle",
        "municipalities": ["2180"], "validFrom": "2005-01-01"}),
    )
}

/// Areas.
#[must_use]
pub fn areas() -> Value {
    list_of("/v1/areas", json!({"code": "FK-MITT", "agency": "FK", "name": "Mitt"}))
}

/// Kommuner.
#[must_use]
pub fn municipalities() -> Value {
    list_of("/v1/municipalities", json!({"code": "2180", "name": "Gävle", "lan": "21", "validFrom": "1995-01-01"}))
}

/// Län.
#[must_use]
pub fn counties() -> Value {
    list_of("/v1/counties", json!({"code": "21", "name": "Gävleborgs län", "validFrom": "1995-01-01"}))
}

/// Steering groups.
#[must_use]
pub fn steering_groups() -> Value {
    list_of(
        "/v1/steering-groups",
        json!({"code": "gavleborg", "name": "Gävleborg", "offices": ["FK-GAVLE", "AF-GAVLE"], "validFrom": "2016-01-01"}),
    )
}

/// Handläggare.
#[must_use]
pub fn handlers() -> Value {
    list_of(
        "/v1/handlers",
        json!({"id": "fk-h-017", "agency": "FK", "name": "Test Testsson",
        "assignments": [{"office": "FK-GAVLE", "role": "deltagaransvarig", "validFrom": "2016-01-01"}]}),
    )
}

/// Local agreements.
#[must_use]
pub fn agreements() -> Value {
    list_of(
        "/v1/local-agreements",
        json!({"id": "lok-gavle-1", "fk": "FK-GAVLE", "af": "AF-GAVLE", "agency": "AF",
        "steps": [StepKind::Gk.code()], "validFrom": "2016-01-01"}),
    )
}

/// Definitions.
#[must_use]
pub fn insats_definitions() -> Value {
    list_of(
        "/v1/insats-definitions",
        json!({"code": "2180-afi-01", "version": 1, "kind": "afi", "lan": "21",
        "municipality": "2180", "text": "Arbetsträning", "examples": ["Arbetsträning i kooperativ"], "validFrom": "2016-01-01"}),
    )
}

/// Reports.
#[must_use]
pub fn reports() -> Value {
    list_of(
        "/v1/reports",
        json!({"id": "baspaket", "version": 1, "title": {"sv": "Baspaket", "en": "Baspaket"},
        "link": "/v1/reports/baspaket"}),
    )
}

/// A report, one part and one row of it.
#[must_use]
pub fn report() -> Value {
    json!({
        "report": "baspaket", "version": 1, "period": {"from": "2016-10-01", "to": "2016-12-31"},
        "geography": {"code": "styrgrupp:gavleborg", "name": "Gävleborg"}, "asOf": "2026-11-21T10:00:00Z",
        "countedTo": 186, "disclosure": "exact",
        "parts": [{"id": "nya_gk", "number": 1, "title": "Nya deltagare i gemensam kartläggning",
                   "dimensions": ["initieradAv", "kon"], "measures": ["antal"],
                   "rows": [{"initieradAv": "samtliga", "kon": "samtliga", "level": "urval", "antal": 33}]}],
    })
}

/// The same as CSV.
#[must_use]
pub fn report_csv() -> Value {
    json!("part,initieradAv,kon,level,antal,status\r\nnya_gk,samtliga,samtliga,urval,33,\r\n")
}

/// The same as JSON-stat.
#[must_use]
pub fn report_json_stat() -> Value {
    let one = |code: &str, label: &str| json!({"category": {"index": [code], "label": {code: label}}});
    json!({
        "version": "2.0", "class": "dataset", "label": "Nya deltagare i gemensam kartläggning",
        "updated": "2026-11-21T10:00:00Z", "id": ["kon", "level", "matt", "tid"], "size": [1, 1, 1, 1],
        "role": {"time": ["tid"], "geo": ["level"], "metric": ["matt"]},
        "dimension": {"kon": one("samtliga", "Samtliga"), "level": one("urval", "Gävleborg"),
                      "matt": one("antal", "Antal"), "tid": one("2016K4", "2016K4")},
        "value": [33],
    })
}

/// The same as PX.
#[must_use]
pub fn report_px() -> Value {
    json!("CHARSET=\"ANSI\";\r\nAXIS-VERSION=\"2013\";\r\nCODEPAGE=\"utf-8\";\r\n")
}

/// The same as a page.
#[must_use]
pub fn report_html() -> Value {
    json!("<!DOCTYPE html>\n<html lang=\"sv\">")
}

/// The same as a chart.
#[must_use]
pub fn report_svg() -> Value {
    json!("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" lang=\"sv\">")
}

/// The same as a file of bytes.
#[must_use]
pub fn report_file() -> Value {
    json!("(binär fil / binary file)")
}

/// A problem of a kind.
#[must_use]
pub fn problem(kind: Kind) -> Value {
    let (title, title_en) = kind.titles();
    let mut problem = json!({"type": kind.type_uri(), "title": title, "titleEn": title_en, "status": kind.status(),
                             "detail": title, "detailEn": title_en, "instance": TRACE});
    if kind == Kind::Regelbrott {
        let mut owner = Finding::new(Rule::FelMyndighet, "");
        owner.allowed = Some(Allowed::Agency(Agency::Fk));
        problem["errors"] = json!([finding(None), FindingView::from(&owner)]);
    }
    problem
}
