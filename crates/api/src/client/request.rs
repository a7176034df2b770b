//! What all clients share: one service, a request to it, and its answer.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ClientError;
use super::authority::ApiKey;
use crate::problem::Problem;

/// How long a request may take in all.
const PATIENCE: Duration = Duration::from_secs(90);
/// The most bytes of an answer: the largest blob has as many.
const LIMIT: usize = 64 << 20;

/// A service at its address, over `http` or `https`. Redirects are not followed: a service is where its address says.
#[derive(Clone, Debug)]
pub(super) struct Service {
    http: Client,
    base: Url,
}

/// A request that is not sent yet.
pub(super) struct Request {
    pub(super) builder: RequestBuilder,
    url: String,
}

/// An answer below 400, whose body is not read yet.
pub(super) struct Answer {
    response: Response,
    url: String,
}

impl Service {
    pub(super) fn new(address: &str) -> Result<Self, ClientError> {
        let wrong = || ClientError::Address(address.to_owned());
        let base = Url::parse(address).map_err(|_| wrong())?;
        if !matches!(base.scheme(), "http" | "https") || base.cannot_be_a_base() {
            return Err(wrong());
        }
        // Fails only if a provider is set already, which then is the one to use.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().user_agent("urna").timeout(PATIENCE).redirect(Policy::none());
        // Reading the machine's certificates takes longer than most requests; without TLS none is asked for one.
        let http = if base.scheme() == "http" { http.tls_certs_only([]) } else { http };
        Ok(Self { http: http.build().map_err(|_| wrong())?, base })
    }

    /// Whether nobody on the way can read what is sent.
    pub(super) fn is_private(&self) -> bool {
        let is_loopback = match self.base.host_str().map(|host| host.trim_matches(['[', ']'])) {
            Some("localhost") => true,
            Some(host) => host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback()),
            None => false,
        };
        self.base.scheme() == "https" || is_loopback
    }

    pub(super) fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    /// A request to a path that was made of what needs no escaping.
    pub(super) fn request(&self, method: Method, path: &str) -> Request {
        let url = format!("{}/{path}", self.base.as_str().trim_end_matches('/'));
        Request { builder: self.http.request(method, &url), url }
    }

    /// A POST to a path of segments, which are escaped.
    pub(super) fn post_to(&self, segments: &[&str]) -> Request {
        let mut url = self.base.clone();
        // A base can have segments: this was asked when it was parsed.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        Request { builder: self.http.post(url.clone()), url: url.into() }
    }
}

impl Request {
    pub(super) fn json(mut self, body: &impl Serialize) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    pub(super) fn body(self, content_type: &'static str, bytes: Vec<u8>) -> Self {
        let Self { builder, url } = self.header(CONTENT_TYPE, content_type);
        Self { builder: builder.body(bytes), url }
    }

    pub(super) fn header(mut self, name: impl Into<HeaderName>, value: impl AsRef<str>) -> Self {
        self.builder = self.builder.header(name.into(), value.as_ref());
        self
    }

    /// Shows the key; it is marked, so that nothing prints it.
    pub(super) fn key(mut self, key: Option<&ApiKey>) -> Self {
        if let Some(Ok(mut value)) = key.map(|key| HeaderValue::from_str(&key.bearer())) {
            value.set_sensitive(true);
            self.builder = self.builder.header(AUTHORIZATION, value);
        }
        self
    }

    /// Sends it; answers from 400 up are errors.
    pub(super) async fn send(self) -> Result<Answer, ClientError> {
        let Self { builder, url } = self;
        let response = builder.send().await.map_err(|source| unreachable(&url, source))?;
        let status = response.status();
        let answer = Answer { response, url };
        if !status.is_client_error() && !status.is_server_error() {
            return Ok(answer);
        }
        let is_problem =
            answer.header(CONTENT_TYPE).is_some_and(|value| value.starts_with("application/problem+json"));
        let retry_after = answer.header(RETRY_AFTER).and_then(|value| value.parse().ok());
        let (url, expected) = (answer.url.clone(), "a problem document");
        let bytes = answer.bytes(expected).await?;
        match serde_json::from_slice::<Problem>(&bytes) {
            Ok(problem) if is_problem => {
                let problem = Box::new(Problem { retry_after, ..problem });
                Err(ClientError::Problem { url, problem })
            }
            _ => Err(unexpected(&url, status, expected)),
        }
    }

    /// Sends it, and reads JSON of this type.
    pub(super) async fn read<T: DeserializeOwned>(self, expected: &'static str) -> Result<T, ClientError> {
        self.send().await?.json(expected).await
    }

    /// Sends it, and reads bytes.
    pub(super) async fn bytes(self, expected: &'static str) -> Result<Vec<u8>, ClientError> {
        self.send().await?.bytes(expected).await
    }
}

impl Answer {
    pub(super) fn status(&self) -> StatusCode {
        self.response.status()
    }

    pub(super) fn header(&self, name: impl Into<HeaderName>) -> Option<&str> {
        let headers: &HeaderMap = self.response.headers();
        headers.get(name.into()).and_then(|value| value.to_str().ok())
    }

    /// An answer that this service would not give.
    pub(super) fn unexpected(&self, expected: &'static str) -> ClientError {
        unexpected(&self.url, self.status(), expected)
    }

    /// The body, not more of it than the largest blob has.
    pub(super) async fn bytes(self, expected: &'static str) -> Result<Vec<u8>, ClientError> {
        self.at_most(LIMIT, expected).await
    }

    /// The body, not more of it than `limit`.
    pub(super) async fn at_most(self, limit: usize, expected: &'static str) -> Result<Vec<u8>, ClientError> {
        let too_long = self.unexpected(expected);
        let Self { mut response, url } = self;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|source| unreachable(&url, source))? {
            if bytes.len() + chunk.len() > limit {
                return Err(too_long);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// The body, as JSON of this type.
    pub(super) async fn json<T: DeserializeOwned>(self, expected: &'static str) -> Result<T, ClientError> {
        let wrong = self.unexpected(expected);
        let bytes = self.bytes(expected).await?;
        serde_json::from_slice(&bytes).map_err(|_| wrong)
    }
}

fn unreachable(url: &str, source: reqwest::Error) -> ClientError {
    ClientError::Unreachable { url: url.to_owned(), source: source.without_url() }
}

fn unexpected(url: &str, status: StatusCode, expected: &'static str) -> ClientError {
    ClientError::Unexpected { url: url.to_owned(), status: status.as_u16(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_is_in_a_path() {
        for base in ["https://vote.example", "https://vote.example/"] {
            let service = Service::new(base).unwrap();
            let request = service.post_to(&["v1", "a/b c?d#e%f", "resend"]);
            assert_eq!(request.url, "https://vote.example/v1/a%2Fb%20c%3Fd%23e%25f/resend");
            assert_eq!(service.get("v1/elections").url, "https://vote.example/v1/elections");
        }
    }
}
