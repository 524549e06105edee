//! The page that shows the tables: `README.md`.

use crate::library::policies;
use crate::missing::{NEEDS, STANDS_FOR};
use crate::order::DECIDED;
use crate::parts::PARTS;
use crate::rising::{NOT_RISING, RISING, Rising};
use crate::scale::APART;
use crate::steps::ARITHMETIC;
use crate::sums::SUMS;
use std::fmt::Write;
use std::path::PathBuf;

/// How the page is written anew.
pub const HOW: &str = "ATTAIN_REFRESH=1 cargo test --release -p attain-properties page";

/// Where it is.
pub fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

const INTRODUCTION: &str = "\
# Properties of every policy

Cases say what a policy gives for figures that somebody wrote down. Here is what holds for figures that nobody wrote
down, on each of the policies, natively. The tables below are those that the tests walk (`src/`); a test holds this
page to them.

- **Parameters** are those of the policies' own cases, and their neighbours: one to three choices or numbers changed,
  as long as `bind` takes them; money with 0, 2 or 3 decimals.
- **Figures** come from the cases, from the parameters' own numbers and a unit beside them, also times something else
  in the row, from zero and below, from no value at all, from the ends of what a number can be, and from chance.
- What fails is made small and printed as a case that can be kept.

`cargo test --release -p attain-properties` makes 100 trials of each case's parameters and each property, in less than
a minute. `ATTAIN_TRIALS=2000` makes more, `ATTAIN_POLICY=draw` tries one policy. A claim that no trial ever tried
fails, too.
";

/// The page as the tables make it.
pub fn page() -> String {
    let mut page = format!("{INTRODUCTION}\n{}", overview());
    for section in [rises(), adds_up(), order(), explained(), scales(), missing(), again()] {
        write!(page, "\n{section}").expect("a text takes what is written");
    }
    page
}

fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let rule = format!("|{}\n", "---|".repeat(head.len()));
    let rows: String = rows.into_iter().map(|cells| line(&cells)).collect();
    format!("{}{rule}{rows}", line(&head))
}

fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{text}`") }
}

fn codes(texts: &[&str]) -> String {
    texts.iter().map(|text| code(text)).collect::<Vec<_>>().join(", ")
}

/// Which property says what of which policy.
fn overview() -> String {
    let row = |policy: &crate::library::Policy| {
        let name = policy.name;
        let has = |yes: bool, word: &str| if yes { word.to_owned() } else { "yes".to_owned() };
        let rising: Vec<&Rising> = crate::rising::rising(policy).collect();
        let rises = match rising.as_slice() {
            [] => "no".to_owned(),
            some => has(
                some.iter().any(|rising| !rising.unless.is_empty() || !rising.slack_doc.is_empty()),
                "but",
            ),
        };
        let splits =
            SUMS.iter().any(|sum| sum.policy == name) || PARTS.iter().any(|parts| parts.policy == name);
        vec![
            name.to_owned(),
            rises,
            if splits { "yes".to_owned() } else { "splits nothing".to_owned() },
            has(DECIDED.iter().any(|decided| decided.policy == name), "but"),
            "yes".to_owned(),
            has(APART.iter().any(|apart| apart.policy == name), "but"),
            "yes".to_owned(),
            "yes".to_owned(),
        ]
    };
    let head =
        ["policy", "1 rises", "2 adds up", "3 order", "4 explained", "5 scales", "6 missing", "7 again"];
    format!(
        "`but`: it holds, except as its section says; `no`: its section says why.\n\n{}",
        table(&head, policies().iter().map(row))
    )
}

fn rises() -> String {
    let row = |rising: &Rising| {
        let mut unless: Vec<String> = rising.unless.iter().map(|unless| unless.doc.to_owned()).collect();
        if !rising.slack_doc.is_empty() {
            unless.push(format!("by rounding: {}", rising.slack_doc));
        }
        vec![rising.policy.to_owned(), code(rising.pay), rising.credit.to_owned(), unless.join("; ")]
    };
    format!(
        "## 1. Pay doesn't fall when credit rises\n\nOne figure of a row is raised, or lowered where less is better, \
         and nothing else changes. A minus, as in `-level`: what must not rise. Falling tiers with slices, caps, \
         floors and gates are no exception.\n\n{}\nNone of these figures:\n\n{}",
        table(&["policy", "doesn't fall", "with", "except where"], RISING.iter().map(row)),
        table(
            &["policy", "why"],
            NOT_RISING.iter().map(|(policy, why)| vec![(*policy).to_owned(), (*why).to_owned()])
        )
    )
}

fn adds_up() -> String {
    let sums = SUMS.iter().map(|sum| {
        vec![sum.policy.to_owned(), format!("`{} = {}`", sum.left, sum.right), sum.doc.to_owned()]
    });
    let parts = PARTS.iter().map(|parts| {
        let exactly =
            if parts.units == 0 { "exactly".to_owned() } else { format!("to {} unit", parts.units) };
        vec![parts.policy.to_owned(), parts.doc.to_owned(), exactly]
    });
    format!(
        "## 2. What is split adds up\n\nTo the last unit, in every row and group. A name is an output, or else an \
         input (`in.` where both have it); `sum` is over the rows of a group, `first` the first value in it. No value \
         of an input is nothing.\n\n{}\nOver periods and deals:\n\n{}\nSlices of a year so far, in `tiered-commission`, \
         are each rounded in their period: they add up to the year only before they are rounded.\n",
        table(&["policy", "", "where"], sums),
        table(&["policy", "what adds up", ""], parts)
    )
}

fn order() -> String {
    let row = |decided: &crate::order::Decided| {
        let what = match decided.ties {
            crate::order::Ties::Nothing => "nothing".to_owned(),
            crate::order::Ties::LastUnit(outputs) => format!("one unit of {}", codes(outputs)),
            crate::order::Ties::Places(["*"]) => "who gets an honour".to_owned(),
            crate::order::Ties::Places(outputs) => format!("who has which {}", codes(outputs)),
            crate::order::Ties::Sequence => "everything".to_owned(),
        };
        vec![decided.policy.to_owned(), what, decided.why.to_owned()]
    };
    format!(
        "## 3. No row depends on order or company\n\nEach group (each row, where rows are independent) gives alone what \
         it gives among others, in any order of groups and any cut into batches; where it is refused, the first that is \
         refused alone is the one that is named. Rows inside a group may stand in any order, as far as `bind` asks for \
         none: results move with them. Only a sum on the way may be too large in one order and not in another, and is \
         then refused. What the order inside a group decides:\n\n{}",
        table(&["policy", "what", "why"], DECIDED.iter().map(row))
    )
}

fn explained() -> String {
    let row = |arithmetic: &crate::steps::Arithmetic| {
        vec![arithmetic.policy.to_owned(), code(arithmetic.rule), code(arithmetic.product)]
    };
    format!(
        "## 4. Explanations add up\n\nWhat the steps of a row add to an output adds up to it; every `pay` output that \
         isn't zero is explained. Each step is a rule of the manifest or the binding, has a number for each place of \
         its sentence, names inputs and labels that there are, and shows what it adds to pay, unless the plan wrote its sentence. Where a sentence \
         multiplies, its numbers do so, to a unit and to what `~` was rounded by before it was shown:\n\n{}",
        table(&["policy", "step", "so"], ARITHMETIC.iter().map(row))
    )
}

fn scales() -> String {
    let row = |apart: &crate::scale::Apart| {
        vec![apart.policy.to_owned(), codes(apart.outputs), apart.why.to_owned()]
    };
    format!(
        "## 5. Nothing overflows silently\n\nThe same amounts in a currency of one decimal more, parameters and figures, \
         up to the ends of 64 bits, give the same to one rounding, or `overflow`; what isn't money is exactly the same. \
         A refusal for something else is the same refusal. And figures of up to ten digits never overflow.\n\n\
         Only money has a finer form: counts, points, ratios and days keep their decimals. At their ends the other \
         properties speak: nothing panics, nothing falls that rises, sums and explanations add up.\n\n\
         Not to one rounding:\n\n{}",
        table(&["policy", "outputs", "why"], APART.iter().map(row))
    )
}

fn missing() -> String {
    let row = |needs: &crate::missing::Needs| {
        let refused =
            needs.codes.iter().map(|(name, doc)| format!("`{name}`: {doc}")).collect::<Vec<_>>().join("; ");
        vec![needs.policy.to_owned(), codes(needs.always), codes(needs.sometimes), refused]
    };
    let stands = STANDS_FOR.iter().map(|(policy, input, value)| {
        vec![(*policy).to_owned(), code(input), crate::missing::told(policy, input, *value)]
    });
    format!(
        "## 6. What isn't there\n\nFigures of any kind end in a result or in a failure of this table, `missing-value` or \
         `overflow`, which names its row, and the input that has no value there. Nothing panics: with no rows, with a \
         group of one, with weights of zero, with amounts below zero. No rows give no values; a column that nothing is \
         bound to is one without values; a batch of another shape is refused as `batch`.\n\n{}\nWhat no value stands \
         for: it gives the same.\n\n{}",
        table(
            &["policy", "needs a value, wherever it is an input", "needs one in some rows", "refused as"],
            NEEDS.iter().map(row)
        ),
        table(&["policy", "input", "no value is"], stands)
    )
}

fn again() -> String {
    "## 7. The same again\n\nThe same in gives the same out. Explained is what is evaluated: whichever rows are asked \
     for, in whatever order; a row that is refused is explained with the same failure. What is paid is explained, \
     whatever its figures: a number that only a sentence shows and that has too many digits is shown as no value. \
     Flags, levels and labels are what `bind` said they may be.\n"
        .to_owned()
}
