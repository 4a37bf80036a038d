//! How a case is named: sources x height : receivers, by rooms of H.323 with `h323:` before it;
//! sources of browsers `b` shown : receivers, or `f` forwarded : receivers; `rooms25`.

use causeway_base::SizeClass;
use causeway_plan::picture::MAX_FORWARDED;
use std::fmt;
use std::str::FromStr;

/// Who is shown at once: a page of equals.
const MAX_SHOWN: usize = 16;

/// Legs of one case.
const MAX_LEGS: usize = 500;

/// Receivers from which every second one takes VP8: one alone has one codec.
const TWO_CODECS: usize = 2;

/// People in each picture of rooms that each have their own.
const PRIVATE_SHOWN: usize = 4;

/// A case that is named like one that is composed.
const FORWARDED: &str = "30b9:30";

/// What stands before a case of rooms of H.323.
const H323: &str = "h323:";

/// What rooms with pictures of their own are called, before how many they are.
const PRIVATE: &str = "rooms";

/// One case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) kind: Kind,
    /// Legs that have a camera.
    pub(crate) sources: usize,
    /// The size of what they send.
    pub(crate) size: SizeClass,
    /// Sources that a picture shows.
    pub(crate) shown: usize,
    /// Legs that look.
    pub(crate) receivers: usize,
}

/// What its legs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Telephony: a port for each; all receivers look at one picture.
    Shared,
    /// The same, by what rooms of H.323 agree to: H.264 alone, full pictures asked for by H.245.
    H323,
    /// Telephony, but each looks at a picture of its own, of others.
    Private,
    /// Browsers on one port: each has a camera, as many as receive look at the picture of those who
    /// are shown.
    Browsers,
    /// The same, but each gets those who are shown as they send themselves, each by a line.
    Forwarded,
}

impl Case {
    /// So many sources of a size, seen by so many.
    pub(crate) const fn shared(sources: usize, size: SizeClass, receivers: usize) -> Self {
        Self { kind: Kind::Shared, sources, size, shown: sources, receivers }
    }

    /// What is run without names.
    pub(crate) fn default_set() -> Vec<Self> {
        let mut cases = vec![];
        for size in [SizeClass::P360, SizeClass::P720] {
            for sources in [4, 9] {
                cases.extend([1, 10, 100].map(|receivers| Self::shared(sources, size, receivers)));
            }
        }
        let named = ["h323:4x360:1", "h323:9x360:10", "rooms25", "10b9:10", "300b9:300", FORWARDED];
        cases.extend(named.map(|name| name.parse::<Self>().expect("written right")));
        cases
    }

    /// Whether receivers of both codecs are there.
    pub(crate) const fn has_two_codecs(&self) -> bool {
        self.receivers >= TWO_CODECS && matches!(self.kind, Kind::Shared | Kind::Browsers)
    }

    /// The size of what receivers get. Twenty-five pictures of 720p are beyond two cores.
    pub(crate) const fn out(&self) -> SizeClass {
        match self.kind {
            Kind::Private => SizeClass::P360,
            Kind::Shared | Kind::H323 | Kind::Browsers | Kind::Forwarded => SizeClass::P720,
        }
    }

    /// Different pictures.
    pub(crate) const fn pictures(&self) -> usize {
        match self.kind {
            Kind::Private => self.receivers,
            Kind::Shared | Kind::H323 | Kind::Browsers | Kind::Forwarded => 1,
        }
    }

    /// Sources that some picture shows.
    pub(crate) const fn seen(&self) -> usize {
        match self.kind {
            Kind::Private => self.sources,
            Kind::Shared | Kind::H323 | Kind::Browsers | Kind::Forwarded => self.shown,
        }
    }

    /// Lines of tiles that each receiver has.
    pub(crate) const fn tiles(&self) -> usize {
        match self.kind {
            Kind::Forwarded => self.shown,
            Kind::Shared | Kind::H323 | Kind::Private | Kind::Browsers => 0,
        }
    }

    /// Streams that all receivers get together: nobody gets its own tile.
    pub(crate) const fn streams(&self) -> usize {
        match self.kind {
            Kind::Forwarded if self.receivers < self.shown => self.receivers * (self.shown - 1),
            Kind::Forwarded => self.receivers * self.shown - self.shown,
            Kind::Shared | Kind::H323 | Kind::Private | Kind::Browsers => self.receivers,
        }
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{name}: none of 4x360:1 (sources x height : receivers), h323:4x360:1, 300b9:300 (browsers b shown : receivers), 30f9:30 (the same, forwarded), rooms25, sync, memory"
            )
        };
        let count = |word: &str| word.parse::<usize>().map_err(|_| wrong());
        let case = if let Some(shared) = name.strip_prefix(H323) {
            let shared: Self = shared.parse()?;
            if shared.kind != Kind::Shared {
                return Err(wrong());
            }
            Self { kind: Kind::H323, ..shared }
        } else if let Some(rooms) = name.strip_prefix(PRIVATE) {
            let rooms = count(rooms)?;
            let (kind, size, shown) = (Kind::Private, SizeClass::P360, PRIVATE_SHOWN);
            Self { kind, sources: rooms, size, shown, receivers: rooms }
        } else {
            let (sources, receivers) = name.split_once(':').ok_or_else(wrong)?;
            let receivers = count(receivers)?;
            if let Some((sources, shown)) = sources.split_once(['b', 'f']) {
                let is_forwarded = name == FORWARDED || name.contains('f');
                let kind = if is_forwarded { Kind::Forwarded } else { Kind::Browsers };
                let size = SizeClass::P360;
                Self { kind, sources: count(sources)?, size, shown: count(shown)?, receivers }
            } else {
                let (sources, height) = sources.split_once('x').ok_or_else(wrong)?;
                let height = count(height)?;
                let mut sizes = SizeClass::ALL.into_iter();
                let size = sizes.find(|class| usize::from(class.size().height) == height);
                Self::shared(count(sources)?, size.ok_or_else(wrong)?, receivers)
            }
        };
        let Self { kind, sources, shown, receivers, .. } = case;
        let alone = kind == Kind::Private && sources <= shown;
        let known = (1..=MAX_SHOWN).contains(&shown)
            && (shown..=MAX_LEGS).contains(&sources)
            && (1..=MAX_LEGS).contains(&receivers)
            && (!matches!(kind, Kind::Browsers | Kind::Forwarded) || receivers <= sources)
            && (kind != Kind::Forwarded || (2..=MAX_FORWARDED).contains(&shown));
        if known && !alone { Ok(case) } else { Err(wrong()) }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, sources, size, shown, receivers } = self;
        match kind {
            Kind::Shared => write!(f, "{sources}x{}:{receivers}", size.size().height),
            Kind::H323 => write!(f, "{H323}{sources}x{}:{receivers}", size.size().height),
            Kind::Private => write!(f, "{PRIVATE}{receivers}"),
            Kind::Browsers => write!(f, "{sources}b{shown}:{receivers}"),
            Kind::Forwarded => write!(f, "{sources}f{shown}:{receivers}"),
        }
    }
}
