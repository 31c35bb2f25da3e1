//! Sessions as the database keeps them, on both backends.

use chrono::TimeDelta;
use sus::auth::Caller;
use sus::auth::sessions::{self, Limits, Secret};
use sus::domain::code::{ClientId, HandlerId};
use sus::domain::organisation::Role;
use sus::domain::step::Agency;
use sus::storage::Db;

use crate::support::tables::Raw;
use crate::support::{noon, on_both};

fn siv() -> Caller {
    Caller {
        client: ClientId::parse("fk.web").unwrap(),
        agency: Some(Agency::Fk),
        roles: [Role::Deltagaransvarig, Role::Rapportlasare].into(),
        handler: Some(HandlerId::parse("fk-h-017").unwrap()),
    }
}

const LIMITS: Limits =
    Limits { idle: TimeDelta::minutes(30), longest: TimeDelta::hours(8), warn: TimeDelta::minutes(10) };

#[test]
fn a_session_lasts_while_it_is_used_and_never_beyond_its_end() {
    on_both(|_, database| {
        let db = Db::open(&database.url, 2).unwrap();
        let mut connection = db.read().unwrap();
        let mut link = connection.link();
        let (secret, start) = (Secret::new([7; 32]), noon("2026-11-23"));
        sessions::begin(&mut link, &secret, "fk", &siv(), LIMITS, start).unwrap();
        let mut at = |minutes: i64| {
            let now = start + TimeDelta::minutes(minutes);
            sessions::resume(&mut link, &secret, LIMITS, now).unwrap()
        };
        let session = at(0).unwrap();
        assert_eq!((session.caller, session.login.as_str()), (siv(), "fk"));
        assert_eq!((session.ends, session.idle_ends), (start + LIMITS.longest, start + LIMITS.idle));
        for minutes in (25..480).step_by(25) {
            assert!(at(minutes).is_some(), "{minutes}");
        }
        assert_eq!(at(479).unwrap().idle_ends, start + LIMITS.longest, "the idle time doesn't go beyond the end");
        assert!(at(480).is_none());
        assert!(at(0).is_none(), "gone for good");
    });
}

#[test]
fn a_session_that_is_not_used_ends() {
    on_both(|_, database| {
        let db = Db::open(&database.url, 2).unwrap();
        let mut connection = db.read().unwrap();
        let mut link = connection.link();
        let (secret, start) = (Secret::new([7; 32]), noon("2026-11-23"));
        sessions::begin(&mut link, &secret, "fk", &siv(), LIMITS, start).unwrap();
        let other = Secret::new([8; 32]);
        assert!(sessions::resume(&mut link, &other, LIMITS, start).unwrap().is_none());
        let later = start + TimeDelta::minutes(30);
        assert!(sessions::resume(&mut link, &secret, LIMITS, later).unwrap().is_none());
        assert!(sessions::resume(&mut link, &secret, LIMITS, start).unwrap().is_none(), "gone for good");
    });
}

#[test]
fn the_database_holds_no_secret_of_a_session_and_ended_ones_are_forgotten() {
    on_both(|_, database| {
        let db = Db::open(&database.url, 2).unwrap();
        let mut connection = db.read().unwrap();
        let mut link = connection.link();
        let (secret, start) = (Secret::new([0xab; 32]), noon("2026-11-23"));
        sessions::begin(&mut link, &secret, "fk", &siv(), LIMITS, start).unwrap();
        let mut raw = Raw::of(database);
        let texts = [secret.text().into_bytes(), secret.form_token().into_bytes(), vec![0xab; 16]];
        for (place, value) in raw.every_value() {
            for text in &texts {
                assert!(!value.windows(text.len()).any(|window| window == text), "{place}");
            }
        }
        let next = Secret::new([9; 32]);
        sessions::begin(&mut link, &next, "fk", &siv(), LIMITS, start + TimeDelta::hours(9)).unwrap();
        assert_eq!(raw.count("sessions", "true"), 1, "the next login forgets what has ended");
        sessions::end(&mut link, &next).unwrap();
        assert_eq!(raw.count("sessions", "true"), 0);
    });
}

#[test]
fn an_attempt_to_log_in_is_used_once() {
    on_both(|_, database| {
        let db = Db::open(&database.url, 2).unwrap();
        let mut connection = db.read().unwrap();
        let mut link = connection.link();
        let now = noon("2026-11-23");
        assert!(sessions::use_attempt(&mut link, "state", now).unwrap());
        assert!(!sessions::use_attempt(&mut link, "state", now).unwrap());
        assert!(sessions::use_attempt(&mut link, "another", now).unwrap());
    });
}
