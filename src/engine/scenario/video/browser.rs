//! Browsers and rooms that see each other.

use super::super::browser::peer::{Browser, Habit};
use super::camera::{Camera, PICTURE, Traits, alike};
use super::{
    Bench, CONFERENCE, GREEN, MediaCommand, MediaEvent, PATIENCE, plan, sees_side_by_side,
};
use causeway_base::{Bitrate, LegId, VideoCodec, VideoSize};
use causeway_media::video::codec::{
    Decoded, EncoderSettings, VideoDecoder, VideoEncoder, decoder, encoder,
};
use causeway_media::video::colour::Colour;
use causeway_media::video::frame::{Frame, FramePool, FrameSource};
use causeway_rtp::video::{Assembled, Piece, VideoReceiver};
use causeway_wire::vp8;
use std::collections::HashMap;
use std::time::{Duration, Instant};

pub(super) const SIZE: VideoSize = VideoSize::new(640, 360);
pub(super) const SMALL: VideoSize = VideoSize::new(320, 180);

/// A browser with a camera that shows one colour, and its screen.
pub(super) struct Page {
    pub(super) browser: Browser,
    pub(super) colour: Colour,
    /// One for each size of its camera.
    shots: Vec<Shot>,
    /// By the sources of the bridge.
    screens: HashMap<u32, Screen>,
    pool: FramePool,
    pictures: u32,
}

/// One size of a camera.
struct Shot {
    size: VideoSize,
    encoder: Box<dyn VideoEncoder>,
    sequence: u64,
    is_on: bool,
    /// It makes no full picture, whoever asks.
    is_deaf: bool,
}

impl Shot {
    fn new(size: VideoSize) -> Self {
        let settings =
            EncoderSettings { size, bitrate: Bitrate::kbps(500), fps: 30, max_nal: None };
        let encoder = encoder(VideoCodec::Vp8, settings).expect("built in");
        Self { size, encoder, sequence: 0, is_on: true, is_deaf: false }
    }
}

/// What comes on one line.
struct Screen {
    decoder: Box<dyn VideoDecoder>,
    receiver: VideoReceiver,
    seen: Option<Frame>,
    frames: u32,
}

impl Screen {
    fn new(now: Instant) -> Self {
        Self {
            decoder: decoder(VideoCodec::Vp8).expect("built in"),
            receiver: VideoReceiver::new(now, VideoCodec::Vp8, true, &[]),
            seen: None,
            frames: 0,
        }
    }
}

impl Page {
    pub(super) fn new(browser: Browser, colour: Colour) -> Self {
        let sizes: &[VideoSize] = if browser.habit().sizes { &[SIZE, SMALL] } else { &[SIZE] };
        Self {
            browser,
            colour,
            shots: sizes.iter().copied().map(Shot::new).collect(),
            screens: HashMap::new(),
            pool: FramePool::new(32),
            pictures: 0,
        }
    }

    /// The size of this place is not sent any more.
    pub(super) fn give_up(&mut self, layer: usize) {
        self.shots[layer].is_on = false;
    }

    /// The size of this place makes no full picture any more.
    pub(super) fn deafen(&mut self, layer: usize) {
        self.shots[layer].is_deaf = true;
    }

    pub(super) fn shoot(&mut self, now: Instant) {
        if !self.browser.is_connected() {
            return;
        }
        let key = std::mem::take(&mut self.browser.refreshes) > 0;
        for (layer, shot) in self.shots.iter_mut().enumerate().filter(|(_, shot)| shot.is_on) {
            let mut frame = self.pool.take(shot.size).expect("a frame");
            frame.planes_mut().fill(self.colour);
            let mut bytes = Vec::new();
            let key = key && !shot.is_deaf;
            shot.encoder.encode(&frame.freeze(), key, &mut bytes).expect("it can");
            let mut out = [0; 1_200];
            for payload in vp8::packetize(&bytes, vp8::Descriptor::default(), 1_000) {
                let len = payload.write(&mut out).expect("room");
                let bytes = out[..len].to_vec();
                let timestamp = self.pictures * 3_000;
                self.browser.film(now, layer, shot.sequence, timestamp, payload.last, bytes);
                shot.sequence += 1;
            }
        }
        self.pictures += 1;
    }

    pub(super) fn run(&mut self, now: Instant) {
        self.browser.run(now);
        for packet in self.browser.shown.drain(..) {
            let piece = Piece {
                seq: packet.header.sequence_number,
                timestamp: packet.header.timestamp,
                marker: packet.header.marker,
                payload: &packet.payload,
            };
            let screen = self.screens.entry(*packet.header.ssrc);
            screen.or_insert_with(|| Screen::new(now)).receiver.receive(now, &piece);
        }
        for screen in self.screens.values_mut() {
            while let Some(assembled) = screen.receiver.poll(now) {
                if let Assembled::Frame(frame) = assembled
                    && frame.whole
                    && let Ok(Decoded::Picture(picture)) =
                        screen.decoder.decode(frame.bytes, &self.pool)
                {
                    screen.seen = Some(picture);
                    screen.frames += 1;
                }
            }
        }
    }

    /// What comes on the line of a tile, from 1, or 0 for the composed picture, fades.
    pub(super) fn forget(&mut self, tile: usize) {
        self.screens.remove(&self.browser.screen_ssrc(tile));
    }

    /// The pictures that came on such a line.
    pub(super) fn frames(&self, tile: usize) -> u32 {
        self.screens.get(&self.browser.screen_ssrc(tile)).map_or(0, |screen| screen.frames)
    }

    /// The colour of the middle of such a line.
    pub(super) fn sees_tile(&self, tile: usize, colour: Colour) -> bool {
        self.at(tile, 160, 90).is_some_and(|seen| alike(seen, colour))
    }

    /// The size of what comes on such a line.
    pub(super) fn size(&self, tile: usize) -> Option<VideoSize> {
        let screen = self.screens.get(&self.browser.screen_ssrc(tile))?;
        screen.seen.as_ref().map(Frame::size)
    }

    fn at(&self, tile: usize, x: usize, y: usize) -> Option<Colour> {
        let screen = self.screens.get(&self.browser.screen_ssrc(tile))?;
        let planes = screen.seen.as_ref()?.planes();
        Some(Colour {
            y: planes.y.row(y)[x],
            u: planes.u.row(y / 2)[x / 2],
            v: planes.v.row(y / 2)[x / 2],
        })
    }

    /// The colours at a quarter and at three quarters of the composed picture.
    pub(super) fn sees(&self, left: Colour, right: Colour) -> bool {
        let is = |x, colour| self.at(0, x, 180).is_some_and(|seen| alike(seen, colour));
        is(160, left) && is(480, right)
    }
}

fn film(
    page: &mut Page,
    camera: &mut Camera,
    patience: Duration,
    until: impl Fn(&Page, &Camera) -> bool,
) -> bool {
    let start = Instant::now();
    let mut shot = 0;
    while start.elapsed() < patience {
        let now = Instant::now();
        if start.elapsed() >= PICTURE * shot {
            shot += 1;
            page.shoot(now);
            camera.shoot(now);
        }
        page.run(now);
        camera.receive(now);
        if until(page, camera) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    false
}

#[test]
fn a_browser_and_a_room_see_each_other() {
    let mut bench = Bench::with_video(36_700, 1);
    let habit = Habit { video: true, ice_lite: true, ..Habit::default() };
    let mut page = Page::new(bench.open(1, habit), GREEN);
    let mut camera = bench.film(2, Traits::default());
    let all = [page.browser.leg, camera.leg];
    let plan = plan(1, &all, &all);
    bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan });
    let colours = [page.colour, camera.colour];
    let seen = film(&mut page, &mut camera, PATIENCE, |page, camera| {
        page.sees(colours[0], colours[1]) && sees_side_by_side(camera, &colours)
    });
    assert!(seen, "{} {}", page.frames(0), camera.account());
    let stats = bench.stats(LegId(1));
    assert_eq!(stats.received_codec, Some(VideoCodec::Vp8));
    assert!(stats.packets_received > 0 && stats.packets_sent > 0, "{stats:?}");
    let stays = film(&mut page, &mut camera, Duration::from_millis(600), |page, _| {
        page.browser.refreshes > 0
    });
    assert!(!stays, "nobody asks for more");
    page.forget(0);
    page.browser.ask_key_frame(0);
    let again = film(&mut page, &mut camera, PATIENCE, |page, _| page.sees(colours[0], colours[1]));
    assert!(again, "a full picture that was asked for comes");
    // Events are read while something is waited for.
    bench.stats(LegId(1));
    let told = |event: &MediaEvent| matches!(event, MediaEvent::VideoChanged { leg: LegId(1), .. });
    assert!(bench.seen.iter().any(told), "{:?}", bench.seen);
    bench.engine.shutdown();
}
