//! Which process decodes a stream: those of a conference keep together.
//!
//! A process that dies freezes all its streams until their next full pictures. Kept together, they
//! are those of few conferences: one who sends what kills decoders is the trouble of those who
//! meet him. But a process is one processor's work, so a conference of many takes a second one; and
//! where there are fewer processes than conferences, some share one.

use causeway_base::ConferenceId;
use std::collections::HashMap;

/// Streams of one conference in one process, before others of it go to another: what one processor
/// decodes of 720p at 30 pictures a second, with room.
const MAX_TOGETHER: usize = 12;

/// How many streams of each conference are where.
#[derive(Debug, Default)]
pub(super) struct Homes {
    streams: HashMap<ConferenceId, HashMap<usize, usize>>,
}

impl Homes {
    /// The process for one more stream, of those that hold so many: where the conference is, else
    /// where the fewest are. Zero where there is none.
    pub(super) fn choose(&self, conference: Option<ConferenceId>, held: &[usize]) -> usize {
        let home = conference.and_then(|conference| self.streams.get(&conference));
        let of_it = |index: &usize| home.and_then(|home| home.get(index)).copied().unwrap_or(0);
        let fewest = (0..held.len()).min_by_key(|index| (held[*index], of_it(index)));
        let near = (0..held.len()).filter(|index| (1..MAX_TOGETHER).contains(&of_it(index)));
        near.max_by_key(of_it).or(fewest).unwrap_or(0)
    }

    /// A stream begins in a process.
    pub(super) fn enter(&mut self, conference: ConferenceId, process: usize) {
        *self.streams.entry(conference).or_default().entry(process).or_default() += 1;
    }

    /// It ended.
    pub(super) fn leave(&mut self, conference: ConferenceId, process: usize) {
        let Some(home) = self.streams.get_mut(&conference) else { return };
        if let Some(count) = home.get_mut(&process) {
            *count -= 1;
            home.retain(|_, count| *count > 0);
        }
        if home.is_empty() {
            self.streams.remove(&conference);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: ConferenceId = ConferenceId(1);
    const TWO: ConferenceId = ConferenceId(2);

    #[test]
    fn streams_of_a_conference_keep_together_and_those_of_another_go_elsewhere() {
        let mut homes = Homes::default();
        let mut held = [0; 2];
        let mut begin = |homes: &mut Homes, conference| {
            let process = homes.choose(Some(conference), &held);
            homes.enter(conference, process);
            held[process] += 1;
            process
        };
        assert_eq!([ONE, TWO, ONE, ONE, TWO].map(|it| begin(&mut homes, it)), [0, 1, 0, 0, 1]);
        // A large one takes a second process, and stays there.
        let more: Vec<_> = (3..MAX_TOGETHER + 2).map(|_| begin(&mut homes, ONE)).collect();
        assert_eq!(more[..MAX_TOGETHER - 3], vec![0; MAX_TOGETHER - 3]);
        assert_eq!(more[MAX_TOGETHER - 3..], [1, 1]);
    }

    #[test]
    fn who_left_is_forgotten_and_strangers_go_where_the_fewest_are() {
        let mut homes = Homes::default();
        homes.enter(ONE, 1);
        assert_eq!(homes.choose(Some(ONE), &[0, 5]), 1);
        homes.leave(ONE, 1);
        homes.leave(ONE, 1);
        assert_eq!(homes.choose(Some(ONE), &[0, 5]), 0);
        assert_eq!(homes.choose(None, &[3, 2, 4]), 1);
        assert!(homes.streams.is_empty());
    }
}
