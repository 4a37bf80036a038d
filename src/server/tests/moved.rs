//! Legs that go between the reception and a conference, that are called by us, that end on the way:
//! in whatever order their messages come, nobody is heard or hears the others before being let in.

use super::reception::{Menus, ask};
use super::{Room, answered, ended, offered, ready, reserved};
use crate::actor::call::Call;
use crate::actor::{Actor, Handover, Message, Order, Purpose, Visit};
use crate::calling_out::{Appearance, Errand, Way};
use crate::record::Draft;
use crate::view::ConferenceView;
use causeway_base::{Lang, LegId, ParticipantId};
use causeway_conference::{
    AdmissionState, By, Command, EndRules, Goal, LegEvent, Lobby, Protocol, Role, Settings,
};
use causeway_plan::{DigitMethod, Feed, MediaCommand, MediaPlan};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Legs that speak at once.
const LEGS: u64 = 4;

/// A reception and a conference, and who has proved to be there.
struct House {
    menus: Menus,
    room: Room,
    /// Legs of which this was ever sent: both, and the other side confirmed and agreed its media.
    ready: BTreeSet<u64>,
    confirmed: BTreeSet<u64>,
    /// What is on its way between the two.
    under_way: Vec<Message>,
    next: u64,
    alive: Vec<u64>,
}

fn call_out(leg: u64) -> Message {
    let errand = Errand {
        leg: LegId(leg),
        until: Instant::now() + Duration::from_secs(3600),
        target: "sip:somebody@example.com".to_owned(),
        way: Way::Direct,
        shown: Appearance::ourselves(),
        display_name: String::new(),
        role: Role::Guest,
        lang: Lang::Zh,
        beside: None,
        asker: causeway_dial::calling_out::Asker::Host,
        bridging: None,
        device: None,
        explanation: String::new(),
    };
    Message::CallOut { local: [192, 0, 2, 5].into(), errand: Box::new(errand), watcher: None }
}

fn join(leg: u64, role: Role) -> Message {
    let draft = Draft::begun(LegId(leg), Protocol::Sip, false);
    let purpose = Purpose::Join { key: "conference[0]".into(), role, beside: None };
    let call = Call::offered(offered(leg), Lang::Zh, draft);
    Message::Visit(Box::new(Visit {
        call,
        caller: None,
        trusted: leg.is_multiple_of(2),
        purpose,
        seated: None,
    }))
}

impl House {
    fn new(lobby: Lobby) -> Self {
        let end = EndRules { linger: Duration::from_secs(3600), ..EndRules::default() };
        Self {
            menus: Menus::new(None),
            room: Room::new(Settings { lobby, end, ..Settings::default() }),
            ready: BTreeSet::new(),
            confirmed: BTreeSet::new(),
            under_way: Vec::new(),
            next: 1,
            alive: Vec::new(),
        }
    }

    fn begin(&mut self) -> u64 {
        if self.alive.len() as u64 >= LEGS {
            let oldest = self.alive.remove(0);
            self.tell_both(|| ended(oldest));
        }
        self.next += 1;
        self.alive.push(self.next);
        self.next
    }

    /// The one that has the leg acts on it; the other gives it back as a stray.
    fn tell_both(&mut self, message: impl Fn() -> Message) {
        self.menus.take(message());
        self.room_takes(message());
    }

    fn room_takes(&mut self, message: Message) {
        self.room.actor.handle(self.room.now, message);
        self.settle();
    }

    fn settle(&mut self) {
        self.room.actor.settle(self.room.now);
        let mut last = None;
        while let Some(order) = self.room.actor.next_order() {
            if let Order::Media(MediaCommand::Apply { plan, .. }) = order {
                last = Some(plan.clone());
            }
            self.room.actor.order_done();
        }
        let view = self.view();
        if let Some(plan) = last {
            self.compare(&plan, &view);
        }
    }

    fn view(&mut self) -> ConferenceView {
        let (reply, mut view) = oneshot::channel();
        self.room.actor.handle(self.room.now, Message::Show(reply));
        view.try_recv().expect("shown at once")
    }

    fn compare(&self, plan: &MediaPlan, view: &ConferenceView) {
        let legs = view.conference.participants.iter().flat_map(|who| &who.legs);
        let admitted = legs.filter(|leg| matches!(leg.admission, AdmissionState::Admitted { .. }));
        let admitted: BTreeSet<u64> = admitted.map(|leg| leg.leg.0).collect();
        for leg in &admitted {
            assert!(self.ready.contains(leg), "{leg} is in without media");
            assert!(self.confirmed.contains(leg), "{leg} is in without having confirmed");
        }
        for way in plan.ingress.iter().filter(|way| way.heard) {
            assert!(admitted.contains(&way.leg.0), "{} is heard", way.leg);
        }
        for way in plan.egress.iter().filter(|way| way.feed == Feed::Mix) {
            assert!(admitted.contains(&way.leg.0), "{} hears the others", way.leg);
        }
    }

    /// What the two gave away is delivered, or is not yet.
    fn deliver(&mut self) {
        let given = self.menus.actor.take_handovers().into_iter();
        for handover in given.chain(self.room.actor.take_handovers()).collect::<Vec<_>>() {
            if let Handover::Visit(visit) = handover {
                self.under_way.push(Message::Visit(visit));
            }
        }
        for message in std::mem::take(&mut self.under_way) {
            match &message {
                Message::Visit(visit) if matches!(visit.purpose, Purpose::Ask(_)) => {
                    self.menus.take(message);
                }
                _ => self.room_takes(message),
            }
        }
    }

    fn act(&mut self, verb: u8, subject: u8) {
        let leg = self.alive.get(usize::from(subject) % self.alive.len().max(1)).copied();
        let leg = leg.unwrap_or(0);
        match verb % 12 {
            0 => {
                let leg = self.begin();
                let role = if subject.is_multiple_of(3) { Role::Host } else { Role::Guest };
                self.room_takes(join(leg, role));
            }
            1 => {
                let leg = self.begin();
                self.menus.take(ask(leg, Goal::Ask));
            }
            2 => {
                let leg = self.begin();
                self.room_takes(call_out(leg));
            }
            3 => self.tell_both(|| reserved(leg)),
            4 | 5 => {
                self.ready.insert(leg);
                self.tell_both(|| ready(leg));
            }
            6 | 7 => {
                self.confirmed.insert(leg);
                self.tell_both(|| answered(leg));
            }
            8 => {
                for digit in ["1001#", "1002#4711#", "1002##"][usize::from(subject % 3)].chars() {
                    let (leg, method) = (LegId(leg), DigitMethod::SipInfo);
                    self.tell_both(|| Message::Leg(LegEvent::Digit { leg, digit, method }));
                }
            }
            9 => self.deliver(),
            10 => {
                let participant = ParticipantId(u64::from(subject % 8));
                let command = Command::Admit { participant, by: By::Operator };
                self.room_takes(Message::Tell { command, reply: None });
            }
            _ => {
                self.alive.retain(|other| *other != leg);
                self.tell_both(|| ended(leg));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_leg_is_heard_or_hears_others_before_it_was_let_in_wherever_it_comes_from(
        lobby in prop_oneof![Just(Lobby::Off), Just(Lobby::ForUntrusted), Just(Lobby::On)],
        actions in prop::collection::vec((any::<u8>(), any::<u8>()), 0..120),
    ) {
        let mut house = House::new(lobby);
        for (verb, subject) in actions {
            house.act(verb, subject);
        }
    }
}
