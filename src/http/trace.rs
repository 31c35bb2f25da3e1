//! Following one request: W3C `traceparent` in and out, and one log line – method, route pattern, status, time, the
//! client's network address, trace id. Never the path or the query as sent, since either may hold what it shouldn't.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};

use super::endpoint::Operation;
use super::peer::Peer;
use super::problem::Problem;
use crate::app::App;
use crate::clock::Stopwatch;

/// The header of W3C Trace Context.
pub const TRACEPARENT: &str = "traceparent";

/// The trace that a request belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// 32 hexadecimal digits.
    pub id: String,
    flags: String,
}

impl Trace {
    /// The trace of a `traceparent`; `None` when it is none.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let parts: Vec<&str> = header.split('-').collect();
        let [version, id, parent, flags, rest @ ..] = parts.as_slice() else { return None };
        let future = *version != "00";
        let fits = hex(version, 2)
            && *version != "ff"
            && (future || rest.is_empty())
            && hex(id, 32)
            && hex(parent, 16)
            && hex(flags, 2)
            && id.contains(|c| c != '0')
            && parent.contains(|c| c != '0');
        fits.then(|| Self { id: (*id).to_owned(), flags: (*flags).to_owned() })
    }

    /// A new trace from random bytes.
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        Self { id: format!("{:032x}", u128::from_be_bytes(random).max(1)), flags: "01".to_owned() }
    }

    fn header(&self, span: [u8; 8]) -> String {
        format!("00-{}-{:016x}-{}", self.id, u64::from_be_bytes(span).max(1), self.flags)
    }

    /// The trace of a request; the middleware gave it one.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<String> {
        request.extensions().get::<Self>().map(|t| t.id.clone())
    }
}

fn hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Gives the request a trace, the answer its header, the log its line – and a problem its `instance`.
///
/// # Errors
/// Never any of its own.
pub async fn around<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let watch = Stopwatch::start();
    let given = request.headers().get(TRACEPARENT).and_then(|h| h.to_str().ok()).and_then(Trace::parse);
    let app = request.app_data::<web::Data<App>>().cloned();
    let random = app.as_ref().map_or([0; 24], |app| app.random());
    let trace = given.unwrap_or_else(|| Trace::new(first(&random)));
    let header = trace.header(last(&random));
    request.extensions_mut().insert(trace.clone());
    let method = request.method().clone();
    let mut answer = next.call(request).await?.map_into_boxed_body();
    if let Some(problem) = answer.response().error().and_then(|e| e.as_error::<Problem>()).cloned() {
        let mut told = problem.answer(Some(&trace.id));
        // What others have added on the way stays: whom a browser may show the answer.
        for (name, value) in answer.headers() {
            if !told.headers().contains_key(name) {
                told.headers_mut().append(name.clone(), value.clone());
            }
        }
        answer = answer.into_response(told);
    }
    if let Ok(value) = HeaderValue::from_str(&header) {
        answer.headers_mut().insert(HeaderName::from_static(TRACEPARENT), value);
    }
    let pattern = answer.request().match_pattern().unwrap_or_else(|| "(no route)".to_owned());
    let (operation, peer) = {
        let found = answer.request().extensions();
        let peer = found.get::<Peer>().map(ToString::to_string).unwrap_or_default();
        (found.get::<Operation>().map_or("other", |operation| operation.0), peer)
    };
    let (status, took) = (answer.status().as_u16(), watch.elapsed());
    if let Some(metrics) = app.as_ref().and_then(|app| app.metrics.as_ref()) {
        metrics.told(operation, status, took);
    }
    log::info!(
        target: "sus::request",
        method = method.as_str(), route = pattern.as_str(), status = status,
        ms = took.as_millis() as u64, from = peer.as_str(), trace = trace.id.as_str();
        "request"
    );
    Ok(answer)
}

fn first(random: &[u8; 24]) -> [u8; 16] {
    let mut id = [0; 16];
    id.copy_from_slice(&random[..16]);
    id
}

fn last(random: &[u8; 24]) -> [u8; 8] {
    let mut span = [0; 8];
    span.copy_from_slice(&random[16..]);
    span
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_traceparent_is_a_traceparent() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(Trace::parse(good).unwrap().id, "0af7651916cd43dd8448eb211c80319c");
        for bad in [
            "",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-198503129804-b7ad6b7169203331-01",
        ] {
            assert_eq!(Trace::parse(bad), None, "{bad}");
        }
        assert!(Trace::parse("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more").is_some());
    }
}
