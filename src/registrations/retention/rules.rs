//! The file of rules: all that is wrong with it is told at once, and then none of it holds.

use chrono::{Months, NaiveDate};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::domain::case::IdentityState;
use crate::domain::dates::swedish_day;
use crate::storage::cases::{ENDED, FELREGISTRERING, OPEN, day_of};
use crate::storage::journal::instant;
use crate::storage::retention::Aged;

/// From when the age of a case counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// From the day of its ending; open cases and felregistreringar have none.
    CaseEnded,
    /// Of a felregistrering, from its latest registration.
    Felregistrering,
    /// From its latest registration, whatever its state.
    LastRegistration,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Identity, references, handläggare, stadsdel and free text go, and the birth date becomes an age band. Figures stay.
    StripIdentity,
    /// The same, and everything else that no figure needs: the employer's number, the local definition of an insats, who
    /// registered, and clients' own references. Anonymous cases have some of that, too. Figures stay.
    Coarsen,
    /// The whole case goes. Figures change, also earlier ones; frozen reports stay.
    Delete,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it is called in logs.
    pub id: String,
    /// From when age counts.
    pub trigger: Trigger,
    /// How old, in months.
    pub months: u32,
    /// What is done.
    pub action: Action,
}

impl Rule {
    /// Whether it takes something away from a case on this day.
    #[must_use]
    pub fn applies(&self, case: &Aged, today: NaiveDate) -> bool {
        // Who an open case is about is needed until it ends, and keeps the person from a second one.
        let is_there = match self.action {
            Action::StripIdentity => case.identity == IdentityState::Named.code() && case.state != OPEN,
            Action::Coarsen => !case.coarsened && case.state != OPEN,
            Action::Delete => true,
        };
        if !is_there {
            return false;
        }
        let last = || swedish_day(instant(case.last));
        let from = match self.trigger {
            Trigger::CaseEnded if case.state == ENDED => day_of(case.step_date),
            Trigger::Felregistrering if case.state == FELREGISTRERING => last(),
            Trigger::LastRegistration => last(),
            _ => return false,
        };
        today.checked_sub_months(Months::new(self.months)).is_some_and(|cutoff| from <= cutoff)
    }
}

/// All rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// In their order: the first that applies decides.
    pub rules: Vec<Rule>,
    /// How many days answers are kept for repeated requests, where fewer than seven.
    pub receipts_days: Option<u32>,
    /// SHA-256 of the file.
    pub digest: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    receipts_days: Option<u32>,
    #[serde(default)]
    rule: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    trigger: Trigger,
    #[serde(default)]
    years: u32,
    #[serde(default)]
    months: u32,
    action: Action,
}

impl Rules {
    /// Reads a file of rules.
    ///
    /// # Errors
    /// All that is wrong with it, with what would be right.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let file: File = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
        let mut wrong = Vec::new();
        let mut rules: Vec<Rule> = Vec::new();
        for row in file.rule {
            let plain = !row.id.is_empty() && row.id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
            if !plain || row.id == "receipts" {
                wrong.push(format!("rule {:?}: an id is letters, digits, - and _, and not receipts", row.id));
            }
            if rules.iter().any(|rule| rule.id == row.id) {
                wrong.push(format!("rule {}: there are two of this id", row.id));
            }
            let months = row.years.saturating_mul(12).saturating_add(row.months);
            if !(1..=1200).contains(&months) {
                wrong.push(format!("rule {}: years and months are together 1 month to 100 years", row.id));
            }
            rules.push(Rule { id: row.id, trigger: row.trigger, months, action: row.action });
        }
        if rules.is_empty() && file.receipts_days.is_none() {
            wrong.push("there is no [[rule]]; without rules no file is needed".to_owned());
        }
        if file.receipts_days.is_some_and(|days| !(1..=7).contains(&days)) {
            wrong.push("receipts_days is 1 to 7".to_owned());
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let digest = Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        Ok(Self { rules, receipts_days: file.receipts_days, digest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let two = "receipts_days = 9\n[[rule]]\nid = \"a b\"\ntrigger = \"case_ended\"\naction = \"delete\"\n";
        let wrong = Rules::parse(two).unwrap_err();
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(Rules::parse("").is_err() && Rules::parse("[[rule]]\nidd = 1").is_err());
    }

    #[test]
    fn age_counts_from_the_trigger_and_the_day_itself_is_old_enough() {
        let text = "[[rule]]\nid = \"r\"\ntrigger = \"case_ended\"\nyears = 2\naction = \"strip_identity\"\n";
        let rule = Rules::parse(text).unwrap().rules.remove(0);
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let mut case = Aged {
            number: 1,
            id: uuid::Uuid::nil(),
            state: ENDED,
            identity: "named".to_owned(),
            coarsened: false,
            step_date: crate::storage::cases::day_number(day("2016-10-13")),
            last: 0,
        };
        assert!(!rule.applies(&case, day("2018-10-12")) && rule.applies(&case, day("2018-10-13")));
        case.identity = "removed".to_owned();
        assert!(!rule.applies(&case, day("2030-01-01")), "there is nothing left to take away");
        let coarsen = Rule { action: Action::Coarsen, ..rule.clone() };
        assert!(coarsen.applies(&case, day("2030-01-01")), "but for what no figure needs");
        case.coarsened = true;
        assert!(!coarsen.applies(&case, day("2030-01-01")));
        case.identity = "named".to_owned();
        case.state = 0;
        assert!(!rule.applies(&case, day("2030-01-01")), "an open case has no ending");
    }
}
