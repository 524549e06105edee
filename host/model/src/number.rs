//! Exact numbers: an `i64` with a declared number of decimals, and what may be done to it.

use serde::{Deserialize, Serialize};

/// A cell without a value, wherever numbers travel in columns. It is not zero.
pub const NO_VALUE: i64 = i64::MIN;

/// The most decimals a number may declare.
pub const DECIMALS_MAX: u8 = 9;

/// How a quotient or a product becomes a number of fewer decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// Half away from zero: 0.005 to 0.01, -0.005 to -0.01.
    HalfUp,
    /// Half to the even neighbour: 0.005 to 0.00, 0.015 to 0.02.
    HalfEven,
    /// Toward zero.
    TowardZero,
    /// Away from zero.
    AwayFromZero,
    /// Toward negative infinity.
    Floor,
    /// Toward positive infinity.
    Ceiling,
}

/// Why a text isn't a number of the declared decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not digits with at most one sign and one point.
    #[error("is not a decimal number")]
    NotANumber,
    /// More decimals than declared, and not all of the surplus is zero.
    #[error("has more than {0} decimals")]
    TooManyDecimals(u8),
    /// Beyond what an `i64` of these decimals holds.
    #[error("is too large for a number with {0} decimals")]
    TooLarge(u8),
}

/// 10 to the power of `exponent`, for up to 18 decimals.
pub const fn power_of_ten(exponent: u8) -> i64 {
    let mut power: i64 = 1;
    let mut i = 0;
    while i < exponent && i < 18 {
        power *= 10;
        i += 1;
    }
    power
}

/// Divides and rounds; none when the divisor is zero or the result doesn't fit a number.
///
/// ```
/// use attain_model::number::{Rounding, divide};
/// assert_eq!(divide(5, 10, Rounding::HalfUp), Some(1));
/// assert_eq!(divide(-5, 10, Rounding::HalfUp), Some(-1));
/// assert_eq!(divide(5, 10, Rounding::HalfEven), Some(0));
/// assert_eq!(divide(1, 0, Rounding::HalfUp), None);
/// ```
pub fn divide(numerator: i128, divisor: i128, mode: Rounding) -> Option<i64> {
    let quotient = numerator.checked_div(divisor)?;
    let rest = numerator.checked_rem(divisor)?;
    let away = if (rest < 0) == (divisor < 0) { 1 } else { -1 };
    let half = rest.unsigned_abs().cmp(&(divisor.unsigned_abs() - rest.unsigned_abs()));
    let up = rest != 0
        && match mode {
            Rounding::HalfUp => half.is_ge(),
            Rounding::HalfEven => half.is_gt() || (half.is_eq() && quotient % 2 != 0),
            Rounding::TowardZero => false,
            Rounding::AwayFromZero => true,
            Rounding::Floor => away < 0,
            Rounding::Ceiling => away > 0,
        };
    let rounded = i64::try_from(if up { quotient.checked_add(away)? } else { quotient }).ok()?;
    (rounded != NO_VALUE).then_some(rounded)
}

/// Reads a plain decimal number (`-12.34`) as a whole number of its smallest unit (`-1234`).
///
/// Digits, one leading sign, one point. No grouping, no exponent, no spaces: who reads a file knows its
/// format and has removed them before.
///
/// ```
/// use attain_model::number::{NumberError, parse};
/// assert_eq!(parse("-12.34", 2), Ok(-1234));
/// assert_eq!(parse("12.3400", 2), Ok(1234));
/// assert_eq!(parse("12.345", 2), Err(NumberError::TooManyDecimals(2)));
/// ```
pub fn parse(text: &str, decimals: u8) -> Result<i64, NumberError> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..).unwrap_or_default()),
        Some(b'+') => (false, text.get(1..).unwrap_or_default()),
        _ => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !only_digits(whole) || !only_digits(fraction) {
        return Err(NumberError::NotANumber);
    }
    let kept = fraction.len().min(usize::from(decimals));
    if fraction.bytes().skip(kept).any(|byte| byte != b'0') {
        return Err(NumberError::TooManyDecimals(decimals));
    }
    let padding = std::iter::repeat_n(b'0', usize::from(decimals) - kept);
    let mut value: i64 = 0;
    for byte in whole.bytes().chain(fraction.bytes().take(kept)).chain(padding) {
        let digit = i64::from(byte - b'0');
        value = value
            .checked_mul(10)
            .and_then(|v| if negative { v.checked_sub(digit) } else { v.checked_add(digit) })
            .ok_or(NumberError::TooLarge(decimals))?;
    }
    if value == NO_VALUE { Err(NumberError::TooLarge(decimals)) } else { Ok(value) }
}

/// Writes a number with exactly its decimals: 1234 with 2 is `12.34`. [`NO_VALUE`] is written as nothing.
pub fn format(value: i64, decimals: u8) -> String {
    if value == NO_VALUE {
        return String::new();
    }
    let sign = if value < 0 { "-" } else { "" };
    if decimals == 0 {
        return value.to_string();
    }
    let scale = power_of_ten(decimals).unsigned_abs();
    let magnitude = value.unsigned_abs();
    format!("{sign}{}.{:0width$}", magnitude / scale, magnitude % scale, width = usize::from(decimals))
}

/// Writes a number with its thousands apart: 123456789 with 2 is `1,234,567.89`.
pub fn format_grouped(value: i64, decimals: u8) -> String {
    let plain = format(value, decimals);
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut grouped = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

/// Changes the number of decimals without loss; none when digits would be lost or it doesn't fit.
pub fn rescale(value: i64, from: u8, to: u8) -> Option<i64> {
    if value == NO_VALUE || from == to {
        return Some(value);
    }
    if from < to {
        return value.checked_mul(power_of_ten(to - from)).filter(|v| *v != NO_VALUE);
    }
    let scale = power_of_ten(from - to);
    (value % scale == 0).then_some(value / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_round_as_named() {
        use Rounding::*;
        let rows = [(15, 2, 1, 1, 2, 1, 2), (-15, -2, -2, -1, -2, -2, -1), (25, 3, 2, 2, 3, 2, 3)];
        for (tenths, up, even, toward, away, floor, ceiling) in rows {
            let modes = [HalfUp, HalfEven, TowardZero, AwayFromZero, Floor, Ceiling];
            let even = if tenths == -15 {
                -2
            } else if tenths == 15 {
                2
            } else {
                even
            };
            for (mode, expected) in modes.into_iter().zip([up, even, toward, away, floor, ceiling]) {
                assert_eq!(divide(tenths, 10, mode), Some(expected), "{tenths} {mode:?}");
                assert_eq!(divide(-tenths, -10, mode), Some(expected), "{tenths} {mode:?} negated");
            }
        }
    }

    #[test]
    fn extremes_are_refused_not_wrapped() {
        assert_eq!(divide(i128::from(i64::MAX) + 1, 1, Rounding::HalfUp), None);
        assert_eq!(divide(i128::from(i64::MIN), 1, Rounding::HalfUp), None);
        assert_eq!(divide(i128::MIN, -1, Rounding::Floor), None);
        assert_eq!(divide(i128::MAX, i128::MIN, Rounding::HalfUp), Some(-1));
        assert_eq!(parse("9223372036854775807", 0), Ok(i64::MAX));
        assert_eq!(parse("-9223372036854775808", 0), Err(NumberError::TooLarge(0)));
        assert_eq!(parse("9223372036854775807", 1), Err(NumberError::TooLarge(1)));
    }

    #[test]
    fn only_plain_decimals_are_numbers() {
        for bad in ["", "-", ".", "1e3", "1,000", " 1", "1 ", "１", "--1", "1.2.3", "NaN", "0x1"] {
            assert_eq!(parse(bad, 2), Err(NumberError::NotANumber), "{bad}");
        }
        assert_eq!(parse(".5", 2), Ok(50));
        assert_eq!(parse("5.", 2), Ok(500));
        assert_eq!(parse("-0.05", 2), Ok(-5));
    }

    #[test]
    fn written_numbers_read_back() {
        for value in [0, 1, -1, 5, -99, 123_456_789, i64::MAX, i64::MIN + 1] {
            for decimals in 0..=DECIMALS_MAX {
                assert_eq!(parse(&format(value, decimals), decimals), Ok(value));
            }
        }
        assert_eq!(format(-5, 2), "-0.05");
        assert_eq!(format_grouped(-123_456_789, 2), "-1,234,567.89");
        assert_eq!(format_grouped(123, 0), "123");
    }
}
