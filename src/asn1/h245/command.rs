//! Part of H.245; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

choice! {
    /// `SendTerminalCapabilitySet` of H.245.
    SendTerminalCapabilitySet of 2 {
        0: SpecificRequest(SendTerminalCapabilitySetSpecificRequest as SendTerminalCapabilitySetSpecificRequest),
        1: GenericRequest,
    } or Unrecognised {}
}

sequence! {
    /// Within `SendTerminalCapabilitySet` of H.245.
    SendTerminalCapabilitySetSpecificRequest {
        multiplex_capability: bool as Must<Flag>,
        capability_table_entry_numbers: Option<Vec<CapabilityTableEntryNumber>> as May<List<Whole<1, 65535>, 1, 65535>>,
        capability_descriptor_numbers: Option<Vec<CapabilityDescriptorNumber>> as May<List<Whole<0, 255>, 1, 256>>,
    } more {}
}

choice! {
    /// `EncryptionCommand` of H.245.
    EncryptionCommand of 3 {
        0: EncryptionSe(Vec<u8> as Octets),
        1: EncryptionIvRequest,
        2: EncryptionAlgorithmId(EncryptionCommandEncryptionAlgorithmId as EncryptionCommandEncryptionAlgorithmId),
    } or Unrecognised {}
}

sequence! {
    /// Within `EncryptionCommand` of H.245.
    EncryptionCommandEncryptionAlgorithmId {
        h233_algorithm_identifier: SequenceNumber as Must<Whole<0, 255>>,
        associated_algorithm: NonStandardParameter as Must<NonStandardParameter>,
    }
}

sequence! {
    /// `FlowControlCommand` of H.245.
    FlowControlCommand {
        scope: FlowControlCommandScope as Must<FlowControlCommandScope>,
        restriction: FlowControlCommandRestriction as Must<FlowControlCommandRestriction>,
    } more {}
}

choice! {
    /// Within `FlowControlCommand` of H.245.
    FlowControlCommandScope of 3 {
        0: LogicalChannelNumber(LogicalChannelNumber as Whole<1, 65535>),
        1: ResourceId(u16 as Whole<0, 65535>),
        2: WholeMultiplex,
    }
}

choice! {
    /// Within `FlowControlCommand` of H.245.
    FlowControlCommandRestriction of 2 {
        0: MaximumBitRate(u32 as Whole<0, 16777215>),
        1: NoRestriction,
    }
}

choice! {
    /// `EndSessionCommand` of H.245.
    EndSessionCommand of 3 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: Disconnect,
        2: GstnOptions(EndSessionCommandGstnOptions as EndSessionCommandGstnOptions),
    } or Unrecognised {
        0: IsdnOptions(EndSessionCommandIsdnOptions as EndSessionCommandIsdnOptions),
        1: GenericInformation(Vec<GenericInformation> as List<GenericMessage>),
    }
}

choice! {
    /// Within `EndSessionCommand` of H.245.
    EndSessionCommandGstnOptions of 5 {
        0: TelephonyMode,
        1: V8bis,
        2: V34Dsvd,
        3: V34DuplexFax,
        4: V34H324,
    } or Unrecognised {}
}

choice! {
    /// Within `EndSessionCommand` of H.245.
    EndSessionCommandIsdnOptions of 3 {
        0: TelephonyMode,
        1: V140,
        2: TerminalOnHold,
    } or Unrecognised {}
}

choice! {
    /// `ConferenceCommand` of H.245.
    ConferenceCommand of 7 {
        0: BroadcastMyLogicalChannel(LogicalChannelNumber as Whole<1, 65535>),
        1: CancelBroadcastMyLogicalChannel(LogicalChannelNumber as Whole<1, 65535>),
        2: MakeTerminalBroadcaster(TerminalLabel as TerminalLabel),
        3: CancelMakeTerminalBroadcaster,
        4: SendThisSource(TerminalLabel as TerminalLabel),
        5: CancelSendThisSource,
        6: DropConference,
    } or Unrecognised {
        0: SubstituteConferenceIdCommand(SubstituteConferenceIdCommand as SubstituteConferenceIdCommand),
    }
}

sequence! {
    /// `SubstituteConferenceIDCommand` of H.245.
    SubstituteConferenceIdCommand {
        conference_identifier: [u8; 16] as Must<Exactly<16>>,
    } more {}
}

choice! {
    /// `EncryptionUpdateDirection` of H.245.
    EncryptionUpdateDirection of 2 {
        0: MasterToSlave,
        1: SlaveToMaster,
    } or Unrecognised {}
}

sequence! {
    /// `MiscellaneousCommand` of H.245.
    MiscellaneousCommand {
        logical_channel_number: LogicalChannelNumber as Must<Whole<1, 65535>>,
        type_: MiscellaneousCommandType as Must<MiscellaneousCommandType>,
    } more {
        direction: EncryptionUpdateDirection as EncryptionUpdateDirection,
    }
}

choice! {
    /// Within `MiscellaneousCommand` of H.245.
    MiscellaneousCommandType of 10 {
        0: EqualiseDelay,
        1: ZeroDelay,
        2: MultipointModeCommand,
        3: CancelMultipointModeCommand,
        4: VideoFreezePicture,
        5: VideoFastUpdatePicture,
        6: VideoFastUpdateGob(MiscellaneousCommandTypeVideoFastUpdateGob as MiscellaneousCommandTypeVideoFastUpdateGob),
        7: VideoTemporalSpatialTradeOff(u8 as Whole<0, 31>),
        8: VideoSendSyncEveryGob,
        9: VideoSendSyncEveryGobCancel,
    } or Unrecognised {
        0: VideoFastUpdateMb(MiscellaneousCommandTypeVideoFastUpdateMb as MiscellaneousCommandTypeVideoFastUpdateMb),
        1: MaxH223MuxpdUsize(u16 as Whole<1, 65535>),
        2: EncryptionUpdate(Box<EncryptionSync> as Boxed<EncryptionSync>),
        3: EncryptionUpdateRequest(EncryptionUpdateRequest as EncryptionUpdateRequest),
        4: SwitchReceiveMediaOff,
        5: SwitchReceiveMediaOn,
        6: ProgressiveRefinementStart(MiscellaneousCommandTypeProgressiveRefinementStart as MiscellaneousCommandTypeProgressiveRefinementStart),
        7: ProgressiveRefinementAbortOne,
        8: ProgressiveRefinementAbortContinuous,
        9: VideoBadMBs(MiscellaneousCommandTypeVideoBadMBs as MiscellaneousCommandTypeVideoBadMBs),
        10: LostPicture(Vec<PictureReference> as List<PictureReference>),
        11: LostPartialPicture(MiscellaneousCommandTypeLostPartialPicture as MiscellaneousCommandTypeLostPartialPicture),
        12: RecoveryReferencePicture(Vec<PictureReference> as List<PictureReference>),
        13: EncryptionUpdateCommand(Box<MiscellaneousCommandTypeEncryptionUpdateCommand> as Boxed<MiscellaneousCommandTypeEncryptionUpdateCommand>),
        14: EncryptionUpdateAck(MiscellaneousCommandTypeEncryptionUpdateAck as MiscellaneousCommandTypeEncryptionUpdateAck),
    }
}

sequence! {
    /// Within `MiscellaneousCommand` of H.245.
    MiscellaneousCommandTypeVideoFastUpdateGob {
        first_gob: u8 as Must<Whole<0, 17>>,
        number_of_go_bs: u8 as Must<Whole<1, 18>>,
    }
}

sequence! {
    /// Within `MiscellaneousCommand` of H.245.
    MiscellaneousCommandTypeVideoFastUpdateMb {
        first_gob: Option<u8> as May<Whole<0, 255>>,
        first_mb: Option<u16> as May<Whole<1, 8192>>,
        number_of_m_bs: u16 as Must<Whole<1, 8192>>,
    } more {}
}

sequence! {
    /// Within `MiscellaneousCommand` of H.245.
    MiscellaneousCommandTypeProgressiveRefinementStart {
        repeat_count: MiscellaneousCommandTypeProgressiveRefinementStartRepeatCount as Must<MiscellaneousCommandTypeProgressiveRefinementStartRepeatCount>,
    } more {}
}

choice! {
    /// Within `MiscellaneousCommand` of H.245.
    MiscellaneousCommandTypeProgressiveRefinementStartRepeatCount of 4 {
        0: DoOneProgression,
        1: DoContinuousProgressions,
        2: DoOneIndependentProgression,
        3: DoContinuousIndependentProgressions,
    } or Unrecognised {}
}

sequence! {
    /// Within `MiscellaneousCommand` of H.245.
    MiscellaneousCommandTypeVideoBadMBs {
        first_mb: u16 as Must<Whole<1, 9216>>,
        number_of_m_bs: u16 as Must<Whole<1, 9216>>,
        temporal_reference: u16 as Must<Whole<0, 1023>>,
    } more {}
}

sequence! {
    /// Within `MiscellaneousCommand` of H.245.
    MiscellaneousCommandTypeLostPartialPicture {
        picture_reference: PictureReference as Must<PictureReference>,
        first_mb: u16 as Must<Whole<1, 9216>>,
        number_of_m_bs: u16 as Must<Whole<1, 9216>>,
    } more {}
}

sequence! {
    /// Within `MiscellaneousCommand` of H.245.
    MiscellaneousCommandTypeEncryptionUpdateCommand {
        encryption_sync: EncryptionSync as Must<EncryptionSync>,
        multiple_payload_stream: Option<MultiplePayloadStream> as May<MultiplePayloadStream>,
    } more {}
}

sequence! {
    /// Within `MiscellaneousCommand` of H.245.
    MiscellaneousCommandTypeEncryptionUpdateAck {
        synch_flag: u8 as Must<Whole<0, 255>>,
    } more {}
}

sequence! {
    /// `KeyProtectionMethod` of H.245.
    KeyProtectionMethod {
        secure_channel: bool as Must<Flag>,
        shared_secret: bool as Must<Flag>,
        cert_protected_key: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `EncryptionUpdateRequest` of H.245.
    EncryptionUpdateRequest {
        key_protection_method: Option<KeyProtectionMethod> as May<KeyProtectionMethod>,
    } more {
        synch_flag: u8 as Whole<0, 255>,
    }
}

choice! {
    /// `PictureReference` of H.245.
    PictureReference of 2 {
        0: PictureNumber(u16 as Whole<0, 1023>),
        1: LongTermPictureIndex(u8 as Whole<0, 255>),
    } or Unrecognised {}
}

choice! {
    /// `H223MultiplexReconfiguration` of H.245.
    H223MultiplexReconfiguration of 2 {
        0: H223ModeChange(H223MultiplexReconfigurationH223ModeChange as H223MultiplexReconfigurationH223ModeChange),
        1: H223AnnexADoubleFlag(H223MultiplexReconfigurationH223AnnexADoubleFlag as H223MultiplexReconfigurationH223AnnexADoubleFlag),
    } or Unrecognised {}
}

choice! {
    /// Within `H223MultiplexReconfiguration` of H.245.
    H223MultiplexReconfigurationH223ModeChange of 4 {
        0: ToLevel0,
        1: ToLevel1,
        2: ToLevel2,
        3: ToLevel2withOptionalHeader,
    } or Unrecognised {}
}

choice! {
    /// Within `H223MultiplexReconfiguration` of H.245.
    H223MultiplexReconfigurationH223AnnexADoubleFlag of 2 {
        0: Start,
        1: Stop,
    } or Unrecognised {}
}

sequence! {
    /// `NewATMVCCommand` of H.245.
    NewAtmvcCommand {
        resource_id: u16 as Must<Whole<0, 65535>>,
        bit_rate: u16 as Must<Whole<1, 65535>>,
        bit_rate_locked_to_pcr_clock: bool as Must<Flag>,
        bit_rate_locked_to_network_clock: bool as Must<Flag>,
        aal: NewAtmvcCommandAal as Must<NewAtmvcCommandAal>,
        multiplex: NewAtmvcCommandMultiplex as Must<NewAtmvcCommandMultiplex>,
        reverse_parameters: NewAtmvcCommandReverseParameters as Must<NewAtmvcCommandReverseParameters>,
    } more {}
}

choice! {
    /// Within `NewATMVCCommand` of H.245.
    NewAtmvcCommandAal of 2 {
        0: Aal1(NewAtmvcCommandAalAal1 as NewAtmvcCommandAalAal1),
        1: Aal5(NewAtmvcCommandAalAal5 as NewAtmvcCommandAalAal5),
    } or Unrecognised {}
}

sequence! {
    /// Within `NewATMVCCommand` of H.245.
    NewAtmvcCommandAalAal1 {
        clock_recovery: NewAtmvcCommandAalAal1ClockRecovery as Must<NewAtmvcCommandAalAal1ClockRecovery>,
        error_correction: NewAtmvcCommandAalAal1ErrorCorrection as Must<NewAtmvcCommandAalAal1ErrorCorrection>,
        structured_data_transfer: bool as Must<Flag>,
        partially_filled_cells: bool as Must<Flag>,
    } more {}
}

choice! {
    /// Within `NewATMVCCommand` of H.245.
    NewAtmvcCommandAalAal1ClockRecovery of 3 {
        0: NullClockRecovery,
        1: SrtsClockRecovery,
        2: AdaptiveClockRecovery,
    } or Unrecognised {}
}

choice! {
    /// Within `NewATMVCCommand` of H.245.
    NewAtmvcCommandAalAal1ErrorCorrection of 4 {
        0: NullErrorCorrection,
        1: LongInterleaver,
        2: ShortInterleaver,
        3: ErrorCorrectionOnly,
    } or Unrecognised {}
}

sequence! {
    /// Within `NewATMVCCommand` of H.245.
    NewAtmvcCommandAalAal5 {
        forward_maximum_sdu_size: u16 as Must<Whole<0, 65535>>,
        backward_maximum_sdu_size: u16 as Must<Whole<0, 65535>>,
    } more {}
}

choice! {
    /// Within `NewATMVCCommand` of H.245.
    NewAtmvcCommandMultiplex of 3 {
        0: NoMultiplex,
        1: TransportStream,
        2: ProgramStream,
    } or Unrecognised {}
}

sequence! {
    /// Within `NewATMVCCommand` of H.245.
    NewAtmvcCommandReverseParameters {
        bit_rate: u16 as Must<Whole<1, 65535>>,
        bit_rate_locked_to_pcr_clock: bool as Must<Flag>,
        bit_rate_locked_to_network_clock: bool as Must<Flag>,
        multiplex: NewAtmvcCommandReverseParametersMultiplex as Must<NewAtmvcCommandReverseParametersMultiplex>,
    } more {}
}

choice! {
    /// Within `NewATMVCCommand` of H.245.
    NewAtmvcCommandReverseParametersMultiplex of 3 {
        0: NoMultiplex,
        1: TransportStream,
        2: ProgramStream,
    } or Unrecognised {}
}

sequence! {
    /// `MobileMultilinkReconfigurationCommand` of H.245.
    MobileMultilinkReconfigurationCommand {
        sample_size: u8 as Must<Whole<1, 255>>,
        samples_per_frame: u8 as Must<Whole<1, 255>>,
        status: MobileMultilinkReconfigurationCommandStatus as Must<MobileMultilinkReconfigurationCommandStatus>,
    } more {}
}

choice! {
    /// Within `MobileMultilinkReconfigurationCommand` of H.245.
    MobileMultilinkReconfigurationCommandStatus of 2 {
        0: Synchronized,
        1: Reconfiguration,
    } or Unrecognised {}
}
