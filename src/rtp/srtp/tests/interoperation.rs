//! Against another implementation, both ways, over roll-overs.

use super::*;
use ::srtp::context::Context;
use ::srtp::option::{srtcp_replay_protection, srtp_replay_protection};
use ::srtp::protection_profile::ProtectionProfile;

fn other(suite: SrtpSuite) -> Context {
    let profile = match suite {
        SrtpSuite::AeadAes256Gcm => ProtectionProfile::AeadAes256Gcm,
        SrtpSuite::AeadAes128Gcm => ProtectionProfile::AeadAes128Gcm,
        SrtpSuite::Aes256CmSha1_80 => ProtectionProfile::Aes256CmHmacSha1_80,
        SrtpSuite::Aes256CmSha1_32 => ProtectionProfile::Aes256CmHmacSha1_32,
        SrtpSuite::Aes128CmSha1_80 => ProtectionProfile::Aes128CmHmacSha1_80,
        SrtpSuite::Aes128CmSha1_32 => ProtectionProfile::Aes128CmHmacSha1_32,
    };
    let key = key(suite, 1);
    let (master, salt) = key.keying().split_at(suite.key_len());
    let provider = ::srtp::crypto::default_provider().unwrap();
    Context::new(
        master,
        salt,
        profile,
        Some(srtp_replay_protection(128)),
        Some(srtcp_replay_protection(128)),
        provider.crypto(),
    )
    .unwrap()
}

/// Three turns of the sequence, every 97th packet, from close to a wrap on.
fn numbers() -> impl Iterator<Item = u16> {
    (65_000u32..4 * 65_536).step_by(97).map(|seq| seq as u16)
}

#[test]
fn what_we_protect_another_opens() {
    for suite in SrtpSuite::ALL {
        let (mut sender, _) = pair(suite);
        let mut receiver = other(suite);
        for seq in numbers() {
            let packet = rtp(0xdead_beef, seq);
            let opened = receiver.decrypt_rtp(&protect_rtp(&mut sender, &packet));
            assert_eq!(opened.unwrap(), packet, "{suite:?} {seq}");
        }
        for _ in 0..10 {
            let opened = receiver.decrypt_rtcp(&protect_rtcp(&mut sender, &rtcp(5)));
            assert_eq!(opened.unwrap(), rtcp(5), "{suite:?}");
        }
    }
}

#[test]
fn what_another_protects_we_open() {
    for suite in SrtpSuite::ALL {
        let (_, mut receiver) = pair(suite);
        let mut sender = other(suite);
        for seq in numbers() {
            let packet = rtp(0xdead_beef, seq);
            let sealed = sender.encrypt_rtp(&packet).unwrap();
            assert_eq!(open_rtp(&mut receiver, &sealed), Ok(packet), "{suite:?} {seq}");
        }
        for _ in 0..10 {
            let sealed = sender.encrypt_rtcp(&rtcp(5)).unwrap();
            assert_eq!(open_rtcp(&mut receiver, &sealed), Ok(rtcp(5)), "{suite:?}");
        }
    }
}
