//! The frame around every page: who gets in, in which language, and what those see who don't.

use std::collections::BTreeMap;

use actix_web::http::Method;
use serde_json::json;

use super::{log_in, log_in_as, send};
use crate::http::Api;
use crate::support::leaks::without_ids;
use crate::support::{Backend, Database, noon, on_both, organisation};

#[test]
fn people_practise_as_whom_they_choose_and_see_what_that_role_is_for() {
    on_both(|_, database| {
        let api = Api::over(database);
        let start = api.get_public("/");
        assert_eq!(start.status, 200);
        for text in ["Övning. Inga riktiga personer", "Siv Lind, Försäkringskassan: Deltagaransvarig", "Rapportläsare"]
        {
            assert!(start.text.contains(text), "{text}: {}", start.text);
        }
        let siv = log_in(&api, "fk-h-017").get("/");
        for text in ["Siv Lind", "Mina ärenden", "Ny begäran", "FK Gävle: Deltagaransvarig"] {
            assert!(siv.text.contains(text), "{text}: {}", siv.text);
        }
        // Whoever has something to do is offered first.
        let offered = |text: &str, name: &str| text.find(name).unwrap();
        assert!(offered(&start.text, "Siv Lind") < offered(&start.text, "Ove Berg"));
        let body = json!({"step": "begaran", "date": "2016-10-03", "participant": {"anonymous": {"sex": "man"}},
            "offices": {"fk": "FK-SANDVIKEN", "af": "AF-GAVLE"}, "handlers": {"fk": "fk-h-018"}});
        let told = api.post("/v1/registrations", &api.fk(), &body);
        assert_eq!(told.status, 201, "{}", told.text);
        let start = api.get_public("/").text;
        assert!(offered(&start, "Ove Berg") < offered(&start, "Siv Lind"), "{start}");
        let reader = log_in_as(&api, "rapportlasare").get("/");
        assert!(reader.text.contains("Baspaket") && !reader.text.contains("Mina ärenden"), "{}", reader.text);
        for nobody in [("handler", "fk-h-999"), ("role", "system"), ("role", "deltagaransvarig"), ("x", "y")] {
            assert_eq!(send(&api, "/login/practice", "", &[nobody]).status, 404, "{nobody:?}");
        }
    });
}

#[test]
fn nobody_practises_where_an_issuer_says_who_people_are() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let verifier = sus::auth::tokens::Verifier::closed();
    let api = Api::checked_by(&database, noon("2016-10-12"), &organisation(), Some(verifier));
    assert!(!api.get_public("/").text.contains("/login/practice"));
    assert_eq!(send(&api, "/login/practice", "", &[("handler", "fk-h-017")]).status, 404);
}

#[test]
fn a_form_that_another_site_made_does_nothing() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let api = Api::over(&database);
    let siv = log_in(&api, "fk-h-017");
    let told = siv.post_without_token("/logout", &[]);
    assert!(told.status == 403 && told.text.contains("Formuläret gäller inte längre"), "{}", told.text);
    assert!(siv.get("/").text.contains("Du är inloggad"));
    assert_eq!(siv.post_form("/logout", &[]).status, 303);
    assert!(siv.get("/").text.contains("Din inloggning har avslutats"));
}

#[test]
fn a_language_that_was_chosen_is_kept() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let api = Api::over(&database);
    let chosen = api.get_public("/?lang=en");
    assert!(chosen.text.contains("lang=\"en\"") && chosen.text.contains("href=\"/?lang=sv\""), "{}", chosen.text);
    let cookie = chosen.header("set-cookie").and_then(|all| all.split(';').next()).unwrap().to_owned();
    let next = api.call(Method::GET, "/", &[("cookie", &cookie), ("accept-language", "sv")], None);
    assert!(next.text.contains("Choose whom you want to be"), "{}", next.text);
}

#[test]
fn a_page_that_is_not_there_is_a_page_for_people_and_a_problem_for_programs() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let variables = BTreeMap::from([("SUS_RATE_READS".to_owned(), "6".to_owned())]);
    let api = Api::configured(&database, "2016-10-12", &organisation(), variables);
    let page = |accept: &str, path: &str| api.call(Method::GET, path, &[("accept", accept)], None);
    let told = page("text/html,*/*", "/ingenting");
    assert_eq!((told.status, told.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert!(told.text.contains("Sidan finns inte"), "{}", told.text);
    let numbered = ["/ingenting/198503129804", "/ingenting/850312%2D9804", "/ingenting/19850312%209804?a=1"];
    for path in numbered {
        let told = page("text/html", path);
        assert_eq!(told.status, 404, "{path}");
        assert!(
            !without_ids(&told.text).contains("9804"),
            "a number that somebody put into an address is not repeated: {path}"
        );
    }
    for (accept, path) in [("*/*", "/ingenting"), ("text/html", "/v1/ingenting")] {
        let told = page(accept, path);
        assert_eq!((told.status, told.header("content-type")), (404, Some("application/problem+json")), "{path}");
    }
    assert_eq!(page("text/html", "/ingenting").status, 429, "looking for what there might be is counted");
}
