//! The one question that a voter's client asks the authority: for the manifest, which says where the board is.

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use std::time::Duration;
use urna_api::Problem;
use urna_api::client::ClientError as ServiceError;
use urna_election::Slug;
use urna_election::manifest::Manifest;

/// How long the request may take in all.
const PATIENCE: Duration = Duration::from_secs(90);

/// Speaks to one authority. What stands behind the `#` of a link never gets here.
#[derive(Debug)]
pub(super) struct AuthorityClient {
    http: Client,
    base: String,
}

impl AuthorityClient {
    /// The authority at this address, as in a link.
    pub(super) fn new(address: &str) -> Result<Self, ServiceError> {
        let wrong = || ServiceError::Address(address.to_owned());
        let base = Url::parse(address).map_err(|_| wrong())?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(wrong());
        }
        // Fails only if a provider is set already, which then is the one to use.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().user_agent("urna").timeout(PATIENCE).redirect(Policy::none());
        let http = http.build().map_err(|_| wrong())?;
        Ok(Self { http, base: address.trim_end_matches('/').to_owned() })
    }

    /// The bytes of an election's manifest (`spec/http.md`, Elections), not more of them than one has.
    pub(super) async fn manifest(&self, slug: &Slug) -> Result<Vec<u8>, ServiceError> {
        let url = format!("{}/v1/elections/{slug}/manifest", self.base);
        let unreachable = |source: reqwest::Error| ServiceError::Unreachable {
            url: url.clone(),
            source: source.without_url(),
        };
        let unexpected =
            |status| ServiceError::Unexpected { url: url.clone(), status, expected: "a manifest" };
        let mut answer = self.http.get(&url).send().await.map_err(unreachable)?;
        let status = answer.status();
        let is_problem = is_problem(&answer);
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            if bytes.len() + chunk.len() > Manifest::LIMIT {
                return Err(unexpected(status.as_u16()));
            }
            bytes.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return Ok(bytes);
        }
        match serde_json::from_slice::<Problem>(&bytes) {
            Ok(problem) if is_problem => {
                Err(ServiceError::Problem { url: url.clone(), problem: Box::new(problem) })
            }
            _ => Err(unexpected(status.as_u16())),
        }
    }
}

fn is_problem(answer: &Response) -> bool {
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/problem+json"))
}
