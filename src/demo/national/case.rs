//! One made-up case, from its request to its end, as import lines.
//!
//! Lives here: the chain, who registers it and how late. Never here: how many cases a year has.

use std::collections::VecDeque;

use chrono::{Datelike, Duration, NaiveDate};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

use super::answers;
use super::chance::{Even, quantile, start};
use super::people::{People, Person, number};
use super::register::Register;
use super::{Kind, Request, plan};
use crate::demo::wording::{instant, workday};
use crate::domain::person::Sex;

/// Women's share.
const WOMEN: f64 = 0.615;
/// Days from the first insats to the end, relative to the year's mean; the mean of the table is 1.
const LENGTHS: [f64; 11] = [0.10, 0.27, 0.41, 0.55, 0.69, 0.84, 1.01, 1.22, 1.50, 1.94, 3.04];
/// Days from the planned insats to its start.
const WAITS: [f64; 9] = [3.0, 8.0, 13.0, 18.0, 23.0, 29.0, 37.0, 50.0, 95.0];
/// Days from one meeting of the joint mapping to the last.
const MEETINGS: [f64; 5] = [0.0, 0.0, 10.0, 16.0, 40.0];
/// Days from an event to its registration: half the same day, one in twenty after more than ten.
const LATE: [f64; 21] =
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.9, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.5, 8.0, 10.0, 75.0];

/// What a step is besides its day.
struct Step {
    agency: &'static str,
    code: &'static str,
    on: NaiveDate,
    fields: Value,
}

/// Writes cases, and remembers who has one.
pub(super) struct Writer {
    until: NaiveDate,
    rng: ChaCha8Rng,
    register: Register,
    people: People,
    /// Of those who come to a joint mapping; the figure is published for them.
    sex: Even,
    other_sex: Even,
    outcome: Even,
    meetings: Even,
    wait: Even,
    length: Even,
    both: Even,
    late: Even,
    endings: Even,
    carried: Even,
}

/// The lines of one case as they grow.
struct Draft<'a> {
    request: Request,
    kommun: usize,
    fk: usize,
    af: usize,
    handler: u32,
    reference: Option<String>,
    recorded: NaiveDate,
    minute: u32,
    count: u32,
    lines: &'a mut VecDeque<Value>,
}

impl Writer {
    pub fn new(until: NaiveDate, mut rng: ChaCha8Rng) -> Self {
        let mut even = |n| Even::new(n, start(&mut rng));
        let (sex, outcome, meetings, wait) = (even(3), even(4), even(5), even(6));
        let (length, both, late) = (even(7), even(8), even(9));
        let (endings, carried) = (even(10), even(11));
        Self {
            until,
            register: Register::new(),
            people: People::new(),
            sex,
            other_sex: sex,
            outcome,
            meetings,
            wait,
            length,
            both,
            late,
            endings,
            carried,
            rng,
        }
    }

    /// Adds the case's lines, as far as they are registered by the last day.
    pub fn write(&mut self, request: Request, lines: &mut VecDeque<Value>) {
        let sequence = if request.kind == Kind::Held { &mut self.sex } else { &mut self.other_sex };
        let sex = if sequence.below(WOMEN) { Sex::Kvinna } else { Sex::Man };
        let person = match request.kind {
            Kind::Anonymous => None,
            // When every number is taken, the case is anonymous.
            _ => self.people.come(sex, request.on, &mut self.rng),
        };
        let kommun = self.register.kommun(&mut self.rng);
        let at = &self.register.kommuner[kommun];
        let (fk, af) = (at.fk, at.af[self.rng.random_range(0..at.af.len() as u32) as usize]);
        let mut draft = Draft {
            request,
            kommun,
            fk,
            af,
            handler: self.rng.random_range(0..1_000),
            reference: person.map(|_| format!("FK-{}-{:07}", request.on.year(), request.number)),
            recorded: request.on,
            minute: self.rng.random_range(0..200),
            count: 0,
            lines,
        };
        let steps = self.steps(&draft, person, sex);
        let mut change = self.rng.random_range(0..200_u32) == 0;
        let mut ended = false;
        let mut steps = steps.into_iter().peekable();
        while let Some(step) = steps.next() {
            let (code, on) = (step.code, step.on);
            if !self.add(&mut draft, step) {
                break;
            }
            if change && matches!(code, "afi" | "ali") {
                change = !self.change_office(&mut draft, on, steps.peek().map(|s| s.on));
            }
            ended = matches!(code, "avslutat" | "avbrutet" | "konsultativt_stod" | "consent_withdrawal");
        }
        if let Some(person) = person
            && ended
        {
            self.people.leave(person, draft.recorded + Duration::days(1));
        }
    }

    /// The whole chain, whatever the last day.
    fn steps(&mut self, draft: &Draft<'_>, person: Option<Person>, sex: Sex) -> Vec<Step> {
        let request = draft.request;
        let mut steps =
            vec![Step { agency: "FK", code: "begaran", on: request.on, fields: self.begin(draft, person, sex) }];
        if person.is_none() {
            return steps;
        }
        let year = plan(request.gk.year());
        if request.kind == Kind::NotHeld {
            let on = workday(request.gk + Duration::days(self.rng.random_range(0..10)));
            if self.endings.below(0.9) {
                let reason = ["halsa", "halsa", "praktiskt_hinder", "annat"][self.rng.random_range(0..4_u32) as usize];
                let mut a = answers::after(None, true, &mut self.rng);
                a.insert("ejGenomfordOrsak".into(), json!(reason));
                steps.push(Step { agency: "FK", code: "avslutat", on, fields: json!({"answers": a}) });
            } else {
                steps.push(self.broken_off("FK", on));
            }
            return steps;
        }
        steps.push(Step { agency: "FK", code: "gk", on: request.gk, fields: json!({}) });
        let more = quantile(&MEETINGS, self.meetings.next()) as i64;
        let last_meeting = workday(request.gk + Duration::days(more));
        let mut meetings = vec![request.gk];
        if last_meeting > request.gk {
            meetings.push(last_meeting);
        }
        let left = last_meeting + Duration::days(1);
        let outcome = self.outcome.next();
        if outcome < year.starts + 0.06 {
            let kind = if self.rng.random_range(0..100_u32) < 62 { "afi" } else { "ali" };
            let a = self.leaving_gk("gemensamt_stod", &meetings);
            let code = if kind == "afi" { "planerad_afi" } else { "planerad_ali" };
            steps.push(Step { agency: "FK", code, on: left, fields: json!({"answers": a}) });
            if outcome < year.starts {
                let wait = Duration::days(quantile(&WAITS, self.wait.next()) as i64);
                self.insatser(&mut steps, kind, left + wait, year.both, year.days);
            } else {
                let on = left + Duration::days(self.rng.random_range(20..120));
                steps.push(self.end("AF", on, None, false));
            }
        } else if outcome < year.starts + 0.08 {
            let a = self.leaving_gk("konsultativt_stod", &meetings);
            steps.push(Step {
                agency: "FK",
                code: "konsultativt_stod",
                on: workday(left),
                fields: json!({"answers": a}),
            });
        } else if self.rng.random_range(0..100_u32) < 20 {
            steps.push(self.broken_off("FK", workday(left)));
        } else {
            let to = ["endast_fk", "endast_fk", "endast_af", "ingen"][self.rng.random_range(0..4_u32) as usize];
            let mut a = answers::after(None, to == "endast_fk", &mut self.rng);
            a.extend(self.leaving_gk(to, &meetings));
            steps.push(Step { agency: "FK", code: "avslutat", on: workday(left), fields: json!({"answers": a}) });
        }
        steps
    }

    /// From the first insats to the end. Every day is at least the one after the one before.
    fn insatser(&mut self, steps: &mut Vec<Step>, first: &'static str, on: NaiveDate, both: f64, days: f64) {
        let other = if first == "afi" { "ali" } else { "afi" };
        let length = (quantile(&LENGTHS, self.length.next()) * days) as i64;
        let begin = workday(on);
        let end = self.carried_on(steps[0].on, workday(begin + Duration::days(length.max(10))));
        let (planned_first, planned_other) =
            if first == "afi" { ("planerad_afi", "planerad_ali") } else { ("planerad_ali", "planerad_afi") };
        let mut chain = vec![(first, begin)];
        let mut last = begin;
        let mut go_on = |planned: Option<&'static str>, code: &'static str, part: f64, rng: &mut ChaCha8Rng| {
            let on = workday(begin + Duration::days((length as f64 * part) as i64));
            let wait = Duration::days(rng.random_range(7..40));
            if on > last && on + wait + Duration::days(9) < end {
                let start = workday(on + wait);
                chain.extend(planned.map(|p| (p, on)));
                last = if planned.is_some() { start } else { on };
                chain.push((code, last));
            }
        };
        if self.rng.random_range(0..100_u32) < 12 {
            go_on(Some(planned_first), first, 0.25, &mut self.rng);
        }
        if self.both.below(both) {
            let part = 0.35 + 0.3 * self.rng.random::<f64>();
            let planned = (self.rng.random_range(0..2_u32) == 0).then_some(planned_other);
            go_on(planned, other, part, &mut self.rng);
        }
        let last_insats = chain.last().map(|c| c.0);
        for (code, on) in chain {
            steps.push(Step { agency: "AF", code, on, fields: json!({}) });
        }
        steps.push(self.end("AF", end, last_insats, true));
    }

    /// The published mean rose from 277 days (ended in 2016) to 362 (2017). No slow change of durations does that
    /// within a year; here some of the long cases due to end in 2016 go on for most of another year.
    fn carried_on(&mut self, request: NaiveDate, end: NaiveDate) -> NaiveDate {
        let long = end.year() == 2016 && (end - request).num_days() > 450;
        if long && self.carried.below(0.2) { workday(end + Duration::days(250)) } else { end }
    }

    fn end(&mut self, agency: &'static str, on: NaiveDate, last_insats: Option<&str>, held: bool) -> Step {
        let on = workday(on);
        if self.endings.below(if held { 0.09 } else { 0.35 }) {
            return self.broken_off(agency, on);
        }
        let at_fk = self.rng.random_range(0..100_u32) < 22;
        let a = answers::after(last_insats, at_fk, &mut self.rng);
        Step { agency, code: "avslutat", on, fields: json!({"answers": a}) }
    }

    /// Broken off: one in eight by a consent withdrawn in its own form, which needs no question.
    fn broken_off(&mut self, agency: &'static str, on: NaiveDate) -> Step {
        match self.rng.random_range(0..8_u32) {
            0 => Step { agency, code: "consent_withdrawal", on, fields: json!({}) },
            1 | 2 => Step { agency, code: "avbrutet", on, fields: json!({"answers": {"orsak": "atertaget_samtycke"}}) },
            _ => Step { agency, code: "avbrutet", on, fields: json!({"answers": {"orsak": "eget_initiativ"}}) },
        }
    }

    fn leaving_gk(&mut self, to: &str, meetings: &[NaiveDate]) -> Map<String, Value> {
        let specialists: &[&str] = match self.rng.random_range(0..10_u32) {
            0 | 1 => &["arbetsterapeut"],
            2 => &["arbetspsykolog"],
            3 => &["socialkonsulent"],
            4 => &["arbetsterapeut", "arbetspsykolog"],
            _ => &[],
        };
        let mut a = Map::new();
        // Now and then forgotten.
        if self.rng.random_range(0..100_u32) >= 3 {
            a.insert("fortsattHandlaggning".into(), json!(to));
        }
        a.insert("moten".into(), json!(meetings));
        a.insert("specialister".into(), json!(specialists));
        a
    }

    fn begin(&mut self, draft: &Draft<'_>, person: Option<Person>, sex: Sex) -> Value {
        let (fk, af) = (&self.register.offices[draft.fk], &self.register.offices[draft.af]);
        let offices = json!({"fk": fk.code, "af": af.code});
        let Some(number) = person.and_then(number) else {
            return json!({"participant": {"anonymous": {"sex": sex.code()}}, "offices": offices});
        };
        let (by, office) = if self.rng.random_range(0..100_u32) < 70 { ("FK", &fk.code) } else { ("AF", &af.code) };
        let consent = draft.request.on - Duration::days(self.rng.random_range(0..13));
        json!({
            "participant": {"personnummer": number.as_digits()},
            "offices": offices,
            "municipality": self.register.kommuner[draft.kommun].code,
            "handlers": {"fk": fk.handler(draft.handler), "af": af.handler(draft.handler)},
            "consent": {"obtainedOn": consent, "obtainedBy": by, "office": office, "form": "gk-affk-1"},
            "answers": answers::before(by, &mut self.rng),
        })
    }

    /// Adds a step's line; `false` when it is not registered by the last day.
    fn add(&mut self, draft: &mut Draft<'_>, step: Step) -> bool {
        let late = Duration::days(quantile(&LATE, self.late.next()) as i64);
        // The planned insats is registered at the last meeting, the day before its own.
        let ahead = step.code.starts_with("planerad") && late.is_zero();
        let natural = if ahead { step.on - Duration::days(1) } else { step.on + late };
        draft.recorded = draft.recorded.max(natural);
        if draft.recorded > self.until || step.on > self.until + Duration::days(1) {
            return false;
        }
        let mut line = self.head(draft, step.agency);
        if step.code == "consent_withdrawal" {
            line.insert("kind".into(), json!(step.code));
        } else {
            line.insert("step".into(), json!(step.code));
        }
        line.insert("date".into(), json!(step.on));
        if let Value::Object(fields) = step.fields {
            line.extend(fields);
        }
        if matches!(step.code, "afi" | "ali") && self.rng.random_range(0..100_u32) < 80 {
            let county = &self.register.kommuner[draft.kommun].code[..2];
            let which = self.rng.random_range(1..=2_u32);
            line.insert("answers".into(), json!({"insats": format!("{county}-{}-{which:02}", step.code)}));
        }
        draft.lines.push_back(Value::Object(line));
        true
    }

    /// What every line has.
    fn head(&self, draft: &mut Draft<'_>, agency: &str) -> Map<String, Value> {
        draft.count += 1;
        let office = &self.register.offices[if agency == "FK" { draft.fk } else { draft.af }];
        let mut line = Map::new();
        line.insert("agency".into(), json!(agency));
        let reference = format!("{}-{}-{}", agency.to_lowercase(), draft.request.number, draft.count);
        line.insert("clientReference".into(), json!(reference));
        if let Some(reference) = &draft.reference {
            line.insert("caseReference".into(), json!(reference));
        }
        line.insert("registeredBy".into(), json!(office.handler(draft.handler)));
        // Greater with each line, so order holds within a day.
        line.insert("recordedAt".into(), json!(instant(draft.recorded, draft.minute + draft.count * 9)));
        line
    }

    /// The person moves within the län while the insats goes on, where there is time for it; whether it did.
    fn change_office(&mut self, draft: &mut Draft<'_>, after: NaiveDate, next: Option<NaiveDate>) -> bool {
        let on = after + Duration::days(20);
        if on > self.until || on < draft.recorded || next.is_none_or(|n| n < on + Duration::days(30)) {
            return false;
        }
        let Some(kommun) = self.register.neighbour(draft.kommun, &mut self.rng) else { return false };
        let to = &self.register.kommuner[kommun];
        (draft.fk, draft.af, draft.recorded) = (to.fk, to.af[0], on);
        let mut line = self.head(draft, "AF");
        let (fk, af) = (&self.register.offices[draft.fk], &self.register.offices[draft.af]);
        line.insert("kind".into(), json!("office_change"));
        line.insert("date".into(), json!(on));
        line.insert("offices".into(), json!({"fk": fk.code, "af": af.code}));
        line.insert("handlers".into(), json!({"fk": fk.handler(draft.handler), "af": af.handler(draft.handler)}));
        draft.lines.push_back(Value::Object(line));
        true
    }
}
