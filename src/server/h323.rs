//! What the H.323 adapter is told at the start of a bridge.

use crate::config::Config;
use crate::explanation::to_json;
use crate::front_desk::FrontDesk;
use crate::journal::Journal;
use crate::record::Draft;
use causeway_adapter::admission::{self, Admission, Refused};
use causeway_adapter::h323::H323Config;
use causeway_adapter::h323::H323Handle;
use causeway_adapter::h323::ras::{
    AdmissionRequest, By, Decision, GatekeeperConfig, Neighbour, Ras, RasConfig, RasError,
    RasEvent, RasHandle, RoomCall,
};
use causeway_adapter::leg_ids::LegIds;
use causeway_base::{Alias, EndCause, LegId};
use causeway_conference::Protocol;
use causeway_dial::{Destination, Explanation, IncomingCall, RateLimit, RateRule};
use jiff::{SignedDuration, Timestamp};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc;

/// Wishes of gatekeepers that may wait: one a call, in a burst.
const MAX_WISHES: usize = 256;

/// The resolution of the times that rooms say.
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// As a configuration says, with the admission that all calls share.
pub(crate) fn config(
    config: &Config,
    legs: LegIds,
    desk: &Arc<FrontDesk>,
    admission: Admission,
    refused: Refused,
    ras: Option<RasHandle>,
) -> H323Config {
    let h323 = &config.h323;
    let (desk, caller) = (Arc::clone(desk), Arc::clone(desk));
    H323Config {
        control_ports: Some(h323.control_ports.clone()),
        advertised: config.advertised.clone(),
        tunnelling: h323.tunnelling,
        fast_start: h323.fast_start,
        ring_patience: h323.ring,
        dscp: h323.dscp,
        keep_alive: h323.keep_alive,
        limits: h323.limits,
        admission,
        refused,
        leads: Arc::new(move |call| leads(&desk, call)),
        leads_on: Arc::new(move |target| caller.outgoing().leads_on(target)),
        ras,
        gatekeepers: h323.gatekeepers().collect(),
        nameservers: config.nameservers.clone(),
        ..H323Config::new(h323.listen.clone(), legs)
    }
}

/// Whether a name, a rule or a registered room takes a call.
fn leads(desk: &FrontDesk, call: &admission::IncomingCall) -> bool {
    let asked = IncomingCall {
        called: &call.called,
        calling: &call.calling,
        trunk: None,
        local: call.local,
    };
    is_taken(&desk.destination_for(&asked, &call.proof, call.source.ip()).1)
}

fn is_taken(explanation: &Explanation) -> bool {
    explanation.names().iter().any(|step| step.found) || explanation.taken_by().is_some()
}

/// Starts our gatekeeper and our registration at another's, where there are such. What they want of
/// calls comes by the queue.
pub(crate) async fn gatekeepers(
    config: &Config,
    desk: &Arc<FrontDesk>,
    seed: [u8; 32],
) -> Result<Option<(RasHandle, mpsc::Receiver<RasEvent>)>, RasError> {
    let h323 = &config.h323;
    let Some(call_address) = h323.listen.first().copied() else { return Ok(None) };
    if h323.gatekeeper.is_none() && h323.upstream.is_none() {
        return Ok(None);
    }
    let gatekeeper = h323.gatekeeper.as_ref().map(|own| {
        let (desk, neighbours) = (Arc::clone(desk), own.neighbours.clone());
        let routed = own.routed;
        GatekeeperConfig {
            listen: own.listen,
            discovery: own.discovery.clone(),
            identifier: own.identifier.clone(),
            time_to_live: own.time_to_live,
            bandwidth: own.bandwidth,
            routed: own.routed,
            users: own.users.clone(),
            open: own.open.clone(),
            neighbours: own.neighbours.clone(),
            admission: Arc::new(move |request| admit(&desk, routed, &neighbours, request)),
        }
    });
    let product = ("Causeway".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    let ras = RasConfig {
        call_address,
        advertised: config.advertised.clone(),
        product,
        gatekeeper,
        upstream: h323.upstream.clone(),
        seed,
    };
    let (wishes, wished) = mpsc::channel(MAX_WISHES);
    let ras = Ras::start(ras, wishes).await?;
    desk.know_rooms(ras.clone());
    Ok(Some((ras, wished)))
}

/// Where a registered room may call: another room whose own address it dialled; then what the dial
/// plan knows, so that no room takes a conference's number by registering it; then another room;
/// then who neighbours may know. Whom nobody knows is asked at the reception. A neighbour learns
/// where names of ours are. `routed`: other rooms are called by way of us.
fn admit(
    desk: &FrontDesk,
    routed: bool,
    neighbours: &[Neighbour],
    request: &AdmissionRequest,
) -> Decision {
    let to_room = |room| if routed { Decision::Here } else { Decision::Direct(room) };
    if let Some(room) = request.at {
        // Names that the other room alone knows are lost on a call by way of us.
        let inner = !request.called.is_empty() && request.room != request.at;
        return if inner { Decision::Direct(room) } else { to_room(room) };
    }
    let local = request.here.ip();
    let from = request.calling.first().cloned().unwrap_or_default();
    let calling = Alias::H323 { user: from, host: request.source.ip().to_string() };
    let known = request.called.iter().filter_map(|name| {
        let called = Alias::H323 { user: name.clone(), host: local.to_string() };
        let call = IncomingCall { called: &called, calling: &calling, trunk: None, local };
        let (destination, explanation) = desk.destination(&call);
        is_taken(&explanation).then_some(destination)
    });
    let known: Vec<Destination> = known.collect();
    // A user of ours is where its room is, if that is registered.
    let is_user = |place: &Destination| matches!(place, Destination::User(_));
    // Neighbours are asked for the first name.
    let first = request.called.first().map(|name| name.to_lowercase()).unwrap_or_default();
    let fits = |prefix: &String| first.starts_with(&prefix.to_lowercase());
    match (&request.by, request.room) {
        _ if !known.iter().all(is_user) => Decision::Here,
        (_, Some(room)) => to_room(room),
        _ if !known.is_empty() => Decision::Here,
        (By::Neighbour, None) => Decision::Refuse(EndCause::NotFound),
        (By::Room(_), None) if neighbours.iter().flat_map(|one| &one.prefixes).any(fits) => {
            Decision::Neighbour
        }
        (By::Room(_), None) => Decision::Here,
    }
}

/// Does what gatekeepers want of calls, and records those of which only our gatekeeper heard, until
/// they are gone.
pub(crate) fn obey(
    h323: H323Handle,
    (desk, journal): (&Arc<FrontDesk>, &Arc<Journal>),
    rate: RateRule,
    mut wishes: mpsc::Receiver<RasEvent>,
) {
    let (desk, journal) = (Arc::clone(desk), Arc::clone(journal));
    // A room that asks and gives up a thousand times a second fills no disk.
    let mut recorded = RateLimit::new(rate);
    tokio::spawn(async move {
        while let Some(wish) = wishes.recv().await {
            match wish {
                RasEvent::RoomCalled(call) if recorded.take(Instant::now(), call.source) => {
                    journal.record(Box::new(draft(&desk, &call)));
                }
                wish => h323.gatekeeper_wants(&wish),
            }
        }
    });
}

/// What is kept of a call between rooms: our own times, and those that the room said where they lie
/// within.
fn draft(desk: &FrontDesk, call: &RoomCall) -> Draft {
    let alias =
        |name: &String, host: IpAddr| Alias::H323 { user: name.clone(), host: host.to_string() };
    let (called, calling) = (alias(&call.called, call.here), alias(&call.calling, call.source));
    let asked = IncomingCall { called: &called, calling: &calling, trunk: None, local: call.here };
    // It has no leg, and its record no use for one.
    let mut draft = Draft::begun(LegId(0), Protocol::H323, false);
    let now = draft.started;
    draft.started = Timestamp::try_from(call.began).unwrap_or(now).min(now);
    let within = |seconds: Option<u32>| {
        let at = Timestamp::from_second(seconds?.into()).ok()?;
        // Of whole seconds the first may have begun before.
        let at = at.max(draft.started.min(at + SECOND));
        (draft.started..=now).contains(&at).then_some(at)
    };
    let (answered, ended) = (within(call.usage.connected), within(call.usage.ended));
    draft.answered = answered;
    draft.ended = Some(ended.unwrap_or(now));
    draft.ended(call.usage.cause.unwrap_or(EndCause::Normal));
    draft.explanation = to_json(&desk.destination(&asked).1.kept()).to_string();
    draft.source = Some(call.source);
    draft.called = called.to_string();
    draft.calling = calling.to_string();
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meeting::Meetings;
    use causeway_adapter::h323::ras::{CallKey, Usage};
    use std::net::SocketAddr;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_call_between_rooms_is_kept_with_the_times_that_its_room_says_if_they_can_be() {
        let desk = crate::tests::front_desk::desk_with(None);
        let now = SystemTime::now();
        let began = now - Duration::from_secs(100);
        let seconds = |at: SystemTime| {
            let since = at.duration_since(SystemTime::UNIX_EPOCH).expect("later");
            u32::try_from(since.as_secs()).expect("before 2106")
        };
        let kept = |connected, ended, cause| {
            let call = RoomCall {
                calling: "7001".to_owned(),
                called: "7002".to_owned(),
                source: [192, 0, 2, 8].into(),
                here: [192, 0, 2, 5].into(),
                began,
                usage: Usage { connected, ended, cause },
            };
            draft(&desk, &call)
        };
        let said = seconds(now);
        let busy = Some(EndCause::Busy);
        let whole = kept(Some(said - 80), Some(said - 20), busy);
        assert_eq!(whole.answered.map(Timestamp::as_second), Some(i64::from(said) - 80));
        assert_eq!(whole.ended.map(Timestamp::as_second), Some(i64::from(said) - 20));
        assert_eq!((whole.cause, &whole.called[..]), (busy, "h323:7002@192.0.2.5"));
        assert_eq!(&whole.calling[..], "h323:7001@192.0.2.8");
        assert!(whole.explanation.contains("7002"), "{}", whole.explanation);
        // Its clock is years away.
        let wrong = kept(Some(1), Some(said + 1_000_000), None);
        assert_eq!((wrong.answered, wrong.cause), (None, Some(EndCause::Normal)));
        assert!(wrong.ended.expect("now").as_second() >= i64::from(said));
        // It was answered in the second in which it was asked for.
        let at_once = kept(Some(seconds(began)), None, None);
        assert_eq!(at_once.answered, Some(at_once.started));
    }

    #[test]
    fn a_room_of_a_user_is_called_where_it_registered_and_a_conference_keeps_its_number() {
        let text = "[node]\nstate_dir = \"/nonexistent\"\n\
            [[user]]\nname = \"room9\"\npassword = \"hunter2\"\naliases = [\"9009\"]\n\
            [[conference]]\nname = \"One\"\naliases = [\"1001\"]\nopen = true\n";
        let config = Config::parse("test.toml", text, &|_| None).expect("valid");
        let meetings = Arc::new(Meetings::fixed(config.conferences.clone()));
        let desk = FrontDesk::new(crate::bridge::rules(&config), meetings);
        let room: SocketAddr = "192.0.2.9:1720".parse().expect("an address");
        let ask = |by: By, name: &str, room: Option<SocketAddr>| {
            admit(&desk, false, &[], &request(by, &[name], room, None))
        };
        for name in ["9009", "room9"] {
            assert_eq!(ask(By::Neighbour, name, Some(room)), Decision::Direct(room), "{name}");
            assert_eq!(ask(By::Neighbour, name, None), Decision::Here, "by SIP, perhaps: {name}");
        }
        assert_eq!(ask(By::Neighbour, "1001", Some(room)), Decision::Here);
        assert_eq!(ask(By::Neighbour, "7777", Some(room)), Decision::Direct(room));
        let nowhere = Decision::Refuse(EndCause::NotFound);
        assert_eq!(ask(By::Neighbour, "7777", None), nowhere);

        let by = || By::Room(CallKey { identifier: [1; 16], answer: false });
        for (routed, called, named, at, expected) in [
            (true, &["7777"][..], Some(room), None, Decision::Here),
            (true, &[], None, Some(room), Decision::Here),
            (false, &[], None, Some(room), Decision::Direct(room)),
            (false, &["1001"], None, Some(room), Decision::Direct(room)),
            // By way of us it would come into our conference.
            (true, &["1001"], None, Some(room), Decision::Direct(room)),
            (true, &["7777"], Some(room), Some(room), Decision::Here),
        ] {
            let asked = request(by(), called, named, at);
            assert_eq!(admit(&desk, routed, &[], &asked), expected, "{routed} {called:?} {at:?}");
        }
    }

    fn request(
        by: By,
        called: &[&str],
        room: Option<SocketAddr>,
        at: Option<SocketAddr>,
    ) -> AdmissionRequest {
        AdmissionRequest {
            by,
            called: called.iter().map(|name| (*name).to_owned()).collect(),
            destination: at,
            here: "192.0.2.5:1720".parse().expect("an address"),
            calling: vec!["7007".to_owned()],
            user: None,
            source: "192.0.2.8:1719".parse().expect("an address"),
            bandwidth: 0,
            room,
            at,
        }
    }
}
