//! A record behind a web server: requests with limits, repeated with growing pauses.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use urna_election::json::Base64;

use super::{OfficialEntry, SourceError};
use crate::board::Official;
use crate::record::{Content, File};

/// How long a request may take in all.
const PATIENCE: Duration = Duration::from_secs(90);
/// How often a request is made, with pauses that double.
const ATTEMPTS: u32 = 7;
/// The first pause.
const PAUSE: Duration = Duration::from_millis(500);
/// The longest pause that a server may ask for.
const LONGEST_PAUSE: u64 = 60;
/// The most bytes of an answer that explains a refusal.
const PROBLEM_LIMIT: usize = 64 << 10;

/// The address of an election's record, such as `https://board.example/council-2026/`.
#[derive(Clone, Debug)]
pub struct Prefix {
    http: Client,
    base: Url,
    pause: Duration,
}

/// Why an attempt brought nothing.
enum Attempt {
    /// Another one may.
    Again(String, Option<u64>),
    Never(SourceError),
}

impl Prefix {
    /// The record at this address, `http` or `https`.
    ///
    /// # Errors
    /// [`SourceError::Address`].
    pub fn new(address: &str) -> Result<Self, SourceError> {
        let wrong = || SourceError::Address(address.to_owned());
        let base = Url::parse(&format!("{}/", address.trim_end_matches('/'))).map_err(|_| wrong())?;
        let is_prefix = base.query().is_none() && base.fragment().is_none();
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() || !is_prefix {
            return Err(wrong());
        }
        // Fails only if a provider is set already, which then is the one to use.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().user_agent("urna-verify").timeout(PATIENCE);
        let client = client.redirect(reqwest::redirect::Policy::none()).build();
        Ok(Self { http: client.map_err(|_| wrong())?, base, pause: PAUSE })
    }

    /// The same, with another pause before a request is repeated for the first time; half a second if nothing is said.
    #[must_use]
    pub fn with_pause(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// Whether a text is meant as an address and not as a directory.
    pub fn is_address(source: &str) -> bool {
        source.starts_with("http://") || source.starts_with("https://")
    }

    /// A file's bytes.
    pub(super) async fn read(&self, file: &File, limit: usize) -> Result<Content, SourceError> {
        let url = self.url(&file.to_string())?;
        self.get(url, limit).await
    }

    /// The entries of authority, issuers and trustees, from the board's own route.
    pub(super) async fn official(&self) -> Result<Vec<OfficialEntry>, SourceError> {
        let slug =
            self.base.path_segments().and_then(|segments| segments.rev().find(|part| !part.is_empty()));
        let slug = slug.ok_or_else(|| SourceError::Address(self.base.to_string()))?.to_owned();
        let mut official = Official::default();
        loop {
            let url = self.url(&official.next(&slug))?;
            let bytes = match self.get(url.clone(), Official::LIMIT).await? {
                Content::Bytes(bytes) => bytes,
                _ => return Err(SourceError::Missing { url: url.to_string() }),
            };
            let more = official.take(&bytes).map_err(|_| SourceError::Unreachable {
                url: url.to_string(),
                error: "its answer is not a list of entries".to_owned(),
            })?;
            if !more {
                let entries = official.into_entries().into_iter();
                return Ok(entries
                    .map(|(index, entry)| OfficialEntry { entry: Base64(entry), index })
                    .collect());
            }
        }
    }

    /// The address of a path below the prefix.
    pub(super) fn url(&self, path: &str) -> Result<Url, SourceError> {
        self.base.join(path).map_err(|_| SourceError::Address(self.base.to_string()))
    }

    async fn get(&self, url: Url, limit: usize) -> Result<Content, SourceError> {
        let mut pause = self.pause;
        let mut attempt = 1;
        loop {
            match self.attempt(&url, limit).await {
                Ok(content) => return Ok(content),
                Err(Attempt::Never(error)) => return Err(error),
                Err(Attempt::Again(error, _)) if attempt == ATTEMPTS => {
                    return Err(SourceError::Unreachable { url: url.to_string(), error });
                }
                Err(Attempt::Again(_, asked)) => {
                    let asked = asked.map(|seconds| Duration::from_secs(seconds.min(LONGEST_PAUSE)));
                    tokio::time::sleep(asked.unwrap_or(pause).max(pause)).await;
                    pause = pause.saturating_mul(2);
                    attempt += 1;
                }
            }
        }
    }

    async fn attempt(&self, url: &Url, limit: usize) -> Result<Content, Attempt> {
        let again = |error: reqwest::Error| Attempt::Again(plain(&error), None);
        let mut response = self.http.get(url.clone()).send().await.map_err(again)?;
        let status = response.status();
        if status.is_success() {
            let too_long = || Attempt::Never(SourceError::TooLong { url: url.to_string(), limit });
            return body(&mut response, limit).await?.map(Content::Bytes).ok_or_else(too_long);
        }
        let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Attempt::Again(format!("the server answers {status}"), asked));
        }
        if matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE) {
            let is_problem = response
                .headers()
                .get(CONTENT_TYPE)
                .is_some_and(|value| value.as_bytes().starts_with(b"application/problem+json"));
            let problem = if is_problem { body(&mut response, PROBLEM_LIMIT).await? } else { None };
            return Ok(Content::absent(&problem.unwrap_or_default()));
        }
        let error = format!("the server answers {status}");
        Err(Attempt::Never(SourceError::Unreachable { url: url.to_string(), error }))
    }
}

/// The body of an answer; none if it has more than `limit` bytes.
async fn body(response: &mut Response, limit: usize) -> Result<Option<Vec<u8>>, Attempt> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Attempt::Again(plain(&error), None))? {
        if bytes.len().saturating_add(chunk.len()) > limit {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}

/// What went wrong, in a line: the causes, without the address, which is said anyway.
fn plain(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
