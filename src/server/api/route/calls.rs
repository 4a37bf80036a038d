//! The records of calls, what test calls found, and where a call would go.

use super::super::Api;
use super::super::check;
use super::super::extract::{Asked, At, Json, Spoken, window};
use super::super::fault::Problem;
use super::super::resource::{
    Call, CallId, CallQuery, Explanation, Page, PageQuery, PastedInvitation, Question,
    ReadInvitations, TestCall,
};
use axum::extract::State;

/// The records of calls, newest first: of those that are over, and of those that were answered and
/// go on, which have no `ended_at`.
#[utoipa::path(get, path = "/api/v1/calls", tag = "calls", params(CallQuery),
    responses((status = 200, body = Page<Call>)))]
pub(super) async fn list_calls(
    State(api): State<Api>,
    Asked(asked): Asked<CallQuery>,
    Spoken(language): Spoken,
) -> Result<axum::Json<Page<Call>>, Problem> {
    let window = window(asked.limit, asked.cursor.clone())?;
    Ok(axum::Json(api.backend.calls(asked, window, language).await?))
}

/// One call, with why it went where it went.
#[utoipa::path(get, path = "/api/v1/calls/{call}", tag = "calls",
    params(("call" = CallId, Path)), responses((status = 200, body = Call)))]
pub(super) async fn get_call(
    State(api): State<Api>,
    At(id): At<CallId>,
    Spoken(language): Spoken,
) -> Result<axum::Json<Call>, Problem> {
    Ok(axum::Json(api.backend.call(&id, language).await?))
}

/// What an invitation of another service says, text, HTML or iCalendar, and every way into its
/// meeting, the best first, each with whether it may be called. Calls nobody.
#[utoipa::path(post, path = "/api/v1/dial/parse", tag = "calls", request_body = PastedInvitation,
    responses((status = 200, body = ReadInvitations)))]
pub(super) async fn read_invitation(
    State(api): State<Api>,
    Spoken(language): Spoken,
    Json(pasted): Json<PastedInvitation>,
) -> Result<axum::Json<ReadInvitations>, Problem> {
    check::pasted(&pasted)?;
    Ok(axum::Json(api.backend.read_invitation(pasted, language).await?))
}

/// Where a call would go, and every rule that was asked. Changes nothing.
#[utoipa::path(post, path = "/api/v1/explanations", tag = "calls", request_body = Question,
    responses((status = 200, body = Explanation)))]
pub(super) async fn explain(
    State(api): State<Api>,
    Spoken(language): Spoken,
    Json(question): Json<Question>,
) -> Result<axum::Json<Explanation>, Problem> {
    check::question(&question)?;
    Ok(axum::Json(api.backend.explain(question, language).await?))
}

/// What test calls found, newest first.
#[utoipa::path(get, path = "/api/v1/test-calls", tag = "calls", params(PageQuery),
    responses((status = 200, body = Page<TestCall>)))]
pub(super) async fn list_test_calls(
    State(api): State<Api>,
    Asked(asked): Asked<PageQuery>,
) -> Result<axum::Json<Page<TestCall>>, Problem> {
    let window = window(asked.limit, asked.cursor)?;
    Ok(axum::Json(api.backend.test_calls(window).await?))
}
