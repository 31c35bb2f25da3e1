//! How a line of a scenario is read as a command: who, when, what, and `name=value` for the rest.

use chrono::NaiveDate;
use sus::domain::answers::{Answer, AnswerKind, Answers, Choice, Question};
use sus::domain::code::{
    AgreementId, CaseId, CaseReference, ConsentForm, District, HandlerId, InsatsCode, MunicipalityCode, NotACode,
    OfficeCode, RegistrationId,
};
use sus::domain::command::{
    Command, Consent, Correction, CorrectionKind, HandlerChange, Handlers, NewStep, Opening, Participant, Reason,
};
use sus::domain::dates;
use sus::domain::organisation::OfficePair;
use sus::domain::person::{Sex, test_number};
use sus::domain::step::{Agency, StepKind};
use uuid::Uuid;

use super::check::{CASE, World, registration};

/// A line of a command, read.
pub struct Line {
    pub agency: Agency,
    pub day: Option<NaiveDate>,
    pub command: Command,
    pub agreement: Option<AgreementId>,
    pub open_elsewhere: bool,
    pub reference_taken: bool,
    pub replacement_unknown: bool,
}

/// What a line says beside its first words: `name=value`, and lone words.
struct Rest<'a> {
    named: Vec<(&'a str, &'a str)>,
    lone: Vec<&'a str>,
}

impl<'a> Rest<'a> {
    fn take(&mut self, name: &str) -> Option<&'a str> {
        let place = self.named.iter().position(|(n, _)| *n == name)?;
        Some(self.named.remove(place).1)
    }

    fn flag(&mut self, word: &str) -> bool {
        let place = self.lone.iter().position(|w| *w == word);
        place.map(|place| self.lone.remove(place)).is_some()
    }

    fn next(&mut self) -> Result<&'a str, String> {
        if self.lone.is_empty() { Err("a word is missing".to_owned()) } else { Ok(self.lone.remove(0)) }
    }

    /// The questions answered, and those whose answer is withdrawn (`=?`).
    fn answers(&mut self) -> Result<(Answers, Vec<Question>), String> {
        let (mut answers, mut withdrawn) = (Answers::default(), Vec::new());
        for (name, value) in std::mem::take(&mut self.named) {
            let question = Question::from_code(name).ok_or(format!("no question: {name}"))?;
            if value == "?" {
                withdrawn.push(question);
            } else {
                answers.0.insert(question, answer(question, value)?);
            }
        }
        Ok((answers, withdrawn))
    }

    fn handlers(&mut self, prefix: &str) -> Result<HandlerChange, String> {
        let mut read = |agency: &str| -> Result<_, String> {
            let value = self.take(&format!("{prefix}{agency}"));
            value.map(|v| if v == "-" { Ok(None) } else { code(v, HandlerId::parse).map(Some) }).transpose()
        };
        Ok(HandlerChange { fk: read("fk")?, af: read("af")? })
    }

    fn offices(&mut self) -> Result<(Option<&'a str>, Option<&'a str>), String> {
        Ok((self.take("fk"), self.take("af")))
    }
}

fn code<T>(text: &str, parse: fn(&str) -> Result<T, NotACode>) -> Result<T, String> {
    parse(text).map_err(|e| format!("{text}: {}", e.expected.en()))
}

fn office(text: &str) -> OfficeCode {
    OfficeCode::parse(text).unwrap()
}

fn chosen(value: &str, choices: &'static [Choice]) -> Result<&'static str, String> {
    choices.iter().map(|c| c.code).find(|c| *c == value).ok_or(format!("no choice: {value}"))
}

fn answer(question: Question, value: &str) -> Result<Answer, String> {
    let parts = value.split(',').filter(|part| *part != "-");
    Ok(match question.row().kind {
        AnswerKind::Bool => Answer::Bool(match value {
            "ja" => true,
            "nej" => false,
            _ => return Err(format!("ja or nej: {value}")),
        }),
        AnswerKind::Code(choices) => Answer::Code(chosen(value, choices)?),
        AnswerKind::Codes(choices) => Answer::Codes(parts.map(|part| chosen(part, choices)).collect::<Result<_, _>>()?),
        AnswerKind::Percent => Answer::Percent(value.parse().map_err(|_| format!("no share: {value}"))?),
        AnswerKind::OrganisationNumber => Answer::OrganisationNumber(value.into()),
        AnswerKind::InsatsCode => Answer::Insats(code(value, InsatsCode::parse)?, None),
        AnswerKind::Dates => Answer::Dates(parts.map(date).collect::<Result<_, _>>()?),
    })
}

impl Line {
    pub fn parse(said: &str, world: &World) -> Result<Self, String> {
        let mut words = said.split_whitespace().peekable();
        let agency = words.next().and_then(Agency::from_code).ok_or("begins with FK or AF")?;
        let day = words.peek().and_then(|word| date(word).ok());
        if day.is_some() {
            words.next();
        }
        let verb = words.next().ok_or("says nothing")?;
        let (named, lone): (Vec<&str>, Vec<&str>) = words.partition(|word| word.contains('='));
        let named = named.into_iter().filter_map(|word| word.split_once('=')).collect();
        let mut rest = Rest { named, lone };
        let agreement = rest.take("by").map(|id| code(id, AgreementId::parse)).transpose()?;
        let code_of_reason = rest.take("reason").unwrap_or("fel").to_owned();
        let reason = Reason { code: code_of_reason, text: rest.take("text").map(str::to_owned) };
        let (open_elsewhere, reference_taken) = (rest.flag("open-elsewhere"), rest.flag("reference-taken"));
        let replacement_unknown = rest.named.contains(&("replacedBy", "unknown"));
        let of_day = || day.ok_or("needs a date");
        let command = match verb {
            "answers" => Command::Answer { registration: place(rest.next()?)?, answers: rest.answers()?.0 },
            "offices" => {
                let present = world.case().map(|c| c.present_offices().clone());
                let (fk, af) = rest.offices()?;
                let present = present.as_ref();
                Command::ChangeOffices {
                    date: of_day()?,
                    offices: OfficePair {
                        fk: fk.map(office).or_else(|| present.map(|p| p.fk.clone())).ok_or("offices")?,
                        af: af.map(office).or_else(|| present.map(|p| p.af.clone())).ok_or("offices")?,
                    },
                    handlers: rest.handlers("handlers.")?,
                }
            }
            "handlers" => Command::ChangeHandlers { date: of_day()?, handlers: rest.handlers("")? },
            "withdrawal" => Command::WithdrawConsent { date: of_day()? },
            "protection" => Command::Protect { date: of_day()? },
            "reference" => Command::AddReference { reference: code(rest.next()?, CaseReference::parse)? },
            _ => match StepKind::from_code(verb) {
                Some(step) => Command::Register(Box::new(new_step(step, of_day()?, &mut rest, world)?)),
                None => {
                    let kind = correction(verb, &mut rest, world)?;
                    Command::Correct(Box::new(Correction { kind, reason }))
                }
            },
        };
        if !rest.named.is_empty() || !rest.lone.is_empty() {
            return Err(format!("not understood: {:?} {:?}", rest.named, rest.lone));
        }
        Ok(Self { agency, day, command, agreement, open_elsewhere, reference_taken, replacement_unknown })
    }
}

/// A step. `begaran` with `named` or `anonymous` opens a case, by default in Gävle with a consent a week old.
fn new_step(step: StepKind, day: NaiveDate, rest: &mut Rest<'_>, world: &World) -> Result<NewStep, String> {
    let participant = match rest.lone.first().copied() {
        Some("named") => {
            rest.lone.remove(0);
            let birth = date(rest.next()?)?;
            let serial = if sex(rest.next()?)? == Sex::Man { 981 } else { 980 };
            Some(Participant::Named(test_number(birth, serial)))
        }
        Some("anonymous") => {
            rest.lone.remove(0);
            Some(Participant::Anonymous(sex(rest.next()?)?))
        }
        _ => None,
    };
    let opening = match participant {
        Some(participant) if world.case().is_none() => Some(opening(participant, day, rest)?),
        _ => None,
    };
    Ok(NewStep { step, date: day, answers: rest.answers()?.0, opening })
}

fn opening(participant: Participant, day: NaiveDate, rest: &mut Rest<'_>) -> Result<Opening, String> {
    let named = matches!(participant, Participant::Named(_));
    let (fk, af) = rest.offices()?;
    let offices = OfficePair { fk: office(fk.unwrap_or("FK-GAVLE")), af: office(af.unwrap_or("AF-GAVLE")) };
    let change = rest.handlers("handlers.")?;
    let usual = named.then(|| Consent {
        obtained_on: dates::earlier(day, 7),
        obtained_by: Agency::Fk,
        office: offices.fk.clone(),
        form: code("gk-affk-1", ConsentForm::parse).unwrap(),
    });
    let consent = match rest.take("consent") {
        None => usual,
        Some("-") => None,
        Some(text) => Some(read_consent(text)?),
    };
    let municipality = match rest.take("kommun") {
        None => named.then_some("2180"),
        Some("-") => None,
        Some(text) => Some(text),
    };
    Ok(Opening {
        participant,
        offices,
        handlers: Handlers { fk: change.fk.flatten(), af: change.af.flatten() },
        consent,
        municipality: municipality.map(|m| code(m, MunicipalityCode::parse)).transpose()?,
        district: rest.take("stadsdel").map(|d| code(d, District::parse)).transpose()?,
        reference: rest.take("ref").map(|r| code(r, CaseReference::parse)).transpose()?,
    })
}

/// `2016-09-26`, or `2016-09-26,AF,AF-GAVLE` when it was not FK in Gävle.
fn read_consent(text: &str) -> Result<Consent, String> {
    let mut parts = text.split(',');
    let obtained_on = date(parts.next().unwrap_or_default())?;
    let obtained_by = parts.next().map_or(Some(Agency::Fk), Agency::from_code).ok_or("FK or AF")?;
    let office = office(parts.next().unwrap_or("FK-GAVLE"));
    Ok(Consent { obtained_on, obtained_by, office, form: ConsentForm::parse("gk-affk-1").unwrap() })
}

fn sex(word: &str) -> Result<Sex, String> {
    Sex::from_code(word).ok_or(format!("kvinna or man: {word}"))
}

fn correction(verb: &str, rest: &mut Rest<'_>, world: &World) -> Result<CorrectionKind, String> {
    Ok(match verb {
        "undo" => CorrectionKind::Undo { registration: place(rest.next()?)? },
        "move" => CorrectionKind::Move { registration: place(rest.next()?)?, date: date(rest.next()?)? },
        "replace" => CorrectionKind::Replace {
            registration: place(rest.next()?)?,
            step: StepKind::from_code(rest.next()?).ok_or("no step")?,
            answers: if rest.named.is_empty() { None } else { Some(rest.answers()?.0) },
        },
        "correct-answers" => {
            let registration = place(rest.next()?)?;
            let (answers, withdrawn) = rest.answers()?;
            CorrectionKind::Answers { registration, answers, withdrawn }
        }
        "correct-kommun" => CorrectionKind::Municipality {
            municipality: code(rest.next()?, MunicipalityCode::parse)?,
            district: rest.take("stadsdel").map(|d| code(d, District::parse)).transpose()?,
        },
        "correct-consent" => CorrectionKind::Consent(read_consent(rest.next()?)?),
        "correct-offices" => {
            let registration = place(rest.next()?)?;
            let date = rest.take("date").map(date).transpose()?;
            let standing = world.case().and_then(|c| c.offices.iter().find(|p| p.registration == registration));
            let (fk, af) = rest.offices()?;
            let offices = (fk.is_some() || af.is_some()).then(|| {
                let pair = standing.map_or_else(
                    || OfficePair { fk: office("FK-GAVLE"), af: office("AF-GAVLE") },
                    |period| period.offices.clone(),
                );
                OfficePair { fk: fk.map_or(pair.fk, office), af: af.map_or(pair.af, office) }
            });
            CorrectionKind::OfficeChange { registration, date, offices }
        }
        "felregistrering" => {
            let replaced_by = match rest.take("replacedBy") {
                None => None,
                Some("itself") => Some(CASE),
                Some("other" | "unknown") => Some(CaseId(Uuid::from_u128(1))),
                Some(word) => return Err(format!("itself, other or unknown: {word}")),
            };
            CorrectionKind::Felregistrering { replaced_by }
        }
        "undo-felregistrering" => CorrectionKind::UndoFelregistrering,
        _ => return Err(format!("no such command: {verb}")),
    })
}

pub fn date(word: &str) -> Result<NaiveDate, String> {
    match word {
        "first-day" => Ok(NaiveDate::MIN),
        "last-day" => Ok(NaiveDate::MAX),
        _ => word.parse().map_err(|_| format!("no date: {word}")),
    }
}

pub fn place(word: &str) -> Result<RegistrationId, String> {
    let number = word.strip_prefix('@').and_then(|n| n.parse().ok()).ok_or(format!("no registration: {word}"))?;
    Ok(registration(number))
}
