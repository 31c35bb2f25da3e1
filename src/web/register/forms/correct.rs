//! What can be put right in a case, and a form for each. Nothing is overwritten: a correction is added with its reason, and
//! every rule is tried on the whole chain anew.

use serde_json::Value;

use super::super::ask::Asking;
use super::super::body::{FROM, STOOD};
use super::super::context::{Context, Right};
use super::super::lists;
use super::super::sheet::{Part, Sheet};
use super::super::which::Correcting;
use super::change::{named, near, reaching};
use super::step::insatser;
use super::{Stop, reason};
use crate::domain::answers::{QuestionRow, asked};
use crate::domain::case::IdentityState;
use crate::domain::code::RegistrationId;
use crate::domain::step::{self, Agency};
use crate::domain::window::Window;
use crate::registrations::view;
use crate::web::form::{Choice, Field, Kind};

/// What can be corrected of one thing.
pub struct Way {
    /// The thing: a step with its date, the offices, the consent.
    pub about: String,
    /// Its corrections.
    pub corrections: Vec<(Correcting, &'static str)>,
    /// Who else it belongs to; `None` where it may be corrected.
    pub others: Option<Agency>,
}

/// Everything that may be put right, as the case stands.
pub fn ways(context: &Context) -> Vec<Way> {
    let (case, t) = (&context.case, context.words.t);
    if case.felregistrering {
        let undo = vec![(Correcting::UndoCase, t.correct_undo_case)];
        return vec![Way { about: t.the_case.to_owned(), corrections: undo, others: None }];
    }
    let withdrawn = case.withdrawal.as_ref().map(|withdrawal| withdrawal.registration);
    let others = |right: Right| match right {
        Right::Not(owner) => Some(owner),
        Right::Owner | Right::By(_) => None,
    };
    let mut ways: Vec<Way> = Vec::new();
    for (index, step) in case.steps.iter().enumerate().rev() {
        let id = step.registration;
        let (by_withdrawal, last) = (withdrawn == Some(id), index + 1 == case.steps.len());
        let any_asked = questions(context, index).next().is_some();
        let corrections = [
            (Correcting::Answers(id), t.correct_answers, any_asked && !by_withdrawal),
            (Correcting::Date(id), t.correct_date, !by_withdrawal),
            (Correcting::Step(id), t.correct_step, !by_withdrawal && !alternatives(context, index).is_empty()),
            (Correcting::Undo(id), t.correct_undo, last && index > 0),
        ];
        let right = if by_withdrawal { Right::Owner } else { context.right_to(index) };
        ways.push(Way {
            about: format!("{} {}", context.words.step(step.kind), step.date),
            corrections: corrections
                .into_iter()
                .filter(|(_, _, may)| *may)
                .map(|(what, text, _)| (what, text))
                .collect(),
            others: others(right),
        });
    }
    for (place, period) in case.offices.iter().enumerate().rev() {
        let names = lists::pair_names(&context.organisation, &period.offices);
        let about = if place == 0 { t.offices_at_request } else { t.offices_from };
        let from = if place == 0 { String::new() } else { format!(" {}", period.from) };
        ways.push(Way {
            about: format!("{about}{from}: {names}"),
            corrections: vec![(Correcting::Offices(period.registration), t.correct_offices)],
            others: if place == 0 { others(context.right_to(0)) } else { None },
        });
    }
    let opening = others(context.right_to(0));
    if case.identity == IdentityState::Named {
        let corrections = vec![(Correcting::Municipality, t.correct_municipality)];
        ways.push(Way { about: t.municipality.to_owned(), corrections, others: opening });
    }
    if case.identity != IdentityState::Anonymous {
        let corrections = vec![(Correcting::Consent, t.correct_consent)];
        ways.push(Way { about: t.consent.to_owned(), corrections, others: opening });
    }
    let whole = vec![(Correcting::Case, t.correct_case)];
    ways.push(Way { about: t.the_case.to_owned(), corrections: whole, others: None });
    ways
}

/// The form of a correction.
pub fn sheet(context: &Context, what: Correcting) -> Result<Sheet, Stop> {
    let (case, t) = (&context.case, context.words.t);
    let gone = || Stop { title: t.gone_title, text: t.gone_why.to_owned() };
    if !matches!(what, Correcting::UndoCase) {
        context.felregistrerad()?;
    }
    let step = |id: RegistrationId| context.step_of(id).ok_or_else(gone);
    let (title, lead, fields, right) = match what {
        Correcting::Answers(id) => {
            let (index, label) = step(id)?;
            return answers(context, index, &label);
        }
        Correcting::Date(id) => {
            let (index, label) = step(id)?;
            (t.correct_date_title, vec![label], vec![date(context, index)], context.right_to(index))
        }
        Correcting::Step(id) => {
            let (index, label) = step(id)?;
            let field = Field::new("step", t.right_step, Kind::Radios(alternatives(context, index))).required();
            let lead = vec![label, t.correct_step_lead.to_owned()];
            (t.correct_step_title, lead, vec![field], context.right_to(index))
        }
        Correcting::Undo(id) => {
            let (index, label) = step(id)?;
            let by_withdrawal = case.withdrawal.as_ref().is_some_and(|withdrawal| withdrawal.registration == id);
            let right = if by_withdrawal { Right::Owner } else { context.right_to(index) };
            if index == 0 || index + 1 != case.steps.len() {
                return Err(gone());
            }
            let mut lead = vec![label, t.correct_undo_lead.to_owned()];
            lead.extend(by_withdrawal.then(|| t.correct_undo_withdrawal.to_owned()));
            (t.correct_undo_title, lead, Vec::new(), right)
        }
        Correcting::Offices(id) => return offices(context, id).ok_or_else(gone)?,
        Correcting::Municipality => {
            named(case, context)?;
            let fields = municipality(context);
            (t.correct_municipality_title, vec![t.correct_municipality_lead.to_owned()], fields, context.right_to(0))
        }
        Correcting::Consent => {
            if case.identity == IdentityState::Anonymous {
                return Err(Stop { title: t.no_consent_title, text: t.no_consent_why.to_owned() });
            }
            let fields = consent(context);
            (t.correct_consent_title, vec![t.correct_consent_lead.to_owned()], fields, context.right_to(0))
        }
        Correcting::Case => {
            let field = Field::new("replacedBy", t.replaced_by, Kind::Line("text")).hint(t.replaced_by_hint);
            (t.correct_case_title, vec![t.correct_case_lead.to_owned()], vec![field], Right::Owner)
        }
        Correcting::UndoCase => {
            if !case.felregistrering {
                return Err(gone());
            }
            (t.correct_undo_case_title, vec![t.correct_undo_case_lead.to_owned()], Vec::new(), Right::Owner)
        }
    };
    let mut parts = Vec::new();
    if !fields.is_empty() {
        parts.push(Part::new("", fields));
    }
    let mut sheet = finished(context, title, lead, parts);
    sheet.takes_away = matches!(what, Correcting::Undo(_) | Correcting::Case);
    sheet.button = match what {
        Correcting::Undo(_) => t.correct_undo,
        Correcting::Case => t.correct_case,
        Correcting::UndoCase => t.correct_undo_case,
        _ => sheet.button,
    };
    if let Correcting::Step(id) = what
        && let Some(index) = case.index_of(id)
    {
        sheet.hidden.push((STOOD, Value::Object(view::answers(&case.steps[index].answers)).to_string()));
        sheet.hidden.extend(context.from(index).map(|from| (FROM, from.code().to_owned())));
    }
    sheet.by(&right, context)
}

/// With the reason last, and the button.
fn finished(context: &Context, title: &str, lead: Vec<String>, mut parts: Vec<Part>) -> Sheet {
    let t = context.words.t;
    parts.push(Part::new(t.why, reason::fields(&context.words)));
    Sheet { title: title.to_owned(), lead, parts, button: t.correct_button, ..Sheet::default() }
}

/// The questions of a step that a case of its kind may answer.
fn questions<'a>(context: &'a Context, index: usize) -> impl Iterator<Item = &'static QuestionRow> + 'a {
    let case = &context.case;
    asked(context.from(index), case.steps[index].kind)
        .filter(|row| case.identity != IdentityState::Anonymous || row.question.allowed_when_anonymous())
}

fn answers(context: &Context, index: usize, label: &str) -> Result<Sheet, Stop> {
    let (t, step) = (context.words.t, &context.case.steps[index]);
    let asking = Asking {
        to: step.kind,
        insatser: insatser(context, step.kind, step.date),
        held: &step.answers,
        words: context.words,
    };
    let rows = asking.rows(questions(context, index));
    let part = Part { legend: t.questions.to_owned(), text: vec![t.correct_answers_why.to_owned()], rows };
    let lead = vec![label.to_owned()];
    let mut sheet = finished(context, t.correct_answers_title, lead, vec![part]);
    sheet.hidden.push((STOOD, Value::Object(view::answers(&step.answers)).to_string()));
    sheet.by(&context.right_to(index), context)
}

fn date(context: &Context, index: usize) -> Field {
    let t = context.words.t;
    let field = Field::new("date", t.right_date, Kind::Line("date")).required();
    let field = field.holding(context.case.steps[index].date.to_string());
    match Window::of_standing(&context.case, index, &context.settings, context.today) {
        Some(window) if index > 0 => {
            let hint = format!("{} {} {} {}.", t.allowed_from, window.first, t.to, window.last);
            field.hint(hint).attribute("min", window.first.to_string()).attribute("max", window.last.to_string())
        }
        Some(window) => {
            field.hint(format!("{} {}.", t.at_the_latest, window.last)).attribute("max", window.last.to_string())
        }
        None => field,
    }
}

/// The other steps that both neighbours of the one at `index` allow.
fn alternatives(context: &Context, index: usize) -> Vec<Choice> {
    let case = &context.case;
    let next = case.steps.get(index + 1).map(|step| step.kind);
    let fits = |kind| next.is_none_or(|next| step::owner(Some(kind), next).is_some());
    // A request begins a case, whatever follows it.
    let from = context.from(index);
    let ways = from.map(|from| step::next(Some(from))).into_iter().flatten();
    let others = ways.map(|way| way.to).filter(|kind| *kind != case.steps[index].kind && fits(*kind));
    others.map(|kind| Choice::new(kind.code(), context.words.step(kind))).collect()
}

fn offices(context: &Context, registration: RegistrationId) -> Option<Result<Sheet, Stop>> {
    let (case, words, t) = (&context.case, context.words, context.words.t);
    let place = case.offices.iter().position(|period| period.registration == registration)?;
    let period = &case.offices[place];
    let near = near(&context.organisation, &period.offices);
    let fields = reaching(&context.organisation, &near, t.near_offices, Some(&period.offices), period.from, &words);
    let mut fields = fields.to_vec();
    if place > 0 {
        let date = Field::new("date", t.from_day, Kind::Line("date")).holding(period.from.to_string());
        fields.push(date.required());
    }
    let right = if place == 0 { context.right_to(0) } else { Right::Owner };
    let lead = vec![t.correct_offices_lead.to_owned()];
    let sheet = finished(context, t.correct_offices_title, lead, vec![Part::new("", fields)]);
    Some(sheet.by(&right, context))
}

fn municipality(context: &Context) -> Vec<Field> {
    let (case, words, t) = (&context.case, context.words, context.words.t);
    let pair = case.present_offices();
    let groups = lists::municipalities(&context.organisation, &[&pair.fk, &pair.af], case.begun(), &words);
    let mut field = Field::new("municipality", t.municipality, Kind::Select(groups)).required();
    field.values = case.municipality.iter().map(ToString::to_string).collect();
    let mut district = Field::new("district", t.district, Kind::Line("text")).hint(t.district_hint);
    district.values = case.district.iter().map(ToString::to_string).collect();
    vec![field, district]
}

fn consent(context: &Context) -> Vec<Field> {
    super::super::request::consent_fields(
        &context.organisation,
        &near(&context.organisation, context.case.present_offices()),
        context.case.consent.as_ref(),
        context.today,
        &context.words,
    )
}
