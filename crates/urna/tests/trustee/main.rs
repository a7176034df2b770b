//! `urna trustee` as people run it, against a real authority, board and issuer in this process, and with files between trustees.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod custodian;
mod files;
mod result;
mod running;
mod services;
mod world;
