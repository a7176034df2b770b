//! A store in memory that fails where it is told to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use urna_authority::{Changes, Pairs, Store, StoreError, Table};
use urna_disk::DiskError;

/// Clones share it: what one authority has written, the next one reads.
#[derive(Clone, Default)]
pub(crate) struct MemoryStore(Arc<Mutex<Memory>>);

#[derive(Default)]
struct Memory {
    values: BTreeMap<(Table, Vec<u8>), Vec<u8>>,
    commits: usize,
    fails_at: Option<(usize, Failing)>,
    is_closed: bool,
}

/// How a commit fails.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Failing {
    /// Nothing was written.
    Before,
    /// All was written, and the answer is an error all the same.
    After,
}

impl MemoryStore {
    pub(crate) fn commits(&self) -> usize {
        self.0.lock().unwrap().commits
    }

    /// The commit with this number fails, once.
    pub(crate) fn fail_at(&self, commit: usize, failing: Failing) {
        self.0.lock().unwrap().fails_at = Some((commit, failing));
    }

    /// Refuses everything, as the store on a disk that has failed.
    pub(crate) fn close(&self, is_closed: bool) {
        self.0.lock().unwrap().is_closed = is_closed;
    }

    fn open(&self) -> Result<MutexGuard<'_, Memory>, StoreError> {
        let memory = self.0.lock().unwrap();
        if memory.is_closed { Err(StoreError::Closed) } else { Ok(memory) }
    }

    /// Whether the failure is still to come.
    pub(crate) fn will_fail(&self) -> bool {
        self.0.lock().unwrap().fails_at.is_some()
    }

    /// Another store with the same records.
    pub(crate) fn copy(&self) -> Self {
        let values = self.0.lock().unwrap().values.clone();
        Self(Arc::new(Mutex::new(Memory { values, ..Memory::default() })))
    }

    /// Every record: its table, key and value.
    pub(crate) fn records(&self) -> Vec<(Table, Vec<u8>, Vec<u8>)> {
        let memory = self.0.lock().unwrap();
        memory.values.iter().map(|((table, key), value)| (*table, key.clone(), value.clone())).collect()
    }

    /// Everything that is stored, as one text.
    pub(crate) fn dump(&self) -> Vec<u8> {
        self.0
            .lock()
            .unwrap()
            .values
            .iter()
            .flat_map(|((_, key), value)| [key.as_slice(), value].concat())
            .collect()
    }
}

impl Store for MemoryStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.open()?.values.get(&(table, key.to_vec())).cloned())
    }

    fn scan(&self, table: Table, prefix: &[u8]) -> Result<Pairs, StoreError> {
        let memory = self.open()?;
        let found = memory.values.iter().filter(|((of, key), _)| *of == table && key.starts_with(prefix));
        Ok(found.map(|((_, key), value)| (key.clone(), value.clone())).collect())
    }

    fn commit(&self, changes: &Changes) -> Result<(), StoreError> {
        let mut memory = self.open()?;
        let number = memory.commits;
        memory.commits += 1;
        let failing = memory.fails_at.filter(|(commit, _)| *commit == number).map(|(_, failing)| failing);
        if failing.is_some() {
            memory.fails_at = None;
        }
        if !matches!(failing, Some(Failing::Before)) {
            for (table, key, value) in changes.iter() {
                match value {
                    Some(value) => memory.values.insert((table, key.to_vec()), value.to_vec()),
                    None => memory.values.remove(&(table, key.to_vec())),
                };
            }
        }
        match failing {
            Some(_) => Err(DiskError::Unsynced("memory".into()).into()),
            None => Ok(()),
        }
    }
}
