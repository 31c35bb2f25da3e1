//! Charts as SVG: bars with their values written out, so that no colour has to be told from another. Patterns for bars
//! that stand or lie together; legible in grey and in print. Only attributes, no style sheet, no script.

use std::fmt::Write as _;

use super::chart::{Chart, value};
use super::markup::{escaped, id, width, wrapped};
use super::words::{context, shown, signs, words};
use crate::reports::report::{Figure, Part, Report};

/// Inner and outer measures, in pixels.
const WIDTH: f64 = 960.0;
const MARGIN: f64 = 24.0;
const LABELS: f64 = 270.0;
const GAP: f64 = 16.0;
/// Room for a value at the end of a bar.
const VALUE: f64 = 78.0;
const TEXT: f64 = 13.0;
const LINE: f64 = 17.0;

const INK: &str = "#1a1a1a";
const DARK: &str = "#1f4e79";
const LIGHT: &str = "#a9c8e6";

/// The chart of a part with its heading, definition and footnotes: a file of its own.
#[must_use]
pub fn render(report: &Report, part: &Part) -> String {
    drawn(report, part, true)
}

/// The chart alone, for a page that says the rest.
#[must_use]
pub fn embedded(report: &Report, part: &Part) -> String {
    drawn(report, part, false)
}

fn drawn(report: &Report, part: &Part, whole: bool) -> String {
    let words = words(report);
    let chart = Chart::new(report, part);
    let name = id(part.id);
    let title = format!("{}: {}. {}", words.chart, part.title, super::words::about(report));
    let told = chart.as_ref().map_or_else(|| part.definition.clone(), |chart| chart.told(report, part));
    let mut drawing = Drawing { out: String::new(), y: if whole { MARGIN } else { 4.0 }, name: name.clone() };
    if whole {
        drawing.paragraph(&format!("{}. {}", part.number, part.title), 20.0, true);
        drawing.paragraph(&part.definition, TEXT, false);
        drawing.y += 8.0;
    }
    let mut figures: Vec<Figure> = Vec::new();
    if let Some(chart) = &chart {
        figures.extend(chart.figures.iter().flatten().flatten());
        let mut heading = vec![chart.measure.label.clone()];
        heading.extend(chart.fixed.iter().cloned());
        drawing.paragraph(&heading.join(", "), TEXT, true);
        if chart.own_scales {
            drawing.paragraph(words.own_scales, 12.0, false);
        }
        drawing.legend(if chart.stacked { &chart.categories } else { &chart.series });
        if chart.stacked {
            drawing.stacks(chart)
        } else {
            drawing.bars(chart)
        }
        if let Some(also) = chart.left_out(report) {
            drawing.paragraph(&also, 12.0, false);
        }
        if chart.cut {
            drawing.paragraph(words.not_drawn, 12.0, false);
        }
    }
    if whole {
        drawing.y += 8.0;
        for meaning in signs(report, figures.into_iter()) {
            drawing.paragraph(meaning, 12.0, false);
        }
        for note in part.footnotes.iter().chain(&report.footnotes) {
            drawing.paragraph(note, 12.0, false);
        }
        let told: Vec<String> = context(report).into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        drawing.paragraph(&format!("{}. {}.", report.title, told.join(" · ")), 12.0, false);
    }
    let height = drawing.y + if whole { MARGIN } else { 4.0 };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"{WIDTH}\" \
         height=\"{height:.0}\" role=\"img\" lang=\"{}\" aria-labelledby=\"{name}-title {name}-desc\" \
         font-family=\"Noto Sans, Arial, sans-serif\">\n<title id=\"{name}-title\">{}</title>\n\
         <desc id=\"{name}-desc\">{}</desc>\n{}<rect width=\"{WIDTH}\" height=\"{height:.0}\" fill=\"#ffffff\"/>\n{}</svg>\n",
        report.lang,
        escaped(&title),
        escaped(&told),
        patterns(&name),
        drawing.out,
    )
}

/// Bars that differ also without colour: by how they are filled, all with an outline.
fn patterns(name: &str) -> String {
    let pattern = |number: usize, ground: &str, lines: &str| {
        format!(
            "<pattern id=\"{name}-{number}\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">\
             <rect width=\"8\" height=\"8\" fill=\"{ground}\"/><path d=\"{lines}\" stroke=\"{DARK}\" \
             stroke-width=\"2\" fill=\"none\"/></pattern>\n"
        )
    };
    let all = [
        pattern(0, DARK, ""),
        pattern(1, "#ffffff", "M-2 2L2 -2M0 8L8 0M6 10L10 6"),
        pattern(2, LIGHT, ""),
        pattern(3, "#ffffff", "M3 4H5"),
        pattern(4, LIGHT, "M-2 6L2 10M0 0L8 8M6 -2L10 2"),
        pattern(5, "#ffffff", "M0 4H8"),
        pattern(6, "#ffffff", "M0 4H8M4 0V8"),
        pattern(7, "#ffffff", ""),
    ];
    format!("<defs>\n{}</defs>\n", all.concat())
}

struct Drawing {
    out: String,
    y: f64,
    name: String,
}

/// Writing to a String never fails.
impl Drawing {
    fn text(&mut self, x: f64, y: f64, size: f64, attributes: &str, text: &str) {
        let _ = writeln!(
            self.out,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{INK}\"{attributes}>{}</text>",
            escaped(text)
        );
    }

    fn paragraph(&mut self, text: &str, size: f64, bold: bool) {
        let weight = if bold { " font-weight=\"bold\"" } else { "" };
        // Bold letters are wider.
        let room = (WIDTH - 2.0 * MARGIN) / if bold { 1.08 } else { 1.0 };
        for line in wrapped(text, size, room) {
            self.y += size * 1.35;
            self.text(MARGIN, self.y, size, weight, &line);
        }
        self.y += 4.0;
    }

    fn fill(&self, number: usize) -> String {
        format!("url(#{}-{})", self.name, number % 8)
    }

    fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, fill: &str) {
        let _ = writeln!(
            self.out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{fill}\" \
             stroke=\"{INK}\" stroke-width=\"1\"/>"
        );
    }

    /// What each pattern stands for, where there is more than one.
    fn legend(&mut self, series: &[String]) {
        if series.len() < 2 {
            return;
        }
        let mut x = MARGIN;
        self.y += 6.0;
        for (i, name) in series.iter().enumerate() {
            let lines = wrapped(name, TEXT, WIDTH - 2.0 * MARGIN - 24.0);
            let name = lines.first().map_or("", String::as_str);
            let room = width(name, TEXT) + 44.0;
            if x + room > WIDTH - MARGIN && x > MARGIN {
                x = MARGIN;
                self.y += 22.0;
            }
            let fill = self.fill(i);
            self.rect(x, self.y, 16.0, 14.0, &fill);
            self.text(x + 22.0, self.y + 12.0, TEXT, "", name);
            x += room;
        }
        self.y += 24.0;
    }

    /// A panel a level, beside each other; a line a category, its bars under each other.
    fn bars(&mut self, chart: &Chart<'_>) {
        let left = MARGIN + LABELS;
        let panels = chart.levels.len().max(1) as f64;
        let panel = (WIDTH - MARGIN - left - GAP * (panels - 1.0)) / panels;
        let names: Vec<Vec<String>> = chart.levels.iter().map(|name| wrapped(name, TEXT, panel / 1.08)).collect();
        let start = |level: usize| left + (panel + GAP) * level as f64;
        self.y += 6.0;
        for (level, lines) in names.iter().enumerate() {
            for (i, line) in lines.iter().enumerate() {
                self.text(start(level), self.y + LINE * (i + 1) as f64, TEXT, " font-weight=\"bold\"", line);
            }
        }
        self.y += LINE * names.iter().map(Vec::len).max().unwrap_or(0) as f64 + 8.0;
        let thick = if chart.series.len() > 1 { 14.0 } else { 18.0 };
        let top = self.y;
        for (at, category) in chart.categories.iter().enumerate() {
            let lines = wrapped(category, TEXT, LABELS - 14.0);
            let label_height = LINE * lines.len() as f64;
            let bars_height = (thick + 3.0) * chart.series.len() as f64;
            let height = label_height.max(bars_height) + 9.0;
            for (i, line) in lines.iter().enumerate() {
                let y = self.y + (height - label_height) / 2.0 + LINE * i as f64 + 13.0;
                self.text(left - 10.0, y, TEXT, " text-anchor=\"end\"", line);
            }
            for level in 0..chart.levels.len() {
                let figures = chart.figures.get(level).and_then(|c| c.get(at)).map_or(&[][..], Vec::as_slice);
                let largest = chart.largest(level);
                for (i, figure) in figures.iter().enumerate() {
                    let y = self.y + (height - bars_height) / 2.0 + (thick + 3.0) * i as f64 + 1.5;
                    let long = if largest > 0.0 { value(*figure) / largest * (panel - VALUE) } else { 0.0 };
                    if long > 0.0 {
                        let fill = self.fill(i);
                        self.rect(start(level), y, long.max(1.0), thick, &fill);
                    }
                    let shown = shown(chart.measure.unit, *figure);
                    self.text(start(level) + long + 6.0, y + thick - 4.0, TEXT, " class=\"v\"", &shown);
                }
            }
            self.y += height;
        }
        for level in 0..chart.levels.len() {
            let (x, y) = (start(level), self.y);
            let _ = writeln!(
                self.out,
                "<path d=\"M{x:.1} {top:.1}V{y:.1}\" stroke=\"{INK}\" stroke-width=\"1\" fill=\"none\"/>"
            );
        }
        self.y += 6.0;
    }

    /// A bar a level, under each other, in pieces.
    fn stacks(&mut self, chart: &Chart<'_>) {
        let left = MARGIN + LABELS;
        let room = WIDTH - MARGIN - left - VALUE;
        for (level, name) in chart.levels.iter().enumerate() {
            let lines = wrapped(name, TEXT, LABELS - 14.0);
            let pieces = chart.figures.get(level).map_or(&[][..], Vec::as_slice);
            let largest = chart.largest(level);
            let height = (LINE * lines.len() as f64).max(34.0);
            for (i, line) in lines.iter().enumerate() {
                let y = self.y + (height - LINE * lines.len() as f64) / 2.0 + LINE * i as f64 + 13.0;
                self.text(left - 10.0, y, TEXT, " text-anchor=\"end\"", line);
            }
            let mut x = left;
            // What is too narrow for its value is told in the line below.
            let mut aside = Vec::new();
            for (i, (figures, category)) in pieces.iter().zip(&chart.categories).enumerate() {
                let figure = figures.first().copied().unwrap_or(Figure::NotApplicable);
                let long = if largest > 0.0 { value(figure) / largest * room } else { 0.0 };
                let shown = shown(chart.measure.unit, figure);
                let wide = width(&shown, TEXT) + 8.0;
                if long > 0.0 {
                    let fill = self.fill(i);
                    self.rect(x, self.y, long, height - 6.0, &fill);
                }
                if long > wide + 6.0 {
                    let middle = x + long / 2.0;
                    self.rect(middle - wide / 2.0, self.y + height / 2.0 - 13.0, wide, 20.0, "#ffffff");
                    let anchor = " text-anchor=\"middle\" class=\"v\"";
                    self.text(middle, self.y + height / 2.0 + 2.0, TEXT, anchor, &shown);
                } else {
                    aside.push(format!("{category}: {shown}"));
                }
                x += long;
            }
            if let Some(total) = chart.totals.get(level).copied().flatten() {
                let shown = shown(chart.measure.unit, total);
                self.text(x + 6.0, self.y + height / 2.0 + 2.0, TEXT, " font-weight=\"bold\" class=\"t\"", &shown);
            }
            self.y += height;
            for line in wrapped(&aside.join(" · "), 12.0, WIDTH - MARGIN - left) {
                self.y += 15.0;
                self.text(left, self.y - 2.0, 12.0, "", &line);
            }
            self.y += 12.0;
        }
    }
}
