//! Reports leave registrations their part of the processors.

use std::time::Duration;

use super::{ANNA, Api};
use crate::support::on_both;

/// How long reports have waited for their turn, in seconds.
fn waited(api: &Api) -> f64 {
    let told = api.app.metrics.as_ref().unwrap().text(None, None).unwrap();
    let told = String::from_utf8(told).unwrap();
    let line = told.lines().find_map(|line| line.strip_prefix("sus_report_turn_seconds_sum ")).unwrap();
    line.parse().unwrap()
}

#[test]
fn a_report_waits_where_registrations_took_the_writer_during_the_last() {
    on_both(|backend, database| {
        let api = Api::over(database);
        let worked = || api.service().load().worked();
        assert_eq!(worked(), Duration::ZERO, "{backend:?}");
        let case = api.opened("FK-1", ANNA);
        let registered = worked();
        assert!(registered > Duration::ZERO, "{backend:?}");
        assert_eq!(api.get(&case, &api.fk()).status, 200);
        assert_eq!(worked(), registered, "{backend:?}: who reads is written down, and registers nothing");
        let report = "/v1/reports/baspaket?from=2016-10-01&to=2016-10-07";
        api.app.pace.counted(Duration::from_secs(3600), Duration::from_secs(3600));
        assert_eq!(api.get(report, &api.fk()).status, 200);
        assert!(waited(&api) > 0.25, "{backend:?}: {}", waited(&api));
    });
}
