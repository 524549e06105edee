//! The neighbour that does its worst: code that behaves when it is tried and not when it counts, and components that
//! are dear to compile.

use std::fmt::Write as _;

/// A credit at which its policies begin to misbehave: nothing that they are tried with has it.
pub const SIGNAL: &str = "7654321.09";

/// Loops for ever.
const SPINS: &str = "(loop $for_ever (br $for_ever))";

/// Takes all memory that it may have, and writes all of it again and again.
const THRASHES: &str = "
    (local.set $in (memory.grow (i32.const 960)))
    (loop $for_ever
      (memory.fill (i32.const 131072) (local.get $end) (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 131072)))
      (br $for_ever))";

/// A policy that pays like any other until somebody has the signal.
fn sleeper(name: &str, wakes: &str) -> Vec<u8> {
    let evaluate = "(func $behaves (type $evaluate)";
    let usual = attain_guests::part("evaluate").replacen("(func $evaluate (type $evaluate)", evaluate, 1);
    let signal: i64 = SIGNAL.replace('.', "").parse().unwrap_or_default();
    let guest = format!(
        "{usual}
        (func $evaluate (type $evaluate)
          (local $in i32) (local $end i32) (local $at i32)
          (local.set $in (i32.load (local.get 10)))
          (local.set $end (i32.shl (local.get 9) (i32.const 3)))
          (block $asleep
            (loop $next
              (br_if $asleep (i32.ge_u (local.get $at) (local.get $end)))
              (if (i64.eq (i64.load (i32.add (local.get $in) (local.get $at))) (i64.const {signal}))
                (then {wakes}))
              (local.set $at (i32.add (local.get $at) (i32.const 8)))
              (br $next)))
          (call $behaves {arguments}))",
        arguments = (0..16).map(|at| format!("(local.get {at})")).collect::<String>()
    );
    attain_guests::component(&guest, &attain_guests::manifest(name), attain_guests::BINDING)
}

/// Policies by name that misbehave when they meet the signal.
pub fn sleepers() -> [(&'static str, Vec<u8>); 2] {
    [("spins", sleeper("spins", SPINS)), ("thrashes", sleeper("thrashes", THRASHES))]
}

/// A component that passes every check of its structure and takes the compiler as long as it can.
pub fn bomb() -> Vec<u8> {
    let mut text = "(component (core module".to_owned();
    for _ in 0..6_000 {
        text.push_str("(func (param i64 i64) (result i64) (local i64) local.get 0 ");
        for n in 0..40 {
            _ = write!(
                text,
                "local.get 1 i64.const {n} i64.add local.tee 2 i64.mul local.get 2 i64.xor local.tee 0 "
            );
        }
        text.push(')');
    }
    text.push_str("))");
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}"))
}
