//! The areas: each writes its file, and answers for its vectors by Urna's crates and by the second implementation.

pub mod ballot;
pub mod count;
pub mod dleq;
pub mod encoding;
pub mod manifest;
pub mod sharing;
pub mod signatures;
pub mod state;
mod tamper;
pub mod token;

use crate::vector::Area;

/// All areas.
pub const ALL: [Area; 9] = [
    token::AREA,
    ballot::AREA,
    dleq::AREA,
    sharing::AREA,
    encoding::AREA,
    manifest::AREA,
    state::AREA,
    count::AREA,
    signatures::AREA,
];
