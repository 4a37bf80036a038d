//! Telephones with a password: they register, are called where they are, and prove who they are
//! when they call.

use crate::{
    conference::{TONES, VOICE},
    peer::{Baresip, Line, Transport},
    sound::tone,
};
use causeway_adapter::sip::{
    self, Algorithm, Carrier, LegIds, Listener, Secret, SipAdapter, SipConfig, SipHandle, SipNews,
    User,
};
use causeway_base::{Alias, LegId};
use causeway_conference::{LegCommand, LegEvent, MediaAddress, PortAddress};
use causeway_plan::OfferPolicy;
use std::time::Duration;
use tokio::{
    runtime::{Builder, Runtime},
    sync::{broadcast, mpsc},
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(10);

/// The signalling of a bridge, with one user, `room1`.
struct Registrar {
    runtime: Runtime,
    sip: SipHandle,
    events: mpsc::Receiver<LegEvent>,
    news: broadcast::Receiver<SipNews>,
}

impl Registrar {
    fn start() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let address = "127.0.0.1:0".parse().expect("an address");
        let listeners = [sip::Transport::Udp, sip::Transport::Tcp]
            .map(|transport| Listener { transport, address });
        let mut config = SipConfig::new(listeners.into(), LegIds::default(), [7; 32]);
        // Debian's baresip gives up where SHA-256 is asked for beside MD5.
        config.digest = vec![Algorithm::Md5];
        config.users = vec![User {
            name: "room1".into(),
            password: Secret::Password("correct-horse".to_owned()),
            aliases: vec!["2001".into()],
        }];
        let (sender, events) = mpsc::channel(64);
        let sip = runtime.block_on(SipAdapter::start(config, sender)).expect("starts");
        let news = sip.news();
        Self { runtime, sip, events, news }
    }

    fn port(&self, carrier: Carrier) -> u16 {
        let mut bound = self.sip.bound().iter();
        bound.find(|(of, _)| *of == carrier).expect("a listener").1.port()
    }

    fn news(&mut self) -> SipNews {
        let next = async { timeout(PATIENCE, self.news.recv()).await };
        self.runtime.block_on(next).expect("in time").expect("alive")
    }

    fn wait_for(&mut self, wanted: impl Fn(&LegEvent) -> bool) -> LegEvent {
        loop {
            let next = async { timeout(PATIENCE, self.events.recv()).await };
            let event = self.runtime.block_on(next).expect("in time").expect("alive");
            if wanted(&event) {
                return event;
            }
        }
    }

    fn command(&self, command: LegCommand) {
        self.runtime.block_on(self.sip.command(command)).expect("alive");
    }
}

fn media() -> MediaAddress {
    MediaAddress::Ports(PortAddress {
        rtp: "127.0.0.1:9000".parse().expect("an address"),
        rtcp: "127.0.0.1:9001".parse().expect("an address"),
        advertised: [127, 0, 0, 1].into(),
        video: None,
    })
}

#[test]
fn a_telephone_registers_is_called_and_proves_itself() {
    for (transport, carrier) in [(Transport::Udp, Carrier::Udp), (Transport::Tcp, Carrier::Tcp)] {
        let mut registrar = Registrar::start();
        let port = registrar.port(carrier);
        let voice = tone(TONES[0], VOICE);
        let line = Line { transport, ..Line::PLAIN };
        let mut phone = Baresip::registering("room1", line, &voice, port, "correct-horse");
        assert_eq!(registrar.news(), SipNews::Registered { user: "room1".into() });
        let view = registrar.sip.registrations().remove(0);
        assert_eq!(view.carrier, carrier);
        assert!(view.user_agent.is_some_and(|agent| agent.contains("baresip")));

        // It is called by its number, where it registered from.
        let leg = LegId(1_000);
        registrar.command(LegCommand::Dial {
            leg,
            target: "sip:2001@127.0.0.1".to_owned(),
            trunk: None,
            calling: Alias::sip("1001", "127.0.0.1"),
            display_name: "会议室 / Room".to_owned(),
            private: false,
            policy: Box::new(OfferPolicy::default()),
            media: media(),
        });
        registrar.wait_for(|event| matches!(event, LegEvent::Answered { leg: l } if *l == leg));
        phone.wait_for("CALL_ESTABLISHED");
        phone.hang_up();
        registrar.wait_for(|event| matches!(event, LegEvent::Ended { leg: l, .. } if *l == leg));

        // It calls, and is asked who it is.
        phone.dial("1001", port);
        let offered = registrar.wait_for(|event| matches!(event, LegEvent::Offered(_)));
        let LegEvent::Offered(offered) = offered else { unreachable!() };
        assert_eq!(offered.proof.user.as_deref(), Some("room1"));
        let policy = Box::new(OfferPolicy::default());
        registrar.command(LegCommand::Accept { leg: offered.leg, policy, media: media() });
        phone.wait_for("CALL_ESTABLISHED");
        phone.hang_up();
    }
}

#[test]
fn a_telephone_with_a_wrong_password_is_not_registered() {
    let registrar = Registrar::start();
    let port = registrar.port(Carrier::Udp);
    let voice = tone(TONES[0], VOICE);
    let phone = Baresip::registering("room1", Line::PLAIN, &voice, port, "wrong");
    // It tries on until it is locked out.
    phone.wait_for_line("403 Forbidden");
    assert!(registrar.sip.registrations().is_empty());
}
