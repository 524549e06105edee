//! Priorities of threads and the processors that they run on, where the system has such.

#[cfg(target_os = "linux")]
pub(super) use linux::{Processors, Thread, used};
#[cfg(not(target_os = "linux"))]
pub(super) use none::{Processors, Thread, used};

#[cfg(target_os = "linux")]
mod linux {
    use rustix::process::{Pid, getpriority_process, setpriority_process};
    use rustix::thread::{CpuSet, gettid, sched_getaffinity, sched_setaffinity};
    use rustix::time::{ClockId, clock_gettime};
    use std::time::Duration;

    /// What long work yields to short by: it has a thirtieth of its weight.
    const NICE: i32 = 15;

    /// A thread of this process.
    #[derive(Clone, Copy)]
    pub(in crate::lane) struct Thread(Pid);

    impl Thread {
        pub(in crate::lane) fn current() -> Thread {
            Thread(gettid())
        }

        /// Lowers it. On Linux a priority is a thread's, and threads that it starts have it, too.
        pub(in crate::lane) fn lower(self, processors: &Processors, kept: bool) {
            // Where it can't be had, work goes on at the usual one.
            _ = setpriority_process(Some(self.0), NICE);
            if kept {
                processors.move_to(self.0, &processors.most);
            }
        }

        /// The processor time of the thread so far, as of the last tick of the clock.
        pub(in crate::lane) fn used(self) -> Duration {
            let path = format!("/proc/self/task/{}/schedstat", self.0.as_raw_nonzero());
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let nanoseconds = text.split_whitespace().next().and_then(|text| text.parse().ok());
            Duration::from_nanos(nanoseconds.unwrap_or_default())
        }
    }

    /// The processor time of this thread so far.
    pub(in crate::lane) fn used() -> Duration {
        clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
    }

    /// Those that this process may run on.
    pub(in crate::lane) struct Processors {
        all: CpuSet,
        /// All but those that are kept for short answers.
        most: CpuSet,
    }

    impl Processors {
        pub(in crate::lane) fn of_process() -> Processors {
            let all = sched_getaffinity(None).unwrap_or_default();
            let mut most = all;
            let kept = (all.count() / 8).max(1);
            let highest = (0..CpuSet::MAX_CPU).rev().filter(|processor| all.is_set(*processor));
            highest.take(kept as usize).for_each(|processor| most.unset(processor));
            // With one there is nothing to keep.
            Processors { all, most: if most.count() == 0 { all } else { most } }
        }

        pub(in crate::lane) fn count(&self) -> u32 {
            self.all.count().max(1)
        }

        /// Keeps some for short answers, or gives them back: for all threads that were lowered.
        pub(in crate::lane) fn keep(&self, kept: bool) {
            let processors = if kept { &self.most } else { &self.all };
            let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
            let ids = threads.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
            for thread in ids.filter_map(Pid::from_raw) {
                if getpriority_process(Some(thread)) == Ok(NICE) {
                    self.move_to(thread, processors);
                }
            }
        }

        fn move_to(&self, thread: Pid, processors: &CpuSet) {
            // A thread that has ended doesn't mind.
            _ = sched_setaffinity(Some(thread), processors);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod none {
    use std::time::Duration;

    #[derive(Clone, Copy)]
    pub(in crate::lane) struct Thread;

    impl Thread {
        pub(in crate::lane) fn current() -> Thread {
            Thread
        }

        pub(in crate::lane) fn lower(self, _: &Processors, _: bool) {}

        pub(in crate::lane) fn used(self) -> Duration {
            Duration::ZERO
        }
    }

    pub(in crate::lane) fn used() -> Duration {
        Duration::ZERO
    }

    pub(in crate::lane) struct Processors;

    impl Processors {
        pub(in crate::lane) fn of_process() -> Processors {
            Processors
        }

        pub(in crate::lane) fn count(&self) -> u32 {
            std::thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(1))
        }

        pub(in crate::lane) fn keep(&self, _: bool) {}
    }
}
