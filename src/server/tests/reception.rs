//! The reception's actor between its legs and the front desk, and what goes with a leg that it hands
//! to a conference.

use super::front_desk::desk_with;
use super::{Node, Room, answered, offered, ready, reserved, word};
use crate::actor::call::Call;
use crate::actor::reception::ReceptionActor;
use crate::actor::{Actor, Answering, Handover, Message, Order, Purpose, Visit};
use crate::record::Draft;
use causeway_base::{Alias, ConferenceId, EndCause, Lang, LegId};
use causeway_conference::reception::{Heard, Settings as Menu};
use causeway_conference::{Goal, LegEvent, Protocol, Role, Settings};
use causeway_plan::{DigitMethod, LegStats, MediaEvent, OfferPolicy, PlayId};
use std::sync::Arc;
use std::time::{Duration, Instant};

const LEG: LegId = LegId(1);

/// A reception and what came of it.
pub(super) struct Menus {
    pub(super) actor: ReceptionActor,
    pub(super) now: Instant,
    pub(super) orders: Vec<Order>,
}

impl Menus {
    pub(super) fn new(operator: Option<&str>) -> Self {
        let answering = Answering {
            policy: OfferPolicy::default(),
            advertised: Vec::new(),
            seeing_trunks: Default::default(),
            farewell: true,
        };
        let menu = Menu { operator: operator.is_some(), ..Menu::default() };
        let desk = desk_with(operator);
        let actor = ReceptionActor::new(ConferenceId(9), menu, desk, Arc::new(answering));
        let mut menus = Self { actor, now: Instant::now(), orders: Vec::new() };
        menus.settle();
        menus
    }

    fn settle(&mut self) {
        self.actor.settle(self.now);
        while let Some(order) = self.actor.next_order() {
            self.orders.push(order.clone());
            self.actor.order_done();
        }
    }

    pub(super) fn take(&mut self, message: Message) {
        self.actor.handle(self.now, message);
        self.settle();
    }

    pub(super) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(due) = self.actor.poll_timeout().filter(|at| *at <= until) {
            self.now = due.max(self.now);
            self.actor.handle_timeout(self.now);
            self.settle();
        }
        self.now = until;
    }

    /// A leg that is up, and hears what `goal` says.
    fn call(goal: Goal, operator: Option<&str>) -> Self {
        let mut menus = Self::new(operator);
        menus.take(ask(LEG.0, goal));
        [reserved(1), ready(1), answered(1)].into_iter().for_each(|message| menus.take(message));
        menus
    }

    pub(super) fn press(&mut self, keys: &str) {
        for digit in keys.chars() {
            self.now += Duration::from_millis(200);
            self.take(digit_by(DigitMethod::Rfc4733, digit));
        }
    }

    /// What plays now has ended.
    pub(super) fn played(&mut self) {
        let plays = self.orders.iter().rev().find_map(|order| match order {
            Order::Say { play, .. } => Some(*play),
            _ => None,
        });
        let (leg, play) = (LEG, plays.unwrap_or(PlayId(0)));
        self.take(Message::Media(MediaEvent::Played { leg, play }));
    }

    pub(super) fn hang_up(&mut self) -> Box<Draft> {
        self.take(Message::Leg(LegEvent::Ended { leg: LEG, cause: EndCause::Normal }));
        let record = self.orders.iter().find_map(|order| match order {
            Order::Record(draft) if draft.ended.is_some() => Some(draft.clone()),
            _ => None,
        });
        record.expect("a record")
    }

    fn audited(&self) -> Vec<String> {
        let results = self.orders.iter().filter_map(|order| match order {
            Order::Audit(entry) => Some(format!("{} {}", entry.action, entry.result)),
            _ => None,
        });
        results.collect()
    }

    pub(super) fn visit(&mut self) -> Box<Visit> {
        let visit = self.actor.take_handovers().into_iter().find_map(|handover| match handover {
            Handover::Visit(visit) => Some(visit),
            _ => None,
        });
        visit.expect("a visit")
    }

    fn has_hung_up(&self, cause: EndCause) -> bool {
        self.orders.iter().any(|order| word(order) == format!("end 1 {cause:?}"))
    }
}

fn digit_by(method: DigitMethod, digit: char) -> Message {
    match method {
        DigitMethod::SipInfo => Message::Leg(LegEvent::Digit { leg: LEG, digit, method }),
        _ => Message::Media(MediaEvent::Digit { leg: LEG, digit, method }),
    }
}

/// A leg that comes to the reception.
pub(super) fn ask(leg: u64, goal: Goal) -> Message {
    let mut offered = offered(leg);
    offered.calling = Alias::sip("+8613800138000", "phone.example.com");
    let draft = Draft::begun(LegId(leg), Protocol::Sip, false);
    let call = Call::offered(offered, Lang::Zh, draft);
    let purpose = Purpose::Ask(goal);
    Message::Visit(Box::new(Visit { call, caller: None, trusted: false, purpose, seated: None }))
}

/// A `#` that ends the PIN as an event comes again by INFO when the call is in the conference
/// already: with one more `#` of its own the host must not end the conference for everybody.
#[test]
fn a_key_that_is_reported_again_after_the_handover_is_not_pressed_twice() {
    let mut menus = Menus::call(Goal::Ask, None);
    menus.press("1004#4711#");
    let visit = menus.visit();
    assert!(matches!(visit.purpose, Purpose::Join { role: Role::Host, .. }));
    let mut room = Room::new(Settings::default());
    room.now = menus.now;
    room.take(Message::Visit(visit));
    room.take(digit_by(DigitMethod::SipInfo, '#'));
    room.now += Duration::from_millis(400);
    room.take(digit_by(DigitMethod::Rfc4733, '#'));
    assert!(!room.actor.has_ended(), "one press since it is here");
    room.now += Duration::from_millis(400);
    room.take(digit_by(DigitMethod::Rfc4733, '#'));
    assert!(room.actor.has_ended(), "the second one");
}

#[test]
fn a_press_by_three_ways_is_one_digit_at_the_reception() {
    let mut menus = Menus::call(Goal::Ask, None);
    for digit in "1001#".chars() {
        menus.now += Duration::from_millis(200);
        for method in [DigitMethod::Rfc4733, DigitMethod::InBand, DigitMethod::SipInfo] {
            menus.take(digit_by(method, digit));
        }
    }
    assert_eq!(
        menus.visit().purpose,
        Purpose::Join { key: "open".into(), role: Role::Guest, beside: None }
    );
}

#[test]
fn how_good_the_call_was_is_kept_in_its_record() {
    let mut menus = Menus::call(Goal::Feedback { cause: EndCause::Normal }, None);
    menus.press("4");
    menus.played();
    assert_eq!(menus.hang_up().feedback, Some(4));
}

/// What was counted before the caller heard itself plays no part.
#[test]
fn what_a_test_call_found_is_kept_in_its_record() {
    let mut menus = Menus::call(Goal::Test, None);
    let stats = |received, audible| {
        let stats = LegStats {
            packets_received: received,
            packets_sent: received,
            audible: Duration::from_secs(audible),
            ..LegStats::default()
        };
        Message::Media(MediaEvent::Stats { leg: LEG, stats: Box::new(stats) })
    };
    menus.played();
    menus.take(stats(300, 5));
    menus.pass(Duration::from_secs(8));
    menus.take(stats(700, 5));
    let verdict = menus.hang_up().verdict.expect("a verdict");
    assert_eq!(verdict.heard, Heard::OnlySilence, "it spoke before the test only");
}

#[test]
fn three_wrong_entries_are_audited_and_end_with_goodbye() {
    let mut menus = Menus::call(Goal::Ask, None);
    menus.press("5551#1#5552#1#5553#1#");
    assert_eq!(menus.audited(), ["number.enter wrong"; 3]);
    menus.played();
    assert!(menus.has_hung_up(EndCause::AttemptsExhausted));
}

/// An operator who is busy, or cannot be called at all: nobody is hung up without a word.
#[test]
fn whom_no_operator_answers_hears_why_and_goodbye_be_it_a_number_or_a_user_of_ours() {
    for operator in ["sip:desk@example.com", "2001"] {
        let (mut menus, visit) = to_the_operator(operator);
        let is_user = matches!(visit.purpose, Purpose::User(_));
        assert_eq!(is_user, operator == "2001", "{:?}", visit.purpose);
        let mut room = Room::new_of(Settings::default(), true);
        room.take(Message::Visit(visit));
        room.take(Message::End(EndCause::Busy));
        let back = room.actor.take_handovers().into_iter().find_map(|handover| match handover {
            Handover::Visit(visit) => Some(visit),
            _ => None,
        });
        let cause = EndCause::AttemptsExhausted;
        let back = back.expect("the caller comes back");
        assert_eq!(back.purpose, Purpose::Ask(Goal::Dismissal { cause }), "{operator}");
        menus.take(Message::Visit(back));
        menus.played();
        assert!(menus.has_hung_up(EndCause::AttemptsExhausted), "{operator}");
    }
}

#[test]
fn where_the_operator_is_nowhere_the_caller_hears_why_and_goodbye() {
    let (mut menus, visit) = to_the_operator("1003");
    menus.take(Message::Visit(visit));
    menus.played();
    assert!(menus.has_hung_up(EndCause::AttemptsExhausted));
    let said = menus.orders.iter().filter(|order| word(order).contains("TooManyAttempts, Goodbye"));
    assert_eq!(said.count(), 1, "{:?}", menus.orders);
}

/// A caller after its third wrong entry.
fn to_the_operator(operator: &str) -> (Menus, Box<Visit>) {
    let mut menus = Menus::call(Goal::Ask, Some(operator));
    menus.press("5551#1#5552#1#5553#1#");
    menus.played();
    let visit = menus.visit();
    (menus, visit)
}

/// That calling out is off is no reason that a caller could hear.
#[tokio::test]
async fn who_may_not_be_put_through_to_the_operator_hears_of_the_wrong_entries() {
    let (_, visit) = to_the_operator("sip:desk@example.com");
    let mut node = Node::new();
    node.router.directory.conference(&"elsewhere".into(), |_| tokio::sync::mpsc::channel(1).0);
    let handle = node.router.directory.of_key("elsewhere").expect("it runs");
    node.router.directory.seat(LEG, handle, Protocol::Sip);
    node.router.handover(Handover::Visit(visit)).await;
    node.until("TooManyAttempts").await;
}
