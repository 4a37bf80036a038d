//! Part of H.245; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

sequence! {
    /// `TerminalCapabilitySet` of H.245.
    TerminalCapabilitySet {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
        protocol_identifier: ObjectIdentifier as Must<ObjectIdentifier>,
        multiplex_capability: Option<MultiplexCapability> as May<MultiplexCapability>,
        capability_table: Option<Vec<CapabilityTableEntry>> as May<List<CapabilityTableEntry, 1, 256>>,
        capability_descriptors: Option<Vec<CapabilityDescriptor>> as May<List<CapabilityDescriptor, 1, 256>>,
    } more {
        generic_information: Vec<GenericInformation> as List<GenericMessage>,
    }
}

sequence! {
    /// `CapabilityTableEntry` of H.245.
    CapabilityTableEntry {
        capability_table_entry_number: CapabilityTableEntryNumber as Must<Whole<1, 65535>>,
        capability: Option<Capability> as May<Capability>,
    }
}

sequence! {
    /// `CapabilityDescriptor` of H.245.
    CapabilityDescriptor {
        capability_descriptor_number: CapabilityDescriptorNumber as Must<Whole<0, 255>>,
        simultaneous_capabilities: Option<Vec<AlternativeCapabilitySet>> as May<List<List<Whole<1, 65535>, 1, 256>, 1, 256>>,
    }
}

/// `AlternativeCapabilitySet` of H.245.
pub type AlternativeCapabilitySet = Vec<CapabilityTableEntryNumber>;

/// `CapabilityTableEntryNumber` of H.245.
pub type CapabilityTableEntryNumber = u16;

/// `CapabilityDescriptorNumber` of H.245.
pub type CapabilityDescriptorNumber = u8;

sequence! {
    /// `TerminalCapabilitySetAck` of H.245.
    TerminalCapabilitySetAck {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
    } more {
        generic_information: Vec<GenericInformation> as List<GenericMessage>,
    }
}

sequence! {
    /// `TerminalCapabilitySetReject` of H.245.
    TerminalCapabilitySetReject {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
        cause: TerminalCapabilitySetRejectCause as Must<TerminalCapabilitySetRejectCause>,
    } more {
        generic_information: Vec<GenericInformation> as List<GenericMessage>,
    }
}

choice! {
    /// Within `TerminalCapabilitySetReject` of H.245.
    TerminalCapabilitySetRejectCause of 4 {
        0: Unspecified,
        1: UndefinedTableEntryUsed,
        2: DescriptorCapacityExceeded,
        3: TableEntryCapacityExceeded(TerminalCapabilitySetRejectCauseTableEntryCapacityExceeded as TerminalCapabilitySetRejectCauseTableEntryCapacityExceeded),
    } or Unrecognised {}
}

choice! {
    /// Within `TerminalCapabilitySetReject` of H.245.
    TerminalCapabilitySetRejectCauseTableEntryCapacityExceeded of 2 {
        0: HighestEntryNumberProcessed(CapabilityTableEntryNumber as Whole<1, 65535>),
        1: NoneProcessed,
    }
}

sequence! {
    /// `TerminalCapabilitySetRelease` of H.245.
    TerminalCapabilitySetRelease {
    } more {
        generic_information: Vec<GenericInformation> as List<GenericMessage>,
    }
}

choice! {
    /// `Capability` of H.245.
    Capability of 12 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: ReceiveVideoCapability(VideoCapability as VideoCapability),
        2: TransmitVideoCapability(VideoCapability as VideoCapability),
        3: ReceiveAndTransmitVideoCapability(VideoCapability as VideoCapability),
        4: ReceiveAudioCapability(AudioCapability as AudioCapability),
        5: TransmitAudioCapability(AudioCapability as AudioCapability),
        6: ReceiveAndTransmitAudioCapability(AudioCapability as AudioCapability),
        7: ReceiveDataApplicationCapability(Box<DataApplicationCapability> as Boxed<DataApplicationCapability>),
        8: TransmitDataApplicationCapability(Box<DataApplicationCapability> as Boxed<DataApplicationCapability>),
        9: ReceiveAndTransmitDataApplicationCapability(Box<DataApplicationCapability> as Boxed<DataApplicationCapability>),
        10: H233EncryptionTransmitCapability(bool as Flag),
        11: H233EncryptionReceiveCapability(CapabilityH233EncryptionReceiveCapability as CapabilityH233EncryptionReceiveCapability),
    } or Unrecognised {
        0: ConferenceCapability(ConferenceCapability as ConferenceCapability),
        1: H235SecurityCapability(Box<H235SecurityCapability> as Boxed<H235SecurityCapability>),
        2: MaxPendingReplacementFor(u8 as Whole<0, 255>),
        3: ReceiveUserInputCapability(UserInputCapability as UserInputCapability),
        4: TransmitUserInputCapability(UserInputCapability as UserInputCapability),
        5: ReceiveAndTransmitUserInputCapability(UserInputCapability as UserInputCapability),
        6: GenericControlCapability(Box<GenericCapability> as Boxed<GenericCapability>),
        7: ReceiveMultiplexedStreamCapability(Box<MultiplexedStreamCapability> as Boxed<MultiplexedStreamCapability>),
        8: TransmitMultiplexedStreamCapability(Box<MultiplexedStreamCapability> as Boxed<MultiplexedStreamCapability>),
        9: ReceiveAndTransmitMultiplexedStreamCapability(Box<MultiplexedStreamCapability> as Boxed<MultiplexedStreamCapability>),
        10: ReceiveRtpAudioTelephonyEventCapability(AudioTelephonyEventCapability as AudioTelephonyEventCapability),
        11: ReceiveRtpAudioToneCapability(AudioToneCapability as AudioToneCapability),
        12: DepFecCapability(DepFecCapability as DepFecCapability),
        13: MultiplePayloadStreamCapability(MultiplePayloadStreamCapability as MultiplePayloadStreamCapability),
        14: FecCapability(FecCapability as FecCapability),
        15: RedundancyEncodingCap(Box<RedundancyEncodingCapability> as Boxed<RedundancyEncodingCapability>),
        16: OneOfCapabilities(AlternativeCapabilitySet as List<Whole<1, 65535>, 1, 256>),
    }
}

sequence! {
    /// Within `Capability` of H.245.
    CapabilityH233EncryptionReceiveCapability {
        h233_iv_response_time: u8 as Must<Whole<0, 255>>,
    } more {}
}

sequence! {
    /// `H235SecurityCapability` of H.245.
    H235SecurityCapability {
        encryption_authentication_and_integrity: EncryptionAuthenticationAndIntegrity as Must<EncryptionAuthenticationAndIntegrity>,
        media_capability: CapabilityTableEntryNumber as Must<Whole<1, 65535>>,
    } more {}
}

choice! {
    /// `MultiplexCapability` of H.245.
    MultiplexCapability of 4 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: H222Capability(H222Capability as H222Capability),
        2: H223Capability(Box<H223Capability> as Boxed<H223Capability>),
        3: V76Capability(V76Capability as V76Capability),
    } or Unrecognised {
        0: H2250Capability(Box<H2250Capability> as Boxed<H2250Capability>),
        1: GenericMultiplexCapability(Box<GenericCapability> as Boxed<GenericCapability>),
    }
}

sequence! {
    /// `H222Capability` of H.245.
    H222Capability {
        number_of_v_cs: u16 as Must<Whole<1, 256>>,
        vc_capability: Vec<VcCapability> as Must<List<VcCapability>>,
    } more {}
}

sequence! {
    /// `VCCapability` of H.245.
    VcCapability {
        aal1: Option<VcCapabilityAal1> as May<VcCapabilityAal1>,
        aal5: Option<VcCapabilityAal5> as May<VcCapabilityAal5>,
        transport_stream: bool as Must<Flag>,
        program_stream: bool as Must<Flag>,
        available_bit_rates: VcCapabilityAvailableBitRates as Must<VcCapabilityAvailableBitRates>,
    } more {
        aal1_via_gateway: VcCapabilityAal1ViaGateway as VcCapabilityAal1ViaGateway,
    }
}

sequence! {
    /// Within `VCCapability` of H.245.
    VcCapabilityAal1 {
        null_clock_recovery: bool as Must<Flag>,
        srts_clock_recovery: bool as Must<Flag>,
        adaptive_clock_recovery: bool as Must<Flag>,
        null_error_correction: bool as Must<Flag>,
        long_interleaver: bool as Must<Flag>,
        short_interleaver: bool as Must<Flag>,
        error_correction_only: bool as Must<Flag>,
        structured_data_transfer: bool as Must<Flag>,
        partially_filled_cells: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// Within `VCCapability` of H.245.
    VcCapabilityAal5 {
        forward_maximum_sdu_size: u16 as Must<Whole<0, 65535>>,
        backward_maximum_sdu_size: u16 as Must<Whole<0, 65535>>,
    } more {}
}

sequence! {
    /// Within `VCCapability` of H.245.
    VcCapabilityAvailableBitRates {
        type_: VcCapabilityAvailableBitRatesType as Must<VcCapabilityAvailableBitRatesType>,
    } more {}
}

choice! {
    /// Within `VCCapability` of H.245.
    VcCapabilityAvailableBitRatesType of 2 {
        0: SingleBitRate(u16 as Whole<1, 65535>),
        1: RangeOfBitRates(VcCapabilityAvailableBitRatesTypeRangeOfBitRates as VcCapabilityAvailableBitRatesTypeRangeOfBitRates),
    }
}

sequence! {
    /// Within `VCCapability` of H.245.
    VcCapabilityAvailableBitRatesTypeRangeOfBitRates {
        lower_bit_rate: u16 as Must<Whole<1, 65535>>,
        higher_bit_rate: u16 as Must<Whole<1, 65535>>,
    }
}

sequence! {
    /// Within `VCCapability` of H.245.
    VcCapabilityAal1ViaGateway {
        gateway_address: Vec<Q2931Address> as Must<List<Q2931Address, 1, 256>>,
        null_clock_recovery: bool as Must<Flag>,
        srts_clock_recovery: bool as Must<Flag>,
        adaptive_clock_recovery: bool as Must<Flag>,
        null_error_correction: bool as Must<Flag>,
        long_interleaver: bool as Must<Flag>,
        short_interleaver: bool as Must<Flag>,
        error_correction_only: bool as Must<Flag>,
        structured_data_transfer: bool as Must<Flag>,
        partially_filled_cells: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `H223Capability` of H.245.
    H223Capability {
        transport_with_i_frames: bool as Must<Flag>,
        video_with_al1: bool as Must<Flag>,
        video_with_al2: bool as Must<Flag>,
        video_with_al3: bool as Must<Flag>,
        audio_with_al1: bool as Must<Flag>,
        audio_with_al2: bool as Must<Flag>,
        audio_with_al3: bool as Must<Flag>,
        data_with_al1: bool as Must<Flag>,
        data_with_al2: bool as Must<Flag>,
        data_with_al3: bool as Must<Flag>,
        maximum_al2_sdu_size: u16 as Must<Whole<0, 65535>>,
        maximum_al3_sdu_size: u16 as Must<Whole<0, 65535>>,
        maximum_delay_jitter: u16 as Must<Whole<0, 1023>>,
        h223_multiplex_table_capability: H223CapabilityH223MultiplexTableCapability as Must<H223CapabilityH223MultiplexTableCapability>,
    } more {
        max_muxpdu_size_capability: bool as Flag,
        nsrp_support: bool as Flag,
        mobile_operation_transmit_capability: H223CapabilityMobileOperationTransmitCapability as H223CapabilityMobileOperationTransmitCapability,
        h223_annex_c_capability: H223AnnexCCapability as H223AnnexCCapability,
        bit_rate: u16 as Whole<1, 19200>,
        mobile_multilink_frame_capability: H223CapabilityMobileMultilinkFrameCapability as H223CapabilityMobileMultilinkFrameCapability,
    }
}

choice! {
    /// Within `H223Capability` of H.245.
    H223CapabilityH223MultiplexTableCapability of 2 {
        0: Basic,
        1: Enhanced(H223CapabilityH223MultiplexTableCapabilityEnhanced as H223CapabilityH223MultiplexTableCapabilityEnhanced),
    }
}

sequence! {
    /// Within `H223Capability` of H.245.
    H223CapabilityH223MultiplexTableCapabilityEnhanced {
        maximum_nesting_depth: u8 as Must<Whole<1, 15>>,
        maximum_element_list_size: u8 as Must<Whole<2, 255>>,
        maximum_sub_element_list_size: u8 as Must<Whole<2, 255>>,
    } more {}
}

sequence! {
    /// Within `H223Capability` of H.245.
    H223CapabilityMobileOperationTransmitCapability {
        mode_change_capability: bool as Must<Flag>,
        h223_annex_a: bool as Must<Flag>,
        h223_annex_a_double_flag: bool as Must<Flag>,
        h223_annex_b: bool as Must<Flag>,
        h223_annex_bwith_header: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// Within `H223Capability` of H.245.
    H223CapabilityMobileMultilinkFrameCapability {
        maximum_sample_size: u8 as Must<Whole<1, 255>>,
        maximum_payload_length: u16 as Must<Whole<1, 65025>>,
    } more {}
}

sequence! {
    /// `H223AnnexCCapability` of H.245.
    H223AnnexCCapability {
        video_with_al1_m: bool as Must<Flag>,
        video_with_al2_m: bool as Must<Flag>,
        video_with_al3_m: bool as Must<Flag>,
        audio_with_al1_m: bool as Must<Flag>,
        audio_with_al2_m: bool as Must<Flag>,
        audio_with_al3_m: bool as Must<Flag>,
        data_with_al1_m: bool as Must<Flag>,
        data_with_al2_m: bool as Must<Flag>,
        data_with_al3_m: bool as Must<Flag>,
        alpdu_interleaving: bool as Must<Flag>,
        maximum_al1_mpdu_size: u16 as Must<Whole<0, 65535>>,
        maximum_al2_msdu_size: u16 as Must<Whole<0, 65535>>,
        maximum_al3_msdu_size: u16 as Must<Whole<0, 65535>>,
    } more {
        rs_code_capability: bool as Flag,
    }
}

sequence! {
    /// `V76Capability` of H.245.
    V76Capability {
        suspend_resume_capabilityw_address: bool as Must<Flag>,
        suspend_resume_capabilitywo_address: bool as Must<Flag>,
        rej_capability: bool as Must<Flag>,
        srej_capability: bool as Must<Flag>,
        mrej_capability: bool as Must<Flag>,
        crc8bit_capability: bool as Must<Flag>,
        crc16bit_capability: bool as Must<Flag>,
        crc32bit_capability: bool as Must<Flag>,
        uih_capability: bool as Must<Flag>,
        num_of_dlcs: u16 as Must<Whole<2, 8191>>,
        two_octet_address_field_capability: bool as Must<Flag>,
        loop_back_test_capability: bool as Must<Flag>,
        n401_capability: u16 as Must<Whole<1, 4095>>,
        max_window_size_capability: u8 as Must<Whole<1, 127>>,
        v75_capability: V75Capability as Must<V75Capability>,
    } more {}
}

sequence! {
    /// `V75Capability` of H.245.
    V75Capability {
        audio_header: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `H2250Capability` of H.245.
    H2250Capability {
        maximum_audio_delay_jitter: u16 as Must<Whole<0, 1023>>,
        receive_multipoint_capability: MultipointCapability as Must<MultipointCapability>,
        transmit_multipoint_capability: MultipointCapability as Must<MultipointCapability>,
        receive_and_transmit_multipoint_capability: MultipointCapability as Must<MultipointCapability>,
        mc_capability: H2250CapabilityMcCapability as Must<H2250CapabilityMcCapability>,
        rtcp_video_control_capability: bool as Must<Flag>,
        media_packetization_capability: MediaPacketizationCapability as Must<MediaPacketizationCapability>,
    } more {
        transport_capability: TransportCapability as TransportCapability,
        redundancy_encoding_capability: Vec<RedundancyEncodingCapability> as List<RedundancyEncodingCapability, 1, 256>,
        logical_channel_switching_capability: bool as Flag,
        t120_dynamic_port_capability: bool as Flag,
    }
}

sequence! {
    /// Within `H2250Capability` of H.245.
    H2250CapabilityMcCapability {
        centralized_conference_mc: bool as Must<Flag>,
        decentralized_conference_mc: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `MediaPacketizationCapability` of H.245.
    MediaPacketizationCapability {
        h261a_video_packetization: bool as Must<Flag>,
    } more {
        rtp_payload_type: Vec<RtpPayloadType> as List<RtpPayloadType, 1, 256>,
    }
}

sequence! {
    /// `RSVPParameters` of H.245.
    RsvpParameters {
        qos_mode: Option<QosMode> as May<QosMode>,
        token_rate: Option<u32> as May<Whole<1, 4294967295>>,
        bucket_size: Option<u32> as May<Whole<1, 4294967295>>,
        peak_rate: Option<u32> as May<Whole<1, 4294967295>>,
        min_policed: Option<u32> as May<Whole<1, 4294967295>>,
        max_pkt_size: Option<u32> as May<Whole<1, 4294967295>>,
    } more {}
}

choice! {
    /// `QOSMode` of H.245.
    QosMode of 2 {
        0: GuaranteedQos,
        1: ControlledLoad,
    } or Unrecognised {}
}

sequence! {
    /// `ATMParameters` of H.245.
    AtmParameters {
        max_ntu_size: u16 as Must<Whole<0, 65535>>,
        atm_ubr: bool as Must<Flag>,
        atmrt_vbr: bool as Must<Flag>,
        atmnrt_vbr: bool as Must<Flag>,
        atm_abr: bool as Must<Flag>,
        atm_cbr: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `ServicePriorityValue` of H.245.
    ServicePriorityValue {
        non_standard_parameter: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        value: u8 as Whole<0, 255>,
    }
}

sequence! {
    /// `ServicePriority` of H.245.
    ServicePriority {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        service_priority_signalled: bool as Must<Flag>,
        service_priority_value: Option<ServicePriorityValue> as May<ServicePriorityValue>,
    } more {
        service_class: u16 as Whole<0, 4095>,
        service_subclass: u8 as Whole<0, 255>,
    }
}

sequence! {
    /// `AuthorizationParameters` of H.245.
    AuthorizationParameters {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {}
}

choice! {
    /// `QOSType` of H.245.
    QosType of 2 {
        0: Desired,
        1: Required,
    } or Unrecognised {}
}

choice! {
    /// `QOSClass` of H.245.
    QosClass of 6 {
        0: Class0,
        1: Class1,
        2: Class2,
        3: Class3,
        4: Class4,
        5: Class5,
    } or Unrecognised {}
}

sequence! {
    /// `QOSDescriptor` of H.245.
    QosDescriptor {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        qos_type: QosType as Must<QosType>,
        qos_class: QosClass as Must<QosClass>,
    } more {}
}

sequence! {
    /// `GenericTransportParameters` of H.245.
    GenericTransportParameters {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        average_rate: Option<u32> as May<Whole<1, 4294967295>>,
        burst: Option<u32> as May<Whole<1, 4294967295>>,
        peak_rate: Option<u32> as May<Whole<1, 4294967295>>,
        max_pkt_size: Option<u32> as May<Whole<1, 4294967295>>,
    } more {}
}

sequence! {
    /// `QOSCapability` of H.245.
    QosCapability {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        rsvp_parameters: Option<RsvpParameters> as May<RsvpParameters>,
        atm_parameters: Option<AtmParameters> as May<AtmParameters>,
    } more {
        local_qo_s: bool as Flag,
        generic_transport_parameters: GenericTransportParameters as GenericTransportParameters,
        service_priority: Box<ServicePriority> as Boxed<ServicePriority>,
        authorization_parameter: AuthorizationParameters as AuthorizationParameters,
        qos_descriptor: QosDescriptor as QosDescriptor,
        dscp_value: u8 as Whole<0, 63>,
    }
}

choice! {
    /// `MediaTransportType` of H.245.
    MediaTransportType of 4 {
        0: IpUdp,
        1: IpTcp,
        2: AtmAal5Unidir,
        3: AtmAal5Bidir,
    } or Unrecognised {
        0: AtmAal5Compressed(MediaTransportTypeAtmAal5Compressed as MediaTransportTypeAtmAal5Compressed),
    }
}

sequence! {
    /// Within `MediaTransportType` of H.245.
    MediaTransportTypeAtmAal5Compressed {
        variable_delta: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `MediaChannelCapability` of H.245.
    MediaChannelCapability {
        media_transport: Option<MediaTransportType> as May<MediaTransportType>,
    } more {}
}

sequence! {
    /// `TransportCapability` of H.245.
    TransportCapability {
        non_standard: Option<NonStandardParameter> as May<NonStandardParameter>,
        qos_capabilities: Option<Vec<QosCapability>> as May<List<QosCapability, 1, 256>>,
        media_channel_capabilities: Option<Vec<MediaChannelCapability>> as May<List<MediaChannelCapability, 1, 256>>,
    } more {}
}

sequence! {
    /// `RedundancyEncodingCapability` of H.245.
    RedundancyEncodingCapability {
        redundancy_encoding_method: RedundancyEncodingMethod as Must<RedundancyEncodingMethod>,
        primary_encoding: CapabilityTableEntryNumber as Must<Whole<1, 65535>>,
        secondary_encoding: Option<Vec<CapabilityTableEntryNumber>> as May<List<Whole<1, 65535>, 1, 256>>,
    } more {}
}

choice! {
    /// `RedundancyEncodingMethod` of H.245.
    RedundancyEncodingMethod of 2 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: RtpAudioRedundancyEncoding,
    } or Unrecognised {
        0: RtpH263VideoRedundancyEncoding(Rtph263VideoRedundancyEncoding as Rtph263VideoRedundancyEncoding),
    }
}

sequence! {
    /// `RTPH263VideoRedundancyEncoding` of H.245.
    Rtph263VideoRedundancyEncoding {
        number_of_threads: u8 as Must<Whole<1, 16>>,
        frames_between_sync_points: u16 as Must<Whole<1, 256>>,
        frame_to_thread_mapping: Rtph263VideoRedundancyEncodingFrameToThreadMapping as Must<Rtph263VideoRedundancyEncodingFrameToThreadMapping>,
        contained_threads: Option<Vec<u8>> as May<List<Whole<0, 15>, 1, 256>>,
    } more {}
}

choice! {
    /// Within `RTPH263VideoRedundancyEncoding` of H.245.
    Rtph263VideoRedundancyEncodingFrameToThreadMapping of 2 {
        0: Roundrobin,
        1: Custom(Vec<Rtph263VideoRedundancyFrameMapping> as List<Rtph263VideoRedundancyFrameMapping, 1, 256>),
    } or Unrecognised {}
}

sequence! {
    /// `RTPH263VideoRedundancyFrameMapping` of H.245.
    Rtph263VideoRedundancyFrameMapping {
        thread_number: u8 as Must<Whole<0, 15>>,
        frame_sequence: Vec<u8> as Must<List<Whole<0, 255>, 1, 256>>,
    } more {}
}

sequence! {
    /// `MultipointCapability` of H.245.
    MultipointCapability {
        multicast_capability: bool as Must<Flag>,
        multi_uni_cast_conference: bool as Must<Flag>,
        media_distribution_capability: Vec<MediaDistributionCapability> as Must<List<MediaDistributionCapability>>,
    } more {}
}

sequence! {
    /// `MediaDistributionCapability` of H.245.
    MediaDistributionCapability {
        centralized_control: bool as Must<Flag>,
        distributed_control: bool as Must<Flag>,
        centralized_audio: bool as Must<Flag>,
        distributed_audio: bool as Must<Flag>,
        centralized_video: bool as Must<Flag>,
        distributed_video: bool as Must<Flag>,
        centralized_data: Option<Vec<DataApplicationCapability>> as May<List<DataApplicationCapability>>,
        distributed_data: Option<Vec<DataApplicationCapability>> as May<List<DataApplicationCapability>>,
    } more {}
}
