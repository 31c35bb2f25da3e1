//! A register extract as a page that is printed or saved and handed to the person: everything that is kept, in words, in one
//! file that loads nothing. Its number stands in full: whoever gets it is who it is about.
//!
//! Never here: who may have one made, and the log that says so.

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};

use super::chain::{self, Stage};
use super::facts::{self, Fact, Staffed};
use super::told::{self, Line};
use super::words::Words;
use crate::domain::case::Case;
use crate::domain::journal::Entry;
use crate::domain::organisation::Organisation;
use crate::domain::person::IdentityNumber;
use crate::web::texts::cases::CaseTexts;
use crate::web::texts::extract::ExtractTexts;
use crate::web::texts::{Language, instant};

#[derive(Template)]
#[template(path = "cases/extract.html", config = "src/web/askama.toml")]
struct ExtractPage<'a> {
    language: Language,
    t: &'static ExtractTexts,
    words: &'static CaseTexts,
    number: &'a str,
    made: String,
    cases: Vec<CaseTold>,
}

struct CaseTold {
    /// From 1, the oldest first.
    place: usize,
    id: String,
    begun: NaiveDate,
    offices: String,
    birth: Option<NaiveDate>,
    participant: Vec<Fact>,
    consent: Vec<Fact>,
    stages: Vec<Stage>,
    staffed: Vec<Staffed>,
    history: Vec<Line>,
}

/// The page, about the cases of a person; `None` when it could not be made.
#[must_use]
pub fn register_extract(
    number: &IdentityNumber,
    cases: &[(Case, Vec<Entry>)],
    organisation: &Organisation,
    now: DateTime<Utc>,
    today: NaiveDate,
    language: Language,
) -> Option<String> {
    let words = Words::of(language, organisation, today);
    let mut all: Vec<&(Case, Vec<Entry>)> = cases.iter().collect();
    all.sort_by_key(|(case, _)| case.begun());
    let told = |(place, (case, entries)): (usize, &(Case, Vec<Entry>))| {
        let mut history = told::history(case, entries, &words);
        history.reverse();
        CaseTold {
            place,
            id: case.id.to_string(),
            begun: case.begun(),
            offices: words.offices(case.present_offices()),
            birth: case.birth,
            participant: facts::participant(case, Some(number), &words),
            consent: facts::consent(case, &words),
            stages: chain::stages(case, entries, &words),
            staffed: facts::staffed(case, &words),
            history,
        }
    };
    let page = ExtractPage {
        language,
        t: ExtractTexts::of(language),
        words: words.t,
        number: number.as_digits(),
        made: instant(now),
        cases: (1..).zip(all).map(told).collect(),
    };
    page.render().ok()
}
