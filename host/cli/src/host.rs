//! The host that this program is: its settings, and the child process that compiles for it.

use crate::fault::Fault;
use attain_engine::{Child, CompileLimits, Compiling};
use attain_server::Web;
use attain_service::{Service, ServiceError, Settings};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The hidden command that compiles a component for a host.
pub const COMPILE: &str = "compile-component";

/// A host over a data directory, which compiles in a child process of this program.
pub fn settings(data: &Path) -> Settings {
    // A program that can't find itself compiles on a thread, as a test does.
    let compiling = std::env::current_exe().map_or(Compiling::Thread, |program| {
        Compiling::Child(Child { program, arguments: vec![COMPILE.into()], limits: CompileLimits::default() })
    });
    Settings { data: Some(data.to_owned()), compiling, ..Settings::default() }
}

/// Opens the host over a data directory. Whom it asks for others' keys it trusts by these certificates, or by those
/// that the web trusts.
pub fn open(data: &Path, ca: Option<&Path>) -> Result<Result<Service, ServiceError>, Fault> {
    let roots = attain_server::trusted(ca).map_err(|error| Fault::refused(error.to_string()))?;
    Ok(Service::open(settings(data)).map(|service| service.fetching_by(Arc::new(Web::new(roots)))))
}

/// Compiles what comes in for whoever started this.
pub fn compile() -> Result<(), Fault> {
    Ok(attain_engine::compile_as_child(io::stdin().lock(), io::stdout().lock())?)
}
