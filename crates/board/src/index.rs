//! What readers ask of a log besides its tiles and bundles: where a voter's entries are, what its parties have said, and
//! what is withheld.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use urna_crypto::Identifier;
use urna_election::blob::BlobKind;
use urna_election::entry::{Entry, Kind};
use urna_election::manifest::{InterimFigures, Manifest};
use urna_election::{ElectionState, Phase};

use crate::evidence::named;
use crate::sequencer::place;
use crate::store::Sha256Hash;

/// The published part of a log, by what people look for. The writer brings it up to date when entries are published.
#[derive(Debug, Default)]
pub struct Index {
    manifest: Option<Arc<Manifest>>,
    phase: Option<Phase>,
    /// How many entries are known here. A moment before, the log has them already.
    size: u64,
    cast: u64,
    entitled: Option<u64>,
    voters: BTreeSet<(Identifier, u64)>,
    official: BTreeMap<u64, Kind>,
    first_voters: Option<u64>,
    blobs: HashMap<Sha256Hash, BlobKind>,
    /// Where the counted ballots are, once voting is closed.
    counted: Option<Arc<[u64]>>,
}

/// What the index keeps of one entry.
pub(crate) enum Note {
    Voters { index: u64, identifier: Identifier },
    Official { index: u64, kind: Kind, blobs: Vec<(Sha256Hash, BlobKind)> },
}

impl Note {
    pub(crate) fn of(index: u64, manifest: &Manifest, entry: &Entry) -> Self {
        match place(manifest, entry) {
            Some((identifier, ..)) => Self::Voters { index, identifier },
            None => {
                let blobs = named(entry).iter().map(|blob| (blob.sha256.0, blob.kind)).collect();
                Self::Official { index, kind: entry.kind(), blobs }
            }
        }
    }

    /// Of entry 0.
    pub(crate) fn of_manifest(manifest: &Manifest) -> Self {
        let blob = (*manifest.id().as_bytes(), BlobKind::Manifest);
        Self::Official { index: 0, kind: Kind::Manifest, blobs: vec![blob] }
    }
}

impl Index {
    /// Takes up entries that are published now, and the state that they have made.
    pub(crate) fn extend(&mut self, notes: Vec<Note>, state: &ElectionState) {
        for note in notes {
            match note {
                Note::Voters { index, identifier } => {
                    self.voters.insert((identifier, index));
                    self.first_voters.get_or_insert(index);
                }
                Note::Official { index, kind, blobs } => {
                    self.official.insert(index, kind);
                    self.blobs.extend(blobs);
                }
            }
        }
        self.manifest.get_or_insert_with(|| Arc::clone(state.manifest()));
        self.phase = Some(state.phase());
        self.size = state.size();
        self.cast = state.cast();
        self.entitled = state.entitled().map(|entitled| entitled.iter().sum());
        let is_closed = matches!(state.phase(), Phase::Closed | Phase::Tallied | Phase::Certified);
        if is_closed && self.counted.is_none() {
            self.counted = Some(state.counted().iter().map(|ballot| ballot.index).collect());
        }
    }

    /// Where the counted ballots are, in the log's order; none before the close.
    pub(crate) fn counted(&self) -> Option<Arc<[u64]>> {
        self.counted.clone()
    }

    /// The manifest; none before entry 0.
    pub const fn manifest(&self) -> Option<&Arc<Manifest>> {
        self.manifest.as_ref()
    }

    /// The phase; none before entry 0.
    pub const fn phase(&self) -> Option<Phase> {
        self.phase
    }

    /// Where the entries under an identifier are, in the log's order.
    pub fn entries_of(&self, identifier: &Identifier) -> Vec<u64> {
        let range = self.voters.range((*identifier, 0)..=(*identifier, u64::MAX));
        range.map(|(_, index)| *index).collect()
    }

    /// Where entries of authority, issuers and trustees are behind an index, at most `limit` of them; and whether there
    /// are more.
    pub fn official(&self, after: Option<u64>, kind: Option<Kind>, limit: usize) -> (Vec<u64>, bool) {
        let first = after.map_or(Some(0), |after| after.checked_add(1));
        let entries = first.into_iter().flat_map(|first| self.official.range(first..));
        let wanted = entries.filter(|(_, found)| kind.is_none_or(|kind| kind == **found));
        let mut indices: Vec<_> = wanted.map(|(index, _)| *index).take(limit.saturating_add(1)).collect();
        let more = indices.len() > limit;
        indices.truncate(limit);
        (indices, more)
    }

    /// What a blob is, if an entry names it.
    pub fn blob(&self, sha256: &Sha256Hash) -> Option<BlobKind> {
        self.blobs.get(sha256).copied()
    }

    /// Whether the entries below this index are withheld, because some of them are voters' or not known here yet, voting
    /// is not over, and the manifest wants no interim figures (C10).
    pub fn withholds(&self, end: u64) -> bool {
        self.hides_figures() && (end > self.size || self.first_voters.is_some_and(|first| first < end))
    }

    /// Pseudonyms whose last entry is a ballot, and people on the register; none where the policy withholds them, or
    /// voting has not been opened.
    pub fn turnout(&self) -> Option<(u64, u64)> {
        let has_opened =
            self.phase.is_some_and(|phase| !matches!(phase, Phase::Announced | Phase::Rehearsed));
        if has_opened && !self.hides_figures() { Some((self.cast, self.entitled?)) } else { None }
    }

    fn hides_figures(&self) -> bool {
        let policy = self.manifest.as_ref().map(|manifest| manifest.policy().interim_figures);
        policy == Some(InterimFigures::None) && self.phase == Some(Phase::Voting)
    }
}
