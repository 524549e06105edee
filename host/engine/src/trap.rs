//! From what wasmtime says to what an author can act on.
//!
//! Not everything that goes wrong arrives as wasmtime's `Trap`: the memory limit is our own error, the output
//! limit and a lying list are plain texts. The tests in `tests/limits.rs` hold each of them, so that a new
//! wasmtime that words them differently is noticed.

use crate::error::{Export, PolicyError, TrapKind};
use crate::instance::{Exceeded, State};
use crate::profile::MAX_WASM_STACK;
use wasmtime::{Error, Trap, WasmBacktrace};

/// The error of a call.
pub(crate) fn classify(error: Error, export: Export, state: &State) -> PolicyError {
    let rows = state.rows;
    if let Some(exceeded) = error.downcast_ref::<Exceeded>() {
        return match *exceeded {
            Exceeded::Memory { wanted, most } => PolicyError::Memory { export, wanted, most, rows },
            Exceeded::Table { wanted, most } => PolicyError::Table { export, wanted, most },
            Exceeded::HostMemory => host(error, export),
        };
    }
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return from_trap(*trap, &error, export, state);
    }
    if error.downcast_ref::<wasmtime::OutOfMemory>().is_some() {
        return host(error, export);
    }
    let what = error.root_cause().to_string();
    if what.contains("fuel allocated for hostcalls") {
        return PolicyError::Output { export, most: state.output_max, rows };
    }
    if what.contains("store handle limit exceeded") {
        return PolicyError::Handles { export, most: state.handles_max };
    }
    match export {
        // Before the first call nothing of the guest's has been read, so what fails is the host's.
        Export::Start => host(error, export),
        Export::Describe | Export::Bind | Export::Evaluate | Export::Explain => {
            PolicyError::MalformedList { export, what }
        }
    }
}

fn host(error: Error, export: Export) -> PolicyError {
    PolicyError::Host { export, source: error.into_boxed_dyn_error() }
}

fn from_trap(trap: Trap, error: &Error, export: Export, state: &State) -> PolicyError {
    let kind = match trap {
        Trap::OutOfFuel => {
            return PolicyError::Fuel { export, allowed: state.fuel_max, rows: state.rows };
        }
        Trap::StackOverflow => return PolicyError::Stack { export, bytes: MAX_WASM_STACK as u64 },
        Trap::Interrupt => return PolicyError::WallTime { export, ms: state.wall_ms },
        Trap::ListOutOfBounds
        | Trap::StringOutOfBounds
        | Trap::UnalignedPointer
        | Trap::InvalidChar
        | Trap::InvalidDiscriminant => return PolicyError::MalformedList { export, what: trap.to_string() },
        Trap::UnreachableCodeReached => TrapKind::Unreachable,
        Trap::IntegerDivisionByZero => TrapKind::DivideByZero,
        Trap::IntegerOverflow => TrapKind::IntegerOverflow,
        Trap::MemoryOutOfBounds => TrapKind::OutOfBounds,
        Trap::TableOutOfBounds | Trap::IndirectCallToNull | Trap::BadSignature => TrapKind::BadCall,
        _ => TrapKind::Other,
    };
    PolicyError::Trap { export, kind, at: author_frame(error) }
}

/// The innermost function that the author may know: not one of Rust's own.
fn author_frame(error: &Error) -> Option<String> {
    let names: Vec<String> = error
        .downcast_ref::<WasmBacktrace>()?
        .frames()
        .iter()
        .filter_map(|frame| frame.func_name())
        .map(readable)
        .collect();
    let theirs = names.iter().find(|name| !is_runtime(name));
    theirs.or(names.first()).cloned()
}

/// A function's name as its source has it.
pub(crate) fn readable(name: &str) -> String {
    one_line(&format!("{:#}", rustc_demangle::demangle(name)))
}

/// A text with names of the component's own in it: no line is forged with them, and it ends after 200 characters.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn is_runtime(name: &str) -> bool {
    let bare = name.trim_start_matches(['<', '&']);
    [
        "core::", "alloc::", "std::", "rust_", "__rust", "_rust", "rustc", "__rg_", "dlmalloc", "abort",
        "memory.",
    ]
    .iter()
    .any(|prefix| bare.starts_with(prefix))
}
