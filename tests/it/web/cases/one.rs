//! The page of a case: what is told to whom, what is led to, and as known on which day.

use serde_json::json;

use super::{FAR, LATE, SOON, between, four, open, read, register};
use crate::http::Api;
use crate::support::leaks::without_ids;
use crate::support::posting::gk;
use crate::support::tables::Raw;
use crate::support::{noon, on_both};
use crate::web::{log_in, log_in_as};

fn doors(page: &str, address: &str) -> Vec<String> {
    let mut all: Vec<String> =
        between(page, &format!("href=\"{address}/"), "\"").into_iter().map(str::to_owned).collect();
    all.sort();
    all
}

#[test]
fn a_case_tells_what_is_next_who_it_is_about_and_what_has_been() {
    on_both(|_, database| {
        let api = Api::over(database);
        let address = open(&api, SOON, "1985-03-12", "2016-10-03", &json!({"fk": "fk-h-017", "af": "af-h-201"}));
        register(&api, &api.person("fk-h-017"), &gk(SOON, "2016-10-10"));
        let siv = log_in(&api, "fk-h-017");
        let told = siv.get(&address);
        assert_eq!((told.status, told.header("cache-control")), (200, Some("no-store")));
        let page = read(&told.text);
        for text in [
            "Gemensam kartläggning FK Gävle och Af Gävle",
            "Att göra härnäst Planerad insats registreras av Försäkringskassan senast 2016-10-24 om 12 dagar",
            "Det är er tur: registreringen görs av Försäkringskassan.",
            "Begäran Klart Försäkringskassan registrerar",
            "Gemensam kartläggning Här nu",
            "Planerad insats Återstår",
            "2016-10-03 Begäran om gemensam kartläggning Varade 7 dagar",
            "2016-10-10 Gemensam kartläggning Nu Har varat 2 dagar",
            "Registrerades av Försäkringskassan (Siv Lind) 2016-10-12 13.00",
            "Svar saknas: Initierad av, Anställd,",
            "Personnummer 1985••••-•••• Kön Kvinna Ålder vid begäran 30–39 år Kommun vid begäran Gävle",
            "Ärendenummer hos Försäkringskassan FK-SOON",
            "Lämnat 2016-08-25 Inhämtat av Försäkringskassan, FK Gävle Blankett gk-affk-1",
            "Från 2016-10-03 gäller nu FK Gävle Siv Lind Af Gävle Åsa Holm",
            "Gemensam kartläggning den 2016-10-10 Försäkringskassan, Siv Lind",
            "Planerad arbetsförberedande insats (Försäkringskassan)",
        ] {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert!(!without_ids(&told.text).contains("9804"), "only masked");
        assert_eq!(doors(&told.text, &address), ["handlaggare", "kontor", "ratta", "registrera", "samtycke", "svar"]);
        let english = read(&siv.get(&format!("{address}?lang=en")).text);
        for text in ["What to do next", "Joint mapping Here now", "Age at the request 30–39 years"] {
            assert!(english.contains(text), "{text}: {english}");
        }
        // The other agency answers nothing for it.
        let told = log_in(&api, "af-h-201").get(&address);
        assert_eq!(doors(&told.text, &address), ["handlaggare", "kontor", "ratta", "registrera", "samtycke"]);
    });
}

#[test]
fn the_other_agency_registers_where_a_local_agreement_lets_it() {
    on_both(|_, database| {
        let api = Api::over(database);
        let address = open(&api, SOON, "1985-03-12", "2016-10-03", &json!({"af": "af-h-201"}));
        let told = log_in(&api, "af-h-201").get(&address);
        assert!(told.text.contains("men ni får göra den enligt lokal överenskommelse"), "gk, by lok-1");
        assert!(doors(&told.text, &address).contains(&"registrera".to_owned()));
        // The agreement ended with the year.
        api.clock.set(noon("2017-01-10"));
        let told = log_in(&api, "af-h-201").get(&address);
        assert!(!doors(&told.text, &address).contains(&"registrera".to_owned()), "{}", told.text);
        assert!(told.text.contains("Ni väntar på Försäkringskassan, som gör registreringen."), "{}", told.text);
    });
}

#[test]
fn a_case_is_shown_as_it_was_known_and_then_leads_nowhere() {
    on_both(|_, database| {
        let api = Api::over(database);
        let address = open(&api, SOON, "1985-03-12", "2016-10-03", &json!({"fk": "fk-h-017"}));
        api.clock.set(noon("2016-10-20"));
        register(&api, &api.fk(), &gk(SOON, "2016-10-18"));
        let siv = log_in(&api, "fk-h-017");
        let then = siv.get(&format!("{address}?asOf=2016-10-15"));
        let page = read(&then.text);
        assert_eq!(then.status, 200);
        for text in
            ["Så här var ärendet känt den 2016-10-15.", "Begäran om gemensam kartläggning FK Gävle", "om 16 dagar"]
        {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert!(!page.contains("2016-10-18"), "{page}");
        assert_eq!(doors(&then.text, &address), Vec::<String>::new());
        let now = siv.get(&address).text;
        assert!(now.contains("2016-10-18") && !now.contains("id=\"as-known\""));
        // A day that can't be shown: what is wrong, what would be right, and the case as it is.
        for (day, text) in [
            ("2016-10-11", "Ärendet var inte känt den 2016-10-11. Välj en senare dag."),
            ("2016-10-21", "Dagen har inte varit än. Välj en dag till och med 2016-10-20."),
            ("igår", "Dagen är inget datum. Skriv den som 2016-10-20."),
        ] {
            let told = siv.get(&format!("{address}?asOf={}", day.replace('å', "%C3%A5")));
            assert_eq!(told.status, 400, "{day}");
            assert!(told.text.contains(text) && told.text.contains("href=\"#f-asOf\""), "{day}: {}", told.text);
            assert!(told.text.contains(&format!("value=\"{day}\"")) && told.text.contains("2016-10-18"), "{day}");
        }
        let mut raw = Raw::of(database);
        assert_eq!(raw.count("access_log", "kind = 'read' AND action = 'get_case_history'"), 4);
        assert_eq!(raw.count("access_log", "kind = 'read' AND action = 'get_case'"), 1);
    });
}

#[test]
fn a_case_out_of_reach_looks_like_one_that_is_not_there() {
    on_both(|_, database| {
        let api = Api::over(database);
        four(&api);
        let ove = log_in(&api, "fk-h-018");
        let list = ove.get("/arenden").text;
        let address = between(&list, "role=\"rowheader\"><a href=\"", "\"")[0].to_owned();
        assert!(ove.get(&address).text.contains(FAR));
        let siv = log_in(&api, "fk-h-017");
        let nowhere = "/arenden/0199d2f4-0000-7000-8000-000000000000";
        let without = |page: &str, address: &str| page.replace(address, "");
        for query in ["", "?asOf=2016-10-12", "?asOf=2016-10-01", "?asOf=x"] {
            let (hidden, none) = (siv.get(&format!("{address}{query}")), siv.get(&format!("{nowhere}{query}")));
            assert_eq!((hidden.status, none.status), (404, 404), "{query}");
            assert_eq!(without(&hidden.text, &address), without(&none.text, nowhere), "{query}");
            assert!(hidden.text.contains("Sidan finns inte"));
        }
        assert_eq!(siv.get("/arenden/nonsense").status, 404);
        for role in ["rapportlasare", "systemforvaltare"] {
            let reader = log_in_as(&api, role);
            let (hidden, none) = (reader.get(&address), reader.get(nowhere));
            assert_eq!((hidden.status, none.status), (403, 403), "{role}");
            assert_eq!(without(&hidden.text, &address), without(&none.text, nowhere), "{role}");
        }
        assert_eq!(api.get_public(&address).status, 303);
        let mut raw = Raw::of(database);
        assert_eq!(raw.count("access_log", "kind = 'read' AND action = 'get_case' AND handler = 'fk-h-018'"), 1);
        assert_eq!(raw.count("access_log", "kind = 'read' AND handler = 'fk-h-017'"), 0, "nothing was shown");
    });
}

#[test]
fn corrections_withdrawals_and_new_offices_are_told_with_their_reasons() {
    on_both(|_, database| {
        let api = Api::over(database);
        let address = open(&api, SOON, "1985-03-12", "2016-10-03", &json!({"fk": "fk-h-017", "af": "af-h-201"}));
        register(&api, &api.fk(), &gk(SOON, "2016-10-10"));
        let case = address.replace("/arenden", "/v1/cases");
        let steps = api.get(&case, &api.fk()).json()["steps"].clone();
        let post = |place: &str, body: serde_json::Value| {
            let version = api.get(&case, &api.fk()).json()["version"].as_i64().unwrap();
            let told =
                api.post_with(&format!("{case}/{place}"), &api.fk(), &[("if-match", &format!("\"{version}\""))], &body);
            assert_eq!(told.status, 201, "{place}: {}", told.text);
        };
        let reason = json!({"code": "fel_datum", "text": "skrev fel dag"});
        let registration = &steps[1]["registration"];
        post(
            "corrections",
            json!({"kind": "move", "registration": registration, "date": "2016-10-11", "reason": reason}),
        );
        post(
            "answers",
            json!({"registration": steps[0]["registration"], "answers": {"initieradAv": "FK", "anstalld": false}}),
        );
        post("handlers", json!({"af": null, "date": "2016-10-12"}));
        let siv = log_in(&api, "fk-h-017");
        let page = read(&siv.get(&address).text);
        for text in [
            "Rättelse Gemensam kartläggning 2016-10-10 fick datumet 2016-10-11 Försäkringskassan, systemet fk-system fel_datum – skrev fel dag",
            "Svar i efterhand till Begäran om gemensam kartläggning 2016-10-03: Initierad av, Anställd",
            "Handläggare från 2016-10-12: Arbetsförmedlingen: Ingen utsedd",
            "Initierad av Försäkringskassan Anställd Nej",
            "Ingen handläggare är utsedd hos Arbetsförmedlingen.",
            "Från 2016-10-12 gäller nu FK Gävle Siv Lind Af Gävle Ingen utsedd",
        ] {
            assert!(page.contains(text), "{text}: {page}");
        }
        post("consent-withdrawals", json!({"date": "2016-10-12"}));
        let told = siv.get(&address);
        let page = read(&told.text);
        for text in [
            "Avbrutet samarbete FK Gävle och Af Gävle",
            "Samarbetet är avslutat. Det finns inget mer att registrera.",
            "Planerad insats Inte med",
            "Avslut Här nu",
            "Återkallat 2016-10-12",
        ] {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert!(!doors(&told.text, &address).iter().any(|door| ["registrera", "samtycke"].contains(&door.as_str())));
        post("corrections", json!({"kind": "felregistrering", "reason": {"code": "fel_person"}}));
        let told = siv.get(&address);
        assert!(told.text.contains("räknas inte i några rapporter"), "{}", told.text);
        assert_eq!(doors(&told.text, &address), ["ratta"]);
    });
}

#[test]
fn an_anonymous_case_says_so_and_shows_nothing_of_a_person() {
    on_both(|_, database| {
        let api = Api::over(database);
        let body = json!({"step": "begaran", "date": "2016-10-03", "participant": {"anonymous": {"sex": "man"}},
            "offices": {"fk": "FK-GAVLE", "af": "AF-GAVLE"}, "handlers": {"fk": "fk-h-017"}});
        let address = register(&api, &api.fk(), &body);
        let siv = log_in(&api, "fk-h-017");
        let page = read(&siv.get(&address).text);
        for text in ["Personnummer Anonymt ärende Kön Man", "Inget samtycke är registrerat", "Ärendet är anonymt"]
        {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert!(!page.contains("Ålder vid begäran") && !page.contains("Kommun vid begäran"));
        assert!(read(&siv.get("/arenden").text).contains("Anonymt ärende ("));
        // One that became anonymous, late as it is, is found by nobody's number any more.
        four(&api);
        let list = siv.get("/arenden?due=overdue").text;
        assert!(list.contains(LATE));
    });
}

#[test]
fn what_has_just_been_registered_is_told_once_and_only_where_it_belongs() {
    on_both(|_, database| {
        let api = Api::over(database);
        let address = open(&api, SOON, "1985-03-12", "2016-10-03", &json!({"fk": "fk-h-017"}));
        let told = api.post("/v1/registrations", &api.person("fk-h-017"), &gk(SOON, "2016-10-10")).json();
        let id = told["registration"]["id"].as_str().or(told["registration"].as_str()).unwrap().to_owned();
        let siv = log_in(&api, "fk-h-017");
        let page = read(&siv.get(&format!("{address}?registered={id}")).text);
        assert!(page.contains("Registrerat: Gemensam kartläggning den 2016-10-10."), "{page}");
        let other = open(&api, LATE, "1990-01-01", "2016-09-01", &json!({"fk": "fk-h-017"}));
        for elsewhere in [address.clone(), format!("{address}?registered=x"), format!("{other}?registered={id}")] {
            assert!(!siv.get(&elsewhere).text.contains("id=\"registered\""), "{elsewhere}");
        }
    });
}
