//! Clients of the services: one request a method, problems as errors.
//!
//! They send what is asked and nothing of their own: no cookie, no identification of the program beyond its name.

mod board;
mod issuer;

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;

use crate::problem::{Problem, ProblemType};

pub use board::{Accepted, BlobSender, BoardClient, Outcome};
pub use issuer::IssuerClient;

/// Why a request brought no answer that can be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The service refused, and says why.
    #[error("{url}: {problem}")]
    Problem {
        /// What was asked.
        url: String,
        /// Its answer.
        problem: Box<Problem>,
    },
    /// No answer, or none in time. Whether the request arrived is not known.
    #[error("{url} cannot be reached: {source}")]
    Unreachable {
        /// What was asked.
        url: String,
        /// Why.
        source: reqwest::Error,
    },
    /// An answer that this service would not give.
    #[error("{url} gave an answer (status {status}) that is not one of Urna: {expected} was expected")]
    Unexpected {
        /// What was asked.
        url: String,
        /// The answer's status.
        status: u16,
        /// What should have come.
        expected: &'static str,
    },
    /// The address is no URL.
    #[error("{0} is not the address of a service")]
    Address(String),
}

impl ClientError {
    /// The problem that the service named.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem { problem, .. } => Some(problem),
            _ => None,
        }
    }

    /// The type of that problem.
    pub fn kind(&self) -> Option<ProblemType> {
        self.problem().map(|problem| problem.kind)
    }
}

/// How long a request may take in all.
const PATIENCE: Duration = Duration::from_secs(90);

/// A client for `http` and `https`. Redirects are not followed: a service is where its address says.
pub(crate) fn http() -> reqwest::Client {
    // Fails only if a provider is set already, which then is the one to use.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .user_agent("urna")
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none());
    builder.build().unwrap_or_default()
}

/// The address of a service.
pub(crate) fn address(text: &str) -> Result<Url, ClientError> {
    let wrong = || ClientError::Address(text.to_owned());
    let base = Url::parse(text).map_err(|_| wrong())?;
    if !matches!(base.scheme(), "http" | "https") || base.cannot_be_a_base() {
        return Err(wrong());
    }
    Ok(base)
}

/// Sends a request; answers from 400 up are errors.
pub(crate) async fn send(request: RequestBuilder, url: &str) -> Result<Response, ClientError> {
    let response = request.send().await.map_err(|source| unreachable(url, source))?;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return Ok(response);
    }
    let is_problem = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/problem+json"));
    let retry_after = response
        .headers()
        .get(reqwest::header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let bytes = response.bytes().await.map_err(|source| unreachable(url, source))?;
    match serde_json::from_slice::<Problem>(&bytes) {
        Ok(problem) if is_problem => {
            let problem = Box::new(Problem { retry_after, ..problem });
            Err(ClientError::Problem { url: url.to_owned(), problem })
        }
        _ => Err(unexpected(url, status, "a problem document")),
    }
}

/// The body of an answer, as JSON of this type.
pub(crate) async fn read<T: DeserializeOwned>(
    answer: Response,
    url: &str,
    expected: &'static str,
) -> Result<T, ClientError> {
    let status = answer.status();
    let bytes = answer.bytes().await.map_err(|source| unreachable(url, source))?;
    serde_json::from_slice(&bytes).map_err(|_| unexpected(url, status, expected))
}

pub(crate) fn unreachable(url: &str, source: reqwest::Error) -> ClientError {
    ClientError::Unreachable { url: url.to_owned(), source: source.without_url() }
}

pub(crate) fn unexpected(url: &str, status: StatusCode, expected: &'static str) -> ClientError {
    ClientError::Unexpected { url: url.to_owned(), status: status.as_u16(), expected }
}
