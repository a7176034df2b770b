//! The election record in memory: the log's entries in order, and the blobs by their hash.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use rand_core::OsRng;
use urna_election::ElectionState;
use urna_election::EntryVerifier;
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::Entry;
use urna_election::manifest::Manifest;

/// What anyone can read.
#[derive(Clone, Default)]
pub(crate) struct Record {
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) blobs: HashMap<[u8; 32], Vec<u8>>,
}

impl Record {
    /// The bytes of a blob that an entry names.
    pub(crate) fn blob(&self, blob: &BlobRef) -> anyhow::Result<&[u8]> {
        let bytes =
            self.blobs.get(&blob.sha256.0).with_context(|| format!("a {:?} blob is missing", blob.kind))?;
        blob.check(bytes)?;
        Ok(bytes)
    }

    pub(crate) fn add_blob(&mut self, kind: BlobKind, bytes: Vec<u8>) -> anyhow::Result<BlobRef> {
        let blob = BlobRef::new(kind, &bytes).context("the blob is too long")?;
        self.blobs.insert(blob.sha256.0, bytes);
        Ok(blob)
    }

    pub(crate) fn add_blobs(&mut self, kind: BlobKind, blobs: Vec<Vec<u8>>) -> anyhow::Result<Vec<BlobRef>> {
        blobs.into_iter().map(|bytes| self.add_blob(kind, bytes)).collect()
    }
}

/// The board: admits entries by the state's rules and appends them.
pub(crate) struct Board {
    verifier: EntryVerifier,
    state: ElectionState,
    pub(crate) record: Record,
}

impl Board {
    /// A board whose log begins with the manifest's publication.
    pub(crate) fn new(manifest: Arc<Manifest>, record: Record, first: Entry) -> anyhow::Result<Self> {
        let verifier = EntryVerifier::new(Arc::clone(&manifest));
        let bytes = first.to_bytes();
        let verified = verifier.verify(vec![first], &mut OsRng).pop().context("entry 0")??;
        let state = ElectionState::begin(manifest, verified)?;
        let mut board = Self { verifier, state, record };
        board.append(bytes);
        Ok(board)
    }

    pub(crate) fn state(&self) -> &ElectionState {
        &self.state
    }

    /// Admits entries, verified in one batch, in this order.
    pub(crate) fn admit(&mut self, entries: Vec<Entry>) -> anyhow::Result<()> {
        for verified in self.verifier.verify(entries, &mut OsRng) {
            let verified = verified?;
            let bytes = verified.entry().to_bytes();
            self.state.apply(verified)?;
            self.append(bytes);
        }
        Ok(())
    }

    fn append(&mut self, bytes: Vec<u8>) {
        self.record.entries.push(bytes);
    }
}
