//! What a component must be before the compiler sees it: a component, whole, of bounded shape, without
//! floating point, without a function from outside. Each refusal names what was found and what to do.

mod structure;

use crate::error::PolicyError;
use crate::limits::PublishLimits;
use crate::profile;
use crate::trap::{one_line, readable};
use structure::{Nest, Structure};
use wasmparser::component_types::ComponentEntityType;
use wasmparser::types::TypesRef;
use wasmparser::{
    BinaryReaderError, FuncValidator, FuncValidatorAllocations, FunctionBody, KnownCustom, Name, Parser,
    Payload, ValidPayload, Validator, ValidatorResources,
};

const WASM: &[u8] = b"\0asm";

/// Checks a component's bytes.
pub(crate) fn check(bytes: &[u8], limits: &PublishLimits) -> Result<(), PolicyError> {
    check_head(bytes)?;
    let mut validator = Validator::new_with_features(profile::features());
    let mut structure = Structure::new(limits);
    let mut imports = Vec::new();
    let mut depth = 0u32;
    let refused = |error: BinaryReaderError| refusal(bytes, &error);
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(refused)?;
        structure.count(&payload)?;
        match &payload {
            Payload::Version { .. } => depth += 1,
            Payload::ComponentImportSection(section) if depth == 1 => {
                for import in section.clone() {
                    imports.push(import.map_err(refused)?.name.name.to_owned());
                }
            }
            _ => {}
        }
        match validator.payload(&payload).map_err(refused)? {
            ValidPayload::Func(function, body) => {
                let function = function.into_validator(FuncValidatorAllocations::default());
                check_function(function, &body, &structure).map_err(refused)??;
            }
            ValidPayload::End(types) => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    check_imports(&imports, types.as_ref())?;
                }
            }
            ValidPayload::Ok | ValidPayload::Parser(_) => {}
        }
    }
    Ok(())
}

/// Validates a function, and bounds its locals and how its blocks nest.
fn check_function(
    mut function: FuncValidator<ValidatorResources>,
    body: &FunctionBody<'_>,
    structure: &Structure<'_>,
) -> Result<Result<(), PolicyError>, BinaryReaderError> {
    function.validate(body)?;
    let mut nest = Nest::default();
    for operator in body.get_operators_reader()? {
        nest.follow(&operator?);
    }
    Ok(structure.function(function.len_locals(), &nest))
}

fn check_head(bytes: &[u8]) -> Result<(), PolicyError> {
    let not_wasm = |found: &str| Err(PolicyError::NotWasm { found: found.to_owned() });
    if bytes.is_empty() {
        return not_wasm("an empty file");
    }
    if !bytes.starts_with(WASM) {
        if WASM.starts_with(bytes) {
            return Err(PolicyError::Truncated { bytes: bytes.len() as u64 });
        }
        let start: Vec<u8> = bytes.iter().take(512).copied().collect();
        let text = String::from_utf8_lossy(&start);
        let trimmed = text.trim_start_matches('\u{feff}').trim_start();
        return match () {
            () if trimmed.starts_with("(component")
                || trimmed.starts_with("(module")
                || trimmed.starts_with(";;") =>
            {
                not_wasm("the text form of one")
            }
            () if start.starts_with(b"PK\x03\x04") => not_wasm("a ZIP or XLSX file"),
            () if start.starts_with(b"\x7fELF") => not_wasm("a native program or library"),
            () if start.starts_with(b"\x1f\x8b") => not_wasm("a gzip file"),
            () if !start.iter().any(|b| *b == 0 || (*b < 32 && !b.is_ascii_whitespace())) => {
                not_wasm("a text file")
            }
            () => not_wasm("other bytes"),
        };
    }
    match bytes.get(4..8) {
        None => Err(PolicyError::Truncated { bytes: bytes.len() as u64 }),
        Some([1, 0, 0, 0]) => Err(PolicyError::CoreModule),
        Some(_) => Ok(()),
    }
}

/// A function from outside, directly or in an instance, is refused. Types may be imported: a world that uses
/// an interface's types shows it as an import, and it asks for nothing.
fn check_imports(imports: &[String], types: TypesRef<'_>) -> Result<(), PolicyError> {
    let needs = |name: &&String| {
        let item = types.component_item_for_import(name.as_str());
        item.is_none_or(|item| asks_for_something(&item.ty, types))
    };
    let names: Vec<String> = imports.iter().filter(needs).cloned().collect();
    if names.is_empty() { Ok(()) } else { Err(PolicyError::Imports { names }) }
}

fn asks_for_something(ty: &ComponentEntityType, types: TypesRef<'_>) -> bool {
    match ty {
        ComponentEntityType::Type { .. } => false,
        ComponentEntityType::Instance(id) => match types.get(*id) {
            Some(instance) => instance.exports.values().any(|item| asks_for_something(&item.ty, types)),
            None => true,
        },
        ComponentEntityType::Func(_)
        | ComponentEntityType::Value(_)
        | ComponentEntityType::Module(_)
        | ComponentEntityType::Component(_) => true,
    }
}

/// Turns the validator's refusal into the author's words.
fn refusal(bytes: &[u8], error: &BinaryReaderError) -> PolicyError {
    let (what, at) = (one_line(error.message()), error.offset() as u64);
    if what.contains("unexpected end") || at >= bytes.len() as u64 {
        return PolicyError::Truncated { bytes: bytes.len() as u64 };
    }
    if what.contains("floating-point") {
        return PolicyError::Floats { function: function_at(bytes, error.offset()), at };
    }
    let off = ["not enabled", "disallowed", "is disabled", "requires the"];
    if off.iter().any(|words| what.contains(words)) {
        return PolicyError::Unsupported { what, function: function_at(bytes, error.offset()), at };
    }
    PolicyError::Invalid { what, at }
}

/// The function whose code or type stands at an offset, by its name when the component still has names.
fn function_at(bytes: &[u8], offset: usize) -> String {
    let mut imported = 0u32;
    let mut local = 0u32;
    let mut found = None;
    for payload in Parser::new(0).parse_all(bytes) {
        let Ok(payload) = payload else { break };
        match payload {
            Payload::Version { .. } if found.is_none() => (imported, local) = (0, 0),
            Payload::Version { .. } => break,
            Payload::ImportSection(section) if found.is_none() => {
                let functions = section.into_imports().flatten().filter(|import| {
                    matches!(import.ty, wasmparser::TypeRef::Func(_) | wasmparser::TypeRef::FuncExact(_))
                });
                imported = u32::try_from(functions.count()).unwrap_or(u32::MAX);
            }
            Payload::CodeSectionEntry(body) if found.is_none() => {
                if body.range().contains(&offset) {
                    found = imported.checked_add(local);
                }
                local = local.saturating_add(1);
            }
            Payload::CustomSection(section) => {
                let (Some(index), KnownCustom::Name(names)) = (found, section.as_known()) else { continue };
                for name in names.flatten() {
                    let Name::Function(map) = name else { continue };
                    if let Some(naming) = map.into_iter().flatten().find(|naming| naming.index == index) {
                        return format!("function `{}`", readable(naming.name));
                    }
                }
            }
            _ => {}
        }
    }
    match found {
        Some(index) => format!("function {index} (build without `strip` to see its name)"),
        None => "a declaration".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> &'static str {
        check(bytes, &PublishLimits::default()).map_or_else(|error| error.code(), |()| "ok")
    }

    #[test]
    fn other_files_are_named_for_what_they_are() {
        let found = |bytes: &[u8]| check(bytes, &PublishLimits::default()).unwrap_err().to_string();
        assert!(found(b"").contains("an empty file"));
        assert!(found(b"  (component)").contains("the text form of one"));
        assert!(found(b"PK\x03\x04....").contains("a ZIP or XLSX file"));
        assert!(found(b"participant,metric\n").contains("a text file"));
        assert!(found(&[9, 0, 1, 255]).contains("other bytes"));
        assert_eq!(code(b"\0as"), "truncated");
        assert_eq!(code(b"\0asm\x0d\0"), "truncated");
        assert_eq!(code(&wat::parse_str("(module)").unwrap()), "core-module");
        assert_eq!(code(&wat::parse_str("(component)").unwrap()), "ok");
    }

    #[test]
    fn a_type_may_be_imported_and_a_function_may_not() {
        let types = r#"(component (import "a:b/c" (instance (export "t" (type (sub resource))))))"#;
        assert_eq!(code(&wat::parse_str(types).unwrap()), "ok");
        let nested = r#"(component (import "a:b/c" (instance (export "f" (func)))) (import "g" (func)))"#;
        let error = check(&wat::parse_str(nested).unwrap(), &PublishLimits::default()).unwrap_err();
        assert!(error.to_string().starts_with("the component needs `a:b/c`, `g`, but"), "{error}");
    }

    /// A name that can't be one is quoted by the validator, with whatever is in it: a terminal or a log would obey it.
    #[test]
    fn a_name_from_outside_forges_no_line() {
        let text = r#"(component (type (func (param "ab-cd-ef" u8))))"#;
        let mut bytes = wat::parse_str(text).unwrap();
        let at = bytes.windows(8).position(|window| window == b"ab-cd-ef").unwrap();
        bytes[at + 2..at + 6].copy_from_slice(b"\n\x1b[m");
        let error = check(&bytes, &PublishLimits::default()).unwrap_err();
        assert_eq!(error.code(), "invalid");
        let words = "function parameter name `ab[mef` is not in kebab case, at byte";
        assert!(error.to_string().contains(words), "{error}");
    }

    #[test]
    fn what_policies_may_not_use_is_refused_by_name() {
        let module = |body: &str| {
            wat::parse_str(format!("(component (core module (memory 1) (func $one) (func $two {body})))"))
                .unwrap()
        };
        let floats = check(&module("f64.const 1 drop"), &PublishLimits::default()).unwrap_err();
        assert_eq!(floats.code(), "floats");
        assert!(floats.to_string().contains("in function `two` at byte"), "{floats}");
        assert_eq!(code(&module("(local f32)")), "floats");
        for body in [
            "v128.const i64x2 0 0 drop",
            "(i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)) drop drop",
            "return_call $one",
            "(drop (i32.atomic.load (i32.const 0)))",
        ] {
            assert_eq!(code(&module(body)), "unsupported", "{body}");
        }
    }
}
