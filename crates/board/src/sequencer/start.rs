//! Opening a log: everything is read and checked against the signed root before anything is written.

use std::sync::{Arc, PoisonError};

use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRngCore, SeedableRng};
use urna_election::entry::Entry;
use urna_election::{EntryVerifier, Rejected, VerifiedEntry};
use urna_log::{Checkpoint, SignedCheckpoint, Tile, TiledTree, leaf_hash};

use super::election::{Held, place};
use super::{BATCH, Sequencer, Settings};
use crate::error::{BoardError, Refusal};
use crate::evidence::Unchecked;
use crate::index::Note;
use crate::store::{Promised, Store};

impl<S: Store> Sequencer<S> {
    /// Opens the log in this store: replays it through the rules, compares its root with the signed one and its tiles with
    /// its entries, finishes what a crash interrupted, and takes up what is promised.
    ///
    /// `at_least` is a checkpoint of this log that somebody kept: an older copy of the store is refused, because it
    /// would fork the log.
    ///
    /// # Errors
    /// [`BoardError`] says what differs and what to do. Nothing is overwritten then.
    pub fn open(
        store: S,
        settings: Settings,
        at_least: Option<&Checkpoint>,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Self, BoardError> {
        // What can be read may come from a write that failed; nobody is told of it before it is durable.
        store.sync()?;
        let checkpoint = match store.checkpoint()? {
            None => None,
            Some(bytes) => {
                let checkpoint = SignedCheckpoint::from_bytes(&bytes)?;
                checkpoint.verify(&settings.log_key.verifier())?;
                Some(checkpoint)
            }
        };
        let size = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.unverified().head.size);
        if let Some(known) = at_least {
            let known_size = known.head.size;
            if known.origin != settings.origin {
                return Err(BoardError::OtherHistory { known: known_size });
            }
            if known_size > size {
                return Err(BoardError::OlderCopy { size, known: known_size });
            }
        }
        let published = store.published()?;
        if let Some(bytes) = &published {
            let published = SignedCheckpoint::from_bytes(bytes)?.unverified().head.size;
            if published > size {
                return Err(BoardError::PublishedAhead { published, committed: size });
            }
        }

        let tree = TiledTree::new();
        let index = Arc::default();
        let mut sequencer = Self {
            store,
            settings,
            tree,
            checkpoint: None,
            election: None,
            index,
            latest: 0,
            stopped: false,
        };
        let missing = sequencer.replay(size, at_least, checkpoint.as_ref(), rng)?;
        let forgettable = sequencer.take_up_promises(rng)?;

        // Nothing was written so far.
        if !missing.is_empty() {
            sequencer.store.put_tiles(&missing)?;
        }
        if let Some(checkpoint) = checkpoint {
            let bytes = checkpoint.to_string().into_bytes();
            if published.as_ref() != Some(&bytes) {
                sequencer.store.publish(&bytes)?;
            }
            sequencer.checkpoint = Some(checkpoint);
        }
        if !forgettable.is_empty() {
            sequencer.store.forget(&forgettable)?;
        }
        Ok(sequencer)
    }

    /// Replays the entries below `size` and compares roots. Returns the tiles that a crash kept from being written.
    fn replay(
        &mut self,
        size: u64,
        at_least: Option<&Checkpoint>,
        checkpoint: Option<&SignedCheckpoint>,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Vec<(Tile, Vec<u8>)>, BoardError> {
        let mut leaves = Vec::new();
        for index in 0..size {
            let bytes = self.store.entry(index)?.ok_or(BoardError::EntryMissing { index, size })?;
            leaves.push(leaf_hash(&bytes));
        }
        // The tiles of the smaller tree first, then those that a larger one has besides or wider.
        let mut leaves = leaves.into_iter();
        let mut tiles = Vec::new();
        if let Some(known) = at_least {
            let before = usize::try_from(known.head.size).unwrap_or(usize::MAX);
            tiles = self.tree.append(leaves.by_ref().take(before));
            if self.tree.head() != known.head {
                return Err(BoardError::OtherHistory { known: known.head.size });
            }
        }
        tiles.extend(self.tree.append(leaves));
        if checkpoint.is_some_and(|checkpoint| checkpoint.unverified().head != self.tree.head()) {
            return Err(BoardError::RootDiffers { size });
        }
        let mut missing = Vec::new();
        for (tile, bytes) in tiles {
            let kept = self.store.tile(tile.level(), tile.index())?.unwrap_or_default();
            let common = kept.len().min(bytes.len());
            if kept.get(..common) != bytes.get(..common) {
                return Err(BoardError::TileDiffers(tile));
            }
            if kept.len() < bytes.len() {
                missing.push((tile, bytes));
            }
        }
        self.replay_rules(size, rng)?;
        Ok(missing)
    }

    /// Replays the entries below `size` through the rules, some batches at a time.
    fn replay_rules(&mut self, size: u64, rng: &mut impl CryptoRngCore) -> Result<(), BoardError> {
        let mut next = 0;
        while next < size {
            // The manifest alone, because what follows is verified under it; then a batch for each core.
            let group = if next == 0 { 1 } else { u64::try_from(BATCH * cores()).unwrap_or(u64::MAX) };
            let end = size.min(next.saturating_add(group));
            let stored = (next..end)
                .map(|index| self.store.entry(index)?.ok_or(BoardError::EntryMissing { index, size }))
                .collect::<Result<Vec<_>, _>>()?;
            let mut notes = Vec::with_capacity(stored.len());
            match &mut self.election {
                None => {
                    let manifest = parse(0, stored.first().map_or(&[], Vec::as_slice))?;
                    let election = self.found(manifest, rng).map_err(|error| failed(0, error))?;
                    notes.push(Note::of_manifest(election.log.manifest()));
                    self.election = Some(election);
                }
                Some(election) => {
                    for (index, verified) in (next..).zip(verify(&election.verifier, next, &stored, rng)?) {
                        notes.push(election.apply(index, verified)?);
                    }
                }
            }
            self.publish(notes);
            next = end;
        }
        if let Some(election) = &mut self.election {
            election.admitted = election.log.clone();
        }
        Ok(())
    }

    /// Holds again what is promised and not in the log. Returns what is.
    fn take_up_promises(&mut self, rng: &mut impl CryptoRngCore) -> Result<Vec<Promised>, BoardError> {
        let mut logged = Vec::new();
        let mut waiting = Vec::new();
        for promised in self.store.promised()? {
            let deadline = promised.deadline;
            let broken = |refusal| BoardError::PromiseBroken { deadline, refusal: Box::new(refusal) };
            let entry = Entry::parse(&promised.entry).map_err(|error| broken(error.into()))?;
            let manifest = self.state().map(|state| state.manifest());
            let place = manifest.and_then(|manifest| place(manifest, &entry));
            let place = place.ok_or_else(|| broken(Refusal::NoManifest))?;
            let mut is_logged = false;
            let indices = self.index.read().unwrap_or_else(PoisonError::into_inner).entries_of(&place.0);
            for index in indices {
                is_logged |= self.store.entry(index)?.as_deref() == Some(&promised.entry);
            }
            if is_logged {
                logged.push(promised);
            } else {
                waiting.push((place, deadline, entry));
            }
        }
        // A voter's entries in their sequence.
        waiting.sort_by_key(|(place, ..)| *place);
        let (keys, entries): (Vec<_>, Vec<_>) =
            waiting.into_iter().map(|(place, deadline, entry)| ((place, deadline), entry)).unzip();
        let Some(election) = &mut self.election else { return Ok(logged) };
        for ((place, deadline), verified) in keys.into_iter().zip(election.verifier.verify(entries, rng)) {
            let broken = |rejected: Rejected| BoardError::PromiseBroken {
                deadline,
                refusal: Box::new(rejected.into()),
            };
            let verified = verified.map_err(broken)?;
            election.admitted.apply(verified.clone()).map_err(broken)?;
            election.held.insert(place, Held { verified, deadline, promised: true });
        }
        Ok(logged)
    }
}

/// Reads and verifies the stored entries from the index `first` on, a part on each core.
fn verify(
    verifier: &EntryVerifier,
    first: u64,
    stored: &[Vec<u8>],
    rng: &mut impl CryptoRngCore,
) -> Result<Vec<VerifiedEntry>, BoardError> {
    let share = stored.len().div_ceil(cores()).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = stored
            .chunks(share)
            .zip((first..).step_by(share))
            .map(|(part, first)| {
                let mut seed = [0; 32];
                rng.fill_bytes(&mut seed);
                let mut rng = ChaCha20Rng::from_seed(seed);
                scope.spawn(move || {
                    let entries = (first..).zip(part).map(|(index, bytes)| parse(index, bytes));
                    let verified = verifier.verify(entries.collect::<Result<_, _>>()?, &mut rng);
                    let indexed = (first..).zip(verified);
                    indexed
                        .map(|(index, verified)| verified.map_err(|error| failed(index, error.into())))
                        .collect::<Result<Vec<_>, _>>()
                })
            })
            .collect();
        let mut verified = Vec::with_capacity(stored.len());
        for part in parts {
            verified.extend(part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(verified)
    })
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn parse(index: u64, bytes: &[u8]) -> Result<Entry, BoardError> {
    Entry::parse(bytes).map_err(|error| failed(index, error.into()))
}

/// Why the entry at this index does not replay.
fn failed(index: u64, error: Unchecked) -> BoardError {
    match error {
        Unchecked::Failed(error) => error,
        Unchecked::Refused(refusal) => BoardError::EntryRefused { index, refusal: Box::new(refusal) },
    }
}
