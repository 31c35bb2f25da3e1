//! A desk to register at, for the tests that are not scenarios: commands in, decisions out, nothing kept.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sus::domain::answers::Answers;
use sus::domain::case::Case;
use sus::domain::code::{AgreementId, ClientId, ConsentForm, MunicipalityCode, OfficeCode};
use sus::domain::command::{Command, Consent, Handlers, NewStep, Opening, Participant, Registrar, Request};
use sus::domain::finding::Findings;
use sus::domain::organisation::{OfficePair, Organisation};
use sus::domain::person::test_number;
use sus::domain::step::{self, Agency, StepKind};
use sus::domain::transition::{Decision, Facts, Settings, decide};

/// The registers and settings, and who else has an open case.
pub struct Desk {
    pub organisation: Organisation,
    pub settings: Settings,
}

impl Desk {
    pub fn new() -> Self {
        Self { organisation: super::organisation::organisation(), settings: Settings::default() }
    }

    /// What `agency` is answered at noon of `today`.
    pub fn ask(
        &self,
        case: Option<&Case>,
        command: Command,
        agency: Agency,
        today: NaiveDate,
        agreement: Option<AgreementId>,
    ) -> Result<Decision, Findings> {
        let by = Registrar { agency, client: ClientId::parse("desk").unwrap(), handler: None };
        let facts = Facts {
            organisation: &self.organisation,
            settings: &self.settings,
            by: &by,
            known_from: noon(today),
            today,
            other_open_case: false,
            reference_taken: false,
            replacement_unknown: false,
        };
        decide(case.map(|case| (case, case.id)), &Request { command, agreement }, &facts)
    }

    /// The case after these steps, each registered on its day by its owner.
    pub fn case(&self, steps: &[(StepKind, &str)]) -> Case {
        let mut case: Option<Case> = None;
        for (kind, date) in steps {
            let from = case.as_ref().map(|c| c.current().kind);
            let owner = step::owner(from, *kind).unwrap();
            let answered = self.ask(case.as_ref(), register(*kind, day(date)), owner, day(date), None);
            case = Some(answered.unwrap().case);
        }
        case.unwrap()
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap()).and_utc()
}

pub fn pair(fk: &str, af: &str) -> OfficePair {
    OfficePair { fk: OfficeCode::parse(fk).unwrap(), af: OfficeCode::parse(af).unwrap() }
}

/// A woman of Gävle, with her consent a week old.
pub fn opening(date: NaiveDate) -> Opening {
    Opening {
        participant: Participant::Named(test_number(day("1985-03-12"), 980)),
        offices: pair("FK-GAVLE", "AF-GAVLE"),
        handlers: Handlers::default(),
        consent: Some(Consent {
            obtained_on: sus::domain::dates::earlier(date, 7),
            obtained_by: Agency::Fk,
            office: OfficeCode::parse("FK-GAVLE").unwrap(),
            form: ConsentForm::parse("gk-affk-1").unwrap(),
        }),
        municipality: Some(MunicipalityCode::parse("2180").unwrap()),
        district: None,
        reference: None,
    }
}

/// A step without answers; a request opens the case of [`opening`].
pub fn register(step: StepKind, date: NaiveDate) -> Command {
    let opening = (step == StepKind::Begaran).then(|| opening(date));
    Command::Register(Box::new(NewStep { step, date, answers: Answers::default(), opening }))
}
