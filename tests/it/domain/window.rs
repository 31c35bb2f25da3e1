//! The days that a form offers are those that the rules accept.

use sus::domain::dates::{earlier, later};
use sus::domain::step::{self, StepKind};
use sus::domain::window::Window;

use super::desk::{Desk, day, register};

use StepKind::{Afi, Ali, Begaran, Gk, PlaneradAfi, PlaneradAli};

const WAYS: &[&[(StepKind, &str)]] = &[
    &[(Begaran, "2016-10-03")],
    &[(Begaran, "2016-10-03"), (Gk, "2016-10-12")],
    &[(Begaran, "2016-10-03"), (Gk, "2016-10-12"), (PlaneradAfi, "2016-10-20")],
    &[(Begaran, "2016-10-03"), (Gk, "2016-10-12"), (PlaneradAli, "2016-10-20"), (Ali, "2016-11-14")],
    &[(Begaran, "2016-10-03"), (Gk, "2016-10-12"), (PlaneradAfi, "2016-10-20"), (Afi, "2016-11-14")],
];

#[test]
fn every_next_step_is_accepted_on_the_first_and_last_day_offered_and_on_none_beside_them() {
    let desk = Desk::new();
    for way in WAYS {
        let case = desk.case(way);
        for today in ["2016-11-14", "2016-12-01"].map(day) {
            for next in step::next(Some(case.current().kind)) {
                let window = Window::of_next(&case, next.to, &desk.organisation, &desk.settings, today);
                let accepts = |date| desk.ask(Some(&case), register(next.to, date), next.owner, today, None).is_ok();
                let said = format!("{:?} → {:?} on {today}: {window:?}", case.current().kind, next.to);
                assert!(!accepts(earlier(window.first, 1)) && !accepts(later(window.last, 1)), "{said}");
                if window.is_open() {
                    assert!(accepts(window.first) && accepts(window.last), "{said}");
                }
            }
        }
    }
}

#[test]
fn nothing_can_be_registered_on_the_day_of_the_step_before_but_a_wait() {
    let desk = Desk::new();
    let case = desk.case(WAYS[1]);
    let today = day("2016-10-12");
    let window = |kind| Window::of_next(&case, kind, &desk.organisation, &desk.settings, today);
    assert!(!window(StepKind::Avslutat).is_open());
    assert_eq!(window(PlaneradAfi), Window { first: day("2016-10-13"), last: day("2016-11-12") });
    assert!(window(PlaneradAfi).contains(day("2016-10-13")) && !window(PlaneradAfi).contains(today));
}

#[test]
fn a_step_that_stands_is_moved_between_its_neighbours() {
    let desk = Desk::new();
    let case = desk.case(WAYS[3]);
    let window = |index| Window::of_standing(&case, index, &desk.settings, day("2016-12-01"));
    assert_eq!(window(1), Some(Window { first: day("2016-10-04"), last: day("2016-10-19") }));
    assert_eq!(window(3), Some(Window { first: day("2016-10-21"), last: day("2016-12-01") }));
    assert_eq!(window(4), None);
}
