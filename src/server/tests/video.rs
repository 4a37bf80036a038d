//! Pictures between a scripted adapter and a scripted engine: who gets ports for them, who is
//! planned, and who is asked for a whole one.

use super::reception::{Menus, ask};
use super::*;
use crate::api::{FaultyPictures, Gauges};
use crate::calling_out::{Appearance, Errand, Way};
use causeway_base::{Bitrate, SizeClass, VideoCodec, VideoSize};
use causeway_conference::Goal;
use causeway_conference::reception::{Came, PictureVerdict};
use causeway_plan::Sound;
use causeway_plan::picture::ScreenEntry;
use causeway_plan::video::{Sight, VideoState, VideoStrain};
use causeway_plan::{
    Ceiling, Content, Feedback, LegStats, LegVideo, PicturePlan, Show, VideoCoding, VideoFeed,
    VideoFormat, VideoPolicy, VideoSend, VideoStats, VideoTransport, Vp8Format,
};
use std::net::SocketAddr;

const LOCAL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 5));

fn seeing() -> OfferPolicy {
    let video = VideoPolicy { codecs: VideoCodec::ALL.to_vec(), ..VideoPolicy::default() };
    OfferPolicy { video, ..OfferPolicy::default() }
}

/// Media with pictures both ways.
fn seen(direction: Direction) -> Box<LegMedia> {
    let mut media = media(Direction::SendReceive);
    let coding = VideoCoding::Vp8(Vp8Format::default());
    let format = VideoFormat { payload_type: 97, coding, rtx: None, feedback: Feedback::ALL };
    let ceiling = Ceiling { class: SizeClass::P720, frame_rate: 30 };
    let send = VideoSend { format, ceiling, max_bitrate: Bitrate::kbps(1_000) };
    let transport = media.transport.rtp().expect("ports of its own").clone();
    media.video.push(LegVideo {
        transport: VideoTransport::Rtp(transport),
        direction,
        content: Content::Main,
        label: None,
        send: Some(send),
        receive: vec![format],
        transport_cc: None,
    });
    media
}

fn ready_to_see(leg: u64) -> Message {
    let media = seen(Direction::SendReceive);
    Message::Leg(LegEvent::MediaReady { leg: LegId(leg), media })
}

fn camera(leg: u64, state: VideoState) -> Message {
    Message::Media(MediaEvent::VideoChanged { leg: LegId(leg), state })
}

fn visit_of(offered: Box<Offered>) -> Message {
    let draft = crate::record::Draft::begun(offered.leg, Protocol::Sip, false);
    let purpose = Purpose::Join { key: "conference[0]".into(), role: Role::Guest, beside: None };
    let device = crate::device::Devices::default().caller(&offered);
    let call = Call::offered(offered, Lang::Zh, draft).known_as(device);
    Message::Visit(Box::new(Visit { call, caller: None, trusted: false, purpose, seated: None }))
}

fn errand(leg: u64, way: Way) -> Message {
    let errand = Errand {
        leg: LegId(leg),
        until: Instant::now() + Duration::from_secs(60),
        target: "sip:room@example.com".to_owned(),
        way,
        shown: Appearance::ourselves(),
        display_name: String::new(),
        role: Role::Guest,
        lang: Lang::Zh,
        beside: None,
        asker: causeway_dial::calling_out::Asker::Host,
        bridging: None,
        device: None,
        explanation: "null".to_owned(),
    };
    Message::CallOut { local: [192, 0, 2, 5].into(), errand: Box::new(errand), watcher: None }
}

fn reserved_with(leg: u64, video: bool) -> Message {
    let at = |text: &str| text.parse().expect("an address");
    Message::Media(MediaEvent::Reserved {
        leg: LegId(leg),
        rtp: at("192.0.2.5:10000"),
        rtcp: at("192.0.2.5:10001"),
        video: video.then(|| (at("192.0.2.5:10002"), at("192.0.2.5:10003"))),
    })
}

impl Room {
    fn seeing() -> Self {
        Self::with(Settings::default(), false, seeing())
    }

    /// The orders themselves.
    fn raw(&mut self, message: Message) -> Vec<Order> {
        self.actor.handle(self.now, message);
        self.actor.settle(self.now);
        let mut orders = Vec::new();
        while let Some(order) = self.actor.next_order() {
            orders.push(order.clone());
            self.actor.order_done();
        }
        orders
    }

    fn join_seen(&mut self, leg: u64) -> Vec<Order> {
        self.raw(visit(leg));
        self.raw(reserved_with(leg, true));
        self.raw(ready_to_see(leg));
        self.raw(answered(leg))
    }

    /// Whether a leg gets ports for pictures, and whether its answer or its offer may hold any.
    fn ports_of(&mut self, message: Message, leg: u64) -> (bool, bool) {
        let reserve = self.raw(message).into_iter().find_map(|order| match order {
            Order::Media(MediaCommand::Reserve { video, .. }) => Some(video),
            _ => None,
        });
        let video = reserve.expect("ports");
        let told = self.raw(reserved_with(leg, video)).into_iter().find_map(|order| match order {
            Order::Leg(
                LegCommand::Accept { policy, media, .. } | LegCommand::Dial { policy, media, .. },
            ) => {
                let ports = media.ports().expect("ports of its own");
                assert_eq!(ports.video.is_some(), video, "the adapter learns of the ports");
                Some(!policy.video.codecs.is_empty())
            }
            _ => None,
        });
        (video, told.expect("an answer or an offer"))
    }
}

/// The last plan among orders.
fn plan(orders: &[Order]) -> &MediaPlan {
    let plans = orders.iter().rev().filter_map(|order| match order {
        Order::Media(MediaCommand::Apply { plan, .. }) => Some(plan),
        _ => None,
    });
    plans.into_iter().next().expect("a plan")
}

/// What a leg is shown.
fn shown(plan: &MediaPlan, leg: u64) -> &PicturePlan {
    let way = plan.video.iter().find(|way| way.leg == LegId(leg)).expect("a way out");
    let (VideoFeed::Picture(id) | VideoFeed::Forward(_, id)) = way.feed else { panic!("nothing") };
    plan.pictures.iter().find(|picture| picture.id == id).expect("it is composed")
}

#[test]
fn a_room_gets_ports_for_pictures_and_a_telephone_behind_a_carrier_does_not() {
    let mut room = Room::seeing();
    assert_eq!(room.ports_of(visit(1), 1), (true, true));
    let mut phone = offered(2);
    phone.proof.trunk = Some("carrier".into());
    assert_eq!(room.ports_of(visit_of(phone.clone()), 2), (false, false));
    let mut bridge = Offered { leg: LegId(3), ..*phone };
    bridge.user_agent = Some("Webex SBC".to_owned());
    assert_eq!(room.ports_of(visit_of(Box::new(bridge)), 3), (true, true), "a meeting service");
    assert_eq!(room.ports_of(errand(4, Way::Direct), 4), (true, true));
    assert_eq!(room.ports_of(errand(5, Way::Trunk("carrier".into())), 5), (false, false));
    let listener = Offered { leg: LegId(6), pictures: false, ..*offered(6) };
    assert_eq!(room.ports_of(visit_of(Box::new(listener)), 6), (false, true), "offers none yet");
    let mut behind = offered(7);
    behind.proof.trunk = Some("exchange".into());
    assert_eq!(room.ports_of(visit_of(behind), 7), (true, true), "a room behind an exchange");
    assert_eq!(room.ports_of(errand(8, Way::Trunk("exchange".into())), 8), (true, true));
    let mut blind = Room::new(Settings::default());
    assert_eq!(blind.ports_of(visit(1), 1), (false, false), "no pictures are allowed");
}

#[test]
fn who_adds_pictures_gets_ports_for_them_then_and_a_telephone_of_a_carrier_none() {
    let mut room = Room::seeing();
    let telephone = Offered { leg: LegId(1), pictures: false, ..*offered(1) };
    let mut carried = Offered { leg: LegId(2), ..telephone.clone() };
    carried.proof.trunk = Some("carrier".into());
    for offered in [telephone, carried] {
        let leg = offered.leg.0;
        room.ports_of(visit_of(Box::new(offered)), leg);
    }
    let mut ask = |leg| room.raw(Message::Leg(LegEvent::PicturesOffered { leg: LegId(leg) }));
    let orders = ask(1);
    let reserve = Order::Media(MediaCommand::ReservePictures { leg: LegId(1), local: LOCAL });
    assert_eq!(format!("{orders:?}"), format!("{:?}", [reserve]));
    let orders = ask(2);
    assert!(
        matches!(orders[..], [Order::Leg(LegCommand::AnswerPictures { ports: None, .. })]),
        "{orders:?}"
    );
    let at = |port| SocketAddr::from((LOCAL, port));
    let ports = Some((at(10_002), at(10_003)));
    let event = MediaEvent::PicturesReserved { leg: LegId(1), ports };
    let orders = room.raw(Message::Media(event));
    let [Order::Leg(LegCommand::AnswerPictures { leg, ports: told })] = orders[..] else {
        panic!("{orders:?}")
    };
    assert_eq!((leg, told), (LegId(1), ports));
}

#[test]
fn whose_camera_comes_is_planned_for_all_who_are_in() {
    let mut room = Room::seeing();
    room.join_seen(1);
    let orders = room.join_seen(2);
    assert_eq!(plan(&orders).pictures.len(), 1, "one picture serves both");
    let orders = room.raw(camera(1, VideoState::Coming));
    let sources: Vec<_> = shown(plan(&orders), 2).sources().collect();
    assert_eq!(sources, [LegId(1)]);
    room.raw(camera(2, VideoState::Coming));
    let orders = room.raw(ended(1));
    let sources: Vec<_> = plan(&orders).pictures.iter().flat_map(PicturePlan::sources).collect();
    assert_eq!(sources, [LegId(2)], "who left vanishes at once");
}

#[test]
fn a_camera_that_is_held_is_seen_no_more() {
    let mut room = Room::seeing();
    room.join_seen(1);
    room.join_seen(2);
    room.raw(camera(1, VideoState::Coming));
    let media = seen(Direction::Inactive);
    let orders = room.raw(Message::Leg(LegEvent::MediaReady { leg: LegId(1), media }));
    let plan = self::plan(&orders);
    assert_eq!(plan.pictures.iter().flat_map(PicturePlan::sources).count(), 0);
    assert_eq!(plan.video.iter().map(|way| way.leg).collect::<Vec<_>>(), [LegId(2)]);
    room.raw(camera(1, VideoState::Coming));
    let orders = room.raw(ready_to_see(1));
    let plan = self::plan(&orders);
    let sources = plan.pictures.iter().flat_map(PicturePlan::sources);
    assert_eq!(sources.count(), 0, "nothing came since");
}

#[test]
fn whole_pictures_are_asked_for_by_signalling_both_ways() {
    let mut room = Room::seeing();
    room.join_seen(1);
    let needed = Message::Media(MediaEvent::KeyFrameNeeded { leg: LegId(1) });
    let orders = room.raw(needed);
    assert!(
        matches!(orders[..], [Order::Leg(LegCommand::RequestKeyframe { leg: LegId(1) })]),
        "{orders:?}"
    );
    let orders = room.raw(Message::Leg(LegEvent::KeyframeNeeded { leg: LegId(1) }));
    assert!(
        matches!(orders[..], [Order::Media(MediaCommand::RefreshPicture { leg: LegId(1) })]),
        "{orders:?}"
    );
}

#[test]
fn what_the_engine_sees_and_hears_of_legs_is_in_view() {
    let mut room = Room::seeing();
    room.join_seen(1);
    room.raw(camera(1, VideoState::Coming));
    room.raw(Message::Media(MediaEvent::Sighted { leg: LegId(1), sight: Sight::Black }));
    room.raw(Message::Media(MediaEvent::Sounded { leg: LegId(1), sound: Sound::Echoing }));
    let (conference, strain) = (ConferenceId(1), VideoStrain::Smaller);
    room.raw(Message::Media(MediaEvent::VideoStrained { conference, strain }));
    let (reply, mut view) = tokio::sync::oneshot::channel();
    room.raw(Message::Show(reply));
    let view = view.try_recv().expect("a view").conference;
    let leg = view.participants[0].legs[0];
    assert_eq!((view.strain, leg.picture, leg.sight), (strain, VideoState::Coming, Sight::Black));
    assert_eq!((leg.seen, leg.sound), (true, Sound::Echoing));
    let mut gauges = Gauges::default();
    gauges.count_pictures(&view.participants[0]);
    let faulty_pictures = FaultyPictures { black: 1, ..FaultyPictures::default() };
    assert_eq!(gauges, Gauges { faulty_pictures, composed_screens: 1, ..Gauges::default() });
}

/// A word that was under way when the line stopped receiving is not kept for the next owner.
#[test]
fn a_camera_that_was_held_at_the_reception_is_not_seen_in_the_conference_until_it_comes_again() {
    for late in [false, true] {
        let mut menus = Menus::new(None);
        menus.take(ask(1, Goal::Ask));
        for message in [reserved_with(1, true), ready_to_see(1), answered(1)] {
            menus.take(message);
        }
        menus.take(camera(1, VideoState::Coming));
        let media = seen(Direction::SendOnly);
        menus.take(Message::Leg(LegEvent::MediaReady { leg: LegId(1), media }));
        if late {
            menus.take(camera(1, VideoState::Coming));
        }
        menus.press("1001#");
        let visit = menus.visit();
        let mut room = Room::seeing();
        room.now = menus.now;
        let mut again = room.raw(Message::Visit(visit));
        let sources =
            |orders: &[Order]| plan(orders).pictures.iter().flat_map(PicturePlan::sources).count();
        again.extend(room.raw(ready_to_see(1)));
        assert_eq!(sources(&again), 0, "late: {late}");
        assert_eq!(sources(&room.raw(camera(1, VideoState::Coming))), 1);
    }
}

#[test]
fn pictures_of_a_conference_keep_the_edges_free_that_the_bridge_says() {
    let desk = super::front_desk::desk_of([]);
    assert_eq!((desk.margin(), desk.settings("anywhere").margin), (4, 4));
    let mut room = Room::with(Settings { margin: 4, ..Settings::default() }, false, seeing());
    room.join_seen(1);
    let orders = room.raw(camera(1, VideoState::Coming));
    assert_eq!(shown(plan(&orders), 1).margin, 4);
}

/// From the engine's word to what a page is told: down, and up again.
#[test]
fn a_strain_and_its_easing_reach_every_page_once() {
    let mut room = Room::seeing();
    room.join_seen(1);
    let mut page = crate::web::signal::Page::host(1);
    let mut told = |room: &mut Room, strain| {
        let conference = ConferenceId(1);
        room.raw(Message::Media(MediaEvent::VideoStrained { conference, strain }));
        let (reply, mut view) = tokio::sync::oneshot::channel();
        room.raw(Message::Show(reply));
        page.strains(view.try_recv().expect("a view"))
    };
    assert_eq!(told(&mut room, VideoStrain::None), ["None"]);
    for (strain, words) in [
        (VideoStrain::FewerPictures, vec!["FewerPictures"]),
        (VideoStrain::FewerPictures, vec![]),
        (VideoStrain::AudioOnly, vec!["AudioOnly"]),
        (VideoStrain::Smaller, vec!["Smaller"]),
        (VideoStrain::None, vec!["None"]),
        (VideoStrain::None, vec![]),
    ] {
        assert_eq!(told(&mut room, strain), words, "{strain:?}");
    }
}

#[test]
fn the_reception_shows_where_a_room_stands_and_its_camera_goes_along_into_the_conference() {
    let mut menus = Menus::new(None);
    menus.take(ask(1, Goal::Ask));
    menus.take(reserved_with(1, true));
    menus.take(ready_to_see(1));
    menus.take(answered(1));
    let name = shown(plan(&menus.orders), 1).id;
    menus.take(camera(1, VideoState::Coming));
    menus.press("100");
    let picture = shown(plan(&menus.orders), 1);
    let Show::Text(screen) = &picture.show else { panic!("{picture:?}") };
    assert_eq!(screen.entry, Some(ScreenEntry::Digits("100".to_owned())));
    assert_eq!(picture.id, name, "the encoder goes on");
    assert_eq!(picture.margin, 4, "an old set shows all of it");
    menus.press("1#");
    let visit = menus.visit();
    assert!(plan(&menus.orders).video.is_empty(), "it is shown nothing there any more");
    let mut room = Room::seeing();
    room.now = menus.now;
    let orders = room.raw(Message::Visit(visit));
    let sources: Vec<_> = shown(plan(&orders), 1).sources().collect();
    assert_eq!(sources, [LegId(1)]);
}

/// What was counted before the caller heard itself plays no part, for pictures either.
#[test]
fn a_test_call_tells_on_the_screen_and_in_its_record_what_came_of_pictures() {
    let mut menus = Menus::new(None);
    menus.take(ask(1, Goal::Test));
    for message in [reserved_with(1, true), ready_to_see(1), answered(1)] {
        menus.take(message);
    }
    let stats = |packets: u64| {
        let video = VideoStats {
            packets_received: packets,
            octets_received: packets * 1_000,
            received_size: Some(VideoSize::new(640, 360)),
            packets_sent: packets,
            remote_lost: Some(0),
            sent: Some((VideoCodec::Vp8, SizeClass::P360, Bitrate::kbps(500))),
            ..VideoStats::default()
        };
        let stats = LegStats { video: Some(video), ..LegStats::default() };
        Message::Media(MediaEvent::Stats { leg: LegId(1), stats: Box::new(stats) })
    };
    menus.take(camera(1, VideoState::Coming));
    menus.played();
    menus.take(stats(300));
    menus.take(Message::Media(MediaEvent::Sighted { leg: LegId(1), sight: Sight::LowLight }));
    menus.pass(Duration::from_secs(8));
    menus.take(stats(1_100));
    let Show::Bars { lines, .. } = &shown(plan(&menus.orders), 1).show else { panic!("bars") };
    assert_eq!(lines[1], "您的画面过暗：请开灯 · 您能收到我们的画面：360p VP8");
    let verdict = menus.hang_up().verdict.expect("a verdict");
    let Some(PictureVerdict { came: Came::Pictures { rate, .. }, .. }) = verdict.picture else {
        panic!("{verdict:?}");
    };
    assert_eq!(rate, Some(Bitrate::kbps(800)), "of the eight seconds alone");
    assert!(verdict.codes().ends_with(&["picture-low-light", "picture-taken"]));
}

#[test]
fn a_test_call_shows_the_callers_own_picture() {
    let mut menus = Menus::new(None);
    menus.take(ask(1, Goal::Test));
    for message in [reserved_with(1, true), ready_to_see(1), answered(1)] {
        menus.take(message);
    }
    let picture = shown(plan(&menus.orders), 1);
    assert!(matches!(picture.show, Show::Bars { source: Some(LegId(1)), .. }), "{picture:?}");
    let plans = menus.orders.len();
    menus.take(camera(1, VideoState::Coming));
    assert_eq!(menus.orders.len(), plans, "the same plan is not applied again");
}
