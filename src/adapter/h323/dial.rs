//! Calls that go out: where they lead, the connection, the Setup.

use super::call::{Call, terms};
use super::config::H323Config;
use super::facts::Path;
use super::locate::Target;
use super::shared::{Life, Seat, Shared};
use super::wire::Wire;
use causeway_base::{Alias, EndCause};
use causeway_conference::{LegCommand, LegEvent, PortAddress};
use causeway_plan::OfferPolicy;
use causeway_proto::h323::address;
use causeway_proto::h323::call::Placing;
use causeway_proto::h323::session::Command;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long one connection may take.
const CONNECT: Duration = Duration::from_secs(6);

/// What the bridge calls itself where it has no number.
const OURSELVES: &str = "Causeway";

/// A call that we make.
struct Dialled {
    target: Target,
    calling: Alias,
    display_name: String,
    private: bool,
    policy: OfferPolicy,
    media: PortAddress,
}

/// Calls out, as a task of its own.
pub(super) fn dial(shared: &Arc<Shared>, command: LegCommand) {
    let LegCommand::Dial { leg, target, calling, display_name, private, policy, media, .. } =
        command
    else {
        return;
    };
    let seat = shared.seat(leg);
    let dialled = match (Target::parse(&target), media.ports()) {
        (Some(target), Some(media)) => {
            Ok(Dialled { target, calling, display_name, private, policy: *policy, media })
        }
        (None, _) => Err(EndCause::BadAddress),
        (_, None) => Err(EndCause::Internal),
    };
    tokio::spawn(run(Arc::clone(shared), seat, dialled));
}

async fn run(shared: Arc<Shared>, mut seat: Seat, dialled: Result<Dialled, EndCause>) {
    let leg = seat.leg;
    let _present = shared.present();
    let connected = match dialled {
        Ok(dialled) => {
            let mut life = shared.life.subscribe();
            tokio::select! {
                connected = connect(&shared, &dialled.target) => {
                    connected.map(|connected| (dialled, connected))
                }
                cause = given_up(&mut seat) => Err(cause),
                _ = life.wait_for(|life| *life == Life::Stopping) => Err(EndCause::Draining),
            }
        }
        Err(cause) => Err(cause),
    };
    match connected {
        Ok((dialled, (stream, remote))) => place(&shared, seat, dialled, stream, remote).await,
        Err(cause) => {
            // Nobody is told of it any more after this.
            drop(seat);
            let _ = shared.events.send(LegEvent::Ended { leg, cause }).await;
        }
    }
}

/// Waits until the leg is told to end.
async fn given_up(seat: &mut Seat) -> EndCause {
    loop {
        match seat.commands.recv().await {
            Some(LegCommand::End { cause, .. } | LegCommand::Reject { cause, .. }) => return cause,
            Some(_) => {}
            None => return EndCause::Internal,
        }
    }
}

async fn connect(shared: &Shared, target: &Target) -> Result<(TcpStream, SocketAddr), EndCause> {
    for way in shared.locator.locate(target).await {
        if let Ok(Ok(stream)) = timeout(CONNECT, TcpStream::connect(way)).await {
            return Ok((stream, way));
        }
    }
    Err(EndCause::Unreachable)
}

async fn place(
    shared: &Arc<Shared>,
    seat: Seat,
    dialled: Dialled,
    stream: TcpStream,
    remote: SocketAddr,
) {
    let leg = seat.leg;
    let Ok(local) = stream.local_addr() else {
        drop(seat);
        let _ = shared.events.send(LegEvent::Ended { leg, cause: EndCause::Unreachable }).await;
        return;
    };
    if shared.events.send(LegEvent::Carried { leg, trunk: None }).await.is_err() {
        return;
    }
    let path = Path { remote, local: local.ip() };
    let source = SocketAddr::new(shared.locals.advertised(local.ip()), local.port());
    let command = setup(&shared.config, dialled, remote, source);
    let wire = Wire::new(stream, &shared.config);
    let mut call = Call::outgoing(shared, wire, path, seat);
    call.begin(command);
    call.run().await;
}

fn setup(config: &H323Config, dialled: Dialled, remote: SocketAddr, source: SocketAddr) -> Command {
    let Dialled { target, calling, display_name, private, policy, media } = dialled;
    let number = calling.user();
    let from = if private || number.is_empty() { OURSELVES } else { number };
    let display = match display_name.as_str() {
        _ if private => String::new(),
        "" => OURSELVES.to_owned(),
        name => name.to_owned(),
    };
    let random = crate::random::seed();
    let (identifier, conference) = random.split_at(16);
    let bytes = |half: &[u8]| -> [u8; 16] { half.try_into().unwrap_or_default() };
    let reference = u16::from_be_bytes([bytes(identifier)[0], bytes(conference)[0]]);
    Command::Place {
        placing: Box::new(Placing {
            call_reference: (reference & 0x7fff).max(1),
            call_identifier: bytes(identifier),
            conference: bytes(conference),
            from: vec![address::alias(from)],
            display,
            to: (!target.user.is_empty())
                .then(|| address::alias(&target.user))
                .into_iter()
                .collect(),
            destination: Some(remote),
            source: Some(source),
            fast_start: vec![],
            overlap: false,
        }),
        terms: Box::new(terms(policy, media, remote.ip())),
        fast: config.fast_start,
    }
}
