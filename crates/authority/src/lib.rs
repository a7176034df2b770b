//! The organiser's service: everything that knows people, and nothing of ballots.

pub mod import;
