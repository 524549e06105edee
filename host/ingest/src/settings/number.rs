//! How a file writes its numbers.
//!
//! Without a named format only plain decimals are numbers (`-1234.5`): `1,234` is one thing in Boston and
//! another in Berlin, and nobody is paid by a guess. A mapping names the format by a sample, the number
//! 1234.56 as the file would write it.

use attain_model::number::NumberError;

/// A number format, named by a sample such as `1.234,56` or `¥1,234.56`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberFormat {
    /// Before the digits, such as `¥`.
    prefix: String,
    /// After the digits, such as ` €`.
    suffix: String,
    /// Between groups of three.
    group: Option<char>,
    /// Before the decimals.
    point: char,
    /// Whether the written number is a hundred times what is meant.
    scale: Scale,
    /// The sample.
    sample: String,
}

/// What the written digits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    One,
    Percent,
}

/// What a sample may look like, in words.
pub(crate) const SAMPLE_SHAPE: &str = "expected the number 1234.56 as the file writes it, such as `1,234.56`, `1.234,56`, `1 234,56` or `12.34%`";

impl NumberFormat {
    /// Reads a sample: the digits 1234 or 123456 with at most one kind of group mark after the 1, at most one
    /// decimal mark before the 56, and a sign of currency or `%` around them. `12.34%` and `12,34%` name
    /// percentages.
    ///
    /// # Errors
    /// What was expected instead.
    ///
    /// ```
    /// use attain_ingest::NumberFormat;
    /// let german = NumberFormat::parse("1.234,56").unwrap();
    /// assert_eq!(german.read("-12.345,6", 2), Ok(-1_234_560));
    /// assert!(german.read("1,234.56", 2).is_err());
    /// ```
    pub fn parse(sample: &str) -> Result<NumberFormat, String> {
        let digit = |c: char| c.is_ascii_digit();
        let (Some(first), Some(last)) = (sample.find(digit), sample.rfind(digit)) else {
            return Err(SAMPLE_SHAPE.to_owned());
        };
        let (prefix, rest) = sample.split_at(first);
        let (number, suffix) = rest.split_at(last + 1 - first);
        let (group, point) = marks_of(number).ok_or(SAMPLE_SHAPE)?;
        let percent = suffix.trim_start() == "%";
        if suffix.contains('%') && !percent || prefix.contains(['%', '-', '+', '(']) {
            return Err(SAMPLE_SHAPE.to_owned());
        }
        Ok(NumberFormat {
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
            group,
            point,
            scale: if percent { Scale::Percent } else { Scale::One },
            sample: sample.to_owned(),
        })
    }

    /// The sample that names it.
    pub fn sample(&self) -> &str {
        &self.sample
    }

    /// Whether it names percentages; only a ratio may be written so.
    pub fn is_percent(&self) -> bool {
        self.scale == Scale::Percent
    }

    /// Reads a number written in this format as a whole number of its smallest unit.
    ///
    /// # Errors
    /// As `attain_model::number::parse`; a group of other than three digits is not a number.
    pub fn read(&self, text: &str, decimals: u8) -> Result<i64, NumberError> {
        let (sign, bare) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
        let bare = bare.strip_prefix(self.prefix.as_str()).unwrap_or(bare);
        let (sign, bare) = match bare.strip_prefix('-') {
            Some(rest) if sign.is_empty() && !self.prefix.is_empty() => ("-", rest),
            _ => (sign, bare),
        };
        let bare = match (bare.strip_suffix(self.suffix.as_str()), self.scale) {
            (Some(rest), _) => rest,
            // A percentage without its sign may be the ratio itself: 12 or 0.12? Not ours to say.
            (None, Scale::Percent) => return Err(NumberError::NotANumber),
            (None, Scale::One) => bare,
        };
        let (whole, fraction) = bare.split_once(self.point).unwrap_or((bare, ""));
        if whole.is_empty() || whole.starts_with(['+', '-']) || fraction.contains(['.', '+', '-']) {
            return Err(NumberError::NotANumber);
        }
        let whole = self.without_groups(whole).ok_or(NumberError::NotANumber)?;
        match self.scale {
            Scale::One => attain_model::number::parse(&format!("{sign}{whole}.{fraction}"), decimals),
            Scale::Percent => hundredth(sign, &whole, fraction, decimals),
        }
    }

    /// The whole part without group marks; none when the groups aren't of three.
    fn without_groups(&self, whole: &str) -> Option<String> {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let mut parts: Vec<&str> = match self.group {
            // A space in a sample stands for any of the spaces that programs put there.
            Some(' ') => whole.split([' ', '\u{a0}', '\u{202f}']).collect(),
            Some(mark) => whole.split(mark).collect(),
            None => vec![whole],
        };
        let first = parts.remove(0);
        let grouped = !parts.is_empty();
        let good = digits(first)
            && (!grouped || first.len() <= 3)
            && parts.iter().all(|p| p.len() == 3 && digits(p));
        good.then(|| format!("{first}{}", parts.concat()))
    }
}

/// 12.34 per cent is 0.1234: the point moves two places to the left.
fn hundredth(sign: &str, whole: &str, fraction: &str, decimals: u8) -> Result<i64, NumberError> {
    let padded = format!("{whole:0>3}");
    let (left, right) = padded.split_at(padded.len() - 2);
    attain_model::number::parse(&format!("{sign}{left}.{right}{fraction}"), decimals)
}

/// Group mark and decimal mark of the sample's number.
fn marks_of(number: &str) -> Option<(Option<char>, char)> {
    let marks: Vec<char> = number.chars().filter(|c| !c.is_ascii_digit()).collect();
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let group_marks = [',', '.', ' ', '\'', '’', '\u{a0}', '\u{202f}'];
    let plain_space = |mark: char| if matches!(mark, '\u{a0}' | '\u{202f}') { ' ' } else { mark };
    let is_group = |mark: &char| group_marks.contains(mark);
    let is_point = |mark: &char| matches!(mark, '.' | ',');
    let shape: Vec<usize> = number.split(|c: char| !c.is_ascii_digit()).map(str::len).collect();
    match (digits.as_str(), marks.as_slice(), shape.as_slice()) {
        ("1234" | "123456", [], _) => Some((None, '.')),
        ("123456", [point], [4, 2]) if is_point(point) => Some((None, *point)),
        ("1234", [point], [2, 2]) if is_point(point) => Some((None, *point)),
        ("1234", [group], [1, 3]) if is_group(group) => {
            let group = plain_space(*group);
            // Whole numbers only, so the decimal mark is whichever the group mark isn't.
            Some((Some(group), if group == '.' { ',' } else { '.' }))
        }
        ("123456", [group, point], [1, 3, 2]) if is_group(group) && is_point(point) && group != point => {
            Some((Some(plain_space(*group)), *point))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sample: &str, text: &str, decimals: u8, expected: Result<i64, NumberError>) {
        assert_eq!(NumberFormat::parse(sample).unwrap().read(text, decimals), expected);
    }

    #[test]
    fn a_sample_names_the_marks() {
        check("1,234.56", "1,234,567.89", 2, Ok(123_456_789));
        check("1,234.56", "-1234.5", 2, Ok(-123_450));
        check("1.234,56", "1.234,5", 2, Ok(123_450));
        check("1 234,56", "12\u{a0}345,67", 2, Ok(1_234_567));
        check("1'234.56", "1'000", 0, Ok(1000));
        check("1234,56", "0,5", 2, Ok(50));
        check("¥1,234.56", "-¥1,234.56", 2, Ok(-123_456));
        check("1.234,56 €", "7,00 €", 2, Ok(700));
        check("12.34%", "12.5%", 4, Ok(1250));
        check("12.34%", "-0.01%", 4, Ok(-1));
        check("12,34 %", "7,5 %", 3, Ok(75));
    }

    #[test]
    fn what_the_sample_does_not_allow_is_no_number() {
        let no = Err(NumberError::NotANumber);
        check("1,234.56", "1.234,56", 2, no);
        check("1,234.56", "12,34", 2, no);
        check("1,234.56", "1234,567", 2, no);
        check("1,234.56", ",234", 2, no);
        check("1,234.56", "1,234.5.6", 2, no);
        check("1,234.56", "--1", 2, no);
        check("12.34%", "12", 2, no);
        check("1.234,56", "1,5,5", 2, no);
        check("1.234,56", "1.234.56", 2, no);
        check("1,234.56", "1.239", 2, Err(NumberError::TooManyDecimals(2)));
    }

    #[test]
    fn a_sample_that_is_not_one_is_refused() {
        for bad in ["", "abc", "1", "1,2,3", "99", "1.234.56", "-1,234.56", "%12.34", "12.34%%"] {
            assert_eq!(NumberFormat::parse(bad), Err(SAMPLE_SHAPE.to_owned()), "{bad}");
        }
    }
}
