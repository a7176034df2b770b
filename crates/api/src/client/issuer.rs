//! The issuer's client.

use reqwest::Url;
use urna_election::Slug;

use super::{ClientError, address, http, read, send};
use crate::issuer::{AskAnswer, OpenSession, SessionAnswered, SessionOpened, Status};

/// Speaks to one issuer. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct IssuerClient {
    http: reqwest::Client,
    base: Url,
}

impl IssuerClient {
    /// The issuer at this address, as in the manifest.
    ///
    /// # Errors
    /// [`ClientError::Address`].
    pub fn new(address_text: &str) -> Result<Self, ClientError> {
        Ok(Self { http: http(), base: address(address_text)? })
    }

    /// Where issuance stands.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn status(&self, slug: &Slug) -> Result<Status, ClientError> {
        let url = self.url(&format!("v1/elections/{slug}"));
        let answer = send(self.http.get(&url), &url).await?;
        read(answer, &url, "the state of an issuer").await
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
        let url = self.url(&format!("v1/elections/{slug}/sessions"));
        let answer = send(self.http.post(&url).json(request), &url).await?;
        read(answer, &url, "an open session").await
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
        let url = self.url(&format!("v1/elections/{slug}/sessions/{session}/answer"));
        let answer = send(self.http.post(&url).json(request), &url).await?;
        read(answer, &url, "an issuer's answer").await
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base.as_str().trim_end_matches('/'))
    }
}
