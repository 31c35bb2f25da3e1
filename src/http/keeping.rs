//! POSTs that keep something of their own (not of a case), as answers.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::problem::Problem;
use crate::app::App;
pub use crate::app::keeping::Once;
use crate::registrations::Rendered;
use crate::storage::Link;

/// Writes in one transaction, once for each key, and answers.
///
/// # Errors
/// What `write` said, or that the key was used with other content.
pub async fn keep(
    app: &web::Data<App>,
    once: Once,
    write: impl FnOnce(&mut Link<'_>, &App) -> Result<Rendered, Problem> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    Ok(answer(crate::app::keeping::keep(app, once, write).await?))
}

/// What was kept, as it is told.
#[must_use]
pub fn answer(rendered: Rendered) -> HttpResponse {
    let status = StatusCode::from_u16(rendered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = HttpResponse::build(status);
    for (name, value) in &rendered.headers {
        answer.insert_header((name.as_str(), value.as_str()));
    }
    answer.body(rendered.body)
}
