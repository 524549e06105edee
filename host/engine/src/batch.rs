//! What goes into a policy: context and columns, borrowed from whoever holds them.
//!
//! The types are the records of the contract (`sdk/wit/policy.wit`) and are written straight into the
//! guest's memory: the host makes no copy of a column on the way.

use crate::error::PolicyError;
use crate::limits::Limits;
use attain_model::manifest::{Binding, Grouping};
use attain_model::table::NO_TEXT;
use attain_model::{NO_VALUE, TextColumn, Unit};
use wasmtime::component::{ComponentType, Lower};

/// What a batch is about. Days count from 1970-01-01; both ends belong to the span.
#[derive(Clone, Debug, PartialEq, Eq, ComponentType, Lower)]
#[component(record)]
pub struct Context {
    /// `day`, `week`, `month`, `quarter` or `year`.
    #[component(name = "period-kind")]
    pub period_kind: String,
    /// The period's first day.
    #[component(name = "first-day")]
    pub first_day: i32,
    /// The period's last day.
    #[component(name = "last-day")]
    pub last_day: i32,
    /// The first day of the fiscal year that the period lies in.
    #[component(name = "year-first-day")]
    pub year_first_day: i32,
    /// The last day of that year.
    #[component(name = "year-last-day")]
    pub year_last_day: i32,
    /// Decimals of a money value in the plan's currency (2 for CNY, 0 for JPY, 3 for KWD).
    #[component(name = "money-decimals")]
    pub money_decimals: u8,
}

/// Names as numbers, for the rows of one batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, ComponentType, Lower)]
#[component(record)]
pub struct TextSlice<'a> {
    /// The distinct texts, rising by code point; only what occurs in the batch.
    pub dictionary: Vec<&'a str>,
    /// A value a row, an index into `dictionary`; `u32::MAX` is no value.
    pub codes: &'a [u32],
}

impl<'a> TextSlice<'a> {
    /// The whole of a column.
    pub fn of(column: &'a TextColumn) -> TextSlice<'a> {
        TextSlice { dictionary: column.dictionary.iter().map(String::as_str).collect(), codes: &column.codes }
    }
}

/// Rows as columns: the inputs that the binding names, in its order, numbers and texts apart.
///
/// A column has `rows` values, or none at all where nothing is bound to an optional input.
#[derive(Clone, Debug, Default, PartialEq, Eq, ComponentType, Lower)]
#[component(record)]
pub struct Batch<'a> {
    /// How many rows.
    pub rows: u32,
    /// Numbers scaled by their declared decimals; `i64::MIN` is no value.
    pub numbers: Vec<&'a [i64]>,
    /// Names.
    pub texts: Vec<TextSlice<'a>>,
    /// For each group, the row after its last; empty where rows are independent.
    #[component(name = "group-ends")]
    pub group_ends: &'a [u32],
}

/// What a call needs besides the rows.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The plan's parameters, a JSON object.
    pub parameters: &'a str,
    /// The period and the currency.
    pub context: &'a Context,
    /// What [`Policy::bind`](crate::Policy::bind) gave for these parameters and this context.
    pub binding: &'a Binding,
    /// What the policy may use.
    pub limits: &'a Limits,
}

impl Batch<'_> {
    /// Checks the batch against what the policy asked for: number and length of columns, groups, codes, and
    /// the width of integers. All but the last are the caller's own faults.
    pub(crate) fn check(&self, binding: &Binding) -> Result<(), PolicyError> {
        let wrong = |what: String| Err(PolicyError::Batch { what });
        let (texts, numbers): (Vec<_>, Vec<_>) =
            binding.inputs.iter().partition(|input| input.unit == Unit::Text);
        if (numbers.len(), texts.len()) != (self.numbers.len(), self.texts.len()) {
            return wrong(format!(
                "it has {} number and {} text columns, the binding names {} and {}",
                self.numbers.len(),
                self.texts.len(),
                numbers.len(),
                texts.len()
            ));
        }
        let rows = self.rows as usize;
        let number_lengths = numbers.iter().zip(&self.numbers).map(|(input, column)| (*input, column.len()));
        let text_lengths = texts.iter().zip(&self.texts).map(|(input, column)| (*input, column.codes.len()));
        for (input, length) in number_lengths.chain(text_lengths) {
            if length != rows && (length != 0 || input.required) {
                return wrong(format!("input `{}` has {length} values for {rows} rows", input.name));
            }
        }
        for (input, column) in texts.iter().zip(&self.texts) {
            let known = column.dictionary.len();
            if column.codes.iter().any(|code| *code != NO_TEXT && *code as usize >= known) {
                return wrong(format!("input `{}` has a code past its dictionary of {known}", input.name));
            }
        }
        self.check_groups(&binding.grouping)?;
        for (input, column) in numbers.iter().zip(&self.numbers) {
            check_width(&input.name, column, binding.integer_bits)?;
        }
        Ok(())
    }

    fn check_groups(&self, grouping: &Grouping) -> Result<(), PolicyError> {
        let rising = self.group_ends.is_sorted_by(|a, b| a < b) && self.group_ends.first() != Some(&0);
        let fits = match grouping {
            Grouping::Each => self.group_ends.is_empty(),
            Grouping::By(_) | Grouping::Person => self.group_ends.last().copied().unwrap_or(0) == self.rows,
            Grouping::All => self.group_ends == [self.rows] || (self.rows == 0 && self.group_ends.is_empty()),
        };
        if rising && fits {
            return Ok(());
        }
        let what = format!("its group ends don't cut {} rows as grouping {grouping:?} asks", self.rows);
        Err(PolicyError::Batch { what })
    }

    /// How many values an output has.
    pub(crate) fn groups(&self) -> usize {
        self.group_ends.len()
    }
}

/// Checks that no number has more bits than the policy's language can hold exactly.
pub(crate) fn check_width(name: &str, column: &[i64], bits: Option<u8>) -> Result<(), PolicyError> {
    let Some(bits) = bits.filter(|bits| *bits < 63) else { return Ok(()) };
    let most = (1i64 << bits) - 1;
    let row = column.iter().position(|value| *value != NO_VALUE && !(-most..=most).contains(value));
    match row {
        None => Ok(()),
        Some(row) => Err(PolicyError::IntegerBits {
            column: name.to_owned(),
            row: u32::try_from(row).unwrap_or(u32::MAX),
            value: column.get(row).copied().unwrap_or(NO_VALUE),
            bits,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(grouping: &str, more: &str) -> Binding {
        let json = format!(
            r#"{{"inputs":[{{"name":"credit","unit":"money","decimals":2,"required":true}},
                {{"name":"target","unit":"money","decimals":2,"required":false}},
                {{"name":"role","unit":"text","required":true}}],
                "outputs":[{{"name":"pay","unit":"money","decimals":2,"kind":"pay"}}],
                "grouping":{grouping}{more}}}"#
        );
        Binding::parse(&json).unwrap()
    }

    fn batch<'a>(credit: &'a [i64], target: &'a [i64], codes: &'a [u32], ends: &'a [u32]) -> Batch<'a> {
        let texts = vec![TextSlice { dictionary: vec!["rep"], codes }];
        Batch { rows: 2, numbers: vec![credit, target], texts, group_ends: ends }
    }

    #[track_caller]
    fn refused(batch: &Batch, binding: &Binding, expected: &str) {
        let error = batch.check(binding).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }

    #[test]
    fn a_batch_that_is_not_what_the_policy_asked_for_never_reaches_it() {
        let each = binding(r#""each""#, "");
        batch(&[1, 2], &[], &[0, NO_TEXT], &[]).check(&each).unwrap();
        refused(&batch(&[1], &[], &[0, 0], &[]), &each, "`credit` has 1 values for 2 rows");
        refused(&batch(&[], &[], &[0, 0], &[]), &each, "`credit` has 0 values");
        refused(&batch(&[1, 2], &[], &[0, 1], &[]), &each, "`role` has a code past its dictionary of 1");
        refused(&batch(&[1, 2], &[], &[0, 0], &[2]), &each, "group ends");
        refused(&Batch { rows: 2, ..Batch::default() }, &each, "0 number and 0 text columns");
    }

    #[test]
    fn groups_must_rise_and_cover_all_rows() {
        let by = binding(r#"{"by":["role"]}"#, "");
        batch(&[1, 2], &[], &[0, 0], &[1, 2]).check(&by).unwrap();
        for ends in [&[][..], &[0, 2], &[2, 2], &[1], &[2, 1]] {
            refused(&batch(&[1, 2], &[], &[0, 0], ends), &by, "group ends");
        }
        let all = binding(r#""all""#, "");
        batch(&[1, 2], &[], &[0, 0], &[2]).check(&all).unwrap();
        refused(&batch(&[1, 2], &[], &[0, 0], &[1, 2]), &all, "group ends");
    }

    #[test]
    fn integers_wider_than_the_guest_can_hold_are_refused_with_their_row() {
        let narrow = binding(r#""each""#, r#","integer_bits":53"#);
        let most = (1i64 << 53) - 1;
        batch(&[most, NO_VALUE], &[-most, 0], &[0, 0], &[]).check(&narrow).unwrap();
        let error = batch(&[1, most + 1], &[], &[0, 0], &[]).check(&narrow).unwrap_err();
        assert_eq!((error.code(), error.row()), ("integer-bits", Some(1)));
    }
}
