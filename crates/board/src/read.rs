//! What readers have: the published checkpoint, and the tiles and bundles of the tree that it signs.

use urna_election::blob::{BlobKind, BlobRef};
use urna_log::{Bundle, LogError, Receipt, SignedCheckpoint, Tile, TileReader, inclusion_proof, push_entry};

use crate::error::{BoardError, Refusal};
use crate::sequencer::put_blob;
use crate::store::{Sha256Hash, Store};

/// Reads a log while its writer writes.
#[derive(Clone, Debug)]
pub struct LogReader<S> {
    store: S,
}

impl<S: Store> LogReader<S> {
    /// Reads what is in this store.
    pub const fn new(store: S) -> Self {
        Self { store }
    }

    /// The newest published checkpoint; none of an empty log.
    ///
    /// # Errors
    /// [`BoardError::Store`]; [`BoardError::Log`] if it is none.
    pub fn checkpoint(&self) -> Result<Option<SignedCheckpoint>, BoardError> {
        let published = self.store.published()?;
        Ok(published.map(|bytes| SignedCheckpoint::from_bytes(&bytes)).transpose()?)
    }

    fn size(&self) -> Result<u64, BoardError> {
        Ok(self.checkpoint()?.map_or(0, |checkpoint| checkpoint.unverified().head.size))
    }

    /// The bytes of a tile, full or partial; none if the published tree does not have it.
    ///
    /// # Errors
    /// [`BoardError`].
    pub fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, BoardError> {
        let end = tile.index().checked_mul(urna_log::FULL).map(|start| start + u64::from(tile.width()));
        let hashes = self.size()?.checked_shr(8 * u32::from(tile.level())).unwrap_or(0);
        if end.is_none_or(|end| end > hashes) {
            return Ok(None);
        }
        load_tile(&self.store, tile).map(Some)
    }

    /// The bytes of a bundle of entries; none if the published tree does not have it.
    ///
    /// # Errors
    /// [`BoardError`].
    pub fn bundle(&self, bundle: Bundle) -> Result<Option<Vec<u8>>, BoardError> {
        let size = self.size()?;
        let indices = bundle.entries();
        if indices.end > size {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        for index in indices {
            let entry = self.store.entry(index)?.ok_or(BoardError::EntryMissing { index, size })?;
            push_entry(&mut bytes, &entry)?;
        }
        Ok(Some(bytes))
    }

    /// The bytes of an entry; none if the log does not have it.
    ///
    /// # Errors
    /// [`BoardError::Store`].
    pub fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, BoardError> {
        Ok(self.store.entry(index)?)
    }

    /// Entries with their receipts under a published checkpoint, or as many of the indices as it has.
    ///
    /// # Errors
    /// [`BoardError`].
    pub fn entries(
        &self,
        checkpoint: &SignedCheckpoint,
        indices: &[u64],
    ) -> Result<Vec<(Vec<u8>, Receipt)>, BoardError> {
        let size = checkpoint.unverified().head.size;
        let indices: Vec<_> = indices.iter().copied().filter(|index| *index < size).collect();
        let receipts = receipts(&self.store, checkpoint, &indices)?;
        let entries = indices.iter().map(|index| {
            let entry = self.store.entry(*index)?;
            entry.ok_or(BoardError::EntryMissing { index: *index, size })
        });
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        Ok(entries.into_iter().zip(receipts).collect())
    }

    /// Keeps a blob that entries may name.
    ///
    /// # Errors
    /// As [`put_blob`](crate::put_blob).
    pub fn put_blob(&self, kind: BlobKind, bytes: &[u8]) -> Result<Result<BlobRef, Refusal>, BoardError> {
        put_blob(&self.store, kind, bytes)
    }

    /// The bytes of a blob.
    ///
    /// # Errors
    /// [`BoardError::Store`].
    pub fn blob(&self, sha256: &Sha256Hash) -> Result<Option<Vec<u8>>, BoardError> {
        Ok(self.store.blob(sha256)?)
    }
}

/// Receipts for the entries at these indices, under this checkpoint.
pub(crate) fn receipts(
    store: &impl Store,
    checkpoint: &SignedCheckpoint,
    indices: &[u64],
) -> Result<Vec<Receipt>, BoardError> {
    let size = checkpoint.unverified().head.size;
    let mut reader = TileReader::new(size, |tile| load_tile(store, tile));
    let mut receipts = Vec::with_capacity(indices.len());
    for index in indices {
        let proof = inclusion_proof(*index, size, &mut reader)?;
        receipts.push(Receipt::new(*index, proof, checkpoint.clone())?);
    }
    Ok(receipts)
}

/// The bytes of a tile that is kept, perhaps wider.
fn load_tile(store: &impl Store, tile: Tile) -> Result<Vec<u8>, BoardError> {
    let mut bytes = store.tile(tile.level(), tile.index())?.unwrap_or_default();
    let (expected, found) = (tile.length(), bytes.len());
    if found < expected {
        return Err(LogError::TileLength { expected, found }.into());
    }
    bytes.truncate(expected);
    Ok(bytes)
}
