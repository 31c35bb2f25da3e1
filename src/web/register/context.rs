//! What a form of a case is made from: the case as it stands, the registers, and for whom.

use std::sync::Arc;

use chrono::NaiveDate;

use super::lists;
use super::words::Words;
use crate::auth::policy::Action;
use crate::domain::case::Case;
use crate::domain::code::{AgreementId, CaseId, RegistrationId};
use crate::domain::journal::Entry;
use crate::domain::organisation::Organisation;
use crate::domain::ownership;
use crate::domain::step::{Agency, StepKind};
use crate::domain::transition::Settings;
use crate::registrations::find::Known;
use crate::storage::persons;
use crate::web::door::Visit;

/// A case for somebody to register in.
pub struct Context {
    /// The case as it stands.
    pub case: Case,
    /// What made it.
    pub entries: Vec<Entry>,
    /// Whose number, masked; `None` where there is none.
    pub masked: Option<String>,
    /// The registers.
    pub organisation: Arc<Organisation>,
    /// Lead times and limits.
    pub settings: Settings,
    /// The Swedish day.
    pub today: NaiveDate,
    /// The agency of whoever registers.
    pub agency: Agency,
    /// In which words.
    pub words: Words,
}

/// By which right somebody may make a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Right {
    /// The agency owns it.
    Owner,
    /// The owner is the other agency, and a local agreement lets this one act for it.
    By(AgreementId),
    /// The owner is the other agency.
    Not(Agency),
}

impl Context {
    /// Reads a case for a visitor; `None` when it isn't there, or isn't theirs to know of.
    ///
    /// # Errors
    /// The answer to give when that can't be done now.
    pub async fn read(visit: &Visit, action: Action, id: CaseId) -> Result<Option<Self>, actix_web::HttpResponse> {
        let words = Words::of_language(visit.frame.language);
        let Some(agency) = visit.caller.agency else { return Ok(None) };
        let found = visit.reading(action, move |reader, link, app| {
            let Some(found) = reader.case(link, action, id, Known::default())? else { return Ok(None) };
            let masked = match &found.person {
                Some(person) => persons::number_of(link, &app.service.vault, person, reader.today)?,
                None => None,
            };
            let masked = masked.map(|number| number.masked());
            Ok(Some(Self {
                case: found.case,
                entries: found.entries,
                masked,
                organisation: Arc::clone(&reader.organisation),
                settings: app.service.settings.clone(),
                today: reader.today,
                agency,
                words,
            }))
        });
        found.await
    }

    /// Which case it is, in a line: the agencies' numbers, the masked number, where it stands, the offices.
    pub fn line(&self) -> String {
        let references = self.case.references.iter().map(|(_, reference)| reference.to_string());
        let current = self.case.current();
        let stands = format!("{} {}", self.words.step(current.kind), current.date);
        let offices = lists::pair_names(&self.organisation, self.case.present_offices());
        references.chain(self.masked.clone()).chain([stands, offices]).collect::<Vec<_>>().join(" · ")
    }

    /// By which right a step of `kind` dated on one of these days is registered, where `owner` owns it.
    pub fn right(&self, owner: Agency, kind: StepKind, days: &[NaiveDate]) -> Right {
        if owner == self.agency {
            return Right::Owner;
        }
        let by = days.iter().find_map(|day| {
            let pair = self.case.offices_on(*day);
            self.organisation.agreements_for(self.agency, kind, pair, *day).next().map(|agreement| agreement.id.clone())
        });
        by.map_or(Right::Not(owner), Right::By)
    }

    /// By which right the step at `index` is corrected or answered late.
    pub fn right_to(&self, index: usize) -> Right {
        let step = &self.case.steps[index];
        self.right(ownership::owner_of(&self.case, index), step.kind, &[step.date])
    }

    /// The place of a registration's step in the chain, with that step's label and date.
    pub fn step_of(&self, registration: RegistrationId) -> Option<(usize, String)> {
        let index = self.case.index_of(registration)?;
        let step = &self.case.steps[index];
        Some((index, format!("{} {}", self.words.step(step.kind), step.date)))
    }

    /// The step that the one at `index` followed.
    pub fn from(&self, index: usize) -> Option<StepKind> {
        self.case.before(index).map(|step| step.kind)
    }

    /// An address under the case.
    pub fn address(&self, rest: &str) -> String {
        format!("/arenden/{}{rest}", self.case.id)
    }
}
