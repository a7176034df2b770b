//! What the authority's records are kept in, and the only file that names sled.
//!
//! [`Store`] is narrow: values under keys in [`Table`]s, and changes that are durable all together or not at all. So another
//! database can take sled's place, and a test can fail any commit. [`DiskStore`] is one sled tree in `DATA/records`.
//!
//! **Durable.** sled's `flush` starts writing and never calls fsync (its issue 1452), so one function flushes and then calls
//! `sync_data` on the file, and nothing else commits. Values larger than a quarter of a segment would become side files
//! that nobody syncs; so would a page, on which up to twenty values lie together. So every value is cut into parts of
//! at most 4 KiB, and a test looks for side files.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

/// How many bytes of pages sled keeps in memory.
const CACHE: u64 = 64 << 20;
/// The most bytes of a value that lie together.
const PART: usize = 4_000;
/// The longest key: a slug, a separator and a person's id.
const KEY_LIMIT: usize = 320;
/// The most bytes of a value: a manifest has 16 MiB.
pub const VALUE_LIMIT: usize = 17 << 20;
/// The bytes behind a key that number its part.
const NUMBER: usize = 2;

/// sled's threads may hold the lock for a moment after the last handle is gone.
const LOCK_ATTEMPTS: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// What a record is about. The numbers stand in keys and are never given to another table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// By id: API keys, hashed.
    Keys = 1,
    /// By slug: where an election stands.
    Elections = 2,
    /// By slug: the draft.
    Drafts = 3,
    /// By slug: the published manifest.
    Manifests = 4,
    /// By slug and person: the list of voters.
    People = 5,
    /// By slug and person: what the list will be when the entry that is being posted stands in the log.
    Staged = 6,
    /// By slug and number: blobs of the entry that is being posted.
    Blobs = 7,
    /// By slug and person: invitations.
    Invitations = 8,
    /// By slug and number: who did what.
    Audit = 9,
}

impl Table {
    const fn number(self) -> u8 {
        match self {
            Self::Keys => 1,
            Self::Elections => 2,
            Self::Drafts => 3,
            Self::Manifests => 4,
            Self::People => 5,
            Self::Staged => 6,
            Self::Blobs => 7,
            Self::Invitations => 8,
            Self::Audit => 9,
        }
    }
}

/// Keys with their values, in the order of keys.
pub type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// Changes that become durable together.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The value that will be there; none if it is removed. A later change of a key takes the place of an earlier one.
    changes: BTreeMap<(Table, Vec<u8>), Option<Vec<u8>>>,
}

impl Changes {
    /// Puts a value in the place of what is there.
    pub fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: Vec<u8>) {
        self.changes.insert((table, key.into()), Some(value));
    }

    /// Removes what is there, if something is.
    pub fn remove(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.changes.insert((table, key.into()), None);
    }

    /// What changes, in the order of tables and keys.
    pub fn iter(&self) -> impl Iterator<Item = (Table, &[u8], Option<&[u8]>)> {
        self.changes.iter().map(|((table, key), value)| (*table, key.as_slice(), value.as_deref()))
    }
}

/// Where records are kept.
pub trait Store: Send + Sync {
    /// The value of a key.
    ///
    /// # Errors
    /// [`StoreError`].
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// All keys that begin with `prefix`, with their values, in the order of keys.
    ///
    /// # Errors
    /// [`StoreError`].
    fn scan(&self, table: Table, prefix: &[u8]) -> Result<Pairs, StoreError>;

    /// Makes changes, all or none; durable when this returns. After a failure either may be true.
    ///
    /// # Errors
    /// [`StoreError`].
    fn commit(&self, changes: &Changes) -> Result<(), StoreError>;
}

/// Why the store cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process has the folder open.
    #[error("another authority uses {}: stop it, or give this one a folder of its own", .0.display())]
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
    #[error("a record of the table {0:?} is damaged; restore the folder from a copy")]
    Damaged(Table),
    /// A longer key or value than there may be.
    #[error("{length} bytes for the table {table:?}, where {limit} are the most")]
    TooLong {
        /// For which table.
        table: Table,
        /// How many.
        length: usize,
        /// The most.
        limit: usize,
    },
}

/// Records in a folder.
#[derive(Debug)]
pub struct DiskStore {
    folder: PathBuf,
    database: sled::Db,
    records: sled::Tree,
    /// One commit at a time, because it first looks at what it replaces.
    committing: Mutex<()>,
    /// A write could not be made durable. The operating system says so once only and calls the next attempt a success.
    unsynced: AtomicBool,
}

impl DiskStore {
    /// Opens the records in this folder, which is made if it is not there.
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
        let store = Self {
            folder: folder.to_owned(),
            records: database.open_tree("records").map_err(failed)?,
            database,
            committing: Mutex::default(),
            unsynced: AtomicBool::default(),
        };
        store.sync()?;
        sync_folder(folder)?;
        folder.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_folder)?;
        Ok(store)
    }

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

    fn failed(&self, source: sled::Error) -> StoreError {
        StoreError::Database { path: self.folder.clone(), source }
    }

    /// The part with this number; of the first one, also how many there are.
    fn part(&self, key: &[u8], number: u16) -> Result<Option<sled::IVec>, StoreError> {
        self.records.get(part_key(key, number)).map_err(|error| self.failed(error))
    }

    fn value(&self, table: Table, key: &[u8], first: &[u8]) -> Result<Vec<u8>, StoreError> {
        let damaged = || StoreError::Damaged(table);
        let (count, part) = first.split_first_chunk::<NUMBER>().ok_or_else(damaged)?;
        let mut value = part.to_vec();
        for number in 1..u16::from_be_bytes(*count) {
            value.extend_from_slice(&self.part(key, number)?.ok_or_else(damaged)?);
        }
        Ok(value)
    }
}

impl Store for DiskStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let key = full_key(table, key)?;
        let Some(first) = self.part(&key, 0)? else { return Ok(None) };
        self.value(table, &key, &first).map(Some)
    }

    fn scan(&self, table: Table, prefix: &[u8]) -> Result<Pairs, StoreError> {
        let mut pairs = Pairs::new();
        for item in self.records.scan_prefix(full_key(table, prefix)?) {
            let (key, part) = item.map_err(|error| self.failed(error))?;
            // The first part of each stands for all of it.
            let Some((key, [0, 0])) = key.split_last_chunk::<NUMBER>() else { continue };
            // Not one that is shorter than the prefix and whose number completes it.
            let Some(own) = key.get(1..).filter(|own| own.starts_with(prefix)) else { continue };
            pairs.push((own.to_vec(), self.value(table, key, &part)?));
        }
        Ok(pairs)
    }

    fn commit(&self, changes: &Changes) -> Result<(), StoreError> {
        let _committing = self.committing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut batch = sled::Batch::default();
        for (table, key, value) in changes.iter() {
            let key = full_key(table, key)?;
            let parts: Vec<&[u8]> = match value {
                None => Vec::new(),
                Some([]) => vec![&[]],
                Some(value) => value.chunks(PART).collect(),
            };
            let length = value.map_or(0, <[u8]>::len);
            let too_long = StoreError::TooLong { table, length, limit: VALUE_LIMIT };
            let count = u16::try_from(parts.len()).ok().filter(|_| length <= VALUE_LIMIT).ok_or(too_long)?;
            for (number, part) in (0..count).zip(&parts) {
                let head: &[u8] = if number == 0 { &count.to_be_bytes() } else { &[] };
                batch.insert(part_key(&key, number), [head, part].concat());
            }
            let before = self.part(&key, 0)?;
            let before = before.as_deref().and_then(<[u8]>::first_chunk::<NUMBER>);
            for number in count..before.map_or(0, |count| u16::from_be_bytes(*count)) {
                batch.remove(part_key(&key, number));
            }
        }
        self.records.apply_batch(batch).map_err(|error| self.failed(error))?;
        self.sync()
    }
}

fn full_key(table: Table, key: &[u8]) -> Result<Vec<u8>, StoreError> {
    if key.len() > KEY_LIMIT {
        return Err(StoreError::TooLong { table, length: key.len(), limit: KEY_LIMIT });
    }
    Ok([&[table.number()], key].concat())
}

fn part_key(key: &[u8], number: u16) -> Vec<u8> {
    [key, &number.to_be_bytes()].concat()
}

fn at(path: &Path, source: io::Error) -> StoreError {
    StoreError::File { path: path.to_owned(), source }
}

fn sync_folder(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|source| at(path, source))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn put(store: &DiskStore, key: &[u8], value: Vec<u8>) {
        let mut changes = Changes::default();
        changes.put(Table::People, key, value);
        store.commit(&changes).unwrap();
    }

    #[test]
    fn accepts_values_of_any_length_and_finds_them_again() {
        let folder = folder();
        let lengths = [0, 1, PART - 1, PART, PART + 1, 3 * PART, 1 << 20];
        {
            let store = DiskStore::open(folder.path()).unwrap();
            for length in lengths {
                put(&store, format!("a\0{length}").as_bytes(), vec![7; length]);
            }
            // Shorter ones in their place leave nothing behind.
            put(&store, b"b\0x", vec![1; 5 * PART]);
            put(&store, b"b\0x", vec![2; PART]);
            let mut changes = Changes::default();
            changes.remove(Table::People, b"a\0".as_slice());
            changes.remove(Table::People, format!("a\0{}", 3 * PART).as_bytes());
            store.commit(&changes).unwrap();
        }
        let store = DiskStore::open(folder.path()).unwrap();
        let found = store.scan(Table::People, b"a\0").unwrap();
        assert_eq!(found.len(), lengths.len() - 1);
        assert!(found.iter().all(|(key, value)| key.ends_with(value.len().to_string().as_bytes())));
        assert_eq!(store.get(Table::People, b"b\0x").unwrap(), Some(vec![2; PART]));
        assert_eq!(store.records.scan_prefix([Table::People.number(), b'b']).count(), 1);
        assert_eq!(store.get(Table::Audit, b"b\0x").unwrap(), None);
        // No side files: sled would not make them durable.
        let side = folder.path().join("blobs");
        assert_eq!(fs::read_dir(side).map(Iterator::count).unwrap_or(0), 0);
    }

    #[test]
    fn rejects_what_is_too_long() {
        let folder = folder();
        let store = DiskStore::open(folder.path()).unwrap();
        let mut changes = Changes::default();
        changes.put(Table::People, b"fits".as_slice(), vec![]);
        changes.put(Table::People, b"long".as_slice(), vec![0; VALUE_LIMIT + 1]);
        assert!(matches!(store.commit(&changes), Err(StoreError::TooLong { .. })));
        assert_eq!(store.get(Table::People, b"fits").unwrap(), None, "all or nothing");
        assert!(store.get(Table::People, &[0; KEY_LIMIT + 1]).is_err());
    }

    #[test]
    fn rejects_a_second_opening() {
        let folder = folder();
        let _store = DiskStore::open(folder.path()).unwrap();
        assert!(matches!(DiskStore::open(folder.path()), Err(StoreError::InUse(_))));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        /// Keys that continue each other, also by what looks like the number of a part.
        #[test]
        fn is_a_map(operations in proptest::collection::vec(
            ("[ab\\x00]{0,4}", proptest::option::of(0_usize..9_000)), 1..40,
        )) {
            let folder = folder();
            let store = DiskStore::open(folder.path()).unwrap();
            let mut expected = BTreeMap::new();
            for (key, length) in operations {
                let key = key.into_bytes();
                let mut changes = Changes::default();
                match length {
                    Some(length) => {
                        changes.put(Table::Audit, key.clone(), vec![3; length]);
                        expected.insert(key, vec![3; length]);
                    }
                    None => {
                        changes.remove(Table::Audit, key.clone());
                        expected.remove(&key);
                    }
                }
                store.commit(&changes).unwrap();
            }
            for prefix in [b"".as_slice(), b"a", b"a\0", b"a\0\0", b"b"] {
                let with_prefix = expected.iter().filter(|(key, _)| key.starts_with(prefix));
                let with_prefix: Pairs = with_prefix.map(|(key, value)| (key.clone(), value.clone())).collect();
                let mut found = store.scan(Table::Audit, prefix).unwrap();
                found.sort();
                prop_assert_eq!(found, with_prefix);
            }
        }
    }
}
