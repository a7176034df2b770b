//! Where a record comes from: whatever has the files of a board's election prefix.

use core::fmt;

use urna_election::blob::BlobKind;
use urna_log::{MAX_ENTRY, MAX_NOTE, TilePath};

/// A file of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// The newest checkpoint.
    Checkpoint,
    /// The log's verifier key, for convenience: what counts is the manifest's.
    LogKey,
    /// The election id, for convenience; never an anchor.
    ElectionId,
    /// A tile of hashes or a bundle of entries.
    Tile(TilePath),
    /// The blob with this SHA-256.
    Blob([u8; 32]),
}

impl File {
    /// The most bytes that any file of this name has. What is longer need not be read.
    pub fn limit(&self) -> usize {
        match self {
            Self::Checkpoint => MAX_NOTE,
            Self::LogKey | Self::ElectionId => 1024,
            Self::Tile(TilePath::Hashes(tile)) => tile.length(),
            Self::Tile(TilePath::Entries(bundle)) => usize::from(bundle.width()) * (2 + MAX_ENTRY),
            Self::Blob(_) => BlobKind::Result.limit(),
        }
    }
}

impl fmt::Display for File {
    /// The path below the election prefix.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoint => f.write_str("checkpoint"),
            Self::LogKey => f.write_str("log.vkey"),
            Self::ElectionId => f.write_str("election-id"),
            Self::Tile(path) => path.fmt(f),
            Self::Blob(sha256) => {
                f.write_str("blob/")?;
                write_hexadecimal(f, sha256)
            }
        }
    }
}

fn write_hexadecimal(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Bytes in lowercase hexadecimal.
pub(crate) struct Hexadecimal<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hexadecimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hexadecimal(f, self.0)
    }
}

/// What is under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// These bytes. Nobody has verified them.
    Bytes(Vec<u8>),
    /// Nothing.
    Missing,
    /// Something that the board does not show yet, such as bundles with ballots while voting is open.
    Withheld,
}

/// A record: a board's election prefix, a mirrored directory, or files in memory.
pub trait Record: Sync {
    /// Why something cannot be read: not that it is missing, but that nobody knows.
    type Error: core::error::Error + Send + Sync + 'static;

    /// The file's bytes, at most `limit` of them and one more, which says that there are more.
    ///
    /// # Errors
    /// The record's own.
    fn read(&self, file: &File, limit: usize) -> Result<Content, Self::Error>;

    /// The entries of authority, issuers and trustees with their indices, ascending, while bundles are withheld. They are
    /// verified against the log's tiles.
    ///
    /// # Errors
    /// The record's own.
    fn official(&self) -> Result<Vec<(u64, Vec<u8>)>, Self::Error> {
        Ok(Vec::new())
    }
}
