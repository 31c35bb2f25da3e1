//! TLS in the service itself: certificates from files, read anew when the files change, and the client's certificate
//! for tokens that are bound to it.
//!
//! A connection keeps the certificate it began with; new ones get the new one. Files that can't be used – half written,
//! a key of another certificate – are told in the log, and what was there before stays.
//! Never here: who a client is.

use std::any::Any;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::auth::binding::ClientCertificate;
use crate::config::edge::Tls;

/// The certificate that new connections get.
#[derive(Debug)]
pub struct Certificates {
    files: Tls,
    present: RwLock<Arc<CertifiedKey>>,
    /// What the files held when they were last looked at, right or wrong.
    seen: Mutex<[u8; 32]>,
}

impl Certificates {
    /// Reads the files.
    ///
    /// # Errors
    /// When they can't be read, are no PEM, or don't belong together.
    pub fn load(files: &Tls) -> io::Result<Self> {
        let (certificate, key, digest) = read(files)?;
        let present = RwLock::new(Arc::new(certified(&files.certificate, &certificate, &key)?));
        Ok(Self { files: files.clone(), present, seen: Mutex::new(digest) })
    }

    /// Looks at the files again; whether new connections get another certificate from now on.
    pub fn look_again(&self) -> bool {
        let found = read(&self.files).and_then(|(certificate, key, digest)| {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if *seen == digest {
                return Ok(None);
            }
            *seen = digest;
            certified(&self.files.certificate, &certificate, &key).map(Some)
        });
        match found {
            Ok(Some(new)) => {
                *self.present.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
                log::info!("new connections get the new certificate of {}", self.files.certificate.display());
                true
            }
            Ok(None) => false,
            Err(error) => {
                log::error!("the certificate stays as it was: {error}");
                false
            }
        }
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.present.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

type Read = (Vec<u8>, Zeroizing<Vec<u8>>, [u8; 32]);

fn read(files: &Tls) -> io::Result<Read> {
    let certificate = whole(&files.certificate)?;
    let key = Zeroizing::new(whole(&files.key)?);
    let digest = Sha256::new().chain_update(&certificate).chain_update([0]).chain_update(&*key).finalize().into();
    Ok((certificate, key, digest))
}

fn whole(file: &Path) -> io::Result<Vec<u8>> {
    fs::read(file).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))
}

fn certified(file: &Path, certificate: &[u8], key: &[u8]) -> io::Result<CertifiedKey> {
    // What was wrong is told by the kind of mistake, never with what the files hold.
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate).collect();
    let chain = chain.map_err(|_| wrong(file, "holds something else than PEM"))?;
    if chain.is_empty() {
        return Err(wrong(file, "holds no certificate"));
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| wrong(file, "has a key file without a private key"))?;
    CertifiedKey::from_der(chain, key, &ring::default_provider())
        .map_err(|error| wrong(file, &format!("can't be used with its key: {error}")))
}

fn wrong(file: &Path, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{} {why}", file.display()))
}

/// How connections are made: TLS 1.2 and 1.3, and clients' certificates where there are roots for them.
///
/// # Errors
/// When the roots can't be used.
pub fn config(files: &Tls, certificates: Arc<Certificates>) -> io::Result<ServerConfig> {
    let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let builder = match &files.client_roots {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots(file)?), provider)
                .allow_unauthenticated()
                .build()
                .map_err(|error| wrong(file, &error.to_string()))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    Ok(builder.with_cert_resolver(certificates))
}

fn roots(file: &Path) -> io::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(&whole(file)?) {
        let root = root.map_err(|_| wrong(file, "holds something else than PEM"))?;
        roots.add(root).map_err(|error| wrong(file, &error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong(file, "holds no certificate"));
    }
    Ok(roots)
}

/// Keeps the client's certificate with the connection, where there is one.
pub fn connected(connection: &dyn Any, data: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TlsStream<TcpStream>>() else { return };
    let (_, session) = stream.get_ref();
    if let Some(own) = session.peer_certificates().and_then(|chain| chain.first()) {
        data.insert(ClientCertificate(Sha256::digest(own.as_ref()).into()));
    }
}
