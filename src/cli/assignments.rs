//! `sus assignments`: for whoever runs the machine, before anybody has an assignment to give others, and for lists.

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::{Failure, reading_service, service};
use crate::config::Config;
use crate::domain::assignments::{ASSIGNABLE, Change, Giver, What, review_due};
use crate::domain::code::{HandlerId, OfficeCode};
use crate::domain::organisation::{Assignment, Handler, Role, Validity};
use crate::domain::person::contains_identity_number;
use crate::organisation::registers::AssignError;
use crate::registrations::fields::parse_date;

pub const HELP: &str = "\
Examples:
  sus assignments list --office FK-GAVLE
  sus assignments list --review-by 2026-12-31        what is to be confirmed this year
  sus assignments give fk-i-001 --name 'Karin Ek' --office FK-GAVLE --role insatsansvarig
  sus assignments end fk-h-017 --office FK-GAVLE --role deltagaransvarig --last-day 2026-11-30
  sus assignments confirm fk-h-017 --office FK-GAVLE --role deltagaransvarig

Who has the machine may give any assignment; what stands in the register says who did
(--by). All that is wrong is told at once, and then nothing is changed.";

#[derive(Subcommand)]
pub enum AssignmentsCommand {
    /// Print assignments, the one to be confirmed first at the top
    #[command(after_help = HELP)]
    List {
        /// At this office only
        #[arg(long)]
        office: Option<String>,
        /// Valid today and to be confirmed by this day
        #[arg(long)]
        review_by: Option<String>,
    },
    /// Give an assignment
    #[command(after_help = HELP)]
    Give {
        #[command(flatten)]
        which: Which,
        /// The person's name at work, for who is not in the register
        #[arg(long)]
        name: Option<String>,
        /// First day [default: today]
        #[arg(long)]
        from: Option<String>,
        /// Last day
        #[arg(long)]
        to: Option<String>,
    },
    /// End an assignment
    #[command(after_help = HELP)]
    End {
        #[command(flatten)]
        which: Which,
        /// Its last day [default: today]; yesterday ends it at once
        #[arg(long)]
        last_day: Option<String>,
    },
    /// Confirm that an assignment is still needed
    #[command(after_help = HELP)]
    Confirm {
        #[command(flatten)]
        which: Which,
    },
}

#[derive(Args)]
pub struct Which {
    /// The person's id at the agency
    handler: String,
    /// At which office
    #[arg(long)]
    office: String,
    /// deltagaransvarig, insatsansvarig, samverkansadministrator, rapportlasare, samverkansansvarig or systemforvaltare
    #[arg(long)]
    role: String,
    /// Who does this, as written in the register
    #[arg(long, default_value = "sus")]
    by: String,
}

pub fn assignments(config: &Config, command: &AssignmentsCommand) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    match command {
        AssignmentsCommand::List { office, review_by } => {
            let office = office.as_deref().and_then(|text| code(text, "--office", OfficeCode::parse, &mut wrong));
            let by = review_by.as_deref().and_then(|text| day(text, "--review-by", &mut wrong));
            finish(wrong)?;
            list(config, office.as_ref(), by)
        }
        AssignmentsCommand::Give { which, name, from, to } => {
            let from = from.as_deref().map(|text| day(text, "--from", &mut wrong));
            let to = to.as_deref().map(|text| day(text, "--to", &mut wrong));
            change(config, which, wrong, |today| What::Given {
                name: name.clone(),
                validity: Validity { from: from.flatten().unwrap_or(today), to: to.flatten() },
            })
        }
        AssignmentsCommand::End { which, last_day } => {
            let last_day = last_day.as_deref().map(|text| day(text, "--last-day", &mut wrong));
            change(config, which, wrong, |today| What::Ended { last_day: last_day.flatten().unwrap_or(today) })
        }
        AssignmentsCommand::Confirm { which } => change(config, which, wrong, |_| What::Confirmed),
    }
}

fn list(config: &Config, office: Option<&OfficeCode>, review_by: Option<NaiveDate>) -> Result<(), Failure> {
    let service = reading_service(config)?;
    let (today, (_, register)) = (service.today(), service.organisation()?);
    let all = register.handlers.values().flat_map(|person| person.assignments.iter().map(move |a| (person, a)));
    let mut found: Vec<(&Handler, &Assignment)> = all
        .filter(|(_, a)| office.is_none_or(|code| &a.office == code))
        .filter(|(_, a)| review_by.is_none_or(|day| a.validity.contains(today) && review_due(a) <= day))
        .collect();
    found.sort_by_key(|(person, a)| (review_due(a), &person.id, &a.office, a.role));
    println!("review by   from        to          role                     office            handläggare");
    for (person, a) in &found {
        let to = a.validity.to.map_or_else(|| "–".to_owned(), |to| to.to_string());
        let (due, from, role) = (review_due(a), a.validity.from, a.role.code());
        println!("{due}  {from}  {to:<10}  {role:<23}  {:<16}  {} {}", a.office.as_str(), person.id, person.name);
    }
    println!("{} assignments", found.len());
    Ok(())
}

fn change(
    config: &Config,
    which: &Which,
    mut wrong: Vec<String>,
    what: impl FnOnce(NaiveDate) -> What,
) -> Result<(), Failure> {
    let handler = code(&which.handler, "the handläggare", HandlerId::parse, &mut wrong);
    let office = code(&which.office, "--office", OfficeCode::parse, &mut wrong);
    let role = Role::from_code(&which.role).filter(|role| ASSIGNABLE.contains(role));
    if role.is_none() {
        wrong.push(format!("--role: one of {}", ASSIGNABLE.map(Role::code).join(", ")));
    }
    let service = service(config)?;
    let today = service.today();
    let what = what(today);
    let texts = [which.handler.as_str(), which.by.as_str()];
    let named = if let What::Given { name: Some(name), .. } = &what { Some(name.as_str()) } else { None };
    if texts.into_iter().chain(named).any(|text| contains_identity_number(text, today)) {
        wrong.push("an identity number may not stand in an id or a name".to_owned());
    }
    finish(wrong)?;
    let (Some(handler), Some(office), Some(role)) = (handler, office, role) else { return Ok(()) };
    let change = Change { handler, office, role, what };
    let giver = Giver { handler: None, agency: None, name: which.by.clone() };
    match service.registers.assign(&service.db, &change, &giver, service.clock.now()) {
        Ok(person) => {
            println!("{} {} now has {} assignments.", person.id, person.name, person.assignments.len());
            Ok(())
        }
        Err(AssignError::Storage(error)) => Err(error.into()),
        Err(AssignError::Findings(findings)) => {
            let told = findings.0.iter().map(|f| format!("{} {}: {}", f.pointer, f.rule.code(), f.en()));
            Err(told.collect::<Vec<_>>().join("\n     ").into())
        }
    }
}

fn code<T>(
    text: &str,
    name: &str,
    parse: impl Fn(&str) -> Result<T, crate::domain::code::NotACode>,
    wrong: &mut Vec<String>,
) -> Option<T> {
    parse(text).map_err(|e| wrong.push(format!("{name}: {} is wanted", e.expected.en()))).ok()
}

fn day(text: &str, name: &str, wrong: &mut Vec<String>) -> Option<NaiveDate> {
    let day = parse_date(text);
    if day.is_none() {
        wrong.push(format!("{name}: a date such as 2026-11-30 is wanted"));
    }
    day
}

fn finish(wrong: Vec<String>) -> Result<(), Failure> {
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n     ").into()) }
}
