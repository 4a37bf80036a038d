//! Links of a meeting: make, list, revoke.

use super::super::Api;
use super::super::backend::Actor;
use super::super::check;
use super::super::extract::{Asked, At, Json, NoBody, window};
use super::super::fault::Problem;
use super::super::resource::{Link, LinkDraft, LinkId, MeetingId, Page, PageQuery};
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;

/// The links of a meeting that were made, oldest first. Those on its invitations are in its secrets.
#[utoipa::path(get, path = "/api/v1/meetings/{meeting}/links", tag = "links",
    params(("meeting" = MeetingId, Path), PageQuery),
    responses((status = 200, body = Page<Link>)))]
pub(super) async fn list_links(
    State(api): State<Api>,
    At(id): At<MeetingId>,
    Asked(asked): Asked<PageQuery>,
) -> Result<axum::Json<Page<Link>>, Problem> {
    let window = window(asked.limit, asked.cursor)?;
    Ok(axum::Json(api.backend.links(&id, window).await?))
}

/// Makes a link into a meeting.
#[utoipa::path(post, path = "/api/v1/meetings/{meeting}/links", tag = "links",
    params(("meeting" = MeetingId, Path)), request_body = LinkDraft,
    responses((status = 201, body = Link)))]
pub(super) async fn create_link(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(id): At<MeetingId>,
    Json(draft): Json<LinkDraft>,
) -> Result<(StatusCode, axum::Json<Link>), Problem> {
    check::link(&draft)?;
    let link = api.backend.create_link(&actor, &id, draft).await?;
    Ok((StatusCode::CREATED, axum::Json(link)))
}

/// Makes a link worthless at once. Who joined by it stays.
#[utoipa::path(delete, path = "/api/v1/meetings/{meeting}/links/{link}", tag = "links",
    params(("meeting" = MeetingId, Path), ("link" = LinkId, Path)),
    responses((status = 204)))]
pub(super) async fn revoke_link(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At((id, link)): At<(MeetingId, LinkId)>,
    _: NoBody,
) -> Result<StatusCode, Problem> {
    api.backend.revoke_link(&actor, &id, &link).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes every link of a meeting worthless at once, those on its invitations too: they get new ones.
#[utoipa::path(post, path = "/api/v1/meetings/{meeting}/links/revoke-all", tag = "links",
    params(("meeting" = MeetingId, Path)), responses((status = 204)))]
pub(super) async fn revoke_all_links(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(id): At<MeetingId>,
    _: NoBody,
) -> Result<StatusCode, Problem> {
    api.backend.revoke_all_links(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
