//! The linking attack (T-19): whether somebody who has seized authority, issuer and board, and watched them from outside, can tell
//! whose ballot is whose.
//!
//! ```text
//! record: an election over the three services, on their disks ─> Recording: dump, moments, requests' heads; the truth
//! Leak::planted: what the product does not keep, put into a copy ─┐
//! attack: marks of people × marks of ballots ─ learned on one ────┴─> how many of others' ballots are linked, against chance
//! ```
//!
//! The program `linking-attack` runs it; `tools/link` builds and calls that.

mod assignment;
mod attack;
mod chance;
mod database_file;
mod dump;
mod leak;
mod log_lines;
mod marks;
mod services;
mod voting;

pub use attack::{Linked, Outcome, attack};
pub use chance::Chance;
pub use dump::{Dump, Source};
pub use leak::Leak;
pub use voting::{Person, Recording, Terms, record};
