//! Agencies and offices as one dimension: each agency with its offices after it, `samtliga` last.
//!
//! Never here: whose a registration is.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::domain::code::OfficeCode;
use crate::domain::organisation::{Office, Organisation};
use crate::domain::step::Agency;
use crate::reports::cube::SAMTLIGA;
use crate::reports::facts::Facts;
use crate::reports::grid::GridAxis;
use crate::reports::places::Place;
use crate::reports::report::{Code, Dimension};
use crate::reports::request::Period;
use crate::reports::selection::Selection;
use crate::reports::split::{Named, by_name, either};

use super::parts::ENHET;

/// Whose something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// One agency's: 0 FK, 1 AF.
    Agency(usize),
    /// Both agencies'.
    Both,
}

/// The offices shown of each agency, FK's first.
#[derive(Debug, Clone)]
pub(in crate::reports) struct Offices([Vec<Named>; 2]);

impl Offices {
    /// Those of a selection: of the register in the period, and those that it has cases of at `places`. The whole country has
    /// its agencies only.
    pub(in crate::reports) fn new(
        places: &[&Place],
        organisation: &Organisation,
        selection: &Selection,
        period: Period,
    ) -> Self {
        Self(Agency::ALL.map(|agency| {
            if *selection == Selection::All {
                return Vec::new();
            }
            let named = |code: OfficeCode| {
                let name = organisation.offices.get(&code).map(|office| office.name.clone());
                (Cow::Owned(code.to_string()), name)
            };
            by_name(offices(places, organisation, selection, period, agency).into_iter().map(named))
        }))
    }

    /// The same with others as well.
    pub(in crate::reports) fn and(&self, others: &Self) -> Self {
        Self([0, 1].map(|agency| either(&self.0[agency], &others.0[agency])))
    }
}

/// The codes shown, and where each place stands among them.
#[derive(Debug)]
pub(in crate::reports) struct Units {
    /// With names from the register.
    codes: Vec<Named>,
    /// Where each agency stands.
    agencies: [usize; 2],
    /// Where the offices of each place stand, if they are shown.
    places: Vec<[Option<usize>; 2]>,
}

impl Units {
    /// Each agency with its offices, of the places that columns have.
    pub(in crate::reports) fn new(facts: &Facts, offices: &Offices) -> Self {
        let mut codes: Vec<Named> = Vec::new();
        let mut agencies = [0; 2];
        for (at, (agency, shown)) in Agency::ALL.into_iter().zip(&offices.0).enumerate() {
            agencies[at] = codes.len();
            codes.push((Cow::Borrowed(agency.code()), None));
            codes.extend_from_slice(shown);
        }
        codes.push((Cow::Borrowed(SAMTLIGA), None));
        let at = |agency: usize, office: &OfficeCode| {
            let end = if agency == 0 { agencies[1] } else { codes.len() - 1 };
            let own = agencies[agency] + 1..end;
            own.clone().find(|at| codes[*at].0 == office.as_str())
        };
        let places = facts.places.iter().map(|place| [at(0, &place.fk), at(1, &place.af)]).collect();
        Self { codes, agencies, places }
    }

    /// How many there are.
    pub(in crate::reports) fn len(&self) -> usize {
        self.codes.len()
    }

    /// Their axis in a grid.
    pub(super) fn axis(&self) -> GridAxis {
        let codes = self.codes.iter().map(|(code, _)| code.clone()).collect();
        GridAxis { name: ENHET, codes, summed: false }
    }

    /// The dimension, named offices put in.
    pub(in crate::reports) fn dimension(&self, labelled: Dimension) -> Dimension {
        let label = |(code, name): &(Cow<'static, str>, Option<String>)| {
            let label = name.clone().unwrap_or_else(|| labelled.label(code).to_owned());
            Code { code: code.clone(), label }
        };
        Dimension { codes: self.codes.iter().map(label).collect(), ..labelled }
    }

    /// The place of a code.
    pub(super) fn find(&self, code: &str) -> Option<usize> {
        self.codes.iter().position(|(known, _)| known == code)
    }

    /// Every code.
    pub(super) fn codes(&self) -> Vec<String> {
        self.codes.iter().map(|(code, _)| code.to_string()).collect()
    }

    /// Where something at a place stands: each agency and office that it is of, and in all.
    pub(super) fn of(&self, place: u32, whose: Whose) -> impl Iterator<Item = usize> + use<> {
        let offices = self.places.get(place as usize).copied().unwrap_or_default();
        let agencies = self.agencies;
        let own = move |agency: usize| {
            let counted = whose == Whose::Both || whose == Whose::Agency(agency);
            [Some(agencies[agency]), offices[agency]].into_iter().flatten().filter(move |_| counted)
        };
        own(0).chain(own(1)).chain([self.codes.len() - 1])
    }
}

/// The offices of an agency that a selection shows.
fn offices(
    places: &[&Place],
    organisation: &Organisation,
    selection: &Selection,
    period: Period,
    agency: Agency,
) -> BTreeSet<OfficeCode> {
    let selected = places.iter().filter(|p| selection.includes(&p.fk, &p.af, p.municipality.as_ref()));
    let of_cases = selected.map(|p| if agency == Agency::Fk { p.fk.clone() } else { p.af.clone() });
    let open = |office: &Office| {
        office.validity.from <= period.to() && office.validity.to.is_none_or(|last| period.from() <= last)
    };
    let belongs = |office: &Office| match selection {
        Selection::All => false,
        Selection::Fk(codes) | Selection::Af(codes) | Selection::Both(codes) => codes.contains(&office.code),
        Selection::Municipalities(codes) => office.municipalities.iter().any(|m| codes.contains(m)),
        Selection::County(code) => office.municipalities.iter().any(|m| m.county() == *code),
    };
    let registered = organisation.offices.values().filter(|o| o.agency == agency && open(o) && belongs(o));
    let all = of_cases.chain(registered.map(|office| office.code.clone()));
    // An office that is called as an agency, or as the total, can't be told from it.
    all.filter(|code| ![Agency::Fk.code(), Agency::Af.code(), SAMTLIGA].contains(&code.as_str())).collect()
}
