//! What holds for every policy, whatever its figures.
//!
//! Cases say what a policy gives for figures that somebody wrote down. Here are properties that hold for figures
//! that nobody wrote down: pay doesn't fall when credit rises, parts add up, the order of rows doesn't matter. Each
//! property is a module with its check, and with a table of what it says of each policy, or why it can't;
//! `README.md` shows the tables, and a test holds it to them.
//!
//! Parameters are those of the policies' own cases, and their neighbours: the same with a choice or a number
//! changed, as long as `bind` takes them. Figures come from the cases, from the parameters' own numbers and a unit
//! beside them, from the ends of what a number can be, and from chance; a trial's number gives the same ones
//! everywhere. What fails is made small and printed as a case.

pub mod again;
pub mod chance;
pub mod explained;
pub mod expression;
pub mod figures;
pub mod library;
pub mod mending;
pub mod missing;
pub mod order;
pub mod page;
pub mod parts;
pub mod rising;
pub mod scale;
pub mod setting;
pub mod steps;
pub mod sums;
pub mod trial;
