//! The Gävleborg pilot of autumn 2016, imported as its two files are: the published counts come out, and the whole
//! baspaket is as committed, on both backends.

use expect_test::expect_file;
use sus::demo::pilot;
use sus::domain::answers::{Answer, Question};
use sus::domain::case::Case;
use sus::storage::journal::{Selection, load};

use super::antal;
use crate::http::Api;
use crate::support::posting::import_lines;
use crate::support::{Backend, Database, on_both};

pub const BASPAKET: &str = "/v1/reports/baspaket?from=2016-10-01&to=2016-12-31&geography=styrgrupp:gavleborg";

/// The pilot as it stands ten years later.
pub fn pilot_of(database: &Database) -> Api {
    let api = Api::around(database, "2026-11-21", &pilot::organisation());
    let (summary, refused) = import_lines(api.service(), &pilot::registrations());
    assert_eq!((summary.refused, refused.as_str()), (0, ""));
    api
}

fn cases(api: &Api) -> Vec<Case> {
    let mut reader = api.service().db.read().unwrap();
    let all = load(&mut reader.link(), Selection::Range(0, i64::MAX)).unwrap();
    all.iter().map(|loaded| loaded.case().unwrap()).collect()
}

/// Each row on a line of its own, every digit as it was told.
fn by_lines(json: &str) -> String {
    json.replace("},{", "},\n{").replace(":[{", ":[\n{") + "\n"
}

#[test]
fn the_baspaket_of_the_pilot_is_as_committed_on_both_backends() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let json = api.get(BASPAKET, &api.fk());
        assert_eq!(json.status, 200, "{}", json.text);
        expect_file!["../golden/baspaket-gavleborg-2016.json"].assert_eq(&by_lines(&json.text));
        let csv = api.get(&format!("{BASPAKET}&format=csv"), &api.fk());
        // Lines end as RFC 4180 says; in the repository they end as everywhere else.
        assert_eq!(csv.text.matches('\n').count(), csv.text.matches("\r\n").count());
        expect_file!["../golden/baspaket-gavleborg-2016.csv"].assert_eq(&csv.text.replace("\r\n", "\n"));
    });
}

#[test]
fn every_other_report_of_the_pilot_is_as_committed_on_both_backends() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let reports = api.get("/v1/reports?limit=100", &api.fk()).json();
        let ids: Vec<&str> = reports["items"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
        assert!(ids.len() >= 12, "{ids:?}");
        for id in ids.into_iter().filter(|id| !["baspaket", "datakvalitet"].contains(id)) {
            let path = BASPAKET.replace("baspaket", id).replace("to=2016-12-31", "to=2017-12-31");
            let chosen = if id == "deltagare-forman-efter" { "&formanFore=sjukpenning" } else { "" };
            let csv = api.get(&format!("{path}&format=csv{chosen}"), &api.fk());
            assert_eq!(csv.status, 200, "{id}: {}", csv.text);
            expect_file![format!("../golden/{id}-gavleborg-2016.csv")].assert_eq(&csv.text.replace("\r\n", "\n"));
        }
    });
}

#[test]
fn a_report_is_cut_into_months_that_stand_beside_each_other() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let path = format!("{BASPAKET}&part=nya_gk");
        let (whole, cut) = (api.get(&path, &api.fk()).json(), api.get(&format!("{path}&every=month"), &api.fk()));
        assert_eq!(cut.status, 200, "{}", cut.text);
        let cut = cut.json();
        assert_eq!(cut["parts"][0]["dimensions"], serde_json::json!(["initieradAv", "kon", "tid"]));
        let all = [("initieradAv", "samtliga"), ("kon", "samtliga")];
        let months: Vec<i64> = ["2016M10", "2016M11", "2016M12"]
            .map(|month| antal(&cut, "nya_gk", &[&all[..], &[("tid", month)]].concat()))
            .to_vec();
        assert_eq!((antal(&whole, "nya_gk", &all), months.iter().sum::<i64>()), (33, 33), "{months:?}");
        for (i, month) in ["10-01&to=2016-10-31", "11-01&to=2016-11-30", "12-01&to=2016-12-31"].iter().enumerate() {
            let alone = path.replace("10-01&to=2016-12-31", month);
            assert_eq!(antal(&api.get(&alone, &api.fk()).json(), "nya_gk", &all), months[i], "{month}");
        }
        let px = api.get(&format!("{path}&every=month&format=px&lang=en"), &api.fk()).text;
        assert!(px.contains("TIMEVAL(\"Time\")=TLIST(M1),\"201610\",\"201611\",\"201612\";"), "{px}");
        let refused = api.get(&format!("{path}&every=week"), &api.fk()).json();
        assert_eq!(refused["errors"][0]["allowed"]["values"], serde_json::json!(["month", "quarter", "year"]));
        let many = BASPAKET.replace("2016-10-01", "1900-01-01");
        assert_eq!(api.get(&format!("{many}&every=month"), &api.fk()).status, 400, "more rows than are answered");
    });
}

#[test]
fn the_baspaket_is_selected_and_split_as_the_other_reports_are() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let path = format!("{BASPAKET}&part=nya_gk");
        let all = [("initieradAv", "samtliga"), ("kon", "samtliga")];
        let of = |query: &str| {
            let told = api.get(&format!("{path}{query}"), &api.fk());
            assert_eq!(told.status, 200, "{}", told.text);
            told.json()
        };
        let split = of("&split=insatstyp");
        for code in ["afi", "ali", "ingen"] {
            let (cell, alone) = (&[&all[..], &[("insatstyp", code)]].concat(), of(&format!("&insatstyp={code}")));
            assert_eq!(antal(&split, "nya_gk", cell), antal(&alone, "nya_gk", &all), "{code}");
        }
        assert_eq!(antal(&split, "nya_gk", &[&all[..], &[("insatstyp", "samtliga")]].concat()), 33);
        let refused = api.get(&format!("{path}&utfallGk=ingen&split=formanEfter"), &api.fk()).json();
        let pointers: Vec<&str> =
            refused["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/query/utfallGk", "/query/split"], "{refused}");
    });
}

#[test]
fn a_report_is_selected_and_split_and_what_it_does_not_take_is_refused_by_name() {
    on_both(|backend, database| {
        let api = pilot_of(database);
        let path = BASPAKET.replace("baspaket", "deltagare-floden");
        let split = api.get(&format!("{path}&split=fkKontor,alder&initieradAv=FK"), &api.fk());
        assert_eq!(split.status, 200, "{}", split.text);
        let part = &split.json()["parts"][0];
        assert_eq!(part["dimensions"], serde_json::json!(["fran", "till", "kon", "fkKontor", "alder"]));
        let refused = api.get(
            &format!(
                "{path}&split=kon,mars,insatstyp&deltagarstatus=aktuell&alder=12&formanEfter=ingen&afKontor=AF-GAVLE"
            ),
            &api.fk(),
        );
        assert_eq!(refused.status, 400);
        if backend == Backend::Sqlite {
            expect_file!["../golden/selection-refused.json"].assert_eq(&refused.whole());
        }
        assert_eq!(api.get(&path.replace("deltagare-floden", "mars"), &api.fk()).status, 404);
    });
}

#[test]
fn a_place_that_the_register_does_not_know_is_refused_and_never_counted_as_nothing() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let asked = |query: &str| api.get(&format!("{BASPAKET}&part=nya_gk{query}"), &api.fk());
        let refused = asked("&fkKontor=FK-NOPE&afKontor=AF-GAVLE&kommun=2180,9999&verksamhetsomrade=FK-NOPE").json();
        let errors = refused["errors"].as_array().unwrap();
        let pointers: Vec<&str> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/query/verksamhetsomrade", "/query/fkKontor", "/query/kommun"], "{refused}");
        assert!(errors[1]["allowed"]["values"].as_array().unwrap().contains(&"FK-GAVLE".into()), "{refused}");
        assert_eq!(refused["detailEn"].as_str().unwrap().matches("The register has no such").count(), 3);
        let other = asked("&fkKontor=AF-GAVLE");
        assert_eq!(other.status, 400, "an office of the other agency: {}", other.text);
        let both = asked("&fkKontor=FK-NOPE&alder=12").json();
        let errors = both["errors"].as_array().unwrap();
        let pointers: Vec<&str> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/query/alder", "/query/fkKontor"], "with what else is wrong: {both}");
        let cases = api.get(
            &format!("{}&part=tackning&kommun=9999", BASPAKET.replace("baspaket", "datakvalitet/cases")),
            &api.fk(),
        );
        assert_eq!(cases.status, 400, "{}", cases.text);
        let difference = api.get(
            &format!("{}&asOf=2016-12-31&kommun=9999", BASPAKET.replace("baspaket", "baspaket/difference")),
            &api.fk(),
        );
        assert_eq!(difference.status, 400, "{}", difference.text);
        assert_eq!(asked("&kommun=uppgift_saknas&kon=samtliga").status, 200);
    });
}

#[test]
fn only_the_parts_that_are_asked_for_have_to_fit() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let path = BASPAKET.replace("from=2016-10-01&to=2016-12-31", "from=2010-01-01&to=2019-12-31");
        assert_ne!(path, BASPAKET);
        let all = api.get(&format!("{path}&every=month"), &api.fk());
        assert_eq!((all.status, &all.json()["errors"][0]["pointer"]), (400, &"/query/every".into()), "{}", all.text);
        let one = api.get(&format!("{path}&every=month&part=4"), &api.fk());
        assert_eq!(one.status, 200, "{}", one.text);
        let parts = one.json()["parts"].as_array().unwrap().clone();
        assert_eq!(parts.iter().map(|part| part["number"].as_u64()).collect::<Vec<_>>(), [Some(4)]);
    });
}

#[test]
fn forty_mappings_were_booked_and_thirty_three_held() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let cases = cases(&api);
        assert_eq!(cases.len(), 40, "begaran");
        assert_eq!(cases.iter().filter(|case| case.gk_date().is_some()).count(), 33, "held");
        let not_held_for = |reason: &str| {
            let given = |case: &&Case| {
                case.current().answers.get(Question::EjGenomfordOrsak).is_some_and(|answer| match answer {
                    Answer::Code(code) => *code == reason,
                    _ => false,
                })
            };
            cases.iter().filter(given).count()
        };
        assert_eq!((not_held_for("halsa"), not_held_for("praktiskt_hinder"), not_held_for("annat")), (4, 3, 0));

        let report = api.get(BASPAKET, &api.fk()).json();
        let left_for = |utfall: &str| antal(&report, "utfall_gk", &[("utfall", utfall)]);
        assert_eq!(antal(&report, "nya_gk", &[("initieradAv", "samtliga")]), 33);
        assert_eq!(left_for("planerad_afi") + left_for("planerad_ali"), 27, "went on into the cooperation");
        assert_eq!((left_for("endast_af"), left_for("endast_fk")), (1, 5), "to AF's ordinary operation, back to FK");
        for never in ["konsultativt_stod", "ingen", "avbrutet", "uppgift_saknas"] {
            assert_eq!(left_for(never), 0, "{never}");
        }
        assert_eq!(left_for("samtliga"), 33);
    });
}

#[test]
fn importing_the_pilot_again_changes_no_figure() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let before = api.get(BASPAKET, &api.fk());
        let (summary, _) = import_lines(api.service(), &pilot::registrations());
        assert_eq!((summary.registered, summary.repeated), (0, summary.lines));
        assert_eq!(api.get(BASPAKET, &api.fk()).text, before.text);
    });
}
