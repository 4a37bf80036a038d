//! What can go wrong with a request: one table of stable codes, in both languages, and the
//! [`Problem`] that a handler answers with.

use crate::meeting::FieldError;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use causeway_base::{EndCause, Lang};
use std::fmt;
use std::time::Duration;

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident $status:literal $code:literal $zh:literal $en:literal;)*) => {
        /// What can go wrong with a request.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Fault {
            $($(#[$doc])* $name,)*
            /// The conference, the dial plan or a peer refused; its cause has its own code.
            Refused(EndCause),
            /// A field of a meeting is wrong; the table of meetings says which and why.
            Meeting(FieldError),
        }

        impl Fault {
            /// Every fault of this table, for tests.
            pub const ALL: &'static [Fault] = &[$(Fault::$name,)*];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Fault::$name => $code,)*
                    Fault::Refused(cause) => cause.code(),
                    Fault::Meeting(error) => error.code(),
                }
            }

            /// What is wrong and what to do, in the person's language.
            pub fn sentence(self, lang: Lang) -> String {
                match (self, lang) {
                    $((Fault::$name, Lang::Zh) => $zh.to_owned(),
                      (Fault::$name, Lang::En) => $en.to_owned(),)*
                    (Fault::Refused(cause), lang) => cause.sentence(lang).to_owned(),
                    (Fault::Meeting(error), lang) => error.sentence(lang),
                }
            }

            fn number(self) -> u16 {
                match self {
                    $(Fault::$name => $status,)*
                    Fault::Refused(cause) => http_status(cause),
                    Fault::Meeting(FieldError::AliasTaken | FieldError::CodeTaken) => 409,
                    Fault::Meeting(_) => 422,
                }
            }
        }
    };
}

faults! {
    /// The body is not JSON, or not of the shape.
    BadBody 400 "CW-API-001" "请求内容无效，请对照接口文档修改。" "The body is not valid here. Compare it with the API document.";
    /// The query is not of the shape.
    BadQuery 400 "CW-API-002" "查询参数无效，请对照接口文档修改。" "The query is not valid here. Compare it with the API document.";
    /// A value is out of its bounds.
    BadValue 422 "CW-API-003" "字段的值超出允许范围。" "The value of a field is out of its bounds.";
    /// No token, or none that is good.
    Unauthorized 401 "CW-API-004" "缺少令牌或令牌无效，请使用有效的访问令牌。" "The token is missing or not valid. Use a valid access token.";
    /// The token does not reach so far.
    Forbidden 403 "CW-API-005" "此令牌无权执行该操作。" "This token may not do that.";
    /// There is no such thing.
    NotFound 404 "CW-API-006" "没有这个资源。" "There is no such resource.";
    /// The thing is there, but not this way to use it.
    MethodNotAllowed 405 "CW-API-007" "该资源不支持此方法。" "The resource does not take this method.";
    /// It collides with what is there.
    Conflict 409 "CW-API-008" "与现有数据冲突，请修改后重试。" "It collides with what is there. Change it and try again.";
    /// The meeting does not run.
    NotRunning 409 "CW-API-009" "会议未在进行。" "The meeting does not run now.";
    /// It is over.
    Gone 410 "CW-API-010" "该资源已失效。" "The resource is gone.";
    /// The body is too long.
    BodyTooLarge 413 "CW-API-011" "请求内容过大。" "The body is too long.";
    /// The address is too long.
    AddressTooLong 414 "CW-API-012" "请求地址过长。" "The address is too long.";
    /// The body is not JSON by its own account.
    NotJson 415 "CW-API-013" "请以 application/json 发送请求内容。" "Send the body as application/json.";
    /// Too many attempts with tokens that are not good.
    TooManyAttempts 429 "CW-API-014" "尝试次数过多，请稍后再试。" "Too many attempts. Try again later.";
    /// The fault is ours.
    Internal 500 "CW-API-015" "系统内部错误，请将此代码告知管理员。" "An internal error. Tell your administrator this code.";
    /// This node has no such part.
    NotAvailable 501 "CW-API-016" "此节点未启用该功能。" "This node does not have that feature switched on.";
    /// The store does not answer.
    StoreUnavailable 503 "CW-API-017" "数据存储暂不可用，请稍后再试。" "The store is not available now. Try again later.";
    /// Too much at a time.
    Overloaded 503 "CW-API-018" "系统繁忙，请稍后再试。" "The system is busy. Try again later.";
    /// It took too long.
    TimedOut 504 "CW-API-019" "处理超时，请稍后再试。" "It took too long. Try again later.";
    /// The one-time code is wrong or was used.
    BadCode 401 "CW-API-020" "一次性代码无效或已被使用。" "The one-time code is wrong or was used already.";
    /// The meeting has as many links as there may be.
    TooManyLinks 409 "CW-API-021" "此会议的链接数量已达上限，请先撤销不用的链接；若已撤销过很多，请一次撤销全部。" "The meeting has as many links as there may be. Revoke some first or, where many were revoked before, all at once.";
    /// An address would lead nowhere.
    NotRouted 409 "CW-INVITE-001" "拨号规则不会把公布的地址接到该会议，邀请未生成；请用 causeway dial explain 查看原因。" "The dial plan would not bring a published address to this meeting, so there is no invite. See causeway dial explain.";
    /// There is no address to publish.
    NoAddress 409 "CW-INVITE-002" "没有可发布的地址，请先配置对外地址。" "There is no address to publish. Configure one first.";
}

impl Fault {
    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.number()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// The SIP statuses that mean the same in HTTP stay; what is no failure there is a conflict here.
fn http_status(cause: EndCause) -> u16 {
    match cause.sip_status() {
        status @ (403 | 404 | 409 | 410 | 500 | 501 | 503) => status,
        401 => 403,
        _ => 409,
    }
}

/// Why a request was not carried out (RFC 9457). Shown in the language of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub fault: Fault,
    /// Which field is meant, as `participants[3]`.
    pub field: Option<String>,
    /// What exactly is meant, such as an address of ours.
    pub detail: Option<String>,
    /// When to try again.
    pub retry_after: Option<Duration>,
}

/// The longest name of a field that is given back.
const MAX_FIELD: usize = 128;

impl Problem {
    /// A value of a field is out of its bounds.
    pub fn value(field: &str) -> Self {
        Problem::from(Fault::BadValue).of(field)
    }

    /// Names the field that is meant.
    #[must_use]
    pub fn of(self, field: &str) -> Self {
        let shown: String = field.chars().filter(|c| !c.is_control()).take(MAX_FIELD).collect();
        let known = !["", ".", "?"].contains(&shown.as_str());
        Self { field: known.then_some(shown), ..self }
    }

    /// Names what exactly is meant.
    #[must_use]
    pub fn detailed(self, detail: &str) -> Self {
        Self { detail: Some(detail.to_owned()), ..self }
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        // As the API calls them: there one field takes an alias or a code.
        let field = match error.field() {
            "ends" => "ends_at",
            "aliases" | "code" => "alias",
            same => same,
        };
        Problem::from(Fault::Meeting(error)).of(field)
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self { fault, field: None, detail: None, retry_after: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.fault.code(), self.fault.sentence(Lang::En))
    }
}

impl std::error::Error for Problem {}

/// The status alone; `speech` knows the language and writes the body.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.fault.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_unique_and_every_fault_speaks_both_languages() {
        let codes: HashSet<_> = Fault::ALL.iter().map(|fault| fault.code()).collect();
        assert_eq!(codes.len(), Fault::ALL.len());
        for fault in Fault::ALL {
            assert!(!fault.sentence(Lang::Zh).is_ascii(), "{fault:?}");
            assert!(fault.sentence(Lang::En).is_ascii(), "{fault:?}");
            assert!(fault.status().is_client_error() || fault.status().is_server_error());
        }
    }

    #[test]
    fn every_refusal_is_an_error_in_http_too() {
        for cause in EndCause::ALL {
            let status = Fault::Refused(*cause).status();
            assert!(status.is_client_error() || status.is_server_error(), "{cause:?}");
            assert_ne!(status, StatusCode::UNAUTHORIZED, "{cause:?}: would ask for another token");
        }
    }
}
