//! Why a way stands where it stands, and why it may not be called.

use causeway_base::{EndCause, Lang};

/// Why a way stands where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// One call: number and passcode are in the address.
    OneStep,
    /// The number is in the address, and there is no passcode.
    Number,
    /// The number is in the address; the passcode is typed after the answer.
    ThenPasscode,
    /// The number is typed after the answer.
    ThenNumber,
    /// The address stands in the invitation.
    AsPrinted,
    /// A meeting of Teams by its video partner.
    Partner,
    /// A meeting of Teams by its video partner, which asks for the number.
    PartnerAsks,
    /// Only for a bridge that is registered at the service's connector.
    Registered,
    /// The service does not say that this form works.
    Unsaid,
    /// The passcode has letters, which nobody can type: the one in digits is not there.
    Letters,
    /// A telephone number: sound only.
    Voice,
    /// A page for browsers.
    Browser,
    /// It stands in a mail that is quoted.
    Quoted,
}

/// Why a way may not be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// The bridge opens no pages.
    Browser,
    /// The meeting was called off.
    Cancelled,
    /// The operator's rules do not have it.
    Rules(EndCause),
}

impl Why {
    /// A sentence for people.
    pub const fn sentence(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Why::OneStep, Lang::Zh) => "一次呼叫直接入会：地址中带有会议号和密码。",
            (Why::OneStep, Lang::En) => {
                "One call and you are in: the address carries number and passcode."
            }
            (Why::Number, Lang::Zh) => "地址中带有会议号；邀请中没有密码。",
            (Why::Number, Lang::En) => {
                "The address carries the number; the invitation has no passcode."
            }
            (Why::ThenPasscode, Lang::Zh) => "地址中带有会议号；接通后发送密码。",
            (Why::ThenPasscode, Lang::En) => {
                "The address carries the number; the passcode is sent after the answer."
            }
            (Why::ThenNumber, Lang::Zh) => "接通后发送会议号（有密码时再发密码）。",
            (Why::ThenNumber, Lang::En) => {
                "The number, and the passcode if there is one, is sent after the answer."
            }
            (Why::AsPrinted, Lang::Zh) => "邀请中给出的地址。",
            (Why::AsPrinted, Lang::En) => "The address that the invitation gives.",
            (Why::Partner, Lang::Zh) => "经 Teams 的视频互通伙伴，一次呼叫直接入会。",
            (Why::Partner, Lang::En) => {
                "Through the video interop partner of Teams: one call and you are in."
            }
            (Why::PartnerAsks, Lang::Zh) => "经 Teams 的视频互通伙伴；接通后发送视频会议 ID。",
            (Why::PartnerAsks, Lang::En) => {
                "Through the video interop partner of Teams; the video ID is sent after the answer."
            }
            (Why::Registered, Lang::Zh) => "仅当本网桥已在该服务的会议室连接器注册。",
            (Why::Registered, Lang::En) => {
                "Only where this bridge is registered at the service's room connector."
            }
            (Why::Unsaid, Lang::Zh) => "该服务的公开资料未说明这种拨法。",
            (Why::Unsaid, Lang::En) => "The service does not say that this form works.",
            (Why::Letters, Lang::Zh) => "密码含字母，无法按键输入；邀请中没有数字密码。",
            (Why::Letters, Lang::En) => {
                "The passcode has letters, which cannot be dialled; there is none in digits."
            }
            (Why::Voice, Lang::Zh) => "电话：只有声音。",
            (Why::Voice, Lang::En) => "By telephone: sound only.",
            (Why::Browser, Lang::Zh) => "浏览器链接，供人打开。",
            (Why::Browser, Lang::En) => "A page for people to open in a browser.",
            (Why::Quoted, Lang::Zh) => "出自被引用的旧邮件，请核对。",
            (Why::Quoted, Lang::En) => "From a mail that is quoted: check that it is meant.",
        }
    }
}

impl Barred {
    /// A sentence for people.
    pub const fn sentence(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Barred::Browser, Lang::Zh) => "网桥不能呼叫网页。",
            (Barred::Browser, Lang::En) => "The bridge cannot call a page.",
            (Barred::Cancelled, Lang::Zh) => "该会议已取消。",
            (Barred::Cancelled, Lang::En) => "This meeting was called off.",
            (Barred::Rules(EndCause::BadAddress), Lang::Zh) => "不是可呼叫的地址。",
            (Barred::Rules(EndCause::BadAddress), Lang::En) => {
                "This is no address that can be called."
            }
            (Barred::Rules(_), Lang::Zh) => {
                "未允许呼叫：请管理员在 [calling_out] 的 domains 或 allow 中加入。"
            }
            (Barred::Rules(_), Lang::En) => {
                "Not allowed: an operator adds it to `domains` or `allow` of [calling_out]."
            }
        }
    }
}
