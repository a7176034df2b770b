//! Wire forms of proofs and signatures.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_crypto::{BallotProof, DleqProof, Rehearsal, Signature};
use urna_fuzz::round_trips;

fuzz_target!(|data: &[u8]| round_trips!(data, BallotProof, DleqProof, Rehearsal, Signature));
