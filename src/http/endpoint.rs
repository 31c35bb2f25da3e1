//! An endpoint: what serves, what it is called, what it takes and gives – in one value. The routes and the API's
//! document are both made from the same list, so that neither can say what the other doesn't.
//!
//! The door that every request passes stands here too: who (401), how often (429), role (403), query names (400), formats (406, 415).

use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, ALLOW};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, Route, guard, web};
use chrono::NaiveDate;
use serde_json::Value;

use super::extract::{Unfit, pairs};
use super::peer::Peer;
use super::problem::{Kind, Problem};
use super::rates::{self, Class, Standing};
use super::trace::Trace;
use super::who;
use crate::app::App;
use crate::auth::Caller;
use crate::auth::policy::{self, Action};
use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::person::contains_identity_number;
use crate::domain::rule::Rule;
use crate::domain::shape;

/// A query parameter.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it does, in Swedish and English.
    pub about: &'static str,
    /// `string`, `integer`, `boolean` or `date`.
    pub kind: &'static str,
    /// What an example looks like.
    pub example: &'static str,
}

/// A body that an endpoint takes or gives.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    /// Its media type.
    pub media: &'static str,
    /// Name of its schema.
    pub schema: &'static str,
    /// What it looks like.
    pub example: fn() -> Value,
}

/// An answer that says yes.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// What it means, in Swedish and English.
    pub about: &'static str,
    /// In these forms.
    pub content: &'static [Content],
    /// Headers that it carries.
    pub headers: &'static [&'static str],
}

/// The methods that there are. Only what may be changed as a whole has PUT and DELETE: a package of parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Adds.
    Post,
    /// Replaces.
    Put,
    /// Takes away.
    Delete,
}

impl Verb {
    /// The method that clients ask by.
    #[must_use]
    pub fn method(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Put => Method::PUT,
            Self::Delete => Method::DELETE,
        }
    }

    fn serves(self, method: &Method) -> bool {
        match self {
            Self::Get => method == Method::GET || method == Method::HEAD,
            Self::Post | Self::Put | Self::Delete => *method == self.method(),
        }
    }
}

/// One operation.
#[derive(Clone, Copy)]
pub struct Endpoint {
    /// Its name: also the handler's.
    pub id: &'static str,
    /// Method.
    pub verb: Verb,
    /// Path below `/v1`.
    pub path: &'static str,
    /// By which right.
    pub action: Action,
    /// Which group of the document.
    pub tag: &'static str,
    /// One line, in Swedish and English.
    pub summary: &'static str,
    /// What it does, in Swedish and English.
    pub about: &'static str,
    /// Query parameters.
    pub query: &'static [Parameter],
    /// Request headers beside those that every operation takes.
    pub headers: &'static [&'static str],
    /// Bodies it takes.
    pub takes: &'static [Content],
    /// Answers that say yes.
    pub gives: &'static [Answer],
    /// Status codes that say no, beside those of every operation.
    pub problems: &'static [u16],
    /// What serves it.
    pub route: fn(Route) -> Route,
}

/// The resources of some endpoints: one a path, behind the door.
pub fn resources(endpoints: &[Endpoint]) -> Vec<impl HttpServiceFactory + use<>> {
    let mut paths: Vec<&'static str> = endpoints.iter().map(|e| e.path).collect();
    paths.dedup();
    paths
        .into_iter()
        .map(|path| resource(path, endpoints.iter().filter(|e| e.path == path).copied().collect()))
        .collect()
}

fn resource(path: &'static str, endpoints: Vec<Endpoint>) -> impl HttpServiceFactory {
    let mut resource = web::resource(path);
    let mut allowed: Vec<&str> = Vec::new();
    for endpoint in &endpoints {
        let verb = endpoint.verb;
        let route = web::route().guard(guard::fn_guard(move |context| verb.serves(&context.head().method)));
        resource = resource.route((endpoint.route)(route));
        allowed.extend(match verb {
            Verb::Get => &["GET", "HEAD"][..],
            Verb::Post => &["POST"][..],
            Verb::Put => &["PUT"][..],
            Verb::Delete => &["DELETE"][..],
        });
    }
    let allowed = allowed.join(", ");
    let endpoints = Rc::new(endpoints);
    resource
        .default_service(web::route().to(move |method: Method| {
            let allowed = format!("{allowed}, OPTIONS");
            async move {
                if method == Method::OPTIONS {
                    return Ok(HttpResponse::NoContent().insert_header((ALLOW, allowed)).finish());
                }
                Err::<HttpResponse, Problem>(Problem::method(&allowed))
            }
        }))
        .wrap(from_fn(move |request: ServiceRequest, next: Next<BoxBody>| {
            let endpoint = endpoints.iter().find(|e| e.verb.serves(request.method())).copied();
            door(endpoint, request, next)
        }))
}

async fn door(
    endpoint: Option<Endpoint>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // Without an endpoint the method is wrong, and the resource says so.
    let checked = match endpoint {
        Some(endpoint) => check(&endpoint, &request).await,
        None => Ok(()),
    };
    let problem = match checked {
        Ok(()) => {
            let answered = next.call(request).await?;
            let unfit = answered.request().extensions().get::<Unfit>().cloned();
            let Some(Unfit(findings)) = unfit.filter(|_| !answered.status().is_client_error()) else {
                return Ok(answered);
            };
            let problem = Problem::new(Kind::FrageparameterFel).errors(&findings);
            let told = problem.answer(Trace::of(answered.request()).as_deref());
            return Ok(answered.into_response(told));
        }
        Err(problem) => problem,
    };
    let told = problem.answer(Trace::of(request.request()).as_deref());
    Ok(request.into_response(told))
}

/// The operation that a request asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation(pub &'static str);

/// Who, how often, role, query, formats: in this order.
async fn check(endpoint: &Endpoint, request: &ServiceRequest) -> Result<(), Problem> {
    request.extensions_mut().insert(Operation(endpoint.id));
    let app = request.app_data::<web::Data<App>>().ok_or_else(|| Problem::new(Kind::InterntFel))?;
    let network = || Peer::found(request).map(|peer| peer.network()).unwrap_or_default();
    let dry_run = request.query_string().contains("dryRun=true");
    let class = Class::of(endpoint, dry_run);
    if endpoint.action.is_public() {
        within_quota(request, app.rates.ask(class, &network())?);
    } else {
        let caller = match who::caller(request).await {
            Ok(caller) => caller,
            Err(problem) => {
                if problem.status() == 401 {
                    app.rates.ask(Class::Refused, &network())?;
                }
                return Err(problem);
            }
        };
        within_quota(request, app.rates.ask(class, &rates::name(&caller))?);
        if !policy::role_allows(&caller, endpoint.action) {
            return Err(Problem::new(Kind::EjBehorig));
        }
        request.extensions_mut().insert(caller);
    }
    let unfit = check_query(endpoint, request.query_string(), app.service.today())?;
    if unfit.has_errors() {
        if endpoint.verb != Verb::Get || endpoint.query.is_empty() {
            return Err(Problem::new(Kind::FrageparameterFel).errors(&unfit));
        }
        // Told with what is wrong with the values, by whoever reads them.
        request.extensions_mut().insert(Unfit(unfit));
    }
    check_accept(endpoint, request)?;
    let media = request.content_type();
    if !endpoint.takes.is_empty() && !endpoint.takes.iter().any(|c| c.media.eq_ignore_ascii_case(media)) {
        let all = endpoint.takes.iter().map(|c| c.media).collect::<Vec<_>>().join(", ");
        return Err(Problem::new(Kind::FelMedietyp).detail(format!("Väntat: {all}."), format!("Expected: {all}.")));
    }
    Ok(())
}

/// Kept for the header fields of the answer.
fn within_quota(request: &ServiceRequest, standing: Option<Standing>) {
    if let Some(standing) = standing {
        request.extensions_mut().insert(standing);
    }
}

/// The caller that the door let in.
///
/// # Errors
/// 401 on a public endpoint, where nobody is asked who they are.
pub fn caller(request: &HttpRequest) -> Result<Arc<Caller>, Problem> {
    request.extensions().get::<Arc<Caller>>().cloned().ok_or_else(|| Problem::new(Kind::EjInloggad))
}

/// What is wrong with the names of a query.
///
/// # Errors
/// When it can't be read, or holds somebody's number.
fn check_query(endpoint: &Endpoint, query: &str, today: NaiveDate) -> Result<Findings, Problem> {
    let Some(given) = pairs(query) else {
        return Err(Problem::new(Kind::FrageparameterFel));
    };
    let (mut findings, mut somebodys) = (Findings::default(), false);
    let names: Vec<String> = endpoint.query.iter().map(|p| p.name.to_owned()).collect();
    for (index, (name, value)) in given.iter().enumerate() {
        let is_text = endpoint.query.iter().any(|p| p.name == name && p.kind == "string");
        if is_text && contains_identity_number(value, today) {
            // It stands in somebody's log by now; here it goes no further, not even into a link.
            findings.add(Rule::FritextPersonnummer, format!("/query/{name}"));
            somebodys = true;
        }
        if !names.contains(name) {
            // A name that nobody knows may be anything, somebody's number too; it is counted, not shown.
            let pointer = if name.bytes().all(|b| b.is_ascii_alphabetic()) { name.as_str() } else { "…" };
            let finding = Finding::new(Rule::FaltOkant, format!("/query/{pointer}"));
            findings.push(finding.allowed(Allowed::Values(names.clone())));
        } else if given[..index].iter().any(|(earlier, _)| earlier == name) {
            let finding = Finding::new(Rule::FaltOgiltigtVarde, format!("/query/{name}"));
            findings.push(finding.allowed(Allowed::Shape(shape::ONCE)));
        }
    }
    if somebodys { Err(Problem::new(Kind::FrageparameterFel).errors(&findings)) } else { Ok(findings) }
}

/// A form that the query names goes before `Accept`, and is checked where the query is read.
fn check_accept(endpoint: &Endpoint, request: &ServiceRequest) -> Result<(), Problem> {
    let accept = request.headers().get(ACCEPT).map(|h| h.to_str().unwrap_or_default());
    let offered: Vec<&str> = endpoint.gives.iter().flat_map(|a| a.content).map(|c| c.media).collect();
    let takes_format = endpoint.query.iter().any(|p| p.name == "format");
    let named = || pairs(request.query_string()).is_some_and(|q| q.iter().any(|(n, v)| n == "format" && !v.is_empty()));
    if offered.is_empty() || preferred(accept, &offered).is_some() || takes_format && named() {
        return Ok(());
    }
    let mut all = offered;
    all.dedup();
    let all = all.join(", ");
    Err(Problem::new(Kind::FormatSaknas)
        .detail(format!("Format som finns: {all}."), format!("Available formats: {all}.")))
}

/// Which of the media types an `Accept` header wants most; the first of those that it wants alike.
#[must_use]
pub fn preferred<'a>(accept: Option<&str>, offered: &[&'a str]) -> Option<&'a str> {
    let mut best = None;
    for media in offered {
        let quality = quality(accept, media);
        if quality > best.map_or(0.0, |(most, _)| most) {
            best = Some((quality, *media));
        }
    }
    best.map(|(_, media)| media)
}

/// How much an `Accept` header wants a media type, 0–1: the most exact range that it fits in decides.
fn quality(accept: Option<&str>, media: &str) -> f32 {
    let Some(accept) = accept.filter(|a| !a.trim().is_empty()) else { return 1.0 };
    let (group, _) = media.split_once('/').unwrap_or((media, ""));
    let mut decided = (0, 0.0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let exactness = match name.strip_suffix("/*") {
            _ if name == media => 3,
            Some(of) if of == group => 2,
            Some("*") => 1,
            _ => continue,
        };
        let given = parts.find_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q=")));
        let quality = given.and_then(|q| q.trim().parse().ok()).filter(|q| (0.0..=1.0).contains(q)).unwrap_or(1.0);
        if exactness > decided.0 {
            decided = (exactness, quality);
        }
    }
    decided.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_knows_ranges_qualities_and_refusals() {
        let offered = ["application/json", "text/csv", "text/html", "image/png"];
        let wanted = |accept| preferred(accept, &offered);
        assert_eq!(wanted(None), Some("application/json"));
        assert_eq!(wanted(Some("*/*")), Some("application/json"));
        assert_eq!(wanted(Some("text/html, application/*;q=0.8")), Some("text/html"));
        assert_eq!(wanted(Some("text/html;q=0.5, text/csv;q=0.6, */*;q=0.1")), Some("text/csv"));
        assert_eq!(wanted(Some("text/*, text/csv;q=0")), Some("text/html"));
        assert_eq!(wanted(Some("*/*, application/json;q=0.1")), Some("text/csv"));
        assert_eq!(wanted(Some("application/json;q=0")), None);
        assert_eq!(wanted(Some("application/pdf")), None);
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
        assert_eq!(wanted(Some(browser)), Some("text/html"));
    }
}
