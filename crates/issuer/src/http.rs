//! The issuer's routes (`spec/http.md`, Issuer).
//!
//! Nothing here reads an address, a cookie or a credential, and nothing is logged for a request.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderMap};
use axum::response::{IntoResponse, Response};
use rand_core::OsRng;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use urna_api::issuer::{AskAnswer, AskIssued, Issued, OpenSession, SessionAnswered, SessionOpened, Status};
use urna_api::server::{JSON, Limits, described, parse_json, read_body, serve};
use urna_api::{Problem, ProblemType};
use urna_election::json::Base64;
use urna_election::manifest::Schedule;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::Refusal;
use crate::issuer::Issuer;
use crate::keeper::POLL;
use crate::moves::{AnswerRequest, SessionId, SessionRequest};
use crate::service::IssuerService;
use crate::store::DiskStore;

/// The most bytes of a request's body.
const BODY: usize = 4 << 10;

/// The description of the interface. What `utoipa` cannot derive is said here.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Urna issuer",
        description = "Signs one token for each entitled voter, without seeing whose pseudonym it signs.\n\n\
                       Nobody logs in: both moves of a session are signed with the voter's credential, and the authority's \
                       question with its key.",
        license(name = "Apache-2.0 OR MIT")
    ),
    servers((url = "/")),
    tags((name = "Issuance", description = "The two moves of a session"))
)]
struct Description;

/// What handlers share.
#[derive(Clone)]
struct Routed {
    service: Arc<IssuerService>,
    /// How long a body may take.
    patience: Duration,
}

/// All routes of an issuer, with their description.
pub fn routes(service: Arc<IssuerService>, limits: Limits) -> OpenApiRouter {
    let state = Routed { service, patience: limits.body };
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(status))
        .routes(routes!(open_session))
        .routes(routes!(answer))
        .routes(routes!(issued))
        .with_state(state)
}

/// Serves an issuer until `end` is ready, then lets requests finish and the writers finish what waits.
///
/// # Errors
/// Of the listener.
pub async fn run(
    service: Arc<IssuerService>,
    listener: TcpListener,
    limits: Limits,
    end: impl Future<Output = ()>,
) -> io::Result<()> {
    let watched = Arc::clone(&service);
    let routes = described(routes(Arc::clone(&service), limits), move || watched.failing(), limits);
    let served = serve(listener, routes, limits, end).await;
    // Waits for threads.
    let _ = tokio::task::spawn_blocking(move || service.stop()).await;
    served
}

/// Where issuance stands
#[utoipa::path(
    get, path = "/v1/elections/{election}/issuance", tag = "Issuance",
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = Status, description = "The state"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "stopped"),
    )
)]
async fn status(State(routed): State<Routed>, Path(election): Path<String>) -> Result<Response, Problem> {
    let issuer = routed.issuer(&election)?;
    let now = routed.service.now();
    let times = match issuer.manifest().schedule() {
        Schedule::Manual => None,
        Schedule::Times(times) => Some(times),
    };
    let status = Status {
        election_id: issuer.manifest().id().to_string(),
        issuer: issuer.id().to_string(),
        issuance_opens: times.map(|times| times.issuance_opens.value()),
        issuance_closes: times.map(|times| times.closes.value()),
        session_seconds: issuer.session_seconds(),
        open: issuer.is_open(now).is_ok(),
        now,
    };
    Ok(fresh(StatusCode::OK, Json(status)))
}

/// Open a session
///
/// The first move, signed with the voter's credential. What keeps it from being opened is told only to who can sign.
#[utoipa::path(
    post, path = "/v1/elections/{election}/sessions", tag = "Issuance",
    params(("election" = String, Path, description = "The slug")),
    request_body = OpenSession,
    responses(
        (status = 201, body = SessionOpened, description = "Open; it lives in memory only"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election, unknown-class"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "too-early, issuance-closed, already-issued"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "wrong-time, invalid-signature"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "too-many-sessions"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "busy, stopped"),
    )
)]
async fn open_session(
    State(routed): State<Routed>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    routed.issuer(&election)?;
    let bytes = read_body(&headers, body, JSON, BODY, routed.patience).await?;
    // Not held while a slow client sends: a store can be opened again only when nobody holds it.
    let issuer = routed.issuer(&election)?;
    let OpenSession { class, handle, signature, time } = parse_json(&bytes)?;
    let request = SessionRequest { handle: handle.0, class, time, signature: signature.0 };
    let opened = issuer
        .open_session(&request, routed.service.now(), &mut OsRng)
        .map_err(|refusal| problem(&refusal))?;
    let [a, b] = parts(&opened.commitment.to_bytes());
    let opened = SessionOpened { session: opened.session.to_string(), a, b, expires: opened.expires };
    Ok(fresh(StatusCode::CREATED, Json(opened)))
}

/// Ask for the answer
///
/// The second move. The same session and challenge again have the same answer, at any time.
#[utoipa::path(
    post, path = "/v1/elections/{election}/sessions/{session}/answer", tag = "Issuance",
    params(("election" = String, Path, description = "The slug"), ("session" = String, Path, description = "32 lowercase hexadecimal digits")),
    request_body = AskAnswer,
    responses(
        (status = 200, body = SessionAnswered, description = "The answer; its row is durable"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election, unknown-session"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "already-issued, issuance-closed"),
        (status = 410, body = Problem, content_type = "application/problem+json", description = "session-expired: start a new one"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-signature"),
        (status = 500, body = Problem, content_type = "application/problem+json", description = "unknown-outcome: send the same again"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "busy, stopped"),
    )
)]
async fn answer(
    State(routed): State<Routed>,
    Path((election, session)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    routed.issuer(&election)?;
    let session = parse_session(&session).ok_or_else(|| problem(&Refusal::UnknownSession))?;
    let bytes = read_body(&headers, body, JSON, BODY, routed.patience).await?;
    let AskAnswer { c, handle, signature } = parse_json(&bytes)?;
    let issuer = routed.issuer(&election)?;
    let request = AnswerRequest { session, handle: handle.0, challenge: c.0, signature: signature.0 };
    let (sender, receiver) = oneshot::channel();
    issuer.answer(request, routed.service.now(), move |answered| {
        // Whoever asked may be gone; the row stays.
        let _ = sender.send(answered);
    });
    drop(issuer);
    let answered =
        receiver.await.unwrap_or(Err(Refusal::UnknownOutcome)).map_err(|refusal| problem(&refusal))?;
    let [b, y, z] = parts(&answered.to_bytes());
    Ok(fresh(StatusCode::OK, Json(SessionAnswered { b, y, z })))
}

/// Who has taken a token
///
/// For the election's authority alone, which signs the question: it reminds the others. Handles, as of a moment that can be as
/// long ago as a ballot may wait for its batch.
#[utoipa::path(
    post, path = "/v1/elections/{election}/issued", tag = "Issuance",
    params(("election" = String, Path, description = "The slug")),
    request_body = AskIssued,
    responses(
        (status = 200, body = Issued, description = "A page"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "wrong-time; invalid-signature: not the authority's"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "stopped"),
    )
)]
async fn issued(
    State(routed): State<Routed>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    routed.issuer(&election)?;
    let bytes = read_body(&headers, body, JSON, BODY, routed.patience).await?;
    let AskIssued { after, signature, time } = parse_json(&bytes)?;
    let (issuer, now) = (routed.issuer(&election)?, routed.service.now());
    let after = after.map(|after| after.0);
    // Waits for the disk.
    let page =
        tokio::task::spawn_blocking(move || issuer.issued(after.as_ref(), time, &signature.0, now)).await;
    let page = page.unwrap_or(Err(Refusal::Stopped)).map_err(|refusal| problem(&refusal))?;
    let handles = page.handles.into_iter().map(Base64).collect();
    Ok(fresh(StatusCode::OK, Json(Issued { handles, more: page.more })))
}

impl Routed {
    /// The issuer of a slug.
    fn issuer(&self, slug: &str) -> Result<Arc<Issuer<DiskStore>>, Problem> {
        let unknown = || {
            let slug: String = slug.chars().filter(|character| !character.is_control()).take(64).collect();
            let detail = format!("This issuer does not serve the election \"{slug}\".");
            Problem::new(ProblemType::UnknownElection, detail)
        };
        self.service.issuer(slug).ok_or_else(unknown)?.ok_or_else(|| problem(&Refusal::Stopped))
    }
}

/// 32 lowercase hexadecimal digits.
fn parse_session(text: &str) -> Option<SessionId> {
    let digits: &[u8; 32] = text.as_bytes().try_into().ok()?;
    let mut id = SessionId([0; 16]);
    for (byte, pair) in id.0.iter_mut().zip(digits.as_chunks::<2>().0) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16).filter(|_| !digit.is_ascii_uppercase())?;
            *byte = *byte << 4 | u8::try_from(value).ok()?;
        }
    }
    Some(id)
}

/// The first so many parts of 32 bytes.
fn parts<const COUNT: usize>(bytes: &[u8]) -> [Base64<[u8; 32]>; COUNT] {
    let mut parts = bytes.as_chunks::<32>().0.iter().copied();
    [(); COUNT].map(|()| Base64(parts.next().unwrap_or_default()))
}

/// A response with a body that is not kept by caches.
fn fresh(status: StatusCode, body: impl IntoResponse) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], body).into_response()
}

/// The problem document of a refusal.
fn problem(refusal: &Refusal) -> Problem {
    use ProblemType as Type;
    let (kind, check, retry_after) = match refusal {
        Refusal::UnknownClass(_) => (Type::UnknownClass, None, None),
        // The board may have opened it since it was last asked.
        Refusal::TooEarly { opens: None } => (Type::TooEarly, None, Some(POLL.as_secs())),
        Refusal::TooEarly { opens: Some(_) } => (Type::TooEarly, None, None),
        Refusal::IssuanceClosed | Refusal::Restored => (Type::IssuanceClosed, None, None),
        Refusal::WrongTime { .. } => (Type::WrongTime, Some("TOK-2"), None),
        Refusal::InvalidSignature => (Type::InvalidSignature, None, None),
        Refusal::NotTheAuthority => (Type::InvalidSignature, None, None),
        Refusal::AlreadyIssued => (Type::AlreadyIssued, Some("TOK-5"), None),
        Refusal::TooManySessions { retry_after } => (Type::TooManySessions, None, Some(*retry_after)),
        Refusal::UnknownSession => (Type::UnknownSession, None, None),
        Refusal::SessionExpired => (Type::SessionExpired, None, None),
        Refusal::Busy => (Type::Busy, None, Some(1)),
        Refusal::Stopped => (Type::Stopped, None, Some(2)),
        Refusal::UnknownOutcome => (Type::UnknownOutcome, None, None),
    };
    let mut text = refusal.to_string();
    if let Some(first) = text.get(..1).map(str::to_uppercase) {
        text.replace_range(..1, &first);
    }
    let mut problem = Problem::new(kind, format!("{text}."));
    if let Some(check) = check {
        problem = problem.with_check(check);
    }
    if let Some(seconds) = retry_after {
        problem = problem.retry_after(seconds);
    }
    problem
}
