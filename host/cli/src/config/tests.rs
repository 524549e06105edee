//! Goal: what holds is what was said last where it counts most; what can't hold is told whole, with its place.

use super::*;
use clap::{Args, Command, FromArgMatches};

fn resolved(line: &[&str], environment: &[(&str, &str)], file: &str) -> Result<Resolved, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("attain.toml");
    std::fs::write(&path, file).unwrap();
    let command = ServeArguments::augment_args(Command::new("serve"));
    let matches = command.try_get_matches_from(std::iter::once(&"serve").chain(line)).unwrap();
    let said = ServeArguments::from_arg_matches(&matches).unwrap().said();
    let environment =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Resolved::of(&said, &environment, Some(&path)).map_err(|fault| fault.message)
}

#[test]
fn the_command_line_holds_before_the_environment_and_that_before_the_file() {
    let file = "listen = \"127.0.0.1:1\"\nlog-json = true\nruns-at-once = 7\nsilence = 5\n";
    let environment = [("ATTAIN_LISTEN", "127.0.0.1:2"), ("ATTAIN_RUNS_AT_ONCE", "8"), ("ATTAIN_KEY", "x")];
    let all = resolved(&["--listen", "127.0.0.1:3", "--behind-proxy"], &environment, file).unwrap();
    let config = &all.config;
    assert_eq!((config.listen.as_str(), config.options.runs_at_once), ("127.0.0.1:3", 8));
    assert_eq!((config.options.silence_max.as_secs(), config.options.files_at_once), (5, 3));
    assert!(config.log_json && config.behind_proxy);
    let shown: Value = serde_json::from_str(&all.shown(true)).unwrap();
    let from = |name: &str| {
        let rows = shown["settings"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap()["from"].as_str().unwrap().to_owned()
    };
    assert_eq!(from("listen"), "command line");
    assert_eq!(from("runs-at-once"), "ATTAIN_RUNS_AT_ONCE");
    assert_eq!(from("silence"), "attain.toml, line 4");
    assert_eq!(from("files-at-once"), "default");
    let off = resolved(&["--behind-proxy=false"], &[("ATTAIN_BEHIND_PROXY", "true")], "").unwrap();
    assert!(!off.config.behind_proxy);
}

#[test]
fn every_problem_is_told_with_its_place() {
    let file = "lisen = \"x\"\nruns-at-once = 0\nlog = 1.5\nzzz = 1\nsilence = \n[tls]\ncert = 1\n";
    let environment = [("ATTAIN_SILNCE", "5"), ("ATTAIN_STOPPING", "soon"), ("ATTAIN_TRIALS", "9")];
    let problems = resolved(&["--log", "loud", "--tls-key", "k.pem"], &environment, file).unwrap_err();
    let expected = "\
`attain.toml`, line 5: string values must be quoted, expected literal string
`attain.toml`, line 1: `lisen` is not a setting; did you mean `listen`?
`attain.toml`, line 3, `log`: expected a text, a whole number, `true` or `false`
`attain.toml`, line 6: `tls` is not a setting; did you mean `tls-key`?
`attain.toml`, line 4: `zzz` is not a setting; `attain serve --print-config` lists them
`ATTAIN_SILNCE` is not a setting; did you mean `ATTAIN_SILENCE`?
`--log`: `loud` can't be, expected `off`, `error`, `warn`, `info`, `debug`, `trace`
`attain.toml`, line 2, `runs-at-once`: `0` can't be, expected a whole number, 1 to 256
`ATTAIN_STOPPING`: `soon` can't be, expected whole seconds, 1 to 3600
`tls-key` needs its certificate: name it with `tls-cert`";
    assert_eq!(problems, expected);
}

#[test]
fn a_secret_is_shown_to_nobody() {
    let all = resolved(&["--otlp-headers", "authorization=Bearer s3cret"], &[], "").unwrap();
    let header = ("authorization".to_owned(), "Bearer s3cret".to_owned());
    assert_eq!(all.config.otlp_headers, [header]);
    for shown in [all.shown(true), all.shown(false)] {
        assert!(!shown.contains("s3cret") && shown.contains("(secret)"), "{shown}");
    }
    let problem =
        resolved(&[], &[("ATTAIN_OTLP_HEADERS", "s3cret")], "otlp = \"collector:4318\"").unwrap_err();
    assert_eq!(
        problem,
        "`attain.toml`, line 1, `otlp`: `collector:4318` can't be, expected an address such as `http://127.0.0.1:4318`\n`ATTAIN_OTLP_HEADERS`: what it says can't be, expected headers such as `authorization=Bearer abc,x-tenant=1`"
    );
}

/// The settings, as `docs/operating.md` has them.
fn page() -> String {
    let mut page = "| setting | usually | |\n|---|---|---|\n".to_owned();
    for Setting { name, value, default, about, .. } in ALL {
        let value = if value.is_empty() { String::new() } else { format!(" {value}") };
        let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
        page.push_str(&format!("| `{name}`{value} | {default} | {about} |\n"));
    }
    page
}

#[test]
fn the_page_has_every_setting() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operating.md");
    let kept = std::fs::read_to_string(path).unwrap();
    let (begin, end) =
        ("<!-- settings: made from host/cli/src/config/settings.rs -->\n", "<!-- end of settings -->");
    let (before, rest) = kept.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let expected = format!("{before}{begin}{}{end}{after}", page());
    if std::env::var_os("ATTAIN_REFRESH").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap();
    assert_eq!(kept, expected, "write it anew: ATTAIN_REFRESH=1 cargo test --package attain config");
}
