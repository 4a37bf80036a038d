//! The task: sockets and timers around the machines. Nothing here decides anything of RAS.

use super::config::RasConfig;
use super::rooms::Rooms;
use super::socket::{Arrived, Sockets, Which};
use super::upstream::Upstream;
use super::view::Views;
use super::{Admitted, Control, RasError, RasEvent};
use crate::local::LocalAddresses;
use causeway_proto::h323::ras::{self, Clock, gatekeeper};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::{mpsc, oneshot};

/// Events that wait for a slow bridge. Beyond it nothing is read from the network until there is
/// room.
const MAX_EVENTS: usize = 1_024;

/// How often the wall clock is looked at: it may be set.
const CLOCK_INTERVAL: Duration = Duration::from_secs(60);

/// Where the task is in its life.
#[derive(Debug)]
enum Life {
    Serving,
    /// Everybody is being told; who waits for the end.
    Stopping(Vec<oneshot::Sender<()>>),
}

/// One thing to do.
enum Step {
    /// The bridge took an event.
    Told,
    Timer,
    Control(Control),
    Arrived(Arrived),
}

/// The task of RAS.
#[derive(Debug)]
pub(super) struct Task {
    sockets: Sockets,
    locals: LocalAddresses,
    rooms: Option<Rooms>,
    upstream: Option<Upstream>,
    views: Views,
    controls: mpsc::Receiver<Control>,
    events: mpsc::Sender<RasEvent>,
    outbox: VecDeque<RasEvent>,
    sent: Vec<(Which, SocketAddr, Vec<u8>)>,
    clock_due: Instant,
    life: Life,
}

impl Task {
    pub(super) fn new(
        config: RasConfig,
        controls: mpsc::Receiver<Control>,
        events: mpsc::Sender<RasEvent>,
    ) -> Result<Self, RasError> {
        let sockets = Sockets::bind(&config)?;
        let locals = LocalAddresses::new(config.advertised.clone());
        let (now, views) = (Instant::now(), Views::new());
        let clock = clock(now);
        let rooms = config.gatekeeper.as_ref();
        let rooms = rooms.map(|ours| Rooms::new(&config, ours, &sockets, &locals, clock));
        let upstream = config.upstream.as_ref();
        let upstream =
            upstream.map(|theirs| Upstream::new(now, &config, theirs, &sockets, &locals, clock));
        if let Some(upstream) = &upstream {
            views.set_upstream(upstream.view());
        }
        let mut task = Self {
            sockets,
            locals,
            rooms,
            upstream,
            views,
            controls,
            events,
            outbox: VecDeque::new(),
            sent: Vec::new(),
            clock_due: now + CLOCK_INTERVAL,
            life: Life::Serving,
        };
        task.drain(now);
        Ok(task)
    }

    pub(super) fn bound(&self) -> Vec<SocketAddr> {
        self.sockets.bound()
    }

    pub(super) fn views(&self) -> Views {
        self.views.clone()
    }

    /// Works until it was told to stop and everybody answered, or until nobody listens.
    pub(super) async fn run(mut self) {
        loop {
            for (which, to, data) in std::mem::take(&mut self.sent) {
                self.sockets.send(which, to, &data).await;
            }
            if self.is_done() {
                return;
            }
            let Some(step) = self.wait().await else { return };
            let now = Instant::now();
            match step {
                Step::Told => {}
                Step::Timer => self.timeout(now),
                Step::Control(control) => self.control(now, control),
                Step::Arrived(arrived) => self.arrived(now, arrived),
            }
            self.drain(now);
        }
    }

    /// Waits for the next thing to do. `None`: nobody listens any more.
    async fn wait(&mut self) -> Option<Step> {
        let rooms = self.rooms.as_ref().and_then(|rooms| rooms.due);
        let upstream = self.upstream.as_ref().and_then(|upstream| upstream.due);
        let wake = rooms.into_iter().chain(upstream).min().unwrap_or(self.clock_due);
        tokio::select! {
            biased;
            permit = self.events.reserve(), if !self.outbox.is_empty() => {
                let permit = permit.ok()?;
                if let Some(event) = self.outbox.pop_front() {
                    permit.send(event);
                }
                Some(Step::Told)
            }
            () = tokio::time::sleep_until(wake.min(self.clock_due).into()) => Some(Step::Timer),
            control = self.controls.recv() => control.map(Step::Control),
            arrived = self.sockets.next(), if self.outbox.len() < MAX_EVENTS => {
                Some(Step::Arrived(arrived))
            }
        }
    }

    /// Told to stop, and everybody who was told so answered, or was told often enough.
    fn is_done(&mut self) -> bool {
        let Life::Stopping(waiting) = &mut self.life else { return false };
        let idle = self.rooms.as_ref().is_none_or(Rooms::is_idle);
        if !idle || self.upstream.as_ref().is_some_and(|upstream| !upstream.done) {
            return false;
        }
        for done in waiting.drain(..) {
            // Who asked may have given up.
            let _ = done.send(());
        }
        true
    }

    fn timeout(&mut self, now: Instant) {
        if self.clock_due <= now {
            self.clock_due = now + CLOCK_INTERVAL;
            if let Some(rooms) = &mut self.rooms {
                rooms.command(now, gatekeeper::Command::Clock(clock(now)));
            }
            if let Some(upstream) = &mut self.upstream {
                upstream.command(now, ras::Command::Clock(clock(now)));
            }
        }
        if let Some(rooms) = &mut self.rooms {
            rooms.timeout(now);
        }
        if let Some(upstream) = &mut self.upstream {
            upstream.timeout(now);
        }
    }

    fn arrived(&mut self, now: Instant, Arrived { which, from, data }: Arrived) {
        match (which, &mut self.rooms, &mut self.upstream) {
            (Which::Upstream, _, Some(upstream)) => upstream.datagram(now, from, &data),
            (Which::Gatekeeper | Which::Discovery, Some(rooms), _) => {
                rooms.datagram(now, (from, which), &data, &self.sockets, &self.locals);
            }
            _ => {}
        }
    }

    fn control(&mut self, now: Instant, control: Control) {
        match (control, &mut self.rooms, &mut self.upstream) {
            (Control::Admit(call, answer), _, Some(upstream)) => {
                upstream.admit(now, *call, answer);
            }
            // Nobody is to be asked.
            (Control::Admit(call, answer), _, None) => {
                let bandwidth = call.bandwidth;
                let _ = answer.send(Ok(Admitted { bandwidth, ..Admitted::default() }));
            }
            (Control::End(call), _, Some(upstream)) => {
                upstream.end(now, call);
            }
            (Control::Find(name, answer), Some(rooms), _) => rooms.find(now, name, answer),
            (Control::Find(_, answer), None, _) => {
                let _ = answer.send(None);
            }
            (Control::Unregister(room), Some(rooms), _) => {
                rooms.command(now, gatekeeper::Command::Unregister(room));
            }
            (Control::Indicate(room, call), Some(rooms), _) => {
                rooms.indicate(now, (room, call), &self.locals);
            }
            (Control::End(_) | Control::Unregister(_) | Control::Indicate(..), ..) => {}
            (Control::Stop(done), rooms, upstream) => {
                if let Life::Stopping(waiting) = &mut self.life {
                    return waiting.push(done);
                }
                self.life = Life::Stopping(vec![done]);
                if let Some(rooms) = rooms {
                    rooms.command(now, gatekeeper::Command::Stop);
                }
                if let Some(upstream) = upstream {
                    upstream.command(now, ras::Command::Stop);
                }
            }
        }
    }

    fn drain(&mut self, now: Instant) {
        let mut told = vec![];
        if let Some(rooms) = &mut self.rooms {
            rooms.drain(now, &self.views, &mut self.sent, &mut told);
        }
        if let Some(upstream) = &mut self.upstream {
            upstream.drain(now, &self.views, &mut self.sent, &mut told);
        }
        self.outbox.extend(told);
    }
}

/// What the wall clock shows.
fn clock(now: Instant) -> Clock {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Clock { at: now, seconds: u32::try_from(since.as_secs()).unwrap_or(u32::MAX) }
}
