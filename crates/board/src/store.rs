//! What a log is kept in.
//!
//! [`Store`] is narrow, so that another database can take the place of the one in `urna_disk`, and so that a test can fail each
//! of its steps: its methods are the rows of the fault table in `tests/board/faults.rs`. [`DiskStore`] keeps one election in a
//! folder:
//!
//! ```text
//! log/      the database: the trees "checkpoint", "entries by index", "tiles by level and index", "promised and sealed"
//! promises/ a file for each class of which something is promised: the key under which that is sealed (see `promises`)
//! blobs/    a file for each blob, named by its SHA-256 in hexadecimal
//! ```
//!
//! What is written is not looked at before the checkpoint, or is there as a whole or not at all; so nothing here needs several
//! writes to be one. A value that takes the place of another has the same parts (a wider tile begins with the narrower one), or
//! nobody reads it yet.

use std::fs::File;
use std::path::{Path, PathBuf};

use rand_core::OsRng;
use sha2::{Digest, Sha256};
use urna_disk::{
    Cells, Database, DiskError, MOST, Tree, Values, make_folder, read_file, remove_unfinished, replace_file,
    sync_folder,
};
use urna_election::Id;
use urna_log::{MAX_ENTRY, MAX_NOTE, Tile};

use crate::promises::{PROMISED, Promises};

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

    /// Keeps entries that are promised.
    ///
    /// # Errors
    /// [`StoreError`].
    fn promise(&self, entries: &[Promised]) -> Result<(), StoreError>;

    /// All that is promised and not forgotten, by deadline and hash.
    ///
    /// # Errors
    /// [`StoreError`].
    fn promised(&self) -> Result<Vec<Promised>, StoreError>;

    /// Drops promised entries that are in the log. It need not be durable. With the last one of a queue goes whatever could tell in
    /// which order they came.
    ///
    /// # Errors
    /// [`StoreError`].
    fn forget(&self, entries: &[Promised]) -> Result<(), StoreError>;

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

/// An entry that is held back with its batch, and promised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Promised {
    /// The second by which it is to be in the log.
    pub deadline: u64,
    /// The class whose ballots it waits for.
    pub queue: Id,
    /// Its bytes.
    pub entry: Vec<u8>,
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
    /// Something is promised that cannot be opened.
    #[error("what is promised in the tree \"{tree}\" cannot be opened without its key in {}; restore the folder as a whole from a copy, and start with --at-least", .keys.display())]
    Sealed {
        /// In which tree.
        tree: &'static str,
        /// Where its key was.
        keys: PathBuf,
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
    promises: Promises<Tree>,
}

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
        let promises = Promises::open(&folder.join("promises"), database.tree(PROMISED)?)?;
        Ok(Self {
            checkpoint: database.tree("checkpoint")?,
            entries: values("entries by index")?,
            tiles: values("tiles by level and index")?,
            promises,
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

    fn promise(&self, entries: &[Promised]) -> Result<(), StoreError> {
        self.promises.keep(entries, &mut OsRng)
    }

    fn promised(&self) -> Result<Vec<Promised>, StoreError> {
        self.promises.all()
    }

    fn forget(&self, entries: &[Promised]) -> Result<(), StoreError> {
        self.promises.forget(entries)
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
