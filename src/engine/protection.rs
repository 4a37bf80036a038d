//! Whether one direction of a leg is in the clear or under SRTP. Never guessed: a key that does
//! not fit its suite silences the direction instead of opening it.

use causeway_plan::{SrtpKey, SrtpSuite};
use causeway_rtp::{SrtpReceiver, SrtpSender};

/// One direction's SRTP context.
#[derive(Debug)]
pub(crate) enum Protection<C> {
    /// RTP as it is.
    Clear,
    /// SRTP.
    Srtp(Box<C>),
    /// SRTP was agreed, but its key does not fit: nothing passes.
    Broken,
}

/// An SRTP context for either direction.
pub(crate) trait Context: Sized {
    fn make(suite: SrtpSuite, key: &SrtpKey) -> Option<Self>;
    fn take_key(&mut self, suite: SrtpSuite, key: &SrtpKey) -> bool;
}

impl Context for SrtpSender {
    fn make(suite: SrtpSuite, key: &SrtpKey) -> Option<Self> {
        Self::new(suite, key)
    }

    fn take_key(&mut self, suite: SrtpSuite, key: &SrtpKey) -> bool {
        self.rekey(suite, key)
    }
}

impl Context for SrtpReceiver {
    fn make(suite: SrtpSuite, key: &SrtpKey) -> Option<Self> {
        Self::new(suite, key)
    }

    fn take_key(&mut self, suite: SrtpSuite, key: &SrtpKey) -> bool {
        self.rekey(suite, key)
    }
}

impl<C: Context> Protection<C> {
    /// Takes what offer/answer settled. The same key keeps its indices.
    pub(crate) fn agree(&mut self, agreed: Option<(SrtpSuite, &SrtpKey)>) {
        match (&mut *self, agreed) {
            (Protection::Srtp(context), Some((suite, key))) => {
                if !context.take_key(suite, key) {
                    *self = Protection::Broken;
                }
            }
            (_, Some((suite, key))) => {
                *self = C::make(suite, key)
                    .map_or(Protection::Broken, |context| Protection::Srtp(Box::new(context)));
            }
            (_, None) => *self = Protection::Clear,
        }
    }
}

impl<C> Protection<C> {
    /// The length after a step that SRTP alone makes. `None` where it fails.
    fn after<E>(
        &mut self,
        len: usize,
        step: impl FnOnce(&mut C) -> Result<usize, E>,
    ) -> Option<usize> {
        match self {
            Protection::Clear => Some(len),
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
        self.after(len, |srtp| srtp.protect_rtp(buffer, len))
    }

    /// The same for RTCP.
    pub(crate) fn protect_rtcp(&mut self, buffer: &mut [u8], len: usize) -> Option<usize> {
        self.after(len, |srtp| srtp.protect_rtcp(buffer, len))
    }
}

impl Protection<SrtpReceiver> {
    /// Opens an RTP packet in place; its new length. `None` for one that is not authentic.
    pub(crate) fn open_rtp(&mut self, datagram: &mut [u8]) -> Option<usize> {
        self.after(datagram.len(), |srtp| srtp.unprotect_rtp(datagram))
    }

    /// The same for RTCP.
    pub(crate) fn open_rtcp(&mut self, datagram: &mut [u8]) -> Option<usize> {
        self.after(datagram.len(), |srtp| srtp.unprotect_rtcp(datagram))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_does_not_fit_silences_and_never_opens() {
        let short = SrtpKey::new(SrtpSuite::AeadAes128Gcm, &[7; 28]).expect("28 bytes");
        let mut protection = Protection::<SrtpSender>::Clear;
        protection.agree(Some((SrtpSuite::AeadAes256Gcm, &short)));
        assert!(matches!(protection, Protection::Broken));
        protection.agree(Some((SrtpSuite::AeadAes128Gcm, &short)));
        assert!(matches!(protection, Protection::Srtp(_)));
        protection.agree(Some((SrtpSuite::AeadAes256Gcm, &short)));
        assert!(matches!(protection, Protection::Broken));
        protection.agree(None);
        assert!(matches!(protection, Protection::Clear));
    }
}
