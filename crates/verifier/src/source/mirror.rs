//! Copying a record, and going on with a copy.
//!
//! ```text
//! checkpoint ─ tiles: the signed root, and the root of the copy so far ─ bundles, each against its tile
//!            ─ blobs, each against its name ─ checkpoint written: the copy is complete for it
//! ```
//!
//! Every file comes into being as a whole, and the checkpoint last: a copy that was killed has the old checkpoint, for which
//! it is complete, or none. What lies there already is verified again and fetched anew where it is damaged.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use tokio::task::JoinSet;
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::{Entry, Kind};
use urna_election::manifest::Manifest;
use urna_log::{Bundle, FULL, Hash, SignedCheckpoint, Tile, TilePath, Tree, TreeHead, leaf_hash, parse_tile};

use super::folder::Folder;
use super::{Directory, OfficialEntry, Prefix, SourceError, WITHHELD, Withheld};
use crate::reading::{Reader, Unreadable};
use crate::record::{Content, File};
use crate::tiles::Tiles;
use crate::verify::key_of;
use crate::watch::{Stage, Watch};

/// How many requests are under way at once.
const REQUESTS: usize = 16;
/// How many blobs are: they may be large.
const BLOBS: usize = 4;

/// What a copy came to.
#[derive(Debug)]
pub struct Mirrored {
    /// The checkpoint for which the copy is complete.
    pub head: TreeHead,
    /// How many entries the copy had before.
    pub before: u64,
    /// Whether the board withholds something; the next copy fetches it.
    pub withheld: bool,
    /// Blobs that the log names, and that are not there or other ones, though nothing was erased: V-16 fails.
    pub missing: Vec<String>,
    /// Whether the manifest says that this is a trial, which decides nothing (C22).
    pub trial: bool,
}

/// Copies a record into a directory, or goes on with a copy.
///
/// # Errors
/// [`SourceError`]. What was copied is kept, and a complete copy stays complete.
pub async fn mirror(prefix: &Prefix, directory: &Path, watch: &impl Watch) -> Result<Mirrored, SourceError> {
    let folder = Arc::new(Folder::open(directory)?);
    let name = File::Checkpoint.to_string();
    let bytes = required(prefix, &File::Checkpoint).await?;
    let checkpoint = parse_checkpoint(&name, &bytes)?;
    let head = checkpoint.unverified().head;
    if head.size == 0 {
        return Err(SourceError::Missing { url: prefix.url("tile/0/000.p/1")?.to_string() });
    }
    let before = folder.read(&File::Checkpoint, File::Checkpoint.limit())?;
    let old = match &before {
        Some(bytes) => Some(parse_checkpoint(&name, bytes)?.unverified().head),
        None => None,
    };
    let copy = Copy { prefix: prefix.clone(), folder, head, shown: bytes, before, old };
    copy.compare_heads()?;
    copy.tiles(watch).await?;
    let found = copy.bundles(watch).await?;
    let manifest = found.named.iter().find(|blob| blob.kind == BlobKind::Manifest).copied();
    let (withheld, missing) = copy.blobs(found, watch).await?;
    for file in [File::LogKey, File::ElectionId] {
        if let Content::Bytes(bytes) = copy.prefix.read(&file, file.limit()).await? {
            copy.folder.write(&file.to_string(), &bytes)?;
        }
    }
    let is_withheld = withheld != Withheld::default();
    if is_withheld {
        copy.folder.write(WITHHELD, &urna_election::json::to_bytes(&withheld))?;
    } else {
        copy.folder.remove(WITHHELD)?;
    }
    copy.check_key(&checkpoint)?;
    copy.folder.commit(&name, &copy.shown)?;
    copy.prune()?;
    let manifest = manifest.map(|blob| copy.folder.read(&File::Blob(blob.sha256.0), blob.kind.limit()));
    let manifest = manifest.transpose()?.flatten().and_then(|bytes| Manifest::parse(&bytes).ok());
    let trial = manifest.is_some_and(|manifest| manifest.is_trial());
    let before = copy.old.map_or(0, |old| old.size);
    Ok(Mirrored { head, before, withheld: is_withheld, missing, trial })
}

fn parse_checkpoint(file: &str, bytes: &[u8]) -> Result<SignedCheckpoint, SourceError> {
    let parsed = SignedCheckpoint::from_bytes(bytes);
    parsed.map_err(|error| SourceError::Form { file: file.to_owned(), error })
}

/// A file that a record always has.
async fn required(prefix: &Prefix, file: &File) -> Result<Vec<u8>, SourceError> {
    match prefix.read(file, file.limit()).await? {
        Content::Bytes(bytes) => Ok(bytes),
        _ => Err(SourceError::Missing { url: prefix.url(&file.to_string())?.to_string() }),
    }
}

/// What the entries say of blobs.
#[derive(Default)]
struct Found {
    named: BTreeSet<BlobRef>,
    erased: BTreeSet<[u8; 32]>,
    withheld: Withheld,
}

impl Found {
    /// Takes an entry, if it is one that can name blobs. Whether it may stand there is the verifier's to say.
    fn take(&mut self, bytes: &[u8]) {
        #[derive(serde::Deserialize)]
        struct OfKind {
            kind: Kind,
        }
        let is_voters = |kind| matches!(kind, Kind::Ballot | Kind::Withdrawal | Kind::Returned);
        if serde_json::from_slice::<OfKind>(bytes).is_ok_and(|of| is_voters(of.kind)) {
            return;
        }
        let Ok(entry) = Entry::parse(bytes) else { return };
        let mut notes = crate::notes::Notes::default();
        notes.take(0, &entry);
        self.named.extend(notes.blobs.iter().map(|named| named.blob));
        self.erased.extend(notes.erased.keys());
    }

    fn join(&mut self, other: Self) {
        self.named.extend(other.named);
        self.erased.extend(other.erased);
        self.withheld.bundles |= other.withheld.bundles;
    }
}

/// A copy under way.
#[derive(Clone)]
struct Copy {
    prefix: Prefix,
    folder: Arc<Folder>,
    head: TreeHead,
    /// The new checkpoint's bytes.
    shown: Vec<u8>,
    /// The copy's own, and what it says.
    before: Option<Vec<u8>>,
    old: Option<TreeHead>,
}

impl Copy {
    fn contradiction(&self, what: String, more: &[(&str, &[u8])]) -> SourceError {
        let mut files = vec![("checkpoint-shown", self.shown.as_slice())];
        files.extend(self.before.as_ref().map(|before| ("checkpoint-before", before.as_slice())));
        files.extend(more);
        self.folder.contradiction(what, &files)
    }

    /// What can be seen of another history before anything else is read.
    fn compare_heads(&self) -> Result<(), SourceError> {
        let Some(old) = self.old else { return Ok(()) };
        let (new, size) = (self.head, old.size);
        if new.size < size {
            let shown = new.size;
            let what = format!("the log had {size} entries when it was copied, and the board shows {shown}");
            return Err(self.contradiction(what, &[]));
        }
        if new.size == size && new.root != old.root {
            let what = format!("the board shows another log of {size} entries than the one that was copied");
            return Err(self.contradiction(what, &[]));
        }
        Ok(())
    }

    /// Fetches the tiles of hashes, and writes them once they have the signed root and continue the copy.
    async fn tiles(&self, watch: &impl Watch) -> Result<(), SourceError> {
        for fresh in [false, true] {
            let (tiles, local) = self.tree(fresh, watch).await?;
            let Some(tiles) = tiles else {
                // A tile of the copy may be damaged: everything once more from the board.
                if local && !fresh {
                    continue;
                }
                let what = "the board's hash tiles do not have the root that it signed".to_owned();
                return Err(self.contradiction(what, &[]));
            };
            for (tile, bytes) in tiles {
                self.folder.write(&tile.to_string(), &bytes)?;
            }
            return Ok(());
        }
        Ok(())
    }

    /// The tiles that are not there yet, if all together have the signed root; and whether tiles of the copy were used.
    async fn tree(
        &self,
        fresh: bool,
        watch: &impl Watch,
    ) -> Result<(Option<Vec<(Tile, Vec<u8>)>>, bool), SourceError> {
        let leaves: Vec<Tile> =
            Tile::between(0, self.head.size).take_while(|tile| tile.level() == 0).collect();
        watch.begin(Stage::Tiles, u64::try_from(leaves.len()).unwrap_or(0));
        let (mut tree, mut computed) = (Tree::new(), Tiles::default());
        let (mut write, mut upper, mut any_local) = (Vec::new(), Vec::new(), false);
        for tiles in leaves.chunks(REQUESTS * 4) {
            let fetch = |tile: Tile| {
                let copy = self.clone();
                async move { Ok((tile, copy.tile(tile, fresh).await?)) }
            };
            let mut fetched = BTreeMap::new();
            each(tiles.iter().copied(), REQUESTS, fetch, |(tile, found)| {
                watch.advance(1);
                fetched.insert(tile, found);
                Ok(())
            })
            .await?;
            for (tile, (stored, bytes, local)) in fetched {
                let mut hashes = parse_tile(stored, &bytes).map_err(|error| damaged(stored, error))?;
                hashes.truncate(tile.width().into());
                for leaf in &hashes {
                    tree.push_leaf(*leaf);
                    if self.old.is_some_and(|old| old.size == tree.size() && old.root != tree.root()) {
                        // Damaged tiles of the copy do not continue it either.
                        return if fresh { Err(self.another_history()) } else { Ok((None, true)) };
                    }
                }
                any_local |= local;
                if !local {
                    write.push((stored, bytes));
                }
                upper.extend(computed.append(hashes));
            }
        }
        if computed.head() != self.head {
            return Ok((None, any_local));
        }
        upper.extend(computed.take_partial());
        for (tile, computed) in upper.into_iter().filter(|(tile, _)| tile.level() > 0) {
            let (stored, bytes, local) = self.tile(tile, fresh).await?;
            if bytes.get(..computed.len()) != Some(computed.as_slice()) {
                if local {
                    return Ok((None, true));
                }
                let what = format!("the board's hash tile {tile} is not that of its log");
                return Err(self.contradiction(what, &[("tile", &bytes)]));
            }
            if !local {
                write.push((stored, bytes));
            }
        }
        Ok((Some(write), any_local))
    }

    /// The log does not begin with what was copied before.
    fn another_history(&self) -> SourceError {
        let size = self.old.map_or(0, |old| old.size);
        let what = format!("the board's log does not begin with the {size} entries that were copied");
        self.contradiction(what, &[])
    }

    /// A tile, from the copy unless everything is to be fetched; and whether it is from there. Where the log has grown
    /// meanwhile, the full tile stands for the partial one.
    async fn tile(&self, tile: Tile, fresh: bool) -> Result<(Tile, Vec<u8>, bool), SourceError> {
        let full = Tile::new(tile.level(), tile.index(), 256).unwrap_or(tile);
        for stored in [tile, full] {
            let file = File::Tile(TilePath::Hashes(stored));
            if !fresh
                && let Some(bytes) = self.folder.read(&file, file.limit())?
                && bytes.len() == stored.length()
            {
                return Ok((stored, bytes, true));
            }
        }
        for stored in [tile, full] {
            let file = File::Tile(TilePath::Hashes(stored));
            if let Content::Bytes(bytes) = self.prefix.read(&file, file.limit()).await? {
                return Ok((stored, bytes, false));
            }
        }
        Err(SourceError::Missing { url: self.prefix.url(&tile.to_string())?.to_string() })
    }

    /// Fetches the bundles of entries that are not there or damaged, and looks for what they say of blobs.
    async fn bundles(&self, watch: &impl Watch) -> Result<Found, SourceError> {
        let bundles = self.head.size.div_ceil(FULL);
        watch.begin(Stage::Bundles, bundles);
        let fetch = |index: u64| {
            let copy = self.clone();
            async move { copy.bundle(index).await }
        };
        let mut found = Found::default();
        each(0..bundles, REQUESTS, fetch, |bundle| {
            watch.advance(1);
            found.join(bundle);
            Ok(())
        })
        .await?;
        if found.withheld.bundles {
            for official in self.prefix.official().await? {
                if self.is_leaf(&official)? {
                    found.take(&official.entry.0);
                    found.withheld.entries.push(official);
                }
            }
        }
        Ok(found)
    }

    async fn bundle(&self, index: u64) -> Result<Found, SourceError> {
        let start = index.saturating_mul(FULL);
        let file = |error| SourceError::Form { file: "tile/entries".to_owned(), error };
        let bundle = Bundle::of(start, self.head.size).map_err(file)?;
        let full = Bundle::new(index, 256).map_err(file)?;
        let leaves = self.leaves(index)?;
        for stored in [bundle, full] {
            let file = File::Tile(TilePath::Entries(stored));
            if let Some(bytes) = self.folder.read(&file, file.limit())?
                && let Some(found) = entries_of(stored, &bytes, &leaves)
            {
                return Ok(found);
            }
        }
        for stored in [bundle, full] {
            let file = File::Tile(TilePath::Entries(stored));
            match self.prefix.read(&file, file.limit()).await? {
                Content::Missing => {}
                Content::Withheld => {
                    let withheld = Withheld { bundles: true, ..Withheld::default() };
                    return Ok(Found { withheld, ..Found::default() });
                }
                Content::Bytes(bytes) => {
                    let Some(found) = entries_of(stored, &bytes, &leaves) else {
                        stored.parse(&bytes).map_err(|error| damaged(stored, error))?;
                        let what =
                            format!("the entries that the board shows in {file} are not those of its log");
                        return Err(self.contradiction(what, &[("bundle", &bytes)]));
                    };
                    self.folder.write(&file.to_string(), &bytes)?;
                    return Ok(found);
                }
            }
        }
        Err(SourceError::Missing { url: self.prefix.url(&bundle.to_string())?.to_string() })
    }

    /// The hashes of the leaves of a bundle, from the copy's verified tiles.
    fn leaves(&self, index: u64) -> Result<Vec<Hash>, SourceError> {
        let record = Directory::open(self.folder.path())?;
        let reader = Reader { record: &record, size: self.head.size };
        let width = self.head.size.saturating_sub(index.saturating_mul(FULL)).min(FULL);
        let tile = Tile::new(0, index, u16::try_from(width).unwrap_or(0));
        let tile = tile.map_err(|error| SourceError::Form { file: "tile/0".to_owned(), error })?;
        reader.tile(tile).map_err(unreadable)
    }

    /// Whether the log has this entry where the board says.
    fn is_leaf(&self, official: &OfficialEntry) -> Result<bool, SourceError> {
        if official.index >= self.head.size {
            return Ok(false);
        }
        let leaves = self.leaves(official.index / FULL)?;
        let place = usize::try_from(official.index % FULL).unwrap_or(usize::MAX);
        Ok(leaves.get(place) == Some(&leaf_hash(&official.entry.0)))
    }

    /// Fetches the blobs that are not there or damaged. Returns what is withheld, and what is missing.
    async fn blobs(&self, found: Found, watch: &impl Watch) -> Result<(Withheld, Vec<String>), SourceError> {
        let Found { named, erased, mut withheld } = found;
        watch.begin(Stage::Blobs, u64::try_from(named.len()).unwrap_or(0));
        let fetch = |blob: BlobRef| {
            let copy = self.clone();
            async move { Ok((blob, copy.blob(&blob).await?)) }
        };
        let mut missing = Vec::new();
        each(named.into_iter(), BLOBS, fetch, |(blob, content)| {
            watch.advance(1);
            match content {
                Content::Withheld => withheld.blobs.push(blob.sha256),
                Content::Missing if !erased.contains(&blob.sha256.0) => {
                    missing.push(File::Blob(blob.sha256.0).to_string());
                }
                _ => {}
            }
            Ok(())
        })
        .await?;
        withheld.blobs.sort_unstable();
        missing.sort_unstable();
        Ok((withheld, missing))
    }

    /// What there is of a blob once it is copied: no bytes, which are on the disk.
    async fn blob(&self, blob: &BlobRef) -> Result<Content, SourceError> {
        let file = File::Blob(blob.sha256.0);
        let limit = usize::try_from(blob.length.value()).unwrap_or(usize::MAX).min(blob.kind.limit());
        let is_there = |bytes: Option<Vec<u8>>| bytes.is_some_and(|bytes| blob.check(&bytes).is_ok());
        if is_there(self.folder.read(&file, limit)?) {
            return Ok(Content::Bytes(Vec::new()));
        }
        match self.prefix.read(&file, limit).await {
            Ok(Content::Bytes(bytes)) if blob.check(&bytes).is_ok() => {
                self.folder.write(&file.to_string(), &bytes)?;
                Ok(Content::Bytes(Vec::new()))
            }
            // Another blob than the one that is named is none.
            Ok(Content::Bytes(_)) | Err(SourceError::TooLong { .. }) => Ok(Content::Missing),
            other => other,
        }
    }

    /// The checkpoint is signed by the key that the manifest names.
    fn check_key(&self, checkpoint: &SignedCheckpoint) -> Result<(), SourceError> {
        let record = Directory::open(self.folder.path())?;
        let reader = Reader { record: &record, size: self.head.size };
        let key = key_of(&reader).map_err(unreadable)?;
        if let Err(error) = checkpoint.verify(&key) {
            let what = format!("the checkpoint does not hold under the manifest's log key: {error}");
            return Err(self.contradiction(what, &[]));
        }
        Ok(())
    }

    /// Removes the partial tiles and bundles of the copy before, which wider ones follow.
    fn prune(&self) -> Result<(), SourceError> {
        let Some(old) = self.old.filter(|old| old.size != self.head.size) else { return Ok(()) };
        let (now, new) = (self.head.size, |size| Tile::between(0, size).filter(|tile| tile.width() < 256));
        let kept: BTreeSet<Tile> = new(now).collect();
        for tile in new(old.size).filter(|tile| !kept.contains(tile)) {
            self.folder.remove(&tile.to_string())?;
            if tile.level() == 0
                && let Ok(bundle) = Bundle::new(tile.index(), tile.width())
            {
                self.folder.remove(&bundle.to_string())?;
            }
        }
        Ok(())
    }
}

/// What the entries of a bundle say, if they are those with these hashes.
fn entries_of(bundle: Bundle, bytes: &[u8], leaves: &[Hash]) -> Option<Found> {
    let entries = bundle.parse(bytes).ok()?;
    let entries = entries.get(..leaves.len())?;
    let mut found = Found::default();
    for (entry, leaf) in entries.iter().zip(leaves) {
        if leaf_hash(entry) != *leaf {
            return None;
        }
        found.take(entry);
    }
    Some(found)
}

fn damaged(file: impl std::fmt::Display, error: urna_log::LogError) -> SourceError {
    SourceError::Form { file: file.to_string(), error }
}

fn unreadable(error: Unreadable<SourceError>) -> SourceError {
    match error {
        Unreadable::Source { error, .. } => error,
        Unreadable::Form { file, error } => SourceError::Form { file, error },
        other => SourceError::Unreachable { url: "the record".to_owned(), error: other.to_string() },
    }
}

/// Does the same with many items, a few of them at once; the answers come in any order.
async fn each<T, U, F>(
    items: impl Iterator<Item = T>,
    at_once: usize,
    task: impl Fn(T) -> F,
    mut take: impl FnMut(U) -> Result<(), SourceError>,
) -> Result<(), SourceError>
where
    U: Send + 'static,
    F: Future<Output = Result<U, SourceError>> + Send + 'static,
{
    let mut items = items.fuse();
    let mut running = JoinSet::new();
    let ended = loop {
        while running.len() < at_once
            && let Some(item) = items.next()
        {
            running.spawn(task(item));
        }
        let answer = match running.join_next().await {
            None => return Ok(()),
            Some(Ok(answer)) => answer.and_then(&mut take),
            Some(Err(stopped)) => {
                Err(SourceError::Unreachable { url: "the record".to_owned(), error: stopped.to_string() })
            }
        };
        if let Err(error) = answer {
            break error;
        }
    };
    // Nothing goes on behind the caller's back: what is under way holds the folder.
    running.shutdown().await;
    Err(ended)
}
