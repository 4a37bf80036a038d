//! Pictures in I420 (planar YCbCr 4:2:0 of eight bits, ITU-T H.264 clause 6.2), whose memory
//! comes from a bounded pool and goes back to it.
//!
//! A [`FrameMut`] is written by one owner, then frozen to a [`Frame`] that any number share. All
//! three planes lie in one piece: luma rows first, then Cb, then Cr; a luma row takes its width
//! rounded up to [`ROW_ALIGNMENT`] bytes, a chroma row half of that.

use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use causeway_base::VideoSize;

use super::colour::Colour;

/// The longest side of a picture that is taken, in pixels: 1080p in either orientation.
pub const MAX_SIDE: u16 = 1920;

/// The most pixels of a picture that is taken: 1080p, whose coded height is 1088.
pub const MAX_PIXELS: u32 = 1920 * 1088;

/// Luma rows start at multiples of this many bytes: two vector loads.
pub const ROW_ALIGNMENT: usize = 64;

/// Numbers each picture that was ever frozen.
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// Why there is no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// No pixels, or more than [`MAX_SIDE`] and [`MAX_PIXELS`] allow.
    Size(VideoSize),
    /// As many frames are in use as the pool may have, or the memory given is too small.
    Exhausted,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FrameError::Size(size) => write!(f, "pictures of {size} are not taken"),
            FrameError::Exhausted => f.write_str("no frame is free"),
        }
    }
}

impl std::error::Error for FrameError {}

/// Whether pictures of this size are taken.
pub const fn is_allowed(size: VideoSize) -> bool {
    size.width > 0
        && size.height > 0
        && size.width <= MAX_SIDE
        && size.height <= MAX_SIDE
        && size.pixels() <= MAX_PIXELS
}

/// Where a decoder gets the frames that it fills.
pub trait FrameSource {
    /// A frame of a size, whose pixels are whatever they were before.
    fn take(&self, size: VideoSize) -> Result<FrameMut, FrameError>;
}

/// Memory for one frame that is not the pool's own, such as a place in shared memory.
pub trait FrameMemory: Send + Sync {
    /// The bytes; always as many.
    fn bytes(&self) -> &[u8];
    /// The bytes, to write.
    fn bytes_mut(&mut self) -> &mut [u8];
}

/// How a size is laid out in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    size: VideoSize,
    stride: usize,
}

impl Layout {
    fn of(size: VideoSize) -> Result<Self, FrameError> {
        if !is_allowed(size) {
            return Err(FrameError::Size(size));
        }
        Ok(Self { size, stride: usize::from(size.width).next_multiple_of(ROW_ALIGNMENT) })
    }

    fn luma_bytes(self) -> usize {
        self.stride * usize::from(self.size.height)
    }

    fn chroma_bytes(self) -> usize {
        self.stride / 2 * usize::from(self.size.height.div_ceil(2))
    }

    fn bytes(self) -> usize {
        self.luma_bytes() + 2 * self.chroma_bytes()
    }
}

/// The bytes that a frame of this size takes.
pub fn frame_bytes(size: VideoSize) -> Result<usize, FrameError> {
    Layout::of(size).map(Layout::bytes)
}

/// Frames of any sizes, so many at once at most. Clones are the same pool.
#[derive(Clone, Debug)]
pub struct FramePool {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    capacity: usize,
    in_use: AtomicUsize,
    /// What came back. Held for a push or a search among `capacity` at most.
    free: Mutex<Vec<Vec<u8>>>,
}

impl FramePool {
    /// A pool of at most `capacity` frames: those in use and those that wait for use together.
    pub fn new(capacity: usize) -> Self {
        let free = Mutex::new(Vec::with_capacity(capacity));
        Self { shared: Arc::new(Shared { capacity, in_use: AtomicUsize::new(0), free }) }
    }

    /// The frames in use.
    pub fn in_use(&self) -> usize {
        self.shared.in_use.load(Ordering::Relaxed)
    }
}

impl FrameSource for FramePool {
    fn take(&self, size: VideoSize) -> Result<FrameMut, FrameError> {
        let layout = Layout::of(size)?;
        let mut memory = self.shared.take(layout.bytes())?;
        // Dead pixels of another size are better than a page fault for each page.
        memory.resize(layout.bytes(), 0);
        Ok(FrameMut(Buffer::new(layout, Memory::Pooled(memory, Arc::clone(&self.shared)))))
    }
}

impl Shared {
    fn take(&self, bytes: usize) -> Result<Vec<u8>, FrameError> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if self.in_use.load(Ordering::Relaxed) >= self.capacity {
            return Err(FrameError::Exhausted);
        }
        let in_use = self.in_use.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(fitting) = free.iter().rposition(|memory| memory.capacity() == bytes) {
            return Ok(free.swap_remove(fitting));
        }
        // The oldest of another size makes room.
        if in_use + free.len() > self.capacity {
            free.swap_remove(0);
        }
        drop(free);
        Ok(Vec::with_capacity(bytes))
    }

    fn give_back(&self, memory: Vec<u8>) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(memory);
        self.in_use.fetch_sub(1, Ordering::Relaxed);
    }
}

enum Memory {
    Pooled(Vec<u8>, Arc<Shared>),
    Foreign(Box<dyn FrameMemory>),
}

struct Buffer {
    layout: Layout,
    id: u64,
    memory: Memory,
}

impl Buffer {
    fn new(layout: Layout, memory: Memory) -> Self {
        Self { layout, id: NEXT_ID.fetch_add(1, Ordering::Relaxed), memory }
    }

    fn planes(&self) -> Planes<'_> {
        let bytes = match &self.memory {
            Memory::Pooled(bytes, _) => bytes,
            Memory::Foreign(memory) => memory.bytes(),
        };
        let (size, stride) = (self.layout.size, self.layout.stride);
        let (y, chroma) = bytes.split_at(self.layout.luma_bytes());
        let (u, v) = chroma.split_at(self.layout.chroma_bytes());
        let (width, height) = (usize::from(size.width), usize::from(size.height));
        let chroma = |bytes| Plane::new(bytes, stride / 2, width.div_ceil(2), height.div_ceil(2));
        Planes { y: Plane::new(y, stride, width, height), u: chroma(u), v: chroma(v) }
    }

    fn planes_mut(&mut self) -> PlanesMut<'_> {
        let layout = self.layout;
        let bytes = match &mut self.memory {
            Memory::Pooled(bytes, _) => bytes.as_mut_slice(),
            Memory::Foreign(memory) => memory.bytes_mut(),
        };
        let (y, chroma) = bytes.split_at_mut(layout.luma_bytes());
        let (u, v) = chroma.split_at_mut(layout.chroma_bytes());
        let (width, height) = (usize::from(layout.size.width), usize::from(layout.size.height));
        let stride = layout.stride;
        let chroma = |bytes| PlaneMut {
            bytes,
            stride: stride / 2,
            width: width.div_ceil(2),
            height: height.div_ceil(2),
        };
        PlanesMut { y: PlaneMut { bytes: y, stride, width, height }, u: chroma(u), v: chroma(v) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Memory::Pooled(memory, shared) = &mut self.memory {
            shared.give_back(std::mem::take(memory));
        }
    }
}

/// A picture that is being written.
pub struct FrameMut(Buffer);

impl FrameMut {
    /// A frame in memory of somebody else's, at its beginning; [`frame_bytes`] says how much it
    /// takes. It is dropped with the last clone of the picture.
    pub fn in_memory(size: VideoSize, memory: Box<dyn FrameMemory>) -> Result<Self, FrameError> {
        let layout = Layout::of(size)?;
        if memory.bytes().len() < layout.bytes() {
            return Err(FrameError::Exhausted);
        }
        Ok(Self(Buffer::new(layout, Memory::Foreign(memory))))
    }

    /// Its size.
    pub fn size(&self) -> VideoSize {
        self.0.layout.size
    }

    /// Its pixels.
    pub fn planes(&self) -> Planes<'_> {
        self.0.planes()
    }

    /// Its pixels, to write.
    pub fn planes_mut(&mut self) -> PlanesMut<'_> {
        self.0.planes_mut()
    }

    /// Ends the writing.
    pub fn freeze(self) -> Frame {
        Frame(Arc::new(self.0))
    }
}

impl fmt::Debug for FrameMut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FrameMut({})", self.size())
    }
}

/// A picture, shared.
#[derive(Clone)]
pub struct Frame(Arc<Buffer>);

impl Frame {
    /// Its size.
    pub fn size(&self) -> VideoSize {
        self.0.layout.size
    }

    /// A number that no picture had before it in this process: the same number is the same
    /// pixels.
    pub fn id(&self) -> u64 {
        self.0.id
    }

    /// Its pixels.
    pub fn planes(&self) -> Planes<'_> {
        self.0.planes()
    }

    /// To write into it again, if nobody else holds it any more; it is another picture from now
    /// on.
    pub fn rewrite(&mut self) -> Option<PlanesMut<'_>> {
        let buffer = Arc::get_mut(&mut self.0)?;
        buffer.id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        Some(buffer.planes_mut())
    }

    /// Whether somebody else holds it too.
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({}, {})", self.id(), self.size())
    }
}

/// The three planes of a picture.
#[derive(Clone, Copy, Debug)]
pub struct Planes<'a> {
    /// Luma.
    pub y: Plane<'a>,
    /// Cb, at half the width and height, rounded up.
    pub u: Plane<'a>,
    /// Cr, likewise.
    pub v: Plane<'a>,
}

impl<'a> Planes<'a> {
    /// The part of it that lies within these bounds of luma; `left` and `top` are even.
    pub fn part(&self, left: usize, top: usize, width: usize, height: usize) -> Self {
        let (columns, rows) = (width.div_ceil(2), height.div_ceil(2));
        let half = |plane: &Plane<'a>| plane.part(left / 2, top / 2, columns, rows);
        Self { y: self.y.part(left, top, width, height), u: half(&self.u), v: half(&self.v) }
    }
}

/// One plane, or a part of one.
#[derive(Clone, Copy)]
pub struct Plane<'a> {
    bytes: &'a [u8],
    stride: usize,
    width: usize,
    height: usize,
}

impl<'a> Plane<'a> {
    /// A view of rows that start `stride` bytes apart. What lies outside of `bytes` is cut off.
    pub fn new(bytes: &'a [u8], stride: usize, width: usize, height: usize) -> Self {
        let width = width.min(stride);
        let whole = bytes.len().checked_div(stride).unwrap_or(0);
        let rows = whole + usize::from(bytes.len() - whole * stride >= width && width > 0);
        Self { bytes, stride, width, height: height.min(rows) }
    }

    /// Pixels of a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Bytes from one row to the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Everything from its first pixel on.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// One row. Panics at `height` and beyond.
    pub fn row(&self, row: usize) -> &'a [u8] {
        &self.bytes[row * self.stride..][..self.width]
    }

    /// All rows, from the top.
    pub fn rows(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let width = self.width;
        self.bytes.chunks(self.stride.max(1)).take(self.height).map(move |row| &row[..width])
    }

    /// The part of it that lies within these bounds.
    pub fn part(&self, left: usize, top: usize, width: usize, height: usize) -> Self {
        let (left, top) = (left.min(self.width), top.min(self.height));
        let start = (top * self.stride + left).min(self.bytes.len());
        Self {
            bytes: &self.bytes[start..],
            stride: self.stride,
            width: width.min(self.width - left),
            height: height.min(self.height - top),
        }
    }
}

impl fmt::Debug for Plane<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plane({}x{})", self.width, self.height)
    }
}

/// The three planes of a picture, to write.
#[derive(Debug)]
pub struct PlanesMut<'a> {
    /// Luma.
    pub y: PlaneMut<'a>,
    /// Cb.
    pub u: PlaneMut<'a>,
    /// Cr.
    pub v: PlaneMut<'a>,
}

/// One plane, or a part of one, to write.
pub struct PlaneMut<'a> {
    bytes: &'a mut [u8],
    stride: usize,
    width: usize,
    height: usize,
}

impl<'a> PlaneMut<'a> {
    /// A view of rows that start `stride` bytes apart. What lies outside of `bytes` is cut off.
    pub fn new(bytes: &'a mut [u8], stride: usize, width: usize, height: usize) -> Self {
        let bounds = Plane::new(bytes, stride, width, height);
        let (width, height) = (bounds.width, bounds.height);
        Self { bytes, stride, width, height }
    }

    /// Pixels of a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// One row. Panics at `height` and beyond.
    pub fn row_mut(&mut self, row: usize) -> &mut [u8] {
        &mut self.bytes[row * self.stride..][..self.width]
    }

    /// All rows, from the top.
    pub fn rows_mut(&mut self) -> impl Iterator<Item = &mut [u8]> {
        let width = self.width;
        self.bytes
            .chunks_mut(self.stride.max(1))
            .take(self.height)
            .map(move |row| &mut row[..width])
    }

    /// The part of it that lies within these bounds.
    pub fn part(&mut self, left: usize, top: usize, width: usize, height: usize) -> PlaneMut<'_> {
        let (left, top) = (left.min(self.width), top.min(self.height));
        let start = (top * self.stride + left).min(self.bytes.len());
        PlaneMut {
            bytes: &mut self.bytes[start..],
            stride: self.stride,
            width: width.min(self.width - left),
            height: height.min(self.height - top),
        }
    }

    /// Copies the rows and columns that both have.
    pub fn copy_from(&mut self, source: Plane<'_>) {
        for (to, from) in self.rows_mut().zip(source.rows()) {
            let width = to.len().min(from.len());
            to[..width].copy_from_slice(&from[..width]);
        }
    }

    /// Makes every pixel the same.
    pub fn fill(&mut self, value: u8) {
        self.rows_mut().for_each(|row| row.fill(value));
    }
}

impl PlanesMut<'_> {
    /// The part of it that lies within these bounds of luma, which are even.
    pub fn part(&mut self, left: usize, top: usize, width: usize, height: usize) -> PlanesMut<'_> {
        let (columns, rows) = (width.div_ceil(2), height.div_ceil(2));
        PlanesMut {
            y: self.y.part(left, top, width, height),
            u: self.u.part(left / 2, top / 2, columns, rows),
            v: self.v.part(left / 2, top / 2, columns, rows),
        }
    }

    /// Makes all of it one colour.
    pub fn fill(&mut self, colour: Colour) {
        self.y.fill(colour.y);
        self.u.fill(colour.u);
        self.v.fill(colour.v);
    }
}

impl fmt::Debug for PlaneMut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlaneMut({}x{})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const P360: VideoSize = VideoSize::new(640, 360);

    #[test]
    fn frames_come_back_to_a_bounded_pool() {
        let pool = FramePool::new(2);
        let first = pool.take(P360).unwrap().freeze();
        let clone = first.clone();
        let second = pool.take(VideoSize::new(1280, 720)).unwrap();
        assert_eq!(pool.take(P360).unwrap_err(), FrameError::Exhausted);
        drop(first);
        assert_eq!(pool.in_use(), 2);
        let address = clone.planes().y.bytes().as_ptr();
        drop(clone);
        let again = pool.take(P360).unwrap();
        assert_eq!(again.planes().y.bytes().as_ptr(), address);
        drop((again, second));
        assert_eq!(pool.in_use(), 0);
    }

    #[test]
    fn a_pool_never_holds_more_than_its_frames() {
        let pool = FramePool::new(3);
        for height in 1..100 {
            let _frames: Vec<_> =
                (0..3).map(|more| pool.take(VideoSize::new(16 + more, height)).unwrap()).collect();
        }
        assert!(pool.shared.free.lock().unwrap().len() <= 3);
    }

    #[test]
    fn sizes_are_bounded_before_anything_is_allocated() {
        let pool = FramePool::new(1);
        for (width, height) in [(0, 360), (640, 0), (1921, 16), (1920, 1920), (7680, 4320)] {
            let size = VideoSize::new(width, height);
            assert_eq!(pool.take(size).unwrap_err(), FrameError::Size(size));
        }
        for (width, height) in [(1, 1), (1920, 1088), (1080, 1920)] {
            assert!(pool.take(VideoSize::new(width, height)).is_ok());
        }
    }

    #[test]
    fn odd_sizes_have_chroma_for_every_pixel() {
        let mut frame = FramePool::new(1).take(VideoSize::new(33, 5)).unwrap();
        let planes = frame.planes_mut();
        assert_eq!((planes.u.width(), planes.u.height()), (17, 3));
        assert_eq!((planes.y.width(), planes.y.height()), (33, 5));
    }

    #[test]
    fn only_the_last_owner_writes_again_and_that_is_another_picture() {
        let mut frame = FramePool::new(1).take(P360).unwrap().freeze();
        let (id, clone) = (frame.id(), frame.clone());
        assert!(frame.rewrite().is_none());
        drop(clone);
        assert!(frame.rewrite().is_some());
        assert_ne!(frame.id(), id);
    }

    struct Place(Vec<u8>);

    impl FrameMemory for Place {
        fn bytes(&self) -> &[u8] {
            &self.0
        }
        fn bytes_mut(&mut self) -> &mut [u8] {
            &mut self.0
        }
    }

    #[test]
    fn frames_lie_in_the_memory_of_others_where_it_is_large_enough() {
        let needed = frame_bytes(P360).unwrap();
        assert!(FrameMut::in_memory(P360, Box::new(Place(vec![7; needed - 1]))).is_err());
        let frame = FrameMut::in_memory(P360, Box::new(Place(vec![7; needed]))).unwrap().freeze();
        assert!(frame.planes().v.rows().all(|row| row.iter().all(|pixel| *pixel == 7)));
    }

    #[test]
    fn parts_stay_within_the_plane() {
        let bytes: Vec<u8> = (0..100).collect();
        let plane = Plane::new(&bytes, 10, 8, 20);
        assert_eq!(plane.height(), 10);
        let part = plane.part(6, 9, 5, 5);
        assert_eq!((part.width(), part.height()), (2, 1));
        assert_eq!(part.row(0), [96, 97]);
        assert_eq!(plane.part(9, 50, 1, 1).rows().count(), 0);
    }
}
