//! A report's parts as a page shows them: a diagram, and a table with selection, län and country beside each other.
//!
//! Never here: how figures are counted or protected, how a figure is written and drawn ([`render`](crate::reports::render)).

use crate::reports::cube::SAMTLIGA;
use crate::reports::quality::ENHET;
use crate::reports::render::grid::Grid;
use crate::reports::render::markup;
use crate::reports::render::svg;
use crate::reports::render::words::{figures, shown, signs};
use crate::reports::report::{Figure, Part, Report};
use crate::reports::times::TIME;
use crate::web::texts::reports::ReportTexts;

/// Longer tables are had as a file.
const MOST_LINES: usize = 600;

/// A figure.
#[derive(Debug, PartialEq)]
pub struct Cell {
    /// For people.
    pub text: String,
    /// Unrounded, for programs that read the page; empty where there is no number.
    pub exact: String,
    /// What it counts, for those who may see that; empty for others.
    pub link: String,
}

/// A line of a table.
#[derive(Debug, PartialEq)]
pub struct Line {
    /// What it is of.
    pub labels: Vec<String>,
    /// Level after level, measure after measure.
    pub cells: Vec<Cell>,
    /// Whether it is of all.
    pub total: bool,
}

/// A table.
#[derive(Debug, PartialEq)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// What the first columns are.
    pub dimensions: Vec<String>,
    /// The levels.
    pub levels: Vec<String>,
    /// The measures of each level.
    pub measures: Vec<String>,
    /// The lines.
    pub lines: Vec<Line>,
    /// How many lines more there are than are shown.
    pub left_out: usize,
}

/// A table of more columns is printed on a sheet that lies down.
const MOST_ON_UPRIGHT: usize = 7;

impl Table {
    /// Whether it needs a sheet that lies down.
    pub const fn is_broad(&self) -> bool {
        self.dimensions.len() + self.levels.len() * self.measures.len() > MOST_ON_UPRIGHT
    }
}

/// A part.
pub struct Section {
    /// Its id, such as `utfall_gk`.
    pub id: &'static str,
    /// Of its element.
    pub anchor: String,
    /// Number and title.
    pub title: String,
    /// What is counted.
    pub definition: String,
    /// The diagram: markup of our own.
    pub diagram: String,
    /// The table.
    pub table: Table,
    /// What to bear in mind, and what signs mean.
    pub notes: Vec<String>,
    /// Where its files are: form and address.
    pub files: Vec<(String, String)>,
}

/// Without the level that says the same as another: riket beside itself.
pub fn without_echo(mut report: Report) -> Report {
    if report.geography.0 == "riket" {
        report.levels.retain(|level| level.code != "riket");
        for part in &mut report.parts {
            part.rows.retain(|row| row.level != "riket");
        }
    }
    report
}

/// The part without its rows of one sex.
fn of_all(part: &Part) -> Part {
    let Some(at) = part.dimensions.iter().position(|dimension| dimension.name == "kon") else { return part.clone() };
    let mut part = part.clone();
    part.rows.retain(|row| row.codes.get(at).is_none_or(|code| code == SAMTLIGA));
    part.dimensions.remove(at);
    part.rows.iter_mut().for_each(|row| drop(row.codes.remove(at)));
    part
}

/// The parts in an order: those of `first`, then the others.
pub fn ordered(mut parts: Vec<Part>, first: &[String]) -> Vec<Part> {
    parts.sort_by_key(|part| first.iter().position(|id| id == part.id).unwrap_or(first.len()));
    parts
}

/// What a figure of the selection counts, where that can be seen: an address made of part and codes.
pub type Behind<'a> = Option<&'a dyn Fn(&Part, &[(&str, &str)]) -> String>;

/// A part as a table.
pub fn table(t: &ReportTexts, report: &Report, part: &Part, by_sex: bool, behind: Behind<'_>) -> Table {
    let part = if by_sex { part.clone() } else { of_all(part) };
    let grid = Grid::new(report, &part);
    let first = part.rows.first().map(|row| row.level.as_str());
    // Lines stand in the order of the first level's rows.
    let codes: Vec<&[_]> =
        part.rows.iter().filter(|row| Some(row.level.as_str()) == first).map(|row| row.codes.as_slice()).collect();
    let timed = part.dimensions.iter().any(|dimension| dimension.name == TIME);
    let lines = grid.lines.iter().take(MOST_LINES).enumerate().map(|(at, line)| {
        let codes: Vec<(&str, &str)> = codes.get(at).map_or(Vec::new(), |codes| {
            part.dimensions.iter().zip(codes.iter()).map(|(dimension, code)| (dimension.name, &**code)).collect()
        });
        let cells = grid.levels.iter().zip(&line.figures).flat_map(|((level, _), figures)| {
            part.measures.iter().zip(figures).map(|(measure, figure)| {
                let counted = matches!(figure, Figure::Count(n) if *n > 0) && measure.name == "antal";
                let seen = behind.filter(|_| counted && !timed && *level == "urval");
                Cell {
                    text: shown(measure.unit, *figure),
                    exact: match figure {
                        Figure::Count(n) => n.to_string(),
                        Figure::Number(x) => x.to_string(),
                        Figure::NotApplicable | Figure::Withheld => String::new(),
                    },
                    link: seen.map_or_else(String::new, |address| address(&part, &codes)),
                }
            })
        });
        // Times beside each other are no total of one another.
        let own = codes.iter().filter(|(name, _)| *name != TIME && *name != ENHET);
        let total = own.clone().next().is_some() && own.clone().all(|(_, code)| *code == SAMTLIGA);
        Line { labels: line.labels.iter().map(|label| (*label).to_owned()).collect(), cells: cells.collect(), total }
    });
    let one = (part.measures.len() == 1).then(|| part.measures.first()).flatten();
    let caption = one.map_or_else(
        || format!("{} {}. {}", t.table, part.number, part.title),
        |measure| format!("{} {}. {} ({})", t.table, part.number, part.title, measure.label.to_lowercase()),
    );
    Table {
        caption,
        dimensions: part.dimensions.iter().map(|dimension| dimension.label.clone()).collect(),
        levels: grid.levels.iter().map(|(_, name)| (*name).to_owned()).collect(),
        measures: part.measures.iter().map(|measure| measure.label.clone()).collect(),
        left_out: grid.lines.len().saturating_sub(MOST_LINES),
        lines: lines.collect(),
    }
}

/// A part as the page shows it, with the addresses of its files.
pub fn section(
    t: &ReportTexts,
    report: &Report,
    part: &Part,
    by_sex: bool,
    behind: Behind<'_>,
    files: Vec<(String, String)>,
) -> Section {
    let notes = part.footnotes.iter().cloned().chain(signs(report, figures(part)).into_iter().map(str::to_owned));
    Section {
        id: part.id,
        anchor: markup::id(part.id),
        title: format!("{}. {}", part.number, part.title),
        definition: part.definition.clone(),
        diagram: svg::embedded(report, part),
        table: table(t, report, part, by_sex, behind),
        notes: notes.collect(),
        files,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::report::{Code, Dimension, LevelName, Measure, Row, Unit};
    use crate::web::texts::Language;

    fn dimension(name: &'static str, codes: &[&'static str]) -> Dimension {
        let codes = codes.iter().map(|code| Code { code: (*code).into(), label: code.to_uppercase() }).collect();
        Dimension { name, label: name.to_owned(), codes }
    }

    /// A part with two dimensions on two levels, each figure another.
    fn report(geography: &str) -> Report {
        let mut rows = Vec::new();
        for level in ["urval", "riket"] {
            for utfall in ["a", "samtliga"] {
                for kon in ["kvinna", "man", "samtliga"] {
                    let n = rows.len() as u64;
                    let figures = vec![Figure::Count(n), Figure::share(n, 10)];
                    rows.push(Row { codes: vec![utfall.into(), kon.into()], level: level.to_owned(), figures });
                }
            }
        }
        let level = |code: &str| LevelName {
            code: code.to_owned(),
            name: code.to_owned(),
            disclosure: "exact",
            disclosure_version: None,
        };
        let measure = |name: &'static str, unit| Measure { name, label: name.to_owned(), unit };
        let part = Part {
            id: "utfall_gk",
            number: 2,
            title: "Utfall".to_owned(),
            definition: String::new(),
            footnotes: Vec::new(),
            chart: "bar".to_owned(),
            dimensions: vec![dimension("utfall", &["a", "samtliga"]), dimension("kon", &["kvinna", "man", "samtliga"])],
            measures: vec![measure("antal", Unit::Count), measure("andel", Unit::Share)],
            rows,
        };
        let day: chrono::NaiveDate = "2016-10-01".parse().unwrap();
        Report {
            report: "prov".to_owned(),
            version: 1,
            lang: "sv",
            title: "Prov".to_owned(),
            period: (day, day),
            geography: (geography.to_owned(), "Gävle".to_owned()),
            selections: Vec::new(),
            levels: vec![level("urval"), level("riket")],
            as_of: chrono::DateTime::UNIX_EPOCH,
            counted_to: 1,
            disclosure: "exact",
            disclosure_version: None,
            anonymous: Figure::Count(0),
            footnotes: Vec::new(),
            parts: vec![part],
        }
    }

    #[test]
    fn a_table_is_of_all_or_split_by_sex() {
        let (t, report) = (ReportTexts::of(Language::Swedish), report("lan:21"));
        let all = table(t, &report, &report.parts[0], false, None);
        assert_eq!((all.lines.len(), all.dimensions.len(), all.levels.len()), (2, 1, 2));
        let texts: Vec<&str> = all.lines[0].cells.iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!(texts, ["2", "20,0\u{a0}%", "8", "80,0\u{a0}%"]);
        assert_eq!((all.lines[0].total, all.lines[1].total), (false, true));
        let split = table(t, &report, &report.parts[0], true, None);
        assert_eq!((split.lines.len(), split.lines[0].labels.clone()), (6, vec!["A".to_owned(), "KVINNA".to_owned()]));
        assert_eq!(split.lines[0].cells[0].text, "–", "a true zero");
    }

    #[test]
    fn riket_stands_once() {
        let report = without_echo(report("riket"));
        assert_eq!(report.levels.len(), 1);
        assert!(report.parts[0].rows.iter().all(|row| row.level == "urval"));
    }

    #[test]
    fn figures_of_the_selection_lead_to_what_they_count() {
        let (t, report) = (ReportTexts::of(Language::Swedish), report("lan:21"));
        let address = |part: &Part, codes: &[(&str, &str)]| format!("{} {codes:?}", part.id);
        let split = table(t, &report, &report.parts[0], true, Some(&address));
        let links: Vec<&str> = split.lines[1].cells.iter().map(|cell| cell.link.as_str()).collect();
        assert_eq!(links, [r#"utfall_gk [("utfall", "a"), ("kon", "man")]"#, "", "", ""]);
        assert_eq!(split.lines[0].cells[0].link, "", "nothing is behind nothing");
    }

    #[test]
    fn chosen_parts_come_first_in_their_order() {
        let part = report("riket").parts.remove(0);
        let of = |id: &'static str, number| Part { id, number, ..part.clone() };
        let all = vec![of("a", 1), of("b", 2), of("c", 3), of("d", 4)];
        let ids: Vec<&str> = ordered(all, &["c".to_owned(), "b".to_owned()]).iter().map(|part| part.id).collect();
        assert_eq!(ids, ["c", "b", "a", "d"]);
    }
}
