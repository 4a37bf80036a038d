//! The participants of a running meeting: let in, mute, move, send away.

use super::super::Api;
use super::super::backend::Actor;
use super::super::check;
use super::super::extract::{At, Json, NoBody};
use super::super::fault::Problem;
use super::super::resource::{
    AllowUnmute, Hand, HandOver, MeetingId, Order, Page, Participant, ParticipantId, RoleChange,
    Successors,
};
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;

type Done = Result<StatusCode, Problem>;

/// Tells a running meeting, and waits for its answer.
async fn tell(api: &Api, actor: &Actor, meeting: &MeetingId, order: Order) -> Done {
    api.backend.order(actor, meeting, order).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is in and who waits, those who wait in the order of the queue.
#[utoipa::path(get, path = "/api/v1/meetings/{meeting}/participants", tag = "participants",
    params(("meeting" = MeetingId, Path)), responses((status = 200, body = Page<Participant>)))]
pub(super) async fn list_participants(
    State(api): State<Api>,
    At(meeting): At<MeetingId>,
) -> Result<axum::Json<Page<Participant>>, Problem> {
    Ok(axum::Json(Page::whole(api.backend.participants(&meeting).await?)))
}

/// Lets in everybody who waits.
#[utoipa::path(post, path = "/api/v1/meetings/{meeting}/participants/admit-all", tag = "participants",
    params(("meeting" = MeetingId, Path)), responses((status = 204)))]
pub(super) async fn admit_all(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(meeting): At<MeetingId>,
    _: NoBody,
) -> Done {
    tell(&api, &actor, &meeting, Order::AdmitAll).await
}

/// Mutes every guest.
#[utoipa::path(post, path = "/api/v1/meetings/{meeting}/participants/mute-all", tag = "participants",
    params(("meeting" = MeetingId, Path)), responses((status = 204)))]
pub(super) async fn mute_all(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(meeting): At<MeetingId>,
    _: NoBody,
) -> Done {
    tell(&api, &actor, &meeting, Order::MuteAll).await
}

/// Says whether guests may unmute themselves.
#[utoipa::path(put, path = "/api/v1/meetings/{meeting}/participants/allow-unmute", tag = "participants",
    params(("meeting" = MeetingId, Path)), request_body = AllowUnmute, responses((status = 204)))]
pub(super) async fn allow_unmute(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(meeting): At<MeetingId>,
    Json(body): Json<AllowUnmute>,
) -> Done {
    tell(&api, &actor, &meeting, Order::AllowUnmute(body.allowed)).await
}

/// Says who becomes host when the last host is gone.
#[utoipa::path(put, path = "/api/v1/meetings/{meeting}/participants/successors", tag = "participants",
    params(("meeting" = MeetingId, Path)), request_body = Successors, responses((status = 204)))]
pub(super) async fn set_successors(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At(meeting): At<MeetingId>,
    Json(body): Json<Successors>,
) -> Done {
    check::successors(&body)?;
    tell(&api, &actor, &meeting, Order::SetSuccessors(body.participants)).await
}

/// Sends a participant away.
#[utoipa::path(delete, path = "/api/v1/meetings/{meeting}/participants/{participant}", tag = "participants",
    params(("meeting" = MeetingId, Path), ("participant" = ParticipantId, Path)),
    responses((status = 204)))]
pub(super) async fn remove(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At((meeting, who)): At<(MeetingId, ParticipantId)>,
    _: NoBody,
) -> Done {
    tell(&api, &actor, &meeting, Order::Remove(who)).await
}

/// Lets in one who waits.
#[utoipa::path(post, path = "/api/v1/meetings/{meeting}/participants/{participant}/admit", tag = "participants",
    params(("meeting" = MeetingId, Path), ("participant" = ParticipantId, Path)),
    responses((status = 204)))]
pub(super) async fn admit(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At((meeting, who)): At<(MeetingId, ParticipantId)>,
    _: NoBody,
) -> Done {
    tell(&api, &actor, &meeting, Order::Admit(who)).await
}

/// Sends away one who waits.
#[utoipa::path(post, path = "/api/v1/meetings/{meeting}/participants/{participant}/deny", tag = "participants",
    params(("meeting" = MeetingId, Path), ("participant" = ParticipantId, Path)),
    responses((status = 204)))]
pub(super) async fn deny(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At((meeting, who)): At<(MeetingId, ParticipantId)>,
    _: NoBody,
) -> Done {
    tell(&api, &actor, &meeting, Order::Deny(who)).await
}

/// Mutes a participant.
#[utoipa::path(post, path = "/api/v1/meetings/{meeting}/participants/{participant}/mute", tag = "participants",
    params(("meeting" = MeetingId, Path), ("participant" = ParticipantId, Path)),
    responses((status = 204)))]
pub(super) async fn mute(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At((meeting, who)): At<(MeetingId, ParticipantId)>,
    _: NoBody,
) -> Done {
    tell(&api, &actor, &meeting, Order::Mute(who)).await
}

/// Takes back the host's mute of a participant.
#[utoipa::path(post, path = "/api/v1/meetings/{meeting}/participants/{participant}/unmute", tag = "participants",
    params(("meeting" = MeetingId, Path), ("participant" = ParticipantId, Path)),
    responses((status = 204)))]
pub(super) async fn unmute(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At((meeting, who)): At<(MeetingId, ParticipantId)>,
    _: NoBody,
) -> Done {
    tell(&api, &actor, &meeting, Order::Unmute(who)).await
}

/// Raises or lowers a hand.
#[utoipa::path(put, path = "/api/v1/meetings/{meeting}/participants/{participant}/hand", tag = "participants",
    params(("meeting" = MeetingId, Path), ("participant" = ParticipantId, Path)), request_body = Hand,
    responses((status = 204)))]
pub(super) async fn set_hand(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At((meeting, who)): At<(MeetingId, ParticipantId)>,
    Json(body): Json<Hand>,
) -> Done {
    tell(&api, &actor, &meeting, Order::Hand(who, body.raised)).await
}

/// Gives a role.
#[utoipa::path(put, path = "/api/v1/meetings/{meeting}/participants/{participant}/role", tag = "participants",
    params(("meeting" = MeetingId, Path), ("participant" = ParticipantId, Path)), request_body = RoleChange,
    responses((status = 204)))]
pub(super) async fn set_role(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At((meeting, who)): At<(MeetingId, ParticipantId)>,
    Json(body): Json<RoleChange>,
) -> Done {
    tell(&api, &actor, &meeting, Order::SetRole(who, body.role)).await
}

/// Makes another participant the host in place of this one.
#[utoipa::path(post, path = "/api/v1/meetings/{meeting}/participants/{participant}/hand-over", tag = "participants",
    params(("meeting" = MeetingId, Path), ("participant" = ParticipantId, Path)), request_body = HandOver,
    responses((status = 204)))]
pub(super) async fn hand_over(
    State(api): State<Api>,
    Extension(actor): Extension<Actor>,
    At((meeting, who)): At<(MeetingId, ParticipantId)>,
    Json(body): Json<HandOver>,
) -> Done {
    tell(&api, &actor, &meeting, Order::HandOver { from: who, to: body.to }).await
}
