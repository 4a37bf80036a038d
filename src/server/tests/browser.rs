//! Legs of browsers, and of programs that publish or play, between adapter and engine.

use super::*;
use crate::actor::call::{Keeper, MEDIA_GONE};
use causeway_plan::{CandidateProtocol, Fingerprint, IceCredentials, WebRtcAddress, WebRtcState};

fn browser(leg: u64, keeper: Keeper) -> (Message, tokio::sync::oneshot::Receiver<Seated>) {
    let mut from = offered(leg);
    from.protocol = Protocol::WebRtc;
    let draft = crate::record::Draft::begun(LegId(leg), Protocol::WebRtc, false);
    let mut call = Call::offered(from, Lang::En, draft);
    call.keeper = keeper;
    let (seated, seat) = tokio::sync::oneshot::channel();
    let purpose = Purpose::Join { key: "conference[0]".into(), role: Role::Guest, beside: None };
    let visit = Visit { call, caller: None, trusted: false, purpose, seated: Some(seated) };
    (Message::Visit(Box::new(visit)), seat)
}

type Seated = Result<causeway_conference::Who, EndCause>;

/// Its last word and its visit come to the router by two ways, in either order.
#[tokio::test]
async fn a_visitor_who_left_before_the_router_looked_leaves_nothing() {
    let mut node = Node::new();
    let (Message::Visit(visit), seat) = browser(1, Keeper::Signalling) else { unreachable!() };
    drop(seat);
    node.hang_up(1).await;
    node.router.enter(visit).await;
    let directory = &node.router.directory;
    assert_eq!((directory.leg_count(), directory.conference_count()), (0, 0));
    let (Message::Visit(visit), mut seat) = browser(2, Keeper::Signalling) else { unreachable!() };
    node.router.enter(visit).await;
    node.until("ReserveWebRtc").await;
    assert!(seat.try_recv().expect("a seat").is_ok(), "who waits still gets its seat");
}

fn reserved_browser(leg: u64) -> Message {
    let ice = IceCredentials { ufrag: "abcd".to_owned(), password: "x".repeat(22) };
    let udp = vec!["192.0.2.5:30000".parse().expect("an address")];
    let fingerprint = Fingerprint([7; 32]);
    let local = Box::new(WebRtcAddress { ice, fingerprint, udp, tcp: Vec::new() });
    Message::Media(MediaEvent::WebRtcReserved { leg: LegId(leg), local })
}

fn changed(leg: u64, state: WebRtcState) -> Message {
    Message::Media(MediaEvent::WebRtcChanged { leg: LegId(leg), state })
}

const UP: WebRtcState = WebRtcState::Connected { by: CandidateProtocol::Udp };

fn join_browser(room: &mut Room, leg: u64, keeper: Keeper) {
    room.take(browser(leg, keeper).0);
    room.take(reserved_browser(leg));
    room.take(ready(leg));
    room.take(answered(leg));
}

fn measures(orders: &[String]) -> usize {
    orders.iter().filter(|order| order.contains("ReportStats")).count()
}

#[test]
fn who_comes_by_a_page_learns_its_seat_and_is_told_nothing_by_voice() {
    let settings = Settings { mute_on_entry: true, ..Settings::default() };
    let mut room = Room::new(settings);
    let (visit, mut seat) = browser(1, Keeper::Signalling);
    let orders = room.take(visit);
    assert!(orders[0].contains("ReserveWebRtc"), "{orders:?}");
    let who = seat.try_recv().expect("at once").expect("a seat");
    assert_eq!((who.conference, who.participant), (ConferenceId(1), ParticipantId(1)));
    room.take(reserved_browser(1));
    room.take(ready(1));
    let orders = room.take(answered(1));
    assert!(!orders.iter().any(|order| order.starts_with("Say")), "{orders:?}");
    let (visit, mut seat) = browser(2, Keeper::Signalling);
    room.take(Message::Tell {
        command: Command::SetLock { locked: true, by: By::Operator },
        reply: None,
    });
    room.take(visit);
    assert_eq!(seat.try_recv().expect("at once"), Err(EndCause::ConferenceLocked));
}

#[test]
fn lines_are_measured_where_a_page_shows_it_and_nowhere_else() {
    let mut room = Room::new(Settings::default());
    room.join(1);
    assert_eq!(measures(&room.pass(Duration::from_secs(60))), 0, "nobody looks");
    join_browser(&mut room, 2, Keeper::Signalling);
    assert_eq!(measures(&room.pass(Duration::ZERO)), 2);
    assert_eq!(measures(&room.pass(Duration::from_secs(4))), 0);
    assert_eq!(measures(&room.pass(Duration::from_secs(1))), 2);
    let stats = |received| {
        let stats = causeway_plan::LegStats {
            packets_received: received,
            packets_sent: received,
            ..Default::default()
        };
        Message::Media(MediaEvent::Stats { leg: LegId(1), stats: Box::new(stats) })
    };
    room.take(stats(1000));
    room.take(stats(1250));
    let (reply, mut view) = tokio::sync::oneshot::channel();
    room.take(Message::Show(reply));
    let view = view.try_recv().expect("a view");
    let qualities: Vec<_> = view.calls.iter().map(|call| call.quality).collect();
    assert_eq!(qualities, [Some(4), None]);
    room.take(ended(2));
    assert_eq!(measures(&room.pass(Duration::from_secs(60))), 0);
}

/// Who publishes by HTTP says nothing when it goes; a page is watched by its door.
#[test]
fn a_leg_that_only_its_media_keeps_is_let_go_without_it() {
    let mut room = Room::new(Settings::default());
    let gone = Keeper::Media { gone: Some(room.now) };
    join_browser(&mut room, 1, gone);
    join_browser(&mut room, 2, Keeper::Signalling);
    room.take(changed(2, UP));
    let orders = room.pass(MEDIA_GONE);
    assert!(orders.contains(&"end 1 MediaTimeout".to_owned()), "it never connected: {orders:?}");
    let gone = Keeper::Media { gone: Some(room.now) };
    join_browser(&mut room, 3, gone);
    room.take(changed(3, UP));
    assert!(!room.pass(MEDIA_GONE * 10).iter().any(|order| order.starts_with("end")));
    room.take(changed(3, WebRtcState::Disconnected));
    room.pass(MEDIA_GONE / 2);
    room.take(changed(3, UP));
    assert!(!room.pass(MEDIA_GONE * 10).iter().any(|order| order.starts_with("end")), "a gap");
    room.take(changed(3, WebRtcState::Disconnected));
    room.take(changed(2, WebRtcState::Disconnected));
    let orders = room.pass(MEDIA_GONE);
    let ends: Vec<_> = orders.iter().filter(|order| order.starts_with("end")).collect();
    assert_eq!(ends, ["end 3 MediaTimeout"]);
}

#[test]
fn a_page_without_media_hears_why_it_is_let_go() {
    use causeway_conference::policy::PATH_LIMIT;
    let mut room = Room::new(Settings::default());
    join_browser(&mut room, 1, Keeper::Signalling);
    join_browser(&mut room, 2, Keeper::Signalling);
    room.take(changed(1, WebRtcState::Disconnected));
    room.take(changed(2, UP));
    let orders = room.pass(PATH_LIMIT);
    let ends: Vec<_> = orders.iter().filter(|order| order.starts_with("end")).collect();
    assert_eq!(ends, ["end 1 MediaTimeout"]);
}

#[test]
fn a_telephone_joins_only_who_is_there_still() {
    let mut room = Room::new(Settings::default());
    join_browser(&mut room, 1, Keeper::Signalling);
    let beside = |conference, participant| {
        Some(causeway_conference::Who {
            conference: ConferenceId(conference),
            participant: ParticipantId(participant),
        })
    };
    let phone = |leg, beside| {
        let draft = crate::record::Draft::begun(LegId(leg), Protocol::Sip, false);
        let purpose = Purpose::Join { key: "conference[0]".into(), role: Role::Guest, beside };
        let call = Call::offered(offered(leg), Lang::Zh, draft);
        let visit = Visit { call, caller: None, trusted: false, purpose, seated: None };
        Message::Visit(Box::new(visit))
    };
    assert_eq!(room.take(phone(2, beside(1, 9))), ["reject 2 Gone"], "nobody of this number");
    assert_eq!(room.take(phone(3, beside(7, 1))), ["reject 3 Gone"], "another conference");
    room.take(phone(4, beside(1, 1)));
    room.take(reserved(4));
    room.take(ready(4));
    let orders = room.take(answered(4));
    assert!(orders.contains(&"apply [4] [4]".to_owned()), "{orders:?}");
}
