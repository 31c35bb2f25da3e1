//! The forms by which a handläggare registers, as a browser without scripts has them.

mod again;
mod changes;
mod corrections;
mod questions;
mod request;
mod walk;

use std::collections::BTreeMap;

use super::{Person, log_in};
use crate::http::{Api, Told};
use crate::support::posting::number;

/// A woman whom nobody is.
pub fn anna() -> String {
    number("1985-03-12")
}

/// A page as people meet it: its title, its fields by name, and what is wrong beside them.
pub struct Page {
    pub status: u16,
    pub text: String,
}

impl Page {
    pub fn of(told: Told) -> Self {
        Self { status: told.status, text: told.text }
    }

    /// What is hidden in the form of the page: its token aside.
    pub fn hidden(&self) -> BTreeMap<String, String> {
        let main = self.text.split("<main").nth(1).unwrap();
        let inputs = main.split("<input type=\"hidden\" ").skip(1);
        inputs
            .filter_map(|rest| Some((attribute(rest, "name")?, attribute(rest, "value")?)))
            .filter(|(name, _)| name != "token")
            .collect()
    }

    /// The value that a line or a chosen option of a name holds.
    pub fn value(&self, name: &str) -> Option<String> {
        let field = self.text.split(&format!("name=\"{name}\"")).nth(1)?;
        let here = field.split("</select>").next()?;
        if field.trim_start().starts_with("value=") || attribute(field.split('>').next()?, "value").is_some() {
            return attribute(field.split('>').next()?, "value");
        }
        let chosen = here.split("<option ").find(|option| option.contains(" selected"))?;
        attribute(chosen, "value")
    }

    /// The values that are ticked or chosen among the radios and boxes of a name.
    pub fn ticked(&self, name: &str) -> Vec<String> {
        let inputs = self.text.split("<input ").skip(1).filter_map(|input| input.split('>').next());
        inputs
            .filter(|input| input.contains(&format!("name=\"{name}\"")) && input.contains(" checked"))
            .filter_map(|input| attribute(input, "value"))
            .collect()
    }

    /// What stands as wrong at the field of a name.
    pub fn wrong(&self, name: &str) -> Option<String> {
        let id = format!("f-{}-error", name.replace('.', "-"));
        let after = self.text.split(&format!("id=\"{id}\">")).nth(1)?;
        let inside = after.split("</div>").next()?;
        Some(inside.replace("<p>", "").replace("</p>", " ").trim().to_owned())
    }

    /// The lines of the summary, each with the field that it leads to.
    pub fn summary(&self) -> Vec<(String, String)> {
        let Some(summary) = self.text.split("id=\"summary\"").nth(1).and_then(|rest| rest.split("</ul>").next()) else {
            return Vec::new();
        };
        let lines = summary.split("<li>").skip(1).filter_map(|line| line.split("</li>").next());
        lines
            .map(|line| match line.strip_prefix("<a href=\"#") {
                Some(link) => {
                    let (at, text) = link.split_once("\">").unwrap();
                    (at.to_owned(), text.trim_end_matches("</a>").to_owned())
                }
                None => (String::new(), line.to_owned()),
            })
            .collect()
    }

    pub fn holds(&self, texts: &[&str]) {
        for text in texts {
            assert!(self.text.contains(text), "{text}:\n{}", self.text);
        }
    }

    pub fn holds_not(&self, texts: &[&str]) {
        for text in texts {
            assert!(!self.text.contains(text), "{text}:\n{}", self.text);
        }
    }
}

fn attribute(text: &str, name: &str) -> Option<String> {
    let (_, after) = text.split_once(&format!("{name}=\""))?;
    let value = after.split('"').next()?;
    Some(value.replace("&#34;", "\"").replace("&quot;", "\"").replace("&amp;", "&").replace("&#39;", "'"))
}

/// Somebody at their desk.
pub struct Desk<'a> {
    pub person: Person<'a>,
}

impl<'a> Desk<'a> {
    pub fn of(api: &'a Api, handler: &str) -> Self {
        Self { person: log_in(api, handler) }
    }

    pub fn open(&self, path: &str) -> Page {
        Page::of(self.person.get(path))
    }

    /// Sends a form: what is hidden in it as it is, and this filled in.
    pub fn send(&self, page: &Page, path: &str, filled: &[(&str, &str)]) -> Told {
        let hidden = page.hidden();
        let mut all: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        all.extend(filled);
        self.person.post_form(path, &all)
    }

    /// Opens a form, fills it in and sends it.
    pub fn fill(&self, path: &str, filled: &[(&str, &str)]) -> Told {
        let page = self.open(path);
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        self.send(&page, path, filled)
    }

    /// The same, and what was registered leads to the case's page.
    pub fn register(&self, path: &str, filled: &[(&str, &str)]) -> String {
        done(&self.fill(path, filled))
    }
}

/// Where a registered form leads: the address of the case.
pub fn done(told: &Told) -> String {
    assert_eq!(told.status, 303, "{}", told.text);
    let address = told.header("location").unwrap();
    let (case, registration) = address.split_once("?registered=").unwrap();
    assert!(case.starts_with("/arenden/") && uuid::Uuid::parse_str(registration).is_ok(), "{address}");
    case.to_owned()
}

/// Opens a case for Anna by the two forms of a new request, as somebody at FK Gävle; the address of the case.
pub fn requested(desk: &Desk<'_>) -> String {
    let rest = Page::of(desk.fill("/arenden/ny", &[("deltagare", "namngiven"), ("participant.personnummer", &anna())]));
    assert_eq!(rest.status, 200, "{}", rest.text);
    done(&desk.send(&rest, "/arenden/ny/uppgifter", &request_fields(&anna())))
}

/// What a request is filled in with, dated 2016-10-03.
pub fn request_fields(number: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("participant.personnummer", number),
        ("municipality", "2180"),
        ("date", "2016-10-03"),
        ("caseReference", "FK-2016-0001"),
        ("offices.fk", "FK-GAVLE"),
        ("offices.af", "AF-GAVLE"),
        ("handlers.fk", "fk-h-017"),
        ("consent.obtainedOn", "2016-09-26"),
        ("consent.office", "FK:FK-GAVLE"),
        ("consent.form", "gk-affk-1"),
        ("answers.initieradAv", "FK"),
        ("answers.arbetar", "false"),
        ("answers.formaner", "sjukpenning"),
        ("answers.utbildning", "gymnasium"),
    ]
}

/// The case as the API shows it.
pub fn case(api: &Api, address: &str) -> serde_json::Value {
    let id = address.strip_prefix("/arenden/").unwrap();
    api.get(&format!("/v1/cases/{id}"), &api.fk()).json()
}

/// The ids of the registrations of the chain, by step.
pub fn registration(api: &Api, address: &str, step: &str) -> String {
    let case = case(api, address);
    let steps = case["steps"].as_array().unwrap();
    steps.iter().find(|s| s["step"] == step).unwrap()["registration"].as_str().unwrap().to_owned()
}
