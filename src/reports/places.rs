//! The dictionary of places: every combination of FK office, AF office and kommun that occurs, as a small number.
//!
//! A geography is then a set of places, and an office's rows are a few slices of a frame sorted by place.

use std::collections::HashMap;

use crate::domain::code::{MunicipalityCode, OfficeCode};

use super::selection::Selection;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) fk: OfficeCode,
    pub(super) af: OfficeCode,
    pub(super) municipality: Option<MunicipalityCode>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    all: Vec<Place>,
    numbers: HashMap<Place, u32>,
}

impl Places {
    /// The number of a place, a new one when it is new.
    pub(super) fn number(&mut self, fk: &OfficeCode, af: &OfficeCode, municipality: Option<&MunicipalityCode>) -> u32 {
        let place = Place { fk: fk.clone(), af: af.clone(), municipality: municipality.cloned() };
        let next = self.all.len() as u32;
        *self.numbers.entry(place).or_insert_with_key(|place| {
            self.all.push(place.clone());
            next
        })
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// All of them, in the order of their numbers.
    pub(super) fn iter(&self) -> std::slice::Iter<'_, Place> {
        self.all.iter()
    }

    /// The places of a selection, ascending.
    pub(super) fn selected(&self, selection: &Selection) -> Vec<u32> {
        let included = |(_, p): &(usize, &Place)| selection.includes(&p.fk, &p.af, p.municipality.as_ref());
        self.all.iter().enumerate().filter(included).map(|(i, _)| i as u32).collect()
    }
}
