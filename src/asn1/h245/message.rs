//! Part of H.245; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

choice! {
    /// `MultimediaSystemControlMessage` of H.245.
    MultimediaSystemControlMessage of 4 {
        0: Request(Box<RequestMessage> as Boxed<RequestMessage>),
        1: Response(Box<ResponseMessage> as Boxed<ResponseMessage>),
        2: Command(Box<CommandMessage> as Boxed<CommandMessage>),
        3: Indication(Box<IndicationMessage> as Boxed<IndicationMessage>),
    } or Unrecognised {}
}

choice! {
    /// `RequestMessage` of H.245.
    RequestMessage of 11 {
        0: NonStandard(NonStandardMessage as NonStandardMessage),
        1: MasterSlaveDetermination(MasterSlaveDetermination as MasterSlaveDetermination),
        2: TerminalCapabilitySet(Box<TerminalCapabilitySet> as Boxed<TerminalCapabilitySet>),
        3: OpenLogicalChannel(Box<OpenLogicalChannel> as Boxed<OpenLogicalChannel>),
        4: CloseLogicalChannel(CloseLogicalChannel as CloseLogicalChannel),
        5: RequestChannelClose(RequestChannelClose as RequestChannelClose),
        6: MultiplexEntrySend(MultiplexEntrySend as MultiplexEntrySend),
        7: RequestMultiplexEntry(RequestMultiplexEntry as RequestMultiplexEntry),
        8: RequestMode(RequestMode as RequestMode),
        9: RoundTripDelayRequest(RoundTripDelayRequest as RoundTripDelayRequest),
        10: MaintenanceLoopRequest(MaintenanceLoopRequest as MaintenanceLoopRequest),
    } or Unrecognised {
        0: CommunicationModeRequest(CommunicationModeRequest as CommunicationModeRequest),
        1: ConferenceRequest(ConferenceRequest as ConferenceRequest),
        2: MultilinkRequest(Box<MultilinkRequest> as Boxed<MultilinkRequest>),
        3: LogicalChannelRateRequest(LogicalChannelRateRequest as LogicalChannelRateRequest),
        4: GenericRequest(Box<GenericMessage> as Boxed<GenericMessage>),
    }
}

choice! {
    /// `ResponseMessage` of H.245.
    ResponseMessage of 19 {
        0: NonStandard(NonStandardMessage as NonStandardMessage),
        1: MasterSlaveDeterminationAck(MasterSlaveDeterminationAck as MasterSlaveDeterminationAck),
        2: MasterSlaveDeterminationReject(MasterSlaveDeterminationReject as MasterSlaveDeterminationReject),
        3: TerminalCapabilitySetAck(TerminalCapabilitySetAck as TerminalCapabilitySetAck),
        4: TerminalCapabilitySetReject(TerminalCapabilitySetReject as TerminalCapabilitySetReject),
        5: OpenLogicalChannelAck(Box<OpenLogicalChannelAck> as Boxed<OpenLogicalChannelAck>),
        6: OpenLogicalChannelReject(OpenLogicalChannelReject as OpenLogicalChannelReject),
        7: CloseLogicalChannelAck(CloseLogicalChannelAck as CloseLogicalChannelAck),
        8: RequestChannelCloseAck(RequestChannelCloseAck as RequestChannelCloseAck),
        9: RequestChannelCloseReject(RequestChannelCloseReject as RequestChannelCloseReject),
        10: MultiplexEntrySendAck(MultiplexEntrySendAck as MultiplexEntrySendAck),
        11: MultiplexEntrySendReject(MultiplexEntrySendReject as MultiplexEntrySendReject),
        12: RequestMultiplexEntryAck(RequestMultiplexEntryAck as RequestMultiplexEntryAck),
        13: RequestMultiplexEntryReject(RequestMultiplexEntryReject as RequestMultiplexEntryReject),
        14: RequestModeAck(RequestModeAck as RequestModeAck),
        15: RequestModeReject(RequestModeReject as RequestModeReject),
        16: RoundTripDelayResponse(RoundTripDelayResponse as RoundTripDelayResponse),
        17: MaintenanceLoopAck(MaintenanceLoopAck as MaintenanceLoopAck),
        18: MaintenanceLoopReject(MaintenanceLoopReject as MaintenanceLoopReject),
    } or Unrecognised {
        0: CommunicationModeResponse(CommunicationModeResponse as CommunicationModeResponse),
        1: ConferenceResponse(ConferenceResponse as ConferenceResponse),
        2: MultilinkResponse(Box<MultilinkResponse> as Boxed<MultilinkResponse>),
        3: LogicalChannelRateAcknowledge(LogicalChannelRateAcknowledge as LogicalChannelRateAcknowledge),
        4: LogicalChannelRateReject(LogicalChannelRateReject as LogicalChannelRateReject),
        5: GenericResponse(Box<GenericMessage> as Boxed<GenericMessage>),
    }
}

choice! {
    /// `CommandMessage` of H.245.
    CommandMessage of 7 {
        0: NonStandard(NonStandardMessage as NonStandardMessage),
        1: MaintenanceLoopOffCommand(MaintenanceLoopOffCommand as MaintenanceLoopOffCommand),
        2: SendTerminalCapabilitySet(SendTerminalCapabilitySet as SendTerminalCapabilitySet),
        3: EncryptionCommand(EncryptionCommand as EncryptionCommand),
        4: FlowControlCommand(FlowControlCommand as FlowControlCommand),
        5: EndSessionCommand(EndSessionCommand as EndSessionCommand),
        6: MiscellaneousCommand(MiscellaneousCommand as MiscellaneousCommand),
    } or Unrecognised {
        0: CommunicationModeCommand(CommunicationModeCommand as CommunicationModeCommand),
        1: ConferenceCommand(ConferenceCommand as ConferenceCommand),
        2: H223MultiplexReconfiguration(H223MultiplexReconfiguration as H223MultiplexReconfiguration),
        3: NewAtmvcCommand(NewAtmvcCommand as NewAtmvcCommand),
        4: MobileMultilinkReconfigurationCommand(MobileMultilinkReconfigurationCommand as MobileMultilinkReconfigurationCommand),
        5: GenericCommand(Box<GenericMessage> as Boxed<GenericMessage>),
    }
}

choice! {
    /// `IndicationMessage` of H.245.
    IndicationMessage of 14 {
        0: NonStandard(NonStandardMessage as NonStandardMessage),
        1: FunctionNotUnderstood(FunctionNotUnderstood as FunctionNotUnderstood),
        2: MasterSlaveDeterminationRelease(MasterSlaveDeterminationRelease as MasterSlaveDeterminationRelease),
        3: TerminalCapabilitySetRelease(TerminalCapabilitySetRelease as TerminalCapabilitySetRelease),
        4: OpenLogicalChannelConfirm(OpenLogicalChannelConfirm as OpenLogicalChannelConfirm),
        5: RequestChannelCloseRelease(RequestChannelCloseRelease as RequestChannelCloseRelease),
        6: MultiplexEntrySendRelease(MultiplexEntrySendRelease as MultiplexEntrySendRelease),
        7: RequestMultiplexEntryRelease(RequestMultiplexEntryRelease as RequestMultiplexEntryRelease),
        8: RequestModeRelease(RequestModeRelease as RequestModeRelease),
        9: MiscellaneousIndication(MiscellaneousIndication as MiscellaneousIndication),
        10: JitterIndication(JitterIndication as JitterIndication),
        11: H223SkewIndication(H223SkewIndication as H223SkewIndication),
        12: NewAtmvcIndication(NewAtmvcIndication as NewAtmvcIndication),
        13: UserInput(UserInputIndication as UserInputIndication),
    } or Unrecognised {
        0: H2250MaximumSkewIndication(H2250MaximumSkewIndication as H2250MaximumSkewIndication),
        1: McLocationIndication(McLocationIndication as McLocationIndication),
        2: ConferenceIndication(ConferenceIndication as ConferenceIndication),
        3: VendorIdentification(Box<VendorIdentification> as Boxed<VendorIdentification>),
        4: FunctionNotSupported(FunctionNotSupported as FunctionNotSupported),
        5: MultilinkIndication(MultilinkIndication as MultilinkIndication),
        6: LogicalChannelRateRelease(LogicalChannelRateRelease as LogicalChannelRateRelease),
        7: FlowControlIndication(FlowControlIndication as FlowControlIndication),
        8: MobileMultilinkReconfigurationIndication(MobileMultilinkReconfigurationIndication as MobileMultilinkReconfigurationIndication),
        9: GenericIndication(Box<GenericMessage> as Boxed<GenericMessage>),
    }
}

/// `SequenceNumber` of H.245.
pub type SequenceNumber = u8;

sequence! {
    /// `GenericMessage` of H.245.
    GenericMessage {
        message_identifier: CapabilityIdentifier as Must<CapabilityIdentifier>,
        sub_message_identifier: Option<u8> as May<Whole<0, 127>>,
        message_content: Option<Vec<GenericParameter>> as May<List<GenericParameter>>,
    } more {}
}

/// `GenericInformation` of H.245.
pub type GenericInformation = GenericMessage;

sequence! {
    /// `NonStandardMessage` of H.245.
    NonStandardMessage {
        non_standard_data: NonStandardParameter as Must<NonStandardParameter>,
    } more {}
}

sequence! {
    /// `NonStandardParameter` of H.245.
    NonStandardParameter {
        non_standard_identifier: NonStandardIdentifier as Must<NonStandardIdentifier>,
        data: Vec<u8> as Must<Octets>,
    }
}

choice! {
    /// `NonStandardIdentifier` of H.245.
    NonStandardIdentifier of 2 {
        0: Object(ObjectIdentifier as ObjectIdentifier),
        1: H221NonStandard(NonStandardIdentifierH221NonStandard as NonStandardIdentifierH221NonStandard),
    }
}

sequence! {
    /// Within `NonStandardIdentifier` of H.245.
    NonStandardIdentifierH221NonStandard {
        t35_country_code: u8 as Must<Whole<0, 255>>,
        t35_extension: u8 as Must<Whole<0, 255>>,
        manufacturer_code: u16 as Must<Whole<0, 65535>>,
    }
}

sequence! {
    /// `MasterSlaveDetermination` of H.245.
    MasterSlaveDetermination {
        terminal_type: u8 as Must<Whole<0, 255>>,
        status_determination_number: u32 as Must<Whole<0, 16777215>>,
    } more {}
}

sequence! {
    /// `MasterSlaveDeterminationAck` of H.245.
    MasterSlaveDeterminationAck {
        decision: MasterSlaveDeterminationAckDecision as Must<MasterSlaveDeterminationAckDecision>,
    } more {}
}

choice! {
    /// Within `MasterSlaveDeterminationAck` of H.245.
    MasterSlaveDeterminationAckDecision of 2 {
        0: Master,
        1: Slave,
    }
}

sequence! {
    /// `MasterSlaveDeterminationReject` of H.245.
    MasterSlaveDeterminationReject {
        cause: MasterSlaveDeterminationRejectCause as Must<MasterSlaveDeterminationRejectCause>,
    } more {}
}

choice! {
    /// Within `MasterSlaveDeterminationReject` of H.245.
    MasterSlaveDeterminationRejectCause of 1 {
        0: IdenticalNumbers,
    } or Unrecognised {}
}

sequence! {
    /// `MasterSlaveDeterminationRelease` of H.245.
    MasterSlaveDeterminationRelease {
    } more {}
}
