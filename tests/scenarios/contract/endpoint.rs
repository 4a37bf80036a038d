//! Who takes part in a conference.

use super::place::Place;
use crate::{
    browser::Browser,
    conference::VOICE,
    peer::{Baresip, H323Room, Line, PATIENCE, Start, Transport, free_port, talk},
    sound::{Wave, tone},
};
use causeway_proto::h323::session::Command;
use std::{
    net::{Ipv4Addr, TcpListener},
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

/// What is judged of what somebody hears.
pub(super) const JUDGED: Duration = Duration::from_secs(2);

/// One that takes part, with a tone for its voice. Dropping it lets it go.
pub(super) trait Endpoint: Sized {
    /// It calls numbers; else it comes by a link.
    const DIALS: bool = true;

    /// Whom a host muted is asked before it is heard again.
    const ASKS_BEFORE_IT_IS_HEARD: bool = false;

    /// Calls, and waits for nothing.
    fn call(place: &Place, name: &str, alias: &str, hertz: f64) -> Self;

    /// Calls, and waits until sound flows.
    fn enter(place: &Place, name: &str, alias: &str, hertz: f64) -> Self;

    /// Is called by a meeting, and answers.
    fn be_called(_place: &Place, _name: &str, _meeting: &str, _hertz: f64) -> Self {
        unreachable!("nobody calls it");
    }

    fn hold(&mut self, _held: bool) {
        unreachable!("it holds nobody");
    }

    fn press(&mut self, _keys: &str) {
        unreachable!("it has no keys");
    }

    /// Sends no sound any more, or does again.
    fn rest(&mut self, rests: bool);

    fn has_ended(&mut self) -> bool;

    fn wait_for_end(&mut self);

    /// Keeps what it heard last.
    fn listen(&mut self);

    /// Hangs up; what it kept.
    fn leave(self) -> Vec<Wave>;
}

/// A telephone of SIP.
pub(super) struct Telephone {
    phone: Baresip,
    /// Where in the recording is what it kept.
    kept: Vec<Duration>,
}

impl Endpoint for Telephone {
    fn call(place: &Place, name: &str, alias: &str, hertz: f64) -> Self {
        let mut phone = Baresip::start(name, Line::PLAIN, &tone(hertz, 2 * VOICE));
        phone.dial(alias, place.bridge.port(Transport::Udp));
        Self { phone, kept: Vec::new() }
    }

    fn enter(place: &Place, name: &str, alias: &str, hertz: f64) -> Self {
        let mut phone = Baresip::start(name, Line::PLAIN, &tone(hertz, 2 * VOICE));
        phone.call(alias, place.bridge.port(Transport::Udp));
        Self { phone, kept: Vec::new() }
    }

    fn be_called(place: &Place, name: &str, meeting: &str, hertz: f64) -> Self {
        let line = Line { port: free_port(), ..Line::PLAIN };
        let mut phone = Baresip::start(name, line, &tone(hertz, 2 * VOICE));
        place.call_out(meeting, &format!("sip:{name}@127.0.0.1:{}", line.port));
        phone.await_call();
        Self { phone, kept: Vec::new() }
    }

    fn hold(&mut self, held: bool) {
        if held {
            self.phone.hold()
        } else {
            self.phone.resume()
        }
        self.phone.wait_for("CALL_REMOTE_SDP");
    }

    fn press(&mut self, keys: &str) {
        for key in keys.chars() {
            self.phone.send_digit(key);
            talk(Duration::from_millis(250));
        }
    }

    fn rest(&mut self, rests: bool) {
        self.phone.freeze(rests);
    }

    fn has_ended(&mut self) -> bool {
        self.phone.has_heard_of("CALL_CLOSED")
    }

    fn wait_for_end(&mut self) {
        self.phone.wait_for("CALL_CLOSED");
    }

    fn listen(&mut self) {
        self.kept.push(self.phone.in_call().saturating_sub(JUDGED));
    }

    fn leave(mut self) -> Vec<Wave> {
        self.phone.hang_up();
        if self.kept.is_empty() {
            return Vec::new();
        }
        let heard = self.phone.heard();
        self.kept.iter().map(|at| heard.part(*at, JUDGED)).collect()
    }
}

/// A room of H.323.
pub(super) struct Room {
    room: H323Room,
    kept: Vec<Wave>,
}

impl Endpoint for Room {
    fn call(place: &Place, name: &str, alias: &str, hertz: f64) -> Self {
        let port = place.bridge.h323();
        let room = H323Room::dial(name, alias, port, Start::USUAL, hertz, None);
        Self { room, kept: Vec::new() }
    }

    fn enter(place: &Place, name: &str, alias: &str, hertz: f64) -> Self {
        let room = H323Room::call(name, alias, place.bridge.h323(), Start::USUAL, hertz);
        Self { room, kept: Vec::new() }
    }

    fn be_called(place: &Place, name: &str, meeting: &str, hertz: f64) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let at = listener.local_addr().expect("bound");
        // It waits in the backlog until it is answered.
        place.call_out(meeting, &format!("h323:8001@{at}"));
        let room = H323Room::await_call(name, &listener, Start::USUAL, hertz);
        room.wait_until_talking(true);
        Self { room, kept: Vec::new() }
    }

    fn hold(&mut self, held: bool) {
        self.room.tell(Command::Hold(held));
        self.room.wait_until_talking(!held);
    }

    fn press(&mut self, keys: &str) {
        self.room.press(keys);
    }

    fn rest(&mut self, rests: bool) {
        self.room.rest(rests);
    }

    fn has_ended(&mut self) -> bool {
        self.room.has_ended()
    }

    fn wait_for_end(&mut self) {
        self.room.wait_for_end();
    }

    fn listen(&mut self) {
        self.kept.push(self.room.heard(JUDGED));
    }

    fn leave(self) -> Vec<Wave> {
        self.kept
    }
}

/// A browser.
pub(super) struct Page {
    runtime: tokio::runtime::Handle,
    browser: Option<Browser>,
    speaking: JoinHandle<()>,
    kept: Vec<Wave>,
}

impl Page {
    fn browser(&self) -> &Browser {
        self.browser.as_ref().expect("it is there")
    }
}

impl Endpoint for Page {
    const DIALS: bool = false;
    const ASKS_BEFORE_IT_IS_HEARD: bool = true;

    fn call(place: &Place, name: &str, alias: &str, hertz: f64) -> Self {
        Self::enter(place, name, alias, hertz)
    }

    fn enter(place: &Place, name: &str, alias: &str, hertz: f64) -> Self {
        let (address, link) = place.link(alias);
        let runtime = place.runtime.handle().clone();
        let (browser, speaking) = runtime.block_on(async {
            let browser = Box::pin(Browser::come(address, &link, name)).await;
            let speaking = browser.peer.speak(&tone(hertz, JUDGED));
            (browser, speaking)
        });
        Self { runtime, browser: Some(browser), speaking, kept: Vec::new() }
    }

    fn rest(&mut self, rests: bool) {
        self.browser().peer.rest(rests);
    }

    fn has_ended(&mut self) -> bool {
        self.browser().is_gone()
    }

    fn wait_for_end(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while !self.has_ended() {
            assert!(Instant::now() < deadline, "the bridge keeps a browser");
            talk(Duration::from_millis(20));
        }
    }

    fn listen(&mut self) {
        self.kept.push(self.browser().peer.heard());
    }

    fn leave(mut self) -> Vec<Wave> {
        self.speaking.abort();
        if let Some(browser) = self.browser.take() {
            self.runtime.block_on(browser.leave());
        }
        std::mem::take(&mut self.kept)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.speaking.abort();
    }
}
