//! Telephones of every kind in one conference: each hears all others and never itself.

use crate::{
    peer::{Baresip, Bridge, Flow, Line, Linphone, Setting, Transport, talk},
    sound::{level_db, tone},
};
use Transport::{Tcp, Tls, Udp};
use causeway_base::Codec::{G722, Opus, Pcma, Pcmu};
use std::time::Duration;

/// No multiples of each other, and no digits of a keypad.
pub(crate) const TONES: [f64; 3] = [440.0, 1020.0, 1870.0];

/// A tone that is sent arrives at most this much quieter than it was sent (-12 dB).
pub(crate) const AUDIBLE_DB: f64 = -20.0;

/// Below this there is nothing to hear.
pub(crate) const INAUDIBLE_DB: f64 = -50.0;

/// Longer than any scenario lasts.
pub(crate) const VOICE: Duration = Duration::from_secs(40);

/// What of a recording is judged, once everybody is there.
const SETTLING: Duration = Duration::from_secs(1);
const JUDGED: Duration = Duration::from_secs(2);

const SRTP: Option<&str> = Some("srtp");
const SRTP_ONLY: Option<&str> = Some("srtp-mand");

// Nine lines cover every pair of transport, encryption and codec that telephones have.

#[test]
fn alaw_over_udp_with_g722_over_tcp_and_opus_over_tls() {
    all_hear_each_other([(Udp, None, Pcma), (Tcp, SRTP, G722), (Tls, SRTP_ONLY, Opus)]);
}

#[test]
fn opus_over_udp_with_ulaw_over_tcp_and_g722_over_tls() {
    all_hear_each_other([(Udp, SRTP_ONLY, Opus), (Tcp, None, Pcmu), (Tls, SRTP, G722)]);
}

#[test]
fn g722_over_udp_with_opus_over_tcp_and_ulaw_over_tls() {
    all_hear_each_other([(Udp, SRTP, G722), (Tcp, None, Opus), (Tls, SRTP_ONLY, Pcmu)]);
}

#[test]
fn plain_calls_over_every_transport() {
    all_hear_each_other([(Udp, None, Opus), (Tcp, SRTP_ONLY, Pcma), (Tls, None, G722)]);
}

fn all_hear_each_other(
    lines: [(Transport, Option<&'static str>, causeway_base::Codec); TONES.len()],
) {
    let bridge = Bridge::start();
    let mut telephones: Vec<Baresip> = lines
        .into_iter()
        .zip(TONES)
        .enumerate()
        .map(|(index, ((transport, encryption, codec), hertz))| {
            let line = Line { transport, codec, encryption, ..Line::PLAIN };
            Baresip::start(&format!("telephone{index}"), line, &tone(hertz, VOICE))
        })
        .collect();
    for (telephone, (transport, ..)) in telephones.iter_mut().zip(lines) {
        telephone.call("1001", bridge.port(transport));
    }
    let before: Vec<Duration> = telephones.iter().map(|one| one.in_call() + SETTLING).collect();
    talk(SETTLING + JUDGED);
    telephones.iter_mut().for_each(Baresip::hang_up);
    for ((telephone, start), own) in telephones.iter_mut().zip(before).zip(TONES) {
        let heard = telephone.heard().part(start, JUDGED);
        for hertz in TONES {
            let level = level_db(&heard, hertz);
            if hertz == own {
                assert!(level < INAUDIBLE_DB, "{own} Hz hears itself at {level:.1} dB");
            } else {
                assert!(level > AUDIBLE_DB, "{own} Hz hears {hertz} Hz at {level:.1} dB only");
            }
        }
    }
}

#[test]
fn linphone_and_baresip_hear_each_other() {
    let bridge = Bridge::start();
    let [one, other, _] = TONES;
    let mut linphone = Linphone::start("linphone", &tone(one, VOICE));
    let mut baresip = Baresip::start("baresip", Line::PLAIN, &tone(other, VOICE));
    baresip.call("1002", bridge.port(Udp));
    linphone.call("1002", bridge.port(Udp));
    let start = baresip.in_call() + SETTLING;
    talk(SETTLING + JUDGED);
    // The first to leave, so that all but the start of its recording has both.
    let heard = linphone.hang_up().part(SETTLING, JUDGED / 2);
    baresip.hang_up();
    assert!(level_db(&heard, other) > AUDIBLE_DB, "{:.1} dB", level_db(&heard, other));
    assert!(level_db(&heard, one) < INAUDIBLE_DB, "{:.1} dB", level_db(&heard, one));
    let heard = baresip.heard().part(start, JUDGED);
    assert!(level_db(&heard, one) > AUDIBLE_DB, "{:.1} dB", level_db(&heard, one));
    assert!(level_db(&heard, other) < INAUDIBLE_DB, "{:.1} dB", level_db(&heard, other));
}

#[test]
fn a_telephone_hears_sipp() {
    let bridge = Bridge::start();
    let [one, other, _] = TONES;
    let mut baresip = Baresip::start("baresip", Line::PLAIN, &tone(other, VOICE));
    baresip.call("1001", bridge.port(Udp));
    let sipp = Flow::start("voice", "1001", bridge.port(Udp), Some(&tone(one, VOICE)));
    bridge.wait_for_lines("participant joined", 2);
    let start = baresip.in_call() + SETTLING;
    sipp.finish();
    baresip.hang_up();
    let heard = baresip.heard().part(start, JUDGED);
    assert!(level_db(&heard, one) > AUDIBLE_DB, "{:.1} dB", level_db(&heard, one));
    assert!(level_db(&heard, other) < INAUDIBLE_DB, "{:.1} dB", level_db(&heard, other));
}

#[test]
fn ipv4_and_ipv6_hear_each_other() {
    let bridge = Bridge::start();
    let [one, other, _] = TONES;
    let six = Line { host: "[::1]", ..Line::PLAIN };
    let mut new = Baresip::start("ipv6", six, &tone(one, VOICE));
    let mut old = Baresip::start("ipv4", Line::PLAIN, &tone(other, VOICE));
    new.call("1001", bridge.port_at(six.host, Udp));
    old.call("1001", bridge.port(Udp));
    let start = new.in_call() + SETTLING;
    talk(SETTLING + JUDGED);
    new.hang_up();
    old.hang_up();
    let heard = new.heard().part(start, JUDGED);
    assert!(level_db(&heard, other) > AUDIBLE_DB, "{:.1} dB", level_db(&heard, other));
    let heard = old.heard().part(SETTLING, JUDGED);
    assert!(level_db(&heard, one) > AUDIBLE_DB, "{:.1} dB", level_db(&heard, one));
}

#[test]
fn conferences_on_one_worker_do_not_hear_each_other() {
    conferences_do_not_hear_each_other(1);
}

#[test]
fn conferences_on_three_workers_do_not_hear_each_other() {
    conferences_do_not_hear_each_other(3);
}

fn conferences_do_not_hear_each_other(workers: u16) {
    let bridge = Bridge::with(Setting { workers, ..Setting::default() });
    let [one, other, third] = TONES;
    let mut here = Baresip::start("here", Line::PLAIN, &tone(one, VOICE));
    let mut there = Baresip::start("there", Line::PLAIN, &tone(other, VOICE));
    let mut too = Baresip::start("there-too", Line::PLAIN, &tone(third, VOICE));
    here.call("1001", bridge.port(Udp));
    there.call("1002", bridge.port(Udp));
    too.call("1002", bridge.port(Udp));
    let start = there.in_call() + SETTLING;
    talk(SETTLING + JUDGED);
    let mut all = [&mut here, &mut there, &mut too];
    all.iter_mut().for_each(|telephone| telephone.hang_up());
    let alone = here.heard();
    for hertz in [other, third] {
        let level = level_db(&alone, hertz);
        assert!(level < INAUDIBLE_DB, "1001 hears 1002 at {level:.1} dB");
    }
    let heard = there.heard().part(start, JUDGED);
    let level = level_db(&heard, one);
    assert!(level < INAUDIBLE_DB, "1002 hears 1001 at {level:.1} dB");
    assert!(level_db(&heard, third) > AUDIBLE_DB, "1002 does not hear itself");
}
