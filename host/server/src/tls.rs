//! A server's certificate and key: read from files, checked, and read again while it serves.

use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{InconsistentKeys, ServerConfig};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio_rustls::TlsAcceptor;

/// The most bytes of a file of certificates or of a key.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// How long before its end a certificate is warned of.
const SOON: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// Why a certificate can't be served with. Nothing of it was taken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that isn't there or can't be read.
    #[error("cannot read the {what} `{}`: {source}", file.display())]
    Read {
        /// `certificate` or `key`.
        what: &'static str,
        /// Where.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file without what it is for.
    #[error("there is no {what} in `{}`, expected PEM with a line `-----BEGIN {label}-----`{hint}", file.display())]
    Nothing {
        /// `certificate` or `private key`.
        what: &'static str,
        /// What PEM calls it.
        label: &'static str,
        /// What may be the matter.
        hint: &'static str,
        /// Where.
        file: PathBuf,
    },
    /// Not PEM.
    #[error("`{}` is not PEM: {source}", file.display())]
    Pem {
        /// Where.
        file: PathBuf,
        /// What is wrong.
        source: pem::Error,
    },
    /// The key is another certificate's.
    #[error("the key in `{}` doesn't belong to the first certificate in `{}`; the server's own certificate comes first, then those between it and its root", key.display(), certificate.display())]
    Mismatch {
        /// Where the certificate is.
        certificate: PathBuf,
        /// Where the key is.
        key: PathBuf,
    },
    /// A certificate or key of a kind that can't be used.
    #[error("the certificate in `{}` and its key can't be used: {source}", certificate.display())]
    Unusable {
        /// Where the certificate is.
        certificate: PathBuf,
        /// Why.
        source: rustls::Error,
    },
}

/// What a server encrypts with.
#[derive(Clone, Debug)]
pub struct Tls {
    config: Arc<ServerConfig>,
    held: Arc<Held>,
}

/// The certificate as it is now, and where it comes from.
#[derive(Debug)]
struct Held {
    certificate: PathBuf,
    key: PathBuf,
    now: RwLock<Arc<CertifiedKey>>,
}

impl ResolvesServerCert for Held {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Tls {
    /// Reads a certificate, with those between it and its root, and its key, both PEM. One that is past its time is
    /// warned of in the log.
    ///
    /// # Errors
    ///
    /// [`TlsError`].
    pub fn load(certificate: &Path, key: &Path) -> Result<Tls, TlsError> {
        let now = RwLock::new(Arc::new(read(certificate, key)?));
        let held = Arc::new(Held { certificate: certificate.to_owned(), key: key.to_owned(), now });
        let unusable = |source| TlsError::Unusable { certificate: certificate.to_owned(), source };
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Held>::clone(&held));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Tls { config: Arc::new(config), held })
    }

    /// Reads both files again, for connections from now on; what was there before stays where they can't be used.
    ///
    /// # Errors
    ///
    /// As [`Tls::load`].
    pub fn reload(&self) -> Result<(), TlsError> {
        let read = Arc::new(read(&self.held.certificate, &self.held.key)?);
        *self.held.now.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }
}

fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let chain = certificates(certificate)?;
    let private = match PrivateKeyDer::from_pem_slice(&bytes_of("key", key)?) {
        Err(pem::Error::NoItemsFound) => {
            let hint = "; a key with a passphrase must be decrypted first";
            let file = key.to_owned();
            return Err(TlsError::Nothing { what: "private key", label: "PRIVATE KEY", hint, file });
        }
        private => private.map_err(|source| TlsError::Pem { file: key.to_owned(), source })?,
    };
    warn_of_dates(certificate, &chain);
    CertifiedKey::from_der(chain, private, &ring::default_provider()).map_err(|source| match source {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            TlsError::Mismatch { certificate: certificate.to_owned(), key: key.to_owned() }
        }
        source => TlsError::Unusable { certificate: certificate.to_owned(), source },
    })
}

/// All certificates of a file, at least one.
pub(crate) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = bytes_of("certificate", file)?;
    let file = file.to_owned();
    match CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>() {
        Err(source) => Err(TlsError::Pem { file, source }),
        Ok(chain) if chain.is_empty() => {
            Err(TlsError::Nothing { what: "certificate", label: "CERTIFICATE", hint: "", file })
        }
        Ok(chain) => Ok(chain),
    }
}

fn bytes_of(what: &'static str, file: &Path) -> Result<Vec<u8>, TlsError> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(file).and_then(|open| open.take(FILE_BYTES_MAX).read_to_end(&mut bytes));
    read.map_err(|source| TlsError::Read { what, file: file.to_owned(), source })?;
    Ok(bytes)
}

fn warn_of_dates(file: &Path, chain: &[CertificateDer<'_>]) {
    if let Some(why) = chain.first().and_then(|own| dates_of(own, UnixTime::now())) {
        tracing::warn!("the certificate in `{}` {why}", file.display());
    }
}

/// What a client would say of a certificate's dates; none where all is well for a while.
fn dates_of(certificate: &CertificateDer<'_>, now: UnixTime) -> Option<String> {
    let at = |time: UnixTime| {
        let second = i64::try_from(time.as_secs()).ok();
        second
            .and_then(|second| jiff::Timestamp::from_second(second).ok())
            .map_or_else(|| "a day out of range".to_owned(), |at| at.to_string())
    };
    let later = UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs()).saturating_add(SOON));
    match (validity(certificate, now), validity(certificate, later)) {
        (Some(webpki::Error::CertExpired { not_after, .. }), _) => Some(format!(
            "is past its time since {}, and clients refuse it; put another in its place and send SIGHUP",
            at(not_after)
        )),
        (Some(webpki::Error::CertNotValidYet { not_before, .. }), _) => {
            Some(format!("is good from {} on, and clients refuse it until then", at(not_before)))
        }
        (_, Some(webpki::Error::CertExpired { not_after, .. })) => {
            Some(format!("is good until {}; put another in its place before, and send SIGHUP", at(not_after)))
        }
        _ => None,
    }
}

/// What is wrong with a certificate at a time. Nobody is trusted here, so something always is; dates come first.
fn validity(certificate: &CertificateDer<'_>, at: UnixTime) -> Option<webpki::Error> {
    let parsed = match webpki::EndEntityCert::try_from(certificate) {
        Ok(parsed) => parsed,
        Err(error) => return Some(error),
    };
    let usage = webpki::KeyUsage::server_auth();
    parsed.verify_for_usage(webpki::ALL_VERIFICATION_ALGS, &[], &[], at, usage, None, None).err()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(name: &str, now: u64) -> Option<String> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/tls").join(name);
        let certificate = CertificateDer::from_pem_file(file).unwrap();
        dates_of(&certificate, UnixTime::since_unix_epoch(Duration::from_secs(now)))
    }

    #[test]
    fn a_certificate_is_warned_of_before_its_end_after_it_and_before_its_time() {
        // From 2020-01-01 to 2021-01-01.
        assert_eq!(dates("expired.pem", 1_590_000_000), None);
        assert_eq!(
            dates("expired.pem", 1_577_836_799).unwrap(),
            "is good from 2020-01-01T00:00:00Z on, and clients refuse it until then"
        );
        assert_eq!(
            dates("expired.pem", 1_609_000_000).unwrap(),
            "is good until 2021-01-01T00:00:00Z; put another in its place before, and send SIGHUP"
        );
        assert_eq!(
            dates("expired.pem", 1_700_000_000).unwrap(),
            "is past its time since 2021-01-01T00:00:00Z, and clients refuse it; put another in its place and send SIGHUP"
        );
    }
}
