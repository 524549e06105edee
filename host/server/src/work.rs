//! Long work under way: what it is, how far it is, and how to stop it.

use attain_service::Progress;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// What somebody asked for.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// For which company.
    pub company: String,
    /// The operation, by its id in the document.
    pub operation: &'static str,
    /// The plan and period, or the run.
    pub of: String,
    /// Who asked.
    pub by: String,
}

/// Work under way, as whoever may see it reads it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Shown {
    id: String,
    operation: &'static str,
    of: String,
    by: String,
    since: String,
    state: &'static str,
    step: Option<String>,
    rows: Option<usize>,
    rows_of: Option<usize>,
}

/// Everything long that is under way.
#[derive(Clone, Default)]
pub(crate) struct Works(Arc<Inner>);

#[derive(Default)]
struct Inner {
    next: AtomicU64,
    works: Mutex<BTreeMap<u64, Work>>,
}

struct Work {
    about: About,
    since: String,
    stop: Arc<AtomicBool>,
    progress: watch::Receiver<Option<Progress>>,
    running: bool,
}

/// Work in the list; it is out of it when this is dropped.
pub(crate) struct Listed {
    works: Works,
    id: u64,
}

impl Works {
    /// Puts work into the list, that waits.
    pub(crate) fn begin(
        &self,
        about: About,
        stop: Arc<AtomicBool>,
        progress: watch::Receiver<Option<Progress>>,
    ) -> Listed {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed) + 1;
        let since = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        self.works().insert(id, Work { about, since, stop, progress, running: false });
        Listed { works: self.clone(), id }
    }

    /// A company's, the oldest first.
    pub(crate) fn of(&self, company: &str) -> Vec<Shown> {
        let works = self.works();
        works.iter().filter(|(_, work)| work.about.company == company).map(shown).collect()
    }

    /// Tells a company's work to stop; none where it has no such work.
    pub(crate) fn cancel(&self, company: &str, id: &str) -> Option<Shown> {
        let id: u64 = id.parse().ok()?;
        let works = self.works();
        let work = works.get(&id).filter(|work| work.about.company == company)?;
        work.stop.store(true, Ordering::Relaxed);
        Some(shown((&id, work)))
    }

    fn works(&self) -> MutexGuard<'_, BTreeMap<u64, Work>> {
        self.0.works.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listed {
    /// It has its place and begins.
    pub(crate) fn runs(&self) {
        if let Some(work) = self.works.works().get_mut(&self.id) {
            work.running = true;
        }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.works.works().remove(&self.id);
    }
}

fn shown((id, work): (&u64, &Work)) -> Shown {
    let progress = work.progress.borrow().clone();
    let state = match (work.stop.load(Ordering::Relaxed), work.running) {
        (true, _) => "stopping",
        (false, true) => "running",
        (false, false) => "waiting",
    };
    Shown {
        id: id.to_string(),
        operation: work.about.operation,
        of: work.about.of.clone(),
        by: work.about.by.clone(),
        since: work.since.clone(),
        state,
        step: progress.as_ref().map(|progress| progress.step.clone()),
        rows: progress.as_ref().map(|progress| progress.rows),
        rows_of: progress.as_ref().map(|progress| progress.of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_listed_until_it_ends_and_only_its_company_stops_it() {
        let works = Works::default();
        let about = |company: &str| About {
            company: company.to_owned(),
            operation: "run_plan",
            of: "sales 2026-01".to_owned(),
            by: "Ann".to_owned(),
        };
        let (tell, told) = watch::channel(None);
        let stop = Arc::new(AtomicBool::new(false));
        let listed = works.begin(about("a"), Arc::clone(&stop), told.clone());
        let other = works.begin(about("b"), Arc::default(), told);
        assert_eq!(works.of("a").iter().map(|work| work.state).collect::<Vec<_>>(), ["waiting"]);
        listed.runs();
        tell.send_replace(Some(Progress { step: "s".to_owned(), rows: 1, of: 2 }));
        let [work] = works.of("a").try_into().unwrap();
        assert_eq!((work.state, work.rows, work.rows_of), ("running", Some(1), Some(2)));
        for (company, id) in [("b", "1"), ("a", "2"), ("a", "x"), ("a", "-1")] {
            assert_eq!(works.cancel(company, id), None, "{company} {id}");
        }
        assert!(!stop.load(Ordering::Relaxed));
        assert_eq!(works.cancel("a", "1").unwrap().state, "stopping");
        assert!(stop.load(Ordering::Relaxed));
        drop((listed, other));
        assert!(works.of("a").is_empty() && works.of("b").is_empty());
    }
}
