//! What a log is kept in.
//!
//! [`Store`] is narrow, so that another database can take the place of the one in `urna_disk`, and so that a test can fail each
//! of its steps: its methods are the rows of the fault table in `tests/board/faults.rs`. [`DiskStore`] keeps one election in a
//! folder:
//!
//! ```text
//! log/      the database: the trees "checkpoint", "entries by index", "tiles by level and index", "promised by deadline and hash"
//! blobs/    a file for each blob, named by its SHA-256 in hexadecimal
//! ```
//!
//! What is written is not looked at before the checkpoint, or is there as a whole or not at all; so nothing here needs several
//! writes to be one. A value that takes the place of another has the same parts (a wider tile begins with the narrower one), or
//! nobody reads it yet.

use std::fs::File;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use urna_disk::{
    Cells, Database, DiskError, MOST, Tree, Values, make_folder, read_file, remove_unfinished, replace_file,
    sync_folder,
};
use urna_log::{MAX_ENTRY, MAX_NOTE, Tile};

/// The keys in the tree "checkpoint".
const COMMITTED: &[u8] = b"committed";
const PUBLISHED: &[u8] = b"published";

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
    /// The disk.
    #[error(transparent)]
    Disk(DiskError),
    /// What was read is not what was written.
    #[error("the tree \"{tree}\" is damaged; restore the folder from a copy, and start with --at-least")]
    Damaged {
        /// In which tree.
        tree: &'static str,
    },
    /// The checkpoint was changed by somebody else.
    #[error("the store has another checkpoint than the one to be replaced: another writer was here")]
    OtherCheckpoint,
    /// A blob is not there.
    #[error("the blob {} is not stored", hexadecimal(.0))]
    BlobMissing(Sha256Hash),
}

impl From<DiskError> for StoreError {
    fn from(error: DiskError) -> Self {
        match error {
            DiskError::Damaged { tree } => Self::Damaged { tree },
            error => Self::Disk(error),
        }
    }
}

impl StoreError {
    /// Whether trying again can help.
    pub(crate) const fn may_pass(&self) -> bool {
        matches!(self, Self::Disk(error) if error.may_pass())
    }
}

/// A hash as it stands in paths.
pub(crate) fn hexadecimal(hash: &Sha256Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A folder with one election. Clones share it; whoever holds the last one closes it.
#[derive(Clone, Debug)]
pub struct DiskStore {
    blobs: PathBuf,
    database: Database,
    checkpoint: Tree,
    entries: Values<Tree>,
    tiles: Values<Tree>,
    promised: Values<Tree>,
}

/// The tree of what is promised.
const PROMISED: &str = "promised by deadline and hash";

impl DiskStore {
    /// Opens the election in this folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`DiskError::InUse`] if it is open already, in whatever process; [`StoreError`].
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let blobs = folder.join("blobs");
        make_folder(&blobs)?;
        let database = Database::open(&folder.join("log"), "board")?;
        // The lock is ours, so nobody else is writing these.
        remove_unfinished(&blobs)?;
        let values = |name| Ok::<_, DiskError>(Values::new(database.tree(name)?, MAX_ENTRY));
        Ok(Self {
            checkpoint: database.tree("checkpoint")?,
            entries: values("entries by index")?,
            tiles: values("tiles by level and index")?,
            promised: values(PROMISED)?,
            blobs,
            database,
        })
    }

    fn blob_path(&self, sha256: &Sha256Hash) -> PathBuf {
        self.blobs.join(hexadecimal(sha256))
    }
}

impl Store for DiskStore {
    fn sync(&self) -> Result<(), StoreError> {
        Ok(self.database.sync()?)
    }

    fn checkpoint(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.checkpoint.get(COMMITTED)?)
    }

    fn stage(&self, first: u64, entries: &[Vec<u8>]) -> Result<(), StoreError> {
        for (index, entry) in (first..).zip(entries) {
            self.entries.put(&index.to_be_bytes(), entry)?;
        }
        self.sync()
    }

    fn swap_checkpoint(&self, old: Option<&[u8]>, new: &[u8]) -> Result<(), StoreError> {
        let limit = MAX_NOTE.min(MOST);
        if new.len() > limit {
            return Err(DiskError::TooLong { tree: "checkpoint", length: new.len(), limit }.into());
        }
        if !self.checkpoint.swap(COMMITTED, old, new)? {
            return Err(StoreError::OtherCheckpoint);
        }
        self.sync()
    }

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.entries.get(&index.to_be_bytes())?)
    }

    fn put_tiles(&self, tiles: &[(Tile, Vec<u8>)]) -> Result<(), StoreError> {
        for (tile, bytes) in tiles {
            self.tiles.put(&tile_key(tile.level(), tile.index()), bytes)?;
        }
        Ok(())
    }

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.tiles.get(&tile_key(level, index))?)
    }

    fn publish(&self, checkpoint: &[u8]) -> Result<(), StoreError> {
        Ok(self.checkpoint.put(PUBLISHED, checkpoint)?)
    }

    fn published(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.checkpoint.get(PUBLISHED)?)
    }

    fn promise(&self, entries: &[(u64, Vec<u8>)]) -> Result<(), StoreError> {
        for (deadline, entry) in entries {
            let key = promise_key(*deadline, &Sha256::digest(entry).into());
            self.promised.put(&key, entry)?;
        }
        self.sync()
    }

    fn promised(&self) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let read = self.promised.scan(b"").map(|cell| {
            let (key, entry) = cell?;
            let deadline = key.first_chunk().ok_or(StoreError::Damaged { tree: PROMISED })?;
            Ok((u64::from_be_bytes(*deadline), entry))
        });
        read.collect()
    }

    fn forget(&self, entries: &[(u64, Sha256Hash)]) -> Result<(), StoreError> {
        for (deadline, sha256) in entries {
            self.promised.remove(&promise_key(*deadline, sha256))?;
        }
        Ok(())
    }

    fn put_blob(&self, bytes: &[u8]) -> Result<Sha256Hash, StoreError> {
        let sha256 = Sha256::digest(bytes).into();
        replace_file(&self.blob_path(&sha256), bytes)?;
        Ok(sha256)
    }

    fn blob(&self, sha256: &Sha256Hash) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(read_file(&self.blob_path(sha256))?)
    }

    fn keep_blobs(&self, blobs: &[Sha256Hash]) -> Result<(), StoreError> {
        for sha256 in blobs {
            let path = self.blob_path(sha256);
            let synced = File::open(&path).and_then(|file| file.sync_all());
            synced.map_err(|source| DiskError::File { path, source })?;
        }
        Ok(sync_folder(&self.blobs)?)
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
