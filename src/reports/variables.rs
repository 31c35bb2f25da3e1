//! The variables of the deltagarrapport: what cases are selected and split by.
//!
//! Lives here: each variable with its codes, which codes hold for a case, and how they are packed for counting. Never
//! here: labels (`reports/variabler.toml`), and which report takes which variable ([`super::forms`]).
//!
//! A case has a bit for each code, so that a selection is one `&`, whether the variable has one answer or several.

use crate::domain::answers::{Answers, Question};
use crate::domain::case::{Case, Step};
use crate::domain::step::StepKind;

/// A variable that selects and splits. The period, variable 1, only selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Variable {
    /// 2: area of the AF office of the event.
    Marknadsomrade,
    /// 3: AF office of the event.
    AfKontor,
    /// 4: area of the FK office of the event.
    Verksamhetsomrade,
    /// 5: FK office of the event.
    FkKontor,
    /// 6: kommun of folkbokföring at the request.
    Kommun,
    /// 7: where the case stands on the last day.
    Deltagarstatus,
    /// 8: sex.
    Kon,
    /// 9: age on the day of the request.
    Alder,
    /// 10: who initiated.
    InitieradAv,
    /// 11: registered with AF before.
    InskrivenAf,
    /// 12: employed, own business.
    Anstalld,
    /// 13: worked before.
    ArbetarFore,
    /// 14: studied before.
    StuderarFore,
    /// 15: programme before.
    ProgramFore,
    /// 16: benefits before; several.
    FormanFore,
    /// 17: time in public support.
    TidOffentligForsorjning,
    /// 18: education.
    Utbildning,
    /// 19: kinds of insats in the case; several.
    Insatstyp,
    /// 20: what GK led to.
    UtfallGk,
    /// 21: occupation after.
    SysselsattningEfter,
    /// 22: benefits after; several.
    FormanEfter,
}

/// Where a variable gets its codes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The offices of the event, or the kommun.
    Place,
    /// The state of the case on the last day of the period.
    LastDay,
    /// The case itself: its bits begin here, in this word.
    Case {
        /// 0 or 1.
        word: usize,
        /// First bit.
        shift: u32,
    },
}

/// A row of the table of variables.
#[derive(Debug, Clone, Copy)]
pub struct VariableRow {
    /// Which.
    pub variable: Variable,
    /// Its number in the deltagarrapport.
    pub number: u32,
    /// Its name in queries and rows.
    pub name: &'static str,
    /// Its codes; none where the register has them.
    pub codes: &'static [&'static str],
    /// Whether a case may have several.
    pub several: bool,
    /// Where its codes come from.
    pub origin: Origin,
}

const YES_NO: &[&str] = &["ja", "nej", SAKNAS];
/// The code of a missing answer.
pub const SAKNAS: &str = "uppgift_saknas";
const AGES: &[&str] = &["0_24", "25_29", "30_39", "40_49", "50_59", "60_", SAKNAS];
/// The benefits, and that the question is unanswered.
pub const FORMANER: &[&str] = &[
    "sjukpenning",
    "rehabiliteringspenning",
    "sjukersattning",
    "aktivitetsersattning",
    "aktivitetsstod",
    "a_kassa",
    "forsorjningsstod",
    "annan",
    "ingen",
    SAKNAS,
];
const TIDER: &[&str] =
    &["ingen", "under_3_man", "3_6_man", "7_12_man", "1_2_ar", "3_5_ar", "6_9_ar", "minst_10_ar", SAKNAS];
const UTBILDNINGAR: &[&str] =
    &["ej_avslutad_grundskola", "grundskola", "gymnasium", "eftergymnasial_kort", "eftergymnasial_lang", SAKNAS];
/// What GK led to, as in the baspaket's part 2, and that it was not left.
pub const UTFALL_GK: &[&str] = &[
    "planerad_afi",
    "planerad_ali",
    "konsultativt_stod",
    "endast_af",
    "endast_fk",
    "ingen",
    SAKNAS,
    "avbrutet",
    "ej_lamnad",
];
/// Work, study, both or neither.
pub const SYSSELSATTNING: &[&str] = &["arbete", "studier", "bada", "varken", SAKNAS];
/// Where a case stands.
pub const STATUS: &[&str] = &["aktuell", "i_vantan", "avslutad", "konsultativt_stod", "avbruten"];

macro_rules! variables {
    ($($number:literal $variable:ident $name:literal $codes:expr, $several:literal, $origin:expr;)*) => {
        /// Every variable, in the order of the deltagarrapport.
        pub const VARIABLES: &[VariableRow] = &[$(VariableRow {
            variable: Variable::$variable, number: $number, name: $name, codes: $codes, several: $several,
            origin: $origin,
        }),*];
    };
}

const fn before(shift: u32) -> Origin {
    Origin::Case { word: 0, shift }
}

const fn after(shift: u32) -> Origin {
    Origin::Case { word: 1, shift }
}

variables! {
    2 Marknadsomrade "marknadsomrade" &[], false, Origin::Place;
    3 AfKontor "afKontor" &[], false, Origin::Place;
    4 Verksamhetsomrade "verksamhetsomrade" &[], false, Origin::Place;
    5 FkKontor "fkKontor" &[], false, Origin::Place;
    6 Kommun "kommun" &[], false, Origin::Place;
    7 Deltagarstatus "deltagarstatus" STATUS, false, Origin::LastDay;
    8 Kon "kon" &["kvinna", "man"], false, before(0);
    9 Alder "alder" AGES, false, before(2);
    10 InitieradAv "initieradAv" &["FK", "AF", SAKNAS], false, before(9);
    11 InskrivenAf "inskrivenAf" YES_NO, false, before(12);
    12 Anstalld "anstalld" &["anstalld", "eget_foretag", "bada", "ingetdera", SAKNAS], false, before(15);
    13 ArbetarFore "arbetarFore" YES_NO, false, before(20);
    14 StuderarFore "studerarFore" YES_NO, false, before(23);
    15 ProgramFore "programFore" YES_NO, false, before(26);
    16 FormanFore "formanFore" FORMANER, true, before(29);
    17 TidOffentligForsorjning "tidOffentligForsorjning" TIDER, false, before(39);
    18 Utbildning "utbildning" UTBILDNINGAR, false, before(48);
    19 Insatstyp "insatstyp" &["afi", "ali", "ingen"], true, before(54);
    20 UtfallGk "utfallGk" UTFALL_GK, false, after(0);
    21 SysselsattningEfter "sysselsattningEfter" SYSSELSATTNING, false, after(9);
    22 FormanEfter "formanEfter" FORMANER, true, after(14);
}

impl Variable {
    /// Its row of the table.
    #[must_use]
    pub const fn row(self) -> &'static VariableRow {
        // The table has a row per variant, in the order of the enum; a test says so.
        &VARIABLES[self as usize]
    }

    /// The variable of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        VARIABLES.iter().find(|row| row.name == name).map(|row| row.variable)
    }

    /// Which of its codes hold for a case, a bit each in their order; 0 where they don't come from the case.
    #[must_use]
    pub fn of(self, case: &Case) -> u64 {
        let request = &case.steps[0].answers;
        let ending = case.ending().filter(|s| s.kind == StepKind::Avslutat);
        let codes = self.row().codes;
        match self {
            Self::Kon => single(codes, case.sex.code()),
            Self::Alder => 1 << age_group(case),
            Self::InitieradAv => single(codes, request.code(Question::InitieradAv).unwrap_or(SAKNAS)),
            Self::InskrivenAf => yes_no(request, Question::InskrivenAf),
            Self::Anstalld => 1 << pair(request.yes(Question::Anstalld), request.yes(Question::EgetForetag)),
            Self::ArbetarFore => yes_no(request, Question::Arbetar),
            Self::StuderarFore => yes_no(request, Question::Studerar),
            Self::ProgramFore => yes_no(request, Question::Program),
            Self::FormanFore => several(codes, request.codes(Question::Formaner)),
            Self::TidOffentligForsorjning => {
                single(codes, request.code(Question::TidOffentligForsorjning).unwrap_or(SAKNAS))
            }
            Self::Utbildning => single(codes, request.code(Question::Utbildning).unwrap_or(SAKNAS)),
            Self::Insatstyp => insatser(case),
            Self::UtfallGk => single(codes, utfall_gk(case)),
            Self::SysselsattningEfter => 1 << occupation(ending.map(|s| &s.answers)),
            Self::FormanEfter => several(codes, ending.and_then(|s| s.answers.codes(Question::Formaner))),
            Self::Marknadsomrade
            | Self::AfKontor
            | Self::Verksamhetsomrade
            | Self::FkKontor
            | Self::Kommun
            | Self::Deltagarstatus => 0,
        }
    }
}

/// Everything of a case that may be selected and split by: two words of bits. In the second stand also how work and
/// study changed, and whether FK continues.
pub(super) fn profile(case: &Case) -> [u64; 2] {
    let mut words = [0, u64::from(change(case)) << CHANGE | continues(case) << CONTINUES];
    for row in VARIABLES {
        if let Origin::Case { word, shift } = row.origin {
            words[word] |= row.variable.of(case) << shift;
        }
    }
    words
}

/// Where [`change`] stands in the second word.
pub(super) const CHANGE: u32 = 24;

/// Where [`continues`] stands in the second word.
pub(super) const CONTINUES: u32 = 28;

/// Where stands what is known of the case ([`super::quality`]): the next four bits of the second word.
pub(super) const COVERED: u32 = 31;

/// Whether FK handles the case further after avslutat: ja, nej, uppgift saknas.
fn continues(case: &Case) -> u64 {
    let ending = case.ending().filter(|s| s.kind == StepKind::Avslutat);
    ending.map_or(4, |s| yes_no(&s.answers, Question::FortsattHosFk))
}

/// How work and study changed from before to after, a bit each.
pub const CHANGES: &[&str] = &["arbete_nytt", "arbete_okat", "studier_nya", "studier_okade"];

/// Which of [`CHANGES`] hold: new is no before and yes after; increased is yes both times and a higher share.
#[must_use]
pub fn change(case: &Case) -> u8 {
    let Some(ending) = case.ending().filter(|s| s.kind == StepKind::Avslutat) else { return 0 };
    let before = &case.steps[0].answers;
    let of = |question, share| {
        let both = (before.yes(question), ending.answers.yes(question));
        let more = ending.answers.percent(share) > before.percent(share) && before.percent(share).is_some();
        u8::from(both == (Some(false), Some(true))) | u8::from(both == (Some(true), Some(true)) && more) << 1
    };
    of(Question::Arbetar, Question::Arbetsandel) | of(Question::Studerar, Question::Studieandel) << 2
}

fn single(codes: &[&str], code: &str) -> u64 {
    codes.iter().position(|c| *c == code).map_or(0, |at| 1 << at)
}

fn several(codes: &[&str], chosen: Option<&[&'static str]>) -> u64 {
    match chosen {
        // Asked and answered with nothing is an answer: none.
        Some([]) => single(codes, "ingen"),
        Some(chosen) => chosen.iter().map(|code| single(codes, code)).fold(0, |all, bit| all | bit),
        None => single(codes, SAKNAS),
    }
}

fn yes_no(answers: &Answers, question: Question) -> u64 {
    match answers.yes(question) {
        Some(true) => 1,
        Some(false) => 2,
        None => 4,
    }
}

/// First, second, both, neither, not known: where one of the two is unanswered, the whole is.
const fn pair(first: Option<bool>, second: Option<bool>) -> usize {
    match (first, second) {
        (Some(true), Some(false)) => 0,
        (Some(false), Some(true)) => 1,
        (Some(true), Some(true)) => 2,
        (Some(false), Some(false)) => 3,
        _ => 4,
    }
}

/// Place in [`SYSSELSATTNING`] by the answers of one occasion.
#[must_use]
pub fn occupation(answers: Option<&Answers>) -> usize {
    let yes = |question| answers.and_then(|a| a.yes(question));
    pair(yes(Question::Arbetar), yes(Question::Studerar))
}

fn age_group(case: &Case) -> usize {
    let Some(years) = case.birth.and_then(|birth| case.begun().years_since(birth)) else { return AGES.len() - 1 };
    crate::domain::age::BANDS.iter().take_while(|limit| years >= **limit).count()
}

fn insatser(case: &Case) -> u64 {
    let had = |kind| case.steps.iter().any(|s| s.kind == kind);
    let mask = u64::from(had(StepKind::Afi)) | u64::from(had(StepKind::Ali)) << 1;
    if mask == 0 { 4 } else { mask }
}

/// What GK led to: a code of [`UTFALL_GK`].
#[must_use]
pub fn utfall_gk(case: &Case) -> &'static str {
    let left = case.steps.windows(2).find(|pair| pair[0].kind == StepKind::Gk);
    left.map_or("ej_lamnad", |pair| utfall(&pair[1]))
}

/// What a step that followed GK made of it.
pub(super) fn utfall(next: &Step) -> &'static str {
    match next.kind {
        StepKind::Avslutat => match next.answers.code(Question::FortsattHandlaggning) {
            Some(code @ ("endast_af" | "endast_fk" | "ingen")) => code,
            _ => SAKNAS,
        },
        other => other.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answers::{Choice, FORMAN, TID, UTBILDNING};

    #[test]
    fn every_variable_stands_at_its_own_row_and_no_bits_overlap() {
        let mut words = [0_u64, 0b1111 << CHANGE | 0b111 << CONTINUES | 0b1111 << COVERED];
        for row in VARIABLES {
            assert_eq!(row.variable.row().name, row.name);
            assert_eq!(Variable::from_name(row.name), Some(row.variable));
            if let Origin::Case { word, shift } = row.origin {
                let mask = ((1 << row.codes.len()) - 1) << shift;
                assert_eq!(words[word] & mask, 0, "{}", row.name);
                words[word] |= mask;
            }
        }
    }

    #[test]
    fn codes_are_those_of_the_questions() {
        let with_missing = |choices: &[Choice]| choices.iter().map(|c| c.code).chain([SAKNAS]).collect::<Vec<_>>();
        assert_eq!(FORMANER, with_missing(FORMAN));
        assert_eq!(TIDER, with_missing(TID));
        // Education has a code for what is not known; unanswered is counted there too.
        assert_eq!(UTBILDNINGAR, UTBILDNING.iter().map(|c| c.code).collect::<Vec<_>>());
    }
}
