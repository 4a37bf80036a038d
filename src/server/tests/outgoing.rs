//! Calls in and out through a whole bridge: trunks, gateways, devices of our own, refusals.

use super::peer::{Peer, config, device};
use crate::store::{CallDirection, CallFilter, CallRecord};
use crate::view::CallOut;
use crate::{Bridge, Config};
use causeway_adapter::sip::{Carrier, RegistrationView};
use causeway_base::{EndCause, Lang};
use causeway_conference::{Event, Role};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UdpSocket;

const PATIENCE: Duration = Duration::from_secs(20);

/// A bridge with one conference, 1001.
struct Site {
    bridge: Bridge,
    directory: PathBuf,
}

impl Site {
    async fn start(name: &str, more: &str) -> Self {
        let name = format!("causeway-outgoing-{name}-{}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        Self { bridge: start(&directory, more).await, directory }
    }

    /// The same once more, with what it kept.
    async fn again(mut self, more: &str) -> Self {
        self.bridge.leave().await;
        self.bridge.stopped().await;
        self.bridge.store().close(PATIENCE).await;
        let directory = self.directory.clone();
        Self { bridge: start(&directory, more).await, directory }
    }

    fn port(&self) -> u16 {
        let mut bound = self.bridge.bound().iter();
        bound.find(|(carrier, _)| *carrier == Carrier::Udp).expect("a listener").1.port()
    }

    async fn call_out(&self, target: &str) -> Result<causeway_base::LegId, EndCause> {
        let call = CallOut {
            target: target.to_owned(),
            trunk: None,
            display_name: "Bo".to_owned(),
            role: Role::Guest,
            lang: Lang::En,
            beside: None,
            bridging: None,
        };
        self.bridge.live().call_out("conference-1001", call).await
    }

    /// Waits until this user's device has registered.
    async fn registered(&self, user: &str) -> RegistrationView {
        let mut news = self.bridge.sip().news();
        loop {
            let found = self.bridge.sip().registrations();
            if let Some(found) = found.into_iter().find(|view| &*view.user == user) {
                return found;
            }
            let _ = tokio::time::timeout(PATIENCE, news.recv()).await.expect("in time");
        }
    }

    /// The records of a direction, once there is one.
    async fn records(&self, direction: CallDirection) -> Vec<CallRecord> {
        let filter = CallFilter { direction: Some(direction), ..CallFilter::default() };
        let look = async {
            loop {
                assert_eq!(self.bridge.store().flush(PATIENCE).await, 0);
                let found = self.bridge.store().records(&filter, None, 100).await;
                let found = found.expect("a store");
                if !found.is_empty() {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.expect("a record")
    }

    async fn end(mut self) {
        self.bridge.leave().await;
        self.bridge.stopped().await;
        std::fs::remove_dir_all(&self.directory).expect("clean up");
    }
}

async fn start(directory: &std::path::Path, more: &str) -> Bridge {
    let text = format!(
        "[node]\nstate_dir = {:?}\n[media]\nrealtime = false\n[webrtc]\nudp_port = 0\n[h323]\nlisten = []\n[sip]\nudp = [\"127.0.0.1:0\"]\n\
         tcp = [\"127.0.0.1:0\"]\ntls = []\n[[conference]]\naliases = [\"1001\"]\nopen = true\n{more}",
        directory.display().to_string()
    );
    let config = Config::parse("test.toml", &text, &|_| None).expect("valid");
    Bridge::start(config).await.expect("a bridge")
}

/// Calls out are on, and this peer carries them.
fn carried_by(carrier: &Peer, more: &str) -> String {
    format!(
        "[calling_out]\nenabled = true\nallow = [\"+86\"]\n[[trunk]]\nname = \"carrier\"\n\
         target = \"sip:127.0.0.1:{};transport=udp\"\nhealth_interval_s = 0\n\
         numbers = [\"+861012345678\"]\n{more}",
        carrier.port()
    )
}

/// Numbers of the public network go out by the trunk.
const GATEWAY: &str = "[[rule]]\nname = \"out\"\nmatch = '(?P<n>1\\d{10})'\n\
    to = 'gateway:carrier:${n}'\n";

/// Whoever calls from this machine is one of ours.
const TRUSTED: &str = "[sip.trust]\nnetworks = [\"127.0.0.0/8\"]\n";

#[tokio::test]
async fn a_number_is_called_by_its_trunk_under_the_trunks_own_number_and_comes_in() {
    let mut carrier = Peer::start(config(1)).await;
    let site = Site::start("number", &carried_by(&carrier, "")).await;
    let mut news = site.bridge.news();
    let leg = site.call_out("138 0013 8000").await.expect("allowed");
    let offered = carrier.offered().await;
    assert_eq!(offered.called.user(), "+8613800138000");
    assert_eq!(offered.calling.user(), "+861012345678");
    carrier.accept(offered.leg).await;
    carrier.answered().await;
    loop {
        let news = tokio::time::timeout(PATIENCE, news.recv()).await.expect("in time");
        if matches!(news.expect("news").event, Event::ParticipantJoined { leg: l, .. } if l == leg)
        {
            break;
        }
    }
    carrier.hang_up(offered.leg).await;
    carrier.ended().await;
    let [record] = site.records(CallDirection::Outgoing).await.try_into().expect("one");
    assert_eq!(record.trunk.as_deref(), Some("carrier"));
    assert_eq!(record.called.as_deref(), Some("+8613800138000"));
    assert!(record.explanation.contains("by the trunk carrier"), "{}", record.explanation);
    site.end().await;
}

/// A restart frees nobody from the caps of the day.
#[tokio::test]
async fn the_caps_of_a_conference_outlive_its_end_and_the_bridge() {
    let mut carrier = Peer::start(config(1)).await;
    let caps = carried_by(&carrier, "").replacen("enabled", "conference_total = 1\nenabled", 1);
    let site = Site::start("caps", &caps).await;
    site.call_out("13800138000").await.expect("the first one");
    let offered = carrier.offered().await;
    carrier.accept(offered.leg).await;
    carrier.answered().await;
    carrier.hang_up(offered.leg).await;
    carrier.ended().await;
    site.records(CallDirection::Outgoing).await;
    assert_eq!(site.call_out("13800138000").await, Err(EndCause::CallingOutCapReached));
    let site = site.again(&caps).await;
    assert_eq!(site.call_out("13800138000").await, Err(EndCause::CallingOutCapReached));
    site.end().await;
}

#[tokio::test]
async fn an_invite_that_is_never_acknowledged_makes_nobody_called() {
    let mut carrier = Peer::start(config(1)).await;
    let more = format!("{TRUSTED}{GATEWAY}");
    let site = Site::start("ack", &carried_by(&carrier, &more)).await;
    let forger = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    forger.connect(("127.0.0.1", site.port())).await.expect("a route");
    forger.send(invite("13800138001", site.port(), &forger).as_bytes()).await.expect("sent");
    let mut answer = [0; 4096];
    loop {
        let len = forger.recv(&mut answer).await.expect("an answer");
        if answer[..len].starts_with(b"SIP/2.0 200") {
            break;
        }
    }
    // Whoever confirms is put through; the forger's callee would have been called before.
    let mut caller = Peer::start(config(2)).await;
    caller.dial("13800138002", site.port(), "ann").await;
    caller.answered().await;
    let offered = carrier.offered().await;
    assert_eq!(offered.called.user(), "+8613800138002");
    // Nobody vouches for the name that the caller gives.
    assert_eq!(offered.calling.user(), "+861012345678");
    carrier.accept(offered.leg).await;
    carrier.answered().await;
    carrier.hang_up(offered.leg).await;
    assert_eq!(caller.ended().await, EndCause::Normal, "the pair ends together");
    site.end().await;
}

fn invite(user: &str, port: u16, from: &UdpSocket) -> String {
    let local = from.local_addr().expect("bound");
    let body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
        m=audio 40002 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n";
    format!(
        "INVITE sip:{user}@127.0.0.1:{port} SIP/2.0\r\n\
         Via: SIP/2.0/UDP {local};branch=z9hG4bKforged;rport\r\nMax-Forwards: 70\r\n\
         From: <sip:bob@127.0.0.1>;tag=forged\r\nTo: <sip:{user}@127.0.0.1>\r\n\
         Call-ID: forged\r\nCSeq: 1 INVITE\r\nContact: <sip:bob@{local}>\r\n\
         Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// What an operator reads of a record's explanation.
fn told(record: &CallRecord) -> String {
    let kept = serde_json::from_str(&record.explanation).expect("JSON");
    crate::explanation::from_json(&kept).expect("an explanation").to_text(Lang::En)
}

#[tokio::test]
async fn a_stranger_is_put_through_by_an_open_rule_only_and_its_refusal_is_explained() {
    let mut carrier = Peer::start(config(1)).await;
    let open = "[[rule]]\nname = \"open\"\nopen = true\nmatch = '(?P<n>21\\d{8})'\n\
        to = 'gateway:carrier:${n}'\n";
    let site = Site::start("stranger", &carried_by(&carrier, &format!("{GATEWAY}{open}"))).await;
    let mut caller = Peer::start(config(2)).await;
    caller.dial("13800138000", site.port(), "ann").await;
    assert_eq!(caller.ended().await, EndCause::Forbidden);
    let [record] = site.records(CallDirection::Incoming).await.try_into().expect("one");
    assert_eq!(record.cause, Some(EndCause::CallingOutBarred));
    let told = told(&record);
    assert!(told.contains("rule 1 (out): matched"), "{told}");
    caller.dial("2155550000", site.port(), "ann").await;
    let offered = carrier.offered().await;
    assert_eq!(offered.called.user(), "+862155550000");
    carrier.hang_up(offered.leg).await;
    caller.ended().await;
    site.end().await;
}

#[tokio::test]
async fn a_call_that_nothing_takes_is_recorded_with_its_explanation() {
    let site = Site::start("refused", "").await;
    let mut caller = Peer::start(config(2)).await;
    caller.dial("4711", site.port(), "ann").await;
    assert_eq!(caller.ended().await, EndCause::NotFound);
    let [record] = site.records(CallDirection::Incoming).await.try_into().expect("one");
    assert_eq!(record.cause, Some(EndCause::NotFound));
    let told = told(&record);
    assert!(told.contains("no name and no rule takes this call"), "{told}");
    assert!(record.called.is_some_and(|called| called.contains("4711")));
    site.end().await;
}

#[tokio::test]
async fn a_registered_user_is_called_at_its_name_and_its_numbers_though_calling_out_is_off() {
    let user = "[[user]]\nname = \"room1\"\npassword = \"secret1\"\naliases = [\"2001\"]\n";
    let site = Site::start("user", user).await;
    let mut room = Peer::start(device("room1", "secret1", site.port())).await;
    site.registered("room1").await;
    let caller = Peer::start(config(2)).await;
    for called in ["room1", "2001"] {
        let leg = caller.dial(called, site.port(), "ann").await;
        let offered = room.offered().await;
        assert_eq!((offered.calling.user(), offered.display_name.as_str()), ("ann", "Ann"));
        room.accept(offered.leg).await;
        room.answered().await;
        caller.hang_up(leg).await;
        assert_eq!(room.ended().await, EndCause::Normal);
    }
    site.end().await;
}

#[tokio::test]
async fn a_trunks_number_leads_by_its_rule_into_a_conference() {
    let did = "[[trunk]]\nname = \"carrier\"\nsources = [\"127.0.0.0/8\"]\n[[rule]]\n\
        match = '\\+861085550000'\ntrunk = \"carrier\"\nto = \"conference:1001\"\n";
    let site = Site::start("did", did).await;
    let mut news = site.bridge.news();
    let mut carrier = Peer::start(config(1)).await;
    carrier.dial("01085550000", site.port(), "13800138000").await;
    carrier.answered().await;
    let joined = tokio::time::timeout(PATIENCE, news.recv()).await.expect("in time");
    assert!(matches!(joined.expect("news").event, Event::ParticipantJoined { .. }));
    let keys: Vec<Arc<str>> = site.bridge.live().keys();
    assert_eq!(keys, [Arc::from("conference-1001")]);
    site.end().await;
}

/// Two calls of one caller with a password: an INVITE and its challenge, then an INVITE with
/// credentials, each counted once.
#[tokio::test]
async fn an_invite_counts_once_against_the_rate_though_its_caller_proves_itself() {
    let more = "[rate]\ncalls_per_second = 1\nburst = 4\nexempt = []\n\
        [[user]]\nname = \"room1\"\npassword = \"secret1\"\n";
    let site = Site::start("rate", more).await;
    let mut line = super::peer::trunk("bridge", site.port());
    let (username, password) = ("room1".to_owned(), "secret1".to_owned());
    line.credentials = Some(causeway_adapter::sip::Credentials { realm: None, username, password });
    let mut caller = config(2);
    caller.trunks = vec![line];
    let mut caller = Peer::start(caller).await;
    for _ in 0..2 {
        caller.dial_by("1001", "bridge", "room1").await;
        caller.answered().await;
    }
    site.end().await;
}
