//! Legs between a scripted adapter and a scripted engine: from offer to end, and every failure.

mod bridging;
mod browser;
mod by_link;
pub(crate) mod front_desk;
mod gateway;
mod moved;
mod outgoing;
pub(crate) mod peer;
mod reception;
mod regression;
mod sound;
mod video;

use crate::actor::call::Call;
use crate::actor::conference::ConferenceActor;
use crate::actor::{Actor, Answering, Handover, Message, Order, Purpose, Visit};
use crate::directory::Directory;
use crate::front_desk::{FrontDesk, Rules};
use crate::journal::Journal;
use crate::meeting::{Meetings, Permanent};
use crate::outlet::{Busy, Outlet};
use crate::router::Router;
use causeway_base::{Alias, Codec, ConferenceId, EndCause, Lang, LegId, ParticipantId};
use causeway_conference::{
    By, Command, EndRules, Event, LegCommand, LegEvent, Offered, Protocol, Role, Settings,
    policy::ARRIVAL_LIMIT,
};
use causeway_dial::{AliasPattern, DialPlan, Found, NameTable, NumberPlan, OurHosts};
use causeway_plan::{
    AudioFormat, Direction, Feed, LegAudio, LegMedia, MediaCommand, MediaEvent, MediaPlan,
    OfferPolicy, Transport, TransportSpec,
};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, mpsc};

const CALLER: &str = "caller-7391";
const SOURCE: &str = "203.0.113.77:40000";
const NAME: &str = "Wang Xiaoming";

fn offered(leg: u64) -> Box<Offered> {
    Box::new(Offered {
        leg: LegId(leg),
        protocol: Protocol::Sip,
        called: Alias::sip("1001", "192.0.2.5"),
        calling: Alias::sip(CALLER, "phone.example.com"),
        private: false,
        proof: Default::default(),
        display_name: NAME.to_owned(),
        source: SOURCE.parse().expect("an address"),
        local: "192.0.2.5".parse().expect("an address"),
        secure: false,
        user_agent: Some("Phone/1.0".to_owned()),
        device: Default::default(),
        pictures: true,
    })
}

/// A front desk with one conference, 1001.
fn desk(ours: OurHosts, key: Arc<str>, settings: Settings) -> Arc<FrontDesk> {
    let numbers = NumberPlan::default();
    let mut names = NameTable::new();
    let room = AliasPattern::parse("1001").expect("a name");
    names.insert(&room, &numbers, Found::Conference(key.clone())).expect("free");
    let rules = Rules {
        dial_plan: Arc::new(DialPlan::of_names(ours, numbers)),
        names,
        calling_out: Default::default(),
        trunks: Vec::new(),
        trust: Default::default(),
        langs: Default::default(),
        lang: Lang::Zh,
        keys: Default::default(),
        pictures: Default::default(),
        exempt: Vec::new(),
        operator: None,
    };
    let conference = Permanent {
        key,
        aliases: vec!["1001".to_owned()],
        code: None,
        settings,
        layout: None,
        host_pin: None,
        guest_pin: None,
    };
    Arc::new(FrontDesk::new(rules, Arc::new(Meetings::fixed(vec![conference]))))
}

fn visit(leg: u64) -> Message {
    let draft = crate::record::Draft::begun(LegId(leg), Protocol::Sip, false);
    let purpose = Purpose::Join { key: "conference[0]".into(), role: Role::Guest, beside: None };
    let call = Call::offered(offered(leg), Lang::Zh, draft);
    Message::Visit(Box::new(Visit { call, caller: None, trusted: false, purpose, seated: None }))
}

fn media(direction: Direction) -> Box<LegMedia> {
    let format = AudioFormat::new(Codec::Pcma, 8);
    Box::new(LegMedia {
        transport: Transport::Rtp(TransportSpec {
            remote_rtp: SOURCE.parse().ok(),
            remote_rtcp: None,
            rtcp_mux: true,
            signalling_source: "203.0.113.77".parse().expect("an address"),
            protection: causeway_plan::MediaProtection::Clear,
        }),
        direction,
        audio: LegAudio {
            send: format,
            receive: vec![format],
            ptime_ms: 20,
            send_events: None,
            receive_events: Vec::new(),
            receive_comfort_noise: Vec::new(),
            level_extension: None,
        },
        video: vec![],
    })
}

fn ready(leg: u64) -> Message {
    let media = media(Direction::SendReceive);
    Message::Leg(LegEvent::MediaReady { leg: LegId(leg), media })
}

fn answered(leg: u64) -> Message {
    Message::Leg(LegEvent::Answered { leg: LegId(leg) })
}

fn reserved(leg: u64) -> Message {
    Message::Media(MediaEvent::Reserved {
        leg: LegId(leg),
        rtp: "192.0.2.5:10000".parse().expect("an address"),
        rtcp: "192.0.2.5:10001".parse().expect("an address"),
        video: None,
    })
}

fn ended(leg: u64) -> Message {
    Message::Leg(LegEvent::Ended { leg: LegId(leg), cause: EndCause::Normal })
}

/// An order in one word, as the tests compare them.
fn word(order: &Order) -> String {
    match order {
        Order::Leg(LegCommand::Accept { leg, media, .. }) => {
            let seen = media.ports().map(|ports| ports.advertised.to_string());
            format!("accept {} {}", leg.0, seen.unwrap_or_else(|| "browser".to_owned()))
        }
        Order::Leg(LegCommand::Reject { leg, cause }) => format!("reject {} {cause:?}", leg.0),
        Order::Leg(LegCommand::End { leg, cause }) => format!("end {} {cause:?}", leg.0),
        Order::Media(MediaCommand::OpenConference { .. }) => "open".to_owned(),
        Order::Media(MediaCommand::CloseConference { .. }) => "close".to_owned(),
        Order::Media(MediaCommand::Reserve { leg, local, .. }) => {
            format!("reserve {} {local}", leg.0)
        }
        Order::Media(MediaCommand::Configure { leg, .. }) => format!("configure {}", leg.0),
        Order::Media(MediaCommand::Move { leg, .. }) => format!("move {}", leg.0),
        Order::Media(MediaCommand::Release { leg }) => format!("release {}", leg.0),
        Order::Media(MediaCommand::Apply { plan, .. }) => format!("apply {}", mixed(plan)),
        other => format!("{other:?}"),
    }
}

/// The legs that are heard, then those that get the mix.
fn mixed(plan: &MediaPlan) -> String {
    let heard: Vec<_> = plan.ingress.iter().filter(|way| way.heard).map(|way| way.leg.0).collect();
    let served: Vec<_> =
        plan.egress.iter().filter(|way| way.feed == Feed::Mix).map(|way| way.leg.0).collect();
    format!("{heard:?} {served:?}")
}

struct Room {
    actor: ConferenceActor,
    now: Instant,
}

impl Room {
    fn new(settings: Settings) -> Self {
        Self::new_of(settings, false)
    }

    fn new_of(settings: Settings, paired: bool) -> Self {
        Self::with(settings, paired, OfferPolicy::default())
    }

    fn with(settings: Settings, paired: bool, policy: OfferPolicy) -> Self {
        let answering = Answering {
            policy,
            advertised: vec![causeway_adapter::sip::Advertised {
                local: IpAddr::from([0, 0, 0, 0]),
                advertised: "198.51.100.9".parse().expect("an address"),
            }],
            seeing_trunks: ["exchange".into()].into(),
            farewell: false,
        };
        let now = Instant::now();
        let (id, key) = (ConferenceId(1), "conference[0]".into());
        let actor = ConferenceActor::new(id, key, settings, paired, Arc::new(answering), now);
        let mut room = Room { actor, now };
        assert_eq!(room.orders(), ["open"]);
        room
    }

    fn orders(&mut self) -> Vec<String> {
        self.actor.settle(self.now);
        let mut words = Vec::new();
        while let Some(order) = self.actor.next_order() {
            if !matches!(order, Order::Record(_)) {
                words.push(word(order));
            }
            self.actor.order_done();
        }
        words
    }

    fn take(&mut self, message: Message) -> Vec<String> {
        self.actor.handle(self.now, message);
        self.orders()
    }

    fn pass(&mut self, time: Duration) -> Vec<String> {
        self.now += time;
        self.actor.handle_timeout(self.now);
        self.orders()
    }

    fn join(&mut self, leg: u64) {
        self.take(visit(leg));
        self.take(reserved(leg));
        self.take(ready(leg));
        self.take(answered(leg));
    }
}

#[test]
fn a_call_goes_from_its_offer_into_the_mix_and_out_again() {
    let mut room = Room::new(Settings::default());
    assert_eq!(room.take(visit(1)), ["reserve 1 192.0.2.5"]);
    assert_eq!(room.take(reserved(1)), ["accept 1 198.51.100.9"]);
    assert_eq!(room.take(ready(1)), ["configure 1", "move 1"]);
    assert_eq!(room.take(answered(1)), ["apply [1] [1]"]);
    room.join(2);
    let hold = LegEvent::MediaReady { leg: LegId(1), media: media(Direction::Inactive) };
    assert_eq!(room.take(Message::Leg(hold)), ["configure 1", "apply [2] [2]"]);
    assert_eq!(room.take(ended(1)), ["release 1", "apply [2] [2]"]);
    assert_eq!(room.take(ended(2)), ["release 2", "apply [] []"]);
    assert_eq!(room.pass(Duration::from_secs(10)), ["close"]);
    assert!(room.actor.is_done());
}

/// An offer can name anybody's address; the ACK shows that the caller got our answer.
#[test]
fn a_caller_who_did_not_confirm_gets_no_sound() {
    let mut room = Room::new(Settings::default());
    room.take(visit(1));
    room.take(reserved(1));
    assert_eq!(room.take(ready(1)), ["configure 1", "move 1"]);
    assert_eq!(room.take(ready(1)), ["configure 1"]);
    assert_eq!(room.take(answered(1)), ["apply [1] [1]"]);
    assert_eq!(room.take(answered(1)), Vec::<String>::new());
}

/// An INVITE without an offer: the caller's answer comes in the ACK.
#[test]
fn a_delayed_offer_joins_when_its_answer_comes() {
    let mut room = Room::new(Settings::default());
    room.take(visit(1));
    room.take(reserved(1));
    assert_eq!(room.take(answered(1)), Vec::<String>::new());
    assert_eq!(room.take(ready(1)), ["configure 1", "move 1", "apply [1] [1]"]);
}

#[test]
fn no_ports_is_told_to_the_caller_and_frees_the_seat() {
    let mut room = Room::new(Settings { max_participants: 1, ..Settings::default() });
    room.take(visit(1));
    let failed = MediaEvent::Failed { leg: LegId(1), cause: EndCause::PortsExhausted };
    assert_eq!(room.take(Message::Media(failed)), ["reject 1 PortsExhausted"]);
    assert_eq!(room.take(ended(1)), ["release 1"]);
    assert_eq!(room.take(visit(2)), ["reserve 2 192.0.2.5"]);
}

#[test]
fn a_full_conference_refuses_before_any_port_is_bound() {
    let mut room = Room::new(Settings { max_participants: 1, ..Settings::default() });
    room.join(1);
    assert_eq!(room.take(visit(2)), ["reject 2 CapacityReached"]);
    assert_eq!(room.take(ended(2)), ["release 2"]);
}

#[test]
fn a_caller_who_gives_up_while_ports_are_bound_is_not_answered() {
    let mut room = Room::new(Settings::default());
    room.take(visit(1));
    assert_eq!(room.take(ended(1)), ["release 1"]);
    assert_eq!(room.take(reserved(1)), Vec::<String>::new());
    assert_eq!(room.take(ready(1)), Vec::<String>::new());
}

#[test]
fn media_that_fails_in_a_call_ends_that_call_only() {
    let mut room = Room::new(Settings::default());
    room.join(1);
    room.join(2);
    let failed = MediaEvent::Failed { leg: LegId(1), cause: EndCause::Internal };
    assert_eq!(room.take(Message::Media(failed)), ["end 1 Internal", "apply [2] [2]"]);
    assert_eq!(room.take(ended(1)), ["release 1"]);
}

#[test]
fn a_call_without_media_is_hung_up_at_the_limit() {
    let mut room = Room::new(Settings::default());
    room.take(visit(1));
    room.take(reserved(1));
    assert_eq!(room.pass(ARRIVAL_LIMIT), ["end 1 SignallingTimeout"]);
    assert_eq!(room.take(ended(1)), ["release 1"]);
}

#[test]
fn the_end_hangs_up_everybody_once_and_gives_later_offers_back() {
    let mut room = Room::new(Settings::default());
    room.join(1);
    room.take(visit(2));
    let fault =
        MediaEvent::ConferenceFailed { conference: ConferenceId(1), cause: EndCause::Internal };
    let orders = room.take(Message::Media(fault));
    assert_eq!(orders, ["end 1 Internal", "reject 2 Internal", "close"]);
    assert_eq!(room.take(Message::End(EndCause::Draining)), Vec::<String>::new());
    assert!(room.actor.has_ended() && !room.actor.is_done());
    assert_eq!(room.take(visit(3)), Vec::<String>::new());
    let handovers = room.actor.take_handovers();
    assert!(
        matches!(handovers[..], [Handover::Closed { .. }, Handover::Visit(_)]),
        "{handovers:?}"
    );
    room.take(ended(1));
    room.take(ended(2));
    assert!(room.actor.is_done());
}

/// An outlet that answers like an engine and an adapter would, and can be full.
#[derive(Debug)]
struct Script {
    words: Mutex<Vec<String>>,
    busy: Mutex<usize>,
    /// The order at which it fails, once.
    fatal: Mutex<Option<String>>,
    events: mpsc::UnboundedSender<Message>,
}

impl Outlet for Script {
    fn carry_out(&self, order: Order) -> Result<(), Busy> {
        let mut busy = self.busy.lock().expect("not poisoned");
        if *busy > 0 {
            *busy -= 1;
            return Err(Busy);
        }
        drop(busy);
        if matches!(order, Order::Record(_)) {
            return Ok(());
        }
        let word = word(&order);
        let fails = self.fatal.lock().expect("not poisoned").take_if(|fatal| *fatal == word);
        assert!(fails.is_none(), "as the test asked");
        self.words.lock().expect("not poisoned").push(word);
        let answers = match order {
            Order::Media(MediaCommand::Reserve { leg, .. }) => vec![reserved(leg.0)],
            Order::Leg(LegCommand::Accept { leg, .. }) => vec![ready(leg.0), answered(leg.0)],
            Order::Leg(LegCommand::Reject { leg, cause } | LegCommand::End { leg, cause }) => {
                vec![Message::Leg(LegEvent::Ended { leg, cause })]
            }
            _ => Vec::new(),
        };
        for answer in answers {
            let _ = self.events.send(answer);
        }
        Ok(())
    }
}

struct Node {
    router: Router<Script>,
    events: mpsc::UnboundedReceiver<Message>,
    handovers: mpsc::UnboundedReceiver<Handover>,
}

impl Node {
    fn new() -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        let (handover_sender, handovers) = mpsc::unbounded_channel();
        let key: Arc<str> = "conference[0]".into();
        let settings = Settings {
            end: EndRules { linger: Duration::ZERO, max_duration: None, host_grace: None },
            ..Settings::default()
        };
        let router = Router {
            directory: Arc::new(Directory::default()),
            desk: desk(OurHosts::default(), key, settings),
            journal: Arc::new(Journal::new(None)),
            reception: Default::default(),
            legs: Default::default(),
            local: IpAddr::from([127, 0, 0, 1]),
            local_h323: IpAddr::from([127, 0, 0, 2]),
            answering: Arc::new(Answering {
                policy: OfferPolicy::default(),
                advertised: Vec::new(),
                seeing_trunks: Default::default(),
                farewell: false,
            }),
            outlet: Arc::new(Script {
                words: Mutex::default(),
                busy: Mutex::new(0),
                fatal: Mutex::default(),
                events: sender,
            }),
            news: broadcast::channel(64).0,
            handovers: handover_sender,
            ports: Vec::new(),
            max_calls: 4,
            draining: false,
            echoes: None,
        };
        Node { router, events, handovers }
    }

    /// Runs until the orders hold this word.
    async fn until(&mut self, wanted: &str) {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
        while !self.words().iter().any(|word| word.contains(wanted)) {
            tokio::select! {
                Some(message) = self.events.recv() => match message {
                    Message::Leg(event) => self.router.leg_event(event).await,
                    Message::Media(event) => self.router.media_event(event).await,
                    _ => {}
                },
                Some(handover) = self.handovers.recv() => self.router.handover(handover).await,
                () = tokio::time::sleep(Duration::from_millis(1)) => {}
                () = tokio::time::sleep_until(deadline) => {
                    panic!("{wanted} never came: {:?}", self.words());
                }
            }
        }
    }

    fn words(&self) -> Vec<String> {
        self.router.outlet.words.lock().expect("not poisoned").clone()
    }

    async fn call(&mut self, leg: u64) {
        self.router.leg_event(LegEvent::Offered(offered(leg))).await;
    }

    async fn hang_up(&mut self, leg: u64) {
        let event = LegEvent::Ended { leg: LegId(leg), cause: EndCause::Normal };
        self.router.leg_event(event).await;
    }
}

#[tokio::test]
async fn two_calls_of_one_alias_meet_and_the_next_ones_get_a_new_conference() {
    let mut node = Node::new();
    node.call(1).await;
    node.call(2).await;
    node.until("[1, 2] [1, 2]").await;
    assert_eq!(node.router.directory.conference_count(), 1);
    node.hang_up(1).await;
    node.hang_up(2).await;
    node.until("close").await;
    node.call(3).await;
    node.until("apply [3] [3]").await;
    assert_eq!(node.words().iter().filter(|word| *word == "open").count(), 2);
    assert_eq!(node.router.directory.leg_count(), 1);
}

#[tokio::test]
async fn what_the_plan_does_not_know_and_what_is_too_much_is_refused() {
    let mut node = Node::new();
    let mut stranger = offered(9);
    stranger.called = Alias::sip("1001", "elsewhere.example.com");
    node.router.leg_event(LegEvent::Offered(stranger)).await;
    for leg in 1..=5 {
        node.call(leg).await;
    }
    node.until("reject 5 CapacityReached").await;
    assert_eq!(node.words()[0], "reject 9 NotFound");
    node.until("[1, 2, 3, 4] [1, 2, 3, 4]").await;
    node.router.draining = true;
    node.call(6).await;
    node.until("reject 6 Draining").await;
    node.router.end_all(EndCause::Draining).await;
    node.until("end 4 Draining").await;
    node.until("release 4").await;
    assert_eq!(node.router.directory.leg_count(), 0);
}

#[tokio::test]
async fn a_full_queue_delays_orders_and_loses_none() {
    let mut node = Node::new();
    *node.router.outlet.busy.lock().expect("not poisoned") = 5;
    node.call(1).await;
    node.until("apply [1] [1]").await;
    let expected = [
        "open",
        "reserve 1 192.0.2.5",
        "accept 1 192.0.2.5",
        "configure 1",
        "move 1",
        "apply [1] [1]",
    ];
    assert_eq!(node.words(), expected);
}

#[tokio::test]
async fn a_conference_task_that_fails_hangs_up_its_calls_and_the_next_call_is_served() {
    let mut node = Node::new();
    node.call(1).await;
    node.call(2).await;
    node.until("[1, 2] [1, 2]").await;
    *node.router.outlet.fatal.lock().expect("not poisoned") = Some("apply [1] [1, 2]".to_owned());
    let conference = ConferenceId(1);
    let handle = node.router.directory.of_conference(conference).expect("it runs");
    let mute = Command::Mute { participant: ParticipantId(2), by: By::Operator };
    handle.mailbox.send(Message::Tell { command: mute, reply: None }).await.expect("it runs");
    node.until("close").await;
    node.until("release 1").await;
    node.until("release 2").await;
    assert!(node.words().contains(&"end 2 Internal".to_owned()));
    node.call(3).await;
    node.until("apply [3] [3]").await;
}

#[tokio::test]
async fn whoever_listens_hears_what_happens() {
    let mut node = Node::new();
    let mut news = node.router.news.subscribe();
    node.call(1).await;
    node.until("apply [1] [1]").await;
    let joined = news.recv().await.expect("news").event;
    assert!(matches!(joined, Event::ParticipantJoined { leg: LegId(1), .. }), "{joined:?}");
}

#[tokio::test]
async fn a_bridge_without_calls_drains_at_once() {
    let dir = std::env::temp_dir().join(format!("causeway-bridge-{}", std::process::id()));
    let text = format!(
        "[node]\nstate_dir = {:?}\n[h323]\nlisten = []\n[sip]\nudp = [\"127.0.0.1:0\"]\ntcp = []\ntls = [\"127.0.0.1:0\"]\n\
         [webrtc]\nudp_port = 0\n",
        dir.display().to_string()
    );
    let config = crate::Config::parse("test.toml", &text, &|_| None).expect("valid");
    let mut bridge = crate::Bridge::start(config).await.expect("a bridge");
    bridge.drain().await;
    bridge.stopped().await;
    std::fs::remove_dir_all(&dir).expect("clean up");
}

/// Collects what is logged.
#[derive(Clone, Default)]
pub(crate) struct Pages(pub(crate) Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Pages {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("not poisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_address_alias_name_or_digit_reaches_the_log_at_info() {
    let pages = Pages::default();
    let writer = pages.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let mut node = Node::new();
    node.call(1).await;
    node.until("apply [1] [1]").await;
    let leg = LegId(1);
    let source = SOURCE.parse().expect("an address");
    node.router.media_event(MediaEvent::SourceLatched { leg, source }).await;
    let mut stranger = offered(9);
    stranger.called = Alias::sip("secret-room", "elsewhere.example.com");
    node.router.leg_event(LegEvent::Offered(stranger)).await;
    node.hang_up(1).await;
    node.until("close").await;
    drop(guard);
    let log = String::from_utf8(pages.0.lock().expect("not poisoned").clone()).expect("text");
    assert!(log.contains("participant joined") && log.contains("CW-DIAL-001"), "{log}");
    for secret in [CALLER, "203.0.113", NAME, "phone.example", "secret-room", "192.0.2.5", "1001"] {
        assert!(!log.contains(secret), "{secret} in:\n{log}");
    }
}
