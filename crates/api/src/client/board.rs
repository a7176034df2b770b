//! The board's client.

use std::sync::Arc;

use urna_crypto::{AuthorityBlob, Ed25519SigningKey, ElectionId, Identifier, Signature, SignedBlob};
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::json::Base64;
use urna_election::{Id, Slug};
use urna_log::{Bundle, Receipt, SignedCheckpoint, SignedPromise, Tile};

use super::ClientError;
#[cfg(feature = "native")]
use super::native::Native;
use super::request::Service;
use super::transport::{Method, Transport};
use crate::board::{self, CreateLog, LogCreated, OfficialEntries, Status, VotersEntries};

/// Speaks to one board. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct BoardClient(Service);

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
    #[cfg(feature = "native")]
    pub fn new(address: &str) -> Result<Self, ClientError> {
        Self::through(Arc::new(Native::new()), address)
    }

    /// The board at this address, by this transport.
    ///
    /// # Errors
    /// [`ClientError::Address`].
    pub fn through(transport: Arc<dyn Transport>, address: &str) -> Result<Self, ClientError> {
        Service::new(address, transport).map(Self)
    }

    /// Asks for the log of a plan (HTTP-1). The same request again has the same answer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn create_log(&self, request: &CreateLog) -> Result<LogCreated, ClientError> {
        self.0.request(Method::Post, "v1/elections").json(request).read("a created log").await
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
        let path = format!("v1/elections/{slug}/blobs/{}", hexadecimal(sha256));
        let request = self
            .0
            .request(Method::Put, &path)
            .header(board::KIND, kind.as_str())
            .header(board::SIGNER, sender.header.as_str())
            .header(board::SIGNATURE, base64(&sender.signature))
            .body("application/octet-stream", bytes);
        request.send().await.map(|_| ())
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
        self.0.get(&format!("v1/elections/{slug}")).read("the state of an election").await
    }

    /// Entries of authority, issuers and trustees behind the index `after`, or from the first one on.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn official(&self, slug: &Slug, after: Option<u64>) -> Result<OfficialEntries, ClientError> {
        let query = after.map_or_else(String::new, |after| format!("?after={after}"));
        self.0.get(&format!("v1/elections/{slug}/official{query}")).read("official entries").await
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
        self.0.get(&format!("v1/elections/{slug}/ballots/{identifier}")).read("a voter's entries").await
    }

    /// The newest checkpoint, not verified.
    ///
    /// # Errors
    /// [`ClientError`]; `unknown-tile` of an empty log.
    pub async fn checkpoint(&self, slug: &Slug) -> Result<SignedCheckpoint, ClientError> {
        let expected = "a checkpoint";
        let answer = self.0.get(&format!("{slug}/checkpoint")).send().await?;
        let wrong = answer.unexpected(expected);
        let bytes = answer.bytes(expected)?;
        SignedCheckpoint::from_bytes(&bytes).map_err(|_| wrong)
    }

    /// The bytes of a tile.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn tile(&self, slug: &Slug, tile: Tile) -> Result<Vec<u8>, ClientError> {
        self.0.get(&format!("{slug}/{tile}")).bytes("a tile").await
    }

    /// The bytes of a bundle of entries.
    ///
    /// # Errors
    /// [`ClientError`]; `not-yet-public` while it is withheld.
    pub async fn bundle(&self, slug: &Slug, bundle: Bundle) -> Result<Vec<u8>, ClientError> {
        self.0.get(&format!("{slug}/{bundle}")).bytes("a bundle").await
    }

    /// A blob, not verified.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn blob(&self, slug: &Slug, sha256: &[u8; 32]) -> Result<Vec<u8>, ClientError> {
        self.0.get(&format!("{slug}/blob/{}", hexadecimal(sha256))).bytes("a blob").await
    }

    async fn post(&self, path: String, entry: Vec<u8>) -> Result<Accepted, ClientError> {
        let expected = "a receipt or a promise";
        let answer = self.0.request(Method::Post, &path).body("application/json", entry).send().await?;
        let repeated = answer.status() == 200;
        let location = answer.header("location").map(str::to_owned);
        let wrong = answer.unexpected(expected);
        let bytes = answer.bytes(expected)?;
        let outcome = match Receipt::from_bytes(&bytes) {
            Ok(receipt) => Outcome::Logged(Box::new(receipt)),
            Err(_) => Outcome::Promised(Box::new(SignedPromise::from_bytes(&bytes).map_err(|_| wrong)?)),
        };
        Ok(Accepted { outcome, repeated, location })
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
