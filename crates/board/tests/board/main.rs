//! The board against a small real election: its writer on a store in memory that fails where it is told to, and on disk;
//! and the whole of it over HTTP.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod admission;
mod disk;
mod faults;
mod histories;
mod http;
mod memory;
mod observer;
mod privacy;
mod recovery;
mod sample;
mod start;
mod whole_election;
