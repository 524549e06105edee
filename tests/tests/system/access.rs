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
    // A start that fails makes none: nobody would have seen it.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let failed = attain.run(["serve", "--listen", &listen]);
    assert!(failed.code == 1 && failed.err.contains("cannot listen on"), "{}", failed.err);
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
        refused.err.contains("isn't encrypted")
            && refused.err.contains("--tls-cert FILE --tls-key FILE")
            && refused.err.contains("--behind-proxy"),
        "{}",
        refused.err
    );
}

fn certificate(name: &str) -> String {
    attain_tests::repository().join("tests/tls").join(name).display().to_string()
}

#[test]
fn a_server_with_a_certificate_is_asked_by_who_trusts_it() {
    let attain = Attain::with_policies(&[]);
    for (from, to) in [("server.pem", "it.pem"), ("server.key", "it.key")] {
        std::fs::copy(certificate(from), attain.folder().join(to)).unwrap();
    }
    let with = ["--listen", "0.0.0.0:0", "--tls-cert", "it.pem", "--tls-key", "it.key"];
    let server = attain.serve_with(&with);
    let url = server.outer().unwrap();
    // A command on the data directory goes through the door for this machine.
    let key = key_of(&attain, &["Wei", "--role", "admin"]);
    let ask =
        |more: &[&str]| attain.run([&["--server", &url, "--key", &key, "company", "list"], more].concat());
    let ca = certificate("ca.pem");
    assert!(ask(&["--ca", &ca]).out.contains("acme"));
    let untrusted = ask(&[]);
    assert_eq!(untrusted.code, 1);
    assert_eq!(
        untrusted.err.trim(),
        format!(
            "error: cannot reach the server at `{url}`: io: invalid peer certificate: UnknownIssuer; name the certificates that you trust: --ca FILE"
        )
    );
    let none = ask(&["--ca", &certificate("README.md")]);
    assert_eq!(none.code, 3);
    assert!(
        none.err.contains("README.md`, expected PEM with a line `-----BEGIN CERTIFICATE-----`"),
        "{}",
        none.err
    );

    // Another certificate takes its place without a restart; one that can't be used doesn't.
    for (from, to) in [("renewed.pem", "it.pem"), ("renewed.key", "it.key"), ("server.key", "it.key")] {
        std::fs::copy(certificate(from), attain.folder().join(to)).unwrap();
        let process = rustix::process::Pid::from_raw(server.process().try_into().unwrap()).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::HUP).unwrap();
        assert!(ask(&["--ca", &ca]).out.contains("acme"), "{from}");
    }
}

#[test]
fn a_certificate_that_cannot_be_served_with_is_refused_before_anything_is_opened() {
    let attain = Attain::new();
    let refused = |pem: &str, key: &str| {
        attain.run([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--tls-cert",
            &certificate(pem),
            "--tls-key",
            &certificate(key),
        ])
    };
    for (pem, key, why) in [
        ("nothing.pem", "server.key", "nothing.pem`: No such file or directory"),
        ("server.pem", "renewed.key", "doesn't belong to the first certificate in"),
        ("server.pem", "ca.pem", "there is no private key in"),
    ] {
        let refused = refused(pem, key);
        assert!(refused.code == 2 && refused.err.contains(why), "{} {}", refused.code, refused.err);
    }
    assert!(!attain.folder().join("data").exists());
}

#[test]
fn a_company_names_its_identity_provider_in_words() {
    let attain = Attain::with_policies(&[]);
    let key = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"2026-1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    attain.write("keys.json", key);
    let set = [
        "idp",
        "set",
        "--issuer",
        "https://login.acme.example",
        "--audience",
        "attain",
        "--keys",
        "keys.json",
    ];
    let set = |more: &[&str]| attain.run([&set[..], more].concat());
    let shown =
        set(&["--role", "admins=admin", "--role", "*=participant", "--participant-claim", "employee"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    for part in ["2026-1", "https://login.acme.example", "admins", "employee", "by operator"] {
        assert!(shown.out.contains(part), "{part}: {}", shown.out);
    }
    assert_eq!(attain.ok(["idp", "show"]), shown.out);
    let wrong = set(&["--role", "admins"]);
    assert_eq!(
        (wrong.code, wrong.err.trim()),
        (
            2,
            "error: `admins` names no role, expected a value of the claim `roles` and a role, such as `sales-admins=admin`"
        )
    );
    let wrong = set(&["--role", "admins=chef"]);
    assert!(wrong.code == 3 && wrong.err.contains("`chef` is not a role"), "{}", wrong.err);
    attain.ok(["idp", "remove"]);
    let gone = attain.run(["idp", "show"]);
    assert_eq!(
        (gone.code, gone.err.trim()),
        (3, "error: there is no identity provider of company `acme`; set one: attain idp set")
    );
}

#[test]
fn a_server_is_told_by_a_file_and_says_what_it_was_told() {
    let attain = Attain::new();
    let file = "listen = \"127.0.0.1:0\"\nruns-at-once = 7\nlog = \"error\"\n";
    attain.write("attain.toml", file);
    let printed = attain
        .command(["serve", "--config", "attain.toml", "--log", "off", "--print-config", "--json"])
        .env("ATTAIN_RUNS_AT_ONCE", "8")
        .output()
        .unwrap();
    let printed: serde_json::Value = serde_json::from_slice(&printed.stdout).unwrap();
    let row = |name: &str| {
        let row = printed["settings"].as_array().unwrap().iter().find(|row| row["name"] == name).unwrap();
        (row["value"].as_str().unwrap().to_owned(), row["from"].as_str().unwrap().to_owned())
    };
    assert_eq!(row("listen"), ("127.0.0.1:0".into(), "attain.toml, line 1".into()));
    assert_eq!(row("runs-at-once"), ("8".into(), "ATTAIN_RUNS_AT_ONCE".into()));
    assert_eq!(row("log"), ("off".into(), "command line".into()));
    assert_eq!(row("silence"), ("30".into(), "default".into()));
    assert_eq!(row("data").1, "command line");
    let server = attain.serve_with(&["--config", "attain.toml"]);
    assert_eq!(server.send("GET", "/healthz", "", b"").status, 200);
    drop(server);

    attain.write("attain.toml", "lisen = \"127.0.0.1:0\"\nruns-at-once = 0\n");
    let wrong = attain.run(["serve", "--config", "attain.toml"]);
    assert_eq!(
        (wrong.code, wrong.err.as_str()),
        (
            2,
            "error: `attain.toml`, line 1: `lisen` is not a setting; did you mean `listen`?\n`attain.toml`, line 2, `runs-at-once`: `0` can't be, expected a whole number, 1 to 256\n"
        )
    );
}
