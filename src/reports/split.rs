//! Selections and splits by variables: their codes, those of the register included, and labels.
//!
//! Never here: who falls in which cell ([`super::classes`]).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::domain::code::OfficeCode;
use crate::domain::geography;
use crate::domain::organisation::Organisation;

use super::cube::SAMTLIGA;
use super::grid::GridAxis;
use super::places::Place;
use super::report::{Code, Dimension};
use super::request::{Lang, RequestError};
use super::selection::Selection;
use super::variables::{Origin, SAKNAS, Variable};

/// What is chosen of a variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Choice {
    /// Of which.
    pub variable: Variable,
    /// These codes; one of them must hold.
    pub codes: Vec<String>,
}

impl Choice {
    /// The variable with the codes that are chosen, for people.
    pub(super) fn told(&self, labelled: Dimension, organisation: &Organisation) -> Dimension {
        let place = self.variable.row().origin == Origin::Place;
        let label = |code: &String| {
            let named = if place { name(self.variable, code, organisation) } else { None };
            named.unwrap_or_else(|| labelled.label(code).to_owned())
        };
        let codes = self.codes.iter().map(|code| Code { code: Cow::Owned(code.clone()), label: label(code) }).collect();
        Dimension { codes, ..labelled }
    }
}

/// A variable that is split by, with the codes that are shown.
#[derive(Debug, Clone)]
pub(super) struct Split {
    pub(super) variable: Variable,
    /// With labels from the register, where that has them.
    pub(super) codes: Vec<Named>,
}

/// A code, with its name from the register.
pub(super) type Named = (Cow<'static, str>, Option<String>);

/// Codes by name as people look for them; what has no name stands last.
pub(super) fn by_name(codes: impl Iterator<Item = Named>) -> Vec<Named> {
    let mut codes: Vec<Named> = codes.collect();
    codes.sort_by_cached_key(|(code, name)| (name.is_none(), alphabetical(name.as_deref().unwrap_or(code))));
    codes
}

/// The codes of two lists by name, named as in the first where both have them.
pub(super) fn either(first: &[Named], second: &[Named]) -> Vec<Named> {
    let both: BTreeMap<_, _> = second.iter().chain(first).cloned().collect();
    by_name(both.into_iter())
}

impl Split {
    /// A split of the cases of a selection. With the `places` where cases are, those of the selection and, for riket, all codes
    /// of the register are shown; else all codes of the register that the selection's cases could be at, whether one is or not.
    /// So it is for whoever sees figures with noise: that there is a case somewhere would be no figure, and exact.
    pub(super) fn new(
        variable: Variable,
        places: Option<&[&Place]>,
        organisation: &Organisation,
        selection: &Selection,
        chosen: &[Choice],
    ) -> Self {
        let row = variable.row();
        let chosen: Option<&Choice> = chosen.iter().find(|c| c.variable == variable);
        let shown = |code: &str| chosen.is_none_or(|choice| choice.codes.iter().any(|c| c == code));
        if row.origin != Origin::Place {
            // A case with several answers stands also under those that were not chosen.
            let codes = row.codes.iter().filter(|code| row.several || shown(code));
            return Self { variable, codes: codes.map(|code| (Cow::Borrowed(*code), None)).collect() };
        }
        let mut codes: BTreeSet<String> = places
            .into_iter()
            .flatten()
            .filter(|p| selection.includes(&p.fk, &p.af, p.municipality.as_ref()))
            .map(|place| code_of(variable, place, organisation))
            .collect();
        if places.is_none() || *selection == Selection::All {
            codes.extend(possible(variable, organisation, selection));
        }
        let named = |code: String| (name(variable, &code, organisation), code);
        let codes = codes.into_iter().filter(|code| shown(code)).map(named);
        Self { variable, codes: by_name(codes.map(|(name, code)| (Cow::Owned(code), name))) }
    }

    /// The same with the codes of another as well, named as here where both have them.
    pub(super) fn and(&self, other: &Self) -> Self {
        if self.variable.row().origin != Origin::Place {
            return self.clone();
        }
        Self { variable: self.variable, codes: either(&self.codes, &other.codes) }
    }

    /// Its axis in a grid.
    pub(super) fn axis(&self) -> GridAxis {
        let mut codes: Vec<Cow<'static, str>> = self.codes.iter().map(|(code, _)| code.clone()).collect();
        let summed = !self.overlaps();
        if !summed {
            codes.push(Cow::Borrowed(SAMTLIGA));
        }
        GridAxis { name: self.variable.row().name, codes, summed }
    }

    /// Whether a case may stand in several cells or, as with places that are not shown, in none.
    pub(super) fn overlaps(&self) -> bool {
        self.variable.row().several || self.variable.row().origin == Origin::Place
    }

    /// Its dimension, labels from the register put in.
    pub(super) fn dimension(&self, labelled: Dimension, lang: Lang) -> Dimension {
        let total = if lang == Lang::Sv { "Samtliga" } else { "All" };
        let label = |code: &Cow<'static, str>, name: &Option<String>| {
            name.clone().unwrap_or_else(|| labelled.label(code).to_owned())
        };
        let mut codes: Vec<Code> =
            self.codes.iter().map(|(code, name)| Code { code: code.clone(), label: label(code, name) }).collect();
        codes.push(Code { code: Cow::Borrowed(SAMTLIGA), label: total.to_owned() });
        Dimension { codes, ..labelled }
    }
}

/// A key that sorts as the Swedish alphabet does: å, ä and ö last, capital and small letters alike.
pub(super) fn alphabetical(text: &str) -> String {
    let place = |letter: char| match letter {
        'å' => '\u{e000}',
        'ä' => '\u{e001}',
        'ö' => '\u{e002}',
        other => other,
    };
    text.chars().flat_map(char::to_lowercase).map(place).collect()
}

/// The code of a place.
pub(super) fn code_of(variable: Variable, place: &Place, organisation: &Organisation) -> String {
    let area = |office: &OfficeCode| organisation.offices.get(office).map(|o| o.area.to_string());
    let code = match variable {
        Variable::Marknadsomrade => area(&place.af),
        Variable::Verksamhetsomrade => area(&place.fk),
        Variable::AfKontor => Some(place.af.to_string()),
        Variable::FkKontor => Some(place.fk.to_string()),
        _ => place.municipality.as_ref().map(ToString::to_string),
    };
    code.unwrap_or_else(|| SAKNAS.to_owned())
}

/// The codes that cases of a selection can be at, by the register.
fn possible(variable: Variable, organisation: &Organisation, selection: &Selection) -> BTreeSet<String> {
    let mut all = registered(variable, organisation);
    let of_offices = |offices: &BTreeSet<OfficeCode>| {
        let known = offices.iter().filter_map(|code| organisation.offices.get(code));
        known
            .map(|o| {
                if matches!(variable, Variable::Verksamhetsomrade | Variable::Marknadsomrade) {
                    o.area.to_string()
                } else {
                    o.code.to_string()
                }
            })
            .collect::<BTreeSet<_>>()
    };
    match (variable, selection) {
        (Variable::FkKontor | Variable::Verksamhetsomrade, Selection::Fk(offices) | Selection::Both(offices))
        | (Variable::AfKontor | Variable::Marknadsomrade, Selection::Af(offices) | Selection::Both(offices)) => {
            let of_selection = of_offices(offices);
            all.retain(|code| of_selection.contains(code));
        }
        (Variable::Kommun, Selection::County(county)) => all.retain(|code| code.starts_with(county.as_str())),
        (Variable::Kommun, Selection::Municipalities(codes)) => {
            all = codes.iter().map(ToString::to_string).collect();
        }
        // Whose kommun nobody knows any more, who was anonymous: some case may be so.
        (Variable::Kommun, _) => {
            all.insert(SAKNAS.to_owned());
        }
        _ => {}
    }
    all
}

/// The codes that the register has.
fn registered(variable: Variable, organisation: &Organisation) -> BTreeSet<String> {
    use crate::domain::step::Agency::{Af, Fk};
    let areas = |agency| organisation.areas.values().filter(move |a| a.agency == agency).map(|a| a.code.to_string());
    let offices =
        |agency| organisation.offices.values().filter(move |o| o.agency == agency).map(|o| o.code.to_string());
    match variable {
        Variable::Marknadsomrade => areas(Af).collect(),
        Variable::Verksamhetsomrade => areas(Fk).collect(),
        Variable::AfKontor => offices(Af).collect(),
        Variable::FkKontor => offices(Fk).collect(),
        _ => {
            geography::municipalities().iter().filter(|m| m.validity.to.is_none()).map(|m| m.code.to_string()).collect()
        }
    }
}

/// The name of a code of the register.
fn name(variable: Variable, code: &str, organisation: &Organisation) -> Option<String> {
    match variable {
        Variable::Marknadsomrade | Variable::Verksamhetsomrade => {
            organisation.areas.values().find(|a| a.code.as_str() == code).map(|a| a.name.clone())
        }
        Variable::AfKontor | Variable::FkKontor => {
            organisation.offices.values().find(|o| o.code.as_str() == code).map(|o| o.name.clone())
        }
        _ => geography::municipalities().iter().find(|m| m.code.as_str() == code).map(|m| m.name.clone()),
    }
}

/// What is chosen of places that the register doesn't know.
pub(super) fn unknown_places(choices: &[Choice], organisation: &Organisation) -> Vec<RequestError> {
    let unknown = |choice: &Choice| {
        let variable = choice.variable;
        let mut allowed = registered(variable, organisation);
        // Every case has its offices.
        if ![Variable::FkKontor, Variable::AfKontor].contains(&variable) {
            allowed.insert(SAKNAS.to_owned());
        }
        // A kommun that is no more is none to choose now, but one that earlier cases may have.
        let earlier = |code: &String| variable == Variable::Kommun && name(variable, code, organisation).is_some();
        let known = choice.codes.iter().all(|code| allowed.contains(code) || earlier(code));
        (!known).then(|| RequestError::PlaceUnknown { variable, allowed: allowed.into_iter().collect() })
    };
    choices.iter().filter(|choice| choice.variable.row().origin == Origin::Place).filter_map(unknown).collect()
}

/// Whether a place is among those chosen.
pub(super) fn place_chosen(place: &Place, choices: &[Choice], organisation: &Organisation) -> bool {
    let of_places = choices.iter().filter(|c| c.variable.row().origin == Origin::Place);
    of_places.into_iter().all(|c| c.codes.contains(&code_of(c.variable, place, organisation)))
}

#[cfg(test)]
mod tests {
    use super::alphabetical;

    #[test]
    fn names_are_in_the_order_of_the_swedish_alphabet() {
        let mut names = ["Örebro", "Ystad", "Älmhult", "alingsås", "Åmål", "Borås"];
        names.sort_by_key(|name| alphabetical(name));
        assert_eq!(names, ["alingsås", "Borås", "Ystad", "Åmål", "Älmhult", "Örebro"]);
    }
}
