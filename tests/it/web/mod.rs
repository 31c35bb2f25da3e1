//! Pages as a browser without a screen gets them: logged in by a cookie, forms sent with the token that they were given.

mod assignments;
mod behind;
mod cases;
mod days;
mod frame;
mod frozen;
mod judged;
mod packages;
mod register;
mod reports;

use actix_web::http::Method;

use crate::http::{Api, Told};

/// Somebody who is logged in.
pub struct Person<'a> {
    api: &'a Api,
    cookie: String,
    token: String,
}

/// Logs in as a person of the register, with the roles that the register gives.
pub fn log_in<'a>(api: &'a Api, handler: &str) -> Person<'a> {
    begin(api, &[("handler", handler)])
}

/// Logs in as nobody in particular, in a role that needs no assignment.
pub fn log_in_as<'a>(api: &'a Api, role: &str) -> Person<'a> {
    begin(api, &[("role", role)])
}

/// A page that there is.
fn page(person: &Person<'_>, path: &str) -> Told {
    let told = person.get(path);
    assert_eq!(told.status, 200, "{path}: {}", told.text);
    told
}

fn begin<'a>(api: &'a Api, fields: &[(&str, &str)]) -> Person<'a> {
    let told = send(api, "/login/practice", "", fields);
    assert_eq!((told.status, told.header("location")), (303, Some("/")), "{}", told.text);
    let cookie = told.header("set-cookie").and_then(|all| all.split(';').next()).unwrap().to_owned();
    let start = api.call(Method::GET, "/", &[("cookie", &cookie)], None).text;
    let (_, after) = start.split_once("name=\"token\" value=\"").unwrap();
    let token = after.split('"').next().unwrap().to_owned();
    Person { api, cookie, token }
}

fn send(api: &Api, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Told {
    let body = serde_urlencoded::to_string(fields).unwrap();
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("cookie", cookie), ("accept", "text/html")];
    api.call(Method::POST, path, &headers, Some(&body))
}

/// A value of a hidden field.
pub fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

impl Person<'_> {
    pub fn get(&self, path: &str) -> Told {
        self.api.call(Method::GET, path, &[("cookie", &self.cookie), ("accept", "text/html")], None)
    }

    /// Sends a form with its token.
    pub fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Told {
        let mut all = vec![("token", self.token.as_str())];
        all.extend(fields);
        send(self.api, path, &self.cookie, &all)
    }

    /// Sends a form that another site made.
    pub fn post_without_token(&self, path: &str, fields: &[(&str, &str)]) -> Told {
        send(self.api, path, &self.cookie, fields)
    }
}
