//! Makes `sdk/rust/src/contract.rs` from `sdk/wit/policy.wit`: `cargo run --release -p attain-bindings`.
//!
//! The result is committed, so that building a policy doesn't mean building a generator first. A test here
//! fails when it is stale.

use std::error::Error;
use std::path::PathBuf;
use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_core::{Files, WorldGenerator};

const HEADER: &str = "\
//! The bindings of `sdk/wit/policy.wit`. Made by `cargo run --release -p attain-bindings`; change the contract,
//! not this file.

";

/// Where an answer's memory is freed once the host has read it. A sandbox is thrown away then, and its memory with it.
const FREES: &str = "(ptr: *mut u8, size: usize, align: usize) {\n        if size == 0 {";
const STAYS: &str =
    "(ptr: *mut u8, size: usize, align: usize) {\n        if size == 0 || cfg!(target_arch = \"wasm32\") {";

fn main() -> Result<(), Box<dyn Error>> {
    std::fs::write(bindings_file(), bindings()?)?;
    Ok(())
}

fn bindings_file() -> PathBuf {
    sdk().join("rust/src/contract.rs")
}

fn sdk() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The bindings as they should be.
fn bindings() -> Result<String, Box<dyn Error>> {
    let contract = std::fs::read_to_string(sdk().join("wit/policy.wit"))?;
    let mut resolve = Resolve::default();
    let package = resolve.push_str("policy.wit", &contract)?;
    let world = resolve.select_world(&[package], Some("policy"))?;
    let options = wit_bindgen_rust::Opts {
        format: true,
        runtime_path: Some("crate::abi".to_owned()),
        // There are no constructors in a policy, and the call is a link to a function that we don't have.
        disable_run_ctors_once_workaround: true,
        pub_export_macro: true,
        export_macro_name: Some("export_rules".to_owned()),
        additional_derive_attributes: vec!["PartialEq".to_owned()],
        ..Default::default()
    };
    let mut files = Files::default();
    options.build().generate(&mut resolve, world, &mut files)?;
    let (_, generated) = files.iter().next().ok_or("the generator made no file")?;
    Ok(format!("{HEADER}{}", String::from_utf8(generated.to_vec())?.replacen(FREES, STAYS, 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_bindings_are_those_of_the_contract() {
        let committed = std::fs::read_to_string(bindings_file()).unwrap();
        assert!(committed == bindings().unwrap(), "stale: run `cargo run --release -p attain-bindings`");
    }
}
