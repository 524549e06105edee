//! Our own functions: exact, half-up to the decimals asked for, no value where there is none.
//!
//! | function | gives |
//! |---|---|
//! | `ratio(a, b, decimals)` | a / b with so many decimals; a and b in the same unit |
//! | `round_div(a, b)`, `round_div(a, b, decimals)` | a / b to the unit of a, or with so many decimals more |
//! | `mean(x, decimals)` | the mean of x with so many decimals more than x has |
//! | `sum(x)` | the sum of whole numbers; SQLite's own would take texts too |
//! | `days(a, b)` | the days from a to b |
//! | `date('2017-03-01')`, `date(x, 'DD.MM.YYYY')` | the day of a text |
//! | `year(d)`, `month(d)`, `day(d)` | the parts of a day |
//! | `money('12.34')`, `money('12.345', 3)` | an amount in its smallest unit |
//! | `whole(x)` | the whole number of a text |
//!
//! Nothing divided by nothing is no value; something divided by nothing is an error, as is an overflow.

use crate::error::shown;
use crate::settings::date::{DateFormat, date_of, read_iso};
use attain_model::Currency;
use attain_model::number::{DECIMALS_MAX, Rounding, divide, parse, power_of_ten};
use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};

/// The names of our functions.
pub(super) const OURS: [&str; 11] =
    ["ratio", "round_div", "mean", "sum", "days", "date", "year", "month", "day", "money", "whole"];

/// Adds our functions to a connection.
pub(super) fn register(connection: &Connection, currency: Option<Currency>) -> Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("ratio", 3, flags, |ctx| quotient(ctx, "ratio"))?;
    connection.create_scalar_function("round_div", 2, flags, |ctx| quotient(ctx, "round_div"))?;
    connection.create_scalar_function("round_div", 3, flags, |ctx| quotient(ctx, "round_div"))?;
    connection.create_scalar_function("days", 2, flags, days)?;
    connection.create_scalar_function("date", 1, flags, date)?;
    connection.create_scalar_function("date", -1, flags, date)?;
    connection
        .create_scalar_function("year", 1, flags, |ctx| part(ctx, "year", |(year, _, _)| i64::from(year)))?;
    connection.create_scalar_function("month", 1, flags, |ctx| {
        part(ctx, "month", |(_, month, _)| i64::from(month))
    })?;
    connection
        .create_scalar_function("day", 1, flags, |ctx| part(ctx, "day", |(_, _, day)| i64::from(day)))?;
    connection.create_scalar_function("money", 1, flags, move |ctx| money(ctx, currency))?;
    connection.create_scalar_function("money", 2, flags, move |ctx| money(ctx, currency))?;
    connection.create_scalar_function("whole", 1, flags, whole)?;
    connection.create_window_function("sum", 1, flags, Adding::Sum)?;
    connection.create_window_function("mean", 2, flags, Adding::Mean)
}

fn refused<T>(what: String) -> Result<T> {
    Err(Error::UserFunctionError(what.into()))
}

/// A whole number, or no value; anything else is a mistake to be named.
fn number(ctx: &Context<'_>, index: usize, function: &str) -> Result<Option<i64>> {
    match ctx.get_raw(index) {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(number) => Ok(Some(number)),
        ValueRef::Real(real) => refused(format!(
            "`{function}` got the floating-point number `{real}`, expected a whole number; keep products below 9223372036854775807 and declare the source's columns that are numbers"
        )),
        ValueRef::Text(text) => {
            let text = shown(&String::from_utf8_lossy(text));
            refused(format!(
                "`{function}` got the text `{text}`, expected a whole number; declare the column in its source (`columns = {{ ... }}`)"
            ))
        }
        ValueRef::Blob(_) => refused(format!("`{function}` got binary data, expected a whole number")),
    }
}

fn text<'c>(ctx: &'c Context<'_>, index: usize, function: &str) -> Result<Option<&'c str>> {
    match ctx.get_raw(index) {
        ValueRef::Null => Ok(None),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Ok(Some(text)),
            Err(_) => refused(format!("`{function}` got a text that isn't UTF-8")),
        },
        other => refused(format!("`{function}` got {}, expected a text in single quotes", kind_of(other))),
    }
}

fn kind_of(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Integer(number) => format!("the number `{number}`"),
        ValueRef::Real(real) => format!("the floating-point number `{real}`"),
        ValueRef::Null | ValueRef::Text(_) | ValueRef::Blob(_) => "another kind of value".to_owned(),
    }
}

fn decimals(ctx: &Context<'_>, index: usize, function: &str) -> Result<u8> {
    let given = number(ctx, index, function)?;
    match given.and_then(|given| u8::try_from(given).ok()).filter(|given| *given <= DECIMALS_MAX) {
        Some(decimals) => Ok(decimals),
        None => refused(format!(
            "`{function}` got {} as decimals, expected 0 to {DECIMALS_MAX}",
            given.map_or_else(|| "no value".to_owned(), |g| format!("`{g}`"))
        )),
    }
}

/// `a / b` with the decimals of the third argument, if there is one.
fn quotient(ctx: &Context<'_>, function: &str) -> Result<Option<i64>> {
    let decimals = if ctx.len() > 2 { decimals(ctx, 2, function)? } else { 0 };
    let (Some(a), Some(b)) = (number(ctx, 0, function)?, number(ctx, 1, function)?) else { return Ok(None) };
    divided(function, i128::from(a), i128::from(b), decimals)
}

fn divided(function: &str, a: i128, b: i128, decimals: u8) -> Result<Option<i64>> {
    if b == 0 {
        return match a {
            0 => Ok(None),
            _ => refused(format!(
                "`{function}` divides {a} by zero; leave such rows out, or use `nullif(b, 0)`"
            )),
        };
    }
    let scaled = a.checked_mul(i128::from(power_of_ten(decimals)));
    match scaled.and_then(|scaled| divide(scaled, b, Rounding::HalfUp)) {
        Some(quotient) => Ok(Some(quotient)),
        None => refused(format!(
            "`{function}` of {a} and {b} is too large for {decimals} decimals; ask for fewer"
        )),
    }
}

fn days(ctx: &Context<'_>) -> Result<Option<i64>> {
    let (Some(a), Some(b)) = (number(ctx, 0, "days")?, number(ctx, 1, "days")?) else { return Ok(None) };
    match b.checked_sub(a) {
        Some(days) => Ok(Some(days)),
        None => refused(format!("`days` of {a} and {b} is too large; expected two dates")),
    }
}

fn date(ctx: &Context<'_>) -> Result<Option<i64>> {
    if !(1..=2).contains(&ctx.len()) {
        return refused(
            "`date` takes a text and, where it isn't such as `2017-03-01`, a format such as `'DD.MM.YYYY'`"
                .to_owned(),
        );
    }
    let Some(given) = text(ctx, 0, "date")? else { return Ok(None) };
    let format = if ctx.len() == 2 { text(ctx, 1, "date")? } else { None };
    let day = match format {
        None => read_iso(given.trim()),
        Some(format) => match DateFormat::parse(format) {
            Ok(format) => format.read(given.trim()),
            Err(what) => return refused(format!("`date` got the format `{}`, {what}", shown(format))),
        },
    };
    match day {
        Some(day) => Ok(Some(day)),
        None => refused(format!(
            "`date` got `{}`, expected a day such as `{}`",
            shown(given),
            format.unwrap_or("2017-03-01")
        )),
    }
}

fn part(ctx: &Context<'_>, function: &str, of: fn((i16, i8, i8)) -> i64) -> Result<Option<i64>> {
    let Some(day) = number(ctx, 0, function)? else { return Ok(None) };
    match date_of(day) {
        Some(date) => Ok(Some(of(date))),
        None => refused(format!(
            "`{function}` got `{day}`, expected a date; declare the column in its source as `\"date\"`"
        )),
    }
}

fn money(ctx: &Context<'_>, currency: Option<Currency>) -> Result<Option<i64>> {
    let decimals = match (ctx.len(), currency) {
        (2, _) => decimals(ctx, 1, "money")?,
        (_, Some(currency)) => currency.decimals(),
        (_, None) => {
            return refused(
                "`money` doesn't know the currency's decimals; write them: `money('12.34', 2)`".to_owned(),
            );
        }
    };
    let Some(given) = text(ctx, 0, "money")? else { return Ok(None) };
    match parse(given.trim(), decimals) {
        Ok(amount) => Ok(Some(amount)),
        Err(error) => refused(format!("`money` got `{}`, which {error}", shown(given))),
    }
}

fn whole(ctx: &Context<'_>) -> Result<Option<i64>> {
    match ctx.get_raw(0) {
        ValueRef::Text(_) => match text(ctx, 0, "whole")?.map(|given| (given, parse(given.trim(), 0))) {
            None => Ok(None),
            Some((_, Ok(number))) => Ok(Some(number)),
            Some((given, Err(error))) => refused(format!("`whole` got `{}`, which {error}", shown(given))),
        },
        _ => number(ctx, 0, "whole"),
    }
}

/// The sum or the mean of the values that are there.
///
/// SQLite's own `sum` takes the text `1054` for a number, so that a column that nobody declared would be added up
/// in whole yuan and read as cents.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Adding {
    Sum,
    Mean,
}

/// Sum, count and decimals so far. A sum of 2^64 rows fits.
#[derive(Clone, Copy, Default)]
struct SoFar {
    sum: i128,
    count: i128,
    decimals: u8,
}

impl Adding {
    fn name(self) -> &'static str {
        match self {
            Adding::Sum => "sum",
            Adding::Mean => "mean",
        }
    }

    fn decimals(self, ctx: &Context<'_>) -> Result<u8> {
        match self {
            Adding::Sum => Ok(0),
            Adding::Mean => decimals(ctx, 1, "mean"),
        }
    }

    fn result(self, so_far: SoFar) -> Result<Option<i64>> {
        match (self, so_far.count) {
            (_, 0) => Ok(None),
            (Adding::Mean, count) => divided("mean", so_far.sum, count, so_far.decimals),
            (Adding::Sum, _) => match i64::try_from(so_far.sum) {
                Ok(sum) if sum != i64::MIN => Ok(Some(sum)),
                _ => refused(format!(
                    "`sum` is {}, beyond 9223372036854775807; count in a larger unit",
                    so_far.sum
                )),
            },
        }
    }
}

impl Aggregate<SoFar, Option<i64>> for Adding {
    fn init(&self, ctx: &mut Context<'_>) -> Result<SoFar> {
        Ok(SoFar { decimals: self.decimals(ctx)?, ..SoFar::default() })
    }

    fn step(&self, ctx: &mut Context<'_>, so_far: &mut SoFar) -> Result<()> {
        if self.decimals(ctx)? != so_far.decimals {
            return refused(
                "`mean` got different decimals from row to row, expected one number such as `mean(x, 2)`"
                    .to_owned(),
            );
        }
        if let Some(value) = number(ctx, 0, self.name())? {
            so_far.sum += i128::from(value);
            so_far.count += 1;
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, so_far: Option<SoFar>) -> Result<Option<i64>> {
        self.result(so_far.unwrap_or_default())
    }
}

impl WindowAggregate<SoFar, Option<i64>> for Adding {
    fn value(&self, so_far: Option<&mut SoFar>) -> Result<Option<i64>> {
        self.result(so_far.map(|so_far| *so_far).unwrap_or_default())
    }

    fn inverse(&self, ctx: &mut Context<'_>, so_far: &mut SoFar) -> Result<()> {
        if let Some(value) = number(ctx, 0, self.name())? {
            so_far.sum -= i128::from(value);
            so_far.count -= 1;
        }
        Ok(())
    }
}
