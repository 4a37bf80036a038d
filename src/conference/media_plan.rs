//! What the decisions mean for the mixer.

use crate::{AdmissionState, Roster, Settings};
use causeway_plan::{AudioEgress, AudioIngress, Feed, MediaPlan};

/// The plan of a roster: the admitted legs that carry a voice, those beside them, which neither hear nor
/// are heard, and those who wait or approach another meeting, who hear what is played to them
/// alone and are not heard; each once, in the order of their ids.
pub fn plan(version: u64, settings: &Settings, roster: &Roster) -> MediaPlan {
    let mut plan = MediaPlan { version, max_talkers: settings.max_talkers, ..MediaPlan::default() };
    for (leg, seat) in roster.legs() {
        let (may_be_heard, feed) = match seat.admission {
            AdmissionState::Arriving { .. } => continue,
            // Nothing is played to the menu of another meeting: it hears silence.
            AdmissionState::Approaching { .. } | AdmissionState::Waiting { .. } => {
                (false, Feed::Played)
            }
            AdmissionState::Admitted { .. } if roster.carries_voice(leg) => (true, Feed::Mix),
            AdmissionState::Admitted { .. } => (false, Feed::Nothing),
        };
        let muted = roster.participant(seat.participant).is_ok_and(|who| who.mute.is_muted());
        let heard = may_be_heard && !muted && seat.direction.receives();
        plan.ingress.push(AudioIngress { leg, heard, auto_gain: settings.auto_gain });
        let feed = if seat.direction.sends() { feed } else { Feed::Nothing };
        plan.egress.push(AudioEgress { leg, feed });
    }
    plan
}
