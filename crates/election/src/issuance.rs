//! The issuance list: every token that an issuer signed, provable after the close (ISS-1 to ISS-8, V-10).
//!
//! A row is one finished session: who asked (a handle), with what credential, both moves, and the request's signature.
//! It shows that the token was asked for by someone on the register and validly answered, and says nothing about the
//! pseudonym: with uniform blinding, blindness is perfect given the full transcript; ours is derived from a seed of 256
//! bits, so what is left is a search through all seeds. Rows stand in strictly ascending order of handles over
//! the whole election, so no handle has two tokens, whatever its class; they carry no times.

#[cfg(test)]
mod rejections;

use rand_core::CryptoRngCore;
use serde::{Deserialize, Serialize};
use urna_crypto::{
    Answer, Answered, Batch, Challenge, Commitment, CredentialKey, Handle, SessionChallenge, Signature,
    Signed,
};

use crate::blob::ROWS_PER_BLOB;
use crate::entry::Issuance;
use crate::id::Id;
use crate::json::{self, Base64, JsonError};
use crate::manifest::{ClassIndex, Issuer, Manifest};
use crate::register::{Entitled, Register};
use crate::result::Figures;
use crate::state::ElectionState;

/// The most bytes of one blob of rows, 16 MiB.
pub const BLOB_LIMIT: usize = 16 << 20;

/// How many rows are verified in one batch: larger ones are no faster and need more memory.
const BATCH: usize = 4_096;

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
    /// Ascending by handle, class and credential, each once; how often a credential was replaced is left at 0.
    rows: Vec<(Handle, Entitled)>,
}

impl Eligible {
    /// Adds a version of the register.
    pub fn add(&mut self, register: &Register) {
        self.take(register.clone());
    }

    /// Adds a version of the register that nobody needs any more: the first one costs no memory.
    pub fn take(&mut self, register: Register) {
        let mut rows = register.into_rows();
        rows.iter_mut().for_each(|(_, entitled)| entitled.replaced = 0);
        if self.rows.is_empty() {
            self.rows = rows;
            return;
        }
        self.rows.extend(rows);
        // A stable sort merges the two ascending runs.
        self.rows.sort_by_key(key);
        self.rows.dedup();
    }

    /// How many distinct handles were ever entitled in each class, in the order of the manifest's classes.
    pub fn handles_by_class(&self, manifest: &Manifest) -> Vec<u64> {
        let mut handles = vec![0; manifest.classes().len()];
        for rows in self.rows.chunk_by(|a, b| (a.0, a.1.class) == (b.0, b.1.class)) {
            let class = rows.first().map(|(_, entitled)| entitled.class.position());
            if let Some(count) = class.and_then(|class| handles.get_mut(class)) {
                *count += 1;
            }
        }
        handles
    }

    fn covers(&self, handle: &Handle, class: ClassIndex, credential: &CredentialKey) -> bool {
        let row = (*handle, class, Some(credential.to_bytes()));
        self.rows.binary_search_by_key(&row, key).is_ok()
    }
}

/// What rows are sorted by.
fn key((handle, entitled): &(Handle, Entitled)) -> (Handle, ClassIndex, Option<[u8; 32]>) {
    (*handle, entitled.class, entitled.credential)
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
    /// The bytes are not the blobs that the entry names (ENT-4).
    #[error("blob {blob} of the issuance list is missing or not the one that the entry names")]
    Blob {
        /// Which blob, from 0.
        blob: usize,
    },
    /// The entry states another number of rows for a class (ISS-7).
    #[error("the issuance list has {rows} rows of the class `{class}`, and the entry says {stated}")]
    Count {
        /// The class.
        class: Id,
        /// What the entry says.
        stated: u64,
        /// How many rows there are.
        rows: u64,
    },
    /// Rows whose answer or signature does not verify (ISS-6).
    #[error("{} rows of the issuance list do not verify, the first is row {}", .rows.len(), .rows.first().unwrap_or(&0))]
    Unproved {
        /// Which rows, ascending.
        rows: Vec<usize>,
    },
}

/// Checks an issuer's list against its entry (ISS-1 to ISS-7), a blob at a time, so that memory stays bounded. `blobs`
/// are those that the entry names, in its order; `rng` supplies the private coins of the batches.
///
/// # Errors
/// [`IssuanceError`], the first rule broken; of the rows that do not verify, all in one blob.
pub fn check_list<B: AsRef<[u8]>>(
    manifest: &Manifest,
    issuer: &Issuer,
    issuance: &Issuance,
    blobs: impl IntoIterator<Item = B>,
    eligible: &Eligible,
    rng: &mut impl CryptoRngCore,
) -> Result<(), IssuanceError> {
    let list = ListChecker { manifest, issuer, issuance, eligible };
    let mut parts = Vec::new();
    let mut blobs = blobs.into_iter();
    for (number, _) in issuance.rows.iter().enumerate() {
        let bytes = blobs.next().ok_or(IssuanceError::Blob { blob: number })?;
        parts.push(list.check_blob(number, bytes.as_ref(), rng)?);
    }
    if blobs.next().is_some() {
        return Err(IssuanceError::Blob { blob: issuance.rows.len() });
    }
    list.check_parts(&parts)
}

/// Checks the blobs of an issuer's list one by one, in any order and on several threads, and then whether they are one list:
/// what [`check_list`] does one after the other.
#[derive(Clone, Copy)]
pub struct ListChecker<'a> {
    /// The election's manifest.
    pub manifest: &'a Manifest,
    /// Who issued.
    pub issuer: &'a Issuer,
    /// The issuer's entry.
    pub issuance: &'a Issuance,
    /// Who was ever entitled.
    pub eligible: &'a Eligible,
}

/// What remains of a blob that was checked.
#[derive(Clone, Debug)]
pub struct CheckedPart {
    first: Handle,
    last: Handle,
    /// Rows by class.
    issued: Vec<u64>,
}

impl ListChecker<'_> {
    /// Checks the entry's blob of this number, from 0 (ISS-1 to ISS-6).
    ///
    /// # Errors
    /// [`IssuanceError`], the first rule broken; of the rows that do not verify, all.
    pub fn check_blob(
        &self,
        number: usize,
        bytes: &[u8],
        rng: &mut impl CryptoRngCore,
    ) -> Result<CheckedPart, IssuanceError> {
        let named = self.issuance.rows.get(number).ok_or(IssuanceError::Blob { blob: number })?;
        named.check(bytes).map_err(|_| IssuanceError::Blob { blob: number })?;
        let Blob { rows } =
            json::parse(bytes, BLOB_LIMIT).map_err(|error| IssuanceError::Json { blob: number, error })?;
        let is_last = number + 1 == self.issuance.rows.len();
        let count = rows.len();
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Err(IssuanceError::BlobRows { blob: number, rows: 0 });
        };
        if count > ROWS_PER_BLOB || (count < ROWS_PER_BLOB && !is_last) {
            return Err(IssuanceError::BlobRows { blob: number, rows: count });
        }
        let mut part = CheckedPart {
            first: first.handle.0,
            last: last.handle.0,
            issued: vec![0; self.manifest.classes().len()],
        };
        let start = number.saturating_mul(ROWS_PER_BLOB);
        let (mut before, mut unproved) = (None, Vec::new());
        for (start, rows) in (start..).step_by(BATCH).zip(rows.chunks(BATCH)) {
            let mut batch = Batch::new();
            for (place, row) in (start..).zip(rows) {
                if before.is_some_and(|before| before >= row.handle.0) {
                    return Err(IssuanceError::HandleOrder { row: place });
                }
                before = Some(row.handle.0);
                let class = row.check(self.manifest, self.issuer, self.eligible, place, &mut batch)?;
                if let Some(count) = part.issued.get_mut(class.position()) {
                    *count += 1;
                }
            }
            let bad = batch.verify(rng).err().unwrap_or_default();
            unproved.extend(bad.into_iter().map(|row| start + row));
        }
        if unproved.is_empty() { Ok(part) } else { Err(IssuanceError::Unproved { rows: unproved }) }
    }

    /// Checks that the parts, one for each blob and in the order of the entry, are one list (ISS-3, ISS-7).
    ///
    /// # Errors
    /// [`IssuanceError::HandleOrder`], [`IssuanceError::Blob`] if a part is missing, [`IssuanceError::Count`].
    pub fn check_parts(&self, parts: &[CheckedPart]) -> Result<(), IssuanceError> {
        if parts.len() != self.issuance.rows.len() {
            return Err(IssuanceError::Blob { blob: parts.len() });
        }
        for (number, (part, next)) in (1..).zip(parts.iter().zip(parts.iter().skip(1))) {
            if part.last >= next.first {
                return Err(IssuanceError::HandleOrder { row: ROWS_PER_BLOB.saturating_mul(number) });
            }
        }
        for (place, class) in self.manifest.classes().iter().enumerate() {
            let rows = parts.iter().filter_map(|part| part.issued.get(place)).sum();
            let stated = self.issuance.issued.get(&class.id).map_or(0, |count| count.value());
            if stated != rows {
                return Err(IssuanceError::Count { class: class.id.clone(), stated, rows });
            }
        }
        Ok(())
    }
}

impl Row {
    fn check(
        &self,
        manifest: &Manifest,
        issuer: &Issuer,
        eligible: &Eligible,
        place: usize,
        batch: &mut Batch,
    ) -> Result<ClassIndex, IssuanceError> {
        let unknown = || IssuanceError::UnknownClass { row: place, class: self.class.clone() };
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
            class: self.class.as_str(),
            session: &self.session.0,
            commitment: &self.commitment.0,
            challenge: &self.challenge.0,
        };
        let signed = Signed { key: &self.credential.0, statement: &statement, signature: &self.signature.0 };
        batch.push(&(answered, signed));
        Ok(class)
    }
}

/// Writes the blobs of an issuance list. Sorts the rows by handle: what stands in the list must not tell when.
pub fn to_blobs(mut rows: Vec<Row>) -> Vec<Vec<u8>> {
    rows.sort_unstable_by_key(|row| row.handle.0);
    rows.chunks(ROWS_PER_BLOB).map(|rows| json::to_bytes(&Blob { rows: rows.to_vec() })).collect()
}

/// Why the numbers of tokens and pseudonyms do not fit together (ISS-8, V-10).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FiguresError {
    /// There is no register, or an issuer has not posted its list yet.
    #[error("a register or an issuance list is not there yet")]
    NotYet,
    /// More pseudonyms than tokens: the issuer signed without a request. Returned tokens bring this to light.
    #[error(
        "class `{class}`: {seen} pseudonyms seen and {returned} tokens returned, but {issuer} issued only {issued}"
    )]
    MoreThanIssued {
        /// Which issuer.
        issuer: Id,
        /// In which class.
        class: Id,
        /// Pseudonyms ever seen on the board.
        seen: u64,
        /// Tokens returned.
        returned: u64,
        /// Tokens that the issuer accounts for.
        issued: u64,
    },
    /// More tokens than people.
    #[error(
        "class `{class}`: {issuer} issued {issued} tokens, but only {entitled} people were ever entitled"
    )]
    MoreThanEntitled {
        /// Which issuer.
        issuer: Id,
        /// In which class.
        class: Id,
        /// Tokens that the issuer accounts for.
        issued: u64,
        /// Distinct handles ever entitled.
        entitled: u64,
    },
}

/// The figures as the log stands: `issued` of a class is the smallest of the issuers' numbers, because a ballot needs a
/// token of each; all are summed over classes, `entitled` over the last version of the register (V-10).
///
/// # Errors
/// [`FiguresError::NotYet`].
pub fn figures(state: &ElectionState) -> Result<Figures, FiguresError> {
    let entitled = state.entitled().ok_or(FiguresError::NotYet)?;
    let mut figures = Figures { entitled: entitled.iter().sum(), issued: 0, seen: 0, returned: 0 };
    let issuers = 0..state.manifest().issuers().len();
    for (class, _) in state.manifest().class_indices() {
        let issued = issuers.clone().map(|issuer| state.issued(issuer, class).ok_or(FiguresError::NotYet));
        let issued = issued.collect::<Result<Vec<_>, _>>()?;
        figures.issued += issued.into_iter().min().unwrap_or_default();
        figures.seen += state.seen(class);
        figures.returned += state.returned(class);
    }
    Ok(figures)
}

/// Compares for each class and issuer: pseudonyms ever seen + returned <= issued <= distinct handles ever entitled
/// (ISS-8, V-10), and answers the [`figures`].
///
/// If it holds, all issuers together may still have added ballots in place of people who took a token and neither cast
/// nor returned it; every return leaves one such place less.
///
/// # Errors
/// [`FiguresError`], the first class and issuer for which it does not hold.
pub fn check_figures(state: &ElectionState, eligible: &Eligible) -> Result<Figures, FiguresError> {
    let figures = figures(state)?;
    let manifest = state.manifest();
    let ever = eligible.handles_by_class(manifest);
    for ((index, class), entitled) in manifest.class_indices().zip(ever) {
        let (seen, returned) = (state.seen(index), state.returned(index));
        for (place, issuer) in manifest.issuers().iter().enumerate() {
            let issued = state.issued(place, index).ok_or(FiguresError::NotYet)?;
            if seen + returned > issued {
                return Err(FiguresError::MoreThanIssued {
                    issuer: issuer.id.clone(),
                    class: class.id.clone(),
                    seen,
                    returned,
                    issued,
                });
            }
            if issued > entitled {
                return Err(FiguresError::MoreThanEntitled {
                    issuer: issuer.id.clone(),
                    class: class.id.clone(),
                    issued,
                    entitled,
                });
            }
        }
    }
    Ok(figures)
}
