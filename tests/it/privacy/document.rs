//! The API's document is read by everybody: its examples are of test numbers, and only where one is sent.

use serde_json::Value;
use sus::domain::person::contains_identity_number;
use sus::http::openapi;

#[test]
fn the_document_shows_numbers_only_where_they_are_sent() {
    let document: Value = serde_json::from_str(&openapi::json().unwrap()).unwrap();
    let mut found = Vec::new();
    walk(&document, "", &mut found);
    let today = "2026-11-21".parse().unwrap();
    let numbers = found.iter().filter(|(_, text)| contains_identity_number(text, today));
    let elsewhere: Vec<_> = numbers.filter(|(path, _)| !path.contains("/requestBody/")).collect();
    assert_eq!(elsewhere, Vec::<&(String, String)>::new());
}

fn walk(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, inner)| walk(inner, &format!("{path}/{name}"), found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, inner)| walk(inner, &format!("{path}/{i}"), found))
        }
        other => found.push((path.to_owned(), other.to_string())),
    }
}
