//! `attain serve`

use crate::client::ADDRESS_FILE;
use crate::config::{Config, ServeArguments};
use crate::fault::Fault;
use attain_server::{Access, Door, Options, Otlp, ServeError, Tls, Way};
use attain_service::{KeyRecord, NewKey, Role, Service, ServiceError, random};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tracing_subscriber::filter::LevelFilter;

/// How long a server that ends waits until its last spans are sent.
const SPANS_MAX: Duration = Duration::from_secs(3);

impl ServeArguments {
    /// Opens the data directory and serves it until it is told to stop; or says what holds.
    pub fn run(&self, as_json: bool, out: &mut dyn Write) -> Result<(), Fault> {
        let resolved = self.resolved()?;
        let config = &resolved.config;
        log_to_stderr(config.log, config.log_json);
        let mut serving = Serving::of(config)?;
        if self.print {
            return Ok(writeln!(out, "{}", resolved.shown(as_json))?);
        }
        if let Some(address) = &config.otlp {
            let roots = attain_server::trusted(config.ca.as_deref());
            let roots = roots.map_err(|error| Fault::usage(error.to_string()))?;
            let otlp = Otlp::to(address, config.otlp_headers.clone(), roots);
            serving.options.otlp =
                Some(otlp.map_err(|error| Fault::failed(format!("cannot start: {error}")))?);
        }
        let service = crate::host::open(&config.data, config.ca.as_deref())??;
        serve(Arc::new(service), &config.data, &serving, out)
    }
}

/// Sends what is logged to standard error. In a process that logs already it stays as it is.
fn log_to_stderr(level: LevelFilter, json: bool) {
    let lines =
        tracing_subscriber::fmt().with_max_level(level).with_target(false).with_writer(std::io::stderr);
    // No colours: a log is read by programs and by `less`.
    _ = if json { lines.json().try_init() } else { lines.with_ansi(false).try_init() };
}

/// Where and how to serve.
#[derive(Clone, Debug, Default)]
pub struct Serving {
    /// The address.
    pub listen: String,
    /// Whether a proxy that speaks TLS stands before it.
    pub behind_proxy: bool,
    /// What it encrypts with, where it does so itself.
    pub tls: Option<Tls>,
    /// Its limits.
    pub options: Options,
}

impl Serving {
    /// As settings say, with the files that they name.
    fn of(config: &Config) -> Result<Serving, Fault> {
        let mut problems = Vec::new();
        let tls = match (&config.tls_cert, &config.tls_key) {
            (Some(certificate), Some(key)) => match Tls::load(certificate, key) {
                Ok(tls) => Some(tls),
                Err(error) => {
                    problems.push(error.to_string());
                    None
                }
            },
            _ => None,
        };
        if let Err(error) = attain_server::trusted(config.ca.as_deref()) {
            problems.push(error.to_string());
        }
        let outer = config.behind_proxy || config.tls_cert.is_some();
        if let Err(error) = Door::address_of(&config.listen, outer) {
            problems.push(error.to_string());
        }
        match problems.is_empty() {
            true => Ok(Serving {
                listen: config.listen.clone(),
                behind_proxy: config.behind_proxy,
                tls,
                options: config.options.clone(),
            }),
            false => Err(Fault::usage(problems.join("\n"))),
        }
    }

    /// The door for whoever may come, and the one for this machine where that isn't the same.
    async fn doors(&self) -> Result<(Door, Option<Door>), ServeError> {
        let way = match &self.tls {
            Some(tls) => Way::Tls(tls.clone()),
            None if self.behind_proxy => Way::BehindProxy,
            None => Way::Loopback,
        };
        let inner = match way {
            Way::Loopback => None,
            Way::BehindProxy | Way::Tls(_) => Some(Door::open("127.0.0.1:0", Way::Loopback).await?),
        };
        Ok((Door::open(&self.listen, way).await?, inner))
    }
}

/// Serves until SIGINT or SIGTERM. While it runs its address lies in the data directory, with a key for whoever may
/// read that directory, so that commands on it find the server and are the operator's as without one.
///
/// A host without any operator's key gets its first one, and says it this once.
pub fn serve(
    service: Arc<Service>,
    data: &Path,
    serving: &Serving,
    out: &mut dyn Write,
) -> Result<(), Fault> {
    let (local, ticket) = (random::<32>()?, random::<32>()?);
    let access = Access::Credentials { local: local.clone(), ticket: ticket.clone() };
    let options = Options { access, ..serving.options.clone() };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Fault::failed(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        let (outer, inner) = serving.doors().await.map_err(unbound)?;
        // Only now that it can be said: a key that nobody saw would be the last.
        let first = first_key(&service)?;
        let scheme = if serving.tls.is_some() { "https" } else { "http" };
        let shown = format!("{scheme}://{}", outer.address());
        let address = inner.as_ref().unwrap_or(&outer).address();
        let file = data.join(ADDRESS_FILE);
        write_private(&file, &format!("http://{address}\n{}\n{local}\n", std::process::id()))
            .map_err(|error| Fault::failed(format!("cannot write `{}`: {error}", file.display())))?;
        let mut said = format!(
            "serving {} at {shown}  (Ctrl-C stops)\nlook at it, once within ten minutes: http://{address}/sign-in?ticket={ticket}\n",
            data.display()
        );
        if let Some(key) = first {
            said.push_str(&format!("the operator's first key, shown this once: {key}\n"));
        }
        out.write_all(said.as_bytes())?;
        out.flush()?;
        if let Some(tls) = serving.tls.clone() {
            tokio::spawn(renewed(tls));
        }
        let doors = std::iter::once(outer).chain(inner).collect();
        let served = attain_server::serve(doors, service, options, stopped()).await;
        let _ = std::fs::remove_file(&file);
        if let Some(otlp) = &serving.options.otlp {
            otlp.finish(SPANS_MAX);
        }
        served.map_err(|error| Fault::failed(format!("the server ended: {error}")))
    })
}

/// The operator's first key, where there is none that is good.
fn first_key(service: &Service) -> Result<Option<String>, Fault> {
    if service.operator_keys()?.iter().any(KeyRecord::is_good) {
        return Ok(None);
    }
    let mut taken = service.operator_keys()?.len();
    let new = loop {
        let name = if taken == 0 { "first".to_owned() } else { format!("first-{taken}") };
        let new = NewKey {
            name,
            role: Role::Operator.to_string(),
            teams: Vec::new(),
            participant: None,
            days: None,
        };
        match service.make_operator_key("attain serve", &new) {
            // An expired one that nobody revoked keeps its name.
            Err(ServiceError::Conflict(_)) => taken += 1,
            made => break made?,
        }
    };
    Ok(Some(new.key))
}

/// Writes a file that only its owner reads, whole or not at all.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let partial = path.with_extension("partial");
    _ = std::fs::remove_file(&partial);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&partial)?.write_all(text.as_bytes())?;
    std::fs::rename(&partial, path)
}

fn unbound(error: ServeError) -> Fault {
    match error {
        ServeError::NotAnAddress { .. } | ServeError::NotLoopback { .. } => Fault::usage(error.to_string()),
        ServeError::Bind { .. } | ServeError::Listener(_) => Fault::failed(error.to_string()),
    }
}

/// Reads the certificate again whenever SIGHUP says so.
async fn renewed(tls: Tls) {
    let Ok(mut told) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()) else { return };
    while told.recv().await.is_some() {
        match tls.reload() {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!(why = %error, "the certificate stays as it was"),
        }
    }
}

async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    let mut terminated = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(_) => {
            let _ = interrupted.await;
            return;
        }
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
