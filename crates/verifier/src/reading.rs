//! Reads what the log's size says must be there, and nothing larger than that.

use urna_log::{Bundle, FULL, Hash, LogError, Tile, TilePath, Tree, parse_tile};

use crate::record::{Content, File, Record};

/// Why a record cannot be read: what it says of the election is not known.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable<E: core::error::Error + 'static> {
    /// The source does not answer.
    #[error("{file} cannot be read: {error}")]
    Source {
        /// What was asked for.
        file: String,
        /// Why it cannot be had.
        error: E,
    },
    /// A file that must be there is not.
    #[error("{file} is missing: the record is not complete")]
    Missing {
        /// Which.
        file: String,
    },
    /// A file that nobody may see yet, and without which nothing can be said.
    #[error("{file} is withheld, and the board does not show what stands in for it")]
    Withheld {
        /// Which.
        file: String,
    },
    /// A file has not the form that it must have, for instance because it was cut off.
    #[error("{file} is cut off or damaged: {error}")]
    Form {
        /// Which.
        file: String,
        /// What is wrong.
        error: LogError,
    },
    /// A file is another one than when it was first read.
    #[error("{file} changed while the record was read")]
    Changed {
        /// Which.
        file: String,
    },
    /// The log has no entries.
    #[error("the log is empty: there is no election in it yet")]
    Empty,
    /// Entry 0 is not an entry, or not the manifest's publication.
    #[error("entry 0 does not publish a manifest: nothing is known about this election")]
    NoManifest,
    /// The manifest is not there, or it is another one.
    #[error("{file}, the manifest, is missing or damaged: nothing is known about this election")]
    ManifestBlob {
        /// The blob that entry 0 names.
        file: String,
    },
    /// The manifest has no log key or origin, so that nobody can say whose log this is.
    #[error("the manifest names no origin and log key: nobody can say whose log this is")]
    NoLogKey,
}

/// The entries of a bundle, as the record has them.
#[derive(Debug)]
pub(crate) struct Entries {
    bundle: Bundle,
    bytes: Vec<u8>,
    /// How many belong to the tree.
    count: usize,
}

impl Entries {
    /// The entry at this place of the bundle.
    pub(crate) fn entry(&self, place: usize) -> Option<&[u8]> {
        let mut rest = self.bytes.as_slice();
        for _ in 0..place {
            rest = split_frame(rest)?.1;
        }
        split_frame(rest).map(|(entry, _)| entry).filter(|_| place < self.count)
    }

    pub(crate) fn of<E: core::error::Error + 'static>(&self) -> Result<Vec<&[u8]>, Unreadable<E>> {
        let file = || File::Tile(TilePath::Entries(self.bundle)).to_string();
        let parsed = self.bundle.parse(&self.bytes);
        let mut entries = parsed.map_err(|error| Unreadable::Form { file: file(), error })?;
        entries.truncate(self.count);
        Ok(entries)
    }
}

/// The first entry, and what follows it.
fn split_frame(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, after) = bytes.split_first_chunk()?;
    after.split_at_checked(u16::from_be_bytes(*length).into())
}

/// What is there in place of a bundle.
pub(crate) enum Found<T> {
    Bytes(T),
    Withheld,
}

/// Reads from a record what a tree of one size has.
pub(crate) struct Reader<'r, R> {
    pub(crate) record: &'r R,
    pub(crate) size: u64,
}

impl<R: Record> Reader<'_, R> {
    /// A file, at most `limit` bytes of it and one more.
    pub(crate) fn read(&self, file: &File, limit: usize) -> Result<Content, Unreadable<R::Error>> {
        let source = |error| Unreadable::Source { file: file.to_string(), error };
        self.record.read(file, limit).map_err(source)
    }

    /// The hashes of a tile. Where the log has grown meanwhile, the full tile stands for the partial one.
    pub(crate) fn tile(&self, tile: Tile) -> Result<Vec<Hash>, Unreadable<R::Error>> {
        let full = Tile::new(tile.level(), tile.index(), 256).unwrap_or(tile);
        let mut asked = tile;
        let mut file = File::Tile(TilePath::Hashes(asked));
        let mut content = self.read(&file, file.limit())?;
        if content == Content::Missing && full != tile {
            asked = full;
            content = self.read(&File::Tile(TilePath::Hashes(full)), full.length())?;
        }
        let bytes = match content {
            Content::Bytes(bytes) => bytes,
            Content::Missing => return Err(Unreadable::Missing { file: file.to_string() }),
            Content::Withheld => return Err(Unreadable::Withheld { file: file.to_string() }),
        };
        file = File::Tile(TilePath::Hashes(asked));
        let parsed = parse_tile(asked, &bytes);
        let mut hashes = parsed.map_err(|error| Unreadable::Form { file: file.to_string(), error })?;
        hashes.truncate(tile.width().into());
        Ok(hashes)
    }

    /// The entries of the bundle of this number. Where the log has grown meanwhile, the full bundle stands for the partial
    /// one.
    pub(crate) fn bundle(&self, index: u64) -> Result<Found<Entries>, Unreadable<R::Error>> {
        let beyond = |error| Unreadable::Form { file: "tile/entries".to_owned(), error };
        let bundle = Bundle::of(index.saturating_mul(FULL), self.size).map_err(beyond)?;
        let count = usize::from(bundle.width());
        let file = File::Tile(TilePath::Entries(bundle));
        match self.read(&file, file.limit())? {
            Content::Bytes(bytes) => return Ok(Found::Bytes(Entries { bundle, bytes, count })),
            Content::Withheld => return Ok(Found::Withheld),
            Content::Missing => {}
        }
        let missing = || Unreadable::Missing { file: file.to_string() };
        let full = Bundle::new(index, 256).ok().filter(|full| *full != bundle).ok_or_else(missing)?;
        let wider = File::Tile(TilePath::Entries(full));
        match self.read(&wider, wider.limit())? {
            Content::Bytes(bytes) => Ok(Found::Bytes(Entries { bundle: full, bytes, count })),
            Content::Withheld => Ok(Found::Withheld),
            Content::Missing => Err(missing()),
        }
    }

    /// The bundle of this number once more, whose leaves had this hash before.
    pub(crate) fn bundle_again(
        &self,
        index: u64,
        root: Option<&Hash>,
    ) -> Result<Entries, Unreadable<R::Error>> {
        let bundle = Bundle::of(index.saturating_mul(FULL), self.size);
        let file = bundle.map_or_else(|_| "tile/entries".to_owned(), |bundle| bundle.to_string());
        let Found::Bytes(entries) = self.bundle(index)? else {
            return Err(Unreadable::Changed { file });
        };
        let mut tree = Tree::new();
        entries.of()?.into_iter().for_each(|entry| tree.push(entry));
        if Some(&tree.root()) == root { Ok(entries) } else { Err(Unreadable::Changed { file }) }
    }

    /// How many bundles the log has.
    pub(crate) fn bundles(&self) -> u64 {
        self.size.div_ceil(FULL)
    }
}
