//! A package of round 1 of the key ceremony.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_crypto::Round1Package;

fuzz_target!(|data: &[u8]| {
    if let Ok(package) = Round1Package::from_bytes(data) {
        assert_eq!(package.to_bytes(), data);
    }
});
