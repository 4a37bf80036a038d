//! The invite in words: every way in on a line of its own, then three steps.

use super::card::Card;
use super::time::when;
use causeway_base::Lang;
use std::fmt::Write;

/// The lines of an invite: a label and what stands behind it. Labels are ASCII first, so that
/// room systems which read invites find them; see [`crate::invite`].
pub(crate) fn ways(card: &Card, lang: Lang) -> Vec<(&'static str, String)> {
    let mut ways = Vec::new();
    let label = |zh: &'static str, en: &'static str| match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    if let Some(link) = &card.link {
        ways.push((label("Join by browser / 浏览器入会", "Join by browser"), link.clone()));
    }
    if let Some(host) = &card.host_link {
        ways.push((
            label(
                "Host link, do not forward / 主持人链接（请勿转发）",
                "Host link (do not forward)",
            ),
            host.clone(),
        ));
    }
    if let Some(guide) = &card.guide {
        ways.push((label("Guide to print / 可打印的入会指南", "Guide to print"), guide.clone()));
    }
    if let Some(sip) = &card.sip {
        ways.push((
            label("Join by video system / 会议室或软电话", "Join by video system"),
            sip.clone(),
        ));
    }
    if let Some(ip_dial) = &card.ip_dial {
        ways.push((label("Join by IP / 会议室按 IP 拨号", "Join by IP"), ip_dial.clone()));
    }
    for (index, phone) in card.phones.iter().enumerate() {
        let zh =
            if index == 0 { "Join by phone / 电话入会" } else { "Other number / 备用号码" };
        let en = if index == 0 { "Join by phone" } else { "Other number" };
        let pin = card.guest_pin.as_ref().map(|pin| format!(",,{pin}#")).unwrap_or_default();
        let place = phone.place(lang);
        let place = if place.is_empty() { String::new() } else { format!(" ({place})") };
        ways.push((label(zh, en), format!("{},,{}#{pin}{place}", phone.number, card.code)));
    }
    ways.push((label("Meeting ID / 会议号", "Meeting ID"), card.spaced_code()));
    if card.pin_needed {
        let ask = match lang {
            Lang::Zh => "请向组织者索取",
            Lang::En => "ask the organizer",
        };
        let pin = card.guest_pin.clone().unwrap_or_else(|| ask.to_owned());
        ways.push((label("Passcode / 密码", "Passcode"), pin));
    }
    ways
}

/// How one joins, in three steps.
pub(crate) fn steps(card: &Card, lang: Lang) -> [String; 3] {
    let door = match (lang, card.link.is_some(), card.phones.is_empty()) {
        (Lang::Zh, true, false) => "提前 5 分钟点击链接；打不开时请拨打电话号码。",
        (Lang::Zh, true, true) => {
            "提前 5 分钟点击链接；打不开时请换用 Chrome、Edge、Safari 或 Firefox。"
        }
        (Lang::Zh, false, false) => "提前 5 分钟拨打电话号码，或用会议室终端拨打上面的地址。",
        (Lang::Zh, false, true) => "提前 5 分钟用会议室终端或软电话拨打上面的地址。",
        (Lang::En, true, false) => {
            "Open the link five minutes early; if it does not open, call the number."
        }
        (Lang::En, true, true) => {
            "Open the link five minutes early; if it does not open, try Chrome, Edge, Safari or Firefox."
        }
        (Lang::En, false, false) => {
            "Five minutes early, call the number, or dial the address on a room system."
        }
        (Lang::En, false, true) => {
            "Five minutes early, dial the address on a room system or a soft phone."
        }
    };
    // Where there is no number, nobody presses keys.
    let [enter, inside] = match card.link.is_some() && card.phones.is_empty() {
        true => by_page(card, lang),
        false => by_keys(card, lang),
    };
    [door.to_owned(), enter.to_owned(), inside.to_owned()]
}

fn by_keys(card: &Card, lang: Lang) -> [&'static str; 2] {
    let enter = match (lang, card.pin_needed) {
        (Lang::Zh, true) => "电话用户按提示输入会议号和密码，各以 # 结束。",
        (Lang::Zh, false) => "电话用户按提示输入会议号，以 # 结束。",
        (Lang::En, true) => "By phone: enter the meeting ID and the passcode, each followed by #.",
        (Lang::En, false) => "By phone: enter the meeting ID, followed by #.",
    };
    let inside = match (lang, card.lobby) {
        (Lang::Zh, true) => "在等候室稍候，主持人会请您入会。电话按键：*6 静音，*5 举手，*1 帮助。",
        (Lang::Zh, false) => "入会后：电话按键 *6 静音，*5 举手，*1 帮助。",
        (Lang::En, true) => {
            "Wait in the lobby until the host lets you in. Keys: *6 mute, *5 raise hand, *1 help."
        }
        (Lang::En, false) => "Once in, by phone: *6 mute, *5 raise hand, *1 help.",
    };
    [enter, inside]
}

fn by_page(card: &Card, lang: Lang) -> [&'static str; 2] {
    let enter = match (lang, card.pin_needed) {
        (Lang::Zh, true) => "填写姓名和密码，并允许浏览器使用麦克风。",
        (Lang::Zh, false) => "填写姓名，并允许浏览器使用麦克风。",
        (Lang::En, true) => "Type your name and the passcode, and allow the microphone.",
        (Lang::En, false) => "Type your name, and allow the microphone.",
    };
    let inside = match (lang, card.lobby) {
        (Lang::Zh, true) => "在等候室稍候，主持人会请您入会。",
        (Lang::Zh, false) => "入会后可随时静音、举手和发送聊天消息。",
        (Lang::En, true) => "Wait in the lobby until the host lets you in.",
        (Lang::En, false) => "Once in, you can mute yourself, raise your hand and write.",
    };
    [enter, inside]
}

/// Sentences that stand below the steps.
pub(crate) fn notes(card: &Card, lang: Lang) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if card.recorded {
        notes.push(match lang {
            Lang::Zh => "本会议可能被录制。",
            Lang::En => "This meeting may be recorded.",
        });
    }
    notes
}

/// What stands above everything.
pub(super) fn heading(card: &Card, lang: Lang) -> &'static str {
    match (lang, card.cancelled) {
        (Lang::Zh, false) => "会议邀请",
        (Lang::Zh, true) => "会议已取消",
        (Lang::En, false) => "You are invited to a meeting",
        (Lang::En, true) => "This meeting was called off",
    }
}

/// The plain text of an invite.
pub fn render(card: &Card, lang: Lang) -> String {
    let (topic, time) = match lang {
        Lang::Zh => ("主题", "时间"),
        Lang::En => ("Topic", "Time"),
    };
    let mut text = format!("{}\n\n{topic}: {}\n", heading(card, lang), card.name);
    let mut lines =
        when(card.kind, lang).lines().map(str::to_owned).collect::<Vec<_>>().into_iter();
    if let Some(first) = lines.next() {
        let _ = writeln!(text, "{time}: {first}");
    }
    for line in lines {
        let _ = writeln!(text, "      {line}");
    }
    if card.cancelled {
        return text;
    }
    text.push('\n');
    for (label, value) in ways(card, lang) {
        let _ = writeln!(text, "{label}: {value}");
    }
    text.push('\n');
    for (number, step) in steps(card, lang).iter().enumerate() {
        let _ = writeln!(text, "{}. {step}", number + 1);
    }
    for note in notes(card, lang) {
        let _ = write!(text, "\n{note}\n");
    }
    text
}
