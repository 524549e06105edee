//! The few lines of runtime that the generated bindings need: memory that the host asks for, and memory
//! that an answer lives in until the host has read it.
//!
//! They stand here instead of in a dependency, so that a policy's bytes depend on this folder alone.

#![expect(unsafe_code, reason = "the canonical ABI hands over memory by pointer and length")]

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// Memory for the elements of a list in an answer; freed on drop unless forgotten.
pub struct Cleanup {
    memory: NonNull<u8>,
    layout: Layout,
}

impl Cleanup {
    /// Allocates; a layout of no bytes needs no memory and gives a null pointer.
    pub fn new(layout: Layout) -> (*mut u8, Option<Cleanup>) {
        if layout.size() == 0 {
            return (std::ptr::null_mut(), None);
        }
        // SAFETY: the layout isn't empty.
        let memory = unsafe { alloc(layout) };
        let Some(memory) = NonNull::new(memory) else { handle_alloc_error(layout) };
        (memory.as_ptr(), Some(Cleanup { memory, layout }))
    }

    /// Leaves the memory to whoever reads the answer.
    pub fn forget(self) {
        std::mem::forget(self);
    }
}

impl Drop for Cleanup {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with this layout, and not freed since.
        unsafe { dealloc(self.memory.as_ptr(), self.layout) }
    }
}

/// Called from the generated bindings, so that the linker keeps `cabi_realloc`.
pub fn maybe_link_cabi_realloc() {
    #[cfg(target_arch = "wasm32")]
    {
        #[used]
        static KEPT: unsafe extern "C" fn(*mut u8, usize, usize, usize) -> *mut u8 = cabi_realloc;
    }
}

/// What the host calls for memory to put arguments in.
///
/// # Safety
/// `old` was given by this function with `old_bytes` and `align`, or is null with `old_bytes` 0.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(old: *mut u8, old_bytes: usize, align: usize, bytes: usize) -> *mut u8 {
    if bytes == 0 {
        return std::ptr::without_provenance_mut(align);
    }
    let Ok(layout) = Layout::from_size_align(bytes, align) else { std::process::abort() };
    // SAFETY: sizes aren't zero where an allocation is made, and the old layout is that of the old memory.
    let memory = unsafe {
        if old_bytes == 0 {
            alloc(layout)
        } else {
            std::alloc::realloc(old, Layout::from_size_align_unchecked(old_bytes, align), bytes)
        }
    };
    if memory.is_null() {
        std::process::abort();
    }
    memory
}
