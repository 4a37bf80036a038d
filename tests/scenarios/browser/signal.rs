//! The WebSocket of a browser, spoken by a program. Shared with `benches/room`.

use causeway_adapter::webrtc::message::{ClientMessage, SUBPROTOCOL, ServerMessage};
use futures_util::{SinkExt as _, StreamExt as _};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream, rustls::pki_types::ServerName};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest as _, http::HeaderValue},
};

/// The version of the words.
const VERSION: u16 = 1;

/// A browser's WebSocket.
pub(crate) struct Signal {
    socket: WebSocketStream<TlsStream<TcpStream>>,
}

impl Signal {
    /// Opens the door of a bridge.
    pub(crate) async fn open(bridge: SocketAddr) -> Self {
        let stream = TcpStream::connect(bridge).await.expect("the bridge listens");
        stream.set_nodelay(true).expect("a socket");
        let anyone = causeway_server::load::wire::client_config().expect("TLS");
        let name = ServerName::IpAddress(bridge.ip().into());
        let stream = TlsConnector::from(anyone).connect(name, stream).await.expect("TLS");
        let url = format!("wss://{bridge}/api/v1/signal");
        let mut request = url.into_client_request().expect("an address");
        let subprotocol = HeaderValue::from_static(SUBPROTOCOL);
        request.headers_mut().insert("sec-websocket-protocol", subprotocol);
        let (socket, _) = client_async(request, stream).await.expect("a WebSocket");
        Self { socket }
    }

    /// Comes by a link. Anything else than a welcome is a failure.
    pub(crate) async fn join(&mut self, token: &str, name: &str) {
        self.say(&hello(token, name)).await;
        self.wait(|said| match said {
            ServerMessage::Welcome { .. } => Some(()),
            _ => None,
        })
        .await;
    }

    /// Offers, and waits for the answer.
    pub(crate) async fn offer(&mut self, sdp: String) -> String {
        self.say(&ClientMessage::Offer { sdp }).await;
        self.wait(|said| match said {
            ServerMessage::Answer { sdp } => Some(sdp),
            _ => None,
        })
        .await
    }

    /// Says a word.
    pub(crate) async fn say(&mut self, word: &ClientMessage) {
        let text = serde_json::to_string(word).expect("JSON");
        self.socket.send(Message::text(text)).await.expect("the bridge listens");
    }

    /// Waits for what is wanted of the words to come. A refusal or an end is a failure.
    pub(crate) async fn wait<T>(
        &mut self,
        mut wanted: impl FnMut(ServerMessage) -> Option<T>,
    ) -> T {
        while let Some(frame) = self.socket.next().await {
            let Message::Text(text) = frame.expect("the WebSocket holds") else { continue };
            let said: ServerMessage = serde_json::from_str(&text).expect("a known word");
            if matches!(said, ServerMessage::Refused(_) | ServerMessage::Ended(_)) {
                panic!("the bridge says {text}");
            }
            if let Some(found) = wanted(said) {
                return found;
            }
        }
        panic!("the bridge closed the WebSocket");
    }

    /// Leaves, and waits until the bridge has taken leave.
    pub(crate) async fn leave(&mut self) {
        self.say(&ClientMessage::Leave {}).await;
        self.until_over().await;
    }

    /// Reads and forgets, as long as the WebSocket lives.
    pub(crate) async fn drain(&mut self) {
        while let Some(Ok(_)) = self.socket.next().await {}
    }

    /// Reads and forgets, until the bridge says that it is over.
    pub(crate) async fn until_over(&mut self) {
        while let Some(Ok(frame)) = self.socket.next().await {
            let Message::Text(text) = frame else { continue };
            if let Ok(ServerMessage::Ended(_)) = serde_json::from_str(&text) {
                return;
            }
        }
    }
}

/// The first word of a browser.
pub(crate) fn hello(token: &str, name: &str) -> ClientMessage {
    ClientMessage::Hello {
        version: VERSION,
        token: token.to_owned(),
        name: name.to_owned(),
        lang: "en".to_owned(),
        pin: None,
        seat: None,
        test: None,
    }
}
