//! Two lanes: short answers at the usual priority, long work at a lower one.
//!
//! Who asks for one person's figures isn't kept waiting by whoever runs a plan. What was begun as a short answer and
//! takes longer goes on at the lower priority, and so does, from its beginning, what a company asks for that has used
//! up its share of the short lane.
//!
//! A priority is a thread's, and can't be raised again: a thread that was lowered ends with its work. And a thread of
//! a high priority still waits for the next tick of the clock where one of a low priority is at work, at every step of
//! its way. So while short answers are asked for, long work leaves one processor in eight alone, at least one.

mod priority;

use crate::rate::Rates;
use priority::{Processors, Thread};
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How much processor time a short answer may take before its thread is lowered.
const SHORT: Duration = Duration::from_millis(5);

/// One company's share of the processors at the usual priority: one in so many.
const SHARE: u32 = 4;

/// How far ahead of its share a company may be.
const BURST: Duration = Duration::from_millis(250);

/// How long after a short answer a processor is kept for the next one.
const KEPT: Duration = Duration::from_secs(1);

/// Threads for short answers. They end with it.
pub(crate) struct Lane(Arc<Inner>);

struct Inner {
    threads_max: usize,
    processors: Processors,
    /// Whether anybody is there to yield to.
    yields: bool,
    spent: Rates,
    state: Mutex<State>,
    came: Condvar,
    begun: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
    at_work: HashMap<usize, AtWork>,
    next: usize,
    watched: bool,
    closed: bool,
    /// When the last short answer was asked for.
    last: Option<Instant>,
    /// Whether long work leaves some processors alone.
    kept: bool,
}

struct Job {
    company: String,
    work: Box<dyn FnOnce() + Send>,
}

struct AtWork {
    thread: Thread,
    /// The thread's processor time when it began.
    before: Duration,
    /// When to look at it: it can't be over before.
    look: Instant,
    lowered: bool,
}

impl Lane {
    /// A lane of so many threads. Where nobody else is served, long work has no reason to yield.
    pub(crate) fn new(threads_max: usize, yields: bool) -> Lane {
        Lane(Arc::new(Inner {
            threads_max: threads_max.max(1),
            processors: Processors::of_process(),
            yields,
            spent: Rates::new(BURST),
            state: Mutex::default(),
            came: Condvar::new(),
            begun: Condvar::new(),
        }))
    }

    /// Whether a company had more than its share of late.
    pub(crate) fn is_over(&self, company: &str) -> bool {
        self.0.spent.is_over(company, Instant::now())
    }

    /// Does short work for a company; none when it panicked.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        company: &str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (give, given) = oneshot::channel();
        let work = Box::new(move || {
            _ = give.send(work());
        });
        self.0.put(Job { company: company.to_owned(), work });
        given.await.ok()
    }

    /// Does long work on a thread of its own, of the lower priority, which the threads that it starts have from it;
    /// none when it panicked.
    pub(crate) async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (give, given) = oneshot::channel();
        let inner = Arc::clone(&self.0);
        let body = move || {
            let kept = inner.state().kept;
            inner.lower(Thread::current(), kept);
            drop(inner);
            _ = give.send(work());
        };
        thread::Builder::new().name("work".to_owned()).spawn(body).ok()?;
        given.await.ok()
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.0.state().closed = true;
        self.0.came.notify_all();
        self.0.begun.notify_all();
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(self: &Arc<Inner>, job: Job) {
        let mut state = self.state();
        state.jobs.push_back(job);
        let quiet = !state.kept;
        state.last = Some(Instant::now());
        if !state.watched {
            state.watched = self.start("watch", |inner| inner.watch());
        }
        if state.jobs.len() > state.idle && state.threads < self.threads_max {
            state.threads += usize::from(self.start("answer", |inner| inner.work()));
        }
        if state.threads == 0 {
            // Nobody would ever do it.
            state.jobs.clear();
        }
        drop(state);
        self.came.notify_one();
        if quiet {
            self.begun.notify_one();
        }
    }

    fn lower(&self, thread: Thread, kept: bool) {
        if self.yields {
            thread.lower(&self.processors, kept);
        }
    }

    /// Starts a thread. Where the system gives none, others do the work, later.
    fn start(self: &Arc<Inner>, name: &str, body: impl FnOnce(Arc<Inner>) + Send + 'static) -> bool {
        let inner = Arc::clone(self);
        thread::Builder::new().name(name.to_owned()).spawn(move || body(inner)).is_ok()
    }

    /// A thread of the lane: takes work until there is no lane any more, or until it was lowered.
    fn work(self: Arc<Inner>) {
        let this = Thread::current();
        loop {
            let mut state = self.state();
            let job = loop {
                if let Some(job) = state.jobs.pop_front() {
                    break job;
                }
                if state.closed {
                    state.threads -= 1;
                    return;
                }
                state.idle += 1;
                state = self.came.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
            };
            let now = Instant::now();
            let lowered = self.spent.is_over(&job.company, now);
            if lowered {
                self.lower(this, state.kept);
            }
            let place = state.next;
            state.next = state.next.wrapping_add(1);
            let first = state.at_work.is_empty();
            let before = priority::used();
            state.at_work.insert(place, AtWork { thread: this, before, look: now + SHORT, lowered });
            drop(state);
            if first {
                self.begun.notify_one();
            }
            // Whoever waits for the answer learns of a panic by not getting one; what panics is logged there.
            _ = catch_unwind(AssertUnwindSafe(job.work));
            if self.done(place, &job.company, priority::used().saturating_sub(before)) {
                return;
            }
        }
    }

    /// Whether the thread must end: it was lowered. Another takes its place.
    fn done(self: &Arc<Inner>, place: usize, company: &str, used: Duration) -> bool {
        let mut state = self.state();
        let lowered = state.at_work.remove(&place).is_none_or(|at_work| at_work.lowered);
        if lowered {
            state.threads -= 1;
            if !state.jobs.is_empty() {
                state.threads += usize::from(self.start("answer", |inner| inner.work()));
            }
        }
        let last = state.at_work.is_empty();
        drop(state);
        if last {
            // So that the processor that was kept is given back in time.
            self.begun.notify_one();
        }
        let cost = used * SHARE / self.processors.count();
        self.spent.spend(company, cost, Instant::now());
        lowered
    }

    /// Lowers threads whose answer isn't a short one: that have worked for long, not that waited for a processor.
    fn watch(self: Arc<Inner>) {
        let mut state = self.state();
        while !state.closed {
            let now = Instant::now();
            let mut next = state.last.and_then(|last| (last + KEPT).checked_duration_since(now));
            let kept = next.is_some() || !state.at_work.is_empty();
            if kept != state.kept && self.yields {
                self.processors.keep(kept);
            }
            state.kept = kept;
            let mut long = Vec::new();
            for at_work in state.at_work.values_mut().filter(|at_work| !at_work.lowered) {
                if at_work.look <= now {
                    let used = at_work.thread.used().saturating_sub(at_work.before);
                    at_work.look = now + SHORT.saturating_sub(used);
                }
                match at_work.look.checked_duration_since(now) {
                    Some(left) if !left.is_zero() => next = Some(next.map_or(left, |next| next.min(left))),
                    _ => {
                        long.push(at_work.thread);
                        at_work.lowered = true;
                    }
                }
            }
            long.into_iter().for_each(|thread| self.lower(thread, kept));
            state = match next {
                None => self.begun.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(next) => self.begun.wait_timeout(state, next).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::getpriority_process;
    use rustix::thread::gettid;

    fn own() -> i32 {
        getpriority_process(Some(gettid())).unwrap()
    }

    fn busy(time: Duration) {
        let since = Instant::now();
        while since.elapsed() < time {
            std::hint::spin_loop();
        }
    }

    #[tokio::test]
    async fn a_short_answer_keeps_its_priority_and_a_long_one_loses_it() {
        let lane = Lane::new(2, true);
        let usual = own();
        assert_eq!(lane.ask("a", own).await, Some(usual));
        // However slow the machine is: it works until it was lowered.
        let long = || {
            let since = Instant::now();
            while own() == 15 && since.elapsed() < Duration::from_secs(60) {}
            while own() != 15 && since.elapsed() < Duration::from_secs(60) {
                busy(SHORT);
            }
            own()
        };
        assert_eq!(lane.ask("a", long).await, Some(15));
        assert_eq!(lane.ask("b", own).await, Some(usual), "the thread that was lowered is gone");
        assert_eq!(lane.aside(own).await, Some(15));
        assert_eq!(Lane::new(2, false).aside(own).await, Some(usual), "there is nobody to yield to");
    }

    #[tokio::test]
    async fn a_company_past_its_share_is_answered_at_the_lower_priority_and_others_are_not() {
        let lane = Lane::new(2, true);
        let (usual, before) = (own(), Instant::now());
        lane.ask("a", || busy(SHORT)).await;
        assert_eq!(lane.ask("a", own).await, Some(usual));
        // Whatever it spent, it is ahead by more than a burst before it began.
        assert!(lane.0.spent.is_over("a", before - BURST) && !lane.0.spent.is_over("b", before - BURST));
        lane.0.spent.spend("a", Duration::from_secs(600), Instant::now());
        assert_eq!(lane.ask("a", own).await, Some(15));
        assert_eq!(lane.ask("b", own).await, Some(usual));
    }

    #[tokio::test]
    async fn long_work_leaves_a_processor_alone_while_short_answers_are_asked_for() {
        let processors = || rustix::thread::sched_getaffinity(None).unwrap().count();
        let lane = Lane::new(2, true);
        let all = processors();
        assert_eq!(lane.aside(processors).await, Some(all));
        let fewer = all - (all / 8).max(1).min(all - 1);
        // Begun before, with a thread of its own: it hears of it and of the end of it.
        let changes = lane.aside(move || {
            let wait = |wanted: u32| {
                let since = Instant::now();
                let has = || std::thread::scope(|scope| scope.spawn(processors).join().unwrap());
                while has() != wanted && since.elapsed() < Duration::from_secs(60) {
                    std::thread::sleep(Duration::from_millis(10));
                }
                has()
            };
            (wait(fewer), wait(all))
        });
        let asking = async { lane.ask("a", processors).await };
        let (changes, answered) = futures_util::future::join(changes, asking).await;
        assert_eq!((changes, answered), (Some((fewer, all)), Some(all)));
    }

    #[tokio::test]
    async fn work_that_panics_is_no_answer_and_the_lane_goes_on() {
        let lane = Lane::new(1, true);
        assert_eq!(lane.ask("a", || panic!("as meant")).await, None::<()>);
        assert_eq!(lane.ask("a", || 1).await, Some(1));
    }
}
