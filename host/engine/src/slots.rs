//! A place for each call that may run at once, and the memory that it may take. The allocator has that many slots and
//! fails past them, and the machine has so much memory; callers wait here instead.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Counts free places, and bytes that are promised to nobody.
#[derive(Debug)]
pub(crate) struct Slots {
    /// Bytes of all calls together.
    bytes: u64,
    free: Mutex<Free>,
    freed: Condvar,
}

#[derive(Debug)]
struct Free {
    slots: u32,
    bytes: u64,
}

/// A place taken, given back when dropped.
#[derive(Debug)]
pub(crate) struct Slot<'a> {
    slots: &'a Slots,
    bytes: u64,
}

impl Slots {
    pub(crate) fn new(slots: u32, bytes: u64) -> Slots {
        Slots { bytes, free: Mutex::new(Free { slots, bytes }), freed: Condvar::new() }
    }

    /// Waits for a place for a call that may take so much memory. One that may take more than there is for all of
    /// them waits until it is alone.
    pub(crate) fn take(&self, bytes: u64) -> Slot<'_> {
        let bytes = bytes.min(self.bytes);
        let mut free = self.free();
        while free.slots == 0 || free.bytes < bytes {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        free.slots -= 1;
        free.bytes -= bytes;
        Slot { slots: self, bytes }
    }

    fn free(&self) -> MutexGuard<'_, Free> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut free = self.slots.free();
        free.slots += 1;
        free.bytes += self.bytes;
        drop(free);
        // All: who waits for much may not be able to begin, and another one is.
        self.slots.freed.notify_all();
    }
}

/// Half of the memory that this process may have: what calls may take together when nobody says.
pub(crate) fn half_of_memory() -> u64 {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let machine = read("/proc/meminfo").and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib << 10)
    });
    let group = read("/sys/fs/cgroup/memory.max").and_then(|text| text.trim().parse::<u64>().ok());
    // Where the system doesn't say, that of a small machine.
    machine.into_iter().chain(group).min().unwrap_or(4 << 30) / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn no_more_calls_run_at_once_than_there_are_slots() {
        let slots = Slots::new(2, 100);
        let (now, most) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let _slot = slots.take(1);
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)));
        let free = slots.free();
        assert_eq!((free.slots, free.bytes), (2, 100));
    }

    #[test]
    fn calls_wait_for_memory_and_one_that_may_take_more_than_there_is_runs_alone() {
        let slots = Slots::new(8, 100);
        let (now, most) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for n in 0..8u32 {
                let (slots, now, most) = (&slots, &now, &most);
                let bytes = if n % 2 == 0 { 40 } else { 1_000 };
                scope.spawn(move || {
                    for _ in 0..200 {
                        let _slot = slots.take(bytes.into());
                        let taken = bytes.min(100);
                        most.fetch_max(now.fetch_add(taken, Ordering::SeqCst) + taken, Ordering::SeqCst);
                        std::thread::yield_now();
                        now.fetch_sub(taken, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(most.load(Ordering::SeqCst), 100);
        assert!(half_of_memory() > 64 << 20);
    }
}
