//! The plan: who takes part, agreed before any key exists.
//!
//! Issuers prove possession of their keys, and trustees run the key ceremony, over the plan id; the manifest that is
//! made afterwards contains the plan, so [`crate::manifest::Manifest::plan`] gives it back.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use urna_crypto::PlanId;

use crate::id::{Id, Slug};
use crate::json::{self, Base64, JsonError};
use crate::manifest::{Problem, plan_problems};

/// What is fixed before keys are made: slug, authority, and the names of issuers and trustees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The key under which the authority signs its entries, Ed25519, 32 bytes.
    pub authority_key: Base64<[u8; 32]>,
    /// The issuers; all of them sign every token.
    pub issuers: Vec<Party>,
    /// The election's name on its board.
    pub slug: Slug,
    /// The version of the specification, 1.
    pub spec: u32,
    /// How many trustees open the ballots together, t.
    pub threshold: u16,
    /// The trustees, in the order of their indices 1 to n.
    pub trustees: Vec<Party>,
}

/// An issuer or a trustee, by id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The id that statements and entries carry.
    pub id: Id,
    /// The name for people.
    pub name: String,
}

/// Why bytes are not a plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Not canonical JSON of a plan.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A well-formed plan that breaks rules, all of them listed.
    #[error("{} problems in the plan, the first: {}", .0.len(), crate::manifest::first(.0))]
    Invalid(Vec<Problem>),
}

impl Plan {
    /// The most bytes that a plan may have, 256 KiB.
    pub const LIMIT: usize = 256 << 10;

    /// Reads a plan and checks it by the rules that hold for the manifest's same fields.
    ///
    /// # Errors
    /// [`PlanError`], with every problem at once.
    pub fn parse(bytes: &[u8]) -> Result<Self, PlanError> {
        let plan: Self = json::parse(bytes, Self::LIMIT)?;
        let problems = plan_problems(&plan);
        if problems.is_empty() { Ok(plan) } else { Err(PlanError::Invalid(problems)) }
    }

    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }

    /// The plan id: SHA-256 of the canonical bytes.
    pub fn id(&self) -> PlanId {
        PlanId::from_bytes(Sha256::digest(self.to_bytes()).into())
    }
}
