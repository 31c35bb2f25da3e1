//! Text in HTML and SVG.
//!
//! Lives here: making any text harmless in markup, and how wide a text is about to be. Never here: a page or a drawing.

/// Text for elements and quoted attributes. What XML can't hold is left out.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            '\r' => out.push('\n'),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// An id for attributes: letters, digits and hyphens.
#[must_use]
pub fn id(text: &str) -> String {
    let safe: String = text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect();
    format!("p-{safe}")
}

/// About how wide a text is in the charts' font, a little too wide rather than too narrow.
#[must_use]
pub fn width(text: &str, size: f64) -> f64 {
    let ems = |c: char| match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '\u{a0}' | '(' | ')' => 0.31,
        'f' | 'r' | 't' | '-' | '/' => 0.41,
        'm' | 'w' | 'M' | 'W' | '%' | '—' | '…' => 0.95,
        'A'..='Z' | 'Å' | 'Ä' | 'Ö' => 0.72,
        c if c.is_ascii() || c < '\u{250}' || c == '–' => 0.6,
        _ => 1.0,
    };
    text.chars().map(ems).sum::<f64>() * size
}

/// The text in lines that fit; a word that doesn't is broken.
#[must_use]
pub fn wrapped(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split([' ', '\n', '\t', '\r']).filter(|w| !w.is_empty()) {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, size) <= room {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            if !line.is_empty() && width(&line, size) + width(&c.to_string(), size) > room {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_harmless_in_markup() {
        assert_eq!(escaped("<b a=\"1\">'&\u{0}\u{1b}\r\n"), "&lt;b a=&quot;1&quot;&gt;&#39;&amp;\n\n");
        assert_eq!(id("nya_gk"), "p-nya-gk");
    }

    #[test]
    fn long_texts_are_broken() {
        assert_eq!(wrapped("ett två tre", 10.0, 40.0), ["ett två", "tre"]);
        assert!(wrapped(&"x".repeat(40), 10.0, 60.0).len() > 3);
        assert_eq!(wrapped("", 10.0, 60.0), Vec::<String>::new());
    }
}
