//! Peer connections for the test before joining: each is a leg of the engine that belongs to no
//! conference, and sends back what arrives on its data channel. Nobody calls by them, so that they
//! count as no calls and leave no records.

use crate::actor::task::carry_out;
use crate::actor::{Answering, Order};
use crate::config;
use crate::outlet::Outlet;
use causeway_adapter::sip::LegIds;
use causeway_adapter::webrtc::answer_probe;
use causeway_base::{EndCause, LegId};
use causeway_dial::network::customer;
use causeway_plan::{MediaCommand, MediaEvent, WebRtcAddress, WebRtcState};
use dashmap::DashMap;
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Tests open at a time: each costs as much memory as a browser's call.
pub(super) const MAX_OPEN: usize = 256;

/// Those of one source: a floor that joins on the hour, three each.
pub(super) const MAX_OPEN_PER_SOURCE: usize = 96;

/// How long one stays: the page stops after ten seconds.
const LIFE: Duration = Duration::from_secs(30);

/// How long the engine may take to make a leg.
const RESERVE: Duration = Duration::from_secs(5);

/// Events of one that may wait: it is told when it is reserved, connected and disconnected.
const MAX_EVENTS: usize = 8;

/// What a test is answered.
pub(crate) type EchoAnswer<'a> =
    Pin<Box<dyn Future<Output = Result<String, EndCause>> + Send + 'a>>;

/// Makes peer connections that send back what arrives on their data channels, and closes each some
/// time later.
pub(crate) trait Echo: fmt::Debug + Send + Sync + 'static {
    /// The answer to an offer, with our candidates by UDP and by TCP.
    fn answer(&self, offer: String, source: IpAddr) -> EchoAnswer<'_>;
}

/// The peer connections that are open.
pub(crate) struct Echoes<O> {
    outlet: Arc<O>,
    legs: LegIds,
    answering: Arc<Answering>,
    ice_lite: bool,
    life: Duration,
    told: Arc<DashMap<LegId, mpsc::Sender<MediaEvent>>>,
    sources: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl<O> fmt::Debug for Echoes<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Echoes").finish_non_exhaustive()
    }
}

impl<O: Outlet> Echoes<O> {
    pub(crate) fn new(
        outlet: Arc<O>,
        legs: LegIds,
        answering: Arc<Answering>,
        ice_lite: bool,
    ) -> Self {
        let (told, sources) = (Arc::default(), Arc::default());
        Self { outlet, legs, answering, ice_lite, life: LIFE, told, sources }
    }

    /// Takes what the engine tells of a test; `false` for what concerns somebody else.
    pub(crate) fn hear(&self, leg: LegId, event: &MediaEvent) -> bool {
        let Some(one) = self.told.get(&leg) else { return false };
        // One that does not listen ends by its time.
        let _ = one.try_send(event.clone());
        true
    }

    async fn open(&self, offer: String, source: IpAddr) -> Result<String, EndCause> {
        let leg = self.legs.next();
        let seat = Seat::take(&self.sources, source).ok_or(EndCause::CapacityReached)?;
        let (told, events) = mpsc::channel(MAX_EVENTS);
        self.told.insert(leg, told);
        let outlet = Arc::clone(&self.outlet);
        let mut open = Open { leg, outlet, told: Arc::clone(&self.told), events, _seat: seat };
        open.order(MediaCommand::ReserveWebRtc { leg })?;
        let local = self.seen(open.reserved().await?);
        let answer = answer_probe(&offer, local, self.ice_lite);
        let (answer, media) = answer.map_err(|refusal| refusal.cause)?;
        open.order(MediaCommand::Configure { leg, media: Box::new(media) })?;
        tokio::spawn(open.run(self.life));
        Ok(answer)
    }

    /// As the browser's network sees our addresses.
    fn seen(&self, mut local: WebRtcAddress) -> WebRtcAddress {
        for address in local.udp.iter_mut().chain(&mut local.tcp) {
            address.set_ip(config::advertised(&self.answering.advertised, address.ip()));
        }
        local
    }
}

impl<O: Outlet> Echo for Echoes<O> {
    fn answer(&self, offer: String, source: IpAddr) -> EchoAnswer<'_> {
        Box::pin(self.open(offer, source))
    }
}

/// One peer connection. Dropping it releases its leg.
struct Open<O: Outlet> {
    leg: LegId,
    outlet: Arc<O>,
    told: Arc<DashMap<LegId, mpsc::Sender<MediaEvent>>>,
    events: mpsc::Receiver<MediaEvent>,
    _seat: Seat,
}

impl<O: Outlet> Open<O> {
    fn order(&self, command: MediaCommand) -> Result<(), EndCause> {
        self.outlet.carry_out(Order::Media(command)).map_err(|_| EndCause::CapacityReached)
    }

    async fn reserved(&mut self) -> Result<WebRtcAddress, EndCause> {
        match timeout(RESERVE, self.events.recv()).await {
            Ok(Some(MediaEvent::WebRtcReserved { local, .. })) => Ok(*local),
            Ok(Some(MediaEvent::Failed { cause, .. })) => Err(cause),
            _ => Err(EndCause::Internal),
        }
    }

    /// Stays until its time is up, or the page has closed it.
    async fn run(mut self, life: Duration) {
        let closed = async {
            while let Some(event) = self.events.recv().await {
                let state = match event {
                    MediaEvent::WebRtcChanged { state, .. } => state,
                    MediaEvent::Failed { .. } => return,
                    _ => continue,
                };
                if state == WebRtcState::Disconnected {
                    return;
                }
            }
        };
        let _ = timeout(life, closed).await;
    }
}

impl<O: Outlet> Drop for Open<O> {
    fn drop(&mut self) {
        self.told.remove(&self.leg);
        let order = Order::Media(MediaCommand::Release { leg: self.leg });
        if self.outlet.carry_out(order.clone()).is_err() {
            let outlet = Arc::clone(&self.outlet);
            tokio::spawn(async move { carry_out(&*outlet, order).await });
        }
    }
}

/// The place of one test. Dropping it frees the place.
struct Seat {
    sources: Arc<Mutex<HashMap<IpAddr, usize>>>,
    source: IpAddr,
}

impl Seat {
    fn take(sources: &Arc<Mutex<HashMap<IpAddr, usize>>>, source: IpAddr) -> Option<Self> {
        let source = customer(source);
        let mut open = lock(sources);
        if open.values().sum::<usize>() >= MAX_OPEN {
            return None;
        }
        let count = open.entry(source).or_default();
        if *count >= MAX_OPEN_PER_SOURCE {
            return None;
        }
        *count += 1;
        drop(open);
        Some(Self { sources: Arc::clone(sources), source })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = lock(&self.sources);
        if let Some(count) = open.get_mut(&self.source) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.source);
            }
        }
    }
}

fn lock(sources: &Mutex<HashMap<IpAddr, usize>>) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
    sources.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outlet::Busy;
    use causeway_plan::{Fingerprint, IceCredentials};

    /// An offer as Chromium makes one for a data channel alone.
    const OFFER: &str = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
        a=group:BUNDLE 0\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n\
        a=ice-ufrag:someufrg\r\na=ice-pwd:somepasswordthatislongenough\r\na=ice-options:trickle\r\n\
        a=fingerprint:sha-256 D2:FA:0E:C3:22:59:5E:14:95:69:92:3D:13:B4:84:24:2C:C2:A2:C0:3E:FD:34:8E:5E:EA:6F:AF:52:CE:E6:0F\r\n\
        a=setup:actpass\r\na=mid:0\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n";

    /// Notes what the engine is told, and answers reservations.
    #[derive(Debug, Default)]
    struct Script {
        said: Mutex<Vec<String>>,
        echoes: Mutex<Option<Arc<Echoes<Script>>>>,
        fails: bool,
    }

    impl Outlet for Script {
        fn carry_out(&self, order: Order) -> Result<(), Busy> {
            let Order::Media(command) = order else { panic!("only media") };
            let note = |what: &str| self.said.lock().expect("not poisoned").push(what.to_owned());
            match command {
                MediaCommand::ReserveWebRtc { leg } => {
                    note("reserve");
                    let echoes = self.echoes.lock().expect("not poisoned").clone();
                    let local = WebRtcAddress {
                        ice: IceCredentials {
                            ufrag: "ourufrag".to_owned(),
                            password: "ourpasswordthatislongenough".to_owned(),
                        },
                        fingerprint: Fingerprint([7; 32]),
                        udp: vec!["10.0.0.5:8450".parse().expect("an address")],
                        tcp: vec!["10.0.0.5:8450".parse().expect("an address")],
                    };
                    let event = match self.fails {
                        true => MediaEvent::Failed { leg, cause: EndCause::PortsExhausted },
                        false => MediaEvent::WebRtcReserved { leg, local: Box::new(local) },
                    };
                    assert!(echoes.expect("set").hear(leg, &event));
                }
                MediaCommand::Configure { .. } => note("configure"),
                MediaCommand::Release { .. } => note("release"),
                other => panic!("{other:?}"),
            }
            Ok(())
        }
    }

    fn echoes(fails: bool, life: Duration) -> (Arc<Echoes<Script>>, Arc<Script>) {
        let script = Arc::new(Script { fails, ..Script::default() });
        let advertised = causeway_adapter::sip::Advertised {
            local: "10.0.0.5".parse().expect("an address"),
            advertised: "203.0.113.5".parse().expect("an address"),
        };
        let answering = Arc::new(Answering {
            policy: Default::default(),
            advertised: vec![advertised],
            seeing_trunks: Default::default(),
            farewell: false,
        });
        let echoes = Echoes::new(Arc::clone(&script), LegIds::default(), answering, true);
        let echoes = Arc::new(Echoes { life, ..echoes });
        *script.echoes.lock().expect("not poisoned") = Some(Arc::clone(&echoes));
        (echoes, script)
    }

    fn said(script: &Script) -> String {
        script.said.lock().expect("not poisoned").join(" ")
    }

    async fn until(fine: impl Fn() -> bool) {
        let wait = async {
            while !fine() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(20), wait).await.expect("in time");
    }

    fn source() -> IpAddr {
        "192.0.2.7".parse().expect("an address")
    }

    #[tokio::test]
    async fn a_test_is_answered_with_the_addresses_that_its_network_sees_and_ends_by_itself() {
        let (echoes, script) = echoes(false, Duration::from_millis(50));
        let answer = echoes.answer(OFFER.to_owned(), source()).await.expect("answered");
        assert!(answer.contains("203.0.113.5 8450") && !answer.contains("10.0.0.5"), "{answer}");
        assert!(answer.contains("a=ice-lite") && answer.contains("webrtc-datachannel"));
        assert!(said(&script).starts_with("reserve configure"));
        until(|| said(&script) == "reserve configure release").await;
        assert!(echoes.told.is_empty() && lock(&echoes.sources).is_empty());
    }

    #[tokio::test]
    async fn a_page_that_closes_its_test_frees_its_place_at_once() {
        let (echoes, script) = echoes(false, LIFE);
        echoes.answer(OFFER.to_owned(), source()).await.expect("answered");
        let leg = *echoes.told.iter().next().expect("open").key();
        let event = MediaEvent::WebRtcChanged { leg, state: WebRtcState::Disconnected };
        assert!(echoes.hear(leg, &event));
        until(|| said(&script) == "reserve configure release").await;
        assert!(!echoes.hear(leg, &event), "others' events pass by");
    }

    #[tokio::test]
    async fn what_fails_on_the_way_is_released() {
        let (failing, script) = echoes(true, LIFE);
        let failed = failing.answer(OFFER.to_owned(), source()).await;
        assert_eq!(failed, Err(EndCause::PortsExhausted));
        assert_eq!(said(&script), "reserve release");
        let (echoes, script) = echoes(false, LIFE);
        let bad = echoes.answer("v=0".to_owned(), source()).await;
        assert_eq!(bad, Err(EndCause::BadMediaDescription));
        assert_eq!(said(&script), "reserve release");
        assert!(echoes.told.is_empty() && lock(&echoes.sources).is_empty());
    }

    #[tokio::test]
    async fn one_source_cannot_take_the_tests_of_all() {
        let (echoes, _) = echoes(false, LIFE);
        for _ in 0..MAX_OPEN_PER_SOURCE {
            echoes.answer(OFFER.to_owned(), source()).await.expect("within its bound");
        }
        let full = Err(EndCause::CapacityReached);
        assert_eq!(echoes.answer(OFFER.to_owned(), source()).await, full);
        for number in 0..MAX_OPEN - MAX_OPEN_PER_SOURCE {
            let other = IpAddr::from([198, 51, 100, u8::try_from(number % 200).expect("small")]);
            echoes.answer(OFFER.to_owned(), other).await.expect("others still come");
        }
        let other = IpAddr::from([203, 0, 113, 9]);
        assert_eq!(echoes.answer(OFFER.to_owned(), other).await, full);
        let legs: Vec<_> = echoes.told.iter().map(|one| *one.key()).collect();
        for leg in legs {
            let state = WebRtcState::Disconnected;
            assert!(echoes.hear(leg, &MediaEvent::WebRtcChanged { leg, state }));
        }
        // Nothing is kept of those that ended.
        until(|| lock(&echoes.sources).is_empty() && echoes.told.is_empty()).await;
    }
}
