//! RTP formats and their payload types.

use super::opus::OpusParameters;
use causeway_base::Codec;
use causeway_plan::{AudioFormat, OfferPolicy};
use causeway_wire::sdp::{Attribute, MediaDescription, RtpMap, attribute};

/// The static payload type of comfort noise (RFC 3551 section 6).
const COMFORT_NOISE: u8 = 13;

/// The events that we take: the sixteen digits (RFC 4733 section 3.2).
const EVENTS: &str = "0-15";

/// A format that can be agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Sound.
    Codec(Codec),
    /// RFC 4733 events with this clock.
    Events(u32),
    /// RFC 3389 at 8000 Hz.
    ComfortNoise,
}

impl Format {
    fn from_map(map: &RtpMap) -> Option<Self> {
        if let Some(codec) = Codec::from_name(&map.name) {
            // Opus without its "/2" is a common slip.
            let channels = map.channels == codec.rtpmap_channels() || map.channels == 1;
            return (map.clock == codec.clock_rate() && channels).then_some(Format::Codec(codec));
        }
        if map.name.eq_ignore_ascii_case("telephone-event") {
            return matches!(map.clock, 8_000 | 48_000).then_some(Format::Events(map.clock));
        }
        (map.name.eq_ignore_ascii_case("CN") && map.clock == 8_000).then_some(Format::ComfortNoise)
    }

    fn static_payload_type(self) -> Option<u8> {
        match self {
            Format::Codec(codec) => codec.static_payload_type(),
            Format::ComfortNoise => Some(COMFORT_NOISE),
            Format::Events(_) => None,
        }
    }

    fn of_static(payload_type: u8) -> Option<Self> {
        Codec::ALL
            .into_iter()
            .map(Format::Codec)
            .chain([Format::ComfortNoise])
            .find(|format| format.static_payload_type() == Some(payload_type))
    }

    /// The number that we give it if it has none and the number is free.
    fn usual_payload_type(self) -> u8 {
        match self {
            Format::Codec(_) => self.static_payload_type().unwrap_or(96),
            Format::Events(48_000) => 100,
            Format::Events(_) => 101,
            Format::ComfortNoise => COMFORT_NOISE,
        }
    }

    fn rtpmap(self, payload_type: u8) -> RtpMap {
        let (name, clock, channels) = match self {
            Format::Codec(codec) => (codec.name(), codec.clock_rate(), codec.rtpmap_channels()),
            Format::Events(clock) => ("telephone-event", clock, 1),
            Format::ComfortNoise => ("CN", 8_000, 1),
        };
        RtpMap { payload_type, name: name.to_owned(), clock, channels }
    }
}

/// A format under its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) format: Format,
    pub(super) payload_type: u8,
    /// What its receiver asks for; default but for Opus.
    pub(super) opus: OpusParameters,
}

impl Numbered {
    fn new(format: Format, payload_type: u8, policy: &OfferPolicy) -> Self {
        let fec = policy.opus_fec && format == Format::Codec(Codec::Opus);
        Self { format, payload_type, opus: OpusParameters { fec, ..Default::default() } }
    }

    /// The same format, as we take it under this number.
    pub(super) fn as_ours(self, policy: &OfferPolicy) -> Self {
        Self::new(self.format, self.payload_type, policy)
    }

    /// The format as the engine knows it, if it is sound.
    pub(super) fn audio(self) -> Option<AudioFormat> {
        let Format::Codec(codec) = self.format else { return None };
        Some(AudioFormat {
            fec: self.opus.fec,
            dtx: self.opus.dtx,
            max_bitrate: self.opus.max_bitrate,
            ..AudioFormat::new(codec, self.payload_type)
        })
    }

    /// Its attributes.
    fn attributes(self) -> impl Iterator<Item = Attribute> {
        let number = self.payload_type;
        let parameters = match self.format {
            Format::Codec(Codec::Opus) => Some(self.opus.to_string()),
            Format::Events(_) => Some(EVENTS.to_owned()),
            Format::Codec(_) | Format::ComfortNoise => None,
        };
        let map = Attribute::value("rtpmap", self.format.rtpmap(number));
        let fmtp = parameters.map(|text| Attribute::value("fmtp", format_args!("{number} {text}")));
        std::iter::once(map).chain(fmtp)
    }
}

/// The formats that policy lets us offer, numbered. A number that `known` gave stays
/// (RFC 3264 section 8.3.2) and is given to nothing else.
pub(super) fn ours(policy: &OfferPolicy, known: &[Numbered]) -> Vec<Numbered> {
    let codecs = &policy.codecs;
    let clock = |rate| codecs.iter().any(|codec| codec.clock_rate() == rate);
    let mut wanted: Vec<_> = Vec::new();
    for codec in codecs {
        if !wanted.contains(&Format::Codec(*codec)) {
            wanted.push(Format::Codec(*codec));
        }
    }
    if clock(8_000) {
        wanted.push(Format::ComfortNoise);
    }
    if policy.telephone_events {
        wanted.extend([48_000, 8_000].into_iter().filter(|rate| clock(*rate)).map(Format::Events));
    }
    let mut given: Vec<Numbered> = Vec::new();
    for format in wanted {
        let earlier = known.iter().find(|k| k.format == format).map(|k| k.payload_type);
        let taken = |number: u8| {
            known.iter().any(|k| k.payload_type == number && k.format != format)
                || given.iter().any(|g| g.payload_type == number)
        };
        let usual = [format.usual_payload_type()].into_iter();
        let number = earlier.or_else(|| usual.chain(96..=127).chain(35..=63).find(|n| !taken(*n)));
        if let Some(number) = number {
            given.push(Numbered::new(format, number, policy));
        }
    }
    given
}

/// The formats of a peer's line that we know, in its order, each once. A number without
/// `a=rtpmap` means what RFC 3551 says, else what `offered` says.
pub(super) fn theirs(media: &MediaDescription, offered: &[Numbered]) -> Vec<Numbered> {
    let maps: Vec<_> = media.values("rtpmap").filter_map(RtpMap::parse).collect();
    let parameters: Vec<_> = media.values("fmtp").filter_map(attribute::fmtp).collect();
    let mut found: Vec<Numbered> = Vec::new();
    let mut seen = [false; 128]; // a hostile line repeats a number ten thousand times
    for payload_type in media.payload_types() {
        match seen.get_mut(usize::from(payload_type)) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        let format = match maps.iter().find(|map| map.payload_type == payload_type) {
            Some(map) => Format::from_map(map),
            None => Format::of_static(payload_type).or_else(|| {
                offered.iter().find(|o| o.payload_type == payload_type).map(|o| o.format)
            }),
        };
        let Some(format) = format else { continue };
        if found.iter().any(|f| f.format == format) {
            continue;
        }
        let text = parameters
            .iter()
            .find(|(number, _)| number.parse() == Ok(payload_type))
            .map_or("", |(_, text)| text);
        let opus = match format {
            Format::Codec(Codec::Opus) => OpusParameters::parse(text),
            _ => OpusParameters::default(),
        };
        found.push(Numbered { format, payload_type, opus });
    }
    found
}

/// Whether RTP with these numbers can be told from RTCP on the same port (RFC 5761 section 4).
pub(super) fn can_share_port(formats: &[Numbered]) -> bool {
    formats.iter().all(|format| !(64..=95).contains(&format.payload_type))
}

/// The numbers and attributes of formats, for a line of ours.
pub(super) fn describe(formats: &[Numbered]) -> (Vec<String>, Vec<Attribute>) {
    let numbers = formats.iter().map(|format| format.payload_type.to_string()).collect();
    (numbers, formats.iter().flat_map(|format| format.attributes()).collect())
}
