//! Whether browsers get people as they send themselves, each as a tile of its own, or one composed
//! picture.
//!
//! What it costs, in processor time a second of media (one core of the machine that this was
//! measured on; what counts is how they stand to each other):
//!
//! * To forward costs packets: each browser gets each tile by itself. A packet is numbered,
//!   encrypted and sent in some 14 µs, as a hundred receivers of one picture cost in the bench
//!   `video` (`9x360:100`); a tile of 360 lines and 400 kbit/s comes in forty packets a second.
//! * To compose costs each source a decoder (15 ms for 360 lines), the picture its composition
//!   (7 ms) and each codec an encoder (150 ms for 720 lines), and then a stream for each browser:
//!   130 packets a second for 1.5 Mbit/s. Where a room needs the picture anyway, browsers share all but their
//!   streams.
//!
//! So ten browsers of a meeting of their own are forwarded, three hundred are composed for, and so
//! are those who meet with rooms, but for two or three. Between the two there is a gap, so that who
//! comes and goes does not change it to and fro: each change costs a full picture of everybody.

/// A tile for one browser, in microseconds.
const TILE: u64 = 40 * 14;

/// A composed picture for one browser.
const STREAM: u64 = 130 * 14;

/// A source that is decoded.
const DECODE: u64 = 15_000;

/// A picture that is composed and encoded.
const COMPOSE: u64 = 7_000 + 150_000;

/// One of the two must cost less than this part of the other to take its place, in percent.
const GAP: u64 = 80;

/// What browsers get.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BrowserPictures {
    /// That which costs less.
    #[default]
    Automatic,
    /// One composed picture.
    Composed,
    /// Each person as a tile of its own, where the browser can take all.
    Forwarded,
}

/// Who sees how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Crowd {
    /// Browsers that take pictures.
    pub(crate) browsers: u64,
    /// Rooms that are sent the picture.
    pub(crate) rooms: u64,
    /// People in it.
    pub(crate) sources: u64,
}

impl Crowd {
    const fn forwarding(self) -> u64 {
        self.browsers * self.sources * TILE
    }

    const fn composing(self) -> u64 {
        let own = if self.rooms == 0 { self.sources * DECODE + COMPOSE } else { 0 };
        own + self.browsers * STREAM
    }
}

impl BrowserPictures {
    /// Whether people are forwarded to this crowd from now on, where they were or not.
    pub(crate) const fn forwards(self, crowd: Crowd, before: bool) -> bool {
        match self {
            BrowserPictures::Composed => false,
            BrowserPictures::Forwarded => true,
            BrowserPictures::Automatic if before => {
                crowd.composing() * 100 >= crowd.forwarding() * GAP
            }
            BrowserPictures::Automatic => crowd.forwarding() * 100 < crowd.composing() * GAP,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn automatic(browsers: u64, rooms: u64, sources: u64, before: bool) -> bool {
        BrowserPictures::Automatic.forwards(Crowd { browsers, rooms, sources }, before)
    }

    #[test]
    fn a_small_meeting_of_browsers_is_forwarded_and_a_large_one_composed() {
        for before in [false, true] {
            assert!(automatic(2, 0, 2, before) && automatic(10, 0, 9, before));
            assert!(automatic(30, 0, 9, before));
            assert!(!automatic(300, 0, 9, before));
        }
    }

    #[test]
    fn who_meets_with_rooms_shares_their_picture_but_for_few() {
        for before in [false, true] {
            assert!(automatic(3, 1, 2, before), "a tile is cheaper than the picture");
            assert!(!automatic(10, 1, 9, before));
        }
    }

    #[test]
    fn between_the_two_it_stays_as_it_is() {
        let at = |before| (1..300).find(|browsers| !automatic(*browsers, 0, 9, before));
        let (up, down) = (at(false).expect("composed"), at(true).expect("composed"));
        assert!(up < down, "{up} {down}");
        let between = u64::midpoint(up, down);
        assert!(!automatic(between, 0, 9, false) && automatic(between, 0, 9, true));
    }

    #[test]
    fn the_setting_goes_before_what_it_costs() {
        let many = Crowd { browsers: 300, rooms: 3, sources: 9 };
        assert!(BrowserPictures::Forwarded.forwards(many, false));
        assert!(!BrowserPictures::Composed.forwards(Crowd::default(), true));
    }
}
