//! Trustees from enrolment to opening, each with a key file that is read again for every command, as the program does it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod ceremony;
mod file;
mod opening;
mod published;
mod table;
mod verified;
