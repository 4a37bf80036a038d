//! Part of H.245; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

choice! {
    /// `AudioCapability` of H.245.
    AudioCapability of 14 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: G711Alaw64k(u16 as Whole<1, 256>),
        2: G711Alaw56k(u16 as Whole<1, 256>),
        3: G711Ulaw64k(u16 as Whole<1, 256>),
        4: G711Ulaw56k(u16 as Whole<1, 256>),
        5: G72264k(u16 as Whole<1, 256>),
        6: G72256k(u16 as Whole<1, 256>),
        7: G72248k(u16 as Whole<1, 256>),
        8: G7231(AudioCapabilityG7231 as AudioCapabilityG7231),
        9: G728(u16 as Whole<1, 256>),
        10: G729(u16 as Whole<1, 256>),
        11: G729AnnexA(u16 as Whole<1, 256>),
        12: Is11172AudioCapability(Is11172AudioCapability as Is11172AudioCapability),
        13: Is13818AudioCapability(Is13818AudioCapability as Is13818AudioCapability),
    } or Unrecognised {
        0: G729wAnnexB(u16 as Whole<1, 256>),
        1: G729AnnexAwAnnexB(u16 as Whole<1, 256>),
        2: G7231AnnexCCapability(G7231AnnexCCapability as G7231AnnexCCapability),
        3: GsmFullRate(GsmAudioCapability as GsmAudioCapability),
        4: GsmHalfRate(GsmAudioCapability as GsmAudioCapability),
        5: GsmEnhancedFullRate(GsmAudioCapability as GsmAudioCapability),
        6: GenericAudioCapability(Box<GenericCapability> as Boxed<GenericCapability>),
        7: G729Extensions(G729Extensions as G729Extensions),
        8: Vbd(Box<VbdCapability> as Boxed<VbdCapability>),
        9: AudioTelephonyEvent(NoPtAudioTelephonyEventCapability as NoPtAudioTelephonyEventCapability),
        10: AudioTone(NoPtAudioToneCapability as NoPtAudioToneCapability),
    }
}

sequence! {
    /// Within `AudioCapability` of H.245.
    AudioCapabilityG7231 {
        max_al_sdu_audio_frames: u16 as Must<Whole<1, 256>>,
        silence_suppression: bool as Must<Flag>,
    }
}

sequence! {
    /// `G729Extensions` of H.245.
    G729Extensions {
        audio_unit: Option<u16> as May<Whole<1, 256>>,
        annex_a: bool as Must<Flag>,
        annex_b: bool as Must<Flag>,
        annex_d: bool as Must<Flag>,
        annex_e: bool as Must<Flag>,
        annex_f: bool as Must<Flag>,
        annex_g: bool as Must<Flag>,
        annex_h: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `G7231AnnexCCapability` of H.245.
    G7231AnnexCCapability {
        max_al_sdu_audio_frames: u16 as Must<Whole<1, 256>>,
        silence_suppression: bool as Must<Flag>,
        g723_annex_c_audio_mode: Option<G7231AnnexCCapabilityG723AnnexCAudioMode> as May<G7231AnnexCCapabilityG723AnnexCAudioMode>,
    } more {}
}

sequence! {
    /// Within `G7231AnnexCCapability` of H.245.
    G7231AnnexCCapabilityG723AnnexCAudioMode {
        high_rate_mode0: u8 as Must<Whole<27, 78>>,
        high_rate_mode1: u8 as Must<Whole<27, 78>>,
        low_rate_mode0: u8 as Must<Whole<23, 66>>,
        low_rate_mode1: u8 as Must<Whole<23, 66>>,
        sid_mode0: u8 as Must<Whole<6, 17>>,
        sid_mode1: u8 as Must<Whole<6, 17>>,
    } more {}
}

sequence! {
    /// `IS11172AudioCapability` of H.245.
    Is11172AudioCapability {
        audio_layer1: bool as Must<Flag>,
        audio_layer2: bool as Must<Flag>,
        audio_layer3: bool as Must<Flag>,
        audio_sampling32k: bool as Must<Flag>,
        audio_sampling44k1: bool as Must<Flag>,
        audio_sampling48k: bool as Must<Flag>,
        single_channel: bool as Must<Flag>,
        two_channels: bool as Must<Flag>,
        bit_rate: u16 as Must<Whole<1, 448>>,
    } more {}
}

sequence! {
    /// `IS13818AudioCapability` of H.245.
    Is13818AudioCapability {
        audio_layer1: bool as Must<Flag>,
        audio_layer2: bool as Must<Flag>,
        audio_layer3: bool as Must<Flag>,
        audio_sampling16k: bool as Must<Flag>,
        audio_sampling22k05: bool as Must<Flag>,
        audio_sampling24k: bool as Must<Flag>,
        audio_sampling32k: bool as Must<Flag>,
        audio_sampling44k1: bool as Must<Flag>,
        audio_sampling48k: bool as Must<Flag>,
        single_channel: bool as Must<Flag>,
        two_channels: bool as Must<Flag>,
        three_channels2_1: bool as Must<Flag>,
        three_channels3_0: bool as Must<Flag>,
        four_channels2_0_2_0: bool as Must<Flag>,
        four_channels2_2: bool as Must<Flag>,
        four_channels3_1: bool as Must<Flag>,
        five_channels3_0_2_0: bool as Must<Flag>,
        five_channels3_2: bool as Must<Flag>,
        low_frequency_enhancement: bool as Must<Flag>,
        multilingual: bool as Must<Flag>,
        bit_rate: u16 as Must<Whole<1, 1130>>,
    } more {}
}

sequence! {
    /// `GSMAudioCapability` of H.245.
    GsmAudioCapability {
        audio_unit_size: u16 as Must<Whole<1, 256>>,
        comfort_noise: bool as Must<Flag>,
        scrambled: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `VBDCapability` of H.245.
    VbdCapability {
        type_: Box<AudioCapability> as Must<Boxed<AudioCapability>>,
    } more {}
}
