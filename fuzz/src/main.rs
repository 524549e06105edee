//! One way in under libFuzzer: `ATTAIN_FUZZ` says which, `ATTAIN_FUZZ_SEEDS` where its seeds are written before it
//! begins, `ATTAIN_FUZZ_PLANTED` that a fault is planted that it must find. `cargo xtask fuzz` sets them.

#![no_main]

use attain_fuzzing::{Plant, Taken, Target, seeds};
use libfuzzer_sys::{Corpus, fuzz_target};
use std::env::{var, var_os};
use std::path::Path;
use std::sync::OnceLock;

static CHOSEN: OnceLock<(Target, Plant)> = OnceLock::new();

fn choose() {
    let name = var("ATTAIN_FUZZ").unwrap_or_default();
    let names = Target::ALL.map(Target::name).join("`, `");
    let target = Target::parse(&name).unwrap_or_else(|| panic!("`ATTAIN_FUZZ` is `{name}`, expected `{names}`"));
    let plant = if var_os("ATTAIN_FUZZ_PLANTED").is_some() { Plant::Fault } else { Plant::None };
    if let Some(folder) = var_os("ATTAIN_FUZZ_SEEDS") {
        for (place, seed) in seeds(target).iter().enumerate() {
            std::fs::write(Path::new(&folder).join(format!("seed-{place:03}")), seed).expect("a seed is written");
        }
    }
    CHOSEN.get_or_init(|| (target, plant));
    contain_decoders();
}

/// A library's decoder may panic on a damaged file: the importer has it on a thread of its own and makes an error of
/// that. libFuzzer ends the process at any panic, so those are left to the importer here; our own code's aren't.
fn contain_decoders() {
    let ends = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let decoding = std::thread::current().name() == Some("decoder");
        let theirs = panic.location().is_some_and(|place| !place.file().contains("host/"));
        if !(decoding && theirs) {
            ends(panic);
        }
    }));
}

fuzz_target!(init: choose(), |input: &[u8]| -> Corpus {
    let Some((target, plant)) = CHOSEN.get() else { return Corpus::Reject };
    match target.check(input, *plant) {
        Taken::Yes => Corpus::Keep,
        Taken::No => Corpus::Reject,
    }
});
