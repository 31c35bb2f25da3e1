//! The rules of answers: asked there, in agreement with each other, with the next step and with the register.

use chrono::NaiveDate;

use super::answers::{self, Answer, Answers, Question};
use super::case::{Case, IdentityState, Step};
use super::code::MunicipalityCode;
use super::finding::{Allowed, Finding, Findings};
use super::organisation::{InsatsDefinition, Organisation};
use super::rule::Rule;
use super::step::StepKind;
use super::transition::Facts;

/// Every rule of answers for the step at `index`.
pub fn check(case: &Case, index: usize, facts: &Facts<'_>, findings: &mut Findings) {
    check_agreement(case, index, findings);
    let step = &case.steps[index];
    insats_is_among(definitions(case, step.kind, step.date, facts.organisation), step, findings);
}

/// Every rule of answers for a step whose day was put right: the insats has a definition on that day, too. Where it may
/// be had was judged when it was chosen, by the offices of then, and the day doesn't choose it anew.
pub fn check_moved(case: &Case, index: usize, facts: &Facts<'_>, findings: &mut Findings) {
    check_agreement(case, index, findings);
    let step = &case.steps[index];
    insats_is_among(definitions_anywhere(step.kind, step.date, facts.organisation), step, findings);
}

/// The rules that need no register.
fn check_agreement(case: &Case, index: usize, findings: &mut Findings) {
    let step = &case.steps[index];
    let from = case.before(index).map(|s| s.kind);
    asked_here(&step.answers, from, step.kind, findings);
    if case.identity == IdentityState::Anonymous {
        allowed_when_anonymous(&step.answers, findings);
        if step.answers.code(Question::Orsak) == Some("atertaget_samtycke") {
            findings.add(Rule::AterkallelseUtanSamtycke, pointer(Question::Orsak));
        }
    }
    follow_ups(&step.answers, findings);
    no_benefit_excludes_the_rest(&step.answers, findings);
    training_is_study(&step.answers, findings);
    agrees_with_next_step(step, from, findings);
}

fn pointer(question: Question) -> String {
    format!("/answers/{}", question.code())
}

fn asked_here(given: &Answers, from: Option<StepKind>, to: StepKind, findings: &mut Findings) {
    for question in given.0.keys() {
        if !answers::is_asked(question.row(), from, to) {
            let here = answers::asked(from, to).map(|row| row.code.to_owned()).collect();
            let finding = Finding::new(Rule::FragaStallsInte, pointer(*question));
            findings.push(finding.allowed(Allowed::Values(here)));
        }
    }
}

fn allowed_when_anonymous(given: &Answers, findings: &mut Findings) {
    for question in given.0.keys().filter(|q| !q.allowed_when_anonymous()) {
        findings.add(Rule::AnonymMedUppgifter, pointer(*question));
    }
}

/// "Typ av arbete" only if arbetar, and so on.
fn follow_ups(given: &Answers, findings: &mut Findings) {
    for question in given.0.keys() {
        if let Some(base) = question.row().only_if
            && given.yes(base) != Some(true)
        {
            let finding = Finding::new(Rule::FoljdfragaUtanGrund, pointer(*question));
            findings.push(finding.allowed(Allowed::Values(vec![format!("{}: true", base.code())])));
        }
    }
}

fn no_benefit_excludes_the_rest(given: &Answers, findings: &mut Findings) {
    if given.codes(Question::Formaner).is_some_and(|codes| codes.len() > 1 && codes.contains(&"ingen")) {
        findings.add(Rule::IngenFormanUtesluter, pointer(Question::Formaner));
    }
}

fn training_is_study(given: &Answers, findings: &mut Findings) {
    let training = given.code(Question::Studietyp) == Some("arbetsmarknadsutbildning");
    if training && given.yes(Question::Program) == Some(true) {
        let finding = Finding::new(Rule::ProgramArStudier, pointer(Question::Program));
        findings.push(finding.allowed(Allowed::Values(vec!["false".to_owned()])));
    }
}

/// Which ways of going on agree with the step that followed GK; empty where none is asked for.
#[must_use]
pub fn ways_on(next: StepKind) -> &'static [&'static str] {
    match next {
        StepKind::PlaneradAfi | StepKind::PlaneradAli => &["gemensamt_stod"],
        StepKind::KonsultativtStod => &["konsultativt_stod"],
        StepKind::Avslutat => &["endast_af", "endast_fk", "ingen"],
        _ => &[],
    }
}

fn agrees_with_next_step(step: &Step, from: Option<StepKind>, findings: &mut Findings) {
    let Some(code) = step.answers.code(Question::FortsattHandlaggning) else { return };
    let ways = ways_on(step.kind);
    if from == Some(StepKind::Gk) && !ways.is_empty() && !ways.contains(&code) {
        let finding = Finding::new(Rule::FortsattStammerInte, pointer(Question::FortsattHandlaggning));
        findings.push(finding.allowed(Allowed::Values(ways.iter().map(|w| (*w).to_owned()).collect())));
    }
}

/// The insats, where one is chosen, has one of the definitions.
fn insats_is_among<'a>(
    mut definitions: impl Iterator<Item = &'a InsatsDefinition>,
    step: &Step,
    findings: &mut Findings,
) {
    let Some(Answer::Insats(code, _)) = step.answers.get(Question::Insats) else { return };
    if !definitions.any(|definition| definition.code == *code) {
        findings.add(Rule::InsatsOkand, pointer(Question::Insats));
    }
}

/// What counts as an insats of a kind on a day, in the län and kommun that the case belongs to: what may be chosen.
/// A participant may take part where the AF office is, as well as at home, so the kommuner that it serves count, too.
pub fn definitions<'a>(
    case: &'a Case,
    kind: StepKind,
    day: NaiveDate,
    organisation: &'a Organisation,
) -> impl Iterator<Item = &'a InsatsDefinition> {
    let office = organisation.offices.get(&case.offices_on(day).af);
    let served = office.map_or(&[][..], |office| &office.municipalities);
    let places = move || case.municipality.as_slice().iter().chain(served);
    definitions_anywhere(kind, day, organisation).filter(move |definition| {
        let holds_in = |place: &MunicipalityCode| {
            definition.county == place.county() && definition.municipality.as_ref().is_none_or(|own| own == place)
        };
        places().any(holds_in)
    })
}

/// What counts as an insats of a kind on a day anywhere in the country.
fn definitions_anywhere(
    kind: StepKind,
    day: NaiveDate,
    organisation: &Organisation,
) -> impl Iterator<Item = &InsatsDefinition> {
    let valid = organisation.insatser.keys().filter_map(move |code| organisation.insats_on(code, day));
    valid.filter(move |definition| definition.kind == kind)
}

/// Answers that come late: the question was asked there and never answered.
pub fn check_late(case: &Case, index: usize, late: &Answers, findings: &mut Findings) {
    let step = &case.steps[index];
    for (question, answer) in &late.0 {
        // Which version of a definition was shown is not answered.
        let same = |standing: &Answer| match (standing, answer) {
            (Answer::Insats(standing, _), Answer::Insats(given, _)) => standing == given,
            _ => standing == answer,
        };
        if step.answers.get(*question).is_some_and(|standing| !same(standing)) {
            findings.add(Rule::SvarRedanGivet, pointer(*question));
        }
    }
}
