//! The rules of answers: asked there, in agreement with each other, with the next step and with the register.

use super::answers::{self, Answer, Answers, Question};
use super::case::{Case, IdentityState, Step};
use super::finding::{Allowed, Finding, Findings};
use super::rule::Rule;
use super::step::StepKind;
use super::transition::Facts;

/// Every rule of answers for the step at `index`.
pub fn check(case: &Case, index: usize, facts: &Facts<'_>, findings: &mut Findings) {
    let step = &case.steps[index];
    let from = case.before(index).map(|s| s.kind);
    asked_here(&step.answers, from, step.kind, findings);
    if case.identity == IdentityState::Anonymous {
        allowed_when_anonymous(&step.answers, findings);
    }
    follow_ups(&step.answers, findings);
    no_benefit_excludes_the_rest(&step.answers, findings);
    training_is_study(&step.answers, findings);
    agrees_with_next_step(step, from, findings);
    insats_is_defined(case, step, facts, findings);
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

/// Which ways of going on agree with the step that followed GK.
fn ways_on(next: StepKind) -> &'static [&'static str] {
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

/// The insats has a definition of the right kind on that day, in the län and kommun that the case belongs to.
/// A case without kommun goes by the kommuner that its AF office serves.
fn insats_is_defined(case: &Case, step: &Step, facts: &Facts<'_>, findings: &mut Findings) {
    let Some(Answer::Insats(code, _)) = step.answers.get(Question::Insats) else { return };
    let served = || {
        let office = facts.organisation.offices.get(&case.offices_on(step.date).af);
        office.map_or(&[][..], |o| &o.municipalities)
    };
    let defined = facts.organisation.insats_on(code, step.date).is_some_and(|definition| {
        let places = case.municipality.as_slice();
        // A participant may take part where the office is, as well as at home.
        let mut all = places.iter().chain(served());
        definition.kind == step.kind
            && all.any(|m| definition.county == m.county() && definition.municipality.as_ref().is_none_or(|d| d == m))
    });
    if !defined {
        findings.add(Rule::InsatsOkand, pointer(Question::Insats));
    }
}

/// Answers that come late: the question was asked there and never answered.
pub fn check_late(case: &Case, index: usize, late: &Answers, findings: &mut Findings) {
    let step = &case.steps[index];
    for (question, answer) in &late.0 {
        if step.answers.get(*question).is_some_and(|standing| standing != answer) {
            findings.add(Rule::SvarRedanGivet, pointer(*question));
        }
    }
}
