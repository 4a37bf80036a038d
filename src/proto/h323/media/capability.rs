//! What we take, as a capability set says it; and what the other side's set says.

use super::format::{self, Coding, Kind};
use super::secrecy::{self, Choice};
use super::{LEAST_PICTURE, Terms};
use crate::h323::h245::Capabilities;
use causeway_asn1::h245::{
    AudioTelephonyEventCapability, Capability, CapabilityDescriptor, CapabilityTableEntry,
    H235SecurityCapability, H2250Capability, MediaDistributionCapability,
    MediaPacketizationCapability, MultiplexCapability, MultipointCapability, TerminalCapabilitySet,
    UserInputCapability,
};
use causeway_base::{Bitrate, Codec, VideoCodec};
use causeway_plan::video::H241Capability;
use causeway_plan::{
    Encryption, H264Format, H264Level, H264Profile, OfferPolicy, PacketizationMode, VideoCoding,
    VideoPolicy,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What is added to the number of a capability for the one that says that it holds encrypted too:
/// as equipment does it, and more than we have capabilities.
const SECRET: u16 = 100;

/// What H.323 equipment says of its jitter buffer, in milliseconds.
const AUDIO_JITTER_MS: u16 = 250;

/// The payload type under which we take events.
pub(super) const EVENTS: u8 = 101;

/// The events that we take: the sixteen digits (RFC 4733 section 3.2).
const DIGITS: &[u8] = b"0-15";

/// Replacements of channels of the other side's that may be under way at a time.
const REPLACEMENTS: u8 = 2;

/// Payload types of packetization that are looked at.
const MAX_PACKETIZATIONS: usize = 16;

/// The profiles that we take, the preferred first: what comes in the narrowest can be passed on to
/// everybody.
const PROFILES: [H264Profile; 2] = [H264Profile::Baseline, H264Profile::High];

/// H.264 in `profile` as we take it.
pub(super) fn picture(
    policy: &VideoPolicy,
    profile: H264Profile,
    mode: PacketizationMode,
) -> H264Format {
    let size = policy.largest.size();
    let level = H264Level::holding(size, policy.frame_rate);
    let mut limits = level.limits(profile);
    limits.max_fs = limits.max_fs.max(size.macroblocks());
    limits.max_mbps = limits.max_mbps.max(size.macroblocks() * u32::from(policy.frame_rate));
    limits.max_bitrate = limits.max_bitrate.max(policy.max_bitrate);
    H264Format { profile, level, mode, limits, max_frame_rate: None }
}

/// The codecs that we take and that H.245 has words for, the preferred first.
pub(super) fn codecs(policy: &OfferPolicy) -> Vec<Codec> {
    let mut codecs: Vec<Codec> = vec![];
    for codec in &policy.codecs {
        if *codec != Codec::Opus && !codecs.contains(codec) {
            codecs.push(*codec);
        }
    }
    codecs
}

/// Whether pictures are allowed, have ports, and a rate that shows anything.
pub(super) fn takes_pictures(terms: &Terms) -> bool {
    let VideoPolicy { codecs, max_bitrate, .. } = &terms.policy.video;
    terms.video.is_some() && codecs.contains(&VideoCodec::H264) && *max_bitrate >= LEAST_PICTURE
}

/// What we take. Any sound goes with any picture, events and keys beside both. `secret`: sound and
/// pictures are taken encrypted too, or not otherwise, where policy wants it so.
pub(super) fn ours(terms: &Terms, secret: bool) -> TerminalCapabilitySet {
    let policy = &terms.policy;
    let strict = secret && policy.encryption == Encryption::Required;
    let ms = policy.ptime_ms.into();
    let sounds: Vec<Capability> = codecs(policy)
        .into_iter()
        .filter_map(|codec| format::say_sound(codec, ms))
        .map(Capability::ReceiveAudioCapability)
        .collect();
    let pictures = takes_pictures(terms);
    let most = policy.video.max_bitrate;
    let video = PROFILES.into_iter().filter(|_| pictures).map(|profile| {
        let ours = picture(&policy.video, profile, PacketizationMode::NonInterleaved);
        let said = H241Capability::of(&ours, most);
        Capability::ReceiveVideoCapability(format::say_picture(&said))
    });
    let events = policy.telephone_events.then(|| {
        Capability::ReceiveRtpAudioTelephonyEventCapability(AudioTelephonyEventCapability {
            dynamic_rtp_payload_type: EVENTS,
            audio_telephone_event: DIGITS.to_vec(),
        })
    });
    let keys = [UserInputCapability::Dtmf, UserInputCapability::BasicString];
    let keys = keys.map(Capability::ReceiveUserInputCapability);
    let groups: [Vec<Capability>; 4] =
        [sounds, video.collect(), events.into_iter().collect(), keys.into()];
    let mut table = vec![];
    let mut together = vec![];
    let mut all_secrets = vec![];
    for group in groups.into_iter().filter(|group| !group.is_empty()) {
        let numbers = (table.len() + 1..).zip(group);
        let entries = numbers
            .filter_map(|(number, capability)| Some((u16::try_from(number).ok()?, capability)));
        let entries: Vec<(u16, Capability)> = entries.collect();
        let secrets: Vec<(u16, Capability)> =
            entries.iter().filter(|_| secret).filter_map(encrypted).collect();
        let numbers = entries.iter().flat_map(|(number, _)| {
            let mut encrypted = secrets.iter().map(|(number, _)| *number);
            let own = encrypted.find(|secret| *secret == number + SECRET);
            let clear = (!strict || own.is_none()).then_some(*number);
            clear.into_iter().chain(own)
        });
        together.push(numbers.collect());
        table.extend(entries);
        all_secrets.extend(secrets);
    }
    // It stands beside what goes together: it is nothing that flows.
    let last = u16::try_from(table.len() + 1).unwrap_or(u16::MAX);
    table.push((last, Capability::MaxPendingReplacementFor(REPLACEMENTS)));
    table.extend(all_secrets);
    let entry = |(number, capability)| CapabilityTableEntry {
        capability_table_entry_number: number,
        capability: Some(capability),
    };
    TerminalCapabilitySet {
        multiplex_capability: Some(transport(pictures)),
        capability_table: Some(table.into_iter().map(entry).collect()),
        capability_descriptors: Some(vec![CapabilityDescriptor {
            capability_descriptor_number: 1,
            simultaneous_capabilities: Some(together),
        }]),
        ..TerminalCapabilitySet::default()
    }
}

/// That a capability holds encrypted too, under a number by which others know it.
fn encrypted((number, capability): &(u16, Capability)) -> Option<(u16, Capability)> {
    let flows = matches!(
        capability,
        Capability::ReceiveAudioCapability(_) | Capability::ReceiveVideoCapability(_)
    );
    let said = H235SecurityCapability {
        encryption_authentication_and_integrity: secrecy::algorithms(),
        media_capability: *number,
    };
    flows.then(|| (number + SECRET, Capability::H235SecurityCapability(Box::new(said))))
}

/// That we take nothing for now (H.323 section 8.4.6).
pub(super) fn nothing() -> TerminalCapabilitySet {
    TerminalCapabilitySet::default()
}

/// What our transport can do: packets to one address, pictures whole or cut in pieces.
fn transport(pictures: bool) -> MultiplexCapability {
    let multipoint = MultipointCapability {
        media_distribution_capability: vec![MediaDistributionCapability::default()],
        ..MultipointCapability::default()
    };
    let cut = format::say_packetization(PacketizationMode::NonInterleaved, None);
    MultiplexCapability::H2250Capability(Box::new(H2250Capability {
        maximum_audio_delay_jitter: AUDIO_JITTER_MS,
        receive_multipoint_capability: multipoint.clone(),
        transmit_multipoint_capability: multipoint.clone(),
        receive_and_transmit_multipoint_capability: multipoint,
        media_packetization_capability: MediaPacketizationCapability {
            h261a_video_packetization: false,
            rtp_payload_type: pictures.then(|| vec![cut]),
        },
        ..H2250Capability::default()
    }))
}

/// Capabilities of sound and of pictures that are looked at, each: rooms have some twenty.
const MAX_CODINGS: usize = 64;

/// Descriptors, and sets of one, that are looked at: rooms have one descriptor of seven sets.
const MAX_DESCRIPTORS: usize = 32;

/// What the other side takes, as far as we can send it.
#[derive(Clone, Debug, Default)]
pub(super) struct Theirs {
    /// Each with its longest packets, and whether it may be encrypted.
    sounds: Vec<(Codec, u16, bool)>,
    /// Those that go with sound, and whether they may be encrypted.
    pictures: Vec<(H241Capability, bool)>,
    /// It takes pictures cut in pieces.
    pieces: bool,
    /// The payload type of events.
    pub(super) events: Option<u8>,
    /// It takes keys one by one (`signal`).
    pub(super) signals: bool,
}

impl Theirs {
    pub(super) fn read(capabilities: &Capabilities) -> Self {
        let pieces = takes_pieces(capabilities.multiplex.as_ref());
        let mut read = Self { pieces, ..Self::default() };
        let (mut sounds, mut pictures) = (vec![], vec![]);
        let by_number = secrets(capabilities);
        let secrets: BTreeSet<u16> = by_number.values().copied().collect();
        for (number, capability) in &capabilities.table {
            match capability {
                Capability::ReceiveAudioCapability(audio)
                | Capability::ReceiveAndTransmitAudioCapability(audio) => {
                    sounds.extend(format::sound(audio).map(|sound| (*number, sound)));
                }
                Capability::ReceiveVideoCapability(video)
                | Capability::ReceiveAndTransmitVideoCapability(video) => {
                    pictures.extend(format::picture(video).map(|picture| (*number, picture)));
                }
                other => read.note(other),
            }
        }
        sounds.truncate(MAX_CODINGS);
        pictures.truncate(MAX_CODINGS);
        let loud: BTreeSet<u16> = sounds.iter().map(|(number, _)| *number).collect();
        let beside = beside(capabilities, &loud, &by_number);
        let goes = |number: &u16| {
            loud.is_empty() || beside.as_ref().is_none_or(|beside| beside.contains(number))
        };
        pictures.retain(|(number, _)| goes(number));
        let sounds = sounds.into_iter();
        read.sounds =
            sounds.map(|(number, (codec, ms))| (codec, ms, secrets.contains(&number))).collect();
        let pictures = pictures.into_iter();
        read.pictures =
            pictures.map(|(number, picture)| (picture, secrets.contains(&number))).collect();
        read
    }

    fn note(&mut self, capability: &Capability) {
        match capability {
            Capability::ReceiveRtpAudioTelephonyEventCapability(events) => {
                self.events = Some(events.dynamic_rtp_payload_type);
            }
            Capability::ReceiveUserInputCapability(UserInputCapability::Dtmf)
            | Capability::ReceiveAndTransmitUserInputCapability(UserInputCapability::Dtmf) => {
                self.signals = true;
            }
            _ => {}
        }
    }

    /// Whether it takes no sound that we have.
    pub(super) fn is_mute(&self) -> bool {
        self.sounds.is_empty()
    }

    /// What we may send of `kind` within `terms`, the best first; of that in the clear, or of what
    /// may be encrypted.
    pub(super) fn candidates(&self, kind: Kind, terms: &Terms, secret: bool) -> Vec<Choice> {
        let codings = match kind {
            Kind::Sound => self.sounds(&terms.policy, secret),
            Kind::Picture if takes_pictures(terms) => self.pictures(&terms.policy, secret),
            Kind::Picture => vec![],
        };
        codings.into_iter().map(|coding| Choice { coding, secret }).collect()
    }

    /// By our order; of one codec the longest packets.
    fn sounds(&self, policy: &OfferPolicy, secret: bool) -> Vec<Coding> {
        let of = |codec: Codec| {
            let fits = |known: &&(Codec, u16, bool)| known.0 == codec && (known.2 || !secret);
            let most = self.sounds.iter().filter(fits).map(|(_, ms, _)| *ms).max()?;
            Some(Coding::Sound(codec, packet_ms(policy.ptime_ms, most).into()))
        };
        codecs(policy).into_iter().filter_map(of).collect()
    }

    /// The largest first, then the narrowest profile, in which they can be passed on.
    fn pictures(&self, policy: &OfferPolicy, secret: bool) -> Vec<Coding> {
        let (whole, cut) = (PacketizationMode::SingleNal, PacketizationMode::NonInterleaved);
        let mode = if self.pieces { cut } else { whole };
        let fits = self.pictures.iter().filter(|(_, encrypted)| *encrypted || !secret);
        let formats = fits.flat_map(|(picture, _)| picture.formats(mode));
        let sized = formats.filter_map(|format| {
            let (ceiling, _) = policy.video.sendable(&VideoCoding::H264(format), None)?;
            Some((Reverse((ceiling.class, ceiling.frame_rate)), format))
        });
        let mut sized: Vec<_> = sized.collect();
        sized.sort_by_key(|(size, format)| (*size, format.profile));
        sized.into_iter().map(|(_, format)| Coding::Picture(format)).collect()
    }
}

/// The capabilities that hold encrypted too, in a way that is ours, by the numbers that say so.
fn secrets(capabilities: &Capabilities) -> BTreeMap<u16, u16> {
    let secret = |(number, capability): (&u16, &Capability)| match capability {
        Capability::H235SecurityCapability(said) => {
            let ours = secrecy::has_ours(&said.encryption_authentication_and_integrity);
            ours.then_some((*number, said.media_capability))
        }
        _ => None,
    };
    capabilities.table.iter().filter_map(secret).collect()
}

/// What may be sent beside sound, whose capabilities are `loud`: it stands in another set of the
/// same descriptor, itself or as one of `secrets`. `None` where nothing is said of it: then all may.
fn beside(
    capabilities: &Capabilities,
    loud: &BTreeSet<u16>,
    secrets: &BTreeMap<u16, u16>,
) -> Option<BTreeSet<u16>> {
    if capabilities.descriptors.is_empty() {
        return None;
    }
    let media = |number: &u16| *secrets.get(number).unwrap_or(number);
    let mut beside = BTreeSet::new();
    for sets in capabilities.descriptors.values().take(MAX_DESCRIPTORS) {
        let sets = || sets.iter().take(MAX_DESCRIPTORS);
        let is_loud = |set: &&Vec<u16>| set.iter().any(|number| loud.contains(&media(number)));
        let with_sound = sets().filter(is_loud).count();
        let quiet = sets().filter(|set| with_sound > usize::from(is_loud(set)));
        beside.extend(quiet.flatten().map(media));
    }
    Some(beside)
}

fn takes_pieces(multiplex: Option<&MultiplexCapability>) -> bool {
    let Some(MultiplexCapability::H2250Capability(h2250)) = multiplex else { return false };
    let said = h2250.media_packetization_capability.rtp_payload_type.iter().flatten();
    said.take(MAX_PACKETIZATIONS).any(|said| {
        format::packetization(&said.payload_descriptor) == Some(PacketizationMode::NonInterleaved)
    })
}

/// The length of packets that we send: what we like, within what the other side takes.
pub(super) fn packet_ms(ours: u8, theirs: u16) -> u8 {
    let most = u16::from(ours).min(theirs);
    [60, 40, 30, 20].into_iter().find(|ms| u16::from(*ms) <= most).unwrap_or(10)
}

/// What we say of the highest rate of a picture in a channel.
pub(super) fn rate(terms: &Terms) -> Bitrate {
    terms.policy.video.max_bitrate
}
