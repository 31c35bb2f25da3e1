//! Where things stand, in a handful of figures of the baspaket: the selection beside län and country.
//!
//! Every one of them stands in a part below; nothing is calculated here. Never here: the parts themselves.

use super::figures::Cell;
use crate::reports::render::markup;
use crate::reports::render::words::shown;
use crate::reports::report::{Figure, Part, Report};
use crate::reports::times::TIME;
use crate::web::texts::reports::ReportTexts;

/// A figure of a part: where it stands, as dimension and code; `samtliga` in every other dimension.
struct Key {
    part: &'static str,
    codes: &'static [(&'static str, &'static str)],
    measure: &'static str,
    text: fn(&ReportTexts) -> &'static str,
}

const KEYS: [Key; 7] = [
    Key { part: "nya_gk", codes: &[], measure: "antal", text: |t| t.key_new },
    Key { part: "nya_insats", codes: &[], measure: "antal", text: |t| t.key_started },
    Key { part: "aktiva", codes: &[], measure: "antal", text: |t| t.key_active },
    Key { part: "till_insats", codes: &[("insats", "ingen")], measure: "andel", text: |t| t.key_none },
    Key { part: "tid_vantan", codes: &[("slut", "aktivitet")], measure: "dagarMedel", text: |t| t.key_wait },
    Key { part: "tid_samarbete", codes: &[("fran", "begaran")], measure: "dagarMedel", text: |t| t.key_time },
    Key {
        part: "utfall_insats",
        codes: &[("utfall", "arbete_ej_subventionerat")],
        measure: "andel",
        text: |t| t.key_work,
    },
];

/// A figure on every level.
pub struct KeyFigure {
    /// What it is.
    pub text: &'static str,
    /// The part that it stands in.
    pub anchor: String,
    /// Level after level.
    pub cells: Vec<Cell>,
}

/// The figures, with the names of the levels; none for another report, or where times stand beside each other.
pub fn of(t: &ReportTexts, report: &Report) -> (Vec<String>, Vec<KeyFigure>) {
    let timed = report.parts.iter().any(|part| part.dimensions.iter().any(|dimension| dimension.name == TIME));
    if report.report != "baspaket" || timed {
        return (Vec::new(), Vec::new());
    }
    let figures = KEYS.iter().filter_map(|key| {
        let part = report.parts.iter().find(|part| part.id == key.part)?;
        let at = part.measures.iter().position(|measure| measure.name == key.measure)?;
        let cells = report.levels.iter().map(|level| {
            let figure = found(part, &level.code, key).and_then(|figures| figures.get(at)).copied();
            let figure = figure.unwrap_or(Figure::NotApplicable);
            let exact = match figure {
                Figure::Count(n) => n.to_string(),
                Figure::Number(x) => x.to_string(),
                Figure::NotApplicable | Figure::Withheld => String::new(),
            };
            Cell { text: shown(part.measures[at].unit, figure), exact, link: String::new() }
        });
        Some(KeyFigure { text: (key.text)(t), anchor: markup::id(part.id), cells: cells.collect() })
    });
    (report.levels.iter().map(|level| level.name.clone()).collect(), figures.collect())
}

fn found<'a>(part: &'a Part, level: &str, key: &Key) -> Option<&'a [Figure]> {
    let wanted = |name: &str| key.codes.iter().find(|(of, _)| *of == name).map_or("samtliga", |(_, code)| *code);
    let fits = |codes: &[std::borrow::Cow<'static, str>]| {
        part.dimensions.iter().zip(codes).all(|(dimension, code)| code == wanted(dimension.name))
    };
    part.rows.iter().find(|row| row.level == level && fits(&row.codes)).map(|row| row.figures.as_slice())
}
