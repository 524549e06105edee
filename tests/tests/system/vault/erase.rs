//! A company is erased: all of it is gone, the host's log says so, and everybody else's is as it was.

use super::{head, host, last_of_log, pay, text, values};

#[test]
fn nothing_of_an_erased_company_stays_but_that_it_was() {
    let attain = host();
    pay(&attain, "2026-01", 500);
    let before = attain.folder().join("before.attain");
    let kept = attain.json(["--company", "acme", "company", "export", text(&before)]);
    attain.ok(["company", "add", "globex", "--currency", "USD"]);
    let key = attain.json(["--company", "globex", "key", "add", "Ines", "--role", "admin"])["key"]
        .as_str()
        .unwrap()
        .to_owned();
    attain.ok(["--company", "globex", "limit", "set", "table-rows", "7000"]);
    let server = attain.serve();
    let (url, last) = (server.url(), head(&attain, "globex"));
    let with_key = |arguments: &[&str]| attain.run([&["--server", &url, "--key", &key], arguments].concat());
    assert_eq!(with_key(&["key", "whoami"]).code, 0);

    let refused = attain.run(["company", "erase", "globex", "--confirm", "acme"]);
    assert_eq!(
        (refused.code, refused.err.trim()),
        (3, "error: confirm: `acme` is not `globex`; say the company's id once more to erase all of it")
    );
    let done = attain.ok(["company", "erase", "globex", "--confirm", "globex"]);
    assert_eq!(done.trim(), format!("company `globex` is erased; its log ended at {last}"));
    let said = format!("globex at {last}");
    assert_eq!(last_of_log(&attain, &["--company", "acme"])[1], "export-company");
    let log = attain.json(["log", "--host"]);
    let entry = log["entries"].as_array().unwrap().last().unwrap();
    let fields = ["actor", "action", "object"].map(|field| entry[field].as_str().unwrap());
    assert_eq!(fields, ["operator", "erase-company", said.as_str()]);

    assert!(with_key(&["key", "whoami"]).err.contains("the credential is not good"));
    let gone = attain.run(["--company", "globex", "limit", "list"]);
    assert!(
        gone.code == 3 && gone.err.contains("there is no company `globex`; it was erased on 20"),
        "{gone:?}"
    );
    let again = attain.run(["company", "add", "globex"]);
    assert!(
        again.code == 3
            && again.err.contains("its id isn't given again, take another, or restore it from a backup"),
        "{again:?}"
    );
    // Every other company's records are as they were, to the digest.
    let after = attain.folder().join("after.attain");
    let now = attain.json(["--company", "acme", "company", "export", text(&after)]);
    assert_eq!(
        now["records"].as_u64(),
        kept["records"].as_u64().map(|records| records + 1),
        "one log entry more"
    );
    assert!(attain.ok(["--company", "acme", "replay", "pay/2026-01"]).contains("all the same"));
    let whole = attain.json(["backup", text(&attain.folder().join("whole.attain"))]);
    assert_eq!(whole["heads"].as_object().unwrap().keys().collect::<Vec<_>>(), ["-", "acme"]);
    drop(server);
    // What is in the store is what is in the backup.
    assert_eq!(whole["records"].as_u64(), Some(values(&attain) as u64));
}

#[test]
fn an_erased_company_comes_back_when_somebody_says_so() {
    let attain = host();
    pay(&attain, "2026-01", 50);
    let file = attain.folder().join("acme.attain");
    attain.ok(["company", "export", text(&file)]);
    attain.ok(["company", "erase", "acme", "--confirm", "acme"]);
    let restore = ["--company", "acme", "restore", text(&file)];
    let refused = attain.run(restore);
    assert!(
        refused.code == 3 && refused.err.trim().ends_with("by operator; restore it all the same: --replace"),
        "{refused:?}"
    );
    attain.ok([&restore[..], &["--replace"]].concat());
    assert!(attain.ok(["replay", "pay/2026-01"]).contains("all the same"));
    let twice = attain.run(restore);
    assert!(twice.code == 3 && twice.err.contains("company `acme` is there, its log at "), "{twice:?}");
}
