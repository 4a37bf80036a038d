//! What a profile makes of what the configuration allows. A profile chooses among what is allowed
//! and never adds to it; encryption alone it may demand.

use super::schema::{Audio, BridgeProfile, Digits, Security, Srtp, Video};
use causeway_base::{Bitrate, Codec};
use causeway_plan::{Encryption, OfferPolicy, SrtpSuite, VideoPolicy};

impl BridgeProfile {
    /// The policy of a call with such a device, of the one that the configuration gives to all.
    pub fn policy(&self, general: &OfferPolicy) -> OfferPolicy {
        let mut policy = general.clone();
        self.audio.apply(&mut policy);
        self.security.apply(&mut policy);
        self.video.apply(&mut policy.video);
        if let Some(kbps) = self.bandwidth.max_kbps {
            let most = Bitrate::kbps(u64::from(kbps));
            policy.video.max_bitrate = policy.video.max_bitrate.min(most);
        }
        policy
    }
}

impl Audio {
    fn apply(&self, policy: &mut OfferPolicy) {
        let accepted = self.accept.iter().filter_map(|sound| sound.codec());
        let codecs: Vec<Codec> = accepted.filter(|codec| policy.codecs.contains(codec)).collect();
        // Rather a codec that the device may not have than a call without any.
        if !codecs.is_empty() {
            policy.codecs = codecs;
        }
        if let Some(ptime) = self.ptime_ms {
            policy.ptime_ms = ptime;
        }
        if !self.digits.is_empty() {
            policy.telephone_events &= self.digits.contains(&Digits::Rfc4733);
        }
        if self.extras == Some(false) {
            policy.rtcp_mux = false;
            policy.opus_fec = false;
            policy.level_extension = false;
        }
    }
}

impl Video {
    fn apply(&self, policy: &mut VideoPolicy) {
        if let Some(codecs) = &self.codecs {
            let wanted = codecs.iter().map(|picture| picture.codec());
            policy.codecs = wanted.filter(|codec| policy.codecs.contains(codec)).collect();
        }
        if let Some(max) = self.max {
            policy.largest = policy.largest.min(max.class);
            policy.frame_rate = policy.frame_rate.min(max.frame_rate);
        }
    }
}

impl Security {
    fn apply(&self, policy: &mut OfferPolicy) {
        policy.encryption = match (self.srtp, policy.encryption) {
            (Some(Srtp::Required), _) | (_, Encryption::Required) => Encryption::Required,
            (Some(Srtp::Off), _) | (_, Encryption::Off) => Encryption::Off,
            (Some(Srtp::BestEffort) | None, Encryption::BestEffort) => Encryption::BestEffort,
        };
        let named = self.suites.iter().filter_map(|name| SrtpSuite::from_name(name));
        let suites: Vec<SrtpSuite> = named.filter(|suite| policy.suites.contains(suite)).collect();
        if !suites.is_empty() {
            policy.suites = suites;
        }
    }
}
