//! Everything until voting is open, through the board's own routes.

use anyhow::{Context, ensure};
use urna_api::board::{CreateLog, LogCreated};
use urna_api::client::{Accepted, BoardClient, ClientError};
use urna_election::Slug;
use urna_election::json::Base64;

use super::election::{
    IssuerElsewhere, LogOfBoard, Planned, Posting, Prepared, PreparedIssuance, Shape, Signer,
};

impl LogOfBoard {
    /// What the board answered to the request for a log.
    ///
    /// # Errors
    /// Its keys are none, or its address is not that of the log.
    pub fn created(answer: &LogCreated) -> anyhow::Result<Self> {
        let prefix = answer.url.trim_end_matches('/').strip_suffix(&answer.slug);
        let url = prefix.context("the log's address does not end in the election's name")?;
        Ok(Self {
            origin: answer.origin.clone(),
            url: url.trim_end_matches('/').to_owned(),
            log_key: answer.log_key.parse().context("the log's key")?,
            promise_key: answer.promise_key.parse().context("the promises' key")?,
        })
    }
}

impl Planned {
    /// Has the board create the log, makes the election for it, and posts everything until voting is open.
    ///
    /// # Errors
    /// The board refuses something, or does not answer.
    pub async fn open(self, board: &BoardClient, shape: &Shape) -> anyhow::Result<(LogOfBoard, Prepared)> {
        let slug = self.plan().slug.clone();
        let log = self.create_log(board).await?;
        let prepared = self.prepare(&log, shape)?;
        for posting in &prepared.postings {
            post(board, &slug, posting).await?;
        }
        let status = board.status(&slug).await?;
        ensure!(
            status.accepting,
            "the board takes no ballots, though voting was opened; it is {}",
            status.phase
        );
        Ok((log, prepared))
    }

    /// Has the board create the log, makes the election with the keys of an issuer that runs elsewhere, and posts everything
    /// until tokens are issued.
    ///
    /// # Errors
    /// The board refuses something, or does not answer.
    pub async fn open_issuance(
        self,
        board: &BoardClient,
        shape: &Shape,
        issuer: &IssuerElsewhere,
    ) -> anyhow::Result<PreparedIssuance> {
        let slug = self.plan().slug.clone();
        let log = self.create_log(board).await?;
        let prepared = self.prepare_issuance(&log, shape, issuer)?;
        for posting in &prepared.postings {
            post(board, &slug, posting).await?;
        }
        Ok(prepared)
    }

    async fn create_log(&self, board: &BoardClient) -> anyhow::Result<LogOfBoard> {
        let request = CreateLog { plan: self.plan().clone(), signature: Base64(self.signature()) };
        LogOfBoard::created(&board.create_log(&request).await.context("creating the log")?)
    }
}

/// Sends a party's entry, its blobs first.
///
/// # Errors
/// The board refuses something, or does not answer.
pub async fn post(board: &BoardClient, slug: &Slug, posting: &Posting) -> Result<Accepted, ClientError> {
    for blob in &posting.blobs {
        let sha256 = &blob.named.sha256.0;
        board.put_blob(slug, blob.named.kind, blob.bytes.clone(), sha256, &blob.sender).await?;
    }
    let entry = posting.entry.clone();
    match &posting.signer {
        Signer::Authority => board.post_authority(slug, entry).await,
        Signer::Trustee(trustee) => board.post_trustee(slug, trustee, entry).await,
    }
}
