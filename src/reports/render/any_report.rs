//! Random reports for tests: of one or two parts, with missing values and with texts that formats trip over.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use crate::reports::report::{Code, Dimension, Figure, LevelName, Measure, Part, Report, Row, Unit};
use crate::reports::times::TIME;

const TEXTS: &[&str] = &[
    "Kvinnor",
    "Räksmörgås på Öland",
    "ett \"citat\" till",
    "a;b,c\td",
    "rad ett\nrad två",
    "rad ett\r\nrad två",
    "=1+1",
    "-cmd|' /C calc'!A0",
    "+46",
    "@SUM(A1)",
    "<script>alert(1)</script> &amp; 'x'",
    "DATA=1;",
    "#",
    "",
    " ",
    "\u{1}\u{b}",
    "_x000D_",
    "Ett mycket långt namn på ett kontor som ingen rad i något diagram har rum för utan att brytas flera gånger om",
];
const CODES: &[&str] = &["a", "b-1", "2180", "FK-GÄVLE", "c;d", "e\"f", "=g", "samtliga"];
const MEASURES: &[&str] = &["antal", "andel", "dagarMedel", "n", "distinkta"];
const LEVELS: &[&str] = &["urval", "lan:21", "riket"];

fn text() -> impl Strategy<Value = String> {
    select(TEXTS).prop_map(str::to_owned)
}

fn dimension(name: &'static str) -> impl Strategy<Value = Dimension> {
    let codes = subsequence(CODES, 1..=4).prop_flat_map(|codes| {
        let labels = prop::collection::vec(text(), codes.len());
        labels.prop_map(move |labels| {
            let both = codes.iter().zip(labels);
            both.map(|(code, label)| Code { code: Cow::Borrowed(*code), label }).collect::<Vec<_>>()
        })
    });
    (codes, text()).prop_map(move |(codes, label)| Dimension { name, label, codes })
}

/// Times beside each other, as the last dimension.
fn times() -> impl Strategy<Value = Option<Dimension>> {
    let months = &["2016M10", "2016M11"][..];
    let cut = &["2016-10-03/2016-10-31", "2016M11", "2016M12"][..];
    select(vec![None, Some(months), Some(cut)]).prop_map(|codes| {
        let code = |code: &&'static str| Code { code: Cow::Borrowed(*code), label: (*code).to_owned() };
        codes.map(|codes| Dimension { name: TIME, label: "Tid".to_owned(), codes: codes.iter().map(code).collect() })
    })
}

fn figure(unit: Unit) -> BoxedStrategy<Figure> {
    let missing = prop_oneof![Just(Figure::NotApplicable), Just(Figure::Withheld)];
    match unit {
        Unit::Count => {
            prop_oneof![6 => (0..3_000_000_u64).prop_map(Figure::Count), 1 => Just(Figure::Count(0)), 1 => missing]
                .boxed()
        }
        Unit::Share => {
            prop_oneof![6 => (0.0..=1.0_f64).prop_map(Figure::Number), 1 => Just(Figure::Number(0.0)), 1 => missing]
                .boxed()
        }
        Unit::Days => prop_oneof![6 => (0.0..4_000.0_f64).prop_map(Figure::Number), 1 => missing].boxed(),
    }
}

/// A row for each combination of codes, level after level.
fn rows(dimensions: &[Dimension], measures: &[Measure], levels: usize) -> BoxedStrategy<Vec<Row>> {
    let mut combinations: Vec<Vec<Cow<'static, str>>> = vec![Vec::new()];
    for dimension in dimensions {
        let longer = |codes: &Vec<Cow<'static, str>>| {
            let codes = codes.clone();
            dimension
                .codes
                .iter()
                .map(move |c| codes.iter().cloned().chain([c.code.clone()]).collect())
                .collect::<Vec<_>>()
        };
        combinations = combinations.iter().flat_map(longer).collect();
    }
    let figures: Vec<BoxedStrategy<Figure>> = measures.iter().map(|m| figure(m.unit)).collect();
    prop::collection::vec(figures, combinations.len() * levels)
        .prop_map(move |all| {
            let keys = LEVELS[..levels].iter().flat_map(|level| combinations.iter().map(move |codes| (level, codes)));
            let row = |((level, codes), figures): ((&&str, &Vec<Cow<'static, str>>), Vec<Figure>)| Row {
                codes: codes.clone(),
                level: (*level).to_owned(),
                figures,
            };
            keys.zip(all).map(row).collect()
        })
        .boxed()
}

fn part(id: &'static str, number: u32, levels: usize) -> impl Strategy<Value = Part> {
    let names = subsequence(&["utfall", "kontor", "kon"][..], 1..=3);
    let dimensions = names.prop_flat_map(|names| names.into_iter().map(dimension).collect::<Vec<_>>());
    let dimensions = (dimensions, times()).prop_map(|(own, time)| own.into_iter().chain(time).collect::<Vec<_>>());
    let measure = |name: &'static str| Measure { name, label: format!("Mått {name}"), unit: Unit::of(name) };
    let measures =
        subsequence(MEASURES, 1..=3).prop_map(move |names| names.into_iter().map(measure).collect::<Vec<_>>());
    let chart = select(&["bar", "stacked-bar", "grouped-bar"][..]);
    (dimensions, measures, chart, text(), prop::collection::vec(text(), 0..3)).prop_flat_map(
        move |(dimensions, measures, chart, title, footnotes)| {
            rows(&dimensions, &measures, levels).prop_map(move |rows| Part {
                id,
                number,
                title: title.clone(),
                definition: format!("Definition av {title}"),
                footnotes: footnotes.clone(),
                chart: chart.to_owned(),
                dimensions: dimensions.clone(),
                measures: measures.clone(),
                rows,
            })
        },
    )
}

pub(super) fn report() -> impl Strategy<Value = Report> {
    let parts = (1..=3_usize).prop_flat_map(|levels| (part("ett", 1, levels), part("tva_delar", 2, levels)));
    (parts, text(), select(&["sv", "en"][..]), any::<Index>()).prop_map(|((one, two), name, lang, end)| Report {
        report: "prov".to_owned(),
        version: 1,
        lang,
        title: format!("Prov: {name}"),
        period: (day("2016-10-01"), day(["2016-10-31", "2016-12-31", "2017-01-15"][end.index(3)])),
        geography: ("styrgrupp:gavleborg".to_owned(), name.clone()),
        selections: Vec::new(),
        levels: LEVELS
            .iter()
            .map(|code| LevelName {
                code: (*code).to_owned(),
                name: format!("{name} {code}"),
                disclosure: "exact",
                disclosure_version: None,
            })
            .collect(),
        as_of: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        counted_to: 177,
        disclosure: "exact",
        anonymous: Figure::Count(1_234),
        disclosure_version: None,
        footnotes: vec![name],
        parts: vec![one, two],
    })
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}
