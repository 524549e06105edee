//! Keeps floating point out of recipes: what would make it is refused before the SQL runs.
//!
//! SQLite turns a quotient of whole numbers silently into a truncated one, and a literal with a point, a cast or
//! an overflow silently into a binary fraction. The compiled program says which of these it does, so it is read
//! (`explain`) before it runs; what is left, an overflow, shows in the result and is refused there.

use rusqlite::Connection;

/// What a floating-point result is told.
pub(super) const REAL_RESULT: &str = "is floating point, which can't be exact; use `ratio(a, b, decimals)` or `round_div(a, b)` for a quotient and `mean(x, decimals)` for a mean, declare the columns of the source that are numbers (`columns = { ... }`), or keep products below 9223372036854775807";

const REAL_LITERAL: &str = "the SQL has a number with a decimal point or exponent, which SQLite keeps as floating point; write decimals in their smallest unit (12.34 is `1234`, or `money('12.34')`), and times 1.1 as `round_div(x * 11, 10)`";

const DIVISION: &str = "the SQL divides by `/`, which drops the fraction of whole numbers; use `ratio(a, b, decimals)` or `round_div(a, b)`";

const CAST: &str = "the SQL casts to a number, which cuts off what isn't one; declare the column in its source (`columns = { ... }`), or use `whole(x)`";

/// Why a statement isn't run.
pub(super) enum Inexact {
    /// It would compute with floating point.
    Refused(String),
    /// It can't be compiled.
    Failed(rusqlite::Error),
}

/// Reads the compiled program of the SQL.
pub(super) fn check(connection: &Connection, sql: &str) -> Result<(), Inexact> {
    let plain = connection.prepare(sql).map_err(Inexact::Failed)?;
    if plain.is_explain() != 0 || plain.column_count() == 0 || !plain.readonly() {
        return Err(Inexact::Refused(
            "is not a `select`, expected one `select` or `with ... select`".to_owned(),
        ));
    }
    drop(plain);
    let mut program = connection.prepare(&format!("explain {sql}")).map_err(Inexact::Failed)?;
    let mut steps = program.raw_query();
    while let Some(step) = steps.next().map_err(Inexact::Failed)? {
        let opcode: String = step.get(1).map_err(Inexact::Failed)?;
        let second: i64 = step.get(3).map_err(Inexact::Failed)?;
        let refused = match opcode.as_str() {
            "Real" => REAL_LITERAL,
            "Divide" => DIVISION,
            // The affinities of SQLite: numeric, integer, real.
            "Cast" if (0x43..=0x45).contains(&second) => CAST,
            _ => continue,
        };
        return Err(Inexact::Refused(refused.to_owned()));
    }
    Ok(())
}
