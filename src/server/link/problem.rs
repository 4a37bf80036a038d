//! Why a link does not let in, with a stable code and what to do.

use causeway_base::Lang;

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident $status:literal $code:literal $zh:literal $en:literal;)*) => {
        /// Why a link does not let in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum LinkProblem {
            $($(#[$doc])* $name,)*
        }

        impl LinkProblem {
            /// Every problem, for tables and tests.
            pub const ALL: &'static [LinkProblem] = &[$(LinkProblem::$name,)*];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(LinkProblem::$name => $code,)* }
            }

            /// The HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(LinkProblem::$name => $status,)* }
            }

            /// What is wrong and what to do, in the person's language.
            pub const fn sentence(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((LinkProblem::$name, Lang::Zh) => $zh,
                      (LinkProblem::$name, Lang::En) => $en,)*
                }
            }
        }
    };
}

problems! {
    /// It was cut off, changed, or belongs to a key that was replaced.
    Unknown 403 "CW-LINK-001" "链接无效或已被更换：请完整复制邀请中的链接，或向主持人索取新链接。" "This link is not valid, or was replaced. Copy the whole link from the invitation, or ask the host for a new one.";
    /// Its time is over.
    Expired 410 "CW-LINK-002" "链接已过期：请向主持人索取新链接。" "This link has expired. Ask the host for a new one.";
    /// Its time has not come.
    TooEarly 403 "CW-LINK-003" "链接尚未生效：请在邀请中的时间再打开。" "This link is not good yet. Open it again at the time of the invitation.";
    /// All its uses are used.
    UsedUp 410 "CW-LINK-004" "链接的使用次数已用完：请向主持人索取新链接。" "This link was used as often as it may be. Ask the host for a new one.";
    /// Somebody revoked it.
    Revoked 410 "CW-LINK-005" "链接已被撤销：请向主持人索取新链接。" "This link was revoked. Ask the host for a new one.";
    /// The seat of a connection that broke was given up.
    SeatLost 410 "CW-LINK-006" "断线时间过长，座位已释放：请重新入会。" "The connection was away for too long and the seat is gone. Join again.";
    /// The meeting is over.
    MeetingOver 410 "CW-LINK-007" "会议已结束，链接随之失效：请向主持人确认新的会议。" "The meeting is over, and its links with it. Ask the host for the next one.";
    /// The store does not say how often it was used.
    NotNow 503 "CW-LINK-008" "暂时无法核对链接：请稍后再试，或拨打邀请中的电话号码。" "The link cannot be checked now. Try again in a moment, or call the number of the invitation.";
}
