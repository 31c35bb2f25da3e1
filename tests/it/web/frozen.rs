//! Reports that are frozen and read as pages.

use serde_json::json;

use super::cases::{between, four, read};
use super::{Person, hidden, log_in_as};
use crate::http::Api;
use crate::support::{Database, on_both, organisation};

const REPORT: &str = "/rapporter/baspaket?from=2016-10-01&to=2016-12-31&geography=styrgrupp:gavleborg";

fn api(database: &Database) -> Api {
    let api = Api::around(database, "2016-10-12", &organisation());
    four(&api);
    api
}

/// Where the page of a report leads to for freezing it.
fn way(reader: &Person<'_>, report: &str) -> String {
    let page = reader.get(report).text;
    let ways = between(&page, "href=\"/rapporter/frysta/ny?", "\"");
    let [way] = ways[..] else { panic!("{page}") };
    format!("/rapporter/frysta/ny?{}", way.replace("&amp;", "&").replace("&#38;", "&"))
}

/// The fields of the form, with a name.
fn filled(form: &str, name: &str) -> Vec<(String, String)> {
    let names = ["rapport", "nyckel", "from", "to", "geography", "asOf", "countedTo"];
    let hidden = names.map(|name| (name.to_owned(), hidden(form, name)));
    hidden.into_iter().chain([("namn".to_owned(), name.to_owned())]).collect()
}

fn send(reader: &Person<'_>, fields: &[(String, String)]) -> crate::http::Told {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    reader.post_form("/rapporter/frysta", &fields)
}

#[test]
fn a_report_is_frozen_once_and_read_as_it_was() {
    on_both(|_, database| {
        let api = api(database);
        let reader = log_in_as(&api, "rapportlasare");
        assert!(reader.get("/rapporter/frysta").text.contains("Ingen rapport är fryst än"));
        let form = reader.get(&way(&reader, REPORT));
        assert_eq!(form.status, 200, "{}", form.text);
        let what = read(&form.text);
        for told in
            ["Baspaket", "Gävleborg", "2016-10-01 – 2016-12-31", "2016-10-12", "kan varken ändras eller tas bort"]
        {
            assert!(what.contains(told), "{told}: {what}");
        }
        let fields = filled(&form.text, "Möte & mål i oktober");
        let addresses: Vec<String> = (0..2)
            .map(|_| {
                let sent = send(&reader, &fields);
                assert_eq!(sent.status, 303, "{}", sent.text);
                sent.header("location").unwrap().to_owned()
            })
            .collect();
        assert_eq!(addresses[0], addresses[1], "sent twice it is frozen once");
        let address = addresses[0].trim_end_matches("?klart=fryst");
        let before = reader.get(address);
        assert_eq!(before.status, 200);
        assert!(
            before.text.contains("<h1>Möte &#38; mål i oktober</h1>")
                || before.text.contains("<h1>Möte &amp; mål i oktober</h1>")
        );
        assert_eq!(between(&before.text, "<section class=\"part", ">").len(), 10);

        // What is registered later doesn't change it, and everybody reads it, in every form.
        let mut late =
            crate::support::posting::begaran("FK-SEN", &crate::support::posting::number("1991-01-01"), "2016-10-03");
        late["consent"]["obtainedOn"] = json!("2016-09-26");
        super::cases::register(&api, &api.fk(), &late);
        let other = log_in_as(&api, "systemforvaltare");
        let main = |page: &str| page.split_once("<main").unwrap().1.split_once("</main>").unwrap().0.to_owned();
        assert_eq!(main(&reader.get(address).text), main(&before.text));
        assert_eq!(main(&other.get(address).text), main(&before.text));
        let list = other.get("/rapporter/frysta").text;
        assert_eq!(between(&list, "<th scope=\"row\">", "</th>").len(), 1);
        assert!(list.contains(address), "{list}");
        let id = address.rsplit('/').next().unwrap();
        for form in ["json", "csv", "xlsx", "html", "json-stat2", "parquet", "px&part=utfall_gk", "png&part=utfall_gk"]
        {
            let page = reader.get(&format!("{address}/hamta?format={form}"));
            let api = api.get(&format!("/v1/frozen-reports/{id}?format={form}"), &api.fk());
            assert_eq!((page.status, api.status), (200, 200), "{form}");
            assert!(page.bytes == api.bytes, "{form}");
        }
        let english = reader.get(&format!("{address}?lang=en")).text;
        assert!(
            english.contains("Frozen report: <span lang=\"sv\">Baspaket") && english.contains("<div lang=\"sv\">"),
            "{english}"
        );
        for nowhere in ["/rapporter/frysta/mars", "/rapporter/frysta/0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b14"] {
            assert_eq!(reader.get(nowhere).status, 404, "{nowhere}");
        }
    });
}

#[test]
fn what_is_wrong_with_a_name_stands_at_it_and_the_rest_stays() {
    on_both(|_, database| {
        let api = api(database);
        let reader = log_in_as(&api, "rapportlasare");
        let form = reader.get(&way(&reader, REPORT)).text;
        for (name, says) in [("", "Fyll i"), ("Om 19850312-9804", "personnummer")] {
            let sent = send(&reader, &filled(&form, name));
            assert_eq!(sent.status, 422, "{}", sent.text);
            let [wrong] = between(&sent.text, "id=\"f-namn-error\">", "</div>").try_into().unwrap();
            assert!(wrong.contains(says), "{wrong}");
            assert!(sent.text.contains("name=\"namn\" value=\"\""), "{}", sent.text);
            assert!(!sent.text.contains("19850312-9804"), "nobody's number is shown again: {}", sent.text);
            assert_eq!(hidden(&sent.text, "countedTo"), hidden(&form, "countedTo"));
            assert_eq!(hidden(&sent.text, "nyckel"), hidden(&form, "nyckel"));
        }
        // The same form with another name, after it was frozen: nothing is frozen twice.
        assert_eq!(send(&reader, &filled(&form, "Först")).status, 303);
        let again = send(&reader, &filled(&form, "Sedan"));
        assert!(again.status == 409 && again.text.contains("redan skickats"), "{}", again.text);
        assert!(again.text.contains("value=\"Sedan\"") && hidden(&again.text, "nyckel") != hidden(&form, "nyckel"));
        // What went wrong since with the question, which stands in no field, is named.
        let mut ahead = filled(&reader.get(&way(&reader, REPORT)).text, "Före sin tid");
        ahead.iter_mut().filter(|(name, _)| name == "countedTo").for_each(|(_, value)| *value = "99999".to_owned());
        let told = send(&reader, &ahead);
        assert!(told.status == 422 && told.text.contains("Räknat till registrering: Värdet"), "{}", told.text);
        // What can't be asked leads to the report, which says why.
        let wrong = reader.get("/rapporter/frysta/ny?rapport=baspaket&from=2016-13-01&to=2016-12-31");
        assert_eq!(
            (wrong.status, wrong.header("location")),
            (303, Some("/rapporter/baspaket?from=2016-13-01&to=2016-12-31"))
        );
        let number = reader.get(&format!("{}&delar=198503129804", way(&reader, REPORT)));
        assert_eq!(number.status, 303, "{}", number.text);
        assert!(!number.header("location").unwrap().contains("198503129804"));
        assert_eq!(reader.get("/rapporter/frysta/ny?rapport=mars").status, 404);
        assert_eq!(reader.post_without_token("/rapporter/frysta", &[("rapport", "baspaket")]).status, 403);
    });
}

#[test]
fn parts_of_a_selection_are_frozen_in_the_order_that_was_seen() {
    on_both(|_, database| {
        let api = api(database);
        let reader = log_in_as(&api, "rapportlasare");
        let report = "/rapporter/status?from=2016-10-01&to=2016-10-12&geography=riket&alder=25_29&split=kommun";
        let form = reader.get(&way(&reader, report));
        let mut fields = filled(&form.text, "De yngre kommunvis");
        fields.extend(["alder", "split"].map(|name| (name.to_owned(), hidden(&form.text, name))));
        let sent = send(&reader, &fields);
        assert_eq!(sent.status, 303, "{}", sent.text);
        let id = sent.header("location").unwrap().trim_start_matches("/rapporter/frysta/").split('?').next().unwrap();
        let told = api.get(&format!("/v1/frozen-reports/{id}"), &api.fk()).json();
        assert_eq!(told["frozen"]["name"], "De yngre kommunvis");
        assert_eq!(told["selections"][0]["variable"], "alder", "{}", told["selections"]);
        let dimensions = told["parts"][0]["dimensions"].as_array().unwrap();
        assert!(dimensions.contains(&json!("kommun")), "{dimensions:?}");
        // Of whom it is stands in the list, on the page and on paper; the way to the present keeps the question.
        let selection = "Ålder på begärans dag: 25–29 år";
        let list = reader.get("/rapporter/frysta").text;
        assert!(list.contains(selection), "{list}");
        let shown = reader.get(&format!("/rapporter/frysta/{id}")).text.replace("&#38;", "&");
        assert!(shown.matches(selection).count() > 2, "{shown}");
        let question = "from=2016-10-01&to=2016-10-12&geography=riket&version=1&alder=25_29&split=kommun";
        assert!(shown.contains(&format!("href=\"/rapporter/status?{question}\"")), "{shown}");
        assert_eq!(told["frozen"]["question"], question, "{}", told["frozen"]);
        let of_sex = |shown: &str| shown.contains("<th scope=\"col\" rowspan=\"2\">Kön</th>");
        let by_sex = reader.get(&format!("/rapporter/frysta/{id}?tabell=kon")).text;
        assert_eq!((of_sex(&shown), of_sex(&by_sex)), (false, true), "{by_sex}");
    });
}
