//! A restore that goes back behind a head that has left the house says so.

use super::{head, head_of, host, import, last_of_log, text};
use attain_tests::Attain;

#[test]
fn going_back_behind_a_known_head_is_refused_and_else_the_log_shows_it() {
    let attain = host();
    import(&attain, "2026-01", 5);
    let file = attain.folder().join("old.attain");
    let old = head_of(&attain.json(["backup", text(&file)])["heads"]["acme"]);
    assert_eq!(head(&attain, "acme"), old);
    import(&attain, "2026-02", 5);
    let known = head(&attain, "acme");
    assert!(old.starts_with("4:") && known.starts_with("5:"), "{old} {known}");

    let replace = ["--company", "acme", "restore", text(&file), "--replace"];
    let refused = attain.run(replace);
    let said = format!(
        "error: the backup's log of `acme` ends at {old}, and head {known} has left the house: whoever holds it would find 1 entry gone; nothing was restored, take a newer backup, or say `--accept-loss` to go back, which the log will show"
    );
    assert_eq!((refused.code, refused.err.trim()), (3, said.as_str()));
    assert_eq!(head(&attain, "acme"), known);
    let done = attain.ok([&replace[..], &["--accept-loss"]].concat());
    assert!(done.contains(&format!("behind head {known}, which its log says")), "{done}");
    let entry = format!("acme at {old} behind head {known}");
    assert_eq!(last_of_log(&attain, &["--company", "acme"]), ["operator", "restore", entry.as_str()]);
    let host = attain.json(["log", "--host"]);
    let last = host["entries"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["action"], &last["object"]), (&"restore-company".into(), &entry.into()));

    // Elsewhere nobody knows a head but who holds one.
    let other = Attain::new();
    let restore = |heads: &[&str]| other.run([&["restore", text(&file)], heads].concat());
    let refused = restore(&["--head", &format!("acme={known}")]);
    assert_eq!((refused.code, refused.err.trim()), (3, said.as_str()));
    assert!(!other.folder().join("data/store").exists());
    let nobody = restore(&["--head", &format!("acne={known}")]);
    assert_eq!(nobody.err.trim(), "error: head: the backup has no company `acne`; did you mean `acme`?");
    let (size, root) = old.split_once(':').unwrap();
    let another = format!("{size}:{}", root.chars().rev().collect::<String>());
    let refused = restore(&["--head", &format!("acme={another}")]);
    let others = format!(
        "error: the backup's log of `acme` is {old}, and head {another} has left the house: it isn't the same log;"
    );
    assert!(refused.code == 3 && refused.err.starts_with(&others), "{refused:?}");
    let fine = restore(&["--head", &format!("acme={old}")]);
    assert_eq!(fine.code, 0, "{fine:?}");
    assert_eq!(head(&other, "acme"), old);

    // A company that grew here from what was restored holds the old head, and a newer backup of it is fine.
    import(&other, "2026-03", 5);
    let newer = other.folder().join("newer.attain");
    other.ok(["backup", text(&newer)]);
    let accept = Attain::new();
    let back = accept.ok(["restore", text(&file), "--head", &format!("acme={known}"), "--accept-loss"]);
    assert!(back.contains(&format!("`acme` went back behind head {known}")), "{back}");
    assert!(last_of_log(&accept, &["--company", "acme"])[2].ends_with(&format!("behind head {known}")));
    let ahead = other.run(["--company", "acme", "restore", text(&newer), "--replace"]);
    assert_eq!(ahead.code, 0, "{ahead:?}");
}
