//! An entry taken apart into rows. What may be erased goes to rows of its own.

use serde_json::{Value, json};

use super::micros;
use super::rows::{
    AnswerRow, ConsentRow, HandlerRow, MeetingRow, OfficeRow, RegistrationRow, Rows, SubjectRow, TextRow,
};
use crate::domain::answers::{Answer, Answers, Question};
use crate::domain::code::RegistrationId;
use crate::domain::command::{Consent, Correction, CorrectionKind, HandlerChange};
use crate::domain::journal::{Entry, Event, Opened};
use crate::domain::organisation::OfficePair;
use crate::domain::rule::RULE_SET;
use crate::domain::step::Agency;
use crate::storage::cases::day_number;

/// Adds the rows of an entry whose position is set.
pub fn encode(number: i64, entry: &Entry, rows: &mut Rows) {
    let mut out = Encoder { number, position: entry.position.0, rows };
    let mut row = RegistrationRow {
        case_number: number,
        position: entry.position.0,
        id: entry.id.0.as_bytes().to_vec(),
        kind: entry.event.code().to_owned(),
        step: None,
        date: None,
        known_from: micros(entry.known_from),
        agency: entry.by.agency.code().to_owned(),
        client: entry.by.client.to_string(),
        handler: entry.by.handler.as_ref().map(ToString::to_string),
        agreement: entry.agreement.as_ref().map(ToString::to_string),
        rule_set: RULE_SET,
        supersedes: None,
        detail: None,
    };
    match &entry.event {
        Event::Step { kind, date, answers, opened } => {
            row.step = Some(kind.code().to_owned());
            row.date = Some(day_number(*date));
            out.answers(answers);
            if let Some(opened) = opened {
                out.opened(opened, *date);
            }
        }
        Event::Withdrawal { date, ending } => {
            row.date = Some(day_number(*date));
            row.detail = Some(json!({ "ending": ending }).to_string());
        }
        Event::Answers { registration, answers } => {
            row.supersedes = Some(bytes(*registration));
            out.answers(answers);
        }
        Event::Offices { date, offices, handlers } => {
            row.date = Some(day_number(*date));
            out.offices(offices, *date);
            out.handler_change(handlers, *date);
        }
        Event::Handlers { date, handlers } => {
            row.date = Some(day_number(*date));
            out.handler_change(handlers, *date);
        }
        Event::Protection { date } | Event::Removal { date } | Event::Coarsening { date } => {
            row.date = Some(day_number(*date));
        }
        // Its row is of the case, as that of one given with a request.
        Event::Reference { .. } => {}
        Event::Correction(correction) => out.correction(correction, &mut row),
    }
    rows.registrations.push(row);
}

fn bytes(id: RegistrationId) -> Vec<u8> {
    id.0.as_bytes().to_vec()
}

struct Encoder<'a> {
    number: i64,
    position: i64,
    rows: &'a mut Rows,
}

impl Encoder<'_> {
    fn opened(&mut self, opened: &Opened, date: chrono::NaiveDate) {
        self.offices(&opened.offices, date);
        for agency in Agency::ALL {
            if let Some(handler) = opened.handlers.of(agency) {
                self.handler(agency, Some(handler.to_string()), date);
            }
        }
        if let Some(consent) = &opened.consent {
            self.consent(consent);
        }
        if opened.birth.is_some() || opened.municipality.is_some() {
            self.rows.erasable.subjects.push(SubjectRow {
                case_number: self.number,
                position: self.position,
                birth: opened.birth.map(day_number),
                municipality: opened.municipality.as_ref().map(ToString::to_string),
                district: opened.district.as_ref().map(ToString::to_string),
            });
        }
    }

    fn consent(&mut self, consent: &Consent) {
        self.rows.erasable.consents.push(ConsentRow {
            case_number: self.number,
            position: self.position,
            obtained_on: day_number(consent.obtained_on),
            obtained_by: consent.obtained_by.code().to_owned(),
            office: consent.office.to_string(),
            form: consent.form.to_string(),
        });
    }

    fn offices(&mut self, offices: &OfficePair, from: chrono::NaiveDate) {
        for agency in Agency::ALL {
            self.rows.offices.push(OfficeRow {
                case_number: self.number,
                position: self.position,
                agency: agency.code().to_owned(),
                office: offices.of(agency).to_string(),
                from_day: day_number(from),
            });
        }
    }

    fn handler(&mut self, agency: Agency, handler: Option<String>, from: chrono::NaiveDate) {
        self.rows.erasable.handlers.push(HandlerRow {
            case_number: self.number,
            position: self.position,
            agency: agency.code().to_owned(),
            handler,
            from_day: day_number(from),
        });
    }

    fn handler_change(&mut self, change: &HandlerChange, from: chrono::NaiveDate) {
        for agency in Agency::ALL {
            if let Some(new) = change.of(agency) {
                self.handler(agency, new.as_ref().map(ToString::to_string), from);
            }
        }
    }

    fn answers(&mut self, answers: &Answers) {
        for (question, answer) in &answers.0 {
            match answer {
                Answer::Bool(value) => self.answer(*question, 0, value.to_string()),
                Answer::Code(code) => self.answer(*question, 0, (*code).to_owned()),
                Answer::Percent(value) => self.answer(*question, 0, value.to_string()),
                Answer::OrganisationNumber(number) => self.answer(*question, 0, number.to_string()),
                Answer::Insats(code, version) => {
                    self.answer(*question, 0, code.to_string());
                    if let Some(version) = version {
                        self.answer(*question, 1, version.to_string());
                    }
                }
                Answer::Codes(codes) => {
                    self.none_chosen(*question, codes.is_empty());
                    for (place, code) in (0..).zip(codes) {
                        self.answer(*question, place, (*code).to_owned());
                    }
                }
                Answer::Dates(dates) => {
                    self.none_chosen(*question, dates.is_empty());
                    self.rows.meetings.extend(dates.iter().map(|date| MeetingRow {
                        case_number: self.number,
                        position: self.position,
                        date: day_number(*date),
                    }));
                }
            }
        }
    }

    fn none_chosen(&mut self, question: Question, none: bool) {
        if none {
            self.answer(question, -1, String::new());
        }
    }

    fn answer(&mut self, question: Question, place: i16, value: String) {
        self.rows.erasable.answers.push(AnswerRow {
            case_number: self.number,
            position: self.position,
            question: question.code().to_owned(),
            place,
            value,
        });
    }

    fn correction(&mut self, correction: &Correction, row: &mut RegistrationRow) {
        let mut detail = json!({ "kind": correction.kind.code(), "reason": correction.reason.code });
        match &correction.kind {
            CorrectionKind::Undo { registration } => row.supersedes = Some(bytes(*registration)),
            CorrectionKind::Move { registration, date } => {
                row.supersedes = Some(bytes(*registration));
                row.date = Some(day_number(*date));
            }
            CorrectionKind::Replace { registration, step, answers } => {
                row.supersedes = Some(bytes(*registration));
                row.step = Some(step.code().to_owned());
                detail["answersGiven"] = Value::Bool(answers.is_some());
                if let Some(answers) = answers {
                    self.answers(answers);
                }
            }
            CorrectionKind::Answers { registration, answers, withdrawn } => {
                row.supersedes = Some(bytes(*registration));
                detail["withdrawn"] = withdrawn.iter().map(|q| q.code()).collect();
                self.answers(answers);
            }
            CorrectionKind::Municipality { municipality, district } => {
                self.rows.erasable.subjects.push(SubjectRow {
                    case_number: self.number,
                    position: self.position,
                    birth: None,
                    municipality: Some(municipality.to_string()),
                    district: district.as_ref().map(ToString::to_string),
                });
            }
            CorrectionKind::Consent(consent) => self.consent(consent),
            CorrectionKind::OfficeChange { registration, date, offices } => {
                row.supersedes = Some(bytes(*registration));
                row.date = date.map(day_number);
                if let Some(offices) = offices {
                    self.offices(offices, date.unwrap_or_default());
                }
            }
            CorrectionKind::Felregistrering { replaced_by } => {
                if let Some(case) = replaced_by {
                    detail["replacedBy"] = Value::String(case.to_string());
                }
            }
            CorrectionKind::UndoFelregistrering => {}
        }
        if let Some(text) = &correction.reason.text {
            self.rows.erasable.texts.push(TextRow {
                case_number: self.number,
                position: self.position,
                text: text.clone(),
            });
        }
        row.detail = Some(detail.to_string());
    }
}
