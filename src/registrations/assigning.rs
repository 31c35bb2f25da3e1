//! Giving, ending and confirming assignments as a caller: what was sent is read, who may is asked, the domain decides,
//! the register is changed – in a transaction of the caller's.
//!
//! Never here: what may become of an assignment ([`domain::assignments`](crate::domain::assignments)), and how often.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::fields::{Fields, wrong_value};
use crate::auth::Caller;
use crate::auth::policy::{self, Action, Decision, Object};
use crate::domain::assignments::{ASSIGNABLE, Change, Giver, What, decide};
use crate::domain::code::{HandlerId, OfficeCode};
use crate::domain::dates::swedish_day;
use crate::domain::finding::Findings;
use crate::domain::organisation::{Handler, Role, Validity};
use crate::domain::person::contains_identity_number;
use crate::domain::rule::Rule;
use crate::domain::shape;
use crate::organisation::registers::Registers;
use crate::storage::{Link, StorageError};

/// What is to become of an assignment, as it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Given: `name`, `validFrom`, `validTo`.
    Given,
    /// Ended: `lastDay`.
    Ended,
    /// Confirmed.
    Confirmed,
}

impl Wanted {
    /// By which right.
    #[must_use]
    pub const fn action(self) -> Action {
        match self {
            Self::Given => Action::CreateAssignment,
            Self::Ended => Action::CreateAssignmentEnding,
            Self::Confirmed => Action::CreateAssignmentReview,
        }
    }

    fn read(self, fields: &mut Fields<'_>, today: NaiveDate, findings: &mut Findings) -> Option<What> {
        match self {
            Self::Given => {
                let name = fields.text("name", findings).map(str::to_owned);
                if let Some(name) = &name {
                    check_name(name, today, findings);
                }
                let from = fields.required_date("validFrom", findings);
                let to = fields.date("validTo", findings);
                Some(What::Given { name, validity: Validity { from: from?, to } })
            }
            Self::Ended => Some(What::Ended { last_day: fields.required_date("lastDay", findings)? }),
            Self::Confirmed => Some(What::Confirmed),
        }
    }
}

fn check_name(name: &str, today: NaiveDate, findings: &mut Findings) {
    let fits = (1..=200).contains(&name.chars().count()) && name.trim() == name;
    if !fits || name.chars().any(char::is_control) {
        wrong_value("/name", shape::LINE_200, findings);
    } else if contains_identity_number(name, today) {
        findings.add(Rule::FritextPersonnummer, "/name");
    }
}

/// A change as it was sent.
///
/// # Errors
/// All that is wrong with how it is written.
pub fn read(value: &Value, today: NaiveDate, wanted: Wanted) -> Result<Change, Findings> {
    let mut findings = Findings::default();
    let Some(mut fields) = Fields::of(value, "", &mut findings) else { return Err(findings) };
    fields.required("handler", shape::PLAIN_40, &mut findings);
    let handler = fields.code("handler", HandlerId::parse, &mut findings);
    if handler.as_ref().is_some_and(|id| contains_identity_number(id.as_str(), today)) {
        findings.add(Rule::FritextPersonnummer, "/handler");
    }
    fields.required("office", shape::OFFICE, &mut findings);
    let office = fields.code("office", OfficeCode::parse, &mut findings);
    fields.required("role", shape::ROLE_CODES, &mut findings);
    let role = fields.choice("role", assignable, &ASSIGNABLE.map(Role::code), &mut findings);
    let what = wanted.read(&mut fields, today, &mut findings);
    fields.finish(&mut findings);
    match (handler, office, role, what) {
        (Some(handler), Some(office), Some(role), Some(what)) if !findings.has_errors() => {
            Ok(Change { handler, office, role, what })
        }
        _ => Err(findings),
    }
}

fn assignable(code: &str) -> Option<Role> {
    Role::from_code(code).filter(|role| ASSIGNABLE.contains(role))
}

/// Why nothing was changed.
#[derive(Debug)]
pub enum Refused {
    /// Others give assignments as this role, or here.
    NotYours(Role),
    /// All that is wrong with it.
    Findings(Findings),
    /// The database failed.
    Storage(StorageError),
}

impl From<StorageError> for Refused {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// Changes an assignment as a caller, inside a transaction; the person's entry as it then is. Changes of the registers
/// come one after the other.
///
/// # Errors
/// Why nothing was changed.
pub fn assign(
    link: &mut Link<'_>,
    registers: &Registers,
    caller: &Caller,
    wanted: Wanted,
    change: &Change,
    now: DateTime<Utc>,
) -> Result<Handler, Refused> {
    // Taking no position locks the head.
    link.take_positions(0)?;
    let register = registers.current(link)?;
    let today = swedish_day(now);
    let object = Object::Assignment(&change.office, change.role);
    if policy::may(caller, wanted.action(), &object, &register, today) != Decision::Allow {
        return Err(Refused::NotYours(change.role));
    }
    let person = decide(change, &giver(caller), &register, today).map_err(Refused::Findings)?;
    registers.replace_handler(link, &person, now)?;
    Ok(person)
}

/// Whoever runs the service acts for both agencies, everybody else for the own.
fn giver(caller: &Caller) -> Giver {
    let name = caller.handler.as_ref().map_or_else(|| caller.client.to_string(), ToString::to_string);
    let agency = caller.agency.filter(|_| !caller.has(Role::Systemforvaltare));
    Giver { handler: caller.handler.clone(), agency, name }
}
