//! Packages as pages: whoever is responsible for a cooperation chooses the parts that its group follows, and those come
//! first in the report.

use serde_json::json;

use super::{Person, hidden, log_in, log_in_as};
use crate::http::Api;
use crate::support::{Database, on_both, organisation};

const REPORT: &str = "/rapporter/baspaket?from=2016-10-01&to=2016-12-31&geography=styrgrupp:gavleborg";

/// With somebody who is responsible for the cooperation in Gävle, and somebody elsewhere.
fn api(database: &Database) -> Api {
    let mut register = organisation();
    let responsible = |id: &str, office: &str| {
        json!({"id": id, "agency": "FK", "name": "Eva Ek", "assignments": [
            {"office": office, "role": "samverkansansvarig", "validFrom": "2010-01-01"}]})
    };
    register["offices"]
        .as_array_mut()
        .unwrap()
        .push(json!({"code": "FK-FALUN", "agency": "FK", "area": "FK-GAVLEBORG",
        "name": "FK Falun", "municipalities": ["2080"], "validFrom": "2010-01-01"}));
    let handlers = register["handlers"].as_array_mut().unwrap();
    handlers.extend([responsible("fk-s-001", "FK-GAVLE"), responsible("fk-s-002", "FK-FALUN")]);
    Api::around(database, "2016-10-12", &register)
}

/// The parts of a page, in their order.
fn parts(page: &str) -> Vec<String> {
    let ids = page.split("<section class=\"part").skip(1).filter_map(|rest| Some(rest.split_once("id=\"p-")?.1));
    ids.map(|rest| rest.split('"').next().unwrap().replace('-', "_")).collect()
}

/// Where the packages that can be changed are.
fn changes(page: &str) -> Vec<String> {
    let links = page.split("href=\"/paket/").skip(1);
    links.map(|rest| format!("/paket/{}", rest.split('"').next().unwrap())).collect()
}

fn made(eva: &Person<'_>) -> String {
    let form = eva.get("/paket/nytt?rapport=baspaket").text;
    let fields = [
        ("rapport", "baspaket"),
        ("namn", "Det vi följer"),
        ("styrgrupp", "gavleborg"),
        ("plats-aktiva", "1"),
        ("plats-utfall_gk", "2"),
        ("nyckel", &hidden(&form, "nyckel")),
    ];
    for _ in 0..2 {
        let told = eva.post_form("/paket", &fields);
        assert_eq!((told.status, told.header("location")), (303, Some("/paket?klart=sparat")), "{}", told.text);
    }
    let list = eva.get("/paket?klart=sparat").text;
    assert!(list.contains("Paketet är sparat.") && list.contains("Det vi följer"), "{list}");
    let [link] = changes(&list).try_into().unwrap();
    link
}

#[test]
fn a_groups_parts_come_first_in_its_reports() {
    on_both(|_, database| {
        let api = api(database);
        let eva = log_in(&api, "fk-s-001");
        let usual = parts(&eva.get(REPORT).text);
        assert_eq!((usual.len(), usual[0].as_str()), (10, "nya_gk"));
        let link = made(&eva);
        let reader = log_in_as(&api, "rapportlasare");
        let first = parts(&reader.get(REPORT).text);
        assert_eq!(first[..3], ["aktiva", "utfall_gk", "nya_gk"], "those of the package, then the others in order");
        assert_eq!(first.len(), 10);
        assert_eq!(parts(&reader.get(&format!("{REPORT}&package=alla")).text), usual);
        let id = link.trim_start_matches("/paket/");
        let shared = reader.get(&format!("{}&package={id}", REPORT.replace("styrgrupp:gavleborg", "riket")));
        assert_eq!(parts(&shared.text)[..2], ["aktiva", "utfall_gk"]);
        let none = reader.get(&format!("{REPORT}&package=0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b13"));
        assert!(none.status == 400 && none.text.contains("inget sådant paket"), "{}", none.text);
    });
}

#[test]
fn a_package_is_changed_by_its_group_and_nobodys_change_is_lost() {
    on_both(|_, database| {
        let api = api(database);
        let eva = log_in(&api, "fk-s-001");
        let link = made(&eva);
        let form = eva.get(&link).text;
        assert!(form.contains("value=\"Det vi följer\"") && form.contains("value=\"1\" selected"), "{form}");
        let version = hidden(&form, "version");
        let mut fields = vec![
            ("rapport", "baspaket"),
            ("namn", "Vårt nya"),
            ("styrgrupp", "gavleborg"),
            ("plats-tid_insats", "1"),
            ("version", version.as_str()),
        ];
        for _ in 0..2 {
            assert_eq!(eva.post_form(&link, &fields).status, 303, "sent twice it stands as it was to");
        }
        fields[1] = ("namn", "Ett tredje");
        let stale = eva.post_form(&link, &fields);
        assert!(stale.status == 409 && stale.text.contains("ändrats av någon annan"), "{}", stale.text);
        assert!(stale.text.contains("value=\"Ett tredje\"") && hidden(&stale.text, "version") == "2");
        let newest = hidden(&stale.text, "version");
        fields[4] = ("version", newest.as_str());
        assert_eq!(eva.post_form(&link, &fields).status, 303);

        let other = log_in(&api, "fk-s-002");
        assert!(changes(&other.get("/paket").text).iter().all(|change| change.contains("nytt")));
        assert_eq!(other.get(&link).status, 403);
        assert_eq!(other.post_form(&link, &fields).status, 403);
        assert_eq!(other.post_form(&format!("{link}/ta-bort"), &[("version", "3")]).status, 403);
        let reader = log_in_as(&api, "rapportlasare");
        assert_eq!((reader.get("/paket").status, reader.get("/paket/nytt").status), (200, 403));

        assert_eq!(eva.post_form(&format!("{link}/ta-bort"), &[("version", "2")]).status, 409);
        for _ in 0..2 {
            assert_eq!(eva.post_form(&format!("{link}/ta-bort"), &[("version", "3")]).status, 303);
        }
        assert_eq!(eva.get(&link).status, 404);
    });
}

#[test]
fn everything_wrong_with_a_package_is_told_at_once_and_nothing_typed_is_lost() {
    on_both(|_, database| {
        let api = api(database);
        let eva = log_in(&api, "fk-s-001");
        let wrong = [
            ("rapport", "baspaket"),
            ("namn", "19850312-9804"),
            ("styrgrupp", "gavleborg"),
            ("plats-aktiva", "2"),
            ("plats-nya_gk", "2"),
        ];
        let told = eva.post_form("/paket", &wrong);
        assert_eq!(told.status, 422);
        for text in
            ["Två delar har samma plats", "href=\"#f-namn\"", "href=\"#f-plats-aktiva\"", "value=\"2\" selected"]
        {
            assert!(told.text.contains(text), "{text}: {}", told.text);
        }
        assert!(!told.text.contains("19850312-9804"), "nobody's number is shown again: {}", told.text);
        let none = eva.post_form("/paket", &[("rapport", "baspaket"), ("namn", "X"), ("styrgrupp", "mars")]);
        assert!(none.status == 422 && none.text.contains("Ge minst en del en plats."), "{}", none.text);
        let unknown = [("rapport", "baspaket"), ("namn", "X"), ("styrgrupp", "mars"), ("plats-aktiva", "1")];
        let told = eva.post_form("/paket", &unknown);
        assert!(told.status == 422 && told.text.contains("href=\"#f-styrgrupp\""), "{}", told.text);
        assert_eq!(eva.post_without_token("/paket", &unknown).status, 403);
        assert_eq!(eva.post_form("/paket", &[("rapport", "mars")]).status, 404);
        assert!(eva.get("/paket?lang=en").text.contains("There are no packages yet."));
    });
}
