//! The issuance list: every token that an issuer signed, provable after the close (ISS-1 to ISS-6, V-10).
//!
//! A row is one finished session: who asked (a handle), with what credential, both moves, and the request's signature.
//! It shows that the token was asked for by someone on the register and validly answered, and says nothing about the
//! pseudonym: blindness is perfect given the full transcript. Rows stand in strictly ascending order of handles over
//! the whole election, so no handle has two tokens, whatever its class; they carry no times.

use std::collections::{HashMap, HashSet};

use rand_core::CryptoRngCore;
use serde::{Deserialize, Serialize};
use urna_crypto::{
    Answer, Answered, Batch, Challenge, Commitment, CredentialKey, Handle, SessionChallenge, Signature,
    Signed,
};

use crate::blob::ROWS_PER_BLOB;
use crate::id::Id;
use crate::json::{self, Base64, JsonError};
use crate::manifest::{ClassIndex, Manifest};
use crate::register::Register;

/// The most bytes of one blob of rows, 16 MiB.
pub const BLOB_LIMIT: usize = 16 << 20;

/// A row of an issuance list as blobs carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// (b, y, z).
    pub answer: Base64<Answer>,
    /// c.
    pub challenge: Base64<Challenge>,
    /// The class under whose key the token was signed.
    pub class: Id,
    /// (A, B).
    pub commitment: Base64<Commitment>,
    /// The voter's credential.
    pub credential: Base64<CredentialKey>,
    /// Who asked.
    pub handle: Base64<Handle>,
    /// The session's random id, 16 bytes.
    pub session: Base64<[u8; 16]>,
    /// The credential's signature on the challenge.
    pub signature: Base64<Signature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Blob {
    rows: Vec<Row>,
}

/// Who was ever entitled: every class and credential of each handle, over all versions of the register in force.
#[derive(Clone, Debug, Default)]
pub struct Eligible {
    versions: HashMap<Handle, HashSet<(ClassIndex, [u8; 32])>>,
    /// Distinct handles ever entitled in each class.
    by_class: HashMap<ClassIndex, HashSet<Handle>>,
}

impl Eligible {
    /// Adds a version of the register.
    pub fn add(&mut self, register: &Register) {
        for (handle, entitled) in register.rows() {
            self.by_class.entry(entitled.class).or_default().insert(*handle);
            if let Some(credential) = entitled.credential {
                self.versions
                    .entry(*handle)
                    .or_default()
                    .insert((entitled.class, credential));
            }
        }
    }

    /// How many distinct handles were ever entitled in a class.
    pub fn handles(&self, class: ClassIndex) -> u64 {
        self.by_class
            .get(&class)
            .map_or(0, |handles| u64::try_from(handles.len()).unwrap_or(u64::MAX))
    }

    fn covers(&self, handle: &Handle, class: ClassIndex, credential: &CredentialKey) -> bool {
        self.versions
            .get(handle)
            .is_some_and(|known| known.contains(&(class, credential.to_bytes())))
    }
}

/// Why an issuance list is wrong. Rows are counted from 0 over all blobs.
#[derive(Debug, thiserror::Error)]
pub enum IssuanceError {
    /// A blob is not canonical JSON of rows (ISS-1).
    #[error("blob {blob} of the issuance list: {error}")]
    Json {
        /// Which blob, from 0.
        blob: usize,
        /// What is wrong with it.
        error: JsonError,
    },
    /// A blob is empty, too full, or not full although another follows (ISS-2).
    #[error("blob {blob} of the issuance list has {rows} rows; all but the last have {ROWS_PER_BLOB}")]
    BlobRows {
        /// Which blob, from 0.
        blob: usize,
        /// How many rows it has.
        rows: usize,
    },
    /// Handles do not ascend strictly: a handle has two tokens, or the order tells something (ISS-3).
    #[error("row {row} of the issuance list repeats the handle before it or belongs before it")]
    HandleOrder {
        /// Which row.
        row: usize,
    },
    /// A class that the manifest does not have (ISS-4).
    #[error("row {row} of the issuance list has the class `{class}`, which is not in the manifest")]
    UnknownClass {
        /// Which row.
        row: usize,
        /// Its class.
        class: Id,
    },
    /// No version of the register entitles this handle in this class with this credential (ISS-5).
    #[error(
        "row {row} of the issuance list: the register never entitled this handle in this class and credential"
    )]
    NotEntitled {
        /// Which row.
        row: usize,
    },
    /// Rows whose answer or signature does not verify (ISS-6).
    #[error("{} rows of the issuance list do not verify, the first is row {}", .rows.len(), .rows.first().unwrap_or(&0))]
    Unproved {
        /// Which rows, ascending.
        rows: Vec<usize>,
    },
}

/// An issuance list that was read and checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssuanceList {
    issued: Vec<u64>,
}

impl IssuanceList {
    /// Reads and checks the list of the issuer at `issuer` of the manifest (ISS-1 to ISS-6), a blob at a time, so that
    /// memory stays bounded. `rng` supplies the private coins of the batches.
    ///
    /// # Errors
    /// [`IssuanceError`], the first rule broken.
    pub fn check<B: AsRef<[u8]>>(
        manifest: &Manifest,
        issuer: &crate::manifest::Issuer,
        blobs: impl IntoIterator<Item = B>,
        eligible: &Eligible,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Self, IssuanceError> {
        let mut issued = vec![0; manifest.classes().len()];
        let mut last: Option<Handle> = None;
        let (mut start, mut before) = (0, ROWS_PER_BLOB);
        for (number, bytes) in blobs.into_iter().enumerate() {
            let blob: Blob = json::parse(bytes.as_ref(), BLOB_LIMIT)
                .map_err(|error| IssuanceError::Json { blob: number, error })?;
            let rows = blob.rows.len();
            if before != ROWS_PER_BLOB {
                return Err(IssuanceError::BlobRows {
                    blob: number.saturating_sub(1),
                    rows: before,
                });
            }
            if !(1..=ROWS_PER_BLOB).contains(&rows) {
                return Err(IssuanceError::BlobRows { blob: number, rows });
            }
            let mut batch = Batch::new();
            for (place, row) in blob.rows.iter().enumerate() {
                let place = start + place;
                if last.is_some_and(|last| last >= row.handle.0) {
                    return Err(IssuanceError::HandleOrder { row: place });
                }
                last = Some(row.handle.0);
                let class = row.check(manifest, issuer, eligible, place, &mut batch)?;
                issued
                    .get_mut(class.position())
                    .into_iter()
                    .for_each(|count| *count += 1);
            }
            batch.verify(rng).map_err(|rows| IssuanceError::Unproved {
                rows: rows.into_iter().map(|row| start + row).collect(),
            })?;
            start += rows;
            before = rows;
        }
        Ok(Self { issued })
    }

    /// How many tokens were issued in each class, in the order of the manifest's classes.
    pub fn issued_by_class(&self) -> &[u64] {
        &self.issued
    }
}

impl Row {
    fn check(
        &self,
        manifest: &Manifest,
        issuer: &crate::manifest::Issuer,
        eligible: &Eligible,
        place: usize,
        batch: &mut Batch,
    ) -> Result<ClassIndex, IssuanceError> {
        let unknown = || IssuanceError::UnknownClass {
            row: place,
            class: self.class.clone(),
        };
        let class = manifest.class_index(&self.class).ok_or_else(unknown)?;
        if !eligible.covers(&self.handle.0, class, &self.credential.0) {
            return Err(IssuanceError::NotEntitled { row: place });
        }
        let answered = Answered {
            key: issuer.key(class).ok_or_else(unknown)?,
            commitment: &self.commitment.0,
            challenge: &self.challenge.0,
            answer: &self.answer.0,
        };
        let statement = SessionChallenge {
            election: manifest.id(),
            issuer: issuer.id.as_str(),
            handle: &self.handle.0,
            session: &self.session.0,
            commitment: &self.commitment.0,
            challenge: &self.challenge.0,
        };
        let signed = Signed {
            key: &self.credential.0,
            statement: &statement,
            signature: &self.signature.0,
        };
        batch.push(&(answered, signed));
        Ok(class)
    }
}

/// Writes the blobs of an issuance list. Sorts the rows by handle: what stands in the list must not tell when.
pub fn to_blobs(mut rows: Vec<Row>) -> Vec<Vec<u8>> {
    rows.sort_unstable_by_key(|row| row.handle.0);
    rows.chunks(ROWS_PER_BLOB)
        .map(|rows| json::to_bytes(&Blob { rows: rows.to_vec() }))
        .collect()
}
