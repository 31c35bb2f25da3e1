//! What a request may take, before anybody looks at what it asks: length of its address and fields, time for its body,
//! and how many are answered at once.
//!
//! Never here: the size of a body ([`extract`](super::extract)) and how often a caller asks ([`rates`](super::rates)).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::http::header::RETRY_AFTER;
use actix_web::middleware::Next;
use actix_web::rt::time::{Sleep, sleep};
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage, web};
use futures_util::{Stream, StreamExt};

use super::peer::Peer;
use super::problem::{Kind, Problem};
use super::trace::Trace;
use crate::app::App;
use crate::config::edge::Bounds;

/// Finds out who is at the other end, and lets in what keeps within bounds.
///
/// # Errors
/// Never any of its own.
pub async fn around(mut request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(app) = request.app_data::<web::Data<App>>().cloned() else { return next.call(request).await };
    let edge = &app.config.edge;
    let tls = request.app_config().secure();
    let peer = Peer::of(request.peer_addr(), tls, request.headers(), &edge.trusted_proxies);
    request.extensions_mut().insert(peer);
    // Whoever asks whether the service lives is answered also when it is busy.
    let health = request.path().starts_with("/health/");
    let turn = Arc::clone(&app.in_flight).try_acquire_owned();
    let busy = turn.is_err() && !health;
    let refused = if busy { Err(busy_now()) } else { within(&edge.bounds, &request) };
    if let Err(problem) = refused {
        let told = problem.answer(Trace::of(request.request()).as_deref());
        return Ok(request.into_response(told));
    }
    if *request.method() == Method::POST || *request.method() == Method::PUT {
        let payload = request.take_payload();
        request.set_payload(in_time(payload, Duration::from_secs(edge.bounds.body_seconds)));
    }
    next.call(request).await
}

fn busy_now() -> Problem {
    Problem::new(Kind::Upptagen).header(RETRY_AFTER.as_str(), "1")
}

/// # Errors
/// 414 and 431 with what would be right.
fn within(bounds: &Bounds, request: &ServiceRequest) -> Result<(), Problem> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > bounds.target_bytes {
        let most = bounds.target_bytes;
        return Err(
            Problem::new(Kind::ForLangAdress).detail(format!("Högst {most} byte."), format!("At most {most} bytes."))
        );
    }
    let headers = request.headers();
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers.len() > bounds.fields || bytes > bounds.field_bytes {
        let (fields, bytes) = (bounds.fields, bounds.field_bytes);
        return Err(Problem::new(Kind::ForStoraHuvuden).detail(
            format!("Högst {fields} fält och tillsammans {bytes} byte."),
            format!("At most {fields} fields and together {bytes} bytes."),
        ));
    }
    Ok(())
}

/// The same body, broken off when it has not come in time.
fn in_time(payload: Payload, time: Duration) -> Payload {
    Payload::Stream { payload: Box::pin(InTime { payload, ends: Box::pin(sleep(time)) }) }
}

struct InTime {
    payload: Payload,
    ends: Pin<Box<Sleep>>,
}

impl Stream for InTime {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Poll::Ready(piece) = self.payload.poll_next_unpin(context) {
            return Poll::Ready(piece);
        }
        self.ends.as_mut().poll(context).map(|()| Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))))
    }
}

/// Whether a body was broken off since it had not come in time.
#[must_use]
pub fn too_slow(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}
