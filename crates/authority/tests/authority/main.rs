//! The authority against a board with a real log and the real rules, on a store in memory that fails where it is told to,
//! and on disk.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod approvals;
mod arbitrary;
mod board;
mod booth;
mod browsing;
mod ceremony;
mod desk;
mod faults;
mod http;

mod invitations;
mod life;
mod mailing;
mod making;
mod memory;
mod preview;
mod privacy;
mod registers;
mod results;
mod sample;
mod voters;
