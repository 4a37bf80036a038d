//! Calls that whom we call leads elsewhere: as far as anybody may be called there, and not in
//! circles.

use super::node::{Node, PATIENCE, config};
use crate::h323::H323Config;
use crate::h323::redirect::MAX_REDIRECTIONS;
use causeway_base::EndCause;
use causeway_conference::{LegCommand, LegEvent};
use causeway_proto::h323::call::{self, Call, Command, Event, Input, Output, Redirection};
use causeway_proto::h323::{address, h245, session};
use causeway_wire::tpkt::{self, TpktStream};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Who leads all calls elsewhere.
struct Secretary {
    at: SocketAddr,
    calls: Arc<AtomicUsize>,
}

impl Secretary {
    /// `answers`: she takes them first. `to` is told where she is.
    async fn start(answers: bool, to: impl FnOnce(SocketAddr) -> Redirection) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("bound");
        let (to, calls) = (to(at), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&calls);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(lead(stream, answers, to.clone()));
            }
        });
        Self { at, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

async fn lead(mut stream: TcpStream, answers: bool, to: Redirection) {
    let mut call = Call::new(call::Config {
        endpoint: session::endpoint("Secretary", "1"),
        tunnelling: true,
        ring_patience: PATIENCE,
        control: h245::Config::new(50, [9; 32]),
    });
    let mut packets = TpktStream::default();
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut bytes).await {
        packets.push(&bytes[..count]).expect("in frame");
        while let Some(packet) = packets.take().expect("in frame").map(<[u8]>::to_vec) {
            call.handle_input(Instant::now(), Input::Signalling(&packet));
        }
        loop {
            match call.poll_output() {
                Output::Signalling(packet) => {
                    let packet = tpkt::frame(&packet).expect("short");
                    let _ = stream.write_all(&packet).await;
                }
                Output::Event(Event::Offered(_)) => {
                    let answer = answers.then(|| Command::Answer(Box::default()));
                    let lead = Command::Redirect(Box::new(to.clone()));
                    for command in answer.into_iter().chain([lead]) {
                        call.handle_input(Instant::now(), Input::Command(command));
                    }
                }
                Output::Timeout(_) => break,
                _ => {}
            }
        }
    }
}

fn to(name: Option<&str>, address: SocketAddr) -> Redirection {
    let to = name.map(address::alias).into_iter().collect();
    Redirection { to, address: Some(address), route: name.is_none() }
}

fn led_where(allowed: impl Fn(&str) -> bool + Send + Sync + 'static) -> Node {
    Node::start(H323Config { leads_on: Arc::new(allowed), ..config() })
}

#[tokio::test]
async fn a_call_goes_on_where_it_is_led_as_the_same_leg() {
    for name in [Some("8002"), None] {
        let mut theirs = Node::start(config());
        let there = theirs.address();
        let secretary = Secretary::start(false, |_| to(name, there)).await;
        let allowed = format!("h323:{}@{there}", name.unwrap_or("8001"));
        let mut ours = led_where(move |target| target == allowed);
        let leg = ours.dial("8001", secretary.at);
        let offered = theirs.offered().await;
        assert_eq!(offered.called.user(), name.unwrap_or("8001"), "another way to the same one");
        theirs.accept(offered.leg);
        ours.talks().await;
        ours.tell(LegCommand::End { leg, cause: EndCause::Normal });
        assert_eq!((ours.ended().await, secretary.calls()), (EndCause::Normal, 1));
        assert!(ours.h323.shared.legs.is_empty());
    }
}

#[tokio::test]
async fn nobody_is_called_where_the_operator_allows_nobody() {
    let mut theirs = Node::start(config());
    let there = theirs.address();
    let secretary = Secretary::start(false, |_| to(Some("8002"), there)).await;
    let mut ours = led_where(|_| false);
    ours.dial("8001", secretary.at);
    assert_eq!(ours.ended().await, EndCause::CallingOutBarred);
    // The next call there is the first.
    ours.dial("8003", there);
    assert_eq!(theirs.offered().await.called.user(), "8003");
}

#[tokio::test]
async fn who_is_led_in_circles_gives_up() {
    let secretary = Secretary::start(false, |here| to(Some("8001"), here)).await;
    let mut ours = led_where(|_| true);
    ours.dial("8001", secretary.at);
    assert_eq!(ours.ended().await, EndCause::LoopDetected);
    assert_eq!(secretary.calls(), MAX_REDIRECTIONS + 1);
    assert!(ours.h323.shared.legs.is_empty());
}

#[tokio::test]
async fn a_call_that_stands_stays_and_one_that_is_led_can_be_given_up() {
    let theirs = Node::start(config());
    let there = theirs.address();
    let secretary = Secretary::start(true, |_| to(Some("8002"), there)).await;
    let mut ours = led_where(|_| panic!("nobody is led anywhere"));
    let leg = ours.dial("8001", secretary.at);
    ours.until(|event| matches!(event, LegEvent::Answered { .. }).then_some(())).await;
    ours.tell(LegCommand::End { leg, cause: EndCause::Removed });
    assert_eq!(ours.ended().await, EndCause::Removed);

    let mut theirs = theirs;
    let secretary = Secretary::start(false, |_| to(Some("8002"), there)).await;
    let mut ours = led_where(|_| true);
    let leg = ours.dial("8001", secretary.at);
    // Told while it is here or there.
    ours.tell(LegCommand::End { leg, cause: EndCause::Cancelled });
    assert_eq!(ours.ended().await, EndCause::Cancelled);
    ours.dial("8003", there);
    let mut called = theirs.offered().await;
    if called.called.user() == "8002" {
        called = theirs.offered().await;
    }
    assert_eq!(called.called.user(), "8003");
}
