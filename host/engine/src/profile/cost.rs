//! What each operator costs in fuel: pinned, because wasmtime's own table changes between releases.
//!
//! An operator costs 1; what makes no code costs nothing. Zeroing the cheap operators would buy nothing: the
//! price of metering is the count and the check at the end of a block. Work that grows with an operand is
//! charged by its size, and a page of memory costs as much as it can, since the kernel has to clear it.

use wasmtime::OperatorCost;

/// Sets the cost of each operator and lists it, so that the profile shows what the engine charges.
macro_rules! costs {
    (operators { $($operator:ident = $flat:literal,)* } sized { $($size:ident = $each:literal,)* }) => {
        /// The table that the engine compiles into a guest's code.
        pub(super) fn table() -> OperatorCost {
            let mut table = OperatorCost::new();
            $(table.$operator = $flat;)*
            $(table.variable.$size = $each;)*
            table
        }

        /// Names and costs, in the order below.
        pub(super) fn listed() -> impl Iterator<Item = (&'static str, u8)> {
            [$((stringify!($operator), $flat),)* $((stringify!($size), $each),)*].into_iter()
        }
    };
}

// Every operator that the profile's features allow; the engine refuses a component with any other.
#[rustfmt::skip]
costs! {
operators {
    Unreachable = 0, Nop = 0, Block = 0, Loop = 0, Else = 0, End = 0, Return = 0, Drop = 0,
    If = 1, Br = 1, BrIf = 1, BrTable = 1, Call = 1, CallIndirect = 1, Select = 1, LocalGet = 1,
    LocalSet = 1, LocalTee = 1, GlobalGet = 1, GlobalSet = 1, I32Load = 1, I64Load = 1, I32Load8S = 1,
    I32Load8U = 1, I32Load16S = 1, I32Load16U = 1, I64Load8S = 1, I64Load8U = 1, I64Load16S = 1,
    I64Load16U = 1, I64Load32S = 1, I64Load32U = 1, I32Store = 1, I64Store = 1, I32Store8 = 1,
    I32Store16 = 1, I64Store8 = 1, I64Store16 = 1, I64Store32 = 1, MemorySize = 1, MemoryGrow = 1,
    I32Const = 1, I64Const = 1, I32Eqz = 1, I32Eq = 1, I32Ne = 1, I32LtS = 1, I32LtU = 1, I32GtS = 1,
    I32GtU = 1, I32LeS = 1, I32LeU = 1, I32GeS = 1, I32GeU = 1, I64Eqz = 1, I64Eq = 1, I64Ne = 1,
    I64LtS = 1, I64LtU = 1, I64GtS = 1, I64GtU = 1, I64LeS = 1, I64LeU = 1, I64GeS = 1, I64GeU = 1,
    I32Clz = 1, I32Ctz = 1, I32Popcnt = 1, I32Add = 1, I32Sub = 1, I32Mul = 1, I32DivS = 1, I32DivU = 1,
    I32RemS = 1, I32RemU = 1, I32And = 1, I32Or = 1, I32Xor = 1, I32Shl = 1, I32ShrS = 1, I32ShrU = 1,
    I32Rotl = 1, I32Rotr = 1, I64Clz = 1, I64Ctz = 1, I64Popcnt = 1, I64Add = 1, I64Sub = 1, I64Mul = 1,
    I64DivS = 1, I64DivU = 1, I64RemS = 1, I64RemU = 1, I64And = 1, I64Or = 1, I64Xor = 1, I64Shl = 1,
    I64ShrS = 1, I64ShrU = 1, I64Rotl = 1, I64Rotr = 1, I32WrapI64 = 1, I64ExtendI32S = 1,
    I64ExtendI32U = 1, I32Extend8S = 1, I32Extend16S = 1, I64Extend8S = 1, I64Extend16S = 1,
    I64Extend32S = 1, MemoryInit = 1, DataDrop = 1, MemoryCopy = 1, MemoryFill = 1, TableInit = 1,
    ElemDrop = 1, TableCopy = 1, TypedSelect = 1, TypedSelectMulti = 1, RefNull = 1, RefIsNull = 1,
    RefFunc = 1, TableFill = 1, TableGet = 1, TableSet = 1, TableGrow = 1, TableSize = 1,
}
sized {
    memory_copy_per_byte = 1, memory_fill_per_byte = 1, memory_init_per_byte = 1, memory_grow_per_page = 255,
    table_copy_per_element = 1, table_fill_per_element = 1, table_init_per_element = 1,
    table_grow_per_element = 1,
}
}
