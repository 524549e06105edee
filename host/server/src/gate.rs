//! A gate: so many at once, so many waiting, and everybody else is asked to come again.
//!
//! It is fair among companies: each has a queue of its own, they take turns, and none has all places, so that whoever
//! comes while another keeps the host busy waits for one piece of work at most, not for a queue.

use crate::problem::Problem;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Bounds one kind of work.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Inner>);

struct Inner {
    /// What is done behind it, as people say it.
    work: &'static str,
    at_once: usize,
    /// How many of these one company may have.
    each_at_once: usize,
    /// How many of one company may wait.
    waiting: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    inside: usize,
    /// Companies with somebody inside or waiting.
    companies: HashMap<String, Queue>,
    /// Companies with somebody waiting, whose turn is next first.
    turns: VecDeque<String>,
}

#[derive(Default)]
struct Queue {
    inside: usize,
    waiting: VecDeque<oneshot::Sender<Place>>,
}

/// Somebody's place; the place is free again when this is dropped.
pub(crate) struct Place {
    gate: Gate,
    company: String,
}

impl Gate {
    /// One company has all places but one.
    pub(crate) fn new(work: &'static str, at_once: usize, waiting: usize) -> Gate {
        Gate::with_each(work, at_once, at_once.saturating_sub(1), waiting)
    }

    /// One company has so many places.
    pub(crate) fn with_each(work: &'static str, at_once: usize, each_at_once: usize, waiting: usize) -> Gate {
        let at_once = at_once.max(1);
        let each_at_once = each_at_once.clamp(1, at_once);
        Gate(Arc::new(Inner { work, at_once, each_at_once, waiting, state: Mutex::default() }))
    }

    /// A place for a company, at once or after a wait; 429 `busy` when too many of it wait already.
    pub(crate) fn enter(
        &self,
        company: &str,
    ) -> Result<impl Future<Output = Result<Place, Problem>> + use<>, Problem> {
        let work = self.0.work;
        let came = {
            let mut state = self.state();
            let inside = state.inside;
            let queue = state.companies.entry(company.to_owned()).or_default();
            if queue.waiting.is_empty() && inside < self.0.at_once && queue.inside < self.0.each_at_once {
                queue.inside += 1;
                state.inside += 1;
                Ok(Place { gate: self.clone(), company: company.to_owned() })
            } else if queue.waiting.len() < self.0.waiting {
                let (give, given) = oneshot::channel();
                queue.waiting.push_back(give);
                if queue.waiting.len() == 1 {
                    state.turns.push_back(company.to_owned());
                }
                Err(given)
            } else {
                return Err(Problem::busy(work));
            }
        };
        Ok(async move {
            match came {
                Ok(place) => Ok(place),
                Err(given) => given.await.map_err(|_| Problem::busy(work)),
            }
        })
    }

    /// How many are inside, and how many wait.
    pub(crate) fn load(&self) -> (usize, usize) {
        let state = self.state();
        (state.inside, state.companies.values().map(|queue| queue.waiting.len()).sum())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Frees a place and gives it to whose turn it is.
    fn leave(&self, company: &str) {
        let mut admitted = Vec::new();
        {
            let mut state = self.state();
            state.inside = state.inside.saturating_sub(1);
            if let Some(queue) = state.companies.get_mut(company) {
                queue.inside = queue.inside.saturating_sub(1);
            }
            state.forget(company);
            while state.inside < self.0.at_once
                && let Some((company, give)) = state.next(self.0.each_at_once)
            {
                admitted.push((give, Place { gate: self.clone(), company }));
            }
        }
        for (give, place) in admitted {
            // Whoever has left meanwhile gives the place back, which lets the next one in.
            drop(give.send(place));
        }
    }
}

impl State {
    /// Lets in the one whose turn it is, where any may.
    fn next(&mut self, each_at_once: usize) -> Option<(String, oneshot::Sender<Place>)> {
        for _ in 0..self.turns.len() {
            let company = self.turns.pop_front()?;
            let queue = self.companies.get_mut(&company)?;
            let may = queue.inside < each_at_once;
            let give = if may { queue.waiting.pop_front() } else { None };
            if !queue.waiting.is_empty() {
                self.turns.push_back(company.clone());
            }
            if let Some(give) = give {
                queue.inside += 1;
                self.inside += 1;
                return Some((company, give));
            }
        }
        None
    }

    fn forget(&mut self, company: &str) {
        let idle = |queue: &Queue| queue.inside == 0 && queue.waiting.is_empty();
        if self.companies.get(company).is_some_and(idle) {
            self.companies.remove(company);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.gate.leave(&self.company);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn inside(gate: &Gate, company: &str) -> Place {
        gate.enter(company).ok().unwrap().await.ok().unwrap()
    }

    #[tokio::test]
    async fn who_finds_the_queue_full_is_asked_to_come_again() {
        let gate = Gate::new("runs", 1, 1);
        let first = inside(&gate, "a").await;
        let second = gate.enter("a").ok().unwrap();
        assert_eq!(gate.enter("a").map(|_| ()).unwrap_err().status, 429);
        assert_eq!(gate.load(), (1, 1));
        drop(first);
        let second = second.await.ok().unwrap();
        assert!(gate.enter("a").is_ok());
        drop(second);
    }

    #[tokio::test]
    async fn a_company_that_fills_its_queue_leaves_another_a_place_and_its_turn() {
        let gate = Gate::new("runs", 3, 10);
        let busy = [inside(&gate, "busy").await, inside(&gate, "busy").await];
        let waiting: Vec<_> = (0..10).map(|_| gate.enter("busy").ok().unwrap()).collect();
        assert!(gate.enter("busy").is_err());
        // One place is left for others, and who comes second has the first turn.
        let quiet = inside(&gate, "quiet").await;
        let next = gate.enter("quiet").ok().unwrap();
        drop(quiet);
        let next = next.await.ok().unwrap();
        drop((next, busy));
        for place in waiting {
            drop(place.await.ok().unwrap());
        }
        assert_eq!(gate.load(), (0, 0));
        assert!(gate.state().companies.is_empty() && gate.state().turns.is_empty());
    }

    #[tokio::test]
    async fn whoever_leaves_while_they_wait_leaves_their_place() {
        let gate = Gate::new("runs", 1, 5);
        let first = inside(&gate, "a").await;
        let gone = gate.enter("a").ok().unwrap();
        let last = gate.enter("b").ok().unwrap();
        drop(gone);
        drop(first);
        drop(last.await.ok().unwrap());
        // Given, and never taken.
        let held = inside(&gate, "a").await;
        let given = gate.enter("b").ok().unwrap();
        drop(held);
        drop(given);
        assert_eq!(gate.load(), (0, 0));
    }
}
