//! The shape of a component, counted while it is read: the compiler's time grows with it.

use crate::error::PolicyError;
use crate::limits::PublishLimits;
use wasmparser::Payload;

/// Counts parts, and refuses the first that is one too many.
pub(super) struct Structure<'a> {
    limits: &'a PublishLimits,
    core_modules: u64,
    functions: u64,
    items: u64,
}

impl<'a> Structure<'a> {
    pub(super) fn new(limits: &'a PublishLimits) -> Structure<'a> {
        Structure { limits, core_modules: 0, functions: 0, items: 0 }
    }

    /// Counts one part.
    pub(super) fn count(&mut self, payload: &Payload<'_>) -> Result<(), PolicyError> {
        let limits = self.limits;
        match payload {
            Payload::ModuleSection { .. } => {
                self.core_modules += 1;
                within("core modules", self.core_modules, limits.core_modules)
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
            Payload::ComponentTypeSection(section) => self.items(section.count()),
            Payload::ComponentAliasSection(section) => self.items(section.count()),
            Payload::ComponentInstanceSection(section) => self.items(section.count()),
            Payload::ComponentCanonicalSection(section) => self.items(section.count()),
            Payload::InstanceSection(section) => self.items(section.count()),
            Payload::CoreTypeSection(section) => self.items(section.count()),
            Payload::ComponentSection { .. } => self.items(1),
            _ => Ok(()),
        }
    }

    fn items(&mut self, more: u32) -> Result<(), PolicyError> {
        self.items = self.items.saturating_add(u64::from(more));
        within("declarations", self.items, self.limits.items)
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
            "(component (type u8) (type u16))",
            PublishLimits { items: 1, ..all() },
            PublishLimits { items: 2, ..all() },
            "declarations, at most 1",
        );
    }
}
