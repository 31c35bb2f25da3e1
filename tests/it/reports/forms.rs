//! Reports in every form, as files for programs that nobody here wrote to read (`.ci/readers`): the pilot as the service
//! answers, and a report with everything that formats trip over.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use sus::reports::Report;
use sus::reports::render::form::{self, Form};
use sus::reports::render::{Options, render};
use sus::reports::report::{Code, Dimension, Figure, LevelName, Measure, Part, Row, Unit};

use super::pilot::{BASPAKET, pilot_of};
use crate::support::on_both;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("forms").join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn the_pilot_is_written_in_every_form() {
    on_both(|_, database| {
        let api = pilot_of(database);
        let folder = folder("pilot");
        for form in Form::ALL.into_iter().filter(|form| !form.one_part()) {
            let told = api.get(&format!("{BASPAKET}&format={}", form.code()), &api.fk());
            assert_eq!(told.status, 200, "{}", told.text);
            fs::write(folder.join(format!("report.{}", form.extension())), &told.bytes).unwrap();
        }
        let report = api.get(BASPAKET, &api.fk()).json();
        for part in report["parts"].as_array().unwrap() {
            let id = part["id"].as_str().unwrap();
            for form in [Form::Json, Form::Px, Form::Svg, Form::Png] {
                let told = api.get(&format!("{BASPAKET}&part={id}&format={}", form.code()), &api.fk());
                assert_eq!(told.status, 200, "{}", told.text);
                fs::write(folder.join(format!("part-{id}.{}", form.extension())), &told.bytes).unwrap();
            }
        }
    });
}

#[test]
fn a_report_that_formats_trip_over_is_written_in_every_form() {
    let report = odd();
    let folder = folder("odd");
    for form in Form::ALL.into_iter().filter(|form| !form.one_part()) {
        let bytes = render(&report, form, Options::default()).unwrap();
        fs::write(folder.join(format!("report.{}", form.extension())), bytes).unwrap();
    }
    for part in &report.parts {
        let mut one = report.clone();
        form::keep(&mut one, &[part.id.to_owned()], Some(Form::Px)).unwrap();
        for form in [Form::Json, Form::Px, Form::Svg, Form::Png] {
            let bytes = render(&one, form, Options::default()).unwrap();
            fs::write(folder.join(format!("part-{}.{}", part.id, form.extension())), bytes).unwrap();
        }
    }
    let page = String::from_utf8(render(&report, Form::Html, Options::default()).unwrap()).unwrap();
    for said in ["1\u{a0}234\u{a0}567", "12,5\u{a0}%", "<td>..</td>", "<td>.</td>", ">–</data>", "lang=\"sv\"", "exact"]
    {
        assert!(page.contains(said), "{said}");
    }
}

fn dimension(name: &'static str, label: &str, codes: &[(&'static str, &str)]) -> Dimension {
    let code = |(code, label): &(&'static str, &str)| Code { code: (*code).into(), label: (*label).to_owned() };
    Dimension { name, label: label.to_owned(), codes: codes.iter().map(code).collect() }
}

/// Missing figures of both kinds, true zeroes, and texts with quotes, semicolons, line breaks and formulas.
fn odd() -> Report {
    let kon = dimension("kon", "Kön", &[("kvinna", "Kvinnor"), ("man", "Män"), ("samtliga", "Samtliga")]);
    let offices = [
        ("FK-1", "Gävle \"norra\""),
        ("FK-2", "=1+1; och, mera"),
        ("FK-3", "Hede\nVemdalen"),
        ("FK-4", "<Åre> & 'Järpen'"),
        ("FK-5", "Samtliga"),
        ("samtliga", "Samtliga"),
    ];
    let kontor = dimension("kontor", "Kontor = plats", &offices);
    let part = |id, number, chart: &str, measures: &[(&'static str, Unit)]| Part {
        id,
        number,
        title: format!("Del \"{number}\"; med = och DATA"),
        definition: format!("En definition som är lång. {}", "Den upprepar sig – med å, ä och ö. ".repeat(12)),
        footnotes: vec!["En fotnot;\nmed radbrytning".to_owned()],
        chart: chart.to_owned(),
        dimensions: vec![kontor.clone(), kon.clone()],
        measures: measures
            .iter()
            .map(|(name, unit)| Measure { name, label: format!("Mått {name}"), unit: *unit })
            .collect(),
        rows: ["urval", "lan:21", "riket"]
            .iter()
            .enumerate()
            .flat_map(|(l, level)| {
                let codes = kontor.codes.iter().flat_map(|k| kon.codes.iter().map(move |s| (k, s)));
                codes.enumerate().map(move |(i, (k, s))| Row {
                    codes: vec![k.code.clone(), s.code.clone()],
                    level: (*level).to_owned(),
                    figures: measures.iter().enumerate().map(|(m, (_, unit))| figure(l + i + m, *unit)).collect(),
                })
            })
            .collect(),
    };
    let level = |code: &str, name: &str| LevelName {
        code: code.to_owned(),
        name: name.to_owned(),
        disclosure: "exact",
        disclosure_version: None,
    };
    Report {
        report: "prov".to_owned(),
        version: 1,
        lang: "sv",
        title: "Prov på allt; \"möjligt\" & <omöjligt>".to_owned(),
        period: ("2016-10-01".parse().unwrap(), "2016-12-31".parse().unwrap()),
        geography: ("styrgrupp:prov".to_owned(), "Norra \"Norrland\"".to_owned()),
        selections: Vec::new(),
        levels: vec![level("urval", "Norra \"Norrland\""), level("lan:21", "Gävleborgs län"), level("riket", "Riket")],
        as_of: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        counted_to: 177,
        disclosure: "exact",
        anonymous: Figure::Count(3),
        disclosure_version: None,
        footnotes: vec!["Gäller hela rapporten.".to_owned()],
        parts: vec![
            part("antal_andel", 1, "bar", &[("antal", Unit::Count), ("andel", Unit::Share)]),
            part("dagar", 2, "stacked-bar", &[("dagarMedel", Unit::Days), ("n", Unit::Count)]),
            part("bredvid", 3, "grouped-bar", &[("antal", Unit::Count)]),
        ],
    }
}

fn figure(at: usize, unit: Unit) -> Figure {
    match (at % 7, unit) {
        (0, _) => Figure::Withheld,
        (1, _) => Figure::NotApplicable,
        (2, Unit::Count) => Figure::Count(0),
        (2, _) => Figure::Number(0.0),
        (3, Unit::Count) => Figure::Count(1_234_567),
        (n, Unit::Count) => Figure::Count(n as u64 * 11),
        (3, Unit::Share) => Figure::Number(0.125),
        (n, Unit::Share) => Figure::Number(n as f64 / 7.0),
        (n, Unit::Days) => Figure::Number(n as f64 * 100.0 / 3.0),
    }
}
