//! The log's texts: notes, checkpoints, receipts, promises, verifier keys, origins.
#![no_main]

use std::fmt::Display;
use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use urna_log::{
    Checkpoint, KeyName, Note, Origin, Promise, Receipt, SignedCheckpoint, SignedPromise, VerifierKey,
};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = str::from_utf8(data) else { return };
    round_trip::<Checkpoint>(text);
    round_trip::<KeyName>(text);
    round_trip::<Note>(text);
    round_trip::<Origin>(text);
    round_trip::<Promise>(text);
    round_trip::<Receipt>(text);
    round_trip::<SignedCheckpoint>(text);
    round_trip::<SignedPromise>(text);
    round_trip::<VerifierKey>(text);
});

fn round_trip<T: FromStr + Display>(text: &str) {
    if let Ok(value) = T::from_str(text) {
        assert_eq!(value.to_string(), text);
    }
}
