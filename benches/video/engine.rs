//! The engine of a case, in this process, with its decoder processes.

use crate::browser::{self, Introduction};
use crate::call::Call;
use crate::case::{Case, Kind};
use crate::leg::{self, id};
use crate::load::{Heard, LOCAL, Load};
use crate::usage::{self, children, now_us, resident_kb};
use causeway_base::{ConferenceId, LegId};
use causeway_engine::{
    DecoderProgram, Engine, EngineConfig, VideoConfig, VideoCounts, WebRtcConfig,
};
use causeway_media::video::theme::Theme;
use causeway_plan::{LegMedia, MediaCommand, MediaEvent, MediaPlan, WebRtcState};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ChildStdin;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, channel};

const ROOM: ConferenceId = ConferenceId(1);

/// Cameras send for so long before anybody sees them.
const UNSEEN: Duration = Duration::from_millis(500);

/// What was measured.
pub(crate) struct Row {
    /// CPU time of the engine and its decoders in the window.
    pub(crate) cpu: Duration,
    /// Ticks of its workers that were late.
    pub(crate) late_ticks: u64,
    /// Pictures that it decoded and encoded.
    pub(crate) decoded: u64,
    pub(crate) encoded: u64,
    /// What it grew by, with its decoders.
    pub(crate) grown_kb: u64,
    /// When the plan began to show the sources.
    pub(crate) shown_us: u64,
    /// What the load received.
    pub(crate) heard: Heard,
}

/// Runs a case.
pub(crate) fn measure(case: &Case) -> io::Result<Row> {
    let (bench, mut load) = begin(case)?;
    let shown_us = bench.show(leg::plan(case))?;
    load.line()?;
    let before = bench.read()?;
    let grown_kb = bench.grown_kb()?;
    let heard = load.heard()?;
    let after = bench.read()?;
    bench.engine.shutdown();
    Ok(Row {
        cpu: after.cpu.saturating_sub(before.cpu),
        late_ticks: after.late_ticks - before.late_ticks,
        decoded: after.counts.decoded - before.counts.decoded,
        encoded: after.counts.encoded - before.counts.encoded,
        grown_kb,
        shown_us,
        heard,
    })
}

/// What a case takes in memory, with its decoders, once all of it goes.
pub(crate) fn memory(case: &Case) -> io::Result<u64> {
    let (bench, mut load) = begin(case)?;
    bench.show(leg::plan(case))?;
    load.line()?;
    let grown_kb = bench.grown_kb()?;
    load.stop()?;
    bench.engine.shutdown();
    Ok(grown_kb)
}

/// An engine with the legs of a case, whose cameras send, and the load.
fn begin(case: &Case) -> io::Result<(Bench, Load)> {
    let mut bench = Bench::start()?;
    let mut load = Load::start(&case.to_string())?;
    match case.kind {
        Kind::Shared | Kind::H323 | Kind::Private => bench.let_rooms_in(case, &mut load)?,
        Kind::Browsers | Kind::Forwarded => bench.let_browsers_in(case, &mut load)?,
    }
    std::thread::sleep(UNSEEN);
    Ok((bench, load))
}

/// An engine.
pub(crate) struct Bench {
    pub(crate) engine: Engine,
    events: Receiver<MediaEvent>,
    /// The processes that decode.
    decoders: Vec<u32>,
    idle_kb: u64,
}

/// What it used so far.
struct Reading {
    cpu: Duration,
    late_ticks: u64,
    counts: VideoCounts,
}

impl Bench {
    /// Starts one with an open conference.
    pub(crate) fn start() -> io::Result<Self> {
        let (to_us, events) = channel(4_096);
        let video = VideoConfig {
            decoder: DecoderProgram::this(),
            decoders: 1,
            threads: 2,
            theme: Theme::default(),
        };
        let webrtc = WebRtcConfig { addresses: vec![LOCAL], udp_port: 0, tcp_port: None };
        let config = EngineConfig {
            workers: 1,
            video: Some(video),
            webrtc: Some(webrtc),
            ..EngineConfig::default()
        };
        let engine = Engine::start(config, to_us).map_err(io::Error::other)?;
        let mut bench = Self { engine, events, decoders: children()?, idle_kb: 0 };
        bench.idle_kb = bench.resident_kb()?;
        bench.send(MediaCommand::OpenConference { conference: ROOM })?;
        Ok(bench)
    }

    fn send(&self, command: MediaCommand) -> io::Result<()> {
        self.engine.send(command).map_err(io::Error::other)
    }

    /// Applies a plan. When that was.
    pub(crate) fn show(&self, plan: MediaPlan) -> io::Result<u64> {
        let at = now_us();
        self.send(MediaCommand::Apply { conference: ROOM, plan })?;
        Ok(at)
    }

    fn let_rooms_in(&mut self, case: &Case, load: &mut Load) -> io::Result<()> {
        let ports: Vec<u16> = load.words()?;
        let mut addresses = ports.into_iter().map(|port| SocketAddr::new(LOCAL, port));
        let screens = addresses.next().ok_or_else(|| io::Error::other("no screen"))?;
        let mut targets = vec![];
        let mut calls = vec![];
        for (index, camera) in addresses.enumerate() {
            let (sound, video) = self.reserve(index)?;
            let media = if case.kind == Kind::H323 {
                let call = Call::settle(sound, video, camera, case.size)?;
                let media = call.source();
                calls.push(call);
                media
            } else {
                leg::source(camera)
            };
            self.enter(index, media)?;
            targets.push(video.port().to_string());
        }
        for number in 0..case.receivers {
            let index = leg::receiver(case, number);
            let (sound, video) = self.reserve(index)?;
            let media = if case.kind == Kind::H323 {
                Call::settle(sound, video, screens, case.out())?.screen()
            } else {
                leg::screen(screens, leg::codec(case, number), case.out())
            };
            self.enter(index, media)?;
            if number == 0 {
                targets.push(video.port().to_string());
            }
        }
        load.tell(&targets)?;
        if case.kind == Kind::H323 {
            self.pass_wishes(calls, load.take_input()?);
        }
        Ok(())
    }

    /// From now on, where the engine wants a full picture of a room it is asked for by H.245, and
    /// the load is told so.
    fn pass_wishes(&mut self, mut calls: Vec<Call>, mut load: ChildStdin) {
        let mut events = std::mem::replace(&mut self.events, channel(1).1);
        std::thread::spawn(move || {
            while let Some(event) = events.blocking_recv() {
                let MediaEvent::KeyFrameNeeded { leg } = event else { continue };
                let wanted = calls.iter_mut().enumerate().find(|(index, _)| id(*index) == leg);
                if let Some((index, call)) = wanted
                    && call.asks()
                    && writeln!(load, "{index}").is_err()
                {
                    return;
                }
            }
        });
    }

    /// Brings browsers in, and waits until all are connected.
    fn let_browsers_in(&mut self, case: &Case, load: &mut Load) -> io::Result<()> {
        for index in 0..case.sources {
            let leg = id(index);
            self.send(MediaCommand::ReserveWebRtc { leg })?;
            let local = self.await_leg(leg, |event| match event {
                MediaEvent::WebRtcReserved { leg: of, local } if of == leg => Some(*local),
                _ => None,
            })?;
            load.tell(&Introduction::of(&local)?.written())?;
            let remote = Introduction::read(&load.words()?)?;
            let codec = leg::codec(case, index);
            self.enter(index, browser::media(local, &remote, codec, case.out(), case.tiles()))?;
        }
        for index in 0..case.sources {
            self.await_leg(id(index), |event| match event {
                MediaEvent::WebRtcChanged { state: WebRtcState::Connected { .. }, .. } => Some(()),
                _ => None,
            })?;
        }
        load.tell(&["go".into()])
    }

    /// Reserves ports: those of sound and of pictures.
    pub(crate) fn reserve(&mut self, index: usize) -> io::Result<(SocketAddr, SocketAddr)> {
        let leg = id(index);
        self.send(MediaCommand::Reserve { leg, local: LOCAL, video: true })?;
        self.await_leg(leg, |event| match event {
            MediaEvent::Reserved { leg: of, rtp, video: Some((video, _)), .. } if of == leg => {
                Some((rtp, video))
            }
            _ => None,
        })
    }

    /// Waits for what the engine says of a leg.
    fn await_leg<T>(&mut self, of: LegId, take: impl Fn(MediaEvent) -> Option<T>) -> io::Result<T> {
        loop {
            match self.events.blocking_recv() {
                Some(MediaEvent::Failed { cause, .. }) => {
                    return Err(io::Error::other(format!("{of}: {cause:?}")));
                }
                Some(event) => {
                    if let Some(taken) = take(event) {
                        return Ok(taken);
                    }
                }
                None => return Err(io::Error::other("the engine is gone")),
            }
        }
    }

    /// Brings a leg in.
    pub(crate) fn enter(&self, index: usize, media: LegMedia) -> io::Result<()> {
        let leg = id(index);
        self.send(MediaCommand::Configure { leg, media: Box::new(media) })?;
        self.send(MediaCommand::Move { leg, conference: ROOM })?;
        // The worker takes a bounded number of orders a tick.
        if index.is_multiple_of(16) {
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn read(&self) -> io::Result<Reading> {
        let metrics = self.engine.metrics();
        let mut cpu = Duration::ZERO;
        for process in self.processes() {
            cpu += usage::cpu(process)?;
        }
        Ok(Reading {
            cpu,
            late_ticks: metrics.iter().map(|it| it.late_ticks.load(Ordering::Relaxed)).sum(),
            counts: self.engine.video_counts().unwrap_or_default(),
        })
    }

    fn grown_kb(&self) -> io::Result<u64> {
        Ok(self.resident_kb()?.saturating_sub(self.idle_kb))
    }

    fn resident_kb(&self) -> io::Result<u64> {
        self.processes().map(resident_kb).sum()
    }

    /// This process and its decoders.
    fn processes(&self) -> impl Iterator<Item = u32> {
        std::iter::once(std::process::id()).chain(self.decoders.iter().copied())
    }
}
