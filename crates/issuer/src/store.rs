//! What an issuer keeps.
//!
//! [`Store`] is narrow, so that another database can take the place of the one in `urna_disk`, and so that a test can fail each
//! of its steps: its methods are the rows of the fault table in `tests/issuer/faults.rs`. [`DiskStore`] is a database with
//! two trees, and a third only where tokens are taken with the ballot:
//!
//! ```text
//! "answered rows by handle"    handle → the row of the issuance list, as it will be published
//! "issuer"                     "start", "register in force", "keys destroyed"
//! "seconds by handle"          handle → the second of its answer, for the roll
//! ```
//!
//! Every field is listed in `spec/privacy.md`. The order is that of the handles. Each value is one write: it is there as a
//! whole or not at all, and rows that are written together need nothing of each other. A second is written before its row: a
//! crash between them leaves a second without a row, which is nobody's, and which the answer that comes then replaces.

use std::path::Path;

use urna_crypto::{ElectionId, Handle};
use urna_disk::{Cells, Database, DiskError, Tree};

/// The most bytes of a row.
pub const MAX_VALUE: usize = 4_096;
/// The tree of rows.
const ROWS: &str = "answered rows by handle";
/// The tree of seconds. It is made with its first one, so that other elections have none.
const SECONDS: &str = "seconds by handle";
/// The keys in the tree "issuer".
const START: &[u8] = b"start";
const REGISTER: &[u8] = b"register in force";
const DESTROYED: &[u8] = b"keys destroyed";

/// What the issuer serves, and how often it was started: the keys' binding (TOK-1) and the trace of a lost store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// The one election for which the issuer's keys sign.
    pub election: ElectionId,
    /// The number of this start, from 1.
    pub number: u64,
}

/// Which version of the register is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterVersion {
    /// The running number of its entry.
    pub number: u64,
    /// SHA-256 of the entry's bytes.
    pub sha256: [u8; 32],
}

/// A row that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweredRow {
    /// Who was answered.
    pub handle: Handle,
    /// The row of the issuance list.
    pub row: Vec<u8>,
    /// The second of the answer, if the election's roll has it (S3-22).
    pub second: Option<u64>,
}

/// Where one election's issuer keeps what must not be lost. A method that writes has made it durable when it returns. One
/// that fails may have written all, some or nothing: the issuer then stops, and begins again from what it reads.
///
/// One writer at a time; reading is possible at any time, and may show what is not durable yet.
pub trait Store: Send + Sync + 'static {
    /// Makes durable whatever can be read. An issuer begins with it: what a failed write left behind may not be durable yet.
    ///
    /// # Errors
    /// [`StoreError`].
    fn sync(&self) -> Result<(), StoreError>;

    /// The last start; none in a new store.
    ///
    /// # Errors
    /// [`StoreError`].
    fn start(&self) -> Result<Option<Start>, StoreError>;

    /// Keeps a start, in the place of the one before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn set_start(&self, start: &Start) -> Result<(), StoreError>;

    /// The row of a handle that has its answer.
    ///
    /// # Errors
    /// [`StoreError`].
    fn answered(&self, handle: &Handle) -> Result<Option<Vec<u8>>, StoreError>;

    /// At most `limit` rows, of the handles behind this one or of the first, ascending.
    ///
    /// # Errors
    /// [`StoreError`].
    fn answered_after(&self, last: Option<&Handle>, limit: usize) -> Result<Vec<Vec<u8>>, StoreError>;

    /// Keeps the rows of handles that have none, never a row without the second that is given with it.
    ///
    /// # Errors
    /// [`StoreError::AlreadyAnswered`] if one has; its row and second stay as they are. [`StoreError`].
    fn put_answered(&self, rows: &[AnsweredRow]) -> Result<(), StoreError>;

    /// The second that was given with the row of a handle.
    ///
    /// # Errors
    /// [`StoreError`].
    fn second(&self, handle: &Handle) -> Result<Option<u64>, StoreError>;

    /// The version of the register in force; none before the first.
    ///
    /// # Errors
    /// [`StoreError`].
    fn register(&self) -> Result<Option<RegisterVersion>, StoreError>;

    /// Keeps which version of the register is in force.
    ///
    /// # Errors
    /// [`StoreError`].
    fn set_register(&self, version: &RegisterVersion) -> Result<(), StoreError>;

    /// Whether the keys are to be used no more.
    ///
    /// # Errors
    /// [`StoreError`].
    fn keys_destroyed(&self) -> Result<bool, StoreError>;

    /// Marks the keys as destroyed, for good.
    ///
    /// # Errors
    /// [`StoreError`].
    fn set_keys_destroyed(&self) -> Result<(), StoreError>;
}

/// Why the store cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// What was read is not what was written.
    #[error("what is stored as {0} is damaged; keep the folder, and see spec/cli.md for --accept-loss")]
    Damaged(&'static str),
    /// A handle has its answer already.
    #[error("a row of this handle is stored already: another issuer writes to this store")]
    AlreadyAnswered,
}

/// A folder with one election's rows. Clones share it; whoever holds the last one closes it.
#[derive(Clone, Debug)]
pub struct DiskStore {
    database: Database,
    answered: Tree,
    issuer: Tree,
}

impl DiskStore {
    /// Opens the store in this folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`DiskError::InUse`] if it is open already, in whatever process; [`StoreError`].
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let database = Database::open(folder, "issuer")?;
        Ok(Self { answered: database.tree(ROWS)?, issuer: database.tree("issuer")?, database })
    }

    fn set(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.issuer.put(key, value)?;
        self.sync()
    }
}

impl Store for DiskStore {
    fn sync(&self) -> Result<(), StoreError> {
        Ok(self.database.sync()?)
    }

    fn start(&self) -> Result<Option<Start>, StoreError> {
        let Some(value) = self.issuer.get(START)? else { return Ok(None) };
        let start = number_and_hash(&value).ok_or(StoreError::Damaged("the start"))?;
        Ok(Some(Start { number: start.0, election: ElectionId::from_bytes(start.1) }))
    }

    fn set_start(&self, start: &Start) -> Result<(), StoreError> {
        self.set(START, &[start.number.to_be_bytes().as_slice(), start.election.as_bytes()].concat())
    }

    fn answered(&self, handle: &Handle) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.answered.get(handle.as_bytes())?)
    }

    fn answered_after(&self, last: Option<&Handle>, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows = self.answered.after(last.map(|last| last.as_bytes().as_slice()));
        rows.take(limit).map(|cell| Ok(cell?.1)).collect()
    }

    fn put_answered(&self, rows: &[AnsweredRow]) -> Result<(), StoreError> {
        if let Some(long) = rows.iter().find(|row| row.row.len() > MAX_VALUE) {
            return Err(DiskError::TooLong { tree: ROWS, length: long.row.len(), limit: MAX_VALUE }.into());
        }
        let has_seconds = rows.iter().any(|row| row.second.is_some());
        let seconds = has_seconds.then(|| self.database.tree(SECONDS)).transpose()?;
        for AnsweredRow { handle, row, second } in rows {
            if let (Some(seconds), Some(second)) = (&seconds, second) {
                if self.answered.get(handle.as_bytes())?.is_some() {
                    return Err(StoreError::AlreadyAnswered);
                }
                seconds.put(handle.as_bytes(), &second.to_be_bytes())?;
            }
            // In the place of nothing only.
            if !self.answered.swap(handle.as_bytes(), None, row)? {
                return Err(StoreError::AlreadyAnswered);
            }
        }
        self.sync()
    }

    fn second(&self, handle: &Handle) -> Result<Option<u64>, StoreError> {
        let Some(second) = self.database.tree(SECONDS)?.get(handle.as_bytes())? else { return Ok(None) };
        let second =
            second.as_slice().try_into().map_err(|_| StoreError::Damaged("the second of an answer"))?;
        Ok(Some(u64::from_be_bytes(second)))
    }

    fn register(&self) -> Result<Option<RegisterVersion>, StoreError> {
        let Some(value) = self.issuer.get(REGISTER)? else { return Ok(None) };
        let version = number_and_hash(&value).ok_or(StoreError::Damaged("the register in force"))?;
        Ok(Some(RegisterVersion { number: version.0, sha256: version.1 }))
    }

    fn set_register(&self, version: &RegisterVersion) -> Result<(), StoreError> {
        self.set(REGISTER, &[version.number.to_be_bytes().as_slice(), &version.sha256].concat())
    }

    fn keys_destroyed(&self) -> Result<bool, StoreError> {
        Ok(self.issuer.get(DESTROYED)?.is_some())
    }

    fn set_keys_destroyed(&self) -> Result<(), StoreError> {
        self.set(DESTROYED, &[])
    }
}

/// Eight bytes of a number, big-endian, and 32 of a hash.
fn number_and_hash(value: &[u8]) -> Option<(u64, [u8; 32])> {
    let (number, hash) = value.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*number), hash.try_into().ok()?))
}
