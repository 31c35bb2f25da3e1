//! The ten parts of the baspaket: their dimensions, their cells, and their rows.
//!
//! Lives here: which codes each part has, and how cells become figures. Never here: who falls in which cell
//! (`observations`, `tally`; as a plain loop in [`super::plain`]).

use super::cube::{Axis, Cube, Durations, Merge, Tally};
use super::disclosure::Policy;
use super::report::{Figure, Row};
use super::variables::Variable;

const fn summed(name: &'static str, codes: &'static [&'static str]) -> Axis {
    Axis { name, codes, summed: true }
}

const fn own(name: &'static str, codes: &'static [&'static str]) -> Axis {
    Axis { name, codes, summed: false }
}

const KON: Axis = summed("kon", &["kvinna", "man"]);
const HELD: Axis = summed("gkHallen", &["ja", "nej"]);

/// How the cells of a part become figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measures {
    /// antal.
    Count,
    /// antal, and andel of the total over the first axis that is named.
    Share(&'static str),
    /// dagarMedel, dagarMedian, n.
    Days,
    /// antal (stock), distinkta.
    Stock,
    /// dagarMedel, dagarMedian, percentiles by nearest rank, n.
    Spread,
}

impl Measures {
    /// Their names on the wire.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Count => &["antal"],
            Self::Share(_) => &["antal", "andel"],
            Self::Days => &["dagarMedel", "dagarMedian", "n"],
            Self::Stock => &["antal", "distinkta"],
            Self::Spread => &["dagarMedel", "dagarMedian", "dagarP10", "dagarP25", "dagarP75", "dagarP90", "n"],
        }
    }
}

/// The form of a part.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// Its id on the wire.
    pub id: &'static str,
    /// Its dimensions, `kon` last.
    pub axes: &'static [Axis],
    /// Its measures.
    pub measures: Measures,
    /// So many months, the one of the period's last day being the last, stand beside each other; 0: the period.
    pub months: u32,
    /// Whether states of the last day are those of a day that was known ([`measured_on`](super::times::measured_on)).
    pub known: bool,
}

impl Form {
    /// Whether the part is split by a variable where its report is: not where its rows are the variable's values already,
    /// and not where nothing is known of whom it counts.
    #[must_use]
    pub fn splits(&self, variable: Variable) -> bool {
        self.id != ANONYMOUS && !self.axes.iter().any(|axis| axis.name == variable.row().name)
    }
}

/// The part of cases without identity, which nothing is known of to split by.
pub(super) const ANONYMOUS: &str = "anonyma";

const fn form(id: &'static str, axes: &'static [Axis], measures: Measures) -> Form {
    Form { id, axes, measures, months: 0, known: false }
}

/// The ten parts in their order.
pub const PARTS: [Form; 10] = [
    form("nya_gk", &[summed("initieradAv", &["FK", "AF", "uppgift_saknas"]), KON], Measures::Count),
    form(
        "utfall_gk",
        &[
            summed(
                "utfall",
                &[
                    "planerad_afi",
                    "planerad_ali",
                    "konsultativt_stod",
                    "endast_af",
                    "endast_fk",
                    "ingen",
                    "uppgift_saknas",
                    "avbrutet",
                ],
            ),
            KON,
        ],
        Measures::Share("utfall"),
    ),
    form(
        "tid_per_steg",
        &[own("steg", &["begaran", "gk", "planerad_afi", "planerad_ali", "afi", "ali", "samtliga"]), HELD, KON],
        Measures::Days,
    ),
    form("tid_insats", &[summed("insats", &["gk", "afi", "ali"]), KON], Measures::Days),
    form(
        "tid_vantan",
        &[
            summed("vantan", &["begaran", "planerad_afi", "planerad_ali"]),
            summed("slut", &["aktivitet", "avslut"]),
            KON,
        ],
        Measures::Days,
    ),
    form("tid_samarbete", &[own("fran", &["begaran", "gk"]), HELD, KON], Measures::Days),
    form("till_insats", &[summed("insats", &["afi", "ali", "ingen"]), KON], Measures::Share("insats")),
    form("nya_insats", &[own("insats", &["afi", "ali", "samtliga"]), KON], Measures::Count),
    form("aktiva", &[own("insats", &["afi", "ali", "samtliga"]), KON], Measures::Stock),
    form(
        "utfall_insats",
        &[
            summed("insats", &["afi", "ali"]),
            summed(
                "utfall",
                &[
                    "avbrutet",
                    "arbete_ej_subventionerat",
                    "arbete_subventionerat",
                    "arbete_typ_saknas",
                    "studier",
                    "program",
                    "oppet_arbetslos",
                    "fortsatt_fk",
                    "uppgift_saknas",
                    "annat",
                ],
            ),
            KON,
        ],
        Measures::Share("utfall"),
    ),
];

/// Stock on the last day, and distinct cases in the period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Active {
    /// On the last day.
    pub stock: Tally,
    /// In the period.
    pub distinct: Tally,
}

impl Merge for Active {
    fn merge(&mut self, other: &Self) {
        self.stock.merge(&other.stock);
        self.distinct.merge(&other.distinct);
    }

    fn take_away(&mut self, other: &Self) {
        self.stock.take_away(&other.stock);
        self.distinct.take_away(&other.distinct);
    }
}

/// The cells of all parts for one level.
#[derive(Debug, Clone)]
pub struct Cells {
    pub(super) nya_gk: Cube<Tally>,
    pub(super) utfall_gk: Cube<Tally>,
    pub(super) tid_per_steg: Cube<Durations>,
    pub(super) tid_insats: Cube<Durations>,
    pub(super) tid_vantan: Cube<Durations>,
    pub(super) tid_samarbete: Cube<Durations>,
    pub(super) till_insats: Cube<Tally>,
    pub(super) nya_insats: Cube<Tally>,
    pub(super) aktiva: Cube<Active>,
    pub(super) utfall_insats: Cube<Tally>,
}

impl Default for Cells {
    fn default() -> Self {
        let axes = |part: usize| PARTS[part].axes;
        Self {
            nya_gk: Cube::new(axes(0)),
            utfall_gk: Cube::new(axes(1)),
            tid_per_steg: Cube::new(axes(2)),
            tid_insats: Cube::new(axes(3)),
            tid_vantan: Cube::new(axes(4)),
            tid_samarbete: Cube::new(axes(5)),
            till_insats: Cube::new(axes(6)),
            nya_insats: Cube::new(axes(7)),
            aktiva: Cube::new(axes(8)),
            utfall_insats: Cube::new(axes(9)),
        }
    }
}

impl Merge for Cells {
    fn merge(&mut self, other: &Self) {
        self.nya_gk.merge(&other.nya_gk);
        self.utfall_gk.merge(&other.utfall_gk);
        self.tid_per_steg.merge(&other.tid_per_steg);
        self.tid_insats.merge(&other.tid_insats);
        self.tid_vantan.merge(&other.tid_vantan);
        self.tid_samarbete.merge(&other.tid_samarbete);
        self.till_insats.merge(&other.till_insats);
        self.nya_insats.merge(&other.nya_insats);
        self.aktiva.merge(&other.aktiva);
        self.utfall_insats.merge(&other.utfall_insats);
    }

    fn take_away(&mut self, other: &Self) {
        self.nya_gk.take_away(&other.nya_gk);
        self.utfall_gk.take_away(&other.utfall_gk);
        self.tid_per_steg.take_away(&other.tid_per_steg);
        self.tid_insats.take_away(&other.tid_insats);
        self.tid_vantan.take_away(&other.tid_vantan);
        self.tid_samarbete.take_away(&other.tid_samarbete);
        self.till_insats.take_away(&other.till_insats);
        self.nya_insats.take_away(&other.nya_insats);
        self.aktiva.take_away(&other.aktiva);
        self.utfall_insats.take_away(&other.utfall_insats);
    }
}

impl Cells {
    /// The rows of each part as the policy shows them, in the order of [`PARTS`].
    #[must_use]
    pub fn rows(&self, level: &str, policy: Policy) -> Vec<Vec<Row>> {
        vec![
            counts(&self.nya_gk, None, level, policy),
            counts(&self.utfall_gk, Some("utfall"), level, policy),
            days(&self.tid_per_steg, level, policy),
            days(&self.tid_insats, level, policy),
            days(&self.tid_vantan, level, policy),
            days(&self.tid_samarbete, level, policy),
            counts(&self.till_insats, Some("insats"), level, policy),
            counts(&self.nya_insats, None, level, policy),
            self.active(level, policy),
            counts(&self.utfall_insats, Some("utfall"), level, policy),
        ]
    }

    fn active(&self, level: &str, policy: Policy) -> Vec<Row> {
        rows(&self.aktiva, level, |_, active| vec![policy.count(active.stock), policy.count(active.distinct)])
    }
}

/// A row for each combination of codes and totals.
fn rows<T: Merge + Clone>(cube: &Cube<T>, level: &str, figures: impl Fn(&[usize], &T) -> Vec<Figure>) -> Vec<Row> {
    cube.combinations()
        .map(|codes| {
            let named = cube.axes().iter().zip(&codes);
            let figures = figures(&codes, &cube.total(&codes));
            let codes = named.map(|(axis, code)| axis.values().nth(*code).unwrap_or_default().into()).collect();
            Row { codes, level: level.to_owned(), figures }
        })
        .collect()
}

fn counts(cube: &Cube<Tally>, share_over: Option<&str>, level: &str, policy: Policy) -> Vec<Row> {
    let over = cube.axes().iter().position(|axis| Some(axis.name) == share_over);
    rows(cube, level, |codes, count| {
        let mut figures = vec![policy.count(*count)];
        if let Some(over) = over {
            let mut whole = codes.to_vec();
            whole[over] = usize::MAX;
            figures.push(policy.share(*count, cube.total(&whole)));
        }
        figures
    })
}

fn days(cube: &Cube<Durations>, level: &str, policy: Policy) -> Vec<Row> {
    rows(cube, level, |_, days| policy.days(days))
}
