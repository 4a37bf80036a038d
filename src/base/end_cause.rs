//! Why anything ended: one enum for every protocol, with a stable code for people.

use crate::Lang;
use std::fmt;

macro_rules! end_causes {
    ($($(#[$doc:meta])* $name:ident $sip:literal $q850:literal $code:literal $zh:literal $en:literal;)*) => {
        /// Why a leg, a participation or a conference ended.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum EndCause {
            $($(#[$doc])* $name,)*
        }

        impl EndCause {
            /// Every cause, for tables and tests.
            pub const ALL: &'static [EndCause] = &[$(EndCause::$name,)*];

            /// The SIP status (RFC 3261 section 21) that tells a caller. 200 where the call had
            /// been answered and the cause travels in a BYE.
            pub const fn sip_status(self) -> u16 {
                match self { $(EndCause::$name => $sip,)* }
            }

            /// The Q.850 cause value, as in a `Reason` header (RFC 3326).
            pub const fn q850(self) -> u8 {
                match self { $(EndCause::$name => $q850,)* }
            }

            /// The stable code that a person can quote.
            pub const fn code(self) -> &'static str {
                match self { $(EndCause::$name => $code,)* }
            }

            /// What happened and what to do next, in the person's language.
            pub const fn sentence(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((EndCause::$name, Lang::Zh) => $zh, (EndCause::$name, Lang::En) => $en,)*
                }
            }
        }
    };
}

end_causes! {
    /// The peer or the person hung up.
    Normal 200 16 "CW-CALL-000" "通话已正常结束。" "The call ended normally.";
    /// The caller gave up before the answer.
    Cancelled 487 16 "CW-CALL-001" "主叫在接通前已取消。" "The caller gave up before the call was answered.";
    /// The callee is in another call.
    Busy 486 17 "CW-CALL-002" "对方正忙，请稍后再试。" "The other side is busy. Try again later.";
    /// Nobody answered in time.
    NoAnswer 480 19 "CW-CALL-003" "对方无人接听，请稍后再试。" "Nobody answered. Try again later.";
    /// The callee refused.
    Declined 603 21 "CW-CALL-004" "对方拒绝了通话。" "The other side declined the call.";
    /// No conference and no rule has this alias.
    NotFound 404 1 "CW-DIAL-001" "没有这个号码或地址，请核对后再拨。" "No such number or address. Check it and dial again.";
    /// The called alias existed once.
    Gone 410 22 "CW-DIAL-002" "该会议已结束，请向主持人索取新地址。" "This meeting is over. Ask the host for a new address.";
    /// The address cannot be read.
    BadAddress 484 28 "CW-DIAL-003" "地址不完整或无法识别，请核对后再拨。" "The address is incomplete or unreadable. Check it and dial again.";
    /// The same call came back to us.
    LoopDetected 482 25 "CW-DIAL-004" "检测到呼叫环路，请检查拨号规则。" "The call came back to itself. Check the dial rules.";
    /// Calling out is switched off, or its allow-list has no such prefix.
    CallingOutBarred 403 21 "CW-DIAL-005" "不允许呼出该号码，请联系管理员。" "Calling this number is not allowed. Ask your administrator.";
    /// The cap of outgoing calls of the conference or of the day is reached.
    CallingOutCapReached 403 21 "CW-DIAL-006" "呼出次数或时长已达上限，请联系管理员。" "The limit of outgoing calls is reached. Ask your administrator.";
    /// No trunk that could carry the call is up.
    NoTrunk 503 38 "CW-NET-003" "没有可用的中继线路，请稍后再试或联系管理员。" "No trunk is available. Try later or tell your administrator.";
    /// The operator's rules do not allow it.
    Forbidden 403 21 "CW-AUTH-001" "不允许此呼叫，请联系管理员。" "This call is not allowed. Ask your administrator.";
    /// Credentials are missing or wrong.
    Unauthorized 401 21 "CW-AUTH-002" "用户名或密码不正确，请检查终端设置。" "Wrong user name or password. Check the settings of the device.";
    /// Too many attempts or calls from one place.
    RateLimited 503 42 "CW-AUTH-003" "呼叫过于频繁，请稍后再试。" "Too many calls in a short time. Try again later.";
    /// The number of wrong entries at the front door is used up.
    AttemptsExhausted 403 21 "CW-AUTH-004" "多次输入错误，请核对会议号和密码后再拨。" "Too many wrong entries. Check the number and the PIN, then dial again.";
    /// A message breaks its protocol.
    ProtocolError 400 111 "CW-PROTO-001" "对方终端发送了无效消息，请升级终端软件。" "The other device sent an invalid message. Update its software.";
    /// A method or an extension that is required is not spoken here.
    Unsupported 501 79 "CW-PROTO-002" "不支持所请求的功能。" "The requested feature is not supported.";
    /// The other side stopped answering signalling.
    SignallingTimeout 408 102 "CW-PROTO-003" "对方没有响应，请检查网络后重拨。" "The other side stopped answering. Check the network and dial again.";
    /// The session timer (RFC 4028) ran out without a refresh.
    SessionExpired 200 102 "CW-PROTO-004" "会话未按时刷新，通话已断开，请重拨。" "The session was not refreshed in time. Dial again.";
    /// Offer and answer have no codec in common.
    NoCommonCodec 488 88 "CW-MEDIA-001" "双方没有共同的音频编码，请在终端启用 G.711、G.722 或 Opus。" "No audio codec in common. Enable G.711, G.722 or Opus on the device.";
    /// Encryption is required and the other side does not offer it.
    EncryptionRequired 488 88 "CW-MEDIA-002" "此会议要求加密，请在终端启用 SRTP 或 H.235 AES。" "This conference requires encryption. Enable SRTP or H.235 AES on the device.";
    /// Media stopped arriving and signalling is dead too.
    MediaTimeout 200 41 "CW-MEDIA-003" "长时间没有收到媒体，请检查防火墙的 UDP 端口。" "No media arrived for a long time. Check the UDP ports of the firewall.";
    /// All media ports are in use.
    PortsExhausted 503 34 "CW-MEDIA-004" "媒体端口已用尽，请稍后再试或联系管理员。" "All media ports are in use. Try later or tell your administrator.";
    /// The peer's media description cannot be used.
    BadMediaDescription 488 100 "CW-MEDIA-005" "对方的媒体描述无效，请升级终端软件。" "The media description of the other device is invalid. Update its software.";
    /// The other side insists on encryption, and no SRTP suite or key of it can be used here.
    NoCommonEncryption 488 88 "CW-MEDIA-006" "双方没有共同的加密方式，请将终端的 SRTP 设为“可选”或启用 AES-128。" "No encryption in common. Set SRTP of the device to optional, or enable AES-128.";
    /// The DTLS handshake of a browser failed, or its certificate is not the one it stated.
    DtlsFailed 488 88 "CW-MEDIA-007" "媒体加密协商失败，请刷新页面后重试，或改用其他网络。" "The encryption of media could not be set up. Reload the page, or try another network.";
    /// The limit of simultaneous calls or participants is reached.
    CapacityReached 503 42 "CW-NODE-001" "系统已达到容量上限，请稍后再试。" "The system is full. Try again later.";
    /// The node is being shut down for maintenance and takes no new calls.
    Draining 503 41 "CW-NODE-002" "系统正在维护，请稍后再试。" "The system is under maintenance. Try again later.";
    /// A fault of ours.
    Internal 500 41 "CW-NODE-003" "系统内部错误，请将此代码告知管理员。" "An internal error. Tell your administrator this code.";
    /// The peer cannot be reached over the network.
    Unreachable 503 38 "CW-NET-001" "无法连接对方，请检查地址和网络。" "The other side cannot be reached. Check the address and the network.";
    /// TLS failed: version, suite or certificate.
    TlsFailed 503 38 "CW-NET-002" "TLS 连接失败：终端可能只支持旧版本，或不信任证书；可改用 TCP。" "TLS failed: the device may only speak an old version or not trust the certificate. TCP may work.";
    /// The other side takes no calls for the moment.
    Unavailable 503 41 "CW-NET-004" "对方系统暂时不接受呼叫，请几分钟后再试。" "The other side takes no calls for the moment. Try again in some minutes.";
    /// Another meeting hung up after our number or passcode.
    CodeRefused 403 21 "CW-BRIDGE-001" "对方会议未接受会议号或密码，请核对后重新呼叫。" "The other meeting did not take the number or the passcode. Check both and call again.";
    /// Another meeting kept us waiting.
    LeftWaiting 480 19 "CW-BRIDGE-002" "对方会议一直未准许加入，请其主持人在等候室放行后重新呼叫。" "The other meeting did not let us in. Ask its host to admit us from the lobby, and call again.";
    /// This conference is connected with that meeting already.
    AlreadyBridged 482 25 "CW-BRIDGE-003" "本会议已与该会议相连，无需再次呼叫。" "This conference is connected with that meeting already. No other call is needed.";
    /// What we sent to one meeting came back by another call.
    SoundLoop 200 25 "CW-BRIDGE-004" "检测到声音环路：同一会议经两条线路接入，已断开其中一条。" "The same meeting came in by two calls and its sound went in circles. One of them was cut.";
    /// The host removed this participant.
    Removed 200 21 "CW-CONF-001" "主持人已将您移出会议。" "The host removed you from the conference.";
    /// The conference ended.
    ConferenceEnded 200 16 "CW-CONF-002" "会议已结束。" "The conference has ended.";
    /// The conference is locked.
    ConferenceLocked 403 21 "CW-CONF-003" "会议已锁定，请联系主持人。" "The conference is locked. Ask the host.";
    /// A host did not let this participant in.
    Denied 403 21 "CW-CONF-005" "主持人未准许您加入会议。" "The host did not let you into the conference.";
    /// No host let the participant in within the time that one may wait.
    WaitedTooLong 480 19 "CW-CONF-006" "主持人未在等候时限内准入，请稍后再试。" "No host let you in in time. Try again later.";
    /// It is long before the time of the conference.
    NotStarted 480 19 "CW-CONF-007" "会议尚未开始，请在开始时间再拨。" "The conference has not started. Dial again when it does.";
    /// The same participant joined again from another place.
    Replaced 200 16 "CW-CONF-004" "您已从其他设备加入，此通话已结束。" "You joined from another device; this call has ended.";
}

impl EndCause {
    /// The cause that a final SIP failure response states.
    pub const fn from_sip_status(status: u16) -> Self {
        match status {
            401 | 407 => EndCause::Unauthorized,
            403 => EndCause::Forbidden,
            404 | 604 => EndCause::NotFound,
            408 => EndCause::SignallingTimeout,
            410 => EndCause::Gone,
            480 => EndCause::NoAnswer,
            482 | 483 => EndCause::LoopDetected,
            484 | 485 => EndCause::BadAddress,
            486 | 600 => EndCause::Busy,
            487 => EndCause::Cancelled,
            415 | 488 | 606 => EndCause::NoCommonCodec,
            405 | 420 | 421 | 501 | 505 => EndCause::Unsupported,
            500 => EndCause::Internal,
            503 => EndCause::Unavailable,
            502 | 504 => EndCause::Unreachable,
            603 => EndCause::Declined,
            400..=499 => EndCause::ProtocolError,
            _ => EndCause::Unreachable,
        }
    }
}

impl fmt::Display for EndCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.sentence(Lang::En))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_unique_and_every_cause_speaks_both_languages() {
        let codes: HashSet<_> = EndCause::ALL.iter().map(|cause| cause.code()).collect();
        assert_eq!(codes.len(), EndCause::ALL.len());
        for cause in EndCause::ALL {
            assert!(!cause.sentence(Lang::Zh).is_ascii(), "{cause:?}");
            assert!(cause.sentence(Lang::En).is_ascii(), "{cause:?}");
            assert!((1..=127).contains(&cause.q850()), "{cause:?}");
            assert!((200..700).contains(&cause.sip_status()), "{cause:?}");
        }
    }
}
