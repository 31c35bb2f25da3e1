//! TLS in the service itself, over a real listener, with certificates made for the test.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

use actix_web::{App, HttpRequest, HttpServer, web};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use sha2::{Digest, Sha256};
use sus::auth::binding::ClientCertificate;
use sus::config::Config;
use sus::config::edge::Tls;
use sus::server::tls::{Certificates, config, connected};
use tempfile::TempDir;

use super::served::Served;
use crate::support::{Backend, Database};

/// An authority, and files that it has signed.
struct Authority {
    folder: TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate with its key, PEM.
struct Pair {
    certificate: String,
    key: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { folder: tempfile::tempdir().unwrap(), issuer }
    }

    fn signs(&self, name: &str) -> Pair {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Pair { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        fs::write(&file, text).unwrap();
        file
    }

    fn server(&self, pair: &Pair) -> Tls {
        Tls {
            certificate: self.file("cert.pem", &pair.certificate),
            key: self.file("key.pem", &pair.key),
            client_roots: Some(self.file("roots.pem", &self.issuer.pem())),
            reload_seconds: 1,
        }
    }

    /// Connects, with a certificate of one's own or without.
    fn connect(&self, address: SocketAddr, own: Option<&Pair>) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match own {
            None => builder.with_no_client_auth(),
            Some(pair) => builder.with_client_auth_cert(vec![der(pair)], key(pair)).unwrap(),
        };
        let name = ServerName::try_from("localhost").unwrap();
        let session = ClientConnection::new(Arc::new(config), name).unwrap();
        StreamOwned::new(session, TcpStream::connect(address).unwrap())
    }
}

fn der(pair: &Pair) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pair.certificate.as_bytes()).unwrap()
}

fn key(pair: &Pair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap()
}

/// Asks on a connection that stays.
fn ask(stream: &mut StreamOwned<ClientConnection, TcpStream>, path: &str) -> String {
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut told = Vec::new();
    let mut piece = [0; 4096];
    while !told.windows(4).any(|four| four == b"\r\n\r\n") {
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "the connection was closed");
        told.extend_from_slice(&piece[..read]);
    }
    let head = String::from_utf8_lossy(&told).into_owned();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
    let body = head.find("\r\n\r\n").unwrap() + 4;
    while told.len() < body + length {
        let read = stream.read(&mut piece).unwrap();
        told.extend_from_slice(&piece[..read]);
    }
    String::from_utf8_lossy(&told).into_owned()
}

#[test]
fn certificates_are_read_anew_and_nobody_is_cut_off() {
    let authority = Authority::new();
    let (first, second) = (authority.signs("localhost"), authority.signs("localhost"));
    let files = authority.server(&first);
    let database = Database::new(Backend::Sqlite).unwrap();
    let variables = [
        ("SUS_TLS_CERT_FILE", files.certificate.to_str().unwrap()),
        ("SUS_TLS_KEY_FILE", files.key.to_str().unwrap()),
        ("SUS_TLS_RELOAD_SECONDS", "1"),
    ];
    let served = Served::over(&database, &variables);
    let mut staying = authority.connect(served.address, None);
    let told = ask(&mut staying, "/health/live");
    assert!(told.starts_with("HTTP/1.1 200"), "{told}");
    assert!(told.contains("strict-transport-security: max-age=31536000"), "{told}");
    let presented = || {
        let mut stream = authority.connect(served.address, None);
        ask(&mut stream, "/health/live");
        stream.conn.peer_certificates().unwrap()[0].clone()
    };
    assert_eq!(presented(), der(&first));
    authority.server(&second);
    // At most some hundreds of connections are made before the next look at the files.
    assert!((0..20_000).any(|_| presented() == der(&second)), "the new certificate was never presented");
    assert!(ask(&mut staying, "/health/live").starts_with("HTTP/1.1 200"), "the connection from before stays");
}

#[test]
fn files_that_can_not_be_used_leave_what_was_there() {
    let authority = Authority::new();
    let (first, second) = (authority.signs("localhost"), authority.signs("localhost"));
    let files = authority.server(&first);
    let certificates = Certificates::load(&files).unwrap();
    assert!(!certificates.look_again(), "nothing has changed");
    // The certificate is there before its key: for a moment they don't belong together.
    authority.file("cert.pem", &second.certificate);
    assert!(!certificates.look_again());
    assert!(Certificates::load(&files).is_err());
    authority.file("cert.pem", "half a fi");
    assert!(!certificates.look_again());
    fs::remove_file(&files.certificate).unwrap();
    assert!(!certificates.look_again());
    authority.server(&second);
    assert!(certificates.look_again());
}

#[test]
fn what_is_wrong_with_the_files_is_told_before_anything_is_served() {
    let authority = Authority::new();
    let (one, other) = (authority.signs("localhost"), authority.signs("localhost"));
    let with = |certificate: &str, key: &str| {
        let (certificate, key) = (authority.file("cert.pem", certificate), authority.file("key.pem", key));
        let all = [
            ("SUS_TLS_CERT_FILE".to_owned(), certificate.display().to_string()),
            ("SUS_TLS_KEY_FILE".to_owned(), key.display().to_string()),
        ];
        sus::server::check(&Config::from_variables(all.into()).unwrap()).map_err(|error| error.to_string())
    };
    assert_eq!(with(&one.certificate, &one.key), Ok(()));
    for (certificate, key) in
        [(&one.certificate, &other.key), (&one.key, &one.key), (&one.certificate, &one.certificate)]
    {
        let told = with(certificate, key).unwrap_err();
        assert!(told.contains("cert.pem") && !told.contains("BEGIN"), "{told}");
    }
}

#[test]
fn a_client_s_certificate_stands_in_the_data_of_its_connection() {
    async fn told(request: HttpRequest) -> String {
        format!("{:?}", request.conn_data::<ClientCertificate>())
    }
    let authority = Authority::new();
    let own = authority.signs("a client");
    let foreign = Authority::new().signs("a client");
    let files = authority.server(&authority.signs("localhost"));
    let certificates = Arc::new(Certificates::load(&files).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(|| App::new().route("/", web::get().to(told)))
            .workers(1)
            .on_connect(connected)
            .listen_rustls_0_23(listener, config(&files, certificates).unwrap())
            .unwrap()
            .run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let asking = actix_web::rt::task::spawn_blocking(move || {
            assert!(ask(&mut authority.connect(address, None), "/").ends_with("None"), "no certificate is needed");
            let hash: [u8; 32] = Sha256::digest(der(&own)).into();
            let told = ask(&mut authority.connect(address, Some(&own)), "/");
            assert!(told.ends_with(&format!("{:?}", Some(ClientCertificate(hash)))), "{told}");
            let mut stream = authority.connect(address, Some(&foreign));
            let sent = write!(stream, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            let refused = sent.is_err() || stream.read_to_end(&mut Vec::new()).is_err();
            assert!(refused, "a certificate of another authority is no certificate here");
        });
        asking.await.unwrap();
        handle.stop(false).await;
    });
}

#[test]
fn a_listener_that_others_reach_is_not_without_tls_unless_somebody_says_so() {
    let check = |variables: &[(&str, &str)]| {
        let all = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        sus::server::check(&Config::from_variables(all).unwrap()).is_ok()
    };
    let open = ("SUS_LISTEN", "0.0.0.0:8080");
    assert!(check(&[]), "loopback");
    assert!(!check(&[open]));
    assert!(check(&[open, ("SUS_TRUSTED_PROXIES", "10.0.0.0/8")]));
    assert!(check(&[open, ("SUS_PLAIN_HTTP", "yes")]));
}
