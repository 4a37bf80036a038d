//! Which of a browser's lines brings whom. Who has a line keeps it for as long as they are seen: a
//! line that brings somebody else begins with a full picture of them.

use causeway_base::LegId;
use causeway_plan::picture::MAX_FORWARDED;
use std::collections::HashMap;

/// The lines of all who get tiles, from line 1 on.
#[derive(Debug, Default)]
pub(crate) struct TileLines(HashMap<LegId, [Option<LegId>; MAX_FORWARDED]>);

impl TileLines {
    /// The lines of a leg of `count` that is to see these, each once and no more than lines, in the
    /// order of the lines: where they were `before`, else in those that are free.
    pub(crate) fn seat(
        &mut self,
        before: &mut TileLines,
        (leg, count): (LegId, usize),
        sources: &[LegId],
    ) -> impl Iterator<Item = (usize, LegId)> + use<> {
        let mut lines = before.0.remove(&leg).unwrap_or_default();
        for (at, line) in lines.iter_mut().enumerate() {
            line.take_if(|source| at >= count || !sources.contains(source));
        }
        for source in sources {
            if !lines.contains(&Some(*source))
                && let Some(free) = lines.iter_mut().take(count).find(|line| line.is_none())
            {
                *free = Some(*source);
            }
        }
        self.0.insert(leg, lines);
        (1..).zip(lines).filter_map(|(line, source)| Some((line, source?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn legs(numbers: &[u64]) -> Vec<LegId> {
        numbers.iter().copied().map(LegId).collect()
    }

    #[test]
    fn who_has_a_line_keeps_it_and_who_comes_takes_a_free_one() {
        let mut lines = TileLines::default();
        let mut seat = |sources: &[u64]| {
            let mut before = std::mem::take(&mut lines);
            lines.seat(&mut before, (LegId(9), MAX_FORWARDED), &legs(sources)).collect::<Vec<_>>()
        };
        assert_eq!(seat(&[1, 2, 3]), [(1, LegId(1)), (2, LegId(2)), (3, LegId(3))]);
        assert_eq!(seat(&[1, 3]), [(1, LegId(1)), (3, LegId(3))]);
        assert_eq!(seat(&[1, 3, 4]), [(1, LegId(1)), (2, LegId(4)), (3, LegId(3))]);
        assert_eq!(seat(&[]), []);
    }
}
