//! What trustees send each other before there is a manifest: one document for all kinds of packages, the same bytes in a
//! file and over HTTP.

use std::fmt;

use serde::{Deserialize, Serialize};
use urna_crypto::PlanId;

use crate::id::Id;
use crate::json::{self, Base64, JsonError};

/// What a package is, in the order in which they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackageKind {
    /// The enrolment key and the proof that its maker has the secret (TRU-1). Of no attempt: 0.
    Enrolment,
    /// Commitments (TRU-2, TRU-3).
    Round1,
    /// A sealed share for each other trustee, in the order of their indices (TRU-5).
    Round2,
    /// The trustee has its share (TRU-15).
    Confirmation,
}

impl PackageKind {
    /// The kind's name in JSON and in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enrolment => "enrolment",
            Self::Round1 => "round1",
            Self::Round2 => "round2",
            Self::Confirmation => "confirmation",
        }
    }
}

impl fmt::Display for PackageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Enrolment => "enrolment",
            Self::Round1 => "package of round 1",
            Self::Round2 => "package of round 2",
            Self::Confirmation => "confirmation",
        })
    }
}

/// A package of one trustee for all others, as canonical JSON. What is signed is in its parts; plan, attempt and trustee
/// say where they belong. Whoever carries it can put it elsewhere, where it is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// The attempt, from 1; 0 of an enrolment.
    pub attempt: u32,
    /// What it is.
    pub kind: PackageKind,
    /// The wire forms, by kind: key (32 bytes) and proof (64); the round-1 package; sealed shares (132 each); the
    /// signature (64).
    pub parts: Vec<Base64<Vec<u8>>>,
    /// The plan.
    pub plan: Base64<PlanId>,
    /// Who sends it, as the plan names it.
    pub trustee: Id,
}

impl Package {
    /// The most bytes of a package; that of round 2 among 255 trustees has 46,000.
    pub const LIMIT: usize = 256 << 10;

    /// Reads a package. Nothing of it is verified.
    ///
    /// # Errors
    /// [`JsonError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        json::parse(bytes, Self::LIMIT)
    }

    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}
