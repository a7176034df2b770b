//! What went wrong with a disk.

use std::io;
use std::path::{Path, PathBuf};

/// Why something cannot be read, written or used. The message says where and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiskError {
    /// Another process has the folder or file open.
    #[error("another {by} uses {}: stop it, or give this one a place of its own", .path.display())]
    InUse {
        /// What the other one is: `board`, for example.
        by: &'static str,
        /// The folder or file.
        path: PathBuf,
    },
    /// A file, a folder or a database.
    #[error("{}: {source}; check the disk, its free space and who may write there", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A write failed, so nothing is read or written until the database is opened again.
    #[error("an earlier write to {} did not reach the disk; check the disk and its free space", .0.display())]
    Unsynced(PathBuf),
    /// What was read is not what was written.
    #[error("the tree \"{tree}\" is damaged")]
    Damaged {
        /// In which tree.
        tree: &'static str,
    },
    /// More bytes than one value may have. Nothing was written.
    #[error("{length} bytes for the tree \"{tree}\", where {limit} are the most")]
    TooLong {
        /// For which tree.
        tree: &'static str,
        /// How many.
        length: usize,
        /// The most.
        limit: usize,
    },
    /// A file that is written once is there already.
    #[error("{} exists, and is never written again", .0.display())]
    AlreadyThere(PathBuf),
    /// Somebody else may read a secret.
    #[error("{} can be read by others: see who did, then `chmod 600` it", .0.display())]
    ReadableByOthers(PathBuf),
}

impl DiskError {
    /// Whether trying again can help: the disk may have room again, or answer again.
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::InUse { .. } | Self::File { .. } | Self::Unsynced(_))
    }

    pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }
}
