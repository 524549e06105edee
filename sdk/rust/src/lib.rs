//! What a policy author writes against.
//!
//! A policy is one function and the types around it: what a plan sets ([`Parameters`](macro@Parameters)), what
//! it reads ([`Inputs`](macro@Inputs)), what it gives ([`Outputs`](macro@Outputs)), and the sentences that
//! explain it ([`Rules`](macro@Rules)). From them come the manifest, the JSON Schema, the binding, and a
//! component that imports nothing. The same function pays and explains.
//!
//! ```
//! //! A fixed rate on what was sold.
//! use attain_sdk::prelude::*;
//!
//! /// What a plan sets.
//! #[derive(Parameters)]
//! struct Terms {
//!     /// The share of the credit that is paid.
//!     #[parameter(min = "0", max = "1")]
//!     rate: Ratio<6>,
//! }
//!
//! #[derive(Inputs)]
//! struct Row {
//!     /// Credit of the period.
//!     credit: Money,
//! }
//!
//! #[derive(Outputs)]
//! struct Earned {
//!     /// What is paid.
//!     #[output(pay)]
//!     commission: Money,
//! }
//!
//! #[derive(Rules)]
//! enum Step {
//!     /// {credit} earns {rate}: {pay}
//!     #[zh("{credit} 按 {rate} 计提：{pay}")]
//!     Rate { credit: Money, rate: Ratio<6>, pay: Money },
//! }
//!
//! #[policy(each, rules = Step, zh = "按固定比例计提")]
//! fn flat_commission(terms: &Terms, row: Row, why: &mut impl Why) -> Result<Earned> {
//!     let pay = row.credit * terms.rate;
//!     why.adds(Earned::COMMISSION, pay, |pay| Step::Rate { credit: row.credit, rate: terms.rate, pay });
//!     Ok(Earned { commission: pay.round(Round::HalfUp) })
//! }
//! # fn main() {}
//! ```
//!
//! No floating point is anywhere in a compiled policy: the `exact` engine profile refuses it. Between two
//! roundings values are [`Exact`].

extern crate self as attain_sdk;

#[doc(hidden)]
pub mod abi;
#[doc(hidden)]
#[expect(unsafe_code, reason = "generated: it reads and writes the memory that the host hands over")]
#[expect(clippy::unwrap_used, reason = "generated: of layouts that the host's own sizes have")]
#[rustfmt::skip]
pub mod contract;
mod defined;
mod exact;
mod failure;
#[cfg(target_arch = "wasm32")]
mod heap;
mod input;
pub mod json;
mod line;
pub mod manifest;
mod named;
pub mod native;
mod nearest;
mod number;
mod output;
pub mod overflow;
pub mod parameter;
mod period;
mod policy;
mod round;
mod shelf;
mod split;
mod tiers;
mod why;

pub use attain_sdk_macros::{Inputs, Labels, Outputs, Parameters, Rules, policy};
pub use contract::exports::attain::policy::rules::{Batch, Context, Step, TextColumn};
pub use exact::Exact;
pub use failure::{Failure, Result, needed};
pub use input::{COLUMN_SHAPE, Input, is_column_name};
pub use line::{Better, Line};
pub use named::Named;
pub use nearest::{hint, listed};
pub use number::{
    Amount, Count, DECIMALS_MAX, Days, Decimals, InputName, Kind, Level, Money, NO_VALUE, Number, Points,
    Ratio, Unit, Value, power_of_ten, written,
};
pub use output::{Output, Role, Several, Words};
pub use overflow::telling;
pub use parameter::{Decimal, Parameter, Prepare, Wrong};
pub use period::{Date, Period};
pub use policy::{Grouping, Order, Policy};
pub use round::Round;
pub use split::{EqualParts, split, split_capped};
pub use tiers::{Edge, Slice, TierError, TierTable};
pub use why::{Place, RuleText, Sentence};

/// What the macros refer to.
#[doc(hidden)]
pub mod parts {
    pub use crate::contract::exports::attain::policy::rules::Failure as ContractFailure;
    pub use crate::defined::{bind, describe, evaluate, explain};
    pub use crate::input::{Cell, CellColumns, Cells, Input, Inputs, Need, Source, declare};
    pub use crate::json::Json;
    pub use crate::number::Value;
    pub use crate::output::{
        Column, Given, Output, OutputField, Outputs, Role, Several, SeveralColumns, put,
    };
    pub use crate::parameter::{Choice, Parameter, Path, Prepare, Preset, Property, Reading, Schema};
    pub use crate::policy::{
        About, Declared, Definition, EachGroup, EachRow, Grouping, Order, Policy, evaluate_groups,
        evaluate_rows, explain_groups, explain_rows,
    };
    pub use crate::why::{Place, Rule, RulePlace, RuleText, Rules, Sentence, Silent, Trace, Why, cells};
}

/// Everything that a policy's file needs.
pub mod prelude {
    pub use crate::input::{Cells, Input, Need};
    pub use crate::output::{Output, Role, Several, Words};
    pub use crate::why::{Place, RuleText, Sentence, Why};
    pub use crate::{
        Amount, Better, Count, Date, Days, Decimal, Edge, EqualParts, Exact, Failure, Grouping, InputName,
        Inputs, Kind, Labels, Level, Line, Money, Named, Outputs, Parameters, Period, Points, Prepare, Ratio,
        Result, Round, Rules, Slice, TierTable, Unit, Wrong, needed, policy, split, split_capped,
    };
    pub use std::collections::BTreeMap;
}
