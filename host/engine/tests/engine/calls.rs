//! What a call gives back, and what the host makes of an answer that doesn't fit.

use crate::guests::{BINDING, CONTEXT, MANIFEST, batch, call, component, engine, evaluate, policy};
use attain_engine::{Batch, Blame, Call, Limits, PolicyError, Step, TextSlice};
use attain_model::{Binding, NO_VALUE};

#[track_caller]
fn fails(file: &str, code: &str, words: &str) -> PolicyError {
    let error = evaluate(file, 3, &Limits::default()).expect_err("it gave a result");
    assert!(error.to_string().contains(words), "expected `{words}` in `{error}`");
    assert_eq!((error.code(), error.blame()), (code, Blame::Policy), "{error}");
    error
}

#[test]
fn columns_go_in_and_columns_come_out() {
    let binding = policy("commission").bind("{}", &CONTEXT).unwrap();
    assert_eq!(binding, Binding::parse(BINDING).unwrap());
    let evaluated = policy("commission")
        .evaluate(&call(&binding, &Limits::default()), &batch(&[100_000, 250_050]))
        .unwrap();
    assert_eq!(evaluated.columns, [[5_000, 12_503]]);
    assert_eq!(evaluated.memory_bytes, 3 << 16);
    assert!(evaluated.fuel > 0);
}

#[test]
fn everything_arrives_where_the_contract_has_it() {
    let json = BINDING
        .replace("\"required\":true}]", "\"required\":true},{\"name\":\"bonus\",\"unit\":\"count\",\"required\":false},{\"name\":\"team\",\"unit\":\"text\",\"required\":true}]")
        .replace("\"each\"", "{\"by\":[\"team\"]}");
    let policy = engine().load(&component("echoes", MANIFEST, &json)).unwrap();
    let binding = policy.bind("{}", &CONTEXT).unwrap();
    let context = attain_engine::Context { period_kind: "quarter".to_owned(), ..CONTEXT.clone() };
    let limits = Limits::default();
    let call = Call { parameters: "{\"a\":1}", context: &context, binding: &binding, limits: &limits };
    let credit: Vec<i64> = (0..20).map(|row| row * 11).collect();
    let codes: Vec<u32> = (0..20).map(|row| if row < 3 { 0 } else { 2 }).collect();
    let batch = Batch {
        rows: 20,
        numbers: vec![&credit, &[]],
        texts: vec![TextSlice { dictionary: vec!["east", "north-west", "west"], codes: &codes }],
        group_ends: &[3, 20],
    };
    let evaluated = policy.evaluate(&call, &batch).unwrap();
    let (parameters, days, rows) = ([7, 7], [20_362, 20_453, 20_089, 20_453, 2], 20);
    let numbers = [2, 20, 209, 0];
    let texts = [1, 3, 10, 20, 2];
    let groups = [2, 3, 20];
    let expected: Vec<i64> =
        parameters.into_iter().chain(days).chain([rows]).chain(numbers).chain(texts).chain(groups).collect();
    assert_eq!(evaluated.columns, [expected]);
}

#[test]
fn a_column_of_groups_has_a_value_a_group() {
    let json = BINDING
        .replace("\"kind\":\"pay\"", "\"kind\":\"pay\",\"per\":\"group\"")
        .replace("\"each\"", "\"all\"");
    let policy = engine().load(&component("commission", MANIFEST, &json)).unwrap();
    let binding = policy.bind("{}", &CONTEXT).unwrap();
    let limits = Limits::default();
    let one = Batch { rows: 1, numbers: vec![&[100]], group_ends: &[1], ..Batch::default() };
    assert_eq!(policy.evaluate(&call(&binding, &limits), &one).unwrap().columns, [[5]]);
    let two = Batch { rows: 2, numbers: vec![&[100, 200]], group_ends: &[2], ..Batch::default() };
    let error = policy.evaluate(&call(&binding, &limits), &two).unwrap_err();
    assert_eq!(error.to_string(), "output `commission` has 2 values, expected 1: a value a group");
}

#[test]
fn a_batch_of_no_rows_is_a_batch() {
    let evaluated = evaluate("commission", 0, &Limits::default()).unwrap();
    assert_eq!(evaluated.columns, [[0i64; 0]]);
}

#[test]
fn a_trap_says_which_function_did_what() {
    fails("gives_up", "unreachable", "`evaluate` gave up");
    fails("gives_up", "unreachable", "(in `pay_of_nobody`)");
    fails("divides_by_zero", "divide-by-zero", "`evaluate` divided an integer by zero");
    fails("overflows", "integer-overflow", "which doesn't fit");
    fails("strays", "out-of-bounds", "reached past its memory");
    fails("calls_nobody", "bad-call", "called a function that isn't there");
}

#[test]
fn a_column_that_is_not_one_is_refused() {
    fails("lies_about_length", "malformed-list", "doesn't pass lists and texts as the contract says");
    fails("crooked", "malformed-list", "doesn't pass lists and texts as the contract says");
    fails("misplaces", "malformed-list", "realloc return: beyond end of memory");
    fails("garbles", "malformed-list", "doesn't pass lists and texts as the contract says");
}

#[test]
fn a_column_too_few_or_too_short_is_refused_with_both_counts() {
    fails("gives_too_few", "wrong-columns", "output `commission` has 2 values, expected 3: a value a row");
    fails("gives_no_column", "wrong-columns", "gave 0 columns, `bind` named 1 outputs");
}

#[test]
fn a_policys_own_failure_keeps_its_code_row_and_place() {
    let error = fails("fails", "policy", "the policy gave no result: `tiers[1].from`: 目标 is missing");
    assert_eq!(error.row(), Some(1));
    let PolicyError::Failed(failure) = error else { panic!("{error}") };
    assert_eq!(failure.code, "no-target");
    assert!(!failure.message.contains('\n'), "a line can't be forged");
    // The row that it names must be one of the batch.
    assert_eq!(evaluate("fails", 1, &Limits::default()).unwrap_err().row(), None);
}

#[test]
fn a_value_that_its_unit_does_not_have_is_refused_with_its_row() {
    let check = |unit: &str, more: &str, value: i64, expected: Option<&str>| {
        let output = format!(r#""outputs":[{{"name":"mark","unit":"{unit}","kind":"info"{more}}}]"#);
        let (inputs, rest) = BINDING.split_once("\"outputs\"").unwrap();
        let json = format!("{inputs}{output}{}", rest.split_once(']').unwrap().1);
        let policy = engine().load(&component("commission", MANIFEST, &json)).unwrap();
        let binding = policy.bind("{}", &CONTEXT).unwrap();
        // Five per cent of 20 is 1: the guest turns the column into the marks that are wanted.
        let result = policy.evaluate(&call(&binding, &Limits::default()), &batch(&[20, value * 20]));
        match (result, expected) {
            (Ok(_), None) => {}
            (Err(error), Some(expected)) => {
                assert_eq!((error.code(), error.row()), ("out-of-range", Some(1)), "{error}");
                assert!(error.to_string().contains(expected), "{error}");
            }
            (result, _) => panic!("{unit} {value}: {result:?}"),
        }
    };
    check("flag", "", 0, None);
    check("flag", "", 2, Some("output `mark` is `2` in row 1, expected 0 to 1 for a flag"));
    check("flag", "", -3, Some("expected 0 to 1"));
    check("level", "", 3, None);
    check("level", "", 4, Some("expected 0 to 3 for a level"));
    let labels = r#","labels":[{"en":"gold"},{"en":"silver"}]"#;
    check("label", labels, 1, None);
    check("label", labels, 2, Some("expected 0 to 1 for a label"));
    check("label", "", 4_000_000, None);
    check("count", "", -5, None);
}

#[test]
fn a_guest_of_few_bits_is_held_to_them() {
    let json = BINDING.replace("\"grouping\"", "\"integer_bits\":53,\"grouping\"");
    let policy = engine().load(&component("commission", MANIFEST, &json)).unwrap();
    let binding = policy.bind("{}", &CONTEXT).unwrap();
    let limits = Limits::default();
    let call = call(&binding, &limits);
    policy.evaluate(&call, &batch(&[(1 << 53) - 1])).unwrap();
    let error = policy.evaluate(&call, &batch(&[0, 1 << 53])).unwrap_err();
    assert_eq!((error.code(), error.row()), ("integer-bits", Some(1)));
    assert!(error.to_string().contains("column `credit` is `9007199254740992` in row 1"), "{error}");
}

#[test]
fn an_explanation_comes_back_row_by_row() {
    let binding = Binding::parse(BINDING).unwrap();
    let limits = Limits::default();
    let steps =
        policy("commission").explain(&call(&binding, &limits), &batch(&[1, 2, 3, 4]), &[3, 0]).unwrap();
    let step = |row: i64| vec![Step { rule: 0, values: vec![row], adds_to: Some((0, 7)) }];
    assert_eq!(steps, [step(3), step(0)]);
}

#[test]
fn an_explanation_that_does_not_fit_the_manifest_is_refused() {
    let binding = Binding::parse(BINDING).unwrap();
    let limits = Limits::default();
    let explain = |policy: &attain_engine::Policy, limits: &Limits| {
        policy.explain(&call(&binding, limits), &batch(&[1, 2]), &[1]).unwrap_err()
    };
    let error = explain(&policy("explains_with_unknown_rule"), &limits);
    assert!(error.to_string().contains("rule 9 for row 1, there are 1"), "{error}");
    assert_eq!(error.code(), "wrong-steps");
    let error = explain(&policy("explains_too_few"), &limits);
    assert!(error.to_string().contains("0 explanations for 1 rows"), "{error}");

    let more = MANIFEST.replace("\"places\":[", "\"places\":[{\"name\":\"rate\",\"unit\":\"ratio\"},");
    let policy_of_two_places = engine().load(&component("commission", &more, BINDING)).unwrap();
    let error = explain(&policy_of_two_places, &limits);
    assert!(error.to_string().contains("1 numbers for rule `flat` in row 1, which has 2 places"), "{error}");

    let error = explain(&policy("commission"), &Limits { explain_steps: 0, output_bytes: 4096, ..limits });
    assert!(error.to_string().contains("1 steps for row 1, at most 0 are allowed"), "{error}");
}

#[test]
fn a_step_may_have_a_sentence_that_the_binding_adds() {
    let rule = |code: &str| format!("{{\"code\":\"{code}\",\"places\":[],\"text\":{{\"en\":\"\"}}}}");
    let with = |rules: &[String]| BINDING.replacen('{', &format!("{{\"rules\":[{}],", rules.join(",")), 1);
    // The guest tells of rule 9: the manifest has one, so it is the ninth of the binding.
    let rules: Vec<String> = (1..=9).map(|row| rule(&format!("row-{row}"))).collect();
    let limits = Limits::default();
    let guest = policy("explains_with_unknown_rule");
    let binding = Binding::parse(&with(&rules)).unwrap();
    let steps = guest.explain(&call(&binding, &limits), &batch(&[1, 2]), &[1]).unwrap();
    assert_eq!(steps[0][0].rule, 9);
    let binding = Binding::parse(&with(&rules[1..])).unwrap();
    let error = guest.explain(&call(&binding, &limits), &batch(&[1, 2]), &[1]).unwrap_err();
    assert!(error.to_string().contains("rule 9 for row 1, there are 9"), "{error}");

    let twice = engine().load(&component("commission", MANIFEST, &with(&[rule("flat")]))).unwrap();
    let error = twice.bind("{}", &CONTEXT).unwrap_err();
    assert!(error.to_string().contains("rules[0]: code `flat` is there in the manifest already"), "{error}");
}

#[test]
fn the_hosts_own_mistakes_are_its_own() {
    let binding = Binding::parse(BINDING).unwrap();
    let limits = Limits::default();
    let call = call(&binding, &limits);
    let policy = policy("commission");
    let short = Batch { rows: 2, numbers: vec![&[1]], ..Batch::default() };
    let column = [0i64];
    let text = Batch {
        rows: 1,
        numbers: vec![&column],
        texts: vec![TextSlice { dictionary: vec!["a"], codes: &[0] }],
        group_ends: &[],
    };
    for wrong in [Batch::default(), short, text] {
        let error = policy.evaluate(&call, &wrong).unwrap_err();
        assert_eq!((error.code(), error.blame()), ("batch", Blame::Host), "{error}");
    }
    let error = policy.explain(&call, &batch(&[1]), &[1]).unwrap_err();
    assert_eq!((error.code(), error.blame()), ("batch", Blame::Host), "{error}");
}

#[test]
fn no_value_passes_the_checks_of_a_unit() {
    let json = BINDING.replace("money\",\"decimals\":2,\"kind\":\"pay\"", "flag\",\"kind\":\"info\"");
    let policy = engine().load(&component("remembers", MANIFEST, &json)).unwrap();
    let binding = policy.bind("{}", &CONTEXT).unwrap();
    let limits = Limits::default();
    let evaluated = policy.evaluate(&call(&binding, &limits), &batch(&[NO_VALUE])).unwrap();
    assert_eq!(evaluated.columns, [[1]]);
}
