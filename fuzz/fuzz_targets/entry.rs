//! An entry of the log: canonical JSON of one of sixteen kinds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_election::entry::Entry;

fuzz_target!(|data: &[u8]| {
    if let Ok(entry) = Entry::parse(data) {
        assert_eq!(entry.to_bytes(), data);
    }
});
