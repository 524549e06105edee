//! Goal: whenever a process is killed, the power fails or the disk is full, the store opens, what was acknowledged is there, and
//! nothing is half there.
//!
//! A few faults of each kind in the ordinary test; `ATTAIN_TRIALS=100` makes 100 kills, 20 power cuts and 20 full
//! disks.

mod full;
mod kills;
mod power;
mod servers;
mod work;

#[path = "../../../host/store/examples/faults/disk.rs"]
mod disk;

type Failure = Box<dyn std::error::Error + Send + Sync>;
