//! What people see in a running meeting: layouts, the spotlight, and a look through somebody's eyes.

use super::super::Api;
use super::super::backend::Actor;
use super::super::check;
use super::super::extract::{At, Json};
use super::super::fault::Problem;
use super::super::resource::{
    Layout, MeetingId, Order, ParticipantId, PictureChoice, Pictures, Spotlight,
};
use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

type Done = Result<StatusCode, Problem>;

/// How the pictures of a running meeting are composed.
#[utoipa::path(get, path = "/api/v1/meetings/{meeting}/layout", tag = "pictures",
    params(("meeting" = MeetingId, Path)), responses((status = 200, body = Pictures)))]
pub(super) async fn get_layout(
    State(api): State<Api>,
    At(meeting): At<MeetingId>,
) -> Result<axum::Json<Pictures>, Problem> {
    Ok(axum::Json(api.backend.pictures(&meeting).await?))
}

/// Sets the layout of all who chose none of their own.
#[utoipa::path(put, path = "/api/v1/meetings/{meeting}/layout", tag = "pictures",
    params(("meeting" = MeetingId, Path)), request_body = Layout, responses((status = 204)))]
pub(super) async fn set_layout(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(meeting): At<MeetingId>,
    Json(layout): Json<Layout>,
) -> Done {
    let layout = check::layout(&layout)?;
    api.backend.order(&actor, &meeting, Order::SetLayout(layout)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts somebody on the stage for all, whoever speaks, or nobody any more.
#[utoipa::path(put, path = "/api/v1/meetings/{meeting}/spotlight", tag = "pictures",
    params(("meeting" = MeetingId, Path)), request_body = Spotlight, responses((status = 204)))]
pub(super) async fn set_spotlight(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(meeting): At<MeetingId>,
    Json(light): Json<Spotlight>,
) -> Done {
    api.backend.order(&actor, &meeting, Order::Spotlight(light.participant)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets what one participant sees: layout, who is large, page. Replaces all of the choice before.
#[utoipa::path(put, path = "/api/v1/meetings/{meeting}/participants/{participant}/layout", tag = "pictures",
    params(("meeting" = MeetingId, Path), ("participant" = ParticipantId, Path)),
    request_body = PictureChoice, responses((status = 204)))]
pub(super) async fn choose_picture(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At((meeting, who)): At<(MeetingId, ParticipantId)>,
    Json(choice): Json<PictureChoice>,
) -> Done {
    let choice = check::choice(&choice)?;
    api.backend.order(&actor, &meeting, Order::ChoosePicture(who, choice)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a participant sees at this moment, as PNG. Each look is in the audit log.
#[utoipa::path(get, path = "/api/v1/meetings/{meeting}/participants/{participant}/picture.png", tag = "pictures",
    params(("meeting" = MeetingId, Path), ("participant" = ParticipantId, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "image/png")))]
pub(super) async fn get_picture(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At((meeting, who)): At<(MeetingId, ParticipantId)>,
) -> Result<Response, Problem> {
    let picture = api.backend.picture(&actor, &meeting, who).await?;
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, picture).into_response())
}
