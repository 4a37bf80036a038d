//! A running bridge: the adapter, the engine and the conferences between them.

use crate::conference_actor::{Answering, Message};
use crate::conference_task::{MAX_NEWS, News};
use crate::config::Config;
use crate::directory::Directory;
use crate::outlet::Drivers;
use crate::router::Router;
use crate::tls::{self, TlsError};
use causeway_adapter::sip::{
    self, Carrier, LegIds, Listener, SipAdapter, SipConfig, SipError, SipHandle, Transport,
};
use causeway_base::{ConferenceId, EndCause};
use causeway_conference::{Command, LegEvent, Offered};
use causeway_dial::{Destination, IncomingCall, Names, RateLimit, Resolver};
use causeway_engine::{Engine, EngineError, TickMetrics};
use causeway_plan::MediaEvent;
use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;
use tracing::info;

/// Events of legs that may wait: a call makes about five, and a thousand may come at once.
const MAX_LEG_EVENTS: usize = 8192;

/// Events of the engine that may wait: a thousand legs may fall silent in the same second.
const MAX_MEDIA_EVENTS: usize = 8192;

/// How long the calls that are hung up at the end have to answer.
const GOODBYE: Duration = Duration::from_secs(4);

/// Why a bridge did not start.
#[derive(Debug)]
pub enum StartError {
    /// TLS.
    Tls(TlsError),
    /// The SIP adapter.
    Sip(SipError),
    /// The media workers.
    Engine(EngineError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Tls(error) => write!(f, "TLS: {error}"),
            StartError::Sip(error) => write!(f, "SIP: {error}"),
            StartError::Engine(error) => write!(f, "media: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// How a bridge is asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// No new calls; running ones go on.
    Drain,
    /// Hang up now.
    Leave,
}

/// A running bridge. Dropping it does not stop it; see [`Bridge::leave`].
#[derive(Debug)]
pub struct Bridge {
    directory: Arc<Directory>,
    news: broadcast::Sender<News>,
    bound: Vec<(Carrier, SocketAddr)>,
    realtime: bool,
    ticks: Vec<Arc<TickMetrics>>,
    stop: mpsc::Sender<Stop>,
    task: JoinHandle<()>,
}

impl Bridge {
    /// Starts everything on the current tokio runtime.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let (media_sender, media_events) = mpsc::channel(MAX_MEDIA_EVENTS);
        let (leg_sender, leg_events) = mpsc::channel(MAX_LEG_EVENTS);
        let names: Arc<dyn Names> = Arc::new(config.names.clone());
        let sip_config = sip_config(&config, &names).map_err(StartError::Tls)?;
        let engine =
            Engine::start(config.engine.clone(), media_sender).map_err(StartError::Engine)?;
        let realtime = engine.realtime();
        let ticks = engine.metrics();
        let sip = SipAdapter::start(sip_config, leg_sender).await.map_err(StartError::Sip)?;
        let bound = sip.bound().to_vec();
        let directory = Arc::new(Directory::default());
        let (returned_sender, returned) = mpsc::unbounded_channel();
        let (news, _) = broadcast::channel(MAX_NEWS);
        let router = Router {
            directory: Arc::clone(&directory),
            resolver: Resolver::new(config.dial_plan),
            names,
            conferences: config.conferences,
            answering: Arc::new(Answering { policy: config.policy, advertised: config.advertised }),
            outlet: Arc::new(Drivers { sip: sip.clone(), engine }),
            news: news.clone(),
            returned: returned_sender,
            max_calls: config.max_calls,
            draining: false,
        };
        let (stop, stops) = mpsc::channel(4);
        let inlets = Inlets { leg_events, media_events, returned, stops };
        let task = tokio::spawn(run(router, inlets, sip, config.drain_limit));
        Ok(Self { directory, news, bound, realtime, ticks, stop, task })
    }

    /// The addresses that SIP is taken on, with the ports that the system chose.
    pub fn bound(&self) -> &[(Carrier, SocketAddr)] {
        &self.bound
    }

    /// Whether the media workers run under real-time scheduling.
    pub fn realtime(&self) -> bool {
        self.realtime
    }

    /// Logs what the media workers counted since the start, a line each.
    pub fn log_ticks(&self) {
        for (worker, metrics) in self.ticks.iter().enumerate() {
            let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
            info!(
                worker,
                ticks = of(&metrics.ticks),
                late_ticks = of(&metrics.late_ticks),
                worst_lateness_us = of(&metrics.worst_lateness_us),
                busy_us = of(&metrics.busy_us),
                "media ticks"
            );
        }
    }

    /// Who is where.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// What happens in all conferences from now on.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// Tells a conference something; one that is gone ignores it.
    pub async fn tell(&self, conference: ConferenceId, command: Command) {
        if let Some(handle) = self.directory.of_conference(conference) {
            let _ = handle.mailbox.send(Message::Tell(command)).await;
        }
    }

    /// Takes no new calls; stops when the last running one ended, or at the configured limit.
    pub async fn drain(&self) {
        let _ = self.stop.send(Stop::Drain).await;
    }

    /// Hangs up every call and stops.
    pub async fn leave(&self) {
        let _ = self.stop.send(Stop::Leave).await;
    }

    /// Waits until the bridge has stopped.
    pub async fn stopped(&mut self) {
        let _ = (&mut self.task).await;
    }
}

struct Inlets {
    leg_events: mpsc::Receiver<LegEvent>,
    media_events: mpsc::Receiver<MediaEvent>,
    returned: mpsc::UnboundedReceiver<Box<Offered>>,
    stops: mpsc::Receiver<Stop>,
}

/// Where a bridge is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Serving,
    Draining { until: Instant },
    Leaving { until: Instant },
}

async fn run(
    mut router: Router<Drivers>,
    mut inlets: Inlets,
    sip: SipHandle,
    drain_limit: Duration,
) {
    let mut phase = Phase::Serving;
    loop {
        tokio::select! {
            Some(event) = inlets.leg_events.recv() => router.leg_event(event).await,
            Some(event) = inlets.media_events.recv() => router.media_event(event).await,
            Some(offered) = inlets.returned.recv() => router.returned(offered).await,
            Some(stop) = inlets.stops.recv() => {
                phase = stop_now(stop, phase, &mut router, &sip, drain_limit).await;
            }
            () = deadline(phase) => match phase {
                Phase::Draining { .. } => {
                    let stop = Stop::Leave;
                    phase = stop_now(stop, phase, &mut router, &sip, drain_limit).await;
                }
                _ => break,
            }
        }
        if phase != Phase::Serving && router.directory.leg_count() == 0 {
            break;
        }
    }
    sip.stop(GOODBYE).await;
    while let Ok(event) = inlets.leg_events.try_recv() {
        router.leg_event(event).await;
    }
    router.end_all(EndCause::Draining).await;
    shut_down_engine(router).await;
    info!("stopped");
}

async fn stop_now(
    stop: Stop,
    phase: Phase,
    router: &mut Router<Drivers>,
    sip: &SipHandle,
    drain_limit: Duration,
) -> Phase {
    let now = Instant::now();
    router.draining = true;
    match (stop, phase) {
        (Stop::Drain, Phase::Serving) => {
            info!(calls = router.directory.leg_count(), "draining: no new calls");
            sip.drain().await;
            Phase::Draining { until: now + drain_limit }
        }
        (Stop::Leave, Phase::Serving | Phase::Draining { .. }) => {
            info!(calls = router.directory.leg_count(), "leaving: hanging up");
            sip.drain().await;
            router.end_all(EndCause::Draining).await;
            Phase::Leaving { until: now + GOODBYE }
        }
        (_, same) => same,
    }
}

async fn deadline(phase: Phase) {
    match phase {
        Phase::Serving => std::future::pending().await,
        Phase::Draining { until } | Phase::Leaving { until } => {
            tokio::time::sleep_until(until.into()).await;
        }
    }
}

/// Stops the workers. A conference's task that is still there finds nobody to tell: the process
/// ends anyway.
async fn shut_down_engine(router: Router<Drivers>) {
    let outlet = Arc::clone(&router.outlet);
    let _ = tokio::task::spawn_blocking(move || outlet.engine.shutdown()).await;
}

fn sip_config(config: &Config, names: &Arc<dyn Names>) -> Result<SipConfig, TlsError> {
    let mut listeners = Vec::new();
    let mut listen = |transport: Transport, addresses: &[SocketAddr]| {
        listeners.extend(
            addresses
                .iter()
                .map(|address| Listener { transport: transport.clone(), address: *address }),
        );
    };
    listen(Transport::Udp, &config.sip.udp);
    listen(Transport::Tcp, &config.sip.tcp);
    if !config.sip.tls.is_empty() {
        listen(Transport::Tls(tls::server(config)?), &config.sip.tls);
    }
    let mut sip = SipConfig::new(listeners, LegIds::default(), tls::seed()?);
    sip.advertised.clone_from(&config.advertised);
    sip.limits = config.sip.limits;
    sip.tls_client = tls::client(config)?;
    sip.hosts = config.our_hosts.clone();
    sip.realm.clone_from(&config.sip.realm);
    sip.digest.clone_from(&config.sip.digest);
    sip.users.clone_from(&config.users.accounts);
    sip.trunks.clone_from(&config.trunks.lines);
    sip.nameservers.clone_from(&config.nameservers);
    let rates = RateLimit::new(config.rate.clone());
    let resolver = Resolver::new(Arc::clone(&config.dial_plan));
    sip.admission = admission(rates, resolver, Arc::clone(names));
    Ok(sip)
}

/// Rates and the dial plan, before a call has any state.
fn admission(rates: RateLimit, resolver: Resolver, names: Arc<dyn Names>) -> sip::Admission {
    let rates = Mutex::new(rates);
    let resolver = Mutex::new(resolver);
    Arc::new(move |call| {
        let source = call.source.ip();
        if !locked(&rates).take(Instant::now(), source) {
            return sip::Decision::Refuse(EndCause::RateLimited);
        }
        let asked = IncomingCall {
            called: &call.called,
            calling: &call.calling,
            trunk: call.proof.trunk.as_deref(),
            local: call.local,
        };
        match locked(&resolver).resolve(&asked, &*names).0 {
            Destination::Reject(cause) => sip::Decision::Refuse(cause),
            _ if call.claims.is_some() && call.proof.user.is_none() => sip::Decision::Authenticate,
            _ => sip::Decision::Admit,
        }
    })
}

/// A panic inside leaves both usable: a bucket or a compiled pattern more or less.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
