//! What a report is asked for, from a page's address: the same question as the API's, read so that nothing typed is lost
//! and everything that is wrong is told beside its field.
//!
//! Never here: the controls ([`super::controls`]), and figures.

use chrono::NaiveDate;
use uuid::Uuid;

use super::periods::Preset;
use crate::domain::person::{contains_identity_number, contains_identity_number_ever};
use crate::registrations::fields::{parse_date, parse_known};
use crate::reports::catalogue::catalogue;
use crate::reports::follow::Counted;
use crate::reports::request::RequestError;
use crate::reports::times::Every;
use crate::reports::variables::VARIABLES;
use crate::reports::{Geography, Lang, Period, Request};
use crate::storage::changes;
use crate::web::door::Visit;
use crate::web::form::{Field, Fields};
use crate::web::texts::Language;
use crate::web::texts::reports::ReportTexts;
use crate::web::visitor::in_database;

/// Something that is wrong, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The field.
    pub field: String,
    /// In the page's language.
    pub text: String,
}

/// Which package's parts are to come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Package {
    /// Nothing was said: the steering group's own, where it has one.
    Usual,
    /// No package.
    None,
    /// This one.
    Named(Uuid),
}

/// What was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// As it was typed, and where nothing was, what is meant then.
    pub fields: Fields,
    /// The question, when it can be read.
    pub request: Option<Request>,
    /// As far as it can be read: of the whole country and of today, where its place or its period can't be.
    pub partly: Request,
    /// Up to what is counted.
    pub counted: Counted,
    /// Whose parts come first.
    pub package: Package,
    /// Whether tables are split by sex.
    pub by_sex: bool,
    /// Everything that is wrong.
    pub wrong: Vec<Wrong>,
}

impl Asked {
    /// What only the registers and the log can tell, for a question that has other faults: a position that lies ahead, and
    /// places that aren't known. Of a question that has none they are told where it is counted.
    pub async fn beyond(&self, visit: &Visit) -> Vec<Wrong> {
        let (app, language) = (visit.app.clone(), visit.frame.language);
        let head = match self.counted.counted_to {
            Some(_) => in_database(move || changes::head(&mut app.service.db.read()?.link())).await.ok(),
            None => None,
        };
        let ahead = head.filter(|head| self.counted.counted_to.is_some_and(|position| position > *head));
        let ahead = ahead.map(|head| counted_ahead(head, language));
        ahead.into_iter().chain(self.unknown(visit)).collect()
    }

    /// The places that the registers don't know.
    pub fn unknown(&self, visit: &Visit) -> Vec<Wrong> {
        let unknown = self.partly.unknown(&visit.organisation);
        unknown.iter().map(|error| says(error, visit.frame.language)).collect()
    }

    /// The earlier state that is asked for, as it was given; nothing where the present is meant, or where what was given
    /// is wrong.
    pub fn state(&self, wrong: &[Wrong]) -> Vec<(String, String)> {
        let read = [("asOf", self.counted.as_of.is_some()), ("countedTo", self.counted.counted_to.is_some())];
        let right = read.iter().filter(|(name, read)| *read && wrong.iter().all(|wrong| wrong.field != *name));
        right.filter_map(|(name, _)| Some(((*name).to_owned(), self.fields.one(name)?.to_owned()))).collect()
    }
}

/// A field without what may not be shown again: somebody's number, not even to whoever typed it.
pub fn without_numbers(mut field: Field, today: NaiveDate) -> Field {
    field.values.retain(|text| !contains_identity_number(text, today));
    field
}

/// What the reader and the place say where the address says nothing.
pub struct Surroundings<'a> {
    /// The Swedish day.
    pub today: NaiveDate,
    /// The usual geography.
    pub geography: &'a str,
    /// The language of the page.
    pub language: Language,
}

/// That a position lies ahead of the log, which has come to `head`.
pub fn counted_ahead(head: i64, language: Language) -> Wrong {
    let text = format!("{} {head}.", ReportTexts::of(language).counted_to_ahead);
    Wrong { field: "countedTo".to_owned(), text }
}

/// The language of reports.
pub const fn lang(language: Language) -> Lang {
    match language {
        Language::Swedish => Lang::Sv,
        Language::English => Lang::En,
    }
}

/// What is wrong with a question that could be read.
pub fn says(error: &RequestError, language: Language) -> Wrong {
    let text = match language {
        Language::Swedish => error.sv(),
        Language::English => error.en(),
    };
    // A name that nobody knows stands in no field.
    let field = if error.parameter() == "variable" { "" } else { error.parameter() };
    Wrong { field: field.to_owned(), text }
}

/// Reads what is asked of a report.
pub fn read(report: &str, sent: Vec<(String, String)>, around: &Surroundings<'_>) -> Asked {
    let t = ReportTexts::of(around.language);
    let mut wrong: Vec<Wrong> = Vec::new();
    let mut refuse = |field: &str, text: String| wrong.push(Wrong { field: field.to_owned(), text });
    // Somebody's number is not shown again, not even to whoever typed it: it goes no further, into no link.
    let (sent, numbers): (Vec<_>, Vec<_>) =
        sent.into_iter().partition(|(_, value)| !contains_identity_number(value, around.today));
    for (name, _) in numbers {
        let known = ["geography", "from", "to"].contains(&name.as_str());
        refuse(if known { &name } else { "" }, t.no_numbers.to_owned());
    }
    let typed = Fields::new(sent.clone());
    let preset = typed.one("period").and_then(Preset::named);
    let given = preset.is_some() || typed.one("from").is_some() || typed.one("to").is_some();
    let preset = preset.or_else(|| (!given).then_some(Preset::LastHalfYear));
    let mut pairs = sent;
    let set = |pairs: &mut Vec<(String, String)>, name: &str, value: String| {
        pairs.retain(|(of, _)| of != name);
        pairs.push((name.to_owned(), value));
    };
    let period = if let Some(preset) = preset {
        let days = preset.days(around.today);
        set(&mut pairs, "from", days.from().to_string());
        set(&mut pairs, "to", days.to().to_string());
        Some(days)
    } else {
        let mut day = |name: &str| {
            let text = typed.one(name);
            let day = text.and_then(parse_date);
            if day.is_none() {
                refuse(name, if text.is_none() { t.date_missing } else { t.date_wrong }.to_owned());
            }
            day
        };
        let days = (day("from"), day("to"));
        days.0.zip(days.1).and_then(|(from, to)| match Period::new(from, to) {
            Ok(period) => Some(period),
            Err(_) => {
                refuse("to", format!("{} {from}.", t.date_reversed));
                None
            }
        })
    };
    let geography = typed.one("geography").unwrap_or(around.geography).to_owned();
    let place = Geography::parse(&geography).map_err(|_| refuse("geography", t.place_wrong.to_owned())).ok();
    set(&mut pairs, "geography", geography);
    let every = typed.one("every").and_then(|code| {
        let every = Every::from_code(code);
        if every.is_none() {
            refuse("every", t.choose_from_list.to_owned());
        }
        every
    });
    let versions = catalogue().versions(report);
    let version = typed.one("version").and_then(|text| {
        let version = versions.iter().copied().find(|version| version.to_string() == text);
        if version.is_none() {
            refuse("", t.version_wrong.to_owned());
        }
        version
    });
    let as_of = typed.one("asOf").and_then(|text| {
        let at = parse_known(text);
        if at.is_none() {
            refuse("", t.as_of_wrong.to_owned());
        }
        at
    });
    let counted_to = typed.one("countedTo").and_then(|text| {
        let position = text.parse().ok().filter(|position| *position >= 0_i64);
        if position.is_none() {
            refuse("", t.counted_to_wrong.to_owned());
        }
        position
    });
    let package = match typed.one("package") {
        None => Package::Usual,
        Some(text) => Uuid::parse_str(text).map_or(Package::None, Package::Named),
    };
    let period_or_any = period.unwrap_or_else(|| Period::day(around.today));
    let mut request = Request::plain(report, period_or_any, place.clone().unwrap_or(Geography::Riket));
    (request.every, request.version) = (every, version);
    let joined = |name: &str| typed.all(name).collect::<Vec<_>>().join(",");
    let selections: Vec<(&str, String)> =
        VARIABLES.iter().map(|row| (row.name, joined(row.name))).filter(|(_, codes)| !codes.is_empty()).collect();
    let split = joined("split");
    let chosen = request.choose(
        selections.iter().map(|(name, codes)| (*name, codes.as_str())),
        Some(split.as_str()).filter(|split| !split.is_empty()),
    );
    let missing = |error: &RequestError| matches!(error, RequestError::SelectionMissing { .. });
    let errors = chosen.err().unwrap_or_default();
    // Whoever hasn't asked yet has nothing wrong.
    let unasked = !given && errors.iter().any(missing);
    wrong.extend(errors.iter().filter(|error| given || !missing(error)).map(|error| says(error, around.language)));
    let right = wrong.is_empty() && !unasked && period.is_some() && place.is_some();
    Asked {
        fields: Fields::new(pairs),
        request: right.then(|| request.clone()),
        partly: request,
        counted: Counted { as_of, counted_to, at_least: None },
        package,
        by_sex: typed.one("tabell") == Some("kon"),
        wrong,
    }
}

/// An address with a question. Somebody's number stands in none.
pub fn address(path: &str, pairs: &[(String, String)]) -> String {
    let pairs: Vec<_> = pairs.iter().filter(|(_, value)| !contains_identity_number_ever(value)).collect();
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(report: &str, query: &str) -> Asked {
        let around = Surroundings {
            today: "2026-11-22".parse().unwrap(),
            geography: "styrgrupp:gavleborg",
            language: Language::Swedish,
        };
        read(report, serde_urlencoded::from_str(query).unwrap(), &around)
    }

    #[test]
    fn where_nothing_is_said_the_question_is_the_usual_one() {
        let asked = asked("baspaket", "");
        let request = asked.request.unwrap();
        assert_eq!(request.period, Preset::LastHalfYear.days("2026-11-22".parse().unwrap()));
        assert_eq!(request.geography.to_string(), "styrgrupp:gavleborg");
        assert_eq!(asked.fields.one("from"), Some("2026-01-01"));
    }

    #[test]
    fn a_button_for_a_period_goes_before_the_days_typed() {
        let asked = asked("baspaket", "from=2020-01-01&to=nonsens&period=forra-aret&geography=riket");
        let told = asked.request.unwrap().pairs();
        assert_eq!(address("/x", &told), "/x?from=2025-01-01&to=2025-12-31&geography=riket");
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_and_what_was_typed_stays() {
        let asked =
            asked("status", "from=2026-13-01&geography=mars&every=vecka&utfallGk=ingen&deltagarstatus=x&split=kon");
        let fields: Vec<&str> = asked.wrong.iter().map(|wrong| wrong.field.as_str()).collect();
        assert_eq!(fields, ["from", "to", "geography", "every", "deltagarstatus", "utfallGk", "split"]);
        assert_eq!((asked.request, asked.fields.one("from")), (None, Some("2026-13-01")));
        assert_eq!(asked.fields.one("geography"), Some("mars"));
    }

    #[test]
    fn several_of_a_name_and_codes_with_commas_are_the_same_question() {
        let one = asked("status", "from=2026-01-01&to=2026-03-31&alder=25_29&alder=30_39&split=kommun&split=alder");
        let other = asked("status", "from=2026-01-01&to=2026-03-31&alder=25_29,30_39&split=kommun,alder");
        assert_eq!(one.request.as_ref().map(Request::pairs), other.request.as_ref().map(Request::pairs));
        assert!(one.request.is_some());
    }

    #[test]
    fn a_report_about_those_with_a_chosen_value_waits_for_it() {
        let first = asked("deltagare-forman-efter", "");
        assert_eq!((first.request, first.wrong), (None, Vec::new()));
        let second = asked("deltagare-forman-efter", "from=2026-01-01&to=2026-03-31");
        assert_eq!(second.wrong[0].field, "formanFore");
        assert!(asked("deltagare-forman-efter", "period=ar&formanFore=sjukpenning").request.is_some());
    }

    #[test]
    fn somebodys_number_is_not_kept() {
        let asked = asked("status", "from=2026-01-01&to=2026-03-31&geography=19850312-9804");
        assert_eq!((asked.wrong.len(), asked.request), (1, None));
        assert!(asked.fields.iter().all(|(_, value)| !value.contains("9804")));
    }

    #[test]
    fn an_earlier_state_is_named_by_instant_and_position() {
        let known = asked("status", "asOf=2026-06-30&countedTo=17").counted;
        assert_eq!((known.as_of, known.counted_to), (parse_known("2026-06-30"), Some(17)));
        assert_eq!(asked("status", "asOf=x&countedTo=-1").wrong.len(), 2);
    }

    #[test]
    fn no_address_carries_somebodys_number() {
        let pairs = [("from", "2016-10-01"), ("geography", "19850312-9804"), ("asOf", "2016-10-31T22:59:59.999999Z")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(address("/x", &pairs), "/x?from=2016-10-01&asOf=2016-10-31T22%3A59%3A59.999999Z");
    }

    #[test]
    fn an_earlier_state_is_carried_as_it_was_given_and_what_is_wrong_with_it_is_not() {
        let given = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let earlier = asked("status", "asOf=2026-06-30&countedTo=17");
        assert_eq!(earlier.state(&[]), [given("asOf", "2026-06-30"), given("countedTo", "17")]);
        let ahead = Wrong { field: "countedTo".to_owned(), text: String::new() };
        assert_eq!(earlier.state(&[ahead]), [given("asOf", "2026-06-30")]);
        assert!(asked("status", "asOf=x&countedTo=-1").state(&[]).is_empty());
        assert!(asked("status", "").state(&[]).is_empty());
    }

    #[test]
    fn a_question_that_is_wrong_is_kept_as_far_as_it_can_be_read() {
        let asked = asked("status", "from=x&to=2026-03-31&geography=styrgrupp:mars&afKontor=AF-MARS&alder=gammal");
        assert_eq!((asked.request, asked.partly.geography.to_string()), (None, "styrgrupp:mars".to_owned()));
        assert_eq!(asked.partly.choices.len(), 1);
    }
}
