//! How a case is named: sources x height : receivers.

use causeway_base::SizeClass;
use std::fmt;
use std::str::FromStr;

/// Sources of one case: a page of equals.
const MAX_SOURCES: usize = 16;

/// Receivers of one case.
const MAX_RECEIVERS: usize = 500;

/// Receivers from which every second one takes VP8: one alone has one codec.
const TWO_CODECS: usize = 2;

/// One case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// Legs that send, all of them shown.
    pub(crate) sources: usize,
    /// The size of what they send.
    pub(crate) size: SizeClass,
    /// Legs that get the composed picture.
    pub(crate) receivers: usize,
}

impl Case {
    /// What is run without names.
    pub(crate) fn default_set() -> Vec<Self> {
        let case = |sources, size, receivers| Self { sources, size, receivers };
        let mut cases = vec![];
        for size in [SizeClass::P360, SizeClass::P720] {
            for sources in [4, 9] {
                cases.extend([1, 10, 100].map(|receivers| case(sources, size, receivers)));
            }
        }
        cases
    }

    /// Whether receivers of both codecs are there.
    pub(crate) const fn has_two_codecs(&self) -> bool {
        self.receivers >= TWO_CODECS
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let wrong = || format!("{name}: not sources x height : receivers, as 4x360:1");
        let (sources, rest) = name.split_once('x').ok_or_else(wrong)?;
        let (height, receivers) = rest.split_once(':').ok_or_else(wrong)?;
        let height: u16 = height.parse().map_err(|_| wrong())?;
        let size = SizeClass::ALL.into_iter().find(|class| class.size().height == height);
        let case = Self {
            sources: sources.parse().map_err(|_| wrong())?,
            size: size.ok_or_else(wrong)?,
            receivers: receivers.parse().map_err(|_| wrong())?,
        };
        let known = (1..=MAX_SOURCES).contains(&case.sources);
        if known && (1..=MAX_RECEIVERS).contains(&case.receivers) { Ok(case) } else { Err(wrong()) }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}:{}", self.sources, self.size.size().height, self.receivers)
    }
}
