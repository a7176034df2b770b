//! A store in memory that knows what is durable, fails where it is told to, and loses power.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};
use urna_board::{Promised, Sha256Hash, Store, StoreError};
use urna_disk::DiskError;
use urna_log::Tile;

/// The steps that the store's trait has: the rows of the fault table.
pub(crate) const STEPS: [&str; 15] = [
    "sync",
    "checkpoint",
    "stage",
    "swap_checkpoint",
    "entry",
    "put_tiles",
    "tile",
    "publish",
    "published",
    "promise",
    "promised",
    "forget",
    "put_blob",
    "blob",
    "keep_blobs",
];

/// How a step fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing was done.
    Failed,
    /// It was done, and reported as failed; it is not durable yet.
    Written,
    /// The first half was done, if there is more than one thing to do.
    Torn,
    /// Nothing was done, and the thread panicked.
    Panicked,
}

/// Which call fails.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) step: &'static str,
    /// Counted from 0.
    pub(crate) call: usize,
    pub(crate) failure: Failure,
}

/// What a disk holds, or the memory before it.
#[derive(Clone, Default)]
pub(crate) struct Disk {
    pub(crate) checkpoint: Option<Vec<u8>>,
    pub(crate) published: Option<Vec<u8>>,
    pub(crate) entries: BTreeMap<u64, Vec<u8>>,
    pub(crate) tiles: BTreeMap<(u8, u64), Vec<u8>>,
    promised: BTreeMap<(u64, Sha256Hash), Promised>,
    pub(crate) blobs: BTreeMap<Sha256Hash, Vec<u8>>,
}

#[derive(Default)]
struct State {
    /// What can be read.
    visible: Disk,
    /// What survives.
    durable: Disk,
    /// Whether nothing becomes durable just now.
    broken_sync: bool,
    /// The steps that forget to make durable what they write.
    careless: Vec<&'static str>,
    fault: Option<Fault>,
    /// Whether the disk is gone once the fault has come, and whether it is.
    stays_broken: bool,
    broken: bool,
    calls: BTreeMap<&'static str, usize>,
}

/// Clones share it.
#[derive(Clone, Default)]
pub(crate) struct MemoryStore(Arc<Mutex<State>>);

impl State {
    fn sync(&mut self) {
        if !self.broken_sync {
            let blobs = std::mem::take(&mut self.durable.blobs);
            self.durable = Disk { blobs, ..self.visible.clone() };
        }
    }
}

impl MemoryStore {
    pub(crate) fn with_fault(fault: Option<Fault>) -> Self {
        let store = Self::default();
        store.0.lock().unwrap().fault = fault;
        store
    }

    /// Lets a later call fail, counted from now; from then on everything fails until the disk is mended.
    pub(crate) fn break_at(&self, fault: Fault) {
        let mut state = self.0.lock().unwrap();
        let before = state.calls.get(fault.step).copied().unwrap_or_default();
        state.fault = Some(Fault { call: before + fault.call, ..fault });
        state.stays_broken = true;
    }

    /// Everything works again.
    pub(crate) fn mend(&self) {
        let mut state = self.0.lock().unwrap();
        (state.fault, state.broken) = (None, false);
    }

    /// Lets these steps forget to make durable what they write.
    pub(crate) fn break_sync(&self, steps: &[&'static str]) {
        self.0.lock().unwrap().careless = steps.to_vec();
    }

    /// How often each step was called.
    pub(crate) fn calls(&self) -> BTreeMap<&'static str, usize> {
        self.0.lock().unwrap().calls.clone()
    }

    /// The power fails: only what is durable is left.
    pub(crate) fn lose_power(&self) {
        let mut state = self.0.lock().unwrap();
        state.visible = state.durable.clone();
    }

    /// Changes what is stored behind everybody's back.
    pub(crate) fn tamper(&self, change: impl FnOnce(&mut Disk)) {
        let mut state = self.0.lock().unwrap();
        change(&mut state.visible);
        state.durable = state.visible.clone();
    }

    /// A copy of what is durable, as a backup has it.
    pub(crate) fn copy(&self) -> Self {
        let durable = self.0.lock().unwrap().durable.clone();
        Self(Arc::new(Mutex::new(State { visible: durable.clone(), durable, ..State::default() })))
    }

    /// Runs a step, which is told how many of its `count` things to do, and fails if it is its turn.
    fn step<T>(
        &self,
        name: &'static str,
        count: usize,
        act: impl FnOnce(&mut State, usize) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        assert!(STEPS.contains(&name));
        let mut state = self.0.lock().unwrap();
        let calls = state.calls.entry(name).or_default();
        let call = *calls;
        *calls += 1;
        let failure =
            state.fault.filter(|fault| fault.step == name && fault.call == call).map(|fault| fault.failure);
        let error = || {
            let source = io::Error::other("injected");
            StoreError::from(DiskError::File { path: PathBuf::from(name), source })
        };
        let was_broken = state.broken;
        state.broken |= failure.is_some() && state.stays_broken;
        if failure == Some(Failure::Panicked) && !was_broken {
            drop(state);
            panic!("injected");
        }
        if failure == Some(Failure::Failed) || was_broken {
            return Err(error());
        }
        // What a failed step does is visible, and not durable.
        state.broken_sync = failure.is_some() || state.careless.contains(&name);
        let done = act(&mut state, if failure == Some(Failure::Torn) { count / 2 } else { count });
        if failure.is_some() { done.and(Err(error())) } else { done }
    }
}

fn key(promised: &Promised) -> (u64, Sha256Hash) {
    (promised.deadline, Sha256::digest(&promised.entry).into())
}

impl Store for MemoryStore {
    fn sync(&self) -> Result<(), StoreError> {
        self.step("sync", 1, |state, _| {
            state.sync();
            Ok(())
        })
    }

    fn checkpoint(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.step("checkpoint", 1, |state, _| Ok(state.visible.checkpoint.clone()))
    }

    fn stage(&self, first: u64, entries: &[Vec<u8>]) -> Result<(), StoreError> {
        self.step("stage", entries.len(), |state, count| {
            state.visible.entries.extend((first..).zip(entries.iter().take(count).cloned()));
            state.sync();
            Ok(())
        })
    }

    fn swap_checkpoint(&self, old: Option<&[u8]>, new: &[u8]) -> Result<(), StoreError> {
        self.step("swap_checkpoint", 1, |state, count| {
            if state.visible.checkpoint.as_deref() != old {
                return Err(StoreError::OtherCheckpoint);
            }
            if count > 0 {
                state.visible.checkpoint = Some(new.to_vec());
            }
            state.sync();
            Ok(())
        })
    }

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.step("entry", 1, |state, _| Ok(state.visible.entries.get(&index).cloned()))
    }

    fn put_tiles(&self, tiles: &[(Tile, Vec<u8>)]) -> Result<(), StoreError> {
        self.step("put_tiles", tiles.len(), |state, count| {
            for (tile, bytes) in tiles.iter().take(count) {
                state.visible.tiles.insert((tile.level(), tile.index()), bytes.clone());
            }
            Ok(())
        })
    }

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.step("tile", 1, |state, _| Ok(state.visible.tiles.get(&(level, index)).cloned()))
    }

    fn publish(&self, checkpoint: &[u8]) -> Result<(), StoreError> {
        self.step("publish", 1, |state, count| {
            if count > 0 {
                state.visible.published = Some(checkpoint.to_vec());
            }
            Ok(())
        })
    }

    fn published(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.step("published", 1, |state, _| Ok(state.visible.published.clone()))
    }

    fn promise(&self, entries: &[Promised]) -> Result<(), StoreError> {
        self.step("promise", entries.len(), |state, count| {
            for promised in entries.iter().take(count) {
                state.visible.promised.insert(key(promised), promised.clone());
            }
            state.sync();
            Ok(())
        })
    }

    fn promised(&self) -> Result<Vec<Promised>, StoreError> {
        self.step("promised", 1, |state, _| Ok(state.visible.promised.values().cloned().collect()))
    }

    fn forget(&self, entries: &[Promised]) -> Result<(), StoreError> {
        self.step("forget", entries.len(), |state, count| {
            for promised in entries.iter().take(count) {
                state.visible.promised.remove(&key(promised));
            }
            Ok(())
        })
    }

    fn put_blob(&self, bytes: &[u8]) -> Result<Sha256Hash, StoreError> {
        self.step("put_blob", 1, |state, count| {
            let sha256 = Sha256::digest(bytes).into();
            if count > 0 {
                state.visible.blobs.insert(sha256, bytes.to_vec());
            }
            if !state.broken_sync {
                state.durable.blobs.insert(sha256, bytes.to_vec());
            }
            Ok(sha256)
        })
    }

    fn blob(&self, sha256: &Sha256Hash) -> Result<Option<Vec<u8>>, StoreError> {
        self.step("blob", 1, |state, _| Ok(state.visible.blobs.get(sha256).cloned()))
    }

    fn keep_blobs(&self, blobs: &[Sha256Hash]) -> Result<(), StoreError> {
        self.step("keep_blobs", blobs.len(), |state, count| {
            for sha256 in blobs.iter().take(count) {
                let bytes = state.visible.blobs.get(sha256).ok_or(StoreError::BlobMissing(*sha256))?;
                let bytes = bytes.clone();
                if !state.broken_sync {
                    state.durable.blobs.insert(*sha256, bytes);
                }
            }
            Ok(())
        })
    }
}
