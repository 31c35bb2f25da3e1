//! Every operation of the document, by every caller, with a case in every phase: the live service answers as the table of
//! permissions says. An operation that nobody has said here how to ask fails the test.

mod how;

use std::collections::BTreeMap;
use std::fmt::Write;

use actix_web::http::Method;
use expect_test::expect_file;
use serde_json::{Value, json};
use sus::auth::Caller;
use sus::auth::policy::{Action, Decision, Object, may};
use sus::domain::code::{ClientId, HandlerId, OfficeCode};
use sus::domain::organisation::{OfficePair, Organisation, Role};
use sus::domain::step::{Agency, StepKind, TRANSITIONS};
use sus::http::openapi;

use super::{Api, Told, bearer};
use crate::support::posting::{begaran, number};
use crate::support::{Database, on_both, organisation};
use how::{How, how};

/// How a person stands to the cases, which are all at the offices of Gävle: the end of the id, and the assignment.
const SITUATIONS: [(&str, Option<(&str, bool)>); 5] = [
    ("own", Some(("GAVLE", true))),
    ("other", Some(("SANDVIKEN", true))),
    ("ended", Some(("GAVLE", false))),
    ("otherrole", Some(("GAVLE", true))),
    ("nobody", None),
];

/// Everybody: a person of each agency for each role in each situation, in a register that allows that.
fn register() -> Value {
    let mut register = organisation();
    let people = register["handlers"].as_array_mut().unwrap();
    for agency in Agency::ALL {
        for role in Role::ALL {
            for (situation, assignment) in SITUATIONS {
                let Some((office, open)) = assignment else { continue };
                let role_there = match (situation, role) {
                    ("otherrole", Role::Rapportlasare) => Role::Samverkansansvarig,
                    ("otherrole", _) => Role::Rapportlasare,
                    (_, Role::Systemforvaltare) if agency == Agency::Af => Role::Rapportlasare,
                    _ => role,
                };
                let mut assignment = json!({"office": format!("{}-{office}", agency.code()),
                    "role": role_there.code(), "validFrom": "2010-01-01"});
                if !open {
                    assignment["validTo"] = json!("2016-10-11");
                }
                let id = id(agency, role, situation);
                people.push(json!({"id": id, "agency": agency.code(), "name": id, "assignments": [assignment]}));
            }
        }
    }
    register
}

fn id(agency: Agency, role: Role, situation: &str) -> String {
    format!("{}-{}-{situation}", agency.code().to_lowercase(), role.code())
}

/// Who asks: a token, and what the table is asked about them.
struct Asker {
    token: String,
    caller: Caller,
}

fn askers(api: &Api) -> Vec<Asker> {
    let mut all = Vec::new();
    for agency in Agency::ALL {
        for (situation, _) in SITUATIONS {
            for role in Role::ALL.into_iter().map(Some).chain([None]) {
                let handler = id(agency, role.unwrap_or(Role::Rapportlasare), situation);
                let roles: Vec<Role> = role.into_iter().collect();
                all.push(Asker {
                    token: api.token("matrix", Some(agency), &roles, Some(&handler)),
                    caller: Caller {
                        client: ClientId::parse("matrix").unwrap(),
                        agency: Some(agency),
                        roles: roles.into_iter().collect(),
                        handler: Some(HandlerId::parse(&handler).unwrap()),
                    },
                });
            }
        }
    }
    all
}

/// A case in a phase.
struct Phase {
    name: &'static str,
    path: String,
    case: String,
    version: i64,
    registration: String,
    /// Where the case stands, while it is open.
    at: Option<StepKind>,
}

/// The steps after the request, and what is done to the case then.
const PHASES: [(&str, &[&str], Option<&str>); 11] = [
    ("begaran", &[], None),
    ("gk", &["gk"], None),
    ("planerad_afi", &["gk", "planerad_afi"], None),
    ("planerad_ali", &["gk", "planerad_ali"], None),
    ("afi", &["gk", "planerad_afi", "afi"], None),
    ("ali", &["gk", "planerad_ali", "ali"], None),
    ("konsultativt_stod", &["gk", "konsultativt_stod"], None),
    ("avslutat", &["gk", "avslutat"], None),
    ("avbrutet", &["avbrutet"], None),
    ("felregistrering", &["gk"], Some("corrections")),
    ("anonymous", &["gk"], Some("protections")),
];

fn phases(api: &Api) -> Vec<Phase> {
    let mut all = Vec::new();
    for (n, (name, steps, then)) in PHASES.into_iter().enumerate() {
        let reference = format!("FK-{name}");
        let mut last = api.post(
            "/v1/registrations",
            &api.fk(),
            &begaran(&reference, &number(&format!("19{}-05-17", 60 + n)), "2016-10-03"),
        );
        for (day, step) in steps.iter().enumerate() {
            let owner = if day >= 2 { api.af() } else { api.fk() };
            let case = last.json()["case"]["id"].clone();
            let mut body = json!({"case": case, "step": step, "date": format!("2016-10-{:02}", 5 + 2 * day)});
            if *step == "avbrutet" {
                body["answers"] = json!({"orsak": "eget_initiativ"});
            }
            last = api.post("/v1/registrations", &owner, &body);
        }
        assert_eq!(last.status, 201, "{name}: {}", last.text);
        let told = last.json();
        let path = told["case"]["link"].as_str().unwrap().to_owned();
        if let Some(then) = then {
            let body = match then {
                "protections" => json!({"date": "2016-10-12"}),
                _ => json!({"kind": "felregistrering", "reason": {"code": "fel_person"}}),
            };
            let tag = format!("\"{}\"", told["case"]["version"]);
            let done = api.post_with(&format!("{path}/{then}"), &api.fk(), &[("if-match", &tag)], &body);
            assert_eq!(done.status, 201, "{name}: {}", done.text);
        }
        let case = api.get(&path, &api.fk()).json();
        all.push(Phase {
            name,
            case: case["id"].as_str().unwrap().to_owned(),
            version: case["version"].as_i64().unwrap(),
            registration: case["steps"][0]["registration"].as_str().unwrap().to_owned(),
            at: StepKind::from_code(name),
            path,
        });
    }
    all
}

/// What is kept beside the cases.
struct Kept {
    frozen: String,
    package: String,
}

fn kept(api: &Api) -> Kept {
    let frozen = json!({"name": "Möte", "report": "baspaket", "from": "2016-09-01", "to": "2016-09-30"});
    let package = json!({"name": "Våra delar", "report": "baspaket", "parts": ["nya_gk"]});
    let chief = api.token("chief", Some(Agency::Fk), &[Role::Samverkansansvarig], Some("fk-h-017"));
    let made = |path: &str, body: &Value| {
        let told = api.post(path, &chief, body);
        assert_eq!(told.status, 201, "{}", told.text);
        told.json()["id"].as_str().unwrap().to_owned()
    };
    Kept { frozen: made("/v1/frozen-reports", &frozen), package: made("/v1/report-packages", &package) }
}

/// The operations of the document, with their method.
fn operations() -> Vec<(String, Method)> {
    let document: Value = serde_json::from_str(&openapi::json().unwrap()).unwrap();
    let mut all = Vec::new();
    for path in document["paths"].as_object().unwrap().values() {
        for (method, operation) in path.as_object().unwrap() {
            if let (Some(id), Ok(method)) = (operation["operationId"].as_str(), method.to_uppercase().parse()) {
                all.push((id.to_owned(), method));
            }
        }
    }
    all
}

fn action(operation: &str) -> Action {
    let code = if operation.starts_with("get_openapi_") { "get_openapi" } else { operation };
    *Action::ALL.iter().find(|action| action.code() == code).unwrap_or_else(|| panic!("{operation} has no right"))
}

/// What was asked, and how it was answered: counted, and compared with what the table says.
#[derive(Default)]
struct Answers(BTreeMap<(String, &'static str, u16), usize>);

impl Answers {
    fn hold(&mut self, operation: &str, about: &str, decision: Decision, told: &Told) {
        let right = match decision {
            Decision::Forbid => told.status == 403,
            Decision::Hide => told.status == 404,
            Decision::Allow => !matches!(told.status, 401 | 403 | 404 | 405 | 406 | 415) && told.status < 500,
        };
        assert!(right, "{operation}, {about}: {} where the table says {}: {}", told.status, decision.word(), told.text);
        *self.0.entry((operation.to_owned(), decision.word(), told.status)).or_default() += 1;
    }
}

struct Matrix<'a> {
    api: &'a Api,
    register: Organisation,
    pair: OfficePair,
    answers: Answers,
}

impl Matrix<'_> {
    fn ask(&self, method: &Method, path: &str, token: Option<&str>, version: i64, body: Option<&Value>) -> Told {
        let authorization = token.map(bearer);
        let tag = format!("\"{version}\"");
        // What would be long and is allowed is answered shortly: the client has it already.
        let mut headers = vec![("if-match", tag.as_str()), ("if-none-match", "*")];
        headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
        let text = body.map(Value::to_string);
        if text.is_some() {
            headers.push(("content-type", "application/json"));
        }
        self.api.call(method.clone(), path, &headers, text.as_deref())
    }

    fn decision(&self, asker: &Asker, action: Action, object: &Object<'_>) -> Decision {
        may(&asker.caller, action, object, &self.register, self.api.service().today())
    }

    fn service(&mut self, operation: &str, method: &Method, path: &str, body: Option<&Value>, askers: &[Asker]) {
        let action = action(operation);
        let nobody = self.ask(method, path, None, 99, body);
        assert_eq!(nobody.status == 401, !action.is_public(), "{operation} without a token: {}", nobody.text);
        for asker in askers {
            let told = self.ask(method, path, Some(&asker.token), 99, body);
            let decision = self.decision(asker, action, &Object::Service);
            self.answers.hold(operation, &format!("{:?}", asker.caller), decision, &told);
            if operation == "list_cases" && told.status == 200 {
                let within = self.decision(asker, Action::GetCase, &Object::Case(&self.pair)) == Decision::Allow;
                let listed = told.json()["_meta"]["totalItems"].as_u64().unwrap();
                assert_eq!(listed > 0, within, "{:?}", asker.caller);
            }
        }
    }

    fn case(&mut self, operation: &str, method: &Method, path: &str, body: Option<&Value>, by: (&Phase, &[Asker])) {
        let (phase, askers) = by;
        assert_eq!(self.ask(method, path, None, phase.version, body).status, 401, "{operation}");
        for asker in askers {
            let told = self.ask(method, path, Some(&asker.token), phase.version, body);
            let decision = self.decision(asker, action(operation), &Object::Case(&self.pair));
            self.answers.hold(operation, &format!("{}: {:?}", phase.name, asker.caller), decision, &told);
        }
    }

    /// Each step that may follow, tried by everybody: who may not reach the case learns nothing, who may is told of
    /// every rule, and of the owner when it is the other agency.
    fn register(&mut self, phase: &Phase, askers: &[Asker]) {
        let next: Vec<(StepKind, Agency)> = match phase.at {
            Some(at) => TRANSITIONS.iter().filter(|t| t.from == Some(at)).map(|t| (t.to, t.owner)).collect(),
            None => Vec::new(),
        };
        let next = if next.is_empty() { vec![(StepKind::Gk, Agency::Fk)] } else { next };
        for (step, owner) in next {
            let body = json!({"case": phase.case, "step": step.code(), "date": "2016-10-12"});
            let path = "/v1/registrations?dryRun=true";
            assert_eq!(self.ask(&Method::POST, path, None, 0, Some(&body)).status, 401);
            for asker in askers {
                let told = self.ask(&Method::POST, path, Some(&asker.token), 0, Some(&body));
                let about = format!("{} to {step}: {:?}", phase.name, asker.caller);
                let decision = self.decision(asker, Action::RegisterStep, &Object::Case(&self.pair));
                let codes: Vec<String> = told.json()["errors"]
                    .as_array()
                    .map(|all| all.iter().map(|e| e["code"].as_str().unwrap().to_owned()).collect())
                    .unwrap_or_default();
                self.answers.hold("create_registrations", &about, decision, &told);
                if decision == Decision::Allow
                    && phase.at.is_some_and(|at| !TRANSITIONS.iter().all(|t| t.from != Some(at)))
                {
                    let foreign = asker.caller.agency != Some(owner);
                    assert_eq!(codes.contains(&"fel_myndighet".to_owned()), foreign, "{about}: {}", told.text);
                }
            }
        }
    }
}

fn walk(database: &Database) -> Answers {
    let api = &Api::around(database, "2016-10-12", &register());
    let (phases, kept, askers) = (phases(api), kept(api), askers(api));
    let code = |text: &str| OfficeCode::parse(text).unwrap();
    let mut matrix = Matrix {
        api,
        register: sus::organisation::read(&register(), api.service().today()).unwrap(),
        pair: OfficePair { fk: code("FK-GAVLE"), af: code("AF-GAVLE") },
        answers: Answers::default(),
    };
    for (operation, method) in operations() {
        match how(&operation, &kept) {
            How::Service(path, body) => matrix.service(&operation, &method, &path, body.as_ref(), &askers),
            How::Case(path, body) => {
                for phase in &phases {
                    matrix.case(&operation, &method, &path(phase), body.as_ref(), (phase, &askers));
                }
            }
            How::Register => phases.iter().for_each(|phase| matrix.register(phase, &askers)),
        }
    }
    matrix.answers
}

#[test]
fn the_live_service_answers_every_combination_as_the_table_says() {
    on_both(|_, database| {
        let Answers(counts) = walk(database);
        let mut out = String::from("operation, as the table says, as answered, how many\n");
        for ((operation, word, status), count) in &counts {
            let _ = writeln!(out, "{operation:<28} {word:<5} {status} {count:>6}");
        }
        let _ = writeln!(out, "{:<28} {:>16}", "all", counts.values().sum::<usize>());
        expect_file!["../../matrix.txt"].assert_eq(&out);
    });
}
