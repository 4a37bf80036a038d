//! The vectors of the standards.

use super::super::counter_mode::KeyStream;
use super::*;
use aes::cipher::KeyInit;
use aes::{Aes128Enc, Aes256Enc};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn key_stream(cipher: &dyn KeyStream) -> Vec<u8> {
    let iv = bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000").try_into().unwrap();
    let mut stream = vec![0; 48];
    cipher.apply(&iv, &mut stream);
    stream
}

#[test]
fn rfc3711_b2_key_stream() {
    let cipher = Aes128Enc::new_from_slice(&bytes("2b7e151628aed2a6abf7158809cf4f3c")).unwrap();
    let expected = "e03ead0935c95e80e166b16dd92b4eb4 d23513162b02d0f72a43a2fe4a5f97ab
                    41e95b3bb0a2e8dd477901e4fca894c0";
    assert_eq!(key_stream(&cipher), bytes(expected));
}

#[test]
fn rfc6188_7_1_key_stream() {
    let key = "57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98";
    let cipher = Aes256Enc::new_from_slice(&bytes(key)).unwrap();
    let expected = "92bdd28a93c3f52511c677d08b5515a4 9da71b2378a854f67050756ded165bac
                    63c4868b7096d88421b563b8c94c9a31";
    assert_eq!(key_stream(&cipher), bytes(expected));
}

#[test]
fn rfc3711_b3_key_derivation() {
    let master = "e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6";
    let suite = SrtpSuite::Aes128CmSha1_80;
    let key = SrtpKey::new(suite, &bytes(master)).unwrap();
    let keys = SessionKeys::derive(suite, &key, key_derivation::RTP).unwrap();
    assert_eq!(keys.encryption(), bytes("c61e7a93744f39ee10734afe3ff7a087"));
    assert_eq!(keys.salt.as_slice(), bytes("30cbbc08863d8c85d49db34a9ae1"));
    let authentication = bytes("cebe321f6ff7716b6fd4ab49af256a156d38baa4");
    assert_eq!(keys.authentication.as_slice(), authentication);
}

#[test]
fn rfc6188_7_2_key_derivation() {
    let master = "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6
                  3b04803de51ee7c96423ab5b78d2";
    let suite = SrtpSuite::Aes256CmSha1_80;
    let key = SrtpKey::new(suite, &bytes(master)).unwrap();
    let keys = SessionKeys::derive(suite, &key, key_derivation::RTP).unwrap();
    let encryption = "5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4";
    assert_eq!(keys.encryption(), bytes(encryption));
    assert_eq!(keys.salt.as_slice(), bytes("fa31791685ca444a9e07c6c64e93"));
    let authentication = bytes("fd9c32d39ed5fbb5a9dc96b30818454d1313dc05");
    assert_eq!(keys.authentication.as_slice(), authentication);
}

/// RFC 7714 sections 16.1.1 and 16.2.1: the same packet under the keys 00 01 02 …
#[test]
fn rfc7714_16_rtp() {
    let packet = bytes(
        "8040f17b8041f8d35501a0b2 47616c6c696120657374206f6d6e697320646976697361
         20696e207061727465732074726573",
    );
    let vectors = [
        (
            SrtpSuite::AeadAes128Gcm,
            "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833
             899d7f27beb16a9152cf765ee4390cce",
        ),
        (
            SrtpSuite::AeadAes256Gcm,
            "32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b
             7aa3db36dfffd6b0f9bb7878d7a76c13",
        ),
    ];
    for (suite, expected) in vectors {
        let session: Vec<u8> = (0..suite.key_len() as u8).collect();
        let keys = SessionKeys::given(&session, &[], &bytes("517569642070726f2071756f"));
        let protection = gcm::keyed(suite, &keys).unwrap();
        let at = PacketIndex { ssrc: 0x5501_a0b2, index: 0xf17b };
        let mut buffer = packet.clone();
        buffer.resize(packet.len() + 16, 0);
        let len = protection.seal_rtp(&mut buffer, 12, packet.len(), at).unwrap();
        assert_eq!(len, buffer.len());
        assert_eq!(buffer[..12], packet[..12]);
        assert_eq!(buffer[12..], bytes(expected), "{suite:?}");
        assert_eq!(protection.open_rtp(&mut buffer, 12, at), Ok(packet.len()));
        assert_eq!(buffer[..packet.len()], packet);
    }
}
