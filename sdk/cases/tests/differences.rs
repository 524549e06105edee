//! What a case says when it isn't so: the place, what was got, what was expected.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use attain_cases::{Batch, Case, Context, Failure, Native, Step, Subject, run};

mod policy {
    use attain_sdk::prelude::*;

    #[derive(Parameters)]
    struct Terms {
        rate: Ratio<2>,
    }

    #[derive(Inputs)]
    struct Row<'a> {
        credit: Money,
        #[expect(dead_code, reason = "it is only there to be bound")]
        region: Option<&'a str>,
    }

    #[derive(Outputs)]
    struct Earned {
        #[output(pay)]
        pay: Money,
    }

    #[derive(Rules)]
    enum Step {
        /// {credit} earns {pay}
        Rate { credit: Money, pay: Money },
    }

    #[policy(each, rules = Step)]
    fn rule(terms: &Terms, row: Row<'_>, why: &mut impl Why) -> Result<Earned> {
        let pay = row.credit * terms.rate;
        why.adds(Earned::PAY, pay, |pay| Step::Rate { credit: row.credit, pay });
        Ok(Earned { pay: pay.round(Round::HalfUp) })
    }
}

fn differences(case: &str, subject: &dyn Subject) -> Vec<String> {
    let case: Case = toml::from_str(case).expect("a case");
    run(&case, subject).into_iter().map(|difference| difference.0).collect()
}

#[track_caller]
fn check(case: &str, expected: &[&str]) {
    assert_eq!(differences(case, &Native::<policy::Policy>::new()), expected);
}

const TERMS: &str = "doc = \"\"\n[parameters]\nrate = \"0.05\"\n";

#[test]
fn a_case_that_is_so_has_no_difference() {
    check(
        &format!(
            "{TERMS}[in]\ncredit = [100, \"0\"]\n[out]\npay = [\"5.00\", 0]\n[[steps]]\nrule = \"rate\"\nvalues = {{ pay = 5 }}"
        ),
        &[],
    );
}

#[test]
fn a_wrong_cell_is_named_with_what_came_out() {
    check(
        &format!("{TERMS}[in]\ncredit = [100, 200]\n[out]\npay = [5, \"9.99\"]"),
        &["[out] pay row 1: got 10.00, expected 9.99"],
    );
    check(
        &format!("{TERMS}[in]\ncredit = [100]\n[out]\npay = [\"\"]"),
        &["[out] pay row 0: got 5.00, expected no value"],
    );
}

#[test]
fn a_case_that_does_not_fit_the_policy_says_what_does() {
    check(
        &format!("{TERMS}[in]\ncredit = [1]\nx = [1]"),
        &["[in] x: the policy reads no such input; it reads `credit`, `region`"],
    );
    check(
        &format!("{TERMS}[in]\nregion = [\"a\"]"),
        &["[in] credit: the policy needs this input with these parameters"],
    );
    check(
        &format!("{TERMS}[in]\ncredit = [\"1.234\"]"),
        &["[in] credit row 0: `1.234` is not a number with at most 2 decimals"],
    );
    check(
        &format!("{TERMS}[in]\ncredit = [1]\n[out]\npaid = [1]"),
        &["[out] paid: there is no such output; there is `pay`"],
    );
    check(
        &format!("{TERMS}[in]\ncredit = [1]\n[out]\npay = [1, 2]"),
        &["[out] pay: got 1 values, expected 2"],
    );
}

#[test]
fn wrong_steps_are_named() {
    let case = format!("{TERMS}[in]\ncredit = [100]\n[[steps]]\nrule = \"rate\"\n");
    check(&format!("{case}values = {{ pay = 6 }}"), &["[[steps]] row 0 rate pay: got 5.00, expected 6.00"]);
    check(
        &format!("{case}values = {{ paid = 6 }}"),
        &["[[steps]] row 0 rate paid: the rule shows no such number"],
    );
    check(
        &format!("{case}[[steps]]\nrule = \"rate\""),
        &["[[steps]] row 0: got \"rate\", expected \"rate, rate\""],
    );
}

#[test]
fn errors_must_be_those_that_are_expected() {
    let wrong = "doc = \"\"\n[parameters]\nrate = \"x\"\n";
    check(
        wrong,
        &[
            "[parameters] are refused: rate: `x` is not a decimal, expected digits and at most one point, such as \"0.5\" [not-a-decimal]",
        ],
    );
    check(&format!("{wrong}[[errors]]\ncode = \"not-a-decimal\"\nat = \"rate\""), &[]);
    check(
        &format!("{TERMS}[in]\ncredit = [1]\n[[errors]]\ncode = \"overflow\""),
        &["got a result, expected the error `overflow`"],
    );
    let other =
        differences(&format!("{wrong}[[errors]]\ncode = \"overflow\""), &Native::<policy::Policy>::new());
    assert_eq!(other.len(), 2, "{other:?}");
}

/// The policy, but its explanations forget a cent.
struct Forgetful(Native<policy::Policy>);

impl Subject for Forgetful {
    fn describe(&self) -> Result<String, String> {
        self.0.describe()
    }
    fn bind(&self, parameters: &str, context: &Context) -> Result<String, Vec<Failure>> {
        self.0.bind(parameters, context)
    }
    fn evaluate(&self, parameters: &str, context: &Context, batch: &Batch) -> Result<Vec<Vec<i64>>, Failure> {
        let mut columns = self.0.evaluate(parameters, context, batch)?;
        // More than one row: what a row gives depends on the others.
        if batch.rows > 1 {
            columns[0][0] += 1;
        }
        Ok(columns)
    }
    fn explain(
        &self,
        parameters: &str,
        context: &Context,
        batch: &Batch,
        rows: &[u32],
    ) -> Result<Vec<Vec<Step>>, Failure> {
        self.0.explain(parameters, context, batch, rows)
    }
}

#[test]
fn an_explanation_that_does_not_add_up_and_a_row_that_looks_at_others_are_found() {
    let case = format!("{TERMS}[in]\ncredit = [100, 100]");
    assert_eq!(
        differences(&case, &Forgetful(Native::new())),
        [
            "row 0: it gives something else when it is alone",
            "row 0: the steps add up to 5.00 of `pay`, which is 5.01"
        ]
    );
}
