//! What is asked for in the address of a list, and the address of such a list. What can't be read is not asked for.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::auth::Caller;
use crate::domain::code::{HandlerId, OfficeCode};
use crate::domain::dates::later;
use crate::domain::step::{Agency, StepKind};
use crate::registrations::worklist::SOON;
use crate::storage::cases::{ENDED, FELREGISTRERING, OPEN, day_number};
use crate::storage::lists::{Filter, state_code, state_of};

/// Cases on a page.
pub(super) const ON_A_PAGE: i64 = 50;
/// Nobody has more pages.
const MOST_PAGES: i64 = 1_000_000;

/// Whose cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whose {
    Mine,
    Everyones,
    Colleagues(HandlerId),
}

/// When the next registration is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    Overdue,
    Soon,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub whose: Whose,
    pub office: Option<OfficeCode>,
    pub state: i16,
    pub step: Option<StepKind>,
    /// Whether the other agency makes the next registration, or the own.
    pub waiting: Option<bool>,
    pub time: Option<Time>,
    pub missing: bool,
    pub page: i64,
}

pub(super) const STATES: [i16; 3] = [OPEN, ENDED, FELREGISTRERING];

impl Asked {
    /// The list that somebody sees who asks for nothing; for who is no handläggare there are no own cases.
    pub fn nothing(caller: &Caller) -> Self {
        let whose = if caller.handler.is_some() { Whose::Mine } else { Whose::Everyones };
        Self { whose, office: None, state: OPEN, step: None, waiting: None, time: None, missing: false, page: 1 }
    }

    pub fn of(query: &BTreeMap<String, String>, caller: &Caller) -> Self {
        let text = |name: &str| query.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
        let none = Self::nothing(caller);
        let whose = match text("handler") {
            Some("all") => Whose::Everyones,
            None | Some("me") => none.whose,
            Some(id) => match HandlerId::parse(id) {
                Ok(id) if Some(&id) != caller.handler.as_ref() => Whose::Colleagues(id),
                _ => none.whose,
            },
        };
        let time = |text: &str| [Time::Overdue, Time::Soon].into_iter().find(|time| time.code() == text);
        Self {
            whose,
            office: text("office").and_then(|code| OfficeCode::parse(code).ok()),
            state: text("status").and_then(state_of).unwrap_or(OPEN),
            step: text("step").and_then(StepKind::from_code),
            waiting: text("waiting").and_then(|text| text.parse().ok()),
            time: text("due").and_then(time),
            missing: text("missing") == Some("true"),
            page: text("page").and_then(|text| text.parse().ok()).unwrap_or(1).clamp(1, MOST_PAGES),
        }
    }

    /// The same as the lists of the database have it.
    pub fn filter(&self, caller: &Caller, today: NaiveDate) -> Filter {
        let agency = caller.agency.unwrap_or(Agency::Fk);
        let handler = match &self.whose {
            Whose::Mine => caller.handler.as_ref(),
            Whose::Everyones => None,
            Whose::Colleagues(id) => Some(id),
        };
        let (due_from, due_before) = match self.time {
            Some(Time::Overdue) => (None, Some(day_number(today))),
            Some(Time::Soon) => (Some(day_number(today)), Some(day_number(later(today, SOON + 1)))),
            None => (None, None),
        };
        Filter {
            handler: handler.map(|id| (agency, id.to_string())),
            offices: self.office.as_ref().map(|office| (agency, vec![office.to_string()])),
            state: Some(self.state),
            step: self.step.map(|step| step.code().to_owned()),
            due_from,
            due_before,
            next_owner: self.waiting.map(|other| if other { agency.other() } else { agency }),
            missing: self.missing,
        }
    }

    /// Of the same people and offices, open, and nothing else asked for.
    pub fn all_open(&self) -> Self {
        Self { state: OPEN, step: None, waiting: None, time: None, missing: false, page: 1, ..self.clone() }
    }

    /// Whether nothing is asked for beside whose and where.
    pub fn is_all_open(&self) -> bool {
        Self { page: 1, ..self.clone() } == self.all_open()
    }

    /// The same list at another page.
    pub fn at_page(&self, page: i64) -> Self {
        Self { page, ..self.clone() }
    }

    /// The address of the list.
    pub fn address(&self) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        match &self.whose {
            Whose::Mine => {}
            Whose::Everyones => pairs.push(("handler", "all".to_owned())),
            Whose::Colleagues(id) => pairs.push(("handler", id.to_string())),
        }
        pairs.extend(self.office.iter().map(|office| ("office", office.to_string())));
        if self.state != OPEN {
            pairs.push(("status", state_code(self.state).to_owned()));
        }
        pairs.extend(self.step.iter().map(|step| ("step", step.code().to_owned())));
        pairs.extend(self.waiting.iter().map(|other| ("waiting", other.to_string())));
        pairs.extend(self.time.iter().map(|time| ("due", time.code().to_owned())));
        if self.missing {
            pairs.push(("missing", "true".to_owned()));
        }
        if self.page > 1 {
            pairs.push(("page", self.page.to_string()));
        }
        // Codes and numbers are made of plain characters only.
        let query: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        if query.is_empty() { "/arenden".to_owned() } else { format!("/arenden?{}", query.join("&")) }
    }
}

impl Time {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Soon => "soon",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::code::ClientId;
    use crate::domain::organisation::Role;

    fn siv() -> Caller {
        Caller {
            client: ClientId::parse("web").unwrap(),
            agency: Some(Agency::Fk),
            roles: [Role::Deltagaransvarig].into(),
            handler: HandlerId::parse("fk-h-017").ok(),
        }
    }

    fn asked(query: &str) -> Asked {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        Asked::of(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(), &siv())
    }

    #[test]
    fn an_address_is_read_as_it_was_made() {
        for query in [
            "handler=all&office=FK-GAVLE&status=ended&step=gk&waiting=true&due=overdue&missing=true&page=3",
            "handler=fk-h-018&waiting=false&due=soon",
            "status=felregistrering",
        ] {
            assert_eq!(asked(query).address(), format!("/arenden?{query}"));
        }
        assert_eq!(asked("handler=me&page=1&office=&status=open").address(), "/arenden");
    }

    #[test]
    fn what_can_not_be_read_is_not_asked_for() {
        let plain = Asked::nothing(&siv());
        assert_eq!(asked("handler=fk-h-017&office=Å&status=x&step=x&waiting=x&due=x&missing=x&page=x"), plain);
        assert_eq!(asked("page=-4"), plain);
        assert_eq!(asked("page=9999999999").page, MOST_PAGES);
    }

    #[test]
    fn a_machine_has_no_cases_of_its_own() {
        let machine = Caller { handler: None, roles: [Role::System].into(), ..siv() };
        assert_eq!(Asked::nothing(&machine).whose, Whose::Everyones);
    }

    #[test]
    fn soon_is_today_and_a_week_on() {
        let today = "2016-10-12".parse().unwrap();
        let filter = asked("due=soon").filter(&siv(), today);
        assert_eq!(filter.due_from, Some(day_number(today)));
        assert_eq!(filter.due_before, Some(day_number("2016-10-20".parse().unwrap())));
        assert_eq!(asked("due=overdue").filter(&siv(), today).due_before, Some(day_number(today)));
        assert_eq!(asked("waiting=true").filter(&siv(), today).next_owner, Some(Agency::Af));
    }
}
