//! Who is at the other end of a connection: the address as the network says it, or as a trusted proxy does.
//!
//! Never here: who is calling; an address is nobody's identity, and is only for limits and the log.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName};
use ipnet::IpNet;

/// The other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The client's address.
    pub address: IpAddr,
    /// Whether the client came by https.
    pub https: bool,
}

/// One step on the way, as a proxy tells it: from whom, and by which scheme.
type Hop = (Option<IpAddr>, Option<bool>);

impl Peer {
    /// The other end of a request. What a proxy says is only believed when the connection, and each step after it,
    /// comes from one of `trusted`.
    #[must_use]
    pub fn of(connection: Option<SocketAddr>, tls: bool, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let nobody = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
        let mut peer = Self { address: connection.map_or(nobody, |from| from.ip().to_canonical()), https: tls };
        let believed = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
        if !believed(peer.address) {
            return peer;
        }
        // The last one is told by the proxy that is connected, and so on from the end.
        for (address, https) in hops(headers).into_iter().rev() {
            peer.https = https.unwrap_or(peer.https);
            let Some(address) = address else { break };
            peer.address = address;
            if !believed(address) {
                break;
            }
        }
        peer
    }

    /// The peer that the guard has found out.
    #[must_use]
    pub fn found(request: &ServiceRequest) -> Option<Self> {
        request.extensions().get::<Self>().copied()
    }

    /// What limits are counted by: the address, or the network of 64 bits that one subscriber of IPv6 has.
    #[must_use]
    pub fn network(&self) -> String {
        match self.address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
            }
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

/// The steps that the header fields tell of: `Forwarded` (RFC 7239) where it is there, else the older fields.
fn hops(headers: &HeaderMap) -> Vec<Hop> {
    if headers.contains_key(FORWARDED) {
        return values(headers, &FORWARDED).iter().map(|step| forwarded(step)).collect();
    }
    let scheme = values(headers, &HeaderName::from_static("x-forwarded-proto"));
    let https = scheme.last().and_then(|scheme| is_https(scheme));
    let addresses = values(headers, &HeaderName::from_static("x-forwarded-for"));
    if addresses.is_empty() {
        return vec![(None, https)];
    }
    addresses.iter().map(|from| (address(from), https)).collect()
}

/// The members of a field's list, over all its lines.
fn values(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let lines = headers.get_all(name).filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(|one| one.trim().to_owned()).collect()
}

fn forwarded(step: &str) -> Hop {
    let mut hop = (None, None);
    for (name, value) in step.split(';').filter_map(|pair| pair.trim().split_once('=')) {
        let value = value.trim_matches('"');
        match name.to_ascii_lowercase().as_str() {
            "for" => hop.0 = address(value),
            "proto" => hop.1 = is_https(value),
            _ => {}
        }
    }
    hop
}

fn is_https(scheme: &str) -> Option<bool> {
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Some(true),
        "http" => Some(false),
        _ => None,
    }
}

/// An address, perhaps with a port.
fn address(text: &str) -> Option<IpAddr> {
    let plain = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|from| from.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    plain.or_else(with_port).or_else(in_brackets).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn peer(from: &str, headers: &[(&'static str, &'static str)]) -> (String, bool) {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "2001:db8:1::/48".parse().unwrap()];
        let peer = Peer::of(Some(SocketAddr::new(from.parse().unwrap(), 4711)), false, &all, &trusted);
        (peer.to_string(), peer.https)
    }

    fn plain(address: &str) -> (String, bool) {
        (address.to_owned(), false)
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let told = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")];
        assert_eq!(peer("192.0.2.1", &told), plain("192.0.2.1"));
        assert_eq!(peer("10.0.0.1", &told), ("203.0.113.9".to_owned(), true));
        assert_eq!(peer("10.0.0.1", &[]), plain("10.0.0.1"));
        let told = [("forwarded", "for=203.0.113.9;proto=https")];
        assert_eq!(peer("192.0.2.1", &told), plain("192.0.2.1"));
        assert_eq!(peer("10.0.0.1", &told), ("203.0.113.9".to_owned(), true));
    }

    #[test]
    fn what_the_client_itself_put_first_is_not_believed() {
        assert_eq!(peer("10.0.0.1", &[("x-forwarded-for", "1.1.1.1, 203.0.113.9")]), plain("203.0.113.9"));
        assert_eq!(
            peer("10.0.0.1", &[("forwarded", "for=1.1.1.1, for=203.0.113.9, for=10.2.2.2")]),
            plain("203.0.113.9")
        );
        let twice = [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(peer("10.0.0.1", &twice), plain("203.0.113.9"));
        // What isn't told ends the way: the last known step answers for it.
        assert_eq!(peer("10.0.0.1", &[("forwarded", "for=1.1.1.1, for=_hidden, for=10.2.2.2")]), plain("10.2.2.2"));
        // RFC 7239 goes before the older fields, which a client could have sent beside it.
        let both = [("forwarded", "for=203.0.113.9"), ("x-forwarded-for", "1.1.1.1")];
        assert_eq!(peer("10.0.0.1", &both), plain("203.0.113.9"));
    }

    #[test]
    fn addresses_come_in_many_forms() {
        for told in ["for=\"[2001:db8:9::7]:4711\"", "For=\"[2001:db8:9::7]\"", "for=2001:db8:9::7;by=x"] {
            let all = HeaderValue::from_static(told);
            let mut headers = HeaderMap::new();
            headers.insert(FORWARDED, all);
            let from = SocketAddr::new("::ffff:10.0.0.1".parse().unwrap(), 1);
            let peer = Peer::of(Some(from), false, &headers, &["10.0.0.0/8".parse().unwrap()]);
            assert_eq!(peer.to_string(), "2001:db8:9::7", "{told}");
            assert_eq!(peer.network(), "2001:db8:9::");
        }
    }
}
