//! The stable codes of policies' errors, once more: one that is new or renamed fails the oracle.

use attain_engine::{Blame, PolicyError};

/// Codes of what may be wrong with a component or with what it does. What is the host's fault isn't among them.
const KNOWN: [&str; 34] = [
    "too-large",
    "not-wasm",
    "core-module",
    "truncated",
    "invalid",
    "unsupported",
    "floats",
    "imports",
    "contract",
    "structure",
    "compile",
    "compile-limit",
    "manifest",
    "unsteady",
    "neighbours",
    "refused",
    "policy",
    "fuel",
    "memory",
    "table",
    "handles",
    "output-size",
    "stack",
    "unreachable",
    "divide-by-zero",
    "integer-overflow",
    "out-of-bounds",
    "bad-call",
    "trap",
    "malformed-list",
    "wrong-columns",
    "out-of-range",
    "integer-bits",
    "wrong-steps",
];

/// Panics unless the error has a known code, blames the policy, and is told in one line of bounded length.
pub(crate) fn check(error: &PolicyError) {
    let (code, text) = (error.code(), error.to_string());
    assert!(KNOWN.contains(&code), "unknown code `{code}`: {error:?}");
    assert_eq!(error.blame(), Blame::Policy, "{error:?}");
    assert!(text.len() <= 64 << 10, "{} bytes of message", text.len());
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "control characters in `{text:?}`");
}
