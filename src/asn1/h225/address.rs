//! Part of H.225.0; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

choice! {
    /// `AliasAddress` of H.225.0.
    AliasAddress of 2 {
        0: DialledDigits(String as Characters<Digits, 1, 128>),
        1: H323Id(BmpString as Bmp<1, 256>),
    } or Unrecognised {
        0: UrlId(String as Characters<Ia5, 1, 512>),
        1: TransportId(TransportAddress as TransportAddress),
        2: EmailId(String as Characters<Ia5, 1, 512>),
        3: PartyNumber(PartyNumber as PartyNumber),
        4: MobileUim(MobileUim as MobileUim),
        5: IsupNumber(IsupNumber as IsupNumber),
    }
}

choice! {
    /// `AddressPattern` of H.225.0.
    AddressPattern of 2 {
        0: Wildcard(AliasAddress as AliasAddress),
        1: Range(Box<AddressPatternRange> as Boxed<AddressPatternRange>),
    } or Unrecognised {}
}

sequence! {
    /// Within `AddressPattern` of H.225.0.
    AddressPatternRange {
        start_of_range: PartyNumber as Must<PartyNumber>,
        end_of_range: PartyNumber as Must<PartyNumber>,
    }
}

choice! {
    /// `PartyNumber` of H.225.0.
    PartyNumber of 5 {
        0: E164Number(PublicPartyNumber as PublicPartyNumber),
        1: DataPartyNumber(NumberDigits as Characters<Digits, 1, 128>),
        2: TelexPartyNumber(NumberDigits as Characters<Digits, 1, 128>),
        3: PrivateNumber(PrivatePartyNumber as PrivatePartyNumber),
        4: NationalStandardPartyNumber(NumberDigits as Characters<Digits, 1, 128>),
    } or Unrecognised {}
}

sequence! {
    /// `PublicPartyNumber` of H.225.0.
    PublicPartyNumber {
        public_type_of_number: PublicTypeOfNumber as Must<PublicTypeOfNumber>,
        public_number_digits: NumberDigits as Must<Characters<Digits, 1, 128>>,
    }
}

sequence! {
    /// `PrivatePartyNumber` of H.225.0.
    PrivatePartyNumber {
        private_type_of_number: PrivateTypeOfNumber as Must<PrivateTypeOfNumber>,
        private_number_digits: NumberDigits as Must<Characters<Digits, 1, 128>>,
    }
}

/// `NumberDigits` of H.225.0.
pub type NumberDigits = String;

sequence! {
    /// `DisplayName` of H.225.0.
    DisplayName {
        language: Option<String> as May<Characters<Ia5>>,
        name: BmpString as Must<Bmp<1, 80>>,
    }
}

choice! {
    /// `PublicTypeOfNumber` of H.225.0.
    PublicTypeOfNumber of 6 {
        0: Unknown,
        1: InternationalNumber,
        2: NationalNumber,
        3: NetworkSpecificNumber,
        4: SubscriberNumber,
        5: AbbreviatedNumber,
    } or Unrecognised {}
}

choice! {
    /// `PrivateTypeOfNumber` of H.225.0.
    PrivateTypeOfNumber of 6 {
        0: Unknown,
        1: Level2RegionalNumber,
        2: Level1RegionalNumber,
        3: PisnSpecificNumber,
        4: LocalNumber,
        5: AbbreviatedNumber,
    } or Unrecognised {}
}

choice! {
    /// `MobileUIM` of H.225.0.
    MobileUim of 2 {
        0: Ansi41Uim(Box<Ansi41Uim> as Boxed<Ansi41Uim>),
        1: GsmUim(Box<GsmUim> as Boxed<GsmUim>),
    } or Unrecognised {}
}

/// `TBCD-STRING` of H.225.0.
pub type TbcdString = String;

sequence! {
    /// `ANSI-41-UIM` of H.225.0.
    Ansi41Uim {
        imsi: Option<TbcdString> as May<Characters<Tbcd, 3, 16>>,
        min: Option<TbcdString> as May<Characters<Tbcd, 3, 16>>,
        mdn: Option<TbcdString> as May<Characters<Tbcd, 3, 16>>,
        msisdn: Option<TbcdString> as May<Characters<Tbcd, 3, 16>>,
        esn: Option<TbcdString> as May<Characters<Tbcd, 16, 16>>,
        mscid: Option<TbcdString> as May<Characters<Tbcd, 3, 16>>,
        system_id: Ansi41UimSystemId as Must<Ansi41UimSystemId>,
        system_my_type_code: Option<[u8; 1]> as May<Exactly<1>>,
        system_access_type: Option<[u8; 1]> as May<Exactly<1>>,
        qualification_information_code: Option<[u8; 1]> as May<Exactly<1>>,
        sesn: Option<TbcdString> as May<Characters<Tbcd, 16, 16>>,
        soc: Option<TbcdString> as May<Characters<Tbcd, 3, 16>>,
    } more {}
}

choice! {
    /// Within `ANSI-41-UIM` of H.225.0.
    Ansi41UimSystemId of 2 {
        0: Sid(TbcdString as Characters<Tbcd, 1, 4>),
        1: Mid(TbcdString as Characters<Tbcd, 1, 4>),
    } or Unrecognised {}
}

sequence! {
    /// `GSM-UIM` of H.225.0.
    GsmUim {
        imsi: Option<TbcdString> as May<Characters<Tbcd, 3, 16>>,
        tmsi: Option<Vec<u8>> as May<Octets<1, 4>>,
        msisdn: Option<TbcdString> as May<Characters<Tbcd, 3, 16>>,
        imei: Option<TbcdString> as May<Characters<Tbcd, 15, 16>>,
        hplmn: Option<TbcdString> as May<Characters<Tbcd, 1, 4>>,
        vplmn: Option<TbcdString> as May<Characters<Tbcd, 1, 4>>,
    } more {}
}

choice! {
    /// `IsupNumber` of H.225.0.
    IsupNumber of 5 {
        0: E164Number(IsupPublicPartyNumber as IsupPublicPartyNumber),
        1: DataPartyNumber(IsupDigits as Characters<HexDigits, 1, 128>),
        2: TelexPartyNumber(IsupDigits as Characters<HexDigits, 1, 128>),
        3: PrivateNumber(IsupPrivatePartyNumber as IsupPrivatePartyNumber),
        4: NationalStandardPartyNumber(IsupDigits as Characters<HexDigits, 1, 128>),
    } or Unrecognised {}
}

sequence! {
    /// `IsupPublicPartyNumber` of H.225.0.
    IsupPublicPartyNumber {
        nature_of_address: NatureOfAddress as Must<NatureOfAddress>,
        address: IsupDigits as Must<Characters<HexDigits, 1, 128>>,
    } more {}
}

sequence! {
    /// `IsupPrivatePartyNumber` of H.225.0.
    IsupPrivatePartyNumber {
        private_type_of_number: PrivateTypeOfNumber as Must<PrivateTypeOfNumber>,
        address: IsupDigits as Must<Characters<HexDigits, 1, 128>>,
    } more {}
}

choice! {
    /// `NatureOfAddress` of H.225.0.
    NatureOfAddress of 8 {
        0: Unknown,
        1: SubscriberNumber,
        2: NationalNumber,
        3: InternationalNumber,
        4: NetworkSpecificNumber,
        5: RoutingNumberNationalFormat,
        6: RoutingNumberNetworkSpecificFormat,
        7: RoutingNumberWithCalledDirectoryNumber,
    } or Unrecognised {}
}

/// `IsupDigits` of H.225.0.
pub type IsupDigits = String;

sequence! {
    /// `ExtendedAliasAddress` of H.225.0.
    ExtendedAliasAddress {
        address: AliasAddress as Must<AliasAddress>,
        presentation_indicator: Option<PresentationIndicator> as May<PresentationIndicator>,
        screening_indicator: Option<ScreeningIndicator> as May<ScreeningIndicator>,
    } more {}
}
