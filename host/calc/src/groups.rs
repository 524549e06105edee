//! Which rows come together, and how they are cut into batches: a group is never split.

use attain_model::manifest::Order;
use attain_model::{Data, NO_VALUE};
use std::cmp::Ordering;
use std::ops::Range;

/// Rows in the order in which a policy sees them, and where its groups end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    /// Places in canonical order.
    pub rows: Vec<usize>,
    /// For each group, the place in `rows` after its last; empty where rows are independent.
    pub ends: Vec<usize>,
}

fn compare(data: &Data, a: usize, b: usize) -> Ordering {
    match data {
        Data::Numbers(numbers) => {
            numbers.get(a).unwrap_or(&NO_VALUE).cmp(numbers.get(b).unwrap_or(&NO_VALUE))
        }
        // A dictionary is sorted, so codes are in the order of their texts; no value comes last.
        Data::Texts(texts) => texts.codes.get(a).cmp(&texts.codes.get(b)),
    }
}

impl Groups {
    /// Groups the rows that have the same keys; rows without a key are a group of their own. Inside a group
    /// rows are ordered as asked, and then stay in canonical order.
    pub fn by(rows: usize, keys: &[&Data], order: &[(&Data, &Order)]) -> Groups {
        let same = |a: &usize, b: &usize| {
            keys.iter().map(|key| compare(key, *a, *b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
        };
        let inside = |a: &usize, b: &usize| {
            let ordered = order.iter().map(|(data, order)| {
                let natural = compare(data, *a, *b);
                if order.descending { natural.reverse() } else { natural }
            });
            ordered.into_iter().find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
        };
        let mut sorted: Vec<usize> = (0..rows).collect();
        sorted.sort_by(|a, b| same(a, b).then_with(|| inside(a, b)));
        let mut ends: Vec<usize> = Vec::new();
        for (place, pair) in sorted.windows(2).enumerate() {
            if let [a, b] = pair
                && same(a, b).is_ne()
            {
                ends.push(place + 1);
            }
        }
        if rows > 0 {
            ends.push(rows);
        }
        Groups { rows: sorted, ends }
    }

    /// Batches of at most `most` rows that end where groups end; a larger group is a batch of its own.
    pub fn batches(&self, most: usize) -> Vec<Range<usize>> {
        let mut batches = Vec::new();
        let mut first = 0;
        let mut last = 0;
        for end in &self.ends {
            if *end - first > most && last > first {
                batches.push(first..last);
                first = last;
            }
            last = *end;
        }
        if last > first {
            batches.push(first..last);
        }
        batches
    }

    /// The ends of the groups in a batch, counted from its first row.
    pub fn ends_in(&self, batch: &Range<usize>) -> Vec<u32> {
        let first = self.ends.partition_point(|end| *end <= batch.start);
        let ends = self.ends.iter().skip(first).take_while(|end| **end <= batch.end);
        ends.map(|end| u32::try_from(end - batch.start).unwrap_or(u32::MAX)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use attain_model::TextColumn;

    fn teams(names: &str) -> Data {
        let cells: Vec<String> = names.chars().map(String::from).collect();
        Data::Texts(TextColumn::from_rows(cells.iter().map(|c| (c != "-").then_some(c.as_str()))))
    }

    #[test]
    fn rows_of_a_key_come_together_and_stay_in_order() {
        let groups = Groups::by(6, &[&teams("bab-ab")], &[]);
        assert_eq!(groups.rows, [1, 4, 0, 2, 5, 3]);
        assert_eq!(groups.ends, [2, 5, 6]);
    }

    #[test]
    fn a_group_is_never_split() {
        let groups = Groups::by(6, &[&teams("aabbbc")], &[]);
        assert_eq!(groups.batches(1), [0..2, 2..5, 5..6]);
        assert_eq!(groups.batches(3), [0..2, 2..5, 5..6]);
        assert_eq!(groups.batches(5), [0..5, 5..6]);
        assert_eq!(groups.batches(100).as_slice(), std::slice::from_ref(&(0..6)));
        assert_eq!(groups.ends_in(&(2..6)), [3, 4]);
        assert_eq!(Groups::by(0, &[], &[]).batches(10), []);
    }

    #[test]
    fn rows_inside_a_group_follow_the_order_asked_for() {
        let days = Data::Numbers(vec![5, 3, 4, 9]);
        let order = Order { input: "closed".into(), descending: true };
        let groups = Groups::by(4, &[&teams("aaba")], &[(&days, &order)]);
        assert_eq!(groups.rows, [3, 0, 1, 2]);
    }
}
