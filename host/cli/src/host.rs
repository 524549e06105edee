//! The host that this program is: its settings, and the child process that compiles for it.

use crate::fault::Fault;
use attain_engine::{Child, CompileLimits, Compiling};
use attain_service::Settings;
use std::io;
use std::path::Path;

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

/// Compiles what comes in for whoever started this.
pub fn compile() -> Result<(), Fault> {
    Ok(attain_engine::compile_as_child(io::stdin().lock(), io::stdout().lock())?)
}
