//! Clients of the services: one request a method, problems as errors.
//!
//! They send what is asked and nothing of their own: no cookie, no identification of the program beyond its name. What carries a
//! request is a [`Transport`]; [`Native`], of the feature `native`, is the one of programs on a machine of their own.

mod authority;
mod board;
mod ceremony;
mod issuer;
#[cfg(feature = "native")]
mod native;
mod request;
mod transport;

use crate::problem::{Problem, ProblemType};

pub use authority::{ApiKey, AuthorityClient, Edit};
pub use board::{Accepted, BlobSender, BoardClient, Outcome};
pub use issuer::IssuerClient;
#[cfg(feature = "native")]
pub use native::Native;
pub use request::is_address;
pub use transport::{Call, Carried, Method, NoReply, Reply, Transport};

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
        source: NoReply,
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
    /// A secret would be sent where anybody on the way can read it.
    #[error("{0} is no address to send an API key to: use https; only loopback may do without")]
    Unprotected(String),
    /// What should be an API key is none. It is not repeated.
    #[error("this is no API key: one begins with urna_, as `urna key api` prints it")]
    NotAnApiKey,
    /// What should name an API key does not.
    #[error("an API key's id has letters and digits only, as `urna key list` prints it")]
    NotAKeyId,
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
