//! An adapter on the loopback, as a test drives it.

use crate::h323::{H323Adapter, H323Config, H323Handle, LegIds};
use causeway_base::{Alias, EndCause, LegId};
use causeway_conference::{LegCommand, LegEvent, MediaAddress, Offered, PortAddress};
use causeway_plan::{LegMedia, OfferPolicy};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Longer than anything here takes.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct Node {
    pub(super) h323: H323Handle,
    events: mpsc::Receiver<LegEvent>,
    legs: LegIds,
}

/// One listener, whose port the system chooses.
pub(super) fn config() -> H323Config {
    H323Config::new(vec![(Ipv4Addr::LOCALHOST, 0).into()], LegIds::default())
}

impl Node {
    pub(super) fn start(config: H323Config) -> Self {
        let (sender, events) = mpsc::channel(64);
        let legs = config.legs.clone();
        let h323 = H323Adapter::start(config, sender).expect("starts");
        Self { h323, events, legs }
    }

    pub(super) fn address(&self) -> SocketAddr {
        *self.h323.bound().first().expect("a listener")
    }

    /// Calls a name at another node, or at whatever listens there.
    pub(super) fn dial(&self, name: &str, at: SocketAddr) -> LegId {
        self.dial_target(format!("h323:{name}@{at}"))
    }

    pub(super) fn dial_target(&self, target: String) -> LegId {
        self.dial_with(target, Box::default())
    }

    pub(super) fn dial_with(&self, target: String, policy: Box<OfferPolicy>) -> LegId {
        let leg = self.legs.next();
        self.tell(LegCommand::Dial {
            leg,
            target,
            trunk: None,
            calling: Alias::Number("7007".into()),
            display_name: "Room 7".into(),
            private: false,
            policy,
            media: media(20_000),
        });
        leg
    }

    pub(super) fn accept(&self, leg: LegId) {
        let policy = Box::new(OfferPolicy::default());
        self.tell(LegCommand::Accept { leg, policy, media: media(30_000) });
    }

    pub(super) fn tell(&self, command: LegCommand) {
        self.h323.try_command(command).expect("room");
    }

    pub(super) async fn event(&mut self) -> LegEvent {
        timeout(PATIENCE, self.events.recv()).await.expect("in time").expect("alive")
    }

    /// Waits for what a test wants to know.
    pub(super) async fn until<T>(&mut self, mut wanted: impl FnMut(LegEvent) -> Option<T>) -> T {
        loop {
            let event = self.event().await;
            let said = format!("{event:?}");
            if let Some(found) = wanted(event) {
                return found;
            }
            assert!(!said.starts_with("Ended"), "{said}");
        }
    }

    pub(super) async fn offered(&mut self) -> Offered {
        self.until(|event| match event {
            LegEvent::Offered(offered) => Some(*offered),
            _ => None,
        })
        .await
    }

    pub(super) async fn ended(&mut self) -> EndCause {
        loop {
            if let LegEvent::Ended { cause, .. } = self.event().await {
                return cause;
            }
        }
    }

    /// Waits until the call is answered and its sound flows as wanted; gives what was agreed.
    pub(super) async fn talks(&mut self) -> LegMedia {
        let (mut answered, mut media) = (false, None);
        loop {
            match self.event().await {
                LegEvent::Answered { .. } => answered = true,
                LegEvent::MediaReady { media: agreed, .. } => media = Some(*agreed),
                LegEvent::Ended { cause, .. } => panic!("ended: {cause:?}"),
                _ => {}
            }
            if answered
                && let Some(media) = &media
                && media.direction.sends()
                && media.direction.receives()
            {
                return media.clone();
            }
        }
    }
}

/// Ports that nobody listens on: no media flows here.
pub(super) fn media(first: u16) -> MediaAddress {
    let at = |port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    MediaAddress::Ports(PortAddress {
        rtp: at(first),
        rtcp: at(first + 1),
        advertised: Ipv4Addr::LOCALHOST.into(),
        video: Some((at(first + 2), at(first + 3))),
    })
}
