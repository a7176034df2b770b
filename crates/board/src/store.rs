//! What a log is kept in, and the only file that names sled.
//!
//! [`Store`] is narrow, so that another database can take sled's place, and so that a test can fail each of its steps:
//! its methods are the rows of the fault table in `tests/board/faults.rs`. [`DiskStore`] keeps one election in a folder:
//!
//! ```text
//! log/db    sled: the trees "checkpoint", "entries by index", "tiles by level and index", "promised by deadline and hash"
//! blobs/    a file for each blob, named by its SHA-256 in hexadecimal
//! ```
//!
//! **Durable.** sled's `flush` starts writing and never calls fsync (its issue 1452), so [`DiskStore`] has one function that
//! flushes and then calls `sync_data` on the file, and nothing else commits. Values larger than a quarter of a segment
//! would become side files that nobody syncs; so would a page, on which up to twenty values lie together. So every value
//! is cut into parts of at most 4 KiB, and a test looks for side files.
//!
//! **One write at a time.** sled's batches are not used. While one is applied it holds a place in sled's log; a buffer that fills
//! meanwhile is written when the place is given back, and if that fails nobody wakes the thread that waits in `flush`
//! (`exit_reservation`): on a full disk a writer now and then stood still for ever, and with it all others, because the batches
//! of all databases wait for one lock. Nothing here needs a batch: what is written is not looked at before
//! the checkpoint, or is there as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::sleep;
use std::time::Duration;

use sha2::{Digest, Sha256};
use urna_log::{MAX_ENTRY, MAX_NOTE, Tile};

/// How many bytes of pages sled keeps in memory.
const CACHE: u64 = 64 << 20;
/// The most bytes of a value that lie together: twenty of these are less than a quarter of a segment of 512 KiB.
const PART: usize = 4_096;
/// The keys in the tree "checkpoint".
const COMMITTED: &[u8] = b"committed";
const PUBLISHED: &[u8] = b"published";

/// sled's threads may hold the lock for a moment after the last handle is gone, so a held lock is asked for again: one
/// second in all.
const LOCK_ATTEMPTS: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// How the name of a blob ends that is being written; what a crash left of them is removed at the next start.
const TEMPORARY: &str = "new";
static NEXT_TEMPORARY: AtomicU64 = AtomicU64::new(0);

/// SHA-256 of an entry's or a blob's bytes.
pub type Sha256Hash = [u8; 32];

/// Where one election's log is kept. A method that writes has made it durable when it returns, unless it says otherwise.
/// One that fails may have written all, some or nothing: the writer then stops, and begins again from what it reads.
///
/// One writer at a time; whoever only reads may do so at any time.
pub trait Store {
    /// Makes durable whatever can be read. A writer begins with it: what a failed write left behind may not be durable yet.
    ///
    /// # Errors
    /// [`StoreError`].
    fn sync(&self) -> Result<(), StoreError>;

    /// The committed checkpoint: what the log is.
    ///
    /// # Errors
    /// [`StoreError`].
    fn checkpoint(&self) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps entries from this index on, which no committed checkpoint has yet. Those of an attempt before are replaced.
    ///
    /// # Errors
    /// [`StoreError`].
    fn stage(&self, first: u64, entries: &[Vec<u8>]) -> Result<(), StoreError>;

    /// Replaces the checkpoint `old` by `new` in one atomic step: the commit of a batch.
    ///
    /// # Errors
    /// [`StoreError::OtherCheckpoint`] if it is not `old` that is kept; [`StoreError`].
    fn swap_checkpoint(&self, old: Option<&[u8]>, new: &[u8]) -> Result<(), StoreError>;

    /// The entry at an index, committed or staged.
    ///
    /// # Errors
    /// [`StoreError`].
    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps tiles, each in the place of narrower ones. They can be computed again, so they need not be durable.
    ///
    /// # Errors
    /// [`StoreError`].
    fn put_tiles(&self, tiles: &[(Tile, Vec<u8>)]) -> Result<(), StoreError>;

    /// The widest tile that is kept at this place.
    ///
    /// # Errors
    /// [`StoreError`].
    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, StoreError>;

    /// Lets readers have a committed checkpoint, whose tiles are all kept. It need not be durable.
    ///
    /// # Errors
    /// [`StoreError`].
    fn publish(&self, checkpoint: &[u8]) -> Result<(), StoreError>;

    /// The checkpoint that readers have.
    ///
    /// # Errors
    /// [`StoreError`].
    fn published(&self) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps entries that are promised, each with the second by which it is to be in the log.
    ///
    /// # Errors
    /// [`StoreError`].
    fn promise(&self, entries: &[(u64, Vec<u8>)]) -> Result<(), StoreError>;

    /// All that is promised and not forgotten, by deadline.
    ///
    /// # Errors
    /// [`StoreError`].
    fn promised(&self) -> Result<Vec<(u64, Vec<u8>)>, StoreError>;

    /// Drops promised entries that are in the log. It need not be durable.
    ///
    /// # Errors
    /// [`StoreError`].
    fn forget(&self, entries: &[(u64, Sha256Hash)]) -> Result<(), StoreError>;

    /// Keeps a blob under its hash.
    ///
    /// # Errors
    /// [`StoreError`].
    fn put_blob(&self, bytes: &[u8]) -> Result<Sha256Hash, StoreError>;

    /// The blob with this hash.
    ///
    /// # Errors
    /// [`StoreError`].
    fn blob(&self, sha256: &Sha256Hash) -> Result<Option<Vec<u8>>, StoreError>;

    /// Makes blobs durable that can be read, whatever became of the call that put them.
    ///
    /// # Errors
    /// [`StoreError`], also if one cannot be read.
    fn keep_blobs(&self, blobs: &[Sha256Hash]) -> Result<(), StoreError>;
}

/// Why the store cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process has the folder open.
    #[error("another board uses {}: stop it, or give this one a folder of its own", .0.display())]
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
    #[error("the tree \"{tree}\" is damaged; restore the folder from a copy, and start with --at-least")]
    Damaged {
        /// In which tree.
        tree: &'static str,
    },
    /// More bytes than one value may have.
    #[error("{length} bytes for the tree \"{tree}\", where {limit} are the most")]
    TooLong {
        /// For which tree.
        tree: &'static str,
        /// How many.
        length: usize,
        /// The most.
        limit: usize,
    },
    /// The checkpoint was changed by somebody else.
    #[error("the store has another checkpoint than the one to be replaced: another writer was here")]
    OtherCheckpoint,
    /// A blob is not there.
    #[error("the blob {} is not stored", hexadecimal(.0))]
    BlobMissing(Sha256Hash),
}

/// A hash as it stands in paths.
pub(crate) fn hexadecimal(hash: &Sha256Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A folder with one election. Clones share it; whoever holds the last one closes it.
#[derive(Clone, Debug)]
pub struct DiskStore {
    folder: PathBuf,
    database: sled::Db,
    checkpoint: sled::Tree,
    entries: Values,
    tiles: Values,
    promised: Values,
    /// A write could not be made durable. The operating system says so once only and calls the next attempt a success.
    unsynced: Arc<AtomicBool>,
    /// The last of the handles, so that no other's end closes the database.
    _closer: Closer,
}

/// Holds the database open until the end, and then closes it without a panic.
///
/// sled closes with a sync and panics if the disk refuses it (`Log::drop`), in whatever thread lets go of the last handle: the
/// writer's, which is the one to open the database again when the disk works again.
#[derive(Clone, Debug)]
struct Closer(Option<sled::Db>);

impl Drop for Closer {
    fn drop(&mut self) {
        let database = self.0.take();
        // Nobody waits for what was not synced before.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(database)));
    }
}

impl DiskStore {
    /// Opens the election in this folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if it is open already, in whatever process; [`StoreError`].
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let log = folder.join("log");
        let blobs = folder.join("blobs");
        for path in [&log, &blobs] {
            fs::create_dir_all(path).map_err(|source| at(path, source))?;
        }
        // Nothing but `sync` flushes: a flush between would only hide what it is there for.
        let config = sled::Config::new().path(&log).cache_capacity(CACHE).flush_every_ms(None);
        let failed = |source: sled::Error| match &source {
            sled::Error::Io(error) if error.to_string().starts_with("could not acquire lock") => {
                StoreError::InUse(folder.to_owned())
            }
            _ => StoreError::Database { path: log.clone(), source },
        };
        // A database that cannot be opened is closed at once, see `Closer`.
        let open = || match catch_unwind(AssertUnwindSafe(|| config.open())) {
            Ok(opened) => opened.map_err(failed),
            Err(_) => Err(StoreError::Unsynced(folder.to_owned())),
        };
        let mut database = open();
        for _ in 0..LOCK_ATTEMPTS {
            if !matches!(database, Err(StoreError::InUse(_))) {
                break;
            }
            sleep(LOCK_PAUSE);
            database = open();
        }
        let opened = database?;
        // Dropped after the handles that follow, should one of them fail.
        let closer = Closer(Some(opened.clone()));
        let database = opened;
        let tree = |name: &'static str| database.open_tree(name).map_err(failed);
        let values = |name, limit| Ok::<_, StoreError>(Values { name, limit, tree: tree(name)? });
        let store = Self {
            folder: folder.to_owned(),
            checkpoint: tree("checkpoint")?,
            entries: values("entries by index", MAX_ENTRY)?,
            tiles: values("tiles by level and index", MAX_ENTRY)?,
            promised: values("promised by deadline and hash", MAX_ENTRY)?,
            database,
            unsynced: Arc::default(),
            _closer: closer,
        };
        store.sync()?;
        // The lock is ours, so nobody else is writing these.
        for file in fs::read_dir(&blobs).map_err(|source| at(&blobs, source))? {
            let path = file.map_err(|source| at(&blobs, source))?.path();
            if path.extension().is_some_and(|extension| extension == TEMPORARY) {
                fs::remove_file(&path).map_err(|source| at(&path, source))?;
            }
        }
        // The files of a new database and the folders up to them are to be found again.
        for path in [&log, &blobs, folder] {
            sync_folder(path)?;
        }
        folder.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_folder)?;
        Ok(store)
    }

    fn failed(&self, source: sled::Error) -> StoreError {
        StoreError::Database { path: self.folder.join("log"), source }
    }

    fn blob_path(&self, sha256: &Sha256Hash) -> PathBuf {
        self.folder.join("blobs").join(hexadecimal(sha256))
    }

    fn put(&self, values: &Values, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        for (key, part) in values.parts(key, value)? {
            values.tree.insert(key, part).map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    fn get(&self, values: &Values, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        values.get(key).map_err(|error| self.failed(error))?.transpose()
    }
}

impl Store for DiskStore {
    /// The only way to commit.
    fn sync(&self) -> Result<(), StoreError> {
        if self.unsynced.load(Ordering::SeqCst) {
            return Err(StoreError::Unsynced(self.folder.clone()));
        }
        let path = self.folder.join("log").join("db");
        let flushed = self.database.flush().map_err(|error| self.failed(error));
        let synced = flushed.and_then(|_| {
            File::open(&path).and_then(|file| file.sync_data()).map_err(|source| at(&path, source))
        });
        if synced.is_err() {
            self.unsynced.store(true, Ordering::SeqCst);
        }
        synced
    }

    fn checkpoint(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.checkpoint.get(COMMITTED).map_err(|error| self.failed(error))?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn stage(&self, first: u64, entries: &[Vec<u8>]) -> Result<(), StoreError> {
        for (index, entry) in (first..).zip(entries) {
            self.put(&self.entries, &index.to_be_bytes(), entry)?;
        }
        self.sync()
    }

    fn swap_checkpoint(&self, old: Option<&[u8]>, new: &[u8]) -> Result<(), StoreError> {
        if new.len() > MAX_NOTE.min(PART) {
            return Err(StoreError::TooLong { tree: "checkpoint", length: new.len(), limit: PART });
        }
        self.checkpoint
            .compare_and_swap(COMMITTED, old, Some(new))
            .map_err(|error| self.failed(error))?
            .map_err(|_| StoreError::OtherCheckpoint)?;
        self.sync()
    }

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(&self.entries, &index.to_be_bytes())
    }

    fn put_tiles(&self, tiles: &[(Tile, Vec<u8>)]) -> Result<(), StoreError> {
        for (tile, bytes) in tiles {
            self.put(&self.tiles, &tile_key(tile.level(), tile.index()), bytes)?;
        }
        Ok(())
    }

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(&self.tiles, &tile_key(level, index))
    }

    fn publish(&self, checkpoint: &[u8]) -> Result<(), StoreError> {
        self.checkpoint.insert(PUBLISHED, checkpoint).map_err(|error| self.failed(error))?;
        Ok(())
    }

    fn published(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.checkpoint.get(PUBLISHED).map_err(|error| self.failed(error))?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn promise(&self, entries: &[(u64, Vec<u8>)]) -> Result<(), StoreError> {
        for (deadline, entry) in entries {
            let key = promise_key(*deadline, &Sha256::digest(entry).into());
            self.put(&self.promised, &key, entry)?;
        }
        self.sync()
    }

    fn promised(&self) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let mut promised = Vec::new();
        for item in self.promised.tree.iter().keys() {
            let key = item.map_err(|error| self.failed(error))?;
            // The first part of each stands for all of it.
            let Some((0, key)) = key.split_last() else { continue };
            let damaged = StoreError::Damaged { tree: self.promised.name };
            let (Some(deadline), Some(entry)) = (key.first_chunk(), self.get(&self.promised, key)?) else {
                return Err(damaged);
            };
            promised.push((u64::from_be_bytes(*deadline), entry));
        }
        Ok(promised)
    }

    fn forget(&self, entries: &[(u64, Sha256Hash)]) -> Result<(), StoreError> {
        for (deadline, sha256) in entries {
            let key = promise_key(*deadline, sha256);
            // The first part first: the others are nothing without it.
            for part in self.promised.tree.scan_prefix(&key).keys() {
                let removed = part.and_then(|part| self.promised.tree.remove(part));
                removed.map_err(|error| self.failed(error))?;
            }
        }
        Ok(())
    }

    fn put_blob(&self, bytes: &[u8]) -> Result<Sha256Hash, StoreError> {
        let sha256 = Sha256::digest(bytes).into();
        let path = self.blob_path(&sha256);
        // Requests with the same bytes may meet here: each writes a file of its own and renames it when it is whole.
        let number = NEXT_TEMPORARY.fetch_add(1, Ordering::Relaxed);
        let temporary = path.with_extension(format!("{number}.{TEMPORARY}"));
        let write = || {
            let mut file = File::create(&temporary)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&temporary, &path)
        };
        write().map_err(|source| at(&path, source))?;
        sync_folder(&self.folder.join("blobs"))?;
        Ok(sha256)
    }

    fn blob(&self, sha256: &Sha256Hash) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.blob_path(sha256);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(at(&path, source)),
        }
    }

    fn keep_blobs(&self, blobs: &[Sha256Hash]) -> Result<(), StoreError> {
        for sha256 in blobs {
            let path = self.blob_path(sha256);
            File::open(&path).and_then(|file| file.sync_all()).map_err(|source| at(&path, source))?;
        }
        sync_folder(&self.folder.join("blobs"))
    }
}

/// A tree whose values are cut into parts: key and part number → the part; before the first one, how many there are.
#[derive(Clone, Debug)]
struct Values {
    name: &'static str,
    limit: usize,
    tree: sled::Tree,
}

impl Values {
    /// The parts of a value with their keys, the first of them last: with it the value is there, and its parts are.
    fn parts(
        &self,
        key: &[u8],
        value: &[u8],
    ) -> Result<impl Iterator<Item = (Vec<u8>, Vec<u8>)>, StoreError> {
        let too_long = StoreError::TooLong { tree: self.name, length: value.len(), limit: self.limit };
        let count = u8::try_from(value.len().div_ceil(PART).max(1)).ok();
        let count = count.filter(|_| value.len() <= self.limit).ok_or(too_long)?;
        let first = value.get(..PART).unwrap_or(value);
        let others = (1..count).zip(value.chunks(PART).skip(1));
        let others = others.map(move |(number, part)| ([key, &[number]].concat(), part.to_vec()));
        Ok(others.chain([([key, &[0]].concat(), [&[count], first].concat())]))
    }

    /// The value of a key; damaged if a part is missing.
    fn get(&self, key: &[u8]) -> Result<Option<Result<Vec<u8>, StoreError>>, sled::Error> {
        let Some(first) = self.tree.get([key, &[0]].concat())? else { return Ok(None) };
        let damaged = || Ok(Some(Err(StoreError::Damaged { tree: self.name })));
        let Some((count, part)) = first.split_first() else { return damaged() };
        let mut value = part.to_vec();
        for number in 1..*count {
            match self.tree.get([key, &[number]].concat())? {
                Some(part) => value.extend_from_slice(&part),
                None => return damaged(),
            }
        }
        Ok(Some(Ok(value)))
    }
}

fn tile_key(level: u8, index: u64) -> [u8; 9] {
    let mut key = [level; 9];
    key.iter_mut().skip(1).zip(index.to_be_bytes()).for_each(|(to, from)| *to = from);
    key
}

fn promise_key(deadline: u64, sha256: &Sha256Hash) -> Vec<u8> {
    [deadline.to_be_bytes().as_slice(), sha256].concat()
}

fn at(path: &Path, source: io::Error) -> StoreError {
    StoreError::File { path: path.to_owned(), source }
}

fn sync_folder(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|source| at(path, source))
}
