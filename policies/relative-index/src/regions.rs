//! Regions: each against its own baseline, and how far the best and the worst lie apart.

use crate::terms::{Baseline, Gap, Plan, Regions};
use crate::{Compared, Person, Span, Step};
use attain_sdk::prelude::*;

/// What the rows of a region make together.
#[derive(Default)]
struct Region {
    rows: Vec<usize>,
    value: Amount,
    /// What its rows' baselines add up to, or the one that they all name.
    baseline: Option<Amount>,
}

impl Region {
    fn per_head(&self) -> Option<Exact> {
        self.value.over(Exact::whole(i64::try_from(self.rows.len()).unwrap_or(i64::MAX)))
    }
}

/// The index of each region, and the gaps.
pub fn compare(
    plan: &Plan,
    terms: &Regions,
    people: &[Person<'_>],
    outs: &mut [Compared],
    why: &mut impl Why,
) -> Result<Span> {
    let regions = gather(terms, people)?;
    let (mut value, mut number) = (Amount::ZERO, 0i64);
    for region in regions.values() {
        value += region.value;
        number += i64::try_from(region.rows.len()).unwrap_or(i64::MAX);
    }
    let company = value.over(Exact::whole(number));
    let (mut plain, mut fair) = (Ends::default(), Ends::default());
    for region in regions.values() {
        let mean = region.per_head();
        if let Some(index) = mean.zip(company).and_then(|(mean, company)| plan.index(mean, company)) {
            plain.add(index);
        }
        let held = if terms.baseline == Baseline::Own { Some(region.value.exact()) } else { mean };
        let index = held.zip(region.baseline).and_then(|(held, base)| plan.index(held, base.exact()));
        fair.add_all(index);
        for row in &region.rows {
            let why = why.of(*row);
            let (Some(index), Some(held), Some(baseline)) = (index, held, region.baseline) else {
                why.notes(|| Step::NoBaseline);
                continue;
            };
            let shown = plan.rounded(index);
            if let Some(out) = outs.get_mut(*row) {
                out.region_index = Some(shown);
            }
            why.notes(|| Step::Region { value: held.round(Round::HalfUp), baseline, index: shown });
        }
    }
    let [before, gap] = [&plain, &fair].map(|ends| ends.gap(terms.gap).map(|gap| plan.rounded(gap)));
    let mut span = Several::NONE;
    span.set(0, Count::<0>::from_units(i64::try_from(regions.len()).unwrap_or(i64::MAX)));
    span.set(1, before);
    span.set(2, gap);
    if let (Some(gap), Some((best, worst))) = (gap, fair.0) {
        let (best, worst) = (plan.rounded(best), plan.rounded(worst));
        for row in regions.values().flat_map(|region| &region.rows) {
            why.of(*row).notes(|| Step::Gap { best, worst, gap, before });
        }
    }
    Ok(Span { span })
}

/// The rows that count, by region: those with a value and, where everybody has their own, a baseline.
fn gather<'a>(terms: &Regions, people: &[Person<'a>]) -> Result<BTreeMap<&'a str, Region>> {
    let mut regions: BTreeMap<&str, Region> = BTreeMap::new();
    for (row, person) in people.iter().enumerate() {
        let (Some(name), Some(value)) = (person.region, person.counted()) else { continue };
        match (terms.baseline, person.baseline) {
            (Baseline::Own, None) => continue,
            (Baseline::Own, Some(own)) => {
                let region = regions.entry(name).or_default();
                region.baseline = Some(region.baseline.unwrap_or_default() + own);
            }
            (Baseline::PerHead, None) => {}
            (Baseline::PerHead, Some(named)) => {
                let region = regions.entry(name).or_default();
                if *region.baseline.get_or_insert(named) != named {
                    let message = format!(
                        "the rows of region `{name}` name different baselines, expected one and the same, or set `regions.baseline` to `own`"
                    );
                    return Err(Failure::new("baselines-differ", message).in_row(row));
                }
            }
        }
        let region = regions.entry(name).or_default();
        region.rows.push(row);
        region.value += value;
    }
    Ok(regions)
}

/// The best index and the worst, and how many there are.
#[derive(Default)]
struct Ends(Option<(Exact, Exact)>, usize);

impl Ends {
    fn add(&mut self, index: Exact) {
        let (best, worst) = self.0.unwrap_or((index, index));
        self.0 = Some((best.at_least(index), worst.at_most(index)));
        self.1 += 1;
    }

    fn add_all(&mut self, index: Option<Exact>) {
        index.into_iter().for_each(|index| self.add(index));
    }

    /// The gap; none where there are fewer than two.
    fn gap(&self, gap: Gap) -> Option<Exact> {
        let (best, worst) = self.0.filter(|_| self.1 > 1)?;
        match gap {
            Gap::Difference => Some(best - worst),
            Gap::OfBest => (best > Exact::ZERO).then(|| (best - worst).over(best)).flatten(),
        }
    }
}
