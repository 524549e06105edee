//! The nearest match for a name that isn't known, and text as it can be seen: half of a good error.

/// What to add to a message about a name that isn't known: `; did you mean `x`?` or, when nothing is near, what
/// there is. For names in a parameter or in a row, such as a product line without a rate.
#[cold]
#[inline(never)]
pub fn hint(name: &str, candidates: &[&str]) -> String {
    let mut nearest: Option<(usize, &str)> = None;
    for candidate in candidates {
        let near = (distance(name, candidate), *candidate);
        nearest = Some(nearest.map_or(near, |nearest| nearest.min(near)));
    }
    match nearest {
        None => "; there is none here".to_owned(),
        Some((distance, candidate)) if distance <= 1 + characters(name).len() / 4 => {
            format!("; did you mean `{candidate}`?")
        }
        Some(_) => format!("; there is `{}`", listed(candidates)),
    }
}

/// Names in a message: `a`, `b`, without the first and the last backtick.
#[inline(never)]
pub fn listed(names: &[&str]) -> String {
    let mut list = String::new();
    for (i, name) in names.iter().enumerate() {
        list.push_str(if i == 0 { "" } else { "`, `" });
        list.push_str(name);
    }
    list
}

/// A character, or how a program writes it where it can't be seen as it is or would end the text that it stands in.
/// What can't be seen is listed: the tables behind `escape_debug` are 4 kB of a component.
#[inline(never)]
pub(crate) fn seen(character: char) -> String {
    let escape = match character {
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '"' | '\'' | '\\' => character,
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{a0}'
        | '\u{ad}'
        | '\u{300}'..='\u{36f}'
        | '\u{2000}'..='\u{200f}'
        | '\u{2028}'..='\u{202f}'
        | '\u{205f}'..='\u{206f}'
        | '\u{3000}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{e0000}'.. => return format!("\\u{{{:x}}}", u32::from(character)),
        _ => return character.to_string(),
    };
    format!("\\{escape}")
}

/// How many characters must be added, left out, changed or swapped with their neighbour.
#[inline(never)]
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (characters(a), characters(b));
    let width = b.len().wrapping_add(1);
    // For the first `i` characters of one and `j` of the other: row by row. None of it can overflow: at most 64
    // characters are compared.
    let mut table: Vec<usize> = Vec::with_capacity(a.len().wrapping_add(1).wrapping_mul(width));
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let before = |back: usize| {
                let place = table.len().checked_sub(back);
                place.and_then(|place| table.get(place)).map_or(0, |steps| steps.wrapping_add(1))
            };
            let same = |up: usize, left: usize| a.get(i.wrapping_sub(up)) == b.get(j.wrapping_sub(left));
            let mut least = i.wrapping_add(j);
            if i > 0 && j > 0 {
                let changed = before(width.wrapping_add(1)).wrapping_sub(same(1, 1).into());
                least = changed.min(before(width)).min(before(1));
                if i > 1 && j > 1 && same(1, 2) && same(2, 1) {
                    least = least.min(before(width.wrapping_add(1).wrapping_mul(2)));
                }
            }
            table.push(least);
        }
    }
    table.last().copied().unwrap_or_default()
}

/// As many as are compared.
#[inline(never)]
fn characters(text: &str) -> Vec<char> {
    let mut characters = Vec::with_capacity(64);
    characters.extend(text.chars().take(64));
    characters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found() {
        assert_eq!(distance("rat", "rate"), 1);
        assert_eq!(distance("form", "from"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abcd", "badc"), 2);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(hint("tier", &["cap", "tiers"]), "; did you mean `tiers`?");
        assert_eq!(hint("x", &["cap", "tiers"]), "; there is `cap`, `tiers`");
        assert_eq!(hint("x", &[]), "; there is none here");
    }
}
