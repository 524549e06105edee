//! Checks, compiles and runs policies: wasmtime narrowed to what a policy needs.
