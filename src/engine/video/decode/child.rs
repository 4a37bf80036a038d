//! The decoder process: it decodes what it is given, one access unit after the other.
//!
//! It is this same program, started afresh, so it has nothing of what its parent knows. Before it
//! reads the first byte of a stream it gives up all that decoding does not need.

use super::MAX_STREAMS;
use super::memory::{Memory, Slot};
use super::message::{Answer, REQUEST_BYTES, Request};
use super::sandbox;
use crate::sys;
use crate::video::NICENESS;
use causeway_base::{Bitrate, VideoCodec, VideoSize};
use causeway_media::video::codec::{
    Decoded, EncoderSettings, VideoDecoder, decoder, encoder, is_built_in,
};
use causeway_media::video::frame::{FrameError, FrameMut, FramePool, FrameSource};
use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags, recv, recvmsg, send,
};
use rustix::process::{Signal, set_parent_process_death_signal, setpriority_process};
use std::cell::RefCell;
use std::io::{self, IoSliceMut, Stdin};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;

/// Set for a process that is to decode. Its standard input is its end of the conversation.
pub(super) const ASKED: &str = "CAUSEWAY_DECODER";

/// The access unit that lies in the memory, as [`Request::Decode`] says it.
#[derive(Clone, Copy, Debug)]
struct Unit {
    codec: VideoCodec,
    lost: bool,
    blind: bool,
    length: u32,
}

/// Why it cannot: all that its parent learns is its exit code.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unfit {
    /// Nobody at the other end, or no memory came from there.
    Alone = 10,
    /// The limits or the filter of system calls were refused.
    Open = 11,
    /// A codec cannot be used within them.
    Useless = 12,
}

/// Decodes and exits if this process was started for it; otherwise returns at once. Call it first
/// in `main`.
pub fn decode_if_asked() {
    if std::env::var_os(ASKED).is_none() {
        return;
    }
    std::process::exit(match Child::begin() {
        Ok(mut child) => {
            child.run();
            0
        }
        Err(unfit) => unfit as i32,
    });
}

/// The process that decodes.
pub(super) struct Child {
    socket: Stdin,
    pub(super) memory: Memory,
    /// By seat.
    decoders: [Option<Box<dyn VideoDecoder>>; MAX_STREAMS],
}

impl Child {
    /// Takes the memory, shuts itself in, tries each codec, and says that it is ready.
    pub(super) fn begin() -> Result<Self, Unfit> {
        sys::close_inherited().map_err(|_| Unfit::Open)?;
        // Ends with its parent even while it decodes; between two units the socket tells it.
        set_parent_process_death_signal(Some(Signal::KILL)).map_err(|_| Unfit::Open)?;
        rustix::thread::set_name(c"video-decoder").map_err(|_| Unfit::Open)?;
        // Refused where it was started further back, and stays there.
        let _ = setpriority_process(None, NICENESS);
        let socket = io::stdin();
        let memory = receive_memory(&socket).map_err(|_| Unfit::Alone)?;
        let trials = trials().ok_or(Unfit::Useless)?;
        sandbox::limit().map_err(|_| Unfit::Open)?;
        sandbox::close().map_err(|_| Unfit::Open)?;
        // Where a library wants a call that is not allowed, it shows here, not in a meeting.
        if !trials.iter().all(|(codec, unit)| decodes(*codec, unit)) {
            return Err(Unfit::Useless);
        }
        let child = Self { socket, memory, decoders: [const { None }; MAX_STREAMS] };
        child.say(&Answer::Ready.to_bytes()).map_err(|_| Unfit::Alone)?;
        Ok(child)
    }

    /// Does what it is told until the other end is closed.
    fn run(&mut self) {
        while let Some(request) = self.hear() {
            if let Some(answer) = self.obey(request)
                && self.say(&answer.to_bytes()).is_err()
            {
                return;
            }
        }
    }

    /// Does one thing.
    pub(super) fn obey(&mut self, request: Request) -> Option<Answer> {
        match request {
            Request::Close { seat } => {
                self.decoder_at(seat).take();
                None
            }
            Request::Decode { seat, codec, lost, blind, slot, length } => {
                let unit = Unit { codec, lost, blind, length };
                Some(self.decode(seat, unit, slot))
            }
        }
    }

    /// The next request, once there is one; `None` at the end of all.
    pub(super) fn hear(&self) -> Option<Request> {
        let mut bytes = [0; REQUEST_BYTES];
        loop {
            match recv(&self.socket, &mut bytes[..], RecvFlags::empty()) {
                Ok((length, _)) => return Request::parse(&bytes[..length]),
                Err(Errno::INTR) => {}
                Err(_) => return None,
            }
        }
    }

    pub(super) fn say(&self, bytes: &[u8]) -> rustix::io::Result<()> {
        send(&self.socket, bytes, SendFlags::NOSIGNAL).map(|_| ())
    }

    fn decoder_at(&mut self, seat: u8) -> &mut Option<Box<dyn VideoDecoder>> {
        &mut self.decoders[usize::from(seat) % MAX_STREAMS]
    }

    fn decode(&mut self, seat: u8, unit: Unit, slot: Option<u16>) -> Answer {
        let Unit { codec, lost, blind, length } = unit;
        let decoder = match self.decoder_at(seat).take() {
            Some(decoder) => Ok(decoder),
            None => decoder(codec),
        };
        let mut decoder = match decoder {
            Ok(decoder) => decoder,
            Err(error) => return Answer::Failed(error),
        };
        if lost {
            decoder.lost();
        }
        if blind {
            decoder.begin_blind();
        }
        let slot = RefCell::new(slot.and_then(|index| self.memory.slot_at(index)));
        let decoded = decoder.decode(self.memory.unit(length as usize), &OneSlot(slot));
        *self.decoder_at(seat) = Some(decoder);
        match decoded {
            Ok(Decoded::Picture(picture)) => Answer::Picture(picture.size()),
            Ok(Decoded::Nothing) => Answer::Nothing,
            Ok(Decoded::Broken) => Answer::Broken,
            Err(error) => Answer::Failed(error),
        }
    }
}

/// One small picture, encoded by each codec.
fn trials() -> Option<Vec<(VideoCodec, Vec<u8>)>> {
    let size = VideoSize::new(16, 16);
    let settings = EncoderSettings { size, bitrate: Bitrate::kbps(100), fps: 30, max_nal: None };
    let picture = FramePool::new(1).take(size).ok()?.freeze();
    let encoded = |codec| {
        let mut unit = Vec::new();
        encoder(codec, settings).ok()?.encode(&picture, true, &mut unit).ok()?;
        Some((codec, unit))
    };
    VideoCodec::ALL.into_iter().filter(|codec| is_built_in(*codec)).map(encoded).collect()
}

/// Whether a picture comes out of it.
fn decodes(codec: VideoCodec, unit: &[u8]) -> bool {
    let decoded = decoder(codec).and_then(|mut decoder| decoder.decode(unit, &FramePool::new(1)));
    matches!(decoded, Ok(Decoded::Picture(_)))
}

/// The slot for the picture to come.
struct OneSlot(RefCell<Option<Slot>>);

impl FrameSource for OneSlot {
    fn take(&self, size: VideoSize) -> Result<FrameMut, FrameError> {
        let slot = self.0.take().ok_or(FrameError::Exhausted)?;
        FrameMut::in_memory(size, Box::new(slot))
    }
}

/// The first message, which brings the memory.
fn receive_memory(socket: &Stdin) -> io::Result<Memory> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    recvmsg(socket, &mut [IoSliceMut::new(&mut byte)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let mut messages = control.drain();
    let received: Option<OwnedFd> = messages.find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
        _ => None,
    });
    Memory::open(received.ok_or(io::ErrorKind::InvalidData)?)
}
