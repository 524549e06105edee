//! Files that aren't whole, and directories that aren't empty.

use super::{host, pay, text};
use attain_tests::random::Random;
use attain_tests::{Attain, trials};

const SEED: u64 = 11;

#[test]
fn a_file_that_was_cut_or_changed_is_named_and_nothing_is_restored() {
    let attain = host();
    pay(&attain, "2026-01", 3_000);
    let file = attain.folder().join("host.attain");
    attain.ok(["backup", text(&file)]);
    let whole = std::fs::read(&file).unwrap();
    let other = Attain::new();
    let mut random = Random::new(SEED);
    let mut place = |end: usize| usize::try_from(random.below(end as u64)).unwrap();
    let broken = |bytes: &[u8]| {
        let file = other.write("broken.attain", bytes);
        let refused = other.run(["restore", text(&file)]);
        assert_eq!(refused.code, 3, "{refused:?}");
        assert!(refused.err.starts_with("error: `broken.attain`: "), "{refused:?}");
        assert!(!other.folder().join("data/store").exists());
        assert!(!other.folder().join("data/store.partial").exists());
        refused.err
    };
    for _ in 0..trials(30) {
        let (cut, bit) = (place(whole.len()), place(whole.len() * 8));
        let said = broken(&whole[..cut]);
        assert!(said.contains("is cut short there") == (cut >= 16), "{cut}: {said}");
        let mut changed = whole.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let said = broken(&changed);
        assert!(said.contains("is damaged at byte ") == (bit / 8 >= 16), "{bit}: {said}");
    }
    assert_eq!(
        broken(&[&whole[..], b"\n"].concat())
            .trim()
            .rsplit_once("in part ")
            .unwrap()
            .1
            .split_once(": ")
            .unwrap()
            .1,
        "something follows its end; nothing was restored, take another copy"
    );
    assert_eq!(
        broken(b"participant\nann\n").trim(),
        "error: `broken.attain`: it is not a backup that attain wrote; name one that `attain backup` or `attain company export` made"
    );

    // Over a server a file is refused as well, and the company stays as it is.
    let _server = attain.serve();
    let file = attain.write("broken.attain", &whole[..whole.len() - 1]);
    let refused = attain.run(["--company", "acme", "restore", text(&file), "--replace"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.err.starts_with("error: `broken.attain`: the backup is damaged at byte "), "{refused:?}");
    assert!(attain.ok(["replay", "pay/2026-01"]).contains("all the same"));
}

#[test]
fn a_directory_that_holds_something_is_left_alone() {
    let attain = host();
    let file = attain.folder().join("host.attain");
    attain.ok(["backup", text(&file)]);
    let refused = attain.run(["restore", text(&file)]);
    assert_eq!(refused.code, 3);
    let data = attain.folder().join("data");
    assert_eq!(
        refused.err.trim(),
        format!(
            "error: `{}` has a store; restore into an empty directory: --data DIR, or one company of it in its place: --company ID --replace",
            data.display()
        )
    );
    let other = Attain::new();
    let data = other.folder().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("thesis.txt"), "x").unwrap();
    let refused = other.run(["restore", text(&file)]);
    assert_eq!(
        refused.err.trim(),
        format!(
            "error: `{}` holds `thesis.txt`; restore into an empty directory, or one that is not there yet: --data DIR",
            data.display()
        )
    );
    for (arguments, said) in [
        (&["--replace"][..], "`--replace` puts one company in the place of another, say which: --company ID"),
        (&["--head", "acme"][..], "`acme` is not the head of a company's log, expected `ID=SIZE:ROOT`"),
        (
            &["--server", "http://127.0.0.1:1"][..],
            "a whole host is restored into an empty directory, not over a server",
        ),
    ] {
        let refused = other.run([&["restore", text(&file)], arguments].concat());
        assert!(refused.code == 2 && refused.err.contains(said), "{refused:?}");
    }
}
