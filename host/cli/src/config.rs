//! What a server is told: on the command line, in the environment, in a file; read whole, or every problem at once.
//!
//! What stands on the command line holds before what the environment has, that before the file, that before the
//! default.

mod arguments;
mod settings;

pub use arguments::ServeArguments;
pub use settings::{ALL, Setting};

use crate::fault::Fault;
use crate::show::table;
use attain_model::nearest::nearest;
use attain_server::Options;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};
use tracing_subscriber::filter::LevelFilter;

/// Variables of the environment that aren't settings of a server.
const OTHERS: [&str; 8] = ["COMPANY", "SERVER", "KEY", "CONFIG", "BIN", "POLICIES", "TRIALS", "REFRESH"];

/// What a server is told.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything is kept.
    pub data: PathBuf,
    /// The address.
    pub listen: String,
    /// Whether a proxy that speaks TLS stands before it.
    pub behind_proxy: bool,
    /// Its certificate.
    pub tls_cert: Option<PathBuf>,
    /// The certificate's key.
    pub tls_key: Option<PathBuf>,
    /// Whom to trust when asking others.
    pub ca: Option<PathBuf>,
    /// What to log.
    pub log: LevelFilter,
    /// Whether to log JSON.
    pub log_json: bool,
    /// Where spans go.
    pub otlp: Option<String>,
    /// What the collector is told with them.
    pub otlp_headers: Vec<(String, String)>,
    /// Its limits.
    pub options: Options,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            data: PathBuf::from("./attain-data"),
            listen: "127.0.0.1:7180".to_owned(),
            behind_proxy: false,
            tls_cert: None,
            tls_key: None,
            ca: None,
            log: LevelFilter::WARN,
            log_json: false,
            otlp: None,
            otlp_headers: Vec::new(),
            options: Options::default(),
        }
    }
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody said it.
    Default,
    /// The file has it in this line.
    File(String, usize),
    /// The environment has it.
    Environment(String),
    /// It stands on the command line.
    CommandLine,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Default => f.write_str("default"),
            Source::File(file, line) => write!(f, "{file}, line {line}"),
            Source::Environment(name) => f.write_str(name),
            Source::CommandLine => f.write_str("command line"),
        }
    }
}

/// What was said, by a setting's name.
type Said = BTreeMap<&'static str, (String, Source)>;

/// What holds, and where each value comes from.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// What holds.
    pub config: Config,
    said: Said,
}

impl Resolved {
    /// Puts together what was said.
    ///
    /// # Errors
    ///
    /// All that is wrong, a line each.
    pub fn of(
        command_line: &BTreeMap<&'static str, String>,
        environment: &BTreeMap<String, String>,
        file: Option<&Path>,
    ) -> Result<Resolved, Fault> {
        let mut problems = Vec::new();
        let mut said = Said::new();
        for setting in ALL.iter().filter(|setting| !setting.default.is_empty()) {
            said.insert(setting.name, (setting.default.to_owned(), Source::Default));
        }
        if let Some(file) = file {
            let bytes = crate::session::read_file(file)?;
            match String::from_utf8(bytes) {
                Ok(text) => read_file(&crate::session::file_name(file), &text, &mut said, &mut problems),
                Err(_) => problems.push(format!("`{}` is not UTF-8", file.display())),
            }
        }
        read_environment(environment, &mut said, &mut problems);
        for (name, value) in command_line {
            said.insert(name, (value.clone(), Source::CommandLine));
        }
        let mut config = Config::default();
        for setting in ALL {
            let Some((value, source)) = said.get(setting.name) else { continue };
            if let Err(expected) = (setting.set)(&mut config, value) {
                let shown = if setting.secret { "what it says" } else { &format!("`{value}`") };
                problems.push(format!("{}: {shown} can't be, {expected}", place(setting, source)));
            }
        }
        match (&config.tls_cert, &config.tls_key) {
            (Some(_), None) => problems.push("`tls-cert` needs its key: name it with `tls-key`".to_owned()),
            (None, Some(_)) => {
                problems.push("`tls-key` needs its certificate: name it with `tls-cert`".to_owned())
            }
            _ => {}
        }
        if problems.is_empty() {
            Ok(Resolved { config, said })
        } else {
            Err(Fault::usage(problems.join("\n")))
        }
    }

    /// What holds, as a table or as JSON; secrets masked.
    pub fn shown(&self, as_json: bool) -> String {
        let rows = ALL.iter().map(|setting| {
            let (value, source) =
                self.said.get(setting.name).cloned().unwrap_or((String::new(), Source::Default));
            let masked = setting.secret && !value.is_empty();
            (setting.name, if masked { "(secret)".to_owned() } else { value }, source.to_string())
        });
        match as_json {
            true => {
                let row = |(name, value, from)| json!({ "name": name, "value": value, "from": from });
                json!({ "settings": rows.map(row).collect::<Vec<Value>>() }).to_string()
            }
            false => table(
                &["setting", "value", "from"],
                &[],
                rows.map(|(name, value, from)| vec![name.to_owned(), value, from]),
            ),
        }
    }
}

/// A setting's place, where it was said.
fn place(setting: &Setting, source: &Source) -> String {
    match source {
        Source::Default => setting.name.to_owned(),
        Source::File(file, line) => format!("`{file}`, line {line}, `{}`", setting.name),
        Source::Environment(name) => format!("`{name}`"),
        Source::CommandLine => format!("`--{}`", setting.name),
    }
}

/// A setting's name in the environment: `ATTAIN_RUNS_AT_ONCE`.
pub fn variable(name: &str) -> String {
    format!("ATTAIN_{}", name.replace('-', "_").to_ascii_uppercase())
}

fn read_file(file: &str, text: &str, said: &mut Said, problems: &mut Vec<String>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let line_of = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
    let mut unreadable = Vec::new();
    for error in errors {
        let line = error.span().map_or(1, |span| line_of(span.start));
        unreadable.push(line);
        problems.push(format!("`{file}`, line {line}: {}", error.message()));
    }
    for (key, value) in table.get_ref() {
        let (name, line) = (key.get_ref().as_ref(), line_of(key.span().start));
        if unreadable.contains(&line) {
            continue;
        }
        let Some(setting) = ALL.iter().find(|setting| setting.name == name) else {
            let near = nearest(name, ALL.iter().map(|setting| setting.name));
            let next = near.map_or_else(
                || "`attain serve --print-config` lists them".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            problems.push(format!("`{file}`, line {line}: `{name}` is not a setting; {next}"));
            continue;
        };
        let value = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Boolean(on) => on.to_string(),
            DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
                problems.push(format!(
                    "`{file}`, line {line}, `{name}`: expected a text, a whole number, `true` or `false`"
                ));
                continue;
            }
        };
        said.insert(setting.name, (value, Source::File(file.to_owned(), line)));
    }
}

fn read_environment(environment: &BTreeMap<String, String>, said: &mut Said, problems: &mut Vec<String>) {
    for (variable, value) in environment {
        let Some(name) = variable.strip_prefix("ATTAIN_") else { continue };
        match ALL.iter().find(|setting| self::variable(setting.name) == *variable) {
            Some(setting) => {
                said.insert(setting.name, (value.clone(), Source::Environment(variable.clone())));
            }
            None if OTHERS.contains(&name) => {}
            None => {
                // Others may have variables of this beginning; one that is nearly a setting is a slip.
                let spoken = name.to_ascii_lowercase().replace('_', "-");
                if let Some(near) = nearest(&spoken, ALL.iter().map(|setting| setting.name)) {
                    problems.push(format!(
                        "`{variable}` is not a setting; did you mean `{}`?",
                        self::variable(near)
                    ));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
