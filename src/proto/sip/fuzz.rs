//! Bodies of the fuzz targets of SIP.

use super::registrar::{self, Registrar};
use super::{Carrier, Command, Config, Endpoint, Event, Flow, Input, Invite, Output};
use bytes::Bytes;
use causeway_base::{EndCause, LegId};
use sip_codec::{Limits, Message, SipUri, parse_datagram};
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

#[allow(clippy::disallowed_methods, reason = "any instant will do as the zero of a virtual clock")]
fn zero() -> Instant {
    Instant::now()
}

/// After this long every timer without a call has run out.
const LONG: Duration = Duration::from_secs(300);

/// An endpoint, its clock and what its calls came to.
struct World {
    endpoint: Endpoint,
    now: Instant,
    begun: HashSet<LegId>,
    ended: HashMap<LegId, usize>,
    sent: Vec<Bytes>,
    next: u64,
}

impl World {
    fn new() -> Self {
        Self {
            endpoint: Endpoint::new(Config::new([7; 32])),
            now: zero(),
            begun: HashSet::new(),
            ended: HashMap::new(),
            sent: Vec::new(),
            next: 0,
        }
    }

    fn flow(carrier: Carrier) -> Flow {
        let local = SocketAddr::from(([192, 0, 2, 2], 5060));
        Flow {
            carrier,
            socket: 0,
            local,
            remote: SocketAddr::from(([192, 0, 2, 1], 5060)),
            name: None,
        }
    }

    fn input(&mut self, input: Input) {
        self.endpoint.handle_input(self.now, input);
        self.drain();
    }

    fn receive(&mut self, carrier: Carrier, text: &[u8]) {
        let (flow, size) = (Self::flow(carrier), text.len());
        let bytes = Bytes::copy_from_slice(text);
        self.input(match parse_datagram(&bytes, &Limits::DEFAULT) {
            Ok(message) => Input::Received { flow, message, size },
            Err(error) => Input::Malformed { flow, error, size },
        });
    }

    fn drain(&mut self) {
        loop {
            match self.endpoint.poll_output() {
                Output::Timeout(_) => return,
                Output::Transmit { bytes, .. } => {
                    let read = parse_datagram(&bytes, &Limits::DEFAULT);
                    assert!(read.is_ok(), "we sent what cannot be read");
                    self.sent.push(bytes);
                }
                Output::Event(Event::Invited { flow, request, size, .. }) => {
                    self.next += 1;
                    let call = LegId(self.next);
                    self.begun.insert(call);
                    let admit = Input::Command(Command::Admit { call, flow, request, size });
                    self.endpoint.handle_input(self.now, admit);
                }
                Output::Event(Event::Ended { call, .. }) => {
                    *self.ended.entry(call).or_default() += 1;
                }
                Output::Event(_) => {}
            }
        }
    }

    fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while let Output::Timeout(Some(at)) = self.endpoint.poll_output() {
            if at > end {
                break;
            }
            self.now = self.now.max(at);
            self.endpoint.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    fn command(&mut self, action: u8, call: LegId) {
        let sdp = Bytes::from_static(b"v=0");
        let command = match action % 10 {
            0 => {
                self.next += 1;
                self.begun.insert(LegId(self.next));
                let flow = Self::flow(Carrier::Udp);
                let target = SipUri::new(flow.remote.ip()).into();
                let from = SipUri::new(flow.local.ip()).into();
                let invite = Invite::new(LegId(self.next), flow, target, from);
                let offer = (action < 128).then_some(sdp);
                Command::Invite(Box::new(Invite { offer, ..invite }))
            }
            1 => Command::Progress { call, status: 183, sdp: Some(sdp), reliable: action < 128 },
            2 | 3 => Command::Answer { call, sdp },
            4 => Command::Reject { call, cause: EndCause::Busy },
            5 => Command::Reoffer { call, sdp },
            6 => Command::AnswerReoffer { call, sdp },
            7 => Command::RejectReoffer { call },
            8 => Command::Info { call, content_type: "application/dtmf", body: sdp },
            _ => Command::Hangup { call, cause: EndCause::Normal },
        };
        self.input(Input::Command(command));
    }

    /// In the end nothing is left, and every call ended once.
    fn finish(mut self) {
        for number in 1..=self.next {
            self.command(9, LegId(number));
        }
        self.wait(LONG);
        for call in &self.begun {
            assert_eq!(self.ended.get(call), Some(&1), "{call}");
        }
        assert_eq!((self.endpoint.calls(), self.endpoint.kept()), (0, (0, 0)));
    }
}

/// Messages as they come, cut at each zero byte; the first byte of a piece is the carrier and
/// how long nothing comes after it.
pub fn sip_transaction_sequence(data: &[u8]) {
    let mut world = World::new();
    for piece in data.split(|byte| *byte == 0) {
        let Some((first, text)) = piece.split_first() else { continue };
        let carrier = if first & 1 == 0 { Carrier::Udp } else { Carrier::Tcp };
        world.receive(carrier, text);
        world.wait(Duration::from_millis(u64::from(*first) * 50));
    }
    world.finish();
}

/// A peer that speaks SIP well but in any order: each byte pair is a command of ours, a response
/// to a request of ours, or a request in the dialog of one of our messages.
pub fn sip_dialog_sequence(data: &[u8]) {
    let mut world = World::new();
    world.receive(Carrier::Udp, PEER_INVITE.as_bytes());
    for pair in data.chunks_exact(2).take(256) {
        let (kind, value) = (pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0));
        match kind % 4 {
            0 => world.command(value, LegId(1 + u64::from(kind / 4) % world.next.max(1))),
            1 => answer_one(&mut world, kind / 4, value),
            2 => ask_one(&mut world, kind / 4, value),
            _ => world.wait(Duration::from_millis(u64::from(value) * 100)),
        }
    }
    world.finish();
}

const PEER_INVITE: &str = "INVITE sip:room@192.0.2.2 SIP/2.0\r\n\
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKpeer;rport\r\nMax-Forwards: 70\r\n\
From: <sip:peer@192.0.2.1>;tag=p\r\nTo: <sip:room@192.0.2.2>\r\nCall-ID: peer\r\n\
CSeq: 1 INVITE\r\nContact: <sip:peer@192.0.2.1:5060>\r\nSupported: timer, 100rel\r\n\
Content-Type: application/sdp\r\nContent-Length: 3\r\n\r\nv=0";

const STATUSES: [u16; 12] = [100, 180, 183, 200, 200, 401, 408, 422, 481, 486, 491, 503];

/// A response to one of the requests that the endpoint sent.
fn answer_one(world: &mut World, which: u8, value: u8) {
    let requests = world.sent.iter().filter(|bytes| !bytes.starts_with(b"SIP/2.0"));
    let Some(bytes) = pick(requests.collect(), which) else { return };
    let Ok(Message::Request(request)) = parse_datagram(&bytes, &Limits::DEFAULT) else { return };
    let status = STATUSES.get(usize::from(value) % STATUSES.len()).copied().unwrap_or(200);
    let Some(status) = sip_codec::StatusCode::new(status) else { return };
    let mut response = request.response(status);
    let tag = if value < 128 { "one" } else { "two" };
    super::core::stateless::add_to_tag(&mut response.headers, &tag.into());
    for (name, text) in [
        (sip_codec::HeaderName::Contact, "<sip:peer@192.0.2.1:5060>"),
        (sip_codec::HeaderName::ContentType, "application/sdp"),
        (sip_codec::HeaderName::Allow, "UPDATE"),
        (sip_codec::HeaderName::SessionExpires, "90;refresher=uac"),
        (sip_codec::HeaderName::MinSe, "120"),
    ] {
        response.headers.push_raw(name, text);
    }
    if status == 183_u16 && value & 64 != 0 {
        response.headers.push_raw(sip_codec::HeaderName::Require, "100rel");
        response.headers.push_raw(sip_codec::HeaderName::RSeq, (value / 8).to_string());
    }
    response.body = Bytes::from_static(b"v=0");
    world.receive(Carrier::Udp, &response.to_bytes());
}

const METHODS: [&str; 10] =
    ["ACK", "BYE", "INVITE", "UPDATE", "PRACK", "INFO", "OPTIONS", "CANCEL", "REFER", "ACK"];

/// A request in the dialog that one of the endpoint's messages belongs to.
fn ask_one(world: &mut World, which: u8, value: u8) {
    let Some(bytes) = pick(world.sent.iter().collect(), which) else { return };
    let Ok(message) = parse_datagram(&bytes, &Limits::DEFAULT) else { return };
    let headers = message.headers();
    let Some(call_id) = super::read::call_id(headers) else { return };
    let (ours, theirs) = match &message {
        Message::Request(_) => (super::read::from_tag(headers), super::read::to_tag(headers)),
        Message::Response(_) => (super::read::to_tag(headers), super::read::from_tag(headers)),
    };
    let method = METHODS.get(usize::from(value) % METHODS.len()).copied().unwrap_or("BYE");
    let (seq, branch) = (1 + u32::from(value / 16), world.sent.len());
    let branch = if method == "CANCEL" { "peer".to_owned() } else { branch.to_string() };
    let text = format!(
        "{method} sip:room@192.0.2.2 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{branch};rport\r\nMax-Forwards: 70\r\n\
         From: <sip:peer@192.0.2.1>;tag={}\r\nTo: <sip:room@192.0.2.2>;tag={}\r\n\
         Call-ID: {call_id}\r\nCSeq: {seq} {method}\r\nContact: <sip:peer@192.0.2.1:5060>\r\n\
         RAck: {} {seq} INVITE\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{}",
        theirs.unwrap_or_else(|| "one".into()),
        ours.unwrap_or_default(),
        u32::from(which),
        if value & 8 == 0 { 3 } else { 0 },
        if value & 8 == 0 { "v=0" } else { "" },
    );
    world.receive(Carrier::Udp, text.as_bytes());
}

/// A registrar under requests of three users in any order: each triple of bytes is a request
/// (who, what, which contact), an event of its connection, or time that passes.
pub fn sip_register(data: &[u8]) {
    let mut now = zero();
    let mut registrar = Registrar::new(registrar::Config::default());
    for step in data.chunks_exact(3).take(256) {
        let &[kind, what, which] = step else { continue };
        let carrier = if which & 1 == 0 { Carrier::Udp } else { Carrier::Tcp };
        let mut flow = World::flow(carrier);
        flow.remote.set_port(u16::from(which / 2 % 8));
        let user = ["a", "b", "c"].get(usize::from(kind / 16) % 3).copied().unwrap_or("a");
        match kind % 8 {
            0 => now += Duration::from_secs(u64::from(what) * 8),
            1 => registrar.flow_closed(flow),
            2 => registrar.handle_timeout(now),
            3 => registrar.remove(user),
            _ => ask_registrar(&mut registrar, now, flow, user, what, which),
        }
        let bound: usize =
            ["a", "b", "c"].iter().map(|user| registrar.lookup(now, user).len()).sum();
        assert!(bound <= registrar.len() && registrar.len() <= 3 * registrar::MAX_BINDINGS);
        assert_eq!(registrar.poll_timeout().is_none(), registrar.is_empty());
    }
    let mut known = 0_i64;
    while let Some(event) = registrar.poll_event() {
        match event {
            registrar::Event::Unregistered { .. } => known -= 1,
            registrar::Event::Registered { .. } => known += 1,
        }
    }
    // A device that moved to another way is told of once more.
    assert!(known >= 0);
    registrar.handle_timeout(now + Duration::from_secs(86_400));
    assert!(registrar.is_empty() && registrar.poll_timeout().is_none());
}

const REGISTER_LINES: [&str; 10] = [
    "",
    "Contact: *\r\nExpires: 0\r\n",
    "Contact: *\r\n",
    "Contact: <sip:NN@192.0.2.1>\r\n",
    "Contact: <sip:NN@192.0.2.1>;expires=0\r\n",
    "Contact: <sip:NN@192.0.2.1>;expires=70;q=0.3, <sip:other@192.0.2.1>\r\nExpires: 100\r\n",
    "Contact: <sip:x@192.0.2.1>;reg-id=NN;+sip.instance=\"<urn:1>\"\r\nSupported: outbound\r\n",
    "Contact: <sip:NN@192.0.2.1>;+sip.instance=\"<urn:2>\"\r\n",
    "Contact: <sip:NN@192.0.2.1>;expires=NN\r\nPath: <sip:p;lr>\r\n",
    "Contact: NN\r\nExpires: NN\r\n",
];

fn ask_registrar(
    registrar: &mut Registrar,
    now: Instant,
    flow: Flow,
    user: &str,
    what: u8,
    which: u8,
) {
    let lines = REGISTER_LINES.get(usize::from(what) % REGISTER_LINES.len()).copied();
    let lines = lines.unwrap_or_default().replace("NN", &which.to_string());
    let text = format!(
        "REGISTER sip:192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
         From: <sip:{user}@192.0.2.2>;tag=1\r\nTo: <sip:{user}@192.0.2.2>\r\n\
         Call-ID: {}\r\nCSeq: {} REGISTER\r\n{lines}Content-Length: 0\r\n\r\n",
        what / 10 % 3,
        which / 4,
    );
    let Ok(Message::Request(request)) = parse_datagram(&Bytes::from(text), &Limits::DEFAULT) else {
        return;
    };
    let answer = registrar.register(now, &request, flow, user);
    assert!((200..600).contains(&answer.status));
}

/// One of the last few.
fn pick(messages: Vec<&Bytes>, which: u8) -> Option<Bytes> {
    let recent: Vec<_> = messages.into_iter().rev().take(8).cloned().collect();
    recent.get(usize::from(which) % recent.len().max(1)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_order_of_dialog_messages_ends_well(
            data in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            sip_dialog_sequence(&data);
        }

        #[test]
        fn any_order_of_registrations_ends_well(
            data in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            sip_register(&data);
        }

        #[test]
        fn any_messages_end_well(
            pieces in proptest::collection::vec((any::<u8>(), 0..5usize, "[ -~\r\n]{0,40}"), 0..12),
        ) {
            let mut data = Vec::new();
            for (first, what, noise) in pieces {
                data.push(first.max(1));
                let text = match what {
                    0 => noise,
                    1 => PEER_INVITE.replace("INVITE", "BYE"),
                    2 => PEER_INVITE.replace("INVITE", "CANCEL"),
                    3 => PEER_INVITE.replace("peer", noise.split('\r').next().unwrap_or("p")),
                    _ => PEER_INVITE.to_owned(),
                };
                data.extend_from_slice(text.as_bytes());
                data.push(0);
            }
            sip_transaction_sequence(&data);
        }
    }
}
