//! What no page says.

use super::*;
use crate::tests::Pages;
use causeway_adapter::webrtc::message::MAX_FRAME;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;

#[tokio::test]
async fn who_speaks_other_words_is_not_taken() {
    let house = House::new("words").await;
    for words in [None, Some("causeway.v9")] {
        let Err(Error::Http(response)) = Page::try_new(house.address, words).await else {
            panic!("{words:?} was taken")
        };
        assert_eq!(response.status().as_u16(), 400);
    }
    let mut page = house.connect().await;
    let mut word = hello(&house.token(BOARD, Kind::Guest), "Ann");
    word["version"] = json!(2);
    page.say(word).await;
    assert_eq!(page.next().await["code"], "CW-WEB-003");
    assert_eq!(house.door.places.count(), 1);
    drop(page);
    house.empty().await;
    house.end().await;
}

#[tokio::test]
async fn before_the_first_word_nothing_else_is_taken() {
    let house = House::new("first").await;
    for (frame, code) in [
        (json!({ "type": "mute", "muted": true }).to_string(), "CW-WEB-002"),
        ("{".to_owned(), "CW-WEB-001"),
        ("[".repeat(30_000), "CW-WEB-001"),
    ] {
        let mut page = house.connect().await;
        page.say(json!({ "type": "ping", "id": 7 })).await;
        assert_eq!(page.next().await, json!({ "type": "pong", "id": 7 }));
        page.send(Message::text(frame)).await;
        assert_eq!(page.next().await["code"], code);
        assert_eq!(page.closed().await, Some(1008));
    }
    let mut page = house.connect().await;
    page.send(Message::binary(vec![0; 10])).await;
    assert_eq!(page.closed().await, Some(1003));
    house.empty().await;
    house.end().await;
}

#[tokio::test]
async fn who_says_nothing_is_closed() {
    let patience = Patience { hello: Duration::from_millis(200), ..patience() };
    let house = House::with("silent", "", patience).await;
    let mut page = house.connect().await;
    assert_eq!(page.closed().await, Some(1008));
    house.empty().await;
    house.end().await;
}

#[tokio::test]
async fn a_frame_that_is_too_long_ends_the_connection_and_leaves_the_seat() {
    let house = House::new("long").await;
    let (mut page, welcome) = house.inside(BOARD, Kind::Guest, "Ann").await;
    let fits = json!({ "type": "offer", "sdp": "x".repeat(MAX_FRAME - 60) });
    page.say(fits).await;
    page.until("failed").await;
    let long = json!({ "type": "offer", "sdp": "x".repeat(MAX_FRAME) });
    let _ = page.socket.send(Message::text(long.to_string())).await;
    page.closed().await;
    let mut back = house.connect().await;
    let mut word = hello("", "");
    word["seat"] = welcome["seat"].clone();
    back.say(word).await;
    back.until("welcome").await;
    house.end().await;
}

#[tokio::test]
async fn words_that_cannot_be_read_are_refused_one_by_one_and_then_the_connection() {
    let house = House::new("bad").await;
    let (mut page, _) = house.inside(BOARD, Kind::Guest, "Ann").await;
    for (text, of) in [
        ("{\"type\":\"dance\"}", "dance"),
        ("{\"type\":\"mute\",\"muted\":\"yes\"}", "mute"),
        ("{\"type\":\"leave\",\"now\":true}", "leave"),
        ("{\"type\":\"host\",\"action\":{\"do\":\"rule\"}}", "host"),
        ("nonsense", ""),
    ] {
        page.send(Message::text(text)).await;
        let failed = page.until("failed").await;
        assert_eq!((&failed["of"], &failed["problem"]["code"]), (&json!(of), &json!("CW-WEB-001")));
    }
    page.hello("again", "Ann").await;
    assert_eq!(page.until("failed").await["problem"]["code"], "CW-WEB-002");
    page.say(json!({ "type": "feedback", "score": 9 })).await;
    assert_eq!(page.until("failed").await["of"], "feedback");
    for _ in 0..10 {
        let _ = page.socket.send(Message::text("{}")).await;
    }
    assert_eq!(page.closed().await, Some(1008));
    house.end().await;
}

#[tokio::test]
async fn who_floods_is_closed() {
    let house = House::new("flood").await;
    let (mut page, _) = house.inside(BOARD, Kind::Guest, "Ann").await;
    for id in 0..1000 {
        let ping = json!({ "type": "ping", "id": id });
        if page.socket.send(Message::text(ping.to_string())).await.is_err() {
            break;
        }
    }
    assert_eq!(page.closed().await, Some(1008));
    house.end().await;
}

/// A page that does not read holds nobody up, is not buffered for, and keeps its seat.
#[tokio::test]
async fn a_page_that_does_not_read_is_closed_and_the_others_go_on() {
    let house = House::new("stall").await;
    let (mut host, _) = house.inside(BOARD, Kind::Host, "Host").await;
    let stream = TcpStream::connect(house.address).await.expect("a connection");
    rustix::net::sockopt::set_socket_recv_buffer_size(&stream, 4096).expect("a size");
    let mut stalled = raw_page(stream).await;
    raw_say(&mut stalled, &hello(&house.token(BOARD, Kind::Guest), "Stalled")).await;
    raw_say(&mut stalled, &json!({ "type": "offer", "sdp": OFFER })).await;
    let came = host.until_is("participant", |who| who["participant"]["name"] == "Stalled").await;
    let connected = house.door.places.count();
    let text = "长".repeat(1900);
    let closed = async {
        for said in 0.. {
            if house.door.places.count() < connected {
                break;
            }
            if said >= causeway_conference::chat::BURST {
                tokio::time::sleep(causeway_conference::chat::INTERVAL).await;
            }
            host.say(json!({ "type": "chat", "text": text })).await;
            host.until("chat").await;
        }
    };
    timeout(Duration::from_secs(60), closed).await.expect("it is closed");
    let gone = host.until_is("gone", |word| word["participant"] == came["participant"]["id"]);
    gone.await;
    drop(stalled);
    house.end().await;
}

/// A WebSocket by hand, that reads only when it is told to.
async fn raw_page(mut stream: TcpStream) -> TcpStream {
    let request = format!(
        "GET /api/v1/signal HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a header"));
    }
    stream
}

/// One masked text frame (RFC 6455 section 5.2), the mask all zero.
async fn raw_say(stream: &mut TcpStream, word: &Value) {
    let text = word.to_string();
    let mut frame = vec![0x81, 0xFE];
    frame.extend(u16::try_from(text.len()).expect("short").to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    stream.write_all(&frame).await.expect("written");
}

/// The workers have threads of their own, so that the log is the process's.
#[tokio::test]
async fn a_debug_log_shows_no_ice_password() {
    let pages = Pages::default();
    let writer = pages.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(crate::logging::filter("debug").expect("a filter"))
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    tracing::subscriber::set_global_default(subscriber).expect("the only one");
    tracing::debug!("debug is on");
    let house = House::new("ice").await;
    let (mut page, _) = house.welcomed(BOARD, Kind::Guest, "Ann").await;
    page.say(json!({ "type": "offer", "sdp": OFFER })).await;
    let answer = page.until("answer").await["sdp"].as_str().expect("a text").to_owned();
    let password = |sdp: &str| {
        let mut lines = sdp.lines().filter_map(|line| line.strip_prefix("a=ice-pwd:"));
        lines.next().expect("a password").trim().to_owned()
    };
    drop(page);
    house.empty().await;
    house.end().await;
    let log = String::from_utf8(pages.0.lock().expect("not poisoned").clone()).expect("text");
    assert!(log.contains("debug is on"), "the test sees the log: {log}");
    for secret in [password(OFFER), password(&answer)] {
        assert!(!log.contains(&secret), "{secret} in:\n{log}");
    }
}
