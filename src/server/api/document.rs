//! The description of the API (OpenAPI 3.1), made of the handlers and their types; what the
//! table of rights and the table of faults know is added to every operation.

use super::access::{Access, required};
use super::resource::{Audience, InviteFormat, Language, MeetingState};
use super::speech::ProblemBody;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response};
use utoipa::{OpenApi as _, ToSchema as _};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Causeway",
        description = "会议互通网关的管理接口。错误遵循 RFC 9457，按 Accept-Language 返回中文或英文。\n\nThe API of the meeting bridge. Errors follow RFC 9457, in Chinese or English by Accept-Language."
    ),
    components(schemas(ProblemBody, Audience, InviteFormat, Language, MeetingState)),
    tags(
        (name = "meetings", description = "会议 / Meetings"),
        (name = "links", description = "浏览器入会链接 / Links by which browsers join"),
        (name = "participants", description = "与会者 / Participants of a running meeting"),
        (name = "pictures", description = "画面与布局 / What people see in a running meeting"),
        (name = "calls", description = "通话 / Calls, explanations, test calls"),
        (name = "lines", description = "终端与中继 / Registered devices and trunks"),
        (name = "events", description = "事件流 / The stream of events"),
        (name = "tokens", description = "令牌 / Tokens"),
        (name = "audit", description = "审计 / The audit log"),
        (name = "state", description = "状态 / How the bridge is")
    )
)]
struct Base;

const SCHEME: &str = "token";

/// The description before the routes are added.
pub(super) fn base() -> OpenApi {
    Base::openapi()
}

/// The name of a method as the table has it.
pub(super) const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Adds to every operation what it asks for, and how it refuses.
pub(super) fn complete(document: &mut OpenApi) {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    if let Some(components) = &mut document.components {
        components.add_security_scheme(SCHEME, SecurityScheme::Http(scheme));
    }
    for (path, item) in &mut document.paths.paths {
        let operations =
            [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for (method, operation) in METHODS.iter().zip(operations) {
            let Some(operation) = operation else { continue };
            let access = required(method, path);
            if access != Some(Access::Public) {
                let none: [&str; 0] = [];
                operation.security = Some(vec![SecurityRequirement::new(SCHEME, none)]);
            }
            let asks = access.map_or("", words);
            let described = operation.description.take().unwrap_or_default();
            operation.description = Some([described.as_str(), asks].join("\n\n").trim().to_owned());
            let responses = &mut operation.responses.responses;
            responses.insert("default".to_owned(), RefOr::T(refusal()));
        }
    }
}

fn words(access: Access) -> &'static str {
    match access {
        Access::Public => "无需令牌。No token needed.",
        Access::Look => "令牌 / token: read, operator, admin.",
        Access::LookAtMeeting => "令牌 / token: meeting:ID, read, operator, admin.",
        Access::HostMeeting => "令牌 / token: meeting:ID, operator, admin.",
        Access::Operate => "令牌 / token: operator, admin.",
        Access::Administer => "令牌 / token: admin.",
    }
}

fn refusal() -> Response {
    let schema = Ref::from_schema_name(ProblemBody::name());
    let mut response = Response::new("出错 / Refused (RFC 9457)");
    response
        .content
        .insert("application/problem+json".to_owned(), Content::new(Some(RefOr::Ref(schema))));
    response
}
