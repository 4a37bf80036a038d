//! Who may do what: one table, and the check before every handler. What the table does not name
//! is refused.

use super::Api;
use super::backend::{Actor, Grant};
use super::fault::{Fault, Problem};
use super::resource::{Scope, Secret};
use super::source::Source;
use axum::extract::{MatchedPath, RawPathParams, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;

/// What a route asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing: it tells nothing that is not public.
    Public,
    /// To look at everything.
    Look,
    /// To look at the meeting of the path.
    LookAtMeeting,
    /// To host the meeting of the path.
    HostMeeting,
    /// To make and to change.
    Operate,
    /// To give and take rights, and to read who did what.
    Administer,
}

use Access::{Administer, HostMeeting, Look, LookAtMeeting, Operate, Public};

/// Every route. The test `routes` walks it with every kind of token.
pub const TABLE: &[(&str, &str, Access)] = &[
    ("GET", "/healthz", Public),
    ("GET", "/readyz", Public),
    ("GET", "/metrics", Look),
    ("GET", "/api/v1/openapi.json", Public),
    ("POST", "/api/v1/session", Public),
    ("GET", "/api/v1/tokens", Administer),
    ("POST", "/api/v1/tokens", Administer),
    ("DELETE", "/api/v1/tokens/{token}", Administer),
    ("GET", "/api/v1/audit", Administer),
    ("POST", "/api/v1/audit/verify", Administer),
    ("GET", "/api/v1/meetings", Look),
    ("POST", "/api/v1/meetings", Operate),
    ("GET", "/api/v1/meetings/{meeting}", LookAtMeeting),
    ("PATCH", "/api/v1/meetings/{meeting}", Operate),
    ("POST", "/api/v1/meetings/{meeting}/end", HostMeeting),
    ("PUT", "/api/v1/meetings/{meeting}/lock", HostMeeting),
    ("PUT", "/api/v1/meetings/{meeting}/lobby", HostMeeting),
    ("GET", "/api/v1/meetings/{meeting}/layout", LookAtMeeting),
    ("PUT", "/api/v1/meetings/{meeting}/layout", HostMeeting),
    ("PUT", "/api/v1/meetings/{meeting}/spotlight", HostMeeting),
    ("POST", "/api/v1/meetings/{meeting}/calls", HostMeeting),
    ("POST", "/api/v1/meetings/{meeting}/room-addresses", HostMeeting),
    ("GET", "/api/v1/meetings/{meeting}/invite", LookAtMeeting),
    ("GET", "/api/v1/meetings/{meeting}/events", LookAtMeeting),
    ("GET", "/api/v1/meetings/{meeting}/links", HostMeeting),
    ("POST", "/api/v1/meetings/{meeting}/links", HostMeeting),
    ("DELETE", "/api/v1/meetings/{meeting}/links/{link}", HostMeeting),
    ("POST", "/api/v1/meetings/{meeting}/links/revoke-all", HostMeeting),
    ("GET", "/api/v1/meetings/{meeting}/participants", LookAtMeeting),
    ("POST", "/api/v1/meetings/{meeting}/participants/admit-all", HostMeeting),
    ("POST", "/api/v1/meetings/{meeting}/participants/mute-all", HostMeeting),
    ("PUT", "/api/v1/meetings/{meeting}/participants/allow-unmute", HostMeeting),
    ("PUT", "/api/v1/meetings/{meeting}/participants/successors", HostMeeting),
    ("DELETE", "/api/v1/meetings/{meeting}/participants/{participant}", HostMeeting),
    ("POST", "/api/v1/meetings/{meeting}/participants/{participant}/admit", HostMeeting),
    ("POST", "/api/v1/meetings/{meeting}/participants/{participant}/deny", HostMeeting),
    ("POST", "/api/v1/meetings/{meeting}/participants/{participant}/mute", HostMeeting),
    ("POST", "/api/v1/meetings/{meeting}/participants/{participant}/unmute", HostMeeting),
    ("PUT", "/api/v1/meetings/{meeting}/participants/{participant}/hand", HostMeeting),
    ("PUT", "/api/v1/meetings/{meeting}/participants/{participant}/role", HostMeeting),
    ("POST", "/api/v1/meetings/{meeting}/participants/{participant}/hand-over", HostMeeting),
    ("PUT", "/api/v1/meetings/{meeting}/participants/{participant}/layout", HostMeeting),
    ("GET", "/api/v1/meetings/{meeting}/participants/{participant}/picture.png", HostMeeting),
    ("GET", "/api/v1/calls", Look),
    ("GET", "/api/v1/calls/{call}", Look),
    ("GET", "/api/v1/registrations", Look),
    ("GET", "/api/v1/trunks", Look),
    ("POST", "/api/v1/explanations", Look),
    ("POST", "/api/v1/dial/parse", Look),
    ("GET", "/api/v1/test-calls", Look),
    ("GET", "/api/v1/events", Look),
];

/// What a route asks for; `None` for one that the table does not name.
pub fn required(method: &str, route: &str) -> Option<Access> {
    TABLE.iter().find(|row| row.0 == method && row.1 == route).map(|row| row.2)
}

/// Whether a scope reaches so far. `meeting` is the one of the path.
pub fn allows(access: Access, scope: &Scope, meeting: Option<&str>) -> bool {
    let own = |id: &str| meeting == Some(id);
    match (access, scope) {
        (Public, _) | (_, Scope::Admin) => true,
        (Administer, _) => false,
        (_, Scope::Operator) => true,
        (Look | LookAtMeeting, Scope::Read) => true,
        (Operate | HostMeeting, Scope::Read) => false,
        (LookAtMeeting | HostMeeting, Scope::Meeting(id)) => own(id.as_str()),
        (Look | Operate, Scope::Meeting(_)) => false,
    }
}

/// Whether a scope may see PINs: who hosts the meeting may.
pub fn sees_secrets(scope: &Scope, meeting: &str) -> bool {
    allows(HostMeeting, scope, Some(meeting))
}

/// Lets a request through to its handler, with its [`Actor`], or refuses it.
pub(super) async fn check(
    State(api): State<Api>,
    route: MatchedPath,
    params: RawPathParams,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    let access = required(method.as_str(), route.as_str()).ok_or(Fault::Forbidden)?;
    if access != Public {
        let source = Source::of(&request);
        let token = bearer(request.headers());
        let grant = api.authentication.grant(&*api.backend, &token, source.0).await?;
        let meeting = params.iter().find(|(name, _)| *name == "meeting").map(|(_, id)| id);
        if !allows(access, &grant.scope, meeting) {
            return Err(Fault::Forbidden.into());
        }
        request.extensions_mut().insert(Credential { grant: grant.clone(), token });
        request.extensions_mut().insert(Actor { grant, source: source.0 });
    }
    Ok(next.run(request).await)
}

/// What a long answer checks again from time to time.
#[derive(Clone, Debug)]
pub(super) struct Credential {
    pub(super) grant: Grant,
    pub(super) token: Secret,
}

/// The longest token that is looked at: ours have fewer than 64 characters.
const MAX_TOKEN: usize = 128;

/// The token of a request. One that is missing or malformed becomes one that nobody has, so that
/// it takes the same way.
fn bearer(headers: &HeaderMap) -> Secret {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty() && token.len() <= MAX_TOKEN);
    Secret::new(token.unwrap_or("none").to_owned())
}
