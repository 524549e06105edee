//! The engine profile: every setting that a result or a limit could depend on, in one text, under one digest.
//!
//! The digest is in every run record. It depends on no machine: how many calls run at once, where compiled
//! code is kept and which processor it is compiled for stay out of it. `tests/profile.txt` holds the text, so
//! that a new wasmtime or a changed setting can't slip in unseen.

mod cost;

use attain_model::{Canonical, Digest};
use std::fmt::Write as _;
use wasmtime::{Config, Inlining, OptLevel, Strategy, WasmFeatures};

/// Rows of a batch, unless a group is larger. Part of the profile: fuel and memory are counted for it, and
/// one fixed size keeps the allocator's slots warm.
pub const BATCH_ROWS: u32 = 8192;

/// Stack of the guest's calls. Threads that call a policy need this and as much again; Rust's 2 MiB do.
pub(crate) const MAX_WASM_STACK: usize = 512 << 10;

/// The engine's release. `Cargo.lock` is held to it by a test: fuel and compiled code are not the same in
/// another one.
const WASMTIME: &str = "48.0.8";

/// What Rust's `wasm32-unknown-unknown` needs, and nothing else. Above all no floating point: a policy
/// counts in exact decimals, and the question of NaN bits doesn't come up.
const FEATURES: [WasmFeatures; 6] = [
    WasmFeatures::COMPONENT_MODEL,
    WasmFeatures::MUTABLE_GLOBAL,
    WasmFeatures::SIGN_EXTENSION,
    WasmFeatures::MULTI_VALUE,
    WasmFeatures::BULK_MEMORY,
    WasmFeatures::REFERENCE_TYPES,
];

/// The settings that every result is computed under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    text: String,
    digest: Digest,
}

impl Profile {
    /// Reads the settings back from the engine, rather than trusting what was asked for.
    pub(crate) fn of(engine: &wasmtime::Engine) -> Profile {
        let text = describe(engine);
        let mut form = Canonical::new("attain.engine-profile.v1");
        form.text(&text);
        Profile { digest: form.finish(), text }
    }

    /// Names the profile in run records.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// A line a setting: `name = value`.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The features that are on.
pub(crate) fn features() -> WasmFeatures {
    FEATURES.into_iter().fold(WasmFeatures::empty(), |all, feature| all | feature)
}

/// Every setting of the engine but how it allocates.
pub(crate) fn config() -> Config {
    let mut config = Config::new();
    // The surface. What a later wasmtime switches on by default stays off here.
    config.wasm_features(WasmFeatures::all(), false);
    config.wasm_features(features(), true);
    config.gc_support(false).concurrency_support(false).shared_memory(false);
    config.wasm_branch_hinting(false);
    // Limits.
    config.consume_fuel(true).operator_cost(cost::table()).epoch_interruption(true);
    config.max_wasm_stack(MAX_WASM_STACK);
    // The compiler.
    config.strategy(Strategy::Cranelift).cranelift_opt_level(OptLevel::Speed);
    config.cranelift_nan_canonicalization(true).compiler_inlining(Inlining::No);
    // Memory: the whole 32-bit space is reserved, so that bounds are checked by the processor.
    config.memory_reservation(4 << 30).memory_guard_size(32 << 20).guard_before_linear_memory(true);
    config.memory_may_move(false).memory_init_cow(true).signals_based_traps(true);
    // What debuggers and unwinders would want: nobody attaches to a policy.
    config.debug_info(false).native_unwind_info(false).generate_address_map(false);
    config.wasm_backtrace_max_frames(std::num::NonZeroUsize::new(32));
    config
}

fn describe(engine: &wasmtime::Engine) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &dyn std::fmt::Display| {
        // Writing to a string doesn't fail.
        _ = writeln!(text, "{name} = {value}");
    };
    let switch = |on: bool| if on { "on" } else { "off" };
    line("profile", &"exact");
    line("wasmtime", &WASMTIME);
    line("compiler", &engine.get_strategy().map_or_else(String::new, |strategy| format!("{strategy:?}")));
    line(
        "opt-level",
        &engine.get_cranelift_opt_level().map_or_else(String::new, |level| format!("{level:?}")),
    );
    line("inlining", &format!("{:?}", engine.get_compiler_inlining()));
    line("nan-canonicalization", &switch(engine.get_cranelift_nan_canonicalization() == Some(true)));
    line("relaxed-simd-deterministic", &switch(engine.get_relaxed_simd_deterministic()));
    line("branch-hinting", &switch(engine.get_wasm_branch_hinting()));
    line("concurrency", &switch(engine.get_concurrency_support()));
    line("shared-memory", &switch(engine.get_shared_memory()));
    line("fuel", &switch(engine.get_consume_fuel()));
    line("epochs", &switch(engine.get_epoch_interruption()));
    line("stack-bytes", &engine.get_max_wasm_stack());
    line("memory-reservation-bytes", &engine.get_memory_reservation());
    line("memory-guard-bytes", &engine.get_memory_guard_size());
    line("memory-may-move", &switch(engine.get_memory_may_move()));
    line("memory-init-cow", &switch(engine.get_memory_init_cow()));
    line("guard-before-memory", &switch(engine.get_guard_before_linear_memory()));
    line("signals-based-traps", &switch(engine.get_signals_based_traps()));
    line("debug-info", &switch(engine.get_debug_info()));
    line("guest-debug", &switch(engine.get_guest_debug()));
    line("native-unwind-info", &switch(engine.get_native_unwind_info() == Some(true)));
    line("address-map", &switch(engine.get_generate_address_map()));
    line("backtrace-frames", &engine.get_wasm_backtrace_max_frames());
    line("batch-rows", &BATCH_ROWS);
    let on = engine.get_wasm_features();
    for (name, feature) in WasmFeatures::all().iter_names() {
        line(&format!("feature.{}", name.to_lowercase()), &switch(on.contains(feature)));
    }
    for (name, cost) in cost::listed() {
        line(&format!("cost.{name}"), &cost);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_names_the_wasmtime_that_is_locked() {
        let lock = include_str!("../../../Cargo.lock");
        let (_, entry) = lock.split_once("name = \"wasmtime\"\nversion = \"").unwrap();
        assert_eq!(entry.split('"').next(), Some(WASMTIME));
    }

    #[test]
    fn no_feature_is_on_that_is_not_named() {
        let engine = wasmtime::Engine::new(&config()).unwrap();
        assert_eq!(engine.get_wasm_features(), features());
        for off in [WasmFeatures::FLOATS, WasmFeatures::SIMD, WasmFeatures::THREADS, WasmFeatures::GC] {
            assert!(!features().intersects(off), "{off:?}");
        }
    }

    #[test]
    fn memory_has_its_price() {
        let prices: Vec<_> = cost::listed().filter(|(name, _)| *name == "memory_grow_per_page").collect();
        assert_eq!(prices, [("memory_grow_per_page", 255)]);
    }
}
