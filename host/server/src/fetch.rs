//! What the host itself asks others for: the keys of identity providers, at addresses that its operator allowed.

use crate::tls::{self, TlsError};
use attain_service::Fetch;
use axum::http::Uri;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// How long an answer may take, all in all. Whoever signs in waits for it.
const FETCH_MAX: Duration = Duration::from_secs(5);

/// The certificates in a file, or those that the web trusts.
///
/// # Errors
///
/// [`TlsError`] for a file that isn't there or has none.
pub fn trusted(ca: Option<&Path>) -> Result<RootCerts, TlsError> {
    let Some(file) = ca else { return Ok(RootCerts::WebPki) };
    let certificates = tls::certificates(file)?;
    Ok(RootCerts::from(
        certificates.iter().map(|der| Certificate::from_der(der).to_owned()).collect::<Vec<_>>(),
    ))
}

/// Fetches over HTTPS, and over HTTP from this machine. It follows nobody elsewhere.
pub struct Web {
    agent: ureq::Agent,
}

impl Web {
    /// Trusts these certificates.
    pub fn new(roots: RootCerts) -> Web {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(FETCH_MAX))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build();
        Web { agent: config.into() }
    }
}

impl Fetch for Web {
    fn fetch(&self, url: &str, bytes_max: usize) -> io::Result<Vec<u8>> {
        let here = check(url)?;
        let mut request = self.agent.get(url).header("accept", "application/json").config();
        if here {
            // A proxy for the web isn't for this machine.
            request = request.proxy(None);
        }
        let mut answer = request.build().call().map_err(io::Error::other)?;
        if answer.status() != 200 {
            return Err(io::Error::other(format!("status {}, expected 200", answer.status().as_u16())));
        }
        let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
        answer.body_mut().with_config().limit(limit).read_to_vec().map_err(io::Error::other)
    }
}

/// Whether an address is one of this machine; an error for one that isn't asked.
pub(crate) fn check(url: &str) -> io::Result<bool> {
    let uri: Option<Uri> = url.parse().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let here =
        host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match uri.as_ref().and_then(Uri::scheme_str) {
        Some("https") if !host.is_empty() => Ok(here),
        Some("http") if here => Ok(true),
        _ => Err(io::Error::other("expected `https://...`, or `http://` on this machine")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_asked() {
        for (url, here) in [
            ("https://login.example/keys", false),
            ("https://127.0.0.1:1/keys", true),
            ("http://127.0.0.1:1/keys", true),
            ("http://localhost/keys", true),
            ("http://[::1]:80/", true),
        ] {
            assert_eq!(check(url).unwrap(), here, "{url}");
        }
        for url in [
            "http://login.example/keys",
            "http://127.0.0.1.example/",
            "file:///etc/passwd",
            "ftp://localhost/",
            "",
            "keys.json",
            "https://",
        ] {
            assert_eq!(
                check(url).unwrap_err().to_string(),
                "expected `https://...`, or `http://` on this machine",
                "{url}"
            );
        }
    }
}
