//! A policy's cases: what goes in, what must come out, in files that a consultant can read.
//!
//! The same cases run natively (`attain_cases::cases!();` in the policy's crate) and through the sandbox
//! (`attain policy test`): a [`Subject`] is whatever can be asked the four questions of the contract.
//!
//! ```toml
//! doc = "Two slices: 3 % to 300,000, 5 % above."
//!
//! [parameters]
//! thresholds = "amount"
//! tiers = [{ from = "0", rate = "0.03" }, { from = "300000", rate = "0.05" }]
//!
//! [period]                       # may be left out: January 2025, two decimals
//! kind  = "month"
//! first = "2025-01-01"
//! last  = "2025-01-31"
//!
//! [in]                           # a list a column; "" is no value
//! credit = ["400000"]
//!
//! [out]                          # any of the outputs
//! commission = ["14000.00"]
//!
//! [[steps]]                      # of the rules named here, exactly these steps, in this order
//! rule   = "amount-slice"
//! values = { credit = "300000", pay = "9000" }
//! ```
//!
//! A case that must be refused has `[[errors]]` (`code`, and any of `at`, `row`, `contains`) instead of `[out]`.
//! Rows are in file order; where the policy groups, a group ends where the values of the grouping inputs change,
//! or those of the column `participant` where a person's rows come together.
//!
//! Whatever a case lists, its whole explanation is checked: what the steps of a row add to an output adds up
//! to that output, and every `pay` output is explained. A policy with independent rows is also run row by row.

mod batch;
mod case;
mod cells;
mod check;
mod folder;
mod manifest;
mod subject;

pub use batch::batch;
pub use case::{Case, Cell, Expected, ExpectedError, ExpectedStep};
pub use cells::write;
pub use check::{Difference, adds_up, run, shown};
pub use folder::{CaseError, Report, check_folder, read_folder};
pub use manifest::{Binding, Column, Manifest, Meaning, Order, Place, Rule};
pub use subject::{Native, Subject};

/// What the macro and a subject refer to.
pub use attain_sdk::contract::exports::attain::policy::rules::{Batch, Context, Failure, Step, TextColumn};

/// Makes a test of every file in the crate's folder `cases`.
#[macro_export]
macro_rules! cases {
    () => {
        #[cfg(test)]
        mod cases {
            #[test]
            fn every_case_gives_what_it_says() {
                let folder = ::std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
                let report = $crate::check_folder(&folder, &$crate::Native::<super::Policy>::new());
                let report = report.unwrap_or_else(|error| panic!("{error}"));
                assert!(report.is_good(), "\n{report}");
            }
        }
    };
}
