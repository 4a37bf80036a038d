//! The media of one leg: a loop that is sent, and what comes back.

use super::codec::PACKET_MS;
use super::ear::Ear;
use super::material::Payload;
use super::reception::{Reception, RtpHeader};
use causeway_base::Codec;
use std::fmt;
use std::io;
use std::net::UdpSocket;
use std::ops::Range;
use std::time::{Duration, Instant};

/// Bytes of the largest packet that is read.
pub const MAX_PACKET: usize = 1_500;

/// What a leg does in the conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Speaks with the voice of this number.
    Talker(usize),
    /// Sends a quiet room.
    Listener,
}

/// By what a leg's packets travel.
pub trait Carrier: fmt::Debug + Send + 'static {
    /// What makes it begin.
    type Answer: fmt::Debug + Send;

    /// The socket, to wait on.
    fn socket(&self) -> &UdpSocket;

    /// Begins to send and to take packets.
    ///
    /// # Errors
    /// What the system says; `InvalidInput` for an answer that does not fit.
    fn start(&mut self, answer: Self::Answer, ssrc: u32) -> io::Result<()>;

    /// Sends and takes nothing any more.
    fn stop(&mut self);

    /// Whether it sends.
    fn is_active(&self) -> bool;

    /// Sends the payload of one 20 ms round, or uses the round for what else is due. Whether a
    /// packet of media went out.
    ///
    /// # Errors
    /// What the system says.
    fn send(&mut self, timestamp: u32, payload: &Payload) -> io::Result<bool>;

    /// Takes one packet. `None` if it was none of media.
    fn receive(&mut self, packet: &mut [u8], opened: bool) -> Option<Received>;
}

/// A packet of media that was taken.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its header.
    pub header: RtpHeader,
    /// Where its payload lies, in the clear. Empty unless it was to be opened, and for other
    /// payloads than the codec's.
    pub payload: Range<usize>,
}

/// One leg's media.
#[derive(Debug)]
pub struct Leg<C> {
    /// What it does.
    pub role: Role,
    /// When in each 20 ms it sends.
    pub phase: Duration,
    /// What it receives.
    pub reception: Reception,
    /// Listens at present.
    pub ear: Option<Ear>,
    /// RTP packets sent since the measured window began.
    pub sent: u64,
    codec: Codec,
    carrier: C,
}

impl<C: Carrier> Leg<C> {
    /// A leg that is silent until it starts.
    pub fn new(carrier: C, codec: Codec, role: Role, phase: Duration) -> Self {
        let (reception, ear) = (Reception::default(), None);
        Self { role, phase, reception, ear, sent: 0, codec, carrier }
    }

    /// By what its packets travel.
    pub fn carrier(&self) -> &C {
        &self.carrier
    }

    /// Begins to send and to take packets.
    ///
    /// # Errors
    /// What [`Carrier::start`] says.
    pub fn start(&mut self, answer: C::Answer, ssrc: u32) -> io::Result<()> {
        self.carrier.start(answer, ssrc)
    }

    /// Sends and takes nothing any more.
    pub fn stop(&mut self) {
        self.carrier.stop();
    }

    /// Whether it sends.
    pub fn is_active(&self) -> bool {
        self.carrier.is_active()
    }

    /// Forgets what was counted.
    pub fn reset(&mut self) {
        self.reception.reset();
        self.sent = 0;
    }

    /// Sends the payload of one 20 ms round.
    ///
    /// # Errors
    /// What the system says.
    pub fn send(&mut self, round: u64, payload: &Payload) -> io::Result<()> {
        let clock = self.codec.clock_rate();
        let timestamp = (round as u32).wrapping_mul(clock / 1000 * PACKET_MS);
        self.sent += u64::from(self.carrier.send(timestamp, payload)?);
        Ok(())
    }

    /// Takes one packet; says how late it came. `None` if it was not ours to take.
    pub fn receive(&mut self) -> Option<Duration> {
        let mut packet = [0; MAX_PACKET];
        // Opened only where somebody listens: the load must stay cheap.
        let Received { header, payload } = self.carrier.receive(&mut packet, self.ear.is_some())?;
        let now = Instant::now();
        let lateness = self.reception.count(now, &header, self.codec.clock_rate());
        if let Some(ear) = &mut self.ear
            && !payload.is_empty()
        {
            ear.push(now, packet.get(payload)?);
        }
        Some(lateness)
    }
}
