//! Keys exchanged while registering goes on: nobody is lost, nobody gets a second open case, and no figure moves.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use chrono::{Days, NaiveDate};
use sus::chance::Generator;
use sus::clock::{Clock, ManualClock};
use sus::domain::code::CaseId;
use sus::domain::person::{IdentityNumber, test_number};
use sus::domain::rule::Rule;
use sus::domain::transition::Settings;
use sus::registrations::Service;
use sus::registrations::job::Refusal;
use sus::registrations::rotation::{Phase, Rotated, Rotation, status};
use sus::registrations::writer::Parts;
use sus::reports::disclosure::RecordKeys;
use sus::storage::vault::{Vault, id_of};
use sus::storage::{Db, StorageError, persons};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::cli::Place;
use crate::support::posting::{begaran, gk, post};
use crate::support::tables::Raw;
use crate::support::{Database, noon, on_both, organisation};

/// The key that tests have, and one that comes after it.
const OLD: [u8; 32] = [7; 32];
const NEW: [u8; 32] = [8; 32];

fn vault(current: [u8; 32], others: &[[u8; 32]]) -> Vault {
    Vault::with_others(Zeroizing::new(current), others.iter().map(|key| Zeroizing::new(*key)).collect())
}

fn parts(database: &Database, current: [u8; 32], others: &[[u8; 32]], seed: u64) -> Parts {
    Parts {
        db: Db::open(&database.url, 4).unwrap(),
        vault: Arc::new(vault(current, others)),
        settings: Settings::default(),
        queue: 4096,
        registers: Arc::default(),
        clock: Arc::new(ManualClock::at(noon("2016-11-20"))),
        chance: Box::new(Generator::seeded(seed)),
        erasures: None,
    }
}

fn started(database: &Database, current: [u8; 32], others: &[[u8; 32]], seed: u64) -> Arc<Service> {
    Arc::new(Service::start(parts(database, current, others, seed)).unwrap())
}

fn person(n: u64) -> IdentityNumber {
    test_number(NaiveDate::from_ymd_opt(1960, 1, 1).unwrap() + Days::new(n), 980)
}

fn request(service: &Arc<Service>, reference: &str, n: u64) -> Result<bool, Refusal> {
    let outcome = post(service, vec![begaran(reference, person(n).as_digits(), "2016-10-03")])?;
    match &outcome.results[0] {
        Ok(_) => Ok(true),
        Err(findings) => {
            assert!(findings.contains(Rule::OppetArendeFinns), "{findings:?}");
            Ok(false)
        }
    }
}

/// Rotates to the new key, and breaks off after so many pieces.
fn rotate(service: &Service, lookup: bool, pieces: usize, mut each: impl FnMut(Phase)) -> Rotated {
    // Two rotations make two keys.
    static SEED: AtomicU64 = AtomicU64::new(100);
    let mut chance = Generator::seeded(SEED.fetch_add(1, Ordering::Relaxed));
    let clock: &dyn Clock = &*service.clock;
    let mut rotation = Rotation { db: &service.db, vault: &service.vault, chance: &mut chance, clock, piece: 3 };
    let mut told = 0;
    rotation
        .run(lookup, &mut |phase, _| {
            each(phase);
            told += 1;
            told < pieces
        })
        .unwrap()
}

/// What must not move when a key does.
fn unmoved(vault: &Vault) -> Vec<Vec<u8>> {
    let case = CaseId(Uuid::from_u128(7));
    vec![
        vault.fingerprint(b"a body"),
        RecordKeys::live(vault).of(case).to_be_bytes().to_vec(),
        vault.record_secret("2027").to_vec(),
        vault.export_secret("one export").to_vec(),
        vault.chain("erasures", b"", b"a line").to_vec(),
    ]
}

/// Each person's number as the database gives it, with how many open cases stand under it.
fn open_cases(service: &Service, people: u64) -> BTreeMap<String, usize> {
    let mut reader = service.db.read().unwrap();
    let mut link = reader.link();
    let mut found = BTreeMap::new();
    for n in 0..people {
        let ids = persons::by_number(&mut link, &service.vault, &person(n)).unwrap();
        for id in &ids {
            let number = persons::number_of(&mut link, &service.vault, id, service.today()).unwrap().unwrap();
            assert_eq!(number.as_digits(), person(n).as_digits());
        }
        let open = sus::storage::cases::open_of_persons(&mut link, &ids).unwrap();
        found.insert(person(n).as_digits().to_owned(), open.len());
    }
    found
}

#[test]
fn a_rotation_that_was_killed_goes_on_and_meanwhile_everybody_is_found_and_nobody_twice() {
    on_both(|backend, database| {
        let before = started(database, OLD, &[NEW], 1);
        before.import_organisation(&organisation()).unwrap();
        let figures = unmoved(&before.vault);
        assert_eq!(figures[1], unmoved(&Vault::new(OLD))[1], "figures are as they were before secrets were kept");
        for n in 0..20 {
            assert!(request(&before, &format!("FK-{n}"), n).unwrap());
        }
        let after = started(database, NEW, &[OLD], 2);
        // Both processes register between the pieces, and everybody registered so far is known to both.
        let mut next = 20;
        let broken = rotate(&after, true, 4, |_| {
            for service in [&before, &after] {
                assert!(request(service, &format!("FK-{next}"), next).unwrap(), "{backend:?}");
                next += 1;
                for known in [0, 7, next - 1, next - 2] {
                    assert!(!request(service, &format!("again-{known}"), known).unwrap(), "{backend:?}: {known}");
                }
            }
        });
        assert!(broken.broken_off && broken.sealed > 0, "{backend:?}: {broken:?}");
        let half = status(&after.db).unwrap();
        assert!(half.sealed.len() == 2 && half.masters.iter().all(|m| m.retired.is_none()), "{half:?}");
        drop((before, after));
        let again = started(database, NEW, &[OLD], 3);
        let mut seen = Vec::new();
        let done = rotate(&again, true, usize::MAX, |phase| {
            seen.push(phase);
            assert!(request(&again, &format!("FK-{next}"), next).unwrap());
            next += 1;
        });
        assert!(!done.broken_off && done.hashed >= 20 && done.swept >= 20, "{backend:?}: {done:?}");
        assert!([Phase::Sealing, Phase::Hashing, Phase::Sweeping].iter().all(|p| seen.contains(p)), "{seen:?}");
        let whole = status(&again.db).unwrap();
        assert_eq!(whole.sealed, [(id_of(&NEW), next as i64)], "{backend:?}");
        assert_eq!(whole.found, [(whole.lookups[0].clone(), next as i64)], "{backend:?}");
        assert_eq!(whole.lookups.len(), 1);
        let open = open_cases(&again, next);
        assert!(open.values().all(|count| *count == 1), "{backend:?}: {open:?}");
        assert_eq!(unmoved(&again.vault), figures, "{backend:?}");
        drop(again);
        // The former key may now be taken away, and is of no use any more.
        let alone = started(database, NEW, &[], 4);
        assert_eq!(unmoved(&alone.vault), figures, "{backend:?}");
        assert!(open_cases(&alone, next).values().all(|count| *count == 1));
        let refused = Service::open(parts(database, OLD, &[], 5)).err().unwrap().to_string();
        assert!(refused.contains(&id_of(&NEW)) && refused.contains(&id_of(&OLD)), "{refused}");
        let refused = Service::open(parts(database, OLD, &[NEW], 5)).err().unwrap().to_string();
        assert!(refused.contains("taken out of use"), "{refused}");
    });
}

#[test]
fn a_new_look_up_key_that_was_not_finished_with_is_gone_on_with() {
    on_both(|backend, database| {
        let service = started(database, OLD, &[], 1);
        service.import_organisation(&organisation()).unwrap();
        for n in 0..20 {
            assert!(request(&service, &format!("FK-{n}"), n).unwrap());
        }
        let broken = rotate(&service, true, 2, |phase| assert_eq!(phase, Phase::Hashing, "{backend:?}"));
        assert!(broken.broken_off, "{backend:?}: {broken:?}");
        let half = status(&service.db).unwrap();
        assert_eq!(half.lookups.len(), 2, "{backend:?}: {half:?}");
        assert!(!rotate(&service, true, usize::MAX, |_| {}).broken_off);
        assert_eq!(status(&service.db).unwrap().lookups, half.lookups[..1], "{backend:?}");
    });
}

#[test]
fn a_process_that_does_not_know_a_key_in_use_registers_nobody_and_goes_on_with_the_rest() {
    on_both(|backend, database| {
        let unaware = started(database, OLD, &[], 1);
        unaware.import_organisation(&organisation()).unwrap();
        assert!(request(&unaware, "FK-0", 0).unwrap());
        let aware = started(database, NEW, &[OLD], 2);
        assert!(request(&aware, "FK-1", 1).unwrap());
        let refused = request(&unaware, "FK-2", 2).unwrap_err();
        let Refusal::Storage(StorageError::Keys(why)) = &refused else { panic!("{backend:?}: {refused:?}") };
        assert!(why.contains(&id_of(&NEW)) && !why.contains(&"08".repeat(8)), "{why}");
        let mut reader = unaware.db.read().unwrap();
        let search = persons::by_number(&mut reader.link(), &unaware.vault, &person(0));
        assert!(matches!(search, Err(StorageError::Keys(_))), "{backend:?}: {search:?}");
        drop(reader);
        // What concerns no new person goes on.
        assert!(post(&unaware, vec![gk("FK-0", "2016-10-12")]).unwrap().results[0].is_ok());
        rotate(&aware, true, usize::MAX, |_| {});
        assert!(request(&unaware, "FK-1b", 1).is_err());
        assert!(!request(&aware, "FK-1b", 1).unwrap());
        assert_eq!(Raw::of(database).count("persons", "true"), 2, "{backend:?}");
    });
}

#[test]
fn two_processes_that_register_the_same_people_during_a_rotation_open_one_case_each() {
    on_both(|backend, database| {
        const PEOPLE: u64 = 30;
        let one = started(database, OLD, &[NEW], 1);
        one.import_organisation(&organisation()).unwrap();
        let two = started(database, NEW, &[OLD], 2);
        for n in (0..PEOPLE).step_by(5) {
            request(&one, &format!("FK-{n}"), n).unwrap();
        }
        let going = AtomicBool::new(true);
        std::thread::scope(|scope| {
            let posting: Vec<_> = [&one, &two]
                .into_iter()
                .map(|service| {
                    scope.spawn(|| {
                        for round in 0.. {
                            for n in 0..PEOPLE {
                                match request(service, &format!("{round}-{n}-{}", service.vault.key_id()), n) {
                                    // From when the old master key is out of use its process registers nobody.
                                    Ok(_) | Err(Refusal::Storage(StorageError::Keys(_))) => {}
                                    Err(other) => panic!("{backend:?}: {other:?}"),
                                }
                            }
                            if !going.load(Ordering::SeqCst) {
                                return;
                            }
                        }
                    })
                })
                .collect();
            // Where a rotation fails, the others are told to end before the test does.
            let rotated = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                for _ in 0..3 {
                    rotate(&two, true, usize::MAX, |_| {});
                }
            }));
            going.store(false, Ordering::SeqCst);
            rotated.unwrap();
            posting.into_iter().for_each(|thread| thread.join().unwrap());
        });
        assert!(open_cases(&two, PEOPLE).values().all(|count| *count == 1), "{backend:?}");
        assert_eq!(Raw::of(database).count("persons", "true"), PEOPLE as i64, "{backend:?}");
        assert_eq!(Raw::of(database).count("cases", "state = 0"), PEOPLE as i64, "{backend:?}");
    });
}

#[test]
fn a_database_from_before_secrets_were_kept_goes_on_with_the_ones_it_had() {
    on_both(|backend, database| {
        let before = started(database, OLD, &[], 1);
        before.import_organisation(&organisation()).unwrap();
        assert!(request(&before, "FK-0", 0).unwrap());
        let figures = unmoved(&before.vault);
        drop(before);
        Raw::of(database).run("DELETE FROM secrets").unwrap();
        let after = started(database, NEW, &[OLD], 2);
        assert_eq!(unmoved(&after.vault), figures, "{backend:?}");
        assert!(!request(&after, "FK-0b", 0).unwrap(), "{backend:?}");
    });
}

#[test]
fn the_command_rotates_says_how_far_it_is_and_never_shows_a_key() {
    let place = Place::new();
    let (old, new) = ("7a".repeat(32), "8b".repeat(32));
    let with = |place: Place, current: &str, others: &str| {
        let place = place.with("SUS_MASTER_KEY_FILE", current);
        if others.is_empty() { place } else { place.with("SUS_OLD_MASTER_KEY_FILES", others) }
    };
    place.file("old.key", &old);
    place.file("new.key", &new);
    let place = with(place, "old.key", "");
    place.pilot_files();
    place.run("organisation import organisation.json").printed();
    place.run("import pilot.ndjson").printed();
    let report = "report --from 2016-10-01 --to 2016-12-31 --disclosure cell-key --as-of 2018-01-01 --format csv";
    let figures = place.run(report).printed();
    let place = with(place, "new.key", "");
    let refused = place.run("rotate-keys").complained();
    assert!(refused.contains("sealed by master key") && !refused.contains(&old), "{refused}");
    let place = with(place, "new.key", "old.key");
    let first = place.run("rotate-keys --status").printed();
    assert!(first.contains("in use; needed until"), "{first}");
    let done = place.run("rotate-keys --lookup").printed();
    assert!(done.contains("out of use since"), "{done}");
    let told = format!("{refused}{first}{done}");
    assert!(!told.contains(&old[..16]) && !told.contains(&new[..16]), "{told}");
    let place = with(place, "new.key", "");
    assert_eq!(place.run(report).printed(), figures);
}
