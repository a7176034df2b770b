//! The election.
pub mod id;
pub mod json;
