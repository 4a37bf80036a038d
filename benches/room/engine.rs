//! A case on the engine alone: no signalling, no other process. For tuning.

use crate::case::Case;
use crate::load;
use crate::row::Row;
use crate::usage;
use causeway_base::{ConferenceId, LegId};
use causeway_engine::{Engine, EngineConfig};
use causeway_plan::media_plan::DEFAULT_MAX_TALKERS;
use causeway_plan::{
    AudioEgress, AudioFormat, AudioIngress, Direction, Feed, LegAudio, LegMedia, MediaCommand,
    MediaEvent, MediaPlan, SrtpSpec, Transport, TransportSpec,
};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, channel};

const ROOM: ConferenceId = ConferenceId(1);
const WINDOW: Duration = Duration::from_secs(8);

/// Runs a case.
pub(crate) fn measure(case: &Case) -> io::Result<Row> {
    let (to_us, mut events) = channel(4096);
    let config = EngineConfig { workers: 1, ..EngineConfig::default() };
    let engine = Engine::start(config, to_us).map_err(io::Error::other)?;
    let idle = usage::resident_kb(std::process::id())?;
    let legs = load::legs(case)?;
    engine.send(MediaCommand::OpenConference { conference: ROOM }).map_err(io::Error::other)?;
    let mut ports = vec![];
    for (index, leg) in legs.iter().enumerate() {
        let media = media(case, index, leg.carrier().local()?);
        ports.push(enter(&engine, &mut events, index, media)?);
    }
    let apply = MediaCommand::Apply { conference: ROOM, plan: plan(case) };
    engine.send(apply).map_err(io::Error::other)?;
    let ticks = engine.metrics();
    let (media, (spent, late)) = load::drive(case, legs, &ports, || {
        let sum = || ticks.iter().map(|t| t.late_ticks.load(Ordering::Relaxed)).sum::<u64>();
        let cpu = || usage::threads(std::process::id(), "media-").unwrap_or_default();
        let before = (cpu(), sum());
        std::thread::sleep(WINDOW);
        (cpu() - before.0, sum() - before.1)
    })?;
    let grown = usage::resident_kb(std::process::id())?.saturating_sub(idle);
    engine.shutdown();
    Ok(Row {
        cpu_ms_per_leg_s: spent.as_secs_f64() * 1000.0 / WINDOW.as_secs_f64() / case.legs as f64,
        late_ticks: Some(late),
        rss_kb_per_leg: grown as f64 / case.legs as f64,
        media,
    })
}

fn enter(
    engine: &Engine,
    events: &mut Receiver<MediaEvent>,
    index: usize,
    media: LegMedia,
) -> io::Result<SocketAddr> {
    let leg = LegId(index as u64 + 1);
    let send = |command| engine.send(command).map_err(io::Error::other);
    send(MediaCommand::Reserve { leg, local: load::LOCAL })?;
    let rtp = loop {
        match events.blocking_recv() {
            Some(MediaEvent::Reserved { leg: reserved, rtp, .. }) if reserved == leg => break rtp,
            Some(MediaEvent::Failed { cause, .. }) => {
                return Err(io::Error::other(format!("{cause:?}")));
            }
            Some(_) => {}
            None => return Err(io::Error::other("the engine is gone")),
        }
    };
    send(MediaCommand::Configure { leg, media: Box::new(media) })?;
    send(MediaCommand::Move { leg, conference: ROOM })?;
    // The worker takes a bounded number of orders a tick.
    if index.is_multiple_of(64) {
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(rtp)
}

fn media(case: &Case, index: usize, remote: SocketAddr) -> LegMedia {
    let format = AudioFormat::new(case.codec, load::payload_type(case));
    // The engine is the other side: its keys are the load's, exchanged.
    let srtp = load::srtp(case, index);
    let srtp = SrtpSpec { suite: srtp.suite, send: srtp.receive, receive: srtp.send };
    LegMedia {
        transport: Transport::Rtp(TransportSpec {
            remote_rtp: Some(remote),
            remote_rtcp: Some(remote),
            rtcp_mux: true,
            signalling_source: load::LOCAL,
            srtp: case.srtp.then_some(srtp),
        }),
        direction: Direction::SendReceive,
        audio: LegAudio {
            send: format,
            receive: vec![format],
            ptime_ms: 20,
            send_events: None,
            // As every device has it; without, a bridge listens for tones.
            receive_events: vec![101],
            receive_comfort_noise: if case.dtx { vec![13] } else { vec![] },
            level_extension: case.level.then_some(1),
        },
    }
}

fn plan(case: &Case) -> MediaPlan {
    let legs = || (1..=case.legs as u64).map(LegId);
    MediaPlan {
        version: 1,
        max_talkers: DEFAULT_MAX_TALKERS,
        ingress: legs().map(|leg| AudioIngress { leg, heard: true, auto_gain: false }).collect(),
        egress: legs().map(|leg| AudioEgress { leg, feed: Feed::Mix }).collect(),
    }
}
