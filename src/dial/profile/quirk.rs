//! What is peculiar to devices: a closed list. Each can be seen in a message, says in one line what
//! it is and what becomes of it here, and is shown by a fixture of every profile that names it.

use super::sample::Sample;
use causeway_base::Lang;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! quirks {
    ($($variant:ident = $name:literal, $zh:literal, $en:literal;)*) => {
        /// One thing that is peculiar.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Quirk { $(#[doc = $en] #[serde(rename = $name)] $variant,)* }

        impl Quirk {
            /// All of them.
            pub const ALL: &'static [Quirk] = &[$(Quirk::$variant,)*];

            /// As it stands in files.
            pub const fn name(self) -> &'static str {
                match self { $(Quirk::$variant => $name,)* }
            }

            /// What it is, and what becomes of it.
            pub const fn about(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Quirk::$variant, Lang::Zh) => $zh,
                      (Quirk::$variant, Lang::En) => $en,)*
                }
            }
        }
    };
}

quirks! {
    G7221First = "g7221-first",
        "首选音频是 G.722.1，本系统不支持，改用列表中下一个",
        "Its first codec of sound is G.722.1, which is not spoken here: the next one is taken.";
    SirenLpr = "siren-lpr",
        "提供 SirenLPR 音频，予以忽略",
        "It offers SirenLPR, which is passed over.";
    AacLd = "aac-ld",
        "提供 AAC-LD 音频，予以忽略",
        "It offers AAC-LD, which is passed over.";
    G729First = "g729-first",
        "首选音频是 G.729，本系统不支持，改用列表中下一个",
        "Its first codec of sound is G.729, which is not spoken here: the next one is taken.";
    TwoEventClocks = "two-event-clocks",
        "按键事件以两种时钟提供，取与音频相同的一种",
        "It offers digits under two clocks: that of the sound is taken.";
    H264SeveralWays = "h264-several-ways",
        "以多个载荷类型提供 H.264，选最合适的一个",
        "It offers H.264 under several payload types: the one that fits best is taken.";
    H264Mode0Only = "h264-mode-0-only",
        "只接受 H.264 packetization-mode 0，按此发送",
        "It takes H.264 in packetization mode 0 only, and gets it so.";
    H265First = "h265-first",
        "首选视频是 H.265，本系统不支持，改用 H.264",
        "Its first codec of pictures is H.265, which is not spoken here: H.264 is taken.";
    H263Too = "h263-too",
        "同时提供 H.263，予以忽略",
        "It offers H.263 too, which is passed over.";
    Lpr = "lpr",
        "视频行含 Polycom LPR 载荷，予以忽略，未提供也不影响",
        "Its line of pictures has Polycom's LPR, which is passed over, also where nobody offered it.";
    FirWithoutPli = "fir-without-pli",
        "只用 FIR 请求完整画面，不用 PLI",
        "It asks for whole pictures by FIR and not by PLI, and is asked so.";
    TwoBfcpLines = "two-bfcp-lines",
        "为 UDP 和 TCP 各给一行 BFCP，其中一行关闭",
        "It has a line of BFCP each for UDP and TCP, one of them off: each gets its own answer.";
    BfcpAsRtp = "bfcp-as-rtp",
        "中间设备把 BFCP 行改写成 RTP/AVP，按不认识的行拒绝",
        "Something on the way has made RTP/AVP of its BFCP: the line is refused, the call goes on.";
    SeveralFloorRoles = "several-floor-roles",
        "floorctrl 一次列出多个角色",
        "Its `floorctrl` names several roles at once, which is read.";
    SlidesLater = "slides-later",
        "首个 offer 没有内容共享视频行，之后用 re-INVITE 添加",
        "Its first offer has no line for slides: a later one adds it, and is answered line by line.";
    SlidesUnlabelled = "slides-unlabelled",
        "第二个视频行没有 label，按顺序识别",
        "Its second line of pictures has no label: it is told by its order.";
    FarCameraLine = "far-camera-line",
        "有一行 H.224 远端摄像头控制，拒绝该行",
        "It has a line for turning the far camera (H.224), which is refused by itself.";
    IxLine = "ix-line",
        "有一行思科 iX 信道，拒绝该行",
        "It has a line for Cisco's iX channel, which is refused by itself.";
    VendorAttributes = "vendor-attributes",
        "含厂商自有属性，予以忽略",
        "It has attributes of its maker's own, which are passed over.";
    KeysInTheClear = "keys-in-the-clear",
        "RTP/AVP 行带 a=crypto：可选加密，予以接受",
        "It offers keys on a line of RTP/AVP: encryption is optional there, and is taken.";
    CryptoTagZero = "crypto-tag-0",
        "a=crypto 标号从 0 开始，按套件而非位置选择",
        "It numbers its keys from 0: they are chosen by suite, not by place.";
    NoOffer = "no-offer",
        "INVITE 不带 SDP，由本系统给出 offer",
        "Its INVITE has no description: the offer is ours.";
    TimerRequired = "timer-required",
        "要求会话定时器（Require: timer），予以满足",
        "It demands session timers, which it gets.";
    NamelessCaller = "nameless-caller",
        "From 不含用户名，予以接受",
        "Its From has no user, which is taken.";
}

impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One line `m=` with what belongs to it.
struct Line<'a> {
    kind: &'a str,
    port: &'a str,
    proto: &'a str,
    formats: Vec<&'a str>,
    /// Without `a=`.
    attributes: Vec<&'a str>,
}

impl<'a> Line<'a> {
    fn all(description: &'a str) -> (Vec<&'a str>, Vec<Self>) {
        let (mut session, mut lines) = (Vec::new(), Vec::<Self>::new());
        for line in description.lines() {
            if let Some(media) = line.strip_prefix("m=") {
                let mut words = media.split(' ');
                let mut word = || words.next().unwrap_or_default();
                let (kind, port, proto) = (word(), word(), word());
                let formats = words.collect();
                lines.push(Self { kind, port, proto, formats, attributes: Vec::new() });
            } else if let Some(attribute) = line.strip_prefix("a=") {
                match lines.last_mut() {
                    Some(line) => line.attributes.push(attribute),
                    None => session.push(attribute),
                }
            }
        }
        (session, lines)
    }

    fn has(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        self.attributes.iter().any(|line| line.to_ascii_lowercase().contains(&text))
    }

    /// What a payload type stands for, as `a=rtpmap` writes it, in lower case.
    fn coding(&self, format: &str) -> String {
        let prefix = format!("rtpmap:{format} ");
        let named = self.attributes.iter().find_map(|line| line.strip_prefix(&prefix));
        named.unwrap_or(if format == "18" { "g729" } else { "" }).to_ascii_lowercase()
    }

    fn first_coding(&self) -> String {
        self.formats.first().map(|format| self.coding(format)).unwrap_or_default()
    }

    /// How many of its payload types stand for something that begins so.
    fn count(&self, coding: &str) -> usize {
        self.formats.iter().filter(|format| self.coding(format).starts_with(coding)).count()
    }
}

impl Quirk {
    /// Whether a message shows it.
    pub fn is_shown(self, sample: &Sample) -> bool {
        let (session, lines) = Line::all(&sample.description);
        let of = |kind: &'static str| lines.iter().filter(move |line| line.kind == kind);
        let sound = |test: &dyn Fn(&Line<'_>) -> bool| of("audio").any(test);
        let picture = |test: &dyn Fn(&Line<'_>) -> bool| of("video").any(test);
        let bfcp = || of("application").filter(|line| line.proto.ends_with("BFCP"));
        match self {
            Quirk::G7221First => sound(&|line| line.first_coding().starts_with("g7221")),
            Quirk::SirenLpr => sound(&|line| line.count("sirenlpr") > 0),
            Quirk::AacLd => sound(&|line| line.count("mp4a-latm") > 0),
            Quirk::G729First => sound(&|line| line.first_coding().starts_with("g729")),
            Quirk::TwoEventClocks => sound(&|line| line.count("telephone-event/") > 1),
            Quirk::H264SeveralWays => picture(&|line| line.count("h264") > 1),
            Quirk::H264Mode0Only => {
                picture(&|line| line.count("h264") > 0 && !line.has("packetization-mode=1"))
            }
            Quirk::H265First => picture(&|line| line.first_coding().starts_with("h265")),
            Quirk::H263Too => picture(&|line| line.count("h263") > 0 && line.count("h264") > 0),
            Quirk::Lpr => picture(&|line| line.count("vnd.polycom.lpr") > 0),
            Quirk::FirWithoutPli => picture(&|line| line.has("ccm fir") && !line.has("nack pli")),
            Quirk::TwoBfcpLines => bfcp().count() > 1 && bfcp().any(|line| line.port == "0"),
            Quirk::BfcpAsRtp => of("application")
                .any(|line| line.proto.starts_with("RTP/") && line.has("floorctrl")),
            Quirk::SeveralFloorRoles => bfcp().any(|line| {
                let roles = line.attributes.iter().find_map(|line| line.strip_prefix("floorctrl:"));
                roles.is_some_and(|roles| roles.trim().contains(' '))
            }),
            Quirk::SlidesLater => bfcp().next().is_some() && of("video").count() == 1,
            Quirk::SlidesUnlabelled => of("video").nth(1).is_some_and(|line| !line.has("label:")),
            Quirk::FarCameraLine => of("application").any(|line| line.count("h224") > 0),
            Quirk::IxLine => {
                of("application").any(|line| line.proto.to_ascii_lowercase().ends_with("/ix"))
            }
            Quirk::VendorAttributes => {
                let own = |line: &&str| line.starts_with("vnd.") || line.starts_with("x-");
                session.iter().any(own) || lines.iter().any(|line| line.attributes.iter().any(own))
            }
            Quirk::KeysInTheClear => sound(&|line| line.proto == "RTP/AVP" && line.has("crypto:")),
            Quirk::CryptoTagZero => sound(&|line| line.has("crypto:0 ")),
            Quirk::NoOffer => sample.head.starts_with("INVITE ") && sample.description.is_empty(),
            Quirk::TimerRequired => {
                sample.header("require").is_some_and(|value| value.contains("timer"))
            }
            Quirk::NamelessCaller => {
                let from = sample.header("from").unwrap_or_default();
                let uri = from.split_once("<sip").map_or(from, |(_, uri)| uri);
                !from.is_empty() && !uri.split('>').next().unwrap_or_default().contains('@')
            }
        }
    }

    /// All that a message shows.
    pub fn shown(sample: &Sample) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|quirk| quirk.is_shown(sample)).collect()
    }
}
