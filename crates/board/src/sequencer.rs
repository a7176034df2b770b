//! The single writer of an election's log: admits entries, holds ballots back as the policy says, appends them in batches.
//!
//! The order of writes is the argument for its safety ([`Sequencer::append`]):
//!
//! | step | if it fails, or is said to have failed | what a crash behind it leaves |
//! |---|---|---|
//! | 1. entries are checked and applied | nothing was written | nothing |
//! | 2. they are staged, durably, above the log's size | nobody reads above the size; the next batch takes their place | the same |
//! | 3. the signed checkpoint replaces the one before, durably: **the commit** | the writer stops and reads what stands | the entries are in the log; nobody was told |
//! | 4. tiles are written | as above: they follow from the entries | missing tiles, which the start writes |
//! | 5. the checkpoint is published | as above | an older one is published, which the start replaces |
//! | 6. answers are given | they are asked for again | the same |
//!
//! Promises: an entry that is held back is made durable before its promise is given, and is dropped after step 5 of the
//! batch that has it. A start takes up what is promised and not in the log.
//!
//! **Two states.** What is held back is not in the log, so it must not be in the log's [`ElectionState`], whose indices
//! trustees sign. But the next ballot must be judged as if it were. So entries are applied twice: on admission to one
//! state, whose indices nobody is told, and when they are appended to the log's.

mod election;
mod start;

pub(crate) use election::place;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use rand_core::CryptoRngCore;
use sha2::{Digest, Sha256};
use urna_crypto::PlanId;
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::{Entry, Kind};
use urna_election::manifest::{Batch, Manifest};
use urna_election::{ElectionState, EntryVerifier, Id, Rejected, VerifiedEntry};
use urna_log::{
    Checkpoint, MAX_ENTRY, Origin, Promise, Receipt, SignedCheckpoint, SignedPromise, SigningKey, TiledTree,
    leaf_hash,
};

use crate::error::{BoardError, Refusal};
use crate::evidence::{self, Evidence, Unchecked};
use crate::index::{Index, Note};
use crate::read::receipts;
use crate::store::{Sha256Hash, Store};
use election::{Election, Held, Place, check_hours, due, is_voters, queue};

/// The most entries of one batch.
pub const BATCH: usize = Batch::MOST;

/// How many seconds after the time at which it is due an entry is promised for: room for the batch, and for a restart.
pub const GRACE: u64 = 60;

/// What a log is created with.
pub struct Settings {
    /// The log's name, and that of its key.
    pub origin: Origin,
    /// The plan that it was created for; the manifest must have it.
    pub plan: PlanId,
    /// Signs checkpoints.
    pub log_key: SigningKey,
    /// Signs promises.
    pub promise_key: SigningKey,
}

/// An entry as it came in.
#[derive(Clone, Debug)]
pub struct Submission {
    bytes: Vec<u8>,
    entry: Entry,
    received: u64,
}

impl Submission {
    /// Reads an entry that was in as a whole at this Unix second.
    ///
    /// # Errors
    /// [`Refusal::TooLong`], [`Refusal::Json`] (ENT-1).
    pub fn parse(bytes: Vec<u8>, received: u64) -> Result<Self, Refusal> {
        let length = bytes.len();
        if length > MAX_ENTRY {
            return Err(Refusal::TooLong { length });
        }
        let entry = Entry::parse(&bytes)?;
        Ok(Self { bytes, entry, received })
    }

    /// The entry.
    pub const fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The entry's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// What the sender of an entry is told. Whatever it says is durable.
#[derive(Debug)]
pub enum Answer {
    /// It is in the log.
    Logged {
        /// Where, and the proof of it.
        receipt: Receipt,
        /// Whether it, or the same ballot, was accepted before.
        repeated: bool,
    },
    /// It will be in the log.
    Promised {
        /// The board's word.
        promise: SignedPromise,
        /// Whether it, or the same ballot, was accepted before.
        repeated: bool,
    },
    /// It is not taken.
    Refused(Refusal),
}

/// The writer of one election's log.
pub struct Sequencer<S> {
    store: S,
    settings: Settings,
    tree: TiledTree,
    checkpoint: Option<SignedCheckpoint>,
    election: Option<Election>,
    index: Arc<RwLock<Index>>,
    /// The latest second that was ever named: before it, the clock was set back.
    latest: u64,
    stopped: bool,
}

/// What becomes of a submission, before it can be answered.
enum Verdict {
    Refused(Refusal),
    Logged { index: u64, repeated: bool },
    Voter { place: Place, repeated: bool },
    Waiting,
}

impl<S: Store> Sequencer<S> {
    /// Admits entries that came in together. The answers stand in their order; voters' entries come before signed ones.
    ///
    /// # Errors
    /// [`BoardError`]: the writer has stopped, and what became of the entries is to be asked again once it was opened anew.
    pub fn admit(
        &mut self,
        submissions: Vec<Submission>,
        now: u64,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Vec<Answer>, BoardError> {
        self.while_running(|sequencer| sequencer.admit_group(submissions, now, rng))
    }

    /// Appends what has waited long enough.
    ///
    /// # Errors
    /// [`BoardError`]; the writer has stopped.
    pub fn advance(&mut self, now: u64) -> Result<(), BoardError> {
        self.while_running(|sequencer| sequencer.append_due(now).map(|_| ()))
    }

    /// The second at which [`Sequencer::advance`] has something to do, if no further entry comes.
    pub fn next_due(&self) -> Option<u64> {
        let held = self.election.as_ref()?.held.values();
        held.map(|held| held.deadline.saturating_sub(GRACE)).min()
    }

    /// Keeps a blob, so that entries can name it.
    ///
    /// # Errors
    /// [`Refusal::BlobTooLong`] within; [`BoardError::Store`], after which it can be tried again.
    pub fn put_blob(&self, kind: BlobKind, bytes: &[u8]) -> Result<Result<BlobRef, Refusal>, BoardError> {
        put_blob(&self.store, kind, bytes)
    }

    /// What readers ask, kept up to date by this writer.
    pub fn index(&self) -> Arc<RwLock<Index>> {
        Arc::clone(&self.index)
    }

    /// The state that the log has made; none of an empty one.
    pub fn state(&self) -> Option<&ElectionState> {
        self.election.as_ref().map(|election| &election.log)
    }

    /// The newest checkpoint; none of an empty log.
    pub const fn checkpoint(&self) -> Option<&SignedCheckpoint> {
        self.checkpoint.as_ref()
    }

    /// How many entries are promised and not in the log.
    pub fn held(&self) -> usize {
        self.election.as_ref().map_or(0, |election| election.held.len())
    }

    /// Whether the writer has stopped.
    pub const fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Ends this writer and gives its store back, to be opened again.
    pub fn into_store(self) -> S {
        self.store
    }

    /// Any error leaves it unknown what is stored, and states that may be ahead of it: the writer stops.
    fn while_running<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, BoardError>,
    ) -> Result<T, BoardError> {
        if self.stopped {
            return Err(BoardError::Stopped);
        }
        let outcome = act(self);
        self.stopped = outcome.is_err();
        outcome
    }

    fn admit_group(
        &mut self,
        submissions: Vec<Submission>,
        now: u64,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Vec<Answer>, BoardError> {
        let mut verdicts = Vec::with_capacity(submissions.len());
        let (mut positions, mut entries) = (Vec::new(), Vec::new());
        for submission in submissions {
            match self.look_at(&submission) {
                Ok(Some(verdict)) => verdicts.push(verdict),
                Ok(None) => {
                    positions.push((verdicts.len(), submission.received));
                    entries.push(submission.entry);
                    verdicts.push(Verdict::Waiting);
                }
                Err(refusal) => verdicts.push(Verdict::Refused(refusal)),
            }
        }
        let verified = match &self.election {
            Some(election) => election.verifier.verify(entries, rng),
            // Only the manifest gets here, which brings its own verifier.
            None => return self.begin(verdicts, positions, entries, rng),
        };
        let mut signed = Vec::new();
        for ((position, received), verified) in positions.into_iter().zip(verified) {
            let verdict = match verified {
                Err(rejected) => Verdict::Refused(rejected.into()),
                Ok(verified) if is_voters(verified.entry()) => self.hold(verified, received),
                Ok(verified) => {
                    signed.push((position, verified));
                    continue;
                }
            };
            set(&mut verdicts, position, verdict);
        }
        let mut appended = self.append_due(now)?;
        self.make_promises()?;
        for (position, verified) in signed {
            let verdict = self.append_signed(verified, &mut appended, rng)?;
            set(&mut verdicts, position, verdict);
        }
        self.answers(verdicts, &appended)
    }

    /// What can be said of a submission before anything is verified, if anything can.
    fn look_at(&self, submission: &Submission) -> Result<Option<Verdict>, Refusal> {
        let entry = &submission.entry;
        let Some(election) = &self.election else {
            return if entry.kind() == Kind::Manifest { Ok(None) } else { Err(Refusal::NoManifest) };
        };
        let manifest = election.log.manifest();
        if let Some(index) = election.log.logged(entry) {
            return Ok(Some(Verdict::Logged { index, repeated: true }));
        }
        if let Some(index) = election.signed.get(&<Sha256Hash>::from(Sha256::digest(&submission.bytes))) {
            return Ok(Some(Verdict::Logged { index: *index, repeated: true }));
        }
        if let Some(place) = place(manifest, entry) {
            let is_held =
                |held: &Held| held.verified.entry() == entry || election.admitted.logged(entry).is_some();
            if election.held.get(&place).is_some_and(is_held) {
                return Ok(Some(Verdict::Voter { place, repeated: true }));
            }
        }
        let (kind, phase) = (entry.kind(), election.log.phase());
        if is_voters(entry) && !phase.admits(kind) {
            return Err(Rejected::Phase { kind, phase }.into());
        }
        check_hours(manifest, entry, submission.received)?;
        Ok(None)
    }

    /// Puts a verified voter's entry into its queue, if it may follow what is in the log and in the queues.
    fn hold(&mut self, verified: VerifiedEntry, received: u64) -> Verdict {
        let Some(election) = &mut self.election else { return Verdict::Refused(Refusal::NoManifest) };
        let Some(place) = place(election.log.manifest(), verified.entry()) else {
            return Verdict::Refused(Refusal::NoManifest);
        };
        match election.admitted.apply(verified.clone()) {
            // The same ballot twice among what came in together.
            Err(Rejected::AlreadyLogged { .. }) => Verdict::Voter { place, repeated: true },
            Err(rejected) => Verdict::Refused(rejected.into()),
            Ok(_) => {
                let wait = election.log.manifest().policy().batch.wait;
                let due = queue(verified.entry()).map_or(received, |_| due(wait, received));
                let deadline = due.saturating_add(GRACE);
                election.held.insert(place, Held { verified, deadline, promised: false });
                Verdict::Voter { place, repeated: false }
            }
        }
    }

    /// Appends the queues of which enough entries are together, or one has waited long enough. When the clock was set back, nobody
    /// knows how long anything has waited, and so it has: promises are kept by everybody else's clock too. At a start that shows
    /// only where an entry is due later than any that comes in now.
    fn append_due(&mut self, now: u64) -> Result<HashMap<Place, u64>, BoardError> {
        let is_set_back = now < self.latest;
        self.latest = now;
        let Some(election) = &self.election else { return Ok(HashMap::new()) };
        let Batch { min, wait } = election.log.manifest().policy().batch;
        let last = now.saturating_add(wait.get());
        let mut queues: HashMap<&Id, (usize, u64)> = HashMap::new();
        for held in election.held.values() {
            if let Some(class) = queue(held.verified.entry()) {
                let (count, first) = queues.entry(class).or_insert((0, u64::MAX));
                *count += 1;
                *first = (*first).min(held.deadline.saturating_sub(GRACE));
            }
        }
        let is_due = |entry: &Entry| {
            let waiting = queue(entry).and_then(|class| queues.get(class));
            waiting
                .is_none_or(|(count, first)| is_set_back || *count >= min || *first <= now || *first > last)
        };
        let due = election.held.iter().filter(|(_, held)| is_due(held.verified.entry()));
        let due = due.map(|(place, _)| *place).collect();
        self.append_held(due)
    }

    /// Appends these held entries, in the order of their places.
    fn append_held(&mut self, places: Vec<Place>) -> Result<HashMap<Place, u64>, BoardError> {
        let mut appended = HashMap::new();
        for places in places.chunks(BATCH) {
            let Some(election) = &mut self.election else { break };
            let held: Vec<_> = places.iter().filter_map(|place| election.held.remove(place)).collect();
            let promised: Vec<_> =
                held.iter().filter(|held| held.promised).filter_map(Held::to_promised).collect();
            let first = self.append_verified(held.into_iter().map(|held| held.verified).collect())?;
            appended.extend(places.iter().copied().zip(first..));
            if !promised.is_empty() {
                self.store.forget(&promised)?;
            }
        }
        Ok(appended)
    }

    /// Makes durable what is held back from now on.
    fn make_promises(&mut self) -> Result<(), BoardError> {
        let Some(election) = &mut self.election else { return Ok(()) };
        let held = election.held.values().filter(|held| !held.promised);
        let entries: Vec<_> = held.filter_map(Held::to_promised).collect();
        if !entries.is_empty() {
            self.store.promise(&entries)?;
            election.held.values_mut().for_each(|held| held.promised = true);
        }
        Ok(())
    }

    /// Appends a signed entry at once; before the end of voting everything that is held back.
    fn append_signed(
        &mut self,
        verified: VerifiedEntry,
        appended: &mut HashMap<Place, u64>,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Verdict, BoardError> {
        let Some(election) = &mut self.election else { return Ok(Verdict::Refused(Refusal::NoManifest)) };
        let entry = verified.entry();
        let (kind, phase) = (entry.kind(), election.log.phase());
        if !phase.admits(kind) {
            return Ok(Verdict::Refused(Rejected::Phase { kind, phase }.into()));
        }
        match election.evidence.check(entry, &election.log, &self.store, rng) {
            Ok(()) => {}
            Err(Unchecked::Refused(refusal)) => return Ok(Verdict::Refused(refusal)),
            Err(Unchecked::Failed(error)) => return Err(error),
        }
        if let Err(rejected) = election.admitted.apply(verified.clone()) {
            return Ok(Verdict::Refused(rejected.into()));
        }
        let blobs: Vec<_> = evidence::named(entry).iter().map(|blob| blob.sha256.0).collect();
        let ends_voting = matches!(kind, Kind::VotingClosed | Kind::Cancelled);
        if !blobs.is_empty() {
            self.store.keep_blobs(&blobs)?;
        }
        if ends_voting {
            let all = election.held.keys().copied().collect();
            appended.extend(self.append_held(all)?);
        }
        let index = self.append_verified(vec![verified])?;
        if let Some(election) = self.election.as_mut().filter(|_| ends_voting) {
            // Nothing is held any more, and from now on indices are signed.
            election.admitted = election.log.clone();
        }
        Ok(Verdict::Logged { index, repeated: false })
    }

    /// Applies entries to the log's state and appends them; returns the first one's index.
    fn append_verified(&mut self, entries: Vec<VerifiedEntry>) -> Result<u64, BoardError> {
        let first = self.tree.size();
        let mut bytes = Vec::with_capacity(entries.len());
        let mut notes = Vec::with_capacity(entries.len());
        if let Some(election) = &mut self.election {
            for (index, verified) in (first..).zip(entries) {
                bytes.push(verified.entry().to_bytes());
                notes.push(election.apply(index, verified)?);
            }
        }
        self.append(bytes)?;
        self.publish(notes);
        Ok(first)
    }

    /// Lets readers find entries that are published.
    fn publish(&self, notes: Vec<Note>) {
        if let Some(election) = &self.election {
            let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
            index.extend(notes, &election.log);
        }
    }

    /// Appends entries that have been checked: stages them, commits, writes tiles, publishes (see the module).
    fn append(&mut self, entries: Vec<Vec<u8>>) -> Result<(), BoardError> {
        if entries.is_empty() {
            return Ok(());
        }
        let first = self.tree.size();
        let mut tree = self.tree.clone();
        let tiles = tree.append(entries.iter().map(|entry| leaf_hash(entry)));
        let checkpoint = Checkpoint { origin: self.settings.origin.clone(), head: tree.head() };
        let checkpoint = SignedCheckpoint::sign(&checkpoint, &self.settings.log_key)?;
        let old = self.checkpoint.as_ref().map(ToString::to_string);
        let new = checkpoint.to_string();

        self.store.stage(first, &entries)?;
        self.store.swap_checkpoint(old.as_ref().map(String::as_bytes), new.as_bytes())?;
        self.store.put_tiles(&tiles)?;
        self.store.publish(new.as_bytes())?;

        self.tree = tree;
        self.checkpoint = Some(checkpoint);
        Ok(())
    }

    /// Entry 0: the manifest, and with it the election.
    fn begin(
        &mut self,
        mut verdicts: Vec<Verdict>,
        positions: Vec<(usize, u64)>,
        entries: Vec<Entry>,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Vec<Answer>, BoardError> {
        for ((position, _), entry) in positions.into_iter().zip(entries) {
            let bytes = entry.to_bytes();
            // Of two manifests at once the first is entry 0, and the second is asked like any later one.
            let verdict = if self.election.is_some() {
                Verdict::Refused(Rejected::OtherManifest.into())
            } else {
                match self.found(entry, rng) {
                    Err(Unchecked::Failed(error)) => return Err(error),
                    Err(Unchecked::Refused(refusal)) => Verdict::Refused(refusal),
                    Ok(election) => {
                        self.store.keep_blobs(&[*election.log.manifest().id().as_bytes()])?;
                        let note = Note::of_manifest(election.log.manifest());
                        self.election = Some(election);
                        self.append(vec![bytes])?;
                        self.publish(vec![note]);
                        Verdict::Logged { index: 0, repeated: false }
                    }
                }
            };
            set(&mut verdicts, position, verdict);
        }
        self.answers(verdicts, &HashMap::new())
    }

    /// The election whose manifest entry 0 publishes, if it is of this log.
    fn found(&self, entry: Entry, rng: &mut impl CryptoRngCore) -> Result<Election, Unchecked> {
        let Some(named) =
            evidence::named(&entry).into_iter().next().filter(|_| entry.kind() == Kind::Manifest)
        else {
            return Err(Refusal::NoManifest.into());
        };
        let manifest = Arc::new(Manifest::parse(&evidence::blob(&self.store, &named)?)?);
        let Settings { origin, plan, log_key, promise_key } = &self.settings;
        let board = manifest.board();
        for (agrees, field) in [
            (manifest.plan_id().as_bytes() == plan.as_bytes(), "plan"),
            (board.origin == origin.as_str(), "board.origin"),
            (board.log_key.to_bytes() == log_key.verifier().to_bytes(), "board.log_key"),
            (board.promise_key.to_bytes() == promise_key.verifier().to_bytes(), "board.promise_key"),
        ] {
            if !agrees {
                return Err(Refusal::OtherLog { field }.into());
            }
        }
        let verifier = EntryVerifier::new(Arc::clone(&manifest));
        let sha256 = Sha256::digest(entry.to_bytes()).into();
        let verified = verifier.verify(vec![entry], rng).pop().ok_or(Refusal::NoManifest)??;
        let log = ElectionState::begin(manifest, verified)?;
        Ok(Election {
            verifier,
            admitted: log.clone(),
            log,
            evidence: Evidence::default(),
            held: BTreeMap::new(),
            signed: HashMap::from([(sha256, 0)]),
        })
    }

    fn answers(
        &self,
        verdicts: Vec<Verdict>,
        appended: &HashMap<Place, u64>,
    ) -> Result<Vec<Answer>, BoardError> {
        let found = |verdict: &Verdict| match verdict {
            Verdict::Logged { index, repeated } => Some((*index, *repeated)),
            Verdict::Voter { place, repeated } => Some((*appended.get(place)?, *repeated)),
            Verdict::Refused(_) | Verdict::Waiting => None,
        };
        let logged: Vec<_> = verdicts.iter().filter_map(found).collect();
        let indices: Vec<_> = logged.iter().map(|(index, _)| *index).collect();
        let mut receipts = match &self.checkpoint {
            Some(checkpoint) => receipts(&self.store, checkpoint, &indices)?.into_iter(),
            None => Vec::new().into_iter(),
        };
        let mut answers = Vec::with_capacity(verdicts.len());
        for verdict in verdicts {
            let logged = found(&verdict).and_then(|(_, repeated)| Some((receipts.next()?, repeated)));
            answers.push(match (logged, verdict) {
                (Some((receipt, repeated)), _) => Answer::Logged { receipt, repeated },
                (None, Verdict::Voter { place, repeated }) => {
                    let promise = self.promise(&place)?.ok_or(BoardError::Stopped)?;
                    Answer::Promised { promise, repeated }
                }
                (None, Verdict::Refused(refusal)) => Answer::Refused(refusal),
                (None, Verdict::Logged { .. } | Verdict::Waiting) => return Err(BoardError::Stopped),
            });
        }
        Ok(answers)
    }

    /// The promise of an entry that is held: the same whenever it is asked for.
    fn promise(&self, place: &Place) -> Result<Option<SignedPromise>, BoardError> {
        let Some(held) = self.election.as_ref().and_then(|election| election.held.get(place)) else {
            return Ok(None);
        };
        let bytes = held.verified.entry().to_bytes();
        let promise = Promise::new(self.settings.origin.clone(), &bytes, held.deadline)?;
        Ok(Some(SignedPromise::sign(promise, &self.settings.promise_key)?))
    }
}

/// Keeps a blob that may be named by entries, without a writer.
///
/// # Errors
/// [`Refusal::BlobTooLong`] within; [`BoardError::Store`], after which it can be tried again.
pub fn put_blob(
    store: &impl Store,
    kind: BlobKind,
    bytes: &[u8],
) -> Result<Result<BlobRef, Refusal>, BoardError> {
    let length = bytes.len();
    match BlobRef::new(kind, bytes) {
        Some(named) if length <= kind.limit() => {
            store.put_blob(bytes)?;
            Ok(Ok(named))
        }
        _ => Ok(Err(Refusal::BlobTooLong { kind, length })),
    }
}

fn set(verdicts: &mut [Verdict], position: usize, verdict: Verdict) {
    if let Some(place) = verdicts.get_mut(position) {
        *place = verdict;
    }
}
