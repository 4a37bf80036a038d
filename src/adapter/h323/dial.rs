//! Calls that go out: where they lead, the connection, the Setup.

use super::awaited::Made;
use super::call::{Call, Onward, terms};
use super::config::H323Config;
use super::facts::Path;
use super::locate::Target;
use super::ras::{CallKey, CallRequest, Reach};
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
        // It is a call for as long as it lasts, and larger than all before it.
        Ok(connected) => Box::pin(place(shared, seat, dialled.clone(), connected)).await,
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

/// Where a call goes.
enum Way {
    /// To the first of these that takes a connection.
    To(Vec<SocketAddr>),
    /// To a room that made the connection itself.
    Made(Box<Made>),
}

/// A connection to whom we call.
struct Connected {
    made: Made,
    /// The room made it, from behind a firewall.
    inside: bool,
    /// A gatekeeper put this name in place of the one that was dialled.
    name: Option<String>,
}

async fn connect(shared: &Shared, leg: LegId, dialled: &Dialled) -> Result<Connected, EndCause> {
    let (way, name) = match dialled.target.host.as_str() {
        "" => admitted(shared, leg, dialled).await?,
        _ => (Way::To(shared.locator.locate(&dialled.target).await), None),
    };
    let ways = match way {
        Way::To(ways) => ways,
        Way::Made(made) => return Ok(Connected { made: *made, inside: true, name }),
    };
    for remote in ways {
        if let Ok(Ok(stream)) = timeout(CONNECT, TcpStream::connect(remote)).await {
            let local = stream.local_addr().map_err(|_| EndCause::Unreachable)?;
            let wire = Wire::new(stream, &shared.config);
            let path = Path { remote, local: local.ip() };
            return Ok(Connected { made: Made { wire, path, place: None }, inside: false, name });
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
) -> Result<(Way, Option<String>), EndCause> {
    let to = |address| Way::To(vec![address]);
    let ras = shared.config.ras.as_ref().ok_or(EndCause::Unreachable)?;
    let name = &dialled.target.user;
    if let Some(room) = ras.room(name) {
        if room.reach == Reach::Direct {
            return Ok((to(room.call), None));
        }
        let made = shared.awaited.made(ras, &room, dialled.identifier).await;
        let made = made.ok_or(EndCause::Unreachable)?;
        return Ok((Way::Made(Box::new(made)), None));
    }
    if let Some(address) = ras.find(name).await {
        return Ok((to(address), None));
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
    Ok((to(address), admitted.to.into_iter().next()))
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
    let Connected { made: Made { wire, path, place }, inside, name } = connected;
    if let Some(name) = name {
        dialled.target.user = name;
    }
    let leg = seat.leg;
    shared.events.send(LegEvent::Carried { leg, trunk: None }).await.ok()?;
    let source = SocketAddr::new(shared.locals.advertised(path.local), wire.local_port());
    let command = setup(&shared.config, dialled, path.remote, source);
    let mut call = Call::outgoing(shared, wire, path, seat);
    if inside {
        call.peer_is_inside(place);
    }
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
