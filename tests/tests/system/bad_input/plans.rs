//! Plans that can't be published.

use super::desk::{Desk, PLAN};

fn desk() -> Desk {
    Desk::with(&["tiered-commission"])
}

/// Refuses the good plan with one thing changed.
#[track_caller]
fn refuses(desk: &Desk, good: &str, bad: &str, says: &str) {
    let plan = PLAN.replace(good, bad);
    assert_ne!(plan, PLAN, "nothing was changed");
    desk.attain.write("plan.toml", plan);
    desk.refuses(&["plan", "publish", "plan.toml"], says);
}

#[test]
fn a_policy_that_is_not_there_is_told_the_nearest() {
    let desk = desk();
    refuses(
        &desk,
        "tiered-commission@1",
        "teired-commission@1",
        "`plan.toml`, step[0].policy: there is no policy `teired-commission@1`; did you mean `tiered-commission@1.0.0`?",
    );
    refuses(
        &desk,
        "tiered-commission@1",
        "tiered-commission@2",
        "`plan.toml`, step[0].policy: there is no policy `tiered-commission@2`; did you mean `tiered-commission@1.0.0`?",
    );
    refuses(
        &desk,
        "tiered-commission@1",
        "tiered-commission",
        "`plan.toml`, step[0].policy: `tiered-commission` names no version, expected such as `tiered-commission@1` or a digest",
    );
}

#[test]
fn a_column_that_is_not_there_is_told_the_nearest() {
    let desk = desk();
    refuses(
        &desk,
        "\"revenue\"",
        "\"revenu\"",
        "`plan.toml`, step[0].inputs.credit: `people` has no column `revenu`; did you mean `revenue`?",
    );
    refuses(
        &desk,
        "credit = \"revenue\", ",
        "",
        "`plan.toml`, step[0].inputs.credit: `people` has no column `credit`; there is `participant`, `team`, `revenue`, `deals`, `hired`; bind it: inputs = { credit = \"...\" }",
    );
    refuses(
        &desk,
        "credit = ",
        "credits = ",
        "`plan.toml`, step[0].inputs.credits: with these parameters the policy has no input `credits`; did you mean `credit`?\n\
         `plan.toml`, step[0].inputs.credit: `people` has no column `credit`; there is `participant`, `team`, `revenue`, `deals`, `hired`; bind it: inputs = { credit = \"...\" }",
    );
}

#[test]
fn a_target_that_is_not_there_is_told_the_nearest() {
    refuses(
        &desk(),
        "target.revenue",
        "target.revenu",
        "`plan.toml`, step[0].inputs.target: there is no target for metric `revenu`; did you mean `revenue`?",
    );
}

#[test]
fn steps_and_outputs_that_are_not_there_are_told_the_nearest_all_at_once() {
    let more = |name: &str, credit: &str| {
        format!(
            "\n[[step]]\nname = \"{name}\"\npolicy = \"tiered-commission@1\"\ninputs = {{ credit = \"{credit}\", target = \"target.revenue\" }}\nparams = {{ tiers = [ {{ from = \"0\", rate = \"0.02\" }} ] }}\n"
        )
    };
    let desk = desk();
    let plan = format!(
        "{PLAN}{}{}{}{}",
        more("second", "comission.commission"),
        more("third", "commission.comission"),
        more("fourth", "fifth.commission"),
        more("fifth", "revenue"),
    );
    desk.attain.write("plan.toml", plan);
    desk.refuses(&["plan", "publish", "plan.toml"], "`plan.toml`, step[1].inputs.credit: there is no step `comission`; did you mean `commission`?\n\
         `plan.toml`, step[2].inputs.credit: step `commission` gives no `comission`; did you mean `commission`?\n\
         `plan.toml`, step[3].inputs.credit: step `fifth` runs after `fourth`; a step reads earlier ones, so move it up");
    refuses(
        &desk,
        "[step.params]",
        "outputs = { comission = \"info\" }\n[step.params]",
        "`plan.toml`, step[0].outputs.comission: with these parameters the policy has no output `comission`; did you mean `commission`?",
    );
}

#[test]
fn a_unit_that_does_not_fit_is_told_what_does() {
    let desk = desk();
    refuses(
        &desk,
        "\"revenue\"",
        "\"deals\"",
        "`plan.toml`, step[0].inputs.credit: `deals` is count, and input `credit` asks for money with 2 decimals; bind a column that fits, such as `revenue`",
    );
    refuses(
        &desk,
        "\"revenue\"",
        "\"team\"",
        "`plan.toml`, step[0].inputs.credit: `team` is text, and input `credit` asks for money with 2 decimals; bind a column that fits, such as `revenue`",
    );
}

#[test]
fn decimals_that_would_be_lost_are_refused() {
    let desk = desk();
    desk.attain.write("people.csv", "participant,revenue:money:2,fine:money:4\nAnna,1.00,0.0001\n");
    desk.attain.ok(["snapshot", "import", "people.csv", "--period", "2017-Q1"]);
    refuses(
        &desk,
        "\"revenue\"",
        "\"fine\"",
        "`plan.toml`, step[0].inputs.credit: `fine` has 4 decimals and input `credit` takes 2; digits would be lost; bind a column that fits, such as `revenue`",
    );
    refuses(
        &desk,
        "\"revenue\"",
        "\"1.005\"",
        "`plan.toml`, step[0].inputs.credit: `1.005` has more than 2 decimals, and input `credit` asks for money with 2 decimals; write another number",
    );
}

#[test]
fn all_parameters_that_the_policy_refuses_come_with_their_paths() {
    let tiers = PLAN.lines().last().unwrap();
    let bad = "tiers = [ { from = \"0\", rate = \"9%\" }, { from = \"-1.0\", rate = 0.09 } ]\ncap = \"-5\"\nmode = \"marginall\"\nedge = 3";
    let desk = desk();
    refuses(
        &desk,
        tiers,
        bad,
        "`plan.toml`, step[0].params.tiers[0].rate: `9%` is not a decimal, expected digits and at most one point, such as \"0.5\"\n\
         `plan.toml`, step[0].params.tiers[1].from: `from` is below 0, the least it may be\n\
         `plan.toml`, step[0].params.tiers[1].rate: `0.09` is a number with a fraction: write a decimal as a string, such as \"0.5\"\n\
         `plan.toml`, step[0].params.mode: `marginall` is not a choice here; did you mean `marginal`?\n\
         `plan.toml`, step[0].params.edge: `3`, a number, expected one of `higher`, `lower`\n\
         `plan.toml`, step[0].params.cap: `cap` is below 0, the least it may be",
    );
    refuses(
        &desk,
        "tiers = ",
        "teirs = ",
        "`plan.toml`, step[0].params.teirs: unknown field `teirs`; did you mean `tiers`?\n\
         `plan.toml`, step[0].params.tiers: the field `tiers` is missing",
    );
}

#[test]
fn a_start_that_is_no_period_of_the_plan_is_refused() {
    let desk = desk();
    refuses(
        &desk,
        "2017-Q1",
        "2017-01",
        "`plan.toml`, starts: `2017-01` is a month, but the plan's period is a quarter; write the quarter that it starts with",
    );
    refuses(
        &desk,
        "2017-Q1",
        "2017-Q7",
        "`plan.toml`, line 3: `2017-Q7` is not a period, expected a day `2025-11-22`, week `2025-W47`, month `2025-11`, quarter `2025-Q4` or year `2025`, from 1900 to 2999",
    );
}

#[test]
fn keys_and_choices_that_are_not_known_are_told_the_nearest() {
    let desk = desk();
    refuses(
        &desk,
        "period = ",
        "perid = ",
        "`plan.toml`, line 2: `perid` is not a key that is known here; did you mean `period`?",
    );
    refuses(
        &desk,
        "\"quarter\"",
        "\"quater\"",
        "`plan.toml`, line 2: `quater` is not a choice here; did you mean `quarter`?",
    );
    refuses(&desk, "plan   = \"sales\"\n", "", "`plan.toml`, line 1: the key `plan` is missing");
    refuses(
        &desk,
        "[step.params]",
        "outputs = { commission = \"payy\" }\n[step.params]",
        "`plan.toml`, line 9: `payy` is not a choice here; did you mean `pay`?",
    );
}

#[test]
fn a_binding_that_can_not_be_read_is_refused() {
    let desk = desk();
    refuses(
        &desk,
        "target.revenue",
        "ytdd(revenue)",
        "`plan.toml`, step[0].inputs.target: `ytdd` is not a function of a binding; did you mean `ytd`?",
    );
    refuses(
        &desk,
        "target.revenue",
        "ytd(revenue",
        "`plan.toml`, step[0].inputs.target: `ytd(revenue` has no closing bracket, expected `ytd(revenue)`",
    );
}

#[test]
fn an_output_that_can_not_be_paid_is_refused() {
    refuses(
        &desk(),
        "[step.params]",
        "outputs = { attainment = \"pay\" }\n[step.params]",
        "`plan.toml`, step[0].outputs.attainment: output `attainment` is ratio with 6 decimals, and what is paid in USD is money with 2 decimals; round it in the policy, or don't pay it",
    );
}

#[test]
fn a_population_by_a_column_that_is_none_is_refused() {
    let desk = desk();
    refuses(
        &desk,
        "\n[[step]]",
        "[population]\nwhere = { taem = \"North\" }\n[[step]]",
        "`plan.toml`, population.where.taem: `people` has no column `taem`; did you mean `team`?",
    );
    refuses(
        &desk,
        "\n[[step]]",
        "[population]\nwhere = { revenue = \"North\" }\n[[step]]",
        "`plan.toml`, population.where.revenue: `revenue` is money with 2 decimals, expected a text column: `participant`, `team`",
    );
}

#[test]
fn another_currency_than_the_figures_is_refused() {
    refuses(
        &desk(),
        "period = ",
        "currency = \"JPY\"\nperiod = ",
        "`plan.toml`, currency: the plan pays in JPY and the company's figures are in USD; convert the figures before they are imported and add the company in JPY",
    );
}

#[test]
fn a_file_that_is_no_plan_is_refused() {
    let desk = desk();
    desk.attain.write("plan.toml", "plan = \"sales\nperiod = \"quarter\"\n");
    desk.refuses(
        &["plan", "publish", "plan.toml"],
        "`plan.toml`, line 1: invalid basic string, expected `\"`",
    );
    desk.attain.write("plan.toml", b"plan = \"sales\"\ntitle = \"Verk\xE4ufe\"\n");
    desk.refuses(&["plan", "publish", "plan.toml"], "`plan.toml` is not UTF-8 in line 2; save it as UTF-8");
    desk.refuses(&["plan", "publish", "plam.toml"], "`plam.toml` isn't there; did you mean `plan.toml`?");
    desk.refuses(
        &["plan", "check", "nowhere/plan.toml"],
        "`nowhere/plan.toml` isn't there, nor is the folder `nowhere`; check the path",
    );
}
