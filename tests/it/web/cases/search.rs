//! The search: one field for both kinds of numbers, and what is told when it finds nothing or may not say.

use serde_json::json;

use super::{FAR, LATE, SOON, between, four, read, register};
use crate::http::Api;
use crate::support::leaks::without_ids;
use crate::support::on_both;
use crate::support::posting::number;
use crate::support::tables::Raw;
use crate::web::{log_in, log_in_as};

#[test]
fn a_person_and_a_case_number_are_found_by_one_field_that_is_not_in_the_address() {
    on_both(|_, database| {
        let api = Api::over(database);
        four(&api);
        let siv = log_in(&api, "fk-h-017");
        let form = siv.get("/sok").text;
        assert!(
            form.contains("<form method=\"post\" action=\"/sok\" novalidate>") && form.contains("autocomplete=\"off\"")
        );
        for typed in ["198503129804", " 19850312-9804 ", "850312-9804"] {
            let told = siv.post_form("/sok", &[("number", typed)]);
            let page = read(&told.text);
            assert_eq!((told.status, told.header("cache-control")), (200, Some("no-store")), "{typed}");
            assert!(page.contains("Ärenden för personen FK-SOON"), "{typed}: {page}");
            let told = without_ids(&told.text);
            for number in ["1985", "9804", "850312"] {
                assert!(!told.contains(number), "what was found is not told again: {number}");
            }
        }
        let told = siv.post_form("/sok", &[("number", LATE)]);
        assert!(read(&told.text).contains("Ärenden med numret FK-LATE FK-LATE Begäran om gemensam kartläggning"));
        assert_eq!(between(&told.text, "<h3><a href=\"/arenden/", "\"").len(), 1);
        assert!(told.text.contains("value=\"FK-LATE\""), "a case number stays in the field");
        assert!(!told.text.contains("/arenden/ny\">Registrera"), "it was found");
        let english = log_in(&api, "fk-h-017").post_form("/sok?lang=en", &[("number", LATE)]);
        assert!(english.text.contains("Cases with the number FK-LATE"), "{}", english.text);
        let mut raw = Raw::of(database);
        let searches = "kind = 'search' AND action = 'create_case_search' AND handler = 'fk-h-017' AND counted = 1";
        assert_eq!(raw.count("access_log", searches), 5);
    });
}

#[test]
fn of_an_open_case_elsewhere_nothing_but_that_is_told() {
    on_both(|_, database| {
        let api = Api::over(database);
        four(&api);
        let siv = log_in(&api, "fk-h-017");
        let told = siv.post_form("/sok", &[("number", &number("1966-06-06"))]);
        let page = read(&told.text);
        assert!(page.contains("Personen har ett öppet ärende vid ett annat kontor."), "{page}");
        for text in [FAR, "Sandviken", "Ove Berg", "class=\"button\" href=\"/arenden/ny\""] {
            assert!(!told.text.contains(text), "{text}");
        }
        // By its number it looks like one that isn't there.
        let (hidden, none) =
            (siv.post_form("/sok", &[("number", FAR)]), siv.post_form("/sok", &[("number", "FK-XXX")]));
        assert_eq!(hidden.text.replace(FAR, ""), none.text.replace("FK-XXX", ""));
        assert!(none.text.contains("Inget ärende med det numret hittades"));
        // Once it has ended there is nothing to be told of.
        let ending = json!({"caseReference": FAR, "step": "avslutat", "date": "2016-10-10"});
        register(&api, &api.fk(), &ending);
        let page = siv.post_form("/sok", &[("number", &number("1966-06-06"))]).text;
        assert!(page.contains("Inget ärende hittades för personen") && page.contains("href=\"/arenden/ny\""), "{page}");
        let mut raw = Raw::of(database);
        assert_eq!(raw.count("access_log", "kind = 'search' AND counted = 0 AND handler = 'fk-h-017'"), 4);
    });
}

#[test]
fn nothing_found_offers_a_new_request() {
    on_both(|_, database| {
        let api = Api::over(database);
        let told = log_in(&api, "fk-h-017").post_form("/sok", &[("number", "198503129804")]);
        assert_eq!(told.status, 200);
        for text in ["Inget ärende hittades för personen på dina kontor.", "class=\"button\" href=\"/arenden/ny\""] {
            assert!(told.text.contains(text), "{text}: {}", told.text);
        }
    });
}

#[test]
fn a_bad_number_is_told_what_is_wrong_and_what_would_be_right_in_both_languages() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = log_in(&api, "fk-h-017");
        for (typed, sv, en) in [
            ("", "Skriv ett personnummer eller ett ärendenummer.", "Write a personnummer or a case number."),
            ("19850312-9805", "Kontrollsiffran stämmer inte", "The check digit is wrong"),
            ("19851312-9804", "Siffrorna börjar inte med ett datum", "The digits do not begin with a date"),
            ("19850312-980", "Det här är inget helt personnummer", "This is not a whole personnummer"),
            ("Anna 19850312-9804", "Skriv personnumret för sig", "Write the personnummer by itself"),
        ] {
            for (language, text) in [("sv", sv), ("en", en)] {
                let told = siv.post_form(&format!("/sok?lang={language}"), &[("number", typed)]);
                assert_eq!(told.status, 422, "{typed}");
                assert_eq!(told.text.matches(text).count(), 2, "beside the field and in the summary: {}", told.text);
                assert!(told.text.contains("href=\"#f-number\"") && told.text.contains("aria-invalid=\"true\""));
                assert!(told.text.contains(&format!("value=\"{typed}\"")), "nothing typed is lost: {}", told.text);
            }
        }
        let long = "x".repeat(101);
        assert!(siv.post_form("/sok", &[("number", &long)]).text.contains("1–100 skrivbara tecken"));
        // A case number that is made of digits is found all the same.
        let body = crate::support::posting::begaran("2016101299", &number("1985-03-12"), "2016-10-03");
        register(&api, &api.fk(), &body);
        let told = siv.post_form("/sok", &[("number", "2016101299")]);
        assert!(told.status == 200 && told.text.contains("Ärenden med numret 2016101299"), "{}", told.text);
    });
}

#[test]
fn who_may_not_search_is_told_so_and_a_foreign_form_finds_nothing() {
    on_both(|_, database| {
        let api = Api::over(database);
        four(&api);
        for role in ["rapportlasare", "systemforvaltare", "samverkansadministrator"] {
            let reader = log_in_as(&api, role);
            assert_eq!(reader.get("/sok").status, 403, "{role}");
            assert_eq!(reader.post_form("/sok", &[("number", SOON)]).status, 403, "{role}");
        }
        assert_eq!(api.get_public("/sok").status, 303);
        let told = log_in(&api, "fk-h-017").post_without_token("/sok", &[("number", SOON)]);
        assert!(told.status == 403 && told.text.contains("Formuläret gäller inte längre"), "{}", told.text);
        assert_eq!(Raw::of(database).count("access_log", "kind = 'search'"), 0);
    });
}
