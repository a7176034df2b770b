//! What an issuer keeps, and the only file that names sled.
//!
//! [`Store`] is narrow, so that another database can take sled's place, and so that a test can fail each of its steps:
//! its methods are the rows of the fault table in `tests/issuer/faults.rs`. [`DiskStore`] is a folder with sled's files
//! and two trees:
//!
//! ```text
//! "answered rows by handle"    handle → the row of the issuance list, as it will be published
//! "issuer"                     "start", "register in force", "keys destroyed"
//! ```
//!
//! Every field is listed in `spec/privacy.md`. None is a time, and the order is that of the handles.
//!
//! **Durable.** sled's `flush` starts writing and never calls fsync (its issue 1452), so [`DiskStore`] has one function that
//! flushes and then calls `sync_data` on the file, and nothing else commits. Values larger than a quarter of a segment
//! would become side files that nobody syncs; a row has less than a kibibyte, and a longer value is refused.

use std::fs::{self, File};
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use urna_crypto::{ElectionId, Handle};

/// How many bytes of pages sled keeps in memory.
const CACHE: u64 = 64 << 20;
/// The most bytes of a value: twenty of these on one page are less than a quarter of a segment of 512 KiB.
pub const MAX_VALUE: usize = 4_096;
/// The keys in the tree "issuer".
const START: &[u8] = b"start";
const REGISTER: &[u8] = b"register in force";
const DESTROYED: &[u8] = b"keys destroyed";

/// sled's threads may hold the lock for a moment after the last handle is gone, so a held lock is asked for again: one
/// second in all.
const LOCK_ATTEMPTS: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

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

    /// Keeps the rows of handles that have none.
    ///
    /// # Errors
    /// [`StoreError::AlreadyAnswered`] if one has; its row stays as it is. [`StoreError`].
    fn put_answered(&self, rows: &[(Handle, Vec<u8>)]) -> Result<(), StoreError>;

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
    /// Another process has the folder open.
    #[error("another issuer uses {}: stop it, or give this one a folder of its own", .0.display())]
    InUse(PathBuf),
    /// A file or folder.
    #[error("{}: {source}; check the disk and its free space, then start again", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The database.
    #[error("the database in {}: {source}; check the disk and its free space, then start again", .path.display())]
    Database {
        /// Its folder.
        path: PathBuf,
        /// What sled says.
        source: sled::Error,
    },
    /// A write could not be made durable, so nothing is any more until the folder is opened again.
    #[error("an earlier write to {} did not reach the disk: check the disk, then start again", .0.display())]
    Unsynced(PathBuf),
    /// What was read is not what was written.
    #[error("what is stored as {0} is damaged; keep the folder, and see spec/cli.md for --accept-loss")]
    Damaged(&'static str),
    /// More bytes than one value may have.
    #[error("a row of {length} bytes, where {MAX_VALUE} are the most")]
    TooLong {
        /// How many.
        length: usize,
    },
    /// A handle has its answer already.
    #[error("a row of this handle is stored already: another issuer writes to this store")]
    AlreadyAnswered,
}

/// A folder with one election's rows. Clones share it; whoever holds the last one closes it.
#[derive(Clone, Debug)]
pub struct DiskStore {
    folder: PathBuf,
    database: sled::Db,
    answered: sled::Tree,
    issuer: sled::Tree,
    /// A write could not be made durable. The operating system says so once only and calls the next attempt a success.
    unsynced: Arc<AtomicBool>,
}

impl DiskStore {
    /// Opens the store in this folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if it is open already, in whatever process; [`StoreError`].
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(folder).map_err(|source| at(folder, source))?;
        // Nothing but `sync` flushes: a flush between would only hide what it is there for.
        let config = sled::Config::new().path(folder).cache_capacity(CACHE).flush_every_ms(None);
        let failed = |source: sled::Error| match &source {
            sled::Error::Io(error) if error.to_string().starts_with("could not acquire lock") => {
                StoreError::InUse(folder.to_owned())
            }
            _ => StoreError::Database { path: folder.to_owned(), source },
        };
        let mut database = config.open().map_err(failed);
        for _ in 0..LOCK_ATTEMPTS {
            if !matches!(database, Err(StoreError::InUse(_))) {
                break;
            }
            sleep(LOCK_PAUSE);
            database = config.open().map_err(failed);
        }
        let database = database?;
        let tree = |name: &str| database.open_tree(name).map_err(failed);
        let store = Self {
            folder: folder.to_owned(),
            answered: tree("answered rows by handle")?,
            issuer: tree("issuer")?,
            database,
            unsynced: Arc::default(),
        };
        store.sync()?;
        // The files of a new database and the folders up to them are to be found again.
        sync_folder(folder)?;
        folder.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_folder)?;
        Ok(store)
    }

    fn failed(&self, source: sled::Error) -> StoreError {
        StoreError::Database { path: self.folder.clone(), source }
    }

    fn get(&self, key: &[u8]) -> Result<Option<sled::IVec>, StoreError> {
        self.issuer.get(key).map_err(|error| self.failed(error))
    }

    fn set(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.issuer.insert(key, value).map_err(|error| self.failed(error))?;
        self.sync()
    }
}

impl Store for DiskStore {
    /// The only way to commit.
    fn sync(&self) -> Result<(), StoreError> {
        if self.unsynced.load(Ordering::SeqCst) {
            return Err(StoreError::Unsynced(self.folder.clone()));
        }
        let path = self.folder.join("db");
        let flushed = self.database.flush().map_err(|error| self.failed(error));
        let synced = flushed.and_then(|_| {
            File::open(&path).and_then(|file| file.sync_data()).map_err(|source| at(&path, source))
        });
        if synced.is_err() {
            self.unsynced.store(true, Ordering::SeqCst);
        }
        synced
    }

    fn start(&self) -> Result<Option<Start>, StoreError> {
        let Some(value) = self.get(START)? else { return Ok(None) };
        let start = number_and_hash(&value).ok_or(StoreError::Damaged("the start"))?;
        Ok(Some(Start { number: start.0, election: ElectionId::from_bytes(start.1) }))
    }

    fn set_start(&self, start: &Start) -> Result<(), StoreError> {
        self.set(START, &[start.number.to_be_bytes().as_slice(), start.election.as_bytes()].concat())
    }

    fn answered(&self, handle: &Handle) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.answered.get(handle.as_bytes()).map_err(|error| self.failed(error))?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn answered_after(&self, last: Option<&Handle>, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let first = last.map_or(Bound::Unbounded, |last| Bound::Excluded(last.as_bytes().as_slice()));
        let rows = self.answered.range::<&[u8], _>((first, Bound::Unbounded)).values().take(limit);
        rows.map(|row| row.map(|row| row.to_vec()).map_err(|error| self.failed(error))).collect()
    }

    fn put_answered(&self, rows: &[(Handle, Vec<u8>)]) -> Result<(), StoreError> {
        if let Some((_, row)) = rows.iter().find(|(_, row)| row.len() > MAX_VALUE) {
            return Err(StoreError::TooLong { length: row.len() });
        }
        for (handle, row) in rows {
            // In the place of nothing only.
            self.answered
                .compare_and_swap(handle.as_bytes(), None::<&[u8]>, Some(row.as_slice()))
                .map_err(|error| self.failed(error))?
                .map_err(|_| StoreError::AlreadyAnswered)?;
        }
        self.sync()
    }

    fn register(&self) -> Result<Option<RegisterVersion>, StoreError> {
        let Some(value) = self.get(REGISTER)? else { return Ok(None) };
        let version = number_and_hash(&value).ok_or(StoreError::Damaged("the register in force"))?;
        Ok(Some(RegisterVersion { number: version.0, sha256: version.1 }))
    }

    fn set_register(&self, version: &RegisterVersion) -> Result<(), StoreError> {
        self.set(REGISTER, &[version.number.to_be_bytes().as_slice(), &version.sha256].concat())
    }

    fn keys_destroyed(&self) -> Result<bool, StoreError> {
        Ok(self.get(DESTROYED)?.is_some())
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

fn at(path: &Path, source: io::Error) -> StoreError {
    StoreError::File { path: path.to_owned(), source }
}

fn sync_folder(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|source| at(path, source))
}
