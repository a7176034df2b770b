//! What stands in the board's log: nobody's word for it is taken.
//!
//! Every page of official entries comes with a checkpoint that the manifest's log key signed, and every entry with a proof
//! that leads to it. From one page to the next the log has only grown. That no entry is left out follows from the signers'
//! running numbers, which [`Issuer::follow`](crate::Issuer::follow) checks; what a board can do is to show nothing new.

use urna_api::board::OfficialEntries;
use urna_api::client::ClientError;
use urna_election::manifest::Manifest;
use urna_log::{
    Hash, KeyName, LogError, SignedCheckpoint, Tile, TileReader, TreeHead, VerifierKey, consistency_proof,
    leaf_hash,
};

use crate::error::IssuerError;

/// Why the board is not followed further just now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FollowError {
    /// The board does not answer, or refuses.
    #[error(transparent)]
    Board(#[from] ClientError),
    /// A checkpoint or a proof does not hold.
    #[error("the board's log: {0}")]
    Log(#[from] LogError),
    /// The board shows fewer entries than before.
    #[error("the board's log has {size} entries, and had {known}: it was forked, or an older copy is served")]
    Shrunk {
        /// What it shows.
        size: u64,
        /// What it showed before.
        known: u64,
    },
    /// Entries out of order.
    #[error("the board shows entry {0} out of order")]
    Order(u64),
    /// An entry's blob is not the one that it names.
    #[error("the board gave other bytes for a blob of entry {0}")]
    Blob(u64),
    /// The service ends.
    #[error("the service ends")]
    Ending,
    /// The issuer does not take it.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
}

/// How far a log was read.
pub(crate) struct Reading {
    log: VerifierKey,
    /// The newest tree that was seen.
    head: Option<TreeHead>,
    /// The last entry that was followed.
    last: Option<u64>,
}

impl Reading {
    /// The log of this election, of which nothing was read.
    pub(crate) fn new(manifest: &Manifest) -> Result<Self, LogError> {
        let board = manifest.board();
        let name: KeyName = board.origin.parse()?;
        let log = VerifierKey::new(name, &board.log_key.to_bytes())?;
        Ok(Self { log, head: None, last: None })
    }

    /// Behind which entry to go on.
    pub(crate) const fn last(&self) -> Option<u64> {
        self.last
    }

    /// Checks a page: whatever is in it stands in the log, and the log is the one of the pages before.
    pub(crate) fn check(
        &mut self,
        page: &OfficialEntries,
        mut tile: impl FnMut(Tile) -> Result<Vec<u8>, FollowError>,
    ) -> Result<(), FollowError> {
        let Some(text) = &page.checkpoint else {
            // An empty log.
            return match (self.head, page.entries.first()) {
                (Some(known), _) => Err(FollowError::Shrunk { size: 0, known: known.size }),
                (None, Some(entry)) => Err(FollowError::Order(entry.index)),
                (None, None) => Ok(()),
            };
        };
        let head = SignedCheckpoint::from_bytes(text.as_bytes())?.verify(&self.log)?.head;
        let mut last = self.last;
        for entry in &page.entries {
            if last.is_some_and(|last| entry.index <= last) {
                return Err(FollowError::Order(entry.index));
            }
            last = Some(entry.index);
            let proof: Vec<Hash> = entry.proof.iter().map(|hash| hash.0).collect();
            head.verify_inclusion(entry.index, &leaf_hash(&entry.entry.0), &proof)?;
        }
        if let Some(known) = self.head {
            if head.size < known.size {
                return Err(FollowError::Shrunk { size: head.size, known: known.size });
            }
            let mut reader = TileReader::new(head.size, &mut tile);
            let proof = if head == known {
                Vec::new()
            } else {
                consistency_proof(known.size, head.size, &mut reader)?
            };
            head.verify_consistency(&known, &proof)?;
        }
        self.head = Some(head);
        Ok(())
    }

    /// An entry was followed.
    pub(crate) const fn followed(&mut self, index: u64) {
        self.last = Some(index);
    }
}

#[cfg(test)]
mod tests {
    use urna_api::board::OfficialEntry;
    use urna_election::json::Base64;
    use urna_log::{Checkpoint, SigningKey, TiledTree, inclusion_proof};

    use super::*;

    const ORIGIN: &str = "board.example/small-2027";

    /// A log of entries, and all tiles of all its sizes.
    #[derive(Default)]
    struct Log {
        entries: Vec<Vec<u8>>,
        tree: TiledTree,
        tiles: Vec<(Tile, Vec<u8>)>,
    }

    impl Log {
        fn append(&mut self, entry: &str) {
            self.tiles.extend(self.tree.append([leaf_hash(entry.as_bytes())]));
            self.entries.push(entry.as_bytes().to_vec());
        }

        fn of(entries: &[&str]) -> Self {
            let mut log = Self::default();
            entries.iter().for_each(|entry| log.append(entry));
            log
        }

        fn tile(&self, tile: Tile) -> Result<Vec<u8>, FollowError> {
            let found = self.tiles.iter().find(|(of, _)| *of == tile);
            found.map(|(_, bytes)| bytes.clone()).ok_or(LogError::TileOutOfRange.into())
        }

        fn page(&self, indices: &[u64]) -> OfficialEntries {
            self.signed(indices, &SigningKey::from_seed(ORIGIN.parse().unwrap(), &[2; 32]))
        }

        fn signed(&self, indices: &[u64], key: &SigningKey) -> OfficialEntries {
            let head = self.tree.head();
            let origin = key.verifier().name().as_str().parse().unwrap();
            let checkpoint = SignedCheckpoint::sign(&Checkpoint { origin, head }, key).unwrap();
            let mut reader =
                TileReader::new(head.size, |tile| self.tile(tile).map_err(|_| LogError::TileOutOfRange));
            let entries = indices.iter().map(|index| OfficialEntry {
                index: *index,
                entry: Base64(self.entries[usize::try_from(*index).unwrap()].clone()),
                proof: inclusion_proof(*index, head.size, &mut reader)
                    .unwrap()
                    .into_iter()
                    .map(Base64)
                    .collect(),
            });
            OfficialEntries {
                checkpoint: Some(checkpoint.to_string()),
                entries: entries.collect(),
                more: false,
            }
        }
    }

    fn reading() -> Reading {
        let log = SigningKey::from_seed(ORIGIN.parse().unwrap(), &[2; 32]).verifier();
        Reading { log, head: None, last: None }
    }

    #[test]
    fn accepts_a_log_that_grows() {
        let mut log = Log::of(&["a", "b", "c"]);
        let mut reading = reading();
        let empty = OfficialEntries { checkpoint: None, entries: Vec::new(), more: false };
        reading.check(&empty, |tile| log.tile(tile)).unwrap();
        reading.check(&log.page(&[0, 2]), |tile| log.tile(tile)).unwrap();
        reading.followed(2);
        reading.check(&log.page(&[]), |tile| log.tile(tile)).unwrap();
        ["d", "e", "f", "g"].into_iter().for_each(|entry| log.append(entry));
        reading.check(&log.page(&[4, 6]), |tile| log.tile(tile)).unwrap();
        assert!(matches!(
            reading.check(&empty, |tile| log.tile(tile)),
            Err(FollowError::Shrunk { size: 0, .. })
        ));
    }

    #[test]
    fn rejects_a_log_that_was_forked_or_shrinks() {
        let log = Log::of(&["a", "b", "c"]);
        let mut reading = reading();
        reading.check(&log.page(&[0]), |tile| log.tile(tile)).unwrap();
        for entries in [&["a", "b", "x"][..], &["a", "x", "c", "d"], &["x", "b", "c", "d", "e"]] {
            let forked = Log::of(entries);
            let found = reading.check(&forked.page(&[]), |tile| forked.tile(tile));
            assert!(matches!(found, Err(FollowError::Log(_))), "{entries:?}: {found:?}");
            // With the tiles of the first one, too.
            assert!(reading.check(&forked.page(&[]), |tile| log.tile(tile)).is_err());
        }
        let shorter = Log::of(&["a", "b"]);
        let found = reading.check(&shorter.page(&[]), |tile| shorter.tile(tile));
        assert!(matches!(found, Err(FollowError::Shrunk { size: 2, known: 3 })));
        // What was seen before stays what is known.
        reading.check(&log.page(&[1]), |tile| log.tile(tile)).unwrap();
    }

    #[test]
    fn rejects_entries_without_a_proof_out_of_order_or_of_another_log() {
        let log = Log::of(&["a", "b", "c"]);
        let check = |page: &OfficialEntries| reading().check(page, |tile| log.tile(tile));
        let mut changed = log.page(&[1]);
        changed.entries[0].entry.0.push(0);
        assert!(matches!(check(&changed), Err(FollowError::Log(_))));
        let mut moved = log.page(&[1]);
        moved.entries[0].index = 2;
        assert!(matches!(check(&moved), Err(FollowError::Log(_))));
        let mut proof = log.page(&[1]);
        proof.entries[0].proof.pop();
        assert!(matches!(check(&proof), Err(FollowError::Log(_))));
        for order in [&[1, 1][..], &[2, 0]] {
            assert!(matches!(check(&log.page(order)), Err(FollowError::Order(_))));
        }
        let mut behind = reading();
        behind.followed(1);
        assert!(matches!(behind.check(&log.page(&[1]), |tile| log.tile(tile)), Err(FollowError::Order(1))));
        for (name, seed) in [(ORIGIN, 3), ("board.example/other-2027", 2)] {
            let key = SigningKey::from_seed(name.parse().unwrap(), &[seed; 32]);
            assert!(matches!(check(&log.signed(&[0], &key)), Err(FollowError::Log(_))), "{name}");
        }
        let mut none = log.page(&[0]);
        none.checkpoint = None;
        assert!(matches!(check(&none), Err(FollowError::Order(0))));
    }
}
