//! Writing feedback messages.

use super::super::{PAYLOAD_FEEDBACK, RtcpWriter, TRANSPORT_FEEDBACK};
use super::transport_wide::TICKS_PER_REFERENCE;
use super::{
    APPLICATION, BitrateLimit, FULL_INTRA, IntraRequest, NACK, PICTURE_LOSS, REMB_NAME, TMMBN,
    TMMBR, TRANSPORT_WIDE, unscaled,
};
use crate::rtp::NoRoom;
use causeway_base::Bitrate;

/// What a transport-wide message is to say.
#[derive(Clone, Copy, Debug)]
pub struct TransportWideReport<'a> {
    /// The number of the first packet.
    pub base_sequence: u16,
    /// When the deltas begin, in units of 64 ms; cut to 24 bits.
    pub reference: i32,
    /// The running number of the message.
    pub feedback_count: u8,
    /// When each packet came, in ticks of 250 µs on the scale of the reference time; `None` if
    /// it did not. At most 65535 of them.
    pub arrivals: &'a [Option<i64>],
}

impl RtcpWriter<'_> {
    /// Appends a PLI: a picture of `media` is lost.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn picture_loss(&mut self, sender: u32, media: u32) -> Result<(), NoRoom> {
        self.feedback(PAYLOAD_FEEDBACK, PICTURE_LOSS, sender, media, |_| Ok(()))
    }

    /// Appends a FIR. Its media source is zero (RFC 5104 section 4.3.1.2).
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn full_intra(&mut self, sender: u32, requests: &[IntraRequest]) -> Result<(), NoRoom> {
        self.feedback(PAYLOAD_FEEDBACK, FULL_INTRA, sender, 0, |body| {
            requests.iter().try_for_each(|request| {
                body.put(&request.ssrc.to_be_bytes())?;
                body.put(&[request.sequence, 0, 0, 0])
            })
        })
    }

    /// Appends a generic NACK of sequence numbers in their order; each entry covers 17 of them.
    ///
    /// # Errors
    /// [`NoRoom`]; also for no numbers at all.
    pub fn nack(&mut self, sender: u32, media: u32, sequences: &[u16]) -> Result<(), NoRoom> {
        let (&first, rest) = sequences.split_first().ok_or(NoRoom)?;
        self.feedback(TRANSPORT_FEEDBACK, NACK, sender, media, |body| {
            let mut entry = (first, 0u16);
            for &sequence in rest {
                match sequence.wrapping_sub(entry.0) {
                    0 => {}
                    ahead @ 1..=16 => entry.1 |= 1 << (ahead - 1),
                    _ => {
                        body.nack_entry(entry)?;
                        entry = (sequence, 0);
                    }
                }
            }
            body.nack_entry(entry)
        })
    }

    fn nack_entry(&mut self, (packet, map): (u16, u16)) -> Result<(), NoRoom> {
        self.put(&packet.to_be_bytes())?;
        self.put(&map.to_be_bytes())
    }

    /// Appends a TMMBR. Its media source is zero (RFC 5104 section 4.2.1.2).
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn bitrate_request(&mut self, sender: u32, limits: &[BitrateLimit]) -> Result<(), NoRoom> {
        self.bitrate_limits(TMMBR, sender, limits)
    }

    /// Appends a TMMBN: the answer to a TMMBR, with the limits that bind.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn bitrate_notice(&mut self, sender: u32, limits: &[BitrateLimit]) -> Result<(), NoRoom> {
        self.bitrate_limits(TMMBN, sender, limits)
    }

    fn bitrate_limits(
        &mut self,
        format: u8,
        sender: u32,
        limits: &[BitrateLimit],
    ) -> Result<(), NoRoom> {
        self.feedback(TRANSPORT_FEEDBACK, format, sender, 0, |body| {
            limits.iter().try_for_each(|limit| {
                let (mantissa, exponent) = unscaled(limit.bitrate, 17);
                let word = exponent << 26 | mantissa << 9 | u32::from(limit.overhead.min(511));
                body.put(&limit.ssrc.to_be_bytes())?;
                body.put(&word.to_be_bytes())
            })
        })
    }

    /// Appends a REMB of at most 255 sources.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn estimate(
        &mut self,
        sender: u32,
        bitrate: Bitrate,
        sources: &[u32],
    ) -> Result<(), NoRoom> {
        let count = u8::try_from(sources.len()).map_err(|_| NoRoom)?;
        self.feedback(PAYLOAD_FEEDBACK, APPLICATION, sender, 0, |body| {
            let (mantissa, exponent) = unscaled(bitrate, 18);
            let word = u32::from(count) << 24 | exponent << 18 | mantissa;
            body.put(&REMB_NAME)?;
            body.put(&word.to_be_bytes())?;
            sources.iter().try_for_each(|source| body.put(&source.to_be_bytes()))
        })
    }

    /// Appends a transport-wide message.
    ///
    /// # Errors
    /// [`NoRoom`]; also where a packet came more than 8 s after the one before it.
    pub fn transport_wide(
        &mut self,
        sender: u32,
        media: u32,
        report: &TransportWideReport<'_>,
    ) -> Result<(), NoRoom> {
        let count = u16::try_from(report.arrivals.len()).map_err(|_| NoRoom)?;
        self.feedback(TRANSPORT_FEEDBACK, TRANSPORT_WIDE, sender, media, |body| {
            body.put(&report.base_sequence.to_be_bytes())?;
            body.put(&count.to_be_bytes())?;
            let time = (report.reference as u32) << 8 | u32::from(report.feedback_count);
            body.put(&time.to_be_bytes())?;
            body.chunks(report)?;
            deltas(report).flatten().try_for_each(|delta| match u8::try_from(delta) {
                Ok(small) => body.put(&[small]),
                Err(_) => body.put(&i16::try_from(delta).map_err(|_| NoRoom)?.to_be_bytes()),
            })
        })
    }

    /// Statuses as runs where eight or more are alike, else seven to a chunk.
    fn chunks(&mut self, report: &TransportWideReport<'_>) -> Result<(), NoRoom> {
        let mut symbols = deltas(report).map(symbol).peekable();
        let mut waiting = [0u16; 7];
        let mut count = 0;
        while let Some(first) = symbols.next() {
            let mut run = 1;
            while run < MAX_RUN && symbols.next_if_eq(&first).is_some() {
                run += 1;
            }
            // What does not fill the chunk that waits begins a run, if it is long enough.
            while run > 0 && (count > 0 || run < MIN_RUN) {
                if let Some(slot) = waiting.get_mut(count) {
                    *slot = first;
                }
                (count, run) = (count + 1, run - 1);
                if count == waiting.len() {
                    self.vector(&waiting)?;
                    count = 0;
                }
            }
            if run > 0 {
                self.put(&(first << 13 | run).to_be_bytes())?;
            }
        }
        match count {
            0 => Ok(()),
            count => self.vector(waiting.get(..count).unwrap_or_default()),
        }
    }

    fn vector(&mut self, symbols: &[u16]) -> Result<(), NoRoom> {
        let word = symbols.iter().rev().fold(0u16, |word, symbol| word >> 2 | symbol << 12);
        self.put(&(0xc000 | word).to_be_bytes())
    }

    fn feedback(
        &mut self,
        kind: u8,
        format: u8,
        sender: u32,
        media: u32,
        fill: impl FnOnce(&mut Self) -> Result<(), NoRoom>,
    ) -> Result<(), NoRoom> {
        self.packet(kind, usize::from(format), |body| {
            body.put(&sender.to_be_bytes())?;
            body.put(&media.to_be_bytes())?;
            fill(body)
        })
    }
}

/// The longest run of one chunk (13 bits), and the shortest that is worth one.
const MAX_RUN: u16 = 0x1fff;
const MIN_RUN: u16 = 8;

/// From each packet that came to the next one that did.
fn deltas<'a>(report: &TransportWideReport<'a>) -> impl Iterator<Item = Option<i64>> + use<'a> {
    let mut last = i64::from(report.reference) * TICKS_PER_REFERENCE;
    report.arrivals.iter().map(move |arrival| {
        arrival.map(|ticks| {
            let delta = ticks - last;
            last = ticks;
            delta
        })
    })
}

const fn symbol(delta: Option<i64>) -> u16 {
    match delta {
        None => 0,
        Some(0..=255) => 1,
        Some(_) => 2,
    }
}
