//! The audit log.

use super::super::Api;
use super::super::extract::{Asked, NoBody, window};
use super::super::fault::Problem;
use super::super::resource::{AuditEntry, AuditVerdict, Page, PageQuery};
use axum::extract::State;

/// Who did what, oldest first: the chain as it was written.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(PageQuery),
    responses((status = 200, body = Page<AuditEntry>)))]
pub(super) async fn list_audit(
    State(api): State<Api>,
    Asked(asked): Asked<PageQuery>,
) -> Result<axum::Json<Page<AuditEntry>>, Problem> {
    let window = window(asked.limit, asked.cursor)?;
    Ok(axum::Json(api.backend.audit(window).await?))
}

/// Checks that nothing was changed or taken out.
#[utoipa::path(post, path = "/api/v1/audit/verify", tag = "audit",
    responses((status = 200, body = AuditVerdict)))]
pub(super) async fn verify_audit(
    State(api): State<Api>,
    _: NoBody,
) -> Result<axum::Json<AuditVerdict>, Problem> {
    Ok(axum::Json(api.backend.verify_audit().await?))
}
