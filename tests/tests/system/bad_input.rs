//! Goal: whoever hands in something that can't be taken reads where it is (file, row, column, field), what stands
//! there, what was expected and what to do next; the exit code says whose turn it is; and nothing was stored.
//!
//! Method: the real command on a company at work. Whole texts are compared, and everything that the host keeps is
//! listed before and after.

mod components;
mod desk;
mod files;
mod guests;
mod http;
mod mappings;
mod names;
mod plans;
mod recipes;
mod runs;
mod targets;
