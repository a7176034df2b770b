//! The board's client.

use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{RequestBuilder, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use urna_crypto::{AuthorityBlob, Ed25519SigningKey, ElectionId, Identifier, Signature, SignedBlob};
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::json::Base64;
use urna_election::{Id, Slug};
use urna_log::{Bundle, Receipt, SignedCheckpoint, SignedPromise, Tile};

use super::{ClientError, http, read, send, unexpected, unreachable};
use crate::board::{self, CreateLog, LogCreated, OfficialEntries, Status, VotersEntries};

/// Speaks to one board. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct BoardClient {
    http: reqwest::Client,
    base: Url,
}

/// What became of an entry that the board took.
#[derive(Debug)]
pub struct Accepted {
    /// Its receipt, or the board's word.
    pub outcome: Outcome,
    /// Whether it, or the same ballot, had been accepted before.
    pub repeated: bool,
    /// Where its voter's entries are read, as a path on the board; none of a signed entry.
    pub location: Option<String>,
}

/// A receipt or a promise, as the board sent it; neither is verified here.
#[derive(Debug)]
pub enum Outcome {
    /// It is in the log.
    Logged(Box<Receipt>),
    /// It will be in the log.
    Promised(Box<SignedPromise>),
}

/// Who gives the board a blob, and signs for it.
#[derive(Clone, Debug)]
pub struct BlobSender {
    header: String,
    signature: [u8; 64],
}

impl BlobSender {
    /// The authority (HTTP-3).
    pub fn authority(election: &ElectionId, key: &Ed25519SigningKey, blob: &BlobRef) -> Self {
        let statement = AuthorityBlob {
            election,
            kind: blob.kind.as_str(),
            length: blob.length.value(),
            sha256: &blob.sha256.0,
        };
        Self { header: "authority".to_owned(), signature: key.sign(&statement) }
    }

    /// The issuer of this id; `sign` makes its Schnorr signature.
    pub fn issuer(
        election: &ElectionId,
        issuer: &Id,
        blob: &BlobRef,
        sign: impl FnOnce(&SignedBlob<'_>) -> Signature,
    ) -> Self {
        Self::party("issuer", election, issuer, blob, sign)
    }

    /// The trustee of this id; `sign` makes its Schnorr signature.
    pub fn trustee(
        election: &ElectionId,
        trustee: &Id,
        blob: &BlobRef,
        sign: impl FnOnce(&SignedBlob<'_>) -> Signature,
    ) -> Self {
        Self::party("trustee", election, trustee, blob, sign)
    }

    fn party(
        role: &str,
        election: &ElectionId,
        signer: &Id,
        blob: &BlobRef,
        sign: impl FnOnce(&SignedBlob<'_>) -> Signature,
    ) -> Self {
        let statement = SignedBlob {
            election,
            kind: blob.kind.as_str(),
            signer: signer.as_str(),
            length: blob.length.value(),
            sha256: &blob.sha256.0,
        };
        Self { header: format!("{role} {signer}"), signature: sign(&statement).to_bytes() }
    }
}

impl BoardClient {
    /// The board at this address, such as `https://board.example`.
    ///
    /// # Errors
    /// [`ClientError::Address`].
    pub fn new(address: &str) -> Result<Self, ClientError> {
        Ok(Self { http: http(), base: super::address(address)? })
    }

    /// Asks for the log of a plan (HTTP-1). The same request again has the same answer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn create_log(&self, request: &CreateLog) -> Result<LogCreated, ClientError> {
        let url = self.url("v1/elections");
        let answer = send(self.json(&url, request), &url).await?;
        read(answer, &url, "a created log").await
    }

    /// Gives the board a blob that an entry will name.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn put_blob(
        &self,
        slug: &Slug,
        kind: BlobKind,
        bytes: Vec<u8>,
        sha256: &[u8; 32],
        sender: &BlobSender,
    ) -> Result<(), ClientError> {
        let url = self.url(&format!("v1/elections/{slug}/blobs/{}", hexadecimal(sha256)));
        let request = self
            .http
            .put(&url)
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(board::KIND, kind.as_str())
            .header(board::SIGNER, &sender.header)
            .header(board::SIGNATURE, base64(&sender.signature))
            .body(bytes);
        send(request, &url).await.map(|_| ())
    }

    /// Posts an entry of the authority.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn post_authority(&self, slug: &Slug, entry: Vec<u8>) -> Result<Accepted, ClientError> {
        self.post(format!("v1/elections/{slug}/entries/authority"), entry).await
    }

    /// Posts an entry of an issuer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn post_issuer(
        &self,
        slug: &Slug,
        issuer: &Id,
        entry: Vec<u8>,
    ) -> Result<Accepted, ClientError> {
        self.post(format!("v1/elections/{slug}/entries/issuers/{issuer}"), entry).await
    }

    /// Posts an entry of a trustee.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn post_trustee(
        &self,
        slug: &Slug,
        trustee: &Id,
        entry: Vec<u8>,
    ) -> Result<Accepted, ClientError> {
        self.post(format!("v1/elections/{slug}/entries/trustees/{trustee}"), entry).await
    }

    /// Casts a ballot.
    ///
    /// # Errors
    /// [`ClientError`]. After one without a problem, and after `unknown-outcome`, the same is to be sent again.
    pub async fn post_ballot(&self, slug: &Slug, entry: Vec<u8>) -> Result<Accepted, ClientError> {
        self.post(format!("v1/elections/{slug}/ballots"), entry).await
    }

    /// Withdraws a ballot.
    ///
    /// # Errors
    /// As [`BoardClient::post_ballot`].
    pub async fn post_withdrawal(&self, slug: &Slug, entry: Vec<u8>) -> Result<Accepted, ClientError> {
        self.post(format!("v1/elections/{slug}/withdrawals"), entry).await
    }

    /// Returns an unspent token.
    ///
    /// # Errors
    /// As [`BoardClient::post_ballot`].
    pub async fn post_returned(&self, slug: &Slug, entry: Vec<u8>) -> Result<Accepted, ClientError> {
        self.post(format!("v1/elections/{slug}/returned"), entry).await
    }

    /// Where the election stands.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn status(&self, slug: &Slug) -> Result<Status, ClientError> {
        self.get_json(&format!("v1/elections/{slug}"), "the state of an election").await
    }

    /// Entries of authority, issuers and trustees behind the index `after`, or from the first one on.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn official(&self, slug: &Slug, after: Option<u64>) -> Result<OfficialEntries, ClientError> {
        let query = after.map_or_else(String::new, |after| format!("?after={after}"));
        self.get_json(&format!("v1/elections/{slug}/official{query}"), "official entries").await
    }

    /// What stands under an identifier.
    ///
    /// # Errors
    /// [`ClientError`]; `unknown-identifier` if there is nothing.
    pub async fn entries_of(
        &self,
        slug: &Slug,
        identifier: &Identifier,
    ) -> Result<VotersEntries, ClientError> {
        self.get_json(&format!("v1/elections/{slug}/ballots/{identifier}"), "a voter's entries").await
    }

    /// The newest checkpoint, not verified.
    ///
    /// # Errors
    /// [`ClientError`]; `unknown-tile` of an empty log.
    pub async fn checkpoint(&self, slug: &Slug) -> Result<SignedCheckpoint, ClientError> {
        let url = self.url(&format!("{slug}/checkpoint"));
        let bytes = self.get(&url).await?;
        SignedCheckpoint::from_bytes(&bytes).map_err(|_| unexpected(&url, StatusCode::OK, "a checkpoint"))
    }

    /// The bytes of a tile.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn tile(&self, slug: &Slug, tile: Tile) -> Result<Vec<u8>, ClientError> {
        self.get(&self.url(&format!("{slug}/{tile}"))).await
    }

    /// The bytes of a bundle of entries.
    ///
    /// # Errors
    /// [`ClientError`]; `not-yet-public` while it is withheld.
    pub async fn bundle(&self, slug: &Slug, bundle: Bundle) -> Result<Vec<u8>, ClientError> {
        self.get(&self.url(&format!("{slug}/{bundle}"))).await
    }

    /// A blob, not verified.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn blob(&self, slug: &Slug, sha256: &[u8; 32]) -> Result<Vec<u8>, ClientError> {
        self.get(&self.url(&format!("{slug}/blob/{}", hexadecimal(sha256)))).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base.as_str().trim_end_matches('/'))
    }

    fn json(&self, url: &str, body: &impl Serialize) -> RequestBuilder {
        self.http.post(url).json(body)
    }

    async fn get(&self, url: &str) -> Result<Vec<u8>, ClientError> {
        let answer = send(self.http.get(url), url).await?;
        let bytes = answer.bytes().await.map_err(|source| unreachable(url, source))?;
        Ok(bytes.to_vec())
    }

    async fn get_json<T: DeserializeOwned>(
        &self,
        path: &str,
        expected: &'static str,
    ) -> Result<T, ClientError> {
        let url = self.url(path);
        let answer = send(self.http.get(&url), &url).await?;
        read(answer, &url, expected).await
    }

    async fn post(&self, path: String, entry: Vec<u8>) -> Result<Accepted, ClientError> {
        let url = self.url(&path);
        let request = self.http.post(&url).header(CONTENT_TYPE, "application/json").body(entry);
        let answer = send(request, &url).await?;
        let status = answer.status();
        let location = answer.headers().get(LOCATION).and_then(|value| Some(value.to_str().ok()?.to_owned()));
        let bytes = answer.bytes().await.map_err(|source| unreachable(&url, source))?;
        let expected = "a receipt or a promise";
        let outcome = if let Ok(receipt) = Receipt::from_bytes(&bytes) {
            Outcome::Logged(Box::new(receipt))
        } else {
            let promise =
                SignedPromise::from_bytes(&bytes).map_err(|_| unexpected(&url, status, expected))?;
            Outcome::Promised(Box::new(promise))
        };
        Ok(Accepted { outcome, repeated: status == StatusCode::OK, location })
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Base64 as in JSON, without the quotation marks.
fn base64(bytes: &[u8; 64]) -> String {
    let json = serde_json::to_string(&Base64(*bytes)).unwrap_or_default();
    json.trim_matches('"').to_owned()
}
