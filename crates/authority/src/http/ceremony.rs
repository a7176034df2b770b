//! Packages of the trustees' key ceremony.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::HeaderMap;
use axum::response::Response;
use urna_api::authority::{CeremonyShown, Restart};
use urna_api::{Problem, ProblemType};
use urna_election::ceremony::{Package, PackageKind};

use super::{Service, fresh, problem, slug};
use crate::error::AuthorityError;

/// Give a package
///
/// Authenticated by what is signed in it alone. The same again changes nothing; another in its place is refused.
#[utoipa::path(
    put, path = "/v1/elections/{election}/trustees/{trustee}/{package}", tag = "Parties",
    request_body(content = Object, description = "The package's canonical bytes (TRU-16)"),
    params(
        ("election" = String, Path, description = "The slug"), ("trustee" = String, Path, description = "The trustee's id"),
        ("package" = String, Path, description = "enrolment, round1, round2 or confirmation"),
    ),
    responses(
        (status = 200, body = CeremonyShown, description = "Kept, or kept already"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: another trustee's package, or of another kind"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election, unknown-signer, unknown-route of another kind"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: no plan, too early, another plan or attempt, another package is there, or published"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "too-large"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-proof; check names the rule, detail the trustee"),
    )
)]
pub(super) async fn package(
    State(service): State<Service>,
    Path((election, trustee, kind)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = slug(&election)?;
    let kinds = [PackageKind::Enrolment, PackageKind::Round1, PackageKind::Round2, PackageKind::Confirmation];
    let known = kinds.into_iter().find(|known| known.as_str() == kind);
    let kind = known.ok_or_else(|| {
        Problem::new(ProblemType::UnknownRoute, "Packages are enrolment, round1, round2 and confirmation.")
    })?;
    let bytes = service.bytes(&headers, body, Package::LIMIT).await?;
    let package = Package::parse(&bytes).map_err(|error| problem(AuthorityError::Package(error.into())))?;
    Ok(fresh(
        service.on_disk(move |authority| authority.take_package(&slug, &trustee, kind, &package)).await?,
    ))
}

/// Read the key ceremony
///
/// For everybody: all packages so far, and what is awaited of whom.
#[utoipa::path(
    get, path = "/v1/elections/{election}/ceremony", tag = "Parties",
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = CeremonyShown),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: there is no plan yet"),
    )
)]
pub(super) async fn ceremony(
    State(service): State<Service>,
    Path(election): Path<String>,
) -> Result<Response, Problem> {
    let slug = slug(&election)?;
    Ok(fresh(service.on_disk(move |authority| authority.ceremony(&slug)).await?))
}

/// Begin the key ceremony again
///
/// With the next attempt, and fresh randomness of every trustee. Voids approvals.
#[utoipa::path(
    post, path = "/v1/elections/{election}/ceremony/restart", tag = "Parties", request_body = Restart, security(("key" = [])),
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = CeremonyShown),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unauthenticated"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: the owner's alone"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election, unknown-signer"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: no plan, another attempt, or published"),
    )
)]
pub(super) async fn restart(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = service.caller(&headers)?;
    let slug = slug(&election)?;
    let restart: Restart = service.json(&headers, body).await?;
    Ok(fresh(service.on_disk(move |authority| authority.restart_ceremony(&caller, &slug, &restart)).await?))
}
