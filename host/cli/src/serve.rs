//! `attain serve`

use crate::client::ADDRESS_FILE;
use crate::fault::Fault;
use attain_service::Service;
use clap::Args;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// `attain serve`
#[derive(Args, Debug)]
pub struct ServeArguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7180")]
    pub listen: String,
}

impl ServeArguments {
    /// Opens the data directory and serves it until it is told to stop.
    pub fn run(&self, data: &Path, out: &mut dyn Write) -> Result<(), Fault> {
        let settings = crate::host::settings(data);
        serve(Arc::new(Service::open(settings)?), data, &self.listen, out)
    }
}

/// Serves until SIGINT or SIGTERM. While it runs its address lies in the data directory, so that commands on
/// the same directory find it.
pub fn serve(service: Arc<Service>, data: &Path, listen: &str, out: &mut dyn Write) -> Result<(), Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Fault::failed(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        let listener = attain_server::bind(listen).await.map_err(unbound)?;
        let address =
            listener.local_addr().map_err(|error| Fault::failed(format!("cannot listen: {error}")))?;
        let file = data.join(ADDRESS_FILE);
        std::fs::write(&file, format!("http://{address}\n{}\n", std::process::id()))
            .map_err(|error| Fault::failed(format!("cannot write `{}`: {error}", file.display())))?;
        writeln!(out, "serving {} at http://{address}  (Ctrl-C stops)", data.display())?;
        out.flush()?;
        let served =
            attain_server::serve(listener, service, attain_server::Options::default(), stopped()).await;
        let _ = std::fs::remove_file(&file);
        served.map_err(|error| Fault::failed(format!("the server ended: {error}")))
    })
}

fn unbound(error: attain_server::ServeError) -> Fault {
    use attain_server::ServeError;
    match error {
        ServeError::NotAnAddress { .. } | ServeError::NotLoopback { .. } => Fault::usage(error.to_string()),
        ServeError::Bind { .. } | ServeError::Listener(_) => Fault::failed(error.to_string()),
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
