//! Makes a component of a core module.
//!
//! In:  what the compiler made, with its names.
//! Out: the component, without names: they make a sixth of it and no difference to what it does.

use wasm_encoder::{Module, RawSection};
use wasmparser::{Parser, Payload};
use wit_component::ComponentEncoder;

/// Why a module isn't a policy.
#[derive(Debug, thiserror::Error)]
pub enum ComponentError {
    /// The module wants something of its host.
    #[error(
        "the policy imports {}, but a policy imports nothing; a dependency expects a browser or an operating system \
         (clocks, random numbers, `wasm-bindgen`): remove it, or switch that feature off", list(.0)
    )]
    Imports(Vec<String>),
    /// It holds no description of the contract.
    #[error(
        "the module doesn't say which contract it keeps; does its `src/lib.rs` have a rule marked `#[policy(...)]`?"
    )]
    NoContract,
    /// The compiler's module can't be read.
    #[error("the module that the compiler made can't be read: {0}")]
    Module(#[from] wasmparser::BinaryReaderError),
    /// The module isn't what its own contract describes.
    #[error("the module can't be made a component: {0}")]
    Encode(String),
}

fn list(imports: &[String]) -> String {
    let shown: Vec<String> = imports.iter().take(3).map(|import| format!("`{import}`")).collect();
    match imports.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The section that carries the contract from the guest's bindings to the encoder.
const CONTRACT_SECTION: &str = "component-type";

/// The component of a module. The same module gives the same bytes.
pub fn component(module: &[u8]) -> Result<Vec<u8>, ComponentError> {
    let stripped = strip(module)?;
    let encode = || ComponentEncoder::default().validate(true).module(&stripped)?.encode();
    encode().map_err(|error| ComponentError::Encode(format!("{error:#}")))
}

/// The module without imports and names: only what runs, and the contract.
fn strip(module: &[u8]) -> Result<Vec<u8>, ComponentError> {
    let mut imports = Vec::new();
    let mut has_contract = false;
    let mut kept = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        match &payload {
            Payload::CustomSection(section) if !section.name().starts_with(CONTRACT_SECTION) => continue,
            Payload::CustomSection(_) => has_contract = true,
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    let import = import?;
                    imports.push(format!("{}.{}", import.module, import.name));
                }
            }
            _ => {}
        }
        if let Some((id, range)) = payload.as_section() {
            kept.section(&RawSection { id, data: module.get(range).unwrap_or_default() });
        }
    }
    match (imports.is_empty(), has_contract) {
        (false, _) => Err(ComponentError::Imports(imports)),
        (true, false) => Err(ComponentError::NoContract),
        (true, true) => Ok(kept.finish()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{CustomSection, EntityType, ImportSection, TypeSection};

    fn importing(names: &[&str]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        for name in names {
            imports.import("env", name, EntityType::Function(0));
        }
        let mut module = Module::new();
        module.section(&types).section(&imports);
        module.finish()
    }

    #[test]
    fn a_module_that_imports_is_refused_with_what_it_wants() {
        let error = component(&importing(&["now", "random", "log", "exit"])).unwrap_err().to_string();
        assert_eq!(
            error,
            "the policy imports `env.now`, `env.random`, `env.log` and 1 more, but a policy imports nothing; a \
             dependency expects a browser or an operating system (clocks, random numbers, `wasm-bindgen`): remove it, \
             or switch that feature off"
        );
    }

    #[test]
    fn a_module_without_a_contract_or_with_a_broken_one_is_refused() {
        assert!(matches!(component(&Module::new().finish()), Err(ComponentError::NoContract)));
        let mut broken = Module::new();
        broken.section(&CustomSection { name: "component-type:x".into(), data: b"broken".as_slice().into() });
        assert!(matches!(component(&broken.finish()), Err(ComponentError::Encode(_))));
        assert!(matches!(component(b"not wasm"), Err(ComponentError::Module(_))));
    }
}
