//! Points, scalars, and keys of every role.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_crypto::{
    CredentialKey, ElectionKey, IssuerKey, IssuerSigningKey, Point, Pseudonym, Scalar, ShareKey, TrusteeKey,
};
use urna_fuzz::round_trips;

fuzz_target!(|data: &[u8]| {
    round_trips!(
        data,
        CredentialKey,
        ElectionKey,
        IssuerKey,
        IssuerSigningKey,
        Point,
        Pseudonym,
        Scalar,
        ShareKey,
        TrusteeKey,
    );
});
