//! Pages over real sockets, before a whole bridge with its engine.

mod chat;
mod host;
mod hostile;
mod join;
mod lasting;
mod look;
mod phone;

use super::{Door, Facts, Patience, routes};
use crate::Config;
use crate::bridge::Bridge;
use crate::link::{Kind, Links, NewLink};
use causeway_adapter::webrtc::message::{IceServer, SUBPROTOCOL};
use causeway_conference::Role;
use futures_util::{SinkExt, StreamExt};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

/// The offer of a browser with a microphone.
const OFFER: &str = include_str!("../../../../../fixtures/sdp/webrtc/chrome/microphone.offer.sdp");

/// The conferences of these tests.
const ROOMS: &str = "\
    [[conference]]\nname = \"Board · 例会\"\naliases = [\"100100100\"]\nguests_call_me = true\n\
    [[conference]]\nname = \"Lobby\"\naliases = [\"100100200\"]\nlobby = \"on\"\n\
    [[conference]]\nname = \"Pin\"\naliases = [\"100100300\"]\nhost_pin = \"111222\"\nguest_pin = \"333444\"\n";

const BOARD: &str = "conference-100100100";
const LOBBY: &str = "conference-100100200";
const PIN: &str = "conference-100100300";

/// A bridge with a door for pages.
struct House {
    bridge: Bridge,
    door: Arc<Door>,
    address: SocketAddr,
    directory: PathBuf,
}

/// As short as a test can be, and long enough for a slow machine.
fn patience() -> Patience {
    Patience { seat: Duration::from_secs(3), ..Patience::default() }
}

impl House {
    async fn new(name: &str) -> Self {
        Self::with(name, "", patience()).await
    }

    async fn with(name: &str, more: &str, patience: Patience) -> Self {
        let name = format!("causeway-page-{name}-{}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        let text = format!(
            "[node]\nstate_dir = {:?}\n[h323]\nlisten = []\n[sip]\nudp = [\"127.0.0.1:0\"]\ntcp = []\ntls = []\n\
             [media]\nrealtime = false\n[webrtc]\nudp_port = 0\n{ROOMS}{more}",
            directory.display().to_string()
        );
        let config = Config::parse("test.toml", &text, &|_| None).expect("valid");
        let bridge = Bridge::start(config).await.expect("a bridge");
        let facts = Facts {
            phone: Box::new(|_| Some(("+862155550100".to_owned(), "100100100".to_owned()))),
            ice: Box::new(|who| {
                let urls = vec!["turn:turn.example.com".to_owned()];
                let username = Some(who.participant.to_string());
                vec![IceServer { urls, username, credential: Some("x".to_owned()) }]
            }),
            patience,
        };
        let door = Arc::new(Door::new(&bridge, facts));
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        // What is sent and not read is soon too much, for the connections that it takes.
        rustix::net::sockopt::set_socket_send_buffer_size(&socket, 4096).expect("a size");
        let address = socket.local_addr().expect("an address");
        let router = routes(Arc::clone(&door));
        tokio::spawn(async move { axum::serve(socket, router).await });
        Self { bridge, door, address, directory }
    }

    fn links(&self) -> &Links {
        self.bridge.links()
    }

    /// The standing link of a role.
    fn token(&self, meeting: &str, kind: Kind) -> String {
        let token = self.links().standing(meeting, kind, Timestamp::now());
        token.expect("a meeting").to_string()
    }

    async fn connect(&self) -> Page {
        Page::new(self.address).await
    }

    /// Comes as far as the welcome.
    async fn welcomed(&self, meeting: &str, kind: Kind, name: &str) -> (Page, Value) {
        let mut page = self.connect().await;
        page.hello(&self.token(meeting, kind), name).await;
        let welcome = page.until("welcome").await;
        (page, welcome)
    }

    /// Comes in, with the answer to an offer.
    async fn inside(&self, meeting: &str, kind: Kind, name: &str) -> (Page, Value) {
        let (mut page, welcome) = self.welcomed(meeting, kind, name).await;
        page.say(json!({ "type": "offer", "sdp": OFFER })).await;
        page.until("admitted").await;
        page.until("roster").await;
        (page, welcome)
    }

    /// Waits until nothing is left of anybody.
    async fn empty(&self) {
        let gone = async {
            while self.door.places.count() > 0
                || self.door.seats.count() > 0
                || self.bridge.directory().leg_count() > 0
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let left = timeout(LONG, gone).await;
        assert!(
            left.is_ok(),
            "{} connections, {} seats, {} legs are left",
            self.door.places.count(),
            self.door.seats.count(),
            self.bridge.directory().leg_count()
        );
    }

    async fn end(mut self) {
        self.bridge.leave().await;
        self.bridge.stopped().await;
        self.door.close().await;
        std::fs::remove_dir_all(&self.directory).expect("clean up");
    }
}

/// A page.
struct Page {
    socket: WebSocketStream<TcpStream>,
}

impl Page {
    async fn new(address: SocketAddr) -> Self {
        Self::try_new(address, Some(SUBPROTOCOL)).await.expect("a connection")
    }

    async fn try_new(address: SocketAddr, words: Option<&str>) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/api/v1/signal").into_client_request()?;
        if let Some(words) = words {
            let words = words.parse().expect("a header");
            request.headers_mut().insert("sec-websocket-protocol", words);
        }
        let stream = TcpStream::connect(address).await.expect("a connection");
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await?;
        Ok(Self { socket })
    }

    async fn send(&mut self, message: Message) {
        self.socket.send(message).await.expect("the bridge reads");
    }

    async fn say(&mut self, word: Value) {
        self.send(Message::text(word.to_string())).await;
    }

    async fn hello(&mut self, token: &str, name: &str) {
        self.say(hello(token, name)).await;
    }

    async fn host(&mut self, action: Value) {
        self.say(json!({ "type": "host", "action": action })).await;
    }

    /// The next word.
    async fn next(&mut self) -> Value {
        loop {
            let frame = timeout(LONG, self.socket.next()).await.expect("in time");
            match frame.expect("open").expect("a frame") {
                Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next word of a kind.
    async fn until(&mut self, kind: &str) -> Value {
        self.until_is(kind, |_| true).await
    }

    /// The next word of a kind of which something holds.
    async fn until_is(&mut self, kind: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let mut others = Vec::new();
        for _ in 0..200 {
            let word = self.next().await;
            if word["type"] == kind && holds(&word) {
                return word;
            }
            others.push(word);
        }
        panic!("no {kind} among {others:?}")
    }

    /// Waits until it is closed, and gives the code.
    async fn closed(&mut self) -> Option<u16> {
        loop {
            match timeout(LONG, self.socket.next()).await.expect("in time") {
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Some(match frame.code {
                        CloseCode::Normal => 1000,
                        other => other.into(),
                    });
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// Everything that comes within so long.
    async fn within(&mut self, time: Duration) -> Vec<Value> {
        let until = tokio::time::Instant::now() + time;
        let mut words = Vec::new();
        while let Ok(Some(Ok(frame))) = tokio::time::timeout_at(until, self.socket.next()).await {
            if let Message::Text(text) = frame {
                words.push(serde_json::from_str(&text).expect("JSON"));
            }
        }
        words
    }
}

fn hello(token: &str, name: &str) -> Value {
    json!({ "type": "hello", "version": 1, "token": token, "name": name, "lang": "en" })
}

/// Who somebody is, by the welcome.
fn id(welcome: &Value) -> u64 {
    welcome["seat"]["participant"].as_u64().expect("a participant")
}

fn new_link(role: Role) -> NewLink {
    NewLink { role, name: None, not_before: None, expires: None, uses: None }
}
