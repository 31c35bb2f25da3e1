//! Questions as fields: each by the kind of its answer, in the order in which they are asked, those that follow a yes below
//! the question that they follow.

use super::body::{NONE, field};
use super::sheet::Row;
use super::words::{Words, lower};
use crate::domain::answers::{Answer, AnswerKind, Answers, Question, QuestionRow};
use crate::domain::questions;
use crate::domain::step::StepKind;
use crate::web::form::{Choice, Field, Group, Kind};

/// Beyond this many choices a list folds together; up to it, all are seen at once.
const FEW: usize = 3;
/// How many meetings can be given without asking for more fields.
const MEETINGS: usize = 4;

/// What the fields of questions rest on.
pub struct Asking<'a> {
    /// What is registered.
    pub to: StepKind,
    /// The insatser to choose among.
    pub insatser: Vec<Choice>,
    /// What is answered already, where anything is.
    pub held: &'a Answers,
    /// In which words.
    pub words: Words,
}

impl Asking<'_> {
    /// The fields of these questions.
    pub fn rows<'q>(&self, questions: impl Iterator<Item = &'q QuestionRow>) -> Vec<Row> {
        questions.flat_map(|row| self.fields(row).into_iter().map(|field| self.row(row, field))).collect()
    }

    fn row(&self, row: &QuestionRow, mut field: Field) -> Row {
        let follows = row.only_if.is_some();
        if follows {
            field.label = format!("{} {}", self.words.t.if_yes, lower(&field.label));
        }
        Row { field, follows }
    }

    fn fields(&self, row: &QuestionRow) -> Vec<Field> {
        if row.kind == AnswerKind::Dates {
            return self.meetings(row);
        }
        if row.question == Question::Insats && self.insatser.is_empty() {
            return Vec::new();
        }
        // Where only one way on agrees with the step, the step has answered.
        if let (Question::FortsattHandlaggning, [only]) = (row.question, questions::ways_on(self.to)) {
            return vec![Field::new(field(row.code), self.label(row), Kind::Hidden).holding(*only)];
        }
        let mut one = Field::new(field(row.code), self.label(row), self.kind(row)).hint(self.hint(row.question));
        one.attributes = attributes(row.kind);
        one.values = self.held.get(row.question).map(values).unwrap_or_default();
        vec![one]
    }

    fn label(&self, row: &QuestionRow) -> &'static str {
        let t = self.words.t;
        match (row.question, self.to) {
            (Question::Formaner, StepKind::Begaran) => t.benefits_before,
            (Question::Formaner, _) => t.benefits_after,
            (Question::InskrivenAf, StepKind::Begaran) => t.at_af_before,
            (Question::InskrivenAf, _) => t.at_af_after,
            (Question::Moten, StepKind::Gk) => t.meetings_booked,
            (Question::Moten, _) => t.meetings_held,
            _ => self.words.question(row),
        }
    }

    fn kind(&self, row: &QuestionRow) -> Kind {
        let t = self.words.t;
        let labels = |choices: &[crate::domain::answers::Choice]| -> Vec<Choice> {
            choices.iter().map(|choice| Choice::new(choice.code, self.words.choice(choice))).collect()
        };
        let later = || Choice::new("", t.later);
        match row.kind {
            AnswerKind::Bool => Kind::Radios(vec![Choice::new("true", t.yes), Choice::new("false", t.no), later()]),
            AnswerKind::Code(choices) => {
                let mut choices = labels(choices);
                if row.question == Question::FortsattHandlaggning {
                    let ways = questions::ways_on(self.to);
                    choices.retain(|choice| ways.is_empty() || ways.contains(&choice.value.as_str()));
                }
                if choices.len() <= FEW {
                    choices.push(later());
                    return Kind::Radios(choices);
                }
                choices.insert(0, later());
                Kind::Select(vec![Group { label: String::new(), choices }])
            }
            AnswerKind::Codes(choices) => {
                let mut choices = labels(choices);
                if row.question == Question::Specialister {
                    choices.push(Choice::new(NONE, t.no_specialist));
                }
                Kind::Checks(choices)
            }
            AnswerKind::Percent | AnswerKind::OrganisationNumber => Kind::Line("text"),
            AnswerKind::InsatsCode => {
                let mut choices = self.insatser.clone();
                choices.push(Choice::new("", t.not_specified));
                Kind::Radios(choices)
            }
            AnswerKind::Dates => Kind::Line("date"),
        }
    }

    fn meetings(&self, row: &QuestionRow) -> Vec<Field> {
        let held = self.held.dates(row.question);
        let count = MEETINGS.max(held.len() + 1);
        (0..count)
            .map(|place| {
                let name = format!("{}.{place}", field(row.code));
                let label = format!("{} {}", self.label(row), place + 1);
                let one = Field::new(name, label, Kind::Line("date"));
                let one = if place == 0 { one.hint(self.hint(row.question)) } else { one };
                match held.get(place) {
                    Some(day) => one.holding(day.to_string()),
                    None => one,
                }
            })
            .collect()
    }

    /// What helps to answer right: what counts, and as of when.
    fn hint(&self, question: Question) -> &'static str {
        let t = self.words.t;
        let request = self.to == StepKind::Begaran;
        match question {
            Question::Arbetsgivare => t.hint_employer,
            Question::InskrivenAf | Question::Formaner | Question::EgetForetag | Question::Anstalld if request => {
                t.hint_before
            }
            Question::Arbetar if request => t.hint_works_before,
            Question::Arbetar => t.hint_works_after,
            Question::Arbetsandel | Question::Studieandel => t.hint_share,
            Question::Studerar => t.hint_studies,
            Question::Program => t.hint_program,
            Question::Formaner => t.hint_benefits,
            Question::TidOffentligForsorjning => t.hint_time,
            Question::Moten if self.to == StepKind::Gk => t.hint_booked,
            Question::Moten => t.hint_held,
            Question::Orsak => t.hint_reason,
            Question::Insats => t.hint_insats,
            Question::EjGenomfordOrsak => t.hint_not_held,
            _ => "",
        }
    }
}

fn attributes(kind: AnswerKind) -> Vec<(&'static str, String)> {
    match kind {
        AnswerKind::Percent => {
            vec![("inputmode", "numeric".to_owned()), ("autocomplete", "off".to_owned()), ("class", "short".to_owned())]
        }
        AnswerKind::OrganisationNumber => {
            vec![
                ("inputmode", "numeric".to_owned()),
                ("autocomplete", "off".to_owned()),
                ("class", "middle".to_owned()),
            ]
        }
        _ => Vec::new(),
    }
}

/// An answer as the field that asked for it holds it.
pub fn values(answer: &Answer) -> Vec<String> {
    match answer {
        Answer::Bool(value) => vec![value.to_string()],
        Answer::Code(code) => vec![(*code).to_owned()],
        Answer::Codes(codes) if codes.is_empty() => vec![NONE.to_owned()],
        Answer::Codes(codes) => codes.iter().map(|code| (*code).to_owned()).collect(),
        Answer::Percent(share) => vec![share.to_string()],
        Answer::OrganisationNumber(number) => vec![number.to_string()],
        Answer::Insats(code, _) => vec![code.to_string()],
        Answer::Dates(days) => days.iter().map(ToString::to_string).collect(),
    }
}
