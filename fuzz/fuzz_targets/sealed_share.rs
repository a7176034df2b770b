//! A sealed share of round 2, decoded, and verified against a ceremony.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use urna_crypto::{Round1, SealedShare};
use urna_fuzz::{CEREMONY, first};

static ROUND1: LazyLock<Round1> =
    LazyLock::new(|| CEREMONY.ceremony.parse(&CEREMONY.packages).expect("valid packages"));

fuzz_target!(|data: &[u8]| {
    let Some(bytes) = first(data) else { return };
    if let Ok(sealed) = SealedShare::from_bytes(bytes) {
        assert_eq!(&sealed.to_bytes(), bytes);
        // Only the one that was sealed verifies.
        if sealed.verify(&ROUND1).is_ok() {
            assert_eq!(bytes[..], CEREMONY.sealed);
        }
    }
});
