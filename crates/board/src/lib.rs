//! The bulletin board: admits the entries of an election, appends them to its public log, and keeps them.
//!
//! ```text
//! bytes ─ Sequencer::admit ─> parsed, verified in one batch, judged by ElectionState
//!            │ ballots that the batch policy holds back: durable ─> Answer::Promised
//!            │ all others, sorted by identifier and sequence
//!            └─> staged ─> checkpoint swapped (the commit) ─> tiles ─> published ─> Answer::Logged with the receipt
//! ```
//!
//! One election is one folder ([`DiskStore`]), one writer ([`Sequencer`]) and any number of readers ([`LogReader`]). The
//! writer is synchronous and has no clock: whoever calls it says what time it is, hands it what came in together, and
//! calls [`Sequencer::advance`] when [`Sequencer::next_due`] has come. How a request becomes a call is not here.
//!
//! # What holds whatever fails
//!
//! 1. **Answered means durable.** An [`Answer`] is given when what it says would survive the loss of power.
//! 2. **One history.** A checkpoint is published when it is committed, and the next one replaces just this one. Any failure
//!    of the store stops the writer ([`BoardError`]); it is opened again from what is stored.
//! 3. **Promised means logged.** What is promised is kept until it is in the log, is judged as if it were there already, and
//!    is appended before `voting_closed`.
//! 4. **No start on a doubt.** [`Sequencer::open`] replays the log, compares it with its signed root, its tiles and a
//!    checkpoint that somebody kept, and refuses with a message that says what differs and what to do.
//! 5. **What is logged can be verified.** Blobs are durable before the entry that names them, and the board checks their
//!    bytes by the rules of `spec/entries.md`.
//!
//! `tests/board/faults.rs` fails every step of the store in both ways, and pulls the plug at each.
//!
//! | module | what | start reading at |
//! |---|---|---|
//! | `sequencer` | admission, batches, promises, the order of writes | [`Sequencer::admit`] |
//! | `sequencer::election` | the two states, what is held back, where entries are | `Election` |
//! | `sequencer::start` | replay and comparison at the start | [`Sequencer::open`] |
//! | `evidence` | what is checked of the bytes of blobs | `Evidence::check` |
//! | `store` | the steps of storage; sled and files | [`Store`] |
//! | `read` | checkpoint, tiles and bundles for readers | [`LogReader`] |
//! | `error` | refusals and failures | [`Refusal`] |

mod clock;
mod config;
mod error;
mod evidence;
mod folder;
mod http;
mod index;
mod read;
mod sequencer;
mod service;
mod store;
mod writer;

pub use clock::{Clock, SystemClock};
pub use config::{Config, ConfigError};
pub use error::{BoardError, Refusal};
pub use folder::FolderError;
pub use http::{routes, run};
pub use index::Index;
pub use read::LogReader;
pub use sequencer::{Answer, BATCH, GRACE, Sequencer, Settings, Submission, put_blob};
pub use service::{Board, StartError};
pub use store::{DiskStore, Sha256Hash, Store, StoreError};
pub use writer::{Busy, OpenError, QUEUE, Reading, Reply, Writer};
