//! One peer connection: ICE, DTLS, SRTP and SCTP of `str0m`, without sockets and clock. Each
//! thing done to it is followed by all that it has to say; nothing is polled before it is due.

use super::echo::Echo;
use super::{Datagram, Door, Outbox, declare, identity};
use crate::clock::Now;
use causeway_base::{EndCause, SeqExtender};
use causeway_plan::webrtc::MAX_CANDIDATES;
use causeway_plan::{
    CandidateProtocol, DtlsRole, Fingerprint, IceCandidate, IceCredentials, LegMedia, WebRtcAudio,
    WebRtcSpec, WebRtcState,
};
use causeway_rtp::Numbering;
use causeway_wire::demux::DatagramKind;
use causeway_wire::rtp::RtpView;
use std::collections::HashSet;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::change::DirectApi;
use str0m::media::{MediaKind, Mid};
use str0m::net::{Protocol, Receive, Transmit};
use str0m::rtp::{RtpPacket, RtpWrite, Ssrc};
use str0m::stats::MediaEgressStats;
use str0m::{Event, IceConnectionState, IceCreds, Input, Output, Rtc, RtcConfig, RtcError};

/// How often the session measures: as often as browsers report.
const STATS_INTERVAL: Duration = Duration::from_secs(5);

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

/// Sources of a line without a stated one that are listened to at once. Which of them is the
/// peer's own is known once one of its packets is authentic.
const MAX_UNSTATED: usize = 4;

/// Addresses that a peer may tell in all the life of its session, which forgets none and weighs
/// them all again at each restart. Four descriptions full of them; where else the peer is, its own
/// checks tell.
const MAX_TOLD: usize = 4 * MAX_CANDIDATES;

/// What a session reports.
#[derive(Debug)]
pub(super) enum News {
    /// The transport is up or down.
    Changed(WebRtcState),
    /// What the peer said of our packets, and how long checks took, where we make them.
    Measured(MediaEgressStats, Option<Duration>),
}

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
    line: Option<Line>,
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

/// What carries the media.
#[derive(Clone, Copy, Debug, Default)]
struct Carrier {
    ice_up: bool,
    /// What media was sent by last.
    by: Option<CandidateProtocol>,
    /// What was told of it.
    told: Option<CandidateProtocol>,
}

/// The audio line.
#[derive(Debug)]
struct Line {
    /// The tag that it came with. No packet carries it, so the line keeps it whatever the peer
    /// calls it later: its numbering goes on, which no key may see twice.
    mid: Mid,
    local_ssrc: Ssrc,
    sequence: SeqExtender,
    stated: Option<u32>,
    /// Sources that are listened to without being stated, and whether they are authentic.
    heard: Vec<(u32, bool)>,
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
            line: None,
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
        session.take_lines(spec);
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
    pub(super) fn reconfigure(&mut self, spec: &WebRtcSpec) {
        if self.local_ice != spec.local_ice || self.remote_ice != spec.remote_ice {
            self.restart_ice(spec);
        }
        self.take_lines(spec);
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

    fn take_lines(&mut self, spec: &WebRtcSpec) {
        if let Some(audio) = &spec.audio {
            let mut direct = self.rtc.direct_api();
            self.line = Some(match self.line.take() {
                Some(line) => line.reconfigure(&mut direct, audio),
                None => Line::new(&mut direct, audio),
            });
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
        take: &mut dyn FnMut(&RtpPacket),
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
        if kind == DatagramKind::Rtp
            && let Some(line) = &mut self.line
        {
            line.listen(&mut self.rtc.direct_api(), bytes);
        }
        let Ok(receive) = Receive::new(proto, route.source, route.local, bytes) else {
            return Ok(());
        };
        self.rtc.handle_input(Input::Receive(at, receive)).map_err(|error| cause(&error))?;
        self.finish(now, outbox, take)
    }

    /// Sends one RTP packet.
    pub(super) fn send(
        &mut self,
        now: Now,
        numbers: Numbering,
        payload_type: u8,
        payload: &[u8],
        outbox: &mut Outbox,
    ) -> Result<(), EndCause> {
        let Some(line) = &mut self.line else { return Ok(()) };
        let sequence = line.sequence.extend(numbers.seq).0 - FIRST_CYCLE;
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx(&line.local_ssrc) else { return Ok(()) };
        let packet = RtpWrite::new(
            payload_type.into(),
            sequence.into(),
            numbers.timestamp,
            now.instant,
            payload,
        );
        stream.write_rtp(packet.marker(numbers.marker));
        self.run(now, outbox)
    }

    /// Lets the time pass, and sends what is due.
    pub(super) fn run(&mut self, now: Now, outbox: &mut Outbox) -> Result<(), EndCause> {
        let timeout = Input::Timeout(now.instant);
        self.rtc.handle_input(timeout).map_err(|error| cause(&error))?;
        // What came was taken when it came.
        self.finish(now, outbox, &mut |_| {})
    }

    /// Says goodbye: RTCP BYE, and the end of DTLS.
    pub(super) fn close(&mut self, now: Now, outbox: &mut Outbox) -> Result<(), EndCause> {
        self.rtc.close().map_err(|error| cause(&error))?;
        self.run(now, outbox)
    }

    /// All that follows from what was done: output, the handshake that can begin, echoes.
    fn finish(
        &mut self,
        now: Now,
        outbox: &mut Outbox,
        take: &mut dyn FnMut(&RtpPacket),
    ) -> Result<(), EndCause> {
        self.drain(now, outbox, take)?;
        if self.dtls == Dtls::Awaited && self.carrier.ice_up {
            self.start_dtls(true)?;
            self.drain(now, outbox, take)?;
        }
        while let Some(echo) = &mut self.echo
            && echo.give(&mut self.rtc)
        {
            self.drain(now, outbox, take)?;
        }
        self.tell();
        Ok(())
    }

    fn drain(
        &mut self,
        now: Now,
        outbox: &mut Outbox,
        take: &mut dyn FnMut(&RtpPacket),
    ) -> Result<(), EndCause> {
        for _ in 0..MAX_OUTPUTS {
            match self.rtc.poll_output().map_err(|error| cause(&error))? {
                Output::Timeout(at) => {
                    self.due = at;
                    return Ok(());
                }
                Output::Transmit(transmit) => self.transmit(transmit, outbox),
                Output::Event(Event::RtpPacket(packet)) => {
                    if let Some(line) = &mut self.line {
                        line.authentic(*packet.header.ssrc);
                    }
                    take(&packet);
                }
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
                self.news.push(News::Measured(stats, self.round_trip));
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

/// What [`SeqExtender`] counts from. The first sequence number that goes out is below it, as SRTP
/// at the other side takes for granted.
const FIRST_CYCLE: u64 = 1 << 16;

impl Line {
    fn new(direct: &mut DirectApi<'_>, audio: &WebRtcAudio) -> Self {
        let mid = Mid::from(&*audio.mid);
        direct.declare_media(mid, MediaKind::Audio);
        let mut line = Self {
            mid,
            local_ssrc: Ssrc::from(audio.local_ssrc),
            sequence: SeqExtender::new(),
            stated: None,
            heard: Vec::new(),
        };
        line.declare(direct);
        line.state(direct, audio.remote_ssrc);
        line
    }

    fn reconfigure(mut self, direct: &mut DirectApi<'_>, audio: &WebRtcAudio) -> Self {
        if self.local_ssrc != Ssrc::from(audio.local_ssrc) {
            direct.remove_stream_tx(self.local_ssrc);
            self.local_ssrc = Ssrc::from(audio.local_ssrc);
            self.sequence = SeqExtender::new();
            self.declare(direct);
        }
        self.state(direct, audio.remote_ssrc);
        self
    }

    /// Nothing of audio is sent twice.
    fn declare(&self, direct: &mut DirectApi<'_>) {
        direct.declare_stream_tx(self.local_ssrc, None, self.mid, None).set_rtx_cache(
            1,
            Duration::ZERO,
            None,
        );
    }

    fn state(&mut self, direct: &mut DirectApi<'_>, stated: Option<u32>) {
        let stated = stated.filter(|ssrc| *ssrc != 0);
        if self.stated == stated {
            return;
        }
        let gone = self.heard.drain(..).map(|(ssrc, _)| ssrc).chain(self.stated.take());
        for ssrc in gone {
            direct.remove_stream_rx(ssrc.into());
        }
        if let Some(ssrc) = stated {
            self.expect(direct, ssrc);
        }
        self.stated = stated;
    }

    fn expect(&self, direct: &mut DirectApi<'_>, ssrc: u32) {
        // What is lost is not asked for again: it would come too late.
        direct.expect_stream_rx(ssrc.into(), None, self.mid, None).suppress_nack(true);
    }

    /// Where no source is stated, the packet's own is listened to. It is not authentic yet: one
    /// that never was gives way first.
    fn listen(&mut self, direct: &mut DirectApi<'_>, datagram: &[u8]) {
        if self.stated.is_some() {
            return;
        }
        let Ok(view) = RtpView::parse_protected(datagram) else { return };
        let ssrc = view.ssrc();
        if ssrc == 0 || self.heard.iter().any(|(heard, _)| *heard == ssrc) {
            return;
        }
        if self.heard.len() >= MAX_UNSTATED {
            let place = self.heard.iter().position(|(_, authentic)| !authentic).unwrap_or(0);
            let (gone, _) = self.heard.remove(place);
            direct.remove_stream_rx(gone.into());
        }
        self.expect(direct, ssrc);
        self.heard.push((ssrc, false));
    }

    fn authentic(&mut self, ssrc: u32) {
        if let Some((_, authentic)) = self.heard.iter_mut().find(|(heard, _)| *heard == ssrc) {
            *authentic = true;
        }
    }
}

fn rtc(now: Now, media: &LegMedia, spec: &WebRtcSpec) -> Option<Rtc> {
    let identity = identity()?;
    let mut config = RtcConfig::new()
        .set_rtp_mode(true)
        .set_crypto_provider(Arc::clone(&identity.crypto))
        .set_dtls_cert(identity.certificate.clone())
        .set_local_ice_credentials(credentials(&spec.local_ice))
        .set_ice_lite(spec.ice_lite)
        .set_stats_interval(Some(STATS_INTERVAL))
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
    use causeway_plan::{AudioFormat, CandidateKind, Direction, LegAudio, Transport};
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

    fn session(spec: &WebRtcSpec) -> Session {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let config = WebRtcConfig { addresses: vec![address], udp_port: 0, tcp_port: Some(0) };
        let door = Arc::new(Door::open(&config, 0, 0).expect("loopback"));
        let opus = AudioFormat::new(Codec::Opus, 111);
        let media = LegMedia {
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
        };
        Session::new(Now::read(), &door, &media, spec).expect("begins")
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
                session.reconfigure(&spec);
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
            session.reconfigure(&spec);
        }
        assert!(session.rtc.media("0".into()).is_some());
        assert!(tags.clone().all(|tag| session.rtc.media(Mid::from(&*tag)).is_none()));
    }

    #[test]
    fn what_is_told_again_counts_once() {
        let mut spec = spec(false);
        spec.remote_candidates = (1..=20).map(candidate).collect();
        let mut session = session(&spec);
        (0..100).for_each(|_| session.reconfigure(&spec));
        session.add_candidate(&candidate(21));
        assert_eq!(session.told.len(), 21);
    }
}
