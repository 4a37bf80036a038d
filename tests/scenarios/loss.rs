//! A bad network between a telephone and the bridge.

use crate::{
    peer::{Baresip, Bridge, Line, LossyLink, Transport, talk},
    sound::{Wave, intelligibility, speech},
};
use causeway_base::Codec;

/// One packet in ten, lost at random by this seed.
const LOSS: f64 = 0.1;
const SEED: u64 = 20_261_122;

#[test]
fn opus_speech_stays_intelligible_with_one_packet_in_ten_lost() {
    let score = score_behind_lossy_link(Codec::Opus);
    assert!(score > 0.95, "in-band FEC and concealment leave {score:.3}");
}

#[test]
fn alaw_speech_stays_intelligible_with_one_packet_in_ten_lost() {
    let score = score_behind_lossy_link(Codec::Pcma);
    assert!(score > 0.92, "concealment alone leaves {score:.3}");
}

/// The intelligibility of speech that one telephone sends over the lossy link and another hears.
fn score_behind_lossy_link(codec: Codec) -> f64 {
    let bridge = Bridge::start();
    let link = LossyLink::new(bridge.port(Transport::Udp), LOSS, SEED);
    let speech = speech();
    let silence = Wave { rate: speech.rate, samples: vec![0.0; speech.samples.len() * 2] };
    let line = Line { codec, ..Line::PLAIN };
    let mut listener = Baresip::start("listener", line, &silence);
    let mut speaker = Baresip::start("speaker", line, &speech);
    listener.call("1001", bridge.port(Transport::Udp));
    speaker.call("1001", link.port());
    talk(speech.duration());
    speaker.hang_up();
    listener.hang_up();
    let loss = link.loss();
    assert!((LOSS - 0.03..LOSS + 0.03).contains(&loss), "the link lost {loss:.3}");
    let score = intelligibility(&speech, &listener.heard());
    println!("{codec}: {:.1} % lost, intelligibility {score:.3}", loss * 100.0);
    score
}
