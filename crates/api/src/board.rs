//! The board's bodies, headers and paths (`spec/http.md`, Board).

use serde::{Deserialize, Serialize};
use urna_election::Plan;
use urna_election::json::Base64;
use utoipa::ToSchema;

/// The header that says what a blob is.
pub const KIND: &str = "urna-kind";
/// The header that says who sends a blob: `authority`, `issuer ID` or `trustee ID`.
pub const SIGNER: &str = "urna-signer";
/// The header with the sender's signature on a blob, 64 bytes in base64.
pub const SIGNATURE: &str = "urna-signature";

/// A request for the log of a plan (HTTP-1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLog {
    /// The plan, as in the manifest.
    #[schema(value_type = Object)]
    pub plan: Plan,
    /// The authority's signature on the plan id.
    #[schema(value_type = String, content_encoding = "base64")]
    pub signature: Base64<[u8; 64]>,
}

/// A log that exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogCreated {
    /// The election's name in every route.
    pub slug: String,
    /// SHA-256 of the plan, hexadecimal.
    pub plan_id: String,
    /// The log's origin.
    pub origin: String,
    /// Where the log is read: `<url>/checkpoint` and so on.
    pub url: String,
    /// Verifies checkpoints: a C2SP verifier key.
    pub log_key: String,
    /// Verifies promises: a C2SP verifier key.
    pub promise_key: String,
}

/// Where an election stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// The election id, hexadecimal; null before there is a manifest.
    pub election_id: Option<String>,
    /// The log's origin.
    pub origin: String,
    /// Where the log is read.
    pub url: String,
    /// `created` before there is a manifest, then as in the record.
    pub phase: String,
    /// The tree size of the published checkpoint.
    pub size: u64,
    /// Null where the policy withholds it, and before voting opens.
    pub turnout: Option<Turnout>,
    /// Whether a ballot that comes now is admitted: voting is open, and the clock within the hours.
    pub accepting: bool,
    /// The board's clock, which decides; Unix seconds.
    pub now: u64,
}

/// The interim figure of turnout. The final one, after all policies, is the count's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Turnout {
    /// Pseudonyms whose last entry in the log is a ballot.
    pub cast: u64,
    /// Rows of the register in force.
    pub entitled: u64,
}

/// Entries of authority, issuers and trustees, in the log's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficialEntries {
    /// The checkpoint that the proofs lead to; null of an empty log.
    pub checkpoint: Option<String>,
    /// The entries.
    pub entries: Vec<OfficialEntry>,
    /// Whether there are more: ask again with `after` the last index.
    pub more: bool,
}

/// An entry with its inclusion proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficialEntry {
    /// Where it stands.
    pub index: u64,
    /// Its bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub entry: Base64<Vec<u8>>,
    /// The hashes of the inclusion proof, from the leaf up.
    #[schema(value_type = Vec<String>)]
    pub proof: Vec<Base64<[u8; 32]>>,
}

/// What stands under an identifier, in the log's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VotersEntries {
    /// The entries, of all pseudonyms that share the identifier.
    pub entries: Vec<VotersEntry>,
}

/// A voter's entry with its receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VotersEntry {
    /// Where it stands.
    pub index: u64,
    /// `ballot`, `withdrawal` or `returned`.
    pub kind: String,
    /// Its number among the pseudonym's entries; null of a returned token.
    pub sequence: Option<u32>,
    /// Its bytes; null while entries are withheld.
    #[schema(value_type = Option<String>, content_encoding = "base64")]
    pub entry: Option<Base64<Vec<u8>>>,
    /// A `tlog-proof`.
    pub receipt: String,
}
