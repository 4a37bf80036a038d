//! Browsers that get people as they send themselves.

use super::picture::{BOTH, layout};
use super::{Room, caller, part};
use crate::conference::picture::Wall;
use crate::layout::Layout;
use crate::{BrowserPictures, Command, Event, Join, Protocol, Role, Settings};
use causeway_base::LegId;
use causeway_plan::VideoFeed;
use causeway_plan::picture::MAX_FORWARDED;
use causeway_plan::video::VideoState;

fn set_to(browser_pictures: BrowserPictures) -> Settings {
    Settings { browser_pictures, layout: Layout::Equal, ..Settings::default() }
}

impl Room {
    /// A browser with a camera, and lines for tiles.
    fn browse(&mut self, leg: u64) {
        let join = Join { source: Protocol::WebRtc, ..caller(leg, Role::Guest) };
        self.try_tell(Command::Join(join)).expect("a seat");
        self.media_ready(leg, BOTH, BOTH);
        self.camera(leg, VideoState::Coming);
        self.tell(Command::TileLines { leg: LegId(leg), lines: MAX_FORWARDED });
    }

    fn browsers(settings: Settings, count: u64) -> Self {
        let mut room = Room::new(settings);
        (1..=count).for_each(|leg| room.browse(leg));
        room
    }

    /// Whom a leg gets, by line.
    fn lines(&self, leg: u64) -> Vec<(usize, u64)> {
        let own = self.plan.video.iter().filter(|way| way.leg == LegId(leg));
        let source = |way: &causeway_plan::VideoEgress| match way.feed {
            VideoFeed::Source(source) => Some((way.line, source.0)),
            _ => None,
        };
        own.filter_map(source).collect()
    }

    fn wall(&self, who: u64) -> Wall {
        self.conference.view_participant(part(who)).expect("there").wall
    }
}

#[test]
fn browsers_among_themselves_get_each_other_and_each_keeps_its_line() {
    let mut room = Room::browsers(set_to(BrowserPictures::Automatic), 3);
    assert!(matches!(room.feed(1), VideoFeed::Tiles(_)));
    assert_eq!(room.lines(1), [(1, 2), (2, 3)]);
    assert_eq!(room.lines(3), [(1, 1), (2, 2)]);
    room.camera(2, VideoState::Absent);
    assert_eq!((room.lines(1), room.lines(2)), (vec![(2, 3)], vec![(1, 1), (2, 3)]));
    room.browse(4);
    assert_eq!(room.lines(1), [(1, 4), (2, 3)]);
    room.speaks(3);
    room.choose(1, layout(Layout::Single));
    assert_eq!(room.lines(1), [(2, 3)], "another layout, the same line");
}

#[test]
fn a_page_is_told_what_to_put_where_and_when() {
    let mut room = Room::browsers(set_to(BrowserPictures::Automatic), 2);
    let wall = room.wall(1);
    assert!(wall.wanted && !wall.shown);
    let told: Vec<_> = wall.tiles.iter().map(|tile| (tile.participant, tile.line)).collect();
    assert_eq!(told, [(part(1), None), (part(2), Some(1))], "oneself one has");
    let events = room.tell(Command::TilesShown { leg: LegId(1), shown: true });
    assert_eq!(events, [Event::TilesShown { participant: part(1), leg: LegId(1), shown: true }]);
    assert!(room.wall(1).shown && !room.wall(2).shown);
    assert_eq!(room.tell(Command::TilesShown { leg: LegId(1), shown: true }), []);
}

#[test]
fn who_has_too_few_lines_or_sees_too_many_gets_the_picture() {
    let mut room = Room::browsers(set_to(BrowserPictures::Forwarded), 3);
    room.tell(Command::TileLines { leg: LegId(1), lines: 1 });
    assert!(matches!(room.feed(1), VideoFeed::Picture(_)));
    assert!(room.wall(1).wanted, "it is to have more");
    assert!(matches!(room.feed(2), VideoFeed::Tiles(_)));
    (4..=11).for_each(|leg| room.browse(leg));
    assert!(matches!(room.feed(2), VideoFeed::Picture(_)), "ten others");
    room.camera(11, VideoState::Absent);
    assert_eq!(room.lines(2).len(), MAX_FORWARDED);
}

#[test]
fn rooms_get_the_picture_and_a_crowd_shares_it() {
    let mut room = Room::browsers(set_to(BrowserPictures::Automatic), 4);
    room.seat(9, Role::Guest).expect("a seat");
    room.media_ready(9, BOTH, BOTH);
    room.camera(9, VideoState::Coming);
    assert!(matches!(room.feed(9), VideoFeed::Picture(_)));
    assert!(matches!(room.feed(1), VideoFeed::Picture(_)), "it is there for the room anyway");
    assert!(!room.wall(1).wanted);
    room.hang_up(9);
    assert!(matches!(room.feed(1), VideoFeed::Tiles(_)));
    let composed = Room::browsers(set_to(BrowserPictures::Composed), 2);
    assert!(matches!(composed.feed(1), VideoFeed::Picture(_)));
    let mut forwarded = Room::seen_room(set_to(BrowserPictures::Forwarded), 3);
    forwarded.browse(4);
    assert_eq!(forwarded.lines(4), [(1, 1), (2, 2), (3, 3)]);
}
