//! The exchange within tokens of call signalling.

use super::group::{GENERATOR, Group, Half, stripped};
use super::key::Keys;
use crate::sip::random::Random;
use causeway_asn1::h235::{ClearToken, DHset};
use causeway_asn1::{BitString, ObjectIdentifier};
use sha2::{Digest, Sha256};

/// Tokens of one message that are read: rooms send one for each group, and one that names the
/// version.
pub(in crate::h323) const MAX_TOKENS: usize = 16;

/// Says that keys come as version 3 of H.235 has them.
const VERSION_3: [u32; 7] = [0, 0, 8, 235, 0, 3, 24];

/// Where the exchange of a call stands.
#[derive(Debug)]
enum State {
    /// Nothing was said.
    Silent,
    /// We offered these, as the caller.
    Offered(Vec<Half>),
    /// It is over, with a secret or without.
    Done,
}

/// The exchange of one call.
#[derive(Debug)]
pub(in crate::h323) struct Agreement {
    random: Random,
    state: State,
}

impl Agreement {
    /// One that has not begun. What else is made of `seed` gives nothing away of it.
    pub(in crate::h323) fn new(seed: [u8; 32]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"H.235.6");
        hash.update(seed);
        Self { random: Random::new(hash.finalize().into()), state: State::Silent }
    }

    fn half(&mut self, group: Group) -> Half {
        let mut exponent = [0; 32];
        for piece in exponent.chunks_exact_mut(16) {
            piece.copy_from_slice(&self.random.wide().to_be_bytes());
        }
        Half::new(group, exponent)
    }

    /// What our Setup offers.
    pub(in crate::h323) fn offer(&mut self) -> Vec<ClearToken> {
        let halves: Vec<Half> = Group::ALL.map(|group| self.half(group)).into();
        let tokens = halves.iter().map(written).chain([version()]).collect();
        self.state = State::Offered(halves);
        tokens
    }

    /// What the callee made of that; the first that says something counts.
    pub(in crate::h323) fn heard(&mut self, tokens: &[ClearToken]) -> Option<Keys> {
        let State::Offered(halves) = &self.state else { return None };
        let keys = halves.iter().find_map(|half| half.share(public(half.group(), tokens)?));
        let keys = keys?;
        self.state = State::Done;
        Some(self.keys(keys))
    }

    /// What our Connect answers to what the caller offers, where there is something for us.
    pub(in crate::h323) fn answer(
        &mut self,
        tokens: &[ClearToken],
    ) -> Option<(Keys, Vec<ClearToken>)> {
        let State::Silent = self.state else { return None };
        self.state = State::Done;
        Group::ALL.into_iter().find_map(|group| {
            let theirs = public(group, tokens)?;
            let half = self.half(group);
            let wrap = half.share(theirs)?;
            Some((self.keys(wrap), vec![written(&half), version()]))
        })
    }

    fn keys(&mut self, wrap: causeway_rtp::h235::KeyWrap) -> Keys {
        let mut seed = [0; 32];
        for piece in seed.chunks_exact_mut(16) {
            piece.copy_from_slice(&self.random.wide().to_be_bytes());
        }
        Keys::new(wrap, Random::new(seed))
    }
}

fn version() -> ClearToken {
    ClearToken { token_oid: ObjectIdentifier::new(&VERSION_3), ..ClearToken::default() }
}

fn written(half: &Half) -> ClearToken {
    let group = half.group();
    let mut generator = vec![GENERATOR];
    if group == Group::Dh1024 {
        // As long as the prime, as equipment of this group writes it.
        generator = vec![0; group.len()];
        generator.last_mut().into_iter().for_each(|last| *last = GENERATOR);
    }
    ClearToken {
        token_oid: ObjectIdentifier::new(&group.oid()),
        dhkey: Some(DHset {
            halfkey: BitString::of_bytes(half.public()),
            mod_size: BitString::of_bytes(group.prime()),
            generator: BitString::of_bytes(generator),
        }),
        ..ClearToken::default()
    }
}

/// The other side's public value in a group. `None` where it says none, or speaks of another prime
/// or generator than the group's: those could be made to give the secret away. Some leave out what
/// the group has anyway.
fn public(group: Group, tokens: &[ClearToken]) -> Option<&[u8]> {
    let mut tokens = tokens.iter().take(MAX_TOKENS);
    let token = tokens.find(|token| token.token_oid.is(&group.oid()))?;
    let DHset { halfkey, mod_size, generator } = token.dhkey.as_ref()?;
    let is = |said: &BitString, own: &[u8]| {
        let said = stripped(said.bytes());
        said.is_empty() || said == own
    };
    let ours = is(mod_size, &group.prime()) && is(generator, &[GENERATOR]);
    (ours && halfkey.bits() % 8 == 0).then(|| halfkey.bytes())
}

impl std::fmt::Debug for Half {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Half({:?}, …)", self.group())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::h323::captures::captures;
    use causeway_asn1::decode;
    use causeway_asn1::h225::{H323UserInformation, H323UuPduH323MessageBody as Body};
    use causeway_plan::H235Key;
    use causeway_wire::q931::Q931View;
    use causeway_wire::testing::capture::{self, Carrier};

    fn agreement(seed: u8) -> Agreement {
        Agreement::new([seed; 32])
    }

    /// Both have the same key, made by one of them.
    fn assert_shared(mut one: Keys, other: &Keys) {
        let (key, sync) = one.issue(120).expect("written");
        assert_eq!(other.open(&sync), Some(key));
    }

    #[test]
    fn caller_and_callee_share_a_secret_by_either_group() {
        for group in Group::ALL {
            let (mut caller, mut callee) = (agreement(1), agreement(2));
            let mut offered = caller.offer();
            offered.retain(|token| {
                group == Group::Dh1024 || !token.token_oid.is(&Group::Dh1024.oid())
            });
            let (keys, answered) = callee.answer(&offered).expect("a secret");
            assert!(answered.iter().any(|token| token.token_oid.is(&group.oid())), "{group:?}");
            assert_eq!(answered.len(), 2);
            let ours = caller.heard(&answered).expect("a secret");
            assert_shared(ours, &keys);
            assert!(caller.heard(&answered).is_none(), "once");
            assert!(callee.answer(&offered).is_none(), "once");
        }
    }

    #[test]
    fn no_two_calls_have_the_same_numbers() {
        let halves = |seed| agreement(seed).offer();
        assert_ne!(halves(1), halves(2));
        let mut keys = {
            let offered = agreement(1).offer();
            agreement(2).answer(&offered).expect("a secret").0
        };
        let mut made: Vec<H235Key> = (0..20).map(|_| keys.issue(120).expect("written").0).collect();
        made.sort_by_key(|key| key.key);
        made.dedup();
        assert_eq!(made.len(), 20);
    }

    #[test]
    fn groups_of_the_other_sides_own_are_not_taken() {
        let change = |change: fn(&mut DHset)| {
            let mut offered = agreement(1).offer();
            offered.iter_mut().filter_map(|token| token.dhkey.as_mut()).for_each(change);
            agreement(2).answer(&offered).map(|_| ())
        };
        assert_eq!(change(|_| {}), Some(()));
        assert_eq!(change(|dh| dh.mod_size = BitString::default()), Some(()), "the group's own");
        assert_eq!(change(|dh| dh.generator = BitString::of_bytes(vec![2])), Some(()));
        let small = |dh: &mut DHset| dh.mod_size = BitString::of_bytes(vec![0xff; 64]);
        assert_eq!(change(small), None);
        assert_eq!(change(|dh| dh.generator = BitString::of_bytes(vec![1])), None);
        assert_eq!(change(|dh| dh.halfkey = BitString::of_bytes(vec![1])), None);
        assert_eq!(change(|dh| dh.halfkey = BitString::default()), None);
        assert_eq!(change(|dh| dh.halfkey = BitString::new(vec![2, 2], 12)), None);
    }

    /// Both sides of a call of H323Plus share a secret with us.
    #[test]
    fn what_others_say_is_understood() {
        for (name, file) in captures() {
            for sent in capture::read(&file).iter().filter(|sent| sent.carrier == Carrier::Tpkt) {
                let Ok(view) = Q931View::parse(&sent.data) else { continue };
                let message = view.user_user().map(decode::<H323UserInformation>);
                let Some(Ok(message)) = message else { continue };
                match message.h323_uu_pdu.h323_message_body {
                    Body::Setup(setup) => {
                        let answered = agreement(1).answer(&setup.tokens.unwrap_or_default());
                        assert_eq!(answered.is_some(), name == "h323p-video-h235", "{name}");
                    }
                    Body::Connect(connect) => {
                        let mut caller = agreement(1);
                        caller.offer();
                        let heard = caller.heard(&connect.tokens.unwrap_or_default());
                        assert_eq!(heard.is_some(), name == "h323p-video-h235", "{name}");
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn who_says_nothing_shares_nothing() {
        let mut caller = agreement(1);
        assert!(caller.heard(&[]).is_none(), "nothing was offered");
        caller.offer();
        assert!(caller.heard(&[version()]).is_none());
        assert!(agreement(2).answer(&[]).is_none());
        assert!(agreement(2).answer(&[version()]).is_none());
    }
}
