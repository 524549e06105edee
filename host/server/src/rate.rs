//! So much for each company: requests a second, or a share of a core.
//!
//! The generic cell rate algorithm (ITU-T I.371): a company has a time at which what it had so far is paid off, and
//! may be ahead of the clock by a burst.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Companies that are remembered; those that are paid off go first.
const COMPANIES: usize = 20_000;

/// When what each company had is paid off.
#[derive(Debug)]
pub(crate) struct Rates {
    burst: Duration,
    paid: Mutex<HashMap<String, Instant>>,
}

impl Rates {
    /// Rates of which everybody may be ahead by so much.
    pub(crate) fn new(burst: Duration) -> Rates {
        Rates { burst, paid: Mutex::default() }
    }

    /// Takes what costs a company so much of its time; an error says how long to wait.
    pub(crate) fn take(&self, company: &str, cost: Duration, now: Instant) -> Result<(), Duration> {
        let mut paid = self.paid(now);
        let at = paid.get(company).copied().unwrap_or(now).max(now) + cost;
        match at.duration_since(now).checked_sub(self.burst) {
            Some(over) if !over.is_zero() => Err(over),
            _ => {
                paid.insert(company.to_owned(), at);
                Ok(())
            }
        }
    }

    /// Notes what was had already, whether or not the company is ahead.
    pub(crate) fn spend(&self, company: &str, cost: Duration, now: Instant) {
        let mut paid = self.paid(now);
        let at = paid.get(company).copied().unwrap_or(now).max(now) + cost;
        paid.insert(company.to_owned(), at);
    }

    /// Whether a company is ahead by more than it may be.
    pub(crate) fn is_over(&self, company: &str, now: Instant) -> bool {
        let paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        paid.get(company).is_some_and(|at| at.duration_since(now) > self.burst)
    }

    fn paid(&self, now: Instant) -> MutexGuard<'_, HashMap<String, Instant>> {
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        if paid.len() >= COMPANIES {
            paid.retain(|_, at| *at > now);
        }
        paid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_requests_may_come_at_once_and_then_so_many_a_second() {
        let (rates, now) = (Rates::new(Duration::from_secs(1)), Instant::now());
        let cost = Duration::from_millis(20);
        let taken = (0..200).filter(|_| rates.take("a", cost, now).is_ok()).count();
        assert_eq!(taken, 50);
        assert_eq!(rates.take("a", cost, now), Err(Duration::from_millis(20)));
        assert_eq!(rates.take("b", cost, now), Ok(()), "another company isn't asked to wait");
        let later = now + Duration::from_millis(100);
        assert_eq!((0..200).filter(|_| rates.take("a", cost, later).is_ok()).count(), 5);
        let rested = now + Duration::from_secs(60);
        assert_eq!((0..200).filter(|_| rates.take("a", cost, rested).is_ok()).count(), 50);
    }

    #[test]
    fn what_was_spent_is_paid_off_with_time() {
        let (rates, now) = (Rates::new(Duration::from_secs(1)), Instant::now());
        rates.spend("a", Duration::from_secs(1), now);
        assert!(!rates.is_over("a", now));
        rates.spend("a", Duration::from_secs(1), now);
        assert!(rates.is_over("a", now) && !rates.is_over("b", now));
        assert!(!rates.is_over("a", now + Duration::from_secs(1)));
    }
}
