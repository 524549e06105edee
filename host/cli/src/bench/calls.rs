//! What a policy costs before its first row: compile, load from the cache, instantiate.

use super::clock::{Times, in_turn};
use super::rows::{Rule, failed};
use crate::bench::ROUNDS;
use crate::demo::component_of;
use crate::fault::Fault;
use crate::session::read_file;
use attain_engine::{Engine, EngineSettings};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Empty calls of a round: one alone is too short to be timed.
const CALLS: u64 = 500;

/// What was measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Calls {
    /// Bytes of the component.
    pub component_bytes: usize,
    /// Check, compile and describe: what publishing costs.
    pub compile: Times,
    /// The same in a new process, with the compiled code in the cache.
    pub cached_load: Times,
    /// A fresh store, a fresh instance, and a call of no rows: each.
    pub empty_call: Times,
}

/// Measures, with caches in `folder`.
pub fn measure(folder: &Path) -> Result<Calls, Fault> {
    let bytes = read_file(&component_of("tiered-commission")?)?;
    let engine = |cache: &str| {
        let cache = Some(folder.join(cache));
        Engine::new(EngineSettings { cache, ..EngineSettings::default() })
            .map_err(|error| Fault::failed(error.to_string()))
    };
    let warm = engine("warm")?;
    warm.load(&bytes).map_err(failed)?;
    let rule = Rule::load(&warm)?;
    (0..CALLS).try_for_each(|_| rule.empty_call())?;

    let (mut compile, mut cached_load, mut empty_call) =
        (Times::default(), Times::default(), Times::default());
    let mut round = 0;
    in_turn(3, |thing| {
        round += 1;
        match thing {
            0 => {
                let engine = engine(&format!("cold-{round}"))?;
                compile.take(|| engine.load(&bytes)).map(drop).map_err(failed)
            }
            1 => {
                let engine = engine("warm")?;
                cached_load.take(|| engine.load(&bytes)).map(drop).map_err(failed)
            }
            _ => empty_call.take(|| (0..CALLS).try_for_each(|_| rule.empty_call())),
        }
    })?;
    for times in [&mut empty_call.wall_ns, &mut empty_call.cpu_ns] {
        times.iter_mut().for_each(|ns| *ns /= CALLS);
    }
    debug_assert!(compile.wall_ns.len() == ROUNDS);
    // Compiling has a thread of its own, so this thread's processor time says nothing of it.
    compile.cpu_ns.clear();
    Ok(Calls { component_bytes: bytes.len(), compile, cached_load, empty_call })
}
