//! Whole-system tests, a module a promise. They drive the commands; only `damage::values` reaches inside.

mod bad_input;
mod crashes;
mod crm;
mod damage;
mod deals;
mod determinism;
mod explain_all;
mod history;
mod plans;
mod worked;
