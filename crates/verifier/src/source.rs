//! Records on disks and behind web servers, with input and output: the feature `source`.
//!
//! [`Directory`] reads a mirrored directory. [`mirror`] makes and continues one from a board's election prefix, or from any
//! web server that has such a directory; whoever verifies an address mirrors it first, so that there is one way to read over a
//! network, and what is verified cannot change meanwhile.

mod directory;
mod folder;
mod mirror;
mod prefix;

use std::path::PathBuf;

use urna_log::LogError;

pub use directory::Directory;
pub use mirror::{Mirrored, mirror};
pub use prefix::Prefix;

/// Why a record is not or not completely copied, or cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Not the address of an election's record.
    #[error("{0} is not the address of an election, such as https://board.example/council-2026/")]
    Address(String),
    /// No answer, or none that can be used, though it was asked for several times.
    #[error("{url}: {error}; what was copied is kept, the same command goes on from there")]
    Unreachable {
        /// What was asked for.
        url: String,
        /// Why.
        error: String,
    },
    /// An answer of more bytes than such a file can have.
    #[error("{url} is longer than {limit} bytes, which no such file is")]
    TooLong {
        /// What was asked for.
        url: String,
        /// How many there may be.
        limit: usize,
    },
    /// A file that a record must have is not there.
    #[error("{url} is missing: this is no election's record, or not a complete one")]
    Missing {
        /// What was asked for.
        url: String,
    },
    /// What the server sends is not what such a file is.
    #[error("{file} is damaged: {error}")]
    Form {
        /// Which file.
        file: String,
        /// What is wrong with it.
        error: LogError,
    },
    /// The server contradicts what it signed, or what it showed before. The evidence is kept.
    #[error("{what}; evidence is in {}", .evidence.display())]
    Contradiction {
        /// What it shows.
        what: String,
        /// A folder with the files that contradict each other.
        evidence: PathBuf,
    },
    /// A folder that another process copies into.
    #[error("{} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// The disk.
    #[error("{}: {error}", .path.display())]
    Disk {
        /// Where.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

impl SourceError {
    /// Whether it is the board that is wrong, and not the way to it.
    pub const fn is_contradiction(&self) -> bool {
        matches!(self, Self::Contradiction { .. })
    }
}

/// What a mirror keeps of a record of which the board withholds something, in a file of its own.
#[derive(Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Withheld {
    /// SHA-256 of blobs that the board does not show yet.
    blobs: Vec<urna_election::json::Base64<[u8; 32]>>,
    /// Whether bundles are withheld.
    bundles: bool,
    /// The entries of authority, issuers and trustees, while bundles are withheld.
    entries: Vec<OfficialEntry>,
}

/// An entry that is shown although its bundle is withheld.
#[derive(Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficialEntry {
    entry: urna_election::json::Base64<Vec<u8>>,
    index: u64,
}

/// The name of that file.
const WITHHELD: &str = "withheld.json";
