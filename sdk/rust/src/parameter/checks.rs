//! What several policies ask of their parameters, with one wording for what is wrong.

use super::numbers::plus;
use super::{Decimal, Wrong};
use crate::exact::Exact;
use crate::input::{COLUMN_MAX, is_column_name};
use crate::nearest::listed;
use crate::number::{Amount, Decimals, Kind, Ratio};
use std::fmt::Display;

/// What names are made of.
const NAME_OF: &str = "of `a-z`, `0-9` and `_`, beginning with a letter";

/// The most characters of a name that others' names begin or end with.
const PART_MAX: usize = 50;

impl Wrong<'_, '_> {
    /// Whether a name can be that of a column, and is none of those that are `taken`; `of` is what would have it,
    /// such as `a metric`.
    pub fn column(&mut self, place: impl Display, of: &str, name: &str, taken: &[&str]) -> bool {
        self.is_name(&place, of, name, COLUMN_MAX, taken)
    }

    /// The same of a name that columns' names begin or end with, such as `target_{name}`, so that it is shorter.
    pub fn part_of_columns(&mut self, place: impl Display, of: &str, name: &str, taken: &[&str]) -> bool {
        self.is_name(&place, of, name, PART_MAX, taken)
    }

    #[inline(never)]
    fn is_name(&mut self, place: &dyn Display, of: &str, name: &str, most: usize, taken: &[&str]) -> bool {
        if is_column_name(name) && name.len() <= most && !taken.contains(&name) {
            return true;
        }
        let mut message = format!("`{name}` can't be the name of {of}, expected 1 to {most} {NAME_OF}");
        if !taken.is_empty() {
            message.push_str(", and not `");
            message.push_str(&listed(taken));
            message.push('`');
        }
        self.at(place, "not-a-name", message);
        false
    }

    /// A decimal in the smallest part of a kind; zero where it has none, which is then told.
    pub fn amount(&mut self, place: impl Display, decimal: Decimal, kind: Kind) -> Amount {
        self.in_kind(&place, decimal, kind)
    }

    #[inline(never)]
    fn in_kind(&mut self, place: &dyn Display, decimal: Decimal, kind: Kind) -> Amount {
        let units = decimal.in_kind(kind, self.period());
        if units.is_none() {
            let decimals = kind.decimals(self.period());
            // Those of the currency aren't the plan's to choose.
            let more =
                if kind.decimals == Decimals::Currency { "" } else { "; write fewer, or declare more" };
            let message = format!("`{decimal}` has more than {decimals} decimals, or is too large{more}");
            self.at(place, "not-a-decimal", message);
        }
        Amount::from_units(units.unwrap_or(0))
    }

    /// Whether there are `metrics` and their weights add up to `weights_total`.
    pub fn weights(&mut self, weights: impl Iterator<Item = Decimal>, total: Decimal) {
        let add = |sum: Option<Exact>, weight| Some(plus(sum.unwrap_or(Exact::ZERO), weight));
        match weights.fold(None, add) {
            None => self.at("metrics", "no-metrics", "there is no metric, expected at least one".to_owned()),
            Some(sum) => self.add_up(sum, total),
        }
    }

    #[inline(never)]
    fn add_up(&mut self, sum: Exact, total: Decimal) {
        if sum != total.exact() {
            let mut sum = sum.told::<Ratio<9>>().to_string();
            while sum.ends_with('0') || sum.ends_with('.') {
                sum.pop();
            }
            let message = format!(
                "the weights add up to {sum}, expected {total}; change a weight, or set `weights_total`"
            );
            self.at("metrics", "weights-do-not-add-up", message);
        }
        if total.units() <= 0 {
            let message = "the weights must add up to more than 0".to_owned();
            self.at("weights_total", "out-of-range", message);
        }
    }
}
