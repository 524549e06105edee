//! Whole-system tests, a module a promise. They drive the commands; nothing here reaches inside.

mod bad_input;
mod crm;
mod determinism;
mod worked;
