//! Where the time of a run goes. The calculation has no clock; whoever wants to know brings one.
//!
//! In: a [`Meter`] beside the other settings of a run. Out: it is told what each thread spent on each part.
//! Invariant: nothing that a meter does or says reaches an outcome.

/// A part of the work of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Columns out of the store: read, checked, unpacked.
    Read,
    /// Inputs drawn from columns and earlier outputs, grouped and cut into batches.
    Project,
    /// The policy itself: a fresh instance, columns in, the rule, columns out, all of it checked.
    Evaluate,
    /// Digests of inputs and outputs, salted ids, leaves and root.
    Hash,
    /// The outcome on its way into the store: packed, written, durable.
    Keep,
}

/// Somebody with a clock.
pub trait Meter: Send + Sync {
    /// Nanoseconds since some moment that stays the same.
    fn now_ns(&self) -> u64;
    /// A thread spent so much on a part.
    fn spent(&self, part: Part, ns: u64);
}

/// Nobody measures.
#[derive(Clone, Copy, Debug)]
pub struct Unmeasured;

impl Meter for Unmeasured {
    fn now_ns(&self) -> u64 {
        0
    }
    fn spent(&self, _: Part, _: u64) {}
}

/// Does something, and tells the meter what it took.
pub fn timed<T>(meter: &dyn Meter, part: Part, work: impl FnOnce() -> T) -> T {
    let begun = meter.now_ns();
    let done = work();
    meter.spent(part, meter.now_ns().saturating_sub(begun));
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU64, Ordering};

    struct Counting(AtomicU64, Mutex<Vec<(Part, u64)>>);

    impl Meter for Counting {
        fn now_ns(&self) -> u64 {
            self.0.fetch_add(5, Ordering::Relaxed)
        }
        fn spent(&self, part: Part, ns: u64) {
            self.1.lock().unwrap().push((part, ns));
        }
    }

    #[test]
    fn a_part_is_told_what_it_took() {
        let meter = Counting(AtomicU64::new(7), Mutex::default());
        assert_eq!(timed(&meter, Part::Hash, || "done"), "done");
        assert_eq!(*meter.1.lock().unwrap(), [(Part::Hash, 5)]);
    }
}
