//! The forms of a report over HTTP: by name and by `Accept`, what stands beside them, and what is refused.

use actix_web::http::Method;
use serde_json::json;
use sus::reports::render::Form;

use super::{ANNA, Api, Told, bearer};
use crate::support::on_both;

const BASPAKET: &str = "/v1/reports/baspaket?from=2016-10-01&to=2016-12-31&geography=styrgrupp:gavleborg";

/// An agency's system: it gets figures as counted.
fn reader(api: &Api) -> String {
    api.fk()
}

fn accepting(api: &Api, path: &str, accept: &str) -> Told {
    api.call(Method::GET, path, &[("authorization", &bearer(&reader(api))), ("accept", accept)], None)
}

#[test]
fn every_form_comes_by_name_and_by_accept_with_its_type_and_file_name() {
    on_both(|_, database| {
        let api = Api::over(database);
        api.opened("FK-1", ANNA);
        for form in Form::ALL {
            let path = if form.one_part() { format!("{BASPAKET}&part=2") } else { BASPAKET.to_owned() };
            let told = api.get(&format!("{path}&format={}", form.code()), &reader(&api));
            assert_eq!(told.status, 200, "{}", told.text);
            let media = told.header("content-type").unwrap();
            assert_eq!(media.split(';').next(), Some(form.media()));
            let part = if form.one_part() { "_utfall_gk" } else { "" };
            let name = format!("baspaket{part}_styrgrupp-gavleborg_2016-10-01_2016-12-31.{}", form.extension());
            let shown = if form.shown_in_browsers() { "inline" } else { "attachment" };
            assert_eq!(told.header("content-disposition"), Some(&*format!("{shown}; filename=\"{name}\"")));
            assert_eq!(told.header("sus-disclosure"), Some("exact"));
            assert_eq!(told.header("sus-counted-to"), Some("2"));
            assert!(told.header("sus-as-of").unwrap().starts_with("2016-10-12T"));
            assert_eq!(told.header("vary"), Some("Accept"));
            let by_accept = accepting(&api, &path, form.media());
            assert!(by_accept.bytes == told.bytes, "{form:?}");
            // And it isn't sent again to who has it.
            let tag = told.header("etag").unwrap().to_owned();
            let headers =
                [("authorization", &*bearer(&reader(&api))), ("if-none-match", &tag), ("accept", form.media())];
            assert_eq!(api.call(Method::GET, &path, &headers, None).status, 304, "{form:?}");
        }
    });
}

#[test]
fn accept_is_weighed_and_a_browser_gets_the_page() {
    on_both(|_, database| {
        let api = Api::over(database);
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
        let page = accepting(&api, BASPAKET, browser);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        let weighed = accepting(&api, BASPAKET, "text/html;q=0.2, text/csv;q=0.3, application/json;q=0.1");
        assert_eq!(weighed.header("content-type"), Some("text/csv; charset=utf-8"));
        let none = accepting(&api, BASPAKET, "application/pdf");
        assert_eq!(none.status, 406);
        for form in Form::ALL {
            assert!(none.json()["detailEn"].as_str().unwrap().contains(form.media()), "{}", none.text);
        }
        let named = accepting(&api, &format!("{BASPAKET}&format=csv"), "application/pdf");
        assert_eq!((named.status, named.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    });
}

#[test]
fn a_form_of_one_part_lists_the_parts_and_unknown_ones_are_told() {
    on_both(|_, database| {
        let api = Api::over(database);
        for (question, code) in [
            ("format=px", "falt_saknas"),
            ("format=svg&part=1,2", "falt_ogiltigt_varde"),
            ("format=csv&part=nonsense", "falt_ogiltigt_varde"),
        ] {
            let told = api.get(&format!("{BASPAKET}&{question}"), &reader(&api));
            assert_eq!(told.status, 400, "{}", told.text);
            let error = &told.json()["errors"][0];
            assert_eq!((error["code"].as_str(), error["pointer"].as_str()), (Some(code), Some("/query/part")));
            assert_eq!(error["allowed"]["values"].as_array().unwrap().len(), 10);
        }
        let told = api.get(&format!("{BASPAKET}&part=nya_gk,3"), &reader(&api)).json();
        let ids: Vec<&str> = told["parts"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["nya_gk", "tid_per_steg"]);
        let wrong = api.get(&format!("{BASPAKET}&format=pdf&separator=tab&bom=yes"), &reader(&api)).json();
        let pointers: Vec<_> = wrong["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
        assert_eq!(json!(pointers), json!(["/query/format", "/query/separator", "/query/bom"]));
    });
}

#[test]
fn csv_is_as_swedish_spreadsheets_want_it_when_asked() {
    on_both(|_, database| {
        let api = Api::over(database);
        api.opened("FK-1", ANNA);
        let gk = json!({"caseReference": "FK-1", "step": "gk", "date": "2016-10-12"});
        assert_eq!(api.post("/v1/registrations", &api.fk(), &gk).status, 201);
        let asked = format!("{BASPAKET}&format=csv&part=1&separator=semicolon&decimal=comma&bom=true");
        let told = api.get(&asked, &reader(&api));
        assert!(
            told.text.starts_with("\u{feff}part;initieradAv;kon;level;antal;status;disclosure;disclosureVersion\r\n"),
            "{}",
            told.text
        );
        assert!(told.text.contains("nya_gk;samtliga;samtliga;urval;1;;exact;\r\n"), "{}", told.text);
    });
}
