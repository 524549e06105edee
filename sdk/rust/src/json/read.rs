//! Reading JSON: strict, of bounded depth, from any text.

use super::Json;
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
    let mut reader = Reader { text, at: 0, depth: 0 };
    reader.skip_space();
    let value = reader.value()?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.unexpected("the end of the text")),
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn wrong(&self, what: String) -> JsonError {
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        JsonError { line, column, what }
    }

    fn unexpected(&self, expected: &str) -> JsonError {
        self.wrong(match self.rest().chars().next() {
            Some(found) => format!("`{}`, expected {expected}", found.escape_debug()),
            None => format!("the text ends, expected {expected}"),
        })
    }

    fn value(&mut self) -> Result<Json, JsonError> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.text().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Result<Json, JsonError>) -> Result<Json, JsonError> {
        if self.depth == DEPTH_MAX {
            return Err(self.wrong(format!("lists and objects are more than {DEPTH_MAX} deep")));
        }
        self.depth += 1;
        self.at += 1;
        let value = inner(self);
        self.depth -= 1;
        value
    }

    fn word(&mut self) -> Result<Json, JsonError> {
        for (word, value) in [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))]
        {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.unexpected("a value"))
    }

    fn array(&mut self) -> Result<Json, JsonError> {
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::Array(items));
        }
        loop {
            self.skip_space();
            items.push(self.value()?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break self.at += 1,
                _ => return Err(self.unexpected("`,` or `]`")),
            }
        }
        Ok(Json::Array(items))
    }

    fn object(&mut self) -> Result<Json, JsonError> {
        let mut fields = Vec::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(fields));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a field name in double quotes"));
            }
            let name = self.text()?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("`:`"));
            }
            self.at += 1;
            self.skip_space();
            fields.push((name, self.value()?));
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break self.at += 1,
                _ => return Err(self.unexpected("`,` or `}`")),
            }
        }
        Ok(Json::Object(fields))
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.unexpected("a digit"));
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let first = self.peek();
        self.digits()?;
        if first == Some(b'0')
            && self.at - start > 1 + usize::from(self.text.as_bytes().get(start) == Some(&b'-'))
        {
            return Err(self.wrong("a number that begins with 0, expected no zeros before it".to_owned()));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Json::Number(self.text.get(start..self.at).unwrap_or_default().to_owned()))
    }

    /// A text, from its opening quote on.
    fn text(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let plain =
                self.rest().find(|c: char| c == '"' || c == '\\' || c < ' ').unwrap_or(self.rest().len());
            text.push_str(self.rest().get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => break self.at += 1,
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => return Err(self.unexpected("an escape such as `\\n`")),
                None => return Err(self.unexpected("`\"`")),
            }
        }
        Ok(text)
    }

    fn escape(&mut self) -> Result<char, JsonError> {
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
            _ => return Err(self.unexpected("one of `\"\\/bfnrtu` after `\\`")),
        };
        self.at += 1;
        Ok(character)
    }

    /// `uXXXX`, and the second half where the first is a surrogate.
    fn unicode(&mut self) -> Result<char, JsonError> {
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
        char::from_u32(code).ok_or_else(|| {
            self.at = start;
            self.wrong("half of a surrogate pair, expected both halves or the character itself".to_owned())
        })
    }

    fn unit(&mut self) -> Result<u32, JsonError> {
        let digits =
            self.text.get(self.at + 1..self.at + 5).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let unit =
            unit.ok_or_else(|| self.wrong("expected four hexadecimal digits after `\\u`".to_owned()))?;
        self.at += 5;
        Ok(unit)
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
