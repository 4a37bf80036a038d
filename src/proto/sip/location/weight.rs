//! The order of SRV records (RFC 2782, "Usage rules").

use super::record::{Record, Srv};

/// By priority; within one, drawn by weight, so that each comes first as often as its share says.
pub(super) fn in_order<'a>(
    records: &'a [Record],
    draw: &mut dyn FnMut(u32) -> u32,
) -> Vec<Srv<'a>> {
    let mut left: Vec<Srv<'a>> = records.iter().filter_map(Record::srv).collect();
    // Those of no weight first, so that they have a small chance too.
    left.sort_by_key(|srv| (srv.priority, srv.weight > 0));
    let mut ordered = Vec::with_capacity(left.len());
    while let Some(first) = left.first() {
        let priority = first.priority;
        let group = left.iter().take_while(|srv| srv.priority == priority);
        let total: u32 = group.clone().map(|srv| u32::from(srv.weight)).sum();
        let drawn = draw(total + 1);
        let mut sum = 0;
        let place = group.map(|srv| {
            sum += u32::from(srv.weight);
            sum
        });
        // A generator that draws beyond its bound gets the first.
        let chosen = place.into_iter().position(|sum| sum >= drawn).unwrap_or(0);
        ordered.push(left.remove(chosen));
    }
    ordered
}
