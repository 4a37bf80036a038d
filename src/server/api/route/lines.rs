//! Registered devices and trunks.

use super::super::Api;
use super::super::extract::{Asked, window};
use super::super::fault::Problem;
use super::super::resource::{Page, PageQuery, Registration, Trunk};
use axum::extract::State;

/// The devices that have registered.
#[utoipa::path(get, path = "/api/v1/registrations", tag = "lines", params(PageQuery),
    responses((status = 200, body = Page<Registration>)))]
pub(super) async fn list_registrations(
    State(api): State<Api>,
    Asked(asked): Asked<PageQuery>,
) -> Result<axum::Json<Page<Registration>>, Problem> {
    let window = window(asked.limit, asked.cursor)?;
    Ok(axum::Json(api.backend.registrations(window).await?))
}

/// The trunks and how they stand.
#[utoipa::path(get, path = "/api/v1/trunks", tag = "lines",
    responses((status = 200, body = Page<Trunk>)))]
pub(super) async fn list_trunks(
    State(api): State<Api>,
) -> Result<axum::Json<Page<Trunk>>, Problem> {
    Ok(axum::Json(Page::whole(api.backend.trunks().await?)))
}
