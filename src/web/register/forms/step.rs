//! The next step: its date between the first and the last that are allowed, and the questions of the transition.

use super::super::ask::Asking;
use super::super::context::{Context, Right};
use super::super::lists;
use super::super::sheet::{Part, Sheet};
use super::super::words::lower;
use super::Stop;
use crate::domain::answers::{Answer, Answers, Question, QuestionRow, asked};
use crate::domain::case::IdentityState;
use crate::domain::questions::definitions;
use crate::domain::step::{self, StepKind};
use crate::domain::window::Window;
use crate::web::form::{Choice, Field, Kind};

/// The form of a step, where it may be the next and is the visitor's to register.
pub fn sheet(context: &Context, step: StepKind) -> Result<Sheet, Stop> {
    let (case, words, t) = (&context.case, context.words, context.words.t);
    context.felregistrerad()?;
    let from = case.current().kind;
    let Some(owner) = step::owner(Some(from), step) else {
        let text = format!("{}: {}. {}", t.stands_at, words.step(from), t.not_next_why);
        return Err(Stop { title: t.not_next_title, text });
    };
    let window = Window::of_next(case, step, &context.organisation, &context.settings, context.today);
    let right = context.right(owner, step, &[context.today, window.first, window.last]);
    if !window.is_open() && !matches!(right, Right::Not(_)) {
        return Err(Stop { title: t.not_yet_title, text: opening_words(context, step, window) });
    }
    let date = Field::new("date", t.date, Kind::Line("date"))
        .holding(window.first.to_string())
        .hint(opening_words(context, step, window))
        .attribute("min", window.first.to_string())
        .attribute("max", window.last.to_string())
        .required();
    let sheet = Sheet {
        title: format!("{} {}", t.register, lower(words.step(step))),
        lead: lead(context, step),
        parts: [Part::new(t.when, [date])].into_iter().chain(questions(context, step)).collect(),
        button: t.register_button,
        ..Sheet::default()
    };
    sheet.by(&right, context)
}

/// From which day a step may be dated and why, and until which.
pub fn opening_words(context: &Context, step: StepKind, window: Window) -> String {
    let (t, before) = (context.words.t, context.case.current());
    let why = match (before.kind, step) {
        (StepKind::Gk, step) if step.is_planned() => t.after_gk,
        (StepKind::Begaran, _) => t.after_request,
        _ => t.after_step,
    };
    let first = format!("{why} ({}).", before.date);
    if !window.is_open() {
        return format!("{first} {} {}.", t.opens_on, window.first);
    }
    let until = if step.is_planned() { t.last_ahead } else { t.last_today };
    format!("{first} {} {} {} {} ({until}).", t.allowed_from, window.first, t.to, window.last)
}

fn lead(context: &Context, step: StepKind) -> Vec<String> {
    let t = context.words.t;
    let text = match step {
        StepKind::Gk => t.about_gk,
        StepKind::PlaneradAfi | StepKind::PlaneradAli => t.about_planned,
        StepKind::Afi | StepKind::Ali => t.about_insats,
        StepKind::KonsultativtStod => t.about_support,
        StepKind::Avslutat if context.case.gk_date().is_none() => t.about_not_held,
        StepKind::Avslutat => t.about_avslutat,
        StepKind::Avbrutet => t.about_avbrutet,
        StepKind::Begaran => "",
    };
    [text].into_iter().filter(|text| !text.is_empty()).map(ToOwned::to_owned).collect()
}

/// The questions of the transition: first those about the joint mapping that ends, then the rest.
fn questions(context: &Context, step: StepKind) -> Vec<Part> {
    let (case, words, t) = (&context.case, context.words, context.words.t);
    let from = Some(case.current().kind);
    // Booked meetings that have been are most likely the held ones.
    let mut held = Answers::default();
    let booked = case.current().answers.dates(Question::Moten).iter().copied();
    let been: Vec<_> = booked.filter(|day| *day <= context.today).collect();
    if from == Some(StepKind::Gk) && !been.is_empty() {
        held.0.insert(Question::Moten, Answer::Dates(been));
    }
    let asking = Asking { to: step, insatser: insatser(context, step, context.today), held: &held, words };
    let askable =
        |row: &&QuestionRow| case.identity != IdentityState::Anonymous || row.question.allowed_when_anonymous();
    let (mapping, after): (Vec<_>, Vec<_>) = asked(from, step).filter(askable).partition(|row| is_of_mapping(row));
    let ends = step == StepKind::Avslutat;
    let parts = [
        (if ends { t.questions_mapping } else { t.questions }, asking.rows(mapping.into_iter())),
        (if ends { t.questions_after } else { t.questions }, asking.rows(after.into_iter())),
    ];
    let filled = parts.into_iter().filter(|(_, rows)| !rows.is_empty());
    let mut parts: Vec<Part> =
        filled.map(|(legend, rows)| Part { legend: legend.to_owned(), text: Vec::new(), rows }).collect();
    if let Some(first) = parts.first_mut() {
        first.text.push(t.questions_why.to_owned());
    }
    parts
}

/// Whether a question is about how the joint mapping went, not about the participant.
const fn is_of_mapping(row: &QuestionRow) -> bool {
    use Question::{EjGenomfordOrsak, FortsattHandlaggning, Moten, Specialister};
    matches!(row.question, FortsattHandlaggning | Moten | Specialister | EjGenomfordOrsak)
}

/// What may be chosen as the insats of a step on a day, in the register's own words.
pub fn insatser(context: &Context, step: StepKind, day: chrono::NaiveDate) -> Vec<Choice> {
    let those = definitions(&context.case, step, day, &context.organisation);
    those.map(|definition| lists::definition(definition, &context.words)).collect()
}
