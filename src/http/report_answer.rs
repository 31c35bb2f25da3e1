//! A report as an answer: in its form, with its tag, its file's name, and what stands beside it.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, ETAG, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse};
use chrono::DateTime;
use serde_json::Value;

use super::answer::{if_none_match, is_known, weak_tag};
use super::endpoint::Content;
use super::extract::Query;
use super::openapi::examples;
use super::problem::{Kind, Problem};
use super::report_question::refuse_parts;
use crate::reports::Report;
use crate::reports::render::{self, Form, Options, RenderError, form};
use crate::reports::report::instant;

/// The forms that a report is answered in.
pub const CONTENT: &[Content] = &[
    Content { media: Form::Json.media(), schema: "Report", example: examples::report },
    Content { media: Form::Csv.media(), schema: "Csv", example: examples::report_csv },
    Content { media: Form::Xlsx.media(), schema: "File", example: examples::report_file },
    Content { media: Form::Html.media(), schema: "Page", example: examples::report_html },
    Content { media: Form::JsonStat.media(), schema: "JsonStat", example: examples::report_json_stat },
    Content { media: Form::Px.media(), schema: "Px", example: examples::report_px },
    Content { media: Form::Parquet.media(), schema: "File", example: examples::report_file },
    Content { media: Form::Svg.media(), schema: "Page", example: examples::report_svg },
    Content { media: Form::Png.media(), schema: "File", example: examples::report_file },
];

/// Headers of a report: its version, what it is about, and what its file is called.
pub const FILE: &[&str] =
    &["ETag", "Cache-Control", "Content-Disposition", "Sus-As-Of", "Sus-Counted-To", "Sus-Disclosure", "Vary"];

/// What the client has already.
#[must_use]
pub fn known(request: &HttpRequest) -> Option<String> {
    if_none_match(request).map(str::to_owned)
}

/// The answer when it is made: its tag, what stands beside it, and the bytes where the client hasn't got them.
pub struct Made {
    form: Form,
    tag: String,
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
) -> Result<Made, Problem> {
    form::keep(&mut report, parts, Some(form)).map_err(not_rendered)?;
    // Asked for "now", the same figures a second later tell another instant, and nothing else.
    let as_of = std::mem::replace(&mut report.as_of, DateTime::UNIX_EPOCH);
    let tag = weak_tag(&(form, options, &report));
    report.as_of = as_of;
    let shown = if form.shown_in_browsers() { "inline" } else { "attachment" };
    let mut headers = vec![
        (CONTENT_DISPOSITION.as_str(), format!("{shown}; filename=\"{}\"", form::file_name(&report, form))),
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
        return Ok(Made { form, tag, headers, bytes: None });
    }
    let mut bytes = render::render(&report, form, options).map_err(not_rendered)?;
    if let (Form::Json, Some((name, value))) = (form, before) {
        let first = format!("{{\"{name}\":{value},");
        bytes.splice(..1, first.into_bytes());
    }
    Ok(Made { form, tag, headers, bytes: Some(bytes) })
}

impl Made {
    /// As the client gets it.
    #[must_use]
    pub fn answer(self) -> HttpResponse {
        let mut answer = if self.bytes.is_some() { HttpResponse::Ok() } else { HttpResponse::NotModified() };
        answer.insert_header((ETAG, self.tag)).insert_header((CACHE_CONTROL, "private, no-cache"));
        answer.insert_header((VARY, "Accept"));
        let Some(bytes) = self.bytes else { return answer.finish() };
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

fn not_rendered(error: RenderError) -> Problem {
    if let RenderError::Failed(why) = &error {
        log::error!("reports: {why}");
        return Problem::new(Kind::InterntFel);
    }
    let mut query = Query::default();
    refuse_parts(&mut query, error);
    query.problem()
}
