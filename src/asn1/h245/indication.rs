//! Part of H.245; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

choice! {
    /// `FunctionNotUnderstood` of H.245.
    FunctionNotUnderstood of 3 {
        0: Request(Box<RequestMessage> as Boxed<RequestMessage>),
        1: Response(Box<ResponseMessage> as Boxed<ResponseMessage>),
        2: Command(Box<CommandMessage> as Boxed<CommandMessage>),
    }
}

sequence! {
    /// `FunctionNotSupported` of H.245.
    FunctionNotSupported {
        cause: FunctionNotSupportedCause as Must<FunctionNotSupportedCause>,
        returned_function: Option<Vec<u8>> as May<Octets>,
    } more {}
}

choice! {
    /// Within `FunctionNotSupported` of H.245.
    FunctionNotSupportedCause of 3 {
        0: SyntaxError,
        1: SemanticError,
        2: UnknownFunction,
    } or Unrecognised {}
}

choice! {
    /// `ConferenceIndication` of H.245.
    ConferenceIndication of 10 {
        0: SbeNumber(u8 as Whole<0, 9>),
        1: TerminalNumberAssign(TerminalLabel as TerminalLabel),
        2: TerminalJoinedConference(TerminalLabel as TerminalLabel),
        3: TerminalLeftConference(TerminalLabel as TerminalLabel),
        4: SeenByAtLeastOneOther,
        5: CancelSeenByAtLeastOneOther,
        6: SeenByAll,
        7: CancelSeenByAll,
        8: TerminalYouAreSeeing(TerminalLabel as TerminalLabel),
        9: RequestForFloor,
    } or Unrecognised {
        0: WithdrawChairToken,
        1: FloorRequested(TerminalLabel as TerminalLabel),
        2: TerminalYouAreSeeingInSubPictureNumber(TerminalYouAreSeeingInSubPictureNumber as TerminalYouAreSeeingInSubPictureNumber),
        3: VideoIndicateCompose(VideoIndicateCompose as VideoIndicateCompose),
        4: MasterMcu,
        5: CancelMasterMcu,
    }
}

sequence! {
    /// `TerminalYouAreSeeingInSubPictureNumber` of H.245.
    TerminalYouAreSeeingInSubPictureNumber {
        terminal_number: TerminalNumber as Must<Whole<0, 192>>,
        sub_picture_number: u8 as Must<Whole<0, 255>>,
    } more {
        mcu_number: McuNumber as Whole<0, 192>,
    }
}

sequence! {
    /// `VideoIndicateCompose` of H.245.
    VideoIndicateCompose {
        composition_number: u8 as Must<Whole<0, 255>>,
    } more {}
}

sequence! {
    /// `MiscellaneousIndication` of H.245.
    MiscellaneousIndication {
        logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
        type_: MiscellaneousIndicationType as Must<MiscellaneousIndicationType>,
    } more {}
}

choice! {
    /// Within `MiscellaneousIndication` of H.245.
    MiscellaneousIndicationType of 10 {
        0: LogicalChannelActive,
        1: LogicalChannelInactive,
        2: MultipointConference,
        3: CancelMultipointConference,
        4: MultipointZeroComm,
        5: CancelMultipointZeroComm,
        6: MultipointSecondaryStatus,
        7: CancelMultipointSecondaryStatus,
        8: VideoIndicateReadyToActivate,
        9: VideoTemporalSpatialTradeOff(u8 as Whole<0, 31>),
    } or Unrecognised {
        0: VideoNotDecodedMBs(MiscellaneousIndicationTypeVideoNotDecodedMBs as MiscellaneousIndicationTypeVideoNotDecodedMBs),
        1: TransportCapability(Box<TransportCapability> as Boxed<TransportCapability>),
    }
}

sequence! {
    /// Within `MiscellaneousIndication` of H.245.
    MiscellaneousIndicationTypeVideoNotDecodedMBs {
        first_mb: u16 as Must<Whole<1, 8192>>,
        number_of_m_bs: u16 as Must<Whole<1, 8192>>,
        temporal_reference: u8 as Must<Whole<0, 255>>,
    } more {}
}

sequence! {
    /// `JitterIndication` of H.245.
    JitterIndication {
        scope: JitterIndicationScope as Must<JitterIndicationScope>,
        estimated_received_jitter_mantissa: u8 as Must<Whole<0, 3>>,
        estimated_received_jitter_exponent: u8 as Must<Whole<0, 7>>,
        skipped_frame_count: Option<u8> as May<Whole<0, 15>>,
        additional_decoder_buffer: Option<u32> as May<Whole<0, 262143>>,
    } more {}
}

choice! {
    /// Within `JitterIndication` of H.245.
    JitterIndicationScope of 3 {
        0: LogicalChannelNumber(LogicalChannelNumber as Whole<1, 65535>),
        1: ResourceId(u16 as Whole<0, 65535>),
        2: WholeMultiplex,
    }
}

sequence! {
    /// `H223SkewIndication` of H.245.
    H223SkewIndication {
        logical_channel_number1: LogicalChannelNumber as Must<Whole<1, 65535>>,
        logical_channel_number2: LogicalChannelNumber as Must<Whole<1, 65535>>,
        skew: u16 as Must<Whole<0, 4095>>,
    } more {}
}

sequence! {
    /// `H2250MaximumSkewIndication` of H.245.
    H2250MaximumSkewIndication {
        logical_channel_number1: LogicalChannelNumber as Must<Whole<1, 65535>>,
        logical_channel_number2: LogicalChannelNumber as Must<Whole<1, 65535>>,
        maximum_skew: u16 as Must<Whole<0, 4095>>,
    } more {}
}

sequence! {
    /// `MCLocationIndication` of H.245.
    McLocationIndication {
        signal_address: TransportAddress as Must<TransportAddress>,
    } more {}
}

sequence! {
    /// `VendorIdentification` of H.245.
    VendorIdentification {
        vendor: NonStandardIdentifier as Must<NonStandardIdentifier>,
        product_number: Option<Vec<u8>> as May<Octets<1, 256>>,
        version_number: Option<Vec<u8>> as May<Octets<1, 256>>,
    } more {}
}

sequence! {
    /// `NewATMVCIndication` of H.245.
    NewAtmvcIndication {
        resource_id: u16 as Must<Whole<0, 65535>>,
        bit_rate: u16 as Must<Whole<1, 65535>>,
        bit_rate_locked_to_pcr_clock: bool as Must<Flag>,
        bit_rate_locked_to_network_clock: bool as Must<Flag>,
        aal: NewAtmvcIndicationAal as Must<NewAtmvcIndicationAal>,
        multiplex: NewAtmvcIndicationMultiplex as Must<NewAtmvcIndicationMultiplex>,
    } more {
        reverse_parameters: NewAtmvcIndicationReverseParameters as NewAtmvcIndicationReverseParameters,
    }
}

choice! {
    /// Within `NewATMVCIndication` of H.245.
    NewAtmvcIndicationAal of 2 {
        0: Aal1(NewAtmvcIndicationAalAal1 as NewAtmvcIndicationAalAal1),
        1: Aal5(NewAtmvcIndicationAalAal5 as NewAtmvcIndicationAalAal5),
    } or Unrecognised {}
}

sequence! {
    /// Within `NewATMVCIndication` of H.245.
    NewAtmvcIndicationAalAal1 {
        clock_recovery: NewAtmvcIndicationAalAal1ClockRecovery as Must<NewAtmvcIndicationAalAal1ClockRecovery>,
        error_correction: NewAtmvcIndicationAalAal1ErrorCorrection as Must<NewAtmvcIndicationAalAal1ErrorCorrection>,
        structured_data_transfer: bool as Must<Flag>,
        partially_filled_cells: bool as Must<Flag>,
    } more {}
}

choice! {
    /// Within `NewATMVCIndication` of H.245.
    NewAtmvcIndicationAalAal1ClockRecovery of 3 {
        0: NullClockRecovery,
        1: SrtsClockRecovery,
        2: AdaptiveClockRecovery,
    } or Unrecognised {}
}

choice! {
    /// Within `NewATMVCIndication` of H.245.
    NewAtmvcIndicationAalAal1ErrorCorrection of 4 {
        0: NullErrorCorrection,
        1: LongInterleaver,
        2: ShortInterleaver,
        3: ErrorCorrectionOnly,
    } or Unrecognised {}
}

sequence! {
    /// Within `NewATMVCIndication` of H.245.
    NewAtmvcIndicationAalAal5 {
        forward_maximum_sdu_size: u16 as Must<Whole<0, 65535>>,
        backward_maximum_sdu_size: u16 as Must<Whole<0, 65535>>,
    } more {}
}

choice! {
    /// Within `NewATMVCIndication` of H.245.
    NewAtmvcIndicationMultiplex of 3 {
        0: NoMultiplex,
        1: TransportStream,
        2: ProgramStream,
    } or Unrecognised {}
}

sequence! {
    /// Within `NewATMVCIndication` of H.245.
    NewAtmvcIndicationReverseParameters {
        bit_rate: u16 as Must<Whole<1, 65535>>,
        bit_rate_locked_to_pcr_clock: bool as Must<Flag>,
        bit_rate_locked_to_network_clock: bool as Must<Flag>,
        multiplex: NewAtmvcIndicationReverseParametersMultiplex as Must<NewAtmvcIndicationReverseParametersMultiplex>,
    } more {}
}

choice! {
    /// Within `NewATMVCIndication` of H.245.
    NewAtmvcIndicationReverseParametersMultiplex of 3 {
        0: NoMultiplex,
        1: TransportStream,
        2: ProgramStream,
    } or Unrecognised {}
}

/// `IV8` of H.245.
pub type Iv8 = [u8; 8];

/// `IV16` of H.245.
pub type Iv16 = [u8; 16];

sequence! {
    /// `Params` of H.245.
    Params {
        iv8: Option<Iv8> as May<Exactly<8>>,
        iv16: Option<Iv16> as May<Exactly<16>>,
        iv: Option<Vec<u8>> as May<Octets>,
    } more {}
}

choice! {
    /// `UserInputIndication` of H.245.
    UserInputIndication of 2 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: Alphanumeric(Vec<u8> as General),
    } or Unrecognised {
        0: UserInputSupportIndication(UserInputIndicationUserInputSupportIndication as UserInputIndicationUserInputSupportIndication),
        1: Signal(Box<UserInputIndicationSignal> as Boxed<UserInputIndicationSignal>),
        2: SignalUpdate(UserInputIndicationSignalUpdate as UserInputIndicationSignalUpdate),
        3: ExtendedAlphanumeric(Box<UserInputIndicationExtendedAlphanumeric> as Boxed<UserInputIndicationExtendedAlphanumeric>),
        4: EncryptedAlphanumeric(Box<UserInputIndicationEncryptedAlphanumeric> as Boxed<UserInputIndicationEncryptedAlphanumeric>),
        5: GenericInformation(Vec<GenericInformation> as List<GenericMessage>),
    }
}

choice! {
    /// Within `UserInputIndication` of H.245.
    UserInputIndicationUserInputSupportIndication of 4 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: BasicString,
        2: Ia5String,
        3: GeneralString,
    } or Unrecognised {
        0: EncryptedBasicString,
        1: EncryptedIa5String,
        2: EncryptedGeneralString,
    }
}

sequence! {
    /// Within `UserInputIndication` of H.245.
    UserInputIndicationSignal {
        signal_type: String as Must<Characters<Signal, 1, 1>>,
        duration: Option<u16> as May<Whole<1, 65535>>,
        rtp: Option<UserInputIndicationSignalRtp> as May<UserInputIndicationSignalRtp>,
    } more {
        rtp_payload_indication: () as Null,
        param_s: Params as Params,
        encrypted_signal_type: [u8; 1] as Exactly<1>,
        algorithm_oid: ObjectIdentifier as ObjectIdentifier,
    }
}

sequence! {
    /// Within `UserInputIndication` of H.245.
    UserInputIndicationSignalRtp {
        timestamp: Option<u32> as May<Whole<0, 4294967295>>,
        expiration_time: Option<u32> as May<Whole<0, 4294967295>>,
        logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
    } more {}
}

sequence! {
    /// Within `UserInputIndication` of H.245.
    UserInputIndicationSignalUpdate {
        duration: u16 as Must<Whole<1, 65535>>,
        rtp: Option<UserInputIndicationSignalUpdateRtp> as May<UserInputIndicationSignalUpdateRtp>,
    } more {}
}

sequence! {
    /// Within `UserInputIndication` of H.245.
    UserInputIndicationSignalUpdateRtp {
        logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
    } more {}
}

sequence! {
    /// Within `UserInputIndication` of H.245.
    UserInputIndicationExtendedAlphanumeric {
        alphanumeric: Vec<u8> as Must<General>,
        rtp_payload_indication: Option<()> as May<Null>,
    } more {
        encrypted_alphanumeric: UserInputIndicationExtendedAlphanumericEncryptedAlphanumeric as UserInputIndicationExtendedAlphanumericEncryptedAlphanumeric,
    }
}

sequence! {
    /// Within `UserInputIndication` of H.245.
    UserInputIndicationExtendedAlphanumericEncryptedAlphanumeric {
        algorithm_oid: ObjectIdentifier as Must<ObjectIdentifier>,
        param_s: Option<Params> as May<Params>,
        encrypted: Vec<u8> as Must<Octets>,
    } more {}
}

sequence! {
    /// Within `UserInputIndication` of H.245.
    UserInputIndicationEncryptedAlphanumeric {
        algorithm_oid: ObjectIdentifier as Must<ObjectIdentifier>,
        param_s: Option<Params> as May<Params>,
        encrypted: Vec<u8> as Must<Octets>,
    } more {}
}

sequence! {
    /// `FlowControlIndication` of H.245.
    FlowControlIndication {
        scope: FlowControlIndicationScope as Must<FlowControlIndicationScope>,
        restriction: FlowControlIndicationRestriction as Must<FlowControlIndicationRestriction>,
    } more {}
}

choice! {
    /// Within `FlowControlIndication` of H.245.
    FlowControlIndicationScope of 3 {
        0: LogicalChannelNumber(LogicalChannelNumber as Whole<1, 65535>),
        1: ResourceId(u16 as Whole<0, 65535>),
        2: WholeMultiplex,
    }
}

choice! {
    /// Within `FlowControlIndication` of H.245.
    FlowControlIndicationRestriction of 2 {
        0: MaximumBitRate(u32 as Whole<0, 16777215>),
        1: NoRestriction,
    }
}

sequence! {
    /// `MobileMultilinkReconfigurationIndication` of H.245.
    MobileMultilinkReconfigurationIndication {
        sample_size: u8 as Must<Whole<1, 255>>,
        samples_per_frame: u8 as Must<Whole<1, 255>>,
    } more {}
}
