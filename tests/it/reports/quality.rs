//! The report of data quality on real input, and the cases behind its figures: as many as it says, to those who may see
//! them.

use chrono::TimeDelta;
use expect_test::expect_file;
use serde_json::{Value, json};
use sus::domain::organisation::Role;
use sus::domain::step::Agency;

use super::pilot::{BASPAKET, pilot_of};
use crate::http::{ANNA, Api};
use crate::support::tables::Raw;
use crate::support::{Backend, Database, on_both};

const PERIOD: &str = "from=2016-10-01&to=2016-12-31";
const OWN: usize = 0;
const ENHET: usize = 1;

fn report(api: &Api, query: &str) -> Value {
    let told = api.get(&format!("/v1/reports/datakvalitet?{query}"), &api.fk());
    assert_eq!(told.status, 200, "{}", told.text);
    told.json()
}

fn list_path(query: &str) -> String {
    format!("/v1/reports/datakvalitet/cases?{query}")
}

/// Ids of the cases listed, all pages of them.
fn listed(api: &Api, query: &str, token: &str) -> Vec<String> {
    let mut next = Some(list_path(&format!("{query}&limit=7")));
    let mut all = Vec::new();
    while let Some(path) = next {
        let told = api.get(&path, token);
        assert_eq!(told.status, 200, "{}", told.text);
        let page = told.json();
        all.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        next = page["_links"]["next"]["href"].as_str().map(str::to_owned);
        if next.is_none() {
            assert_eq!(page["_meta"]["totalItems"], all.len());
        }
    }
    all
}

/// Every figure of the selection, of some units, has as many rows behind it as it says.
fn every_figure_has_its_rows(api: &Api, query: &str, units: &[&str]) -> u64 {
    let mut sum = 0;
    for part in report(api, query)["parts"].as_array().unwrap() {
        let own = part["dimensions"][OWN].as_str().unwrap();
        assert_eq!(part["dimensions"][ENHET], "enhet");
        for row in part["rows"].as_array().unwrap() {
            let unit = row["enhet"].as_str().unwrap();
            if row["level"] != "urval" || !units.contains(&unit) {
                continue;
            }
            let [code, kon] = [own, "kon"].map(|name| row[name].as_str().unwrap());
            let cell = format!("{query}&part={}&{own}={code}&enhet={unit}&kon={kon}", part["number"]);
            let told = api.get(&list_path(&format!("{cell}&limit=100")), &api.fk()).json();
            assert_eq!(told["figure"], row["antal"], "{cell}: {told}");
            let antal = row["antal"].as_u64().unwrap();
            assert_eq!(told["_meta"]["totalItems"], antal, "{cell}");
            assert_eq!(told["items"].as_array().unwrap().len() as u64, antal.min(100), "{cell}");
            sum += antal;
        }
    }
    sum
}

#[test]
fn the_quality_of_the_pilot_is_as_committed_on_both_backends() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let path = BASPAKET.replace("baspaket", "datakvalitet").replace("to=2016-12-31", "to=2017-12-31");
        let csv = api.get(&format!("{path}&format=csv"), &api.fk());
        assert_eq!(csv.status, 200, "{}", csv.text);
        // Both sexes and the selection alone; the rest is as long again, eight times.
        let kept = csv.text.lines().filter(|line| line.starts_with("part,") || line.contains(",urval,"));
        let kept: Vec<&str> = kept.filter(|line| !line.contains(",kvinna,") && !line.contains(",man,")).collect();
        expect_file!["../golden/datakvalitet-gavleborg-2016.csv"].assert_eq(&(kept.join("\n") + "\n"));
    });
}

#[test]
fn every_figure_of_the_pilot_has_as_many_rows_behind_it_as_it_says() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let query = "from=2016-10-01&to=2017-03-31&geography=styrgrupp:gavleborg";
        assert!(every_figure_has_its_rows(&api, query, &["FK", "AF-GAVLE", "samtliga"]) > 1000);
    });
}

/// A case that was registered late, on behalf and corrected, one that is anonymous, and one at another office.
fn three_of(database: &Database) -> Api {
    let api = Api::over(database);
    let case = api.opened("FK-1", ANNA);
    let post = |token: &str, body: &Value| {
        let told = api.post("/v1/registrations", token, body);
        assert_eq!(told.status, 201, "{}", told.text);
        told.json()
    };
    post(
        &api.fk(),
        &json!({"step": "begaran", "date": "2016-10-12", "participant": {"anonymous": {"sex": "man"}},
        "offices": {"fk": "FK-GAVLE", "af": "AF-GAVLE"}}),
    );
    let other = crate::support::posting::begaran("FK-3", &crate::support::posting::number("1990-01-01"), "2016-10-06");
    let mut other = other;
    other["offices"] = json!({"fk": "FK-SANDVIKEN", "af": "AF-GAVLE"});
    post(&api.fk(), &other);
    api.clock.advance(TimeDelta::days(3));
    let gk = json!({"caseReference": "FK-1", "step": "gk", "date": "2016-10-13", "onBehalfOf": "lok-1"});
    let made = post(&api.af(), &gk);
    let moved = json!({"kind": "move", "registration": made["registration"], "date": "2016-10-14",
        "reason": {"code": "fel_datum"}});
    let told = api.post_with(&format!("{case}/corrections"), &api.fk(), &[("if-match", "\"2\"")], &moved);
    assert_eq!(told.status, 201, "{}", told.text);
    api
}

#[test]
fn behind_late_made_on_behalf_corrected_and_anonymous_stand_those_cases() {
    on_both(|_, database| {
        let api = three_of(database);
        let query = format!("{PERIOD}&geography=fk-kontor:FK-GAVLE");
        assert!(every_figure_has_its_rows(&api, &query, &["FK", "FK-GAVLE", "AF", "AF-GAVLE", "samtliga"]) > 50);
        let one = |cell: &str| {
            let page = api.get(&list_path(&format!("{query}&{cell}")), &api.fk()).json();
            let items = page["items"].as_array().unwrap();
            assert_eq!(items.len(), 1, "{cell}: {page}");
            items[0].clone()
        };
        // Requested on the third, registered on the twelfth.
        let late = one("part=aktualitet&drojsmal=7_10");
        assert_eq!(late["counted"], json!({"what": "begaran", "date": "2016-10-03", "since": "2016-10-03"}));
        let behalf = one("part=for_annans_rakning&rakning=annans&enhet=AF");
        assert_eq!(behalf["counted"]["what"], "gk");
        assert_eq!(behalf["id"], late["id"]);
        // Moved to the day before it was registered.
        assert_eq!(one("part=aktualitet&drojsmal=1_3")["counted"]["date"], "2016-10-14");
        let corrected = one("part=rattelser&rattelse=move&enhet=FK-GAVLE");
        assert_eq!(corrected["counted"], json!({"what": "move", "date": "2016-10-15", "since": "2016-10-15"}));
        assert_eq!(one("part=andel_anonyma&identitet=anonymt")["identity"], "anonymous");
        // Before the correction was known, nothing was corrected.
        let before = api.get(&list_path(&format!("{query}&part=rattelser&asOf=2016-10-14")), &api.fk()).json();
        assert_eq!((&before["figure"], &before["items"]), (&json!(0), &json!([])));
    });
}

#[test]
fn a_handlaggare_is_shown_the_own_cases_and_told_the_figure_as_the_report_tells_it() {
    on_both(|_, database| {
        let api = three_of(database);
        let all = format!("{PERIOD}&part=andel_anonyma");
        assert_eq!(listed(&api, &all, &api.fk()).len(), 3);
        let (gavle, sandviken) =
            (listed(&api, &all, &api.person("fk-h-017")), listed(&api, &all, &api.person("fk-h-018")));
        assert_eq!((gavle.len(), sandviken.len()), (2, 1));
        assert!(!gavle.contains(&sandviken[0]));
        let told = api.get(&list_path(&all), &api.person("fk-h-017")).json();
        assert_eq!((&told["disclosure"], told["figure"].as_u64().unwrap() % 3), (&json!("cell-key"), 0));
        let own = api.get(&list_path(&format!("{all}&geography=fk-kontor:FK-GAVLE")), &api.person("fk-h-017")).json();
        assert_eq!((&own["disclosure"], &own["figure"]), (&json!("exact"), &json!(2)));
    });
}

#[test]
fn what_is_shown_is_in_the_access_log_and_who_sees_no_cases_sees_none_here() {
    on_both(|backend, database| {
        let api = three_of(database);
        let count = |of: &str| Raw::of(database).count("access_log", of);
        let query = list_path(&format!("{PERIOD}&part=aktualitet"));
        let shown = api.get(&query, &api.person("fk-h-017")).json();
        let ids: Vec<&str> = shown["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 2, "its request and its GK");
        let shown = format!("lower(hex_of(cases)) = '{}'", ids[0].replace('-', ""));
        let shown = shown
            .replace("hex_of(cases)", if backend == Backend::Sqlite { "hex(cases)" } else { "encode(cases, 'hex')" });
        let row = format!("action = 'list_report_cases' AND {shown} AND handler = 'fk-h-017'");
        assert_eq!(count(&row), 1);
        for role in [Role::Rapportlasare, Role::Samverkansansvarig, Role::Systemforvaltare, Role::Insatsansvarig] {
            let token = api.token("other", Some(Agency::Fk), &[role], Some("fk-h-017"));
            assert_eq!(api.get(&query, &token).status, 403, "{}", role.code());
        }
        assert_eq!(count("action = 'list_report_cases'"), 1);
    });
}

#[test]
fn a_figure_that_there_is_not_is_refused_with_those_that_there_are() {
    on_both(|backend, database| {
        let api = three_of(database);
        let all_wrong = "part=vantar&from=2016-10-01&to=2016-09-30&drojsmal=0&forfallet=over_5&deltagarstatus=aktuell";
        let refused = api.get(&list_path(all_wrong), &api.fk());
        assert_eq!(refused.status, 400);
        if backend == Backend::Sqlite {
            expect_file!["../golden/quality-refused.json"].assert_eq(&refused.whole());
        }
        let pointers = |query: &str| {
            let told = api.get(&list_path(query), &api.fk());
            assert_eq!(told.status, 400, "{}", told.text);
            let errors = told.json()["errors"].clone();
            errors.as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            pointers(&format!("{PERIOD}&part=vantar&enhet=FK-GAVLE")),
            ["/query/enhet"],
            "riket has agencies only"
        );
        assert_eq!(pointers(&format!("{PERIOD}&part=vantar&geography=fk-kontor:X")), ["/query/geography"]);
        assert_eq!(pointers(&format!("{PERIOD}&part=vantar&atLeast=99999")), ["/query/atLeast"]);
        let beside = "part=vantar&enhet=mars&countedTo=99999&geography=fk-kontor:X";
        assert_eq!(
            pointers(&format!("{PERIOD}&{beside}")),
            ["/query/countedTo", "/query/geography", "/query/enhet"],
            "all at once, whichever is found first"
        );
        assert_eq!(pointers(""), ["/query/from", "/query/to", "/query/part"]);
        assert_eq!(api.get(&list_path(PERIOD).replace("datakvalitet", "status"), &api.fk()).status, 404);
    });
}

#[test]
fn the_quality_is_told_in_every_form_and_split_as_other_reports_are() {
    on_both(|_, database| {
        let api = three_of(database);
        let base = format!("/v1/reports/datakvalitet?{PERIOD}");
        for form in ["json", "csv", "xlsx", "html", "json-stat2", "px", "parquet", "svg", "png"] {
            let told =
                api.get(&format!("{base}&geography=styrgrupp:gavleborg&part=aktualitet&format={form}"), &api.fk());
            assert_eq!(told.status, 200, "{form}: {}", told.text);
        }
        let split = report(&api, &format!("{PERIOD}&split=fkKontor&insatstyp=ingen"));
        let part = &split["parts"][0];
        assert_eq!(part["dimensions"], json!(["drojsmal", "enhet", "kon", "fkKontor"]));
        let of = |office: &str| {
            let rows = part["rows"].as_array().unwrap().iter();
            let wanted = |row: &&Value| {
                row["fkKontor"] == office && row["enhet"] == "FK" && row["level"] == "urval" && row["kon"] == "samtliga"
            };
            let total = rows.filter(wanted).find(|row| row["drojsmal"] == "samtliga");
            total.unwrap()["antal"].as_u64().unwrap()
        };
        assert_eq!((of("FK-GAVLE"), of("FK-SANDVIKEN"), of("samtliga")), (1, 1, 2));
    });
}

#[test]
fn a_frozen_quality_stays_as_it_was_with_noise() {
    on_both(|_, database| {
        let api = three_of(database);
        let wanted = json!({"name": "Kvalitet", "report": "datakvalitet", "from": "2016-10-01", "to": "2016-12-31",
            "geography": "styrgrupp:gavleborg"});
        let made = api.post("/v1/frozen-reports", &api.fk(), &wanted);
        assert_eq!(made.status, 201, "{}", made.text);
        let link = made.header("location").unwrap().to_owned();
        let before = api.get(&link, &api.fk()).json();
        assert_eq!(before["disclosure"], "cell-key");
        api.clock.advance(TimeDelta::days(100));
        assert_eq!(api.get(&link, &api.fk()).json()["parts"], before["parts"]);
        assert_eq!(before["parts"][0]["dimensions"], json!(["drojsmal", "enhet", "kon"]));
    });
}
