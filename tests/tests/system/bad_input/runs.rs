//! Runs that have no outcome: a policy misbehaves on the figures, or the figures don't fit.

use super::desk::{self, Desk};
use super::guests::{self, component};
use std::fmt::Write as _;

/// A desk whose plan pays by this guest.
fn desk_of(guest: &str) -> Desk {
    let desk = Desk::with_figures();
    desk.attain.write("guest.wasm", component(guest));
    desk.attain.ok(["policy", "publish", "guest.wasm"]);
    desk.attain.write("sales.toml", guests::PLAN);
    desk.attain.ok(["plan", "publish", "sales.toml"]);
    desk
}

/// The run fails: exit code 1, and no run is kept.
#[track_caller]
fn fails(guest: &str, says: &str) {
    desk_of(guest).ends(&["run", "sales", "--period", "2017-Q1"], 1, says);
}

#[test]
fn a_policy_that_traps_ends_the_run() {
    fails(
        "divides_by_zero",
        "step `commission`: `evaluate` divided an integer by zero; use the SDK's division, which gives no value there (in `evaluate`)",
    );
}

#[test]
fn a_policy_that_panics_ends_the_run_with_its_function() {
    fails(
        "gives_up",
        "step `commission`: `evaluate` gave up (a panic, an `unwrap` or an index out of range); return an error that names the row instead (in `pay_of_nobody`)",
    );
}

#[test]
fn a_policy_that_loops_is_stopped_by_its_fuel() {
    fails(
        "spins",
        "step `commission`: `evaluate` used up its fuel: 50300000 allowed for 3 rows; look for an endless loop, or for work that grows faster than the rows",
    );
}

#[test]
fn a_policy_that_hoards_memory_is_stopped() {
    let desk = desk_of("hoards");
    let mut people = String::from("participant,revenue:money:2\n");
    (0..2_000).for_each(|n| writeln!(people, "P{n:04},1.00").unwrap());
    desk.attain.write("people.csv", people);
    desk.attain.ok(["snapshot", "import", "people.csv", "--period", "2017-Q1"]);
    desk.ends(&["run", "sales", "--period", "2017-Q1"], 1, "step `commission`: `evaluate` asked for 131268608 bytes of memory, at most 71204864 are allowed for 2000 rows; keep less at once, or free it earlier");
}

#[test]
fn a_policy_that_gives_a_column_of_wrong_length_is_refused() {
    fails("gives_too_few", "step `commission`: output `commission` has 2 values, expected 3: a value a row");
}

#[test]
fn a_policy_that_gives_more_than_fits_is_refused() {
    fails(
        "lies_about_length",
        "step `commission`: `evaluate` doesn't pass lists and texts as the contract says: list pointer/length out of bounds of memory; build the component with this host's SDK",
    );
}

#[test]
fn a_policy_that_refuses_a_row_names_the_participant() {
    fails(
        "fails",
        "step `commission`, participant `Bo`: the policy gave no result: `tiers[1].from`: 目标 is missing ",
    );
}

#[test]
fn a_number_too_large_to_be_computed_with_names_the_participant() {
    let desk = Desk::with_plan();
    desk.attain.write("people.csv", "participant,revenue:money:2\nAnna,1.00\nBo,92233720368547758.07\n");
    desk.attain.ok(["snapshot", "import", "people.csv", "--period", "2017-Q1"]);
    desk.attain.write("quotas.csv", "participant,metric,target:money:2\nBo,revenue,0.01\n");
    desk.attain.ok(["target", "import", "quotas.csv", "--period", "2017-Q1"]);
    desk.ends(&["run", "sales", "--period", "2017-Q1"], 1, "step `commission`, participant `Bo`: the policy gave no result: a number is too large to be computed with; look for figures or parameters with too many digits");
}

#[test]
fn a_run_needs_the_figures_of_its_period() {
    Desk::with_plan().refuses(&["run", "sales", "--period", "2017-Q2"], "there is no snapshot with people for period `2017-Q2`; import one: attain snapshot import FILE --period 2017-Q2");
}

#[test]
fn a_population_that_covers_nobody_is_refused_with_what_there_is() {
    let desk = Desk::with_plan();
    let publish = |population: &str| {
        let plan = desk::PLAN.replace("[[step]]", &format!("[population]\nwhere = {population}\n\n[[step]]"));
        desk.attain.write("sales.toml", plan);
        desk.attain.ok(["plan", "publish", "sales.toml"]);
    };
    publish("{ team = \"north\" }");
    desk.refuses(
        &["run", "sales", "--period", "2017-Q1"],
        "population.where.team: nobody in `people` has `team` `north`; there is `North`, `South`; did you mean `North`?",
    );
    publish("{ participant = [\"Anna\", \"Cem\"], team = \"South\" }");
    desk.refuses(
        &["run", "sales", "--period", "2017-Q1"],
        "population.where: somebody in `people` has each of `participant`, `team` as asked, but nobody has all of them; \
         where the rest holds, `participant` is `Bo`; where the rest holds, `team` is `North`",
    );
}

#[test]
fn columns_that_a_period_lacks_or_has_otherwise_are_all_named() {
    let desk = Desk::with_plan();
    desk.attain.write("people.csv", "participant,revenu:money:2\nAnna,1.00\n");
    desk.attain.ok(["snapshot", "import", "people.csv", "--period", "2017-Q2"]);
    desk.refuses(&["run", "sales", "--period", "2017-Q2"], "step[0].inputs.credit: `people` has no column `revenue`; did you mean `revenu`?\n\
         step[0].inputs.target: there are no targets for `revenue`; import them: attain target import FILE --period 2017-Q2");
    desk.attain.write("people.csv", "participant,revenue:money:3\nAnna,1.005\n");
    desk.attain.ok(["snapshot", "import", "people.csv", "--period", "2017-Q3"]);
    desk.attain.write("quotas.csv", "participant,metric,target:money:2\nAnna,sales,0.01\n");
    desk.attain.ok(["target", "import", "quotas.csv", "--period", "2017-Q3"]);
    desk.refuses(&["run", "sales", "--period", "2017-Q3"], "step[0].inputs.credit: `revenue` has 3 decimals and input `credit` takes 2; digits would be lost; bind another column, or import this one as money with 2 decimals\n\
         step[0].inputs.target: there is no target for metric `revenue`; there is `sales`");
}

#[test]
fn a_period_of_another_kind_or_before_the_plan_starts_is_refused() {
    let desk = Desk::with_plan();
    desk.refuses(
        &["run", "sales", "--period", "2017-02"],
        "period: `2017-02` is a month, but plan `sales` pays by the quarter; say such as `2017-Q1`",
    );
    desk.refuses(&["run", "sales", "--period", "2016-Q4"], "period: plan `sales` starts with `2017-Q1`, and `2016-Q4` is before that; run a later period, or publish the plan with an earlier start");
}
