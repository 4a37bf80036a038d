//! Whose a datagram is, on a port that many browsers share.
//!
//! A connectivity check names its receiver, and its tag proves that the sender was told the
//! password by our signalling. It alone makes a source known; all else is taken from known
//! sources only, and is nobody's otherwise. So nobody but the browser that was invited reaches its
//! session: not with a ClientHello that comes first, and not with media.

use super::{Route, identity};
use causeway_base::LegId;
use causeway_plan::{CandidateProtocol, IceCredentials};
use causeway_wire::ice_check::IceCheck;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Sources of one leg that are known at once: a browser checks by each of its networks, and by
/// each address that a translator gives it. The one that was quiet longest gives way.
const MAX_SOURCES: usize = 16;

/// Sources that one leg may have in all its life. The session remembers each; a browser that
/// wanders between networks for a day has a hundred or two.
const MAX_SOURCES_EVER: u32 = 512;

/// A source that proved itself to be one leg's is not taken over by another while it does so
/// still: checks come every two or three seconds.
const FAITHFUL: Duration = Duration::from_secs(8);

/// Which worker has a leg now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The door's own.
    Here,
    /// The one of this number.
    Worker(usize),
}

type Source = (CandidateProtocol, SocketAddr);

#[derive(Debug)]
struct Entry {
    ice: IceCredentials,
    place: Place,
    /// Each with the time of its last check.
    sources: Vec<(Source, Instant)>,
    ever: u32,
}

/// The legs behind one door.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    entries: HashMap<LegId, Entry>,
    by_ufrag: HashMap<String, LegId>,
    by_source: HashMap<Source, LegId>,
}

impl Lookup {
    /// Makes a leg known by its credentials, for the first time or after a restart of ICE. Its
    /// sources stay known: media goes on until the new check.
    pub(crate) fn enrol(&mut self, leg: LegId, ice: IceCredentials) {
        self.by_ufrag.insert(ice.ufrag.clone(), leg);
        match self.entries.get_mut(&leg) {
            Some(entry) if entry.ice.ufrag == ice.ufrag => entry.ice = ice,
            Some(entry) => {
                let before = std::mem::replace(&mut entry.ice, ice);
                self.by_ufrag.remove(&before.ufrag);
            }
            None => {
                let entry = Entry { ice, place: Place::Here, sources: Vec::new(), ever: 0 };
                self.entries.insert(leg, entry);
            }
        }
    }

    /// The leg is at another worker from now on.
    pub(crate) fn follow(&mut self, leg: LegId, place: Place) {
        if let Some(entry) = self.entries.get_mut(&leg) {
            entry.place = place;
        }
    }

    /// Nothing of the leg is left.
    pub(crate) fn forget(&mut self, leg: LegId) {
        let Some(entry) = self.entries.remove(&leg) else { return };
        self.by_ufrag.remove(&entry.ice.ufrag);
        for (source, _) in entry.sources {
            self.by_source.remove(&source);
        }
    }

    /// A connection ended.
    pub(crate) fn forget_source(&mut self, route: Route) {
        let source = (route.protocol, route.source);
        if let Some(entry) =
            self.by_source.remove(&source).and_then(|leg| self.entries.get_mut(&leg))
        {
            entry.sources.retain(|(known, _)| *known != source);
        }
    }

    /// Whose a connectivity check is, if it is genuine. Its source is known from now on.
    pub(crate) fn check(
        &mut self,
        datagram: &[u8],
        route: Route,
        now: Instant,
    ) -> Option<(LegId, Place)> {
        let check = IceCheck::parse(datagram)?;
        let leg = *self.by_ufrag.get(check.receiver())?;
        let entry = self.entries.get(&leg)?;
        let (covered, tag) = check.integrity();
        if !same(&identity()?.sign(&entry.ice.password, &covered), tag) {
            return None;
        }
        self.learn(leg, (route.protocol, route.source), now)?;
        Some((leg, self.entries.get(&leg)?.place))
    }

    /// Whose a datagram is that names nobody.
    pub(crate) fn of_source(&self, route: Route) -> Option<(LegId, Place)> {
        let leg = *self.by_source.get(&(route.protocol, route.source))?;
        Some((leg, self.entries.get(&leg)?.place))
    }

    /// `None` where the source stays unknown for this leg.
    fn learn(&mut self, leg: LegId, source: Source, now: Instant) -> Option<()> {
        if let Some(other) = self.by_source.get(&source).copied().filter(|other| *other != leg) {
            let holder = self.entries.get_mut(&other);
            let checked = holder.iter().flat_map(|entry| &entry.sources);
            let last = checked.filter(|(known, _)| *known == source).map(|(_, at)| *at).max();
            if last.is_some_and(|at| now.saturating_duration_since(at) < FAITHFUL) {
                return None;
            }
            if let Some(entry) = self.entries.get_mut(&other) {
                entry.sources.retain(|(known, _)| *known != source);
            }
        }
        let entry = self.entries.get_mut(&leg)?;
        if let Some((_, at)) = entry.sources.iter_mut().find(|(known, _)| *known == source) {
            *at = now;
            return Some(());
        }
        if entry.ever >= MAX_SOURCES_EVER {
            return None;
        }
        entry.ever += 1;
        if entry.sources.len() >= MAX_SOURCES
            && let Some(oldest) =
                (0..entry.sources.len()).min_by_key(|at| entry.sources.get(*at).map(|s| s.1))
        {
            let (gone, _) = entry.sources.swap_remove(oldest);
            self.by_source.remove(&gone);
        }
        entry.sources.push((source, now));
        self.by_source.insert(source, leg);
        Some(())
    }

    /// Legs, names and sources that are known.
    #[cfg(test)]
    pub(crate) fn len(&self) -> (usize, usize, usize) {
        (self.entries.len(), self.by_ufrag.len(), self.by_source.len())
    }
}

/// Compared in the same time wherever they differ.
fn same(a: &[u8; 20], b: &[u8; 20]) -> bool {
    a.iter().zip(b).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Now;

    fn ice(ufrag: &str) -> IceCredentials {
        IceCredentials { ufrag: ufrag.into(), password: "VOkJxbRl1RmTxUk/WvJxBt".into() }
    }

    fn from(port: u16) -> Route {
        Route {
            protocol: CandidateProtocol::Udp,
            source: SocketAddr::from(([192, 0, 2, 1], port)),
            local: SocketAddr::from(([192, 0, 2, 9], 1)),
        }
    }

    /// RFC 5769 section 2.1, for `evtj`.
    const CHECK: &[u8] = b"\x00\x01\x00\x58\x21\x12\xa4\x42\
        \xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
        \x80\x22\x00\x10STUN test client\
        \x00\x24\x00\x04\x6e\x00\x01\xff\
        \x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36\
        \x00\x06\x00\x09evtj:h6vY\x20\x20\x20\
        \x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2\
        \x80\x28\x00\x04\xe5\x7a\x3b\xcf";

    #[test]
    fn a_genuine_check_makes_its_source_known_and_a_forged_one_does_not() {
        let (mut lookup, now) = (Lookup::default(), Now::read().instant);
        lookup.enrol(LegId(1), ice("evtj"));
        let mut forged = CHECK.to_vec();
        forged[40] ^= 1;
        assert_eq!(lookup.check(&forged, from(1), now), None);
        assert_eq!(lookup.of_source(from(1)), None);
        assert_eq!(lookup.check(CHECK, from(2), now), Some((LegId(1), Place::Here)));
        assert_eq!(lookup.of_source(from(2)), Some((LegId(1), Place::Here)));
        lookup.follow(LegId(1), Place::Worker(2));
        assert_eq!(lookup.of_source(from(2)), Some((LegId(1), Place::Worker(2))));
        lookup.forget(LegId(1));
        assert_eq!(lookup.of_source(from(2)), None);
        assert_eq!(lookup.len(), (0, 0, 0));
    }

    #[test]
    fn a_restart_changes_the_name_and_keeps_the_sources() {
        let (mut lookup, now) = (Lookup::default(), Now::read().instant);
        lookup.enrol(LegId(1), ice("evtj"));
        lookup.check(CHECK, from(1), now).expect("genuine");
        lookup.enrol(LegId(1), ice("other"));
        assert_eq!(lookup.check(CHECK, from(2), now), None, "the old name is gone");
        assert!(lookup.of_source(from(1)).is_some());
        assert_eq!(lookup.len(), (1, 1, 1));
    }

    #[test]
    fn a_source_is_not_taken_over_while_it_is_faithful() {
        let (mut lookup, now) = (Lookup::default(), Now::read().instant);
        lookup.enrol(LegId(1), ice("evtj"));
        lookup.check(CHECK, from(1), now).expect("genuine");
        lookup.enrol(LegId(1), ice("other"));
        lookup.enrol(LegId(2), ice("evtj"));
        assert_eq!(lookup.check(CHECK, from(1), now), None);
        assert_eq!(lookup.of_source(from(1)), Some((LegId(1), Place::Here)));
        assert!(lookup.check(CHECK, from(1), now + FAITHFUL).is_some());
        assert_eq!(lookup.of_source(from(1)), Some((LegId(2), Place::Here)));
        lookup.forget(LegId(1));
        assert!(lookup.of_source(from(1)).is_some(), "it is the other's now");
    }

    #[test]
    fn sources_are_bounded_at_once_and_in_all() {
        let (mut lookup, now) = (Lookup::default(), Now::read().instant);
        lookup.enrol(LegId(1), ice("evtj"));
        for port in 1..=1000 {
            lookup.check(CHECK, from(port), now + Duration::from_millis(u64::from(port)));
        }
        assert_eq!(lookup.len(), (1, 1, MAX_SOURCES));
        let last = MAX_SOURCES_EVER as u16;
        assert!(lookup.of_source(from(last)).is_some());
        assert!(lookup.of_source(from(last + 1)).is_none());
        assert!(lookup.of_source(from(1)).is_none(), "the oldest gave way");
    }
}
