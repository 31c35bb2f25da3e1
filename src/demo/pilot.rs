//! The pilot in Gävleborg in the autumn of 2016, with the counts that were published: 40 joint mappings booked, 33
//! held, 7 not (4 for health, 3 for practical reasons); of the 33, 27 went on into the cooperation, 1 to AF's
//! ordinary operation, 5 back to FK. All of that is dated October–December 2016.
//!
//! Lives here: the forty cases, as import lines. What the source does not tell – towns, days, answers, and what came
//! after – is made up by plain rules on the case's number, so the data is the same on every machine. Never here: a
//! number that somebody has.

mod register;

use chrono::{Duration, NaiveDate};
use serde_json::{Map, Value, json};

pub use register::organisation;
use register::{AGREEMENT, TOWNS, handler_id};

use super::wording::{employer, instant, workday};
use crate::domain::person::test_number;

/// The towns of the forty cases; index into [`TOWNS`].
const TOWN_OF: [usize; 40] = [
    0, 1, 0, 2, 3, 0, 4, 1, 0, 2, 0, 5, 1, 0, 3, 2, 0, 1, 0, 4, 3, 0, 1, 2, 0, 0, 3, 1, 0, 2, 5, 0, 1, 3, 0, 2, 0, 1,
    3, 2,
];

/// Who the cases are about, so that no other made-up data has the same people.
pub(super) fn people() -> impl Iterator<Item = (NaiveDate, u16)> {
    (0..TOWN_OF.len()).map(|n| (birth(n), serial(n)))
}

fn birth(n: usize) -> NaiveDate {
    if n == 0 { day(1985, 3, 12) } else { day(1953, 2, 1) + Duration::days(337 * n as i64) }
}

/// The birth number: even for five women of eight, odd for three men.
fn serial(n: usize) -> u16 {
    980 + 2 * (n % 10) as u16 + u16::from(n % 8 >= 5)
}

/// How a joint mapping went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    NotHeld(&'static str),
    Back(&'static str),
    Planned(&'static str),
}

/// The published counts, spread over the forty.
fn outcome(case: usize) -> Outcome {
    match case {
        4 | 14 | 24 | 33 => Outcome::NotHeld("halsa"),
        9 | 19 | 29 => Outcome::NotHeld("praktiskt_hinder"),
        11 => Outcome::Back("endast_af"),
        6 | 16 | 21 | 27 | 37 => Outcome::Back("endast_fk"),
        // 14 of the 27 are even: the arbetsförberedande.
        _ if planned_before(case).is_multiple_of(2) => Outcome::Planned("afi"),
        _ => Outcome::Planned("ali"),
    }
}

/// How many of the cases before this one were planned for an insats.
fn planned_before(case: usize) -> usize {
    const OTHERS: [usize; 13] = [4, 6, 9, 11, 14, 16, 19, 21, 24, 27, 29, 33, 37];
    case - OTHERS.iter().filter(|o| **o < case).count()
}

/// All registrations of the pilot as import lines, in the order in which they were made.
#[must_use]
pub fn registrations() -> Vec<Value> {
    let mut lines: Vec<Value> = (0..TOWN_OF.len()).flat_map(|n| PilotCase::new(n).lines()).collect();
    // Stable: two lines of one case never change places.
    lines.sort_by(|a, b| a["recordedAt"].as_str().cmp(&b["recordedAt"].as_str()));
    lines
}

struct PilotCase {
    n: usize,
    town: usize,
    lines: Vec<Value>,
    recorded: NaiveDate,
}

impl PilotCase {
    fn new(n: usize) -> Self {
        Self { n, town: TOWN_OF[n], lines: Vec::new(), recorded: NaiveDate::MIN }
    }

    /// A number from the case's own, different for each `salt`.
    fn pick(&self, salt: usize, of: usize) -> usize {
        (self.n * 37 + salt * 101 + self.n * self.n * salt) % of
    }

    fn days(&self, salt: usize, from: i64, to: i64) -> Duration {
        Duration::days(from + self.pick(salt, usize::try_from(to - from + 1).unwrap_or(1)) as i64)
    }

    fn handler(&self, agency: &str) -> String {
        handler_id(agency, self.town, self.n % TOWNS[self.town].3)
    }

    /// Adds a line. Most are registered on their day, a planned insats on the day of the last meeting, some late.
    fn add(&mut self, agency: &str, step: &str, date: NaiveDate, fields: Value) {
        let ahead = step.starts_with("planerad");
        let late = match self.pick(self.lines.len() + 3, 9) {
            0 => 5,
            1 => 13,
            2 | 3 => 1,
            _ => 0,
        };
        let natural = if ahead { date - Duration::days(1) } else { workday(date + Duration::days(late)) };
        self.recorded = natural.max(self.recorded);
        let number = self.lines.len() + 1;
        let mut line = Map::new();
        let mut put = |key: &str, value: Value| line.insert(key.to_owned(), value);
        let prefix = agency.to_lowercase();
        put("agency", json!(agency));
        put("clientReference", json!(format!("{prefix}-2016-{:04}-{number}", self.n + 1)));
        put("caseReference", json!(format!("FK-2016-{:04}", self.n + 1)));
        put("step", json!(step));
        put("date", json!(date));
        put("registeredBy", json!(self.handler(agency)));
        // The number of the line makes the minute greater, so order holds within a day.
        put("recordedAt", json!(instant(self.recorded, (self.n * 7 + number * 11) as u32)));
        if let Value::Object(more) = fields {
            line.extend(more);
        }
        self.lines.push(Value::Object(line));
    }

    fn lines(mut self) -> Vec<Value> {
        // The first is the example that the documentation follows through.
        let first = self.n == 0;
        let request = if first {
            day(2016, 10, 3)
        } else {
            workday(day(2016, 10, 3) + Duration::days((self.n * 42 / 40) as i64))
        };
        self.request(request);
        let gk = if first { day(2016, 10, 12) } else { workday(request + self.days(1, 8, 14)) };
        match outcome(self.n) {
            Outcome::NotHeld(reason) => {
                // Known on the day when nobody came, registered as ended that day.
                let mut answers = self.afterwards(false, true);
                answers["ejGenomfordOrsak"] = json!(reason);
                self.add("FK", "avslutat", gk, json!({"answers": answers}));
            }
            Outcome::Back(to) => {
                self.add("FK", "gk", gk, json!({}));
                let mut answers = self.afterwards(false, to == "endast_fk");
                answers["inskrivenAf"] = json!(to == "endast_af");
                answers["fortsattHandlaggning"] = json!(to);
                answers["moten"] = json!([gk]);
                answers["specialister"] = json!([]);
                self.add("FK", "avslutat", workday(gk + self.days(2, 2, 9)), json!({"answers": answers}));
            }
            Outcome::Planned(kind) => {
                self.add("FK", "gk", gk, json!({}));
                let planned = self.planned(gk, kind);
                self.insatser(planned, kind);
            }
        }
        self.lines
    }

    fn request(&mut self, date: NaiveDate) {
        let (_, _, kommuner, _) = TOWNS[self.town];
        let number = test_number(birth(self.n), serial(self.n));
        let consent = if self.n == 0 { day(2016, 9, 26) } else { workday(date - self.days(4, 3, 12)).min(date) };
        let town = TOWNS[self.town].0;
        let (fk, af) = (format!("FK-{town}"), format!("AF-{town}"));
        let by_af = self.n % 4 == 3;
        let line = json!({
            "participant": {"personnummer": number.as_digits()},
            "offices": {"fk": fk, "af": af},
            "municipality": kommuner[self.pick(6, kommuner.len())],
            "handlers": {"fk": self.handler("FK"), "af": self.handler("AF")},
            "consent": {"obtainedOn": consent, "obtainedBy": if by_af { "AF" } else { "FK" },
                "office": if by_af { &af } else { &fk }, "form": "gk-affk-1"},
            "answers": self.before(by_af),
        });
        self.add("FK", "begaran", date, line);
    }

    /// The answers at the request.
    fn before(&self, by_af: bool) -> Value {
        const BENEFITS: [&[&str]; 6] = [
            &["sjukpenning"],
            &["sjukpenning"],
            &["aktivitetsersattning"],
            &["rehabiliteringspenning"],
            &["sjukpenning", "forsorjningsstod"],
            &["sjukersattning"],
        ];
        const TIMES: [&str; 7] = ["under_3_man", "3_6_man", "7_12_man", "1_2_ar", "1_2_ar", "3_5_ar", "6_9_ar"];
        const EDUCATION: [&str; 5] =
            ["gymnasium", "grundskola", "gymnasium", "eftergymnasial_kort", "eftergymnasial_lang"];
        // Case 0 lands on the first of each: the documented example, 1_2_ar apart.
        let employed = self.n % 3 == 2;
        let works = employed && self.n.is_multiple_of(2);
        let mut answers = json!({
            "initieradAv": if by_af { "AF" } else { "FK" },
            "anstalld": employed, "egetForetag": false, "inskrivenAf": self.n % 5 == 3,
            "arbetar": works, "studerar": false, "program": false,
            "formaner": BENEFITS[self.n % BENEFITS.len()],
            "tidOffentligForsorjning": TIMES[(self.n + 3) % TIMES.len()],
            "utbildning": EDUCATION[self.n % EDUCATION.len()],
        });
        if employed {
            answers["arbetsgivare"] = json!(employer(self.n as u32));
            answers["anstallningstyp"] = json!(if self.n.is_multiple_of(2) { "tillsvidare" } else { "tidsbegransad" });
        }
        if works {
            answers["arbetstyper"] = json!(["ej_subventionerat"]);
            answers["arbetsandel"] = json!(25);
        }
        answers
    }

    /// The answers at `avslutat`.
    fn afterwards(&self, after_insats: bool, continues_at_fk: bool) -> Value {
        let works = after_insats && self.n % 5 < 3;
        let studies = after_insats && self.n % 5 == 3;
        let mut answers = json!({
            "inskrivenAf": after_insats, "arbetar": works, "studerar": studies, "program": false,
            "oppetArbetslos": after_insats && !works && !studies && !continues_at_fk,
            "formaner": [if continues_at_fk { "sjukpenning" } else if works { "ingen" } else { "aktivitetsstod" }],
            "fortsattHosFk": continues_at_fk,
        });
        if works {
            answers["arbetstyper"] =
                json!([if self.n.is_multiple_of(2) { "subventionerat" } else { "ej_subventionerat" }]);
            answers["arbetsandel"] = json!([50, 75, 100][self.n % 3]);
        }
        if studies {
            answers["studietyp"] = json!("gymnasial");
            answers["studieandel"] = json!(100);
        }
        answers
    }

    /// The planned insats, the day after the last meeting at the earliest; its date.
    fn planned(&mut self, gk: NaiveDate, kind: &str) -> NaiveDate {
        let second = if self.n == 0 { day(2016, 10, 26) } else { workday(gk + self.days(7, 6, 13)) };
        let two = self.n % 4 != 1;
        let meetings = if two { vec![gk, second] } else { vec![gk] };
        let last = if two { second } else { gk };
        let specialists: &[&str] = match self.n % 4 {
            0 => &["arbetsterapeut"],
            2 => &["arbetspsykolog"],
            _ => &[],
        };
        let date = last + Duration::days(1);
        let answers = json!({"fortsattHandlaggning": "gemensamt_stod", "moten": meetings, "specialister": specialists});
        self.add("FK", &format!("planerad_{kind}"), date, json!({"answers": answers}));
        date
    }

    /// What came after: AF's part, into 2017. Three are still going on.
    fn insatser(&mut self, planned: NaiveDate, kind: &str) {
        if self.n == 0 {
            self.add("AF", "afi", day(2016, 11, 14), json!({"answers": {"insats": "2180-afi-01"}}));
            let mut answers = self.afterwards(true, false);
            answers["formaner"] = json!(["ingen"]);
            self.add("AF", "avslutat", day(2017, 8, 31), json!({"answers": answers}));
            return;
        }
        if matches!(self.n, 13 | 31) {
            let answers = json!({"orsak": if self.n == 13 { "eget_initiativ" } else { "atertaget_samtycke" }});
            self.add("AF", "avbrutet", workday(planned + Duration::days(20)), json!({"answers": answers}));
            return;
        }
        let start = workday(planned + self.days(8, 10, 40));
        self.start(kind, start);
        let mut last = start;
        if self.n.is_multiple_of(3) {
            // From preparing to working life, or back, with a new plan between.
            let other = if kind == "afi" { "ali" } else { "afi" };
            let replanned = workday(start + self.days(9, 60, 100));
            self.add("AF", &format!("planerad_{other}"), replanned, json!({}));
            last = workday(replanned + self.days(10, 14, 28));
            self.start(other, last);
        }
        if !matches!(self.n, 8 | 20 | 36) {
            let end = workday(last + self.days(11, 60, 200));
            if self.n % 11 == 1 {
                self.add("AF", "avbrutet", end, json!({"answers": {"orsak": "eget_initiativ"}}));
            } else {
                let answers = self.afterwards(true, self.n % 10 == 9);
                self.add("AF", "avslutat", end, json!({"answers": answers}));
            }
        }
    }

    fn start(&mut self, kind: &str, date: NaiveDate) {
        let local = match (self.town, kind) {
            (0, "afi") => "2180-afi-01".to_owned(),
            (3, "ali") => "2182-ali-01".to_owned(),
            _ => format!("21-{kind}-{:02}", 1 + self.pick(12, 3)),
        };
        let answers = json!({"insats": local});
        // In Söderhamn FK may register the start for AF, and did so once while its colleague was away.
        if self.n == 20 {
            self.add("FK", kind, date, json!({"onBehalfOf": AGREEMENT, "answers": answers}));
        } else {
            self.add("AF", kind, date, json!({"answers": answers}));
        }
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    // All days here are written in this file; none is impossible.
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use super::*;
    use crate::demo::follow::follow_rules;
    use crate::demo::replay::replay;

    #[test]
    fn the_organisation_holds_together() {
        let today = "2026-11-21".parse().unwrap();
        let register = crate::organisation::read(&organisation(), today).unwrap();
        assert_eq!((register.offices.len(), register.steering_groups.len()), (13, 6));
        assert!(register.handlers.keys().any(|h| h.as_str() == "fk-h-017"));
        assert!(register.handlers.keys().any(|h| h.as_str() == "af-h-201"));
    }

    #[test]
    fn the_published_counts_come_out() {
        let lines = registrations();
        let (from, to) = ("2016-10-01", "2016-12-31");
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for l in lines.iter().filter(|l| l["date"].as_str() >= Some(from) && l["date"].as_str() <= Some(to)) {
            let step = l["step"].as_str().unwrap();
            let a = &l["answers"];
            let what = a["ejGenomfordOrsak"].as_str().or(a["fortsattHandlaggning"].as_str()).unwrap_or("");
            *counts.entry(format!("{step} {what}")).or_default() += 1;
        }
        let count = |key: &str| counts.get(key).copied().unwrap_or_default();
        assert_eq!(count("begaran "), 40);
        assert_eq!(count("gk "), 33);
        assert_eq!(count("avslutat halsa"), 4);
        assert_eq!(count("avslutat praktiskt_hinder"), 3);
        assert_eq!(count("planerad_afi gemensamt_stod"), 14);
        assert_eq!(count("planerad_ali gemensamt_stod"), 13);
        assert_eq!(count("avslutat endast_af"), 1);
        assert_eq!(count("avslutat endast_fk"), 5);
        assert!(count("afi ") + count("ali ") > 15);
        assert!(lines.iter().filter(|l| l["step"] == "gk").all(|l| l["date"].as_str() < Some("2016-12-01")));
    }

    #[test]
    fn every_line_follows_the_rules() {
        let persons: HashSet<String> = registrations()
            .iter()
            .filter_map(|l| Some(l["participant"]["personnummer"].as_str()?.to_owned()))
            .collect();
        assert_eq!(persons.len(), 40);
        assert!(persons.contains("198503129804"));
        let today = "2026-11-21".parse().unwrap();
        let register = crate::organisation::read(&organisation(), today).unwrap();
        let mut lines = registrations();
        lines.sort_by_key(|l| l["caseReference"].as_str().unwrap().to_owned());
        assert_eq!(follow_rules(&lines, &register, today), Vec::<String>::new());
        assert_eq!(replay(&lines, &register), Vec::<String>::new());
    }

    #[test]
    fn the_first_case_is_the_documented_one() {
        let lines: Vec<Value> = registrations().into_iter().filter(|l| l["caseReference"] == "FK-2016-0001").collect();
        let chain: Vec<_> = lines.iter().map(|l| (l["step"].as_str().unwrap(), l["date"].as_str().unwrap())).collect();
        assert_eq!(
            chain,
            [
                ("begaran", "2016-10-03"),
                ("gk", "2016-10-12"),
                ("planerad_afi", "2016-10-27"),
                ("afi", "2016-11-14"),
                ("avslutat", "2017-08-31")
            ]
        );
        assert_eq!(lines[2]["answers"]["moten"], json!(["2016-10-12", "2016-10-26"]));
        assert_eq!(lines[0]["answers"]["tidOffentligForsorjning"], "1_2_ar");
    }
}
