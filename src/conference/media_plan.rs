//! What the decisions mean for the mixer.

use crate::{Roster, Settings};
use causeway_plan::{AudioEgress, AudioIngress, Feed, MediaPlan};

/// The plan of a roster: exactly the admitted legs, each once, in the order of their ids.
pub fn plan(version: u64, settings: &Settings, roster: &Roster) -> MediaPlan {
    let mut plan = MediaPlan { version, max_talkers: settings.max_talkers, ..MediaPlan::default() };
    for (leg, seat) in roster.legs().filter(|(_, seat)| seat.admission.is_admitted()) {
        let muted = roster.participant(seat.participant).is_ok_and(|who| who.mute.is_muted());
        let heard = !muted && seat.direction.receives();
        plan.ingress.push(AudioIngress { leg, heard, auto_gain: settings.auto_gain });
        let feed = if seat.direction.sends() { Feed::Mix } else { Feed::Nothing };
        plan.egress.push(AudioEgress { leg, feed });
    }
    plan
}
