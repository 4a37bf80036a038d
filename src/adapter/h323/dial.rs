//! Calls that go out: where they lead, the connection, the Setup.

use super::call::{Call, Onward, terms};
use super::config::H323Config;
use super::facts::Path;
use super::locate::Target;
use super::ras::{CallKey, CallRequest};
use super::redirect::{MAX_REDIRECTIONS, redirected};
use super::shared::{Life, Seat, Shared};
use super::upstream::BANDWIDTH;
use super::wire::Wire;
use causeway_base::{Alias, EndCause, LegId};
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
#[derive(Clone)]
struct Dialled {
    /// By what the call and its conference are known, and its call reference.
    identifier: [u8; 16],
    conference: [u8; 16],
    reference: u16,
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
            Ok(Dialled::new(target, calling, (display_name, private), *policy, media))
        }
        (None, _) => Err(EndCause::BadAddress),
        (_, None) => Err(EndCause::Internal),
    };
    tokio::spawn(run(Arc::clone(shared), seat, dialled));
}

/// Calls, and goes on where whom we called leads, as far as that may be.
async fn run(shared: Arc<Shared>, mut seat: Seat, mut next: Result<Dialled, EndCause>) {
    let _present = shared.present();
    for _ in 0..=MAX_REDIRECTIONS {
        let dialled = match next {
            Ok(dialled) => dialled,
            Err(cause) => return lost(&shared, seat, cause).await,
        };
        let key = dialled.key();
        let onward = call(&shared, seat, &dialled).await;
        disengage(&shared, key).await;
        let Some(Onward { seat: same, to }) = onward else { return };
        seat = same;
        next = redirected(&shared, &dialled.target, &to).map(|target| dialled.again(target));
    }
    lost(&shared, seat, EndCause::LoopDetected).await;
}

/// One call of the leg. Where it goes on, if it does.
async fn call(shared: &Arc<Shared>, mut seat: Seat, dialled: &Dialled) -> Option<Onward> {
    let leg = seat.leg;
    let mut life = shared.life.subscribe();
    let connected = tokio::select! {
        connected = connect(shared, leg, dialled) => connected,
        cause = given_up(&mut seat) => Err(cause),
        _ = life.wait_for(|life| *life == Life::Stopping) => Err(EndCause::Draining),
    };
    match connected {
        Ok(connected) => {
            // A whole call: it is not carried about from one to the next.
            Box::pin(place(shared, seat, dialled.clone(), connected)).await
        }
        Err(cause) => {
            lost(shared, seat, cause).await;
            None
        }
    }
}

/// The last word of a leg that is in no call.
async fn lost(shared: &Shared, seat: Seat, cause: EndCause) {
    let leg = seat.leg;
    // Nobody is told of it any more after this.
    drop(seat);
    let _ = shared.events.send(LegEvent::Ended { leg, cause }).await;
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

/// A connection to whom we call.
struct Connected {
    stream: TcpStream,
    remote: SocketAddr,
    /// A gatekeeper put this name in place of the one that was dialled.
    name: Option<String>,
}

async fn connect(shared: &Shared, leg: LegId, dialled: &Dialled) -> Result<Connected, EndCause> {
    let (ways, name) = match dialled.target.host.as_str() {
        "" => admitted(shared, leg, dialled).await.map(|(way, name)| (vec![way], name))?,
        _ => (shared.locator.locate(&dialled.target).await, None),
    };
    for remote in ways {
        if let Ok(Ok(stream)) = timeout(CONNECT, TcpStream::connect(remote)).await {
            return Ok(Connected { stream, remote, name });
        }
    }
    Err(EndCause::Unreachable)
}

/// Where a name without a host is: a room that registered here, by the word of the gatekeeper where
/// we are registered, or at a neighbour's. With the name to call there, where it is another one.
async fn admitted(
    shared: &Shared,
    leg: LegId,
    dialled: &Dialled,
) -> Result<(SocketAddr, Option<String>), EndCause> {
    let ras = shared.config.ras.as_ref().ok_or(EndCause::Unreachable)?;
    let name = &dialled.target.user;
    if let Some(room) = ras.room(name) {
        return Ok((room.call, None));
    }
    if let Some(address) = ras.find(name).await {
        return Ok((address, None));
    }
    if ras.upstream().is_none() {
        return Err(EndCause::NotFound);
    }
    let request = CallRequest {
        key: dialled.key(),
        call_reference: dialled.reference,
        conference: dialled.conference,
        to: vec![name.clone()],
        address: None,
        from: vec![dialled.from().to_owned()],
        bandwidth: BANDWIDTH,
    };
    shared.admitted.insert(dialled.identifier, leg);
    let admitted = ras.admit(request).await?;
    shared.limit(leg, admitted.bandwidth);
    let address = admitted.address.ok_or(EndCause::Unreachable)?;
    Ok((address, admitted.to.into_iter().next()))
}

impl Dialled {
    /// The same for another target: another call of the same conference.
    fn again(self, target: Target) -> Self {
        let Self { conference, calling, display_name, private, policy, media, .. } = self;
        let new = Self::new(target, calling, (display_name, private), policy, media);
        Self { conference, ..new }
    }

    fn new(
        target: Target,
        calling: Alias,
        (display_name, private): (String, bool),
        policy: OfferPolicy,
        media: PortAddress,
    ) -> Self {
        let (random, more) = (crate::random::seed(), crate::random::seed());
        let half = |half: &[u8]| -> [u8; 16] { half.try_into().unwrap_or_default() };
        let (identifier, conference) = random.split_at(16);
        let (identifier, conference) = (half(identifier), half(conference));
        let [high, low, ..] = more;
        let reference = (u16::from_be_bytes([high, low]) & 0x7fff).max(1);
        Self {
            identifier,
            conference,
            reference,
            target,
            calling,
            display_name,
            private,
            policy,
            media,
        }
    }

    const fn key(&self) -> CallKey {
        CallKey { identifier: self.identifier, answer: false }
    }

    /// What we are called.
    fn from(&self) -> &str {
        match self.calling.user() {
            "" => OURSELVES,
            _ if self.private => OURSELVES,
            number => number,
        }
    }
}

/// Forgets an admission, and tells the gatekeeper that the call is over.
async fn disengage(shared: &Shared, key: CallKey) {
    if shared.admitted.remove(&key.identifier).is_some()
        && let Some(ras) = &shared.config.ras
    {
        ras.end(key).await;
    }
}

async fn place(
    shared: &Arc<Shared>,
    seat: Seat,
    mut dialled: Dialled,
    connected: Connected,
) -> Option<Onward> {
    let Connected { stream, remote, name } = connected;
    if let Some(name) = name {
        dialled.target.user = name;
    }
    let leg = seat.leg;
    let Ok(local) = stream.local_addr() else {
        lost(shared, seat, EndCause::Unreachable).await;
        return None;
    };
    shared.events.send(LegEvent::Carried { leg, trunk: None }).await.ok()?;
    let path = Path { remote, local: local.ip() };
    let source = SocketAddr::new(shared.locals.advertised(local.ip()), local.port());
    let command = setup(&shared.config, dialled, remote, source);
    let wire = Wire::new(stream, &shared.config);
    let mut call = Call::outgoing(shared, wire, path, seat);
    call.begin(command);
    call.run().await
}

fn setup(config: &H323Config, dialled: Dialled, remote: SocketAddr, source: SocketAddr) -> Command {
    let from = address::alias(dialled.from());
    let Dialled { target, display_name, private, policy, media, .. } = dialled;
    let display = match display_name.as_str() {
        _ if private => String::new(),
        "" => OURSELVES.to_owned(),
        name => name.to_owned(),
    };
    Command::Place {
        placing: Box::new(Placing {
            call_reference: dialled.reference,
            call_identifier: dialled.identifier,
            conference: dialled.conference,
            from: vec![from],
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
