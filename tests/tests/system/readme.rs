//! Goal: what the README tells a newcomer to type works as it stands there, and prints what it says.
//! Method: its files and commands are read out of the README itself and run in an empty folder.

use attain_tests::{Answer, Attain, component, repository};
use std::fs;
use std::path::Path;

/// The blocks of code below a heading, with their languages, up to the next heading of that rank.
fn blocks(heading: &str) -> Vec<(String, String)> {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let (_, below) =
        readme.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no `{heading}`"));
    let section = below.split("\n## ").next().unwrap();
    let fences: Vec<&str> = section.split("\n```").collect();
    let block = |fence: &&str| {
        let (language, content) = fence.split_once('\n')?;
        Some((language.to_owned(), format!("{content}\n")))
    };
    fences.iter().skip(1).step_by(2).filter_map(block).collect()
}

/// The commands of a block, without their comments, as words.
fn commands(block: &str) -> Vec<Vec<String>> {
    let lines = block.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    lines
        .filter(|line| !line.is_empty())
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .collect()
}

/// Runs `attain ...` in a folder, on the data of `attain`, with the components of this build.
fn run_in(attain: &Attain, folder: &Path, words: &[String]) -> Answer {
    let arguments = words.iter().skip(1).map(|word| match word.strip_prefix("target/policies/") {
        Some(file) if !folder.join(word).exists() => {
            component(file.trim_end_matches(".wasm")).to_str().unwrap().to_owned()
        }
        _ => word.clone(),
    });
    let output = attain.command(arguments).current_dir(folder).output().unwrap();
    Answer {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[track_caller]
fn ok(answer: Answer, words: &[String]) -> String {
    assert_eq!(answer.code, 0, "{}: {}{}", words.join(" "), answer.out, answer.err);
    answer.out
}

/// A quarter paid, explained, replayed, approved and exported; a mistake; then a rule of one's own that pays.
#[test]
fn the_first_quarter_and_a_policy_of_ones_own_are_as_the_readme_says() {
    let attain = Attain::new();
    let here = attain.folder().to_owned();
    let first = blocks("Pay your first quarter");
    let of = |language: &str| -> Vec<&String> {
        first.iter().filter(|(known, _)| known == language).map(|(_, text)| text).collect()
    };
    let [people, quotas] = of("csv")[..] else { panic!("two files") };
    attain.write("people.csv", people);
    attain.write("quotas.csv", quotas);
    let plan = of("toml")[0];
    attain.write("plan.toml", plan);
    let mut last = String::new();
    // The first script builds nothing here: the binary and the policies are those of this build.
    for words in of("sh").iter().flat_map(|script| commands(script)) {
        let out = ok(run_in(&attain, &here, &words), &words);
        if words[1] == "run" {
            last = out;
        }
    }
    let plain = of("");
    let trimmed =
        |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned();
    // The run's id and digest differ each time, and the README leaves them out.
    let printed: Vec<&str> = last.lines().map(str::trim).collect();
    for line in plain[0].lines().map(str::trim) {
        assert!(printed.contains(&line), "the README shows\n{line}\nand it prints\n{last}");
    }
    assert!(here.join("2025-Q4.xlsx").exists());

    attain.write("wrong.toml", plan.replace("tiers = [", "tires = ["));
    let words: Vec<String> = "attain plan publish wrong.toml".split(' ').map(str::to_owned).collect();
    let refused = run_in(&attain, &here, &words);
    assert_eq!(
        (refused.code, trimmed(&refused.err)),
        (3, trimmed(&plain[1].replace("plan.toml", "wrong.toml")))
    );

    let own = blocks("A policy of your own");
    let bonus = own.iter().find(|(language, _)| language == "toml").unwrap();
    let mut folder = here.clone();
    for words in own.iter().filter(|(language, _)| language == "sh").flat_map(|(_, script)| commands(script))
    {
        if words[0] == "cd" {
            folder = folder.join(&words[1]);
            fs::write(folder.join("bonus.toml"), &bonus.1).unwrap();
            continue;
        }
        last = ok(run_in(&attain, &folder, &words), &words);
    }
    // 3,000 and 34,250 x 5 %; 96,400.50 x 2 %; 4,000 and 40,000 x 5 %.
    for paid in ["4,712.50", "1,928.01", "6,000.00"] {
        assert!(last.contains(paid), "{last}");
    }
}
