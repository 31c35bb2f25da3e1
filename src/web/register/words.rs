//! What rules say, in the words of a page: the sentences are the rules' own, with labels where clients of the API have
//! codes, and fields that lack a value said plainly.

use crate::domain::answers::{AnswerKind, Choice, QUESTIONS, QuestionRow};
use crate::domain::finding::{Allowed, Finding};
use crate::domain::rule::Rule;
use crate::domain::step::{Agency, StepKind};
use crate::web::form::says;
use crate::web::texts::Language;
use crate::web::texts::register::RegisterTexts;

/// The words of a language.
#[derive(Clone, Copy)]
pub struct Words {
    /// Which.
    pub language: Language,
    /// The texts of the forms.
    pub t: &'static RegisterTexts,
}

impl Words {
    /// Those of a language.
    pub const fn of_language(language: Language) -> Self {
        Self { language, t: RegisterTexts::of(language) }
    }

    /// What a finding says about a field of this label, or about the whole.
    pub fn of(&self, finding: &Finding, label: Option<&str>) -> String {
        match (finding.rule, label) {
            (Rule::FaltSaknas, None) if finding.pointer == "/answers" => self.t.answer_any.to_owned(),
            (Rule::FaltSaknas, Some(_)) if finding.pointer == "/fk" => self.t.change_any.to_owned(),
            (Rule::FaltSaknas, Some(_)) => says(finding, self.language),
            (Rule::FaltOgiltigtVarde | Rule::FaltFelTyp, Some(_)) => {
                format!("{} {}.", self.t.not_right, self.right(finding))
            }
            _ => {
                let row = finding.rule.row();
                self.language.pick(row.sv, row.en).replace("{allowed}", &self.right(finding))
            }
        }
    }

    /// What would be right, in labels.
    fn right(&self, finding: &Finding) -> String {
        let or = self.language.pick("eller", "or");
        let question = finding.pointer.strip_prefix("/answers/").and_then(|rest| rest.split('/').next());
        let question = question.and_then(|code| QUESTIONS.iter().find(|row| row.code == code));
        match &finding.allowed {
            None => "–".to_owned(),
            Some(Allowed::Steps(steps)) => {
                let label = |(step, owner): &(StepKind, Agency)| format!("{} ({})", self.step(*step), owner.name());
                join(steps.iter().map(label).collect(), or)
            }
            Some(Allowed::Agency(agency)) => agency.name().to_owned(),
            Some(Allowed::Values(values)) => join(values.iter().map(|value| self.value(value, question)).collect(), or),
            Some(other) => other.words(or),
        }
    }

    /// A value that clients send, as people read it: an answer to a question, a question, or itself.
    fn value(&self, value: &str, question: Option<&QuestionRow>) -> String {
        if let Some((name, "true")) = value.split_once(": ") {
            return format!("{}: {}", self.value(name, None), self.t.yes);
        }
        match value {
            "true" => return self.t.yes.to_owned(),
            "false" => return self.t.no.to_owned(),
            _ => {}
        }
        let choices = match question.map(|row| row.kind) {
            Some(AnswerKind::Code(choices) | AnswerKind::Codes(choices)) => choices,
            _ => &[],
        };
        let choice = choices.iter().find(|choice| choice.code == value).map(|choice| self.choice(choice));
        let asked = QUESTIONS.iter().find(|row| row.code == value).map(|row| self.question(row));
        choice.or(asked).unwrap_or(value).to_owned()
    }

    /// A step's label.
    pub const fn step(&self, step: StepKind) -> &'static str {
        self.language.pick(step.label_sv(), step.label_en())
    }

    /// A question's label.
    pub const fn question(&self, row: &QuestionRow) -> &'static str {
        self.language.pick(row.sv, row.en)
    }

    /// A choice's label.
    pub const fn choice(&self, choice: &Choice) -> &'static str {
        self.language.pick(choice.sv, choice.en)
    }
}

/// A label inside a sentence: its first letter small.
pub fn lower(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn join(values: Vec<String>, or: &str) -> String {
    match values.split_last() {
        None => "–".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {or} {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::shape;
    use crate::domain::step::Agency;

    fn said(language: Language, finding: Finding, label: Option<&str>) -> String {
        Words::of_language(language).of(&finding, label)
    }

    #[test]
    fn codes_of_the_api_become_labels() {
        let values = |values: &[&str]| Allowed::Values(values.iter().map(|v| (*v).to_owned()).collect());
        let at = |pointer: &str, rule, allowed| Finding::new(rule, pointer).allowed(allowed);
        for (finding, sv, en) in [
            (
                at("/answers/arbetstyper", Rule::FoljdfragaUtanGrund, values(&["arbetar: true"])),
                "Följdfrågan besvaras bara när grundfrågan besvarats med ja: Arbetar: Ja.",
                "The follow-up question is answered only when its base question was answered yes: Works: Yes.",
            ),
            (
                at("/answers/fortsattHandlaggning", Rule::FortsattStammerInte, values(&["endast_af", "ingen"])),
                "Fortsatt handläggning stämmer inte med nästa steg. Tillåtet: Endast Arbetsförmedlingen eller Ingen \
                 fortsatt handläggning.",
                "The further handling does not agree with the next step. Allowed: Arbetsförmedlingen only or No further \
                 handling.",
            ),
            (
                at("", Rule::FelMyndighet, Allowed::Agency(Agency::Fk)),
                "Registreringen ägs av den andra myndigheten. Registreras av: Försäkringskassan.",
                "The other agency owns the registration. To be registered by: Försäkringskassan.",
            ),
            (
                at("/step", Rule::OvergangEjTillaten, Allowed::Steps(vec![(StepKind::Gk, Agency::Fk)])),
                "Steget kan inte följa på det steg ärendet står i. Tillåtna nästa steg: Gemensam kartläggning \
                 (Försäkringskassan).",
                "The step cannot follow the one the case stands at. Allowed next steps: Joint mapping \
                 (Försäkringskassan).",
            ),
        ] {
            assert_eq!(said(Language::Swedish, finding.clone(), Some("x")), sv);
            assert_eq!(said(Language::English, finding, Some("x")), en);
        }
    }

    #[test]
    fn a_field_without_its_value_is_said_plainly() {
        let missing = |pointer: &str, shape| Finding::new(Rule::FaltSaknas, pointer).allowed(Allowed::Shape(shape));
        let t = Language::Swedish.texts();
        assert_eq!(said(Language::Swedish, missing("/date", shape::DATE), Some("Datum")), t.missing_date);
        assert_eq!(said(Language::Swedish, missing("/offices/fk", shape::OFFICE), Some("Kontor")), t.missing);
        assert!(said(Language::Swedish, missing("/date", shape::DATE), None).contains("saknas"));
    }
}
