//! Rooms that see each other through the engine, over real sockets on loopback.

mod arrival;
mod browser;
mod camera;
mod fault;
mod forward;
mod ladder;
mod regression;
mod strain;
mod tiles;

use super::{Bench, CONFERENCE, LOCAL, PATIENCE};
use crate::video::{VideoConfig, decode};
use crate::{Engine, EngineConfig, WebRtcConfig};
use camera::{Camera, Heard, PICTURE, Speaks, Traits, alike, phone};
use causeway_base::{Bitrate, Codec, Lang, LegId, SizeClass, VideoCodec, VideoSize};
use causeway_media::video::colour::Colour;
use causeway_media::video::theme::Theme;
use causeway_plan::picture::{Area, GRID_HEIGHT, GRID_WIDTH};
use causeway_plan::video::VideoState;
use causeway_plan::{
    AudioEgress, Direction, Feed, MediaCommand, MediaEvent, MediaPlan, PictureId, PicturePlan,
    PlannedTile, Show, SrtpKey, SrtpSpec, SrtpSuite, TileMarks, VideoEgress, VideoFeed, VideoStats,
};
use causeway_wire::rtcp::feedback::BitrateLimit;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::channel;

const RED: Colour = Colour::rgb(200, 30, 30);
const GREEN: Colour = Colour::rgb(30, 160, 40);
const BLUE: Colour = Colour::rgb(30, 40, 200);
const COLOURS: [Colour; 3] = [RED, GREEN, BLUE];

impl Bench {
    /// An engine with pictures.
    fn with_video(first_port: u16, workers: usize) -> Self {
        Self::with_pictures(first_port, workers, config())
    }

    /// The same, with pictures made so.
    fn with_pictures(first_port: u16, workers: usize, video: VideoConfig) -> Self {
        let (sender, events) = channel(1024);
        let config = EngineConfig {
            workers,
            ports: first_port..=first_port + 99,
            realtime: false,
            webrtc: Some(WebRtcConfig { addresses: vec![LOCAL], udp_port: 0, tcp_port: None }),
            video: Some(video),
            ..EngineConfig::default()
        };
        let engine = Engine::start(config, sender).expect("threads");
        let bench = Self { engine, events, seen: Vec::new() };
        bench.tell(MediaCommand::OpenConference { conference: CONFERENCE });
        bench
    }

    /// A camera in the conference.
    fn film(&mut self, number: u64, traits: Traits) -> Camera {
        let leg = LegId(number);
        self.tell(MediaCommand::Reserve { leg, local: LOCAL, video: true });
        let (audio, video) = self.wait(|event| match event {
            MediaEvent::Reserved { leg: reserved, rtp, video, .. } if *reserved == leg => {
                Some((*rtp, video.expect("asked for").0))
            }
            _ => None,
        });
        self.camera_at(leg, (audio, video), traits)
    }

    /// A telephone in the conference that gets a camera while it talks.
    fn film_later(&mut self, number: u64, traits: Traits) -> Camera {
        let leg = LegId(number);
        let audio = self.join(number, Codec::Pcmu, None).target();
        self.tell(MediaCommand::ReservePictures { leg, local: LOCAL });
        let video = self.wait(|event| match event {
            MediaEvent::PicturesReserved { leg: reserved, ports } if *reserved == leg => *ports,
            _ => None,
        });
        self.camera_at(leg, (audio, video.0), traits)
    }

    fn camera_at(&self, leg: LegId, ports: (SocketAddr, SocketAddr), traits: Traits) -> Camera {
        let ((audio, video), number) = (ports, leg.0);
        let colour = COLOURS[number as usize % COLOURS.len()];
        let camera = Camera::new(phone(leg, audio), video, traits, colour, Instant::now());
        self.tell(MediaCommand::Configure { leg, media: Box::new(camera.media()) });
        self.tell(MediaCommand::Move { leg, conference: CONFERENCE });
        camera
    }

    fn stats(&mut self, leg: LegId) -> VideoStats {
        self.tell(MediaCommand::ReportStats { leg });
        self.wait(|event| match event {
            MediaEvent::Stats { leg: of, stats } if *of == leg => stats.video,
            _ => None,
        })
    }

    /// Everybody in `seen` side by side in one picture, which all of `cameras` get.
    fn side_by_side(&self, version: u64, cameras: &[&Camera], seen: &[&Camera]) {
        let sources: Vec<_> = seen.iter().map(|camera| camera.leg).collect();
        let receivers: Vec<_> = cameras.iter().map(|camera| camera.leg).collect();
        let plan = plan(version, &receivers, &sources);
        self.tell(MediaCommand::Apply { conference: CONFERENCE, plan });
    }
}

pub(super) fn config() -> VideoConfig {
    VideoConfig {
        decoder: decode::tests::program(),
        decoders: 1,
        threads: 1,
        theme: Theme::default(),
    }
}

/// All get a picture of the sources side by side.
fn plan(version: u64, receivers: &[LegId], sources: &[LegId]) -> MediaPlan {
    let id = PictureId(1);
    let width = GRID_WIDTH / sources.len().max(1) as u16;
    let tile = |(at, source): (usize, &LegId)| PlannedTile {
        area: Area::new(at as u16 * width, 0, width, GRID_HEIGHT).expect("within"),
        source: Some(*source),
        name: String::new(),
        marks: TileMarks::default(),
    };
    let tiles = sources.iter().enumerate().map(tile).collect();
    let show = Show::People { tiles, on_phone: 0, more: 0, recording: false };
    MediaPlan {
        version,
        egress: receivers.iter().map(|leg| AudioEgress { leg: *leg, feed: Feed::Mix }).collect(),
        pictures: vec![PicturePlan { id, show, lang: Lang::En, margin: 0 }],
        video: receivers
            .iter()
            .map(|leg| VideoEgress { leg: *leg, line: 0, feed: VideoFeed::Picture(id) })
            .collect(),
        ..MediaPlan::default()
    }
}

/// Lets all cameras film until something holds, or `patience` is over. True where it held.
fn film(
    cameras: &mut [&mut Camera],
    patience: Duration,
    mut until: impl FnMut(&[&mut Camera]) -> bool,
) -> bool {
    let start = Instant::now();
    let mut shot = 0;
    while start.elapsed() < patience {
        let now = Instant::now();
        if start.elapsed() >= PICTURE * shot {
            shot += 1;
            cameras.iter_mut().for_each(|camera| camera.shoot(now));
        }
        for camera in cameras.iter_mut() {
            camera.receive(now);
            camera.phone.receive();
        }
        if until(cameras) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    false
}

/// Whether a camera sees the colours side by side.
fn sees_side_by_side(camera: &Camera, colours: &[Colour]) -> bool {
    colours.iter().enumerate().all(|(at, colour)| {
        let x = (2 * at + 1) * 1_000 / (2 * colours.len());
        camera.sees(x, 500).is_some_and(|seen| alike(seen, *colour))
    })
}

/// Two cameras see each other side by side.
fn see_each_other(first_port: u16, workers: usize, one: Traits, other: Traits) -> [Camera; 2] {
    let mut bench = Bench::with_video(first_port, workers);
    let (mut one, mut other) = (bench.film(1, one), bench.film(2, other));
    bench.side_by_side(1, &[&one, &other], &[&one, &other]);
    let colours = [one.colour, other.colour];
    let seen = film(&mut [&mut one, &mut other], PATIENCE, |cameras| {
        cameras.iter().all(|camera| sees_side_by_side(camera, &colours))
    });
    for camera in [&one, &other] {
        assert!(seen, "{}", camera.account());
    }
    bench.engine.shutdown();
    [one, other]
}

fn speaking(speaks: Speaks) -> Traits {
    Traits { speaks, ..Traits::default() }
}

#[test]
fn two_rooms_see_each_other_whichever_worker_had_them_first() {
    for (first_port, workers) in [(35_000, 1), (35_100, 3)] {
        let cameras = see_each_other(first_port, workers, Traits::default(), Traits::default());
        for camera in cameras {
            assert_eq!(camera.size(), Some(SizeClass::P360.size()));
        }
    }
}

#[test]
fn each_sees_the_other_in_its_own_codec() {
    see_each_other(35_200, 1, speaking(Speaks::H264), speaking(Speaks::Vp8));
    let [single, _] = see_each_other(35_300, 1, speaking(Speaks::SingleNal), speaking(Speaks::Vp8));
    assert!(single.pictures > 0 && single.longest <= 1_200, "{}", single.longest);
}

#[test]
fn protected_rooms_see_each_other() {
    for (at, suite) in
        [SrtpSuite::Aes128CmSha1_80, SrtpSuite::AeadAes256Gcm].into_iter().enumerate()
    {
        let keying: Vec<u8> = (0..suite.keying_len() as u8).collect();
        let key = SrtpKey::new(suite, &keying).expect("its own length");
        let srtp = Some(SrtpSpec { suite, send: key, receive: key });
        let traits = Traits { srtp, rtx: true, ..Traits::default() };
        see_each_other(35_400 + 100 * at as u16, 1, traits.clone(), traits);
    }
}

/// Every twentieth packet is lost both ways, and what is sent again as well.
#[test]
fn a_path_that_loses_packets_shows_moving_pictures() {
    for (first_port, rtx) in [(35_600, false), (35_700, true)] {
        let lossy = |speaks| Traits {
            rtx,
            loses: |number| number % 20 == 19,
            misses: |number| number % 20 == 13,
            ..speaking(speaks)
        };
        let mut bench = Bench::with_video(first_port, 1);
        let mut one = bench.film(1, lossy(Speaks::H264));
        let mut other = bench.film(2, lossy(Speaks::Vp8));
        bench.side_by_side(1, &[&one, &other], &[&one, &other]);
        film(&mut [&mut one, &mut other], Duration::from_secs(4), |_| false);
        let colours = [one.colour, other.colour];
        for camera in [&one, &other] {
            assert!(sees_side_by_side(camera, &colours), "{}", camera.account());
            assert!(camera.pictures >= 30, "of 120: {}", camera.account());
            assert!(camera.given_up() <= 1, "{}: {}", camera.given_up(), camera.account());
            assert!(camera.heard.nacked > 0, "{}", camera.account());
            assert!(camera.heard.pli + camera.heard.fir <= 2, "{}", camera.account());
        }
        let resent = bench.stats(one.leg).packets_resent;
        assert!(resent > 0);
        bench.engine.shutdown();
    }
}

/// The path loses all both ways for a second.
#[test]
fn a_path_that_fails_for_a_while_is_recovered_from_within_a_second() {
    let burst = Traits {
        loses: |number| (100..130).contains(&number),
        misses: |number| (60..90).contains(&number),
        ..Traits::default()
    };
    let mut bench = Bench::with_video(35_800, 1);
    let (mut one, mut other) = (bench.film(1, burst.clone()), bench.film(2, burst));
    bench.side_by_side(1, &[&one, &other], &[&one, &other]);
    let passed = |cameras: &[&mut Camera]| {
        cameras.iter().all(|camera| camera.packets > 65 && camera.sent() > 135)
    };
    assert!(film(&mut [&mut one, &mut other], 2 * PATIENCE, passed), "{}", one.account());
    one.colour = COLOURS[0];
    other.colour = COLOURS[0];
    let second = Duration::from_secs(1);
    let seen = film(&mut [&mut one, &mut other], second, |cameras| {
        cameras.iter().all(|camera| sees_side_by_side(camera, &[COLOURS[0]; 2]))
    });
    assert!(seen, "{} {}", one.account(), other.account());
    bench.engine.shutdown();
}

#[test]
fn a_telephone_that_gets_a_camera_while_it_talks_sees_and_is_seen() {
    let mut bench = Bench::with_video(38_900, 1);
    let (mut one, mut other) =
        (bench.film(1, Traits::default()), bench.film_later(2, Traits::default()));
    bench.side_by_side(1, &[&one, &other], &[&one, &other]);
    let colours = [one.colour, other.colour];
    let seen = film(&mut [&mut one, &mut other], PATIENCE, |cameras| {
        cameras.iter().all(|camera| sees_side_by_side(camera, &colours))
    });
    assert!(seen, "{} {}", one.account(), other.account());
    bench.engine.shutdown();
}

#[test]
fn a_sender_that_changes_its_codec_is_seen_on() {
    let mut bench = Bench::with_video(35_900, 1);
    let (mut one, mut other) = (bench.film(1, Traits::default()), bench.film(2, Traits::default()));
    bench.side_by_side(1, &[&other], &[&one]);
    for (speaks, colour) in
        [(Speaks::H264, RED), (Speaks::Vp8, GREEN), (Speaks::SingleNal, BLUE), (Speaks::H264, RED)]
    {
        one.switch(speaks);
        one.colour = colour;
        let seen = film(&mut [&mut one, &mut other], PATIENCE, |cameras| {
            sees_side_by_side(cameras[1], &[colour])
        });
        assert!(seen, "{speaks:?}: {}", other.account());
    }
    bench.engine.shutdown();
}

#[test]
fn the_size_follows_what_the_receiver_takes() {
    let large = Traits { class: SizeClass::P720, ..Traits::default() };
    let mut bench = Bench::with_video(36_000, 1);
    let (mut one, mut other) = (bench.film(1, large.clone()), bench.film(2, large));
    bench.side_by_side(1, &[&one, &other], &[&one]);
    let comes = |cameras: &[&mut Camera], one: SizeClass, other: SizeClass| {
        cameras[0].size() == Some(one.size()) && cameras[1].size() == Some(other.size())
    };
    let (small, large) = (SizeClass::P180, SizeClass::P720);
    assert!(film(&mut [&mut one, &mut other], PATIENCE, |all| comes(all, large, large)));
    let (media, ours) = one.sources();
    let limit = BitrateLimit { ssrc: media, bitrate: Bitrate::kbps(150), overhead: 40 };
    one.say(|writer| writer.bitrate_request(ours, &[limit]));
    assert!(
        film(&mut [&mut one, &mut other], PATIENCE, |all| comes(all, small, large)),
        "one receiver's path is not another's: {} {}",
        one.account(),
        other.account()
    );
    let answered = |all: &[&mut Camera]| {
        all[0].heard.notice.is_some_and(|notice| notice.bitrate == Bitrate::kbps(150))
    };
    assert!(film(&mut [&mut one, &mut other], PATIENCE, answered), "{}", one.account());
    let (media, ours) = other.sources();
    other.say(|writer| writer.estimate(ours, Bitrate::kbps(200), &[media]));
    assert!(film(&mut [&mut one, &mut other], PATIENCE, |all| comes(all, small, small)));
    let sent = bench.stats(other.leg).sent.expect("a picture");
    assert_eq!((sent.0, sent.1), (VideoCodec::H264, SizeClass::P180));
    bench.engine.shutdown();
}

#[test]
fn twenty_rooms_that_come_at_once_share_a_few_full_pictures() {
    let mut bench = Bench::with_video(36_100, 1);
    let mut cameras = vec![bench.film(1, Traits::default())];
    let mut all: Vec<_> = cameras.iter().map(|camera| camera.leg).collect();
    let apply = |bench: &Bench, version, all: &[LegId]| {
        let plan = plan(version, all, &[LegId(1)]);
        bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan });
    };
    apply(&bench, 1, &all);
    let seen = |cameras: &[&mut Camera]| {
        cameras.iter().all(|camera| sees_side_by_side(camera, &[COLOURS[1]]))
    };
    assert!(film(&mut cameras.iter_mut().collect::<Vec<_>>(), PATIENCE, seen));
    for number in 2..=21 {
        let watching = Traits { direction: Direction::SendOnly, ..Traits::default() };
        let camera = bench.film(number, watching);
        all.push(camera.leg);
        cameras.push(camera);
    }
    apply(&bench, 2, &all);
    let before = cameras[0].full;
    assert!(film(&mut cameras.iter_mut().collect::<Vec<_>>(), PATIENCE, seen));
    let full = cameras[0].full - before;
    assert!(full <= 2, "{full} full pictures");
    let alone = cameras.iter().skip(1).all(|camera| camera.heard == Heard::default());
    assert!(alone, "nobody asks those who send nothing");
    bench.engine.shutdown();
}

#[test]
fn who_is_not_seen_is_not_decoded_and_asked_for_little() {
    let mut bench = Bench::with_video(36_200, 1);
    let (mut one, mut other) = (bench.film(1, Traits::default()), bench.film(2, Traits::default()));
    bench.side_by_side(1, &[&one, &other], &[&one]);
    let shrunk = |cameras: &[&mut Camera]| cameras[1].heard.limit.is_some();
    assert!(film(&mut [&mut one, &mut other], PATIENCE, shrunk), "{}", other.account());
    assert_eq!(other.heard.limit.map(|limit| limit.bitrate), Some(Bitrate::kbps(64)));
    assert_eq!((other.heard.pli, other.heard.fir, other.heard.nacked), (0, 0, 0));
    let state = bench.wait(|event| match event {
        MediaEvent::VideoChanged { leg: LegId(2), state } => Some(*state),
        _ => None,
    });
    assert_eq!(state, VideoState::Coming, "it is there to be seen");
    assert_eq!(bench.stats(other.leg).received_size, None);
    bench.side_by_side(2, &[&one, &other], &[&other]);
    let colour = other.colour;
    let seen = film(&mut [&mut one, &mut other], PATIENCE, |cameras| {
        sees_side_by_side(cameras[0], &[colour])
            && cameras[1].heard.limit.is_some_and(|limit| limit.bitrate > Bitrate::kbps(1_000))
    });
    assert!(seen, "{} {}", one.account(), other.account());
    assert_eq!(bench.stats(other.leg).received_size, Some(VideoSize::new(640, 360)));
    bench.engine.shutdown();
}

#[test]
fn a_snapshot_is_what_somebody_sees() {
    let mut bench = Bench::with_video(36_300, 1);
    let mut one = bench.film(1, Traits::default());
    assert_eq!(bench.engine.snapshot(one.leg), None, "nothing is shown yet");
    bench.side_by_side(1, &[&one], &[&one]);
    let colour = one.colour;
    let sees = |cameras: &[&mut Camera]| sees_side_by_side(cameras[0], &[colour]);
    assert!(film(&mut [&mut one], PATIENCE, sees));
    let png = bench.engine.snapshot(one.leg).expect("a picture");
    assert!(png.starts_with(b"\x89PNG"));
    assert_eq!(bench.engine.snapshot(LegId(9)), None);
    bench.engine.shutdown();
}

#[test]
fn a_leg_that_leaves_is_seen_no_more_and_sees_nothing() {
    let mut bench = Bench::with_video(36_400, 1);
    let (mut one, mut other) = (bench.film(1, Traits::default()), bench.film(2, Traits::default()));
    bench.side_by_side(1, &[&one, &other], &[&one, &other]);
    let colours = [one.colour, other.colour];
    assert!(film(&mut [&mut one, &mut other], PATIENCE, |cameras| {
        cameras.iter().all(|camera| sees_side_by_side(camera, &colours))
    }));
    bench.side_by_side(2, &[&one], &[&one]);
    let colour = one.colour;
    assert!(film(&mut [&mut one, &mut other], PATIENCE, |cameras| {
        sees_side_by_side(cameras[0], &[colour])
    }));
    let packets = other.packets;
    film(&mut [&mut one, &mut other], Duration::from_millis(500), |_| false);
    assert_eq!(other.packets, packets, "nothing is sent to it");
    bench.engine.shutdown();
}

#[test]
fn who_shows_nothing_is_shown_others_once_its_sound_tells_its_host() {
    let mut bench = Bench::with_video(36_660, 1);
    // Another host signals for it, and none of its video ever comes.
    let silent = Traits {
        signals_from: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
        loses: |_| true,
        ..Traits::default()
    };
    let (mut one, mut other) = (bench.film(1, Traits::default()), bench.film(2, silent));
    bench.side_by_side(1, &[&one, &other], &[&one]);
    let colour = one.colour;
    let nothing =
        film(&mut [&mut one, &mut other], Duration::from_secs(1), |cameras| cameras[1].packets > 0);
    assert!(!nothing, "nobody knows its host");
    other.phone.send_tone();
    let seen = film(&mut [&mut one, &mut other], PATIENCE, |cameras| {
        sees_side_by_side(cameras[1], &[colour])
    });
    assert!(seen, "{}", other.account());
    bench.engine.shutdown();
}
