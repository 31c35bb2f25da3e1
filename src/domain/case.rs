//! A case (samarbetsperiod): one consent, one request, one chain of steps, one end – as it stands after some
//! entries of its journal.
//!
//! Lives here: the fold from entries to state, and questions put to the state. Never here: whether something
//! may happen.

use chrono::{DateTime, NaiveDate, Utc};

use super::answers::{Answer, Answers, Question, is_asked};
use super::code::{
    AgreementId, CaseId, CaseReference, District, HandlerId, InsatsCode, MunicipalityCode, OfficeCode, Position,
    REMOVED_HANDLER, RegistrationId,
};
use super::command::{Consent, Correction, CorrectionKind, HandlerChange};
use super::journal::{Entry, Event, Opened};
use super::organisation::OfficePair;
use super::person::Sex;
use super::step::{Agency, StepKind};

/// How much is known of who the case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentityState {
    /// By number.
    Named,
    /// Without identity, from the start or since protection arose; counted in its own row only.
    Anonymous,
    /// Identity gone after retention or withdrawal; counts as before.
    Removed,
}

impl IdentityState {
    /// The code on the wire and in storage.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Anonymous => "anonymous",
            Self::Removed => "removed",
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Named, Self::Anonymous, Self::Removed].into_iter().find(|s| s.code() == code)
    }
}

/// A step of the chain, as it stands after corrections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The registration that made it; it keeps this id through corrections.
    pub registration: RegistrationId,
    /// Which.
    pub kind: StepKind,
    /// Its date.
    pub date: NaiveDate,
    /// Its answers, late and corrected ones included.
    pub answers: Answers,
    /// The agency that registered it.
    pub agency: Agency,
    /// Registered for the other agency by this agreement.
    pub agreement: Option<AgreementId>,
    /// From when it was known.
    pub known_from: DateTime<Utc>,
}

/// The offices from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficePeriod {
    /// The request or the change that made it.
    pub registration: RegistrationId,
    /// From when; the first period covers everything before the next.
    pub from: NaiveDate,
    /// Both offices.
    pub offices: OfficePair,
}

/// Who was said to be an agency's handläggare from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandlerGiven {
    /// The request or the change that said it.
    pub registration: RegistrationId,
    /// From when.
    pub from: NaiveDate,
    /// Of which agency.
    pub agency: Agency,
    /// At which office of it; they are so as long as that is the case's.
    pub office: OfficeCode,
    /// Who; nobody where they were taken away.
    pub handler: Option<HandlerId>,
}

/// A correction that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Its kind: a code of [`CorrectionKind::CODES`]; `answers` where what it concerned was taken away.
    pub kind: &'static str,
    /// The agency that made it.
    pub agency: Agency,
    /// From when it was known.
    pub known_from: DateTime<Utc>,
}

/// A withdrawn consent, with the steps it superseded: they come back if the withdrawal is undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// Its registration, which is also that of the step `avbrutet`.
    pub registration: RegistrationId,
    /// The day of the withdrawal.
    pub date: NaiveDate,
    /// Steps dated after that day.
    pub superseded: Vec<Step>,
}

/// A case as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its public id.
    pub id: CaseId,
    /// How many entries made it; the version that If-Match speaks of.
    pub version: i64,
    /// Named, anonymous or removed.
    pub identity: IdentityState,
    /// Woman or man.
    pub sex: Sex,
    /// Birth date, where known.
    pub birth: Option<NaiveDate>,
    /// Folkbokföringskommun at the request.
    pub municipality: Option<MunicipalityCode>,
    /// Stadsdel.
    pub district: Option<District>,
    /// The chain, never empty; steps strictly increasing by date.
    pub steps: Vec<Step>,
    /// Offices in time, never empty, by `from`.
    pub offices: Vec<OfficePeriod>,
    /// Handläggare, in the order in which they were given.
    pub handlers: Vec<HandlerGiven>,
    /// The consent, as corrected.
    pub consent: Option<Consent>,
    /// The agencies' own numbers of the case.
    pub references: Vec<(Agency, CaseReference)>,
    /// The withdrawal, if there was one.
    pub withdrawal: Option<Withdrawal>,
    /// Steps that were undone.
    pub undone: Vec<RegistrationId>,
    /// Whether it was named, and lost its identity to protection: whose it is can't be known any more.
    pub protected: bool,
    /// Whether it holds nothing any more but what figures are counted from.
    pub coarsened: bool,
    /// Marked as felregistrering, out of all figures.
    pub felregistrering: bool,
    /// The case that stands instead.
    pub replaced_by: Option<CaseId>,
    /// Instant of the latest entry.
    pub last_known_from: DateTime<Utc>,
    /// Position of the latest entry.
    pub last_position: Position,
    /// The corrections that were made, in their order.
    pub corrections: Vec<Made>,
}

impl Case {
    /// The state after `entries`, in their order; `None` when the first is no request.
    #[must_use]
    pub fn replay(id: CaseId, identity: IdentityState, entries: &[Entry]) -> Option<Self> {
        let (first, rest) = entries.split_first()?;
        let mut case = Self::begin(id, identity, first)?;
        for entry in rest {
            case.apply(entry);
        }
        Some(case)
    }

    /// The case that a request opens.
    #[must_use]
    pub fn begin(id: CaseId, identity: IdentityState, entry: &Entry) -> Option<Self> {
        let Event::Step { kind: StepKind::Begaran, date, answers, opened: Some(opened) } = &entry.event else {
            return None;
        };
        let Opened { sex, birth, offices, handlers, consent, municipality, district, .. } = (**opened).clone();
        let mut case = Self {
            id,
            version: 1,
            identity,
            sex,
            birth,
            municipality,
            district,
            steps: vec![Step {
                registration: entry.id,
                kind: StepKind::Begaran,
                date: *date,
                answers: answers.clone(),
                agency: entry.by.agency,
                agreement: entry.agreement.clone(),
                known_from: entry.known_from,
            }],
            offices: vec![OfficePeriod { registration: entry.id, from: *date, offices }],
            handlers: Vec::new(),
            protected: false,
            coarsened: false,
            consent,
            references: Vec::new(),
            withdrawal: None,
            undone: Vec::new(),
            felregistrering: false,
            replaced_by: None,
            last_known_from: entry.known_from,
            last_position: entry.position,
            corrections: Vec::new(),
        };
        for agency in Agency::ALL {
            if let Some(handler) = handlers.of(agency) {
                case.give_handler(entry.id, *date, agency, Some(handler.clone()));
            }
        }
        Some(case)
    }

    /// Adds one entry. An entry that speaks of something the case doesn't have changes nothing but the version.
    pub fn apply(&mut self, entry: &Entry) {
        self.version += 1;
        self.last_known_from = self.last_known_from.max(entry.known_from);
        self.last_position = entry.position;
        match &entry.event {
            Event::Step { kind, date, answers, .. } => {
                self.steps.push(Self::step_of(entry, *kind, *date, answers.clone()));
                self.note_withdrawal(entry.id);
            }
            Event::Withdrawal { date, ending } => self.withdraw(entry, *date, *ending),
            Event::Answers { registration, answers } => {
                if let Some(step) = self.step_mut(*registration) {
                    step.answers.overlay(answers);
                }
                self.note_withdrawal(*registration);
            }
            Event::Offices { date, offices, handlers } => {
                self.set_offices(OfficePeriod { registration: entry.id, from: *date, offices: offices.clone() });
                self.give_handlers(entry.id, *date, handlers);
            }
            Event::Handlers { date, handlers } => self.give_handlers(entry.id, *date, handlers),
            Event::Protection { .. } => self.anonymise(),
            Event::Removal { .. } => self.remove_identity(),
            Event::Coarsening { .. } => self.coarsen(),
            Event::Reference { agency, reference } => {
                self.references.extend(reference.iter().map(|r| (*agency, r.clone())));
            }
            Event::Correction(correction) => self.correct(entry, correction),
        }
    }

    /// Gives a decided registration its own ids: `registration` wherever the case still holds the provisional one, and
    /// `id` where the case is new.
    pub fn adopt(&mut self, provisional: RegistrationId, registration: RegistrationId, id: CaseId) {
        self.id = id;
        let steps = self.steps.iter_mut().map(|s| &mut s.registration);
        let offices = self.offices.iter_mut().map(|p| &mut p.registration);
        let handlers = self.handlers.iter_mut().map(|given| &mut given.registration);
        let withdrawal = self.withdrawal.iter_mut().map(|w| &mut w.registration);
        for held in steps.chain(offices).chain(handlers).chain(withdrawal).filter(|held| **held == provisional) {
            *held = registration;
        }
    }

    fn step_of(entry: &Entry, kind: StepKind, date: NaiveDate, answers: Answers) -> Step {
        Step {
            registration: entry.id,
            kind,
            date,
            answers,
            agency: entry.by.agency,
            agreement: entry.agreement.clone(),
            known_from: entry.known_from,
        }
    }

    fn withdraw(&mut self, entry: &Entry, date: NaiveDate, ending: NaiveDate) {
        let first_after = self.steps.iter().position(|s| s.date > date).unwrap_or(self.steps.len());
        let superseded = self.steps.split_off(first_after);
        let mut answers = Answers::default();
        answers.0.insert(Question::Orsak, Answer::Code("atertaget_samtycke"));
        self.steps.push(Self::step_of(entry, StepKind::Avbrutet, ending, answers));
        self.withdrawal = Some(Withdrawal { registration: entry.id, date, superseded });
    }

    /// A consent that was withdrawn is so, whichever way the ending was registered that says it.
    fn note_withdrawal(&mut self, registration: RegistrationId) {
        if self.withdrawal.is_some() || self.identity == IdentityState::Anonymous {
            return;
        }
        let says_so = |step: &&Step| {
            step.registration == registration
                && step.kind == StepKind::Avbrutet
                && step.answers.code(Question::Orsak) == Some("atertaget_samtycke")
        };
        let date = self.steps.iter().find(says_so).map(|step| step.date);
        self.withdrawal = date.map(|date| Withdrawal { registration, date, superseded: Vec::new() });
    }

    fn set_offices(&mut self, period: OfficePeriod) {
        self.offices.push(period);
        self.offices[1..].sort_by_key(|p| p.from);
    }

    fn give_handlers(&mut self, registration: RegistrationId, from: NaiveDate, change: &HandlerChange) {
        for agency in Agency::ALL {
            if let Some(handler) = change.of(agency) {
                self.give_handler(registration, from, agency, handler.clone());
            }
        }
    }

    /// Says who an agency's handläggare is from a day on, at the office that is the case's then.
    pub fn give_handler(
        &mut self,
        registration: RegistrationId,
        from: NaiveDate,
        agency: Agency,
        handler: Option<HandlerId>,
    ) {
        let office = self.offices_on(from).of(agency).clone();
        self.handlers.push(HandlerGiven { registration, from, agency, office, handler });
    }

    /// The handläggare given with a request or a change of offices are so from the day of it.
    fn move_handlers(&mut self, registration: RegistrationId, date: NaiveDate) {
        self.handlers.iter_mut().filter(|given| given.registration == registration).for_each(|given| given.from = date);
    }

    /// What protection takes away: identity, kommun, birth date, references and most answers.
    fn anonymise(&mut self) {
        self.identity = IdentityState::Anonymous;
        self.protected = true;
        self.birth = None;
        self.municipality = None;
        self.district = None;
        self.consent = None;
        self.references.clear();
        // What they put right is gone, and what is read back of them is a correction of answers that concerns nothing.
        for made in self.corrections.iter_mut().filter(|made| ["municipality", "consent"].contains(&made.kind)) {
            made.kind = "answers";
        }
        let superseded = self.withdrawal.iter_mut().flat_map(|w| &mut w.superseded);
        for step in self.steps.iter_mut().chain(superseded) {
            step.answers.0.retain(|question, _| question.allowed_when_anonymous());
        }
    }

    /// What retention and withdrawal take away: identity, references and handläggare, but not that there was one. The birth
    /// date becomes a coarse one, and stadsdel and free text go, where they are kept.
    fn remove_identity(&mut self) {
        self.identity = IdentityState::Removed;
        self.remove_handlers();
    }

    /// What retention takes away of a case without identity, because no figure needs it: who the employer was, but not that
    /// one was given, which local definition an insats went by, references and handläggare.
    fn coarsen(&mut self) {
        self.coarsened = true;
        self.remove_handlers();
        let superseded = self.withdrawal.iter_mut().flat_map(|w| &mut w.superseded);
        for step in self.steps.iter_mut().chain(superseded) {
            step.answers.coarsen();
        }
    }

    fn remove_handlers(&mut self) {
        self.district = None;
        self.references.clear();
        let removed = HandlerId::parse(REMOVED_HANDLER).ok();
        for given in self.handlers.iter_mut().filter(|given| given.handler.is_some()) {
            given.handler.clone_from(&removed);
        }
    }

    fn correct(&mut self, entry: &Entry, correction: &Correction) {
        let kind = correction.kind.code();
        self.corrections.push(Made { kind, agency: entry.by.agency, known_from: entry.known_from });
        match &correction.kind {
            CorrectionKind::Undo { registration } => self.undo(*registration),
            CorrectionKind::Move { registration, date } => {
                if let Some(step) = self.step_mut(*registration) {
                    step.date = *date;
                }
                if self.steps[0].registration == *registration {
                    self.offices[0].from = *date;
                    self.move_handlers(*registration, *date);
                    // Who was made handläggare before that is so from the request.
                    self.handlers.iter_mut().for_each(|given| given.from = given.from.max(*date));
                }
            }
            CorrectionKind::Replace { registration, step, answers } => {
                if let Some(index) = self.index_of(*registration) {
                    self.replace(index, *step, answers.as_ref());
                }
                self.note_withdrawal(*registration);
            }
            CorrectionKind::Answers { registration, answers, withdrawn } => {
                if let Some(step) = self.step_mut(*registration) {
                    step.answers.overlay(answers);
                    step.answers.0.retain(|question, _| !withdrawn.contains(question));
                }
                self.note_withdrawal(*registration);
            }
            CorrectionKind::Municipality { municipality, district } => {
                self.municipality = Some(municipality.clone());
                self.district.clone_from(district);
            }
            CorrectionKind::Consent(consent) => self.consent = Some(consent.clone()),
            CorrectionKind::OfficeChange { registration, date, offices } => {
                let first = self.offices[0].registration;
                if let Some(period) = self.offices.iter_mut().find(|p| p.registration == *registration) {
                    if let Some(offices) = offices {
                        period.offices.clone_from(offices);
                    }
                    if let (Some(date), true) = (date, *registration != first) {
                        period.from = *date;
                        self.move_handlers(*registration, *date);
                    }
                }
                self.offices[1..].sort_by_key(|p| p.from);
            }
            CorrectionKind::Felregistrering { replaced_by } => {
                self.felregistrering = true;
                self.replaced_by = *replaced_by;
            }
            CorrectionKind::UndoFelregistrering => {
                self.felregistrering = false;
                self.replaced_by = None;
            }
        }
    }

    /// Without new answers, those that are asked at the new step too are kept.
    fn replace(&mut self, index: usize, kind: StepKind, answers: Option<&Answers>) {
        let from = self.before(index).map(|s| s.kind);
        let step = &mut self.steps[index];
        step.kind = kind;
        match answers {
            Some(answers) => step.answers = answers.clone(),
            None => step.answers.0.retain(|question, _| is_asked(question.row(), from, kind)),
        }
    }

    fn undo(&mut self, registration: RegistrationId) {
        self.undone.push(registration);
        self.steps.retain(|s| s.registration != registration || s.kind == StepKind::Begaran);
        if self.withdrawal.as_ref().is_some_and(|w| w.registration == registration)
            && let Some(withdrawal) = self.withdrawal.take()
        {
            self.steps.extend(withdrawal.superseded);
        }
    }

    fn step_mut(&mut self, registration: RegistrationId) -> Option<&mut Step> {
        self.steps.iter_mut().find(|s| s.registration == registration)
    }

    /// The place of a step in the chain.
    #[must_use]
    pub fn index_of(&self, registration: RegistrationId) -> Option<usize> {
        self.steps.iter().position(|s| s.registration == registration)
    }

    /// The latest step.
    #[must_use]
    pub fn current(&self) -> &Step {
        &self.steps[self.steps.len() - 1]
    }

    /// The request's date.
    #[must_use]
    pub fn begun(&self) -> NaiveDate {
        self.steps[0].date
    }

    /// The ending, if the case has ended.
    #[must_use]
    pub fn ending(&self) -> Option<&Step> {
        Some(self.current()).filter(|s| s.kind.is_ending())
    }

    /// Whether the case is under way: neither ended nor felregistrering.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.felregistrering && self.ending().is_none()
    }

    /// The step before the one at `index`.
    #[must_use]
    pub fn before(&self, index: usize) -> Option<&Step> {
        self.steps.get(index.checked_sub(1)?)
    }

    /// Whether a step is the `avbrutet` of a withdrawn consent.
    #[must_use]
    pub fn is_withdrawal(&self, step: &Step) -> bool {
        self.withdrawal.as_ref().is_some_and(|withdrawal| withdrawal.registration == step.registration)
    }

    /// How many days the step at `index` covered: until the next; `None` while it lasts and for an ending.
    #[must_use]
    pub fn days(&self, index: usize) -> Option<i64> {
        let next = self.steps.get(index + 1)?;
        Some((next.date - self.steps[index].date).num_days())
    }

    /// The step that covers `day`; `None` before the request. An ending covers its day and every one after.
    #[must_use]
    pub fn step_on(&self, day: NaiveDate) -> Option<&Step> {
        self.steps.iter().rev().find(|s| s.date <= day)
    }

    /// When GK was entered first, if it was.
    #[must_use]
    pub fn gk_date(&self) -> Option<NaiveDate> {
        self.steps.iter().find(|s| s.kind == StepKind::Gk).map(|s| s.date)
    }

    /// The offices on a day; before the request, those of the request.
    #[must_use]
    pub fn offices_on(&self, day: NaiveDate) -> &OfficePair {
        let period = self.offices[1..].iter().rev().find(|p| p.from <= day);
        &period.unwrap_or(&self.offices[0]).offices
    }

    /// The latest offices.
    #[must_use]
    pub fn present_offices(&self) -> &OfficePair {
        &self.offices[self.offices.len() - 1].offices
    }

    /// An agency's handläggare on a day: the one given for the latest day until then, of those whose office has been the
    /// case's ever since.
    #[must_use]
    pub fn handler_on(&self, agency: Agency, day: NaiveDate) -> Option<&HandlerId> {
        // Before the request, that of the request.
        let day = day.max(self.begun());
        let stands = |given: &&HandlerGiven| {
            given.agency == agency && given.from <= day && self.keeps_office(agency, &given.office, given.from, day)
        };
        // Of those of one day, the one given last.
        self.handlers.iter().filter(stands).max_by_key(|given| given.from)?.handler.as_ref()
    }

    /// Whether an office is the case's from one day to another, both included.
    fn keeps_office(&self, agency: Agency, office: &OfficeCode, from: NaiveDate, to: NaiveDate) -> bool {
        let changes = self.offices[1..].iter().map(|p| p.from).filter(|day| *day > from && *day <= to);
        std::iter::once(from).chain(changes).all(|day| self.offices_on(day).of(agency) == office)
    }

    /// The present handläggare of an agency.
    #[must_use]
    pub fn present_handler(&self, agency: Agency) -> Option<&HandlerId> {
        self.handler_on(agency, NaiveDate::MAX)
    }

    /// The meetings of GK: those given when it was left, else those booked that can have been held.
    #[must_use]
    pub fn meetings(&self) -> &[NaiveDate] {
        let Some(gk) = self.steps.iter().position(|s| s.kind == StepKind::Gk) else {
            return &[];
        };
        let booked = self.steps[gk].answers.dates(Question::Moten);
        let Some(next) = self.steps.get(gk + 1) else { return booked };
        match next.answers.get(Question::Moten) {
            Some(Answer::Dates(held)) => held,
            _ => &booked[..booked.partition_point(|day| *day < next.date)],
        }
    }

    /// Questions that were asked and stand unanswered, with the registration they belong to.
    #[must_use]
    pub fn missing_answers(&self) -> Vec<(RegistrationId, Question)> {
        self.unanswered().collect()
    }

    /// Whether every question that was asked is answered.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.unanswered().next().is_none()
    }

    fn unanswered(&self) -> impl Iterator<Item = (RegistrationId, Question)> {
        let askable =
            |question: &Question| self.identity != IdentityState::Anonymous || question.allowed_when_anonymous();
        self.steps.iter().enumerate().flat_map(move |(index, step)| {
            let from = self.before(index).map(|s| s.kind);
            let missing = step.answers.missing(from, step.kind).filter(askable);
            missing.map(|question| (step.registration, question))
        })
    }

    /// The insats that a step was specified as.
    #[must_use]
    pub fn insats(step: &Step) -> Option<&InsatsCode> {
        match step.answers.get(Question::Insats) {
            Some(Answer::Insats(code, _)) => Some(code),
            _ => None,
        }
    }
}
