//! The API over real TLS on loopback.

use super::super::{Listener, Sockets};
use super::*;
use crate::config::Config;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

static DIRECTORIES: AtomicUsize = AtomicUsize::new(0);

struct Served {
    directory: PathBuf,
    listener: Listener,
    client: reqwest::Client,
}

impl Served {
    async fn new(extra: &str) -> Self {
        let number = DIRECTORIES.fetch_add(1, Ordering::Relaxed);
        let name = format!("causeway-api-{}-{number}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        let text = format!(
            "[node]\nstate_dir = {:?}\n[web]\nhttp = [\"127.0.0.1:0\"]\n\
             [api]\nlisten = [\"127.0.0.1:0\"]\n{extra}",
            directory.display().to_string()
        );
        let config = Config::parse("test.toml", &text, &|_| None).expect("valid");
        let sockets = Sockets::bind(&config).await.expect("bound");
        let started = Listener::start(&config, sockets, Arc::new(Fake::new()), Router::new());
        let listener = started.await.expect("started");
        let client = trusting(&directory);
        Self { directory, listener, client }
    }

    fn address(&self) -> SocketAddr {
        self.listener.bound().https[0]
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.address().port())
    }

    async fn end(self) {
        self.listener.close().await;
        std::fs::remove_dir_all(&self.directory).expect("clean up");
    }
}

/// A client that trusts the certificate in a directory, and nobody else.
fn trusting(directory: &std::path::Path) -> reqwest::Client {
    // Another test may have been quicker.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let pem = std::fs::read(directory.join("api-certificate.pem")).expect("made at the start");
    let root = reqwest::Certificate::from_pem(&pem).expect("PEM");
    let builder = reqwest::Client::builder().tls_certs_only([root]).no_proxy();
    builder.build().expect("a client")
}

#[tokio::test]
async fn the_api_is_served_over_tls_with_a_certificate_made_at_the_first_start() {
    let served = Served::new("").await;
    let get = |path: &str| served.client.get(served.url(path));
    let response = get("/healthz").send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    let response = get("/api/v1/meetings").bearer_auth("read").send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    let response = get("/api/v1/meetings").send().await.expect("an answer");
    assert_eq!(response.status(), 401);
    let strangers = reqwest::Client::builder().no_proxy().build().expect("a client");
    assert!(strangers.get(served.url("/healthz")).send().await.is_err(), "not trusted");
    served.end().await;
}

#[tokio::test]
async fn a_certificate_is_replaced_without_a_restart() {
    let served = Served::new("").await;
    for file in ["api-certificate.pem", "api-key.pem"] {
        std::fs::remove_file(served.directory.join(file)).expect("there");
    }
    served.listener.reload();
    let anew = trusting(&served.directory);
    let response = anew.get(served.url("/healthz")).send().await.expect("the new certificate");
    assert_eq!(response.status(), 200);
    std::fs::write(served.directory.join("api-key.pem"), "rubbish").expect("written");
    served.listener.reload();
    let again = trusting(&served.directory);
    assert!(again.get(served.url("/healthz")).send().await.is_ok(), "the old one stays");
    served.end().await;
}

#[tokio::test]
async fn connections_of_one_source_are_counted_and_given_back() {
    let served = Served::new("max_connections_per_source = 2\n").await;
    let mut held = Vec::new();
    for _ in 0..2 {
        held.push(TcpStream::connect(served.address()).await.expect("connected"));
    }
    let mut third = TcpStream::connect(served.address()).await.expect("the system takes it");
    let read = third.read(&mut [0; 1]).await;
    assert!(matches!(read, Ok(0) | Err(_)), "closed at once: {read:?}");
    drop(held);
    let mut answered = false;
    for _ in 0..100 {
        let response = served.client.get(served.url("/healthz")).send().await;
        answered |= response.is_ok_and(|response| response.status() == 200);
        if answered {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(answered, "the places are free again");
    served.end().await;
}

/// Everybody behind a proxy has its address.
#[tokio::test]
async fn a_proxy_that_is_trusted_brings_as_many_as_come() {
    let proxies = "trusted_proxies = [\"127.0.0.0/8\"]\n";
    let served = Served::new(&format!("max_connections_per_source = 1\n{proxies}")).await;
    let mut held = Vec::new();
    for _ in 0..5 {
        held.push(TcpStream::connect(served.address()).await.expect("connected"));
    }
    let response = served.client.get(served.url("/healthz")).send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    drop(held);
    served.end().await;
}

#[tokio::test]
async fn who_does_not_speak_tls_harms_nobody() {
    let served = Served::new("").await;
    let mut stream = TcpStream::connect(served.address()).await.expect("connected");
    stream.write_all(b"GET /healthz HTTP/1.1\r\n\r\n").await.expect("sent");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"));
    let response = served.client.get(served.url("/healthz")).send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    served.end().await;
}

#[tokio::test]
async fn an_open_stream_ends_when_the_server_closes() {
    let served = Served::new("").await;
    let request = served.client.get(served.url("/api/v1/events")).bearer_auth("read");
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    let (body, ()) = tokio::join!(response.text(), served.end());
    assert_eq!(body.expect("ended in order"), "");
}
