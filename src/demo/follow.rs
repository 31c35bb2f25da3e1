//! A plain second opinion on made-up import lines: the rules of the process, read once more, line by line.
//!
//! Lives here: what the tests of this room ask. Never here: the rules that the service decides by
//! (`domain::transition`); the two are written apart so that one can find the other's faults.

use std::collections::HashMap;

use chrono::{Duration, NaiveDate};
use serde_json::Value;

use crate::domain::code::{AgreementId, HandlerId, InsatsCode, MunicipalityCode, OfficeCode};
use crate::domain::geography::is_known_on;
use crate::domain::organisation::{Organisation, Role};
use crate::domain::person::IdentityNumber;
use crate::domain::step::{Agency, Form, StepKind, owner};

/// Everything in the lines that breaks a rule; each case's lines stand together.
pub(super) fn follow_rules(lines: &[Value], register: &Organisation, today: NaiveDate) -> Vec<String> {
    let mut follower = Follower { register, today, ended: HashMap::new(), broken: Vec::new() };
    for case in lines.chunk_by(|_, next| next["step"] != "begaran") {
        follower.case(case);
    }
    follower.broken
}

struct Follower<'a> {
    register: &'a Organisation,
    today: NaiveDate,
    /// When each person's last case ended and that was known; `None` while it is open.
    ended: HashMap<String, Option<String>>,
    broken: Vec<String>,
}

fn day(value: &Value) -> NaiveDate {
    value.as_str().and_then(|t| t.get(..10)).unwrap().parse().unwrap()
}

impl Follower<'_> {
    fn expect(&mut self, holds: bool, line: &Value, what: &str) {
        if !holds && self.broken.len() < 20 {
            self.broken.push(format!("{what}: {} {} {}", line["clientReference"], line["step"], line["date"]));
        }
    }

    fn case(&mut self, lines: &[Value]) {
        let request = &lines[0];
        self.request(request);
        let person = request["participant"]["personnummer"].as_str().map(str::to_owned);
        let mut offices = request["offices"].clone();
        let mut at: Option<(StepKind, NaiveDate)> = None;
        let mut recorded = String::new();
        for line in lines {
            let date = day(&line["date"]);
            let known = line["recordedAt"].as_str().unwrap().to_owned();
            let known_on = day(&line["recordedAt"]);
            self.expect(recorded <= known, line, "recordedAt falls");
            self.expect(known_on <= self.today, line, "recorded in the future");
            self.expect(line["caseReference"] == request["caseReference"], line, "another case");
            recorded = known;
            let agency = Agency::from_code(line["agency"].as_str().unwrap()).unwrap();
            if line["kind"] == "office_change" {
                offices = line["offices"].clone();
                self.expect(at.is_some_and(|(_, d)| d <= date) && date <= known_on, line, "office change out of order");
            }
            self.registered_by(line, agency, &offices, known_on);
            if line["kind"] == "consent_withdrawal" {
                self.expect(
                    date <= known_on && at.is_some_and(|(s, d)| d < date && !s.is_ending()),
                    line,
                    "withdrawal",
                );
                at = Some((StepKind::Avbrutet, date));
            }
            let Some(step) = line["step"].as_str() else { continue };
            let step = StepKind::from_code(step).unwrap();
            let owner = owner(at.map(|a| a.0), step);
            self.expect(owner.is_some(), line, "transition");
            match line["onBehalfOf"].as_str() {
                Some(id) => {
                    let agreement = &self.register.agreements[&AgreementId::parse(id).unwrap()];
                    let holds = agreement.agency == agency
                        && agreement.steps.contains(&step)
                        && agreement.validity.contains(date);
                    self.expect(holds && owner == Some(agency.other()), line, "agreement");
                }
                None => self.expect(owner == Some(agency), line, "owner"),
            }
            if let Some((_, before)) = at {
                self.expect(before < date, line, "order of dates");
            }
            let latest = if step.form() == Form::Waiting { known_on + Duration::days(31) } else { known_on };
            self.expect(date <= latest, line, "date in the future");
            self.answers(line, at, step, date);
            at = Some((step, date));
        }
        if let Some(person) = person {
            let ended = at.is_some_and(|a| a.0.is_ending()).then_some(recorded);
            self.ended.insert(person, ended);
        }
    }

    fn request(&mut self, line: &Value) {
        let date = day(&line["date"]);
        for agency in Agency::ALL {
            let key = agency.code().to_lowercase();
            let office = &self.register.offices[&OfficeCode::parse(line["offices"][&key].as_str().unwrap()).unwrap()];
            self.expect(office.agency == agency && office.validity.contains(date), line, "office");
        }
        let Some(number) = line["participant"]["personnummer"].as_str() else {
            let sex = &line["participant"]["anonymous"]["sex"];
            self.expect(sex == "kvinna" || sex == "man", line, "anonymous");
            for field in ["consent", "municipality", "caseReference", "answers"] {
                self.expect(line.get(field).is_none(), line, "an anonymous case says too much");
            }
            return;
        };
        let parsed = IdentityNumber::parse(number, self.today).unwrap();
        self.expect(parsed.is_test_number(), line, "a number that somebody may have");
        self.expect(parsed.birth_date().is_some_and(|b| b < date), line, "birth");
        self.expect(
            is_known_on(&MunicipalityCode::parse(line["municipality"].as_str().unwrap()).unwrap(), date),
            line,
            "kommun",
        );
        self.expect(day(&line["consent"]["obtainedOn"]) <= date, line, "consent");
        let earlier = self.ended.get(number).cloned();
        let free = earlier.is_none_or(|e| e.is_some_and(|e| Some(e.as_str()) < line["recordedAt"].as_str()));
        self.expect(free, line, "another open case");
    }

    fn registered_by(&mut self, line: &Value, agency: Agency, offices: &Value, on: NaiveDate) {
        let office = OfficeCode::parse(offices[agency.code().to_lowercase()].as_str().unwrap()).unwrap();
        let Some(id) = line["registeredBy"].as_str() else { return };
        let handler = &self.register.handlers[&HandlerId::parse(id).unwrap()];
        self.expect(handler.has_assignment(Role::Deltagaransvarig, &office, on), line, "assignment");
    }

    fn answers(&mut self, line: &Value, at: Option<(StepKind, NaiveDate)>, step: StepKind, date: NaiveDate) {
        let a = &line["answers"];
        let from_gk = at.filter(|a| a.0 == StepKind::Gk);
        let continued = a["fortsattHandlaggning"].as_str();
        self.expect(continued.is_none() || from_gk.is_some(), line, "fortsattHandlaggning");
        if let Some(continued) = continued {
            let fits = match continued {
                "gemensamt_stod" => step.is_planned(),
                "konsultativt_stod" => step == StepKind::KonsultativtStod,
                _ => step == StepKind::Avslutat,
            };
            self.expect(fits, line, "fortsattHandlaggning and step");
        }
        for meeting in a["moten"].as_array().into_iter().flatten() {
            self.expect(from_gk.is_some_and(|g| g.1 <= day(meeting)) && day(meeting) < date, line, "meeting");
        }
        if let Some(code) = a["insats"].as_str() {
            let definition = self.register.insats_on(&InsatsCode::parse(code).unwrap(), date);
            self.expect(definition.is_some_and(|d| d.kind == step), line, "insats");
        }
        let not_held = step == StepKind::Avslutat && at.is_some_and(|a| a.0 == StepKind::Begaran);
        self.expect(a.get("ejGenomfordOrsak").is_none() || not_held, line, "ejGenomfordOrsak");
        for (asked, then) in [
            ("arbetar", ["arbetstyper", "arbetsandel"]),
            ("studerar", ["studietyp", "studieandel"]),
            ("anstalld", ["arbetsgivare", "anstallningstyp"]),
        ] {
            let said = then.iter().any(|f| a.get(f).is_some());
            self.expect(!said || a[asked] == true, line, "answer without its question");
        }
        let benefits = a["formaner"].as_array().map_or(0, Vec::len);
        let none = a["formaner"].as_array().is_some_and(|b| b.iter().any(|v| v == "ingen"));
        self.expect(!none || benefits == 1, line, "ingen excludes the rest");
        self.expect(!(a["program"] == true && a["studietyp"] == "arbetsmarknadsutbildning"), line, "program");
    }
}
