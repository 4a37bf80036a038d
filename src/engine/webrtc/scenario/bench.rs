//! What a packet of video to a browser costs, and what it leaves, one JSON object:
//! `cargo test -p causeway-engine --lib webrtc::scenario::bench -- --nocapture`.

use super::*;

const LEGS: usize = 100;

/// Packets of a picture.
const BURST: u16 = 5;

/// Pictures to each leg.
const PICTURES: u16 = 60;

/// Processor time of this thread.
fn cpu() -> Duration {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(used.tv_sec as u64, used.tv_nsec as u32)
}

/// Microseconds a packet, of pictures that are sent to all legs.
fn shown(calls: &mut [Call], first: u16, at_once: bool) -> f64 {
    let began = cpu();
    for number in 0..PICTURES {
        let first = first + number * BURST;
        let packets: Vec<_> =
            (0..BURST).map(|at| picture(first, at, BURST, calls[0].now.instant)).collect();
        for call in calls.iter_mut() {
            call.now.instant += Duration::from_millis(33);
            let Call { session, outbox, now, .. } = call;
            if at_once {
                session
                    .send_video(*now, packets.iter().cloned().map(|packet| (0, packet)), outbox)
                    .expect("goes on");
            } else {
                for packet in &packets {
                    session.send_video(*now, [(0, packet.clone())], outbox).expect("goes on");
                }
            }
            assert!(outbox.take().len() >= usize::from(BURST));
        }
    }
    let packets = calls.len() as f64 * f64::from(PICTURES * BURST);
    (cpu() - began).as_secs_f64() * 1e6 / packets
}

#[test]
fn the_cost_of_a_packet() {
    let mut calls: Vec<_> = (0..LEGS).map(|_| Call::open(vec![line(0)])).collect();
    let alone = shown(&mut calls, 1, false);
    let together = shown(&mut calls, 1 + PICTURES * BURST, true);
    let kept = std::mem::size_of::<str0m::rtp::RtpPacket>();
    println!(
        "{{\"case\":\"video to {LEGS} browsers\",\"us_per_packet_alone\":{alone:.2},\
         \"us_per_packet_of_{BURST}\":{together:.2},\"bytes_per_kept_packet\":{kept}}}"
    );
}
