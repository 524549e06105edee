//! The `attain` command: everything the product does, over a server or over a data directory.

mod bench;
mod client;
mod company;
mod config;
mod demo;
mod estimate;
mod fault;
mod host;
mod idp;
mod key;
mod limit;
mod plan;
mod policies;
mod policy;
mod run;
mod serve;
mod session;
mod show;
mod snapshot;
mod vault;
mod work;

use clap::{CommandFactory, Parser, Subcommand};
use fault::{Exit, Fault};
use session::{Session, Shared};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs each company's own rules for scoring and paying sales people, and can say why everybody got what
/// they got.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    shared: Shared,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a company, pay it, explain, replay, and serve it to look at
    Demo(demo::DemoArguments),
    /// Serve the API on a data directory
    Serve(config::ServeArguments),
    /// Companies
    #[command(subcommand)]
    Company(company::CompanyCommand),
    /// API keys: who may do what
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// A company's own identity provider
    #[command(subcommand)]
    Idp(idp::IdpCommand),
    /// What a company may use
    #[command(subcommand)]
    Limit(limit::LimitCommand),
    /// Write, test, build and publish policies
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Figures of a period
    #[command(subcommand)]
    Snapshot(snapshot::SnapshotCommand),
    /// Quotas of a period
    #[command(subcommand)]
    Target(snapshot::TargetCommand),
    /// Plans: which policies run, on whom, from when on
    #[command(subcommand)]
    Plan(plan::PlanCommand),
    /// Run a plan for a period
    Run(run::RunArguments),
    /// Say why a participant got what they got
    Explain(run::ExplainArguments),
    /// Ask what somebody would be paid with other figures; nothing is kept
    Estimate(estimate::EstimateArguments),
    /// Compute a run again and compare every cell
    Replay(run::ReplayArguments),
    /// Make a run its period's official one
    Approve(run::ApproveArguments),
    /// Write a run's outcome to a file
    Export(run::ExportArguments),
    /// What is being computed for a company, and an end to it
    #[command(subcommand)]
    Work(work::WorkCommand),
    /// Show what was done, by whom and when
    Log(vault::LogArguments),
    /// Write the whole host to a file, also while it serves
    Backup(vault::BackupArguments),
    /// Restore a backup into an empty data directory, or one company of it into a host
    Restore(vault::RestoreArguments),
    /// Measure: a row in the sandbox and natively, a whole run, its memory
    Bench(bench::BenchArguments),
    /// Compile a component for a host, within limits
    #[command(name = host::COMPILE, hide = true)]
    Compile,
    /// Print completions for a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
}

#[derive(Subcommand)]
enum PolicyCommand {
    /// Begin a policy: a folder with a rule that works
    New(policy::NewArguments),
    /// Build a policy's component and check it
    Build(policy::BuildArguments),
    /// Run a policy's cases in the sandbox; `cargo test` runs them natively
    Test(policy::TestArguments),
    /// Publish a component
    Publish {
        /// The component
        file: PathBuf,
    },
    /// List policies
    List,
    /// Show what a policy says of itself: `name`, `name@version`, or the beginning of its digest
    Show {
        /// Which
        reference: String,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if matches!(arguments.command, Command::Compile) {
        // Whoever started it reads no message.
        return host::compile().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
    }
    let json = arguments.shared.json;
    let out = &mut io::stdout().lock();
    let done = run(&arguments, out).and_then(|exit| {
        out.flush()?;
        Ok(exit)
    });
    match done {
        Ok(exit) => exit.into(),
        Err(fault) => {
            let shown = match json {
                true => serde_json::json!({ "error": { "code": fault.code, "message": fault.message } })
                    .to_string(),
                false => format!("error: {}", fault.message),
            };
            let _ = writeln!(io::stderr().lock(), "{shown}");
            fault.exit.into()
        }
    }
}

fn run(arguments: &Arguments, out: &mut dyn Write) -> Result<Exit, Fault> {
    let shared = &arguments.shared;
    let done = |()| Exit::Done;
    match &arguments.command {
        Command::Demo(demo) => demo.run(shared, out).map(done),
        Command::Serve(serve) => serve.run(shared.json, out).map(done),
        Command::Bench(bench) => bench.run(shared, out).map(done),
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Arguments::command(), "attain", &mut &mut *out);
            Ok(Exit::Done)
        }
        Command::Restore(restore) if shared.company.is_none() => restore.whole(shared, out).map(done),
        Command::Policy(PolicyCommand::New(new)) => author(new.run(format(shared), out)),
        Command::Policy(PolicyCommand::Build(build)) => author(build.run(format(shared), out)),
        Command::Policy(PolicyCommand::Test(test)) => author(test.run(format(shared), out)),
        command => over_the_api(command, &mut Session::begin(shared, out)?),
    }
}

fn over_the_api(command: &Command, session: &mut Session) -> Result<Exit, Fault> {
    let done = |()| Exit::Done;
    match command {
        Command::Company(company) => company.run(session).map(done),
        Command::Key(key) => key.run(session).map(done),
        Command::Idp(idp) => idp.run(session).map(done),
        Command::Limit(limit) => limit.run(session).map(done),
        Command::Policy(PolicyCommand::Publish { file }) => policies::publish(session, file).map(done),
        Command::Policy(PolicyCommand::List) => policies::list(session).map(done),
        Command::Policy(PolicyCommand::Show { reference }) => policies::show(session, reference).map(done),
        Command::Snapshot(snapshot) => snapshot.run(session).map(done),
        Command::Target(target) => target.run(session).map(done),
        Command::Plan(plan) => plan.run(session).map(done),
        Command::Run(run) => run.run(session).map(done),
        Command::Explain(explain) => explain.run(session).map(done),
        Command::Estimate(estimate) => estimate.run(session).map(done),
        Command::Replay(replay) => replay.run(session),
        Command::Approve(approve) => approve.run(session).map(done),
        Command::Work(work) => work.run(session).map(done),
        Command::Export(export) => export.run(session).map(done),
        Command::Log(log) => log.run(session).map(done),
        Command::Backup(backup) => backup.run(session).map(done),
        Command::Restore(restore) => restore.company(session).map(done),
        Command::Demo(_)
        | Command::Serve(_)
        | Command::Bench(_)
        | Command::Compile
        | Command::Completions { .. }
        | Command::Policy(PolicyCommand::New(_) | PolicyCommand::Build(_) | PolicyCommand::Test(_)) => {
            Ok(Exit::Done)
        }
    }
}

fn format(shared: &Shared) -> policy::Format {
    if shared.json { policy::Format::Json } else { policy::Format::Text }
}

/// What an author does on their own machine: what can't be built was refused, a case that differs has failed.
fn author(done: Result<(), policy::CommandError>) -> Result<Exit, Fault> {
    match done {
        Ok(()) => Ok(Exit::Done),
        Err(error @ policy::CommandError::Failed { .. }) => Err(Fault::failed(error.to_string())),
        Err(error) => Err(Fault::refused(error.to_string())),
    }
}
