//! What all clients share: one service, a request to it, and its answer.

use core::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::ClientError;
use super::authority::ApiKey;
use super::transport::{Call, Method, NoReply, Reply, Transport};
use crate::problem::Problem;

/// How long a request may take in all.
const PATIENCE: Duration = Duration::from_secs(90);
/// The most bytes of an answer: the largest blob has as many.
const LIMIT: usize = 64 << 20;

/// A service at its address, over `http` or `https`. Redirects are not followed: a service is where its address says.
#[derive(Clone, Debug)]
pub(super) struct Service {
    transport: Arc<dyn Transport>,
    base: Address,
}

/// `http://` or `https://`, a host, perhaps a port, perhaps a path; without a slash at its end.
#[derive(Clone, Debug)]
struct Address {
    text: String,
    /// Whether nobody on the way can read what is sent.
    is_private: bool,
}

/// A request that is not sent yet.
pub(super) struct Request {
    transport: Arc<dyn Transport>,
    call: Call,
}

/// An answer below 400.
pub(super) struct Answer {
    reply: Reply,
    url: String,
}

impl Address {
    /// Of a host only the characters that every reader of addresses reads in the same way: what is taken for loopback here must be
    /// loopback for the transport.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim_end_matches('/');
        let (scheme, rest) = text.split_once("://")?;
        let is_tls = match scheme {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match place.strip_prefix('[').and_then(|place| place.split_once(']')) {
            Some((host, port)) if host.parse::<std::net::Ipv6Addr>().is_ok() => (host, port),
            Some(_) => return None,
            None => place.find(':').map_or((place, ""), |at| place.split_at(at)),
        };
        let is_name =
            |name: &str| name.chars().all(|letter| letter.is_alphanumeric() || "-._".contains(letter));
        let is_host = !host.is_empty() && (place.starts_with('[') || is_name(host));
        let is_port =
            port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
        let is_path = path.chars().all(|letter| letter.is_ascii_graphic() && !"?#\\\"<>".contains(letter));
        if !(is_host && is_port && is_path) {
            return None;
        }
        let is_loopback =
            host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
        Some(Self { text: text.to_owned(), is_private: is_tls || is_loopback })
    }
}

/// Whether a text can be the address of a service: `http` or `https`, a host, perhaps a port and a path, and nothing else.
pub fn is_address(text: &str) -> bool {
    Address::parse(text).is_some()
}

impl Service {
    pub(super) fn new(address: &str, transport: Arc<dyn Transport>) -> Result<Self, ClientError> {
        let base = Address::parse(address).ok_or_else(|| ClientError::Address(address.to_owned()))?;
        Ok(Self { transport, base })
    }

    /// Where it is.
    pub(super) fn address(&self) -> &str {
        &self.base.text
    }

    /// Whether nobody on the way can read what is sent.
    pub(super) const fn is_private(&self) -> bool {
        self.base.is_private
    }

    pub(super) fn get(&self, path: &str) -> Request {
        self.request(Method::Get, path)
    }

    /// A request to a path that was made of what needs no escaping.
    pub(super) fn request(&self, method: Method, path: &str) -> Request {
        let url = format!("{}/{path}", self.base.text);
        let (headers, body) = (Vec::new(), None);
        let call = Call { method, url, headers, body, limit: LIMIT, patience: PATIENCE };
        Request { transport: Arc::clone(&self.transport), call }
    }

    /// A POST to a path of segments, which are escaped.
    pub(super) fn post_to(&self, segments: &[&str]) -> Request {
        let segments: Vec<String> = segments.iter().map(|segment| escaped(segment)).collect();
        self.request(Method::Post, &segments.join("/"))
    }
}

/// A segment of a path, of which only letters, digits and `-._~` stay as they are (RFC 3986).
fn escaped(segment: &str) -> String {
    let mut path = String::new();
    for byte in segment.bytes() {
        match char::from(byte) {
            plain @ ('a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' | '~') => path.push(plain),
            _ => path.push_str(&format!("%{byte:02X}")),
        }
    }
    path
}

impl Request {
    pub(super) fn json(self, body: &impl Serialize) -> Self {
        // It fails only for maps whose keys are no text. None is sent, and a service would refuse an empty body.
        self.body("application/json", serde_json::to_vec(body).unwrap_or_default())
    }

    pub(super) fn body(mut self, content_type: &'static str, bytes: Vec<u8>) -> Self {
        self.call.body = Some(bytes);
        self.header("content-type", content_type)
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.call.headers.push((name, Zeroizing::new(value.into())));
        self
    }

    /// Shows the key.
    pub(super) fn key(mut self, key: Option<&ApiKey>) -> Self {
        self.call.headers.extend(key.map(|key| ("authorization", key.bearer())));
        self
    }

    /// Takes an answer of at most so many bytes.
    pub(super) const fn at_most(mut self, limit: usize) -> Self {
        self.call.limit = limit;
        self
    }

    /// Sends it; answers from 400 up are errors.
    pub(super) async fn send(self) -> Result<Answer, ClientError> {
        let Self { transport, call } = self;
        let url = call.url.clone();
        let unreachable = |source: NoReply| ClientError::Unreachable { url: url.clone(), source };
        let reply = transport.carry(call).await.map_err(unreachable)?;
        let answer = Answer { reply, url };
        if answer.status() < 400 {
            return Ok(answer);
        }
        let is_problem =
            answer.header("content-type").is_some_and(|value| value.starts_with("application/problem+json"));
        let retry_after = answer.header("retry-after").and_then(|value| value.parse().ok());
        let (url, expected) = (answer.url.clone(), "a problem document");
        let wrong = answer.unexpected(expected);
        match serde_json::from_slice::<Problem>(&answer.bytes(expected)?) {
            Ok(problem) if is_problem => {
                let problem = Box::new(Problem { retry_after, ..problem });
                Err(ClientError::Problem { url, problem })
            }
            _ => Err(wrong),
        }
    }

    /// Sends it, and reads JSON of this type.
    pub(super) async fn read<T: DeserializeOwned>(self, expected: &'static str) -> Result<T, ClientError> {
        self.send().await?.json(expected)
    }

    /// Sends it, and reads bytes.
    pub(super) async fn bytes(self, expected: &'static str) -> Result<Vec<u8>, ClientError> {
        self.send().await?.bytes(expected)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}

impl Answer {
    pub(super) const fn status(&self) -> u16 {
        self.reply.status
    }

    /// The header with this name, in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.reply.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// An answer that this service would not give.
    pub(super) fn unexpected(&self, expected: &'static str) -> ClientError {
        ClientError::Unexpected { url: self.url.clone(), status: self.status(), expected }
    }

    /// The body, if it was not longer than the request takes.
    pub(super) fn bytes(mut self, expected: &'static str) -> Result<Vec<u8>, ClientError> {
        self.reply.body.take().ok_or_else(|| self.unexpected(expected))
    }

    /// The body, as JSON of this type.
    pub(super) fn json<T: DeserializeOwned>(self, expected: &'static str) -> Result<T, ClientError> {
        let wrong = self.unexpected(expected);
        serde_json::from_slice(&self.bytes(expected)?).map_err(|_| wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goes nowhere.
    #[derive(Debug)]
    struct Nowhere;

    impl Transport for Nowhere {
        fn carry(&self, _: Call) -> super::super::Carried {
            Box::pin(async { Err("nobody is there".to_owned().into()) })
        }

        fn apart(&self) -> Arc<dyn Transport> {
            Arc::new(Self)
        }
    }

    #[test]
    fn escapes_what_is_in_a_path() {
        for base in ["https://vote.example", "https://vote.example/"] {
            let service = Service::new(base, Arc::new(Nowhere)).unwrap();
            let request = service.post_to(&["v1", "a/b c?d#e%f", "resend"]);
            assert_eq!(request.call.url, "https://vote.example/v1/a%2Fb%20c%3Fd%23e%25f/resend");
            assert_eq!(service.post_to(&["č"]).call.url, "https://vote.example/%C4%8D");
            assert_eq!(service.get("v1/elections").call.url, "https://vote.example/v1/elections");
        }
    }

    #[test]
    fn accepts_addresses_of_services() {
        for (text, is_private) in [
            ("https://vote.example", true),
            ("https://vote.example:8443/urna/", true),
            ("https://röst.example", true),
            ("http://vote.example", false),
            ("http://localhost:8080", true),
            ("http://127.0.0.1:1/urna", true),
            ("http://[::1]:1", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example", false),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!((address.text.as_str(), address.is_private), (text.trim_end_matches('/'), is_private));
        }
    }

    #[test]
    fn rejects_what_is_no_address_of_a_service() {
        for text in [
            "",
            "vote.example",
            "ftp://vote.example",
            "https://",
            "https:///vote",
            "https://vote.example?a",
            "https://vote.example/#a",
            "https://vote.example/a b",
            "https://vote.example:port",
            "https://vote.example:99999",
            "https://ada:secret@vote.example",
            "http://localhost\\@vote.example",
            "http://localhost\t.example",
            "http://[::1",
            "http://[vote.example]",
            "http://[::1]vote.example",
        ] {
            assert!(Address::parse(text).is_none(), "{text}");
        }
    }
}
