//! Our registration against answers made by hand, on a virtual clock.

use super::*;
use crate::sip::words::Carrier;
use proptest::prelude::*;
use sip_codec::{HeaderName, StatusCode};
use std::net::SocketAddr;

#[allow(clippy::disallowed_methods, reason = "any instant will do as the zero of a test")]
fn zero() -> Instant {
    Instant::now()
}

fn flow(last: u8) -> Flow {
    let local = SocketAddr::from(([192, 0, 2, 2], 5060));
    let remote = SocketAddr::from(([192, 0, 2, last], 5060));
    Flow { carrier: Carrier::Udp, socket: 0, local, remote, name: None }
}

const CHALLENGE: (HeaderName, &str) =
    (HeaderName::WwwAuthenticate, "Digest realm=\"trunk\", nonce=\"n1\", qop=\"auth\"");

struct Trunk {
    now: Instant,
    registration: Registration,
}

impl Trunk {
    fn new(realm: Option<&str>) -> Self {
        let account = Account {
            registrar: "sip:trunk.example".parse().unwrap(),
            aor: "sip:+8610@trunk.example".parse().unwrap(),
            contact_user: "+8610".into(),
            route: Vec::new(),
            credentials: Some(Credentials {
                realm: realm.map(str::to_owned),
                username: "alice".into(),
                password: "secret".into(),
            }),
            expires: Duration::from_secs(600),
            instance: "urn:uuid:00000000-0000-4000-8000-000000000001".into(),
        };
        let now = zero();
        Self { now, registration: Registration::new(now, account, [3; 32]) }
    }

    /// Lets the next deadline come. Gives the request.
    fn due(&mut self) -> Request {
        self.now = self.registration.poll_timeout().expect("something is due");
        self.registration.handle_timeout(self.now, flow(1));
        self.sent().expect("a REGISTER")
    }

    fn sent(&mut self) -> Option<Request> {
        match self.registration.poll_output() {
            Output::Send { request, .. } => Some(*request),
            Output::Timeout(_) => None,
            other => panic!("{other:?}"),
        }
    }

    fn answer(&mut self, request: &Request, status: u16, lines: &[(HeaderName, &str)]) {
        self.answer_from(1, request, status, lines);
    }

    fn answer_from(
        &mut self,
        last: u8,
        request: &Request,
        status: u16,
        lines: &[(HeaderName, &str)],
    ) {
        let mut response = request.response(StatusCode::new(status).unwrap());
        for (name, value) in lines {
            response.headers.push_raw(name.clone(), (*value).to_owned());
        }
        self.registration.handle_response(self.now, flow(last), Some(&response));
    }

    fn event(&mut self) -> Event {
        match self.registration.poll_output() {
            Output::Event(event) => event,
            other => panic!("{other:?}"),
        }
    }

    fn failed(&mut self) -> (EndCause, Option<u16>, Duration) {
        match self.event() {
            Event::Failed { cause, status, retry_at } => {
                assert_eq!(self.registration.poll_timeout(), Some(retry_at));
                (cause, status, retry_at - self.now)
            }
            other => panic!("{other:?}"),
        }
    }

    fn register(&mut self) {
        let request = self.due();
        self.answer(&request, 200, &[]);
        assert!(matches!(self.event(), Event::Registered { .. }));
    }
}

fn seq(request: &Request) -> u32 {
    read::cseq(&request.headers).unwrap().0
}

fn authorization(request: &Request) -> String {
    let line = request.headers.raw(&HeaderName::Authorization).next().cloned();
    String::from_utf8_lossy(&line.unwrap_or_default()).into_owned()
}

#[test]
fn a_challenge_is_answered_and_the_registration_refreshed_in_time() {
    let mut trunk = Trunk::new(Some("trunk"));
    let first = trunk.due();
    assert!(authorization(&first).is_empty());
    trunk.answer(&first, 401, &[CHALLENGE]);
    let second = trunk.sent().unwrap();
    assert!(authorization(&second).contains("nc=00000001"));
    assert_eq!((seq(&first), seq(&second)), (1, 2));
    assert_eq!(read::call_id(&first.headers), read::call_id(&second.headers));
    trunk.answer(&second, 200, &[(HeaderName::Contact, "<sip:+8610@192.0.2.2:5060>;expires=300")]);
    let until = trunk.now + Duration::from_secs(300);
    assert_eq!(trunk.event(), Event::Registered { until });
    let wait = trunk.registration.poll_timeout().unwrap() - trunk.now;
    assert!((255..=285).contains(&wait.as_secs()), "{wait:?}");
    let third = trunk.due();
    assert!(authorization(&third).contains("nc=00000002"), "what is known is said at once");
    assert!(trunk.registration.is_registered(trunk.now));
    // The nonce is too old by now.
    let stale = "Digest realm=\"trunk\", nonce=\"n2\", qop=\"auth\", stale=true";
    trunk.answer(&third, 401, &[(HeaderName::WwwAuthenticate, stale)]);
    let fourth = trunk.sent().unwrap();
    assert!(authorization(&fourth).contains("nonce=\"n2\""));
    trunk.answer(&fourth, 200, &[]);
    assert!(matches!(trunk.event(), Event::Registered { .. }));
}

#[test]
fn wrong_credentials_are_not_tried_again_and_again() {
    let mut trunk = Trunk::new(Some("trunk"));
    let first = trunk.due();
    trunk.answer(&first, 401, &[CHALLENGE]);
    let second = trunk.sent().unwrap();
    trunk.answer(&second, 401, &[CHALLENGE]);
    let (cause, status, wait) = trunk.failed();
    assert_eq!((cause, status), (EndCause::Unauthorized, Some(401)));
    assert!(wait >= MAX_WAIT / 2 && wait <= MAX_WAIT, "{wait:?}");
}

#[test]
fn a6_a_challenge_of_another_realm_or_from_elsewhere_is_not_answered() {
    let mut trunk = Trunk::new(Some("trunk"));
    let request = trunk.due();
    let other = "Digest realm=\"gateway\", nonce=\"n\", qop=\"auth\"";
    trunk.answer(&request, 401, &[(HeaderName::WwwAuthenticate, other)]);
    assert_eq!(trunk.failed().0, EndCause::Unauthorized);
    let request = trunk.due();
    trunk.answer_from(99, &request, 407, &[CHALLENGE]);
    assert_eq!(trunk.failed().0, EndCause::Unauthorized);
}

#[test]
fn a6_without_a_configured_realm_the_first_one_is_kept() {
    let mut trunk = Trunk::new(None);
    let request = trunk.due();
    trunk.answer_from(99, &request, 401, &[CHALLENGE]);
    trunk.failed();
    let request = trunk.due();
    trunk.answer(&request, 401, &[CHALLENGE]);
    let request = trunk.sent().unwrap();
    trunk.answer(&request, 200, &[]);
    trunk.event();
    let request = trunk.due();
    let other = "Digest realm=\"gateway\", nonce=\"n\", qop=\"auth\", stale=true";
    trunk.answer(&request, 401, &[(HeaderName::WwwAuthenticate, other)]);
    assert_eq!(trunk.failed().0, EndCause::Unauthorized);
}

#[test]
fn what_the_registrar_wants_at_least_it_gets_once() {
    let mut trunk = Trunk::new(None);
    let request = trunk.due();
    trunk.answer(&request, 423, &[(HeaderName::MinExpires, "1800")]);
    let request = trunk.sent().unwrap();
    assert_eq!(read::first::<Expires>(&request.headers), Some(Expires(1800)));
    trunk.answer(&request, 423, &[(HeaderName::MinExpires, "3600")]);
    assert_eq!(trunk.failed().1, Some(423));
    let request = trunk.due();
    assert_eq!(read::first::<Expires>(&request.headers), Some(Expires(1800)));
    trunk.answer(&request, 423, &[(HeaderName::MinExpires, "4294967295")]);
    assert_eq!(trunk.failed().1, Some(423));
}

#[test]
fn failures_are_waited_out_ever_longer_or_as_long_as_it_says() {
    let mut trunk = Trunk::new(None);
    let mut most = BASE_WAIT;
    for _ in 0..12 {
        trunk.due();
        trunk.registration.handle_response(trunk.now, flow(1), None);
        let (cause, status, wait) = trunk.failed();
        assert_eq!((cause, status), (EndCause::SignallingTimeout, None));
        assert!(wait >= most / 2 && wait <= most, "{wait:?} of {most:?}");
        most = (most * 2).min(MAX_WAIT);
    }
    for (after, wait) in [("17", 17), ("0", 1), ("4294967295", MAX_WAIT.as_secs())] {
        let request = trunk.due();
        trunk.answer(&request, 503, &[(HeaderName::RetryAfter, after)]);
        assert_eq!(trunk.failed().2, Duration::from_secs(wait));
    }
    trunk.now = trunk.registration.poll_timeout().unwrap();
    trunk.registration.unreachable(trunk.now);
    assert_eq!(trunk.failed().0, EndCause::Unreachable);
}

#[test]
fn a_failed_refresh_leaves_the_registration_until_it_expires() {
    let mut trunk = Trunk::new(None);
    trunk.register();
    trunk.due();
    trunk.registration.handle_response(trunk.now, flow(1), None);
    trunk.failed();
    assert!(trunk.registration.is_registered(trunk.now));
    assert!(!trunk.registration.is_registered(trunk.now + Duration::from_secs(600)));
}

#[test]
fn a_stopped_registration_is_taken_back() {
    let mut trunk = Trunk::new(None);
    trunk.register();
    trunk.registration.stop(trunk.now, None);
    let request = trunk.sent().unwrap();
    assert_eq!(read::first::<Expires>(&request.headers), Some(Expires(0)));
    trunk.answer(&request, 401, &[CHALLENGE]);
    let request = trunk.sent().unwrap();
    assert_eq!(read::first::<Expires>(&request.headers), Some(Expires(0)));
    trunk.answer(&request, 200, &[]);
    assert_eq!(trunk.event(), Event::Unregistered);
    assert_eq!(trunk.registration.poll_timeout(), None);
    assert!(!trunk.registration.is_registered(trunk.now));
}

#[test]
fn one_that_is_stopped_while_it_asks_is_taken_back_too() {
    let mut trunk = Trunk::new(None);
    let request = trunk.due();
    trunk.registration.stop(trunk.now, Some(flow(1)));
    assert!(trunk.sent().is_none());
    trunk.answer(&request, 200, &[]);
    let request = trunk.sent().unwrap();
    assert_eq!(read::first::<Expires>(&request.headers), Some(Expires(0)));
    trunk.registration.handle_response(trunk.now, flow(1), None);
    assert_eq!(trunk.event(), Event::Unregistered);
    let mut idle = Trunk::new(None);
    idle.registration.stop(idle.now, Some(flow(1)));
    assert_eq!(idle.event(), Event::Unregistered);
}

#[test]
fn where_a_proxy_knows_no_outbound_we_register_without_it() {
    let mut trunk = Trunk::new(None);
    let first = trunk.due();
    trunk.answer(&first, 439, &[]);
    let second = trunk.sent().expect("once more at once");
    let contact = second.headers.raw(&HeaderName::Contact).next().unwrap().clone();
    assert!(!String::from_utf8_lossy(&contact).contains("reg-id"));
    trunk.answer(&second, 439, &[]);
    assert_eq!(trunk.failed().1, Some(439), "not for ever");
}

#[test]
fn numbers_and_passwords_do_not_show() {
    let mut trunk = Trunk::new(None);
    trunk.due();
    let shown = format!("{:?}", trunk.registration);
    assert!(!shown.contains("8610") && !shown.contains("secret"), "{shown}");
}

proptest! {
    /// Whatever is answered, there is always one request under way or one deadline in the
    /// future, never both, and no storm of requests.
    #[test]
    fn it_goes_on_whatever_is_answered(
        answers in proptest::collection::vec((0..10usize, any::<u16>()), 0..60),
    ) {
        let mut trunk = Trunk::new(None);
        let mut under_way: Option<Request> = None;
        let mut in_a_row = 0;
        for (kind, value) in answers {
            let request = match under_way.take() {
                Some(request) => request,
                None => {
                    let before = trunk.now;
                    in_a_row = 0;
                    let request = trunk.due();
                    prop_assert!(seq(&request) == 1 || trunk.now > before);
                    request
                }
            };
            let value = value.to_string();
            match kind {
                0 => trunk.registration.handle_response(trunk.now, flow(1), None),
                1 | 2 => trunk.answer(&request, 401, &[CHALLENGE]),
                3 => trunk.answer(&request, 423, &[(HeaderName::MinExpires, &value)]),
                4 => trunk.answer(&request, 503, &[(HeaderName::RetryAfter, &value)]),
                5 => {
                    let stale = "Digest realm=\"trunk\", nonce=\"n\", qop=\"auth\", stale=true";
                    trunk.answer(&request, 407, &[(HeaderName::ProxyAuthenticate, stale)]);
                }
                6 => trunk.answer(&request, 302, &[]),
                _ => trunk.answer(&request, 200, &[(HeaderName::Expires, &value)]),
            }
            loop {
                match trunk.registration.poll_output() {
                    Output::Send { request, .. } => {
                        in_a_row += 1;
                        prop_assert!(under_way.replace(*request).is_none());
                    }
                    Output::Event(_) => {}
                    Output::Timeout(at) => {
                        prop_assert_eq!(at.is_some(), under_way.is_none());
                        prop_assert!(at.is_none_or(|at| at > trunk.now));
                        break;
                    }
                }
            }
            prop_assert!(in_a_row <= 6);
        }
    }
}

/// By another connection each time, as the driver numbers them.
fn by(socket: u32) -> Flow {
    Flow { carrier: Carrier::Tcp, socket, ..flow(1) }
}

fn register_by(trunk: &mut Trunk, socket: u32, lines: &[(HeaderName, &str)]) -> String {
    let request = trunk.due();
    let mut response = request.response(StatusCode::new(200).unwrap());
    for (name, value) in lines {
        response.headers.push_raw(name.clone(), (*value).to_owned());
    }
    trunk.registration.handle_response(trunk.now, by(socket), Some(&response));
    assert!(matches!(trunk.event(), Event::Registered { .. }));
    let contact = request.headers.raw(&HeaderName::Contact).next().unwrap().clone();
    String::from_utf8_lossy(&contact).into_owned()
}

#[test]
fn a_lost_connection_is_replaced_at_once_and_later_each_time_it_is_lost_again() {
    let mut trunk = Trunk::new(None);
    let contact = register_by(&mut trunk, 1, &[]);
    assert!(contact.contains("reg-id=1") && contact.contains("+sip.instance=\"<urn:uuid:"));
    assert!(!trunk.registration.flow_lost(trunk.now, by(9)), "another one");
    for (socket, longest) in [(1, FIRST_WAIT), (2, BASE_WAIT), (3, BASE_WAIT * 2)] {
        assert!(trunk.registration.flow_lost(trunk.now, by(socket)));
        assert!(!trunk.registration.flow_lost(trunk.now, by(socket)), "it is gone once");
        let wait = trunk.registration.poll_timeout().unwrap() - trunk.now;
        assert!((longest / 2..=longest).contains(&wait), "{wait:?} of {longest:?}");
        assert!(trunk.registration.is_registered(trunk.now), "calls out go on");
        register_by(&mut trunk, socket + 1, &[]);
    }
    // It stays up until it is refreshed: the next loss is a first one.
    register_by(&mut trunk, 4, &[]);
    assert!(trunk.registration.flow_lost(trunk.now, by(4)));
    assert!(trunk.registration.poll_timeout().unwrap() - trunk.now <= FIRST_WAIT);
}

#[test]
fn a_connection_is_kept_alive_as_the_registrar_wants_and_none_over_udp() {
    let mut trunk = Trunk::new(None);
    assert_eq!(trunk.registration.kept_alive(), None);
    register_by(&mut trunk, 1, &[]);
    assert_eq!(trunk.registration.kept_alive(), Some((by(1), FLOW_TIMER)));
    let wanted = (HeaderName::new("Flow-Timer").unwrap(), "30");
    register_by(&mut trunk, 1, &[wanted]);
    assert_eq!(trunk.registration.kept_alive(), Some((by(1), Duration::from_secs(30))));
    trunk.registration.flow_lost(trunk.now, by(1));
    assert_eq!(trunk.registration.kept_alive(), None);
    let mut udp = Trunk::new(None);
    udp.register();
    assert_eq!(udp.registration.kept_alive(), None);
}
