//! `sus report`: the same report as the API gives, and everything wrong with a question at once.

use expect_test::expect;
use sus::demo::pilot;

use super::{Place, places};
use crate::http::Api;

#[test]
fn a_report_by_command_line_is_the_report_by_http() {
    places(|backend, database, place| {
        place.pilot_files();
        place.run("organisation import organisation.json").printed();
        let told = place.run("import pilot.ndjson").printed();
        assert!(told.contains(" 0 refused"), "{told}");
        let api = Api::around(database, "2026-11-21", &pilot::organisation());
        for format in ["json", "csv"] {
            for lang in ["sv", "en"] {
                let by_http = api.get(
                    &format!(
                        "/v1/reports/baspaket?from=2016-10-01&to=2016-12-31&geography=styrgrupp:gavleborg\
                         &asOf=2020-01-01&countedTo=177&format={format}&lang={lang}"
                    ),
                    &api.fk(),
                );
                assert_eq!(by_http.status, 200, "{}", by_http.text);
                let line = format!(
                    "report baspaket --from 2016-10-01 --to 2016-12-31 --geography styrgrupp:gavleborg \
                     --as-of 2020-01-01 --counted-to 177 --format {format} --lang {lang}"
                );
                assert_eq!(
                    place.run(&line).printed().trim_end(),
                    by_http.text.trim_end(),
                    "{backend:?} {format} {lang}"
                );
            }
        }
    });
}

#[test]
fn a_report_is_written_to_a_file_in_any_form() {
    let place = Place::new();
    let line = "report --from 2016-10-01 --to 2016-12-31 --part utfall_gk";
    for (format, begins) in [
        ("xlsx", &b"PK"[..]),
        ("parquet", b"PAR1"),
        ("png", b"\x89PNG"),
        ("svg", b"<svg "),
        ("px", b"CHARSET="),
        ("html", b"<!DOCTYPE html>"),
        ("json-stat2", b"{\"version\":\"2.0\",\"class\":\"dataset\""),
        ("table", "Baspaket för".as_bytes()),
    ] {
        let ran = place.run(&format!("{line} --format {format} --output report.{format}"));
        assert!(ran.ok && ran.out.is_empty(), "{format}: {}{}", ran.out, ran.err);
        let bytes = std::fs::read(place.folder.path().join(format!("report.{format}"))).unwrap();
        assert!(bytes.starts_with(begins), "{format}");
    }
    let told = place.run("report --from 2016-10-01 --to 2016-12-31 --part 1,2 --format px").complained();
    assert!(told.contains("--part: this form holds one part; choose one of 1 nya_gk, 2 utfall_gk"), "{told}");
    let told = place.run(&format!("{line} --output no/such/folder --format csv")).complained();
    assert!(told.starts_with("sus: no/such/folder: "), "{told}");
}

#[test]
fn what_is_chosen_is_checked_with_the_rest_and_a_variable_is_chosen_once() {
    let place = Place::new();
    let line = "report --from 2016-10-01 --to 2016 --select kommun=9999 --select insatstyp=afi --select insatstyp=ali";
    let ran = place.run(&format!("{line} --select kon --split foo"));
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    for wanted in [
        "--to: a date",
        "--select insatstyp: given more than once; several codes are written insatstyp=ONE,OTHER",
        "--select kon: NAME=CODES is wanted",
        "“foo”",
        "kommun",
    ] {
        assert!(ran.err.contains(wanted), "{wanted}: {}", ran.err);
    }
}

#[test]
fn everything_wrong_with_a_report_is_told_at_once() {
    let place = Place::new();
    let told = place.run("report nonsense --from igår --to 2016 --geography mars --as-of snart").complained();
    expect![[r#"
        sus: --from: a date such as 2016-10-01 is wanted
             --to: a date such as 2016-10-01 is wanted
             --as-of: a date or an instant such as 2017-01-15T10:00:00Z is wanted
             “mars” does not have the form of a geography. Allowed: riket, lan:NN, kommun:NNNN, fk-omrade:…, af-omrade:…, fk-kontor:…, af-kontor:…, fk-kontor-med-foregangare:…, af-kontor-med-foregangare:…, styrgrupp:….
             There is no report “nonsense”. Allowed: baspaket, status, resultat-fortsatt-efter-gk, resultat-arbete-studier, resultat-fortsatt-fk, deltagare-sysselsattning, deltagare-arbete-studier, deltagare-forman, deltagare-forman-efter, deltagare-bakgrund, deltagare-tider, deltagare-floden, flaskhalsar, datakvalitet.
    "#]]
    .assert_eq(&told);
    let told = place.run("report nonsense --from 2016-12-31 --to 2016-10-01 --geography styrgrupp:mars").complained();
    expect![[r#"
        sus: The period's first day 2016-12-31 is after its last 2016-10-01.
             There is no report “nonsense”. Allowed: baspaket, status, resultat-fortsatt-efter-gk, resultat-arbete-studier, resultat-fortsatt-fk, deltagare-sysselsattning, deltagare-arbete-studier, deltagare-forman, deltagare-forman-efter, deltagare-bakgrund, deltagare-tider, deltagare-floden, flaskhalsar, datakvalitet.
             The geography “styrgrupp:mars” is not in the register.
    "#]]
    .assert_eq(&told);
    let told = place.run("report --from 2016-10-01 --to 2016-12-31 --counted-to 9 --geography lan:99");
    assert_eq!(told.code, Some(2), "{}", told.err);
    expect![[r#"
        sus: --counted-to: the log has only come to position 0. Allowed: 0–0.
             The geography “lan:99” is not in the register. Allowed: lan:01, lan:03, lan:04, lan:05, lan:06, lan:07, lan:08, lan:09, lan:10, lan:12, lan:13, lan:14, lan:17, lan:18, lan:19, lan:20, lan:21, lan:22, lan:23, lan:24, lan:25.
    "#]]
    .assert_eq(&told.complained());
}

#[test]
fn a_geography_that_is_not_there_is_told_with_some_that_are() {
    let place = Place::new();
    let told = place.run("report --from 2016-10-01 --to 2016-12-31 --geography kommun:9999").complained();
    let (first, last) = told.trim_end().split_once(" Allowed: ").unwrap();
    assert!(first.contains("“kommun:9999”"), "{told}");
    assert!(last.starts_with("kommun:0114, ") && last.ends_with(" more.") && last.len() < 600, "{told}");
}
