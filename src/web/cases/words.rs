//! A case in words: names, days and answers as a handläggare reads them, in the language of the page.
//!
//! Never here: the texts themselves (`texts::cases`), and what is shown where.

use chrono::NaiveDate;

use crate::domain::answers::{Answer, AnswerKind, Choice, Question, REMOVED_EMPLOYER};
use crate::domain::code::{HandlerId, InsatsCode, MunicipalityCode, OfficeCode, REMOVED_HANDLER};
use crate::domain::geography;
use crate::domain::organisation::{OfficePair, Organisation};
use crate::domain::person::Sex;
use crate::domain::step::{Agency, StepKind};
use crate::web::texts::cases::CaseTexts;
use crate::web::texts::{Language, number};

/// What words are made of: the language, the registers and the day.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub language: Language,
    pub t: &'static CaseTexts,
    pub organisation: &'a Organisation,
    pub today: NaiveDate,
}

/// A text with its places filled in: `{name}` by the value of that name.
pub(super) fn filled(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// How far it is to a day, or how long ago it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Distance {
    pub text: String,
    /// The day has passed.
    pub over: bool,
}

impl<'a> Words<'a> {
    pub fn of(language: Language, organisation: &'a Organisation, today: NaiveDate) -> Self {
        Self { language, t: CaseTexts::of(language), organisation, today }
    }

    pub fn step(&self, kind: StepKind) -> &'static str {
        self.language.pick(kind.label_sv(), kind.label_en())
    }

    pub fn sex(&self, sex: Sex) -> &'static str {
        match sex {
            Sex::Kvinna => self.t.woman,
            Sex::Man => self.t.man,
        }
    }

    /// An office's name, or its code where the register has none.
    pub fn office(&self, code: &OfficeCode) -> String {
        self.organisation.offices.get(code).map_or_else(|| code.to_string(), |office| office.name.clone())
    }

    pub fn offices(&self, pair: &OfficePair) -> String {
        filled(self.t.fk_and_af, &[("fk", &self.office(&pair.fk)), ("af", &self.office(&pair.af))])
    }

    /// The person's name at work, or the id where the register has none.
    pub fn handler(&self, id: &HandlerId) -> String {
        if id.as_str() == REMOVED_HANDLER {
            return self.t.handler_removed.to_owned();
        }
        self.organisation.handlers.get(id).map_or_else(|| id.to_string(), |person| person.name.clone())
    }

    pub fn handler_or_none(&self, id: Option<&HandlerId>) -> String {
        id.map_or_else(|| self.t.no_handler.to_owned(), |id| self.handler(id))
    }

    pub fn municipality(&self, code: &MunicipalityCode) -> String {
        geography::municipality(code).map_or_else(|| code.to_string(), |found| found.name.clone())
    }

    pub fn days(&self, count: i64) -> String {
        let text = if count == 1 { self.t.one_day } else { self.t.days };
        filled(text, &[("n", &number(count))])
    }

    /// From today to a day.
    pub fn distance(&self, day: NaiveDate) -> Distance {
        let days = (day - self.today).num_days();
        let text = match days {
            0 => self.t.today.to_owned(),
            1.. => filled(self.t.in_days, &[("days", &self.days(days))]),
            _ => filled(self.t.days_over, &[("days", &self.days(-days))]),
        };
        Distance { text, over: days < 0 }
    }

    /// What is awaited of a case that stands at a step, up to the day: "Planerad insats registreras av
    /// Försäkringskassan senast".
    pub fn awaited(&self, kind: StepKind, owner: Agency) -> String {
        filled(self.t.registered_by, &[("what", self.comes_next(kind)), ("owner", owner.name())])
    }

    /// The step that is expected after one.
    pub fn comes_next(&self, kind: StepKind) -> &'static str {
        match kind {
            StepKind::Begaran => self.t.next_gk,
            StepKind::Gk => self.t.next_planned,
            StepKind::PlaneradAfi | StepKind::PlaneradAli => self.t.next_insats,
            _ => self.t.next_follow_up,
        }
    }

    pub fn answers_missing(&self, count: i64) -> String {
        let text = if count == 1 { self.t.one_answer_missing } else { self.t.answers_missing };
        filled(text, &[("n", &number(count))])
    }

    pub fn question(&self, question: Question) -> &'static str {
        let row = question.row();
        self.language.pick(row.sv, row.en)
    }

    pub fn questions(&self, questions: &[Question]) -> String {
        questions.iter().map(|question| self.question(*question)).collect::<Vec<_>>().join(", ")
    }

    /// An answer in words.
    pub fn answer(&self, question: Question, answer: &Answer) -> String {
        match answer {
            Answer::Bool(true) => self.t.yes.to_owned(),
            Answer::Bool(false) => self.t.no.to_owned(),
            Answer::Code(code) => self.choice(question, code).to_owned(),
            Answer::Codes(codes) if codes.is_empty() => self.t.none_of_them.to_owned(),
            Answer::Codes(codes) => codes.iter().map(|code| self.choice(question, code)).collect::<Vec<_>>().join(", "),
            Answer::Percent(share) => format!("{share}\u{a0}%"),
            Answer::OrganisationNumber(number) if &**number == REMOVED_EMPLOYER => self.t.taken_away.to_owned(),
            Answer::OrganisationNumber(number) => number.to_string(),
            Answer::Insats(code, version) => self.insats(code, *version),
            Answer::Dates(dates) if dates.is_empty() => self.t.none_of_them.to_owned(),
            Answer::Dates(dates) => dates.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        }
    }

    fn choice(&self, question: Question, code: &'static str) -> &'static str {
        let choices: &[Choice] = match question.row().kind {
            AnswerKind::Code(choices) | AnswerKind::Codes(choices) => choices,
            _ => &[],
        };
        choices
            .iter()
            .find(|choice| choice.code == code)
            .map_or(code, |choice| self.language.pick(choice.sv, choice.en))
    }

    /// The definition as it was shown when it was chosen.
    fn insats(&self, code: &InsatsCode, version: Option<i32>) -> String {
        let versions = self.organisation.insatser.get(code).map_or(&[][..], |all| all);
        let shown = versions.iter().find(|definition| Some(definition.version) == version).or(versions.last());
        shown.map_or_else(|| code.to_string(), |definition| format!("{} ({code})", definition.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(organisation: &Organisation, language: Language) -> Words<'_> {
        let today = NaiveDate::from_ymd_opt(2016, 10, 12).unwrap();
        Words::of(language, organisation, today)
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_told_as_one_says_them() {
        let organisation = Organisation::default();
        let sv = words(&organisation, Language::Swedish);
        for (on, text, over) in [
            ("2016-10-12", "i dag", false),
            ("2016-10-13", "om 1\u{a0}dag", false),
            ("2016-10-17", "om 5\u{a0}dagar", false),
            ("2016-10-11", "1\u{a0}dag försenad", true),
            ("2016-09-30", "12\u{a0}dagar försenad", true),
            ("2010-01-01", "2\u{a0}476\u{a0}dagar försenad", true),
        ] {
            assert_eq!(sv.distance(day(on)), Distance { text: text.to_owned(), over }, "{on}");
        }
        assert_eq!(words(&organisation, Language::English).distance(day("2016-09-30")).text, "12\u{a0}days overdue");
    }

    #[test]
    fn what_is_awaited_names_the_step_and_its_owner() {
        let organisation = Organisation::default();
        let told = words(&organisation, Language::Swedish).awaited(StepKind::Gk, Agency::Fk);
        assert_eq!(told, "Planerad insats registreras av Försäkringskassan senast");
    }

    #[test]
    fn an_answer_is_told_by_its_label_and_an_empty_one_as_none() {
        let organisation = Organisation::default();
        let sv = words(&organisation, Language::Swedish);
        for (question, answer, told) in [
            (Question::Anstalld, Answer::Bool(false), "Nej"),
            (Question::Formaner, Answer::Codes(vec!["sjukpenning", "a_kassa"]), "Sjukpenning, A-kassa"),
            (Question::Specialister, Answer::Codes(Vec::new()), "Ingen"),
            (Question::Arbetsandel, Answer::Percent(50), "50\u{a0}%"),
            (Question::Arbetsgivare, Answer::OrganisationNumber("2021005521".into()), "2021005521"),
            (Question::Arbetsgivare, Answer::OrganisationNumber(REMOVED_EMPLOYER.into()), sv.t.taken_away),
            (Question::Utbildning, Answer::Code("gymnasium"), "Gymnasium"),
            (Question::Moten, Answer::Dates(vec![day("2016-10-12"), day("2016-10-26")]), "2016-10-12, 2016-10-26"),
        ] {
            assert_eq!(sv.answer(question, &answer), told);
        }
    }
}
