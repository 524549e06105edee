//! What every command shares: how it reaches the API, for which company, and how it answers.

use crate::client::{Ask, Client};
use crate::fault::Fault;
use clap::Args;
use serde_json::Value;
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Settings that every command takes.
#[derive(Args, Clone, Debug)]
pub struct Shared {
    /// The company; needn't be said where there is only one
    #[arg(long, global = true, value_name = "ID", env = "ATTAIN_COMPANY")]
    pub company: Option<String>,
    /// Where everything is kept
    #[arg(long, global = true, value_name = "DIR", default_value = "./attain-data", env = "ATTAIN_DATA")]
    pub data: PathBuf,
    /// A server to speak to, instead of a data directory
    #[arg(long, global = true, value_name = "URL", env = "ATTAIN_SERVER")]
    pub server: Option<String>,
    /// The key to show to that server
    #[arg(long, global = true, value_name = "KEY", env = "ATTAIN_KEY", hide_env_values = true)]
    pub key: Option<String>,
    /// Certificates (PEM) to trust in who is asked, instead of those that the web trusts
    #[arg(long, global = true, value_name = "FILE", env = "ATTAIN_CA")]
    pub ca: Option<PathBuf>,
    /// Answer as JSON
    #[arg(long, global = true)]
    pub json: bool,
}

/// A command under way.
pub struct Session<'a> {
    shared: &'a Shared,
    client: Client,
    /// Where results go.
    pub out: &'a mut dyn Write,
}

impl<'a> Session<'a> {
    /// Reaches the API.
    pub fn begin(shared: &'a Shared, out: &'a mut dyn Write) -> Result<Session<'a>, Fault> {
        let client = match &shared.server {
            Some(url) => Client::remote(url, shared.key.clone(), shared.ca.as_deref())?,
            None => Client::on_data(&shared.data, shared.ca.as_deref())?,
        };
        Ok(Session { shared, client, out })
    }

    /// A session over a way to the API that is there already.
    pub fn over(shared: &'a Shared, client: Client, out: &'a mut dyn Write) -> Session<'a> {
        Session { shared, client, out }
    }

    /// The way to the API.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether to answer as JSON.
    pub fn json(&self) -> bool {
        self.shared.json
    }

    /// The path of something of the company.
    pub fn path(&self, rest: &str) -> Result<String, Fault> {
        let company = match &self.shared.company {
            Some(company) => company.clone(),
            None => self.only_company()?,
        };
        Ok(format!("/v1/companies/{}/{rest}", crate::client::escaped(&company)))
    }

    fn only_company(&self) -> Result<String, Fault> {
        let answer: Value = self.client.read(&Ask::get("/v1/companies"))?;
        let companies = answer.get("companies").and_then(Value::as_array).cloned().unwrap_or_default();
        let ids: Vec<String> = companies.iter().map(|company| crate::show::text(company, "/id")).collect();
        match ids.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(Fault::usage("there is no company yet; add one: attain company add ID")),
            _ => Err(Fault::usage(format!(
                "there are several companies, say which: --company ID; there is `{}`",
                ids.join("`, `")
            ))),
        }
    }

    /// Asks for something and shows it, as JSON or as the closure does.
    pub fn show(&mut self, ask: &Ask, shown: impl FnOnce(&Value) -> String) -> Result<(), Fault> {
        let answer: Value = self.client.read(ask)?;
        self.answer(&answer, shown)
    }

    /// Shows an answer, as JSON or as the closure does.
    pub fn answer(&mut self, answer: &Value, shown: impl FnOnce(&Value) -> String) -> Result<(), Fault> {
        if self.json() {
            writeln!(self.out, "{answer}")?;
        } else {
            writeln!(self.out, "{}", shown(answer).trim_end())?;
        }
        Ok(())
    }

    /// Asks for a computation with a bar, and gives its answer.
    pub fn compute(&mut self, path: &str, body: &Value) -> Result<Value, Fault> {
        let bar = crate::show::bar();
        let answer = self.client.follow(&Ask::json(path, body).computing(), &mut |advance| {
            bar.set_length(advance.of);
            bar.set_position(advance.rows);
            bar.set_message(advance.step);
        });
        bar.finish_and_clear();
        answer
    }
}

/// Reads a file that the person named.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Fault> {
    std::fs::read(path).map_err(|error| unreadable(path, &error))
}

/// Opens a file that the person named.
pub fn open_file(path: &Path) -> Result<File, Fault> {
    let open = || match std::fs::metadata(path)?.is_dir() {
        true => Err(ErrorKind::IsADirectory.into()),
        false => File::open(path),
    };
    open().map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    let why = match error.kind() {
        ErrorKind::NotFound => format!("isn't there{}", beside(path)),
        ErrorKind::IsADirectory => "is a directory; name a file in it".to_owned(),
        _ => format!("can't be read: {error}"),
    };
    Fault::refused(format!("`{}` {why}", path.display()))
}

/// Asks for a file and writes it under its name, whole or not at all; before it gets its name it was looked at.
pub fn download_to(
    client: &Client,
    ask: &Ask,
    out: &Path,
    looked_at: impl FnOnce(&Path) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let partial = out.with_file_name(format!("{}.partial", file_name(out)));
    let cannot = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => {
            Fault::failed(format!("cannot write `{}`: its folder isn't there; make it first", out.display()))
        }
        _ => Fault::failed(format!("cannot write `{}`: {error}", out.display())),
    };
    let write = || {
        let mut file = BufWriter::new(File::create(&partial).map_err(cannot)?);
        client.download(ask, &mut file)?;
        file.into_inner().map_err(|error| cannot(error.into_error()))?.sync_all().map_err(cannot)?;
        looked_at(&partial)?;
        std::fs::rename(&partial, out).map_err(cannot)?;
        sync_folder(out).map_err(cannot)
    };
    let done = write();
    if done.is_err() {
        // It may not have been made at all.
        let _ = std::fs::remove_file(&partial);
    }
    done
}

/// Makes a new name durable.
fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// The nearest name in the folder of a file that isn't there.
fn beside(path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return format!(", nor is the folder `{}`; check the path", folder.display());
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(10_000);
    let names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let near = attain_model::nearest::nearest_file(&file_name(path), names.iter().map(String::as_str));
    near.map_or_else(|| "; check the name".to_owned(), |near| format!("; did you mean `{near}`?"))
}

/// A path's last part, as messages say it.
pub fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
