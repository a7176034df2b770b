//! API keys.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use axum::response::{IntoResponse, Response};
use urna_api::Problem;
use urna_api::authority::{KeyListed, KeyMade, NewKey};
use zeroize::Zeroizing;

use super::{Service, fresh, with};

/// Make an API key
///
/// Operators make any; owners make keys for elections of their own. It is shown here and never again.
#[utoipa::path(
    post, path = "/v1/keys", tag = "API keys", request_body = NewKey, security(("key" = [])),
    responses(
        (status = 201, body = KeyMade),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed: no account, a manager of no election"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden; an election's owner never changes"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
    )
)]
pub(super) async fn make(
    State(service): State<Service>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let new: NewKey = service.json(&headers, body).await?;
    let made: KeyMade = service.on_disk(move |authority| authority.make_key(&caller, &new)).await?;
    Ok(with(StatusCode::CREATED, made))
}

/// Exchange a sign-in link for an API key
///
/// What follows `#` in the link is shown as a key. It is exchanged once; its key is shown here and never again.
#[utoipa::path(
    post, path = "/v1/sign-in", tag = "API keys", security(("key" = [])),
    responses(
        (status = 201, body = KeyMade),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated: no link, an old one, or one that was exchanged"),
    )
)]
pub(super) async fn exchange(
    State(service): State<Service>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let link = Service::shown_key(&headers)?.to_owned();
    let link = Zeroizing::new(link);
    let made: KeyMade = service.on_disk(move |authority| authority.exchange_link(&link)).await?;
    Ok(with(StatusCode::CREATED, made))
}

/// List API keys
///
/// All for operators; of its account and its elections for others.
#[utoipa::path(
    get, path = "/v1/keys", tag = "API keys", security(("key" = [])),
    responses(
        (status = 200, body = Vec<KeyListed>),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
    )
)]
pub(super) async fn list(State(service): State<Service>, headers: HeaderMap) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    Ok(fresh(service.on_disk(move |authority| authority.keys(&caller)).await?))
}

/// Revoke an API key
#[utoipa::path(
    delete, path = "/v1/keys/{id}", tag = "API keys", security(("key" = [])),
    params(("id" = String, Path, description = "The key's id")),
    responses(
        (status = 204, description = "Revoked"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-key"),
    )
)]
pub(super) async fn revoke(
    State(service): State<Service>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    service.on_disk(move |authority| authority.revoke_key(&caller, &id)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
