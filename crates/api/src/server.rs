//! Serving: answers as problem documents, request bodies with limits, and a listener that slow or many clients cannot
//! exhaust.
//!
//! No address is read, and no line is logged for a request: what a service logs is about itself.

mod caching;
mod clock;
mod config;
mod described;
mod opening;
mod protection;
mod rest;

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use serde::de::DeserializeOwned;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tower_http::cors::{Any, CorsLayer};

use crate::problem::{Problem, ProblemType};
use opening::Opening;
use rest::Rest;

pub use caching::{FOR_EVER, cacheable, for_ever, tagged};
pub use clock::{Clock, SystemClock};
pub use config::{ConfigError, WrongAddress, public_address};
pub use described::described;
pub use protection::kept_to_its_origin;

/// The content type of problem documents.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// The content type of pages.
pub const HTML: &str = "text/html; charset=utf-8";
/// The content type of JSON.
pub const JSON: &str = "application/json";

/// What one service takes at most (`spec/http.md`, Limits).
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Open connections; more wait to be accepted.
    pub connections: usize,
    /// Requests at once; more are answered with `busy`.
    pub requests: usize,
    /// How long the head of a request may take.
    pub head: Duration,
    /// How long a body may take.
    pub body: Duration,
    /// How long an answer may take.
    pub answer: Duration,
    /// How long a client may read nothing of an answer.
    pub write: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            requests: 4_096,
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            answer: Duration::from_secs(60),
            write: Duration::from_secs(30),
        }
    }
}

/// The most bytes of a request's head.
const HEAD: usize = 16 << 10;
/// How many requests one HTTP/2 connection may have open.
const STREAMS: u32 = 256;
/// How long to wait when no connection can be accepted, most likely for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // A struct of texts and numbers; were it to fail, the status still tells.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response =
            (status, [(CONTENT_TYPE, PROBLEM_JSON), (CACHE_CONTROL, "no-store")], body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The whole body of a request of this content type.
///
/// # Errors
/// `unsupported-media-type`, `too-large` above `limit` bytes, `timeout`, `malformed` if the connection broke off.
pub async fn read_body(
    headers: &HeaderMap,
    body: Body,
    content_type: &str,
    limit: usize,
    patience: Duration,
) -> Result<Bytes, Problem> {
    let found = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = found.split(';').next().unwrap_or("").trim();
    if !essence.eq_ignore_ascii_case(content_type) {
        let detail = format!("The body's Content-Type must be {content_type}.");
        return Err(Problem::new(ProblemType::UnsupportedMediaType, detail));
    }
    let late = |_| {
        let detail =
            format!("The body was not complete after {} seconds. Nothing was kept.", patience.as_secs());
        Problem::new(ProblemType::Timeout, detail)
    };
    let too_large = || {
        let detail = format!("The body has more than {limit} bytes. Nothing was kept.");
        Problem::new(ProblemType::TooLarge, detail)
    };
    // Of what is announced as too large nothing is waited for.
    if usize::try_from(body.size_hint().lower()).map_or(true, |length| length > limit) {
        return Err(too_large());
    }
    match timeout(patience, Limited::new(body, limit).collect()).await.map_err(late)? {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(_) => Err(Problem::new(ProblemType::Malformed, "The body broke off. Nothing was kept.")),
    }
}

/// A JSON body of this shape.
///
/// # Errors
/// `malformed`, with the place of the mistake.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes)
        .map_err(|error| Problem::new(ProblemType::Malformed, format!("The body cannot be read: {error}.")))
}

/// Puts around a service's routes what all of them have: limits on requests at once and on time, problem documents for
/// whatever has none, and answers to pages of any origin (without credentials; see [`kept_to_its_origin`]).
fn layered(routes: Router, limits: Limits) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers(Any)
        .expose_headers(Any)
        .max_age(Duration::from_secs(86_400));
    let gate = Gate { permits: Arc::new(Semaphore::new(limits.requests)), limits };
    routes
        .layer(middleware::map_response(explained))
        .layer(middleware::from_fn_with_state(gate, admitted))
        .layer(cors)
}

#[derive(Clone)]
struct Gate {
    permits: Arc<Semaphore>,
    limits: Limits,
}

/// Lets so many requests in at once, and ends one that takes too long.
async fn admitted(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let Ok(_permit) = gate.permits.try_acquire() else {
        let detail = "Too many requests at once. Nothing of this one was kept; send it again.";
        return Problem::new(ProblemType::Busy, detail).retry_after(1).into_response();
    };
    let rest = Rest::default();
    let request = request.map(|body| rest.lend(body));
    match timeout(gate.limits.answer, next.run(request)).await {
        // Who is too slow is not waited for again.
        Ok(response)
            if response.status().is_client_error() && response.status() != StatusCode::REQUEST_TIMEOUT =>
        {
            rest.throw_away(gate.limits.body).await;
            response
        }
        Ok(response) => response,
        Err(_) => {
            let detail =
                "The answer took too long. Send the same again: that is safe, and tells what became of it.";
            Problem::new(ProblemType::UnknownOutcome, detail).into_response()
        }
    }
}

/// Gives every error a problem document, unless it is a page, and says of every answer whether it may be kept.
async fn explained(mut response: Response) -> Response {
    let status = response.status();
    // A page says to people what a document says to programs.
    let is_said =
        response.headers().get(CONTENT_TYPE).is_some_and(|value| value == PROBLEM_JSON || value == HTML);
    if is_said || !(status.is_client_error() || status.is_server_error()) {
        response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        return response;
    }
    let problem = match status {
        // The header is added to whatever is answered here.
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(
            ProblemType::Method,
            "This address takes other methods, which the header Allow lists.",
        ),
        StatusCode::NOT_FOUND => Problem::new(
            ProblemType::UnknownRoute,
            "There is nothing at this address. /v1/openapi.json lists what there is.",
        ),
        status if status.is_client_error() => {
            Problem::new(ProblemType::Malformed, "The address or its parameters cannot be read.")
        }
        _ => Problem::new(ProblemType::Internal, "Something failed; nothing was changed."),
    };
    problem.into_response()
}

/// Serves until `end` is ready, then lets the requests that are under way finish.
///
/// # Errors
/// None at present: a connection that cannot be accepted is tried again.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    limits: Limits,
    end: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD)
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(16 << 10)
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(limits.head)
        .keep_alive_timeout(limits.head);
    let connections = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut end = pin!(end);
    loop {
        let accepted = async {
            let permit = Arc::clone(&connections).acquire_owned().await;
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut end => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // Answers are small or sent whole: waiting for more to send with them only delays them.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(Opening::new(stream, limits.head));
        stream.set_write_timeout(Some(limits.write));
        let service = TowerToHyperService::new(routes.clone());
        let connection = builder.serve_connection(TokioIo::new(Box::pin(stream)), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            let _permit = permit;
            // A client that breaks off or is too slow is nothing to report.
            let _ = connection.await;
        });
    }
    drop(listener);
    let _ = timeout(limits.answer, graceful.shutdown()).await;
    Ok(())
}
