//! Automation: `cargo xtask build`, `demo`, `test`, `fuzz` and `catalogue`.
//!
//! In:  a clone of the repository, cargo, rustup.
//! Out: `<target>/release/attain`, and every policy of `policies/` as `<target>/policies/<name>.wasm`.
//!
//! No dependency: this is compiled before anything else is, on every fresh clone. Policies are built by
//! `attain policy build`, as a user's are.

mod fuzz;
mod repository;
mod run;

use repository::Repository;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  build         the binary and every policy: target/release/attain, target/policies/<name>.wasm
  demo [ARGS]   build, then run `attain demo ARGS`
  test [ARGS]   build, then every test there is: `cargo test --release --workspace ARGS`
  rates [NAMES] build, then what a row of every policy, or of these, costs in the sandbox and natively
  tenants [ARGS] build, then what one company feels of another, and what ten thousand cost
  fuzz [TARGET [SECONDS]]      hostile input by machine: a target of fuzz/, or each in turn, for 60 s each
  fuzz --planted [TARGET]      the same with a fault planted that the target has to find
  catalogue     policies/README.md, from what the policies say of themselves";

fn main() -> ExitCode {
    // cargo calls this program instead of the compiler while `fuzz` builds: then a compiler's path comes first.
    let mut called: Vec<OsString> = std::env::args_os().skip(1).collect();
    if called.first().is_some_and(|first| Path::new(first).file_stem().is_some_and(|name| name == "rustc")) {
        let compiler = called.remove(0);
        return fuzz::compiler(&compiler, &called);
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            run::say(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

/// Does what the arguments ask for; an error is one sentence with the next step.
fn command(arguments: &[String]) -> Result<(), String> {
    let (word, rest) = arguments.split_first().map_or(("", arguments), |(word, rest)| (word.as_str(), rest));
    match word {
        "build" if rest.is_empty() => build(&Repository::find()?, What::Binary),
        "build" => Err(format!("`build` takes no arguments, got `{}`", rest.join(" "))),
        "demo" => {
            let repository = Repository::find()?;
            build(&repository, What::Binary)?;
            run::run(
                repository.attain().arg("demo").args(rest),
                "the demo ended with an error; its message is above",
            )
        }
        "test" => {
            let repository = Repository::find()?;
            build(&repository, What::Everything)?;
            test(&repository, rest)
        }
        "rates" => {
            let repository = Repository::find()?;
            build(&repository, What::Binary)?;
            let mut cargo = repository.cargo();
            cargo.args(["run", "--quiet", "--release", "--package", "attain-rates"]);
            cargo.arg("--").args(rest).env("ATTAIN_POLICIES", repository.components());
            run::run(&mut cargo, "a policy can't be measured; its message is above")
        }
        "tenants" => {
            let repository = Repository::find()?;
            build(&repository, What::Binary)?;
            let mut cargo = repository.cargo();
            cargo.args(["run", "--quiet", "--release", "--package", "attain-tenants", "--"]).args(rest);
            cargo.env("ATTAIN_BIN", repository.binary()).env("ATTAIN_POLICIES", repository.components());
            run::run(&mut cargo, "many companies can't be measured; the message is above")
        }
        "fuzz" => fuzz::fuzz(&Repository::find()?, rest),
        "catalogue" if rest.is_empty() => catalogue(&Repository::find()?),
        "catalogue" => Err(format!("`catalogue` takes no arguments, got `{}`", rest.join(" "))),
        "" | "help" | "--help" | "-h" => {
            run::say(USAGE);
            Ok(())
        }
        other => Err(format!(
            "there is no `{other}`; there is `build`, `demo`, `test`, `rates`, `tenants`, `fuzz` and `catalogue`"
        )),
    }
}

/// What cargo builds before the policies.
enum What {
    /// The binary alone: all that a demo needs.
    Binary,
    /// The binary and every test, in one go: with the features that tests ask for, so that no dependency is
    /// built twice.
    Everything,
}

/// The binary first, because it builds the policies.
fn build(repository: &Repository, what: What) -> Result<(), String> {
    run::say("building target/release/attain");
    let mut cargo = repository.cargo();
    match what {
        What::Binary => cargo.args(["build", "--release", "--package", "attain", "--bin", "attain"]),
        What::Everything => cargo.args(["build", "--release", "--workspace", "--all-targets"]),
    };
    run::run(&mut cargo, "the binary doesn't build; the compiler's messages are above")?;
    for policy in repository.policies()? {
        let mut attain = repository.attain();
        attain.args(["policy", "build"]).arg(&policy.folder).arg("--out").arg(&policy.component);
        run::run(&mut attain, &format!("policy `{}` doesn't build; the messages are above", policy.name))?;
    }
    Ok(())
}

/// Tests find the binary in `ATTAIN_BIN` and the components in `ATTAIN_POLICIES`.
fn test(repository: &Repository, arguments: &[String]) -> Result<(), String> {
    let mut cargo = repository.cargo();
    cargo.args(["test", "--release", "--workspace"]).args(arguments);
    cargo.env("ATTAIN_BIN", repository.binary()).env("ATTAIN_POLICIES", repository.components());
    run::run(&mut cargo, "a test failed; its report is above")
}

/// Another program asks the policies: it depends on each of them, and this one on nothing.
fn catalogue(repository: &Repository) -> Result<(), String> {
    let mut cargo = repository.cargo();
    cargo.args(["run", "--release", "--package", "attain-catalogue"]);
    run::run(&mut cargo, "the catalogue isn't written; the messages are above")
}
