//! Why figures changed and what stands behind them, on pages.

use super::{log_in, log_in_as, page};
use crate::http::Api;
use crate::support::on_both;

#[test]
fn what_changed_since_the_last_meeting_is_told_with_its_causes() {
    on_both(|_, database| {
        let api = Api::over(database);
        let manager = log_in_as(&api, "systemforvaltare");
        let ask = |since: &str| {
            let question = "from=2016-10-01&to=2016-12-31&geography=styrgrupp:gavleborg";
            manager.get(&format!("/rapporter/status/andringar?{question}&sedan={since}"))
        };
        let none = ask("2016-10-11");
        assert!(none.status == 200 && none.text.contains("Ingen siffra i urvalet har ändrats"), "{}", none.text);
        api.opened("FK-2016-0001", "198503129804");
        let told = ask("2016-10-11");
        assert!(told.status == 200 && told.text.contains("Sen registrering +1"), "{}", told.text);
        assert!(!told.text.contains("/arenden/"), "who sees no personal data sees no cases");
        let siv = log_in(&api, "fk-h-017");
        let seen = siv.get(
            "/rapporter/status/andringar?from=2016-10-01&to=2016-12-31&geography=fk-kontor:FK-GAVLE&sedan=2016-10-11",
        );
        assert!(seen.status == 200 && seen.text.contains("href=\"/arenden/"), "{}", seen.text);
        let behind = seen.text.split_once("id=\"bakom\"").unwrap().1;
        assert!(
            behind.contains("1. Begäran, antal: +1") && behind.contains("1. Begäran, distinkta ärenden: +1"),
            "{behind}"
        );
        // Since today is since now; the identity goes, and that is told, too, of all and with its cause.
        let today = ask("2016-10-12");
        assert!(today.status == 200 && today.text.contains("Ingen siffra i urvalet har ändrats"), "{}", today.text);
        let case =
            api.post("/v1/case-searches", &api.fk(), &serde_json::json!({"personnummer": "198503129804"})).json();
        let path = format!("{}/protections", case["items"][0]["link"].as_str().unwrap());
        let date = serde_json::json!({"date": "2016-10-12"});
        assert_eq!(api.post_with(&path, &api.fk(), &[("if-match", "\"1\"")], &date).status, 201);
        let told = ask("2016-10-11");
        assert_eq!(told.status, 200, "{:?}", told.header("location"));
        let told = told.text;
        let anonymous = told.split_once("Anonyma ärenden, utanför alla siffror</h2>").expect(&told).1;
        assert!(anonymous.contains("<th scope=\"row\">Samtliga</th>"), "{told}");
        assert!(!told.contains("<th scope=\"row\"></th>"), "every row says what it is of: {told}");
        for (since, says) in [("", "Ange dagen"), ("x", "Ange dagen"), ("2016-10-13", "Dagen har inte varit än")] {
            let told = ask(since);
            assert!(told.status == 400 && told.text.contains(says), "{since}: {}", told.text);
        }
    });
}

#[test]
fn figures_of_data_quality_lead_those_who_may_to_the_cases() {
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-2016-0001", "198503129804").replace("/v1/cases/", "/arenden/");
        let question = "from=2016-10-01&to=2016-12-31&geography=fk-kontor:FK-GAVLE";
        let siv = log_in(&api, "fk-h-017");
        let shown = page(&siv, &format!("/rapporter/datakvalitet?{question}")).text;
        let link = shown.split("href=\"").map(|rest| rest.split('"').next().unwrap());
        let links: Vec<String> = link
            .filter(|link| link.contains("/datakvalitet/arenden?"))
            .map(|link| link.replace("&#38;", "&"))
            .collect();
        assert!(!links.is_empty(), "{shown}");
        for link in &links {
            let told = page(&siv, link).text;
            assert!(told.contains(&format!("href=\"{case}\"")), "{link}: {told}");
        }
        // A page that isn't there is the last one.
        let told = page(&siv, &format!("{}&page=99", links[0])).text;
        assert!(told.contains(&format!("href=\"{case}\"")), "{told}");
        // From a row of one sex in a report that is split and selected, back to that very report.
        let own = format!("{question}&alder=30_39&split=utbildning");
        let told = page(&siv, &format!("/rapporter/datakvalitet?{own}&tabell=kon")).text.replace("&#38;", "&");
        let link =
            told.split("href=\"").map(|rest| rest.split('"').next().unwrap()).find(|link| link.contains("rad-kon="));
        let told = page(&siv, link.unwrap()).text.replace("&#38;", "&");
        assert!(told.contains("&alder=30_39&split=utbildning&asOf="), "{told}");
        assert!(
            told.contains("<dt>Urval</dt><dd>Kön: Kvinnor; Ålder på begärans dag: 30–39 år; "),
            "of whom it is: {told}"
        );
        for wrong in ["rad-alder=zzz", "rad-kon=x"] {
            let told = siv.get(&format!("/rapporter/datakvalitet/arenden?{question}&part=aktualitet&{wrong}"));
            assert_eq!(told.status, 404, "{wrong}: {}", told.text);
        }
        let elsewhere = "rad-geography=riket&rad-from=2010-01-01";
        let told = page(&siv, &format!("/rapporter/datakvalitet/arenden?{question}&part=aktualitet&{elsewhere}")).text;
        assert!(
            !told.contains("<dd>Riket</dd>") && told.contains("<span class=\"days\">2016-10-01</span>"),
            "a row has no other place: {told}"
        );
        assert!(told.contains(&format!("href=\"{case}\"")), "{told}");
        let elsewhere = log_in(&api, "fk-h-018");
        assert!(page(&elsewhere, &links[0]).text.contains("Inget av ärendena ligger vid ett kontor"));
        let reader = log_in_as(&api, "rapportlasare");
        let without = page(&reader, &format!("/rapporter/datakvalitet?{question}")).text;
        assert!(!without.contains("/datakvalitet/arenden"), "a reader of reports sees no cases");
        assert_eq!(reader.get(&links[0]).status, 403);
        assert_eq!(siv.get(&format!("/rapporter/datakvalitet/arenden?{question}&part=mars")).status, 404);
        assert_eq!(
            siv.get(&format!("/rapporter/datakvalitet/arenden?{question}&part=aktualitet&drojsmal=x")).status,
            404
        );
        // What is wrong with the question is told where it is asked.
        for wrong in ["from=x", "from=2016-10-01&to=2016-12-31&countedTo=99999999", "geography=styrgrupp:mars"] {
            let told = siv.get(&format!("/rapporter/datakvalitet/arenden?{wrong}&part=aktualitet"));
            assert_eq!(told.status, 303, "{wrong}");
            let there = siv.get(told.header("location").unwrap());
            assert_eq!(there.status, 400, "{wrong}: {}", there.text);
        }
        // Back is back to the state that the figure was of.
        let (_, state) = links[0].split_once("&asOf=").unwrap();
        let state = state.split("&part=").next().unwrap();
        let cases = page(&siv, &links[0]).text.replace("&#38;", "&");
        let back = cases.split("href=\"/rapporter/datakvalitet?").nth(1).unwrap().split('"').next().unwrap();
        assert!(back.ends_with(&format!("&asOf={state}")), "{back}");
    });
}
