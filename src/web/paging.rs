//! Pages of a list: which one is asked for, what it shows, and the way to the others that keeps what else was asked.

use std::collections::BTreeMap;

/// A list in pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// The page that is shown, from 1.
    pub number: usize,
    /// The last one.
    pub last: usize,
    /// How many there are in all.
    pub total: usize,
    /// Rows a page.
    pub rows: usize,
    path: String,
    others: Vec<(String, String)>,
}

impl Paging {
    /// The page that a query asks for by `page`; one that isn't there is the nearest that is.
    #[must_use]
    pub fn of(path: &str, asked: &BTreeMap<String, String>, total: usize, rows: usize) -> Self {
        let last = total.div_ceil(rows.max(1)).max(1);
        let others = asked.iter().filter(|(name, value)| *name != "page" && *name != "done" && !value.is_empty());
        let others = others.map(|(name, value)| (name.clone(), value.clone())).collect();
        Self { number: number(asked).min(last), last, total, rows, path: path.to_owned(), others }
    }

    /// What the page shows of them all.
    #[must_use]
    pub fn cut<T>(&self, all: Vec<T>) -> Vec<T> {
        all.into_iter().skip((self.number - 1) * self.rows).take(self.rows).collect()
    }

    /// The address of another page.
    #[must_use]
    pub fn address(&self, number: usize) -> String {
        let page = [("page".to_owned(), number.to_string())];
        let all: Vec<&(String, String)> = self.others.iter().chain(&page).collect();
        format!("{}?{}", self.path, serde_urlencoded::to_string(all).unwrap_or_default())
    }

    /// The address of the page before.
    #[must_use]
    pub fn previous(&self) -> String {
        self.address(self.number.saturating_sub(1).max(1))
    }

    /// The address of the page after.
    #[must_use]
    pub fn next(&self) -> String {
        self.address((self.number + 1).min(self.last))
    }

    /// The address of the last page.
    #[must_use]
    pub fn end(&self) -> String {
        self.address(self.last)
    }

    /// The first row that is shown, from 1; 0 where there is none.
    #[must_use]
    pub fn from(&self) -> usize {
        if self.total == 0 { 0 } else { (self.number - 1) * self.rows + 1 }
    }

    /// The last row that is shown.
    #[must_use]
    pub fn to(&self) -> usize {
        (self.number * self.rows).min(self.total)
    }
}

/// The page that a query asks for, before it is known how many there are.
#[must_use]
pub fn number(asked: &BTreeMap<String, String>) -> usize {
    asked.get("page").and_then(|text| text.parse().ok()).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_keep_what_was_asked_and_never_lead_nowhere() {
        let asked = |page: &str| {
            BTreeMap::from(
                [("page", page), ("step", "gk"), ("office", ""), ("q", "å&b")]
                    .map(|(n, v)| (n.to_owned(), v.to_owned())),
            )
        };
        let paging = Paging::of("/arenden", &asked("2"), 101, 50);
        assert_eq!((paging.number, paging.last, paging.from(), paging.to()), (2, 3, 51, 100));
        assert_eq!(paging.address(3), "/arenden?q=%C3%A5%26b&step=gk&page=3");
        assert_eq!(paging.cut((1..=101).collect::<Vec<_>>()).len(), 50);
        for (page, number) in [("9", 3), ("0", 1), ("x", 1), ("-1", 1), ("99999999999999999999", 1)] {
            assert_eq!(Paging::of("/arenden", &asked(page), 101, 50).number, number, "{page}");
        }
        let none = Paging::of("/arenden", &asked("1"), 0, 50);
        assert_eq!((none.number, none.last, none.from(), none.to()), (1, 1, 0, 0));
    }
}
