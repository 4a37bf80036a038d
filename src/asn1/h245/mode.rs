//! Part of H.245; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

sequence! {
    /// `MultiplexEntrySend` of H.245.
    MultiplexEntrySend {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
        multiplex_entry_descriptors: Vec<MultiplexEntryDescriptor> as Must<List<MultiplexEntryDescriptor, 1, 15>>,
    } more {}
}

sequence! {
    /// `MultiplexEntryDescriptor` of H.245.
    MultiplexEntryDescriptor {
        multiplex_table_entry_number: MultiplexTableEntryNumber as Must<Whole<1, 15>>,
        element_list: Option<Vec<MultiplexElement>> as May<List<MultiplexElement, 1, 256>>,
    }
}

sequence! {
    /// `MultiplexElement` of H.245.
    MultiplexElement {
        type_: MultiplexElementType as Must<MultiplexElementType>,
        repeat_count: MultiplexElementRepeatCount as Must<MultiplexElementRepeatCount>,
    }
}

choice! {
    /// Within `MultiplexElement` of H.245.
    MultiplexElementType of 2 {
        0: LogicalChannelNumber(u16 as Whole<0, 65535>),
        1: SubElementList(Vec<MultiplexElement> as List<MultiplexElement, 2, 255>),
    }
}

choice! {
    /// Within `MultiplexElement` of H.245.
    MultiplexElementRepeatCount of 2 {
        0: Finite(u16 as Whole<1, 65535>),
        1: UntilClosingFlag,
    }
}

/// `MultiplexTableEntryNumber` of H.245.
pub type MultiplexTableEntryNumber = u8;

sequence! {
    /// `MultiplexEntrySendAck` of H.245.
    MultiplexEntrySendAck {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
        multiplex_table_entry_number: Vec<MultiplexTableEntryNumber> as Must<List<Whole<1, 15>, 1, 15>>,
    } more {}
}

sequence! {
    /// `MultiplexEntrySendReject` of H.245.
    MultiplexEntrySendReject {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
        rejection_descriptions: Vec<MultiplexEntryRejectionDescriptions> as Must<List<MultiplexEntryRejectionDescriptions, 1, 15>>,
    } more {}
}

sequence! {
    /// `MultiplexEntryRejectionDescriptions` of H.245.
    MultiplexEntryRejectionDescriptions {
        multiplex_table_entry_number: MultiplexTableEntryNumber as Must<Whole<1, 15>>,
        cause: MultiplexEntryRejectionDescriptionsCause as Must<MultiplexEntryRejectionDescriptionsCause>,
    } more {}
}

choice! {
    /// Within `MultiplexEntryRejectionDescriptions` of H.245.
    MultiplexEntryRejectionDescriptionsCause of 2 {
        0: UnspecifiedCause,
        1: DescriptorTooComplex,
    } or Unrecognised {}
}

sequence! {
    /// `MultiplexEntrySendRelease` of H.245.
    MultiplexEntrySendRelease {
        multiplex_table_entry_number: Vec<MultiplexTableEntryNumber> as Must<List<Whole<1, 15>, 1, 15>>,
    } more {}
}

sequence! {
    /// `RequestMultiplexEntry` of H.245.
    RequestMultiplexEntry {
        entry_numbers: Vec<MultiplexTableEntryNumber> as Must<List<Whole<1, 15>, 1, 15>>,
    } more {}
}

sequence! {
    /// `RequestMultiplexEntryAck` of H.245.
    RequestMultiplexEntryAck {
        entry_numbers: Vec<MultiplexTableEntryNumber> as Must<List<Whole<1, 15>, 1, 15>>,
    } more {}
}

sequence! {
    /// `RequestMultiplexEntryReject` of H.245.
    RequestMultiplexEntryReject {
        entry_numbers: Vec<MultiplexTableEntryNumber> as Must<List<Whole<1, 15>, 1, 15>>,
        rejection_descriptions: Vec<RequestMultiplexEntryRejectionDescriptions> as Must<List<RequestMultiplexEntryRejectionDescriptions, 1, 15>>,
    } more {}
}

sequence! {
    /// `RequestMultiplexEntryRejectionDescriptions` of H.245.
    RequestMultiplexEntryRejectionDescriptions {
        multiplex_table_entry_number: MultiplexTableEntryNumber as Must<Whole<1, 15>>,
        cause: RequestMultiplexEntryRejectionDescriptionsCause as Must<RequestMultiplexEntryRejectionDescriptionsCause>,
    } more {}
}

choice! {
    /// Within `RequestMultiplexEntryRejectionDescriptions` of H.245.
    RequestMultiplexEntryRejectionDescriptionsCause of 1 {
        0: UnspecifiedCause,
    } or Unrecognised {}
}

sequence! {
    /// `RequestMultiplexEntryRelease` of H.245.
    RequestMultiplexEntryRelease {
        entry_numbers: Vec<MultiplexTableEntryNumber> as Must<List<Whole<1, 15>, 1, 15>>,
    } more {}
}

sequence! {
    /// `RequestMode` of H.245.
    RequestMode {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
        requested_modes: Vec<ModeDescription> as Must<List<List<ModeElement, 1, 256>, 1, 256>>,
    } more {}
}

sequence! {
    /// `RequestModeAck` of H.245.
    RequestModeAck {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
        response: RequestModeAckResponse as Must<RequestModeAckResponse>,
    } more {}
}

choice! {
    /// Within `RequestModeAck` of H.245.
    RequestModeAckResponse of 2 {
        0: WillTransmitMostPreferredMode,
        1: WillTransmitLessPreferredMode,
    } or Unrecognised {}
}

sequence! {
    /// `RequestModeReject` of H.245.
    RequestModeReject {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
        cause: RequestModeRejectCause as Must<RequestModeRejectCause>,
    } more {}
}

choice! {
    /// Within `RequestModeReject` of H.245.
    RequestModeRejectCause of 3 {
        0: ModeUnavailable,
        1: MultipointConstraint,
        2: RequestDenied,
    } or Unrecognised {}
}

sequence! {
    /// `RequestModeRelease` of H.245.
    RequestModeRelease {
    } more {}
}

/// `ModeDescription` of H.245.
pub type ModeDescription = Vec<ModeElement>;

choice! {
    /// `ModeElementType` of H.245.
    ModeElementType of 5 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: VideoMode(VideoMode as VideoMode),
        2: AudioMode(AudioMode as AudioMode),
        3: DataMode(Box<DataMode> as Boxed<DataMode>),
        4: EncryptionMode(EncryptionMode as EncryptionMode),
    } or Unrecognised {
        0: H235Mode(Box<H235Mode> as Boxed<H235Mode>),
        1: MultiplexedStreamMode(MultiplexedStreamParameter as MultiplexedStreamParameter),
        2: RedundancyEncodingDtMode(Box<RedundancyEncodingDtMode> as Boxed<RedundancyEncodingDtMode>),
        3: MultiplePayloadStreamMode(MultiplePayloadStreamMode as MultiplePayloadStreamMode),
        4: DepFecMode(Box<DepFecMode> as Boxed<DepFecMode>),
        5: FecMode(Box<FecMode> as Boxed<FecMode>),
    }
}

sequence! {
    /// `ModeElement` of H.245.
    ModeElement {
        type_: ModeElementType as Must<ModeElementType>,
        h223_mode_parameters: Option<H223ModeParameters> as May<H223ModeParameters>,
    } more {
        v76_mode_parameters: V76ModeParameters as V76ModeParameters,
        h2250_mode_parameters: H2250ModeParameters as H2250ModeParameters,
        generic_mode_parameters: Box<GenericCapability> as Boxed<GenericCapability>,
        multiplexed_stream_mode_parameters: MultiplexedStreamModeParameters as MultiplexedStreamModeParameters,
        logical_channel_number: LogicalChannelNumber as Whole<1, 65535>,
    }
}

sequence! {
    /// `H235Mode` of H.245.
    H235Mode {
        encryption_authentication_and_integrity: EncryptionAuthenticationAndIntegrity as Must<EncryptionAuthenticationAndIntegrity>,
        media_mode: H235ModeMediaMode as Must<H235ModeMediaMode>,
    } more {}
}

choice! {
    /// Within `H235Mode` of H.245.
    H235ModeMediaMode of 4 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: VideoMode(VideoMode as VideoMode),
        2: AudioMode(AudioMode as AudioMode),
        3: DataMode(Box<DataMode> as Boxed<DataMode>),
    } or Unrecognised {}
}

sequence! {
    /// `MultiplexedStreamModeParameters` of H.245.
    MultiplexedStreamModeParameters {
        logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
    } more {}
}

sequence! {
    /// `RedundancyEncodingDTMode` of H.245.
    RedundancyEncodingDtMode {
        redundancy_encoding_method: RedundancyEncodingMethod as Must<RedundancyEncodingMethod>,
        primary: Box<RedundancyEncodingDtModeElement> as Must<Boxed<RedundancyEncodingDtModeElement>>,
        secondary: Vec<RedundancyEncodingDtModeElement> as Must<List<RedundancyEncodingDtModeElement>>,
    } more {}
}

sequence! {
    /// `RedundancyEncodingDTModeElement` of H.245.
    RedundancyEncodingDtModeElement {
        type_: Box<RedundancyEncodingDtModeElementType> as Must<Boxed<RedundancyEncodingDtModeElementType>>,
    } more {}
}

choice! {
    /// Within `RedundancyEncodingDTModeElement` of H.245.
    RedundancyEncodingDtModeElementType of 6 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: VideoMode(VideoMode as VideoMode),
        2: AudioMode(AudioMode as AudioMode),
        3: DataMode(Box<DataMode> as Boxed<DataMode>),
        4: EncryptionMode(EncryptionMode as EncryptionMode),
        5: H235Mode(Box<H235Mode> as Boxed<H235Mode>),
    } or Unrecognised {
        0: FecMode(Box<FecMode> as Boxed<FecMode>),
    }
}

sequence! {
    /// `MultiplePayloadStreamMode` of H.245.
    MultiplePayloadStreamMode {
        elements: Vec<MultiplePayloadStreamElementMode> as Must<List<MultiplePayloadStreamElementMode>>,
    } more {}
}

sequence! {
    /// `MultiplePayloadStreamElementMode` of H.245.
    MultiplePayloadStreamElementMode {
        type_: ModeElementType as Must<ModeElementType>,
    } more {}
}

choice! {
    /// `DepFECMode` of H.245.
    DepFecMode of 1 {
        0: Rfc2733Mode(Box<DepFecModeRfc2733Mode> as Boxed<DepFecModeRfc2733Mode>),
    } or Unrecognised {}
}

sequence! {
    /// Within `DepFECMode` of H.245.
    DepFecModeRfc2733Mode {
        mode: Box<DepFecModeRfc2733ModeMode> as Must<Boxed<DepFecModeRfc2733ModeMode>>,
    } more {}
}

choice! {
    /// Within `DepFECMode` of H.245.
    DepFecModeRfc2733ModeMode of 2 {
        0: RedundancyEncoding,
        1: SeparateStream(Box<DepFecModeRfc2733ModeModeSeparateStream> as Boxed<DepFecModeRfc2733ModeModeSeparateStream>),
    } or Unrecognised {}
}

choice! {
    /// Within `DepFECMode` of H.245.
    DepFecModeRfc2733ModeModeSeparateStream of 2 {
        0: DifferentPort(DepFecModeRfc2733ModeModeSeparateStreamDifferentPort as DepFecModeRfc2733ModeModeSeparateStreamDifferentPort),
        1: SamePort(Box<DepFecModeRfc2733ModeModeSeparateStreamSamePort> as Boxed<DepFecModeRfc2733ModeModeSeparateStreamSamePort>),
    } or Unrecognised {}
}

sequence! {
    /// Within `DepFECMode` of H.245.
    DepFecModeRfc2733ModeModeSeparateStreamDifferentPort {
        protected_session_id: u8 as Must<Whole<1, 255>>,
        protected_payload_type: Option<u8> as May<Whole<0, 127>>,
    } more {}
}

sequence! {
    /// Within `DepFECMode` of H.245.
    DepFecModeRfc2733ModeModeSeparateStreamSamePort {
        protected_type: Box<ModeElementType> as Must<Boxed<ModeElementType>>,
    } more {}
}

sequence! {
    /// `FECMode` of H.245.
    FecMode {
        protected_element: Box<ModeElementType> as Must<Boxed<ModeElementType>>,
        fec_scheme: Option<ObjectIdentifier> as May<ObjectIdentifier>,
        rfc2733_format: Option<FecModeRfc2733Format> as May<FecModeRfc2733Format>,
    } more {}
}

choice! {
    /// Within `FECMode` of H.245.
    FecModeRfc2733Format of 3 {
        0: Rfc2733rfc2198(MaxRedundancy as AtLeast<1>),
        1: Rfc2733sameport(MaxRedundancy as AtLeast<1>),
        2: Rfc2733diffport(MaxRedundancy as AtLeast<1>),
    }
}

sequence! {
    /// `H223ModeParameters` of H.245.
    H223ModeParameters {
        adaptation_layer_type: H223ModeParametersAdaptationLayerType as Must<H223ModeParametersAdaptationLayerType>,
        segmentable_flag: bool as Must<Flag>,
    } more {}
}

choice! {
    /// Within `H223ModeParameters` of H.245.
    H223ModeParametersAdaptationLayerType of 6 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: Al1Framed,
        2: Al1NotFramed,
        3: Al2WithoutSequenceNumbers,
        4: Al2WithSequenceNumbers,
        5: Al3(H223ModeParametersAdaptationLayerTypeAl3 as H223ModeParametersAdaptationLayerTypeAl3),
    } or Unrecognised {
        0: Al1M(H223Al1MParameters as H223Al1MParameters),
        1: Al2M(H223Al2MParameters as H223Al2MParameters),
        2: Al3M(H223Al3MParameters as H223Al3MParameters),
    }
}

sequence! {
    /// Within `H223ModeParameters` of H.245.
    H223ModeParametersAdaptationLayerTypeAl3 {
        control_field_octets: u8 as Must<Whole<0, 2>>,
        send_buffer_size: u32 as Must<Whole<0, 16777215>>,
    }
}

choice! {
    /// `V76ModeParameters` of H.245.
    V76ModeParameters of 2 {
        0: SuspendResumewAddress,
        1: SuspendResumewoAddress,
    } or Unrecognised {}
}

sequence! {
    /// `H2250ModeParameters` of H.245.
    H2250ModeParameters {
        redundancy_encoding_mode: Option<Box<RedundancyEncodingMode>> as May<Boxed<RedundancyEncodingMode>>,
    } more {}
}

sequence! {
    /// `RedundancyEncodingMode` of H.245.
    RedundancyEncodingMode {
        redundancy_encoding_method: RedundancyEncodingMethod as Must<RedundancyEncodingMethod>,
        secondary_encoding: Option<RedundancyEncodingModeSecondaryEncoding> as May<RedundancyEncodingModeSecondaryEncoding>,
    } more {}
}

choice! {
    /// Within `RedundancyEncodingMode` of H.245.
    RedundancyEncodingModeSecondaryEncoding of 2 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: AudioData(AudioMode as AudioMode),
    } or Unrecognised {}
}

choice! {
    /// `VideoMode` of H.245.
    VideoMode of 5 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: H261VideoMode(H261VideoMode as H261VideoMode),
        2: H262VideoMode(H262VideoMode as H262VideoMode),
        3: H263VideoMode(Box<H263VideoMode> as Boxed<H263VideoMode>),
        4: Is11172VideoMode(Is11172VideoMode as Is11172VideoMode),
    } or Unrecognised {
        0: GenericVideoMode(Box<GenericCapability> as Boxed<GenericCapability>),
    }
}

sequence! {
    /// `H261VideoMode` of H.245.
    H261VideoMode {
        resolution: H261VideoModeResolution as Must<H261VideoModeResolution>,
        bit_rate: u16 as Must<Whole<1, 19200>>,
        still_image_transmission: bool as Must<Flag>,
    } more {}
}

choice! {
    /// Within `H261VideoMode` of H.245.
    H261VideoModeResolution of 2 {
        0: Qcif,
        1: Cif,
    }
}

sequence! {
    /// `H262VideoMode` of H.245.
    H262VideoMode {
        profile_and_level: H262VideoModeProfileAndLevel as Must<H262VideoModeProfileAndLevel>,
        video_bit_rate: Option<u32> as May<Whole<0, 1073741823>>,
        vbv_buffer_size: Option<u32> as May<Whole<0, 262143>>,
        samples_per_line: Option<u16> as May<Whole<0, 16383>>,
        lines_per_frame: Option<u16> as May<Whole<0, 16383>>,
        frames_per_second: Option<u8> as May<Whole<0, 15>>,
        luminance_sample_rate: Option<u32> as May<Whole<0, 4294967295>>,
    } more {}
}

choice! {
    /// Within `H262VideoMode` of H.245.
    H262VideoModeProfileAndLevel of 11 {
        0: ProfileAndLevelSPatMl,
        1: ProfileAndLevelMPatLl,
        2: ProfileAndLevelMPatMl,
        3: ProfileAndLevelMPatH14,
        4: ProfileAndLevelMPatHl,
        5: ProfileAndLevelSnRatLl,
        6: ProfileAndLevelSnRatMl,
        7: ProfileAndLevelSpatialatH14,
        8: ProfileAndLevelHPatMl,
        9: ProfileAndLevelHPatH14,
        10: ProfileAndLevelHPatHl,
    } or Unrecognised {}
}

sequence! {
    /// `H263VideoMode` of H.245.
    H263VideoMode {
        resolution: H263VideoModeResolution as Must<H263VideoModeResolution>,
        bit_rate: u16 as Must<Whole<1, 19200>>,
        unrestricted_vector: bool as Must<Flag>,
        arithmetic_coding: bool as Must<Flag>,
        advanced_prediction: bool as Must<Flag>,
        pb_frames: bool as Must<Flag>,
    } more {
        error_compensation: bool as Flag,
        enhancement_layer_info: EnhancementLayerInfo as EnhancementLayerInfo,
        h263_options: Box<H263Options> as Boxed<H263Options>,
    }
}

choice! {
    /// Within `H263VideoMode` of H.245.
    H263VideoModeResolution of 5 {
        0: Sqcif,
        1: Qcif,
        2: Cif,
        3: Cif4,
        4: Cif16,
    } or Unrecognised {
        0: Custom,
    }
}

sequence! {
    /// `IS11172VideoMode` of H.245.
    Is11172VideoMode {
        constrained_bitstream: bool as Must<Flag>,
        video_bit_rate: Option<u32> as May<Whole<0, 1073741823>>,
        vbv_buffer_size: Option<u32> as May<Whole<0, 262143>>,
        samples_per_line: Option<u16> as May<Whole<0, 16383>>,
        lines_per_frame: Option<u16> as May<Whole<0, 16383>>,
        picture_rate: Option<u8> as May<Whole<0, 15>>,
        luminance_sample_rate: Option<u32> as May<Whole<0, 4294967295>>,
    } more {}
}

choice! {
    /// `AudioMode` of H.245.
    AudioMode of 14 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: G711Alaw64k,
        2: G711Alaw56k,
        3: G711Ulaw64k,
        4: G711Ulaw56k,
        5: G72264k,
        6: G72256k,
        7: G72248k,
        8: G728,
        9: G729,
        10: G729AnnexA,
        11: G7231(AudioModeG7231 as AudioModeG7231),
        12: Is11172AudioMode(Is11172AudioMode as Is11172AudioMode),
        13: Is13818AudioMode(Is13818AudioMode as Is13818AudioMode),
    } or Unrecognised {
        0: G729wAnnexB(u16 as Whole<1, 256>),
        1: G729AnnexAwAnnexB(u16 as Whole<1, 256>),
        2: G7231AnnexCMode(G7231AnnexCMode as G7231AnnexCMode),
        3: GsmFullRate(GsmAudioCapability as GsmAudioCapability),
        4: GsmHalfRate(GsmAudioCapability as GsmAudioCapability),
        5: GsmEnhancedFullRate(GsmAudioCapability as GsmAudioCapability),
        6: GenericAudioMode(Box<GenericCapability> as Boxed<GenericCapability>),
        7: G729Extensions(G729Extensions as G729Extensions),
        8: Vbd(Box<VbdMode> as Boxed<VbdMode>),
    }
}

choice! {
    /// Within `AudioMode` of H.245.
    AudioModeG7231 of 4 {
        0: NoSilenceSuppressionLowRate,
        1: NoSilenceSuppressionHighRate,
        2: SilenceSuppressionLowRate,
        3: SilenceSuppressionHighRate,
    }
}

sequence! {
    /// `IS11172AudioMode` of H.245.
    Is11172AudioMode {
        audio_layer: Is11172AudioModeAudioLayer as Must<Is11172AudioModeAudioLayer>,
        audio_sampling: Is11172AudioModeAudioSampling as Must<Is11172AudioModeAudioSampling>,
        multichannel_type: Is11172AudioModeMultichannelType as Must<Is11172AudioModeMultichannelType>,
        bit_rate: u16 as Must<Whole<1, 448>>,
    } more {}
}

choice! {
    /// Within `IS11172AudioMode` of H.245.
    Is11172AudioModeAudioLayer of 3 {
        0: AudioLayer1,
        1: AudioLayer2,
        2: AudioLayer3,
    }
}

choice! {
    /// Within `IS11172AudioMode` of H.245.
    Is11172AudioModeAudioSampling of 3 {
        0: AudioSampling32k,
        1: AudioSampling44k1,
        2: AudioSampling48k,
    }
}

choice! {
    /// Within `IS11172AudioMode` of H.245.
    Is11172AudioModeMultichannelType of 3 {
        0: SingleChannel,
        1: TwoChannelStereo,
        2: TwoChannelDual,
    }
}

sequence! {
    /// `IS13818AudioMode` of H.245.
    Is13818AudioMode {
        audio_layer: Is13818AudioModeAudioLayer as Must<Is13818AudioModeAudioLayer>,
        audio_sampling: Is13818AudioModeAudioSampling as Must<Is13818AudioModeAudioSampling>,
        multichannel_type: Is13818AudioModeMultichannelType as Must<Is13818AudioModeMultichannelType>,
        low_frequency_enhancement: bool as Must<Flag>,
        multilingual: bool as Must<Flag>,
        bit_rate: u16 as Must<Whole<1, 1130>>,
    } more {}
}

choice! {
    /// Within `IS13818AudioMode` of H.245.
    Is13818AudioModeAudioLayer of 3 {
        0: AudioLayer1,
        1: AudioLayer2,
        2: AudioLayer3,
    }
}

choice! {
    /// Within `IS13818AudioMode` of H.245.
    Is13818AudioModeAudioSampling of 6 {
        0: AudioSampling16k,
        1: AudioSampling22k05,
        2: AudioSampling24k,
        3: AudioSampling32k,
        4: AudioSampling44k1,
        5: AudioSampling48k,
    }
}

choice! {
    /// Within `IS13818AudioMode` of H.245.
    Is13818AudioModeMultichannelType of 10 {
        0: SingleChannel,
        1: TwoChannelStereo,
        2: TwoChannelDual,
        3: ThreeChannels21,
        4: ThreeChannels30,
        5: FourChannels2020,
        6: FourChannels22,
        7: FourChannels31,
        8: FiveChannels3020,
        9: FiveChannels32,
    }
}

sequence! {
    /// `G7231AnnexCMode` of H.245.
    G7231AnnexCMode {
        max_al_sdu_audio_frames: u16 as Must<Whole<1, 256>>,
        silence_suppression: bool as Must<Flag>,
        g723_annex_c_audio_mode: G7231AnnexCModeG723AnnexCAudioMode as Must<G7231AnnexCModeG723AnnexCAudioMode>,
    } more {}
}

sequence! {
    /// Within `G7231AnnexCMode` of H.245.
    G7231AnnexCModeG723AnnexCAudioMode {
        high_rate_mode0: u8 as Must<Whole<27, 78>>,
        high_rate_mode1: u8 as Must<Whole<27, 78>>,
        low_rate_mode0: u8 as Must<Whole<23, 66>>,
        low_rate_mode1: u8 as Must<Whole<23, 66>>,
        sid_mode0: u8 as Must<Whole<6, 17>>,
        sid_mode1: u8 as Must<Whole<6, 17>>,
    } more {}
}

sequence! {
    /// `VBDMode` of H.245.
    VbdMode {
        type_: Box<AudioMode> as Must<Boxed<AudioMode>>,
    } more {}
}

sequence! {
    /// `DataMode` of H.245.
    DataMode {
        application: DataModeApplication as Must<DataModeApplication>,
        bit_rate: u32 as Must<Whole<0, 4294967295>>,
    } more {}
}

choice! {
    /// Within `DataMode` of H.245.
    DataModeApplication of 10 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: T120(DataProtocolCapability as DataProtocolCapability),
        2: DsmCc(DataProtocolCapability as DataProtocolCapability),
        3: UserData(DataProtocolCapability as DataProtocolCapability),
        4: T84(DataProtocolCapability as DataProtocolCapability),
        5: T434(DataProtocolCapability as DataProtocolCapability),
        6: H224(DataProtocolCapability as DataProtocolCapability),
        7: Nlpid(Box<DataModeApplicationNlpid> as Boxed<DataModeApplicationNlpid>),
        8: DsvdControl,
        9: H222DataPartitioning(DataProtocolCapability as DataProtocolCapability),
    } or Unrecognised {
        0: T30fax(DataProtocolCapability as DataProtocolCapability),
        1: T140(DataProtocolCapability as DataProtocolCapability),
        2: T38fax(Box<DataModeApplicationT38fax> as Boxed<DataModeApplicationT38fax>),
        3: GenericDataMode(Box<GenericCapability> as Boxed<GenericCapability>),
    }
}

sequence! {
    /// Within `DataMode` of H.245.
    DataModeApplicationNlpid {
        nlpid_protocol: DataProtocolCapability as Must<DataProtocolCapability>,
        nlpid_data: Vec<u8> as Must<Octets>,
    }
}

sequence! {
    /// Within `DataMode` of H.245.
    DataModeApplicationT38fax {
        t38_fax_protocol: DataProtocolCapability as Must<DataProtocolCapability>,
        t38_fax_profile: T38FaxProfile as Must<T38FaxProfile>,
    }
}

choice! {
    /// `EncryptionMode` of H.245.
    EncryptionMode of 2 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: H233Encryption,
    } or Unrecognised {}
}
