//! Comfort noise (RFC 3389 section 3): a level, then reflection coefficients that are not
//! used here.

/// The static payload type at 8000 Hz.
pub const PAYLOAD_TYPE: u8 = 13;

/// The level of background noise in -dBov, 0-127. `None` for an empty payload.
pub fn level(payload: &[u8]) -> Option<u8> {
    payload.first().map(|byte| byte & 0x7f)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_level_is_seven_bits() {
        assert_eq!(super::level(&[0x40, 1, 2]), Some(64));
        assert_eq!(super::level(&[0xff]), Some(127));
        assert_eq!(super::level(&[]), None);
    }
}
