//! What must hold between the entries of the register.
//!
//! Lives here: one function a kind of entry, over the merged register. Never here: the shape of an entry
//! ([`super::file`]).

use super::file::{MUNICIPALITIES, Places, Reference};
use super::finding::{OrganisationFinding, Problem};
use crate::domain::assignments::{collide, overlap};
use crate::domain::code::{MunicipalityCode, OfficeCode};
use crate::domain::geography;
use crate::domain::organisation::{Assignment, Handler, Members, Office, Organisation, Role};
use crate::domain::step::{Agency, TRANSITIONS};

/// Everything that does not hold in `organisation`; `places` tells where the entries stand in the file, `beside` what those
/// entries refer to that could not be read.
#[must_use]
pub fn check(organisation: &Organisation, places: &Places, beside: &[Reference]) -> Vec<OrganisationFinding> {
    let mut checks = Checks { organisation, places, findings: Vec::new() };
    checks.offices();
    checks.steering_groups();
    checks.handlers();
    checks.agreements();
    checks.insatser();
    beside.iter().for_each(|reference| checks.reference(reference));
    checks.findings
}

struct Checks<'a> {
    organisation: &'a Organisation,
    places: &'a Places,
    findings: Vec<OrganisationFinding>,
}

impl<'a> Checks<'a> {
    fn report(&mut self, finding: OrganisationFinding) {
        self.findings.push(finding);
    }

    /// The office of a code; reported at `pointer` when there is none.
    fn office(&mut self, code: &OfficeCode, pointer: String) -> Option<&'a Office> {
        let office = self.organisation.offices.get(code);
        if office.is_none() && !self.places.has("offices", code.as_str()) {
            self.report(Problem::UnknownReference.with(pointer, "kontor", "office"));
        }
        office
    }

    /// What an entry refers to that could not be read itself.
    fn reference(&mut self, Reference { pointer, list, code }: &Reference) {
        let organisation = self.organisation;
        let (known, sv, en) = match *list {
            "areas" => (organisation.areas.keys().any(|area| area.as_str() == code), "område", "area"),
            MUNICIPALITIES => {
                let kommun = MunicipalityCode::parse(code).ok();
                (kommun.is_some_and(|code| geography::municipality(&code).is_some()), "kommun", "kommun")
            }
            _ => (organisation.offices.keys().any(|office| office.as_str() == code), "kontor", "office"),
        };
        if !known && !self.places.has(list, code) {
            self.report(Problem::UnknownReference.with(pointer.clone(), sv, en));
        }
    }

    fn offices(&mut self) {
        for (code, office) in &self.organisation.offices {
            let at = |field: &str| self.places.of("offices", code.as_str(), field);
            let mut found = Vec::new();
            match self.organisation.areas.get(&office.area) {
                Some(area) if area.agency != office.agency => {
                    found.push(Problem::Agency.with(at("/area"), "kontor och område", "office and area"));
                }
                None if !self.places.has("areas", office.area.as_str()) => {
                    found.push(Problem::UnknownReference.with(at("/area"), "område", "area"));
                }
                _ => {}
            }
            for (i, m) in office.municipalities.iter().enumerate() {
                if geography::municipality(m).is_none() {
                    found.push(Problem::UnknownReference.with(at(&format!("/municipalities/{i}")), "kommun", "kommun"));
                } else if office.municipalities[..i].contains(m) {
                    found.push(Problem::Duplicate.at(at(&format!("/municipalities/{i}"))));
                }
            }
            self.findings.extend(found);
            if let Some(successor) = &office.successor {
                let pointer = self.places.of("offices", code.as_str(), "/successor");
                if let Some(next) = self.office(successor, pointer.clone()) {
                    self.successor(office, next, pointer);
                }
            }
        }
    }

    /// A successor exists only where the office closes, is of the same agency, and is open the day after. So no chain
    /// of successors can come back to where it began.
    fn successor(&mut self, office: &Office, next: &Office, pointer: String) {
        if next.agency != office.agency {
            self.report(Problem::Agency.with(pointer, "kontor och efterträdare", "office and successor"));
            return;
        }
        let Some(last) = office.validity.to else {
            self.report(Problem::Successor.with(pointer, "kontoret stänger inte", "the office does not close"));
            return;
        };
        if !last.succ_opt().is_some_and(|day| next.validity.contains(day)) {
            let (sv, en) = ("den är inte öppen dagen efter", "it is not open the day after");
            self.report(Problem::Successor.with(pointer, sv, en));
        }
    }

    fn steering_groups(&mut self) {
        for (code, group) in &self.organisation.steering_groups {
            let at = |field: &str| self.places.of("steeringGroups", code.as_str(), field);
            match &group.members {
                Members::Offices(offices) => {
                    let mut agencies = Vec::new();
                    for (i, member) in offices.iter().enumerate() {
                        let pointer = at(&format!("/offices/{i}"));
                        agencies.push(self.office(member, pointer).map(|o| o.agency));
                    }
                    // An event counts when both its offices are listed; with one agency only, none ever would.
                    let known = agencies.iter().all(Option::is_some);
                    if known && !Agency::ALL.iter().all(|a| agencies.contains(&Some(*a))) {
                        let (sv, en) = ("minst ett kontor per myndighet", "at least one office of each agency");
                        let pointer = self.places.of("steeringGroups", code.as_str(), "/offices");
                        self.report(Problem::Members.with(pointer, sv, en));
                    }
                }
                Members::Municipalities(kommuner) => {
                    for (i, m) in kommuner.iter().enumerate() {
                        if geography::municipality(m).is_none() {
                            let pointer =
                                self.places.of("steeringGroups", code.as_str(), &format!("/municipalities/{i}"));
                            self.report(Problem::UnknownReference.with(pointer, "kommun", "kommun"));
                        }
                    }
                }
            }
        }
    }

    fn handlers(&mut self) {
        for (id, handler) in &self.organisation.handlers {
            for (i, assignment) in handler.assignments.iter().enumerate() {
                let pointer = self.places.of("handlers", id.as_str(), &format!("/assignments/{i}/office"));
                if let Some(office) = self.office(&assignment.office, pointer.clone())
                    && office.agency != handler.agency
                {
                    self.report(Problem::Agency.with(pointer, "handläggare och kontor", "handläggare and office"));
                }
                if assignment.role == Role::Systemforvaltare && handler.agency != Agency::Fk {
                    let pointer = self.places.of("handlers", id.as_str(), &format!("/assignments/{i}/role"));
                    self.report(Problem::Agency.with(pointer, "systemförvaltaren finns på FK", "FK runs the service"));
                }
            }
            if roles_collide(handler) {
                self.report(Problem::RoleCombination.at(self.places.of("handlers", id.as_str(), "/assignments")));
            }
        }
    }

    fn agreements(&mut self) {
        for (id, agreement) in &self.organisation.agreements {
            for (field, code, agency) in [("/fk", &agreement.fk, Agency::Fk), ("/af", &agreement.af, Agency::Af)] {
                let pointer = self.places.of("localAgreements", id.as_str(), field);
                if self.office(code, pointer.clone()).is_some_and(|o| o.agency != agency) {
                    let (sv, en) = ("kontoret hör till den andra", "the office is of the other one");
                    self.report(Problem::Agency.with(pointer, sv, en));
                }
            }
            let other = agreement.agency.other();
            let owned = |step| TRANSITIONS.iter().any(|t| t.to == step && t.owner == other);
            if agreement.steps.is_empty() || !agreement.steps.iter().all(|s| owned(*s)) {
                self.report(Problem::Steps.at(self.places.of("localAgreements", id.as_str(), "/steps")));
            }
        }
    }

    fn insatser(&mut self) {
        for (code, versions) in &self.organisation.insatser {
            // Older versions were checked when they were new.
            let Some(newest) = versions.last() else { continue };
            let at = |field: &str| self.places.of("insatsDefinitions", code.as_str(), field);
            if geography::county(&newest.county).is_none() {
                self.findings.push(Problem::UnknownReference.with(at("/lan"), "län", "län"));
            }
            if let Some(m) = &newest.municipality {
                if geography::municipality(m).is_none() {
                    self.findings.push(Problem::UnknownReference.with(at("/municipality"), "kommun", "kommun"));
                } else if m.county() != newest.county {
                    self.findings.push(Problem::OutsideCounty.at(at("/municipality")));
                }
            }
        }
    }
}

fn roles_collide(handler: &Handler) -> bool {
    let all = &handler.assignments;
    let with_a_later = |(i, a): (usize, &Assignment)| {
        all[i..].iter().any(|b| collide(a.role, b.role) && overlap(&a.validity, &b.validity))
    };
    all.iter().enumerate().any(with_a_later)
}
