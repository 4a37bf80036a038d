//! Part of H.225.0; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

sequence! {
    /// `EndpointType` of H.225.0.
    EndpointType {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        vendor: Option<VendorIdentifier> as May<VendorIdentifier>,
        gatekeeper: Option<GatekeeperInfo> as May<GatekeeperInfo>,
        gateway: Option<GatewayInfo> as May<GatewayInfo>,
        mcu: Option<McuInfo> as May<McuInfo>,
        terminal: Option<TerminalInfo> as May<TerminalInfo>,
        mc: bool as Must<Flag>,
        undefined_node: bool as Must<Flag>,
    } more {
        set: BitString as Bits<32, 32>,
        supported_tunnelled_protocols: Vec<TunnelledProtocol> as List<TunnelledProtocol>,
    }
}

sequence! {
    /// `GatewayInfo` of H.225.0.
    GatewayInfo {
        protocol: Option<Vec<SupportedProtocols>> as May<List<SupportedProtocols>>,
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {}
}

choice! {
    /// `SupportedProtocols` of H.225.0.
    SupportedProtocols of 9 {
        0: NonStandardData(NonStandardParameter as NonStandardParameter),
        1: H310(Box<H310Caps> as Boxed<H310Caps>),
        2: H320(Box<H320Caps> as Boxed<H320Caps>),
        3: H321(Box<H321Caps> as Boxed<H321Caps>),
        4: H322(Box<H322Caps> as Boxed<H322Caps>),
        5: H323(Box<H323Caps> as Boxed<H323Caps>),
        6: H324(Box<H324Caps> as Boxed<H324Caps>),
        7: Voice(Box<VoiceCaps> as Boxed<VoiceCaps>),
        8: T120Only(Box<T120OnlyCaps> as Boxed<T120OnlyCaps>),
    } or Unrecognised {
        0: NonStandardProtocol(Box<NonStandardProtocol> as Boxed<NonStandardProtocol>),
        1: T38FaxAnnexbOnly(Box<T38FaxAnnexbOnlyCaps> as Boxed<T38FaxAnnexbOnlyCaps>),
        2: Sip(Box<SipCaps> as Boxed<SipCaps>),
    }
}

sequence! {
    /// `H310Caps` of H.225.0.
    H310Caps {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        data_rates_supported: Vec<DataRate> as List<DataRate>,
        supported_prefixes: Vec<SupportedPrefix> as List<SupportedPrefix>,
    }
}

sequence! {
    /// `H320Caps` of H.225.0.
    H320Caps {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        data_rates_supported: Vec<DataRate> as List<DataRate>,
        supported_prefixes: Vec<SupportedPrefix> as List<SupportedPrefix>,
    }
}

sequence! {
    /// `H321Caps` of H.225.0.
    H321Caps {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        data_rates_supported: Vec<DataRate> as List<DataRate>,
        supported_prefixes: Vec<SupportedPrefix> as List<SupportedPrefix>,
    }
}

sequence! {
    /// `H322Caps` of H.225.0.
    H322Caps {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        data_rates_supported: Vec<DataRate> as List<DataRate>,
        supported_prefixes: Vec<SupportedPrefix> as List<SupportedPrefix>,
    }
}

sequence! {
    /// `H323Caps` of H.225.0.
    H323Caps {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        data_rates_supported: Vec<DataRate> as List<DataRate>,
        supported_prefixes: Vec<SupportedPrefix> as List<SupportedPrefix>,
    }
}

sequence! {
    /// `H324Caps` of H.225.0.
    H324Caps {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        data_rates_supported: Vec<DataRate> as List<DataRate>,
        supported_prefixes: Vec<SupportedPrefix> as List<SupportedPrefix>,
    }
}

sequence! {
    /// `VoiceCaps` of H.225.0.
    VoiceCaps {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        data_rates_supported: Vec<DataRate> as List<DataRate>,
        supported_prefixes: Vec<SupportedPrefix> as List<SupportedPrefix>,
    }
}

sequence! {
    /// `T120OnlyCaps` of H.225.0.
    T120OnlyCaps {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        data_rates_supported: Vec<DataRate> as List<DataRate>,
        supported_prefixes: Vec<SupportedPrefix> as List<SupportedPrefix>,
    }
}

sequence! {
    /// `NonStandardProtocol` of H.225.0.
    NonStandardProtocol {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        data_rates_supported: Option<Vec<DataRate>> as May<List<DataRate>>,
        supported_prefixes: Vec<SupportedPrefix> as Must<List<SupportedPrefix>>,
    } more {}
}

sequence! {
    /// `T38FaxAnnexbOnlyCaps` of H.225.0.
    T38FaxAnnexbOnlyCaps {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        data_rates_supported: Option<Vec<DataRate>> as May<List<DataRate>>,
        supported_prefixes: Vec<SupportedPrefix> as Must<List<SupportedPrefix>>,
        t38_fax_protocol: DataProtocolCapability as Must<DataProtocolCapability>,
        t38_fax_profile: T38FaxProfile as Must<T38FaxProfile>,
    } more {}
}

sequence! {
    /// `SIPCaps` of H.225.0.
    SipCaps {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
        data_rates_supported: Option<Vec<DataRate>> as May<List<DataRate>>,
        supported_prefixes: Option<Vec<SupportedPrefix>> as May<List<SupportedPrefix>>,
    } more {}
}

sequence! {
    /// `McuInfo` of H.225.0.
    McuInfo {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        protocol: Vec<SupportedProtocols> as List<SupportedProtocols>,
    }
}

sequence! {
    /// `TerminalInfo` of H.225.0.
    TerminalInfo {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {}
}

sequence! {
    /// `GatekeeperInfo` of H.225.0.
    GatekeeperInfo {
        non_standard_data: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {}
}

sequence! {
    /// `VendorIdentifier` of H.225.0.
    VendorIdentifier {
        vendor: H221NonStandard as Must<H221NonStandard>,
        product_id: Option<Vec<u8>> as May<Octets<1, 256>>,
        version_id: Option<Vec<u8>> as May<Octets<1, 256>>,
    } more {
        enterprise_number: ObjectIdentifier as ObjectIdentifier,
    }
}

sequence! {
    /// `H221NonStandard` of H.225.0.
    H221NonStandard {
        t35_country_code: u8 as Must<Whole<0, 255>>,
        t35_extension: u8 as Must<Whole<0, 255>>,
        manufacturer_code: u16 as Must<Whole<0, 65535>>,
    } more {}
}

sequence! {
    /// `TunnelledProtocol` of H.225.0.
    TunnelledProtocol {
        id: TunnelledProtocolId as Must<TunnelledProtocolId>,
        sub_identifier: Option<String> as May<Characters<Ia5, 1, 64>>,
    } more {}
}

choice! {
    /// Within `TunnelledProtocol` of H.225.0.
    TunnelledProtocolId of 2 {
        0: TunnelledProtocolObjectId(ObjectIdentifier as ObjectIdentifier),
        1: TunnelledProtocolAlternateId(TunnelledProtocolAlternateIdentifier as TunnelledProtocolAlternateIdentifier),
    } or Unrecognised {}
}

sequence! {
    /// `TunnelledProtocolAlternateIdentifier` of H.225.0.
    TunnelledProtocolAlternateIdentifier {
        protocol_type: String as Must<Characters<Ia5, 1, 64>>,
        protocol_variant: Option<String> as May<Characters<Ia5, 1, 64>>,
    } more {}
}

sequence! {
    /// `NonStandardParameter` of H.225.0.
    NonStandardParameter {
        non_standard_identifier: NonStandardIdentifier as Must<NonStandardIdentifier>,
        data: Vec<u8> as Must<Octets>,
    }
}

choice! {
    /// `NonStandardIdentifier` of H.225.0.
    NonStandardIdentifier of 2 {
        0: Object(ObjectIdentifier as ObjectIdentifier),
        1: H221NonStandard(H221NonStandard as H221NonStandard),
    } or Unrecognised {}
}
