//! Round trips, concealment and forward error correction of every codec.

use causeway_base::{Bitrate, Codec};
use causeway_media::audio::MAX_PACKET;
use causeway_media::audio::codec::{
    DecodeError, Decoder, EncodeError, Encoder, EncoderSettings, carries_fec, payload_duration,
    voice_activity,
};

use crate::measure::{best_delay, correlation, dbov, largest_bend, noise, snr, speech, tone};

fn packets(codec: Codec, settings: EncoderSettings, pcm: &[f32], ms: usize) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(codec, settings).unwrap();
    let frame = codec.sample_rate() as usize * ms / 1000;
    pcm.chunks_exact(frame)
        .map(|frame| {
            let mut out = vec![0; 1500];
            let bytes = encoder.encode(frame, &mut out).unwrap();
            out.truncate(bytes);
            out
        })
        .collect()
}

fn decoded(codec: Codec, packets: &[Vec<u8>]) -> Vec<f32> {
    let mut decoder = Decoder::new(codec);
    let mut out = vec![0.0; MAX_PACKET];
    let mut all = Vec::new();
    for packet in packets {
        let samples = decoder.decode(packet, &mut out).unwrap();
        assert_eq!(payload_duration(codec, packet), Ok(samples));
        all.extend_from_slice(&out[..samples]);
    }
    all
}

#[test]
fn speech_survives_each_codec_at_each_packet_length() {
    for (codec, least_snr) in
        [(Codec::Pcma, 30.0), (Codec::Pcmu, 30.0), (Codec::G722, 18.0), (Codec::Opus, 7.0)]
    {
        let rate = codec.sample_rate();
        let pcm = speech(3, rate, rate as usize * 3);
        for ms in [10, 20, 40, 60] {
            let packets = packets(codec, EncoderSettings::default(), &pcm, ms);
            let heard = decoded(codec, &packets);
            assert_eq!(
                heard.len(),
                pcm.len() / (rate as usize * ms / 1000) * (rate as usize * ms / 1000)
            );
            let longest = rate as usize / 100;
            let (delay, _) = best_delay(&pcm[..rate as usize], &heard, longest);
            let snr = snr(&pcm, &heard[delay..]);
            assert!(snr > least_snr, "{codec:?} {ms} ms: {snr} dB at {delay}");
            let change = dbov(&heard) - dbov(&pcm);
            assert!(change.abs() < 1.0, "{codec:?} {ms} ms: {change} dB");
        }
    }
}

#[test]
fn what_is_no_payload_is_an_error_that_names_it() {
    let mut out = vec![0.0; MAX_PACKET];
    for codec in Codec::ALL {
        let mut decoder = Decoder::new(codec);
        assert_eq!(decoder.decode(&[], &mut out), Err(DecodeError::Empty), "{codec:?}");
        let long = [0x7b; 5000];
        assert!(decoder.decode(&long, &mut out).is_err(), "{codec:?}");
        let good = &packets(
            codec,
            EncoderSettings::default(),
            &tone(440.0, codec.sample_rate(), -20.0, 960),
            20,
        )[0];
        let samples = payload_duration(codec, good).unwrap();
        assert_eq!(decoder.decode(good, &mut out[..10]), Err(DecodeError::OutputTooSmall(samples)));
        assert_eq!(decoder.decode(good, &mut out), Ok(samples), "an error leaves no trace");
    }
    // Two frames of equal size in an even number of bytes (RFC 6716 section 3.4, R3).
    let mut opus = Decoder::new(Codec::Opus);
    assert_eq!(opus.decode(&[0x79, 1, 2, 3], &mut out), Err(DecodeError::Malformed));
}

#[test]
fn wrong_frame_sizes_are_refused() {
    let mut out = [0; 1500];
    let mut opus = Encoder::new(Codec::Opus, EncoderSettings::default()).unwrap();
    assert_eq!(opus.encode(&[0.0; 961], &mut out), Err(EncodeError::FrameSize));
    let mut g722 = Encoder::new(Codec::G722, EncoderSettings::default()).unwrap();
    assert_eq!(g722.encode(&[0.0; 321], &mut out), Err(EncodeError::FrameSize));
    let mut pcma = Encoder::new(Codec::Pcma, EncoderSettings::default()).unwrap();
    assert_eq!(pcma.encode(&[0.0; 160], &mut out[..159]), Err(EncodeError::OutputTooSmall));
}

/// One lost packet of 20 ms in a voice: the sound goes on at about its level, without a step
/// that the voice itself does not have, and blends back.
#[test]
fn one_lost_packet_is_bridged_without_a_click() {
    for codec in Codec::ALL {
        let rate = codec.sample_rate();
        let frame = rate as usize / 50;
        let pcm = tone(220.0, rate, -20.0, frame * 30);
        let packets = packets(codec, EncoderSettings::default(), &pcm, 20);
        let mut decoder = Decoder::new(codec);
        let mut out = vec![0.0; MAX_PACKET];
        let mut heard = Vec::new();
        for (at, packet) in packets.iter().enumerate() {
            let samples = if at == 15 {
                decoder.conceal(frame, &mut out)
            } else {
                decoder.decode(packet, &mut out).unwrap()
            };
            heard.extend_from_slice(&out[..samples]);
        }
        let clean = decoded(codec, &packets);
        let hole = &heard[15 * frame..16 * frame];
        let change = dbov(hole) - dbov(&clean[15 * frame..16 * frame]);
        assert!(change.abs() < 4.0, "{codec:?}: {change} dB");
        let around = 14 * frame..18 * frame;
        let (bend, usual) = (largest_bend(&heard[around.clone()]), largest_bend(&clean[around]));
        assert!(bend < 3.0 * usual + 0.004, "{codec:?}: {bend} instead of {usual}");
        let after = 20 * frame..;
        assert!(correlation(&heard[after.clone()], &clean[after]) > 0.98, "{codec:?}");
    }
}

#[test]
fn a_long_loss_fades_to_silence() {
    for codec in Codec::ALL {
        let rate = codec.sample_rate();
        let frame = rate as usize / 50;
        let packets =
            packets(codec, EncoderSettings::default(), &tone(150.0, rate, -20.0, frame * 10), 20);
        let mut decoder = Decoder::new(codec);
        let mut out = vec![0.0; MAX_PACKET];
        for packet in &packets {
            decoder.decode(packet, &mut out).unwrap();
        }
        let levels: Vec<f32> = (0..50)
            .map(|_| {
                let samples = decoder.conceal(frame, &mut out);
                dbov(&out[..samples])
            })
            .collect();
        assert!(levels[0] > -26.0, "{codec:?}: {levels:?}");
        assert!(levels[2] < levels[0], "{codec:?}: {levels:?}");
        let silent_from = if codec == Codec::Opus { 49 } else { 3 };
        assert!(levels[silent_from] < -60.0, "{codec:?}: {levels:?}");
    }
}

#[test]
fn concealment_of_any_length_before_any_packet_is_silence() {
    for codec in Codec::ALL {
        let mut out = [0.7; 700];
        assert_eq!(Decoder::new(codec).conceal(usize::MAX, &mut out), 700);
        assert!(out.iter().all(|x| *x == 0.0), "{codec:?}");
    }
}

/// Every fourth packet is lost: with FEC the lost ones come back out of their successors.
#[test]
fn opus_fec_recovers_what_concealment_cannot() {
    let settings = EncoderSettings { fec: true, expected_loss: 20, ..EncoderSettings::default() };
    let pcm = speech(5, 48_000, 960 * 200);
    let packets = packets(Codec::Opus, settings, &pcm, 20);
    let redundant = packets.iter().filter(|packet| carries_fec(packet)).count();
    assert!(redundant > 100, "{redundant} of 200");
    let clean = decoded(Codec::Opus, &packets);
    let lost_part = |fec: bool| {
        let mut decoder = Decoder::new(Codec::Opus);
        let mut out = vec![0.0; MAX_PACKET];
        let (mut heard, mut original) = (Vec::new(), Vec::new());
        for (at, packet) in packets.iter().enumerate() {
            if at % 4 == 2 {
                match packets.get(at + 1) {
                    Some(next) if fec => decoder.decode_fec(next, 960, &mut out).unwrap(),
                    _ => decoder.conceal(960, &mut out),
                };
                heard.extend_from_slice(&out[..960]);
                original.extend_from_slice(&clean[at * 960..][..960]);
            } else {
                decoder.decode(packet, &mut out).unwrap();
            }
        }
        correlation(&heard, &original)
    };
    let (with, without) = (lost_part(true), lost_part(false));
    assert!(with > 0.85, "{with}");
    assert!(with > without + 0.1, "{with} with, {without} without");
}

#[test]
fn opus_says_silence_without_being_decoded() {
    let spoken = packets(Codec::Opus, EncoderSettings::default(), &speech(1, 48_000, 48_000), 20);
    let quiet = packets(Codec::Opus, EncoderSettings::default(), &noise(1, -64.0, 48_000 * 3), 20);
    let active = |packets: &[Vec<u8>]| {
        packets.iter().filter(|packet| voice_activity(packet) == Some(true)).count()
    };
    println!(
        "opus: {} of 50 active in speech, {} of 150 in noise",
        active(&spoken),
        active(&quiet)
    );
    assert!(active(&spoken) > 35);
    assert!(active(&quiet[50..]) < 5);
}

#[test]
fn dtx_sends_nothing_in_silence() {
    let settings = EncoderSettings { dtx: true, ..EncoderSettings::default() };
    let sent = packets(Codec::Opus, settings, &noise(1, -80.0, 48_000 * 3), 20);
    let nothing = sent.iter().filter(|packet| packet.is_empty()).count();
    assert!(nothing > 100, "{nothing} of 150");
}

#[test]
fn the_bitrate_can_change() {
    let pcm = speech(1, 48_000, 48_000);
    let mut encoder = Encoder::new(Codec::Opus, EncoderSettings::default()).unwrap();
    let bytes = |encoder: &mut Encoder| -> usize {
        let mut out = [0; 1500];
        pcm.chunks_exact(960).map(|frame| encoder.encode(frame, &mut out).unwrap()).sum()
    };
    let before = bytes(&mut encoder);
    encoder.set_bitrate(Bitrate::kbps(12));
    let after = bytes(&mut encoder);
    assert!(after * 3 < before * 2, "{before} then {after}");
}
