//! Part of H.245; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

sequence! {
    /// `RoundTripDelayRequest` of H.245.
    RoundTripDelayRequest {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
    } more {}
}

sequence! {
    /// `RoundTripDelayResponse` of H.245.
    RoundTripDelayResponse {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
    } more {}
}

sequence! {
    /// `MaintenanceLoopRequest` of H.245.
    MaintenanceLoopRequest {
        type_: MaintenanceLoopRequestType as Must<MaintenanceLoopRequestType>,
    } more {}
}

choice! {
    /// Within `MaintenanceLoopRequest` of H.245.
    MaintenanceLoopRequestType of 3 {
        0: SystemLoop,
        1: MediaLoop(LogicalChannelNumber as Whole<1, 65535>),
        2: LogicalChannelLoop(LogicalChannelNumber as Whole<1, 65535>),
    } or Unrecognised {}
}

sequence! {
    /// `MaintenanceLoopAck` of H.245.
    MaintenanceLoopAck {
        type_: MaintenanceLoopAckType as Must<MaintenanceLoopAckType>,
    } more {}
}

choice! {
    /// Within `MaintenanceLoopAck` of H.245.
    MaintenanceLoopAckType of 3 {
        0: SystemLoop,
        1: MediaLoop(LogicalChannelNumber as Whole<1, 65535>),
        2: LogicalChannelLoop(LogicalChannelNumber as Whole<1, 65535>),
    } or Unrecognised {}
}

sequence! {
    /// `MaintenanceLoopReject` of H.245.
    MaintenanceLoopReject {
        type_: MaintenanceLoopRejectType as Must<MaintenanceLoopRejectType>,
        cause: MaintenanceLoopRejectCause as Must<MaintenanceLoopRejectCause>,
    } more {}
}

choice! {
    /// Within `MaintenanceLoopReject` of H.245.
    MaintenanceLoopRejectType of 3 {
        0: SystemLoop,
        1: MediaLoop(LogicalChannelNumber as Whole<1, 65535>),
        2: LogicalChannelLoop(LogicalChannelNumber as Whole<1, 65535>),
    } or Unrecognised {}
}

choice! {
    /// Within `MaintenanceLoopReject` of H.245.
    MaintenanceLoopRejectCause of 1 {
        0: CanNotPerformLoop,
    } or Unrecognised {}
}

sequence! {
    /// `MaintenanceLoopOffCommand` of H.245.
    MaintenanceLoopOffCommand {
    } more {}
}

sequence! {
    /// `CommunicationModeCommand` of H.245.
    CommunicationModeCommand {
        communication_mode_table: Vec<CommunicationModeTableEntry> as Must<List<CommunicationModeTableEntry, 1, 256>>,
    } more {}
}

sequence! {
    /// `CommunicationModeRequest` of H.245.
    CommunicationModeRequest {
    } more {}
}

choice! {
    /// `CommunicationModeResponse` of H.245.
    CommunicationModeResponse of 1 {
        0: CommunicationModeTable(Vec<CommunicationModeTableEntry> as List<CommunicationModeTableEntry, 1, 256>),
    } or Unrecognised {}
}

sequence! {
    /// `CommunicationModeTableEntry` of H.245.
    CommunicationModeTableEntry {
        non_standard: Option<Vec<NonStandardParameter>> as May<List<NonStandardParameter>>,
        session_id: u8 as Must<Whole<1, 255>>,
        associated_session_id: Option<u8> as May<Whole<1, 255>>,
        terminal_label: Option<TerminalLabel> as May<TerminalLabel>,
        session_description: BmpString as Must<Bmp<1, 128>>,
        data_type: CommunicationModeTableEntryDataType as Must<CommunicationModeTableEntryDataType>,
        media_channel: Option<TransportAddress> as May<TransportAddress>,
        media_guaranteed_delivery: Option<bool> as May<Flag>,
        media_control_channel: Option<TransportAddress> as May<TransportAddress>,
        media_control_guaranteed_delivery: Option<bool> as May<Flag>,
    } more {
        redundancy_encoding: Box<RedundancyEncoding> as Boxed<RedundancyEncoding>,
        session_dependency: u8 as Whole<1, 255>,
        destination: TerminalLabel as TerminalLabel,
    }
}

choice! {
    /// Within `CommunicationModeTableEntry` of H.245.
    CommunicationModeTableEntryDataType of 3 {
        0: VideoData(VideoCapability as VideoCapability),
        1: AudioData(AudioCapability as AudioCapability),
        2: Data(Box<DataApplicationCapability> as Boxed<DataApplicationCapability>),
    } or Unrecognised {}
}

choice! {
    /// `ConferenceRequest` of H.245.
    ConferenceRequest of 8 {
        0: TerminalListRequest,
        1: MakeMeChair,
        2: CancelMakeMeChair,
        3: DropTerminal(TerminalLabel as TerminalLabel),
        4: RequestTerminalId(TerminalLabel as TerminalLabel),
        5: EnterH243Password,
        6: EnterH243TerminalId,
        7: EnterH243ConferenceId,
    } or Unrecognised {
        0: EnterExtensionAddress,
        1: RequestChairTokenOwner,
        2: RequestTerminalCertificate(ConferenceRequestRequestTerminalCertificate as ConferenceRequestRequestTerminalCertificate),
        3: BroadcastMyLogicalChannel(LogicalChannelNumber as Whole<1, 65535>),
        4: MakeTerminalBroadcaster(TerminalLabel as TerminalLabel),
        5: SendThisSource(TerminalLabel as TerminalLabel),
        6: RequestAllTerminalIDs,
        7: RemoteMcRequest(RemoteMcRequest as RemoteMcRequest),
    }
}

sequence! {
    /// Within `ConferenceRequest` of H.245.
    ConferenceRequestRequestTerminalCertificate {
        terminal_label: Option<TerminalLabel> as May<TerminalLabel>,
        cert_selection_criteria: Option<CertSelectionCriteria> as May<List<Criteria, 1, 16>>,
        s_random: Option<u32> as May<Whole<1, 4294967295>>,
    } more {}
}

/// `CertSelectionCriteria` of H.245.
pub type CertSelectionCriteria = Vec<Criteria>;

sequence! {
    /// `Criteria` of H.245.
    Criteria {
        field: ObjectIdentifier as Must<ObjectIdentifier>,
        value: Vec<u8> as Must<Octets<1, 65535>>,
    } more {}
}

sequence! {
    /// `TerminalLabel` of H.245.
    TerminalLabel {
        mcu_number: McuNumber as Must<Whole<0, 192>>,
        terminal_number: TerminalNumber as Must<Whole<0, 192>>,
    } more {}
}

/// `McuNumber` of H.245.
pub type McuNumber = u8;

/// `TerminalNumber` of H.245.
pub type TerminalNumber = u8;

choice! {
    /// `ConferenceResponse` of H.245.
    ConferenceResponse of 8 {
        0: McTerminalIdResponse(ConferenceResponseMcTerminalIdResponse as ConferenceResponseMcTerminalIdResponse),
        1: TerminalIdResponse(ConferenceResponseTerminalIdResponse as ConferenceResponseTerminalIdResponse),
        2: ConferenceIdResponse(ConferenceResponseConferenceIdResponse as ConferenceResponseConferenceIdResponse),
        3: PasswordResponse(ConferenceResponsePasswordResponse as ConferenceResponsePasswordResponse),
        4: TerminalListResponse(Vec<TerminalLabel> as List<TerminalLabel, 1, 256>),
        5: VideoCommandReject,
        6: TerminalDropReject,
        7: MakeMeChairResponse(ConferenceResponseMakeMeChairResponse as ConferenceResponseMakeMeChairResponse),
    } or Unrecognised {
        0: ExtensionAddressResponse(ConferenceResponseExtensionAddressResponse as ConferenceResponseExtensionAddressResponse),
        1: ChairTokenOwnerResponse(ConferenceResponseChairTokenOwnerResponse as ConferenceResponseChairTokenOwnerResponse),
        2: TerminalCertificateResponse(ConferenceResponseTerminalCertificateResponse as ConferenceResponseTerminalCertificateResponse),
        3: BroadcastMyLogicalChannelResponse(ConferenceResponseBroadcastMyLogicalChannelResponse as ConferenceResponseBroadcastMyLogicalChannelResponse),
        4: MakeTerminalBroadcasterResponse(ConferenceResponseMakeTerminalBroadcasterResponse as ConferenceResponseMakeTerminalBroadcasterResponse),
        5: SendThisSourceResponse(ConferenceResponseSendThisSourceResponse as ConferenceResponseSendThisSourceResponse),
        6: RequestAllTerminalIDsResponse(RequestAllTerminalIDsResponse as RequestAllTerminalIDsResponse),
        7: RemoteMcResponse(RemoteMcResponse as RemoteMcResponse),
    }
}

sequence! {
    /// Within `ConferenceResponse` of H.245.
    ConferenceResponseMcTerminalIdResponse {
        terminal_label: TerminalLabel as Must<TerminalLabel>,
        terminal_id: TerminalId as Must<Octets<1, 128>>,
    } more {}
}

sequence! {
    /// Within `ConferenceResponse` of H.245.
    ConferenceResponseTerminalIdResponse {
        terminal_label: TerminalLabel as Must<TerminalLabel>,
        terminal_id: TerminalId as Must<Octets<1, 128>>,
    } more {}
}

sequence! {
    /// Within `ConferenceResponse` of H.245.
    ConferenceResponseConferenceIdResponse {
        terminal_label: TerminalLabel as Must<TerminalLabel>,
        conference_id: ConferenceId as Must<Octets<1, 32>>,
    } more {}
}

sequence! {
    /// Within `ConferenceResponse` of H.245.
    ConferenceResponsePasswordResponse {
        terminal_label: TerminalLabel as Must<TerminalLabel>,
        password: Password as Must<Octets<1, 32>>,
    } more {}
}

choice! {
    /// Within `ConferenceResponse` of H.245.
    ConferenceResponseMakeMeChairResponse of 2 {
        0: GrantedChairToken,
        1: DeniedChairToken,
    } or Unrecognised {}
}

sequence! {
    /// Within `ConferenceResponse` of H.245.
    ConferenceResponseExtensionAddressResponse {
        extension_address: TerminalId as Must<Octets<1, 128>>,
    } more {}
}

sequence! {
    /// Within `ConferenceResponse` of H.245.
    ConferenceResponseChairTokenOwnerResponse {
        terminal_label: TerminalLabel as Must<TerminalLabel>,
        terminal_id: TerminalId as Must<Octets<1, 128>>,
    } more {}
}

sequence! {
    /// Within `ConferenceResponse` of H.245.
    ConferenceResponseTerminalCertificateResponse {
        terminal_label: Option<TerminalLabel> as May<TerminalLabel>,
        certificate_response: Option<Vec<u8>> as May<Octets<1, 65535>>,
    } more {}
}

choice! {
    /// Within `ConferenceResponse` of H.245.
    ConferenceResponseBroadcastMyLogicalChannelResponse of 2 {
        0: GrantedBroadcastMyLogicalChannel,
        1: DeniedBroadcastMyLogicalChannel,
    } or Unrecognised {}
}

choice! {
    /// Within `ConferenceResponse` of H.245.
    ConferenceResponseMakeTerminalBroadcasterResponse of 2 {
        0: GrantedMakeTerminalBroadcaster,
        1: DeniedMakeTerminalBroadcaster,
    } or Unrecognised {}
}

choice! {
    /// Within `ConferenceResponse` of H.245.
    ConferenceResponseSendThisSourceResponse of 2 {
        0: GrantedSendThisSource,
        1: DeniedSendThisSource,
    } or Unrecognised {}
}

/// `TerminalID` of H.245.
pub type TerminalId = Vec<u8>;

/// `ConferenceID` of H.245.
pub type ConferenceId = Vec<u8>;

/// `Password` of H.245.
pub type Password = Vec<u8>;

sequence! {
    /// `RequestAllTerminalIDsResponse` of H.245.
    RequestAllTerminalIDsResponse {
        terminal_information: Vec<TerminalInformation> as Must<List<TerminalInformation>>,
    } more {}
}

sequence! {
    /// `TerminalInformation` of H.245.
    TerminalInformation {
        terminal_label: TerminalLabel as Must<TerminalLabel>,
        terminal_id: TerminalId as Must<Octets<1, 128>>,
    } more {}
}

choice! {
    /// `RemoteMCRequest` of H.245.
    RemoteMcRequest of 3 {
        0: MasterActivate,
        1: SlaveActivate,
        2: DeActivate,
    } or Unrecognised {}
}

choice! {
    /// `RemoteMCResponse` of H.245.
    RemoteMcResponse of 2 {
        0: Accept,
        1: Reject(RemoteMcResponseReject as RemoteMcResponseReject),
    } or Unrecognised {}
}

choice! {
    /// Within `RemoteMCResponse` of H.245.
    RemoteMcResponseReject of 2 {
        0: Unspecified,
        1: FunctionNotSupported,
    } or Unrecognised {}
}

choice! {
    /// `MultilinkRequest` of H.245.
    MultilinkRequest of 5 {
        0: NonStandard(NonStandardMessage as NonStandardMessage),
        1: CallInformation(MultilinkRequestCallInformation as MultilinkRequestCallInformation),
        2: AddConnection(MultilinkRequestAddConnection as MultilinkRequestAddConnection),
        3: RemoveConnection(MultilinkRequestRemoveConnection as MultilinkRequestRemoveConnection),
        4: MaximumHeaderInterval(MultilinkRequestMaximumHeaderInterval as MultilinkRequestMaximumHeaderInterval),
    } or Unrecognised {}
}

sequence! {
    /// Within `MultilinkRequest` of H.245.
    MultilinkRequestCallInformation {
        max_number_of_additional_connections: u16 as Must<Whole<1, 65535>>,
    } more {}
}

sequence! {
    /// Within `MultilinkRequest` of H.245.
    MultilinkRequestAddConnection {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
        dialing_information: DialingInformation as Must<DialingInformation>,
    } more {}
}

sequence! {
    /// Within `MultilinkRequest` of H.245.
    MultilinkRequestRemoveConnection {
        connection_identifier: ConnectionIdentifier as Must<ConnectionIdentifier>,
    } more {}
}

sequence! {
    /// Within `MultilinkRequest` of H.245.
    MultilinkRequestMaximumHeaderInterval {
        request_type: MultilinkRequestMaximumHeaderIntervalRequestType as Must<MultilinkRequestMaximumHeaderIntervalRequestType>,
    } more {}
}

choice! {
    /// Within `MultilinkRequest` of H.245.
    MultilinkRequestMaximumHeaderIntervalRequestType of 2 {
        0: CurrentIntervalInformation,
        1: RequestedInterval(u16 as Whole<0, 65535>),
    } or Unrecognised {}
}

choice! {
    /// `MultilinkResponse` of H.245.
    MultilinkResponse of 5 {
        0: NonStandard(NonStandardMessage as NonStandardMessage),
        1: CallInformation(MultilinkResponseCallInformation as MultilinkResponseCallInformation),
        2: AddConnection(MultilinkResponseAddConnection as MultilinkResponseAddConnection),
        3: RemoveConnection(MultilinkResponseRemoveConnection as MultilinkResponseRemoveConnection),
        4: MaximumHeaderInterval(MultilinkResponseMaximumHeaderInterval as MultilinkResponseMaximumHeaderInterval),
    } or Unrecognised {}
}

sequence! {
    /// Within `MultilinkResponse` of H.245.
    MultilinkResponseCallInformation {
        dialing_information: DialingInformation as Must<DialingInformation>,
        call_association_number: u32 as Must<Whole<0, 4294967295>>,
    } more {}
}

sequence! {
    /// Within `MultilinkResponse` of H.245.
    MultilinkResponseAddConnection {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
        response_code: MultilinkResponseAddConnectionResponseCode as Must<MultilinkResponseAddConnectionResponseCode>,
    } more {}
}

choice! {
    /// Within `MultilinkResponse` of H.245.
    MultilinkResponseAddConnectionResponseCode of 2 {
        0: Accepted,
        1: Rejected(MultilinkResponseAddConnectionResponseCodeRejected as MultilinkResponseAddConnectionResponseCodeRejected),
    } or Unrecognised {}
}

choice! {
    /// Within `MultilinkResponse` of H.245.
    MultilinkResponseAddConnectionResponseCodeRejected of 2 {
        0: ConnectionsNotAvailable,
        1: UserRejected,
    } or Unrecognised {}
}

sequence! {
    /// Within `MultilinkResponse` of H.245.
    MultilinkResponseRemoveConnection {
        connection_identifier: ConnectionIdentifier as Must<ConnectionIdentifier>,
    } more {}
}

sequence! {
    /// Within `MultilinkResponse` of H.245.
    MultilinkResponseMaximumHeaderInterval {
        current_interval: u16 as Must<Whole<0, 65535>>,
    } more {}
}

choice! {
    /// `MultilinkIndication` of H.245.
    MultilinkIndication of 3 {
        0: NonStandard(NonStandardMessage as NonStandardMessage),
        1: CrcDesired(MultilinkIndicationCrcDesired as MultilinkIndicationCrcDesired),
        2: ExcessiveError(MultilinkIndicationExcessiveError as MultilinkIndicationExcessiveError),
    } or Unrecognised {}
}

sequence! {
    /// Within `MultilinkIndication` of H.245.
    MultilinkIndicationCrcDesired {
    } more {}
}

sequence! {
    /// Within `MultilinkIndication` of H.245.
    MultilinkIndicationExcessiveError {
        connection_identifier: ConnectionIdentifier as Must<ConnectionIdentifier>,
    } more {}
}

choice! {
    /// `DialingInformation` of H.245.
    DialingInformation of 3 {
        0: NonStandard(NonStandardMessage as NonStandardMessage),
        1: Differential(Vec<DialingInformationNumber> as List<DialingInformationNumber, 1, 65535>),
        2: InfoNotAvailable(u16 as Whole<1, 65535>),
    } or Unrecognised {}
}

sequence! {
    /// `DialingInformationNumber` of H.245.
    DialingInformationNumber {
        network_address: String as Must<Characters<Numeric, 0, 40>>,
        sub_address: Option<String> as May<Characters<Ia5, 1, 40>>,
        network_type: Vec<DialingInformationNetworkType> as Must<List<DialingInformationNetworkType, 1, 255>>,
    } more {}
}

choice! {
    /// `DialingInformationNetworkType` of H.245.
    DialingInformationNetworkType of 3 {
        0: NonStandard(NonStandardMessage as NonStandardMessage),
        1: NIsdn,
        2: Gstn,
    } or Unrecognised {
        0: Mobile,
    }
}

sequence! {
    /// `ConnectionIdentifier` of H.245.
    ConnectionIdentifier {
        channel_tag: u32 as Must<Whole<0, 4294967295>>,
        sequence_number: u32 as Must<Whole<0, 4294967295>>,
    } more {}
}

/// `MaximumBitRate` of H.245.
pub type MaximumBitRate = u32;

sequence! {
    /// `LogicalChannelRateRequest` of H.245.
    LogicalChannelRateRequest {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
        logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
        maximum_bit_rate: MaximumBitRate as Must<Whole<0, 4294967295>>,
    } more {}
}

sequence! {
    /// `LogicalChannelRateAcknowledge` of H.245.
    LogicalChannelRateAcknowledge {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
        logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
        maximum_bit_rate: MaximumBitRate as Must<Whole<0, 4294967295>>,
    } more {}
}

sequence! {
    /// `LogicalChannelRateReject` of H.245.
    LogicalChannelRateReject {
        sequence_number: SequenceNumber as Must<Whole<0, 255>>,
        logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
        reject_reason: LogicalChannelRateRejectReason as Must<LogicalChannelRateRejectReason>,
        current_maximum_bit_rate: Option<MaximumBitRate> as May<Whole<0, 4294967295>>,
    } more {}
}

choice! {
    /// `LogicalChannelRateRejectReason` of H.245.
    LogicalChannelRateRejectReason of 2 {
        0: UndefinedReason,
        1: InsufficientResources,
    } or Unrecognised {}
}

sequence! {
    /// `LogicalChannelRateRelease` of H.245.
    LogicalChannelRateRelease {
    } more {}
}
