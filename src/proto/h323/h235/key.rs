//! Media keys within H.245, under the shared secret.

use super::{algorithm, is_ours};
use crate::sip::random::Random;
use causeway_asn1::h235::{H235Key as Said, Params, V3KeySyncMaterial};
use causeway_asn1::h245::EncryptionSync;
use causeway_asn1::{decode, encode};
use causeway_plan::H235Key;
use causeway_rtp::h235::KeyWrap;

/// The secret that both sides share, and what media keys are made of.
#[derive(Debug)]
pub(in crate::h323) struct Keys {
    wrap: KeyWrap,
    random: Random,
}

impl Keys {
    pub(super) const fn new(wrap: KeyWrap, random: Random) -> Self {
        Self { wrap, random }
    }

    /// A new key for media of this payload type, and how the other side is told. As master.
    pub(in crate::h323) fn issue(&mut self, payload_type: u8) -> Option<(H235Key, EncryptionSync)> {
        let key = self.random.wide().to_be_bytes();
        let said = Said::SecureSharedSecret(Box::new(V3KeySyncMaterial {
            algorithm_oid: Some(algorithm()),
            encrypted_session_key: Some(self.wrap.wrap(key).into()),
            ..V3KeySyncMaterial::default()
        }));
        let sync = EncryptionSync {
            synch_flag: payload_type,
            h235_key: encode(&said).ok()?,
            ..EncryptionSync::default()
        };
        Some((H235Key { key, payload_type }, sync))
    }

    /// The key that the master made. `None` for what is none, or for another algorithm.
    pub(in crate::h323) fn open(&self, sync: &EncryptionSync) -> Option<H235Key> {
        let Ok(Said::SecureSharedSecret(said)) = decode(&sync.h235_key) else { return None };
        let ours = said.algorithm_oid.as_ref().is_none_or(is_ours);
        let wrapped = said.encrypted_session_key?.try_into().ok()?;
        let key = self.wrap.unwrap(vector(&said.param_s)?, wrapped);
        (ours && sync.synch_flag < 128).then_some(H235Key { key, payload_type: sync.synch_flag })
    }
}

/// The initial vector of a key; zeros where none is said.
fn vector(params: &Params) -> Option<[u8; 16]> {
    match (&params.iv16, &params.iv) {
        (Some(iv), _) => Some(*iv),
        (None, Some(iv)) => iv.as_slice().try_into().ok(),
        (None, None) => Some([0; 16]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new(KeyWrap::new(&[7; 16]), Random::new([1; 32]))
    }

    fn changed(change: impl FnOnce(&mut V3KeySyncMaterial)) -> Option<H235Key> {
        let (_, mut sync) = keys().issue(120).expect("written");
        let Ok(Said::SecureSharedSecret(mut said)) = decode(&sync.h235_key) else { panic!() };
        change(&mut said);
        sync.h235_key = encode(&Said::SecureSharedSecret(said)).expect("written");
        keys().open(&sync)
    }

    #[test]
    fn keys_come_back_and_what_is_none_does_not() {
        let (key, sync) = keys().issue(120).expect("written");
        assert_eq!(keys().open(&sync), Some(key));
        assert_eq!(changed(|said| said.algorithm_oid = None), Some(key));
        let aes_256 = causeway_asn1::ObjectIdentifier::new(&[2, 16, 840, 1, 101, 3, 4, 1, 42]);
        assert_eq!(changed(|said| said.algorithm_oid = Some(aes_256)), None);
        assert_eq!(changed(|said| said.encrypted_session_key = None), None);
        assert_eq!(changed(|said| said.encrypted_session_key = Some(vec![1; 32])), None);
        assert_eq!(changed(|said| said.param_s.iv = Some(vec![1; 8])), None);
        let vector = changed(|said| said.param_s.iv16 = Some([1; 16])).expect("a key");
        assert!(vector.key.iter().zip(key.key).all(|(a, b)| a ^ b == 1));
        assert_eq!(keys().open(&EncryptionSync { synch_flag: 128, ..sync.clone() }), None);
        assert_eq!(keys().open(&EncryptionSync { h235_key: vec![0xff; 9], ..sync }), None);
    }

    /// As H323Plus 1.28 says one.
    #[test]
    fn a_key_is_said_as_others_say_theirs() {
        let said = hex::decode("801d300960864801650304010200109825256ec6aff81a8b80cff331eb8929");
        let said = said.expect("hexadecimal");
        let theirs =
            EncryptionSync { synch_flag: 121, h235_key: said.clone(), ..Default::default() };
        let key = keys().open(&theirs).expect("a key");
        assert_eq!(key.payload_type, 121);
        let (_, ours) = keys().issue(121).expect("written");
        assert_eq!(ours.h235_key.len(), said.len());
        assert_eq!(ours.h235_key[..15], said[..15]);
    }
}
