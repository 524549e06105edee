//! Goal: bindings read what they say: earlier periods' official runs, earlier steps, sums over people,
//! constants; and plans hold from their first period on.
//! Method: `tiered-commission` with a single rate of 1 pays its credit unchanged, so a step shows its input.

use attain_tests::{Attain, csv_rows};
use std::collections::BTreeMap;

/// A step that pays what it reads, for people to look at.
fn shows(name: &str, source: &str) -> String {
    format!(
        "[[step]]\nname = \"{name}\"\npolicy = \"tiered-commission@1\"\ninputs = {{ credit = \"{source}\" }}\noutputs = {{ commission = \"info\" }}\n\
         params = {{ thresholds = \"amount\", tiers = [{{ from = \"0\", rate = \"1\" }}] }}\n\n"
    )
}

/// The first step, which pays a tenth of revenue.
const PAYS: &str = "[[step]]\nname = \"commission\"\npolicy = \"tiered-commission@1\"\ninputs = { credit = \"revenue\" }\n\
    params = { thresholds = \"amount\", tiers = [{ from = \"0\", rate = \"0.1\" }] }\n\n";

fn head(name: &str, starts: &str) -> String {
    format!("plan = \"{name}\"\nperiod = \"month\"\nstarts = \"{starts}\"\n\n")
}

fn import(attain: &Attain, month: &str, rows: &str) {
    let file = attain.write(&format!("{month}.csv"), format!("participant,manager,revenue:money:2\n{rows}"));
    attain.ok(["snapshot", "import", file.to_str().unwrap(), "--period", month]);
}

fn publish(attain: &Attain, text: &str) {
    let file = attain.write("plan.toml", text);
    attain.ok(["plan", "publish", file.to_str().unwrap()]);
}

/// An outcome by participant; `-` where there is no value.
fn run(attain: &Attain, plan: &str, month: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let out = attain.ok(["run", plan, "--period", month, "--format", "csv"]);
    csv_rows(&out).into_iter().map(|row| (row["participant"].clone(), row)).collect()
}

#[test]
fn history_is_of_official_runs_and_their_figures() {
    let attain = Attain::with_policies(&["tiered-commission"]);
    import(&attain, "2025-11", "ann,bob,50\nbob,,5\n");
    import(&attain, "2026-01", "ann,bob,100\nbob,,10\n");
    import(&attain, "2026-02", "ann,bob,200\nbob,,20\ncai,bob,2000\n");
    import(&attain, "2026-03", "ann,bob,400\ncai,bob,4000\n");
    let sources = [
        ("year", "ytd(revenue)"),
        ("before", "ytd_before(commission.commission)"),
        ("year-paid", "ytd(commission.commission)"),
        ("two", "trailing(revenue, 2)"),
        ("team", "sum(commission.commission by manager)"),
        ("fixed", "12.34"),
    ];
    let steps: String = sources.iter().map(|(name, source)| shows(name, source)).collect();
    publish(&attain, &format!("{}{PAYS}{steps}", head("pay", "2025-11")));
    for month in ["2025-11", "2026-01"] {
        run(&attain, "pay", month);
        attain.ok(["approve", &format!("pay/{month}")]);
    }
    // February is run, but not approved: March doesn't see it.
    run(&attain, "pay", "2026-02");

    let march = run(&attain, "pay", "2026-03");
    let cell = |who: &str, step: &str| march[who][&format!("{step}.commission")].clone();

    assert_eq!(march["ann"]["payout"], "40.00");
    assert_eq!(
        [cell("ann", "year"), cell("cai", "year")],
        ["500.00", "4000.00"],
        "this year's January and March"
    );
    assert_eq!([cell("ann", "before"), cell("ann", "year-paid")], ["10.00", "50.00"]);
    assert_eq!(cell("ann", "two"), "400.00", "February has no official run");
    assert_eq!(cell("ann", "fixed"), "12.34");
    let id = |plan: &str| attain.json(["run", plan, "--period", "2026-03"])["id"].clone();
    let before = id("pay");
    attain.ok(["approve", "pay/2026-02"]);
    assert_ne!(id("pay"), before, "what a run looked back at is pinned: another official run is another run");

    let march = run(&attain, "pay", "2026-03");
    let cell = |who: &str, step: &str| march[who][&format!("{step}.commission")].clone();
    assert_eq!([cell("ann", "year"), cell("ann", "two")], ["700.00", "600.00"]);
    assert_eq!([cell("cai", "before"), cell("cai", "year-paid")], ["200.00", "600.00"]);
    attain.ok(["replay", "pay/2026-03", "--threads", "1", "--batch", "1"]);
    attain.ok(["replay", &before.as_str().unwrap()[..12]]);
}

#[test]
fn a_carry_is_what_the_same_step_gave_in_the_period_before() {
    let attain = Attain::with_policies(&["tiered-commission"]);
    let carries = "[[step]]\nname = \"saved\"\npolicy = \"tiered-commission@1\"\n\
        inputs = { credit = \"revenue\", credit_to_date = \"carry(commission)\" }\n\
        outputs = { commission = \"carry\" }\n\
        params = { counts = \"to-date\", thresholds = \"amount\", tiers = [{ from = \"0\", rate = \"0.5\" }] }\n";
    publish(&attain, &format!("{}{carries}", head("pay", "2026-01")));
    for (month, revenue) in [("2026-01", 100), ("2026-02", 30)] {
        import(&attain, month, &format!("ann,bob,{revenue}\n"));
    }

    let january = run(&attain, "pay", "2026-01");
    attain.ok(["approve", "pay/2026-01"]);
    let february = run(&attain, "pay", "2026-02");

    // January: half of 100.00. February's year so far is what January gave, 50.00, of which 30.00 are new: half
    // of them.
    assert_eq!(january["ann"]["saved.commission"], "50.00");
    assert_eq!(february["ann"]["saved.commission"], "15.00");
    assert_eq!(february["ann"]["payout"], "0.00", "a carry isn't paid");
    attain.ok(["replay", "pay/2026-02"]);
    assert_eq!(
        attain.json(["explain", "pay/2026-02", "ann"])["rows"][0]["steps"][0]["outputs"][0]["value"],
        "15.00"
    );
}

#[test]
fn a_run_tells_which_earlier_periods_are_not_approved() {
    let attain = Attain::with_policies(&["tiered-commission"]);
    let carries = "[[step]]\nname = \"saved\"\npolicy = \"tiered-commission@1\"\n\
        inputs = { credit = \"revenue\", credit_to_date = \"carry(commission)\" }\n\
        outputs = { commission = \"carry\" }\n\
        params = { counts = \"to-date\", thresholds = \"amount\", tiers = [{ from = \"0\", rate = \"0.5\" }] }\n";
    publish(&attain, &format!("{}{carries}", head("pay", "2026-01")));
    for month in ["2026-01", "2026-02"] {
        import(&attain, month, "ann,bob,100\n");
    }

    let january = attain.json(["run", "pay", "--period", "2026-01"]);
    let february = attain.json(["run", "pay", "--period", "2026-02"]);
    let told = attain.ok(["run", "pay", "--period", "2026-02"]);
    attain.ok(["approve", "pay/2026-01"]);
    let after = attain.json(["run", "pay", "--period", "2026-02"]);

    assert_eq!(january.get("notices"), None);
    assert_eq!(february["notices"][0]["code"], "unapproved");
    let note = "note: this plan looks back at 2026-01, run but not approved, so nothing of it counts here; \
        approve it and run again: attain approve pay/2026-01";
    assert!(told.contains(note), "{told}");
    assert_eq!(after.get("notices"), None);
    assert_ne!(after["id"], february["id"], "another run: it looks back at January");
}

#[test]
fn a_missing_history_is_no_value_and_is_refused_by_name_where_a_value_is_needed() {
    let attain = Attain::with_policies(&["tiered-commission"]);
    import(&attain, "2026-01", "ann,bob,100\n");
    publish(&attain, &format!("{}{}", head("pay", "2026-01"), shows("last", "prior(revenue, 1)")));

    let answer = attain.run(["run", "pay", "--period", "2026-01"]);

    assert_eq!(answer.code, 1, "{}", answer.err);
    assert!(answer.err.contains("step `last`, participant `ann`"), "{}", answer.err);
    assert!(answer.err.contains("`credit`"), "{}", answer.err);
    assert_eq!(attain.json(["snapshot", "list"])["snapshots"].as_array().unwrap().len(), 1);
}

#[test]
fn sums_over_people_reach_those_they_belong_to() {
    let attain = Attain::with_policies(&["tiered-commission"]);
    import(&attain, "2026-01", "ann,bob,100\nbob,dee,10\ncai,bob,1000\ndee,,1\n");
    let gate = "[[step]]\nname = \"override\"\npolicy = \"tiered-commission@1\"\n\
        inputs = { credit = \"revenue\", credit_to_date = \"sum(commission.commission by manager)\" }\n\
        params = { counts = \"to-date\", thresholds = \"amount\", tiers = [{ from = \"0\", rate = \"0\" }, { from = \"50\", rate = \"1\" }] }\n";
    publish(&attain, &format!("{}{PAYS}{gate}", head("pay", "2026-01")));

    let answer = attain.json(["plan", "show", "pay"]);
    assert_eq!(answer["version"], 1);
    let out = run(&attain, "pay", "2026-01");

    // Below bob: 10.00 of ann's and 100.00 of cai's.
    assert_eq!(out["bob"]["override.tier"], "2");
    assert_eq!(out["dee"]["override.tier"], "1");
}

#[test]
fn a_later_version_holds_from_its_first_period_on() {
    let attain = Attain::with_policies(&["tiered-commission"]);
    for month in ["2026-01", "2026-02"] {
        import(&attain, month, "ann,bob,100\n");
    }
    publish(&attain, &format!("{}{PAYS}", head("pay", "2026-01")));
    publish(&attain, &format!("{}{}", head("pay", "2026-02"), PAYS.replace("0.1", "0.2")));

    assert_eq!(run(&attain, "pay", "2026-01")["ann"]["payout"], "10.00");
    assert_eq!(run(&attain, "pay", "2026-02")["ann"]["payout"], "20.00");
    let answer = attain.run(["run", "pay", "--period", "2025-12"]);
    assert_eq!(answer.code, 3);
    assert_eq!(
        answer.err.trim(),
        "error: period: plan `pay` starts with `2026-01`, and `2025-12` is before that; run a later period, or publish the plan with an earlier start"
    );
}

#[test]
fn a_plan_covers_its_population_and_two_assignments_are_two_rows() {
    let attain = Attain::with_policies(&["tiered-commission"]);
    let rows = "ann,rep,2026-01-01,2026-01-10,100\nann,rep,2026-01-11,,200\nbob,boss,,,500\ncai,rep,,,1\n";
    let file = attain.write("people.csv", format!("participant,role,from,to,revenue:money:2\n{rows}"));
    attain.ok(["snapshot", "import", file.to_str().unwrap(), "--period", "2026-01"]);
    publish(
        &attain,
        &format!("{}[population]\nwhere = {{ role = \"rep\" }}\n\n{PAYS}", head("pay", "2026-01")),
    );

    let out = csv_rows(&attain.ok(["run", "pay", "--period", "2026-01", "--format", "csv"]));

    let paid: Vec<(&str, &str)> =
        out.iter().map(|row| (row["participant"].as_str(), row["payout"].as_str())).collect();
    assert_eq!(paid, [("ann", "10.00"), ("ann", "20.00"), ("cai", "0.10")]);
    let statement = attain.json(["explain", "pay/2026-01", "ann"]);
    assert_eq!(statement["payout"], "30.00");
    assert_eq!(statement["rows"].as_array().unwrap().len(), 2);
    assert_eq!(attain.json(["run", "pay", "--period", "2026-01"])["participants"], 2);

    let two = "[population]\nwhere = { role = [\"rep\", \"bos\"] }\n\n";
    publish(&attain, &format!("{}{two}{PAYS}", head("other", "2026-01")));
    assert_eq!(
        attain.json(["run", "other", "--period", "2026-01"])["notices"],
        serde_json::json!([{
            "code": "unmatched",
            "message": "population.where.role: nobody in `people` has `role` `bos`; there is `boss`, `rep`; did you mean `boss`?",
        }])
    );
}

#[test]
fn an_example_may_show_who_is_not_covered() {
    let attain = Attain::with_policies(&["tiered-commission"]);
    let example = |payouts: &str| {
        format!(
            "{}[population]\nwhere = {{ role = \"rep\" }}\n\n{PAYS}[[example]]\ndoc = \"who is paid\"\n\
             people = {{ participant = [\"ann\", \"bob\", \"cai\"], role = [\"rep\", \"boss\", \"rep\"], revenue = [\"10.00\", \"20.00\", \"30.00\"] }}\n\
             expect = {{ payout = [{payouts}] }}\n",
            head("pay", "2026-01")
        )
    };
    publish(&attain, &example("\"1.00\", \"\", \"3.00\""));
    let nobody =
        example("\"\", \"\", \"\"").replace("[\"rep\", \"boss\", \"rep\"]", "[\"boss\", \"boss\", \"boss\"]");
    publish(&attain, &nobody.replace("starts = \"2026-01\"", "starts = \"2026-02\""));
}

#[test]
fn a_plan_with_an_example_that_fails_is_not_published() {
    let attain = Attain::with_policies(&["tiered-commission"]);
    let example = |payout: &str| {
        format!(
            "{}{PAYS}[[example]]\ndoc = \"a tenth\"\npeople = {{ participant = [\"zed\", \"amy\"], revenue = [\"10.00\", \"5.00\"] }}\n\
             expect = {{ payout = [\"{payout}\", \"0.50\"] }}\n",
            head("pay", "2026-01")
        )
    };
    let file = attain.write("plan.toml", example("1.01"));

    let answer = attain.run(["plan", "publish", file.to_str().unwrap()]);

    assert_eq!(answer.code, 3);
    assert_eq!(
        answer.err.trim(),
        "error: `plan.toml`, example[0].expect.payout[0]: `zed` gets `1.00`, and the example says `1.01`"
    );
    assert_eq!(attain.json(["plan", "list"])["plans"].as_array().unwrap().len(), 0);
    publish(&attain, &example("1.00"));
}

/// What is carried is nobody's loss: not by a month that wasn't run, not by having been away, not by a second row.
#[test]
fn a_balance_waits_for_whoever_was_away_and_is_there_once() {
    let attain = Attain::with_policies(&["draw"]);
    let plan = "plan = \"draws\"\nperiod = \"month\"\nstarts = \"2026-01\"\n\n[[step]]\nname = \"draw\"\npolicy = \"draw@1\"\n\
        inputs = { earned = \"revenue\", balance = \"carry(balance)\" }\nparams = { draw = \"100\", recovery = \"above-draw\" }\n";
    let file = attain.write("plan.toml", plan);
    let months = |month: &str, rows: &str| {
        let file =
            attain.write(&format!("{month}.csv"), format!("participant,from:date,revenue:money:2\n{rows}"));
        attain.ok(["snapshot", "import", file.to_str().unwrap(), "--period", month]);
        if month == "2026-01" {
            attain.ok(["plan", "publish", attain.folder().join("plan.toml").to_str().unwrap()]);
        }
        let rows = csv_rows(&attain.ok(["run", "draws", "--period", month, "--format", "csv"]));
        attain.ok(["approve", &format!("draws/{month}")]);
        rows.into_iter()
            .map(|row| format!("{} {} {}", row["participant"], row["payout"], row["draw.balance"]))
            .collect::<Vec<_>>()
    };
    assert!(file.exists());
    assert_eq!(months("2026-01", "ann,,40\nbob,,70\n"), ["ann 100.00 60.00", "bob 100.00 30.00"]);
    // bob is away, and March isn't run at all.
    assert_eq!(months("2026-02", "ann,,90\n"), ["ann 100.00 70.00"]);
    // bob is back with two assignments: what he owes is in the first, and each may draw.
    assert_eq!(
        months("2026-04", "ann,,150\nbob,2026-04-01,120\nbob,2026-04-16,200\n"),
        ["ann 100.00 20.00", "bob 100.00 10.00", "bob 200.00 0.00"]
    );
    // Each month is what it was when it is computed again, alone.
    for month in ["2026-04", "2026-02", "2026-01"] {
        attain.ok(["replay", &format!("draws/{month}")]);
    }
    assert_eq!(months("2026-05", "ann,,100\nbob,,100\n"), ["ann 100.00 20.00", "bob 100.00 10.00"]);
}
