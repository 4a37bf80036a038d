//! Bodies of the fuzz targets. Each takes any bytes, must not panic, and checks what it can.

use std::fmt::Debug;

use crate::{Codec, decode, encode, h225, h235, h245, h450, h460};

/// What is read is written, and read again the same.
fn round_trip<T: Codec<T> + Debug + PartialEq>(data: &[u8]) {
    let Ok(value) = decode::<T>(data) else { return };
    let Ok(written) = encode(&value) else { return };
    assert_eq!(decode::<T>(&written).as_ref(), Ok(&value));
}

/// RAS.
pub fn ras(data: &[u8]) {
    round_trip::<h225::RasMessage>(data);
}

/// The user-user element of call signalling.
pub fn signalling(data: &[u8]) {
    round_trip::<h225::H323UserInformation>(data);
}

/// H.245.
pub fn control(data: &[u8]) {
    round_trip::<h245::MultimediaSystemControlMessage>(data);
}

/// What travels in bytes of other messages. The first byte says which of them it is.
pub fn carried(data: &[u8]) {
    let Some((kind, data)) = data.split_first() else { return };
    match kind % 7 {
        0 => round_trip::<h245::OpenLogicalChannel>(data),
        1 => round_trip::<h235::ClearToken>(data),
        2 => round_trip::<h235::H235Key>(data),
        3 => round_trip::<h235::CryptoToken>(data),
        4 => round_trip::<h460::TraversalParameters>(data),
        5 => round_trip::<h460::IncomingCallIndication>(data),
        _ => {
            round_trip::<h450::H4501SupplementaryService>(data);
            if let Ok(service) = decode(data) {
                let refused = h450::refuse(&service);
                assert!(refused.is_none_or(|refused| h450::refuse(&refused).is_none()));
            }
        }
    }
}
