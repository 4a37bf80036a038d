use super::super::{Busy, Door, Full, PeerEvent, WebRtcAdapter, WebRtcConfig, WebRtcHandle};
use super::{LEG, accept, offer};
use causeway_base::{EndCause, LegId};
use causeway_conference::{LegCommand, LegEvent};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

fn start(max_legs: usize, half_open: Duration) -> (WebRtcHandle, mpsc::Receiver<LegEvent>) {
    let (events, receiver) = mpsc::channel(16);
    let config = WebRtcConfig { max_legs, ice_lite: true, half_open };
    (WebRtcAdapter::start(config, events), receiver)
}

async fn next<T>(events: &mut mpsc::Receiver<T>) -> Option<T> {
    timeout(PATIENCE, events.recv()).await.expect("something happens")
}

async fn ended(events: &mut mpsc::Receiver<LegEvent>) -> (LegId, EndCause) {
    loop {
        if let LegEvent::Ended { leg, cause } = next(events).await.expect("the adapter runs") {
            return (leg, cause);
        }
    }
}

/// Waits until no leg is left: its place is given up after its last word.
async fn is_empty(handle: &WebRtcHandle) {
    handle.stop(PATIENCE).await;
    assert_eq!(handle.count(), 0);
}

#[tokio::test]
async fn a_leg_from_its_offer_to_its_end() {
    let (handle, mut bridge) = start(1, WebRtcConfig::HALF_OPEN);
    let mut peer = handle.open(LEG, Door::Page).unwrap();
    assert_eq!(handle.open(LegId(8), Door::Page).err(), Some(Full));
    peer.try_offer(offer("first", "sendrecv")).unwrap();
    peer.try_candidate("1 1 udp 9 192.0.2.7 5000 typ host".to_owned()).unwrap();
    handle.try_command(accept(LEG)).unwrap();
    assert!(matches!(next(&mut bridge).await, Some(LegEvent::MediaReady { leg: LEG, .. })));
    assert!(matches!(next(&mut bridge).await, Some(LegEvent::Answered { leg: LEG })));
    let Some(PeerEvent::Answer { sdp }) = next(&mut peer.events).await else { panic!("no answer") };
    assert!(sdp.contains("a=ice-lite\r\n"), "{sdp}");
    assert!(matches!(next(&mut bridge).await, Some(LegEvent::Candidate { leg: LEG, .. })));

    let cause = EndCause::Removed;
    handle.try_command(LegCommand::End { leg: LEG, cause }).unwrap();
    assert_eq!(next(&mut peer.events).await, Some(PeerEvent::Ended { cause }));
    assert_eq!(next(&mut peer.events).await, None);
    assert_eq!(ended(&mut bridge).await, (LEG, cause));
    is_empty(&handle).await;
    peer.try_offer(offer("late", "sendrecv")).unwrap();
    assert!(handle.open(LegId(8), Door::Page).is_ok());
}

#[tokio::test]
async fn a_door_that_goes_away_ends_its_leg() {
    let (handle, mut bridge) = start(2, WebRtcConfig::HALF_OPEN);
    drop(handle.open(LEG, Door::Page).unwrap());
    assert_eq!(ended(&mut bridge).await, (LEG, EndCause::Normal));
    let peer = handle.open(LEG, Door::Page).unwrap();
    peer.end(EndCause::ConferenceLocked);
    drop(peer);
    assert_eq!(ended(&mut bridge).await, (LEG, EndCause::ConferenceLocked));
    is_empty(&handle).await;
}

#[tokio::test]
async fn who_ends_a_leg_that_is_gone_hears_that_it_is_over() {
    let (handle, mut bridge) = start(1, WebRtcConfig::HALF_OPEN);
    let cause = EndCause::Removed;
    handle.try_command(LegCommand::End { leg: LEG, cause }).unwrap();
    assert_eq!(ended(&mut bridge).await, (LEG, cause));
    handle.try_command(LegCommand::Reject { leg: LEG, cause }).unwrap();
    assert_eq!(ended(&mut bridge).await, (LEG, cause));
}

#[tokio::test]
async fn a_peer_that_floods_is_told_so_and_ends_all_the_same() {
    let (handle, mut bridge) = start(1, WebRtcConfig::HALF_OPEN);
    let mut peer = handle.open(LEG, Door::Page).unwrap();
    // Its task has not run yet, and does not before we wait.
    assert!((0..10).any(|_| peer.try_offer(String::new()).is_err()));
    assert!((0..1000).any(|_| peer.try_candidate("x".to_owned()) == Err(Busy)));
    assert_eq!(peer.try_candidate("x".repeat(10_000)), Ok(()), "too long to be one");
    peer.end(EndCause::ProtocolError);
    let cause = EndCause::ProtocolError;
    assert_eq!(next(&mut peer.events).await, Some(PeerEvent::Ended { cause }));
    assert_eq!(ended(&mut bridge).await, (LEG, cause));
    is_empty(&handle).await;
}

/// Offers are answered only as fast as the door takes the answers.
#[tokio::test]
async fn a_door_that_does_not_read_gets_no_further_answers() {
    let (handle, mut bridge) = start(1, WebRtcConfig::HALF_OPEN);
    let mut peer = handle.open(LEG, Door::Page).unwrap();
    handle.try_command(accept(LEG)).unwrap();
    let mut asked = 0;
    while timeout(Duration::from_millis(200), async {
        while peer.try_offer(offer("first", "sendrecv")).is_err() {
            tokio::task::yield_now().await;
            while bridge.try_recv().is_ok() {}
        }
    })
    .await
    .is_ok()
    {
        asked += 1;
        assert!(asked < 100, "it must come to an end");
    }
    let mut answered = 0;
    while answered < asked {
        let event = next(&mut peer.events).await;
        assert!(matches!(event, Some(PeerEvent::Answer { .. })), "{event:?}");
        while bridge.try_recv().is_ok() {}
        answered += 1;
    }
    peer.end(EndCause::Normal);
    is_empty(&handle).await;
}

#[tokio::test]
async fn ten_thousand_half_open_legs_leave_nothing_behind() {
    const MANY: u64 = 10_000;
    let (handle, mut bridge) = start(MANY as usize, Duration::from_millis(500));
    let peers: Vec<_> =
        (0..MANY).map(|leg| handle.open(LegId(leg), Door::Page).expect("there is room")).collect();
    assert_eq!(handle.open(LegId(MANY), Door::Page).err(), Some(Full));
    for (index, peer) in peers.iter().enumerate() {
        match index % 3 {
            // Nothing at all; an offer that nobody takes; the engine's half alone.
            0 => {}
            1 => peer.try_offer(offer("first", "sendrecv")).unwrap(),
            _ => handle.try_command(accept(peer.leg())).unwrap(),
        }
    }
    let mut over = std::collections::HashSet::new();
    for _ in 0..MANY {
        let (leg, cause) = ended(&mut bridge).await;
        assert_eq!(cause, EndCause::SignallingTimeout);
        assert!(over.insert(leg), "one last word each");
    }
    is_empty(&handle).await;
    assert!(bridge.try_recv().is_err());
    for mut peer in peers {
        let cause = EndCause::SignallingTimeout;
        assert_eq!(peer.events.recv().await, Some(PeerEvent::Ended { cause }));
        assert_eq!(peer.events.recv().await, None);
    }
}

#[tokio::test]
async fn stopping_ends_every_leg() {
    let (handle, mut bridge) = start(8, WebRtcConfig::HALF_OPEN);
    let peers: Vec<_> = (0..8).map(|leg| handle.open(LegId(leg), Door::Whep).unwrap()).collect();
    is_empty(&handle).await;
    for _ in 0..8 {
        assert_eq!(ended(&mut bridge).await.1, EndCause::Draining);
    }
    drop(peers);
    let dial = LegCommand::Ring { leg: LEG };
    assert_eq!(handle.try_command(dial), Ok(()), "a leg that is gone ignores it");
}
