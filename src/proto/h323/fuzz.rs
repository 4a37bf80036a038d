//! Bodies of the fuzz targets. Each takes any bytes, must not panic, and checks what it can.

pub use super::session::fuzz::sequence as session_sequence;

use super::call::{self, Call};
use super::h245::{Command, Config, Control, Input, Output};
use super::ras::gatekeeper::{self, Gatekeeper};
use super::ras::{self, Client};
use causeway_asn1::h225::EndpointType;
use causeway_base::EndCause;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Messages that one input of the fuzzer makes at most.
const MAX_STEPS: usize = 64;

/// H.245: whatever arrives in whatever order, each input makes few outputs, and timers end.
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
pub fn control_sequence(data: &[u8]) {
    let mut now = Instant::now();
    let mut control = Control::new(Config::new(190, [7; 32]));
    let mut rest = data;
    for _ in 0..MAX_STEPS {
        let Some((&kind, after)) = rest.split_first() else { break };
        let (message, after) = after.split_at(usize::from(kind >> 2).min(after.len()));
        rest = after;
        match kind & 3 {
            0 => control.handle_input(now, Input::Command(Command::DetermineMaster)),
            1 => {
                now += Duration::from_secs(10);
                control.handle_timeout(now);
            }
            _ => control.handle_input(now, Input::Message(message)),
        }
        drain(&mut control);
    }
    for _ in 0..MAX_STEPS {
        let Some(deadline) = drain(&mut control) else { return };
        now = now.max(deadline);
        control.handle_timeout(now);
    }
    assert_eq!(drain(&mut control), None, "no timer goes on without end");
}

/// A call: whatever arrives on its two connections in whatever order, each input makes few
/// outputs, and it ends.
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
pub fn call_sequence(data: &[u8]) {
    let mut now = Instant::now();
    let mut call = Call::new(call::Config {
        endpoint: EndpointType::default(),
        tunnelling: true,
        ring_patience: Duration::from_secs(60),
        control: Config::new(190, [7; 32]),
    });
    let mut rest = data;
    for _ in 0..MAX_STEPS {
        let Some((&kind, after)) = rest.split_first() else { break };
        let (packet, after) = after.split_at((usize::from(kind >> 3) * 8).min(after.len()));
        rest = after;
        call.handle_input(now, step(kind, packet));
        drain_call(&mut call);
        if kind & 7 == 7 {
            now += Duration::from_secs(10);
            call.handle_timeout(now);
        }
    }
    call.handle_input(now, call::Input::Command(call::Command::End(EndCause::Normal)));
    assert_eq!(drain_call(&mut call), None, "it has ended");
}

fn step(kind: u8, packet: &[u8]) -> call::Input<'_> {
    match kind & 7 {
        0 => call::Input::Command(command(packet)),
        1 => call::Input::Command(call::Command::Answer(Box::default())),
        2 if packet.is_empty() => call::Input::ControlLost,
        2 => call::Input::ControlConnected,
        3 => call::Input::Control(packet),
        4 => call::Input::Command(call::Command::Control(Command::DetermineMaster)),
        _ => call::Input::Signalling(packet),
    }
}

fn command(packet: &[u8]) -> call::Command {
    let address = ([127, 0, 0, 1], 11_000).into();
    match packet.first().map_or(0, |kind| kind % 8) {
        0 => call::Command::Alert,
        1 => call::Command::BeginControl,
        2 => call::Command::AnnounceControl(address),
        3 => call::Command::SettleFastStart(vec![]),
        4 => call::Command::AskDigits,
        5 => call::Command::Progress(8),
        6 => call::Command::Notify(0x79),
        _ => call::Command::Control(Command::EndSession),
    }
}

/// A registration: whatever comes from the gatekeeper, each datagram has one answer at most.
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
pub fn ras_sequence(data: &[u8]) {
    let mut now = Instant::now();
    let gatekeeper = ([127, 0, 0, 1], 1719).into();
    let mut client = Client::new(ras::Config {
        gatekeeper,
        discover: false,
        gatekeeper_identifier: None,
        ras_address: ([127, 0, 0, 2], 1719).into(),
        call_address: ([127, 0, 0, 2], 1720).into(),
        product: Default::default(),
        aliases: vec![],
        time_to_live: Duration::from_secs(60),
        inside: false,
        credentials: data
            .len()
            .is_multiple_of(2)
            .then(|| ("room".to_owned(), ras::Key::of("secret"))),
        clock: ras::Clock { at: now, seconds: 1_700_000_000 },
        seed: [7; 32],
    });
    client.handle_input(now, ras::Input::Command(ras::Command::Start));
    drain_ras(&mut client);
    let mut rest = data;
    for _ in 0..MAX_STEPS {
        let Some((&kind, after)) = rest.split_first() else { break };
        let (data, after) = after.split_at(usize::from(kind >> 2).min(after.len()));
        rest = after;
        if kind & 3 == 0 {
            now += Duration::from_secs(5);
            client.handle_timeout(now);
            drain_ras(&mut client);
        }
        client.handle_input(now, ras::Input::Datagram { from: gatekeeper, data });
        assert!(drain_ras(&mut client) <= 1, "never more than it is asked");
    }
}

/// A gatekeeper that takes everybody: no datagram has more than one answer, and who is not
/// registered never hears more than it said.
#[allow(clippy::disallowed_methods, reason = "an instant to count from")]
pub fn gatekeeper_sequence(data: &[u8]) {
    let mut now = Instant::now();
    let ours = ([127, 0, 0, 1], 1719).into();
    let mut gatekeeper = Gatekeeper::new(gatekeeper::Config {
        identifier: "Causeway".to_owned(),
        time_to_live: Duration::from_secs(120),
        bandwidth: 40_000,
        routed: true,
        users: vec![],
        neighbours: vec![],
        clock: ras::Clock { at: now, seconds: 1_700_000_000 },
        seed: [7; 32],
    });
    let mut rest = data;
    for _ in 0..MAX_STEPS {
        let Some((&kind, after)) = rest.split_first() else { break };
        let (data, after) = after.split_at(usize::from(kind >> 2).min(after.len()));
        rest = after;
        let from = ([127, 0, 0, 2 + (kind & 1)], 1719).into();
        let known = gatekeeper.registrant(from).is_some();
        let mut answers = 0;
        let mut sent = |to, length| {
            answers += 1;
            assert!(to == from && answers == 1 && (known || length <= data.len()));
        };
        let local = gatekeeper::Local { ras: ours, call: ours };
        gatekeeper.handle_input(now, gatekeeper::Input::Datagram { from, local, data });
        if let Some(allowed) = drain_gatekeeper(&mut gatekeeper, &mut sent) {
            gatekeeper.handle_input(now, gatekeeper::Input::Command(allowed));
            drain_gatekeeper(&mut gatekeeper, &mut sent);
        }
        if kind & 2 != 0 {
            now += Duration::from_secs(30);
            gatekeeper.handle_timeout(now);
            // Only who has calls is asked about them.
            drain_gatekeeper(&mut gatekeeper, |to, _| assert!(to != ours));
        }
    }
}

/// The answer to what the gatekeeper asks last.
fn drain_gatekeeper(
    gatekeeper: &mut Gatekeeper,
    mut sent: impl FnMut(SocketAddr, usize),
) -> Option<gatekeeper::Command> {
    let mut allowed = None;
    loop {
        match gatekeeper.poll_output() {
            gatekeeper::Output::Transmit { to, data } => sent(to, data.len()),
            gatekeeper::Output::Event(gatekeeper::Event::Registering(question, _)) => {
                allowed = Some(gatekeeper::Command::Register(question));
            }
            gatekeeper::Output::Event(gatekeeper::Event::Admission { question, here, .. }) => {
                allowed = Some(gatekeeper::Command::Admit(question, here));
            }
            gatekeeper::Output::Event(_) => {}
            gatekeeper::Output::Timeout(_) => return allowed,
        }
    }
}

/// How many datagrams it sends.
fn drain_ras(client: &mut Client) -> usize {
    let mut sent = 0;
    loop {
        match client.poll_output() {
            ras::Output::Transmit { .. } => sent += 1,
            ras::Output::Event(_) => {}
            ras::Output::Timeout(_) => return sent,
        }
    }
}

fn drain_call(call: &mut Call) -> Option<Instant> {
    for _ in 0..1_000 {
        if let call::Output::Timeout(deadline) = call.poll_output() {
            return deadline;
        }
    }
    panic!("one input makes few outputs");
}

fn drain(control: &mut Control) -> Option<Instant> {
    let mut count = 0;
    loop {
        count += 1;
        assert!(count < 1_000, "one input makes few outputs");
        if let Output::Timeout(deadline) = control.poll_output() {
            return deadline;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes(data in prop::collection::vec(any::<u8>(), 0..600)) {
            super::control_sequence(&data);
            super::call_sequence(&data);
            super::ras_sequence(&data);
            super::gatekeeper_sequence(&data);
            super::session_sequence(&data);
        }
    }
}
