//! A published result.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_election::result::ElectionResult;

fuzz_target!(|data: &[u8]| {
    if let Ok(result) = ElectionResult::parse(data) {
        assert_eq!(result.to_bytes(), data);
    }
});
