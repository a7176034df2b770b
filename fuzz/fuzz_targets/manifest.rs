//! A manifest: every rule is checked, whatever the bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_election::manifest::Manifest;

fuzz_target!(|data: &[u8]| {
    if let Ok(manifest) = Manifest::parse(data) {
        assert_eq!(manifest.bytes(), data);
    }
});
