//! The issuer's client.

use std::sync::Arc;

use urna_election::Slug;

use super::ClientError;
#[cfg(feature = "native")]
use super::native::Native;
use super::request::Service;
use super::transport::{Method, Transport};
use crate::issuer::{AskAnswer, AskIssued, Issued, OpenSession, SessionAnswered, SessionOpened, Status};

/// Speaks to one issuer. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct IssuerClient(Service);

impl IssuerClient {
    /// The issuer at this address, as in the manifest.
    ///
    /// # Errors
    /// [`ClientError::Address`].
    #[cfg(feature = "native")]
    pub fn new(address: &str) -> Result<Self, ClientError> {
        Self::through(Arc::new(Native::new()), address)
    }

    /// The issuer at this address, by this transport.
    ///
    /// # Errors
    /// [`ClientError::Address`].
    pub fn through(transport: Arc<dyn Transport>, address: &str) -> Result<Self, ClientError> {
        Service::new(address, transport).map(Self)
    }

    /// Where issuance stands.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn status(&self, slug: &Slug) -> Result<Status, ClientError> {
        self.0.get(&format!("v1/elections/{slug}/issuance")).read("the state of an issuer").await
    }

    /// The first move.
    ///
    /// # Errors
    /// [`ClientError`]. One that brought no answer is to be asked again: a session that nobody uses expires.
    pub async fn open_session(
        &self,
        slug: &Slug,
        request: &OpenSession,
    ) -> Result<SessionOpened, ClientError> {
        let path = format!("v1/elections/{slug}/sessions");
        self.0.request(Method::Post, &path).json(request).read("an open session").await
    }

    /// The second move.
    ///
    /// # Errors
    /// [`ClientError`]. After one without a problem, and after `unknown-outcome`, the same is to be sent again.
    pub async fn ask_answer(
        &self,
        slug: &Slug,
        session: &str,
        request: &AskAnswer,
    ) -> Result<SessionAnswered, ClientError> {
        let path = format!("v1/elections/{slug}/sessions/{session}/answer");
        self.0.request(Method::Post, &path).json(request).read("an issuer's answer").await
    }

    /// A page of who has taken a token, for the authority alone.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn issued(&self, slug: &Slug, request: &AskIssued) -> Result<Issued, ClientError> {
        let path = format!("v1/elections/{slug}/issued");
        self.0.request(Method::Post, &path).json(request).read("who has taken a token").await
    }
}
