//! Forms: what a form holds, once its token has shown that this service made it for this session. Every page's forms
//! come in here.

use std::collections::BTreeMap;

use actix_web::web;

use super::visitor::Person;

/// The name of the field that carries the token.
const TOKEN: &str = "token";

/// The fields of a form as they were sent.
pub type Sent = Option<web::Form<BTreeMap<String, String>>>;

/// The fields, when the form was made for the session of this person; `None` when it wasn't: then nothing is done.
pub fn checked(sent: Sent, person: &Person) -> Option<BTreeMap<String, String>> {
    let mut fields = sent?.into_inner();
    let token = fields.remove(TOKEN)?;
    person.secret.made(&token).then_some(fields)
}
