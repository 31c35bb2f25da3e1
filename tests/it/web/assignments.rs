//! An administrator's page: assignments are seen, given, confirmed and ended by those who may, with the rules of the API.

use serde_json::json;

use super::{log_in, log_in_as};
use crate::http::Api;
use crate::support::{on_both, organisation};

#[test]
fn an_administrator_gives_confirms_and_ends_an_assignment() {
    on_both(|_, database| {
        let api = Api::over(database);
        let admin = log_in_as(&api, "samverkansadministrator");
        let page = admin.get("/uppdrag").text;
        for text in ["Siv Lind", "FK Gävle", "Ge ett uppdrag", "Insatsansvarig"] {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert!(!page.contains("Åsa Holm"), "only the own agency's people");
        // Somebody new, as what others give: everything that is wrong is told beside its field, and nothing typed is lost.
        let wrong =
            [("handler", "fk-h-020"), ("office", "FK-GAVLE"), ("role", "insatsansvarig"), ("validFrom", "2016-10-01")];
        let told = admin.post_form("/uppdrag", &wrong);
        assert_eq!(told.status, 422);
        for text in [
            "Det finns fel i formuläret",
            "href=\"#f-name\"",
            "href=\"#f-validFrom\"",
            "value=\"fk-h-020\"",
            "value=\"2016-10-01\"",
        ] {
            assert!(told.text.contains(text), "{text}: {}", told.text);
        }
        let right = [
            ("handler", "fk-h-020"),
            ("name", "Eva Ek"),
            ("office", "FK-GAVLE"),
            ("role", "insatsansvarig"),
            ("validFrom", "2016-10-12"),
            ("validTo", ""),
        ];
        let told = admin.post_form("/uppdrag", &right);
        assert_eq!((told.status, told.header("location")), (303, Some("/uppdrag?done=given")), "{}", told.text);
        assert!(admin.get("/uppdrag?done=given").text.contains("Uppdraget är givet."));
        let which = [("handler", "fk-h-020"), ("office", "FK-GAVLE"), ("role", "insatsansvarig")];
        assert_eq!(admin.post_form("/uppdrag/intyga", &which).header("location"), Some("/uppdrag?done=confirmed"));
        let mut end = which.to_vec();
        end.push(("lastDay", "2016-10-12"));
        assert_eq!(admin.post_form("/uppdrag/avsluta", &end).header("location"), Some("/uppdrag?done=ended"));
        let page = admin.get("/uppdrag").text;
        assert!(page.contains("Eva Ek") && page.contains("2016-10-12 – 2016-10-12"), "{page}");
    });
}

#[test]
fn who_gives_no_assignments_sees_them_and_can_change_none() {
    on_both(|_, database| {
        let mut register = organisation();
        register["handlers"].as_array_mut().unwrap().push(json!({"id": "fk-i-1", "agency": "FK", "name": "Ida Storm",
            "assignments": [{"office": "FK-GAVLE", "role": "insatsansvarig", "validFrom": "2010-01-01"}]}));
        let api = Api::around(database, "2016-10-12", &register);
        let siv = log_in(&api, "fk-h-017");
        let page = siv.get("/uppdrag").text;
        assert!(
            page.contains("Ida Storm") && !page.contains("Ge ett uppdrag") && !page.contains("/uppdrag/intyga"),
            "{page}"
        );
        assert_eq!(siv.post_form("/uppdrag", &[("handler", "fk-h-018")]).status, 403);
        // Elsewhere than at the own office, and for oneself.
        let ida = log_in(&api, "fk-i-1");
        let away = [("handler", "fk-h-018"), ("office", "FK-SANDVIKEN"), ("role", "deltagaransvarig")];
        let told = ida.post_form("/uppdrag/intyga", &away);
        assert!(told.status == 422 && told.text.contains("ges, intygas och avslutas av andra"), "{}", told.text);
        let told = ida.post_form(
            "/uppdrag",
            &[("handler", "fk-i-1"), ("office", "FK-GAVLE"), ("role", "deltagaransvarig"), ("validFrom", "2016-10-12")],
        );
        assert!(told.status == 422 && told.text.contains("href=\"#f-handler\""), "{}", told.text);
    });
}

#[test]
fn the_guide_the_help_and_the_statement_are_for_everybody_in_both_languages() {
    let database = crate::support::Database::new(crate::support::Backend::Sqlite).unwrap();
    let api = Api::over(&database);
    for (path, sv, en) in [
        ("/guide", "Vem registrerar vad, och när?", "Who registers what, and when?"),
        ("/hjalp", "Hitta dina ärenden", "Find your cases"),
        ("/tillganglighet", "Tillgänglighetsredogörelse", "Accessibility statement"),
    ] {
        let told = api.get_public(path);
        assert!(told.status == 200 && told.text.contains(sv), "{path}: {}", told.text);
        assert!(api.get_public(&format!("{path}?lang=en")).text.contains(en), "{path}");
        assert!(log_in(&api, "fk-h-017").get(path).text.contains("Mina ärenden"), "{path}: the menu is there");
    }
    for code in ["fel_myndighet", "planerad"] {
        assert!(api.get_public("/guide").text.contains(code), "{code}");
    }
}
