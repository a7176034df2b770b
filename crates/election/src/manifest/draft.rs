//! The manifest as it is written: types, closed vocabularies and byte lengths, nothing checked beyond them.
//!
//! A [`Draft`] is what an organiser's program fills in and what JSON is read into. Names and numbers are still plain
//! text and integers here, so that [`super::Manifest::parse`] can report every problem at once.
//! Fields stand in alphabetical order: serde writes the canonical form directly. Every field is always written;
//! where there is nothing, `null`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::json::{self, Base64, Integer};

/// A text in every language of the manifest: tag to text.
pub type Texts = BTreeMap<String, String>;

/// The whole manifest. See `spec/manifest.md` for what every field means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct Draft {
    pub authority_key: Base64<[u8; 32]>,
    pub ballot_styles: Vec<BallotStyle>,
    pub board: Board,
    pub booth: Base64<[u8; 32]>,
    pub classes: Vec<Class>,
    pub contests: Vec<Contest>,
    pub description: Option<Texts>,
    pub keys: Keys,
    pub languages: Vec<String>,
    pub organiser: Organiser,
    pub policy: Policy,
    pub schedule: Schedule,
    pub slug: String,
    pub spec: Integer,
    pub time_zone: String,
    pub title: Texts,
    pub trial: bool,
    pub witnesses: Witnesses,
}

impl Draft {
    /// The canonical bytes, whose SHA-256 is the election id once [`super::Manifest::parse`] accepts them.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

/// Which contests a class votes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct BallotStyle {
    pub contests: Vec<String>,
    pub id: String,
}

/// The bulletin board that carries the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct Board {
    pub log_key: Base64<[u8; 32]>,
    pub origin: String,
    pub promise_key: Base64<[u8; 32]>,
    pub url: String,
}

/// A class of voters: one weight, one ballot style, one blind-signing key at every issuer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct Class {
    pub ballot_style: String,
    pub district: Option<String>,
    pub id: String,
    pub title: Texts,
    pub weight: Integer,
}

/// One question with its options and its rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct Contest {
    pub abstain: bool,
    pub description: Option<Texts>,
    pub id: String,
    pub max: Integer,
    pub method: Method,
    pub min: Integer,
    pub options: Vec<ContestOption>,
    pub seats: Integer,
    pub title: Texts,
}

/// What can be marked in a contest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct ContestOption {
    pub description: Option<Texts>,
    pub id: String,
    pub title: Texts,
}

/// How seats are given to options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The options with the most votes, ties reported.
    TopN,
}

/// Everybody's public keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct Keys {
    pub election_key: Base64<[u8; 32]>,
    pub issuers: Vec<Issuer>,
    pub trustees: Trustees,
}

/// One issuer of tokens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct Issuer {
    pub id: String,
    pub keys: Vec<ClassKey>,
    pub name: String,
    pub signing_key: Base64<[u8; 32]>,
    pub url: String,
}

/// An issuer's blind-signing key for one class, with its proof of possession over the plan id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct ClassKey {
    pub class: String,
    pub key: Base64<[u8; 32]>,
    pub proof: Base64<[u8; 64]>,
}

/// The trustees and how many of them open the ballots.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct Trustees {
    pub members: Vec<Trustee>,
    pub solo: bool,
    pub threshold: Integer,
}

/// One trustee. Its place in the list, from 1, is its index in the sharing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct Trustee {
    pub id: String,
    pub key: Base64<[u8; 32]>,
    pub name: String,
    pub share_key: Base64<[u8; 32]>,
}

/// Who answers for the election.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct Organiser {
    pub contact: String,
    pub name: String,
}

/// The rules in which elections differ. Each maps to a contradiction of the requirements, see `spec/manifest.md`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct Policy {
    pub batch: Batch,
    pub blank_counts_as: CountsAs,
    pub credentials: Credentials,
    pub disclosure: Disclosure,
    pub form_time_limit: Integer,
    pub interim_figures: InterimFigures,
    pub invalid_counts_as: CountsAs,
    pub issuance: Issuance,
    pub revote: Revote,
    pub revote_limit: Integer,
    pub smallest_class: SmallestClass,
}

/// How long the board holds ballots back before they enter the log together (C10): until `min` of a class are there, and
/// for at most `wait` seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct Batch {
    pub min: Integer,
    pub wait: Integer,
}

/// Whether a ballot without any mark, or one that cannot be read, counts as taking part (C5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountsAs {
    /// Its voter took part and is in the turnout.
    Participated,
    /// Like a ballot that was never handed in.
    Unused,
}

/// Who makes the voters' credentials, and so could take their tokens (C18, C25).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credentials {
    /// The authority makes a secret for each voter and sends it with the invitation.
    Authority,
    /// The voter's device makes its own at the first login; until then the register has none.
    Device,
    /// Somebody else than the authority makes them, and gives the authority the public keys.
    ThirdParty,
}

/// When tokens are taken (C12, C20).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Issuance {
    /// From the time for it on, before the voting too.
    Ahead,
    /// While voting goes on, as a part of casting (S3-22).
    WithBallot,
}

/// What becomes public of the single ballots after the close (C3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    /// Every identifier with its vote.
    PerPseudonym,
}

/// What is public while voting goes on (C10, S1-108); never a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterimFigures {
    /// Neither the turnout nor the ballots: they are served after the close.
    None,
    /// How many have voted, of how many; and the ballots, encrypted.
    Turnout,
}

/// Whether a voter may cast again (C1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revote {
    /// One ballot, final.
    Never,
    /// The last ballot counts.
    Replace,
    /// The last ballot counts, and it may be withdrawn.
    ReplaceAndWithdraw,
}

/// How few voters a class may have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct SmallestClass {
    pub confirmed: Vec<String>,
    pub entitled: Integer,
}

/// When the phases change (C24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// The authority opens and closes by hand.
    Manual,
    /// At fixed times.
    Times(Times),
}

/// Unix times in seconds. Voting is open from `opens` until before `closes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "spec/manifest.md describes each field")]
pub struct Times {
    pub closes: Integer,
    pub issuance_opens: Integer,
    pub opening_not_before: Integer,
    pub opens: Integer,
}

/// Which witnesses must have cosigned a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Witnesses {
    /// None.
    None,
}
