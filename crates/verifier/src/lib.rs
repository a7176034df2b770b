//! Verifies the public record of an election: seventeen numbered checks, V-01 to V-17, and the count, recomputed from the log
//! (`spec/verification.md`). It shares no code with authority, issuer and board beyond the rules themselves, which are in
//! `urna-crypto`, `urna-log` and `urna-election`.
//!
//! ```text
//! Record ── checkpoint, entry 0, manifest ──> replay of every entry ──> notes: faults, what names blobs
//!                                                                          │
//!        Report <── findings <── V-01 … V-17, one function each <── Audit ─┘   blobs are read where a check needs them
//! ```
//!
//! | module | what |
//! |---|---|
//! | `record`, `files` | [`Record`]: where files come from; [`Files`] in memory |
//! | `board` | what a board's web server says besides the files, for whoever reads one |
//! | `reading` | reads what the log's size says must be there; [`Unreadable`] |
//! | `examine`, `replay` | the first pass: every entry once, in waves on all threads |
//! | `notes` | faults by check, and which check asks which rule |
//! | `audit`, `checks` | which check rests on which; the checks themselves |
//! | `openings` | partial decryptions, combination, plaintexts, count: 16,384 ballots at a time |
//! | `report` | [`Report`], [`Verdict`] |
//!
//! **Never a pass without evaluation.** What could not be evaluated says so: not yet, not applicable, erased, or not evaluated
//! because of another check. Memory is linear in the number of entries with a small factor; ballots and blobs are let go.
//!
//! Pure: no clock, no randomness of its own, no input or output. The feature `parallel` spreads the work over all cores, `source`
//! adds what reads directories and web servers, and `cli` the command `urna-verify`.

mod audit;
mod blobs;
mod board;
mod check;
mod checks;
#[cfg(feature = "cli")]
pub mod command;
mod examine;
mod files;
mod given;
mod notes;
mod openings;
mod order;
mod parallel;
mod reading;
mod record;
mod replay;
mod report;
#[cfg(any(test, feature = "sample"))]
pub mod sample;
#[cfg(feature = "source")]
pub mod source;
#[cfg(test)]
mod tampered;
mod tiles;
mod verify;
mod watch;

pub use board::Official;
pub use check::Check;
pub use files::Files;
pub use given::{Given, Named, parse_election};
pub use openings::Tally;
pub use reading::Unreadable;
pub use record::{Content, File, Record};
pub use report::{Finding, Report, Status, Verdict};
pub use verify::{Found, Recount, Verified, verify};
pub use watch::{Stage, Watch};
