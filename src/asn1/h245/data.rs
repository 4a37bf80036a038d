//! Part of H.245; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

sequence! {
    /// `DataApplicationCapability` of H.245.
    DataApplicationCapability {
        application: DataApplicationCapabilityApplication as Must<DataApplicationCapabilityApplication>,
        max_bit_rate: u32 as Must<Whole<0, 4294967295>>,
    } more {}
}

choice! {
    /// Within `DataApplicationCapability` of H.245.
    DataApplicationCapabilityApplication of 10 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: T120(DataProtocolCapability as DataProtocolCapability),
        2: DsmCc(DataProtocolCapability as DataProtocolCapability),
        3: UserData(DataProtocolCapability as DataProtocolCapability),
        4: T84(Box<DataApplicationCapabilityApplicationT84> as Boxed<DataApplicationCapabilityApplicationT84>),
        5: T434(DataProtocolCapability as DataProtocolCapability),
        6: H224(DataProtocolCapability as DataProtocolCapability),
        7: Nlpid(Box<DataApplicationCapabilityApplicationNlpid> as Boxed<DataApplicationCapabilityApplicationNlpid>),
        8: DsvdControl,
        9: H222DataPartitioning(DataProtocolCapability as DataProtocolCapability),
    } or Unrecognised {
        0: T30fax(DataProtocolCapability as DataProtocolCapability),
        1: T140(DataProtocolCapability as DataProtocolCapability),
        2: T38fax(Box<DataApplicationCapabilityApplicationT38fax> as Boxed<DataApplicationCapabilityApplicationT38fax>),
        3: GenericDataCapability(Box<GenericCapability> as Boxed<GenericCapability>),
    }
}

sequence! {
    /// Within `DataApplicationCapability` of H.245.
    DataApplicationCapabilityApplicationT84 {
        t84_protocol: DataProtocolCapability as Must<DataProtocolCapability>,
        t84_profile: T84Profile as Must<T84Profile>,
    }
}

sequence! {
    /// Within `DataApplicationCapability` of H.245.
    DataApplicationCapabilityApplicationNlpid {
        nlpid_protocol: DataProtocolCapability as Must<DataProtocolCapability>,
        nlpid_data: Vec<u8> as Must<Octets>,
    }
}

sequence! {
    /// Within `DataApplicationCapability` of H.245.
    DataApplicationCapabilityApplicationT38fax {
        t38_fax_protocol: DataProtocolCapability as Must<DataProtocolCapability>,
        t38_fax_profile: T38FaxProfile as Must<T38FaxProfile>,
    }
}

choice! {
    /// `DataProtocolCapability` of H.245.
    DataProtocolCapability of 7 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: V14buffered,
        2: V42lapm,
        3: HdlcFrameTunnelling,
        4: H310SeparateVcStack,
        5: H310SingleVcStack,
        6: Transparent,
    } or Unrecognised {
        0: SegmentationAndReassembly,
        1: HdlcFrameTunnelingwSar,
        2: V120,
        3: SeparateLanStack,
        4: V76wCompression(DataProtocolCapabilityV76wCompression as DataProtocolCapabilityV76wCompression),
        5: Tcp,
        6: Udp,
    }
}

choice! {
    /// Within `DataProtocolCapability` of H.245.
    DataProtocolCapabilityV76wCompression of 3 {
        0: TransmitCompression(CompressionType as CompressionType),
        1: ReceiveCompression(CompressionType as CompressionType),
        2: TransmitAndReceiveCompression(CompressionType as CompressionType),
    } or Unrecognised {}
}

choice! {
    /// `CompressionType` of H.245.
    CompressionType of 1 {
        0: V42bis(V42bis as V42bis),
    } or Unrecognised {}
}

sequence! {
    /// `V42bis` of H.245.
    V42bis {
        number_of_codewords: u32 as Must<Whole<1, 65536>>,
        maximum_string_length: u16 as Must<Whole<1, 256>>,
    } more {}
}

choice! {
    /// `T84Profile` of H.245.
    T84Profile of 2 {
        0: T84Unrestricted,
        1: T84Restricted(T84ProfileT84Restricted as T84ProfileT84Restricted),
    }
}

sequence! {
    /// Within `T84Profile` of H.245.
    T84ProfileT84Restricted {
        qcif: bool as Must<Flag>,
        cif: bool as Must<Flag>,
        ccir601_seq: bool as Must<Flag>,
        ccir601_prog: bool as Must<Flag>,
        hdtv_seq: bool as Must<Flag>,
        hdtv_prog: bool as Must<Flag>,
        g3_facs_mh200x100: bool as Must<Flag>,
        g3_facs_mh200x200: bool as Must<Flag>,
        g4_facs_mmr200x100: bool as Must<Flag>,
        g4_facs_mmr200x200: bool as Must<Flag>,
        jbig200x200_seq: bool as Must<Flag>,
        jbig200x200_prog: bool as Must<Flag>,
        jbig300x300_seq: bool as Must<Flag>,
        jbig300x300_prog: bool as Must<Flag>,
        dig_photo_low: bool as Must<Flag>,
        dig_photo_med_seq: bool as Must<Flag>,
        dig_photo_med_prog: bool as Must<Flag>,
        dig_photo_high_seq: bool as Must<Flag>,
        dig_photo_high_prog: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `T38FaxProfile` of H.245.
    T38FaxProfile {
        fill_bit_removal: bool as Must<Flag>,
        transcoding_jbig: bool as Must<Flag>,
        transcoding_mmr: bool as Must<Flag>,
    } more {
        version: u8 as Whole<0, 255>,
        t38_fax_rate_management: T38FaxRateManagement as T38FaxRateManagement,
        t38_fax_udp_options: T38FaxUdpOptions as T38FaxUdpOptions,
        t38_fax_tcp_options: T38FaxTcpOptions as T38FaxTcpOptions,
    }
}

choice! {
    /// `T38FaxRateManagement` of H.245.
    T38FaxRateManagement of 2 {
        0: LocalTcf,
        1: TransferredTcf,
    } or Unrecognised {}
}

sequence! {
    /// `T38FaxUdpOptions` of H.245.
    T38FaxUdpOptions {
        t38_fax_max_buffer: Option<i64> as May<AnyWhole>,
        t38_fax_max_datagram: Option<i64> as May<AnyWhole>,
        t38_fax_udp_ec: T38FaxUdpOptionsT38FaxUdpEc as Must<T38FaxUdpOptionsT38FaxUdpEc>,
    }
}

choice! {
    /// Within `T38FaxUdpOptions` of H.245.
    T38FaxUdpOptionsT38FaxUdpEc of 2 {
        0: T38Udpfec,
        1: T38UdpRedundancy,
    } or Unrecognised {}
}

sequence! {
    /// `T38FaxTcpOptions` of H.245.
    T38FaxTcpOptions {
        t38_tcp_bidirectional_mode: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `EncryptionAuthenticationAndIntegrity` of H.245.
    EncryptionAuthenticationAndIntegrity {
        encryption_capability: Option<EncryptionCapability> as May<List<MediaEncryptionAlgorithm, 1, 256>>,
        authentication_capability: Option<AuthenticationCapability> as May<AuthenticationCapability>,
        integrity_capability: Option<IntegrityCapability> as May<IntegrityCapability>,
    } more {
        generic_h235_security_capability: Box<GenericCapability> as Boxed<GenericCapability>,
    }
}

/// `EncryptionCapability` of H.245.
pub type EncryptionCapability = Vec<MediaEncryptionAlgorithm>;

choice! {
    /// `MediaEncryptionAlgorithm` of H.245.
    MediaEncryptionAlgorithm of 2 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: Algorithm(ObjectIdentifier as ObjectIdentifier),
    } or Unrecognised {}
}

sequence! {
    /// `AuthenticationCapability` of H.245.
    AuthenticationCapability {
        non_standard: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        anti_spam_algorithm: ObjectIdentifier as ObjectIdentifier,
    }
}

sequence! {
    /// `IntegrityCapability` of H.245.
    IntegrityCapability {
        non_standard: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {}
}

choice! {
    /// `UserInputCapability` of H.245.
    UserInputCapability of 6 {
        0: NonStandard(Vec<NonStandardParameter> as List<NonStandardParameter, 1, 16>),
        1: BasicString,
        2: Ia5String,
        3: GeneralString,
        4: Dtmf,
        5: Hookflash,
    } or Unrecognised {
        0: ExtendedAlphanumeric,
        1: EncryptedBasicString,
        2: EncryptedIa5String,
        3: EncryptedGeneralString,
        4: SecureDtmf,
        5: GenericUserInputCapability(Box<GenericCapability> as Boxed<GenericCapability>),
    }
}

sequence! {
    /// `ConferenceCapability` of H.245.
    ConferenceCapability {
        non_standard_data: Option<Vec<NonStandardParameter>> as May<List<NonStandardParameter>>,
        chair_control_capability: bool as Must<Flag>,
    } more {
        video_indicate_mixing_capability: bool as Flag,
        multipoint_visualization_capability: bool as Flag,
    }
}

sequence! {
    /// `GenericCapability` of H.245.
    GenericCapability {
        capability_identifier: CapabilityIdentifier as Must<CapabilityIdentifier>,
        max_bit_rate: Option<u32> as May<Whole<0, 4294967295>>,
        collapsing: Option<Vec<GenericParameter>> as May<List<GenericParameter>>,
        non_collapsing: Option<Vec<GenericParameter>> as May<List<GenericParameter>>,
        non_collapsing_raw: Option<Vec<u8>> as May<Octets>,
        transport: Option<DataProtocolCapability> as May<DataProtocolCapability>,
    } more {}
}

choice! {
    /// `CapabilityIdentifier` of H.245.
    CapabilityIdentifier of 4 {
        0: Standard(ObjectIdentifier as ObjectIdentifier),
        1: H221NonStandard(NonStandardParameter as NonStandardParameter),
        2: Uuid([u8; 16] as Exactly<16>),
        3: DomainBased(String as Characters<Ia5, 1, 64>),
    } or Unrecognised {}
}

sequence! {
    /// `GenericParameter` of H.245.
    GenericParameter {
        parameter_identifier: ParameterIdentifier as Must<ParameterIdentifier>,
        parameter_value: ParameterValue as Must<ParameterValue>,
        supersedes: Option<Vec<ParameterIdentifier>> as May<List<ParameterIdentifier>>,
    } more {}
}

choice! {
    /// `ParameterIdentifier` of H.245.
    ParameterIdentifier of 4 {
        0: Standard(u8 as Whole<0, 127>),
        1: H221NonStandard(NonStandardParameter as NonStandardParameter),
        2: Uuid([u8; 16] as Exactly<16>),
        3: DomainBased(String as Characters<Ia5, 1, 64>),
    } or Unrecognised {}
}

choice! {
    /// `ParameterValue` of H.245.
    ParameterValue of 8 {
        0: Logical,
        1: BooleanArray(u8 as Whole<0, 255>),
        2: UnsignedMin(u16 as Whole<0, 65535>),
        3: UnsignedMax(u16 as Whole<0, 65535>),
        4: Unsigned32Min(u32 as Whole<0, 4294967295>),
        5: Unsigned32Max(u32 as Whole<0, 4294967295>),
        6: OctetString(Vec<u8> as Octets),
        7: GenericParameter(Vec<GenericParameter> as List<GenericParameter>),
    } or Unrecognised {}
}

sequence! {
    /// `MultiplexedStreamCapability` of H.245.
    MultiplexedStreamCapability {
        multiplex_format: MultiplexFormat as Must<MultiplexFormat>,
        control_on_mux_stream: bool as Must<Flag>,
        capability_on_mux_stream: Option<Vec<AlternativeCapabilitySet>> as May<List<List<Whole<1, 65535>, 1, 256>, 1, 256>>,
    } more {}
}

choice! {
    /// `MultiplexFormat` of H.245.
    MultiplexFormat of 3 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: H222Capability(H222Capability as H222Capability),
        2: H223Capability(Box<H223Capability> as Boxed<H223Capability>),
    } or Unrecognised {}
}

sequence! {
    /// `AudioTelephonyEventCapability` of H.245.
    AudioTelephonyEventCapability {
        dynamic_rtp_payload_type: u8 as Must<Whole<96, 127>>,
        audio_telephone_event: Vec<u8> as Must<General>,
    } more {}
}

sequence! {
    /// `AudioToneCapability` of H.245.
    AudioToneCapability {
        dynamic_rtp_payload_type: u8 as Must<Whole<96, 127>>,
    } more {}
}

sequence! {
    /// `NoPTAudioTelephonyEventCapability` of H.245.
    NoPtAudioTelephonyEventCapability {
        audio_telephone_event: Vec<u8> as Must<General>,
    } more {}
}

sequence! {
    /// `NoPTAudioToneCapability` of H.245.
    NoPtAudioToneCapability {
    } more {}
}

sequence! {
    /// `MultiplePayloadStreamCapability` of H.245.
    MultiplePayloadStreamCapability {
        capabilities: Vec<AlternativeCapabilitySet> as Must<List<List<Whole<1, 65535>, 1, 256>, 1, 256>>,
    } more {}
}

choice! {
    /// `DepFECCapability` of H.245.
    DepFecCapability of 1 {
        0: Rfc2733(DepFecCapabilityRfc2733 as DepFecCapabilityRfc2733),
    } or Unrecognised {}
}

sequence! {
    /// Within `DepFECCapability` of H.245.
    DepFecCapabilityRfc2733 {
        redundancy_encoding: bool as Must<Flag>,
        separate_stream: DepFecCapabilityRfc2733SeparateStream as Must<DepFecCapabilityRfc2733SeparateStream>,
    } more {}
}

sequence! {
    /// Within `DepFECCapability` of H.245.
    DepFecCapabilityRfc2733SeparateStream {
        separate_port: bool as Must<Flag>,
        same_port: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `FECCapability` of H.245.
    FecCapability {
        protected_capability: CapabilityTableEntryNumber as Must<Whole<1, 65535>>,
        fec_scheme: Option<ObjectIdentifier> as May<ObjectIdentifier>,
        rfc2733_format: Option<FecCapabilityRfc2733Format> as May<FecCapabilityRfc2733Format>,
    } more {}
}

choice! {
    /// Within `FECCapability` of H.245.
    FecCapabilityRfc2733Format of 3 {
        0: Rfc2733rfc2198(MaxRedundancy as AtLeast<1>),
        1: Rfc2733sameport(MaxRedundancy as AtLeast<1>),
        2: Rfc2733diffport(MaxRedundancy as AtLeast<1>),
    }
}

/// `MaxRedundancy` of H.245.
pub type MaxRedundancy = u64;
