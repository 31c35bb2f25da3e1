//! Reports whose texts are anything: as PX and CSV they are read back by readers of our own, with as many cells as there
//! are figures.
#![no_main]

use chrono::NaiveDate;
use libfuzzer_sys::fuzz_target;
use sus::reports::render::{csv as separated, px};
use sus::reports::report::{Code, Dimension, Figure, LevelName, Measure, Part, Report, Row, Unit};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let mut texts = text.split('\u{1}').map(str::to_owned).chain(std::iter::repeat(String::new()));
    let mut next = || texts.next().unwrap_or_default();
    let size = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or(0)) % 4 + 1;
    let (rows, columns) = (size(data.first()), size(data.get(1)));
    let mut dimension = |name: &'static str, count: usize| Dimension {
        name,
        label: next(),
        // Codes are ours, and differ; labels come from registers.
        codes: (0..count).map(|n| Code { code: format!("k{n}").into(), label: next() }).collect(),
    };
    let dimensions = vec![dimension("kontor", rows), dimension("kon", columns)];
    let figure = |at: usize| match data.get(at % data.len().max(1)).copied().unwrap_or(0) {
        0..=9 => Figure::Withheld,
        10..=19 => Figure::NotApplicable,
        n @ 20..=127 => Figure::Count(u64::from(n) - 20),
        n => Figure::Number(f64::from(n) / 7.0),
    };
    let all: Vec<Row> = (0..rows * columns)
        .map(|at| Row {
            codes: vec![format!("k{}", at / columns).into(), format!("k{}", at % columns).into()],
            level: "urval".to_owned(),
            figures: vec![figure(at)],
        })
        .collect();
    let part = Part {
        id: "nya_gk",
        number: 1,
        title: next(),
        definition: next(),
        footnotes: vec![next(), next()],
        chart: "bars".to_owned(),
        dimensions,
        measures: vec![Measure { name: "antal", label: next(), unit: Unit::Count }],
        rows: all,
    };
    let day = NaiveDate::from_ymd_opt(2016, 10, 1).unwrap();
    let report = Report {
        report: "status".to_owned(),
        version: 1,
        lang: "sv",
        title: next(),
        period: (day, day),
        geography: ("styrgrupp:x".to_owned(), next()),
        selections: Vec::new(),
        levels: vec![LevelName {
            code: "urval".to_owned(),
            name: next(),
            disclosure: "exact",
            disclosure_version: None,
        }],
        as_of: "2016-12-31T10:00:00Z".parse().unwrap(),
        counted_to: 1,
        disclosure: "exact",
        disclosure_version: None,
        anonymous: Figure::Count(0),
        footnotes: vec![next()],
        parts: vec![part],
    };
    read_px(&px::render(&report, &report.parts[0]), rows * columns);
    for semicolon in [false, true] {
        let options = separated::Options { semicolon, byte_order_mark: false, decimal_comma: semicolon };
        let bytes = separated::render(&report, options).unwrap();
        let delimiter = if semicolon { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes.as_slice());
        let width = reader.headers().unwrap().len();
        let read: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(read.len(), rows * columns);
        assert!(read.iter().all(|record| record.len() == width));
    }
});

/// Statements of a keyword, `=`, and texts and numbers up to `;`, as PX has them; the values of each.
fn read_px(text: &str, cells: usize) {
    let mut statements: Vec<(String, Vec<String>)> = Vec::new();
    let mut characters = text.chars().peekable();
    while characters.peek().is_some() {
        let mut keyword = String::new();
        let mut quoted = false;
        for c in characters.by_ref() {
            quoted ^= c == '"';
            if c == '=' && !quoted {
                break;
            }
            keyword.push(c);
        }
        let (mut values, mut word, mut ended) = (Vec::new(), String::new(), false);
        while let Some(c) = characters.next() {
            if c == '"' {
                word.push('"');
                word.extend(characters.by_ref().take_while(|c| *c != '"'));
                values.push(std::mem::take(&mut word));
            } else if c == ';' {
                ended = true;
                break;
            } else if c.is_whitespace() || c == ',' {
                if !word.is_empty() {
                    values.push(std::mem::take(&mut word));
                }
            } else {
                word.push(c);
            }
        }
        if !word.is_empty() {
            values.push(word);
        }
        if keyword.trim().is_empty() {
            continue;
        }
        assert!(ended, "{keyword} has no end");
        statements.push((keyword.trim().to_owned(), values));
    }
    let names = |start: &str| statements.iter().filter(|(keyword, _)| keyword.starts_with(start)).collect::<Vec<_>>();
    let values: usize = names("VALUES(").iter().map(|(_, values)| values.len()).product();
    let codes: usize = names("CODES(").iter().map(|(_, values)| values.len()).product();
    assert_eq!((values, codes), (cells, cells), "as many values and codes as cells");
    for (keyword, values) in names("VALUES(") {
        let mut alone = values.clone();
        alone.sort();
        alone.dedup();
        assert_eq!(alone.len(), values.len(), "{keyword} has a value twice");
    }
    let data: Vec<_> = statements.iter().filter(|(keyword, _)| keyword == "DATA").collect();
    assert_eq!((data.len(), data[0].1.len()), (1, cells), "as many figures as cells");
    assert!(text.lines().all(|line| line.chars().count() <= 256), "a line is too long");
}
