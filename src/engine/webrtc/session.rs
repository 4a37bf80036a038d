//! One peer connection: ICE, DTLS, SRTP and SCTP of `str0m`, without sockets and clock. Each
//! thing done to it is followed by all that it has to say; nothing is polled before it is due.

use super::echo::Echo;
use super::line::{MAX_PAYLOAD, MediaPacket, SessionLine};
use super::lines::Lines;
use super::{Datagram, Door, Outbox, declare, identity};
use crate::clock::Now;
use causeway_base::{Bitrate, EndCause};
use causeway_plan::webrtc::MAX_CANDIDATES;
use causeway_plan::{
    CandidateProtocol, DtlsRole, Fingerprint, IceCandidate, IceCredentials, LegMedia, WebRtcSpec,
    WebRtcState,
};
use causeway_rtp::Numbering;
use causeway_rtp::video::KeyFrameMethod;
use causeway_wire::demux::DatagramKind;
use std::collections::HashSet;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::bwe::BweKind;
use str0m::media::KeyframeRequestKind;
use str0m::net::{Protocol, Receive, Transmit};
use str0m::rtp::{RtpPacket, Ssrc};
use str0m::stats::MediaEgressStats;
use str0m::{Event, IceConnectionState, IceCreds, Input, Output, Rtc, RtcConfig, RtcError};

/// How often the session measures: as often as browsers report of sound, and of pictures.
const STATS_INTERVAL: Duration = Duration::from_secs(5);
const VIDEO_STATS_INTERVAL: Duration = Duration::from_secs(1);

/// A stream that pauses is the ingress' business; the session need not wake for it.
const NO_PAUSE: Duration = Duration::from_secs(3600);

/// Answers of one poll. A datagram brings a few, the end of a large message some hundred; a
/// session that never comes to an end is broken.
const MAX_OUTPUTS: usize = 4096;

/// Data channels that a peer may open. The page opens one.
const MAX_CHANNELS: u32 = 16;

/// Bytes that may wait in all data channels.
const MAX_CHANNEL_BYTES: usize = 64 << 10;

/// The longest message on a data channel that is put together.
const MAX_MESSAGE: u32 = 64 << 10;

/// Datagrams that the peer's RTCP may bring about in a second, or end its leg: all that a line
/// keeps to send again, several times, and reports. A list of lost packets a thousand long asks
/// for a megabyte in one datagram.
const MAX_ANSWERS: u32 = 4_000;

/// Addresses that a peer may tell in all the life of its session, which forgets none and weighs
/// them all again at each restart. Four descriptions full of them; where else the peer is, its own
/// checks tell.
const MAX_TOLD: usize = 4 * MAX_CANDIDATES;

/// What a session reports.
#[derive(Debug)]
pub(super) enum News {
    /// The transport is up or down.
    Changed(WebRtcState),
    /// What the peer said of our packets on a line, and how long checks took, where we make them.
    Measured(SessionLine, MediaEgressStats, Option<Duration>),
    /// The peer needs a full picture on the video line of this place.
    KeyFrameWanted(usize),
    /// What the path to the peer carries, as it says (REMB).
    Estimated(Bitrate),
}

/// Takes an authentic packet: its line, and the place of its size in simulcast.
pub(super) type Take<'a> = dyn FnMut(SessionLine, usize, &RtpPacket) + 'a;

/// One peer connection.
pub(crate) struct Session {
    rtc: Rtc,
    door: Arc<Door>,
    fingerprint: Fingerprint,
    local_ice: IceCredentials,
    remote_ice: IceCredentials,
    dtls: Dtls,
    /// Whether the peer alone looks for a way.
    ice_lite: bool,
    /// Where the peer said that it is.
    told: HashSet<SocketAddr>,
    channels: u32,
    lines: Lines,
    answers: Answers,
    echo: Option<Echo>,
    carrier: Carrier,
    /// The round trip of the last check.
    round_trip: Option<Duration>,
    due: Instant,
    news: Vec<News>,
}

/// Where the handshake stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dtls {
    /// We begin it, once there is a pair to send by: its timers would run out before.
    Awaited,
    Started,
    Up,
    /// The peer said goodbye.
    Closed,
}

/// What the peer's datagrams brought about in the second that is counted.
#[derive(Clone, Copy, Debug, Default)]
struct Answers {
    since: Option<Instant>,
    count: u32,
}

/// What carries the media.
#[derive(Clone, Copy, Debug, Default)]
struct Carrier {
    ice_up: bool,
    /// What media was sent by last.
    by: Option<CandidateProtocol>,
    /// What was told of it.
    told: Option<CandidateProtocol>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("dtls", &self.dtls)
            .field("carrier", &self.carrier)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// A session as offer/answer settled it. It says nothing before [`Self::run`].
    pub(super) fn new(
        now: Now,
        door: &Arc<Door>,
        media: &LegMedia,
        spec: &WebRtcSpec,
    ) -> Result<Self, EndCause> {
        let mut session = Self {
            rtc: rtc(now, media, spec).ok_or(EndCause::Internal)?,
            door: Arc::clone(door),
            fingerprint: spec.remote_fingerprint,
            local_ice: spec.local_ice.clone(),
            remote_ice: spec.remote_ice.clone(),
            dtls: Dtls::Awaited,
            ice_lite: spec.ice_lite,
            told: HashSet::new(),
            channels: 0,
            lines: Lines::default(),
            answers: Answers::default(),
            echo: None,
            carrier: Carrier::default(),
            round_trip: None,
            due: now.instant,
            news: Vec::new(),
        };
        let mut direct = session.rtc.direct_api();
        direct.set_remote_ice_credentials(credentials(&spec.remote_ice));
        direct.set_remote_fingerprint(str0m::config::Fingerprint {
            hash_func: "sha-256".into(),
            bytes: spec.remote_fingerprint.0.to_vec(),
        });
        for candidate in declare::local_candidates(door) {
            session.rtc.add_local_candidate(candidate);
        }
        session.take_lines(media, spec);
        session.take_candidates(spec);
        if spec.dtls == DtlsRole::Server {
            session.start_dtls(false)?;
        }
        Ok(session)
    }

    /// Whether a later agreement is of this peer connection. Another certificate, or a goodbye,
    /// makes a new one.
    pub(super) fn continues(&self, spec: &WebRtcSpec) -> bool {
        self.fingerprint == spec.remote_fingerprint && self.dtls != Dtls::Closed
    }

    /// Takes a later agreement: with other credentials a restart of ICE, under which DTLS and the
    /// media go on.
    pub(super) fn reconfigure(&mut self, media: &LegMedia, spec: &WebRtcSpec) {
        if self.local_ice != spec.local_ice || self.remote_ice != spec.remote_ice {
            self.restart_ice(spec);
        }
        self.take_lines(media, spec);
        self.take_candidates(spec);
    }

    /// Begins the pairs anew: a local candidate that goes takes its pairs with it, and makes new
    /// ones when it comes back. Addresses of the peer stay known; until one proves itself under
    /// the new credentials, the old pair carries on.
    fn restart_ice(&mut self, spec: &WebRtcSpec) {
        let mut direct = self.rtc.direct_api();
        for candidate in declare::local_candidates(&self.door) {
            direct.invalidate_candidate(&candidate);
        }
        direct.set_local_ice_credentials(credentials(&spec.local_ice));
        direct.set_remote_ice_credentials(credentials(&spec.remote_ice));
        direct.set_ice_lite(spec.ice_lite);
        for candidate in declare::local_candidates(&self.door) {
            self.rtc.add_local_candidate(candidate);
        }
        self.ice_lite = spec.ice_lite;
        self.local_ice = spec.local_ice.clone();
        self.remote_ice = spec.remote_ice.clone();
    }

    fn take_lines(&mut self, media: &LegMedia, spec: &WebRtcSpec) {
        let direct = &mut self.rtc.direct_api();
        self.lines.take_up(direct, media, spec);
        let mut bundles = media.video.iter().filter_map(|video| video.transport.bundle());
        if bundles.any(|bundle| bundle.extensions.transport_cc.is_some()) {
            direct.enable_twcc_feedback();
        }
        let Some(data) = &spec.data else { return };
        self.rtc.direct_api().start_sctp(spec.dtls == DtlsRole::Client);
        if data.echo && self.echo.is_none() {
            self.echo = Some(Echo::default());
        }
    }

    fn take_candidates(&mut self, spec: &WebRtcSpec) {
        spec.remote_candidates.iter().for_each(|candidate| self.add_candidate(candidate));
    }

    /// Takes a candidate of the peer, unless it is known or there are too many. Where we send no
    /// checks, we need none.
    pub(super) fn add_candidate(&mut self, candidate: &IceCandidate) {
        if !self.ice_lite
            && self.told.len() < MAX_TOLD
            && let Some(remote) = declare::remote_candidate(candidate)
            && self.told.insert(candidate.address)
        {
            self.rtc.add_remote_candidate(remote);
        }
    }

    /// Media can be sent.
    pub(super) fn is_up(&self) -> bool {
        self.carrier.ice_up && self.dtls == Dtls::Up
    }

    /// When [`Self::run`] has something to do.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    #[cfg(test)]
    pub(super) fn lines(&self) -> &Lines {
        &self.lines
    }

    /// What happened since the last call.
    pub(super) fn news(&mut self) -> impl Iterator<Item = News> {
        self.news.drain(..)
    }

    /// Takes a datagram of a source that the lookup knows. What cannot be read, or opened, is
    /// passed over.
    pub(super) fn receive(
        &mut self,
        now: Now,
        datagram: &Datagram<'_>,
        outbox: &mut Outbox,
        take: &mut Take<'_>,
    ) -> Result<(), EndCause> {
        let Datagram { route, arrival, bytes } = *datagram;
        let kind = DatagramKind::of(bytes);
        let proto = match route.protocol {
            CandidateProtocol::Udp => Protocol::Udp,
            CandidateProtocol::Tcp => Protocol::Tcp,
        };
        let at = match kind {
            DatagramKind::Rtp | DatagramKind::Rtcp => arrival,
            // Their timers run by the tick.
            _ => now.instant,
        };
        let source = match kind {
            DatagramKind::Rtp => self.lines.listen(&mut self.rtc.direct_api(), bytes),
            _ => None,
        };
        let Ok(receive) = Receive::new(proto, route.source, route.local, bytes) else {
            return Ok(());
        };
        self.rtc.handle_input(Input::Receive(at, receive)).map_err(|error| cause(&error))?;
        let mut opened = |session: &mut Self, mut packet: RtpPacket| {
            let direct = &mut session.rtc.direct_api();
            let line = source.and_then(|ssrc| session.lines.opened(direct, ssrc, &mut packet));
            if let Some((line, layer)) = line {
                take(line, layer, &packet);
            }
        };
        let sent = self.finish(now, outbox, &mut opened)?;
        self.lines.passed(&mut self.rtc.direct_api());
        match kind {
            // Nobody else can bring anything about by it.
            DatagramKind::Rtcp => self.answers.add(now.instant, sent),
            _ => Ok(()),
        }
    }

    /// Sends one packet of sound.
    pub(super) fn send(
        &mut self,
        now: Now,
        numbers: Numbering,
        payload_type: u8,
        payload: &[u8],
        outbox: &mut Outbox,
    ) -> Result<(), EndCause> {
        let packet = MediaPacket {
            marker: numbers.marker,
            payload_type,
            sequence: numbers.seq,
            timestamp: numbers.timestamp,
            at: now.instant,
            payload: payload.into(),
        };
        self.write(now, [(SessionLine::Audio, packet)], outbox)
    }

    /// Sends packets of video lines, each with the place of its line: what does not fit a packet,
    /// or comes before the transport is up, is lost.
    pub(super) fn send_video(
        &mut self,
        now: Now,
        packets: impl IntoIterator<Item = (usize, MediaPacket)>,
        outbox: &mut Outbox,
    ) -> Result<(), EndCause> {
        if !self.is_up() {
            return Ok(());
        }
        let fits = |(_, packet): &(usize, MediaPacket)| packet.payload.len() <= MAX_PAYLOAD;
        let packets = packets.into_iter().filter(fits);
        let packets = packets.map(|(line, packet)| (SessionLine::Video(line), packet));
        self.write(now, packets, outbox)
    }

    fn write(
        &mut self,
        now: Now,
        packets: impl IntoIterator<Item = (SessionLine, MediaPacket)>,
        outbox: &mut Outbox,
    ) -> Result<(), EndCause> {
        let mut direct = self.rtc.direct_api();
        for (line, packet) in packets {
            if let Some(line) = self.lines.get_mut(line) {
                line.send(&mut direct, now.instant, packet);
            }
        }
        self.run(now, outbox)
    }

    /// Asks for a full picture of a size of a video line. What RTCP has no words for is not asked,
    /// nor who was not heard yet.
    pub(super) fn ask_key_frame(
        &mut self,
        now: Now,
        line: usize,
        layer: usize,
        method: KeyFrameMethod,
        outbox: &mut Outbox,
    ) -> Result<(), EndCause> {
        let kind = match method {
            KeyFrameMethod::Pli => KeyframeRequestKind::Pli,
            KeyFrameMethod::Fir => KeyframeRequestKind::Fir,
            KeyFrameMethod::Info => return Ok(()),
        };
        let line = self.lines.get(SessionLine::Video(line));
        let Some(source) = line.and_then(|line| line.hearing.main(layer)) else { return Ok(()) };
        if let Some(stream) = self.rtc.direct_api().stream_rx(&Ssrc::from(source)) {
            stream.request_keyframe(kind);
        }
        self.run(now, outbox)
    }

    /// Lets the time pass, and sends what is due.
    pub(super) fn run(&mut self, now: Now, outbox: &mut Outbox) -> Result<(), EndCause> {
        let timeout = Input::Timeout(now.instant);
        self.rtc.handle_input(timeout).map_err(|error| cause(&error))?;
        // What came was taken when it came.
        self.finish(now, outbox, &mut |_, _| {}).map(drop)
    }

    /// Says goodbye: RTCP BYE, and the end of DTLS.
    pub(super) fn close(&mut self, now: Now, outbox: &mut Outbox) -> Result<(), EndCause> {
        self.rtc.close().map_err(|error| cause(&error))?;
        self.run(now, outbox)
    }

    /// All that follows from what was done: output, the handshake that can begin, echoes. Returns
    /// how many datagrams go out.
    fn finish(
        &mut self,
        now: Now,
        outbox: &mut Outbox,
        opened: &mut dyn FnMut(&mut Self, RtpPacket),
    ) -> Result<u32, EndCause> {
        let mut sent = self.drain(now, outbox, opened)?;
        if self.dtls == Dtls::Awaited && self.carrier.ice_up {
            self.start_dtls(true)?;
            sent += self.drain(now, outbox, opened)?;
        }
        while let Some(echo) = &mut self.echo
            && echo.give(&mut self.rtc)
        {
            sent += self.drain(now, outbox, opened)?;
        }
        self.tell();
        Ok(sent)
    }

    fn drain(
        &mut self,
        now: Now,
        outbox: &mut Outbox,
        opened: &mut dyn FnMut(&mut Self, RtpPacket),
    ) -> Result<u32, EndCause> {
        let mut sent = 0;
        for _ in 0..MAX_OUTPUTS {
            match self.rtc.poll_output().map_err(|error| cause(&error))? {
                Output::Timeout(at) => {
                    self.due = at;
                    return Ok(sent);
                }
                Output::Transmit(transmit) => {
                    sent += 1;
                    self.transmit(transmit, outbox);
                }
                Output::Event(Event::RtpPacket(packet)) => opened(self, packet),
                Output::Event(event) => self.happened(now, event)?,
            }
        }
        Err(EndCause::Internal)
    }

    fn transmit(&mut self, transmit: Transmit, outbox: &mut Outbox) {
        let protocol = match transmit.proto {
            Protocol::Udp => CandidateProtocol::Udp,
            _ => CandidateProtocol::Tcp,
        };
        if DatagramKind::of(&transmit.contents) != DatagramKind::Stun {
            self.carrier.by = Some(protocol);
        }
        let Transmit { source, destination, contents, .. } = transmit;
        outbox.push(&self.door, protocol, source, destination, contents.into());
    }

    fn happened(&mut self, now: Now, event: Event) -> Result<(), EndCause> {
        match event {
            Event::Connected => self.dtls = Dtls::Up,
            Event::Closed => self.dtls = Dtls::Closed,
            Event::IceConnectionStateChange(state) => match state {
                IceConnectionState::Connected | IceConnectionState::Completed => {
                    self.carrier.ice_up = true;
                }
                IceConnectionState::Disconnected => self.carrier.ice_up = false,
                // A restart: the old pair carries on.
                IceConnectionState::New | IceConnectionState::Checking => {}
            },
            Event::PeerStats(stats) => {
                let pair = stats.selected_candidate_pair;
                self.round_trip = pair.and_then(|pair| pair.current_round_trip_time);
            }
            Event::MediaEgressStats(stats) => {
                if let Some(line) = self.lines.named(stats.mid) {
                    self.news.push(News::Measured(line, stats, self.round_trip));
                }
            }
            Event::KeyframeRequest(request) => {
                if let Some(SessionLine::Video(line)) = self.lines.named(request.mid) {
                    self.news.push(News::KeyFrameWanted(line));
                }
            }
            Event::EgressBitrateEstimate(BweKind::Remb { estimate, .. }) => {
                self.news.push(News::Estimated(Bitrate::bps(estimate.as_u64())));
            }
            Event::ChannelOpen(..) => {
                self.channels += 1;
                if self.channels > MAX_CHANNELS {
                    return Err(EndCause::ProtocolError);
                }
            }
            Event::ChannelData(message) => {
                if let Some(echo) = &mut self.echo {
                    echo.take(now.instant, message);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Tells how the transport stands, where that is news.
    fn tell(&mut self) {
        let by = self.carrier.by.filter(|_| self.is_up());
        if by == self.carrier.told {
            return;
        }
        self.carrier.told = by;
        self.news.push(News::Changed(match by {
            Some(by) => WebRtcState::Connected { by },
            None => WebRtcState::Disconnected,
        }));
    }

    fn start_dtls(&mut self, active: bool) -> Result<(), EndCause> {
        self.dtls = Dtls::Started;
        self.rtc.direct_api().start_dtls(active).map_err(|error| cause(&error))
    }
}

impl Answers {
    fn add(&mut self, now: Instant, sent: u32) -> Result<(), EndCause> {
        let old = |since: Instant| now.saturating_duration_since(since) >= Duration::from_secs(1);
        if self.since.is_none_or(old) {
            *self = Self { since: Some(now), count: 0 };
        }
        self.count = self.count.saturating_add(sent);
        if self.count > MAX_ANSWERS { Err(EndCause::ProtocolError) } else { Ok(()) }
    }
}

fn rtc(now: Now, media: &LegMedia, spec: &WebRtcSpec) -> Option<Rtc> {
    let identity = identity()?;
    let pictures = !spec.video_formats.is_empty();
    let interval = if pictures { VIDEO_STATS_INTERVAL } else { STATS_INTERVAL };
    let mut config = RtcConfig::new()
        .set_rtp_mode(true)
        .set_crypto_provider(Arc::clone(&identity.crypto))
        .set_dtls_cert(identity.certificate.clone())
        .set_local_ice_credentials(credentials(&spec.local_ice))
        .set_ice_lite(spec.ice_lite)
        .set_stats_interval(Some(interval))
        .set_pause_threshold(NO_PAUSE)
        .set_sctp_max_buffered_amount(MAX_CHANNEL_BYTES)
        .set_sctp_max_message_size(MAX_MESSAGE)
        .clear_codecs()
        .clear_extension_map();
    declare::formats(&mut config, media);
    Some(config.build(now.instant))
}

fn credentials(ice: &IceCredentials) -> IceCreds {
    IceCreds { ufrag: ice.ufrag.clone(), pass: ice.password.clone() }
}

/// What ends the leg. The library's text may hold what the peer sent: it is not logged.
fn cause(error: &RtcError) -> EndCause {
    match error {
        // The certificate is another than the signalling said.
        RtcError::RemoteSdp(_) | RtcError::Dtls(_) => EndCause::DtlsFailed,
        RtcError::Sctp(_) | RtcError::Rtp(_) | RtcError::Net(_) => EndCause::ProtocolError,
        _ => EndCause::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WebRtcConfig;
    use causeway_base::Codec;
    use causeway_plan::{AudioFormat, CandidateKind, Direction, LegAudio, Transport, WebRtcAudio};
    use std::net::{IpAddr, Ipv4Addr};

    fn ice(number: u32) -> IceCredentials {
        IceCredentials { ufrag: format!("name{number}"), password: "of at least 22 letters".into() }
    }

    fn spec(ice_lite: bool) -> WebRtcSpec {
        WebRtcSpec {
            local_ice: ice(0),
            remote_ice: ice(0),
            remote_fingerprint: Fingerprint([1; 32]),
            dtls: DtlsRole::Server,
            ice_lite,
            remote_candidates: Vec::new(),
            audio: Some(WebRtcAudio {
                mid: "0".into(),
                remote_ssrc: Some(1),
                local_ssrc: 2,
                cname: "bridge".into(),
                mid_extension: None,
                receive_red: None,
            }),
            video_formats: vec![],
            data: None,
        }
    }

    fn media(spec: &WebRtcSpec) -> LegMedia {
        let opus = AudioFormat::new(Codec::Opus, 111);
        LegMedia {
            transport: Transport::WebRtc(Box::new(spec.clone())),
            direction: Direction::SendReceive,
            audio: LegAudio {
                send: opus,
                receive: vec![opus],
                ptime_ms: 20,
                send_events: None,
                receive_events: vec![],
                receive_comfort_noise: vec![],
                level_extension: None,
            },
            video: vec![],
        }
    }

    fn session(spec: &WebRtcSpec) -> Session {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let config = WebRtcConfig { addresses: vec![address], udp_port: 0, tcp_port: Some(0) };
        let door = Arc::new(Door::open(&config, 0, 0).expect("loopback"));
        Session::new(Now::read(), &door, &media(spec), spec).expect("begins")
    }

    /// The address of this number, of one network.
    fn candidate(number: u32) -> IceCandidate {
        IceCandidate {
            address: SocketAddr::from((Ipv4Addr::from(0x0a00_0000 | number), 5000)),
            protocol: CandidateProtocol::Udp,
            kind: CandidateKind::Host,
            priority: number,
        }
    }

    #[test]
    fn a_thousand_restarts_leave_a_bounded_session() {
        for (ice_lite, most) in [(true, 0), (false, MAX_TOLD)] {
            let mut spec = spec(ice_lite);
            let (mut session, mut outbox) = (session(&spec), Outbox::default());
            for restart in 1..=1_000 {
                (spec.local_ice, spec.remote_ice) = (ice(restart), ice(restart));
                let addresses = restart * 64..(restart + 1) * 64;
                spec.remote_candidates = addresses.map(candidate).collect();
                session.reconfigure(&media(&spec), &spec);
                session.run(Now::read(), &mut outbox).expect("goes on");
            }
            assert_eq!(session.told.len(), most);
        }
    }

    #[test]
    fn a_line_that_changes_its_tag_is_not_kept_twice() {
        let mut spec = spec(true);
        let mut session = session(&spec);
        let tags = (0..100).map(|number| format!("a{number}"));
        for tag in tags.clone() {
            spec.audio.as_mut().expect("there").mid = tag;
            session.reconfigure(&media(&spec), &spec);
        }
        assert!(session.rtc.media("audio".into()).is_some());
        assert!(
            tags.clone().all(|tag| session.rtc.media(str0m::media::Mid::from(&*tag)).is_none())
        );
    }

    #[test]
    fn a_peer_that_brings_about_too_much_is_not_served() {
        let mut answers = Answers::default();
        let start = Now::read().instant;
        for second in 0..3 {
            let now = start + Duration::from_secs(second);
            for _ in 0..4 {
                assert_eq!(answers.add(now, MAX_ANSWERS / 4), Ok(()));
            }
        }
        let now = start + Duration::from_millis(2_999);
        assert_eq!(answers.add(now, 1), Err(EndCause::ProtocolError));
    }

    #[test]
    fn what_is_told_again_counts_once() {
        let mut spec = spec(false);
        spec.remote_candidates = (1..=20).map(candidate).collect();
        let mut session = session(&spec);
        (0..100).for_each(|_| session.reconfigure(&media(&spec), &spec));
        session.add_candidate(&candidate(21));
        assert_eq!(session.told.len(), 21);
    }
}
