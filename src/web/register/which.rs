//! Which form of a case: its address, the right it needs, and the body that it sends.

use serde_json::{Value, json};

use super::body::{answers, changed_answers, consent, kept_answers, object, put};
use super::typed::Typed;
use crate::auth::policy::Action;
use crate::domain::code::{CaseId, RegistrationId};
use crate::domain::finding::Findings;
use crate::domain::step::StepKind;
use crate::registrations::wire::{self, Item, Kind, Reading};

/// What is put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correcting {
    /// Answers of a step.
    Answers(RegistrationId),
    /// The date of a step.
    Date(RegistrationId),
    /// Which step it was.
    Step(RegistrationId),
    /// The last step, which never happened.
    Undo(RegistrationId),
    /// The offices of the request or of a change, and the day of a change.
    Offices(RegistrationId),
    /// The kommun at the request.
    Municipality,
    /// The consent's data.
    Consent,
    /// The whole case, which should not have been registered.
    Case,
    /// That it was marked so.
    UndoCase,
}

/// A form of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The next step.
    Step(StepKind),
    /// Late answers of a step.
    Late(RegistrationId),
    /// A correction.
    Correct(Correcting),
    /// Other offices.
    Offices,
    /// Other handläggare.
    Handlers,
    /// The consent was withdrawn.
    Withdraw,
    /// The identity is protected.
    Protect,
    /// The agency's own number.
    Reference,
}

impl Which {
    /// The form of an address under a case: what stands after `/arenden/{id}/`.
    pub fn of(path: &str) -> Option<Self> {
        let registration = |text: &str| wire::case_id(text).map(|id| RegistrationId(id.0));
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        Some(match (first, rest) {
            ("registrera", step) => Self::Step(StepKind::from_code(step)?),
            ("svar", id) => Self::Late(registration(id)?),
            ("kontor", "") => Self::Offices,
            ("handlaggare", "") => Self::Handlers,
            ("samtycke", "aterkalla") => Self::Withdraw,
            ("samtycke", "skydda") => Self::Protect,
            ("arendenummer", "") => Self::Reference,
            ("ratta", what) => {
                let (what, id) = what.split_once('/').unwrap_or((what, ""));
                Self::Correct(match (what, id) {
                    ("kommun", "") => Correcting::Municipality,
                    ("samtycke", "") => Correcting::Consent,
                    ("felregistrering", "") => Correcting::Case,
                    ("inte-felregistrering", "") => Correcting::UndoCase,
                    ("svar", id) => Correcting::Answers(registration(id)?),
                    ("datum", id) => Correcting::Date(registration(id)?),
                    ("steg", id) => Correcting::Step(registration(id)?),
                    ("angra", id) => Correcting::Undo(registration(id)?),
                    ("kontor", id) => Correcting::Offices(registration(id)?),
                    _ => return None,
                })
            }
            _ => return None,
        })
    }

    /// What stands after `/arenden/{id}`.
    pub fn path(&self) -> String {
        match self {
            Self::Step(step) => format!("/registrera/{}", step.code()),
            Self::Late(id) => format!("/svar/{id}"),
            Self::Offices => "/kontor".to_owned(),
            Self::Handlers => "/handlaggare".to_owned(),
            Self::Withdraw => "/samtycke/aterkalla".to_owned(),
            Self::Protect => "/samtycke/skydda".to_owned(),
            Self::Reference => "/arendenummer".to_owned(),
            Self::Correct(what) => match what {
                Correcting::Answers(id) => format!("/ratta/svar/{id}"),
                Correcting::Date(id) => format!("/ratta/datum/{id}"),
                Correcting::Step(id) => format!("/ratta/steg/{id}"),
                Correcting::Undo(id) => format!("/ratta/angra/{id}"),
                Correcting::Offices(id) => format!("/ratta/kontor/{id}"),
                Correcting::Municipality => "/ratta/kommun".to_owned(),
                Correcting::Consent => "/ratta/samtycke".to_owned(),
                Correcting::Case => "/ratta/felregistrering".to_owned(),
                Correcting::UndoCase => "/ratta/inte-felregistrering".to_owned(),
            },
        }
    }

    /// Whether it is tried first and shown what comes of it, to be said once more: what takes away for good.
    pub const fn is_confirmed(&self) -> bool {
        matches!(self, Self::Withdraw | Self::Protect)
    }

    /// The right it needs.
    pub const fn action(&self) -> Action {
        match self {
            Self::Step(_) => Action::RegisterStep,
            Self::Late(_) => Action::AnswerLate,
            Self::Correct(_) => Action::CorrectCase,
            Self::Offices => Action::ChangeOffices,
            Self::Handlers => Action::ChangeHandlers,
            Self::Withdraw => Action::WithdrawConsent,
            Self::Protect => Action::ProtectIdentity,
            Self::Reference => Action::AddReference,
        }
    }

    /// What a client of the API would send.
    pub fn body(&self, case: CaseId, typed: &Typed) -> Value {
        match self {
            Self::Step(step) => {
                let mut body = object(typed, &["date", "onBehalfOf"]);
                put(&mut body, "case", json!(case.to_string()));
                put(&mut body, "step", json!(step.code()));
                put(&mut body, "answers", Value::Object(answers(typed)));
                body
            }
            Self::Late(registration) => {
                let mut body = object(typed, &["onBehalfOf"]);
                put(&mut body, "registration", json!(registration.to_string()));
                // Nothing answered is nothing to register.
                let answers = answers(typed);
                if !answers.is_empty() {
                    put(&mut body, "answers", Value::Object(answers));
                }
                body
            }
            Self::Correct(what) => what.body(typed),
            Self::Offices => {
                let names = ["date", "offices.fk", "offices.af", "handlers.fk", "handlers.af"];
                object(typed, &names)
            }
            Self::Handlers => {
                let mut body = object(typed, &["date"]);
                for agency in ["fk", "af"] {
                    let (now, stood) = (typed.one(agency), typed.one(&format!("stod.{agency}")));
                    if now != stood {
                        put(&mut body, agency, json!(now));
                    }
                }
                body
            }
            Self::Withdraw | Self::Protect => object(typed, &["date"]),
            Self::Reference => object(typed, &["caseReference"]),
        }
    }

    /// The body as the API reads it.
    ///
    /// # Errors
    /// Every wrong and missing field.
    pub fn read(&self, body: &Value, case: CaseId, reading: Reading) -> Result<Item, Findings> {
        let kind = match self {
            Self::Step(_) => return wire::registration(body, reading),
            Self::Late(_) => Kind::Answers,
            Self::Correct(_) => Kind::Correction,
            Self::Offices => Kind::OfficeChange,
            Self::Handlers => Kind::Handlers,
            Self::Withdraw => Kind::ConsentWithdrawal,
            Self::Protect => Kind::Protection,
            Self::Reference => Kind::Reference,
        };
        wire::on_case(body, kind, case, reading)
    }
}

impl Correcting {
    /// The registration that it is about, where it is about one.
    pub const fn registration(&self) -> Option<RegistrationId> {
        match self {
            Self::Answers(id) | Self::Date(id) | Self::Step(id) | Self::Undo(id) | Self::Offices(id) => Some(*id),
            Self::Municipality | Self::Consent | Self::Case | Self::UndoCase => None,
        }
    }

    /// The kind as clients of the API name it.
    const fn kind(&self) -> &'static str {
        match self {
            Self::Answers(_) => "answers",
            Self::Date(_) => "move",
            Self::Step(_) => "replace",
            Self::Undo(_) => "undo",
            Self::Offices(_) => "office_change",
            Self::Municipality => "municipality",
            Self::Consent => "consent",
            Self::Case => "felregistrering",
            Self::UndoCase => "undo_felregistrering",
        }
    }

    fn body(&self, typed: &Typed) -> Value {
        let own: &[&str] = match self {
            Self::Date(_) => &["date"],
            Self::Step(_) => &["step"],
            Self::Offices(_) => &["date", "offices.fk", "offices.af"],
            Self::Municipality => &["municipality", "district"],
            Self::Answers(_) | Self::Undo(_) | Self::Case | Self::UndoCase | Self::Consent => &[],
        };
        let names: Vec<&str> = ["reason.code", "reason.text", "onBehalfOf"].iter().chain(own).copied().collect();
        let mut body = object(typed, &names);
        put(&mut body, "kind", json!(self.kind()));
        if let Some(registration) = self.registration() {
            put(&mut body, "registration", json!(registration.to_string()));
        }
        // Without any field of it the whole of it would be missing, and nothing would stand at its fields.
        if body.get("reason").is_none() {
            put(&mut body, "reason", json!({}));
        }
        if matches!(self, Self::Consent) {
            put(&mut body, "consent", consent(typed));
        }
        if let (Self::Case, Some(other)) = (self, typed.one("replacedBy")) {
            put(&mut body, "replacedBy", json!(id_in(other)));
        }
        if matches!(self, Self::Answers(_)) {
            put(&mut body, "answers", Value::Object(changed_answers(typed)));
        }
        if let (Self::Step(_), Some(kept)) = (self, kept_answers(typed)) {
            put(&mut body, "answers", Value::Object(kept));
        }
        body
    }
}

/// The id of a case in what was pasted: the address of its page, or the id itself.
fn id_in(pasted: &str) -> &str {
    let after = pasted.split_once("/arenden/").map_or(pasted, |(_, after)| after);
    after.split(['?', '#', '/']).next().unwrap_or(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_found_at_its_own_address() {
        let id = RegistrationId(uuid::Uuid::from_u128(7));
        let all = [
            Which::Step(StepKind::PlaneradAfi),
            Which::Late(id),
            Which::Correct(Correcting::Answers(id)),
            Which::Correct(Correcting::Date(id)),
            Which::Correct(Correcting::Step(id)),
            Which::Correct(Correcting::Undo(id)),
            Which::Correct(Correcting::Offices(id)),
            Which::Correct(Correcting::Municipality),
            Which::Correct(Correcting::Consent),
            Which::Correct(Correcting::Case),
            Which::Correct(Correcting::UndoCase),
            Which::Offices,
            Which::Handlers,
            Which::Withdraw,
            Which::Protect,
            Which::Reference,
        ];
        for which in all {
            assert_eq!(Which::of(which.path().trim_start_matches('/')), Some(which));
        }
        for nowhere in ["registrera", "registrera/x", "svar/x", "ratta", "ratta/svar", "ratta/kommun/x", "x"] {
            assert_eq!(Which::of(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn a_case_is_named_by_its_address_or_its_id() {
        for pasted in ["https://sus.example/arenden/0192?lang=sv", "/arenden/0192/registrera", "0192"] {
            assert_eq!(id_in(pasted), "0192");
        }
    }

    #[test]
    fn only_a_handlaggare_that_is_another_now_is_sent() {
        let pairs = [("date", "2016-10-12"), ("stod.fk", "fk-h-017"), ("fk", "fk-h-018"), ("stod.af", "af-h-201")];
        let case = CaseId(uuid::Uuid::nil());
        let body = Which::Handlers.body(case, &Typed::of(pairs));
        assert_eq!(body, json!({"date": "2016-10-12", "fk": "fk-h-018", "af": null}));
        let same = Typed::of([("date", "2016-10-12"), ("stod.fk", "a"), ("fk", "a")]);
        assert_eq!(Which::Handlers.body(case, &same), json!({"date": "2016-10-12"}));
    }
}
