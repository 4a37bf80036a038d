//! A SIP adapter of its own on the loopback, as the other side of a whole bridge.

use causeway_adapter::sip::{
    Carrier, Credentials, LegIds, Listener, SipAdapter, SipConfig, SipHandle, Transport, Trunk,
};
use causeway_base::{Alias, EndCause, LegId};
use causeway_conference::{LegCommand, LegEvent, MediaAddress, Offered, PortAddress};
use causeway_plan::OfferPolicy;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Peer {
    sip: SipHandle,
    events: mpsc::Receiver<LegEvent>,
    legs: LegIds,
}

/// Listens on UDP and TCP.
pub(crate) fn config(seed: u8) -> SipConfig {
    let address: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let listener = |transport| Listener { transport, address };
    let listeners = vec![listener(Transport::Udp), listener(Transport::Tcp)];
    SipConfig::new(listeners, LegIds::default(), [seed; 32])
}

/// A trunk that leads to this port.
pub(crate) fn trunk(name: &str, port: u16) -> Trunk {
    Trunk {
        name: name.into(),
        target: Some(format!("sip:127.0.0.1:{port};transport=udp")),
        credentials: None,
        register: None,
        sources: Vec::new(),
        certificate_names: Vec::new(),
        trusted: false,
        health_interval: None,
        number: None,
        max_calls: 10,
        fallback: None,
        transfers: false,
        direct_routing: None,
    }
}

/// A device that registers at this port.
pub(crate) fn device(name: &str, password: &str, port: u16) -> SipConfig {
    let (username, password) = (name.to_owned(), password.to_owned());
    let mut line = trunk("bridge", port);
    line.credentials = Some(Credentials { realm: None, username, password });
    line.register = Some(Duration::from_secs(600));
    let mut device = config(9);
    device.trunks = vec![line];
    device
}

impl Peer {
    pub(crate) async fn start(config: SipConfig) -> Self {
        let (sender, events) = mpsc::channel(64);
        let legs = config.legs.clone();
        let sip = SipAdapter::start(config, sender).await.expect("starts");
        Self { sip, events, legs }
    }

    pub(crate) fn port(&self) -> u16 {
        let mut bound = self.sip.bound().iter();
        bound.find(|(carrier, _)| *carrier == Carrier::Udp).expect("a listener").1.port()
    }

    pub(crate) async fn event(&mut self) -> LegEvent {
        timeout(PATIENCE, self.events.recv()).await.expect("in time").expect("alive")
    }

    pub(crate) async fn offered(&mut self) -> Offered {
        loop {
            if let LegEvent::Offered(offered) = self.event().await {
                return *offered;
            }
        }
    }

    pub(crate) async fn answered(&mut self) {
        while !matches!(self.event().await, LegEvent::Answered { .. }) {}
    }

    pub(crate) async fn ended(&mut self) -> EndCause {
        loop {
            if let LegEvent::Ended { cause, .. } = self.event().await {
                return cause;
            }
        }
    }

    /// Calls somebody at the bridge on this port.
    pub(crate) async fn dial(&self, user: &str, port: u16, calling: &str) -> LegId {
        self.call(format!("sip:{user}@127.0.0.1:{port};transport=udp"), None, calling).await
    }

    /// Calls somebody by a trunk, with what proves the caller there.
    pub(crate) async fn dial_by(&self, user: &str, trunk: &str, calling: &str) -> LegId {
        self.call(user.to_owned(), Some(trunk.into()), calling).await
    }

    async fn call(&self, target: String, trunk: Option<Arc<str>>, calling: &str) -> LegId {
        let leg = self.legs.next();
        let command = LegCommand::Dial {
            leg,
            target,
            trunk,
            calling: Alias::sip(calling, "127.0.0.1"),
            display_name: "Ann".to_owned(),
            private: false,
            policy: Box::new(OfferPolicy::default()),
            media: media(),
        };
        self.sip.command(command).await.expect("alive");
        leg
    }

    pub(crate) async fn accept(&self, leg: LegId) {
        let policy = Box::new(OfferPolicy::default());
        self.sip.command(LegCommand::Accept { leg, policy, media: media() }).await.expect("alive");
    }

    /// Presses a key, by SIP INFO.
    pub(crate) async fn press(&self, leg: LegId, digit: char) {
        let digits = digit.to_string();
        self.sip.command(LegCommand::SendDigits { leg, digits }).await.expect("alive");
    }

    pub(crate) async fn hang_up(&self, leg: LegId) {
        let cause = EndCause::Normal;
        self.sip.command(LegCommand::End { leg, cause }).await.expect("alive");
    }
}

/// Where no media flows.
fn media() -> MediaAddress {
    MediaAddress::Ports(PortAddress {
        rtp: "127.0.0.1:40000".parse().expect("an address"),
        rtcp: "127.0.0.1:40001".parse().expect("an address"),
        advertised: [127, 0, 0, 1].into(),
        video: None,
    })
}
