//! The record's files, written while its log grows.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use rand_core::OsRng;
use serde::Serialize;
use urna_crypto::{Signature, SignedEntry};
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::{Body, Entry, Role, Signed};
use urna_election::manifest::Manifest;
use urna_election::{ElectionState, EntryVerifier, Id, VerifiedEntry};
use urna_log::{
    Bundle, Checkpoint, FULL, Hash, NoteSigner, SignedCheckpoint, Tile, TiledTree, leaf_hash, push_entry,
};
use urna_verifier::File;

use crate::load::organisation::Authority;
use crate::load::record::Record;

/// An entry that holds by itself, ready to be appended.
pub(super) struct Checked {
    entry: VerifiedEntry,
    bytes: Vec<u8>,
    leaf: Hash,
}

impl Checked {
    pub(super) fn new(entry: VerifiedEntry) -> Self {
        let bytes = entry.entry().to_bytes();
        Self { leaf: leaf_hash(&bytes), entry, bytes }
    }
}

/// A log that takes what the rules allow, and its directory. Nothing is synced: it is made for figures.
pub(super) struct Directory {
    path: PathBuf,
    key: urna_log::SigningKey,
    manifest: Arc<Manifest>,
    verifier: Arc<EntryVerifier>,
    state: ElectionState,
    tree: TiledTree,
    /// The entries of the last bundle, which is not full.
    bundle: Vec<u8>,
    /// By level, the last tile where it is not full.
    partial: BTreeMap<u8, (Tile, Vec<u8>)>,
    /// Files of tiles and bundles that are wider by now.
    narrow: Vec<PathBuf>,
}

impl Directory {
    /// A new folder that begins with this record.
    pub(super) fn begin(
        path: &Path,
        manifest: Arc<Manifest>,
        key: urna_log::SigningKey,
        record: &Record,
    ) -> anyhow::Result<Self> {
        let verifier = EntryVerifier::new(Arc::clone(&manifest));
        let entries = record.entries.iter().map(|bytes| Entry::parse(bytes));
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        let mut checked = verifier.verify(entries, &mut OsRng).into_iter();
        let first = checked.next().context("a record without entries")??;
        let Checked { entry: first, bytes, leaf } = Checked::new(first);
        let state = ElectionState::begin(Arc::clone(&manifest), first)?;
        let mut log = Self {
            path: path.to_owned(),
            key,
            manifest,
            verifier: Arc::new(verifier),
            state,
            tree: TiledTree::new(),
            bundle: Vec::new(),
            partial: BTreeMap::new(),
            narrow: Vec::new(),
        };
        for bytes in record.blobs.values() {
            // Only its hash names the file, whatever it is.
            log.put(BlobKind::Details, bytes)?;
        }
        log.write_entries(vec![(bytes, leaf)])?;
        let checked = checked.map(|entry| Ok(Checked::new(entry?))).collect::<anyhow::Result<_>>()?;
        log.append(checked)?;
        log.write("log.vkey", format!("{}\n", log.key.verifier()).as_bytes())?;
        log.write("election-id", format!("{}\n", log.manifest.id()).as_bytes())?;
        Ok(log)
    }

    pub(super) fn state(&self) -> &ElectionState {
        &self.state
    }

    pub(super) fn verifier(&self) -> Arc<EntryVerifier> {
        Arc::clone(&self.verifier)
    }

    pub(super) fn root(&self) -> Hash {
        self.tree.head().root
    }

    /// Writes a blob.
    pub(super) fn put(&mut self, kind: BlobKind, bytes: &[u8]) -> anyhow::Result<BlobRef> {
        let blob = BlobRef::new(kind, bytes).context("the blob is too long")?;
        self.write(&File::Blob(blob.sha256.0).to_string(), bytes)?;
        Ok(blob)
    }

    pub(super) fn put_all(&mut self, kind: BlobKind, blobs: Vec<Vec<u8>>) -> anyhow::Result<Vec<BlobRef>> {
        blobs.iter().map(|bytes| self.put(kind, bytes)).collect()
    }

    /// Appends entries, in this order.
    pub(super) fn append(&mut self, checked: Vec<Checked>) -> anyhow::Result<()> {
        let mut entries = Vec::with_capacity(checked.len());
        for Checked { entry, bytes, leaf } in checked {
            self.state.apply(entry)?;
            entries.push((bytes, leaf));
        }
        self.write_entries(entries)
    }

    /// The authority's next entry.
    pub(super) fn authority<B: Body + Serialize>(
        &mut self,
        authority: &Authority,
        body: B,
        entry: fn(Signed<B>) -> Entry,
    ) -> anyhow::Result<()> {
        let number = self.state.next_number(Role::Authority, 0).context("no authority")?;
        let signed = Signed::by_authority(self.manifest.id(), &authority.key, number, body);
        self.admit(entry(signed))
    }

    /// The next entry of the issuer or trustee with this id.
    pub(super) fn party<B: Body + Serialize>(
        &mut self,
        id: &Id,
        sign: impl FnOnce(&SignedEntry<'_>) -> Signature,
        body: B,
        entry: fn(Signed<B>) -> Entry,
    ) -> anyhow::Result<()> {
        let trustees = self.manifest.trustees().members.iter().map(|trustee| &trustee.id);
        let (role, place) = match trustees.into_iter().position(|trustee| trustee == id) {
            Some(place) => (Role::Trustee, place),
            None => (Role::Issuer, 0),
        };
        let number = self.state.next_number(role, place).context("no such signer")?;
        self.admit(entry(Signed::by_party(self.manifest.id(), id, number, body, sign)))
    }

    /// Writes what is not full, and a checkpoint of it.
    pub(super) fn publish(&mut self) -> anyhow::Result<()> {
        for file in std::mem::take(&mut self.narrow) {
            fs::remove_file(&file).with_context(|| file.display().to_string())?;
        }
        let head = self.tree.head();
        let mut files: Vec<_> =
            self.partial.values().map(|(tile, bytes)| (tile.to_string(), bytes.clone())).collect();
        if !self.bundle.is_empty() {
            let bundle = Bundle::new(head.size / FULL, u16::try_from(head.size % FULL)?)?;
            files.push((bundle.to_string(), self.bundle.clone()));
        }
        for (name, bytes) in files {
            self.write(&name, &bytes)?;
            self.narrow.push(self.path.join(name));
        }
        let checkpoint = Checkpoint { origin: self.key.name().as_str().parse()?, head };
        let checkpoint = SignedCheckpoint::sign(&checkpoint, &self.key)?;
        self.write("checkpoint", checkpoint.to_string().as_bytes())
    }

    fn admit(&mut self, entry: Entry) -> anyhow::Result<()> {
        let verified = self.verifier.verify(vec![entry], &mut OsRng).pop().context("an entry")??;
        self.append(vec![Checked::new(verified)])
    }

    /// Leaves go into the tree, bytes into bundles; what is full is written.
    fn write_entries(&mut self, entries: Vec<(Vec<u8>, Hash)>) -> anyhow::Result<()> {
        let mut size = self.tree.size();
        let leaves: Vec<_> = entries.iter().map(|(_, leaf)| *leaf).collect();
        for (bytes, _) in entries {
            push_entry(&mut self.bundle, &bytes)?;
            size += 1;
            if size.is_multiple_of(FULL) {
                let bundle = Bundle::new(size / FULL - 1, u16::try_from(FULL)?)?;
                let full = std::mem::take(&mut self.bundle);
                self.write(&bundle.to_string(), &full)?;
            }
        }
        for (tile, bytes) in self.tree.append(leaves) {
            if u64::from(tile.width()) == FULL {
                self.partial.remove(&tile.level());
                self.write(&tile.to_string(), &bytes)?;
            } else {
                self.partial.insert(tile.level(), (tile, bytes));
            }
        }
        Ok(())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let file = self.path.join(name);
        let folder = file.parent().context("a file without a folder")?;
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&file, bytes));
        written.with_context(|| format!("cannot write {}", file.display()))
    }
}
