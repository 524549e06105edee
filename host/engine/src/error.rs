//! Why there is no policy or no result: a stable code for programs, a sentence for the author, and whose
//! fault it is.
//!
//! Codes are never renamed. A message names what was found, what was expected and what to do; it holds no
//! paths and nothing of other companies.

mod cause;

pub use cause::{Blame, Export, TrapKind};

use crate::answer::Failure;
use attain_model::manifest::{ManifestError, Per};

/// Why a component is no policy, or a policy gave no result.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// More bytes than a component may have.
    #[error(
        "the component has {bytes} bytes, at most {most} are allowed; strip debug information and build with `opt-level = \"s\"`"
    )]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        most: u64,
    },
    /// Other bytes than WebAssembly.
    #[error("this is not a WebAssembly component but {found}; `attain policy build` makes one")]
    NotWasm {
        /// What it looks like.
        found: String,
    },
    /// WebAssembly, but not a component.
    #[error("this is a core module, not a component; `attain policy build` makes a component of it")]
    CoreModule,
    /// A component that ends early.
    #[error(
        "the component ends in the middle: it has {bytes} bytes and more must follow; copy or build it again"
    )]
    Truncated {
        /// Its size.
        bytes: u64,
    },
    /// A component that breaks the rules of the format.
    #[error(
        "the component is damaged or made by a tool that this host doesn't know: {what}, at byte {at}; build it again"
    )]
    Invalid {
        /// What the validator says.
        what: String,
        /// Where.
        at: u64,
    },
    /// A component with an instruction that policies may not use.
    #[error(
        "the component uses what policies may not: {what}, in {function} at byte {at}; switch that target feature off and build it again"
    )]
    Unsupported {
        /// What the validator says.
        what: String,
        /// In which function.
        function: String,
        /// Where.
        at: u64,
    },
    /// A component with floating point.
    #[error(
        "the component uses floating point, in {function} at byte {at}; a policy counts in exact decimals: use the SDK's numbers, and no crate that reads or prints `f64` (such as serde_json)"
    )]
    Floats {
        /// In which function.
        function: String,
        /// Where.
        at: u64,
    },
    /// A component that asks for something from outside.
    #[error(
        "the component needs {}, but a policy gets nothing from outside: no clock, files, network or randomness; build for `wasm32-unknown-unknown` without WASI, and take what it needs as an input or a parameter",
        listed(names)
    )]
    Imports {
        /// What it imports.
        names: Vec<String>,
    },
    /// A component without the contract's functions.
    #[error("the component doesn't speak the contract: {what}; build it with this host's SDK")]
    Contract {
        /// What was found and what was expected.
        what: String,
    },
    /// A component of more parts than allowed.
    #[error(
        "the component has {found} {what}, at most {most} are allowed; a policy this large is more than a policy"
    )]
    Structure {
        /// What there is too much of.
        what: &'static str,
        /// How many.
        found: u64,
        /// The limit.
        most: u64,
    },
    /// A component that the compiler gave up on.
    #[error("the component can't be compiled: {what}; split its largest functions and build it again")]
    Compile {
        /// What the compiler says.
        what: String,
    },
    /// A component that took the compiler more than it may take.
    #[error(
        "compiling the component took more than {most} {unit} of {what}; split its largest functions and build it again"
    )]
    CompileLimit {
        /// What it took too much of.
        what: &'static str,
        /// The limit.
        most: u64,
        /// The limit's unit.
        unit: &'static str,
    },
    /// What `describe` or `bind` returned can't be used.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// `describe` gives different texts.
    #[error(
        "{export} gave two different texts for the same question; a policy must not remember earlier calls"
    )]
    Unsteady {
        /// Which function.
        export: Export,
    },
    /// What it gives for some rows depends on what else is in the batch.
    #[error(
        "{what}, for {of} that the policy says is independent of others; keep nothing from one to the next: {example}"
    )]
    Neighbours {
        /// What differs.
        what: String,
        /// `a row` or `a group`.
        of: &'static str,
        /// The row.
        example: String,
    },
    /// The policy refuses its parameters.
    #[error("the policy refuses its parameters: {}", failures(.0))]
    Refused(Vec<Failure>),
    /// The policy says itself why there is no result.
    #[error("the policy gave no result: {0}")]
    Failed(Failure),
    /// All fuel is gone.
    #[error(
        "{export} used up its fuel: {allowed} allowed for {rows} rows; look for an endless loop, or for work that grows faster than the rows"
    )]
    Fuel {
        /// In which function.
        export: Export,
        /// The allowance.
        allowed: u64,
        /// For so many rows.
        rows: u64,
    },
    /// More memory than allowed.
    #[error(
        "{export} asked for {wanted} bytes of memory, at most {most} are allowed for {rows} rows; keep less at once, or free it earlier"
    )]
    Memory {
        /// In which function.
        export: Export,
        /// What it would have come to.
        wanted: u64,
        /// The limit.
        most: u64,
        /// For so many rows.
        rows: u64,
    },
    /// More table elements than allowed.
    #[error(
        "{export} asked for a table of {wanted} elements, at most {most} are allowed; a policy has no use for more"
    )]
    Table {
        /// In which function.
        export: Export,
        /// What it would have come to.
        wanted: u64,
        /// The limit.
        most: u64,
    },
    /// More handles than allowed.
    #[error("{export} held more than {most} handles; the contract has no resources, so a policy needs none")]
    Handles {
        /// In which function.
        export: Export,
        /// The limit.
        most: u64,
    },
    /// More output than allowed.
    #[error(
        "{export} gave back more than the {most} bytes that are allowed for {rows} rows; give only the bound outputs, and short texts"
    )]
    Output {
        /// In which function.
        export: Export,
        /// The limit.
        most: u64,
        /// For so many rows.
        rows: u64,
    },
    /// Calls nested too deep.
    #[error(
        "{export} nested its calls too deep for a stack of {bytes} bytes; turn the recursion into a loop"
    )]
    Stack {
        /// In which function.
        export: Export,
        /// The stack.
        bytes: u64,
    },
    /// The code was stopped in the middle.
    #[error("{export} {kind}{}", place(at.as_deref()))]
    Trap {
        /// In which function.
        export: Export,
        /// What happened.
        kind: TrapKind,
        /// The policy's own function where it happened, when the component still has its names.
        at: Option<String>,
    },
    /// The host took too long.
    #[error("{export} was stopped after {ms} ms, before its fuel ran out; the host is overloaded, try again")]
    WallTime {
        /// In which function.
        export: Export,
        /// The limit.
        ms: u64,
    },
    /// A list or a text that isn't where the policy says, or that it made no room for.
    #[error(
        "{export} doesn't pass lists and texts as the contract says: {what}; build the component with this host's SDK"
    )]
    MalformedList {
        /// In which function.
        export: Export,
        /// What the engine says.
        what: String,
    },
    /// Another number of columns than bound.
    #[error(
        "`evaluate` gave {found} columns, `bind` named {expected} outputs; give a column for each output"
    )]
    WrongColumns {
        /// What came.
        found: u64,
        /// What was bound.
        expected: u64,
    },
    /// A column of another length than the batch has rows or groups.
    #[error(
        "output `{output}` has {found} values, expected {expected}: a value a {}",
        match per { Per::Row => "row", Per::Group => "group" }
    )]
    WrongLength {
        /// Which output.
        output: String,
        /// What came.
        found: u64,
        /// What was expected.
        expected: u64,
        /// Of what there is one.
        per: Per,
    },
    /// A value that its unit doesn't have.
    #[error("output `{output}` is `{value}` in row {row}, expected {expected}")]
    OutOfRange {
        /// Which output.
        output: String,
        /// The row of the batch; for a group's output, the group.
        row: u32,
        /// The value.
        value: i64,
        /// What there may be.
        expected: String,
    },
    /// A number that the policy's language can't hold exactly.
    #[error(
        "column `{column}` is `{value}` in row {row}, more than the {bits} bits that this policy counts in; declare fewer decimals"
    )]
    IntegerBits {
        /// Which input or output.
        column: String,
        /// The row of the batch.
        row: u32,
        /// The value.
        value: i64,
        /// How many bits there are.
        bits: u8,
    },
    /// An explanation that doesn't fit the manifest or the question.
    #[error(
        "`explain` gave {what}; a step names a rule of the manifest or the binding and has a number for each of its places"
    )]
    WrongSteps {
        /// What is wrong.
        what: String,
    },
    /// The host passed a batch that isn't what the policy asked for.
    #[error("the host passed a batch that doesn't fit the binding: {what}; this is a fault of the host")]
    Batch {
        /// What is wrong.
        what: String,
    },
    /// The engine failed, not the policy.
    #[error("the engine can't run {export}")]
    Host {
        /// In which function.
        export: Export,
        /// What the engine says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl PolicyError {
    /// The stable code. For a failure in the policy's own words it is `policy`; the policy's code is in it.
    pub fn code(&self) -> &'static str {
        match self {
            PolicyError::TooLarge { .. } => "too-large",
            PolicyError::NotWasm { .. } => "not-wasm",
            PolicyError::CoreModule => "core-module",
            PolicyError::Truncated { .. } => "truncated",
            PolicyError::Invalid { .. } => "invalid",
            PolicyError::Unsupported { .. } => "unsupported",
            PolicyError::Floats { .. } => "floats",
            PolicyError::Imports { .. } => "imports",
            PolicyError::Contract { .. } => "contract",
            PolicyError::Structure { .. } => "structure",
            PolicyError::Compile { .. } => "compile",
            PolicyError::CompileLimit { .. } => "compile-limit",
            PolicyError::Manifest(_) => "manifest",
            PolicyError::Unsteady { .. } => "unsteady",
            PolicyError::Neighbours { .. } => "neighbours",
            PolicyError::Refused(_) => "refused",
            PolicyError::Failed(_) => "policy",
            PolicyError::Fuel { .. } => "fuel",
            PolicyError::Memory { .. } => "memory",
            PolicyError::Table { .. } => "table",
            PolicyError::Handles { .. } => "handles",
            PolicyError::Output { .. } => "output-size",
            PolicyError::Stack { .. } => "stack",
            PolicyError::Trap { kind, .. } => kind.code(),
            PolicyError::WallTime { .. } => "wall-time",
            PolicyError::MalformedList { .. } => "malformed-list",
            PolicyError::WrongColumns { .. } | PolicyError::WrongLength { .. } => "wrong-columns",
            PolicyError::OutOfRange { .. } => "out-of-range",
            PolicyError::IntegerBits { .. } => "integer-bits",
            PolicyError::WrongSteps { .. } => "wrong-steps",
            PolicyError::Batch { .. } => "batch",
            PolicyError::Host { .. } => "host",
        }
    }

    /// Who has to act.
    pub fn blame(&self) -> Blame {
        match self {
            PolicyError::WallTime { .. } | PolicyError::Batch { .. } | PolicyError::Host { .. } => {
                Blame::Host
            }
            PolicyError::TooLarge { .. }
            | PolicyError::NotWasm { .. }
            | PolicyError::CoreModule
            | PolicyError::Truncated { .. }
            | PolicyError::Invalid { .. }
            | PolicyError::Unsupported { .. }
            | PolicyError::Floats { .. }
            | PolicyError::Imports { .. }
            | PolicyError::Contract { .. }
            | PolicyError::Structure { .. }
            | PolicyError::Compile { .. }
            | PolicyError::CompileLimit { .. }
            | PolicyError::Manifest(_)
            | PolicyError::Unsteady { .. }
            | PolicyError::Neighbours { .. }
            | PolicyError::Refused(_)
            | PolicyError::Failed(_)
            | PolicyError::Fuel { .. }
            | PolicyError::Memory { .. }
            | PolicyError::Table { .. }
            | PolicyError::Handles { .. }
            | PolicyError::Output { .. }
            | PolicyError::Stack { .. }
            | PolicyError::Trap { .. }
            | PolicyError::MalformedList { .. }
            | PolicyError::WrongColumns { .. }
            | PolicyError::WrongLength { .. }
            | PolicyError::OutOfRange { .. }
            | PolicyError::IntegerBits { .. }
            | PolicyError::WrongSteps { .. } => Blame::Policy,
        }
    }

    /// The row of the batch that it is about, where it is about one.
    pub fn row(&self) -> Option<u32> {
        match self {
            PolicyError::Failed(failure) => failure.row,
            PolicyError::OutOfRange { row, .. } | PolicyError::IntegerBits { row, .. } => Some(*row),
            _ => None,
        }
    }
}

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// This machine or its limits don't allow the engine's settings.
    #[error("cannot set up the engine; it reserves {gib} GiB of address space (not memory), see `ulimit -v`")]
    Settings {
        /// Address space that its slots take.
        gib: u64,
        /// What the engine says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The folder of the compiled code can't be used.
    #[error("cannot use the folder of compiled policies, `{}`", folder.display())]
    Cache {
        /// The folder.
        folder: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The clock's thread can't be started.
    #[error("cannot start the engine's clock")]
    Clock(#[source] std::io::Error),
}

fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(4).map(|name| format!("`{name}`")).collect();
    match names.len() {
        0..=4 => shown.join(", "),
        n => format!("{} and {} more", shown.join(", "), n - 4),
    }
}

fn failures(failures: &[Failure]) -> String {
    let shown: Vec<String> = failures.iter().take(8).map(Failure::to_string).collect();
    match failures.len() {
        0 => "it doesn't say why".to_owned(),
        1..=8 => shown.join("; "),
        n => format!("{}; and {} more", shown.join("; "), n - 8),
    }
}

fn place(at: Option<&str>) -> String {
    at.map(|at| format!(" (in `{at}`)")).unwrap_or_default()
}
