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
use std::time::{Duration, Instant};

const SIZE: VideoSize = VideoSize::new(640, 360);

/// A browser with a camera that shows one colour, and its screen.
struct Page {
    browser: Browser,
    colour: Colour,
    encoder: Box<dyn VideoEncoder>,
    decoder: Box<dyn VideoDecoder>,
    receiver: VideoReceiver,
    pool: FramePool,
    sequence: u64,
    pictures: u32,
    seen: Option<Frame>,
}

impl Page {
    fn new(browser: Browser, colour: Colour, now: Instant) -> Self {
        let settings =
            EncoderSettings { size: SIZE, bitrate: Bitrate::kbps(500), fps: 30, max_nal: None };
        Self {
            browser,
            colour,
            encoder: encoder(VideoCodec::Vp8, settings).expect("built in"),
            decoder: decoder(VideoCodec::Vp8).expect("built in"),
            receiver: VideoReceiver::new(now, VideoCodec::Vp8, true, &[]),
            pool: FramePool::new(8),
            sequence: 0,
            pictures: 0,
            seen: None,
        }
    }

    fn shoot(&mut self, now: Instant) {
        if !self.browser.is_connected() {
            return;
        }
        let mut frame = self.pool.take(SIZE).expect("a frame");
        frame.planes_mut().fill(self.colour);
        let key = std::mem::take(&mut self.browser.refreshes) > 0;
        let mut bytes = Vec::new();
        self.encoder.encode(&frame.freeze(), key, &mut bytes).expect("it can");
        let mut out = [0; 1_200];
        for payload in vp8::packetize(&bytes, vp8::Descriptor::default(), 1_000) {
            let len = payload.write(&mut out).expect("room");
            let payload_bytes = out[..len].to_vec();
            let timestamp = self.pictures * 3_000;
            self.browser.film(now, self.sequence, timestamp, payload.last, payload_bytes);
            self.sequence += 1;
        }
        self.pictures += 1;
    }

    fn run(&mut self, now: Instant) {
        self.browser.run(now);
        for packet in self.browser.shown.drain(..) {
            let piece = Piece {
                seq: packet.header.sequence_number,
                timestamp: packet.header.timestamp,
                marker: packet.header.marker,
                payload: &packet.payload,
            };
            self.receiver.receive(now, &piece);
        }
        while let Some(assembled) = self.receiver.poll(now) {
            if let Assembled::Frame(frame) = assembled
                && frame.whole
                && let Ok(Decoded::Picture(picture)) = self.decoder.decode(frame.bytes, &self.pool)
            {
                self.seen = Some(picture);
            }
        }
    }

    /// The colours at a quarter and at three quarters.
    fn sees(&self, left: Colour, right: Colour) -> bool {
        let Some(frame) = &self.seen else { return false };
        let planes = frame.planes();
        let at = |x: usize| Colour {
            y: planes.y.row(180)[x],
            u: planes.u.row(90)[x / 2],
            v: planes.v.row(90)[x / 2],
        };
        alike(at(160), left) && alike(at(480), right)
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
    let mut page = Page::new(bench.open(1, habit), GREEN, Instant::now());
    let mut camera = bench.film(2, Traits::default());
    let all = [page.browser.leg, camera.leg];
    let plan = plan(1, &all, &all);
    bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan });
    let colours = [page.colour, camera.colour];
    let seen = film(&mut page, &mut camera, PATIENCE, |page, camera| {
        page.sees(colours[0], colours[1]) && sees_side_by_side(camera, &colours)
    });
    assert!(seen, "{:?} {}", page.seen.map(|seen| seen.id()), camera.account());
    let stats = bench.stats(LegId(1));
    assert_eq!(stats.received_codec, Some(VideoCodec::Vp8));
    assert!(stats.packets_received > 0 && stats.packets_sent > 0, "{stats:?}");
    let stays = film(&mut page, &mut camera, Duration::from_millis(600), |page, _| {
        page.browser.refreshes > 0
    });
    assert!(!stays, "nobody asks for more");
    page.seen = None;
    page.receiver = VideoReceiver::new(Instant::now(), VideoCodec::Vp8, true, &[]);
    page.decoder = decoder(VideoCodec::Vp8).expect("built in");
    page.browser.ask_key_frame();
    let again = film(&mut page, &mut camera, PATIENCE, |page, _| page.sees(colours[0], colours[1]));
    assert!(again, "a full picture that was asked for comes");
    // Events are read while something is waited for.
    bench.stats(LegId(1));
    let told = |event: &MediaEvent| matches!(event, MediaEvent::VideoChanged { leg: LegId(1), .. });
    assert!(bench.seen.iter().any(told), "{:?}", bench.seen);
    bench.engine.shutdown();
}
