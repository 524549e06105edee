//! Where a parameter stands: `tiers[1].rate`.

use crate::nearest::seen;
use std::fmt::{self, Write};

/// The way to a parameter, from the inside out. It is written only when something is wrong there.
#[derive(Clone, Copy, Debug)]
pub enum Path<'p> {
    /// The document.
    Root,
    /// A field of an object.
    Field(&'p Path<'p>, &'p str),
    /// An item of a list.
    Item(&'p Path<'p>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Item(list, index) => write!(f, "{list}[{index}]"),
            Path::Field(object, name) => {
                let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
                let dot = if matches!(object, Path::Root) { "" } else { "." };
                match plain && !name.is_empty() {
                    true => write!(f, "{object}{dot}{name}"),
                    false => {
                        write!(f, "{object}[\"")?;
                        name.chars().try_for_each(|character| match character {
                            '\'' => f.write_char(character),
                            other => f.write_str(&seen(other)),
                        })?;
                        f.write_str("\"]")
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_in_a_program() {
        let tiers = Path::Field(&Path::Root, "tiers");
        let second = Path::Item(&tiers, 1);
        assert_eq!(Path::Field(&second, "rate").to_string(), "tiers[1].rate");
        assert_eq!(Path::Field(&tiers, "客户 经理").to_string(), "tiers[\"客户 经理\"]");
        assert_eq!(Path::Root.to_string(), "");
    }

    #[test]
    fn a_name_that_is_no_word_is_quoted_as_a_text_of_a_program() {
        for name in [
            "",
            "a b",
            "it's",
            "a\"b\\",
            "\n\t\u{1}\u{7f}",
            "e\u{301}",
            "\u{301}e",
            "\u{200b}\u{feff}",
            "a.b",
            "😀",
        ] {
            assert_eq!(Path::Field(&Path::Root, name).to_string(), format!("[{name:?}]"));
        }
    }
}
