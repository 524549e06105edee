//! The nearest match for a name that isn't known: half of a good error.

/// The candidate that a person most likely meant, when one is near enough to be worth saying.
///
/// ```
/// use attain_model::nearest::nearest;
/// assert_eq!(nearest("revenu", ["revenue", "region"]), Some("revenue"));
/// assert_eq!(nearest("x", ["revenue", "region"]), None);
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = candidates.into_iter().map(|candidate| (strsim::jaro_winkler(name, candidate), candidate));
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 >= 0.75).then_some(best.1)
}

/// The same for the name of a file: what stands before the extension is compared, since most files of a folder
/// share theirs.
///
/// ```
/// use attain_model::nearest::nearest_file;
/// assert_eq!(nearest_file("deal.csv", ["a.csv", "deals.csv"]), Some("deals.csv"));
/// assert_eq!(nearest_file("none.csv", ["a.csv", "deals.csv"]), None);
/// ```
pub fn nearest_file<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let near = nearest(stem(name), candidates.iter().map(|candidate| stem(candidate)))?;
    candidates.into_iter().find(|candidate| stem(candidate) == near)
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// `, did you mean `x`?` or, when nothing is near, what there is.
pub fn hint<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    if let Some(near) = nearest(name, candidates.iter().copied()) {
        return format!("; did you mean `{near}`?");
    }
    match candidates.len() {
        0 => String::from("; there is none yet"),
        n if n > 12 => {
            format!("; there are {n}, such as `{}`", candidates.first().copied().unwrap_or_default())
        }
        _ => format!("; there is `{}`", candidates.join("`, `")),
    }
}
