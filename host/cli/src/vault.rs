//! `attain backup` and `attain restore`

use crate::client::Ask;
use crate::fault::Fault;
use crate::session::{Session, Shared, download_to, file_name, open_file};
use crate::show::{grouped, table, text};
use attain_service::{
    BACKUP_MEDIA_TYPE, BackupSummary, HOST, HostOptions, LogMark, RestoredHost, read_backup, restore_host,
};
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

/// `attain backup`
#[derive(Args, Debug)]
pub struct BackupArguments {
    /// The file to write
    file: PathBuf,
}

impl BackupArguments {
    /// Writes the whole host to a file.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        save(session, "/v1/backup", &self.file)
    }
}

/// Asks for a backup, writes it, and reads what was written once more to its end before it gets its name.
pub fn save(session: &mut Session, path: &str, file: &Path) -> Result<(), Fault> {
    let mut read = None;
    download_to(session.client(), &Ask::get(path), file, |partial| {
        read = Some(check(partial)?);
        Ok(())
    })?;
    let Some(summary) = read else { return Ok(()) };
    let bytes = std::fs::metadata(file).map_or(0, |data| data.len());
    let answer = json!({
        "file": file.display().to_string(),
        "bytes": bytes,
        "made_at": summary.made_at,
        "records": summary.records,
        "digest": summary.digest,
        "heads": heads(&summary),
    });
    session.answer(&answer, |answer| {
        let companies = companies(&summary);
        let (bytes, records) = (grouped(&bytes.to_string()), grouped(&text(answer, "/records")));
        format!(
            "{}\nwrote `{}`: {companies}, {records} records, {bytes} bytes; read once more, it is whole",
            heads_table(&heads(&summary)),
            file.display()
        )
    })
}

fn check(file: &Path) -> Result<BackupSummary, Fault> {
    Ok(read_backup(BufReader::with_capacity(1 << 20, open_file(file)?))?)
}

fn companies(summary: &BackupSummary) -> String {
    match summary.companies.len() {
        1 => String::from("1 company"),
        several => format!("{} companies", grouped(&several.to_string())),
    }
}

/// Heads of logs by company, and of the host itself where the file has it.
fn heads(summary: &BackupSummary) -> BTreeMap<String, LogMark> {
    let companies = summary.companies.iter().map(|(id, mark)| (id.to_string(), mark.log));
    companies.chain(summary.host.map(|log| (HOST.to_owned(), log))).collect()
}

fn heads_table(heads: &BTreeMap<String, LogMark>) -> String {
    // Whoever has so many reads them from `--json`.
    const SHOWN: usize = 100;
    let rows = heads.iter().take(SHOWN).map(|(id, log)| vec![id.clone(), log.to_string()]);
    table(&["company", "head of its log"], &[], rows)
}

/// `attain log`
#[derive(Args, Debug)]
pub struct LogArguments {
    /// The host's own log, not a company's
    #[arg(long)]
    host: bool,
    /// From this entry on; the newest unless said
    #[arg(long, value_name = "INDEX")]
    from: Option<u64>,
    /// At most so many entries
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

impl LogArguments {
    /// Shows it.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        let from = self.from.map_or_else(String::new, |from| format!("&from={from}"));
        let query = format!("log?limit={}{from}", self.limit);
        let path = if self.host { format!("/v1/{query}") } else { session.path(&query)? };
        session.show(&Ask::get(&path), |answer| {
            let entries = answer.get("entries").and_then(Value::as_array).into_iter().flatten();
            let rows = entries.map(|entry| {
                ["/index", "/at", "/actor", "/action", "/object"].map(|path| text(entry, path)).to_vec()
            });
            table(&["entry", "at", "by", "did", "to"], &[0], rows)
        })
    }
}

/// A head of a log as a person hands it on.
pub fn head(log: &Value) -> String {
    format!("{}:{}", text(log, "/size"), text(log, "/root"))
}

/// `attain restore`
#[derive(Args, Debug)]
pub struct RestoreArguments {
    /// The backup
    file: PathBuf,
    /// With --company: in the place of the company that is there, or was erased
    #[arg(long)]
    replace: bool,
    /// A head of a log that somebody holds: `SIZE:ROOT` of the company, or `ID=SIZE:ROOT` of one in a whole host
    #[arg(long = "head", value_name = "HEAD")]
    heads: Vec<String>,
    /// Even if a log goes back behind a known head; the log will show it
    #[arg(long)]
    accept_loss: bool,
}

impl RestoreArguments {
    /// One company, over the API.
    pub fn company(&self, session: &mut Session) -> Result<(), Fault> {
        let known = match self.heads.as_slice() {
            [] => String::new(),
            [head] => format!("&head={}", crate::client::escaped(head)),
            _ => return Err(Fault::usage("one company has one log; say its longest head, once")),
        };
        let query = format!("restore?replace={}&accept_loss={}{known}", self.replace, self.accept_loss);
        let path = session.path(&query)?;
        let ask = Ask::post_file(&path, BACKUP_MEDIA_TYPE, &self.file);
        let restored: Value = session.client().read(&ask).map_err(|fault| of_file(fault, &self.file))?;
        session.answer(&restored, |restored| {
            format!(
                "company `{}` is as it was at {}: {} records, its log at {}{}",
                text(restored, "/company"),
                text(restored, "/made_at"),
                grouped(&text(restored, "/records")),
                head_of(restored, "/log"),
                match restored.get("behind").filter(|behind| !behind.is_null()) {
                    Some(behind) => format!("\nbehind head {}, which its log says", head(behind)),
                    None => String::new(),
                }
            )
        })
    }

    /// A whole host, into a data directory that no process has.
    pub fn whole(&self, shared: &Shared, out: &mut dyn Write) -> Result<(), Fault> {
        if self.replace {
            return Err(Fault::usage(
                "`--replace` puts one company in the place of another, say which: --company ID; a whole host is restored into an empty directory",
            ));
        }
        if shared.server.is_some() {
            return Err(Fault::usage(
                "a whole host is restored into an empty directory, not over a server; say --data DIR, or --company ID to restore one company of the backup",
            ));
        }
        let options = HostOptions { accept_loss: self.accept_loss, heads: named_heads(&self.heads)? };
        let file = BufReader::with_capacity(1 << 20, open_file(&self.file)?);
        let restored = restore_host(&shared.data, file, &options).map_err(Fault::from);
        let RestoredHost { summary, behind } = restored.map_err(|fault| of_file(fault, &self.file))?;
        if shared.json {
            let answer = json!({
                "data": shared.data.display().to_string(),
                "made_at": summary.made_at,
                "records": summary.records,
                "heads": heads(&summary),
                "behind": behind,
            });
            writeln!(out, "{answer}")?;
            return Ok(());
        }
        writeln!(out, "{}", heads_table(&heads(&summary)))?;
        for (id, known) in &behind {
            writeln!(out, "`{id}` went back behind head {known}, which its log says")?;
        }
        writeln!(
            out,
            "`{}` is as it was at {}: {}, {} records",
            shared.data.display(),
            summary.made_at,
            companies(&summary),
            grouped(&summary.records.to_string())
        )?;
        Ok(())
    }
}

fn head_of(answer: &Value, path: &str) -> String {
    head(answer.pointer(path).unwrap_or(&Value::Null))
}

/// What is wrong with a backup, with its name.
fn of_file(fault: Fault, file: &Path) -> Fault {
    match fault.code.as_str() {
        "backup" => Fault { message: format!("`{}`: {}", file_name(file), fault.message), ..fault },
        _ => fault,
    }
}

fn named_heads(heads: &[String]) -> Result<BTreeMap<String, LogMark>, Fault> {
    let read = |text: &String| {
        let parts = text.split_once('=').and_then(|(id, head)| Some((id.to_owned(), LogMark::parse(head)?)));
        parts.ok_or_else(|| {
            Fault::usage(format!(
                "`{text}` is not the head of a company's log, expected `ID=SIZE:ROOT`, as `attain company head` shows it, and `-` for the host's own"
            ))
        })
    };
    heads.iter().map(read).collect()
}
