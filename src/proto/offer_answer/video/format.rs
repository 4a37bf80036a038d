//! Video formats and their payload types.

use causeway_base::VideoCodec;
use causeway_plan::{
    Feedback, FeedbackKind, H264Format, H264Level, H264Profile, PacketizationMode, VideoCoding,
    VideoFormat, VideoPolicy, Vp8Format,
    video::{DEFAULT_PROFILE_LEVEL_ID, ProfileLevelId},
};
use causeway_wire::sdp::{
    Attribute, H264Fmtp, MediaDescription, RtcpFeedback, RtpMap, Vp8Fmtp, fmtp,
};
use std::cmp::Reverse;

/// Below this, `max-fps` is in whole pictures a second: nobody means two pictures a second.
const LEAST_HUNDREDTHS: u32 = 200;

/// The name of retransmissions (RFC 4588).
const RTX: &str = "rtx";

/// A codec with what its receiver says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::offer_answer) enum Parameters {
    H264(H264),
    Vp8(Vp8Fmtp),
}

/// H.264, its parameters as they stand and what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::offer_answer) struct H264 {
    /// As it was written first: an answer repeats its profile (RFC 6184 section 8.2.2).
    id: ProfileLevelId,
    profile: H264Profile,
    mode: PacketizationMode,
    fmtp: H264Fmtp,
}

impl H264 {
    /// `None` for what we do not speak.
    fn new(fmtp: H264Fmtp) -> Option<Self> {
        let id = fmtp.profile_level_id.unwrap_or(DEFAULT_PROFILE_LEVEL_ID);
        let profile = H264Profile::of(id)?;
        let mode = PacketizationMode::from_number(fmtp.packetization_mode)?;
        Some(Self { id, profile, mode, fmtp })
    }

    /// The highest level that its receiver takes.
    fn level(&self) -> H264Level {
        let [profile, _, _] = self.id;
        let upwards = self.fmtp.max_recv_level.map(|[set, level]| [profile, set, level]);
        let levels = [Some(self.id), upwards].into_iter().flatten().map(H264Level::of);
        levels.max().unwrap_or(H264Level::L1)
    }

    /// What its receiver takes at this level. A limit below that of its level breaks the RFC and
    /// is taken at its word: to send less harms nobody.
    fn format(&self, level: H264Level) -> H264Format {
        let Self { profile, mode, fmtp, .. } = *self;
        let mut limits = level.limits(profile);
        limits.max_fs = fmtp.max_fs.unwrap_or(limits.max_fs);
        limits.max_mbps = fmtp.max_mbps.unwrap_or(limits.max_mbps);
        if let Some(max_br) = fmtp.max_br {
            limits.max_bitrate = causeway_base::Bitrate::kbps(u64::from(max_br));
        }
        let rate = fmtp.max_fps.map(|fps| if fps < LEAST_HUNDREDTHS { fps } else { fps / 100 });
        let max_frame_rate = rate.map(|rate| u8::try_from(rate).unwrap_or(u8::MAX));
        H264Format { profile, level, mode, limits, max_frame_rate }
    }

    /// The same format as we take it. Where levels must be the same both ways, a level of ours
    /// that is higher is told by `max-…`.
    fn as_ours(&self, policy: &VideoPolicy) -> Self {
        let size = policy.largest.size();
        let (max_fs, fps) = (size.macroblocks(), u32::from(policy.frame_rate));
        let own = H264Level::holding(size, policy.frame_rate);
        let asymmetric = self.fmtp.level_asymmetry_allowed;
        let level = if asymmetric { own } else { own.min(H264Level::of(self.id)) };
        let limits = level.limits(self.profile);
        let kbps = u32::try_from(policy.max_bitrate.as_kbps()).unwrap_or(u32::MAX);
        let id = level.put(self.id);
        let fmtp = H264Fmtp {
            profile_level_id: Some(id),
            packetization_mode: self.mode.number(),
            level_asymmetry_allowed: asymmetric,
            max_fs: Some(max_fs).filter(|fs| *fs > limits.max_fs),
            max_mbps: Some(max_fs * fps).filter(|mbps| *mbps > limits.max_mbps),
            max_br: Some(kbps).filter(|_| policy.max_bitrate > limits.max_bitrate),
            ..H264Fmtp::default()
        };
        Self { id, fmtp, ..*self }
    }
}

/// A format under its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::offer_answer) struct Numbered {
    pub(in crate::offer_answer) payload_type: u8,
    pub(in crate::offer_answer) parameters: Parameters,
    pub(in crate::offer_answer) rtx: Option<u8>,
    feedback: Feedback,
    /// Its feedback was told of all formats at once (`*`).
    by_wildcard: bool,
}

impl Numbered {
    pub(in crate::offer_answer) const fn codec(&self) -> VideoCodec {
        match self.parameters {
            Parameters::H264(_) => VideoCodec::H264,
            Parameters::Vp8(_) => VideoCodec::Vp8,
        }
    }

    /// Whether both are the same format: for H.264 the same profile and mode; levels may differ
    /// (RFC 6184 section 8.2.2).
    pub(in crate::offer_answer) fn is(&self, other: &Self) -> bool {
        self.is_coded_as(&other.coding())
    }

    /// Whether it is this format.
    pub(in crate::offer_answer) fn is_coded_as(&self, coding: &VideoCoding) -> bool {
        match (&self.parameters, coding) {
            (Parameters::H264(h264), VideoCoding::H264(other)) => {
                (h264.profile, h264.mode) == (other.profile, other.mode)
            }
            (Parameters::Vp8(_), VideoCoding::Vp8(_)) => true,
            _ => false,
        }
    }

    /// What its receiver takes.
    fn coding(&self) -> VideoCoding {
        match &self.parameters {
            Parameters::H264(h264) => VideoCoding::H264(h264.format(h264.level())),
            Parameters::Vp8(vp8) => VideoCoding::Vp8(Vp8Format {
                max_fs: vp8.max_fs,
                max_frame_rate: vp8.max_fr.map(|rate| u8::try_from(rate).unwrap_or(u8::MAX)),
            }),
        }
    }

    /// What the peer takes under its format `self` when it takes `ours` from us: without
    /// asymmetry the lower of both levels holds both ways.
    pub(in crate::offer_answer) fn coding_with(&self, ours: &Self) -> VideoCoding {
        match (&self.parameters, &ours.parameters) {
            (Parameters::H264(theirs), Parameters::H264(own))
                if !(theirs.fmtp.level_asymmetry_allowed && own.fmtp.level_asymmetry_allowed) =>
            {
                VideoCoding::H264(theirs.format(theirs.level().min(own.level())))
            }
            _ => self.coding(),
        }
    }

    /// The same format, as we take it under this number.
    pub(in crate::offer_answer) fn as_ours(&self, policy: &VideoPolicy) -> Self {
        let parameters = match &self.parameters {
            Parameters::H264(h264) => Parameters::H264(h264.as_ours(policy)),
            Parameters::Vp8(_) => Parameters::Vp8(Vp8Fmtp {
                max_fr: Some(u32::from(policy.frame_rate)),
                max_fs: Some(policy.largest.size().macroblocks()),
            }),
        };
        Self { parameters, feedback: self.feedback.and(policy.feedback), ..*self }
    }

    /// Whether its receiver says when each packet arrived.
    pub(in crate::offer_answer) const fn reports_arrivals(&self) -> bool {
        self.feedback.has(FeedbackKind::TransportCc)
    }

    /// With less feedback.
    pub(in crate::offer_answer) const fn limited(self, feedback: Feedback) -> Self {
        Self { feedback: self.feedback.and(feedback), ..self }
    }

    /// As offered by us: levels may differ.
    fn offered(self) -> Self {
        let parameters = match self.parameters {
            Parameters::H264(h264) => {
                let fmtp = H264Fmtp { level_asymmetry_allowed: true, ..h264.fmtp };
                Parameters::H264(H264 { fmtp, ..h264 })
            }
            vp8 @ Parameters::Vp8(_) => vp8,
        };
        Self { parameters, ..self }
    }

    /// The format as the engine knows it.
    pub(in crate::offer_answer) fn format(&self) -> VideoFormat {
        self.format_as(self.coding())
    }

    /// The same with other limits.
    pub(in crate::offer_answer) const fn format_as(&self, coding: VideoCoding) -> VideoFormat {
        let Self { payload_type, rtx, feedback, .. } = *self;
        VideoFormat { payload_type, coding, rtx, feedback }
    }

    /// Its numbers.
    pub(in crate::offer_answer) fn payload_types(&self) -> impl Iterator<Item = u8> {
        [self.payload_type].into_iter().chain(self.rtx)
    }

    fn rtpmap(&self) -> Attribute {
        let (name, clock) = (self.codec().name().to_owned(), self.codec().clock_rate());
        let map = RtpMap { payload_type: self.payload_type, name, clock, channels: 1 };
        Attribute::value("rtpmap", map)
    }

    fn fmtp(&self) -> Attribute {
        let number = self.payload_type;
        match &self.parameters {
            Parameters::H264(h264) => {
                Attribute::value("fmtp", format_args!("{number} {}", h264.fmtp))
            }
            Parameters::Vp8(vp8) => Attribute::value("fmtp", format_args!("{number} {vp8}")),
        }
    }
}

/// Formats of the peer that policy allows, best first: its codecs in their order; of H.264 the
/// size that can be sent; mode 1, in which a picture need not be cut to packets by its encoder; the
/// narrowest profile, because what arrives in it can be forwarded to everybody. What is equal
/// stays in the peer's order. A format in use comes before all, one in which nothing can be sent
/// behind all.
pub(in crate::offer_answer) fn common(
    theirs: &[Numbered],
    policy: &VideoPolicy,
    in_use: Option<&VideoCoding>,
) -> Vec<Numbered> {
    let place = |codec| policy.codecs.iter().position(|allowed| *allowed == codec);
    let allowed = theirs.iter().filter(|numbered| place(numbered.codec()).is_some());
    let mut common: Vec<_> = allowed.copied().collect();
    common.sort_by_cached_key(|numbered| {
        let coding = numbered.coding_with(&numbered.as_ours(policy));
        let size = policy.sendable(&coding, None).map(|(ceiling, _)| ceiling.class);
        let h264 = match numbered.parameters {
            Parameters::H264(h264) => Some((Reverse(size), Reverse(h264.mode), h264.profile)),
            Parameters::Vp8(_) => None,
        };
        let in_use = in_use.is_some_and(|coding| numbered.is_coded_as(coding));
        (!in_use, size.is_none(), place(numbered.codec()), h264)
    });
    common
}

/// The formats that policy lets us offer, numbered.
pub(in crate::offer_answer) fn ours(policy: &VideoPolicy) -> Vec<Numbered> {
    let h264 = |profile: H264Profile, mode| {
        let id = profile.id(H264Level::L6_2);
        let fmtp = H264Fmtp { level_asymmetry_allowed: true, ..H264Fmtp::default() };
        Parameters::H264(H264 { id, profile, mode, fmtp })
    };
    let (single, fragmented) = (PacketizationMode::SingleNal, PacketizationMode::NonInterleaved);
    let h264 = [
        h264(H264Profile::ConstrainedBaseline, fragmented),
        h264(H264Profile::ConstrainedHigh, fragmented),
        h264(H264Profile::ConstrainedBaseline, single),
    ];
    let mut wanted: Vec<Parameters> = Vec::new();
    for codec in &policy.codecs {
        let formats = match codec {
            VideoCodec::H264 => &h264[..],
            VideoCodec::Vp8 => &[Parameters::Vp8(Vp8Fmtp { max_fr: None, max_fs: None })],
        };
        wanted.extend(formats.iter().filter(|format| !wanted.contains(format)).collect::<Vec<_>>());
    }
    let feedback = policy.feedback;
    (FIRST_NUMBER..=127)
        .zip(wanted)
        .map(|(payload_type, parameters)| {
            let rtx = None;
            Numbered { payload_type, parameters, rtx, feedback, by_wildcard: true }.as_ours(policy)
        })
        .collect()
}

/// The first number that we give: Opus has the one before it.
const FIRST_NUMBER: u8 = 97;

/// Formats that were agreed on, as we offer them again under their numbers (RFC 3264
/// section 8.3.2).
pub(in crate::offer_answer) fn again(known: &[Numbered], policy: &VideoPolicy) -> Vec<Numbered> {
    known.iter().map(|numbered| numbered.offered().as_ours(policy)).collect()
}

/// The formats of a peer's line that we know, in its order, each once. A number without
/// `a=rtpmap` means what `offered` says.
pub(in crate::offer_answer) fn theirs(
    media: &MediaDescription,
    offered: &[Numbered],
) -> Vec<Numbered> {
    let maps: Vec<_> = media.values("rtpmap").filter_map(RtpMap::parse).collect();
    let feedback: Vec<_> = media.values("rtcp-fb").filter_map(RtcpFeedback::parse).collect();
    let mut found: Vec<Numbered> = Vec::new();
    let mut seen = [false; 128]; // a hostile line repeats a number ten thousand times
    for payload_type in media.payload_types() {
        match seen.get_mut(usize::from(payload_type)) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        let text = media.parameters_of(payload_type);
        let parameters = match maps.iter().find(|map| map.payload_type == payload_type) {
            Some(map) => parameters(map, text.unwrap_or("")),
            None => {
                let ours = offered.iter().find(|ours| ours.payload_type == payload_type);
                ours.and_then(|ours| match text {
                    Some(text) => parameters_of(ours.codec(), text),
                    None => Some(ours.parameters),
                })
            }
        };
        let Some(parameters) = parameters else { continue };
        let (feedback, by_wildcard) = feedback_of(payload_type, &feedback);
        let numbered = Numbered { payload_type, parameters, rtx: None, feedback, by_wildcard };
        if !found.iter().any(|other| other.is(&numbered)) {
            found.push(numbered);
        }
    }
    add_retransmissions(&mut found, media, &maps);
    found
}

fn parameters(map: &RtpMap, text: &str) -> Option<Parameters> {
    let codec = VideoCodec::from_name(&map.name)?;
    (map.clock == codec.clock_rate()).then(|| parameters_of(codec, text)).flatten()
}

fn parameters_of(codec: VideoCodec, text: &str) -> Option<Parameters> {
    match codec {
        VideoCodec::H264 => H264::new(H264Fmtp::parse(text)?).map(Parameters::H264),
        VideoCodec::Vp8 => Some(Parameters::Vp8(Vp8Fmtp::parse(text))),
    }
}

/// The feedback of a format, and whether it was told of all at once.
fn feedback_of(payload_type: u8, lines: &[RtcpFeedback<'_>]) -> (Feedback, bool) {
    let of_it = || lines.iter().filter(|line| line.is_of(payload_type));
    let told = |kind: &FeedbackKind| of_it().any(|line| line.is(kind.name()));
    let all = of_it().all(|line| line.payload_type.is_none());
    (FeedbackKind::ALL.into_iter().filter(told).collect(), all)
}

fn add_retransmissions(found: &mut [Numbered], media: &MediaDescription, maps: &[RtpMap]) {
    let mut used: Vec<u8> = found.iter().map(|numbered| numbered.payload_type).collect();
    for map in maps.iter().filter(|map| map.name.eq_ignore_ascii_case(RTX)) {
        let number = map.payload_type;
        let listed = media.payload_types().any(|listed| listed == number);
        let of = media.parameters_of(number).and_then(fmtp::repeated);
        let of = found.iter_mut().find(|numbered| Some(numbered.payload_type) == of);
        if let Some(of) = of.filter(|of| of.rtx.is_none() && listed && !used.contains(&number)) {
            of.rtx = Some(number);
            used.push(number);
        }
    }
}

/// Whether RTP with these numbers can be told from RTCP on the same port (RFC 5761 section 4).
pub(in crate::offer_answer) fn can_share_port(formats: &[Numbered]) -> bool {
    formats.iter().flat_map(Numbered::payload_types).all(|number| !(64..=95).contains(&number))
}

/// The numbers and attributes of formats, for a line of ours.
pub(in crate::offer_answer) fn describe(formats: &[Numbered]) -> (Vec<String>, Vec<Attribute>) {
    let numbers = formats.iter().flat_map(Numbered::payload_types);
    let numbers = numbers.map(|number| number.to_string()).collect();
    let mut attributes = Vec::new();
    let together = formats.iter().all(|numbered| numbered.by_wildcard);
    for numbered in formats {
        attributes.extend([numbered.rtpmap(), numbered.fmtp()]);
        if !together {
            attributes.extend(asked(&numbered.payload_type.to_string(), numbered.feedback));
        }
        if let Some(payload_type) = numbered.rtx {
            let (name, clock) = (RTX.to_owned(), numbered.codec().clock_rate());
            let map = RtpMap { payload_type, name, clock, channels: 1 };
            let apt = format_args!("{payload_type} apt={}", numbered.payload_type).to_string();
            attributes.extend([Attribute::value("rtpmap", map), Attribute::value("fmtp", apt)]);
        }
    }
    if together {
        let all = formats.iter().fold(Feedback::NONE, |all, numbered| all.or(numbered.feedback));
        attributes.extend(asked("*", all));
    }
    (numbers, attributes)
}

fn asked(of: &str, feedback: Feedback) -> Vec<Attribute> {
    let line = |kind: FeedbackKind| Attribute::value("rtcp-fb", format!("{of} {}", kind.name()));
    feedback.kinds().map(line).collect()
}
