//! What a peer's audio line says, and whether we can use it.

use super::Refusal;
use super::format::{self, Format, Numbered};
use super::keying::{self, PeerKey};
use causeway_base::{Bitrate, Codec};
use causeway_plan::{Direction, Encryption, OfferPolicy, SrtpSuite};
use causeway_wire::audio_level;
use causeway_wire::sdp::{
    Address, ExtMap, MediaDescription, RateLimit, RtcpAddress, SessionDescription,
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The transports of RTP that we speak (RFC 3551, 3711, 4585, 5124).
const CLEAR: [&str; 2] = ["RTP/AVP", "RTP/AVPF"];
const SECURE: [&str; 2] = ["RTP/SAVP", "RTP/SAVPF"];

/// Packet lengths that we send, in milliseconds.
const PTIMES: [u8; 5] = [60, 40, 30, 20, 10];

/// Bits that IPv4, UDP and RTP headers add to each packet; `b=AS` counts them
/// (RFC 3890 section 1.1.2).
const HEADER_BITS: u64 = 40 * 8;

/// What a line says of its sound, whatever carries it.
#[derive(Clone, Debug)]
pub(super) struct PeerSound {
    /// The formats that we know, in the peer's order.
    pub(super) formats: Vec<Numbered>,
    /// From the peer's side.
    pub(super) direction: Direction,
    /// The packet length it asks for, if we can send it.
    ptime: Option<u8>,
    /// The longest packet it takes.
    max_ptime: Option<u8>,
    /// RFC 6464, as its line stands.
    level: Option<ExtMap>,
    bandwidth: Option<RateLimit>,
}

/// An audio line with ports of its own.
#[derive(Clone, Debug)]
pub(super) struct PeerAudio {
    pub(super) sound: PeerSound,
    pub(super) transport: PeerTransport,
}

/// Where a line with ports of its own is reached, and by which keys.
#[derive(Clone, Debug)]
pub(super) struct PeerTransport {
    /// `None` where it names a host or nothing.
    pub(super) rtp: Option<SocketAddr>,
    pub(super) rtcp: Option<SocketAddr>,
    pub(super) rtcp_mux: bool,
    pub(super) keys: Vec<PeerKey>,
    /// It has `a=crypto`, usable or not.
    pub(super) mentions_crypto: bool,
    /// The transport is SRTP.
    pub(super) secure: bool,
    /// `c=0.0.0.0`: it takes nothing (RFC 3264 section 8.4).
    held: bool,
}

impl PeerAudio {
    /// Reads an audio line. `offered` gives meaning to numbers of ours in an answer.
    ///
    /// # Errors
    /// As [`PeerTransport::read`].
    pub(super) fn read(
        session: &SessionDescription,
        media: &MediaDescription,
        offered: &[Numbered],
        local: IpAddr,
    ) -> Result<Self, Refusal> {
        let transport = PeerTransport::read(session, media, local)?;
        let mut sound = PeerSound::read(session, media, offered);
        sound.direction = transport.flow(sound.direction);
        Ok(Self { sound, transport })
    }
}

impl PeerTransport {
    /// Reads the transport of a line.
    ///
    /// # Errors
    /// A transport, an IP version or a kind of address that we do not speak.
    pub(super) fn read(
        session: &SessionDescription,
        media: &MediaDescription,
        local: IpAddr,
    ) -> Result<Self, Refusal> {
        let is = |names: [&str; 2]| names.iter().any(|n| media.proto.eq_ignore_ascii_case(n));
        let secure = is(SECURE);
        if !secure && !is(CLEAR) {
            return Err(Refusal::transport(&media.proto));
        }
        let rtcp_mux = media.has("rtcp-mux");
        let address = session.connection_of(media).and_then(Address::ip);
        let address = address.map(|ip| ip.to_canonical());
        check_address(address, local)?;
        let held = address.is_some_and(|ip| ip.is_unspecified());
        let address = address.filter(|_| !held && media.port != 0);
        Ok(Self {
            rtp: address.map(|ip| SocketAddr::new(ip, media.port)),
            rtcp: address.and_then(|ip| rtcp(media, ip, local, rtcp_mux)),
            rtcp_mux,
            keys: keying::theirs(media),
            mentions_crypto: media.has("crypto"),
            secure,
            held,
        })
    }

    /// What flows of the direction that the line says.
    pub(super) const fn flow(&self, said: Direction) -> Direction {
        Direction::of(said.sends(), said.receives() && !self.held)
    }

    /// The line of the peer whose suite policy names first, but the suite in use stays;
    /// `None` for the clear.
    ///
    /// # Errors
    /// Encryption is required and absent, or insisted on and not possible.
    pub(super) fn encryption(
        &self,
        policy: &OfferPolicy,
        in_use: Option<SrtpSuite>,
    ) -> Result<Option<&PeerKey>, Refusal> {
        let allowed = policy.encryption != Encryption::Off;
        let find = |suite| self.keys.iter().find(|key| key.suite == suite);
        let kept = in_use.filter(|suite| policy.suites.contains(suite));
        let suites = kept.into_iter().chain(policy.suites.iter().copied());
        let key = suites.filter(|_| allowed).find_map(find);
        match key {
            Some(key) => Ok(Some(key)),
            None if self.secure => Err(Refusal::no_encryption()),
            None if policy.encryption == Encryption::Required => Err(Refusal::in_the_clear()),
            None => Ok(None),
        }
    }
}

impl PeerSound {
    /// Reads an audio line. `offered` gives meaning to numbers of ours in an answer.
    pub(super) fn read(
        session: &SessionDescription,
        media: &MediaDescription,
        offered: &[Numbered],
    ) -> Self {
        let level = extension(session, media, audio_level::URI);
        Self {
            formats: format::theirs(media, offered),
            direction: direction(session, media),
            ptime: milliseconds(session, media, "ptime"),
            max_ptime: milliseconds(session, media, "maxptime"),
            level,
            bandwidth: RateLimit::of(&media.bandwidth),
        }
    }

    /// The formats of the peer that `ours` has too, by the order of `ours`.
    pub(super) fn common(&self, ours: &[Numbered]) -> Vec<Numbered> {
        let same = |our: &Numbered| self.formats.iter().find(|f| f.format == our.format).copied();
        ours.iter().filter_map(same).collect()
    }

    /// The packet length to send.
    pub(super) fn ptime(&self, codec: Codec, policy: &OfferPolicy) -> u8 {
        let wanted = self.ptime.unwrap_or(policy.ptime_ms);
        let most = self.max_ptime.unwrap_or(u8::MAX).min(wanted);
        // Opus has no frame of 30 ms (RFC 6716 section 2.1.4).
        let fits = |ms: &u8| *ms <= most && !(*ms == 30 && codec == Codec::Opus);
        PTIMES.into_iter().find(fits).unwrap_or(10)
    }

    /// The rate that `b=` leaves for media.
    pub(super) fn bitrate(&self, ptime: u8) -> Option<Bitrate> {
        let headers = Bitrate::bps(HEADER_BITS * 1000 / u64::from(ptime.max(1)));
        Some(self.bandwidth?.media(headers))
    }

    /// The number under which the peer takes events: of this clock if it can, else another.
    pub(super) fn events(&self, clock: u32) -> Option<u8> {
        let of = |wanted| self.formats.iter().find(|f| f.format == Format::Events(wanted));
        of(clock).or(of(8_000)).or(of(48_000)).map(|format| format.payload_type)
    }

    /// The level extension, if the peer means to send it.
    pub(super) fn sent_level(&self) -> Option<&ExtMap> {
        self.level
            .as_ref()
            .filter(|level| !matches!(level.direction.as_deref(), Some("recvonly" | "inactive")))
    }
}

fn check_address(address: Option<IpAddr>, local: IpAddr) -> Result<(), Refusal> {
    let Some(ip) = address else { return Ok(()) };
    if ip.is_multicast() || ip == IpAddr::V4(Ipv4Addr::BROADCAST) {
        return Err(Refusal::multicast());
    }
    if !ip.is_unspecified() && ip.is_ipv4() != local.to_canonical().is_ipv4() {
        return Err(Refusal::network());
    }
    Ok(())
}

/// The direction that a line says, or its session, from the peer's side.
pub(super) fn direction(session: &SessionDescription, media: &MediaDescription) -> Direction {
    let read = |name: &str| match name.to_ascii_lowercase().as_str() {
        "sendrecv" => Some(Direction::SendReceive),
        "sendonly" => Some(Direction::SendOnly),
        "recvonly" => Some(Direction::ReceiveOnly),
        "inactive" => Some(Direction::Inactive),
        _ => None,
    };
    let lines = media.attributes.iter().chain(&session.attributes);
    lines.filter_map(|attribute| read(&attribute.name)).next().unwrap_or_default()
}

fn rtcp(media: &MediaDescription, ip: IpAddr, local: IpAddr, mux: bool) -> Option<SocketAddr> {
    let next = SocketAddr::new(ip, media.port.checked_add(1)?);
    if mux {
        return Some(SocketAddr::new(ip, media.port));
    }
    let Some(line) = media.values("rtcp").find_map(RtcpAddress::parse) else { return Some(next) };
    let ip = line.address.map_or(Some(ip), |address| address.ip()).map(|ip| ip.to_canonical())?;
    let usable = line.port != 0 && !ip.is_unspecified() && check_address(Some(ip), local).is_ok();
    usable.then_some(SocketAddr::new(ip, line.port))
}

/// `ptime` or `maxptime`, rounded down to a length that we send. `None` where it is broken or
/// too short.
fn milliseconds(session: &SessionDescription, media: &MediaDescription, name: &str) -> Option<u8> {
    let value = session.attribute_of(media, name)?.value.as_deref()?;
    // RFC 4566 lets a fraction through.
    let whole: u32 = value.trim().split('.').next()?.parse().ok()?;
    PTIMES.into_iter().find(|ms| u32::from(*ms) <= whole)
}

/// The header extension of this name, if its number fits one-byte headers.
pub(super) fn extension(
    session: &SessionDescription,
    media: &MediaDescription,
    uri: &str,
) -> Option<ExtMap> {
    let lines = media.attributes.iter().chain(&session.attributes);
    lines
        .filter(|attribute| attribute.name.eq_ignore_ascii_case("extmap"))
        .filter_map(|attribute| ExtMap::parse(attribute.value.as_deref()?))
        .find(|map| map.uri == uri && map.id <= 14)
}
