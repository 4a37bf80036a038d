//! What composing and encoding cost beside the bare calls of the codec, one JSON object a line:
//! `cargo test -p causeway-engine --lib studio::tests::bench -- --nocapture`.

use super::*;
use causeway_media::video::codec::{EncoderSettings, encoder};
use causeway_media::video::compose::{Compositor, Rect, Scene, Tile};

/// A second of pictures, so that each source moves.
const PERIOD: usize = 30;

/// How long it runs.
const RUN: Duration = Duration::from_secs(3);

const P720: VideoSize = SizeClass::P720.size();

/// Processor time of this process.
fn cpu() -> Duration {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(used.tv_sec as u64, used.tv_nsec as u32)
}

fn grid(columns: u16) -> PicturePlan {
    let (width, height) = (GRID_WIDTH / columns, GRID_HEIGHT / columns);
    let tile = |index: u16| PlannedTile {
        area: Area::new(index % columns * width, index / columns * height, width, height)
            .expect("within"),
        source: Some(LegId(index.into())),
        name: format!("王小明 {index}"),
        marks: TileMarks { muted: index == 1, ..TileMarks::default() },
    };
    let tiles = (0..columns * columns).map(tile).collect();
    let show = Show::People { tiles, on_phone: 3, more: 2, recording: true };
    PicturePlan { id: PictureId(0), show, lang: Lang::Zh, margin: 0 }
}

/// The bare calls: a picture of these tiles without names, and its encoding.
fn bare(columns: u16, sources: &[Vec<Frame>]) -> (Duration, Duration) {
    let frames = FramePool::new(8);
    let (width, height) = (P720.width / columns, P720.height / columns);
    let mut compositor = Compositor::new();
    let settings =
        EncoderSettings { size: P720, bitrate: Bitrate::kbps(1600), fps: 30, max_nal: None };
    let mut encoder = encoder(VideoCodec::ALL[0], settings).expect("an encoder");
    let (mut composing, mut encoding, mut out) = (Duration::ZERO, Duration::ZERO, Vec::new());
    for number in 0..60 {
        let tile = |index: usize| {
            let (column, row) = (index as u16 % columns, index as u16 / columns);
            let rect = Rect::new(column * width, row * height, width, height);
            Tile::new(rect, Some(sources[index][number % PERIOD].clone()))
        };
        let tiles = (0..sources.len()).map(tile).collect();
        let scene = Scene { canvas: P720, background: Colour::BLACK, tiles };
        let start = cpu();
        let picture = compositor.compose(&scene, &frames).expect("a picture").picture;
        let composed = cpu();
        encoder.encode(&picture, false, &mut out).expect("encoded");
        composing += composed - start;
        encoding += cpu() - composed;
    }
    (composing / 60, encoding / 60)
}

#[test]
fn bench() {
    if !is_built_in(VideoCodec::ALL[0]) {
        return;
    }
    for (columns, height) in [(2u16, 360u16), (3, 360), (2, 720)] {
        let size = VideoSize::new(height / 9 * 16, height);
        let count = usize::from(columns * columns);
        let sources: Vec<Vec<_>> = (0..count)
            .map(|seed| (0..PERIOD).map(|number| moving(size, seed, number)).collect())
            .collect();
        let (composing, encoding) = bare(columns, &sources);
        let studio = Studio::start(2, &Theme::default()).expect("threads");
        let composition = studio.open();
        let stills: Vec<_> = (0..count).map(|_| Still::new(None)).collect();
        let of = |(still, leg): (&Still, u64)| (LegId(leg), still.clone());
        composition.show(&grid(columns), stills.iter().zip(0..).map(of).collect());
        let encode = composition.encode(key(VideoCodec::ALL[0], SizeClass::P720));
        take(&encode, 1);
        let (began, used) = (Instant::now(), cpu());
        let mut pictures = 0;
        for number in 0.. {
            for (still, source) in stills.iter().zip(&sources) {
                still.set(source[number % PERIOD].clone());
            }
            let at = began + Duration::from_secs(1) * number as u32 / 30;
            if at >= began + RUN {
                break;
            }
            while Instant::now() < at {
                std::thread::park_timeout(at.saturating_duration_since(Instant::now()));
            }
            pictures += encode.take().len();
        }
        let share = (cpu() - used).as_secs_f64() / began.elapsed().as_secs_f64();
        let bare = (composing + encoding).as_secs_f64() * 30.0;
        println!(
            r#"{{"case":"{count}x{height}p to 720p","cpu_s_per_s":{share:.3},"bare_s_per_s":{bare:.3},"bare_compose_ms":{:.2},"bare_encode_ms":{:.2},"fps":{:.1},"late_beats":{}}}"#,
            composing.as_secs_f64() * 1e3,
            encoding.as_secs_f64() * 1e3,
            pictures as f64 / RUN.as_secs_f64(),
            studio.counts().late_beats.load(Ordering::Relaxed),
        );
    }
}
