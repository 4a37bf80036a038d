//! An adapter on the loopback, as a test drives it.

use crate::sip::{
    LegIds, Listener, SipAdapter, SipConfig, SipHandle, SipNews, Transport, Trunk, TrunkHealth,
    TrunkRegistration, TrunkView, User,
};
use causeway_base::{Alias, EndCause, LegId, VideoCodec};
use causeway_conference::{LegCommand, LegEvent, MediaAddress, Offered, PortAddress};
use causeway_plan::{LegMedia, OfferPolicy, VideoPolicy};
use causeway_proto::sip::{Carrier, Credentials, Secret};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc};
use tokio::time::timeout;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct Node {
    pub(super) sip: SipHandle,
    events: mpsc::Receiver<LegEvent>,
    news: broadcast::Receiver<SipNews>,
    legs: LegIds,
}

/// Its listeners: UDP and TCP.
pub(super) fn config(seed: u8) -> SipConfig {
    let address: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let listener = |transport| Listener { transport, address };
    let listeners = vec![listener(Transport::Udp), listener(Transport::Tcp)];
    SipConfig::new(listeners, LegIds::default(), [seed; 32])
}

pub(super) fn user(name: &str, password: &str) -> User {
    let password = Secret::Password(password.to_owned());
    User { name: name.into(), password, aliases: vec!["2001".into()] }
}

pub(super) fn trunk(name: &str, target: Option<String>) -> Trunk {
    Trunk {
        name: name.into(),
        target,
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

pub(super) fn account(username: &str, password: &str) -> Credentials {
    let (username, password) = (username.to_owned(), password.to_owned());
    Credentials { realm: None, username, password }
}

impl Node {
    pub(super) async fn start(config: SipConfig) -> Self {
        let (sender, events) = mpsc::channel(64);
        let legs = config.legs.clone();
        let sip = SipAdapter::start(config, sender).await.expect("starts");
        Self { news: sip.news(), sip, events, legs }
    }

    pub(super) fn port(&self, carrier: Carrier) -> u16 {
        let mut bound = self.sip.bound().iter();
        bound.find(|(of, _)| *of == carrier).expect("a listener").1.port()
    }

    pub(super) async fn event(&mut self) -> LegEvent {
        timeout(PATIENCE, self.events.recv()).await.expect("in time").expect("alive")
    }

    pub(super) async fn offered(&mut self) -> Offered {
        match self.event().await {
            LegEvent::Offered(offered) => *offered,
            other => panic!("not a call: {other:?}"),
        }
    }

    pub(super) async fn ended(&mut self) -> EndCause {
        loop {
            if let LegEvent::Ended { cause, .. } = self.event().await {
                return cause;
            }
        }
    }

    pub(super) async fn answered(&mut self) {
        while !matches!(self.event().await, LegEvent::Answered { .. }) {}
    }

    /// Waits until its first trunk is as wanted.
    pub(super) async fn trunk_is(&mut self, wanted: impl Fn(&TrunkView) -> bool) {
        while !self.sip.trunks().first().is_some_and(&wanted) {
            let _ = timeout(PATIENCE, self.news.recv()).await.expect("in time");
        }
    }

    /// Waits until it is told that a user of its own comes.
    pub(super) async fn has_registered(&mut self, name: &str) {
        loop {
            let news = timeout(PATIENCE, self.news.recv()).await.expect("in time").expect("news");
            if matches!(news, SipNews::Registered { user } if &*user == name) {
                return;
            }
        }
    }

    pub(super) async fn is_registered_and_up(&mut self) {
        self.trunk_is(|trunk| {
            trunk.health == TrunkHealth::Up
                && matches!(trunk.registration, TrunkRegistration::Registered { .. })
        })
        .await;
    }

    pub(super) async fn dial(&self, target: &str, trunk: Option<&str>, calling: &str) -> LegId {
        self.dial_as(target, trunk, calling, false).await
    }

    pub(super) async fn dial_as(
        &self,
        target: &str,
        trunk: Option<&str>,
        calling: &str,
        private: bool,
    ) -> LegId {
        let leg = self.legs.next();
        let command = LegCommand::Dial {
            leg,
            target: target.to_owned(),
            trunk: trunk.map(Arc::from),
            calling: Alias::sip(calling, "127.0.0.1"),
            display_name: "Ann".to_owned(),
            private,
            policy: Box::new(OfferPolicy::default()),
            media: media(),
        };
        self.sip.command(command).await.expect("alive");
        leg
    }

    pub(super) async fn accept(&self, leg: LegId) {
        let policy = Box::new(OfferPolicy::default());
        self.sip.command(LegCommand::Accept { leg, policy, media: media() }).await.expect("alive");
    }

    /// Lets a call in that may bring pictures.
    pub(super) async fn accept_seeing(&self, leg: LegId) {
        let command = LegCommand::Accept { leg, policy: seeing(), media: media_with_video() };
        self.sip.command(command).await.expect("alive");
    }

    /// Calls with pictures.
    pub(super) async fn dial_seeing(&self, target: &str) -> LegId {
        let leg = self.legs.next();
        let command = LegCommand::Dial {
            leg,
            target: target.to_owned(),
            trunk: None,
            calling: Alias::sip("ann", "127.0.0.1"),
            display_name: String::new(),
            private: false,
            policy: seeing(),
            media: media_with_video(),
        };
        self.sip.command(command).await.expect("alive");
        leg
    }

    /// The media that is agreed next.
    pub(super) async fn media_ready(&mut self) -> LegMedia {
        loop {
            if let LegEvent::MediaReady { media, .. } = self.event().await {
                return *media;
            }
        }
    }

    pub(super) async fn ask_for_a_whole_picture(&self, leg: LegId) {
        self.sip.command(LegCommand::RequestKeyframe { leg }).await.expect("alive");
    }

    pub(super) async fn is_asked_for_a_whole_picture(&mut self) {
        while !matches!(self.event().await, LegEvent::KeyframeNeeded { .. }) {}
    }

    pub(super) async fn end(&self, leg: LegId) {
        let cause = EndCause::Normal;
        self.sip.command(LegCommand::End { leg, cause }).await.expect("alive");
    }
}

pub(super) fn seeing() -> Box<OfferPolicy> {
    let video = VideoPolicy { codecs: VideoCodec::ALL.to_vec(), ..VideoPolicy::default() };
    Box::new(OfferPolicy { video, ..OfferPolicy::default() })
}

/// Where no media flows.
pub(super) fn media_with_video() -> MediaAddress {
    let at = |text: &str| text.parse().expect("an address");
    let video = Some((at("127.0.0.1:40002"), at("127.0.0.1:40003")));
    let ports = media().ports().expect("ports of its own");
    MediaAddress::Ports(PortAddress { video, ..ports })
}

/// Where no media flows.
pub(super) fn media() -> MediaAddress {
    MediaAddress::Ports(PortAddress {
        rtp: "127.0.0.1:40000".parse().expect("an address"),
        rtcp: "127.0.0.1:40001".parse().expect("an address"),
        advertised: [127, 0, 0, 1].into(),
        video: None,
    })
}
