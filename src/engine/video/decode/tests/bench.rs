//! What a picture costs through a process, and without one. One JSON object a line:
//! `DECODE_ROUNDS=150 cargo test -p causeway-engine --lib -- --nocapture decode::tests::bench`.

use super::*;
use causeway_media::video::codec::decoder;
use std::path::{Path, PathBuf};

/// Between two pictures of a stream.
const INTERVAL: Duration = Duration::from_nanos(1_000_000_000 / 30);

/// Pictures with something in them that moves, encoded.
fn units(size: VideoSize, kbps: u64, seed: usize) -> Vec<Vec<u8>> {
    let settings = EncoderSettings { size, bitrate: Bitrate::kbps(kbps), fps: 30, max_nal: None };
    let mut encoder = encoder(VideoCodec::H264, settings).expect("built in");
    let pool = FramePool::new(2);
    (0..30)
        .map(|number| {
            let mut frame = pool.take(size).expect("free");
            let mut planes = frame.planes_mut();
            for (y, row) in planes.y.rows_mut().enumerate() {
                for (x, pixel) in row.iter_mut().enumerate() {
                    let slope = ((x + 3 * number) / 4 + (y + number) / 3 + seed * 37) % 256;
                    let pattern = usize::from((x / 24 + y / 24).is_multiple_of(3)) * 24;
                    *pixel = (40 + slope.min(255 - slope) / 2 + pattern) as u8;
                }
            }
            planes.u.fill(100);
            planes.v.fill(140);
            let mut unit = Vec::new();
            encoder.encode(&frame.freeze(), false, &mut unit).expect("encoded");
            unit
        })
        .collect()
}

/// Does a round of pictures at each of their times.
fn paced(rounds: usize, mut round: impl FnMut(usize)) {
    let start = Instant::now();
    for number in 0..rounds {
        round(number);
        let next = start + INTERVAL * (number as u32 + 1);
        while let Some(left) = next.checked_duration_since(Instant::now()) {
            std::thread::park_timeout(left);
        }
    }
}

/// The processor time of a thread; nothing of one that has ended.
fn cpu(task: &Path) -> Duration {
    let text = std::fs::read_to_string(task.join("schedstat")).unwrap_or_else(|_| "0".into());
    let nanos = text.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.expect("a number"))
}

/// The tasks of a process, but for those that only wait: the name of each tells.
fn tasks(process: &str, name: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(format!("/proc/{process}/task")).expect("linux");
    let named = |task: &PathBuf| {
        std::fs::read_to_string(task.join("comm")).is_ok_and(|comm| comm.trim_end() == name)
    };
    all.filter_map(|task| task.ok().map(|task| task.path())).filter(named).collect()
}

fn spent(tasks: &[PathBuf]) -> Duration {
    tasks.iter().map(|task| cpu(task)).sum()
}

#[test]
fn bench() {
    let rounds = std::env::var("DECODE_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    let rounds: usize = rounds.unwrap_or(10);
    for (count, size, kbps) in [(9, P360, 700), (4, VideoSize::new(1280, 720), 1800)] {
        let units: Vec<_> = (0..count).map(|seed| units(size, kbps, seed)).collect();
        let pool = FramePool::new(2 * count);
        let mut shown = vec![None; count];
        let mut raw: Vec<_> =
            (0..count).map(|_| decoder(VideoCodec::H264).expect("built in")).collect();
        let own = PathBuf::from("/proc/thread-self");
        let before = cpu(&own);
        paced(rounds, |round| {
            for (stream, decoder) in raw.iter_mut().enumerate() {
                let unit = &units[stream][round % 30];
                shown[stream] = Some(decoder.decode(unit, &pool).expect("decoded"));
            }
        });
        let raw = cpu(&own) - before;

        let decoders = start(1);
        let streams: Vec<_> = (0..count).map(|_| decoders.stream(VideoCodec::H264)).collect();
        let child = decoders.processes()[0].to_string();
        let all = tasks(&child, "video-decoder");
        assert_eq!(all.len(), 1);
        let own: Vec<_> = tasks("self", "decode-0");
        // Other tests have such threads too; ours is the one that works.
        let before: Vec<_> = own.iter().map(|task| cpu(task)).collect();
        let before_child = spent(&all);
        paced(rounds, |round| {
            for (stream, units) in streams.iter().zip(&units) {
                stream.push(FrameKind::Delta, &units[round % 30]);
            }
        });
        let pictures = (rounds * count) as u64;
        let decoded = || decoders.metrics().pictures.load(super::super::Ordering::Relaxed);
        until("all pictures", || decoded() == pictures);
        let child = spent(&all) - before_child;
        let spent_by = |(task, before): (&PathBuf, Duration)| cpu(task).saturating_sub(before);
        let busiest = own.iter().zip(before).map(spent_by).max();
        let feeder = busiest.expect("a feeder");
        let micros = |time: Duration| time.as_micros() as f64 / pictures as f64;
        println!(
            r#"{{"case":"{count}x{}","raw_us":{:.0},"child_us":{:.0},"feeder_us":{:.0},"ratio":{:.3}}}"#,
            size.height,
            micros(raw),
            micros(child),
            micros(feeder),
            (child + feeder).as_secs_f64() / raw.as_secs_f64(),
        );
    }
}
