//! A guest's memory: blocks cut off one after the other, and given again by their size.
//!
//! An instance lives for one batch, so what counts is a short way to fresh memory: nothing is ever merged, and what
//! was never used is known to be zero. Sizes come in classes, four to a doubling; a block that is freed is the next
//! of its class. The memory that the component starts with lasts for a usual batch, so that the host needn't make
//! more of it accessible.

#![expect(unsafe_code, reason = "an allocator hands out memory by pointer")]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::ptr::{self, NonNull};

/// A page of linear memory.
const PAGE: usize = 64 << 10;

/// The least that memory grows by.
const GROWTH: usize = 1 << 20;

/// The smallest block: a link fits in it, and anything is aligned.
const LEAST: usize = 16;

/// Four classes for each doubling from the smallest block to all of a 32-bit memory.
const CLASSES: usize = 4 * 29;

#[global_allocator]
static HEAP: Heap = Heap(UnsafeCell::new(State { next: 0, end: 0, free: [None; CLASSES] }));

struct Heap(UnsafeCell<State>);

// SAFETY: a guest has one thread.
unsafe impl Sync for Heap {}

struct State {
    /// Where fresh memory begins, and where what there is ends.
    next: usize,
    end: usize,
    /// For each class, the block that was freed last; each holds the one before it.
    free: [Option<NonNull<Link>>; CLASSES],
}

struct Link {
    before: Option<NonNull<Link>>,
}

/// The class of a size, and how much a block of it holds.
fn class(size: usize) -> (usize, usize) {
    let size = size.max(LEAST).wrapping_sub(1);
    let power = size.ilog2();
    let quarter = (size >> power.wrapping_sub(2)) & 3;
    let holds = (quarter.wrapping_add(5)) << power.wrapping_sub(2);
    ((power.wrapping_sub(3) as usize).wrapping_mul(4).wrapping_add(quarter), holds)
}

impl State {
    /// A block, and whether it was never used: then it is zero.
    #[inline]
    fn take(&mut self, layout: Layout) -> (*mut u8, bool) {
        let (class, holds) = class(layout.size());
        if layout.align() <= LEAST
            && let Some(free) = self.free.get_mut(class)
            && let Some(block) = *free
        {
            // SAFETY: a block on the list holds a link, and nobody else has it.
            *free = unsafe { block.as_ref() }.before;
            return (block.as_ptr().cast(), false);
        }
        (self.fresh(holds, layout.align().max(LEAST)), true)
    }

    #[inline(never)]
    fn fresh(&mut self, holds: usize, align: usize) -> *mut u8 {
        if self.end == 0 {
            self.begin();
        }
        let start = self.next.next_multiple_of(align);
        let Some(after) = start.checked_add(holds) else { return ptr::null_mut() };
        if after > self.end && !self.grow(after) {
            return ptr::null_mut();
        }
        self.next = after;
        ptr::with_exposed_provenance_mut(start)
    }

    #[cold]
    fn begin(&mut self) {
        unsafe extern "C" {
            static __heap_base: u8;
        }
        // The linker's mark for where data and stack end; only its address is taken.
        self.next = (&raw const __heap_base).expose_provenance();
        self.end = std::arch::wasm32::memory_size(0).wrapping_mul(PAGE);
    }

    #[cold]
    fn grow(&mut self, wanted: usize) -> bool {
        let more = wanted.saturating_sub(self.end).max(GROWTH).div_ceil(PAGE);
        let before = std::arch::wasm32::memory_grow(0, more);
        self.end = before.wrapping_add(more).wrapping_mul(PAGE);
        before != usize::MAX && self.end >= wanted
    }

    #[inline]
    fn put(&mut self, block: *mut u8, size: usize) {
        let (class, _) = class(size);
        let block = NonNull::new(block.cast::<Link>());
        if let (Some(block), Some(free)) = (block, self.free.get_mut(class)) {
            // SAFETY: the block is aligned, holds a link, and is nobody's any more.
            unsafe { block.write(Link { before: *free }) };
            *free = Some(block);
        }
    }
}

// Each of these is one call and no more: a call in a sandbox costs as much as the rest of it.
//
// SAFETY: blocks don't overlap: each is cut off once, and is on a list only while nobody has it. Of memory past the
// end of 32 bits, or that can't be had, it gives none.
unsafe impl GlobalAlloc for Heap {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: a guest has one thread, and none of this calls back.
        unsafe { &mut *self.0.get() }.take(layout).0
    }

    #[inline(never)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above; the block holds as many bytes.
        let (block, fresh) = unsafe { &mut *self.0.get() }.take(layout);
        if !fresh && !block.is_null() {
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { &mut *self.0.get() }.put(block, layout.size());
    }

    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let (before, holds) = class(layout.size());
        let (after, wanted) = class(size);
        if before == after {
            return block;
        }
        // SAFETY: as above.
        let state = unsafe { &mut *self.0.get() };
        let start = block.addr();
        if start.wrapping_add(holds) == state.next && wanted > holds {
            // The last block grows where it is.
            let grown = state.next.wrapping_sub(holds).checked_add(wanted);
            if let Some(end) = grown.filter(|end| *end <= state.end) {
                state.next = end;
                return block;
            }
        }
        // SAFETY: the caller's, for the new size.
        let larger = state.take(unsafe { Layout::from_size_align_unchecked(size, layout.align()) }).0;
        if !larger.is_null() {
            // SAFETY: both hold that many bytes, and they are two blocks.
            unsafe { ptr::copy_nonoverlapping(block, larger, layout.size().min(size)) };
            state.put(block, layout.size());
        }
        larger
    }
}
