//! A version of the register in one blob.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_election::register::Register;
use urna_fuzz::MANIFEST;

fuzz_target!(|data: &[u8]| {
    if let Ok(register) = Register::parse(&MANIFEST, [data]) {
        assert_eq!(register.to_blobs(&MANIFEST), [data]);
        let changes = register.follows(&register);
        assert!(changes.is_ok(), "a register follows itself");
    }
});
