//! Retention by degrees: what no figure needs is gone from every table, and every report stays.

use serde_json::json;
use sus::demo::national;
use sus::domain::step::Agency;
use sus::domain::transition::Settings;
use sus::registrations::retention::{Rules, dry_run, run};
use sus::registrations::wire::Kind;

use super::removed::reports;
use crate::support::posting::{Ask, begaran, gk, import_lines, number, post};
use crate::support::tables::Raw;
use crate::support::{noon, on_both, organisation, service_with};

const COARSEN: &str = "[[rule]]\nid = \"grovre\"\ntrigger = \"case_ended\"\nyears = 5\naction = \"coarsen\"\n";

#[test]
fn no_report_changes_when_retention_coarsens_and_the_dry_run_counts_what_the_run_does() {
    on_both(|backend, database| {
        let (service, _) = service_with(database, noon("2026-11-20"), Settings::default());
        service.import_organisation(&national::organisation()).unwrap();
        let history = national::National { seed: 3, cases: 60, until: "2016-12-31".parse().unwrap() };
        import_lines(&service, &history.lines().collect::<Vec<_>>());
        let before = reports(database);
        let rules = Rules::parse(COARSEN).unwrap();
        let counted = dry_run(&service, &rules, &mut |_| true).unwrap()["grovre"];
        assert!(counted > 20, "{backend:?}: {counted}");
        let mut raw = Raw::of(database);
        let named = raw.count("cases", "identity = 'named' AND state = 1");
        assert_eq!(run(&service, &rules, None, &mut |_| true).unwrap()["grovre"], counted, "{backend:?}");
        assert_eq!(raw.count("cases", "identity = 'removed'"), named, "{backend:?}: stripped first");
        assert_eq!(raw.count("erasures", "reason = 'coarsening'"), counted as i64);
        for ((name, was), (_, is)) in before.iter().zip(reports(database)) {
            assert!(*was == is, "{backend:?}: {name} changed");
        }
        assert_eq!(run(&service, &rules, None, &mut |_| true).unwrap()["grovre"], 0, "nothing is left to take away");
    });
}

#[test]
fn a_coarsened_case_tells_neither_employer_nor_who_worked_with_it() {
    on_both(|backend, database| {
        let (service, clock) = service_with(database, noon("2016-10-20"), Settings::default());
        service.import_organisation(&organisation()).unwrap();
        let mut body = begaran("FK-1", &number("1961-05-17"), "2016-10-03");
        body["clientReference"] = json!("eget-1");
        body["handlers"] = json!({"fk": "fk-h-017"});
        body["answers"] = json!({"anstalld": true, "arbetsgivare": "2021005521", "utbildning": "gymnasium"});
        let case = post(&service, vec![body]).unwrap().results[0].as_ref().unwrap().case_id();
        let open = begaran("FK-2", &number("1972-11-08"), "2016-10-03");
        post(&service, vec![open]).unwrap();
        let mut mapped = gk("FK-1", "2016-10-12");
        mapped["agency"] = json!("FK");
        mapped["registeredBy"] = json!("fk-h-017");
        assert_eq!(import_lines(&service, &[mapped]).0.refused, 0, "{backend:?}");
        let ended = json!({"caseReference": "FK-1", "step": "avslutat", "date": "2016-10-18",
            "answers": {"fortsattHandlaggning": "ingen"}});
        assert!(post(&service, vec![ended]).unwrap().results[0].is_ok());
        let wrong = json!({"kind": "municipality", "municipality": "2181",
            "reason": {"code": "fel", "text": "Hon bodde i Sandviken."}});
        Ask::of(Agency::Fk).change(&service, case, Kind::Correction, None, &wrong).unwrap().results[0]
            .as_ref()
            .unwrap();
        let mut raw = Raw::of(database);
        assert_eq!(raw.count("registrations", "handler = 'fk-h-017'"), 1, "{backend:?}");
        let by_hand = "UPDATE registrations SET handler = 'borttagen'";
        assert!(raw.run(by_hand).is_err(), "{backend:?}: beside no erasure nothing is forgotten");
        let everything = |raw: &mut Raw| -> String {
            raw.every_row().into_iter().map(|(_, row)| String::from_utf8_lossy(&row).into_owned() + "\n").collect()
        };
        assert!(everything(&mut raw).contains("2021005521"));
        clock.set(noon("2021-10-18"));
        let rules = Rules::parse(COARSEN).unwrap();
        assert_eq!(run(&service, &rules, None, &mut |_| true).unwrap()["grovre"], 1, "{backend:?}: the open one isn't");
        let left = everything(&mut raw);
        for gone in ["2021005521", "Hon bodde i Sandviken", "FK-1\n"] {
            assert!(!left.contains(gone), "{backend:?}: {gone}");
        }
        assert_eq!(raw.count("answers", "question = 'arbetsgivare' AND value = '0000000000'"), 1, "{backend:?}");
        assert_eq!(raw.count("answers", "value = 'gymnasium'"), 1, "{backend:?}: figures are split by it");
        assert_eq!(raw.count("case_handlers", "handler = 'fk-h-017'"), 0, "{backend:?}");
        assert_eq!(raw.count("registrations", "handler = 'borttagen'"), 1, "{backend:?}: somebody did");
        assert_eq!(raw.count("client_references", "true"), 0, "{backend:?}");
        assert_eq!(raw.count("case_subjects", "municipality = '2181'"), 1, "{backend:?}");
        // What is left of the journal is still nobody's to change.
        assert!(raw.run("UPDATE registrations SET date = date + 1").is_err(), "{backend:?}");
        assert!(raw.run("DELETE FROM registrations").is_err(), "{backend:?}");
        assert!(raw.run("UPDATE registrations SET handler = 'fk-h-017'").is_err(), "{backend:?}");
    });
}

#[test]
fn of_an_anonymous_case_it_is_forgotten_too_who_worked_with_it() {
    on_both(|backend, database| {
        let (service, clock) = service_with(database, noon("2016-10-20"), Settings::default());
        service.import_organisation(&organisation()).unwrap();
        let begun = json!({"step": "begaran", "date": "2016-10-03",
            "participant": {"anonymous": {"sex": "kvinna"}}, "handlers": {"fk": "fk-h-017"},
            "offices": {"fk": "FK-GAVLE", "af": "AF-GAVLE"}});
        let case = post(&service, vec![begun]).unwrap().results[0].as_ref().unwrap().case_id();
        let ended = json!({"case": case.0, "step": "avslutat", "date": "2016-10-18",
            "answers": {"ejGenomfordOrsak": "annat"}});
        let told = post(&service, vec![ended]).unwrap();
        assert!(told.results[0].is_ok(), "{backend:?}: {:?}", told.results[0].as_ref().err());
        let mut raw = Raw::of(database);
        assert_eq!(raw.count("case_handlers", "handler = 'fk-h-017'"), 1, "{backend:?}");
        clock.set(noon("2021-10-18"));
        assert_eq!(run(&service, &Rules::parse(COARSEN).unwrap(), None, &mut |_| true).unwrap()["grovre"], 1);
        assert_eq!(raw.count("case_handlers", "handler = 'fk-h-017'"), 0, "{backend:?}");
    });
}

#[test]
fn a_case_grows_old_from_what_people_registered_and_not_from_what_retention_took() {
    const DEGREES: &str = "\
        [[rule]]\nid = \"bort\"\ntrigger = \"last_registration\"\nyears = 3\naction = \"delete\"\n\
        [[rule]]\nid = \"grovre\"\ntrigger = \"last_registration\"\nyears = 2\naction = \"coarsen\"\n\
        [[rule]]\nid = \"namnlos\"\ntrigger = \"last_registration\"\nyears = 1\naction = \"strip_identity\"\n";
    on_both(|backend, database| {
        let (service, clock) = service_with(database, noon("2016-10-20"), Settings::default());
        service.import_organisation(&organisation()).unwrap();
        let ended = json!({"caseReference": "FK-1", "step": "avslutat", "date": "2016-10-18",
            "answers": {"ejGenomfordOrsak": "annat"}});
        for body in [begaran("FK-1", &number("1961-05-17"), "2016-10-03"), ended] {
            assert!(post(&service, vec![body]).unwrap().results[0].is_ok(), "{backend:?}");
        }
        let rules = Rules::parse(DEGREES).unwrap();
        let taken = |day: &str| {
            clock.set(noon(day));
            let counts = run(&service, &rules, None, &mut |_| true).unwrap();
            counts.into_iter().filter(|(_, cases)| *cases > 0).map(|(rule, _)| rule).collect::<Vec<_>>()
        };
        for (eve, day, rule) in [
            ("2017-10-19", "2017-10-20", "namnlos"),
            ("2018-10-19", "2018-10-20", "grovre"),
            ("2019-10-19", "2019-10-20", "bort"),
        ] {
            assert_eq!((taken(eve), taken(day)), (vec![], vec![rule.to_owned()]), "{backend:?}");
        }
    });
}
