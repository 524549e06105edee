//! Finds the floating point in a module that the engine refused for it, and names who brought it.
//!
//! In:  a core module with its names.
//! Out: the functions that compute with floating point, and which function of the policy reaches each.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use wasmparser::{BinaryReaderError, FunctionBody, KnownCustom, Name, Operator, Parser, Payload, TypeRef};

/// A function that computes with floating point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FloatUse {
    /// Its name in the source.
    pub function: String,
    /// The nearest function that calls it and isn't Rust's own library.
    pub reached_from: Option<String>,
}

/// Every function of the module that computes with floating point, by name; nothing when there is none or
/// when the module can't be read.
pub fn floats(module: &[u8]) -> Vec<FloatUse> {
    let Ok(functions) = Functions::read(module) else { return Vec::new() };
    let used = functions.floating.iter().map(|function| FloatUse {
        function: functions.name(*function),
        reached_from: functions.nearest_caller(*function),
    });
    let mut used: Vec<FloatUse> = used.collect();
    used.sort_by(|a, b| a.function.cmp(&b.function));
    used.dedup();
    used
}

/// The functions in words: `` `serde_json::number` (reached from `my_rule::read`) and 3 more``.
pub fn places(used: &[FloatUse]) -> Option<String> {
    let shown: Vec<String> = used.iter().take(4).map(describe).collect();
    match used.len().saturating_sub(shown.len()) {
        _ if shown.is_empty() => None,
        0 => Some(shown.join(", ")),
        more => Some(format!("{} and {more} more", shown.join(", "))),
    }
}

fn describe(float: &FloatUse) -> String {
    match &float.reached_from {
        Some(caller) => format!("`{}` (reached from `{caller}`)", float.function),
        None => format!("`{}`", float.function),
    }
}

/// The call graph, as far as calls are direct.
#[derive(Default)]
struct Functions {
    names: BTreeMap<u32, String>,
    callers: BTreeMap<u32, BTreeSet<u32>>,
    floating: BTreeSet<u32>,
}

impl Functions {
    fn read(module: &[u8]) -> Result<Functions, BinaryReaderError> {
        let mut functions = Functions::default();
        let mut next = 0;
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        next += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    functions.add(next, &body)?;
                    next += 1;
                }
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        for subsection in names {
                            if let Name::Function(map) = subsection? {
                                for naming in map {
                                    let naming = naming?;
                                    functions.names.insert(naming.index, readable(naming.name));
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(functions)
    }

    fn add(&mut self, function: u32, body: &FunctionBody<'_>) -> Result<(), BinaryReaderError> {
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            if let Operator::Call { function_index } = operator {
                self.callers.entry(function_index).or_default().insert(function);
            } else if is_float(&operator) {
                self.floating.insert(function);
            }
        }
        Ok(())
    }

    fn name(&self, function: u32) -> String {
        self.names.get(&function).cloned().unwrap_or_else(|| format!("function {function}"))
    }

    /// Walks up the calls, nearest first, to a function that isn't Rust's library.
    fn nearest_caller(&self, function: u32) -> Option<String> {
        if !is_library(&self.name(function)) {
            return None;
        }
        let mut seen = BTreeSet::from([function]);
        let mut open = VecDeque::from([function]);
        while let Some(callee) = open.pop_front() {
            for caller in self.callers.get(&callee).into_iter().flatten() {
                if !is_library(&self.name(*caller)) {
                    return Some(self.name(*caller));
                }
                if seen.insert(*caller) {
                    open.push_back(*caller);
                }
            }
        }
        None
    }
}

/// Whether an instruction touches an f32 or an f64. Its name says so: `F64Add`, `I32TruncF64S`.
fn is_float(operator: &Operator<'_>) -> bool {
    let name = format!("{operator:?}");
    name.contains("F32") || name.contains("F64")
}

fn is_library(name: &str) -> bool {
    let path = name.trim_start_matches(['<', '&', '*']);
    ["core::", "alloc::", "std::", "compiler_builtins::", "dlmalloc::"]
        .iter()
        .any(|library| path.starts_with(library))
}

/// A symbol as it is written in the source: `my_rule::pay`.
fn readable(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        CodeSection, Function, FunctionSection, Instruction, Module, NameMap, NameSection, TypeSection,
    };

    /// A module of three functions: `rule::pay` calls `core::fmt::float`, and `rule::plain` has no floats.
    fn module() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        let bodies = [
            vec![Instruction::Call(1), Instruction::End],
            vec![Instruction::F64Const(1.0.into()), Instruction::Drop, Instruction::End],
            vec![Instruction::I64Const(1), Instruction::Drop, Instruction::End],
        ];
        for body in bodies {
            functions.function(0);
            let mut function = Function::new([]);
            for instruction in body {
                function.instruction(&instruction);
            }
            code.function(&function);
        }
        let mut names = NameMap::new();
        for (i, name) in (0..).zip(["rule::pay", "core::fmt::float::float_to_decimal", "rule::plain"]) {
            names.append(i, name);
        }
        let mut section = NameSection::new();
        section.functions(&names);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&code).section(&section);
        module.finish()
    }

    #[test]
    fn a_float_in_rusts_library_is_told_with_who_reached_it() {
        let used = floats(&module());
        assert_eq!(places(&used).unwrap(), "`core::fmt::float::float_to_decimal` (reached from `rule::pay`)");
    }

    #[test]
    fn a_module_without_floats_or_that_is_none_has_no_places() {
        assert_eq!(places(&floats(&Module::new().finish())), None);
        assert_eq!(places(&floats(b"not wasm")), None);
    }
}
