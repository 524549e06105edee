//! The words of the house: units, decimals, periods, tables, manifests, plans and records.
//!
//! Nothing here touches a disk, a clock, a network or a sandbox, and every type is validated where it is
//! made: what exists is well formed.

pub mod company;
pub mod currency;
pub mod digest;
pub mod manifest;
pub mod nearest;
pub mod number;
pub mod period;
pub mod plan;
pub mod record;
pub mod table;
pub mod unit;

pub use company::{Company, CompanyId};
pub use currency::{Currency, NotACurrency};
pub use digest::{Canonical, Digest};
pub use manifest::{Binding, Fold, Grouping, Input, Manifest, Output, OutputKind, Per};
pub use number::{NO_VALUE, Rounding};
pub use period::{Calendar, Period, PeriodKind, Span};
pub use plan::Plan;
pub use table::{Column, Data, Table, TextColumn};
pub use unit::{Type, Unit};
