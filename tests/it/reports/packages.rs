//! Packages: a steering group chooses the parts it follows, in its own order, and every version is kept.

use actix_web::http::Method;
use expect_test::expect;
use serde_json::{Value, json};
use sus::domain::organisation::Role;
use sus::domain::step::Agency;

use crate::http::{Api, Told, bearer};
use crate::support::{Database, on_both, organisation};

const REPORT: &str = "/v1/reports/baspaket?from=2016-10-01&to=2016-12-31";

/// With somebody who is responsible for the cooperation in Gävle, and somebody elsewhere.
fn api(database: &Database) -> Api {
    let mut register = organisation();
    let responsible = |id: &str, office: &str| {
        json!({"id": id, "agency": "FK", "name": "Eva Ek", "assignments": [
            {"office": office, "role": "samverkansansvarig", "validFrom": "2010-01-01"}]})
    };
    register["offices"]
        .as_array_mut()
        .unwrap()
        .push(json!({"code": "FK-FALUN", "agency": "FK", "area": "FK-GAVLEBORG",
        "name": "FK Falun", "municipalities": ["2080"], "validFrom": "2010-01-01"}));
    let handlers = register["handlers"].as_array_mut().unwrap();
    handlers.extend([responsible("fk-s-001", "FK-GAVLE"), responsible("fk-s-002", "FK-FALUN")]);
    Api::around(database, "2016-10-12", &register)
}

fn steering(api: &Api, id: &str) -> String {
    api.token("fk-web", Some(Agency::Fk), &[Role::Samverkansansvarig], Some(id))
}

fn wanted() -> Value {
    json!({"name": "Det vi följer", "steeringGroup": "gavleborg", "report": "baspaket", "parts": ["utfall_gk", "nya_gk"]})
}

fn change(api: &Api, method: Method, link: &str, tag: Option<&str>, body: Option<&Value>) -> Told {
    let bearer = bearer(&steering(api, "fk-s-001"));
    let mut headers = vec![("authorization", bearer.as_str())];
    headers.extend(tag.map(|tag| ("if-match", tag)));
    headers.extend(body.map(|_| ("content-type", "application/json")));
    api.call(method, link, &headers, body.map(Value::to_string).as_deref())
}

fn parts(report: &Value) -> Vec<String> {
    report["parts"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_report_has_the_parts_of_the_package_in_its_order() {
    on_both(|_, database| {
        let api = api(database);
        let made = api.post("/v1/report-packages", &steering(&api, "fk-s-001"), &wanted());
        assert_eq!((made.status, made.header("etag")), (201, Some("\"1\"")), "{}", made.text);
        let link = made.header("location").unwrap().to_owned();
        let id = made.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(api.get(&link, &api.fk()).json(), made.json());
        let limited = api.get(&format!("{REPORT}&package={id}"), &api.fk()).json();
        assert_eq!(parts(&limited), ["utfall_gk", "nya_gk"]);
        let same = api.get(&format!("{REPORT}&part=utfall_gk,nya_gk"), &api.fk()).json();
        assert_eq!(same, limited);
        let whole = api.get(REPORT, &api.fk()).json();
        assert_eq!((parts(&whole).len(), &whole["parts"][0]), (10, &limited["parts"][1]));

        let mut other = wanted();
        other["parts"] = json!(["tid_insats"]);
        assert_eq!(change(&api, Method::PUT, &link, None, Some(&other)).status, 428);
        let changed = change(&api, Method::PUT, &link, Some("\"1\""), Some(&other));
        assert_eq!((changed.status, changed.header("etag")), (200, Some("\"2\"")), "{}", changed.text);
        assert_eq!(parts(&api.get(&format!("{REPORT}&package={id}"), &api.fk()).json()), ["tid_insats"]);
        let stale = change(&api, Method::PUT, &link, Some("\"1\""), Some(&wanted()));
        assert_eq!((stale.status, stale.header("etag")), (412, Some("\"2\"")), "{}", stale.text);
        let all = |query: &str| api.get(&format!("/v1/report-packages{query}"), &api.fk()).json()["items"].clone();
        assert_eq!((all(""), all("?steeringGroup=mars")), (json!([changed.json()]), json!([])));

        assert_eq!(change(&api, Method::DELETE, &link, Some("\"1\""), None).status, 412);
        assert_eq!(change(&api, Method::DELETE, &link, Some("\"2\""), None).status, 204);
        assert_eq!((api.get(&link, &api.fk()).status, all("")), (404, json!([])));
        assert_eq!(change(&api, Method::DELETE, &link, Some("\"3\""), None).status, 404);
        let gone = api.get(&format!("{REPORT}&package={id}"), &api.fk());
        assert_eq!((gone.status, gone.json()["errors"][0]["pointer"].as_str()), (400, Some("/query/package")));
    });
}

#[test]
fn only_the_groups_own_keep_its_packages() {
    on_both(|_, database| {
        let api = api(database);
        let post = |token: &str, body: &Value| api.post("/v1/report-packages", token, body);
        expect![[r#"
            403
            cache-control: no-store
            content-type: application/problem+json

            {
              "type": "urn:sus:problem:ej_behorig",
              "title": "Behörighet saknas",
              "titleEn": "Not allowed",
              "status": 403,
              "detail": "En styrgrupps paket görs av den som har uppdrag som samverkansansvarig vid ett av dess kontor.",
              "detailEn": "A steering group's package is made by whoever has an assignment as samverkansansvarig at one of its offices.",
              "instance": "urn:sus:trace:0af7651916cd43dd8448eb211c80319c"
            }"#]]
        .assert_eq(&post(&steering(&api, "fk-s-002"), &wanted()).whole());
        assert_eq!(post(&api.fk(), &wanted()).status, 403, "a system is none of the group's");
        let mut own = wanted();
        own.as_object_mut().unwrap().remove("steeringGroup");
        assert_eq!(
            post(&steering(&api, "fk-s-002"), &own).status,
            201,
            "a package of no group is anybody's who is responsible"
        );
        let mut unknown = wanted();
        unknown["steeringGroup"] = json!("mars");
        let told = post(&steering(&api, "fk-s-001"), &unknown);
        assert_eq!((told.status, &told.json()["errors"][0]["allowed"]), (422, &json!({"values": ["gavleborg"]})));
    });
}

#[test]
fn parts_that_a_report_does_not_have_are_refused_with_those_it_has() {
    on_both(|_, database| {
        let api = api(database);
        let mut body = wanted();
        body["parts"] = json!(["nya_gk", "mars", "nya_gk"]);
        let told = api.post("/v1/report-packages", &steering(&api, "fk-s-001"), &body);
        let errors = told.json()["errors"].clone();
        assert_eq!(
            (told.status, errors[0]["pointer"].as_str(), errors[1]["pointer"].as_str()),
            (422, Some("/parts/1"), Some("/parts/2"))
        );
        assert_eq!(errors[0]["allowed"]["values"].as_array().unwrap().len(), 10);
        body["steeringGroup"] = json!("mars");
        let told = api.post("/v1/report-packages", &steering(&api, "fk-s-001"), &body).json();
        let pointers = told["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap());
        assert_eq!(pointers.collect::<Vec<_>>(), ["/parts/1", "/parts/2", "/steeringGroup"], "{told}");
        let told = api.get(&format!("{REPORT}&part=nya_gk,mars"), &api.fk()).json();
        assert_eq!(told["errors"][0]["pointer"], "/query/part");
        assert_eq!(told["errors"][0]["allowed"], errors[0]["allowed"]);
        let id = api.post("/v1/report-packages", &steering(&api, "fk-s-001"), &wanted()).json()["id"].clone();
        let (id, token) = (id.as_str().unwrap(), api.fk());
        let told = api.get(&format!("{REPORT}&package={id}&format=px"), &token);
        assert_eq!((told.status, told.json()["errors"][0]["pointer"].as_str()), (400, Some("/query/part")), "one part");
        let other = REPORT.replace("baspaket", "status");
        assert_eq!(api.get(&format!("{other}&package={id}"), &token).status, 400, "a package is of one report");
        let id = "0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b13";
        let both = api.get(&format!("{REPORT}&part=nya_gk&package={id}"), &api.fk()).json();
        assert_eq!(both["errors"][0]["pointer"], "/query/package");
    });
}
