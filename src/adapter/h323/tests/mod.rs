//! Calls over real sockets: between two adapters, and from those who do not mean well.
//!
//! * `node`: an adapter. * `hostile`: connections that nobody should make. * `gatekeeper`: calls by
//!   its word. * `crossing`: rooms behind firewalls. * `redirected`: calls led elsewhere. * `room`: one
//!   led by the hand. * `separate`: what it does, H.245 apart.

#[cfg(feature = "h460-traversal")]
mod crossing;
mod gatekeeper;
mod hostile;
mod node;
mod redirected;
mod room;
mod separate;

use super::{Decision, H323Config};
use causeway_base::EndCause;
use causeway_conference::{LegCommand, LegEvent, Protocol};
use causeway_plan::{DigitMethod, Direction};
use node::{Node, config};
use std::sync::Arc;
use std::time::Duration;

/// How the two of a call are set up: who calls, who is called.
fn modes() -> Vec<(&'static str, H323Config, H323Config)> {
    let with = |tunnelling, fast_start| H323Config { tunnelling, fast_start, ..config() };
    vec![
        ("tunnelled", with(true, false), with(true, false)),
        ("the caller does not tunnel", with(false, false), with(true, false)),
        ("the callee does not tunnel", with(true, false), with(false, false)),
        ("fast", with(true, true), with(true, true)),
        ("fast, not tunnelled", with(false, true), with(false, true)),
    ]
}

#[tokio::test]
async fn a_call_is_answered_talks_and_ends_however_it_begins() {
    for (mode, ours, theirs) in modes() {
        let (mut ours, mut theirs) = (Node::start(ours), Node::start(theirs));
        let leg = ours.dial("8001", theirs.address());
        let offered = theirs.offered().await;
        assert_eq!(offered.protocol, Protocol::H323);
        assert_eq!(offered.called.to_string(), "h323:8001@127.0.0.1", "{mode}");
        assert_eq!(offered.calling.to_string(), "h323:7007@127.0.0.1", "{mode}");
        assert_eq!(offered.display_name, "Room 7");
        assert!(offered.user_agent.expect("said").starts_with("Causeway "), "{mode}");
        theirs.tell(LegCommand::Ring { leg: offered.leg });
        theirs.accept(offered.leg);
        let (media, heard) = (ours.talks().await, theirs.talks().await);
        assert_eq!(media.transport.rtp().expect("RTP").remote_rtp.expect("said").port(), 30_000);
        assert_eq!(heard.transport.rtp().expect("RTP").remote_rtp.expect("said").port(), 20_000);
        assert_eq!(media.audio.send.codec, heard.audio.receive[0].codec, "{mode}");

        ours.tell(LegCommand::SendDigits { leg, digits: "1#".into() });
        for expected in ['1', '#'] {
            let pressed = theirs.until(|event| match event {
                LegEvent::Digit { digit, method, .. } => Some((digit, method)),
                _ => None,
            });
            assert_eq!(pressed.await, (expected, DigitMethod::UserInput), "{mode}");
        }

        theirs.tell(LegCommand::End { leg: offered.leg, cause: EndCause::Removed });
        // As Q.850 says it, unless the end of H.245 comes first on a connection of its own.
        let heard = ours.ended().await;
        assert!([EndCause::Declined, EndCause::Normal].contains(&heard), "{mode}: {heard:?}");
        assert_eq!(theirs.ended().await, EndCause::Removed, "{mode}");
        ours.h323.stop(node::PATIENCE).await;
        assert!(
            ours.h323.shared.legs.is_empty() && *ours.h323.shared.tasks.borrow() == 0,
            "{mode}"
        );
    }
}

#[tokio::test]
async fn hold_stops_what_flows_and_resuming_lets_it_flow_again() {
    let (mut ours, mut theirs) = (Node::start(config()), Node::start(config()));
    let leg = ours.dial("8001", theirs.address());
    let offered = theirs.offered().await;
    theirs.accept(offered.leg);
    ours.talks().await;
    theirs.talks().await;
    for (held, direction) in [(true, Direction::Inactive), (false, Direction::SendReceive)] {
        ours.tell(LegCommand::Hold { leg, held });
        theirs
            .until(|event| match event {
                LegEvent::MediaReady { media, .. } => (media.direction == direction).then_some(()),
                _ => None,
            })
            .await;
    }
}

#[tokio::test]
async fn whoever_may_not_call_hears_why_and_is_no_leg() {
    let refused: Arc<std::sync::Mutex<Vec<EndCause>>> = Arc::default();
    let kept = Arc::clone(&refused);
    let strict = H323Config {
        admission: Arc::new(|call| match call.called.user() {
            "8001" => Decision::Refuse(EndCause::Forbidden),
            "8002" => Decision::Authenticate,
            _ => Decision::Admit,
        }),
        refused: Arc::new(move |_, cause| kept.lock().expect("not poisoned").push(cause)),
        ..config()
    };
    let (mut ours, theirs) = (Node::start(config()), Node::start(strict));
    for name in ["8001", "8002"] {
        ours.dial(name, theirs.address());
        assert_eq!(ours.ended().await, EndCause::Declined, "{name}: as Q.850 says it");
    }
    theirs.h323.drain();
    ours.dial("8003", theirs.address());
    ours.ended().await;
    let refused = refused.lock().expect("not poisoned").clone();
    assert_eq!(refused, [EndCause::Forbidden, EndCause::Unauthorized, EndCause::Draining]);
    theirs.h323.stop(Duration::from_secs(5)).await;
    assert!(theirs.h323.shared.legs.is_empty());
}

#[tokio::test]
async fn of_several_names_the_one_that_leads_somewhere_counts() {
    let known = H323Config { leads: Arc::new(|call| call.called.user() == "board"), ..config() };
    let (ours, mut theirs) = (Node::start(config()), Node::start(known));
    ours.dial("board", theirs.address());
    assert_eq!(theirs.offered().await.called.user(), "board");
    ours.dial("nobody", theirs.address());
    assert_eq!(theirs.offered().await.called.user(), "nobody", "whoever asks decides");
}

#[tokio::test]
async fn a_refused_leg_and_one_that_nobody_answers_end_with_their_causes() {
    let (mut ours, mut theirs) = (Node::start(config()), Node::start(config()));
    let leg = ours.dial("8001", theirs.address());
    let offered = theirs.offered().await;
    theirs.tell(LegCommand::Reject { leg: offered.leg, cause: EndCause::Busy });
    assert_eq!((ours.ended().await, theirs.ended().await), (EndCause::Busy, EndCause::Busy));
    // A leg that is gone ignores what it is told.
    ours.tell(LegCommand::End { leg, cause: EndCause::Normal });

    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("bound")
    };
    ours.dial("8001", nobody);
    assert_eq!(ours.ended().await, EndCause::Unreachable);
    ours.dial_target("sip:8001@127.0.0.1".to_owned());
    assert_eq!(ours.ended().await, EndCause::BadAddress);
}

#[tokio::test]
async fn whoever_stops_hangs_up_every_call() {
    let (mut ours, mut theirs) = (Node::start(config()), Node::start(config()));
    ours.dial("8001", theirs.address());
    let offered = theirs.offered().await;
    theirs.accept(offered.leg);
    ours.talks().await;
    theirs.h323.stop(Duration::from_secs(5)).await;
    assert_eq!(theirs.ended().await, EndCause::Draining);
    ours.ended().await;
    let late = tokio::net::TcpStream::connect(theirs.address()).await;
    assert!(late.is_err(), "it listens no more");
}
