//! A trustee's share, as its key file has it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_crypto::TrusteeShare;
use urna_fuzz::first;

fuzz_target!(|data: &[u8]| {
    let Some(bytes) = first(data) else { return };
    if let Ok(share) = TrusteeShare::from_bytes(bytes) {
        assert_eq!(*share.to_bytes(), *bytes);
    }
});
