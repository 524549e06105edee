//! Whole-system tests, a module a promise. They drive the commands; only `damage::values` reaches inside.

mod access;
mod bad_input;
mod carries;
mod compiling;
mod crashes;
mod crm;
mod damage;
mod deals;
mod determinism;
mod estimates;
mod explain_all;
mod history;
mod northwind;
mod plans;
mod readme;
mod vault;
mod worked;
