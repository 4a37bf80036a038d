//! How many pages are connected: in all, and from one source.

use crate::metrics;
use causeway_dial::network::customer;
use dashmap::DashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Connections in all: a socket, two tasks and some 30 kB each.
pub(crate) const MAX_CONNECTIONS: usize = 10_000;

/// Connections of one source (an IPv6 source is a /64): a large office that joins from behind one
/// address.
pub(crate) const MAX_PER_SOURCE: usize = 1_000;

/// Who is connected.
#[derive(Debug, Default)]
pub(crate) struct Places {
    all: AtomicUsize,
    sources: DashMap<IpAddr, usize>,
}

/// One connection; dropping it gives its place back.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    source: IpAddr,
}

impl Places {
    /// A place for a source; `None` where it has too many, or all have.
    pub(crate) fn take(self: &Arc<Self>, source: IpAddr) -> Option<Place> {
        let source = customer(source);
        let mut count = self.sources.entry(source).or_insert(0);
        *count += 1;
        let fits = *count <= MAX_PER_SOURCE;
        drop(count);
        let before = self.all.fetch_add(1, Ordering::Relaxed);
        let place = Place { places: Arc::clone(self), source };
        metrics::page_connected(true);
        (fits && before < MAX_CONNECTIONS).then_some(place)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.all.load(Ordering::Relaxed)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        metrics::page_connected(false);
        self.places.all.fetch_sub(1, Ordering::Relaxed);
        self.places.sources.remove_if_mut(&self.source, |_, count| {
            *count = count.saturating_sub(1);
            *count == 0
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_source_takes_no_more_than_its_places_and_gives_all_of_them_back() {
        let places = Arc::new(Places::default());
        let (office, other) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        let taken: Vec<_> = (0..MAX_PER_SOURCE).map(|_| places.take(office)).collect();
        assert!(taken.iter().all(Option::is_some));
        assert!(places.take(office).is_none(), "one too many");
        assert!(places.take(other).is_some(), "others come in");
        assert_eq!(places.count(), MAX_PER_SOURCE);
        drop(taken);
        assert_eq!((places.count(), places.sources.len()), (0, 0));
    }
}
