//! Names as numbers, while rows still come.

use attain_model::TextColumn;
use attain_model::number::NO_VALUE;
use attain_model::table::NO_TEXT;
use std::collections::HashMap;

/// A text column in the making: codes in the order of their first row, sorted at the end.
#[derive(Default)]
pub(super) struct Names {
    numbers: HashMap<Box<str>, u32>,
    codes: Vec<u32>,
}

impl Names {
    /// Rows without a name.
    pub fn of_nothing(rows: usize) -> Names {
        Names { numbers: HashMap::new(), codes: vec![NO_TEXT; rows] }
    }

    /// Whole numbers that turned out to be names.
    pub fn of_numbers(values: &[i64]) -> Names {
        let mut names = Names::default();
        for value in values {
            let text = (*value != NO_VALUE).then(|| value.to_string());
            names.push(text.as_deref());
        }
        names
    }

    /// Takes the next row when its text is known already; says whether it did.
    pub fn push_known(&mut self, text: &str) -> bool {
        let known = self.numbers.get(text).copied();
        self.codes.extend(known);
        known.is_some()
    }

    /// Takes the next row.
    pub fn push(&mut self, text: Option<&str>) {
        let code = text.map_or(NO_TEXT, |text| match self.numbers.get(text) {
            Some(code) => *code,
            None => {
                let next = u32::try_from(self.numbers.len()).unwrap_or(NO_TEXT);
                self.numbers.insert(text.into(), next);
                next
            }
        });
        self.codes.push(code);
    }

    /// The column, with its dictionary sorted.
    pub fn finish(self) -> TextColumn {
        let mut entries: Vec<(Box<str>, u32)> = self.numbers.into_iter().collect();
        entries.sort_unstable();
        let mut rank = vec![NO_TEXT; entries.len()];
        for (sorted, (_, code)) in entries.iter().enumerate() {
            if let Some(slot) = rank.get_mut(*code as usize) {
                *slot = u32::try_from(sorted).unwrap_or(NO_TEXT);
            }
        }
        let codes =
            self.codes.iter().map(|code| rank.get(*code as usize).copied().unwrap_or(NO_TEXT)).collect();
        TextColumn { dictionary: entries.into_iter().map(|(text, _)| text.into()).collect(), codes }
    }
}
