//! How answers leave: JSON that may be cached under its ETag, JSON that may not be stored at all, and lists.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::extract::{Page, Query};
use super::problem::{Kind, Problem};
use crate::app::App;
pub use crate::app::asking::scope;
use crate::app::asking::{self, Unread};
use crate::auth::Caller;
use crate::registrations::find::Reader;
use crate::storage::access::Scope;
use crate::storage::{Link, StorageError};

/// Public data: an ETag of the content, and 304 when the client has it already.
pub fn cacheable(request: &HttpRequest, body: &impl Serialize) -> Result<HttpResponse, Problem> {
    let text = serde_json::to_string(body).map_err(|_| Problem::new(Kind::InterntFel))?;
    Ok(cacheable_text(request, "application/json", text))
}

/// The same for a text that is ready.
pub fn cacheable_text(request: &HttpRequest, media: &str, text: String) -> HttpResponse {
    tagged(request, media, text.into_bytes(), "max-age=300, must-revalidate")
}

/// What only the caller may keep, and asks for again each time: registers and reports.
pub fn revalidated(request: &HttpRequest, media: &str, bytes: Vec<u8>) -> HttpResponse {
    tagged(request, media, bytes, "private, no-cache")
}

/// The weak `ETag` of an answer that `what` decides: the same `what` is the same answer to whoever reads it.
pub fn weak_tag(what: &impl fmt::Debug) -> String {
    struct Hashed(Sha256);
    impl fmt::Write for Hashed {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.update(text.as_bytes());
            Ok(())
        }
    }
    let mut hashed = Hashed(Sha256::new());
    // Hashing never fails. Another version of the program may write the same thing in another way.
    let _ = write!(hashed, "{} {what:?}", env!("CARGO_PKG_VERSION"));
    format!("W/{}", quoted(&hashed.0.finalize()))
}

/// Whether the client has the answer of that tag already.
pub fn is_known(if_none_match: Option<&str>, tag: &str) -> bool {
    let plain = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    if_none_match.is_some_and(|known| known.split(',').any(|t| plain(t) == plain(tag) || t.trim() == "*"))
}

/// What the client says that it has.
pub fn if_none_match(request: &HttpRequest) -> Option<&str> {
    request.headers().get(IF_NONE_MATCH).and_then(|h| h.to_str().ok())
}

fn quoted(digest: &[u8]) -> String {
    let tag: String = digest.iter().take(12).map(|b| format!("{b:02x}")).collect();
    format!("\"{tag}\"")
}

fn tagged(request: &HttpRequest, media: &str, bytes: Vec<u8>, cache: &'static str) -> HttpResponse {
    let tag = quoted(&Sha256::digest(&bytes));
    let matches = is_known(if_none_match(request), &tag);
    let mut answer = if matches { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((ETAG, tag)).insert_header((CACHE_CONTROL, cache));
    if matches {
        return answer.finish();
    }
    answer.content_type(media.to_owned()).body(bytes)
}

/// Personal data, or what depends on the caller: nobody stores it on the way.
pub fn private(body: &impl Serialize) -> Result<HttpResponse, Problem> {
    private_with(body, |_| ())
}

/// The same with headers of its own.
pub fn private_with(
    body: &impl Serialize,
    headers: impl FnOnce(&mut actix_web::HttpResponseBuilder),
) -> Result<HttpResponse, Problem> {
    let text = serde_json::to_string(body).map_err(|_| Problem::new(Kind::InterntFel))?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CACHE_CONTROL, "no-store")).content_type("application/json");
    headers(&mut answer);
    Ok(answer.body(text))
}

/// One page of a list: items, `_meta` and `_links` that keep the other parameters.
pub fn list(path: &str, query: &Query, page: Page, total: i64, items: Vec<Value>) -> Map<String, Value> {
    let last = ((total + page.limit - 1) / page.limit).max(1);
    let others: String = query.others().map(|(n, v)| format!("&{}={}", encoded(n), encoded(v))).collect();
    let link = |number: i64| json!({"href": format!("{path}?page={number}&limit={}{others}", page.limit)});
    let mut links = Map::new();
    links.insert("self".to_owned(), link(page.number));
    links.insert("first".to_owned(), link(1));
    if page.number > 1 {
        links.insert("prev".to_owned(), link((page.number - 1).min(last)));
    }
    if page.number < last {
        links.insert("next".to_owned(), link(page.number + 1));
    }
    links.insert("last".to_owned(), link(last));
    let mut body = Map::new();
    body.insert("items".to_owned(), Value::Array(items));
    body.insert(
        "_meta".to_owned(),
        json!({"page": page.number, "limit": page.limit, "totalItems": total, "totalPages": last}),
    );
    body.insert("_links".to_owned(), Value::Object(links));
    body
}

/// Percent-encoding of everything but the unreserved characters.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b':') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Reads as a caller within reach ([`asking::reading`]).
///
/// # Errors
/// What `read` said, that the database failed, or that too much waits to be written.
pub async fn reading<T: Send + 'static>(
    app: &web::Data<App>,
    scope: Scope,
    caller: Arc<Caller>,
    read: impl FnOnce(&Reader<'_>, &mut Link<'_>, &App) -> Result<T, StorageError> + Send + 'static,
) -> Result<T, Problem> {
    asking::reading(app, scope, caller, read).await.map_err(|unread| match unread {
        Unread::NoThread => Problem::new(Kind::Upptagen),
        Unread::Storage(error) => error.into(),
        Unread::Unlogged(refusal) => refusal.into(),
    })
}
