//! Blobs: what is large, names people or must be erasable lies beside the log, under its hash (ENT-4).

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::json::{Base64, Integer};
use crate::manifest::Manifest;
use crate::result::ElectionResult;
use crate::{issuance, register};

/// The most rows or points that one blob holds; longer lists are several blobs.
pub const ROWS_PER_BLOB: usize = 16_384;

/// What a blob is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlobKind {
    /// The manifest, as canonical JSON.
    Manifest,
    /// The round-1 packages of the key ceremony, one after the other in the order of the trustees.
    Round1,
    /// Rows of the electoral register, as canonical JSON.
    RegisterRows,
    /// Rows of an issuance list, as canonical JSON.
    IssuanceRows,
    /// Partial decryptions of a chunk, 32 bytes each.
    PartialDecryptions,
    /// Combined openings, 32 bytes each.
    CombinedOpenings,
    /// The result, as canonical JSON.
    Result,
    /// Reasons and names for people, text.
    Details,
}

impl BlobKind {
    /// The most bytes that a blob of this kind may have (ENT-9). An entry that names a longer one is refused, so that
    /// nobody has to keep or read what no rule can need.
    pub const fn limit(self) -> usize {
        match self {
            Self::Manifest => Manifest::LIMIT,
            Self::Round1 => 4 << 20, // 255 trustees with a threshold of 255 have 2.1 MB
            Self::RegisterRows => register::BLOB_LIMIT,
            Self::IssuanceRows => issuance::BLOB_LIMIT,
            Self::PartialDecryptions => urna_crypto::CHUNK * 32,
            Self::CombinedOpenings => ROWS_PER_BLOB * 32,
            Self::Result => ElectionResult::LIMIT,
            Self::Details => 1 << 20,
        }
    }

    /// The kind's name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Round1 => "round1",
            Self::RegisterRows => "register_rows",
            Self::IssuanceRows => "issuance_rows",
            Self::PartialDecryptions => "partial_decryptions",
            Self::CombinedOpenings => "combined_openings",
            Self::Result => "result",
            Self::Details => "details",
        }
    }
}

impl std::fmt::Display for BlobKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A blob as an entry names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobRef {
    /// What the blob is.
    pub kind: BlobKind,
    /// Its length in bytes.
    pub length: Integer,
    /// SHA-256 of its bytes; it lies at `blob/` and this hash in hexadecimal.
    pub sha256: Base64<[u8; 32]>,
}

impl BlobRef {
    /// The reference to `bytes`. `None` of a blob of 2^53 bytes or more.
    pub fn new(kind: BlobKind, bytes: &[u8]) -> Option<Self> {
        let length = Integer::try_from(u64::try_from(bytes.len()).ok()?).ok()?;
        Some(Self { kind, length, sha256: Base64(Sha256::digest(bytes).into()) })
    }

    /// Checks that `bytes` are the blob that is meant (ENT-4, V-16).
    ///
    /// # Errors
    /// [`WrongBlob`] if length or hash differ.
    pub fn check(&self, bytes: &[u8]) -> Result<(), WrongBlob> {
        match Self::new(self.kind, bytes) {
            Some(actual) if actual == *self => Ok(()),
            _ => Err(WrongBlob { kind: self.kind }),
        }
    }
}

/// Bytes are not the blob that an entry names: length or hash differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not the blob of kind {kind} that the entry names")]
pub struct WrongBlob {
    /// What the entry says the blob is.
    pub kind: BlobKind,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_other_bytes_ent_4() {
        let blob = BlobRef::new(BlobKind::Result, b"{}").unwrap();
        assert_eq!(blob.check(b"{}"), Ok(()));
        assert_eq!(blob.check(b"{]"), Err(WrongBlob { kind: BlobKind::Result }));
        let longer = BlobRef { length: 3_u32.into(), ..blob };
        assert_eq!(longer.check(b"{}"), Err(WrongBlob { kind: BlobKind::Result }));
    }
}
