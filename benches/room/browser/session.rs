//! The media of one browser: ICE, DTLS and SRTP of an independent stack driven by hand.

use std::fmt;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Instant;
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::format::{Codec, FormatParams};
use str0m::media::{Direction, Frequency, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite, SeqNo};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig};

/// The payload type of telephone events, as Chromium numbers it.
const EVENTS: u8 = 110;

/// A browser that has made its offer.
pub(crate) struct Offered {
    rtc: Rtc,
    pending: SdpPendingOffer,
    mid: Mid,
    local: SocketAddr,
    /// What it offers.
    pub(crate) sdp: String,
}

/// A browser that has its answer.
pub(crate) struct Session {
    rtc: Rtc,
    mid: Mid,
    payload_type: Pt,
    local: SocketAddr,
    sequence: SeqNo,
    connected: bool,
}

/// What became of a session.
pub(crate) enum Happened {
    /// A pair of candidates works.
    IceConnected,
    /// DTLS too: media may flow.
    Connected,
    /// The way is lost.
    Lost,
    /// Media came, in the clear.
    Media(Box<RtpPacket>),
}

impl Offered {
    /// Offers Opus and telephone events both ways, with the header extensions that browsers offer,
    /// from one socket.
    pub(crate) fn new(local: SocketAddr) -> io::Result<Self> {
        let mut config =
            RtcConfig::new().set_rtp_mode(true).clear_codecs().enable_opus(true, false);
        config.codec_config().add_config(
            EVENTS.into(),
            None,
            Codec::Tele,
            Frequency::FORTY_EIGHT_KHZ,
            None,
            FormatParams::default(),
        );
        let mut rtc = config.build(Instant::now());
        let candidate = Candidate::host(local, "udp").map_err(io::Error::other)?;
        rtc.add_local_candidate(candidate);
        let mut changes = rtc.sdp_api();
        let mid = changes.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = changes.apply().ok_or_else(|| io::Error::other("no offer"))?;
        let sdp = offer.to_sdp_string();
        Ok(Self { rtc, pending, mid, local, sdp })
    }

    /// Takes the answer; nothing is sent yet.
    pub(crate) fn answered(mut self, sdp: &str) -> io::Result<Session> {
        let answer = SdpAnswer::from_sdp_string(sdp).map_err(io::Error::other)?;
        self.rtc.sdp_api().accept_answer(self.pending, answer).map_err(io::Error::other)?;
        let media = self.rtc.media(self.mid).ok_or_else(|| io::Error::other("no media"))?;
        let sound = |pt: &&Pt| ***pt != EVENTS;
        let payload_type = media.remote_pts().iter().find(sound).copied();
        let payload_type = payload_type.ok_or_else(|| io::Error::other("no codec"))?;
        let (rtc, mid, local) = (self.rtc, self.mid, self.local);
        Ok(Session { rtc, mid, payload_type, local, sequence: 1.into(), connected: false })
    }
}

impl Session {
    /// Whether media may flow.
    pub(crate) fn is_connected(&self) -> bool {
        self.connected
    }

    /// Whether this payload is the codec's.
    pub(crate) fn speaks(&self, payload_type: Pt) -> bool {
        self.payload_type == payload_type
    }

    /// Writes a packet of media with its level (RFC 6464), as -dBov. Goes out with
    /// [`Self::turn`].
    pub(crate) fn write(
        &mut self,
        now: Instant,
        timestamp: u32,
        payload: &[u8],
        level: u8,
        marker: bool,
    ) {
        let sequence = self.sequence.inc();
        let extensions = ExtensionValues {
            audio_level: Some(-(level as i8)),
            voice_activity: Some(level < 40),
            ..ExtensionValues::default()
        };
        let mut api = self.rtc.direct_api();
        if let Some(stream) = api.stream_tx_by_mid(self.mid, None) {
            let packet = RtpWrite::new(self.payload_type, sequence, timestamp, now, payload);
            stream.write_rtp(packet.marker(marker).ext_vals(extensions));
        }
    }

    /// Takes a datagram.
    pub(crate) fn take(&mut self, now: Instant, source: SocketAddr, bytes: &[u8]) {
        if let Ok(receive) = Receive::new(Protocol::Udp, source, self.local, bytes) {
            // A datagram that nobody understands is lost.
            let _ = self.rtc.handle_input(Input::Receive(now, receive));
        }
    }

    /// Lets the time pass, sends what is to be sent, and says what happened. When to turn again.
    pub(crate) fn turn(
        &mut self,
        now: Instant,
        socket: &UdpSocket,
        mut happened: impl FnMut(Happened),
    ) -> io::Result<Instant> {
        self.rtc.handle_input(Input::Timeout(now)).map_err(io::Error::other)?;
        self.drain(socket, &mut happened)
    }

    /// Sends what is to be sent, and says what happened. When to turn again.
    pub(crate) fn drain(
        &mut self,
        socket: &UdpSocket,
        happened: &mut impl FnMut(Happened),
    ) -> io::Result<Instant> {
        loop {
            match self.rtc.poll_output().map_err(io::Error::other)? {
                Output::Timeout(next) => return Ok(next),
                Output::Transmit(packet) => {
                    match socket.send_to(&packet.contents, packet.destination) {
                        Ok(_) => {}
                        // As on any network, what finds no room or nobody is lost.
                        Err(error)
                            if matches!(
                                error.kind(),
                                io::ErrorKind::WouldBlock | io::ErrorKind::ConnectionRefused
                            ) => {}
                        Err(error) => return Err(error),
                    }
                }
                Output::Event(Event::IceConnectionStateChange(state)) => match state {
                    IceConnectionState::Connected | IceConnectionState::Completed => {
                        happened(Happened::IceConnected);
                    }
                    IceConnectionState::Disconnected => happened(Happened::Lost),
                    _ => {}
                },
                Output::Event(Event::Connected) => {
                    self.connected = true;
                    happened(Happened::Connected);
                }
                Output::Event(Event::RtpPacket(packet)) => {
                    happened(Happened::Media(Box::new(packet)))
                }
                Output::Event(_) => {}
            }
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("local", &self.local).finish_non_exhaustive()
    }
}
