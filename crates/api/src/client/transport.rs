//! What carries a request to a service, and its answer back. Everything that a client sends goes through here.

use core::error::Error;
use core::fmt;
use core::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

/// How a service is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Adds, or does.
    Post,
    /// Puts in the place of what is there.
    Put,
    /// Removes.
    Delete,
}

impl Method {
    /// Its name in HTTP.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// A request, whole. Headers and body may be secret, and are not printed.
pub struct Call {
    /// How the service is asked.
    pub method: Method,
    /// The whole address, over `http` or `https`.
    pub url: String,
    /// Names in lower case, and values.
    pub headers: Vec<(&'static str, Zeroizing<String>)>,
    /// None of a request without a body.
    pub body: Option<Vec<u8>>,
    /// The most bytes of an answer's body.
    pub limit: usize,
    /// How long it may take in all.
    pub patience: Duration,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.url)
    }
}

/// An answer, of whatever status.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values; those that are no text are left out.
    pub headers: Vec<(String, String)>,
    /// The body; none if it is longer than the request's limit.
    pub body: Option<Vec<u8>>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Why there is no answer. Whether the request arrived is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoReply(String);

impl NoReply {
    /// For a person. What lies at the ground of an error says more than what is around it.
    pub fn new(error: &(dyn Error + 'static)) -> Self {
        let mut cause = error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        Self(cause.to_string())
    }
}

impl From<String> for NoReply {
    fn from(reason: String) -> Self {
        Self(reason)
    }
}

/// A request that is on its way.
pub type Carried = Pin<Box<dyn Future<Output = Result<Reply, NoReply>> + Send>>;

/// Carries requests. It follows no redirect, keeps and sends no cookie, and adds no header that tells who asks; the request leaves
/// when the future is first polled, and is given up when that is dropped.
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends a request, and brings the answer with its body.
    fn carry(&self, call: Call) -> Carried;

    /// The same over connections of its own, where that is to be had: by a connection, nobody shall see that two requests are of
    /// one person (CLI-26).
    fn apart(&self) -> Arc<dyn Transport>;
}
