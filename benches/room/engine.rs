//! A case on the engine alone: no signalling, no other process. For tuning.

use crate::case::Case;
use crate::load;
use crate::row::Row;
use crate::usage;
use causeway_base::{ConferenceId, LegId};
use causeway_engine::{Engine, EngineConfig, WebRtcConfig};
use causeway_plan::media_plan::DEFAULT_MAX_TALKERS;
use causeway_plan::{
    AudioEgress, AudioFormat, AudioIngress, Direction, Feed, LegAudio, LegMedia, MediaCommand,
    MediaEvent, MediaPlan, MediaProtection, SrtpSpec, Transport, TransportSpec,
};
use causeway_server::load::report::MediaReport;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, channel};

const ROOM: ConferenceId = ConferenceId(1);
const WINDOW: Duration = Duration::from_secs(8);

/// Runs a case of telephones.
pub(crate) fn measure(case: &Case) -> io::Result<Row> {
    let mut alone = Alone::start(None)?;
    let legs = load::legs(case)?;
    let mut ports = vec![];
    for (index, leg) in legs.iter().enumerate() {
        let reserve = |leg| MediaCommand::Reserve { leg, local: load::LOCAL, video: false };
        let MediaEvent::Reserved { rtp, .. } = alone.reserve(index, reserve)? else {
            return Err(io::Error::other("other ports than asked for"));
        };
        alone.enter(index, media(case, index, leg.carrier().local()?))?;
        ports.push(rtp);
    }
    alone.apply(case)?;
    let (media, spent) = load::drive(case, legs, &ports, || alone.spend())?;
    alone.row(case, &spent, media)
}

/// An engine in this process.
pub(crate) struct Alone {
    engine: Engine,
    events: Receiver<MediaEvent>,
    idle_kb: u64,
}

/// What an engine used in the measured window.
pub(crate) struct Spent {
    cpu: Duration,
    late_ticks: u64,
}

impl Alone {
    /// Starts one with an open conference.
    pub(crate) fn start(webrtc: Option<WebRtcConfig>) -> io::Result<Self> {
        let (to_us, events) = channel(4096);
        let config = EngineConfig { workers: 1, webrtc, ..EngineConfig::default() };
        let engine = Engine::start(config, to_us).map_err(io::Error::other)?;
        let alone = Self { engine, events, idle_kb: usage::resident_kb(std::process::id())? };
        alone.send(MediaCommand::OpenConference { conference: ROOM })?;
        Ok(alone)
    }

    fn send(&self, command: MediaCommand) -> io::Result<()> {
        self.engine.send(command).map_err(io::Error::other)
    }

    /// Reserves what a leg needs; the engine's answer.
    pub(crate) fn reserve(
        &mut self,
        index: usize,
        command: impl FnOnce(LegId) -> MediaCommand,
    ) -> io::Result<MediaEvent> {
        self.send(command(id(index)))?;
        loop {
            match self.events.blocking_recv() {
                Some(reserved @ MediaEvent::Reserved { leg, .. })
                | Some(reserved @ MediaEvent::WebRtcReserved { leg, .. })
                    if leg == id(index) =>
                {
                    return Ok(reserved);
                }
                Some(MediaEvent::Failed { cause, .. }) => {
                    return Err(io::Error::other(format!("{cause:?}")));
                }
                Some(_) => {}
                None => return Err(io::Error::other("the engine is gone")),
            }
        }
    }

    /// Brings a leg into the conference.
    pub(crate) fn enter(&self, index: usize, media: LegMedia) -> io::Result<()> {
        let leg = id(index);
        self.send(MediaCommand::Configure { leg, media: Box::new(media) })?;
        self.send(MediaCommand::Move { leg, conference: ROOM })?;
        // The worker takes a bounded number of orders a tick.
        if index.is_multiple_of(64) {
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Mixes all legs.
    pub(crate) fn apply(&self, case: &Case) -> io::Result<()> {
        self.send(MediaCommand::Apply { conference: ROOM, plan: plan(case) })
    }

    /// Waits for the length of the window.
    pub(crate) fn spend(&self) -> Spent {
        let ticks = self.engine.metrics();
        let sum = || ticks.iter().map(|t| t.late_ticks.load(Ordering::Relaxed)).sum::<u64>();
        let cpu = || usage::threads(std::process::id(), "media-").unwrap_or_default();
        let before = (cpu(), sum());
        std::thread::sleep(WINDOW);
        Spent { cpu: cpu() - before.0, late_ticks: sum() - before.1 }
    }

    /// Stops it.
    pub(crate) fn row(self, case: &Case, spent: &Spent, media: MediaReport) -> io::Result<Row> {
        let legs = case.legs as f64;
        let grown = usage::resident_kb(std::process::id())?.saturating_sub(self.idle_kb);
        self.engine.shutdown();
        Ok(Row {
            cpu_ms_per_leg_s: spent.cpu.as_secs_f64() * 1000.0 / WINDOW.as_secs_f64() / legs,
            late_ticks: Some(spent.late_ticks),
            rss_kb_per_leg: grown as f64 / legs,
            media,
        })
    }
}

fn id(index: usize) -> LegId {
    LegId(index as u64 + 1)
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
            protection: MediaProtection::of_srtp(case.srtp.then_some(srtp)),
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
        video: vec![],
    }
}

fn plan(case: &Case) -> MediaPlan {
    let legs = || (1..=case.legs as u64).map(LegId);
    MediaPlan {
        version: 1,
        max_talkers: DEFAULT_MAX_TALKERS,
        ingress: legs().map(|leg| AudioIngress { leg, heard: true, auto_gain: false }).collect(),
        egress: legs().map(|leg| AudioEgress { leg, feed: Feed::Mix }).collect(),
        ..MediaPlan::default()
    }
}
