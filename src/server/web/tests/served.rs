//! The page over real sockets: beside the API, with TLS and without, below a prefix.

use super::*;
use crate::api::{BridgeBackend, Listener, Sockets};
use crate::store::Tokens;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a plain connection answers to a request.
async fn plain(port: u16, path: &str) -> String {
    let mut connection = TcpStream::connect(("127.0.0.1", port)).await.expect("connected");
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.expect("written");
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.expect("read");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn page_and_api_are_served_below_the_prefix_and_without_it_plain_to_this_machine() {
    let directory = std::env::temp_dir().join(format!("causeway-served-{}", std::process::id()));
    let text = format!(
        "[node]\nstate_dir = {:?}\n[h323]\nlisten = []\n[sip]\nudp = [\"127.0.0.1:0\"]\ntcp = []\ntls = []\n\
         [api]\nlisten = [\"127.0.0.1:0\"]\n[web]\nhttp = [\"127.0.0.1:0\"]\nprefix = \"/bridge\"\n\
         [media]\nrealtime = false\n[webrtc]\nudp_port = 0\n",
        directory.display().to_string()
    );
    let config = Config::parse("test.toml", &text, &|_| None).expect("valid");
    let mut bridge = Bridge::start(config.clone()).await.expect("a bridge");
    let tokens = Tokens::open(bridge.store().clone()).await.expect("tokens");
    let sockets = Sockets::bind(&config).await.expect("bound");
    let cards = Arc::new(bridge.cards(&config, sockets.bound()));
    let base = cards.addresses.web.clone().expect("a page");
    let site = Site::new(&bridge, &config, cards.clone(), None);
    let backend = Arc::new(BridgeBackend::new(&bridge, tokens, cards));
    let page = routes(&site, Router::new());
    let listener = Listener::start(&config, sockets, backend, page).await.expect("served");
    let port = listener.bound().http[0].port();
    assert_eq!(base, format!("http://localhost:{port}/bridge"), "the port that the system chose");
    for (path, status) in [
        ("/bridge/j/m1", 200),
        ("/j/m1", 200),
        ("/bridge/healthz", 200),
        ("/healthz", 200),
        ("/bridge/api/v1/openapi.json", 200),
        ("/bridges/j/m1", 404),
        ("/bridge/bridge/j/m1", 404),
        ("/bridge", 404),
        ("/bridge/../etc/passwd", 404),
        ("/bridge/api/v1/probe/rtc", 405),
    ] {
        let answer = plain(port, path).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {answer}");
    }
    let mut tls = TcpStream::connect(listener.bound().https[0]).await.expect("connected");
    tls.write_all(b"GET /j/m1 HTTP/1.1\r\n\r\n").await.expect("written");
    let mut answer = Vec::new();
    let _ = tls.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "nothing in clear where TLS is spoken");
    listener.close().await;
    bridge.leave().await;
    bridge.stopped().await;
    std::fs::remove_dir_all(&directory).expect("clean up");
}
