//! How the bridge is, and the description of this API.

use super::super::Api;
use super::super::fault::Problem;
use super::super::resource::{Liveness, Readiness};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// It lives: the process answers.
#[utoipa::path(get, path = "/healthz", tag = "state",
    responses((status = 200, body = Liveness)))]
pub(super) async fn healthz() -> axum::Json<Liveness> {
    axum::Json(Liveness { alive: true })
}

/// It takes calls: store, listeners, no drain.
#[utoipa::path(get, path = "/readyz", tag = "state",
    responses((status = 200, body = Readiness), (status = 503, body = Readiness)))]
pub(super) async fn readyz(
    State(api): State<Api>,
) -> Result<(StatusCode, axum::Json<Readiness>), Problem> {
    let readiness = api.backend.readiness().await?;
    let ready = readiness.ready;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok((status, axum::Json(readiness)))
}

/// What counts, for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "state",
    responses((status = 200, content((String = "text/plain")))))]
pub(super) async fn metrics(State(api): State<Api>) -> Result<Response, Problem> {
    let text = crate::metrics::text(&api.backend.gauges().await?);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "state",
    responses((status = 200, content((String = "application/json")))))]
pub(super) async fn openapi(State(api): State<Api>) -> Response {
    let text = api.document.to_string();
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
