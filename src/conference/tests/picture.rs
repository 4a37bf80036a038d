//! Who is seen where, and who sees what.

use super::{Room, by, caller, part};
use crate::layout::{Layout, PictureChoice};
use crate::{By, Command, CommandError, Event, Join, Lobby, Protocol, Role, Settings};
use causeway_base::{Lang, LegId};
use causeway_plan::picture::{Area, PathQuality};
use causeway_plan::video::{FreezeCause, Sight, VideoState, VideoStrain};
use causeway_plan::{Direction, PictureId, PicturePlan, PlannedTile, Show, VideoFeed};

pub(super) const BOTH: Direction = Direction::SendReceive;

/// Everybody composed, so that a test reads pictures.
fn composed() -> Settings {
    Settings { forwards_pictures: false, ..Settings::default() }
}

impl Room {
    pub(super) fn camera(&mut self, leg: u64, state: VideoState) -> Vec<Event> {
        self.tell(Command::VideoChanged { leg: LegId(leg), state })
    }

    /// The n-th leg of a new room makes participant n; its camera is on.
    fn join_seen(&mut self, leg: u64, role: Role) {
        self.seat(leg, role).expect("a seat");
        self.media_ready(leg, BOTH, BOTH);
        self.camera(leg, VideoState::Coming);
    }

    pub(super) fn seen_room(settings: Settings, people: u64) -> Self {
        let mut room = Room::new(settings);
        room.join_seen(1, Role::Host);
        (2..=people).for_each(|leg| room.join_seen(leg, Role::Guest));
        room
    }

    pub(super) fn speaks(&mut self, leg: u64) -> Vec<Event> {
        let mut events = self.tell(Command::Talkers { legs: vec![LegId(leg)] });
        events.append(&mut self.pass(crate::speaker::TAKE_OVER));
        events
    }

    pub(super) fn choose(&mut self, who: u64, choice: PictureChoice) -> Vec<Event> {
        self.tell(Command::ChoosePicture { participant: part(who), choice, by: by(who) })
    }

    pub(super) fn feed(&self, leg: u64) -> VideoFeed {
        let way = self.plan.video.iter().find(|way| way.leg == LegId(leg));
        way.map(|way| way.feed).unwrap_or_default()
    }

    fn id(&self, leg: u64) -> PictureId {
        match self.feed(leg) {
            VideoFeed::Picture(id) | VideoFeed::Forward(_, id) | VideoFeed::Tiles(id) => id,
            VideoFeed::Nothing | VideoFeed::Source(_) => panic!("{leg} is sent nothing"),
        }
    }

    fn picture(&self, leg: u64) -> &PicturePlan {
        let id = self.id(leg);
        self.plan.pictures.iter().find(|picture| picture.id == id).expect("it is composed")
    }

    fn tiles(&self, leg: u64) -> &[PlannedTile] {
        match &self.picture(leg).show {
            Show::People { tiles, .. } => tiles,
            other => panic!("{other:?}"),
        }
    }

    /// Whom somebody sees, by their legs.
    pub(super) fn sees(&self, leg: u64) -> Vec<u64> {
        self.tiles(leg).iter().filter_map(|tile| tile.source).map(|leg| leg.0).collect()
    }
}

pub(super) fn layout(layout: Layout) -> PictureChoice {
    PictureChoice { layout: Some(layout), ..PictureChoice::default() }
}

#[test]
fn two_pictures_serve_everybody_and_keep_their_names_when_another_speaks() {
    let mut room = Room::seen_room(composed(), 4);
    room.speaks(2);
    assert_eq!((room.sees(1), room.sees(2)), (vec![2, 1, 3, 4], vec![1, 3, 4]));
    let (common, own) = (room.id(1), room.id(2));
    assert_eq!((room.id(3), room.plan.pictures.len()), (common, 2));
    room.speaks(3);
    assert_eq!((room.sees(2), room.sees(3)), (vec![3, 1, 2, 4], vec![2, 1, 4]));
    assert_eq!((room.id(2), room.id(3), room.plan.pictures.len()), (common, own, 2));
    let speaking: Vec<bool> = room.tiles(1).iter().map(|tile| tile.marks.speaking).collect();
    assert_eq!(speaking, [true, false, false, false]);
}

#[test]
fn a_change_of_speaker_makes_one_plan_of_three_hundred() {
    let mut room = Room::seen_room(composed(), 300);
    room.speaks(1);
    let events = room.speaks(300);
    let plans = events.iter().filter(|event| matches!(event, Event::PlanChanged(_))).count();
    assert_eq!((plans, room.plan.pictures.len(), room.plan.video.len()), (1, 2, 300));
    assert_eq!(room.sees(1)[0], 300);
}

#[test]
fn who_is_not_in_is_not_seen_and_sees_a_screen_in_their_language() {
    let name = "Weekly".to_owned();
    let mut room = Room::new(Settings { lobby: Lobby::On, name, ..composed() });
    room.join_seen(1, Role::Host);
    room.try_tell(Command::Join(Join { lang: Lang::En, ..caller(2, Role::Guest) })).expect("seat");
    room.media_ready(2, BOTH, BOTH);
    room.camera(2, VideoState::Coming);
    room.join_seen(3, Role::Guest);
    assert_eq!(room.sees(1), [1]);
    let text = |room: &Room, leg| match &room.picture(leg).show {
        Show::Text(screen) => (screen.title.clone(), screen.lines[1].clone()),
        other => panic!("{other:?}"),
    };
    let place = ("Weekly".to_owned(), "Your place in the queue: 1".to_owned());
    assert_eq!(text(&room, 2), place);
    assert_eq!(text(&room, 3).1, "您排在第 2 位");
    let screen = room.id(3);
    room.tell(Command::Admit { participant: part(2), by: by(1) });
    assert_eq!((room.sees(1), room.sees(2)), (vec![2], vec![1, 2]));
    assert_eq!((text(&room, 3).1.as_str(), room.id(3)), ("您排在第 1 位", screen), "the same one");
    room.hang_up(2);
    assert_eq!(room.sees(1), [1], "who leaves vanishes at once");
}

#[test]
fn a_crowd_that_waits_costs_no_more_than_so_many_screens() {
    let mut room = Room::new(Settings { lobby: Lobby::On, ..composed() });
    for leg in 1..=200 {
        let source = if leg % 2 == 0 { Protocol::WebRtc } else { Protocol::Sip };
        room.try_tell(Command::Join(Join { source, ..caller(leg, Role::Guest) })).expect("a seat");
        room.media_ready(leg, BOTH, BOTH);
    }
    assert_eq!((room.plan.pictures.len(), room.plan.video.len()), (64, 64));
    assert_eq!(room.feed(2), VideoFeed::Nothing, "a page tells by itself");
    room.hang_up(1);
    assert_eq!(room.plan.video.len(), 64, "the next one gets its screen");
}

#[test]
fn choices_are_paced_and_differ_in_so_many_pictures() {
    let mut room = Room::seen_room(composed(), 150);
    room.speaks(1);
    for who in 2..=150 {
        let area = Area::new(who as u16 * 2, 0, 400, 400).expect("within");
        room.choose(who, layout(Layout::Custom(vec![area])));
    }
    assert_eq!(room.plan.pictures.len(), 2 + 64, "the common ones and so many others");
    assert_eq!((room.sees(2).len(), room.id(150)), (1, room.id(149)));
    let page = |page| Command::ChoosePicture {
        participant: part(150),
        choice: PictureChoice { page, ..layout(Layout::Equal) },
        by: by(150),
    };
    let taken = (0..100).filter(|at| room.try_tell(page(*at)).is_ok()).count();
    assert_eq!(taken as u32, crate::chat::BURST - 1);
    assert_eq!(room.try_tell(page(200)), Err(CommandError::TooFast));
    room.pass(crate::chat::INTERVAL);
    assert_eq!(room.try_tell(page(200)), Ok(()));
}

#[test]
fn same_choices_share_a_picture_and_others_have_their_own() {
    let mut room = Room::seen_room(composed(), 20);
    room.speaks(1);
    for who in [2, 3] {
        room.choose(who, layout(Layout::Equal));
    }
    assert_eq!((room.id(2), room.sees(2).len()), (room.id(3), 16));
    assert!(room.sees(2).contains(&2), "in a page of equals people see themselves");
    assert_eq!(room.plan.pictures.len(), 3);
    room.choose(3, PictureChoice { page: 9, ..layout(Layout::Equal) });
    assert_eq!(room.sees(3), [17, 18, 19, 20], "beyond the last page is the last");
    room.choose(4, PictureChoice { pinned: Some(part(7)), ..PictureChoice::default() });
    assert_eq!((room.sees(4)[0], room.sees(5)[0]), (7, 1), "a pin is for who pinned");
    room.choose(4, PictureChoice { pinned: Some(part(7)), ..layout(Layout::Equal) });
    assert_eq!(room.sees(4)[0], 7, "who is pinned is large");
    room.camera(7, VideoState::Absent);
    assert_eq!(room.sees(4).len(), 16, "without a picture of them the choice is as it was");
    room.camera(7, VideoState::Coming);
    assert_eq!(room.sees(4)[0], 7);
    let view = room.conference.view();
    assert_eq!(view.participants[3].looks.layout, Layout::Speaker);
    assert_eq!((view.participants[2].looks.page, view.participants[2].looks.pages), (1, 2));
    room.choose(5, layout(Layout::SideBySide));
    assert_eq!(room.id(5), room.id(6), "nothing is shared that could stand beside people");
}

#[test]
fn who_has_a_camera_and_no_place_is_counted_but_not_for_who_wants_to_see_one_alone() {
    let mut room = Room::seen_room(composed(), 20);
    room.join(21, Role::Guest);
    room.speaks(1);
    room.choose(3, PictureChoice { page: 1, ..layout(Layout::Equal) });
    room.choose(4, layout(Layout::Single));
    let told = |room: &Room, who: u64| match &room.picture(who).show {
        Show::People { more, on_phone, .. } => (*more, *on_phone),
        other => panic!("{other:?}"),
    };
    let seen = |room: &Room, who: u64| {
        room.conference.view_participant(part(who)).expect("there").looks.more
    };
    for (who, more) in [(1, 11), (2, 12), (3, 16), (4, 0)] {
        assert_eq!((told(&room, who), seen(&room, who)), ((more, 1), more), "{who}");
    }
    for leg in 9..=21 {
        room.hang_up(leg);
    }
    assert_eq!((told(&room, 2), told(&room, 3)), ((0, 0), (0, 0)));
    let mut room = Room::seen_room(Settings::default(), 3);
    room.speaks(1);
    room.choose(2, layout(Layout::Single));
    assert!(matches!(room.feed(2), VideoFeed::Forward(LegId(1), _)), "nothing is said over it");
}

#[test]
fn a_host_sets_the_layout_and_the_light_of_all_who_chose_none() {
    let mut room = Room::seen_room(composed(), 3);
    room.choose(3, layout(Layout::Single));
    let events = room.tell(Command::SetLayout { layout: Layout::Equal, by: by(1) });
    assert!(events.contains(&Event::LayoutChanged { layout: Layout::Equal }));
    assert_eq!((room.sees(2), room.sees(3)), (vec![1, 2, 3], vec![1]));
    room.tell(Command::SetLayout { layout: Layout::Speaker, by: By::Operator });
    room.tell(Command::Spotlight { participant: Some(part(3)), by: by(1) });
    room.speaks(2);
    assert_eq!((room.sees(1), room.sees(3)), (vec![3, 1, 2], vec![2]));
    room.camera(3, VideoState::Absent);
    assert_eq!(room.sees(1)[0], 2);
    room.camera(3, VideoState::Coming);
    assert_eq!(room.sees(1)[0], 3, "the light waits for the camera");
    let events = room.hang_up(3);
    assert!(events.contains(&Event::SpotlightChanged { participant: None }));
    assert_eq!(room.conference.view().spotlight, None);
    let waits = Command::Spotlight { participant: Some(part(9)), by: by(1) };
    assert_eq!(room.try_tell(waits), Err(CommandError::UnknownParticipant));
}

#[test]
fn the_light_makes_a_page_of_equals_a_stage_but_not_ones_own_page() {
    let mut room = Room::seen_room(composed(), 3);
    room.tell(Command::SetLayout { layout: Layout::Equal, by: by(1) });
    room.choose(3, layout(Layout::Equal));
    room.tell(Command::Spotlight { participant: Some(part(2)), by: by(1) });
    assert_eq!((room.sees(1), room.sees(3)), (vec![2, 1, 3], vec![1, 2, 3]));
    assert!(room.tiles(1)[0].area.width() > room.tiles(1)[1].area.width());
    assert_eq!(room.conference.view().participants[0].looks.layout, Layout::Speaker);
    room.camera(2, VideoState::Absent);
    assert_eq!(room.conference.view().participants[0].looks.layout, Layout::Equal);
}

#[test]
fn who_waits_chooses_nothing_and_is_not_pinned() {
    let mut room = Room::new(Settings { lobby: Lobby::On, ..composed() });
    room.join_seen(1, Role::Host);
    room.join_seen(2, Role::Guest);
    let pin = |who, pinned| Command::ChoosePicture {
        participant: part(who),
        choice: PictureChoice { pinned: Some(part(pinned)), ..PictureChoice::default() },
        by: by(who),
    };
    for pinned in [1, 2, 9] {
        assert_eq!(room.try_tell(pin(2, pinned)), Err(CommandError::NotAdmitted));
    }
    for pinned in [2, 9] {
        assert_eq!(room.try_tell(pin(1, pinned)), Err(CommandError::UnknownParticipant));
    }
    room.tell(Command::Admit { participant: part(2), by: by(1) });
    assert_eq!(room.try_tell(pin(1, 2)), Ok(()));
}

#[test]
fn who_speaks_is_seen_below_the_light_and_below_a_pin() {
    let mut room = Room::seen_room(composed(), 20);
    room.tell(Command::Spotlight { participant: Some(part(20)), by: by(1) });
    room.speaks(8);
    assert!(room.sees(2).contains(&8), "{:?}", room.sees(2));
    room.tell(Command::Spotlight { participant: None, by: by(1) });
    room.tell(Command::SetLayout { layout: Layout::Equal, by: by(1) });
    room.choose(2, PictureChoice { pinned: Some(part(19)), ..layout(Layout::Speaker) });
    room.speaks(12);
    assert!(room.sees(2).contains(&12), "{:?}", room.sees(2));
}

#[test]
fn adopted_settings_leave_pictures_as_they_are() {
    let mut room = Room::seen_room(Settings { margin: 5, ..composed() }, 2);
    room.tell(Command::SetLayout { layout: Layout::Equal, by: by(1) });
    let name = "Weekly".to_owned();
    let settings = Box::new(Settings { name, ..Settings::default() });
    room.tell(Command::Adopt { settings, by: By::Operator });
    let view = room.conference.view();
    assert_eq!((view.name.as_str(), view.layout), ("Weekly", Layout::Equal));
    assert_eq!(room.picture(1).margin, 5);
    room.choose(1, layout(Layout::Single));
    room.speaks(2);
    assert!(matches!(room.feed(1), VideoFeed::Picture(_)), "still composed");
    assert_eq!(room.conference.settings().layout, Layout::Speaker);
}

#[test]
fn keys_go_through_layouts_and_pages() {
    let mut room = Room::seen_room(composed(), 20);
    room.press(2, "*2");
    assert_eq!(room.sees(2).len(), 16);
    room.press(2, "*3");
    assert_eq!(room.sees(2), [17, 18, 19, 20]);
    room.press(2, "*3");
    assert_eq!(room.sees(2)[0], 1, "after the last page the first");
    room.press(2, "*2");
    assert_eq!(room.sees(2), [1]);
    room.press(2, "*2");
    assert_eq!((room.sees(2).len(), room.id(2)), (8, room.id(3)));
}

#[test]
fn a_pin_of_somebody_who_left_does_not_hold_the_page() {
    let mut room = Room::seen_room(composed(), 20);
    room.choose(2, PictureChoice { pinned: Some(part(3)), ..layout(Layout::Equal) });
    room.hang_up(3);
    assert_eq!(room.conference.view().participants[1].choice.pinned, None);
    room.press(2, "*3");
    assert_eq!(room.sees(2), [18, 19, 20]);
}

#[test]
fn people_without_a_camera_are_counted_and_marks_are_drawn() {
    let mut room = Room::seen_room(composed(), 2);
    room.join(3, Role::Guest);
    room.seat(4, Role::Guest).expect("a seat");
    room.media_ready(4, BOTH, BOTH);
    let beside = Join { beside: Some(part(2)), ..caller(5, Role::Guest) };
    room.come(beside);
    room.tell(Command::Mute { participant: part(2), by: by(1) });
    room.tell(Command::RaiseHand { participant: part(2), raised: true, by: by(2) });
    let Show::People { tiles, on_phone, more: 0, recording: false } = &room.picture(4).show else {
        panic!("people")
    };
    assert_eq!(*on_phone, 1, "a camera that is off is no telephone");
    let second = &tiles[1];
    assert_eq!((second.name.as_str(), second.source), ("room 2", Some(LegId(2))));
    assert!(second.marks.muted && second.marks.hand && second.marks.phone);
    assert!(!tiles[0].marks.muted && !tiles[0].marks.phone && tiles[0].marks.quality.is_none());
    assert_eq!(room.feed(3), VideoFeed::Nothing, "a telephone has no line for pictures");
}

#[test]
fn a_line_that_is_less_than_good_is_marked() {
    let mut room = Room::seen_room(composed(), 2);
    let measured = |quality| Command::LineMeasured { leg: LegId(1), quality };
    for (quality, mark) in [
        (Some(PathQuality::Bad), Some(PathQuality::Bad)),
        (Some(PathQuality::Poor), Some(PathQuality::Poor)),
        (Some(PathQuality::Good), None),
        (None, None),
    ] {
        room.tell(measured(quality));
        assert_eq!(room.tiles(2)[0].marks.quality, mark, "{quality:?}");
        assert_eq!(room.tell(measured(quality)), [], "nothing new");
    }
}

#[test]
fn of_two_cameras_of_one_person_the_one_that_comes_is_shown() {
    let mut room = Room::seen_room(composed(), 1);
    room.try_tell(Command::Join(Join {
        beside: Some(part(1)),
        source: Protocol::WebRtc,
        ..caller(2, Role::Host)
    }))
    .expect("a seat");
    room.media_ready(2, BOTH, Direction::ReceiveOnly);
    room.camera(2, VideoState::Coming);
    assert_eq!(room.sees(1), [1]);
    room.camera(1, VideoState::Frozen(FreezeCause::Size));
    assert_eq!(room.sees(1), [2]);
    room.camera(2, VideoState::Absent);
    assert_eq!(room.sees(1), [1], "the last good picture stays");
    room.media_ready(1, BOTH, Direction::SendOnly);
    assert_eq!(room.sees(1), Vec::<u64>::new(), "it said that it sends no more");
}

#[test]
fn a_camera_that_is_held_is_gone_until_pictures_come_again() {
    let mut room = Room::seen_room(composed(), 2);
    let absent =
        Event::VideoChanged { participant: part(2), leg: LegId(2), state: VideoState::Absent };
    assert!(room.media_ready(2, BOTH, Direction::SendOnly).contains(&absent));
    assert_eq!(room.camera(2, VideoState::Coming), [], "said before it stopped");
    room.media_ready(2, BOTH, BOTH);
    assert_eq!(room.sees(1), [1], "nothing came yet");
    room.camera(2, VideoState::Coming);
    assert_eq!(room.sees(1), [2]);
}

#[test]
fn somebody_alone_in_a_picture_is_sent_on_but_never_to_themselves() {
    let mut room = Room::seen_room(Settings::default(), 1);
    assert!(matches!(room.feed(1), VideoFeed::Picture(_)));
    room.join_seen(2, Role::Guest);
    room.choose(1, layout(Layout::Single));
    room.choose(2, layout(Layout::Single));
    room.speaks(1);
    let (first, second) = (room.id(1), room.id(2));
    assert_eq!(room.feed(1), VideoFeed::Forward(LegId(2), first));
    assert_eq!(room.feed(2), VideoFeed::Forward(LegId(1), second));
    room.tell(Command::RaiseHand { participant: part(2), raised: true, by: by(2) });
    assert_eq!(room.feed(1), VideoFeed::Picture(first), "a hand has to be drawn");
    room.join(3, Role::Guest);
    assert_eq!(room.feed(2), VideoFeed::Picture(second), "so does who is on the telephone");
}

#[test]
fn who_switches_the_camera_off_is_not_on_the_phone() {
    let mut room = Room::seen_room(composed(), 1);
    let browser = Join { source: Protocol::WebRtc, ..caller(2, Role::Guest) };
    room.try_tell(Command::Join(browser)).expect("a seat");
    room.seat(3, Role::Guest).expect("a seat");
    room.seat(4, Role::Guest).expect("a seat");
    room.media_ready(2, BOTH, Direction::Inactive);
    room.media_ready(3, BOTH, Direction::SendOnly);
    room.media_ready(4, BOTH, Direction::Inactive);
    let Show::People { on_phone, .. } = room.picture(1).show else { panic!("people") };
    assert_eq!(on_phone, 1, "the telephone alone");
}

#[test]
fn a_layout_of_ones_own_is_composed_as_it_was_given() {
    let mut room = Room::seen_room(composed(), 3);
    let area = Area::new(100, 100, 300, 300).expect("within");
    room.choose(2, layout(Layout::Custom(vec![area])));
    assert_eq!(room.tiles(2).iter().map(|tile| tile.area).collect::<Vec<_>>(), [area]);
}

#[test]
fn a_picture_is_in_the_language_of_most_who_read_it() {
    let mut room = Room::seen_room(composed(), 2);
    assert_eq!(room.picture(1).lang, Lang::Zh);
    for leg in 3..=6 {
        let join = Join { lang: Lang::En, ..caller(leg, Role::Guest) };
        room.try_tell(Command::Join(join)).expect("a seat");
        room.media_ready(leg, BOTH, BOTH);
    }
    assert_eq!(room.picture(2).lang, Lang::En);
}

#[test]
fn what_pictures_look_like_and_that_time_is_short_is_in_view() {
    let mut room = Room::seen_room(composed(), 1);
    let events = room.tell(Command::Sighted { leg: LegId(1), sight: Sight::Black });
    let seen = Event::Sighted { participant: part(1), leg: LegId(1), sight: Sight::Black };
    assert_eq!(events, [seen]);
    let strain = VideoStrain::AudioOnly;
    let events = room.tell(Command::VideoStrained { strain });
    assert_eq!(events, [Event::VideoStrained { strain }]);
    assert_eq!(room.tell(Command::VideoStrained { strain }), [], "it is said once");
    let view = room.conference.view();
    let leg = view.participants[0].legs[0];
    assert_eq!((view.strain, leg.sight, leg.seen), (strain, Sight::Black, true));
    room.camera(1, VideoState::Absent);
    let leg = room.conference.view().participants[0].legs[0];
    assert_eq!((leg.sight, leg.seen), (Sight::Fine, false));
}
