//! The record of the sample election (`urna_election::sample`), signed by its board's own key whatever is in it: for tests, and
//! for who makes records that must be refused.
#![allow(
    missing_docs,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "for tests, also those of other crates: it fails by panicking"
)]

use urna_election::sample::Election;
use urna_log::SigningKey;

use crate::Files;

/// The seeds of the sample's log key and promise key.
const LOG: [u8; 32] = [2; 32];
const PROMISES: [u8; 32] = [3; 32];

/// Everything that a board serves of the election.
pub fn record(election: &Election) -> Files {
    let entries: Vec<_> = election.log.iter().map(|(_, entry)| entry.to_bytes()).collect();
    Files::publish(&entries, &election.blobs, &log_key(&election.manifest.board().origin)).unwrap()
}

/// The key that signs the log of the sample's board.
pub fn log_key(origin: &str) -> SigningKey {
    SigningKey::from_seed(origin.parse().unwrap(), &LOG)
}

/// The key that signs its promises.
pub fn promise_key(origin: &str) -> SigningKey {
    SigningKey::from_seed(format!("{origin}/promise").parse().unwrap(), &PROMISES)
}
