//! Components that can't be published.

use super::desk::Desk;
use super::guests::component;

#[track_caller]
fn refuses(desk: &Desk, bytes: impl AsRef<[u8]>, says: &str) {
    desk.attain.write("pay.wasm", bytes);
    desk.refuses(&["policy", "publish", "pay.wasm"], says);
}

#[test]
fn a_text_is_no_component() {
    refuses(
        &Desk::with_figures(),
        "participant,team\n",
        "`pay.wasm`: this is not a WebAssembly component but a text file; `attain policy build` makes one",
    );
}

#[test]
fn a_core_module_is_no_component() {
    refuses(
        &Desk::with_figures(),
        wat::parse_str("(module)").unwrap(),
        "`pay.wasm`: this is a core module, not a component; `attain policy build` makes a component of it",
    );
}

#[test]
fn a_truncated_component_is_called_so() {
    let whole = component("commission");
    refuses(
        &Desk::with_figures(),
        &whole[..whole.len() / 2],
        "`pay.wasm`: the component ends in the middle: it has 1903 bytes and more must follow; copy or build it again",
    );
}

#[test]
fn a_component_of_another_contract_is_told_which_one_is_spoken_here() {
    refuses(
        &Desk::with_figures(),
        component("speaks_another_version"),
        "`pay.wasm`: the component doesn't speak the contract: it exports `attain:policy/rules@2.0.0`, this host speaks `attain:policy/rules@1.0.0`; build it with this host's SDK",
    );
}

#[test]
fn a_component_that_lacks_a_function_is_told_which() {
    refuses(
        &Desk::with_figures(),
        component("lacks_explain"),
        "`pay.wasm`: the component doesn't speak the contract: its `attain:policy/rules@1.0.0` has no function `explain`; build it with this host's SDK",
    );
}

#[test]
fn a_component_with_imports_is_told_what_it_needs() {
    refuses(
        &Desk::with_figures(),
        component("wants_the_clock"),
        "`pay.wasm`: the component needs `wasi:clocks/wall-clock@0.2.6`, but a policy gets nothing from outside: no clock, files, network or randomness; build for `wasm32-unknown-unknown` without WASI, and take what it needs as an input or a parameter",
    );
}

#[test]
fn a_component_with_floats_is_told_where() {
    refuses(
        &Desk::with_figures(),
        component("counts_in_floats"),
        "`pay.wasm`: the component uses floating point, in a declaration at byte 78; a policy counts in exact decimals: use the SDK's numbers, and no crate that reads or prints `f64` (such as serde_json)",
    );
}

#[test]
fn a_component_that_gives_up_describing_itself_is_refused() {
    refuses(
        &Desk::with_figures(),
        component("gives_up_describing"),
        "`pay.wasm`: `describe` gave up (a panic, an `unwrap` or an index out of range); return an error that names the row instead (in `describe`)",
    );
}

#[test]
fn a_component_that_describes_itself_differently_each_time_is_refused() {
    refuses(
        &Desk::with_figures(),
        component("changes_its_mind"),
        "`pay.wasm`: `describe` gave two different texts for the same question; a policy must not remember earlier calls",
    );
}
