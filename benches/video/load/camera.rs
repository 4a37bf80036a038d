//! What a camera sends: the clip, from the beginning whenever somebody asks for a full picture.

use crate::clip;
use crate::usage::now_us;
use causeway_wire::h264::{PacketizationMode, packetize};
use causeway_wire::rtcp::{PayloadFeedback, RtcpPacket, RtcpView, RtcpWriter};
use causeway_wire::rtp::RtpHeader;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The longest payload.
pub(super) const MAX_PAYLOAD: usize = 1_200;

/// Full pictures are this far apart at least, however often they are asked for.
const KEY_GAP: Duration = Duration::from_millis(300);

/// When each number was sent last, in microseconds of the machine's clock.
pub(super) struct Times(pub(super) [AtomicU64; clip::PICTURES]);

impl Times {
    pub(super) fn new() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }

    /// The camera that is looked at has sent this number.
    pub(super) fn sent(&self, number: usize) {
        self.0[number].store(now_us(), Ordering::Relaxed);
    }
}

/// Where one camera is in the clip.
pub(super) struct Camera {
    ssrc: u32,
    payload_type: u8,
    sequence: u16,
    timestamp: u32,
    next: usize,
    key_at: Option<Instant>,
}

impl Camera {
    pub(super) const fn new(ssrc: u32, payload_type: u8) -> Self {
        Self { ssrc, payload_type, sequence: 0, timestamp: 0, next: 0, key_at: None }
    }

    /// Somebody needs a full picture: the clip's first.
    pub(super) fn ask(&mut self, now: Instant) {
        if self.key_at.is_none_or(|at| now >= at + KEY_GAP) {
            self.next = 0;
        }
    }

    /// Sends the next picture; `send` takes a header and a payload. Returns its number.
    pub(super) fn film(
        &mut self,
        access_units: &[Vec<u8>],
        mut send: impl FnMut(RtpHeader, &[u8]),
    ) -> usize {
        let number = self.next;
        if number == 0 {
            self.key_at = Some(Instant::now());
        }
        let mode = PacketizationMode::NonInterleaved;
        let payloads = packetize(&access_units[number], mode, MAX_PAYLOAD).expect("fragments fit");
        let mut bytes = [0; MAX_PAYLOAD];
        for payload in payloads {
            let header = RtpHeader {
                marker: payload.last,
                payload_type: self.payload_type,
                sequence: self.sequence,
                timestamp: self.timestamp,
                ssrc: self.ssrc,
            };
            let len = payload.write(&mut bytes).expect("room");
            send(header, &bytes[..len]);
            self.sequence = self.sequence.wrapping_add(1);
        }
        self.timestamp = self.timestamp.wrapping_add(90_000 / u32::from(clip::FRAME_RATE));
        self.next = (number + 1) % access_units.len();
        number
    }
}

/// When cameras film: thirty times a second, spread over the frame as cameras are.
pub(super) struct Schedule {
    begin: Instant,
    cameras: u32,
    /// Pictures of all cameras so far.
    filmed: u32,
}

impl Schedule {
    /// So many cameras, from now on.
    pub(super) fn new(cameras: usize) -> Self {
        Self { begin: Instant::now(), cameras: cameras as u32, filmed: 0 }
    }

    /// When the next picture is due.
    pub(super) fn due(&self) -> Instant {
        let second = Duration::from_secs(1);
        let rate = u32::from(clip::FRAME_RATE) * self.cameras;
        self.begin + second * (self.filmed / rate) + second * (self.filmed % rate) / rate
    }

    /// Whose it is.
    pub(super) fn next(&mut self) -> usize {
        let camera = self.filmed % self.cameras;
        self.filmed += 1;
        camera as usize
    }
}

/// What asks for a full picture of a source.
pub(super) fn request(ssrc: u32) -> Vec<u8> {
    let mut compound = vec![0; 64];
    let mut writer = RtcpWriter::new(&mut compound);
    writer.receiver_report(1, &[]).expect("room");
    writer.picture_loss(1, ssrc).expect("room");
    let len = writer.len();
    compound.truncate(len);
    compound
}

/// Whether a datagram asks for a full picture.
pub(super) fn asks(datagram: &[u8]) -> bool {
    let Ok(compound) = RtcpView::parse(datagram) else { return false };
    compound.packets().any(|packet| match packet {
        RtcpPacket::PayloadFeedback(feedback) => matches!(
            feedback.payload(),
            Some(PayloadFeedback::PictureLoss | PayloadFeedback::FullIntra(_))
        ),
        _ => false,
    })
}
