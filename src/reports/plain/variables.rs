//! The variables of a case, straight from their definitions: what the packed bits are held against.

use chrono::NaiveDate;

use crate::domain::answers::{Answers, Question};
use crate::domain::case::Case;
use crate::domain::organisation::Organisation;
use crate::domain::step::{Form, StepKind};

use crate::reports::variables::{SAKNAS, Variable};

pub(super) fn yes_no(answer: Option<bool>) -> &'static str {
    answer.map_or(SAKNAS, |yes| if yes { "ja" } else { "nej" })
}

/// The codes of a variable that hold for a case, at its places on a day, and in its state on the last.
pub(super) fn codes_of(
    variable: Variable,
    case: &Case,
    at: NaiveDate,
    last_day: NaiveDate,
    all: &Organisation,
) -> Vec<String> {
    let request = &case.steps[0].answers;
    let ending = case.ending().filter(|s| s.kind == StepKind::Avslutat).map(|s| &s.answers);
    let offices = case.offices_on(at);
    let one = |code: &str| vec![code.to_owned()];
    let benefits = |answers: Option<&Answers>| match answers.and_then(|a| a.codes(Question::Formaner)) {
        None => one(SAKNAS),
        Some([]) => one("ingen"),
        Some(codes) => codes.iter().map(ToString::to_string).collect(),
    };
    match variable {
        Variable::FkKontor => one(offices.fk.as_str()),
        Variable::AfKontor => one(offices.af.as_str()),
        Variable::Verksamhetsomrade => one(all.offices.get(&offices.fk).map_or(SAKNAS, |o| o.area.as_str())),
        Variable::Marknadsomrade => one(all.offices.get(&offices.af).map_or(SAKNAS, |o| o.area.as_str())),
        Variable::Kommun => one(case.municipality.as_ref().map_or(SAKNAS, |k| k.as_str())),
        Variable::Deltagarstatus => {
            let reached = case.steps.iter().rev().find(|s| s.date <= last_day);
            reached.map(|s| state(s.kind).to_owned()).into_iter().collect()
        }
        Variable::Kon => one(case.sex.code()),
        Variable::Alder => one(match case.birth.and_then(|b| case.begun().years_since(b)) {
            None => SAKNAS,
            Some(..25) => "0_24",
            Some(25..30) => "25_29",
            Some(30..40) => "30_39",
            Some(40..50) => "40_49",
            Some(50..60) => "50_59",
            Some(60..) => "60_",
        }),
        Variable::InitieradAv => one(request.code(Question::InitieradAv).unwrap_or(SAKNAS)),
        Variable::InskrivenAf => one(yes_no(request.yes(Question::InskrivenAf))),
        Variable::Anstalld => one(match (request.yes(Question::Anstalld), request.yes(Question::EgetForetag)) {
            (None, _) | (_, None) => SAKNAS,
            (Some(true), Some(true)) => "bada",
            (Some(true), _) => "anstalld",
            (_, Some(true)) => "eget_foretag",
            _ => "ingetdera",
        }),
        Variable::ArbetarFore => one(yes_no(request.yes(Question::Arbetar))),
        Variable::StuderarFore => one(yes_no(request.yes(Question::Studerar))),
        Variable::ProgramFore => one(yes_no(request.yes(Question::Program))),
        Variable::FormanFore => benefits(Some(request)),
        Variable::TidOffentligForsorjning => one(request.code(Question::TidOffentligForsorjning).unwrap_or(SAKNAS)),
        Variable::Utbildning => one(request.code(Question::Utbildning).unwrap_or(SAKNAS)),
        Variable::Insatstyp => {
            let kinds = [StepKind::Afi, StepKind::Ali].into_iter();
            let had: Vec<String> = kinds
                .filter(|kind| case.steps.iter().any(|s| s.kind == *kind))
                .map(|kind| kind.code().to_owned())
                .collect();
            if had.is_empty() { one("ingen") } else { had }
        }
        Variable::UtfallGk => one(after_mapping(case).map_or("ej_lamnad", |(_, code)| code)),
        Variable::SysselsattningEfter => one(occupation(ending)),
        Variable::FormanEfter => benefits(ending),
    }
}

fn state(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Avslutat => "avslutad",
        StepKind::KonsultativtStod => "konsultativt_stod",
        StepKind::Avbrutet => "avbruten",
        kind if kind.form() == Form::Waiting => "i_vantan",
        _ => "aktuell",
    }
}

pub(super) fn occupation(answers: Option<&Answers>) -> &'static str {
    let yes = |question| answers.and_then(|a| a.yes(question));
    match (yes(Question::Arbetar), yes(Question::Studerar)) {
        (None, _) | (_, None) => SAKNAS,
        (Some(true), Some(true)) => "bada",
        (Some(true), _) => "arbete",
        (_, Some(true)) => "studier",
        _ => "varken",
    }
}

/// When joint mapping was left, and what it led to.
pub(super) fn after_mapping(case: &Case) -> Option<(NaiveDate, &'static str)> {
    let next = &case.steps.windows(2).find(|pair| pair[0].kind == StepKind::Gk)?[1];
    let code = match next.kind {
        StepKind::Avslutat => {
            let known = ["endast_af", "endast_fk", "ingen"];
            next.answers.code(Question::FortsattHandlaggning).filter(|c| known.contains(c)).unwrap_or(SAKNAS)
        }
        kind => kind.code(),
    };
    Some((next.date, code))
}
