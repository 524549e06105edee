//! A warning's level as a parameter, by its name.

use super::{Choice, Parameter, Path, Reading, Schema};
use crate::json::Json;
use crate::number::Level;
use std::cmp::Ordering;

const LEVELS: [Level; 4] = [Level::None, Level::Blue, Level::Yellow, Level::Red];

/// The words for them.
const WORDS: &[Choice] = &[
    Choice::word("none", "Nothing to say."),
    Choice::word("blue", "Look at it."),
    Choice::word("yellow", "Talk about it."),
    Choice::word("red", "Act on it."),
];

impl Parameter for Level {
    const SCHEMA: Schema = Schema::Choice(WORDS);

    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Level> {
        LEVELS.get(reading.word(value, at, WORDS)?).copied()
    }

    fn compare(&self, bound: &str) -> Option<Ordering> {
        let bound = LEVELS.get(Choice::find(WORDS, bound, false)?)?;
        Some(self.cmp(bound))
    }
}
