//! What was typed in a form, by the names of its fields: a field is named as the value's place in the body, with dots, so
//! that `answers.arbetar` is `/answers/arbetar`.
//!
//! Never here: which fields a form has ([`sheet`](super::sheet)), or what the body of a registration is ([`body`](super::body)).

use std::collections::BTreeMap;

/// The values of a form, by name. Blank values are none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Typed(BTreeMap<String, Vec<String>>);

impl Typed {
    /// From pairs of names and values, in their order.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in pairs {
            typed.add(name, value);
        }
        typed.order_meetings();
        typed
    }

    /// Adds a value to those of a name.
    pub fn add(&mut self, name: &str, value: &str) {
        let value = value.trim();
        if !value.is_empty() {
            self.0.entry(name.to_owned()).or_default().push(value.to_owned());
        }
    }

    /// The first value of a name.
    pub fn one(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    /// The values of a name.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The values of fields that have numbers after a common name, in the order of the numbers.
    pub fn numbered(&self, name: &str) -> Vec<&str> {
        let number = |key: &String| key.strip_prefix(name)?.strip_prefix('.')?.parse::<usize>().ok();
        let mut found: Vec<(usize, &str)> =
            self.0.iter().filter_map(|(key, values)| Some((number(key)?, values.first()?.as_str()))).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, value)| value).collect()
    }

    /// Meetings are kept in the order of their days and each once. They are put so in the form, too: what is said of the
    /// second meeting then stands at the second field.
    fn order_meetings(&mut self) {
        let name = "answers.moten";
        let mut days: Vec<String> = self.numbered(name).into_iter().map(ToOwned::to_owned).collect();
        days.sort_unstable();
        days.dedup();
        self.0.retain(|key, _| !key.starts_with("answers.moten."));
        for (place, day) in days.iter().enumerate() {
            self.add(&format!("{name}.{place}"), day);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&'static str, &'static str)]) -> Typed {
        Typed::of(pairs.iter().copied())
    }

    #[test]
    fn blanks_are_nothing_and_several_values_of_a_name_are_kept() {
        let typed = typed(&[("a", " "), ("b", " x "), ("b", "y")]);
        assert_eq!((typed.one("a"), typed.all("b")), (None, &["x".to_owned(), "y".to_owned()][..]));
    }

    #[test]
    fn meetings_stand_in_the_order_of_their_days() {
        let typed = typed(&[
            ("answers.moten.0", "2016-10-26"),
            ("answers.moten.2", "2016-10-12"),
            ("answers.moten.10", "2016-10-26"),
        ]);
        assert_eq!(typed.numbered("answers.moten"), ["2016-10-12", "2016-10-26"]);
        assert_eq!(typed.one("answers.moten.1"), Some("2016-10-26"));
    }
}
