//! The first pass: every entry of the log once, in order. Bundles are looked into on several threads, a wave at a time, while
//! the wave before is replayed; what is kept is linear in the number of entries with a small factor.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rand_core::CryptoRngCore;
use urna_crypto::{ElectionId, Identifier};
use urna_election::entry::{Entry, Kind};
use urna_election::manifest::Manifest;
use urna_election::{ElectionState, EntryVerifier, RecordedEntry};
use urna_log::{FULL, Hash, Tile, Tree, leaf_hash};

use crate::check::Check;
use crate::examine::{Depth, Examined, Form, Part, Wanted, examine};
use crate::given::Given;
use crate::notes::{Close, Notes};
use crate::order::Order;
use crate::parallel;
use crate::reading::{Entries, Found, Reader, Unreadable};
use crate::record::Record;
use crate::tiles::Tiles;
use crate::watch::{Stage, Watch};

/// How many bundles are looked into as one piece, their proofs in one batch: 2,048 entries. Larger batches are hardly faster, and
/// two of them for each thread are in memory.
const BUNDLES: u64 = 8;

/// What is known before the log is read.
pub(crate) struct Start<'a> {
    pub(crate) election: ElectionId,
    /// Without it, entries are read and not verified.
    pub(crate) manifest: Option<Arc<Manifest>>,
    /// The official entries, where bundles are withheld.
    pub(crate) official: BTreeMap<u64, Vec<u8>>,
    pub(crate) given: &'a Given,
}

/// The log, replayed.
pub(crate) struct Replayed {
    pub(crate) state: Option<ElectionState>,
    pub(crate) order: Order,
    pub(crate) notes: Notes,
    pub(crate) root: Hash,
}

/// Reads and replays the whole log.
pub(crate) fn replay<R: Record, G: CryptoRngCore>(
    reader: &Reader<'_, R>,
    start: Start<'_>,
    notes: Notes,
    coins: &(impl Fn() -> G + Sync),
    watch: &impl Watch,
) -> Result<Replayed, Unreadable<R::Error>> {
    watch.begin(Stage::Entries, reader.size);
    let examiner = Examiner {
        reader,
        verifier: start.manifest.clone().map(EntryVerifier::new),
        election: start.election,
        digests: !start.given.promises.is_empty(),
        official: start.official,
    };
    let mut replay = Replay {
        reader,
        manifest: start.manifest,
        election: start.election,
        identifier: start.given.identifier,
        state: None,
        order: Order::default(),
        notes,
        tree: Tree::new(),
        tiles: Tiles::default(),
        bundle: Tree::new(),
        dead: false,
    };
    let wave = BUNDLES.saturating_mul(u64::try_from(parallel::width()).unwrap_or(1));
    let (bundles, mut next) = (reader.bundles(), 0);
    let mut ready = Vec::new();
    while next < bundles || !ready.is_empty() {
        let end = bundles.min(next.saturating_add(wave));
        let dead = replay.dead;
        // One wave is replayed while the next is looked into.
        let (replayed, examined) =
            parallel::both(|| replay.take_all(ready, watch), || examiner.pieces(next..end, dead, coins));
        replayed?;
        ready = examined?;
        next = end;
    }
    let Replay { state, order, notes, tree, .. } = replay;
    Ok(Replayed { state, order, notes, root: tree.root() })
}

/// What looks into entries, on any thread.
struct Examiner<'a, R> {
    reader: &'a Reader<'a, R>,
    verifier: Option<EntryVerifier>,
    election: ElectionId,
    digests: bool,
    official: BTreeMap<u64, Vec<u8>>,
}

/// Consecutive entries of the log.
struct Piece {
    parts: Vec<Part>,
    withheld: bool,
    /// An official entry that is not what the log has in its place.
    foreign: Option<u64>,
}

impl<R: Record> Examiner<'_, R> {
    fn pieces<G: CryptoRngCore>(
        &self,
        bundles: Range<u64>,
        dead: bool,
        coins: &(impl Fn() -> G + Sync),
    ) -> Result<Vec<Piece>, Unreadable<R::Error>> {
        let step = usize::try_from(BUNDLES).unwrap_or(1);
        let starts: Vec<u64> = bundles.clone().step_by(step).collect();
        let piece = |start: u64| {
            let end = bundles.end.min(start.saturating_add(BUNDLES));
            self.piece(start..end, dead, &mut coins())
        };
        parallel::map(starts, piece).into_iter().collect()
    }

    fn piece(
        &self,
        bundles: Range<u64>,
        dead: bool,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Piece, Unreadable<R::Error>> {
        let depth = match &self.verifier {
            _ if dead => Depth::Leaves,
            None => Depth::Forms,
            Some(verifier) => Depth::All(verifier),
        };
        let wanted = Wanted { election: &self.election, digests: self.digests };
        let mut piece = Piece { parts: Vec::new(), withheld: false, foreign: None };
        // Neighbouring bundles are one batch.
        let mut run = Vec::new();
        let mut start = bundles.start.saturating_mul(FULL);
        for bundle in bundles {
            match self.reader.bundle(bundle)? {
                Found::Bytes(entries) => run.push(entries),
                Found::Withheld => {
                    piece.parts.extend(examine_run(start, &run, &depth, wanted, rng)?);
                    run.clear();
                    start = bundle.saturating_add(1).saturating_mul(FULL);
                    piece.withheld = true;
                    piece.parts.push(self.withheld(bundle, &depth, wanted, &mut piece.foreign, rng)?);
                }
            }
        }
        piece.parts.extend(examine_run(start, &run, &depth, wanted, rng)?);
        Ok(piece)
    }

    /// A withheld bundle: its leaves from the hash tile, and of its entries the official ones.
    fn withheld(
        &self,
        bundle: u64,
        depth: &Depth<'_>,
        wanted: Wanted<'_>,
        foreign: &mut Option<u64>,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Part, Unreadable<R::Error>> {
        let start = bundle.saturating_mul(FULL);
        let width = self.reader.size.saturating_sub(start).min(FULL);
        let beyond = |error| Unreadable::Form { file: "tile/0".to_owned(), error };
        let tile = Tile::new(0, bundle, u16::try_from(width).unwrap_or(0)).map_err(beyond)?;
        let leaves = self.reader.tile(tile)?;
        let leaf = |index: u64| leaves.get(usize::try_from(index.saturating_sub(start)).ok()?);
        let mut entries = Vec::new();
        for (index, bytes) in self.official.range(start..start.saturating_add(width)) {
            if leaf(*index) == Some(&leaf_hash(bytes)) {
                entries.push((*index, bytes.as_slice()));
            } else {
                foreign.get_or_insert(*index);
            }
        }
        Ok(Part { entries: examine(&entries, depth, wanted, rng), leaves })
    }
}

/// Looks into the entries of consecutive bundles, if there are any.
fn examine_run<E: core::error::Error + 'static>(
    start: u64,
    run: &[Entries],
    depth: &Depth<'_>,
    wanted: Wanted<'_>,
    rng: &mut impl CryptoRngCore,
) -> Result<Option<Part>, Unreadable<E>> {
    let mut entries = Vec::new();
    for bundle in run {
        entries.extend(bundle.of()?);
    }
    let part = || Part::examine(start, &entries, depth, wanted, rng);
    Ok((!entries.is_empty()).then(part))
}

/// The log while it is replayed.
struct Replay<'a, R> {
    reader: &'a Reader<'a, R>,
    manifest: Option<Arc<Manifest>>,
    election: ElectionId,
    identifier: Option<Identifier>,
    state: Option<ElectionState>,
    order: Order,
    notes: Notes,
    tree: Tree,
    tiles: Tiles,
    /// The leaves of the bundle at the end.
    bundle: Tree,
    /// Whether V-03 has failed, so that nothing more can be said of entries.
    dead: bool,
}

impl<R: Record> Replay<'_, R> {
    fn take_all(&mut self, pieces: Vec<Piece>, watch: &impl Watch) -> Result<(), Unreadable<R::Error>> {
        for piece in pieces {
            self.notes.withheld |= piece.withheld;
            if let Some(index) = piece.foreign {
                let reason = "the official entry that the board shows is not what the log has in its place";
                self.notes.faults.note(Check::Root, Some(index), reason);
            }
            for part in piece.parts {
                watch.advance(u64::try_from(part.leaves.len()).unwrap_or(0));
                self.take_part(part)?;
            }
        }
        Ok(())
    }

    fn take_part(&mut self, part: Part) -> Result<(), Unreadable<R::Error>> {
        let mut entries = part.entries.into_iter().peekable();
        for leaf in &part.leaves {
            let index = self.tree.size();
            self.tree.push_leaf(*leaf);
            self.bundle.push_leaf(*leaf);
            if self.bundle.size() == FULL || self.tree.size() == self.reader.size {
                self.notes.bundles.push(std::mem::take(&mut self.bundle).root());
            }
            if let Some(root) = self.notes.roots.get_mut(&self.tree.size()) {
                *root = Some(self.tree.root());
            }
            if let Some(wanted) = self.notes.leaves.get_mut(&index) {
                *wanted = Some(*leaf);
            }
            if let Some(entry) = entries.next_if(|entry| entry.index == index) {
                self.take(entry);
            }
        }
        let mut tiles = self.tiles.append(part.leaves);
        if self.tree.size() == self.reader.size {
            tiles.extend(self.tiles.take_partial());
        }
        tiles.iter().try_for_each(|(tile, bytes)| self.compare(*tile, bytes))
    }

    /// The record's tile is the recomputed one (V-01).
    fn compare(&mut self, tile: Tile, bytes: &[u8]) -> Result<(), Unreadable<R::Error>> {
        let hashes = self.reader.tile(tile)?;
        let (computed, _) = bytes.as_chunks::<32>();
        let differs = hashes.iter().zip(computed).position(|(found, computed)| found != computed);
        if let Some(place) = differs {
            let place = tile.index().saturating_mul(FULL).saturating_add(u64::try_from(place).unwrap_or(0));
            let entry = place.checked_shl(8 * u32::from(tile.level())).unwrap_or(place);
            self.notes.faults.note(Check::Root, Some(entry), format_args!("the hash tile {tile} differs"));
        }
        Ok(())
    }

    fn take(&mut self, Examined { index, digest, form }: Examined) {
        if let Some(digest) = digest
            && !self.order.is_closed()
            && let Some(found) = self.notes.promised.get_mut(&digest)
        {
            found.get_or_insert(index);
        }
        if self.dead {
            return;
        }
        match form {
            Form::Unread => {}
            Form::Malformed(error) => {
                self.notes.faults.note(Check::Entries, Some(index), error);
                self.dead = true;
            }
            Form::Read(entry) => self.follow(index, &entry, None, None),
            Form::Verified(entry, identifier) => {
                let recorded = entry.into_recorded();
                let entry = recorded.entry().clone();
                self.follow(index, &entry, Some(recorded), identifier);
            }
            Form::Faulty(entry, faults, recorded) => {
                for fault in &faults {
                    self.notes.faults.note_entry(index, &entry, fault);
                }
                self.follow(index, &entry, recorded.map(|recorded| *recorded), None);
            }
        }
    }

    fn follow(
        &mut self,
        index: u64,
        entry: &Entry,
        recorded: Option<RecordedEntry>,
        identifier: Option<Identifier>,
    ) {
        let kind = entry.kind();
        if let Err(wrong) = self.order.take(index, kind) {
            let reason = format_args!("{kind} may not stand here: {wrong}");
            self.notes.faults.note(Check::Entries, Some(index), reason);
            self.dead = true;
            return;
        }
        if kind == Kind::Erased && !self.order.is_over() {
            let reason = "blobs may be erased only after the election was certified or cancelled";
            self.notes.faults.note(Check::Blobs, Some(index), reason);
        }
        if self.is_wanted(entry) {
            self.notes.wanted.push(index);
        }
        let broken = match (recorded, &mut self.state, &self.manifest) {
            (Some(recorded), None, Some(manifest)) => {
                let (state, broken) = ElectionState::begin_following(Arc::clone(manifest), &recorded);
                self.state = Some(state);
                broken
            }
            (Some(recorded), Some(state), _) => state.follow(recorded),
            _ => Vec::new(),
        };
        for rejected in &broken {
            self.notes.faults.note_rejected(index, entry, rejected);
        }
        if broken.is_empty()
            && let Some(identifier) = identifier
        {
            self.notes.identifiers.push((identifier, index));
        }
        if kind == Kind::VotingClosed
            && let Some(state) = &self.state
        {
            self.notes.close = Some(Close { root: self.tree.root(), counted: state.counted() });
        }
        self.notes.take(index, entry);
    }

    fn is_wanted(&self, entry: &Entry) -> bool {
        let pseudonym = match entry {
            Entry::Ballot(ballot) => &ballot.pseudonym.0,
            Entry::Withdrawal(withdrawal) => &withdrawal.pseudonym.0,
            Entry::Returned(returned) => &returned.pseudonym.0,
            _ => return false,
        };
        self.identifier.is_some_and(|wanted| wanted == Identifier::new(&self.election, pseudonym))
    }
}
