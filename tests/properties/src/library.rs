//! Every policy, natively, with its cases.

use crate::figures::Cell;
use crate::mending::{self, Mend};
use attain_cases::{Binding, Case, Expected, Manifest, Native, Subject, batch, read_folder};
use std::collections::BTreeMap;
use std::path::PathBuf;
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

macro_rules! subjects {
    ($($name:literal: $crate_name:ident,)*) => {
        fn all() -> Vec<Policy> {
            vec![$(load($name, Box::new(Native::<$crate_name::Policy>::new())),)*]
        }
    };
}

subjects! {
    "ability-gap": ability_gap,
    "awards": awards,
    "clawback": clawback,
    "credit-split": credit_split,
    "customer-health": customer_health,
    "customer-tier": customer_tier,
    "deductions": deductions,
    "deviation": deviation,
    "diagnosis": diagnosis,
    "draw": draw,
    "early-warning": early_warning,
    "equity-grant": equity_grant,
    "forced-ranking": forced_ranking,
    "forecast-gap": forecast_gap,
    "funnel": funnel,
    "holdback": holdback,
    "installments": installments,
    "joint-bonus": joint_bonus,
    "new-hire-ramp": new_hire_ramp,
    "opportunity-health": opportunity_health,
    "override": team_override,
    "pay-on-payment": pay_on_payment,
    "peer-review": peer_review,
    "process-guarantee": process_guarantee,
    "product-commission": product_commission,
    "proration": proration,
    "relative-index": relative_index,
    "reminders": reminders,
    "residual": residual,
    "retention-bonus": retention_bonus,
    "return-clawback": return_clawback,
    "running-commission": running_commission,
    "scorecard": scorecard,
    "shallow-coverage": shallow_coverage,
    "spiff": spiff,
    "target-bonus": target_bonus,
    "target-offset": target_offset,
    "team-pool": team_pool,
    "tiered-commission": tiered_commission,
}

/// The folder of all policies.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

fn load(name: &'static str, subject: Box<dyn Subject + Sync + Send>) -> Policy {
    let manifest = serde_json::from_str(&subject.describe().unwrap()).unwrap();
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
