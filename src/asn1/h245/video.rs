//! Part of H.245; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

choice! {
    /// `VideoCapability` of H.245.
    VideoCapability of 5 {
        0: NonStandard(NonStandardParameter as NonStandardParameter),
        1: H261VideoCapability(H261VideoCapability as H261VideoCapability),
        2: H262VideoCapability(H262VideoCapability as H262VideoCapability),
        3: H263VideoCapability(Box<H263VideoCapability> as Boxed<H263VideoCapability>),
        4: Is11172VideoCapability(Is11172VideoCapability as Is11172VideoCapability),
    } or Unrecognised {
        0: GenericVideoCapability(Box<GenericCapability> as Boxed<GenericCapability>),
        1: ExtendedVideoCapability(ExtendedVideoCapability as ExtendedVideoCapability),
    }
}

sequence! {
    /// `ExtendedVideoCapability` of H.245.
    ExtendedVideoCapability {
        video_capability: Vec<VideoCapability> as Must<List<VideoCapability>>,
        video_capability_extension: Option<Vec<GenericCapability>> as May<List<GenericCapability>>,
    } more {}
}

sequence! {
    /// `H261VideoCapability` of H.245.
    H261VideoCapability {
        qcif_mpi: Option<u8> as May<Whole<1, 4>>,
        cif_mpi: Option<u8> as May<Whole<1, 4>>,
        temporal_spatial_trade_off_capability: bool as Must<Flag>,
        max_bit_rate: u16 as Must<Whole<1, 19200>>,
        still_image_transmission: bool as Must<Flag>,
    } more {
        video_bad_m_bs_cap: bool as Flag,
    }
}

sequence! {
    /// `H262VideoCapability` of H.245.
    H262VideoCapability {
        profile_and_level_s_pat_ml: bool as Must<Flag>,
        profile_and_level_m_pat_ll: bool as Must<Flag>,
        profile_and_level_m_pat_ml: bool as Must<Flag>,
        profile_and_level_m_pat_h_14: bool as Must<Flag>,
        profile_and_level_m_pat_hl: bool as Must<Flag>,
        profile_and_level_sn_rat_ll: bool as Must<Flag>,
        profile_and_level_sn_rat_ml: bool as Must<Flag>,
        profile_and_level_spatialat_h_14: bool as Must<Flag>,
        profile_and_level_h_pat_ml: bool as Must<Flag>,
        profile_and_level_h_pat_h_14: bool as Must<Flag>,
        profile_and_level_h_pat_hl: bool as Must<Flag>,
        video_bit_rate: Option<u32> as May<Whole<0, 1073741823>>,
        vbv_buffer_size: Option<u32> as May<Whole<0, 262143>>,
        samples_per_line: Option<u16> as May<Whole<0, 16383>>,
        lines_per_frame: Option<u16> as May<Whole<0, 16383>>,
        frames_per_second: Option<u8> as May<Whole<0, 15>>,
        luminance_sample_rate: Option<u32> as May<Whole<0, 4294967295>>,
        video_bad_m_bs_cap: bool as Must<Flag>,
    }
}

sequence! {
    /// `H263VideoCapability` of H.245.
    H263VideoCapability {
        sqcif_mpi: Option<u8> as May<Whole<1, 32>>,
        qcif_mpi: Option<u8> as May<Whole<1, 32>>,
        cif_mpi: Option<u8> as May<Whole<1, 32>>,
        cif4_mpi: Option<u8> as May<Whole<1, 32>>,
        cif16_mpi: Option<u8> as May<Whole<1, 32>>,
        max_bit_rate: u32 as Must<Whole<1, 192400>>,
        unrestricted_vector: bool as Must<Flag>,
        arithmetic_coding: bool as Must<Flag>,
        advanced_prediction: bool as Must<Flag>,
        pb_frames: bool as Must<Flag>,
        temporal_spatial_trade_off_capability: bool as Must<Flag>,
        hrd_b: Option<u32> as May<Whole<0, 524287>>,
        bpp_max_kb: Option<u16> as May<Whole<0, 65535>>,
    } more {
        slow_sqcif_mpi: u16 as Whole<1, 3600>,
        slow_qcif_mpi: u16 as Whole<1, 3600>,
        slow_cif_mpi: u16 as Whole<1, 3600>,
        slow_cif4_mpi: u16 as Whole<1, 3600>,
        slow_cif16_mpi: u16 as Whole<1, 3600>,
        error_compensation: bool as Flag,
        enhancement_layer_info: EnhancementLayerInfo as EnhancementLayerInfo,
        h263_options: Box<H263Options> as Boxed<H263Options>,
    }
}

sequence! {
    /// `EnhancementLayerInfo` of H.245.
    EnhancementLayerInfo {
        base_bit_rate_constrained: bool as Must<Flag>,
        snr_enhancement: Option<Vec<EnhancementOptions>> as May<List<EnhancementOptions, 1, 14>>,
        spatial_enhancement: Option<Vec<EnhancementOptions>> as May<List<EnhancementOptions, 1, 14>>,
        b_picture_enhancement: Option<Vec<BEnhancementParameters>> as May<List<BEnhancementParameters, 1, 14>>,
    } more {}
}

sequence! {
    /// `BEnhancementParameters` of H.245.
    BEnhancementParameters {
        enhancement_options: EnhancementOptions as Must<EnhancementOptions>,
        number_of_b_pictures: u8 as Must<Whole<1, 64>>,
    } more {}
}

sequence! {
    /// `EnhancementOptions` of H.245.
    EnhancementOptions {
        sqcif_mpi: Option<u8> as May<Whole<1, 32>>,
        qcif_mpi: Option<u8> as May<Whole<1, 32>>,
        cif_mpi: Option<u8> as May<Whole<1, 32>>,
        cif4_mpi: Option<u8> as May<Whole<1, 32>>,
        cif16_mpi: Option<u8> as May<Whole<1, 32>>,
        max_bit_rate: u32 as Must<Whole<1, 192400>>,
        unrestricted_vector: bool as Must<Flag>,
        arithmetic_coding: bool as Must<Flag>,
        temporal_spatial_trade_off_capability: bool as Must<Flag>,
        slow_sqcif_mpi: Option<u16> as May<Whole<1, 3600>>,
        slow_qcif_mpi: Option<u16> as May<Whole<1, 3600>>,
        slow_cif_mpi: Option<u16> as May<Whole<1, 3600>>,
        slow_cif4_mpi: Option<u16> as May<Whole<1, 3600>>,
        slow_cif16_mpi: Option<u16> as May<Whole<1, 3600>>,
        error_compensation: bool as Must<Flag>,
        h263_options: Option<Box<H263Options>> as May<Boxed<H263Options>>,
    } more {}
}

sequence! {
    /// `H263Options` of H.245.
    H263Options {
        advanced_intra_coding_mode: bool as Must<Flag>,
        deblocking_filter_mode: bool as Must<Flag>,
        improved_pb_frames_mode: bool as Must<Flag>,
        unlimited_motion_vectors: bool as Must<Flag>,
        full_picture_freeze: bool as Must<Flag>,
        partial_picture_freeze_and_release: bool as Must<Flag>,
        resizing_part_pic_freeze_and_release: bool as Must<Flag>,
        full_picture_snapshot: bool as Must<Flag>,
        partial_picture_snapshot: bool as Must<Flag>,
        video_segment_tagging: bool as Must<Flag>,
        progressive_refinement: bool as Must<Flag>,
        dynamic_picture_resizing_by_four: bool as Must<Flag>,
        dynamic_picture_resizing_sixteenth_pel: bool as Must<Flag>,
        dynamic_warping_half_pel: bool as Must<Flag>,
        dynamic_warping_sixteenth_pel: bool as Must<Flag>,
        independent_segment_decoding: bool as Must<Flag>,
        slices_in_order_non_rect: bool as Must<Flag>,
        slices_in_order_rect: bool as Must<Flag>,
        slices_no_order_non_rect: bool as Must<Flag>,
        slices_no_order_rect: bool as Must<Flag>,
        alternate_inter_vlc_mode: bool as Must<Flag>,
        modified_quantization_mode: bool as Must<Flag>,
        reduced_resolution_update: bool as Must<Flag>,
        transparency_parameters: Option<TransparencyParameters> as May<TransparencyParameters>,
        separate_video_back_channel: bool as Must<Flag>,
        ref_picture_selection: Option<RefPictureSelection> as May<RefPictureSelection>,
        custom_picture_clock_frequency: Option<Vec<CustomPictureClockFrequency>> as May<List<CustomPictureClockFrequency, 1, 16>>,
        custom_picture_format: Option<Vec<CustomPictureFormat>> as May<List<CustomPictureFormat, 1, 16>>,
        mode_combos: Option<Vec<H263VideoModeCombos>> as May<List<H263VideoModeCombos, 1, 16>>,
    } more {
        video_bad_m_bs_cap: bool as Flag,
        h263_version3_options: H263Version3Options as H263Version3Options,
    }
}

sequence! {
    /// `TransparencyParameters` of H.245.
    TransparencyParameters {
        presentation_order: u16 as Must<Whole<1, 256>>,
        offset_x: i32 as Must<Whole<-262144, 262143>>,
        offset_y: i32 as Must<Whole<-262144, 262143>>,
        scale_x: u8 as Must<Whole<1, 255>>,
        scale_y: u8 as Must<Whole<1, 255>>,
    } more {}
}

sequence! {
    /// `RefPictureSelection` of H.245.
    RefPictureSelection {
        additional_picture_memory: Option<RefPictureSelectionAdditionalPictureMemory> as May<RefPictureSelectionAdditionalPictureMemory>,
        video_mux: bool as Must<Flag>,
        video_back_channel_send: RefPictureSelectionVideoBackChannelSend as Must<RefPictureSelectionVideoBackChannelSend>,
    } more {
        enhanced_reference_pic_select: RefPictureSelectionEnhancedReferencePicSelect as RefPictureSelectionEnhancedReferencePicSelect,
    }
}

sequence! {
    /// Within `RefPictureSelection` of H.245.
    RefPictureSelectionAdditionalPictureMemory {
        sqcif_additional_picture_memory: Option<u16> as May<Whole<1, 256>>,
        qcif_additional_picture_memory: Option<u16> as May<Whole<1, 256>>,
        cif_additional_picture_memory: Option<u16> as May<Whole<1, 256>>,
        cif4_additional_picture_memory: Option<u16> as May<Whole<1, 256>>,
        cif16_additional_picture_memory: Option<u16> as May<Whole<1, 256>>,
        big_cpf_additional_picture_memory: Option<u16> as May<Whole<1, 256>>,
    } more {}
}

choice! {
    /// Within `RefPictureSelection` of H.245.
    RefPictureSelectionVideoBackChannelSend of 5 {
        0: None,
        1: AckMessageOnly,
        2: NackMessageOnly,
        3: AckOrNackMessageOnly,
        4: AckAndNackMessage,
    } or Unrecognised {}
}

sequence! {
    /// Within `RefPictureSelection` of H.245.
    RefPictureSelectionEnhancedReferencePicSelect {
        sub_picture_removal_parameters: Option<RefPictureSelectionEnhancedReferencePicSelectSubPictureRemovalParameters> as May<RefPictureSelectionEnhancedReferencePicSelectSubPictureRemovalParameters>,
    } more {}
}

sequence! {
    /// Within `RefPictureSelection` of H.245.
    RefPictureSelectionEnhancedReferencePicSelectSubPictureRemovalParameters {
        mpu_horiz_m_bs: u8 as Must<Whole<1, 128>>,
        mpu_vert_m_bs: u8 as Must<Whole<1, 72>>,
        mpu_total_number: u32 as Must<Whole<1, 65536>>,
    } more {}
}

sequence! {
    /// `CustomPictureClockFrequency` of H.245.
    CustomPictureClockFrequency {
        clock_conversion_code: u16 as Must<Whole<1000, 1001>>,
        clock_divisor: u8 as Must<Whole<1, 127>>,
        sqcif_mpi: Option<u16> as May<Whole<1, 2048>>,
        qcif_mpi: Option<u16> as May<Whole<1, 2048>>,
        cif_mpi: Option<u16> as May<Whole<1, 2048>>,
        cif4_mpi: Option<u16> as May<Whole<1, 2048>>,
        cif16_mpi: Option<u16> as May<Whole<1, 2048>>,
    } more {}
}

sequence! {
    /// `CustomPictureFormat` of H.245.
    CustomPictureFormat {
        max_custom_picture_width: u16 as Must<Whole<1, 2048>>,
        max_custom_picture_height: u16 as Must<Whole<1, 2048>>,
        min_custom_picture_width: u16 as Must<Whole<1, 2048>>,
        min_custom_picture_height: u16 as Must<Whole<1, 2048>>,
        mpi: CustomPictureFormatMpi as Must<CustomPictureFormatMpi>,
        pixel_aspect_information: CustomPictureFormatPixelAspectInformation as Must<CustomPictureFormatPixelAspectInformation>,
    } more {}
}

sequence! {
    /// Within `CustomPictureFormat` of H.245.
    CustomPictureFormatMpi {
        standard_mpi: Option<u8> as May<Whole<1, 31>>,
        custom_pcf: Option<Vec<CustomPictureFormatMpiCustomPcf>> as May<List<CustomPictureFormatMpiCustomPcf, 1, 16>>,
    } more {}
}

sequence! {
    /// Within `CustomPictureFormat` of H.245.
    CustomPictureFormatMpiCustomPcf {
        clock_conversion_code: u16 as Must<Whole<1000, 1001>>,
        clock_divisor: u8 as Must<Whole<1, 127>>,
        custom_mpi: u16 as Must<Whole<1, 2048>>,
    } more {}
}

choice! {
    /// Within `CustomPictureFormat` of H.245.
    CustomPictureFormatPixelAspectInformation of 3 {
        0: AnyPixelAspectRatio(bool as Flag),
        1: PixelAspectCode(Vec<u8> as List<Whole<1, 14>, 1, 14>),
        2: ExtendedPar(Vec<CustomPictureFormatPixelAspectInformationExtendedPar> as List<CustomPictureFormatPixelAspectInformationExtendedPar, 1, 256>),
    } or Unrecognised {}
}

sequence! {
    /// Within `CustomPictureFormat` of H.245.
    CustomPictureFormatPixelAspectInformationExtendedPar {
        width: u8 as Must<Whole<1, 255>>,
        height: u8 as Must<Whole<1, 255>>,
    } more {}
}

sequence! {
    /// `H263VideoModeCombos` of H.245.
    H263VideoModeCombos {
        h263_video_uncoupled_modes: H263ModeComboFlags as Must<H263ModeComboFlags>,
        h263_video_coupled_modes: Vec<H263ModeComboFlags> as Must<List<H263ModeComboFlags, 1, 16>>,
    } more {}
}

sequence! {
    /// `H263ModeComboFlags` of H.245.
    H263ModeComboFlags {
        unrestricted_vector: bool as Must<Flag>,
        arithmetic_coding: bool as Must<Flag>,
        advanced_prediction: bool as Must<Flag>,
        pb_frames: bool as Must<Flag>,
        advanced_intra_coding_mode: bool as Must<Flag>,
        deblocking_filter_mode: bool as Must<Flag>,
        unlimited_motion_vectors: bool as Must<Flag>,
        slices_in_order_non_rect: bool as Must<Flag>,
        slices_in_order_rect: bool as Must<Flag>,
        slices_no_order_non_rect: bool as Must<Flag>,
        slices_no_order_rect: bool as Must<Flag>,
        improved_pb_frames_mode: bool as Must<Flag>,
        reference_pic_select: bool as Must<Flag>,
        dynamic_picture_resizing_by_four: bool as Must<Flag>,
        dynamic_picture_resizing_sixteenth_pel: bool as Must<Flag>,
        dynamic_warping_half_pel: bool as Must<Flag>,
        dynamic_warping_sixteenth_pel: bool as Must<Flag>,
        reduced_resolution_update: bool as Must<Flag>,
        independent_segment_decoding: bool as Must<Flag>,
        alternate_inter_vlc_mode: bool as Must<Flag>,
        modified_quantization_mode: bool as Must<Flag>,
    } more {
        enhanced_reference_pic_select: bool as Flag,
        h263_version3_options: H263Version3Options as H263Version3Options,
    }
}

sequence! {
    /// `H263Version3Options` of H.245.
    H263Version3Options {
        data_partitioned_slices: bool as Must<Flag>,
        fixed_point_idct0: bool as Must<Flag>,
        interlaced_fields: bool as Must<Flag>,
        current_picture_header_repetition: bool as Must<Flag>,
        previous_picture_header_repetition: bool as Must<Flag>,
        next_picture_header_repetition: bool as Must<Flag>,
        picture_number: bool as Must<Flag>,
        spare_reference_pictures: bool as Must<Flag>,
    } more {}
}

sequence! {
    /// `IS11172VideoCapability` of H.245.
    Is11172VideoCapability {
        constrained_bitstream: bool as Must<Flag>,
        video_bit_rate: Option<u32> as May<Whole<0, 1073741823>>,
        vbv_buffer_size: Option<u32> as May<Whole<0, 262143>>,
        samples_per_line: Option<u16> as May<Whole<0, 16383>>,
        lines_per_frame: Option<u16> as May<Whole<0, 16383>>,
        picture_rate: Option<u8> as May<Whole<0, 15>>,
        luminance_sample_rate: Option<u32> as May<Whole<0, 4294967295>>,
    } more {
        video_bad_m_bs_cap: bool as Flag,
    }
}
