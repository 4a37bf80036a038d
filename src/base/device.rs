//! What a device shows of itself in its first message. Nothing of it is proved.

/// Bytes of a session description's lines that are kept: the longest offers of rooms have four.
pub const MAX_DEVICE_LINES: usize = 8 << 10;

/// Bytes of a word of its own that is kept.
pub const MAX_DEVICE_WORD: usize = 128;

/// Attributes whose values are keys, passwords or addresses: no profile needs them, and they are
/// not kept.
const PERSONAL: [&str; 9] = [
    "a=crypto:",
    "a=fingerprint:",
    "a=ice-ufrag:",
    "a=ice-pwd:",
    "a=candidate:",
    "a=key-mgmt:",
    "a=identity:",
    "a=cname:",
    "a=rtcp:",
];

/// Who made it, as a number (ITU-T H.221 Annex A, T.35).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct H221 {
    /// The country, T.35.
    pub country: u8,
    /// Its extension.
    pub extension: u8,
    /// The maker, as the country numbers them.
    pub manufacturer: u16,
}

/// What a device shows of itself, besides its `User-Agent`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The user name of `o=`.
    pub sdp_origin: String,
    /// The lines `m=` and `a=` of its offer, each ended by a line feed, at most
    /// [`MAX_DEVICE_LINES`] bytes; without keys and addresses.
    pub sdp_lines: String,
    /// Who made it.
    pub h221: Option<H221>,
    /// `productId` of H.225.0.
    pub product: String,
    /// `versionId` of H.225.0.
    pub version: String,
}

impl Device {
    /// Of a session description.
    pub fn of_description(description: &[u8]) -> Self {
        let mut device = Self::default();
        for line in description.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match line.get(..2) {
                Some(b"o=") if device.sdp_origin.is_empty() => {
                    let name = line.split(|byte| *byte == b' ').next().unwrap_or_default();
                    device.sdp_origin = word(name.get(2..).unwrap_or_default());
                }
                Some(b"m=" | b"a=") => device.keep(line),
                _ => {}
            }
        }
        device
    }

    /// Keys in the clear are a trait, their values are not.
    fn keep(&mut self, line: &[u8]) {
        let line = String::from_utf8_lossy(line);
        let personal = PERSONAL.iter().find(|name| starts_with(&line, name));
        let kept = match personal {
            Some(&"a=crypto:") => without_key(&line),
            Some(_) => return,
            None => line.trim_end(),
        };
        if self.sdp_lines.len() + kept.len() < MAX_DEVICE_LINES {
            self.sdp_lines.push_str(kept);
            self.sdp_lines.push('\n');
        }
    }
}

/// A word of its own, as it is kept.
pub fn word(bytes: &[u8]) -> String {
    let bytes = bytes.get(..MAX_DEVICE_WORD).unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    text.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
}

fn starts_with(line: &str, name: &str) -> bool {
    line.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))
}

/// `a=crypto:1 SUITE inline:…` up to its suite (RFC 4568 section 9.1).
fn without_key(line: &str) -> &str {
    let end = line.match_indices(' ').nth(1).map_or(line.len(), |(at, _)| at);
    let whole = line.get(..end).unwrap_or_default();
    if whole.contains("inline") { "a=crypto" } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_without_keys_and_addresses() {
        let device = Device::of_description(
            b"v=0\r\no=Room 1 2 IN IP4 192.0.2.1\r\ns=-\r\nm=audio 4000 RTP/AVP 9\r\n\
              a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\r\na=ice-pwd:hidden\r\n\
              a=crypto:inline:c2VjcmV0\r\na=label:11\r\na=candidate:1 1 UDP 1 192.0.2.9 4000 typ host\r\n",
        );
        assert_eq!(device.sdp_origin, "Room");
        let kept =
            "m=audio 4000 RTP/AVP 9\na=crypto:1 AES_CM_128_HMAC_SHA1_80\na=crypto\na=label:11\n";
        assert_eq!(device.sdp_lines, kept);
    }

    #[test]
    fn what_is_kept_is_bounded_whatever_is_sent() {
        let mut flood = b"o=".to_vec();
        flood.extend([0xFF; 5000]);
        flood.extend(b"\n");
        flood.extend(b"a=x\n".repeat(10_000));
        let device = Device::of_description(&flood);
        assert!(device.sdp_lines.len() <= MAX_DEVICE_LINES);
        assert!(device.sdp_origin.chars().count() <= MAX_DEVICE_WORD);
        assert_eq!(Device::of_description(b""), Device::default());
    }
}
