//! What there is to choose among: offices, handläggare, kommuner, definitions of insatser – the likeliest first.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::words::Words;
use crate::domain::code::{CountyCode, HandlerId, MunicipalityCode, OfficeCode};
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
    all.sort_by_cached_key(|office| swedish_key(&office.name));
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

/// The usual partner of an office: of those open on the day that share kommuner, the one of the same town, else the one that
/// shares the most.
pub fn partner(organisation: &Organisation, of: &OfficeCode, agency: Agency, day: NaiveDate) -> Option<OfficeCode> {
    let own = organisation.offices.get(of)?;
    let open = organisation.offices.values().filter(|o| o.agency == agency && o.validity.contains(day));
    let shared = |office: &Office| office.municipalities.iter().filter(|m| own.municipalities.contains(m)).count();
    // "Försäkringskassan Gävle" and "Arbetsförmedlingen Gävle": the town follows the agency's name.
    let town = |office: &Office| office.name.split_once(' ').map(|(_, town)| town.to_owned());
    let fits = |office: &&Office| (town(office).is_some() && town(office) == town(own), shared(office));
    let sharing: Vec<&Office> = open.filter(|office| shared(office) > 0).collect();
    // The last of equals is the greatest: reversed, it is the first by code.
    sharing.into_iter().rev().max_by_key(fits).map(|office| office.code.clone())
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
    // One whose name was taken away stays chosen until another is.
    if let Some(id) = standing.filter(|id| !all.iter().any(|(_, choice)| choice.value == id.as_str())) {
        all.push((String::new(), Choice::new(id.as_str(), id.as_str())));
    }
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
    all.sort_by_cached_key(|m| swedish_key(&m.name));
    let mut groups = vec![blank(words.language.texts().choose)];
    let near: Vec<Choice> = all.iter().filter(|m| served.contains(&m.code)).map(|m| choice(m)).collect();
    if !near.is_empty() {
        groups.push(Group { label: words.t.served_municipalities.to_owned(), choices: near });
    }
    let mut counties: Vec<&geography::County> = geography::counties_on(day).collect();
    counties.sort_by_cached_key(|county| swedish_key(&county.name));
    let mut within: BTreeMap<CountyCode, Vec<Choice>> = BTreeMap::new();
    for m in all {
        within.entry(m.code.county()).or_default().push(choice(m));
    }
    groups.extend(
        counties.into_iter().map(|county| Group {
            label: county.name.clone(),
            choices: within.remove(&county.code).unwrap_or_default(),
        }),
    );
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::code::AreaCode;
    use crate::domain::organisation::Validity;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn office(code: &str, name: &str, kommuner: &[&str], to: Option<&str>) -> (OfficeCode, Office) {
        let code = OfficeCode::parse(code).unwrap();
        let office = Office {
            code: code.clone(),
            agency: if code.as_str().starts_with("FK") { Agency::Fk } else { Agency::Af },
            area: AreaCode::parse("MITT").unwrap(),
            name: name.to_owned(),
            municipalities: kommuner.iter().map(|m| MunicipalityCode::parse(m).unwrap()).collect(),
            validity: Validity { from: day("2010-01-01"), to: to.map(day) },
            successor: None,
        };
        (code, office)
    }

    #[test]
    fn the_usual_partner_is_of_the_same_town_or_shares_the_most() {
        let offices = [
            office("FK-GAVLE", "FK Gävle", &["2180", "2104", "2181"], None),
            office("FK-X", "FK X", &["2104", "2181"], None),
            office("AF-GAVLE", "Af Gävle", &["2180"], None),
            office("AF-HOFORS", "Af Hofors", &["2104"], Some("2016-12-31")),
            office("AF-SANDVIKEN", "Af Sandviken", &["2181", "2104"], None),
            office("FK-LUND", "FK Lund", &["1281"], None),
        ];
        let organisation = Organisation { offices: offices.into(), ..Organisation::default() };
        let partner = |of: &str, on: &str| {
            let found = partner(&organisation, &OfficeCode::parse(of).unwrap(), Agency::Af, day(on));
            found.map(|code| code.to_string())
        };
        assert_eq!(partner("FK-GAVLE", "2016-10-12").as_deref(), Some("AF-GAVLE"));
        assert_eq!(partner("FK-X", "2016-10-12").as_deref(), Some("AF-SANDVIKEN"));
        assert_eq!(partner("FK-LUND", "2016-10-12"), None);
        assert_eq!(partner("FK-OKANT", "2016-10-12"), None);
    }
}
