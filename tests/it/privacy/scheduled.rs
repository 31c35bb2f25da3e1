//! Retention by the clock: once a day from its time on, made up for after an outage, and each run in the log.

use chrono::{DateTime, NaiveTime, Utc};
use sus::domain::transition::Settings;
use sus::registrations::Service;
use sus::registrations::retention::{Rules, run_when_due};
use sus::storage::retention::{first_altered, runs};

use crate::support::posting::{begaran, number, post};
use crate::support::tables::Raw;
use crate::support::{noon, on_both, organisation, service_with};

const RULES: &str = "[[rule]]\nid = \"bort\"\ntrigger = \"last_registration\"\nmonths = 1\naction = \"delete\"\n";

fn counts(service: &Service) -> Vec<String> {
    let all = runs(&mut service.db.read().unwrap().link()).unwrap();
    assert_eq!(first_altered(&service.vault, &all), None);
    all.into_iter().map(|run| run.counts).collect()
}

#[test]
fn what_has_become_old_goes_at_the_time_of_the_day_and_once_a_day() {
    on_both(|backend, database| {
        let (service, clock) = service_with(database, noon("2016-10-20"), Settings::default());
        service.import_organisation(&organisation()).unwrap();
        post(&service, vec![begaran("FK-1", &number("1961-05-17"), "2016-10-03")]).unwrap();
        let rules = Rules::parse(RULES).unwrap();
        let at = NaiveTime::from_hms_opt(3, 30, 0).unwrap();
        let looks = |instant: &str| {
            let instant: DateTime<Utc> = instant.parse().unwrap();
            clock.set(instant);
            run_when_due(&service, &rules, None, at).unwrap()
        };
        let mut raw = Raw::of(database);
        // A month after the 20th of October, by the Swedish day and clock: 03.30 there is 02.30 in Greenwich.
        assert!(looks("2016-11-19T12:00:00Z"), "{backend:?}: the first look after the time of the day");
        assert_eq!((counts(&service), raw.count("cases", "true")), (vec![r#"{"bort":0}"#.to_owned()], 1));
        assert!(!looks("2016-11-20T02:29:59Z"), "{backend:?}: not yet");
        assert!(looks("2016-11-20T02:30:00Z"), "{backend:?}");
        assert_eq!((counts(&service)[1].as_str(), raw.count("cases", "true")), (r#"{"bort":1}"#, 0), "{backend:?}");
        assert!(!looks("2016-11-20T23:00:00Z"), "{backend:?}: once a day");
        // Down for days, and looked at before the time of the day: made up for once.
        assert!(looks("2016-11-24T00:10:00Z") && !looks("2016-11-24T00:11:00Z"), "{backend:?}");
        assert_eq!(counts(&service).len(), 3, "{backend:?}");
    });
}
