//! What there is to choose among: offices, handläggare, kommuner, definitions of insatser – the likeliest first.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::words::Words;
use crate::domain::code::{HandlerId, MunicipalityCode, OfficeCode};
use crate::domain::geography::{self, swedish_key};
use crate::domain::organisation::{InsatsDefinition, Office, OfficePair, Organisation, Role};
use crate::domain::step::Agency;
use crate::web::form::{Choice, Group};

/// The offices of an agency that are open on a day: the near ones in a group of their own, first. The office that stands is
/// among them even where it has closed.
pub fn offices(
    organisation: &Organisation,
    agency: Agency,
    near: &BTreeSet<OfficeCode>,
    near_label: &str,
    standing: Option<&OfficeCode>,
    day: NaiveDate,
    words: &Words,
) -> Vec<Group> {
    let mut all: Vec<&Office> = organisation
        .offices
        .values()
        .filter(|office| office.agency == agency)
        .filter(|office| office.validity.contains(day) || standing == Some(&office.code))
        .collect();
    all.sort_by_key(|office| swedish_key(&office.name));
    let choices = |is_near: bool| -> Vec<Choice> {
        let those = all.iter().filter(|office| near.contains(&office.code) == is_near);
        those.map(|office| Choice::new(office.code.as_str(), office.name.as_str())).collect()
    };
    let groups = [(near_label, choices(true)), (words.t.other_offices, choices(false))];
    let groups = groups.into_iter().filter(|(_, choices)| !choices.is_empty());
    let groups = groups.map(|(label, choices)| Group { label: label.to_owned(), choices });
    std::iter::once(blank(words.language.texts().choose)).chain(groups).collect()
}

/// The choice of nothing, in the words that say what nothing means.
pub fn blank(text: &str) -> Group {
    Group { label: String::new(), choices: vec![Choice::new("", text)] }
}

/// The offices of the other agency that share a kommun with one of these, which so most likely are the partners.
pub fn partners(organisation: &Organisation, of: &BTreeSet<OfficeCode>, agency: Agency) -> BTreeSet<OfficeCode> {
    let own = || of.iter().filter_map(|code| organisation.offices.get(code)).flat_map(|o| &o.municipalities);
    let shares = |office: &&Office| own().any(|place| office.municipalities.contains(place));
    let others = organisation.offices.values().filter(|office| office.agency == agency);
    others.filter(shares).map(|office| office.code.clone()).collect()
}

/// The usual partner of an office: the one open on the day that shares the most kommuner, before others the one with the same
/// first kommun.
pub fn partner(organisation: &Organisation, of: &OfficeCode, agency: Agency, day: NaiveDate) -> Option<OfficeCode> {
    let own = &organisation.offices.get(of)?.municipalities;
    let open = organisation.offices.values().filter(|o| o.agency == agency && o.validity.contains(day));
    let shared = |office: &Office| office.municipalities.iter().filter(|place| own.contains(place)).count();
    let fits = |office: &&Office| (shared(office), office.municipalities.first() == own.first());
    // The last of equals is the greatest: reversed, it is the first by code.
    let best = open.collect::<Vec<_>>().into_iter().rev().max_by_key(fits)?;
    (shared(best) > 0).then(|| best.code.clone())
}

/// Those who may be responsible for a case at an office on a day.
pub fn handlers(
    organisation: &Organisation,
    office: &OfficeCode,
    day: NaiveDate,
    standing: Option<&HandlerId>,
    nobody: &str,
) -> Vec<Group> {
    let mut all: Vec<(String, Choice)> = organisation
        .handlers
        .values()
        .filter(|h| h.has_assignment(Role::Deltagaransvarig, office, day) || standing == Some(&h.id))
        .map(|h| (swedish_key(&h.name), Choice::new(h.id.as_str(), format!("{} ({})", h.name, h.id))))
        .collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    let mut group = blank(nobody);
    group.choices.extend(all.into_iter().map(|(_, choice)| choice));
    vec![group]
}

/// Every kommun on a day under its län; those that the offices serve are offered first, too.
pub fn municipalities(
    organisation: &Organisation,
    offices: &[&OfficeCode],
    day: NaiveDate,
    words: &Words,
) -> Vec<Group> {
    let choice = |m: &geography::Municipality| Choice::new(m.code.as_str(), m.name.as_str());
    let served: BTreeSet<&MunicipalityCode> = offices
        .iter()
        .filter_map(|code| organisation.offices.get(code))
        .flat_map(|office| &office.municipalities)
        .collect();
    let mut all: Vec<&geography::Municipality> = geography::municipalities_on(day).collect();
    all.sort_by_key(|m| swedish_key(&m.name));
    let mut groups = vec![blank(words.language.texts().choose)];
    let near: Vec<Choice> = all.iter().filter(|m| served.contains(&m.code)).map(|m| choice(m)).collect();
    if !near.is_empty() {
        groups.push(Group { label: words.t.served_municipalities.to_owned(), choices: near });
    }
    let mut counties: Vec<&geography::County> = geography::counties_on(day).collect();
    counties.sort_by_key(|county| swedish_key(&county.name));
    groups.extend(counties.into_iter().map(|county| Group {
        label: county.name.clone(),
        choices: all.iter().filter(|m| m.code.county() == county.code).map(|m| choice(m)).collect(),
    }));
    groups
}

/// What counts as an insats, each with its examples and where it is a local addition.
pub fn definition(definition: &InsatsDefinition, words: &Words) -> Choice {
    let examples = definition.examples.join("; ");
    let place = definition.municipality.as_ref().map_or_else(
        || geography::county(&definition.county).map(|county| county.name.clone()),
        |code| geography::municipality(code).map(|m| format!("{} {}", words.t.local_in, m.name)),
    );
    let examples = (!examples.is_empty()).then(|| format!("{} {examples}", words.t.for_example));
    let hint: Vec<String> = examples.into_iter().chain(place).collect();
    Choice { hint: hint.join(". ") + ".", ..Choice::new(definition.code.as_str(), definition.text.as_str()) }
}

/// An office's name, or its code where the register has none.
pub fn office_name<'a>(organisation: &'a Organisation, code: &'a OfficeCode) -> &'a str {
    organisation.offices.get(code).map_or(code.as_str(), |office| office.name.as_str())
}

/// Both offices' names.
pub fn pair_names(organisation: &Organisation, pair: &OfficePair) -> String {
    format!("{} – {}", office_name(organisation, &pair.fk), office_name(organisation, &pair.af))
}

/// A handläggare's name, or the id where the register has none.
pub fn handler_name<'a>(organisation: &'a Organisation, id: &'a HandlerId) -> &'a str {
    organisation.handlers.get(id).map_or(id.as_str(), |handler| handler.name.as_str())
}
