//! The issuer against a small real election, on a store in memory that fails where it is told to, and on disk.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod backup;
mod board;
mod closing;
mod disk;
mod faults;
mod folder;
mod following;
mod http;
mod memory;
mod observer;
mod privacy;
mod races;
mod refusals;
mod roll;
mod sample;
mod simulation;
mod thousand_voters;
