//! A gate: so many at once, so many waiting, and everybody else is asked to come again.

use crate::problem::Problem;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bounds one kind of work.
pub(crate) struct Gate {
    /// What is done behind it, as people say it.
    work: &'static str,
    inside: Arc<Semaphore>,
    /// Those inside and those who wait.
    all: Arc<Semaphore>,
}

/// Somebody's place; the place is free again when this is dropped.
pub(crate) struct Place {
    _inside: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Gate {
    pub(crate) fn new(work: &'static str, at_once: usize, waiting: usize) -> Gate {
        let at_once = at_once.clamp(1, Semaphore::MAX_PERMITS / 2);
        let all = at_once.saturating_add(waiting).min(Semaphore::MAX_PERMITS);
        Gate { work, inside: Arc::new(Semaphore::new(at_once)), all: Arc::new(Semaphore::new(all)) }
    }

    /// A place, at once or after a wait; 429 `busy` when too many wait already.
    pub(crate) fn enter(&self) -> Result<impl Future<Output = Result<Place, Problem>> + use<>, Problem> {
        let work = self.work;
        let all = Arc::clone(&self.all).try_acquire_owned().map_err(|_| Problem::busy(work))?;
        let inside = Arc::clone(&self.inside);
        Ok(async move {
            let inside = inside.acquire_owned().await.map_err(|_| Problem::busy(work))?;
            Ok(Place { _inside: inside, _all: all })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_finds_the_queue_full_is_asked_to_come_again() {
        let gate = Gate::new("runs", 1, 1);
        let first = gate.enter().unwrap().await.unwrap();
        let second = gate.enter().unwrap();
        assert_eq!(gate.enter().map(|_| ()).unwrap_err().status, 429);
        drop(first);
        let second = second.await.unwrap();
        assert!(gate.enter().is_ok());
        drop(second);
    }
}
