//! Figures as they were known: late registrations, corrections and a felregistrering change what is told today, and
//! every earlier figure can still be told as it was.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::antal;
use crate::http::{ANNA, Api};
use crate::support::posting::{begaran, gk, import_lines};
use crate::support::{Database, on_both, organisation};

/// A period that ends on the day when the first mapping is held, so that a mapping moved by a day falls out of it.
const PERIOD: &str = "/v1/reports/baspaket?from=2016-10-01&to=2016-10-12";

/// What a report said at some moment: its instant, the position it counted to, and all its figures.
struct Moment {
    what: &'static str,
    as_of: String,
    position: i64,
    held: i64,
    report: Value,
}

struct History {
    api: Api,
    moments: Vec<Moment>,
    /// Whether a report is pulled after each write.
    watched: bool,
}

impl History {
    fn begin(database: &Database, watched: bool) -> Self {
        Self { api: Api::over(database), moments: Vec::new(), watched }
    }

    fn pull(&self, query: &str) -> Value {
        let told = self.api.get(&format!("{PERIOD}{query}"), &self.api.fk());
        assert_eq!(told.status, 200, "{query}: {}", told.text);
        told.json()
    }

    /// Writes, and pulls a report that counts what was just written. Afterwards an hour passes.
    fn then(&mut self, what: &'static str, path: &str, if_match: Option<&str>, body: &Value) -> Value {
        let headers: Vec<(&str, &str)> = if_match.map(|tag| ("if-match", tag)).into_iter().collect();
        let told = self.api.post_with(path, &self.api.fk(), &headers, body);
        assert_eq!(told.status, 201, "{what}: {}", told.text);
        let done = told.json();
        let position = done["position"].as_i64().unwrap();
        if self.watched {
            let report = self.pull(&format!("&atLeast={position}"));
            assert_eq!(report["countedTo"], position, "{what}: one's own write is counted");
            let held = antal(&report, "nya_gk", &[("initieradAv", "samtliga")]);
            let as_of = self.api.app.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
            self.moments.push(Moment { what, as_of, position, held, report });
        }
        self.api.clock.advance(TimeDelta::hours(1));
        done
    }

    fn register(&mut self, what: &'static str, body: &Value) -> Value {
        self.then(what, "/v1/registrations", None, body)
    }
}

/// Five days after the mappings: one registered at once, one late, moved out of the period, taken away, put back.
fn history(database: &Database, watched: bool) -> History {
    let mut all = History::begin(database, watched);
    all.register("a request", &begaran("FK-1", ANNA, "2016-10-03"));
    all.register("a mapping", &gk("FK-1", "2016-10-12"));
    all.api.clock.advance(TimeDelta::days(5));
    let second = sus::domain::person::test_number("1990-01-01".parse().unwrap(), 981);
    let opened = all.register("a late request", &begaran("FK-2", second.as_digits(), "2016-10-03"));
    let case = format!("/v1/cases/{}/corrections", opened["case"]["id"].as_str().unwrap());
    let mapped = all.register("a late mapping", &gk("FK-2", "2016-10-11"));
    let moved = json!({"kind": "move", "registration": mapped["registration"], "date": "2016-10-13",
        "reason": {"code": "fel_datum"}});
    all.then("a mapping moved out of the period", &case, Some("\"2\""), &moved);
    let back = json!({"kind": "move", "registration": mapped["registration"], "date": "2016-10-12",
        "reason": {"code": "fel_datum"}});
    all.then("and moved back into it", &case, Some("\"3\""), &back);
    let wrong = json!({"kind": "felregistrering", "reason": {"code": "fel_person"}});
    all.then("a case taken out of all figures", &case, Some("\"4\""), &wrong);
    let right = json!({"kind": "undo_felregistrering", "reason": {"code": "angrat"}});
    all.then("and put back", &case, Some("\"5\""), &right);
    all
}

/// Everything but the instant at which it was asked for.
fn figures(report: &Value) -> Value {
    let mut report = report.clone();
    report.as_object_mut().unwrap().remove("asOf");
    report
}

#[test]
fn every_change_is_in_the_next_report_and_every_earlier_figure_is_told_as_it_was() {
    on_both(|_, database| {
        let all = history(database, true);
        let seen: Vec<(&str, i64)> = all.moments.iter().map(|m| (m.what, m.held)).collect();
        assert_eq!(
            seen,
            [
                ("a request", 0),
                ("a mapping", 1),
                ("a late request", 1),
                ("a late mapping", 2),
                ("a mapping moved out of the period", 1),
                ("and moved back into it", 2),
                ("a case taken out of all figures", 1),
                ("and put back", 2),
            ]
        );
        for then in &all.moments {
            let by_instant = all.pull(&format!("&asOf={}", then.as_of));
            assert_eq!(by_instant["parts"], then.report["parts"], "{} as of then", then.what);
            let by_position = all.pull(&format!("&countedTo={}", then.position));
            assert_eq!(figures(&by_position), figures(&then.report), "{} counted to there", then.what);
            // Both as the report printed them give the very report again.
            let by_both = all.pull(&format!("&asOf={}&countedTo={}", then.as_of, then.position));
            assert_eq!(by_both, then.report, "{} as printed", then.what);
        }
    });
}

#[test]
fn a_day_as_instant_means_its_end_in_sweden() {
    on_both(|_, database| {
        let all = history(database, false);
        let held = |query: &str| antal(&all.pull(query), "nya_gk", &[("initieradAv", "samtliga")]);
        assert_eq!((held("&asOf=2016-10-11"), held("&asOf=2016-10-12"), held("&asOf=2016-10-16")), (0, 1, 1));
        assert_eq!(held("&asOf=2016-10-17"), 2);
        assert_eq!(held("&asOf=2030-01-01"), 2, "an instant to come is now");
    });
}

/// A figure of the requests that wait on the last day, on the selection's level.
fn waiting(report: &Value, figure: &str) -> Value {
    let rows = report["parts"][0]["rows"].as_array().unwrap();
    let wanted = |row: &&Value| row["level"] == "urval" && row["kon"] == "samtliga" && row["steg"] == "begaran";
    rows.iter().find(wanted).unwrap()[figure].clone()
}

#[test]
fn waits_end_with_the_day_that_figures_are_known_on_when_the_period_goes_further() {
    on_both(|_, database| {
        let mut all = History::begin(database, false);
        all.register("a request", &begaran("FK-1", ANNA, "2016-10-03"));
        let pull = |query: &str| {
            let told =
                all.api.get(&format!("/v1/reports/flaskhalsar?part=vantar&from=2016-10-01&{query}"), &all.api.fk());
            assert_eq!(told.status, 200, "{}", told.text);
            told.json()
        };
        let days = |query: &str| waiting(&pull(query), "dagarMedel");
        assert_eq!((days("to=2016-10-12"), days("to=2016-12-31")), (json!(9.0), json!(9.0)));
        assert_eq!(days("to=2016-12-31&version=1"), json!(89.0), "as the definition before said");
        let unfinished =
            "Perioden slutar efter den dag siffrorna är kända på, 2016-10-12: vad som registreras senare ingår inte.";
        let told = |query: &str| pull(query)["footnotes"].as_array().unwrap().contains(&json!(unfinished));
        assert_eq!((told("to=2016-10-12"), told("to=2016-10-13")), (false, true));
        all.api.clock.advance(TimeDelta::days(3));
        assert_eq!((days("to=2016-12-31"), days("to=2016-12-31&asOf=2016-10-12")), (json!(12.0), json!(9.0)));
        // Nobody waits yet in a month that hasn't begun.
        let months = pull("to=2016-12-31&every=month");
        let rows = months["parts"][0]["rows"].as_array().unwrap().iter();
        let of_all = rows.filter(|row| row["level"] == "urval" && row["kon"] == "samtliga" && row["steg"] == "begaran");
        assert_eq!(of_all.map(|row| &row["n"]).collect::<Vec<_>>(), [1, 0, 0]);
        all.api.clock.advance(TimeDelta::days(30));
        let since = "part=vantar_tid&changed=true&from=2016-10-01&to=2016-12-31&asOf=2016-10-12";
        let told = all.api.get(&format!("/v1/reports/flaskhalsar/difference?{since}"), &all.api.fk());
        let told = told.text;
        assert!(
            told.contains("tid_gatt") && !told.contains("_registrering\":"),
            "longer, and nothing registered: {told}"
        );
    });
}

#[test]
fn a_position_that_the_log_has_not_come_to_is_refused_by_name() {
    on_both(|_, database| {
        let all = history(database, false);
        let head = all.pull("")["countedTo"].as_i64().unwrap();
        for name in ["atLeast", "countedTo"] {
            let at = |position: i64| all.api.get(&format!("{PERIOD}&{name}={position}"), &all.api.fk());
            assert_eq!(at(head).status, 200);
            let ahead = at(head + 1);
            assert_eq!(ahead.status, 400, "{}", ahead.text);
            assert_eq!(ahead.json()["errors"][0]["pointer"], format!("/query/{name}"));
            assert_eq!(ahead.json()["errors"][0]["allowed"], json!({"values": [format!("0–{head}")]}));
        }
    });
}

#[test]
fn identity_taken_away_later_is_anonymous_in_earlier_figures_too() {
    on_both(|_, database| {
        let mut all = history(database, false);
        // The registers, a request, its mapping.
        let query = "&countedTo=3";
        let before = all.pull(query);
        let case = all.api.post("/v1/case-searches", &all.api.fk(), &json!({"personnummer": ANNA})).json();
        let path = format!("{}/protections", case["items"][0]["link"].as_str().unwrap());
        all.then("a protected identity", &path, Some("\"2\""), &json!({"date": "2016-10-17"}));
        let after = all.pull(query);
        assert_eq!(antal(&before, "nya_gk", &[("initieradAv", "samtliga")]), 1);
        assert_eq!(antal(&after, "nya_gk", &[("initieradAv", "samtliga")]), 0, "also where the figure was kept");
        assert_eq!((&before["anonymous"], &after["anonymous"]), (&json!(0), &json!(1)));
    });
}

#[test]
fn what_became_known_later_is_nothing_before_wherever_it_stands_in_the_log() {
    on_both(|backend, database| {
        let api = Api::around(database, "2016-12-01", &organisation());
        let line = |mut body: Value, known: &str| {
            (body["agency"], body["recordedAt"]) = (json!("FK"), json!(known));
            body
        };
        let second = sus::domain::person::test_number("1990-01-01".parse().unwrap(), 981);
        // In the order of a file, which is not that in which they became known.
        let lines = [
            line(begaran("FK-2", second.as_digits(), "2016-10-03"), "2016-11-20T12:00:00Z"),
            line(gk("FK-2", "2016-10-11"), "2016-11-21T12:00:00Z"),
            line(begaran("FK-1", ANNA, "2016-10-03"), "2016-10-03T12:00:00Z"),
            line(gk("FK-1", "2016-10-12"), "2016-10-20T12:00:00Z"),
        ];
        let (summary, refused) = import_lines(api.service(), &lines);
        assert_eq!((summary.registered, refused.as_str()), (4, ""), "{backend:?}");
        let path = format!("{PERIOD}&asOf=2016-10-25T12:00:00Z");
        let of = |reports: &Api| figures(&reports.get(&path, &reports.fk()).json());
        let from_journals = of(&api);
        assert_eq!(api.get(PERIOD, &api.fk()).status, 200);
        // Once more over the same database: now the newest columns are there before.
        let other = Api::around(database, "2016-12-01", &organisation());
        assert_eq!(other.get(PERIOD, &other.fk()).status, 200);
        assert_eq!(of(&other), from_journals, "{backend:?}");
        assert_eq!(antal(&other.get(&path, &other.fk()).json(), "nya_gk", &[("initieradAv", "samtliga")]), 1);
    });
}
