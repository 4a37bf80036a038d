//! The signalling of a bridge whose configuration has a trunk to the stand-in.

use super::{
    authority::Usage,
    service::{GATEWAY, PATIENCE, Service},
};
use crate::peer::Folder;
use causeway_adapter::sip::{LegIds, Listener, SipAdapter, SipConfig, SipHandle, Transport};
use causeway_base::{Alias, EndCause, LegId};
use causeway_conference::{LegCommand, LegEvent, MediaAddress, Offered, PortAddress};
use causeway_plan::{LegMedia, OfferPolicy};
use causeway_server::{Config, direct_routing};
use std::net::SocketAddr;
use tokio::{
    sync::mpsc,
    time::{Duration, sleep, timeout},
};

pub(crate) struct Gateway {
    pub(crate) sip: SipHandle,
    events: mpsc::Receiver<LegEvent>,
    legs: LegIds,
    _folder: Folder,
}

impl Gateway {
    /// Starts, and has asked every proxy whether it lives.
    pub(crate) async fn start(service: &Service) -> Self {
        let gateway = Self::begin(service, |_| {}).await;
        gateway.settles().await;
        gateway
    }

    /// Starts with something different.
    pub(crate) async fn begin(service: &Service, change: impl FnOnce(&mut SipConfig)) -> Self {
        let folder = Folder::new("teams");
        let text = configuration(service, &folder);
        let config = Config::parse("test.toml", &text, &|_| None).expect("valid");
        let address: SocketAddr = "127.0.0.1:0".parse().expect("an address");
        let listener = Listener { transport: Transport::Udp, address };
        let mut sip = SipConfig::new(vec![listener], LegIds::default(), [3; 32]);
        sip.trunks.clone_from(&config.trunks.lines);
        sip.hosts = config.our_hosts.clone();
        sip.nameservers = vec![service.dns];
        let files = config.trunks.profiles["teams"].direct_routing.as_ref().expect("files");
        let teams = sip.trunks[0].direct_routing.as_mut().expect("Direct Routing");
        teams.tls = Some(direct_routing::mutual_tls(&config, teams, files).expect("TLS"));
        change(&mut sip);
        let legs = sip.legs.clone();
        let (sender, events) = mpsc::channel(64);
        let sip = SipAdapter::start(sip, sender).await.expect("starts");
        Self { sip, events, legs, _folder: folder }
    }

    /// Waits until every proxy answered.
    pub(crate) async fn settles(&self) {
        let all = async {
            while !self.sip.trunks()[0].proxies.iter().all(|proxy| proxy.answered_at.is_some()) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, all).await.expect("in time");
    }

    /// Where the service opens connections.
    pub(crate) fn door(&self) -> SocketAddr {
        self.sip.doors()[0].1[0]
    }

    pub(crate) async fn dial(&self, number: &str) -> LegId {
        let leg = self.legs.next();
        let command = LegCommand::Dial {
            leg,
            target: number.to_owned(),
            trunk: Some("teams".into()),
            calling: Alias::sip("", "anonymous.invalid"),
            display_name: "Causeway".to_owned(),
            private: false,
            policy: Box::new(OfferPolicy::default()),
            media: media(),
        };
        self.command(command).await;
        leg
    }

    pub(crate) async fn accept(&self, leg: LegId) {
        let policy = Box::new(OfferPolicy::default());
        self.command(LegCommand::Accept { leg, policy, media: media() }).await;
    }

    pub(crate) async fn end(&self, leg: LegId) {
        self.command(LegCommand::End { leg, cause: EndCause::Normal }).await;
    }

    pub(crate) async fn command(&self, command: LegCommand) {
        self.sip.command(command).await.expect("alive");
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

    /// The media that is agreed next.
    pub(crate) async fn media_ready(&mut self) -> LegMedia {
        loop {
            if let LegEvent::MediaReady { media, .. } = self.event().await {
                return *media;
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
}

/// Of a bridge with a trunk to the stand-in, whose certificate is for any gateway of the domain.
pub(crate) fn configuration(service: &Service, folder: &Folder) -> String {
    let identity = service.authority.sign(&["*.example.com"], &[Usage::ServerAuth]);
    let certificate = folder.write("certificate.pem", identity.certificate);
    let key = folder.write("key.pem", identity.key);
    let roots = folder.write("roots.pem", &service.authority.pem);
    format!(
        "[[trunk]]\nname = \"teams\"\nprofile = \"teams-direct-routing\"\nfqdn = \"{GATEWAY}\"\n\
         numbers = [\"+861012345678\"]\nproxies = {:?}\nlisten = [\"127.0.0.1:0\"]\n\
         certificate = {certificate:?}\nkey = {key:?}\nauthorities = [{roots:?}]\n",
        service.proxies()
    )
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
