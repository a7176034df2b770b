//! The result and its certification.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, VARY};
use axum::response::{IntoResponse, Response};
use urna_api::authority::{Confirm, Posted};
use urna_api::server::JSON;
use urna_api::{Problem, ProblemType};
use urna_election::result::ElectionResult;

use super::{Service, fresh, problem, slug};
use crate::error::AuthorityError;
use crate::service::Authority;

/// Publish the result
///
/// Reads and verifies the whole record on the board, combines what the trustees have opened, counts, and posts the result.
/// Takes as long as `urna-verify` does.
#[utoipa::path(
    post, path = "/v1/elections/{election}/tally", tag = "Elections", request_body = Confirm, security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Posted, description = "Published, or published before"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed: another slug was typed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: the owner's alone"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: voting is not closed, or trustees are awaited, who are named"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-entry: the record does not verify; `check` says where"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "board-unreachable"),
    )
)]
pub(super) async fn tally(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let confirm: Confirm = service.json(&headers, body).await?;
    let work = |authority: Arc<Authority>| async move {
        authority.publish_result(&caller, &slug, &confirm.slug).await
    };
    Ok(fresh(service.act(work).await?))
}

/// Certify the result
///
/// Unspent tokens cannot be returned any more.
#[utoipa::path(
    post, path = "/v1/elections/{election}/certify", tag = "Elections", request_body = Confirm, security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Posted, description = "Certified, or certified before"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed: another slug was typed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: the owner's alone"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: there is no result yet"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "board-unreachable: it goes on by itself"),
    )
)]
pub(super) async fn certify(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let confirm: Confirm = service.json(&headers, body).await?;
    let work =
        |authority: Arc<Authority>| async move { authority.certify(&caller, &slug, &confirm.slug).await };
    Ok(fresh(service.act(work).await?))
}

/// Read the result
///
/// As it was published, for everybody; as text or a table if `Accept` asks for `text/plain` or `text/csv` first.
#[utoipa::path(
    get, path = "/v1/elections/{election}/result", tag = "Elections",
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Object, description = "The result"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election, not-yet-public"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "board-unreachable"),
    )
)]
pub(super) async fn result(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let bytes = service.authority.result(&slug(&election)?).await.map_err(|error| match error {
        AuthorityError::NoResult => Problem::new(ProblemType::NotYetPublic, "There is no result yet."),
        error => problem(error),
    })?;
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = accept.split([',', ';']).next().unwrap_or_default().trim();
    let read = || ElectionResult::parse(&bytes).map_err(|_| problem(AuthorityError::BoardContradicts));
    let (content_type, body) = match first {
        "text/csv" => ("text/csv; charset=utf-8", read()?.to_csv().into_bytes()),
        "text/plain" => ("text/plain; charset=utf-8", read()?.to_text().into_bytes()),
        _ => (JSON, bytes),
    };
    let headers = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-store"), (VARY, "accept")];
    Ok((headers, body).into_response())
}
