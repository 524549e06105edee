//! Goal: who has a key may do what its role may, over a server; who has the data directory is the operator.
//! Method: the commands, against a server on this machine, with and without keys.

use attain_tests::Attain;

const PEOPLE: &str = "participant,team,revenue:money:2\nann,North,100\nbob,South,200\n";
const PLAN: &str = r#"
plan   = "pay"
period = "month"
starts = "2026-01"

[[step]]
name   = "commission"
policy = "tiered-commission@1"
inputs = { credit = "revenue" }
params = { thresholds = "amount", tiers = [{ from = "0", rate = "0.1" }] }
"#;

/// A command that shows a key to the server.
fn with(attain: &Attain, url: &str, key: &str, arguments: &[&str]) -> attain_tests::Answer {
    attain.run([&["--server", url, "--key", key], arguments].concat())
}

fn key_of(attain: &Attain, arguments: &[&str]) -> String {
    let made = attain.json([&["key", "add"], arguments].concat());
    made["key"].as_str().unwrap().to_owned()
}

#[test]
fn a_role_does_its_part_and_is_told_what_it_may_not() {
    let attain = Attain::with_policies(&["tiered-commission"]);
    let (people, plan) = (attain.write("people.csv", PEOPLE), attain.write("plan.toml", PLAN));
    let (people, plan) = (people.to_str().unwrap(), plan.to_str().unwrap());
    let server = attain.serve();
    let url = server.url();
    // On the data directory no key is needed, also while it is served.
    let admin = key_of(&attain, &["Wei", "--role", "admin"]);
    let as_admin = |arguments: &[&str]| with(&attain, &url, &admin, arguments);
    let keys = ["analyst", "approver", "consultant"].map(|role| {
        let made = as_admin(&["--json", "key", "add", role, "--role", role]);
        let made: serde_json::Value = serde_json::from_str(&made.out).unwrap();
        made["key"].as_str().unwrap().to_owned()
    });
    let [analyst, approver, consultant] = &keys;
    let ann = key_of(&attain, &["Ann", "--role", "participant", "--participant", "ann"]);

    assert_eq!(with(&attain, &url, consultant, &["plan", "publish", plan]).code, 0);
    assert_eq!(with(&attain, &url, analyst, &["snapshot", "import", people, "--period", "2026-01"]).code, 0);
    assert_eq!(with(&attain, &url, analyst, &["run", "pay", "--period", "2026-01"]).code, 0);
    let refused = with(&attain, &url, analyst, &["approve", "pay/2026-01"]);
    assert_eq!(
        (refused.code, refused.err.trim()),
        (3, "error: the role `analyst` may not approve a run; these may: operator, admin, approver")
    );
    let early = with(&attain, &url, &ann, &["explain", "pay/2026-01", "ann"]);
    assert_eq!((early.code, early.err.trim()), (3, "error: there is no run `pay/2026-01`"));
    assert_eq!(with(&attain, &url, approver, &["approve", "pay/2026-01"]).code, 0);
    let mine = with(&attain, &url, &ann, &["explain", "pay/2026-01", "ann"]);
    assert!(mine.code == 0 && mine.out.contains("10.00"), "{}{}", mine.out, mine.err);
    let other = with(&attain, &url, &ann, &["explain", "pay/2026-01", "bob"]);
    assert_eq!((other.code, other.err.trim()), (3, "error: there is no participant in this run `bob`"));

    let revoked = as_admin(&["key", "revoke", "Ann"]);
    assert_eq!(revoked.code, 0, "{}", revoked.err);
    let gone = with(&attain, &url, &ann, &["explain", "pay/2026-01", "ann"]);
    assert_eq!(gone.code, 3);
    assert!(gone.err.contains("the credential is not good"), "{}", gone.err);
    let nobody = attain.run(["--server", &url, "company", "list"]);
    assert!(nobody.code == 3 && nobody.err.contains("`attain key add` makes one"), "{}", nobody.err);
    let listed = attain.ok(["key", "list"]);
    assert!(listed.contains("revoked") && !listed.contains(&ann), "{listed}");
}

#[test]
fn the_first_start_makes_an_operator_key_and_says_it_once() {
    let attain = Attain::new();
    let mut server = attain.serve();
    let first = server
        .said()
        .lines()
        .find_map(|line| line.strip_prefix("the operator's first key, shown this once: "));
    let first = first.unwrap_or_else(|| panic!("{}", server.said())).to_owned();
    let url = server.url();
    assert_eq!(with(&attain, &url, &first, &["company", "add", "acme"]).code, 0);
    assert_eq!(with(&attain, &url, &first, &["key", "whoami"]).out.trim(), "first, operator");
    server.with_key(&first);
    assert_eq!(server.get("/v1/companies")["companies"][0]["id"], "acme");
    drop(server);

    let again = attain.serve();
    assert!(!again.said().contains("first key"), "{}", again.said());
    let file = attain.folder().join("data/server.address");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_server_that_others_reach_says_so() {
    let attain = Attain::new();
    let refused = attain.run(["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains("isn't encrypted") && refused.err.contains("--behind-proxy"),
        "{}",
        refused.err
    );
}
