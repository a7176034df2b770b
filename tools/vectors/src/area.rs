//! The areas: each writes its file, and answers for its vectors by Urna's crates and by the second implementation.

pub mod ballot;
pub mod dleq;
pub mod sharing;
pub mod signatures;
pub mod token;

use crate::vector::Area;

/// All areas.
pub const ALL: [Area; 5] = [
    token::AREA,
    ballot::AREA,
    dleq::AREA,
    sharing::AREA,
    signatures::AREA,
];
