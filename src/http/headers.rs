//! The header fields of every answer, those that say no among them: what browsers must not do with it, and how much the
//! caller may still ask.
//!
//! Never here: fields that belong to one resource. What a resource has set stays.

use actix_web::Error;
use actix_web::HttpMessage;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;

use super::peer::Peer;
use super::rates::Standing;

/// What an answer has unless its resource has said otherwise.
const ALWAYS: [(HeaderName, &str); 6] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    (CACHE_CONTROL, "no-store"),
];

/// A year: browsers then ask by https only.
const HSTS: &str = "max-age=31536000";

/// Adds the fields.
///
/// # Errors
/// Never any of its own.
pub async fn around<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut answer = next.call(request).await?;
    let (https, standing) = {
        let found = answer.request().extensions();
        (found.get::<Peer>().is_some_and(|peer| peer.https), found.get::<Standing>().copied())
    };
    let fields = answer.headers_mut();
    for (name, value) in ALWAYS {
        unless_there(fields, name, HeaderValue::from_static(value));
    }
    if https {
        unless_there(fields, STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    for (name, value) in standing.into_iter().flat_map(Standing::fields) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            unless_there(fields, HeaderName::from_static(name), value);
        }
    }
    Ok(answer.map_body(|_, body| body.boxed()))
}

fn unless_there(fields: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if !fields.contains_key(&name) {
        fields.insert(name, value);
    }
}
