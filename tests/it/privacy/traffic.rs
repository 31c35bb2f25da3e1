//! A whole day of traffic, right and wrong, with numbers where they belong and in every odd place; then everything
//! that is left behind is searched for every number in every spelling.

use actix_web::http::Method;
use serde_json::{Value, json};
use sus::domain::person::{IdentityNumber, test_coordination_number, test_number};
use sus::domain::rule::Rule;
use sus::registrations::wire::{self, Kind};
use sus::storage::journal::{Selection, load};

use super::{found, spellings};
use crate::http::{Api, bearer};
use crate::support::posting::{begaran, gk, import_lines};
use crate::support::tables::Raw;
use crate::support::{Database, lines, on_both};

/// Those of this test alone, so that a find is its own.
struct People {
    numbers: Vec<IdentityNumber>,
}

impl People {
    fn new() -> Self {
        let born = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        let numbers = vec![
            test_number(born("1961-05-17"), 983),
            test_number(born("1972-11-08"), 986),
            test_number(born("1994-02-27"), 991),
            test_coordination_number(born("1968-09-14"), 984),
            test_number(born("1983-07-21"), 995),
        ];
        Self { numbers }
    }

    fn digits(&self, n: usize) -> &str {
        self.numbers[n].as_digits()
    }

    /// As it is written on an envelope.
    fn dashed(&self, n: usize) -> String {
        let digits = self.digits(n);
        format!("{}-{}", &digits[2..8], &digits[8..])
    }
}

/// Everything that came back over the day, with what was asked.
struct Day<'a> {
    api: &'a Api,
    token: String,
    answers: Vec<(String, String)>,
}

impl Day<'_> {
    fn call(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Value {
        let token = self.token.clone();
        let mut all = vec![("authorization", token.as_str())];
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            all.push(("content-type", "application/json"));
        }
        all.extend_from_slice(headers);
        let told = self.api.call(method.clone(), path, &all, body);
        assert!(told.status < 500, "{method} {path}: {}", told.text);
        let value = serde_json::from_str(&told.text).unwrap_or(Value::Null);
        self.answers.push((format!("{method} {path} {headers:?} {body:?}"), told.whole()));
        value
    }

    fn get(&mut self, path: &str) -> Value {
        self.call(Method::GET, path, &[], None)
    }

    fn post(&mut self, path: &str, body: &Value) -> Value {
        self.call(Method::POST, path, &[], Some(&body.to_string()))
    }

    fn on_case(&mut self, case: &str, name: &str, body: &Value) -> Value {
        let version = self.get(case)["version"].to_string();
        let tag = format!("\"{version}\"");
        self.call(Method::POST, &format!("{case}/{name}"), &[("if-match", &tag)], Some(&body.to_string()))
    }
}

/// A right request with `what` put at `pointer`; a last segment that isn't there becomes a field.
fn with(pointer: &str, what: &Value, number: &str) -> Value {
    let mut body = begaran("FK-odd", number, "2016-10-03");
    body["answers"] = json!({"formaner": ["sjukpenning"]});
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match body.pointer_mut(parent).unwrap() {
        Value::Array(items) => items[0] = what.clone(),
        object => object[last] = what.clone(),
    }
    body
}

/// Every place of a request at which a number may come to stand by mistake.
const PLACES: [&str; 26] = [
    "/caseReference",
    "/clientReference",
    "/step",
    "/date",
    "/municipality",
    "/district",
    "/onBehalfOf",
    "/caseVersion",
    "/case",
    "/offices/fk",
    "/offices/af",
    "/handlers",
    "/consent",
    "/consent/form",
    "/consent/office",
    "/consent/obtainedOn",
    "/consent/obtainedBy",
    "/participant",
    "/participant/anonymous",
    "/answers",
    "/answers/formaner/0",
    "/answers/utbildning",
    "/answers/arbetsgivare",
    "/answers/initieradAv",
    "/answers/moten",
    "/recordedAt",
];

fn wrong_bodies(people: &People) -> Vec<Value> {
    let mut all = Vec::new();
    for written in [people.digits(4).to_owned(), people.dashed(4)] {
        all.extend(PLACES.iter().map(|place| with(place, &json!(written), people.digits(4))));
        // As the name of a field.
        for parent in ["", "/offices", "/consent", "/participant", "/answers"] {
            all.push(with(&format!("{parent}/{written}"), &json!(1), people.digits(4)));
        }
        // With a digit wrong, a digit too many, and as no text.
        all.push(with("/participant/personnummer", &json!(format!("{written}1")), people.digits(4)));
        all.push(json!({"step": "gk", "date": "2016-10-12", "caseReference": written}));
        all.push(json!({"step": "gk", "date": "2016-10-12", "case": written}));
        all.push(json!(written));
    }
    let as_number: i64 = people.digits(4).parse().unwrap();
    all.extend(PLACES.iter().map(|place| with(place, &json!(as_number), people.digits(4))));
    all.push(with("/participant/personnummer", &json!(as_number), people.digits(4)));
    all
}

/// The day's right registrations: a case for each of the first four, one with all that can happen to it.
fn right(day: &mut Day<'_>, people: &People) -> Vec<String> {
    let mut cases = Vec::new();
    for n in 0..4 {
        let written = if n == 1 { people.dashed(n) } else { people.digits(n).to_owned() };
        let mut body = begaran(&format!("FK-{n}"), &written, "2016-10-03");
        body["clientReference"] = json!(format!("own-{n}"));
        let key = format!("key-{n}");
        for _ in 0..2 {
            let told =
                day.call(Method::POST, "/v1/registrations", &[("idempotency-key", &key)], Some(&body.to_string()));
            assert_eq!(told["case"]["step"], "begaran", "{told}");
            if cases.len() == n {
                cases.push(told["case"]["link"].as_str().unwrap().to_owned());
            }
        }
        // Again under the client's reference, and for somebody who has a case.
        day.post("/v1/registrations", &body);
        day.post("/v1/registrations", &begaran(&format!("FK-again-{n}"), people.digits(n), "2016-10-04"));
        day.post("/v1/registrations?dryRun=true", &begaran("FK-dry", people.digits(n), "2016-10-03"));
        day.post("/v1/registrations", &gk(&format!("FK-{n}"), "2016-10-12"));
    }
    cases
}

fn odd_requests(day: &mut Day<'_>, people: &People) {
    let number = people.digits(4).to_owned();
    let wrong = wrong_bodies(people);
    for body in &wrong {
        day.post("/v1/registrations?dryRun=true", body);
        day.post("/v1/registrations", body);
    }
    for piece in wrong.chunks(20) {
        day.post("/v1/registrations", &json!(piece));
        day.post("/v1/registrations?atomic=true", &json!(piece));
    }
    let broken = format!("{{\"participant\":{number}\n{number}\n\"{number}\"\n");
    day.call(Method::POST, "/v1/registrations", &[("content-type", "application/x-ndjson")], Some(&broken));
    day.call(Method::POST, "/v1/registrations", &[], Some(&broken));
    for written in [number.clone(), people.dashed(4)] {
        for path in [
            "/v1/cases/{}",
            "/v1/cases/{}/histories",
            "/v1/registrations/{}",
            "/v1/rules/{}",
            "/v1/code-lists/{}",
            "/v1/{}",
            "/{}",
            "/v1/reports/{}",
            "/v1/cases?office={}",
            "/v1/cases?handler={}",
            "/v1/cases?page={}",
            "/v1/cases?{}=1",
            "/v1/cases?dueBefore={}",
            "/v1/changes?after={}",
            "/v1/offices?validOn={}",
            "/v1/reports/baspaket?from={}&to={}",
            "/v1/reports/baspaket?from=2016-10-01&to=2016-10-02&geography=fk-kontor:{}",
            "/v1/reports/baspaket?from=2016-10-01&to=2016-10-02&asOf={}",
            "/v1/reports/baspaket?from=2016-10-01&to=2016-10-02&lang={}",
        ] {
            day.get(&path.replace("{}", &written));
        }
        for name in ["idempotency-key", "if-match", "traceparent", "accept", "content-type", "user-agent", "x-other"] {
            let body = begaran("FK-odd", &number, "2016-10-03").to_string();
            day.call(Method::POST, "/v1/registrations?dryRun=true", &[(name, &written)], Some(&body));
            day.call(Method::GET, "/v1/cases", &[(name, &written)], None);
        }
        for search in [
            json!({"personnummer": written}),
            json!({"caseReference": written}),
            json!({"personnummer": format!("{written}7")}),
            json!({"personnummer": [written]}),
            json!({"person": written}),
            json!({written.clone(): written}),
        ] {
            day.post("/v1/case-searches", &search);
        }
        day.post("/v1/cases", &json!({"personnummer": written}));
        day.post(&format!("/v1/cases/{written}/corrections"), &json!({}));
    }
}

fn odd_changes(day: &mut Day<'_>, people: &People, case: &str) {
    let registration = day.get(case)["steps"][1]["registration"].clone();
    for written in [people.digits(0).to_owned(), people.dashed(0)] {
        let reason = json!({"code": "fel", "text": format!("det gällde {written}, inte henne")});
        for (name, body) in [
            ("corrections", json!({"kind": "felregistrering", "reason": reason})),
            ("corrections", json!({"kind": "felregistrering", "reason": {"code": written}})),
            ("corrections", json!({"kind": written, "reason": {"code": "fel"}})),
            ("corrections", json!({"kind": "felregistrering", "replacedBy": written, "reason": {"code": "fel"}})),
            (
                "corrections",
                json!({"kind": "undo", "registration": written, "reason": {"code": "fel", written.clone(): 1}}),
            ),
            (
                "corrections",
                json!({"kind": "municipality", "municipality": "2181", "district": written, "reason": {"code": "fel"}}),
            ),
            (
                "corrections",
                json!({"kind": "consent", "reason": {"code": "fel"}, "consent": {"obtainedOn": "2016-09-20",
                "obtainedBy": "FK", "office": "FK-GAVLE", "form": written}}),
            ),
            ("references", json!({"caseReference": written})),
            ("references", json!({"caseReference": "AF-9", "clientReference": written})),
            ("handlers", json!({"date": "2016-10-12", "fk": written})),
            ("handlers", json!({"date": written, "fk": "fk-h-017"})),
            ("office-changes", json!({"date": "2016-10-12", "offices": {"fk": written, "af": written}})),
            ("answers", json!({"registration": registration, "answers": {"arbetsgivare": written}})),
            ("answers", json!({"registration": registration, "answers": {written.clone(): true}})),
            ("consent-withdrawals", json!({"date": written})),
            ("protections", json!({"date": "2016-10-12", "reason": written})),
        ] {
            day.on_case(case, name, &body);
        }
    }
}

fn imports(api: &Api, people: &People) -> String {
    let number = people.digits(4);
    let line = |body: Value| {
        let mut body = body;
        body["agency"] = json!("FK");
        body
    };
    let mut lines: Vec<Value> = wrong_bodies(people).into_iter().filter(Value::is_object).map(line).collect();
    lines.push(json!(number));
    let (summary, refused) = import_lines(api.service(), &lines);
    assert!(summary.refused > 50, "{summary:?}");
    let named = json!({"handlers": [{"id": number, "agency": "FK", "name": people.dashed(4), "assignments": []}]});
    let told = api.service().import_organisation(&named).unwrap_err();
    assert!(!found(&spellings(&people.numbers[4]), format!("{told:?}").as_bytes()), "{told:?}");
    refused
}

/// A day's traffic on a database; what came back.
fn whole_day(api: &Api, people: &People) -> Vec<(String, String)> {
    let mut day = Day { api, token: bearer(&api.fk()), answers: Vec::new() };
    let cases = right(&mut day, people);
    odd_requests(&mut day, people);
    odd_changes(&mut day, people, &cases[0]);
    let refused = imports(api, people);
    assert!(refused.contains(people.digits(4)), "the file of refused lines is the importer's own");
    day.on_case(&cases[3], "consent-withdrawals", &json!({"date": "2016-10-12"}));
    day.on_case(&cases[2], "protections", &json!({"date": "2016-10-12"}));
    let mut paths = vec!["/v1/cases".to_owned(), "/v1/changes?limit=100".to_owned()];
    for case in cases {
        paths.extend([format!("{case}/histories"), case]);
    }
    for path in paths {
        day.get(&path);
    }
    day.answers
}

#[test]
fn after_a_day_of_traffic_no_number_is_found_where_it_does_not_belong() {
    lines::keep();
    let people = People::new();
    on_both(|backend, database| {
        let api = Api::over(database);
        let answers = whole_day(&api, &people);
        let left = left_behind(&api, database, &people, answers);
        let mut leaks: Vec<String> = Vec::new();
        for (n, number) in people.numbers.iter().enumerate() {
            let spelled = spellings(number);
            let leaking = left.iter().filter(|(_, bytes)| found(&spelled, bytes));
            leaks.extend(leaking.map(|(what, _)| format!("{backend:?}: person {n} in {what}")));
        }
        leaks.dedup();
        assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    });
}

/// Everything that is to be searched, with what it is.
fn left_behind(
    api: &Api,
    database: &Database,
    people: &People,
    answers: Vec<(String, String)>,
) -> Vec<(String, Vec<u8>)> {
    let mut all = Raw::of(database).every_value();
    all.extend(files(database));
    all.extend(answers.into_iter().map(|(asked, told)| (format!("the answer {told} to {asked}"), told.into_bytes())));
    all.extend(lines::kept().into_iter().map(|line| (format!("the log: {line}"), line.into_bytes())));
    let metrics = api.app.metrics.as_ref().unwrap().text(None, None).unwrap();
    assert!(metrics.len() > 1000, "a day of traffic has been counted");
    all.push(("the metrics".to_owned(), metrics));
    all.extend(debugs(api, people).into_iter().map(|(what, shown)| (format!("Debug of {what}"), shown.into_bytes())));
    all
}

/// What a careless `{:?}` in a log line would show.
fn debugs(api: &Api, people: &People) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    let mut reader = api.service().db.read().unwrap();
    for loaded in load(&mut reader.link(), Selection::Range(0, i64::MAX)).unwrap() {
        all.push(("Case", format!("{:?}", loaded.case().unwrap())));
        all.push(("Loaded", format!("{loaded:?}")));
    }
    for number in &people.numbers {
        all.push(("IdentityNumber", format!("{number:?}")));
    }
    let reading = api.service().reading();
    for body in wrong_bodies(people).iter().chain([&begaran("FK-1", people.digits(4), "2016-10-03")]) {
        all.push(("what was read of a registration", format!("{:?}", wire::registration(body, reading))));
        let case = sus::domain::code::CaseId(uuid::Uuid::nil());
        let kinds = [Kind::Correction, Kind::Answers, Kind::Handlers, Kind::Reference, Kind::Protection];
        for kind in kinds {
            all.push(("what was read of a change", format!("{:?}", wire::on_case(body, kind, case, reading))));
        }
    }
    all.push(("App's configuration", format!("{:?}", api.app.config)));
    all
}

/// The files of an embedded database, free pages and log included.
fn files(database: &Database) -> Vec<(String, Vec<u8>)> {
    let Some(path) = database.url.strip_prefix("sqlite://") else { return Vec::new() };
    let all = ["", "-wal", "-shm"].map(|end| format!("{path}{end}"));
    all.into_iter().filter_map(|file| std::fs::read(&file).ok().map(|bytes| (file, bytes))).collect()
}

#[test]
fn a_free_text_with_a_number_is_refused_as_such() {
    let people = People::new();
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", people.digits(0));
        for written in spellings(&people.numbers[1]).iter().filter(|s| !s.contains('%') && !s.contains('+')) {
            let reason = json!({"code": "fel_person", "text": format!("Det var {written}.")});
            let body = json!({"kind": "felregistrering", "reason": reason});
            let told = api.post_with(&format!("{case}/corrections"), &api.fk(), &[("if-match", "\"1\"")], &body);
            assert_eq!(told.status, 422, "{written}: {}", told.text);
            assert_eq!(told.json()["errors"][0]["code"], Rule::FritextPersonnummer.row().code, "{written}");
        }
    });
}
