//! Tokens, and the first one.

use super::super::Api;
use super::super::backend::Actor;
use super::super::check;
use super::super::extract::{Asked, At, Json, NoBody, window};
use super::super::fault::Problem;
use super::super::resource::{
    IssuedToken, Page, PageQuery, SessionRequest, Token, TokenDraft, TokenId,
};
use super::super::source::Source;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;

/// Takes the one-time code of the first start for the first admin token.
#[utoipa::path(post, path = "/api/v1/session", tag = "tokens", request_body = SessionRequest,
    responses((status = 201, body = IssuedToken)))]
pub(super) async fn open_session(
    State(api): State<Api>,
    Extension(source): Extension<Source>,
    Json(asked): Json<SessionRequest>,
) -> Result<(StatusCode, axum::Json<IssuedToken>), Problem> {
    check::code(&asked)?;
    let issued = api.authentication.exchange(&*api.backend, &asked.code, source.0).await?;
    Ok((StatusCode::CREATED, axum::Json(issued)))
}

/// The tokens, oldest first, without their secrets.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens", params(PageQuery),
    responses((status = 200, body = Page<Token>)))]
pub(super) async fn list_tokens(
    State(api): State<Api>,
    Asked(asked): Asked<PageQuery>,
) -> Result<axum::Json<Page<Token>>, Problem> {
    let window = window(asked.limit, asked.cursor)?;
    Ok(axum::Json(api.backend.tokens(window).await?))
}

/// Makes a token. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = TokenDraft,
    responses((status = 201, body = IssuedToken)))]
pub(super) async fn create_token(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    Json(draft): Json<TokenDraft>,
) -> Result<(StatusCode, axum::Json<IssuedToken>), Problem> {
    check::token(&draft)?;
    let issued = api.backend.create_token(&actor, draft).await?;
    Ok((StatusCode::CREATED, axum::Json(issued)))
}

/// Makes a token worthless at once.
#[utoipa::path(delete, path = "/api/v1/tokens/{token}", tag = "tokens",
    params(("token" = TokenId, Path)), responses((status = 204)))]
pub(super) async fn revoke_token(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(id): At<TokenId>,
    _: NoBody,
) -> Result<StatusCode, Problem> {
    api.backend.revoke_token(&actor, &id).await?;
    api.authentication.forget();
    Ok(StatusCode::NO_CONTENT)
}
