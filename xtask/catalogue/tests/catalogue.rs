//! The catalogue is what the policies say, it leaves none out, and what they say in Chinese is set as Chinese is.

use attain_catalogue::{Entry, Error, catalogue, entries, file, folder, needs::NEEDS};
use std::collections::BTreeSet;
use std::fs;

#[test]
fn the_catalogue_is_what_the_policies_say() {
    let kept = fs::read_to_string(file()).unwrap_or_default();
    let made = catalogue().unwrap();
    let differs = kept.lines().zip(made.lines()).find(|(kept, made)| kept != made);
    assert!(kept == made, "policies/README.md is stale; renew it: cargo xtask catalogue\n{differs:#?}");
}

#[test]
fn every_policy_is_in_the_catalogue_and_somebody_needs_it() {
    let folders = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let policies = folders.filter(|folder| folder.join("Cargo.toml").is_file());
    let there: BTreeSet<String> =
        policies.map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    let shelved: BTreeSet<String> = entries().unwrap().into_iter().map(|entry| entry.name).collect();
    let needed: BTreeSet<String> = NEEDS
        .iter()
        .flat_map(|(_, needs)| *needs)
        .flat_map(|(_, names)| *names)
        .map(|name| name.to_string())
        .collect();
    let missing: Vec<&String> = there.symmetric_difference(&shelved).collect();
    assert!(missing.is_empty(), "name in xtask/catalogue/Cargo.toml and src/shelf.rs: {missing:?}");
    let unneeded: Vec<&String> = there.symmetric_difference(&needed).collect();
    assert!(unneeded.is_empty(), "say in xtask/catalogue/src/needs.rs who takes it: {unneeded:?}");
}

/// The Chinese sentences of every policy, with whose they are.
fn chinese() -> Result<Vec<(String, String)>, Error> {
    let of = |entry: Entry| {
        let name = entry.name;
        let texts = entry.sentences.into_iter().filter_map(|mut texts| texts.remove("zh"));
        texts.map(|text| (name.clone(), text)).collect::<Vec<_>>()
    };
    Ok(entries()?.into_iter().flat_map(of).collect())
}

#[test]
fn chinese_sentences_have_full_width_punctuation() {
    let is_half = |letter: char| ",:;()?!".contains(letter);
    let half: Vec<_> = chinese().unwrap().into_iter().filter(|(_, text)| text.contains(is_half)).collect();
    assert!(half.is_empty(), "use `，：；（）？！`: {half:#?}");
}

/// The last column of the tables in `docs/terms.md` has the words that aren't used.
#[test]
fn chinese_sentences_use_the_terms_of_the_house() {
    let terms = fs::read_to_string(folder().join("../docs/terms.md")).unwrap();
    let rows = terms.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let terms: Vec<(String, String)> = rows
        .filter(|cells| cells.len() == 6 && !["中文", "---"].contains(&cells[2]))
        .flat_map(|cells| {
            let avoided = cells[4].split(", ").filter(|word| !word.is_empty());
            avoided.map(|word| (word.to_owned(), cells[2].to_owned())).collect::<Vec<_>>()
        })
        .collect();
    assert!(terms.len() > 10, "docs/terms.md has no terms to avoid: {terms:?}");
    let sentences = chinese().unwrap();
    for (word, term) in terms {
        let using: Vec<_> = sentences.iter().filter(|(_, text)| text.contains(&word)).collect();
        assert!(using.is_empty(), "docs/terms.md says `{term}`, not `{word}`: {using:#?}");
    }
}
