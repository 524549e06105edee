//! A small ordered key-value store: sled behind a guard, and memory.
