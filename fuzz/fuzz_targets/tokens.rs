//! Wire forms of issuing: both moves, the challenge, the token.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_crypto::{Answer, Challenge, Commitment, Token};
use urna_fuzz::round_trips;

fuzz_target!(|data: &[u8]| round_trips!(data, Answer, Challenge, Commitment, Token));
