//! Meetings of today on the screens of Cisco rooms: each gets its list (`bookings put`), with a
//! button that dials the meeting (One Button to Push).
//!
//! * [`list`]: the list as XML. * [`put`]: the request.
//!
//! What a room is sent replaces what it had, so that a list is sent whole, and again only when it
//! changed or the room did not take it.

mod list;
mod put;
#[cfg(test)]
mod tests;

pub(crate) use list::Booking;

use crate::config::Device;
use crate::invite::Cards;
use crate::meeting::{Kind, Meeting};
use jiff::{Timestamp, ToSpan};
use std::sync::Arc;
use std::time::Duration;
use tracing::{info, warn};

/// How often it is looked whether a list changed.
const INTERVAL: Duration = Duration::from_secs(60);

/// How far a list looks ahead.
const AHEAD_H: i64 = 24;

/// The most bookings of a list: more than a day has.
const MAX_BOOKINGS: usize = 50;

/// Sends the lists for as long as the runtime runs.
pub(crate) fn spawn(devices: &[Device], cards: &Arc<Cards>) {
    for device in devices.iter().cloned() {
        let cards = Arc::clone(cards);
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(INTERVAL);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            let mut sent = None;
            loop {
                ticks.tick().await;
                let list = list::render(&today(&device, &cards, Timestamp::now()));
                if sent.as_ref() == Some(&list) {
                    continue;
                }
                match put::put(&device, &list).await {
                    Ok(()) => {
                        info!(device = %device.name, "the list of meetings is on the device");
                        sent = Some(list);
                    }
                    Err(error) => warn!(device = %device.name, %error, "no list of meetings sent"),
                }
            }
        });
    }
}

/// The meetings of a device that are not over and begin within a day, the first first.
pub(crate) fn today(device: &Device, cards: &Cards, now: Timestamp) -> Vec<Booking> {
    let until = now.checked_add(AHEAD_H.hours()).unwrap_or(Timestamp::MAX);
    let mut resolver = cards.resolver();
    let mut bookings: Vec<Booking> = cards
        .meetings
        .list()
        .iter()
        .filter(|meeting| meeting.ended.is_none() && is_of(device, meeting))
        .filter_map(|meeting| {
            let Kind::Scheduled { starts, ends } = meeting.kind else { return None };
            (ends > now && starts < until).then_some(())?;
            let card = cards.card(&mut resolver, meeting.as_ref().into()).ok()?;
            Some(Booking {
                id: meeting.id.to_string(),
                title: meeting.name.clone(),
                organizer: card.organizer.unwrap_or_default(),
                starts,
                ends,
                number: card.sip?,
            })
        })
        .collect();
    bookings.sort_by_key(|booking| booking.starts);
    bookings.truncate(MAX_BOOKINGS);
    bookings
}

/// Whether a meeting is shown on a device: by its number or one of its names.
fn is_of(device: &Device, meeting: &Meeting) -> bool {
    device.meetings.is_empty()
        || device.meetings.iter().any(|own| *own == meeting.code || meeting.aliases.contains(own))
}
