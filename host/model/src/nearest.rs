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
