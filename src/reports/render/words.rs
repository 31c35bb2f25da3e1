//! Words and numbers as people read them, shared by every form that people read.
//!
//! `–` is zero, `.` is not applicable, `..` is withheld; where counts have noise the meanings tell that zero may be a few.
//! Swedish forms of numbers whatever the language.

use crate::reports::disclosure::Policy;
use crate::reports::report::{Dimension, Figure, Part, Report, Unit, instant};

/// Between the thousands of a number, and before `%`.
pub const NO_BREAK_SPACE: char = '\u{a0}';

/// The words that are the same in every report, in one language.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is what its name says")]
pub struct Words {
    pub period: &'static str,
    pub geography: &'static str,
    pub selection: &'static str,
    pub as_of: &'static str,
    pub counted_to: &'static str,
    pub disclosure: &'static str,
    pub anonymous: &'static str,
    pub definition: &'static str,
    pub definitions: &'static str,
    pub footnotes: &'static str,
    pub signs: &'static str,
    pub part: &'static str,
    pub parts: &'static str,
    pub level: &'static str,
    pub measure: &'static str,
    pub time: &'static str,
    pub report: &'static str,
    pub version: &'static str,
    pub table: &'static str,
    pub chart: &'static str,
    pub skip: &'static str,
    pub own_scales: &'static str,
    pub not_drawn: &'static str,
    pub also: &'static str,
    pub zero: &'static str,
    pub withheld: &'static str,
    pub not_applicable: &'static str,
    /// Of zero, where counts have noise.
    pub zero_or_few: &'static str,
    /// Of what is not applicable, where counts have noise.
    pub nothing_shown: &'static str,
    pub unit_count: &'static str,
    pub unit_share: &'static str,
    pub unit_days: &'static str,
}

static SV: Words = Words {
    period: "Period",
    geography: "Geografi",
    selection: "Urval",
    as_of: "Känt",
    counted_to: "Räknat till registrering",
    disclosure: "Röjandeskydd",
    anonymous: "Anonyma ärenden, utanför alla siffror",
    definition: "Definition",
    definitions: "Definitioner",
    footnotes: "Fotnoter",
    signs: "Teckenförklaring",
    part: "Del",
    parts: "Delar",
    level: "Nivå",
    measure: "Mått",
    time: "Tid",
    report: "Rapport",
    version: "Version",
    table: "Tabell",
    chart: "Diagram",
    skip: "Hoppa till innehåll",
    own_scales: "Varje nivå har sin egen skala.",
    not_drawn: "Diagrammet visar de första; alla finns i tabellen.",
    also: "Tabellen delar också på:",
    zero: "– noll, inget att redovisa.",
    withheld: ".. uppgiften visas inte, till skydd mot röjande.",
    not_applicable: ". uppgiften är inte tillämplig, det finns inget att beräkna av.",
    zero_or_few: "– noll, eller 1–2 som visas som noll där antal har avvikelser.",
    nothing_shown: ". uppgiften är inte tillämplig, det visade antalet är noll.",
    unit_count: "antal",
    unit_share: "andel (1 = 100 %)",
    unit_days: "dagar",
};

static EN: Words = Words {
    period: "Period",
    geography: "Geography",
    selection: "Selection",
    as_of: "Known on",
    counted_to: "Counted to registration",
    disclosure: "Disclosure control",
    anonymous: "Anonymous cases, outside every figure",
    definition: "Definition",
    definitions: "Definitions",
    footnotes: "Footnotes",
    signs: "Signs",
    part: "Part",
    parts: "Parts",
    level: "Level",
    measure: "Measure",
    time: "Time",
    report: "Report",
    version: "Version",
    table: "Table",
    chart: "Chart",
    skip: "Skip to content",
    own_scales: "Each level has a scale of its own.",
    not_drawn: "The chart shows the first; all are in the table.",
    also: "The table is also split by:",
    zero: "– zero, nothing to report.",
    withheld: ".. the figure is not shown, to protect against disclosure.",
    not_applicable: ". not applicable, there is nothing to calculate from.",
    zero_or_few: "– zero, or 1–2 shown as zero where counts have noise.",
    nothing_shown: ". not applicable, the count shown is zero.",
    unit_count: "number",
    unit_share: "share (1 = 100 %)",
    unit_days: "days",
};

/// The words of a report's language.
#[must_use]
pub fn words(report: &Report) -> &'static Words {
    if report.lang == "en" { &EN } else { &SV }
}

impl Words {
    /// What the figures of a unit are.
    #[must_use]
    pub const fn unit(&self, unit: Unit) -> &'static str {
        match unit {
            Unit::Count => self.unit_count,
            Unit::Share => self.unit_share,
            Unit::Days => self.unit_days,
        }
    }
}

/// First and last day.
#[must_use]
pub fn days(report: &Report) -> String {
    format!("{} – {}", report.period.0, report.period.1)
}

/// Of whom: the variables that are selected by, with the codes chosen; empty where nothing is.
#[must_use]
pub fn selection(selections: &[Dimension]) -> String {
    let told = |of: &Dimension| {
        let codes: Vec<&str> = of.codes.iter().map(|code| code.label.as_str()).collect();
        format!("{}: {}", of.label, codes.join(", "))
    };
    selections.iter().map(told).collect::<Vec<_>>().join("; ")
}

/// Longer selections than so many characters are cut in titles; the context has them whole.
const SELECTION_IN_TITLE: usize = 120;

/// What stands beside a title: place, period and selection.
#[must_use]
pub fn about(report: &Report) -> String {
    let mut about = format!("{}, {}", report.geography.1, days(report));
    let selection = selection(&report.selections);
    if !selection.is_empty() {
        about.push_str(", ");
        about.extend(selection.chars().take(SELECTION_IN_TITLE));
        about.push_str(if selection.chars().nth(SELECTION_IN_TITLE).is_some() { "…" } else { "" });
    }
    about
}

/// What the whole report is about, each with its name: period, geography, selection, and what was counted.
#[must_use]
pub fn context(report: &Report) -> Vec<(&'static str, String)> {
    let words = words(report);
    let (code, name) = &report.geography;
    let selection = Some(selection(&report.selections)).filter(|selection| !selection.is_empty());
    let mut told = vec![(words.period, days(report)), (words.geography, format!("{name} ({code})"))];
    told.extend(selection.map(|selection| (words.selection, selection)));
    told.extend([
        (words.as_of, instant(report.as_of)),
        (words.counted_to, report.counted_to.to_string()),
        (words.disclosure, disclosure(report)),
        (words.anonymous, shown(Unit::Count, report.anonymous)),
        (words.report, format!("{}, {} {}", report.report, words.version.to_lowercase(), report.version)),
    ]);
    told
}

/// The policies of disclosure: of the selection and, where they have another, of the levels beside it.
fn disclosure(report: &Report) -> String {
    let named = |code: &str, version: Option<&str>| [code, version.unwrap_or_default()].join(" ").trim_end().to_owned();
    let mut all = vec![named(report.disclosure, report.disclosure_version)];
    for level in report.levels.iter().filter(|level| level.disclosure != report.disclosure) {
        all.push(format!("{}: {}", level.name, named(level.disclosure, level.disclosure_version)));
    }
    all.join("; ")
}

/// The sign of a figure that has no number to show.
#[must_use]
pub fn sign(figure: Figure) -> Option<&'static str> {
    match figure {
        Figure::NotApplicable => Some("."),
        Figure::Withheld => Some(".."),
        Figure::Count(0) => Some("–"),
        Figure::Number(0.0) => Some("–"),
        Figure::Count(_) | Figure::Number(_) => None,
    }
}

/// What each sign means, of those that occur among the figures.
#[must_use]
pub fn signs(report: &Report, figures: impl Iterator<Item = Figure>) -> Vec<&'static str> {
    let words = words(report);
    let mut occurs = [false; 3];
    for figure in figures {
        match sign(figure) {
            Some("–") => occurs[0] = true,
            Some("..") => occurs[1] = true,
            Some(_) => occurs[2] = true,
            None => {}
        }
    }
    let noise = report.levels.iter().any(|level| level.disclosure == Policy::CellKey.code());
    let all = if noise {
        [words.zero_or_few, words.withheld, words.nothing_shown]
    } else {
        [words.zero, words.withheld, words.not_applicable]
    };
    occurs.into_iter().zip(all).filter_map(|(occurs, meaning)| occurs.then_some(meaning)).collect()
}

/// Every figure of a part.
pub fn figures(part: &Part) -> impl Iterator<Item = Figure> {
    part.rows.iter().flat_map(|row| row.figures.iter().copied())
}

/// A figure for people.
#[must_use]
pub fn shown(unit: Unit, figure: Figure) -> String {
    if let Some(sign) = sign(figure) {
        return sign.to_owned();
    }
    match figure {
        Figure::Count(n) => count(n),
        Figure::Number(share) if unit == Unit::Share => format!("{}{NO_BREAK_SPACE}%", decimal(share * 100.0)),
        Figure::Number(x) => decimal(x),
        Figure::NotApplicable | Figure::Withheld => String::new(),
    }
}

/// `1 234`, with no-break spaces.
#[must_use]
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut shown = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            shown.push(NO_BREAK_SPACE);
        }
        shown.push(digit);
    }
    shown
}

/// `1 234,5`: one decimal, decimal comma, minus as U+2212.
#[must_use]
pub fn decimal(x: f64) -> String {
    let tenths = (x.abs() * 10.0).round() as u64;
    let minus = if x < 0.0 && tenths > 0 { "\u{2212}" } else { "" };
    format!("{minus}{},{}", count(tenths / 10), tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_swedes_write_them() {
        assert_eq!(count(1_234_567), "1\u{a0}234\u{a0}567");
        assert_eq!(count(12), "12");
        assert_eq!(decimal(1234.56), "1\u{a0}234,6");
        assert_eq!(decimal(-0.25), "\u{2212}0,3");
        assert_eq!(decimal(-0.01), "0,0");
        assert_eq!(shown(Unit::Share, Figure::Number(0.125)), "12,5\u{a0}%");
        assert_eq!(shown(Unit::Count, Figure::Count(0)), "–");
        assert_eq!(shown(Unit::Share, Figure::Number(0.0)), "–");
        assert_eq!(shown(Unit::Share, Figure::Number(0.0001)), "0,0\u{a0}%");
        assert_eq!(shown(Unit::Share, Figure::NotApplicable), ".");
    }
}
