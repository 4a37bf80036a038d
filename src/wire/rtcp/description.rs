//! Source descriptions (RFC 3550 section 6.5).

use crate::be32;

/// The canonical name item.
pub(super) const CNAME: u8 = 1;

/// One item of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DescriptionItem<'a> {
    /// The source.
    pub ssrc: u32,
    /// The kind: 1 is the canonical name.
    pub kind: u8,
    /// UTF-8 by the standard; not checked.
    pub text: &'a [u8],
}

/// Walks the items of all chunks. Ends at the first that runs over the end.
#[derive(Clone, Copy, Debug)]
pub struct Descriptions<'a> {
    chunks: &'a [u8],
    left: u8,
    chunk: Option<(u32, &'a [u8])>,
}

impl<'a> Descriptions<'a> {
    pub(super) const fn new(chunks: &'a [u8], count: u8) -> Self {
        Self { chunks, left: count, chunk: None }
    }

    /// The canonical names with their sources.
    pub fn cnames(self) -> impl Iterator<Item = (u32, &'a [u8])> {
        self.filter(|item| item.kind == CNAME).map(|item| (item.ssrc, item.text))
    }

    /// Leaves a chunk behind its terminating zeros, at the next multiple of four bytes.
    fn end_chunk(&mut self, rest: &'a [u8]) {
        let consumed = self.chunks.len().saturating_sub(rest.len());
        let padded = consumed.next_multiple_of(4);
        self.chunks = self.chunks.get(padded..).unwrap_or(&[]);
        self.chunk = None;
    }
}

impl<'a> Iterator for Descriptions<'a> {
    type Item = DescriptionItem<'a>;

    fn next(&mut self) -> Option<DescriptionItem<'a>> {
        loop {
            let (ssrc, items) = match self.chunk {
                Some(chunk) => chunk,
                None => {
                    self.left = self.left.checked_sub(1)?;
                    (be32(self.chunks, 0)?, self.chunks.get(4..)?)
                }
            };
            let (&kind, rest) = items.split_first()?;
            if kind == 0 {
                self.end_chunk(rest);
                continue;
            }
            let (&len, rest) = rest.split_first()?;
            let (text, rest) = rest.split_at_checked(usize::from(len))?;
            self.chunk = Some((ssrc, rest));
            return Some(DescriptionItem { ssrc, kind, text });
        }
    }
}
