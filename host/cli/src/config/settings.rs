//! Every setting of a server: the one table that the command line, the environment, the file and the page about them
//! are made from.

use super::Config;
use axum::http::{HeaderName, HeaderValue, Uri};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

/// A setting.
pub struct Setting {
    /// As the file has it; `--NAME` on the command line, `ATTAIN_NAME` in the environment.
    pub name: &'static str,
    /// What its value is, as help shows it; nothing for a switch.
    pub value: &'static str,
    /// What it is where nobody says; nothing where there is none.
    pub default: &'static str,
    /// What it does.
    pub about: &'static str,
    /// What the rest of the line says is for nobody to see.
    pub secret: bool,
    /// Takes a value, or says what was expected.
    pub set: fn(&mut Config, &str) -> Result<(), String>,
}

macro_rules! settings {
    ($($name:literal $value:literal $default:literal $secret:literal, $about:literal, $set:expr;)*) => {
        &[$(Setting { name: $name, value: $value, default: $default, about: $about, secret: $secret, set: $set }),*]
    };
}

/// All of them, in the order of the page.
pub const ALL: &[Setting] = settings! {
    "data" "DIR" "./attain-data" false, "Where everything is kept", |c, text| path(text).map(|dir| c.data = dir);
    "listen" "ADDR" "127.0.0.1:7180" false, "Where to listen; port 0 takes a free one", |c, text| { c.listen = text.to_owned(); Ok(()) };
    "behind-proxy" "" "false" false, "A proxy that speaks TLS stands before it: listen on any address", |c, text| switch(text).map(|on| c.behind_proxy = on);
    "tls-cert" "FILE" "" false, "The server's certificate and those between it and its root (PEM): speak TLS, and listen on any address", |c, text| path(text).map(|file| c.tls_cert = Some(file));
    "tls-key" "FILE" "" false, "The certificate's key (PEM)", |c, text| path(text).map(|file| c.tls_key = Some(file));
    "ca" "FILE" "" false, "Certificates (PEM) to trust when asking others: identity providers, a collector; those that the web trusts where it isn't said", |c, text| path(text).map(|file| c.ca = Some(file));
    "log" "LEVEL" "warn" false, "What to log to standard error: `off`, `error`, `warn`, `info` (a line a request), `debug`", |c, text| level(text).map(|level| c.log = level);
    "log-json" "" "false" false, "Log lines as JSON", |c, text| switch(text).map(|on| c.log_json = on);
    "otlp" "URL" "" false, "A collector of traces (OTLP over HTTP), such as `http://127.0.0.1:4318`", |c, text| address(text).map(|url| c.otlp = Some(url));
    "otlp-headers" "LIST" "" true, "Headers for the collector: `name=value,name=value`", |c, text| headers(text).map(|list| c.otlp_headers = list);
    "upload-size" "SIZE" "512MiB" false, "The most bytes of an import, all its files together", |c, text| size(text).map(|bytes| c.options.upload_bytes_max = bytes);
    "connections" "N" "256" false, "Connections at once at each door; more wait", |c, text| number(text, 1..=65_536).map(|n| c.options.connections_max = n);
    "runs-at-once" "N" "3" false, "Runs, replays and approvals at work at once; one company has all but one of these places", |c, text| number(text, 1..=256).map(|n| c.options.runs_at_once = n);
    "runs-waiting" "N" "32" false, "How many more of one company wait; who comes then is answered 429", |c, text| number(text, 0..=10_000).map(|n| c.options.runs_waiting = n);
    "files-at-once" "N" "3" false, "Imports, publications and exports at work at once", |c, text| number(text, 1..=256).map(|n| c.options.files_at_once = n);
    "files-waiting" "N" "64" false, "How many more of one company wait", |c, text| number(text, 0..=10_000).map(|n| c.options.files_waiting = n);
    "workbooks-at-once" "N" "1" false, "XLSX workbooks written at once: one of many rows takes a gigabyte", |c, text| number(text, 1..=256).map(|n| c.options.workbooks_at_once = n);
    "answers-at-once" "N" "16" false, "Estimates and statements at work at once; one company has half of these places", |c, text| number(text, 1..=1_024).map(|n| c.options.answers_at_once = n);
    "answers-waiting" "N" "256" false, "How many more of one company wait", |c, text| number(text, 0..=10_000).map(|n| c.options.answers_waiting = n);
    "silence" "SECONDS" "30" false, "How long a client may be silent in the middle of a body, or not take its answer", |c, text| seconds(text).map(|time| c.options.silence_max = time);
    "stopping" "SECONDS" "10" false, "How long a stopping server waits for answers under way; then it cancels them", |c, text| seconds(text).map(|time| c.options.stopping_max = time);
};

fn path(text: &str) -> Result<PathBuf, String> {
    match text.is_empty() {
        true => Err("expected a path".to_owned()),
        false => Ok(PathBuf::from(text)),
    }
}

fn address(text: &str) -> Result<String, String> {
    let uri = text.parse::<Uri>().ok().filter(|uri| uri.host().is_some_and(|host| !host.is_empty()));
    match uri.as_ref().and_then(Uri::scheme_str) {
        Some("http" | "https") => Ok(text.to_owned()),
        _ => Err("expected an address such as `http://127.0.0.1:4318`".to_owned()),
    }
}

fn headers(text: &str) -> Result<Vec<(String, String)>, String> {
    let header = |part: &str| {
        let (name, value) = part.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        let is_one = HeaderName::from_bytes(name.as_bytes()).is_ok() && HeaderValue::from_str(value).is_ok();
        is_one.then(|| (name.to_owned(), value.to_owned()))
    };
    let headers: Option<Vec<_>> = text.split(',').map(header).collect();
    headers.ok_or_else(|| "expected headers such as `authorization=Bearer abc,x-tenant=1`".to_owned())
}

fn switch(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "expected `true` or `false`".to_owned())
}

fn level(text: &str) -> Result<tracing_subscriber::filter::LevelFilter, String> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    match LEVELS.contains(&text) {
        true => text.parse().map_err(|_| "expected a level".to_owned()),
        false => Err(format!("expected `{}`", LEVELS.join("`, `"))),
    }
}

fn number(text: &str, range: RangeInclusive<usize>) -> Result<usize, String> {
    let wrong = || format!("expected a whole number, {} to {}", range.start(), range.end());
    text.parse().ok().filter(|number| range.contains(number)).ok_or_else(wrong)
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (1..=3_600).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| "expected whole seconds, 1 to 3600".to_owned())
}

fn size(text: &str) -> Result<usize, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim() {
        "" => Some(0),
        "KiB" => Some(10),
        "MiB" => Some(20),
        "GiB" => Some(30),
        _ => None,
    };
    let bytes = shift.and_then(|shift| number.parse::<usize>().ok()?.checked_mul(1 << shift));
    bytes
        .filter(|bytes| (1_024..=64 << 30).contains(bytes))
        .ok_or_else(|| "expected bytes, or a size such as `512MiB`, 1KiB to 64GiB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_says_is_what_the_server_has_anyway() {
        let mut said = Config::default();
        for setting in ALL.iter().filter(|setting| !setting.default.is_empty()) {
            (setting.set)(&mut said, setting.default).unwrap();
        }
        let options = attain_server::Options::default();
        assert_eq!(format!("{:?}", said.options), format!("{options:?}"));
    }

    #[test]
    fn sizes_have_units_and_bounds() {
        assert_eq!((size("2048"), size("512MiB"), size("1 GiB")), (Ok(2_048), Ok(512 << 20), Ok(1 << 30)));
        for bad in [
            "",
            "MiB",
            "1",
            "-1",
            "1.5GiB",
            "65GiB",
            "99999999999999999999",
            "1MB",
            "18446744073709551615GiB",
        ] {
            let error = size(bad).unwrap_err();
            assert_eq!(error, "expected bytes, or a size such as `512MiB`, 1KiB to 64GiB", "{bad}");
        }
    }
}
