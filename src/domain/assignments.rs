//! Assignments (uppdrag): given, ended and confirmed once a year.
//!
//! Lives here: what may become of the assignments of one person. Never here: who may do it
//! ([`auth::policy`](crate::auth::policy)), and how it is kept.

use chrono::{Months, NaiveDate};

use super::code::{HandlerId, OfficeCode};
use super::dates::earlier;
use super::finding::{Allowed, Finding, Findings};
use super::organisation::{Assignment, Confirmed, Handler, Organisation, Role, Validity};
use super::rule::Rule;
use super::step::Agency;

/// An assignment is confirmed at least this often, else it stands on the list for review.
pub const REVIEW_MONTHS: Months = Months::new(12);

/// The roles that a person can have an assignment as: all but that of a machine client.
pub const ASSIGNABLE: [Role; 6] = [
    Role::Deltagaransvarig,
    Role::Insatsansvarig,
    Role::Samverkansadministrator,
    Role::Rapportlasare,
    Role::Samverkansansvarig,
    Role::Systemforvaltare,
];

/// What is to become of an assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It is given.
    Given {
        /// The person's name at work; needed for who is not in the register.
        name: Option<String>,
        /// When it is to be valid.
        validity: Validity,
    },
    /// It ends after this day.
    Ended {
        /// Its last day; yesterday takes it away at once.
        last_day: NaiveDate,
    },
    /// It is still needed.
    Confirmed,
}

/// A change of one assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub handler: HandlerId,
    /// At which office.
    pub office: OfficeCode,
    /// As what.
    pub role: Role,
    /// What is to become of it.
    pub what: What,
}

/// Who makes a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Giver {
    /// The person, where there is one.
    pub handler: Option<HandlerId>,
    /// The agency; for whoever runs the service none, who then may act for both.
    pub agency: Option<Agency>,
    /// How it is written down.
    pub name: String,
}

/// The person's entry of the register after a change made on the day `today`.
///
/// # Errors
/// Everything that is wrong with it.
pub fn decide(change: &Change, giver: &Giver, register: &Organisation, today: NaiveDate) -> Result<Handler, Findings> {
    let mut findings = Findings::default();
    let office = register.offices.get(&change.office);
    let known = register.handlers.get(&change.handler);
    match office {
        None => findings.add(Rule::KontorOkant, "/office"),
        Some(office) => {
            if let Some(own) = giver.agency.filter(|own| office.agency != *own) {
                findings.push(Finding::new(Rule::KontorFelMyndighet, "/office").allowed(Allowed::Agency(own)));
            }
            if known.is_some_and(|person| person.agency != office.agency) {
                let finding = Finding::new(Rule::HandlaggareFelMyndighet, "/handler");
                findings.push(finding.allowed(Allowed::Agency(office.agency)));
            }
            if change.role == Role::Systemforvaltare && office.agency != Agency::Fk {
                findings.push(Finding::new(Rule::KontorFelMyndighet, "/office").allowed(Allowed::Agency(Agency::Fk)));
            }
        }
    }
    if !matches!(change.what, What::Ended { .. }) && giver.handler.as_ref() == Some(&change.handler) {
        findings.add(Rule::UppdragEget, "/handler");
    }
    let after = match &change.what {
        What::Given { name, validity } => {
            if let Some(office) = office {
                check_within(&office.validity, validity, &mut findings);
            }
            check_given(change, known, name.as_deref(), *validity, today, &mut findings);
            let new = Assignment {
                office: change.office.clone(),
                role: change.role,
                validity: *validity,
                confirmed: Some(Confirmed { on: today, by: giver.name.clone() }),
            };
            let entry = known.cloned().or_else(|| {
                let (agency, name) = (office?.agency, name.clone()?);
                Some(Handler { id: change.handler.clone(), agency, name, assignments: Vec::new() })
            });
            entry.map(|mut entry| {
                entry.assignments.push(new);
                entry
            })
        }
        What::Ended { last_day } => ended(change, known, *last_day, today, &mut findings),
        What::Confirmed => {
            let confirmed = Confirmed { on: today, by: giver.name.clone() };
            present(change, known, today, &mut findings).map(|(mut entry, place)| {
                entry.assignments[place].confirmed = Some(confirmed);
                entry
            })
        }
    };
    match after {
        Some(entry) if !findings.has_errors() => Ok(entry),
        _ => Err(findings),
    }
}

/// The office is there on all its days.
fn check_within(office: &Validity, validity: &Validity, findings: &mut Findings) {
    let ends_later = match (office.to, validity.to) {
        (Some(closes), Some(to)) => to > closes,
        (Some(_), None) => true,
        (None, _) => false,
    };
    if validity.from < office.from || ends_later {
        let pointer = if validity.from < office.from { "/validFrom" } else { "/validTo" };
        findings.push(Finding::new(Rule::KontorInteGiltigt, pointer).allowed(Allowed::within(*office)));
    }
}

fn check_given(
    change: &Change,
    known: Option<&Handler>,
    name: Option<&str>,
    validity: Validity,
    today: NaiveDate,
    findings: &mut Findings,
) {
    if known.is_none() && name.is_none() {
        findings.add(Rule::HandlaggareNamnSaknas, "/name");
    }
    // Given for days that have been, an assignment would make right what was wrong.
    if validity.from < today {
        findings.push(Finding::new(Rule::UppdragGiltighet, "/validFrom").allowed(Allowed::DateFrom(today)));
    } else if validity.to.is_some_and(|to| to < validity.from) {
        findings.push(Finding::new(Rule::UppdragGiltighet, "/validTo").allowed(Allowed::DateFrom(validity.from)));
    }
    let all = || known.into_iter().flat_map(|person| &person.assignments);
    let same = |a: &&Assignment| a.role == change.role && a.office == change.office;
    if all().filter(same).any(|a| overlap(&a.validity, &validity)) {
        findings.add(Rule::UppdragFinns, "");
    }
    if all().any(|a| collide(a.role, change.role) && overlap(&a.validity, &validity)) {
        findings.add(Rule::UppdragRollerKrockar, "/role");
    }
}

/// Roles that one person never has at the same time: who administers the registers reaches no participant.
#[must_use]
pub fn collide(one: Role, other: Role) -> bool {
    use Role::{Deltagaransvarig, Samverkansadministrator};
    matches!((one, other), (Deltagaransvarig, Samverkansadministrator) | (Samverkansadministrator, Deltagaransvarig))
}

/// Whether two times share a day.
#[must_use]
pub fn overlap(a: &Validity, b: &Validity) -> bool {
    a.to.is_none_or(|to| b.from <= to) && b.to.is_none_or(|to| a.from <= to)
}

/// The assignment that is valid on the day or the next one to be, in a copy of the person's entry.
fn present(
    change: &Change,
    known: Option<&Handler>,
    today: NaiveDate,
    findings: &mut Findings,
) -> Option<(Handler, usize)> {
    let Some(person) = known else {
        findings.add(Rule::HandlaggareOkand, "/handler");
        return None;
    };
    let open = person.assignments.iter().enumerate().filter(|(_, a)| {
        a.role == change.role && a.office == change.office && a.validity.to.is_none_or(|to| to >= today)
    });
    let found = open.min_by_key(|(_, a)| a.validity.from).map(|(place, _)| place);
    if found.is_none() {
        findings.add(Rule::UppdragFinnsInte, "");
    }
    Some((person.clone(), found?))
}

/// What was valid is not rewritten: the last day is yesterday at the earliest. What never became valid goes away.
fn ended(
    change: &Change,
    known: Option<&Handler>,
    last_day: NaiveDate,
    today: NaiveDate,
    findings: &mut Findings,
) -> Option<Handler> {
    let (mut entry, place) = present(change, known, today, findings)?;
    let Validity { from, to } = entry.assignments[place].validity;
    let first = earlier(today, 1);
    if last_day < first || to.is_some_and(|to| last_day > to) {
        findings.push(Finding::new(Rule::UppdragSlut, "/lastDay").allowed(Allowed::dates(Some(first), to)));
    } else if last_day < from {
        entry.assignments.remove(place);
    } else {
        entry.assignments[place].validity.to = Some(last_day);
    }
    Some(entry)
}

/// When an assignment is to be confirmed next: a year after somebody last said that it is needed, else after it began.
#[must_use]
pub fn review_due(assignment: &Assignment) -> NaiveDate {
    let since = assignment.confirmed.as_ref().map_or(assignment.validity.from, |c| c.on.max(assignment.validity.from));
    since.checked_add_months(REVIEW_MONTHS).unwrap_or(NaiveDate::MAX)
}
