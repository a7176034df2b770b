//! Invitations, by mail and for letters.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Response};
use urna_api::Problem;
use urna_api::authority::{Confirm, Job, JobStarted, Resent, Send, TestMail};

use super::{Service, fresh, problem, slug, with};
use crate::service::Authority;

/// Send a test mail
///
/// With the election's words and a link that opens nothing. Invitations are sent only with words that were tried so.
#[utoipa::path(
    post, path = "/v1/elections/{election}/invitations/test", tag = "Invitations", request_body = TestMail, security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = TestMail, description = "The mail server has it"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed: no address"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: not published"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "mail-failed"),
    )
)]
pub(super) async fn test(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let mail: TestMail = service.json(&headers, body).await?;
    service.authority.test_mail(&caller, &slug, &mail.to).await.map_err(problem)?;
    Ok(fresh(mail))
}

/// Send invitations or reminders
#[utoipa::path(
    post, path = "/v1/elections/{election}/invitations/send", tag = "Invitations", request_body = Send, security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 202, body = JobStarted),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: not published, ended, no test mail yet, a job under way"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "mail-failed: there is no mail server; issuer-unreachable, of a reminder"),
    )
)]
pub(super) async fn send(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let send: Send = service.json(&headers, body).await?;
    let work = |authority: Arc<Authority>| async move {
        authority.send_invitations(&caller, &slug, send.audience).await
    };
    let job = service.act(work).await?;
    Ok(with(StatusCode::ACCEPTED, JobStarted { job }))
}

/// How far a job is
#[utoipa::path(
    get, path = "/v1/elections/{election}/invitations/jobs/{job}", tag = "Invitations", security(("key" = [])),
    params(("election" = String, Path, description = "The slug"), ("job" = String, Path, description = "The job's id")),
    responses(
        (status = 200, body = Job),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election, unknown-job"),
    )
)]
pub(super) async fn job(
    State(service): State<Service>,
    Path((election, job)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    Ok(fresh(service.on_disk(move |authority| authority.job(&caller, &slug, &job)).await?))
}

/// Invitations that are not sent, for mail merge and letters
///
/// Person, name, e-mail, class, link, trial. As secret as all of them together.
#[utoipa::path(
    get, path = "/v1/elections/{election}/invitations.csv", tag = "Invitations", security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: the owner's alone"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: the register is not in the log yet"),
    )
)]
pub(super) async fn letters(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let list = service.on_disk(move |authority| authority.letters(&caller, &slug)).await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_DISPOSITION, "attachment; filename=\"invitations.csv\""),
    ];
    Ok((headers, list.to_vec()).into_response())
}

/// Forget all invitations that are not sent
///
/// After letters were printed. Whoever loses a letter then needs another credential.
#[utoipa::path(
    post, path = "/v1/elections/{election}/invitations/erase", tag = "Invitations", request_body = Confirm, security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 204, description = "Forgotten"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed: another slug was typed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: the owner's alone"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
    )
)]
pub(super) async fn erase(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let confirm: Confirm = service.json(&headers, body).await?;
    let work = |authority: Arc<Authority>| async move {
        authority.erase_invitations(&caller, &slug, &confirm.slug).await
    };
    service.act(work).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Send somebody an invitation again
///
/// One that is not sent yet is sent as it is. Otherwise the credential is replaced, which the register shows.
#[utoipa::path(
    post, path = "/v1/elections/{election}/invitations/{person}/resend", tag = "Invitations", security(("key" = [])),
    params(("election" = String, Path, description = "The slug"), ("person" = String, Path, description = "The person's id, percent-encoded")),
    responses(
        (status = 200, body = Resent),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election, unknown-person"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "already-issued; wrong-phase"),
        (status = 502, body = Problem, content_type = "application/problem+json", description = "board-unreachable, mail-failed: send the same again; issuer-unreachable: nothing was changed"),
    )
)]
pub(super) async fn resend(
    State(service): State<Service>,
    Path((election, person)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let work = |authority: Arc<Authority>| async move { authority.resend(&caller, &slug, &person).await };
    Ok(fresh(service.act(work).await?))
}
