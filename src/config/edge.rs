//! What stands between the network and the API: TLS, trusted proxies, origins, limits and how often a caller may ask.
//!
//! Never here: what the values do.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;

use super::reader::Reader;

/// Everything that is set about the network.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edge {
    /// Whether a listener that others reach may be without TLS and without a trusted proxy.
    pub plain_http: bool,
    /// TLS in the service itself.
    pub tls: Option<Tls>,
    /// Only these are believed about whom they speak for.
    pub trusted_proxies: Vec<IpNet>,
    /// Origins that browsers may call from.
    pub cors_origins: Vec<String>,
    /// Where metrics and health are told.
    pub admin_listen: Option<SocketAddr>,
    /// What a connection and a request may take.
    pub bounds: Bounds,
    /// How often a caller may ask.
    pub rates: Rates,
}

/// Files of TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The server's certificate and those between it and the root, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
    /// Roots of clients' certificates, PEM; without them no client is asked for one.
    pub client_roots: Option<PathBuf>,
    /// Seconds between two looks at whether the files have changed.
    pub reload_seconds: u64,
}

/// What a connection and a request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Connections at the same time.
    pub connections: usize,
    /// Requests being answered at the same time.
    pub in_flight: usize,
    /// Seconds until the head of a request must have come.
    pub head_seconds: u64,
    /// Seconds until the body of a request must have come.
    pub body_seconds: u64,
    /// Seconds that a report waits for its turn.
    pub turn_seconds: u64,
    /// Longest path and query.
    pub target_bytes: usize,
    /// Most header fields.
    pub fields: usize,
    /// Names and values of the header fields together.
    pub field_bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 4096,
            in_flight: 1024,
            head_seconds: 10,
            body_seconds: 60,
            turn_seconds: 30,
            target_bytes: 8192,
            fields: 64,
            field_bytes: 32_768,
        }
    }
}

/// Requests a minute, of each class by one caller; zero is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// What is read: cases, registers, the change feed, code lists.
    pub reads: u32,
    /// What registers or changes; a batch is one.
    pub writes: u32,
    /// What counts figures.
    pub reports: u32,
    /// Tables of an export.
    pub exports: u32,
    /// Searches by personnummer or reference.
    pub searches: u32,
    /// Refused log-ins (401) from one network address.
    pub refused: u32,
    /// Different selections of one report in a day, by one whose figures have noise.
    pub selections: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            reads: 12_000,
            writes: 120_000,
            reports: 600,
            exports: 60,
            searches: 300,
            refused: 300,
            selections: 1_000,
        }
    }
}

impl Rates {
    /// No limit at all: for measuring what the service can do.
    pub const NONE: Self = Self { reads: 0, writes: 0, reports: 0, exports: 0, searches: 0, refused: 0, selections: 0 };
}

impl Edge {
    /// Reads its variables; what is wrong is noted in `read`.
    pub(super) fn read(read: &mut Reader) -> Self {
        let (bounds, rates) = (Bounds::default(), Rates::default());
        Self {
            plain_http: read.text("SUS_PLAIN_HTTP").is_some_and(|word| {
                if word != "yes" {
                    read.refuse("SUS_PLAIN_HTTP");
                }
                word == "yes"
            }),
            tls: tls(read),
            trusted_proxies: list(read, "SUS_TRUSTED_PROXIES", network),
            cors_origins: list(read, "SUS_CORS_ORIGINS", origin),
            admin_listen: read.parsed("SUS_ADMIN_LISTEN"),
            bounds: Bounds {
                connections: read.number("SUS_MAX_CONNECTIONS").unwrap_or(bounds.connections),
                in_flight: read.number("SUS_MAX_IN_FLIGHT").unwrap_or(bounds.in_flight),
                head_seconds: read.number("SUS_HEAD_SECONDS").unwrap_or(bounds.head_seconds),
                body_seconds: read.number("SUS_BODY_SECONDS").unwrap_or(bounds.body_seconds),
                turn_seconds: read.number("SUS_TURN_SECONDS").unwrap_or(bounds.turn_seconds),
                ..bounds
            },
            rates: Rates {
                reads: read.number("SUS_RATE_READS").unwrap_or(rates.reads),
                writes: read.number("SUS_RATE_WRITES").unwrap_or(rates.writes),
                reports: read.number("SUS_RATE_REPORTS").unwrap_or(rates.reports),
                exports: read.number("SUS_RATE_EXPORTS").unwrap_or(rates.exports),
                searches: read.number("SUS_RATE_SEARCHES").unwrap_or(rates.searches),
                refused: read.number("SUS_RATE_REFUSED").unwrap_or(rates.refused),
                selections: read.number("SUS_RATE_SELECTIONS").unwrap_or(rates.selections),
            },
        }
    }
}

fn tls(read: &mut Reader) -> Option<Tls> {
    let file = |name| read.text(name).map(PathBuf::from);
    let certificate = file("SUS_TLS_CERT_FILE");
    let (key, client_roots) = (file("SUS_TLS_KEY_FILE"), file("SUS_TLS_CLIENT_CA_FILE"));
    let reload_seconds = read.number("SUS_TLS_RELOAD_SECONDS").unwrap_or(60);
    match (certificate, key) {
        (Some(certificate), Some(key)) => Some(Tls { certificate, key, client_roots, reload_seconds }),
        (None, None) if client_roots.is_none() => None,
        _ => {
            let wanted = "SUS_TLS_CERT_FILE, SUS_TLS_KEY_FILE: give both, also with SUS_TLS_CLIENT_CA_FILE";
            read.errors.push(wanted.to_owned());
            None
        }
    }
}

/// Values with commas between them; all are refused when one is wrong.
fn list<T>(read: &mut Reader, name: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
    let Some(given) = read.text(name) else { return Vec::new() };
    let all: Option<Vec<T>> = given.split(',').map(|one| parse(one.trim())).collect();
    all.unwrap_or_else(|| {
        read.refuse(name);
        Vec::new()
    })
}

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse().ok().map(|address: std::net::IpAddr| address.into()))
}

/// As a browser sends it: scheme, host and perhaps port, in lower case.
fn origin(text: &str) -> Option<String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let fits =
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.:[]".contains(&b));
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::config::Config;

    fn read(pairs: &[(&str, &str)]) -> Result<Edge, String> {
        let all: BTreeMap<String, String> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::from_variables(all).map(|config| config.edge).map_err(|errors| errors.to_string())
    }

    #[test]
    fn nothing_set_opens_nothing() {
        assert_eq!(read(&[]).unwrap(), Edge::default());
        let edge = Edge::default();
        assert!(!edge.plain_http && edge.tls.is_none() && edge.admin_listen.is_none());
        assert!(edge.cors_origins.is_empty() && edge.trusted_proxies.is_empty());
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let told = read(&[
            ("SUS_PLAIN_HTTP", "true"),
            ("SUS_TLS_CERT_FILE", "cert.pem"),
            ("SUS_TRUSTED_PROXIES", "10.0.0.0/8, everything"),
            ("SUS_CORS_ORIGINS", "*"),
            ("SUS_ADMIN_LISTEN", "9090"),
            ("SUS_RATE_READS", "-1"),
        ])
        .unwrap_err();
        let names = [
            "SUS_PLAIN_HTTP",
            "SUS_TLS_KEY_FILE",
            "SUS_TRUSTED_PROXIES",
            "SUS_CORS_ORIGINS",
            "SUS_ADMIN_LISTEN",
            "SUS_RATE_READS",
        ];
        for name in names {
            assert!(told.contains(name), "{name}: {told}");
        }
    }

    #[test]
    fn proxies_are_addresses_or_networks() {
        let edge = read(&[("SUS_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1,2001:db8::/32")]).unwrap();
        let told: Vec<String> = edge.trusted_proxies.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32"]);
    }
}
