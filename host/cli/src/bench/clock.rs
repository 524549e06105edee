//! Time of the wall and of the processor, and medians.

use crate::bench::ROUNDS;
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// What one thing took in each round, in nanoseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Times {
    /// By the wall's clock.
    pub wall_ns: Vec<u64>,
    /// Of the processor, for this thread; empty where the system doesn't say.
    pub cpu_ns: Vec<u64>,
}

impl Times {
    /// Does something and keeps what it took.
    pub fn take<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let (cpu, begun) = (thread_ns(), Instant::now());
        let done = work();
        self.wall_ns.push(elapsed_ns(begun));
        if let (Some(before), Some(after)) = (cpu, thread_ns()) {
            self.cpu_ns.push(after.saturating_sub(before));
        }
        done
    }

    /// Median nanoseconds of the wall.
    pub fn wall(&self) -> u64 {
        median(&self.wall_ns)
    }

    /// Median nanoseconds of the processor; those of the wall where the system doesn't say.
    pub fn cpu(&self) -> u64 {
        if self.cpu_ns.is_empty() { self.wall() } else { median(&self.cpu_ns) }
    }
}

/// Nanoseconds since a moment.
pub fn elapsed_ns(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// The middle one; zero of none.
pub fn median(values: &[u64]) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or(0)
}

/// Takes several things in turn, in as many rounds as medians need, and begins each round with another: what a
/// machine does beside this then falls on all of them alike.
pub fn in_turn<E>(things: usize, mut take: impl FnMut(usize) -> Result<(), E>) -> Result<(), E> {
    for round in 0..ROUNDS {
        for place in 0..things {
            take((round + place) % things)?;
        }
    }
    Ok(())
}

/// Nanoseconds that this thread has had a processor. Source: the first field of Linux's `schedstat`.
fn thread_ns() -> Option<u64> {
    std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        assert_eq!(median(&[5, 1, 9]), 5);
        assert_eq!(median(&[]), 0);
    }

    #[test]
    fn every_round_begins_with_another() {
        let mut order = Vec::new();
        in_turn(2, |thing| {
            order.push(thing);
            Ok::<(), ()>(())
        })
        .unwrap();
        assert_eq!(order, [0, 1, 1, 0, 0, 1, 1, 0, 0, 1]);
    }
}
