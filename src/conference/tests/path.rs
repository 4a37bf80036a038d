//! Browsers whose media finds no way.

use super::*;
use crate::policy::PATH_LIMIT;

const MOMENT: Duration = Duration::from_secs(1);

fn browser(leg: u64, role: Role) -> Join {
    Join { source: Protocol::WebRtc, ..caller(leg, role) }
}

fn found(leg: u64) -> Command {
    Command::PathFound { leg: LegId(leg) }
}

#[test]
fn a_page_that_never_connects_is_let_go() {
    let mut room = Room::new(Settings::default());
    room.come(browser(1, Role::Guest));
    room.come(browser(2, Role::Guest));
    room.tell(found(2));
    assert_eq!(dismissed(&room.pass(PATH_LIMIT - MOMENT)), []);
    assert_eq!(dismissed(&room.pass(MOMENT)), [(1, EndCause::MediaTimeout)]);
    assert_eq!(dismissed(&room.pass(10 * PATH_LIMIT)), [], "who connected once is let be");
}

#[test]
fn a_page_that_never_connects_stays_beside_its_telephone() {
    let mut room = Room::new(Settings::default());
    room.come(browser(1, Role::Guest));
    room.pass(PATH_LIMIT / 2);
    room.come(Join { beside: Some(part(1)), ..caller(2, Role::Guest) });
    assert_eq!(dismissed(&room.pass(10 * PATH_LIMIT)), []);
    room.hang_up(2);
    assert_eq!(dismissed(&room.pass(PATH_LIMIT - MOMENT)), [], "it may be called again");
    assert_eq!(dismissed(&room.pass(MOMENT)), [(1, EndCause::MediaTimeout)]);
}

#[test]
fn a_host_who_cannot_be_heard_opens_nothing_and_hears_no_chime() {
    let settings = Settings { wait_for_host: true, chimes: true, ..Settings::default() };
    let mut room = Room::new(settings);
    room.come(browser(1, Role::Host));
    let events = room.join(2, Role::Guest);
    assert_eq!(joined(&events), [], "no host is there yet");
    assert_eq!(told(&events, 1), []);
    let events = room.tell(found(1));
    assert_eq!(joined(&events), [2]);

    let settings = Settings { wait_for_host: true, ..Settings::default() };
    let mut room = Room::new(settings);
    room.come(browser(1, Role::Host));
    room.join(2, Role::Guest);
    let events = room.come(Join { beside: Some(part(1)), ..caller(3, Role::Host) });
    assert_eq!(joined(&events), [2], "its telephone is there");
}
