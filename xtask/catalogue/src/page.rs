//! The catalogue's text.

use crate::entry::{Column, Entry, Title};
use crate::needs::NEEDS;
use crate::shelf::Purpose;
use std::fmt::Write;

/// The whole page. It is the same for the same policies.
pub fn page(entries: &[Entry]) -> String {
    let mut page = format!("{HEAD}\n## Which one do I need?\n");
    for (subject, needs) in NEEDS {
        line(&mut page, &format!("\n**{subject}**\n"));
        for (want, policies) in *needs {
            let links: Vec<String> = policies.iter().map(|name| link(name)).collect();
            line(&mut page, &format!("- {want}: {}", links.join(", then ")));
        }
    }
    for purpose in Purpose::ALL {
        let (title, about) = heading(purpose);
        line(&mut page, &format!("\n## {title}\n\n{about}\n"));
        line(&mut page, "| policy | what it does | reads | gives |\n|---|---|---|---|");
        for entry in entries.iter().filter(|entry| entry.purpose == purpose) {
            line(&mut page, &row(entry));
        }
    }
    page
}

const HEAD: &str = "\
# Policies

<!-- Written by `cargo xtask catalogue` from what the policies say of themselves; a test compares. -->

Every policy that comes with Attain: what it is for, what it reads and what it gives. A policy's own page has its rule, its parameters and a case by hand. `cargo xtask build` leaves the components in `target/policies`; `attain policy show NAME` says what a published one takes.

In the tables, *reads* has the table, which of its rows are seen together, what is always needed, and after \"also\" what is read where parameters ask for it or a plan binds it. *Gives* has the outputs by what the host does with them unless a plan says otherwise: `pay` adds to the payout, `carry` is read again in the next period, `info` is only told. What parameters name is in italics.
";

fn heading(purpose: Purpose) -> (&'static str, &'static str) {
    match purpose {
        Purpose::Pay => ("Pay", "They pay, or say how much of what is earned is paid, when and to whom."),
        Purpose::Score => (
            "Score",
            "They judge people, customers and deals; a later step, or a person, decides what follows.",
        ),
        Purpose::Steer => ("Steer", "They warn and say where to look. Nothing is paid or taken away."),
    }
}

fn row(entry: &Entry) -> String {
    let summary = |language: &str| entry.summary.get(language).map(String::as_str).unwrap_or_default();
    format!(
        "| {} | {}<br>{} | `{}`, {}: {} | {} |",
        link(&entry.name),
        summary("en"),
        summary("zh"),
        entry.table,
        one_of(&entry.groupings),
        reads(&entry.inputs),
        gives(&entry.outputs),
    )
}

fn link(name: &str) -> String {
    format!("[{name}]({name}/README.md)")
}

fn one_of(ways: &[String]) -> String {
    match ways.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

fn shown(column: &Column) -> String {
    match &column.title {
        Title::Name(name) => format!("`{name}`"),
        Title::Words(words) => format!("*{words}*"),
    }
}

fn list<'a>(columns: impl IntoIterator<Item = &'a Column>) -> String {
    columns.into_iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn reads(inputs: &[Column]) -> String {
    let (always, also): (Vec<&Column>, Vec<&Column>) = inputs.iter().partition(|input| input.always);
    match (always.is_empty(), also.is_empty()) {
        (_, true) => list(always),
        (true, false) => format!("as parameters ask {}", list(also)),
        (false, false) => format!("{}; also {}", list(always), list(also)),
    }
}

fn gives(outputs: &[Column]) -> String {
    let mut kinds: Vec<&str> = Vec::new();
    for output in outputs {
        if !kinds.contains(&output.kind.as_str()) {
            kinds.push(&output.kind);
        }
    }
    // What a policy is taken for comes before what is only told.
    kinds.sort_by_key(|kind| *kind == "info");
    let of = |kind: &&str| format!("{kind} {}", list(outputs.iter().filter(|output| output.kind == *kind)));
    kinds.iter().map(of).collect::<Vec<_>>().join("; ")
}

fn line(page: &mut String, text: &str) {
    // Writing to a text can't fail.
    let _ = writeln!(page, "{text}");
}
