//! Reading JSON: strict, of bounded depth, from any text.

use super::Json;
use crate::nearest::seen;
use std::fmt;

/// How deep lists and objects may lie in each other.
pub const DEPTH_MAX: usize = 64;

/// What is wrong with a text that should be JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What was found and what was expected.
    pub what: String,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.what)
    }
}

/// Reads one value and nothing after it.
///
/// ```
/// use attain_sdk::json::{Json, read};
/// assert_eq!(read("[1.50]"), Ok(Json::Array(vec![Json::Number("1.50".into())])));
/// assert_eq!(read("[1").unwrap_err().to_string(), "line 1, column 3: the text ends, expected `,` or `]`");
/// ```
pub fn read(text: &str) -> Result<Json, JsonError> {
    let wrong = JsonError { line: 1, column: 1, what: String::new() };
    let mut reader = Reader { text, at: 0, depth: 0, wrong };
    reader.document().ok_or(reader.wrong)
}

/// Its functions give none where something is wrong, which is then in `wrong`.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    wrong: JsonError,
}

impl Reader<'_> {
    fn document(&mut self) -> Option<Json> {
        self.skip_space();
        let value = self.value()?;
        self.skip_space();
        match self.peek() {
            None => Some(value),
            Some(_) => self.unexpected("the end of the text"),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over a character where it is the next.
    #[inline(never)]
    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    #[inline(never)]
    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    #[inline(never)]
    fn refuse(&mut self, what: String) {
        let (mut line, mut column) = (1, 1);
        for character in self.text.get(..self.at).unwrap_or(self.text).chars() {
            (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        self.wrong = JsonError { line, column, what };
    }

    fn unexpected<T>(&mut self, expected: &str) -> Option<T> {
        self.refuse_next(expected);
        None
    }

    #[inline(never)]
    fn refuse_next(&mut self, expected: &str) {
        let what = match self.rest().chars().next() {
            Some(found) => format!("`{}`, expected {expected}", seen(found)),
            None => format!("the text ends, expected {expected}"),
        };
        self.refuse(what);
    }

    fn value(&mut self) -> Option<Json> {
        match self.peek() {
            Some(b'{') => {
                let mut fields = Vec::new();
                self.several(b'}', "`,` or `}`", &mut |reader| {
                    fields.push(reader.field()?);
                    Some(())
                })?;
                Some(Json::Object(fields))
            }
            Some(b'[') => {
                let mut items = Vec::new();
                self.several(b']', "`,` or `]`", &mut |reader| {
                    items.push(reader.value()?);
                    Some(())
                })?;
                Some(Json::Array(items))
            }
            Some(b'"') => self.text().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    /// What stands between two brackets.
    fn several(
        &mut self,
        end: u8,
        expected: &str,
        one: &mut dyn FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        if self.depth == DEPTH_MAX {
            self.refuse(format!("lists and objects are more than {DEPTH_MAX} deep"));
            return None;
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        if !self.take(end) {
            loop {
                self.skip_space();
                one(self)?;
                self.skip_space();
                if self.take(end) {
                    break;
                }
                if !self.take(b',') {
                    return self.unexpected(expected);
                }
            }
        }
        self.depth -= 1;
        Some(())
    }

    fn field(&mut self) -> Option<(String, Json)> {
        if self.peek() != Some(b'"') {
            return self.unexpected("a field name in double quotes");
        }
        let name = self.text()?;
        self.skip_space();
        if !self.take(b':') {
            return self.unexpected("`:`");
        }
        self.skip_space();
        Some((name, self.value()?))
    }

    fn word(&mut self) -> Option<Json> {
        for (word, value) in [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))]
        {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Some(value);
            }
        }
        self.unexpected("a value")
    }

    #[inline(never)]
    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { self.unexpected("a digit") } else { Some(()) }
    }

    fn number(&mut self) -> Option<Json> {
        let start = self.at;
        self.take(b'-');
        let first = self.at;
        self.digits()?;
        if self.text.as_bytes().get(first) == Some(&b'0') && self.at > first + 1 {
            self.refuse("a number that begins with 0, expected no zeros before it".to_owned());
            return None;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Some(Json::Number(self.since(start).to_owned()))
    }

    fn since(&self, start: usize) -> &str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// A text, from its opening quote on.
    #[inline(never)]
    fn text(&mut self) -> Option<String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let start = self.at;
            while self.peek().is_some_and(|byte| byte != b'"' && byte != b'\\' && byte >= b' ') {
                self.at += 1;
            }
            text.push_str(self.since(start));
            match self.peek() {
                Some(b'"') => break self.at += 1,
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => return self.unexpected("an escape such as `\\n`"),
                None => return self.unexpected("`\"`"),
            }
        }
        Some(text)
    }

    fn escape(&mut self) -> Option<char> {
        self.at += 1;
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return self.unexpected("one of `\"\\/bfnrtu` after `\\`"),
        };
        self.at += 1;
        Some(character)
    }

    /// `uXXXX`, and the second half where the first is a surrogate.
    fn unicode(&mut self) -> Option<char> {
        let start = self.at - 1;
        let first = self.unit()?;
        let code = if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            self.at += 1;
            let second = self.unit()?;
            match second.checked_sub(0xdc00) {
                Some(low) if low < 0x400 => 0x10000 + ((first - 0xd800) << 10) + low,
                _ => first,
            }
        } else {
            first
        };
        let character = char::from_u32(code);
        if character.is_none() {
            self.at = start;
            self.refuse("half of a surrogate pair, expected both halves or the character itself".to_owned());
        }
        character
    }

    #[inline(never)]
    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.as_bytes().get(self.at + 1..self.at + 5);
        let unit = digits.and_then(|digits| {
            digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
        });
        match unit {
            Some(_) => self.at += 5,
            None => self.refuse("expected four hexadecimal digits after `\\u`".to_owned()),
        }
        unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn refused(text: &str, message: &str) {
        assert_eq!(read(text).unwrap_err().to_string(), message, "{text:?}");
    }

    #[test]
    fn values_are_read_as_written() {
        let json =
            read(r#" {"a" : [1, -2.50, 1e9, true, false, null], "b": {"c": "\u00e9\ud83d\ude00\n\/"}} "#);
        let written = json.unwrap().to_string();
        assert_eq!(written, r#"{"a":[1,-2.50,1e9,true,false,null],"b":{"c":"é😀\n/"}}"#);
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place() {
        refused("", "line 1, column 1: the text ends, expected a value");
        refused("nul", "line 1, column 1: `n`, expected a value");
        refused("[1,]", "line 1, column 4: `]`, expected a value");
        refused("{\n \"a\" 1}", "line 2, column 6: `1`, expected `:`");
        refused("{a:1}", "line 1, column 2: `a`, expected a field name in double quotes");
        refused("1 2", "line 1, column 3: `2`, expected the end of the text");
        refused("01", "line 1, column 3: a number that begins with 0, expected no zeros before it");
        refused("-", "line 1, column 2: the text ends, expected a digit");
        refused("1.", "line 1, column 3: the text ends, expected a digit");
        refused("\"a\nb\"", "line 1, column 3: `\\n`, expected an escape such as `\\n`");
        refused("\"\\x\"", "line 1, column 3: `x`, expected one of `\"\\/bfnrtu` after `\\`");
        refused(
            "\"\\ud800\"",
            "line 1, column 2: half of a surrogate pair, expected both halves or the character itself",
        );
        refused(
            "\"\\ud800\\u0041\"",
            "line 1, column 2: half of a surrogate pair, expected both halves or the character itself",
        );
        refused(
            "\"\\udc00\"",
            "line 1, column 2: half of a surrogate pair, expected both halves or the character itself",
        );
        refused("\"\\u12", "line 1, column 3: expected four hexadecimal digits after `\\u`");
        refused("\u{feff}1", "line 1, column 1: `\\u{feff}`, expected a value");
    }

    #[test]
    fn depth_is_bounded_and_length_of_numbers_is_not() {
        let bomb = "[".repeat(1_000_000);
        assert_eq!(read(&bomb).unwrap_err().what, "lists and objects are more than 64 deep");
        let deep = format!("{}{}", "[".repeat(DEPTH_MAX), "]".repeat(DEPTH_MAX));
        assert!(read(&deep).is_ok());
        let long = "9".repeat(100_000);
        assert_eq!(read(&long), Ok(Json::Number(long.clone())));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[\\[\\]{}\",:\\\\u0-9a-f.eE+\\- \ntrulsn😀]{0,60}") {
            if let Ok(json) = read(&text) {
                prop_assert_eq!(read(&json.to_string()), Ok(json));
            }
        }

        #[test]
        fn any_string_survives(text in any::<String>()) {
            let json = Json::Text(text);
            prop_assert_eq!(read(&json.to_string()), Ok(json));
        }
    }
}
