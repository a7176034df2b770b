//! The list of voters.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::response::Response;
use serde::Deserialize;
use urna_api::Problem;
use urna_api::authority::{Cause, RegisterChanged, RegisterChanges, RegisterLoaded, RegisterRow, Salt};
use urna_api::server::{JSON, parse_json, read_body};

use super::{Service, fresh, slug};
use crate::import::Form;
use crate::service::Authority;

/// The most bytes of a list.
pub(super) const LIST: usize = 64 << 20;
const CSV: &str = "text/csv";

/// Why a list is loaded.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Loading {
    #[serde(default)]
    cause: Cause,
}

/// Load the list of voters
///
/// The whole list or nothing, in the place of the one before. After publication a version of the register follows.
#[utoipa::path(
    put, path = "/v1/elections/{election}/register", tag = "Register", security(("key" = [])),
    params(
        ("election" = String, Path, description = "The slug"),
        ("cause" = Option<Cause>, Query, description = "nightly or manual; manual if it is not said"),
    ),
    request_body(
        content((String = "text/csv"), (Vec<Object> = "application/json")),
        description = "UTF-8, with columns person, name, e-mail, class or district, separated by comma, semicolon or tab; or a list of objects with these names",
    ),
    responses(
        (status = 200, body = RegisterLoaded),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: voting has ended"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "too-large: above 64 MiB"),
        (status = 415, body = Problem, content_type = "application/problem+json", description = "unsupported-media-type"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-register: every bad line, and nothing was loaded"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "board-unreachable: it goes on by itself"),
    )
)]
pub(super) async fn load(
    State(service): State<Service>,
    Path(election): Path<String>,
    Query(loading): Query<Loading>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let (content_type, form) = if is_json(&headers) { (JSON, Form::Json) } else { (CSV, Form::Csv) };
    let list = read_body(&headers, body, content_type, LIST, service.patience).await?;
    let work = |authority: Arc<Authority>| async move {
        authority.load_register(&caller, &slug, list.into(), form, loading.cause).await
    };
    Ok(fresh(service.act(work).await?))
}

/// The list of voters
#[utoipa::path(
    get, path = "/v1/elections/{election}/register", tag = "Register", security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Vec<RegisterRow>),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: owner and managers only"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
    )
)]
pub(super) async fn rows(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    Ok(fresh(service.on_disk(move |authority| authority.register(&caller, &slug)).await?))
}

/// Change the list of voters
///
/// Until voting ends. All of it or nothing; after publication a version of the register follows. In CSV, a list of people to add.
#[utoipa::path(
    post, path = "/v1/elections/{election}/register/changes", tag = "Register", security(("key" = [])),
    params(
        ("election" = String, Path, description = "The slug"),
        ("cause" = Option<Cause>, Query, description = "With CSV: nightly or manual; manual if it is not said"),
    ),
    request_body(content((RegisterChanges = "application/json"), (String = "text/csv"))),
    responses(
        (status = 200, body = RegisterChanged),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: voting has ended"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "too-large: above 64 MiB"),
        (status = 415, body = Problem, content_type = "application/problem+json", description = "unsupported-media-type"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-register: everything that is wrong, and nothing was changed"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "board-unreachable: it goes on by itself"),
    )
)]
pub(super) async fn change(
    State(service): State<Service>,
    Path(election): Path<String>,
    Query(loading): Query<Loading>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    if is_json(&headers) {
        let bytes = service.bytes(&headers, body, LIST).await?;
        let changes: RegisterChanges = parse_json(&bytes)?;
        let work = |authority: Arc<Authority>| async move {
            authority.change_register(&caller, &slug, changes).await
        };
        return Ok(fresh(service.act(work).await?));
    }
    let list = read_body(&headers, body, CSV, LIST, service.patience).await?;
    let work = |authority: Arc<Authority>| async move {
        authority.add_to_register(&caller, &slug, list.into(), Form::Csv, loading.cause).await
    };
    Ok(fresh(service.act(work).await?))
}

/// Whether the body says that it is JSON.
fn is_json(headers: &HeaderMap) -> bool {
    let found = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    found.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case(JSON)
}

/// Salts, for a commission's audit
///
/// With salt and id, anybody computes a person's handle and finds the row on the board.
#[utoipa::path(
    get, path = "/v1/elections/{election}/register/salts", tag = "Register", security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Vec<Salt>),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: the owner's alone"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
    )
)]
pub(super) async fn salts(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    Ok(fresh(service.on_disk(move |authority| authority.salts(&caller, &slug)).await?))
}
