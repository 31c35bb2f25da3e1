//! Register extracts by the API: who may ask for whose, and how far each sees.

use serde_json::{Value, json};
use sus::domain::organisation::Role;
use sus::domain::step::Agency;

use super::{ANNA, Api, begaran};
use crate::support::leaks::without_ids;
use crate::support::on_both;
use crate::support::tables::Raw;

/// A case in Sandviken.
fn far(api: &Api) -> String {
    let mut body = begaran("FK-2", ANNA);
    body["offices"] = json!({"fk": "FK-SANDVIKEN", "af": "AF-SANDVIKEN"});
    body["municipality"] = json!("2181");
    let told = api.post("/v1/registrations", &api.fk(), &body);
    assert_eq!(told.status, 201, "{}", told.text);
    told.json()["case"]["link"].as_str().unwrap().to_owned()
}

/// How many cases an extract tells of, and whether there is an open one beyond.
fn reach(told: &Value) -> (usize, bool) {
    (told["cases"].as_array().unwrap().len(), told["openCaseElsewhere"].as_bool().unwrap())
}

#[test]
fn each_role_extracts_what_it_may_see_and_no_other_role_learns_that_there_is_anything() {
    on_both(|backend, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", ANNA);
        let ask = |token: &str| api.post("/v1/register-extracts", token, &json!({"personnummer": ANNA}));
        let person = |agency, id: &str| api.token("web", Some(agency), &[Role::Deltagaransvarig], Some(id));
        let seen = |token: &str| {
            let told = ask(token);
            assert_eq!(told.status, 200, "{backend:?}: {}", told.text);
            reach(&told.json())
        };
        // Both agencies' systems, and who is assigned at one of the case's offices.
        for token in [api.fk(), api.af(), person(Agency::Fk, "fk-h-017"), person(Agency::Af, "af-h-201")] {
            assert_eq!(seen(&token), (1, false), "{backend:?}");
        }
        // Assigned elsewhere, and not in the register: only that there is an open case.
        for token in [person(Agency::Fk, "fk-h-018"), person(Agency::Fk, "fk-h-999")] {
            assert_eq!(seen(&token), (0, true), "{backend:?}");
        }
        // The other agency's handläggare under this agency's name.
        assert_eq!(seen(&person(Agency::Af, "fk-h-017")).0, 0, "{backend:?}");
        let logged = Raw::of(database).count("access_log", "action = 'create_register_extract'");
        assert!(logged >= 7, "{backend:?}: each is written down, also what found nothing: {logged}");
        for role in [
            Role::Insatsansvarig,
            Role::Samverkansadministrator,
            Role::Samverkansansvarig,
            Role::Rapportlasare,
            Role::Systemforvaltare,
        ] {
            for handler in [None, Some("fk-h-017")] {
                let told = ask(&api.token("web", Some(Agency::Fk), &[role], handler));
                assert_eq!(told.status, 403, "{backend:?} {role:?}: {}", told.text);
                let text = without_ids(&told.text);
                assert!(!text.contains("FK-1") && !text.contains("1985"), "{role:?}: {text}");
            }
        }
        assert_eq!(ask("").status, 401, "{backend:?}");
        // Gone to other offices, it is others' to extract.
        let moved = json!({"date": "2016-10-12", "offices": {"fk": "FK-SANDVIKEN", "af": "AF-SANDVIKEN"}});
        let told = api.post_with(&format!("{case}/office-changes"), &api.fk(), &[("if-match", "\"1\"")], &moved);
        assert!(told.status < 300, "{backend:?}: {}", told.text);
        assert_eq!(seen(&person(Agency::Fk, "fk-h-017")), (0, true), "{backend:?}");
        assert_eq!(seen(&person(Agency::Fk, "fk-h-018")), (1, false), "{backend:?}");
    });
}

#[test]
fn of_two_cases_of_a_person_each_sees_the_own() {
    on_both(|backend, database| {
        let api = Api::over(database);
        let first = api.opened("FK-1", ANNA);
        let ended = json!({"caseReference": "FK-1", "step": "avslutat", "date": "2016-10-04"});
        assert_eq!(api.post("/v1/registrations", &api.fk(), &ended).status, 201);
        let mut body = begaran("FK-2", ANNA);
        body["date"] = json!("2016-10-05");
        assert!(api.post("/v1/registrations?dryRun=true", &api.fk(), &body).status < 300);
        let second = far(&api);
        let cases = |token: &str| -> Vec<String> {
            let told = api.post("/v1/register-extracts", token, &json!({"personnummer": ANNA})).json();
            let all = told["cases"].as_array().unwrap().iter();
            all.map(|told| format!("/v1/cases/{}", told["case"]["id"].as_str().unwrap())).collect()
        };
        assert_eq!(cases(&api.person("fk-h-017")), *std::slice::from_ref(&first), "{backend:?}");
        assert_eq!(cases(&api.person("fk-h-018")), *std::slice::from_ref(&second), "{backend:?}");
        let mut all = cases(&api.fk());
        all.sort();
        let mut both = vec![first, second];
        both.sort();
        assert_eq!(all, both, "{backend:?}");
    });
}
