//! The blob of an opening or of combined openings: points one after the other.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_election::opening::{points_from_bytes, points_to_bytes};

fuzz_target!(|data: &[u8]| {
    if let Ok(points) = points_from_bytes(data) {
        assert_eq!(points_to_bytes(&points), data);
    }
});
