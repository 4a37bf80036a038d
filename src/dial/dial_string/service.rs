//! The services that a dial string may lead to.

/// Whose meeting it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// Zoom, by its conference room connector.
    Zoom,
    /// Webex.
    Webex,
    /// Microsoft Teams by a partner's video interop (CVI).
    TeamsVideo,
    /// Microsoft Teams by telephone (Audio Conferencing).
    TeamsAudio,
    /// Google Meet: video through Pexip, or by telephone.
    GoogleMeet,
    /// Tencent Meeting and VooV, by the room connector (MRA).
    Tencent,
    /// A meeting of WeCom, by the same kind of connector.
    WeCom,
    /// Feishu and Lark.
    Feishu,
    /// BlueJeans, and what dials like it.
    BlueJeans,
    /// Lifesize.
    Lifesize,
    /// Cisco Meeting Server.
    Cms,
    /// Pexip Infinity.
    Pexip,
    /// Polycom RMX and its successors.
    Rmx,
    /// Yealink's units with a conference of their own.
    Yealink,
    /// Another bridge like this one.
    Causeway,
    /// Anything else that has an address.
    Generic,
}

impl Service {
    /// Every service.
    pub const ALL: [Service; 16] = [
        Service::Zoom,
        Service::Webex,
        Service::TeamsVideo,
        Service::TeamsAudio,
        Service::GoogleMeet,
        Service::Tencent,
        Service::WeCom,
        Service::Feishu,
        Service::BlueJeans,
        Service::Lifesize,
        Service::Cms,
        Service::Pexip,
        Service::Rmx,
        Service::Yealink,
        Service::Causeway,
        Service::Generic,
    ];

    /// Its stable name in settings: one for each kind of service.
    pub const fn name(self) -> &'static str {
        match self {
            Service::TeamsVideo => "teams-cvi",
            Service::TeamsAudio => "teams-audio",
            other => other.brand(),
        }
    }

    /// The stable name of whose meeting it is: both ways into one of Teams have the same.
    pub const fn brand(self) -> &'static str {
        match self {
            Service::Zoom => "zoom",
            Service::Webex => "webex",
            Service::TeamsVideo | Service::TeamsAudio => "teams",
            Service::GoogleMeet => "meet",
            Service::Tencent => "tencent",
            Service::WeCom => "wecom",
            Service::Feishu => "feishu",
            Service::BlueJeans => "bluejeans",
            Service::Lifesize => "lifesize",
            Service::Cms => "cms",
            Service::Pexip => "pexip",
            Service::Rmx => "rmx",
            Service::Yealink => "yealink",
            Service::Causeway => "causeway",
            Service::Generic => "generic",
        }
    }

    /// The service of a [`name`](Self::name).
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }
}

/// By what a meeting is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// SIP.
    Sip,
    /// H.323.
    H323,
    /// A telephone number, by a trunk.
    Tel,
    /// A page for browsers: the bridge calls no such thing.
    Web,
}

impl Protocol {
    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Protocol::Sip => "sip",
            Protocol::H323 => "h323",
            Protocol::Tel => "tel",
            Protocol::Web => "web",
        }
    }
}
