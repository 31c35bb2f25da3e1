//! Identity taken away after withdrawal and retention: nobody can be named any more, and every figure stays.

use serde_json::{Value, json};
use sus::demo::national;
use sus::domain::organisation::Role;
use sus::domain::person::test_number;
use sus::domain::step::Agency;
use sus::domain::transition::Settings;
use sus::registrations::retention::{Rules, dry_run, run};
use sus::registrations::wire::Kind;
use sus::storage::access::{Entry, Kind as Access, Scope};
use sus::storage::retention::{first_altered, runs};

use crate::cli::Place;
use crate::http::Api;
use crate::support::posting::{Ask, begaran, gk, import_lines, number, post};
use crate::support::tables::Raw;
use crate::support::{Backend, Database, noon, on_both, organisation, service_with};

#[test]
fn a_withdrawn_consent_takes_the_identity_with_it_where_so_configured() {
    on_both(|backend, database| {
        for removes in [false, true] {
            let settings = Settings { withdrawal_removes: removes, ..Settings::default() };
            let (service, _) = service_with(database, noon("2016-10-20"), settings);
            service.import_organisation(&organisation()).unwrap();
            let (reference, born) = if removes { ("FK-2", "1972-11-08") } else { ("FK-1", "1961-05-17") };
            let mut body = begaran(reference, &number(born), "2016-10-03");
            body["handlers"] = json!({"fk": "fk-h-017"});
            body["district"] = json!("Nordost");
            body["answers"] = json!({"utbildning": "gymnasium"});
            let case = post(&service, vec![body]).unwrap().results[0].as_ref().unwrap().case_id();
            let ask = Ask::of(Agency::Af);
            let done =
                ask.change(&service, case, Kind::ConsentWithdrawal, None, &json!({"date": "2016-10-15"})).unwrap();
            let answered = done.results[0].as_ref().unwrap();
            let version = answered.case.version;
            let mut raw = Raw::of(database);
            let told = format!("version = {version} AND identity = '{}'", answered.case.identity.code());
            assert_eq!(raw.count("cases", &told), 1, "what is answered is how it stands");
            let all = raw.count("changes", &format!("position <= {}", answered.position.0));
            assert_eq!(all, raw.count("changes", "true"), "and the position includes all of it");
            let identity = if removes { "removed" } else { "named" };
            let of = format!("identity = '{identity}' AND step = 'avbrutet'");
            assert_eq!(raw.count("cases", &of), 1, "{backend:?}");
            if !removes {
                continue;
            }
            assert_eq!(raw.count("cases", "identity = 'removed' AND person IS NULL AND fk_handler = 'borttagen'"), 1);
            assert_eq!(raw.count("persons", "true"), 1, "the other's");
            assert_eq!(raw.count("case_references", "reference = 'FK-2'"), 0);
            assert_eq!(raw.count("case_subjects", "municipality = '2180' AND district IS NULL"), 1, "{backend:?}");
            assert_eq!(raw.count("answers", "value = 'gymnasium'"), 2, "answers stay");
            assert_eq!(raw.count("erasures", "reason = 'removal'"), 1);
            // Nobody could be told any more that the person has an open case, so it stays ended.
            let made = done.results[0].as_ref().unwrap().registration;
            let undo = json!({"kind": "undo", "registration": made.0, "reason": {"code": "fel_datum"}});
            let undone = Ask::of(Agency::Af).change(&service, case, Kind::Correction, None, &undo).unwrap();
            let refused = undone.results[0].as_ref().unwrap_err();
            assert!(refused.contains(sus::domain::rule::Rule::RedanAnonym), "{backend:?} {version}: {refused:?}");
            // The person may come back, with a new consent and a new case.
            let anew = begaran("FK-2", &number(born), "2016-10-17");
            assert!(post(&service, vec![anew]).unwrap().results[0].is_ok());
        }
    });
}

const STRIP: &str = "[[rule]]\nid = \"identitet\"\ntrigger = \"case_ended\"\nyears = 2\naction = \"strip_identity\"\n";
pub(super) const DELETE: &str =
    "[[rule]]\nid = \"bort\"\ntrigger = \"last_registration\"\nyears = 2\naction = \"delete\"\n";

/// Every report there is, as of now and as known earlier, counted anew from what is kept.
pub fn reports(database: &Database) -> Vec<(String, String)> {
    let api = Api::around(database, "2026-11-20", &organisation());
    let token = api.token("sf", None, &[Role::Systemforvaltare], None);
    let names: Vec<String> = api.get("/v1/reports", &token).json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|report| report["id"].as_str().unwrap().to_owned())
        .collect();
    let mut all = Vec::new();
    for (name, known) in names.iter().flat_map(|name| ["", "&asOf=2016-06-30"].map(|known| (name, known))) {
        // One is about those with a chosen value.
        let chosen = if name == "deltagare-forman-efter" { "&formanFore=sjukpenning" } else { "" };
        let query = format!("from=2015-01-01&to=2016-12-31&format=csv{known}{chosen}");
        let told = api.get(&format!("/v1/reports/{name}?{query}"), &token);
        assert_eq!(told.status, 200, "{name}: {}", told.text);
        all.push((format!("{name}{known}"), told.text));
    }
    assert!(all.len() >= 20, "{}", all.len());
    all
}

#[test]
fn no_report_changes_when_retention_strips_identities() {
    on_both(|backend, database| {
        let (service, _) = service_with(database, noon("2026-11-20"), Settings::default());
        service.import_organisation(&national::organisation()).unwrap();
        let history = national::National { seed: 3, cases: 60, until: "2016-12-31".parse().unwrap() };
        import_lines(&service, &history.lines().collect::<Vec<Value>>());
        let before = reports(database);
        let rules = Rules::parse(STRIP).unwrap();
        let counted = dry_run(&service, &rules, &mut |_| true).unwrap()["identitet"];
        assert!(counted > 20, "{backend:?}: {counted}");
        assert_eq!(run(&service, &rules, None, &mut |_| true).unwrap()["identitet"], counted, "{backend:?}");
        let mut raw = Raw::of(database);
        assert_eq!(raw.count("cases", "identity = 'removed'"), counted as i64);
        assert_eq!(raw.count("cases", "identity = 'removed' AND person IS NOT NULL"), 0);
        for ((name, was), (_, is)) in before.iter().zip(reports(database)) {
            assert!(*was == is, "{backend:?}: {name} changed");
        }
        assert_eq!(run(&service, &rules, None, &mut |_| true).unwrap()["identitet"], 0, "nothing is left to take away");
    });
}

#[test]
fn the_command_counts_runs_and_shows_its_log() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let place = Place::over(&database);
    place.pilot_files();
    place.run("organisation import organisation.json").printed();
    place.run("import pilot.ndjson").printed();
    assert!(place.run("retention").complained().contains("nothing is taken away"));
    place.file("rules.toml", STRIP);
    let place = place.with("SUS_RETENTION_FILE", "rules.toml");
    let counted = place.run("retention --dry-run").printed();
    assert!(counted.contains("would be taken away; nothing was"), "{counted}");
    let done = place.run("retention").printed();
    assert_eq!(done.lines().next(), counted.lines().next());
    let log = place.run("retention --log").printed();
    assert!(log.contains("1 runs; the chain is whole"), "{log}");
    place.file("rules.toml", "[[rule]]\nid = \"x y\"\ntrigger = \"case_ended\"\naction = \"delete\"\n");
    let told = place.run("retention").complained();
    assert!(told.contains("an id is letters") && told.contains("1 month to 100 years"), "{told}");
}

#[test]
fn a_deleted_case_is_nowhere_and_counts_in_nothing_and_its_run_can_not_be_rewritten() {
    on_both(|backend, database| {
        let (service, clock) = service_with(database, noon("2016-10-20"), Settings::default());
        service.import_organisation(&organisation()).unwrap();
        post(&service, vec![begaran("FK-old", &number("1961-05-17"), "2016-10-03")]).unwrap();
        let reports = sus::reports::follow::Reports::default();
        let cases = |reports: &sus::reports::follow::Reports| reports.fresh(&service.db, 0).unwrap().counted_to().0;
        let first = cases(&reports);
        clock.set(noon("2018-10-19"));
        post(&service, vec![begaran("FK-new", &number("1972-11-08"), "2018-10-01")]).unwrap();
        clock.set(noon("2018-10-20"));
        let rules = Rules::parse(DELETE).unwrap();
        let searched = test_number("1961-05-17".parse().unwrap(), 980);
        let by = Scope { client: "fk".to_owned(), agency: None, handler: None, action: "search", trace: None, at: 0 };
        let search = Entry::of(&by, Access::Search, &[]).asked(Some(service.vault.lookup(&searched).1));
        service.log_and_wait(vec![search]).unwrap();
        assert_eq!(dry_run(&service, &rules, &mut |_| true).unwrap()["bort"], 1);
        assert_eq!(run(&service, &rules, None, &mut |_| true).unwrap()["bort"], 1);
        let mut raw = Raw::of(database);
        for table in
            ["cases", "registrations", "case_subjects", "consents", "case_references", "case_offices", "persons"]
        {
            assert_eq!(raw.count(table, "true"), if table == "case_offices" { 2 } else { 1 }, "{backend:?}: {table}");
        }
        assert_eq!(raw.count("access_queries", "true"), 0, "{backend:?}: who was searched for is forgotten");
        assert!(cases(&reports) > first, "the columns follow");
        // The service goes on as if the case had never been.
        assert!(post(&service, vec![gk("FK-new", "2018-10-12")]).unwrap().results[0].is_ok());
        assert!(post(&service, vec![gk("FK-old", "2016-10-12")]).unwrap().results[0].is_err());
        assert_eq!(run(&service, &rules, None, &mut |_| true).unwrap()["bort"], 0);
        let kept = runs(&mut service.db.read().unwrap().link()).unwrap();
        assert_eq!(first_altered(&service.vault, &kept), None);
        raw.run("UPDATE retention_runs SET counts = '{}' WHERE run = 1").unwrap();
        let altered = runs(&mut service.db.read().unwrap().link()).unwrap();
        assert_eq!(first_altered(&service.vault, &altered), Some(1), "{backend:?}");
    });
}

#[test]
fn an_extract_shows_everything_about_one_person_and_nothing_of_another() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let place = Place::over(&database);
    place.pilot_files();
    place.run("organisation import organisation.json").printed();
    let line = |reference: &str, born: &str| {
        let mut body = begaran(reference, &number(born), "2016-10-03");
        body["agency"] = json!("FK");
        format!("{body}\n")
    };
    place.file("two.ndjson", &format!("{}{}", line("FK-1", "1961-05-17"), line("FK-2", "1972-11-08")));
    place.run("import two.ndjson").printed();
    place.file("number.txt", &number("1961-05-17"));
    let told = place.run("extract --number-file number.txt --format json").printed();
    let extract: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(extract["cases"].as_array().unwrap().len(), 1);
    assert_eq!(extract["cases"][0]["birthDate"], "1961-05-17");
    assert_eq!(extract["cases"][0]["entries"][0]["step"], "begaran");
    assert!(told.contains("FK-1") && !told.contains("FK-2"));
    assert!(extract["rectification"]["sv"].as_str().unwrap().contains("rättelse"));
    let text = place.run("extract --number-file number.txt").printed();
    assert!(text.starts_with("REGISTERUTDRAG") && text.contains("municipality: 2180"), "{text}");
    for (lang, title, told) in
        [("sv", "Registerutdrag", "Om något är fel"), ("en", "Register extract", "If something is wrong")]
    {
        let page = place.run(&format!("extract --number-file number.txt --format html --lang {lang}")).printed();
        assert!(page.starts_with(&format!("<!DOCTYPE html>\n<html lang=\"{lang}\">")), "{page}");
        for text in [title, told, "1961-05-17", "FK-1", &number("1961-05-17"), "2016-10-03", "Gävle", "gk-affk-1"] {
            assert!(page.contains(text), "{lang}: {text} is missing in {page}");
        }
        assert!(!page.contains("FK-2") && !page.contains("http://") && !page.contains("https://"), "{page}");
    }
    assert_eq!(Raw::of(&database).count("access_log", "action = 'extract' AND query IS NOT NULL"), 4);
    place.file("number.txt", "inget nummer");
    assert!(place.run("extract --number-file number.txt").complained().contains("no personnummer"));
}
