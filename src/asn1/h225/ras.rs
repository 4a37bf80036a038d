//! Part of H.225.0; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

choice! {
    /// `RasMessage` of H.225.0.
    RasMessage of 25 {
        0: GatekeeperRequest(Box<GatekeeperRequest> as Boxed<GatekeeperRequest>),
        1: GatekeeperConfirm(Box<GatekeeperConfirm> as Boxed<GatekeeperConfirm>),
        2: GatekeeperReject(Box<GatekeeperReject> as Boxed<GatekeeperReject>),
        3: RegistrationRequest(Box<RegistrationRequest> as Boxed<RegistrationRequest>),
        4: RegistrationConfirm(Box<RegistrationConfirm> as Boxed<RegistrationConfirm>),
        5: RegistrationReject(Box<RegistrationReject> as Boxed<RegistrationReject>),
        6: UnregistrationRequest(Box<UnregistrationRequest> as Boxed<UnregistrationRequest>),
        7: UnregistrationConfirm(Box<UnregistrationConfirm> as Boxed<UnregistrationConfirm>),
        8: UnregistrationReject(Box<UnregistrationReject> as Boxed<UnregistrationReject>),
        9: AdmissionRequest(Box<AdmissionRequest> as Boxed<AdmissionRequest>),
        10: AdmissionConfirm(Box<AdmissionConfirm> as Boxed<AdmissionConfirm>),
        11: AdmissionReject(Box<AdmissionReject> as Boxed<AdmissionReject>),
        12: BandwidthRequest(Box<BandwidthRequest> as Boxed<BandwidthRequest>),
        13: BandwidthConfirm(Box<BandwidthConfirm> as Boxed<BandwidthConfirm>),
        14: BandwidthReject(Box<BandwidthReject> as Boxed<BandwidthReject>),
        15: DisengageRequest(Box<DisengageRequest> as Boxed<DisengageRequest>),
        16: DisengageConfirm(Box<DisengageConfirm> as Boxed<DisengageConfirm>),
        17: DisengageReject(Box<DisengageReject> as Boxed<DisengageReject>),
        18: LocationRequest(Box<LocationRequest> as Boxed<LocationRequest>),
        19: LocationConfirm(Box<LocationConfirm> as Boxed<LocationConfirm>),
        20: LocationReject(Box<LocationReject> as Boxed<LocationReject>),
        21: InfoRequest(Box<InfoRequest> as Boxed<InfoRequest>),
        22: InfoRequestResponse(Box<InfoRequestResponse> as Boxed<InfoRequestResponse>),
        23: NonStandardMessage(Box<NonStandardMessage> as Boxed<NonStandardMessage>),
        24: UnknownMessageResponse(Box<UnknownMessageResponse> as Boxed<UnknownMessageResponse>),
    } or Unrecognised {
        0: RequestInProgress(Box<RequestInProgress> as Boxed<RequestInProgress>),
        1: ResourcesAvailableIndicate(Box<ResourcesAvailableIndicate> as Boxed<ResourcesAvailableIndicate>),
        2: ResourcesAvailableConfirm(Box<ResourcesAvailableConfirm> as Boxed<ResourcesAvailableConfirm>),
        3: InfoRequestAck(Box<InfoRequestAck> as Boxed<InfoRequestAck>),
        4: InfoRequestNak(Box<InfoRequestNak> as Boxed<InfoRequestNak>),
        5: ServiceControlIndication(Box<ServiceControlIndication> as Boxed<ServiceControlIndication>),
        6: ServiceControlResponse(Box<ServiceControlResponse> as Boxed<ServiceControlResponse>),
        7: AdmissionConfirmSequence(Vec<AdmissionConfirm> as List<AdmissionConfirm>),
    }
}

sequence! {
    /// `GatekeeperRequest` of H.225.0.
    GatekeeperRequest {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        ras_address: TransportAddress as Must<TransportAddress>,
        endpoint_type: EndpointType as Must<EndpointType>,
        gatekeeper_identifier: Option<GatekeeperIdentifier> as May<Bmp<1, 128>>,
        call_services: Option<QseriesOptions> as May<QseriesOptions>,
        endpoint_alias: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
    } more {
        alternate_endpoints: Vec<Endpoint> as List<Endpoint>,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        authentication_capability: Vec<AuthenticationMechanism> as List<AuthenticationMechanism>,
        algorithm_oi_ds: Vec<ObjectIdentifier> as List<ObjectIdentifier>,
        integrity: Vec<IntegrityMechanism> as List<IntegrityMechanism>,
        integrity_check_value: Icv as Icv,
        supports_alt_gk: () as Null,
        feature_set: FeatureSet as FeatureSet,
        generic_data: Vec<GenericData> as List<GenericData>,
        supports_assigned_gk: bool as Flag,
        assigned_gatekeeper: AlternateGk as AlternateGk,
    }
}

sequence! {
    /// `GatekeeperConfirm` of H.225.0.
    GatekeeperConfirm {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        gatekeeper_identifier: Option<GatekeeperIdentifier> as May<Bmp<1, 128>>,
        ras_address: TransportAddress as Must<TransportAddress>,
    } more {
        alternate_gatekeeper: Vec<AlternateGk> as List<AlternateGk>,
        authentication_mode: AuthenticationMechanism as AuthenticationMechanism,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        algorithm_oid: ObjectIdentifier as ObjectIdentifier,
        integrity: Vec<IntegrityMechanism> as List<IntegrityMechanism>,
        integrity_check_value: Icv as Icv,
        feature_set: FeatureSet as FeatureSet,
        generic_data: Vec<GenericData> as List<GenericData>,
        assigned_gatekeeper: AlternateGk as AlternateGk,
        rehoming_model: RehomingModel as RehomingModel,
    }
}

sequence! {
    /// `GatekeeperReject` of H.225.0.
    GatekeeperReject {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        gatekeeper_identifier: Option<GatekeeperIdentifier> as May<Bmp<1, 128>>,
        reject_reason: GatekeeperRejectReason as Must<GatekeeperRejectReason>,
    } more {
        alt_gk_info: AltGkInfo as AltGkInfo,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        feature_set: FeatureSet as FeatureSet,
        generic_data: Vec<GenericData> as List<GenericData>,
    }
}

choice! {
    /// `GatekeeperRejectReason` of H.225.0.
    GatekeeperRejectReason of 4 {
        0: ResourceUnavailable,
        1: TerminalExcluded,
        2: InvalidRevision,
        3: UndefinedReason,
    } or Unrecognised {
        0: SecurityDenial,
        1: GenericDataReason,
        2: NeededFeatureNotSupported,
        3: SecurityError(SecurityErrors as SecurityErrors),
    }
}

sequence! {
    /// `RegistrationRequest` of H.225.0.
    RegistrationRequest {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        discovery_complete: bool as Must<Flag>,
        call_signal_address: Vec<TransportAddress> as Must<List<TransportAddress>>,
        ras_address: Vec<TransportAddress> as Must<List<TransportAddress>>,
        terminal_type: EndpointType as Must<EndpointType>,
        terminal_alias: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
        gatekeeper_identifier: Option<GatekeeperIdentifier> as May<Bmp<1, 128>>,
        endpoint_vendor: VendorIdentifier as Must<VendorIdentifier>,
    } more {
        alternate_endpoints: Vec<Endpoint> as List<Endpoint>,
        time_to_live: TimeToLive as Whole<1, 4294967295>,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        keep_alive: bool as Flag,
        endpoint_identifier: EndpointIdentifier as Bmp<1, 128>,
        will_supply_uui_es: bool as Flag,
        maintain_connection: bool as Flag,
        alternate_transport_addresses: AlternateTransportAddresses as AlternateTransportAddresses,
        additive_registration: () as Null,
        terminal_alias_pattern: Vec<AddressPattern> as List<AddressPattern>,
        supports_alt_gk: () as Null,
        usage_reporting_capability: RasUsageInfoTypes as RasUsageInfoTypes,
        multiple_calls: bool as Flag,
        supported_h248_packages: Vec<H248PackagesDescriptor> as List<Octets>,
        call_credit_capability: CallCreditCapability as CallCreditCapability,
        capacity_reporting_capability: CapacityReportingCapability as CapacityReportingCapability,
        capacity: CallCapacity as CallCapacity,
        feature_set: FeatureSet as FeatureSet,
        generic_data: Vec<GenericData> as List<GenericData>,
        restart: () as Null,
        supports_acf_sequences: () as Null,
        supports_assigned_gk: bool as Flag,
        assigned_gatekeeper: AlternateGk as AlternateGk,
        transport_qos: TransportQos as TransportQos,
        language: Vec<String> as List<Characters<Ia5, 1, 32>>,
    }
}

sequence! {
    /// `RegistrationConfirm` of H.225.0.
    RegistrationConfirm {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        call_signal_address: Vec<TransportAddress> as Must<List<TransportAddress>>,
        terminal_alias: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
        gatekeeper_identifier: Option<GatekeeperIdentifier> as May<Bmp<1, 128>>,
        endpoint_identifier: EndpointIdentifier as Must<Bmp<1, 128>>,
    } more {
        alternate_gatekeeper: Vec<AlternateGk> as List<AlternateGk>,
        time_to_live: TimeToLive as Whole<1, 4294967295>,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        will_respond_to_irr: bool as Flag,
        pre_granted_arq: RegistrationConfirmPreGrantedArq as RegistrationConfirmPreGrantedArq,
        maintain_connection: bool as Flag,
        service_control: Vec<ServiceControlSession> as List<ServiceControlSession>,
        supports_additive_registration: () as Null,
        terminal_alias_pattern: Vec<AddressPattern> as List<AddressPattern>,
        supported_prefixes: Vec<SupportedPrefix> as List<SupportedPrefix>,
        usage_spec: Vec<RasUsageSpecification> as List<RasUsageSpecification>,
        feature_server_alias: AliasAddress as AliasAddress,
        capacity_reporting_spec: CapacityReportingSpecification as CapacityReportingSpecification,
        feature_set: FeatureSet as FeatureSet,
        generic_data: Vec<GenericData> as List<GenericData>,
        assigned_gatekeeper: AlternateGk as AlternateGk,
        rehoming_model: RehomingModel as RehomingModel,
        transport_qos: TransportQos as TransportQos,
    }
}

sequence! {
    /// Within `RegistrationConfirm` of H.225.0.
    RegistrationConfirmPreGrantedArq {
        make_call: bool as Must<Flag>,
        use_gk_call_signal_address_to_make_call: bool as Must<Flag>,
        answer_call: bool as Must<Flag>,
        use_gk_call_signal_address_to_answer: bool as Must<Flag>,
    } more {
        irr_frequency_in_call: u16 as Whole<1, 65535>,
        total_bandwidth_restriction: BandWidth as Whole<0, 4294967295>,
        alternate_transport_addresses: AlternateTransportAddresses as AlternateTransportAddresses,
        use_specified_transport: UseSpecifiedTransport as UseSpecifiedTransport,
    }
}

sequence! {
    /// `RegistrationReject` of H.225.0.
    RegistrationReject {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        reject_reason: RegistrationRejectReason as Must<RegistrationRejectReason>,
        gatekeeper_identifier: Option<GatekeeperIdentifier> as May<Bmp<1, 128>>,
    } more {
        alt_gk_info: AltGkInfo as AltGkInfo,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        feature_set: FeatureSet as FeatureSet,
        generic_data: Vec<GenericData> as List<GenericData>,
        assigned_gatekeeper: AlternateGk as AlternateGk,
    }
}

choice! {
    /// `RegistrationRejectReason` of H.225.0.
    RegistrationRejectReason of 8 {
        0: DiscoveryRequired,
        1: InvalidRevision,
        2: InvalidCallSignalAddress,
        3: InvalidRasAddress,
        4: DuplicateAlias(Vec<AliasAddress> as List<AliasAddress>),
        5: InvalidTerminalType,
        6: UndefinedReason,
        7: TransportNotSupported,
    } or Unrecognised {
        0: TransportQosNotSupported,
        1: ResourceUnavailable,
        2: InvalidAlias,
        3: SecurityDenial,
        4: FullRegistrationRequired,
        5: AdditiveRegistrationNotSupported,
        6: InvalidTerminalAliases(Box<RegistrationRejectReasonInvalidTerminalAliases> as Boxed<RegistrationRejectReasonInvalidTerminalAliases>),
        7: GenericDataReason,
        8: NeededFeatureNotSupported,
        9: SecurityError(SecurityErrors as SecurityErrors),
        10: RegisterWithAssignedGk,
    }
}

sequence! {
    /// Within `RegistrationRejectReason` of H.225.0.
    RegistrationRejectReasonInvalidTerminalAliases {
        terminal_alias: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
        terminal_alias_pattern: Option<Vec<AddressPattern>> as May<List<AddressPattern>>,
        supported_prefixes: Option<Vec<SupportedPrefix>> as May<List<SupportedPrefix>>,
    } more {}
}

sequence! {
    /// `UnregistrationRequest` of H.225.0.
    UnregistrationRequest {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        call_signal_address: Vec<TransportAddress> as Must<List<TransportAddress>>,
        endpoint_alias: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        endpoint_identifier: Option<EndpointIdentifier> as May<Bmp<1, 128>>,
    } more {
        alternate_endpoints: Vec<Endpoint> as List<Endpoint>,
        gatekeeper_identifier: GatekeeperIdentifier as Bmp<1, 128>,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        reason: UnregRequestReason as UnregRequestReason,
        endpoint_alias_pattern: Vec<AddressPattern> as List<AddressPattern>,
        supported_prefixes: Vec<SupportedPrefix> as List<SupportedPrefix>,
        alternate_gatekeeper: Vec<AlternateGk> as List<AlternateGk>,
        generic_data: Vec<GenericData> as List<GenericData>,
        assigned_gatekeeper: AlternateGk as AlternateGk,
    }
}

choice! {
    /// `UnregRequestReason` of H.225.0.
    UnregRequestReason of 4 {
        0: ReregistrationRequired,
        1: TtlExpired,
        2: SecurityDenial,
        3: UndefinedReason,
    } or Unrecognised {
        0: Maintenance,
        1: SecurityError(SecurityErrors2 as SecurityErrors2),
        2: RegisterWithAssignedGk,
    }
}

sequence! {
    /// `UnregistrationConfirm` of H.225.0.
    UnregistrationConfirm {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        integrity_check_value: Icv as Icv,
        generic_data: Vec<GenericData> as List<GenericData>,
        assigned_gatekeeper: AlternateGk as AlternateGk,
    }
}

sequence! {
    /// `UnregistrationReject` of H.225.0.
    UnregistrationReject {
        request_seq_num: RequestSeqNum as Must<Whole<1, 65535>>,
        reject_reason: UnregRejectReason as Must<UnregRejectReason>,
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
    /// `UnregRejectReason` of H.225.0.
    UnregRejectReason of 3 {
        0: NotCurrentlyRegistered,
        1: CallInProgress,
        2: UndefinedReason,
    } or Unrecognised {
        0: PermissionDenied,
        1: SecurityDenial,
        2: SecurityError(SecurityErrors2 as SecurityErrors2),
    }
}
