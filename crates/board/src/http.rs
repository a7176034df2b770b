//! The board's routes (`spec/http.md`, Board): who may ask what is in `write` and `read`, what a refusal looks like in
//! `refusal`.
//!
//! Nothing here reads an address, a cookie or a credential, and nothing is logged for a request.

mod pages;
mod read;
mod refusal;
mod sending;
mod write;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower_http::compression::CompressionLayer;
use urna_api::server::{Limits, described, serve};
use urna_api::{Problem, ProblemType};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::{Board, Election};
use sending::Sending;

/// The description of the interface. What `utoipa` cannot derive is said here.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Urna board",
        description = "The public bulletin board of an election: takes entries, and lets everybody read the log.\n\n\
                       Nobody logs in: entries and blobs are authenticated by their signatures, tokens and proofs alone.",
        license(name = "Apache-2.0 OR MIT")
    ),
    servers((url = "/")),
    paths(read::tile),
    tags(
        (name = "Log", description = "The log in the formats of C2SP: tlog-checkpoint, tlog-tiles"),
        (name = "Election", description = "What the log says, with proofs"),
        (name = "Entries", description = "What voters and parties send"),
        (name = "Interface", description = "This interface"),
    )
)]
struct Description;

/// All routes of a board, with their description.
pub fn routes(board: Arc<Board>, limits: Limits) -> OpenApiRouter {
    let routes = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(write::create_log))
        .routes(routes!(read::status))
        .routes(routes!(read::official))
        .routes(routes!(write::ballot))
        .routes(routes!(write::withdrawal))
        .routes(routes!(write::returned))
        .routes(routes!(read::voters_entries))
        .routes(routes!(write::authority_entry))
        .routes(routes!(write::issuer_entry))
        .routes(routes!(write::trustee_entry))
        .routes(routes!(write::blob))
        .routes(routes!(read::checkpoint))
        .routes(routes!(read::blob))
        .routes(routes!(read::log_key))
        .routes(routes!(read::election_id));
    // Tiles are a path of any depth, for which OpenAPI has no word: described above, routed here.
    let tiles =
        Router::new().route("/{election}/tile/{*path}", get(read::tile)).layer(CompressionLayer::new());
    // For people, not for programs: the OpenAPI document does not describe them.
    let pages = Router::new()
        .route("/", get(pages::elections))
        .route("/{election}", get(pages::without_slash))
        .route("/{election}/", get(pages::election))
        .route("/{election}/votes", get(pages::votes))
        .route("/{election}/result.csv", get(pages::result_csv))
        .route("/{election}/verify", get(pages::verify))
        .route("/v1/assets/{name}", get(pages::file))
        .layer(CompressionLayer::new());
    let state = Service {
        board,
        patience: limits.body,
        large: Arc::new(Semaphore::new(LARGE)),
        sending: Arc::default(),
        opened: Arc::default(),
    };
    routes.merge(tiles.into()).merge(pages.into()).with_state(state)
}

/// Serves a board until `end` is ready, then lets requests finish and the writers finish their batch.
///
/// # Errors
/// Of the listener.
pub async fn run(
    board: Arc<Board>,
    listener: TcpListener,
    limits: Limits,
    end: impl Future<Output = ()>,
) -> io::Result<()> {
    let watched = Arc::clone(&board);
    let routes = described(routes(Arc::clone(&board), limits), move || watched.failing(), limits);
    let served = serve(listener, routes, limits, end).await;
    // Waits for threads.
    let _ = tokio::task::spawn_blocking(move || board.stop()).await;
    served
}

/// What handlers share.
#[derive(Clone)]
struct Service {
    board: Arc<Board>,
    /// How long a body may take.
    patience: Duration,
    /// Blobs that are read from the disk at once.
    large: Arc<Semaphore>,
    sending: Arc<Sending>,
    opened: Arc<pages::OpenedCache>,
}

/// How many blobs are read from the disk at once; more wait.
const LARGE: usize = 16;

impl Service {
    /// The election of a slug.
    fn election(&self, slug: &str) -> Result<Arc<Election>, Problem> {
        self.board.election(slug).ok_or_else(|| {
            if self.board.is_unreadable(slug) {
                stopped()
            } else {
                let detail = format!("This board has no election \"{}\".", shortened(slug));
                Problem::new(ProblemType::UnknownElection, detail)
            }
        })
    }
}

/// The writer has stopped; whoever runs the board finds the reason in its log.
fn stopped() -> Problem {
    let detail = "The election's log cannot be written to, or not be read, just now. Nothing was kept. Whoever runs the \
                  board finds the reason in its messages.";
    Problem::new(ProblemType::Stopped, detail).retry_after(60)
}

/// Runs what waits for the disk beside the tasks that wait for the network.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let failed = |_| Problem::new(ProblemType::Internal, "Something failed; nothing was changed.");
    tokio::task::spawn_blocking(work).await.map_err(failed)
}

/// What a client sent, for a message: not more of it than helps.
fn shortened(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(64).collect()
}

/// A response with a body of this type that is not kept by caches.
fn fresh(content_type: &'static str, body: impl IntoResponse) -> Response {
    ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-store")], body).into_response()
}
