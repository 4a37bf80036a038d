//! Our half of ICE's credentials.

use causeway_plan::IceCredentials;

/// What RFC 8839 section 5.4 allows; 64 characters, so that six random bits choose one.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// 72 bits: two legs of a worker never have the same name.
const UFRAG: usize = 12;

/// 144 bits; RFC 8445 section 5.3 wants 128.
const PASSWORD: usize = 24;

/// Fresh ones. `None` without a source of randomness.
pub(crate) fn credentials() -> Option<IceCredentials> {
    let mut random = [0; UFRAG + PASSWORD];
    getrandom::fill(&mut random).ok()?;
    let text: String =
        random.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 64)])).collect();
    let (ufrag, password) = text.split_at(UFRAG);
    Some(IceCredentials { ufrag: ufrag.to_owned(), password: password.to_owned() })
}
