//! A page to read and to print, whole in itself: each part with its definition, its chart, its table and its footnotes.
//!
//! No script, nothing loaded, and one style sheet, which [`content_security_policy`] names by its hash.

use std::fmt::Write as _;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::grid::Grid;
use super::markup::{escaped, id};
use super::svg;
use super::words::{Words, about, context, figures, shown, signs, words};
use crate::reports::report::{Figure, Part, Report};

const STYLE: &str = include_str!("style.css");

/// What a browser may do with the page: use its own style sheet, and nothing else.
#[must_use]
pub fn content_security_policy() -> &'static str {
    static POLICY: OnceLock<String> = OnceLock::new();
    POLICY.get_or_init(|| {
        let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    })
}

/// The report as a page.
#[must_use]
pub fn render(report: &Report) -> String {
    let words = words(report);
    let title = escaped(&report.title);
    let about = escaped(&about(report));
    let mut page = String::new();
    // Writing to a String never fails.
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} – {about}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">{}</a>\n\
         <main id=\"main\">\n<h1>{title}</h1>\n<dl>\n",
        report.lang, words.skip,
    );
    for (name, value) in context(report) {
        let _ = writeln!(page, "<dt>{name}</dt><dd>{}</dd>", escaped(&value));
    }
    page.push_str("</dl>\n");
    notes(&mut page, words.footnotes, report.footnotes.iter().map(String::as_str), 2);
    if report.parts.len() > 1 {
        let _ = writeln!(page, "<nav aria-label=\"{}\">\n<ul>", words.parts);
        for part in &report.parts {
            let name = escaped(&part.title);
            let _ = writeln!(page, "<li><a href=\"#{}\">{}. {name}</a></li>", id(part.id), part.number);
        }
        page.push_str("</ul>\n</nav>\n");
    }
    for part in &report.parts {
        section(&mut page, report, part, words);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn notes<'a>(page: &mut String, heading: &str, notes: impl Iterator<Item = &'a str>, level: u8) {
    let items: Vec<String> = notes.map(|note| format!("<li>{}</li>\n", escaped(note))).collect();
    if !items.is_empty() {
        let _ = write!(page, "<h{level}>{heading}</h{level}>\n<ul class=\"notes\">\n{}</ul>\n", items.concat());
    }
}

fn section(page: &mut String, report: &Report, part: &Part, words: &Words) {
    let name = id(part.id);
    let title = escaped(&part.title);
    let _ = write!(
        page,
        "<section id=\"{name}\" aria-labelledby=\"{name}-h\">\n<h2 id=\"{name}-h\">{}. {title}</h2>\n<p>{}</p>\n\
         <figure>\n{}<figcaption>{}: {title}</figcaption>\n</figure>\n",
        part.number,
        escaped(&part.definition),
        svg::embedded(report, part),
        words.chart,
    );
    table(page, report, part, words);
    notes(page, words.footnotes, part.footnotes.iter().map(String::as_str), 3);
    notes(page, words.signs, signs(report, figures(part)).into_iter(), 3);
    page.push_str("</section>\n");
}

fn table(page: &mut String, report: &Report, part: &Part, words: &Words) {
    let grid = Grid::new(report, part);
    let name = id(part.id);
    let title = escaped(&format!("{} {}. {}", words.table, part.number, part.title));
    // A region that scrolls is reached by keyboard, and says what it is.
    let _ = write!(
        page,
        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{name}-c\">\n<table>\n\
         <caption id=\"{name}-c\">{title}</caption>\n"
    );
    let measures = part.measures.len();
    page.push_str("<colgroup");
    let _ = writeln!(page, " span=\"{}\"></colgroup>", part.dimensions.len().max(1));
    for _ in &grid.levels {
        let _ = writeln!(page, "<colgroup span=\"{measures}\"></colgroup>");
    }
    page.push_str("<thead>\n<tr>");
    for dimension in &part.dimensions {
        let _ = write!(page, "<th scope=\"col\" rowspan=\"2\">{}</th>", escaped(&dimension.label));
    }
    for (_, level) in &grid.levels {
        let _ = write!(page, "<th scope=\"colgroup\" colspan=\"{measures}\" class=\"n\">{}</th>", escaped(level));
    }
    page.push_str("</tr>\n<tr>");
    for measure in grid.levels.iter().flat_map(|_| &part.measures) {
        let _ = write!(page, "<th scope=\"col\" class=\"n\">{}</th>", escaped(&measure.label));
    }
    page.push_str("</tr>\n</thead>\n<tbody>\n");
    for line in &grid.lines {
        page.push_str("<tr>");
        for label in &line.labels {
            let _ = write!(page, "<th scope=\"row\">{}</th>", escaped(label));
        }
        for (measure, figure) in line.figures.iter().flat_map(|figures| part.measures.iter().zip(figures)) {
            let text = shown(measure.unit, *figure);
            // For people the rounded figure, for programs that read the page the unrounded one.
            let _ = match figure {
                Figure::Count(n) => write!(page, "<td><data value=\"{n}\">{text}</data></td>"),
                Figure::Number(x) => write!(page, "<td><data value=\"{x}\">{text}</data></td>"),
                Figure::NotApplicable | Figure::Withheld => write!(page, "<td>{text}</td>"),
            };
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
}
