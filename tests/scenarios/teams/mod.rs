//! Direct Routing of Microsoft Teams against a stand-in that refuses whatever its documents say the
//! service refuses. `DR-01` to `DR-29` are the numbers of that contract.
//!
//! - `service`: the stand-in; `rule`: what it refuses, and tests that it does. - `authority`,
//!   `dns`: its certificates and its names.
//! - `gateway`: our signalling; the tests of it are here. `voice`: a whole bridge, heard both ways.

mod authority;
mod dns;
mod gateway;
mod rule;
mod service;
mod voice;

use authority::{Authority, Usage};
use causeway_adapter::sip::TrunkHealth;
use causeway_base::EndCause;
use causeway_conference::LegCommand;
use causeway_plan::{MediaProtection, SrtpSuite};
use gateway::Gateway;
use service::{GATEWAY, PROXIES, Service, Wanted, answer, header};
use sip_codec::{HeaderName, Method, Request};
use std::time::{Duration, Instant};
use tokio::{io::AsyncReadExt as _, net::TcpStream, time::sleep};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        crypto::{self, CryptoProvider, aws_lc_rs::cipher_suite},
        pki_types::ServerName,
        version::TLS12,
    },
};

/// Whom the gateway calls.
const CALLEE: &str = "+4930123456";

/// 30 bytes of key and salt, in base64.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd";

/// What the service says of media, with these lines of keys.
fn description(keys: &str) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio 52884 RTP/SAVP 9 0 8 13 101\r\n{keys}a=rtcp:52884\r\na=rtcp-mux\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
    )
}

/// Its answer to our offer: the line of the suite that it has to take.
fn answer_to(invite: &Request, more: &str) -> String {
    let offer = String::from_utf8_lossy(&invite.body);
    let mut lines = offer.lines().filter_map(|line| line.strip_prefix("a=crypto:"));
    let line = lines.find(|line| line.contains(" AES_CM_128_HMAC_SHA1_80 ")).expect("the suite");
    let tag = line.split(' ').next().expect("a tag");
    description(&format!("a=crypto:{tag} AES_CM_128_HMAC_SHA1_80 inline:{KEY}{more}\r\n"))
}

/// Where the dialog of an answer goes on.
fn contact(service: &Service) -> String {
    format!(
        "Contact: <sip:api-du-a.pstnhub.example.net:443;x-i=1>\r\n\
         Record-Route: <sip:{}:{};transport=tls;lr>\r\n",
        PROXIES[3],
        service.addresses[3].port()
    )
}

/// A call that the service answered, with what was heard of it.
async fn established(service: &mut Service, gateway: &mut Gateway) -> (Request, Request) {
    gateway.dial(CALLEE).await;
    let (heard, invite) = service.request(Method::Invite).await;
    let body = answer_to(&invite, "");
    heard.line.send(answer(&invite, "200 OK", "a", &contact(service), &body));
    gateway.answered().await;
    let (heard, ack) = service.request(Method::Ack).await;
    assert_eq!(heard.proxy, Some(3), "the ACK goes where Record-Route says");
    (invite, ack)
}

/// An INVITE of the service to a number of ours.
fn call<'a>(target: &'a str, more: &'a str, body: &'a str) -> Wanted<'a> {
    Wanted { method: "INVITE", target, call: "incoming", seq: 1, to_tag: "", more, body }
}

fn target(gateway: &Gateway) -> String {
    format!("sip:+861012345678@{GATEWAY}:{};user=phone;transport=tls", gateway.door().port())
}

fn tag_of(headers: &sip_codec::Headers) -> String {
    header(headers, HeaderName::To)
        .rsplit_once("tag=")
        .map(|it| it.1.to_owned())
        .unwrap_or_default()
}

#[tokio::test]
async fn dr01_dr02_the_proxies_take_tls_with_our_certificate_and_nobody_else() {
    let service = Service::start().await;
    let _gateway = Gateway::start(&service).await;
    assert_eq!(service.broken(), Vec::<&str>::new());
    // Whoever shows none, or one of another authority, or has no suite of the list, gets nowhere.
    let other = Authority::new("Somebody else").sign(&[GATEWAY], &[Usage::ServerAuth]);
    let ours = service.authority.sign(&[GATEWAY], &[Usage::ServerAuth, Usage::ClientAuth]);
    let odd = CryptoProvider {
        cipher_suites: vec![cipher_suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256],
        ..crypto::aws_lc_rs::default_provider()
    };
    for (client, why) in [
        (service.authority.client(None), "no certificate"),
        (service.authority.client(Some(&other)), "another authority"),
        (service.authority.client_by(Some(&ours), odd, &[&TLS12]), "another suite"),
    ] {
        let stream = TcpStream::connect(service.addresses[0]).await.expect("loopback");
        let name = ServerName::try_from(PROXIES[0]).expect("a name");
        let connected = TlsConnector::from(client).connect(name, stream).await;
        let is_heard = match connected {
            Ok(mut stream) => stream.read_u8().await.is_ok(),
            Err(_) => false,
        };
        assert!(!is_heard, "{why}");
    }
}

#[tokio::test]
async fn dr03_the_service_is_known_by_a_certificate_for_servers_of_its_name_and_root() {
    let mut service = Service::start().await;
    let mut gateway = Gateway::start(&service).await;
    let right = service.identity();
    let line = service.open(gateway.door(), &right).await.expect("is let in");
    let target = target(&gateway);
    service.ask(&line, &call(&target, "Contact: <sip:x@192.0.2.1>\r\n", &description("")));
    assert!(gateway.sip.trunks()[0].asked_at.is_none());
    // An offer in the clear is refused, by a gateway that has taken the connection.
    let offered = gateway.offered().await;
    assert_eq!(offered.proof.trunk.as_deref(), Some("teams"));
    gateway.accept(offered.leg).await;
    assert_eq!(service.response().await.status.code(), 488);
    let stranger = Authority::new("DigiCert Global Root G2");
    let usage = [Usage::ServerAuth, Usage::ClientAuth];
    for (identity, why) in [
        (service.authority.sign(&["sip.other.example.net"], &usage), "another name"),
        (stranger.sign(&[PROXIES[0]], &usage), "another root"),
    ] {
        if let Some(line) = service.open(gateway.door(), &identity).await {
            // Under TLS 1.3 it learns by the alert after its own last word.
            service.ask(&line, &Wanted { method: "OPTIONS", ..call(&target, "", "") });
        }
        sleep(Duration::from_millis(200)).await;
        assert!(gateway.sip.trunks()[0].asked_at.is_none(), "{why}");
    }
}

/// DR-04 to DR-07, DR-11 to DR-15 and DR-20 all hold: the stand-in refuses what breaks one.
#[tokio::test]
async fn dr04_to_dr20_a_call_out_has_the_form_that_the_documents_ask_for() {
    let mut service = Service::start().await;
    let mut gateway = Gateway::start(&service).await;
    let (invite, ack) = established(&mut service, &mut gateway).await;
    assert_eq!(service.broken(), Vec::<&str>::new());
    let port = gateway.door().port();
    let text = String::from_utf8_lossy(&invite.to_bytes()).into_owned();
    let line = |beginning: &str| text.lines().find(|line| line.starts_with(beginning));
    let proxy = service.addresses[0].port();
    let expected = format!("INVITE sip:{CALLEE}@{}:{proxy};user=phone SIP/2.0", PROXIES[0]);
    assert_eq!(line("INVITE "), Some(expected.as_str()));
    let expected = format!("Contact: <sip:+861012345678@{GATEWAY}:{port};transport=tls>");
    assert_eq!(line("Contact"), Some(expected.as_str()));
    let from = line("From").expect("a From");
    assert!(from.contains(&format!("<sip:+861012345678@{GATEWAY}>;tag=")), "{from}");
    assert!(!line("Allow").expect("Allow").contains("REFER"), "DR-26");
    assert!(!text.contains("IN IP4 sbc") && !text.contains("Replaces"));
    let route = format!("<sip:{}:{};transport=tls;lr>", PROXIES[3], service.addresses[3].port());
    assert_eq!(header(&ack.headers, HeaderName::Route), route);
    // A number that is none of the public network is not sent there at all.
    gateway.dial("2001").await;
    assert_eq!(gateway.ended().await, EndCause::BadAddress);
}

#[tokio::test]
async fn dr08_dr09_both_sides_ask_whether_the_other_lives() {
    let mut service = Service::start().await;
    let gateway = Gateway::start(&service).await;
    assert_eq!(service.questions(), [1, 1, 1]);
    assert_eq!(gateway.sip.trunks()[0].health, TrunkHealth::Up);
    // Where Contact says, by a connection of its own.
    let identity = service.identity();
    let line = service.open(gateway.door(), &identity).await.expect("is let in");
    let target = format!("sip:{GATEWAY}:{}", gateway.door().port());
    service.ask(&line, &Wanted { method: "OPTIONS", ..call(&target, "", "") });
    let response = service.response().await;
    assert_eq!(response.status.code(), 200);
    assert!(!header(&response.headers, HeaderName::Allow).contains("REFER"), "DR-26");
    while gateway.sip.trunks()[0].asked_at.is_none() {
        sleep(Duration::from_millis(5)).await;
    }
    assert!(rule::is_demoted(Some(Instant::now()), false, Instant::now()));
}

#[tokio::test]
async fn dr10_a_proxy_is_asked_once_a_minute_and_never_sooner() {
    let service = Service::start().await;
    let gateway = Gateway::begin(&service, |config| {
        // As fast as the stand-in may be, to be seen to object.
        config.trunks[0].health_interval = Some(Duration::from_millis(300));
    })
    .await;
    gateway.settles().await;
    let begun = Instant::now();
    while !service.broken().contains(&"DR-10") {
        assert!(begun.elapsed() < service::PATIENCE, "the stand-in counts");
        sleep(Duration::from_millis(20)).await;
    }
    // Refused, all three are down: calls are not sent there.
    while !matches!(gateway.sip.trunks()[0].health, TrunkHealth::Down(EndCause::Forbidden)) {
        assert!(begun.elapsed() < service::PATIENCE);
        sleep(Duration::from_millis(20)).await;
    }
    let service = Service::start().await;
    let _gateway = Gateway::start(&service).await;
    sleep(Duration::from_millis(1_500)).await;
    assert_eq!((service.questions(), service.broken()), ([1, 1, 1], Vec::new()));
}

#[tokio::test]
async fn dr16_of_two_keys_that_of_the_safe_suite_is_answered_by_its_own_tag() {
    let mut service = Service::start().await;
    let mut gateway = Gateway::start(&service).await;
    let identity = service.identity();
    let line = service.open(gateway.door(), &identity).await.expect("is let in");
    let offer = description(&format!(
        "a=crypto:0 AES_CM_128_HMAC_SHA1_32 inline:{KEY}|2^31\r\n\
         a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^31\r\n"
    ));
    let target = target(&gateway);
    let more = contact(&service);
    service.ask(&line, &call(&target, &more, &offer));
    let offered = gateway.offered().await;
    assert_eq!(offered.calling.user(), "+4930123456");
    gateway.accept(offered.leg).await;
    let response = service.response().await;
    assert_eq!(response.status.code(), 200);
    let body = String::from_utf8_lossy(&response.body).into_owned();
    let keys: Vec<_> = body.lines().filter(|line| line.starts_with("a=crypto")).collect();
    assert!(
        keys.len() == 1 && keys[0].starts_with("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"),
        "{body}"
    );
    assert!(!keys[0].contains(KEY), "a key of our own");
    let contact = header(&response.headers, HeaderName::Contact);
    assert!(contact.starts_with(&format!("<sip:+861012345678@{GATEWAY}:")), "{contact}");
}

#[tokio::test]
async fn dr17_an_answer_with_a_lifetime_and_an_identifier_of_its_key_is_understood() {
    let mut service = Service::start().await;
    let mut gateway = Gateway::start(&service).await;
    gateway.dial(CALLEE).await;
    let (heard, invite) = service.request(Method::Invite).await;
    let body = answer_to(&invite, "|2^31|1:1");
    heard.line.send(answer(&invite, "200 OK", "a", &contact(&service), &body));
    let media = gateway.media_ready().await;
    let transport = media.transport.rtp().expect("ports of its own");
    let MediaProtection::Srtp(srtp) = transport.protection else { panic!("not encrypted") };
    assert_eq!(srtp.suite, SrtpSuite::Aes128CmSha1_80);
    assert_eq!(srtp.receive.identifier().map(|it| (it.value, it.len)), Some(([0, 0, 0, 1], 1)));
}

#[tokio::test]
async fn dr18_of_several_branches_the_one_that_answers_is_the_call() {
    let mut service = Service::start().await;
    let mut gateway = Gateway::start(&service).await;
    gateway.dial(CALLEE).await;
    let (heard, invite) = service.request(Method::Invite).await;
    let more = contact(&service);
    let early = answer_to(&invite, "").replace("52884", "52000");
    for (status, tag, body) in [
        ("100 Trying", "", ""),
        ("180 Ringing", "a", ""),
        ("180 Ringing", "b", ""),
        ("183 Session Progress", "c", early.as_str()),
        ("200 OK", "b", &answer_to(&invite, "")),
    ] {
        let more = if tag.is_empty() { "" } else { &more };
        heard.line.send(answer(&invite, status, tag, more, body));
    }
    let ports = |media: causeway_plan::LegMedia| {
        let transport = media.transport.rtp().expect("ports of its own");
        transport.remote_rtp.map(|at| at.port())
    };
    assert_eq!(ports(gateway.media_ready().await), Some(52_000), "early media");
    assert_eq!(ports(gateway.media_ready().await), Some(52_884), "the call's");
    let (_, ack) = service.request(Method::Ack).await;
    assert_eq!(tag_of(&ack.headers), "b");
}

#[tokio::test]
async fn dr19_a_call_that_is_answered_at_once_works_and_its_end_goes_the_same_way() {
    let mut service = Service::start().await;
    let mut gateway = Gateway::start(&service).await;
    let leg = { gateway.dial(CALLEE).await };
    let (heard, invite) = service.request(Method::Invite).await;
    heard.line.send(answer(&invite, "200 OK", "a", &contact(&service), &answer_to(&invite, "")));
    gateway.answered().await;
    service.request(Method::Ack).await;
    gateway.end(leg).await;
    let (heard, bye) = service.request(Method::Bye).await;
    assert_eq!(heard.proxy, Some(3), "where Record-Route says");
    heard.line.send(answer(&bye, "200 OK", "", "", ""));
    assert_eq!(gateway.ended().await, EndCause::Normal);
}

#[tokio::test]
async fn dr21_a_proxy_with_too_much_to_do_is_left_at_once_and_tried_last_for_a_while() {
    let mut service = Service::start().await;
    let gateway = Gateway::start(&service).await;
    gateway.dial(CALLEE).await;
    let mut lines = Vec::new();
    for proxy in [0, 1] {
        let (heard, invite) = service.request(Method::Invite).await;
        assert_eq!(heard.proxy, Some(proxy));
        let more = "Retry-After: 600\r\n";
        heard.line.send(answer(&invite, "503 Service Unavailable", "x", more, ""));
        lines.push(heard.line.number);
    }
    let (heard, invite) = service.request(Method::Invite).await;
    assert_eq!(heard.proxy, Some(2));
    heard.line.send(answer(&invite, "486 Busy Here", "x", "", ""));
    // The next one begins where there was room; a call to the others makes a new connection.
    gateway.dial(CALLEE).await;
    let (heard, invite) = service.request(Method::Invite).await;
    assert_eq!(heard.proxy, Some(2));
    heard.line.send(answer(&invite, "503 Service Unavailable", "x", "", ""));
    let (heard, _) = service.request(Method::Invite).await;
    assert_eq!(heard.proxy, Some(0));
    assert!(!lines.contains(&heard.line.number), "the old connection was closed");
}

#[tokio::test]
async fn dr22_a_decline_is_tried_nowhere_else() {
    let mut service = Service::start().await;
    let mut gateway = Gateway::start(&service).await;
    gateway.dial(CALLEE).await;
    let (heard, invite) = service.request(Method::Invite).await;
    heard.line.send(answer(&invite, "603 Decline", "x", "", ""));
    assert_eq!(gateway.ended().await, EndCause::Declined);
    gateway.dial(CALLEE).await;
    let (_, next) = service.request(Method::Invite).await;
    let call_id = |request: &Request| header(&request.headers, HeaderName::CallId);
    assert_ne!(call_id(&next), call_id(&invite), "only the second call is heard");
}

#[tokio::test]
async fn dr23_the_service_refreshes_its_session_and_the_call_goes_on() {
    let mut service = Service::start().await;
    let mut gateway = Gateway::start(&service).await;
    let identity = service.identity();
    let line = service.open(gateway.door(), &identity).await.expect("is let in");
    let offer = description(&format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"));
    let target = target(&gateway);
    let timer = "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n";
    let more = format!("{}{timer}", contact(&service));
    service.ask(&line, &call(&target, &more, &offer));
    let leg = gateway.offered().await.leg;
    gateway.accept(leg).await;
    let response = service.response().await;
    assert!(header(&response.headers, HeaderName::SessionExpires).contains("refresher=uac"));
    let to_tag = tag_of(&response.headers);
    service.ask(&line, &Wanted { method: "ACK", to_tag: &to_tag, ..call(&target, "", "") });
    gateway.answered().await;
    for seq in [2, 3] {
        let again = Wanted { seq, to_tag: &to_tag, ..call(&target, &more, &offer) };
        service.ask(&line, &again);
        let response = service.response().await;
        assert_eq!(response.status.code(), 200);
        assert!(header(&response.headers, HeaderName::SessionExpires).starts_with("90"));
        let ack = Wanted { method: "ACK", seq, to_tag: &to_tag, ..call(&target, "", "") };
        service.ask(&line, &ack);
    }
    gateway.end(leg).await;
    let (heard, _) = service.request(Method::Bye).await;
    assert_eq!(heard.proxy, Some(3), "by a connection to where Record-Route says");
}

#[tokio::test]
async fn dr24_messages_come_in_pieces_and_several_at_once() {
    let mut service = Service::start().await;
    let mut gateway = Gateway::start(&service).await;
    let identity = service.identity();
    let line = service.open(gateway.door(), &identity).await.expect("is let in");
    let offer = description(&format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"));
    let target = target(&gateway);
    let long = format!("{}History-Info: <sip:x?{}>\r\n", contact(&service), "y".repeat(3_000));
    let invite = call(&target, &long, &offer).text(9_001);
    assert!(invite.len() > 1_500);
    for piece in invite.as_bytes().chunks(700) {
        line.send(piece);
        sleep(Duration::from_millis(5)).await;
    }
    gateway.offered().await;
    let options = |branch| Wanted { method: "OPTIONS", ..call(&target, "", "") }.text(branch);
    line.send([options(9_002), options(9_003)].concat());
    for _ in 0..2 {
        let response = service.response().await;
        assert_eq!(header(&response.headers, HeaderName::CSeq), "1 OPTIONS");
    }
}

#[tokio::test]
async fn dr25_an_offer_anew_keeps_the_address_of_media() {
    let mut service = Service::start().await;
    let mut gateway = Gateway::start(&service).await;
    gateway.dial(CALLEE).await;
    let (heard, invite) = service.request(Method::Invite).await;
    heard.line.send(answer(&invite, "200 OK", "a", &contact(&service), &answer_to(&invite, "")));
    gateway.answered().await;
    let leg = causeway_base::LegId(1);
    gateway.command(LegCommand::Hold { leg, held: true }).await;
    let (_, again) = service.request(Method::Invite).await;
    let line = |request: &Request, beginning: &str| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        body.lines().find(|line| line.starts_with(beginning)).map(str::to_owned)
    };
    assert_eq!(line(&again, "c="), line(&invite, "c="));
    assert_eq!(line(&again, "m=").map(|line| line.replace("inactive", "")), line(&invite, "m="));
}

/// We list no REFER, and the service sends none then. One that comes all the same ends nothing.
#[tokio::test]
async fn dr26_a_transfer_that_was_not_asked_for_is_refused_cleanly() {
    let mut service = Service::start().await;
    let mut gateway = Gateway::start(&service).await;
    let identity = service.identity();
    let line = service.open(gateway.door(), &identity).await.expect("is let in");
    let offer = description(&format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"));
    let target = target(&gateway);
    service.ask(&line, &call(&target, &contact(&service), &offer));
    let leg = gateway.offered().await.leg;
    gateway.accept(leg).await;
    let response = service.response().await;
    let to_tag = tag_of(&response.headers);
    service.ask(&line, &Wanted { method: "ACK", to_tag: &to_tag, ..call(&target, "", "") });
    gateway.answered().await;
    let parameter = "x".repeat(340);
    let more = format!(
        "Refer-To: <sip:+4930999@{};x-m={parameter};x-t=1>\r\nReferred-By: <sip:x@y;x-m=1>\r\n\
         Contact: <sip:x.example.net>\r\n",
        PROXIES[0]
    );
    let refer = Wanted { method: "REFER", seq: 2, to_tag: &to_tag, ..call(&target, &more, "") };
    service.ask(&line, &refer);
    assert_eq!(service.response().await.status.code(), 405);
    gateway.end(leg).await;
    service.request(Method::Bye).await;
}

#[tokio::test]
async fn dr28_after_a_reset_in_mid_call_the_end_is_said_on_a_new_connection() {
    let mut service = Service::start().await;
    let mut gateway = Gateway::start(&service).await;
    gateway.dial(CALLEE).await;
    let (heard, invite) = service.request(Method::Invite).await;
    heard.line.send(answer(&invite, "200 OK", "a", &contact(&service), &answer_to(&invite, "")));
    gateway.answered().await;
    let (heard, _) = service.request(Method::Ack).await;
    heard.line.reset();
    sleep(Duration::from_millis(200)).await;
    gateway.end(causeway_base::LegId(1)).await;
    let (again, _) = service.request(Method::Bye).await;
    assert_eq!(again.proxy, Some(3));
    assert_ne!(again.line.number, heard.line.number);
}

/// The service moves a call from one of its ends to another, after a consultation.
#[tokio::test]
async fn dr29_a_call_that_replaces_another_goes_on_with_the_same_leg() {
    let mut service = Service::start().await;
    let mut gateway = Gateway::start(&service).await;
    let identity = service.identity();
    let line = service.open(gateway.door(), &identity).await.expect("is let in");
    let offer = description(&format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"));
    let target = target(&gateway);
    let more = contact(&service);
    service.ask(&line, &call(&target, &more, &offer));
    let leg = gateway.offered().await.leg;
    gateway.accept(leg).await;
    let response = service.response().await;
    let to_tag = tag_of(&response.headers);
    service.ask(&line, &Wanted { method: "ACK", to_tag: &to_tag, ..call(&target, "", "") });
    gateway.answered().await;
    let replaces = format!(
        "{more}Require: replaces\r\nReplaces: incoming;to-tag={to_tag};from-tag=service\r\n"
    );
    let other = offer.replace("52884", "52900");
    let next = Wanted { call: "next", ..call(&target, &replaces, &other) };
    service.ask(&line, &next);
    // The new one is answered, the old one ended; the leg hears of other media alone.
    let response = service.response().await;
    assert_eq!(response.status.code(), 200);
    assert_eq!(header(&response.headers, HeaderName::CallId), "next");
    let to_tag = tag_of(&response.headers);
    let ack = Wanted { method: "ACK", call: "next", to_tag: &to_tag, ..call(&target, "", "") };
    service.ask(&line, &ack);
    let (heard, bye) = service.request(Method::Bye).await;
    assert_eq!(header(&bye.headers, HeaderName::CallId), "incoming");
    heard.line.send(answer(&bye, "200 OK", "", "", ""));
    let media = gateway.media_ready().await;
    let remote = media.transport.rtp().expect("ports of its own").remote_rtp;
    assert_eq!(remote.map(|at| at.port()), Some(52_900));
    gateway.end(leg).await;
    let (_, bye) = service.request(Method::Bye).await;
    assert_eq!(header(&bye.headers, HeaderName::CallId), "next", "its end goes to the new one");
}

#[tokio::test]
async fn dr29_a_call_that_replaces_another_is_never_left_without_an_answer() {
    let mut service = Service::start().await;
    let gateway = Gateway::start(&service).await;
    let identity = service.identity();
    let line = service.open(gateway.door(), &identity).await.expect("is let in");
    let offer = description(&format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"));
    let more = format!(
        "{}Require: replaces\r\nReplaces: nobody;to-tag=1;from-tag=2\r\n",
        contact(&service)
    );
    service.ask(&line, &call(&target(&gateway), &more, &offer));
    let status = service.response().await.status.code();
    assert!((400..500).contains(&status), "{status}");
}
