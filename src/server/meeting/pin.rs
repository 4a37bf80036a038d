//! The digits that prove a role.

use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The fewest digits of a PIN.
pub const MIN_PIN: usize = 4;

/// The most digits of a PIN: what people still type without a mistake.
pub const MAX_PIN: usize = 10;

/// 4 to 10 decimal digits. `Debug` does not show them, and the memory is cleared.
#[derive(Clone)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Reads a PIN; `None` when it is not [`MIN_PIN`] to [`MAX_PIN`] ASCII digits.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (MIN_PIN..=MAX_PIN).contains(&text.len());
        (fits && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// Whether these are the digits, in a time that does not depend on where they differ.
    pub fn matches(&self, entered: &str) -> bool {
        padded(&self.0).ct_eq(&padded(entered)).into()
    }

    /// The work of [`Self::matches`], where there is no PIN.
    pub(super) fn matches_nothing(entered: &str) -> bool {
        padded("").ct_eq(&padded(entered)).into()
    }

    /// The digits, to be sealed or shown to who may see them.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// The length and the digits. What is longer than a PIN differs by its length.
fn padded(digits: &str) -> [u8; 1 + MAX_PIN] {
    let mut bytes = [0; 1 + MAX_PIN];
    let length = u8::try_from(digits.len()).unwrap_or(u8::MAX);
    for (to, from) in bytes.iter_mut().zip(std::iter::once(length).chain(digits.bytes())) {
        *to = from;
    }
    bytes
}

impl PartialEq for Pin {
    fn eq(&self, other: &Self) -> bool {
        self.matches(&other.0)
    }
}

impl Eq for Pin {}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Pin;

    #[test]
    fn a_pin_is_four_to_ten_digits_and_shows_none() {
        for bad in ["", "123", "12345678901", "12a4", "１２３４", "12 4"] {
            assert!(Pin::parse(bad).is_none(), "{bad}");
        }
        let pin = Pin::parse("4711").expect("a PIN");
        assert!(pin.matches("4711"));
        for other in ["", "471", "4712", "47110", "4711\0", "47110000000000"] {
            assert!(!pin.matches(other), "{other}");
        }
        assert!(!format!("{pin:?}").contains("47"));
    }
}
