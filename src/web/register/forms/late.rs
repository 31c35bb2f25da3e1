//! Questions that were never answered: answered afterwards, which is no correction.

use super::super::ask::Asking;
use super::super::context::{Context, Right};
use super::super::sheet::{Part, Sheet};
use super::Stop;
use super::step::insatser;
use crate::domain::answers::{QuestionRow, asked};
use crate::domain::case::IdentityState;
use crate::domain::code::RegistrationId;

/// The questions of the step at `index` that stand unanswered and may be answered: those that follow another answer only
/// where that answer is yes, or is missing too.
fn open<'a>(context: &'a Context, index: usize) -> impl Iterator<Item = &'static QuestionRow> + 'a {
    let (case, step) = (&context.case, &context.case.steps[index]);
    asked(context.from(index), step.kind)
        .filter(|row| step.answers.get(row.question).is_none())
        .filter(|row| row.only_if.is_none_or(|base| step.answers.yes(base) != Some(false)))
        .filter(|row| case.identity != IdentityState::Anonymous || row.question.allowed_when_anonymous())
}

/// The steps with unanswered questions, each with how many it misses, and whose it is to answer.
pub fn waiting(context: &Context) -> Vec<(RegistrationId, usize, Right)> {
    let missing = context.case.missing_answers();
    let steps = context.case.steps.iter().enumerate().map(|(index, step)| {
        let count = missing.iter().filter(|(registration, _)| *registration == step.registration).count();
        (step.registration, count, context.right_to(index))
    });
    steps.filter(|(_, count, _)| *count > 0).collect()
}

/// The form of one step's unanswered questions.
pub fn sheet(context: &Context, registration: RegistrationId) -> Result<Sheet, Stop> {
    let t = context.words.t;
    context.felregistrerad()?;
    let gone = || Stop { title: t.gone_title, text: t.gone_why.to_owned() };
    let (index, label) = context.step_of(registration).ok_or_else(gone)?;
    let step = &context.case.steps[index];
    let asking = Asking {
        to: step.kind,
        insatser: insatser(context, step.kind, step.date),
        held: &Default::default(),
        words: context.words,
    };
    let rows = asking.rows(open(context, index));
    if rows.is_empty() {
        return Err(Stop { title: t.all_answered_title, text: t.all_answered_why.to_owned() });
    }
    let part = Part { legend: t.questions.to_owned(), text: vec![t.questions_why.to_owned()], rows };
    let sheet = Sheet {
        title: t.late_title.to_owned(),
        lead: vec![format!("{} {label}.", t.late_about)],
        parts: vec![part],
        button: t.save_answers,
        ..Sheet::default()
    };
    sheet.by(&context.right_to(index), context)
}
