//! The same figures in every form: random reports, with missing values and with texts that formats trip over, are written
//! in each form and read back.

use std::collections::HashMap;
use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use polars::prelude::AnyValue;
use polars_io::SerReader as _;
use polars_io::parquet::read::ParquetReader;
use proptest::prelude::*;
use serde_json::Value;

use super::any_report::report;
use super::form::{RenderError, keep};
use super::words::{shown, sign};
use super::{Form, Options, csv, render};
use crate::reports::report::{Figure, Part, Report};
use crate::reports::times::{TIME, Time};

/// What a form that knows no reason for a missing value says of a figure.
fn number(figure: Figure) -> Option<f64> {
    match figure {
        Figure::Count(n) => Some(n as f64),
        Figure::Number(x) => Some(x),
        Figure::NotApplicable | Figure::Withheld => None,
    }
}

/// Readers of text may be wrong in the last digit.
fn alike(told: Option<f64>, figure: Figure) {
    match (told, number(figure)) {
        (Some(told), Some(figure)) => {
            assert!((told - figure).abs() <= 1e-12 * figure.abs().max(1.0), "{told} {figure}")
        }
        (told, figure) => assert_eq!(told, figure),
    }
}

fn figures(part: &Part) -> Vec<Figure> {
    part.rows.iter().flat_map(|row| row.figures.iter().copied()).collect()
}

/// The figures line by line, level beside level, as people read them.
fn beside(part: &Part) -> Vec<Figure> {
    let mut levels: Vec<&str> = part.rows.iter().map(|row| row.level.as_str()).collect();
    levels.dedup();
    let lines = part.rows.len() / levels.len();
    (0..lines)
        .flat_map(|line| (0..levels.len()).flat_map(move |l| part.rows[l * lines + line].figures.clone()))
        .collect()
}

fn rendered(report: &Report, form: Form) -> Vec<u8> {
    render(report, form, Options::default()).unwrap()
}

fn text_of(report: &Report, form: Form) -> String {
    String::from_utf8(rendered(report, form)).unwrap()
}

fn json_reads_back(report: &Report) {
    let read: Value = serde_json::from_str(&text_of(report, Form::Json)).unwrap();
    for (part, told) in report.parts.iter().zip(read["parts"].as_array().unwrap()) {
        for (row, told) in part.rows.iter().zip(told["rows"].as_array().unwrap()) {
            for (measure, figure) in part.measures.iter().zip(&row.figures) {
                alike(told[measure.name].as_f64(), *figure);
            }
            assert_eq!(told["status"].as_str(), row.status());
        }
    }
}

fn csv_reads_back(report: &Report, options: csv::Options) {
    let bytes = render(report, Form::Csv, Options { csv: options }).unwrap();
    let bytes = if options.byte_order_mark { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap() } else { &bytes[..] };
    let delimiter = if options.semicolon { b';' } else { b',' };
    let mut reader = ::csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut records = reader.records();
    for part in &report.parts {
        for row in &part.rows {
            let record = records.next().unwrap().unwrap();
            let cell = |name: &str| &record[header.iter().position(|h| h == name).unwrap()];
            assert_eq!((cell("part"), cell("level")), (part.id, row.level.as_str()));
            for (dimension, code) in part.dimensions.iter().zip(&row.codes) {
                assert_eq!(cell(dimension.name).strip_prefix('\'').unwrap_or(cell(dimension.name)), code);
                assert!(!cell(dimension.name).starts_with('='));
            }
            for (measure, figure) in part.measures.iter().zip(&row.figures) {
                let point = if options.decimal_comma {
                    cell(measure.name).replace(',', ".")
                } else {
                    cell(measure.name).to_owned()
                };
                assert_eq!(point.parse().ok(), number(*figure));
            }
            assert_eq!(cell("status"), row.status().unwrap_or_default());
        }
    }
    assert!(records.next().is_none());
}

fn xlsx_reads_back(report: &Report) {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(rendered(report, Form::Xlsx))).unwrap();
    let names = book.sheet_names();
    assert_eq!(names.len(), report.parts.len() + 1);
    for (part, name) in report.parts.iter().zip(&names[1..]) {
        let range = book.worksheet_range(name).unwrap();
        assert!(book.worksheet_formula(name).unwrap().is_empty(), "no text is a formula");
        let width = part.dimensions.len();
        let lines = range.rows().skip(5).take(part.rows.iter().filter(|row| row.level == part.rows[0].level).count());
        let wanted = beside(part);
        let per_line = wanted.len() / part.rows.iter().filter(|row| row.level == part.rows[0].level).count();
        let cells: Vec<Data> = lines.flat_map(|line| line[width..width + per_line].to_vec()).collect();
        assert_eq!(cells.len(), wanted.len());
        for (cell, figure) in cells.iter().zip(&wanted) {
            match cell {
                Data::String(text) => assert_eq!(Some(text.as_str()), figure.status().and(sign(*figure))),
                other => alike(calamine::DataType::as_f64(other), *figure),
            }
        }
    }
}

fn json_stat_reads_back(report: &Report) {
    let read: Value = serde_json::from_str(&text_of(report, Form::JsonStat)).unwrap();
    let datasets = match read["class"].as_str().unwrap() {
        "collection" => read["link"]["item"].as_array().unwrap().clone(),
        _ => vec![read],
    };
    for (part, dataset) in report.parts.iter().zip(&datasets) {
        let ids: Vec<&str> = dataset["id"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        let sizes: Vec<usize> =
            dataset["size"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
        let values = dataset["value"].as_array().unwrap();
        assert_eq!(values.len(), sizes.iter().product::<usize>(), "as many values as cells");
        for row in &part.rows {
            for (measure, figure) in part.measures.iter().zip(&row.figures) {
                let mut at = 0;
                for (id, size) in ids.iter().zip(&sizes) {
                    let own = part.dimensions.iter().position(|d| d.name == *id).map(|i| row.codes[i].to_string());
                    let index = dataset["dimension"][id]["category"]["index"].as_array().unwrap();
                    let code = own.unwrap_or_else(|| match *id {
                        "level" => row.level.clone(),
                        "matt" => measure.name.to_owned(),
                        _ => index[0].as_str().unwrap().to_owned(),
                    });
                    assert_eq!(index.len(), *size);
                    at = at * size + index.iter().position(|c| *c == code.as_str()).unwrap();
                }
                alike(values[at].as_f64(), *figure);
                assert_eq!(dataset["status"][at.to_string()].as_str(), figure.status().and(sign(*figure)));
            }
        }
    }
}

/// Keywords with their values, quoted texts joined where they stand without a comma between them; and the cells.
fn px_read(px: &str) -> (HashMap<String, Vec<String>>, Vec<String>) {
    let mut all = HashMap::new();
    let (mut quoted, mut statement) = (false, String::new());
    let mut statements = Vec::new();
    for c in px.chars() {
        quoted ^= c == '"';
        if c == ';' && !quoted {
            statements.push(std::mem::take(&mut statement));
        } else {
            statement.push(c);
        }
    }
    let mut cells = Vec::new();
    for statement in statements {
        let (mut quoted, mut key) = (false, String::new());
        let at = statement.find(|c| {
            quoted ^= c == '"';
            c == '=' && !quoted
        });
        key.push_str(statement[..at.unwrap()].trim());
        let value = &statement[at.unwrap() + 1..];
        if key == "DATA" {
            cells = value.split_whitespace().map(str::to_owned).collect();
            continue;
        }
        let mut texts = vec![String::new()];
        let mut quoted = false;
        for c in value.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => texts.push(String::new()),
                c if quoted => texts.last_mut().unwrap().push(c),
                _ => {}
            }
        }
        assert!(all.insert(key.clone(), texts).is_none(), "{key} twice");
    }
    (all, cells)
}

fn px_reads_back(report: &Report) {
    let px = text_of(report, Form::Px);
    assert!(px.lines().all(|line| line.chars().count() <= 256), "{px}");
    let (keys, cells) = px_read(&px);
    let variables: Vec<&String> = keys["STUB"].iter().chain(&keys["HEADING"]).collect();
    let count = |variable: &&String| {
        let values = &keys[&format!("VALUES(\"{variable}\")")];
        let mut distinct = values.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), values.len(), "values of a variable differ");
        assert_eq!(values.len(), keys[&format!("CODES(\"{variable}\")")].len());
        values.len()
    };
    assert_eq!(cells.len(), variables.iter().map(count).product::<usize>());
    let cut = report.parts[0].dimensions.iter().find(|d| d.name == TIME).is_some_and(|d| d.codes.len() > 2);
    let told = keys.iter().find(|(key, _)| key.starts_with("TIMEVAL"));
    assert_eq!(
        told.is_none(),
        cut || Time::of(report.period.0, report.period.1).regular.is_none() && !is_timed(report)
    );
    // Stub before heading, level before measure: line by line, level beside level.
    for (cell, figure) in cells.iter().zip(beside(&report.parts[0])) {
        match cell.as_str() {
            "\"-\"" => assert_eq!(number(figure), Some(0.0)),
            "\".\"" => assert_eq!(figure, Figure::NotApplicable),
            "\"..\"" => assert_eq!(figure, Figure::Withheld),
            text => assert!((text.parse::<f64>().unwrap() - number(figure).unwrap()).abs() < 1e-9, "{text} {figure:?}"),
        }
    }
}

fn is_timed(report: &Report) -> bool {
    report.parts[0].dimensions.iter().any(|d| d.name == TIME)
}

fn parquet_reads_back(report: &Report) {
    let frame = ParquetReader::new(Cursor::new(rendered(report, Form::Parquet))).finish().unwrap();
    let mut at = 0;
    for part in &report.parts {
        for row in &part.rows {
            let cell = |name: &str| frame.column(name).unwrap().get(at).unwrap().into_static();
            let text = |name: &str| cell(name).get_str().map(str::to_owned);
            assert_eq!(text("part").as_deref(), Some(part.id));
            assert_eq!(text("level").as_deref(), Some(row.level.as_str()));
            for (dimension, code) in part.dimensions.iter().zip(&row.codes) {
                assert_eq!(text(dimension.name).as_deref(), Some(&**code));
            }
            for (measure, figure) in part.measures.iter().zip(&row.figures) {
                let told = match cell(measure.name) {
                    AnyValue::Null => None,
                    value => value.extract::<f64>(),
                };
                assert_eq!(told, number(*figure));
            }
            assert_eq!(text("status").as_deref(), row.status());
            at += 1;
        }
    }
    assert_eq!(frame.height(), at);
}

fn html_reads_back(report: &Report) {
    let page = text_of(report, Form::Html);
    let cells: Vec<&str> = page.split("<td>").skip(1).map(|rest| rest.split("</td>").next().unwrap()).collect();
    let wanted = report.parts.iter().flat_map(|part| {
        let units = part.measures.iter().map(|m| m.unit).cycle();
        units.zip(beside(part)).collect::<Vec<_>>()
    });
    for (cell, (unit, figure)) in cells.iter().zip(wanted) {
        let exact = cell.strip_prefix("<data value=\"").and_then(|rest| rest.split_once("\">"));
        assert_eq!(exact.map(|(value, _)| value.parse().unwrap()), number(figure));
        let people = exact.map_or(*cell, |(_, text)| text.strip_suffix("</data>").unwrap());
        assert_eq!(people, shown(unit, figure));
        assert!(!people.is_empty());
    }
    assert_eq!(cells.len(), report.parts.iter().map(|part| figures(part).len()).sum::<usize>());
    assert_eq!(
        (page.matches("<h1>").count(), page.matches("<script").count(), page.matches("style=").count()),
        (1, 0, 0)
    );
}

/// Each value that is written in a chart is one of the part's.
fn svg_reads_back(report: &Report) {
    let svg = text_of(report, Form::Svg);
    let [part] = report.parts.as_slice() else { panic!("one part") };
    let all: Vec<String> =
        part.rows.iter().flat_map(|r| part.measures.iter().zip(&r.figures)).map(|(m, f)| shown(m.unit, *f)).collect();
    for told in svg.split("class=\"v\">").skip(1).map(|rest| rest.split("</text>").next().unwrap()) {
        assert!(all.iter().any(|figure| figure == told), "{told} is no figure of the part");
    }
    assert_eq!(
        (svg.matches("<title").count(), svg.matches("<desc").count(), svg.matches("role=\"img\"").count()),
        (1, 1, 1)
    );
}

/// A chart that can be drawn is well-formed; drawn, it has ink.
fn png_is_a_picture(report: &Report) {
    let picture = resvg::tiny_skia::Pixmap::decode_png(&rendered(report, Form::Png)).unwrap();
    assert!(picture.width() >= 960 && picture.pixels().iter().any(|p| p.red() < 50 && p.alpha() == 255));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_form_read_back_has_the_figures_of_the_report(report in report()) {
        json_reads_back(&report);
        csv_reads_back(&report, csv::Options::default());
        csv_reads_back(&report, csv::Options { semicolon: true, byte_order_mark: true, decimal_comma: true });
        xlsx_reads_back(&report);
        json_stat_reads_back(&report);
        parquet_reads_back(&report);
        html_reads_back(&report);
        for form in [Form::Px, Form::Svg, Form::Png] {
            let refused = RenderError::OnePart(vec![(1, "ett".to_owned()), (2, "tva_delar".to_owned())]);
            prop_assert_eq!(render(&report, form, Options::default()), Err(refused));
        }
        for wanted in ["1", "tva_delar"] {
            let mut one = report.clone();
            keep(&mut one, &[wanted.to_owned()], Some(Form::Px)).unwrap();
            json_stat_reads_back(&one);
            px_reads_back(&one);
            svg_reads_back(&one);
        }
    }
}

proptest! {
    // Drawing takes its time.
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_chart_can_be_drawn(mut report in report()) {
        keep(&mut report, &["2".to_owned()], Some(Form::Png)).unwrap();
        png_is_a_picture(&report);
    }
}
