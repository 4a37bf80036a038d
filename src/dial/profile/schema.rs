//! What the file of a profile may hold. A key that is not here is refused with its line and the
//! keys that there are.
//!
//! `kind`, `match`, `quirks`, `audio`, `video`, `bandwidth` and `security` decide what is agreed
//! in calls. The rest is what an administrator is told.

use super::matching::Match;
use super::quirk::Quirk;
use causeway_base::{Codec, Lang, SizeClass, VideoCodec, VideoSize};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A family of devices, or a meeting service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BridgeProfile {
    /// Its name: that of its file. Lower case letters, digits and `-`.
    pub id: String,
    /// By what its people take part.
    pub kind: DeviceKind,
    /// How much is known of it.
    pub trust: Trust,
    /// What people call it.
    pub title: Words,
    /// What an administrator types on it.
    pub hint: Words,
    /// What cannot be done with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Words>,
    /// What is peculiar.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quirks: Vec<Quirk>,
    /// Where what stands here is from; never empty.
    pub provenance: Vec<Provenance>,
    /// By what it is recognised: one of these is enough.
    #[serde(default, rename = "match", skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<Match>,
    /// How calls are set up.
    #[serde(default)]
    pub signalling: Signalling,
    /// Sound.
    #[serde(default)]
    pub audio: Audio,
    /// Pictures of people.
    #[serde(default)]
    pub video: Video,
    /// A shared screen.
    #[serde(default)]
    pub content: Content,
    /// Encryption.
    #[serde(default)]
    pub security: Security,
    /// Its camera.
    #[serde(default)]
    pub camera: Camera,
    /// Rates.
    #[serde(default)]
    pub bandwidth: Bandwidth,
    /// How it is reached where it is a service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dial: Vec<Dial>,
    /// Messages by which all this is tried; never empty.
    pub fixture: Vec<Fixture>,
}

/// The same in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Words {
    /// In one language.
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => self.zh.trim(),
            Lang::En => self.en.trim(),
        }
    }
}

/// A closed list of words, as they stand in files; the first where nothing is said.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $(#[$first:meta])* $usual:ident = $first_word:literal,
        $($(#[$one:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $(#[$first])*
            #[default]
            #[serde(rename = $first_word)]
            $usual,
            $($(#[$one])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$name::$usual, $($name::$variant,)*];

            /// As it stands in files.
            pub const fn name(self) -> &'static str {
                match self { $name::$usual => $first_word, $($name::$variant => $word,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

words! {
    /// By what somebody takes part.
    DeviceKind {
        /// A telephone.
        Phone = "phone",
        /// A room system.
        Room = "room",
        /// Another meeting, or what leads into one.
        Bridge = "bridge",
        /// A browser.
        Browser = "browser",
    }
}
words! {
    /// How much is known of a profile.
    Trust {
        /// Made of documents and of shapes that were seen; no such device was tried.
        Modelled = "modelled",
        /// Somebody sent proof that it works.
        FieldTested = "field-tested",
        /// Its maker tested it.
        Certified = "certified",
    }
}
words! {
    /// What signalling speaks.
    ProfileProtocol {
        /// SIP.
        Sip = "sip",
        /// H.323.
        H323 = "h323",
    }
}
words! {
    /// What a source is.
    Source {
        /// Session descriptions that were seen.
        SdpCapture = "sdp-capture",
        /// The maker's documents.
        VendorDoc = "vendor-doc",
        /// What somebody saw.
        FieldReport = "field-report",
        /// What everybody in the field knows; looked up nowhere.
        CommonKnowledge = "common-knowledge",
    }
}
words! {
    /// By what a call is set up.
    Carrier {
        /// SIP over TLS.
        SipTls = "sip-tls",
        /// SIP over TCP.
        SipTcp = "sip-tcp",
        /// SIP over UDP.
        SipUdp = "sip-udp",
        /// H.323.
        H323 = "h323",
        /// The telephone network.
        Phone = "phone",
    }
}
words! {
    /// Whether something is.
    Need {
        /// It has to be.
        Required = "required",
        /// It can be.
        Optional = "optional",
        /// It cannot be.
        Never = "never",
    }
}
words! {
    /// Who makes the offer of a call that it makes.
    OfferBy {
        /// It offers with its INVITE.
        Early = "early",
        /// It leaves the offer to us.
        Delayed = "delayed",
    }
}
words! {
    /// A codec of sound, spoken here or not.
    Sound {
        /// Opus.
        Opus = "opus",
        /// G.722.
        G722 = "g722",
        /// G.711 A-law.
        Pcma = "pcma",
        /// G.711 µ-law.
        Pcmu = "pcmu",
        /// G.722.1.
        G7221 = "g7221",
        /// G.722.1 Annex C.
        G7221c = "g7221c",
        /// Siren with lost packet recovery.
        SirenLpr = "siren-lpr",
        /// MPEG-4 AAC-LD.
        AacLd = "aac-ld",
        /// G.719.
        G719 = "g719",
        /// G.728.
        G728 = "g728",
        /// G.729.
        G729 = "g729",
        /// SILK.
        Silk = "silk",
    }
}
words! {
    /// By what digits come.
    Digits {
        /// RFC 4733 events.
        Rfc4733 = "rfc4733",
        /// SIP INFO.
        Info = "sip-info",
        /// H.245 user input.
        UserInput = "h245",
        /// Tones in the voice.
        Inband = "inband",
    }
}
words! {
    /// A codec of pictures.
    Picture {
        /// H.264.
        H264 = "h264",
        /// VP8.
        Vp8 = "vp8",
    }
}
words! {
    /// How a shared screen travels.
    ContentBy {
        /// BFCP over UDP.
        BfcpUdp = "bfcp-udp",
        /// BFCP over TCP.
        BfcpTcp = "bfcp-tcp",
        /// H.239.
        H239 = "h239",
    }
}
words! {
    /// When the line of a shared screen comes.
    SlidesLine {
        /// With the first offer.
        Initial = "initial",
        /// With a later one.
        AddedLater = "added-later",
    }
}
words! {
    /// Whether media is encrypted.
    Srtp {
        /// Never.
        Off = "off",
        /// Where both can.
        BestEffort = "best-effort",
        /// Always.
        Required = "required",
    }
}
words! {
    /// Control of the far camera.
    FarCamera {
        /// H.224 and H.281.
        H224 = "h224",
        /// None.
        None = "none",
    }
}

impl Sound {
    /// The codec that is spoken here, if it is.
    pub const fn codec(self) -> Option<Codec> {
        match self {
            Sound::Opus => Some(Codec::Opus),
            Sound::G722 => Some(Codec::G722),
            Sound::Pcma => Some(Codec::Pcma),
            Sound::Pcmu => Some(Codec::Pcmu),
            _ => None,
        }
    }
}

impl Picture {
    /// The codec.
    pub const fn codec(self) -> VideoCodec {
        match self {
            Picture::H264 => VideoCodec::H264,
            Picture::Vp8 => VideoCodec::Vp8,
        }
    }
}

/// Where what stands in a profile is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// What it is.
    pub kind: Source,
    /// Which one: a page, a guide, a repository.
    pub source: String,
    /// When it was looked at, `YYYY-MM`.
    pub seen: String,
}

/// How calls are set up: for the administrator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Signalling {
    /// By what, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prefer: Vec<Carrier>,
    /// Whether it registers here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register: Option<Need>,
    /// Whether we register there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register_there: Option<Need>,
    /// The registrar or gatekeeper there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registrar: Option<String>,
    /// Who makes the offer of its calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferBy>,
    /// `Session-Expires` that it asks for, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_expires_s: Option<u32>,
    /// It asks by OPTIONS whether we are there, or wants to be asked, every so many seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options_ping_s: Option<u32>,
}

/// Sound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Audio {
    /// The codecs that are agreed, best first. Empty: as `media.codecs` of the configuration.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accept: Vec<Sound>,
    /// Codecs that it offers and that are refused: for the administrator.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub decline: Vec<Sound>,
    /// The length of packets, in milliseconds. Without: as the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ptime_ms: Option<u8>,
    /// By what its digits come. Without RFC 4733 in a list of others no events are agreed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub digits: Vec<Digits>,
    /// Whether RFC 6464 levels, in-band FEC of Opus and `a=rtcp-mux` are spoken of. Telephone
    /// networks need none of the three, and each makes an INVITE longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extras: Option<bool>,
}

/// Pictures of people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Video {
    /// The codecs that are agreed, best first. Without: as `video.codecs` of the configuration.
    /// Empty: none, it has no pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codecs: Option<Vec<Picture>>,
    /// The largest picture, `1280x720@30`. It makes what the configuration allows smaller, never
    /// larger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<MaxPicture>,
}

/// A shared screen: for the administrator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Content {
    /// By what, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub protocols: Vec<ContentBy>,
    /// When its line comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slides_line: Option<SlidesLine>,
}

/// Encryption.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Security {
    /// Whether media is encrypted. What the configuration requires stays required; `required`
    /// here counts wherever the configuration stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub srtp: Option<Srtp>,
    /// The SRTP suites, best first, by their names in `a=crypto`. Empty: all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suites: Vec<String>,
    /// H.235.6: for the administrator; the setting of SRTP counts for it too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub h235: Option<Need>,
}

/// Its camera: for the administrator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Camera {
    /// How others turn it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub far: Option<FarCamera>,
}

/// Rates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bandwidth {
    /// What its calls usually have, in kbit/s: for the administrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual_kbps: Option<u32>,
    /// The most of a line of pictures, in kbit/s. It makes what the configuration allows smaller,
    /// never larger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_kbps: Option<u32>,
}

/// How a service is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dial {
    /// By what.
    pub by: Carrier,
    /// How the string is made, its fields in braces: `{meeting}.{passcode}@zoomcrc.com`.
    pub form: String,
    /// What is typed after the answer, its fields in braces: `{meeting}#`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digits: Option<String>,
    /// One that is made so.
    pub example: String,
}

/// A message by which the profile is tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// Its file in the folder of the profile's fixtures: `NAME.sip`, `NAME.sdp` or `NAME.json`.
    pub file: String,
    /// It is what a device answers to us, not what it calls with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answer: bool,
    /// The codec of sound that is agreed; without where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sound: Option<Sound>,
    /// The codec of pictures that is agreed; without where none are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// What is agreed is encrypted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub encrypted: bool,
}

/// The largest picture, and how many a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MaxPicture {
    /// The size.
    pub class: SizeClass,
    /// Pictures a second, 1 to 60.
    pub frame_rate: u8,
}

impl TryFrom<String> for MaxPicture {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || {
            let sizes = SizeClass::ALL.map(|class| class.size().to_string()).join(", ");
            format!("{text:?} is no picture; write one of {sizes} and its rate, like 1280x720@30")
        };
        let (size, rate) = text.split_once('@').ok_or_else(wrong)?;
        let (width, height) = size.split_once('x').ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<u16>().map_err(|_| wrong());
        let size = VideoSize::new(number(width)?, number(height)?);
        let class = SizeClass::ALL.into_iter().find(|class| class.size() == size);
        let frame_rate = rate.parse().ok().filter(|rate| (1..=60).contains(rate));
        match (class, frame_rate) {
            (Some(class), Some(frame_rate)) => Ok(Self { class, frame_rate }),
            _ => Err(wrong()),
        }
    }
}

impl From<MaxPicture> for String {
    fn from(max: MaxPicture) -> Self {
        format!("{}@{}", max.class.size(), max.frame_rate)
    }
}
