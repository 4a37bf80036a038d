//! Media workers: the sockets, ticks and threads around the media path.
//!
//! A worker is one thread that owns its conferences' media and the legs in them, so nothing in
//! the path of a packet is locked. It sleeps until the next tick (10 ms), takes all datagrams
//! that came meanwhile, and on each conference's own tick (every second one) mixes 20 ms and
//! sends them: whole packets, so that no half waits for the other.
//!
//! Read in the order of a packet:
//! * [`worker`](self): the loop. `order` is what it is told, `port` and `sys` its sockets,
//!   `clock` its ticks, `burst` what leaves at once.
//! * `leg`: all media state of one leg, one value that can move to another worker.
//! * `ingress`: a datagram to its leg: demultiplex, guard, decrypt, count, buffer.
//! * `playout`: 20 ms out of a leg's jitter buffer: level, and samples where they are mixed.
//! * `room`: one conference's 20 ms: who is loudest, the mixes, who is sent which.
//! * `encode`: a mix into the packets of one encode group, or of one talker.
//! * `egress`: an encoded packet to its leg: header, protection, socket.
//! * `webrtc`: browsers, whose packets come and go by a session on shared ports.
//! * `play`: what is played to one leg alone, on top of what it hears.
//! * `station`: music that several legs hear at once.
//! * `echo`: a leg's own sound, some time later.
//! * `sound`: whether a leg's microphone is dead, or gives back what the leg is sent.
//! * `report`: RTCP of a leg, and its silence.
//! * `video`: pictures, from a leg's packets to composed ones and back.

mod burst;
mod clock;
mod echo;
mod egress;
mod encode;
#[doc(hidden)]
pub mod fuzz;
mod ingress;
mod leg;
mod order;
mod play;
mod playout;
mod port;
mod protection;
mod report;
mod room;
mod sound;
mod station;
mod sys;
mod video;
mod webrtc;
mod worker;

#[cfg(test)]
mod scenario;

pub use clock::TickMetrics;
pub use video::{DecoderProgram, VideoConfig, VideoCounts, decode_if_asked};
pub use webrtc::WebRtcConfig;

use causeway_base::{ConferenceId, EndCause, LegId};
use causeway_media::video::frame::Frame;
use causeway_media::video::snapshot::png;
use causeway_plan::{CandidateProtocol, LegMedia, MediaCommand, MediaEvent, WebRtcAddress};
use leg::{Leg, Path};
use order::{MAX_ORDERS, Order};
use port::{PortPair, PortRange};
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::mpsc::Sender;
use video::Machinery;
use webrtc::{Door, Inlet, Peer};
use worker::Worker;

/// How long a snapshot waits for the worker: some ticks, also of one that is late.
const MAX_LOOK: Duration = Duration::from_millis(200);

/// The settings of an engine.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// Media workers. By default the cores minus one, at least one: signalling needs a core too.
    pub workers: usize,
    /// The ports of legs. By default 10000-31999, below the ephemeral ports of Linux, so that no
    /// other program's outgoing socket takes one.
    pub ports: RangeInclusive<u16>,
    /// How long a closed leg's ports rest, so that a new call never hears an old one.
    pub drain: Duration,
    /// The DiffServ code point of media. By default 46, expedited forwarding (RFC 4594).
    pub dscp: u8,
    /// After how long without RTP and RTCP a leg is reported silent; a browser's also without a
    /// genuine check of its connection.
    pub silence: Duration,
    /// Ask for real-time scheduling. Where it is refused, [`Engine::realtime`] says so.
    pub realtime: bool,
    /// The doors for browsers. Without them no browser joins.
    pub webrtc: Option<WebRtcConfig>,
    /// Pictures. Without it nobody sees anybody.
    pub video: Option<VideoConfig>,
}

impl Default for EngineConfig {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            workers: cores.saturating_sub(1).max(1),
            ports: 10_000..=31_999,
            drain: Duration::from_secs(30),
            dscp: 46,
            silence: Duration::from_secs(30),
            realtime: true,
            webrtc: None,
            video: None,
        }
    }
}

/// Why an engine cannot start.
#[derive(Debug)]
pub enum EngineError {
    /// A worker's thread or its epoll instance cannot be made.
    Worker(io::Error),
    /// What decodes, composes and encodes cannot be started.
    Video(io::Error),
    /// A port for browsers cannot be bound.
    Door {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EngineError::Worker(error) => write!(f, "a media worker cannot start: {error}"),
            EngineError::Video(error) => write!(f, "video cannot start: {error}"),
            EngineError::Door { address, error } => {
                write!(f, "the port for browsers at {address} cannot be bound: {error}")
            }
        }
    }
}

impl std::error::Error for EngineError {}

/// A worker's queue is full, or the worker is gone: the command was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overloaded;

impl fmt::Display for Overloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the media worker does not take commands")
    }
}

impl std::error::Error for Overloaded {}

/// The media workers, and who is where.
#[derive(Debug)]
pub struct Engine {
    config: EngineConfig,
    ports: Arc<PortRange>,
    /// By worker; none without a door for browsers.
    doors: Vec<Arc<Door>>,
    workers: Vec<WorkerHandle>,
    machinery: Option<Machinery>,
    events: Sender<MediaEvent>,
    places: Mutex<Places>,
}

#[derive(Debug)]
struct WorkerHandle {
    orders: SyncSender<Order>,
    metrics: Arc<TickMetrics>,
    realtime: bool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Which worker has which conference and leg. Touched when a call begins, moves or ends.
#[derive(Debug, Default)]
struct Places {
    conferences: HashMap<ConferenceId, usize>,
    legs: HashMap<LegId, Place>,
}

/// Where a leg is.
#[derive(Clone, Copy, Debug)]
struct Place {
    worker: usize,
    /// The worker whose door a browser comes by, wherever its leg is.
    door: Option<usize>,
}

impl Engine {
    /// Starts the workers. Events go to `events`; what does not fit waits in the worker.
    pub fn start(config: EngineConfig, events: Sender<MediaEvent>) -> Result<Self, EngineError> {
        let doors = open_doors(&config)?;
        let mut inlets = inlets(&doors).map_err(EngineError::Worker)?.into_iter();
        let machinery = config.video.as_ref().map(Machinery::start).transpose();
        let machinery = machinery.map_err(EngineError::Video)?;
        let workers = (0..config.workers.max(1))
            .map(|index| start_worker(index, &config, &events, inlets.next(), machinery.clone()))
            .collect::<io::Result<Vec<_>>>()
            .map_err(EngineError::Worker)?;
        Ok(Self {
            ports: PortRange::new(&config.ports),
            doors,
            config,
            workers,
            machinery,
            events,
            places: Mutex::default(),
        })
    }

    /// Carries a command to the worker that has its leg or conference. What names neither a
    /// known leg nor a known conference is ignored.
    pub fn send(&self, command: MediaCommand) -> Result<(), Overloaded> {
        let mut places = self.places();
        match command {
            MediaCommand::OpenConference { conference } => {
                let worker = self.least_loaded(&places);
                places.conferences.insert(conference, worker);
                self.order(worker, Order::OpenConference(conference))
            }
            MediaCommand::CloseConference { conference } => {
                match places.conferences.remove(&conference) {
                    Some(worker) => self.order(worker, Order::CloseConference(conference)),
                    None => Ok(()),
                }
            }
            MediaCommand::Apply { conference, plan } => match places.conferences.get(&conference) {
                Some(worker) => self.order(*worker, Order::Apply(conference, Box::new(plan))),
                None => Ok(()),
            },
            MediaCommand::Reserve { leg, local, video } => {
                self.reserve(&mut places, leg, local, video)
            }
            MediaCommand::RefreshPicture { leg } => {
                self.order_leg(&places, leg, Order::RefreshPicture(leg))
            }
            MediaCommand::ReservePictures { leg, local } => {
                self.reserve_pictures(&places, leg, local)
            }
            MediaCommand::ReserveWebRtc { leg } => self.reserve_browser(&mut places, leg),
            MediaCommand::AddCandidate { leg, candidate } => {
                self.order_leg(&places, leg, Order::AddCandidate(leg, candidate))
            }
            MediaCommand::Move { leg, conference } => self.move_leg(&mut places, leg, conference),
            MediaCommand::Configure { leg, media } => self.configure(&places, leg, media),
            MediaCommand::SendDigits { leg, digits } => {
                self.order_leg(&places, leg, Order::SendDigits(leg, digits))
            }
            MediaCommand::Play { leg, play, clips, loops } => {
                let play = Box::new(play::Play::new(play, clips, loops));
                self.order_leg(&places, leg, Order::Play(leg, play))
            }
            MediaCommand::StopPlaying { leg } => {
                self.order_leg(&places, leg, Order::StopPlaying(leg))
            }
            MediaCommand::Listen { leg, on } => {
                self.order_leg(&places, leg, Order::Listen(leg, on))
            }
            MediaCommand::ReportStats { leg } => {
                self.order_leg(&places, leg, Order::ReportStats(leg))
            }
            MediaCommand::Release { leg } => {
                let place = places.legs.get(&leg).copied();
                self.order_door(place, Order::Forget(leg))?;
                self.order_leg(&places, leg, Order::Release(leg))?;
                places.legs.remove(&leg);
                Ok(())
            }
        }
    }

    /// What a leg is shown now, as PNG. `None` where it is shown nothing. Waits for its worker and
    /// takes some time to draw: not for a thread that others wait for.
    pub fn snapshot(&self, leg: LegId) -> Option<Vec<u8>> {
        png(&self.look(leg)?).ok()
    }

    fn look(&self, leg: LegId) -> Option<Frame> {
        let (answer, look) = sync_channel(1);
        self.order_leg(&self.places(), leg, Order::Look(leg, answer)).ok()?;
        look.recv_timeout(MAX_LOOK).ok()??.picture()
    }

    /// What each worker counts.
    pub fn metrics(&self) -> Vec<Arc<TickMetrics>> {
        self.workers.iter().map(|worker| Arc::clone(&worker.metrics)).collect()
    }

    /// What pictures cost and gave. `None` without pictures.
    pub fn video_counts(&self) -> Option<VideoCounts> {
        self.machinery.as_ref().map(Machinery::counts)
    }

    /// The ports for browsers, as bound.
    pub fn webrtc_bound(&self) -> Vec<(CandidateProtocol, SocketAddr)> {
        let bound = |door: &Arc<Door>| {
            let udp = door.udp_addresses().into_iter().map(|at| (CandidateProtocol::Udp, at));
            let tcp = door.tcp_addresses().into_iter().map(|at| (CandidateProtocol::Tcp, at));
            udp.chain(tcp).collect::<Vec<_>>()
        };
        self.doors.iter().flat_map(bound).collect()
    }

    /// Whether every worker runs under real-time scheduling.
    pub fn realtime(&self) -> bool {
        self.workers.iter().all(|worker| worker.realtime)
    }

    /// Stops the workers and waits for them. Legs that were not released are released; what is
    /// sent afterwards is [`Overloaded`].
    pub fn shutdown(&self) {
        for worker in &self.workers {
            // A worker that takes no order any more has ended already.
            let _ = worker.orders.send(Order::Stop);
        }
        for worker in &self.workers {
            let thread = worker.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(thread) = thread {
                let _ = thread.join();
            }
        }
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn least_loaded(&self, places: &Places) -> usize {
        let mut load = vec![0usize; self.workers.len()];
        let legs = places.legs.values().map(|place| &place.worker);
        for worker in places.conferences.values().chain(legs) {
            load[*worker] += 1;
        }
        (0..load.len()).min_by_key(|worker| load[*worker]).unwrap_or(0)
    }

    /// Binds here, not on the worker's thread: a system call that can take its time.
    fn reserve(
        &self,
        places: &mut Places,
        leg: LegId,
        local: IpAddr,
        video: bool,
    ) -> Result<(), Overloaded> {
        // Room for the answer first: a leg whose answer is lost would keep its ports for ever.
        let answer = self.events.try_reserve().map_err(|_| Overloaded)?;
        let pair = || self.ports.reserve(local, self.config.dscp);
        let Ok(audio) = pair() else {
            answer.send(MediaEvent::Failed { leg, cause: EndCause::PortsExhausted });
            return Ok(());
        };
        // The last call that finds ports is heard, though not seen.
        let video = video.then(|| pair().map(PortPair::for_video).ok()).flatten();
        let addresses = |pair: &PortPair| (pair.rtp_address, pair.rtcp_address);
        let (rtp, rtcp) = addresses(&audio);
        let reserved =
            MediaEvent::Reserved { leg, rtp, rtcp, video: video.as_ref().map(addresses) };
        let worker = self.least_loaded(places);
        let leg_of_ports = Leg::new(leg, Path::Ports(audio)).with_video_ports(video);
        self.order(worker, Order::Adopt(Box::new(leg_of_ports), None))?;
        places.legs.insert(leg, Place { worker, door: None });
        answer.send(reserved);
        Ok(())
    }

    /// For a leg that is there; for any other there is nobody to answer.
    fn reserve_pictures(
        &self,
        places: &Places,
        leg: LegId,
        local: IpAddr,
    ) -> Result<(), Overloaded> {
        let answer = self.events.try_reserve().map_err(|_| Overloaded)?;
        let pair = self.ports.reserve(local, self.config.dscp).map(PortPair::for_video).ok();
        let ports = pair.as_ref().map(|pair| (pair.rtp_address, pair.rtcp_address));
        if let Some(pair) = pair {
            self.order_leg(places, leg, Order::AdoptVideo(leg, Box::new(pair)))?;
        }
        answer.send(MediaEvent::PicturesReserved { leg, ports });
        Ok(())
    }

    /// Costs credentials and little else: the session begins with the agreement.
    fn reserve_browser(&self, places: &mut Places, leg: LegId) -> Result<(), Overloaded> {
        let answer = self.events.try_reserve().map_err(|_| Overloaded)?;
        let worker = self.least_loaded(places);
        let (Some(door), Some(identity), Some(ice)) =
            (self.doors.get(worker), webrtc::identity(), webrtc::credentials())
        else {
            answer.send(MediaEvent::Failed { leg, cause: EndCause::Unsupported });
            return Ok(());
        };
        let local = WebRtcAddress {
            ice: ice.clone(),
            fingerprint: identity.fingerprint,
            udp: door.udp_addresses(),
            tcp: door.tcp_addresses(),
        };
        let path = Path::WebRtc(Box::new(Peer::new(Arc::clone(door))));
        self.order(worker, Order::Adopt(Box::new(Leg::new(leg, path)), Some(ice)))?;
        places.legs.insert(leg, Place { worker, door: Some(worker) });
        answer.send(MediaEvent::WebRtcReserved { leg, local: Box::new(local) });
        Ok(())
    }

    /// The door of a browser learns first by which credentials it comes.
    fn configure(
        &self,
        places: &Places,
        leg: LegId,
        media: Box<LegMedia>,
    ) -> Result<(), Overloaded> {
        if let Some(spec) = media.transport.webrtc() {
            let ice = spec.local_ice.clone();
            self.order_door(places.legs.get(&leg).copied(), Order::Enrol(leg, ice))?;
        }
        self.order_leg(places, leg, Order::Configure(leg, media))
    }

    fn move_leg(
        &self,
        places: &mut Places,
        leg: LegId,
        conference: ConferenceId,
    ) -> Result<(), Overloaded> {
        let (Some(&place), Some(&to)) =
            (places.legs.get(&leg), places.conferences.get(&conference))
        else {
            return Ok(());
        };
        let from = place.worker;
        if from == to {
            return self.order(to, Order::Enter(leg, conference));
        }
        // The new worker keeps what is said to the leg from now on until the leg arrives.
        self.order(to, Order::Expect(leg))?;
        self.order_door(Some(place), Order::Follow(leg, to))?;
        let target = self.workers[to].orders.clone();
        self.order(from, Order::Depart(leg, conference, target))?;
        places.legs.insert(leg, Place { worker: to, ..place });
        Ok(())
    }

    /// To the worker whose door a leg comes by, if it comes by one.
    fn order_door(&self, place: Option<Place>, order: Order) -> Result<(), Overloaded> {
        match place.and_then(|place| place.door) {
            Some(worker) => self.order(worker, order),
            None => Ok(()),
        }
    }

    fn order_leg(&self, places: &Places, leg: LegId, order: Order) -> Result<(), Overloaded> {
        match places.legs.get(&leg) {
            Some(place) => self.order(place.worker, order),
            None => Ok(()),
        }
    }

    fn order(&self, worker: usize, order: Order) -> Result<(), Overloaded> {
        match self.workers[worker].orders.try_send(order) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Overloaded),
        }
    }
}

fn open_doors(config: &EngineConfig) -> Result<Vec<Arc<Door>>, EngineError> {
    let Some(webrtc) = &config.webrtc else { return Ok(Vec::new()) };
    (0..config.workers.max(1))
        .map(|worker| Door::open(webrtc, worker, config.dscp).map(Arc::new))
        .collect::<Result<_, _>>()
        .map_err(|webrtc::Taken { address, error }| EngineError::Door { address, error })
}

/// Each door's receiving end, with a way to every other.
fn inlets(doors: &[Arc<Door>]) -> io::Result<Vec<Inlet>> {
    let (passages, arrivals): (Vec<_>, Vec<_>) =
        doors.iter().map(|_| sync_channel(webrtc::MAX_PARCELS)).unzip();
    let ends = doors.iter().zip(arrivals).enumerate();
    ends.map(|(worker, (door, arrivals))| {
        Inlet::new(worker, Arc::clone(door), passages.clone(), arrivals)
    })
    .collect()
}

fn start_worker(
    index: usize,
    config: &EngineConfig,
    events: &Sender<MediaEvent>,
    inlet: Option<Inlet>,
    machinery: Option<Machinery>,
) -> io::Result<WorkerHandle> {
    let (orders, queue) = sync_channel(MAX_ORDERS);
    let metrics = Arc::new(TickMetrics::default());
    let worker =
        Worker::new(config.clone(), queue, events.clone(), Arc::clone(&metrics), inlet, machinery)?;
    let (ready, realtime) = sync_channel(1);
    let wanted = config.realtime;
    let thread = std::thread::Builder::new().name(format!("media-{index}")).spawn(move || {
        let granted = wanted && sys::make_realtime().is_ok();
        // Only fails where the engine gave up waiting, and then nobody wants to know.
        let _ = ready.send(granted);
        worker.run();
    })?;
    let realtime = realtime.recv().unwrap_or(false);
    Ok(WorkerHandle { orders, metrics, realtime, thread: Mutex::new(Some(thread)) })
}
