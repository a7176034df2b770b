//! A store in memory that knows what is durable, fails where it is told to, and loses power.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Bound;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use urna_crypto::Handle;
use urna_disk::DiskError;
use urna_issuer::{AnsweredRow, RegisterVersion, Start, Store, StoreError};

/// The steps that the store's trait has: the rows of the fault table.
pub(crate) const STEPS: [&str; 11] = [
    "sync",
    "start",
    "set_start",
    "answered",
    "answered_after",
    "put_answered",
    "second",
    "register",
    "set_register",
    "keys_destroyed",
    "set_keys_destroyed",
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
    pub(crate) start: Option<Start>,
    pub(crate) rows: BTreeMap<Handle, Vec<u8>>,
    pub(crate) seconds: BTreeMap<Handle, u64>,
    register: Option<RegisterVersion>,
    destroyed: bool,
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
    calls: BTreeMap<&'static str, usize>,
    /// The process that has the store open; one that was killed writes no more.
    process: u64,
    /// Handles that had two rows, which the trait rules out.
    doubled: BTreeSet<Handle>,
}

/// Clones share it, as threads of one process.
#[derive(Clone, Default)]
pub(crate) struct MemoryStore {
    state: Arc<Mutex<State>>,
    process: u64,
}

impl State {
    fn sync(&mut self) {
        if !self.broken_sync {
            self.durable = self.visible.clone();
        }
    }
}

impl MemoryStore {
    pub(crate) fn with_fault(fault: Option<Fault>) -> Self {
        let store = Self::default();
        store.fail_next(fault);
        store
    }

    pub(crate) fn fail_next(&self, fault: Option<Fault>) {
        let mut state = self.state.lock().unwrap();
        state.fault = fault;
        state.calls.clear();
    }

    /// Lets these steps forget to make durable what they write.
    pub(crate) fn break_sync(&self, steps: &[&'static str]) {
        self.state.lock().unwrap().careless = steps.to_vec();
    }

    /// How often each step was called.
    pub(crate) fn calls(&self) -> BTreeMap<&'static str, usize> {
        self.state.lock().unwrap().calls.clone()
    }

    /// Kills the process that has the store open: whatever it still tries has no effect. The next one has it now.
    pub(crate) fn killed(&self) -> Self {
        let mut state = self.state.lock().unwrap();
        state.process += 1;
        Self { state: Arc::clone(&self.state), process: state.process }
    }

    /// The power fails: only what is durable is left.
    pub(crate) fn without_power(&self) -> Self {
        let next = self.killed();
        let mut state = self.state.lock().unwrap();
        state.visible = state.durable.clone();
        drop(state);
        next
    }

    /// What would survive.
    pub(crate) fn durable(&self) -> Disk {
        self.state.lock().unwrap().durable.clone()
    }

    /// Runs a step, which is told how many of its `count` things to do, and fails if it is its turn.
    fn step<T>(
        &self,
        name: &'static str,
        count: usize,
        act: impl FnOnce(&mut State, usize) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        assert!(STEPS.contains(&name));
        let mut state = self.state.lock().unwrap();
        let error = |what| {
            let source = io::Error::other(what);
            StoreError::from(DiskError::File { path: PathBuf::from(name), source })
        };
        if state.process != self.process {
            return Err(error("killed"));
        }
        let calls = state.calls.entry(name).or_default();
        let call = *calls;
        *calls += 1;
        let failure =
            state.fault.filter(|fault| fault.step == name && fault.call == call).map(|fault| fault.failure);
        if failure == Some(Failure::Failed) {
            return Err(error("injected"));
        }
        // What a failed step does is visible, and not durable.
        state.broken_sync = failure.is_some() || state.careless.contains(&name);
        let done = act(&mut state, if failure == Some(Failure::Torn) { count / 2 } else { count });
        if failure.is_some() { done.and(Err(error("injected"))) } else { done }
    }
}

impl Store for MemoryStore {
    fn sync(&self) -> Result<(), StoreError> {
        self.step("sync", 1, |state, _| {
            state.sync();
            Ok(())
        })
    }

    fn start(&self) -> Result<Option<Start>, StoreError> {
        self.step("start", 1, |state, _| Ok(state.visible.start))
    }

    fn set_start(&self, start: &Start) -> Result<(), StoreError> {
        self.step("set_start", 1, |state, count| {
            if count > 0 {
                state.visible.start = Some(*start);
            }
            state.sync();
            Ok(())
        })
    }

    fn answered(&self, handle: &Handle) -> Result<Option<Vec<u8>>, StoreError> {
        self.step("answered", 1, |state, _| Ok(state.visible.rows.get(handle).cloned()))
    }

    fn answered_after(&self, last: Option<&Handle>, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        self.step("answered_after", 1, |state, _| {
            let first = last.map_or(Bound::Unbounded, Bound::Excluded);
            let rows = state.visible.rows.range((first, Bound::Unbounded));
            Ok(rows.map(|(_, row)| row.clone()).take(limit).collect())
        })
    }

    fn put_answered(&self, rows: &[AnsweredRow]) -> Result<(), StoreError> {
        // A second and a row are two things to do, in this order, and between any two the process may end.
        self.step("put_answered", 2 * rows.len(), |state, count| {
            for (place, AnsweredRow { handle, row, second }) in rows.iter().enumerate() {
                if 2 * place < count {
                    if state.visible.rows.contains_key(handle) {
                        state.doubled.insert(*handle);
                        return Err(StoreError::AlreadyAnswered);
                    }
                    state.visible.seconds.extend(second.map(|second| (*handle, second)));
                }
                if 2 * place + 1 < count {
                    state.visible.rows.insert(*handle, row.clone());
                }
            }
            state.sync();
            Ok(())
        })
    }

    fn second(&self, handle: &Handle) -> Result<Option<u64>, StoreError> {
        self.step("second", 1, |state, _| Ok(state.visible.seconds.get(handle).copied()))
    }

    fn register(&self) -> Result<Option<RegisterVersion>, StoreError> {
        self.step("register", 1, |state, _| Ok(state.visible.register))
    }

    fn set_register(&self, version: &RegisterVersion) -> Result<(), StoreError> {
        self.step("set_register", 1, |state, count| {
            if count > 0 {
                state.visible.register = Some(*version);
            }
            state.sync();
            Ok(())
        })
    }

    fn keys_destroyed(&self) -> Result<bool, StoreError> {
        self.step("keys_destroyed", 1, |state, _| Ok(state.visible.destroyed))
    }

    fn set_keys_destroyed(&self) -> Result<(), StoreError> {
        self.step("set_keys_destroyed", 1, |state, count| {
            state.visible.destroyed |= count > 0;
            state.sync();
            Ok(())
        })
    }
}

impl MemoryStore {
    /// How many handles somebody tried to give a second row.
    pub(crate) fn doubled(&self) -> usize {
        self.state.lock().unwrap().doubled.len()
    }
}
