//! What publish refuses, and what the author reads.

use crate::guests::{BINDING, CONTEXT, MANIFEST, component, engine, policy};
use attain_engine::{Blame, Engine, EngineSettings, Limits, PolicyError, PublishLimits};

#[track_caller]
fn refused(bytes: &[u8], code: &str, words: &str) -> PolicyError {
    let error = engine().load(bytes).expect_err("it was accepted");
    assert!(error.to_string().contains(words), "expected `{words}` in `{error}`");
    assert_eq!((error.code(), error.blame()), (code, Blame::Policy), "{error}");
    error
}

fn usual(file: &str) -> Vec<u8> {
    component(file, MANIFEST, BINDING)
}

#[test]
fn a_policy_says_what_it_is_and_has_the_digest_of_its_bytes() {
    let bytes = usual("commission");
    let policy = engine().load(&bytes).unwrap();
    assert_eq!(policy.manifest().name, "flat-rate");
    assert_eq!(policy.digest(), attain_model::Digest::of(&bytes));
    let again = engine().load(&bytes).unwrap();
    assert!(std::sync::Arc::ptr_eq(&policy, &again), "the second load comes from memory");
}

#[test]
fn a_component_that_wants_something_from_outside_is_refused_by_name() {
    refused(
        &usual("wants_the_clock"),
        "imports",
        "needs `wasi:clocks/wall-clock@0.2.6`, but a policy gets nothing",
    );
}

#[test]
fn a_component_of_another_contract_is_told_which_one() {
    let words = "it exports `attain:policy/rules@2.0.0`, this host speaks `attain:policy/rules@1.0.0`";
    refused(&usual("speaks_another_version"), "contract", words);
    refused(
        &usual("exports_nothing"),
        "contract",
        "it exports nothing, expected `attain:policy/rules@1.0.0`",
    );
    refused(&usual("lacks_explain"), "contract", "`attain:policy/rules@1.0.0` has no function `explain`");
    refused(&usual("has_another_type"), "contract", "its `describe` has another type");
}

#[test]
fn floating_point_is_refused_with_the_functions_name() {
    refused(&usual("counts_in_floats"), "floats", "floating point, in");
}

#[test]
fn a_policy_that_gives_up_before_it_is_asked_is_refused() {
    refused(&usual("gives_up_describing"), "unreachable", "`describe` gave up");
    refused(&usual("gives_up_starting"), "unreachable", "`start` gave up");
}

#[test]
fn a_policy_that_remembers_earlier_calls_is_refused() {
    refused(&usual("changes_its_mind"), "unsteady", "`describe` gave two different texts");
}

#[test]
fn a_manifest_that_cannot_be_is_refused_with_its_place() {
    let refuse = |manifest: &str, words: &str| {
        refused(&component("commission", manifest, BINDING), "manifest", words);
    };
    refuse("{}", "missing field `contract`");
    refuse(&MANIFEST.replace("flat-rate", "Flat Rate"), "name `Flat Rate` is not a policy name");
    refuse(&MANIFEST.replace("policy@1.0.0", "policy@9.0.0"), "built for contract `attain:policy@9.0.0`");
    refuse(&MANIFEST.replace("{row}", "{raw}"), "has a place `{raw}`");
}

#[test]
fn a_component_cut_anywhere_is_refused_and_never_crashes_the_host() {
    let whole = usual("commission");
    let (mut truncated, mut accepted) = (0, 0);
    for length in (0..whole.len()).step_by(7) {
        let Err(error) = engine().load(&whole[..length]) else {
            accepted += 1;
            continue;
        };
        let expected = ["truncated", "invalid", "not-wasm", "contract", "imports"];
        assert!(expected.contains(&error.code()), "at {length}: {} {error}", error.code());
        truncated += usize::from(error.code() == "truncated");
    }
    // Cut between two trailing custom sections it is a component like any other, with a digest of its own.
    assert!(accepted <= 2, "{accepted} cut components were accepted");
    assert!(truncated * 10 > whole.len() / 7 * 9, "most cuts are called what they are: {truncated}");
}

#[test]
fn a_component_with_any_byte_changed_is_refused_or_runs_within_its_limits() {
    let whole = usual("commission");
    let limits = Limits { fuel_base: 100_000, ..Limits::default() };
    let engine = Engine::new(EngineSettings { limits, ..EngineSettings::default() }).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 300 + 1) {
        let mut bad = whole.clone();
        bad[at] ^= 1 << (at % 8);
        match engine.load(&bad) {
            Ok(policy) => _ = policy.bind("{}", &CONTEXT),
            Err(error) => assert_eq!(error.blame(), Blame::Policy, "at {at}: {error}"),
        }
    }
}

#[test]
fn a_component_may_have_its_limit_in_bytes_and_not_one_more() {
    let bytes = usual("commission");
    let most = |component_bytes: u64| {
        let publish = PublishLimits { component_bytes, ..PublishLimits::default() };
        Engine::new(EngineSettings { publish, ..EngineSettings::default() }).unwrap().load(&bytes)
    };
    most(bytes.len() as u64).unwrap();
    let error = most(bytes.len() as u64 - 1).unwrap_err();
    assert_eq!(error.code(), "too-large");
    assert!(error.to_string().contains(&format!("has {} bytes, at most {}", bytes.len(), bytes.len() - 1)));
}

#[test]
fn parameters_that_the_policy_refuses_come_back_with_their_place() {
    let error = policy("refuses").bind("{}", &CONTEXT).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the policy refuses its parameters: `tiers[1].from`: the second tier starts below the first"
    );
    let PolicyError::Refused(failures) = error else { panic!("{error}") };
    assert_eq!((failures.len(), failures[0].code.as_str(), failures[0].row), (1, "too-low", None));
}

#[test]
fn a_binding_that_cannot_be_is_refused() {
    let binding = BINDING.replace("\"pay\"", "\"pays\"");
    let policy = engine().load(&component("commission", MANIFEST, &binding)).unwrap();
    let error = policy.bind("{}", &CONTEXT).unwrap_err();
    assert_eq!(error.code(), "manifest");
    assert!(error.to_string().contains("binding") && error.to_string().contains("pays"), "{error}");
}

#[test]
fn the_settings_are_those_that_were_agreed() {
    let golden = include_str!("../profile.txt");
    let text = engine().profile().text();
    assert_eq!(text, golden, "the engine profile changed: results are no longer comparable by digest");
}

#[test]
fn compiled_code_is_kept_between_two_starts_and_made_again_when_it_was_touched() {
    let folder = tempfile::tempdir().unwrap();
    let settings =
        || EngineSettings { cache: Some(folder.path().join("compiled")), ..EngineSettings::default() };
    let files = || {
        let entries = std::fs::read_dir(folder.path().join("compiled")).unwrap().map(|e| e.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|e| e == "compiled")).collect::<Vec<_>>()
    };
    let bytes = usual("commission");
    Engine::new(settings()).unwrap().load(&bytes).unwrap();
    let [file] = &files()[..] else { panic!("{:?}", files()) };
    let good = std::fs::read(file).unwrap();

    Engine::new(settings()).unwrap().load(&bytes).unwrap();
    assert_eq!(std::fs::read(file).unwrap(), good, "the second start took it as it was");

    let mut bad = good.clone();
    *bad.last_mut().unwrap() ^= 1;
    std::fs::write(file, &bad).unwrap();
    Engine::new(settings()).unwrap().load(&bytes).unwrap();
    assert_ne!(std::fs::read(file).unwrap(), bad, "the third start made it again");
}
