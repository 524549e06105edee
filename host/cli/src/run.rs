//! `attain run`, `explain`, `replay`, `approve`, `export`

use crate::client::{Ask, escaped};
use crate::fault::{Exit, Fault};
use crate::session::{Session, download_to};
use crate::show::{grouped, short, table, text};
use crate::snapshot::rows_of;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// How to cut the work; nothing here changes an outcome.
#[derive(Args, Clone, Debug)]
pub struct CutArguments {
    /// Threads at work; all cores unless said
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    threads: Option<u32>,
    /// The most rows of a batch
    #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    batch: Option<u32>,
}

/// Forms of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RunFormat {
    /// For a person to look at
    Table,
    /// Comma-separated: participant, payout, then step.output for each
    Csv,
    /// An array of objects
    Json,
}

/// Forms of an exported file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Comma-separated values
    Csv,
    /// An array of objects
    Json,
    /// A workbook
    Xlsx,
    /// Parquet
    Parquet,
}

impl ExportFormat {
    fn name(self) -> &'static str {
        match self {
            ExportFormat::Csv => "csv",
            ExportFormat::Json => "json",
            ExportFormat::Xlsx => "xlsx",
            ExportFormat::Parquet => "parquet",
        }
    }
}

/// Languages of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Chinese
    Zh,
    /// English
    En,
}

/// `attain run`
#[derive(Args, Debug)]
pub struct RunArguments {
    /// The plan
    plan: String,
    /// The period
    #[arg(long)]
    period: String,
    /// The form of the outcome
    #[arg(long, value_enum, default_value_t = RunFormat::Table)]
    format: RunFormat,
    /// Write the outcome to a file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    cut: CutArguments,
}

fn cut_body(cut: &CutArguments) -> Value {
    let mut body = json!({});
    if let Some(object) = body.as_object_mut() {
        object.extend(cut.threads.map(|n| ("threads".to_owned(), json!(n))));
        object.extend(cut.batch.map(|n| ("batch".to_owned(), json!(n))));
    }
    body
}

/// Rows of a payout table on a screen.
const SHOWN_ROWS: usize = 200;

impl RunArguments {
    /// Runs the plan and shows or writes its outcome.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        let mut body = cut_body(&self.cut);
        if let Some(object) = body.as_object_mut() {
            object.insert("plan".to_owned(), json!(self.plan));
            object.insert("period".to_owned(), json!(self.period));
        }
        let path = session.path("runs")?;
        let run = session.compute(&path, &body)?;
        let id = text(&run, "/id");
        let format = match self.format {
            RunFormat::Csv => "csv",
            RunFormat::Json => "json",
            RunFormat::Table if self.out.is_some() => "csv",
            RunFormat::Table => return show_table(session, &run),
        };
        export(session, &id, format, self.out.as_deref())?;
        if self.out.is_some() {
            return session.answer(&run, summary);
        }
        Ok(())
    }
}

fn show_table(session: &mut Session, run: &Value) -> Result<(), Fault> {
    if session.json() {
        return session.answer(run, summary);
    }
    let path = session.path(&format!("runs/{}/outcome?limit={SHOWN_ROWS}", text(run, "/id")))?;
    let rows: Value = session.client().read(&Ask::get(&path))?;
    session.answer(run, |run| format!("{}\n{}", rows_of(&rows), summary(run)))
}

fn summary(run: &Value) -> String {
    let currency = text(run, "/pins/currency");
    let decimals = attain_model::Currency::parse(&currency).map_or(2, |currency| currency.decimals());
    let total = run.get("payout_total").and_then(Value::as_i64).unwrap_or(0);
    let notices = run.get("notices").and_then(Value::as_array).into_iter().flatten();
    let notices: String = notices.map(|notice| format!("\nnote: {}", text(notice, "/message"))).collect();
    format!(
        "run {}  plan {}, {}, {}{}\n{} people are paid {currency} {}\noutcome {}{notices}",
        short(&text(run, "/id")),
        text(run, "/pins/plan"),
        text(run, "/pins/period"),
        text(run, "/state"),
        if run.get("official") == Some(&json!(true)) { ", official" } else { "" },
        grouped(&text(run, "/participants")),
        attain_model::number::format_grouped(total, decimals),
        text(run, "/outcome_digest"),
    )
}

fn export(session: &mut Session, run: &str, format: &str, out: Option<&Path>) -> Result<(), Fault> {
    let path = session.path(&format!("runs/{}/export?format={format}", escaped(run)))?;
    let Some(out) = out else { return download(session, &path) };
    download_to(session.client(), &Ask::get(&path), out, |_| Ok(()))
}

fn download(session: &mut Session, path: &str) -> Result<(), Fault> {
    let mut body = Vec::new();
    session.client().download(&Ask::get(path), &mut body)?;
    session.out.write_all(&body)?;
    Ok(())
}

/// `attain export`
#[derive(Args, Debug)]
pub struct ExportArguments {
    /// The run: the beginning of its digest, or `plan/period`
    run: String,
    /// The form
    #[arg(long, value_enum)]
    format: ExportFormat,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl ExportArguments {
    /// Writes the file.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        export(session, &self.run, self.format.name(), Some(&self.out))?;
        let file = self.out.display().to_string();
        session.answer(&json!({ "file": file }), |_| format!("wrote `{file}`"))
    }
}

/// `attain explain`
#[derive(Args, Debug)]
pub struct ExplainArguments {
    /// The run: the beginning of its digest, or `plan/period`
    run: String,
    /// Whom
    participant: String,
    /// The language of the sentences
    #[arg(long, value_enum, default_value_t = Language::En)]
    lang: Language,
}

impl ExplainArguments {
    /// Says why.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        let lang = if self.lang == Language::Zh { "zh" } else { "en" };
        let path = session.path(&format!(
            "runs/{}/statements/{}?lang={lang}",
            escaped(&self.run),
            escaped(&self.participant)
        ))?;
        session.show(&Ask::get(&path).computing(), |statement| statement_text(statement, self.lang))
    }
}

/// A statement as a person reads it.
pub fn statement_text(statement: &Value, language: Language) -> String {
    let word = |en: &'static str, zh: &'static str| if language == Language::Zh { zh } else { en };
    let comma = word(", ", "，");
    let bracketed = |note: &str| match language {
        Language::En => format!(" ({note})"),
        Language::Zh => format!("（{note}）"),
    };
    let list = |value: &Value, path: &str| {
        value.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let currency = text(statement, "/currency");
    let mut out = format!(
        "{}  {}  {}\n{}{currency} {}\n",
        text(statement, "/participant"),
        text(statement, "/plan"),
        text(statement, "/period"),
        word("payout: ", "应发："),
        grouped(&text(statement, "/payout")),
    );
    for row in list(statement, "/rows") {
        for step in list(&row, "/steps") {
            let of = step.get("of").and_then(Value::as_str).map(|of| format!(" · {of}")).unwrap_or_default();
            out.push_str(&format!(
                "\n{}{of}  {}  {}\n",
                text(&step, "/step"),
                text(&step, "/policy"),
                text(&step, "/summary")
            ));
            let inputs = list(&step, "/inputs")
                .iter()
                .map(|input| {
                    let (name, note) = (text(input, "/name"), text(input, "/note"));
                    let from = if note == name { String::new() } else { bracketed(&note) };
                    format!("{name}{from} {}", text(input, "/shown"))
                })
                .collect::<Vec<_>>();
            out.push_str(&format!("  {}{}\n", word("from: ", "依据："), inputs.join(comma)));
            for line in list(&step, "/lines") {
                let amount = grouped(&text(&line, "/amount"));
                out.push_str(&format!("  {amount:>16}  {}\n", text(&line, "/text")));
            }
            let outputs = list(&step, "/outputs")
                .iter()
                .map(|o| format!("{} {}", text(o, "/name"), text(o, "/shown")))
                .collect::<Vec<_>>();
            out.push_str(&format!("  {}{}\n", word("gives: ", "结果："), outputs.join(comma)));
            if let Some(pays) = step.get("pays").and_then(Value::as_str) {
                out.push_str(&format!(
                    "  {:>16}  {}\n",
                    grouped(pays),
                    word("paid by this step", "本步骤应发")
                ));
            }
        }
        out.push_str(&format!(
            "\n{:>18}  {}\n",
            grouped(&text(&row, "/payout")),
            word("in all; the lines above add up to it", "合计，与以上各行之和一致")
        ));
    }
    out
}

/// `attain replay`
#[derive(Args, Debug)]
pub struct ReplayArguments {
    /// The run: the beginning of its digest, or `plan/period`
    run: String,
    #[command(flatten)]
    cut: CutArguments,
}

impl ReplayArguments {
    /// Computes it again; a difference ends with exit code 1.
    pub fn run(&self, session: &mut Session) -> Result<Exit, Fault> {
        let path = session.path(&format!("runs/{}/replay", escaped(&self.run)))?;
        let replay = session.compute(&path, &cut_body(&self.cut))?;
        let same = replay.get("same") == Some(&json!(true));
        session.answer(&replay, replayed)?;
        Ok(if same { Exit::Done } else { Exit::Failed })
    }
}

fn replayed(replay: &Value) -> String {
    let run = short(&text(replay, "/run"));
    let (rows, cells) = (grouped(&text(replay, "/rows")), grouped(&text(replay, "/cells")));
    if replay.get("same") == Some(&json!(true)) {
        return format!(
            "run {run} replays: {rows} rows, {cells} cells, all the same\noutcome {}",
            text(replay, "/computed")
        );
    }
    let differences = replay.get("differences").and_then(Value::as_array).cloned().unwrap_or_default();
    let rows = differences
        .iter()
        .map(|d| ["/participant", "/column", "/kept", "/computed"].map(|path| text(d, path)).to_vec());
    let digests: Vec<String> =
        replay.get("digests").and_then(Value::as_array).into_iter().flatten().map(|d| text(d, "")).collect();
    format!(
        "run {run} DIFFERS in {} of {cells} cells\n{}\n{}",
        grouped(&text(replay, "/differing")),
        table(&["participant", "column", "kept", "computed"], &[2, 3], rows),
        if digests.is_empty() { String::new() } else { format!("differing digests: {}", digests.join("; ")) }
    )
}

/// `attain approve`
#[derive(Args, Debug)]
pub struct ApproveArguments {
    /// The run: the beginning of its digest, or `plan/period`
    run: String,
}

impl ApproveArguments {
    /// Makes the run its period's official one.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        let path = session.path(&format!("runs/{}/approve", escaped(&self.run)))?;
        let run = session.compute(&path, &json!({}))?;
        session.answer(&run, summary)
    }
}
