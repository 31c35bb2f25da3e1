//! On random histories: what was, and all causes together, are what is – for every count of every part and level.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::explain::{Explained, Key, Moved, Scene};
use super::{Cause, Change, Stages, compare};
use crate::domain::answers::{Answer, Answers, Question};
use crate::domain::case::{Case, IdentityState};
use crate::domain::code::{AgreementId, CaseId, ClientId, Position, RegistrationId};
use crate::domain::command::{Correction, CorrectionKind, HandlerChange, Handlers, Reason, Registrar};
use crate::domain::dates::swedish_day;
use crate::domain::journal::{Entry, Event, Opened};
use crate::domain::organisation::{Members, Organisation};
use crate::domain::step::{Agency, StepKind};
use crate::domain::transition::Settings;
use crate::reports::Facts;
use crate::reports::arbitrary::{any_case, geography, organisation, pair, period};
use crate::reports::disclosure::{Grant, Policy, RecordKeys};
use crate::reports::forms::REPORTS;
use crate::reports::plain::Asked;
use crate::reports::properties::asked;
use crate::reports::pull::{PullError, Shown, pull_shown};
use crate::reports::report::{Figure, Report};
use crate::reports::request::{Lang, Request, RequestError};

/// What else is registered of a case: what, where in its chain, and a number for the rest.
type Extra = (u8, usize, u64);

fn id(case: usize, entry: usize) -> RegistrationId {
    RegistrationId(Uuid::from_u128((case as u128) << 64 | entry as u128))
}

/// The journal that a random case may have had: its steps and changes of office, and then more.
fn journal(number: usize, case: &Case, extras: &[Extra]) -> Vec<Event> {
    let opened = Opened {
        anonymous: case.identity == IdentityState::Anonymous,
        sex: case.sex,
        birth: None,
        offices: case.offices[0].offices.clone(),
        handlers: Handlers::default(),
        consent: None,
        municipality: case.municipality.clone(),
        district: None,
    };
    let mut opened = Some(Box::new(opened));
    let mut events: Vec<Event> = case
        .steps
        .iter()
        .map(|s| Event::Step { kind: s.kind, date: s.date, answers: s.answers.clone(), opened: opened.take() })
        .collect();
    let steps = events.len();
    for period in &case.offices[1..] {
        let (date, offices) = (period.from, period.offices.clone());
        events.push(Event::Offices { date, offices, handlers: HandlerChange::default() });
    }
    let mut withdrawn = false;
    for (what, at, more) in extras {
        let step = at % steps;
        let registration = id(number, step);
        let date = case.steps[step].date + Days::new(more % 40);
        let answers = |question, answer| Answers([(question, answer)].into());
        let correction = |kind| {
            let reason = Reason { code: "annat".to_owned(), text: None };
            Event::Correction(Box::new(Correction { kind, reason }))
        };
        events.push(match what % 9 {
            // A consent is withdrawn once, of a case that hasn't ended by then: no rule lets a case end twice.
            0 if !withdrawn && case.ending().is_none_or(|end| end.date > date) => {
                withdrawn = true;
                Event::Withdrawal { date, ending: date + Days::new(1) }
            }
            0 => Event::Handlers { date, handlers: HandlerChange::default() },
            1 => Event::Answers {
                registration: id(number, 0),
                answers: answers(Question::InitieradAv, Answer::Code("AF")),
            },
            2 => Event::Answers { registration, answers: answers(Question::Arbetar, Answer::Bool(more % 2 == 0)) },
            3 => correction(CorrectionKind::Move { registration, date: case.steps[step].date }),
            4 => correction(CorrectionKind::Undo { registration: id(number, steps - 1) }),
            5 => correction(CorrectionKind::Felregistrering { replaced_by: None }),
            6 => correction(CorrectionKind::UndoFelregistrering),
            7 => Event::Handlers { date, handlers: HandlerChange::default() },
            _ => {
                let offices = pair(&format!("FK-{}", more % 3), &format!("AF-{}", more / 3 % 3));
                let date = Some(case.begun() + Days::new(*more));
                correction(CorrectionKind::OfficeChange {
                    registration: id(number, steps),
                    date,
                    offices: Some(offices),
                })
            }
        });
    }
    events
}

/// Histories side by side: the entries of all cases in the order in which they became known.
fn histories(cases: &[(Case, Vec<Extra>)]) -> Vec<Vec<Entry>> {
    let mut position = 0;
    let mut all: Vec<Vec<Entry>> = vec![Vec::new(); cases.len()];
    let mut left: Vec<_> =
        cases.iter().enumerate().map(|(n, (c, extras))| (n, journal(n, c, extras).into_iter())).collect();
    while !left.is_empty() {
        left.retain_mut(|(number, events)| {
            let Some(event) = events.next() else { return false };
            position += 1;
            let by = Registrar { agency: Agency::Fk, client: ClientId::parse("fk").unwrap(), handler: None };
            let (agreement, known_from): (Option<AgreementId>, _) = (None, at(position));
            let entries = &mut all[*number];
            let (id, position) = (id(*number, entries.len()), Position(position));
            entries.push(Entry { id, position, known_from, by, agreement, event });
            true
        });
    }
    all
}

fn at(position: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_450_000_000, 0).unwrap() + TimeDelta::days(position * 3)
}

/// The register after an office moved and a group changed its members.
fn changed() -> Organisation {
    let mut all = organisation();
    let areas: Vec<_> = all.areas.keys().cloned().collect();
    for (i, office) in all.offices.values_mut().enumerate() {
        office.area = areas.iter().filter(|a| all.areas[*a].agency == office.agency).nth(i % 2).unwrap().clone();
    }
    for group in all.steering_groups.values_mut() {
        if let Members::Municipalities(codes) = &mut group.members {
            codes.truncate(1);
        }
    }
    all
}

struct Both {
    cases: Vec<(CaseId, IdentityState, Vec<Entry>)>,
    request: Request,
}

impl Both {
    fn state(&self, to: i64) -> Vec<Case> {
        let known = |entries: &[Entry]| entries.iter().take_while(|e| e.position.0 <= to).count();
        let case = |(id, identity, entries): &(CaseId, IdentityState, Vec<Entry>)| {
            Case::replay(*id, *identity, &entries[..known(entries)])
        };
        self.cases.iter().filter_map(case).collect()
    }

    fn facts(&self, to: i64) -> Facts {
        Facts::build((1..).zip(self.state(to)), Position(to)).unwrap()
    }

    /// What was known by `to`, as of the instant `day`; none where nobody could read that many rows.
    fn report(&self, to: i64, organisation: &Organisation, day: i64, shown: &Shown) -> Option<Report> {
        let (facts, exact) = (self.facts(to), (Lang::Sv, Grant::all(Policy::Exact)));
        let geography = self.request.geography.resolve(organisation).unwrap();
        match pull_shown(&facts, (organisation, &geography), &self.request, at(day), exact, shown) {
            Err(PullError::Request(wrong)) if matches!(wrong[..], [RequestError::TooManyRows { .. }]) => None,
            pulled => Some(pulled.unwrap()),
        }
    }
}

fn adds_up(change: &Change) -> bool {
    let (Figure::Count(before), Figure::Count(after)) = (change.before, change.after) else { return true };
    before as i64 + change.causes.values().sum::<i64>() == after as i64
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn before_and_all_causes_are_after(
        cases in prop::collection::vec((any_case(), prop::collection::vec((any::<u8>(), 0_usize..9, 0_u64..300), 0..5)), 1..25),
        geography in geography(), period in period(), instants in (0_i64..200, 0_i64..200), moved in any::<bool>(),
        report in any::<usize>(), chosen in any::<[u8; 8]>(),
    ) {
        let entries = histories(&cases);
        let of = |(number, entries): (usize, Vec<Entry>)| (CaseId(Uuid::from_u128(number as u128)), cases[number].0.identity, entries);
        let request = asked(&REPORTS[report % REPORTS.len()], period, geography, chosen);
        prop_assume!(request.splits.len() < 2 && (request.every.is_none() || request.splits.is_empty()));
        let both = Both { cases: entries.into_iter().enumerate().map(of).collect(), request };
        let (from, to) = (instants.0.min(instants.1), instants.0.max(instants.1));
        let (old, new) = (organisation(), if moved { changed() } else { organisation() });
        let levels = both.request.geography.resolve(&old).unwrap().levels;
        let keys = RecordKeys::default();
        let settings = Settings::default();
        let about = Asked { request: &both.request, organisation: &old, levels: &levels, as_of: at(to), settings: &settings };
        let scene = Scene { asked: about, day: swedish_day(at(from)), keys: &keys };
        let mut explained = Explained::default();
        for (id, identity, entries) in &both.cases {
            let known = |to: i64| entries.iter().take_while(|e| e.position.0 <= to).count();
            let before = Case::replay(*id, *identity, &entries[..known(from)]);
            explained.add(&scene, before, &entries[known(from)..known(to)], |e| Case::begin(*id, *identity, e));
        }
        let shown = |to, register: &Organisation| {
            let geography = both.request.geography.resolve(register).unwrap();
            Shown::of(&both.facts(to), (register, &geography), &both.request, Grant::all(Policy::Exact)).unwrap()
        };
        let shown = shown(to, &new).and(&shown(to, &old)).and(&shown(from, &old));
        let pulled = |(to, register, day)| both.report(to, register, day, &shown);
        let pulled = [(from, &old, from), (from, &old, to), (to, &old, to), (to, &new, to)].map(pulled);
        let [Some(before), Some(later), Some(between), Some(after)] = pulled else { return Ok(()) };
        let stages = Stages { before, later: Some(later), between: Some(between), after };
        let difference = compare(stages, &levels, (&explained, Grant::all(Policy::Exact)));
        prop_assert!(adds_up(&difference.anonymous));
        let mut changed = 0;
        for part in &difference.parts {
            for row in &part.rows {
                for figure in &row.figures {
                    prop_assert!(adds_up(figure), "{} {:?} {}: {:?}", part.part.id, row.codes, row.level, figure);
                    changed += figure.causes.len();
                }
            }
        }
        prop_assert!(from < to || moved || changed == 0);
        if !moved {
            let causes = difference.parts.iter().flat_map(|p| &p.rows).flat_map(|r| &r.figures).flat_map(|f| f.causes.keys());
            prop_assert!(causes.clone().all(|c| *c != Cause::Register));
            let states = both.request.form().unwrap().parts.iter().any(|part| part.known);
            prop_assert!(states || causes.clone().all(|c| *c != Cause::Time), "only states change as time passes");
        }
        let behind: i64 = explained.behind.iter().flat_map(|b| &b.changes).map(|(_, n)| *n).sum();
        let urval: i64 = explained.sums.first().map_or(0, |sums| sums.values().flat_map(|c| c.values().filter_map(|moved| moved.shown(Policy::Exact))).sum());
        prop_assert_eq!(behind, urval, "the list of entries holds all that changed in the selection");
        // What a case was between the two states is in neither of them.
        let first = explained.sums.first().into_iter().flatten();
        let stays = |causes: &BTreeMap<Cause, Moved>| causes.values().filter_map(|moved| moved.shown(Policy::Exact)).sum::<i64>() != 0;
        for (key, _) in first.filter(|(key, causes)| **key != Key::anonymous() && stays(causes)) {
            let part = difference.parts.iter().find(|part| part.part.id == key.part).unwrap();
            let has = part.rows.iter().any(|row| row.level == "urval" && row.codes == key.codes);
            prop_assert!(has, "{key:?} is a row of the selection");
        }
    }
}

#[test]
fn a_late_step_is_told_from_a_new_one() {
    let event = |day: &str| Event::Step {
        kind: StepKind::Gk,
        date: day.parse().unwrap(),
        answers: Answers::default(),
        opened: None,
    };
    let by = Registrar { agency: Agency::Fk, client: ClientId::parse("fk").unwrap(), handler: None };
    let entry = |event| Entry {
        id: id(0, 0),
        position: Position(1),
        known_from: at(1),
        by: by.clone(),
        agreement: None,
        event,
    };
    let of = |day: &str| Cause::of(&entry(event(day)), "2016-10-12".parse().unwrap());
    assert_eq!((of("2016-10-12"), of("2016-10-13")), (Cause::Late, Cause::New));
}
