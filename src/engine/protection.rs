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
