//! A log's head as people hand it on: how many entries, and the root that names them all.

use attain_ledger::Head;
use attain_model::Digest;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A log's head: `17:5f0c...`, its size and its root.
///
/// Who holds one can tell whether a log that they are shown later is the same one, grown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogMark {
    /// How many entries.
    pub size: u64,
    /// The root over them (RFC 6962).
    pub root: Digest,
}

impl LogMark {
    pub(crate) fn of(head: &Head) -> LogMark {
        LogMark { size: head.size(), root: Digest(head.root()) }
    }

    /// Reads `SIZE:ROOT`.
    pub fn parse(text: &str) -> Option<LogMark> {
        let (size, root) = text.split_once(':')?;
        let digits = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_digit());
        let root = Digest::parse(root)?;
        digits.then(|| size.parse().ok()).flatten().map(|size| LogMark { size, root })
    }

    /// The head of a log without entries.
    pub(crate) fn none() -> LogMark {
        LogMark::of(&Head::default())
    }
}

impl fmt::Display for LogMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.size, self.root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_reads_back_and_nothing_else_reads() {
        let mark = LogMark { size: 17, root: Digest::of(b"x") };
        assert_eq!(LogMark::parse(&mark.to_string()), Some(mark));
        let root = Digest::of(b"x").to_string();
        for bad in [
            root.clone(),
            format!(":{root}"),
            format!("+1:{root}"),
            format!("-1:{root}"),
            format!("99999999999999999999:{root}"),
            "1:ab".to_owned(),
            format!("1:{root}0"),
        ] {
            assert_eq!(LogMark::parse(&bad), None, "{bad}");
        }
    }
}
