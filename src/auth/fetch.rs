//! Asking issuers: the only place that calls out, and only when an issuer is configured.
//!
//! Blocking, with time-outs and a limit on what is read; no redirects. What went wrong is told in words of our own,
//! never in the other side's.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;
use ureq::tls::{Certificate, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};
use zeroize::Zeroizing;

/// Longest time for one question and its answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest answer that is read: keys and metadata are a few thousand bytes.
const MAX_ANSWER: u64 = 256 * 1024;

/// Why an issuer gave no usable answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchError {
    /// No connection, a certificate that is not trusted, or no answer in time.
    Unreachable,
    /// The answer's status says no.
    Status(u16),
    /// The answer is too long.
    TooLong,
    /// The answer is not what it should be.
    Unreadable(&'static str),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable => f.write_str("no trusted connection, or no answer in time"),
            Self::Status(status) => write!(f, "the answer was {status}"),
            Self::TooLong => f.write_str("the answer is too long"),
            Self::Unreadable(what) => write!(f, "the answer is not usable: {what}"),
        }
    }
}

/// How an address is read. A function and not the client itself, so that a test can be the issuer.
pub type Get = dyn Fn(&str) -> Result<Vec<u8>, FetchError> + Send + Sync;

/// The client.
#[derive(Clone)]
pub struct Client(Agent);

impl Client {
    /// With Mozilla's roots, or with these (PEM) alone.
    ///
    /// # Errors
    /// When there is no certificate in the text.
    pub fn new(roots: Option<&[u8]>) -> Result<Self, FetchError> {
        let roots = match roots {
            None => RootCerts::WebPki,
            Some(pem) => RootCerts::from(certificates(pem)?),
        };
        let config = Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .proxy(None)
            .user_agent("sus")
            .build();
        Ok(Self(Agent::new_with_config(config)))
    }

    /// Reads an address.
    ///
    /// # Errors
    /// [`FetchError`].
    pub fn get(&self, url: &str) -> Result<Vec<u8>, FetchError> {
        let answer = self.0.get(url).header("accept", "application/json").call();
        let mut answer = answer.map_err(|_| FetchError::Unreachable)?;
        if answer.status().as_u16() != 200 {
            return Err(FetchError::Status(answer.status().as_u16()));
        }
        answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec().map_err(|_| FetchError::TooLong)
    }

    /// Posts a form; the answer with its status, whatever it is.
    ///
    /// # Errors
    /// [`FetchError`].
    pub fn post_form(
        &self,
        url: &str,
        authorization: Option<&str>,
        form: &[(&str, &str)],
    ) -> Result<(u16, Vec<u8>), FetchError> {
        let mut request = self.0.post(url).header("accept", "application/json");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let mut answer = request.send_form(form.iter().copied()).map_err(|_| FetchError::Unreachable)?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec();
        Ok((status, body.map_err(|_| FetchError::TooLong)?))
    }

    /// As a function.
    #[must_use]
    pub fn getter(&self) -> Arc<Get> {
        let client = self.clone();
        Arc::new(move |url| client.get(url))
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, FetchError> {
    let unreadable = FetchError::Unreadable("no certificates in PEM");
    let mut all = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|_| unreadable)? {
            all.push(certificate);
        }
    }
    if all.is_empty() { Err(unreadable) } else { Ok(all) }
}

/// The private key of a PEM text, as DER.
#[must_use]
pub fn private_key(pem: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    Some(Zeroizing::new(PrivateKey::from_pem(pem).ok()?.der().to_vec()))
}

/// Whether an address may be asked: `https`, or `http` on this machine; no name or password in it, no fragment.
#[must_use]
pub fn is_allowed(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let Some(authority) = uri.authority().filter(|a| !a.as_str().contains('@') && !a.host().is_empty()) else {
        return false;
    };
    if url.contains(['#', ' ', '\\']) {
        return false;
    }
    match uri.scheme_str() {
        Some("https") => true,
        Some("http") => is_loopback(authority.host()),
        _ => false,
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// The scheme, host and port of an address, as browsers write an origin.
#[must_use]
pub fn origin(url: &str) -> Option<String> {
    let uri = url.parse::<Uri>().ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_asked() {
        for good in
            ["https://login.fk.example/a?b=c", "http://127.0.0.1:3000", "http://[::1]:3000/x", "http://localhost/"]
        {
            assert!(is_allowed(good), "{good}");
        }
        for bad in [
            "http://login.fk.example",
            "http://10.0.0.1/",
            "http://localhost.example/",
            "ftp://127.0.0.1/",
            "https://u:p@login.fk.example/",
            "https://login.fk.example/#x",
            "/jwks",
            "login.fk.example",
            "",
        ] {
            assert!(!is_allowed(bad), "{bad}");
        }
        assert_eq!(origin("https://login.fk.example:8443/a?b").as_deref(), Some("https://login.fk.example:8443"));
    }

    #[test]
    fn nobody_listening_is_unreachable_in_time() {
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let client = Client::new(None).unwrap();
        assert_eq!(client.get(&format!("http://{nobody}/jwks")), Err(FetchError::Unreachable));
        assert_eq!(client.get(&format!("https://{nobody}/jwks")), Err(FetchError::Unreachable));
        assert!(Client::new(Some(b"no certificate")).is_err());
    }
}
