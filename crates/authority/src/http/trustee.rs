//! The page on which a trustee does its part, and the files beside it (`spec/trustees.md`, In a browser).
//!
//! The link of a trustee is `/trustee/<slug>?trustee=<id>`. It opens nothing: packages and entries are authenticated by what is
//! signed in them alone. Nothing here reads who asks, or sets a cookie.

use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderMap, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use urna_api::server::{HTML, cacheable};
use urna_api::{Problem, ProblemType};
use urna_election::Slug;
use urna_pages::{Address, Words, trustee};

use super::Service;
use super::booth::{Chosen, NO_CACHE, NO_SENSORS, PERMISSIONS_POLICY, policy};

/// Whose page it is.
#[derive(Deserialize)]
pub(super) struct Asked {
    trustee: Option<String>,
}

/// The page.
pub(super) async fn page(
    State(service): State<Service>,
    Path(election): Path<String>,
    Query(chosen): Query<Chosen>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let words = Words::new(chosen.language(&headers));
    let query = vec![("trustee", asked.trustee.unwrap_or_default())];
    let known = match election.parse::<Slug>() {
        Ok(slug) => service.on_disk(move |authority| authority.board_of(&slug)).await.map(Some),
        Err(_) => Ok(None),
    };
    match known {
        Ok(Some((slug, board))) => {
            let page = trustee::trustee(words, &Address { path: format!("/trustee/{slug}"), query });
            Ok(allowed(cacheable(&headers, HTML, NO_CACHE, page.into_bytes()), board.as_deref()))
        }
        Err(problem) if problem.kind != ProblemType::UnknownElection => Err(problem),
        _ => {
            // What stands in the address is nobody's short name: only the files' place is needed.
            let page = trustee::unknown(words, &Address { path: "/trustee/unknown".to_owned(), query });
            let mut response = allowed(cacheable(&headers, HTML, NO_CACHE, page.into_bytes()), None);
            *response.status_mut() = StatusCode::NOT_FOUND;
            Ok(response)
        }
    }
}

/// A file beside the page. What runs in a worker has the page's policy, as it is not under that of the page.
pub(super) async fn file(
    State(service): State<Service>,
    Path((election, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let unknown = || Problem::new(ProblemType::UnknownRoute, "The trustee's page has no such file.");
    let (content_type, bytes) = trustee::file(&name).ok_or_else(unknown)?;
    let board = match election.parse::<Slug>() {
        Ok(slug) => service.on_disk(move |authority| authority.board_of(&slug)).await.ok(),
        Err(_) => None,
    };
    let board = board.and_then(|(_, board)| board);
    Ok(allowed(cacheable(&headers, content_type, NO_CACHE, bytes.to_vec()), board.as_deref()))
}

/// The same, with what it may load and ask.
fn allowed(mut response: Response, board: Option<&str>) -> Response {
    let own = response.headers_mut();
    // Only origins are in it, and those are in ASCII.
    if let Ok(policy) = HeaderValue::from_str(&policy(board.into_iter())) {
        own.insert(CONTENT_SECURITY_POLICY, policy);
    }
    own.insert(PERMISSIONS_POLICY, NO_SENSORS);
    own.insert(VARY, HeaderValue::from_static("accept-language"));
    response
}

impl crate::service::Authority {
    /// An election that there is, and where its trustees' pages ask besides: its board, once that has made a log for the plan.
    fn board_of(&self, slug: &Slug) -> crate::service::Result<(Slug, Option<String>)> {
        let log = self.election(slug)?.plan.and_then(|plan| plan.log);
        Ok((slug.clone(), log.map(|log| log.url)))
    }
}
