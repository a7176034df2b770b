//! Somebody who remembers all that the board has said, and compares it with the log in the end.

use urna_board::{Answer, LogReader, Store, Submission};
use urna_log::{
    Bundle, Receipt, SignedCheckpoint, SignedPromise, Tile, TiledTree, Tree, TreeHead, leaf_hash, parse_tile,
};

use crate::sample::{log_key, promise_key};

#[derive(Default)]
pub(crate) struct Observer {
    receipts: Vec<(Vec<u8>, Receipt)>,
    promises: Vec<(Vec<u8>, SignedPromise)>,
    checkpoints: Vec<SignedCheckpoint>,
}

/// Fails with what was expected, rather than with a panic: the table also has rows that must fail.
macro_rules! expect {
    ($condition:expr, $($what:tt)+) => {
        if !$condition {
            return Err(format!($($what)+));
        }
    };
}

impl Observer {
    /// Remembers what was answered. Every receipt must verify at once, and the same entry has one index for ever.
    pub(crate) fn hear(&mut self, submissions: &[Submission], answers: &[Answer]) -> Result<(), String> {
        expect!(submissions.len() == answers.len(), "{} answers", answers.len());
        for (submission, answer) in submissions.iter().zip(answers) {
            let bytes = submission.bytes();
            match answer {
                Answer::Logged { receipt, .. } => {
                    let said = self.receipts.iter().find(|(entry, _)| *entry == bytes);
                    let same = said.is_none_or(|(_, before)| before.index() == receipt.index());
                    expect!(same, "another index than before");
                    self.checkpoints.push(receipt.checkpoint().clone());
                    self.receipts.push((bytes.to_vec(), receipt.clone()));
                }
                Answer::Promised { promise, .. } => {
                    promise.verify(&promise_key().verifier()).map_err(|error| error.to_string())?;
                    self.promises.push((bytes.to_vec(), promise.clone()));
                }
                Answer::Refused(refusal) => return Err(format!("refused: {refusal}")),
            }
        }
        Ok(())
    }

    /// Remembers what readers can read now, and that it is a whole log.
    pub(crate) fn look(&mut self, store: &(impl Store + Clone)) -> Result<(), String> {
        read_log(store)?;
        let published = LogReader::new(store.clone()).checkpoint();
        self.checkpoints.extend(published.map_err(|error| error.to_string())?);
        Ok(())
    }

    pub(crate) fn promised(&self) -> usize {
        self.promises.len()
    }

    /// Reads the whole log as anybody can, verifies it, and compares it with all that was said. Returns the entries.
    pub(crate) fn check(&self, store: &(impl Store + Clone)) -> Result<Vec<Vec<u8>>, String> {
        let entries = read_log(store)?;
        let mut tree = Tree::new();
        let mut heads = vec![tree.head()];
        for entry in &entries {
            tree.push(entry);
            heads.push(tree.head());
        }
        for checkpoint in &self.checkpoints {
            let TreeHead { size, root } =
                checkpoint.verify(&log_key().verifier()).map_err(|error| error.to_string())?.head;
            let head = usize::try_from(size).ok().and_then(|size| heads.get(size));
            expect!(
                head.is_some_and(|head| head.root == root),
                "the checkpoint of {size} entries is of another log"
            );
        }
        for (entry, receipt) in &self.receipts {
            let found = usize::try_from(receipt.index()).ok().and_then(|index| entries.get(index));
            expect!(found == Some(entry), "entry {} is not what was acknowledged", receipt.index());
            receipt.verify(entry, &log_key().verifier()).map_err(|error| error.to_string())?;
        }
        for (entry, promise) in &self.promises {
            expect!(promise.unverified().is_for(entry), "a promise of another entry");
            let times = entries.iter().filter(|logged| *logged == entry).count();
            expect!(times == 1, "a promised entry is {times} times in the log");
        }
        for (index, entry) in entries.iter().enumerate() {
            expect!(!entries[..index].contains(entry), "entry {index} is there twice");
        }
        Ok(entries)
    }
}

/// The entries that a reader has, checked against bundles, all tiles and the published checkpoint.
pub(crate) fn read_log(store: &(impl Store + Clone)) -> Result<Vec<Vec<u8>>, String> {
    let text = |error: &dyn std::error::Error| error.to_string();
    let reader = LogReader::new(store.clone());
    let Some(checkpoint) = reader.checkpoint().map_err(|error| text(&error))? else { return Ok(Vec::new()) };
    let head = checkpoint.verify(&log_key().verifier()).map_err(|error| text(&error))?.head;
    let mut entries = Vec::new();
    for bundle in Bundle::between(0, head.size) {
        let bytes = reader.bundle(bundle).map_err(|error| text(&error))?.ok_or("a bundle is missing")?;
        entries.extend(bundle.parse(&bytes).map_err(|error| text(&error))?.into_iter().map(<[u8]>::to_vec));
    }
    let mut tree = TiledTree::new();
    let tiles = tree.append(entries.iter().map(|entry| leaf_hash(entry)));
    expect!(tree.head() == head, "the entries have another root");
    expect!(tiles.iter().map(|(tile, _)| *tile).eq(Tile::between(0, head.size)), "other tiles");
    for (tile, bytes) in tiles {
        let kept = reader.tile(tile).map_err(|error| text(&error))?;
        expect!(kept.as_ref() == Some(&bytes), "{tile} is not that of the entries");
        parse_tile(tile, &bytes).map_err(|error| text(&error))?;
    }
    Ok(entries)
}
