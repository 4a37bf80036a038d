//! The keys of a configuration with their defaults, as a file holds them. The meaning of each
//! stands in `causeway.toml`; a test holds that file and these types together.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($key:ident: $kind:ty = $default:expr,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        #[allow(missing_docs, reason = "documented in causeway.toml, once")]
        pub struct $name { $(pub $key: $kind,)* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)* }
            }
        }
    };
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

section! {
    /// The whole file.
    RawConfig {
        node: RawNode = RawNode::default(),
        log: RawLog = RawLog::default(),
        network: RawNetwork = RawNetwork::default(),
        sip: RawSip = RawSip::default(),
        h323: RawH323 = RawH323::default(),
        rate: RawRate = RawRate::default(),
        media: RawMedia = RawMedia::default(),
        video: RawVideo = RawVideo::default(),
        store: RawStore = RawStore::default(),
        api: RawApi = RawApi::default(),
        web: RawWeb = RawWeb::default(),
        webrtc: RawWebRtc = RawWebRtc::default(),
        turn: RawTurn = RawTurn::default(),
        invite: RawInvite = RawInvite::default(),
        reception: RawReception = RawReception::default(),
        keys: RawKeys = RawKeys::default(),
        conference: Vec<RawConference> = default_conferences(),
        user: Vec<RawUser> = Vec::new(),
        trunk: Vec<RawTrunk> = Vec::new(),
        profiles: RawProfiles = RawProfiles::default(),
        dial: RawDial = RawDial::default(),
        rule: Vec<RawRule> = Vec::new(),
        device: Vec<RawDevice> = Vec::new(),
        calling_out: RawCallingOut = RawCallingOut::default(),
    }
}
section! {
    /// `[node]`
    RawNode {
        workers: usize = 0,
        state_dir: String = String::new(),
        max_calls: usize = 4000,
        drain_limit_s: u64 = 3600,
    }
}
section! {
    /// `[log]`
    RawLog {
        level: String = "info".to_owned(),
        format: RawLogFormat = RawLogFormat::Text,
    }
}
section! {
    /// `[network]`
    RawNetwork {
        hosts: Vec<String> = Vec::new(),
        advertised: Vec<RawAdvertised> = Vec::new(),
        nameservers: Vec<String> = Vec::new(),
    }
}
section! {
    /// `[[network.advertised]]`
    RawAdvertised {
        local: String = String::new(),
        address: String = String::new(),
    }
}
section! {
    /// `[sip]`
    RawSip {
        udp: Vec<String> = texts(&["127.0.0.1:5060"]),
        tcp: Vec<String> = texts(&["127.0.0.1:5060"]),
        tls: Vec<String> = texts(&["127.0.0.1:5061"]),
        max_connections: usize = 4096,
        max_connections_per_source: usize = 64,
        max_calls_per_source: usize = 2000,
        realm: String = String::new(),
        digest: Vec<RawDigest> = vec![RawDigest::Sha256, RawDigest::Md5],
        tls_identity: RawTlsIdentity = RawTlsIdentity::default(),
        trust: RawTrust = RawTrust::default(),
    }
}
section! {
    /// `[sip.tls_identity]`
    RawTlsIdentity {
        certificate: String = String::new(),
        key: String = String::new(),
        client_authorities: String = String::new(),
        client_required: bool = true,
        server_authorities: String = String::new(),
    }
}
section! {
    /// `[sip.trust]`
    RawTrust {
        networks: Vec<String> = Vec::new(),
        certificates: bool = true,
    }
}
section! {
    /// `[h323]`
    RawH323 {
        listen: Vec<String> = texts(&["127.0.0.1:1720"]),
        control_port_min: u16 = 10_000,
        control_port_max: u16 = 10_999,
        tunnelling: bool = true,
        fast_start: bool = false,
        ring_s: u64 = 120,
        dscp: u8 = 24,
        keep_alive_s: u64 = 60,
        max_connections: usize = 4096,
        max_connections_per_source: usize = 64,
        gatekeeper: RawGatekeeper = RawGatekeeper::default(),
        upstream: RawUpstream = RawUpstream::default(),
    }
}
section! {
    /// `[h323.gatekeeper]`
    RawGatekeeper {
        listen: String = String::new(),
        discovery: Vec<String> = Vec::new(),
        identifier: String = "Causeway".to_owned(),
        time_to_live_s: u64 = 300,
        max_bandwidth_kbps: u64 = 16_384,
        open: Vec<String> = Vec::new(),
        neighbour: Vec<RawNeighbour> = Vec::new(),
    }
}
section! {
    /// `[[h323.gatekeeper.neighbour]]`
    RawNeighbour {
        address: String = String::new(),
        prefixes: Vec<String> = Vec::new(),
    }
}
section! {
    /// `[h323.upstream]`
    RawUpstream {
        gatekeeper: String = String::new(),
        listen: String = "0.0.0.0:0".to_owned(),
        discover: bool = false,
        identifier: String = String::new(),
        aliases: Vec<String> = Vec::new(),
        user: String = String::new(),
        password: RawSecret = RawSecret::default(),
        time_to_live_s: u64 = 300,
        behind_firewall: bool = false,
    }
}
section! {
    /// `[[user]]`
    RawUser {
        name: String = String::new(),
        password: RawSecret = RawSecret::default(),
        aliases: Vec<String> = Vec::new(),
        lang: String = String::new(),
        trusted: bool = false,
        profile: String = String::new(),
    }
}
section! {
    /// `[profiles]`
    RawProfiles {
        folder: String = String::new(),
    }
}
section! {
    /// `[[device]]`
    RawDevice {
        name: String = String::new(),
        url: String = String::new(),
        certificate: String = String::new(),
        user: String = String::new(),
        password: RawSecret = RawSecret::default(),
        meetings: Vec<String> = Vec::new(),
    }
}
section! {
    /// `[[trunk]]`
    RawTrunk {
        name: String = String::new(),
        target: String = String::new(),
        user: String = String::new(),
        password: RawSecret = RawSecret::default(),
        realm: String = String::new(),
        register: bool = false,
        register_interval_s: u64 = 600,
        sources: Vec<String> = Vec::new(),
        certificate_names: Vec<String> = Vec::new(),
        trusted: bool = false,
        numbers: Vec<String> = Vec::new(),
        lang: String = String::new(),
        health_interval_s: u64 = 30,
        max_calls: usize = 1000,
        fallback: String = String::new(),
        internal: bool = false,
        transfers: bool = false,
        pictures: RawPictures = RawPictures::Auto,
        profile: String = String::new(),
        fqdn: String = String::new(),
        proxies: Vec<String> = Vec::new(),
        listen: Vec<String> = Vec::new(),
        certificate: String = String::new(),
        key: String = String::new(),
        authorities: Vec<String> = Vec::new(),
    }
}

/// A password in a file. `Debug` does not show it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RawSecret(String);

impl RawSecret {
    /// The password itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(super) fn text_mut(&mut self) -> &mut String {
        &mut self.0
    }
}

impl fmt::Debug for RawSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawSecret(…)")
    }
}
section! {
    /// `[rate]`
    RawRate {
        calls_per_second: u32 = 10,
        burst: u32 = 100,
        exempt: Vec<String> = texts(&["127.0.0.0/8", "::1"]),
    }
}
section! {
    /// `[media]`
    RawMedia {
        port_min: u16 = 10_000,
        port_max: u16 = 31_999,
        port_rest_s: u64 = 30,
        dscp: u8 = 46,
        silence_s: u64 = 30,
        realtime: bool = true,
        codecs: Vec<String> = texts(&["opus", "g722", "pcma", "pcmu"]),
        encryption: RawEncryption = RawEncryption::BestEffort,
        ptime_ms: u8 = 20,
    }
}
section! {
    /// `[video]`
    RawVideo {
        enabled: bool = true,
        codecs: Vec<String> = texts(&["h264", "vp8"]),
        largest: RawSize = RawSize::P720,
        frame_rate: u8 = 30,
        max_bitrate_kbps: u32 = 2048,
        layout: RawLayout = RawLayout::Speaker,
        forward: bool = true,
        browsers: RawBrowserPictures = RawBrowserPictures::Automatic,
        margin_percent: u8 = 0,
        decoders: usize = 0,
        threads: usize = 0,
        theme: String = String::new(),
    }
}
section! {
    /// `[store]`
    RawStore {
        url: String = String::new(),
        retention_days: u32 = 90,
        record_retention_days: u32 = 365,
    }
}
section! {
    /// `[api]`
    RawApi {
        listen: Vec<String> = texts(&["127.0.0.1:8443"]),
        certificate: String = String::new(),
        key: String = String::new(),
        trusted_proxies: Vec<String> = Vec::new(),
        max_connections: usize = 4096,
        max_connections_per_source: usize = 1000,
        acme: RawAcme = RawAcme::default(),
    }
}
section! {
    /// `[api.acme]`
    RawAcme {
        directory: String = String::new(),
        contact: String = String::new(),
        names: Vec<String> = Vec::new(),
        http: Vec<String> = Vec::new(),
        authorities: String = String::new(),
    }
}
section! {
    /// `[web]`
    RawWeb {
        enabled: bool = true,
        http: Vec<String> = texts(&["127.0.0.1:8442"]),
        prefix: String = String::new(),
        public_url: String = String::new(),
        frame_ancestors: Vec<String> = texts(&[
            "'self'",
            "https://*.cloud.microsoft",
            "https://teams.microsoft.com",
            "https://*.teams.microsoft.com",
            "https://*.microsoft365.com",
            "https://*.office.com",
            "https://outlook.office.com",
            "https://outlook.office365.com",
        ]),
        wanted_kbps: u32 = 2000,
    }
}
section! {
    /// `[webrtc]`
    RawWebRtc {
        addresses: Vec<String> = Vec::new(),
        udp_port: u16 = 8450,
        tcp: bool = true,
        ice_lite: bool = true,
    }
}
section! {
    /// `[turn]`
    RawTurn {
        urls: Vec<String> = Vec::new(),
        secret: RawSecret = RawSecret::default(),
        ttl_s: u64 = 28_800,
    }
}
section! {
    /// `[invite]`
    RawInvite {
        ip: String = String::new(),
        organizer: String = String::new(),
        recording_notice: bool = false,
        phone: Vec<RawPhone> = Vec::new(),
    }
}
section! {
    /// `[[invite.phone]]`
    RawPhone {
        number: String = String::new(),
        zh: String = String::new(),
        en: String = String::new(),
    }
}
section! {
    /// `[[conference]]`
    RawConference {
        name: String = String::new(),
        aliases: Vec<String> = Vec::new(),
        max_participants: usize = 1000,
        max_talkers: u8 = 4,
        auto_gain: bool = false,
        linger_s: u64 = 10,
        max_duration_s: u64 = 86_400,
        code: String = String::new(),
        host_pin: String = String::new(),
        guest_pin: String = String::new(),
        open: bool = false,
        locked_at_start: bool = false,
        lobby: RawLobby = RawLobby::Off,
        wait_for_host: bool = false,
        longest_wait_s: u64 = 0,
        host_grace_s: u64 = 600,
        mute_on_entry: bool = false,
        chimes: bool = false,
        guests_call_me: bool = false,
        layout: String = String::new(),
    }
}

section! {
    /// `[dial]`
    RawDial {
        country_code: String = "86".to_owned(),
        national_prefix: String = "0".to_owned(),
        international_prefix: String = "00".to_owned(),
        outside_prefix: String = "9".to_owned(),
        area_code: String = String::new(),
    }
}
section! {
    /// `[[rule]]`
    RawRule {
        name: String = String::new(),
        r#match: String = String::new(),
        trunk: String = String::new(),
        calling: String = String::new(),
        to: String = String::new(),
        open: bool = false,
        lang: String = String::new(),
    }
}
section! {
    /// `[calling_out]`
    RawCallingOut {
        enabled: bool = false,
        host_needed: bool = true,
        allow: Vec<String> = Vec::new(),
        deny: Vec<String> = texts(&[
            "+1900", "+1976", "+44909", "+86168", "+870", "+878", "+881", "+882", "+883", "+979",
        ]),
        domains: Vec<String> = Vec::new(),
        conference_simultaneous: usize = 5,
        conference_total: usize = 20,
        day_calls: usize = 100,
        day_minutes: u64 = 600,
        call_minutes: u64 = 60,
        transfers: bool = true,
    }
}
section! {
    /// `[reception]`
    RawReception {
        aliases: Vec<String> = texts(&["9000", "reception"]),
        test_aliases: Vec<String> = texts(&["9999", "test"]),
        lang: String = "zh-CN".to_owned(),
        tries: u8 = 3,
        operator: String = String::new(),
        farewell: bool = true,
        hide_numbers: bool = true,
        prompts: String = String::new(),
    }
}
section! {
    /// `[keys]`
    RawKeys {
        mute: String = "*6".to_owned(),
        hand: String = "*5".to_owned(),
        layout: String = "*2".to_owned(),
        page: String = "*3".to_owned(),
        help: String = "*1".to_owned(),
        lock: String = "*7".to_owned(),
        admit_all: String = "*8".to_owned(),
        mute_all: String = "*4".to_owned(),
        leave: String = "*0".to_owned(),
        end: String = "##".to_owned(),
    }
}

/// `conference.lobby`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RawLobby {
    /// Nobody waits.
    Off,
    /// Who was not proved to be one of ours waits.
    Untrusted,
    /// Every guest waits.
    On,
}

/// `video.largest`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RawSize {
    /// 320x180.
    #[serde(rename = "180p")]
    P180,
    /// 640x360.
    #[serde(rename = "360p")]
    P360,
    /// 1280x720.
    #[serde(rename = "720p")]
    P720,
    /// 1920x1080.
    #[serde(rename = "1080p")]
    P1080,
}

/// `trunk.pictures`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in causeway.toml, once")]
pub enum RawPictures {
    Auto,
    On,
    Off,
}

/// `video.layout`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RawLayout {
    /// Who speaks, alone.
    Single,
    /// Who speaks, and a strip of others.
    Speaker,
    /// Everybody alike.
    Equal,
    /// People beside what is shared.
    SideBySide,
}

/// `video.browsers`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RawBrowserPictures {
    /// What costs less.
    Automatic,
    /// One composed picture.
    Composed,
    /// People as they send themselves.
    Forwarded,
}

/// `sip.digest`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RawDigest {
    /// SHA-256.
    #[serde(rename = "sha-256")]
    Sha256,
    /// MD5.
    Md5,
}

/// `log.format`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RawLogFormat {
    /// For people.
    Text,
    /// For collectors.
    Json,
}

/// `media.encryption`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RawEncryption {
    /// Never.
    Off,
    /// Where the caller offers it.
    BestEffort,
    /// Always.
    Required,
}

fn default_conferences() -> Vec<RawConference> {
    let room = |name: &str, alias: &str| RawConference {
        name: name.to_owned(),
        aliases: texts(&[alias]),
        open: true,
        ..RawConference::default()
    };
    vec![room("会议室一 / Room one", "1001"), room("会议室二 / Room two", "1002")]
}

impl RawConfig {
    /// A configuration in which every table and every list of tables is present: the schema.
    pub fn specimen() -> Self {
        let mut specimen = Self::default();
        specimen.network.advertised.push(RawAdvertised::default());
        specimen.h323.gatekeeper.neighbour.push(RawNeighbour::default());
        specimen.user.push(RawUser::default());
        specimen.trunk.push(RawTrunk::default());
        specimen.device.push(RawDevice::default());
        specimen.invite.phone.push(RawPhone::default());
        specimen.rule.push(RawRule::default());
        specimen
    }
}
