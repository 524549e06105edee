//! So many requests a second for each company, with room for a burst of a second.
//!
//! The generic cell rate algorithm (ITU-T I.371): a company has a time at which its requests so far are paid off, and
//! may be ahead of the clock by a second.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How far ahead of its rate a company may be.
const BURST: Duration = Duration::from_secs(1);

/// Companies that are remembered; those that are paid off go first.
const COMPANIES: usize = 20_000;

/// When each company's requests are paid off.
#[derive(Debug, Default)]
pub(crate) struct Rates(Mutex<HashMap<String, Instant>>);

impl Rates {
    /// Takes a request of a company that may have so many a second; an error says how long to wait.
    pub(crate) fn take(&self, company: &str, per_second: u64, now: Instant) -> Result<(), Duration> {
        let cost = Duration::from_nanos(1_000_000_000 / per_second.max(1));
        let mut paid = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if paid.len() >= COMPANIES && !paid.contains_key(company) {
            paid.retain(|_, at| *at > now);
        }
        let at = paid.get(company).copied().unwrap_or(now).max(now) + cost;
        match at.duration_since(now).checked_sub(BURST) {
            Some(over) if !over.is_zero() => Err(over),
            _ => {
                paid.insert(company.to_owned(), at);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_requests_may_come_at_once_and_then_so_many_a_second() {
        let (rates, now) = (Rates::default(), Instant::now());
        let taken = (0..200).filter(|_| rates.take("a", 50, now).is_ok()).count();
        assert_eq!(taken, 50);
        assert_eq!(rates.take("a", 50, now), Err(Duration::from_millis(20)));
        assert_eq!(rates.take("b", 50, now), Ok(()), "another company isn't asked to wait");
        let later = now + Duration::from_millis(100);
        assert_eq!((0..200).filter(|_| rates.take("a", 50, later).is_ok()).count(), 5);
        let rested = now + Duration::from_secs(60);
        assert_eq!((0..200).filter(|_| rates.take("a", 50, rested).is_ok()).count(), 50);
    }
}
