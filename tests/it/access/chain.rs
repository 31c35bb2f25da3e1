//! What is in the log, and that each process seals its own chain.

use chrono::TimeDelta;
use serde_json::json;
use sus::domain::step::Agency;
use sus::registrations::wire::Kind as Change;
use sus::storage::access::{Entry, Kind, lookup};

use super::{case, scope, two_chains, verified};
use crate::http::{ANNA, Api, begaran};
use crate::support::posting::{Ask, post};
use crate::support::tables::Raw;
use crate::support::{noon, on_both, organisation, service};

#[test]
fn each_process_has_a_chain_and_signs_the_others() {
    on_both(|_, database| {
        let (one, two, clock) = two_chains(database);
        let told = verified(&one, &[]);
        assert_eq!((told.found, told.chains), (0, 2), "{:?}", told.findings);
        // Four rows of the first and eight of the second, and one of each that signed.
        assert_eq!((told.rows, told.signatures), (4 + 8 + 2, 2));
        let at = noon("2016-10-12").timestamp_micros();
        assert_eq!((told.from, told.to), (Some(at), Some(at)));
        // Nothing was added: nothing is to be signed but that the other signed.
        let before = Raw::of(database).count("access_log", "kind = 'heads'");
        one.sign_log().unwrap();
        one.sign_log().unwrap();
        assert_eq!(Raw::of(database).count("access_log", "kind = 'heads'"), before + 1);
        // A minute later whatever is written signs, too.
        clock.advance(TimeDelta::seconds(60));
        one.log_and_wait(vec![Entry::of(&scope(&one, "fk-h-017"), Kind::Read, &[case(1)])]).unwrap();
        assert_eq!(Raw::of(database).count("access_log", "kind = 'heads'"), before + 2);
        // What was not signed yet is when the process ends.
        let signed = Raw::of(database).count("access_log", "kind = 'heads'");
        two.log_and_wait(vec![Entry::of(&scope(&two, "fk-h-017"), Kind::Read, &[case(1)])]).unwrap();
        two.stop();
        assert_eq!(Raw::of(database).count("access_log", "kind = 'heads'"), signed + 1);
        assert_eq!(verified(&one, &[]).findings, []);
    });
}

#[test]
fn every_read_and_every_change_is_one_row_that_names_its_cases() {
    on_both(|_, database| {
        let api = Api::over(database);
        let link = api.opened("FK-1", ANNA);
        let id = link.rsplit('/').next().unwrap().to_owned();
        let change = |name: &str, body: &serde_json::Value| {
            let version = api.get(&link, &api.fk()).json()["version"].to_string();
            let told =
                api.post_with(&format!("{link}/{name}"), &api.fk(), &[("if-match", &format!("\"{version}\""))], body);
            assert_eq!(told.status, 201, "{name}: {}", told.text);
        };
        change("office-changes", &json!({"date": "2016-10-11", "offices": {"fk": "FK-SANDVIKEN", "af": "AF-GAVLE"}}));
        change("handlers", &json!({"date": "2016-10-12", "fk": "fk-h-018"}));
        change("consent-withdrawals", &json!({"date": "2016-10-12"}));
        api.get("/v1/cases?status=ended", &api.fk());
        api.get(&format!("{link}/histories"), &api.fk());
        api.post("/v1/case-searches", &api.fk(), &json!({"personnummer": ANNA}));
        api.post("/v1/case-searches", &api.fk(), &json!({"caseReference": "FK-1"}));
        api.post(
            "/v1/registrations?dryRun=true",
            &api.fk(),
            &json!({"caseReference": "FK-1", "step": "gk", "date": "2016-10-12"}),
        );
        api.post("/v1/registrations", &api.fk(), &begaran("FK-2", ANNA)["participant"]);
        let wanted = case(uuid::Uuid::parse_str(&id).unwrap().as_u128());
        let rows = lookup::about(&mut api.service().db.read().unwrap().link(), &[wanted], &[], &(0..i64::MAX)).unwrap();
        let told: Vec<String> = rows.iter().map(|row| format!("{} {}", row.kind, row.action)).collect();
        assert_eq!(
            told,
            [
                "change create_registrations",
                "read get_case",
                "change create_office_change",
                "read get_case",
                "change create_handler_change",
                "read get_case",
                "change create_consent_withdrawal",
                "list list_cases",
                "read get_case_history",
                "search create_case_search",
                "search create_case_search",
                "trial create_registrations",
            ]
        );
        assert!(rows.iter().all(|row| row.client == "fk-system" && row.trace.is_some()));
        assert_eq!(verified(api.service(), &[]).findings, []);
    });
}

#[test]
fn a_change_that_is_rolled_back_leaves_no_row_and_no_gap() {
    on_both(|_, database| {
        let (service, _) = service(database, noon("2016-10-12"));
        service.import_organisation(&organisation()).unwrap();
        post(&service, vec![begaran("FK-1", ANNA)]).unwrap();
        // A table that is gone makes the unit fail after its rows were made.
        let mut raw = Raw::of(database);
        raw.run("ALTER TABLE access_queries RENAME TO away").unwrap();
        let searched = Entry::of(&scope(&service, "fk-h-017"), Kind::Search, &[case(9)]).asked(Some(vec![1; 16]));
        assert!(service.log_and_wait(vec![searched.clone()]).is_err());
        raw.run("ALTER TABLE away RENAME TO access_queries").unwrap();
        service.log_and_wait(vec![searched]).unwrap();
        let told = verified(&service, &[]);
        assert_eq!((told.findings, told.rows), (vec![], 2));
        let rows = lookup::about(&mut service.db.read().unwrap().link(), &[case(9)], &[], &(0..i64::MAX)).unwrap();
        assert_eq!(rows.len(), 1, "what was noted for the failed unit is noted anew");
    });
}

#[test]
fn rows_from_before_there_were_chains_are_sealed_by_the_first() {
    on_both(|_, database| {
        drop(sus::storage::Db::open(&database.url, 1).unwrap());
        let mut raw = Raw::of(database);
        // As a database of an earlier version held them.
        for guard in [
            "DROP TRIGGER access_log_unchained_no_insert",
            "DROP TRIGGER access_log_unchained_closed ON access_log_unchained",
        ] {
            drop(raw.run(guard));
        }
        for n in 0..3 {
            raw.run(&format!(
                "INSERT INTO access_log_unchained (at, client, agency, action, cases) VALUES ({n}, 'fk-web', 'FK', 'get_case', '{},{}')",
                case(2),
                case(4)
            ))
            .unwrap();
        }
        let (service, _) = service(database, noon("2016-10-12"));
        service.log_and_wait(vec![Entry::of(&scope(&service, "fk-h-017"), Kind::Read, &[case(1)])]).unwrap();
        let told = verified(&service, &[]);
        assert_eq!((told.findings, told.unchained, told.rows), (vec![], 3, 2));
        let about = |n: u128| {
            let mut reader = service.db.read().unwrap();
            lookup::about(&mut reader.link(), &[case(n)], &[], &(0..i64::MAX)).unwrap().len()
        };
        assert_eq!((about(1), about(2), about(3)), (1, 3, 0), "they are read as the others are");
        for guard in
            ["DROP TRIGGER access_log_no_update", "DROP TRIGGER access_log_append_only ON access_log_unchained"]
        {
            drop(raw.run(guard));
        }
        raw.run("UPDATE access_log_unchained SET agency = NULL WHERE at = 1").unwrap();
        let codes: Vec<&str> = verified(&service, &[]).findings.iter().map(|f| f.fault.code()).collect();
        assert_eq!(codes, ["unchained_altered"]);
    });
}

#[test]
fn protection_names_all_cases_of_the_person() {
    on_both(|_, database| {
        let (service, clock) = service(database, noon("2016-10-12"));
        service.import_organisation(&organisation()).unwrap();
        let first = post(&service, vec![begaran("FK-1", ANNA)]).unwrap().results[0].clone().unwrap();
        let ended = json!({"caseReference": "FK-1", "step": "avbrutet", "date": "2016-10-12", "answers": {"orsak": "eget_initiativ"}});
        assert!(post(&service, vec![ended]).unwrap().results[0].is_ok());
        clock.advance(TimeDelta::days(20));
        let again = crate::support::posting::begaran("FK-2", ANNA, "2016-10-30");
        let second = post(&service, vec![again]).unwrap().results[0].clone().unwrap();
        let told = Ask::of(Agency::Fk).change(
            &service,
            second.case_id(),
            Change::Protection,
            None,
            &json!({"date": "2016-10-31"}),
        );
        assert!(told.unwrap().results[0].is_ok());
        let link = &mut service.db.read().unwrap();
        let rows = lookup::about(&mut link.link(), &[first.case_id()], &[], &(0..i64::MAX)).unwrap();
        let last = rows.last().unwrap();
        assert_eq!((last.action.as_str(), last.cases().count(), last.counted), ("create_protection", 2, 2));
    });
}
