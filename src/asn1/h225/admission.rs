//! Part of H.225.0; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

sequence! {
    /// `AdmissionRequest` of H.225.0.
    AdmissionRequest {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        call_type: CallType as Must<CallType>,
        call_model: Option<CallModel> as May<CallModel>,
        endpoint_identifier: EndpointIdentifier as Must<Bmp<1, 128>>,
        destination_info: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
        dest_call_signal_address: Option<TransportAddress> as May<TransportAddress>,
        dest_extra_call_info: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
        src_info: Vec<AliasAddress> as Must<List<AliasAddress>>,
        src_call_signal_address: Option<TransportAddress> as May<TransportAddress>,
        band_width: BandWidth as Must<Whole<0, 4294967295>>,
        call_reference_value: CallReferenceValue as Must<Whole<0, 65535>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        call_services: Option<QseriesOptions> as May<QseriesOptions>,
        conference_id: ConferenceIdentifier as Must<Exactly<16>>,
        active_mc: bool as Must<Flag>,
        answer_call: bool as Must<Flag>,
    } more {
        can_map_alias: bool as Flag,
        call_identifier: CallIdentifier as CallIdentifier,
        src_alternatives: Vec<Endpoint> as List<Endpoint>,
        dest_alternatives: Vec<Endpoint> as List<Endpoint>,
        gatekeeper_identifier: GatekeeperIdentifier as Bmp<1, 128>,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        transport_qos: TransportQos as TransportQos,
        will_supply_uui_es: bool as Flag,
        call_linkage: CallLinkage as CallLinkage,
        gateway_data_rate: DataRate as DataRate,
        capacity: CallCapacity as CallCapacity,
        circuit_info: CircuitInfo as CircuitInfo,
        desired_protocols: Vec<SupportedProtocols> as List<SupportedProtocols>,
        desired_tunnelled_protocol: TunnelledProtocol as TunnelledProtocol,
        feature_set: FeatureSet as FeatureSet,
        generic_data: Vec<GenericData> as List<GenericData>,
        can_map_src_alias: bool as Flag,
    }
}

choice! {
    /// `CallType` of H.225.0.
    CallType of 4 {
        0: PointToPoint,
        1: OneToN,
        2: NToOne,
        3: NToN,
    } or Unrecognised {}
}

choice! {
    /// `CallModel` of H.225.0.
    CallModel of 2 {
        0: Direct,
        1: GatekeeperRouted,
    } or Unrecognised {}
}

choice! {
    /// `TransportQOS` of H.225.0.
    TransportQos of 3 {
        0: EndpointControlled,
        1: GatekeeperControlled,
        2: NoControl,
    } or Unrecognised {
        0: QosCapabilities(Vec<QosCapability> as List<QosCapability, 1, 256>),
    }
}

sequence! {
    /// `AdmissionConfirm` of H.225.0.
    AdmissionConfirm {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        band_width: BandWidth as Must<Whole<0, 4294967295>>,
        call_model: CallModel as Must<CallModel>,
        dest_call_signal_address: TransportAddress as Must<TransportAddress>,
        irr_frequency: Option<u16> as May<Whole<1, 65535>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        destination_info: Vec<AliasAddress> as List<AliasAddress>,
        dest_extra_call_info: Vec<AliasAddress> as List<AliasAddress>,
        destination_type: Box<EndpointType> as Boxed<EndpointType>,
        remote_extension_address: Vec<AliasAddress> as List<AliasAddress>,
        alternate_endpoints: Vec<Endpoint> as List<Endpoint>,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        transport_qos: TransportQos as TransportQos,
        will_respond_to_irr: bool as Flag,
        uuies_requested: UuiEsRequested as UuiEsRequested,
        language: Vec<String> as List<Characters<Ia5, 1, 32>>,
        alternate_transport_addresses: AlternateTransportAddresses as AlternateTransportAddresses,
        use_specified_transport: UseSpecifiedTransport as UseSpecifiedTransport,
        circuit_info: CircuitInfo as CircuitInfo,
        usage_spec: Vec<RasUsageSpecification> as List<RasUsageSpecification>,
        supported_protocols: Vec<SupportedProtocols> as List<SupportedProtocols>,
        service_control: Vec<ServiceControlSession> as List<ServiceControlSession>,
        multiple_calls: bool as Flag,
        feature_set: FeatureSet as FeatureSet,
        generic_data: Vec<GenericData> as List<GenericData>,
        modified_src_info: Vec<AliasAddress> as List<AliasAddress>,
        assigned_gatekeeper: AlternateGk as AlternateGk,
    }
}

sequence! {
    /// `UUIEsRequested` of H.225.0.
    UuiEsRequested {
        setup: bool as Must<Flag>,
        call_proceeding: bool as Must<Flag>,
        connect: bool as Must<Flag>,
        alerting: bool as Must<Flag>,
        information: bool as Must<Flag>,
        release_complete: bool as Must<Flag>,
        facility: bool as Must<Flag>,
        progress: bool as Must<Flag>,
        empty: bool as Must<Flag>,
    } more {
        status: bool as Flag,
        status_inquiry: bool as Flag,
        setup_acknowledge: bool as Flag,
        notify: bool as Flag,
    }
}

sequence! {
    /// `AdmissionReject` of H.225.0.
    AdmissionReject {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        reject_reason: AdmissionRejectReason as Must<AdmissionRejectReason>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        alt_gk_info: AltGkInfo as AltGkInfo,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        call_signal_address: Vec<TransportAddress> as List<TransportAddress>,
        integrity_check_value: Icv as Icv,
        service_control: Vec<ServiceControlSession> as List<ServiceControlSession>,
        feature_set: FeatureSet as FeatureSet,
        generic_data: Vec<GenericData> as List<GenericData>,
        assigned_gatekeeper: AlternateGk as AlternateGk,
    }
}

choice! {
    /// `AdmissionRejectReason` of H.225.0.
    AdmissionRejectReason of 8 {
        0: CalledPartyNotRegistered,
        1: InvalidPermission,
        2: RequestDenied,
        3: UndefinedReason,
        4: CallerNotRegistered,
        5: RouteCallToGatekeeper,
        6: InvalidEndpointIdentifier,
        7: ResourceUnavailable,
    } or Unrecognised {
        0: SecurityDenial,
        1: QosControlNotSupported,
        2: IncompleteAddress,
        3: AliasesInconsistent,
        4: RouteCallToScn(Vec<PartyNumber> as List<PartyNumber>),
        5: ExceedsCallCapacity,
        6: CollectDestination,
        7: CollectPin,
        8: GenericDataReason,
        9: NeededFeatureNotSupported,
        10: SecurityError(SecurityErrors2 as SecurityErrors2),
        11: SecurityDHmismatch,
        12: NoRouteToDestination,
        13: UnallocatedNumber,
        14: RegisterWithAssignedGk,
    }
}

sequence! {
    /// `BandwidthRequest` of H.225.0.
    BandwidthRequest {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        endpoint_identifier: EndpointIdentifier as Must<Bmp<1, 128>>,
        conference_id: ConferenceIdentifier as Must<Exactly<16>>,
        call_reference_value: CallReferenceValue as Must<Whole<0, 65535>>,
        call_type: Option<CallType> as May<CallType>,
        band_width: BandWidth as Must<Whole<0, 4294967295>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        call_identifier: CallIdentifier as CallIdentifier,
        gatekeeper_identifier: GatekeeperIdentifier as Bmp<1, 128>,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        answered_call: bool as Flag,
        call_linkage: CallLinkage as CallLinkage,
        capacity: CallCapacity as CallCapacity,
        usage_information: RasUsageInformation as RasUsageInformation,
        bandwidth_details: Vec<BandwidthDetails> as List<BandwidthDetails>,
        generic_data: Vec<GenericData> as List<GenericData>,
        transport_qos: TransportQos as TransportQos,
    }
}

sequence! {
    /// `BandwidthConfirm` of H.225.0.
    BandwidthConfirm {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        band_width: BandWidth as Must<Whole<0, 4294967295>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        capacity: CallCapacity as CallCapacity,
        generic_data: Vec<GenericData> as List<GenericData>,
        transport_qos: TransportQos as TransportQos,
    }
}

sequence! {
    /// `BandwidthReject` of H.225.0.
    BandwidthReject {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        reject_reason: BandRejectReason as Must<BandRejectReason>,
        allowed_band_width: BandWidth as Must<Whole<0, 4294967295>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        alt_gk_info: AltGkInfo as AltGkInfo,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        generic_data: Vec<GenericData> as List<GenericData>,
    }
}

choice! {
    /// `BandRejectReason` of H.225.0.
    BandRejectReason of 6 {
        0: NotBound,
        1: InvalidConferenceId,
        2: InvalidPermission,
        3: InsufficientResources,
        4: InvalidRevision,
        5: UndefinedReason,
    } or Unrecognised {
        0: SecurityDenial,
        1: SecurityError(SecurityErrors2 as SecurityErrors2),
    }
}

sequence! {
    /// `LocationRequest` of H.225.0.
    LocationRequest {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        endpoint_identifier: Option<EndpointIdentifier> as May<Bmp<1, 128>>,
        destination_info: Vec<AliasAddress> as Must<List<AliasAddress>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        reply_address: TransportAddress as Must<TransportAddress>,
    } more {
        source_info: Vec<AliasAddress> as List<AliasAddress>,
        can_map_alias: bool as Flag,
        gatekeeper_identifier: GatekeeperIdentifier as Bmp<1, 128>,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        desired_protocols: Vec<SupportedProtocols> as List<SupportedProtocols>,
        desired_tunnelled_protocol: TunnelledProtocol as TunnelledProtocol,
        feature_set: FeatureSet as FeatureSet,
        generic_data: Vec<GenericData> as List<GenericData>,
        hop_count: u8 as Whole<1, 255>,
        circuit_info: CircuitInfo as CircuitInfo,
        call_identifier: CallIdentifier as CallIdentifier,
        band_width: BandWidth as Whole<0, 4294967295>,
        source_endpoint_info: Vec<AliasAddress> as List<AliasAddress>,
        can_map_src_alias: bool as Flag,
        language: Vec<String> as List<Characters<Ia5, 1, 32>>,
    }
}

sequence! {
    /// `LocationConfirm` of H.225.0.
    LocationConfirm {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        call_signal_address: TransportAddress as Must<TransportAddress>,
        ras_address: TransportAddress as Must<TransportAddress>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        destination_info: Vec<AliasAddress> as List<AliasAddress>,
        dest_extra_call_info: Vec<AliasAddress> as List<AliasAddress>,
        destination_type: Box<EndpointType> as Boxed<EndpointType>,
        remote_extension_address: Vec<AliasAddress> as List<AliasAddress>,
        alternate_endpoints: Vec<Endpoint> as List<Endpoint>,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        alternate_transport_addresses: AlternateTransportAddresses as AlternateTransportAddresses,
        supported_protocols: Vec<SupportedProtocols> as List<SupportedProtocols>,
        multiple_calls: bool as Flag,
        feature_set: FeatureSet as FeatureSet,
        generic_data: Vec<GenericData> as List<GenericData>,
        circuit_info: CircuitInfo as CircuitInfo,
        service_control: Vec<ServiceControlSession> as List<ServiceControlSession>,
        modified_src_info: Vec<AliasAddress> as List<AliasAddress>,
        band_width: BandWidth as Whole<0, 4294967295>,
    }
}

sequence! {
    /// `LocationReject` of H.225.0.
    LocationReject {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        reject_reason: LocationRejectReason as Must<LocationRejectReason>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        alt_gk_info: AltGkInfo as AltGkInfo,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        feature_set: FeatureSet as FeatureSet,
        generic_data: Vec<GenericData> as List<GenericData>,
        service_control: Vec<ServiceControlSession> as List<ServiceControlSession>,
    }
}

choice! {
    /// `LocationRejectReason` of H.225.0.
    LocationRejectReason of 4 {
        0: NotRegistered,
        1: InvalidPermission,
        2: RequestDenied,
        3: UndefinedReason,
    } or Unrecognised {
        0: SecurityDenial,
        1: AliasesInconsistent,
        2: RouteCalltoScn(Vec<PartyNumber> as List<PartyNumber>),
        3: ResourceUnavailable,
        4: GenericDataReason,
        5: NeededFeatureNotSupported,
        6: HopCountExceeded,
        7: IncompleteAddress,
        8: SecurityError(SecurityErrors2 as SecurityErrors2),
        9: SecurityDHmismatch,
        10: NoRouteToDestination,
        11: UnallocatedNumber,
    }
}

sequence! {
    /// `DisengageRequest` of H.225.0.
    DisengageRequest {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        endpoint_identifier: EndpointIdentifier as Must<Bmp<1, 128>>,
        conference_id: ConferenceIdentifier as Must<Exactly<16>>,
        call_reference_value: CallReferenceValue as Must<Whole<0, 65535>>,
        disengage_reason: DisengageReason as Must<DisengageReason>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        call_identifier: CallIdentifier as CallIdentifier,
        gatekeeper_identifier: GatekeeperIdentifier as Bmp<1, 128>,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        answered_call: bool as Flag,
        call_linkage: CallLinkage as CallLinkage,
        capacity: CallCapacity as CallCapacity,
        circuit_info: CircuitInfo as CircuitInfo,
        usage_information: RasUsageInformation as RasUsageInformation,
        termination_cause: CallTerminationCause as CallTerminationCause,
        service_control: Vec<ServiceControlSession> as List<ServiceControlSession>,
        generic_data: Vec<GenericData> as List<GenericData>,
    }
}

choice! {
    /// `DisengageReason` of H.225.0.
    DisengageReason of 3 {
        0: ForcedDrop,
        1: NormalDrop,
        2: UndefinedReason,
    } or Unrecognised {}
}

sequence! {
    /// `DisengageConfirm` of H.225.0.
    DisengageConfirm {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        capacity: CallCapacity as CallCapacity,
        circuit_info: CircuitInfo as CircuitInfo,
        usage_information: RasUsageInformation as RasUsageInformation,
        generic_data: Vec<GenericData> as List<GenericData>,
        assigned_gatekeeper: AlternateGk as AlternateGk,
    }
}

sequence! {
    /// `DisengageReject` of H.225.0.
    DisengageReject {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        reject_reason: DisengageRejectReason as Must<DisengageRejectReason>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        alt_gk_info: AltGkInfo as AltGkInfo,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        generic_data: Vec<GenericData> as List<GenericData>,
    }
}

choice! {
    /// `DisengageRejectReason` of H.225.0.
    DisengageRejectReason of 2 {
        0: NotRegistered,
        1: RequestToDropOther,
    } or Unrecognised {
        0: SecurityDenial,
        1: SecurityError(SecurityErrors2 as SecurityErrors2),
    }
}

sequence! {
    /// `InfoRequest` of H.225.0.
    InfoRequest {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        call_reference_value: CallReferenceValue as Must<Whole<0, 65535>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        reply_address: Option<TransportAddress> as May<TransportAddress>,
    } more {
        call_identifier: CallIdentifier as CallIdentifier,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        uuies_requested: UuiEsRequested as UuiEsRequested,
        call_linkage: CallLinkage as CallLinkage,
        usage_info_requested: RasUsageInfoTypes as RasUsageInfoTypes,
        segmented_response_supported: () as Null,
        next_segment_requested: u16 as Whole<0, 65535>,
        capacity_info_requested: () as Null,
        generic_data: Vec<GenericData> as List<GenericData>,
        assigned_gatekeeper: AlternateGk as AlternateGk,
    }
}

sequence! {
    /// `InfoRequestResponse` of H.225.0.
    InfoRequestResponse {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        endpoint_type: EndpointType as Must<EndpointType>,
        endpoint_identifier: EndpointIdentifier as Must<Bmp<1, 128>>,
        ras_address: TransportAddress as Must<TransportAddress>,
        call_signal_address: Vec<TransportAddress> as Must<List<TransportAddress>>,
        endpoint_alias: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
        per_call_info: Option<Vec<InfoRequestResponsePerCallInfo>> as May<List<InfoRequestResponsePerCallInfo>>,
    } more {
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        need_response: bool as Flag,
        capacity: CallCapacity as CallCapacity,
        irr_status: InfoRequestResponseStatus as InfoRequestResponseStatus,
        unsolicited: bool as Flag,
        generic_data: Vec<GenericData> as List<GenericData>,
    }
}

sequence! {
    /// Within `InfoRequestResponse` of H.225.0.
    InfoRequestResponsePerCallInfo {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        call_reference_value: CallReferenceValue as Must<Whole<0, 65535>>,
        conference_id: ConferenceIdentifier as Must<Exactly<16>>,
        originator: Option<bool> as May<Flag>,
        audio: Option<Vec<RtpSession>> as May<List<RtpSession>>,
        video: Option<Vec<RtpSession>> as May<List<RtpSession>>,
        data: Option<Vec<TransportChannelInfo>> as May<List<TransportChannelInfo>>,
        h245: TransportChannelInfo as Must<TransportChannelInfo>,
        call_signalling: TransportChannelInfo as Must<TransportChannelInfo>,
        call_type: CallType as Must<CallType>,
        band_width: BandWidth as Must<Whole<0, 4294967295>>,
        call_model: CallModel as Must<CallModel>,
    } more {
        call_identifier: CallIdentifier as CallIdentifier,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        substitute_conf_i_ds: Vec<ConferenceIdentifier> as List<Exactly<16>>,
        pdu: Vec<InfoRequestResponsePerCallInfoPdu> as List<InfoRequestResponsePerCallInfoPdu>,
        call_linkage: CallLinkage as CallLinkage,
        usage_information: RasUsageInformation as RasUsageInformation,
        circuit_info: CircuitInfo as CircuitInfo,
    }
}

sequence! {
    /// Within `InfoRequestResponse` of H.225.0.
    InfoRequestResponsePerCallInfoPdu {
        h323pdu: H323UuPdu as Must<H323UuPdu>,
        sent: bool as Must<Flag>,
    }
}

choice! {
    /// `InfoRequestResponseStatus` of H.225.0.
    InfoRequestResponseStatus of 4 {
        0: Complete,
        1: Incomplete,
        2: Segment(u16 as Whole<0, 65535>),
        3: InvalidCall,
    } or Unrecognised {}
}

sequence! {
    /// `InfoRequestAck` of H.225.0.
    InfoRequestAck {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        tokens: Option<Vec<ClearToken>> as May<List<ClearToken>>,
        crypto_tokens: Option<Vec<CryptoH323Token>> as May<List<CryptoH323Token>>,
        integrity_check_value: Option<Icv> as May<Icv>,
    } more {}
}

sequence! {
    /// `InfoRequestNak` of H.225.0.
    InfoRequestNak {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        nak_reason: InfoRequestNakReason as Must<InfoRequestNakReason>,
        alt_gk_info: Option<AltGkInfo> as May<AltGkInfo>,
        tokens: Option<Vec<ClearToken>> as May<List<ClearToken>>,
        crypto_tokens: Option<Vec<CryptoH323Token>> as May<List<CryptoH323Token>>,
        integrity_check_value: Option<Icv> as May<Icv>,
    } more {}
}

choice! {
    /// `InfoRequestNakReason` of H.225.0.
    InfoRequestNakReason of 3 {
        0: NotRegistered,
        1: SecurityDenial,
        2: UndefinedReason,
    } or Unrecognised {
        0: SecurityError(SecurityErrors2 as SecurityErrors2),
    }
}

sequence! {
    /// `NonStandardMessage` of H.225.0.
    NonStandardMessage {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        non_standard_data: NonStandardParameter as Must<NonStandardParameter>,
    } more {
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        feature_set: FeatureSet as FeatureSet,
        generic_data: Vec<GenericData> as List<GenericData>,
    }
}

sequence! {
    /// `UnknownMessageResponse` of H.225.0.
    UnknownMessageResponse {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
    } more {
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        message_not_understood: Vec<u8> as Octets,
    }
}

sequence! {
    /// `RequestInProgress` of H.225.0.
    RequestInProgress {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        tokens: Option<Vec<ClearToken>> as May<List<ClearToken>>,
        crypto_tokens: Option<Vec<CryptoH323Token>> as May<List<CryptoH323Token>>,
        integrity_check_value: Option<Icv> as May<Icv>,
        delay: u16 as Must<Whole<1, 65535>>,
    } more {}
}

sequence! {
    /// `ResourcesAvailableIndicate` of H.225.0.
    ResourcesAvailableIndicate {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        endpoint_identifier: EndpointIdentifier as Must<Bmp<1, 128>>,
        protocols: Vec<SupportedProtocols> as Must<List<SupportedProtocols>>,
        almost_out_of_resources: bool as Must<Flag>,
        tokens: Option<Vec<ClearToken>> as May<List<ClearToken>>,
        crypto_tokens: Option<Vec<CryptoH323Token>> as May<List<CryptoH323Token>>,
        integrity_check_value: Option<Icv> as May<Icv>,
    } more {
        capacity: CallCapacity as CallCapacity,
        generic_data: Vec<GenericData> as List<GenericData>,
    }
}

sequence! {
    /// `ResourcesAvailableConfirm` of H.225.0.
    ResourcesAvailableConfirm {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        tokens: Option<Vec<ClearToken>> as May<List<ClearToken>>,
        crypto_tokens: Option<Vec<CryptoH323Token>> as May<List<CryptoH323Token>>,
        integrity_check_value: Option<Icv> as May<Icv>,
    } more {
        generic_data: Vec<GenericData> as List<GenericData>,
    }
}

sequence! {
    /// `ServiceControlIndication` of H.225.0.
    ServiceControlIndication {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        service_control: Vec<ServiceControlSession> as Must<List<ServiceControlSession>>,
        endpoint_identifier: Option<EndpointIdentifier> as May<Bmp<1, 128>>,
        call_specific: Option<ServiceControlIndicationCallSpecific> as May<ServiceControlIndicationCallSpecific>,
        tokens: Option<Vec<ClearToken>> as May<List<ClearToken>>,
        crypto_tokens: Option<Vec<CryptoH323Token>> as May<List<CryptoH323Token>>,
        integrity_check_value: Option<Icv> as May<Icv>,
        feature_set: Option<FeatureSet> as May<FeatureSet>,
        generic_data: Option<Vec<GenericData>> as May<List<GenericData>>,
    } more {}
}

sequence! {
    /// Within `ServiceControlIndication` of H.225.0.
    ServiceControlIndicationCallSpecific {
        call_identifier: CallIdentifier as Must<CallIdentifier>,
        conference_id: ConferenceIdentifier as Must<Exactly<16>>,
        answered_call: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `ServiceControlResponse` of H.225.0.
    ServiceControlResponse {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        result: Option<ServiceControlResponseResult> as May<ServiceControlResponseResult>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        tokens: Option<Vec<ClearToken>> as May<List<ClearToken>>,
        crypto_tokens: Option<Vec<CryptoH323Token>> as May<List<CryptoH323Token>>,
        integrity_check_value: Option<Icv> as May<Icv>,
        feature_set: Option<FeatureSet> as May<FeatureSet>,
        generic_data: Option<Vec<GenericData>> as May<List<GenericData>>,
    } more {}
}

choice! {
    /// Within `ServiceControlResponse` of H.225.0.
    ServiceControlResponseResult of 5 {
        0: Started,
        1: Failed,
        2: Stopped,
        3: NotAvailable,
        4: NeededFeatureNotSupported,
    } or Unrecognised {}
}
