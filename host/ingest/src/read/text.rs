//! From bytes to text, without a guess.
//!
//! UTF-8 is beyond doubt: other encodings don't form valid UTF-8 by accident. UTF-16 is when it has its mark.
//! Everything else must be named, because the same bytes are a name in one encoding and another name in the next.

use crate::error::ImportError;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// Decodes a text file.
pub(crate) fn decode<'a>(
    file: &str,
    bytes: &'a [u8],
    named: Option<&'static Encoding>,
) -> Result<Cow<'a, str>, ImportError> {
    let (marked, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (Some(encoding), bytes.get(length..).unwrap_or_default()),
        None => (None, bytes),
    };
    let encoding = match (marked, named) {
        (Some(marked), Some(named)) if marked != named => {
            return Err(ImportError::file(
                file,
                format!(
                    "begins with the mark of {}, but the mapping names {}; correct `encoding` in the mapping",
                    marked.name(),
                    named.name()
                ),
            ));
        }
        (marked, named) => marked.or(named).unwrap_or(UTF_8),
    };
    if encoding == UTF_8 {
        return utf8(file, bytes, named.is_some() || marked.is_some()).map(Cow::Borrowed);
    }
    if (encoding == UTF_16LE || encoding == UTF_16BE) && bytes.len() % 2 == 1 {
        return Err(ImportError::file(
            file,
            format!("is {} with half a character at its end; export it again", encoding.name()),
        ));
    }
    encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| {
        ImportError::file(
            file,
            format!("is not {}, which the mapping names; correct `encoding` in the mapping", encoding.name()),
        )
    })
}

fn utf8<'a>(file: &str, bytes: &'a [u8], is_said: bool) -> Result<&'a str, ImportError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let byte = bytes.get(at).copied().unwrap_or_default();
        let row = bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        let advice = if is_said {
            "export it again"
        } else {
            "name its encoding in the mapping, such as `encoding = \"gb18030\"`"
        };
        ImportError::file(file, format!("is not UTF-8: byte 0x{byte:02X} in row {row}; {advice}"))
    })?;
    match text.bytes().position(|byte| byte == 0) {
        Some(at) => Err(ImportError::file(
            file,
            format!(
                "is not text: byte {at} is zero; expected CSV, XLSX or Parquet, or name its encoding in the mapping, such as `encoding = \"utf-16le\"`"
            ),
        )),
        None => Ok(text),
    }
}
