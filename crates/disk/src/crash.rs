//! Cells in memory, of a machine that crashes at any of its writes: what they hold afterwards is what sled would (`lib.rs`, 4).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::database::{Cell, Cells, MOST};
use crate::error::DiskError;

type Contents = BTreeMap<(&'static str, Vec<u8>), Vec<u8>>;

/// A machine. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Machine(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    written: Contents,
    synced: Contents,
    writes: usize,
    /// It crashes at the write behind so many.
    last: Option<usize>,
}

/// A tree of a [`Machine`].
#[derive(Clone, Debug)]
pub struct CrashingCells {
    name: &'static str,
    machine: Machine,
}

impl Machine {
    /// A tree of this name.
    pub fn tree(&self, name: &'static str) -> CrashingCells {
        CrashingCells { name, machine: self.clone() }
    }

    /// How often anything was written or removed.
    pub fn writes(&self) -> usize {
        self.state().writes
    }

    /// Crashes at the write behind `writes` further ones: it has no effect, and nothing more is read, written or synced.
    pub fn crash_after(&self, writes: usize) {
        let mut state = self.state();
        state.last = Some(state.writes.saturating_add(writes));
    }

    /// The machine after its crash. The power may have failed too: then what was not synced is lost.
    #[must_use]
    pub fn restarted(&self, without_power: bool) -> Self {
        let state = self.state();
        let contents = if without_power { &state.synced } else { &state.written };
        let (written, synced) = (contents.clone(), contents.clone());
        Self(Arc::new(Mutex::new(State { written, synced, ..State::default() })))
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.state().written.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn running(&self) -> Result<(), DiskError> {
        match self.last {
            Some(last) if self.writes > last => Err(DiskError::Unsynced("crashed".into())),
            _ => Ok(()),
        }
    }

    /// Counts a write, at which it may crash.
    fn write(&mut self) -> Result<(), DiskError> {
        self.writes = self.writes.saturating_add(1);
        self.running()
    }
}

impl Cells for CrashingCells {
    fn name(&self) -> &'static str {
        self.name
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, DiskError> {
        let state = self.machine.state();
        state.running()?;
        Ok(state.written.get(&(self.name, key.to_vec())).cloned())
    }

    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), DiskError> {
        if value.len() > MOST {
            return Err(DiskError::TooLong { tree: self.name, length: value.len(), limit: MOST });
        }
        let mut state = self.machine.state();
        state.write()?;
        state.written.insert((self.name, key.to_vec()), value.to_vec());
        Ok(())
    }

    fn remove(&self, key: &[u8]) -> Result<(), DiskError> {
        let mut state = self.machine.state();
        state.write()?;
        state.written.remove(&(self.name, key.to_vec()));
        Ok(())
    }

    fn scan(&self, prefix: &[u8]) -> impl Iterator<Item = Result<Cell, DiskError>> {
        let state = self.machine.state();
        let found: Vec<_> = match state.running() {
            Err(error) => vec![Err(error)],
            Ok(()) => state
                .written
                .range((self.name, prefix.to_vec())..)
                .take_while(|((name, key), _)| *name == self.name && key.starts_with(prefix))
                .map(|((_, key), value)| Ok((key.clone(), value.clone())))
                .collect(),
        };
        found.into_iter()
    }

    fn sync(&self) -> Result<(), DiskError> {
        let mut state = self.machine.state();
        state.running()?;
        state.synced = state.written.clone();
        Ok(())
    }
}
