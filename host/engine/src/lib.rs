//! Checks, compiles and runs policies: wasmtime narrowed to what a policy needs.
//!
//! In:  a component's bytes, parameters, columns.
//! Out: a [`Policy`], its [`Binding`](attain_model::Binding), its outputs, its explanations; or a
//!      [`PolicyError`] with a stable code and a sentence for the author.
//!
//! Invariant: a policy sees its parameters, the context and the columns, and nothing else: the linker is
//! empty, every instance is fresh, and nothing of it is left after the call. So the same bytes give the same
//! result and use the same fuel, on any thread, in any order, for ever.
//!
//! Invariant: no other crate of the house names wasmtime.
//!
//! ```no_run
//! use attain_engine::{Batch, Call, Context, Engine, EngineSettings, Limits};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let bytes = Vec::new();
//! let engine = Engine::new(EngineSettings::default())?;
//! let policy = engine.load(&bytes)?;
//! let context = Context {
//!     period_kind: "quarter".to_owned(),
//!     first_day: 20_362,
//!     last_day: 20_453,
//!     year_first_day: 20_089,
//!     year_last_day: 20_453,
//!     money_decimals: 2,
//! };
//! let parameters = r#"{"rate": "0.05"}"#;
//! let binding = policy.bind(parameters, &context)?;
//! let limits = Limits::default();
//! let call = Call { parameters, context: &context, binding: &binding, limits: &limits };
//! let batch = Batch { rows: 2, numbers: vec![&[100_000, 250_050]], ..Batch::default() };
//! let evaluated = policy.evaluate(&call, &batch)?;
//! assert_eq!(evaluated.columns, [[5_000, 12_503]]);
//! # Ok(())
//! # }
//! ```

mod answer;
mod batch;
mod cache;
mod check;
mod compile;
mod engine;
mod error;
mod instance;
mod limits;
mod outputs;
mod policy;
mod probe;
mod profile;
mod slots;
mod ticker;
mod trap;

pub use answer::{Failure, Step};
pub use batch::{Batch, Call, Context, TextSlice};
pub use compile::{Child, CompileLimits, Compiling, compile_as_child};
pub use engine::{Engine, EngineSettings};
pub use error::{Blame, EngineError, Export, PolicyError, TrapKind};
pub use limits::{Limits, PublishLimits};
pub use policy::{Evaluated, Policy};
pub use probe::{Probe, probe};
pub use profile::{BATCH_ROWS, Profile};
