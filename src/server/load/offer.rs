//! The load's own offers, and how it reads answers: small on purpose, and independent of the
//! server's offer/answer, which it measures.

use super::direct::Remote;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use causeway_base::Codec;
use causeway_plan::{SrtpKey, SrtpSpec, SrtpSuite};
use std::net::{IpAddr, SocketAddr};

/// The suite that every implementation of SDES knows (RFC 4568 section 6.2.1).
const SUITE: SrtpSuite = SrtpSuite::Aes128CmSha1_80;

const OPUS_PAYLOAD_TYPE: u8 = 96;
/// RFC 4733, as every device offers it: without, a bridge would listen for tones.
const EVENT_PAYLOAD_TYPE: u8 = 101;
const COMFORT_NOISE_PAYLOAD_TYPE: u8 = 13;
const LEVEL_EXTENSION_ID: u8 = 1;
const LEVEL_EXTENSION_URI: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/// What a leg offers.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The only codec.
    pub codec: Codec,
    /// Where it takes RTP.
    pub local: SocketAddr,
    /// Discontinuous transmission.
    pub dtx: bool,
    /// The level extension.
    pub level: bool,
    /// Its SRTP key, if it wants SRTP.
    pub key: Option<SrtpKey>,
}

/// Why an answer is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerError {
    /// Not SDP, or without an address.
    Malformed,
    /// No audio line, or a refused one.
    NoAudio,
    /// The codec that was offered is missing.
    NoCodec,
    /// SRTP was offered and not taken, or with a key that does not fit.
    NoSrtp,
}

impl Offer {
    fn payload_type(&self) -> u8 {
        self.codec.static_payload_type().unwrap_or(OPUS_PAYLOAD_TYPE)
    }

    fn offers_comfort_noise(&self) -> bool {
        self.dtx && self.codec != Codec::Opus
    }

    /// The offer as SDP.
    pub fn sdp(&self, session: u64) -> String {
        let (local, payload_type) = (self.local, self.payload_type());
        let family = if local.is_ipv4() { "IP4" } else { "IP6" };
        let address = local.ip();
        let profile = if self.key.is_some() { "RTP/SAVP" } else { "RTP/AVP" };
        let mut formats = format!("{payload_type} {EVENT_PAYLOAD_TYPE}");
        if self.offers_comfort_noise() {
            formats += &format!(" {COMFORT_NOISE_PAYLOAD_TYPE}");
        }
        let channels = if self.codec == Codec::Opus { "/2" } else { "" };
        let mut sdp = format!(
            "v=0\r\no=- {session} 1 IN {family} {address}\r\ns=-\r\nc=IN {family} {address}\r\n\
             t=0 0\r\nm=audio {port} {profile} {formats}\r\n\
             a=rtpmap:{payload_type} {codec}/{clock}{channels}\r\n\
             a=rtpmap:{EVENT_PAYLOAD_TYPE} telephone-event/{clock}\r\n\
             a=fmtp:{EVENT_PAYLOAD_TYPE} 0-15\r\n",
            port = local.port(),
            codec = self.codec,
            clock = self.codec.clock_rate(),
        );
        if self.codec == Codec::Opus {
            let dtx = u8::from(self.dtx);
            sdp += &format!("a=fmtp:{payload_type} useinbandfec=1;usedtx={dtx}\r\n");
        }
        if self.offers_comfort_noise() {
            sdp += &format!("a=rtpmap:{COMFORT_NOISE_PAYLOAD_TYPE} CN/8000\r\n");
        }
        if self.level {
            sdp += &format!("a=extmap:{LEVEL_EXTENSION_ID} {LEVEL_EXTENSION_URI}\r\n");
        }
        if let Some(key) = &self.key {
            let key = BASE64.encode(key.keying());
            sdp += &format!("a=crypto:1 {} inline:{key}\r\n", SUITE.name());
        }
        sdp + "a=ptime:20\r\na=rtcp-mux\r\na=sendrecv\r\n"
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// What makes it useless.
    pub fn read_answer(&self, sdp: &str) -> Result<Remote, AnswerError> {
        let mut address: Option<IpAddr> = None;
        let mut audio: Option<(u16, Vec<&str>)> = None;
        let mut other_media = false;
        let mut attributes = vec![];
        for line in sdp.lines() {
            match line.split_once('=') {
                Some(("c", value)) if !other_media => {
                    let value = value.rsplit(' ').next().and_then(|ip| ip.split('/').next());
                    address = value.and_then(|ip| ip.parse().ok());
                }
                Some(("m", value)) => {
                    let mut words = value.split(' ');
                    let is_audio = words.next() == Some("audio") && audio.is_none();
                    other_media = !is_audio;
                    if is_audio {
                        let port = words.next().and_then(|port| port.parse().ok());
                        let formats = words.skip(1).collect();
                        audio = Some((port.ok_or(AnswerError::Malformed)?, formats));
                    }
                }
                Some(("a", value)) if !other_media && audio.is_some() => attributes.push(value),
                _ => {}
            }
        }
        let (port, formats) = audio.filter(|(port, _)| *port != 0).ok_or(AnswerError::NoAudio)?;
        let payload_type = self.answered_codec(&formats, &attributes)?;
        let comfort_noise = self.offers_comfort_noise()
            && formats.contains(&COMFORT_NOISE_PAYLOAD_TYPE.to_string().as_str());
        let level = format!("extmap:{LEVEL_EXTENSION_ID}");
        let level = self.level && attributes.iter().any(|a| a.starts_with(&level));
        Ok(Remote {
            rtp: SocketAddr::new(address.ok_or(AnswerError::Malformed)?, port),
            payload_type,
            receive_payload_type: self.payload_type(),
            comfort_noise: comfort_noise.then_some(COMFORT_NOISE_PAYLOAD_TYPE),
            level_extension: level.then_some(LEVEL_EXTENSION_ID),
            srtp: self.answered_srtp(&attributes)?,
        })
    }

    fn answered_codec(&self, formats: &[&str], attributes: &[&str]) -> Result<u8, AnswerError> {
        let named = attributes.iter().find_map(|attribute| {
            let (payload_type, codec) = attribute.strip_prefix("rtpmap:")?.split_once(' ')?;
            let same = codec.split('/').next()?.eq_ignore_ascii_case(self.codec.name());
            (same && formats.contains(&payload_type)).then_some(payload_type)
        });
        let fixed = self.codec.static_payload_type().map(|payload_type| payload_type.to_string());
        let fixed = fixed.as_deref().filter(|fixed| formats.contains(fixed));
        let payload_type: u8 =
            named.or(fixed).and_then(|text| text.parse().ok()).ok_or(AnswerError::NoCodec)?;
        (payload_type < 128).then_some(payload_type).ok_or(AnswerError::NoCodec)
    }

    fn answered_srtp(&self, attributes: &[&str]) -> Result<Option<SrtpSpec>, AnswerError> {
        let Some(send) = self.key else { return Ok(None) };
        let receive = attributes.iter().find_map(|attribute| {
            let mut words = attribute.strip_prefix("crypto:")?.split(' ').skip(1);
            let suite = words.next()?;
            let key = words.next()?.strip_prefix("inline:")?.split('|').next()?;
            let key = BASE64.decode(key).ok()?;
            if suite == SUITE.name() { SrtpKey::new(SUITE, &key) } else { None }
        });
        let receive = receive.ok_or(AnswerError::NoSrtp)?;
        Ok(Some(SrtpSpec { suite: SUITE, send, receive }))
    }
}

/// A key made of `random`.
pub fn key(random: [u8; 30]) -> Option<SrtpKey> {
    SrtpKey::new(SUITE, &random)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn offer(codec: Codec) -> Offer {
        let local = "127.0.0.1:40000".parse().unwrap();
        Offer { codec, local, dtx: true, level: true, key: key([7; 30]) }
    }

    #[test]
    fn an_echoed_offer_is_an_answer() {
        for codec in Codec::ALL {
            let offer = offer(codec);
            let remote = offer.read_answer(&offer.sdp(1)).unwrap();
            assert_eq!(remote.rtp, offer.local);
            assert_eq!(remote.payload_type, remote.receive_payload_type);
            assert_eq!(remote.level_extension, Some(LEVEL_EXTENSION_ID));
            assert_eq!(remote.comfort_noise.is_some(), codec != Codec::Opus);
            assert_eq!(remote.srtp.unwrap().receive, offer.key.unwrap());
        }
    }

    #[test]
    fn useless_answers_say_why() {
        let offer = offer(Codec::Pcmu);
        let refused = offer.sdp(1).replace("m=audio 40000", "m=audio 0");
        assert_eq!(offer.read_answer(&refused).unwrap_err(), AnswerError::NoAudio);
        let clear = offer.sdp(1).replace("a=crypto", "a=x");
        assert_eq!(offer.read_answer(&clear).unwrap_err(), AnswerError::NoSrtp);
        let other = Offer { codec: Codec::Opus, ..offer.clone() };
        assert_eq!(other.read_answer(&offer.sdp(1)).unwrap_err(), AnswerError::NoCodec);
    }

    proptest! {
        #[test]
        fn any_answer_is_read_or_refused(sdp in "([vmcas]=[ -~]{0,40}\r\n){0,8}") {
            let _ = offer(Codec::Opus).read_answer(&sdp);
        }
    }
}
