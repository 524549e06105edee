//! Days: counted from 1970-01-01, written `2017-03-01` unless a mapping names another format.

use attain_model::period::{day_text, parse_day};
use jiff::civil::Date;

/// How a file writes its days, such as `DD.MM.YYYY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateFormat {
    parts: Vec<Part>,
    name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Four digits.
    Year,
    /// Two digits, or one or two.
    Month(Width),
    Day(Width),
    /// Two digits of a time of day, which is read and dropped: the day is the one that is written.
    Time,
    Literal(char),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    Two,
    OneOrTwo,
}

/// What a format may look like, in words.
pub(crate) const FORMAT_SHAPE: &str = "expected a format with `YYYY`, `MM` (or `M`) and `DD` (or `D`), such as `DD.MM.YYYY` or `YYYY-MM-DD hh:mm:ss`";

impl DateFormat {
    /// Reads a format: `YYYY`, `MM` or `M`, `DD` or `D` once each; `hh`, `mm`, `ss` for a time that is dropped;
    /// anything else stands for itself. Years of two digits are refused: they are a guess.
    ///
    /// # Errors
    /// What was expected instead.
    ///
    /// ```
    /// use attain_ingest::DateFormat;
    /// let format = DateFormat::parse("D/M/YYYY").unwrap();
    /// assert_eq!(format.read("2/1/1970"), Some(1));
    /// assert_eq!(format.read("1970-01-02"), None);
    /// ```
    pub fn parse(format: &str) -> Result<DateFormat, String> {
        let tokens = [
            ("YYYY", Part::Year),
            ("MM", Part::Month(Width::Two)),
            ("M", Part::Month(Width::OneOrTwo)),
            ("DD", Part::Day(Width::Two)),
            ("D", Part::Day(Width::OneOrTwo)),
            ("hh", Part::Time),
            ("mm", Part::Time),
            ("ss", Part::Time),
        ];
        let mut parts = Vec::new();
        let mut rest = format;
        while let Some(character) = rest.chars().next() {
            let token = tokens.iter().find(|(token, _)| rest.starts_with(token));
            let (part, length) =
                token.map_or((Part::Literal(character), character.len_utf8()), |(t, p)| (*p, t.len()));
            parts.push(part);
            rest = rest.get(length..).unwrap_or_default();
        }
        let count = |wanted: fn(&Part) -> bool| parts.iter().filter(|part| wanted(part)).count();
        let once = count(|p| matches!(p, Part::Year)) == 1
            && count(|p| matches!(p, Part::Month(_))) == 1
            && count(|p| matches!(p, Part::Day(_))) == 1;
        let stray =
            parts.iter().any(|p| matches!(p, Part::Literal(c) if c.is_ascii_alphanumeric() && *c != 'T'));
        if !once || stray {
            return Err(FORMAT_SHAPE.to_owned());
        }
        Ok(DateFormat { parts, name: format.to_owned() })
    }

    /// The format as it was named.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The day, counted from 1970-01-01; none when the text isn't a day in this format.
    pub fn read(&self, text: &str) -> Option<i64> {
        let (mut year, mut month, mut day) = (0, 0, 0);
        let mut rest = text;
        for part in &self.parts {
            match part {
                Part::Year => year = take_digits(&mut rest, 4, 4)?,
                Part::Month(width) => month = take_digits(&mut rest, least(*width), 2)?,
                Part::Day(width) => day = take_digits(&mut rest, least(*width), 2)?,
                Part::Time => drop(take_digits(&mut rest, 2, 2)?),
                Part::Literal(literal) => rest = rest.strip_prefix(*literal)?,
            }
        }
        if rest.is_empty() { days_of(year, month, day) } else { None }
    }
}

fn least(width: Width) -> usize {
    match width {
        Width::Two => 2,
        Width::OneOrTwo => 1,
    }
}

fn take_digits(rest: &mut &str, least: usize, most: usize) -> Option<i16> {
    let length = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let digits = rest.get(..length).filter(|_| length >= least)?;
    *rest = rest.get(length..)?;
    digits.parse().ok()
}

/// The day of a calendar date, counted from 1970-01-01; none when there is no such date.
pub(crate) fn days_of(year: i16, month: i16, day: i16) -> Option<i64> {
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(date.duration_since(EPOCH).as_secs() / 86_400)
}

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Days that can be written with four digits of a year, `0001-01-01` to `9999-12-31`.
pub(crate) const DAYS: std::ops::RangeInclusive<i64> = -719_162..=2_932_896;

/// The calendar date of a day: year, month, day; none outside [`DAYS`].
pub(crate) fn date_of(days: i64) -> Option<(i16, i8, i8)> {
    if !DAYS.contains(&days) {
        return None;
    }
    let date = EPOCH.checked_add(jiff::SignedDuration::from_secs(days.checked_mul(86_400)?)).ok()?;
    Some((date.year(), date.month(), date.day()))
}

/// Reads `2017-03-01` and nothing else.
pub(crate) fn read_iso(text: &str) -> Option<i64> {
    parse_day(text).map(i64::from)
}

/// Writes a day as `2017-03-01`; a number that is no day is written as it is.
pub(crate) fn write_iso(days: i64) -> String {
    if DAYS.contains(&days) { day_text(days) } else { days.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(read_iso("1970-01-01"), Some(0));
        assert_eq!(read_iso("1969-12-31"), Some(-1));
        assert_eq!(read_iso("2017-03-01"), Some(17_226));
        assert_eq!(read_iso("0001-01-01"), Some(*DAYS.start()));
        assert_eq!(read_iso("9999-12-31"), Some(*DAYS.end()));
        assert_eq!(write_iso(17_226), "2017-03-01");
        assert_eq!(write_iso(i64::MAX), i64::MAX.to_string());
    }

    #[test]
    fn a_day_that_is_not_in_the_calendar_is_none() {
        for bad in [
            "2017-02-29",
            "2017-13-01",
            "2017-00-10",
            "2017-1-1",
            "+017-01-01",
            "2017/01/01",
            "２017-01-01",
            "",
        ] {
            assert_eq!(read_iso(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_named_format_reads_that_format_only() {
        let read = |format: &str, text: &str| DateFormat::parse(format).unwrap().read(text);
        assert_eq!(read("DD/MM/YYYY", "01/03/2017"), Some(17_226));
        assert_eq!(read("MM/DD/YYYY", "03/01/2017"), Some(17_226));
        assert_eq!(read("YYYY年M月D日", "2017年3月1日"), Some(17_226));
        assert_eq!(read("YYYYMMDD", "20170301"), Some(17_226));
        assert_eq!(read("YYYY-MM-DD hh:mm:ss", "2017-03-01 23:59:59"), Some(17_226));
        assert_eq!(read("DD/MM/YYYY", "1/3/2017"), None);
        assert_eq!(read("DD/MM/YYYY", "01/03/2017 "), None);
        assert_eq!(read("DD/MM/YYYY", "31/02/2017"), None);
    }

    #[test]
    fn a_format_without_a_whole_date_is_refused() {
        for bad in ["", "DD/MM/YY", "MM/YYYY", "DD.MM.YYYY DD", "date"] {
            assert_eq!(DateFormat::parse(bad), Err(FORMAT_SHAPE.to_owned()), "{bad}");
        }
    }
}
