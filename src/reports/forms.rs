//! The form of each report: its parts with their dimensions and measures, and which variables it takes.
//!
//! Lives here: codes and names. Never here: texts (`reports/*.toml`), and who falls in which cell (`counting`;
//! as a plain loop in [`super::plain`]).

use chrono::{DateTime, NaiveDate, Utc};

use super::baspaket::{self, Form, Measures};
use super::cube::{Axis, SAMTLIGA};
use super::quality;
use super::request::Period;
use super::times::measured_on;
use super::variables::{self, CHANGES, SYSSELSATTNING, VARIABLES, Variable};

/// The form of a report.
#[derive(Debug, Clone, Copy)]
pub struct ReportForm {
    /// Its id.
    pub id: &'static str,
    /// The version of what is counted.
    pub version: u32,
    /// Its parts.
    pub parts: &'static [Form],
    /// The variable that must be selected by, if any.
    pub requires: Option<Variable>,
}

impl ReportForm {
    /// The day on which cases are where their last day is asked for: the last of the period, or the one on which the report
    /// tells states ([`measured_on`]).
    #[must_use]
    pub fn last_day(&self, period: Period, as_of: DateTime<Utc>) -> NaiveDate {
        if self.parts.iter().any(|part| part.known) { measured_on(period, as_of) } else { period.to() }
    }
}

const fn summed(name: &'static str, codes: &'static [&'static str]) -> Axis {
    Axis { name, codes, summed: true }
}

const fn own(name: &'static str, codes: &'static [&'static str]) -> Axis {
    Axis { name, codes, summed: false }
}

const fn form(id: &'static str, axes: &'static [Axis], measures: Measures) -> Form {
    Form { id, axes, measures, months: 0, known: false }
}

const KON: Axis = summed("kon", &["kvinna", "man"]);

/// Codes with `samtliga` after them, where that is no sum.
const fn with_total<const N: usize>(codes: &[&'static str]) -> [&'static str; N] {
    let mut all = [SAMTLIGA; N];
    let mut i = 0;
    while i < codes.len() {
        all[i] = codes[i];
        i += 1;
    }
    all
}

/// The six steps that last, the three endings, and all.
const LAGEN: &[&str] = &with_total::<{ ALL_STEPS.len() + 1 }>(ALL_STEPS);
const STEPS: &[&str] = &["begaran", "gk", "planerad_afi", "planerad_ali", "afi", "ali"];
const ALL_STEPS: &[&str] =
    &["begaran", "gk", "planerad_afi", "planerad_ali", "afi", "ali", "konsultativt_stod", "avslutat", "avbrutet"];
/// The steps where something is waited for, in the order of `STEPS`.
pub const WAITING: &[&str] = &["begaran", "gk", "planerad_afi", "planerad_ali"];
/// Bands of days waited: the code, and how many days it reaches to.
pub const WAITED: &[(&str, i32)] =
    &[("0_30", 30), ("31_90", 90), ("91_180", 180), ("181_365", 365), ("366_", i32::MAX)];
const WAITED_CODES: &[&str] = &["0_30", "31_90", "91_180", "181_365", "366_"];
const FORMANER: &[&str] = &with_total::<{ variables::FORMANER.len() + 1 }>(variables::FORMANER);
const FORANDRING: &[&str] = &[CHANGES[0], CHANGES[1], CHANGES[2], CHANGES[3], "nytt_eller_okat", "samtliga"];

const ARBETE_STUDIER: &[Form] = &[
    form("efter", &[summed("sysselsattning", SYSSELSATTNING), KON], Measures::Share("sysselsattning")),
    form("forandring", &[own("forandring", FORANDRING), KON], Measures::Share("forandring")),
];

const LEFT_WAITING: Form = form("vantetid", &[summed("steg", WAITING), KON], Measures::Spread);
const WAIT: Form = form("vantar", &[summed("steg", WAITING), KON], Measures::Spread);
const WAIT_BANDS: Form =
    form("vantar_tid", &[summed("steg", WAITING), summed("vantat", WAITED_CODES), KON], Measures::Share("vantat"));
const WAIT_BY_MONTH: Form = Form { months: 12, ..form("utveckling", &[summed("steg", WAITING), KON], Measures::Days) };

/// A part of the background: requests per value of a variable.
const fn background(id: &'static str, axes: &'static [Axis]) -> Form {
    form(id, axes, Measures::Share(id))
}

const fn values(variable: Variable) -> Axis {
    summed(variable.row().name, variable.row().codes)
}

/// Every report in every version, the newest version of each first. What was counted in an earlier version is counted
/// under its number for as long as it stands here.
pub const REPORTS: &[ReportForm] = &[
    ReportForm { id: "baspaket", version: 1, parts: &baspaket::PARTS, requires: None },
    ReportForm {
        id: "status",
        version: 1,
        parts: &[
            form("lage", &[own("lage", LAGEN), KON], Measures::Stock),
            form("avslutade_insatser", &[summed("insats", &["afi", "ali"]), KON], Measures::Count),
            form("sysselsattning", &[summed("sysselsattning", SYSSELSATTNING), KON], Measures::Share("sysselsattning")),
            form("anonyma", &[KON], Measures::Stock),
        ],
        requires: None,
    },
    ReportForm {
        id: "resultat-fortsatt-efter-gk",
        version: 1,
        parts: &[form(
            "fortsatt",
            &[
                own(
                    "utfall",
                    &[
                        "planerad_afi",
                        "planerad_ali",
                        "gemensamt_stod",
                        "konsultativt_stod",
                        "endast_af",
                        "endast_fk",
                        "ingen",
                        "uppgift_saknas",
                        "avbrutet",
                        "samtliga",
                    ],
                ),
                KON,
            ],
            Measures::Share("utfall"),
        )],
        requires: None,
    },
    ReportForm { id: "resultat-arbete-studier", version: 1, parts: ARBETE_STUDIER, requires: None },
    ReportForm {
        id: "resultat-fortsatt-fk",
        version: 1,
        parts: &[form(
            "fortsatt_fk",
            &[
                summed("fortsattHosFk", &["ja", "nej", "uppgift_saknas"]),
                summed("insats", &["afi", "ali", "ingen"]),
                KON,
            ],
            Measures::Share("fortsattHosFk"),
        )],
        requires: None,
    },
    ReportForm {
        id: "deltagare-sysselsattning",
        version: 1,
        parts: &[form(
            "sysselsattning",
            &[summed("fore", SYSSELSATTNING), summed("efter", SYSSELSATTNING), KON],
            Measures::Share("efter"),
        )],
        requires: None,
    },
    ReportForm { id: "deltagare-arbete-studier", version: 1, parts: ARBETE_STUDIER, requires: None },
    ReportForm {
        id: "deltagare-forman",
        version: 1,
        parts: &[form(
            "forman",
            &[own("forman", FORMANER), own("nar", &["fore", "efter", "bada"]), KON],
            Measures::Count,
        )],
        requires: None,
    },
    ReportForm {
        id: "deltagare-forman-efter",
        version: 1,
        parts: &[form("forman_efter", &[own("forman", FORMANER), KON], Measures::Share("forman"))],
        requires: Some(Variable::FormanFore),
    },
    ReportForm {
        id: "deltagare-bakgrund",
        version: 1,
        parts: &[
            background("alder", &[values(Variable::Alder), KON]),
            background("initieradAv", &[values(Variable::InitieradAv), KON]),
            background("inskrivenAf", &[values(Variable::InskrivenAf), KON]),
            background("anstalld", &[values(Variable::Anstalld), KON]),
            background("arbetarFore", &[values(Variable::ArbetarFore), KON]),
            background("studerarFore", &[values(Variable::StuderarFore), KON]),
            background("programFore", &[values(Variable::ProgramFore), KON]),
            background("formanFore", &[own("formanFore", FORMANER), KON]),
            background("tidOffentligForsorjning", &[values(Variable::TidOffentligForsorjning), KON]),
            background("utbildning", &[values(Variable::Utbildning), KON]),
        ],
        requires: None,
    },
    ReportForm {
        id: "deltagare-tider",
        version: 1,
        parts: &[
            form("steg", &[own("steg", STEPS), KON], Measures::Spread),
            form("samarbete", &[summed("gkHallen", &["ja", "nej"]), KON], Measures::Spread),
        ],
        requires: None,
    },
    ReportForm {
        id: "deltagare-floden",
        version: 1,
        parts: &[form("floden", &[summed("fran", STEPS), summed("till", ALL_STEPS), KON], Measures::Count)],
        requires: None,
    },
    ReportForm {
        id: "flaskhalsar",
        version: 2,
        parts: &[LEFT_WAITING, Form { known: true, ..WAIT }, Form { known: true, ..WAIT_BANDS }, WAIT_BY_MONTH],
        requires: None,
    },
    // Waits went on to the period's last day also where that lay ahead.
    ReportForm {
        id: "flaskhalsar",
        version: 1,
        parts: &[LEFT_WAITING, WAIT, WAIT_BANDS, WAIT_BY_MONTH],
        requires: None,
    },
    ReportForm { id: quality::ID, version: 1, parts: &quality::PARTS, requires: None },
];

/// How splits are asked for.
pub const MOST_SPLITS_TEXT: &str = "Dela raderna på variabler, åtskilda av komma; högst tre, och högst 100 000 rader. \
     Kön är alltid delat. / Split the rows by variables, separated by commas; three at most, and at most 100,000 rows. \
     Sex is always split.";

/// The form of a report in its newest version.
#[must_use]
pub fn report(id: &str) -> Option<&'static ReportForm> {
    version(id, None)
}

/// The form of a report in a version; in its newest when none is named.
#[must_use]
pub fn version(id: &str, version: Option<u32>) -> Option<&'static ReportForm> {
    REPORTS.iter().filter(|report| report.id == id).find(|report| version.is_none_or(|v| report.version == v))
}

/// Why a report doesn't take a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// A transition has no state on the last day, and leads from one kind of insats to another.
    Transitions,
    /// Anonymous cases are counted too, and have no state.
    AnonymousToo,
    /// Not every case counted has left joint mapping.
    MappingNotLeft,
    /// Not every case counted has ended.
    NotEnded,
    /// Every row is by sex already.
    AlwaysThere,
    /// Every part is made of the variable's own codes.
    OwnRows,
}

impl NotTaken {
    /// In Swedish.
    #[must_use]
    pub const fn sv(self) -> &'static str {
        match self {
            Self::Transitions => "en övergång har ingen status och ingen insatstyp",
            Self::AnonymousToo => "rapporten räknar också anonyma ärenden, som inte har någon status",
            Self::MappingNotLeft => "alla ärenden i rapporten har inte lämnat gemensam kartläggning",
            Self::NotEnded => "alla ärenden i rapporten är inte avslutade",
            Self::AlwaysThere => "varje rad är redan delad på kön",
            Self::OwnRows => "rapportens rader är redan variabelns värden",
        }
    }

    /// In English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Transitions => "a transition has no state and no kind of measure",
            Self::AnonymousToo => "the report counts anonymous cases too, which have no state",
            Self::MappingNotLeft => "not every case of the report has left joint mapping",
            Self::NotEnded => "not every case of the report has ended",
            Self::AlwaysThere => "every row is split by sex already",
            Self::OwnRows => "the rows of the report are the variable's values already",
        }
    }
}

impl ReportForm {
    /// Whether the report selects by a variable; with the reason why not.
    ///
    /// # Errors
    /// Why not.
    pub fn selects(&self, variable: Variable) -> Result<(), NotTaken> {
        let of_ended = matches!(
            self.id,
            "deltagare-sysselsattning" | "deltagare-arbete-studier" | "deltagare-forman" | "deltagare-forman-efter"
        );
        let left = of_ended || self.id.starts_with("resultat-");
        match variable {
            Variable::Deltagarstatus | Variable::Insatstyp if self.id == "deltagare-floden" => {
                Err(NotTaken::Transitions)
            }
            Variable::Deltagarstatus if self.id == quality::ID => Err(NotTaken::AnonymousToo),
            Variable::UtfallGk if !left => Err(NotTaken::MappingNotLeft),
            Variable::SysselsattningEfter | Variable::FormanEfter if !of_ended => Err(NotTaken::NotEnded),
            _ => Ok(()),
        }
    }

    /// Whether the report splits by a variable.
    ///
    /// # Errors
    /// Why not.
    pub fn splits(&self, variable: Variable) -> Result<(), NotTaken> {
        let rows = !self.parts.iter().any(|part| part.splits(variable));
        match variable {
            Variable::Kon => Err(NotTaken::AlwaysThere),
            _ if rows => Err(NotTaken::OwnRows),
            _ => self.selects(variable),
        }
    }

    /// The variables that the report selects by.
    pub fn selectable(&self) -> impl Iterator<Item = Variable> {
        VARIABLES.iter().map(|row| row.variable).filter(|v| self.selects(*v).is_ok())
    }

    /// The variables that the report splits by.
    pub fn splittable(&self) -> impl Iterator<Item = Variable> {
        VARIABLES.iter().map(|row| row.variable).filter(|v| self.splits(*v).is_ok())
    }
}
