//! Whether one direction of a leg is in the clear, under SRTP or under H.235.6. Never guessed: a key
//! that does not fit its suite silences the direction instead of opening it.

use causeway_plan::{H235Key, H235Spec, MediaProtection, SrtpKey, SrtpSpec, SrtpSuite};
use causeway_rtp::{H235Receiver, H235Sender, SrtpReceiver, SrtpSender};
use std::fmt;

/// One direction's context.
#[derive(Debug)]
pub(crate) enum Protection<C: Context> {
    /// RTP as it is.
    Clear,
    /// SRTP.
    Srtp(Box<C>),
    /// H.235.6: payloads only, and nothing is proven by it.
    H235(Box<C::H235>),
    /// SRTP was agreed, but its key does not fit: nothing passes.
    Broken,
}

/// An SRTP context for either direction, and its sibling of H.235.6.
pub(crate) trait Context: Sized {
    type H235: fmt::Debug;

    /// The keys of this direction.
    fn srtp_key(spec: &SrtpSpec) -> &SrtpKey;
    fn h235_key(spec: &H235Spec) -> Option<H235Key>;

    fn make(suite: SrtpSuite, key: &SrtpKey) -> Option<Self>;
    fn take_key(&mut self, suite: SrtpSuite, key: &SrtpKey) -> bool;
    fn make_h235(key: &H235Key) -> Self::H235;
    fn take_h235_key(context: &mut Self::H235, key: &H235Key);
}

impl Context for SrtpSender {
    type H235 = H235Sender;

    fn srtp_key(spec: &SrtpSpec) -> &SrtpKey {
        &spec.send
    }

    fn h235_key(spec: &H235Spec) -> Option<H235Key> {
        spec.send
    }

    fn make(suite: SrtpSuite, key: &SrtpKey) -> Option<Self> {
        Self::new(suite, key)
    }

    fn take_key(&mut self, suite: SrtpSuite, key: &SrtpKey) -> bool {
        self.rekey(suite, key)
    }

    fn make_h235(key: &H235Key) -> H235Sender {
        H235Sender::new(key)
    }

    fn take_h235_key(context: &mut H235Sender, key: &H235Key) {
        context.rekey(key);
    }
}

impl Context for SrtpReceiver {
    type H235 = H235Receiver;

    fn srtp_key(spec: &SrtpSpec) -> &SrtpKey {
        &spec.receive
    }

    fn h235_key(spec: &H235Spec) -> Option<H235Key> {
        spec.receive
    }

    fn make(suite: SrtpSuite, key: &SrtpKey) -> Option<Self> {
        Self::new(suite, key)
    }

    fn take_key(&mut self, suite: SrtpSuite, key: &SrtpKey) -> bool {
        self.rekey(suite, key)
    }

    fn make_h235(key: &H235Key) -> H235Receiver {
        H235Receiver::new(key)
    }

    fn take_h235_key(context: &mut H235Receiver, key: &H235Key) {
        context.rekey(key);
    }
}

impl<C: Context> Protection<C> {
    /// Takes what was agreed. The same key keeps its indices.
    pub(crate) fn agree(&mut self, agreed: &MediaProtection) {
        match agreed {
            MediaProtection::Clear => *self = Protection::Clear,
            MediaProtection::Srtp(spec) => self.agree_srtp(spec.suite, C::srtp_key(spec)),
            MediaProtection::H235(spec) => self.agree_h235(C::h235_key(spec)),
        }
    }

    fn agree_srtp(&mut self, suite: SrtpSuite, key: &SrtpKey) {
        if let Protection::Srtp(context) = self {
            if !context.take_key(suite, key) {
                *self = Protection::Broken;
            }
            return;
        }
        *self = C::make(suite, key)
            .map_or(Protection::Broken, |context| Protection::Srtp(Box::new(context)));
    }

    fn agree_h235(&mut self, key: Option<H235Key>) {
        match (&mut *self, key) {
            (Protection::H235(context), Some(key)) => C::take_h235_key(context, &key),
            (_, Some(key)) => *self = Protection::H235(Box::new(C::make_h235(&key))),
            (_, None) => *self = Protection::Clear,
        }
    }
}

impl<C: Context> Protection<C> {
    /// The length after a step that SRTP alone makes: H.235.6 leaves RTCP as it is. `None` where it
    /// fails.
    fn after_rtcp<E>(
        &mut self,
        len: usize,
        step: impl FnOnce(&mut C) -> Result<usize, E>,
    ) -> Option<usize> {
        match self {
            Protection::Clear | Protection::H235(_) => Some(len),
            Protection::Srtp(context) => step(context).ok(),
            Protection::Broken => None,
        }
    }

    /// Whether what passes is under SRTP.
    pub(crate) const fn is_srtp(&self) -> bool {
        matches!(self, Protection::Srtp(_))
    }
}

impl Protection<SrtpSender> {
    /// Protects the RTP packet of so many bytes at the start of `buffer`; its new length. `None`:
    /// it must not leave. Besides a key that does not fit that is only one at the end of its life:
    /// silence is better than a key stream used twice.
    pub(crate) fn protect_rtp(&mut self, buffer: &mut [u8], len: usize) -> Option<usize> {
        match self {
            Protection::Clear => Some(len),
            Protection::Srtp(srtp) => srtp.protect_rtp(buffer, len).ok(),
            Protection::H235(h235) => h235.protect_rtp(buffer, len).ok(),
            Protection::Broken => None,
        }
    }

    /// The same for RTCP.
    pub(crate) fn protect_rtcp(&mut self, buffer: &mut [u8], len: usize) -> Option<usize> {
        self.after_rtcp(len, |srtp| srtp.protect_rtcp(buffer, len))
    }
}

impl Protection<SrtpReceiver> {
    /// Opens an RTP packet in place; its new length. `None` for one that is not authentic, or does
    /// not open.
    pub(crate) fn open_rtp(&mut self, datagram: &mut [u8]) -> Option<usize> {
        match self {
            Protection::Clear => Some(datagram.len()),
            Protection::Srtp(srtp) => srtp.unprotect_rtp(datagram).ok(),
            Protection::H235(h235) => h235.open_rtp(datagram).ok(),
            Protection::Broken => None,
        }
    }

    /// The same for RTCP.
    pub(crate) fn open_rtcp(&mut self, datagram: &mut [u8]) -> Option<usize> {
        self.after_rtcp(datagram.len(), |srtp| srtp.unprotect_rtcp(datagram))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_does_not_fit_silences_and_never_opens() {
        let short = SrtpKey::new(SrtpSuite::AeadAes128Gcm, &[7; 28]).expect("28 bytes");
        let srtp = |suite| MediaProtection::Srtp(SrtpSpec { suite, send: short, receive: short });
        let mut protection = Protection::<SrtpSender>::Clear;
        protection.agree(&srtp(SrtpSuite::AeadAes256Gcm));
        assert!(matches!(protection, Protection::Broken));
        protection.agree(&srtp(SrtpSuite::AeadAes128Gcm));
        assert!(matches!(protection, Protection::Srtp(_)));
        protection.agree(&srtp(SrtpSuite::AeadAes256Gcm));
        assert!(matches!(protection, Protection::Broken));
        protection.agree(&MediaProtection::Clear);
        assert!(matches!(protection, Protection::Clear));
    }

    #[test]
    fn each_direction_of_h235_has_a_key_of_its_own_or_none() {
        let key = |byte, payload_type| H235Key { key: [byte; 16], payload_type };
        let (mut out, mut back) =
            (Protection::<SrtpSender>::Clear, Protection::<SrtpReceiver>::Clear);
        let ours = MediaProtection::of_h235(Some(key(1, 120)), Some(key(2, 121)));
        let theirs = MediaProtection::of_h235(Some(key(2, 121)), Some(key(1, 120)));
        out.agree(&ours);
        back.agree(&theirs);
        assert!(!out.is_srtp() && !back.is_srtp(), "it proves nothing");
        let mut packet = [7; 12 + 20 + 20];
        packet[0] = 0x80;
        packet[1] = 120;
        let sent = packet;
        let len = out.protect_rtp(&mut packet, 32).expect("protected");
        assert_eq!((len, packet[12..32] != sent[12..32]), (44, true));
        assert_eq!(back.open_rtp(&mut packet[..len]), Some(32));
        assert_eq!(packet[..32], sent[..32]);
        assert_eq!(out.protect_rtcp(&mut packet, 32), Some(32), "in the clear");
        // What cannot have been protected does not pass, and one direction may be in the clear.
        assert_eq!(back.open_rtp(&mut packet[..20]), None);
        back.agree(&MediaProtection::of_h235(Some(key(2, 121)), None));
        assert_eq!(back.open_rtp(&mut packet[..20]), Some(20));
    }
}
