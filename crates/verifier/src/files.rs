//! A record in memory, file by file.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;

use urna_election::entry::Entry;
use urna_log::{
    Bundle, Checkpoint, LogError, NoteSigner, SignedCheckpoint, SigningKey, TiledTree, leaf_hash, push_entry,
};

use crate::record::{Content, File, Hexadecimal, Record};

/// The files of a record, by their paths below the election prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(pub BTreeMap<String, Vec<u8>>);

impl Files {
    /// What a board serves of a log with these entries and blobs, signed by the key whose name is the log's origin.
    ///
    /// # Errors
    /// [`LogError::EntryTooLong`]; [`LogError::Origin`] if the key has the name of no log.
    pub fn publish(
        entries: &[Vec<u8>],
        blobs: &HashMap<[u8; 32], Vec<u8>>,
        log: &SigningKey,
    ) -> Result<Self, LogError> {
        let mut files = BTreeMap::new();
        let mut tree = TiledTree::new();
        for (tile, bytes) in tree.append(entries.iter().map(|entry| leaf_hash(entry))) {
            files.insert(tile.to_string(), bytes);
        }
        let mut rest = entries.iter();
        for bundle in Bundle::between(0, tree.size()) {
            let mut bytes = Vec::new();
            for entry in rest.by_ref().take(bundle.width().into()) {
                push_entry(&mut bytes, entry)?;
            }
            files.insert(bundle.to_string(), bytes);
        }
        for (sha256, bytes) in blobs {
            files.insert(File::Blob(*sha256).to_string(), bytes.clone());
        }
        let checkpoint = Checkpoint { origin: log.name().as_str().parse()?, head: tree.head() };
        let checkpoint = SignedCheckpoint::sign(&checkpoint, log)?;
        files.insert(File::Checkpoint.to_string(), checkpoint.to_string().into_bytes());
        files.insert(File::LogKey.to_string(), format!("{}\n", log.verifier()).into_bytes());
        if let Some(Ok(Entry::Manifest(published))) = entries.first().map(|entry| Entry::parse(entry)) {
            let id = Hexadecimal(&published.body.manifest.sha256.0);
            files.insert(File::ElectionId.to_string(), format!("{id}\n").into_bytes());
        }
        Ok(Self(files))
    }
}

impl Record for Files {
    type Error = Infallible;

    fn read(&self, file: &File, limit: usize) -> Result<Content, Infallible> {
        let found = self.0.get(&file.to_string());
        let cut = |bytes: &Vec<u8>| bytes.iter().take(limit.saturating_add(1)).copied().collect();
        Ok(found.map_or(Content::Missing, |bytes| Content::Bytes(cut(bytes))))
    }
}
