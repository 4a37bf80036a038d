//! Control of a far camera (H.281), the data of [`crate::h224::CAMERA_CONTROL`].

use std::time::Duration;

/// Video sources and presets that a message can name: four bits.
pub const MAX_NUMBER: u8 = 0x0f;

/// One step of how long a movement goes on without being confirmed (H.281 section 5.1).
const STEP: Duration = Duration::from_millis(50);

/// How long it goes on where nothing is said.
const DEFAULT: Duration = Duration::from_millis(800);

/// The ways that a camera can move at once: each one way, the other way, or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Movement {
    /// Pan: to the right is true.
    pub right: Option<bool>,
    /// Tilt: up is true.
    pub up: Option<bool>,
    /// Zoom: in is true.
    pub zoom_in: Option<bool>,
    /// Focus: in is true.
    pub focus_in: Option<bool>,
}

impl Movement {
    fn parse(byte: u8) -> Self {
        let pair = |shift: u8| (byte >> shift & 2 != 0).then_some(byte >> shift & 1 != 0);
        Self { right: pair(6), up: pair(4), zoom_in: pair(2), focus_in: pair(0) }
    }

    fn byte(self) -> u8 {
        let pair = |way: Option<bool>, shift: u8| way.map_or(0, |way| (2 | u8::from(way)) << shift);
        pair(self.right, 6) | pair(self.up, 4) | pair(self.zoom_in, 2) | pair(self.focus_in, 0)
    }
}

/// What a video source shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceMode {
    /// Moving pictures.
    Motion,
    /// Still pictures of normal resolution.
    NormalStill,
    /// Still pictures of twice that.
    DoubleStill,
    /// Any other, by its number.
    Other(u8),
}

/// A message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum H281Message {
    /// Move, and stop by yourself after this time: 50 to 750 ms in steps of 50, or 800 ms.
    Start(Movement, Duration),
    /// Go on for the same time.
    Continue(Movement),
    /// Stop.
    Stop(Movement),
    /// Show this source.
    SelectSource(u8, SourceMode),
    /// This source is shown.
    SourceSwitched(u8, SourceMode),
    /// Remember where the camera looks.
    StorePreset(u8),
    /// Look there again.
    ActivatePreset(u8),
}

const START: u8 = 1;
const CONTINUE: u8 = 2;
const STOP: u8 = 3;
const SELECT_SOURCE: u8 = 4;
const SOURCE_SWITCHED: u8 = 5;
const STORE_PRESET: u8 = 6;
const ACTIVATE_PRESET: u8 = 7;

impl H281Message {
    /// Reads a message. `None` where it is none. Bytes behind it do not count.
    pub fn parse(data: &[u8]) -> Option<Self> {
        let (&[kind, byte], rest) = data.split_first_chunk::<2>()?;
        Some(match kind {
            START => {
                let steps = u32::from(rest.first()? & 0x0f);
                let time = if steps == 0 { DEFAULT } else { STEP * steps };
                H281Message::Start(Movement::parse(byte), time)
            }
            CONTINUE => H281Message::Continue(Movement::parse(byte)),
            STOP => H281Message::Stop(Movement::parse(byte)),
            SELECT_SOURCE => H281Message::SelectSource(byte >> 4, SourceMode::of(byte)),
            SOURCE_SWITCHED => H281Message::SourceSwitched(byte >> 4, SourceMode::of(byte)),
            STORE_PRESET => H281Message::StorePreset(byte >> 4),
            ACTIVATE_PRESET => H281Message::ActivatePreset(byte >> 4),
            _ => return None,
        })
    }

    /// Writes the message. Times are rounded down to steps, at least one; what is 800 ms or longer
    /// is 800 ms.
    pub fn bytes(self) -> Vec<u8> {
        match self {
            H281Message::Start(movement, time) => vec![START, movement.byte(), steps(time)],
            H281Message::Continue(movement) => vec![CONTINUE, movement.byte()],
            H281Message::Stop(movement) => vec![STOP, movement.byte()],
            H281Message::SelectSource(source, mode) => {
                vec![SELECT_SOURCE, source << 4 | mode.bits()]
            }
            H281Message::SourceSwitched(source, mode) => {
                vec![SOURCE_SWITCHED, source << 4 | mode.bits()]
            }
            H281Message::StorePreset(preset) => vec![STORE_PRESET, preset << 4],
            H281Message::ActivatePreset(preset) => vec![ACTIVATE_PRESET, preset << 4],
        }
    }
}

fn steps(time: Duration) -> u8 {
    if time >= DEFAULT {
        return 0;
    }
    u8::try_from(time.as_millis() / STEP.as_millis()).unwrap_or(0).clamp(1, 0x0f)
}

impl SourceMode {
    fn of(byte: u8) -> Self {
        match byte & 3 {
            0 => SourceMode::Motion,
            1 => SourceMode::NormalStill,
            2 => SourceMode::DoubleStill,
            other => SourceMode::Other(other),
        }
    }

    fn bits(self) -> u8 {
        match self {
            SourceMode::Motion => 0,
            SourceMode::NormalStill => 1,
            SourceMode::DoubleStill => 2,
            SourceMode::Other(number) => number & 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn messages_as_rooms_send_them() {
        let right = Movement { right: Some(true), ..Movement::default() };
        let down_and_out =
            Movement { up: Some(false), zoom_in: Some(false), ..Movement::default() };
        for (bytes, message) in [
            (&[1, 0xc0, 0][..], H281Message::Start(right, Duration::from_millis(800))),
            (&[1, 0x28, 4], H281Message::Start(down_and_out, Duration::from_millis(200))),
            (&[2, 0xc0], H281Message::Continue(right)),
            (&[3, 0xc0], H281Message::Stop(right)),
            (&[4, 0x20], H281Message::SelectSource(2, SourceMode::Motion)),
            (&[5, 0x11], H281Message::SourceSwitched(1, SourceMode::NormalStill)),
            (&[6, 0x30], H281Message::StorePreset(3)),
            (&[7, 0xf0], H281Message::ActivatePreset(15)),
        ] {
            assert_eq!(H281Message::parse(bytes), Some(message));
            assert_eq!(message.bytes(), bytes);
        }
        assert_eq!(H281Message::parse(&[1, 0xc0]), None, "no time");
        assert_eq!(H281Message::parse(&[0, 0]), None);
        assert_eq!(H281Message::parse(&[8, 0]), None);
    }

    proptest! {
        #[test]
        fn what_is_read_is_written(kind in 1u8..8, byte: u8, time in 0u8..16) {
            let data = [kind, byte, time];
            let message = H281Message::parse(&data).unwrap();
            prop_assert_eq!(H281Message::parse(&message.bytes()), Some(message));
        }
    }
}
