//! A running bridge: the adapter, the engine and the conferences between them.

use crate::actor::task::{MAX_NEWS, News};
use crate::actor::{Answering, Handover, Message, Visit};
use crate::calling_out;
use crate::config::Config;
use crate::direct_routing;
use crate::directory::Directory;
use crate::front_desk::{FrontDesk, Pictures, Rules};
use crate::invite::{Addresses, Bound, Cards};
use crate::journal::Journal;
use crate::link::Links;
use crate::live::Live;
use crate::look::Looks;
use crate::meeting::Meetings;
use crate::outlet::Drivers;
use crate::refusal::Refusals;
use crate::router::Router;
use crate::store::{SecretError, Secrets, Store, StoreError};
use crate::sweep;
use crate::tls::{self, TlsError};
use crate::web::entrance::{self, Entrance, MAX_VISITS};
use crate::web::{Echo, Echoes};
use crate::{greeting, h323, instance};
use causeway_adapter::admission::{Admission, Decision, Refused};
use causeway_adapter::h323::ras::{RasError, RasHandle};
use causeway_adapter::h323::{H323Adapter, H323Error, H323Handle};
use causeway_adapter::sip::{
    Carrier, LegIds, Listener, SipAdapter, SipConfig, SipError, SipHandle, Transport,
};
use causeway_adapter::webrtc::{WebRtcAdapter, WebRtcConfig, WebRtcHandle};
use causeway_base::{ConferenceId, EndCause, Lang};
use causeway_conference::{Command, LegEvent};
use causeway_dial::{CallingOut, Destination, Explanation, IncomingCall, RateLimit};
use causeway_engine::{Engine, EngineConfig, EngineError, TickMetrics};
use causeway_media::prompt::{Pack, PackError};
use causeway_plan::{CandidateProtocol, MediaEvent, OfferPolicy};
use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;
use tracing::{error, info, warn};

/// Events of legs that may wait: a call makes about five, and a thousand may come at once.
const MAX_LEG_EVENTS: usize = 8192;

/// Events of the engine that may wait: a thousand legs may fall silent in the same second.
const MAX_MEDIA_EVENTS: usize = 8192;

/// How long the calls that are hung up at the end have to answer.
const GOODBYE: Duration = Duration::from_secs(4);

/// How long the actors have to write down what became of their calls, once all are hung up.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How often it is looked whether an actor is done: it tells nobody.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// How long the store has to take what is still to be written: a busy hour's queue within the
/// time that service managers give.
const STORE_LIMIT: Duration = Duration::from_secs(10);

/// Why a bridge did not start.
#[derive(Debug)]
pub enum StartError {
    /// TLS.
    Tls(TlsError),
    /// The SIP adapter.
    Sip(SipError),
    /// The H.323 adapter.
    H323(H323Error),
    /// A gatekeeper.
    Ras(RasError),
    /// The media workers.
    Engine(EngineError),
    /// The prompt pack.
    Prompts(Vec<PackError>),
    /// The store.
    Store(StoreError),
    /// The key of what the store keeps encrypted.
    Secrets(SecretError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Tls(error) => write!(f, "TLS: {error}"),
            StartError::Sip(error) => write!(f, "SIP: {error}"),
            StartError::H323(error) => write!(f, "H.323: {error}"),
            StartError::Ras(error) => write!(f, "H.323: {error}"),
            StartError::Engine(error) => write!(f, "media: {error}"),
            StartError::Prompts(errors) => {
                f.write_str("prompts:")?;
                errors.iter().try_for_each(|error| write!(f, "\n  {error}"))
            }
            StartError::Store(error) => write!(f, "store: {error}"),
            StartError::Secrets(error) => write!(f, "key of the store: {error}"),
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
    live: Live,
    meetings: Arc<Meetings>,
    links: Arc<Links>,
    entrance: Arc<Entrance>,
    journal: Arc<Journal>,
    echo: Option<Arc<dyn Echo>>,
    store: Store,
    sip: SipHandle,
    h323: H323Handle,
    ras: Option<RasHandle>,
    looks: Arc<Looks>,
    desk: Arc<FrontDesk>,
    bound: Vec<(Carrier, SocketAddr)>,
    browsers: Vec<(CandidateProtocol, SocketAddr)>,
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
        let (handover_sender, handovers) = mpsc::unbounded_channel();
        let (news, _) = broadcast::channel(MAX_NEWS);
        let legs = LegIds::default();
        let store = open_store(&config).await?;
        if let Err(error) = store.note_calls_cut_off().await {
            warn!(%error, "the calls of the last run are not marked");
        }
        let meetings = Meetings::open(store.clone(), config.conferences.clone()).await;
        let (names, numbers) = (config.names.clone(), config.dial_plan.numbers().clone());
        let meetings = meetings.map_err(StartError::Store)?.reserving(names, numbers);
        let meetings = Arc::new(meetings);
        let links = Links::open(store.clone(), Arc::clone(&meetings)).await;
        let links = Arc::new(links.map_err(StartError::Store)?);
        let journal = Arc::new(Journal::new(Some(store.clone())));
        let desk = FrontDesk::new(rules(&config), Arc::clone(&meetings));
        let desk = Arc::new(desk.knowing(Arc::clone(&config.known_devices)));
        desk.outgoing().recall(&store).await.map_err(StartError::Store)?;
        let pack = Arc::new(pack(&config)?);
        let mut sip_config =
            sip_config(&config, legs.clone(), &desk, &journal).map_err(StartError::Tls)?;
        let refusals = Refusals::new(Arc::clone(&desk), Arc::clone(&journal));
        let refused: Refused =
            Arc::new(move |call, cause| refusals.note(Instant::now(), call, cause));
        sip_config.refused = Arc::clone(&refused);
        let admission = Arc::clone(&sip_config.admission);
        let gatekeepers = h323::gatekeepers(&config, &desk, tls::seed().map_err(StartError::Tls)?);
        let (ras, wishes) = gatekeepers.await.map_err(StartError::Ras)?.unzip();
        let h323 = h323::config(&config, legs.clone(), &desk, admission, refused, ras.clone());
        let told = ras.clone();
        let engine = EngineConfig { webrtc: config.doors(), ..config.engine.clone() };
        let engine = Engine::start(engine, media_sender).map_err(StartError::Engine)?;
        let browsers = engine.webrtc_bound();
        let (realtime, ticks) = (engine.realtime(), engine.metrics());
        let webrtc = WebRtcAdapter::start(webrtc_config(&config), leg_sender.clone());
        let h323 = H323Adapter::start(h323, leg_sender.clone()).map_err(StartError::H323)?;
        wishes.into_iter().for_each(|wishes| h323::obey(h323.clone(), wishes));
        let sip = SipAdapter::start(sip_config, leg_sender).await.map_err(StartError::Sip)?;
        let bound = sip.bound().to_vec();
        let live = Live {
            directory: Arc::default(),
            handovers: handover_sender.clone(),
            news: news.clone(),
        };
        let (kept, stopped) = (Arc::clone(&journal), webrtc.clone());
        let (visit_sender, visits) = mpsc::channel(MAX_VISITS);
        let entrance = Arc::new(Entrance::new(entrance::Parts {
            desk: Arc::clone(&desk),
            links: Arc::clone(&links),
            journal: Arc::clone(&journal),
            legs: legs.clone(),
            webrtc: webrtc.clone(),
            visits: visit_sender,
            exempt: config.rate.exempt.clone(),
        }));
        // Without an engine that has pictures, none are agreed.
        let video = config.engine.video.as_ref().map(|_| config.video.policy);
        let seeing = config.trunks.profiles.iter().filter(|(_, trunk)| trunk.pictures);
        let answering = Arc::new(Answering {
            seeing_trunks: seeing.map(|(name, _)| Arc::clone(name)).collect(),
            policy: OfferPolicy { video: video.unwrap_or_default(), ..config.policy },
            advertised: config.advertised,
            farewell: config.reception.farewell,
        });
        let outlet = Arc::new(Drivers {
            directory: Arc::clone(&live.directory),
            sip: sip.clone(),
            h323: h323.clone(),
            ras: ras.clone(),
            webrtc,
            engine,
            pack,
            journal: Arc::clone(&journal),
        });
        let looks = Arc::new(Looks::new(Arc::clone(&outlet) as _));
        let ice_lite = config.webrtc.ice_lite;
        let echoes = config.web.enabled.then(|| {
            let (outlet, answering) = (Arc::clone(&outlet), Arc::clone(&answering));
            Arc::new(Echoes::new(outlet, legs.clone(), answering, ice_lite))
        });
        let router = Router {
            directory: Arc::clone(&live.directory),
            desk: Arc::clone(&desk),
            journal,
            reception: config.reception.settings.clone(),
            answering,
            outlet,
            news,
            handovers: handover_sender,
            legs,
            local: local(first(&bound)),
            local_h323: local(h323.bound().first().map_or(first(&bound), SocketAddr::ip)),
            ports: bound
                .iter()
                .map(|(_, at)| at.port())
                .chain(h323.bound().iter().map(SocketAddr::port))
                .collect(),
            max_calls: config.max_calls,
            draining: false,
            echoes: echoes.clone(),
        };
        let (stop, stops) = mpsc::channel(4);
        let inlets = Inlets { leg_events, media_events, handovers, visits, stops };
        let stores = store.clone();
        let task = tokio::spawn(run(
            router,
            inlets,
            (sip.clone(), h323.clone(), stopped, ras),
            stores,
            config.drain_limit,
        ));
        sweep::spawn(live.clone(), Arc::clone(&meetings), store.clone(), config.store.retention);
        Ok(Self {
            live,
            meetings,
            links,
            entrance,
            journal: kept,
            echo: echoes.map(|echoes| -> Arc<dyn Echo> { echoes }),
            store,
            sip,
            h323,
            ras: told,
            looks,
            desk,
            bound,
            browsers,
            realtime,
            ticks,
            stop,
            task,
        })
    }

    /// The running conferences.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// The meetings, running or not.
    pub fn meetings(&self) -> &Arc<Meetings> {
        &self.meetings
    }

    /// What lets browsers in.
    pub fn links(&self) -> &Arc<Links> {
        &self.links
    }

    /// The cards of its meetings, as a bridge that was started with this configuration publishes
    /// them.
    pub fn cards(&self, config: &Config, web: &Bound) -> Cards {
        Cards {
            meetings: Arc::clone(&self.meetings),
            permanent: config.conferences.clone(),
            links: Arc::clone(&self.links),
            dial_plan: Arc::clone(&config.dial_plan),
            names: config.names.clone(),
            addresses: Addresses::of(config, &self.bound, self.h323.bound(), web),
            local: self.local(),
        }
    }

    /// The way in for browsers.
    pub(crate) fn entrance(&self) -> &Arc<Entrance> {
        &self.entrance
    }

    /// Where what happened is written down.
    pub(crate) fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    /// What outlives the bridge.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What the media workers count.
    pub fn ticks(&self) -> &[Arc<TickMetrics>] {
        &self.ticks
    }

    /// What its engine shows people.
    pub(crate) fn looks(&self) -> &Arc<Looks> {
        &self.looks
    }

    pub(crate) fn desk(&self) -> &Arc<FrontDesk> {
        &self.desk
    }

    /// Where a call would go, and why: nothing is called.
    pub fn explain(&self, call: &IncomingCall<'_>) -> (Destination, Explanation) {
        self.desk.destination(call)
    }

    /// Trunks and registrations.
    pub fn sip(&self) -> &SipHandle {
        &self.sip
    }

    /// The address of this node at which calls arrive, where nothing else tells.
    pub(crate) fn local(&self) -> IpAddr {
        local(first(&self.bound))
    }

    /// H.323.
    pub fn h323(&self) -> &H323Handle {
        &self.h323
    }

    /// Gatekeepers of H.323, where there are any.
    pub fn ras(&self) -> Option<&RasHandle> {
        self.ras.as_ref()
    }

    /// What makes the peer connections of the test before joining.
    pub(crate) fn echo(&self) -> Option<&Arc<dyn Echo>> {
        self.echo.as_ref()
    }

    /// The addresses that media of browsers is taken on, with the ports that the system chose.
    pub fn browsers(&self) -> &[(CandidateProtocol, SocketAddr)] {
        &self.browsers
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
        &self.live.directory
    }

    /// What happens in all conferences from now on.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.live.news()
    }

    /// Tells a conference something; one that is gone ignores it.
    pub async fn tell(&self, conference: ConferenceId, command: Command) {
        if let Some(handle) = self.live.directory.of_conference(conference) {
            let _ = handle.mailbox.send(Message::Tell { command, reply: None }).await;
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
    handovers: mpsc::UnboundedReceiver<Handover>,
    visits: mpsc::Receiver<Box<Visit>>,
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
    (sip, h323, webrtc, ras): (SipHandle, H323Handle, WebRtcHandle, Option<RasHandle>),
    store: Store,
    drain_limit: Duration,
) {
    let mut phase = Phase::Serving;
    loop {
        // What actors give back goes first: a conference that is over takes nobody any more.
        while let Ok(handover) = inlets.handovers.try_recv() {
            router.handover(handover).await;
        }
        tokio::select! {
            Some(event) = inlets.leg_events.recv() => router.leg_event(event).await,
            Some(event) = inlets.media_events.recv() => router.media_event(event).await,
            Some(handover) = inlets.handovers.recv() => router.handover(handover).await,
            Some(visit) = inlets.visits.recv() => router.enter(visit).await,
            Some(stop) = inlets.stops.recv() => {
                phase = stop_now(stop, phase, &mut router, (&sip, &h323), drain_limit).await;
            }
            () = deadline(phase) => match phase {
                Phase::Draining { .. } => {
                    let stop = Stop::Leave;
                    phase = stop_now(stop, phase, &mut router, (&sip, &h323), drain_limit).await;
                }
                _ => break,
            }
        }
        if phase != Phase::Serving && router.directory.leg_count() == 0 {
            break;
        }
    }
    tokio::join!(sip.stop(GOODBYE), h323.stop(GOODBYE), webrtc.stop(GOODBYE));
    if let Some(ras) = ras {
        ras.stop(GOODBYE).await;
    }
    router.end_all(EndCause::Draining).await;
    if tokio::time::timeout(LAST_WORDS, last_words(&mut router, &mut inlets)).await.is_err() {
        warn!(calls = router.directory.leg_count(), "not every call said its last word");
    }
    router.journal.flush();
    shut_down_engine(router).await;
    let lost = store.close(STORE_LIMIT).await;
    if lost > 0 {
        error!(lost, "the store did not take the last records in time");
    }
    info!("stopped");
}

/// Carries the last events to the actors until all of these are done, so that what became of
/// their calls is written down.
async fn last_words(router: &mut Router<Drivers>, inlets: &mut Inlets) {
    while !router.directory.conferences().is_empty() {
        tokio::select! {
            Some(event) = inlets.leg_events.recv() => router.leg_event(event).await,
            Some(event) = inlets.media_events.recv() => router.media_event(event).await,
            Some(handover) = inlets.handovers.recv() => {
                router.handover(handover).await;
                // One that was on its way may have opened another.
                router.end_all(EndCause::Draining).await;
            }
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}

async fn stop_now(
    stop: Stop,
    phase: Phase,
    router: &mut Router<Drivers>,
    (sip, h323): (&SipHandle, &H323Handle),
    drain_limit: Duration,
) -> Phase {
    let now = Instant::now();
    router.draining = true;
    match (stop, phase) {
        (Stop::Drain, Phase::Serving) => {
            info!(calls = router.directory.leg_count(), "draining: no new calls");
            sip.drain().await;
            h323.drain();
            Phase::Draining { until: now + drain_limit }
        }
        (Stop::Leave, Phase::Serving | Phase::Draining { .. }) => {
            info!(calls = router.directory.leg_count(), "leaving: hanging up");
            sip.drain().await;
            h323.drain();
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

pub(crate) async fn open_store(config: &Config) -> Result<Store, StartError> {
    let key = config.store.secret_key.as_ref().map(|key| key.as_str());
    let secrets = Secrets::load(&config.state_dir, key).map_err(StartError::Secrets)?;
    Store::open(&config.store.location, secrets).await.map_err(StartError::Store)
}

/// Where SIP is listened on first.
fn first(bound: &[(Carrier, SocketAddr)]) -> IpAddr {
    bound.first().map_or(IpAddr::from([127, 0, 0, 1]), |(_, address)| address.ip())
}

/// The local address of the media of calls that we make: where their signalling is listened on.
fn local(first: IpAddr) -> IpAddr {
    greeting::local_addresses(first).first().copied().unwrap_or(first)
}

fn pack(config: &Config) -> Result<Pack, StartError> {
    let Some(folder) = &config.reception.prompts else { return Ok(Pack::embedded()) };
    let (pack, warnings) = Pack::load(folder).map_err(StartError::Prompts)?;
    for warning in warnings {
        warn!(%warning, "prompt pack");
    }
    Ok(pack)
}

pub(crate) fn rules(config: &Config) -> Rules {
    Rules {
        dial_plan: Arc::clone(&config.dial_plan),
        names: config.names.clone(),
        calling_out: CallingOut::clone(&config.calling_out),
        trunks: calling_out::lines(config),
        trust: config.trust.clone(),
        langs: langs(config),
        lang: config.reception.lang,
        keys: Arc::clone(&config.keys),
        pictures: Pictures {
            layout: config.video.layout.clone(),
            forwards: config.video.forwards,
            browsers: config.video.browsers,
            margin: config.video.margin,
        },
        exempt: config.rate.exempt.clone(),
        operator: config.reception.operator.clone(),
    }
}

/// The languages of trunks and of users, by name.
fn langs(config: &Config) -> HashMap<Arc<str>, Lang> {
    let trunks = config.trunks.profiles.iter().map(|(name, trunk)| (name, trunk.lang));
    let users = config.users.profiles.iter().map(|(name, user)| (name, user.lang));
    trunks.chain(users).filter_map(|(name, lang)| Some((Arc::clone(name), lang?))).collect()
}

fn webrtc_config(config: &Config) -> WebRtcConfig {
    WebRtcConfig {
        max_legs: config.max_calls,
        ice_lite: config.webrtc.ice_lite,
        half_open: WebRtcConfig::HALF_OPEN,
    }
}

fn sip_config(
    config: &Config,
    legs: LegIds,
    desk: &Arc<FrontDesk>,
    journal: &Arc<Journal>,
) -> Result<SipConfig, TlsError> {
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
    let mut sip = SipConfig::new(listeners, legs, tls::seed()?);
    sip.advertised.clone_from(&config.advertised);
    sip.limits = config.sip.limits;
    sip.tls_client = tls::client(config)?;
    sip.hosts = config.our_hosts.clone();
    sip.realm.clone_from(&config.sip.realm);
    sip.digest.clone_from(&config.sip.digest);
    sip.users.clone_from(&config.users.accounts);
    sip.trunks.clone_from(&config.trunks.lines);
    for trunk in &mut sip.trunks {
        let profile = config.trunks.profiles.get(&trunk.name);
        let files = profile.and_then(|profile| profile.direct_routing.as_ref());
        if let (Some(teams), Some(files)) = (&mut trunk.direct_routing, files) {
            teams.tls = Some(direct_routing::mutual_tls(config, teams, files)?);
        }
    }
    sip.transfers = config.transfers;
    sip.instance = instance::load(&config.state_dir)?;
    sip.nameservers.clone_from(&config.nameservers);
    let limit = RateLimit::new(config.rate.clone());
    sip.admission = admission(Arc::clone(desk), limit, Arc::clone(journal));
    Ok(sip)
}

/// Rates and the dial plan, before a call has any state.
fn admission(desk: Arc<FrontDesk>, limit: RateLimit, journal: Arc<Journal>) -> Admission {
    let limit = Mutex::new(limit);
    Arc::new(move |call| {
        let mut limit = limit.lock().unwrap_or_else(PoisonError::into_inner);
        // An INVITE counts once, however often it is asked about.
        let allowed = call.asked_again || limit.take(Instant::now(), call.source.ip());
        drop(limit);
        if !allowed {
            return Decision::Refuse(EndCause::RateLimited);
        }
        let (now, source) = (Instant::now(), call.source.ip());
        // Who says to be a user has to prove it first, whatever number is called.
        let proves = call.claims.is_some() && call.proof.user.is_none();
        if !proves && desk.is_shut_out(now, source, &call.proof) {
            return Decision::Refuse(EndCause::AttemptsExhausted);
        }
        let asked = IncomingCall {
            called: &call.called,
            calling: &call.calling,
            trunk: call.proof.trunk.as_deref(),
            local: call.local,
        };
        let destination = desk.destination(&asked).0;
        match &destination {
            Destination::Reject(_) if proves => return Decision::Authenticate,
            Destination::Reject(cause) => {
                let (cause, audited) = desk.turned_away(now, source, &call.proof, *cause);
                if let Some(audited) = audited {
                    journal.audit(audited);
                }
                return Decision::Refuse(cause);
            }
            _ if proves => return Decision::Authenticate,
            _ => {}
        }
        // Whoever looks for a way to the telephone network gets no state.
        let is_proved = desk.is_proved(&call.proof, source);
        match desk.outgoing().verdict(&destination, is_proved) {
            Some(Err(cause)) => Decision::Refuse(cause),
            Some(Ok(())) | None => Decision::Admit,
        }
    })
}
