//! The nearest match for a name that isn't known: half of a good error.

/// What to add to a message about a name that isn't known: `; did you mean `x`?` or, when nothing is near, what
/// there is. For names in a parameter or in a row, such as a product line without a rate.
pub fn hint(name: &str, candidates: &[&str]) -> String {
    let near = candidates.iter().map(|candidate| (distance(name, candidate), candidate));
    match near.min() {
        None => "; there is none here".to_owned(),
        Some((distance, candidate)) if distance <= 1 + name.chars().count() / 4 => {
            format!("; did you mean `{candidate}`?")
        }
        Some(_) => format!("; there is `{}`", candidates.join("`, `")),
    }
}

/// How many characters must be added, left out, changed or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(64).collect();
    let b: Vec<char> = b.chars().take(64).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let changed = last[j] + usize::from(x != y);
            let mut least = changed.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found() {
        assert_eq!(distance("rat", "rate"), 1);
        assert_eq!(distance("form", "from"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(hint("tier", &["cap", "tiers"]), "; did you mean `tiers`?");
        assert_eq!(hint("x", &["cap", "tiers"]), "; there is `cap`, `tiers`");
        assert_eq!(hint("x", &[]), "; there is none here");
    }
}
