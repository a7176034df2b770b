//! A trustee's saved state between the rounds of the key ceremony: whatever stands behind the right parameters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_crypto::{Round1Secret, Round2Secret};
use urna_fuzz::{CEREMONY, PARAMETERS};

fuzz_target!(|data: &[u8]| {
    let parameters = &CEREMONY.after_1[..PARAMETERS];
    let bytes = [parameters, data].concat();
    if let Ok(secret) = Round1Secret::from_bytes(&CEREMONY.ceremony, &bytes) {
        assert_eq!(secret.to_bytes().as_deref(), Ok(&bytes));
    }
    if let Ok(secret) = Round2Secret::from_bytes(&CEREMONY.ceremony, &bytes) {
        assert_eq!(*secret.to_bytes(), bytes);
    }
});
