//! From what was typed to the JSON that a client of the API would send: nothing is decided here, and everything that is
//! wrong with it is found where the API finds it ([`wire`](crate::registrations::wire)).
//!
//! The body follows from the typed fields alone, so that a form which is sent twice is the same body twice.

use serde_json::{Map, Value, json};

use super::typed::Typed;
use crate::domain::answers::{AnswerKind, QUESTIONS, Question, QuestionRow, is_asked};
use crate::domain::questions;
use crate::domain::step::StepKind;

/// The value of the choice that says "asked, none" among several that can be ticked.
pub const NONE: &str = "-";

/// The name of the hidden field that holds the answers as they stood when a form to correct them was made.
pub const STOOD: &str = "stod";

/// The name of the hidden field that holds the step which the one to correct followed.
pub const FROM: &str = "fran";

/// An object with these fields of what was typed, each at its place; a field that is blank is left out.
pub fn object(typed: &Typed, names: &[&str]) -> Value {
    let mut body = Value::Object(Map::new());
    for name in names {
        if let Some(value) = typed.one(name) {
            put(&mut body, name, json!(value));
        }
    }
    body
}

/// Puts a value at the place of a name with dots.
pub fn put(body: &mut Value, name: &str, value: Value) {
    let mut at = body;
    let mut parts = name.split('.').peekable();
    while let Some(part) = parts.next() {
        let Some(fields) = at.as_object_mut() else { return };
        if parts.peek().is_none() {
            fields.insert(part.to_owned(), value);
            return;
        }
        at = fields.entry(part).or_insert_with(|| Value::Object(Map::new()));
    }
}

/// The consent. Its office is chosen with the agency that the office belongs to: `FK:FK-GAVLE`.
pub fn consent(typed: &Typed) -> Value {
    let mut consent = json!({});
    for (field, name) in [("consent.obtainedOn", "obtainedOn"), ("consent.form", "form")] {
        if let Some(value) = typed.one(field) {
            put(&mut consent, name, json!(value));
        }
    }
    if let Some((agency, office)) = typed.one("consent.office").and_then(|chosen| chosen.split_once(':')) {
        put(&mut consent, "obtainedBy", json!(agency));
        put(&mut consent, "office", json!(office));
    }
    consent
}

/// The answers that were given, by the names of their questions.
pub fn answers(typed: &Typed) -> Map<String, Value> {
    QUESTIONS.iter().filter_map(|row| Some((row.code.to_owned(), answer(typed, row)?))).collect()
}

/// The answers that are others than those that stood, and `null` for those that were emptied.
pub fn changed_answers(typed: &Typed) -> Map<String, Value> {
    let stood = typed.one(STOOD).and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
    let (stood, given) = (stood.unwrap_or_default(), answers(typed));
    let emptied = stood.keys().filter(|name| !given.contains_key(*name)).map(|name| (name.clone(), Value::Null));
    let emptied: Vec<(String, Value)> = emptied.collect();
    let others = given.into_iter().filter(|(name, value)| stood.get(name) != Some(value));
    others.chain(emptied).collect()
}

/// The answers that stood and are asked at another step, too, where the case came from the same one. What says which way the
/// case went on follows the step.
pub fn kept_answers(typed: &Typed) -> Option<Map<String, Value>> {
    let step = typed.one("step").and_then(StepKind::from_code)?;
    let from = typed.one(FROM).and_then(StepKind::from_code);
    let mut kept: Map<String, Value> = serde_json::from_str(typed.one(STOOD)?).ok()?;
    kept.retain(|name, _| Question::from_code(name).is_some_and(|question| is_asked(question.row(), from, step)));
    // An insats of one kind is none of the other.
    kept.remove(Question::Insats.code());
    let way = Question::FortsattHandlaggning.code();
    let stands = kept.get(way).and_then(Value::as_str);
    match questions::ways_on(step) {
        ways if stands.is_some_and(|stands| ways.contains(&stands)) => {}
        [only] if from == Some(StepKind::Gk) => {
            kept.insert(way.to_owned(), json!(only));
        }
        _ => {
            kept.remove(way);
        }
    }
    Some(kept)
}

fn answer(typed: &Typed, row: &QuestionRow) -> Option<Value> {
    let name = field(row.code);
    let text = || typed.one(&name);
    match row.kind {
        AnswerKind::Bool => text().map(|given| match given {
            "true" => json!(true),
            "false" => json!(false),
            other => json!(other),
        }),
        AnswerKind::Code(_) | AnswerKind::InsatsCode => text().map(|code| json!(code)),
        AnswerKind::Codes(_) => match typed.all(&name) {
            [] => None,
            [only] if only == NONE => Some(json!([])),
            several => Some(json!(several)),
        },
        AnswerKind::Percent => {
            text().map(|given| given.trim_end_matches(['%', ' ']).parse::<i64>().map_or(json!(given), |n| json!(n)))
        }
        AnswerKind::OrganisationNumber => text().map(|given| json!(given.replace(['-', ' '], ""))),
        AnswerKind::Dates => {
            let days = typed.numbered(&name);
            (!days.is_empty()).then(|| json!(days))
        }
    }
}

/// The name of the field of a question.
pub fn field(question: &str) -> String {
    format!("answers.{question}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&'static str, &'static str)]) -> Typed {
        Typed::of(pairs.iter().copied())
    }

    #[test]
    fn every_kind_of_answer_becomes_what_a_client_would_send() {
        let typed = typed(&[
            ("answers.anstalld", "true"),
            ("answers.arbetsgivare", "202100-5521"),
            ("answers.arbetsandel", "50 %"),
            ("answers.studieandel", "halva"),
            ("answers.formaner", "sjukpenning"),
            ("answers.formaner", "a_kassa"),
            ("answers.specialister", NONE),
            ("answers.moten.0", "2016-10-26"),
            ("answers.moten.1", "2016-10-12"),
            ("answers.utbildning", "gymnasium"),
            ("answers.arbetar", ""),
            ("answers.hittepa", "true"),
        ]);
        let expected = json!({
            "anstalld": true, "arbetsgivare": "2021005521", "arbetsandel": 50, "studieandel": "halva",
            "formaner": ["sjukpenning", "a_kassa"], "specialister": [], "moten": ["2016-10-12", "2016-10-26"],
            "utbildning": "gymnasium",
        });
        assert_eq!(Value::Object(answers(&typed)), expected);
    }

    #[test]
    fn a_correction_holds_only_what_is_another_answer_now() {
        let typed = typed(&[
            (STOOD, r#"{"arbetar":false,"studerar":false,"utbildning":"gymnasium"}"#),
            ("answers.arbetar", "true"),
            ("answers.studerar", "false"),
        ]);
        assert_eq!(Value::Object(changed_answers(&typed)), json!({"arbetar": true, "utbildning": null}));
    }

    #[test]
    fn a_step_that_was_another_keeps_the_answers_that_it_is_asked_for_too() {
        let kept = |step: &'static str, from: &'static str, stood: &'static str| {
            kept_answers(&typed(&[("step", step), (FROM, from), (STOOD, stood)])).map(Value::Object)
        };
        let planned = r#"{"fortsattHandlaggning":"gemensamt_stod","moten":["2016-10-12"]}"#;
        let way = |way: &str| Some(json!({"fortsattHandlaggning": way, "moten": ["2016-10-12"]}));
        assert_eq!(kept("planerad_ali", "gk", planned), way("gemensamt_stod"));
        assert_eq!(kept("konsultativt_stod", "gk", planned), way("konsultativt_stod"));
        assert_eq!(kept("avslutat", "gk", planned), Some(json!({"moten": ["2016-10-12"]})));
        assert_eq!(kept("ali", "planerad_afi", r#"{"insats":"2180-afi-01"}"#), Some(json!({})));
        assert_eq!(kept("avbrutet", "afi", r#"{"insats":"x"}"#), Some(json!({})));
        assert_eq!(kept("", "gk", planned), None);
    }

    #[test]
    fn fields_stand_at_their_places() {
        let typed = typed(&[("date", "2016-10-12"), ("offices.fk", "FK-GAVLE"), ("offices.af", " ")]);
        let body = object(&typed, &["date", "offices.fk", "offices.af"]);
        assert_eq!(body, json!({"date": "2016-10-12", "offices": {"fk": "FK-GAVLE"}}));
    }
}
