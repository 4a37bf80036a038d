//! Against packets of another implementation, published vectors, and a second reading by hand.

use super::*;
use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use proptest::prelude::*;

fn bytes(hex: &str) -> Vec<u8> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    hex.as_bytes().chunks(2).map(pair).collect()
}

fn key(hex: &str, payload_type: u8) -> H235Key {
    H235Key { key: bytes(hex).try_into().unwrap(), payload_type }
}

fn packet(payload_type: u8, seq: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, payload_type];
    packet.extend(seq.to_be_bytes());
    packet.extend((u32::from(seq) * 160).to_be_bytes());
    packet.extend([1, 2, 3, 4]);
    packet.extend(payload);
    packet
}

fn protect(sender: &H235Sender, packet: &[u8]) -> Vec<u8> {
    let mut buffer = packet.to_vec();
    buffer.resize(packet.len() + MAX_H235_OVERHEAD, 0xee);
    let len = sender.protect_rtp(&mut buffer, packet.len()).unwrap();
    buffer.truncate(len);
    buffer
}

fn open(receiver: &H235Receiver, packet: &[u8]) -> Result<Vec<u8>, H235Error> {
    let mut packet = packet.to_vec();
    let len = receiver.open_rtp(&mut packet)?;
    packet.truncate(len);
    Ok(packet)
}

/// Sound and pictures of H323Plus 1.28, and what they hold.
#[test]
fn packets_of_another_implementation_are_opened() {
    let alaw = "8078e01e91c8e191554862d75c0e52a0e99aea538d338fbe9e622ac80e7b20ac79fef5fddbb17a3bc75b\
                6a1c87e3bc132b7d0ceef8597d8a43f88f5417c7a813beb5a1b82e5843324e71818dbce7c12e65857d1b\
                5ec4f307ba96c70be64d4a00dbf6c45e9a4a465765a9d52f876447dcb90fe44de863438e1845ff363e42\
                8a1f57bf17e3520dcb502a9f7bb528072bb314879675ad43d180ee5076bb93dd7636977cd1f863509758\
                68c96c8d";
    let tone = "8794751c03090a0a0e0616c59280898a8a8e8190d510010e0a0a0900124596868e8a8a89839cf514070f\
                0a3508031e7dea878f8bb5888298e569040c0b35080d1b61ed858d8bb58b8d85ed611b0d08350b0c0469\
                e5988288b58b8f87ea7d1e0308350a0f0714f59c83898a8a8e8696451200090a0a0e0110d590818e8a8a\
                898092c516060e0a0a09031c7594878f8ab588839efd6a070f0b3508021865e9848c";
    let receiver = H235Receiver::new(&key("8f84032216bd104fc3c2a511593ec94d", 120));
    let opened = open(&receiver, &bytes(alaw)).unwrap();
    assert_eq!(opened[..12], bytes(alaw)[..12]);
    assert_eq!(opened[12..], bytes(tone)[..]);

    let parameters =
        "a060373ede5b5f396fe014b75a3b049f48e725c034e1072f8d10a3cc73ab17a625cbcfb3c2d9ceea939ed851";
    let receiver = H235Receiver::new(&key("76dc372c9cf14f04bce7b8ae0390dce4", 96));
    let opened = open(&receiver, &bytes(parameters)).unwrap();
    assert_eq!(opened[0], 0x80, "the padding is gone");
    assert_eq!(opened[12..], bytes("6742c00dda05825a10000003001000000301e8f142aa")[..]);
    let opened =
        open(&receiver, &bytes("a060373fde5b5f396fe014b763645350afe7b0f91368ae79bd5ec19c"));
    assert_eq!(opened.unwrap()[12..], bytes("68ce3c80")[..]);
}

/// NIST SP 800-38A, F.2.1.
#[test]
fn blocks_are_chained_as_published() {
    let cipher = Cipher::new(&bytes("2b7e151628aed2a6abf7158809cf4f3c").try_into().unwrap());
    let iv: [u8; 16] = bytes("000102030405060708090a0b0c0d0e0f").try_into().unwrap();
    let plain = bytes("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
    let mut data = plain.clone();
    cipher.encrypt(iv, &mut data);
    assert_eq!(data, bytes("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"));
    cipher.decrypt(iv, &mut data);
    assert_eq!(data, plain);
}

/// RFC 3962, appendix B, whose order of the last two blocks is the same.
#[test]
fn stolen_ciphertext_is_opened_as_published() {
    let cipher = Cipher::new(b"chicken teriyaki");
    let plain = b"I would like the General Gau's Chicken, please,";
    for (len, hex) in [
        (17, "c6353568f2bf8cb4d8a580362da7ff7f97"),
        (31, "fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5"),
        (
            47,
            "97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e\
             39312523a78662d5be7fcbcc98ebf5",
        ),
    ] {
        let mut data = bytes(hex);
        cipher.decrypt_stolen([0; 16], &mut data).unwrap();
        assert_eq!(data, plain[..len], "{len}");
    }
    for len in [0, 1, 15, 16, 32] {
        assert_eq!(cipher.decrypt_stolen([0; 16], &mut vec![0; len]), None, "{len}");
    }
}

#[test]
fn what_was_never_protected_so_is_refused() {
    let receiver = H235Receiver::new(&key("000102030405060708090a0b0c0d0e0f", 120));
    // Within the first block, or within any where the packet says that it is padded.
    assert_eq!(open(&receiver, &packet(120, 1, &[0; 15])), Err(H235Error::Length));
    let mut padded = packet(120, 1, &[0; 33]);
    padded[0] |= PADDING;
    assert_eq!(open(&receiver, &padded), Err(H235Error::Length));
    assert_eq!(open(&receiver, &[0x80; 11]), Err(H235Error::Malformed));
    assert_eq!(open(&receiver, &[0; 28]), Err(H235Error::Malformed));
    // Nothing at all holds no count.
    let mut empty = packet(120, 1, &[]);
    assert_eq!(open(&receiver, &empty).unwrap(), empty);
    empty[0] |= PADDING;
    assert_eq!(open(&receiver, &empty), Err(H235Error::Padding));
}

#[test]
fn padding_that_counts_none_or_too_much_is_refused() {
    let key = key("000102030405060708090a0b0c0d0e0f", 120);
    let (sender, receiver) = (H235Sender::new(&key), H235Receiver::new(&key));
    for (last, expected) in
        [(0, Err(H235Error::Padding)), (33, Err(H235Error::Padding)), (32, Ok(12))]
    {
        let mut payload = [7; 32];
        payload[31] = last;
        let mut sent = protect(&sender, &packet(120, 9, &payload));
        sent[0] |= PADDING;
        assert_eq!(open(&receiver, &sent).map(|opened| opened.len()), expected, "{last}");
    }
}

#[test]
fn a_sender_without_room_or_with_padding_of_its_own_says_so() {
    let sender = H235Sender::new(&key("000102030405060708090a0b0c0d0e0f", 120));
    let mut tight = packet(120, 1, &[0; 17]);
    let len = tight.len();
    assert_eq!(sender.protect_rtp(&mut tight, len), Err(H235Error::Length));
    assert_eq!(sender.protect_rtp(&mut tight, len + 1), Err(H235Error::Length));
    tight[0] |= PADDING;
    assert_eq!(sender.protect_rtp(&mut tight, len), Err(H235Error::Malformed));
}

#[test]
fn a_former_key_opens_what_comes_under_its_payload_type() {
    let first = key("000102030405060708090a0b0c0d0e0f", 120);
    let second = H235Key { key: [9; 16], payload_type: 121 };
    let mut sender = H235Sender::new(&first);
    let mut receiver = H235Receiver::new(&first);
    let late = packet(120, 1, b"sixteen bytes ..");
    let protected = protect(&sender, &late);
    receiver.rekey(&second);
    receiver.rekey(&second);
    assert!(sender.rekey(&second) && sender.rekey(&second));
    // What waited to be sent meanwhile leaves as it would have.
    assert_eq!(protect(&sender, &late), protected);
    let new = packet(121, 2, b"sixteen more ...");
    assert_eq!(open(&receiver, &protect(&sender, &new)).unwrap(), new);
    assert_eq!(open(&receiver, &protected).unwrap(), late);
    // Under the same payload type nothing tells them apart: the new key holds at once.
    let third = H235Key { key: [8; 16], payload_type: 121 };
    receiver.rekey(&third);
    assert_ne!(open(&receiver, &protect(&sender, &new)).unwrap(), new);
    assert!(!sender.rekey(&third));
    assert_eq!(open(&receiver, &protect(&sender, &new)).unwrap(), new);
}

#[test]
fn keys_on_their_way_come_back() {
    let wrap = KeyWrap::new(&[3; 16]);
    let wrapped = wrap.wrap([5; 16]);
    assert_ne!(wrapped, [5; 16]);
    assert_eq!(wrap.unwrap([0; 16], wrapped), [5; 16]);
    let xored = wrap.unwrap([1; 16], wrapped);
    assert_eq!(xored, [4; 16], "the initial vector is added last");
    assert!(!format!("{wrap:?}{:?}", H235Key { key: [3; 16], payload_type: 0 }).contains("3, 3"));
}

#[test]
fn no_packet_allocates() {
    let key = key("000102030405060708090a0b0c0d0e0f", 120);
    let (sender, receiver) = (H235Sender::new(&key), H235Receiver::new(&key));
    let mut buffer = packet(120, 1, &[7; 161]);
    let len = buffer.len();
    buffer.resize(len + MAX_H235_OVERHEAD, 0);
    let counted = allocation_counter::measure(|| {
        let end = sender.protect_rtp(&mut buffer, len).unwrap();
        assert_eq!(receiver.open_rtp(&mut buffer[..end]), Ok(len));
    });
    assert_eq!(counted.count_total, 0);
}

/// Section by section, with nothing of ours but the cipher: padded, chained.
fn by_hand(key: &H235Key, packet: &[u8]) -> Vec<u8> {
    let cipher = Aes128::new(&key.key.into());
    let (header, payload) = packet.split_at(12);
    let mut out = header.to_vec();
    let mut payload = payload.to_vec();
    let missing = payload.len().next_multiple_of(16) - payload.len();
    if missing > 0 {
        out[0] |= 0x20;
        payload.resize(payload.len() + missing - 1, 0);
        payload.push(missing as u8);
    }
    let mut before: Vec<u8> = [&header[2..8], &header[2..8], &header[2..6]].concat();
    for block in payload.chunks(16) {
        let mut added = [0; 16];
        for at in 0..16 {
            added[at] = block[at] ^ before[at];
        }
        cipher.encrypt_block((&mut added).into());
        before = added.to_vec();
        out.extend(added);
    }
    out
}

proptest! {
    #[test]
    fn what_is_protected_is_as_by_hand_and_opens(
        key: [u8; 16],
        seq: u16,
        payload in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let key = H235Key { key, payload_type: 120 };
        let sent = packet(120, seq, &payload);
        let protected = protect(&H235Sender::new(&key), &sent);
        prop_assert_eq!(&protected, &by_hand(&key, &sent));
        prop_assert_eq!(open(&H235Receiver::new(&key), &protected).unwrap(), sent);
    }
}
