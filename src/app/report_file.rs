//! A report as a file: in its form, with its tag, its name, and what stands beside it.
//!
//! Never here: which form is wanted, and whether whoever asks may have it ([`reporting`](super::reporting)).

use actix_web::HttpResponse;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, ETAG, VARY, X_CONTENT_TYPE_OPTIONS,
};
use chrono::DateTime;
use serde_json::Value;

use crate::http::answer::{is_known, weak_tag};
use crate::reports::Report;
use crate::reports::render::{self, Form, Options, RenderError, form};
use crate::reports::report::instant;

/// The answer when it is made: its tag, what stands beside it, and the bytes where the client hasn't got them.
pub struct Made {
    form: Form,
    tag: String,
    name: String,
    headers: Vec<(&'static str, String)>,
    bytes: Option<Vec<u8>>,
}

/// Makes the answer: these parts of the report in their order (all when there are none), in the form. What stands
/// `before` the report's own members in JSON is its first member, by this name.
///
/// # Errors
/// When the form holds one part and there isn't one, or it can't be made.
pub fn made(
    mut report: Report,
    parts: &[String],
    (form, options): (Form, Options),
    known: Option<&str>,
    before: Option<(&str, &Value)>,
) -> Result<Made, RenderError> {
    form::keep(&mut report, parts, Some(form))?;
    // Asked for "now", the same figures a second later tell another instant, and nothing else.
    let as_of = std::mem::replace(&mut report.as_of, DateTime::UNIX_EPOCH);
    let tag = weak_tag(&(form, options, &report));
    report.as_of = as_of;
    let name = form::file_name(&report, form);
    let mut headers = vec![
        ("sus-as-of", instant(report.as_of)),
        ("sus-counted-to", report.counted_to.to_string()),
        ("sus-disclosure", report.disclosure.to_owned()),
    ];
    match form {
        Form::Html => {
            headers.push((CONTENT_SECURITY_POLICY.as_str(), render::html::content_security_policy().to_owned()));
        }
        Form::Svg => headers.push((CONTENT_SECURITY_POLICY.as_str(), "default-src 'none'".to_owned())),
        _ => {}
    }
    if is_known(known, &tag) {
        return Ok(Made { form, tag, name, headers, bytes: None });
    }
    let mut bytes = render::render(&report, form, options)?;
    if let (Form::Json, Some((name, value))) = (form, before) {
        let first = format!("{{\"{name}\":{value},");
        bytes.splice(..1, first.into_bytes());
    }
    Ok(Made { form, tag, name, headers, bytes: Some(bytes) })
}

impl Made {
    /// As a client gets it: what browsers show is shown, the rest is saved as a file.
    #[must_use]
    pub fn answer(self) -> HttpResponse {
        let shown = if self.form.shown_in_browsers() { "inline" } else { "attachment" };
        self.sent(shown)
    }

    /// As a file to save, whatever it is.
    #[must_use]
    pub fn saved(self) -> HttpResponse {
        self.sent("attachment")
    }

    fn sent(self, shown: &str) -> HttpResponse {
        let mut answer = if self.bytes.is_some() { HttpResponse::Ok() } else { HttpResponse::NotModified() };
        answer.insert_header((ETAG, self.tag)).insert_header((CACHE_CONTROL, "private, no-cache"));
        answer.insert_header((VARY, "Accept"));
        let Some(bytes) = self.bytes else { return answer.finish() };
        answer.insert_header((CONTENT_DISPOSITION, format!("{shown}; filename=\"{}\"", self.name)));
        for header in self.headers {
            answer.insert_header(header);
        }
        answer.insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
        let media = self.form.media();
        let media = match self.form {
            Form::Csv | Form::Html | Form::Px => format!("{media}; charset=utf-8"),
            _ => media.to_owned(),
        };
        answer.content_type(media).body(bytes)
    }
}
