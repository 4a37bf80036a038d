//! A SIP caller of the scenarios' own on UDP: it makes one call with the description that it is
//! given, and says yes to what is asked of it in the call.

use super::process::PATIENCE;
use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How often it looks whether the call is over.
const POLL: Duration = Duration::from_millis(50);

/// An INVITE without an answer is sent again after so long (RFC 3261 timer A).
const AGAIN: Duration = Duration::from_millis(500);

pub(crate) struct Caller {
    dialog: Arc<Dialog>,
    listener: Option<JoinHandle<()>>,
}

/// A standing call.
struct Dialog {
    socket: UdpSocket,
    alias: String,
    id: String,
    /// What it calls itself, as a `User-Agent` line, and the name that it shows, before its address.
    agent: String,
    shown: String,
    /// Their To, with its tag.
    to: String,
    /// The description that they answered.
    answer: String,
    over: AtomicBool,
}

impl Caller {
    /// Calls `alias` with `offer`, waits for the answer and confirms it.
    pub(crate) fn call(name: &str, alias: &str, port: u16, offer: &str) -> Self {
        Self::call_as("", name, alias, port, offer)
    }

    /// The same as a product that names itself.
    pub(crate) fn call_as(agent: &str, name: &str, alias: &str, port: u16, offer: &str) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has UDP");
        socket.connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).expect("loopback");
        socket.set_read_timeout(Some(POLL)).expect("a time above zero");
        let own = socket.local_addr().expect("bound").port();
        let mut dialog = Dialog {
            socket,
            alias: alias.to_owned(),
            id: format!("{name}-{own}"),
            agent: said(agent, |agent| format!("User-Agent: {agent}\r\n")),
            shown: said(agent, |_| format!("\"{name}\" ")),
            to: format!("<sip:{alias}@127.0.0.1>"),
            answer: String::new(),
            over: AtomicBool::new(false),
        };
        dialog.invite(name, offer);
        let dialog = Arc::new(dialog);
        let listening = Arc::clone(&dialog);
        let listener = thread::spawn(move || listening.listen());
        Self { dialog, listener: Some(listener) }
    }

    /// The port of the answer's line of this kind.
    pub(crate) fn port_of(&self, kind: &str) -> u16 {
        let answer = &self.dialog.answer;
        let line = answer.split(&format!("m={kind} ")).nth(1).unwrap_or_default();
        let port = line.split(' ').next().and_then(|port| port.parse().ok());
        port.unwrap_or_else(|| panic!("no {kind} in:\n{answer}"))
    }
}

impl Drop for Caller {
    /// Hangs up.
    fn drop(&mut self) {
        self.dialog.over.store(true, Ordering::Relaxed);
        let bye = self.dialog.request("BYE", 2, "");
        let _ = self.dialog.socket.send(bye.as_bytes());
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

impl Dialog {
    fn invite(&mut self, name: &str, offer: &str) {
        let invite = self.request("INVITE", 1, offer);
        let deadline = Instant::now() + PATIENCE;
        let mut sent: Option<Instant> = None;
        let answer = loop {
            assert!(Instant::now() < deadline, "{name}: nobody answers");
            if sent.is_none_or(|sent| sent.elapsed() >= AGAIN) {
                self.socket.send(invite.as_bytes()).expect("loopback");
                sent = Some(Instant::now());
            }
            match self.receive() {
                Some(message) if message.starts_with("SIP/2.0 1") => {}
                Some(message) if message.starts_with("SIP/2.0 200") => break message,
                Some(other) => panic!("{name}: {other}"),
                None => {}
            }
        };
        self.to = header(&answer, "To").expect("an answer has a To").to_owned();
        self.answer = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).expect("SDP");
        self.socket.send(self.request("ACK", 1, "").as_bytes()).expect("loopback");
    }

    fn request(&self, method: &str, number: u32, body: &str) -> String {
        let Self { socket, alias, id, agent, shown, to, .. } = self;
        let own = socket.local_addr().expect("bound");
        let described = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} sip:{alias}@127.0.0.1 SIP/2.0\r\n\
             Via: SIP/2.0/UDP {own};branch=z9hG4bK{method}{number}{id};rport\r\n\
             Max-Forwards: 70\r\nFrom: {shown}<sip:{id}@127.0.0.1>;tag=t{id}\r\nTo: {to}\r\n\
             Call-ID: {id}\r\nCSeq: {number} {method}\r\nContact: <sip:{id}@{own}>\r\n\
             {agent}{described}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    /// Answers requests until the call is over.
    fn listen(&self) {
        while !self.over.load(Ordering::Relaxed) {
            let Some(message) = self.receive() else { continue };
            if message.starts_with("SIP/2.0") {
                continue;
            }
            let same: Vec<_> = ["Via", "From", "To", "Call-ID", "CSeq"]
                .into_iter()
                .filter_map(|name| Some(format!("{name}: {}\r\n", header(&message, name)?)))
                .collect();
            let yes = format!("SIP/2.0 200 OK\r\n{}Content-Length: 0\r\n\r\n", same.concat());
            if !message.starts_with("ACK") {
                let _ = self.socket.send(yes.as_bytes());
            }
        }
    }

    fn receive(&self) -> Option<String> {
        let mut buffer = [0; 65_535];
        match self.socket.recv(&mut buffer) {
            Ok(length) => Some(String::from_utf8_lossy(&buffer[..length]).into_owned()),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                None
            }
            // The bridge is gone.
            Err(_) => None,
        }
    }
}

/// What a product that has a name says.
fn said(agent: &str, say: impl Fn(&str) -> String) -> String {
    if agent.is_empty() { String::new() } else { say(agent) }
}

/// The value of a header's first line.
fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    let lines = message.split("\r\n").take_while(|line| !line.is_empty());
    lines.skip(1).find_map(|line| line.split_once(": ").filter(|it| it.0 == name)).map(|it| it.1)
}
