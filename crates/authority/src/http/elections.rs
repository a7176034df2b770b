//! Elections: from the draft to their end.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, IF_MATCH};
use axum::response::{IntoResponse, Response};
use urna_api::authority::{
    Approve, Cancel, Confirm, Done, Draft, Listed, NewElection, Planned, Posted, Published, Status, Validated,
};
use urna_api::board::Turnout;
use urna_api::server::{JSON, parse_json};
use urna_api::{Problem, ProblemType};
use urna_election::manifest::Manifest;

use super::{Service, fresh, problem, slug, with};
use crate::error::AuthorityError;
use crate::service::Authority;

/// Make an election
///
/// It belongs to the key's account for good, and begins from another election's draft or from a preset.
#[utoipa::path(
    post, path = "/v1/elections", tag = "Elections", request_body = NewElection, security(("key" = [])),
    responses(
        (status = 201, body = Draft, description = "The draft; ETag names its edit"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed: no slug, no such preset"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: the key is not an owner's, or for one election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: the slug is in use"),
    )
)]
pub(super) async fn create(
    State(service): State<Service>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let new: NewElection = service.json(&headers, body).await?;
    let (draft, version) = service.on_disk(move |authority| authority.create(&caller, &new)).await?;
    Ok((StatusCode::CREATED, tagged(version), fresh(draft)).into_response())
}

/// List elections
///
/// Those in which the key has a role.
#[utoipa::path(
    get, path = "/v1/elections", tag = "Elections", security(("key" = [])),
    responses(
        (status = 200, body = Vec<Listed>),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
    )
)]
pub(super) async fn list(State(service): State<Service>, headers: HeaderMap) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    Ok(fresh(service.on_disk(move |authority| authority.list(&caller)).await?))
}

/// Where an election stands
#[utoipa::path(
    get, path = "/v1/elections/{election}", tag = "Elections", security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Status),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election: none, or none in which the key has a role"),
    )
)]
pub(super) async fn status(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    Ok(fresh(service.authority.status(&caller, &slug(&election)?).await.map_err(problem)?))
}

/// Read the draft
#[utoipa::path(
    get, path = "/v1/elections/{election}/draft", tag = "Elections", security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Draft, description = "ETag names its edit"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
    )
)]
pub(super) async fn draft(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let (draft, version) = service.on_disk(move |authority| authority.draft(&caller, &slug)).await?;
    Ok((tagged(version), fresh(draft)).into_response())
}

/// Replace the draft
///
/// Voids every approval.
#[utoipa::path(
    put, path = "/v1/elections/{election}/draft", tag = "Elections", request_body = Draft, security(("key" = [])),
    params(
        ("election" = String, Path, description = "The slug"),
        ("if-match" = String, Header, description = "The ETag of the draft that was edited"),
    ),
    responses(
        (status = 200, body = Draft, description = "As it is kept; ETag names the edit"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: the role may not"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: it is published"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "edited-meanwhile"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "too-large"),
    )
)]
pub(super) async fn edit(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let version = headers.get(IF_MATCH).and_then(|value| value.to_str().ok());
    let version = version.and_then(|tag| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok());
    let version: u64 = version.ok_or_else(|| {
        let detail = "Send the draft's ETag as If-Match, so that nobody's edit is overwritten unseen.";
        Problem::new(ProblemType::EditedMeanwhile, detail)
    })?;
    let bytes = service.bytes(&headers, body, Manifest::LIMIT).await?;
    let draft: Draft = parse_json(&bytes)?;
    let (draft, version) = service
        .on_disk(move |authority| {
            let version = authority.edit(&caller, &slug, &draft, version)?;
            Ok((draft, version))
        })
        .await?;
    Ok((tagged(version), fresh(draft)).into_response())
}

/// Read the plan
///
/// For everybody: issuers and trustees make their keys for it. Its canonical bytes.
#[utoipa::path(
    get, path = "/v1/elections/{election}/plan", tag = "Parties",
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Object, description = "The plan"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: there is no plan yet"),
    )
)]
pub(super) async fn plan(
    State(service): State<Service>,
    Path(election): Path<String>,
) -> Result<Response, Problem> {
    let slug = slug(&election)?;
    let plan = service.on_disk(move |authority| authority.plan(&slug)).await?;
    Ok(([(CONTENT_TYPE, JSON), (CACHE_CONTROL, "no-store")], plan.to_bytes()).into_response())
}

/// Fix the plan
///
/// The board creates its log. The same again has the same answer.
#[utoipa::path(
    post, path = "/v1/elections/{election}/plan", tag = "Elections", security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Planned),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: the owner's alone, or the board does not serve this authority"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: the board has another plan's log of this slug"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-draft, in what the plan takes of it"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "board-unreachable"),
    )
)]
pub(super) async fn fix_plan(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let plan = service.act(|authority| async move { authority.fix_plan(&caller, &slug).await }).await?;
    Ok(fresh(Planned { plan_id: plan.id().to_string() }))
}

/// See what is wrong with the draft
///
/// Every problem at once, and what others have still to give.
#[utoipa::path(
    post, path = "/v1/elections/{election}/validate", tag = "Elections", security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Validated),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
    )
)]
pub(super) async fn validate(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let problems = service.on_disk(move |authority| authority.validate(&caller, &slug)).await?;
    Ok(fresh(Validated { problems }))
}

/// Read the manifest
///
/// Its canonical bytes. For everybody once it is published; before, for those who have a role in the election.
#[utoipa::path(
    get, path = "/v1/elections/{election}/manifest", tag = "Elections", security((), ("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Object, description = "The manifest"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election, not-yet-public"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-draft: it is not complete"),
    )
)]
pub(super) async fn manifest(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let slug = slug(&election)?;
    let caller = service.caller(&headers).ok();
    let bytes = service.authority.on_disk(move |authority| authority.manifest(caller.as_ref(), &slug)).await;
    let bytes = bytes.map_err(|error| match error {
        AuthorityError::NotPublished => {
            Problem::new(ProblemType::NotYetPublic, "The manifest is not published yet.")
        }
        error => problem(error),
    })?;
    Ok(([(CONTENT_TYPE, JSON), (CACHE_CONTROL, "no-store")], bytes).into_response())
}

/// Approve the manifest
///
/// By the SHA-256 of the bytes that were read: other bytes need another approval.
#[utoipa::path(
    post, path = "/v1/elections/{election}/approvals", tag = "Elections", request_body = Approve, security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 201, body = Approve, description = "Kept, or kept already"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: the draft does not name this account"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: it is published"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "edited-meanwhile: the manifest has other bytes"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-draft"),
    )
)]
pub(super) async fn approve(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let approve: Approve = service.json(&headers, body).await?;
    let sha256 = hash(&approve.sha256).ok_or_else(|| {
        Problem::new(ProblemType::Malformed, "A SHA-256 is 64 hexadecimal digits in lower case.")
    })?;
    service.on_disk(move |authority| authority.approve(&caller, &slug, &sha256)).await?;
    Ok(with(StatusCode::CREATED, approve))
}

/// Publish
///
/// Freezes the approved bytes and posts entry 0, then the register if people are listed. The same again goes on where it
/// broke off.
#[utoipa::path(
    post, path = "/v1/elections/{election}/publish", tag = "Elections", request_body = Confirm, security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Published),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed: another slug was typed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: the owner's alone"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: approvals are missing"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-draft; invalid-entry of the board, after which nothing is frozen"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "board-unreachable: it goes on by itself"),
    )
)]
pub(super) async fn publish(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let confirm: Confirm = service.json(&headers, body).await?;
    let work =
        |authority: Arc<Authority>| async move { authority.publish(&caller, &slug, &confirm.slug).await };
    let election_id = service.act(work).await?;
    Ok(fresh(Published { election_id }))
}

/// Open voting by hand
#[utoipa::path(
    post, path = "/v1/elections/{election}/open", tag = "Elections", request_body = Confirm, security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Posted, description = "Open, or opened before"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed: another slug was typed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: it opens by the clock, has ended, or rehearsals are missing"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "board-unreachable: it goes on by itself"),
    )
)]
pub(super) async fn open(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let confirm: Confirm = service.json(&headers, body).await?;
    let work =
        |authority: Arc<Authority>| async move { authority.open_voting(&caller, &slug, &confirm.slug).await };
    Ok(fresh(service.act(work).await?))
}

/// Close voting by hand
#[utoipa::path(
    post, path = "/v1/elections/{election}/close", tag = "Elections", request_body = Confirm, security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Posted, description = "Closed, or closed before"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed: another slug was typed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: it closes by the clock, or was not opened"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "board-unreachable: it goes on by itself"),
    )
)]
pub(super) async fn close(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let confirm: Confirm = service.json(&headers, body).await?;
    let work = |authority: Arc<Authority>| async move {
        authority.close_voting(&caller, &slug, &confirm.slug).await
    };
    Ok(fresh(service.act(work).await?))
}

/// Cancel
///
/// Ends the election without a result. Everybody reads the reason.
#[utoipa::path(
    post, path = "/v1/elections/{election}/cancel", tag = "Elections", request_body = Cancel, security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Posted, description = "Cancelled, or cancelled before"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed: another slug was typed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: owner and operators only"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: not published, or there is a result"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "board-unreachable: it goes on by itself"),
    )
)]
pub(super) async fn cancel(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let Cancel { reason, slug: typed } = service.json(&headers, body).await?;
    let work =
        |authority: Arc<Authority>| async move { authority.cancel(&caller, &slug, &typed, &reason).await };
    Ok(fresh(service.act(work).await?))
}

/// Turnout
///
/// As the board shows it to everybody, null while it is withheld; never a result.
#[utoipa::path(
    get, path = "/v1/elections/{election}/turnout", tag = "Elections", security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Option<Turnout>),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: not published"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "board-unreachable"),
    )
)]
pub(super) async fn turnout(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    Ok(fresh(service.authority.turnout(&caller, &slug(&election)?).await.map_err(problem)?))
}

/// Who did what, when
#[utoipa::path(
    get, path = "/v1/elections/{election}/audit", tag = "Elections", security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Vec<Done>),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: the owner's alone"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
    )
)]
pub(super) async fn audit(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    Ok(fresh(service.on_disk(move |authority| authority.audit(&caller, &slug)).await?))
}

/// The header that names an edit.
fn tagged(version: u64) -> [(axum::http::HeaderName, String); 1] {
    [(ETAG, format!("\"{version}\""))]
}

/// 64 lower-case hexadecimal digits as 32 bytes.
pub(super) fn hash(text: &str) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16).filter(|_| !digit.is_ascii_uppercase())?;
            *byte = *byte << 4 | u8::try_from(value).ok()?;
        }
    }
    Some(bytes)
}
