//! sled, made durable.

use std::fmt;
use std::fs::File;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use crate::error::DiskError;
use crate::files::{make_folder, parent, sync_folder};

/// The most bytes of a value in a [`Tree`]: twenty of these are less than a quarter of a segment of 512 KiB.
pub const MOST: usize = 4_098;

/// The file in which sled keeps everything.
const FILE: &str = "db";
/// How many bytes of pages sled keeps in memory.
const CACHE: u64 = 64 << 20;
/// sled's threads may hold the lock for a moment after the last handle is gone, so a held lock is asked for again: one
/// second in all.
const LOCK_ATTEMPTS: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// A key and its value.
pub type Cell = (Vec<u8>, Vec<u8>);

/// Values of at most [`MOST`] bytes under keys, in the order of keys. A [`Tree`] is such; so is what a test crashes.
pub trait Cells {
    /// Its name, for errors.
    fn name(&self) -> &'static str;

    /// The value of a key.
    ///
    /// # Errors
    /// [`DiskError`].
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, DiskError>;

    /// Puts a value in the place of what is there.
    ///
    /// # Errors
    /// [`DiskError::TooLong`]; [`DiskError`].
    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), DiskError>;

    /// Removes what is there, if something is.
    ///
    /// # Errors
    /// [`DiskError`].
    fn remove(&self, key: &[u8]) -> Result<(), DiskError>;

    /// All keys that begin with `prefix`, with their values, in the order of keys.
    ///
    /// # Errors
    /// [`DiskError`], in the place of an item.
    fn scan(&self, prefix: &[u8]) -> impl Iterator<Item = Result<Cell, DiskError>>;

    /// Makes durable whatever was written, also to other trees of the same database.
    ///
    /// # Errors
    /// [`DiskError`].
    fn sync(&self) -> Result<(), DiskError>;
}

/// A database in a folder. Clones share it, and trees keep it open; whoever holds the last one closes it.
#[derive(Clone)]
pub struct Database(Arc<Open>);

struct Open {
    folder: PathBuf,
    sled: sled::Db,
    /// Something failed, so nothing more is read or written.
    failed: AtomicBool,
    /// The last of the handles, so that no other's end closes the database.
    _closer: Closer,
}

/// Holds the database open until the end, and then closes it without a panic.
struct Closer(Option<sled::Db>);

impl Drop for Closer {
    fn drop(&mut self) {
        let sled = self.0.take();
        // Nobody waits for what was not synced before.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(sled)));
    }
}

impl Database {
    /// Opens the database in this folder, which is made if it is not there, and makes durable whatever can be read. `by` says
    /// what else may have it open: another `board`, for example.
    ///
    /// # Errors
    /// [`DiskError::InUse`] if it is open already, in whatever process; [`DiskError`].
    pub fn open(folder: &Path, by: &'static str) -> Result<Self, DiskError> {
        make_folder(folder)?;
        // Nothing but `sync` flushes: a flush between would only hide what it is there for.
        let config = sled::Config::new().path(folder).cache_capacity(CACHE).flush_every_ms(None);
        let open = || match catch_unwind(AssertUnwindSafe(|| config.open())) {
            Ok(Ok(sled)) => Ok(sled),
            Ok(Err(sled::Error::Io(error))) if error.to_string().starts_with("could not acquire lock") => {
                Err(DiskError::InUse { by, path: folder.to_owned() })
            }
            Ok(Err(error)) => Err(DiskError::at(folder)(error.into())),
            // A database that cannot be opened is closed at once, with what follows from that.
            Err(_) => Err(DiskError::Unsynced(folder.to_owned())),
        };
        let mut opened = open();
        for _ in 0..LOCK_ATTEMPTS {
            if !matches!(opened, Err(DiskError::InUse { .. })) {
                break;
            }
            sleep(LOCK_PAUSE);
            opened = open();
        }
        let sled = opened?;
        let closer = Closer(Some(sled.clone()));
        let failed = AtomicBool::default();
        let database = Self(Arc::new(Open { folder: folder.to_owned(), sled, failed, _closer: closer }));
        database.sync()?;
        // The files of a new database and the folder are to be found again.
        sync_folder(folder)?;
        sync_folder(parent(folder))?;
        Ok(database)
    }

    /// Whether there is a database in this folder: where one is missed, [`Database::open`] would make an empty one in its place.
    ///
    /// # Errors
    /// [`DiskError::File`] if it cannot be known.
    pub fn is_there(folder: &Path) -> Result<bool, DiskError> {
        let path = folder.join(FILE);
        path.try_exists().map_err(DiskError::at(&path))
    }

    /// A tree of this name, which is made if it is not there.
    ///
    /// # Errors
    /// [`DiskError`].
    pub fn tree(&self, name: &'static str) -> Result<Tree, DiskError> {
        let tree = self.attempt(|| self.0.sled.open_tree(name))?;
        Ok(Tree { name, tree, database: self.clone() })
    }

    /// The names of all trees in which there is something: what is kept can be compared with what a page lists.
    ///
    /// # Errors
    /// [`DiskError`].
    pub fn tree_names(&self) -> Result<Vec<String>, DiskError> {
        let mut names = Vec::new();
        for name in self.0.sled.tree_names() {
            if !self.attempt(|| self.0.sled.open_tree(&name))?.is_empty() {
                names.push(String::from_utf8_lossy(&name).into_owned());
            }
        }
        Ok(names)
    }

    /// Makes durable whatever was written: the only way to commit.
    ///
    /// # Errors
    /// [`DiskError::Unsynced`] if something failed before; [`DiskError`].
    pub fn sync(&self) -> Result<(), DiskError> {
        self.attempt(|| self.0.sled.flush())?;
        let path = self.0.folder.join(FILE);
        let synced = File::open(&path).and_then(|file| file.sync_data());
        synced.map_err(|source| {
            self.0.failed.store(true, Ordering::SeqCst);
            DiskError::at(&path)(source)
        })
    }

    /// Has sled do something, unless it failed before.
    fn attempt<T>(&self, work: impl FnOnce() -> sled::Result<T>) -> Result<T, DiskError> {
        let unsynced = || DiskError::Unsynced(self.0.folder.clone());
        if self.0.failed.load(Ordering::SeqCst) {
            return Err(unsynced());
        }
        let error = match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(done)) => return Ok(done),
            Ok(Err(error)) => DiskError::at(&self.0.folder)(error.into()),
            Err(_) => unsynced(),
        };
        self.0.failed.store(true, Ordering::SeqCst);
        Err(error)
    }
}

impl fmt::Debug for Database {
    /// Without what is stored.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Database").field(&self.0.folder).finish()
    }
}

/// A tree of a [`Database`].
#[derive(Clone)]
pub struct Tree {
    name: &'static str,
    // Let go of before the database, which closes with its last handle.
    tree: sled::Tree,
    database: Database,
}

impl Tree {
    /// Puts `new` in the place of `old`, if that is there; none stands for nothing. Says whether it was.
    ///
    /// # Errors
    /// [`DiskError::TooLong`]; [`DiskError`].
    pub fn swap(&self, key: &[u8], old: Option<&[u8]>, new: &[u8]) -> Result<bool, DiskError> {
        self.check(new)?;
        let swapped = self.database.attempt(|| self.tree.compare_and_swap(key, old, Some(new)))?;
        Ok(swapped.is_ok())
    }

    /// All keys behind this one, or all there are, with their values, in the order of keys.
    ///
    /// # Errors
    /// [`DiskError`], in the place of an item.
    pub fn after(&self, key: Option<&[u8]>) -> impl Iterator<Item = Result<Cell, DiskError>> {
        let first = key.map_or(Bound::Unbounded, Bound::Excluded);
        self.items(self.tree.range::<&[u8], _>((first, Bound::Unbounded)))
    }

    fn items(&self, mut items: sled::Iter) -> impl Iterator<Item = Result<Cell, DiskError>> + use<'_> {
        std::iter::from_fn(move || {
            let item = self.database.attempt(|| items.next().transpose()).transpose()?;
            Some(item.map(|(key, value)| (key.to_vec(), value.to_vec())))
        })
    }

    const fn check(&self, value: &[u8]) -> Result<(), DiskError> {
        if value.len() > MOST {
            return Err(DiskError::TooLong { tree: self.name, length: value.len(), limit: MOST });
        }
        Ok(())
    }
}

impl Cells for Tree {
    fn name(&self) -> &'static str {
        self.name
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, DiskError> {
        let value = self.database.attempt(|| self.tree.get(key))?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), DiskError> {
        self.check(value)?;
        self.database.attempt(|| self.tree.insert(key, value)).map(drop)
    }

    fn remove(&self, key: &[u8]) -> Result<(), DiskError> {
        self.database.attempt(|| self.tree.remove(key)).map(drop)
    }

    fn scan(&self, prefix: &[u8]) -> impl Iterator<Item = Result<Cell, DiskError>> {
        self.items(self.tree.scan_prefix(prefix))
    }

    fn sync(&self) -> Result<(), DiskError> {
        self.database.sync()
    }
}

impl fmt::Debug for Tree {
    /// Without what is stored.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree").field("name", &self.name).field("database", &self.database).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn keeps_what_it_is_given() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("database");
        assert!(!Database::is_there(&path).unwrap());
        {
            let database = Database::open(&path, "test").unwrap();
            let tree = database.tree("names").unwrap();
            for (key, value) in [("b", "2"), ("a", "1"), ("ab", "3")] {
                tree.put(key.as_bytes(), value.as_bytes()).unwrap();
            }
            assert!(tree.swap(b"c", None, b"4").unwrap());
            assert!(!tree.swap(b"c", None, b"5").unwrap());
            assert!(tree.swap(b"c", Some(b"4"), &[6; MOST]).unwrap());
            assert!(matches!(tree.put(b"d", &[0; MOST + 1]), Err(DiskError::TooLong { tree: "names", .. })));
            assert!(matches!(tree.swap(b"d", None, &[0; MOST + 1]), Err(DiskError::TooLong { .. })));
            tree.remove(b"b").unwrap();
            tree.remove(b"never").unwrap();
            database.sync().unwrap();
        }
        assert!(Database::is_there(&path).unwrap());
        let database = Database::open(&path, "test").unwrap();
        let tree = database.tree("names").unwrap();
        let keys = |cells: Vec<Cell>| cells.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        let all = |items: &mut dyn Iterator<Item = Result<Cell, DiskError>>| {
            keys(items.collect::<Result<_, _>>().unwrap())
        };
        assert_eq!(all(&mut tree.scan(b"a")), [b"a".to_vec(), b"ab".to_vec()]);
        assert_eq!(all(&mut tree.after(Some(b"a"))), [b"ab".to_vec(), b"c".to_vec()]);
        assert_eq!(all(&mut tree.after(None)).len(), 3);
        assert_eq!((tree.get(b"a").unwrap(), tree.get(b"b").unwrap()), (Some(b"1".to_vec()), None));
        assert_eq!(database.tree_names().unwrap(), ["names"]);
        assert!(!format!("{tree:?}").contains("[98]"), "{tree:?}");
    }

    #[test]
    fn rejects_a_second_opening() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(folder.path(), "board").unwrap();
        let tree = database.tree("held").unwrap();
        drop(database);
        let second = Database::open(folder.path(), "board").unwrap_err();
        assert!(matches!(&second, DiskError::InUse { by: "board", path } if *path == folder.path()));
        assert!(second.may_pass() && second.to_string().starts_with("another board uses"));
        drop(tree);
        Database::open(folder.path(), "board").unwrap();
    }

    /// What a disk that cannot be synced looks like from here: the file is not to be had.
    #[test]
    fn reads_and_writes_nothing_after_a_failure_until_it_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let (file, aside) = (folder.path().join("db"), folder.path().join("aside"));
        let database = Database::open(folder.path(), "test").unwrap();
        let tree = database.tree("names").unwrap();
        tree.put(b"a", b"1").unwrap();
        database.sync().unwrap();
        fs::rename(&file, &aside).unwrap();
        symlink("nowhere/db", &file).unwrap();
        tree.put(b"a", b"2").unwrap();
        assert!(matches!(database.sync(), Err(DiskError::File { path, .. }) if path == file));
        for refused in [
            database.sync(),
            tree.get(b"a").map(drop),
            tree.put(b"a", b"3"),
            tree.remove(b"a"),
            tree.swap(b"a", None, b"3").map(drop),
            tree.scan(b"").next().unwrap().map(drop),
            tree.after(None).next().unwrap().map(drop),
            database.tree("other").map(drop),
        ] {
            assert!(matches!(refused, Err(DiskError::Unsynced(_))), "{refused:?}");
        }
        drop((database, tree));
        let still = Database::open(folder.path(), "test").unwrap_err();
        assert!(still.may_pass(), "{still}");
        fs::remove_file(&file).unwrap();
        fs::rename(&aside, &file).unwrap();
        let database = Database::open(folder.path(), "test").unwrap();
        let value = database.tree("names").unwrap().get(b"a").unwrap();
        assert!([b"1".to_vec(), b"2".to_vec()].contains(&value.unwrap()));
        database.sync().unwrap();
    }
}
