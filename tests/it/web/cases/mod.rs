//! A handläggare's lists, the page of a case, and the search.

mod list;
mod one;
mod search;

use serde_json::{Value, json};

use crate::http::Api;
use crate::support::posting::{begaran, number};

/// Cases of the tests, each by the number that FK has given it.
pub const SOON: &str = "FK-SOON";
pub const LATE: &str = "FK-LATE";
pub const NOBODYS: &str = "FK-NOBODYS";
pub const FAR: &str = "FK-FAR";

/// Siv Lind's (fk-h-017) two, one of them late, with Åsa Holm (af-h-201); one of the same offices that nobody has; and
/// Ove Berg's (fk-h-018) in Sandviken. It is 2016-10-12.
pub fn four(api: &Api) {
    open(api, SOON, "1985-03-12", "2016-10-03", &json!({"fk": "fk-h-017", "af": "af-h-201"}));
    open(api, LATE, "1990-01-01", "2016-09-01", &json!({"fk": "fk-h-017"}));
    open(api, NOBODYS, "1975-12-31", "2016-10-04", &json!({}));
    let mut far = request(FAR, "1966-06-06", "2016-10-05");
    far["offices"] = json!({"fk": "FK-SANDVIKEN", "af": "AF-SANDVIKEN"});
    far["handlers"] = json!({"fk": "fk-h-018"});
    register(api, &api.fk(), &far);
}

fn request(reference: &str, birth: &str, date: &str) -> Value {
    let mut body = begaran(reference, &number(birth), date);
    body["consent"]["obtainedOn"] = json!("2016-08-25");
    body
}

pub fn open(api: &Api, reference: &str, birth: &str, date: &str, handlers: &Value) -> String {
    let mut body = request(reference, birth, date);
    body["handlers"] = handlers.clone();
    register(api, &api.fk(), &body)
}

/// Registers, and says the page of the case.
pub fn register(api: &Api, token: &str, body: &Value) -> String {
    let told = api.post("/v1/registrations", token, body);
    assert_eq!(told.status, 201, "{}", told.text);
    format!("/arenden/{}", told.json()["case"]["id"].as_str().unwrap())
}

/// The pieces of a page between two marks.
pub fn between<'a>(page: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    page.split(before).skip(1).filter_map(|rest| rest.split_once(after).map(|(piece, _)| piece)).collect()
}

/// The text of a page, tags left out and space made one.
pub fn read(page: &str) -> String {
    let mut out = String::new();
    for piece in page.split('<') {
        out.push(' ');
        out.push_str(piece.split_once('>').map_or("", |(_, text)| text));
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
