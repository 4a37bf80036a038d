//! The words that stand before what matters, in the languages of the invitations that services
//! send. All are found in one pass.

use crate::dial_string::Service;
use regex_automata::meta::Regex;
use std::sync::LazyLock;

/// What a label announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// The number of the meeting.
    Meeting,
    /// What lets a guest in.
    Passcode,
    /// The same in digits, for rooms and telephones.
    NumericPasscode,
    /// The number of a Teams meeting at a partner.
    VideoId,
    /// The key of a tenant at a partner.
    Tenant,
    /// The number that telephones enter for a meeting of Teams.
    ConferenceId,
    /// What telephones enter for a meeting of Google.
    Pin,
    /// What is nobody's but the host's: not read.
    HostKey,
    /// Who sends this, or helps: addresses behind it are mail.
    Person,
    /// What follows is reached by this.
    Section(Section),
    /// Whose meeting it is.
    Of(Service),
    /// The number of a meeting of this service.
    MeetingOf(Service),
}

/// By what the lines that follow are dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    /// Video systems, by SIP where it is not said.
    Video,
    /// H.323, by address.
    H323,
    /// Telephones.
    Phone,
    /// Browsers.
    Web,
}

/// A label in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) label: Label,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The labels of a line in their order, the longest where several begin together.
pub(super) fn find(line: &str) -> Vec<Found> {
    let folded: String = line.chars().map(small).collect();
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let Some(matcher) = MATCHER.as_ref() else { return Vec::new() };
    matcher
        .find_iter(&folded)
        .filter_map(|found| {
            let text = folded.get(found.range())?;
            let before = folded.get(..found.start())?.chars().next_back();
            let after = folded.get(found.end()..)?.chars().next();
            let cut = (is_word(before) && is_word(text.chars().next()))
                || (is_word(after) && is_word(text.chars().next_back()));
            let label = SORTED.get(found.pattern().as_usize())?.1;
            (!cut).then_some(Found { label, start: found.start(), end: found.end() })
        })
        .collect()
}

/// A letter in lower case, where that takes as many bytes: places in the line stay.
fn small(c: char) -> char {
    let mut lower = c.to_lowercase();
    let first = lower.next().filter(|first| first.len_utf8() == c.len_utf8());
    first.filter(|_| lower.next().is_none()).unwrap_or(c)
}

use Label::{
    ConferenceId, HostKey, Meeting, MeetingOf, NumericPasscode, Of, Passcode, Person, Pin, Tenant,
    VideoId,
};

const VIDEO: Label = Label::Section(Section::Video);
const H323: Label = Label::Section(Section::H323);
const PHONE: Label = Label::Section(Section::Phone);
const WEB: Label = Label::Section(Section::Web);

/// In lower case.
#[rustfmt::skip]
const LABELS: &[(Label, &[&str])] = &[
    (Meeting, &[
        "meeting id", "meeting number", "webinar id", "webinar number", "access code",
        "conference number", "meeting code",
        "会议号", "会议号码", "会议 id", "会议id", "会议编号", "入会号", "參會號",
        "會議號", "會議號碼", "會議 id", "會議id",
        "ミーティングid", "ミーティング id", "会議番号", "会議 id",
        "meeting-id", "meeting-kennnummer", "besprechungs-id", "zugriffscode",
        "id de reunión", "id. de reunión", "id de la reunión", "número de reunión",
        "id de réunion", "id de la réunion", "numéro de réunion", "n° de réunion",
        "id da reunião", "número da reunião", "id riunione", "numero riunione",
        "mötes-id", "møte-id", "mødenummer", "møde-id", "vergader-id", "vergaderings-id", "회의 id", "회의 번호",
        "идентификатор конференции", "идентификатор собрания",
    ]),
    (MeetingOf(Service::Tencent), &[
        "腾讯会议", "腾讯会议号", "腾讯会议id", "腾讯会议 id", "騰訊會議", "騰訊會議號",
        "tencent meeting id", "voov meeting id", "tencent meeting", "voov meeting",
    ]),
    (MeetingOf(Service::WeCom), &[
        "企业微信会议", "企业微信会议号", "企業微信會議", "wecom meeting", "wecom meeting id",
    ]),
    (MeetingOf(Service::Feishu), &["飞书会议 id", "飞书会议号", "飞书视频会议 id"]),
    (Passcode, &[
        "passcode", "password", "meeting password", "meeting passcode", "webinar passcode",
        "密码", "会议密码", "入会密码", "参会密码", "口令", "密碼", "會議密碼",
        "パスコード", "パスワード",
        "kenncode", "passwort", "meeting-passwort", "kennwort",
        "código de acceso", "contraseña", "código secreto", "clave de acceso",
        "code secret", "code d'accès", "mot de passe",
        "senha", "senha de acesso", "código de acesso", "codice di accesso", "codice d'accesso",
        "lösenord", "passord", "adgangskode", "toegangscode", "wachtwoord", "wachtwoordcode",
        "암호", "비밀번호", "код доступа", "пароль", "секретный код",
    ]),
    (NumericPasscode, &[
        "numeric password", "numeric passcode", "numeric meeting password", "video password",
        "video system password", "video system passcode", "phone passcode", "phone password",
        "h.323/sip passcode", "h.323/sip password", "h323/sip passcode", "h.323/sip 密码",
        "h.323/sip密码", "sip passcode", "数字密码", "电话密码", "终端入会密码",
    ]),
    (VideoId, &[
        "video conference id", "vtc conference id", "vtc id", "video id",
        "视频会议 id", "视频会议id", "视频 id", "视频id", "視訊會議 id", "視訊 id",
        "ビデオ会議 id", "ビデオ会議id", "ビデオ id",
        "videokonferenz-id", "video-id", "videokonferens-id", "id de videoconferencia", "id. de vídeo",
        "id de vídeo", "id de vidéoconférence", "id vidéo", "id da videoconferência", "id video",
        "videokonference-id", "videoconferentie-id",
    ]),
    (Tenant, &["tenant key", "租户密钥", "租户 key", "租户key", "mandantenschlüssel"]),
    (ConferenceId, &[
        "phone conference id", "conference id", "audio conference id",
        "电话会议 id", "电话会议id", "會議電話 id", "電話會議 id",
        "電話会議 id", "telefonkonferenz-id", "konferenz-id",
        "id de conferencia telefónica", "id. de conferencia telefónica", "id. de conferencia",
        "id de conférence téléphonique", "id de conférence",
        "id da conferência telefónica", "id de conferência telefônica",
        "telefonkonferens-id", "konferens-id", "telefonkonference-id", "id conferenza telefonica",
        "telefonische vergadering-id",
    ]),
    (Pin, &["pin", "pin 码", "pin码", "识别码"]),
    (HostKey, &[
        "host pin", "host key", "host code", "organizer pin", "organiser pin", "reset pin", "reset dial-in pin",
        "主持人密码", "主持人密钥", "主持人 pin", "主持密码", "组织者 pin", "host-pin", "attendee id",
    ]),
    (Person, &[
        "e-mail", "email", "mail", "organizer", "organiser", "contact", "support", "help desk",
        "questions", "regards", "cc", "to", "from", "sent by",
        "邮箱", "邮件", "组织者", "发起人", "联系人", "联系", "收件人", "发件人", "抄送",
    ]),
    (VIDEO, &[
        "join by video system", "join from a video system", "join from a video system or application",
        "join from a video conferencing system", "join from a video conferencing system or application",
        "join with a video conferencing device", "join on a video conferencing device",
        "join by video", "join by sip", "video address", "video system", "sip", "sip address", "video",
        "通过视频会议设备加入", "使用视频会议设备加入", "在视频会议设备上加入", "视频会议系统", "视频会议设备", "视频设备",
        "会议室系统", "会议室设备", "会议室终端", "会议室", "sip 地址", "sip地址", "视频会议系统入会",
        "使用視訊會議裝置加入", "ビデオ会議デバイスで参加", "ビデオ会議デバイスで参加する",
        "mit einem videokonferenzgerät teilnehmen", "über ein videokonferenzgerät beitreten",
        "unirse con un dispositivo de videoconferencia", "únase con un dispositivo de videoconferencia",
        "participer à l'aide d'un appareil de vidéoconférence", "rejoindre à l'aide d'un appareil de vidéoconférence",
        "participe com um dispositivo de videoconferência", "delta med en videokonferensenhet",
        "anslut med en videokonferensenhet", "deltag med en enhed til videokonference",
    ]),
    (H323, &[
        "h.323", "h323", "join by h.323", "h.323/sip", "sip/h.323", "h.323/sip会议室", "h.323/sip 会议室",
        "h.323/sip设备", "h.323/sip 设备", "会议室连接器", "mra", "join by ip", "ip address", "ip 地址", "ip地址", "ip",
        "you can also dial", "按 ip 拨号",
    ]),
    (PHONE, &[
        "join by phone", "join from phone", "dial by your location", "one tap mobile", "dial in by phone",
        "call in (audio only)", "call in", "or call in", "or dial", "dial in", "dial-in", "phone", "phone one-tap", "by phone",
        "other number", "toll", "tap to join from a mobile device", "join from a phone",
        "手机一键拨号入会", "手机一键拨号", "根据您的位置拨号", "电话入会", "电话拨入", "拨打电话", "电话", "备用号码", "电话加入",
        "拨号入会", "一键拨号", "通过电话加入", "手機一鍵撥號入會", "根據您的位置撥號", "電話で参加", "電話",
        "per telefon einwählen", "telefonisch teilnehmen", "telefon", "llamar por teléfono", "únete por teléfono", "marcar según su ubicación",
        "participer par téléphone", "appeler", "composez un numéro", "ligar", "ring in", "ring", "telefono",
    ]),
    (WEB, &[
        "join by browser", "浏览器入会", "join link", "meeting link", "入会链接", "会议链接",
    ]),
    (Of(Service::Zoom), &["zoom"]),
    (Of(Service::Webex), &["webex"]),
    (Of(Service::TeamsAudio), &["microsoft teams", "teams meeting", "teams 会议", "teams-besprechung"]),
    (Of(Service::GoogleMeet), &["google meet"]),
    (Of(Service::WeCom), &["企业微信", "wecom"]),
    (Of(Service::Feishu), &["飞书", "飞书视频会议", "feishu", "lark"]),
    (Of(Service::BlueJeans), &["bluejeans"]),
    (Of(Service::Lifesize), &["lifesize"]),
    (Of(Service::Pexip), &["pexip"]),
];

/// The longest first, so that the first that matches is the longest.
static SORTED: LazyLock<Vec<(&'static str, Label)>> = LazyLock::new(|| {
    let mut all: Vec<_> =
        LABELS.iter().flat_map(|(label, texts)| texts.iter().map(|text| (*text, *label))).collect();
    all.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
    all
});

/// Every label at once; `None` never: escaped literals are patterns.
static MATCHER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let patterns: Vec<String> = SORTED.iter().map(|(text, _)| regex_syntax::escape(text)).collect();
    Regex::new_many(&patterns).ok()
});

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(line: &str) -> Vec<Label> {
        find(line).into_iter().map(|found| found.label).collect()
    }

    #[test]
    fn the_longest_label_counts_and_only_whole_words() {
        assert_eq!(labels("VTC Conference ID: 1"), [VideoId]);
        assert_eq!(labels("Phone Conference ID: 1"), [ConferenceId]);
        assert_eq!(labels("Meeting ID / 会议号: 842"), [Meeting, Meeting]);
        assert_eq!(labels("#腾讯会议：607"), [MeetingOf(Service::Tencent)]);
        assert_eq!(labels("Host PIN: 1"), [HostKey]);
        assert_eq!(labels("gossip, shopping, equipment"), []);
        assert_eq!(labels("ID de reunión: 1"), [Meeting]);
    }

    #[test]
    fn no_label_is_there_twice_and_all_are_folded() {
        let mut seen = std::collections::HashSet::new();
        for (text, _) in SORTED.iter() {
            assert!(seen.insert(*text), "{text}");
            assert_eq!(text.to_lowercase(), *text);
            assert!(!text.contains(['\u{2019}', '\u{ff1a}']), "{text}: lines are folded");
        }
    }
}
