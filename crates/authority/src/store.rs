//! What the authority's records are kept in.
//!
//! [`Store`] is narrow: values under keys in [`Table`]s, and changes that are durable all together or not at all. So another
//! database can take the place of the one in `urna_disk`, and a test can fail any commit. [`DiskStore`] is a database in
//! `DATA/records`, with the records in one tree and, while they are changed, a [`journal`] of the changes in another.
//!
//! ```text
//! the disk fails ─> the records are closed: whoever asks is refused ─> a thread opens them again, after a pause that grows
//! ```

mod journal;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::thread;
use std::time::Duration;

use urna_disk::{Database, DiskError, Tree};

use journal::Journaled;

/// The most bytes of a value: a result has 64 MiB.
pub const VALUE_LIMIT: usize = 65 << 20;
/// How long records that the disk failed are closed before they are opened again, at first and at last.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

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
    /// By slug: the packages of the trustees' key ceremony.
    Ceremonies = 10,
    /// By slug: what turnout was, as long as voting was open.
    Turnouts = 11,
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
            Self::Ceremonies => 10,
            Self::Turnouts => 11,
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
    /// The disk. Of a commit nobody knows what became, until it is asked for again.
    #[error(transparent)]
    Disk(DiskError),
    /// What was read is not what was written.
    #[error("the tree \"{0}\" is damaged; restore the folder from a copy")]
    Damaged(&'static str),
    /// The journal is not what was written.
    #[error("the journal of the records is damaged; restore the folder from a copy")]
    JournalDamaged,
    /// The database is gone from its folder.
    #[error("{} does not hold the records any more: bring the disk back", .0.display())]
    Missing(PathBuf),
    /// The disk failed before this was asked. Nothing was done.
    #[error("the records are closed, because the disk failed; they are opened again by themselves")]
    Closed,
}

impl From<DiskError> for StoreError {
    fn from(error: DiskError) -> Self {
        match error {
            DiskError::Damaged { tree } => Self::Damaged(tree),
            error => Self::Disk(error),
        }
    }
}

/// Records in a folder. When the disk fails they are closed, and opened again when it works again.
pub struct DiskStore(Arc<Shared>);

/// What calls share with the thread that opens the records again.
struct Shared {
    folder: PathBuf,
    opened: RwLock<Opened>,
    /// One commit at a time, because there is one journal.
    committing: Mutex<()>,
    /// Tells the thread that the records are closed; dropped, it ends it.
    closed: Sender<()>,
}

/// Locked for writing while changes are made, of which nobody sees a part.
struct Opened {
    /// Which opening this is.
    number: u64,
    /// None while they are closed.
    records: Option<Journaled<Tree>>,
}

impl DiskStore {
    /// Opens the records in this folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`DiskError::InUse`] if it is open already, in whatever process; [`StoreError`].
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let opened = RwLock::new(Opened { number: 0, records: Some(open(folder)?) });
        let (closed, receiver) = channel();
        let shared = Shared { folder: folder.to_owned(), opened, committing: Mutex::default(), closed };
        let shared = Arc::new(shared);
        let weak = Arc::downgrade(&shared);
        let thread = thread::Builder::new().name("records".into()).spawn(move || keep_open(&weak, &receiver));
        thread.map_err(|source| DiskError::File { path: "thread".into(), source })?;
        Ok(Self(shared))
    }
}

fn open(folder: &Path) -> Result<Journaled<Tree>, StoreError> {
    let database = Database::open(folder, "authority")?;
    Journaled::open(database.tree("records")?, database.tree("journal")?)
}

/// Not an empty database in the place of one on a disk that is away.
fn open_again(folder: &Path) -> Result<Journaled<Tree>, StoreError> {
    if Database::is_there(folder)? { open(folder) } else { Err(StoreError::Missing(folder.to_owned())) }
}

/// Opens the records again whenever they were closed, until nobody has the store any more.
fn keep_open(shared: &Weak<Shared>, closed: &Receiver<()>) {
    while closed.recv().is_ok() {
        let mut pause = PAUSES.0;
        while closed.recv_timeout(pause) != Err(RecvTimeoutError::Disconnected) {
            let Some(shared) = shared.upgrade() else { return };
            match open_again(&shared.folder) {
                Ok(records) => {
                    shared.opened.write().unwrap_or_else(PoisonError::into_inner).records = Some(records);
                    tracing::info!("the records are open again");
                    break;
                }
                Err(error) => {
                    pause = (pause * 2).min(PAUSES.1);
                    tracing::error!(%error, "the records are closed; trying again in {} s", pause.as_secs());
                }
            }
        }
    }
}

impl Shared {
    /// Does something with the records, if they are open; closes them if the disk fails.
    fn with<T>(&self, work: impl FnOnce(&Journaled<Tree>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        let done = work(opened.records.as_ref().ok_or(StoreError::Closed)?);
        let number = opened.number;
        drop(opened);
        done.inspect_err(|error| self.close(number, error))
    }

    /// The same, with nobody reading meanwhile, nor afterwards if it was not done.
    fn alone<T>(
        &self,
        work: impl FnOnce(&Journaled<Tree>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        let done = work(opened.records.as_ref().ok_or(StoreError::Closed)?);
        done.inspect_err(|error| self.close_opened(&mut opened, error))
    }

    fn close(&self, number: u64, error: &StoreError) {
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        // Not those that were opened again meanwhile.
        if opened.number == number {
            self.close_opened(&mut opened, error);
        }
    }

    fn close_opened(&self, opened: &mut Opened, error: &StoreError) {
        let is_passing = matches!(error, StoreError::Disk(error) if error.may_pass());
        if is_passing && opened.records.take().is_some() {
            opened.number = opened.number.saturating_add(1);
            tracing::error!(%error, "the records are closed; trying again in {} s", PAUSES.0.as_secs());
            // The thread is there as long as this is.
            let _ = self.closed.send(());
        }
    }
}

impl Store for DiskStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.with(|records| records.get(table, key))
    }

    fn scan(&self, table: Table, prefix: &[u8]) -> Result<Pairs, StoreError> {
        self.0.with(|records| records.scan(table, prefix))
    }

    fn commit(&self, changes: &Changes) -> Result<(), StoreError> {
        let shared = &self.0;
        let _committing = shared.committing.lock().unwrap_or_else(PoisonError::into_inner);
        shared.with(|records| records.check(changes))?;
        let count = shared.with(|records| records.write(changes))?;
        // From here on they are durable, and made by whoever opens the records next.
        let rest = shared
            .alone(|records| records.apply(changes))
            .and_then(|()| shared.with(|records| records.forget(count)));
        rest.map_err(|error| match error {
            StoreError::Closed => DiskError::Unsynced(shared.folder.clone()).into(),
            error => error,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::time::Instant;

    use super::*;

    fn put(store: &DiskStore, key: &[u8], value: Vec<u8>) -> Result<(), StoreError> {
        let mut changes = Changes::default();
        changes.put(Table::People, key, value);
        store.commit(&changes)
    }

    #[test]
    fn keeps_what_is_committed() {
        let folder = tempfile::tempdir().unwrap();
        {
            let store = DiskStore::open(folder.path()).unwrap();
            put(&store, b"b\0x", vec![1; 30_000]).unwrap();
            let mut changes = Changes::default();
            changes.put(Table::People, b"a\0x".as_slice(), vec![2; 1 << 20]);
            changes.put(Table::People, b"a\0y".as_slice(), vec![]);
            changes.remove(Table::People, b"b\0x".as_slice());
            store.commit(&changes).unwrap();
            store.commit(&Changes::default()).unwrap();
        }
        let store = DiskStore::open(folder.path()).unwrap();
        let found = store.scan(Table::People, b"a\0").unwrap();
        assert!(found == [(b"a\0x".to_vec(), vec![2; 1 << 20]), (b"a\0y".to_vec(), vec![])]);
        assert_eq!(store.get(Table::People, b"b\0x").unwrap(), None);
        assert_eq!(store.get(Table::Audit, b"a\0x").unwrap(), None);
        // No side files: sled would not make them durable.
        assert_eq!(fs::read_dir(folder.path().join("blobs")).map_or(0, Iterator::count), 0);
    }

    #[test]
    fn rejects_a_second_opening() {
        let folder = tempfile::tempdir().unwrap();
        let _store = DiskStore::open(folder.path()).unwrap();
        let second = DiskStore::open(folder.path()).map(drop);
        assert!(matches!(second, Err(StoreError::Disk(DiskError::InUse { .. }))));
    }

    /// Who reads while records of several parts are replaced, again and again, sees all of them from one commit.
    #[test]
    fn shows_no_part_of_a_commit() {
        let folder = tempfile::tempdir().unwrap();
        let store = DiskStore::open(folder.path()).unwrap();
        let commit = |byte| {
            let mut changes = Changes::default();
            for key in [b"a", b"b", b"c"] {
                changes.put(Table::People, key, vec![byte; 9_000 + 4_096 * usize::from(byte % 2)]);
            }
            store.commit(&changes).unwrap();
        };
        commit(0);
        thread::scope(|scope| {
            let writer = scope.spawn(|| (1..40).for_each(commit));
            let mut seen = 0;
            while !writer.is_finished() {
                let found = store.scan(Table::People, b"").unwrap();
                let byte = found[0].1[0];
                assert!(byte >= seen && found.len() == 3);
                assert!(found.iter().all(|(_, value)| value.iter().all(|other| *other == byte)));
                assert!(found.iter().all(|(_, value)| value.len() == found[0].1.len()));
                seen = byte;
            }
        });
    }

    /// The file is not to be had: as near as a test without a disk of its own comes to one that fails.
    #[test]
    fn refuses_while_the_disk_fails_and_goes_on_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let (file, aside) = (folder.path().join("db"), folder.path().join("aside"));
        let store = DiskStore::open(folder.path()).unwrap();
        put(&store, b"acknowledged", vec![1; 9_000]).unwrap();
        for round in 0..2 {
            fs::rename(&file, &aside).unwrap();
            // What is missing is not made anew, nor what cannot be.
            if round == 1 {
                symlink("nowhere/db", &file).unwrap();
            }
            let unknown = put(&store, b"unknown", vec![round; 9_000]);
            assert!(matches!(unknown, Err(StoreError::Disk(DiskError::File { .. }))), "{unknown:?}");
            for refused in [
                store.get(Table::People, b"acknowledged").map(drop),
                store.scan(Table::People, b"").map(drop),
                put(&store, b"refused", vec![]),
            ] {
                assert!(matches!(refused, Err(StoreError::Closed)), "{refused:?}");
            }
            if round == 1 {
                fs::remove_file(&file).unwrap();
            }
            assert!(matches!(open_again(folder.path()).map(drop), Err(StoreError::Missing(_))));
            assert!(!file.exists());
            fs::rename(&aside, &file).unwrap();
            let begin = Instant::now();
            while store.get(Table::People, b"").is_err() {
                assert!(begin.elapsed() < Duration::from_secs(60), "it does not go on");
                thread::yield_now();
            }
            assert_eq!(store.get(Table::People, b"acknowledged").unwrap(), Some(vec![1; 9_000]));
            assert_eq!(store.get(Table::People, b"refused").unwrap(), None);
            put(&store, b"later", vec![round]).unwrap();
            assert_eq!(store.get(Table::People, b"later").unwrap(), Some(vec![round]));
        }
    }
}
