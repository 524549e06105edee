//! The clock of the wall-time backstop: a thread that counts the engine's epoch up until the engine is gone.

use std::time::Duration;
use wasmtime::Engine;

/// Wall time between two ticks.
const TICK_MS: u64 = 20;

/// Starts the thread. It holds no engine alive.
pub(crate) fn start(engine: &Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    let tick = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(Duration::from_millis(TICK_MS));
        }
    };
    std::thread::Builder::new().name("attain-ticker".to_owned()).stack_size(64 << 10).spawn(tick).map(drop)
}

/// Ticks until a wall time is over, and one for the tick that is under way.
pub(crate) fn ticks(wall_ms: u64) -> u64 {
    wall_ms.div_ceil(TICK_MS).saturating_add(1)
}
