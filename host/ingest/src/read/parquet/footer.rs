//! Walks a Parquet footer before the library does.
//!
//! The library sets memory aside for what the footer claims, and follows nested groups by recursion. Here the
//! footer (Thrift's compact protocol) is walked without doing either: lists can't claim more than the bytes that
//! are left, nothing nests deeply, and no group of the schema claims children that aren't there.

/// Bytes of the largest footer: a thousand columns in a thousand row groups.
const FOOTER_BYTES_MAX: usize = 64 << 20;
/// Elements of the longest list in a footer.
const LIST_MAX: u64 = 1_000_000;
/// Structs inside structs; the format itself has seven.
const DEPTH_MAX: u8 = 16;
/// Groups of the schema inside groups.
const GROUP_DEPTH_MAX: usize = 16;

/// What is wrong with the footer, if anything.
pub(super) fn check(file: &[u8]) -> Result<(), String> {
    let truncated = || "ends before its footer, so it is cut off or damaged".to_owned();
    let (body, magic) = file.split_last_chunk::<4>().ok_or_else(truncated)?;
    let (body, length) = body.split_last_chunk::<4>().ok_or_else(truncated)?;
    if magic == b"PARE" {
        return Err("is encrypted; expected a Parquet file without encryption".to_owned());
    }
    let length = u32::from_le_bytes(*length) as usize;
    if magic != b"PAR1" || length > body.len() {
        return Err(truncated());
    }
    if length > FOOTER_BYTES_MAX {
        return Err(format!("has a footer of {length} bytes, expected at most {FOOTER_BYTES_MAX}"));
    }
    let footer = body.get(body.len() - length..).unwrap_or_default();
    let damaged = || "has a damaged footer".to_owned();
    let mut walk = Walk { rest: footer, children: Vec::new() };
    walk.structure(0, Role::File).ok_or_else(damaged)?;
    check_groups(&walk.children).ok_or_else(damaged)
}

/// The children that each element of the schema claims, in the order of the file: they must make one shallow tree.
fn check_groups(children: &[i64]) -> Option<()> {
    let mut open: Vec<i64> = vec![1];
    for claimed in children {
        while open.last() == Some(&0) {
            open.pop();
        }
        *open.last_mut()? -= 1;
        if *claimed < 0 || *claimed > children.len() as i64 {
            return None;
        }
        if *claimed > 0 {
            open.push(*claimed);
        }
        if open.len() > GROUP_DEPTH_MAX {
            return None;
        }
    }
    open.iter().all(|left| *left == 0).then_some(())
}

/// Where in the footer the walk is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    File,
    SchemaElement,
    Other,
}

struct Walk<'a> {
    rest: &'a [u8],
    children: Vec<i64>,
}

impl Walk<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn skip(&mut self, bytes: u64) -> Option<()> {
        self.rest = self.rest.get(usize::try_from(bytes).ok()?..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
    }

    fn structure(&mut self, depth: u8, role: Role) -> Option<()> {
        if depth > DEPTH_MAX {
            return None;
        }
        let mut id = 0_i64;
        let mut claimed = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                break;
            }
            id = match head >> 4 {
                0 => self.zigzag()?,
                delta => id.checked_add(i64::from(delta))?,
            };
            match (role, id, head & 0x0f) {
                // FileMetaData.schema and SchemaElement.num_children.
                (Role::File, 2, 9) => self.list(depth, Role::SchemaElement)?,
                (Role::SchemaElement, 5, 5) => claimed = self.zigzag()?,
                (_, _, kind) => self.value(kind, depth)?,
            }
        }
        if role == Role::SchemaElement {
            self.children.push(claimed);
        }
        Some(())
    }

    /// A field's value. True and false have no bytes of their own there.
    fn value(&mut self, kind: u8, depth: u8) -> Option<()> {
        match kind {
            1 | 2 => Some(()),
            _ => self.element(kind, depth, Role::Other),
        }
    }

    fn element(&mut self, kind: u8, depth: u8, role: Role) -> Option<()> {
        match kind {
            1..=3 => self.skip(1),
            4..=6 => self.varint().map(drop),
            7 => self.skip(8),
            8 => self.varint().and_then(|length| self.skip(length)),
            9 | 10 => self.list(depth.checked_add(1)?, Role::Other),
            11 => self.map(depth.checked_add(1)?),
            12 => self.structure(depth.checked_add(1)?, role),
            13 => self.skip(16),
            _ => None,
        }
    }

    fn list(&mut self, depth: u8, role: Role) -> Option<()> {
        let head = self.byte()?;
        let size = match head >> 4 {
            15 => self.varint()?,
            size => u64::from(size),
        };
        if depth > DEPTH_MAX || size > LIST_MAX || size > self.rest.len() as u64 {
            return None;
        }
        (0..size).try_for_each(|_| self.element(head & 0x0f, depth, role))
    }

    fn map(&mut self, depth: u8) -> Option<()> {
        let size = self.varint()?;
        if size == 0 {
            return Some(());
        }
        let kinds = self.byte()?;
        if depth > DEPTH_MAX || size > LIST_MAX || size > self.rest.len() as u64 {
            return None;
        }
        (0..size).try_for_each(|_| {
            self.element(kinds >> 4, depth, Role::Other)?;
            self.element(kinds & 0x0f, depth, Role::Other)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(footer: &[u8]) -> Vec<u8> {
        let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
        [b"PAR1", footer, &length, b"PAR1"].concat()
    }

    /// A list of schema elements that claim so many children each.
    fn schema(children: &[u8]) -> Vec<u8> {
        let elements = children.iter().flat_map(|claimed| [0x55, claimed * 2, 0]);
        let size = u8::try_from(children.len()).unwrap() << 4 | 12;
        [0x29, size].into_iter().chain(elements).chain([0]).collect()
    }

    #[test]
    fn a_tree_of_groups_is_followed_without_recursion() {
        assert_eq!(check(&file(&schema(&[2, 0, 0]))), Ok(()));
        assert_eq!(check(&file(&schema(&[1, 2, 0, 0]))), Ok(()));
        for children in [&[2, 0][..], &[1, 0, 0], &[60, 0], &[0, 0]] {
            assert_eq!(
                check(&file(&schema(children))),
                Err("has a damaged footer".to_owned()),
                "{children:?}"
            );
        }
        assert_eq!(check_groups(&[1; 100]), None);
    }

    #[test]
    fn a_list_can_not_claim_more_than_there_is() {
        let endless = [0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f, 0];
        assert_eq!(check(&file(&endless)), Err("has a damaged footer".to_owned()));
        let nested = [&[0x1c_u8; 100][..], &[0; 101]].concat();
        assert_eq!(check(&file(&nested)), Err("has a damaged footer".to_owned()));
    }

    #[test]
    fn a_footer_has_to_be_there() {
        for bytes in [&b"PAR1"[..], b"", b"PAR1\xff\xff\xff\x7fPAR1", b"PAR1\0\0\0\0PAR2"] {
            assert!(check(bytes).unwrap_err().starts_with("ends before its footer"), "{bytes:?}");
        }
    }
}
