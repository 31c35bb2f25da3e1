//! The geographies that a report is pulled for, as a list to choose from: the reader's own first.
//!
//! Never here: what a geography counts ([`Geography`](crate::reports::Geography)).

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::auth::Caller;
use crate::auth::policy::steers;
use crate::domain::code::OfficeCode;
use crate::domain::geography;
use crate::domain::organisation::{Members, Office, Organisation, SteeringGroup};
use crate::domain::step::Agency;
use crate::web::form::{Choice, Group};
use crate::web::texts::reports::ReportTexts;

/// The whole country, as in addresses.
pub const RIKET: &str = "riket";

const fn prefix(agency: Agency) -> &'static str {
    match agency {
        Agency::Fk => "fk",
        Agency::Af => "af",
    }
}

fn of_group(group: &SteeringGroup) -> Choice {
    Choice::new(format!("styrgrupp:{}", group.code), group.name.clone())
}

fn of_office(office: &Office) -> Choice {
    Choice::new(format!("{}-kontor:{}", prefix(office.agency), office.code), office.name.clone())
}

/// The offices where somebody has an assignment today, whatever the role.
fn own_offices<'a>(caller: &Caller, organisation: &'a Organisation, today: NaiveDate) -> Vec<&'a Office> {
    let person = caller.handler.as_ref().and_then(|id| organisation.handlers.get(id));
    let assignments = person.filter(|person| Some(person.agency) == caller.agency).map_or(&[][..], |p| &p.assignments);
    let codes: BTreeSet<&OfficeCode> =
        assignments.iter().filter(|a| a.validity.contains(today)).map(|a| &a.office).collect();
    codes.into_iter().filter_map(|code| organisation.offices.get(code)).collect()
}

/// Whether a steering group follows what happens at an office.
fn follows(group: &SteeringGroup, office: &Office) -> bool {
    match &group.members {
        Members::Offices(offices) => offices.contains(&office.code),
        Members::Municipalities(kommuner) => office.municipalities.iter().any(|m| kommuner.contains(m)),
    }
}

/// The steering groups and offices that somebody has to do with: the groups that they are responsible for first.
pub fn own(caller: &Caller, organisation: &Organisation, today: NaiveDate) -> Vec<Choice> {
    let offices = own_offices(caller, organisation, today);
    let groups = organisation.steering_groups.values();
    let (steered, others): (Vec<_>, Vec<_>) = groups.partition(|group| steers(caller, group, organisation, today));
    let near = others.into_iter().filter(|group| offices.iter().any(|office| follows(group, office)));
    let groups: Vec<Choice> = steered.into_iter().chain(near).map(of_group).collect();
    groups.into_iter().chain(offices.into_iter().map(of_office)).collect()
}

/// What a report is about when nothing is said: the first of one's own, else the whole country.
pub fn usual(caller: &Caller, organisation: &Organisation, today: NaiveDate) -> String {
    own(caller, organisation, today).into_iter().next().map_or_else(|| RIKET.to_owned(), |choice| choice.value)
}

/// Everything there is to choose from, in groups. Offices and areas that nothing happens at any more stand there too,
/// since earlier periods are asked for.
pub fn groups(t: &ReportTexts, caller: &Caller, organisation: &Organisation, today: NaiveDate) -> Vec<Group> {
    let by_name = |mut choices: Vec<Choice>| {
        choices.sort_by_cached_key(|choice| in_swedish_order(&choice.text));
        choices
    };
    let areas = |agency: Agency| {
        let areas = organisation.areas.values().filter(move |area| area.agency == agency);
        by_name(
            areas
                .map(|area| Choice::new(format!("{}-omrade:{}", prefix(agency), area.code), area.name.clone()))
                .collect(),
        )
    };
    let offices = |agency: Agency| {
        let all = || organisation.offices.values().filter(|office| office.agency == agency);
        let took_over: BTreeSet<&OfficeCode> = all().filter_map(|office| office.successor.as_ref()).collect();
        let larger = all().filter(|office| took_over.contains(&office.code)).map(|office| {
            let value = format!("{}-kontor-med-foregangare:{}", prefix(agency), office.code);
            Choice::new(value, format!("{} {}", office.name, t.with_predecessors))
        });
        by_name(all().map(of_office).chain(larger).collect())
    };
    let counties = geography::counties().iter().filter(|county| county.validity.to.is_none());
    let kommuner = geography::municipalities().iter().filter(|kommun| kommun.validity.to.is_none());
    let all = [
        (t.own_places, own(caller, organisation, today)),
        (t.country, vec![Choice::new(RIKET, t.country)]),
        (t.steering_groups, by_name(organisation.steering_groups.values().map(of_group).collect())),
        (t.counties, by_name(counties.map(|c| Choice::new(format!("lan:{}", c.code), c.name.clone())).collect())),
        (t.fk_areas, areas(Agency::Fk)),
        (t.af_areas, areas(Agency::Af)),
        (t.fk_offices, offices(Agency::Fk)),
        (t.af_offices, offices(Agency::Af)),
        (
            t.municipalities,
            by_name(kommuner.map(|m| Choice::new(format!("kommun:{}", m.code), m.name.clone())).collect()),
        ),
    ];
    // Each stands once, where it is found first.
    let mut there: BTreeSet<String> = BTreeSet::new();
    let once = |(label, mut choices): (&str, Vec<Choice>)| {
        choices.retain(|choice| there.insert(choice.value.clone()));
        (!choices.is_empty()).then(|| Group { label: label.to_owned(), choices })
    };
    all.into_iter().filter_map(once).collect()
}

/// å, ä and ö last.
pub fn in_swedish_order(text: &str) -> Vec<u32> {
    let place = |c: char| match c {
        'å' => u32::from('z') + 1,
        'ä' => u32::from('z') + 2,
        'ö' => u32::from('z') + 3,
        c => u32::from(c),
    };
    text.to_lowercase().chars().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swedish_letters_sort_last() {
        let mut names = ["Örebro", "Ängelholm", "Åmål", "Ystad", "arvika"];
        names.sort_by_key(|name| in_swedish_order(name));
        assert_eq!(names, ["arvika", "Ystad", "Åmål", "Ängelholm", "Örebro"]);
    }
}
