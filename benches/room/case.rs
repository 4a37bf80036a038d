//! The name of a case: `codec:legs:talkers`, then `+srtp`, `+dtx`, `+level`. Browsers are
//! `webrtc:legs:talkers`: Opus, protected, every packet with its level, as browsers send it. Rooms of
//! H.323 are `h323:legs:talkers`: G.711.

use causeway_base::Codec;
use std::fmt;
use std::str::FromStr;

/// By what the legs come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// SIP, one port a leg.
    Telephone,
    /// H.323, one port a leg.
    Room,
    /// A link, ICE and DTLS, one port for all.
    Browser,
}

/// What one row measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// By what the legs come in.
    pub door: Door,
    /// The codec of every leg.
    pub codec: Codec,
    /// Legs in the conference.
    pub legs: usize,
    /// How many of them talk all the time.
    pub talkers: usize,
    /// SRTP with `AES_CM_128_HMAC_SHA1_80`.
    pub srtp: bool,
    /// Quiet legs send (almost) nothing.
    pub dtx: bool,
    /// Packets carry their level (RFC 6464).
    pub level: bool,
}

/// How many talkers a conference mixes.
const MIXED: usize = causeway_plan::media_plan::DEFAULT_MAX_TALKERS as usize;

impl Case {
    /// The default set: sizes, codecs, talkers and protection as the issues name them, what DTX
    /// and levels save, then browsers.
    pub(crate) fn default_set() -> Vec<Case> {
        let mut names = vec![];
        for legs in [10, 50, 100, 200, 400, 1000] {
            names.push(format!("g711:{legs}:3"));
        }
        for legs in [10, 50, 100, 200, 400] {
            names.push(format!("g722:{legs}:3"));
        }
        for legs in [10, 50, 100, 200] {
            names.push(format!("opus:{legs}:3"));
        }
        for name in ["g711:100", "g722:100", "opus:50"] {
            let (_, legs) = name.split_once(':').expect("written so");
            names.push(format!("{name}:{legs}"));
            names.push(format!("{name}:3+srtp"));
            names.push(format!("{name}:3+dtx"));
            names.push(format!("{name}:3+level"));
        }
        for legs in [10, 100] {
            names.push(format!("h323:{legs}:3"));
        }
        for legs in [50, 100, 300] {
            names.push(format!("webrtc:{legs}:3"));
        }
        names.iter().map(|name| name.parse().expect("written right")).collect()
    }

    /// Talkers that are mixed at a time.
    pub(crate) fn mixed(&self) -> usize {
        self.talkers.min(MIXED)
    }

    /// Different mixes that somebody hears: one for each mixed talker, one for all others.
    pub(crate) fn mixes(&self) -> usize {
        self.mixed() + usize::from(self.legs > self.mixed())
    }

    /// The name that `causeway load --codec` takes.
    pub(crate) fn codec_name(&self) -> &'static str {
        match self.codec {
            Codec::Opus => "opus",
            Codec::G722 => "g722",
            Codec::Pcma | Codec::Pcmu => "g711",
        }
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split('+');
        let mut words = parts.next().unwrap_or_default().split(':');
        let (codec, door) = match words.next() {
            Some("g711") => (Codec::Pcma, Door::Telephone),
            Some("g722") => (Codec::G722, Door::Telephone),
            Some("opus") => (Codec::Opus, Door::Telephone),
            Some("h323") => (Codec::Pcma, Door::Room),
            Some("webrtc") => (Codec::Opus, Door::Browser),
            _ => return Err(format!("{text}: the codec is g711, g722, opus, h323 or webrtc")),
        };
        let mut number = |what: &str| {
            let number = words.next().and_then(|word| word.parse::<usize>().ok());
            number.ok_or(format!("{text}: {what} is missing (codec:legs:talkers)"))
        };
        let (legs, talkers) = (number("the number of legs")?, number("the number of talkers")?);
        if legs == 0 || talkers > legs {
            return Err(format!("{text}: at least one leg, and no more talkers than legs"));
        }
        let implied = door == Door::Browser;
        let mut case =
            Case { door, codec, legs, talkers, srtp: implied, dtx: false, level: implied };
        for flag in parts {
            match flag {
                "srtp" => case.srtp = true,
                "dtx" => case.dtx = true,
                "level" => case.level = true,
                _ => return Err(format!("{text}: +{flag} is none of +srtp, +dtx, +level")),
            }
        }
        Ok(case)
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, told) = match self.door {
            Door::Telephone => (self.codec_name(), true),
            Door::Room => ("h323", true),
            Door::Browser => ("webrtc", false),
        };
        write!(f, "{name}:{}:{}", self.legs, self.talkers)?;
        let flags =
            [(self.srtp && told, "+srtp"), (self.dtx, "+dtx"), (self.level && told, "+level")];
        for (set, name) in flags {
            if set {
                f.write_str(name)?;
            }
        }
        Ok(())
    }
}
