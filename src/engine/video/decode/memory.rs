//! Memory that a decoder process shares with us: a place for one access unit, and slots for
//! pictures. Only what is touched of it takes memory.
//!
//! The other process may write to all of it at any time, whatever it was told: a slot's bytes are
//! numbers to calculate with, and never decide where to read or write.
#![allow(unsafe_code)]

use super::MAX_STREAMS;
use causeway_media::video::codec::MAX_ACCESS_UNIT;
use causeway_media::video::frame::{FrameMemory, MAX_PIXELS, MAX_SIDE, ROW_ALIGNMENT};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};
use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap, munmap};
use std::fmt;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Pictures of a stream that are held at once: the one written, the newest, and those of before
/// that compositions have not let go of yet.
const SLOTS_PER_STREAM: usize = 6;

/// Slots of a process.
const SLOTS: usize = MAX_STREAMS * SLOTS_PER_STREAM;

/// Pages of every processor that we know are as large or smaller.
const PAGE: usize = 64 << 10;

/// The luma of any picture that is taken: each row may end up to [`ROW_ALIGNMENT`] later.
const LUMA: usize = MAX_PIXELS as usize + MAX_SIDE as usize * ROW_ALIGNMENT;

/// A slot: luma, half as much chroma, and half a row of it twice where the height is odd.
const SLOT_BYTES: usize =
    (LUMA + LUMA / 2 + MAX_SIDE as usize + ROW_ALIGNMENT).next_multiple_of(PAGE);

/// Where the slots begin.
const FIRST_SLOT: usize = MAX_ACCESS_UNIT.next_multiple_of(PAGE);

/// All of it.
pub(super) const MEMORY_BYTES: usize = FIRST_SLOT + SLOTS * SLOT_BYTES;

/// The memory, as one of the two processes sees it.
#[derive(Debug)]
pub(super) struct Memory {
    mapping: Arc<Mapping>,
}

/// A place for one picture. Dropped, it is free again.
pub(super) struct Slot {
    mapping: Arc<Mapping>,
    index: u16,
}

struct Mapping {
    start: NonNull<u8>,
    /// Slots that nobody has on this side; the last one was in use last, and is in the caches.
    free: Mutex<Vec<Free>>,
}

struct Free {
    index: u16,
    pages: Pages,
}

/// Whether a free slot takes memory.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pages {
    Untouched,
    Dirty,
}

// SAFETY: the memory stays mapped until the last owner is gone, and belongs to no thread. Who may
// touch which part of it is told by `Memory`, for the access unit, and by each `Slot`.
unsafe impl Send for Mapping {}
// SAFETY: as above; what is shared between threads is behind the lock.
unsafe impl Sync for Mapping {}

impl Memory {
    /// New memory, and the descriptor by which another process opens it. Nobody can make it
    /// shorter.
    pub(super) fn create() -> io::Result<(Self, OwnedFd)> {
        let fd = memfd_create("decoder", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        ftruncate(&fd, MEMORY_BYTES as u64)?;
        fcntl_add_seals(&fd, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        Ok((Self::open(&fd)?, fd))
    }

    /// Memory that [`Memory::create`] made.
    pub(super) fn open(fd: impl AsFd) -> io::Result<Self> {
        let (access, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
        // SAFETY: a new mapping, at an address that the kernel chooses.
        let start = unsafe { mmap(std::ptr::null_mut(), MEMORY_BYTES, access, flags, fd, 0) }?;
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        let indices = (0..SLOTS as u16).rev();
        let free = indices.map(|index| Free { index, pages: Pages::Untouched }).collect();
        Ok(Self { mapping: Arc::new(Mapping { start, free: Mutex::new(free) }) })
    }

    /// Puts an access unit in its place. One that is too long is cut off.
    pub(super) fn write_unit(&mut self, unit: &[u8]) {
        let length = unit.len().min(MAX_ACCESS_UNIT);
        // SAFETY: the place has MAX_ACCESS_UNIT bytes, and only `self` reaches it on this side.
        let place = unsafe { std::slice::from_raw_parts_mut(self.mapping.start.as_ptr(), length) };
        place.copy_from_slice(&unit[..length]);
    }

    /// The access unit that the other side has put there.
    pub(super) fn unit(&self, length: usize) -> &[u8] {
        let length = length.min(MAX_ACCESS_UNIT);
        // SAFETY: the place has MAX_ACCESS_UNIT bytes, and only `self` reaches it on this side.
        unsafe { std::slice::from_raw_parts(self.mapping.start.as_ptr(), length) }
    }

    /// A slot that is free.
    pub(super) fn slot(&self) -> Option<Slot> {
        let index = self.mapping.free().pop()?.index;
        Some(Slot { mapping: Arc::clone(&self.mapping), index })
    }

    /// The slot that the other side chose, unless it is in use on this one.
    pub(super) fn slot_at(&self, index: u16) -> Option<Slot> {
        let mut free = self.mapping.free();
        let at = free.iter().rposition(|slot| slot.index == index)?;
        free.swap_remove(at);
        Some(Slot { mapping: Arc::clone(&self.mapping), index })
    }

    /// Gives the memory of free slots back to the system. That takes its time, in which others
    /// give slots back: these are not made to wait.
    pub(super) fn trim(&self) {
        let is_dirty = |slot: &mut Free| slot.pages == Pages::Dirty;
        let mut taken: Vec<Free> = self.mapping.free().extract_if(.., is_dirty).collect();
        for slot in &mut taken {
            let place = self.mapping.place(slot.index);
            // SAFETY: this slot is not in the list, so that nobody has it or gets it. Where the
            // system refuses, the pages stay.
            let removed = unsafe { madvise(place.cast(), SLOT_BYTES, Advice::LinuxRemove) };
            if removed.is_ok() {
                slot.pages = Pages::Untouched;
            }
        }
        // Before the others, which are warmer.
        self.mapping.free().splice(..0, taken);
    }

    /// Slots that somebody has.
    #[cfg(test)]
    pub(super) fn in_use(&self) -> usize {
        SLOTS - self.mapping.free().len()
    }
}

impl Mapping {
    fn free(&self) -> MutexGuard<'_, Vec<Free>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a slot begins.
    fn place(&self, index: u16) -> *mut u8 {
        debug_assert!(usize::from(index) < SLOTS);
        // SAFETY: indices come from the list alone, and all of these lie within the mapping.
        unsafe { self.start.as_ptr().add(FIRST_SLOT + usize::from(index) * SLOT_BYTES) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: mapped by `Memory::open`, and nothing refers to it any more. It fails for no
        // mapping that exists.
        let _ = unsafe { munmap(self.start.as_ptr().cast(), MEMORY_BYTES) };
    }
}

impl Slot {
    /// Its number, by which the other side finds it.
    pub(super) fn index(&self) -> u16 {
        self.index
    }
}

impl FrameMemory for Slot {
    fn bytes(&self) -> &[u8] {
        // SAFETY: within the mapping, which lives as long as `self`. Nobody else on this side has
        // a slot of this index.
        unsafe { std::slice::from_raw_parts(self.mapping.place(self.index), SLOT_BYTES) }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.mapping.place(self.index), SLOT_BYTES) }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.mapping.free().push(Free { index: self.index, pages: Pages::Dirty });
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({})", self.index)
    }
}

impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mapping({} of {SLOTS} slots free)", self.free().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_base::VideoSize;
    use causeway_media::video::frame::frame_bytes;

    #[test]
    fn every_picture_that_is_taken_fits_a_slot() {
        for width in 1..=MAX_SIDE {
            let height = (MAX_PIXELS / u32::from(width)).min(u32::from(MAX_SIDE)) as u16;
            for height in [height, height - 1] {
                let bytes = frame_bytes(VideoSize::new(width, height)).expect("allowed");
                assert!(bytes <= SLOT_BYTES, "{width}x{height}");
            }
        }
    }

    #[test]
    fn both_sides_see_the_same_bytes() {
        let (mut ours, fd) = Memory::create().expect("linux");
        let theirs = Memory::open(&fd).expect("the same");
        ours.write_unit(b"access unit");
        assert_eq!(theirs.unit(6), b"access");
        let slot = ours.slot().expect("all are free");
        let mut same = theirs.slot_at(slot.index()).expect("free on that side");
        same.bytes_mut()[SLOT_BYTES - 1] = 7;
        assert_eq!(slot.bytes()[SLOT_BYTES - 1], 7);
        assert!(ftruncate(&fd, 0).is_err(), "sealed");
    }

    #[test]
    fn a_slot_has_one_owner_and_comes_back() {
        let (memory, _fd) = Memory::create().expect("linux");
        let all: Vec<_> = std::iter::from_fn(|| memory.slot()).collect();
        assert_eq!((all.len(), memory.in_use()), (SLOTS, SLOTS));
        assert!(memory.slot_at(3).is_none());
        drop(all);
        assert_eq!(memory.in_use(), 0);
        let third = memory.slot_at(3).expect("free again");
        assert!(memory.slot_at(3).is_none());
        assert!(memory.slot_at(SLOTS as u16).is_none());
        drop(third);
        assert_eq!(memory.slot().expect("free").index(), 3, "the warmest one first");
    }

    #[test]
    fn trimmed_slots_take_no_memory() {
        let (memory, fd) = Memory::create().expect("linux");
        let blocks = || rustix::fs::fstat(&fd).expect("open").st_blocks;
        let mut kept = memory.slot().expect("free");
        let mut freed = memory.slot().expect("free");
        kept.bytes_mut().fill(1);
        let one = blocks();
        freed.bytes_mut().fill(2);
        assert!(blocks() > one);
        drop(freed);
        memory.trim();
        assert_eq!((blocks(), memory.in_use()), (one, 1));
        assert!(kept.bytes().iter().all(|byte| *byte == 1));
    }
}
