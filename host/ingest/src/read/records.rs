//! Delimited records, as RFC 4180 has them, and strictly: a quote that is never closed is an error, because it
//! would swallow every row after it.

use std::borrow::Cow;

/// What can't be read, and the line where it begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub line: u64,
    pub what: &'static str,
}

/// The records of a text, one after the other.
pub(crate) struct Records<'t> {
    text: &'t str,
    at: usize,
    line: u64,
    delimiter: u8,
}

/// What ended a cell.
#[derive(PartialEq, Eq)]
enum End {
    Cell,
    Record,
}

impl<'t> Records<'t> {
    pub fn new(text: &'t str, delimiter: u8) -> Self {
        Records { text, at: 0, line: 1, delimiter }
    }

    /// Skips whole lines, whatever is in them.
    pub fn skip_lines(&mut self, lines: u64) {
        for _ in 0..lines {
            let rest = self.text.get(self.at..).unwrap_or_default();
            self.at += rest.find('\n').map_or(rest.len(), |end| end + 1);
            self.line += 1;
        }
    }

    /// Reads the next record into `cells` and gives the line where it begins; none at the end. Empty lines are
    /// skipped.
    pub fn next(&mut self, cells: &mut Vec<Cow<'t, str>>) -> Result<Option<u64>, Fault> {
        cells.clear();
        self.skip_empty_lines();
        if self.at >= self.text.len() {
            return Ok(None);
        }
        let line = self.line;
        loop {
            let quoted = self.text.as_bytes().get(self.at) == Some(&b'"');
            cells.push(if quoted { self.quoted()? } else { Cow::Borrowed(self.bare()) });
            if self.end() == End::Record {
                return Ok(Some(line));
            }
        }
    }

    fn skip_empty_lines(&mut self) {
        while let Some(byte @ (b'\n' | b'\r')) = self.text.as_bytes().get(self.at) {
            self.line += u64::from(*byte == b'\n' || self.text.as_bytes().get(self.at + 1) != Some(&b'\n'));
            self.at += 1;
        }
    }

    /// A cell without quotes: up to the delimiter or the end of the line.
    fn bare(&mut self) -> &'t str {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let delimiter = self.delimiter;
        let length =
            rest.iter().position(|b| *b == delimiter || *b == b'\n' || *b == b'\r').unwrap_or(rest.len());
        let cell = self.text.get(self.at..self.at + length).unwrap_or_default();
        self.at += length;
        cell
    }

    /// A cell in quotes; two quotes inside stand for one.
    fn quoted(&mut self) -> Result<Cow<'t, str>, Fault> {
        let begin = self.line;
        self.at += 1;
        let mut cell: Cow<'t, str> = Cow::Borrowed("");
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(length) = rest.bytes().position(|byte| byte == b'"') else {
                return Err(Fault {
                    line: begin,
                    what: "a quote is opened and never closed; close it, or double it where it belongs to the text",
                });
            };
            let (piece, after) = rest.split_at(length);
            self.line += piece.bytes().filter(|byte| *byte == b'\n').count() as u64;
            self.at += length + 1;
            if cell.is_empty() {
                cell = Cow::Borrowed(piece)
            } else {
                cell.to_mut().push_str(piece)
            }
            match after.as_bytes().get(1) {
                Some(b'"') => {
                    cell.to_mut().push('"');
                    self.at += 1;
                }
                Some(byte) if *byte != self.delimiter && *byte != b'\n' && *byte != b'\r' => {
                    return Err(Fault {
                        line: self.line,
                        what: "text stands after a closing quote; double the quotes that belong to the text",
                    });
                }
                _ => return Ok(cell),
            }
        }
    }

    /// Steps over what ended the cell.
    fn end(&mut self) -> End {
        let bytes = self.text.as_bytes();
        match bytes.get(self.at) {
            Some(byte) if *byte == self.delimiter => {
                self.at += 1;
                End::Cell
            }
            Some(b'\r') if bytes.get(self.at + 1) == Some(&b'\n') => {
                self.at += 2;
                self.line += 1;
                End::Record
            }
            Some(_) => {
                self.at += 1;
                self.line += 1;
                End::Record
            }
            None => End::Record,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(u64, &[&str])]) {
        let mut records = Records::new(text, b',');
        let mut cells = Vec::new();
        let mut found = Vec::new();
        while let Some(line) = records.next(&mut cells).unwrap() {
            found.push((line, cells.iter().map(|cell| cell.to_string()).collect::<Vec<_>>()));
        }
        let expected: Vec<_> = expected
            .iter()
            .map(|(line, cells)| (*line, cells.iter().map(|c| c.to_string()).collect()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn records_are_read_with_their_lines() {
        check("a,b\n1,2\n", &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check("a,b\r\n\r\n1,\r\n", &[(1, &["a", "b"]), (3, &["1", ""])]);
        check("a\r1\r", &[(1, &["a"]), (2, &["1"])]);
        check(
            "\"a \"\"b\"\", c\",d\n\"x\ny\",2\n3,4",
            &[(1, &["a \"b\", c", "d"]), (2, &["x\ny", "2"]), (4, &["3", "4"])],
        );
        check("\"\"\"\",\"\"", &[(1, &["\"", ""])]);
        check("", &[]);
        check("5\" disk,b", &[(1, &["5\" disk", "b"])]);
    }

    #[test]
    fn a_quote_that_swallows_the_file_is_a_fault() {
        let mut cells = Vec::new();
        let mut records = Records::new("a,b\n1,\"2\n3,4\n", b',');
        assert_eq!(records.next(&mut cells), Ok(Some(1)));
        assert_eq!(records.next(&mut cells).unwrap_err().line, 2);
        assert_eq!(Records::new("\"a\"b", b',').next(&mut cells).unwrap_err().line, 1);
    }
}
