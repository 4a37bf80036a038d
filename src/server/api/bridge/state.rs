//! How the bridge is, in words and in figures.

use super::super::backend::Gauges;
use super::super::resource::{Complaint, Readiness};
use super::BridgeBackend;
use causeway_adapter::sip::view::{TrunkHealth, TrunkView};
use causeway_conference::{LegView, ParticipantView};
use causeway_plan::Sound;
use causeway_plan::video::{Sight, VideoState};
use std::sync::atomic::{AtomicU64, Ordering};

fn complaint(what: &str, detail: &str) -> Complaint {
    Complaint { what: what.to_owned(), detail: detail.to_owned() }
}

impl BridgeBackend {
    pub(super) fn ready(&self) -> Readiness {
        let mut reasons = Vec::new();
        let mut warnings = Vec::new();
        let store = self.store.health();
        if !store.ok {
            let detail = store.error.map_or("it does not work", |error| error.code());
            reasons.push(complaint("store", detail));
        }
        if store.dropped > 0 {
            let detail = format!("{} records were dropped since the start", store.dropped);
            warnings.push(complaint("store", &detail));
        }
        if self.draining.load(Ordering::Relaxed) {
            reasons.push(complaint("draining", "no new calls are taken"));
        }
        if self.sip.bound().is_empty() {
            reasons.push(complaint("sip", "nothing listens"));
        }
        if !self.realtime {
            let detail = "real-time scheduling is not allowed: sound may stutter under load";
            warnings.push(complaint("realtime", detail));
        }
        // Everybody may read this: which trunks there are is nobody's business.
        let trunks = self.sip.trunks();
        let is_down = |trunk: &&TrunkView| matches!(trunk.health, TrunkHealth::Down(_));
        let down = trunks.iter().filter(is_down).count();
        if down > 0 {
            let detail = format!("{down} of {} trunks do not answer", trunks.len());
            warnings.push(complaint("trunk", &detail));
        }
        Readiness { ready: reasons.is_empty(), reasons, warnings }
    }

    pub(super) async fn figures(&self) -> Gauges {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let keys = self.live.keys();
        let mut gauges = Gauges {
            calls: self.live.directory.leg_count() as u64,
            conferences: keys.len() as u64,
            registrations: self.sip.registrations().len() as u64,
            ticks: self.ticks.iter().map(|worker| of(&worker.ticks)).sum(),
            late_ticks: self.ticks.iter().map(|worker| of(&worker.late_ticks)).sum(),
            pictures: self.looks.counts(),
            store_queue: self.store.health().queued as u64,
            ..Gauges::default()
        };
        for trunk in self.sip.trunks() {
            let up = !matches!(trunk.health, TrunkHealth::Down(_));
            gauges.trunks.push((trunk.name.to_string(), up));
        }
        for key in keys {
            let Some(view) = self.live.view(&key).await else { continue };
            let live = super::running::live(&view);
            gauges.participants += u64::from(live.participants);
            gauges.waiting += u64::from(live.waiting);
            for one in &view.conference.participants {
                gauges.silent += u64::from(one.sound() == Sound::Silent);
                gauges.echoing += u64::from(one.sound() == Sound::Echoing);
                gauges.count_pictures(one);
            }
        }
        gauges
    }
}

impl Gauges {
    /// Counts what somebody shows, and how they are shown others.
    pub(crate) fn count_pictures(&mut self, who: &ParticipantView) {
        let faulty = &mut self.faulty_pictures;
        for leg in &who.legs {
            match (leg.picture, leg.sight) {
                (VideoState::Absent, _) | (VideoState::Coming, Sight::Fine) => {}
                (VideoState::Frozen(_), _) | (_, Sight::Frozen) => faulty.frozen += 1,
                (_, Sight::Black) => faulty.black += 1,
                (_, Sight::LowLight) => faulty.dark += 1,
            }
        }
        let has_screen = |leg: &LegView| leg.admission.is_admitted() && leg.video.sends();
        if who.wall.shown {
            self.forwarded_screens += 1;
        } else if who.legs.iter().any(has_screen) {
            self.composed_screens += 1;
        }
    }
}
