//! Assignments by API: who gives what, what is refused and why, and that access follows at once.

use serde_json::{Value, json};
use sus::domain::organisation::Role;
use sus::domain::step::Agency;

use super::{ANNA, Api};
use crate::support::{Database, on_both, organisation};

/// An insatsansvarig in Gävle, an administrator of each agency's registers, and who runs the service.
fn with_givers(database: &Database) -> Api {
    let mut register = organisation();
    let person = |id: &str, agency: &str, office: &str, role: &str| {
        let assignments = json!([{"office": office, "role": role, "validFrom": "2010-01-01"}]);
        json!({"id": id, "agency": agency, "name": id, "assignments": assignments})
    };
    register["handlers"].as_array_mut().unwrap().extend([
        person("fk-i-001", "FK", "FK-GAVLE", "insatsansvarig"),
        person("fk-s-001", "FK", "FK-GAVLE", "samverkansadministrator"),
    ]);
    Api::around(database, "2016-10-12", &register)
}

fn as_role(api: &Api, role: Role, id: &str) -> String {
    api.token("fk-web", Some(Agency::Fk), &[role], Some(id))
}

fn post(api: &Api, path: &str, token: &str, body: &Value) -> (u16, Vec<String>, Value) {
    let told = api.post(path, token, body);
    let errors = told.json()["errors"].as_array().cloned().unwrap_or_default();
    let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
    (told.status, errors.iter().map(|e| text(e, "code") + " " + &text(e, "pointer")).collect(), told.json())
}

fn new(handler: &str, role: &str) -> Value {
    json!({"handler": handler, "name": "Ny Person", "office": "FK-GAVLE", "role": role, "validFrom": "2016-10-12"})
}

#[test]
fn who_is_given_an_assignment_reaches_the_office_until_it_ends() {
    on_both(|_, database| {
        let api = with_givers(database);
        let case = api.opened("FK-1", ANNA);
        let (giver, anew) = (as_role(&api, Role::Insatsansvarig, "fk-i-001"), api.person("fk-h-900"));
        assert_eq!(api.get(&case, &anew).status, 404);
        let (status, _, given) = post(&api, "/v1/assignments", &giver, &new("fk-h-900", "deltagaransvarig"));
        assert_eq!(
            (status, &given["confirmedBy"], &given["reviewDue"]),
            (201, &json!("fk-i-001"), &json!("2017-10-12"))
        );
        assert_eq!(api.get(&case, &anew).status, 200);
        let end = json!({"handler": "fk-h-900", "office": "FK-GAVLE", "role": "deltagaransvarig",
            "lastDay": "2016-10-11"});
        // It began today, so the day before takes it away altogether.
        let (status, _, ended) = post(&api, "/v1/assignment-endings", &giver, &end);
        assert_eq!((status, ended), (201, json!({"handler": "fk-h-900"})));
        assert_eq!(api.get(&case, &anew).status, 404);
        let old = api.person("fk-h-017");
        assert_eq!(api.get(&case, &old).status, 200);
        let end = json!({"handler": "fk-h-017", "office": "FK-GAVLE", "role": "deltagaransvarig",
            "lastDay": "2016-10-12"});
        assert_eq!(post(&api, "/v1/assignment-endings", &giver, &end).0, 201);
        assert_eq!(api.get(&case, &old).status, 200, "the last day is a day");
        api.clock.advance(chrono::TimeDelta::days(1));
        assert_eq!(api.get(&case, &api.person("fk-h-017")).status, 404);
    });
}

#[test]
fn nobody_gives_what_they_may_not_give_or_to_themselves() {
    on_both(|_, database| {
        let api = with_givers(database);
        let giver = as_role(&api, Role::Insatsansvarig, "fk-i-001");
        let admin = as_role(&api, Role::Samverkansadministrator, "fk-s-001");
        for (token, role) in [
            (&giver, "insatsansvarig"),
            (&giver, "samverkansadministrator"),
            (&admin, "deltagaransvarig"),
            (&admin, "systemforvaltare"),
            (&as_role(&api, Role::Insatsansvarig, "fk-h-017"), "deltagaransvarig"),
        ] {
            let (status, _, told) = post(&api, "/v1/assignments", token, &new("fk-h-900", role));
            assert_eq!(status, 403, "{role}: {told}");
        }
        let mut elsewhere = new("fk-h-900", "deltagaransvarig");
        elsewhere["office"] = json!("FK-SANDVIKEN");
        assert_eq!(post(&api, "/v1/assignments", &giver, &elsewhere).0, 403);
        let own = post(&api, "/v1/assignments", &giver, &new("fk-i-001", "deltagaransvarig"));
        assert_eq!((own.0, own.1), (422, vec!["uppdrag_eget /handler".to_owned()]));
        let both = post(&api, "/v1/assignments", &giver, &new("fk-s-001", "deltagaransvarig"));
        assert_eq!((both.0, both.1), (422, vec!["uppdrag_roller_krockar /role".to_owned()]));
        let admin_too = new("fk-h-017", "samverkansadministrator");
        let runs = as_role(&api, Role::Systemforvaltare, "fk-r-001");
        let both = post(&api, "/v1/assignments", &runs, &admin_too);
        assert_eq!((both.0, both.1), (422, vec!["uppdrag_roller_krockar /role".to_owned()]));
        let listed = api.get("/v1/assignments?handler=fk-h-900", &admin).json();
        assert_eq!(listed["items"], json!([]), "nothing was given");
    });
}

#[test]
fn all_that_is_wrong_with_an_assignment_is_told_at_once() {
    on_both(|_, database| {
        let api = with_givers(database);
        let (giver, runs) =
            (as_role(&api, Role::Insatsansvarig, "fk-i-001"), as_role(&api, Role::Systemforvaltare, "fk-r-001"));
        let codes = |path: &str, token: &str, body: &Value| {
            let (status, codes, told) = post(&api, path, token, body);
            assert_eq!(status, 422, "{told}");
            codes.join(", ")
        };
        let give = |body: Value| codes("/v1/assignments", &giver, &body);
        let with = |name: &str, value: Value| {
            let mut body = new("fk-h-900", "deltagaransvarig");
            body[name] = value;
            body
        };
        let shape = json!({"handler": "å ä", "office": "FK-GAVLE", "role": "system", "name": "Bo 19850312-9804",
            "validFrom": "i dag", "chief": true});
        assert_eq!(
            give(shape),
            "falt_ogiltigt_varde /handler, falt_ogiltigt_varde /role, fritext_personnummer /name, \
             falt_ogiltigt_varde /validFrom, falt_okant /chief"
        );
        let mut nameless = with("validFrom", json!("2016-10-11"));
        nameless.as_object_mut().unwrap().remove("name");
        assert_eq!(give(nameless), "handlaggare_namn_saknas /name, uppdrag_giltighet /validFrom");
        assert_eq!(give(with("validTo", json!("2016-10-11"))), "uppdrag_giltighet /validTo");
        assert_eq!(give(with("handler", json!("fk-h-017"))), "uppdrag_finns ");
        assert_eq!(give(with("handler", json!("af-h-201"))), "handlaggare_fel_myndighet /handler");
        let mut unknown = new("fk-h-900", "samverkansadministrator");
        unknown["office"] = json!("FK-NOWHERE");
        assert_eq!(codes("/v1/assignments", &runs, &unknown), "kontor_okant /office");
        unknown["office"] = json!("AF-GAVLE");
        unknown["role"] = json!("systemforvaltare");
        assert_eq!(codes("/v1/assignments", &runs, &unknown), "kontor_fel_myndighet /office");

        let end = |last_day: &str| {
            json!({"handler": "fk-h-017", "office": "FK-GAVLE", "role": "deltagaransvarig",
            "lastDay": last_day})
        };
        assert_eq!(codes("/v1/assignment-endings", &giver, &end("2016-10-10")), "uppdrag_slut /lastDay");
        let review = json!({"handler": "fk-h-018", "office": "FK-GAVLE", "role": "deltagaransvarig"});
        assert_eq!(codes("/v1/assignment-reviews", &giver, &review), "uppdrag_finns_inte ");
        let nobody = json!({"handler": "fk-h-none", "office": "FK-GAVLE", "role": "deltagaransvarig"});
        assert_eq!(codes("/v1/assignment-reviews", &giver, &nobody), "handlaggare_okand /handler");
    });
}

#[test]
fn assignments_are_listed_for_review_once_a_year_and_confirmed() {
    on_both(|_, database| {
        let api = with_givers(database);
        let giver = as_role(&api, Role::Insatsansvarig, "fk-i-001");
        let due = |by: &str| {
            let told = api.get(&format!("/v1/assignments?office=FK-GAVLE&role=deltagaransvarig&reviewBy={by}"), &giver);
            assert_eq!(told.status, 200, "{}", told.text);
            let items = told.json()["items"].as_array().unwrap().clone();
            items.iter().map(|item| item["handler"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(due("2016-10-12"), ["fk-h-017"], "it came with the register six years ago");
        let review = json!({"handler": "fk-h-017", "office": "FK-GAVLE", "role": "deltagaransvarig"});
        let key = [("idempotency-key", "review-1")];
        let told = api.post_with("/v1/assignment-reviews", &giver, &key, &review);
        assert_eq!((told.status, &told.json()["reviewDue"]), (201, &json!("2017-10-12")), "{}", told.text);
        let again = api.post_with("/v1/assignment-reviews", &giver, &key, &review);
        assert_eq!((again.status, again.text), (201, told.text));
        assert_eq!(due("2017-10-11"), Vec::<String>::new());
        assert_eq!(due("2017-10-12"), ["fk-h-017"]);
        let written = api.get("/v1/handlers?agency=FK", &giver).json();
        assert_eq!(written["items"][0]["assignments"][0]["confirmedBy"], "fk-i-001", "{written}");
    });
}
