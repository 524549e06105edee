//! What a policy author does on their own machine: `attain policy new`, `build` and `test`.
//!
//! In:  a name or a folder; cargo and rustup of the machine.
//! Out: a folder to begin in, or a component in `<target>/policies/<name>.wasm`.
//!
//! Nothing here speaks to a server, and nothing is printed here: progress goes to the `say` that the caller
//! passes, one line a call.

mod build;
mod command;
mod compile;
mod component;
mod floats;
mod package;
mod sandbox;
mod scaffold;
mod sdk;
mod toolchain;

pub use build::{Build, BuildError, Built, Refusal, build};
pub use command::{BuildArguments, CommandError, Format, NewArguments, TestArguments};
pub use scaffold::{ScaffoldError, scaffold};
