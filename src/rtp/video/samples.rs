//! Streams that the tests speak of.

use super::Piece;
use causeway_wire::h264::{PacketizationMode, packetize};
use causeway_wire::vp8::{self, Descriptor, PictureId};

/// A packet that a sender made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) seq: u16,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) payload: Vec<u8>,
}

impl Packet {
    pub(crate) fn piece(&self) -> Piece<'_> {
        let Self { seq, timestamp, marker, ref payload } = *self;
        Piece { seq, timestamp, marker, payload }
    }
}

/// Bytes of a payload.
pub(crate) const LIMIT: usize = 200;

/// An access unit: an IDR picture with its sets, or a picture that leans, in two slices of so
/// many bytes. Each number gives other bytes.
pub(crate) fn h264_frame(number: u8, key: bool, len: usize) -> Vec<u8> {
    let slice = |header: u8, start: &[u8]| {
        let mut unit = vec![0, 0, 0, 1, header];
        unit.extend(start);
        unit.extend((0..len).map(|at| (at as u8).wrapping_mul(3).wrapping_add(number) | 1));
        unit
    };
    let mut frame = vec![];
    if key {
        frame.extend([0, 0, 0, 1, 0x67, 66, 0xe0, 31, number | 1, 0, 0, 0, 1, 0x68, 0xce, 1]);
        // First macroblock 0 then 44, an intra slice, picture parameters 0.
        frame.extend(slice(0x65, &[0x88, 0x80]));
        frame.extend(slice(0x65, &[0x05, 0xa2, 0x20]));
    } else {
        frame.extend(slice(0x41, &[0x9a]));
        frame.extend(slice(0x41, &[0x05, 0xa6, 0x80]));
    }
    frame
}

/// A VP8 frame; a key frame is of 640x360.
pub(crate) fn vp8_frame(number: u8, key: bool, len: usize) -> Vec<u8> {
    let mut frame = if key {
        vec![0x10, 0x02, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]
    } else {
        vec![0x11, 0x02, 0]
    };
    frame.extend((0..len).map(|at| (at as u8).wrapping_mul(3).wrapping_add(number)));
    frame
}

/// The packets of frames, 30 a second.
#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) seq: u16,
    pub(crate) timestamp: u32,
    pub(crate) picture: u16,
}

impl Sender {
    pub(crate) const fn new(seq: u16) -> Self {
        Self { seq, timestamp: 1_000, picture: 100 }
    }

    fn packet(&mut self, payload: Vec<u8>, marker: bool) -> Packet {
        let seq = self.seq;
        self.seq = seq.wrapping_add(1);
        Packet { seq, timestamp: self.timestamp, marker, payload }
    }

    pub(crate) fn h264(&mut self, frame: &[u8]) -> Vec<Packet> {
        let packets = packetize(frame, PacketizationMode::NonInterleaved, LIMIT)
            .unwrap()
            .map(|payload| {
                let mut out = vec![0; LIMIT];
                let len = payload.write(&mut out).unwrap();
                out.truncate(len);
                self.packet(out, payload.last)
            })
            .collect();
        self.timestamp = self.timestamp.wrapping_add(3_000);
        packets
    }

    pub(crate) fn vp8(&mut self, frame: &[u8]) -> Vec<Packet> {
        let descriptor = Descriptor {
            picture_id: Some(PictureId::Long(self.picture)),
            tl0_picture_index: Some(self.picture as u8),
            layer: Some(vp8::Layer { temporal: 0, sync: false }),
            ..Descriptor::default()
        };
        let packets = vp8::packetize(frame, descriptor, LIMIT)
            .map(|payload| {
                let mut out = vec![0; LIMIT];
                let len = payload.write(&mut out).unwrap();
                out.truncate(len);
                self.packet(out, payload.last)
            })
            .collect();
        self.timestamp = self.timestamp.wrapping_add(3_000);
        self.picture = (self.picture + 1) % (1 << 15);
        packets
    }
}
