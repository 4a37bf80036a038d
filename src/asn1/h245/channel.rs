//! Part of H.245; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

sequence! {
    /// `OpenLogicalChannel` of H.245.
    OpenLogicalChannel {
        forward_logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
        forward_logical_channel_parameters: OpenLogicalChannelForwardLogicalChannelParameters as Must<OpenLogicalChannelForwardLogicalChannelParameters>,
        reverse_logical_channel_parameters: Option<Box<OpenLogicalChannelReverseLogicalChannelParameters>> as May<Boxed<OpenLogicalChannelReverseLogicalChannelParameters>>,
    } more {
        separate_stack: Box<NetworkAccessParameters> as Boxed<NetworkAccessParameters>,
        encryption_sync: Box<EncryptionSync> as Boxed<EncryptionSync>,
        generic_information: Vec<GenericInformation> as List<GenericMessage>,
    }
}

sequence! {
    /// Within `OpenLogicalChannel` of H.245.
    OpenLogicalChannelForwardLogicalChannelParameters {
        port_number: Option<u16> as May<Whole<0, 65535>>,
        data_type: DataType as Must<DataType>,
        multiplex_parameters: OpenLogicalChannelForwardLogicalChannelParametersMultiplexParameters as Must<OpenLogicalChannelForwardLogicalChannelParametersMultiplexParameters>,
    } more {
        forward_logical_channel_dependency: LogicalChannelNumber as Whole<1, 65535>,
        replacement_for: LogicalChannelNumber as Whole<1, 65535>,
    }
}

choice! {
    /// Within `OpenLogicalChannel` of H.245.
    OpenLogicalChannelForwardLogicalChannelParametersMultiplexParameters of 3 {
        0: H222LogicalChannelParameters(H222LogicalChannelParameters as H222LogicalChannelParameters),
        1: H223LogicalChannelParameters(Box<H223LogicalChannelParameters> as Boxed<H223LogicalChannelParameters>),
        2: V76LogicalChannelParameters(V76LogicalChannelParameters as V76LogicalChannelParameters),
    } or Unrecognised {
        0: H2250LogicalChannelParameters(Box<H2250LogicalChannelParameters> as Boxed<H2250LogicalChannelParameters>),
        1: None,
    }
}

sequence! {
    /// Within `OpenLogicalChannel` of H.245.
    OpenLogicalChannelReverseLogicalChannelParameters {
        data_type: DataType as Must<DataType>,
        multiplex_parameters: Option<OpenLogicalChannelReverseLogicalChannelParametersMultiplexParameters> as May<OpenLogicalChannelReverseLogicalChannelParametersMultiplexParameters>,
    } more {
        reverse_logical_channel_dependency: LogicalChannelNumber as Whole<1, 65535>,
        replacement_for: LogicalChannelNumber as Whole<1, 65535>,
    }
}

choice! {
    /// Within `OpenLogicalChannel` of H.245.
    OpenLogicalChannelReverseLogicalChannelParametersMultiplexParameters of 2 {
        0: H223LogicalChannelParameters(Box<H223LogicalChannelParameters> as Boxed<H223LogicalChannelParameters>),
        1: V76LogicalChannelParameters(V76LogicalChannelParameters as V76LogicalChannelParameters),
    } or Unrecognised {
        0: H2250LogicalChannelParameters(Box<H2250LogicalChannelParameters> as Boxed<H2250LogicalChannelParameters>),
    }
}

/// `LogicalChannelNumber` of H.245.
pub type LogicalChannelNumber = u16;

sequence! {
    /// `NetworkAccessParameters` of H.245.
    NetworkAccessParameters {
        distribution: Option<NetworkAccessParametersDistribution> as May<NetworkAccessParametersDistribution>,
        network_address: NetworkAccessParametersNetworkAddress as Must<NetworkAccessParametersNetworkAddress>,
        associate_conference: bool as Must<Flag>,
        external_reference: Option<Vec<u8>> as May<Octets<1, 255>>,
    } more {
        t120_setup_procedure: NetworkAccessParametersT120SetupProcedure as NetworkAccessParametersT120SetupProcedure,
    }
}

choice! {
    /// Within `NetworkAccessParameters` of H.245.
    NetworkAccessParametersDistribution of 2 {
        0: Unicast,
        1: Multicast,
    } or Unrecognised {}
}

choice! {
    /// Within `NetworkAccessParameters` of H.245.
    NetworkAccessParametersNetworkAddress of 3 {
        0: Q2931Address(Q2931Address as Q2931Address),
        1: E164Address(String as Characters<Digits, 1, 128>),
        2: LocalAreaAddress(TransportAddress as TransportAddress),
    } or Unrecognised {}
}

choice! {
    /// Within `NetworkAccessParameters` of H.245.
    NetworkAccessParametersT120SetupProcedure of 3 {
        0: OriginateCall,
        1: WaitForCall,
        2: IssueQuery,
    } or Unrecognised {}
}

sequence! {
    /// `Q2931Address` of H.245.
    Q2931Address {
        address: Q2931AddressAddress as Must<Q2931AddressAddress>,
        subaddress: Option<Vec<u8>> as May<Octets<1, 20>>,
    } more {}
}

choice! {
    /// Within `Q2931Address` of H.245.
    Q2931AddressAddress of 2 {
        0: InternationalNumber(String as Characters<Numeric, 1, 16>),
        1: NsapAddress(Vec<u8> as Octets<1, 20>),
    } or Unrecognised {}
}

sequence! {
    /// `V75Parameters` of H.245.
    V75Parameters {
        audio_header_present: bool as Must<Flag>,
    } more {}
}

choice! {
    /// `DataType` of H.245.
    DataType of 6 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: NullData,
        2: VideoData(VideoCapability as VideoCapability),
        3: AudioData(AudioCapability as AudioCapability),
        4: Data(Box<DataApplicationCapability> as Boxed<DataApplicationCapability>),
        5: EncryptionData(EncryptionMode as EncryptionMode),
    } or Unrecognised {
        0: H235Control(NonStandardParameter as NonStandardParameter),
        1: H235Media(Box<H235Media> as Boxed<H235Media>),
        2: MultiplexedStream(MultiplexedStreamParameter as MultiplexedStreamParameter),
        3: RedundancyEncoding(Box<RedundancyEncoding> as Boxed<RedundancyEncoding>),
        4: MultiplePayloadStream(MultiplePayloadStream as MultiplePayloadStream),
        5: DepFec(DepFecData as DepFecData),
        6: Fec(FecData as FecData),
    }
}

sequence! {
    /// `H235Media` of H.245.
    H235Media {
        encryption_authentication_and_integrity: EncryptionAuthenticationAndIntegrity as Must<EncryptionAuthenticationAndIntegrity>,
        media_type: Box<H235MediaMediaType> as Must<Boxed<H235MediaMediaType>>,
    } more {}
}

choice! {
    /// Within `H235Media` of H.245.
    H235MediaMediaType of 4 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: VideoData(VideoCapability as VideoCapability),
        2: AudioData(AudioCapability as AudioCapability),
        3: Data(Box<DataApplicationCapability> as Boxed<DataApplicationCapability>),
    } or Unrecognised {
        0: RedundancyEncoding(Box<RedundancyEncoding> as Boxed<RedundancyEncoding>),
        1: MultiplePayloadStream(MultiplePayloadStream as MultiplePayloadStream),
        2: DepFec(DepFecData as DepFecData),
        3: Fec(FecData as FecData),
    }
}

sequence! {
    /// `MultiplexedStreamParameter` of H.245.
    MultiplexedStreamParameter {
        multiplex_format: MultiplexFormat as Must<MultiplexFormat>,
        control_on_mux_stream: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `H222LogicalChannelParameters` of H.245.
    H222LogicalChannelParameters {
        resource_id: u16 as Must<Whole<0, 65535>>,
        sub_channel_id: u16 as Must<Whole<0, 8191>>,
        pcr_pid: Option<u16> as May<Whole<0, 8191>>,
        program_descriptors: Option<Vec<u8>> as May<Octets>,
        stream_descriptors: Option<Vec<u8>> as May<Octets>,
    } more {}
}

sequence! {
    /// `H223LogicalChannelParameters` of H.245.
    H223LogicalChannelParameters {
        adaptation_layer_type: H223LogicalChannelParametersAdaptationLayerType as Must<H223LogicalChannelParametersAdaptationLayerType>,
        segmentable_flag: bool as Must<Flag>,
    } more {}
}

choice! {
    /// Within `H223LogicalChannelParameters` of H.245.
    H223LogicalChannelParametersAdaptationLayerType of 6 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: Al1Framed,
        2: Al1NotFramed,
        3: Al2WithoutSequenceNumbers,
        4: Al2WithSequenceNumbers,
        5: Al3(H223LogicalChannelParametersAdaptationLayerTypeAl3 as H223LogicalChannelParametersAdaptationLayerTypeAl3),
    } or Unrecognised {
        0: Al1M(H223Al1MParameters as H223Al1MParameters),
        1: Al2M(H223Al2MParameters as H223Al2MParameters),
        2: Al3M(H223Al3MParameters as H223Al3MParameters),
    }
}

sequence! {
    /// Within `H223LogicalChannelParameters` of H.245.
    H223LogicalChannelParametersAdaptationLayerTypeAl3 {
        control_field_octets: u8 as Must<Whole<0, 2>>,
        send_buffer_size: u32 as Must<Whole<0, 16777215>>,
    }
}

sequence! {
    /// `H223AL1MParameters` of H.245.
    H223Al1MParameters {
        transfer_mode: H223Al1MParametersTransferMode as Must<H223Al1MParametersTransferMode>,
        header_fec: H223Al1MParametersHeaderFec as Must<H223Al1MParametersHeaderFec>,
        crc_length: H223Al1MParametersCrcLength as Must<H223Al1MParametersCrcLength>,
        rcpc_code_rate: u8 as Must<Whole<8, 32>>,
        arq_type: H223Al1MParametersArqType as Must<H223Al1MParametersArqType>,
        alpdu_interleaving: bool as Must<Flag>,
        alsdu_splitting: bool as Must<Flag>,
    } more {
        rs_code_correction: u8 as Whole<0, 127>,
    }
}

choice! {
    /// Within `H223AL1MParameters` of H.245.
    H223Al1MParametersTransferMode of 2 {
        0: Framed,
        1: Unframed,
    } or Unrecognised {}
}

choice! {
    /// Within `H223AL1MParameters` of H.245.
    H223Al1MParametersHeaderFec of 2 {
        0: Sebch167,
        1: Golay2412,
    } or Unrecognised {}
}

choice! {
    /// Within `H223AL1MParameters` of H.245.
    H223Al1MParametersCrcLength of 4 {
        0: Crc4bit,
        1: Crc12bit,
        2: Crc20bit,
        3: Crc28bit,
    } or Unrecognised {
        0: Crc8bit,
        1: Crc16bit,
        2: Crc32bit,
        3: CrcNotUsed,
    }
}

choice! {
    /// Within `H223AL1MParameters` of H.245.
    H223Al1MParametersArqType of 3 {
        0: NoArq,
        1: TypeIArq(H223AnnexCArqParameters as H223AnnexCArqParameters),
        2: TypeIiArq(H223AnnexCArqParameters as H223AnnexCArqParameters),
    } or Unrecognised {}
}

sequence! {
    /// `H223AL2MParameters` of H.245.
    H223Al2MParameters {
        header_fec: H223Al2MParametersHeaderFec as Must<H223Al2MParametersHeaderFec>,
        alpdu_interleaving: bool as Must<Flag>,
    } more {}
}

choice! {
    /// Within `H223AL2MParameters` of H.245.
    H223Al2MParametersHeaderFec of 2 {
        0: Sebch165,
        1: Golay2412,
    } or Unrecognised {}
}

sequence! {
    /// `H223AL3MParameters` of H.245.
    H223Al3MParameters {
        header_format: H223Al3MParametersHeaderFormat as Must<H223Al3MParametersHeaderFormat>,
        crc_length: H223Al3MParametersCrcLength as Must<H223Al3MParametersCrcLength>,
        rcpc_code_rate: u8 as Must<Whole<8, 32>>,
        arq_type: H223Al3MParametersArqType as Must<H223Al3MParametersArqType>,
        alpdu_interleaving: bool as Must<Flag>,
    } more {
        rs_code_correction: u8 as Whole<0, 127>,
    }
}

choice! {
    /// Within `H223AL3MParameters` of H.245.
    H223Al3MParametersHeaderFormat of 2 {
        0: Sebch167,
        1: Golay2412,
    } or Unrecognised {}
}

choice! {
    /// Within `H223AL3MParameters` of H.245.
    H223Al3MParametersCrcLength of 4 {
        0: Crc4bit,
        1: Crc12bit,
        2: Crc20bit,
        3: Crc28bit,
    } or Unrecognised {
        0: Crc8bit,
        1: Crc16bit,
        2: Crc32bit,
        3: CrcNotUsed,
    }
}

choice! {
    /// Within `H223AL3MParameters` of H.245.
    H223Al3MParametersArqType of 3 {
        0: NoArq,
        1: TypeIArq(H223AnnexCArqParameters as H223AnnexCArqParameters),
        2: TypeIiArq(H223AnnexCArqParameters as H223AnnexCArqParameters),
    } or Unrecognised {}
}

sequence! {
    /// `H223AnnexCArqParameters` of H.245.
    H223AnnexCArqParameters {
        number_of_retransmissions: H223AnnexCArqParametersNumberOfRetransmissions as Must<H223AnnexCArqParametersNumberOfRetransmissions>,
        send_buffer_size: u32 as Must<Whole<0, 16777215>>,
    } more {}
}

choice! {
    /// Within `H223AnnexCArqParameters` of H.245.
    H223AnnexCArqParametersNumberOfRetransmissions of 2 {
        0: Finite(u8 as Whole<0, 16>),
        1: Infinite,
    } or Unrecognised {}
}

sequence! {
    /// `V76LogicalChannelParameters` of H.245.
    V76LogicalChannelParameters {
        hdlc_parameters: V76HdlcParameters as Must<V76HdlcParameters>,
        suspend_resume: V76LogicalChannelParametersSuspendResume as Must<V76LogicalChannelParametersSuspendResume>,
        uih: bool as Must<Flag>,
        mode: V76LogicalChannelParametersMode as Must<V76LogicalChannelParametersMode>,
        v75_parameters: V75Parameters as Must<V75Parameters>,
    } more {}
}

choice! {
    /// Within `V76LogicalChannelParameters` of H.245.
    V76LogicalChannelParametersSuspendResume of 3 {
        0: NoSuspendResume,
        1: SuspendResumewAddress,
        2: SuspendResumewoAddress,
    } or Unrecognised {}
}

choice! {
    /// Within `V76LogicalChannelParameters` of H.245.
    V76LogicalChannelParametersMode of 2 {
        0: Erm(V76LogicalChannelParametersModeErm as V76LogicalChannelParametersModeErm),
        1: Unerm,
    } or Unrecognised {}
}

sequence! {
    /// Within `V76LogicalChannelParameters` of H.245.
    V76LogicalChannelParametersModeErm {
        window_size: u8 as Must<Whole<1, 127>>,
        recovery: V76LogicalChannelParametersModeErmRecovery as Must<V76LogicalChannelParametersModeErmRecovery>,
    } more {}
}

choice! {
    /// Within `V76LogicalChannelParameters` of H.245.
    V76LogicalChannelParametersModeErmRecovery of 3 {
        0: Rej,
        1: Srej,
        2: Msrej,
    } or Unrecognised {}
}

sequence! {
    /// `V76HDLCParameters` of H.245.
    V76HdlcParameters {
        crc_length: CrcLength as Must<CrcLength>,
        n401: u16 as Must<Whole<1, 4095>>,
        loopback_test_procedure: bool as Must<Flag>,
    } more {}
}

choice! {
    /// `CRCLength` of H.245.
    CrcLength of 3 {
        0: Crc8bit,
        1: Crc16bit,
        2: Crc32bit,
    } or Unrecognised {}
}

sequence! {
    /// `H2250LogicalChannelParameters` of H.245.
    H2250LogicalChannelParameters {
        non_standard: Option<Vec<NonStandardParameter>> as May<List<NonStandardParameter>>,
        session_id: u8 as Must<Whole<0, 255>>,
        associated_session_id: Option<u8> as May<Whole<1, 255>>,
        media_channel: Option<TransportAddress> as May<TransportAddress>,
        media_guaranteed_delivery: Option<bool> as May<Flag>,
        media_control_channel: Option<TransportAddress> as May<TransportAddress>,
        media_control_guaranteed_delivery: Option<bool> as May<Flag>,
        silence_suppression: Option<bool> as May<Flag>,
        destination: Option<TerminalLabel> as May<TerminalLabel>,
        dynamic_rtp_payload_type: Option<u8> as May<Whole<96, 127>>,
        media_packetization: Option<H2250LogicalChannelParametersMediaPacketization> as May<H2250LogicalChannelParametersMediaPacketization>,
    } more {
        transport_capability: TransportCapability as TransportCapability,
        redundancy_encoding: Box<RedundancyEncoding> as Boxed<RedundancyEncoding>,
        source: TerminalLabel as TerminalLabel,
    }
}

choice! {
    /// Within `H2250LogicalChannelParameters` of H.245.
    H2250LogicalChannelParametersMediaPacketization of 1 {
        0: H261aVideoPacketization,
    } or Unrecognised {
        0: RtpPayloadType(RtpPayloadType as RtpPayloadType),
    }
}

sequence! {
    /// `RTPPayloadType` of H.245.
    RtpPayloadType {
        payload_descriptor: RtpPayloadTypePayloadDescriptor as Must<RtpPayloadTypePayloadDescriptor>,
        payload_type: Option<u8> as May<Whole<0, 127>>,
    } more {}
}

choice! {
    /// Within `RTPPayloadType` of H.245.
    RtpPayloadTypePayloadDescriptor of 3 {
        0: NonStandardIdentifier(NonStandardParameter as NonStandardParameter),
        1: RfcNumber(u32 as WholeOrMore<1, 32768>),
        2: Oid(ObjectIdentifier as ObjectIdentifier),
    } or Unrecognised {}
}

sequence! {
    /// `RedundancyEncoding` of H.245.
    RedundancyEncoding {
        redundancy_encoding_method: RedundancyEncodingMethod as Must<RedundancyEncodingMethod>,
        secondary_encoding: Option<Box<DataType>> as May<Boxed<DataType>>,
    } more {
        rtp_redundancy_encoding: Box<RedundancyEncodingRtpRedundancyEncoding> as Boxed<RedundancyEncodingRtpRedundancyEncoding>,
    }
}

sequence! {
    /// Within `RedundancyEncoding` of H.245.
    RedundancyEncodingRtpRedundancyEncoding {
        primary: Option<Box<RedundancyEncodingElement>> as May<Boxed<RedundancyEncodingElement>>,
        secondary: Option<Vec<RedundancyEncodingElement>> as May<List<RedundancyEncodingElement>>,
    } more {}
}

sequence! {
    /// `RedundancyEncodingElement` of H.245.
    RedundancyEncodingElement {
        data_type: Box<DataType> as Must<Boxed<DataType>>,
        payload_type: Option<u8> as May<Whole<0, 127>>,
    } more {}
}

sequence! {
    /// `MultiplePayloadStream` of H.245.
    MultiplePayloadStream {
        elements: Vec<MultiplePayloadStreamElement> as Must<List<MultiplePayloadStreamElement>>,
    } more {}
}

sequence! {
    /// `MultiplePayloadStreamElement` of H.245.
    MultiplePayloadStreamElement {
        data_type: DataType as Must<DataType>,
        payload_type: Option<u8> as May<Whole<0, 127>>,
    } more {}
}

choice! {
    /// `DepFECData` of H.245.
    DepFecData of 1 {
        0: Rfc2733(DepFecDataRfc2733 as DepFecDataRfc2733),
    }
}

sequence! {
    /// Within `DepFECData` of H.245.
    DepFecDataRfc2733 {
        mode: DepFecDataRfc2733Mode as Must<DepFecDataRfc2733Mode>,
    } more {}
}

choice! {
    /// Within `DepFECData` of H.245.
    DepFecDataRfc2733Mode of 2 {
        0: RedundancyEncoding,
        1: SeparateStream(DepFecDataRfc2733ModeSeparateStream as DepFecDataRfc2733ModeSeparateStream),
    } or Unrecognised {}
}

choice! {
    /// Within `DepFECData` of H.245.
    DepFecDataRfc2733ModeSeparateStream of 2 {
        0: DifferentPort(DepFecDataRfc2733ModeSeparateStreamDifferentPort as DepFecDataRfc2733ModeSeparateStreamDifferentPort),
        1: SamePort(DepFecDataRfc2733ModeSeparateStreamSamePort as DepFecDataRfc2733ModeSeparateStreamSamePort),
    } or Unrecognised {}
}

sequence! {
    /// Within `DepFECData` of H.245.
    DepFecDataRfc2733ModeSeparateStreamDifferentPort {
        protected_session_id: u8 as Must<Whole<1, 255>>,
        protected_payload_type: Option<u8> as May<Whole<0, 127>>,
    } more {}
}

sequence! {
    /// Within `DepFECData` of H.245.
    DepFecDataRfc2733ModeSeparateStreamSamePort {
        protected_payload_type: u8 as Must<Whole<0, 127>>,
    } more {}
}

choice! {
    /// `FECData` of H.245.
    FecData of 1 {
        0: Rfc2733(FecDataRfc2733 as FecDataRfc2733),
    } or Unrecognised {}
}

sequence! {
    /// Within `FECData` of H.245.
    FecDataRfc2733 {
        protected_payload_type: u8 as Must<Whole<0, 127>>,
        fec_scheme: Option<ObjectIdentifier> as May<ObjectIdentifier>,
        pkt_mode: FecDataRfc2733PktMode as Must<FecDataRfc2733PktMode>,
    } more {}
}

choice! {
    /// Within `FECData` of H.245.
    FecDataRfc2733PktMode of 3 {
        0: Rfc2198coding,
        1: Rfc2733sameport(FecDataRfc2733PktModeRfc2733sameport as FecDataRfc2733PktModeRfc2733sameport),
        2: Rfc2733diffport(FecDataRfc2733PktModeRfc2733diffport as FecDataRfc2733PktModeRfc2733diffport),
    } or Unrecognised {}
}

sequence! {
    /// Within `FECData` of H.245.
    FecDataRfc2733PktModeRfc2733sameport {
    } more {}
}

sequence! {
    /// Within `FECData` of H.245.
    FecDataRfc2733PktModeRfc2733diffport {
        protected_channel: LogicalChannelNumber as Must<Whole<1, 65535>>,
    } more {}
}

choice! {
    /// `TransportAddress` of H.245.
    TransportAddress of 2 {
        0: UnicastAddress(UnicastAddress as UnicastAddress),
        1: MulticastAddress(MulticastAddress as MulticastAddress),
    } or Unrecognised {}
}

choice! {
    /// `UnicastAddress` of H.245.
    UnicastAddress of 5 {
        0: IpAddress(UnicastAddressIpAddress as UnicastAddressIpAddress),
        1: IpxAddress(UnicastAddressIpxAddress as UnicastAddressIpxAddress),
        2: Ip6Address(UnicastAddressIp6Address as UnicastAddressIp6Address),
        3: NetBios([u8; 16] as Exactly<16>),
        4: IpSourceRouteAddress(UnicastAddressIpSourceRouteAddress as UnicastAddressIpSourceRouteAddress),
    } or Unrecognised {
        0: Nsap(Vec<u8> as Octets<1, 20>),
        1: NonStandardAddress(NonStandardParameter as NonStandardParameter),
    }
}

sequence! {
    /// Within `UnicastAddress` of H.245.
    UnicastAddressIpAddress {
        network: [u8; 4] as Must<Exactly<4>>,
        tsap_identifier: u16 as Must<Whole<0, 65535>>,
    } more {}
}

sequence! {
    /// Within `UnicastAddress` of H.245.
    UnicastAddressIpxAddress {
        node: [u8; 6] as Must<Exactly<6>>,
        netnum: [u8; 4] as Must<Exactly<4>>,
        tsap_identifier: [u8; 2] as Must<Exactly<2>>,
    } more {}
}

sequence! {
    /// Within `UnicastAddress` of H.245.
    UnicastAddressIp6Address {
        network: [u8; 16] as Must<Exactly<16>>,
        tsap_identifier: u16 as Must<Whole<0, 65535>>,
    } more {}
}

sequence! {
    /// Within `UnicastAddress` of H.245.
    UnicastAddressIpSourceRouteAddress {
        routing: UnicastAddressIpSourceRouteAddressRouting as Must<UnicastAddressIpSourceRouteAddressRouting>,
        network: [u8; 4] as Must<Exactly<4>>,
        tsap_identifier: u16 as Must<Whole<0, 65535>>,
        route: Vec<[u8; 4]> as Must<List<Exactly<4>>>,
    } more {}
}

choice! {
    /// Within `UnicastAddress` of H.245.
    UnicastAddressIpSourceRouteAddressRouting of 2 {
        0: Strict,
        1: Loose,
    }
}

choice! {
    /// `MulticastAddress` of H.245.
    MulticastAddress of 2 {
        0: IpAddress(MulticastAddressIpAddress as MulticastAddressIpAddress),
        1: Ip6Address(MulticastAddressIp6Address as MulticastAddressIp6Address),
    } or Unrecognised {
        0: Nsap(Vec<u8> as Octets<1, 20>),
        1: NonStandardAddress(NonStandardParameter as NonStandardParameter),
    }
}

sequence! {
    /// Within `MulticastAddress` of H.245.
    MulticastAddressIpAddress {
        network: [u8; 4] as Must<Exactly<4>>,
        tsap_identifier: u16 as Must<Whole<0, 65535>>,
    } more {}
}

sequence! {
    /// Within `MulticastAddress` of H.245.
    MulticastAddressIp6Address {
        network: [u8; 16] as Must<Exactly<16>>,
        tsap_identifier: u16 as Must<Whole<0, 65535>>,
    } more {}
}

sequence! {
    /// `EncryptionSync` of H.245.
    EncryptionSync {
        non_standard: Option<NonStandardParameter> as May<NonStandardParameter>,
        synch_flag: u8 as Must<Whole<0, 255>>,
        h235_key: Vec<u8> as Must<Octets<1, 65535>>,
        escrowentry: Option<Vec<EscrowData>> as May<List<EscrowData, 1, 256>>,
    } more {
        generic_parameter: Box<GenericParameter> as Boxed<GenericParameter>,
    }
}

sequence! {
    /// `EscrowData` of H.245.
    EscrowData {
        escrow_id: ObjectIdentifier as Must<ObjectIdentifier>,
        escrow_value: BitString as Must<Bits<1, 65535>>,
    } more {}
}

sequence! {
    /// `OpenLogicalChannelAck` of H.245.
    OpenLogicalChannelAck {
        forward_logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
        reverse_logical_channel_parameters: Option<OpenLogicalChannelAckReverseLogicalChannelParameters> as May<OpenLogicalChannelAckReverseLogicalChannelParameters>,
    } more {
        separate_stack: Box<NetworkAccessParameters> as Boxed<NetworkAccessParameters>,
        forward_multiplex_ack_parameters: OpenLogicalChannelAckForwardMultiplexAckParameters as OpenLogicalChannelAckForwardMultiplexAckParameters,
        encryption_sync: Box<EncryptionSync> as Boxed<EncryptionSync>,
        generic_information: Vec<GenericInformation> as List<GenericMessage>,
    }
}

sequence! {
    /// Within `OpenLogicalChannelAck` of H.245.
    OpenLogicalChannelAckReverseLogicalChannelParameters {
        reverse_logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
        port_number: Option<u16> as May<Whole<0, 65535>>,
        multiplex_parameters: Option<OpenLogicalChannelAckReverseLogicalChannelParametersMultiplexParameters> as May<OpenLogicalChannelAckReverseLogicalChannelParametersMultiplexParameters>,
    } more {
        replacement_for: LogicalChannelNumber as Whole<1, 65535>,
    }
}

choice! {
    /// Within `OpenLogicalChannelAck` of H.245.
    OpenLogicalChannelAckReverseLogicalChannelParametersMultiplexParameters of 1 {
        0: H222LogicalChannelParameters(H222LogicalChannelParameters as H222LogicalChannelParameters),
    } or Unrecognised {
        0: H2250LogicalChannelParameters(Box<H2250LogicalChannelParameters> as Boxed<H2250LogicalChannelParameters>),
    }
}

choice! {
    /// Within `OpenLogicalChannelAck` of H.245.
    OpenLogicalChannelAckForwardMultiplexAckParameters of 1 {
        0: H2250LogicalChannelAckParameters(Box<H2250LogicalChannelAckParameters> as Boxed<H2250LogicalChannelAckParameters>),
    } or Unrecognised {}
}

sequence! {
    /// `OpenLogicalChannelReject` of H.245.
    OpenLogicalChannelReject {
        forward_logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
        cause: OpenLogicalChannelRejectCause as Must<OpenLogicalChannelRejectCause>,
    } more {
        generic_information: Vec<GenericInformation> as List<GenericMessage>,
    }
}

choice! {
    /// Within `OpenLogicalChannelReject` of H.245.
    OpenLogicalChannelRejectCause of 6 {
        0: Unspecified,
        1: UnsuitableReverseParameters,
        2: DataTypeNotSupported,
        3: DataTypeNotAvailable,
        4: UnknownDataType,
        5: DataTypeAlCombinationNotSupported,
    } or Unrecognised {
        0: MulticastChannelNotAllowed,
        1: InsufficientBandwidth,
        2: SeparateStackEstablishmentFailed,
        3: InvalidSessionId,
        4: MasterSlaveConflict,
        5: WaitForCommunicationMode,
        6: InvalidDependentChannel,
        7: ReplacementForRejected,
        8: SecurityDenied,
        9: QoSControlNotSupported,
    }
}

sequence! {
    /// `OpenLogicalChannelConfirm` of H.245.
    OpenLogicalChannelConfirm {
        forward_logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
    } more {
        generic_information: Vec<GenericInformation> as List<GenericMessage>,
    }
}

sequence! {
    /// `H2250LogicalChannelAckParameters` of H.245.
    H2250LogicalChannelAckParameters {
        non_standard: Option<Vec<NonStandardParameter>> as May<List<NonStandardParameter>>,
        session_id: Option<u8> as May<Whole<1, 255>>,
        media_channel: Option<TransportAddress> as May<TransportAddress>,
        media_control_channel: Option<TransportAddress> as May<TransportAddress>,
        dynamic_rtp_payload_type: Option<u8> as May<Whole<96, 127>>,
    } more {
        flow_control_to_zero: bool as Flag,
        port_number: u16 as Whole<0, 65535>,
        multiple_payload_stream: MultiplePayloadStream as MultiplePayloadStream,
    }
}

sequence! {
    /// `CloseLogicalChannel` of H.245.
    CloseLogicalChannel {
        forward_logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
        source: CloseLogicalChannelSource as Must<CloseLogicalChannelSource>,
    } more {
        reason: CloseLogicalChannelReason as CloseLogicalChannelReason,
    }
}

choice! {
    /// Within `CloseLogicalChannel` of H.245.
    CloseLogicalChannelSource of 2 {
        0: User,
        1: Lcse,
    }
}

choice! {
    /// Within `CloseLogicalChannel` of H.245.
    CloseLogicalChannelReason of 3 {
        0: Unknown,
        1: Reopen,
        2: ReservationFailure,
    } or Unrecognised {
        0: NetworkErrorCode(u8 as Whole<0, 255>),
    }
}

sequence! {
    /// `CloseLogicalChannelAck` of H.245.
    CloseLogicalChannelAck {
        forward_logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
    } more {}
}

sequence! {
    /// `RequestChannelClose` of H.245.
    RequestChannelClose {
        forward_logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
    } more {
        qos_capability: Box<QosCapability> as Boxed<QosCapability>,
        reason: RequestChannelCloseReason as RequestChannelCloseReason,
    }
}

choice! {
    /// Within `RequestChannelClose` of H.245.
    RequestChannelCloseReason of 4 {
        0: Unknown,
        1: Normal,
        2: Reopen,
        3: ReservationFailure,
    } or Unrecognised {
        0: NetworkErrorCode(u8 as Whole<0, 255>),
    }
}

sequence! {
    /// `RequestChannelCloseAck` of H.245.
    RequestChannelCloseAck {
        forward_logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
    } more {}
}

sequence! {
    /// `RequestChannelCloseReject` of H.245.
    RequestChannelCloseReject {
        forward_logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
        cause: RequestChannelCloseRejectCause as Must<RequestChannelCloseRejectCause>,
    } more {}
}

choice! {
    /// Within `RequestChannelCloseReject` of H.245.
    RequestChannelCloseRejectCause of 1 {
        0: Unspecified,
    } or Unrecognised {}
}

sequence! {
    /// `RequestChannelCloseRelease` of H.245.
    RequestChannelCloseRelease {
        forward_logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
    } more {}
}
