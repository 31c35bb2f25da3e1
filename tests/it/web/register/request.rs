//! A new request: consent first, the number tried while nothing is stored, everything typed kept, anonymous when there is no
//! consent.

use super::{Desk, Page, anna, case, done, request_fields, requested};
use crate::http::Api;
use crate::support::posting::number;
use crate::support::tables::Raw;
use crate::support::{noon, on_both, organisation};

const BEGIN: &str = "/arenden/ny";
const REST: &str = "/arenden/ny/uppgifter";

#[test]
fn consent_is_said_first_and_a_number_is_tried_before_anything_is_stored() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let first = siv.open(BEGIN);
        first.holds(&["skriftliga samtycke innan några personuppgifter skrivs in"]);
        let told = |number: &str| {
            let filled = [("deltagare", "namngiven"), ("participant.personnummer", number)];
            Page::of(siv.send(&first, BEGIN, &filled))
        };
        let wrong = told("19850312-9805");
        assert_eq!(wrong.status, 422);
        assert!(wrong.wrong("participant.personnummer").unwrap().contains("är inte giltigt"), "{}", wrong.text);
        assert_eq!(wrong.value("participant.personnummer").as_deref(), Some("19850312-9805"), "nothing typed is lost");
        assert!(told("").wrong("participant.personnummer").is_some());
        let unsaid = Page::of(siv.send(&first, BEGIN, &[]));
        assert_eq!(unsaid.summary()[0].0, "f-deltagare");
        let rest = told(&anna());
        assert_eq!(rest.status, 200);
        assert_eq!(rest.value("participant.personnummer"), Some(anna()));
        let offered = ["offices.fk", "offices.af", "handlers.fk", "consent.office", "date", "municipality"];
        let offered = offered.map(|name| rest.value(name));
        let expected = ["FK-GAVLE", "AF-GAVLE", "fk-h-017", "FK:FK-GAVLE", "2016-10-12", ""];
        assert_eq!(offered.map(Option::unwrap_or_default), expected.map(ToOwned::to_owned));
        let mut raw = Raw::of(database);
        assert_eq!((raw.count("cases", "true"), raw.count("persons", "true")), (0, 0), "nothing is stored");
    });
}

#[test]
fn all_that_is_wrong_stands_at_its_field_and_what_was_typed_stays() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let rest = Page::of(siv.fill(BEGIN, &[("deltagare", "namngiven"), ("participant.personnummer", &anna())]));
        let number = anna();
        let mut filled = request_fields(&number);
        for (name, value) in &mut filled {
            match *name {
                "municipality" | "consent.form" => *value = "",
                "consent.obtainedOn" => *value = "2016-10-04",
                "handlers.fk" => *value = "fk-h-018",
                "answers.formaner" => *value = "ingen",
                _ => {}
            }
        }
        filled.extend([
            ("answers.formaner", "a_kassa"),
            ("answers.anstalld", "true"),
            ("answers.arbetsgivare", "2021005522"),
            ("answers.arbetsandel", "halva"),
        ]);
        let told = Page::of(siv.send(&rest, REST, &filled));
        assert_eq!(told.status, 422);
        // First what is missing and what can't be read at all; then, when all can be read, what breaks a rule.
        for name in ["municipality", "consent.form", "answers.arbetsgivare", "answers.arbetsandel"] {
            assert!(told.wrong(name).is_some(), "{name}: {}", told.text);
        }
        assert_eq!(told.summary().len(), 4, "{:?}", told.summary());
        assert_eq!(told.value("answers.arbetsandel").as_deref(), Some("halva"));
        assert_eq!(told.ticked("answers.formaner"), ["a_kassa", "ingen"]);
        for (name, value) in &mut filled {
            match *name {
                "consent.form" => *value = "gk-affk-1",
                "answers.arbetsgivare" => *value = "202100-5521",
                "answers.arbetsandel" => *value = "50",
                _ => {}
            }
        }
        let told = Page::of(siv.send(&told, REST, &filled));
        let expected = [
            ("municipality", "krävs för en namngiven"),
            ("consent.obtainedOn", "Samtycket ska vara inhämtat innan begäran"),
            ("handlers.fk", "inget uppdrag som deltagaransvarig vid kontoret"),
            ("answers.formaner", "ingen utesluter andra"),
            ("answers.arbetsandel", "Arbetar: Ja"),
        ];
        for (name, text) in expected {
            let said = told.wrong(name).unwrap_or_default();
            assert!(said.contains(text), "{name}: {said}");
            let id = format!("f-{}", name.replace('.', "-"));
            assert!(told.summary().iter().any(|(at, _)| *at == id), "{name}: {:?}", told.summary());
        }
        assert_eq!(told.value("consent.obtainedOn").as_deref(), Some("2016-10-04"));
        for (name, value) in &mut filled {
            match *name {
                "municipality" => *value = "2180",
                "consent.obtainedOn" => *value = "2016-09-26",
                "handlers.fk" => *value = "fk-h-017",
                "answers.formaner" => *value = "sjukpenning",
                "answers.arbetar" => *value = "true",
                _ => {}
            }
        }
        let address = done(&siv.send(&told, REST, &filled));
        assert_eq!(case(&api, &address)["steps"][0]["answers"]["arbetsgivare"], "2021005521");
    });
}

#[test]
fn an_open_case_is_told_of_with_the_way_to_it_only_within_reach() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = requested(&siv);
        let filled = [("deltagare", "namngiven"), ("participant.personnummer", &*anna())];
        let told = Page::of(siv.fill(BEGIN, &filled));
        assert_eq!(told.status, 422);
        told.holds(&["Personen har redan ett öppet ärende", &format!("href=\"{address}\"")]);
        let ove = Page::of(Desk::of(&api, "fk-h-018").fill(BEGIN, &filled));
        assert_eq!(ove.status, 422);
        ove.holds(&["Mer än att det finns visas inte"]);
        ove.holds_not(&[&address, "FK Gävle –"]);
    });
}

#[test]
fn without_consent_a_request_is_anonymous_and_asks_for_nothing_else() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let unsaid = Page::of(siv.fill(BEGIN, &[("deltagare", "anonym")]));
        assert!(unsaid.wrong("participant.anonymous.sex").is_some(), "{}", unsaid.text);
        let rest = Page::of(siv.fill(BEGIN, &[("deltagare", "anonym"), ("participant.anonymous.sex", "kvinna")]));
        assert_eq!((rest.status, rest.ticked("participant.anonymous.sex")), (200, vec!["kvinna".to_owned()]));
        rest.holds_not(&["personnummer\"", "consent.", "municipality", "answers.", "caseReference"]);
        let filled = [
            ("participant.anonymous.sex", "kvinna"),
            ("date", "2016-10-03"),
            ("offices.fk", "FK-GAVLE"),
            ("offices.af", "AF-GAVLE"),
        ];
        let address = done(&siv.send(&rest, REST, &filled));
        let case = case(&api, &address);
        assert_eq!((&case["identity"], &case["sex"]), (&"anonymous".into(), &"kvinna".into()));
        siv.open(&format!("{address}/registrera/gk")).holds(&["answers.moten.0"]);
    });
}

#[test]
fn lists_follow_the_chosen_offices_without_losing_anything() {
    on_both(|_, database| {
        let mut register = organisation();
        let both = serde_json::json!({"office": "FK-SANDVIKEN", "role": "deltagaransvarig", "validFrom": "2010-01-01"});
        register["handlers"][0]["assignments"].as_array_mut().unwrap().push(both);
        let api = Api::around(database, "2016-10-12", &register);
        let siv = Desk::of(&api, "fk-h-017");
        let rest = Page::of(siv.fill(BEGIN, &[("deltagare", "namngiven"), ("participant.personnummer", &anna())]));
        rest.holds_not(&["Ove Berg"]);
        let number = anna();
        let mut filled = request_fields(&number);
        filled.retain(|(name, _)| *name != "offices.fk");
        filled.extend([("offices.fk", "FK-SANDVIKEN"), ("uppdatera", "1")]);
        let again = Page::of(siv.send(&rest, REST, &filled));
        assert_eq!(again.status, 200);
        again.holds(&["Ove Berg (fk-h-018)"]);
        let kept = ["offices.fk", "consent.form", "municipality"].map(|name| again.value(name).unwrap());
        assert_eq!(kept, ["FK-SANDVIKEN", "gk-affk-1", "2180"]);
        assert!(again.summary().is_empty());
    });
}

#[test]
fn a_request_is_fks_unless_an_agreement_says_else() {
    on_both(|_, database| {
        let api = Api::over(database);
        Desk::of(&api, "af-h-201").open(BEGIN).holds(&["Begäran registreras av Försäkringskassan"]);
        let mut register = organisation();
        register["localAgreements"][0]["steps"] = serde_json::json!(["begaran", "gk"]);
        api.service().import_organisation(&register).unwrap();
        let asa = Desk::of(&api, "af-h-201");
        let address = requested(&asa);
        assert_eq!(case(&api, &address)["steps"][0]["onBehalfOf"], "lok-1");
    });
}

#[test]
fn a_request_speaks_english_to_who_wants_it() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let first = siv.open("/arenden/ny?lang=en");
        first.holds(&["must have given consent in writing", "<html lang=\"en\">"]);
        let filled = [("deltagare", "namngiven"), ("participant.personnummer", "198503129805")];
        let told = Page::of(siv.send(&first, "/arenden/ny?lang=en", &filled));
        assert!(told.wrong("participant.personnummer").unwrap().contains("is not valid"), "{}", told.text);
        told.holds_not(&["är inte", "Fortsätt"]);
    });
}

#[test]
fn no_number_stands_in_an_address_or_a_title() {
    on_both(|_, database| {
        let api = Api::over(database);
        api.clock.set(noon("2016-10-12"));
        let siv = Desk::of(&api, "fk-h-017");
        let rest = Page::of(siv.fill(BEGIN, &[("deltagare", "namngiven"), ("participant.personnummer", &anna())]));
        let title = rest.text.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
        assert!(!title.contains("1985"), "{title}");
        for target in rest.text.split("href=\"").skip(1).chain(rest.text.split("action=\"").skip(1)) {
            assert!(!target.split('"').next().unwrap().contains(&anna()));
        }
        assert_eq!(siv.person.get(REST).status, 303, "the second form is reached through the first");
        // Another woman's number in what isn't about the participant is refused there.
        let other = number("1990-01-01");
        let number = anna();
        let mut filled = request_fields(&number);
        filled.retain(|(name, _)| *name != "caseReference");
        filled.push(("caseReference", other.as_str()));
        let told = Page::of(siv.send(&rest, REST, &filled));
        assert!(told.wrong("caseReference").is_some(), "{}", told.text);
    });
}
