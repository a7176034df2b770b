//! Integers and bytes in JSON by themselves.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_election::json::{self, Base64, Integer};

fuzz_target!(|data: &[u8]| {
    if let Ok(integer) = json::parse::<Integer>(data, 1 << 20) {
        assert_eq!(json::to_bytes(&integer), data);
    }
    if let Ok(bytes) = json::parse::<Base64<Vec<u8>>>(data, 1 << 20) {
        assert_eq!(json::to_bytes(&bytes), data);
    }
});
