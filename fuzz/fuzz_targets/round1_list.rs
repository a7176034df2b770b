//! The list of all packages of a ceremony, as the blob of every trustee's `ceremony` entry has it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_fuzz::CEREMONY;

fuzz_target!(|data: &[u8]| {
    if let Ok(round1) = CEREMONY.ceremony.parse(data) {
        assert_eq!(round1.to_bytes(), data);
    }
});
