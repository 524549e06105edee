//! The shape of a component, counted while it is read: the compiler's time grows with it.

use crate::error::PolicyError;
use crate::limits::PublishLimits;
use wasmparser::{BlockType, ComponentType, FuncType, Operator, Payload};

/// Counts parts, and refuses the first that is one too many.
pub(super) struct Structure<'a> {
    limits: &'a PublishLimits,
    core_modules: u64,
    functions: u64,
    items: u64,
    resources: u64,
}

impl<'a> Structure<'a> {
    pub(super) fn new(limits: &'a PublishLimits) -> Structure<'a> {
        Structure { limits, core_modules: 0, functions: 0, items: 0, resources: 0 }
    }

    /// Counts one part.
    pub(super) fn count(&mut self, payload: &Payload<'_>) -> Result<(), PolicyError> {
        let limits = self.limits;
        match payload {
            Payload::ModuleSection { .. } => {
                self.core_modules += 1;
                within("core modules", self.core_modules, limits.core_modules)
            }
            Payload::TypeSection(section) => {
                // What isn't a function's type is refused by the validator.
                section.clone().into_iter_err_on_gc_types().flatten().try_for_each(|ty| self.signature(&ty))
            }
            Payload::FunctionSection(section) => {
                self.functions = self.functions.saturating_add(u64::from(section.count()));
                within("functions", self.functions, limits.functions)
            }
            Payload::CodeSectionEntry(body) => {
                let bytes = body.range().len() as u64;
                within("bytes of code in one function", bytes, limits.function_bytes)
            }
            Payload::ComponentImportSection(section) => self.items(section.count()),
            Payload::ComponentExportSection(section) => self.items(section.count()),
            Payload::ComponentTypeSection(section) => {
                // Before any of it is read.
                within("bytes of types in one section", section.range().len() as u64, limits.type_bytes)?;
                // What can't be read is refused by the validator.
                let types = section.clone().into_iter().flatten();
                let resources =
                    types.filter(|ty| matches!(ty, ComponentType::Resource { .. })).count() as u64;
                self.resources = self.resources.saturating_add(resources);
                within("resources", self.resources, limits.resources)?;
                self.items(section.count())
            }
            Payload::ComponentAliasSection(section) => self.items(section.count()),
            Payload::ComponentInstanceSection(section) => self.items(section.count()),
            Payload::ComponentCanonicalSection(section) => self.items(section.count()),
            Payload::InstanceSection(section) => self.items(section.count()),
            Payload::CoreTypeSection(section) => self.items(section.count()),
            Payload::ComponentSection { .. } => self.items(1),
            _ => Ok(()),
        }
    }

    /// Bounds what the compiler's work in one function grows with besides its bytes: each loop may carry each
    /// local, and each block ends the reach of a branch.
    pub(super) fn function(&self, locals: u32, nest: &Nest) -> Result<(), PolicyError> {
        let limits = self.limits;
        within("locals in one function", u64::from(locals), limits.locals)?;
        within("blocks within each other", nest.blocks_most, limits.blocks)?;
        within("loops within each other", nest.loops_most, limits.loops)?;
        within("branches in one function", nest.branches, limits.branches)?;
        within("blocks that pass several values", nest.wide_blocks, limits.wide_blocks)
    }

    fn signature(&self, ty: &FuncType) -> Result<(), PolicyError> {
        let values = ty.params().len().max(ty.results().len()) as u64;
        within("parameters or results of one function", values, self.limits.signature)
    }

    fn items(&mut self, more: u32) -> Result<(), PolicyError> {
        self.items = self.items.saturating_add(u64::from(more));
        within("declarations", self.items, self.limits.items)
    }
}

/// How deep the blocks and loops of a function are nested.
#[derive(Debug, Default)]
pub(super) struct Nest {
    /// Whether each open block is a loop.
    open: Vec<bool>,
    loops: u64,
    blocks_most: u64,
    loops_most: u64,
    branches: u64,
    /// Blocks with parameters or several results.
    wide_blocks: u64,
}

impl Nest {
    /// Takes the next operator of a valid function.
    pub(super) fn follow(&mut self, operator: &Operator<'_>) {
        match operator {
            Operator::Block { blockty } => self.enter(false, *blockty),
            Operator::If { blockty } => {
                self.enter(false, *blockty);
                self.branches += 1;
            }
            Operator::Loop { blockty } => {
                self.enter(true, *blockty);
                self.loops += 1;
            }
            Operator::End => {
                if self.open.pop() == Some(true) {
                    self.loops -= 1;
                }
            }
            Operator::Br { .. } | Operator::BrIf { .. } => self.branches += 1,
            Operator::BrTable { targets } => self.branches += u64::from(targets.len()) + 1,
            _ => return,
        }
        self.blocks_most = self.blocks_most.max(self.open.len() as u64);
        self.loops_most = self.loops_most.max(self.loops);
    }

    fn enter(&mut self, is_loop: bool, ty: BlockType) {
        self.open.push(is_loop);
        self.wide_blocks += u64::from(matches!(ty, BlockType::FuncType(_)));
    }
}

fn within(what: &'static str, found: u64, most: u32) -> Result<(), PolicyError> {
    let most = u64::from(most);
    if found <= most { Ok(()) } else { Err(PolicyError::Structure { what, found, most }) }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[track_caller]
    fn refused_one_past(wat: &str, tight: PublishLimits, loose: PublishLimits, expected: &str) {
        let bytes = wat::parse_str(wat).unwrap();
        check(&bytes, &loose).unwrap();
        let error = check(&bytes, &tight).unwrap_err();
        assert_eq!(error.code(), "structure");
        assert!(error.to_string().contains(expected), "{error}");
    }

    #[test]
    fn each_bound_of_the_shape_holds_at_its_limit_and_not_one_past() {
        let all = PublishLimits::default;
        refused_one_past(
            "(component (core module) (core module))",
            PublishLimits { core_modules: 1, ..all() },
            PublishLimits { core_modules: 2, ..all() },
            "2 core modules, at most 1",
        );
        refused_one_past(
            "(component (core module (func) (func)) (core module (func)))",
            PublishLimits { functions: 2, ..all() },
            PublishLimits { functions: 3, ..all() },
            "3 functions, at most 2",
        );
        refused_one_past(
            "(component (core module (func nop nop nop)))",
            PublishLimits { function_bytes: 4, ..all() },
            PublishLimits { function_bytes: 5, ..all() },
            "bytes of code in one function, at most 4",
        );
        refused_one_past(
            "(component (core module (func (param i32) (local i32 i64))))",
            PublishLimits { locals: 2, ..all() },
            PublishLimits { locals: 3, ..all() },
            "3 locals in one function, at most 2",
        );
        let nested = "(component (core module (func loop block loop end end end block block end end)))";
        refused_one_past(
            nested,
            PublishLimits { blocks: 2, ..all() },
            PublishLimits { blocks: 3, ..all() },
            "3 blocks within each other, at most 2",
        );
        refused_one_past(
            nested,
            PublishLimits { loops: 1, ..all() },
            PublishLimits { loops: 2, ..all() },
            "2 loops within each other, at most 1",
        );
        refused_one_past(
            "(component (core module (func (param i32) block local.get 0 br_table 0 1 0 end)))",
            PublishLimits { branches: 2, ..all() },
            PublishLimits { branches: 3, ..all() },
            "3 branches in one function, at most 2",
        );
        refused_one_past(
            "(component (core module (func i64.const 1 loop (param i64) drop end)))",
            PublishLimits { wide_blocks: 0, ..all() },
            PublishLimits { wide_blocks: 1, ..all() },
            "1 blocks that pass several values, at most 0",
        );
        refused_one_past(
            "(component (core module (type (func (param i32 i32) (result i64 i64 i64)))))",
            PublishLimits { signature: 2, ..all() },
            PublishLimits { signature: 3, ..all() },
            "3 parameters or results of one function, at most 2",
        );
        refused_one_past(
            "(component (type u8) (type u16))",
            PublishLimits { items: 1, ..all() },
            PublishLimits { items: 2, ..all() },
            "declarations, at most 1",
        );
        refused_one_past(
            "(component (type u8) (type u16))",
            PublishLimits { type_bytes: 2, ..all() },
            PublishLimits { type_bytes: 3, ..all() },
            "3 bytes of types in one section, at most 2",
        );
        refused_one_past(
            "(component (type (resource (rep i32))))",
            PublishLimits { resources: 0, ..all() },
            PublishLimits { resources: 1, ..all() },
            "1 resources, at most 0",
        );
    }
}
