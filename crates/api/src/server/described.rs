//! Routes and the OpenAPI document that describes them, in one place.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router, middleware};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, ResponseBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{JSON, Limits, PROBLEM_JSON, explained, layered, protection::protected};
use crate::problem::{Problem, ProblemType};

/// All routes of a listener, with their description at `/v1/openapi.json`, with limits, and with the two questions of whoever
/// watches the process, which have none. `failing` says which elections, or what else, cannot be served just now.
pub fn described(
    routes: OpenApiRouter,
    failing: impl Fn() -> Vec<String> + Send + Sync + 'static,
    limits: Limits,
) -> Router {
    let (routes, document) = routes.routes(routes!(description)).split_for_parts();
    // A struct of texts: it can be written.
    let document: Arc<str> = with_problems(document).to_pretty_json().unwrap_or_default().into();
    Router::new()
        .route("/healthz", get(async || plain("alive\n")))
        .route("/readyz", get(ready).with_state(Arc::new(failing)))
        .fallback_service(layered(routes.layer(Extension(document)), limits))
        .layer(middleware::map_response(explained))
        .layer(middleware::from_fn(protected))
}

/// Whether everything is served.
async fn ready<F: Fn() -> Vec<String>>(State(failing): State<Arc<F>>) -> Response {
    let failing = failing();
    if failing.is_empty() {
        return plain("ready\n").into_response();
    }
    let detail = format!("Not served just now: {}.", failing.join(", "));
    Problem::new(ProblemType::Stopped, detail).into_response()
}

fn plain(text: &'static str) -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], text)
}

/// This document
#[utoipa::path(
    get, path = "/v1/openapi.json", tag = "Interface",
    responses((status = 200, content_type = "application/json", description = "OpenAPI 3.1"))
)]
async fn description(Extension(document): Extension<Arc<str>>) -> Response {
    ([(CONTENT_TYPE, JSON), (CACHE_CONTROL, "max-age=60")], document.to_string()).into_response()
}

/// Says of every operation that it may answer with a problem that is not listed with it.
fn with_problems(mut document: OpenApi) -> OpenApi {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let problem = ResponseBuilder::new()
        .description("Any other problem, by its `type`")
        .content(PROBLEM_JSON, problem)
        .build();
    for path in document.paths.paths.values_mut() {
        for operation in
            [&mut path.get, &mut path.put, &mut path.post, &mut path.delete].into_iter().flatten()
        {
            operation.responses.responses.insert("default".to_owned(), problem.clone().into());
        }
    }
    document
}
