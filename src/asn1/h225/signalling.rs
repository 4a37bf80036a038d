//! Part of H.225.0; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

sequence! {
    /// `H323-UserInformation` of H.225.0.
    H323UserInformation {
        h323_uu_pdu: H323UuPdu as Must<H323UuPdu>,
        user_data: Option<H323UserInformationUserData> as May<H323UserInformationUserData>,
    } more {}
}

sequence! {
    /// Within `H323-UserInformation` of H.225.0.
    H323UserInformationUserData {
        protocol_discriminator: u8 as Must<Whole<0, 255>>,
        user_information: Vec<u8> as Must<Octets<1, 131>>,
    } more {}
}

sequence! {
    /// `H323-UU-PDU` of H.225.0.
    H323UuPdu {
        h323_message_body: H323UuPduH323MessageBody as Must<H323UuPduH323MessageBody>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        h4501_supplementary_service: Vec<Vec<u8>> as List<Octets>,
        h245_tunnelling: bool as Flag,
        h245_control: Vec<Vec<u8>> as List<Octets>,
        non_standard_control: Vec<NonStandardParameter> as List<NonStandardParameter>,
        call_linkage: CallLinkage as CallLinkage,
        tunnelled_signalling_message: Box<H323UuPduTunnelledSignallingMessage> as Boxed<H323UuPduTunnelledSignallingMessage>,
        provisional_resp_to_h245_tunnelling: () as Null,
        stimulus_control: StimulusControl as StimulusControl,
        generic_data: Vec<GenericData> as List<GenericData>,
    }
}

choice! {
    /// Within `H323-UU-PDU` of H.225.0.
    H323UuPduH323MessageBody of 7 {
        0: Setup(Box<SetupUuie> as Boxed<SetupUuie>),
        1: CallProceeding(Box<CallProceedingUuie> as Boxed<CallProceedingUuie>),
        2: Connect(Box<ConnectUuie> as Boxed<ConnectUuie>),
        3: Alerting(Box<AlertingUuie> as Boxed<AlertingUuie>),
        4: Information(Box<InformationUuie> as Boxed<InformationUuie>),
        5: ReleaseComplete(Box<ReleaseCompleteUuie> as Boxed<ReleaseCompleteUuie>),
        6: Facility(Box<FacilityUuie> as Boxed<FacilityUuie>),
    } or Unrecognised {
        0: Progress(Box<ProgressUuie> as Boxed<ProgressUuie>),
        1: Empty,
        2: Status(Box<StatusUuie> as Boxed<StatusUuie>),
        3: StatusInquiry(Box<StatusInquiryUuie> as Boxed<StatusInquiryUuie>),
        4: SetupAcknowledge(Box<SetupAcknowledgeUuie> as Boxed<SetupAcknowledgeUuie>),
        5: Notify(Box<NotifyUuie> as Boxed<NotifyUuie>),
    }
}

sequence! {
    /// Within `H323-UU-PDU` of H.225.0.
    H323UuPduTunnelledSignallingMessage {
        tunnelled_protocol_id: TunnelledProtocol as Must<TunnelledProtocol>,
        message_content: Vec<Vec<u8>> as Must<List<Octets>>,
        tunnelling_required: Option<()> as May<Null>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {}
}

sequence! {
    /// `StimulusControl` of H.225.0.
    StimulusControl {
        non_standard: Option<NonStandardParameter> as May<NonStandardParameter>,
        is_text: Option<()> as May<Null>,
        h248_message: Option<Vec<u8>> as May<Octets>,
    } more {}
}

sequence! {
    /// `Alerting-UUIE` of H.225.0.
    AlertingUuie {
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        destination_info: EndpointType as Must<EndpointType>,
        h245_address: Option<TransportAddress> as May<TransportAddress>,
    } more {
        call_identifier: CallIdentifier as CallIdentifier,
        h245_security_mode: H245Security as H245Security,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        fast_start: Vec<Vec<u8>> as List<Octets>,
        multiple_calls: bool as Flag,
        maintain_connection: bool as Flag,
        alerting_address: Vec<AliasAddress> as List<AliasAddress>,
        presentation_indicator: PresentationIndicator as PresentationIndicator,
        screening_indicator: ScreeningIndicator as ScreeningIndicator,
        fast_connect_refused: () as Null,
        service_control: Vec<ServiceControlSession> as List<ServiceControlSession>,
        capacity: CallCapacity as CallCapacity,
        feature_set: FeatureSet as FeatureSet,
        display_name: Vec<DisplayName> as List<DisplayName>,
    }
}

sequence! {
    /// `CallProceeding-UUIE` of H.225.0.
    CallProceedingUuie {
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        destination_info: EndpointType as Must<EndpointType>,
        h245_address: Option<TransportAddress> as May<TransportAddress>,
    } more {
        call_identifier: CallIdentifier as CallIdentifier,
        h245_security_mode: H245Security as H245Security,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        fast_start: Vec<Vec<u8>> as List<Octets>,
        multiple_calls: bool as Flag,
        maintain_connection: bool as Flag,
        fast_connect_refused: () as Null,
        feature_set: FeatureSet as FeatureSet,
    }
}

sequence! {
    /// `Connect-UUIE` of H.225.0.
    ConnectUuie {
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        h245_address: Option<TransportAddress> as May<TransportAddress>,
        destination_info: EndpointType as Must<EndpointType>,
        conference_id: ConferenceIdentifier as Must<Exactly<16>>,
    } more {
        call_identifier: CallIdentifier as CallIdentifier,
        h245_security_mode: H245Security as H245Security,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        fast_start: Vec<Vec<u8>> as List<Octets>,
        multiple_calls: bool as Flag,
        maintain_connection: bool as Flag,
        language: Vec<String> as List<Characters<Ia5, 1, 32>>,
        connected_address: Vec<AliasAddress> as List<AliasAddress>,
        presentation_indicator: PresentationIndicator as PresentationIndicator,
        screening_indicator: ScreeningIndicator as ScreeningIndicator,
        fast_connect_refused: () as Null,
        service_control: Vec<ServiceControlSession> as List<ServiceControlSession>,
        capacity: CallCapacity as CallCapacity,
        feature_set: FeatureSet as FeatureSet,
        display_name: Vec<DisplayName> as List<DisplayName>,
    }
}

sequence! {
    /// `Information-UUIE` of H.225.0.
    InformationUuie {
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
    } more {
        call_identifier: CallIdentifier as CallIdentifier,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        fast_start: Vec<Vec<u8>> as List<Octets>,
        fast_connect_refused: () as Null,
        circuit_info: CircuitInfo as CircuitInfo,
    }
}

sequence! {
    /// `ReleaseComplete-UUIE` of H.225.0.
    ReleaseCompleteUuie {
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        reason: Option<ReleaseCompleteReason> as May<ReleaseCompleteReason>,
    } more {
        call_identifier: CallIdentifier as CallIdentifier,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        busy_address: Vec<AliasAddress> as List<AliasAddress>,
        presentation_indicator: PresentationIndicator as PresentationIndicator,
        screening_indicator: ScreeningIndicator as ScreeningIndicator,
        capacity: CallCapacity as CallCapacity,
        service_control: Vec<ServiceControlSession> as List<ServiceControlSession>,
        feature_set: FeatureSet as FeatureSet,
        destination_info: Box<EndpointType> as Boxed<EndpointType>,
        display_name: Vec<DisplayName> as List<DisplayName>,
    }
}

choice! {
    /// `ReleaseCompleteReason` of H.225.0.
    ReleaseCompleteReason of 12 {
        0: NoBandwidth,
        1: GatekeeperResources,
        2: UnreachableDestination,
        3: DestinationRejection,
        4: InvalidRevision,
        5: NoPermission,
        6: UnreachableGatekeeper,
        7: GatewayResources,
        8: BadFormatAddress,
        9: AdaptiveBusy,
        10: InConf,
        11: UndefinedReason,
    } or Unrecognised {
        0: FacilityCallDeflection,
        1: SecurityDenied,
        2: CalledPartyNotRegistered,
        3: CallerNotRegistered,
        4: NewConnectionNeeded,
        5: NonStandardReason(NonStandardParameter as NonStandardParameter),
        6: ReplaceWithConferenceInvite(ConferenceIdentifier as Exactly<16>),
        7: GenericDataReason,
        8: NeededFeatureNotSupported,
        9: TunnelledSignallingRejected,
        10: InvalidCid,
        11: SecurityError(SecurityErrors as SecurityErrors),
        12: HopCountExceeded,
    }
}

sequence! {
    /// `Setup-UUIE` of H.225.0.
    SetupUuie {
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        h245_address: Option<TransportAddress> as May<TransportAddress>,
        source_address: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
        source_info: EndpointType as Must<EndpointType>,
        destination_address: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
        dest_call_signal_address: Option<TransportAddress> as May<TransportAddress>,
        dest_extra_call_info: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
        dest_extra_crv: Option<Vec<CallReferenceValue>> as May<List<Whole<0, 65535>>>,
        active_mc: bool as Must<Flag>,
        conference_id: ConferenceIdentifier as Must<Exactly<16>>,
        conference_goal: SetupUuieConferenceGoal as Must<SetupUuieConferenceGoal>,
        call_services: Option<QseriesOptions> as May<QseriesOptions>,
        call_type: CallType as Must<CallType>,
    } more {
        source_call_signal_address: TransportAddress as TransportAddress,
        remote_extension_address: AliasAddress as AliasAddress,
        call_identifier: CallIdentifier as CallIdentifier,
        h245_security_capability: Vec<H245Security> as List<H245Security>,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        fast_start: Vec<Vec<u8>> as List<Octets>,
        media_wait_for_connect: bool as Flag,
        can_overlap_send: bool as Flag,
        endpoint_identifier: EndpointIdentifier as Bmp<1, 128>,
        multiple_calls: bool as Flag,
        maintain_connection: bool as Flag,
        connection_parameters: SetupUuieConnectionParameters as SetupUuieConnectionParameters,
        language: Vec<String> as List<Characters<Ia5, 1, 32>>,
        presentation_indicator: PresentationIndicator as PresentationIndicator,
        screening_indicator: ScreeningIndicator as ScreeningIndicator,
        service_control: Vec<ServiceControlSession> as List<ServiceControlSession>,
        symmetric_operation_required: () as Null,
        capacity: CallCapacity as CallCapacity,
        circuit_info: CircuitInfo as CircuitInfo,
        desired_protocols: Vec<SupportedProtocols> as List<SupportedProtocols>,
        needed_features: Vec<FeatureDescriptor> as List<GenericData>,
        desired_features: Vec<FeatureDescriptor> as List<GenericData>,
        supported_features: Vec<FeatureDescriptor> as List<GenericData>,
        parallel_h245_control: Vec<Vec<u8>> as List<Octets>,
        additional_source_addresses: Vec<ExtendedAliasAddress> as List<ExtendedAliasAddress>,
        hop_count: u8 as Whole<1, 31>,
        display_name: Vec<DisplayName> as List<DisplayName>,
    }
}

choice! {
    /// Within `Setup-UUIE` of H.225.0.
    SetupUuieConferenceGoal of 3 {
        0: Create,
        1: Join,
        2: Invite,
    } or Unrecognised {
        0: CapabilityNegotiation,
        1: CallIndependentSupplementaryService,
    }
}

sequence! {
    /// Within `Setup-UUIE` of H.225.0.
    SetupUuieConnectionParameters {
        connection_type: ScnConnectionType as Must<ScnConnectionType>,
        number_of_scn_connections: u16 as Must<Whole<0, 65535>>,
        connection_aggregation: ScnConnectionAggregation as Must<ScnConnectionAggregation>,
    } more {}
}

choice! {
    /// `ScnConnectionType` of H.225.0.
    ScnConnectionType of 7 {
        0: Unknown,
        1: BChannel,
        2: Hybrid2x64,
        3: Hybrid384,
        4: Hybrid1536,
        5: Hybrid1920,
        6: Multirate,
    } or Unrecognised {}
}

choice! {
    /// `ScnConnectionAggregation` of H.225.0.
    ScnConnectionAggregation of 6 {
        0: Auto,
        1: None,
        2: H221,
        3: BondedMode1,
        4: BondedMode2,
        5: BondedMode3,
    } or Unrecognised {}
}

choice! {
    /// `PresentationIndicator` of H.225.0.
    PresentationIndicator of 3 {
        0: PresentationAllowed,
        1: PresentationRestricted,
        2: AddressNotAvailable,
    } or Unrecognised {}
}

enumerated! {
    /// `ScreeningIndicator` of H.225.0.
    ScreeningIndicator of 4 {
        0: UserProvidedNotScreened,
        1: UserProvidedVerifiedAndPassed,
        2: UserProvidedVerifiedAndFailed,
        3: NetworkProvided,
    } or Unrecognised {}
}

sequence! {
    /// `Facility-UUIE` of H.225.0.
    FacilityUuie {
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        alternative_address: Option<TransportAddress> as May<TransportAddress>,
        alternative_alias_address: Option<Vec<AliasAddress>> as May<List<AliasAddress>>,
        conference_id: Option<ConferenceIdentifier> as May<Exactly<16>>,
        reason: FacilityReason as Must<FacilityReason>,
    } more {
        call_identifier: CallIdentifier as CallIdentifier,
        dest_extra_call_info: Vec<AliasAddress> as List<AliasAddress>,
        remote_extension_address: AliasAddress as AliasAddress,
        tokens: Vec<ClearToken> as List<ClearToken>,
        crypto_tokens: Vec<CryptoH323Token> as List<CryptoH323Token>,
        conferences: Vec<ConferenceList> as List<ConferenceList>,
        h245_address: TransportAddress as TransportAddress,
        fast_start: Vec<Vec<u8>> as List<Octets>,
        multiple_calls: bool as Flag,
        maintain_connection: bool as Flag,
        fast_connect_refused: () as Null,
        service_control: Vec<ServiceControlSession> as List<ServiceControlSession>,
        circuit_info: CircuitInfo as CircuitInfo,
        feature_set: FeatureSet as FeatureSet,
        destination_info: Box<EndpointType> as Boxed<EndpointType>,
        h245_security_mode: H245Security as H245Security,
    }
}

sequence! {
    /// `ConferenceList` of H.225.0.
    ConferenceList {
        conference_id: Option<ConferenceIdentifier> as May<Exactly<16>>,
        conference_alias: Option<AliasAddress> as May<AliasAddress>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {}
}

choice! {
    /// `FacilityReason` of H.225.0.
    FacilityReason of 4 {
        0: RouteCallToGatekeeper,
        1: CallForwarded,
        2: RouteCallToMc,
        3: UndefinedReason,
    } or Unrecognised {
        0: ConferenceListChoice,
        1: StartH245,
        2: NoH245,
        3: NewTokens,
        4: FeatureSetUpdate,
        5: ForwardedElements,
        6: TransportedInformation,
    }
}

sequence! {
    /// `Progress-UUIE` of H.225.0.
    ProgressUuie {
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        destination_info: EndpointType as Must<EndpointType>,
        h245_address: Option<TransportAddress> as May<TransportAddress>,
        call_identifier: CallIdentifier as Must<CallIdentifier>,
        h245_security_mode: Option<H245Security> as May<H245Security>,
        tokens: Option<Vec<ClearToken>> as May<List<ClearToken>>,
        crypto_tokens: Option<Vec<CryptoH323Token>> as May<List<CryptoH323Token>>,
        fast_start: Option<Vec<Vec<u8>>> as May<List<Octets>>,
    } more {
        multiple_calls: bool as Flag,
        maintain_connection: bool as Flag,
        fast_connect_refused: () as Null,
    }
}

choice! {
    /// `TransportAddress` of H.225.0.
    TransportAddress of 7 {
        0: IpAddress(TransportAddressIpAddress as TransportAddressIpAddress),
        1: IpSourceRoute(TransportAddressIpSourceRoute as TransportAddressIpSourceRoute),
        2: IpxAddress(TransportAddressIpxAddress as TransportAddressIpxAddress),
        3: Ip6Address(TransportAddressIp6Address as TransportAddressIp6Address),
        4: NetBios([u8; 16] as Exactly<16>),
        5: Nsap(Vec<u8> as Octets<1, 20>),
        6: NonStandardAddress(NonStandardParameter as NonStandardParameter),
    } or Unrecognised {}
}

sequence! {
    /// Within `TransportAddress` of H.225.0.
    TransportAddressIpAddress {
        ip: [u8; 4] as Must<Exactly<4>>,
        port: u16 as Must<Whole<0, 65535>>,
    }
}

sequence! {
    /// Within `TransportAddress` of H.225.0.
    TransportAddressIpSourceRoute {
        ip: [u8; 4] as Must<Exactly<4>>,
        port: u16 as Must<Whole<0, 65535>>,
        route: Vec<[u8; 4]> as Must<List<Exactly<4>>>,
        routing: TransportAddressIpSourceRouteRouting as Must<TransportAddressIpSourceRouteRouting>,
    } more {}
}

choice! {
    /// Within `TransportAddress` of H.225.0.
    TransportAddressIpSourceRouteRouting of 2 {
        0: Strict,
        1: Loose,
    } or Unrecognised {}
}

sequence! {
    /// Within `TransportAddress` of H.225.0.
    TransportAddressIpxAddress {
        node: [u8; 6] as Must<Exactly<6>>,
        netnum: [u8; 4] as Must<Exactly<4>>,
        port: [u8; 2] as Must<Exactly<2>>,
    }
}

sequence! {
    /// Within `TransportAddress` of H.225.0.
    TransportAddressIp6Address {
        ip: [u8; 16] as Must<Exactly<16>>,
        port: u16 as Must<Whole<0, 65535>>,
    } more {}
}

sequence! {
    /// `Status-UUIE` of H.225.0.
    StatusUuie {
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        call_identifier: CallIdentifier as Must<CallIdentifier>,
        tokens: Option<Vec<ClearToken>> as May<List<ClearToken>>,
        crypto_tokens: Option<Vec<CryptoH323Token>> as May<List<CryptoH323Token>>,
    } more {}
}

sequence! {
    /// `StatusInquiry-UUIE` of H.225.0.
    StatusInquiryUuie {
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        call_identifier: CallIdentifier as Must<CallIdentifier>,
        tokens: Option<Vec<ClearToken>> as May<List<ClearToken>>,
        crypto_tokens: Option<Vec<CryptoH323Token>> as May<List<CryptoH323Token>>,
    } more {}
}

sequence! {
    /// `SetupAcknowledge-UUIE` of H.225.0.
    SetupAcknowledgeUuie {
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        call_identifier: CallIdentifier as Must<CallIdentifier>,
        tokens: Option<Vec<ClearToken>> as May<List<ClearToken>>,
        crypto_tokens: Option<Vec<CryptoH323Token>> as May<List<CryptoH323Token>>,
    } more {}
}

sequence! {
    /// `Notify-UUIE` of H.225.0.
    NotifyUuie {
        protocol_identifier: ProtocolIdentifier as Must<ObjectIdentifier>,
        call_identifier: CallIdentifier as Must<CallIdentifier>,
        tokens: Option<Vec<ClearToken>> as May<List<ClearToken>>,
        crypto_tokens: Option<Vec<CryptoH323Token>> as May<List<CryptoH323Token>>,
    } more {
        connected_address: Vec<AliasAddress> as List<AliasAddress>,
        presentation_indicator: PresentationIndicator as PresentationIndicator,
        screening_indicator: ScreeningIndicator as ScreeningIndicator,
        destination_info: Box<EndpointType> as Boxed<EndpointType>,
        display_name: Vec<DisplayName> as List<DisplayName>,
    }
}
