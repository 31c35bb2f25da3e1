//! The whole table of transitions, cell by cell and for both agencies, against the table as people agreed on it.

use sus::domain::finding::Allowed;
use sus::domain::rule::Rule;
use sus::domain::step::{Agency, StepKind};

use super::desk::{Desk, day, register};

/// The agency that owns the registration; `-` where the table forbids it. Endings have no row: nothing follows.
const TABLE: &str = "
    from          begaran gk planerad_afi planerad_ali afi ali konsultativt_stod avslutat avbrutet
    nothing       FK      -  -            -            -   -   -                 -        -
    begaran       -       FK -            -            -   -   -                 FK       FK
    gk            -       -  FK           FK           -   -   FK                FK       FK
    planerad_afi  -       -  -            AF           AF  AF  -                 AF       AF
    planerad_ali  -       -  AF           -            AF  AF  -                 AF       AF
    afi           -       -  AF           AF           -   AF  -                 AF       AF
    ali           -       -  AF           AF           AF  -   -                 AF       AF
";

/// The steps of the row and their owners.
fn row(from: Option<StepKind>) -> Vec<(StepKind, Option<Agency>)> {
    let mut lines = TABLE.trim().lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let name = from.map_or("nothing", StepKind::code);
    let cells = lines.find(|cells| cells[0] == name).unwrap_or(vec!["-"; head.len()]);
    let kinds = head[1..].iter().map(|code| StepKind::from_code(code).unwrap());
    kinds.zip(cells[1..].iter().map(|cell| Agency::from_code(cell))).collect()
}

/// The shortest way to each step.
fn way_to(kind: StepKind) -> Vec<(StepKind, &'static str)> {
    use StepKind::{Afi, Ali, Begaran, Gk, PlaneradAfi, PlaneradAli};
    let mut way = vec![(Begaran, "2016-10-03")];
    match kind {
        Begaran => return way,
        StepKind::Avslutat | StepKind::Avbrutet => {}
        Gk | PlaneradAfi | PlaneradAli | StepKind::KonsultativtStod => way.push((Gk, "2016-10-12")),
        Afi | Ali => way.extend([(Gk, "2016-10-12"), (PlaneradAfi, "2016-10-20")]),
    }
    if kind != Gk {
        way.push((kind, "2016-11-14"));
    }
    way
}

#[test]
fn every_cell_is_accepted_from_its_owner_only_and_every_other_refused_with_the_way_on() {
    let desk = Desk::new();
    let today = day("2016-12-01");
    let mut cells = 0;
    for from in [None].into_iter().chain(StepKind::ALL.map(Some)) {
        let case = from.map(|kind| desk.case(&way_to(kind)));
        let row = row(from);
        let way_on: Vec<(StepKind, Agency)> = row.iter().filter_map(|(to, owner)| Some((*to, (*owner)?))).collect();
        for (to, owner) in row {
            for agency in Agency::ALL {
                cells += 1;
                let said = format!("{agency}: {from:?} → {to}");
                let answer = desk.ask(case.as_ref(), register(to, today), agency, today, None);
                let Some(owner) = owner else {
                    let refused = answer.expect_err(&said).0.remove(0);
                    let (rule, allowed) = match from {
                        None => (Rule::ForstaStegBegaran, Some(Allowed::Steps(way_on.clone()))),
                        Some(ended) if ended.is_ending() => (Rule::ArendetAvslutat, None),
                        Some(_) => (Rule::OvergangEjTillaten, Some(Allowed::Steps(way_on.clone()))),
                    };
                    assert_eq!((refused.rule, refused.pointer.as_str()), (rule, "/step"), "{said}");
                    assert_eq!(refused.allowed, allowed, "{said}");
                    continue;
                };
                if agency == owner {
                    let accepted = answer.unwrap_or_else(|findings| panic!("{said}: {findings:?}"));
                    assert_eq!(accepted.case.current().kind, to, "{said}");
                } else {
                    let refused = answer.expect_err(&said);
                    let errors: Vec<_> = refused.0.iter().filter(|f| f.is_error()).collect();
                    assert_eq!(errors.len(), 1, "{said}: {errors:?}");
                    assert_eq!(errors[0].rule, Rule::FelMyndighet, "{said}");
                    assert_eq!(errors[0].allowed, Some(Allowed::Agency(owner)), "{said}");
                }
            }
        }
    }
    assert_eq!(cells, 10 * 9 * 2);
}
