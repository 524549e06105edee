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
    let width = b.len() + 1;
    // For the first `i` characters of one and `j` of the other: row by row.
    let mut table: Vec<usize> = Vec::with_capacity((a.len() + 1) * width);
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let before =
                |up: usize, left: usize| table.get((i - up) * width + j - left).copied().unwrap_or(0);
            let same = |up: usize, left: usize| a.get(i - up) == b.get(j - left);
            let mut least = i + j;
            if i > 0 && j > 0 {
                let changed = before(1, 1) + usize::from(!same(1, 1));
                least = changed.min(before(1, 0) + 1).min(before(0, 1) + 1);
                if i > 1 && j > 1 && same(1, 2) && same(2, 1) {
                    least = least.min(before(2, 2) + 1);
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
