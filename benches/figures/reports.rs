//! The baspaket over columns in memory, beside a plain loop over the same cases: riket, and one office.

use std::time::Instant;

use serde_json::Value;
use sus::demo::national;
use sus::domain::case::{Case, IdentityState};
use sus::domain::code::{CaseId, ClientId, Position, RegistrationId};
use sus::domain::command::{Command, Participant, Registrar};
use sus::domain::dates::swedish_day;
use sus::domain::journal::{Entry, Event, Opened};
use sus::domain::organisation::Organisation;
use sus::domain::step::Agency;
use sus::registrations::wire::{self, Reading};
use sus::reports::disclosure::{Grant, Policy};
use sus::reports::{Facts, FactsBuilder, Geography, Lang, Period, Request, plain, pull};

use crate::{figure, memory};

pub fn run() {
    let today = "2026-06-30".parse().unwrap();
    let organisation = sus::organisation::read(&national::organisation(), today).unwrap();
    for cases in [100_000, 1_000_000] {
        measure(cases, &organisation);
    }
}

fn measure(count: u32, organisation: &Organisation) {
    let before = memory::resident();
    let begin = Instant::now();
    let mut builder = FactsBuilder::default();
    each_case(count, |key, case| builder.add(key, &case));
    let facts = builder.finish(Position(1)).unwrap();
    let built = begin.elapsed().as_secs_f64();
    figure(&format!("{count} cases: made and folded into columns"), built, "s", None);
    figure(
        &format!("{count} cases: memory of the columns, per case"),
        (memory::resident() - before) / f64::from(count),
        "bytes",
        None,
    );
    let plain_cases = if count <= 100_000 { collect(count) } else { Vec::new() };
    for geography in ["riket", "fk-kontor:FK-GAVLE"] {
        let request = request(geography);
        let ms = best(|| pulled(&facts, organisation, &request));
        let ratio = (!plain_cases.is_empty()).then(|| {
            let plain = best_of(3, || {
                for level in &request.geography.resolve(organisation).unwrap().levels {
                    std::hint::black_box(plain::baspaket(plain_cases.iter(), request.period, level));
                }
            });
            figure(&format!("{count} cases: {geography} by a plain loop"), plain, "ms", None);
            ms / plain
        });
        figure(&format!("{count} cases: baspaket {geography}, warm"), ms, "ms", ratio);
    }
}

fn request(geography: &str) -> Request {
    let period = Period::new("2021-01-01".parse().unwrap(), "2021-12-31".parse().unwrap()).unwrap();
    Request::plain("baspaket", period, Geography::parse(geography).unwrap())
}

fn pulled(facts: &Facts, organisation: &Organisation, request: &Request) {
    let report =
        pull(facts, organisation, request, chrono::DateTime::UNIX_EPOCH, Lang::Sv, Grant::all(Policy::Exact)).unwrap();
    std::hint::black_box(report);
}

fn best(run: impl Fn()) -> f64 {
    best_of(10, run)
}

fn best_of(times: usize, run: impl Fn()) -> f64 {
    let mut all: Vec<f64> = (0..times)
        .map(|_| {
            let begin = Instant::now();
            run();
            begin.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    all.sort_by(f64::total_cmp);
    all[times / 2]
}

fn collect(count: u32) -> Vec<Case> {
    let mut all = Vec::new();
    each_case(count, |_, case| all.push(case));
    all
}

/// The synthetic history as cases, without a database.
fn each_case(count: u32, mut with: impl FnMut(i64, Case)) {
    let until = "2026-06-30".parse().unwrap();
    let mut case: Option<Case> = None;
    let mut key = 0;
    for line in (national::National { seed: 5, cases: count.into(), until }).lines() {
        let Some(entry) = entry(&line) else { continue };
        if line["step"] == "begaran" {
            if let Some(done) = case.take() {
                key += 1;
                with(key, done);
            }
            let anonymous = matches!(&entry.event, Event::Step { opened: Some(o), .. } if o.anonymous);
            let identity = if anonymous { IdentityState::Anonymous } else { IdentityState::Named };
            case = Case::begin(CaseId(uuid::Uuid::from_u128(key as u128)), identity, &entry);
        } else if let Some(case) = &mut case {
            case.apply(&entry);
        }
    }
    if let Some(done) = case {
        with(key + 1, done);
    }
}

fn entry(line: &Value) -> Option<Entry> {
    let known_from: chrono::DateTime<chrono::Utc> = line["recordedAt"].as_str()?.parse().ok()?;
    let item = wire::line(line, Reading { today: swedish_day(known_from) }).ok()?;
    let agency = item.agency.unwrap_or(Agency::Fk);
    let by = Registrar { agency, client: ClientId::parse("bench").ok()?, handler: None };
    let event = match item.request.command {
        Command::Register(new) => {
            let opened = new.opening.map(|o| {
                let (anonymous, sex, birth) = match &o.participant {
                    Participant::Named(n) => (false, n.sex(), n.birth_date()),
                    Participant::Anonymous(sex) => (true, *sex, None),
                };
                Box::new(Opened {
                    anonymous,
                    sex,
                    birth,
                    offices: o.offices,
                    handlers: o.handlers,
                    consent: o.consent,
                    municipality: o.municipality,
                    district: o.district,
                })
            });
            Event::Step { kind: new.step, date: new.date, answers: new.answers, opened }
        }
        Command::ChangeOffices { date, offices, handlers } => Event::Offices { date, offices, handlers },
        Command::WithdrawConsent { date } => Event::Withdrawal { date, ending: date },
        _ => return None,
    };
    let id = RegistrationId(uuid::Uuid::from_u128(rand_id(line)));
    Some(Entry { id, position: Position(1), known_from, by, agreement: None, event })
}

fn rand_id(line: &Value) -> u128 {
    use std::hash::{Hash, Hasher};
    let mut hasher = std::hash::DefaultHasher::new();
    line.to_string().hash(&mut hasher);
    u128::from(hasher.finish())
}
