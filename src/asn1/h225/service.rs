//! Part of H.225.0; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

sequence! {
    /// `Endpoint` of H.225.0.
    Endpoint {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        alias_address: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
        call_signal_address: Option<Vec<TransportAddress>> as May<List<TransportAddress>>,
        ras_address: Option<Vec<TransportAddress>> as May<List<TransportAddress>>,
        endpoint_type: Option<Box<EndpointType>> as May<Boxed<EndpointType>>,
        tokens: Option<Vec<ClearToken>> as May<List<ClearToken>>,
        crypto_tokens: Option<Vec<CryptoH323Token>> as May<List<CryptoH323Token>>,
        priority: Option<u8> as May<Whole<0, 127>>,
        remote_extension_address: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
        dest_extra_call_info: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
    } more {
        alternate_transport_addresses: AlternateTransportAddresses as AlternateTransportAddresses,
        circuit_info: CircuitInfo as CircuitInfo,
        feature_set: FeatureSet as FeatureSet,
    }
}

sequence! {
    /// `AlternateTransportAddresses` of H.225.0.
    AlternateTransportAddresses {
        annex_e: Option<Vec<TransportAddress>> as May<List<TransportAddress>>,
    } more {
        sctp: Vec<TransportAddress> as List<TransportAddress>,
    }
}

choice! {
    /// `UseSpecifiedTransport` of H.225.0.
    UseSpecifiedTransport of 2 {
        0: Tcp,
        1: AnnexE,
    } or Unrecognised {
        0: Sctp,
    }
}

sequence! {
    /// `AlternateGK` of H.225.0.
    AlternateGk {
        ras_address: TransportAddress as Must<TransportAddress>,
        gatekeeper_identifier: Option<GatekeeperIdentifier> as May<Bmp<1, 128>>,
        need_to_register: bool as Must<Flag>,
        priority: u8 as Must<Whole<0, 127>>,
    } more {}
}

sequence! {
    /// `AltGKInfo` of H.225.0.
    AltGkInfo {
        alternate_gatekeeper: Vec<AlternateGk> as Must<List<AlternateGk>>,
        alt_g_kis_permanent: bool as Must<Flag>,
    } more {}
}

choice! {
    /// `SecurityServiceMode` of H.225.0.
    SecurityServiceMode of 3 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: None,
        2: Default,
    } or Unrecognised {}
}

sequence! {
    /// `SecurityCapabilities` of H.225.0.
    SecurityCapabilities {
        non_standard: Option<NonStandardParameter> as May<NonStandardParameter>,
        encryption: SecurityServiceMode as Must<SecurityServiceMode>,
        authenticaton: SecurityServiceMode as Must<SecurityServiceMode>,
        integrity: SecurityServiceMode as Must<SecurityServiceMode>,
    } more {}
}

choice! {
    /// `SecurityErrors` of H.225.0.
    SecurityErrors of 16 {
        0: SecurityWrongSyncTime,
        1: SecurityReplay,
        2: SecurityWrongGeneralId,
        3: SecurityWrongSendersId,
        4: SecurityIntegrityFailed,
        5: SecurityWrongOid,
        6: SecurityDHmismatch,
        7: SecurityCertificateExpired,
        8: SecurityCertificateDateInvalid,
        9: SecurityCertificateRevoked,
        10: SecurityCertificateNotReadable,
        11: SecurityCertificateSignatureInvalid,
        12: SecurityCertificateMissing,
        13: SecurityCertificateIncomplete,
        14: SecurityUnsupportedCertificateAlgOid,
        15: SecurityUnknownCa,
    } or Unrecognised {}
}

choice! {
    /// `SecurityErrors2` of H.225.0.
    SecurityErrors2 of 6 {
        0: SecurityWrongSyncTime,
        1: SecurityReplay,
        2: SecurityWrongGeneralId,
        3: SecurityWrongSendersId,
        4: SecurityIntegrityFailed,
        5: SecurityWrongOid,
    } or Unrecognised {}
}

choice! {
    /// `H245Security` of H.225.0.
    H245Security of 4 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: NoSecurity,
        2: Tls(Box<SecurityCapabilities> as Boxed<SecurityCapabilities>),
        3: Ipsec(Box<SecurityCapabilities> as Boxed<SecurityCapabilities>),
    } or Unrecognised {}
}

sequence! {
    /// `QseriesOptions` of H.225.0.
    QseriesOptions {
        q932_full: bool as Must<Flag>,
        q951_full: bool as Must<Flag>,
        q952_full: bool as Must<Flag>,
        q953_full: bool as Must<Flag>,
        q955_full: bool as Must<Flag>,
        q956_full: bool as Must<Flag>,
        q957_full: bool as Must<Flag>,
        q954_info: Q954Details as Must<Q954Details>,
    } more {}
}

sequence! {
    /// `Q954Details` of H.225.0.
    Q954Details {
        conference_calling: bool as Must<Flag>,
        three_party_service: bool as Must<Flag>,
    } more {}
}

/// `GloballyUniqueID` of H.225.0.
pub type GloballyUniqueId = [u8; 16];

/// `ConferenceIdentifier` of H.225.0.
pub type ConferenceIdentifier = GloballyUniqueId;

/// `RequestSeqNum` of H.225.0.
pub type RequestSeqNum = u16;

/// `GatekeeperIdentifier` of H.225.0.
pub type GatekeeperIdentifier = BmpString;

/// `BandWidth` of H.225.0.
pub type BandWidth = u32;

/// `CallReferenceValue` of H.225.0.
pub type CallReferenceValue = u16;

/// `EndpointIdentifier` of H.225.0.
pub type EndpointIdentifier = BmpString;

/// `ProtocolIdentifier` of H.225.0.
pub type ProtocolIdentifier = ObjectIdentifier;

/// `TimeToLive` of H.225.0.
pub type TimeToLive = u32;

/// `H248PackagesDescriptor` of H.225.0.
pub type H248PackagesDescriptor = Vec<u8>;

/// `H248SignalsDescriptor` of H.225.0.
pub type H248SignalsDescriptor = Vec<u8>;

/// `FeatureDescriptor` of H.225.0.
pub type FeatureDescriptor = GenericData;

sequence! {
    /// `CallIdentifier` of H.225.0.
    CallIdentifier {
        guid: GloballyUniqueId as Must<Exactly<16>>,
    } more {}
}

choice! {
    /// `EncryptIntAlg` of H.225.0.
    EncryptIntAlg of 2 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: IsoAlgorithm(ObjectIdentifier as ObjectIdentifier),
    } or Unrecognised {}
}

choice! {
    /// `NonIsoIntegrityMechanism` of H.225.0.
    NonIsoIntegrityMechanism of 4 {
        0: HmacMd5,
        1: HmacIso101182S(EncryptIntAlg as EncryptIntAlg),
        2: HmacIso101182L(EncryptIntAlg as EncryptIntAlg),
        3: HmacIso101183(ObjectIdentifier as ObjectIdentifier),
    } or Unrecognised {}
}

choice! {
    /// `IntegrityMechanism` of H.225.0.
    IntegrityMechanism of 4 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: DigSig,
        2: Iso9797(ObjectIdentifier as ObjectIdentifier),
        3: NonIsoIm(NonIsoIntegrityMechanism as NonIsoIntegrityMechanism),
    } or Unrecognised {}
}

sequence! {
    /// `ICV` of H.225.0.
    Icv {
        algorithm_oid: ObjectIdentifier as Must<ObjectIdentifier>,
        icv: BitString as Must<Bits>,
    }
}

/// `FastStartToken` of H.225.0.
pub type FastStartToken = ClearToken;

/// `EncodedFastStartToken` of H.225.0.
pub type EncodedFastStartToken = Vec<u8>;

choice! {
    /// `CryptoH323Token` of H.225.0.
    CryptoH323Token of 8 {
        0: CryptoEpPwdHash(Box<CryptoH323TokenCryptoEpPwdHash> as Boxed<CryptoH323TokenCryptoEpPwdHash>),
        1: CryptoGkPwdHash(Box<CryptoH323TokenCryptoGkPwdHash> as Boxed<CryptoH323TokenCryptoGkPwdHash>),
        2: CryptoEpPwdEncr(Box<Encrypted> as Boxed<Encrypted>),
        3: CryptoGkPwdEncr(Box<Encrypted> as Boxed<Encrypted>),
        4: CryptoEpCert(Box<Signed> as Boxed<Signed>),
        5: CryptoGkCert(Box<Signed> as Boxed<Signed>),
        6: CryptoFastStart(Box<Signed> as Boxed<Signed>),
        7: NestedcryptoToken(CryptoToken as CryptoToken),
    } or Unrecognised {}
}

sequence! {
    /// Within `CryptoH323Token` of H.225.0.
    CryptoH323TokenCryptoEpPwdHash {
        alias: AliasAddress as Must<AliasAddress>,
        time_stamp: TimeStamp as Must<Whole<1, 4294967295>>,
        token: Hashed as Must<Hashed>,
    }
}

sequence! {
    /// Within `CryptoH323Token` of H.225.0.
    CryptoH323TokenCryptoGkPwdHash {
        gatekeeper_id: GatekeeperIdentifier as Must<Bmp<1, 128>>,
        time_stamp: TimeStamp as Must<Whole<1, 4294967295>>,
        token: Hashed as Must<Hashed>,
    }
}

sequence! {
    /// `DataRate` of H.225.0.
    DataRate {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        channel_rate: BandWidth as Must<Whole<0, 4294967295>>,
        channel_multiplier: Option<u16> as May<Whole<1, 256>>,
    } more {}
}

sequence! {
    /// `CallLinkage` of H.225.0.
    CallLinkage {
        global_call_id: Option<GloballyUniqueId> as May<Exactly<16>>,
        thread_id: Option<GloballyUniqueId> as May<Exactly<16>>,
    } more {}
}

sequence! {
    /// `SupportedPrefix` of H.225.0.
    SupportedPrefix {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        prefix: AliasAddress as Must<AliasAddress>,
    } more {}
}

sequence! {
    /// `CapacityReportingCapability` of H.225.0.
    CapacityReportingCapability {
        can_report_call_capacity: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `CapacityReportingSpecification` of H.225.0.
    CapacityReportingSpecification {
        when: CapacityReportingSpecificationWhen as Must<CapacityReportingSpecificationWhen>,
    } more {}
}

sequence! {
    /// Within `CapacityReportingSpecification` of H.225.0.
    CapacityReportingSpecificationWhen {
        call_start: Option<()> as May<Null>,
        call_end: Option<()> as May<Null>,
    } more {}
}

sequence! {
    /// `CallCapacity` of H.225.0.
    CallCapacity {
        maximum_call_capacity: Option<Box<CallCapacityInfo>> as May<Boxed<CallCapacityInfo>>,
        current_call_capacity: Option<Box<CallCapacityInfo>> as May<Boxed<CallCapacityInfo>>,
    } more {}
}

sequence! {
    /// `CallCapacityInfo` of H.225.0.
    CallCapacityInfo {
        voice_gw_calls_available: Option<Vec<CallsAvailable>> as May<List<CallsAvailable>>,
        h310_gw_calls_available: Option<Vec<CallsAvailable>> as May<List<CallsAvailable>>,
        h320_gw_calls_available: Option<Vec<CallsAvailable>> as May<List<CallsAvailable>>,
        h321_gw_calls_available: Option<Vec<CallsAvailable>> as May<List<CallsAvailable>>,
        h322_gw_calls_available: Option<Vec<CallsAvailable>> as May<List<CallsAvailable>>,
        h323_gw_calls_available: Option<Vec<CallsAvailable>> as May<List<CallsAvailable>>,
        h324_gw_calls_available: Option<Vec<CallsAvailable>> as May<List<CallsAvailable>>,
        t120_only_gw_calls_available: Option<Vec<CallsAvailable>> as May<List<CallsAvailable>>,
        t38_fax_annexb_only_gw_calls_available: Option<Vec<CallsAvailable>> as May<List<CallsAvailable>>,
        terminal_calls_available: Option<Vec<CallsAvailable>> as May<List<CallsAvailable>>,
        mcu_calls_available: Option<Vec<CallsAvailable>> as May<List<CallsAvailable>>,
    } more {
        sip_gw_calls_available: Vec<CallsAvailable> as List<CallsAvailable>,
    }
}

sequence! {
    /// `CallsAvailable` of H.225.0.
    CallsAvailable {
        calls: u32 as Must<Whole<0, 4294967295>>,
        group: Option<String> as May<Characters<Ia5, 1, 128>>,
    } more {
        carrier: CarrierInfo as CarrierInfo,
    }
}

sequence! {
    /// `CircuitInfo` of H.225.0.
    CircuitInfo {
        source_circuit_id: Option<Box<CircuitIdentifier>> as May<Boxed<CircuitIdentifier>>,
        destination_circuit_id: Option<Box<CircuitIdentifier>> as May<Boxed<CircuitIdentifier>>,
        generic_data: Option<Vec<GenericData>> as May<List<GenericData>>,
    } more {}
}

sequence! {
    /// `CircuitIdentifier` of H.225.0.
    CircuitIdentifier {
        cic: Option<CicInfo> as May<CicInfo>,
        group: Option<GroupId> as May<GroupId>,
    } more {
        carrier: CarrierInfo as CarrierInfo,
    }
}

sequence! {
    /// `CicInfo` of H.225.0.
    CicInfo {
        cic: Vec<Vec<u8>> as Must<List<Octets<2, 4>>>,
        point_code: Vec<u8> as Must<Octets<2, 5>>,
    } more {}
}

sequence! {
    /// `GroupID` of H.225.0.
    GroupId {
        member: Option<Vec<u16>> as May<List<Whole<0, 65535>>>,
        group: String as Must<Characters<Ia5, 1, 128>>,
    } more {}
}

sequence! {
    /// `CarrierInfo` of H.225.0.
    CarrierInfo {
        carrier_identification_code: Option<Vec<u8>> as May<Octets<3, 4>>,
        carrier_name: Option<String> as May<Characters<Ia5, 1, 128>>,
    } more {}
}

choice! {
    /// `ServiceControlDescriptor` of H.225.0.
    ServiceControlDescriptor of 4 {
        0: Url(String as Characters<Ia5, 0, 512>),
        1: Signal(H248SignalsDescriptor as Octets),
        2: NonStandard(NonStandardParameter as NonStandardParameter),
        3: CallCreditServiceControl(CallCreditServiceControl as CallCreditServiceControl),
    } or Unrecognised {}
}

sequence! {
    /// `ServiceControlSession` of H.225.0.
    ServiceControlSession {
        session_id: u8 as Must<Whole<0, 255>>,
        contents: Option<ServiceControlDescriptor> as May<ServiceControlDescriptor>,
        reason: ServiceControlSessionReason as Must<ServiceControlSessionReason>,
    } more {}
}

choice! {
    /// Within `ServiceControlSession` of H.225.0.
    ServiceControlSessionReason of 3 {
        0: Open,
        1: Refresh,
        2: Close,
    } or Unrecognised {}
}

sequence! {
    /// `RasUsageInfoTypes` of H.225.0.
    RasUsageInfoTypes {
        non_standard_usage_types: Vec<NonStandardParameter> as Must<List<NonStandardParameter>>,
        start_time: Option<()> as May<Null>,
        end_time: Option<()> as May<Null>,
        termination_cause: Option<()> as May<Null>,
    } more {}
}

sequence! {
    /// `RasUsageSpecification` of H.225.0.
    RasUsageSpecification {
        when: RasUsageSpecificationWhen as Must<RasUsageSpecificationWhen>,
        call_starting_point: Option<RasUsageSpecificationCallStartingPoint> as May<RasUsageSpecificationCallStartingPoint>,
        required: RasUsageInfoTypes as Must<RasUsageInfoTypes>,
    } more {}
}

sequence! {
    /// Within `RasUsageSpecification` of H.225.0.
    RasUsageSpecificationWhen {
        start: Option<()> as May<Null>,
        end: Option<()> as May<Null>,
        in_irr: Option<()> as May<Null>,
    } more {}
}

sequence! {
    /// Within `RasUsageSpecification` of H.225.0.
    RasUsageSpecificationCallStartingPoint {
        alerting: Option<()> as May<Null>,
        connect: Option<()> as May<Null>,
    } more {}
}

sequence! {
    /// `RasUsageInformation` of H.225.0.
    RasUsageInformation {
        non_standard_usage_fields: Vec<NonStandardParameter> as Must<List<NonStandardParameter>>,
        alerting_time: Option<TimeStamp> as May<Whole<1, 4294967295>>,
        connect_time: Option<TimeStamp> as May<Whole<1, 4294967295>>,
        end_time: Option<TimeStamp> as May<Whole<1, 4294967295>>,
    } more {}
}

choice! {
    /// `CallTerminationCause` of H.225.0.
    CallTerminationCause of 2 {
        0: ReleaseCompleteReason(ReleaseCompleteReason as ReleaseCompleteReason),
        1: ReleaseCompleteCauseIe(Vec<u8> as Octets<2, 32>),
    } or Unrecognised {}
}

sequence! {
    /// `BandwidthDetails` of H.225.0.
    BandwidthDetails {
        sender: bool as Must<Flag>,
        multicast: bool as Must<Flag>,
        bandwidth: BandWidth as Must<Whole<0, 4294967295>>,
        rtcp_addresses: TransportChannelInfo as Must<TransportChannelInfo>,
    } more {}
}

sequence! {
    /// `CallCreditCapability` of H.225.0.
    CallCreditCapability {
        can_display_amount_string: Option<bool> as May<Flag>,
        can_enforce_duration_limit: Option<bool> as May<Flag>,
    } more {}
}

sequence! {
    /// `CallCreditServiceControl` of H.225.0.
    CallCreditServiceControl {
        amount_string: Option<BmpString> as May<Bmp<1, 512>>,
        billing_mode: Option<CallCreditServiceControlBillingMode> as May<CallCreditServiceControlBillingMode>,
        call_duration_limit: Option<u32> as May<Whole<1, 4294967295>>,
        enforce_call_duration_limit: Option<bool> as May<Flag>,
        call_starting_point: Option<CallCreditServiceControlCallStartingPoint> as May<CallCreditServiceControlCallStartingPoint>,
    } more {}
}

choice! {
    /// Within `CallCreditServiceControl` of H.225.0.
    CallCreditServiceControlBillingMode of 2 {
        0: Credit,
        1: Debit,
    } or Unrecognised {}
}

choice! {
    /// Within `CallCreditServiceControl` of H.225.0.
    CallCreditServiceControlCallStartingPoint of 2 {
        0: Alerting,
        1: Connect,
    } or Unrecognised {}
}

sequence! {
    /// `GenericData` of H.225.0.
    GenericData {
        id: GenericIdentifier as Must<GenericIdentifier>,
        parameters: Option<Vec<EnumeratedParameter>> as May<List<EnumeratedParameter, 1, 512>>,
    } more {}
}

choice! {
    /// `GenericIdentifier` of H.225.0.
    GenericIdentifier of 3 {
        0: Standard(u32 as WholeOrMore<0, 16383>),
        1: Oid(ObjectIdentifier as ObjectIdentifier),
        2: NonStandard(GloballyUniqueId as Exactly<16>),
    } or Unrecognised {}
}

sequence! {
    /// `EnumeratedParameter` of H.225.0.
    EnumeratedParameter {
        id: GenericIdentifier as Must<GenericIdentifier>,
        content: Option<Content> as May<Content>,
    } more {}
}

choice! {
    /// `Content` of H.225.0.
    Content of 12 {
        0: Raw(Vec<u8> as Octets),
        1: Text(String as Characters<Ia5>),
        2: Unicode(BmpString as Bmp),
        3: Bool(bool as Flag),
        4: Number8(u8 as Whole<0, 255>),
        5: Number16(u16 as Whole<0, 65535>),
        6: Number32(u32 as Whole<0, 4294967295>),
        7: Id(GenericIdentifier as GenericIdentifier),
        8: Alias(AliasAddress as AliasAddress),
        9: Transport(TransportAddress as TransportAddress),
        10: Compound(Vec<EnumeratedParameter> as List<EnumeratedParameter, 1, 512>),
        11: Nested(Vec<GenericData> as List<GenericData, 1, 16>),
    } or Unrecognised {}
}

sequence! {
    /// `FeatureSet` of H.225.0.
    FeatureSet {
        replacement_feature_set: bool as Must<Flag>,
        needed_features: Option<Vec<FeatureDescriptor>> as May<List<GenericData>>,
        desired_features: Option<Vec<FeatureDescriptor>> as May<List<GenericData>>,
        supported_features: Option<Vec<FeatureDescriptor>> as May<List<GenericData>>,
    } more {}
}

sequence! {
    /// `TransportChannelInfo` of H.225.0.
    TransportChannelInfo {
        send_address: Option<TransportAddress> as May<TransportAddress>,
        recv_address: Option<TransportAddress> as May<TransportAddress>,
    } more {}
}

sequence! {
    /// `RTPSession` of H.225.0.
    RtpSession {
        rtp_address: TransportChannelInfo as Must<TransportChannelInfo>,
        rtcp_address: TransportChannelInfo as Must<TransportChannelInfo>,
        cname: String as Must<Characters<Printable>>,
        ssrc: u32 as Must<Whole<1, 4294967295>>,
        session_id: u8 as Must<Whole<1, 255>>,
        associated_session_ids: Vec<u8> as Must<List<Whole<1, 255>>>,
    } more {
        multicast: () as Null,
        bandwidth: BandWidth as Whole<0, 4294967295>,
    }
}

choice! {
    /// `RehomingModel` of H.225.0.
    RehomingModel of 2 {
        0: GatekeeperBased,
        1: EndpointBased,
    }
}
