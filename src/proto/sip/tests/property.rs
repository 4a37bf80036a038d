//! Whatever two applications do over whatever link: in the end nothing is left, and every call
//! ended once.

use super::pair::{A, B, Faults, OFFER, Pair};
use crate::sip::{Carrier, Command, Event};
use bytes::Bytes;
use causeway_base::{EndCause, LegId};
use proptest::prelude::*;
use std::collections::HashMap;

/// One step of a random life: who does what to which call, and how long nothing else happens.
fn step() -> impl Strategy<Value = (usize, u8, u64, u64)> {
    (0..2usize, 0..10u8, 1..4u64, 0..700u64)
}

fn act(pair: &mut Pair, side: usize, action: u8, number: u64) {
    let call = LegId(number);
    let sdp = Bytes::from_static(OFFER);
    let command = match action {
        0 => Command::Invite(Box::new(pair.invite(call, Some(OFFER)))),
        1 => Command::Invite(Box::new(pair.invite(call, None))),
        2 => Command::Progress { call, status: 180, sdp: None, reliable: true },
        3 => Command::Progress { call, status: 183, sdp: Some(sdp), reliable: true },
        4 | 5 => Command::Answer { call, sdp },
        6 => Command::Reoffer { call, sdp },
        7 => Command::AnswerReoffer { call, sdp },
        8 => Command::Hangup { call, cause: EndCause::Normal },
        _ => Command::Info { call, content_type: "application/dtmf", body: "5".into() },
    };
    let side = if action < 2 { A } else { side };
    pair.command(side, command);
}

/// Calls that an application must hear the end of, and how often it did.
fn ends(pair: &Pair, side: usize) -> HashMap<LegId, usize> {
    let mut ends = HashMap::new();
    for event in &pair.sides[side].events {
        if let Event::Ended { call, .. } = event {
            *ends.entry(*call).or_default() += 1;
        }
    }
    ends
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn nothing_is_left_and_every_call_ends_once(
        seed in any::<u8>(),
        streams in any::<bool>(),
        loss in 0..40u32,
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let mut pair = Pair::faulty(seed, Faults { loss, double: loss, jitter_ms: 20 * loss });
        pair.carrier = if streams { Carrier::Tcp } else { Carrier::Udp };
        let mut dialled = Vec::new();
        for (side, action, number, wait) in steps {
            // A number is used once: the application numbers its calls.
            let number = number + 4 * u64::try_from(dialled.len()).unwrap_or(0) * u64::from(action < 2);
            if action < 2 {
                dialled.push(LegId(number));
            }
            act(&mut pair, side, action, number);
            pair.run(wait);
        }
        let admitted = pair.admitted();
        for side in [A, B] {
            for number in 1..200 {
                let (call, cause) = (LegId(number), EndCause::Normal);
                pair.command(side, Command::Hangup { call, cause });
            }
        }
        // Late INVITEs may still open calls at B: hang up once more.
        pair.run(40_000);
        for number in 1..200 {
            pair.command(B, Command::Hangup { call: LegId(number), cause: EndCause::Normal });
        }
        pair.assert_empty();
        let (a, b) = (ends(&pair, A), ends(&pair, B));
        dialled.sort_unstable();
        dialled.dedup();
        for call in dialled {
            prop_assert_eq!(a.get(&call), Some(&1), "A {} {:?}", call, pair.trace);
        }
        for number in 1..=admitted {
            prop_assert_eq!(b.get(&LegId(number)), Some(&1), "B {} {:?}", number, pair.trace);
        }
    }
}
