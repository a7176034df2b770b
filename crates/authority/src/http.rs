//! The authority's routes (`spec/http.md`, Authority): elections, keys of the other parties, register, invitations, API keys;
//! what a refusal looks like is in `refusal`.
//!
//! Nothing here reads an address, and nothing is logged for a request. Organisers show an API key, or sign in at the `desk`, the only
//! place that reads a cookie; issuers prove that they have their keys; everybody may read what is published.

mod booth;
mod ceremony;
mod desk;
mod elections;
mod invitations;
mod keys;
mod parties;
mod refusal;
mod register;
mod results;
mod trustee;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_http::compression::CompressionLayer;
use urna_api::server::{JSON, Limits, described, for_ever, kept_to_its_origin, parse_json, read_body, serve};
use urna_api::{Problem, ProblemType};
use urna_election::Slug;
use urna_pages::Asset;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::Caller;
use crate::error::AuthorityError;
use crate::schedule::keep_time;
use crate::service::Authority;
use refusal::problem;

/// The most bytes of a body that is not a draft or a list.
const BODY: usize = 256 << 10;

/// The description of the interface. What `utoipa` cannot derive is said here.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Urna authority",
        description = "The organiser's service: drafts, register, invitations and phases of elections. It knows people, \
                       and nothing of ballots.\n\nOrganisers show an API key: `Authorization: Bearer`.",
        license(name = "Apache-2.0 OR MIT")
    ),
    servers((url = "/")),
    modifiers(&BearerKey),
    tags(
        (name = "Elections", description = "Drafts, approval, publication, phases"),
        (name = "Parties", description = "Keys of issuers and trustees"),
        (name = "Register", description = "The list of voters"),
        (name = "Invitations", description = "Each voter's own link"),
        (name = "API keys", description = "Who may do what"),
        (name = "Booth", description = "The program and pages in which people vote"),
    )
)]
struct Description;

struct BearerKey;

impl Modify for BearerKey {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        let components = openapi.components.get_or_insert_with(Default::default);
        components.add_security_scheme("key", scheme);
    }
}

/// All routes of an authority, with their description.
pub fn routes(authority: Arc<Authority>, limits: Limits) -> OpenApiRouter {
    let service = Service { authority, patience: limits.body };
    let routes = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(elections::create, elections::list))
        .routes(routes!(elections::status))
        .routes(routes!(elections::draft, elections::edit))
        .routes(routes!(elections::plan, elections::fix_plan))
        .routes(routes!(elections::validate))
        .routes(routes!(elections::manifest))
        .routes(routes!(elections::approve))
        .routes(routes!(elections::publish))
        .routes(routes!(elections::open))
        .routes(routes!(elections::close))
        .routes(routes!(elections::cancel))
        .routes(routes!(results::tally))
        .routes(routes!(results::certify))
        .routes(routes!(results::result))
        .routes(routes!(elections::turnout))
        .routes(routes!(elections::audit))
        .routes(routes!(parties::issuer_keys, parties::remove_issuer_keys))
        .routes(routes!(parties::trustee_keys))
        .routes(routes!(ceremony::package))
        .routes(routes!(ceremony::ceremony))
        .routes(routes!(ceremony::restart))
        .routes(routes!(register::load, register::rows))
        .routes(routes!(register::change))
        .routes(routes!(register::salts))
        .routes(routes!(invitations::test))
        .routes(routes!(invitations::send))
        .routes(routes!(invitations::job))
        .routes(routes!(invitations::letters))
        .routes(routes!(invitations::erase))
        .routes(routes!(invitations::resend))
        .routes(routes!(keys::make, keys::list))
        .routes(routes!(keys::revoke))
        .routes(routes!(keys::exchange))
        .routes(routes!(booth::newest));
    // For people, not for programs: the OpenAPI document does not describe them. What is compressed already stays as it is.
    let pages = Router::new()
        .route("/vote", get(booth::elections))
        .route("/vote/", get(booth::elections))
        .route("/vote/{election}", get(booth::vote))
        .route("/vote/{election}/", get(booth::with_slash))
        .route("/booth/{sha256}/{file}", get(booth::file))
        .route("/v1/assets/{name}", get(asset))
        .merge(desk::routes(service.clone()))
        .route("/trustee/{election}", get(trustee::page))
        .route("/trustee/{election}/{file}", get(trustee::file))
        .layer(CompressionLayer::new());
    routes
        .merge(pages.into())
        .with_state(service)
        .layer(middleware::map_response(challenged))
        .layer(middleware::map_response(kept_to_its_origin))
}

/// Serves an authority and keeps its times until `end` is ready, then lets requests and what they have begun finish.
///
/// # Errors
/// Of the listener.
pub async fn run(
    authority: Arc<Authority>,
    listener: TcpListener,
    limits: Limits,
    end: impl Future<Output = ()>,
) -> io::Result<()> {
    let (ending, mut ended) = watch::channel(false);
    let clock = tokio::spawn(keep_time(Arc::clone(&authority), async move {
        // An error means that the sender is gone, which is an end too.
        let _ = ended.wait_for(|ended| *ended).await;
    }));
    let watched = Arc::clone(&authority);
    let routes = described(routes(authority, limits), move || watched.failing(), limits);
    let served = serve(listener, routes, limits, end).await;
    let _ = ending.send(true);
    let _ = clock.await;
    served
}

/// What handlers share.
#[derive(Clone)]
struct Service {
    authority: Arc<Authority>,
    /// How long a body may take.
    patience: Duration,
}

impl Service {
    /// Who asks.
    fn caller(&self, headers: &HeaderMap) -> Result<Caller, Problem> {
        self.authority.authenticate(Self::shown_key(headers)?).map_err(problem)
    }

    /// The key that is shown.
    fn shown_key(headers: &HeaderMap) -> Result<&str, Problem> {
        let key = || {
            let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
            let (scheme, key) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
        };
        key().ok_or_else(|| problem(AuthorityError::Unauthenticated))
    }

    /// The body of a request, in JSON.
    async fn json<T: DeserializeOwned>(&self, headers: &HeaderMap, body: Body) -> Result<T, Problem> {
        parse_json(&self.bytes(headers, body, BODY).await?)
    }

    async fn bytes(&self, headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Problem> {
        read_body(headers, body, JSON, limit, self.patience).await
    }

    /// Does what involves the board, to its end also if the client goes away meanwhile: what is half done is gone on with
    /// in any case, but not while somebody else begins the next thing.
    async fn act<T: Send + 'static, F>(&self, work: impl FnOnce(Arc<Authority>) -> F) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, AuthorityError>> + Send + 'static,
    {
        let done = tokio::spawn(work(Arc::clone(&self.authority))).await;
        done.unwrap_or(Err(AuthorityError::BrokenOff)).map_err(problem)
    }

    /// Does what waits for the disk.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Authority) -> Result<T, AuthorityError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.authority.on_disk(work).await.map_err(problem)
    }
}

/// The slug in an address; what is none names no election.
fn slug(text: &str) -> Result<Slug, Problem> {
    text.parse().map_err(|_| {
        let short = text.chars().filter(|character| !character.is_control()).take(64).collect();
        problem(AuthorityError::UnknownElection(short))
    })
}

/// Files that pages name, for ever.
async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let unknown = || Problem::new(ProblemType::UnknownRoute, "There is no such file.");
    let Asset { content_type, bytes, policy, .. } = urna_pages::asset(&name).ok_or_else(unknown)?;
    Ok(for_ever(content_type, policy, bytes))
}

/// A response in JSON that is not kept by caches.
fn fresh(body: impl Serialize) -> Response {
    ([(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// A response with a status.
fn with(status: StatusCode, body: impl Serialize) -> Response {
    (status, fresh(body)).into_response()
}

/// Says how to authenticate, where somebody did not.
async fn challenged(mut response: Response) -> Response {
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
