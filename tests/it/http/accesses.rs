//! Who has read what: told to the person by those who may read the case, and to managers without anything of a person.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sus::domain::code::CaseId;
use sus::domain::organisation::Role;
use sus::domain::step::Agency;
use sus::storage::access::{Entry, Kind, Scope};

use super::{ANNA, Api, begaran};
use crate::support::posting::number;
use crate::support::{Database, on_both, organisation};

/// The small register with a manager at FK's Gävle office.
fn with_manager(database: &Database) -> Api {
    let mut register = organisation();
    let manager = json!({"id": "fk-chef-1", "agency": "FK", "name": "Eva Ek",
        "assignments": [{"office": "FK-GAVLE", "role": "insatsansvarig", "validFrom": "2010-01-01"}]});
    register["handlers"].as_array_mut().unwrap().push(manager);
    Api::around(database, "2016-10-12", &register)
}

fn manager(api: &Api) -> String {
    api.token("fk-web", Some(Agency::Fk), &[Role::Insatsansvarig], Some("fk-chef-1"))
}

/// Kind, handläggare and client of every item.
fn told(list: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let items = list["items"].as_array().unwrap();
    items.iter().map(|i| format!("{} {} {}", text(&i["kind"]), text(&i["handler"]), text(&i["client"]))).collect()
}

#[test]
fn a_person_is_told_who_has_read_the_case_and_who_has_asked() {
    on_both(|_, database| {
        let api = Api::over(database);
        // Asked for before there was anything to find.
        let search = |token: &str| api.post("/v1/case-searches", token, &json!({"personnummer": ANNA})).status;
        assert_eq!(search(&api.af()), 200);
        let case = api.opened("FK-1", ANNA);
        api.opened("FK-2", &number("1990-01-02"));
        api.get(&case, &api.person("fk-h-017"));
        api.get("/v1/cases", &api.af());
        assert_eq!(api.get(&case, &api.person("fk-h-018")).status, 404, "nothing was shown");
        assert_eq!(search(&api.person("fk-h-018")), 200);
        api.get("/v1/exports/steps", &api.fk());

        let path = format!("{case}/accesses");
        assert_eq!(api.get(&path, &api.person("fk-h-018")).status, 404);
        let extract = api.get(&path, &api.person("fk-h-017"));
        assert_eq!(extract.header("cache-control"), Some("no-store"));
        let of_case = ["change - fk-system", "read fk-h-017 fk-web", "list - af-system", "export - fk-system"];
        assert_eq!(told(&extract.json()), of_case);
        assert_eq!(extract.json()["items"][3]["everyCase"], json!(true));
        let again = api.get(&format!("{path}?from=2016-10-12&to=2016-10-12&limit=2&page=3"), &api.fk()).json();
        assert_eq!(told(&again), ["extract fk-h-017 fk-web"], "asking is itself told");
        assert_eq!(told(&api.get(&format!("{path}?from=2016-10-13"), &api.fk()).json()), Vec::<String>::new());

        let of_person = |token: &str| api.post("/v1/access-searches", token, &json!({"personnummer": ANNA}));
        let whole = of_person(&api.fk());
        assert_eq!(whole.status, 200, "{}", whole.text);
        assert!(!whole.text.contains(ANNA) && !whole.text.contains(&ANNA[2..]), "{}", whole.text);
        let all = told(&whole.json());
        let searched = ["search - af-system", "search fk-h-018 fk-web"];
        assert!(searched.iter().all(|s| all.iter().any(|told| told == s)), "{all:?}");
        assert_eq!(all.len(), of_case.len() + searched.len() + 3, "and three extracts: {all:?}");
        let id = case.rsplit('/').next().unwrap();
        let shown = whole.json();
        let cases = shown["items"].as_array().unwrap().iter().flat_map(|i| i["cases"].as_array().unwrap().clone());
        assert!(cases.into_iter().all(|shown| shown == id), "of others' cases in the same list nothing is told");
        // Out of reach: only that there is something, told by others.
        let far = of_person(&api.person("fk-h-018")).json();
        assert_eq!((told(&far), &far["casesElsewhere"]), (vec![], &json!(true)));
        let nobody = api.post("/v1/access-searches", &api.fk(), &json!({"personnummer": number("1955-05-05")})).json();
        assert_eq!((told(&nobody), &nobody["casesElsewhere"]), (vec![], &json!(false)));
    });
}

#[test]
fn what_is_wrong_with_a_question_is_told_and_a_number_stands_in_no_address() {
    on_both(|_, database| {
        let api = with_manager(database);
        let case = api.opened("FK-1", ANNA);
        assert_eq!(api.get(&format!("{case}/accesses?from=2016-10-12&to=2016-10-01"), &api.fk()).status, 400);
        assert_eq!(api.get(&format!("/v1/access-searches?personnummer={ANNA}"), &api.fk()).status, 405);
        let wrong = api.post("/v1/access-searches", &api.fk(), &json!({"personnummer": "1", "x": 1}));
        assert_eq!(wrong.status, 422);
        assert_eq!(wrong.json()["errors"].as_array().unwrap().len(), 2, "{}", wrong.text);
        let long = api.get("/v1/accesses?from=2016-01-01&to=2016-12-31&sample=0", &manager(&api));
        assert_eq!((long.status, long.json()["errors"].as_array().unwrap().len()), (400, 2), "{}", long.text);
        assert_eq!(api.get("/v1/accesses", &api.person("fk-h-017")).status, 403);
        assert_eq!(api.get(&format!("{case}/accesses"), &manager(&api)).status, 403);
    });
}

fn at(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap()
}

#[test]
fn a_manager_sees_what_the_own_handlaggare_read_without_anything_of_a_person() {
    on_both(|_, database| {
        let api = with_manager(database);
        let case = api.opened("FK-1", ANNA);
        let mut body = begaran("FK-2", &number("1990-01-02"));
        body["offices"] = json!({"fk": "FK-SANDVIKEN", "af": "AF-SANDVIKEN"});
        let far = api.post("/v1/registrations", &api.fk(), &body).json()["case"]["link"].as_str().unwrap().to_owned();
        let own = api.person("fk-h-017");
        api.get(&case, &own);
        api.post("/v1/case-searches", &own, &json!({"personnummer": ANNA}));
        // Not of the manager's office, and of the other agency.
        api.get(&far, &api.person("fk-h-018"));
        api.get(&case, &api.token("af-web", Some(Agency::Af), &[Role::Deltagaransvarig], Some("af-h-201")));
        // In the night to Sunday.
        api.clock.set(at("2016-10-15T23:30:00Z"));
        api.get(&case, &api.person("fk-h-017"));
        // What no rule let through, but a fault might.
        let id = |link: &str| CaseId(uuid::Uuid::parse_str(link.rsplit('/').next().unwrap()).unwrap());
        api.clock.set(at("2016-10-17T08:00:00Z"));
        let scope = Scope {
            client: "fk-web".to_owned(),
            agency: Some("FK".to_owned()),
            handler: Some("fk-h-017".to_owned()),
            action: "get_case",
            trace: None,
            at: api.clock_micros(),
        };
        api.service().log_and_wait(vec![Entry::of(&scope, Kind::Read, &[id(&far)])]).unwrap();
        let asked = |more: &str| api.get(&format!("/v1/accesses?from=2016-10-01&to=2016-10-31{more}"), &manager(&api));
        let all = asked("").json();
        let rows: Vec<(String, Vec<String>)> = all["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| {
                let flags = i["flags"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap().to_owned());
                (i["kind"].as_str().unwrap().to_owned(), flags.collect())
            })
            .collect();
        let flags = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            rows,
            [
                ("read".to_owned(), flags(&[])),
                ("search".to_owned(), flags(&["sokning_utan_registrering"])),
                ("read".to_owned(), flags(&["utanfor_arbetstid"])),
                ("read".to_owned(), flags(&["utan_eget_kontor"])),
            ],
            "{all}"
        );
        assert_eq!((&all["handlers"], &all["drawnFrom"]), (&json!(1), &json!(4)));
        assert!(all["items"].as_array().unwrap().iter().all(|i| i["handler"] == "fk-h-017"));
        let text = asked("").text;
        for secret in [ANNA, &ANNA[2..], "FK-1\"", "personnummer", "query"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        assert_eq!(told(&asked("&flagged=true").json()).len(), 3);
        assert_eq!(told(&asked("&limit=1&page=4").json()).len(), 1);
        assert_eq!(told(&asked("&handler=fk-h-018").json()).len(), 0);
        assert_eq!(told(&asked("&office=FK-SANDVIKEN").json()).len(), 0, "not the manager's");
        let drawn = |seed: &str| asked(&format!("&sample=2&seed={seed}")).json();
        assert_eq!(drawn("a")["items"], drawn("a")["items"], "the same seed draws the same rows");
        assert_eq!((told(&drawn("a")).len(), &drawn("a")["drawnFrom"]), (2, &json!(4)));
        let others = ["b", "c", "d", "e", "f"].iter().any(|seed| drawn(seed)["items"] != drawn("a")["items"]);
        assert!(others, "another seed may draw others");
    });
}

#[test]
fn many_cases_in_a_short_time_are_flagged_for_a_manager() {
    on_both(|_, database| {
        let api = with_manager(database);
        let read = |case: u128, second: i64| {
            let scope = Scope {
                client: "fk-web".to_owned(),
                agency: Some("FK".to_owned()),
                handler: Some("fk-h-017".to_owned()),
                action: "get_case",
                trace: None,
                at: at("2016-10-12T08:00:00Z").timestamp_micros() + second * 1_000_000,
            };
            Entry::of(&scope, Kind::Read, &[CaseId(uuid::Uuid::from_u128(case))])
        };
        let slowly = (0..30).map(|n| read(n, i64::try_from(n).unwrap() * 60));
        let often = (0..40).map(|_| read(1, 3000));
        api.service().log_and_wait(slowly.chain(often).collect()).unwrap();
        let flagged = || api.get("/v1/accesses?from=2016-10-12&to=2016-10-12&flagged=true", &manager(&api)).json();
        assert_eq!(flagged()["_meta"]["totalItems"], 0, "{}", flagged());
        let quickly = (100..130).map(|n| read(n, 20_000 + i64::try_from(n).unwrap()));
        api.service().log_and_wait(quickly.collect()).unwrap();
        assert_eq!(flagged()["_meta"]["totalItems"], 30);
        assert_eq!(flagged()["items"][0]["flags"][0]["code"], "manga_arenden");
    });
}
