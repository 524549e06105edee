//! What a policy may use, in one place, with the reasons.
//!
//! A limit that has a share a row grows with the batch, so that a group of a million rows isn't refused for
//! being one. Every limit has an error code ([`PolicyError::code`](crate::PolicyError::code)) and a guest in
//! `tests/guests` that trips it.

/// What one call of a policy may use. The stack is part of the [`Profile`](crate::Profile) instead: it is
/// compiled into the code's traps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Fuel of a call, whatever its rows: starting, reading parameters. A guest in Rust reads 100 kB of
    /// parameters for about 5 million.
    pub fuel_base: u64,
    /// Fuel on top for each row. Tiered commission takes about 550 in Rust; this leaves room for arithmetic
    /// in 128 bits and for sorting a million rows.
    pub fuel_per_row: u64,
    /// Linear memory of a call, whatever its rows.
    pub memory_bytes: u64,
    /// Linear memory on top for each row: 128 columns in and as many numbers of its own.
    pub memory_bytes_per_row: u64,
    /// Elements of all tables together: a Rust policy has a hundred or so.
    pub table_elements: u32,
    /// Core instances in a component: main module, start-up shim, adapters.
    pub instances: u32,
    /// Linear memories in a component.
    pub memories: u32,
    /// Tables in a component.
    pub tables: u32,
    /// Handles alive at once. The contract has no resources, so a policy needs none.
    pub handles: u32,
    /// Bytes that a call may give back, whatever its rows: a manifest, a binding, failures.
    pub output_bytes: u64,
    /// Bytes on top for each row: 64 outputs and the host's own bookkeeping.
    pub output_bytes_per_row: u64,
    /// Steps in the explanation of one row: the longest tier table, each with its own sentence.
    pub explain_steps: u32,
    /// Wall time of a call. A backstop for a host in trouble: fuel runs out long before.
    pub wall_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            fuel_base: 50_000_000,
            fuel_per_row: 100_000,
            memory_bytes: 64 << 20,
            memory_bytes_per_row: 2 << 10,
            table_elements: 20_000,
            instances: 8,
            memories: 2,
            tables: 4,
            handles: 16,
            output_bytes: 1 << 20,
            output_bytes_per_row: 512,
            explain_steps: 256,
            wall_ms: 120_000,
        }
    }
}

const FUEL_MAX: u64 = i64::MAX as u64 - 1;

/// What a 32-bit memory can have. A page less than the allocator's slot, so that the limit is met first.
const MEMORY_BYTES_MAX: u64 = (4 << 30) - (64 << 10);

/// Host bytes that a step of an explanation may take, on the average.
const STEP_BYTES: u64 = 160;

impl Limits {
    pub(crate) fn fuel(&self, rows: u64) -> u64 {
        // A guest counts its fuel in an i64, and is given one more than this.
        self.fuel_base.saturating_add(self.fuel_per_row.saturating_mul(rows)).min(FUEL_MAX)
    }

    pub(crate) fn memory(&self, rows: u64) -> u64 {
        let asked = self.memory_bytes.saturating_add(self.memory_bytes_per_row.saturating_mul(rows));
        asked.min(MEMORY_BYTES_MAX)
    }

    pub(crate) fn output(&self, rows: u64) -> u64 {
        self.output_bytes.saturating_add(self.output_bytes_per_row.saturating_mul(rows))
    }

    pub(crate) fn explanation(&self, rows: u64) -> u64 {
        let per_row = STEP_BYTES.saturating_mul(u64::from(self.explain_steps));
        self.output_bytes.saturating_add(per_row.saturating_mul(rows))
    }
}

/// What a component may be. Compiling takes time that grows with its functions, and upstream counts slow
/// compiling as no fault, so the shape is bounded before the compiler sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishLimits {
    /// Size of the component. Policies in Rust have 20 to 200 kB.
    pub component_bytes: u64,
    /// Core modules in it, nested components included.
    pub core_modules: u32,
    /// Functions in all of them.
    pub functions: u32,
    /// Code of one function: compiling it may take the square of this.
    pub function_bytes: u32,
    /// Parameters and locals of one function.
    pub locals: u32,
    /// Blocks within each other; a `match` of many arms nests one for each.
    pub blocks: u32,
    /// Loops within each other: each may carry every local, so this times that bounds the compiler's memory.
    pub loops: u32,
    /// Branches in one function, each target of a branch table for itself: the edges of its flow, whose square
    /// the compiler's time may take.
    pub branches: u32,
    /// Blocks with parameters or several results: no compiler of today makes them from Rust or C, and each
    /// branch to one carries all its values.
    pub wide_blocks: u32,
    /// Parameters or results of one function.
    pub signature: u32,
    /// Imports, exports, types and aliases outside the core modules.
    pub items: u32,
    /// Bytes of one section of types outside the core modules. Types may nest in each other in three bytes a level, and
    /// whoever reads them, this host's check to begin with, goes as deep on its stack.
    pub type_bytes: u32,
    /// Resources that it makes: the contract has none, and what holds handles can go wrong with them.
    pub resources: u32,
}

impl Default for PublishLimits {
    fn default() -> Self {
        PublishLimits {
            component_bytes: 4 << 20,
            core_modules: 8,
            functions: 50_000,
            function_bytes: 256 << 10,
            locals: 2000,
            blocks: 2000,
            loops: 24,
            branches: 8_000,
            wide_blocks: 0,
            signature: 64,
            items: 10_000,
            type_bytes: 16 << 10,
            resources: 0,
        }
    }
}
