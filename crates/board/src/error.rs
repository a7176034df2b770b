//! Why an entry is refused, and why a writer stops.

use urna_election::Rejected;
use urna_election::blob::{BlobKind, WrongBlob};
use urna_election::ceremony::KeyCeremonyError;
use urna_election::count::CountError;
use urna_election::issuance::{FiguresError, IssuanceError};
use urna_election::json::JsonError;
use urna_election::manifest::ManifestError;
use urna_election::opening::OpeningError;
use urna_election::register::RegisterError;
use urna_election::result::ResultError;
use urna_log::{LogError, Tile};

use crate::store::{Sha256Hash, StoreError, hexadecimal};

/// Why an entry or a blob is not taken. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Longer than an entry may be (ENT-1).
    #[error("an entry of {length} bytes, where 65,535 are the most")]
    TooLong {
        /// How many bytes were sent.
        length: usize,
    },
    /// No canonical entry (ENT-1).
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A rule that verifiers ask too.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// The log is empty, and this is not the manifest (STA-2).
    #[error("the log has no manifest yet")]
    NoManifest,
    /// Before the manifest's `opens`.
    #[error("voting opens at {opens}")]
    TooEarly {
        /// Unix second.
        opens: u64,
    },
    /// At or after the manifest's `closes`.
    #[error("voting closed at {closes}")]
    TooLate {
        /// Unix second.
        closes: u64,
    },
    /// The manifest breaks its rules (MAN, V-04).
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The manifest is of another plan than the log was created for, or names another board or other keys.
    #[error("the manifest is not of this log: its {field} differs")]
    OtherLog {
        /// What differs, as in the manifest.
        field: &'static str,
    },
    /// A blob that the entry names is not stored; it is uploaded first.
    #[error("the blob {} of kind {kind} is not stored", hexadecimal(sha256))]
    BlobMissing {
        /// What it would be.
        kind: BlobKind,
        /// Its name.
        sha256: Sha256Hash,
    },
    /// A blob is stored under this hash, and has another length (ENT-4).
    #[error(transparent)]
    Blob(#[from] WrongBlob),
    /// Longer than a blob of its kind may be (ENT-9).
    #[error("a blob of kind {kind} of {length} bytes, where {} are the most", .kind.limit())]
    BlobTooLong {
        /// Its kind.
        kind: BlobKind,
        /// Its length.
        length: usize,
    },
    /// The round-1 packages do not give the manifest's keys (V-05).
    #[error(transparent)]
    KeyCeremony(#[from] KeyCeremonyError),
    /// The register breaks a rule (REG-2 to REG-8, V-06).
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The issuance list breaks a rule (ISS-1 to ISS-7, V-10).
    #[error(transparent)]
    Issuance(#[from] IssuanceError),
    /// A chunk or the combined openings do not hold (V-12, V-13).
    #[error(transparent)]
    Opening(#[from] OpeningError),
    /// Ballots and tokens do not add up (ISS-8).
    #[error(transparent)]
    Figures(#[from] FiguresError),
    /// The count cannot be made.
    #[error(transparent)]
    Count(#[from] CountError),
    /// The result cannot be made.
    #[error(transparent)]
    Result(#[from] ResultError),
    /// The published result is not the one that follows from the openings (V-14).
    #[error("the result is not the count of the opened ballots")]
    OtherResult,
}

/// Why a writer stops, or does not start. Entries that were answered for are safe in the store; the message says what
/// to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BoardError {
    /// The store failed. What it did is not known, so the writer has stopped: open it again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The writer stopped before this call, for the reason that was told then: open it again.
    #[error("the writer of this election has stopped; open it again")]
    Stopped,
    /// Something that is stored is no part of a log.
    #[error("what is stored is not a log: {0}; restore the folder from a copy, and start with --at-least")]
    Log(#[from] LogError),
    /// An entry below the checkpoint's size is not there.
    #[error(
        "entry {index} of {size} is not stored; restore the folder from a copy, and start with --at-least"
    )]
    EntryMissing {
        /// Which.
        index: u64,
        /// The checkpoint's size.
        size: u64,
    },
    /// A stored entry does not replay.
    #[error(
        "the stored entry {index} is refused: {refusal}; restore the folder from a copy, and start with --at-least"
    )]
    EntryRefused {
        /// Which.
        index: u64,
        /// Why.
        refusal: Box<Refusal>,
    },
    /// The entries have another root than the signed one.
    #[error(
        "the {size} stored entries do not have the root of the stored checkpoint; restore the folder from a copy, and \
         start with --at-least"
    )]
    RootDiffers {
        /// The checkpoint's size.
        size: u64,
    },
    /// A stored tile is not that of the entries.
    #[error(
        "the stored {0} is not that of the entries; restore the folder from a copy, and start with --at-least"
    )]
    TileDiffers(Tile),
    /// Readers have a checkpoint that was never committed.
    #[error(
        "a checkpoint of {published} entries is published, but only {committed} are committed; restore the folder from \
         a copy, and start with --at-least"
    )]
    PublishedAhead {
        /// The published size.
        published: u64,
        /// The committed size.
        committed: u64,
    },
    /// The folder is an older copy.
    #[error(
        "the log has {size} entries, and had {known} when the checkpoint given by --at-least was signed: this is an \
         older copy, which would fork the log; use the newest one"
    )]
    OlderCopy {
        /// What is stored.
        size: u64,
        /// What is known.
        known: u64,
    },
    /// The folder has another log.
    #[error(
        "the checkpoint given by --at-least, of {known} entries, is not of the stored log; use the right folder"
    )]
    OtherHistory {
        /// The size of the known checkpoint.
        known: u64,
    },
    /// A promised entry cannot be appended. Neither a crash nor a voter can bring this about.
    #[error(
        "an entry that is promised for {deadline} cannot be appended: {refusal}; keep the folder, it is evidence"
    )]
    PromiseBroken {
        /// By when it was to be in the log.
        deadline: u64,
        /// Why not.
        refusal: Box<Refusal>,
    },
}
