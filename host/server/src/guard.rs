//! From where a server is spoken to: programs and pages of this machine, or others at an outer door: one with TLS, or
//! with a proxy before it that speaks it.
//!
//! A page of a stranger that is open in a browser on this machine reaches loopback too. It gives itself away by
//! the name that it uses for the server (`host`) or by where it comes from (`origin`). At an outer door the name is
//! vouched for by the certificate, and a page must still be one of this server's own to send anything. A cookie that
//! is set there never goes through a door that isn't encrypted.

use crate::problem::{Problem, shown};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header, uri::Authority};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;

/// Lets a request through that was sent to this machine by this machine, or to an outer door by a page of its own.
pub(crate) async fn check(State(outer): State<bool>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&request, outer) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    };
    if outer && let Some(cookie) = response.headers_mut().get_mut(header::SET_COOKIE) {
        let secure = [cookie.as_bytes(), b"; Secure"].concat();
        // A header's value with more of a header's characters is one.
        *cookie = HeaderValue::from_bytes(&secure).unwrap_or(HeaderValue::from_static(""));
    }
    response
}

fn refusal(request: &Request, outer: bool) -> Option<Problem> {
    let host = header_of(request.headers(), header::HOST);
    let named = request.uri().authority().map(Authority::as_str).or(host);
    let Some(named) = named else {
        return Some(Problem::route("the request names no host, expected such as `127.0.0.1`"));
    };
    if !outer && !is_loopback(named) {
        let detail = format!(
            "this server answers to `127.0.0.1`, `[::1]` and `localhost`, not to `{}`; for others to reach it, start it with `--tls-cert` and `--tls-key`, or with `--behind-proxy` where a proxy stands before it",
            shown(named)
        );
        return Some(Problem::new(StatusCode::MISDIRECTED_REQUEST, "host", "Not for this server", detail));
    }
    let origin = header_of(request.headers(), header::ORIGIN)?;
    let scheme = if outer { "https://" } else { "http://" };
    let own = origin.strip_prefix(scheme).is_some_and(|origin| origin.eq_ignore_ascii_case(named));
    if own || request.method() == Method::GET {
        return None;
    }
    let detail = format!("a page of `{}` sent this, and only this server's own pages may", shown(origin));
    Some(Problem::new(StatusCode::FORBIDDEN, "origin", "Not from there", detail))
}

/// A header's text; one that isn't text can't be a name that is known.
fn header_of(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

fn is_loopback(named: &str) -> bool {
    let Ok(authority) = named.parse::<Authority>() else { return false };
    let host = authority.host();
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn status(method: &str, headers: &[(&str, &str)]) -> Option<u16> {
        let mut request = Request::builder().method(method).uri("/v1/companies");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        refusal(&request.body(Body::empty()).unwrap(), false).map(|problem| problem.status.as_u16())
    }

    #[test]
    fn a_name_that_a_stranger_made_point_here_is_refused() {
        for host in ["127.0.0.1:7180", "localhost", "LOCALHOST:1", "[::1]:7180", "127.9.9.9"] {
            assert_eq!(status("GET", &[("host", host)]), None, "{host}");
        }
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "",
            "10.0.0.1",
            "a@b@c",
            "[::2]",
        ] {
            assert_eq!(status("GET", &[("host", host)]), Some(421), "{host}");
        }
        assert_eq!(status("GET", &[]), Some(400));
    }

    #[test]
    fn a_page_of_a_stranger_sends_nothing() {
        let host = ("host", "localhost:7180");
        for origin in ["http://evil.example", "null", "https://localhost:7180", "http://localhost:8080"] {
            assert_eq!(status("POST", &[host, ("origin", origin)]), Some(403), "{origin}");
        }
        assert_eq!(status("POST", &[host, ("origin", "http://localhost:7180")]), None);
        assert_eq!(status("POST", &[host]), None);
    }
}
