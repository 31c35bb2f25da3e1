//! What a report is answered in, what stands beside it, and why it can't be made.

use actix_web::HttpRequest;

use super::answer::if_none_match;
use super::endpoint::Content;
use super::extract::Query;
use super::openapi::examples;
use super::problem::{Kind, Problem};
use super::report_question::refuse_parts;
pub use crate::app::report_file::made;
use crate::reports::render::{Form, RenderError};

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

impl From<RenderError> for Problem {
    fn from(error: RenderError) -> Self {
        not_rendered(error)
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
