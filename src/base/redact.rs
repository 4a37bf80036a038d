//! How a personal value (an address, a number, a name) shows in a log.

use std::fmt;

/// Shows the first two characters of a value and how long it is: enough to compare two log
/// lines, too little to learn a number or an address.
pub struct Redacted<T>(pub T);

/// Characters that stay readable.
const KEPT: usize = 2;

impl<T: fmt::Display> fmt::Display for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let length = text.chars().count();
        if length <= 2 * KEPT {
            return write!(f, "…({length})");
        }
        let head: String = text.chars().take(KEPT).collect();
        write!(f, "{head}…({length})")
    }
}

impl<T: fmt::Display> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Redacted;

    #[test]
    fn neither_number_nor_short_secret_shows() {
        assert_eq!(Redacted("+8613800138000").to_string(), "+8…(14)");
        assert_eq!(Redacted("1234").to_string(), "…(4)");
        assert_eq!(format!("{:?}", Redacted("会议室三层东")), "会议…(6)");
    }
}
