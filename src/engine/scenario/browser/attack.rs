//! Strangers and hostile peers: none ends, delays or deafens another's leg.

use super::insider::{Insider, check};
use super::peer::{Browser, Habit};
use crate::order::Order;
use crate::scenario::CONFERENCE;
use crate::scenario::phone::Phone;
use crate::scenario::virtual_time::VirtualTime;
use causeway_base::{Codec, EndCause, LegId};
use causeway_plan::{Feed, LegMedia, MediaEvent, Transport, WebRtcAddress};
use std::net::{Ipv4Addr, UdpSocket};

/// Strangers with a socket each, who saw the signalling but for the passwords, and a handshake.
struct Strangers {
    sockets: Vec<UdpSocket>,
    hello: Vec<u8>,
}

impl Strangers {
    fn new(hello: Vec<u8>) -> Self {
        let socket = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
        Self { sockets: (0..4).map(|_| socket()).collect(), hello }
    }

    /// All that they can think of.
    fn attack(&self, bridge: &WebRtcAddress, browser: &Browser) {
        let user = format!("{}:{}", bridge.ice.ufrag, browser.ufrag());
        let mut rtp = vec![0x80, 111, 0, 1, 0, 0, 3, 192];
        rtp.extend(browser.ssrc().to_be_bytes());
        rtp.extend([0x55; 60]);
        let rtcp = [&[0x81, 200, 0, 12], &rtp[8..]].concat();
        let forged = [
            self.hello.clone(),
            check(&user, "a password that is wrong"),
            check(&user, ""),
            rtp,
            rtcp,
            vec![22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
        ];
        for socket in &self.sockets {
            for datagram in &forged {
                socket.send_to(datagram, bridge.udp[0]).expect("loopback");
            }
        }
    }

    /// Whether anybody ever answered them.
    fn were_answered(&self) -> bool {
        self.sockets.iter().any(|socket| {
            socket.set_nonblocking(true).expect("supported");
            socket.recv(&mut [0; 2048]).is_ok()
        })
    }
}

fn failures(bench: &VirtualTime) -> Vec<LegId> {
    let failed = |event: &MediaEvent| match event {
        MediaEvent::Failed { leg, .. } => Some(*leg),
        MediaEvent::ConferenceFailed { .. } => panic!("the conference ended"),
        _ => None,
    };
    bench.seen.iter().filter_map(failed).collect()
}

#[test]
fn a_thousand_set_ups_under_attack_all_succeed() {
    const AT_ONCE: u64 = 50;
    let mut bench = VirtualTime::new(33_600);
    let strangers = Strangers::new(Insider::client_hello(bench.now.instant));
    for round in 0..1_000 / AT_ONCE {
        let mut browsers: Vec<_> = (1..=AT_ONCE)
            .map(|number| {
                let leg = LegId(round * AT_ONCE + number);
                let bridge = bench.reserve(leg.0);
                let habit = Habit { ice_lite: number % 2 == 0, ..Habit::default() };
                let browser = Browser::new(leg, &bridge, habit, bench.now.instant);
                bench.order(Order::Configure(leg, Box::new(browser.media())));
                // They are there first.
                strangers.attack(&bridge, &browser);
                (bridge, browser)
            })
            .collect();
        for _ in 0..30 {
            browsers.iter().for_each(|(bridge, browser)| strangers.attack(bridge, browser));
            bench.tick();
            browsers.iter_mut().for_each(|(_, browser)| browser.run(bench.now.instant));
        }
        for (_, browser) in &browsers {
            assert!(browser.is_connected(), "{} is not connected", browser.leg);
            assert_eq!(bench.states(browser.leg).len(), 1, "{}", browser.leg);
            bench.order(Order::Release(browser.leg));
            bench.order(Order::Forget(browser.leg));
        }
        (0..10).for_each(|_| bench.tick());
        assert_eq!(failures(&bench), []);
        bench.seen.clear();
    }
    assert!(!strangers.were_answered());
}

#[test]
fn ten_thousand_half_open_legs_leave_nothing_behind() {
    let mut bench = VirtualTime::new(33_620);
    let before = bench.residue();
    for number in 1..=10_000 {
        let bridge = bench.reserve(number);
        if number % 50 == 0 {
            // One in fifty came as far as an agreement, and one of those as far as a check.
            let leg = LegId(number);
            let mut browser = Browser::new(leg, &bridge, Habit::default(), bench.now.instant);
            bench.order(Order::Configure(leg, Box::new(browser.media())));
            if number % 2_000 == 0 {
                (0..6).for_each(|_| bench.tick());
                browser.run(bench.now.instant);
                bench.tick();
            }
        }
        if number % 20 == 0 {
            bench.tick();
        }
    }
    while bench.residue().0 < 10_000 {
        bench.tick();
    }
    for number in 1..=10_000 {
        bench.order(Order::Release(LegId(number)));
        bench.order(Order::Forget(LegId(number)));
        if number % 20 == 0 {
            bench.tick();
        }
    }
    (0..200).for_each(|_| bench.tick());
    assert_eq!(bench.residue(), before);
    assert_eq!(failures(&bench), []);
}

#[test]
fn a_panic_in_a_session_ends_that_leg_alone() {
    let mut bench = VirtualTime::new(33_740);
    let mut broken = bench.open(1, Habit::default());
    let mut browser = bench.open(2, Habit::default());
    let mut phone = bench.join(3, Codec::Pcma);
    let legs = [broken.leg, browser.leg, phone.leg];
    bench.plan(CONFERENCE, &legs.map(|leg| (leg, true, Feed::Mix)));
    bench.talk(500, &mut [&mut broken, &mut browser], &mut [&mut phone]);
    assert!(broken.is_connected());
    bench.break_session(broken.leg);
    bench.talk(1_000, &mut [&mut broken, &mut browser], &mut [&mut phone]);
    let failed = |event: &MediaEvent| match event {
        MediaEvent::Failed { leg, cause } => Some((*leg, *cause)),
        _ => None,
    };
    let failed: Vec<_> = bench.seen.iter().filter_map(failed).collect();
    assert_eq!(failed, [(broken.leg, EndCause::Internal)]);
    assert!(browser.hears(phone.tone) > -16.0, "{} dB", browser.hears(phone.tone));
    assert!(phone.hears(browser.tone) > -16.0, "{} dB", phone.hears(browser.tone));
}

/// A little generator: the same bytes in each run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }

    /// The seed with some bytes changed, and its end cut or grown.
    fn spoil(&mut self, seed: &[u8]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        let longer = self.next() as usize % 40;
        bytes.extend(self.bytes(longer));
        let len = 1 + self.next() as usize % bytes.len();
        bytes.truncate(len);
        for _ in 0..self.next() % 8 {
            let at = self.next() as usize % bytes.len();
            bytes[at] = self.next() as u8;
        }
        bytes
    }
}

/// What a hostile peer sends next.
type Weapon = fn(&mut Insider, &mut Random);

/// A hostile peer, and two others who talk: they hear each other through it all.
fn nobody_else_notices(port: u16, weapon: Weapon) {
    let mut bench = VirtualTime::new(port);
    let mut browser = bench.open(1, Habit::default());
    let mut phone: Phone = bench.join(2, Codec::Pcma);
    let hostile = LegId(3);
    bench.plan(
        CONFERENCE,
        &[
            (browser.leg, true, Feed::Mix),
            (phone.leg, true, Feed::Mix),
            (hostile, false, Feed::Mix),
        ],
    );
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for life in 0..6 {
        let bridge = bench.reserve(hostile.0);
        let model = Browser::new(
            hostile,
            &bridge,
            Habit {
                data: true,
                ice_lite: true,
                red: true,
                unstated: life % 2 == 0,
                ..Habit::default()
            },
            bench.now.instant,
        );
        let mut insider = Insider::new(&bridge, model.ufrag(), bench.now.instant);
        let media = as_its_own(model.media(), &insider);
        bench.order(Order::Configure(hostile, Box::new(media)));
        bench.order(Order::Enter(hostile, CONFERENCE));
        for _ in 0..30 {
            bench.talk(20, &mut [&mut browser], &mut [&mut phone]);
            insider.run(bench.now.instant);
        }
        assert!(insider.is_connected(), "it is a good peer at first");
        for _ in 0..30 {
            (0..20).for_each(|_| weapon(&mut insider, &mut random));
            bench.talk(20, &mut [&mut browser], &mut [&mut phone]);
            insider.run(bench.now.instant);
        }
        bench.order(Order::Release(hostile));
        bench.order(Order::Forget(hostile));
    }
    browser.forget();
    phone.forget();
    bench.talk(1_000, &mut [&mut browser], &mut [&mut phone]);
    assert!(browser.hears(phone.tone) > -16.0, "{} dB", browser.hears(phone.tone));
    assert!(phone.hears(browser.tone) > -16.0, "{} dB", phone.hears(browser.tone));
    let others: Vec<_> = failures(&bench).into_iter().filter(|leg| *leg != hostile).collect();
    assert_eq!(others, []);
    assert_eq!(bench.states(browser.leg).len(), 1);
}

fn as_its_own(mut media: LegMedia, insider: &Insider) -> LegMedia {
    if let Transport::WebRtc(spec) = &mut media.transport {
        spec.remote_fingerprint = insider.fingerprint();
    }
    media
}

#[test]
fn hostile_stun_is_nobody_elses_business() {
    nobody_else_notices(33_640, |insider, random| {
        let genuine = insider.genuine_check();
        let spoilt = random.spoil(&genuine);
        insider.send(&spoilt);
    });
}

#[test]
fn hostile_dtls_is_nobody_elses_business() {
    nobody_else_notices(33_660, |insider, random| {
        let record = [22, 0xfe, 0xfd, 0, random.next() as u8 & 1, 0, 0, 0, 0, 0, 9, 0, 40];
        let mut seed = record.to_vec();
        seed.extend(random.bytes(40));
        let spoilt = random.spoil(&seed);
        insider.send(&[&[20 + random.next() as u8 % 6], &spoilt[1..]].concat());
    });
}

#[test]
fn hostile_rtp_is_nobody_elses_business() {
    nobody_else_notices(33_680, |insider, random| {
        let payload_type = [111, 63, 126, 0, 13][random.next() as usize % 5];
        let mut seed =
            vec![0x90, payload_type, 0, random.next() as u8, 0, 0, 3, 192, 0, 0, 0x20, 1];
        seed.extend([0xbe, 0xde, 0, 1, 0x10, 0x85, 0, 0]);
        seed.extend(random.bytes(80));
        let spoilt = random.spoil(&seed);
        insider.send(&[&[0x80 | spoilt[0] & 0x3f], &spoilt[1..]].concat());
        insider.send_rtp(&[&[0x80 | spoilt[0] & 0x3f], &spoilt[1..]].concat());
    });
}

#[test]
fn hostile_rtcp_is_nobody_elses_business() {
    nobody_else_notices(33_700, |insider, random| {
        let kind = 200 + random.next() as u8 % 8;
        let mut seed = vec![0x80 | random.next() as u8 & 31, kind, 0, 12];
        seed.extend(0x8000_0003u32.to_be_bytes());
        seed.extend(0x8000_0003u32.to_be_bytes());
        seed.extend(random.bytes(40));
        let mut spoilt = random.spoil(&seed);
        spoilt.resize(spoilt.len().next_multiple_of(4).max(8), 0);
        spoilt[0] |= 0x80;
        spoilt[1] = kind;
        insider.send_rtcp(&spoilt);
        insider.send(&spoilt);
    });
}

#[test]
fn hostile_sctp_is_nobody_elses_business() {
    nobody_else_notices(33_720, |insider, random| {
        // Ports, tag, no checksum yet; INIT, DATA, SACK, HEARTBEAT, ABORT and their like.
        let mut chunk = vec![random.next() as u8 % 16, random.next() as u8 & 7, 0, 20];
        chunk.extend(random.bytes(60));
        let chunk = random.spoil(&chunk);
        let mut packet = vec![0x13, 0x88, 0x13, 0x88];
        packet.extend(if chunk[0] == 1 { vec![0; 4] } else { random.bytes(4) });
        packet.extend([0; 4]);
        packet.extend(&chunk);
        packet.resize(packet.len().next_multiple_of(4), 0);
        let sum = crc32c(&packet).to_le_bytes();
        packet[8..12].copy_from_slice(&sum);
        insider.send_sctp(&packet);
    });
}

/// The checksum of SCTP (RFC 9260 appendix A), so that what is hostile is read at all.
fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0x82f6_3b78 & (!(sum & 1)).wrapping_add(1))
        })
    })
}
