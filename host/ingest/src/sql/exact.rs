//! Keeps floating point out of recipes: what would make it is refused before the SQL runs.
//!
//! SQLite turns a quotient of whole numbers silently into a truncated one, and a literal with a point, a cast or
//! an overflow silently into a binary fraction. The compiled program says which of these it does, so it is read
//! (`explain`) before it runs; what is left, an overflow, shows in the result and is refused there. The same way
//! an undeclared column is caught when it is calculated with: its `1054` would become 10.54.

use attain_model::{Table, Unit};
use rusqlite::Connection;
use std::collections::{HashMap, HashSet};

/// What a floating-point result is told.
pub(super) const REAL_RESULT: &str = "is floating point, which can't be exact; use `ratio(a, b, decimals)` or `round_div(a, b)` for a quotient and `mean(x, decimals)` for a mean, declare the columns of the source that are numbers (`columns = { ... }`), or keep products below 9223372036854775807";

const REAL_LITERAL: &str = "the SQL has a number with a decimal point or exponent, which SQLite keeps as floating point; write decimals in their smallest unit (12.34 is `1234`, or `money('12.34')`), and times 1.1 as `round_div(x * 11, 10)`";

const DIVISION: &str = "the SQL divides by `/`, which drops the fraction of whole numbers; use `ratio(a, b, decimals)` or `round_div(a, b)`";

const CAST: &str = "the SQL casts to a number, which cuts off what isn't one; declare the column in its source (`columns = { ... }`), or use `whole(x)`";

const TEXT_ARITHMETIC: &str = "the SQL calculates with a column of texts, in whose numbers SQLite sees no decimals; declare the column in its source (`columns = { ... }`), or use `whole(x)`";

/// Why a statement isn't run.
pub(super) enum Inexact {
    /// It would compute with floating point.
    Refused(String),
    /// It can't be compiled.
    Failed(rusqlite::Error),
}

/// Which columns of which source hold texts, by the page where SQLite keeps the source.
pub(super) struct TextColumns(HashMap<i64, Vec<bool>>);

impl TextColumns {
    /// Asks the database, before its doors are closed.
    pub fn of(connection: &Connection, sources: &[Table]) -> Result<TextColumns, rusqlite::Error> {
        let mut pages = HashMap::new();
        for source in sources {
            let sql = "select rootpage from sqlite_schema where name = ?";
            let page = connection.query_row(sql, [&source.name], |row| row.get(0))?;
            pages.insert(page, source.columns.iter().map(|column| column.kind.unit == Unit::Text).collect());
        }
        Ok(TextColumns(pages))
    }
}

/// Reads the compiled program of the SQL.
pub(super) fn check(connection: &Connection, sql: &str, texts: &TextColumns) -> Result<(), Inexact> {
    let plain = connection.prepare(sql).map_err(Inexact::Failed)?;
    if plain.is_explain() != 0 || plain.column_count() == 0 || !plain.readonly() {
        return Err(Inexact::Refused(
            "is not a `select`, expected one `select` or `with ... select`".to_owned(),
        ));
    }
    drop(plain);
    let mut program = connection.prepare(&format!("explain {sql}")).map_err(Inexact::Failed)?;
    let mut steps = program.raw_query();
    let mut registers = Registers { texts, cursors: HashMap::new(), hold_text: HashSet::new() };
    while let Some(step) = steps.next().map_err(Inexact::Failed)? {
        let opcode: String = step.get(1).map_err(Inexact::Failed)?;
        let mut operands = [0_i64; 3];
        for (index, operand) in operands.iter_mut().enumerate() {
            *operand = step.get(index + 2).map_err(Inexact::Failed)?;
        }
        if let Some(refused) = registers.step(&opcode, operands) {
            return Err(Inexact::Refused(refused.to_owned()));
        }
    }
    Ok(())
}

/// What is known of the program's registers, step by step. A text that takes a detour, through a subquery that is
/// kept, is lost from sight; what is seen is never wrong.
struct Registers<'a> {
    texts: &'a TextColumns,
    /// The page that a cursor reads.
    cursors: HashMap<i64, i64>,
    /// Registers that hold a cell of a text column.
    hold_text: HashSet<i64>,
}

impl Registers<'_> {
    /// Why a step is refused; none when it isn't.
    fn step(&mut self, opcode: &str, [first, second, third]: [i64; 3]) -> Option<&'static str> {
        match opcode {
            "Real" => return Some(REAL_LITERAL),
            "Divide" => return Some(DIVISION),
            // The affinities of SQLite: numeric, integer, real.
            "Cast" if (0x43..=0x45).contains(&second) => return Some(CAST),
            "Add" | "Subtract" | "Multiply" | "Remainder"
                if self.hold_text.contains(&first) || self.hold_text.contains(&second) =>
            {
                return Some(TEXT_ARITHMETIC);
            }
            "OpenRead" => {
                self.cursors.insert(first, second);
            }
            "Column" => {
                let columns = self.cursors.get(&first).and_then(|page| self.texts.0.get(page));
                let column = usize::try_from(second).ok().and_then(|index| columns?.get(index));
                self.set(third, column == Some(&true));
            }
            "Copy" | "SCopy" => self.set(second, self.hold_text.contains(&first)),
            _ => {
                self.set(second, false);
                self.set(third, false);
            }
        }
        None
    }

    fn set(&mut self, register: i64, is_text: bool) {
        if is_text {
            self.hold_text.insert(register);
        } else {
            self.hold_text.remove(&register);
        }
    }
}
