//! The fuzz bodies, so that they always compile and run.

use causeway_base::Codec;
use causeway_media::audio::MAX_PACKET;
use causeway_media::audio::codec::{Decoder, Encoder, EncoderSettings};
use causeway_media::fuzz;
use proptest::prelude::*;

proptest! {
    #[test]
    fn hostile_bytes_harm_nothing(data in prop::collection::vec(any::<u8>(), 0..2000)) {
        fuzz::decode_opus(&data);
        fuzz::decode_g722(&data);
        fuzz::decode_g711(&data);
        fuzz::mixer_ops(&data);
    }
}

/// A codec that is fed noise for minutes: its arithmetic is checked for overflow in this build.
#[test]
fn long_noise_as_payload_harms_nothing() {
    let mut noise = causeway_media::audio::noise::Noise::new(77);
    for codec in [Codec::G722, Codec::Pcma, Codec::Pcmu, Codec::Opus] {
        let mut decoder = Decoder::new(codec);
        let mut out = vec![0.0; MAX_PACKET];
        for packet in 0..4000u32 {
            // Bytes of few values drive the predictors to their ends.
            let mask = [0xff, 0x0f, 0xf0, 0x41, 0x3f, 0xc0][packet as usize / 37 % 6];
            let length = 1 + noise.bits() as usize % 200;
            let payload: Vec<u8> = (0..length).map(|_| noise.bits() as u8 & mask).collect();
            if let Ok(samples) = decoder.decode(&payload, &mut out) {
                assert!(out[..samples].iter().all(|x| x.is_finite()), "{codec:?}");
            }
        }
    }
    let mut encoder = Encoder::new(Codec::G722, EncoderSettings::default()).unwrap();
    let mut out = [0; 160];
    for frame in 0..4000 {
        let extreme = |at: usize| if (at / (1 + frame % 9)).is_multiple_of(2) { 9.0 } else { -9.0 };
        let pcm: [f32; 320] = std::array::from_fn(extreme);
        assert_eq!(encoder.encode(&pcm, &mut out), Ok(160));
    }
}
