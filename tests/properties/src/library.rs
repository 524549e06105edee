//! Every policy, natively, with its cases.

use crate::figures::Cell;
use crate::mending::{self, Mend};
use attain_cases::{Binding, Case, Expected, Manifest, Subject, batch, read_folder};
use attain_catalogue::folder;
use attain_catalogue::shelf::shelf;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A policy and what is known of it.
pub struct Policy {
    /// What a plan calls it.
    pub name: &'static str,
    /// The policy itself.
    pub subject: Box<dyn Subject + Sync + Send>,
    /// What it says of itself.
    pub manifest: Manifest,
    /// Its cases whose parameters it takes, by the names of their files.
    pub cases: Vec<(String, Case)>,
    /// The values that its cases have in an input, by the input's name.
    pub known: BTreeMap<String, Vec<Cell>>,
    /// What makes figures fit together that chance made.
    pub mend: Mend,
}

/// All of them, by name.
pub fn policies() -> &'static [Policy] {
    static ALL: LazyLock<Vec<Policy>> = LazyLock::new(all);
    &ALL
}

fn all() -> Vec<Policy> {
    let mut all: Vec<Policy> = shelf().into_iter().map(|(_, subject)| load(subject)).collect();
    all.sort_by_key(|policy| policy.name);
    all
}

fn load(subject: Box<dyn Subject + Sync + Send>) -> Policy {
    let manifest: Manifest = serde_json::from_str(&subject.describe().unwrap()).unwrap();
    // It stays as long as the list, which is for ever.
    let name: &'static str = manifest.name.clone().leak();
    let cases = read_folder(&folder().join(name).join("cases")).unwrap();
    let mut known: BTreeMap<String, Vec<Cell>> = BTreeMap::new();
    let taken = |(name, case): (String, Case)| {
        let parameters = serde_json::Value::Object(case.parameters.clone()).to_string();
        let bound = subject.bind(&parameters, &case.period.context()).ok()?;
        let binding: Binding = serde_json::from_str(&bound).unwrap();
        // A case that is refused for its figures may also be one that leaves columns out.
        match batch(&case, &binding) {
            Ok(batch) => {
                let rows = crate::figures::rows(&batch, &binding);
                for (i, input) in binding.inputs.iter().enumerate() {
                    let cells = rows.iter().filter_map(|row| row.cells.get(i).cloned());
                    known.entry(input.name.clone()).or_default().extend(cells);
                }
            }
            Err(_) => assert!(matches!(case.expected(), Expected::Refusal(_)), "{name}"),
        }
        Some((name, case))
    };
    let cases: Vec<(String, Case)> = cases.into_iter().filter_map(taken).collect();
    for cells in known.values_mut() {
        cells.sort();
        cells.dedup();
    }
    assert!(!cases.is_empty(), "`{name}` takes the parameters of none of its cases");
    Policy { name, subject, manifest, cases, known, mend: mending::of(name) }
}
