//! A policy that passed its checks and is compiled: describe, bind, evaluate, explain.

use crate::answer::{Failure, Step};
use crate::batch::{Batch, Call, Context};
use crate::engine::Shared;
use crate::error::{Export, PolicyError};
use crate::instance::{Allowance, Fresh, State};
use crate::limits::Limits;
use crate::outputs;
use attain_model::Digest;
use attain_model::manifest::{Binding, CONTRACT, Manifest};
use attain_model::nearest::nearest;
use std::sync::Arc;
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker};

/// A compiled policy. Any number of threads may call it at once; each call has an instance of its own.
pub struct Policy {
    shared: Arc<Shared>,
    digest: Digest,
    manifest: Manifest,
    pre: InstancePre<State>,
    exports: Exports,
}

/// What a batch gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluated {
    /// The bound outputs in their order; a value a row, or a value a group where the output says so.
    pub columns: Vec<Vec<i64>>,
    /// Fuel used. The same in every fresh instance, but not across versions of the engine.
    pub fuel: u64,
    /// Fuel that was allowed.
    pub fuel_allowed: u64,
    /// Linear memory at its largest.
    pub memory_bytes: u64,
    /// Linear memory that was allowed.
    pub memory_allowed: u64,
}

/// Where the contract's functions are in the component.
struct Exports {
    describe: ComponentExportIndex,
    bind: ComponentExportIndex,
    evaluate: ComponentExportIndex,
    explain: ComponentExportIndex,
}

type BindResult = Result<String, Vec<Failure>>;
type EvaluateResult = Result<Vec<Vec<i64>>, Failure>;
type ExplainResult = Result<Vec<Vec<Step>>, Failure>;

/// The instance that a policy exports: the contract's one interface.
fn interface() -> String {
    let (package, version) = CONTRACT.split_once('@').unwrap_or((CONTRACT, ""));
    format!("{package}/rules@{version}")
}

impl Exports {
    fn find(component: &Component) -> Result<Exports, PolicyError> {
        let interface = interface();
        let contract = |what: String| PolicyError::Contract { what };
        let ty = component.component_type();
        let engine = component.engine();
        let names: Vec<String> = ty.exports(engine).map(|(name, _)| name.to_owned()).collect();
        if !names.contains(&interface) {
            return Err(contract(not_found(&interface, &names)));
        }
        let (_, rules) = component
            .get_export(None, &*interface)
            .ok_or_else(|| contract(format!("it exports no `{interface}`")))?;
        let find = |export: Export| {
            component
                .get_export_index(Some(&rules), export.name())
                .ok_or_else(|| contract(format!("its `{interface}` has no function `{}`", export.name())))
        };
        Ok(Exports {
            describe: find(Export::Describe)?,
            bind: find(Export::Bind)?,
            evaluate: find(Export::Evaluate)?,
            explain: find(Export::Explain)?,
        })
    }

    fn typecheck(&self, fresh: &mut Fresh<'_>) -> Result<(), PolicyError> {
        type Parameters = &'static str;
        type About = &'static Context;
        type Rows = &'static Batch<'static>;
        let checks = [
            (Export::Describe, fresh.typecheck::<(), (String,)>(&self.describe)),
            (Export::Bind, fresh.typecheck::<(Parameters, About), (BindResult,)>(&self.bind)),
            (
                Export::Evaluate,
                fresh.typecheck::<(Parameters, About, Rows), (EvaluateResult,)>(&self.evaluate),
            ),
            (
                Export::Explain,
                fresh.typecheck::<(Parameters, About, Rows, &'static [u32]), (ExplainResult,)>(&self.explain),
            ),
        ];
        for (export, checked) in checks {
            checked.map_err(|why| PolicyError::Contract {
                what: format!("its {export} has another type than `{CONTRACT}` says: {why}"),
            })?;
        }
        Ok(())
    }
}

fn not_found(interface: &str, names: &[String]) -> String {
    let same = |name: &&String| name.split('@').next() == interface.split('@').next();
    if let Some(other) = names.iter().find(same) {
        return format!("it exports `{other}`, this host speaks `{interface}`");
    }
    let near = nearest(interface, names.iter().map(String::as_str));
    match near.or(names.first().map(String::as_str)) {
        Some(other) => format!("it exports `{other}`, expected `{interface}`"),
        None => format!("it exports nothing, expected `{interface}`"),
    }
}

impl Policy {
    /// Checks what only an instance can tell: the contract's functions and their types, and what it says of
    /// itself, twice in one instance and once in another.
    pub(crate) fn admit(
        shared: Arc<Shared>,
        digest: Digest,
        component: &Component,
    ) -> Result<Policy, PolicyError> {
        let exports = Exports::find(component)?;
        let pre = Linker::new(component.engine())
            .instantiate_pre(component)
            .map_err(|error| PolicyError::Contract { what: error.root_cause().to_string() })?;
        let describe = |times: usize| -> Result<Vec<String>, PolicyError> {
            let mut fresh = Fresh::start(&pre, shared.slots.take(shared.small().memory()), shared.small())?;
            exports.typecheck(&mut fresh)?;
            (0..times).map(|_| fresh.call(Export::Describe, &exports.describe, ())).collect()
        };
        let (mut texts, others) = (describe(2)?, describe(1)?);
        texts.extend(others);
        if texts.windows(2).any(|pair| pair.first() != pair.last()) {
            return Err(PolicyError::Unsteady { export: Export::Describe });
        }
        let manifest = Manifest::parse(texts.first().map(String::as_str).unwrap_or_default())?;
        Ok(Policy { shared, digest, manifest, pre, exports })
    }

    /// The digest of the component's bytes: the policy's name for ever.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What it reads and gives for these parameters.
    ///
    /// Errors: [`PolicyError::Refused`] with all that is wrong with the parameters, each with its place.
    pub fn bind(&self, parameters: &str, context: &Context) -> Result<Binding, PolicyError> {
        let mut fresh = self.fresh(self.shared.small())?;
        let bound: BindResult = fresh.call(Export::Bind, &self.exports.bind, (parameters, context))?;
        match bound {
            Ok(json) => {
                let binding = Binding::parse(&json)?;
                binding.check_with(&self.manifest)?;
                Ok(binding)
            }
            Err(failures) => {
                Err(PolicyError::Refused(failures.into_iter().take(100).map(|f| f.tamed(0)).collect()))
            }
        }
    }

    /// The outputs of a batch, checked against the binding: number and length of columns, and every value
    /// that its unit bounds (flags, levels, labels).
    pub fn evaluate(&self, call: &Call<'_>, batch: &Batch<'_>) -> Result<Evaluated, PolicyError> {
        batch.check(call.binding)?;
        let rows = u64::from(batch.rows);
        let allowance = Allowance { limits: call.limits, rows, output: call.limits.output(rows) };
        let mut fresh = self.fresh(allowance)?;
        let parameters = (call.parameters, call.context, batch);
        let result: EvaluateResult = fresh.call(Export::Evaluate, &self.exports.evaluate, parameters)?;
        let columns = result.map_err(|failure| PolicyError::Failed(failure.tamed(batch.rows)))?;
        outputs::check(&columns, call.binding, batch)?;
        Ok(Evaluated {
            columns,
            fuel: fresh.fuel(),
            fuel_allowed: call.limits.fuel(rows),
            memory_bytes: fresh.memory(),
            memory_allowed: call.limits.memory(rows),
        })
    }

    /// How each of `rows` came to its outputs, in the order of `rows`.
    ///
    /// The whole batch is passed, since a row may depend on its group. The steps are checked against the
    /// manifest; that they add up to the outputs is checked by who has the outputs. What may come back grows
    /// with the rows asked for (40 kB each, by default), so ask for hundreds, not for millions.
    pub fn explain(
        &self,
        call: &Call<'_>,
        batch: &Batch<'_>,
        rows: &[u32],
    ) -> Result<Vec<Vec<Step>>, PolicyError> {
        batch.check(call.binding)?;
        if let Some(row) = rows.iter().find(|row| **row >= batch.rows) {
            let what = format!("row {row} is to be explained, and there are {}", batch.rows);
            return Err(PolicyError::Batch { what });
        }
        let asked = rows.len() as u64;
        let allowance = Allowance {
            limits: call.limits,
            rows: u64::from(batch.rows).saturating_add(asked),
            output: call.limits.explanation(asked),
        };
        let mut fresh = self.fresh(allowance)?;
        let parameters = (call.parameters, call.context, batch, rows);
        let result: ExplainResult = fresh.call(Export::Explain, &self.exports.explain, parameters)?;
        let steps = result.map_err(|failure| PolicyError::Failed(failure.tamed(batch.rows)))?;
        outputs::check_steps(&steps, &self.manifest, call, rows)?;
        Ok(steps)
    }

    fn fresh(&self, allowance: Allowance<'_>) -> Result<Fresh<'_>, PolicyError> {
        Fresh::start(&self.pre, self.shared.slots.take(allowance.memory()), allowance)
    }
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Policy({} {}, {})", self.manifest.name, self.manifest.version, self.digest.short())
    }
}

/// The allowance of calls that read no rows.
pub(crate) fn small(limits: &Limits) -> Allowance<'_> {
    Allowance { limits, rows: 0, output: limits.output(0) }
}
