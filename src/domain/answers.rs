//! The questions asked at each registration, what may be answered, and when a question applies.
//!
//! Lives here: the questions as data ([`QUESTIONS`]), one value type for answers, and the conditions between them.
//! Never here: how answers are parsed from JSON or stored as rows.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;

use super::code::InsatsCode;
use super::step::StepKind;

/// A question of domain.md §4. The same question may be asked at the request and at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each variant is described by its row in QUESTIONS")]
pub enum Question {
    InitieradAv,
    Anstalld,
    Arbetsgivare,
    Anstallningstyp,
    EgetForetag,
    InskrivenAf,
    Arbetar,
    Arbetstyper,
    Arbetsandel,
    Studerar,
    Studietyp,
    Studieandel,
    Program,
    OppetArbetslos,
    Formaner,
    TidOffentligForsorjning,
    Utbildning,
    FortsattHandlaggning,
    Moten,
    Specialister,
    Insats,
    FortsattHosFk,
    EjGenomfordOrsak,
    Orsak,
}

/// What stands in the place of an employer that was taken away, since it counts that one was given: no organisation number.
pub const REMOVED_EMPLOYER: &str = "0000000000";

/// What an answer looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerKind {
    /// `true` or `false`.
    Bool,
    /// One of the codes.
    Code(&'static [Choice]),
    /// Any number of the codes; `[]` means asked, none.
    Codes(&'static [Choice]),
    /// A whole number of per cent, 1–100; 100 is 40 hours a week.
    Percent,
    /// Ten digits with a check digit.
    OrganisationNumber,
    /// The code of an insats in the register of definitions.
    InsatsCode,
    /// Dates of meetings.
    Dates,
}

/// One code of a list with its labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The code on the wire and in storage.
    pub code: &'static str,
    /// Swedish label.
    pub sv: &'static str,
    /// English label.
    pub en: &'static str,
}

const fn choice(code: &'static str, sv: &'static str, en: &'static str) -> Choice {
    Choice { code, sv, en }
}

/// When a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// At the request.
    Begaran,
    /// When GK is registered (booked meetings) and when it is left (held meetings).
    AroundGk,
    /// When GK is left.
    LeavingGk,
    /// When an insats starts.
    Insats,
    /// At avslutat.
    Avslutat,
    /// At avslutat, when GK was never held.
    AvslutatWithoutGk,
    /// At avbrutet.
    Avbrutet,
}

/// A row of [`QUESTIONS`].
#[derive(Debug, Clone, Copy)]
pub struct QuestionRow {
    /// Which question.
    pub question: Question,
    /// Its name on the wire and in storage.
    pub code: &'static str,
    /// What the answer looks like.
    pub kind: AnswerKind,
    /// When it is asked.
    pub asked: &'static [Occasion],
    /// Only asked when this question was answered yes.
    pub only_if: Option<Question>,
    /// Whether a missing answer counts as missing (the choice of a local definition is optional).
    pub expected: bool,
    /// Swedish label.
    pub sv: &'static str,
    /// English label.
    pub en: &'static str,
}

/// Who initiated the request.
pub const INITIERAD_AV: &[Choice] =
    &[choice("FK", "Försäkringskassan", "Försäkringskassan"), choice("AF", "Arbetsförmedlingen", "Arbetsförmedlingen")];
/// Type of employment.
pub const ANSTALLNINGSTYP: &[Choice] = &[
    choice("tillsvidare", "Tillsvidare", "Permanent"),
    choice("tidsbegransad", "Tidsbegränsad", "Fixed term"),
    choice("annan", "Annan", "Other"),
];
/// Type of work.
pub const ARBETSTYP: &[Choice] = &[
    choice("subventionerat", "Subventionerat arbete", "Subsidised work"),
    choice("ej_subventionerat", "Ej subventionerat arbete", "Unsubsidised work"),
];
/// Type of study.
pub const STUDIETYP: &[Choice] = &[
    choice("grundlaggande", "Grundläggande", "Basic"),
    choice("gymnasial", "Gymnasial", "Upper secondary"),
    choice("eftergymnasial", "Eftergymnasial", "Post-secondary"),
    choice("arbetsmarknadsutbildning", "Arbetsmarknadsutbildning", "Labour-market training"),
    choice("annan", "Annan", "Other"),
];
/// Benefits.
pub const FORMAN: &[Choice] = &[
    choice("sjukpenning", "Sjukpenning", "Sickness benefit"),
    choice("rehabiliteringspenning", "Rehabiliteringspenning", "Rehabilitation benefit"),
    choice("sjukersattning", "Sjukersättning", "Sickness compensation"),
    choice("aktivitetsersattning", "Aktivitetsersättning", "Activity compensation"),
    choice("aktivitetsstod", "Aktivitetsstöd/utvecklingsersättning", "Activity support/development allowance"),
    choice("a_kassa", "A-kassa", "Unemployment insurance"),
    choice("forsorjningsstod", "Försörjningsstöd", "Social assistance"),
    choice("annan", "Annan", "Other"),
    choice("ingen", "Ingen", "None"),
];
/// Time in public support before the request; breaks up to a month ignored.
pub const TID: &[Choice] = &[
    choice("ingen", "Ingen", "None"),
    choice("under_3_man", "Under 3 månader", "Under 3 months"),
    choice("3_6_man", "3–6 månader", "3–6 months"),
    choice("7_12_man", "7–12 månader", "7–12 months"),
    choice("1_2_ar", "1–2 år", "1–2 years"),
    choice("3_5_ar", "3–5 år", "3–5 years"),
    choice("6_9_ar", "6–9 år", "6–9 years"),
    choice("minst_10_ar", "Minst 10 år", "10 years or more"),
];
/// Education.
pub const UTBILDNING: &[Choice] = &[
    choice("ej_avslutad_grundskola", "Ej avslutad grundskola", "Compulsory school not completed"),
    choice("grundskola", "Grundskola", "Compulsory school"),
    choice("gymnasium", "Gymnasium", "Upper secondary school"),
    choice("eftergymnasial_kort", "Eftergymnasial under 3 år", "Post-secondary under 3 years"),
    choice("eftergymnasial_lang", "Eftergymnasial 3 år eller mer", "Post-secondary 3 years or more"),
    choice("uppgift_saknas", "Uppgift saknas", "Not known"),
];
/// What follows GK.
pub const FORTSATT: &[Choice] = &[
    choice("gemensamt_stod", "Gemensamt stöd", "Joint support"),
    choice("endast_af", "Endast Arbetsförmedlingen", "Arbetsförmedlingen only"),
    choice("endast_fk", "Endast Försäkringskassan", "Försäkringskassan only"),
    choice("konsultativt_stod", "Konsultativt stöd till arbetsgivaren", "Advisory support to the employer"),
    choice("ingen", "Ingen fortsatt handläggning", "No further handling"),
];
/// Specialists that took part in GK.
pub const SPECIALIST: &[Choice] = &[
    choice("arbetsterapeut", "Arbetsterapeut", "Occupational therapist"),
    choice("arbetspsykolog", "Arbetspsykolog", "Work psychologist"),
    choice("socialkonsulent", "Socialkonsulent", "Social consultant"),
    choice("annan", "Annan", "Other"),
];
/// Why GK was not held.
pub const EJ_GENOMFORD: &[Choice] = &[
    choice("halsa", "Hälsa", "Health"),
    choice("praktiskt_hinder", "Praktiskt hinder", "Practical obstacle"),
    choice("annat", "Annat", "Other"),
];
/// Why the cooperation was broken off.
pub const ORSAK: &[Choice] = &[
    choice("atertaget_samtycke", "Återtaget samtycke", "Consent withdrawn"),
    choice("eget_initiativ", "Eget initiativ", "Own initiative"),
];

use AnswerKind::{Bool, Code, Codes, Dates, OrganisationNumber, Percent};
use Occasion::{AroundGk, Avslutat, AvslutatWithoutGk, Begaran, LeavingGk};

const BEFORE_AND_AFTER: &[Occasion] = &[Begaran, Avslutat];

macro_rules! questions {
    ($($variant:ident $code:literal $kind:expr, $asked:expr, $only_if:expr, $expected:literal, $sv:literal, $en:literal;)*) => {
        /// Every question once, in the order in which it is asked.
        pub const QUESTIONS: &[QuestionRow] = &[$(QuestionRow {
            question: Question::$variant, code: $code, kind: $kind, asked: $asked, only_if: $only_if,
            expected: $expected, sv: $sv, en: $en,
        }),*];
    };
}

questions! {
    InitieradAv "initieradAv" Code(INITIERAD_AV), &[Begaran], None, true, "Initierad av", "Initiated by";
    Anstalld "anstalld" Bool, &[Begaran], None, true, "Anställd", "Employed";
    Arbetsgivare "arbetsgivare" OrganisationNumber, &[Begaran], Some(Question::Anstalld), true, "Arbetsgivarens organisationsnummer", "The employer's organisation number";
    Anstallningstyp "anstallningstyp" Code(ANSTALLNINGSTYP), &[Begaran], Some(Question::Anstalld), true, "Typ av anställning", "Type of employment";
    EgetForetag "egetForetag" Bool, &[Begaran], None, true, "Eget företag", "Own business";
    InskrivenAf "inskrivenAf" Bool, BEFORE_AND_AFTER, None, true, "Inskriven hos Arbetsförmedlingen", "Registered with Arbetsförmedlingen";
    Arbetar "arbetar" Bool, BEFORE_AND_AFTER, None, true, "Arbetar", "Works";
    Arbetstyper "arbetstyper" Codes(ARBETSTYP), BEFORE_AND_AFTER, Some(Question::Arbetar), true, "Typ av arbete", "Type of work";
    Arbetsandel "arbetsandel" Percent, BEFORE_AND_AFTER, Some(Question::Arbetar), true, "Arbetets andel av heltid", "Work, share of full time";
    Studerar "studerar" Bool, BEFORE_AND_AFTER, None, true, "Studerar", "Studies";
    Studietyp "studietyp" Code(STUDIETYP), BEFORE_AND_AFTER, Some(Question::Studerar), true, "Typ av studier", "Type of study";
    Studieandel "studieandel" Percent, BEFORE_AND_AFTER, Some(Question::Studerar), true, "Studiernas andel av heltid", "Study, share of full time";
    Program "program" Bool, BEFORE_AND_AFTER, None, true, "Arbetsmarknadspolitiskt program", "Labour-market programme";
    OppetArbetslos "oppetArbetslos" Bool, &[Avslutat], None, true, "Öppet arbetslös", "Openly unemployed";
    Formaner "formaner" Codes(FORMAN), BEFORE_AND_AFTER, None, true, "Förmåner", "Benefits";
    TidOffentligForsorjning "tidOffentligForsorjning" Code(TID), &[Begaran], None, true, "Tid i offentlig försörjning", "Time in public support";
    Utbildning "utbildning" Code(UTBILDNING), &[Begaran], None, true, "Utbildning", "Education";
    FortsattHandlaggning "fortsattHandlaggning" Code(FORTSATT), &[LeavingGk], None, true, "Fortsatt handläggning", "Further handling";
    Moten "moten" Dates, &[AroundGk, LeavingGk], None, true, "Mötesdatum", "Meeting dates";
    Specialister "specialister" Codes(SPECIALIST), &[LeavingGk], None, true, "Specialist deltog", "Specialist took part";
    Insats "insats" AnswerKind::InsatsCode, &[Occasion::Insats], None, false, "Preciserad insats", "Specified measure";
    FortsattHosFk "fortsattHosFk" Bool, &[Avslutat], None, true, "Fortsatt handläggning hos Försäkringskassan", "Further handling at Försäkringskassan";
    EjGenomfordOrsak "ejGenomfordOrsak" Code(EJ_GENOMFORD), &[AvslutatWithoutGk], None, true, "Varför kartläggningen inte genomfördes", "Why joint mapping was not held";
    Orsak "orsak" Code(ORSAK), &[Occasion::Avbrutet], None, true, "Orsak till avbrott", "Reason for breaking off";
}

impl Question {
    /// Its row of the table.
    #[must_use]
    pub fn row(self) -> &'static QuestionRow {
        // The table has a row per variant, in the order of the enum; a test says so.
        &QUESTIONS[self as usize]
    }

    /// Its name on the wire and in storage.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().code
    }

    /// The question of a name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        QUESTIONS.iter().find(|row| row.code == code).map(|row| row.question)
    }

    /// Whether an anonymous case may carry the answer: only meeting dates and the reason of an ending.
    #[must_use]
    pub const fn allowed_when_anonymous(self) -> bool {
        matches!(self, Self::Moten | Self::EjGenomfordOrsak | Self::Orsak)
    }
}

/// Whether `occasion` is at hand when `to` is registered in a case that stands at `from`.
fn at_hand(occasion: Occasion, from: Option<StepKind>, to: StepKind) -> bool {
    match occasion {
        Occasion::Begaran => to == StepKind::Begaran,
        Occasion::AroundGk => to == StepKind::Gk,
        Occasion::LeavingGk => from == Some(StepKind::Gk),
        Occasion::Insats => to.is_insats(),
        Occasion::Avslutat => to == StepKind::Avslutat,
        Occasion::AvslutatWithoutGk => to == StepKind::Avslutat && from == Some(StepKind::Begaran),
        Occasion::Avbrutet => to == StepKind::Avbrutet,
    }
}

/// The questions asked when `to` is registered in a case that stands at `from`, follow-up questions included.
pub fn asked(from: Option<StepKind>, to: StepKind) -> impl Iterator<Item = &'static QuestionRow> {
    static ASKED: LazyLock<Vec<Vec<&'static QuestionRow>>> = LazyLock::new(|| {
        let from = [None].into_iter().chain(StepKind::ALL.map(Some));
        let pairs = from.flat_map(|from| StepKind::ALL.map(|to| (from, to)));
        pairs.map(|(from, to)| QUESTIONS.iter().filter(|row| is_asked(row, from, to)).collect()).collect()
    });
    let place = from.map_or(0, |from| from as usize + 1) * StepKind::ALL.len() + to as usize;
    ASKED[place].iter().copied()
}

/// Whether something is asked there that has to be answered whatever the other answers are.
#[must_use]
pub fn expects_any(from: Option<StepKind>, to: StepKind) -> bool {
    asked(from, to).any(|row| row.expected && row.only_if.is_none() && !is_booking(row, to))
}

/// Booked meetings may be given with GK; only the held ones, given when it is left, are expected.
fn is_booking(row: &QuestionRow, to: StepKind) -> bool {
    row.question == Question::Moten && to == StepKind::Gk
}

/// Whether one question is asked there.
#[must_use]
pub fn is_asked(row: &QuestionRow, from: Option<StepKind>, to: StepKind) -> bool {
    // "Fortsatt handläggning" says which way the case went on; a case that was broken off went no way.
    let not_with_avbrutet = row.question == Question::FortsattHandlaggning && to == StepKind::Avbrutet;
    !not_with_avbrutet && row.asked.iter().any(|o| at_hand(*o, from, to))
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Yes or no.
    Bool(bool),
    /// One code of the question's list.
    Code(&'static str),
    /// Codes of the question's list, in its order, each once; empty means asked, none.
    Codes(Vec<&'static str>),
    /// 1–100.
    Percent(u8),
    /// An organisation number.
    OrganisationNumber(Arc<str>),
    /// A defined insats, and the version of the definition that was shown.
    Insats(InsatsCode, Option<i32>),
    /// Dates, ascending, each once.
    Dates(Vec<NaiveDate>),
}

/// The answers of one registration. Absent = unanswered.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Answers(pub BTreeMap<Question, Answer>);

// Answers are personal data: Debug tells which questions, never what.
impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Answers {
    /// The answer to a question.
    #[must_use]
    pub fn get(&self, question: Question) -> Option<&Answer> {
        self.0.get(&question)
    }

    /// Yes, no or unanswered.
    #[must_use]
    pub fn yes(&self, question: Question) -> Option<bool> {
        match self.get(question) {
            Some(Answer::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// The chosen code.
    #[must_use]
    pub fn code(&self, question: Question) -> Option<&'static str> {
        match self.get(question) {
            Some(Answer::Code(code)) => Some(code),
            _ => None,
        }
    }

    /// The chosen codes; `None` when unanswered.
    #[must_use]
    pub fn codes(&self, question: Question) -> Option<&[&'static str]> {
        match self.get(question) {
            Some(Answer::Codes(codes)) => Some(codes),
            _ => None,
        }
    }

    /// The share in per cent.
    #[must_use]
    pub fn percent(&self, question: Question) -> Option<u8> {
        match self.get(question) {
            Some(Answer::Percent(value)) => Some(*value),
            _ => None,
        }
    }

    /// The dates, ascending; empty when unanswered.
    #[must_use]
    pub fn dates(&self, question: Question) -> &[NaiveDate] {
        match self.get(question) {
            Some(Answer::Dates(dates)) => dates,
            _ => &[],
        }
    }

    /// Whether nothing is answered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What no figure needs.
    pub const COARSENED: [Question; 2] = [Question::Insats, Question::Arbetsgivare];

    /// Takes away what no figure needs: the employer, but not that one was given, and the local definition of an insats.
    pub fn coarsen(&mut self) {
        self.0.remove(&Question::Insats);
        if let Some(answer) = self.0.get_mut(&Question::Arbetsgivare) {
            *answer = Answer::OrganisationNumber(REMOVED_EMPLOYER.into());
        }
    }

    /// Lays later answers over these, question by question.
    pub fn overlay(&mut self, later: &Self) {
        for (question, answer) in &later.0 {
            self.0.insert(*question, answer.clone());
        }
    }

    /// The questions that should have been answered when `to` followed `from`, and were not.
    pub fn missing(&self, from: Option<StepKind>, to: StepKind) -> impl Iterator<Item = Question> + use<'_> {
        asked(from, to)
            .filter(|row| row.expected && self.get(row.question).is_none())
            .filter(move |row| !is_booking(row, to))
            .filter(|row| row.only_if.is_none_or(|base| self.yes(base) == Some(true)))
            .map(|row| row.question)
    }
}

/// Whether ten digits are an organisation number: third digit at least 2, and the check digit right.
#[must_use]
pub fn is_organisation_number(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != 10 || text.len() != 10 || digits[2] < 2 {
        return false;
    }
    let sum: u32 = digits.iter().enumerate().map(|(i, d)| if i % 2 == 0 { d * 2 / 10 + d * 2 % 10 } else { *d }).sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_stands_at_its_own_row() {
        for row in QUESTIONS {
            assert_eq!(row.question.row().code, row.code);
            assert_eq!(Question::from_code(row.code), Some(row.question));
        }
    }

    #[test]
    fn organisation_numbers_are_told_by_their_check_digit() {
        assert!(is_organisation_number("2021005521"));
        assert!(!is_organisation_number("2021005522"));
        assert!(!is_organisation_number("202100-5521"));
        assert!(!is_organisation_number("2011005521"));
        assert!(!is_organisation_number(REMOVED_EMPLOYER));
    }
}
