//! A whole case through the forms, by both agencies, and who may register what when.

use serde_json::json;

use super::{Desk, Page, case, registration, requested};
use crate::http::Api;
use crate::support::{noon, on_both};

/// Everything in the chain: step, date, answers.
fn chain(api: &Api, address: &str) -> serde_json::Value {
    let case = case(api, address);
    let steps = case["steps"].as_array().unwrap();
    json!(steps.iter().map(|s| json!([s["step"], s["date"], s["answers"]])).collect::<Vec<_>>())
}

#[test]
fn a_case_goes_from_request_to_end_through_the_forms_of_both_agencies() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = requested(&siv);
        let at = |rest: &str| format!("{address}{rest}");
        // Booked meetings come with GK; those that have been are offered as held when it is left.
        let gk = siv.open(&at("/registrera/gk"));
        assert_eq!(gk.value("date").as_deref(), Some("2016-10-04"), "the earliest allowed day is filled in");
        siv.register(&at("/registrera/gk"), &[("date", "2016-10-10"), ("answers.moten.0", "2016-10-10")]);
        let planned = siv.open(&at("/registrera/planerad_afi"));
        assert_eq!(planned.value("date").as_deref(), Some("2016-10-11"));
        assert_eq!(planned.value("answers.moten.0").as_deref(), Some("2016-10-10"));
        planned.holds(&["Planerad insats dateras tidigast dagen efter gemensam kartläggning (2016-10-10)."]);
        let filled = [("date", "2016-10-14"), ("answers.moten.0", "2016-10-10"), ("answers.specialister", "-")];
        siv.register(&at("/registrera/planerad_afi"), &filled);
        // From here on it is AF's.
        let ways = siv.open(&at("/registrera"));
        ways.holds(&["Nu registrerar Arbetsförmedlingen", "Af Gävle", "2016-11-11"]);
        ways.holds_not(&["/registrera/afi\""]);
        let refused = siv.open(&at("/registrera/afi"));
        refused.holds(&["Registreringen hör till den andra myndigheten", "Det här registreras av Arbetsförmedlingen."]);
        drop(siv);
        api.clock.set(noon("2016-11-16"));
        let asa = Desk::of(&api, "af-h-201");
        let ways = asa.open(&at("/registrera"));
        ways.holds(&["Det är din myndighets tur", "Den dagen har passerat.", "Arbetsträning", "på egen takt"]);
        let afi = asa.open(&at("/registrera/afi"));
        afi.holds(&["Arbetsträning", "Till exempel: på egen takt"]);
        asa.register(&at("/registrera/afi"), &[("date", "2016-11-14"), ("answers.insats", "2180-afi-01")]);
        api.clock.set(noon("2016-12-20"));
        let asa = Desk::of(&api, "af-h-201");
        let filled = [
            ("date", "2016-12-19"),
            ("answers.inskrivenAf", "true"),
            ("answers.arbetar", "true"),
            ("answers.arbetstyper", "subventionerat"),
            ("answers.arbetsandel", "50"),
            ("answers.studerar", "false"),
            ("answers.program", "false"),
            ("answers.oppetArbetslos", "false"),
            ("answers.formaner", "ingen"),
            ("answers.fortsattHosFk", "false"),
        ];
        asa.register(&at("/registrera/avslutat"), &filled);
        let expected = json!([
            ["begaran", "2016-10-03", {
                "initieradAv": "FK", "arbetar": false, "formaner": ["sjukpenning"], "utbildning": "gymnasium"
            }],
            ["gk", "2016-10-10", {"moten": ["2016-10-10"]}],
            ["planerad_afi", "2016-10-14", {
                "fortsattHandlaggning": "gemensamt_stod", "moten": ["2016-10-10"], "specialister": []
            }],
            ["afi", "2016-11-14", {"insats": "2180-afi-01"}],
            ["avslutat", "2016-12-19", {
                "inskrivenAf": true, "arbetar": true, "arbetstyper": ["subventionerat"], "arbetsandel": 50,
                "studerar": false, "program": false, "oppetArbetslos": false, "formaner": ["ingen"],
                "fortsattHosFk": false
            }],
        ]);
        assert_eq!(chain(&api, &address), expected);
        asa.open(&at("/registrera")).holds(&["Samarbetet har avslutats"]);
    });
}

#[test]
fn a_local_agreement_lets_the_other_agency_register_and_says_so() {
    on_both(|_, database| {
        let api = Api::over(database);
        let address = requested(&Desk::of(&api, "fk-h-017"));
        let asa = Desk::of(&api, "af-h-201");
        let ways = asa.open(&format!("{address}/registrera"));
        ways.holds(&[
            "Nu registrerar Försäkringskassan",
            "Siv Lind, FK Gävle",
            "/registrera/gk\"",
            "överenskommelse lok-1",
        ]);
        ways.holds_not(&["/registrera/avslutat\""]);
        asa.register(&format!("{address}/registrera/gk"), &[("date", "2016-10-10")]);
        assert_eq!(case(&api, &address)["steps"][1]["onBehalfOf"], "lok-1");
    });
}

#[test]
fn a_step_that_no_day_allows_yet_is_not_offered_and_says_from_when() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = requested(&siv);
        siv.register(&format!("{address}/registrera/gk"), &[("date", "2016-10-12")]);
        let ways = siv.open(&format!("{address}/registrera"));
        ways.holds(&["/registrera/planerad_afi\"", "Det kan därför registreras först 2016-10-13."]);
        ways.holds_not(&["/registrera/avslutat\"", "/registrera/konsultativt_stod\""]);
        siv.open(&format!("{address}/registrera/avslutat")).holds(&["Steget kan inte registreras än"]);
        siv.open(&format!("{address}/registrera/gk")).holds(&["Steget kan inte registreras nu"]);
    });
}

#[test]
fn out_of_reach_is_not_there_and_other_roles_have_no_forms() {
    on_both(|_, database| {
        let api = Api::over(database);
        let address = requested(&Desk::of(&api, "fk-h-017"));
        let begaran = registration(&api, &address, "begaran");
        let ove = Desk::of(&api, "fk-h-018");
        let paths = [
            "/registrera".to_owned(),
            "/registrera/gk".to_owned(),
            "/svar".to_owned(),
            format!("/svar/{begaran}"),
            "/ratta".to_owned(),
            format!("/ratta/datum/{begaran}"),
            "/ratta/felregistrering".to_owned(),
            "/kontor".to_owned(),
            "/handlaggare".to_owned(),
            "/arendenummer".to_owned(),
            "/samtycke".to_owned(),
            "/samtycke/aterkalla".to_owned(),
            "/samtycke/skydda".to_owned(),
        ];
        let reader = super::super::log_in_as(&api, "rapportlasare");
        for path in &paths {
            let at = format!("{address}{path}");
            assert_eq!(ove.open(&at).status, 404, "{path}");
            assert_eq!(reader.get(&at).status, 403, "{path}");
            let fields = [("version", "1"), ("nyckel", "n"), ("date", "2016-10-10"), ("bekraftat", "ja")];
            if path.matches('/').count() > 1 || ["/kontor", "/handlaggare", "/arendenummer"].contains(&path.as_str()) {
                assert_eq!(ove.person.post_form(&at, &fields).status, 404, "{path}");
                assert_eq!(reader.post_form(&at, &fields).status, 403, "{path}");
                assert_eq!(ove.person.post_without_token(&at, &fields).status, 403, "{path}");
            }
        }
        assert_eq!(Page::of(reader.get("/arenden/ny")).status, 403);
        for nowhere in [
            "/arenden/x/registrera",
            "/arenden/x/kontor",
            &format!("{address}/ratta/x"),
            &format!("{address}/registrera/x"),
        ] {
            assert_eq!(Desk::of(&api, "fk-h-017").open(nowhere).status, 404, "{nowhere}");
        }
        assert_eq!(case(&api, &address)["version"], 1, "nothing was registered");
    });
}

#[test]
fn every_form_of_a_case_speaks_english_to_who_wants_it() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = requested(&siv);
        siv.register(&format!("{address}/registrera/gk"), &[("date", "2016-10-10")]);
        let [begaran, gk] = ["begaran", "gk"].map(|step| registration(&api, &address, step));
        let paths = [
            "registrera".to_owned(),
            "registrera/planerad_afi".to_owned(),
            "registrera/avslutat".to_owned(),
            "registrera/afi".to_owned(),
            format!("svar/{begaran}"),
            "ratta".to_owned(),
            format!("ratta/svar/{begaran}"),
            format!("ratta/datum/{gk}"),
            format!("ratta/steg/{gk}"),
            format!("ratta/angra/{gk}"),
            format!("ratta/kontor/{begaran}"),
            "ratta/kommun".to_owned(),
            "ratta/samtycke".to_owned(),
            "ratta/felregistrering".to_owned(),
            "kontor".to_owned(),
            "handlaggare".to_owned(),
            "arendenummer".to_owned(),
            "samtycke".to_owned(),
            "samtycke/aterkalla".to_owned(),
            "samtycke/skydda".to_owned(),
        ];
        for path in paths {
            let at = format!("{address}/{path}");
            let english = siv.open(&format!("{at}?lang=en"));
            assert_eq!(english.status, 200, "{path}");
            let shown = english.text.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
            for word in ["Avbryt", "Registrera ", "Ärende", " och ", " är ", "Fyll i", "Besvara", "måste"] {
                assert!(!shown.contains(word), "{path}: {word}: {shown}");
            }
            // What is wrong is said in the same language.
            let wrong = Page::of(siv.send(&english, &format!("{at}?lang=en"), &[("date", "1900-01-01")]));
            if wrong.status == 422 {
                let said: Vec<String> = wrong.summary().into_iter().map(|(_, text)| text).collect();
                assert!(!said.is_empty() && said.iter().all(|text| !text.contains(" är ") && !text.contains("Fyll")));
            }
        }
    });
}
