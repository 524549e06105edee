//! `attain serve` on the command line: a flag for every setting, made from the table.

use super::settings::ALL;
use super::{Resolved, variable};
use crate::fault::Fault;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// Settings that every command has, and this one only takes over.
const SHARED: [&str; 2] = ["data", "ca"];

/// `attain serve`
#[derive(Clone, Debug, Default)]
pub struct ServeArguments {
    said: BTreeMap<&'static str, String>,
    file: Option<PathBuf>,
    /// Say what holds instead of serving.
    pub print: bool,
}

impl ServeArguments {
    #[cfg(test)]
    pub(super) fn said(self) -> BTreeMap<&'static str, String> {
        self.said
    }

    /// With what the environment and the file say.
    pub fn resolved(&self) -> Result<Resolved, Fault> {
        let text = |(name, value): (OsString, OsString)| {
            let name = name.into_string().ok().filter(|name| name.starts_with("ATTAIN_"))?;
            Some((name, value.to_string_lossy().into_owned()))
        };
        let environment = std::env::vars_os().filter_map(text).collect();
        Resolved::of(&self.said, &environment, self.file.as_deref())
    }
}

impl Args for ServeArguments {
    fn augment_args(command: Command) -> Command {
        let command = command
            .arg(
                Arg::new("config")
                    .long("config")
                    .value_name("FILE")
                    .env("ATTAIN_CONFIG")
                    .value_parser(clap::value_parser!(PathBuf))
                    .help("Settings in a file (TOML), each by its name below"),
            )
            .arg(Arg::new("print-config").long("print-config").action(ArgAction::SetTrue).help(
                "Check the settings, and the files that they name; say what holds, and where it comes from",
            ));
        ALL.iter().filter(|setting| !SHARED.contains(&setting.name)).fold(command, |command, setting| {
            let mut help = format!("{} [env: {}]", setting.about, variable(setting.name));
            if !setting.default.is_empty() && !setting.value.is_empty() {
                help.push_str(&format!(" [default: {}]", setting.default));
            }
            let arg = Arg::new(setting.name).long(setting.name).help(help);
            command.arg(match setting.value {
                "" => arg
                    .num_args(0..=1)
                    .require_equals(true)
                    .default_missing_value("true")
                    .value_name("true|false"),
                value => arg.value_name(value).allow_hyphen_values(true),
            })
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ServeArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut arguments = ServeArguments::default();
        arguments.update_from_arg_matches(matches)?;
        Ok(arguments)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.file = matches.get_one::<PathBuf>("config").cloned();
        self.print = matches.get_flag("print-config");
        for setting in ALL {
            if matches.value_source(setting.name) != Some(ValueSource::CommandLine) {
                continue;
            }
            let value = match SHARED.contains(&setting.name) {
                true => {
                    matches.get_one::<PathBuf>(setting.name).map(|path| path.to_string_lossy().into_owned())
                }
                false => matches.get_one::<String>(setting.name).cloned(),
            };
            if let Some(value) = value {
                self.said.insert(setting.name, value);
            }
        }
        Ok(())
    }
}
