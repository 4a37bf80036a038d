//! Transfers: who is put through has somebody else called in its place (REFER), under the same
//! rules as any call that we make.

use crate::peer::{Bridge, Flow, Setting, Transport};
use causeway_adapter::sip::{self, Carrier, LegIds, Listener, SipAdapter, SipConfig, SipHandle};
use causeway_base::LegId;
use causeway_conference::{LegCommand, LegEvent, MediaAddress, PortAddress};
use causeway_plan::OfferPolicy;
use std::time::Duration;
use tokio::{
    runtime::{Builder, Runtime},
    sync::mpsc,
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// A carrier that takes every call.
struct Provider {
    runtime: Runtime,
    sip: SipHandle,
    events: mpsc::Receiver<LegEvent>,
}

impl Provider {
    fn start() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let address = "127.0.0.1:0".parse().expect("an address");
        let listener = Listener { transport: sip::Transport::Udp, address };
        let config = SipConfig::new(vec![listener], LegIds::default(), [8; 32]);
        let (sender, events) = mpsc::channel(64);
        let sip = runtime.block_on(SipAdapter::start(config, sender)).expect("starts");
        Self { runtime, sip, events }
    }

    fn port(&self) -> u16 {
        let mut bound = self.sip.bound().iter();
        bound.find(|(carrier, _)| *carrier == Carrier::Udp).expect("a listener").1.port()
    }

    fn wait_for<T>(&mut self, wanted: impl Fn(LegEvent) -> Option<T>) -> T {
        loop {
            let next = async { timeout(PATIENCE, self.events.recv()).await };
            let event = self.runtime.block_on(next).expect("in time").expect("alive");
            if let Some(found) = wanted(event) {
                return found;
            }
        }
    }

    /// Takes the next call. Gives the number that was called.
    fn take(&mut self) -> (LegId, String) {
        let (leg, number) = self.wait_for(|event| match event {
            LegEvent::Offered(offered) => Some((offered.leg, offered.called.user().to_owned())),
            _ => None,
        });
        let at = |port: u16| ([127, 0, 0, 1], port).into();
        let media = MediaAddress::Ports(PortAddress {
            rtp: at(40_000),
            rtcp: at(40_001),
            advertised: [127, 0, 0, 1].into(),
            video: None,
        });
        let accept = LegCommand::Accept { leg, policy: Box::new(OfferPolicy::default()), media };
        self.runtime.block_on(self.sip.command(accept)).expect("alive");
        (leg, number)
    }

    fn end(&self, leg: LegId) {
        let cause = causeway_base::EndCause::Normal;
        let end = LegCommand::End { leg, cause };
        self.runtime.block_on(self.sip.command(end)).expect("alive");
    }

    /// The next of these calls that is over.
    fn ended(&mut self) -> LegId {
        self.wait_for(|event| match event {
            LegEvent::Ended { leg, .. } => Some(leg),
            _ => None,
        })
    }
}

fn bridge(provider: &Provider) -> Bridge {
    let more = format!(
        "[[trunk]]\nname = \"carrier\"\ntarget = \"sip:127.0.0.1:{};transport=udp\"\n\
         health_interval_s = 0\n\
         [[rule]]\nname = \"out\"\nmatch = '77(?P<number>\\d+)'\nto = \"gateway:carrier:+${{number}}\"\n\
         open = true\n\
         [calling_out]\nenabled = true\nhost_needed = false\nallow = [\"+86\"]\n",
        provider.port()
    );
    Bridge::with(Setting { more: &more, ..Setting::default() })
}

#[test]
fn who_is_put_through_has_somebody_else_called_and_leaves_the_two_alone() {
    let mut provider = Provider::start();
    let bridge = bridge(&provider);
    let flow = Flow::start("refer", "778613800138000", bridge.port(Transport::Udp), None);
    let (first, number) = provider.take();
    assert_eq!(number, "+8613800138000");
    let (second, number) = provider.take();
    assert_eq!(number, "+8613900139000");
    // It was told of the answer, and hung up.
    flow.finish();
    // The other two talk on until one of them leaves.
    provider.end(second);
    let mut ended = [provider.ended(), provider.ended()];
    ended.sort();
    assert_eq!(ended, [first, second]);
}

#[test]
fn a_transfer_to_whom_the_rules_do_not_allow_is_refused_and_the_call_goes_on() {
    let mut provider = Provider::start();
    let mut bridge = bridge(&provider);
    let flow = Flow::start("refer_refused", "778613800138000", bridge.port(Transport::Udp), None);
    let (first, _) = provider.take();
    flow.finish();
    // It hung up by itself, and the other one with it.
    assert_eq!(provider.ended(), first);
    assert!(bridge.is_running());
}
