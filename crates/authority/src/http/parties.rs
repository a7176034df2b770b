//! Keys of issuers and trustees.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use axum::response::{IntoResponse, Response};
use urna_api::Problem;
use urna_api::authority::{IssuerKeys, TrusteeKeys};

use super::{BODY, Service, fresh, problem, slug};

/// Give an issuer's keys
///
/// Authenticated by their proofs of possession over the plan id alone. The same keys again change nothing; others are
/// refused until the owner removes these.
#[utoipa::path(
    put, path = "/v1/elections/{election}/issuers/{issuer}/keys", tag = "Parties", request_body = IssuerKeys,
    params(("election" = String, Path, description = "The slug"), ("issuer" = String, Path, description = "The issuer's id")),
    responses(
        (status = 200, body = IssuerKeys, description = "Kept"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election, unknown-signer"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: no plan, other keys are there, or published"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-proof"),
    )
)]
pub(super) async fn issuer_keys(
    State(service): State<Service>,
    Path((election, issuer)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = slug(&election)?;
    let bytes = service.bytes(&headers, body, BODY).await?;
    let keys: IssuerKeys = urna_api::server::parse_json(&bytes)?;
    let given = keys.clone();
    service.on_disk(move |authority| authority.take_issuer_keys(&slug, &issuer, given)).await?;
    Ok(fresh(keys))
}

/// Remove an issuer's keys
///
/// So that it can give others. Voids approvals.
#[utoipa::path(
    delete, path = "/v1/elections/{election}/issuers/{issuer}/keys", tag = "Parties", security(("key" = [])),
    params(("election" = String, Path, description = "The slug"), ("issuer" = String, Path, description = "The issuer's id")),
    responses(
        (status = 204, description = "Removed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: the owner's alone"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election, unknown-signer"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: published"),
    )
)]
pub(super) async fn remove_issuer_keys(
    State(service): State<Service>,
    Path((election, issuer)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    service.on_disk(move |authority| authority.remove_issuer_keys(&caller, &slug, &issuer)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Give what the trustees' key ceremony ended with
///
/// A solo trustee's key, or the keys of a ceremony that was held elsewhere. Voids approvals.
#[utoipa::path(
    put, path = "/v1/elections/{election}/trustees", tag = "Parties", request_body = TrusteeKeys, security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = TrusteeKeys, description = "Kept"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: the owner's alone"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: no plan, or published"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-proof; invalid-draft of other trustees than the plan's"),
    )
)]
pub(super) async fn trustee_keys(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let keys: TrusteeKeys = service.json(&headers, body).await?;
    let given = keys.clone();
    let taken =
        service.authority.on_disk(move |authority| authority.take_trustee_keys(&caller, &slug, given));
    taken.await.map_err(problem)?;
    Ok(fresh(keys))
}
