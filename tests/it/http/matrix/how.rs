//! How every operation is asked.

use serde_json::{Value, json};

use super::{Kept, Phase};

/// How an operation is asked so that nothing changes: what is allowed is refused for its content at most.
pub enum How {
    /// Of the service itself.
    Service(String, Option<Value>),
    /// Of a case in each phase.
    Case(fn(&Phase) -> String, Option<Value>),
    /// A registration for a case in each phase.
    Register,
}

const PERIOD: &str = "from=2016-10-01&to=2016-12-31";

/// How an operation of the document is asked. One that nobody has said how to ask fails the test.
pub fn how(operation: &str, kept: &Kept) -> How {
    let get = |path: &str| How::Service(format!("/v1{path}"), None);
    let post = |path: &str| How::Service(format!("/v1{path}"), Some(json!({})));
    match operation {
        "create_registrations" => How::Register,
        "get_registration" => How::Case(|phase| format!("/v1/registrations/{}", phase.registration), None),
        "get_case" => How::Case(|phase| phase.path.clone(), None),
        "get_case_history" => How::Case(|phase| format!("{}/histories", phase.path), None),
        "create_correction" => How::Case(|phase| format!("{}/corrections", phase.path), Some(json!({}))),
        "create_office_change" => How::Case(|phase| format!("{}/office-changes", phase.path), Some(json!({}))),
        "create_handler_change" => How::Case(|phase| format!("{}/handlers", phase.path), Some(json!({}))),
        "create_answers" => How::Case(|phase| format!("{}/answers", phase.path), Some(json!({}))),
        "create_consent_withdrawal" => {
            How::Case(|phase| format!("{}/consent-withdrawals", phase.path), Some(json!({})))
        }
        "create_protection" => How::Case(|phase| format!("{}/protections", phase.path), Some(json!({}))),
        "create_reference" => How::Case(|phase| format!("{}/references", phase.path), Some(json!({}))),
        "list_cases" => get("/cases?limit=100"),
        "create_case_search" => post("/case-searches"),
        "list_case_accesses" => How::Case(|phase| format!("{}/accesses", phase.path), None),
        "create_access_search" => post("/access-searches"),
        "create_register_extract" => post("/register-extracts"),
        "list_accesses" => get("/accesses"),
        "list_changes" => get("/changes"),
        "list_offices" => get("/offices"),
        "list_areas" => get("/areas"),
        "list_municipalities" => get("/municipalities"),
        "list_counties" => get("/counties"),
        "list_steering_groups" => get("/steering-groups"),
        "list_handlers" => get("/handlers"),
        "list_local_agreements" => get("/local-agreements"),
        "list_insats_definitions" => get("/insats-definitions"),
        "list_assignments" => get("/assignments"),
        "create_assignment" => post("/assignments"),
        "create_assignment_ending" => post("/assignment-endings"),
        "create_assignment_review" => post("/assignment-reviews"),
        "list_reports" => get("/reports"),
        "get_report" => get(&format!("/reports/baspaket?{PERIOD}&part=nya_gk")),
        "list_report_cases" => {
            get(&format!("/reports/datakvalitet/cases?{PERIOD}&part=andel_anonyma&identitet=anonymt"))
        }
        "get_report_difference" => get(&format!("/reports/status/difference?{PERIOD}&asOf=2016-10-10")),
        "list_frozen_reports" => get("/frozen-reports"),
        "create_frozen_report" => post("/frozen-reports"),
        "get_frozen_report" => get(&format!("/frozen-reports/{}", kept.frozen)),
        "list_report_packages" => get("/report-packages"),
        "create_report_package" => post("/report-packages"),
        "get_report_package" | "replace_report_package" | "delete_report_package" => {
            let body = (operation == "replace_report_package").then(|| json!({}));
            How::Service(format!("/v1/report-packages/{}", kept.package), body)
        }
        "list_exports" => get("/exports"),
        "get_export" => get("/exports/cases"),
        "list_rules" => get("/rules"),
        "get_rule" => get("/rules/datum_ordning"),
        "list_code_lists" => get("/code-lists"),
        "get_code_list" => get("/code-lists/steps"),
        "get_api_info" => get("/api-info"),
        "get_openapi_json" => get("/openapi.json"),
        "get_openapi_yaml" => get("/openapi.yaml"),
        unknown => panic!("{unknown} has no row: say here how it is asked"),
    }
}
