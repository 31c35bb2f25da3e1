//! Reports over columns in memory, the baspaket beside a plain loop over the same cases; what the columns hold and take.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use sus::demo::national;
use sus::domain::case::{Case, IdentityState};
use sus::domain::code::{CaseId, ClientId, Position, RegistrationId};
use sus::domain::command::{Command, Participant, Registrar};
use sus::domain::dates::swedish_day;
use sus::domain::journal::{Entry, Event, Opened};
use sus::domain::organisation::Organisation;
use sus::domain::step::Agency;
use sus::domain::transition::Settings;
use sus::registrations::wire::{self, Reading};
use sus::reports::disclosure::{Grant, Policy};
use sus::reports::plain::{Asked, RowCodes};
use sus::reports::times::Every;
use sus::reports::{Facts, FactsBuilder, Geography, Lang, Period, Request, plain, pull};

use crate::figure;

/// A report, its splits, and what it must be selected by.
type Asking = (&'static str, &'static str, Option<(&'static str, &'static str)>);

/// Every deltagarrapport with three splits beside sex, of one answer and of several.
const SPLITS: [Asking; 8] = [
    ("deltagare-floden", "initieradAv,alder,inskrivenAf", None),
    ("deltagare-tider", "alder,insatstyp,inskrivenAf", None),
    ("deltagare-sysselsattning", "alder,insatstyp,inskrivenAf", None),
    ("deltagare-arbete-studier", "formanFore,utfallGk,utbildning", None),
    ("deltagare-bakgrund", "deltagarstatus,insatstyp,marknadsomrade", None),
    ("deltagare-forman", "tidOffentligForsorjning,anstalld,arbetarFore", None),
    ("deltagare-forman-efter", "alder,sysselsattningEfter,programFore", Some(("formanFore", "sjukpenning"))),
    ("baspaket", "insatstyp,inskrivenAf,arbetarFore", None),
];

pub fn run(millions: Option<u32>) {
    let today = "2026-06-30".parse().unwrap();
    let organisation = sus::organisation::read(&national::organisation(), today).unwrap();
    let sizes = millions.map_or(vec![100_000, 1_000_000], |n| vec![n * 1_000_000]);
    for cases in sizes {
        measure(cases, &organisation);
    }
}

fn measure(count: u32, organisation: &Organisation) {
    let told = |name: &str| format!("{count} cases: {name}");
    let begin = Instant::now();
    let mut builder = FactsBuilder::default();
    let mut folding = Duration::ZERO;
    let mut some: Vec<(i64, Case)> = Vec::new();
    let mut before: Vec<(i64, Case)> = Vec::new();
    each_case(count, |key, case| {
        let begin = Instant::now();
        builder.add(key, &case);
        folding += begin.elapsed();
        if key % i64::from(count / CHANGES) == 0 {
            some.push((key, case));
        } else if key % 50 == 1 && count <= 1_000_000 {
            before.push((key, case));
        }
    });
    let finishing = Instant::now();
    let facts = builder.finish(Position(1)).unwrap();
    figure(&told("made as cases and folded into columns"), begin.elapsed().as_secs_f64(), "s", None);
    figure(&told("folded into columns, alone"), (folding + finishing.elapsed()).as_secs_f64(), "s", None);
    let held = facts.bytes() as f64 / f64::from(count);
    figure(&told("memory of the columns, per case"), held, "bytes", None);
    figure(&told("rows of the columns, per case"), facts.rows() as f64 / f64::from(count), "rows", None);
    let plain_cases = if count <= 100_000 { collect(count) } else { Vec::new() };
    for (from, geography) in [
        ("2014-01-01", "riket"),
        ("2014-01-01", "styrgrupp:lan-21"),
        ("2021-01-01", "styrgrupp:lan-21"),
        ("2021-01-01", "fk-kontor:FK-GAVLE"),
    ] {
        let request = request_from(from, "baspaket", geography);
        let geography = format!("{geography} from {from}");
        let first = first_time(&facts, organisation, &request);
        let ms = best(|| pulled(&facts, organisation, &request));
        let ratio = (!plain_cases.is_empty()).then(|| {
            let plain = best_of(3, || {
                for level in &request.geography.resolve(organisation).unwrap().levels {
                    std::hint::black_box(plain::baspaket(plain_cases.iter(), request.period, level));
                }
            });
            figure(&told(&format!("baspaket {geography} by a plain loop")), plain, "ms", None);
            first / plain
        });
        figure(&told(&format!("baspaket {geography}, the first time")), first, "ms", ratio);
        let changed = after_a_change(&facts, &some[..100], organisation, &request);
        figure(&told(&format!("baspaket {geography}, after 100 cases changed")), changed, "ms", None);
        figure(&told(&format!("baspaket {geography}, asked again")), ms, "ms", None);
    }
    for (report, splits, selected) in SPLITS {
        for (from, geography) in [("2021-01-01", "riket"), ("2021-01-01", "lan:21"), ("2014-01-01", "riket")] {
            let mut request = request_from(from, report, geography);
            request.choose(selected, Some(splits)).unwrap();
            let ms = best_of(3, || pulled(&facts, organisation, &request));
            let ratio = (from == "2021-01-01" && !plain_cases.is_empty()).then(|| {
                let plain = best_of(1, || counted_plainly(&plain_cases, organisation, &request));
                figure(&told(&format!("{report} {geography} by a plain loop")), plain, "ms", None);
                ms / plain
            });
            figure(&told(&format!("{report} {geography} from {from} split by {splits}")), ms, "ms", ratio);
        }
    }
    for report in ["flaskhalsar", "status"] {
        let request = request(report, "lan:21");
        let ms = best_of(3, || pulled(&facts, organisation, &request));
        figure(&told(&format!("{report} lan:21")), ms, "ms", None);
    }
    let mut request = request("baspaket", "lan:21");
    request.every = Some(Every::Month);
    figure(&told("baspaket lan:21, twelve months"), first_time(&facts, organisation, &request), "ms", None);
    let ms = best_of(3, || {
        std::hint::black_box(facts.apply(&some, Position(2)).unwrap());
    });
    figure(&told(&format!("refresh after {} changed cases", some.len())), ms, "ms", None);
    if before.is_empty() {
        return;
    }
    // As many as come to stand apart at the most, before they are made part of the rest.
    let facts = facts.apply(&before, Position(2)).unwrap();
    let ms = best_of(3, || {
        std::hint::black_box(facts.apply(&some[..100], Position(3)).unwrap());
    });
    figure(&told(&format!("refresh after 100 changed cases, {} others before", before.len())), ms, "ms", None);
    let ms = best_of(3, || {
        std::hint::black_box(facts.compacted().unwrap());
    });
    figure(&told("the changed cases made part of the rest"), ms, "ms", None);
}

/// How many cases have changed before a refresh.
const CHANGES: u32 = 10_000;

fn request(report: &str, geography: &str) -> Request {
    request_from("2021-01-01", report, geography)
}

fn request_from(first: &str, report: &str, geography: &str) -> Request {
    let last = if first == "2021-01-01" { "2021-12-31" } else { "2026-06-30" };
    let period = Period::new(first.parse().unwrap(), last.parse().unwrap()).unwrap();
    Request::plain(report, period, Geography::parse(geography).unwrap())
}

/// As the first who asks after a change waits: the cells of whole levels are kept, and no rows.
fn after_a_change(facts: &Facts, some: &[(i64, Case)], organisation: &Organisation, request: &Request) -> f64 {
    let mut all: Vec<f64> = (0..5)
        .map(|_| {
            let facts = facts.apply(some, Position(2)).unwrap();
            let begin = Instant::now();
            pulled(&facts, organisation, request);
            begin.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    all.sort_by(f64::total_cmp);
    all[2]
}

/// As the first who asks for a period waits: nothing is kept. Other days make other levels.
fn first_time(facts: &Facts, organisation: &Organisation, request: &Request) -> f64 {
    static DAYS: AtomicU64 = AtomicU64::new(0);
    let mut all: Vec<f64> = (0..5)
        .map(|_| {
            let to = request.period.to() - chrono::Days::new(DAYS.fetch_add(1, Ordering::Relaxed) % 180 + 1);
            let other = Request { period: Period::new(request.period.from(), to).unwrap(), ..request.clone() };
            let begin = Instant::now();
            pulled(facts, organisation, &other);
            begin.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    all.sort_by(f64::total_cmp);
    all[2]
}

/// How often each row is met, case by case.
fn counted_plainly(cases: &[Case], organisation: &Organisation, request: &Request) {
    let levels = request.geography.resolve(organisation).unwrap().levels;
    let settings = Settings::default();
    let asked =
        Asked { request, organisation, levels: &levels, as_of: chrono::DateTime::UNIX_EPOCH, settings: &settings };
    let mut rows: HashMap<(usize, &str, RowCodes), u64> = HashMap::new();
    for case in cases {
        plain::each_cell(&asked, case, |level, part, codes, _| *rows.entry((level, part, codes)).or_default() += 1);
    }
    std::hint::black_box(rows);
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
