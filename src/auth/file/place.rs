//! One table of the file while it is read: every value by its name, everything wrong collected with its place, and never
//! with the value, which may be a secret that stands in the wrong line.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use toml::{Table, Value};

/// A table, where it stands, and what is wrong so far.
pub struct Place<'a> {
    table: &'a Table,
    path: String,
    asked: RefCell<BTreeSet<&'static str>>,
    wrong: &'a RefCell<Vec<String>>,
}

impl<'a> Place<'a> {
    /// The whole file.
    pub fn root(table: &'a Table, wrong: &'a RefCell<Vec<String>>) -> Self {
        Self::at(table, String::new(), wrong)
    }

    fn at(table: &'a Table, path: String, wrong: &'a RefCell<Vec<String>>) -> Self {
        Self { table, path, asked: RefCell::default(), wrong }
    }

    fn found(&self, name: &'static str) -> Option<&'a Value> {
        self.asked.borrow_mut().insert(name);
        self.table.get(name)
    }

    fn place(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Says what would be right.
    pub fn refuse(&self, name: &str, expected: &str) {
        self.wrong.borrow_mut().push(format!("{}: expected {expected}", self.place(name)));
    }

    /// Whether it stands there at all.
    pub fn has(&self, name: &'static str) -> bool {
        self.found(name).is_some()
    }

    /// A text that may be missing.
    pub fn text(&self, name: &'static str, expected: &str) -> Option<&'a str> {
        let text = self.found(name)?.as_str().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.refuse(name, expected);
        }
        text
    }

    /// A text that must be there and fit.
    pub fn needed(&self, name: &'static str, expected: &str, fits: impl Fn(&str) -> bool) -> String {
        match self.found(name).and_then(Value::as_str).filter(|text| fits(text)) {
            Some(text) => text.to_owned(),
            None => {
                self.refuse(name, expected);
                String::new()
            }
        }
    }

    /// A list of texts; `None` when it is missing.
    pub fn texts(&self, name: &'static str, expected: &str) -> Option<Vec<&'a str>> {
        let found = self.found(name)?;
        let texts = found.as_array().and_then(|all| all.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
        if texts.is_none() {
            self.refuse(name, expected);
        }
        texts
    }

    /// A list that must be there, not empty, each entry a word that is known.
    pub fn words<T>(&self, name: &'static str, expected: &str, word: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let texts = self.found(name).and_then(Value::as_array);
        let words: Option<Vec<T>> = texts.and_then(|all| all.iter().map(|v| v.as_str().and_then(&word)).collect());
        match words.filter(|words| !words.is_empty()) {
            Some(words) => words,
            None => {
                self.refuse(name, expected);
                Vec::new()
            }
        }
    }

    /// A whole number within a range.
    pub fn number(&self, name: &'static str, range: RangeInclusive<i64>, standard: i64) -> i64 {
        let Some(found) = self.found(name) else { return standard };
        match found.as_integer().filter(|number| range.contains(number)) {
            Some(number) => number,
            None => {
                self.refuse(name, &format!("a whole number {}–{}", range.start(), range.end()));
                standard
            }
        }
    }

    /// Yes or no.
    pub fn flag(&self, name: &'static str) -> bool {
        let Some(found) = self.found(name) else { return false };
        found.as_bool().unwrap_or_else(|| {
            self.refuse(name, "true or false");
            false
        })
    }

    /// A table in it.
    pub fn table(&self, name: &'static str) -> Option<Place<'a>> {
        let found = self.found(name)?;
        let table = found.as_table();
        if table.is_none() {
            self.refuse(name, "a table");
        }
        Some(Self::at(table?, self.place(name), self.wrong))
    }

    /// A list of tables in it.
    pub fn tables(&self, name: &'static str) -> Vec<Place<'a>> {
        let Some(found) = self.found(name) else { return Vec::new() };
        let tables: Option<Vec<&Table>> = found.as_array().and_then(|all| all.iter().map(Value::as_table).collect());
        let Some(tables) = tables else {
            self.refuse(name, &format!("tables that begin with [[{name}]]"));
            return Vec::new();
        };
        let at = |(index, table)| Self::at(table, self.place(&format!("{name}[{}]", index + 1)), self.wrong);
        tables.into_iter().enumerate().map(at).collect()
    }

    /// Every entry of a table whose names are free: from a word of the issuer to one of ours.
    pub fn entries<T>(&self, expected: &str, word: impl Fn(&str) -> Option<T>) -> Vec<(String, T)> {
        let mut all = Vec::new();
        for (number, (name, value)) in self.table.iter().enumerate() {
            match value.as_str().and_then(&word) {
                Some(value) => all.push((name.clone(), value)),
                // The name is told by its number: somebody may have put anything there.
                None => self.refuse(&format!("entry {}", number + 1), expected),
            }
        }
        all
    }

    /// The tables in a table whose names are free.
    pub fn named_tables(&self) -> Vec<(String, Place<'a>)> {
        let mut all = Vec::new();
        for (number, (name, value)) in self.table.iter().enumerate() {
            let place = format!("entry {}", number + 1);
            match value.as_table() {
                Some(table) => all.push((name.clone(), Self::at(table, self.place(&place), self.wrong))),
                None => self.refuse(&place, "a table"),
            }
        }
        all
    }

    /// Refuses what nobody asked for: a misspelt name would otherwise be passed over.
    pub fn end(self) {
        let asked = self.asked.borrow();
        let unknown = self.table.keys().filter(|name| !asked.contains(name.as_str())).count();
        if unknown > 0 {
            let known = asked.iter().copied().collect::<Vec<_>>().join(", ");
            let place = if self.path.is_empty() { "the file" } else { &self.path };
            self.wrong.borrow_mut().push(format!("{place}: {unknown} unknown names; known are {known}"));
        }
    }
}
