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

/// Compares memory, as Rust does whenever it compares texts. The one that comes with the compiler takes a byte at a
/// time; this one takes words, which for the names that rules look up is most of a row.
///
/// # Safety
/// Both have so many bytes.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
#[inline(never)]
unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, bytes: usize) -> i32 {
    let mut at = 0usize;
    // SAFETY: what is read lies before the end.
    unsafe {
        while bytes.wrapping_sub(at) >= 8 {
            let a = a.wrapping_add(at).cast::<u64>().read_unaligned();
            let b = b.wrapping_add(at).cast::<u64>().read_unaligned();
            if a != b {
                return order(a, b);
            }
            at = at.wrapping_add(8);
        }
        if bytes.wrapping_sub(at) >= 4 {
            let a = a.wrapping_add(at).cast::<u32>().read_unaligned();
            let b = b.wrapping_add(at).cast::<u32>().read_unaligned();
            if a != b {
                return order(a.into(), b.into());
            }
            at = at.wrapping_add(4);
        }
        while at < bytes {
            let difference = i32::from(*a.wrapping_add(at)).wrapping_sub((*b.wrapping_add(at)).into());
            if difference != 0 {
                return difference;
            }
            at = at.wrapping_add(1);
        }
    }
    0
}

/// The order of two different words by their first byte that differs.
#[cfg(target_arch = "wasm32")]
fn order(a: u64, b: u64) -> i32 {
    let first = (a ^ b).trailing_zeros() & !7;
    let byte = |word: u64| i32::try_from((word >> first) & 255).unwrap_or(0);
    byte(a).wrapping_sub(byte(b))
}
