//! The bulletin board: admits the entries of an election, appends them to its public log, keeps them, and lets everybody
//! read them.
//!
//! ```text
//! request ─ http ─> Submission ─ queue ─> Writer's thread: Sequencer::admit, a batch at a time
//!    parsed, verified in one batch, judged by ElectionState
//!            │ ballots that the batch policy holds back: durable ─> Answer::Promised
//!            │ all others, sorted by identifier and sequence
//!            └─> staged ─> checkpoint swapped (the commit) ─> tiles ─> published ─> Answer::Logged with the receipt
//! ```
//!
//! A [`Board`] has many elections. One election is one folder ([`DiskStore`]), one writer ([`Sequencer`], in the thread of
//! a [`Writer`]) and any number of readers ([`LogReader`], [`Index`]). The writer is synchronous and has no clock: whoever
//! calls it says what time it is, hands it what came in together, and calls [`Sequencer::advance`] when
//! [`Sequencer::next_due`] has come. No request's address, and no time of one, goes further than the function that takes it.
//!
//! # What holds whatever fails
//!
//! 1. **Answered means durable.** An [`Answer`] is given when what it says would survive the loss of power.
//! 2. **One history.** A checkpoint is published when it is committed, and the next one replaces just this one. Any failure
//!    of the store stops the writer ([`BoardError`]); its thread opens the log again from what is stored.
//! 3. **Promised means logged.** What is promised is kept until it is in the log, is judged as if it were there already, and
//!    is appended before `voting_closed`.
//! 4. **No start on a doubt.** [`Sequencer::open`] replays the log, compares it with its signed root, its tiles and a
//!    checkpoint that somebody kept, and refuses with a message that says what differs and what to do.
//! 5. **What is logged can be verified.** Blobs are durable before the entry that names them, and the board checks their
//!    bytes by the rules of `spec/entries.md`.
//!
//! `tests/board/faults.rs` fails every step of the store in both ways, and pulls the plug at each; `tools/torture` kills
//! whole boards under load, `tools/powercut` takes their disk away, `tools/baddisk` fills it or has it fail.
//!
//! | module | what | start reading at |
//! |---|---|---|
//! | `http` | the routes and pages of `spec/http.md`; refusals as problem documents | [`routes`] |
//! | `service` | all elections of a board, the creation of a log | [`Board::open`] |
//! | `config` | what whoever runs it decides | [`Config`] |
//! | `folder` | where an election, its plan and its keys lie | `DataFolder::create` |
//! | `writer` | an election's thread and queue; what happens when its disk fails | [`Writer::start`] |
//! | `sequencer` | admission, batches, promises, the order of writes | [`Sequencer::admit`] |
//! | `sequencer::election` | the two states, what is held back | `Election` |
//! | `sequencer::start` | replay and comparison at the start | [`Sequencer::open`] |
//! | `evidence` | what is checked of the bytes of blobs | `Evidence::check` |
//! | `store` | the steps of storage; the disk | [`Store`] |
//! | `promises`, `sealing` | what is held back, on the disk without the order in which it came | `Promises::keep` |
//! | `opened` | the counted ballots by identifier, for people's pages | `OpenedBallots::read` |
//! | `read`, `index` | checkpoint, tiles, bundles; where things are, what is withheld | [`LogReader`] |
//! | `error` | refusals and failures | [`Refusal`] |

mod config;
mod error;
mod evidence;
mod folder;
mod http;
mod index;
mod opened;
mod promises;
mod read;
mod sealing;
mod sequencer;
mod service;
mod store;
mod writer;

pub use config::Config;
pub use error::{BoardError, Refusal};
pub use folder::FolderError;
pub use http::{routes, run};
pub use index::Index;
pub use read::LogReader;
pub use sequencer::{Answer, BATCH, GRACE, Sequencer, Settings, Submission, put_blob};
pub use service::{Board, StartError};
pub use store::{DiskStore, Promised, Sha256Hash, Store, StoreError};
pub use writer::{Busy, OpenError, QUEUE, Reading, Reply, Writer};
