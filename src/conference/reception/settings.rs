//! What a reception is like.

use std::time::Duration;

/// How long a caller may hold a place here: time for every try, and a prompt heard twice.
pub const LONGEST_STAY: Duration = Duration::from_secs(300);

/// What a reception is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Wrong entries until the operator or goodbye, at least 1; 3.
    pub tries: u8,
    /// After them there is an operator alias to be connected with; no.
    pub operator: bool,
    /// A caller who enters an unknown number is asked for a PIN too, so that nobody learns by
    /// phone which numbers exist; yes. Off where no conference has a PIN: a mistyped number is
    /// then told at once.
    pub hide_numbers: bool,
    /// Nothing entered for so long after a prompt: prompt again; 10 s.
    pub entry_timeout: Duration,
    /// A number or a PIN is complete so long after its last digit without a hash; 4 s.
    pub number_timeout: Duration,
    /// No score for so long after the question: goodbye; 8 s.
    pub feedback_timeout: Duration,
    /// How long a test call hears itself; 8 s.
    pub echo_time: Duration,
    /// A caller who is still here so long after its media was agreed is let go; 5 min.
    pub longest_stay: Duration,
    /// The most digits of a number or a PIN, at least 1; 32.
    pub max_number_digits: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tries: 3,
            operator: false,
            hide_numbers: true,
            entry_timeout: Duration::from_secs(10),
            number_timeout: Duration::from_secs(4),
            feedback_timeout: Duration::from_secs(8),
            echo_time: Duration::from_secs(8),
            longest_stay: LONGEST_STAY,
            max_number_digits: 32,
        }
    }
}
