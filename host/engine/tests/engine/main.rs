//! The engine against guests that behave and guests that don't: `tests/guests/*.wat`, one misbehaviour a file.
//!
//! A guest is written as the fields of a core module; what it doesn't define comes from `tests/guests/parts`.
//! The whole becomes a component the way a real policy does, by `wit-component` and the contract itself. A
//! file that begins with `(component` is taken as it is.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod calls;
mod guests;
mod hostile;
mod limits;
mod parallel;
mod probe;
mod publish;
mod real;
