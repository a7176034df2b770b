//! A plan.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_election::Plan;

fuzz_target!(|data: &[u8]| {
    if let Ok(plan) = Plan::parse(data) {
        assert_eq!(plan.to_bytes(), data);
    }
});
