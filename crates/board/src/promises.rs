//! What is promised, on the disk: each queue's entries sealed under a key of their batch, until the batch is in the log.
//!
//! ```text
//! promises/<class>.key   the key of the batch of which something is promised; there is none of a queue that is empty
//! "promised and sealed"  name under that key → the entry, sealed (see `sealing`)
//! ```
//!
//! | step | what a crash behind it leaves |
//! |---|---|
//! | the key is written, durably | a key without entries, which the next start destroys |
//! | the sealed entries are written, durably; they are promised | the promises |
//! | *the batch is committed to the log* | promises that are in the log, which the start finds and forgets |
//! | the sealed entries are removed, durably, in an order that says nothing | a key without entries |
//! | the key is overwritten and removed | nothing; what the database's file still has of the batch cannot be opened any more |
//!
//! So a sealed entry without its key was not made by a crash, and no start goes on from one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand_core::CryptoRngCore;
use sha2::{Digest, Sha256};
use urna_disk::{Cells, DiskError, Values, make_folder, remove_unfinished, secret};
use urna_election::Id;
use urna_log::MAX_ENTRY;
use zeroize::Zeroizing;

use crate::sealing::{BatchKey, MORE};
use crate::store::{Promised, StoreError};

/// The tree of what is promised.
pub(crate) const PROMISED: &str = "promised and sealed";
/// How the name of a key's file ends.
const KEY: &str = "key";

/// Under what an entry is kept.
type Name = [u8; 32];

/// Promised entries in these cells, and the keys in a folder. Clones share them.
#[derive(Clone)]
pub(crate) struct Promises<C> {
    sealed: Values<C>,
    folder: PathBuf,
    batches: Arc<Mutex<BTreeMap<Id, Batch>>>,
}

/// The batch that a queue waits for.
struct Batch {
    key: BatchKey,
    names: BTreeSet<Name>,
}

impl<C: Cells> Promises<C> {
    /// Reads the keys in this folder, which is made if it is not there. Destroys those under which nothing is sealed.
    pub(crate) fn open(folder: &Path, cells: C) -> Result<Self, StoreError> {
        make_folder(folder)?;
        // Whoever has the database is the only one to write here.
        remove_unfinished(folder)?;
        let promises = Self {
            sealed: Values::new(cells, MAX_ENTRY + MORE),
            folder: folder.to_owned(),
            batches: Arc::default(),
        };
        let mut batches = promises.batches();
        for file in fs::read_dir(folder).map_err(|source| at(folder, source))? {
            let path = file.map_err(|source| at(folder, source))?.path();
            let queue = path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
            let Some(queue) = queue.filter(|_| path.extension().is_some_and(|end| end == KEY)) else {
                continue;
            };
            let key =
                secret::read(&path)?.and_then(|bytes| bytes.as_slice().try_into().ok().map(Zeroizing::new));
            // What is no key opens nothing, and is seen below.
            let Some(key) = key else { continue };
            batches.insert(queue, Batch { key: BatchKey::new(key), names: BTreeSet::new() });
        }
        for cell in promises.sealed.scan(b"") {
            let (name, sealed) = cell?;
            let found = batches.values_mut().find(|batch| batch.key.open(&name, &sealed).is_some());
            if let (Some(batch), Ok(name)) = (found, name.as_slice().try_into()) {
                batch.names.insert(name);
            }
        }
        promises.destroy_unused(&mut batches)?;
        drop(batches);
        Ok(promises)
    }

    /// Keeps entries, durably.
    pub(crate) fn keep(&self, entries: &[Promised], rng: &mut impl CryptoRngCore) -> Result<(), StoreError> {
        let mut batches = self.batches();
        // By name, so that of several at once nothing says in which order they stood.
        let mut sealed = BTreeMap::new();
        for Promised { deadline, queue, entry } in entries {
            if !batches.contains_key(queue) {
                let key = BatchKey::generate(rng);
                secret::write_new(&self.path(queue), key.as_bytes())?;
                batches.insert(queue.clone(), Batch { key, names: BTreeSet::new() });
            }
            let Some(batch) = batches.get_mut(queue) else { continue };
            let name = batch.key.name(&Sha256::digest(entry).into());
            let too_long = DiskError::TooLong { tree: PROMISED, length: entry.len(), limit: MAX_ENTRY };
            let text = batch.key.seal(&name, *deadline, entry, rng).filter(|_| entry.len() <= MAX_ENTRY);
            sealed.insert(name, text.ok_or(too_long)?);
            batch.names.insert(name);
        }
        for (name, text) in sealed {
            self.sealed.put(&name, &text)?;
        }
        Ok(self.sealed.sync()?)
    }

    /// All of them, by deadline and hash.
    ///
    /// # Errors
    /// [`StoreError::Sealed`] if one cannot be opened.
    pub(crate) fn all(&self) -> Result<Vec<Promised>, StoreError> {
        let batches = self.batches();
        let mut all = Vec::new();
        for cell in self.sealed.scan(b"") {
            let (name, sealed) = cell?;
            let opened = batches.iter().find_map(|(queue, batch)| {
                let (deadline, entry) = batch.key.open(&name, &sealed)?;
                Some(Promised { deadline, queue: queue.clone(), entry })
            });
            let lost = || StoreError::Sealed { tree: PROMISED, keys: self.folder.clone() };
            all.push(opened.ok_or_else(lost)?);
        }
        all.sort_by_cached_key(|promised| {
            (promised.deadline, <[u8; 32]>::from(Sha256::digest(&promised.entry)))
        });
        Ok(all)
    }

    /// Removes entries. The key of a queue that has none any more is destroyed when their removal is durable.
    pub(crate) fn forget(&self, entries: &[Promised]) -> Result<(), StoreError> {
        let mut batches = self.batches();
        let mut names = BTreeSet::new();
        for Promised { queue, entry, .. } in entries {
            let Some(batch) = batches.get_mut(queue) else { continue };
            let name = batch.key.name(&Sha256::digest(entry).into());
            if batch.names.remove(&name) {
                names.insert(name);
            }
        }
        // By name: the order of the log beside that of arrival would link one to the other.
        for name in names {
            self.sealed.remove(&name)?;
        }
        self.destroy_unused(&mut batches)
    }

    /// Destroys the keys of batches of which nothing is left.
    fn destroy_unused(&self, batches: &mut BTreeMap<Id, Batch>) -> Result<(), StoreError> {
        let unused: Vec<Id> = batches
            .iter()
            .filter(|(_, batch)| batch.names.is_empty())
            .map(|(queue, _)| queue.clone())
            .collect();
        if unused.is_empty() {
            return Ok(());
        }
        self.sealed.sync()?;
        for queue in unused {
            secret::destroy(&self.path(&queue))?;
            batches.remove(&queue);
        }
        Ok(())
    }

    fn path(&self, queue: &Id) -> PathBuf {
        self.folder.join(format!("{queue}.{KEY}"))
    }

    fn batches(&self) -> MutexGuard<'_, BTreeMap<Id, Batch>> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> std::fmt::Debug for Promises<C> {
    /// Without keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Promises").field(&self.folder).finish()
    }
}

fn at(path: &Path, source: std::io::Error) -> StoreError {
    DiskError::File { path: path.to_owned(), source }.into()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;
    use urna_disk::Cell;
    use urna_disk::crash::{CrashingCells, Machine};

    use super::*;

    fn promised(queue: &str, number: u8) -> Promised {
        Promised { deadline: 60, queue: queue.parse().unwrap(), entry: vec![number; 300] }
    }

    /// Two queues, of which one goes into the log and is filled again: what was acknowledged, and what was to be forgotten.
    fn story<C: Cells>(promises: &Promises<C>) -> (BTreeSet<Promised>, BTreeSet<Promised>) {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let (mut kept, mut forgotten) = (BTreeSet::new(), BTreeSet::new());
        let batch = [promised("north", 3), promised("north", 1), promised("north", 2)];
        let steps: [&[Promised]; 3] = [&batch[..1], &[promised("south", 4)], &batch[1..]];
        for entries in steps {
            match promises.keep(entries, &mut rng) {
                Ok(()) => kept.extend(entries.iter().cloned()),
                Err(_) => return (kept, forgotten),
            }
        }
        forgotten.extend(batch.iter().cloned());
        if promises.forget(&batch).is_ok() && promises.keep(&[promised("north", 5)], &mut rng).is_ok() {
            kept.insert(promised("north", 5));
        }
        (kept, forgotten)
    }

    /// A crash at any write, with and without loss of power, leaves what was acknowledged, opened by its keys.
    #[test]
    fn goes_on_behind_a_crash_at_any_write() {
        let writes = {
            let (folder, machine) = (tempfile::tempdir().unwrap(), Machine::default());
            story(&Promises::open(folder.path(), machine.tree(PROMISED)).unwrap());
            machine.writes()
        };
        assert!(writes >= 8, "{writes}");
        for crash in 0..=writes {
            for without_power in [false, true] {
                let (folder, machine) = (tempfile::tempdir().unwrap(), Machine::default());
                let promises = Promises::open(folder.path(), machine.tree(PROMISED)).unwrap();
                machine.crash_after(crash);
                let (kept, forgotten) = story(&promises);
                let cells = machine.restarted(without_power).tree(PROMISED);
                let promises = Promises::open(folder.path(), cells).unwrap();
                let all: BTreeSet<Promised> = promises.all().unwrap().into_iter().collect();
                let missing: Vec<_> = kept.difference(&all).collect();
                assert!(missing.iter().all(|missing| forgotten.contains(missing)), "{crash}: {missing:?}");
                // What the log has is forgotten again, and no key is left without use.
                promises.forget(&all.iter().cloned().collect::<Vec<_>>()).unwrap();
                assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{crash}");
            }
        }
    }

    /// Cells that remember in which order something was removed.
    struct Watched(CrashingCells, Arc<Mutex<Vec<Vec<u8>>>>);

    impl Cells for Watched {
        fn name(&self) -> &'static str {
            self.0.name()
        }

        fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, DiskError> {
            self.0.get(key)
        }

        fn put(&self, key: &[u8], value: &[u8]) -> Result<(), DiskError> {
            self.0.put(key, value)
        }

        fn remove(&self, key: &[u8]) -> Result<(), DiskError> {
            self.1.lock().unwrap().push(key.to_vec());
            self.0.remove(key)
        }

        fn scan(&self, prefix: &[u8]) -> impl Iterator<Item = Result<Cell, DiskError>> {
            self.0.scan(prefix)
        }

        fn sync(&self) -> Result<(), DiskError> {
            self.0.sync()
        }
    }

    /// Were it that of the log, the file would lead from each place of arrival to a place in the log.
    #[test]
    fn removes_in_an_order_that_is_not_the_logs() {
        let (folder, removed) = (tempfile::tempdir().unwrap(), Arc::<Mutex<Vec<Vec<u8>>>>::default());
        let cells = Watched(Machine::default().tree(PROMISED), Arc::clone(&removed));
        let promises = Promises::open(folder.path(), cells).unwrap();
        let entries: Vec<_> = (0..20).map(|number| promised("north", number)).collect();
        for entry in entries.iter().rev() {
            promises.keep(std::slice::from_ref(entry), &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
        }
        promises.forget(&entries).unwrap();
        let removed = removed.lock().unwrap();
        assert_eq!(removed.len(), entries.len());
        assert!(removed.is_sorted());
    }
}
