//! Meetings: make, list, look, change, invite, call out, end.

use super::super::Api;
use super::super::access::{Credential, sees_secrets};
use super::super::backend::Actor;
use super::super::check;
use super::super::extract::{Asked, At, Json, NoBody, Spoken, window};
use super::super::fault::Problem;
use super::super::resource::{
    Audience, CallOut, CallStarted, InviteQuery, LobbyChange, Lock, Meeting, MeetingChange,
    MeetingDraft, MeetingId, MeetingQuery, Order, Page, Reader, RoomAddress, RoomAddressDraft,
};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The meetings, newest first.
#[utoipa::path(get, path = "/api/v1/meetings", tag = "meetings", params(MeetingQuery),
    responses((status = 200, body = Page<Meeting>)))]
pub(super) async fn list_meetings(
    State(api): State<Api>,
    Asked(asked): Asked<MeetingQuery>,
) -> Result<axum::Json<Page<Meeting>>, Problem> {
    let window = window(asked.limit, asked.cursor)?;
    let mut page = api.backend.meetings(asked.state, window).await?;
    for meeting in &mut page.items {
        meeting.secrets = None;
    }
    Ok(axum::Json(page))
}

/// Makes a meeting.
#[utoipa::path(post, path = "/api/v1/meetings", tag = "meetings", request_body = MeetingDraft,
    responses((status = 201, body = Meeting, headers(("location" = String)))))]
pub(super) async fn create_meeting(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    Json(draft): Json<MeetingDraft>,
) -> Result<Response, Problem> {
    check::draft(&draft)?;
    let meeting = api.backend.create_meeting(&actor, draft).await?;
    let location = format!("/api/v1/meetings/{}", meeting.id);
    let location = HeaderValue::from_str(&location).ok().map(|at| [(header::LOCATION, at)]);
    Ok((
        StatusCode::CREATED,
        location.unwrap_or([(header::LOCATION, HeaderValue::from_static("/api/v1/meetings"))]),
        axum::Json(meeting),
    )
        .into_response())
}

/// One meeting. PINs only for those who may host it.
#[utoipa::path(get, path = "/api/v1/meetings/{meeting}", tag = "meetings",
    params(("meeting" = MeetingId, Path)), responses((status = 200, body = Meeting)))]
pub(super) async fn get_meeting(
    State(api): State<Api>,
    Extension(credential): Extension<Credential>,
    At(id): At<MeetingId>,
) -> Result<axum::Json<Meeting>, Problem> {
    let mut meeting = api.backend.meeting(&id).await?;
    if !sees_secrets(&credential.grant.scope, id.as_str()) {
        meeting.secrets = None;
    }
    Ok(axum::Json(meeting))
}

/// Changes a meeting (RFC 7396).
#[utoipa::path(patch, path = "/api/v1/meetings/{meeting}", tag = "meetings",
    params(("meeting" = MeetingId, Path)), request_body = MeetingChange,
    responses((status = 200, body = Meeting)))]
pub(super) async fn change_meeting(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(id): At<MeetingId>,
    Json(change): Json<MeetingChange>,
) -> Result<axum::Json<Meeting>, Problem> {
    check::change(&change)?;
    Ok(axum::Json(api.backend.change_meeting(&actor, &id, change).await?))
}

/// Ends a meeting for good: its link, alias and codes die together.
#[utoipa::path(post, path = "/api/v1/meetings/{meeting}/end", tag = "meetings",
    params(("meeting" = MeetingId, Path)), responses((status = 204)))]
pub(super) async fn end_meeting(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(id): At<MeetingId>,
    _: NoBody,
) -> Result<StatusCode, Problem> {
    api.backend.end_meeting(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Locks a running meeting or opens it.
#[utoipa::path(put, path = "/api/v1/meetings/{meeting}/lock", tag = "meetings",
    params(("meeting" = MeetingId, Path)), request_body = Lock, responses((status = 204)))]
pub(super) async fn set_lock(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(id): At<MeetingId>,
    Json(lock): Json<Lock>,
) -> Result<StatusCode, Problem> {
    api.backend.order(&actor, &id, Order::SetLock(lock.locked)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says whom the lobby of a running meeting holds back.
#[utoipa::path(put, path = "/api/v1/meetings/{meeting}/lobby", tag = "meetings",
    params(("meeting" = MeetingId, Path)), request_body = LobbyChange,
    responses((status = 204)))]
pub(super) async fn set_lobby(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(id): At<MeetingId>,
    Json(change): Json<LobbyChange>,
) -> Result<StatusCode, Problem> {
    api.backend.order(&actor, &id, Order::SetLobby(change.lobby)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Calls somebody into a meeting, as far as the rules of calling out allow.
#[utoipa::path(post, path = "/api/v1/meetings/{meeting}/calls", tag = "meetings",
    params(("meeting" = MeetingId, Path)), request_body = CallOut,
    responses((status = 202, body = CallStarted)))]
pub(super) async fn call_out(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(id): At<MeetingId>,
    Json(call): Json<CallOut>,
) -> Result<(StatusCode, axum::Json<CallStarted>), Problem> {
    check::call_out(&call)?;
    let started = api.backend.call_out(&actor, &id, call).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(started)))
}

/// Issues an address for one call into a meeting, for another service that is told to call it
/// (WeCom's `meeting/rooms/call`, Tencent Meeting's `room-call`): it goes in without a PIN, once,
/// and until its time is over.
#[utoipa::path(post, path = "/api/v1/meetings/{meeting}/room-addresses", tag = "meetings",
    params(("meeting" = MeetingId, Path)), request_body = RoomAddressDraft,
    responses((status = 201, body = RoomAddress)))]
pub(super) async fn issue_room_address(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(id): At<MeetingId>,
    Json(draft): Json<RoomAddressDraft>,
) -> Result<(StatusCode, axum::Json<RoomAddress>), Problem> {
    check::room_address(&draft)?;
    let issued = api.backend.issue_room_address(&actor, &id, draft).await?;
    Ok((StatusCode::CREATED, axum::Json(issued)))
}

/// An invitation: text, HTML or iCalendar. PINs and links only for those who may host the meeting;
/// the link of hosts only in the invitation that is asked for the organizer.
#[utoipa::path(get, path = "/api/v1/meetings/{meeting}/invite", tag = "meetings",
    params(("meeting" = MeetingId, Path), InviteQuery),
    responses((status = 200, content(
        (String = "text/plain"), (String = "text/html"), (String = "text/calendar")))))]
pub(super) async fn invite(
    State(api): State<Api>,
    At(id): At<MeetingId>,
    Extension(credential): Extension<Credential>,
    Asked(asked): Asked<InviteQuery>,
    Spoken(language): Spoken,
) -> Result<Response, Problem> {
    let format = asked.format.unwrap_or_default();
    let reader = match asked.audience.unwrap_or_default() {
        _ if !sees_secrets(&credential.grant.scope, id.as_str()) => Reader::Stranger,
        Audience::Guest => Reader::Guest,
        Audience::Host => Reader::Host,
    };
    let language = asked.lang.unwrap_or(language);
    let invitation = api.backend.invite(&id, format, language, reader).await?;
    Ok(([(header::CONTENT_TYPE, invitation.media_type)], invitation.text).into_response())
}
