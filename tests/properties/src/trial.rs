//! Trying a property: policies, settings, figures, and what failed, made small.

use crate::chance::{self, Mood};
use crate::figures::{Cell, Sheet};
use crate::library::{Policy, policies};
use crate::setting::Setting;
use attain_tests::random::Random;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// What a property says of figures: nothing, or what isn't so.
pub type Check<'c> = dyn Fn(&Setting<'_>, &Sheet, &mut Random) -> Result<(), String> + 'c;

/// How many trials each case's parameters get, of each property: the setting `ATTAIN_TRIALS`.
pub fn trials() -> u64 {
    let default = 100;
    std::env::var("ATTAIN_TRIALS")
        .map_or(default, |text| text.parse().expect("`ATTAIN_TRIALS` is a whole number"))
}

/// Only this policy is tried: the setting `ATTAIN_POLICY`.
fn chosen(policy: &Policy) -> bool {
    std::env::var("ATTAIN_POLICY").map_or(true, |name| name == policy.name)
}

/// Tries a property: on every policy of which it claims something, and each claim at least once.
///
/// # Panics
///
/// Where it doesn't hold, with the figures; and where a claim was never tried, which is no claim.
#[track_caller]
pub fn holds(property: &str, moods: &[Mood], claims: impl Fn(&Policy) -> Vec<String>, check: &Check<'_>) {
    quiet();
    let mut failures = Vec::new();
    for policy in policies().iter().filter(|policy| chosen(policy)) {
        let claims = claims(policy);
        if claims.is_empty() {
            continue;
        }
        let found = (0..policy.cases.len()).filter_map(|case| failing(property, moods, policy, case, check));
        let found: Vec<String> = found.take(2).collect();
        let tried = TRIED.take();
        if found.is_empty() {
            let never = claims.iter().filter(|claim| !tried.contains(*claim));
            failures.extend(never.map(|claim| format!("no trial ever tried {claim:?}")));
        }
        failures.extend(found);
    }
    assert!(failures.is_empty(), "{property}: {} failures\n\n{}", failures.len(), failures.join("\n\n"));
}

/// A check says that it tried a claim, and didn't pass it over.
pub fn tried(claim: &str) {
    TRIED.with_borrow_mut(|tried| {
        if !tried.contains(claim) {
            tried.insert(claim.to_owned());
        }
    });
}

/// The claim of a property that makes the same one of every policy.
pub fn every(policy: &Policy) -> Vec<String> {
    vec![policy.name.to_owned()]
}

/// The first trial of a case that fails, told.
fn failing(
    property: &str,
    moods: &[Mood],
    policy: &Policy,
    case: usize,
    check: &Check<'_>,
) -> Option<String> {
    let name = &policy.cases[case].0;
    for trial in 0..trials() {
        let mut random = seeded(&[property, policy.name, name, &trial.to_string()]);
        let setting = Setting::of_case(policy, case);
        // The first trials are with the case's own parameters, most others with a neighbour's.
        let setting =
            if trial < 4 || random.below(4) == 0 { setting } else { setting.neighbour(&mut random) };
        let mood = moods[random.below(moods.len() as u64) as usize];
        let sheet = chance::sheet(&setting, mood, &mut random);
        let seed = random.next();
        let run = |sheet: &Sheet| caught(|| check(&setting, sheet, &mut Random::new(seed)));
        if let Err(first) = run(&sheet) {
            let sheet = smaller(sheet, &setting, &|sheet| run(sheet).is_err());
            let what = run(&sheet).err().unwrap_or_else(|| format!("{first} (once, and then no more)"));
            return Some(format!(
                "{}/cases/{name}.toml, trial {trial}{}: {what}\n{}",
                policy.name,
                setting.changes.iter().map(|change| format!(", {change}")).collect::<String>(),
                setting.as_case(&sheet)
            ));
        }
    }
    None
}

/// A generator that begins with these words.
fn seeded(words: &[&str]) -> Random {
    let bytes = words.iter().flat_map(|word| word.bytes().chain([0]));
    // FNV-1a.
    Random::new(bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    }))
}

/// The fewest rows and the plainest cells that still fail, as far as a few rounds find them.
fn smaller(mut sheet: Sheet, setting: &Setting<'_>, fails: &dyn Fn(&Sheet) -> bool) -> Sheet {
    for _ in 0..60 {
        let before = sheet.clone();
        for row in (0..sheet.rows.len()).rev() {
            let mut less = sheet.clone();
            less.rows.remove(row);
            if fails(&less) {
                sheet = less;
            }
        }
        for row in 0..sheet.rows.len() {
            for input in 0..setting.binding.inputs.len() {
                for plain in plainer(&sheet.rows[row].cells[input]) {
                    let mut less = sheet.clone();
                    less.rows[row].cells[input] = plain;
                    let less = less.arranged(&setting.binding);
                    if fails(&less) {
                        sheet = less;
                        break;
                    }
                }
            }
        }
        if sheet.rows == before.rows {
            break;
        }
    }
    sheet
}

/// What might do as well.
fn plainer(cell: &Cell) -> Vec<Cell> {
    match cell {
        Cell::Number(number) if *number != 0 => {
            let others = [0, 1, 100, -1, -100, number / 10, number / 2, number - number.signum()];
            let plainer = others.into_iter().filter(|other| other.unsigned_abs() < number.unsigned_abs());
            std::iter::once(Cell::Missing).chain(plainer.map(Cell::Number)).collect()
        }
        Cell::Number(_) | Cell::Text(_) => vec![Cell::Missing],
        Cell::Missing => Vec::new(),
    }
}

thread_local! {
    static PANICKED: RefCell<Option<String>> = const { RefCell::new(None) };
    static TRIED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
    static TRYING: RefCell<bool> = const { RefCell::new(false) };
}

/// A panic inside a trial is a failure, with its place.
fn caught(check: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    TRYING.set(true);
    let result = catch_unwind(AssertUnwindSafe(check));
    TRYING.set(false);
    result.unwrap_or_else(|_| Err(format!("it panics: {}", PANICKED.take().unwrap_or_default())))
}

/// What panics inside a trial says so once, in the report.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| match TRYING.with_borrow(|trying| *trying) {
            true => PANICKED.set(Some(panic.to_string())),
            false => usual(panic),
        }));
    });
}
