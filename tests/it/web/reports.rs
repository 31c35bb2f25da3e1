//! The pages of reports as people get them: every report in both languages, the figures that the API tells, files byte for
//! byte, questions with everything wrong, what changed since the last meeting, and what is behind a figure.

use serde_json::Value;

use super::{log_in, log_in_as, page};
use crate::reports::pilot::pilot_of;
use crate::support::posting::{gk, number};
use crate::support::{Backend, Database, on_both};

const QUESTION: &str = "from=2016-10-01&to=2016-12-31&geography=styrgrupp:gavleborg";

/// Readers of text may be wrong in the last digit.
fn alike(figure: f64) -> String {
    format!("{figure:.11}")
}

/// The unrounded figures of a page's tables, table after table.
fn figures(page: &str) -> Vec<Vec<Option<String>>> {
    let tables = page.split("<table class=\"figures\">").skip(1);
    let figure = |cell: &str| {
        let cell = cell.split("</td>").next().unwrap();
        let value = cell.split("<data value=\"").nth(1)?;
        Some(alike(value.split('"').next().unwrap().parse().unwrap()))
    };
    tables
        .map(|table| {
            let table = table.split("</table>").next().unwrap();
            table.split("<td").skip(1).map(figure).collect()
        })
        .collect()
}

/// The same of the API's answer: line after line, level beside level.
fn told(report: &Value) -> Vec<Vec<Option<String>>> {
    let of_part = |part: &Value| {
        let rows = part["rows"].as_array().unwrap();
        let measures: Vec<&str> = part["measures"].as_array().unwrap().iter().map(|m| m.as_str().unwrap()).collect();
        let mut levels: Vec<&str> = rows.iter().map(|row| row["level"].as_str().unwrap()).collect();
        levels.dedup();
        let lines = rows.len() / levels.len();
        let cells = (0..lines).flat_map(|line| (0..levels.len()).map(move |level| level * lines + line));
        cells.flat_map(|at| measures.iter().map(move |measure| rows[at][*measure].as_f64().map(alike))).collect()
    };
    report["parts"].as_array().unwrap().iter().map(of_part).collect()
}

#[test]
fn a_page_shows_the_figures_that_the_api_tells_the_same_person() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let token = api.token("practice", None, &[sus::domain::organisation::Role::Rapportlasare], None);
        let reader = log_in_as(&api, "rapportlasare");
        for report in ["baspaket", "status", "deltagare-tider", "flaskhalsar", "datakvalitet"] {
            let shown = page(&reader, &format!("/rapporter/{report}?{QUESTION}&tabell=kon"));
            let json = api.get(&format!("/v1/reports/{report}?{QUESTION}"), &token).json();
            assert_eq!(figures(&shown.text), told(&json), "{report}");
            let version = json["disclosureVersion"].as_str();
            assert!(version.is_some() && shown.text.contains("Små avvikelser (brus)"), "{report}");
        }
        // Without the split by sex the rows of all are left.
        let all = figures(&page(&reader, &format!("/rapporter/baspaket?{QUESTION}")).text);
        let json = api.get(&format!("/v1/reports/baspaket?{QUESTION}"), &token).json();
        let of_all: Vec<f64> = json["parts"][0]["rows"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["kon"] == "samtliga" && row["level"] == "riket")
            .filter_map(|row| row["antal"].as_f64())
            .collect();
        assert_eq!(all[0].len(), of_all.len() * 3);
        assert!(of_all.iter().enumerate().all(|(line, n)| all[0][line * 3 + 2] == Some(alike(*n))), "{all:?}");
    });
}

#[test]
fn figures_are_exact_for_those_who_may_read_the_cases_of_an_office_and_noisy_beside_it() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let api = pilot_of(&database);
    let own = sus::demo::pilot::organisation()["handlers"][0].clone();
    let office = own["assignments"][0]["office"].as_str().unwrap();
    let person = log_in(&api, own["id"].as_str().unwrap());
    let kind = if office.starts_with("FK") { "fk" } else { "af" };
    let shown =
        page(&person, &format!("/rapporter/status?from=2016-10-01&to=2016-12-31&geography={kind}-kontor:{office}"));
    assert!(shown.text.contains("<dd>Exakta siffror; "), "{}", shown.text);
    let manager = log_in_as(&api, "systemforvaltare");
    assert!(page(&manager, &format!("/rapporter/status?{QUESTION}")).text.contains("<dd>Exakta siffror</dd>"));
}

#[test]
fn every_report_has_a_page_in_both_languages_and_the_catalogue_leads_to_it() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let api = pilot_of(&database);
    let reader = log_in_as(&api, "rapportlasare");
    let catalogue = page(&reader, "/rapporter").text;
    let reports = api.get("/v1/reports?limit=100", &api.fk()).json();
    for report in reports["items"].as_array().unwrap() {
        let id = report["id"].as_str().unwrap();
        assert!(catalogue.contains(&format!("href=\"/rapporter/{id}\"")), "{id}");
        let chosen = if id == "deltagare-forman-efter" { "&formanFore=sjukpenning" } else { "" };
        for lang in ["sv", "en"] {
            let shown = page(&reader, &format!("/rapporter/{id}?{QUESTION}{chosen}&lang={lang}")).text;
            let title = report["title"][lang].as_str().unwrap();
            assert!(shown.contains(&format!("<html lang=\"{lang}\"")) && shown.contains(title), "{id} {lang}");
            let parts = report["parts"].as_array().unwrap().len();
            for (what, count) in [("<section class=\"part", parts), ("<svg ", parts), ("<h1>", 1), (" style=", 0)] {
                assert_eq!(shown.matches(what).count(), count, "{id} {lang}: {what}");
            }
            assert_eq!(reader.get(&format!("/rapporter/{id}?lang={lang}")).status, 200, "{id} without a question");
        }
    }
    assert_eq!(reader.get("/rapporter/mars").status, 404);
    assert_eq!(api.get_public("/rapporter/baspaket").status, 303, "nobody sees a report without logging in");
}

#[test]
fn every_file_is_the_apis_byte_for_byte() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let token = api.token("practice", None, &[sus::domain::organisation::Role::Rapportlasare], None);
        let reader = log_in_as(&api, "rapportlasare");
        let shown = page(&reader, &format!("/rapporter/baspaket?{QUESTION}")).text;
        let links = shown.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&"));
        let files: Vec<String> = links.filter(|link| link.contains("/hamta?")).collect();
        assert_eq!(files.len(), 6 + 10 * 5, "{files:?}");
        for file in files.iter().take(5).chain(&files[50..]) {
            let saved = reader.get(file);
            let there = api.get(&file.replace("/rapporter/baspaket/hamta", "/v1/reports/baspaket"), &token);
            assert_eq!((saved.status, there.status), (200, 200), "{file}: {}", there.text);
            assert_eq!(saved.bytes, there.bytes, "{file}");
            assert_eq!(saved.header("content-type"), there.header("content-type"), "{file}");
            assert!(
                saved.header("content-disposition").unwrap().starts_with("attachment; filename=\"baspaket_"),
                "{file}"
            );
        }
        for wrong in
            [format!("{QUESTION}&format=docx"), format!("{QUESTION}&format=px"), "from=x&format=csv".to_owned()]
        {
            assert_eq!(reader.get(&format!("/rapporter/baspaket/hamta?{wrong}")).status, 303, "{wrong}");
        }
    });
}

#[test]
fn a_wrong_question_is_told_at_once_beside_its_fields_and_nothing_typed_is_lost() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let api = pilot_of(&database);
    let reader = log_in_as(&api, "rapportlasare");
    for (lang, wrong) in [
        ("sv", ["Det är inget datum.", "Ange ett datum", "Området finns inte.", "har inte en sådan kod"]),
        ("en", ["That is no date.", "Give a date", "There is no such place.", "has no such code"]),
    ] {
        let told =
            reader.get(&format!("/rapporter/status?from=2016-13-01&geography=mars:1&alder=gammal&kon=man&lang={lang}"));
        assert_eq!(told.status, 400);
        for text in wrong {
            assert_eq!(told.text.matches(text).count(), 2, "in the summary and beside its field: {text}");
        }
        for kept in ["value=\"2016-13-01\"", "value=\"mars:1\" selected", "value=\"man\" checked"] {
            assert!(told.text.contains(kept), "{kept}: {}", told.text);
        }
        assert!(!told.text.contains("<svg "));
        for at in ["f-from", "f-to", "f-geography", "f-alder"] {
            assert!(
                told.text.contains(&format!("href=\"#{at}\"")) && told.text.contains(&format!("id=\"{at}\"")),
                "{at}"
            );
        }
    }
    let unknown = reader.get("/rapporter/status?from=2016-10-01&to=2016-12-31&geography=styrgrupp:mars");
    assert!(unknown.status == 400 && unknown.text.contains("styrgrupp:mars"), "{}", unknown.text);
    // Also beside other faults, and not to those who haven't asked yet.
    let place = "Geografin ”styrgrupp:mars” finns inte i registret.";
    let office = "Registret har ingen sådan ”afKontor”.";
    let no_package = "package=0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b13";
    for (path, wrong) in [
        ("status?from=2016-13-01&to=2016-12-31&afKontor=AF-MARS", &["Det är inget datum.", office][..]),
        (&format!("status?from=2016-10-01&to=2016-12-31&{no_package}"), &["inget sådant paket"]),
        ("status/andringar?from=2016-13-01&to=2016-12-31&afKontor=AF-MARS&sedan=x", &["Ange dagen", office]),
        ("baspaket?from=2016-10-01&to=2016-12-31&alder=x&countedTo=99999", &["Så många registreringar finns inte än"]),
        ("status/andringar?from=2016-10-01&to=2016-12-31&sedan=2099-01-01", &["Dagen har inte varit än"]),
    ] {
        let told = reader.get(&format!("/rapporter/{path}&geography=styrgrupp:mars"));
        assert_eq!(told.status, 400, "{path}");
        for text in wrong.iter().chain([&place]) {
            assert!(told.text.contains(text), "{path}, {text}: {}", told.text);
        }
    }
    assert!(!page(&reader, "/rapporter/deltagare-forman-efter?geography=styrgrupp:mars").text.contains(place));
    let number = reader.get("/rapporter/status?from=2016-10-01&to=2016-12-31&geography=198503129804");
    assert!(number.status == 400 && number.text.contains("Skriv inget personnummer"), "{}", number.text);
    let (main, _) = number.text.split_once("</main>").unwrap();
    assert!(!main.split_once("<main").unwrap().1.contains("198503129804"));
    let missing = reader.get(&format!("/rapporter/deltagare-forman-efter?{QUESTION}"));
    assert!(missing.status == 400 && missing.text.contains("href=\"#f-formanFore\""), "{}", missing.text);
    assert!(page(&reader, "/rapporter/deltagare-forman-efter").text.contains("Välj det nedan"));
}

#[test]
fn a_button_for_a_period_leads_to_an_address_that_says_the_days() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let api = pilot_of(&database);
    let reader = log_in_as(&api, "rapportlasare");
    let told = reader.get("/rapporter/status?from=x&to=&geography=lan:21&alder=25_29&alder=30_39&period=forra-aret");
    assert_eq!(told.status, 303);
    let there = "/rapporter/status?from=2025-01-01&to=2025-12-31&geography=lan%3A21&alder=25_29%2C30_39";
    assert_eq!(told.header("location"), Some(there));
    page(&reader, there);
    // An address is written down in many places: one with somebody's number leads nowhere.
    for typed in ["198503129804", "1985-03-12+9804", "850312%2D9804"] {
        let told = reader.get(&format!("/rapporter/status?tabell={typed}&geography=lan:21&period=forra-aret"));
        assert_eq!((told.status, told.header("location")), (400, None), "{typed}");
    }
}

#[test]
fn a_link_shows_the_same_figures_also_after_more_has_been_registered() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let api = pilot_of(&database);
    let manager = log_in_as(&api, "systemforvaltare");
    let before = page(&manager, &format!("/rapporter/baspaket?{QUESTION}")).text;
    let permanent = before
        .split("href=\"")
        .map(|rest| rest.split('"').next().unwrap())
        .find(|link| link.starts_with("/rapporter/baspaket?") && link.contains("asOf") && link.contains("countedTo"));
    let permanent = permanent.unwrap().replace("&#38;", "&");
    api.clock.advance(chrono::TimeDelta::minutes(1));
    api.opened("FK-2116-0001", &number("1985-03-12"));
    let mapped = api.post("/v1/registrations", &api.fk(), &gk("FK-2116-0001", "2016-10-12"));
    assert_eq!(mapped.status, 201, "{}", mapped.text);
    assert_ne!(figures(&page(&manager, &format!("/rapporter/baspaket?{QUESTION}")).text), figures(&before));
    let again = page(&manager, &permanent).text;
    assert_eq!(figures(&again), figures(&before));
    assert!(again.contains("som de var kända vid en tidigare tidpunkt"));
}

#[test]
fn an_earlier_state_stays_in_the_forms_of_its_page_until_the_present_is_asked_for() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let api = pilot_of(&database);
    let manager = log_in_as(&api, "systemforvaltare");
    let carried = |name: &str, value: &str| format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}");
    let report = api.get(&format!("/v1/reports/baspaket?{QUESTION}"), &api.fk()).json();
    let (as_of, counted_to) = (report["asOf"].as_str().unwrap(), report["countedTo"].to_string());
    api.clock.advance(chrono::TimeDelta::minutes(1));
    api.opened("FK-2116-0001", &number("1985-03-12"));
    let mapped = api.post("/v1/registrations", &api.fk(), &gk("FK-2116-0001", "2016-10-12"));
    assert_eq!(mapped.status, 201, "{}", mapped.text);
    let state = format!("asOf={as_of}&countedTo={counted_to}");

    let earlier = page(&manager, &format!("/rapporter/baspaket?{QUESTION}&{state}")).text;
    let now = page(&manager, &format!("/rapporter/baspaket?{QUESTION}")).text;
    for (name, value) in [("asOf", as_of), ("countedTo", counted_to.as_str())] {
        let field = format!("{}\"", carried(name, value));
        assert_eq!(earlier.matches(&field).count(), 2, "in the controls and for what changed since: {earlier}");
        assert!(!now.contains(&carried(name, "")), "{name}");
    }
    // So do the ways on from there.
    for (text, path) in [("Flaskhalsar", "flaskhalsar"), ("kvartal", "baspaket"), ("Hur säkra", "datakvalitet")] {
        let way = |page: &str| {
            let (_, ways) = page.split_once("id=\"vidare\"").unwrap();
            let found = ways.split("<a href=\"").find(|way| way.contains(text) && way.contains(path));
            found.unwrap().split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&")
        };
        let (from_earlier, from_now) = (way(&earlier), way(&now));
        assert!(from_earlier.starts_with(&format!("/rapporter/{path}?")), "{from_earlier}");
        assert_eq!(from_earlier.replace("%3A", ":"), format!("{}&{state}", from_now.replace("%3A", ":")));
        page(&manager, &from_earlier);
    }
    let (_, notice) = earlier.split_once("som de var kända vid en tidigare tidpunkt").unwrap();
    let present = notice.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(present.starts_with("/rapporter/baspaket?") && !present.contains("asOf"), "{present}");
    assert!(!present.contains("countedTo"), "{present}");

    // What changed since is then asked of the same state, which its own page keeps.
    let since = |state: &str, since: &str| {
        manager.get(&format!("/rapporter/baspaket/andringar?{QUESTION}&{state}&sedan={since}"))
    };
    let none = since(&state, as_of);
    assert!(none.status == 200 && none.text.contains("Ingen siffra i urvalet har ändrats"), "{}", none.text);
    assert_eq!(none.text.matches(&carried("asOf", as_of)).count(), 1, "{}", none.text);
    assert_eq!(none.text.matches(&carried("countedTo", &counted_to)).count(), 1, "{}", none.text);
    let until_now = since("", as_of);
    assert!(until_now.status == 200 && !until_now.text.contains("Ingen siffra i urvalet"), "{}", until_now.text);
    assert!(!until_now.text.contains(&carried("asOf", "")), "{}", until_now.text);
    let known: chrono::DateTime<chrono::Utc> = as_of.parse().unwrap();
    let after = (known + chrono::TimeDelta::seconds(30)).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
    let reversed = since(&state, &after);
    assert!(reversed.status == 400 && reversed.text.contains("efter den tidpunkt"), "{}", reversed.text);

    // A position that there isn't yet is no state to stay in.
    let ahead = manager.get(&format!("/rapporter/baspaket?{QUESTION}&asOf={as_of}&countedTo=999999999"));
    assert!(ahead.status == 400 && ahead.text.contains("Så många registreringar finns inte än"), "{}", ahead.text);
    assert!(ahead.text.contains(&carried("asOf", as_of)) && !ahead.text.contains(&carried("countedTo", "")));
}
