//! One call of a policy: a fresh store, a fresh instance, and the limits on both. Dropped afterwards, so that
//! neither a result nor its fuel can depend on what ran before.

use crate::error::{Export, PolicyError};
use crate::limits::Limits;
use crate::slots::Slot;
use crate::ticker;
use crate::trap;
use wasmtime::component::{ComponentExportIndex, ComponentNamedList, Instance, InstancePre, Lift, Lower};
use wasmtime::{ResourceLimiter, Store};

/// A resource that the guest asked too much of. Ours, because wasmtime's own refusal can't be told from
/// other errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Exceeded {
    #[error("memory of {wanted} bytes, at most {most}")]
    Memory { wanted: u64, most: u64 },
    #[error("table of {wanted} elements, at most {most}")]
    Table { wanted: u64, most: u64 },
    #[error("the host has no memory to give")]
    HostMemory,
}

/// What a store knows of its call: the allowances, for the messages, and what is used of them.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) rows: u64,
    pub(crate) fuel_max: u64,
    pub(crate) output_max: u64,
    pub(crate) wall_ms: u64,
    pub(crate) handles_max: u64,
    memory_max: u64,
    memory: u64,
    table_max: u64,
    table: u64,
    /// Whether the last growth was within all limits, so that only the host can fail it.
    granted: bool,
    instances_max: usize,
    memories_max: usize,
    tables_max: usize,
}

/// What a call may use in all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance<'a> {
    pub(crate) limits: &'a Limits,
    /// Rows that fuel and memory are counted for.
    pub(crate) rows: u64,
    /// Bytes that may come back.
    pub(crate) output: u64,
}

impl Allowance<'_> {
    /// Linear memory that it may take.
    pub(crate) fn memory(&self) -> u64 {
        self.limits.memory(self.rows)
    }
}

/// An instance within its store, and the slot that it occupies.
pub(crate) struct Fresh<'a> {
    // Declared before the slot, so that the store is gone before the next caller gets its place.
    store: Store<State>,
    instance: Instance,
    _slot: Slot<'a>,
}

impl<'a> Fresh<'a> {
    pub(crate) fn start(
        pre: &InstancePre<State>,
        slot: Slot<'a>,
        allowance: Allowance<'_>,
    ) -> Result<Fresh<'a>, PolicyError> {
        let mut store = Store::new(pre.engine(), State::new(allowance));
        let host = |source: wasmtime::Error| PolicyError::Host {
            export: Export::Start,
            source: source.into_boxed_dyn_error(),
        };
        store.limiter(|state| state);
        // One more than allowed: the engine looks only now and then, so what is left of it tells whether the
        // allowance was kept.
        store.set_fuel(store.data().fuel_max.saturating_add(1)).map_err(host)?;
        store.set_epoch_deadline(ticker::ticks(allowance.limits.wall_ms));
        store.epoch_deadline_trap();
        store.set_hostcall_fuel(usize::try_from(allowance.output).unwrap_or(usize::MAX));
        store.set_max_component_handles(allowance.limits.handles as usize);
        match pre.instantiate(&mut store) {
            Ok(instance) => Ok(Fresh { store, instance, _slot: slot }),
            Err(error) => Err(trap::classify(error, Export::Start, store.data())),
        }
    }

    /// Whether the export has the contract's type; an error says how it differs.
    pub(crate) fn typecheck<P, R>(&mut self, index: &ComponentExportIndex) -> Result<(), String>
    where
        P: ComponentNamedList + Lower + 'static,
        R: ComponentNamedList + Lift + 'static,
    {
        let found = self.instance.get_typed_func::<P, R>(&mut self.store, index);
        found.map(drop).map_err(|error| error.root_cause().to_string())
    }

    pub(crate) fn call<P, R>(
        &mut self,
        export: Export,
        index: &ComponentExportIndex,
        parameters: P,
    ) -> Result<R, PolicyError>
    where
        P: ComponentNamedList + Lower,
        (R,): ComponentNamedList + Lift,
    {
        let called = self
            .instance
            .get_typed_func::<P, (R,)>(&mut self.store, index)
            .and_then(|function| function.call(&mut self.store, parameters));
        let (result,) = called.map_err(|error| trap::classify(error, export, self.store.data()))?;
        let state = self.store.data();
        if self.left() == 0 {
            return Err(PolicyError::Fuel { export, allowed: state.fuel_max, rows: state.rows });
        }
        Ok(result)
    }

    fn left(&self) -> u64 {
        self.store.get_fuel().unwrap_or(0)
    }

    /// Fuel used since the start.
    pub(crate) fn fuel(&self) -> u64 {
        self.store.data().fuel_max.saturating_add(1).saturating_sub(self.left())
    }

    /// Linear memory at its largest.
    pub(crate) fn memory(&self) -> u64 {
        self.store.data().memory
    }
}

impl State {
    fn new(allowance: Allowance<'_>) -> State {
        let limits = allowance.limits;
        State {
            rows: allowance.rows,
            fuel_max: limits.fuel(allowance.rows),
            output_max: allowance.output,
            wall_ms: limits.wall_ms,
            handles_max: u64::from(limits.handles),
            memory_max: limits.memory(allowance.rows),
            memory: 0,
            table_max: u64::from(limits.table_elements),
            table: 0,
            granted: false,
            instances_max: limits.instances as usize,
            memories_max: limits.memories as usize,
            tables_max: limits.tables as usize,
        }
    }
}

/// Whether growth fails by what the component declares itself. That the guest may see: it is the same
/// everywhere.
fn past_own_maximum(desired: usize, maximum: Option<usize>, limit: u64) -> bool {
    maximum.is_some_and(|maximum| desired > maximum && (maximum as u64) < limit)
}

/// Decides by the limits alone, and traps instead of telling the guest: what a guest sees never depends on
/// how much memory the host has.
impl ResourceLimiter for State {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.granted = !past_own_maximum(desired, maximum, self.memory_max);
        if !self.granted {
            return Ok(true);
        }
        let wanted = self.memory.saturating_sub(current as u64).saturating_add(desired as u64);
        if wanted > self.memory_max {
            return Err(Exceeded::Memory { wanted, most: self.memory_max }.into());
        }
        self.memory = wanted;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        if self.granted { Err(Exceeded::HostMemory.into()) } else { Ok(()) }
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.granted = !past_own_maximum(desired, maximum, self.table_max);
        if !self.granted {
            return Ok(true);
        }
        let wanted = self.table.saturating_sub(current as u64).saturating_add(desired as u64);
        if wanted > self.table_max {
            return Err(Exceeded::Table { wanted, most: self.table_max }.into());
        }
        self.table = wanted;
        Ok(true)
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.memory_grow_failed(error)
    }

    fn instances(&self) -> usize {
        self.instances_max
    }

    fn tables(&self) -> usize {
        self.tables_max
    }

    fn memories(&self) -> usize {
        self.memories_max
    }
}
